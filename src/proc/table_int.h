// SPDX-License-Identifier: Apache-2.0
// The process table's inside, for table.c and names.c.
#pragma once

#include "base/spin.h"
#include "proc/table.h"

// Of what a pid says, as a term (ident.h) and as this node counts.
enum { PID_TERM_NUMBER_BITS = 28, PID_NUMBER_BITS = 15, PID_DATA_BITS = 28, LINE_BYTES = 64 };

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
    _Atomic uint64_t next; // data of the next pid, without its upper bound
    char line1[LINE_BYTES];
    _Atomic uint32_t count; // of places that are taken, or about to be
    char line2[LINE_BYTES];
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
