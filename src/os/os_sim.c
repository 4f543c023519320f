// SPDX-License-Identifier: Apache-2.0
// The simulated back end: clocks that stand still until they are moved, random bytes from a seed,
// no threads. Everything else (files, output, pages, machine code's too) is the machine's own: the
// operations are the real ones.
// Thread: the one that runs the simulation.
#include "os/os_int.h"

#include <errno.h>

// 2020-01-01 00:00:00 UTC: a date that programs find plausible, the same in each run.
#define SIM_EPOCH_NS (INT64_C(1577836800) * 1000000000)

typedef struct SimOs {
    Os os; // first: an Os * is a SimOs *
    OsOps ops;
    int64_t now_ns, step_ns;
    Prng random;
} SimOs;

static SimOs *sim(Os *os) {
    return CONTAINER_OF(os, SimOs, os);
}

static int64_t sim_monotonic_ns(Os *os) {
    return sim(os)->now_ns;
}
static int64_t sim_system_ns(Os *os) {
    return SIM_EPOCH_NS + sim(os)->now_ns + sim(os)->step_ns;
}
// As if one core had been busy all the time.
static int64_t sim_cpu_ns(Os *os) {
    return sim(os)->now_ns;
}

static int sim_random(Os *os, void *bytes, size_t count) {
    uint8_t *at = bytes;
    while (count > 0) {
        uint64_t word = prng_next(&sim(os)->random);
        size_t n = MIN(count, sizeof word);
        memcpy(at, &word, n);
        at += n;
        count -= n;
    }
    return 0;
}

static int64_t sim_pid(Os *os UNUSED) {
    return 1;
}

static int sim_thread_start(Os *os UNUSED, OsThread *t UNUSED, void (*run)(void *arg) UNUSED,
                            void *arg UNUSED, const char *name UNUSED) {
    return -ENOSYS;
}
static void sim_thread_join(Os *os UNUSED, OsThread *t UNUSED) {
    UNREACHABLE(); // none was started
}
static void sim_thread_yield(Os *os UNUSED) {}

// There is nobody to wake a waiter: only time can pass.
static int sim_wait(Os *os, _Atomic uint32_t *word, uint32_t expected, int64_t timeout_ns) {
    if (atomic_load_explicit(word, memory_order_acquire) != expected) return -EAGAIN;
    ASSERT(timeout_ns >= 0);
    sim(os)->now_ns += timeout_ns;
    return -ETIMEDOUT;
}
static void sim_wake(Os *os UNUSED, _Atomic uint32_t *word UNUSED, uint32_t count UNUSED) {}

static uint32_t sim_cores(Os *os UNUSED) {
    return 4;
}

static void sim_destroy(Os *os) {
    mem_free(os->mem, sim(os), sizeof(SimOs));
}

Os *os_sim_new(Mem *m, uint64_t seed) {
    SimOs *s = mem_alloc_zero(m, sizeof *s);
    if (s == NULL) return NULL;
    s->ops = *os_real_ops();
    s->ops.destroy = sim_destroy;
    s->ops.monotonic_ns = sim_monotonic_ns;
    s->ops.system_ns = sim_system_ns;
    s->ops.cpu_ns = sim_cpu_ns;
    s->ops.random = sim_random;
    s->ops.pid = sim_pid;
    s->ops.thread_start = sim_thread_start;
    s->ops.thread_join = sim_thread_join;
    s->ops.thread_yield = sim_thread_yield;
    s->ops.wait = sim_wait;
    s->ops.wake = sim_wake;
    s->ops.cores = sim_cores;
    s->os.ops = &s->ops;
    s->os.mem = m;
    s->random = prng_new(seed);
    if (!os_env_inherit(&s->os)) {
        os_free(&s->os);
        return NULL;
    }
    return &s->os;
}

void os_sim_advance(Os *os, int64_t ns) {
    ASSERT(os->ops->monotonic_ns == sim_monotonic_ns && ns >= 0);
    sim(os)->now_ns += ns;
}

void os_sim_step(Os *os, int64_t ns) {
    ASSERT(os->ops->monotonic_ns == sim_monotonic_ns);
    sim(os)->step_ns += ns;
}
