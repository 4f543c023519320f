// SPDX-License-Identifier: Apache-2.0
// A task's one atomic word. Waiting is 0 and queued is TASK_WOKEN alone, so that whoever turns 0
// into TASK_WOKEN, and nobody else, puts the task into a queue; a wake-up of a running task leaves
// its mark, which the end of the turn finds. Every change is a read-modify-write, so that all
// wakers before a turn are in one release sequence, which pairs with the acquire at its beginning.
// Thread: any.
#include "sched/sched_int.h"

void task_init(Task *t, TaskPriority priority) {
    t->next = NULL;
    t->priority = (uint8_t)priority;
    atomic_init(&t->state, TASK_OUT);
}

void task_wake(Scheduler *s, Task *t) {
    // Many wake one: when the mark is there already, the word is only read, as writing it would
    // move its cache line to and fro. The fence comes between what the waker has written and this
    // look; in worker_turn, one comes between taking the mark away and what the turn reads. If that
    // one is first, we do not see the old mark; if ours is, the turn sees what we wrote.
    if ((atomic_load_explicit(&t->state, memory_order_relaxed) & TASK_WOKEN) != 0) {
        atomic_thread_fence(memory_order_seq_cst);
        if ((atomic_load_explicit(&t->state, memory_order_relaxed) & TASK_WOKEN) != 0) return;
    }
    // Release: pairs with the exchange in worker_turn.
    uint32_t old = atomic_fetch_or_explicit(&t->state, TASK_WOKEN, memory_order_acq_rel);
    if (old == 0) sched_push(s, t);
}

void task_resume(Scheduler *s, Task *t) {
    uint32_t old = atomic_load_explicit(&t->state, memory_order_relaxed), new;
    do {
        ASSERT((old & (TASK_OUT | TASK_RUNNING)) != 0 && (old & TASK_RESUMED) == 0);
        new = (old & TASK_RUNNING) != 0 ? old | TASK_RESUMED : TASK_WOKEN;
    } while (!atomic_compare_exchange_weak_explicit(&t->state, &old, new, memory_order_acq_rel,
                                                    memory_order_relaxed));
    if (new == TASK_WOKEN) sched_push(s, t);
}

bool task_is_woken(const Task *t) {
    return (atomic_load_explicit(&t->state, memory_order_acquire) & TASK_WOKEN) != 0;
}

TaskPlace task_place(const Task *t) {
    uint32_t state = atomic_load_explicit(&t->state, memory_order_relaxed);
    if ((state & TASK_RUNNING) != 0) return TASK_IS_RUNNING;
    return state == TASK_WOKEN ? TASK_IS_QUEUED : TASK_IS_WAITING;
}

// Ends a turn whose task stays in sight: the new state. Queued by someone else when it returns
// with the task ready, so `t` is not touched afterwards but to queue it.
static uint32_t turn_end(Task *t, TaskStep step) {
    uint32_t old = atomic_load_explicit(&t->state, memory_order_relaxed), new;
    do {
        ASSERT((old & (TASK_RUNNING | TASK_OUT)) == TASK_RUNNING);
        ASSERT(step == TASK_HELD || (old & TASK_RESUMED) == 0);
        switch (step) {
        case TASK_WAIT: new = old &TASK_WOKEN; break;
        case TASK_HELD:
            new = (old & TASK_RESUMED) != 0 ? TASK_WOKEN : TASK_OUT | (old & TASK_WOKEN);
            break;
        default: new = TASK_WOKEN; break;
        }
    } while (!atomic_compare_exchange_weak_explicit(&t->state, &old, new, memory_order_acq_rel,
                                                    memory_order_relaxed));
    return new;
}

int64_t worker_turn(Scheduler *s, Task *t, int64_t slice, TaskStep *step) {
    Sched *sched = s->sched;
    // Acquire: pairs with the release in task_wake and turn_end. The fence: task_wake again.
    uint32_t old = atomic_exchange_explicit(&t->state, TASK_RUNNING, memory_order_seq_cst);
    fence_after_exchange();
    ASSERT(old == TASK_WOKEN);
    int64_t used = 0;
    *step = sched->config.hooks.run(sched->config.hooks.ctx, s, t, slice, &used);
    ASSERT(!s->away && used >= 0);
    atomic_store_explicit(&s->turns, atomic_load_explicit(&s->turns, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    atomic_store_explicit(
        &s->reductions, atomic_load_explicit(&s->reductions, memory_order_relaxed) + (uint64_t)used,
        memory_order_relaxed);
    if (*step == TASK_GONE) return used;
    if (turn_end(t, *step) != TASK_WOKEN) return used;
    if (*step == TASK_DIRTY_CPU)
        dirty_push(sched, SCHEDULER_DIRTY_CPU, t);
    else if (*step == TASK_DIRTY_IO)
        dirty_push(sched, SCHEDULER_DIRTY_IO, t);
    else
        sched_push(s, t);
    return used;
}
