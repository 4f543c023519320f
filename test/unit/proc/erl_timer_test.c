// SPDX-License-Identifier: Apache-2.0
// Timers that send: started, fired, cancelled from anywhere, gone with their process; on the
// simulated scheduler and on threads.
#include "world.h"

#include "base/spin.h"

#define MS INT64_C(1000000)

static World *sim(void) {
    return world_new((WorldOptions){.seed = 3, .schedulers = 2});
}

static Process *enter(World *w) {
    Process *p = world_process(w, NULL);
    world_start(w, p);
    return p;
}

typedef struct Ids {
    uint32_t ids[3];
} Ids;

static Signal *message(VmCore *vm, Term value) {
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, ERL_TIMER_WORDS);
    assert_non_null(sig);
    sig->value = value;
    return sig;
}
static Ids start(World *w, Scheduler *s, Term to, int64_t ms, int64_t n) {
    Ids ids;
    Signal *sig = message(w->vm, term_small(n));
    assert_int_equal(
        erl_timer_start(s, w->vm, to, sig, sched_now_ns(s) + ms * MS, TERM_NONE, ids.ids),
        ERL_TIMER_STARTED);
    return ids;
}
static int64_t cancel(World *w, Ids t) {
    return erl_timer_cancel(w->guest, w->vm, t.ids);
}
static int64_t left(World *w, Ids t) {
    return erl_timer_read(w->guest, w->vm, t.ids);
}
static Term take(Process *p) {
    p->reds = 1 << 20;
    return receive(p);
}

static void they_fire_in_order(void **state) {
    World *w = sim();
    Process *p = enter(w);
    Ids t[100];
    for (int i = 0; i < 100; i++) t[i] = start(w, w->guest, p->pid, (i * 37) % 100 + 1, i);
    assert_int_equal(erl_timers_count(w->vm->timers), 100);
    world_settle(w);
    assert_int_equal(erl_timers_count(w->vm->timers), 0);
    for (int i = 0; i < 100; i++) {
        Term m = take(p);
        assert_true(term_is_small(m));
        assert_int_equal(term_small_value(m) * 37 % 100, i);
    }
    assert_int_equal(take(p), TERM_NONE);
    for (int i = 0; i < 100; i++) assert_int_equal(cancel(w, t[i]), -1);
    world_free(w);
}

static void cancelled_ones_say_what_was_left(void **state) {
    World *w = sim();
    Process *p = enter(w);
    Ids a = start(w, w->guest, p->pid, 1000, 1), b = start(w, w->guest, p->pid, 2000, 2);
    os_sim_advance(w->vm->os, 300 * MS);
    assert_int_equal(left(w, a), 700 * MS);
    assert_int_equal(cancel(w, a), 700 * MS);
    assert_int_equal(cancel(w, a), -1);
    assert_int_equal(left(w, a), -1);
    // Its place is used again: the old reference means nothing.
    Ids c = start(w, w->guest, p->pid, 5000, 3);
    assert_int_equal(cancel(w, a), -1);
    assert_int_equal(left(w, c), 5000 * MS);
    os_sim_advance(w->vm->os, 10000 * MS); // due, but nobody has looked
    assert_int_equal(cancel(w, b), 0);
    world_settle(w);
    assert_int_equal(take(p), term_small(3));
    assert_int_equal(take(p), TERM_NONE);
    world_free(w);
}

static void references_of_others_are_no_timers(void **state) {
    World *w = sim();
    Process *p = enter(w);
    Ids t = start(w, w->guest, p->pid, 1000, 1);
    uint64_t seed = 99;
    for (int i = 0; i < 10000; i++) {
        Ids x = {{(uint32_t)next_random(&seed) & 0x3ffff, (uint32_t)next_random(&seed),
                  (uint32_t)next_random(&seed)}};
        if (i % 2) x.ids[2] = t.ids[2];
        if (memcmp(&x, &t, sizeof x) != 0) assert_int_equal(cancel(w, x), -1);
    }
    process_next_ref(p, (uint32_t[3]){0});
    Ids other;
    process_next_ref(p, other.ids);
    assert_int_equal(cancel(w, other), -1);
    assert_int_equal(cancel(w, t), 1000 * MS);
    world_free(w);
}

