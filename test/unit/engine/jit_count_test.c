// SPDX-License-Identifier: Apache-2.0
// The report of how often instructions ran.
#include "engine/jit/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Mem mem;
static TermEnv env;
static InstructionCounts *counts;
static FuncInfo functions[2];
static Module module;
static Buf report;

static Term atom(const char *text) {
    return atom_intern(env.atoms, (const uint8_t *)text, strlen(text));
}

static int open_counts(void **state) {
    mem_init(&mem);
    env = (TermEnv){.mem = &mem, .atoms = atoms_new(&mem, 10000)};
    functions[0] = (FuncInfo){.offset = 0, .name = atom("map"), .arity = 2};
    functions[1] = (FuncInfo){.offset = 100, .name = atom("odd fun"), .arity = 0};
    module = (Module){.name = atom("lists"), .functions = functions, .function_count = 2};
    counts = counts_new(&mem);
    buf_init(&report, &mem);
    return counts == NULL;
}
static int close_counts(void **state) {
    buf_deinit(&report);
    counts_free(counts);
    atoms_free(env.atoms);
    return mem_bytes(&mem) != 0;
}

static void set(Counted *c, uint32_t unit, unsigned op, uint64_t runs, uint64_t slow) {
    *c = (Counted){.unit = unit,
                   .op = (uint16_t)op,
                   .variant = op_table[op].first_variant,
                   .hot_bytes = 10,
                   .form = slow == runs ? COUNT_ALWAYS_SLOW : COUNT_IN_REGISTERS};
    atomic_store(&c->runs, runs);
    atomic_store(&c->slow, slow);
}

// move put_list move | move put_list return; the second function has run ten times as often.
static void count_one_module(void) {
    Counted *c = counts_module(counts, &module, 6);
    assert_non_null(c);
    set(&c[0], 10, OP_move, 100, 0);
    set(&c[1], 20, OP_put_list, 90, 9);
    set(&c[2], 30, OP_move, 80, 0);
    set(&c[3], 110, OP_move, 1000, 0);
    set(&c[4], 120, OP_put_list, 900, 0);
    set(&c[5], 130, OP_return, 7, 7);
    counts_module_done(counts, &module);
}

static void expect(const char *text) {
    if (strstr((const char *)report.data, text) == NULL)
        print_error("not there: %s\n%s\n", text, (const char *)report.data);
    assert_non_null(strstr((const char *)report.data, text));
}

static void make_report(size_t rows) {
    report.size_bytes = 0;
    counts_report(counts, &env, rows, &report);
    buf_put_byte(&report, 0);
    assert_false(report.failed);
}

static void tables(void **state) {
    count_one_module();
    functions[1].arity = 5; // the counts have their own copy
    make_report(100);
    expect("2177 instructions have run; 0.73 % of them slowly; 10.0 bytes each\n");
    expect("1 modules of 6 instructions, of which 6 have run\n");
    expect("            1180  54.20   54.2     0.0      10.0  registers  move x,x\n"
           "             990  45.48   99.7     0.9      10.0  registers  put_list x,x,x\n"
           "               7   0.32  100.0   100.0      10.0  slow       return\n");
    // Not across the end of a function.
    expect("             990  45.48   45.5       2  move + put_list\n"
           "              80   3.67   49.2       1  put_list + move\n"
           "               7   0.32   49.5       1  put_list + return\n\n");
    expect("              80   3.67    3.7       1  move + put_list + move\n"
           "               7   0.32    4.0       1  move + put_list + return\n\n");
    expect("            1907  87.60   87.6     0.4      10.0  lists:'odd fun'/0\n"
           "             270  12.40  100.0     3.3      10.0  lists:map/2\n\n");
    expect("            1000  45.93   45.9     0.0        10  registers  lists:'odd fun'/0 @110 "
           "move x,x\n");
}

static void of_several_modules(void **state) {
    count_one_module();
    count_one_module(); // loaded again
    make_report(1);
    expect("4354 instructions have run");
    expect("2 modules of 12 instructions, of which 12 have run\n");
    expect("            2360  54.20   54.2     0.0      10.0  registers  move x,x\n\n");
    expect("            1907  43.80   43.8     0.4      10.0  lists:'odd fun'/0\n\n");
}

static void nothing(void **state) {
    make_report(10);
    expect("0 instructions have run; 0.00 % of them slowly; 0.0 bytes each\n");
    static const Module empty = {0};
    assert_non_null(counts_module(counts, &empty, 0));
    counts_module_done(counts, &empty);
    make_report(10);
    expect("1 modules of 0 instructions, of which 0 have run\n");
    for (uint64_t every = 1; every < 6; every++) {
        mem.fail_every = every;
        Counted *c = counts_module(counts, &module, 1);
        if (c != NULL) {
            set(c, 10, OP_move, 1, 0);
            counts_module_done(counts, &module);
        }
        report.size_bytes = 0;
        report.failed = false;
        counts_report(counts, &env, 10, &report);
    }
    mem.fail_every = 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_counts, close_counts)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(tables),
        TEST(of_several_modules),
        TEST(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
