// SPDX-License-Identifier: Apache-2.0
// Maps. Up to MAP_FLAT_MAX pairs, [header MAP_FLAT (words = 1 + n), keys tuple, values...]: keys in
// the order of term_compare_exact (all integers before all floats), so that equal key sets may
// share one keys tuple. Above, a hash trie: [header MAP_TRIE, size, bitmap, slots...] at the root
// and [header MAP_NODE, bitmap, slots...] below; sizes and bitmaps are kept as small integers. A
// slot is a pair (a cons cell [key|value]) or a node (boxed); map_int.h says more. Maps are
// immutable; updates share what did not change. Keys match by =:=.
// Thread: any that may read the terms; building belongs to who owns the cursor.
#pragma once

#include "term/env.h"
#include "term/hp.h"

enum { MAP_FLAT_MAX = 32, MAP_FLAT_FIXED_WORDS = 2 };

static inline bool map_is_flat(Term m) {
    return term_is_kind(m, KIND_MAP_FLAT);
}
static inline size_t map_flat_size(Term m) {
    return header_words(term_header(m)) - 1;
}
static inline Term map_flat_keys(Term m) {
    return term_boxed_ptr(m)[1];
} // tuple
static inline Term *map_flat_values(Term m) {
    return term_boxed_ptr(m) + 2;
}
size_t map_size(Term m);

// The value, or TERM_NONE.
Term map_get(const TermEnv *env, Term m, Term key);
// The same with the key's map_hash already known (literals: the loader computes it).
Term map_get_hashed(const TermEnv *env, Term m, Term key, uint32_t hash);
// Internal to one VM: not phash2, and not the same in another VM. Equal (=:=) terms have equal
// hashes, wherever they are.
uint32_t map_hash(const TermEnv *env, Term key);

// A flat map of `count` values, to be filled in through map_flat_values; `keys` is a tuple of as
// many keys, sorted by term_compare_exact. Words: MAP_FLAT_FIXED_WORDS + count.
static inline Term hp_map_flat(Hp *hp, Term keys, size_t count) {
    DEBUG_ASSERT(count <= MAP_FLAT_MAX && term_tuple_arity(keys) == count);
    Term *p = hp_take(hp, MAP_FLAT_FIXED_WORDS + count);
    p[0] = HEADER(KIND_MAP_FLAT, 1 + count);
    p[1] = keys;
    return term_boxed(p);
}

// Words that one put or remove may take (any key).
size_t map_put_words(Term m);
Term map_put(const TermEnv *env, Hp *hp, Term m, Term key, Term value);
// `m` itself when the key is not there.
Term map_remove(const TermEnv *env, Hp *hp, Term m, Term key);

// From pairs kv[0], kv[1] = key, value; the last of equal keys wins. `kv` is scratch and may be
// reordered. Words: map_build_words(count), the worst case for any keys, some four times what large
// maps take; where that matters, use MapBuild.
size_t map_build_words(size_t count);
Term map_build(const TermEnv *env, Hp *hp, Term *kv, size_t count);

// The same in two parts, with the words known exactly in between.
typedef struct MapBuild {
    struct MapBuildEntry *entries; // scratch
    size_t cap;                    // entries allocated
    size_t count;                  // different keys
    size_t words;                  // that map_build_finish takes
} MapBuild;
// Looks at the keys only. false: no memory. Afterwards the terms in `kv` may be moved by a
// collection (kv[0 .. 2 * count) being roots), but kv stays as it is.
WARN_UNUSED bool map_build_start(MapBuild *b, const TermEnv *env, const Term *kv, size_t count);
Term map_build_finish(MapBuild *b, Hp *hp, const Term *kv);
void map_build_deinit(MapBuild *b, const TermEnv *env); // in any case

// m with `count` pairs put; with `exact`, each put only where the key exists: TERM_NONE and
// *missing = the key if one does not. Flat maps in one pass. Words: map_update_words.
size_t map_update_words(Term m, size_t count);
Term map_update(const TermEnv *env, Hp *hp, Term m, const Term *kv, size_t count, bool exact,
                Term *missing);

// The pairs of two tries (not flat), those of `b` where both have the key. Shares what only one of
// them has. Words: map_merge_words, exact.
size_t map_merge_words(const TermEnv *env, Term a, Term b);
Term map_merge(const TermEnv *env, Hp *hp, Term a, Term b);
// The same in MAP_MERGE_SLOTS parts, one a slot of the root, and map_merge_root at the end, which
// takes MAP_MERGE_ROOT_WORDS. `stats` starts as zeros and is carried along. The terms that the
// parts give (TERM_NONE: nothing there) are no terms for programs.
enum { MAP_MERGE_SLOTS = 16, MAP_MERGE_ROOT_WORDS = 3 + MAP_MERGE_SLOTS };
typedef struct MapMergeStats {
    size_t common;     // keys that both maps have
    size_t collisions; // pairs of the largest new collision node
} MapMergeStats;
size_t map_merge_slot_words(const TermEnv *env, Term a, Term b, unsigned index);
Term map_merge_slot(const TermEnv *env, Hp *hp, Term a, Term b, unsigned index,
                    MapMergeStats *stats);
Term map_merge_root(Hp *hp, Term a, Term b, const Term slots[MAP_MERGE_SLOTS],
                    const MapMergeStats *stats);

// Iteration in the map's own order (flat: key order). Two maps with the same keys iterate in the
// same order. No allocation.
enum { MAP_TRIE_DEPTH = 8 };
typedef struct MapIter {
    Term node[MAP_TRIE_DEPTH + 2];
    uint32_t next[MAP_TRIE_DEPTH + 2];
    int depth;
    Term map;
} MapIter;
void map_iter_init(MapIter *it, Term m);
bool map_iter_next(MapIter *it, Term *key, Term *value); // false: at the end

// The same from the end to the start: use map_iter_init_back and map_iter_previous only.
void map_iter_init_back(MapIter *it, Term m);
bool map_iter_previous(MapIter *it, Term *key, Term *value); // false: at the start

// Where an iteration stands, as a number that outlives collections. To go on, init at that place
// again. Ask only while there is more to come. Any number up to SMALL_MAX is taken; one that no
// iteration of that map gave leads to some place of it, 0 to the first pair.
bool map_iter_more(const MapIter *it); // forwards
uint64_t map_iter_place(const MapIter *it);
void map_iter_init_at(MapIter *it, Term m, uint64_t place);
uint64_t map_iter_place_back(const MapIter *it);
void map_iter_init_back_at(MapIter *it, Term m, uint64_t place);

// The slots of a trie's root as a list, for debugging: pairs [Key|Value], and tuples of the same
// for the nodes below. Words: map_trie_children_words.
size_t map_trie_children_words(Term m);
Term map_trie_children(Hp *hp, Term m);
