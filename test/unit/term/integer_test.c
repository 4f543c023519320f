// SPDX-License-Identifier: Apache-2.0
// Integers: what the reference computes for border values, identities on random operands of many
// sizes, conversions, texts in all bases, and the limit.
#include "term/integer.h"

#include <gmp.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

// --- terms for tests: one arena, given back between rounds ---------------------------------------
enum { ARENA_WORDS = 1 << 24 };
typedef struct World {
    Mem mem;
    Term *arena;
    size_t used;
    uint64_t seed;
} World;

static int world_new(void **state) {
    World *w = calloc(1, sizeof *w);
    mem_init(&w->mem);
    w->arena = malloc(ARENA_WORDS * sizeof(Term));
    w->seed = 0x9e3779b97f4a7c15;
    *state = w;
    return 0;
}

static int world_free(void **state) {
    World *w = *state;
    bool leaked = mem_bytes(&w->mem) != 0;
    free(w->arena);
    free(w);
    return leaked;
}

static Hp open_words(World *w, size_t words) {
    assert_true(words <= ARENA_WORDS - w->used);
    return (Hp){w->arena + w->used, w->arena + w->used + words, NULL};
}

static Term close_words(World *w, Hp *hp, Term t) {
    assert_true(hp->top <= hp->end);
    w->used = (size_t)(hp->top - w->arena);
    if (term_is_big(t)) { // normalised
        size_t n = header_words(term_header(t));
        assert_true(n >= 1 && term_boxed_ptr(t)[n] != 0);
        assert_true(n > 1 || term_boxed_ptr(t)[1] > (uint64_t)SMALL_MAX + integer_is_negative(t));
    }
    return t;
}

static uint64_t next_random(World *w) {
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed;
}

static Term op(World *w, IntegerOp o, Term a, Term b) {
    size_t words = integer_op_words(o, a, b);
    assert_true(words != SIZE_MAX);
    Hp hp = open_words(w, words);
    return close_words(w, &hp, integer_op(&w->mem, &hp, o, a, b));
}

static Term negated(World *w, Term a) {
    Hp hp = open_words(w, integer_words(a) + 2);
    return close_words(w, &hp, integer_neg(&hp, a));
}

static Term complement(World *w, Term a) {
    assert_true(integer_bnot_words(a) != SIZE_MAX);
    Hp hp = open_words(w, integer_bnot_words(a));
    return close_words(w, &hp, integer_bnot(&hp, a));
}

static Term parse(World *w, const char *text, int base) {
    size_t count = strlen(text);
    Hp hp = open_words(w, integer_parse_words(count, base));
    Term t = integer_parse(&w->mem, &hp, (const uint8_t *)text, count, base);
    return t == TERM_NONE ? t : close_words(w, &hp, t);
}

// Limbs of zeros, ones and noise: carries run far, and top limbs are of any size.
static Term random_integer(World *w, size_t limbs_max) {
    size_t limbs = next_random(w) % (limbs_max + 1);
    uint64_t r = next_random(w);
    if (limbs == 0) return term_small((int64_t)next_random(w) >> (4 + r % 60));
    Hp hp = open_words(w, integer_from_bytes_words(limbs * 8));
    uint64_t *bytes = calloc(limbs, 8);
    for (size_t i = 0; i < limbs; i++) {
        uint64_t kind = next_random(w) % 5;
        bytes[i] = kind == 0 ? 0 : kind == 1 ? UINT64_MAX : next_random(w);
    }
    bytes[limbs - 1] >>= next_random(w) % 64;
    Term t = integer_from_bytes(&hp, (uint8_t *)bytes, limbs * 8, true, r >> 63);
    free(bytes);
    return close_words(w, &hp, t);
}

static void assert_same(Term a, Term b) {
    assert_int_equal(integer_compare(a, b), 0);
}

// --- beside the reference ------------------------------------------------------------------------
static const char *const values[] = {
    "0",
    "1",
    "-1",
    "7",
    "-A",
    "7FFFFFFFFFFFFFF",
    "800000000000000",
    "-800000000000000",
    "-800000000000001",
    "8000000000000000",
    "-8000000000000000",
    "FFFFFFFFFFFFFFFF",
    "-10000000000000000",
    "10000000000000001",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    "-100000000000000000000000000000000",
    "123456789ABCDEF0FEDCBA9876543210",
    "-FFFFFFFFFFFFFFFF0000000000000000FFFFFFFFFFFFFFFF0000000000000001",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0000000000000000",
};
static const int shift_counts[] = {0, 1, -1, 3, 59, -60, 64, -64, 65, -129};

