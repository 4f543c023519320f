// SPDX-License-Identifier: Apache-2.0
// What the builtins keep for a whole VM: VmCore.bif_state. Thread: any, each part as it says.
#pragma once

#include "bif/sched_settings.h"
#include "ets/persistent.h"
#include "ets/registry.h"
#include "proc/process.h"

typedef struct CpuTopology CpuTopology;
void cpu_topology_free(Mem *m, CpuTopology *t);

enum { ON_LOAD_MAX = 64 };

// A module whose on_load function has not finished yet.
typedef struct OnLoad {
    Term module;
    Prepared *prepared; // NULL: the function is running, the module is committed
} OnLoad;

typedef struct BifVm {
    PersistentTerms *persistent;
    Registry tables;
    struct ReCache *re;
    OnLoad on_load[ON_LOAD_MAX]; // of who has the right to change code
    size_t on_load_count;
    // What erlang:statistics/1 gave last, and when the VM started.
    _Atomic uint64_t last_reductions, last_exact_reductions;
    _Atomic uint64_t last_runtime_ms, last_wall_clock_ms;
    _Atomic int64_t trace_control_word; // of erlang:system_flag/2
    _Atomic int64_t system_requests_limit;
    _Atomic Term system_logger;     // logger, undefined or a pid: report.c
    _Atomic Term bind_type;         // scheduler_bind_type, as wished
    _Atomic Term sequential_tracer; // false, a pid or a port
    SchedSettings sched_settings;
    Spin topology_lock, monitor_lock;
    struct CpuTopology *topology;   // defined by a program; NULL: none
    size_t preloaded_count;         // of the modules, in the order of loading
    Export *flush_monitor_messages; // erts_internal's, which demonitor/2 goes on with
} BifVm;

WARN_UNUSED bool bif_vm_init(VmCore *vm); // false: no memory
void bif_vm_deinit(VmCore *vm);

// ProcessHooks.exited: system_monitor ends with who is told.
bool bif_monitor_process_exited(Process *p);

static inline BifVm *bif_vm(const VmCore *vm) {
    return vm->bif_state;
}
