// SPDX-License-Identifier: Apache-2.0
// Equality and order of terms, as a small machine with an explicit stack.
//
// The machine compares a pair of terms in one step, or pushes frames that say what is to be
// compared. A result of 0 goes on with the topmost frame; any other result drops frames down to
// the nearest one that wants to see results (FRAME_TRIE), or ends the comparison. Every frame has
// three words, the last of them `count << 8 | mode << 4 | kind`.
//
// Maps of one size are ordered by their keys in key order, then by the values in that order. Flat
// maps have sorted keys. Hash tries have not: a parallel walk over both finds the least key that
// one has and the other has not, and failing that the least key with different values; these
// decide. Parts that both tries share are skipped.
//
// The order of identifiers and funs, which no document gives, was taken from experiments with OTP
// 25: pids by (serial, number), node name, creation; ports and references by node name, creation,
// number; local funs by module, index, old_uniq, number and values of free variables.
#include "term/compare.h"

#include "base/stack.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/ident.h"
#include "term/integer.h"
#include "term/map_int.h"

enum {
    MODE_KEYS = 1,  // every integer before every float, no equality between them
    MODE_EQUAL = 2, // only whether equal is asked
};

enum { FRAME_PAIR, FRAME_VECTOR, FRAME_TRIE, FRAME_WORDS = 3 };
#define FRAME_TAG(kind, mode, count) ((uint64_t)(count) << 8 | (uint64_t)(mode) << 4 | (kind))

enum { DESCEND = 3 }; // result of a step: frames have been pushed

struct CompareState {
    const TermEnv *env;
    WorkStack stack;
    int64_t budget;
    unsigned mode;
};

