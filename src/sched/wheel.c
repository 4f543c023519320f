// SPDX-License-Identifier: Apache-2.0
// Hierarchical timer wheels (Varghese and Lauck, 1987). Time is cut into ticks of 1 ms. Level 0 has
// a slot for each of the 64 ticks of the current block, level 1 one for each of the 64 blocks of
// the current larger block, and so on: a timer is on the level of the highest group of 6 bits in
// which its tick differs from the current one. When the clock enters a block, the block's timers
// move to lower levels. Starting and cancelling take constant time, and a timer moves at most as
// often as there are levels (nearly always once or not at all).
// Invariants, with the lock: no timer is before now_tick; on level 0, a slot's timers have one
// tick; above it, the slots up to the current one are empty, but for what a block that was just
// entered still has to hand down.
// Thread: any; there is one wheel a scheduler, whose thread fires.
#include "sched/sched_int.h"

enum {
    BATCH = 64,       // timers moved or fired before others may have the lock
    POLL_MAX = 1024,  // and before the scheduler goes on with a task
    LEVEL_SHIFT = 16, // Timer.where: wheel's id, level, slot
    SLOT_SHIFT = 20,
    ID_MASK = 0xffff,
};
_Static_assert((int)SCHEDULERS_MAX <= (int)ID_MASK, "a wheel's id fits");
_Static_assert(SLOT_SHIFT + WHEEL_BITS < 31, "TIMER_FIRED is no part of a slot");

void wheel_init(Wheel *w, uint32_t id, int64_t now_ns) {
    memset(w, 0, sizeof *w);
    w->id = id;
    w->now_tick = now_ns / TICK_NS;
    atomic_init(&w->next_ns, NEVER_NS);
}

static int64_t tick_ns(int64_t tick) {
    return tick > INT64_MAX / TICK_NS ? NEVER_NS : tick * TICK_NS;
}

static unsigned slot_at(int64_t tick, unsigned level) {
    return (uint64_t)tick >> (level * WHEEL_BITS) & (WHEEL_SLOTS - 1);
}

// --- lists ---------------------------------------------------------------------------------------

static void unlink_timer(Wheel *w, Timer *t, uint32_t where) {
    unsigned level = where >> LEVEL_SHIFT & 15, slot = where >> SLOT_SHIFT & (WHEEL_SLOTS - 1);
    TimerList *list = &w->slots[level][slot];
    if (t->prev == NULL)
        list->first = t->next;
    else
        t->prev->next = t->next;
    if (t->next == NULL)
        list->last = t->prev;
    else
        t->next->prev = t->prev;
    if (list->first == NULL) w->occupied[level] &= ~(UINT64_C(1) << slot);
}

// Puts `t` into its slot; returns the tick at which the wheel has to look at that.
static int64_t place(Wheel *w, Timer *t) {
    // Never early: a part of a tick counts as a whole one.
    int64_t tick = t->at_ns <= 0 ? 0 : (t->at_ns - 1) / TICK_NS + 1;
    tick = MAX(tick, w->now_tick);
    uint64_t differs = (uint64_t)tick ^ (uint64_t)w->now_tick;
    unsigned level = differs == 0 ? 0 : (63 - (unsigned)__builtin_clzll(differs)) / WHEEL_BITS;
    ASSERT(level < WHEEL_LEVELS);
    unsigned slot = slot_at(tick, level);
    TimerList *list = &w->slots[level][slot];
    t->next = NULL;
    t->prev = list->last;
    if (list->last == NULL)
        list->first = t;
    else
        list->last->next = t;
    list->last = t;
    w->occupied[level] |= UINT64_C(1) << slot;
    // Release: pairs with the acquire in timer_is_running.
    atomic_store_explicit(&t->where, w->id | level << LEVEL_SHIFT | slot << SLOT_SHIFT,
                          memory_order_release);
    unsigned shift = level * WHEEL_BITS;
    return (int64_t)((uint64_t)tick >> shift << shift);
}

// --- firing --------------------------------------------------------------------------------------

