// SPDX-License-Identifier: Apache-2.0
// When tasks move from one scheduler to another. Moving costs some microseconds, in which the
// caches of another core fill, and tasks that talk to each other talk slower from two cores than
// from one. So a task is moved when it would wait for longer than that: a queue's length times how
// long turns have taken there lately is what its last task has to wait.
//
// A long wait is a reason by itself. A short one may be that of independent tasks, which are better
// off on two cores, or of tasks that all wait for each other. Nobody can tell before, so a
// scheduler that sleeps tries it, and it is fruitful if it then has work for a while; if not,
// everyone rests from trying, each time for longer. Thread: a normal scheduler's, but for
// steal_offer.
#include "sched/sched_int.h"

enum {
    WAKE_NS = 50000,      // so long a wait is worth waking a sleeper
    STEAL_NS = 10000,     // and this, half of the queue to one who is awake
    LONG_NS = 1000000,    // worth it whatever was learned
    FRUITFUL_NS = 500000, // a try that kept the core busy for so long was worth it
    REST_MIN_NS = 1000000,
    REST_MAX_NS = 64000000,
    BALANCE_NS = 10000000,
    OVERDUE_NS = 1500000, // a wheel that its owner does not get to
    HALF = 128,           // for queue_take
};

void steal_note_turns(Scheduler *s, int64_t ns, uint32_t turns) {
    uint32_t before = atomic_load_explicit(&s->turn_ns, memory_order_relaxed);
    int64_t now = (ns / MAX(turns, 1u) + before) / 2;
    atomic_store_explicit(&s->turn_ns, (uint32_t)MIN(now, (int64_t)UINT32_MAX),
                          memory_order_relaxed);
}

static int64_t wait_ns(const Scheduler *owner, uint32_t length) {
    return (int64_t)length * atomic_load_explicit(&owner->turn_ns, memory_order_relaxed);
}

// Nobody rests from trying. `s` is whose clock is asked: it may be some turns old.
static bool may_try(const Scheduler *s) {
    return s->now_ns >= atomic_load_explicit(&s->sched->rest_until_ns, memory_order_relaxed);
}

void steal_offer(Scheduler *s, Scheduler *owner, uint32_t length) {
    if (length < 2) return;
    int64_t wait = wait_ns(owner, length);
    if (wait >= WAKE_NS && (wait >= LONG_NS || may_try(s))) sched_wake_one(s->sched);
}

static bool is_worth_taking(const Scheduler *s, const Scheduler *owner) {
    int64_t wait = wait_ns(owner, queue_length(&owner->queue));
    return wait >= STEAL_NS && (wait >= LONG_NS || may_try(s));
}

static void push_list(Scheduler *s, TaskList *list, uint32_t count) {
    if (count > 0) steal_offer(s, s, queue_push_list(s->os, &s->queue, list, count));
}

// Half of what waits at `victim`. NULL: nothing.
static Task *steal_from(Scheduler *s, Scheduler *victim) {
    TaskList taken = {0};
    uint32_t n = queue_take(s->os, &victim->queue, HALF, &taken);
    if (n == 0) return NULL;
    Task *t = task_list_pop(&taken);
    push_list(s, &taken, n - 1);
    return t;
}

static void begin_try(Scheduler *s) {
    if (s->tried_ns != 0) return;
    worker_read_clock(s);
    s->tried_ns = s->now_ns;
}

Task *steal(Scheduler *s) {
    Sched *sched = s->sched;
    uint32_t count = sched->normal_count, start = (uint32_t)prng_below(&s->prng, count);
    for (uint32_t i = 0; i < count; i++) {
        Scheduler *victim = &sched->all[(start + i) % count];
        if (victim == s || !is_worth_taking(s, victim)) continue;
        Task *t = steal_from(s, victim);
        if (t == NULL) continue;
        begin_try(s);
        return t;
    }
    return NULL;
}

bool steal_is_possible(Scheduler *s) {
    Sched *sched = s->sched;
    for (uint32_t i = 0; i < sched->normal_count; i++) {
        Scheduler *other = &sched->all[i];
        if (other != s && is_worth_taking(s, other)) return true;
    }
    return false;
}

void steal_learn(Scheduler *s) {
    if (s->tried_ns == 0) return;
    Sched *sched = s->sched;
    worker_read_clock(s);
    int64_t rest = 0;
    if (s->now_ns - s->tried_ns < FRUITFUL_NS) {
        rest = atomic_load_explicit(&sched->rest_ns, memory_order_relaxed) * 2;
        rest = MIN(MAX(rest, (int64_t)REST_MIN_NS), (int64_t)REST_MAX_NS);
    }
    // Several may do this at once: any of their figures will do.
    atomic_store_explicit(&sched->rest_ns, rest, memory_order_relaxed);
    atomic_store_explicit(&sched->rest_until_ns, s->now_ns + rest, memory_order_relaxed);
    s->tried_ns = 0;
}

// --- seeing to others ----------------------------------------------------------------------------

static Scheduler *random_scheduler(Scheduler *s) {
    return &s->sched->all[prng_below(&s->prng, s->sched->normal_count)];
}

// Fires the timers of another scheduler that does not get to it, being in a long turn.
static void help_wheel(Scheduler *s, Scheduler *other) {
    int64_t next = atomic_load_explicit(&other->wheel->next_ns, memory_order_relaxed);
    if (UNLIKELY(next < s->now_ns - OVERDUE_NS)) wheel_poll_slow(s, other->wheel, s->now_ns);
}

void steal_balance(Scheduler *s) {
    Scheduler *other = random_scheduler(s);
    if (other == s) return;
    help_wheel(s, other);
    if (s->now_ns - s->balanced_ns < BALANCE_NS) return;
    s->balanced_ns = s->now_ns;
    uint32_t theirs = queue_length(&other->queue), ours = queue_length(&s->queue);
    if (theirs <= ours + ours / 8 + 1) return;
    TaskList taken = {0};
    uint32_t share = (uint32_t)((uint64_t)(theirs - ours) * HALF / theirs);
    push_list(s, &taken, queue_take(s->os, &other->queue, share, &taken));
}

void steal_guard(Scheduler *s) {
    Sched *sched = s->sched;
    for (uint32_t i = 0; i < sched->normal_count; i++) {
        Scheduler *other = &sched->all[i];
        if (other == s) continue;
        help_wheel(s, other);
        uint64_t turns = atomic_load_explicit(&other->turns, memory_order_relaxed);
        // Only who is the guard writes this; relaxed, as a wrong guess does no harm.
        uint64_t before = atomic_exchange_explicit(&other->guarded, turns, memory_order_relaxed);
        uint32_t length = queue_length(&other->queue);
        if (before == turns ? length == 0 : length < 2 || !may_try(s)) continue;
        if (before != turns) begin_try(s);
        Task *t = steal_from(s, other);
        if (t != NULL) (void)queue_push_own(s->os, &s->queue, t);
    }
}
