// SPDX-License-Identifier: Apache-2.0
// What the verifier leaves to the engine (see the top of code/verify.c): modules that compilers
// would not write, loaded and run. Each check is reached with something that does not pass it and,
// where that is not obvious, with something that does.
#include "../code/beam_build.h"
#include "run_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

typedef struct Case {
    const char *name;
    const char *text; // of module m; f/1 is called
    char arg;         // see argument()
    const char *outcome;
} Case;

static const Case cases[] = {
    // lists
    {"get_list", "fun f/1; get_list x0 x0 x1; return", 'n', "error badarg"},
    {"get_list of a cell", "fun f/1; get_list x0 x0 x1; return", 'c', "1"},
    {"get_hd", "fun f/1; get_hd x0 x0; return", 't', "error badarg"},
    {"get_tl", "fun f/1; get_tl x0 x0; return", 'i', "error badarg"},
    {"get_tl of a cell", "fun f/1; get_tl x0 x0; return", 'c', "[]"},
    {"get_list behind a test of another register",
     "fun f/1; move x0 x1; move lit1 x0; is_nonempty_list F x0; get_list x1 x0 x1; return", 'a',
     "error badarg"},
    // tuples
    {"get_tuple_element", "fun f/1; get_tuple_element x0 0 x0; return", 'a', "error badarg"},
    {"get_tuple_element of an empty tuple", "fun f/1; get_tuple_element x0 0 x0; return", 'e',
     "error badarg"},
    {"get_tuple_element beyond the end",
     "fun f/1; get_tuple_element x0 0 x1; get_tuple_element x0 1 x2; get_tuple_element x0 2 x0; "
     "return",
     't', "error badarg"},
    {"get_tuple_element twice",
     "fun f/1; get_tuple_element x0 0 x1; get_tuple_element x0 1 x0; return", 't', "b"},
    {"get_tuple_element of what a test cannot pass",
     "fun f/1; is_tagged_tuple F x0 2 'a; get_tuple_element x0 2 x0; return", 't', "error badarg"},
    {"set_tuple_element",
     "fun f/1; allocate 0 1; move x0 x1; move i1 x0; move 'z x2; call_ext 3 erlang:setelement/3; "
     "set_tuple_element 'q x0 2; deallocate 0; return",
     't', "error badarg"},
    {"set_tuple_element that there is",
     "fun f/1; allocate 0 1; move x0 x1; move i1 x0; move 'z x2; call_ext 3 erlang:setelement/3; "
     "set_tuple_element 'q x0 1; deallocate 0; return",
     't', "{z,q}"},
    {"test_arity", "fun f/1; test_arity F x0 2; return", 'c', "error badarg"},
    {"test_arity of a tuple", "fun f/1; test_arity F x0 2; return", 't', "{a,b}"},
    {"test_arity of a map", "fun f/1; test_arity F x0 2; return", 'm', "error badarg"},
    {"select_tuple_arity",
     "fun f/1; select_tuple_arity x0 F { 2 L100 }; label 100; move 'ok x0; return", 'i',
     "error badarg"},
    {"select_tuple_arity of a tuple",
     "fun f/1; select_tuple_arity x0 F { 2 L100 }; label 100; move 'ok x0; return", 't', "ok"},
    {"update_record", "fun f/1; test_heap 4 1; update_record 'copy 3 x0 x0 { 1 'z }; return", 't',
     "error badarg"},
    {"update_record of a tuple",
     "fun f/1; test_heap 3 1; update_record 'copy 2 x0 x0 { 1 'z }; return", 't', "{z,b}"},
    // maps
    {"has_map_fields", "fun f/1; has_map_fields F x0 { 'a }; return", 't', "error badarg"},
    {"get_map_elements", "fun f/1; get_map_elements F x0 { 'a x0 }; return", 'n', "error badarg"},
    {"put_map_assoc", "fun f/1; put_map_assoc L0 x0 x0 1 { 'a 'b }; return", 'i',
     "error {badmap,1}"},
    {"put_map_exact", "fun f/1; put_map_exact L0 x0 x0 1 { 'a 'b }; return", 'c',
     "error {badmap,[1]}"},
    // floats
    {"fmove", "fun f/1; fmove x0 fr0; test_heap {alloc floats 1 } 0; fmove fr0 x0; return", 'i',
     "error badarg"},
    {"fmove of a float",
     "fun f/1; fmove x0 fr0; test_heap {alloc floats 1 } 0; fmove fr0 x0; return", 'f', "1.5"},
    // bit strings
    {"bs_start_match4 no_fail",
     "fun f/1; bs_start_match4 'no_fail 1 x0 x1; bs_get_tail x1 x0 2; return", 'c', "error badarg"},
    {"bs_start_match4 no_fail of a bit string",
     "fun f/1; bs_start_match4 'no_fail 1 x0 x1; bs_get_tail x1 x0 2; return", 'b', "<<97,98>>"},
    {"bs_start_match4 resume",
     "fun f/1; bs_start_match4 'resume 1 x0 x1; bs_get_tail x1 x0 2; return", 'a', "error badarg"},
    {"bs_set_position",
     "fun f/1; bs_start_match4 'no_fail 1 x0 x1; bs_set_position x1 i17; bs_get_tail x1 x0 2; "
     "return",
     'b', "error badarg"},
    {"bs_set_position, nothing",
     "fun f/1; bs_start_match4 'no_fail 1 x0 x1; bs_set_position x1 x0; bs_get_tail x1 x0 2; "
     "return",
     'b', "error badarg"},
    {"bs_put beyond the end",
     "fun f/1; bs_init2 L0 1 0 1 0 x1; bs_put_integer L0 i16 1 0 x0; move x1 x0; return", 'i',
     "error badarg"},
    {"bs_restore2 without such a slot",
     "fun f/1; bs_start_match2 F x0 1 1 x1; bs_restore2 x1 5; move 'a x0; return", 'b',
     "error badarg"},
    // the stack
    {"raising before Y registers are initialised",
     "fun f/1; allocate 3 1; get_hd x0 x0; move x0 y0; move x0 y1; move x0 y2; deallocate 3; "
     "return",
     'a', "error badarg"},
    {"raising to a handler before Y registers are initialised",
     "fun f/1; allocate 2 1; catch y0 L100; get_hd x0 x0; move x0 y1; label 100; catch_end y0; "
     "move 'ok x0; deallocate 2; return",
     'a', "ok"},
    {"heap before Y registers are initialised",
     "fun f/1; allocate_heap 2 2 1; put_list x0 [] x0; get_tuple_element x0 0 x1; "
     "move x0 y0; move x1 y1; deallocate 2; return",
     'a', "error badarg"},
    // calls that never return
    {"error/1", "fun f/1; allocate 0 1; call_ext 1 erlang:error/1; label 100; deallocate 0; return",
     'a', "error x"},
    {"error/1 with a wrong frame",
     "fun f/1; allocate 2 1; init_yregs { y0 y1 }; call_ext_last 1 erlang:error/1 7", 'a',
     "error x"},
    {"throw/1 with a frame", "fun f/1; allocate 1 1; move x0 y0; call_ext_only 1 erlang:throw/1",
     'a', "throw x"},
    {"a function that only raises",
     "fun f/1; allocate 0 1; call 1 L4; fun g/1; call_ext_only 1 erlang:exit/1", 'a', "exit x"},
    // exceptions
    {"try_case without an exception",
     "fun f/1; allocate 1 1; try y0 L100; bif1 L0 erlang:hd/1 x0 x0; try_end y0; jump L100; "
     "label 100; try_case y0; move x1 x0; deallocate 1; return",
     'c', "error badarg"},
    {"try_case with one",
     "fun f/1; allocate 1 1; try y0 L100; bif1 L0 erlang:tl/1 x0 x0; try_end y0; jump L100; "
     "label 100; try_case y0; move x0 x0; deallocate 1; return",
     'a', "error"},
    {"try_case that its own try leads to",
     "fun f/1; allocate 1 1; try y0 L100; bif1 L0 erlang:hd/1 x0 x0; jump L100; label 100; "
     "try_case y0; move x1 x0; deallocate 1; return",
     'c', "badarg"},
    {"raw_raise", "fun f/1; move x0 x1; move 'error x0; move [] x2; raw_raise; return", 'a',
     "error x"},
    {"raw_raise with a class that is none",
     "fun f/1; move x0 x1; move 'foo x0; move [] x2; raw_raise; return", 'a', "badarg"},
    {"raw_raise with such a class and nothing behind",
     "fun f/1; move x0 x1; move 'foo x0; move [] x2; raw_raise; label 100; return", 'a',
     "error badarg"},
    {"raw_raise with a trace that is none",
     "fun f/1; move x0 x2; move 'a x1; move 'error x0; raw_raise; return", 'r', "error a"},
    {"raise with a trace that is none", "fun f/1; raise x0 'a", 'r', "error a"},
    {"build_stacktrace of a tuple", "fun f/1; build_stacktrace; return", 'r', "{error,a,b,c,d}"},
    {"function_clause with a match context",
     "fun f/1; bs_start_match3 F x0 1 x0; bs_get_integer2 F x0 1 i8 1 0 x1; call_only 1 L4; "
     "fun g/1; bs_start_match3 F x0 1 x0; bs_test_tail2 F x0 800; move 'ok x0; return",
     'b', "error function_clause in [<<98>>]"},
    {"function_clause with a match context at its start",
     "fun f/1; bs_start_match3 F x0 1 x0; call_only 1 L4; "
     "fun g/1; bs_start_match3 F x0 1 x0; bs_test_tail2 F x0 800; move 'ok x0; return",
     'b', "error function_clause in [<<97,98>>]"},
    // builtins
    {"bif of what is not for guards", "fun f/1; bif0 erlang:halt/0 x0; return", 'a',
     "error {unsupported_instruction,halt}"},
    {"gc_bif of what is not for guards",
     "fun f/1; gc_bif1 L0 1 erlang:list_to_atom/1 x0 x0; return", 'n',
     "error {unsupported_instruction,list_to_atom}"},
    {"bif of what takes heap that is reserved for others",
     "fun f/1; test_heap 2 1; bif2 L0 erlang:+/2 x0 i1 x1; put_list x1 [] x0; return", 'i',
     "error {unsupported_instruction,'+'}"},
    {"a fun with more variables than calls have room for",
     "fun f/1; call_ext_only 1 erlang:binary_to_term/1", 'F', "error badarg"},
    {"recv_marker_reserve defines",
     "fun f/1; allocate 0 1; recv_marker_reserve x1; test_heap 2 2; put_list x1 [] x0; "
     "deallocate 0; return",
     'a', "[[]]"},
};

