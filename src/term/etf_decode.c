// SPDX-License-Identifier: Apache-2.0
// Second pass over an external term: builds it. Terms are written straight to where they belong;
// only the pairs of a map wait aside until all are there. What is under way stands on a stack of
// frames, three words each: where the next term goes, how many are to come, and what they are.
#include "term/etf_int.h"

#include "term/fun.h"
#include "term/map.h"

typedef enum Frame {
    FRAME_TERMS, // the words at dest, one after the other
    FRAME_LIST,  // the cell at dest and those after it, then a tail
    FRAME_MAP,   // after the pairs: they are complete, their map goes to dest
} Frame;

static void push_frame(EtfBuilder *b, Term *dest, uint64_t count, Frame frame) {
    work_stack_push(&b->frames, (uint64_t)(uintptr_t)dest);
    work_stack_push(&b->frames, count);
    work_stack_push(&b->frames, frame);
}

static void pop_frame(EtfBuilder *b) {
    DEBUG_ASSERT(b->frames.count >= 3);
    b->frames.count -= 3;
}

// --- pairs of maps under way ---------------------------------------------------------------------
// Last in, first out. A chunk never moves while it holds pairs.
typedef struct PairsChunk {
    struct PairsChunk *below;
    size_t cap, used; // words
    Term words[];
} PairsChunk;
enum { PAIRS_CHUNK_WORDS = 1000 };

static size_t chunk_bytes(size_t words) {
    return sizeof(PairsChunk) + words * sizeof(Term);
}

static Term *pairs_take(EtfBuilder *b, size_t words) {
    PairsChunk *c = b->pairs;
    if (c == NULL || c->cap - c->used < words) {
        size_t cap = MAX(words, (size_t)PAIRS_CHUNK_WORDS);
        c = mem_alloc(b->env->mem, chunk_bytes(cap));
        if (c == NULL) return NULL;
        *c = (PairsChunk){.below = b->pairs, .cap = cap};
        b->pairs = c;
    }
    Term *p = c->words + c->used;
    c->used += words;
    return p;
}

static void pairs_drop_chunk(EtfBuilder *b) {
    PairsChunk *c = b->pairs;
    b->pairs = c->below;
    mem_free(b->env->mem, c, chunk_bytes(c->cap));
}

// The pairs taken last.
static Term *pairs_last(EtfBuilder *b, size_t words) {
    DEBUG_ASSERT(b->pairs->used >= words);
    return b->pairs->words + b->pairs->used - words;
}

static void pairs_give_back(EtfBuilder *b, size_t words) {
    b->pairs->used -= words;
    // The lowest chunk stays for the next map.
    if (b->pairs->used == 0 && b->pairs->below != NULL) pairs_drop_chunk(b);
}

static bool finish_map(EtfBuilder *b, Term *dest, size_t count) {
    Term map = map_build(b->env, b->hp, pairs_last(b, 2 * count), count);
    pairs_give_back(b, 2 * count);
    *b->budget -= (int64_t)count;
    if (map == TERM_NONE) return false;
    if (map_size(map) != count) {
        b->error = "equal keys in a map";
        return false;
    }
    *dest = map;
    return true;
}

// --- terms with terms in them --------------------------------------------------------------------
static bool begin_map(EtfBuilder *b, Term *dest) {
    size_t count = etf_get32(b->p);
    b->p += 4;
    if (count == 0) {
        *dest = map_build(b->env, b->hp, NULL, 0);
        return true;
    }
    Term *pairs = pairs_take(b, 2 * count);
    if (pairs == NULL) return false;
    push_frame(b, dest, count, FRAME_MAP);
    push_frame(b, pairs, 2 * count, FRAME_TERMS);
    return true;
}

static void begin_tuple(EtfBuilder *b, Term *dest, size_t arity) {
    Term tuple = hp_tuple(b->hp, arity);
    *dest = tuple;
    if (arity > 0) push_frame(b, term_tuple_elements(tuple), arity, FRAME_TERMS);
}

// Gives where the next term goes: the tail, where there is nothing else.
static Term *begin_list(EtfBuilder *b, Term *dest) {
    size_t count = etf_get32(b->p);
    b->p += 4;
    if (count == 0) return dest;
    Term *cell = hp_take(b->hp, CONS_WORDS * count);
    *dest = term_cons(cell);
    push_frame(b, cell, count, FRAME_LIST);
    return NULL;
}

static bool begin_fun(EtfBuilder *b, Term *dest) {
    const uint8_t *p = b->p + 4; // the size says nothing that we need
    uint32_t arity = *p++;
    const uint8_t *uniq = p;
    uint32_t index = etf_get32(p + ETF_UNIQ_BYTES);
    uint32_t free_count = etf_get32(p + ETF_UNIQ_BYTES + 4);
    b->p = p + ETF_UNIQ_BYTES + 8;
    Term module = etf_read_atom(b->env, &b->p);
    if (module == TERM_NONE) return false;
    etf_read_int(&b->p); // the index that older runtimes use
    uint32_t old_uniq = (uint32_t)etf_read_int(&b->p);
    etf_skip_pid(&b->p);
    ASSERT(b->env->fun_get != NULL);
    FunEntry *fe =
        b->env->fun_get(b->env->hook_ctx, module, uniq, index, old_uniq, arity, free_count);
    if (fe == NULL) return false;
    Term fun = hp_fun(b->hp, fe, free_count);
    *dest = fun;
    if (free_count > 0) push_frame(b, fun_free_vars(fun), free_count, FRAME_TERMS);
    return true;
}