// FNV-1a of what erl 25.2 gives for all pairs, each as hexadecimal digits and a semicolon; 0 where
// the divisor is 0.
static const struct {
    IntegerOp op;
    uint64_t hash;
} expected[] = {
    {INTEGER_ADD, 0x145408f991c04874}, {INTEGER_SUB, 0xa560b8e216e9cc83},
    {INTEGER_MUL, 0x326611eecceaeb68}, {INTEGER_DIV, 0x5890a1e5b0b2a433},
    {INTEGER_REM, 0x9aa067eda8e0b371}, {INTEGER_BAND, 0x60e5b1ccc6b556e1},
    {INTEGER_BOR, 0x14fa3e8321d2b6c3}, {INTEGER_BXOR, 0x7b605040bd477bd2},
    {INTEGER_BSL, 0xf0bea78d26367bd9}, {INTEGER_BSR, 0x73b9b0d1821b973b},
};

static uint64_t hash_text(World *w, uint64_t h, Term t) {
    Buf out;
    buf_init(&out, &w->mem);
    integer_print(&w->mem, &out, t, 16);
    buf_put_byte(&out, ';');
    for (size_t i = 0; i < out.size_bytes; i++) h = (h ^ out.data[i]) * 0x100000001b3;
    buf_deinit(&out);
    return h;
}

static void borders_as_on_the_reference(void **state) {
    World *w = *state;
    for (size_t e = 0; e < ARRAY_COUNT(expected); e++) {
        IntegerOp o = expected[e].op;
        uint64_t h = 0xcbf29ce484222325;
        bool shift = o >= INTEGER_BSL;
        size_t rights = shift ? ARRAY_COUNT(shift_counts) : ARRAY_COUNT(values);
        for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
            for (size_t j = 0; j < rights; j++) {
                w->used = 0;
                Term a = parse(w, values[i], 16);
                Term b = shift ? term_small(shift_counts[j]) : parse(w, values[j], 16);
                bool by_zero = b == term_small(0) && (o == INTEGER_DIV || o == INTEGER_REM);
                h = hash_text(w, h, by_zero ? b : op(w, o, a, b));
            }
        }
        assert_int_equal(h, expected[e].hash);
    }
}

// --- identities ----------------------------------------------------------------------------------
enum { ROUNDS = 4000 };

static void sums_and_products_obey_algebra(void **state) {
    World *w = *state;
    for (int i = 0; i < ROUNDS; i++) {
        w->used = 0;
        Term a = random_integer(w, 40), b = random_integer(w, 40), c = random_integer(w, 5);
        Term sum = op(w, INTEGER_ADD, a, b);
        assert_same(op(w, INTEGER_SUB, sum, b), a);
        assert_same(op(w, INTEGER_ADD, b, a), sum);
        assert_same(op(w, INTEGER_SUB, a, b), op(w, INTEGER_ADD, a, negated(w, b)));
        assert_same(op(w, INTEGER_MUL, a, b), op(w, INTEGER_MUL, b, a));
        assert_same(op(w, INTEGER_MUL, sum, c),
                    op(w, INTEGER_ADD, op(w, INTEGER_MUL, a, c), op(w, INTEGER_MUL, b, c)));
        Term squares = op(w, INTEGER_SUB, op(w, INTEGER_MUL, a, a), op(w, INTEGER_MUL, b, b));
        assert_same(op(w, INTEGER_MUL, sum, op(w, INTEGER_SUB, a, b)), squares);
        int order = integer_compare(a, b);
        assert_int_equal(integer_compare(op(w, INTEGER_SUB, a, b), term_small(0)), order);
        assert_int_equal(integer_compare(b, a), -order);
    }
}

static void check_division(World *w, Term a, Term b) {
    Term q = op(w, INTEGER_DIV, a, b), r = op(w, INTEGER_REM, a, b);
    assert_same(op(w, INTEGER_ADD, op(w, INTEGER_MUL, q, b), r), a);
    Term size_r = integer_is_negative(r) ? negated(w, r) : r;
    Term size_b = integer_is_negative(b) ? negated(w, b) : b;
    assert_true(integer_compare(size_r, size_b) < 0);
    assert_true(r == term_small(0) || integer_is_negative(r) == integer_is_negative(a));
}

