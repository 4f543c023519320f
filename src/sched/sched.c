// SPDX-License-Identifier: Apache-2.0
// Making, starting, stopping and freeing all of a VM's schedulers; the guest thread; waiting for
// the end from outside.
// Thread: as sched.h says of each.
#include "sched/sched_int.h"

#include <errno.h>
#include <stdio.h>

// --- making --------------------------------------------------------------------------------------

static bool scheduler_init(Sched *sched, uint32_t index, SchedulerKind kind, int64_t now_ns) {
    Scheduler *s = &sched->all[index];
    s->sched = sched;
    s->os = sched->os;
    s->kind = kind;
    s->index = index;
    s->prng = prng_new(sched->config.seed + index);
    s->now_ns = s->balanced_ns = now_ns;
    s->progress.seen_own = PROGRESS_OFFLINE;
    atomic_init(&s->progress.seen, PROGRESS_OFFLINE);
    atomic_init(&s->busy_since_ns, NOT_BUSY);
    if (kind == SCHEDULER_NORMAL) {
        s->wheel = &sched->wheels[index];
        wheel_init(s->wheel, index + 1, now_ns);
    }
    const SchedHooks *hooks = &sched->config.hooks;
    if (hooks->local_new == NULL) return true;
    s->local = hooks->local_new(hooks->ctx, s);
    return s->local != NULL;
}

static void pool_init(Sched *sched, DirtyPool *pool, SchedulerKind kind, uint32_t first,
                      uint32_t count) {
    pool->sched = sched;
    pool->kind = kind;
    pool->first = first;
    pool->count = pool->online = count;
}

static SchedulerKind kind_at(const Sched *sched, uint32_t index) {
    if (index < sched->dirty_cpu.first) return SCHEDULER_NORMAL;
    if (index < sched->dirty_io.first) return SCHEDULER_DIRTY_CPU;
    return index + 1 < sched->all_count ? SCHEDULER_DIRTY_IO : SCHEDULER_GUEST;
}

static void fill_config(SchedConfig *c) {
    uint32_t cores = os_cores(c->os);
    if (c->schedulers == 0) c->schedulers = cores;
    c->schedulers = MIN(c->schedulers, (uint32_t)SCHEDULERS_MAX);
    if (c->online == 0) c->online = MIN(c->schedulers, cores);
    c->online = MIN(c->online, c->schedulers);
    if (c->dirty_cpu == 0) c->dirty_cpu = MIN(c->schedulers, cores);
    if (c->dirty_io == 0) c->dirty_io = 10;
    if (c->slice_reductions == 0) c->slice_reductions = 4000;
}

// Room for `size_bytes` that begins with a cache line, somewhere in *block.
static void *lines_alloc(Mem *m, size_t size_bytes, void **block) {
    *block = mem_alloc_zero(m, size_bytes + CACHE_LINE);
    return (void *)ALIGN_UP((uintptr_t)*block, (uintptr_t)CACHE_LINE);
}
static void lines_free(Mem *m, void *block, size_t size_bytes) {
    mem_free(m, block, size_bytes + CACHE_LINE);
}

Sched *sched_new(const SchedConfig *config) {
    Mem *m = config->mem;
    void *block;
    Sched *sched = lines_alloc(m, sizeof *sched, &block);
    if (sched == NULL) return NULL;
    sched->block = block;
    sched->config = *config;
    SchedConfig *c = &sched->config;
    fill_config(c);
    sched->mem = m;
    sched->os = c->os;
    sched->normal_count = c->schedulers;
    sched->all_count = c->schedulers + c->dirty_cpu + c->dirty_io + 1;
    pool_init(sched, &sched->dirty_cpu, SCHEDULER_DIRTY_CPU, c->schedulers, c->dirty_cpu);
    pool_init(sched, &sched->dirty_io, SCHEDULER_DIRTY_IO, c->schedulers + c->dirty_cpu,
              c->dirty_io);
    atomic_init(&sched->online, c->online);
    if (c->simulated) {
        sched->sim = mem_alloc_zero(m, sizeof *sched->sim);
        if (sched->sim == NULL) goto failed;
        sched->sim->prng = prng_new(c->seed);
    }
    sched->all = lines_alloc(m, sched->all_count * sizeof(Scheduler), &sched->all_block);
    sched->wheels = mem_alloc_zero(m, sched->normal_count * sizeof(Wheel));
    if (sched->all == NULL || sched->wheels == NULL) goto failed;
    int64_t now = os_monotonic_ns(sched->os);
    for (uint32_t i = 0; i < sched->all_count; i++)
        if (!scheduler_init(sched, i, kind_at(sched, i), now)) goto failed;
    sched->guest = &sched->all[sched->all_count - 1];
    control_give_orders(sched);
    return sched;
failed:
    sched_free(sched);
    return NULL;
}

