// SPDX-License-Identifier: Apache-2.0
// Arithmetic and order of integers of any size; see integer.h. Operands are viewed as sign and
// magnitude (a small has one limb, kept in the view); results are written straight to the heap by
// GMP's mpn functions and cut to size there.
// Thread: any; the functions touch only their operands, the cursor and scratch memory.
#include "term/integer_int.h"

typedef unsigned __int128 Limb2;

// --- up to two limbs -----------------------------------------------------------------------------
// Most integers beyond smalls have one limb or two: hashes, counters, times, products of such.
// Machine arithmetic of 128 bits does for them, but where the result outgrows it.
enum { SHORT_OP_WORDS = 5, SHORT_SHIFT_MAX = 128 };
typedef struct Short {
    Limb2 size;
    bool negative;
} Short;

static inline bool short_of(Term t, Short *s) {
    if (term_is_small(t)) {
        int64_t v = term_small_value(t);
        s->negative = v < 0;
        s->size = v < 0 ? 0 - (Limb)v : (Limb)v;
        return true;
    }
    const Term *p = term_boxed_ptr(t);
    size_t n = header_words(p[0]);
    if (n > 2) return false;
    s->negative = header_kind(p[0]) == KIND_BIG_NEG;
    s->size = n == 2 ? (Limb2)p[2] << LIMB_BITS | p[1] : p[1];
    return true;
}

static inline Term hp_short(Hp *hp, Limb2 size, bool negative) {
    if (size <= (Limb)SMALL_MAX + negative) {
        int64_t n = (int64_t)size;
        return term_small(negative ? -n : n);
    }
    size_t n = size >> LIMB_BITS == 0 ? 1 : 2;
    Term *p = hp_take(hp, n + 1);
    p[0] = HEADER(negative ? KIND_BIG_NEG : KIND_BIG_POS, n);
    p[1] = (Limb)size;
    if (n == 2) p[2] = (Limb)(size >> LIMB_BITS);
    return term_boxed(p);
}

static inline Term short_sum(Hp *hp, Short a, Short b) {
    if (a.negative != b.negative)
        return a.size >= b.size ? hp_short(hp, a.size - b.size, a.negative)
                                : hp_short(hp, b.size - a.size, b.negative);
    Limb2 sum = a.size + b.size;
    return sum < a.size ? TERM_NONE : hp_short(hp, sum, a.negative);
}

static inline Term short_bitwise(Hp *hp, IntegerOp op, Short a, Short b) {
    if ((a.size | b.size) >> 127 != 0 && (a.negative || b.negative)) return TERM_NONE;
    Limb2 x = a.negative ? -a.size : a.size, y = b.negative ? -b.size : b.size;
    Limb2 r = op == INTEGER_BAND ? (x & y) : op == INTEGER_BOR ? (x | y) : (x ^ y);
    bool negative = r >> 127 != 0 && (a.negative || b.negative);
    return hp_short(hp, negative ? -r : r, negative);
}

static inline Term short_shift(Hp *hp, IntegerOp op, Short a, Short by) {
    if (op == INTEGER_BSR && by.size >= SHORT_SHIFT_MAX) return term_small(a.negative ? -1 : 0);
    if (op == INTEGER_BSR) // rounds down
        return a.negative ? hp_short(hp, ((a.size - 1) >> by.size) + 1, true)
                          : hp_short(hp, a.size >> by.size, false);
    if (by.size >= SHORT_SHIFT_MAX || (a.size << by.size) >> by.size != a.size) return TERM_NONE;
    return hp_short(hp, a.size << by.size, a.negative);
}