static int order_u64(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

// --- single terms --------------------------------------------------------------------------------

enum Rank {
    RANK_NUMBER,
    RANK_ATOM,
    RANK_REF,
    RANK_FUN,
    RANK_PORT,
    RANK_PID,
    RANK_TUPLE,
    RANK_MAP,
    RANK_NIL,
    RANK_LIST,
    RANK_BITS,
};

static enum Rank rank_boxed(Term t) {
    switch (header_kind(term_header(t))) {
    case KIND_TUPLE: return RANK_TUPLE;
    case KIND_BIG_POS:
    case KIND_BIG_NEG:
    case KIND_FLOAT: return RANK_NUMBER;
    case KIND_FUN:
    case KIND_EXPORT: return RANK_FUN;
    case KIND_REF:
    case KIND_MAGIC_REF: return RANK_REF;
    case KIND_EXTERNAL: {
        ExternalWhat what = external_what(t);
        return what == EXTERNAL_PID ? RANK_PID : what == EXTERNAL_PORT ? RANK_PORT : RANK_REF;
    }
    case KIND_HEAP_BITS:
    case KIND_REFC_BITS:
    case KIND_SUB_BITS: return RANK_BITS;
    case KIND_MAP_FLAT:
    case KIND_MAP_TRIE: return RANK_MAP;
    case KIND_MATCH_CTX:
    case KIND_MAP_NODE: break; // never seen by programs
    }
    UNREACHABLE();
}

static enum Rank rank_of(Term t) {
    if (term_is_small(t) || term_is_immediate_float(t)) return RANK_NUMBER;
    if (term_is_atom(t)) return RANK_ATOM;
    if (term_is_cons(t)) return RANK_LIST;
    if (term_is_boxed(t)) return rank_boxed(t);
    if (term_is_nil(t)) return RANK_NIL;
    if (term_is_local_pid(t)) return RANK_PID;
    ASSERT(term_is_local_port(t));
    return RANK_PORT;
}

static int compare_numbers(Term a, Term b, unsigned mode) {
    bool a_float = term_is_float(a), b_float = term_is_float(b);
    if (a_float && b_float) {
        double x = term_float_value(a), y = term_float_value(b);
        return (x > y) - (x < y);
    }
    if (!a_float && !b_float) return integer_compare(a, b);
    if (mode & MODE_KEYS) return a_float ? 1 : -1;
    return a_float ? -integer_compare_double(b, term_float_value(a))
                   : integer_compare_double(a, term_float_value(b));
}

static int compare_nodes(const TermEnv *env, const Ident *a, const Ident *b) {
    Term a_node = a->node == TERM_NONE ? env->node : a->node;
    Term b_node = b->node == TERM_NONE ? env->node : b->node;
    if (a_node != b_node) return atom_compare(env->atoms, a_node, b_node);
    uint32_t a_creation = a->node == TERM_NONE ? env->creation : a->creation;
    uint32_t b_creation = b->node == TERM_NONE ? env->creation : b->creation;
    return order_u64(a_creation, b_creation);
}

static int compare_pids(const TermEnv *env, Term a, Term b) {
    Ident x = ident_pid(a), y = ident_pid(b);
    if (x.serial != y.serial) return order_u64(x.serial, y.serial);
    if (x.number != y.number) return order_u64(x.number, y.number);
    return compare_nodes(env, &x, &y);
}

static int compare_ports(const TermEnv *env, Term a, Term b) {
    Ident x = ident_port(a), y = ident_port(b);
    int c = compare_nodes(env, &x, &y);
    return c != 0 ? c : order_u64(x.port, y.port);
}

// The ids are one number, least significant first; absent ones count as 0.
static int compare_refs(const TermEnv *env, Term a, Term b) {
    Ident x = ident_ref(a), y = ident_ref(b);
    int c = compare_nodes(env, &x, &y);
    for (int i = REF_IDS_MAX - 1; c == 0 && i >= 0; i--) c = order_u64(x.ids[i], y.ids[i]);
    return c;
}

static int compare_exports(const TermEnv *env, Term a, Term b) {
    const Export *x = fun_export(a), *y = fun_export(b);
    int c = atom_compare(env->atoms, x->module, y->module);
    if (c == 0) c = atom_compare(env->atoms, x->function, y->function);
    return c != 0 ? c : order_u64(x->arity, y->arity);
}

// Two local funs without their free variables.
static int compare_fun_entries(const TermEnv *env, Term a, Term b) {
    const FunEntry *x = fun_entry(a), *y = fun_entry(b);
    if (x == y) return 0;
    int c = atom_compare(env->atoms, x->module, y->module);
    if (c == 0) c = order_u64(x->index, y->index);
    return c != 0 ? c : order_u64(x->old_uniq, y->old_uniq);
}

// Of any bits at any place.
static int compare_bits(Term a, Term b, unsigned mode) {
    Bits x = bits_of(a), y = bits_of(b);
    if (mode & MODE_EQUAL) return x.size != y.size || !bits_equal(x, y);
    return bits_compare(x, y);
}

// --- frames --------------------------------------------------------------------------------------

static void push_frame(CompareState *s, uint64_t x, uint64_t y, uint64_t tag) {
    work_stack_push(&s->stack, x);
    work_stack_push(&s->stack, y);
    work_stack_push(&s->stack, tag);
}

static int push_vector(CompareState *s, const Term *a, const Term *b, size_t count) {
    if (count == 0 || a == b) return 0;
    push_frame(s, (uintptr_t)a, (uintptr_t)b, FRAME_TAG(FRAME_VECTOR, s->mode, count));
    return DESCEND;
}

// --- tries ---------------------------------------------------------------------------------------

// One side of the walk. Its head is the next slot, of the keys whose hashes lie in
// [hash, hash + width). Width 1: the hash is known, be it from a collision node or computed.
typedef struct TrieSide {
    MapNode node[MAP_TRIE_DEPTH + 1];
    uint32_t next[MAP_TRIE_DEPTH + 1]; // slot to look at
    uint32_t left[MAP_TRIE_DEPTH + 1]; // bitmap of slots from `next` on
    uint32_t base[MAP_TRIE_DEPTH + 1]; // hash bits that lead to the node
    int depth;                         // -1: at the end
    uint64_t hash, width;
    Term head;  // pair or node
    Term least; // of the keys that only this side has; TERM_NONE: none yet
} TrieSide;

typedef enum TrieStep { TRIE_WALK, TRIE_KEYS, TRIE_VALUES, TRIE_LEAST, TRIE_LEAST_DIFF } TrieStep;

typedef struct TrieCompare {
    TrieSide side[2];
    TrieStep step;    // what the result that comes in belongs to
    unsigned mode;    // of the maps
    int which;        // TRIE_LEAST: side whose key is being looked at
    Term key;         // that key; TRIE_VALUES, TRIE_LEAST_DIFF: the common key
    bool other_too;   // after side 0's key, side 1's is to be looked at
    Term diff_key;    // least common key with different values; TERM_NONE: none yet
    int diff;         // how its values compare
    int current_diff; // how those of `key` do
} TrieCompare;

static void side_head(TrieSide *w) {
    for (;;) {
        if (w->depth < 0) return;
        MapNode n = w->node[w->depth];
        if (w->next[w->depth] < n.count) break;
        w->depth--;
    }
    int d = w->depth;
    w->head = w->node[d].slots[w->next[d]];
    if (w->node[d].bitmap == 0) {
        w->hash = w->base[d];
        w->width = 1;
        return;
    }
    unsigned index = (unsigned)__builtin_ctz(w->left[d]);
    unsigned shift = MAP_HASH_BITS - MAP_LEVEL_BITS - MAP_LEVEL_BITS * (unsigned)d;
    w->hash = w->base[d] | (uint64_t)index << shift;
    w->width = (uint64_t)1 << shift;
}

// Passes the slot without looking for the next head.
static void side_pass(TrieSide *w) {
    int d = w->depth;
    w->next[d]++;
    w->left[d] &= w->left[d] - 1;
}

static void side_skip(TrieSide *w) {
    side_pass(w);
    side_head(w);
}

static void side_open(TrieSide *w, Term node, uint32_t base) {
    int d = ++w->depth;
    ASSERT(d <= MAP_TRIE_DEPTH);
    w->node[d] = map_node(node);
    w->next[d] = 0;
    w->left[d] = w->node[d].bitmap;
    w->base[d] = base;
    side_head(w);
}

static void side_enter(TrieSide *w) {
    Term node = w->head;
    uint32_t base = (uint32_t)w->hash;
    side_pass(w);
    side_open(w, node, base);
}

static bool side_at_pair(const TrieSide *w) {
    return term_is_cons(w->head);
}

// Only the side whose head covers the wider range of hashes can be looked at more closely.
static void side_narrow(const TermEnv *env, TrieSide *w) {
    if (!side_at_pair(w)) {
        side_enter(w);
        return;
    }
    w->hash = map_hash(env, term_head(w->head));
    w->width = 1;
}

static int trie_push(CompareState *s, Term a, Term b) {
    if (map_trie_size(a) != map_trie_size(b)) return order_u64(map_trie_size(a), map_trie_size(b));
    TrieCompare *t = mem_must_alloc(s->env->mem, sizeof *t);
    t->step = TRIE_WALK;
    t->mode = s->mode;
    t->diff_key = TERM_NONE;
    t->other_too = false;
    for (int i = 0; i < 2; i++) {
        t->side[i].depth = -1;
        t->side[i].least = TERM_NONE;
        side_open(&t->side[i], i == 0 ? a : b, 0);
    }
    push_frame(s, (uintptr_t)t, 0, FRAME_TAG(FRAME_TRIE, s->mode, 0));
    return DESCEND;
}

static void trie_free(CompareState *s, TrieCompare *t) {
    mem_free(s->env->mem, t, sizeof *t);
}

// What the frame does next: compare *a and *b and hand it the result; or it is done.
typedef enum TrieNext { TRIE_COMPARE, TRIE_AGAIN, TRIE_DONE, TRIE_BECOMES } TrieNext;

// The head pair of one side, whose key the other side has not.
static TrieNext trie_alone(TrieCompare *t, int which, Term *a, Term *b) {
    if (t->mode & MODE_EQUAL) return TRIE_DONE;
    TrieSide *w = &t->side[which];
    t->which = which;
    t->key = term_head(w->head);
    side_skip(w);
    if (w->least == TERM_NONE) {
        w->least = t->key;
        return TRIE_AGAIN;
    }
    t->step = TRIE_LEAST;
    *a = t->key;
    *b = w->least;
    return TRIE_COMPARE;
}

static TrieNext trie_walk(CompareState *s, TrieCompare *t, Term *a, Term *b) {
    TrieSide *x = &t->side[0], *y = &t->side[1];
    t->step = TRIE_WALK;
    if (t->other_too) {
        t->other_too = false;
        return trie_alone(t, 1, a, b);
    }
    for (;;) {
        if (x->depth < 0 && y->depth < 0) return TRIE_BECOMES;
        if (y->depth < 0 || (x->depth >= 0 && x->hash + x->width <= y->hash)) {
            if (side_at_pair(x)) return trie_alone(t, 0, a, b);
            side_enter(x);
        } else if (x->depth < 0 || y->hash + y->width <= x->hash) {
            if (side_at_pair(y)) return trie_alone(t, 1, a, b);
            side_enter(y);
        } else if (x->head == y->head) {
            side_skip(x);
            side_skip(y);
        } else if (x->width > y->width) {
            side_narrow(s->env, x);
        } else if (y->width > x->width) {
            side_narrow(s->env, y);
        } else if (side_at_pair(x) && side_at_pair(y)) {
            t->step = TRIE_KEYS;
            *a = term_head(x->head);
            *b = term_head(y->head);
            return TRIE_COMPARE;
        } else {
            // At least one is a node; the other, a pair, will be narrowed in the next round.
            if (!side_at_pair(x)) side_enter(x);
            if (!side_at_pair(y)) side_enter(y);
        }
    }
}

// The keys of both heads compare as `c`.
static TrieNext trie_keys(TrieCompare *t, int c, Term *a, Term *b) {
    TrieSide *x = &t->side[0], *y = &t->side[1];
    if (c == 0) {
        t->key = term_head(x->head);
        *a = term_tail(x->head);
        *b = term_tail(y->head);
        side_skip(x);
        side_skip(y);
        // Values matter only as long as the keys are the same.
        if (x->least != TERM_NONE || y->least != TERM_NONE) return TRIE_AGAIN;
        t->step = TRIE_VALUES;
        return TRIE_COMPARE;
    }
    // With a known hash each there may be more keys of that hash, in order. Otherwise each is the
    // only key of its map in the range, and both are alone.
    if (x->width == 1) return trie_alone(t, c < 0 ? 0 : 1, a, b);
    t->other_too = true;
    return trie_alone(t, 0, a, b);
}

static TrieNext trie_values(TrieCompare *t, int c, Term *a, Term *b) {
    if (c == 0) return TRIE_AGAIN;
    if (t->mode & MODE_EQUAL) return TRIE_DONE;
    t->current_diff = c;
    if (t->diff_key == TERM_NONE) {
        t->diff_key = t->key;
        t->diff = c;
        return TRIE_AGAIN;
    }
    t->step = TRIE_LEAST_DIFF;
    *a = t->key;
    *b = t->diff_key;
    return TRIE_COMPARE;
}

// Hands the frame the result `c` of what it asked for.
static TrieNext trie_next(CompareState *s, TrieCompare *t, int c, Term *a, Term *b) {
    TrieNext next = TRIE_AGAIN;
    switch (t->step) {
    case TRIE_WALK: break;
    case TRIE_KEYS: next = trie_keys(t, c, a, b); break;
    case TRIE_VALUES: next = trie_values(t, c, a, b); break;
    case TRIE_LEAST:
        if (c < 0) t->side[t->which].least = t->key;
        break;
    case TRIE_LEAST_DIFF:
        if (c < 0) {
            t->diff_key = t->key;
            t->diff = t->current_diff;
        }
        break;
    }
    while (next == TRIE_AGAIN) next = trie_walk(s, t, a, b);
    return next;
}

// The topmost frame is a trie's; `c` is the result of what it asked for. Gives DESCEND with the
// next pair to compare, or the result of the maps.
static int trie_resume(CompareState *s, int c, Term *a, Term *b) {
    TrieCompare *t = (TrieCompare *)s->stack.items[s->stack.count - FRAME_WORDS];
    switch (trie_next(s, t, c, a, b)) {
    case TRIE_COMPARE:
        s->mode = t->step == TRIE_VALUES ? t->mode : t->mode | MODE_KEYS;
        // Which of two keys comes first decides the walk, even if only equality of maps is asked.
        if (t->step == TRIE_KEYS) s->mode &= ~(unsigned)MODE_EQUAL;
        return DESCEND;
    case TRIE_DONE: c = 1; break;
    default:
        // Sizes are equal: if one map has a key of its own, so has the other.
        ASSERT((t->side[0].least == TERM_NONE) == (t->side[1].least == TERM_NONE));
        if (t->side[0].least != TERM_NONE) {
            *a = t->side[0].least;
            *b = t->side[1].least;
            s->mode = t->mode | MODE_KEYS;
            c = DESCEND;
        } else {
            c = t->diff_key == TERM_NONE ? 0 : t->diff;
        }
    }
    s->stack.count -= FRAME_WORDS;
    trie_free(s, t);
    return c;
}

// --- the machine ---------------------------------------------------------------------------------

static int step_maps(CompareState *s, Term a, Term b) {
    if (!map_is_flat(a) || !map_is_flat(b)) {
        if (map_is_flat(a) != map_is_flat(b)) return map_is_flat(a) ? -1 : 1;
        return trie_push(s, a, b);
    }
    size_t count = map_flat_size(a);
    if (count != map_flat_size(b)) return order_u64(count, map_flat_size(b));
    int c = push_vector(s, map_flat_values(a), map_flat_values(b), count);
    if (map_flat_keys(a) == map_flat_keys(b)) return c;
    unsigned mode = s->mode;
    s->mode |= MODE_KEYS;
    c = push_vector(s, term_tuple_elements(map_flat_keys(a)), term_tuple_elements(map_flat_keys(b)),
                    count);
    s->mode = mode;
    return c;
}

static int step_funs(CompareState *s, Term a, Term b) {
    bool a_export = term_is_kind(a, KIND_EXPORT), b_export = term_is_kind(b, KIND_EXPORT);
    if (a_export != b_export) return a_export ? 1 : -1;
    if (a_export) return compare_exports(s->env, a, b);
    int c = compare_fun_entries(s->env, a, b);
    if (c != 0) return c;
    size_t count = fun_free_count(a);
    if (count != fun_free_count(b)) return order_u64(count, fun_free_count(b));
    return push_vector(s, fun_free_vars(a), fun_free_vars(b), count);
}

// Two different terms, not both lists.
static int step_other(CompareState *s, Term a, Term b) {
    enum Rank a_rank = rank_of(a), b_rank = rank_of(b);
    if (a_rank != b_rank) return a_rank < b_rank ? -1 : 1;
    switch (a_rank) {
    case RANK_NUMBER: return compare_numbers(a, b, s->mode);
    case RANK_ATOM: return atom_compare(s->env->atoms, a, b);
    case RANK_REF: return compare_refs(s->env, a, b);
    case RANK_FUN: return step_funs(s, a, b);
    case RANK_PORT: return compare_ports(s->env, a, b);
    case RANK_PID: return compare_pids(s->env, a, b);
    case RANK_TUPLE: {
        size_t count = term_tuple_arity(a);
        if (count != term_tuple_arity(b)) return order_u64(count, term_tuple_arity(b));
        return push_vector(s, term_tuple_elements(a), term_tuple_elements(b), count);
    }
    case RANK_MAP: return step_maps(s, a, b);
    case RANK_BITS: return compare_bits(a, b, s->mode);
    case RANK_NIL:
    case RANK_LIST: break;
    }
    UNREACHABLE();
}

// Compares two terms, or pushes what is to be compared for them. Runs along lists.
static ALWAYS_INLINE int step(CompareState *s, Term a, Term b) {
    for (;;) {
        if (a == b) return 0;
        if (term_both_small(a, b)) return (int64_t)a < (int64_t)b ? -1 : 1;
        if (!term_is_cons(a) || !term_is_cons(b)) return step_other(s, a, b);
        Term a_head = term_head(a), b_head = term_head(b);
        a = term_tail(a);
        b = term_tail(b);
        if (a_head != b_head) {
            if (term_both_small(a_head, b_head)) return (int64_t)a_head < (int64_t)b_head ? -1 : 1;
            // With nothing behind them the heads are all that is left: deep nesting costs nothing.
            if (a != b) push_frame(s, a, b, FRAME_TAG(FRAME_PAIR, s->mode, 0));
            a = a_head;
            b = b_head;
        }
        if (UNLIKELY(--s->budget < 0)) {
            push_frame(s, a, b, FRAME_TAG(FRAME_PAIR, s->mode, 0));
            return DESCEND;
        }
    }
}

// The topmost frame is a vector's: passes elements that are the same, takes the next pair.
static bool vector_take(CompareState *s, Term *a, Term *b) {
    uint64_t *frame = &s->stack.items[s->stack.count - FRAME_WORDS];
    const Term *x = (const Term *)frame[0], *y = (const Term *)frame[1];
    uint64_t count = frame[2] >> 8, i = 0;
    while (i < count && x[i] == y[i]) i++;
    s->budget -= (int64_t)i;
    if (i == count) {
        s->stack.count -= FRAME_WORDS;
        return false;
    }
    *a = x[i];
    *b = y[i];
    if (i + 1 == count) {
        s->stack.count -= FRAME_WORDS;
    } else {
        frame[0] = (uintptr_t)(x + i + 1);
        frame[1] = (uintptr_t)(y + i + 1);
        frame[2] = FRAME_TAG(FRAME_VECTOR, s->mode, count - i - 1);
    }
    return true;
}

// Drops frames down to the nearest trie's. false: there is none.
static bool unwind(CompareState *s) {
    while (s->stack.count > 0) {
        if ((s->stack.items[s->stack.count - 1] & 15) == FRAME_TRIE) return true;
        s->stack.count -= FRAME_WORDS;
    }
    return false;
}

// Works on the frames until none is left. `c` is the result that the first step gave.
static int run_frames(CompareState *s, int c) {
    for (;;) {
        if (c != 0 && c != DESCEND && !unwind(s)) return c;
        if (s->stack.count == 0) return 0;
        if (UNLIKELY(--s->budget < 0) && (c == 0 || c == DESCEND)) return COMPARE_MORE;
        uint64_t tag = s->stack.items[s->stack.count - 1];
        s->mode = (unsigned)(tag >> 4 & 15);
        Term a = TERM_NIL, b = TERM_NIL;
        switch (tag & 15) {
        case FRAME_PAIR:
            a = s->stack.items[s->stack.count - 3];
            b = s->stack.items[s->stack.count - 2];
            s->stack.count -= FRAME_WORDS;
            c = step(s, a, b);
            break;
        case FRAME_VECTOR: c = vector_take(s, &a, &b) ? step(s, a, b) : 0; break;
        case FRAME_TRIE:
            c = trie_resume(s, c == DESCEND ? 0 : c, &a, &b);
            if (c == DESCEND) c = step(s, a, b);
            break;
        default: UNREACHABLE();
        }
    }
}

static int compare_all(const TermEnv *env, Term a, Term b, unsigned mode) {
    CompareState s;
    s.env = env;
    s.budget = INT64_MAX;
    s.mode = mode;
    work_stack_init(&s.stack, env->mem);
    int c = step(&s, a, b);
    if (c == DESCEND || c == 0) c = run_frames(&s, c);
    ASSERT(c >= -1 && c <= 1);
    work_stack_deinit(&s.stack);
    return c;
}

// --- without the machine -------------------------------------------------------------------------

// The bytes of a bit string of whole bytes that starts at a byte.
static ALWAYS_INLINE bool whole_bytes(Term t, const uint8_t **bytes, uint64_t *size_bytes) {
    Term *p = term_boxed_ptr(t);
    uint64_t start = 0, size = p[1];
    if (header_kind(p[0]) == KIND_SUB_BITS) {
        start = p[SUB_BITS_START];
        size = p[SUB_BITS_SIZE] & ~SUB_BITS_WRITABLE;
        p = term_boxed_ptr(p[SUB_BITS_BASE]);
    }
    if (((start | size) & 7) != 0) return false;
    const uint8_t *base = header_kind(p[0]) == KIND_HEAP_BITS
                              ? (const uint8_t *)(p + 2)
                              : ((const BitsData *)p[REFC_BITS_DATA])->bytes;
    *bytes = base + start / 8;
    *size_bytes = size / 8;
    return true;
}

static int compare_binaries(Term a, Term b, unsigned mode) {
    const uint8_t *x, *y;
    uint64_t x_size, y_size;
    if (!whole_bytes(a, &x, &x_size) || !whole_bytes(b, &y, &y_size)) return DESCEND;
    if ((mode & MODE_EQUAL) && x_size != y_size) return 1;
    int c = memcmp(x, y, MIN(x_size, y_size));
    return c != 0 ? (c < 0 ? -1 : 1) : order_u64(x_size, y_size);
}

// Local references are equal in their two words, and ordered by the second, then the first.
static int compare_local_refs(Term a, Term b) {
    const Term *x = term_boxed_ptr(a), *y = term_boxed_ptr(b);
    return x[2] != y[2] ? order_u64(x[2], y[2]) : order_u64(x[1], y[1]);
}

static bool is_local_ref(Term boxed) {
    Kind kind = header_kind(term_header(boxed));
    return kind == KIND_REF || kind == KIND_MAGIC_REF;
}

// Two different terms. DESCEND: that takes the machine.
static ALWAYS_INLINE int compare_leaves(const TermEnv *env, Term a, Term b, unsigned mode) {
    if (term_both_small(a, b)) return (int64_t)a < (int64_t)b ? -1 : 1;
    if (term_is_immediate(a) || term_is_immediate(b)) {
        if (mode == (MODE_KEYS | MODE_EQUAL)) return 1;
        if (term_is_atom(a) && term_is_atom(b))
            return mode & MODE_EQUAL ? 1 : atom_compare(env->atoms, a, b);
    } else if (term_is_boxed(a) && term_is_boxed(b)) {
        if (term_is_bitstring(a) && term_is_bitstring(b)) return compare_binaries(a, b, mode);
        if (is_local_ref(a) && is_local_ref(b)) return compare_local_refs(a, b);
    }
    enum Rank a_rank = rank_of(a), b_rank = rank_of(b);
    if (a_rank != b_rank) return a_rank < b_rank ? -1 : 1;
    return a_rank == RANK_NUMBER ? compare_numbers(a, b, mode) : DESCEND;
}

// Elements from the first that takes the machine on.
static NOINLINE int compare_elements(const TermEnv *env, const Term *a, const Term *b, size_t count,
                                     unsigned mode) {
    CompareState s;
    s.env = env;
    s.budget = INT64_MAX;
    s.mode = mode;
    work_stack_init(&s.stack, env->mem);
    push_vector(&s, a, b, count);
    int c = run_frames(&s, DESCEND);
    work_stack_deinit(&s.stack);
    return c;
}

enum { QUICK_DEPTH = 3 }; // of tuples in tuples

static int compare_tuples(const TermEnv *env, Term a, Term b, unsigned mode, int depth);

// At depth 0 the machine does what is left when something needs it; below, that is DESCEND.
static ALWAYS_INLINE int compare_vectors(const TermEnv *env, const Term *x, const Term *y,
                                         size_t count, unsigned mode, int depth) {
    for (size_t i = 0; i < count; i++) {
        if (x[i] == y[i]) continue;
        int c = term_is_tuple(x[i]) && term_is_tuple(y[i]) && depth < QUICK_DEPTH
                    ? compare_tuples(env, x[i], y[i], mode, depth + 1)
                    : compare_leaves(env, x[i], y[i], mode);
        if (c == 0) continue;
        if (c == DESCEND && depth == 0) return compare_elements(env, x + i, y + i, count - i, mode);
        return c;
    }
    return 0;
}

// Recursion is bounded by QUICK_DEPTH.
static int compare_tuples(const TermEnv *env, Term a, Term b, unsigned mode, int depth) {
    size_t count = term_tuple_arity(a);
    if (count != term_tuple_arity(b)) return order_u64(count, term_tuple_arity(b));
    return compare_vectors(env, term_tuple_elements(a), term_tuple_elements(b), count, mode, depth);
}

static int compare_flat_maps(const TermEnv *env, Term a, Term b, unsigned mode) {
    size_t count = map_flat_size(a);
    if (count != map_flat_size(b)) return order_u64(count, map_flat_size(b));
    if (map_flat_keys(a) != map_flat_keys(b)) {
        int c = compare_tuples(env, map_flat_keys(a), map_flat_keys(b), mode | MODE_KEYS, 0);
        if (c != 0) return c;
    }
    return compare_vectors(env, map_flat_values(a), map_flat_values(b), count, mode, 0);
}

// Two different terms.
static ALWAYS_INLINE int compare(const TermEnv *env, Term a, Term b, unsigned mode) {
    if (term_is_tuple(a) && term_is_tuple(b)) return compare_tuples(env, a, b, mode, 0);
    if (term_is_kind(a, KIND_MAP_FLAT) && term_is_kind(b, KIND_MAP_FLAT))
        return compare_flat_maps(env, a, b, mode);
    int c = compare_leaves(env, a, b, mode);
    return c != DESCEND ? c : compare_all(env, a, b, mode);
}

// --- outside -------------------------------------------------------------------------------------

int term_compare_slow(const TermEnv *env, Term a, Term b) {
    if (term_is_immediate_float(a) && term_is_immediate_float(b)) return compare_numbers(a, b, 0);
    return compare(env, a, b, 0);
}

int term_compare_exact(const TermEnv *env, Term a, Term b) {
    return a == b ? 0 : compare(env, a, b, MODE_KEYS);
}

bool term_equal_slow(const TermEnv *env, Term a, Term b) {
    if (a == b) return true;
    if (term_is_immediate(a) || term_is_immediate(b)) {
        // Only numbers of two kinds can still be equal.
        return term_is_number(a) && term_is_number(b) && compare_numbers(a, b, 0) == 0;
    }
    return compare(env, a, b, MODE_EQUAL) == 0;
}

bool term_equal_exact_slow(const TermEnv *env, Term a, Term b) {
    if (a == b) return true;
    if (term_is_immediate(a) || term_is_immediate(b)) return false;
    if (term_is_boxed(a)) {
        if (!term_is_boxed(b)) return false;
        Term a_header = term_header(a), b_header = term_header(b);
        // Only bit strings, funs and references have more than one form of one size.
        if (a_header != b_header && header_kind(a_header) < KIND_FUN) return false;
    } else if (!term_is_cons(b)) {
        return false;
    }
    return compare(env, a, b, MODE_KEYS | MODE_EQUAL) == 0;
}

CompareState *compare_new(const TermEnv *env, Term a, Term b, CompareMode mode) {
    CompareState *s = mem_alloc(env->mem, sizeof *s);
    if (s == NULL) return NULL;
    s->env = env;
    s->mode = mode == COMPARE_ORDER   ? 0
              : mode == COMPARE_EQUAL ? MODE_EQUAL
                                      : MODE_KEYS | MODE_EQUAL;
    work_stack_init(&s->stack, env->mem);
    push_frame(s, a, b, FRAME_TAG(FRAME_PAIR, s->mode, 0));
    return s;
}

int compare_run(CompareState *s, int64_t *budget) {
    s->budget = *budget;
    int c = run_frames(s, DESCEND);
    *budget = s->budget;
    return c;
}

void compare_free(CompareState *s) {
    if (s == NULL) return;
    for (; s->stack.count > 0; s->stack.count -= FRAME_WORDS) {
        if ((s->stack.items[s->stack.count - 1] & 15) == FRAME_TRIE)
            trie_free(s, (TrieCompare *)s->stack.items[s->stack.count - FRAME_WORDS]);
    }
    work_stack_deinit(&s->stack);
    mem_free(s->env->mem, s, sizeof *s);
}