int sched_start(Sched *sched) {
    ASSERT(!sched->started);
    sched->started = true;
    if (sched->sim != NULL) return 0;
    int err = dirty_start(&sched->dirty_cpu);
    if (err == 0) err = dirty_start(&sched->dirty_io);
    for (uint32_t i = 0; err == 0 && i < sched->normal_count; i++) {
        Scheduler *s = &sched->all[i];
        char name[16];
        (void)snprintf(name, sizeof name, "dt-sched-%u", i + 1);
        err = os_thread_start(sched->os, &s->thread, worker_main, s, name);
        s->started = err == 0;
    }
    if (err != 0) sched_stop(sched);
    return err;
}

void sched_stop(Sched *sched) {
    lock_take(sched->os, &sched->control);
    sched->stopped = true;
    control_give_orders(sched);
    lock_drop(&sched->control);
    for (uint32_t i = 0; i < sched->normal_count; i++) {
        Scheduler *s = &sched->all[i];
        if (s->started) os_thread_join(sched->os, &s->thread);
        s->started = false;
    }
    if (sched->sim == NULL) {
        dirty_stop(&sched->dirty_cpu);
        dirty_stop(&sched->dirty_io);
    }
}

void sched_free(Sched *sched) {
    if (sched == NULL) return;
    const SchedHooks *hooks = &sched->config.hooks;
    if (sched->guest != NULL) {
        ASSERT(!sched->started || sched->stopped);
        progress_run_all(sched->guest);
    }
    for (uint32_t i = 0; sched->all != NULL && i < sched->all_count; i++)
        if (sched->all[i].local != NULL) hooks->local_free(hooks->ctx, sched->all[i].local);
    if (sched->sim != NULL) sim_deinit(sched);
    mem_free(sched->mem, sched->wheels, sched->normal_count * sizeof(Wheel));
    if (sched->all != NULL)
        lines_free(sched->mem, sched->all_block, sched->all_count * sizeof(Scheduler));
    lines_free(sched->mem, sched->block, sizeof *sched);
}

// --- the guest and whoever waits outside ---------------------------------------------------------

Scheduler *sched_enter(Sched *sched) {
    // Acquire and release: a guest sees what the one before it did.
    while (atomic_exchange_explicit(&sched->guest_taken, 1, memory_order_acquire) != 0)
        (void)os_wait(sched->os, &sched->guest_taken, 1, -1);
    progress_online(sched->guest);
    return sched->guest;
}

void sched_leave(Scheduler *guest) {
    Sched *sched = guest->sched;
    ASSERT(guest == sched->guest);
    progress_offline(guest);
    atomic_store_explicit(&sched->guest_taken, 0, memory_order_release);
    os_wake(sched->os, &sched->guest_taken, 1);
}

void sched_run_until(Sched *sched, bool (*done)(void *ctx), void *ctx, bool *stuck) {
    if (sched->sim != NULL) {
        sim_run_until(sched, done, ctx, stuck);
        return;
    }
    *stuck = false;
    for (;;) {
        // Acquire: pairs with sched_notify.
        uint32_t word = atomic_load_explicit(&sched->notified, memory_order_acquire);
        if (done(ctx)) return;
        (void)os_wait(sched->os, &sched->notified, word, -1);
    }
}

void sched_notify(Sched *sched) {
    atomic_fetch_add_explicit(&sched->notified, 1, memory_order_release);
    os_wake(sched->os, &sched->notified, UINT32_MAX);
}

// --- who -----------------------------------------------------------------------------------------

Sched *scheduler_sched(const Scheduler *s) {
    return s->sched;
}
void *scheduler_local(const Scheduler *s) {
    return s->local;
}
SchedulerKind scheduler_kind(const Scheduler *s) {
    return s->kind;
}
uint32_t scheduler_id(const Scheduler *s) {
    return s->index + 1;
}
bool sched_is_simulated(const Sched *sched) {
    return sched->sim != NULL;
}
int64_t sched_now_ns(Scheduler *s) {
    return os_monotonic_ns(s->os);
}
