// SPDX-License-Identifier: Apache-2.0
// The loop of a normal scheduler's thread: run a turn, look at orders, clock and quiescent point,
// take the next task, steal one, sleep. And its other half, how tasks become known to threads that
// sleep. docs/internal/scheduling.md proves that no wake-up is lost; the letters in comments here
// are the pairs of fences that it names.
#include "sched/sched_int.h"

#include <errno.h>

enum {
    SEARCH_ROUNDS = 3,  // over all queues before a thread sleeps: a few microseconds
    SEARCH_PAUSES = 32, // between two rounds
    CLOCK_TURNS = 16,   // short turns between two readings of the clock
    GUARD_NS = 1000000, // the guard's rounds
};

// --- waking others -------------------------------------------------------------------------------

void scheduler_poke(Scheduler *s) {
    // Pairs with the store in worker_park (A): either we see it there, or it sees what we did.
    if (atomic_exchange_explicit(&s->parked, 0, memory_order_seq_cst) == 1)
        os_wake(s->os, &s->parked, 1);
}

// Takes someone out of the set of idle schedulers. NULL: it is empty.
static Scheduler *idle_claim(Sched *sched) {
    uint32_t words = (sched->normal_count + 63) / 64;
    for (uint32_t i = 0; i < words; i++) {
        uint64_t set = atomic_load_explicit(&sched->idle[i], memory_order_seq_cst);
        while (set != 0) {
            uint64_t bit = set & -set;
            set = atomic_fetch_and_explicit(&sched->idle[i], ~bit, memory_order_seq_cst);
            if ((set & bit) != 0) {
                atomic_fetch_sub_explicit(&sched->idle_count, 1, memory_order_seq_cst);
                return &sched->all[i * 64 + (uint32_t)__builtin_ctzll(bit)];
            }
        }
    }
    return NULL;
}

void sched_wake_one(Sched *sched) {
    if (LIKELY(atomic_load_explicit(&sched->idle_count, memory_order_relaxed) == 0)) return;
    uint32_t none = 0;
    // One searches at a time; when it has found something it wakes the next one.
    if (!atomic_compare_exchange_strong_explicit(&sched->searching, &none, 1, memory_order_seq_cst,
                                                 memory_order_relaxed))
        return;
    Scheduler *s = idle_claim(sched);
    if (s != NULL)
        scheduler_poke(s); // it notices that it was claimed: idle_withdraw
    else
        atomic_fetch_sub_explicit(&sched->searching, 1, memory_order_seq_cst);
}

// Where a thread that runs no tasks itself puts them.
static Scheduler *home(Sched *sched) {
    uint32_t only = atomic_load_explicit(&sched->only, memory_order_acquire);
    if (only != 0) return &sched->all[only - 1];
    if (atomic_load_explicit(&sched->idle_count, memory_order_relaxed) != 0) {
        uint32_t words = (sched->normal_count + 63) / 64;
        for (uint32_t i = 0; i < words; i++) {
            uint64_t set = atomic_load_explicit(&sched->idle[i], memory_order_relaxed);
            if (set != 0) return &sched->all[i * 64 + (uint32_t)__builtin_ctzll(set)];
        }
    }
    uint32_t n = atomic_fetch_add_explicit(&sched->next_home, 1, memory_order_relaxed);
    return &sched->all[n % atomic_load_explicit(&sched->online, memory_order_relaxed)];
}

void sched_push(Scheduler *s, Task *t) {
    Sched *sched = s->sched;
    if (UNLIKELY(sched->sim != NULL)) {
        sim_push(sched, t);
        return;
    }
    if (LIKELY(s->kind == SCHEDULER_NORMAL) &&
        LIKELY(atomic_load_explicit(&s->orders, memory_order_relaxed) == 0)) {
        // There is no fence: that someone just falls asleep and neither sees the other costs no
        // wake-up, as the tasks are this thread's to run, and it looks again at the next push.
        // The first task the owner takes itself when its turn is over.
        uint32_t length = queue_push_own(s->os, &s->queue, t);
        if (length >= 2) steal_offer(s, s, length);
        return;
    }
    Scheduler *to = home(sched);
    uint32_t length = queue_push(s->os, &to->queue, t);
    atomic_thread_fence(memory_order_seq_cst); // A, B
    if (atomic_load_explicit(&to->parked, memory_order_relaxed) != 0) scheduler_poke(to);
    steal_offer(s, to, length);
}