// A fun of m that says it has 300 variables, all of them [].
static Term forged_fun(Vm *vm, Hp *hp) {
    uint8_t fun[512], *p = fun;
    size_t free_count = 300;
    *p++ = 131, *p++ = 112;
    memset(p, 0, 64);
    p[4] = 1;
    p[4 + 1 + 16 + 4 + 2] = (uint8_t)(free_count >> 8);
    p[4 + 1 + 16 + 4 + 3] = (uint8_t)free_count;
    p += 4 + 1 + 16 + 8;
    static const uint8_t rest[] = {119, 1, 'm', 97, 0, 97, 0, 88, 119, 1, 'n', 0,
                                   0,   0, 0,   0,  0, 0,  0, 0,  0,   0, 0};
    memcpy(p, rest, sizeof rest);
    p += sizeof rest;
    memset(p, 106, free_count);
    p += free_count;
    return hp_binary(&vm->core.mem, hp, fun, (size_t)(p - fun));
}

static Term argument(Vm *vm, Hp *hp, char kind) {
    Term t;
    switch (kind) {
    case 'i': return term_small(1);
    case 'a': return run_atom(vm, "x");
    case 'n': return TERM_NIL;
    case 'c': return hp_cons(hp, term_small(1), TERM_NIL);
    case 'e': return hp_tuple(hp, 0);
    case 't': return hp_tuple2(hp, run_atom(vm, "a"), run_atom(vm, "b"));
    case 'm': return map_build(&vm->core.env, hp, NULL, 0);
    case 'f': return hp_float(hp, 1.5);
    case 'b': return hp_binary(&vm->core.mem, hp, "ab", 2);
    case 'r':
        t = hp_tuple(hp, 5);
        term_tuple_elements(t)[0] = ATOM_error;
        for (int i = 0; i < 4; i++)
            term_tuple_elements(t)[1 + i] = run_atom(vm, (char[]){(char)('a' + i), 0});
        return t;
    case 'F': return forged_fun(vm, hp);
    default: UNREACHABLE();
    }
}

