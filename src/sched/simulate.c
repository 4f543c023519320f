// SPDX-License-Identifier: Apache-2.0
// Simulated schedulers: one OS thread plays all of them. Between two turns everything is decided by
// a seeded generator: which scheduler, which of the ready tasks, how long its slice is. Time stands
// still but for what is charged for reductions, and jumps to the next timer when nothing is ready.
// The same seed gives the same decisions as long as the tasks behave the same.
// Thread: the one that calls sched_run_until.
#include "sched/sched_int.h"

#include <stdio.h>

enum {
    REDUCTION_NS = 20, // about what one takes on a machine of our time
    SHORT_SLICE = 16,  // half of the slices are no longer, so that turns end at awkward places
};

static void bag_push(Sched *sched, TaskBag *bag, Task *t) {
    if (bag->count == bag->cap) {
        size_t cap = MAX(bag->cap * 2, (size_t)64);
        bag->tasks = mem_must_realloc(sched->mem, bag->tasks, bag->cap * sizeof(Task *),
                                      cap * sizeof(Task *));
        bag->cap = cap;
    }
    bag->tasks[bag->count++] = t;
}

static Task *bag_take(Sched *sched, TaskBag *bag) {
    size_t at = prng_below(&sched->sim->prng, bag->count);
    Task *t = bag->tasks[at];
    bag->tasks[at] = bag->tasks[--bag->count];
    return t;
}

void sim_push(Sched *sched, Task *t) {
    ASSERT(t->priority < TASK_PRIORITIES);
    bag_push(sched, &sched->sim->ready[t->priority], t);
}

void sim_push_dirty(Sched *sched, SchedulerKind kind, Task *t) {
    bag_push(sched, &sched->sim->dirty[kind == SCHEDULER_DIRTY_IO], t);
}

void sim_deinit(Sched *sched) {
    Simulation *sim = sched->sim;
    for (unsigned i = 0; i < TASK_PRIORITIES; i++)
        mem_free(sched->mem, sim->ready[i].tasks, sim->ready[i].cap * sizeof(Task *));
    for (unsigned i = 0; i < ARRAY_COUNT(sim->dirty); i++)
        mem_free(sched->mem, sim->dirty[i].tasks, sim->dirty[i].cap * sizeof(Task *));
    mem_free(sched->mem, sim, sizeof *sim);
}

// --- decisions -----------------------------------------------------------------------------------

// Where the next task comes from; NULL: nothing is ready. *s: who runs it.
static TaskBag *choose_bag(Sched *sched, Scheduler **s) {
    Simulation *sim = sched->sim;
    TaskBag *bags[3];
    Scheduler *who[3];
    unsigned count = 0;
    uint32_t only = atomic_load_explicit(&sched->only, memory_order_relaxed);
    uint32_t online = atomic_load_explicit(&sched->online, memory_order_relaxed);
    for (unsigned p = 0; p < TASK_PRIORITIES; p++) {
        TaskBag *bag = &sim->ready[p];
        if (bag->count == 0) continue;
        // Low ones get their turn in nine.
        if (p == TASK_NORMAL && sim->ready[TASK_LOW].count > 0 && prng_below(&sim->prng, 9) == 0)
            bag = &sim->ready[TASK_LOW];
        bags[count] = bag;
        who[count++] = &sched->all[only != 0 ? only - 1 : prng_below(&sim->prng, online)];
        break;
    }
    DirtyPool *pools[2] = {&sched->dirty_cpu, &sched->dirty_io};
    for (unsigned i = 0; i < ARRAY_COUNT(pools); i++) {
        if (sim->dirty[i].count == 0 || pools[i]->blocked) continue;
        bags[count] = &sim->dirty[i];
        who[count++] = &sched->all[pools[i]->first + prng_below(&sim->prng, pools[i]->online)];
    }
    if (count == 0) return NULL;
    uint64_t at = prng_below(&sim->prng, count);
    *s = who[at];
    return bags[at];
}

static void trace(Sched *sched, const Scheduler *s, uint64_t task, int64_t slice, int64_t used,
                  TaskStep step) {
    static const char *const names[] = {"again", "wait", "dirty_cpu", "dirty_io", "held", "gone"};
    if (sched->config.trace == NULL) return;
    char line[160];
    int n = snprintf(line, sizeof line, "%llu %lld scheduler %u task %llu ran %lld of %lld: %s\n",
                     (unsigned long long)sched->sim->decisions,
                     (long long)os_monotonic_ns(sched->os), s->index + 1, (unsigned long long)task,
                     (long long)used, (long long)slice, names[step]);
    ASSERT(n > 0 && (size_t)n < sizeof line);
    sched->config.trace(sched->config.trace_ctx, line, (size_t)n);
}

// Callbacks of timers and retired things run in a turn of their own.
static void fire_timers(Sched *sched) {
    int64_t now = os_monotonic_ns(sched->os);
    uint32_t start = 0;
    bool chosen = false;
    for (uint32_t i = 0; i < sched->normal_count; i++) {
        Scheduler *s = &sched->all[i];
        if (now < atomic_load_explicit(&s->wheel->next_ns, memory_order_relaxed)) continue;
        if (!chosen) start = (uint32_t)prng_below(&sched->sim->prng, sched->normal_count);
        chosen = true;
    }
    for (uint32_t i = 0; chosen && i < sched->normal_count; i++) {
        Scheduler *s = &sched->all[(start + i) % sched->normal_count];
        progress_online(s);
        wheel_poll(s, s->wheel, now);
        progress_offline(s);
    }
}

static int64_t next_timer_ns(Sched *sched) {
    int64_t next = NEVER_NS;
    for (uint32_t i = 0; i < sched->normal_count; i++) {
        Wheel *w = sched->all[i].wheel;
        next = MIN(next, atomic_load_explicit(&w->next_ns, memory_order_relaxed));
    }
    return next;
}

static void turn(Sched *sched, Scheduler *s, Task *t) {
    Simulation *sim = sched->sim;
    const SchedHooks *hooks = &sched->config.hooks;
    uint32_t longest = sched->config.slice_reductions;
    if (prng_below(&sim->prng, 2) == 0) longest = MIN(longest, (uint32_t)SHORT_SLICE);
    int64_t slice = 1 + (int64_t)prng_below(&sim->prng, longest);
    uint64_t id = hooks->task_id != NULL ? hooks->task_id(hooks->ctx, t) : 0;
    sim->decisions++;
    progress_online(s);
    wall_begin(s, os_monotonic_ns(sched->os));
    TaskStep step;
    int64_t used = worker_turn(s, t, slice, &step);
    progress_offline(s);
    trace(sched, s, id, slice, used, step);
    os_sim_advance(sched->os, (used + 1) * REDUCTION_NS);
    wall_end(s, os_monotonic_ns(sched->os));
}

void sim_run_until(Sched *sched, bool (*done)(void *ctx), void *ctx, bool *stuck) {
    *stuck = false;
    while (!done(ctx)) {
        fire_timers(sched);
        Scheduler *s;
        TaskBag *bag = choose_bag(sched, &s);
        if (bag != NULL) {
            turn(sched, s, bag_take(sched, bag));
            continue;
        }
        int64_t next = next_timer_ns(sched), now = os_monotonic_ns(sched->os);
        if (next == NEVER_NS) {
            *stuck = !done(ctx);
            return;
        }
        if (next > now) os_sim_advance(sched->os, next - now);
    }
}

uint64_t sched_choose(Scheduler *s, uint64_t count) {
    Simulation *sim = s->sched->sim;
    ASSERT(count > 0);
    return sim != NULL ? prng_below(&sim->prng, count) : 0;
}
