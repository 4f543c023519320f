// SPDX-License-Identifier: Apache-2.0
// Text to the nearest float; see real.h. Three ways, each where the one before does not decide:
// exact arithmetic in doubles; the leading 128 bits of the power of ten (D. Lemire, "Number Parsing
// at a Gigabyte per Second", 2021); and integers of any length. The last alone is right for all.
// Thread: any; nothing is shared but a constant table.
#include "term/real_int.h"

#include <gmp.h>
#include <math.h>

typedef unsigned __int128 Wide;

// --- reading -------------------------------------------------------------------------------------
// A text as digits * 10^exponent. The digits stay in the text, with the point among them.
typedef struct Decimal {
    bool negative;
    const uint8_t *first, *end; // from the first digit that is not 0 to the end of the digits
    int64_t exponent;           // of the last digit
    uint64_t head;              // the first digits, at most HEAD_DIGITS
    int64_t head_dropped;       // how many digits follow them
} Decimal;

enum { HEAD_DIGITS = 19, EXPONENT_SATURATES = 1000000000 };

static inline bool is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}
static inline bool is_point(uint8_t c) {
    return c == '.' || c == ',';
}

// [eE][+-]digits up to `end`, or nothing.
static bool read_exponent(const uint8_t *p, const uint8_t *end, int64_t *exponent) {
    *exponent = 0;
    if (p == end) return true;
    if ((*p++ | 32) != 'e') return false;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end) return false;
    int64_t e = 0;
    for (; p < end; p++) {
        if (!is_digit(*p)) return false;
        if (e < EXPONENT_SATURATES) e = e * 10 + (*p - '0');
    }
    *exponent = negative ? -e : e;
    return true;
}

static bool read_decimal(const uint8_t *text, size_t count, Decimal *d) {
    const uint8_t *nul = memchr(text, 0, count);
    const uint8_t *p = text, *end = nul != NULL ? nul : text + count;
    d->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    const uint8_t *whole = p;
    while (p < end && is_digit(*p)) p++;
    if (p == whole || p == end || !is_point(*p)) return false;
    const uint8_t *fraction = ++p;
    while (p < end && is_digit(*p)) p++;
    if (p == fraction) return false;
    d->end = p;
    if (!read_exponent(p, end, &d->exponent)) return false;
    d->exponent -= p - fraction;
    p = whole;
    while (p < d->end && (*p == '0' || is_point(*p))) p++;
    d->first = p;
    d->head = 0;
    int taken = 0;
    for (; p < d->end && taken < HEAD_DIGITS; p++) {
        if (is_point(*p)) continue;
        d->head = d->head * 10 + (uint64_t)(*p - '0');
        taken++;
    }
    d->head_dropped = d->end - p - (p < fraction && p < d->end ? 1 : 0);
    return true;
}

// --- leading bits --------------------------------------------------------------------------------
typedef enum Guess { GUESS_SURE, GUESS_OPEN } Guess;

