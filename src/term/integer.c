// SPDX-License-Identifier: Apache-2.0
// Arithmetic and order of integers of any size; see integer.h. Operands are viewed as sign and
// magnitude (a small has one limb, kept in the view); results are written straight to the heap by
// GMP's mpn functions and cut to size there.
// Thread: any; the functions touch only their operands, the cursor and scratch memory.
#include "term/integer_int.h"

typedef unsigned __int128 Limb2;

// --- sizes ---------------------------------------------------------------------------------------
// Whether |a| + |b| needs one limb more than the longer of them: the carry out of the top is
// decided by the highest limb pair whose sum is not all ones.
static bool sum_carries(const Num *a, const Num *b) {
    if (a->count < b->count) return sum_carries(b, a);
    for (size_t i = a->count; i-- > 0;) {
        Limb2 s = (Limb2)a->limbs[i] + (i < b->count ? b->limbs[i] : 0);
        if (s != ~(Limb)0) return s > ~(Limb)0;
    }
    return false;
}

static size_t add_words(const Num *a, const Num *b, bool subtract) {
    size_t n = MAX(a->count, b->count);
    if (UNLIKELY(n >= INTEGER_LIMBS_MAX) && (a->negative == (b->negative ^ subtract)) &&
        sum_carries(a, b))
        return SIZE_MAX;
    return n + 2;
}

// The bit lengths say how long a product is but for one bit. Where that bit decides about the
// limit, the top limbs do; a tie that even they leave open (once in 2^60) counts as too big.
static bool product_too_big(const Num *a, const Num *b) {
    uint64_t max = (uint64_t)INTEGER_LIMBS_MAX * LIMB_BITS;
    uint64_t bits = limbs_bits(a->limbs, a->count) + limbs_bits(b->limbs, b->count);
    if (bits <= max) return false;
    if (bits > max + 1) return true;
    Limb top[2];
    const Num *of[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        const Limb *l = of[i]->limbs;
        size_t n = of[i]->count;
        int shift = __builtin_clzl(l[n - 1]);
        top[i] = l[n - 1] << shift;
        if (shift > 0 && n > 1) top[i] |= l[n - 2] >> (LIMB_BITS - shift);
    }
    // The product is below (top0 + 1) * (top1 + 1) in units of the dropped bits.
    Limb2 high = (Limb2)top[0] * top[1];
    Limb2 room = ((Limb2)1 << 127) - 1;
    return high > room || room - high < (Limb2)top[0] + top[1] + 1;
}

static size_t mul_words(const Num *a, const Num *b) {
    size_t n = a->count + b->count;
    if (UNLIKELY(n > INTEGER_LIMBS_MAX) && a->count != 0 && b->count != 0 && product_too_big(a, b))
        return SIZE_MAX;
    return n + 1;
}

size_t integer_op_words(IntegerOp op, Term a, Term b) {
    if (op >= INTEGER_BAND) return integer_bits_words(op, a, b);
    if (term_both_small(a, b)) return op == INTEGER_MUL ? 3 : INT64_WORDS;
    Num x, y;
    num_of(&x, a);
    num_of(&y, b);
    switch (op) {
    case INTEGER_ADD: return add_words(&x, &y, false);
    case INTEGER_SUB: return add_words(&x, &y, true);
    case INTEGER_MUL: return mul_words(&x, &y);
    case INTEGER_DIV: return x.count < y.count ? 0 : x.count - y.count + 2;
    default: return x.count < y.count ? 0 : y.count + 1;
    }
}

// --- addition and subtraction --------------------------------------------------------------------
static Term add_magnitudes(Hp *hp, const Num *a, const Num *b, bool negative) {
    if (a->count < b->count) {
        const Num *t = a;
        a = b;
        b = t;
    }
    size_t n = a->count;
    Limb *r = num_open(hp, n + 1);
    Limb carry;
    if (b->count == 1)
        carry = mpn_add_1(r, a->limbs, (mp_size_t)n, b->limbs[0]);
    else if (b->count == n)
        carry = mpn_add_n(r, a->limbs, b->limbs, (mp_size_t)n);
    else
        carry = mpn_add(r, a->limbs, (mp_size_t)n, b->limbs, (mp_size_t)b->count);
    r[n] = carry;
    return num_finish(hp, r, n + 1, negative);
}

