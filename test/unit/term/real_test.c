// SPDX-License-Identifier: Apache-2.0
// Floats as text: what the reference prints and reads, shortest digits that read back, correct
// rounding beside strtod, and the table of powers.
#include "term/real_int.h"

#include <gmp.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

enum { ROUNDS = 200000 };

static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void assert_text(const char *text, size_t count, const char *expected) {
    assert_int_equal(count, strlen(expected));
    assert_memory_equal(text, expected, count);
}

static bool reads(const char *text, double *d) {
    return real_parse((const uint8_t *)text, strlen(text), d);
}

// --- printing ------------------------------------------------------------------------------------
static const struct {
    uint64_t bits;
    const char *text;
} shorts[] = {
    {0x0000000000000000, "0.0"},
    {0x8000000000000000, "-0.0"},
    {0x3ff0000000000000, "1.0"},
    {0xbff8000000000000, "-1.5"},
    {0x3fb999999999999a, "0.1"},
    {0x4059000000000000, "100.0"},
    {0x408f400000000000, "1.0e3"},
    {0x40fe240000000000, "123456.0"},
    {0x40f86a0000000000, "1.0e5"},
    {0x3f50624dd2f1a9fc, "0.001"},
    {0x3f5426fe718a86d7, "0.00123"},
    {0x3ee4f8b588e368f1, "1.0e-5"},
    {0x4480f0cf064dd592, "1.0e22"},
    {0x44b52d02c7e14af6, "1.0e23"},
    {0x0000000000000001, "5.0e-324"},
    {0x0010000000000000, "2.2250738585072014e-308"},
    {0x000fffffffffffff, "2.225073858507201e-308"},
    {0x7fefffffffffffff, "1.7976931348623157e308"},
    {0x433fffffffffffff, "9007199254740991.0"},
    {0x4340000000000000, "9.007199254740992e15"},
    {0x433ffffffffffffe, "9007199254740990.0"},
    {0x437b69b4ba630f35, "1.2345678901234568e17"},
    {0x3fd3333333333333, "0.3"},
    {0x3fd3333333333334, "0.30000000000000004"},
    {0x3e60000000000000, "2.9802322387695312e-8"},
    {0x4011666666666666, "4.35"},
    {0x3eb0000000000000, "9.5367431640625e-7"},
    {0x447c7e83209e90b2, "8.41e21"},
    {0x36dc8b8218854567, "2.0e-44"},
    {0xbe8091f1667f0595, "-1.2345678901234566e-7"},
};

static void short_as_on_the_reference(void **state) {
    char text[64];
    for (size_t i = 0; i < ARRAY_COUNT(shorts); i++)
        assert_text(text, real_print_short(text, float_from_bits(shorts[i].bits)), shorts[i].text);
}

static const struct {
    uint64_t bits;
    int digits;
    const char *plain, *compact;
} decimals[] = {
    {0x3fb999999999999a, 20, "0.10000000000000000555", "0.10000000000000000555"},
    {0x405edd2f1a9fbe77, 20, "123.45600000000000306954", "123.45600000000000306954"},
    {0x3fe0000000000000, 0, "1", "1"},
    {0x3ff8000000000000, 0, "2", "2"},
    {0x4004000000000000, 0, "3", "3"},
    {0x3f747ae147ae147b, 2, "0.01", "0.01"},
    {0x3f8eb851eb851eb8, 2, "0.02", "0.02"},
    {0x3ff0147ae147ae14, 2, "1.00", "1.0"},
    {0x4005666666666666, 2, "2.67", "2.67"},
    {0x4023e66666666666, 1, "9.9", "9.9"},
    {0x4058fccccccccccd, 1, "100.0", "100.0"},
    {0x3fdfffffffffffff, 0, "0", "0"},
    {0xbf50624dd2f1a9fc, 2, "-0.00", "-0.0"},
    {0x3feff7ced916872b, 2, "1.00", "1.0"},
    {0x4023ff7ced916873, 2, "10.00", "10.0"},
    {0x4480f0cf064dd592, 0, "10000000000000000000000", "1"},
    {0x44b52d02c7e14af6, 3, "99999999999999991611392.000", "99999999999999991611392.0"},
    {0x4340000000000000, 1, "9007199254740992.0", "9007199254740992.0"},
    {0x4005f5454bd141e0, 16, "2.7447610781893985", "2.7447610781893985"},
    {0x3fb999999999999a, 18, "0.100000000000000000", "0.1"},
    {0x3fb999999999999a, 19, "0.1000000000000000056", "0.1000000000000000056"},
    {0x0000000000000000, 0, "0", "0"},
    {0x8000000000000000, 3, "-0.000", "-0.0"},
    {0x0000000000000001, 5, "0.00000", "0.0"},
};

