// SPDX-License-Identifier: Apache-2.0
// Tasks on real threads: waking each other, priorities, dirty turns, orders, sleeping.
#include "world.h"

#include <errno.h>
#include <unistd.h>

// --- everyone wakes everyone ---------------------------------------------------------------------

enum { RING = 300, ROUNDS = 2000 };
typedef struct Crowd {
    World *w;
    Job jobs[RING];
    _Atomic int64_t sent, got;
} Crowd;

// Each mail makes its receiver send one on, until enough were sent.
static TaskStep crowd_member(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Crowd *c = j->arg;
    int64_t mails = atomic_exchange(&j->mail, 0);
    if (mails < 0) return job_end(c->w);
    atomic_fetch_add(&c->got, mails);
    for (int64_t i = 0; i < mails; i++) {
        int64_t n = atomic_fetch_add(&c->sent, 1);
        if (n >= RING * ROUNDS) {
            atomic_fetch_sub(&c->sent, 1);
            if (atomic_load(&c->got) == RING * ROUNDS) {
                for (int k = 0; k < RING; k++) {
                    atomic_store(&c->jobs[k].mail, INT64_MIN);
                    task_wake(s, &c->jobs[k].task);
                }
                return TASK_WAIT;
            }
            continue;
        }
        Job *to = &c->jobs[(uint64_t)(j->id * 7 + (uint64_t)n * 31 + 1) % RING];
        atomic_fetch_add(&to->mail, 1);
        task_wake(s, &to->task);
    }
    *used = 10;
    return TASK_WAIT;
}

static void crowd(uint32_t schedulers) {
    World *w = world_new((WorldOptions){.schedulers = schedulers});
    Crowd *c = calloc(1, sizeof *c);
    c->w = w;
    Scheduler *guest = sched_enter(w->sched);
    for (uint64_t i = 0; i < RING; i++) {
        job_init(w, &c->jobs[i], i, crowd_member, c);
        task_resume(guest, &c->jobs[i].task);
    }
    for (int i = 0; i < 10; i++) {
        atomic_fetch_add(&c->sent, 1);
        atomic_fetch_add(&c->jobs[i].mail, 1);
        task_wake(guest, &c->jobs[i].task);
    }
    sched_leave(guest);
    world_wait(w);
    assert_int_equal(c->sent, RING * ROUNDS);
    assert_int_equal(c->got, RING * ROUNDS);
    world_free(w);
    free(c);
}

static void wake_ups_balance_on_one_scheduler(void **state) {
    crowd(1);
}
static void wake_ups_balance_on_two_schedulers(void **state) {
    crowd(2);
}
static void wake_ups_balance_on_eight_schedulers(void **state) {
    crowd(8);
}

// --- order and shares ----------------------------------------------------------------------------

enum { ORDERED = 40 };
typedef struct Order {
    World *w;
    Job boss, jobs[ORDERED];
    unsigned order[ORDERED];
    _Atomic unsigned count;
} Order;

static TaskStep order_note(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Order *o = j->arg;
    o->order[atomic_fetch_add(&o->count, 1)] = (unsigned)j->id;
    return job_end(o->w);
}

static TaskStep order_boss(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Order *o = j->arg;
    for (unsigned i = 0; i < ORDERED; i++) task_resume(s, &o->jobs[i].task);
    return job_end(o->w);
}

static void higher_priority_runs_first(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 1});
    Order *o = calloc(1, sizeof *o);
    o->w = w;
    job_init(w, &o->boss, 0, order_boss, o);
    // low, normal, high, max, low, ...
    for (unsigned i = 0; i < ORDERED; i++) {
        job_init(w, &o->jobs[i], i, order_note, o);
        o->jobs[i].task.priority = (uint8_t)(TASK_LOW - i % TASK_PRIORITIES);
    }
    world_start_job(w, &o->boss);
    world_wait(w);
    // First all of max in order, then all of high in order.
    for (unsigned i = 0; i < ORDERED / 4; i++) {
        assert_int_equal(o->order[i], i * 4 + 3);
        assert_int_equal(o->order[ORDERED / 4 + i], i * 4 + 2);
    }
    for (unsigned i = ORDERED / 2; i < ORDERED; i++) assert_true(o->order[i] % 4 < 2);
    world_free(w);
    free(o);
}

typedef struct Share {
    World *w;
    Job boss, jobs[2];
    _Atomic bool over;
} Share;

