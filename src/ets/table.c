// SPDX-License-Identifier: Apache-2.0
// Hash tables with chains; see table.h. The hash is that of map keys: keys are the same by =:=.
#include "ets/table.h"
#include "term/compare.h"
#include "term/map.h"

enum { BUCKETS_MIN = 16, ENTRIES_PER_BUCKET = 2 };

// --- life ----------------------------------------------------------------------------------------
static void heir_free(Table *t) {
    heap_fragment_free(t->env->mem, t->heir_gift);
    t->heir_gift = NULL;
    t->heir = TERM_NONE;
}

void table_destroy(MagicBin *bin) {
    Table *t = (Table *)bin;
    Mem *m = t->env->mem;
    (void)table_clear(t, SIZE_MAX);
    heir_free(t);
    mem_free(m, t->buckets, t->bucket_count * sizeof *t->buckets);
    mem_free(m, t, sizeof *t);
}

Table *table_new(const TermEnv *env, const Table *like) {
    Table *t = mem_alloc(env->mem, sizeof *t);
    if (t == NULL) return NULL;
    *t = *like;
    t->bin = (MagicBin){.refs = 1, .destroy = table_destroy};
    t->env = env;
    t->heir = TERM_NONE;
    t->bucket_count = BUCKETS_MIN;
    t->buckets = mem_alloc_zero(env->mem, BUCKETS_MIN * sizeof *t->buckets);
    if (t->buckets != NULL) return t;
    mem_free(env->mem, t, sizeof *t);
    return NULL;
}

// A copy in a fragment, which is NULL for what is immediate. Literals are copied too: a module may
// go. false: no memory.
static bool copy_in(Mem *m, Term from, Term *copy, HeapFragment **fragment) {
    size_t words = heap_copy_words(m, NULL, from);
    *copy = from;
    *fragment = NULL;
    if (words == 0) return true;
    HeapFragment *f = heap_fragment_new(m, words);
    if (f == NULL) return false;
    Hp hp = {f->mem, f->mem + words, &f->off};
    *copy = heap_copy(m, NULL, &hp, from);
    f->used = (size_t)(hp.top - f->mem);
    *fragment = f;
    return true;
}

bool table_set_heir(Table *t, Term pid, Term data) {
    Term copy;
    HeapFragment *gift;
    if (!copy_in(t->env->mem, data, &copy, &gift)) return false;
    heir_free(t);
    t->heir = pid;
    t->heir_data = copy;
    t->heir_gift = gift;
    return true;
}

// --- entries -------------------------------------------------------------------------------------
Term table_key(const Table *t, Term object) {
    return term_tuple_elements(object)[t->key_at];
}

static TableEntry **bucket(const Table *t, uint32_t hash) {
    return &t->buckets[hash & (t->bucket_count - 1)];
}

bool table_same_key(const Table *t, const TableEntry *e, Term key) {
    return term_equal_exact(t->env, table_key(t, e->object), key);
}

TableEntry *table_find(const Table *t, Term key) {
    uint32_t hash = map_hash(t->env, key);
    for (TableEntry *e = *bucket(t, hash); e != NULL; e = e->next)
        if (e->hash == hash && table_same_key(t, e, key)) return e;
    return NULL;
}

// Twice as many buckets; where there is no memory for that, the chains just stay longer.
static void widen(Table *t) {
    size_t count = t->bucket_count * 2;
    TableEntry **buckets = mem_alloc_zero(t->env->mem, count * sizeof *buckets);
    if (buckets == NULL) return;
    for (size_t i = 0; i < t->bucket_count; i++) {
        // A chain splits in two; both keep its order, and with it the order within a key.
        TableEntry **low = &buckets[i], **high = &buckets[i + t->bucket_count];
        for (TableEntry *e = t->buckets[i]; e != NULL; e = e->next) {
            TableEntry ***to = (e->hash & t->bucket_count) != 0 ? &high : &low;
            **to = e;
            *to = &e->next;
        }
        *low = *high = NULL;
    }
    mem_free(t->env->mem, t->buckets, t->bucket_count * sizeof *t->buckets);
    t->buckets = buckets;
    t->bucket_count = count;
}

