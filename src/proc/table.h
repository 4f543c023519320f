// SPDX-License-Identifier: Apache-2.0
// Which processes there are: pid to process, names, and the list of all. Lookups take no lock.
// A pid's data counts up through the whole 28 bits (15 of number, the others serial) before one is
// given again. docs/internal/process_table.md tells the whole.
// Thread: any scheduler's or guest.
#pragma once

#include "proc/process.h"

typedef struct ProcessTable ProcessTable;

// The reference's bounds of +P, and what it takes when nothing is said.
enum { PROCESS_LIMIT_MIN = 1024, PROCESS_LIMIT_MAX = 134217727, PROCESS_LIMIT_DEFAULT = 262144 };

// `limit` is rounded up to a power of two. NULL: no memory.
WARN_UNUSED ProcessTable *process_table_new(Mem *m, Os *os, uint32_t limit);
void process_table_free(ProcessTable *t); // after the last process
uint32_t process_table_limit(const ProcessTable *t);
uint32_t process_table_count(const ProcessTable *t);

// A free place and its pid, which nobody can look up yet. TERM_NONE: the table is full.
// `scheduler`: whose thread this is (scheduler_id), 0: none's.
WARN_UNUSED Term process_table_reserve(ProcessTable *t, uint32_t scheduler);
void process_table_publish(ProcessTable *t, Process *p); // p->pid
// Gives a reserved place back.
void process_table_cancel(ProcessTable *t, Term pid, uint32_t scheduler);
void process_table_remove(ProcessTable *t, Process *p);

// NULL: no such process any more. Good until the caller's next quiescent point.
Process *process_lookup(const VmCore *vm, Term pid);
// Calls fn for each process that is there while we look, in the order of places; for the machine's
// own use (code purge, the end).
void process_table_each(const ProcessTable *t, void (*fn)(void *ctx, Process *p), void *ctx);

// --- all pids at one moment ----------------------------------------------------------------------
// Lifetime: the caller's, between begin and end.
typedef struct ProcessScan {
    struct ProcessScan *next; // those under way
    uint64_t births;          // only processes with an earlier birth count
    uint32_t place, end;      // the next one to look at, in the order of pids; and where to stop
    bool failed;              // no memory for a pid; to be read when `over`
    bool over;                // it has seen all, or failed: nobody notes anything for it any more
    Term *pids;
    size_t count, capacity;
} ProcessScan;
void process_scan_begin(ProcessTable *t, ProcessScan *scan);
// Looks at `places` more, rounded up to pages. true: done, scan->pids has all pids that there were
// at begin. scan->failed: no memory.
WARN_UNUSED bool process_scan_step(ProcessTable *t, ProcessScan *scan, uint32_t places);
void process_scan_end(ProcessTable *t, ProcessScan *scan);

// --- names ---------------------------------------------------------------------------------------
typedef enum NameResult {
    NAME_OK,
    NAME_TAKEN,
    NAME_NO_PROCESS,
    NAME_HAS_ONE,
    NAME_NO_MEMORY
} NameResult;
// `pid`: a process of this node (or a port, when there are any).
WARN_UNUSED NameResult name_register(VmCore *vm, Term name, Term pid);
bool name_unregister(VmCore *vm, Term name); // false: nobody has it
// The pid (or port) under that name, TERM_NONE: none. No lock.
Term name_lookup(const VmCore *vm, Term name);
// At exit: p's name, if it has one, is free again, and it gets no other.
void name_drop(Process *p);
// Process.name of a process that is to get no name any more.
#define NAME_CLOSED TERM_NIL
// Copies at most `capacity` names, as they are at one moment; how many there are.
size_t name_list(VmCore *vm, Term *names, size_t capacity);

// When nothing runs any more: frees all processes and what has arrived for them.
void process_table_free_all(VmCore *vm);