// |a| - |b| with the sign of a's side: negative says that a's term of the sum was negative.
static Term sub_magnitudes(Hp *hp, const Num *a, const Num *b, bool negative) {
    int c = limbs_compare(a->limbs, a->count, b->limbs, b->count);
    if (c == 0) return term_small(0);
    if (c < 0) {
        const Num *t = a;
        a = b;
        b = t;
        negative = !negative;
    }
    size_t n = a->count;
    Limb *r = num_open(hp, n);
    if (b->count == 1)
        mpn_sub_1(r, a->limbs, (mp_size_t)n, b->limbs[0]);
    else if (b->count == n)
        mpn_sub_n(r, a->limbs, b->limbs, (mp_size_t)n);
    else
        mpn_sub(r, a->limbs, (mp_size_t)n, b->limbs, (mp_size_t)b->count);
    return num_finish(hp, r, n, negative);
}

static Term add_sub(Hp *hp, Term a, Term b, bool subtract) {
    if (b == term_small(0)) return a;
    Num x, y;
    num_of(&x, a);
    num_of(&y, b);
    if (x.count == 0 && !subtract) return b;
    bool y_negative = y.negative ^ subtract;
    if (x.count == 0) x.negative = y_negative;
    return x.negative == y_negative ? add_magnitudes(hp, &x, &y, x.negative)
                                    : sub_magnitudes(hp, &x, &y, x.negative);
}

// --- multiplication ------------------------------------------------------------------------------
static Term multiply(Hp *hp, Term a, Term b) {
    Num x, y;
    num_of(&x, a);
    num_of(&y, b);
    const Num *l = x.count >= y.count ? &x : &y;
    const Num *s = l == &x ? &y : &x;
    if (s->count == 0) return term_small(0);
    bool negative = x.negative != y.negative;
    size_t n = l->count + s->count;
    Limb *r = num_open(hp, n);
    if (s->count == 1)
        r[n - 1] = mpn_mul_1(r, l->limbs, (mp_size_t)l->count, s->limbs[0]);
    else if (a == b)
        mpn_sqr(r, l->limbs, (mp_size_t)l->count);
    else
        mpn_mul(r, l->limbs, (mp_size_t)l->count, s->limbs, (mp_size_t)s->count);
    return num_finish(hp, r, n, negative);
}

// --- division ------------------------------------------------------------------------------------
// (hi : lo) shifted left by `shift`, high word.
static inline Limb shift_in(Limb hi, Limb lo, int shift) {
    return shift == 0 ? hi : hi << shift | lo >> (LIMB_BITS - shift);
}

// (n2 : n1 : n0) / (d1 : d0), d1's top bit set, (n2 : n1) < (d1 : d0): quotient, and remainder.
// The schoolbook step: guess from the top words, at most two corrections.
static Limb divide_3by2(Limb n2, Limb n1, Limb n0, Limb d1, Limb d0, Limb2 *rest) {
    Limb q;
    Limb2 r; // (n2 : n1) - q * d1
    if (n2 >= d1) {
        q = ~(Limb)0;
        r = ((Limb2)n2 << 64 | n1) - (Limb2)q * d1;
    } else {
        Limb2 n = (Limb2)n2 << 64 | n1;
        q = (Limb)(n / d1);
        r = n - (Limb2)q * d1;
    }
    while (r >> 64 == 0 && (Limb2)q * d0 > (r << 64 | n0)) {
        q--;
        r += d1;
    }
    *rest = (r << 64 | n0) - (Limb2)q * d0;
    return q;
}