static TaskStep share_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Share *sh = j->arg;
    *used = reductions;
    if (atomic_load(&sh->over)) return job_end(sh->w);
    int64_t n = atomic_fetch_add(&j->count, 1) + 1;
    if (j->id == 0 && n == 8000) atomic_store(&sh->over, true);
    return TASK_AGAIN;
}

static TaskStep share_boss(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Share *sh = j->arg;
    task_resume(s, &sh->jobs[0].task);
    task_resume(s, &sh->jobs[1].task);
    return job_end(sh->w);
}

static void low_priority_gets_one_turn_in_eight(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 1});
    Share *sh = calloc(1, sizeof *sh);
    sh->w = w;
    job_init(w, &sh->boss, 9, share_boss, sh);
    for (unsigned i = 0; i < 2; i++) job_init(w, &sh->jobs[i], i, share_run, sh);
    sh->jobs[1].task.priority = TASK_LOW;
    world_start_job(w, &sh->boss);
    world_wait(w);
    assert_in_range(sh->jobs[1].count, 990, 1010);
    world_free(w);
    free(sh);
}

// --- many that never wait ------------------------------------------------------------------------

enum { GREEDY = 12 };
typedef struct Greed {
    World *w;
    Job boss, jobs[GREEDY];
    _Atomic bool over;
} Greed;

static TaskStep greedy_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Greed *g = j->arg;
    int64_t begin = os_cpu_ns(g->w->os);
    for (volatile int i = 0; i < 20000; i++) {
    }
    (void)begin;
    *used = reductions;
    atomic_fetch_add(&j->count, 1);
    return atomic_load(&g->over) ? job_end(g->w) : TASK_AGAIN;
}

static TaskStep greedy_boss(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Greed *g = j->arg;
    for (unsigned i = 0; i < GREEDY; i++) task_resume(s, &g->jobs[i].task);
    return job_end(g->w);
}

// All start on one scheduler; in the end each has had about its share.
static void busy_tasks_spread_evenly(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2});
    Greed *g = calloc(1, sizeof *g);
    g->w = w;
    job_init(w, &g->boss, 99, greedy_boss, g);
    for (unsigned i = 0; i < GREEDY; i++) job_init(w, &g->jobs[i], i, greedy_run, g);
    world_start_job(w, &g->boss);
    usleep(400000);
    SchedulerStats one, two;
    assert_true(sched_stats(w->sched, 1, &one) && sched_stats(w->sched, 2, &two));
    assert_true(one.turns > 0 && two.turns > 0);
    atomic_store(&g->over, true);
    world_wait(w);
    int64_t least = INT64_MAX, most = 0;
    for (unsigned i = 0; i < GREEDY; i++) {
        least = MIN(least, g->jobs[i].count);
        most = MAX(most, g->jobs[i].count);
    }
    assert_true(least > 0 && most <= least * 4 + 20);
    world_free(w);
    free(g);
}

// --- states --------------------------------------------------------------------------------------

typedef struct States {
    World *w;
    Job job, other;
    int step;
    Scheduler *resumed_by;
} States;

static TaskStep wakes_itself(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    States *st = j->arg;
    assert_int_equal(task_place(&j->task), TASK_IS_RUNNING);
    assert_false(task_is_woken(&j->task));
    if (++st->step == 100) return job_end(st->w);
    task_wake(s, &j->task);
    task_wake(s, &j->task); // counts once
    assert_true(task_is_woken(&j->task));
    return TASK_WAIT;
}

static void a_wake_up_while_running_counts(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2});
    States st = {.w = w};
    job_init(w, &st.job, 0, wakes_itself, &st);
    assert_int_equal(task_place(&st.job.task), TASK_IS_WAITING);
    world_start_job(w, &st.job);
    world_wait(w);
    assert_int_equal(st.step, 100);
    world_free(w);
}

static TaskStep holder(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    States *st = j->arg;
    if (++st->step == 200) {
        atomic_store(&st->other.count, 1);
        task_wake(s, &st->other.task);
        return job_end(st->w);
    }
    // Another scheduler may give it back before this turn is over.
    atomic_store(&st->other.mail, 1);
    task_wake(s, &st->other.task);
    task_wake(s, &j->task); // no way out of being held
    return TASK_HELD;
}

static TaskStep giver(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    States *st = j->arg;
    if (atomic_exchange(&j->mail, 0) != 0) task_resume(s, &st->job.task);
    return atomic_load(&j->count) != 0 ? job_end(st->w) : TASK_WAIT;
}

