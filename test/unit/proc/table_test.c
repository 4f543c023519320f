// SPDX-License-Identifier: Apache-2.0
// The process table and registered names, also from several threads at once.
#include "machine.h"

#include "proc/table_int.h"
#include "term/ident.h"

#include <pthread.h>
#include <sched.h>

static VmCore *machine_with_table(uint32_t limit) {
    VmCore *vm = machine_new(false);
    vm->processes = process_table_new(&vm->mem, vm->os, limit);
    assert_non_null(vm->processes);
    return vm;
}
static void machine_with_table_free(VmCore *vm) {
    process_table_free(vm->processes);
    machine_free(vm);
}

// All that the table looks at; a process needs no heap for that.
static Process *enter(VmCore *vm) {
    Term pid = process_table_reserve(vm->processes, 0);
    if (pid == TERM_NONE) return NULL;
    Process *p = calloc(1, sizeof *p);
    p->vm = vm;
    p->pid = pid;
    atomic_store(&p->name, TERM_NONE);
    process_table_publish(vm->processes, p);
    return p;
}
static void leave(Process *p) {
    name_drop(p);
    process_table_remove(p->vm->processes, p);
    free(p);
}

static void limits_are_powers_of_two(void **state) {
    static const uint32_t cases[][2] = {
        {1, 1024},
        {1024, 1024},
        {1025, 2048},
        {2000, 2048},
        {262144, 262144},
        {300000, 524288},
        {PROCESS_LIMIT_MAX, 134217728},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        VmCore *vm = machine_with_table(cases[i][0]);
        assert_int_equal(process_table_limit(vm->processes), cases[i][1]);
        machine_with_table_free(vm);
    }
}

static void full_table_says_so(void **state) {
    VmCore *vm = machine_with_table(1024);
    Process *all[1024];
    for (size_t i = 0; i < 1024; i++) {
        all[i] = enter(vm);
        assert_non_null(all[i]);
        assert_int_equal(process_table_count(vm->processes), i + 1);
    }
    assert_null(enter(vm));
    assert_int_equal(process_table_count(vm->processes), 1024);
    for (size_t i = 0; i < 1024; i++) assert_ptr_equal(process_lookup(vm, all[i]->pid), all[i]);
    Term gone = all[500]->pid;
    leave(all[500]);
    assert_null(process_lookup(vm, gone));
    Term reserved = process_table_reserve(vm->processes, 0);
    assert_int_not_equal(reserved, TERM_NONE);
    assert_null(process_lookup(vm, reserved));
    assert_int_equal(process_table_reserve(vm->processes, 0), TERM_NONE);
    process_table_cancel(vm->processes, reserved, 0);
    all[500] = enter(vm);
    // The same place, another pid.
    assert_int_not_equal(all[500]->pid, gone);
    assert_null(process_lookup(vm, gone));
    assert_ptr_equal(process_lookup(vm, all[500]->pid), all[500]);
    for (size_t i = 0; i < 1024; i++) leave(all[i]);
    assert_int_equal(process_table_count(vm->processes), 0);
    machine_with_table_free(vm);
}

// <0.0.0>, <0.1.0> ... <0.32767.0>, <0.0.1> ... <0.32767.8191>, <0.0.0>
static void pids_count_up_and_come_back_late(void **state) {
    VmCore *vm = machine_with_table(1024);
    static const uint64_t starts[] = {16, 32704, (1 << 28) - 304};
    Process *old = enter(vm); // keeps its place all the time
    assert_int_equal(ident_pid(old->pid).number, 0);
    for (size_t i = 0; i < ARRAY_COUNT(starts); i++) {
        vm->processes->shards[0].next = vm->processes->next = starts[i];
        for (uint64_t n = starts[i]; n < starts[i] + 3000; n++) {
            Term pid = process_table_reserve(vm->processes, 0);
            if (n % 1024 == 0) n++; // the place of `old` is passed over
            Ident id = ident_pid(pid);
            assert_int_equal(id.number, n & 0x7fff);
            assert_int_equal(id.serial, n >> 15 & 0x1fff);
            process_table_cancel(vm->processes, pid, 0);
        }
    }
    leave(old);
    machine_with_table_free(vm);
}