// Where the quotient has one limb, the top of the operands nearly always decides it: N and D being
// their leading 192 and 128 bits, it lies between N / (D + 1) and N / D. false: not decided here.
static bool quotient_from_top(const Num *a, const Num *b, Limb *quotient) {
    size_t n = b->count;
    if (n < 3 || a->count > n + 1) return false;
    const Limb *x = a->limbs + n;
    const Limb *y = b->limbs + n;
    int shift = __builtin_clzl(y[-1]);
    Limb top = a->count > n ? x[0] : 0;
    if (shift != 0 && top >> (LIMB_BITS - shift) != 0) return false;
    Limb n2 = shift_in(top, x[-1], shift);
    Limb n1 = shift_in(x[-1], x[-2], shift);
    Limb n0 = shift_in(x[-2], x[-3], shift);
    Limb d1 = shift_in(y[-1], y[-2], shift);
    Limb d0 = shift_in(y[-2], y[-3], shift);
    if (n2 > d1 || (n2 == d1 && n1 >= d0)) return false;
    Limb2 rest;
    Limb q = divide_3by2(n2, n1, n0, d1, d0, &rest);
    if (rest < q) return false;
    *quotient = q;
    return true;
}

static inline Limb2 two_limbs(const Num *n) {
    return n->count == 1 ? n->limbs[0] : (Limb2)n->limbs[1] << 64 | n->limbs[0];
}

static Term divide(Mem *mem, Hp *hp, Term a, Term b) {
    Num x, y;
    num_of(&x, a);
    num_of(&y, b);
    if (x.count < y.count) return term_small(0);
    bool negative = x.negative != y.negative;
    size_t n = x.count - y.count + 1;
    Limb *q = num_open(hp, n);
    if (x.count <= 2) {
        Limb2 v = two_limbs(&x) / two_limbs(&y);
        q[0] = (Limb)v;
        if (n == 2) q[1] = (Limb)(v >> 64);
    } else if (y.count == 1) {
        mpn_divrem_1(q, 0, x.limbs, (mp_size_t)x.count, y.limbs[0]);
    } else if (quotient_from_top(&x, &y, q)) {
        n = 1;
    } else {
        Scratch s;
        Limb *rest = scratch_init(&s, mem, y.count);
        mpn_tdiv_qr(q, rest, 0, x.limbs, (mp_size_t)x.count, y.limbs, (mp_size_t)y.count);
        scratch_deinit(&s);
    }
    return num_finish(hp, q, n, negative);
}

static Term remainder_of(Mem *mem, Hp *hp, Term a, Term b) {
    Num x, y;
    num_of(&x, a);
    num_of(&y, b);
    if (x.count < y.count) return a;
    size_t n = y.count;
    Limb *r = num_open(hp, n);
    Limb q;
    if (x.count <= 2) {
        Limb2 v = two_limbs(&x) % two_limbs(&y);
        r[0] = (Limb)v;
        if (n == 2) r[1] = (Limb)(v >> 64);
    } else if (n == 1) {
        r[0] = mpn_mod_1(x.limbs, (mp_size_t)x.count, y.limbs[0]);
    } else if (quotient_from_top(&x, &y, &q)) {
        // The high limb of the dividend, if any, cancels against the borrow.
        mpn_copyi(r, x.limbs, (mp_size_t)n);
        mpn_submul_1(r, y.limbs, (mp_size_t)n, q);
    } else {
        Scratch s;
        Limb *quotient = scratch_init(&s, mem, x.count - n + 1);
        mpn_tdiv_qr(quotient, r, 0, x.limbs, (mp_size_t)x.count, y.limbs, (mp_size_t)n);
        scratch_deinit(&s);
    }
    return num_finish(hp, r, n, x.negative);
}

