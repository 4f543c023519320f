// SPDX-License-Identifier: Apache-2.0
// erlang:statistics/1, erlang:system_flag/2 and what else counts or tunes the machine.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "bif/heap_settings.h"
#include "proc/clock.h"
#include "term/map.h"

static Term pair_of(Process *p, uint64_t total, uint64_t since) {
    Hp hp;
    if (!process_reserve_gc(p, 3 + 2 * INT64_WORDS, &hp)) return TERM_NONE;
    Term first = hp_uint64(&hp, total), second = hp_uint64(&hp, since);
    Term t = hp_tuple2(&hp, first, second);
    process_commit(p, &hp);
    return t;
}

// --- statistics ----------------------------------------------------------------------------------

// Who asks next gets what was since this call, whichever process he is: the exchange counts nothing
// twice and nothing not at all, also when two ask at once.
static Term reductions(Process *p, _Atomic uint64_t *last) {
    uint64_t total = atomic_load_explicit(&p->vm->reductions, memory_order_relaxed) +
                     (uint64_t)(p->slice_reds - p->reds);
    uint64_t before = atomic_exchange_explicit(last, total, memory_order_relaxed);
    return pair_of(p, total, total > before ? total - before : 0);
}

static Term milliseconds(Process *p, int64_t ns, _Atomic int64_t *last_ms) {
    int64_t ms = ns / 1000000;
    int64_t before = atomic_exchange_explicit(last_ms, ms, memory_order_relaxed);
    return pair_of(p, (uint64_t)ms, (uint64_t)MAX(ms - before, (int64_t)0));
}

static Term garbage_collection(Process *p) {
    Hp hp;
    if (!process_reserve_gc(p, 4 + 2 * INT64_WORDS, &hp)) return TERM_NONE;
    const HeapSizes h = heap_sizes(&p->heap);
    Term count = hp_uint64(&hp, h.collections);
    Term t = hp_tuple3(&hp, count, hp_uint64(&hp, h.words_reclaimed), term_small(0));
    process_commit(p, &hp);
    return t;
}

// A list of one number for each of two run queues: the schedulers' and the dirty ones'.
static Term per_queue(Process *p, int64_t normal, bool all) {
    Hp hp;
    if (!process_reserve_gc(p, 3 * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = hp_cons(&hp, term_small(0), TERM_NIL);
    if (all) list = hp_cons(&hp, term_small(0), list);
    list = hp_cons(&hp, term_small(normal), list);
    process_commit(p, &hp);
    return list;
}

BIF(erlang_statistics_1, "erlang", "statistics", "Item", 0,
    "What the machine has done: reductions, runtime, wall_clock, garbage_collection, ...") {
    BifVm *b = bif_vm(p->vm);
    switch (a[0]) {
    case ATOM_reductions: return reductions(p, &b->last_reductions);
    case ATOM_exact_reductions: return reductions(p, &b->last_exact_reductions);
    case ATOM_runtime: return milliseconds(p, os_cpu_ns(p->vm->os), &b->last_runtime_ms);
    case ATOM_wall_clock:
        return milliseconds(p, clock_monotonic_ns(p->vm->clock) - CLOCK_START_NS,
                            &b->last_wall_clock_ms);
    case ATOM_garbage_collection: return garbage_collection(p);
    case ATOM_context_switches:
        return pair_of(p, atomic_load_explicit(&p->vm->slices, memory_order_relaxed), 0);
    case ATOM_run_queue:
    case ATOM_total_run_queue_lengths:
    case ATOM_total_run_queue_lengths_all: return term_small(0);
    case ATOM_total_active_tasks:
    case ATOM_total_active_tasks_all: return term_small(1);
    case ATOM_run_queue_lengths: return per_queue(p, 0, false);
    case ATOM_run_queue_lengths_all: return per_queue(p, 0, true);
    case ATOM_active_tasks: return per_queue(p, 1, false);
    case ATOM_active_tasks_all: return per_queue(p, 1, true);
    case ATOM_scheduler_wall_time:
    case ATOM_scheduler_wall_time_all: return ATOM_undefined;
    default: return bif_badarg(p);
    }
}

BIF(erlang_bump_reductions_1, "erlang", "bump_reductions", "Reductions", 0,
    "Counts so many reductions as done.") {
    int64_t n;
    if (!bif_small_arg(a[0], 0, SMALL_MAX, &n)) return bif_badarg(p);
    bif_charge(p, MIN((uint64_t)n, p->vm->slice_reductions));
    return ATOM_true;
}

BIF(erlang_yield_0, "erlang", "yield", "", 0, "Ends the slice.") {
    p->reds = 0;
    return ATOM_true;
}

BIF(erts_internal_garbage_collect_1, "erts_internal", "garbage_collect", "Mode", 0,
    "Collects the garbage of the process; Mode: major, minor.") {
    if (a[0] != ATOM_major && a[0] != ATOM_minor) return bif_badarg(p);
    return process_collect_gc(p, a[0] == ATOM_major) ? ATOM_true : bif_system_limit(p);
}

// --- flags ---------------------------------------------------------------------------------------

static Term heap_flag_gc(Process *p, Term *a) {
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

BIF(erlang_system_flag_2, "erlang", "system_flag", "Flag, Value", 0,
    "Sets a flag of the machine and gives its old value.") {
    BifVm *b = bif_vm(p->vm);
    int64_t n = 0;
    switch (a[0]) {
    case ATOM_fullsweep_after:
    case ATOM_min_heap_size:
    case ATOM_min_bin_vheap_size:
    case ATOM_max_heap_size: return heap_flag_gc(p, a);
    case ATOM_trace_control_word:
        if (!bif_small_arg(a[1], 0, UINT32_MAX, &n)) return bif_badarg(p);
        return term_small(
            atomic_exchange_explicit(&b->trace_control_word, n, memory_order_relaxed));
    case ATOM_schedulers_online:
    case ATOM_dirty_cpu_schedulers_online:
        return a[1] == term_small(1) ? term_small(1) : bif_badarg(p);
    case ATOM_multi_scheduling:
        return a[1] == ATOM_unblock || a[1] == ATOM_unblock_normal ? ATOM_enabled : bif_badarg(p);
    case ATOM_time_offset:
        if (a[1] != ATOM_finalize) return bif_badarg_cause(p, ATOM_badopt);
        return bif_offset_state(clock_finalize(p->vm->clock));
    default: return term_is_atom(a[0]) ? bif_badarg(p) : bif_badarg_cause(p, ATOM_badopt);
    }
}