static void division_and_remainder_rebuild(void **state) {
    World *w = *state;
    for (int i = 0; i < ROUNDS; i++) {
        w->used = 0;
        Term a = random_integer(w, i % 2 ? 40 : 4), b = random_integer(w, i % 3 ? 20 : 3);
        if (b != term_small(0)) check_division(w, a, b);
    }
}

// Quotients of one limb are decided by the top of the operands: exactly at a multiple, just below,
// just above.
static void quotients_near_multiples(void **state) {
    World *w = *state;
    for (int i = 0; i < ROUNDS; i++) {
        w->used = 0;
        Term b = random_integer(w, 10);
        if (b == term_small(0)) continue;
        Hp hp = open_words(w, 2);
        uint64_t q = next_random(w) >> (next_random(w) % 64);
        Term product = op(w, INTEGER_MUL, b, close_words(w, &hp, hp_uint64(&hp, q)));
        check_division(w, product, b);
        check_division(w, op(w, INTEGER_ADD, product, term_small(1)), b);
        check_division(w, op(w, INTEGER_SUB, product, term_small(1)), b);
    }
}

static void bits_obey_boolean_algebra(void **state) {
    World *w = *state;
    for (int i = 0; i < ROUNDS; i++) {
        w->used = 0;
        Term a = random_integer(w, 12), b = random_integer(w, 12);
        Term and = op(w, INTEGER_BAND, a, b), or = op(w, INTEGER_BOR, a, b);
        Term not_a = complement(w, a), not_b = complement(w, b);
        assert_same(op(w, INTEGER_ADD, and, or), op(w, INTEGER_ADD, a, b));
        assert_same(op(w, INTEGER_SUB, or, and), op(w, INTEGER_BXOR, a, b));
        assert_same(complement(w, op(w, INTEGER_BAND, not_a, not_b)), or);
        assert_same(op(w, INTEGER_ADD, not_a, term_small(1)), negated(w, a));
        assert_same(complement(w, not_a), a);
    }
}

static void shifts_are_powers_of_two(void **state) {
    World *w = *state;
    for (int i = 0; i < ROUNDS; i++) {
        w->used = 0;
        Term a = random_integer(w, 12), by = term_small((int64_t)(next_random(w) % 300));
        Term power = op(w, INTEGER_BSL, term_small(1), by);
        Term left = op(w, INTEGER_BSL, a, by);
        assert_same(left, op(w, INTEGER_MUL, a, power));
        assert_same(op(w, INTEGER_BSR, left, by), a);
        // Floor division: a = (a bsr n) * 2^n + (a band (2^n - 1)).
        Term right = op(w, INTEGER_BSR, a, by);
        Term low = op(w, INTEGER_BAND, a, op(w, INTEGER_SUB, power, term_small(1)));
        assert_same(op(w, INTEGER_ADD, op(w, INTEGER_MUL, right, power), low), a);
        assert_same(op(w, INTEGER_BSR, a, negated(w, by)), left);
    }
}

static void shift_counts_of_any_size(void **state) {
    World *w = *state;
    Term huge = parse(w, "123456789012345678901234567890", 10);
    Term big = parse(w, "-99999999999999999999999", 10);
    assert_int_equal(op(w, INTEGER_BSR, big, huge), term_small(-1));
    assert_int_equal(op(w, INTEGER_BSR, huge, huge), term_small(0));
    assert_int_equal(op(w, INTEGER_BSL, big, negated(w, huge)), term_small(-1));
    assert_int_equal(op(w, INTEGER_BSL, term_small(0), huge), term_small(0));
    assert_true(integer_op_words(INTEGER_BSL, term_small(1), huge) == SIZE_MAX);
    assert_true(integer_op_words(INTEGER_BSL, big, term_small(SMALL_MAX)) == SIZE_MAX);
    assert_true(integer_op_words(INTEGER_BSR, big, negated(w, huge)) == SIZE_MAX);
}

// --- conversions ---------------------------------------------------------------------------------
static double double_of(uint64_t bits) {
    return float_from_bits(bits);
}

