// SPDX-License-Identifier: Apache-2.0
// Floats to text; see real.h. Shortest digits by R. Giulietti's Schubfach ("The Schubfach way to
// render doubles", 2020); digits to a given place from the exact decimal expansion, which an
// integer of at most 1,127 + 1,074 bits holds. No libc, so that no locale can interfere.
// Thread: any; nothing is shared but a constant table.
#include "term/real_int.h"

#include <gmp.h>
#include <math.h>
#include <stdlib.h>

typedef unsigned __int128 Wide;

static const char digit_pairs[200 + 1] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546"
    "4748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293"
    "949596979899";

enum { UINT64_DIGITS_MAX = 20 };

// The decimal digits of n, written so that they end at `end`; gives where they start.
static char *put_digits_before(char *end, uint64_t n) {
    while (n >= 100) {
        end -= 2;
        memcpy(end, digit_pairs + 2 * (n % 100), 2);
        n /= 100;
    }
    if (n >= 10) {
        end -= 2;
        memcpy(end, digit_pairs + 2 * n, 2);
        return end;
    }
    *--end = (char)('0' + n);
    return end;
}

// --- shortest ------------------------------------------------------------------------------------
typedef struct Shortest { // digits * 10^exponent, no trailing zeros unless zero
    uint64_t digits;
    int exponent;
} Shortest;

// floor(g * c / 2^128), with the lowest bit set when something was cut off ("round to odd"). g is
// an overestimate by at most one unit: a fraction of one unit counts as nothing.
static uint64_t scaled_to_odd(RealPower g, uint64_t c) {
    uint64_t low = (uint64_t)((Wide)g.lo * c >> 64);
    Wide sum = (Wide)g.hi * c + low;
    return (uint64_t)(sum >> 64) | ((uint64_t)sum > 1);
}

static Shortest without_zeros(uint64_t digits, int exponent) {
    while (digits % 100 == 0) {
        digits /= 100;
        exponent += 2;
    }
    if (digits % 10 == 0) {
        digits /= 10;
        exponent++;
    }
    return (Shortest){digits, exponent};
}

// Of a finite positive double. The interval of numbers that read back as this double is scaled by a
// power of ten such that it holds at least one integer, and at most one multiple of ten.
static Shortest shortest(uint64_t bits) {
    uint64_t fraction = bits & (DOUBLE_HIDDEN_BIT - 1);
    int field = (int)(bits >> DOUBLE_FRACTION_BITS);
    uint64_t c = field == 0 ? fraction : fraction | DOUBLE_HIDDEN_BIT;
    int q = (field == 0 ? 1 : field) - DOUBLE_EXPONENT_BIAS;
    if (q <= 0 && q >= -DOUBLE_FRACTION_BITS && (c & (((uint64_t)1 << -q) - 1)) == 0)
        return without_zeros(c >> -q, 0);           // a whole number below 2^53 is its own text
    bool narrow_below = fraction == 0 && field > 1; // the next smaller double is nearer
    uint64_t odd = c & 1;                           // the ends of the interval belong to even ones
    uint64_t low = 4 * c - (narrow_below ? 1 : 2);
    int k = narrow_below ? floor_log10_pow2_three_quarters(q) : floor_log10_pow2(q);
    int h = q + floor_log2_pow10(-k) + 1;
    DEBUG_ASSERT(h >= 1 && h <= 4);
    RealPower g = real_power(-k);
    if (-k < 0 || -k > REAL_POWER_EXACT_LAST) g.hi += ++g.lo == 0;
    // All in quarters.
    uint64_t vl = scaled_to_odd(g, low << h) + odd;
    uint64_t v = scaled_to_odd(g, 4 * c << h);
    uint64_t vr = scaled_to_odd(g, (4 * c + 2) << h) - odd;
    uint64_t s = v / 4;
    if (s >= 10) {
        uint64_t ten = s / 10;
        bool below_fits = vl <= 40 * ten;
        bool above_fits = 40 * ten + 40 <= vr;
        if (below_fits != above_fits) return without_zeros(ten + above_fits, k + 1);
    }
    bool below_fits = vl <= 4 * s;
    bool above_fits = 4 * s + 4 <= vr;
    if (below_fits != above_fits) return without_zeros(s + above_fits, k);
    uint64_t middle = 4 * s + 2;
    bool up = v > middle || (v == middle && (s & 1) != 0);
    return without_zeros(s + up, k);
}

