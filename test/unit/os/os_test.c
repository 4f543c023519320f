// SPDX-License-Identifier: Apache-2.0
// The real back end: environment, clocks, files, pages.
#include "real_os.h"

#include <pthread.h>

// The text of a variable, good until the next call; NULL: not set.
static const char *env_text(const char *name) {
    static char text[65536];
    Buf b;
    buf_init_fixed(&b, text, sizeof text);
    bool set = os_env_get(os, name, &b);
    assert_false(b.failed);
    assert_true(set || b.size_bytes == 0);
    return set ? text : NULL;
}

static void environment_is_a_copy(void **state) {
    assert_non_null(env_text("PATH"));
    assert_string_equal(env_text("PATH"), getenv("PATH"));
    assert_int_equal(os_env_set(os, "DT_TEST_VAR", "one"), 0);
    assert_null(getenv("DT_TEST_VAR"));
    assert_string_equal(env_text("DT_TEST_VAR"), "one");
    assert_int_equal(os_env_set(os, "DT_TEST_VAR", "two=2"), 0);
    assert_string_equal(env_text("DT_TEST_VAR"), "two=2");
    assert_null(env_text("DT_TEST_VA"));
    assert_null(env_text("DT_TEST_VARX"));
    assert_int_equal(os_env_set(os, "", "x"), 0);
    assert_string_equal(env_text(""), "x");
    os_env_unset(os, "");
    assert_null(env_text(""));
    assert_int_equal(os_env_set(os, "a=b", "x"), -EINVAL);
    os_env_unset(os, "DT_TEST_VAR");
    os_env_unset(os, "DT_TEST_VAR");
    assert_null(env_text("DT_TEST_VAR"));
    char small[4];
    Buf b;
    buf_init_fixed(&b, small, sizeof small);
    assert_int_equal(os_env_set(os, "DT_TEST_VAR", "1234"), 0);
    assert_true(os_env_get(os, "DT_TEST_VAR", &b));
    assert_true(b.failed);
}

// How many variables there are; *seen: `wanted` is one of them.
static size_t env_count(const char *wanted, bool *seen) {
    Buf b;
    buf_init(&b, &mem);
    os_env_list(os, &b);
    assert_false(b.failed);
    size_t count = 0;
    *seen = false;
    for (size_t at = 0; at < b.size_bytes; count++) {
        *seen |= strcmp((const char *)b.data + at, wanted) == 0;
        at += strlen((const char *)b.data + at) + 1;
    }
    buf_deinit(&b);
    return count;
}

static void environment_listing(void **state) {
    bool seen;
    size_t before = env_count("DT_MANY_123=", &seen);
    assert_false(seen);
    for (int i = 0; i < 200; i++) {
        char name[32];
        snprintf(name, sizeof name, "DT_MANY_%d", i);
        assert_int_equal(os_env_set(os, name, ""), 0);
    }
    assert_int_equal(env_count("DT_MANY_123=", &seen), before + 200);
    assert_true(seen);
}

// Each thread sets, reads and removes variables of its own and one that all share.
static void *change_environment(void *arg) {
    int number = *(int *)arg;
    for (int i = 0; i < 3000; i++) {
        char name[32], text[64], got[64];
        snprintf(name, sizeof name, "DT_%d_%d", number, i % 50);
        snprintf(text, sizeof text, "%0*d", i % 40 + 1, number);
        assert_int_equal(os_env_set(os, name, text), 0);
        assert_int_equal(os_env_set(os, "DT_SHARED", text), 0);
        Buf b;
        buf_init_fixed(&b, got, sizeof got);
        assert_true(os_env_get(os, name, &b));
        assert_string_equal(got, text);
        b.size_bytes = 0;
        assert_true(os_env_get(os, "DT_SHARED", &b));
        size_t size = strlen(got);
        assert_true(got[size - 1] >= '0' && got[size - 1] < '4');
        if (i % 3 == 0) os_env_unset(os, name);
        if (i % 100 == 0) {
            bool seen;
            assert_true(env_count("", &seen) > 0);
        }
    }
    return NULL;
}
static void environment_of_several_threads(void **state) {
    pthread_t threads[4];
    int numbers[4];
    for (int i = 0; i < 4; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, change_environment, &numbers[i]), 0);
    }
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}

static void environment_failing_memory(void **state) {
    for (uint64_t every = 1; every < 60; every++) {
        Mem m;
        mem_init(&m);
        m.fail_every = every;
        Os *o = os_real_new(&m);
        os_free(o);
        assert_int_equal(mem_bytes(&m), 0);
    }
}

static void clocks(void **state) {
    int64_t a = os_monotonic_ns(os), b = os_monotonic_ns(os);
    assert_true(a > 0 && b >= a);
    assert_true(os_system_ns(os) > (int64_t)1600000000 * 1000000000);
    assert_true(os_cpu_ns(os) > 0);
    assert_int_equal(os_pid(os), getpid());
}

