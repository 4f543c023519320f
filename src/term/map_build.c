// SPDX-License-Identifier: Apache-2.0
// Maps from pairs. Few pairs are inserted into a sorted array. Many are sorted by hash, the later
// of equal keys kept, and the trie is then written bottom up, each node once.
//
// The entries that are sorted hold numbers, not terms: the pairs may move between the two parts.
#include "base/stack.h"
#include "term/compare.h"
#include "term/map_int.h"

typedef struct MapBuildEntry {
    uint32_t hash;
    uint32_t pair; // its number in kv
} Entry;

// --- flat ----------------------------------------------------------------------------------------

size_t map_kv_insert(const TermEnv *env, Term *kv, size_t count, Term key, Term value) {
    size_t low = 0, high = count;
    // Keys often come in order: look at the last one first.
    size_t middle = count == 0 ? 0 : count - 1;
    while (low < high) {
        int c = term_compare_exact(env, kv[2 * middle], key);
        if (c == 0) {
            kv[2 * middle] = key;
            kv[2 * middle + 1] = value;
            return count;
        }
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
        middle = (low + high) / 2;
    }
    memmove(kv + 2 * low + 2, kv + 2 * low, 2 * (count - low) * sizeof(Term));
    kv[2 * low] = key;
    kv[2 * low + 1] = value;
    return count + 1;
}

Term map_flat_from_kv(Hp *hp, const Term *kv, size_t count) {
    Term keys = hp_tuple(hp, count);
    Term m = hp_map_flat(hp, keys, count);
    for (size_t i = 0; i < count; i++) {
        term_tuple_elements(keys)[i] = kv[2 * i];
        map_flat_values(m)[i] = kv[2 * i + 1];
    }
    return m;
}

// --- sorting -------------------------------------------------------------------------------------

// Stable, by hash: one pass a byte, least significant first. `spare` has as much room.
static void sort_by_hash(Entry *entries, Entry *spare, size_t count) {
    enum { PASS_BITS = 8, BUCKETS = 1 << PASS_BITS };
    for (unsigned shift = 0; shift < MAP_HASH_BITS; shift += PASS_BITS) {
        size_t starts[BUCKETS] = {0};
        for (size_t i = 0; i < count; i++) starts[entries[i].hash >> shift & (BUCKETS - 1)]++;
        size_t at = 0;
        for (unsigned b = 0; b < BUCKETS; b++) {
            size_t n = starts[b];
            starts[b] = at;
            at += n;
        }
        for (size_t i = 0; i < count; i++)
            spare[starts[entries[i].hash >> shift & (BUCKETS - 1)]++] = entries[i];
        Entry *swap = entries;
        entries = spare;
        spare = swap;
    }
    // An even number of passes: the result is where the caller has it.
    _Static_assert(MAP_HASH_BITS / PASS_BITS % 2 == 0, "sorted back into entries");
}

// Stable, by key: merges runs of growing length.
static void sort_by_key(const TermEnv *env, const Term *kv, Entry *entries, Entry *spare,
                        size_t count) {
    Entry *from = entries, *to = spare;
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t start = 0; start < count; start += 2 * run) {
            size_t a = start, a_end = MIN(start + run, count);
            size_t b = a_end, b_end = MIN(start + 2 * run, count);
            for (size_t i = start; i < b_end; i++) {
                bool take_a =
                    b == b_end || (a < a_end && term_compare_exact(env, kv[2 * from[a].pair],
                                                                   kv[2 * from[b].pair]) <= 0);
                to[i] = take_a ? from[a++] : from[b++];
            }
        }
        Entry *swap = from;
        from = to;
        to = swap;
    }
    if (from != entries) memcpy(entries, from, count * sizeof(Entry));
}

// Of runs of equal keys keeps the last. `sorted` by key. Gives how many are left.
static size_t keep_last(const TermEnv *env, const Term *kv, Entry *sorted, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count &&
            term_equal_exact(env, kv[2 * sorted[i].pair], kv[2 * sorted[i + 1].pair]))
            continue;
        sorted[kept++] = sorted[i];
    }
    return kept;
}

// Among entries of one hash sorts by key and drops what later pairs replace. Gives the new count.
static size_t remove_duplicates(const TermEnv *env, const Term *kv, Entry *entries, Entry *spare,
                                size_t count) {
    size_t kept = 0;
    for (size_t i = 0, end; i < count; i = end) {
        end = i + 1;
        while (end < count && entries[end].hash == entries[i].hash) end++;
        size_t same = end - i;
        if (same > 1) {
            sort_by_key(env, kv, entries + i, spare, same);
            same = keep_last(env, kv, entries + i, same);
        }
        memmove(entries + kept, entries + i, same * sizeof(Entry));
        kept += same;
    }
    return kept;
}

// --- the trie ------------------------------------------------------------------------------------

// How many levels two hashes share: MAP_TRIE_DEPTH if they are equal.
static int levels_shared(uint32_t a, uint32_t b) {
    return a == b ? MAP_TRIE_DEPTH : __builtin_clz(a ^ b) / MAP_LEVEL_BITS;
}

// The words of the trie of these entries: a node at level l starts wherever the entry shares l
// levels with the next one, but not with the one before.
static size_t trie_words(const Entry *entries, size_t count) {
    size_t nodes = 0;
    int before = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        int shared = levels_shared(entries[i].hash, entries[i + 1].hash);
        if (shared > before) nodes += (size_t)(shared - before);
        before = shared;
    }
    return TRIE_SLOTS + nodes * (NODE_SLOTS + 1) + count * (1 + CONS_WORDS);
}