// --- looking for work ----------------------------------------------------------------------------

// It has found work, or there is none.
static void stop_searching(Scheduler *s) {
    if (!s->searching) return;
    s->searching = false;
    atomic_fetch_sub_explicit(&s->sched->searching, 1, memory_order_seq_cst);
}

static Task *find_work(Scheduler *s) {
    Sched *sched = s->sched;
    if (sched->normal_count == 1) return NULL;
    if (!s->searching) {
        s->searching = true;
        atomic_fetch_add_explicit(&sched->searching, 1, memory_order_seq_cst);
    }
    for (unsigned round = 0; round < SEARCH_ROUNDS; round++) {
        Task *t = steal(s);
        if (t == NULL) t = queue_pop(s->os, &s->queue); // a foreign thread's
        if (t != NULL) return t;
        if (atomic_load_explicit(&s->orders, memory_order_relaxed) != 0) return NULL;
        for (unsigned i = 0; i < SEARCH_PAUSES; i++) spin_pause();
    }
    return NULL;
}

// --- sleeping ------------------------------------------------------------------------------------

static void idle_announce(Scheduler *s) {
    atomic_fetch_or_explicit(&s->sched->idle[s->index / 64], UINT64_C(1) << s->index % 64,
                             memory_order_seq_cst);
    atomic_fetch_add_explicit(&s->sched->idle_count, 1, memory_order_seq_cst);
}

static void idle_withdraw(Scheduler *s) {
    uint64_t bit = UINT64_C(1) << s->index % 64;
    uint64_t old =
        atomic_fetch_and_explicit(&s->sched->idle[s->index / 64], ~bit, memory_order_seq_cst);
    if ((old & bit) != 0)
        atomic_fetch_sub_explicit(&s->sched->idle_count, 1, memory_order_seq_cst);
    else
        s->searching = true; // who claimed us has counted us already
}

void worker_read_clock(Scheduler *s) {
    s->now_ns = os_monotonic_ns(s->os);
    s->unread = 0;
    s->unread_reductions = 0;
}

// Sleeps until poked, until a timer is due or for `limit_ns` (negative: none), unless a `reason`
// not to do so is found after others can see that it is going to. true: it was the limit.
static bool worker_park(Scheduler *s, bool (*reason)(Scheduler *s), int64_t limit_ns) {
    atomic_store_explicit(&s->parked, 1, memory_order_seq_cst);
    progress_offline(s);
    atomic_thread_fence(memory_order_seq_cst); // A, B
    int64_t until = wheel_promise(s->os, s->wheel);
    worker_read_clock(s);
    bool limited = false;
    if (!reason(s) && until > s->now_ns) {
        wall_end(s, s->now_ns);
        int64_t wait_ns = until == NEVER_NS ? -1 : until - s->now_ns;
        limited = limit_ns >= 0 && (wait_ns < 0 || wait_ns > limit_ns);
        if (limited) wait_ns = limit_ns;
        limited &= os_wait(s->os, &s->parked, 1, wait_ns) == -ETIMEDOUT;
        worker_read_clock(s);
        wall_begin(s, s->now_ns);
    }
    progress_online(s);
    atomic_store_explicit(&s->parked, 0, memory_order_relaxed);
    return limited;
}

static bool has_work(Scheduler *s) {
    // Claimed, perhaps while a guard looked round and nobody had to be woken.
    uint64_t idle = atomic_load_explicit(&s->sched->idle[s->index / 64], memory_order_seq_cst);
    return (idle >> s->index % 64 & 1) == 0 ||
           atomic_load_explicit(&s->orders, memory_order_seq_cst) != 0 ||
           queue_length(&s->queue) > 0 || steal_is_possible(s);
}

static bool others_are_busy(Sched *sched) {
    return atomic_load_explicit(&sched->idle_count, memory_order_relaxed) <
           atomic_load_explicit(&sched->online, memory_order_relaxed);
}

