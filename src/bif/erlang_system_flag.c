// SPDX-License-Identifier: Apache-2.0
// erlang:system_flag/2: settings of the machine. A flag is a row of a table: an atom, and the
// function that sets it and gives what it was.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "bif/heap_settings.h"
#include "bif/system_info.h"
#include "proc/clock_monitor.h"
#include "proc/table.h"

enum {
    BACKTRACE_DEPTH_MAX = 64,
    SYSTEM_REQUESTS_LIMIT_MAX = (1 << 27) - 1,
};

// --- heaps of new processes ----------------------------------------------------------------------

static Term set_heap_setting_gc(Process *p, const Term *a) {
    for (;;) {
        const HeapConfig *was = process_heap_defaults(p->vm);
        HeapConfig c = *was;
        if (!bif_heap_setting_read(p, HEAP_SETTING_SYSTEM, a[0], a[1], &c) ||
            !bif_heap_settings_fit(&c))
            return bif_badarg(p);
        Term old = bif_heap_setting_gc(p, a[0], was);
        if (old == TERM_NONE) return TERM_NONE;
        switch (process_set_heap_defaults(p->vm, was, &c)) {
        case DEFAULTS_SET: return old;
        case DEFAULTS_NO_MEMORY: return bif_system_limit(p);
        case DEFAULTS_CHANGED: break;
        }
    }
}

// --- schedulers ----------------------------------------------------------------------------------

static Term set_schedulers_online(Process *p, Term value) {
    int64_t n;
    Scheduler *s = p->regs->scheduler;
    SchedInfo was = sched_info(p->vm->sched);
    if (!bif_small_arg(value, 1, UINT32_MAX, &n) || !sched_set_online(s, (uint32_t)n))
        return bif_badarg(p);
    // The dirty ones go with them, in proportion.
    uint64_t dirty = (uint64_t)was.dirty_cpu_online * (uint64_t)n / was.online;
    (void)sched_set_dirty_cpu_online(s, (uint32_t)MIN(MAX(dirty, 1), was.dirty_cpu));
    return term_small(was.online);
}
static Term set_dirty_cpu_online(Process *p, Term value) {
    int64_t n;
    SchedInfo info = sched_info(p->vm->sched);
    if (!bif_small_arg(value, 1, info.online, &n) ||
        !sched_set_dirty_cpu_online(p->regs->scheduler, (uint32_t)n))
        return bif_badarg(p);
    return term_small(info.dirty_cpu_online);
}

// What multi_scheduling asks for.
static bool read_block(Term value, bool *block, SchedBlock *what) {
    *block = value == ATOM_block || value == ATOM_block_normal;
    *what = value == ATOM_block || value == ATOM_unblock ? SCHED_BLOCK_ALL : SCHED_BLOCK_NORMAL;
    return *block || value == ATOM_unblock || value == ATOM_unblock_normal;
}

static Term set_multi_scheduling(Process *p, Term value) {
    bool block;
    SchedBlock what;
    SchedSettings *ss = &bif_vm(p->vm)->sched_settings;
    if (!read_block(value, &block, &what)) return bif_badarg(p);
    if (!block) {
        sched_settings_unblock(p, ss, what);
        return system_multi_scheduling(p);
    }
    switch (sched_settings_block(p, ss, what)) {
    case BLOCK_OK: return system_multi_scheduling(p);
    case BLOCK_NO_MEMORY: return bif_system_limit(p);
    case BLOCK_AGAIN: break;
    }
    Term args[2] = {ATOM_multi_scheduling, value};
    return bif_go_on(p, BIF_ID_erlang_system_flag_2, 2, args);
}

// How often each process wants it is counted, and taken back when the process ends. Where OTP's
// kernel runs it does that itself (kernel_refc); it calls erts_internal:scheduler_wall_time/1
// below.
static Term set_scheduler_wall_time(Process *p, Term value) {
    if (value != ATOM_true && value != ATOM_false) return bif_badarg(p);
    VmCore *vm = p->vm;
    if (name_lookup(vm, ATOM_kernel_refc) != TERM_NONE) {
        Export *ex =
            code_export(vm->code, ATOM_erts_internal, ATOM_system_flag_scheduler_wall_time, 1);
        if (ex == NULL) return bif_system_limit(p);
        return bif_trap(p, ex, 1, &value);
    }
    bool was;
    if (!sched_settings_wall_time(p, &bif_vm(vm)->sched_settings, value == ATOM_true, &was))
        return bif_system_limit(p);
    return bif_bool(was);
}

static Term set_microstate_accounting(Process *p, Term value) {
    MicrostateAction action = value == ATOM_true    ? MICROSTATES_ON
                              : value == ATOM_false ? MICROSTATES_OFF
                                                    : MICROSTATES_RESET;
    if (action == MICROSTATES_RESET && value != ATOM_reset) return bif_badarg(p);
    VmCore *vm = p->vm;
    bool was;
    if (!sched_settings_microstates(&bif_vm(vm)->sched_settings, vm->sched, &vm->mem, action, &was))
        return bif_system_limit(p);
    return bif_bool(was);
}

