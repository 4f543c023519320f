// SPDX-License-Identifier: Apache-2.0
// Iteration over maps, forwards and backwards, and places to go on from.
//
// An iterator holds the nodes from the root to where it is. Forwards, next[d] is the number of the
// slot of node[d] that comes next; backwards, how many slots are still to come. A flat map is its
// own only node.
//
// A place of a flat map is a slot number. A place of a trie holds the slot numbers of all levels,
// four bits each, the root's highest, then that in the collision node. Forwards they say which pair
// comes next; backwards which one comes next that way, the levels below all ones.
#include "term/map_int.h"

enum { PLACE_COLLISION_BITS = 27, PLACE_SLOT_MASK = MAP_WAYS - 1 };
#define PLACE_COLLISION_MASK (((uint64_t)1 << PLACE_COLLISION_BITS) - 1)
_Static_assert(MAP_HASH_BITS + PLACE_COLLISION_BITS == SMALL_BITS - 1,
               "a place is a small integer");

static unsigned place_shift(int level) {
    return PLACE_COLLISION_BITS + MAP_HASH_BITS - MAP_LEVEL_BITS * ((unsigned)level + 1);
}

static uint64_t place_slot(uint64_t place, int level) {
    if (level == MAP_TRIE_DEPTH) return place & PLACE_COLLISION_MASK;
    return place >> place_shift(level) & PLACE_SLOT_MASK;
}

static uint64_t place_of_slot(uint64_t slot, int level) {
    if (level == MAP_TRIE_DEPTH) return MIN(slot, PLACE_COLLISION_MASK);
    return slot << place_shift(level);
}

static void flat_pair(Term m, uint32_t i, Term *key, Term *value) {
    *key = term_tuple_elements(map_flat_keys(m))[i];
    *value = map_flat_values(m)[i];
}

static uint32_t slot_count(Term node) {
    return map_is_flat(node) ? (uint32_t)map_flat_size(node) : map_node(node).count;
}

// --- forwards ------------------------------------------------------------------------------------

void map_iter_init(MapIter *it, Term m) {
    DEBUG_ASSERT(term_is_map(m));
    it->map = m;
    it->depth = 0;
    it->node[0] = m;
    it->next[0] = 0;
}

bool map_iter_next(MapIter *it, Term *key, Term *value) {
    if (map_is_flat(it->map)) {
        if (it->next[0] >= map_flat_size(it->map)) return false;
        flat_pair(it->map, it->next[0]++, key, value);
        return true;
    }
    while (it->depth >= 0) {
        MapNode n = map_node(it->node[it->depth]);
        uint32_t i = it->next[it->depth];
        if (i >= n.count) {
            it->depth--;
            continue;
        }
        it->next[it->depth]++;
        Term slot = n.slots[i];
        if (term_is_cons(slot)) {
            *key = term_head(slot);
            *value = term_tail(slot);
            return true;
        }
        it->depth++;
        ASSERT(it->depth <= MAP_TRIE_DEPTH);
        it->node[it->depth] = slot;
        it->next[it->depth] = 0;
    }
    return false;
}

// The deepest level that has a slot to come; -1: none has.
static int level_with_more(const MapIter *it) {
    int depth = it->depth;
    while (depth >= 0 && it->next[depth] >= slot_count(it->node[depth])) depth--;
    return depth;
}

bool map_iter_more(const MapIter *it) {
    return level_with_more(it) >= 0;
}

uint64_t map_iter_place(const MapIter *it) {
    if (map_is_flat(it->map)) return it->next[0];
    int depth = level_with_more(it);
    ASSERT(depth >= 0);
    uint64_t place = place_of_slot(it->next[depth], depth);
    for (int d = 0; d < depth; d++) place |= place_of_slot(it->next[d] - 1, d);
    return place;
}