static void a_held_task_comes_back(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2});
    States st = {.w = w};
    job_init(w, &st.job, 0, holder, &st);
    job_init(w, &st.other, 1, giver, &st);
    world_start_job(w, &st.other);
    world_start_job(w, &st.job);
    world_wait(w);
    assert_int_equal(st.step, 200);
    world_free(w);
}

// --- dirty threads -------------------------------------------------------------------------------

enum { DIRTY_JOBS = 30 };

static TaskStep dirty_trip(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    World *w = j->arg;
    static const SchedulerKind kinds[] = {SCHEDULER_NORMAL, SCHEDULER_DIRTY_CPU, SCHEDULER_NORMAL,
                                          SCHEDULER_DIRTY_IO, SCHEDULER_DIRTY_CPU};
    static const TaskStep steps[] = {TASK_DIRTY_CPU, TASK_AGAIN, TASK_DIRTY_IO, TASK_DIRTY_CPU,
                                     TASK_WAIT};
    int64_t n = atomic_fetch_add(&j->count, 1);
    assert_int_equal(scheduler_kind(s), kinds[n % 5]);
    assert_non_null(scheduler_local(s));
    if (n == 500) return job_end(w);
    if (scheduler_kind(s) != SCHEDULER_NORMAL && n % 3 == 0) {
        sched_away(s);
        usleep(100);
        sched_back(s);
    }
    if (n % 5 == 4) task_wake(s, &j->task);
    return steps[n % 5];
}

static void dirty_turns_and_back(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2, .dirty_cpu = 2, .dirty_io = 5});
    Job *jobs = calloc(DIRTY_JOBS, sizeof *jobs);
    for (unsigned i = 0; i < DIRTY_JOBS; i++) {
        job_init(w, &jobs[i], i, dirty_trip, w);
        world_start_job(w, &jobs[i]);
    }
    world_wait(w);
    SchedulerStats stats;
    assert_true(sched_stats(w->sched, 3, &stats));
    assert_int_equal(stats.kind, SCHEDULER_DIRTY_CPU);
    assert_true(sched_stats(w->sched, 9, &stats));
    assert_int_equal(stats.kind, SCHEDULER_DIRTY_IO);
    assert_false(sched_stats(w->sched, 10, &stats));
    assert_false(sched_stats(w->sched, 0, &stats));
    world_free(w);
    free(jobs);
}

// A dirty thread that computes long does not stop the others.
static TaskStep dirty_sleeper(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    World *w = j->arg;
    if (scheduler_kind(s) == SCHEDULER_NORMAL) return TASK_DIRTY_IO;
    usleep(50000);
    return job_end(w);
}

static void dirty_threads_start_as_needed(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 1, .dirty_io = 4});
    Job jobs[8];
    int64_t begin = os_monotonic_ns(w->os);
    for (unsigned i = 0; i < 8; i++) {
        job_init(w, &jobs[i], i, dirty_sleeper, w);
        world_start_job(w, &jobs[i]);
    }
    world_wait(w);
    int64_t took_ms = (os_monotonic_ns(w->os) - begin) / 1000000;
    assert_in_range(took_ms, 100, 390); // 8 tasks of 50 ms on 4 threads, not on one
    world_free(w);
}

// --- orders --------------------------------------------------------------------------------------

typedef struct Orders {
    World *w;
    Crowd *crowd;
    Job boss;
    _Atomic int64_t inside;  // tasks that run now
    _Atomic int64_t blocker; // 1: nobody else may
    Job jobs[20];
    _Atomic bool over;
} Orders;

static TaskStep orders_job(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Orders *o = j->arg;
    atomic_fetch_add(&o->inside, 1);
    for (volatile int i = 0; i < 500; i++) {
    }
    int64_t n = atomic_fetch_add(&j->count, 1);
    TaskStep step = TASK_AGAIN;
    if (j->id == 0 || j->id == 1) {
        switch (n % 40) {
        case 10:
            assert_true(sched_set_online(s, 1 + (uint32_t)(n / 40 + (int64_t)j->id) % 4));
            break;
        case 20:
            atomic_fetch_sub(&o->inside, 1);
            if (!sched_block(s, SCHED_BLOCK_ALL)) {
                atomic_fetch_sub(&j->count, 1); // asks again
                return TASK_AGAIN;
            }
            assert_int_equal(atomic_load(&o->inside), 0);
            atomic_fetch_add(&o->inside, 1);
            atomic_fetch_add(&o->blocker, 1);
            break;
        case 22: // one of the two might have gone first
            if (atomic_fetch_sub(&o->blocker, 1) > 0) sched_unblock(s, SCHED_BLOCK_ALL);
            break;
        default: break;
        }
    }
    // While someone blocks, this is the only turn.
    assert_true(atomic_load(&o->blocker) == 0 || atomic_load(&o->inside) == 1);
    if (j->id == 3 && n % 7 == 0) step = TASK_DIRTY_CPU;
    if (j->id == 0 && n == 40 * 100) atomic_store(&o->over, true);
    *used = reductions;
    if (atomic_load(&o->over) && (j->id > 1 || n % 40 >= 30)) step = job_end(o->w);
    atomic_fetch_sub(&o->inside, 1);
    return step;
}

