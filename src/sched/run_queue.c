// SPDX-License-Identifier: Apache-2.0
// A scheduler's queue of ready tasks: one list a priority, first in first out, under a lock that
// its owner takes nearly always without meeting anyone. Thieves take the oldest tasks. Before the
// lists there is a place for one task, `next`, which the owner fills and empties without the lock.
// Thread: any, where the header does not say that it is the owner's.
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

static void push(RunQueue *q, Task *t) {
    unsigned priority = t->priority;
    ASSERT(priority < TASK_PRIORITIES);
    task_list_push(&q->lists[priority], t);
    add(&q->counts[priority], 1);
    add(&q->length, 1);
}

uint32_t queue_push(Os *os, RunQueue *q, Task *t) {
    lock_take(os, &q->lock);
    push(q, t);
    lock_drop(&q->lock);
    return queue_length(q);
}

uint32_t queue_push_list(Os *os, RunQueue *q, TaskList *list, uint32_t count) {
    lock_take(os, &q->lock);
    for (; count > 0; count--) push(q, task_list_pop(list));
    lock_drop(&q->lock);
    return queue_length(q);
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

Task *queue_pop_lists(Os *os, RunQueue *q) {
    Task *t = NULL;
    lock_take(os, &q->lock);
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
    uint32_t want = ((uint32_t)MIN(queue_length(q), STEAL_MAX * 2u) * share + 255) / 256;
    want = MIN(want, (uint32_t)STEAL_MAX);
    Task *next = want > 0 && get(&q->length) < 2 ? queue_take_next(q) : NULL;
    if (next != NULL) {
        task_list_push(out, next);
        lock_drop(&q->lock);
        return 1;
    }
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
