// SPDX-License-Identifier: Apache-2.0
// From addresses of machine code to functions.
#include "engine/jit/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Mem mem;

// Three functions; the second one's machine code is empty. 10 bytes a unit.
static FuncInfo functions[] = {{.offset = 0}, {.offset = 20}, {.offset = 25}};
static const Module module = {.functions = functions, .function_count = 3, .code_units = 60};

static void make(NativeCode *n, const Module *m, uint8_t *exec) {
    *n = (NativeCode){.block = {.exec = exec, .size_bytes = 700}};
    assert_true(native_places_begin(&mem, n, m));
    for (uint32_t unit = 0; unit < m->code_units; unit += 5)
        native_places_add(n, unit, unit < 25 ? unit * 10 : (unit - 5) * 10, 560 + unit);
    native_places_end(n, 550, 560 + m->code_units);
}

static void functions_by_offset(void **state) {
    mem_init(&mem);
    NativeCode n;
    make(&n, &module, NULL);
    assert_true(mem_noted(&mem, MEM_CODE) == 8 * sizeof(uint32_t));
    assert_ptr_equal(native_function_at(&n, 0), &functions[0]);
    assert_ptr_equal(native_function_at(&n, 199), &functions[0]);
    assert_ptr_equal(native_function_at(&n, 200), &functions[2]);
    assert_ptr_equal(native_function_at(&n, 549), &functions[2]);
    assert_null(native_function_at(&n, 550));
    assert_null(native_function_at(&n, 559));
    assert_ptr_equal(native_function_at(&n, 560), &functions[0]);
    assert_ptr_equal(native_function_at(&n, 584), &functions[1]);
    assert_ptr_equal(native_function_at(&n, 585), &functions[2]);
    assert_ptr_equal(native_function_at(&n, 619), &functions[2]);
    assert_null(native_function_at(&n, 620));
    assert_int_equal(native_places_start(&n, NATIVE_COLD, 1), 580);
    assert_int_equal(native_places_size(&n, NATIVE_COLD, 1), 5);
    assert_int_equal(native_places_size(&n, NATIVE_HOT, 1), 0);
    native_places_free(&mem, &n);
    native_places_free(&mem, &n);
    // No functions at all; and given up halfway.
    static const Module empty = {.code_units = 2};
    make(&n, &empty, NULL);
    assert_null(native_function_at(&n, 0));
    native_places_free(&mem, &n);
    assert_true(native_places_begin(&mem, &n, &module));
    native_places_add(&n, 0, 0, 0);
    native_places_free(&mem, &n);
    assert_int_equal(mem_noted(&mem, MEM_CODE), 0);
    assert_int_equal(mem_bytes(&mem), 0);
}

static void modules_by_address(void **state) {
    enum { COUNT = 200, APART = 1000 };
    mem_init(&mem);
    NativeTable t;
    native_table_init(&t);
    static uint8_t code[COUNT * APART];
    static NativeCode n[COUNT];
    NativePlace place;
    assert_false(native_table_find(&t, code, &place));
    for (int i = 0; i < COUNT; i++) { // in an order that is not theirs
        int at = i * 77 % COUNT;
        make(&n[at], &module, code + (size_t)at * APART);
        assert_true(native_table_add(&t, &mem, &n[at]));
    }
    for (int i = 0; i < COUNT; i += 3) native_table_remove(&t, &n[i]);
    native_table_remove(&t, &n[0]); // it is not there: nothing
    for (int i = 0; i < COUNT; i++) {
        const uint8_t *at = code + (size_t)i * APART;
        assert_int_equal(native_table_find(&t, at + 210, &place), i % 3 != 0);
        if (i % 3 == 0) continue;
        assert_ptr_equal(place.code, &n[i]);
        assert_int_equal(place.offset, 210);
        assert_ptr_equal(place.function, &functions[2]);
        assert_true(native_table_find(&t, at + 699, &place)); // what the functions share
        assert_null(place.function);
        assert_false(native_table_find(&t, at + 700, &place));
    }
    native_table_deinit(&t, &mem);
    for (int i = 0; i < COUNT; i++) native_places_free(&mem, &n[i]);
    assert_int_equal(mem_bytes(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_by_offset),
        cmocka_unit_test(modules_by_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