// All bits of a reference are used as its text and other nodes may show them.
static void references_differ(void **state) {
    World *w = sim();
    Process *p = enter(w);
    enum { COUNT = 3000 };
    Ids *t = calloc(2 * COUNT, sizeof *t);
    uint8_t *seen = calloc(1 << 18, 1);
    size_t same_hash = 0;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < COUNT; i++) {
            t[round * COUNT + i] = start(w, w->guest, p->pid, 1000, i);
            uint32_t id0 = t[round * COUNT + i].ids[0];
            assert_true(id0 < 1 << 18);
            same_hash += seen[id0]++ != 0;
        }
        for (int i = 0; i < COUNT; i++)
            assert_int_equal(cancel(w, t[round * COUNT + i]), 1000 * MS);
    }
    assert_true(same_hash < COUNT / 10);
    for (int i = 1; i < 2 * COUNT; i++) assert_int_not_equal(0, memcmp(&t[0], &t[i], sizeof *t));
    free(seen);
    free(t);
    world_free(w);
}

static void names_are_looked_up_when_they_fire(void **state) {
    World *w = sim();
    Process *p = enter(w), *q = enter(w);
    assert_int_equal(name_register(w->vm, ATOM_true, p->pid), NAME_OK);
    Ids a = start(w, w->guest, ATOM_true, 100, 1);
    (void)start(w, w->guest, ATOM_false, 100, 2); // nobody will have it
    assert_int_equal(left(w, a), 100 * MS);
    assert_true(name_unregister(w->vm, ATOM_true));
    assert_int_equal(name_register(w->vm, ATOM_true, q->pid), NAME_OK);
    world_settle(w);
    assert_int_equal(take(q), term_small(1));
    assert_int_equal(take(p), TERM_NONE);
    assert_int_equal(erl_timers_count(w->vm->timers), 0);
    world_free(w);
}

static void they_end_with_the_process(void **state) {
    World *w = sim();
    Process *p = enter(w), *q = enter(w);
    Term pid = p->pid;
    Ids mine[100], other = start(w, w->guest, q->pid, 50, 7);
    for (int i = 0; i < 100; i++) mine[i] = start(w, w->guest, pid, 1000 + i, i);
    process_begin_exit(p, ATOM_normal);
    task_wake(w->guest, &p->task);
    world_settle(w);
    assert_null(process_lookup(w->vm, pid));
    assert_int_equal(erl_timers_count(w->vm->timers), 0);
    for (int i = 0; i < 100; i++) assert_int_equal(cancel(w, mine[i]), -1);
    assert_int_equal(take(q), term_small(7));
    assert_int_equal(cancel(w, other), -1);
    Ids ids;
    assert_int_equal(
        erl_timer_start(w->guest, w->vm, pid, message(w->vm, TERM_NIL), 0, TERM_NONE, ids.ids),
        ERL_TIMER_IS_DEAD);
    world_free(w);
}

static void what_has_not_fired_is_freed(void **state) {
    World *w = sim();
    for (int i = 0; i < 1000; i++) (void)start(w, w->guest, ATOM_true, 1000000, i);
    world_free(w); // machine_free looks at the books
}

static void many_give_their_memory_back(void **state) {
    World *w = sim();
    Process *p = enter(w);
    world_settle(w);
    enum { COUNT = 20000 };
    Ids *t = calloc(COUNT, sizeof *t);
    uint64_t before = mem_bytes(&w->vm->mem);
    for (int i = 0; i < COUNT; i++) t[i] = start(w, w->guest, p->pid, 1000 + i, i);
    uint64_t each = (mem_bytes(&w->vm->mem) - before) / COUNT;
    assert_true(each <= 152); // signal, timer, place
    for (int i = COUNT; i-- > 0;) assert_true(cancel(w, t[i]) >= 0);
    assert_true(mem_bytes(&w->vm->mem) < before + (1 << 15));
    for (int i = 0; i < 10; i++) t[i] = start(w, w->guest, p->pid, 1, i);
    assert_int_equal(cancel(w, t[COUNT - 1]), -1);
    free(t);
    world_free(w);
}

