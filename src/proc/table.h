// SPDX-License-Identifier: Apache-2.0
// Which processes there are: pid to process, names, and the list of all. Lookups take no lock.
// A pid's data counts up through the whole 28 bits (15 of number, the others serial) before one is
// given again.
// Thread: any scheduler's or guest.
#pragma once

#include "proc/process.h"

typedef struct ProcessTable ProcessTable;

WARN_UNUSED ProcessTable *process_table_new(Mem *m, Os *os, uint32_t limit); // NULL: no memory
void process_table_free(ProcessTable *t);
uint32_t process_table_limit(const ProcessTable *t);
uint32_t process_table_count(const ProcessTable *t);

// A free place and its pid, which nobody can look up yet. TERM_NONE: the table is full.
WARN_UNUSED Term process_table_reserve(ProcessTable *t);
void process_table_publish(ProcessTable *t, Process *p); // p->pid
void process_table_cancel(ProcessTable *t, Term pid);    // gives a reserved place back
void process_table_remove(ProcessTable *t, Process *p);

// NULL: no such process any more. Good until the caller's next quiescent point.
Process *process_lookup(const VmCore *vm, Term pid);

// The pids of all processes at one moment, as a list on p's heap; yields by itself (a bif).
Term process_table_list_gc(Process *p);

// --- names ---------------------------------------------------------------------------------------
typedef enum NameResult { NAME_OK, NAME_TAKEN, NAME_NO_PROCESS, NAME_HAS_ONE } NameResult;
WARN_UNUSED NameResult name_register(VmCore *vm, Term name, Term pid);
bool name_unregister(VmCore *vm, Term name); // false: nobody has it
// The pid (or port) under that name, TERM_NONE: none. No lock.
Term name_lookup(const VmCore *vm, Term name);
// At exit: p's name, if it has one, is free again.
void name_drop(Process *p);
Term name_list_gc(Process *p); // registered/0

// When nothing runs any more: frees all processes and what has arrived for them.
void process_table_free_all(VmCore *vm);
