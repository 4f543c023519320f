// SPDX-License-Identifier: Apache-2.0
// Maps: what both forms share, and the flat form. See map.h; the trie is in map_trie.c, building
// from pairs in map_build.c, iteration in map_iter.c.
//
// A flat map finds its key by looking at all of them: for an immediate key that is a comparison of
// words, and as fast as anything up to 32. Keys are sorted only so that equal maps have equal keys
// tuples. An update of present keys copies the values and shares the keys.
#include "term/compare.h"
#include "term/map_int.h"

size_t map_size(Term m) {
    return map_is_flat(m) ? map_flat_size(m) : map_trie_size(m);
}

// The key's number among the sorted keys, or -1.
static ALWAYS_INLINE int flat_find(const TermEnv *env, Term m, Term key) {
    const Term *keys = term_tuple_elements(map_flat_keys(m));
    size_t count = map_flat_size(m);
    if (LIKELY(term_is_immediate(key))) {
        for (size_t i = 0; i < count; i++) {
            if (keys[i] == key) return (int)i;
        }
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (term_equal_exact(env, keys[i], key)) return (int)i;
    }
    return -1;
}

Term map_get(const TermEnv *env, Term m, Term key) {
    if (LIKELY(map_is_flat(m))) {
        int at = flat_find(env, m, key);
        return at < 0 ? TERM_NONE : map_flat_values(m)[at];
    }
    return trie_get(env, m, key, map_hash(env, key));
}

Term map_get_hashed(const TermEnv *env, Term m, Term key, uint32_t hash) {
    if (LIKELY(map_is_flat(m))) {
        int at = flat_find(env, m, key);
        return at < 0 ? TERM_NONE : map_flat_values(m)[at];
    }
    DEBUG_ASSERT(hash == map_hash(env, key));
    return trie_get(env, m, key, hash);
}

// --- one key -------------------------------------------------------------------------------------

// A copy of `m` that shares its keys; values to be changed by the caller.
static Term flat_copy(Hp *hp, Term m) {
    size_t count = map_flat_size(m);
    Term copy = hp_map_flat(hp, map_flat_keys(m), count);
    memcpy(map_flat_values(copy), map_flat_values(m), count * sizeof(Term));
    return copy;
}

