// SPDX-License-Identifier: Apache-2.0
// A process's roots, limits and cursors, and the helpers of builtins.
#include "machine.h"

#include "proc/bif.h"
#include "term/bits.h"

static Term tuple_of(Process *p, int64_t n) {
    Hp hp;
    assert_true(process_reserve_gc(p, 3, &hp));
    Term t = hp_tuple2(&hp, term_small(n), TERM_NIL);
    process_commit(p, &hp);
    return t;
}
static void check_tuple(Term t, int64_t n) {
    assert_int_equal(term_tuple_elements(t)[0], term_small(n));
}

// Each kind of root in turn keeps its term and learns its new place.
static void roots_move(void **state) {
    VmCore *vm = machine_new(true);
    Process *p = running_new(vm);
    Registers *regs = p->regs;
    Term inner[2] = {TERM_NIL, TERM_NIL}, outer = TERM_NIL;
    RootFrame f, g;
    process_push_roots(p, &f, &outer, 1);
    process_push_roots(p, &g, inner, 2);
    outer = tuple_of(p, 1);
    inner[0] = tuple_of(p, 2);
    inner[1] = tuple_of(p, 3);
    for (int i = 0; i < 5; i++) {
        Term t = tuple_of(p, 10 + i);
        regs->x[i] = t;
        p->live = (uint32_t)i + 1;
    }
    for (int i = 0; i < BIF_ARGS_MAX; i++) {
        p->regs->bif_args[i] = tuple_of(p, 20 + i);
        p->regs->bif_arg_count = (uint32_t)i + 1;
    }
    p->regs->exc.value = tuple_of(p, 30);
    p->regs->exc.trace = tuple_of(p, 31);
    p->regs->exc.args = tuple_of(p, 32);
    p->regs->exc.info = tuple_of(p, 33);
    p->group_leader = tuple_of(p, 40);
    p->exit_reason = tuple_of(p, 41);
    Term kept = tuple_of(p, 50);
    bool failed;
    assert_int_equal(dict_put(p, term_small(1), kept, &failed), TERM_NONE);
    *--p->heap.stack = term_return_address((void *)(uintptr_t)0x1230);
    Term t = tuple_of(p, 60);
    *--p->heap.stack = t;
    for (int round = 0; round < 7; round++) {
        Term before = outer;
        assert_true(process_collect_gc(p, round % 2));
        if (round % 2) assert_int_not_equal(before, outer);
        check_tuple(outer, 1);
        check_tuple(inner[0], 2);
        check_tuple(inner[1], 3);
        for (int i = 0; i < 5; i++) check_tuple(regs->x[i], 10 + i);
        for (int i = 0; i < BIF_ARGS_MAX; i++) check_tuple(p->regs->bif_args[i], 20 + i);
        for (int i = 0; i < 4; i++) check_tuple((&p->regs->exc.value)[i], 30 + i);
        check_tuple(p->group_leader, 40);
        check_tuple(p->exit_reason, 41);
        check_tuple(dict_get(p, term_small(1)), 50);
        check_tuple(p->heap.stack[0], 60);
        assert_int_equal(p->heap.stack[1], term_return_address((void *)(uintptr_t)0x1230));
    }
    process_pop_roots(p, &g);
    process_pop_roots(p, &f);
    running_free(p);
    machine_free(vm);
}

static void too_large_kills(void **state) {
    VmCore *vm = machine_new(false);
    vm->heap_config.max_words = 5000;
    Process *p = running_new(vm);
    Hp hp;
    assert_true(process_reserve_gc(p, 1000, &hp));
    assert_false(process_reserve_gc(p, 6000, &hp));
    assert_true(p->dead);
    assert_int_equal(p->exit_reason, ATOM_killed);
    running_free(p);
    machine_free(vm);
}

static void no_memory_is_an_error(void **state) {
    VmCore *vm = machine_new(false);
    Process *p = running_new(vm);
    Hp hp;
    assert_false(process_reserve_gc(p, (size_t)1 << 50, &hp));
    assert_false(p->dead);
    assert_int_equal(p->regs->exc.cls, EXC_ERROR);
    assert_int_equal(p->regs->exc.value, ATOM_system_limit);
    vm->mem.fail_every = 1;
    assert_false(process_reserve_gc(p, 5000, &hp));
    assert_null(process_new(vm));
    vm->mem.fail_every = 0;
    assert_true(process_reserve_gc(p, 5000, &hp));
    running_free(p);
    machine_free(vm);
}

