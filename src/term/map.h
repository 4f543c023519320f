// SPDX-License-Identifier: Apache-2.0
// Maps. Up to MAP_FLAT_MAX pairs, [header MAP_FLAT (words = 1 + n), keys tuple, values...]: keys in
// term order (integers before floats where they compare equal), so that equal key sets may share
// one keys tuple. Above, a hash trie: [header MAP_TRIE, size as a raw word, bitmap as raw word,
// slots...] at the root and [header MAP_NODE, bitmap, slots...] below. A slot is a pair (a cons
// cell [key|value]), a node (boxed), and at the deepest level a collision list: see map.c for
// levels and hash. Maps are immutable; updates share what did not change.
#pragma once

#include "term/env.h"
#include "term/hp.h"

enum { MAP_FLAT_MAX = 32 };

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

// The value, or TERM_NONE. Keys match by =:=.
Term map_get(const TermEnv *env, Term m, Term key);
// The same with the key's map_hash already known (literals: the loader computes it).
uint32_t map_hash(const TermEnv *env, Term key);
Term map_get_hashed(const TermEnv *env, Term m, Term key, uint32_t hash);

// Words that one put or remove may take (any map, any key).
size_t map_put_words(Term m);
Term map_put(const TermEnv *env, Hp *hp, Term m, Term key, Term value);
// `m` itself when the key is not there.
Term map_remove(const TermEnv *env, Hp *hp, Term m, Term key);
// From pairs kv[0], kv[1] = key, value; the last of equal keys wins. `kv` is scratch and is
// reordered. Words: map_build_words(count).
size_t map_build_words(size_t count);
Term map_build(const TermEnv *env, Hp *hp, Term *kv, size_t count);
// m with `count` pairs put (update=false), or each put only where the key exists: TERM_NONE and
// *missing = the key if one does not. Flat maps in one pass. Words: map_update_words.
size_t map_update_words(Term m, size_t count);
Term map_update(const TermEnv *env, Hp *hp, Term m, const Term *kv, size_t count, bool exact,
                Term *missing);

// Iteration in the map's own order (flat: key order). No allocation.
enum { MAP_TRIE_DEPTH = 8 };
typedef struct MapIter {
    Term node[MAP_TRIE_DEPTH + 2];
    uint32_t next[MAP_TRIE_DEPTH + 2];
    int depth;
    Term map;
} MapIter;
void map_iter_init(MapIter *it, Term m);
bool map_iter_next(MapIter *it, Term *key, Term *value); // false: at the end