// The result, TERM_NONE: it does not fit, or the operation has none here.
static Term short_op(Hp *hp, IntegerOp op, Short a, Short b) {
    bool one_limb = (a.size | b.size) >> LIMB_BITS == 0;
    bool negative = a.negative != b.negative;
    switch (op) {
    case INTEGER_SUB: b.negative = !b.negative; return short_sum(hp, a, b);
    case INTEGER_ADD: return short_sum(hp, a, b);
    case INTEGER_MUL:
        return one_limb ? hp_short(hp, (Limb2)(Limb)a.size * (Limb)b.size, negative) : TERM_NONE;
    case INTEGER_DIV:
        return hp_short(hp, one_limb ? (Limb)a.size / (Limb)b.size : a.size / b.size, negative);
    case INTEGER_REM:
        return hp_short(hp, one_limb ? (Limb)a.size % (Limb)b.size : a.size % b.size, a.negative);
    case INTEGER_BAND:
    case INTEGER_BOR:
    case INTEGER_BXOR: return short_bitwise(hp, op, a, b);
    default: return b.negative ? TERM_NONE : short_shift(hp, op, a, b);
    }
}

// Whether the result surely needs no more words than any operation on two limbs.
static inline bool short_words_do(IntegerOp op, Short b) {
    return op < INTEGER_BSL || (!b.negative && (op == INTEGER_BSR || b.size < SHORT_SHIFT_MAX));
}

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

// The leading 64 bits of a magnitude; `cut` says whether there are bits below them.
static Limb leading_bits(const Num *n, bool *cut) {
    size_t i = n->count - 1;
    int shift = __builtin_clzl(n->limbs[i]);
    Limb top = n->limbs[i] << shift, rest = 0;
    if (shift > 0 && i > 0) {
        top |= n->limbs[i - 1] >> (LIMB_BITS - shift);
        rest = n->limbs[--i] << shift;
    }
    while (rest == 0 && i > 0) rest = n->limbs[--i];
    *cut = rest != 0;
    return top;
}

// The bit lengths say how long a product is but for one bit. Where that bit decides about the
// limit, the leading bits do; a tie that even they leave open (once in 2^60) counts as too big.
static bool product_too_big(const Num *a, const Num *b) {
    uint64_t max = (uint64_t)INTEGER_LIMBS_MAX * LIMB_BITS;
    uint64_t bits = limbs_bits(a->limbs, a->count) + limbs_bits(b->limbs, b->count);
    if (bits <= max) return false;
    if (bits > max + 1) return true;
    bool a_cut, b_cut;
    Limb x = leading_bits(a, &a_cut), y = leading_bits(b, &b_cut);
    // The product is below (x + a_cut) * (y + b_cut), which must not be above 2^127.
    Limb2 low = (Limb2)x * y, top = (Limb2)1 << 127;
    Limb2 more = (a_cut ? (Limb2)y : 0) + (b_cut ? (Limb2)x : 0) + (a_cut && b_cut);
    if (more == 0) return low >= top;
    return low > top || top - low < more;
}

static size_t mul_words(const Num *a, const Num *b) {
    size_t n = a->count + b->count;
    if (UNLIKELY(n > INTEGER_LIMBS_MAX) && a->count != 0 && b->count != 0 && product_too_big(a, b))
        return SIZE_MAX;
    return n + 1;
}

size_t integer_op_words(IntegerOp op, Term a, Term b) {
    Short l, r;
    if (short_of(a, &l) && short_of(b, &r) && short_words_do(op, r)) return SHORT_OP_WORDS;
    if (op >= INTEGER_BAND) return integer_bits_words(op, a, b);
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

static Term divide(Mem *mem, Hp *hp, Term a, Term b) {
    Num x, y;
    num_of(&x, a);
    num_of(&y, b);
    if (x.count < y.count) return term_small(0);
    bool negative = x.negative != y.negative;
    size_t n = x.count - y.count + 1;
    Limb *q = num_open(hp, n);
    if (y.count == 1) {
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
    if (n == 1) {
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
Term integer_op(Mem *mem, Hp *hp, IntegerOp op, Term a, Term b) {
    ASSERT(b != term_small(0) || (op != INTEGER_DIV && op != INTEGER_REM));
    Short l, r;
    if (short_of(a, &l) && short_of(b, &r)) {
        Term result = short_op(hp, op, l, r);
        if (LIKELY(result != TERM_NONE)) return result;
    }
    if (op >= INTEGER_BAND) return integer_bits_op(hp, op, a, b);
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

uint64_t integer_op_cost_slow(IntegerOp op, Term a, Term b) {
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
