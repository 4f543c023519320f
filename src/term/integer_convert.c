// SPDX-License-Identifier: Apache-2.0
// Integers to and from machine integers and doubles; see integer.h.
// Thread: any; the functions touch only their operands and the cursor.
#include "term/integer_int.h"

#include <math.h>

bool integer_to_int64(Term a, int64_t *n) {
    if (term_is_small(a)) {
        *n = term_small_value(a);
        return true;
    }
    Num x;
    num_of(&x, a);
    if (x.count != 1 || x.limbs[0] > (Limb)INT64_MAX + x.negative) return false;
    *n = (int64_t)(x.negative ? 0 - x.limbs[0] : x.limbs[0]);
    return true;
}

bool integer_to_uint64(Term a, uint64_t *n) {
    Num x;
    num_of(&x, a);
    if (x.negative || x.count > 1) return false;
    *n = x.count == 0 ? 0 : x.limbs[0];
    return true;
}

// --- doubles -------------------------------------------------------------------------------------
enum { DOUBLE_LIMBS_MAX = 16 }; // 1024 bits

// From the highest limb down, each step rounded: the reference's results to the bit. For one limb
// that is the nearest double; for more, what a lower limb would have decided may have been rounded
// away before it is looked at.
double integer_to_double_inf(Term a) {
    if (term_is_small(a)) return (double)term_small_value(a);
    Num x;
    num_of(&x, a);
    double d = INFINITY;
    if (x.count <= DOUBLE_LIMBS_MAX) {
        d = 0;
        for (size_t i = x.count; i-- > 0;) d = d * 0x1p64 + (double)x.limbs[i];
    }
    return x.negative ? -d : d;
}

bool integer_to_double(Term a, double *d) {
    *d = integer_to_double_inf(a);
    return isfinite(*d);
}

// The magnitude of a finite d as mantissa * 2^exponent.
static uint64_t double_parts(double d, int *exponent) {
    uint64_t bits = float_bits(d);
    int e = (int)(bits >> 52 & 0x7ff);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    *exponent = (e == 0 ? 1 : e) - 1075;
    return e == 0 ? fraction : fraction | (uint64_t)1 << 52;
}

// |x| <=> |d| for |d| >= 1: by bit length, then limb by limb against the mantissa, wherever it
// starts, then by the fraction of d.
static int compare_magnitude(const Num *x, double d) {
    int exponent;
    uint64_t mantissa = double_parts(d, &exponent);
    int64_t d_bits = 64 - __builtin_clzl(mantissa) + exponent;
    int64_t x_bits = (int64_t)limbs_bits(x->limbs, x->count);
    if (x_bits != d_bits) return x_bits < d_bits ? -1 : 1;
    uint64_t whole = exponent < 0 ? mantissa >> -exponent : mantissa;
    bool has_fraction = exponent < 0 && (whole << -exponent) != mantissa;
    size_t skip = exponent > 0 ? (size_t)exponent / LIMB_BITS : 0;
    int shift = exponent > 0 ? exponent % LIMB_BITS : 0;
    for (size_t i = x->count; i-- > 0;) {
        Limb l = 0;
        if (i == skip) l = whole << shift;
        if (i == skip + 1 && shift != 0) l = whole >> (LIMB_BITS - shift);
        if (x->limbs[i] != l) return x->limbs[i] < l ? -1 : 1;
    }
    return has_fraction ? -1 : 0;
}

int integer_compare_double(Term a, double d) {
    DEBUG_ASSERT(isfinite(d));
    Num x;
    num_of(&x, a);
    double size = fabs(d);
    bool negative = d < 0;
    if (x.count == 0) return d == 0 ? 0 : negative ? 1 : -1;
    if (d == 0 || x.negative != negative) return x.negative ? -1 : 1;
    int c = size < 1 ? 1 : compare_magnitude(&x, size);
    return negative ? -c : c;
}

size_t integer_from_double_words(double d) {
    int exponent = 0;
    frexp(d, &exponent);
    return exponent < SMALL_BITS ? 0 : (size_t)(exponent + LIMB_BITS - 1) / LIMB_BITS + 1;
}

Term integer_from_double(Hp *hp, double d) {
    DEBUG_ASSERT(isfinite(d) && d == trunc(d));
    if (fabs(d) < 0x1p59) return term_small((int64_t)d);
    int exponent;
    uint64_t mantissa = double_parts(d, &exponent); // the exponent is above 0 from 2^53 on
    size_t skip = (size_t)exponent / LIMB_BITS;
    int shift = exponent % LIMB_BITS;
    Limb high = shift == 0 ? 0 : mantissa >> (LIMB_BITS - shift);
    size_t n = skip + (high != 0 ? 2 : 1);
    Limb *r = num_open(hp, n);
    memset(r, 0, n * LIMB_BYTES);
    r[skip] = mantissa << shift;
    if (high != 0) r[skip + 1] = high;
    return num_finish(hp, r, n, d < 0);
}