// The double nearest to w * 10^q, w != 0, as bits; infinity if too large. OPEN: 128 bits of the
// power do not decide.
static Guess from_leading_bits(uint64_t w, int64_t q, uint64_t *bits) {
    *bits = 0;
    if (q < REAL_POWER_FIRST) return GUESS_SURE;
    *bits = (uint64_t)DOUBLE_EXPONENT_MAX << DOUBLE_FRACTION_BITS;
    if (q > 308) return GUESS_SURE;
    int shift = __builtin_clzl(w);
    w <<= shift;
    RealPower g = real_power((int)q);
    Wide product = (Wide)w * g.hi;
    bool exact_power = q >= 0 && q <= REAL_POWER_EXACT_LAST;
    // What the low half of the power adds matters only below a run of ones.
    if (((uint64_t)(product >> 64) & 0x1ff) == 0x1ff) {
        product += (Wide)w * g.lo >> 64;
        if ((uint64_t)product == UINT64_MAX && !exact_power) return GUESS_OPEN;
    }
    uint64_t hi = (uint64_t)(product >> 64), lo = (uint64_t)product;
    int top = (int)(hi >> 63);
    int cut = top + 64 - DOUBLE_FRACTION_BITS - 3; // one bit more than the mantissa is kept
    uint64_t m = hi >> cut;
    int field = floor_log2_pow10((int)q) + 63 + top - shift + (DOUBLE_EXPONENT_MAX >> 1);
    if (field <= 0) { // subnormal
        if (1 - field >= 64) {
            *bits = 0;
            return GUESS_SURE;
        }
        // Ties do not occur here with so few digits and such exponents; sticky bits are below.
        m >>= 1 - field;
        m = (m + (m & 1)) >> 1;
        *bits = m; // a carry into the hidden bit makes the exponent field 1
        return GUESS_SURE;
    }
    // A tie: w * 10^q is half way between two doubles, which only small powers of five allow.
    if (lo <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << cut == hi) m &= ~(uint64_t)1;
    m = (m + (m & 1)) >> 1;
    if (m >= DOUBLE_HIDDEN_BIT * 2) {
        m = DOUBLE_HIDDEN_BIT;
        field++;
    }
    if (field >= DOUBLE_EXPONENT_MAX) return GUESS_SURE; // infinity
    *bits = (uint64_t)field << DOUBLE_FRACTION_BITS | (m & (DOUBLE_HIDDEN_BIT - 1));
    return GUESS_SURE;
}

// --- any length ----------------------------------------------------------------------------------
// More digits than this cannot change the result beyond their being there: no double, nor the
// middle of two, has more than 768.
enum { EXACT_DIGITS_MAX = 800, EXACT_LIMBS = 128 };

// Number of limbs of 5^k times {n, limbs}, in place.
static mp_size_t times_five_to(mp_limb_t *n, mp_size_t limbs, int64_t k) {
    for (; k > 0; k -= 27) {
        mp_limb_t by = 7450580596923828125u; // 5^27
        if (k < 27)
            for (by = 5; k > 1; k--) by *= 5;
        mp_limb_t carry = mpn_mul_1(n, n, limbs, by);
        if (carry != 0) n[limbs++] = carry;
        ASSERT(limbs < EXACT_LIMBS);
    }
    return limbs;
}

static int64_t bit_count(const mp_limb_t *n, mp_size_t limbs) {
    return limbs * 64 - __builtin_clzl(n[limbs - 1]);
}

// {n, limbs} * 2^e, plus a bit of something when sticky, to the nearest double's bits.
static uint64_t round_to_double(const mp_limb_t *n, mp_size_t limbs, int64_t e, bool sticky) {
    int64_t bits = bit_count(n, limbs);
    const int64_t least = 1 - DOUBLE_EXPONENT_BIAS;
    int64_t drop = MAX(bits - DOUBLE_FRACTION_BITS - 1, least - e); // so that 53 bits stay, or less
    if (drop > bits + 1) return 0;
    uint64_t m = 0;
    bool half = false;
    for (int64_t i = bits - 1; i >= 0 && i >= drop; i--) m = m << 1 | (n[i / 64] >> (i % 64) & 1);
    if (drop <= 0) {
        m <<= -drop;
    } else {
        half = drop <= bits && (n[(drop - 1) / 64] >> ((drop - 1) % 64) & 1) != 0;
        if (drop > 1 && !sticky) sticky = (int64_t)mpn_scan1(n, 0) < drop - 1;
    }
    if (half && (sticky || (m & 1) != 0)) m++;
    int64_t field = e + drop + DOUBLE_EXPONENT_BIAS;
    if (m < DOUBLE_HIDDEN_BIT) return m; // subnormal: field is 1
    if (m == DOUBLE_HIDDEN_BIT * 2) {
        m = DOUBLE_HIDDEN_BIT;
        field++;
    }
    if (field >= DOUBLE_EXPONENT_MAX) return (uint64_t)DOUBLE_EXPONENT_MAX << DOUBLE_FRACTION_BITS;
    return (uint64_t)field << DOUBLE_FRACTION_BITS | (m & (DOUBLE_HIDDEN_BIT - 1));
}

