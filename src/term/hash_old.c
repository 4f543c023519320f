// SPDX-License-Identifier: Apache-2.0
// erlang:phash: the older portable hash. Each step multiplies by one of fourteen primes near 2^28
// and adds what is hashed; which prime stands where was found by experiments with OTP 25, and the
// unit test holds values that the reference gave. Containers hash their elements first and then
// themselves. Maps came later: they are hashed by phash2.
//
// Thread: any that may read the terms.
#include "base/stack.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/hash.h"
#include "term/ident.h"
#include "term/integer.h"
#include "term/map.h"

enum {
    PRIME_1 = 268440163,
    PRIME_2 = 268439161,
    PRIME_3 = 268435459,
    PRIME_4 = 268436141,
    PRIME_5 = 268438633,
    PRIME_6 = 268437017,
    PRIME_8 = 268437511,
    PRIME_9 = 268439627,
    PRIME_10 = 268440479,
    PRIME_11 = 268440577,
    PRIME_12 = 268440581,
    PRIME_13 = 268440593,
    PRIME_14 = 268440611,
};

// The four bytes of a word, lowest first.
static uint32_t add_word(uint32_t h, uint32_t word, uint32_t prime) {
    for (int i = 0; i < 4; i++, word >>= 8) h = h * prime + (word & 0xff);
    return h;
}

static uint32_t add_small(uint32_t h, int64_t n) {
    uint64_t magnitude = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    h = add_word(h, (uint32_t)magnitude, PRIME_2);
    if (magnitude >> 32 != 0) h = add_word(h, (uint32_t)(magnitude >> 32), PRIME_2);
    return h * (n < 0 ? PRIME_4 : PRIME_3);
}

static uint32_t add_big(uint32_t h, Term t) {
    const Term *p = term_boxed_ptr(t);
    size_t limbs = header_words(p[0]);
    for (size_t i = 1; i <= limbs; i++) {
        h = add_word(h, (uint32_t)p[i], PRIME_2);
        if (i < limbs || p[i] >> 32 != 0) h = add_word(h, (uint32_t)(p[i] >> 32), PRIME_2);
    }
    return h * (header_kind(p[0]) == KIND_BIG_NEG ? PRIME_4 : PRIME_3);
}

static uint32_t add_float(uint32_t h, double d) {
    uint64_t bits = float_bits(d == 0 ? 0.0 : d);
    return h * PRIME_6 + ((uint32_t)(bits >> 32) ^ (uint32_t)bits);
}

static uint32_t add_bits(uint32_t h, Term t) {
    enum { PIECE_BYTES = 256 };
    Bits b = bits_of(t);
    uint64_t whole = b.size / 8;
    unsigned rest = b.size & 7;
    uint8_t piece[PIECE_BYTES];
    for (uint64_t at = 0, count; at < whole; at += count) {
        count = MIN(whole - at, (uint64_t)PIECE_BYTES);
        bits_copy(piece, 0, b.bytes, b.offset + 8 * at, 8 * count);
        for (uint64_t i = 0; i < count; i++) h = h * PRIME_1 + piece[i];
    }
    if (rest != 0) {
        uint8_t last = 0;
        bits_copy(&last, 8 - rest, b.bytes, b.offset + 8 * whole, rest);
        h = (h * PRIME_1 + last) * PRIME_12 + rest;
    }
    return h * PRIME_4 + (uint32_t)whole;
}

static uint32_t add_pid(uint32_t h, Term t) {
    return add_word(h, ident_pid(t).number, PRIME_5) * PRIME_6;
}
static uint32_t add_port(uint32_t h, Term t) {
    uint64_t number = ident_port(t).port;
    if (number >> 32 != 0) h = add_word(h, (uint32_t)(number >> 32), PRIME_11);
    return add_word(h, (uint32_t)number, PRIME_9) * PRIME_10;
}
static uint32_t add_ref(uint32_t h, Term t) {
    return add_word(h, ident_ref(t).ids[0], PRIME_9) * PRIME_10;
}
static uint32_t add_atom(const TermEnv *env, uint32_t h, Term atom) {
    return h * PRIME_1 + atom_get(env->atoms, atom)->hash;
}

static uint32_t add_immediate(const TermEnv *env, uint32_t h, Term t) {
    if (term_is_small(t)) return add_small(h, term_small_value(t));
    if (term_is_atom(t)) return add_atom(env, h, t);
    if (term_is_nil(t)) return h * PRIME_3 + 1;
    if (term_is_immediate_float(t)) return add_float(h, term_float_value(t));
    if (term_is_local_pid(t)) return add_pid(h, t);
    ASSERT(term_is_local_port(t));
    return add_port(h, t);
}

// --- the walk ------------------------------------------------------------------------------------