typedef struct Writer {
    Hp *hp;
    const Entry *entries;
    const Term *kv;
    TrieHead head;
} Writer;

static Term write_pair(const Writer *w, size_t i) {
    const Term *pair = w->kv + 2 * (size_t)w->entries[i].pair;
    return hp_cons(w->hp, pair[0], pair[1]);
}

// The node of entries [start, end), which share the hash bits of all levels above. Recursion is
// bounded by MAP_TRIE_DEPTH.
static Term write_node(const Writer *w, int level, size_t start, size_t end) {
    Term *slots;
    if (level == MAP_TRIE_DEPTH) {
        Term node = trie_node_new(w->hp, level, w->head, 0, (uint32_t)(end - start), &slots);
        for (size_t i = start; i < end; i++) slots[i - start] = write_pair(w, i);
        return node;
    }
    Term children[MAP_WAYS];
    uint32_t bitmap = 0, count = 0;
    for (size_t i = start, next; i < end; i = next) {
        unsigned index = map_level_index(w->entries[i].hash, level);
        next = i + 1;
        while (next < end && map_level_index(w->entries[next].hash, level) == index) next++;
        bitmap |= (uint32_t)1 << index;
        children[count++] = next == i + 1 ? write_pair(w, i) : write_node(w, level + 1, i, next);
    }
    Term node = trie_node_new(w->hp, level, w->head, bitmap, count, &slots);
    memcpy(slots, children, count * sizeof(Term));
    return node;
}

static size_t largest_collision(const Entry *entries, size_t count) {
    size_t largest = 0;
    for (size_t i = 0, end; i < count; i = end) {
        end = i + 1;
        while (end < count && entries[end].hash == entries[i].hash) end++;
        if (end - i > 1) largest = MAX(largest, end - i);
    }
    return largest;
}

// --- outside -------------------------------------------------------------------------------------

// Fills in `b`, which has room for 2 * count entries.
static void prepare(MapBuild *b, const TermEnv *env, const Term *kv, size_t count) {
    Entry *entries = b->entries, *spare = b->entries + count;
    bool few = count <= MAP_FLAT_MAX; // these are sorted by key alone
    for (size_t i = 0; i < count; i++)
        entries[i] = (Entry){few ? 0 : map_hash(env, kv[2 * i]), (uint32_t)i};
    if (!few) sort_by_hash(entries, spare, count);
    b->count = remove_duplicates(env, kv, entries, spare, count);
    if (!few && b->count <= MAP_FLAT_MAX) sort_by_key(env, kv, entries, spare, b->count);
    b->words = b->count <= MAP_FLAT_MAX ? map_flat_words(b->count) : trie_words(entries, b->count);
}

bool map_build_start(MapBuild *b, const TermEnv *env, const Term *kv, size_t count) {
    *b = (MapBuild){.words = map_flat_words(0)};
    if (count == 0) return true;
    if (count > UINT32_MAX) return false;
    b->entries = mem_alloc(env->mem, 2 * count * sizeof(Entry));
    if (b->entries == NULL) return false;
    b->cap = 2 * count;
    prepare(b, env, kv, count);
    return true;
}

Term map_build_finish(MapBuild *b, Hp *hp, const Term *kv) {
    if (b->count <= MAP_FLAT_MAX) {
        Term keys = hp_tuple(hp, b->count);
        Term m = hp_map_flat(hp, keys, b->count);
        for (size_t i = 0; i < b->count; i++) {
            const Term *pair = kv + 2 * (size_t)b->entries[i].pair;
            term_tuple_elements(keys)[i] = pair[0];
            map_flat_values(m)[i] = pair[1];
        }
        return m;
    }
    Writer w = {hp, b->entries, kv, {b->count, largest_collision(b->entries, b->count)}};
    Term *start = hp->top;
    Term m = write_node(&w, 0, 0, b->count);
    ASSERT((size_t)(hp->top - start) == b->words);
    return m;
}

void map_build_deinit(MapBuild *b, const TermEnv *env) {
    mem_free(env->mem, b->entries, b->cap * sizeof(Entry));
    *b = (MapBuild){0};
}

// No key can have more nodes to itself than half of one on each level, nor can a level have more
// nodes than hash prefixes.
size_t map_build_words(size_t count) {
    if (count <= MAP_FLAT_MAX) return map_flat_words(count);
    size_t nodes = 0, prefixes = 1;
    for (int level = 1; level <= MAP_TRIE_DEPTH; level++) {
        prefixes *= MAP_WAYS;
        nodes += MIN(prefixes, count / 2);
    }
    return TRIE_SLOTS + nodes * (NODE_SLOTS + 1) + count * (1 + CONS_WORDS);
}

Term map_build(const TermEnv *env, Hp *hp, Term *kv, size_t count) {
    if (count <= MAP_FLAT_MAX) {
        size_t n = 0;
        for (size_t i = 0; i < count; i++) n = map_kv_insert(env, kv, n, kv[2 * i], kv[2 * i + 1]);
        return map_flat_from_kv(hp, kv, n);
    }
    ASSERT(count <= UINT32_MAX);
    MapBuild b = {.cap = 2 * count};
    b.entries = mem_must_alloc(env->mem, b.cap * sizeof(Entry));
    prepare(&b, env, kv, count);
    Term m = map_build_finish(&b, hp, kv);
    map_build_deinit(&b, env);
    return m;
}
