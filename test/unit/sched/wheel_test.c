// SPDX-License-Identifier: Apache-2.0
// Timers: never early, soon after, in order, cancelled from anywhere. Mostly by a simulated clock.
#include "base/prng.h"
#include "world.h"

#include <unistd.h>

enum { MS = 1000000 };

typedef struct Alarm {
    Timer timer; // first: a Timer * is an Alarm *
    World *w;
    int64_t fired_ns; // 0: not yet
    uint64_t order;
} Alarm;

// The clock as `fire` sees it.
static int64_t now_of(World *w) {
    return os_monotonic_ns(w->os);
}

static _Atomic uint64_t *orders(World *w) {
    return (_Atomic uint64_t *)&w->trace_cap; // no trace in these tests
}

static void ring(Scheduler *s, Timer *t) {
    Alarm *a = (Alarm *)t;
    a->fired_ns = now_of(a->w);
    a->order = atomic_fetch_add(orders(a->w), 1);
    if (atomic_fetch_sub(&a->w->open, 1) == 1) sched_notify(a->w->sched);
}

static World *sim_world(uint32_t schedulers) {
    World *w = world_new((WorldOptions){.schedulers = schedulers, .simulated = true, .seed = 5});
    os_sim_advance(w->os, 12345 * (int64_t)MS + 678);
    return w;
}

static void start(Scheduler *s, Alarm *a, World *w, int64_t after_ns) {
    a->w = w;
    a->fired_ns = 0;
    atomic_fetch_add(&w->open, 1);
    timer_start(s, &a->timer, sched_now_ns(s) + after_ns, ring);
    assert_true(timer_is_running(&a->timer));
}

// Each distance up to a day, alone: fires in the first millisecond in which it may.
static void each_distance_fires_in_time(void **state) {
    World *w = sim_world(1);
    Alarm a = {0};
    for (int64_t after = 1; after < 86400 * (int64_t)1000 * MS; after += 1 + after / 3) {
        Scheduler *guest = sched_enter(w->sched);
        start(guest, &a, w, after);
        sched_leave(guest);
        world_wait(w);
        assert_false(timer_is_running(&a.timer));
        assert_true(a.fired_ns >= a.timer.at_ns);
        assert_true(a.fired_ns < a.timer.at_ns + MS);
        os_sim_advance(w->os, after % 7919);
    }
    world_free(w);
}

static void the_past_and_the_end_of_time(void **state) {
    World *w = sim_world(1);
    Alarm past = {0}, ancient = {0}, never = {0};
    Scheduler *guest = sched_enter(w->sched);
    start(guest, &past, w, -5 * MS);
    start(guest, &ancient, w, INT64_MIN / 2);
    never.w = w;
    timer_start(guest, &never.timer, INT64_MAX, ring);
    sched_leave(guest);
    int64_t before = now_of(w);
    world_wait(w);
    assert_true(past.fired_ns - before <= MS);
    assert_true(ancient.fired_ns - before <= MS);
    guest = sched_enter(w->sched);
    assert_true(timer_cancel(guest, &never.timer));
    assert_false(timer_cancel(guest, &never.timer));
    assert_false(timer_cancel(guest, &past.timer));
    sched_leave(guest);
    world_free(w);
}

static void same_time_fires_in_order(void **state) {
    enum { COUNT = 1000 };
    World *w = sim_world(1);
    Alarm *a = calloc(COUNT, sizeof *a);
    Scheduler *guest = sched_enter(w->sched);
    for (int i = 0; i < COUNT; i++) start(guest, &a[i], w, 700 * (int64_t)MS);
    sched_leave(guest);
    world_wait(w);
    for (int i = 0; i < COUNT; i++) assert_int_equal(a[i].order, i);
    world_free(w);
    free(a);
}

// A model: all that were not cancelled fire, once, in time, in the order of their milliseconds.
static void many_random_timers(void **state) {
    enum { COUNT = 50000 };
    World *w = sim_world(3);
    Alarm *a = calloc(COUNT, sizeof *a);
    bool *cancelled = calloc(COUNT, sizeof *cancelled);
    Prng g = prng_new(77);
    Scheduler *guest = sched_enter(w->sched);
    for (int i = 0; i < COUNT; i++)
        start(guest, &a[i], w, (int64_t)prng_below(&g, UINT64_C(1) << prng_below(&g, 45)));
    for (int i = 0; i < COUNT; i++) {
        cancelled[i] = prng_below(&g, 3) == 0;
        if (!cancelled[i]) continue;
        assert_true(timer_cancel(guest, &a[i].timer));
        atomic_fetch_sub(&w->open, 1);
        if (prng_below(&g, 2) == 0) {
            start(guest, &a[i], w, (int64_t)prng_below(&g, UINT64_C(1) << 40));
            cancelled[i] = false;
        }
    }
    sched_leave(guest);
    world_wait(w);
    for (int i = 0; i < COUNT; i++) {
        if (cancelled[i]) {
            assert_int_equal(a[i].fired_ns, 0);
        } else {
            assert_true(a[i].fired_ns >= a[i].timer.at_ns);
            assert_true(a[i].fired_ns < a[i].timer.at_ns + MS);
        }
    }
    world_free(w);
    free(a);
    free(cancelled);
}

