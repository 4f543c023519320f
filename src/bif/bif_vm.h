// SPDX-License-Identifier: Apache-2.0
// What the builtins keep for a whole VM: VmCore.bif_state. Thread: one at a time.
#pragma once

#include "ets/persistent.h"
#include "ets/table.h"
#include "proc/process.h"

enum { ON_LOAD_MAX = 64 };

// A module whose on_load function has not finished yet.
typedef struct OnLoad {
    Term module;
    Prepared *prepared; // NULL: the function is running, the module is committed
} OnLoad;

typedef struct BifVm {
    PersistentTerms *persistent;
    Tables tables;
    struct ReCache *re;
    OnLoad on_load[ON_LOAD_MAX];
    size_t on_load_count;
    // What erlang:statistics/1 gave last, and when the VM started.
    _Atomic uint64_t last_reductions, last_exact_reductions;
    _Atomic int64_t last_runtime_ms, last_wall_clock_ms;
    _Atomic int64_t trace_control_word; // of erlang:system_flag/2
    size_t preloaded_count;             // of the modules, in the order of loading
    Export *flush_monitor_messages;     // erts_internal's, which demonitor/2 goes on with
} BifVm;

WARN_UNUSED bool bif_vm_init(VmCore *vm); // false: no memory
void bif_vm_deinit(VmCore *vm);

static inline BifVm *bif_vm(const VmCore *vm) {
    return vm->bif_state;
}