static void orders_are_obeyed(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 4, .dirty_cpu = 2});
    Orders *o = calloc(1, sizeof *o);
    o->w = w;
    for (unsigned i = 0; i < ARRAY_COUNT(o->jobs); i++) {
        job_init(w, &o->jobs[i], i, orders_job, o);
        world_start_job(w, &o->jobs[i]);
    }
    world_wait(w);
    SchedInfo info = sched_info(w->sched);
    assert_false(info.blocked);
    assert_int_equal(info.schedulers, 4);
    world_free(w);
    free(o);
}

static void online_is_checked(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2, .dirty_cpu = 2});
    Scheduler *guest = sched_enter(w->sched);
    assert_false(sched_set_online(guest, 0));
    assert_false(sched_set_online(guest, 3));
    assert_true(sched_set_online(guest, 1));
    assert_false(sched_set_dirty_cpu_online(guest, 3));
    assert_true(sched_set_dirty_cpu_online(guest, 1));
    sched_leave(guest);
    SchedInfo info = sched_info(w->sched);
    assert_int_equal(info.online, 1);
    assert_int_equal(info.active, 1);
    assert_int_equal(info.dirty_cpu_online, 1);
    world_free(w);
}

// --- one long turn -------------------------------------------------------------------------------

typedef struct Hog {
    World *w;
    Job job, lone, timed;
    Timer timer;
    bool away;
    _Atomic int64_t ran;
} Hog;

static TaskStep note_ran(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Hog *h = j->arg;
    atomic_fetch_add(&h->ran, 1);
    return job_end(h->w);
}
static void hog_fire(Scheduler *s, Timer *t) {
    task_resume(s, &CONTAINER_OF(t, Hog, timer)->timed.task);
}

static TaskStep hog_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Hog *h = j->arg;
    // One whole slice tells the others that someone is busy; sched_away does so too.
    if (!h->away && atomic_fetch_add(&j->count, 1) == 0) return TASK_AGAIN;
    task_resume(s, &h->lone.task);
    timer_start(s, &h->timer, sched_now_ns(s) + 10000000, hog_fire);
    if (h->away) sched_away(s);
    int64_t until = os_monotonic_ns(h->w->os) + INT64_C(5000000000);
    while (atomic_load(&h->ran) < 2 && os_monotonic_ns(h->w->os) < until) {
    }
    if (h->away) sched_back(s);
    assert_int_equal(atomic_load(&h->ran), 2); // meanwhile, on another scheduler
    return job_end(h->w);
}

static void a_long_turn_delays_nobody(void **state) {
    for (int i = 0; i < 4; i++) {
        World *w = world_new((WorldOptions){.schedulers = 2});
        usleep(10000); // all asleep
        Hog *h = calloc(1, sizeof *h);
        h->w = w;
        h->away = i % 2 != 0;
        job_init(w, &h->job, 0, hog_run, h);
        job_init(w, &h->lone, 1, note_ran, h);
        job_init(w, &h->timed, 2, note_ran, h);
        world_start_job(w, &h->job);
        world_wait(w);
        world_free(w);
        free(h);
    }
}

// --- sleeping ------------------------------------------------------------------------------------

static void an_idle_machine_uses_no_cpu(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 8});
    crowd(2); // no matter what ran elsewhere
    Job job;
    job_init(w, &job, 0, wakes_itself, &(States){.w = w});
    world_start_job(w, &job);
    world_wait(w);
    usleep(20000);
    int64_t begin = os_cpu_ns(w->os);
    usleep(1000000);
    assert_in_range(os_cpu_ns(w->os) - begin, 0, 5000000);
    world_free(w);
}