static void a_million_at_once(void **state) {
    enum { COUNT = 1000000 };
    World *w = sim_world(1);
    Alarm *a = calloc(COUNT, sizeof *a);
    Scheduler *guest = sched_enter(w->sched);
    for (int i = 0; i < COUNT; i++) start(guest, &a[i], w, 100000 * (int64_t)MS);
    sched_leave(guest);
    world_wait(w);
    for (int i = 0; i < COUNT; i++) assert_true(a[i].fired_ns >= a[i].timer.at_ns);
    world_free(w);
    free(a);
}

// --- real threads --------------------------------------------------------------------------------

static void real_timers_wake_a_sleeping_machine(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 4});
    usleep(20000); // all asleep without end
    Alarm far = {0}, near = {0};
    Scheduler *guest = sched_enter(w->sched);
    far.w = w;
    timer_start(guest, &far.timer, sched_now_ns(guest) + 3600 * INT64_C(1000) * MS, ring);
    usleep(10000);
    start(guest, &near, w, 30 * (int64_t)MS); // earlier than what its owner sleeps for
    sched_leave(guest);
    world_wait(w);
    assert_true(near.fired_ns >= near.timer.at_ns);
    assert_true(near.fired_ns < near.timer.at_ns + 5000 * (int64_t)MS);
    guest = sched_enter(w->sched);
    assert_true(timer_cancel(guest, &far.timer));
    sched_leave(guest);
    world_free(w);
}

// Jobs that start timers and cancel them near the moment when they fire. Each start must end in
// exactly one of: fired, cancelled.
enum { RACERS = 8, RACES = 1500 };
typedef struct Racer {
    Job job; // first
    World *w;
    Timer timer;
    Prng prng;
    bool armed;
    _Atomic int64_t fired;
    int64_t started, cancelled;
} Racer;

static void racer_fire(Scheduler *s, Timer *t) {
    Racer *r = CONTAINER_OF(t, Racer, timer);
    assert_true(sched_now_ns(s) >= t->at_ns);
    atomic_fetch_add(&r->fired, 1);
    task_wake(s, &r->job.task);
}

static TaskStep racer_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Racer *r = (Racer *)j;
    *used = 100;
    if (r->armed) {
        // Woken by the timer, or a slice later: then it may just be firing.
        bool stopped = timer_cancel(s, &r->timer);
        assert_false(timer_is_running(&r->timer));
        r->cancelled += stopped;
        assert_int_equal(r->started, r->cancelled + atomic_load(&r->fired));
        r->armed = false;
        if (r->started == RACES) return job_end(r->w);
    }
    r->started++;
    timer_start(s, &r->timer, sched_now_ns(s) + (int64_t)prng_below(&r->prng, 300000), racer_fire);
    r->armed = true;
    switch (prng_below(&r->prng, 4)) {
    case 0: return TASK_WAIT;
    case 1: return TASK_DIRTY_CPU;
    default: break;
    }
    for (volatile uint64_t i = prng_below(&r->prng, 20000); i > 0; i--) {
    }
    return TASK_AGAIN;
}

static void cancelling_races_with_firing(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 3, .dirty_cpu = 2});
    Racer *racers = calloc(RACERS, sizeof *racers);
    for (unsigned i = 0; i < RACERS; i++) {
        Racer *r = &racers[i];
        job_init(w, &r->job, i, racer_run, r);
        r->w = w;
        r->prng = prng_new(i);
        world_start_job(w, &r->job);
    }
    world_wait(w);
    world_free(w);
    free(racers);
}

// A ticker keeps ticking when its scheduler goes out of service.
typedef struct Ticker {
    Job job; // first
    World *w;
    Timer timer;
    bool armed;
} Ticker;

static void ticker_fire(Scheduler *s, Timer *t) {
    task_wake(s, &CONTAINER_OF(t, Ticker, timer)->job.task);
}

static TaskStep ticker_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Ticker *t = (Ticker *)j;
    int64_t n = atomic_fetch_add(&j->count, 1);
    if (n == 200) return job_end(t->w);
    timer_start(s, &t->timer, sched_now_ns(s) + MS / 2, ticker_fire);
    if (n % 20 == 0) assert_true(sched_set_online(s, 1 + (uint32_t)(n / 20) % 2 * 3));
    return TASK_WAIT;
}

static void timers_fire_while_schedulers_go_offline(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 4});
    Ticker *tickers = calloc(8, sizeof *tickers);
    for (unsigned i = 0; i < 8; i++) {
        job_init(w, &tickers[i].job, i, ticker_run, NULL);
        tickers[i].w = w;
        world_start_job(w, &tickers[i].job);
    }
    world_wait(w);
    world_free(w);
    free(tickers);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_distance_fires_in_time),
        cmocka_unit_test(the_past_and_the_end_of_time),
        cmocka_unit_test(same_time_fires_in_order),
        cmocka_unit_test(many_random_timers),
        cmocka_unit_test(a_million_at_once),
        cmocka_unit_test(real_timers_wake_a_sleeping_machine),
        cmocka_unit_test(cancelling_races_with_firing),
        cmocka_unit_test(timers_fire_while_schedulers_go_offline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