static void local_time_both_ways(void **state) {
    for (int64_t t = -100000000; t < 4000000000; t += 123456789) {
        OsDate d;
        int64_t back;
        assert_int_equal(os_local_date(os, t, &d), 0);
        assert_int_equal(os_local_seconds(os, &d, &back), 0);
        assert_int_equal(back, t);
    }
    OsDate d;
    assert_int_equal(os_local_date(os, INT64_MAX, &d), -EOVERFLOW);
    d = (OsDate){.year = INT64_MAX, .month = 1, .day = 1};
    int64_t back;
    assert_int_equal(os_local_seconds(os, &d, &back), -EOVERFLOW);
}

static void count_name(void *ctx, const char *name) {
    *(int *)ctx += strcmp(name, "some") == 0 || strcmp(name, "empty") == 0 ? 1 : 100;
}

static void files(void **state) {
    char dir[] = "/tmp/dt_os_test_XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/empty", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
    uint8_t *bytes;
    size_t count;
    assert_int_equal(os_file_read(os, &mem, path, &bytes, &count), 0);
    assert_int_equal(count, 0);
    os_file_free(&mem, bytes, count);

    snprintf(path, sizeof path, "%s/some", dir);
    f = fopen(path, "w");
    for (int i = 0; i < 100000; i++) fputc(i & 255, f);
    fclose(f);
    assert_int_equal(os_file_read(os, &mem, path, &bytes, &count), 0);
    assert_int_equal(count, 100000);
    assert_int_equal(bytes[99999], 99999 & 255);
    os_file_free(&mem, bytes, count);
    OsFileInfo info;
    assert_int_equal(os_file_info(os, path, &info), 0);
    assert_true(info.kind == OS_FILE_REGULAR && info.size_bytes == 100000);
    assert_true(info.modified_ns > (int64_t)1600000000 * 1000000000);

    assert_int_equal(os_file_info(os, dir, &info), 0);
    assert_int_equal(info.kind, OS_FILE_DIRECTORY);
    assert_int_equal(os_file_read(os, &mem, dir, &bytes, &count), -EISDIR);
    int names = 0;
    assert_int_equal(os_dir_list(os, dir, count_name, &names), 0);
    assert_int_equal(names, 2);
    unlink(path);
    assert_int_equal(os_file_read(os, &mem, path, &bytes, &count), -ENOENT);
    assert_int_equal(os_file_info(os, path, &info), -ENOENT);
    assert_int_equal(os_dir_list(os, path, count_name, &names), -ENOENT);
    snprintf(path, sizeof path, "%s/empty", dir);
    unlink(path);
    rmdir(dir);
    // A file whose size nobody knows beforehand.
    assert_int_equal(os_file_read(os, &mem, "/proc/self/maps", &bytes, &count), 0);
    assert_true(count > 100);
    os_file_free(&mem, bytes, count);
    assert_int_equal(os_working_dir(os, path, sizeof path), 0);
    assert_int_equal(os_working_dir(os, path, 1), -ERANGE);
}

static void pages(void **state) {
    enum { COUNT = 8 };
    uint8_t *p = os_pages_reserve(os, COUNT * OS_PAGE_BYTES, OS_NO_ACCESS);
    assert_non_null(p);
    assert_int_equal(os_write(os, OS_STDERR, p, 1), -EFAULT);
    assert_int_equal(os_pages_protect(os, p, 2 * OS_PAGE_BYTES, OS_READ_WRITE), 0);
    memset(p, 5, 2 * OS_PAGE_BYTES);
    os_pages_discard(os, p, OS_PAGE_BYTES);
    assert_int_equal(p[0], 0);
    assert_int_equal(p[OS_PAGE_BYTES], 5);
    os_pages_release(os, p + OS_PAGE_BYTES, (COUNT - 1) * OS_PAGE_BYTES);
    assert_int_equal(os_write(os, OS_STDERR, p + OS_PAGE_BYTES, 1), -EFAULT);
    assert_int_equal(p[OS_PAGE_BYTES - 1], 0);
    os_pages_release(os, p, OS_PAGE_BYTES);
    // More than any machine has.
    assert_null(os_pages_reserve(os, (size_t)1 << 62, OS_NO_ACCESS));
}

static void random_bytes(void **state) {
    uint8_t a[64] = {0}, b[64] = {0};
    assert_int_equal(os_random(os, a, sizeof a), 0);
    assert_int_equal(os_random(os, b, sizeof b), 0);
    assert_memory_not_equal(a, b, sizeof a);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_os, close_os)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(environment_is_a_copy),
        TEST(environment_listing),
        TEST(environment_failing_memory),
        TEST(environment_of_several_threads),
        TEST(clocks),
        TEST(local_time_both_ways),
        TEST(files),
        TEST(pages),
        TEST(random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