void map_iter_init_at(MapIter *it, Term m, uint64_t place) {
    map_iter_init(it, m);
    if (map_is_flat(m)) {
        it->next[0] = (uint32_t)MIN(place, (uint64_t)MAP_FLAT_MAX);
        return;
    }
    for (;;) {
        int d = it->depth;
        MapNode n = map_node(it->node[d]);
        uint64_t slot = place_slot(place, d);
        it->next[d] = (uint32_t)MIN(slot, (uint64_t)n.count);
        if (slot >= n.count || !term_is_boxed(n.slots[slot])) return;
        it->next[d]++;
        it->depth++;
        it->node[d + 1] = n.slots[slot];
    }
}

// --- backwards -----------------------------------------------------------------------------------

void map_iter_init_back(MapIter *it, Term m) {
    map_iter_init(it, m);
    it->next[0] = slot_count(m);
}

bool map_iter_previous(MapIter *it, Term *key, Term *value) {
    if (map_is_flat(it->map)) {
        if (it->next[0] == 0) return false;
        flat_pair(it->map, --it->next[0], key, value);
        return true;
    }
    while (it->depth >= 0) {
        if (it->next[it->depth] == 0) {
            it->depth--;
            continue;
        }
        Term slot = map_node(it->node[it->depth]).slots[--it->next[it->depth]];
        if (term_is_cons(slot)) {
            *key = term_head(slot);
            *value = term_tail(slot);
            return true;
        }
        it->depth++;
        ASSERT(it->depth <= MAP_TRIE_DEPTH);
        it->node[it->depth] = slot;
        it->next[it->depth] = slot_count(slot);
    }
    return false;
}

uint64_t map_iter_place_back(const MapIter *it) {
    if (map_is_flat(it->map)) return it->next[0];
    int depth = it->depth;
    while (depth >= 0 && it->next[depth] == 0) depth--;
    ASSERT(depth >= 0);
    uint64_t place = place_of_slot(it->next[depth] - 1, depth);
    for (int d = 0; d < depth; d++) place |= place_of_slot(it->next[d], d);
    // All ones below.
    if (depth < MAP_TRIE_DEPTH) place |= ((uint64_t)1 << place_shift(depth)) - 1;
    return place;
}

void map_iter_init_back_at(MapIter *it, Term m, uint64_t place) {
    map_iter_init(it, m);
    if (map_is_flat(m)) {
        it->next[0] = (uint32_t)MIN(place, map_flat_size(m));
        return;
    }
    for (;;) {
        int d = it->depth;
        MapNode n = map_node(it->node[d]);
        uint32_t slot = (uint32_t)MIN(place_slot(place, d), (uint64_t)n.count - 1);
        it->next[d] = slot + 1;
        if (!term_is_boxed(n.slots[slot])) return;
        it->next[d] = slot;
        it->depth++;
        it->node[d + 1] = n.slots[slot];
    }
}

// --- looking inside ------------------------------------------------------------------------------

// Words of the tuples below `node`. Recursion, here and below, is bounded by MAP_TRIE_DEPTH.
static size_t children_words(MapNode n) {
    size_t words = 0;
    for (uint32_t i = 0; i < n.count; i++) {
        if (!term_is_boxed(n.slots[i])) continue;
        MapNode child = map_node(n.slots[i]);
        words += 1 + child.count + children_words(child);
    }
    return words;
}

size_t map_trie_children_words(Term m) {
    MapNode n = map_node(m);
    return children_words(n) + 2 * (size_t)n.count;
}

static Term child_term(Hp *hp, Term slot) {
    if (!term_is_boxed(slot)) return slot;
    MapNode n = map_node(slot);
    Term tuple = hp_tuple(hp, n.count);
    for (uint32_t i = 0; i < n.count; i++)
        term_tuple_elements(tuple)[i] = child_term(hp, n.slots[i]);
    return tuple;
}

Term map_trie_children(Hp *hp, Term m) {
    MapNode n = map_node(m);
    Term list = TERM_NIL;
    for (uint32_t i = 0; i < n.count; i++) {
        Term child = child_term(hp, n.slots[i]);
        list = hp_cons(hp, child, list);
    }
    return list;
}
