// SPDX-License-Identifier: Apache-2.0
// Hash tries: finding, putting and removing one key. The shape is described in map_int.h.
//
// An update walks down once, noting the nodes it passes, and then copies them from the last one up
// to the root. Removal keeps the shape: a node left with a single pair is replaced by that pair,
// and a trie left with MAP_FLAT_MAX pairs becomes a flat map.
//
// Idea: P. Bagwell, "Ideal Hash Trees", 2001.
#include "term/compare.h"
#include "term/map_int.h"

// The way from the root to where a key is or belongs.
typedef struct Path {
    MapNode node[MAP_TRIE_DEPTH + 1];
    uint32_t slot[MAP_TRIE_DEPTH + 1]; // where in the node it goes on, or the key would be inserted
    uint32_t hash;
    int depth; // of the last node
} Path;

typedef enum Found {
    FOUND,     // the slot holds the key's pair
    ABSENT,    // the node has no slot for it
    OTHER_KEY, // the slot holds another key's pair
} Found;

// Collision nodes are sorted: the pair of `key`, or where it belongs.
static bool collision_find(const TermEnv *env, MapNode n, Term key, uint32_t *at) {
    uint32_t low = 0, high = n.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int c = term_compare_exact(env, key, term_head(n.slots[middle]));
        if (c == 0) {
            *at = middle;
            return true;
        }
        if (c < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *at = low;
    return false;
}

Term trie_get(const TermEnv *env, Term m, Term key, uint32_t hash) {
    MapNode n = map_node(m);
    for (int level = 0; level < MAP_TRIE_DEPTH; level++) {
        unsigned index = map_level_index(hash, level);
        if ((n.bitmap >> index & 1) == 0) return TERM_NONE;
        Term slot = n.slots[map_slot_number(n.bitmap, index)];
        if (term_is_cons(slot))
            return term_equal_exact(env, term_head(slot), key) ? term_tail(slot) : TERM_NONE;
        n = map_node(slot);
    }
    uint32_t at;
    return collision_find(env, n, key, &at) ? term_tail(n.slots[at]) : TERM_NONE;
}

static Found path_find(const TermEnv *env, Term m, Term key, Path *path) {
    MapNode n = map_node(m);
    path->hash = map_hash(env, key);
    for (int level = 0; level < MAP_TRIE_DEPTH; level++) {
        unsigned index = map_level_index(path->hash, level);
        uint32_t at = map_slot_number(n.bitmap, index);
        path->node[level] = n;
        path->slot[level] = at;
        path->depth = level;
        if ((n.bitmap >> index & 1) == 0) return ABSENT;
        Term slot = n.slots[at];
        if (term_is_cons(slot))
            return term_equal_exact(env, term_head(slot), key) ? FOUND : OTHER_KEY;
        n = map_node(slot);
    }
    path->node[MAP_TRIE_DEPTH] = n;
    path->depth = MAP_TRIE_DEPTH;
    return collision_find(env, n, key, &path->slot[MAP_TRIE_DEPTH]) ? FOUND : ABSENT;
}

// Copies the nodes above `level`, with `child` in place of what the path went through.
static Term path_rebuild(Hp *hp, const Path *path, int level, TrieHead head, Term child) {
    for (int l = level - 1; l >= 0; l--) {
        MapNode n = path->node[l];
        Term *slots;
        Term copy = trie_node_new(hp, l, head, n.bitmap, n.count, &slots);
        memcpy(slots, n.slots, n.count * sizeof(Term));
        slots[path->slot[l]] = child;
        child = copy;
    }
    return child;
}

// --- putting -------------------------------------------------------------------------------------

// The new cell; at most one node of every level with room for one more slot (a chain of nodes with
// one slot is smaller); a collision node that may grow.
size_t trie_put_words(Term m) {
    size_t nodes = TRIE_SLOTS + MAP_WAYS + (MAP_TRIE_DEPTH - 1) * (NODE_SLOTS + MAP_WAYS);
    return CONS_WORDS + nodes + NODE_SLOTS + MAX(map_trie_collisions(m) + 1, (size_t)2);
}

// The subtree of two pairs with different keys, from `level` on. *collisions: that it holds.
static Term trie_of_two(const TermEnv *env, Hp *hp, int level, Term old, Term pair, uint32_t hash,
                        size_t *collisions) {
    static const TrieHead no_head = {0, 0}; // never a root
    uint32_t old_hash = map_hash(env, term_head(old));
    int last = level; // the level that tells them apart
    while (last < MAP_TRIE_DEPTH && map_level_index(hash, last) == map_level_index(old_hash, last))
        last++;
    uint32_t bitmap = 0;
    bool old_first;
    if (last == MAP_TRIE_DEPTH) {
        old_first = term_compare_exact(env, term_head(old), term_head(pair)) < 0;
        *collisions = 2;
    } else {
        unsigned a = map_level_index(old_hash, last), b = map_level_index(hash, last);
        bitmap = (uint32_t)1 << a | (uint32_t)1 << b;
        old_first = a < b;
        *collisions = 0;
    }
    Term *slots;
    Term node = trie_node_new(hp, last, no_head, bitmap, 2, &slots);
    slots[0] = old_first ? old : pair;
    slots[1] = old_first ? pair : old;
    for (int l = last - 1; l >= level; l--) {
        bitmap = (uint32_t)1 << map_level_index(hash, l);
        Term above = trie_node_new(hp, l, no_head, bitmap, 1, &slots);
        slots[0] = node;
        node = above;
    }
    return node;
}

static Term trie_insert(Hp *hp, const Path *path, TrieHead head, Term pair) {
    int d = path->depth;
    MapNode n = path->node[d];
    uint32_t at = path->slot[d];
    uint32_t bitmap = 0;
    if (d < MAP_TRIE_DEPTH)
        bitmap = n.bitmap | (uint32_t)1 << map_level_index(path->hash, d);
    else
        head.collisions = MAX(head.collisions, (size_t)n.count + 1);
    Term *slots;
    Term node = trie_node_new(hp, d, head, bitmap, n.count + 1, &slots);
    memcpy(slots, n.slots, at * sizeof(Term));
    slots[at] = pair;
    memcpy(slots + at + 1, n.slots + at, (n.count - at) * sizeof(Term));
    return path_rebuild(hp, path, d, head, node);
}

Term trie_put(const TermEnv *env, Hp *hp, Term m, Term key, Term value) {
    Path path;
    Found found = path_find(env, m, key, &path);
    int d = path.depth;
    TrieHead head = {map_trie_size(m), map_trie_collisions(m)};
    Term pair;
    switch (found) {
    case FOUND:
        if (term_tail(path.node[d].slots[path.slot[d]]) == value) return m;
        pair = hp_cons(hp, key, value);
        return path_rebuild(hp, &path, d + 1, head, pair);
    case ABSENT:
        head.size++;
        pair = hp_cons(hp, key, value);
        return trie_insert(hp, &path, head, pair);
    case OTHER_KEY: {
        head.size++;
        pair = hp_cons(hp, key, value);
        size_t collisions;
        Term old = path.node[d].slots[path.slot[d]];
        Term below = trie_of_two(env, hp, d + 1, old, pair, path.hash, &collisions);
        head.collisions = MAX(head.collisions, collisions);
        return path_rebuild(hp, &path, d + 1, head, below);
    }
    }
    UNREACHABLE();
}

// --- removing ------------------------------------------------------------------------------------

// A trie of one pair more than a flat map holds, without the pair at the end of the path.
static Term flatten(const TermEnv *env, Hp *hp, Term m, const Path *path) {
    Term kv[2 * MAP_FLAT_MAX];
    size_t count = 0;
    Term gone = path->node[path->depth].slots[path->slot[path->depth]];
    MapIter it;
    Term key, value;
    map_iter_init(&it, m);
    while (map_iter_next(&it, &key, &value)) {
        // The very key word of the pair; others may have the same word only if they are equal.
        if (key == term_head(gone)) continue;
        ASSERT(count < MAP_FLAT_MAX);
        count = map_kv_insert(env, kv, count, key, value);
    }
    ASSERT(count == MAP_FLAT_MAX);
    return map_flat_from_kv(hp, kv, count);
}

Term trie_remove(const TermEnv *env, Hp *hp, Term m, Term key) {
    Path path;
    if (path_find(env, m, key, &path) != FOUND) return m;
    TrieHead head = {map_trie_size(m) - 1, map_trie_collisions(m)};
    if (head.size == MAP_FLAT_MAX) return flatten(env, hp, m, &path);
    int d = path.depth;
    MapNode n = path.node[d];
    uint32_t at = path.slot[d];
    // A single pair that would be left takes its node's place, and so on upwards.
    if (d > 0 && n.count == 2 && term_is_cons(n.slots[1 - at])) {
        Term pair = n.slots[1 - at];
        do d--;
        while (d > 0 && path.node[d].count == 1);
        return path_rebuild(hp, &path, d + 1, head, pair);
    }
    uint32_t bitmap = 0;
    if (d < MAP_TRIE_DEPTH) bitmap = n.bitmap & ~((uint32_t)1 << map_level_index(path.hash, d));
    Term *slots;
    Term node = trie_node_new(hp, d, head, bitmap, n.count - 1, &slots);
    memcpy(slots, n.slots, at * sizeof(Term));
    memcpy(slots + at, n.slots + at + 1, (n.count - at - 1) * sizeof(Term));
    return path_rebuild(hp, &path, d, head, node);
}
