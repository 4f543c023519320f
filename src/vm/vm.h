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

typedef struct Vm {
    VmCore core; // first: the rooms below know no more
    SchedConfig sched_config;
    uint32_t processes_max;
    bool started;   // the schedulers run
    Term io_server; // pid of the group leader of calls from outside
    char *otp_root; // NULL: none
    char **paths;   // folders with .beam files, in the order in which they are searched
    size_t path_count, path_cap;
    size_t own_paths; // how many of them were put in front by dt_add_path
    bool otp_listed;  // OTP's folders are in `paths`
    ModuleName *names;
    char error[VM_ERROR_BYTES];
} Vm;

// Room-internal.
void vm_error(Vm *vm, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *vm_strdup(Vm *vm, const char *text); // NULL: no memory
void vm_strfree(Vm *vm, char *text);

// schedulers.c: what runs processes. Started by the first call; false: vm->error says why.
bool vm_start(Vm *vm);
void vm_stop(Vm *vm); // nothing runs any more; all processes are freed

// path.c: finding modules.
bool path_add(Vm *vm, const char *dir, bool front);
void path_free(Vm *vm);
char *path_find_otp(Vm *vm, const char *given);
// Loads module `name` from the first folder that has it. false: vm->error says why; *found: there
// was a file.
bool path_load(Vm *vm, Term name, bool *found);
bool path_load_file(Vm *vm, const char *path, Term *name);
// Loads the modules that are part of this program.
bool path_load_own(Vm *vm);
// Reads a whole file. NULL: vm->error says why.
uint8_t *path_read(Vm *vm, const char *path, size_t *size);
