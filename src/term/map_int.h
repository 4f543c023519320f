// SPDX-License-Identifier: Apache-2.0
// The inside of maps, for the term room only: how hash tries are laid out.
//
// A hash has 32 bits; a level of the trie looks at MAP_LEVEL_BITS of them, the highest first. The
// node at level l (the root is level 0) has a slot for each value of its bits that some key has, in
// ascending order; its bitmap says which. A slot holds a pair, a cons cell [key|value], when that
// key is the only one with the hash bits seen so far, or else the node of the next level. Below
// the last level, at depth MAP_TRIE_DEPTH, stand collision nodes: bitmap 0, pairs whose keys have
// the same hash, sorted by term_compare_exact.
//
// The shape is a function of the set of keys alone: two tries with equal keys have the same nodes
// and iterate in the same order, however they were made. A node stands for two keys or more; the
// root for more than MAP_FLAT_MAX. Sizes and bitmaps are small integers, so that a scan of the
// words as terms does no harm.
//
// How many words an update takes depends on the largest collision node that it may copy. The root
// remembers an upper bound, beside the size: no node that ever was on the way to this map had more
// pairs.
#pragma once

#include "term/map.h"

enum {
    MAP_LEVEL_BITS = 4,
    MAP_WAYS = 1 << MAP_LEVEL_BITS,
    MAP_HASH_BITS = 32,
    TRIE_SIZE = 1, // word offsets from the header, root
    TRIE_BITMAP = 2,
    TRIE_SLOTS = 3,
    NODE_BITMAP = 1, // inner nodes
    NODE_SLOTS = 2,
    TRIE_SIZE_BITS = 36, // in the size word; above them, the bound on collisions
};
_Static_assert(MAP_TRIE_DEPTH *MAP_LEVEL_BITS == MAP_HASH_BITS, "a level for all hash bits");

// A node of either kind, taken apart.
typedef struct MapNode {
    Term *slots;
    uint32_t bitmap; // 0: a collision node
    uint32_t count;
} MapNode;

static inline MapNode map_node(Term t) {
    Term *p = term_boxed_ptr(t);
    if (header_kind(p[0]) == KIND_MAP_TRIE)
        return (MapNode){p + TRIE_SLOTS, (uint32_t)term_small_value(p[TRIE_BITMAP]),
                         (uint32_t)header_words(p[0]) - (TRIE_SLOTS - 1)};
    DEBUG_ASSERT(header_kind(p[0]) == KIND_MAP_NODE);
    return (MapNode){p + NODE_SLOTS, (uint32_t)term_small_value(p[NODE_BITMAP]),
                     (uint32_t)header_words(p[0]) - (NODE_SLOTS - 1)};
}

static inline size_t map_trie_size(Term m) {
    return (uint64_t)term_small_value(term_boxed_ptr(m)[TRIE_SIZE]) &
           (((uint64_t)1 << TRIE_SIZE_BITS) - 1);
}
static inline size_t map_trie_collisions(Term m) {
    return (uint64_t)term_small_value(term_boxed_ptr(m)[TRIE_SIZE]) >> TRIE_SIZE_BITS;
}

// The value of a hash's bits that level `level` looks at.
static inline unsigned map_level_index(uint32_t hash, int level) {
    return hash >> (MAP_HASH_BITS - MAP_LEVEL_BITS - MAP_LEVEL_BITS * level) & (MAP_WAYS - 1);
}
// Where the slot for `index` stands (or would stand) among the node's slots.
static inline unsigned map_slot_number(uint32_t bitmap, unsigned index) {
    return (unsigned)__builtin_popcount(bitmap & (((uint32_t)1 << index) - 1));
}

// What a trie's root says of the whole.
typedef struct TrieHead {
    size_t size;
    size_t collisions;
} TrieHead;

// A new node of `count` slots, to be filled in through *slots; level 0 makes a root.
static inline Term trie_node_new(Hp *hp, int level, TrieHead head, uint32_t bitmap, uint32_t count,
                                 Term **slots) {
    Term *p;
    if (level == 0) {
        p = hp_take(hp, TRIE_SLOTS + count);
        p[0] = HEADER(KIND_MAP_TRIE, TRIE_SLOTS - 1 + count);
        p[TRIE_SIZE] = term_small((int64_t)(head.collisions << TRIE_SIZE_BITS | head.size));
        p[TRIE_BITMAP] = term_small(bitmap);
        *slots = p + TRIE_SLOTS;
    } else {
        p = hp_take(hp, NODE_SLOTS + count);
        p[0] = HEADER(KIND_MAP_NODE, NODE_SLOTS - 1 + count);
        p[NODE_BITMAP] = term_small(bitmap);
        *slots = p + NODE_SLOTS;
    }
    return term_boxed(p);
}

// --- map_trie.c ----------------------------------------------------------------------------------
Term trie_get(const TermEnv *env, Term m, Term key, uint32_t hash);
size_t trie_put_words(Term m);
Term trie_put(const TermEnv *env, Hp *hp, Term m, Term key, Term value);
Term trie_remove(const TermEnv *env, Hp *hp, Term m, Term key);
// --- map_build.c ---------------------------------------------------------------------------------
// A flat map of at most MAP_FLAT_MAX pairs. Words: map_flat_words(count).
static inline size_t map_flat_words(size_t count) {
    return 1 + count + MAP_FLAT_FIXED_WORDS + count;
}
// Puts the pair into `kv`, `count` pairs sorted by key, all different. Gives the new count.
size_t map_kv_insert(const TermEnv *env, Term *kv, size_t count, Term key, Term value);
// From pairs sorted by key, all different.
Term map_flat_from_kv(Hp *hp, const Term *kv, size_t count);
