// SPDX-License-Identifier: Apache-2.0
// Integer and float fields of the bit syntax ("Bit Syntax Expressions" of the Erlang reference
// manual). A little-endian field that is not of whole bytes has its partial byte last, and that
// byte's bits are the most significant ones of the number.
#include "term/bits.h"

#include "term/integer.h"

uint64_t bits_swap_to_little(uint64_t v, unsigned count) {
    unsigned odd = count & 7, whole = count - odd;
    if (whole == 0) return v;
    uint64_t swapped = __builtin_bswap64(v << (64 - whole)); // drops the odd bits on top
    if (odd == 0) return swapped;
    return swapped << odd | (v >> whole & ((1u << odd) - 1));
}

// --- integers ------------------------------------------------------------------------------------
// 64 bits (fewer for the last) of a field's number, counted from the least significant.
static uint64_t field_limb(Bits b, uint64_t size, uint64_t i, BitsFlags flags) {
    unsigned n = (unsigned)MIN(size - 64 * i, (uint64_t)64);
    if (flags & BITS_LITTLE)
        return bits_swap_from_little(bits_load(b.bytes, b.offset + 64 * i, n), n);
    return bits_load(b.bytes, b.offset + size - 64 * i - n, n);
}

// Turns a negative number of `size` bits into its magnitude.
static void negate_limbs(uint64_t *limbs, size_t count, uint64_t size) {
    uint64_t carry = 1;
    for (size_t i = 0; i < count; i++) {
        limbs[i] = ~limbs[i] + carry;
        carry = carry && limbs[i] == 0;
    }
    if (size & 63) limbs[count - 1] &= ((uint64_t)1 << (size & 63)) - 1;
}

static Term get_big(Hp *hp, Bits b, uint64_t size, BitsFlags flags) {
    size_t count = (size + 63) / 64;
    uint64_t *limbs = hp->top + 1;
    DEBUG_ASSERT(count + 1 <= (size_t)(hp->end - hp->top));
    for (size_t i = 0; i < count; i++) limbs[i] = field_limb(b, size, i, flags);
    bool negative = (flags & BITS_SIGNED) && (limbs[count - 1] >> ((size - 1) & 63) & 1);
    if (negative) negate_limbs(limbs, count, size);
    while (count > 0 && limbs[count - 1] == 0) count--;
    if (count == 0) return term_small(0);
    if (count == 1 && limbs[0] <= (uint64_t)SMALL_MAX + negative)
        return term_small(negative ? -(int64_t)limbs[0] : (int64_t)limbs[0]);
    Term *p = hp_take(hp, 1 + count);
    p[0] = HEADER(negative ? KIND_BIG_NEG : KIND_BIG_POS, count);
    return term_boxed(p);
}

Term bits_get_integer(Hp *hp, Bits b, uint64_t size, BitsFlags flags) {
    DEBUG_ASSERT(size <= b.size);
    if (size == 0) return term_small(0);
    if (UNLIKELY(size > 64)) return get_big(hp, b, size, flags);
    unsigned n = (unsigned)size;
    uint64_t v = bits_load(b.bytes, b.offset, n);
    if (flags & BITS_LITTLE) v = bits_swap_from_little(v, n);
    if (flags & BITS_SIGNED) return hp_int64(hp, (int64_t)(v << (64 - n)) >> (64 - n));
    return hp_uint64(hp, v);
}

// The limbs of an integer's two's complement, one after the other; endless sign extension.
typedef struct Twos {
    const uint64_t *limbs;
    size_t count;
    uint64_t small; // the one limb of a small integer
    uint64_t carry; // of the negation under way
    bool negative;
} Twos;

static Twos twos_of(Term integer) {
    if (term_is_small(integer)) {
        int64_t n = term_small_value(integer);
        uint64_t magnitude = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
        return (Twos){.count = 1, .small = magnitude, .carry = 1, .negative = n < 0};
    }
    Term *p = term_boxed_ptr(integer);
    return (Twos){.limbs = p + 1,
                  .count = header_words(p[0]),
                  .carry = 1,
                  .negative = header_kind(p[0]) == KIND_BIG_NEG};
}

static uint64_t twos_next(Twos *t, uint64_t i) {
    uint64_t limb = 0;
    if (i < t->count) limb = t->limbs != NULL ? t->limbs[i] : t->small;
    if (!t->negative) return limb;
    uint64_t x = ~limb + t->carry;
    t->carry = t->carry && x == 0;
    return x;
}