// Digits with the point at `point` (0: before the first), or with an exponent: the shorter, the
// point where equal; from 2^53 on, where not every digit before a point would be exact, always an
// exponent.
size_t real_print_short(char out[64], double d) {
    DEBUG_ASSERT(isfinite(d));
    char *p = out;
    if (signbit(d)) *p++ = '-';
    d = fabs(d);
    if (d == 0) {
        memcpy(p, "0.0", 3);
        return (size_t)(p + 3 - out);
    }
    Shortest s = shortest(float_bits(d));
    char text[UINT64_DIGITS_MAX];
    char *digits = put_digits_before(text + sizeof text, s.digits);
    int count = (int)(text + sizeof text - digits);
    int point = count + s.exponent;
    int exponent = point - 1;
    char exponent_text[UINT64_DIGITS_MAX];
    char *e = put_digits_before(exponent_text + sizeof exponent_text, (uint64_t)abs(exponent));
    if (exponent < 0) *--e = '-';
    int e_size = (int)(exponent_text + sizeof exponent_text - e);
    int scientific_size = MAX(count, 2) + 2 + e_size;
    int plain_size = point <= 0 ? 2 - point + count : point >= count ? point + 2 : count + 1;
    if (d >= 0x1p53 || plain_size > scientific_size) {
        *p++ = digits[0];
        *p++ = '.';
        if (count == 1) *p++ = '0';
        memcpy(p, digits + 1, (size_t)count - 1);
        p += count - 1;
        *p++ = 'e';
        memcpy(p, e, (size_t)e_size);
        return (size_t)(p + e_size - out);
    }
    if (point <= 0) {
        memcpy(p, "0.", 2);
        memset(p + 2, '0', (size_t)-point);
        memcpy(p + 2 - point, digits, (size_t)count);
    } else if (point >= count) {
        memcpy(p, digits, (size_t)count);
        memset(p + count, '0', (size_t)(point - count));
        memcpy(p + point, ".0", 2);
    } else {
        memcpy(p, digits, (size_t)point);
        p[point] = '.';
        memcpy(p + point + 1, digits + point, (size_t)(count - point));
    }
    return (size_t)(p + plain_size - out);
}

// --- exact expansion -----------------------------------------------------------------------------
// 0.d1 d2 d3... * 10^point, d1 not 0; no digits: zero. The longest, of the largest subnormal
// number, has 767 digits.
enum { EXPANSION_DIGITS_MAX = 800, EXPANSION_LIMBS = 48 };
typedef struct Expansion {
    uint8_t digits[EXPANSION_DIGITS_MAX]; // values, not characters
    int count;
    int point;
} Expansion;

// The digits of a finite d >= 0. With m * 2^-k a fraction, m * 5^k has its digits, k places lower.
static void expand(Expansion *x, double d) {
    uint64_t bits = float_bits(d);
    int field = (int)(bits >> DOUBLE_FRACTION_BITS);
    uint64_t m = bits & (DOUBLE_HIDDEN_BIT - 1);
    if (field != 0) m |= DOUBLE_HIDDEN_BIT;
    x->count = x->point = 0;
    if (m == 0) return;
    int e = (field == 0 ? 1 : field) - DOUBLE_EXPONENT_BIAS;
    int zeros = __builtin_ctzl(m);
    m >>= zeros;
    e += zeros;
    mp_limb_t n[EXPANSION_LIMBS] = {0};
    mp_size_t limbs = 1;
    n[0] = m;
    if (e > 0) {
        limbs = e / 64 + 2;
        n[0] = 0;
        n[e / 64] = m << e % 64;
        if (e % 64 != 0) n[e / 64 + 1] = m >> (64 - e % 64);
        while (n[limbs - 1] == 0) limbs--;
    }
    const mp_limb_t five27 = 7450580596923828125u;
    for (int k = -e; k > 0; k -= 27) {
        mp_limb_t by = five27;
        if (k < 27)
            for (by = 5; k > 1; k--) by *= 5;
        mp_limb_t carry = mpn_mul_1(n, n, limbs, by);
        if (carry != 0) n[limbs++] = carry;
        ASSERT(limbs < EXPANSION_LIMBS);
    }
    size_t count = mpn_get_str(x->digits, 10, n, limbs);
    ASSERT(count <= sizeof x->digits);
    size_t skip = 0;
    while (x->digits[skip] == 0) skip++;
    memmove(x->digits, x->digits + skip, count - skip);
    x->count = (int)(count - skip);
    x->point = e < 0 ? x->count + e : x->count;
}