static void memory_may_run_out(void **state) {
    World *w = sim();
    Process *p = enter(w);
    world_settle(w);
    for (int i = 0; i < 200; i++) {
        Signal *sig = message(w->vm, TERM_NIL);
        Ids ids;
        w->vm->mem.fail_every = 1;
        ErlTimerStart started =
            erl_timer_start(w->guest, w->vm, p->pid, sig, 1000 * MS, TERM_NONE, ids.ids);
        w->vm->mem.fail_every = 0;
        // The first one finds no places; then one does, and so on.
        if (started == ERL_TIMER_NO_MEMORY) (void)start(w, w->guest, p->pid, 1000, 1);
    }
    assert_true(erl_timers_count(w->vm->timers) > 100);
    world_free(w);
}

// --- threads -------------------------------------------------------------------------------------
// Processes that start timers for each other, cancel each other's, and end while that goes on. Each
// timer either is cancelled by somebody, once, or sends, once, or its process has ended.

enum { ACTORS = 24, ROUNDS = 1500, SHARED = 64 };

typedef struct Shared {
    World *w;
    Spin lock;
    Ids timers[SHARED];
    _Atomic uint64_t started, cancelled, received, dead;
} Shared;

static TaskStep play(Process *p, Actor *a) {
    Shared *sh = a->arg;
    World *w = sh->w;
    Scheduler *s = p->regs->scheduler;
    for (int i = 0; i < 10; i++) {
        uint64_t r = next_random(&a->state);
        Term to = r % 3 ? p->pid : w->pids[r / 7 % w->count];
        Ids ids;
        Signal *sig = message(w->vm, term_small((int64_t)a->count));
        int64_t at = sched_now_ns(s) + (int64_t)(r / 100 % 3000) * 1000;
        ErlTimerStart started = erl_timer_start(s, w->vm, to, sig, at, TERM_NONE, ids.ids);
        if (started == ERL_TIMER_IS_DEAD) {
            atomic_fetch_add(&sh->dead, 1);
            continue;
        }
        assert_int_equal(started, ERL_TIMER_STARTED);
        atomic_fetch_add(&sh->started, 1);
        spin_lock(&sh->lock);
        Ids old = sh->timers[r / 11 % SHARED];
        sh->timers[r / 11 % SHARED] = ids;
        spin_unlock(&sh->lock);
        (void)erl_timer_read(s, w->vm, old.ids);
        if (erl_timer_cancel(s, w->vm, old.ids) >= 0) atomic_fetch_add(&sh->cancelled, 1);
    }
    while (receive(p) != TERM_NONE) atomic_fetch_add(&sh->received, 1);
    if (p->exiting) return TASK_AGAIN;
    if (++a->count >= ROUNDS / (1 + term_local_pid_data(p->pid) % 4))
        process_begin_exit(p, ATOM_normal);
    return TASK_AGAIN;
}

static void timers_on_threads(void **state) {
    World *w = world_new((WorldOptions){.schedulers = 4});
    Shared sh = {.w = w};
    Actor actors[ACTORS];
    Process *processes[ACTORS];
    for (int i = 0; i < ACTORS; i++) {
        actors[i] = (Actor){.fn = play, .arg = &sh, .state = (uint64_t)i + 1};
        processes[i] = world_process(w, &actors[i]);
    }
    for (int i = 0; i < ACTORS; i++) world_start(w, processes[i]);
    world_join(w);
    assert_int_equal(erl_timers_count(w->vm->timers), 0);
    assert_true(sh.cancelled > 0 && sh.received > 0);
    assert_true(sh.cancelled + sh.received <= sh.started);
    world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_fire_in_order),
        cmocka_unit_test(cancelled_ones_say_what_was_left),
        cmocka_unit_test(references_of_others_are_no_timers),
        cmocka_unit_test(references_differ),
        cmocka_unit_test(names_are_looked_up_when_they_fire),
        cmocka_unit_test(they_end_with_the_process),
        cmocka_unit_test(what_has_not_fired_is_freed),
        cmocka_unit_test(many_give_their_memory_back),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(timers_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
