// SPDX-License-Identifier: Apache-2.0
// erlang:statistics/1: what the machine has done and is doing, and the builtins that count or end
// reductions. The figures of a scheduler are its own, read while it goes on (sched_stats): they may
// be a turn old.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "term/map.h"

static Term pair_of(Process *p, uint64_t total, uint64_t since) {
    Hp hp;
    if (!process_reserve_gc(p, 3 + 2 * INT64_WORDS, &hp)) return TERM_NONE;
    Term first = hp_uint64(&hp, total), second = hp_uint64(&hp, since);
    Term t = hp_tuple2(&hp, first, second);
    process_commit(p, &hp);
    return t;
}

// {Total, since it was asked the last time}
static Term total_and_since(Process *p, uint64_t total, _Atomic uint64_t *last) {
    uint64_t before = atomic_exchange_explicit(last, total, memory_order_relaxed);
    return pair_of(p, total, total - MIN(total, before));
}

// --- sums over the schedulers --------------------------------------------------------------------

static Term reductions(Process *p, _Atomic uint64_t *last) {
    SchedulerStats st;
    uint64_t total = (uint64_t)(p->regs->slice_reds - p->reds);
    for (uint32_t id = 1; sched_stats(p->vm->sched, id, &st); id++) total += st.reductions;
    return total_and_since(p, total, last);
}

static Term context_switches(Process *p) {
    SchedulerStats st;
    uint64_t total = 0;
    for (uint32_t id = 1; sched_stats(p->vm->sched, id, &st); id++) total += st.turns;
    return pair_of(p, total, 0);
}

static Term garbage_collection(Process *p) {
    const VmCore *vm = p->vm;
    Hp hp;
    if (!process_reserve_gc(p, 4 + 2 * INT64_WORDS, &hp)) return TERM_NONE;
    uint64_t count = 0, words = 0;
    process_collections(vm, &count, &words);
    Term first = hp_uint64(&hp, count);
    Term t = hp_tuple3(&hp, first, hp_uint64(&hp, words), term_small(0));
    process_commit(p, &hp);
    return t;
}

static Term input_output(Process *p) {
    VmCore *vm = p->vm;
    uint64_t in = atomic_load_explicit(&vm->bytes_in, memory_order_relaxed);
    uint64_t out = atomic_load_explicit(&vm->bytes_out, memory_order_relaxed);
    Hp hp;
    if (!process_reserve_gc(p, 3 * 3 + 2 * INT64_WORDS, &hp)) return TERM_NONE;
    Term count = hp_uint64(&hp, in);
    Term input = hp_tuple2(&hp, ATOM_input, count);
    count = hp_uint64(&hp, out);
    Term t = hp_tuple2(&hp, input, hp_tuple2(&hp, ATOM_output, count));
    process_commit(p, &hp);
    return t;
}

// --- queues --------------------------------------------------------------------------------------

// Which run queues: those of all schedulers, or without the one of the dirty I/O threads, whose
// tasks do not compute.
typedef enum Queues { QUEUES_CPU, QUEUES_ALL } Queues;
typedef enum Tasks { TASKS_QUEUED, TASKS_ACTIVE } Tasks;

enum { DIRTY_QUEUES = 2 }; // all threads of one kind share one

// How many tasks wait in the queue of a scheduler; active: and how many run.
// That of the caller runs, whatever its figures say: where one thread plays all schedulers they do
// not tell.
static bool read_tasks(Process *p, uint32_t id, Tasks what, SchedulerKind *kind, int64_t *tasks) {
    SchedulerStats st;
    if (!sched_stats(p->vm->sched, id, &st)) return false;
    bool runs = st.running || id == scheduler_id(p->regs->scheduler);
    *kind = st.kind;
    *tasks = (int64_t)st.queue_max + st.queue_high + st.queue_normal;
    if (what == TASKS_ACTIVE && runs) ++*tasks;
    return true;
}

// The tasks of the dirty threads of one kind.
static int64_t dirty_tasks(Process *p, SchedulerKind kind, Tasks what) {
    SchedulerKind found;
    int64_t count = 0, tasks;
    for (uint32_t id = 1; read_tasks(p, id, what, &found, &tasks); id++)
        if (found == kind) count += tasks;
    return count;
}

