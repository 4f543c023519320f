// SPDX-License-Identifier: Apache-2.0
// Bit strings against a model that handles one bit at a time, and the rules of appending.
#include "term/bits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the above first
#include <cmocka.h>

enum { ARENA_WORDS = 1 << 16 };
typedef struct Arena {
    Mem mem;
    OffHeap off;
    Hp hp;
    Term words[ARENA_WORDS];
} Arena;

static int arena_up(void **state) {
    Arena *a = calloc(1, sizeof *a);
    mem_init(&a->mem);
    a->hp = (Hp){a->words, a->words + ARENA_WORDS, &a->off};
    *state = a;
    return 0;
}
static int arena_down(void **state) {
    Arena *a = *state;
    for (Term *p = a->off.first; p != NULL; p = (Term *)(uintptr_t)p[REFC_BITS_LINK])
        bits_data_release((BitsData *)(uintptr_t)p[REFC_BITS_DATA]);
    uint64_t left = mem_bytes(&a->mem);
    free(a);
    return left == 0 ? 0 : -1;
}

static uint64_t seed = 88172645463325252u;
static uint64_t rnd(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}
static void fill(uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)(rnd() >> 24);
}
static int get_bit(const uint8_t *p, uint64_t i) {
    return p[i / 8] >> (7 - i % 8) & 1;
}
static void set_bit(uint8_t *p, uint64_t i, int v) {
    uint8_t m = (uint8_t)(0x80 >> i % 8);
    p[i / 8] = (uint8_t)(v ? p[i / 8] | m : p[i / 8] & ~m);
}

static void copy_keeps_what_is_around(void **state) {
    for (int round = 0; round < 20000; round++) {
        uint8_t from[64], to[64], want[64];
        fill(from, 64);
        fill(to, 64);
        memcpy(want, to, 64);
        uint64_t count = rnd() % 300, f = rnd() % (512 - count + 1), t = rnd() % (512 - count + 1);
        for (uint64_t i = 0; i < count; i++) set_bit(want, t + i, get_bit(from, f + i));
        bits_copy(to, t, from, f, count);
        assert_memory_equal(to, want, 64);
    }
}

// Sources that end where the allocation ends: an overread is for the address sanitizer.
static void copy_and_load_stay_inside(void **state) {
    for (uint64_t bits = 1; bits <= 200; bits++) {
        for (uint64_t off = 0; off < 8; off++) {
            size_t n = (bits + off + 7) / 8;
            uint8_t *from = malloc(n), *to = malloc((bits + 7) / 8);
            fill(from, n);
            fill(to, (bits + 7) / 8);
            bits_copy(to, 0, from, off, bits);
            for (uint64_t i = 0; i < bits; i++)
                assert_int_equal(get_bit(to, i), get_bit(from, off + i));
            bits_copy(from, off, to, 0, bits);
            assert_true(bits_equal((Bits){from, off, bits}, (Bits){to, 0, bits}));
            if (bits <= 64) {
                uint64_t v = bits_load(from, off, (unsigned)bits), want = 0;
                for (uint64_t i = 0; i < bits; i++)
                    want = want << 1 | (uint64_t)get_bit(from, off + i);
                assert_true(v == want);
            }
            free(from);
            free(to);
        }
    }
}

static void compare_is_bit_by_bit(void **state) {
    for (int round = 0; round < 20000; round++) {
        uint8_t x[40], y[40];
        fill(x, 40);
        uint64_t ox = rnd() % 16, oy = rnd() % 16, n = rnd() % 250, m = rnd() % 250;
        if (rnd() % 2) oy = ox & ~7u;
        fill(y, 40);
        for (uint64_t i = 0; i < MIN(n, m); i++) set_bit(y, oy + i, get_bit(x, ox + i));
        if (MIN(n, m) > 0 && rnd() % 2) {
            uint64_t at = rnd() % MIN(n, m);
            set_bit(y, oy + at, !get_bit(x, ox + at));
        }
        int want = n < m ? -1 : n > m;
        for (uint64_t i = MIN(n, m); i-- > 0;) {
            int d = get_bit(x, ox + i) - get_bit(y, oy + i);
            if (d != 0) want = d;
        }
        assert_int_equal(bits_compare((Bits){x, ox, n}, (Bits){y, oy, m}), want);
        assert_int_equal(bits_equal((Bits){x, ox, n}, (Bits){y, oy, m}), want == 0);
    }
}

