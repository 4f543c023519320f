// SPDX-License-Identifier: Apache-2.0
// The time that a receive waits. p->timer fires on some scheduler's thread, sets p->timeout and
// wakes the process; everything else about it is the process's own.
//
// Order: TIMEOUT_RUNNING is stored before timer_start, whose lock makes it visible to whoever
// fires. The release in timeout_fired pairs with the acquire in engine_wait_timeout.
#include "engine/engine_int.h"

enum { RECEIVE_MS_MAX = UINT32_MAX };
static const int64_t NS_PER_MS = 1000000;

static void timeout_fired(Scheduler *s, Timer *t) {
    Process *p = CONTAINER_OF(t, Process, timer);
    atomic_store_explicit(&p->timeout, TIMEOUT_FIRED, memory_order_release);
    task_wake(s, &p->task);
}

ReceiveWait engine_wait_timeout(Process *p, Term time) {
    switch (atomic_load_explicit(&p->timeout, memory_order_acquire)) {
    case TIMEOUT_NEVER:
    case TIMEOUT_RUNNING: return RECEIVE_WAIT;
    case TIMEOUT_FIRED: return RECEIVE_EXPIRED;
    default: break;
    }
    if (time == ATOM_infinity) {
        atomic_store_explicit(&p->timeout, TIMEOUT_NEVER, memory_order_relaxed);
        return RECEIVE_WAIT;
    }
    if (!term_is_small(time) || term_small_value(time) < 0 ||
        term_small_value(time) > RECEIVE_MS_MAX) {
        mailbox_rewind(p); // the receive is left by the error: the next one looks at all
        bif_error(p, ATOM_timeout_value);
        return RECEIVE_BAD_TIME;
    }
    if (time == term_small(0)) return RECEIVE_EXPIRED;
    Scheduler *s = p->regs->scheduler;
    ASSERT(s != NULL);
    atomic_store_explicit(&p->timeout, TIMEOUT_RUNNING, memory_order_relaxed);
    timer_start(s, &p->timer, sched_now_ns(s) + term_small_value(time) * NS_PER_MS, timeout_fired);
    return RECEIVE_WAIT;
}

void engine_timeout_end(Process *p) {
    if (atomic_load_explicit(&p->timeout, memory_order_relaxed) == TIMEOUT_RUNNING)
        (void)timer_cancel(p->regs->scheduler, &p->timer);
    atomic_store_explicit(&p->timeout, TIMEOUT_NONE, memory_order_relaxed);
}