// Cuts to `count` digits (any integer), to nearest, halves to even, as printf does.
static void expansion_round(Expansion *x, int count) {
    if (count >= x->count) return;
    if (count < 0) {
        x->count = x->point = 0;
        return;
    }
    bool up = x->digits[count] > 5;
    if (x->digits[count] == 5) {
        up = count > 0 && (x->digits[count - 1] & 1) != 0;
        for (int i = count + 1; !up && i < x->count; i++) up = x->digits[i] != 0;
    }
    x->count = count;
    if (up) {
        int i = count;
        while (i > 0 && x->digits[i - 1] == 9) i--;
        if (i == 0) { // 999 becomes 1000
            x->digits[0] = 1;
            x->count = 1;
            x->point++;
            return;
        }
        x->digits[i - 1]++;
        x->count = i;
    } else if (count == 0) {
        x->point = 0;
    }
}

static inline char expansion_digit(const Expansion *x, int i) {
    return (char)('0' + (i >= 0 && i < x->count ? x->digits[i] : 0));
}

size_t real_print_scientific(char out[REAL_TEXT_MAX], double d, int digits) {
    DEBUG_ASSERT(isfinite(d));
    ASSERT(digits >= -1 && digits <= REAL_SCIENTIFIC_MAX);
    if (digits < 0) digits = 6;
    Expansion x;
    expand(&x, fabs(d));
    expansion_round(&x, digits + 1);
    int exponent = x.count == 0 ? 0 : x.point - 1;
    char *p = out;
    if (signbit(d)) *p++ = '-';
    *p++ = expansion_digit(&x, 0);
    if (digits > 0) *p++ = '.';
    for (int i = 1; i <= digits; i++) *p++ = expansion_digit(&x, i);
    *p++ = 'e';
    *p++ = exponent < 0 ? '-' : '+';
    if (exponent < 0) exponent = -exponent;
    char text[UINT64_DIGITS_MAX];
    char *e = put_digits_before(text + sizeof text, (uint64_t)exponent);
    if (exponent < 10) *--e = '0';
    size_t e_size = (size_t)(text + sizeof text - e);
    memcpy(p, e, e_size);
    p += e_size;
    return p - out > REAL_CHARS_MAX ? 0 : (size_t)(p - out);
}

// --- fixed ---------------------------------------------------------------------------------------
// Up to 18 decimals of numbers below 2^53 the reference computes in doubles: the fraction times a
// power of ten, halves up. So do we, for it shows where that product is not exact.
enum { QUICK_DECIMALS_MAX = 18 };

static char *print_quick(char *p, double d, int digits) {
    uint64_t whole = (uint64_t)d;
    uint64_t scale = 1;
    for (int i = 0; i < digits; i++) scale *= 10;
    double scaled = (d - (double)whole) * (double)scale;
    uint64_t fraction = (uint64_t)scaled;
    if (scaled - (double)fraction >= 0.5) fraction++;
    if (fraction >= scale) {
        fraction -= scale;
        whole++;
    }
    char text[UINT64_DIGITS_MAX];
    char *end = text + sizeof text;
    char *w = put_digits_before(end, whole);
    memcpy(p, w, (size_t)(end - w));
    p += end - w;
    if (digits == 0) return p;
    *p++ = '.';
    memset(p, '0', (size_t)digits);
    char *f = put_digits_before(end, fraction);
    memcpy(p + digits - (end - f), f, (size_t)(end - f));
    return p + digits;
}

static char *print_exact(char *p, double d, int digits) {
    Expansion x;
    expand(&x, d);
    expansion_round(&x, x.point + digits);
    int whole = MAX(x.point, 1);
    for (int i = x.point - whole; i < x.point; i++) *p++ = expansion_digit(&x, i);
    if (digits > 0) *p++ = '.';
    for (int i = x.point; i < x.point + digits; i++) *p++ = expansion_digit(&x, i);
    return p;
}

size_t real_print_decimals(char out[REAL_TEXT_MAX], double d, int digits, bool compact) {
    DEBUG_ASSERT(isfinite(d));
    ASSERT(digits >= 0 && digits <= REAL_DECIMALS_MAX);
    char *p = out;
    if (signbit(d)) *p++ = '-';
    d = fabs(d);
    bool quick = d < 0x1p53 && digits <= QUICK_DECIMALS_MAX;
    p = quick ? print_quick(p, d, digits) : print_exact(p, d, digits);
    if (p - out > REAL_CHARS_MAX) return 0;
    // The reference takes zeros off a whole number too when it is 2^53 or more: 1.0e22 with no
    // decimals, compact, is "1".
    if (compact && (digits > 0 || !quick)) {
        while (p[-1] == '0') p--;
        if (p[-1] == '.') *p++ = '0';
    }
    return (size_t)(p - out);
}
