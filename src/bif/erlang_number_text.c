// SPDX-License-Identifier: Apache-2.0
// Numbers to and from text, as lists of characters and as binaries.
#include "bif/bif_int.h"
#include "term/bits.h"
#include "term/integer.h"
#include "term/real.h"

typedef enum Form { FORM_LIST, FORM_BINARY } Form;

static Term text_result_gc(Process *p, Form form, const void *text, size_t count) {
    if (form == FORM_LIST) return bif_text_list_gc(p, text, count);
    Hp hp;
    if (!process_reserve_gc(p, bits_words((uint64_t)count * 8), &hp)) return TERM_NONE;
    Term t = hp_binary(&p->vm->mem, &hp, text, count);
    if (t == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    return t;
}

// --- integers to text ----------------------------------------------------------------------------
// Digits of long numbers take more time than a line: a limb at n limbs costs about the square of
// log2(n) nanoseconds times three.
static uint64_t conversion_cost(size_t limbs) {
    if (limbs < 16) return 0;
    uint64_t log = 63 - (uint64_t)__builtin_clzl(limbs);
    return limbs * log * log * 3 / 250;
}

// More than a slice, and not on a dirty thread already.
static bool is_long(const Process *p, uint64_t cost) {
    return cost > p->vm->slice_reductions && cost > 1000 && bif_may_go_dirty(p);
}

// id, arity: of the builtin that was called with `a`.
static Term print_integer_gc(Process *p, Term *a, int base, Form form, BifId id, uint32_t arity) {
    if (!term_is_integer(a[0])) return bif_badarg(p);
    char word[INTEGER_WORD_CHARS];
    size_t count;
    const char *text = integer_print_word(word, a[0], base, &count);
    if (text != NULL) return text_result_gc(p, form, text, count);
    uint64_t cost = conversion_cost(integer_words(a[0]));
    if (is_long(p, cost)) return bif_dirty(p, id, arity, a);
    bif_charge(p, cost);
    Buf buf;
    buf_init(&buf, &p->vm->mem);
    integer_print(&p->vm->mem, &buf, a[0], base);
    Term t = buf.failed ? bif_system_limit(p) : text_result_gc(p, form, buf.data, buf.size_bytes);
    buf_deinit(&buf);
    return t;
}

static bool base_arg(Term t, int *base) {
    int64_t n;
    if (!bif_small_arg(t, 2, 36, &n)) return false;
    *base = (int)n;
    return true;
}

BIF(erlang_integer_to_list_1, "erlang", "integer_to_list", "Integer", 0,
    "The decimal digits of an integer.") {
    return print_integer_gc(p, a, 10, FORM_LIST, BIF_ID_erlang_integer_to_list_1, 1);
}
BIF(erlang_integer_to_list_2, "erlang", "integer_to_list", "Integer, Base", 0,
    "The digits of an integer in a base from 2 to 36.") {
    int base;
    if (!base_arg(a[1], &base)) return bif_badarg(p);
    return print_integer_gc(p, a, base, FORM_LIST, BIF_ID_erlang_integer_to_list_2, 2);
}
BIF(erlang_integer_to_binary_1, "erlang", "integer_to_binary", "Integer", 0,
    "The decimal digits of an integer.") {
    return print_integer_gc(p, a, 10, FORM_BINARY, BIF_ID_erlang_integer_to_binary_1, 1);
}
BIF(erlang_integer_to_binary_2, "erlang", "integer_to_binary", "Integer, Base", 0,
    "The digits of an integer in a base from 2 to 36.") {
    int base;
    if (!base_arg(a[1], &base)) return bif_badarg(p);
    return print_integer_gc(p, a, base, FORM_BINARY, BIF_ID_erlang_integer_to_binary_2, 2);
}

// --- floats to text ------------------------------------------------------------------------------
typedef struct FloatFormat {
    enum { FLOAT_SCIENTIFIC, FLOAT_DECIMALS, FLOAT_SHORT } way;
    int digits;
    bool compact;
} FloatFormat;

static bool float_option(Term t, FloatFormat *f) {
    if (t == ATOM_short) {
        f->way = FLOAT_SHORT;
        return true;
    }
    if (t == ATOM_compact) {
        f->compact = true;
        return true;
    }
    if (!term_is_tuple(t) || term_tuple_arity(t) != 2) return false;
    const Term *e = term_tuple_elements(t);
    int64_t n;
    if (e[0] == ATOM_decimals && bif_small_arg(e[1], 0, REAL_DECIMALS_MAX, &n)) {
        f->way = FLOAT_DECIMALS;
    } else if (e[0] == ATOM_scientific && bif_small_arg(e[1], SMALL_MIN, REAL_SCIENTIFIC_MAX, &n)) {
        f->way = FLOAT_SCIENTIFIC;
        n = MAX(n, -1);
    } else {
        return false;
    }
    f->digits = (int)n;
    return true;
}

// Of several ways the last counts.
static bool float_options(Term list, FloatFormat *f) {
    for (; term_is_cons(list); list = term_tail(list))
        if (!float_option(term_head(list), f)) return false;
    return term_is_nil(list);
}

static Term print_float_gc(Process *p, Term *a, const FloatFormat *f, Form form) {
    if (!term_is_float(a[0])) return bif_badarg(p);
    double d = term_float_value(a[0]);
    char text[REAL_TEXT_MAX];
    size_t count;
    switch (f->way) {
    case FLOAT_SHORT: count = real_print_short(text, d); break;
    case FLOAT_DECIMALS: count = real_print_decimals(text, d, f->digits, f->compact); break;
    default: count = real_print_scientific(text, d, f->digits); break;
    }
    return count == 0 ? bif_badarg(p) : text_result_gc(p, form, text, count);
}

// float_to_list/1 is {scientific, 20}.
static const FloatFormat float_format_plain = {FLOAT_SCIENTIFIC, 20, false};

static Term print_float_as_gc(Process *p, Term *a, Form form) {
    FloatFormat f = float_format_plain;
    if (!float_options(a[1], &f)) return bif_badarg(p);
    return print_float_gc(p, a, &f, form);
}

BIF(erlang_float_to_list_1, "erlang", "float_to_list", "Float", 0,
    "A float with one digit before and 20 after the point, and an exponent.") {
    return print_float_gc(p, a, &float_format_plain, FORM_LIST);
}
BIF(erlang_float_to_list_2, "erlang", "float_to_list", "Float, Options", 0,
    "A float as Options say: short, {decimals, N}, compact, {scientific, N}.") {
    return print_float_as_gc(p, a, FORM_LIST);
}
BIF(erlang_float_to_binary_1, "erlang", "float_to_binary", "Float", 0,
    "A float with one digit before and 20 after the point, and an exponent.") {
    return print_float_gc(p, a, &float_format_plain, FORM_BINARY);
}
BIF(erlang_float_to_binary_2, "erlang", "float_to_binary", "Float, Options", 0,
    "A float as Options say: short, {decimals, N}, compact, {scientific, N}.") {
    return print_float_as_gc(p, a, FORM_BINARY);
}

// --- text in -------------------------------------------------------------------------------------
// The bytes of a list or binary argument, copied out of the heap so that a collection cannot move
// them. NULL: not such an argument, or no memory (an exception is set).
enum { TEXT_LOCAL_BYTES = 256 };
typedef struct Text {
    Mem *mem;
    uint8_t *bytes;
    size_t count;
    size_t allocated;
    uint8_t local[TEXT_LOCAL_BYTES];
} Text;

typedef enum Purpose { FOR_INTEGER, FOR_FLOAT } Purpose;

static bool text_room(Process *p, Text *t, size_t count) {
    t->mem = &p->vm->mem;
    t->count = count;
    t->bytes = t->local;
    t->allocated = 0;
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    if (count <= sizeof t->local) return true;
    t->bytes = mem_alloc(t->mem, count);
    if (t->bytes == NULL) {
        bif_system_limit(p);
        return false;
    }
    t->allocated = count;
    return true;
}

static void text_deinit(Text *t) {
    if (t->allocated > 0) mem_free(t->mem, t->bytes, t->allocated);
}

// The reference reads digits from the low byte of each element, whatever is above it; not the sign.
static bool low_bytes(Term list, uint8_t *bytes) {
    for (size_t i = 0; term_is_cons(list); list = term_tail(list), i++) {
        Term ch = term_head(list);
        if (!term_is_small(ch)) return false;
        bytes[i] = (uint8_t)term_small_value(ch);
        bool sign = bytes[i] == '-' || bytes[i] == '+';
        if (sign && term_small_value(ch) != bytes[i]) return false;
    }
    return true;
}

static bool text_of_list(Process *p, Text *t, Term list, Purpose purpose) {
    int64_t count = bif_list_length(list);
    if (count < 0) {
        bif_badarg(p);
        return false;
    }
    if (!text_room(p, t, (size_t)count)) return false;
    if (purpose == FOR_INTEGER ? low_bytes(list, t->bytes)
                               : bif_list_text(list, t->bytes, t->count) == count)
        return true;
    text_deinit(t);
    bif_badarg(p);
    return false;
}

static bool text_of_binary(Process *p, Text *t, Term binary) {
    if (!term_is_bitstring(binary) || bits_size(binary) % 8 != 0) {
        bif_badarg(p);
        return false;
    }
    Bits b = bits_of(binary);
    if (!text_room(p, t, b.size / 8)) return false;
    if (b.offset % 8 == 0)
        memcpy(t->bytes, b.bytes + b.offset / 8, t->count);
    else
        bits_copy(t->bytes, 0, b.bytes, b.offset, b.size);
    return true;
}

static bool text_of(Process *p, Text *t, Term arg, Form form, Purpose purpose) {
    return form == FORM_LIST ? text_of_list(p, t, arg, purpose) : text_of_binary(p, t, arg);
}

// --- text to integers ----------------------------------------------------------------------------

enum { DIGITS_PER_LIMB = 19 }; // in base 10

static Term parse_integer_gc(Process *p, const Text *t, int base) {
    size_t words = integer_parse_words(t->count, base);
    if (UNLIKELY(words == SIZE_MAX)) {
        words = integer_parse_words_exact(t->bytes, t->count, base);
        if (words == 0) return bif_badarg(p);
        if (words == SIZE_MAX) return bif_system_limit(p);
    }
    bif_charge(p, conversion_cost(words));
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term n = integer_parse(&p->vm->mem, &hp, t->bytes, t->count, base);
    if (n == TERM_NONE) return bif_badarg(p);
    process_commit(p, &hp);
    return n;
}

static Term read_integer_gc(Process *p, Term *a, int base, Form form, BifId id, uint32_t arity) {
    Text t;
    if (!text_of(p, &t, a[0], form, FOR_INTEGER)) return TERM_NONE;
    if (is_long(p, conversion_cost(t.count / DIGITS_PER_LIMB))) {
        text_deinit(&t);
        return bif_dirty(p, id, arity, a);
    }
    Term n = parse_integer_gc(p, &t, base);
    text_deinit(&t);
    return n;
}

BIF(erlang_list_to_integer_1, "erlang", "list_to_integer", "String", 0,
    "The integer whose decimal digits String is.") {
    return read_integer_gc(p, a, 10, FORM_LIST, BIF_ID_erlang_list_to_integer_1, 1);
}
BIF(erlang_list_to_integer_2, "erlang", "list_to_integer", "String, Base", 0,
    "The integer whose digits in a base from 2 to 36 String is.") {
    int base;
    if (!base_arg(a[1], &base)) return bif_badarg(p);
    return read_integer_gc(p, a, base, FORM_LIST, BIF_ID_erlang_list_to_integer_2, 2);
}
BIF(erlang_binary_to_integer_1, "erlang", "binary_to_integer", "Binary", 0,
    "The integer whose decimal digits Binary is.") {
    return read_integer_gc(p, a, 10, FORM_BINARY, BIF_ID_erlang_binary_to_integer_1, 1);
}
BIF(erlang_binary_to_integer_2, "erlang", "binary_to_integer", "Binary, Base", 0,
    "The integer whose digits in a base from 2 to 36 Binary is.") {
    int base;
    if (!base_arg(a[1], &base)) return bif_badarg(p);
    return read_integer_gc(p, a, base, FORM_BINARY, BIF_ID_erlang_binary_to_integer_2, 2);
}

// --- text to floats ------------------------------------------------------------------------------
static Term read_float_gc(Process *p, Term *a, Form form) {
    Text t;
    if (!text_of(p, &t, a[0], form, FOR_FLOAT)) return TERM_NONE;
    double d;
    bool good = real_parse(t.bytes, t.count, &d);
    text_deinit(&t);
    if (!good) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, FLOAT_WORDS, &hp)) return TERM_NONE;
    Term f = hp_float(&hp, d);
    process_commit(p, &hp);
    return f;
}

BIF(erlang_list_to_float_1, "erlang", "list_to_float", "String", 0,
    "The float that String writes.") {
    return read_float_gc(p, a, FORM_LIST);
}
BIF(erlang_binary_to_float_1, "erlang", "binary_to_float", "Binary", 0,
    "The float that Binary writes.") {
    return read_float_gc(p, a, FORM_BINARY);
}