// As float(N) of erl 25.2, and how N compares with it.
static const struct {
    const char *digits;
    uint64_t bits;
    int order;
} floats[] = {
    {"20000000000001", 0x4340000000000000, 1},
    {"20000000000003", 0x4340000000000002, -1},
    {"40000000000002", 0x4350000000000000, 1},
    {"40000000000006", 0x4350000000000002, -1},
    {"-20000000000001", 0xc340000000000000, -1},
    {"FFFFFFFFFFFFFFFF", 0x43f0000000000000, -1},
    {"10000000000000800", 0x43f0000000000000, 1},
    {"10000000000000801", 0x43f0000000000001, -1},
    {"10000000000001800", 0x43f0000000000002, -1},
    {"100000000000008008000000000000000", 0x47f0000000000000, 1},
    {"100000000000008010000000000000000", 0x47f0000000000001, -1},
    {"-100000000000000000000000000000000000000000000000001", 0xcc70000000000000, -1},
};

static void doubles_as_on_the_reference(void **state) {
    World *w = *state;
    for (size_t i = 0; i < ARRAY_COUNT(floats); i++) {
        Term t = parse(w, floats[i].digits, 16);
        double d;
        assert_true(integer_to_double(t, &d));
        assert_int_equal(float_bits(d), floats[i].bits);
        assert_int_equal(integer_compare_double(t, d), floats[i].order);
    }
}

static void doubles_at_the_border(void **state) {
    World *w = *state;
    double d;
    Term over = op(w, INTEGER_BSL, term_small(1), term_small(1024));
    Term half_ulp = op(w, INTEGER_BSL, term_small(1), term_small(970));
    Term tie = op(w, INTEGER_SUB, over, half_ulp); // half way from the largest double to 2^1024
    assert_false(integer_to_double(over, &d));
    assert_false(integer_to_double(tie, &d));
    assert_true(integer_to_double(op(w, INTEGER_SUB, tie, term_small(1)), &d));
    assert_true(d == 0x1.fffffffffffffp1023);
    assert_true(integer_to_double_inf(over) == INFINITY);
    assert_true(integer_to_double_inf(negated(w, over)) == -INFINITY);
    assert_int_equal(integer_compare_double(over, d), 1);
    assert_int_equal(integer_compare_double(negated(w, over), -d), -1);
}

static void exact_doubles_round_trip(void **state) {
    World *w = *state;
    for (int i = 0; i < ROUNDS; i++) {
        w->used = 0;
        double d = trunc(double_of(next_random(w)));
        if (!isfinite(d)) continue;
        if (i % 2)
            d = trunc(ldexp((double)(int64_t)next_random(w), (int)(next_random(w) % 80) - 63));
        Hp hp = open_words(w, integer_from_double_words(d));
        Term t = close_words(w, &hp, integer_from_double(&hp, d));
        double back;
        assert_true(integer_to_double(t, &back));
        assert_true(back == d);
        assert_int_equal(integer_compare_double(t, d), 0);
        assert_int_equal(integer_compare_double(op(w, INTEGER_ADD, t, term_small(1)), d), 1);
        assert_int_equal(integer_compare_double(op(w, INTEGER_SUB, t, term_small(1)), d), -1);
        if (fabs(d) < 0x1p51) {
            assert_int_equal(integer_compare_double(t, d + 0.25), -1);
            assert_int_equal(integer_compare_double(t, d - 0.25), 1);
        }
    }
}

static void machine_integers(void **state) {
    World *w = *state;
    int64_t n;
    uint64_t u;
    assert_true(integer_to_int64(parse(w, "-9223372036854775808", 10), &n) && n == INT64_MIN);
    assert_true(integer_to_int64(parse(w, "9223372036854775807", 10), &n) && n == INT64_MAX);
    assert_false(integer_to_int64(parse(w, "9223372036854775808", 10), &n));
    assert_false(integer_to_int64(parse(w, "-9223372036854775809", 10), &n));
    assert_true(integer_to_uint64(parse(w, "18446744073709551615", 10), &u) && u == UINT64_MAX);
    assert_false(integer_to_uint64(parse(w, "18446744073709551616", 10), &u));
    assert_false(integer_to_uint64(term_small(-1), &u));
    assert_true(integer_to_uint64(term_small(0), &u) && u == 0);
}

