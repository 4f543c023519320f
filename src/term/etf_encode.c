// SPDX-License-Identifier: Apache-2.0
// Writing external terms: the walk. It is one pass, without a count beforehand: what a list's head
// or a fun's says of its length is filled in at its end.
//
// The work under way stands on a stack of frames, each with a small integer on top that says what
// it is (Frame) and how far it has come. Frames hold terms and small integers only, so that a
// collection between two runs can update them as roots. A frame is dropped when its last term is
// taken: nesting in last places costs nothing, in last elements of proper lists a nil to come.
#include "term/etf_int.h"

#include "term/compare.h"
#include "term/fun.h"
#include "term/map_int.h"

typedef enum Frame {
    FRAME_TERM,  // [term]
    FRAME_NILS,  // []; count: ends of lists
    FRAME_TUPLE, // [tuple]; count: element
    FRAME_LIST,  // [cell, place of the count]; count: elements before it
    FRAME_FLAT,  // [flat map]; count: 2 * pair, + 1 for its value
    FRAME_NODE,  // [trie node]; count: slot
    FRAME_TERMS, // [term...], last first; count: how many
    FRAME_FUN,   // [fun, place of the size, bytes written before it]; count: free variable
} Frame;
enum { FRAME_BITS = 3, STRING_MAX = 65535 };

static Term frame_word(Frame frame, uint64_t count) {
    return term_small((int64_t)(count << FRAME_BITS | frame));
}

static void push1(EtfEncoder *e, Term t, Frame frame, uint64_t count) {
    work_stack_push(&e->work, t);
    work_stack_push(&e->work, frame_word(frame, count));
}

void etf_encoder_init(EtfEncoder *e, const TermEnv *env, Buf *out, Term t,
                      const EtfEncodeOpts *opts, EtfEncodeKind kind) {
    e->env = env;
    e->out = kind == ETF_ENCODE_COUNT ? NULL : out;
    e->opts = *opts;
    e->kind = kind;
    e->counted = 0;
    work_stack_init(&e->work, env->mem);
    work_stack_init(&e->cuts, env->mem);
    work_stack_init(&e->outside, env->mem);
    push1(e, t, FRAME_TERM, 0);
}

void etf_encoder_deinit(EtfEncoder *e) {
    work_stack_deinit(&e->work);
    work_stack_deinit(&e->cuts);
    work_stack_deinit(&e->outside);
}

static uint64_t bytes_written(const EtfEncoder *e) {
    return e->out == NULL ? 0 : e->out->size_bytes + e->counted;
}

static void patch32(EtfEncoder *e, size_t at, uint64_t v) {
    if (e->out == NULL || e->out->failed) return;
    etf_set32(e->out->data + at, (uint32_t)v);
}

static uint8_t *put_head32(EtfEncoder *e, uint8_t tag, uint64_t count) {
    uint8_t *p = etf_encoder_take(e, 5);
    p[0] = tag;
    etf_set32(p + 1, (uint32_t)count);
    return p + 1;
}

// --- beginning terms with terms in them ----------------------------------------------------------
static void begin_tuple(EtfEncoder *e, Term t) {
    size_t arity = term_tuple_arity(t);
    if (arity < 256) {
        uint8_t *p = etf_encoder_take(e, 2);
        p[0] = ETF_SMALL_TUPLE;
        p[1] = (uint8_t)arity;
    } else {
        put_head32(e, ETF_LARGE_TUPLE, arity);
    }
    if (arity > 0) push1(e, t, FRAME_TUPLE, 0);
}

// A proper list of at most STRING_MAX bytes: how many; 0 if it is none.
static size_t string_length(const EtfEncoder *e, Term t) {
    size_t count = 0;
    while (term_is_cons(t)) {
        Term head = term_head(t);
        if (head > term_small(255) || !term_is_small(head) || count == STRING_MAX) break;
        count++;
        t = term_tail(t);
    }
    *e->budget -= (int64_t)(count / 16);
    return term_is_nil(t) ? count : 0;
}

static void put_string(EtfEncoder *e, Term t, size_t count) {
    uint8_t *p = etf_encoder_take(e, 3);
    p[0] = ETF_STRING;
    etf_set16(p + 1, (uint32_t)count);
    if (e->out == NULL) {
        e->counted += count;
        return;
    }
    if (!buf_reserve(e->out, count)) return;
    p = e->out->data + e->out->size_bytes;
    for (size_t i = 0; i < count; i++) {
        p[i] = (uint8_t)term_small_value(term_head(t));
        t = term_tail(t);
    }
    e->out->size_bytes += count;
}