// Frames, topmost word last:
//   FRAME_VECTOR      address, count left, tag
//   FRAME_TUPLE_END   arity, tag: all elements have been hashed
//   FRAME_LIST        rest of a list, tag
//   FRAME_LIST_END    tag: the list has been hashed, its tail too
enum { FRAME_VECTOR, FRAME_TUPLE_END, FRAME_LIST, FRAME_LIST_END };

typedef struct Walk {
    const TermEnv *env;
    WorkStack stack;
    uint32_t h;
} Walk;

static void push_vector(Walk *w, const Term *first, size_t count) {
    if (count == 0) return;
    work_stack_push(&w->stack, (uintptr_t)first);
    work_stack_push(&w->stack, count);
    work_stack_push(&w->stack, FRAME_VECTOR);
}

static void fun_start(Walk *w, Term t) {
    const FunEntry *e = fun_entry(t);
    size_t count = fun_free_count(t);
    w->h = add_atom(w->env, w->h * PRIME_10 + (uint32_t)count, e->module);
    w->h = (w->h * PRIME_2 + e->index) * PRIME_2 + e->old_uniq;
    push_vector(w, fun_free_vars(t), count);
}

static uint32_t add_export(Walk *w, Term t) {
    const Export *e = fun_export(t);
    uint32_t h = w->h * PRIME_11 + e->arity;
    return add_atom(w->env, add_atom(w->env, h, e->module), e->function);
}

static void boxed_start(Walk *w, Term t) {
    Term header = term_header(t);
    switch (header_kind(header)) {
    case KIND_TUPLE:
        work_stack_push(&w->stack, header_words(header));
        work_stack_push(&w->stack, FRAME_TUPLE_END);
        push_vector(w, term_tuple_elements(t), header_words(header));
        return;
    case KIND_BIG_POS:
    case KIND_BIG_NEG: w->h = add_big(w->h, t); return;
    case KIND_FLOAT: w->h = add_float(w->h, term_float_value(t)); return;
    case KIND_FUN: fun_start(w, t); return;
    case KIND_EXPORT: w->h = add_export(w, t); return;
    case KIND_REF:
    case KIND_MAGIC_REF: w->h = add_ref(w->h, t); return;
    case KIND_EXTERNAL:
        w->h = external_what(t) == EXTERNAL_PID    ? add_pid(w->h, t)
               : external_what(t) == EXTERNAL_PORT ? add_port(w->h, t)
                                                   : add_ref(w->h, t);
        return;
    case KIND_HEAP_BITS:
    case KIND_REFC_BITS:
    case KIND_SUB_BITS: w->h = add_bits(w->h, t); return;
    case KIND_MAP_FLAT:
    case KIND_MAP_TRIE: w->h = w->h * PRIME_13 + PRIME_14 + term_phash2(w->env, t); return;
    case KIND_MATCH_CTX:
    case KIND_MAP_NODE: break;
    }
    UNREACHABLE();
}

// Bytes add themselves without the rest of what integers do. Gives the next term to hash.
static Term list_go_on(Walk *w, Term list) {
    while (term_is_cons(list)) {
        Term head = term_head(list);
        list = term_tail(list);
        if ((head & ~(Term)0xff0) != TAG_SMALL) {
            work_stack_push(&w->stack, list);
            work_stack_push(&w->stack, FRAME_LIST);
            return head;
        }
        w->h = w->h * PRIME_2 + (uint32_t)term_small_value(head);
    }
    work_stack_push(&w->stack, FRAME_LIST_END);
    return list;
}

// The next term that the topmost frame asks for; TERM_NONE: none.
static Term frame_next(Walk *w) {
    WorkStack *s = &w->stack;
    switch (s->items[s->count - 1]) {
    case FRAME_VECTOR: {
        uint64_t *frame = &s->items[s->count - 3];
        Term t = *(const Term *)frame[0];
        frame[0] += sizeof(Term);
        if (--frame[1] == 0) s->count -= 3;
        return t;
    }
    case FRAME_LIST: s->count -= 2; return list_go_on(w, s->items[s->count]);
    case FRAME_TUPLE_END:
        s->count -= 2;
        w->h = w->h * PRIME_9 + (uint32_t)s->items[s->count];
        return TERM_NONE;
    default:
        s->count--;
        w->h *= PRIME_8;
        return TERM_NONE;
    }
}

uint32_t term_phash(const TermEnv *env, Term t) {
    if (term_is_immediate(t)) return add_immediate(env, 0, t);
    Walk w;
    w.env = env;
    w.h = 0;
    work_stack_init(&w.stack, env->mem);
    for (;;) {
        if (term_is_cons(t)) {
            t = list_go_on(&w, t);
            continue;
        }
        if (term_is_boxed(t))
            boxed_start(&w, t);
        else
            w.h = add_immediate(env, w.h, t);
        do {
            if (work_stack_empty(&w.stack)) {
                work_stack_deinit(&w.stack);
                return w.h;
            }
            t = frame_next(&w);
        } while (t == TERM_NONE);
    }
}
