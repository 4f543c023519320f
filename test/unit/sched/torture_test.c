// SPDX-License-Identifier: Apache-2.0
// Everything at once: tokens are passed on among many tasks by every way there is (waking, timers,
// cancelled timers, retired things, dirty turns, held tasks), while schedulers go on- and offline,
// block each other, are away, and a guest comes and goes. In the end every token has made its way.
// A lost wake-up hangs, a doubled one breaks the books, and the sanitizers see the rest.
#include "base/prng.h"
#include "world.h"

#include <unistd.h>

enum { MEMBERS = 60, TOKENS = 150 };

typedef struct Club Club;
typedef struct Member {
    Job job; // first
    Club *club;
    Prng prng;
    Timer timer; // carries a token while armed
    bool armed, blocks;
    TaskStep dirty;                 // the turn that is to come
    _Atomic(struct Member *) holds; // whom it is to give back
} Member;

struct Club {
    World *w;
    Member members[MEMBERS];
    _Atomic int64_t hops; // still to be made
    _Atomic int64_t tokens;
    _Atomic bool over;
};

// What carries a token outside of a member.
typedef struct Carrier {
    Timer timer;
    Retired retired;
    Member *to;
} Carrier;

static Member *someone(Member *m) {
    return &m->club->members[prng_below(&m->prng, MEMBERS)];
}

static void deliver(Scheduler *s, Member *to) {
    atomic_fetch_add(&to->job.mail, 1);
    task_wake(s, &to->job.task);
}

static void carrier_fire(Scheduler *s, Timer *t) {
    Carrier *c = CONTAINER_OF(t, Carrier, timer);
    assert_true(sched_now_ns(s) >= t->at_ns);
    deliver(s, c->to);
    free(c);
}
static void carrier_retired(Scheduler *s, Retired *r) {
    Carrier *c = CONTAINER_OF(r, Carrier, retired);
    deliver(s, c->to);
    free(c);
}
static void member_fire(Scheduler *s, Timer *t) {
    deliver(s, CONTAINER_OF(t, Member, timer));
}

static void pass_on(Scheduler *s, Member *m) {
    Club *club = m->club;
    if (atomic_fetch_sub(&club->hops, 1) <= 0) { // it has arrived
        if (atomic_fetch_sub(&club->tokens, 1) > 1) return;
        atomic_store(&club->over, true);
        for (unsigned i = 0; i < MEMBERS; i++) task_wake(s, &club->members[i].job.task);
        return;
    }
    switch (prng_below(&m->prng, 8)) {
    case 0: {
        Carrier *c = calloc(1, sizeof *c);
        c->to = someone(m);
        timer_start(s, &c->timer, sched_now_ns(s) + (int64_t)prng_below(&m->prng, 3000000),
                    carrier_fire);
        break;
    }
    case 1: {
        Carrier *c = calloc(1, sizeof *c);
        c->to = someone(m);
        sched_retire(s, &c->retired, carrier_retired);
        break;
    }
    case 2:
        if (!m->armed) {
            m->armed = true;
            timer_start(s, &m->timer, sched_now_ns(s) + (int64_t)prng_below(&m->prng, 2000000),
                        member_fire);
            break;
        }
        // fall through
    default: deliver(s, someone(m)); break;
    }
}

static void change_orders(Scheduler *s, Member *m) {
    if (m->blocks) {
        sched_unblock(s, m->job.id % 2 == 0 ? SCHED_BLOCK_ALL : SCHED_BLOCK_NORMAL);
        m->blocks = false;
    } else if (m->job.id < 3 && prng_below(&m->prng, 40) == 0) {
        m->blocks = sched_block(s, m->job.id % 2 == 0 ? SCHED_BLOCK_ALL : SCHED_BLOCK_NORMAL);
        if (m->blocks) task_wake(s, &m->job.task); // to unblock
    } else if (prng_below(&m->prng, 300) == 0) {
        uint32_t count = sched_info(m->club->w->sched).schedulers;
        assert_true(sched_set_online(s, 1 + (uint32_t)prng_below(&m->prng, count)));
    } else if (prng_below(&m->prng, 100) == 0) {
        sched_away(s);
        if (prng_below(&m->prng, 10) == 0) usleep(200);
        sched_back(s);
    }
}