static uint64_t from_all_digits(const Decimal *d) {
    uint8_t digits[EXACT_DIGITS_MAX];
    size_t count = 0;
    int64_t exponent = d->exponent;
    bool more = false;
    for (const uint8_t *p = d->first; p < d->end; p++) {
        if (is_point(*p)) continue;
        if (count < EXACT_DIGITS_MAX) {
            digits[count++] = *p - '0';
        } else {
            more = more || *p != '0';
            exponent++;
        }
    }
    if ((int64_t)count + exponent > 310)
        return (uint64_t)DOUBLE_EXPONENT_MAX << DOUBLE_FRACTION_BITS;
    if ((int64_t)count + exponent < -325) return 0;
    mp_limb_t n[EXACT_LIMBS];
    mp_size_t limbs = mpn_set_str(n, digits, count, 10);
    if (exponent >= 0) {
        limbs = times_five_to(n, limbs, exponent);
        return round_to_double(n, limbs, exponent, more);
    }
    // n / 5^-e * 2^e: with the dividend made longer by 64 bits, at least, the quotient has enough.
    mp_limb_t five[EXACT_LIMBS] = {1}, quotient[EXACT_LIMBS], rest[EXACT_LIMBS];
    mp_size_t five_limbs = times_five_to(five, 1, -exponent);
    mp_size_t wider = MAX(five_limbs - limbs, 0) + 2;
    memmove(n + wider, n, (size_t)limbs * sizeof n[0]);
    memset(n, 0, (size_t)wider * sizeof n[0]);
    limbs += wider;
    ASSERT(limbs <= EXACT_LIMBS);
    mpn_tdiv_qr(quotient, rest, 0, n, limbs, five, five_limbs);
    mp_size_t quotient_limbs = limbs - five_limbs + 1;
    while (quotient[quotient_limbs - 1] == 0) quotient_limbs--;
    bool sticky = more || !mpn_zero_p(rest, five_limbs);
    return round_to_double(quotient, quotient_limbs, exponent - wider * 64, sticky);
}

// --- all together --------------------------------------------------------------------------------
static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static uint64_t nearest_bits(const Decimal *d) {
    if (d->head == 0) return 0;
    if (d->head_dropped == 0) {
        // Both factors are doubles, so that one operation rounds once.
        if (d->head < (uint64_t)1 << 53 && d->exponent >= -22 && d->exponent <= 22) {
            double w = (double)d->head;
            return float_bits(d->exponent < 0 ? w / exact_powers[-d->exponent]
                                              : w * exact_powers[d->exponent]);
        }
        uint64_t bits;
        if (from_leading_bits(d->head, d->exponent, &bits) == GUESS_SURE) return bits;
        return from_all_digits(d);
    }
    // The number lies between the cut one and the next: often both give the same double.
    int64_t exponent = d->exponent + d->head_dropped;
    uint64_t below, above;
    if (from_leading_bits(d->head, exponent, &below) == GUESS_SURE &&
        from_leading_bits(d->head + 1, exponent, &above) == GUESS_SURE && below == above)
        return below;
    return from_all_digits(d);
}

bool real_parse(const uint8_t *text, size_t count, double *d) {
    Decimal x;
    if (!read_decimal(text, count, &x)) return false;
    uint64_t bits = nearest_bits(&x);
    if (bits >= (uint64_t)DOUBLE_EXPONENT_MAX << DOUBLE_FRACTION_BITS) return false;
    *d = float_from_bits(bits | (uint64_t)x.negative << 63);
    return true;
}