static void begin_list(EtfEncoder *e, Term t) {
    size_t count = string_length(e, t);
    if (count > 0) {
        put_string(e, t, count);
        return;
    }
    uint8_t *p = put_head32(e, ETF_LIST, 0);
    size_t at = e->out == NULL ? 0 : (size_t)(p - e->out->data);
    work_stack_push(&e->work, t);
    push1(e, term_small((int64_t)at), FRAME_LIST, 0);
}

static void begin_fun(EtfEncoder *e, Term t) {
    uint64_t before = bytes_written(e) + 1; // the size counts from its own first byte
    size_t at = etf_encode_fun_head(e, t);
    if (fun_free_count(t) == 0) {
        patch32(e, at, bytes_written(e) - before);
        return;
    }
    work_stack_push(&e->work, t);
    work_stack_push(&e->work, term_small((int64_t)at));
    push1(e, term_small((int64_t)before), FRAME_FUN, 0);
}

// --- maps in key order ---------------------------------------------------------------------------
typedef struct Pair {
    Term key, value;
} Pair;

static void sort_pairs(const TermEnv *env, Pair *from, Pair *to, size_t count) {
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t start = 0; start < count; start += 2 * run) {
            size_t a = start, a_end = MIN(start + run, count);
            size_t b = a_end, b_end = MIN(b + run, count);
            for (size_t i = start; i < b_end; i++) {
                bool take_a = a < a_end &&
                              (b == b_end || term_compare_exact(env, from[a].key, from[b].key) < 0);
                to[i] = take_a ? from[a++] : from[b++];
            }
        }
        memcpy(from, to, count * sizeof(Pair));
    }
}

static void push_sorted(EtfEncoder *e, Term map, size_t count) {
    Mem *mem = e->env->mem;
    Pair *pairs = mem_must_alloc(mem, 2 * count * sizeof(Pair));
    MapIter it;
    size_t n = 0;
    map_iter_init(&it, map);
    while (map_iter_next(&it, &pairs[n].key, &pairs[n].value)) n++;
    ASSERT(n == count);
    sort_pairs(e->env, pairs, pairs + count, count);
    for (size_t i = count; i-- > 0;) {
        work_stack_push(&e->work, pairs[i].value);
        work_stack_push(&e->work, pairs[i].key);
    }
    work_stack_push(&e->work, frame_word(FRAME_TERMS, 2 * count));
    mem_free(mem, pairs, 2 * count * sizeof(Pair));
    *e->budget -= (int64_t)(4 * count);
}

static void begin_map(EtfEncoder *e, Term t) {
    size_t count = map_size(t);
    put_head32(e, ETF_MAP, count);
    if (count == 0) return;
    if (map_is_flat(t))
        push1(e, t, FRAME_FLAT, 0);
    else if (e->opts.deterministic)
        push_sorted(e, t, count);
    else
        push1(e, t, FRAME_NODE, 0);
}

// --- walking -------------------------------------------------------------------------------------
static void drop(EtfEncoder *e, size_t words) {
    DEBUG_ASSERT(e->work.count >= words);
    e->work.count -= words;
}

static void push_list_end(EtfEncoder *e, Term tail) {
    WorkStack *w = &e->work;
    if (!term_is_nil(tail)) {
        push1(e, tail, FRAME_TERM, 0);
        return;
    }
    if (w->count > 0) {
        uint64_t word = (uint64_t)term_small_value(w->items[w->count - 1]);
        if ((word & ((1u << FRAME_BITS) - 1)) == FRAME_NILS) {
            w->items[w->count - 1] = frame_word(FRAME_NILS, (word >> FRAME_BITS) + 1);
            return;
        }
    }
    work_stack_push(w, frame_word(FRAME_NILS, 1));
}

static Term next_of_list(EtfEncoder *e, Term *top, uint64_t count) {
    Term cell = top[-2], tail = term_tail(cell);
    if (term_is_cons(tail)) {
        top[-2] = tail;
        top[0] = frame_word(FRAME_LIST, count + 1);
    } else {
        patch32(e, (size_t)term_small_value(top[-1]), count + 1);
        drop(e, 3);
        push_list_end(e, tail);
    }
    return term_head(cell);
}

