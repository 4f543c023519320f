// SPDX-License-Identifier: Apache-2.0
// band, bor, bxor, bnot and shifts of integers of any size, as on two's complement numbers of
// endless width; and magnitudes to and from bytes. A negative number is read as ~(magnitude - 1),
// limb by limb with a running borrow, so that no operand is ever copied.
// Thread: any; the functions touch only their operands and the cursor.
#include "term/integer_int.h"

// --- sizes ---------------------------------------------------------------------------------------
// Two negative numbers whose conjunction has no bit in common below 2^(64 n) give -2^(64 n): the
// one result that takes a limb more than the operands. Only asked at the limit of sizes.
typedef struct Feed { // the two's complement limbs of a number, from the lowest
    const Num *num;
    Limb borrow;
} Feed;

static inline Limb feed_next(Feed *f, size_t i) {
    Limb l = i < f->num->count ? f->num->limbs[i] : 0;
    if (!f->num->negative) return l;
    Limb borrow = f->borrow;
    f->borrow = l < borrow;
    return ~(l - borrow);
}

static inline Limb combine(IntegerOp op, Limb a, Limb b) {
    return op == INTEGER_BAND ? (a & b) : op == INTEGER_BOR ? (a | b) : (a ^ b);
}

static bool low_limbs_zero(IntegerOp op, const Num *a, const Num *b, size_t n) {
    Feed x = {a, 1}, y = {b, 1};
    for (size_t i = 0; i < n; i++)
        if (combine(op, feed_next(&x, i), feed_next(&y, i)) != 0) return false;
    return true;
}

static size_t shift_words(const Num *a, Term count, bool left) {
    if (a->count == 0) return 0;
    if (integer_is_negative(count)) left = !left;
    Num by;
    num_of(&by, count);
    uint64_t bits = limbs_bits(a->limbs, a->count);
    uint64_t max = (uint64_t)INTEGER_LIMBS_MAX * LIMB_BITS;
    if (!left) return a->count + 2; // rounding a negative number down may carry
    if (by.count > 1 || (by.count == 1 && (by.limbs[0] > max || bits + by.limbs[0] > max)))
        return SIZE_MAX;
    return (bits + (by.count == 0 ? 0 : by.limbs[0])) / LIMB_BITS + 3;
}

size_t integer_bits_words(IntegerOp op, Term a, Term b) {
    Num x, y;
    num_of(&x, a);
    if (op >= INTEGER_BSL) return shift_words(&x, b, op == INTEGER_BSL);
    num_of(&y, b);
    size_t n = MAX(x.count, y.count);
    if (UNLIKELY(n >= INTEGER_LIMBS_MAX)) {
        bool negative = combine(op, x.negative, y.negative);
        if (negative && low_limbs_zero(op, &x, &y, n)) return SIZE_MAX;
    }
    return n + 2;
}

// --- bitwise -------------------------------------------------------------------------------------
// Always inlined with a constant `op`, so that each operation gets a loop of its own.
static ALWAYS_INLINE Term bitwise(Hp *hp, IntegerOp op, const Num *a, const Num *b) {
    size_t n = MAX(a->count, b->count);
    bool negative = combine(op, a->negative, b->negative);
    if (op == INTEGER_BAND && !negative) { // not longer than a side that is not negative
        if (!a->negative) n = MIN(n, a->count);
        if (!b->negative) n = MIN(n, b->count);
    }
    Limb *r = num_open(hp, n + 1);
    Feed x = {a, 1}, y = {b, 1};
    Limb carry = 1; // of the result's negation
    for (size_t i = 0; i < n; i++) {
        Limb l = combine(op, feed_next(&x, i), feed_next(&y, i));
        if (negative) {
            l = ~l + carry;
            carry = carry & (l == 0);
        }
        r[i] = l;
    }
    r[n] = negative ? carry : 0;
    return num_finish(hp, r, n + 1, negative);
}

// Both not negative: mpn has the loops.
static Term bitwise_plain(Hp *hp, IntegerOp op, const Num *a, const Num *b) {
    if (a->count < b->count) return bitwise_plain(hp, op, b, a);
    size_t n = b->count, max = a->count;
    Limb *r = num_open(hp, op == INTEGER_BAND ? n : max);
    if (n > 0) {
        if (op == INTEGER_BAND)
            mpn_and_n(r, a->limbs, b->limbs, (mp_size_t)n);
        else if (op == INTEGER_BOR)
            mpn_ior_n(r, a->limbs, b->limbs, (mp_size_t)n);
        else
            mpn_xor_n(r, a->limbs, b->limbs, (mp_size_t)n);
    }
    if (op == INTEGER_BAND) return num_finish(hp, r, n, false);
    if (max > n) mpn_copyi(r + n, a->limbs + n, (mp_size_t)(max - n));
    return num_finish(hp, r, max, false);
}

// --- shifts --------------------------------------------------------------------------------------
static Term shift_left(Hp *hp, const Num *a, uint64_t by) {
    size_t skip = by / LIMB_BITS;
    unsigned bits = by % LIMB_BITS;
    size_t n = a->count + skip + 1;
    Limb *r = num_open(hp, n);
    memset(r, 0, skip * LIMB_BYTES);
    r[n - 1] = 0;
    if (bits == 0)
        mpn_copyi(r + skip, a->limbs, (mp_size_t)a->count);
    else
        r[n - 1] = mpn_lshift(r + skip, a->limbs, (mp_size_t)a->count, bits);
    return num_finish(hp, r, n, a->negative);
}

