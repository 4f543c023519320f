// SPDX-License-Identifier: Apache-2.0
// Pages of machine code: near the program, and never writable and executable at once.
#include "os/os.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

enum { PAGE = OS_PAGE_BYTES, SIZE = 64 * PAGE, REACH = 960 * 1024 * 1024 };

static Mem mem;
static Os *os;
static OsCode code;

static int open_os(void **state) {
    mem_init(&mem);
    os = *state != NULL ? os_sim_new(&mem, 1) : os_real_new(&mem);
    return os == NULL;
}
static int close_os(void **state) {
    os_free(os);
    return mem_bytes(&mem) != 0;
}

static const void *here(void) {
    return (const void *)(uintptr_t)here;
}

static void reserve(OsCodeViews views) {
    assert_int_equal(os_code_reserve(os, here(), REACH, SIZE, views, &code), 0);
    assert_int_equal(code.views, views);
}

// What /proc/self/maps says may be done there: "r-xs" and the like.
static const char *access_of(const void *address) {
    static char text[8];
    uint8_t *bytes;
    size_t count;
    assert_int_equal(os_file_read(os, &mem, "/proc/self/maps", &bytes, &count), 0);
    text[0] = '\0';
    for (size_t at = 0; at < count;) {
        uint64_t start, end;
        char line[256] = "", what[8];
        size_t size = 0;
        while (at + size < count && bytes[at + size] != '\n') size++;
        memcpy(line, bytes + at, MIN(size, sizeof line - 1));
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &start, &end, what) == 3 &&
            start <= (uintptr_t)address && (uintptr_t)address < end)
            memcpy(text, what, sizeof text);
        at += size + 1;
    }
    os_file_free(&mem, bytes, count);
    return text;
}

static bool in_memory(uint8_t *page) {
    unsigned char in;
    assert_int_equal(mincore(page, PAGE, &in), 0);
    return (in & 1) != 0;
}

// A function that gives `value`: mov eax, value; ret. (Other machines do not run it.)
static void put_function(uint8_t *at, uint8_t value) {
    const uint8_t text[] = {0xb8, value, 0, 0, 0, 0xc3};
    memcpy(at, text, sizeof text);
}
static int call(const uint8_t *at) {
#if defined(__x86_64__)
    return ((int (*)(void))(uintptr_t)at)();
#else
    return at[1];
#endif
}

static void near_the_program(void **state) {
    for (int i = 0; i < 2; i++) {
        reserve(i == 0 ? OS_CODE_TWO_VIEWS : OS_CODE_ONE_VIEW);
        int64_t first = (int64_t)((uintptr_t)code.exec - (uintptr_t)here());
        int64_t last = first + SIZE;
        assert_true(first >= -REACH && first <= REACH && last >= -REACH && last <= REACH);
        os_code_release(os, &code);
        assert_null(code.exec);
    }
    // No room that close.
    assert_int_equal(os_code_reserve(os, here(), PAGE, SIZE, OS_CODE_TWO_VIEWS, &code), -ENOMEM);
    void *pages = os_pages_reserve_near(os, here(), REACH, SIZE);
    assert_non_null(pages);
    assert_string_equal(access_of(pages), "---p");
    os_pages_release(os, pages, SIZE);
}

static void two_views(void **state) {
    reserve(OS_CODE_TWO_VIEWS);
    uint8_t *write;
    assert_int_equal(os_code_open(os, &code, PAGE, 2 * PAGE, &write), 0);
    assert_ptr_not_equal(write, code.exec + PAGE);
    assert_string_equal(access_of(write), "rw-s");
    assert_string_equal(access_of(code.exec), "r-xs");
    put_function(write, 42);
    put_function(write + PAGE, 43);
    // What is written can be run already, by who knows of it.
    assert_int_equal(call(code.exec + PAGE), 42);
    assert_int_equal(os_code_close(os, &code, 2 * PAGE, PAGE, write + PAGE), 0);
    assert_string_not_equal(access_of(write + PAGE), "rw-s");
    assert_int_equal(os_code_close(os, &code, PAGE, PAGE, write), 0);
    assert_string_not_equal(access_of(write), "rw-s");
    assert_int_equal(call(code.exec + 2 * PAGE), 43);
    os_code_sync(os);
    // Again, a page of it, while the others stay what they are.
    assert_int_equal(os_code_open(os, &code, PAGE, PAGE, &write), 0);
    put_function(write + 16, 44);
    assert_int_equal(os_code_close(os, &code, PAGE, PAGE, write), 0);
    assert_int_equal(call(code.exec + PAGE), 42);
    assert_int_equal(call(code.exec + PAGE + 16), 44);
    assert_true(in_memory(code.exec + PAGE) && in_memory(code.exec + 2 * PAGE));
    os_code_discard(os, &code, PAGE, PAGE);
    assert_true(!in_memory(code.exec + PAGE) && in_memory(code.exec + 2 * PAGE));
    assert_int_equal(code.exec[PAGE], 0);
    assert_int_equal(call(code.exec + 2 * PAGE), 43);
    os_code_release(os, &code);
}

static void one_view(void **state) {
    reserve(OS_CODE_ONE_VIEW);
    uint8_t *write;
    assert_int_equal(os_code_open(os, &code, PAGE, 2 * PAGE, &write), 0);
    assert_ptr_equal(write, code.exec + PAGE);
    assert_string_equal(access_of(write), "rw-p");
    put_function(write, 42);
    put_function(write + PAGE, 43);
    assert_int_equal(os_code_close(os, &code, 2 * PAGE, PAGE, write + PAGE), 0);
    assert_string_equal(access_of(write), "rw-p");
    assert_string_equal(access_of(write + PAGE), "r-xp");
    assert_int_equal(os_code_close(os, &code, PAGE, PAGE, write), 0);
    assert_string_equal(access_of(write), "r-xp");
    assert_int_equal(call(code.exec + PAGE), 42);
    assert_int_equal(call(code.exec + 2 * PAGE), 43);
    os_code_discard(os, &code, PAGE, PAGE);
    assert_int_equal(code.exec[PAGE], 0);
    assert_int_equal(call(code.exec + 2 * PAGE), 43);
    os_code_release(os, &code);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_os, close_os)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(near_the_program),
        TEST(two_views),
        TEST(one_view),
        // Code is real in a simulation, too.
        cmocka_unit_test_prestate_setup_teardown(two_views, open_os, close_os, &mem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