// Where nothing may move, what is built goes to a fragment, and the next collection takes it in.
static void building_without_moving(void **state) {
    VmCore *vm = machine_new(true);
    Process *p = running_new(vm);
    Term kept[2] = {tuple_of(p, 1), TERM_NIL};
    RootFrame f;
    process_push_roots(p, &f, kept, 2);
    p->regs->no_gc = true;
    Term before = kept[0];
    Hp hp;
    assert_true(process_reserve_gc(p, 100, &hp));
    uint8_t *bytes;
    kept[1] = hp_tuple2(&hp, kept[0], hp_bits(&vm->mem, &hp, 8 * 1000, &bytes));
    memset(bytes, 7, 1000);
    process_commit(p, &hp);
    assert_int_equal(kept[0], before);
    p->regs->no_gc = false;
    assert_true(process_collect_gc(p, true));
    assert_null(p->heap.fragments);
    assert_int_equal(term_tuple_elements(kept[1])[0], kept[0]);
    assert_int_equal(bits_of(term_tuple_elements(kept[1])[1]).bytes[999], 7);
    process_pop_roots(p, &f);
    running_free(p);
    machine_free(vm);
}

static void references_differ(void **state) {
    VmCore *vm = machine_new(false);
    Process *p = running_new(vm), *q = running_new(vm);
    uint32_t a[3], b[3];
    // Around the places where an id of 18 or 32 bits is full.
    const uint64_t at[] = {0, (1 << 18) - 2, ((uint64_t)1 << 50) - 2, ((uint64_t)1 << 51) - 2};
    for (size_t i = 0; i < ARRAY_COUNT(at); i++) {
        vm->next_ref = at[i];
        process_next_ref(p, a);
        for (int k = 0; k < 4; k++) {
            process_next_ref(p, b);
            assert_memory_not_equal(a, b, sizeof a);
            assert_true(b[0] < 1 << 18);
            memcpy(a, b, sizeof a);
        }
    }
    running_free(p);
    running_free(q);
    machine_free(vm);
}

static _Atomic int destroyed;
static void destroy_one(MagicBin *bin) {
    destroyed++;
    free(bin);
}
static void destroy_other(MagicBin *bin) {
    (void)bin;
    fail();
}

static void states_of_builtins(void **state) {
    VmCore *vm = machine_new(false);
    Process *p = running_new(vm);
    MagicBin *bin = malloc(sizeof *bin);
    atomic_init(&bin->refs, 1);
    bin->destroy = destroy_one;
    Term ref = bif_state_ref_gc(p, bin);
    assert_ptr_equal(bif_state(ref, destroy_one), bin);
    assert_null(bif_state(ref, destroy_other));
    assert_null(bif_state(term_small(1), destroy_one));
    destroyed = 0;
    assert_true(process_collect_gc(p, true)); // nobody holds it
    assert_int_equal(destroyed, 1);
    // Without memory the object goes at once.
    bin = malloc(sizeof *bin);
    atomic_init(&bin->refs, 1);
    bin->destroy = destroy_one;
    // A heap that is full of dead tuples.
    while (heap_has_room(&p->heap, 3)) (void)tuple_of(p, 1);
    while (heap_has_room(&p->heap, 1)) *p->heap.htop++ = HEADER(KIND_TUPLE, 0);
    vm->mem.fail_every = 1;
    assert_int_equal(bif_state_ref_gc(p, bin), TERM_NONE);
    vm->mem.fail_every = 0;
    assert_int_equal(destroyed, 2);
    running_free(p);
    machine_free(vm);
}

static void errors_of_builtins(void **state) {
    VmCore *vm = machine_new(true);
    Process *p = running_new(vm);
    Term t = tuple_of(p, 3);
    assert_int_equal(bif_error_tuple_gc(p, ATOM_badmap, t), TERM_NONE);
    assert_int_equal(p->regs->exc.cls, EXC_ERROR);
    assert_int_equal(term_tuple_elements(p->regs->exc.value)[0], ATOM_badmap);
    check_tuple(term_tuple_elements(p->regs->exc.value)[1], 3);
    assert_int_equal(bif_badarg_cause(p, ATOM_badopt), TERM_NONE);
    assert_int_equal(p->regs->exc.info, ATOM_badopt);
    Hp hp;
    assert_true(process_reserve_gc(p, 6, &hp));
    Term list = hp_cons(&hp, TERM_NIL, hp_cons(&hp, TERM_NIL, TERM_NIL));
    Term improper = hp_cons(&hp, TERM_NIL, term_small(1));
    process_commit(p, &hp);
    assert_int_equal(bif_list_length(list), 2);
    assert_int_equal(bif_list_length(improper), -1);
    assert_int_equal(bif_list_length(TERM_NIL), 0);
    assert_int_equal(bif_list_length(term_small(0)), -1);
    running_free(p);
    machine_free(vm);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_move),
        cmocka_unit_test(too_large_kills),
        cmocka_unit_test(no_memory_is_an_error),
        cmocka_unit_test(building_without_moving),
        cmocka_unit_test(references_differ),
        cmocka_unit_test(states_of_builtins),
        cmocka_unit_test(errors_of_builtins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
