// SPDX-License-Identifier: Apache-2.0
// Tasks on real threads: waking each other, priorities, dirty turns, orders, sleeping.
#include "world.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wake_ups_balance_on_one_scheduler),
        cmocka_unit_test(wake_ups_balance_on_two_schedulers),
        cmocka_unit_test(wake_ups_balance_on_eight_schedulers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
