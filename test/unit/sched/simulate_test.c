// SPDX-License-Identifier: Apache-2.0
// Simulated schedulers: replay by seed, other schedules by other seeds, time that jumps, being
// stuck.
#include "base/prng.h"
#include "world.h"

enum { ACTORS = 20, ROUNDS = 50 };

typedef struct Actor {
    Job job; // first
    World *w;
    struct Actor *all;
    Timer timer;
    bool timed;
    Retired retired;
    _Atomic int64_t *retirements;
} Actor;

static void actor_fire(Scheduler *s, Timer *t) {
    task_wake(s, &CONTAINER_OF(t, Actor, timer)->job.task);
}
static void actor_retired(Scheduler *s, Retired *r) {
    atomic_fetch_add(CONTAINER_OF(r, Actor, retired)->retirements, 1);
}

// Does a bit of everything, by its own deterministic rules.
static TaskStep actor_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Actor *a = (Actor *)j;
    int64_t n = atomic_fetch_add(&j->count, 1);
    *used = MIN(reductions, 500);
    Actor *other = &a->all[(j->id + (uint64_t)n * 3 + sched_choose(s, 3)) % ACTORS];
    task_wake(s, &other->job.task);
    if (n >= ROUNDS) {
        (void)timer_cancel(s, &a->timer);
        sched_retire(s, &a->retired, actor_retired);
        return job_end(a->w);
    }
    switch ((n + (int64_t)j->id) % 6) {
    case 0: return TASK_DIRTY_CPU;
    case 1: return TASK_DIRTY_IO;
    case 2:
        (void)timer_cancel(s, &a->timer);
        timer_start(s, &a->timer, sched_now_ns(s) + (n + 1) * 100000, actor_fire);
        return TASK_WAIT;
    case 3: assert_true(sched_set_online(s, 1 + (uint32_t)n % 4)); return TASK_AGAIN;
    default: return TASK_AGAIN;
    }
}

static char *play(uint64_t seed, size_t *size) {
    World *w = world_new((WorldOptions){
        .schedulers = 4, .dirty_cpu = 2, .simulated = true, .trace = true, .seed = seed});
    Actor *a = calloc(ACTORS, sizeof *a);
    _Atomic int64_t retirements = 0;
    Scheduler *guest = sched_enter(w->sched);
    for (unsigned i = 0; i < ACTORS; i++) {
        job_init(w, &a[i].job, i, actor_run, NULL);
        a[i].w = w;
        a[i].all = a;
        a[i].retirements = &retirements;
        a[i].job.task.priority = (uint8_t)(i % TASK_PRIORITIES);
        task_resume(guest, &a[i].job.task);
    }
    sched_leave(guest);
    world_wait(w);
    assert_int_equal(retirements, ACTORS);
    char *trace = w->trace;
    *size = w->trace_size;
    w->trace = NULL;
    world_free(w);
    free(a);
    return trace;
}

static void the_same_seed_replays(void **state) {
    for (uint64_t seed = 0; seed < 20; seed++) {
        size_t one_size, two_size;
        char *one = play(seed, &one_size), *two = play(seed, &two_size);
        assert_true(one_size > 1000);
        assert_int_equal(one_size, two_size);
        assert_memory_equal(one, two, one_size);
        free(one);
        free(two);
    }
}

static void other_seeds_differ(void **state) {
    size_t size;
    char *traces[10];
    for (uint64_t seed = 0; seed < ARRAY_COUNT(traces); seed++) {
        traces[seed] = play(seed, &size);
        for (uint64_t k = 0; k < seed; k++) assert_string_not_equal(traces[k], traces[seed]);
    }
    for (uint64_t seed = 0; seed < ARRAY_COUNT(traces); seed++) free(traces[seed]);
}

// --- being stuck, jumping ------------------------------------------------------------------------

