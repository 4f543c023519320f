// SPDX-License-Identifier: Apache-2.0
// A scheduler's queue of ready tasks: one list a priority, first in first out, under a lock that
// its owner takes nearly always without meeting anyone. Thieves take the oldest tasks.
// Thread: any.
#include "sched/sched_int.h"

void lock_wait(Os *os, Spin *lock) {
    for (unsigned tries = 0;; tries++) {
        if (atomic_load_explicit(&lock->locked, memory_order_relaxed) == 0 &&
            atomic_exchange_explicit(&lock->locked, 1, memory_order_acquire) == 0)
            return;
        if (tries % 64 == 63)
            os_thread_yield(os);
        else
            spin_pause();
    }
}

static inline void add(_Atomic uint32_t *count, uint32_t n) {
    atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + n,
                          memory_order_relaxed);
}
static inline uint32_t get(const _Atomic uint32_t *count) {
    return atomic_load_explicit(count, memory_order_relaxed);
}

uint32_t queue_push(Os *os, RunQueue *q, Task *t) {
    unsigned priority = t->priority;
    ASSERT(priority < TASK_PRIORITIES);
    lock_take(os, &q->lock);
    task_list_push(&q->lists[priority], t);
    add(&q->counts[priority], 1);
    uint32_t length = get(&q->length) + 1;
    atomic_store_explicit(&q->length, length, memory_order_relaxed);
    lock_drop(&q->lock);
    return length;
}

// Normal or low? A low task is to get one turn while a normal one gets eight, however many there
// are of each: for every turn of a normal task the low ones together earn their number, and a turn
// costs them eight times the number of the normal ones.
static unsigned normal_or_low(RunQueue *q) {
    uint32_t normal = get(&q->counts[TASK_NORMAL]), low = get(&q->counts[TASK_LOW]);
    if (LIKELY(low == 0)) return TASK_NORMAL;
    if (normal == 0) return TASK_LOW;
    uint64_t cost = (uint64_t)normal * 8;
    if (q->low_credit < cost) {
        q->low_credit += low;
        return TASK_NORMAL;
    }
    // What is left over must not pay for more than one further turn.
    q->low_credit = MIN(q->low_credit - cost, cost);
    return TASK_LOW;
}

Task *queue_pop(Os *os, RunQueue *q) {
    if (queue_length(q) == 0) return NULL;
    lock_take(os, &q->lock);
    Task *t = NULL;
    if (LIKELY(get(&q->length) > 0)) {
        unsigned priority;
        if (UNLIKELY(get(&q->counts[TASK_MAX]) > 0))
            priority = TASK_MAX;
        else if (UNLIKELY(get(&q->counts[TASK_HIGH]) > 0))
            priority = TASK_HIGH;
        else
            priority = normal_or_low(q);
        t = task_list_pop(&q->lists[priority]);
        ASSERT(t != NULL);
        add(&q->counts[priority], -1u);
        add(&q->length, -1u);
    }
    lock_drop(&q->lock);
    return t;
}

uint32_t queue_take(Os *os, RunQueue *q, uint32_t share, TaskList *out) {
    ASSERT(share <= 256);
    uint32_t taken = 0;
    lock_take(os, &q->lock);
    uint32_t want = ((uint32_t)MIN(get(&q->length), STEAL_MAX * 2u) * share + 255) / 256;
    want = MIN(want, (uint32_t)STEAL_MAX);
    for (unsigned priority = 0; priority < TASK_PRIORITIES && taken < want; priority++) {
        uint32_t count = get(&q->counts[priority]);
        uint32_t n = (uint32_t)(((uint64_t)count * share + 255) / 256);
        n = MIN(n, want - taken);
        if (n == 0) continue;
        for (uint32_t i = 0; i < n; i++) task_list_push(out, task_list_pop(&q->lists[priority]));
        add(&q->counts[priority], -n);
        taken += n;
    }
    add(&q->length, -taken);
    lock_drop(&q->lock);
    return taken;
}
