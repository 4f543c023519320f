// SPDX-License-Identifier: Apache-2.0
// Processes on schedulers without an engine: each runs a C function, a turn at a time, after it has
// acted on its signals; without one it only does the latter.
#pragma once

#include "machine.h"

#include "proc/erl_timer.h"
#include "proc/inbox.h"
#include "proc/relations.h"
#include "proc/table.h"
#include "term/ident.h"

typedef struct Actor Actor;
struct Actor {
    TaskStep (*fn)(Process *p, Actor *a);
    void *arg;
    uint64_t count, state;
};

typedef struct World {
    VmCore *vm;
    Scheduler *guest;     // whom the test itself is to the processes
    Registers *regs;      // its
    _Atomic int64_t open; // processes that have not ended
    Term pids[1000];      // of all there were
    size_t count;
} World;

static inline Actor *actor_of(const Process *p) {
    return (Actor *)(uintptr_t)p->initial;
}

// As a turn of the engine is, but that there is no code.
static TaskStep world_turn(Process *p) {
    if (!p->exiting && !inbox_is_empty(&p->inbox)) (void)process_handle_signals_gc(p);
    if (!p->exiting && p->reds > 0) {
        Actor *a = actor_of(p);
        if (a == NULL || a->fn == NULL) return TASK_WAIT;
        TaskStep step = a->fn(p, a);
        if (!p->exiting) return step;
    }
    if (!p->exiting) return TASK_AGAIN;
    return process_exit_step(p) ? TASK_GONE : TASK_AGAIN;
}

static TaskStep world_run(void *ctx, Scheduler *s, Task *t, int64_t reductions, int64_t *used) {
    World *w = ctx;
    Process *p = CONTAINER_OF(t, Process, task);
    Registers *before = p->regs;
    p->regs = scheduler_local(s);
    p->reds = reductions;
    p->live = 0;
    TaskStep step = world_turn(p);
    *used = 1;
    if (step == TASK_GONE) {
        atomic_fetch_sub(&w->open, 1);
        sched_notify(w->vm->sched);
        return step;
    }
    *used = p->reds < reductions ? reductions - p->reds : 1;
    p->regs = before;
    return step;
}

static void *world_local_new(void *ctx, Scheduler *s) {
    World *w = ctx;
    Registers *r = mem_alloc_zero(&w->vm->mem, sizeof *r);
    r->scheduler = s;
    return r;
}
static void world_local_free(void *ctx, void *local) {
    World *w = ctx;
    mem_free(&w->vm->mem, local, sizeof(Registers));
}
static uint64_t world_task_id(void *ctx, const Task *t) {
    return term_local_pid_data(CONTAINER_OF(t, const Process, task)->pid);
}

typedef struct WorldOptions {
    uint64_t seed; // 0: real threads
    uint32_t schedulers;
    bool stress;
} WorldOptions;

static World *world_new(WorldOptions o) {
    World *w = calloc(1, sizeof *w);
    w->vm = machine_new(o.stress);
    if (o.seed != 0) {
        os_free(w->vm->os);
        w->vm->os = w->vm->heap_config.os = os_sim_new(&w->vm->mem, o.seed);
    }
    w->vm->processes = process_table_new(&w->vm->mem, w->vm->os, 1 << 15);
    w->vm->timers = erl_timers_new(&w->vm->mem);
    w->vm->hooks.exited[w->vm->hooks.exited_count++] = erl_timers_process_exited;
    w->vm->slice_reductions = 4000;
    SchedConfig config = {
        .mem = &w->vm->mem,
        .os = w->vm->os,
        .hooks = {w, world_run, world_local_new, world_local_free, world_task_id},
        .schedulers = o.schedulers,
        .online = o.schedulers,
        .dirty_cpu = 1,
        .dirty_io = 1,
        .slice_reductions = 4000,
        .simulated = o.seed != 0,
        .seed = o.seed,
    };
    w->vm->sched = sched_new(&config);
    assert_non_null(w->vm->sched);
    assert_int_equal(sched_start(w->vm->sched), 0);
    w->guest = sched_enter(w->vm->sched);
    w->regs = scheduler_local(w->guest);
    return w;
}