static int64_t entry_bytes(const TableEntry *e) {
    const HeapFragment *f = e->fragment;
    return (int64_t)(sizeof *e + (f == NULL ? 0 : sizeof *f + f->words * sizeof(Term)));
}

static void entry_free(Table *t, TableEntry *e) {
    mem_note(t->env->mem, MEM_TABLES, -entry_bytes(e));
    t->count--;
    if (e->fragment != NULL) {
        t->words -= e->fragment->words;
        heap_fragment_free(t->env->mem, e->fragment);
    }
    mem_free(t->env->mem, e, sizeof *e);
}

static TableEntry *entry_new(Table *t, Term object) {
    Mem *m = t->env->mem;
    TableEntry *e = mem_alloc_zero(m, sizeof *e);
    if (e == NULL) return NULL;
    if (!copy_in(m, object, &e->object, &e->fragment)) {
        mem_free(m, e, sizeof *e);
        return NULL;
    }
    mem_note(m, MEM_TABLES, entry_bytes(e));
    return e;
}

// Whether a bag has this very object among the entries that start at `e`.
static bool has_object(const Table *t, const TableEntry *e, Term key, Term object) {
    for (; e != NULL && table_same_key(t, e, key); e = e->next)
        if (term_equal_exact(t->env, e->object, object)) return true;
    return false;
}

bool table_insert(Table *t, Term object) {
    Term key = table_key(t, object);
    TableEntry *first = table_find(t, key);
    if (t->type == TABLE_BAG && has_object(t, first, key, object)) return true;
    TableEntry *e = entry_new(t, object);
    if (e == NULL) return false;
    e->hash = map_hash(t->env, key);
    t->count++;
    if (e->fragment != NULL) t->words += e->fragment->words;
    if (first == NULL) {
        TableEntry **b = bucket(t, e->hash);
        e->next = *b;
        *b = e;
    } else {
        TableEntry *last = first;
        while (last->next != NULL && table_same_key(t, last->next, key)) last = last->next;
        e->next = last->next;
        last->next = e;
        if (t->type == TABLE_SET) table_remove(t, first);
    }
    if (t->count > ENTRIES_PER_BUCKET * t->bucket_count) widen(t);
    return true;
}

void table_remove(Table *t, TableEntry *e) {
    TableEntry **at = bucket(t, e->hash);
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    entry_free(t, e);
}

size_t table_delete_key(Table *t, Term key) {
    size_t count = 0;
    for (TableEntry *e; (e = table_find(t, key)) != NULL; count++) table_remove(t, e);
    return count;
}

size_t table_delete_object(Table *t, Term object) {
    Term key = table_key(t, object);
    size_t count = 0;
    TableEntry *e = table_find(t, key), *next;
    for (; e != NULL && table_same_key(t, e, key); e = next) {
        next = e->next;
        if (!term_equal_exact(t->env, e->object, object)) continue;
        table_remove(t, e);
        count++;
    }
    return count;
}

// From the last bucket down. Where it stopped is remembered: nothing is inserted into what is being
// cleared in parts.
bool table_clear(Table *t, size_t max) {
    size_t freed = 0, i = t->clear_from != 0 ? t->clear_from : t->bucket_count;
    while (i > 0 && freed < max) {
        TableEntry *e = t->buckets[--i];
        t->buckets[i] = NULL;
        for (TableEntry *next; e != NULL; e = next, freed++) {
            next = e->next;
            entry_free(t, e);
        }
    }
    t->clear_from = i;
    ASSERT(i > 0 || (t->count == 0 && t->words == 0));
    return i == 0;
}

TableEntry *table_next(const Table *t, const TableEntry *e) {
    size_t i = 0;
    if (e != NULL) {
        if (e->next != NULL) return e->next;
        i = (e->hash & (t->bucket_count - 1)) + 1;
    }
    for (; i < t->bucket_count; i++)
        if (t->buckets[i] != NULL) return t->buckets[i];
    return NULL;
}