// Where a key that is not there belongs.
static size_t flat_position(const TermEnv *env, Term m, Term key) {
    const Term *keys = term_tuple_elements(map_flat_keys(m));
    size_t low = 0, high = map_flat_size(m);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (term_compare_exact(env, keys[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert_at(Term *to, const Term *from, size_t count, size_t at, Term item) {
    memcpy(to, from, at * sizeof(Term));
    to[at] = item;
    memcpy(to + at + 1, from + at, (count - at) * sizeof(Term));
}

static Term flat_insert(const TermEnv *env, Hp *hp, Term m, Term key, Term value) {
    size_t count = map_flat_size(m);
    size_t at = flat_position(env, m, key);
    const Term *keys = term_tuple_elements(map_flat_keys(m));
    Term new_keys = hp_tuple(hp, count + 1);
    insert_at(term_tuple_elements(new_keys), keys, count, at, key);
    Term result = hp_map_flat(hp, new_keys, count + 1);
    insert_at(map_flat_values(result), map_flat_values(m), count, at, value);
    return result;
}

// Copies the pairs of a flat map.
static void flat_to_kv(Term m, Term *kv) {
    const Term *keys = term_tuple_elements(map_flat_keys(m));
    for (size_t i = 0; i < map_flat_size(m); i++) {
        kv[2 * i] = keys[i];
        kv[2 * i + 1] = map_flat_values(m)[i];
    }
}

size_t map_put_words(Term m) {
    if (!map_is_flat(m)) return trie_put_words(m);
    size_t count = map_flat_size(m);
    return count < MAP_FLAT_MAX ? map_flat_words(count + 1) : map_build_words(count + 1);
}

Term map_put(const TermEnv *env, Hp *hp, Term m, Term key, Term value) {
    if (!map_is_flat(m)) return trie_put(env, hp, m, key, value);
    int at = flat_find(env, m, key);
    if (at >= 0) {
        if (map_flat_values(m)[at] == value) return m;
        Term result = flat_copy(hp, m);
        map_flat_values(result)[at] = value;
        return result;
    }
    size_t count = map_flat_size(m);
    if (count < MAP_FLAT_MAX) return flat_insert(env, hp, m, key, value);
    Term kv[2 * (MAP_FLAT_MAX + 1)];
    flat_to_kv(m, kv);
    kv[2 * count] = key;
    kv[2 * count + 1] = value;
    return map_build(env, hp, kv, count + 1);
}

Term map_remove(const TermEnv *env, Hp *hp, Term m, Term key) {
    if (!map_is_flat(m)) return trie_remove(env, hp, m, key);
    int found = flat_find(env, m, key);
    if (found < 0) return m;
    size_t count = map_flat_size(m), at = (size_t)found, behind = count - at - 1;
    const Term *keys = term_tuple_elements(map_flat_keys(m)), *values = map_flat_values(m);
    Term new_keys = hp_tuple(hp, count - 1);
    Term *to = term_tuple_elements(new_keys);
    memcpy(to, keys, at * sizeof(Term));
    memcpy(to + at, keys + at + 1, behind * sizeof(Term));
    Term result = hp_map_flat(hp, new_keys, count - 1);
    to = map_flat_values(result);
    memcpy(to, values, at * sizeof(Term));
    memcpy(to + at, values + at + 1, behind * sizeof(Term));
    return result;
}

// --- several keys --------------------------------------------------------------------------------

size_t map_update_words(Term m, size_t count) {
    if (!map_is_flat(m)) {
        // Later puts meet the collisions of earlier ones.
        return count * (trie_put_words(m) + count);
    }
    size_t total = map_flat_size(m) + count;
    return total <= MAP_FLAT_MAX ? map_flat_words(total) : map_build_words(total);
}

static Term trie_update(const TermEnv *env, Hp *hp, Term m, const Term *kv, size_t count,
                        bool exact, Term *missing) {
    for (size_t i = 0; i < count; i++) {
        if (exact && trie_get(env, m, kv[2 * i], map_hash(env, kv[2 * i])) == TERM_NONE) {
            *missing = kv[2 * i];
            return TERM_NONE;
        }
        m = trie_put(env, hp, m, kv[2 * i], kv[2 * i + 1]);
    }
    return m;
}

// Pairs of which at least one key is new, onto a flat map.
static Term flat_extend(const TermEnv *env, Hp *hp, Term m, const Term *kv, size_t count) {
    size_t have = map_flat_size(m);
    if (have + count <= MAP_FLAT_MAX) {
        Term all[2 * MAP_FLAT_MAX];
        flat_to_kv(m, all);
        size_t n = have;
        for (size_t i = 0; i < count; i++) n = map_kv_insert(env, all, n, kv[2 * i], kv[2 * i + 1]);
        return map_flat_from_kv(hp, all, n);
    }
    size_t total = have + count;
    Term *all = mem_must_alloc(env->mem, 2 * total * sizeof(Term));
    flat_to_kv(m, all);
    memcpy(all + 2 * have, kv, 2 * count * sizeof(Term));
    Term result = map_build(env, hp, all, total);
    mem_free(env->mem, all, 2 * total * sizeof(Term));
    return result;
}

Term map_update(const TermEnv *env, Hp *hp, Term m, const Term *kv, size_t count, bool exact,
                Term *missing) {
    if (count == 0) return m;
    if (!map_is_flat(m)) return trie_update(env, hp, m, kv, count, exact, missing);
    Term *start = hp->top;
    Term result = flat_copy(hp, m);
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        int at = flat_find(env, m, kv[2 * i]);
        if (at >= 0) {
            changed |= map_flat_values(m)[at] != kv[2 * i + 1];
            map_flat_values(result)[at] = kv[2 * i + 1];
            continue;
        }
        hp->top = start; // nobody has seen the copy
        if (!exact) return flat_extend(env, hp, m, kv, count);
        *missing = kv[2 * i];
        return TERM_NONE;
    }
    if (changed) return result;
    hp->top = start;
    return m;
}
