// SPDX-License-Identifier: Apache-2.0
// Erlang's clocks: see clock.h and docs/internal/timers.md.
//
// A reading is a straight line through the last point at which the clocks were compared. The line's
// numbers change under a lock, and readers take them by a sequence count: odd while they are being
// written, and a reader that saw it change reads again. All of it lies in atomics, so that a torn
// read is harmless.
#include "proc/clock.h"

#include "base/spin.h"

enum {
    NS_PER_US = 1000,
    NS_PER_MS = 1000000,
    // An error below this is noise of reading two clocks one after the other.
    TOLERANCE_NS = NS_PER_MS,
    // Monotonic time is bent by one part in so many at most; the documented bound is 1 %.
    BEND_MAX_PARTS = 100,
};
#define CHECK_INTERVAL_NS INT64_C(15000000000)

struct Clock {
    Mem *mem;
    Os *os;
    ClockConfig config;
    Spin lock; // of who writes
    _Atomic uint32_t sequence;
    // The line: monotonic time is at the system's monotonic time `base_os`, plus what has gone by
    // since, plus a part of it in the direction of `error` and no more than that.
    _Atomic int64_t base_os_ns, base_ns, error_ns;
    _Atomic int64_t offset_ns;
    _Atomic int64_t check_at_ns; // the system's monotonic time at which to compare again
    _Atomic ClockOffsetState state;
    _Atomic uint32_t offset_changes;
    _Atomic int64_t last_ns;        // without correction: the latest time given
    _Atomic int64_t last_unique_us; // what clock_unique_us gave last
};

// The larger of *at and `n` becomes *at, and the result.
static int64_t raise_to(_Atomic int64_t *at, int64_t n) {
    int64_t seen = atomic_load_explicit(at, memory_order_relaxed);
    while (seen < n && !atomic_compare_exchange_weak_explicit(at, &seen, n, memory_order_relaxed,
                                                              memory_order_relaxed));
    return MAX(seen, n);
}

// Both clocks of the system at one moment, as well as that can be told.
static void read_both(Os *os, int64_t *monotonic_ns, int64_t *system_ns) {
    int64_t best = INT64_MAX;
    for (int i = 0; i < 3 && best > NS_PER_US; i++) {
        int64_t before = os_monotonic_ns(os), system = os_system_ns(os);
        int64_t took = os_monotonic_ns(os) - before;
        if (took >= best) continue;
        best = took;
        *monotonic_ns = before + took / 2;
        *system_ns = system;
    }
}

static bool follows_system(const Clock *c) {
    return c->config.no_correction && c->config.warp != CLOCK_MULTI_WARP &&
           atomic_load_explicit(&c->state, memory_order_acquire) == CLOCK_FINAL;
}

Clock *clock_new(Mem *m, Os *os, const ClockConfig *config) {
    Clock *c = mem_alloc_zero(m, sizeof *c);
    if (c == NULL) return NULL;
    c->mem = m;
    c->os = os;
    c->config = *config;
    int64_t monotonic = 0, system = 0;
    read_both(os, &monotonic, &system);
    atomic_init(&c->base_os_ns, monotonic);
    atomic_init(&c->base_ns, CLOCK_START_NS);
    atomic_init(&c->error_ns, 0);
    atomic_init(&c->offset_ns, system - CLOCK_START_NS);
    atomic_init(&c->check_at_ns, monotonic + CHECK_INTERVAL_NS);
    atomic_init(&c->last_ns, CLOCK_START_NS);
    atomic_init(&c->last_unique_us, 0);
    atomic_init(&c->state, config->warp == CLOCK_NO_WARP       ? CLOCK_FINAL
                           : config->warp == CLOCK_SINGLE_WARP ? CLOCK_PRELIMINARY
                                                               : CLOCK_VOLATILE);
    return c;
}

void clock_free(Clock *c) {
    if (c != NULL) mem_free(c->mem, c, sizeof *c);
}

ClockConfig clock_config(const Clock *c) {
    return c->config;
}
ClockOffsetState clock_offset_state(const Clock *c) {
    return atomic_load_explicit(&c->state, memory_order_acquire);
}
uint32_t clock_offset_changes(const Clock *c) {
    return atomic_load_explicit(&c->offset_changes, memory_order_acquire);
}
int64_t clock_offset_ns(Clock *c) {
    return atomic_load_explicit(&c->offset_ns, memory_order_acquire);
}

// --- the line ------------------------------------------------------------------------------------

typedef struct Line {
    int64_t base_os_ns, base_ns, error_ns;
} Line;

static int64_t line_at(const Line *l, int64_t os_ns) {
    int64_t gone = os_ns - l->base_os_ns;
    if (LIKELY(l->error_ns == 0)) return l->base_ns + gone;
    int64_t bend = MAX(gone, 0) / BEND_MAX_PARTS;
    return l->base_ns + gone +
           (l->error_ns > 0 ? MIN(bend, l->error_ns) : -MIN(bend, -l->error_ns));
}