// Rounds down: the magnitude of a negative number goes up by one when a set bit falls off.
static Term shift_right(Hp *hp, const Num *a, uint64_t by) {
    size_t skip = by / LIMB_BITS;
    unsigned bits = by % LIMB_BITS;
    if (skip >= a->count) return term_small(a->negative ? -1 : 0);
    size_t n = a->count - skip;
    Limb *r = num_open(hp, n + 1);
    Limb lost = 0;
    if (bits == 0)
        mpn_copyi(r, a->limbs + skip, (mp_size_t)n);
    else
        lost = mpn_rshift(r, a->limbs + skip, (mp_size_t)n, bits);
    r[n] = 0;
    if (a->negative) {
        for (size_t i = 0; lost == 0 && i < skip; i++) lost = a->limbs[i];
        if (lost != 0) r[n] = mpn_add_1(r, r, (mp_size_t)n, 1);
    }
    return num_finish(hp, r, n + 1, a->negative);
}

static Term shift(Hp *hp, Term a, Term count, bool left) {
    if (a == term_small(0) || count == term_small(0)) return a;
    Num x, by;
    num_of(&x, a);
    num_of(&by, count);
    if (by.negative) left = !left;
    if (left) {
        DEBUG_ASSERT(by.count == 1);
        return shift_left(hp, &x, by.limbs[0]);
    }
    if (by.count > 1) return term_small(x.negative ? -1 : 0);
    return shift_right(hp, &x, by.limbs[0]);
}

Term integer_bits_op(Hp *hp, IntegerOp op, Term a, Term b) {
    if (op == INTEGER_BSL) return shift(hp, a, b, true);
    if (op == INTEGER_BSR) return shift(hp, a, b, false);
    Num x, y;
    num_of(&x, a);
    num_of(&y, b);
    if (!x.negative && !y.negative) return bitwise_plain(hp, op, &x, &y);
    switch (op) {
    case INTEGER_BAND: return bitwise(hp, INTEGER_BAND, &x, &y);
    case INTEGER_BOR: return bitwise(hp, INTEGER_BOR, &x, &y);
    default: return bitwise(hp, INTEGER_BXOR, &x, &y);
    }
}

// bnot a = -a - 1: one more, or one less, with the other sign.
size_t integer_bnot_words(Term a) {
    if (term_is_small(a)) return 0;
    Num x;
    num_of(&x, a);
    if (UNLIKELY(x.count >= INTEGER_LIMBS_MAX) && !x.negative) {
        size_t i = 0;
        while (i < x.count && x.limbs[i] == ~(Limb)0) i++;
        if (i == x.count) return SIZE_MAX;
    }
    return x.count + 2;
}

Term integer_bnot(Hp *hp, Term a) {
    if (term_is_small(a)) return term_small(~term_small_value(a));
    Num x;
    num_of(&x, a);
    size_t n = x.count;
    Limb *r = num_open(hp, n + 1);
    r[n] = 0;
    if (x.negative)
        mpn_sub_1(r, x.limbs, (mp_size_t)n, 1);
    else
        r[n] = mpn_add_1(r, x.limbs, (mp_size_t)n, 1);
    return num_finish(hp, r, n + 1, !x.negative);
}

// --- bytes ---------------------------------------------------------------------------------------
size_t integer_from_bytes_words(size_t count) {
    if (count > INTEGER_LIMBS_MAX * LIMB_BYTES) return SIZE_MAX;
    return (count + LIMB_BYTES - 1) / LIMB_BYTES + 1;
}

Term integer_from_bytes(Hp *hp, const uint8_t *bytes, size_t count, bool little_endian,
                        bool negative) {
    size_t n = (count + LIMB_BYTES - 1) / LIMB_BYTES;
    if (n == 0) return term_small(0);
    Limb *r = num_open(hp, n);
    r[n - 1] = 0;
    if (little_endian) {
        memcpy(r, bytes, count);
    } else {
        size_t whole = count / LIMB_BYTES;
        for (size_t i = 0; i < whole; i++) {
            Limb l;
            memcpy(&l, bytes + count - (i + 1) * LIMB_BYTES, LIMB_BYTES);
            r[i] = __builtin_bswap64(l);
        }
        for (size_t i = 0; i < count % LIMB_BYTES; i++)
            r[n - 1] |= (Limb)bytes[i] << (8 * (count % LIMB_BYTES - 1 - i));
    }
    return num_finish(hp, r, n, negative);
}

void integer_to_bytes_le(Term a, uint8_t *bytes, size_t count) {
    Num x;
    num_of(&x, a);
    size_t used = MIN(count, x.count * LIMB_BYTES);
    DEBUG_ASSERT(count >= integer_byte_count(a));
    if (used > 0) memcpy(bytes, x.limbs, used);
    memset(bytes + used, 0, count - used);
}

size_t integer_byte_count(Term a) {
    Num x;
    num_of(&x, a);
    return (limbs_bits(x.limbs, x.count) + 7) / 8;
}
