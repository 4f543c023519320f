// SPDX-License-Identifier: Apache-2.0
// What printing and parsing of floats share: powers of ten and the parts of a double.
#pragma once

#include "term/real.h"

enum { REAL_POWER_FIRST = -342, REAL_POWER_LAST = 324 };

// 10^k = (hi : lo) * 2^(real_power_exponent(k) - 127), the low bits cut off; exact for 0 <= k
// <= 55.
typedef struct RealPower {
    uint64_t hi, lo;
} RealPower;
extern const RealPower real_powers[REAL_POWER_LAST - REAL_POWER_FIRST + 1];

enum { REAL_POWER_EXACT_LAST = 55 };
static inline RealPower real_power(int k) {
    DEBUG_ASSERT(k >= REAL_POWER_FIRST && k <= REAL_POWER_LAST);
    return real_powers[k - REAL_POWER_FIRST];
}

// Logarithms rounded down, by fixed-point constants that are right far beyond the range of doubles.
static inline int floor_log2_pow10(int k) { // of 10^k, |k| <= 1233
    return (k * 1741647) >> 19;
}
static inline int floor_log10_pow2(int e) { // of 2^e, |e| <= 1650
    return (e * 1262611) >> 22;
}
static inline int floor_log10_pow2_three_quarters(int e) { // of 3/4 * 2^e
    return (e * 1262611 - 524031) >> 22;
}

enum {
    DOUBLE_FRACTION_BITS = 52,
    DOUBLE_EXPONENT_BIAS = 1075, // mantissa * 2^(exponent field - bias), the mantissa an integer
    DOUBLE_EXPONENT_MAX = 0x7ff,
};
#define DOUBLE_HIDDEN_BIT ((uint64_t)1 << DOUBLE_FRACTION_BITS)
