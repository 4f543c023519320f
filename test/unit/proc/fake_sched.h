// SPDX-License-Identifier: Apache-2.0
// What processes ask of the sched room, for one scheduler without tasks that run: weak, so that
// programs link while the room is being built; the room's own functions come first.
#pragma once

#include "sched/sched.h"

typedef struct FakeScheduler {
    bool simulated;
    uint64_t seed;
    Retired *retired;
} FakeScheduler;

#define WEAK __attribute__((weak))

WEAK void task_wake(Scheduler *s, Task *t) {
    (void)s;
    atomic_store(&t->state, 1);
}
WEAK Sched *scheduler_sched(const Scheduler *s) {
    return (Sched *)(uintptr_t)s;
}
WEAK bool sched_is_simulated(const Sched *sched) {
    return ((const FakeScheduler *)sched)->simulated;
}
WEAK uint64_t sched_choose(Scheduler *s, uint64_t count) {
    FakeScheduler *f = (FakeScheduler *)s;
    f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
    return (f->seed >> 33) % count;
}
WEAK void sched_retire(Scheduler *s, Retired *r, void (*fn)(Scheduler *s, Retired *r)) {
    FakeScheduler *f = (FakeScheduler *)s;
    r->fn = fn;
    r->next = f->retired;
    f->retired = r;
}
WEAK bool timer_cancel(Scheduler *s, Timer *t) {
    (void)s;
    (void)t;
    return false;
}
