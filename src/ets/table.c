// SPDX-License-Identifier: Apache-2.0
// Hash tables with chains; see table.h. The hash is that of map keys: keys are the same by =:=.
#include "ets/table.h"
#include "term/compare.h"
#include "term/map.h"

enum { BUCKETS_MIN = 16, ENTRIES_PER_BUCKET = 2 };

void tables_init(Tables *ts, const TermEnv *env, const LiteralRange *literals) {
    *ts = (Tables){env, literals, NULL};
}

void tables_deinit(Tables *ts) {
    while (ts->first != NULL) table_delete(ts, ts->first);
}

Table *table_new(Tables *ts, const Table *like) {
    Table *t = mem_alloc(ts->env->mem, sizeof *t);
    if (t == NULL) return NULL;
    *t = *like;
    t->count = t->words = 0;
    t->bucket_count = BUCKETS_MIN;
    t->buckets = mem_alloc_zero(ts->env->mem, BUCKETS_MIN * sizeof *t->buckets);
    if (t->buckets == NULL) {
        mem_free(ts->env->mem, t, sizeof *t);
        return NULL;
    }
    t->next = ts->first;
    ts->first = t;
    return t;
}

void table_delete(Tables *ts, Table *t) {
    Table **at = &ts->first;
    while (*at != t) at = &(*at)->next;
    *at = t->next;
    table_clear(ts, t);
    mem_free(ts->env->mem, t->buckets, t->bucket_count * sizeof *t->buckets);
    mem_free(ts->env->mem, t, sizeof *t);
}

Table *table_by_name(const Tables *ts, Term name) {
    Table *t = ts->first;
    while (t != NULL && !(t->named && t->name == name)) t = t->next;
    return t;
}

Table *table_by_ids(const Tables *ts, const uint32_t ids[3]) {
    Table *t = ts->first;
    while (t != NULL && memcmp(t->ids, ids, sizeof t->ids) != 0) t = t->next;
    return t;
}

Term table_key(const Table *t, Term object) {
    return term_tuple_elements(object)[t->key_at];
}

static TableEntry **bucket(const Table *t, uint32_t hash) {
    return &t->buckets[hash & (t->bucket_count - 1)];
}

bool table_same_key(const Tables *ts, const Table *t, const TableEntry *e, Term key) {
    return term_equal_exact(ts->env, table_key(t, e->object), key);
}

TableEntry *table_find(const Tables *ts, const Table *t, Term key) {
    uint32_t hash = map_hash(ts->env, key);
    for (TableEntry *e = *bucket(t, hash); e != NULL; e = e->next)
        if (e->hash == hash && table_same_key(ts, t, e, key)) return e;
    return NULL;
}

// Twice as many buckets; where there is no memory for that, the chains just stay longer.
static void widen(Tables *ts, Table *t) {
    size_t count = t->bucket_count * 2;
    TableEntry **buckets = mem_alloc_zero(ts->env->mem, count * sizeof *buckets);
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
    mem_free(ts->env->mem, t->buckets, t->bucket_count * sizeof *t->buckets);
    t->buckets = buckets;
    t->bucket_count = count;
}

static int64_t entry_bytes(const TableEntry *e) {
    const HeapFragment *f = e->fragment;
    return (int64_t)(sizeof *e + (f == NULL ? 0 : sizeof *f + f->words * sizeof(Term)));
}

static void entry_free(Tables *ts, Table *t, TableEntry *e) {
    mem_note(ts->env->mem, MEM_TABLES, -entry_bytes(e));
    t->count--;
    if (e->fragment != NULL) {
        t->words -= e->fragment->words;
        heap_fragment_free(ts->env->mem, e->fragment);
    }
    mem_free(ts->env->mem, e, sizeof *e);
}

static TableEntry *entry_new(Tables *ts, Term object) {
    Mem *m = ts->env->mem;
    size_t words = heap_copy_words(m, ts->literals, object);
    TableEntry *e = mem_alloc_zero(m, sizeof *e);
    if (e == NULL) return NULL;
    e->object = object;
    if (words == 0) { // a literal
        mem_note(m, MEM_TABLES, entry_bytes(e));
        return e;
    }
    e->fragment = heap_fragment_new(m, words);
    if (e->fragment == NULL) {
        mem_free(m, e, sizeof *e);
        return NULL;
    }
    mem_note(m, MEM_TABLES, entry_bytes(e));
    HeapFragment *f = e->fragment;
    Hp hp = {f->mem, f->mem + words, &f->off};
    e->object = heap_copy(m, ts->literals, &hp, object);
    f->used = (size_t)(hp.top - f->mem);
    return e;
}

// Whether a bag has this very object among the entries that start at `e`.
static bool has_object(const Tables *ts, const Table *t, const TableEntry *e, Term key,
                       Term object) {
    for (; e != NULL && table_same_key(ts, t, e, key); e = e->next)
        if (term_equal_exact(ts->env, e->object, object)) return true;
    return false;
}

bool table_insert(Tables *ts, Table *t, Term object) {
    Term key = table_key(t, object);
    TableEntry *first = table_find(ts, t, key);
    if (t->type == TABLE_BAG && has_object(ts, t, first, key, object)) return true;
    TableEntry *e = entry_new(ts, object);
    if (e == NULL) return false;
    e->hash = map_hash(ts->env, key);
    t->count++;
    if (e->fragment != NULL) t->words += e->fragment->words;
    if (first == NULL) {
        TableEntry **b = bucket(t, e->hash);
        e->next = *b;
        *b = e;
    } else {
        TableEntry *last = first;
        while (last->next != NULL && table_same_key(ts, t, last->next, key)) last = last->next;
        e->next = last->next;
        last->next = e;
        if (t->type == TABLE_SET) table_remove(ts, t, first);
    }
    if (t->count > ENTRIES_PER_BUCKET * t->bucket_count) widen(ts, t);
    return true;
}

void table_remove(Tables *ts, Table *t, TableEntry *e) {
    TableEntry **at = bucket(t, e->hash);
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    entry_free(ts, t, e);
}

size_t table_delete_key(Tables *ts, Table *t, Term key) {
    size_t count = 0;
    for (TableEntry *e; (e = table_find(ts, t, key)) != NULL; count++) table_remove(ts, t, e);
    return count;
}

size_t table_delete_object(Tables *ts, Table *t, Term object) {
    Term key = table_key(t, object);
    size_t count = 0;
    TableEntry *e = table_find(ts, t, key), *next;
    for (; e != NULL && table_same_key(ts, t, e, key); e = next) {
        next = e->next;
        if (!term_equal_exact(ts->env, e->object, object)) continue;
        table_remove(ts, t, e);
        count++;
    }
    return count;
}

void table_clear(Tables *ts, Table *t) {
    for (size_t i = 0; i < t->bucket_count; i++) {
        for (TableEntry *e = t->buckets[i], *next; e != NULL; e = next) {
            next = e->next;
            entry_free(ts, t, e);
        }
        t->buckets[i] = NULL;
    }
    ASSERT(t->count == 0 && t->words == 0);
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