static void decimals_as_on_the_reference(void **state) {
    char text[REAL_TEXT_MAX];
    for (size_t i = 0; i < ARRAY_COUNT(decimals); i++) {
        double d = float_from_bits(decimals[i].bits);
        assert_text(text, real_print_decimals(text, d, decimals[i].digits, false),
                    decimals[i].plain);
        assert_text(text, real_print_decimals(text, d, decimals[i].digits, true),
                    decimals[i].compact);
    }
}

static const struct {
    uint64_t bits;
    int digits;
    const char *text;
} scientifics[] = {
    {0x3fb999999999999a, 20, "1.00000000000000005551e-01"},
    {0x3ff8000000000000, 0, "2e+00"},
    {0x4004000000000000, 0, "2e+00"},
    {0x4023fd70a3d70a3d, 2, "9.99e+00"},
    {0x4058ffae147ae148, 1, "1.0e+02"},
    {0x0000000000000001, 3, "4.941e-324"},
    {0x7fefffffffffffff, 30, "1.797693134862315708145274237317e+308"},
    {0x0000000000000000, 2, "0.00e+00"},
    {0x8000000000000000, 0, "-0e+00"},
    {0x54b249ad2594c37d, 5, "1.00000e+100"},
    {0x405edd2f1a9fbe77, -1, "1.234560e+02"},
};

static void scientific_as_on_the_reference(void **state) {
    char text[REAL_TEXT_MAX];
    for (size_t i = 0; i < ARRAY_COUNT(scientifics); i++) {
        double d = float_from_bits(scientifics[i].bits);
        assert_text(text, real_print_scientific(text, d, scientifics[i].digits),
                    scientifics[i].text);
    }
}

// 255 characters, sign included and before compacting, are the most.
static void too_long_texts_are_refused(void **state) {
    char text[REAL_TEXT_MAX];
    assert_int_equal(real_print_decimals(text, 1.5, 253, false), 255);
    assert_int_equal(real_print_decimals(text, -1.5, 253, false), 0);
    assert_int_equal(real_print_decimals(text, -1.5, 253, true), 0);
    assert_int_equal(real_print_decimals(text, 1.0e250, 5, false), 0);
    assert_int_equal(real_print_decimals(text, 1.0e250, 3, true), 252);
    assert_int_equal(real_print_decimals(text, 1.7976931348623157e308, 0, false), 0);
    assert_int_equal(real_print_scientific(text, 1.0, 249), 255);
    assert_int_equal(real_print_scientific(text, -1.0, 249), 0);
    assert_int_equal(real_print_scientific(text, 1.0e100, 249), 0);
}

// The number of significant digits of a short text.
static int digit_count(const char *text, size_t count) {
    int digits = 0, zeros = 0;
    for (size_t i = 0; i < count && text[i] != 'e'; i++) {
        if (text[i] < '0' || text[i] > '9') continue;
        if (digits == 0 && text[i] == '0') continue;
        digits++;
        zeros = text[i] == '0' ? zeros + 1 : 0;
    }
    return digits - zeros;
}

// Doubles of every kind of size: random bits, subnormal ones, powers of two and their neighbours,
// numbers of few digits.
static double random_double(uint64_t *seed) {
    for (;;) {
        uint64_t r = next_random(seed), bits = 0;
        switch (r % 5) {
        case 0: bits = next_random(seed) >> 1; break;
        case 1: bits = next_random(seed) >> (12 + r % 50); break;
        case 2: bits = ((r >> 8) % 2047 << 52) + (r >> 32) % 5 - 2; break;
        case 3: return (double)(r >> 40) / pow(10, (double)(r >> 8 & 31) - 10);
        default: bits = ((1023 - 60 + (r >> 8) % 120) << 52) | (next_random(seed) >> 12); break;
        }
        double d = float_from_bits(bits & INT64_MAX);
        if (isfinite(d) && d != 0) return d;
    }
}

static void short_reads_back_and_none_is_shorter(void **state) {
    uint64_t seed = 88172645463325252;
    char text[64], other[REAL_TEXT_MAX];
    for (int i = 0; i < ROUNDS; i++) {
        double d = random_double(&seed), back;
        size_t count = real_print_short(text, d);
        assert_true(real_parse((uint8_t *)text, count, &back));
        assert_int_equal(float_bits(back), float_bits(d));
        int digits = digit_count(text, count);
        assert_in_range(digits, 1, 17);
        if (digits > 1) { // the nearest number with one digit less is another double
            count = real_print_scientific(other, d, digits - 2);
            if (digits == 2) { // 1e+00 has no point
                memmove(other + 3, other + 1, count - 1);
                memcpy(other + 1, ".0", 2);
                count += 2;
            }
            bool same = real_parse((uint8_t *)other, count, &back) && back == d;
            assert_false(same);
        }
    }
}

