// SPDX-License-Identifier: Apache-2.0
// The process table's inside, for table.c and names.c.
#pragma once

#include "base/spin.h"
#include "proc/table.h"

// Of what a pid says, as a term (ident.h) and as this node counts.
enum { PID_TERM_NUMBER_BITS = 28, PID_NUMBER_BITS = 15, PID_DATA_BITS = 28, LINE_BYTES = 64 };

enum {
    TABLE_SHARDS = 64,   // by scheduler's number
    PIDS_A_BLOCK = 16,   // that a shard takes from the table at once
    PLACES_A_BLOCK = 16, // the same of the right to take places
};

// What a scheduler has in store, so that schedulers that spawn all the time do not meet at the
// table's counters.
typedef struct TableShard {
    _Atomic uint64_t next; // ordinal of its next pid; a multiple of PIDS_A_BLOCK: it needs a block
    _Atomic int32_t
        places; // so many places it may take; who finds nothing elsewhere takes them, too
    char line[LINE_BYTES - 12];
} TableShard;
_Static_assert(sizeof(TableShard) == LINE_BYTES, "a cache line each");

// Lifetime: the VM's. Each group that is written by itself has its own cache line.
struct ProcessTable {
    Mem *mem;
    Os *os;
    uint32_t mask; // places - 1
    _Atomic(Process *) *slots;
    // Written by scans only; read by all who come and go.
    _Atomic uint64_t births;     // how many scans have begun
    _Atomic uint32_t scan_count; // under way
    char line0[LINE_BYTES];
    _Atomic uint64_t next;  // ordinal of the next block of pids
    _Atomic int32_t places; // that no shard has
    char line1[LINE_BYTES];
    TableShard shards[TABLE_SHARDS];
    Spin scan_lock; // guards `scans`, what they say, and the places while there is one
    ProcessScan *scans;
    Spin name_lock; // guards what follows and writing Atom.holder
    Term *names;    // all names that somebody has, in no order
    size_t name_count, name_capacity;
    // Settings of heaps that several processes share, the newest first; see config.c.
    Spin config_lock; // guards adding to it
    _Atomic(struct SharedConfig *) configs;
    _Atomic(const HeapConfig *) config_default; // NULL: VmCore.heap_config
};

void names_free(ProcessTable *t);
void configs_free(ProcessTable *t);
// Settings equal to these that live as long as the VM. NULL: there are too many different ones to
// share, or no memory: the heap needs a copy of its own.
const HeapConfig *process_heap_config_shared(VmCore *vm, const HeapConfig *config);
