// SPDX-License-Identifier: Apache-2.0
// Random terms with a model beside them: what the heap must still hold after any number of
// collections. The model is a table of nodes that never change; checking walks model and term side
// by side and demands that one node is one object.
#pragma once

#include "base/stack.h"
#include "heap/heap_int.h"
#include "heap/object.h"
#include "term/atom.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/ident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

enum { NODE_WORDS_MAX = 12, SLOTS = 40, STACK_MAX = 60 };

// A value of the model: an immediate term, or the number of a node.
typedef struct Value {
    bool is_node;
    uint64_t bits;
} Value;

typedef struct Node {
    bool is_cons;
    Term header;
    size_t count; // words after the header, or 2
    bool is_value[NODE_WORDS_MAX];
    Value value[NODE_WORDS_MAX];  // where is_value
    uint64_t raw[NODE_WORDS_MAX]; // elsewhere
} Node;

typedef struct World {
    Mem mem;
    Os *os;
    BlockPool *pool; // every second seed has one
    Literals *lits;
    LiteralArea *area;
    HeapConfig config;
    Heap heap;
    uint64_t seed;
    Node *nodes;
    size_t node_count, node_cap;
    // Roots and what they should be.
    Term slot[SLOTS];
    Value slot_value[SLOTS];
    Value stack_value[STACK_MAX]; // by distance from the end; is_node with bits UINT64_MAX: raw
    uint64_t stack_raw[STACK_MAX];
    // Checking: where each node was found, if in this round.
    Term *found;
    uint32_t *found_round;
    uint32_t round;
} World;

static uint64_t random_bits(World *w) {
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed;
}
static size_t random_below(World *w, size_t n) {
    return (size_t)(random_bits(w) >> 20) % n;
}

static _Atomic uint64_t magic_alive;
static void magic_destroy(MagicBin *bin) {
    magic_alive--;
    free(bin);
}
static MagicBin *magic_new(void) {
    MagicBin *bin = calloc(1, sizeof *bin);
    assert_non_null(bin);
    atomic_init(&bin->refs, 1);
    bin->destroy = magic_destroy;
    magic_alive++;
    return bin;
}

static void world_init(World *w, HeapConfig config, uint64_t seed) {
    memset(w, 0, sizeof *w);
    mem_init(&w->mem);
    w->os = os_real_new(&w->mem);
    w->lits = literals_new(&w->mem, w->os, 1 << 20);
    w->area = literal_area_new(w->lits, 4);
    Hp hp = {w->area->start, w->area->end, &w->area->off};
    hp_cons(&hp, hp_cons(&hp, term_small(1), TERM_NIL), TERM_NIL);
    config.mem = &w->mem;
    config.os = w->os;
    config.literals = literals_range(w->lits);
    if (seed % 2 == 1) config.pool = w->pool = block_pool_new(&w->mem, w->os);
    w->config = config;
    assert_int_equal(heap_init(&w->heap, &w->config), HEAP_OK);
    w->seed = seed * 0x9e3779b97f4a7c15u + 1;
    for (size_t i = 0; i < SLOTS; i++) {
        w->slot[i] = TERM_NIL;
        w->slot_value[i] = (Value){false, TERM_NIL};
    }
}

static void world_deinit(World *w) {
    heap_deinit(&w->heap);
    block_pool_free(w->pool);
    literal_area_free(w->lits, w->area);
    literals_free(w->lits);
    os_free(w->os);
    free(w->nodes);
    free(w->found);
    free(w->found_round);
    assert_int_equal(mem_bytes(&w->mem), 0);
    assert_int_equal(magic_alive, 0);
}

static size_t node_new(World *w) {
    if (w->node_count == w->node_cap) {
        w->node_cap = MAX(w->node_cap * 2, (size_t)1024);
        w->nodes = realloc(w->nodes, w->node_cap * sizeof(Node));
        w->found = realloc(w->found, w->node_cap * sizeof(Term));
        w->found_round = realloc(w->found_round, w->node_cap * sizeof(uint32_t));
        memset(w->found_round + w->node_count, 0, (w->node_cap - w->node_count) * sizeof(uint32_t));
    }
    memset(&w->nodes[w->node_count], 0, sizeof(Node));
    return w->node_count++;
}

static RootSet world_roots(World *w, RootFrame *frame) {
    // Half of the slots as a range, half as a frame, so that both are visited.
    RootSet roots = {0};
    roots_add(&roots, w->slot, SLOTS / 2);
    *frame = (RootFrame){NULL, w->slot + SLOTS / 2, SLOTS - SLOTS / 2};
    roots.frames = frame;
    return roots;
}

static Term random_immediate(World *w) {
    switch (random_below(w, 6)) {
    case 0: return TERM_NIL;
    case 1: return MAKE_ATOM(random_below(w, 50));
    case 2: return term_local_pid(random_bits(w) >> 8);
    case 3: return term_float_immediate(float_bits(1.0 + (double)random_below(w, 1000)));
    case 4: return term_cons(w->area->start + 2 * random_below(w, 2)); // a literal
    default: return term_small((int64_t)random_bits(w) >> 5);
    }
}