static void bytes_both_ways(void **state) {
    World *w = *state;
    for (int i = 0; i < ROUNDS; i++) {
        w->used = 0;
        Term a = random_integer(w, 6);
        size_t count = integer_byte_count(a) + next_random(w) % 9;
        uint8_t bytes[80] = {0}, reversed[80];
        integer_to_bytes_le(a, bytes, count);
        for (size_t b = 0; b < count; b++) reversed[b] = bytes[count - 1 - b];
        Hp hp = open_words(w, 2 * integer_from_bytes_words(count));
        bool negative = integer_is_negative(a);
        Term little = integer_from_bytes(&hp, bytes, count, true, negative);
        Term big = integer_from_bytes(&hp, reversed, count, false, negative);
        close_words(w, &hp, big);
        assert_same(little, a);
        assert_same(big, a);
    }
    assert_int_equal(integer_byte_count(term_small(0)), 0);
    assert_int_equal(integer_byte_count(term_small(-256)), 2);
}

// --- text ----------------------------------------------------------------------------------------
static void text_round_trips_in_every_base(void **state) {
    World *w = *state;
    for (int i = 0; i < ROUNDS; i++) {
        w->used = 0;
        int base = 2 + i % 35;
        Term a = random_integer(w, i % 50 == 0 ? 600 : 8);
        Buf out;
        buf_init(&out, &w->mem);
        integer_print(&w->mem, &out, a, base);
        Hp hp = open_words(w, integer_parse_words(out.size_bytes, base));
        for (size_t c = 0; i % 3 == 0 && c < out.size_bytes; c++)
            if (out.data[c] >= 'A') out.data[c] |= 32;
        Term b = integer_parse(&w->mem, &hp, out.data, out.size_bytes, base);
        assert_true(b != TERM_NONE);
        assert_same(close_words(w, &hp, b), a);
        buf_deinit(&out);
    }
}

static void texts_that_are_no_integers(void **state) {
    World *w = *state;
    static const char *const bad[] = {"",
                                      "+",
                                      "-",
                                      "--1",
                                      "1 ",
                                      " 1",
                                      "1a",
                                      "1_0",
                                      "+-1",
                                      "1.0",
                                      "123456789012345678901234567890x",
                                      "@",
                                      "/",
                                      ":"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) assert_true(parse(w, bad[i], 10) == TERM_NONE);
    assert_true(parse(w, "2", 2) == TERM_NONE);
    assert_true(parse(w, "[", 36) == TERM_NONE && parse(w, "`", 36) == TERM_NONE);
    assert_int_equal(parse(w, "-0", 10), term_small(0));
    assert_int_equal(parse(w, "+00012", 10), term_small(12));
    assert_int_equal(parse(w, "-zZ", 36), term_small(-1295));
    assert_int_equal(
        parse(w, "0000000000000000000000000000000000000000000000000000000000000001", 10),
        term_small(1));
}

// --- the limit -----------------------------------------------------------------------------------
static void limit_is_where_the_reference_has_it(void **state) {
    World *w = *state;
    w->used = 0;
    int64_t top_bit = (int64_t)INTEGER_LIMBS_MAX * 64 - 1;
    assert_int_equal(top_bit, 33554367);
    Term one = term_small(1);
    Term top = op(w, INTEGER_BSL, one, term_small(top_bit));
    assert_int_equal(header_words(term_header(top)), INTEGER_LIMBS_MAX);
    assert_true(integer_op_words(INTEGER_BSL, one, term_small(top_bit + 1)) == SIZE_MAX);
    assert_true(integer_op_words(INTEGER_MUL, top, term_small(2)) == SIZE_MAX);
    assert_true(integer_op_words(INTEGER_ADD, top, top) == SIZE_MAX);
    Term all = op(w, INTEGER_ADD, op(w, INTEGER_SUB, top, one), top); // every bit set
    assert_int_equal(header_words(term_header(all)), INTEGER_LIMBS_MAX);
    assert_true(integer_op_words(INTEGER_ADD, all, one) == SIZE_MAX);
    assert_true(integer_op_words(INTEGER_SUB, all, term_small(-1)) == SIZE_MAX);
    assert_true(integer_op_words(INTEGER_ADD, all, term_small(-1)) != SIZE_MAX);
    assert_true(integer_bnot_words(all) == SIZE_MAX);
    assert_true(integer_bnot_words(top) != SIZE_MAX);
    Term minus = negated(w, all);
    assert_true(integer_op_words(INTEGER_BAND, minus, negated(w, top)) == SIZE_MAX);
    assert_true(integer_op_words(INTEGER_BAND, minus, minus) != SIZE_MAX);
    assert_true(integer_op_words(INTEGER_BOR, minus, one) != SIZE_MAX);
}