static void worker_sleep(Scheduler *s) {
    Sched *sched = s->sched;
    steal_learn(s);
    idle_announce(s);
    stop_searching(s); // B: what others pushed because they saw us search, has_work sees
    uint32_t none = 0;
    bool guard = others_are_busy(sched) && atomic_compare_exchange_strong_explicit(
                                               &sched->guard, &none, s->index + 1,
                                               memory_order_relaxed, memory_order_relaxed);
    if (guard) {
        do {
            if (!worker_park(s, has_work, GUARD_NS)) break;
            steal_guard(s);
        } while (others_are_busy(sched));
        atomic_store_explicit(&sched->guard, 0, memory_order_relaxed);
    } else {
        (void)worker_park(s, has_work, -1);
    }
    idle_withdraw(s);
}

void sched_want_guard(Sched *sched) {
    if (atomic_load_explicit(&sched->guard, memory_order_relaxed) == 0) sched_wake_one(sched);
}

// --- orders --------------------------------------------------------------------------------------

static bool has_new_orders(Scheduler *s) {
    return atomic_load_explicit(&s->orders, memory_order_seq_cst) !=
               atomic_load_explicit(&s->obeyed, memory_order_relaxed) ||
           queue_length(&s->queue) > 0;
}

// Out of service: gives its tasks away, fires its timers, and sleeps in between.
static void worker_obey(Scheduler *s, uint32_t orders) {
    if (s->searching) { // someone else must see to what we were woken for
        stop_searching(s);
        sched_wake_one(s->sched);
    }
    // Counted, as the orders may be lifted meanwhile, and the tasks come back to this queue.
    for (uint32_t n = queue_length(&s->queue); n > 0; n--) {
        Task *t = queue_pop(s->os, &s->queue);
        if (t == NULL) break;
        sched_push(s, t);
    }
    if (atomic_load_explicit(&s->obeyed, memory_order_relaxed) != orders) {
        // Release: the turns of this thread come before whatever the one who waits does.
        atomic_store_explicit(&s->obeyed, orders, memory_order_seq_cst);
        atomic_fetch_add_explicit(&s->sched->obey_word, 1, memory_order_seq_cst);
        os_wake(s->os, &s->sched->obey_word, UINT32_MAX);
    }
    progress_pass(s);
    worker_read_clock(s);
    wheel_poll(s, s->wheel, s->now_ns);
    (void)worker_park(s, has_new_orders, -1);
}

// --- the loop ------------------------------------------------------------------------------------

static void after_turn(Scheduler *s, int64_t used) {
    s->unread++;
    s->unread_reductions += used;
    if (s->unread < CLOCK_TURNS && s->unread_reductions < s->sched->config.slice_reductions / 4)
        return;
    int64_t before_ns = s->now_ns;
    uint32_t turns = s->unread;
    worker_read_clock(s);
    steal_note_turns(s, s->now_ns - before_ns, turns);
    steal_balance(s);
}

void worker_main(void *scheduler) {
    Scheduler *s = scheduler;
    worker_read_clock(s);
    wall_begin(s, s->now_ns);
    progress_online(s);
    for (;;) {
        uint32_t orders = atomic_load_explicit(&s->orders, memory_order_seq_cst);
        if (UNLIKELY(orders != 0)) {
            if ((orders & ORDER_STOP) != 0) break;
            worker_obey(s, orders);
            continue;
        }
        if (UNLIKELY(atomic_load_explicit(&s->obeyed, memory_order_relaxed) != 0)) {
            // Who gives new orders either sees this or is seen at the next look at them.
            atomic_store_explicit(&s->obeyed, 0, memory_order_seq_cst);
            atomic_thread_fence(memory_order_seq_cst);
            continue;
        }
        progress_pass(s);
        wheel_poll(s, s->wheel, s->now_ns);
        Task *t = queue_pop(s->os, &s->queue);
        if (t == NULL) t = find_work(s);
        if (t == NULL) {
            worker_sleep(s);
            continue;
        }
        if (s->searching) {
            stop_searching(s);
            if (steal_is_possible(s)) sched_wake_one(s->sched);
        }
        TaskStep step;
        after_turn(s, worker_turn(s, t, s->sched->config.slice_reductions, &step));
        if (step == TASK_AGAIN) sched_want_guard(s->sched);
    }
    stop_searching(s);
    wall_end(s, os_monotonic_ns(s->os));
    progress_offline(s);
}
