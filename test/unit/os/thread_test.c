// SPDX-License-Identifier: Apache-2.0
// Threads, waiting on words, cores by control groups; the simulated back end.
#include "os/os_thread.h"
#include "real_os.h"

// --- threads -------------------------------------------------------------------------------------

// Two threads hand a ball to and fro; each sleeps while the other has it.
typedef struct Ball {
    _Atomic uint32_t with;
    uint32_t me[2];
    int throws; // no lock: who has the ball counts
} Ball;
enum { THROWS = 2000 };

static void player(Ball *b, uint32_t me) {
    for (int i = 0; i < THROWS; i++) {
        uint32_t with;
        while ((with = atomic_load_explicit(&b->with, memory_order_acquire)) != me)
            (void)os_wait(os, &b->with, with, -1);
        b->throws++;
        atomic_store_explicit(&b->with, 1 - me, memory_order_release);
        os_wake(os, &b->with, 1);
    }
}
static void player_main(void *arg) {
    player(arg, 1);
}

static void threads_wait_for_each_other(void **state) {
    Ball b = {0};
    OsThread t;
    assert_int_equal(os_thread_start(os, &t, player_main, &b, "fifteen-letters"), 0);
    player(&b, 0);
    os_thread_join(os, &t);
    assert_int_equal(b.throws, 2 * THROWS);
}

static void waiting_ends_in_time(void **state) {
    _Atomic uint32_t word = 7;
    assert_int_equal(os_wait(os, &word, 8, -1), -EAGAIN);
    int64_t begin = os_monotonic_ns(os);
    assert_int_equal(os_wait(os, &word, 7, 20000000), -ETIMEDOUT);
    assert_true(os_monotonic_ns(os) - begin >= 20000000);
    assert_int_equal(os_wait(os, &word, 7, 0), -ETIMEDOUT);
}

// --- cores ---------------------------------------------------------------------------------------

static char root[64];

static void put(const char *path, const char *text) {
    char full[256];
    snprintf(full, sizeof full, "%s/%s", root, path);
    for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        (void)mkdir(full, 0700);
        *slash = '/';
    }
    FILE *f = fopen(full, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static uint32_t cores_of(const char *groups) {
    char file[128], mount[128];
    put("groups", groups);
    snprintf(file, sizeof file, "%s/groups", root);
    snprintf(mount, sizeof mount, "%s/mount", root);
    return os_quota_cores(file, mount);
}

static void quotas_of_control_groups(void **state) {
    snprintf(root, sizeof root, "/tmp/dialtone-test.XXXXXX");
    assert_non_null(mkdtemp(root));
    assert_int_equal(cores_of(""), UINT32_MAX);
    assert_int_equal(cores_of("0::/none\n"), UINT32_MAX);
    put("mount/a/b/cpu.max", "250000 100000\n");
    assert_int_equal(cores_of("0::/a/b\n"), 3);
    assert_int_equal(cores_of("0::/a/b/c\n"), 3); // c is not to be seen: its parents count
    assert_int_equal(cores_of("0::/\n"), UINT32_MAX);
    put("mount/a/cpu.max", "max 100000\n");
    assert_int_equal(cores_of("0::/a/b\n"), 3);
    put("mount/a/cpu.max", "100000 100000\n"); // the group above allows less
    assert_int_equal(cores_of("0::/a/b\n"), 1);
    put("mount/cpu,cpuacct/x/cpu.cfs_quota_us", "-1\n");
    put("mount/cpu,cpuacct/x/cpu.cfs_period_us", "100000\n");
    assert_int_equal(cores_of("3:memory:/x\n4:cpu,cpuacct:/x\n"), UINT32_MAX);
    put("mount/cpu,cpuacct/x/cpu.cfs_quota_us", "600001\n");
    assert_int_equal(cores_of("3:memory:/x\n4:cpu,cpuacct:/x\n"), 7);
    assert_int_equal(cores_of("3:memory:/x\n4:cpuset:/x\n"), UINT32_MAX);
    put("mount/cpu/y/cpu.cfs_quota_us", "200000\n");
    put("mount/cpu/y/cpu.cfs_period_us", "100000\n");
    assert_int_equal(cores_of("12:cpu:/y\n0::/a/b"), 1);
    assert_int_equal(cores_of("12:cpu:/y\n0::/\nnonsense\n::"), 2);
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", root);
    assert_int_equal(system(command), 0);
    assert_true(os_cores(os) >= 1);
}

// --- simulated -----------------------------------------------------------------------------------

static void simulated_clocks_and_random(void **state) {
    Os *a = os_sim_new(&mem, 1), *b = os_sim_new(&mem, 1), *c = os_sim_new(&mem, 2);
    int64_t t = os_monotonic_ns(a), date = os_system_ns(a);
    usleep(1000);
    assert_int_equal(os_monotonic_ns(a), t);
    os_sim_advance(a, 123);
    assert_int_equal(os_monotonic_ns(a), t + 123);
    assert_int_equal(os_system_ns(a), date + 123);
    uint8_t x[3][100];
    assert_int_equal(os_random(a, x[0], 100), 0);
    assert_int_equal(os_random(b, x[1], 100), 0);
    assert_int_equal(os_random(c, x[2], 100), 0);
    assert_memory_equal(x[0], x[1], 100);
    assert_memory_not_equal(x[0], x[2], 100);
    OsThread thread;
    assert_int_equal(os_thread_start(a, &thread, player_main, NULL, "t"), -ENOSYS);
    Buf path;
    buf_init(&path, &mem);
    assert_true(os_env_get(a, "PATH", &path));
    buf_deinit(&path);
    os_free(a);
    os_free(b);
    os_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_wait_for_each_other),
        cmocka_unit_test(waiting_ends_in_time),
        cmocka_unit_test(quotas_of_control_groups),
        cmocka_unit_test(simulated_clocks_and_random),
    };
    return cmocka_run_group_tests(tests, open_os, close_os);
}