// A process that lives in the table; started by world_start.
static Process *world_process(World *w, Actor *a) {
    Process *p = process_new(w->vm);
    assert_non_null(p);
    p->pid = process_table_reserve(w->vm->processes, 0);
    assert_int_not_equal(p->pid, TERM_NONE);
    p->group_leader = p->pid;
    p->initial = (const Export *)a;
    p->regs = w->regs;
    p->reds = 4000;
    task_init(&p->task, TASK_NORMAL);
    atomic_fetch_add(&w->open, 1);
    w->pids[w->count++] = p->pid;
    process_table_publish(w->vm->processes, p);
    return p;
}
// ... once it is started, which is when it is known to live.
static inline void world_start(World *w, Process *p) {
    task_resume(w->guest, &p->task);
}

static bool world_never(void *ctx) {
    return ctx == NULL;
}
static bool world_none_left(void *ctx) {
    World *w = ctx;
    return atomic_load(&w->open) == 0;
}
// Simulated: until nothing happens any more.
static UNUSED void world_settle(World *w) {
    sched_leave(w->guest);
    bool stuck;
    sched_run_until(w->vm->sched, world_never, w, &stuck);
    assert_true(stuck);
    w->guest = sched_enter(w->vm->sched);
}
static UNUSED void world_until(World *w, bool (*done)(void *ctx), void *ctx) {
    sched_leave(w->guest);
    bool stuck;
    sched_run_until(w->vm->sched, done, ctx, &stuck);
    assert_true(done(ctx));
    w->guest = sched_enter(w->vm->sched);
}
// Until all have ended.
static void world_join(World *w) {
    sched_leave(w->guest);
    bool stuck;
    sched_run_until(w->vm->sched, world_none_left, w, &stuck);
    assert_int_equal(atomic_load(&w->open), 0);
    w->guest = sched_enter(w->vm->sched);
}

// All processes must have ended, or be told to by this.
static void world_free(World *w) {
    for (size_t i = 0; i < w->count; i++) {
        Process *p = process_lookup(w->vm, w->pids[i]);
        if (p == NULL) continue;
        Signal *sig = signal_must_copy(w->vm, SIGNAL_EXIT, ATOM_kill, TERM_NONE, 0);
        sig->from = p->pid;
        sig->detail = SIGNAL_EXIT_KILL;
        signal_push(w->guest, p, sig);
    }
    world_join(w);
    sched_leave(w->guest);
    sched_stop(w->vm->sched);
    sched_free(w->vm->sched);
    process_table_free(w->vm->processes);
    erl_timers_free(w->vm->timers, w->vm);
    machine_free(w->vm);
    free(w);
}

static inline Term element(Term tuple, size_t i) {
    assert_true(term_is_tuple(tuple) && i < term_tuple_arity(tuple));
    return term_tuple_elements(tuple)[i];
}
static inline Term make_ref(Process *p, bool alias) {
    Hp hp;
    assert_true(process_reserve_gc(p, LOCAL_REF_WORDS, &hp));
    Term ref = alias ? process_make_alias(p, &hp) : process_make_ref(p, &hp);
    process_commit(p, &hp);
    return ref;
}
static inline Term pair(Process *p, Term a, Term b) {
    Hp hp;
    assert_true(process_reserve_gc(p, 3, &hp));
    Term t = hp_tuple2(&hp, a, b);
    process_commit(p, &hp);
    return t;
}
static inline Term receive(Process *p) {
    p->live = 0;
    Term t = mailbox_peek_gc(p);
    if (t != TERM_NONE) mailbox_remove(p);
    return t;
}
