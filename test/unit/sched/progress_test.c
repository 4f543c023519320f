// SPDX-License-Identifier: Apache-2.0
// Thread progress: what was retired is not freed while someone may look at it (poisoned memory and
// the sanitizers would show it), and is freed in the end, whoever sleeps.
#include "base/prng.h"
#include "world.h"

#include <unistd.h>

enum { PLACES = 64, MAGIC = 0x600d600d };

typedef struct Thing {
    Retired retired;
    _Atomic uint32_t magic; // MAGIC while it may be looked at
    struct Library *library;
} Thing;

// Places that anyone reads without a lock, while others replace what is there.
typedef struct Library {
    World *w;
    _Atomic(Thing *) places[PLACES];
    _Atomic int64_t made, freed;
    Job jobs[12];
    _Atomic int64_t looks;
    int64_t turns;
} Library;

static Thing *thing_new(Library *lib) {
    Thing *t = malloc(sizeof *t);
    t->library = lib;
    atomic_init(&t->magic, MAGIC);
    atomic_fetch_add(&lib->made, 1);
    return t;
}

static void thing_free(Scheduler *s, Retired *r) {
    Thing *t = CONTAINER_OF(r, Thing, retired);
    atomic_store_explicit(&t->magic, 0xdead, memory_order_relaxed);
    if (atomic_fetch_add(&t->library->freed, 1) + 1 == atomic_load(&t->library->made))
        sched_notify(t->library->w->sched);
    free(t);
}

static void replace(Scheduler *s, Library *lib, uint64_t place, Thing *with) {
    Thing *old = atomic_exchange_explicit(&lib->places[place], with, memory_order_acq_rel);
    if (old != NULL) sched_retire(s, &old->retired, thing_free);
}

static TaskStep reader(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Library *lib = j->arg;
    int64_t n = atomic_fetch_add(&j->count, 1);
    Prng g = prng_new(j->id * 1000003 + (uint64_t)n);
    *used = 300;
    Thing *held[4];
    for (unsigned i = 0; i < 4; i++)
        held[i] = atomic_load_explicit(&lib->places[prng_below(&g, PLACES)], memory_order_acquire);
    for (unsigned i = 0; i < 3; i++)
        if (prng_below(&g, 3) == 0) replace(s, lib, prng_below(&g, PLACES), thing_new(lib));
    for (volatile uint64_t i = prng_below(&g, 1000); i > 0; i--) {
    }
    if (prng_below(&g, 50) == 0) usleep(50);
    for (unsigned i = 0; i < 4; i++) {
        if (held[i] == NULL) continue;
        // Held since before: also when others have replaced it meanwhile.
        assert_int_equal(atomic_load_explicit(&held[i]->magic, memory_order_relaxed), MAGIC);
        atomic_fetch_add_explicit(&lib->looks, 1, memory_order_relaxed);
    }
    if (prng_below(&g, 20) == 0) {
        sched_away(s);
        if (prng_below(&g, 5) == 0) usleep(100);
        sched_back(s);
        Thing *t = atomic_load_explicit(&lib->places[prng_below(&g, PLACES)], memory_order_acquire);
        assert_true(t == NULL || atomic_load_explicit(&t->magic, memory_order_relaxed) == MAGIC);
    }
    if (n >= lib->turns) return job_end(lib->w);
    switch (prng_below(&g, 10)) {
    case 0: return TASK_DIRTY_IO;
    case 1: return TASK_DIRTY_CPU;
    case 2: task_wake(s, &j->task); return TASK_WAIT;
    default: return TASK_AGAIN;
    }
}

static bool all_freed(void *ctx) {
    Library *lib = ctx;
    return atomic_load(&lib->made) == atomic_load(&lib->freed);
}

static void library(uint32_t schedulers, bool simulated) {
    World *w = world_new((WorldOptions){.schedulers = schedulers,
                                        .dirty_cpu = 2,
                                        .dirty_io = 2,
                                        .simulated = simulated,
                                        .seed = 3});
    Library *lib = calloc(1, sizeof *lib);
    lib->w = w;
    lib->turns = simulated ? 300 : 3000;
    Scheduler *guest = sched_enter(w->sched);
    for (unsigned i = 0; i < ARRAY_COUNT(lib->jobs); i++) {
        job_init(w, &lib->jobs[i], i, reader, lib);
        task_resume(guest, &lib->jobs[i].task);
    }
    sched_leave(guest);
    world_wait(w);
    guest = sched_enter(w->sched);
    for (unsigned i = 0; i < PLACES; i++) replace(guest, lib, i, NULL);
    sched_leave(guest);
    if (!simulated) { // the machine is idle, and yet everything is freed
        bool stuck;
        sched_run_until(w->sched, all_freed, lib, &stuck);
    }
    world_free(w);
    assert_true(all_freed(lib));
    assert_true(lib->looks > 1000);
    free(lib);
}