// Several schedulers take pids and places in blocks of their own; all places are found all the
// same.
static void schedulers_share_the_table(void **state) {
    VmCore *vm = machine_with_table(1024);
    ProcessTable *t = vm->processes;
    Term pids[1024];
    for (uint32_t i = 0; i < 1024; i++) {
        pids[i] = process_table_reserve(t, i % 200);
        assert_int_not_equal(pids[i], TERM_NONE);
        for (uint32_t k = 0; k < i; k++) assert_int_not_equal(pids[k], pids[i]);
        assert_int_equal(process_table_count(t), i + 1);
    }
    for (uint32_t i = 0; i < 200; i++) assert_int_equal(process_table_reserve(t, i), TERM_NONE);
    // What one gives back, another finds.
    for (uint32_t i = 0; i < 500; i++) process_table_cancel(t, pids[i], 7);
    for (uint32_t i = 0; i < 500; i++) {
        pids[i] = process_table_reserve(t, 9);
        assert_int_not_equal(pids[i], TERM_NONE);
    }
    assert_int_equal(process_table_reserve(t, 7), TERM_NONE);
    for (uint32_t i = 0; i < 1024; i++) process_table_cancel(t, pids[i], i);
    assert_int_equal(process_table_count(t), 0);
    machine_with_table_free(vm);
}

// Who does not spawn for long does not give a pid that others have given lately.
static void old_blocks_are_not_used(void **state) {
    VmCore *vm = machine_with_table(1024);
    ProcessTable *t = vm->processes;
    Term first = process_table_reserve(t, 1);
    process_table_cancel(t, first, 1);
    t->next = (1 << 28) - 64; // others have gone round nearly once
    Term pid = process_table_reserve(t, 1);
    assert_int_equal(ident_pid(pid).serial, 0x1fff);
    process_table_cancel(t, pid, 1);
    machine_with_table_free(vm);
}

static void strange_pids_are_nobody(void **state) {
    VmCore *vm = machine_with_table(1024);
    Process *p = enter(vm);
    assert_null(process_lookup(vm, term_local_pid(1)));
    assert_null(process_lookup(vm, term_local_pid(1 << 15)));
    assert_null(process_lookup(vm, term_local_pid((uint64_t)1 << 28)));
    assert_null(process_lookup(vm, term_local_pid(UINT64_MAX >> 4)));
    assert_ptr_equal(process_lookup(vm, p->pid), p);
    leave(p);
    machine_with_table_free(vm);
}

// --- scans ---------------------------------------------------------------------------------------

static void scan_is_one_moment(void **state) {
    VmCore *vm = machine_with_table(2048);
    ProcessTable *t = vm->processes;
    Process *all[1500];
    for (size_t i = 0; i < 1500; i++) all[i] = enter(vm);
    Term before[1500];
    for (size_t i = 0; i < 1500; i++) before[i] = all[i]->pid;
    ProcessScan scan, second;
    process_scan_begin(t, &scan);
    assert_false(process_scan_step(t, &scan, 512));
    // From both sides of where the scan is; and new ones come.
    for (size_t i = 0; i < 1500; i += 3) leave(all[i]);
    process_scan_begin(t, &second);
    for (size_t i = 0; i < 1500; i += 3) all[i] = enter(vm);
    assert_false(process_scan_step(t, &scan, 300));
    for (size_t i = 0; i < 1500; i += 3) leave(all[i]);
    assert_true(process_scan_step(t, &scan, 5000));
    assert_false(scan.failed);
    assert_int_equal(scan.count, 1500);
    bool seen[2048] = {0};
    for (size_t i = 0; i < scan.count; i++) {
        uint64_t data = term_local_pid_data(scan.pids[i]);
        assert_true(data < 1500 && !seen[data]);
        seen[data] = true;
        assert_int_equal(before[data], scan.pids[i]);
    }
    process_scan_end(t, &scan);
    assert_true(process_scan_step(t, &second, 2048));
    assert_int_equal(second.count, 1000);
    for (size_t i = 0; i < second.count; i++) // in the order of pids
        assert_int_equal(second.pids[i], all[i / 2 * 3 + i % 2 + 1]->pid);
    process_scan_end(t, &second);
    for (size_t i = 0; i < 1500; i++)
        if (i % 3 != 0) leave(all[i]);
    machine_with_table_free(vm);
}