// --- the operations ------------------------------------------------------------------------------
static Term small_op(Hp *hp, IntegerOp op, int64_t a, int64_t b) {
    int64_t r;
    switch (op) {
    case INTEGER_ADD: return hp_int64(hp, a + b);
    case INTEGER_SUB: return hp_int64(hp, a - b);
    case INTEGER_DIV: return hp_int64(hp, a / b);
    case INTEGER_REM: return term_small(a % b);
    default:
        if (!__builtin_mul_overflow(a, b, &r)) return hp_int64(hp, r);
        return multiply(hp, term_small(a), term_small(b));
    }
}

Term integer_op(Mem *mem, Hp *hp, IntegerOp op, Term a, Term b) {
    if (op >= INTEGER_BAND) return integer_bits_op(hp, op, a, b);
    ASSERT(b != term_small(0) || (op != INTEGER_DIV && op != INTEGER_REM));
    if (term_both_small(a, b)) return small_op(hp, op, term_small_value(a), term_small_value(b));
    switch (op) {
    case INTEGER_ADD: return add_sub(hp, a, b, false);
    case INTEGER_SUB: return add_sub(hp, a, b, true);
    case INTEGER_MUL: return multiply(hp, a, b);
    case INTEGER_DIV: return divide(mem, hp, a, b);
    default: return remainder_of(mem, hp, a, b);
    }
}

Term integer_neg(Hp *hp, Term a) {
    if (term_is_small(a)) return hp_int64(hp, -term_small_value(a));
    Num x;
    num_of(&x, a);
    Limb *r = num_open(hp, x.count);
    mpn_copyi(r, x.limbs, (mp_size_t)x.count);
    return num_finish(hp, r, x.count, !x.negative);
}

int integer_compare(Term a, Term b) {
    if (term_both_small(a, b)) return ((int64_t)a > (int64_t)b) - ((int64_t)a < (int64_t)b);
    Num x, y;
    num_of(&x, a);
    num_of(&y, b);
    if (x.negative != y.negative) return x.negative ? -1 : 1;
    int c = limbs_compare(x.limbs, x.count, y.limbs, y.count);
    c = (c > 0) - (c < 0);
    return x.negative ? -c : c;
}

bool integer_is_negative(Term a) {
    if (term_is_small(a)) return (int64_t)a < 0;
    return header_kind(term_header(a)) == KIND_BIG_NEG;
}

size_t integer_words(Term a) {
    return term_is_small(a) ? 0 : header_words(term_header(a)) + 1;
}

// --- costs ---------------------------------------------------------------------------------------
// A reduction is about a quarter of a microsecond. Linear work takes about a third of a nanosecond
// a limb. A product of m by n limbs (m <= n) takes m / 3 nanoseconds a limb of n while the
// schoolbook method is used; above, the time a limb grows with the square of m's logarithm
// (measured).
enum { COST_NS = 250, LINEAR_LIMBS = 800, SCHOOLBOOK_LIMBS = 64 };

static uint64_t product_cost(size_t m, size_t n) {
    if (m > n) return product_cost(n, m);
    if (m == 0) return 0;
    if (m <= SCHOOLBOOK_LIMBS) return (uint64_t)m * n / (3 * COST_NS);
    uint64_t log = 63 - (uint64_t)__builtin_clzl(m);
    return (uint64_t)(n + m) * log * log / (2 * COST_NS);
}

uint64_t integer_op_cost(IntegerOp op, Term a, Term b) {
    size_t n = term_is_small(a) ? 1 : header_words(term_header(a));
    size_t m = term_is_small(b) ? 1 : header_words(term_header(b));
    switch (op) {
    case INTEGER_MUL: return product_cost(m, n);
    case INTEGER_DIV:
    case INTEGER_REM:
        if (n < m) return 0;
        return MAX(n, m) / LINEAR_LIMBS + 3 * product_cost(n - m + 1, m);
    case INTEGER_BSL:
        if (term_is_small(b) && term_small_value(b) > 0) n += (uint64_t)term_small_value(b) / 64;
        return MIN(n, INTEGER_LIMBS_MAX) / LINEAR_LIMBS;
    default: return MAX(n, m) / LINEAR_LIMBS;
    }
}
