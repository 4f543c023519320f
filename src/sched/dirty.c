// SPDX-License-Identifier: Apache-2.0
// Threads for work that may take long: a pool that computes and a pool that waits on the system,
// each with one queue. A thread is started when a task comes and none is idle. They turn no wheel
// and steal nothing; what they wake goes to normal schedulers.
// Thread: any.
#include "sched/sched_int.h"

#include <stdio.h>

static void dirty_main(void *scheduler);

// With the lock: one more thread. 0 or -errno.
static int start_thread(DirtyPool *pool) {
    Scheduler *s = &pool->sched->all[pool->first + pool->started];
    char name[16];
    (void)snprintf(name, sizeof name, "dt-d%s-%u", pool->kind == SCHEDULER_DIRTY_CPU ? "cpu" : "io",
                   pool->started + 1);
    int err = os_thread_start(s->os, &s->thread, dirty_main, s, name);
    if (err != 0) return err;
    s->started = true;
    pool->started++;
    return 0;
}

int dirty_start(DirtyPool *pool) {
    lock_take(pool->sched->os, &pool->lock);
    int err = start_thread(pool);
    lock_drop(&pool->lock);
    return err;
}

static bool may_run(const DirtyPool *pool) {
    return !pool->blocked && pool->running < pool->online;
}

// With the lock: someone takes up what is in the queue. Unlocks.
static void set_to_work(DirtyPool *pool) {
    bool wake = false;
    if (pool->tasks.first != NULL && may_run(pool)) {
        wake = pool->idle > 0;
        // When no more threads can be had, those that there are will come by.
        if (!wake && pool->started < pool->count) (void)start_thread(pool);
    }
    if (wake) atomic_fetch_add_explicit(&pool->word, 1, memory_order_relaxed);
    lock_drop(&pool->lock);
    if (wake) os_wake(pool->sched->os, &pool->word, 1);
}

void dirty_push(Sched *sched, SchedulerKind kind, Task *t) {
    if (sched->sim != NULL) {
        sim_push_dirty(sched, kind, t);
        return;
    }
    DirtyPool *pool = kind == SCHEDULER_DIRTY_CPU ? &sched->dirty_cpu : &sched->dirty_io;
    lock_take(sched->os, &pool->lock);
    task_list_push(&pool->tasks, t);
    atomic_fetch_add_explicit(&pool->length, 1, memory_order_relaxed);
    set_to_work(pool);
}

// The next task, when this thread may run one; waits for it. NULL: the end.
static Task *take(DirtyPool *pool) {
    Os *os = pool->sched->os;
    lock_take(os, &pool->lock);
    for (;;) {
        if (pool->stopping) {
            lock_drop(&pool->lock);
            return NULL;
        }
        Task *t = may_run(pool) ? task_list_pop(&pool->tasks) : NULL;
        if (t != NULL) {
            pool->running++;
            atomic_fetch_sub_explicit(&pool->length, 1, memory_order_relaxed);
            set_to_work(pool); // more of them: one wakes the next
            return t;
        }
        // The word is read with the lock, so that a wake-up after it is not missed.
        uint32_t word = atomic_load_explicit(&pool->word, memory_order_relaxed);
        pool->idle++;
        lock_drop(&pool->lock);
        (void)os_wait(os, &pool->word, word, -1);
        lock_take(os, &pool->lock);
        pool->idle--;
    }
}

static void dirty_main(void *scheduler) {
    Scheduler *s = scheduler;
    Sched *sched = s->sched;
    DirtyPool *pool = s->kind == SCHEDULER_DIRTY_CPU ? &sched->dirty_cpu : &sched->dirty_io;
    for (Task *t; (t = take(pool)) != NULL;) {
        wall_begin(s, os_monotonic_ns(s->os));
        progress_online(s);
        TaskStep step;
        (void)worker_turn(s, t, sched->config.slice_reductions, &step);
        progress_offline(s);
        wall_end(s, os_monotonic_ns(s->os));
        lock_take(s->os, &pool->lock);
        pool->running--;
        bool tell = pool->blocked && pool->running == 0;
        lock_drop(&pool->lock);
        if (tell) {
            atomic_fetch_add_explicit(&sched->obey_word, 1, memory_order_seq_cst);
            os_wake(s->os, &sched->obey_word, UINT32_MAX);
        }
    }
}

static void wake_all(DirtyPool *pool) {
    atomic_fetch_add_explicit(&pool->word, 1, memory_order_relaxed);
    lock_drop(&pool->lock);
    os_wake(pool->sched->os, &pool->word, UINT32_MAX);
}

void dirty_stop(DirtyPool *pool) {
    lock_take(pool->sched->os, &pool->lock);
    pool->stopping = true;
    uint32_t started = pool->started;
    pool->count = started; // nobody starts more
    wake_all(pool);
    for (uint32_t i = 0; i < started; i++) {
        Scheduler *s = &pool->sched->all[pool->first + i];
        if (s->started) os_thread_join(s->os, &s->thread);
        s->started = false;
    }
}

void dirty_set_online(DirtyPool *pool, uint32_t online) {
    lock_take(pool->sched->os, &pool->lock);
    pool->online = online;
    set_to_work(pool);
}

void dirty_block(Scheduler *s, DirtyPool *pool, bool on) {
    Sched *sched = pool->sched;
    lock_take(s->os, &pool->lock);
    pool->blocked = on;
    if (!on || sched->sim != NULL) {
        set_to_work(pool);
        return;
    }
    while (pool->running > 0) {
        uint32_t word = atomic_load_explicit(&sched->obey_word, memory_order_seq_cst);
        lock_drop(&pool->lock);
        (void)os_wait(s->os, &sched->obey_word, word, -1);
        lock_take(s->os, &pool->lock);
    }
    lock_drop(&pool->lock);
}
