// SPDX-License-Identifier: Apache-2.0
// Merging two tries: both are walked side by side, and what only one of them has is shared, so that
// a small map merges into a large one at the cost of the small one, and equal parts cost nothing.
//
// The same walk runs twice: first it only counts the words of new nodes (`hp` NULL), then it writes
// them. In the first run a new node is TERM_NONE; that is all that the second decides anew.
// Recursion is bounded by MAP_TRIE_DEPTH.
#include "term/compare.h"
#include "term/map_int.h"

typedef struct Merge {
    const TermEnv *env;
    Hp *hp; // NULL: counts
    size_t words;
    MapMergeStats stats;
} Merge;

static Term new_node(Merge *m, int level, uint32_t bitmap, const Term *children, uint32_t count) {
    static const TrieHead no_head = {0, 0}; // never a root
    DEBUG_ASSERT(level > 0 && level < MAP_TRIE_DEPTH && count > 0);
    m->words += NODE_SLOTS + count;
    if (m->hp == NULL) return TERM_NONE;
    Term *slots;
    Term node = trie_node_new(m->hp, level, no_head, bitmap, count, &slots);
    memcpy(slots, children, count * sizeof(Term));
    return node;
}

// --- collision nodes -----------------------------------------------------------------------------

// The pairs of a slot at the deepest level: one, or those of a collision node.
static MapNode pairs_of(Term *slot) {
    if (term_is_cons(*slot)) return (MapNode){slot, 0, 1};
    return map_node(*slot);
}

// Merges pairs sorted by key. Writes to `to` unless that is NULL. Gives how many there are.
static uint32_t merge_pairs(Merge *m, MapNode a, MapNode b, Term *to, uint32_t *common) {
    uint32_t i = 0, j = 0, n = 0;
    *common = 0;
    while (i < a.count || j < b.count) {
        int c = i == a.count ? 1
                : j == b.count
                    ? -1
                    : term_compare_exact(m->env, term_head(a.slots[i]), term_head(b.slots[j]));
        Term pair = c < 0 ? a.slots[i] : b.slots[j];
        if (to != NULL) to[n] = pair;
        n++;
        i += c <= 0;
        j += c >= 0;
        *common += c == 0;
    }
    return n;
}

static Term merge_collisions(Merge *m, Term a, Term b) {
    MapNode x = pairs_of(&a), y = pairs_of(&b);
    uint32_t common, count = merge_pairs(m, x, y, NULL, &common);
    m->stats.common += common;
    if (count == y.count) return b; // all of a's keys are among b's
    m->words += NODE_SLOTS + count;
    m->stats.collisions = MAX(m->stats.collisions, (size_t)count);
    if (m->hp == NULL) return TERM_NONE;
    Term *slots;
    Term node = trie_node_new(m->hp, MAP_TRIE_DEPTH, (TrieHead){0, 0}, 0, count, &slots);
    merge_pairs(m, x, y, slots, &common);
    return node;
}

// --- slots ---------------------------------------------------------------------------------------

static size_t pairs_below(Term slot) {
    if (term_is_cons(slot)) return 1;
    MapNode n = map_node(slot);
    size_t count = 0;
    for (uint32_t i = 0; i < n.count; i++) count += pairs_below(n.slots[i]);
    return count;
}

// A slot taken as a node of `level`: the node that it holds, or one of its single pair.
static MapNode node_of(const TermEnv *env, Term *slot, int level) {
    if (!term_is_cons(*slot)) return map_node(*slot);
    uint32_t hash = map_hash(env, term_head(*slot));
    return (MapNode){slot, (uint32_t)1 << map_level_index(hash, level), 1};
}

