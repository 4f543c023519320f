// SPDX-License-Identifier: Apache-2.0
// The breakpoint that each function entry has: in a slice of one reduction a process stops before
// the next function, with its arguments in the X registers, whichever way it is called; on both
// engines (docs/internal/jit.md).
#include "../code/beam_build.h"
#include "run_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

// f calls g in the module, h through its export entry, which calls itself; g calls by fun and
// apply.
static const char text[] =
    "lambda k/1 0; "
    "fun f/1; allocate 0 1; call 1 L4; call_ext 1 m:h/1; deallocate 0; return; "
    "fun g/1; allocate 1 1; move x0 y0; make_fun2 0; move x0 x1; move i7 x0; call_fun 1; "
    "move i8 x0; move 'm x1; move 'k x2; apply 1; move y0 x0; deallocate 1; return; "
    "fun h/1; is_eq_exact L100 x0 i0; return; "
    "label 100; gc_bif2 L0 1 erlang:-/2 x0 i1 x0; call_only 1 L6; "
    "fun k/1; return";

typedef struct Seen {
    Term function;
    int64_t argument;
} Seen;

static Process *start(Vm *vm, HandRun *hand, int64_t argument) {
    Bytes bytes = build_module(text);
    BeamError err = {""};
    Term module = load_bytes(vm, bytes.at, bytes.size, &err);
    free(bytes.at);
    if (module == TERM_NONE) print_error("%s\n", err.text);
    assert_true(module != TERM_NONE);
    Process *p = hand_begin(hand, vm);
    assert_non_null(p);
    Hp hp;
    assert_true(process_reserve_gc(p, 2, &hp));
    Term args = hp_cons(&hp, term_small(argument), TERM_NIL);
    process_commit(p, &hp);
    assert_true(engine_start(p, module, run_atom(vm, "f"), args));
    return p;
}

static Seen seen_at(Vm *vm, Process *p) {
    CodePlace place;
    assert_true(code_place(vm->core.code, p->ip, &place));
    assert_ptr_equal(p->ip, place.module->code + place.function->offset + CODE_FUNC_INFO_UNITS);
    assert_int_equal(p->live, place.function->arity);
    return (Seen){place.function->name, term_small_value(p->regs->x[0])};
}

static void stops_at_each_entry(bool interpret) {
    Vm *vm = bare_machine_of(0, interpret);
    HandRun hand;
    Process *p = start(vm, &hand, 2);
    static const struct {
        const char *function;
        int64_t argument;
    } wanted[] = {{"g", 2}, {"k", 7}, {"k", 8}, {"h", 2}, {"h", 1}, {"h", 0}};
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        assert_int_equal(engine_run(p, 1), ENGINE_YIELDED);
        Seen seen = seen_at(vm, p);
        assert_true(seen.function == run_atom(vm, wanted[i].function));
        assert_int_equal(seen.argument, wanted[i].argument);
    }
    assert_int_equal(engine_run(p, 1), ENGINE_EXITED);
    assert_true(engine_result(p) == term_small(0));
    hand_end(&hand);
    dt_free(vm);
}
static void stops_at_each_entry_of_machine_code(void **state) {
    stops_at_each_entry(false);
}
static void stops_at_each_entry_when_interpreted(void **state) {
    stops_at_each_entry(true);
}

// Switched on and off while it runs: it stops at each entry only while on, and computes the same.
static void is_switched_while_it_runs(void **state) {
    for (int interpret = 0; interpret < 2; interpret++) {
        Vm *vm = bare_machine_of(0, interpret == 1);
        HandRun hand;
        Process *p = start(vm, &hand, 1000);
        int64_t last = 1001;
        int stops = 0;
        for (int slice = 0; engine_run(p, slice % 2 == 0 ? 100 : 1) == ENGINE_YIELDED; slice++) {
            Seen seen = seen_at(vm, p);
            assert_true(seen.function == run_atom(vm, "h"));
            if (slice % 2 == 1) assert_int_equal(seen.argument, last - 1);
            last = seen.argument;
            stops++;
        }
        assert_in_range(stops, 18, 22);
        assert_true(engine_result(p) == term_small(0));
        hand_end(&hand);
        dt_free(vm);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_at_each_entry_of_machine_code),
        cmocka_unit_test(stops_at_each_entry_when_interpreted),
        cmocka_unit_test(is_switched_while_it_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
