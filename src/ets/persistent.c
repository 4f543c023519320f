// SPDX-License-Identifier: Apache-2.0
// Persistent terms: see persistent.h. The pairs stand in a row, in the order in which they came;
// an open-addressed index of them finds one by the hash of its key.
#include "ets/persistent.h"

#include "term/compare.h"
#include "term/map.h"

typedef struct Pair {
    Term key, value;
    uint32_t hash;
    LiteralArea *area; // what key and value lie in; NULL: both are immediate
} Pair;

struct PersistentTerms {
    const TermEnv *env;
    Literals *literals;
    Pair *pairs;
    size_t count, cap;
    uint32_t *index; // number of a pair plus 1; 0: free
    size_t index_size;
    LiteralArea **dropped; // of replaced and erased pairs
    size_t dropped_count, dropped_cap;
};

PersistentTerms *persistent_new(const TermEnv *env, Literals *literals) {
    PersistentTerms *pt = mem_alloc_zero(env->mem, sizeof *pt);
    if (!pt) return NULL;
    pt->env = env;
    pt->literals = literals;
    return pt;
}

void persistent_free(PersistentTerms *pt) {
    if (!pt) return;
    Mem *m = pt->env->mem;
    for (size_t i = 0; i < pt->count; i++)
        if (pt->pairs[i].area) literal_area_free(pt->literals, pt->pairs[i].area);
    for (size_t i = 0; i < pt->dropped_count; i++) literal_area_free(pt->literals, pt->dropped[i]);
    mem_free(m, pt->pairs, pt->cap * sizeof *pt->pairs);
    mem_free(m, pt->index, pt->index_size * sizeof *pt->index);
    mem_free(m, pt->dropped, pt->dropped_cap * sizeof *pt->dropped);
    mem_free(m, pt, sizeof *pt);
}

// --- the index -----------------------------------------------------------------------------------

// Where `key` is in the index, or would be.
static size_t find_slot(const PersistentTerms *pt, Term key, uint32_t hash) {
    size_t mask = pt->index_size - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        if (pt->index[i] == 0) return i;
        const Pair *pair = &pt->pairs[pt->index[i] - 1];
        if (pair->hash == hash && term_equal_exact(pt->env, pair->key, key)) return i;
    }
}

static void rebuild_index(PersistentTerms *pt) {
    memset(pt->index, 0, pt->index_size * sizeof *pt->index);
    for (size_t i = 0; i < pt->count; i++)
        pt->index[find_slot(pt, pt->pairs[i].key, pt->pairs[i].hash)] = (uint32_t)(i + 1);
}

// Room for one more pair, at most half of the index used.
static bool grow(PersistentTerms *pt) {
    Mem *m = pt->env->mem;
    if (pt->count == pt->cap) {
        size_t cap = pt->cap == 0 ? 16 : pt->cap * 2;
        if (cap >= UINT32_MAX) return false;
        Pair *pairs = pt->cap == 0
                          ? mem_alloc(m, cap * sizeof *pairs)
                          : mem_realloc(m, pt->pairs, pt->cap * sizeof *pairs, cap * sizeof *pairs);
        if (!pairs) return false;
        pt->pairs = pairs;
        pt->cap = cap;
    }
    if (2 * (pt->count + 1) <= pt->index_size) return true;
    size_t size = pt->index_size == 0 ? 64 : pt->index_size * 2;
    uint32_t *index = mem_alloc(m, size * sizeof *index);
    if (!index) return false;
    mem_free(m, pt->index, pt->index_size * sizeof *index);
    pt->index = index;
    pt->index_size = size;
    rebuild_index(pt);
    return true;
}

static Pair *find_pair(const PersistentTerms *pt, Term key) {
    if (pt->count == 0) return NULL;
    size_t slot = find_slot(pt, key, map_hash(pt->env, key));
    return pt->index[slot] == 0 ? NULL : &pt->pairs[pt->index[slot] - 1];
}

// --- changing ------------------------------------------------------------------------------------

static bool drop_room(PersistentTerms *pt) {
    if (pt->dropped_count < pt->dropped_cap) return true;
    size_t cap = pt->dropped_cap == 0 ? 16 : pt->dropped_cap * 2;
    Mem *m = pt->env->mem;
    LiteralArea **areas =
        pt->dropped_cap == 0
            ? mem_alloc(m, cap * sizeof *areas)
            : mem_realloc(m, pt->dropped, pt->dropped_cap * sizeof *areas, cap * sizeof *areas);
    if (!areas) return false;
    pt->dropped = areas;
    pt->dropped_cap = cap;
    return true;
}

static void drop_area(PersistentTerms *pt, LiteralArea *area) {
    if (area) pt->dropped[pt->dropped_count++] = area;
}

// Copies both into an area of their own. Literals of modules are copied too: a module may go.
static bool make_pair(PersistentTerms *pt, Term key, Term value, Pair *pair) {
    Mem *m = pt->env->mem;
    *pair = (Pair){key, value, map_hash(pt->env, key), NULL};
    size_t words = heap_copy_words(m, NULL, key) + heap_copy_words(m, NULL, value);
    if (words == 0) return true;
    pair->area = literal_area_new(pt->literals, words);
    if (!pair->area) return false;
    Hp hp = {pair->area->top, pair->area->end, &pair->area->off};
    pair->key = heap_copy(m, NULL, &hp, key);
    pair->value = heap_copy(m, NULL, &hp, value);
    pair->area->top = hp.top;
    return true;
}

Term persistent_get(const PersistentTerms *pt, Term key) {
    const Pair *pair = find_pair(pt, key);
    return pair ? pair->value : TERM_NONE;
}

bool persistent_put(PersistentTerms *pt, Term key, Term value) {
    Pair *old = find_pair(pt, key), made;
    if (old && term_equal_exact(pt->env, old->value, value)) return true;
    if (!drop_room(pt) || (!old && !grow(pt)) || !make_pair(pt, key, value, &made)) return false;
    if (old) {
        drop_area(pt, old->area);
        *old = made;
    } else {
        pt->pairs[pt->count++] = made;
        pt->index[find_slot(pt, made.key, made.hash)] = (uint32_t)pt->count;
    }
    return true;
}

bool persistent_erase(PersistentTerms *pt, Term key) {
    Pair *pair = find_pair(pt, key);
    if (!pair || !drop_room(pt)) return false;
    drop_area(pt, pair->area);
    *pair = pt->pairs[--pt->count];
    rebuild_index(pt);
    return true;
}

void persistent_erase_all(PersistentTerms *pt) {
    while (pt->count > 0 && drop_room(pt)) drop_area(pt, pt->pairs[--pt->count].area);
    if (pt->index_size > 0) rebuild_index(pt);
}

size_t persistent_count(const PersistentTerms *pt) {
    return pt->count;
}

size_t persistent_bytes(const PersistentTerms *pt) {
    size_t bytes = pt->cap * sizeof *pt->pairs + pt->index_size * sizeof *pt->index;
    for (size_t i = 0; i < pt->count; i++) {
        const LiteralArea *area = pt->pairs[i].area;
        if (area) bytes += (size_t)(area->end - area->start) * sizeof(Term);
    }
    return bytes;
}

void persistent_at(const PersistentTerms *pt, size_t i, Term *key, Term *value) {
    ASSERT(i < pt->count);
    *key = pt->pairs[i].key;
    *value = pt->pairs[i].value;
}