// What stands in place of two slots of a node at level - 1, that is, at `level` if it is a node.
static Term merge_slots(Merge *m, int level, Term a, Term b) {
    if (a == b) {
        m->stats.common += pairs_below(a);
        return b;
    }
    if (term_is_cons(a) && term_is_cons(b) &&
        term_equal_exact(m->env, term_head(a), term_head(b))) {
        m->stats.common++;
        return b;
    }
    if (level == MAP_TRIE_DEPTH) return merge_collisions(m, a, b);
    MapNode x = node_of(m->env, &a, level), y = node_of(m->env, &b, level);
    Term children[MAP_WAYS];
    uint32_t bitmap = x.bitmap | y.bitmap, count = 0, i = 0, j = 0;
    bool is_a = bitmap == x.bitmap, is_b = bitmap == y.bitmap;
    for (uint32_t left = bitmap; left != 0; left &= left - 1) {
        uint32_t bit = left & -left;
        bool in_a = (x.bitmap & bit) != 0, in_b = (y.bitmap & bit) != 0;
        Term from_a = in_a ? x.slots[i++] : TERM_NONE, from_b = in_b ? y.slots[j++] : TERM_NONE;
        Term child = !in_b ? from_a : !in_a ? from_b : merge_slots(m, level + 1, from_a, from_b);
        is_a &= child == from_a && in_a;
        is_b &= child == from_b && in_b;
        children[count++] = child;
    }
    // A single pair was only taken as a node.
    if (is_b && term_is_boxed(b)) return b;
    if (is_a && term_is_boxed(a)) return a;
    return new_node(m, level, bitmap, children, count);
}

// --- outside -------------------------------------------------------------------------------------

static Term root_slot(Term m, unsigned index) {
    MapNode n = map_node(m);
    if ((n.bitmap >> index & 1) == 0) return TERM_NONE;
    return n.slots[map_slot_number(n.bitmap, index)];
}

static Term merge_root_slot(Merge *m, Term a, Term b, unsigned index) {
    Term x = root_slot(a, index), y = root_slot(b, index);
    if (x == TERM_NONE || y == TERM_NONE) return x == TERM_NONE ? y : x;
    return merge_slots(m, 1, x, y);
}

size_t map_merge_slot_words(const TermEnv *env, Term a, Term b, unsigned index) {
    Merge m = {.env = env};
    merge_root_slot(&m, a, b, index);
    return m.words;
}

Term map_merge_slot(const TermEnv *env, Hp *hp, Term a, Term b, unsigned index,
                    MapMergeStats *stats) {
    Merge m = {.env = env, .hp = hp, .stats = *stats};
    Term slot = merge_root_slot(&m, a, b, index);
    *stats = m.stats;
    return slot;
}

Term map_merge_root(Hp *hp, Term a, Term b, const Term slots[MAP_MERGE_SLOTS],
                    const MapMergeStats *stats) {
    Term children[MAP_WAYS];
    uint32_t bitmap = 0, count = 0;
    bool is_b = true;
    for (unsigned i = 0; i < MAP_WAYS; i++) {
        is_b &= slots[i] == root_slot(b, i);
        if (slots[i] == TERM_NONE) continue;
        bitmap |= (uint32_t)1 << i;
        children[count++] = slots[i];
    }
    if (is_b) return b;
    TrieHead head = {map_trie_size(a) + map_trie_size(b) - stats->common,
                     MAX(stats->collisions, MAX(map_trie_collisions(a), map_trie_collisions(b)))};
    Term *to;
    Term root = trie_node_new(hp, 0, head, bitmap, count, &to);
    memcpy(to, children, count * sizeof(Term));
    return root;
}

size_t map_merge_words(const TermEnv *env, Term a, Term b) {
    Merge m = {.env = env};
    for (unsigned i = 0; i < MAP_WAYS; i++) merge_root_slot(&m, a, b, i);
    return m.words + MAP_MERGE_ROOT_WORDS;
}

Term map_merge(const TermEnv *env, Hp *hp, Term a, Term b) {
    MapMergeStats stats = {0};
    Term slots[MAP_MERGE_SLOTS];
    for (unsigned i = 0; i < MAP_WAYS; i++) slots[i] = map_merge_slot(env, hp, a, b, i, &stats);
    return map_merge_root(hp, a, b, slots, &stats);
}
_Static_assert((int)MAP_MERGE_SLOTS == (int)MAP_WAYS,
               "a slot for each value of the root's hash bits");
_Static_assert((int)MAP_MERGE_ROOT_WORDS == (int)TRIE_SLOTS + MAP_WAYS, "a full root");