static void scan_without_memory_fails(void **state) {
    VmCore *vm = machine_with_table(1024);
    Process *p = enter(vm);
    vm->mem.fail_every = 1;
    ProcessScan scan;
    process_scan_begin(vm->processes, &scan);
    assert_true(scan.failed);
    assert_true(process_scan_step(vm->processes, &scan, 1));
    process_scan_end(vm->processes, &scan);
    vm->mem.fail_every = 0;
    leave(p);
    machine_with_table_free(vm);
}

// --- names ---------------------------------------------------------------------------------------

static void names_and_their_holders_agree(void **state) {
    VmCore *vm = machine_with_table(1024);
    Process *p = enter(vm), *q = enter(vm);
    Term dead = process_table_reserve(vm->processes, 0);
    assert_int_equal(name_lookup(vm, ATOM_ok), TERM_NONE);
    assert_int_equal(name_register(vm, ATOM_ok, dead), NAME_NO_PROCESS);
    assert_int_equal(name_register(vm, ATOM_ok, p->pid), NAME_OK);
    assert_int_equal(name_lookup(vm, ATOM_ok), p->pid);
    assert_int_equal(p->name, ATOM_ok);
    assert_int_equal(name_register(vm, ATOM_ok, p->pid), NAME_HAS_ONE);
    assert_int_equal(name_register(vm, ATOM_error, p->pid), NAME_HAS_ONE);
    assert_int_equal(name_register(vm, ATOM_ok, q->pid), NAME_TAKEN);
    assert_int_equal(q->name, TERM_NONE);
    assert_int_equal(name_register(vm, ATOM_error, q->pid), NAME_OK);
    Term names[2];
    assert_int_equal(name_list(vm, names, 1), 2);
    assert_int_equal(name_list(vm, names, 2), 2);
    assert_true((names[0] == ATOM_ok && names[1] == ATOM_error) ||
                (names[1] == ATOM_ok && names[0] == ATOM_error));
    assert_true(name_unregister(vm, ATOM_ok));
    assert_false(name_unregister(vm, ATOM_ok));
    assert_int_equal(p->name, TERM_NONE);
    assert_int_equal(name_register(vm, ATOM_ok, p->pid), NAME_OK);
    name_drop(p);
    assert_int_equal(name_lookup(vm, ATOM_ok), TERM_NONE);
    assert_int_equal(name_register(vm, ATOM_ok, p->pid), NAME_NO_PROCESS);
    process_table_cancel(vm->processes, dead, 0);
    leave(p);
    leave(q);
    assert_int_equal(name_list(vm, names, 0), 0);
    machine_with_table_free(vm);
}

// --- threads -------------------------------------------------------------------------------------
enum { THREADS = 4, ROUNDS = 3000, HELD = 200 };

typedef struct Worker {
    VmCore *vm;
    uint64_t seed;
    pthread_t thread;
    _Atomic uint32_t *stop;
} Worker;