void bits_put_integer(uint8_t *to, uint64_t at, Term integer, uint64_t size, BitsFlags flags) {
    DEBUG_ASSERT(term_is_integer(integer));
    if (size == 0) return;
    if (LIKELY(size <= 64 && term_is_small(integer))) {
        uint64_t v = (uint64_t)term_small_value(integer);
        unsigned n = (unsigned)size;
        bits_store(to, at, n, flags & BITS_LITTLE ? bits_swap_to_little(v, n) : v);
        return;
    }
    Twos twos = twos_of(integer);
    for (uint64_t i = 0; 64 * i < size; i++) {
        unsigned n = (unsigned)MIN(size - 64 * i, (uint64_t)64);
        uint64_t v = twos_next(&twos, i);
        if (flags & BITS_LITTLE)
            bits_store(to, at + 64 * i, n, bits_swap_to_little(v, n));
        else
            bits_store(to, at + size - 64 * i - n, n, v);
    }
}

// --- floats --------------------------------------------------------------------------------------
enum { HALF_INFINITY = 0x7c00, HALF_MANTISSA_BITS = 10 };

// IEEE 754 binary16. false: infinity or NaN.
static bool half_to_double(uint16_t half, double *d) {
    unsigned exponent = (half >> 10) & 31, mantissa = half & 1023;
    if (exponent == 31) return false;
    double m;
    if (exponent == 0) {
        m = (double)mantissa * 0x1p-24;
    } else {
        // (1024 + mantissa) * 2^(exponent - 25), put together as a double's bits
        uint64_t bits = (uint64_t)(exponent - 15 + 1023) << 52 | (uint64_t)mantissa << 42;
        m = float_from_bits(bits);
    }
    *d = half & 0x8000 ? -m : m;
    return true;
}

// Rounds to nearest, ties to even, straight from the double; too large gives infinity.
static uint16_t half_from_double(double d) {
    uint64_t bits = float_bits(d);
    uint16_t sign = (uint16_t)(bits >> 48 & 0x8000);
    int exponent = (int)(bits >> 52 & 2047) - 1023;
    if (exponent > 15) return sign | HALF_INFINITY;
    if (exponent < -25) return sign; // below half of the smallest: 0
    uint64_t mantissa = (bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52;
    // The bits that a half has no room for; a denormal loses more.
    unsigned drop = 52 - HALF_MANTISSA_BITS;
    if (exponent < -14) drop += (unsigned)(-14 - exponent);
    uint64_t kept = mantissa >> drop, rest = mantissa & (((uint64_t)1 << drop) - 1);
    uint64_t half_way = (uint64_t)1 << (drop - 1);
    if (rest > half_way || (rest == half_way && (kept & 1))) kept++;
    // `kept` has its leading 1, which adds one to the exponent field: start one lower. Rounding
    // that carries out of the mantissa, up to infinity, carries into the exponent as it should.
    unsigned biased = exponent < -14 ? 0 : (unsigned)(exponent + 14);
    return (uint16_t)(sign | ((biased << 10) + (unsigned)kept));
}

bool bits_get_float(Bits b, uint64_t size, BitsFlags flags, double *d) {
    DEBUG_ASSERT(size <= b.size);
    if (size != 64 && size != 32 && size != 16) return false;
    unsigned n = (unsigned)size;
    uint64_t v = bits_load(b.bytes, b.offset, n);
    if (flags & BITS_LITTLE) v = bits_swap_from_little(v, n);
    if (n == 16) return half_to_double((uint16_t)v, d);
    if (n == 32) {
        uint32_t single = (uint32_t)v;
        float f;
        memcpy(&f, &single, 4);
        *d = f;
    } else {
        *d = float_from_bits(v);
    }
    return __builtin_isfinite(*d);
}

bool bits_put_float(uint8_t *to, uint64_t at, double d, uint64_t size, BitsFlags flags) {
    uint64_t v;
    if (size == 64) {
        v = float_bits(d);
    } else if (size == 32) {
        float f = (float)d;
        uint32_t single;
        memcpy(&single, &f, 4);
        v = single;
    } else if (size == 16) {
        v = half_from_double(d);
    } else {
        return false;
    }
    unsigned n = (unsigned)size;
    bits_store(to, at, n, flags & BITS_LITTLE ? bits_swap_to_little(v, n) : v);
    return true;
}