// The next slot to look at, and when. false: the wheel is empty.
static bool next_slot(const Wheel *w, int64_t *tick, unsigned *level, unsigned *slot) {
    // A block that was entered and not handed down yet comes first, the largest before others.
    for (unsigned l = WHEEL_LEVELS - 1; l > 0; l--) {
        unsigned now = slot_at(w->now_tick, l);
        if (UNLIKELY((w->occupied[l] >> now & 1) != 0)) {
            *tick = w->now_tick;
            *level = l;
            *slot = now;
            return true;
        }
    }
    for (unsigned l = 0; l < WHEEL_LEVELS; l++) {
        if (w->occupied[l] == 0) continue;
        // Nothing is behind the current slot.
        unsigned at = (unsigned)__builtin_ctzll(w->occupied[l]), shift = l * WHEEL_BITS;
        uint64_t block = (uint64_t)w->now_tick >> shift >> WHEEL_BITS << WHEEL_BITS;
        DEBUG_ASSERT(at >= slot_at(w->now_tick, l));
        *tick = (int64_t)((block | at) << shift);
        *level = l;
        *slot = at;
        return true;
    }
    return false;
}

// Fires or hands down the slot's timers, up to `max`; how many.
static uint32_t empty_slot(Scheduler *s, Wheel *w, unsigned level, unsigned slot, uint32_t max) {
    uint32_t done = 0;
    for (Timer *t; done < max && (t = w->slots[level][slot].first) != NULL; done++) {
        unlink_timer(w, t, atomic_load_explicit(&t->where, memory_order_relaxed));
        if (level > 0) {
            (void)place(w, t);
            continue;
        }
        // Before `fire`, as the timer's memory may be gone after it: who wants to know whether it
        // has returned takes the lock (timer_cancel).
        atomic_store_explicit(&t->where, w->id | TIMER_FIRED, memory_order_release);
        t->fire(s, t);
    }
    return done;
}

void wheel_poll_slow(Scheduler *s, Wheel *w, int64_t now_ns) {
    int64_t target = now_ns / TICK_NS, tick;
    unsigned level, slot;
    uint32_t batch = 0, all = 0;
    lock_take(s->os, &w->lock);
    bool some;
    while ((some = next_slot(w, &tick, &level, &slot)) && tick <= target && all < POLL_MAX) {
        w->now_tick = tick;
        uint32_t done = empty_slot(s, w, level, slot, BATCH - batch);
        all += done;
        batch += done;
        if (batch == BATCH) {
            batch = 0;
            lock_drop(&w->lock);
            lock_take(s->os, &w->lock);
        }
    }
    if (!some || tick > target) w->now_tick = MAX(w->now_tick, target);
    atomic_store_explicit(&w->next_ns, some ? tick_ns(tick) : NEVER_NS, memory_order_relaxed);
    lock_drop(&w->lock);
}

int64_t wheel_promise(Os *os, Wheel *w) {
    lock_take(os, &w->lock);
    w->sleeping_until_ns = atomic_load_explicit(&w->next_ns, memory_order_relaxed);
    int64_t until = w->sleeping_until_ns;
    lock_drop(&w->lock);
    return until;
}

// --- for everyone --------------------------------------------------------------------------------

// Threads that turn no wheel use a normal scheduler's.
static Scheduler *wheel_owner(Scheduler *s) {
    if (s->kind == SCHEDULER_NORMAL) return s;
    return &s->sched->all[s->index % s->sched->normal_count];
}

void timer_start(Scheduler *s, Timer *t, int64_t at_ns, void (*fire)(Scheduler *s, Timer *t)) {
    ASSERT(!timer_is_running(t));
    Scheduler *owner = wheel_owner(s);
    Wheel *w = owner->wheel;
    t->at_ns = at_ns;
    t->fire = fire;
    lock_take(s->os, &w->lock);
    int64_t look_ns = tick_ns(place(w, t));
    if (look_ns < atomic_load_explicit(&w->next_ns, memory_order_relaxed))
        atomic_store_explicit(&w->next_ns, look_ns, memory_order_relaxed);
    // The promise holds while the owner sleeps; when it is awake, or this is the owner, the poke
    // finds nobody asleep, and the owner looks at next_ns before it sleeps.
    bool poke = owner != s && look_ns < w->sleeping_until_ns;
    if (poke) w->sleeping_until_ns = look_ns;
    lock_drop(&w->lock);
    if (poke) scheduler_poke(owner);
}

bool timer_cancel(Scheduler *s, Timer *t) {
    uint32_t where = atomic_load_explicit(&t->where, memory_order_acquire);
    if (where == 0) return false;
    Wheel *w = s->sched->all[(where & ID_MASK) - 1].wheel;
    lock_take(s->os, &w->lock);
    // It may have moved or fired since.
    where = atomic_load_explicit(&t->where, memory_order_relaxed);
    bool running = (where & TIMER_FIRED) == 0;
    if (running) unlink_timer(w, t, where);
    lock_drop(&w->lock);
    // Whether it fired or not: `fire` has returned, as it runs with the lock.
    atomic_store_explicit(&t->where, 0, memory_order_relaxed);
    return running;
}
