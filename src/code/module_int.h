// SPDX-License-Identifier: Apache-2.0
// The tables behind module.h, for the room's own files: tables.c looks up, load.c changes.
//
// Two code indexes, active and staging. What calls go through (Export.entry), the current version
// of each module, the list of modules and the ranges of code exist once for each index. A commit
// writes the staging half and then flips. The half that was active stays as it was until the next
// commit starts, which first brings it up to date; a reader that loaded the index just before the
// flip goes on with the old half, complete and unchanged. So between a flip and the next commit
// every thread passes a quiescent point: the right to change code (code_write_begin) comes back
// only after thread progress. Memory of purged modules is freed then, too.
// The release store of `active` in commit.c pairs with the acquire load in code_active_index.
#pragma once

#include "base/spin.h"
#include "code/lookup.h"
#include "code/module.h"
#include "sched/sched.h"

typedef struct ExportSlot {
    Export ex;
    const uint32_t *stub; // what ex starts with, and gets back when its function goes away
} ExportSlot;
_Static_assert(offsetof(ExportSlot, ex) == 0, "an Export* is an ExportSlot*");

typedef struct FunSlot {
    FunEntry fe;
    const uint32_t *stub;
    struct FunSlot *next; // newest first; for purging and freeing
} FunSlot;
_Static_assert(offsetof(FunSlot, fe) == 0, "a FunEntry* is a FunSlot*");

typedef struct ModuleSlot {
    Term name;
    Module *current[CODE_INDEXES];
    _Atomic(Module *) old; // earlier versions, newest first
    struct ModuleSlot *next;
} ModuleSlot;

typedef struct CodeRange {
    const uint32_t *start, *end;
    const Module *module;
} CodeRange;

// Of one code index. Sorted by address; the modules in the order in which they were first loaded.
typedef struct CodeIndex {
    CodeRange *ranges;
    size_t range_count, range_cap;
    Module **modules;
    size_t module_count, module_cap;
} CodeIndex;

enum { EXPORTS_PER_SLAB = 256 };
typedef struct ExportSlab {
    struct ExportSlab *next;
    ExportSlot at[EXPORTS_PER_SLAB];
} ExportSlab;

struct CodeTables {
    Mem *mem;
    TermEnv *env;
    Literals *literals;
    CodeStubs stubs;
    _Atomic uint32_t active;
    CodeIndex index[CODE_INDEXES];
    Spin lock; // makes entries of the three tables one at a time
    Lookup exports, funs, modules;
    ExportSlab *slabs; // newest first
    uint32_t export_count;
    FunSlot *fun_list;
    ModuleSlot *module_list;
    // What the last commit changed: to be brought up to date in the other half.
    // These are of who has the right to change code.
    Export **changed;
    size_t changed_count, changed_cap;
    ModuleSlot **changed_modules;
    size_t changed_module_count, changed_module_cap;
    struct Purge *purge;  // under way; NULL: none
    _Atomic Term pending; // its module's name, or TERM_NONE: any thread may ask
    LiteralArea **kept;   // of modules that were purged
    size_t kept_count, kept_cap;
    Module *purged;       // to be freed when the right is given up, chained by next_old
    bool flipped;         // since the right was taken
    Retired retired;      // waits for thread progress after a flip
    _Atomic bool writing; // somebody has the right, or it waits for thread progress
    Spin waiters_lock;    // guards `waiters`, and giving up `writing`
    CodeWaiter *waiters;
};

typedef struct Purge Purge; // purge.c
void purge_deinit(CodeTables *ct);
void code_waiters_wake(Scheduler *s, CodeWaiter *waiters);
WARN_UNUSED ModuleSlot *module_slot(CodeTables *ct, Term name); // finds or makes; NULL: no memory
void modules_free(CodeTables *ct, Module *m);                   // and those that it chains
// Makes room for `more` entries of `each_bytes`; false: no memory.
WARN_UNUSED bool room_for(Mem *m, void **array, size_t *cap, size_t count, size_t more,
                          size_t each_bytes);
