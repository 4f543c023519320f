// SPDX-License-Identifier: Apache-2.0
// A hash table of pointers to entries that never move nor go away while the table lives. Readers
// take no lock: a slot goes from NULL to an entry once, and a grown table is published whole.
// Writers are serialised by the caller. What growing replaced is kept until the table is freed, as
// somebody may still be reading it; all of it together is no larger than the table.
// Thread: find: any; add: one at a time. The release stores in lookup_add pair with the acquire
// loads in lookup_find.
#pragma once

#include "base/mem.h"

typedef struct LookupSlots {
    struct LookupSlots *older; // what this one replaced
    size_t mask;
    _Atomic(void *) at[];
} LookupSlots;

typedef struct Lookup {
    Mem *mem;
    _Atomic(LookupSlots *) slots;
    size_t count;
    uint64_t (*hash)(const void *entry);
    // Keys have the type of entries; only what identifies one is filled in.
    bool (*same)(const void *a, const void *b);
} Lookup;

WARN_UNUSED bool lookup_init(Lookup *t, Mem *m, uint64_t (*hash)(const void *),
                             bool (*same)(const void *, const void *));
void lookup_deinit(Lookup *t); // not the entries
void *lookup_find(const Lookup *t, const void *key);
// `entry` is not in the table. false: no memory.
WARN_UNUSED bool lookup_add(Lookup *t, void *entry);
// Mixes words into a hash.
static inline uint64_t lookup_mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u; // the golden ratio: spreads low bits upward
    return hash ^ hash >> 32;
}
