// SPDX-License-Identifier: Apache-2.0
// Tables: objects (tuples) by key, each in a fragment of its own, so that no process's collection
// touches them. So far set, bag and duplicate_bag in hash tables; ordered_set and finer locks are
// to come. Which tables there are and whose: registry.h.
//
// A table is a counted C object: references to it (ets:new/2) own it, and so does the registry
// until it is deleted, and whoever works on it. Deleted, it is empty, and nobody finds it any more.
// Thread: any, with the table's lock, but where it says otherwise.
#pragma once

#include "heap/heap.h"
#include "os/mutex.h"
#include "term/env.h"
#include "term/ident.h"

typedef enum TableType { TABLE_SET, TABLE_BAG, TABLE_DUPLICATE_BAG } TableType;
typedef enum TableAccess { TABLE_PUBLIC, TABLE_PROTECTED, TABLE_PRIVATE } TableAccess;

typedef struct TableEntry {
    struct TableEntry *next; // in its bucket; entries of one key stand together, oldest first
    HeapFragment *fragment;  // holds the object
    Term object;
    uint32_t hash;
} TableEntry;

typedef struct Table {
    MagicBin bin;
    const TermEnv *env;
    uint32_t ids[3]; // of the reference that identifies it; never change
    TableType type;  // nor does this, nor what follows
    size_t key_at;   // the key's index in the tuple, from 0
    bool named, compressed, read_concurrency, decentralized_counters;
    Term write_concurrency; // false, true, auto. These options are shown, and change nothing yet
    Mutex lock;             // guards what follows
    bool deleted;
    TableAccess access;
    Term name;
    Term owner;              // these are changed with the registry's lock too
    Term heir;               // pid; TERM_NONE: none
    HeapFragment *heir_gift; // holds heir_data; NULL: it is immediate
    Term heir_data;
    size_t count;
    size_t words; // of all objects
    TableEntry **buckets;
    size_t bucket_count; // a power of two
    size_t clear_from;   // table_clear goes on below this bucket; 0: it has not begun
    // The registry's, under its lock.
    struct Table *next_id, *next_name, *next_owned;
} Table;

// One count; nobody knows it yet. Takes ids, access, name, owner and all that never changes from
// `like`; it has no heir. NULL: no memory.
WARN_UNUSED Table *table_new(const TermEnv *env, const Table *like);
static inline void table_retain(Table *t) {
    atomic_fetch_add_explicit(&t->bin.refs, 1, memory_order_relaxed);
}
static inline void table_release(Table *t) {
    magic_bin_release(&t->bin);
}
void table_destroy(MagicBin *bin); // what the reference of a table is known by

Term table_key(const Table *t, Term object);
// The first entry of a key; the others follow while table_same_key. NULL: none.
TableEntry *table_find(const Table *t, Term key);
bool table_same_key(const Table *t, const TableEntry *e, Term key);
// Copies the object in. A set replaces the object of that key; a bag has each object once.
// false: no memory; nothing has changed.
WARN_UNUSED bool table_insert(Table *t, Term object);
size_t table_delete_key(Table *t, Term key); // how many went
size_t table_delete_object(Table *t, Term object);
void table_remove(Table *t, TableEntry *e);
// Frees about `max` objects, some more where many share a bucket. true: none is left.
bool table_clear(Table *t, size_t max);
// Walks all entries: NULL starts and ends. The entry handed in may be removed afterwards.
TableEntry *table_next(const Table *t, const TableEntry *e);

// Who gets the table with which message when its owner ends; pid TERM_NONE: nobody. Copies `data`.
// false: no memory.
WARN_UNUSED bool table_set_heir(Table *t, Term pid, Term data);
