// SPDX-License-Identifier: Apache-2.0
// What the integer files share: the view of an operand as sign and limbs, scratch limbs, and the
// step that turns freshly written limbs into a normalised term.
#pragma once

#include "term/integer.h"
#include <gmp.h>

typedef mp_limb_t Limb;
_Static_assert(sizeof(Limb) == sizeof(Term) && GMP_NAIL_BITS == 0, "a limb is a word");
enum { LIMB_BITS = 64, LIMB_BYTES = 8 };

// An integer as sign and magnitude. A small's only limb is in the struct itself: do not copy it.
typedef struct Num {
    const Limb *limbs;
    size_t count; // 0: zero
    bool negative;
    Limb small;
} Num;

static inline void num_of(Num *n, Term t) {
    if (term_is_small(t)) {
        int64_t v = term_small_value(t);
        n->negative = v < 0;
        n->small = v < 0 ? 0 - (Limb)v : (Limb)v;
        n->limbs = &n->small;
        n->count = v != 0;
        return;
    }
    DEBUG_ASSERT(term_is_big(t));
    const Term *p = term_boxed_ptr(t);
    n->negative = header_kind(p[0]) == KIND_BIG_NEG;
    n->count = header_words(p[0]);
    n->limbs = (const Limb *)(p + 1);
}

// Significant bits of a magnitude.
static inline uint64_t limbs_bits(const Limb *limbs, size_t count) {
    if (count == 0) return 0;
    return (uint64_t)count * LIMB_BITS - (uint64_t)__builtin_clzl(limbs[count - 1]);
}

// Limbs that need not outlive the call: few are on the C stack, more come from `mem`.
enum { SCRATCH_LIMBS = 64 };
typedef struct Scratch {
    Mem *mem;
    Limb *limbs;
    size_t count;
    Limb local[SCRATCH_LIMBS];
} Scratch;

static inline Limb *scratch_init(Scratch *s, Mem *mem, size_t count) {
    s->mem = mem;
    s->count = count;
    s->limbs = s->local;
    if (count > SCRATCH_LIMBS) s->limbs = mem_must_alloc(mem, count * sizeof(Limb));
    return s->limbs;
}
static inline void scratch_deinit(Scratch *s) {
    if (s->limbs != s->local) mem_free(s->mem, s->limbs, s->count * sizeof(Limb));
}

// Room for a big integer of up to `count` limbs; num_finish gives back what is not used.
static inline Limb *num_open(Hp *hp, size_t count) {
    return (Limb *)hp_take(hp, count + 1) + 1;
}
static inline Term num_finish(Hp *hp, Limb *limbs, size_t count, bool negative) {
    while (count > 0 && limbs[count - 1] == 0) count--;
    if (count <= 1) {
        Limb v = count == 0 ? 0 : limbs[0];
        if (v <= (Limb)SMALL_MAX + negative) {
            hp->top = (Term *)limbs - 1;
            return term_small((int64_t)(negative ? 0 - v : v));
        }
    }
    Term *p = (Term *)limbs - 1;
    p[0] = HEADER(negative ? KIND_BIG_NEG : KIND_BIG_POS, count);
    hp->top = p + 1 + count;
    return term_boxed(p);
}

// Compares magnitudes.
static inline int limbs_compare(const Limb *a, size_t an, const Limb *b, size_t bn) {
    if (an != bn) return an < bn ? -1 : 1;
    return an == 0 ? 0 : mpn_cmp(a, b, (mp_size_t)an);
}

// integer_bits.c: the bitwise half of integer_op and integer_op_words.
size_t integer_bits_words(IntegerOp op, Term a, Term b);
Term integer_bits_op(Hp *hp, IntegerOp op, Term a, Term b);
