// SPDX-License-Identifier: Apache-2.0
// Processes that want to know of changes of the time offset are told, on a clock that somebody
// sets.
#include "world.h"

#include "proc/clock.h"
#include "proc/clock_monitor.h"

#define SECOND INT64_C(1000000000)

static World *start(ClockWarp warp) {
    World *w = world_new((WorldOptions){.seed = 5, .schedulers = 2});
    VmCore *vm = w->vm;
    vm->clock = clock_new(&vm->mem, vm->os, &(ClockConfig){.warp = warp});
    vm->clock_monitors = clock_monitors_new(&vm->mem);
    assert_true(vm->clock != NULL && vm->clock_monitors != NULL);
    vm->hooks.exited[vm->hooks.exited_count++] = clock_monitors_process_exited;
    return w;
}
static void end(World *w) {
    clock_free(w->vm->clock);
    // The timer may still be in a wheel: it is only forgotten with the schedulers.
    ClockMonitors *cm = w->vm->clock_monitors;
    VmCore *vm = w->vm;
    for (size_t i = 0; i < w->count; i++) assert_null(process_lookup(vm, w->pids[i]));
    clock_monitors_free(cm);
    world_free(w);
}

static Process *enter(World *w) {
    Process *p = world_process(w, NULL);
    world_start(w, p);
    return p;
}
static void monitor(Process *p) {
    MonitorRequest r = {.type = MONITOR_TIME,
                        .target = TERM_NONE,
                        .name = TERM_NONE,
                        .tag = TERM_NONE,
                        .ref = make_ref(p, false)};
    assert_true(process_monitor(p, &r));
}

static bool has_mail(void *ctx) {
    return ((Process *)ctx)->mailbox.count > 0;
}
static void expect_change(World *w, Process *p) {
    p->reds = 1 << 20;
    Term m = receive(p);
    assert_int_equal(element(m, 0), ATOM_CHANGE);
    assert_true(term_is_ref(element(m, 1)));
    assert_int_equal(element(m, 2), ATOM_time_offset);
    assert_int_equal(element(m, 3), ATOM_clock_service);
    int64_t offset = clock_offset_ns(w->vm->clock);
    Term t = element(m, 4);
    assert_true(!term_is_small(t) && term_boxed_ptr(t)[1] == (uint64_t)offset);
}
static void finish(World *w, Process *p) {
    process_begin_exit(p, ATOM_normal);
    task_wake(w->guest, &p->task);
}

static bool minute_is_over(void *ctx) {
    return os_monotonic_ns(((World *)ctx)->vm->os) > 60 * SECOND;
}

// Nobody reads the time: it is told all the same.
static void changes_are_told_by_themselves(void **state) {
    World *w = start(CLOCK_MULTI_WARP);
    Process *p = enter(w), *q = enter(w);
    monitor(p);
    monitor(p);
    monitor(q);
    world_until(w, minute_is_over, w);
    assert_false(has_mail(p));
    os_sim_step(w->vm->os, 3600 * SECOND);
    world_until(w, has_mail, p);
    world_until(w, has_mail, q);
    expect_change(w, p);
    world_until(w, has_mail, p);
    expect_change(w, p);
    expect_change(w, q);
    finish(w, q);
    os_sim_step(w->vm->os, -3600 * SECOND);
    world_until(w, has_mail, p);
    expect_change(w, p);
    finish(w, p);
    world_join(w);
    end(w);
}

static void finalizing_tells(void **state) {
    World *w = start(CLOCK_SINGLE_WARP);
    Process *p = enter(w);
    monitor(p);
    os_sim_step(w->vm->os, 10 * SECOND);
    world_settle(w);
    assert_false(has_mail(p));
    assert_int_equal(clock_finalize(w->vm->clock), CLOCK_PRELIMINARY);
    clock_monitors_tell(w->guest, w->vm);
    clock_monitors_tell(w->guest, w->vm);
    world_settle(w);
    expect_change(w, p);
    assert_false(has_mail(p));
    finish(w, p);
    world_join(w);
    end(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_told_by_themselves),
        cmocka_unit_test(finalizing_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