static void readers_and_replacers(void **state) {
    library(1, false);
    library(2, false);
    library(6, false);
}
static void readers_and_replacers_simulated(void **state) {
    library(3, true);
}

// --- who holds it up, and who does not -----------------------------------------------------------

typedef struct Flag {
    Retired retired;
    World *w;
    _Atomic bool run;
} Flag;

static void flag_run(Scheduler *s, Retired *r) {
    Flag *f = CONTAINER_OF(r, Flag, retired);
    atomic_store(&f->run, true);
    sched_notify(f->w->sched);
}
static bool flag_is_run(void *ctx) {
    return atomic_load(&((Flag *)ctx)->run);
}

typedef struct Long {
    World *w;
    Job job, once;
    Flag *flag;
    TaskStep where;
    bool away;
    _Atomic bool inside, leave;
} Long;

static TaskStep long_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Long *l = j->arg;
    if (atomic_fetch_add(&j->count, 1) == 0) return l->where;
    if (l->away) sched_away(s);
    atomic_store(&l->inside, true);
    while (!atomic_load(&l->leave)) usleep(100);
    if (l->away) sched_back(s);
    return job_end(l->w);
}

static TaskStep retire_once(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Long *l = j->arg;
    sched_retire(s, &l->flag->retired, flag_run);
    return job_end(l->w);
}

static void during_a_long_turn(TaskStep where, bool away, bool by_guest) {
    World *w = world_new((WorldOptions){.schedulers = 3});
    Flag f = {.w = w};
    Long l = {.w = w, .flag = &f, .where = where, .away = away};
    job_init(w, &l.job, 0, long_run, &l);
    world_start_job(w, &l.job);
    while (!atomic_load(&l.inside)) usleep(100);
    if (by_guest) {
        Scheduler *guest = sched_enter(w->sched);
        sched_retire(guest, &f.retired, flag_run);
        sched_leave(guest);
    } else {
        job_init(w, &l.once, 1, retire_once, &l);
        world_start_job(w, &l.once);
    }
    if (away) { // held up by nobody
        bool stuck;
        sched_run_until(w->sched, flag_is_run, &f, &stuck);
        assert_false(stuck);
    } else {
        usleep(20000);
        assert_false(atomic_load(&f.run));
    }
    atomic_store(&l.leave, true);
    bool stuck;
    sched_run_until(w->sched, flag_is_run, &f, &stuck);
    world_wait(w);
    world_free(w);
}

static void a_long_turn_holds_it_up(void **state) {
    during_a_long_turn(TASK_AGAIN, false, false);
    during_a_long_turn(TASK_DIRTY_IO, false, true);
}
static void one_that_is_away_does_not(void **state) {
    during_a_long_turn(TASK_AGAIN, true, false);
    during_a_long_turn(TASK_AGAIN, true, true);
    during_a_long_turn(TASK_DIRTY_IO, true, false);
    during_a_long_turn(TASK_DIRTY_CPU, true, true);
}

static void a_guest_holds_it_up_until_it_leaves(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2});
    Flag f = {.w = w};
    Long l = {.w = w, .flag = &f};
    Scheduler *guest = sched_enter(w->sched);
    job_init(w, &l.once, 1, retire_once, &l);
    task_resume(guest, &l.once.task);
    usleep(20000);
    assert_false(atomic_load(&f.run));
    sched_leave(guest);
    bool stuck;
    sched_run_until(w->sched, flag_is_run, &f, &stuck);
    world_free(w);
}

static void what_is_left_runs_at_the_end(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 2});
    Flag f = {.w = w};
    Scheduler *guest = sched_enter(w->sched);
    sched_retire(guest, &f.retired, flag_run);
    sched_stop(w->sched); // the guest is still inside
    assert_false(atomic_load(&f.run));
    sched_free(w->sched);
    assert_true(atomic_load(&f.run));
    os_free(w->os);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_and_replacers),
        cmocka_unit_test(readers_and_replacers_simulated),
        cmocka_unit_test(a_long_turn_holds_it_up),
        cmocka_unit_test(one_that_is_away_does_not),
        cmocka_unit_test(a_guest_holds_it_up_until_it_leaves),
        cmocka_unit_test(what_is_left_runs_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