static TaskStep wall_job(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    World *w = j->arg;
    if (atomic_fetch_add(&j->count, 1) == 100) return job_end(w);
    int64_t until = os_monotonic_ns(w->os) + 1000000;
    while (os_monotonic_ns(w->os) < until) {
    }
    return TASK_AGAIN;
}

static void wall_time_of_one_busy_task(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2});
    SchedulerStats one, two;
    assert_true(sched_stats(w->sched, 1, &one));
    assert_int_equal(one.total_ns, 0);
    sched_wall_time(w->sched, true);
    assert_true(sched_wall_time_is_on(w->sched));
    Job job;
    job_init(w, &job, 0, wall_job, w);
    world_start_job(w, &job);
    world_wait(w);
    usleep(1000);
    assert_true(sched_stats(w->sched, 1, &one) && sched_stats(w->sched, 2, &two));
    int64_t busy = one.busy_ns + two.busy_ns;
    assert_true(busy >= 99000000);
    assert_true(busy < one.total_ns + 20000000);
    assert_in_range(one.turns + two.turns, 100, 101); // figures may be a turn old
    sched_wall_time(w->sched, false);
    assert_false(sched_wall_time_is_on(w->sched));
    world_free(w);
}

// --- failing -------------------------------------------------------------------------------------

static void memory_may_fail_at_any_time(void **state) {
    int tries = 0;
    for (uint64_t nth = 1;; nth++, tries++) {
        World w = {0};
        mem_init(&w.mem);
        w.os = os_real_new(&w.mem);
        SchedConfig config = {.mem = &w.mem,
                              .os = w.os,
                              .hooks = {&w, world_run, world_local_new, world_local_free, NULL},
                              .schedulers = 2};
        uint64_t before = mem_bytes(&w.mem);
        // From here on the nth allocation fails (and each nth after it).
        w.mem.fail_every = nth;
        Sched *sched = sched_new(&config);
        int err = sched != NULL ? sched_start(sched) : 0;
        w.mem.fail_every = 0;
        if (sched != NULL && err == 0) sched_stop(sched);
        sched_free(sched);
        assert_int_equal(mem_bytes(&w.mem), before);
        assert_int_equal(w.locals, 0);
        os_free(w.os);
        if (sched != NULL && err == 0) break;
        if (err != 0) assert_int_equal(err, -ENOMEM);
    }
    assert_true(tries >= 6);
}

// A task waits in a queue: no turn begins once it is to stop, and nothing hangs.
static TaskStep runs_for_ever(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    *used = reductions;
    atomic_fetch_add(&j->count, 1);
    return j->id % 3 == 0 ? TASK_DIRTY_CPU : TASK_AGAIN;
}

static void stopping_in_the_middle(void **state) {
    for (int i = 0; i < 20; i++) {
        World *w = world_new((WorldOptions){.schedulers = 3});
        Job jobs[10];
        for (unsigned k = 0; k < 10; k++) {
            job_init(w, &jobs[k], k, runs_for_ever, NULL);
            world_start_job(w, &jobs[k]);
        }
        if (i % 2 == 0) usleep(1000);
        sched_stop(w->sched);
        int64_t turns = 0;
        for (unsigned k = 0; k < 10; k++) turns += jobs[k].count;
        usleep(1000);
        for (unsigned k = 0; k < 10; k++) turns -= jobs[k].count;
        assert_int_equal(turns, 0);
        world_free(w); // stops again: nothing left to do
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wake_ups_balance_on_one_scheduler),
        cmocka_unit_test(wake_ups_balance_on_two_schedulers),
        cmocka_unit_test(wake_ups_balance_on_eight_schedulers),
        cmocka_unit_test(higher_priority_runs_first),
        cmocka_unit_test(low_priority_gets_one_turn_in_eight),
        cmocka_unit_test(busy_tasks_spread_evenly),
        cmocka_unit_test(a_wake_up_while_running_counts),
        cmocka_unit_test(a_held_task_comes_back),
        cmocka_unit_test(dirty_turns_and_back),
        cmocka_unit_test(dirty_threads_start_as_needed),
        cmocka_unit_test(orders_are_obeyed),
        cmocka_unit_test(online_is_checked),
        cmocka_unit_test(a_long_turn_delays_nobody),
        cmocka_unit_test(an_idle_machine_uses_no_cpu),
        cmocka_unit_test(wall_time_of_one_busy_task),
        cmocka_unit_test(memory_may_fail_at_any_time),
        cmocka_unit_test(stopping_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
