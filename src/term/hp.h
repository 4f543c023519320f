// SPDX-License-Identifier: Apache-2.0
// The cursor that terms are written through. The caller has reserved the words beforehand (from a
// process heap, a message fragment, a literal area, or plain memory), so building cannot fail and
// cannot collect. What is built is complete before anyone else sees it.
#pragma once

#include "term/term.h"

// Heap objects that own something outside the heap (counted bit string data, magic references) are
// chained through a link word, so that the collector can drop what died.
typedef struct OffHeap {
    Term *first;       // header word of the newest such object; NULL = none
    size_t size_bytes; // bytes of counted data that the chain keeps alive (virtual heap)
} OffHeap;

typedef struct Hp {
    Term *top;
    Term *end;    // for assertions: no write reaches it
    OffHeap *off; // where off-heap objects built here are chained
} Hp;

static inline Term *hp_take(Hp *hp, size_t words) {
    Term *p = hp->top;
    DEBUG_ASSERT(words <= (size_t)(hp->end - hp->top));
    hp->top += words;
    return p;
}
static inline Term hp_cons(Hp *hp, Term head, Term tail) {
    Term *p = hp_take(hp, 2);
    p[0] = head;
    p[1] = tail;
    return term_cons(p);
}
// Tuple of `arity` elements, to be filled in by the caller through term_tuple_elements.
static inline Term hp_tuple(Hp *hp, size_t arity) {
    Term *p = hp_take(hp, arity + 1);
    p[0] = HEADER(KIND_TUPLE, arity);
    return term_boxed(p);
}
static inline Term hp_tuple2(Hp *hp, Term a, Term b) {
    Term t = hp_tuple(hp, 2);
    term_tuple_elements(t)[0] = a;
    term_tuple_elements(t)[1] = b;
    return t;
}
static inline Term hp_tuple3(Hp *hp, Term a, Term b, Term c) {
    Term t = hp_tuple(hp, 3);
    term_tuple_elements(t)[0] = a;
    term_tuple_elements(t)[1] = b;
    term_tuple_elements(t)[2] = c;
    return t;
}

enum { FLOAT_WORDS = 2, CONS_WORDS = 2 };
// Finite `d` only. Takes 0 or FLOAT_WORDS words.
static inline Term hp_float(Hp *hp, double d) {
    uint64_t bits = float_bits(d);
    if (LIKELY(float_is_immediate(bits))) return term_float_immediate(bits);
    Term *p = hp_take(hp, FLOAT_WORDS);
    p[0] = HEADER(KIND_FLOAT, 1);
    p[1] = bits;
    return term_boxed(p);
}
// An integer of 64 bits takes at most this.
enum { INT64_WORDS = 2 };
static inline Term hp_uint64(Hp *hp, uint64_t n) {
    if (n <= (uint64_t)SMALL_MAX) return term_small((int64_t)n);
    Term *p = hp_take(hp, 2);
    p[0] = HEADER(KIND_BIG_POS, 1);
    p[1] = n;
    return term_boxed(p);
}
static inline Term hp_int64(Hp *hp, int64_t n) {
    if (small_fits(n)) return term_small(n);
    Term *p = hp_take(hp, 2);
    p[0] = HEADER(n < 0 ? KIND_BIG_NEG : KIND_BIG_POS, 1);
    p[1] = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    return term_boxed(p);
}