static Term per_queue(Process *p, Queues which, Tasks what) {
    uint32_t schedulers = sched_info(p->vm->sched).schedulers;
    Hp hp;
    if (!process_reserve_gc(p, (schedulers + DIRTY_QUEUES) * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    if (which == QUEUES_ALL)
        list = hp_cons(&hp, term_small(dirty_tasks(p, SCHEDULER_DIRTY_IO, what)), list);
    list = hp_cons(&hp, term_small(dirty_tasks(p, SCHEDULER_DIRTY_CPU, what)), list);
    for (uint32_t id = schedulers; id >= 1; id--) {
        SchedulerKind kind;
        int64_t tasks = 0;
        (void)read_tasks(p, id, what, &kind, &tasks);
        list = hp_cons(&hp, term_small(tasks), list);
    }
    process_commit(p, &hp);
    return list;
}

static Term all_queues(Process *p, Queues which, Tasks what) {
    SchedulerKind kind;
    int64_t count = 0, tasks;
    for (uint32_t id = 1; read_tasks(p, id, what, &kind, &tasks); id++)
        if (which == QUEUES_ALL || kind != SCHEDULER_DIRTY_IO) count += tasks;
    return term_small(count);
}

// --- time ----------------------------------------------------------------------------------------

static Term milliseconds(Process *p, int64_t ns, _Atomic uint64_t *last_ms) {
    return total_and_since(p, (uint64_t)(ns / 1000000), last_ms);
}

// A list of {SchedulerId, ActiveTime, TotalTime} in native units, or undefined.
static Term wall_time(Process *p, Queues which) {
    Sched *sched = p->vm->sched;
    if (!sched_wall_time_is_on(sched)) return ATOM_undefined;
    SchedInfo info = sched_info(sched);
    uint32_t count = info.schedulers + info.dirty_cpu;
    if (which == QUEUES_ALL) count += info.dirty_io;
    Hp hp;
    if (!process_reserve_gc(p, count * (CONS_WORDS + 4 + 2 * INT64_WORDS), &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (uint32_t id = count; id >= 1; id--) {
        SchedulerStats st;
        if (!sched_stats(sched, id, &st)) continue;
        Term active = hp_int64(&hp, st.busy_ns), total = hp_int64(&hp, st.total_ns);
        list = hp_cons(&hp, hp_tuple3(&hp, term_small(id), active, total), list);
    }
    process_commit(p, &hp);
    return list;
}

// What threads do is told apart only as far as the schedulers count it: running tasks (emulator)
// and everything else (sleep). See microstate_accounting in erlang_system_flag.c.
static Term microstates(Process *p) {
    enum { STATES = 7 };
    static const Term states[STATES] = {ATOM_aux,   ATOM_check_io, ATOM_emulator, ATOM_gc,
                                        ATOM_other, ATOM_port,     ATOM_sleep};
    static const Term types[] = {ATOM_scheduler, ATOM_dirty_cpu_scheduler, ATOM_dirty_io_scheduler};
    Sched *sched = p->vm->sched;
    const TermEnv *env = &p->vm->env;
    SchedSettings *ss = &bif_vm(p->vm)->sched_settings;
    SchedInfo info = sched_info(sched);
    uint32_t before[] = {0, info.schedulers, info.schedulers + info.dirty_cpu};
    uint32_t count = info.schedulers + info.dirty_cpu + info.dirty_io;
    size_t words = CONS_WORDS + map_build_words(STATES) + map_build_words(3) + 2 * INT64_WORDS;
    Hp hp;
    if (!process_reserve_gc(p, count * words, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (uint32_t id = count; id >= 1; id--) {
        MicrostateTimes times;
        SchedulerKind kind;
        if (!sched_settings_times(ss, sched, id, &kind, &times)) continue;
        Term kv[2 * STATES];
        for (int i = 0; i < STATES; i++) {
            kv[2 * i] = states[i];
            kv[2 * i + 1] = states[i] == ATOM_emulator ? hp_int64(&hp, times.busy_ns)
                            : states[i] == ATOM_sleep  ? hp_int64(&hp, times.sleep_ns)
                                                       : term_small(0);
        }
        Term counters = map_build(env, &hp, kv, STATES);
        Term row[6] = {ATOM_counters, counters,   ATOM_id, term_small(id - before[kind]),
                       ATOM_type,     types[kind]};
        list = hp_cons(&hp, map_build(env, &hp, row, 3), list);
    }
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
    case ATOM_io: return input_output(p);
    case ATOM_context_switches: return context_switches(p);
    case ATOM_run_queue:
    case ATOM_total_run_queue_lengths: return all_queues(p, QUEUES_CPU, TASKS_QUEUED);
    case ATOM_total_run_queue_lengths_all: return all_queues(p, QUEUES_ALL, TASKS_QUEUED);
    case ATOM_total_active_tasks: return all_queues(p, QUEUES_CPU, TASKS_ACTIVE);
    case ATOM_total_active_tasks_all: return all_queues(p, QUEUES_ALL, TASKS_ACTIVE);
    case ATOM_run_queue_lengths: return per_queue(p, QUEUES_CPU, TASKS_QUEUED);
    case ATOM_run_queue_lengths_all: return per_queue(p, QUEUES_ALL, TASKS_QUEUED);
    case ATOM_active_tasks: return per_queue(p, QUEUES_CPU, TASKS_ACTIVE);
    case ATOM_active_tasks_all: return per_queue(p, QUEUES_ALL, TASKS_ACTIVE);
    case ATOM_scheduler_wall_time: return wall_time(p, QUEUES_CPU);
    case ATOM_scheduler_wall_time_all: return wall_time(p, QUEUES_ALL);
    case ATOM_microstate_accounting: return microstates(p);
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