// Some slot's term and value, or an immediate.
static Term random_value(World *w, Value *v) {
    size_t i = random_below(w, SLOTS + 10);
    if (i < SLOTS) {
        *v = w->slot_value[i];
        return w->slot[i];
    }
    Term t = random_immediate(w);
    *v = (Value){false, t};
    return t;
}

// Builds an object of a random kind in hp (NODE_WORDS_MAX + 1 words) and its node.
static Term build_random(World *w, Hp *hp, Value *v) {
    size_t index = node_new(w);
    Node *n = &w->nodes[index];
    *v = (Value){true, index};
    size_t kind = random_below(w, 24);
    if (kind >= 16) {
        n->is_cons = true;
        n->count = 2;
        n->is_value[0] = n->is_value[1] = true;
        Term head = random_value(w, &n->value[0]);
        return hp_cons(hp, head, random_value(w, &n->value[1]));
    }
    if (kind == KIND_MATCH_CTX || kind == KIND_SUB_BITS)
        kind = KIND_TUPLE; // have a test of their own
    if (kind == KIND_REFC_BITS || kind == KIND_MAGIC_REF) {
        const uint32_t ids[3] = {(uint32_t)index, 7, 9};
        uint64_t size = 65 + random_below(w, 3000);
        Term t;
        if (kind == KIND_MAGIC_REF) {
            t = hp_magic_ref(hp, ids, magic_new());
        } else {
            uint8_t *bytes;
            t = hp_bits(&w->mem, hp, size * 8, &bytes);
            if (t == TERM_NONE)
                t = hp_magic_ref(hp, ids, magic_new());
            else
                memset(bytes, (int)(index & 255), size);
        }
        const Term *p = term_boxed_ptr(t);
        n->header = p[0];
        n->count = header_words(p[0]) - 1; // the link changes
        memcpy(n->raw, p + 1, n->count * sizeof(Term));
        return t;
    }
    size_t words = 3 + random_below(w, NODE_WORDS_MAX - 2);
    if (kind == KIND_TUPLE) words = random_below(w, NODE_WORDS_MAX);
    if (kind == KIND_FLOAT || kind == KIND_EXPORT) words = 1;
    n->header = HEADER(kind, words);
    n->count = words;
    Term *p = hp_take(hp, words + 1);
    p[0] = n->header;
    TermRange r = object_term_range(n->header);
    for (size_t i = 1; i <= words; i++) {
        bool term = i >= r.first && i < r.first + r.count;
        n->is_value[i - 1] = term;
        if (term) {
            p[i] = random_value(w, &n->value[i - 1]);
        } else { // anything, also what looks like a pointer
            p[i] = n->raw[i - 1] =
                random_below(w, 2) ? random_bits(w) : term_boxed(w->heap.start + 1);
        }
    }
    return term_boxed(p);
}

// --- checking ------------------------------------------------------------------------------------

static bool lies_in_heap(const World *w, Term t) {
    const Heap *h = &w->heap;
    const Term *p = (const Term *)(t & ~(Term)7);
    if ((p >= h->start && p < h->htop) || (p >= h->past->old_start && p < h->past->old_top))
        return true;
    for (const HeapFragment *f = h->fragments; f != NULL; f = f->next)
        if (p >= f->mem && p < f->mem + f->used) return true;
    return false;
}

static void check_value(World *w, WorkStack *todo, Term t, Value v) {
    if (!v.is_node) {
        assert_int_equal(t, v.bits);
        return;
    }
    assert_true(lies_in_heap(w, t));
    if (w->found_round[v.bits] == w->round) {
        assert_int_equal(t, w->found[v.bits]);
        return;
    }
    w->found_round[v.bits] = w->round;
    w->found[v.bits] = t;
    work_stack_push(todo, v.bits);
}

static void check_world(World *w) {
    WorkStack todo;
    work_stack_init(&todo, &w->mem);
    w->round++;
    for (size_t i = 0; i < SLOTS; i++) check_value(w, &todo, w->slot[i], w->slot_value[i]);
    size_t depth = (size_t)(w->heap.end - w->heap.stack);
    for (size_t i = 0; i < depth; i++) {
        Term t = w->heap.end[-1 - (ptrdiff_t)i];
        Value v = w->stack_value[i];
        if (v.is_node && v.bits == UINT64_MAX)
            assert_int_equal(t, w->stack_raw[i]);
        else
            check_value(w, &todo, t, v);
    }
    while (!work_stack_empty(&todo)) {
        size_t index = work_stack_pop(&todo);
        const Node *n = &w->nodes[index];
        Term t = w->found[index];
        assert_int_equal(term_is_cons(t), n->is_cons);
        const Term *p = n->is_cons ? term_cons_ptr(t) : term_boxed_ptr(t) + 1;
        if (!n->is_cons) assert_int_equal(term_header(t), n->header);
        for (size_t i = 0; i < n->count; i++) {
            if (n->is_value[i])
                check_value(w, &todo, p[i], n->value[i]);
            else
                assert_int_equal(p[i], n->raw[i]);
        }
        if (term_is_kind(t, KIND_REFC_BITS)) {
            const uint8_t *bytes = ((const BitsData *)term_boxed_ptr(t)[REFC_BITS_DATA])->bytes;
            assert_int_equal(bytes[0], index & 255);
        }
    }
    work_stack_deinit(&todo);
}
