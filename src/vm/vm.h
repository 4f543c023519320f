// SPDX-License-Identifier: Apache-2.0
// A whole machine: struct Vm holds what every room hangs off it. Made and freed here, in the order
// of the rooms. Thread: one at a time.
#pragma once

#include "dialtone.h"
#include "proc/process.h"
#include "proc/table.h"

enum { VM_ERROR_BYTES = 512, LITERAL_RANGE_BYTES = 1 << 30 };

// A module's name as callers get it; atoms' texts have no NUL. Lifetime: the VM's.
typedef struct ModuleName {
    struct ModuleName *next;
    size_t size_bytes; // without the NUL
    char text[];
} ModuleName;

// Why something has failed, for people.
typedef struct VmError {
    char text[VM_ERROR_BYTES];
} VmError;

// Thread: the paths are of who has the right to change code, names and error of the one thread of
// the embedding program that is inside.
typedef struct Vm {
    VmCore core; // first: the rooms below know no more
    SchedConfig sched_config;
    uint32_t processes_max;
    bool started;   // the schedulers run: who comes from outside enters as a guest
    Term io_server; // pid of the group leader of calls from outside
    char *otp_root; // NULL: none
    char **paths;   // folders with .beam files, in the order in which they are searched
    size_t path_count, path_cap;
    size_t own_paths; // how many of them were put in front by dt_add_path
    bool otp_listed;  // OTP's folders are in `paths`
    ModuleName *names;
    VmError error; // of the last call from outside that failed
} Vm;

// Room-internal.
void vm_error(Vm *vm, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void error_set(VmError *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// For the thread from outside: waits for the right to change code, and gives it up. The guest is
// NULL while nothing runs.
Scheduler *vm_change_begin(Vm *vm);
void vm_change_end(Vm *vm, Scheduler *guest);
char *vm_strdup(Vm *vm, const char *text); // NULL: no memory
void vm_strfree(Vm *vm, char *text);

// schedulers.c: what runs processes. Started by the first call; false: vm->error says why.
bool vm_start(Vm *vm);
void vm_stop(Vm *vm); // nothing runs any more; all processes are freed

// path.c: finding modules. Thread: who has the right to change code, but for path_find_otp and
// path_read, which are for any.
bool path_add(Vm *vm, const char *dir, bool front);
void path_free(Vm *vm);
char *path_find_otp(Vm *vm, const char *given);
// Loads module `name` from the first folder that has it. false: *why says why; *found: there was a
// file.
bool path_load(Vm *vm, Term name, bool *found, VmError *why);
bool path_load_file(Vm *vm, const char *path, Term *name, VmError *why);
// Loads the modules that are part of this program. Thread: the one from outside.
bool path_load_own(Vm *vm);
// Reads a whole file. NULL: *why says why.
uint8_t *path_read(Vm *vm, const char *path, size_t *size, VmError *why);
