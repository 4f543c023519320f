// SPDX-License-Identifier: Apache-2.0
// Tables: objects (tuples) by key, each in a fragment of its own, so that no process's collection
// touches them. So far what sequential code needs: set, bag and duplicate_bag in hash tables, used
// by one thread; ordered_set, options for concurrency, heirs and traversal during change are to
// come. Lifetime: until deleted, or the VM ends. Thread: one at a time.
#pragma once

#include "heap/heap.h"
#include "term/env.h"

typedef enum TableType { TABLE_SET, TABLE_BAG, TABLE_DUPLICATE_BAG } TableType;
typedef enum TableAccess { TABLE_PUBLIC, TABLE_PROTECTED, TABLE_PRIVATE } TableAccess;

typedef struct TableEntry {
    struct TableEntry *next; // in its bucket; entries of one key stand together, oldest first
    HeapFragment *fragment;  // holds the object
    Term object;
    uint32_t hash;
} TableEntry;

typedef struct Table {
    struct Table *next; // of the VM's tables
    Term name;
    Term owner;
    uint32_t ids[3]; // of the reference that identifies it
    bool named;
    TableType type;
    TableAccess access;
    size_t key_at; // the key's index in the tuple, from 0
    size_t count;
    size_t words; // of all objects
    TableEntry **buckets;
    size_t bucket_count; // a power of two
} Table;

typedef struct Tables {
    const TermEnv *env;
    const LiteralRange *literals;
    Table *first;
} Tables;

void tables_init(Tables *ts, const TermEnv *env, const LiteralRange *literals);
void tables_deinit(Tables *ts);

// Takes name, owner, ids, named, type, access, key_at from `like`. NULL: no memory.
WARN_UNUSED Table *table_new(Tables *ts, const Table *like);
void table_delete(Tables *ts, Table *t);
Table *table_by_name(const Tables *ts, Term name); // a named one; NULL: there is none
Table *table_by_ids(const Tables *ts, const uint32_t ids[3]);

Term table_key(const Table *t, Term object);
// The first entry of a key; the others follow while table_same_key. NULL: none.
TableEntry *table_find(const Tables *ts, const Table *t, Term key);
bool table_same_key(const Tables *ts, const Table *t, const TableEntry *e, Term key);
// Copies the object in. A set replaces the object of that key; a bag has each object once.
// false: no memory; nothing has changed.
WARN_UNUSED bool table_insert(Tables *ts, Table *t, Term object);
size_t table_delete_key(Tables *ts, Table *t, Term key); // how many went
size_t table_delete_object(Tables *ts, Table *t, Term object);
void table_remove(Tables *ts, Table *t, TableEntry *e);
void table_clear(Tables *ts, Table *t);
// Walks all entries: NULL starts and ends. The entry handed in may be removed afterwards.
TableEntry *table_next(const Table *t, const TableEntry *e);