// Schedulers are threads that the system places; the wish is kept, as the reference does where it
// cannot bind.
static Term set_scheduler_bind_type(Process *p, Term value) {
    static const Term types[] = {
        ATOM_unbound,
        ATOM_no_spread,
        ATOM_thread_spread,
        ATOM_processor_spread,
        ATOM_spread,
        ATOM_thread_no_node_processor_spread,
        ATOM_no_node_processor_spread,
        ATOM_no_node_thread_spread,
    };
    if (value == ATOM_default_bind) value = ATOM_thread_no_node_processor_spread;
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (types[i] == value)
            return atomic_exchange_explicit(&bif_vm(p->vm)->bind_type, value, memory_order_relaxed);
    return bif_badarg(p);
}

// Checked and taken apart by Erlang code, which calls again with internal_cpu_topology.
static Term set_cpu_topology(Process *p, Term value) {
    Export *ex = code_export(p->vm->code, ATOM_erlang, ATOM_set_cpu_topology, 1);
    if (ex == NULL) return bif_system_limit(p);
    return bif_trap(p, ex, 1, &value);
}

static Term set_internal_cpu_topology(Process *p, Term value) {
    return system_set_cpu_topology_gc(p, &value);
}

// --- others --------------------------------------------------------------------------------------

static Term set_time_offset(Process *p, Term value) {
    if (value != ATOM_finalize) return bif_badarg_cause(p, ATOM_badopt);
    ClockOffsetState was = clock_finalize(p->vm->clock);
    clock_monitors_tell(p->regs->scheduler, p->vm);
    return bif_offset_state(was);
}

static Term exchange_number(Process *p, _Atomic int64_t *setting, Term value, int64_t min,
                            int64_t max) {
    int64_t n;
    if (!bif_small_arg(value, min, max, &n)) return bif_badarg(p);
    return term_small(atomic_exchange_explicit(setting, n, memory_order_relaxed));
}
static Term set_trace_control_word(Process *p, Term value) {
    return exchange_number(p, &bif_vm(p->vm)->trace_control_word, value, 0, UINT32_MAX);
}
static Term set_system_requests_limit(Process *p, Term value) {
    return exchange_number(p, &bif_vm(p->vm)->system_requests_limit, value, 1,
                           SYSTEM_REQUESTS_LIMIT_MAX);
}
static Term set_backtrace_depth(Process *p, Term value) {
    int64_t n;
    if (!bif_small_arg(value, 0, SMALL_MAX, &n)) return bif_badarg(p);
    n = MIN(n, BACKTRACE_DEPTH_MAX);
    return term_small(
        atomic_exchange_explicit(&p->vm->backtrace_depth, (uint32_t)n, memory_order_relaxed));
}
static Term set_system_logger(Process *p, Term value) {
    bool ok = value == ATOM_logger || value == ATOM_undefined || term_is_local_pid(value);
    if (!ok) return bif_badarg(p);
    return atomic_exchange_explicit(&bif_vm(p->vm)->system_logger, value, memory_order_relaxed);
}

// Whom seq_trace would send to. No process has a token.
static Term set_sequential_tracer(Process *p, Term value) {
    if (value != ATOM_false && !term_is_local_pid(value) && !term_is_local_port(value))
        return bif_badarg(p);
    return atomic_exchange_explicit(&bif_vm(p->vm)->sequential_tracer, value, memory_order_relaxed);
}
static Term set_reset_seq_trace(Process *p, Term value) {
    return value == ATOM_true ? ATOM_true : bif_badarg(p);
}

typedef struct Flag {
    Term name;
    Term (*set)(Process *p, Term value);
} Flag;

static const Flag flags[] = {
    {ATOM_backtrace_depth, set_backtrace_depth},
    {ATOM_cpu_topology, set_cpu_topology},
    {ATOM_dirty_cpu_schedulers_online, set_dirty_cpu_online},
    {ATOM_internal_cpu_topology, set_internal_cpu_topology},
    {ATOM_microstate_accounting, set_microstate_accounting},
    {ATOM_multi_scheduling, set_multi_scheduling},
    {ATOM_outstanding_system_requests_limit, set_system_requests_limit},
    {ATOM_reset_seq_trace, set_reset_seq_trace},
    {ATOM_scheduler_bind_type, set_scheduler_bind_type},
    {ATOM_scheduler_wall_time, set_scheduler_wall_time},
    {ATOM_schedulers_online, set_schedulers_online},
    {ATOM_sequential_tracer, set_sequential_tracer},
    {ATOM_system_logger, set_system_logger},
    {ATOM_time_offset, set_time_offset},
    {ATOM_trace_control_word, set_trace_control_word},
};

BIF(erlang_system_flag_2, "erlang", "system_flag", "Flag, Value", 0,
    "Sets a flag of the machine and gives its old value.") {
    for (size_t i = 0; i < ARRAY_COUNT(flags); i++)
        if (flags[i].name == a[0]) return flags[i].set(p, a[1]);
    if (bif_is_heap_setting(a[0])) return set_heap_setting_gc(p, a);
    return bif_badarg_cause(p, ATOM_badopt);
}

BIF(erts_internal_scheduler_wall_time_1, "erts_internal", "scheduler_wall_time", "Enable", 0,
    "Whether time is measured from now on; whether it was.") {
    return bif_bool(sched_settings_wall_time_only(&bif_vm(p->vm)->sched_settings, p->vm->sched,
                                                  a[0] == ATOM_true));
}
