// SPDX-License-Identifier: Apache-2.0
// Blocks of machine code: packed, merged when they come back, run while others are written.
#include "engine/jit/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Mem mem;
static Os *os;
static CodeMemory *cm;
static OsCodeViews views;

static const void *here(void) {
    return (const void *)(uintptr_t)here;
}

static int open_memory(void **state) {
    mem_init(&mem);
    views = *state == NULL ? OS_CODE_TWO_VIEWS : OS_CODE_ONE_VIEW;
    os = os_real_new(&mem);
    cm = os == NULL ? NULL : code_memory_new(&mem, os, here(), views);
    return cm == NULL;
}
static int close_memory(void **state) {
    code_memory_free(cm);
    os_free(os);
    return mem_bytes(&mem) != 0 || mem_noted(&mem, MEM_CODE) != 0;
}

// A function that gives `value`: mov eax, value; ret. (Other machines do not run it.)
enum { FUNCTION_BYTES = 6 };
static void put_function(uint8_t *at, uint8_t value) {
    const uint8_t text[FUNCTION_BYTES] = {0xb8, value, 0, 0, 0, 0xc3};
    memcpy(at, text, sizeof text);
}
static int call(const uint8_t *at) {
#if defined(__x86_64__)
    return ((int (*)(void))(uintptr_t)at)();
#else
    return at[1];
#endif
}

static CodeBlock new_block(size_t bytes) {
    CodeBlock b;
    assert_true(code_block_new(cm, bytes, &b));
    assert_int_equal(b.size_bytes, bytes);
    assert_int_equal((uintptr_t)b.exec % CODE_BLOCK_ALIGN, 0);
    return b;
}

static CodeBlock function_of(uint8_t value, size_t bytes) {
    CodeBlock b = new_block(bytes);
    put_function(b.write, value);
    put_function(b.write + bytes - FUNCTION_BYTES, value);
    assert_true(code_block_finish(cm, &b));
    assert_null(b.write);
    return b;
}

static void blocks_are_packed_and_run(void **state) {
    CodeBlock b[100];
    for (int i = 0; i < 100; i++) b[i] = function_of((uint8_t)i, 20);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(call(b[i].exec), i);
        assert_false(b[i].reused);
        if (i > 0) assert_ptr_equal(b[i].exec, b[i - 1].exec + 32);
    }
    CodeMemoryStats s = code_memory_stats(cm);
    assert_int_equal(s.blocks, 100);
    assert_int_equal(s.block_bytes, 3200);
    assert_int_equal(s.free_pieces, 1);
    assert_int_equal(mem_noted(&mem, MEM_CODE), 3200);
    for (int i = 0; i < 100; i++) code_block_free(cm, &b[i]);
    s = code_memory_stats(cm);
    assert_int_equal(s.blocks, 0);
    assert_int_equal(s.block_bytes, 0);
    assert_int_equal(s.free_pieces, 1);
    assert_int_equal(mem_noted(&mem, MEM_CODE), 0);
}

static void holes_are_filled_and_merged(void **state) {
    CodeBlock b[8];
    for (int i = 0; i < 8; i++) b[i] = function_of((uint8_t)i, 4096);
    uint8_t *second = b[1].exec;
    code_block_free(cm, &b[1]);
    assert_null(b[1].exec);
    code_block_free(cm, &b[3]);
    assert_int_equal(code_memory_stats(cm).free_pieces, 3);
    code_block_free(cm, &b[2]); // merges with both
    assert_int_equal(code_memory_stats(cm).free_pieces, 2);
    // What does not fit into the hole goes elsewhere; the rest fills it exactly.
    CodeBlock large = function_of(50, 3 * 4096 + 16);
    assert_true(large.exec > b[7].exec && !large.reused);
    CodeBlock small = function_of(51, 4096);
    assert_ptr_equal(small.exec, second);
    assert_true(small.reused);
    CodeBlock rest = function_of(52, 2 * 4096);
    assert_ptr_equal(rest.exec, second + 4096);
    assert_int_equal(code_memory_stats(cm).free_pieces, 1);
    assert_int_equal(call(large.exec), 50);
    assert_int_equal(call(small.exec), 51);
    assert_int_equal(call(rest.exec), 52);
    assert_int_equal(call(rest.exec + 2 * 4096 - FUNCTION_BYTES), 52);
    assert_int_equal(call(b[0].exec), 0);
    assert_int_equal(call(b[4].exec), 4);
    code_block_free(cm, &b[4]);
    // What was given up while it was open.
    CodeBlock given_up = new_block(100);
    code_block_free(cm, &given_up);
    // The rest goes with the memory.
}

static void shrinking(void **state) {
    CodeBlock a = new_block(5 * 4096);
    put_function(a.write, 1);
    code_block_shrink(cm, &a, 4096 + 10);
    put_function(a.write + 4096, 2);
    assert_int_equal(code_memory_stats(cm).block_bytes, 4096 + 16);
    assert_int_equal(mem_noted(&mem, MEM_CODE), 4096 + 16);
    CodeBlock b = function_of(3, 64);
    assert_ptr_equal(b.exec, a.exec + 4096 + 16);
    assert_true(code_block_finish(cm, &a));
    assert_int_equal(call(a.exec), 1);
    assert_int_equal(call(a.exec + 4096), 2);
    assert_int_equal(call(b.exec), 3);
    code_block_free(cm, &a);
    assert_int_equal(call(b.exec), 3);
    code_block_free(cm, &b);
    CodeBlock whole = new_block(64);
    code_block_shrink(cm, &whole, 64);
    code_block_free(cm, &whole);
    assert_int_equal(mem_noted(&mem, MEM_CODE), 0);
}