// Gives itself into the hands of another member. Of a later one only, or two might hold each other.
static TaskStep be_held(Scheduler *s, Member *m) {
    Member *nobody = NULL, *holder = someone(m);
    if (holder <= m || !atomic_compare_exchange_strong(&holder->holds, &nobody, m))
        return TASK_AGAIN;
    task_wake(s, &holder->job.task);
    return TASK_HELD;
}

static TaskStep member_run(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Member *m = (Member *)j;
    *used = (int64_t)prng_below(&m->prng, 1500);
    bool dirty = scheduler_kind(s) != SCHEDULER_NORMAL;
    assert_int_equal(dirty, m->dirty != TASK_AGAIN);
    m->dirty = TASK_AGAIN;
    Member *held = atomic_exchange(&m->holds, NULL);
    if (held != NULL) task_resume(s, &held->job.task);
    if (!dirty) change_orders(s, m);
    if (m->armed && prng_below(&m->prng, 3) == 0) {
        // Whoever stops it has the token; otherwise it is in the mail.
        if (timer_cancel(s, &m->timer)) atomic_fetch_add(&j->mail, 1);
        m->armed = false;
    }
    for (int64_t mails = atomic_exchange(&j->mail, 0); mails > 0; mails--) pass_on(s, m);
    if (atomic_load(&m->club->over) && !m->blocks) {
        if (m->armed) (void)timer_cancel(s, &m->timer);
        // Who is being held comes back first; it may be waiting in `holds` of a member that ends.
        held = atomic_exchange(&m->holds, m); // nobody more
        if (held != NULL) task_resume(s, &held->job.task);
        return job_end(m->club->w);
    }
    if (m->armed || m->blocks)
        return TASK_AGAIN; // until it is cancelled; dirty threads may be blocked
    switch (prng_below(&m->prng, 30)) {
    case 0: return m->dirty = TASK_DIRTY_CPU;
    case 1: return m->dirty = TASK_DIRTY_IO;
    case 2: return be_held(s, m);
    case 3: return TASK_AGAIN;
    default: return TASK_WAIT;
    }
}

static void torture(uint32_t schedulers, bool simulated, uint64_t seed, int64_t hops) {
    World *w = world_new((WorldOptions){.schedulers = schedulers,
                                        .dirty_cpu = 2,
                                        .dirty_io = 3,
                                        .simulated = simulated,
                                        .seed = seed});
    Club *club = calloc(1, sizeof *club);
    club->w = w;
    atomic_store(&club->hops, hops);
    atomic_store(&club->tokens, TOKENS);
    for (unsigned i = 0; i < MEMBERS; i++) {
        Member *m = &club->members[i];
        job_init(w, &m->job, i, member_run, NULL);
        m->club = club;
        m->prng = prng_new(seed * 1000 + i);
        m->dirty = TASK_AGAIN;
        m->job.task.priority = (uint8_t)(i % 10 == 0 ? i / 10 % TASK_PRIORITIES : TASK_NORMAL);
    }
    Scheduler *guest = sched_enter(w->sched);
    for (unsigned i = 0; i < TOKENS; i++) atomic_fetch_add(&club->members[i % MEMBERS].job.mail, 1);
    for (unsigned i = 0; i < MEMBERS; i++) task_resume(guest, &club->members[i].job.task);
    sched_leave(guest);
    for (int i = 0; !simulated && !atomic_load(&club->over); i++) {
        guest = sched_enter(w->sched);
        for (int k = 0; k < 10; k++)
            task_wake(guest, &club->members[(i * 10 + k) % MEMBERS].job.task);
        sched_leave(guest);
        usleep(500);
    }
    world_wait(w);
    assert_true(atomic_load(&club->hops) <= 0);
    assert_int_equal(club->tokens, 0);
    SchedInfo info = sched_info(w->sched);
    assert_false(info.blocked || info.blocked_normal);
    world_free(w);
    free(club);
}

static void on_one_scheduler(void **state) {
    torture(1, false, 1, 100000);
}
static void on_two_schedulers(void **state) {
    for (uint64_t seed = 0; seed < 5; seed++) torture(2, false, seed, 50000);
}
static void on_seven_schedulers(void **state) {
    for (uint64_t seed = 0; seed < 5; seed++) torture(7, false, seed, 50000);
}
static void simulated(void **state) {
    for (uint64_t seed = 0; seed < 30; seed++) torture(4, true, seed, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_one_scheduler),
        cmocka_unit_test(on_two_schedulers),
        cmocka_unit_test(on_seven_schedulers),
        cmocka_unit_test(simulated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