static Line take_line(const Clock *c) {
    for (;;) {
        // Pairs with the releases in write_line: the numbers are those of this count or newer.
        uint32_t seen = atomic_load_explicit(&c->sequence, memory_order_acquire);
        Line l = {atomic_load_explicit(&c->base_os_ns, memory_order_acquire),
                  atomic_load_explicit(&c->base_ns, memory_order_acquire),
                  atomic_load_explicit(&c->error_ns, memory_order_acquire)};
        // Each load above is an acquire, so that this one comes after them.
        if (LIKELY(seen % 2 == 0 &&
                   seen == atomic_load_explicit(&c->sequence, memory_order_relaxed)))
            return l;
        spin_pause();
    }
}

// With the lock.
static int64_t read_line(const Clock *c, int64_t os_ns) {
    Line l = take_line(c);
    return line_at(&l, os_ns);
}

// With the lock. The new line starts where the old one is, so that time does not jump.
static void write_line(Clock *c, int64_t os_ns, int64_t error_ns) {
    int64_t now = read_line(c, os_ns);
    uint32_t count = atomic_load_explicit(&c->sequence, memory_order_relaxed);
    atomic_store_explicit(&c->sequence, count + 1, memory_order_relaxed);
    // A reader that sees one of these numbers sees the odd count, too.
    atomic_store_explicit(&c->base_os_ns, os_ns, memory_order_release);
    atomic_store_explicit(&c->base_ns, now, memory_order_release);
    atomic_store_explicit(&c->error_ns, error_ns, memory_order_release);
    atomic_store_explicit(&c->sequence, count + 2, memory_order_release);
}

// With the lock.
static void set_offset(Clock *c, int64_t offset_ns) {
    if (offset_ns == clock_offset_ns(c)) return;
    atomic_store_explicit(&c->offset_ns, offset_ns, memory_order_release);
    atomic_fetch_add_explicit(&c->offset_changes, 1, memory_order_release);
}

// With the lock.
static void compare(Clock *c) {
    int64_t monotonic = 0, system = 0;
    read_both(c->os, &monotonic, &system);
    atomic_store_explicit(&c->check_at_ns, monotonic + CHECK_INTERVAL_NS, memory_order_relaxed);
    if (clock_offset_state(c) == CLOCK_PRELIMINARY || follows_system(c)) return;
    int64_t error = system - (read_line(c, monotonic) + clock_offset_ns(c));
    if (error > -TOLERANCE_NS && error < TOLERANCE_NS) error = 0;
    if (c->config.warp == CLOCK_MULTI_WARP)
        set_offset(c, clock_offset_ns(c) + error);
    else if (error != 0 || atomic_load_explicit(&c->error_ns, memory_order_relaxed) != 0)
        write_line(c, monotonic, error);
}

void clock_check(Clock *c) {
    spin_lock(&c->lock);
    compare(c);
    spin_unlock(&c->lock);
}

// --- reading -------------------------------------------------------------------------------------

// Without correction, and the offset fixed: the system's clock, held where it goes back.
static NOINLINE int64_t monotonic_by_system(Clock *c) {
    return raise_to(&c->last_ns, os_system_ns(c->os) - clock_offset_ns(c));
}

static NOINLINE void check_when_due(Clock *c, int64_t os_ns) {
    spin_lock(&c->lock);
    if (os_ns >= atomic_load_explicit(&c->check_at_ns, memory_order_relaxed)) compare(c);
    spin_unlock(&c->lock);
}

int64_t clock_monotonic_ns(Clock *c) {
    if (UNLIKELY(c->config.no_correction) && follows_system(c)) return monotonic_by_system(c);
    int64_t os_ns = os_monotonic_ns(c->os);
    if (UNLIKELY(os_ns >= atomic_load_explicit(&c->check_at_ns, memory_order_relaxed)))
        check_when_due(c, os_ns);
    Line l = take_line(c);
    // A line that is younger than the reading: going back on it could give less than what this
    // thread was given from the line before.
    if (UNLIKELY(os_ns < l.base_os_ns)) os_ns = os_monotonic_ns(c->os);
    return line_at(&l, os_ns);
}

int64_t clock_system_ns(Clock *c) {
    int64_t monotonic = clock_monotonic_ns(c);
    return monotonic + clock_offset_ns(c);
}

int64_t clock_unique_us(Clock *c) {
    int64_t us = clock_system_ns(c) / NS_PER_US;
    int64_t last = atomic_load_explicit(&c->last_unique_us, memory_order_relaxed), next;
    do {
        next = MAX(us, last + 1);
    } while (!atomic_compare_exchange_weak_explicit(&c->last_unique_us, &last, next,
                                                    memory_order_relaxed, memory_order_relaxed));
    return next;
}

ClockOffsetState clock_finalize(Clock *c) {
    spin_lock(&c->lock);
    ClockOffsetState before = clock_offset_state(c);
    if (before == CLOCK_PRELIMINARY) {
        int64_t monotonic = 0, system = 0;
        read_both(c->os, &monotonic, &system);
        int64_t now = read_line(c, monotonic);
        set_offset(c, system - now);
        (void)raise_to(&c->last_ns, now); // what monotonic_by_system goes on from
        atomic_store_explicit(&c->state, CLOCK_FINAL, memory_order_release);
    }
    spin_unlock(&c->lock);
    return before;
}
