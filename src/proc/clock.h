// SPDX-License-Identifier: Apache-2.0
// Erlang's clocks: monotonic time, which never goes back, and the offset that makes system time of
// it. Modes of time warp say what happens when the system's clock is set: docs/internal/timers.md.
// Thread: any, but for clock_new and clock_free.
#pragma once

#include "os/os.h"

typedef enum ClockWarp {
    CLOCK_NO_WARP, // the offset stays; monotonic time runs 1 % faster or slower until they agree
    CLOCK_SINGLE_WARP, // the offset is taken anew once, by clock_finalize; then like the first
    CLOCK_MULTI_WARP,  // the offset follows the system's clock
} ClockWarp;

typedef enum ClockOffsetState { CLOCK_PRELIMINARY, CLOCK_FINAL, CLOCK_VOLATILE } ClockOffsetState;

typedef struct ClockConfig {
    ClockWarp warp;
    bool no_correction; // monotonic time follows the system's clock, standing still if that goes
                        // back
} ClockConfig;

// Monotonic time starts low, so that it stays a small integer for long; both as in the reference.
#define CLOCK_START_NS INT64_C(-576460752000000000)
#define CLOCK_END_NS   INT64_C(8646911283000000000)

typedef struct Clock Clock;

WARN_UNUSED Clock *clock_new(Mem *m, Os *os, const ClockConfig *config); // NULL: no memory
void clock_free(Clock *c);
ClockConfig clock_config(const Clock *c);

int64_t clock_monotonic_ns(Clock *c);
int64_t clock_offset_ns(Clock *c); // what to add to get system time
int64_t clock_system_ns(Clock *c);
// Microseconds of system time, more than whatever it gave before.
int64_t clock_unique_us(Clock *c);

ClockOffsetState clock_offset_state(const Clock *c);
// Single warp: takes the offset from the system's clock, for good. The state before.
ClockOffsetState clock_finalize(Clock *c);
// Compares with the system's clock now, as reading the time does now and then by itself.
void clock_check(Clock *c);
// How often the offset has changed. Who waits for that compares it: any thread.
uint32_t clock_offset_changes(const Clock *c);