// With one view each block has its own pages.
static void blocks_of_whole_pages(void **state) {
    CodeBlock b[20];
    for (int i = 0; i < 20; i++) b[i] = function_of((uint8_t)i, 20);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(call(b[i].exec), i);
        if (i > 0) assert_ptr_equal(b[i].exec, b[i - 1].exec + OS_PAGE_BYTES);
        assert_false(code_block_open(cm, &b[i]));
    }
    assert_int_equal(mem_noted(&mem, MEM_CODE), 20 * OS_PAGE_BYTES);
    for (int i = 0; i < 20; i += 2) code_block_free(cm, &b[i]);
    CodeBlock large = new_block(3 * OS_PAGE_BYTES);
    code_block_shrink(cm, &large, 2 * OS_PAGE_BYTES - 1);
    put_function(large.write, 77);
    assert_true(code_block_finish(cm, &large));
    CodeBlock small = function_of(78, OS_PAGE_BYTES);
    assert_int_equal(call(large.exec), 77);
    assert_int_equal(call(small.exec), 78);
    for (int i = 1; i < 20; i += 2) assert_int_equal(call(b[i].exec), i);
    assert_int_equal(mem_noted(&mem, MEM_CODE), 13 * OS_PAGE_BYTES);
}

static void larger_than_a_region(void **state) {
    enum { LARGE = 40 * 1024 * 1024 };
    CodeBlock a = function_of(1, 100), b = function_of(2, LARGE), c = function_of(3, 100);
    assert_int_equal(call(a.exec), 1);
    assert_int_equal(call(b.exec), 2);
    assert_int_equal(call(b.exec + LARGE - FUNCTION_BYTES), 2);
    assert_int_equal(call(c.exec), 3);
    // From any of it to the program and to each other.
    int64_t apart = (int64_t)((uintptr_t)b.exec - (uintptr_t)a.exec);
    int64_t away = (int64_t)((uintptr_t)b.exec - (uintptr_t)here());
    assert_true(apart == (int32_t)apart && apart + LARGE == (int32_t)(apart + LARGE));
    assert_true(away == (int32_t)away && away + LARGE == (int32_t)(away + LARGE));
    // More than all address space in reach.
    CodeBlock d;
    assert_false(code_block_new(cm, (size_t)3 << 30, &d));
    assert_null(d.exec);
    code_block_free(cm, &b);
    CodeBlock e = function_of(4, LARGE);
    assert_int_equal(call(e.exec), 4);
    assert_true(e.reused);
}

static void no_memory(void **state) {
    for (uint64_t every = 1; every < 5; every++) {
        mem.fail_every = every;
        CodeBlock b[50] = {0};
        int made = 0;
        for (int i = 0; i < 50; i++) made += code_block_new(cm, 5000, &b[i]);
        if (every == 1) assert_int_equal(made, 0);
        for (int i = 0; i < 50; i++) code_block_free(cm, &b[i]);
        assert_int_equal(mem_noted(&mem, MEM_CODE), 0);
        assert_int_equal(code_memory_stats(cm).blocks, 0);
    }
    mem.fail_every = 0;
}

// One thread runs a function, and another changes it and loads and purges others on the same page.
typedef struct Runner {
    CodeBlock block;
    _Atomic bool stop;
    uint64_t calls, changed;
} Runner;

static void run_it(void *arg) {
    Runner *r = arg;
    while (!atomic_load_explicit(&r->stop, memory_order_acquire)) {
        int value = call(r->block.exec);
        r->calls += value == 7 || value == 9;
        r->changed += value == 9;
        if (value != 7 && value != 9) break;
    }
}

static void running_beside_writing(void **state) {
    enum { ROUNDS = 3000 };
    CodeBlock before = function_of(1, 16);
    Runner r = {.block = new_block(32)};
    memset(r.block.write, 0x90, 8);
    put_function(r.block.write + 3, 7); // the value lies within one aligned word
    assert_true(code_block_finish(cm, &r.block));
    OsThread t;
    assert_int_equal(os_thread_start(os, &t, run_it, &r, "runner"), 0);
    CodeBlock others[16] = {0};
    for (int i = 0; i < ROUNDS; i++) {
        CodeBlock *b = &others[i * 7 % 16];
        code_block_free(cm, b);
        *b = function_of((uint8_t)i, 16 + (size_t)(i * 37 % 500));
        assert_int_equal(call(b->exec), (uint8_t)i);
        if (i % 10 != 0) continue;
        CodeBlock again = r.block;
        if (!code_block_open(cm, &again)) {
            assert_int_equal(views, OS_CODE_ONE_VIEW);
            continue;
        }
        ((volatile uint8_t *)again.write)[4] = i % 20 == 0 ? 9 : 7;
        assert_true(code_block_finish(cm, &again));
    }
    atomic_store_explicit(&r.stop, true, memory_order_release);
    os_thread_join(os, &t);
    assert_true(r.calls > 0);
    assert_int_equal(call(before.exec), 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_memory, close_memory)
// The same on a machine that allows no second view.
#define ONE_VIEW(fn) cmocka_unit_test_prestate_setup_teardown(fn, open_memory, close_memory, &views)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(blocks_are_packed_and_run),
        TEST(holes_are_filled_and_merged),
        TEST(shrinking),
        TEST(larger_than_a_region),
        TEST(no_memory),
        TEST(running_beside_writing),
        ONE_VIEW(blocks_of_whole_pages),
        ONE_VIEW(no_memory),
        ONE_VIEW(running_beside_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
