// SPDX-License-Identifier: Apache-2.0
// Integers of any size. A big integer is [header BIG_POS or BIG_NEG, limbs...]: magnitude, least
// significant limb first, top limb not 0, never in the range of a small. GMP's mpn functions work
// on the limbs in place. At most INTEGER_LIMBS_MAX limbs: more is system_limit.
//
// Arithmetic is in two steps: *_words says how many heap words the result may take (call it before
// reserving); the operation writes through Hp and gives the normalised result. Operands are
// integers (small or big), checked by the caller. `mem` is for scratch.
#pragma once

#include "base/buf.h"
#include "term/hp.h"

// 33,554,368 bits, as in the reference, so that the same programs meet system_limit.
#define INTEGER_LIMBS_MAX (((size_t)1 << 19) - 1)

typedef enum IntegerOp {
    INTEGER_ADD,
    INTEGER_SUB,
    INTEGER_MUL,
    INTEGER_DIV,
    INTEGER_REM,
    INTEGER_BAND,
    INTEGER_BOR,
    INTEGER_BXOR,
    INTEGER_BSL,
    INTEGER_BSR,
} IntegerOp;

// Upper bound of the result's words, SIZE_MAX: the result is too big (system_limit).
// Shift counts may be any integer; a negative count shifts the other way.
WARN_UNUSED size_t integer_op_words(IntegerOp op, Term a, Term b);
// The result. b != 0 for DIV and REM. Never fails when the words were reserved.
Term integer_op(Mem *mem, Hp *hp, IntegerOp op, Term a, Term b);
// -a and bnot a: words as for a plus 2. Only bnot can meet the limit.
Term integer_neg(Hp *hp, Term a);
WARN_UNUSED size_t integer_bnot_words(Term a); // SIZE_MAX: the result is too big
Term integer_bnot(Hp *hp, Term a);
int integer_compare(Term a, Term b);
bool integer_is_negative(Term a);
static inline size_t integer_words(Term a) { // words of a copy: 0 for a small
    return term_is_small(a) ? 0 : header_words(term_header(a)) + 1;
}
// Rough reductions that the operation costs, for operations beyond a few hundred limbs.
uint64_t integer_op_cost_slow(IntegerOp op, Term a, Term b);
static inline uint64_t integer_op_cost(IntegerOp op, Term a, Term b) {
    bool cheap = integer_words(a) + integer_words(b) < 64 && op != INTEGER_BSL;
    return LIKELY(cheap) ? 0 : integer_op_cost_slow(op, a, b);
}

// --- conversions -------------------------------------------------------------------------------
bool integer_to_int64(Term a, int64_t *n); // false: does not fit
bool integer_to_uint64(Term a, uint64_t *n);
// Rounds as the reference does: to nearest even, limb by limb from the highest. false: too large.
bool integer_to_double(Term a, double *d);
double integer_to_double_inf(Term a); // too large: plus or minus infinity (for ordering)
// Exact comparison of an integer and a double: -1, 0, 1 for a <=> d.
int integer_compare_double(Term a, double d);
size_t integer_from_double_words(double d);
Term integer_from_double(Hp *hp, double d); // d is integral (after trunc, round, ...)
// Magnitude from bytes (big- or little-endian); for the bit syntax and the external format.
size_t integer_from_bytes_words(size_t count); // SIZE_MAX: may be too big
Term integer_from_bytes(Hp *hp, const uint8_t *bytes, size_t count, bool little_endian,
                        bool negative);
// Magnitude to exactly `count` bytes, little-endian, zero padded; count >= integer_byte_count(a).
void integer_to_bytes_le(Term a, uint8_t *bytes, size_t count);
size_t integer_byte_count(Term a); // significant bytes of the magnitude

// --- text --------------------------------------------------------------------------------------
// Appends digits in base 2..36 (upper case), with sign.
void integer_print(Mem *mem, Buf *out, Term a, int base);
// The same of an integer of one limb, without allocating: where the text starts, NULL: it is
// larger.
enum { INTEGER_WORD_CHARS = 65 };
const char *integer_print_word(char out[INTEGER_WORD_CHARS], Term a, int base, size_t *count);
// Parses [+-]digits of the whole text. Words: integer_parse_words of the digits, leading zeros
// included; SIZE_MAX: too big. TERM_NONE: not such a number.
size_t integer_parse_words(size_t digit_count, int base);
// The same by looking at the text: leading zeros do not count. 0: not such a number.
size_t integer_parse_words_exact(const uint8_t *text, size_t count, int base);
Term integer_parse(Mem *mem, Hp *hp, const uint8_t *text, size_t count, int base);
