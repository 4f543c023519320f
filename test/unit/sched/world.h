// SPDX-License-Identifier: Apache-2.0
// What the scheduler's tests share: a Sched over fake tasks, each of which runs a C function.
#pragma once

#include "sched/sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

typedef struct Job Job;
typedef TaskStep (*JobFn)(Scheduler *s, Job *j, int64_t reductions, int64_t *used);

struct Job {
    Task task; // first: a Task * is a Job *
    JobFn fn;
    void *arg;
    uint64_t id;
    _Atomic int64_t count;
    _Atomic int64_t mail; // what others have sent
};

typedef struct World {
    Mem mem;
    Os *os;
    Sched *sched;
    _Atomic int64_t open;   // jobs that have not ended
    _Atomic int64_t locals; // scheduler_local objects
    char *trace;
    size_t trace_size, trace_cap;
} World;

static TaskStep world_run(void *ctx, Scheduler *s, Task *t, int64_t reductions, int64_t *used) {
    Job *j = (Job *)t;
    *used = 1;
    TaskStep step = j->fn(s, j, reductions, used);
    return step;
}

static void *world_local_new(void *ctx, Scheduler *s) {
    World *w = ctx;
    atomic_fetch_add(&w->locals, 1);
    return malloc(1);
}
static void world_local_free(void *ctx, void *local) {
    World *w = ctx;
    atomic_fetch_sub(&w->locals, 1);
    free(local);
}
static uint64_t world_task_id(void *ctx, const Task *t) {
    return ((const Job *)t)->id;
}

static UNUSED void world_trace(void *ctx, const char *line, size_t size) {
    World *w = ctx;
    if (w->trace_size + size + 1 > w->trace_cap) {
        w->trace_cap = (w->trace_cap + size) * 2 + 1000;
        w->trace = realloc(w->trace, w->trace_cap);
        assert_non_null(w->trace);
    }
    memcpy(w->trace + w->trace_size, line, size + 1);
    w->trace_size += size;
}

typedef struct WorldOptions {
    uint32_t schedulers, dirty_cpu, dirty_io, slice;
    bool simulated, trace;
    uint64_t seed;
} WorldOptions;

static World *world_new(WorldOptions o) {
    World *w = calloc(1, sizeof *w);
    assert_non_null(w);
    mem_init(&w->mem);
    w->os = o.simulated ? os_sim_new(&w->mem, o.seed) : os_real_new(&w->mem);
    assert_non_null(w->os);
    SchedConfig config = {
        .mem = &w->mem,
        .os = w->os,
        .hooks = {w, world_run, world_local_new, world_local_free, world_task_id},
        .schedulers = o.schedulers,
        .online = o.schedulers,
        .dirty_cpu = o.dirty_cpu,
        .dirty_io = o.dirty_io,
        .slice_reductions = o.slice == 0 ? 4000 : o.slice,
        .simulated = o.simulated,
        .seed = o.seed,
        .trace = o.trace ? world_trace : NULL,
        .trace_ctx = w,
    };
    w->sched = sched_new(&config);
    assert_non_null(w->sched);
    assert_int_equal(sched_start(w->sched), 0);
    return w;
}

static void world_free(World *w) {
    sched_stop(w->sched);
    sched_free(w->sched);
    os_free(w->os);
    assert_int_equal(mem_bytes(&w->mem), 0);
    assert_int_equal(w->locals, 0);
    free(w->trace);
    free(w);
}

static void job_init(World *w, Job *j, uint64_t id, JobFn fn, void *arg) {
    *j = (Job){.fn = fn, .arg = arg, .id = id};
    task_init(&j->task, TASK_NORMAL);
    atomic_fetch_add(&w->open, 1);
}

// The last thing a job does.
static TaskStep job_end(World *w) {
    if (atomic_fetch_sub(&w->open, 1) == 1) sched_notify(w->sched);
    return TASK_GONE;
}

static bool world_done(void *ctx) {
    return atomic_load(&((World *)ctx)->open) == 0;
}

// Lets it run until all jobs have ended.
static void world_wait(World *w) {
    bool stuck;
    sched_run_until(w->sched, world_done, w, &stuck);
    assert_false(stuck);
}

static UNUSED void world_start_job(World *w, Job *j) {
    Scheduler *guest = sched_enter(w->sched);
    task_resume(guest, &j->task);
    sched_leave(guest);
}