// Processes come and go, get names and lose them. Memory is kept to the end: that nobody may free
// it earlier is the scheduler's part.
static void *come_and_go(void *arg) {
    Worker *w = arg;
    Process *held[HELD] = {0};
    Process **dead = calloc(ROUNDS, sizeof *dead);
    size_t dead_count = 0;
    for (int round = 0; round < ROUNDS; round++) {
        size_t i = next_random(&w->seed) % HELD;
        Term name = term_atom((uint32_t)(next_random(&w->seed) % 20));
        if (held[i] == NULL) {
            held[i] = enter(w->vm);
            assert_non_null(held[i]);
            (void)name_register(w->vm, name, held[i]->pid);
            (void)name_register(w->vm, name,
                                held[(i + 1) % HELD] ? held[(i + 1) % HELD]->pid : held[i]->pid);
        } else {
            Process *p = held[i];
            assert_ptr_equal(process_lookup(w->vm, p->pid), p);
            if (round % 3 == 0) (void)name_unregister(w->vm, name);
            name_drop(p);
            assert_int_equal(p->name, NAME_CLOSED);
            process_table_remove(w->vm->processes, p);
            assert_null(process_lookup(w->vm, p->pid));
            dead[dead_count++] = p;
            held[i] = NULL;
        }
        Term holder = name_lookup(w->vm, name);
        assert_true(holder == TERM_NONE || term_is_local_pid(holder));
    }
    for (size_t i = 0; i < HELD; i++) {
        if (held[i] == NULL) continue;
        name_drop(held[i]);
        process_table_remove(w->vm->processes, held[i]);
        dead[dead_count++] = held[i];
    }
    // The others may still look at them.
    atomic_fetch_add(w->stop, 1);
    while (atomic_load(w->stop) < THREADS + 1) sched_yield();
    for (size_t i = 0; i < dead_count; i++) free(dead[i]);
    free(dead);
    return NULL;
}

static int compare_terms(const void *a, const void *b) {
    Term x = *(const Term *)a, y = *(const Term *)b;
    return x < y ? -1 : x > y;
}

// Meanwhile: those who live all the time are in each list, and nobody is twice in one.
static void many_threads_come_and_go(void **state) {
    VmCore *vm = machine_with_table(1024);
    enum { STEADY = 50 };
    Process *steady[STEADY];
    for (size_t i = 0; i < STEADY; i++) {
        steady[i] = enter(vm);
        for (size_t k = 0; k < 3; k++) leave(enter(vm));
    }
    _Atomic uint32_t stop = 0;
    Worker workers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (Worker){.vm = vm, .seed = i * 7 + 1, .stop = &stop};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, come_and_go, &workers[i]), 0);
    }
    size_t scans = 0;
    do {
        ProcessScan scan;
        process_scan_begin(vm->processes, &scan);
        while (!process_scan_step(vm->processes, &scan, 100)) {
        }
        assert_false(scan.failed);
        assert_true(scan.over);
        qsort(scan.pids, scan.count, sizeof(Term), compare_terms);
        size_t found = 0;
        for (size_t i = 0; i < scan.count; i++) {
            assert_true(i == 0 || scan.pids[i] != scan.pids[i - 1]);
            for (size_t k = 0; k < STEADY; k++) found += steady[k]->pid == scan.pids[i];
        }
        assert_int_equal(found, STEADY);
        process_scan_end(vm->processes, &scan);
        scans++;
    } while (atomic_load(&stop) < THREADS);
    atomic_fetch_add(&stop, 1);
    for (size_t i = 0; i < THREADS; i++) pthread_join(workers[i].thread, NULL);
    assert_true(scans > 0);
    assert_int_equal(process_table_count(vm->processes), STEADY);
    Term names[1];
    assert_int_equal(name_list(vm, names, 0), 0);
    for (size_t i = 0; i < STEADY; i++) leave(steady[i]);
    machine_with_table_free(vm);
}

static void scan_of_nobody(void **state) {
    VmCore *vm = machine_with_table(1024);
    ProcessScan scan;
    process_scan_begin(vm->processes, &scan);
    assert_true(process_scan_step(vm->processes, &scan, 1));
    assert_int_equal(scan.count, 0);
    process_scan_end(vm->processes, &scan);
    machine_with_table_free(vm);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_powers_of_two),
        cmocka_unit_test(full_table_says_so),
        cmocka_unit_test(pids_count_up_and_come_back_late),
        cmocka_unit_test(schedulers_share_the_table),
        cmocka_unit_test(old_blocks_are_not_used),
        cmocka_unit_test(strange_pids_are_nobody),
        cmocka_unit_test(scan_is_one_moment),
        cmocka_unit_test(scan_without_memory_fails),
        cmocka_unit_test(scan_of_nobody),
        cmocka_unit_test(names_and_their_holders_agree),
        cmocka_unit_test(many_threads_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
