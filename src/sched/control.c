// SPDX-License-Identifier: Apache-2.0
// How many schedulers take tasks, multi-scheduling on and off, and what each has done. An order is
// a reason why a scheduler takes no tasks; it obeys between two turns, hands its queue to the
// others, and from then on only fires its timers.
// Thread: any that has a Scheduler, where sched.h does not say more.
#include "sched/sched_int.h"

static uint32_t only_index(Sched *sched) {
    return atomic_load_explicit(&sched->only, memory_order_relaxed);
}

void control_give_orders(Sched *sched) {
    uint32_t only = only_index(sched);
    uint32_t online = atomic_load_explicit(&sched->online, memory_order_relaxed);
    for (uint32_t i = 0; i < sched->normal_count; i++) {
        Scheduler *s = &sched->all[i];
        uint32_t orders = 0;
        if (only != i + 1) {
            if (only != 0) orders |= ORDER_BLOCKED;
            if (i >= online) orders |= ORDER_OFFLINE;
        }
        if (sched->stopped) orders |= ORDER_STOP;
        if (atomic_load_explicit(&s->orders, memory_order_relaxed) == orders) continue;
        atomic_store_explicit(&s->orders, orders, memory_order_seq_cst);
        scheduler_poke(s);
    }
}

// --- online --------------------------------------------------------------------------------------

bool sched_set_online(Scheduler *s, uint32_t online) {
    Sched *sched = s->sched;
    if (online < 1 || online > sched->normal_count) return false;
    lock_take(sched->os, &sched->control);
    atomic_store_explicit(&sched->online, online, memory_order_relaxed);
    control_give_orders(sched);
    lock_drop(&sched->control);
    return true;
}

bool sched_set_dirty_cpu_online(Scheduler *s, uint32_t online) {
    Sched *sched = s->sched;
    if (online < 1 || online > sched->config.dirty_cpu) return false;
    dirty_set_online(&sched->dirty_cpu, online);
    return true;
}

SchedInfo sched_info(Sched *sched) {
    lock_take(sched->os, &sched->control);
    SchedInfo info = {
        .schedulers = sched->normal_count,
        .online = atomic_load_explicit(&sched->online, memory_order_relaxed),
        .dirty_cpu = sched->config.dirty_cpu,
        .dirty_io = sched->config.dirty_io,
        .blocked = sched->blocks > 0,
        .blocked_normal = sched->blocks_normal > 0,
    };
    info.active = only_index(sched) != 0 ? 1 : info.online;
    lock_drop(&sched->control);
    lock_take(sched->os, &sched->dirty_cpu.lock);
    info.dirty_cpu_online = sched->dirty_cpu.online;
    lock_drop(&sched->dirty_cpu.lock);
    return info;
}

// --- multi-scheduling ----------------------------------------------------------------------------

static bool all_obey(Sched *sched, Scheduler *but) {
    for (uint32_t i = 0; i < sched->normal_count; i++) {
        Scheduler *s = &sched->all[i];
        // Acquire: pairs with the store in worker_obey.
        if (s != but &&
            (atomic_load_explicit(&s->obeyed, memory_order_seq_cst) & ORDER_BLOCKED) == 0)
            return false;
    }
    return true;
}

static void wait_for_all(Scheduler *s) {
    Sched *sched = s->sched;
    for (;;) {
        uint32_t word = atomic_load_explicit(&sched->obey_word, memory_order_seq_cst);
        if (all_obey(sched, s)) return;
        (void)os_wait(s->os, &sched->obey_word, word, -1);
    }
}

bool sched_block(Scheduler *s, SchedBlock what) {
    Sched *sched = s->sched;
    ASSERT(s->kind == SCHEDULER_NORMAL);
    lock_take(s->os, &sched->control);
    uint32_t only = only_index(sched);
    if (sched->blocking || (only != 0 && only != s->index + 1)) {
        lock_drop(&sched->control);
        return false;
    }
    bool first = only == 0, first_all = what == SCHED_BLOCK_ALL && sched->blocks == 0;
    *(what == SCHED_BLOCK_ALL ? &sched->blocks : &sched->blocks_normal) += 1;
    atomic_store_explicit(&sched->only, s->index + 1, memory_order_release);
    sched->blocking = true;
    control_give_orders(sched);
    lock_drop(&sched->control);
    sched_away(s);
    if (first && sched->sim == NULL) wait_for_all(s);
    if (first_all) {
        dirty_block(s, &sched->dirty_cpu, true);
        dirty_block(s, &sched->dirty_io, true);
    }
    sched_back(s);
    lock_take(s->os, &sched->control);
    sched->blocking = false;
    lock_drop(&sched->control);
    return true;
}

void sched_unblock(Scheduler *s, SchedBlock what) {
    Sched *sched = s->sched;
    lock_take(s->os, &sched->control);
    uint32_t *count = what == SCHED_BLOCK_ALL ? &sched->blocks : &sched->blocks_normal;
    ASSERT(*count > 0 && !sched->blocking);
    *count -= 1;
    bool last_all = what == SCHED_BLOCK_ALL && *count == 0;
    if (sched->blocks + sched->blocks_normal == 0) {
        atomic_store_explicit(&sched->only, 0, memory_order_release);
        control_give_orders(sched);
    }
    lock_drop(&sched->control);
    if (last_all) {
        dirty_block(s, &sched->dirty_cpu, false);
        dirty_block(s, &sched->dirty_io, false);
    }
}