static void put_outcome(Vm *vm, Process *p, Buf *out) {
    const TermEnv *env = &vm->core.env;
    if (p->regs->exc.cls == EXC_NONE) {
        term_print(env, out, engine_result(p), PRINT_PLAIN, 0);
        return;
    }
    buf_put_str(out, p->regs->exc.cls == EXC_ERROR  ? "error "
                     : p->regs->exc.cls == EXC_EXIT ? "exit "
                                                    : "throw ");
    term_print(env, out, p->regs->exc.value, PRINT_PLAIN, 0);
    if (p->regs->exc.value != ATOM_function_clause) return;
    Term args = term_tuple_elements(term_head(p->regs->exc.trace))[2];
    buf_put_str(out, " in ");
    term_print(env, out, args, PRINT_PLAIN, 0);
}

static bool run_case(const Case *c, bool interpret) {
    Vm *vm = bare_machine_of(0, interpret);
    Bytes bytes = build_module(c->text);
    BeamError err = {""};
    Term module = load_bytes(vm, bytes.at, bytes.size, &err);
    free(bytes.at);
    if (module == TERM_NONE) {
        print_error("%s: %s\n", c->name, err.text);
        dt_free(vm);
        return false;
    }
    Term function = run_atom(vm, "f");
    HandRun hand;
    Process *p = hand_begin(&hand, vm);
    assert_non_null(p);
    // What was there before looks like terms.
    for (size_t i = 0; i < ARRAY_COUNT(p->regs->x); i++) p->regs->x[i] = 0x0000deadbeef0001ull;
    Hp hp;
    assert_true(process_reserve_gc(p, 64, &hp));
    Term args = hp_cons(&hp, argument(vm, &hp, c->arg), TERM_NIL);
    process_commit(p, &hp);
    bool ended = run_bounded(p, module, function, args, 4, 1000);
    Buf out;
    buf_init(&out, &vm->core.mem);
    if (ended) put_outcome(vm, p, &out);
    buf_put_byte(&out, '\0');
    bool ok = ended && strcmp((const char *)out.data, c->outcome) == 0;
    if (!ok)
        print_error("%s: %s, wanted %s\n", c->name, ended ? (const char *)out.data : "runs on",
                    c->outcome);
    buf_deinit(&out);
    hand_end(&hand);
    dt_free(vm);
    return ok;
}

static void test_cases(void **state) {
    size_t bad = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        bad += !run_case(&cases[i], false) + !run_case(&cases[i], true);
    assert_int_equal(bad, 0);
}

// A fun from outside that claims another arity or other variables is never the module's.
static void test_fun_identity(void **state) {
    Vm *vm = bare_machine(0);
    Bytes bytes = build_module("lambda g/2 1; fun f/1; move x0 x0; return; fun g/2; return");
    BeamError err = {""};
    Term module = load_bytes(vm, bytes.at, bytes.size, &err);
    free(bytes.at);
    assert_true(module != TERM_NONE);
    const Module *m = code_module_find(vm->core.code, module);
    const FunEntry *fe = m->funs[0];
    assert_ptr_equal(code_fun_entry(vm->core.code, module, m->md5, 0, 0, 1, 1), fe);
    const FunEntry *other = code_fun_entry(vm->core.code, module, m->md5, 0, 0, 1, 9);
    assert_ptr_not_equal(other, fe);
    assert_int_equal(other->free_count, 9);
    assert_ptr_not_equal(code_fun_entry(vm->core.code, module, m->md5, 0, 0, 0, 1), fe);
    dt_free(vm);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_fun_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