static void products_at_the_limit(void **state) {
    World *w = *state;
    w->used = 0;
    int64_t bits = (int64_t)INTEGER_LIMBS_MAX * 64;
    Term one = term_small(1);
    Term big = op(w, INTEGER_BSL, one, term_small(bits - 1 - 64));
    Term limb = op(w, INTEGER_BSL, one, term_small(64));
    Term product = op(w, INTEGER_MUL, big, limb);
    assert_int_equal(header_words(term_header(product)), INTEGER_LIMBS_MAX);
    Term more = op(w, INTEGER_BSL, one, term_small(65));
    assert_true(integer_op_words(INTEGER_MUL, big, more) == SIZE_MAX);
    // One bit too long by their lengths: decided by the leading bits.
    Term three = op(w, INTEGER_BSL, term_small(3), term_small(63));
    assert_true(integer_op_words(INTEGER_MUL, big, three) != SIZE_MAX);
    Term ones = op(w, INTEGER_SUB, op(w, INTEGER_BSL, term_small(1), term_small(bits - 1)), one);
    ones = op(w, INTEGER_ADD, op(w, INTEGER_ADD, ones, ones), one); // every bit of the limit set
    assert_same(op(w, INTEGER_MUL, ones, one), ones);
    assert_true(integer_op_words(INTEGER_MUL, ones, term_small(2)) == SIZE_MAX);
    assert_true(integer_op_words(INTEGER_MUL, ones, term_small(-1)) != SIZE_MAX);
    Term big_three = op(w, INTEGER_BSL, term_small(3), term_small(bits - 1 - 64));
    assert_true(integer_op_words(INTEGER_MUL, big_three, three) == SIZE_MAX);
}

static void parsing_refuses_what_is_too_long(void **state) {
    size_t digits = INTEGER_LIMBS_MAX * 64;
    assert_true(integer_parse_words(digits, 2) != SIZE_MAX);
    assert_true(integer_parse_words(digits * 2, 2) == SIZE_MAX);
    assert_true(integer_parse_words(digits, 10) == SIZE_MAX);
    assert_true(integer_from_bytes_words(INTEGER_LIMBS_MAX * 8) != SIZE_MAX);
    assert_true(integer_from_bytes_words(INTEGER_LIMBS_MAX * 8 + 1) == SIZE_MAX);
    assert_int_equal(integer_parse_words_exact((const uint8_t *)"-0x", 3, 10), 0);
    assert_true(integer_parse_words_exact((const uint8_t *)"-009", 4, 10) > 0);
}

static void costs_grow_with_the_work(void **state) {
    World *w = *state;
    Term a = op(w, INTEGER_BSL, term_small(1), term_small(64 * 10000));
    Term b = op(w, INTEGER_BSL, term_small(1), term_small(64 * 100000));
    assert_int_equal(integer_op_cost(INTEGER_MUL, term_small(5), term_small(6)), 0);
    uint64_t linear = integer_op_cost(INTEGER_ADD, b, a);
    assert_true(linear > 0 && linear < integer_op_cost(INTEGER_MUL, a, a));
    assert_true(integer_op_cost(INTEGER_MUL, a, a) < integer_op_cost(INTEGER_MUL, b, b));
    assert_true(integer_op_cost(INTEGER_DIV, b, a) > integer_op_cost(INTEGER_ADD, b, a));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_as_on_the_reference),
        cmocka_unit_test(sums_and_products_obey_algebra),
        cmocka_unit_test(division_and_remainder_rebuild),
        cmocka_unit_test(quotients_near_multiples),
        cmocka_unit_test(bits_obey_boolean_algebra),
        cmocka_unit_test(shifts_are_powers_of_two),
        cmocka_unit_test(shift_counts_of_any_size),
        cmocka_unit_test(doubles_as_on_the_reference),
        cmocka_unit_test(doubles_at_the_border),
        cmocka_unit_test(exact_doubles_round_trip),
        cmocka_unit_test(machine_integers),
        cmocka_unit_test(bytes_both_ways),
        cmocka_unit_test(text_round_trips_in_every_base),
        cmocka_unit_test(texts_that_are_no_integers),
        cmocka_unit_test(limit_is_where_the_reference_has_it),
        cmocka_unit_test(products_at_the_limit),
        cmocka_unit_test(parsing_refuses_what_is_too_long),
        cmocka_unit_test(costs_grow_with_the_work),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}