// --- figures -------------------------------------------------------------------------------------

// The two figures change together: readers try again when the version changed or is odd. Its
// release and acquire pair; the fences order the figures, which are relaxed.
static void wall_write(Scheduler *s, int64_t busy_ns, int64_t since_ns) {
    uint32_t version = atomic_load_explicit(&s->wall_version, memory_order_relaxed);
    atomic_store_explicit(&s->wall_version, version + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&s->busy_ns, busy_ns, memory_order_relaxed);
    atomic_store_explicit(&s->busy_since_ns, since_ns, memory_order_relaxed);
    atomic_store_explicit(&s->wall_version, version + 2, memory_order_release);
}

void wall_begin(Scheduler *s, int64_t now_ns) {
    wall_write(s, atomic_load_explicit(&s->busy_ns, memory_order_relaxed), now_ns);
}

void wall_end(Scheduler *s, int64_t now_ns) {
    int64_t since = atomic_load_explicit(&s->busy_since_ns, memory_order_relaxed);
    int64_t busy = atomic_load_explicit(&s->busy_ns, memory_order_relaxed);
    wall_write(s, busy + (now_ns - since), NOT_BUSY);
}

static int64_t wall_read(Scheduler *s, int64_t now_ns) {
    for (;;) {
        uint32_t version = atomic_load_explicit(&s->wall_version, memory_order_acquire);
        int64_t busy = atomic_load_explicit(&s->busy_ns, memory_order_relaxed);
        int64_t since = atomic_load_explicit(&s->busy_since_ns, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        if (version % 2 == 0 &&
            version == atomic_load_explicit(&s->wall_version, memory_order_relaxed))
            return since != NOT_BUSY && now_ns > since ? busy + (now_ns - since) : busy;
        os_thread_yield(s->os);
    }
}

bool sched_stats(Sched *sched, uint32_t id, SchedulerStats *stats) {
    if (id < 1 || id >= sched->all_count) return false; // the guest is the last
    Scheduler *s = &sched->all[id - 1];
    *stats = (SchedulerStats){
        .kind = s->kind,
        .turns = atomic_load_explicit(&s->turns, memory_order_relaxed),
        .reductions = atomic_load_explicit(&s->reductions, memory_order_relaxed),
        .running = atomic_load_explicit(&s->busy_since_ns, memory_order_relaxed) != NOT_BUSY,
    };
    if (sched->sim != NULL && id == 1) {
        stats->queue_max = (uint32_t)sched->sim->ready[TASK_MAX].count;
        stats->queue_high = (uint32_t)sched->sim->ready[TASK_HIGH].count;
        stats->queue_normal =
            (uint32_t)(sched->sim->ready[TASK_NORMAL].count + sched->sim->ready[TASK_LOW].count);
    } else if (s->kind != SCHEDULER_NORMAL) {
        const DirtyPool *pool =
            s->kind == SCHEDULER_DIRTY_CPU ? &sched->dirty_cpu : &sched->dirty_io;
        if (s->index == pool->first)
            stats->queue_normal = atomic_load_explicit(&pool->length, memory_order_relaxed);
    } else {
        const _Atomic uint32_t *counts = s->queue.counts;
        stats->queue_max = atomic_load_explicit(&counts[TASK_MAX], memory_order_relaxed);
        stats->queue_high = atomic_load_explicit(&counts[TASK_HIGH], memory_order_relaxed);
        stats->queue_normal = atomic_load_explicit(&counts[TASK_NORMAL], memory_order_relaxed) +
                              atomic_load_explicit(&counts[TASK_LOW], memory_order_relaxed) +
                              (atomic_load_explicit(&s->queue.next, memory_order_relaxed) != NULL);
    }
    // The threads of a dirty pool have one queue: the first one tells its length.
    const DirtyPool *pool = s->kind == SCHEDULER_DIRTY_CPU ? &sched->dirty_cpu : &sched->dirty_io;
    if (s->kind != SCHEDULER_NORMAL && s->index == pool->first)
        stats->queue_normal += atomic_load_explicit(&pool->length, memory_order_relaxed);
    lock_take(sched->os, &sched->control);
    if (sched_wall_time_is_on(sched)) {
        int64_t now = os_monotonic_ns(sched->os);
        stats->total_ns = now - sched->wall_since_ns;
        stats->busy_ns = MAX(wall_read(s, now) - s->wall_base_ns, 0);
    }
    lock_drop(&sched->control);
    return true;
}

void sched_wall_time(Sched *sched, bool on) {
    lock_take(sched->os, &sched->control);
    uint32_t count = atomic_load_explicit(&sched->wall_count, memory_order_relaxed);
    if (on && count == 0) {
        sched->wall_since_ns = os_monotonic_ns(sched->os);
        for (uint32_t i = 0; i < sched->all_count; i++)
            sched->all[i].wall_base_ns = wall_read(&sched->all[i], sched->wall_since_ns);
    }
    ASSERT(on || count > 0);
    atomic_store_explicit(&sched->wall_count, on ? count + 1 : count - 1, memory_order_relaxed);
    lock_drop(&sched->control);
}

bool sched_wall_time_is_on(const Sched *sched) {
    return atomic_load_explicit(&sched->wall_count, memory_order_relaxed) > 0;
}