static TaskStep waits(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    return TASK_WAIT;
}
static TaskStep sleeps_a_year(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Actor *a = (Actor *)j;
    if (atomic_fetch_add(&j->count, 1) == 1) return job_end(a->w);
    timer_start(s, &a->timer, sched_now_ns(s) + INT64_C(31536000) * 1000000000, actor_fire);
    return TASK_WAIT;
}

static void nothing_can_happen_any_more(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2, .simulated = true});
    Job job;
    job_init(w, &job, 0, waits, NULL);
    world_start_job(w, &job);
    bool stuck;
    sched_run_until(w->sched, world_done, w, &stuck);
    assert_true(stuck);
    world_free(w);
}

static void a_year_takes_no_time(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2, .simulated = true});
    Actor a = {.w = w};
    job_init(w, &a.job, 0, sleeps_a_year, NULL);
    int64_t begin = os_monotonic_ns(w->os);
    world_start_job(w, &a.job);
    world_wait(w);
    int64_t took = os_monotonic_ns(w->os) - begin;
    assert_true(took >= INT64_C(31536000) * 1000000000);
    assert_true(took < INT64_C(31536001) * 1000000000);
    world_free(w);
}

// --- what is chosen ------------------------------------------------------------------------------

typedef struct Spy {
    World *w;
    Job jobs[3];
    int64_t shortest, longest;
    uint32_t schedulers; // bits
    unsigned order[3], count;
} Spy;

static TaskStep spy_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Spy *spy = j->arg;
    spy->shortest = MIN(spy->shortest, reductions);
    spy->longest = MAX(spy->longest, reductions);
    spy->schedulers |= 1u << scheduler_id(s);
    if (j->count == 0) spy->order[spy->count++] = (unsigned)j->id;
    return atomic_fetch_add(&j->count, 1) == 2000 ? job_end(spy->w) : TASK_AGAIN;
}

static void slices_schedulers_and_order_vary(void **state) {
    bool orders[3] = {false};
    for (uint64_t seed = 0; seed < 30; seed++) {
        World *w = world_new(
            (WorldOptions){.schedulers = 3, .slice = 1000, .simulated = true, .seed = seed});
        Spy spy = {.w = w, .shortest = INT64_MAX};
        for (unsigned i = 0; i < 3; i++) {
            job_init(w, &spy.jobs[i], i, spy_run, &spy);
            world_start_job(w, &spy.jobs[i]);
        }
        world_wait(w);
        assert_int_equal(spy.shortest, 1);
        assert_in_range(spy.longest, 990, 1000);
        assert_int_equal(spy.schedulers, 2 + 4 + 8);
        orders[spy.order[0]] = true;
        world_free(w);
    }
    assert_true(orders[0] && orders[1] && orders[2]);
}

static TaskStep blocks(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Spy *spy = j->arg;
    int64_t n = atomic_fetch_add(&j->count, 1);
    if (n == 10) assert_true(sched_block(s, SCHED_BLOCK_ALL));
    if (n == 11) spy->schedulers = 0;
    if (n > 10 && n < 100) spy->schedulers |= 1u << scheduler_id(s);
    if (n == 100) {
        assert_int_equal(spy->schedulers & (spy->schedulers - 1), 0); // a single one
        assert_true(sched_info(spy->w->sched).blocked);
        sched_unblock(s, SCHED_BLOCK_ALL);
    }
    return n == 200 ? job_end(spy->w) : TASK_AGAIN;
}

static void one_scheduler_runs_while_blocked(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 3, .simulated = true});
    Spy spy = {.w = w};
    job_init(w, &spy.jobs[0], 0, blocks, &spy);
    world_start_job(w, &spy.jobs[0]);
    world_wait(w);
    world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_replays),
        cmocka_unit_test(other_seeds_differ),
        cmocka_unit_test(nothing_can_happen_any_more),
        cmocka_unit_test(a_year_takes_no_time),
        cmocka_unit_test(slices_schedulers_and_order_vary),
        cmocka_unit_test(one_scheduler_runs_while_blocked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