static Term next_of_flat(EtfEncoder *e, Term *top, uint64_t count) {
    Term map = top[-1];
    size_t pair = count / 2;
    if ((count & 1) == 0) {
        top[0] = frame_word(FRAME_FLAT, count + 1);
        return term_tuple_elements(map_flat_keys(map))[pair];
    }
    if (pair + 1 == map_flat_size(map))
        drop(e, 2);
    else
        top[0] = frame_word(FRAME_FLAT, count + 1);
    return map_flat_values(map)[pair];
}

// TERM_NONE: a node below was pushed.
static Term next_of_node(EtfEncoder *e, Term *top, uint64_t count) {
    MapNode node = map_node(top[-1]);
    if (count + 1 == node.count)
        drop(e, 2);
    else
        top[0] = frame_word(FRAME_NODE, count + 1);
    Term slot = node.slots[count];
    if (!term_is_cons(slot)) {
        push1(e, slot, FRAME_NODE, 0);
        return TERM_NONE;
    }
    push1(e, term_tail(slot), FRAME_TERM, 0);
    return term_head(slot);
}

static Term next_of_fun(EtfEncoder *e, Term *top, uint64_t count) {
    Term fun = top[-3];
    if (count == fun_free_count(fun)) {
        uint64_t before = (uint64_t)term_small_value(top[-1]);
        patch32(e, (size_t)term_small_value(top[-2]), bytes_written(e) - before);
        drop(e, 4);
        return TERM_NONE;
    }
    top[0] = frame_word(FRAME_FUN, count + 1);
    return fun_free_vars(fun)[count];
}

static void put_nils(EtfEncoder *e, uint64_t count) {
    drop(e, 1);
    *e->budget -= (int64_t)(count / 16);
    for (uint64_t n; count > 0; count -= n) {
        n = MIN(count, sizeof e->sink);
        memset(etf_encoder_take(e, n), ETF_NIL, n);
    }
}

// The next term to write, as the frame on top says. TERM_NONE: look at the top again.
static Term next_term(EtfEncoder *e) {
    Term *top = e->work.items + e->work.count - 1;
    uint64_t word = (uint64_t)term_small_value(*top), count = word >> FRAME_BITS;
    Term t;
    switch ((Frame)(word & ((1u << FRAME_BITS) - 1))) {
    case FRAME_TERM:
        t = top[-1];
        drop(e, 2);
        return t;
    case FRAME_NILS: put_nils(e, count); return TERM_NONE;
    case FRAME_TUPLE:
        t = top[-1];
        if (count + 1 == term_tuple_arity(t))
            drop(e, 2);
        else
            *top = frame_word(FRAME_TUPLE, count + 1);
        return term_tuple_elements(t)[count];
    case FRAME_LIST: return next_of_list(e, top, count);
    case FRAME_FLAT: return next_of_flat(e, top, count);
    case FRAME_NODE: return next_of_node(e, top, count);
    case FRAME_TERMS:
        t = top[-1];
        drop(e, count == 1 ? 2 : 1);
        if (count > 1) top[-1] = frame_word(FRAME_TERMS, count - 1);
        return t;
    case FRAME_FUN: return next_of_fun(e, top, count);
    }
    UNREACHABLE();
}

static void encode_term(EtfEncoder *e, Term t) {
    if (term_is_cons(t)) {
        begin_list(e, t);
        return;
    }
    if (term_is_boxed(t)) {
        switch (header_kind(term_header(t))) {
        case KIND_TUPLE: begin_tuple(e, t); return;
        case KIND_MAP_FLAT:
        case KIND_MAP_TRIE: begin_map(e, t); return;
        case KIND_FUN: begin_fun(e, t); return;
        default: break;
        }
    }
    etf_encode_leaf(e, t);
}

EtfStatus etf_encoder_run(EtfEncoder *e, int64_t *budget) {
    e->budget = budget;
    while (e->work.count > 0) {
        if (UNLIKELY(--*budget < 0)) return ETF_MORE;
        Term t = next_term(e);
        if (t != TERM_NONE) encode_term(e, t);
        if (UNLIKELY(e->out != NULL && e->out->failed)) return ETF_FAILED;
    }
    return ETF_DONE;
}