// --- integer fields ------------------------------------------------------------------------------
// The field's bits, least significant first.
static void model_field(int *out, const uint8_t *p, uint64_t at, uint64_t size, bool little) {
    for (uint64_t i = 0; i < size; i++) {
        uint64_t pos;
        if (!little) {
            pos = size - 1 - i;
        } else {
            uint64_t byte = i / 8, width = MIN(size - 8 * byte, (uint64_t)8);
            pos = 8 * byte + (width - 1 - i % 8);
        }
        out[i] = get_bit(p, at + pos);
    }
}
// Bit i of the two's complement of an integer term.
static int integer_bit(Term t, uint64_t i) {
    if (term_is_small(t)) return (int)(term_small_value(t) >> MIN(i, (uint64_t)63) & 1);
    Term *p = term_boxed_ptr(t);
    size_t n = header_words(p[0]);
    if (header_kind(p[0]) == KIND_BIG_POS)
        return i / 64 < n ? (int)(p[1 + i / 64] >> i % 64 & 1) : 0;
    // minus m: the bits of not (m - 1)
    size_t low = 0;
    while (p[1 + low] == 0) low++;
    if (i / 64 >= n) return 1;
    uint64_t limb = p[1 + i / 64];
    if (i / 64 < low) limb = ~(uint64_t)0;
    if (i / 64 == low) limb--;
    return (int)(~limb >> i % 64 & 1);
}
static void check_normal(Term t) {
    if (term_is_small(t)) return;
    assert_true(term_is_big(t));
    Term *p = term_boxed_ptr(t);
    size_t n = header_words(p[0]);
    assert_true(n > 0 && p[n] != 0);
    bool neg = header_kind(p[0]) == KIND_BIG_NEG;
    if (n == 1) assert_true(p[1] > (uint64_t)SMALL_MAX + neg);
}

static void integer_fields_read_and_write_back(void **state) {
    Arena *a = *state;
    for (int round = 0; round < 40000; round++) {
        uint8_t in[64], out[64], want[64];
        int bits[400];
        fill(in, 64);
        if (rnd() % 4 == 0) memset(in, rnd() % 2 ? 0xff : 0, 64);
        if (rnd() % 4 == 0) set_bit(in, rnd() % 512, (int)(rnd() % 2));
        uint64_t size = rnd() % (rnd() % 3 ? 70 : 300), at = rnd() % 64, to = rnd() % 64;
        BitsFlags flags = rnd() % 4;
        Hp hp = a->hp;
        Term *limit = hp.top + bits_integer_words(size);
        hp.end = limit;
        Term t = bits_get_integer(&hp, (Bits){in, at, 512 - at}, size, flags);
        assert_true(hp.top <= limit);
        check_normal(t);
        model_field(bits, in, at, size, flags & BITS_LITTLE);
        for (uint64_t i = 0; i < size; i++) assert_int_equal(integer_bit(t, i), bits[i]);
        int sign = (flags & BITS_SIGNED) && size > 0 ? bits[size - 1] : 0;
        for (uint64_t i = size; i < size + 70; i++) assert_int_equal(integer_bit(t, i), sign);
        fill(out, 64);
        memcpy(want, out, 64);
        for (uint64_t i = 0; i < size; i++) set_bit(want, to + i, get_bit(in, at + i));
        bits_put_integer(out, to, t, size, flags);
        assert_memory_equal(out, want, 64);
        // a wider field repeats the sign
        uint8_t wide[64];
        bits_put_integer(wide, 3, t, 400, 0);
        for (uint64_t i = 0; i < 400; i++)
            assert_int_equal(get_bit(wide, 3 + 399 - i), integer_bit(t, i));
    }
}

static void integer_field_bounds_of_a_small(void **state) {
    Arena *a = *state;
    static const int64_t cases[] = {SMALL_MAX, SMALL_MAX + 1, SMALL_MIN, SMALL_MIN - 1, INT64_MIN};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t bytes[16];
        memset(bytes, cases[i] < 0 ? 0xff : 0, 16);
        bits_store(bytes, 64, 64, (uint64_t)cases[i]);
        for (uint64_t size = 64; size <= 128; size += 64) {
            Bits b = {bytes, 128 - size, size};
            Term t = bits_get_integer(&a->hp, b, size, BITS_SIGNED);
            assert_int_equal(term_is_small(t), small_fits(cases[i]));
            check_normal(t);
        }
    }
}

// --- floats --------------------------------------------------------------------------------------
static uint64_t put_float(double d, uint64_t size) {
    uint8_t bytes[16] = {0};
    assert_true(bits_put_float(bytes, 5, d, size, 0));
    uint64_t v = bits_load(bytes, 5, (unsigned)size);
    uint8_t little[16] = {0};
    assert_true(bits_put_float(little, 3, d, size, BITS_LITTLE));
    assert_true(bits_swap_from_little(bits_load(little, 3, (unsigned)size), (unsigned)size) == v);
    return v;
}