// --- walking -------------------------------------------------------------------------------------
// Where the next term goes, as the frames say. false: see b->error; *dest NULL: all is built.
static bool next_dest(EtfBuilder *b, Term **dest) {
    WorkStack *f = &b->frames;
    while (f->count > 0) {
        uint64_t *top = f->items + f->count - 3;
        Term *at = (Term *)(uintptr_t)top[0];
        uint64_t count = top[1];
        Frame frame = (Frame)top[2];
        if (frame == FRAME_TERMS) {
            *dest = at;
            // Popped with its last term, so that nesting in last places costs nothing.
            if (count == 1) {
                pop_frame(b);
            } else {
                top[0] = (uint64_t)(uintptr_t)(at + 1);
                top[1] = count - 1;
            }
            return true;
        }
        if (frame == FRAME_LIST) {
            if (count == 0) { // all heads are there: the tail
                pop_frame(b);
                *dest = at - 1;
                return true;
            }
            *dest = at;
            if (count > 1) at[1] = term_cons(at + 2);
            top[0] = (uint64_t)(uintptr_t)(at + 2);
            top[1] = count - 1;
            return true;
        }
        pop_frame(b);
        if (!finish_map(b, at, count)) return false;
    }
    *dest = NULL;
    return true;
}

static bool build_term(EtfBuilder *b, Term *dest) {
    uint8_t tag = *b->p++;
    switch (tag) {
    case ETF_SMALL_TUPLE:
        b->p += 1;
        begin_tuple(b, dest, b->p[-1]);
        return true;
    case ETF_LARGE_TUPLE:
        b->p += 4;
        begin_tuple(b, dest, etf_get32(b->p - 4));
        return true;
    case ETF_LIST: b->dest = begin_list(b, dest); return true;
    case ETF_MAP: return begin_map(b, dest);
    case ETF_NEW_FUN: return begin_fun(b, dest);
    default: *dest = etf_build_leaf(b, tag); return LIKELY(*dest != TERM_NONE);
    }
}

void etf_builder_init(EtfBuilder *b, const TermEnv *env, Hp *hp, const EtfScan *scan) {
    ASSERT(scan->error == NULL && !scan->no_memory);
    // Field by field: the frames' own room is not to be cleared.
    b->env = env;
    b->hp = hp;
    b->p = scan->payload;
    b->dest = NULL;
    b->pairs = NULL;
    b->error = NULL;
    b->result = TERM_NONE;
    b->off_before = *hp->off;
    work_stack_init(&b->frames, env->mem);
    push_frame(b, &b->result, 1, FRAME_TERMS);
}

void etf_builder_deinit(EtfBuilder *b) {
    work_stack_deinit(&b->frames);
    while (b->pairs != NULL) pairs_drop_chunk(b);
}

// Nothing that was built is to be seen: neither are the counts that it holds.
static EtfStatus fail(EtfBuilder *b) {
    OffHeap *off = b->hp->off;
    for (Term *p = off->first; p != b->off_before.first; p = (Term *)(uintptr_t)p[REFC_BITS_LINK]) {
        ASSERT(header_kind(p[0]) == KIND_REFC_BITS);
        bits_data_release((BitsData *)(uintptr_t)p[REFC_BITS_DATA]);
    }
    *off = b->off_before;
    return ETF_FAILED;
}

EtfStatus etf_builder_run(EtfBuilder *b, int64_t *budget) {
    b->budget = budget;
    for (;;) {
        Term *dest = b->dest;
        b->dest = NULL;
        if (dest == NULL && UNLIKELY(!next_dest(b, &dest))) return fail(b);
        if (dest == NULL) return ETF_DONE;
        if (UNLIKELY(--*budget < 0)) {
            b->dest = dest;
            return ETF_MORE;
        }
        if (UNLIKELY(!build_term(b, dest))) return fail(b);
    }
}

Term etf_decode_why(const TermEnv *env, Hp *hp, const EtfScan *scan, const char **error) {
    EtfBuilder b;
    int64_t budget = INT64_MAX;
    etf_builder_init(&b, env, hp, scan);
    EtfStatus status = etf_builder_run(&b, &budget);
    ASSERT(status != ETF_MORE);
    Term result = status == ETF_DONE ? b.result : TERM_NONE;
    if (error != NULL) *error = b.error;
    etf_builder_deinit(&b);
    return result;
}

Term etf_decode(const TermEnv *env, Hp *hp, const EtfScan *scan) {
    return etf_decode_why(env, hp, scan, NULL);
}
