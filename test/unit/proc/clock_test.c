// SPDX-License-Identifier: Apache-2.0
// Erlang's clocks when the system's clock is set, in each mode, on clocks that the test moves.
#include "proc/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

#define MS     INT64_C(1000000)
#define SECOND (1000 * MS)

static Mem mem;
static Os *os;

static int open_os(void **state) {
    mem_init(&mem);
    os = os_sim_new(&mem, 1);
    return os == NULL;
}
static int close_os(void **state) {
    os_free(os);
    return mem_bytes(&mem) != 0;
}

static Clock *start(ClockWarp warp, bool no_correction) {
    Clock *c = clock_new(&mem, os, &(ClockConfig){warp, no_correction});
    assert_non_null(c);
    assert_int_equal(clock_monotonic_ns(c), CLOCK_START_NS);
    assert_int_equal(clock_system_ns(c), os_system_ns(os));
    return c;
}

// Moves on in steps of 100 ms, reading the clock, which never goes back. How far it went.
static int64_t run(Clock *c, int64_t ns) {
    int64_t start_ns = clock_monotonic_ns(c), last = start_ns;
    for (int64_t gone = 0; gone < ns; gone += 100 * MS) {
        os_sim_advance(os, 100 * MS);
        int64_t now = clock_monotonic_ns(c);
        assert_true(now >= last);
        last = now;
    }
    return last - start_ns;
}

static int64_t error_of(Clock *c) {
    return clock_system_ns(c) - os_system_ns(os);
}

static void steady_clock_agrees(void **state) {
    Clock *c = start(CLOCK_NO_WARP, false);
    assert_int_equal(run(c, 600 * SECOND), 600 * SECOND);
    assert_int_equal(error_of(c), 0);
    assert_int_equal(clock_offset_state(c), CLOCK_FINAL);
    assert_int_equal(clock_offset_changes(c), 0);
    clock_free(c);
}

static void no_warp_bends_until_they_agree(void **state) {
    static const int64_t steps[] = {SECOND, -SECOND};
    for (int i = 0; i < 2; i++) {
        Clock *c = start(CLOCK_NO_WARP, false);
        int64_t offset = clock_offset_ns(c);
        os_sim_step(os, steps[i]);
        assert_int_equal(error_of(c), -steps[i]);
        clock_check(c);
        assert_int_equal(error_of(c), -steps[i]); // it does not jump
        int64_t went = run(c, 50 * SECOND);
        assert_int_equal(went, 50 * SECOND + steps[i] / 2); // 1 % at most
        run(c, 100 * SECOND);
        assert_int_equal(error_of(c), 0);
        assert_int_equal(run(c, 60 * SECOND), 60 * SECOND);
        assert_int_equal(clock_offset_ns(c), offset);
        clock_free(c);
    }
}

static void no_warp_notices_by_itself(void **state) {
    Clock *c = start(CLOCK_NO_WARP, false);
    os_sim_step(os, 100 * MS);
    run(c, 60 * SECOND);
    assert_int_equal(error_of(c), 0);
    clock_free(c);
}

static void no_warp_forgives_long_sleep(void **state) {
    Clock *c = start(CLOCK_NO_WARP, false);
    os_sim_step(os, 10 * MS);
    clock_check(c);
    os_sim_advance(os, 3600 * SECOND); // nobody reads: it must not be bent by more than the error
    assert_int_equal(error_of(c), 0);
    clock_free(c);
}

static void multi_warp_moves_the_offset(void **state) {
    Clock *c = start(CLOCK_MULTI_WARP, false);
    int64_t offset = clock_offset_ns(c);
    assert_int_equal(clock_offset_state(c), CLOCK_VOLATILE);
    assert_int_equal(clock_finalize(c), CLOCK_VOLATILE);
    os_sim_step(os, -3600 * SECOND);
    assert_int_equal(run(c, 60 * SECOND), 60 * SECOND);
    assert_int_equal(clock_offset_ns(c), offset - 3600 * SECOND);
    assert_int_equal(clock_offset_changes(c), 1);
    assert_int_equal(error_of(c), 0);
    clock_free(c);
}

static void single_warp_jumps_once(void **state) {
    Clock *c = start(CLOCK_SINGLE_WARP, false);
    int64_t offset = clock_offset_ns(c);
    assert_int_equal(clock_offset_state(c), CLOCK_PRELIMINARY);
    os_sim_step(os, 5000 * SECOND);
    assert_int_equal(run(c, 60 * SECOND), 60 * SECOND);
    assert_int_equal(clock_offset_ns(c), offset);
    assert_int_equal(clock_finalize(c), CLOCK_PRELIMINARY);
    assert_int_equal(clock_offset_ns(c), offset + 5000 * SECOND);
    assert_int_equal(clock_offset_changes(c), 1);
    assert_int_equal(clock_finalize(c), CLOCK_FINAL);
    os_sim_step(os, SECOND);
    assert_true(run(c, 60 * SECOND) > 60 * SECOND);
    assert_int_equal(clock_offset_changes(c), 1);
    clock_free(c);
}

static void without_correction_it_leaps_and_stands(void **state) {
    Clock *c = start(CLOCK_NO_WARP, true);
    os_sim_step(os, 100 * SECOND);
    assert_int_equal(run(c, SECOND), SECOND);
    assert_int_equal(error_of(c), 0);
    int64_t before = clock_monotonic_ns(c);
    os_sim_step(os, -10 * SECOND);
    assert_int_equal(run(c, 5 * SECOND), 0);
    assert_int_equal(clock_monotonic_ns(c), before);
    assert_int_equal(run(c, 6 * SECOND), SECOND);
    clock_free(c);
}

static void unique_times_grow(void **state) {
    Clock *c = start(CLOCK_NO_WARP, false);
    int64_t last = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t us = clock_unique_us(c);
        assert_true(us > last);
        last = us;
        if (i % 3 == 0) os_sim_advance(os, 1000);
    }
    clock_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(steady_clock_agrees, open_os, close_os),
        cmocka_unit_test_setup_teardown(no_warp_bends_until_they_agree, open_os, close_os),
        cmocka_unit_test_setup_teardown(no_warp_notices_by_itself, open_os, close_os),
        cmocka_unit_test_setup_teardown(no_warp_forgives_long_sleep, open_os, close_os),
        cmocka_unit_test_setup_teardown(multi_warp_moves_the_offset, open_os, close_os),
        cmocka_unit_test_setup_teardown(single_warp_jumps_once, open_os, close_os),
        cmocka_unit_test_setup_teardown(without_correction_it_leaps_and_stands, open_os, close_os),
        cmocka_unit_test_setup_teardown(unique_times_grow, open_os, close_os),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