static void half_floats_round_to_even(void **state) {
    // As the reference constructs them.
    static const struct {
        double d;
        uint16_t half;
    } cases[] = {
        {1 + 0x1p-11 + 0x1p-30, 0x3c01},
        {1 + 0x1p-11, 0x3c00},
        {1 + 3 * 0x1p-11, 0x3c02},
        {65504.0, 0x7bff},
        {65519.99, 0x7bff},
        {65520.0, 0x7c00},
        {-65520.0, 0xfc00},
        {1e10, 0x7c00},
        {0x1p-24, 1},
        {0x1p-25, 0},
        {0x1p-25 * 1.0000001, 1},
        {0x1p-26, 0},
        {3 * 0x1p-26, 1},
        {3 * 0x1p-25, 2},
        {5 * 0x1p-25, 2},
        {0x1p-14 - 0x1p-26, 0x400},
        {0x1p-14 - 0x1p-25, 0x400},
        {-0.0, 0x8000},
        {1e-300, 0},
        {-1.5, 0xbe00},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(put_float(cases[i].d, 16), cases[i].half);
}

static void half_floats_all_read_back(void **state) {
    for (uint32_t h = 0; h < 65536; h++) {
        uint8_t bytes[2] = {(uint8_t)(h >> 8), (uint8_t)h};
        double d;
        bool finite = bits_get_float((Bits){bytes, 0, 16}, 16, 0, &d);
        assert_int_equal(finite, (h & 0x7c00) != 0x7c00);
        if (finite) assert_int_equal(put_float(d, 16), h);
    }
}

static void floats_single_double_and_refused(void **state) {
    assert_true(put_float(1e39, 32) == 0x7f800000);
    assert_true(put_float(3.4028235677973362e38, 32) == 0x7f7fffff);
    assert_true(put_float(1.5, 32) == 0x3fc00000);
    assert_true(put_float(-0.1, 64) == 0xbfb999999999999au);
    uint8_t bytes[16] = {0x7f, 0x80};
    double d;
    assert_false(bits_get_float((Bits){bytes, 0, 128}, 32, 0, &d));
    assert_false(bits_get_float((Bits){bytes, 0, 128}, 24, 0, &d));
    assert_false(bits_put_float(bytes, 0, 1.0, 8, 0));
    bits_store(bytes, 1, 64, 0xbfb999999999999au);
    assert_true(bits_get_float((Bits){bytes, 1, 64}, 64, 0, &d) && d == -0.1);
    bits_store(bytes, 1, 64, bits_swap_to_little(0xbfb999999999999au, 64));
    assert_true(bits_get_float((Bits){bytes, 1, 64}, 64, BITS_LITTLE, &d) && d == -0.1);
}

// --- UTF -----------------------------------------------------------------------------------------
static void utf_every_character_comes_back(void **state) {
    for (int32_t c = 0; c < 0x111000; c += c < 0x11000 || c > 0x10f000 ? 1 : 37) {
        bool valid = (c < 0xd800 || c > 0xdfff) && c <= 0x10ffff;
        assert_int_equal(bits_utf8_size(c) != 0, valid);
        assert_int_equal(bits_utf16_size(c) != 0, valid);
        if (!valid) continue;
        uint8_t b[16];
        int32_t got = -1;
        unsigned n = 8 * bits_utf8_size(c);
        bits_put_utf8(b, 3, c);
        assert_int_equal(bits_get_utf8((Bits){b, 3, n}, &got), n);
        assert_int_equal(got, c);
        assert_int_equal(bits_get_utf8((Bits){b, 3, n - 1}, &got), 0);
        for (BitsFlags f = 0; f <= BITS_LITTLE; f += BITS_LITTLE) {
            n = 8 * bits_utf16_size(c);
            bits_put_utf16(b, 1, c, f);
            assert_int_equal(bits_get_utf16((Bits){b, 1, n}, f, &got), n);
            assert_int_equal(got, c);
            assert_int_equal(bits_get_utf16((Bits){b, 1, n - 1}, f, &got), 0);
            bits_put_utf32(b, 7, c, f);
            assert_int_equal(bits_get_utf32((Bits){b, 7, 40}, f, &got), 32);
            assert_int_equal(got, c);
        }
    }
}

static void utf_malformed_is_refused(void **state) {
    static const char *bad8[] = {
        "\xed\xa0\x80",         "\xf4\x90\x80\x80", "\xc0\x80", "\xc1\xbf",
        "\xe0\x9f\xbf",         "\xf0\x8f\xbf\xbf", "\xc2",     "\x80",
        "\xf8\x80\x80\x80\x80", "\xc2\x41",         "\xe2\x82", "\xe2\x82\xc0"};
    int32_t c;
    for (size_t i = 0; i < ARRAY_COUNT(bad8); i++)
        assert_int_equal(
            bits_get_utf8((Bits){(const uint8_t *)bad8[i], 0, 8 * strlen(bad8[i])}, &c), 0);
    const uint8_t *low_first = (const uint8_t *)"\xdc\x00\xdc\x00";
    assert_int_equal(bits_get_utf16((Bits){low_first, 0, 32}, 0, &c), 0);
    const uint8_t *two_high = (const uint8_t *)"\xd8\x00\xd8\x00";
    assert_int_equal(bits_get_utf16((Bits){two_high, 0, 32}, 0, &c), 0);
    const uint8_t *big32 = (const uint8_t *)"\x00\x11\x00\x00\xff\xff\xff\xff";
    assert_int_equal(bits_get_utf32((Bits){big32, 0, 32}, 0, &c), 0);
    assert_int_equal(bits_get_utf32((Bits){big32, 32, 32}, 0, &c), 0);
}

// --- objects -------------------------------------------------------------------------------------
static void objects_by_size_and_views_of_views(void **state) {
    Arena *a = *state;
    uint8_t data[200];
    fill(data, 200);
    for (uint64_t size = 0; size < 1600; size += 1 + size / 50) {
        Term *before = a->hp.top;
        Term t = hp_bits_copy(&a->mem, &a->hp, (Bits){data, 0, size});
        assert_int_equal(a->hp.top - before, bits_words(size));
        assert_true(term_is_bitstring(t));
        assert_int_equal(term_is_kind(t, KIND_HEAP_BITS), size <= 512);
        assert_int_equal(bits_size(t), size);
        assert_true(bits_equal(bits_of(t), (Bits){data, 0, size}));
        if (size & 7) assert_int_equal(bits_of(t).bytes[size / 8] & (0xff >> size % 8), 0);
        uint64_t from = rnd() % (size + 1), n = rnd() % (size - from + 1);
        Term sub = hp_sub_bits(&a->hp, t, from, n);
        Term subsub = hp_sub_bits(&a->hp, sub, n / 3, n - n / 3);
        assert_true(term_boxed_ptr(subsub)[SUB_BITS_BASE] == t);
        assert_true(bits_equal(bits_of(subsub), (Bits){data, from + n / 3, n - n / 3}));
        Buf scratch;
        buf_init(&scratch, &a->mem);
        Bits v = bits_of(subsub);
        const uint8_t *p = bits_bytes(v, &scratch);
        assert_non_null(p);
        assert_true(bits_equal(v, (Bits){p, 0, v.size}));
        buf_deinit(&scratch);
    }
}

static void no_memory_is_none(void **state) {
    Arena *a = *state;
    a->mem.fail_every = 1;
    uint8_t *p;
    uint64_t at;
    Term small = hp_bits(&a->mem, &a->hp, 512, &p);
    assert_true(small != TERM_NONE);
    memset(p, 0, 64);
    assert_true(hp_bits(&a->mem, &a->hp, 513, &p) == TERM_NONE);
    assert_true(hp_bits_append(&a->mem, &a->hp, small, 8, &p, &at) == TERM_NONE);
    assert_true(hp_bits_append(&a->mem, &a->hp, small, UINT64_MAX, &p, &at) == TERM_NONE);
    assert_true(hp_bits_writable(&a->mem, &a->hp, 10) == TERM_NONE);
    a->mem.fail_every = 0;
    assert_true(hp_bits(&a->mem, &a->hp, BITS_SIZE_MAX + 1, &p) == TERM_NONE);
}

// --- appending -----------------------------------------------------------------------------------
static Term append_bits(Arena *a, Term base, Bits more, bool private) {
    uint8_t *to;
    uint64_t at;
    Hp *hp = &a->hp;
    Term *before = hp->top;
    Term t =
        (private ? hp_bits_append_private : hp_bits_append)(&a->mem, hp, base, more.size, &to, &at);
    assert_true(t != TERM_NONE && hp->top - before <= BITS_APPEND_WORDS);
    bits_copy(to, at, more.bytes, more.offset, more.size);
    return t;
}

static void appends_accumulate(void **state) {
    Arena *a = *state;
    for (int private = 0; private < 2; private ++) {
        uint8_t data[4096];
        fill(data, sizeof data);
        Term t = private ? hp_bits_writable(&a->mem, &a->hp, 0)
                         : hp_bits_copy(&a->mem, &a->hp, (Bits){data, 0, 0});
        uint64_t size = 0;
        while (size < 8 * 4000) {
            uint64_t n = rnd() % 100;
            t = append_bits(a, t, (Bits){data, size, n}, private);
            size += n;
            assert_int_equal(bits_size(t), size);
            assert_true(bits_equal(bits_of(t), (Bits){data, 0, size}));
            if (size & 7) assert_int_equal(bits_of(t).bytes[size / 8] & (0xff >> size % 8), 0);
        }
    }
}

static void append_in_place_keeps_the_data(void **state) {
    Arena *a = *state;
    Term t = hp_bits_writable(&a->mem, &a->hp, 1000);
    const uint8_t *data = bits_of(t).bytes;
    uint8_t one = 0x55;
    for (int i = 0; i < 1000; i++) {
        Term *before = a->hp.top;
        t = append_bits(a, t, (Bits){&one, 0, 8}, false);
        assert_int_equal(a->hp.top - before, SUB_BITS_WORDS);
        assert_ptr_equal(bits_of(t).bytes, data);
    }
    Term same = append_bits(a, t, (Bits){&one, 0, 8}, true);
    assert_true(same == t); // the view itself grew
    assert_int_equal(bits_size(t), 8008);
}

static void second_append_to_an_older_view_copies(void **state) {
    Arena *a = *state;
    uint8_t data[100], x = 0xaa, y = 0x33;
    fill(data, 100);
    Term old = append_bits(a, hp_bits_copy(&a->mem, &a->hp, (Bits){data, 0, 795}),
                           (Bits){data, 0, 0}, false);
    Term first = append_bits(a, old, (Bits){&x, 0, 7}, false);
    Term second = append_bits(a, old, (Bits){&y, 0, 7}, false);
    assert_ptr_equal(bits_of(first).bytes, bits_of(old).bytes);
    assert_ptr_not_equal(bits_of(second).bytes, bits_of(old).bytes);
    assert_int_equal(bits_load(bits_of(first).bytes, 795, 7), 0xaa >> 1);
    assert_int_equal(bits_load(bits_of(second).bytes, 795, 7), 0x33 >> 1);
    assert_true(bits_equal(bits_of(old), (Bits){data, 0, 795}));
    // a plain view of the same bits has no right to extend either
    Term view = hp_sub_bits(&a->hp, second, 0, 802);
    Term third = append_bits(a, view, (Bits){&x, 0, 8}, false);
    assert_ptr_not_equal(bits_of(third).bytes, bits_of(second).bytes);
}

static void growth_leaves_other_holders_alone(void **state) {
    Arena *a = *state;
    uint8_t data[256];
    fill(data, 256);
    Term t = hp_bits_writable(&a->mem, &a->hp, 256);
    t = append_bits(a, t, (Bits){data, 0, 2048}, false);
    BitsData *shared = refc_bits_data(term_boxed_ptr(t)[SUB_BITS_BASE]);
    bits_data_retain(shared);
    Term grown = append_bits(a, t, (Bits){data, 0, 8}, false);
    assert_ptr_not_equal(bits_of(grown).bytes, shared->bytes);
    assert_true(bits_equal(bits_of(t), (Bits){data, 0, 2048}));
    bits_data_release(shared);
    // now alone: reallocated under the old view's feet, which sees the same bits
    size_t counted = a->off.size_bytes;
    Term alone = append_bits(a, t, (Bits){data, 0, 8}, false);
    assert_ptr_equal(bits_of(alone).bytes, bits_of(t).bytes);
    assert_true(bits_equal(bits_of(t), (Bits){data, 0, 2048}));
    assert_true(a->off.size_bytes > counted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_keeps_what_is_around),
        cmocka_unit_test(copy_and_load_stay_inside),
        cmocka_unit_test(compare_is_bit_by_bit),
        cmocka_unit_test_setup_teardown(integer_fields_read_and_write_back, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(integer_field_bounds_of_a_small, arena_up, arena_down),
        cmocka_unit_test(half_floats_round_to_even),
        cmocka_unit_test(half_floats_all_read_back),
        cmocka_unit_test(floats_single_double_and_refused),
        cmocka_unit_test(utf_every_character_comes_back),
        cmocka_unit_test(utf_malformed_is_refused),
        cmocka_unit_test_setup_teardown(objects_by_size_and_views_of_views, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(no_memory_is_none, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(appends_accumulate, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(append_in_place_keeps_the_data, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(second_append_to_an_older_view_copies, arena_up,
                                        arena_down),
        cmocka_unit_test_setup_teardown(growth_leaves_other_holders_alone, arena_up, arena_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