// --- reading -------------------------------------------------------------------------------------
static void texts_that_are_floats(void **state) {
    static const struct {
        const char *text;
        double d;
    } good[] = {{"1.0", 1.0},     {"+1.0", 1.0},     {"-1.5", -1.5},     {"00.50", 0.5},
                {"1.0e5", 1e5},   {"1.0E+5", 1e5},   {"1.0e-05", 1e-5},  {"1,5", 1.5},
                {"0.0e999", 0.0}, {"1.0e-400", 0.0}, {"1.0e308", 1e308}, {"1.0e-99999999999", 0.0}};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        double d;
        assert_true(reads(good[i].text, &d));
        assert_int_equal(float_bits(d), float_bits(good[i].d));
    }
    double d;
    assert_true(reads("-0.0", &d) && signbit(d));
    assert_true(real_parse((const uint8_t *)"1.5\0x", 5, &d) && d == 1.5); // a NUL ends the text
}

static void texts_that_are_no_floats(void **state) {
    static const char *const bad[] = {"",        "1",        "1e5",
                                      ".5",      "5.",       "-.5",
                                      ".",       "1.e5",     "1.0e",
                                      "1.0e+",   "--1.0",    "+-1.0",
                                      " 1.0",    "1.0 ",     "1.0\n",
                                      "1.0e 5",  "1.0a",     "1.0.0",
                                      "1.5,0",   "inf",      "nan",
                                      "0x1.0",   "1.0e5.0",  "1_0.0",
                                      "1.0e309", "-1.8e308", "1.0e99999999999"};
    double d;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) assert_false(reads(bad[i], &d));
}

static void check_beside_strtod(const char *text) {
    double expected = strtod(text, NULL), d;
    assert_int_equal(reads(text, &d), isfinite(expected));
    if (isfinite(expected)) assert_int_equal(float_bits(d), float_bits(expected));
}

static void reads_to_the_nearest(void **state) {
    uint64_t seed = 1234567890123;
    char text[1200];
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t r = next_random(&seed), s = next_random(&seed);
        if (i % 2)
            snprintf(text, sizeof text, "%lu.%lue%d", r >> s % 64, s >> r % 64,
                     (int)(s % 700) - 350);
        else
            snprintf(text, sizeof text, "%.*e", (int)(r % 30 + 1), random_double(&seed));
        check_beside_strtod(text);
    }
}

// Exactly half way between two doubles, and a little beside it, where only all digits decide.
static void reads_half_ways_exactly(void **state) {
    uint64_t seed = 42;
    char text[1300];
    for (int i = 0; i < ROUNDS / 20; i++) {
        double d = random_double(&seed);
        double above = float_from_bits(float_bits(d) + 1);
        if (!isfinite(above)) continue;
        long double middle = ((long double)d + above) / 2;
        int size = snprintf(text, sizeof text, "%.1100Le", middle);
        check_beside_strtod(text);
        char *e = strchr(text, 'e'); // a digit in the last of 1,100 places
        e[-1] = '1';
        check_beside_strtod(text);
        assert_true(size < (int)sizeof text);
        snprintf(text, sizeof text, "%.*Le", 17 + i % 30, middle);
        check_beside_strtod(text);
    }
}

// --- the table -----------------------------------------------------------------------------------
static void powers_are_cut_at_128_bits(void **state) {
    mpz_t n, one;
    mpz_init(n);
    mpz_init(one);
    for (int k = REAL_POWER_FIRST; k <= REAL_POWER_LAST; k++) {
        mpz_ui_pow_ui(n, 10, (unsigned long)abs(k));
        size_t bits = mpz_sizeinbase(n, 2);
        if (k < 0) {
            mpz_set_ui(one, 1);
            mpz_mul_2exp(one, one, bits + 127);
            mpz_fdiv_q(n, one, n);
        } else if (bits > 128) {
            mpz_fdiv_q_2exp(n, n, bits - 128);
        } else {
            mpz_mul_2exp(n, n, 128 - bits);
        }
        assert_int_equal(mpz_sizeinbase(n, 2), 128);
        assert_int_equal(real_power(k).lo, mpz_getlimbn(n, 0));
        assert_int_equal(real_power(k).hi, mpz_getlimbn(n, 1));
        int log = (int)floor(k * 3.321928094887362); // log2(10)
        assert_int_equal(floor_log2_pow10(k), log);
    }
    mpz_clear(n);
    mpz_clear(one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_as_on_the_reference),
        cmocka_unit_test(decimals_as_on_the_reference),
        cmocka_unit_test(scientific_as_on_the_reference),
        cmocka_unit_test(too_long_texts_are_refused),
        cmocka_unit_test(short_reads_back_and_none_is_shorter),
        cmocka_unit_test(texts_that_are_floats),
        cmocka_unit_test(texts_that_are_no_floats),
        cmocka_unit_test(reads_to_the_nearest),
        cmocka_unit_test(reads_half_ways_exactly),
        cmocka_unit_test(powers_are_cut_at_128_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
