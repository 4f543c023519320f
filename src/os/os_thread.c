// SPDX-License-Identifier: Apache-2.0
// The real back end's threads: POSIX threads, Linux futexes, and how many cores this program may
// use. See os.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // pthread_setname_np, pthread_getattr_np, sched_getaffinity
#endif
#include "os/os_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// --- threads -------------------------------------------------------------------------------------

// What a new thread is told; it frees it.
typedef struct Start {
    Mem *mem;
    void (*run)(void *arg);
    void *arg;
} Start;

// Where the calling thread's stack is. false: nobody knows.
static bool stack_bounds(uintptr_t *low, uintptr_t *high) {
    pthread_attr_t attr;
    if (pthread_getattr_np(pthread_self(), &attr) != 0) return false;
    void *start = NULL;
    size_t bytes = 0;
    int err = pthread_attr_getstack(&attr, &start, &bytes);
    (void)pthread_attr_destroy(&attr);
    *low = (uintptr_t)start;
    *high = (uintptr_t)start + bytes;
    return err == 0;
}

static void *thread_main(void *p) {
    Start start = *(Start *)p;
    uintptr_t low, high;
    bool known = stack_bounds(&low, &high);
    if (known) mem_own(start.mem, low, high);
    mem_free(start.mem, p, sizeof start);
    start.run(start.arg);
    if (known) mem_disown(start.mem, low, high);
    return NULL;
}

int real_thread_start(Os *os, OsThread *t, void (*run)(void *arg), void *arg, const char *name) {
    Start *start = mem_alloc(os->mem, sizeof *start);
    if (start == NULL) return -ENOMEM;
    *start = (Start){os->mem, run, arg};
    // Signals are for the embedding program's threads: ours are born with all of them blocked.
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int err = pthread_create(&thread, NULL, thread_main, start);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (err != 0) {
        mem_free(os->mem, start, sizeof *start);
        return -err;
    }
    (void)pthread_setname_np(thread, name); // a name that is too long is not worth an error
    t->handle = (uint64_t)thread;
    return 0;
}

void real_thread_join(Os *os UNUSED, OsThread *t) {
    int err = pthread_join((pthread_t)t->handle, NULL);
    ASSERT(err == 0);
}

void real_thread_yield(Os *os UNUSED) {
    (void)sched_yield();
}

// --- waiting on a word ---------------------------------------------------------------------------

int real_wait(Os *os UNUSED, _Atomic uint32_t *word, uint32_t expected, int64_t timeout_ns) {
    struct timespec ts = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    if (syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, timeout_ns < 0 ? NULL : &ts, NULL,
                0) == 0)
        return 0;
    return errno == EINTR ? 0 : -errno;
}

void real_wake(Os *os UNUSED, _Atomic uint32_t *word, uint32_t count) {
    // The word may be gone by now (its owner saw the change and went on): a wake-up is only an
    // address to the kernel, so a failure means that nobody waits there.
    (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, (int)MIN(count, (uint32_t)INT_MAX), NULL,
                  NULL, 0);
}

// --- cores ---------------------------------------------------------------------------------------

enum { FILE_MAX = 4096, PATH_BYTES = 4096 };

// The start of a small file as text; false: cannot be read.
static bool read_text(const char *path, char *text, size_t cap) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    size_t used = 0;
    for (ssize_t n; used < cap - 1 && (n = read(fd, text + used, cap - 1 - used)) > 0;)
        used += (size_t)n;
    (void)close(fd);
    text[used] = 0;
    return used > 0;
}

static uint32_t quota_cores(int64_t quota, int64_t period) {
    if (quota <= 0 || period <= 0) return UINT32_MAX;
    return (uint32_t)MIN((quota + period - 1) / period, (int64_t)UINT32_MAX);
}

// What one control group of version 2 allows: "max 100000" or "150000 100000".
static uint32_t group_v2_cores(const char *dir) {
    char path[PATH_BYTES + 32], text[128];
    (void)snprintf(path, sizeof path, "%s/cpu.max", dir);
    long long quota, period;
    if (!read_text(path, text, sizeof text)) return UINT32_MAX;
    if (sscanf(text, "%lld %lld", &quota, &period) != 2) return UINT32_MAX;
    return quota_cores(quota, period);
}

// Version 1: a quota of -1 is none.
static uint32_t group_v1_cores(const char *dir) {
    char path[PATH_BYTES + 32], text[128];
    (void)snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", dir);
    if (!read_text(path, text, sizeof text)) return UINT32_MAX;
    long long quota = atoll(text);
    (void)snprintf(path, sizeof path, "%s/cpu.cfs_period_us", dir);
    if (!read_text(path, text, sizeof text)) return UINT32_MAX;
    return quota_cores(quota, atoll(text));
}

// The least of what a group and all groups above it allow. In a container the group's path may be
// seen from outside of what is mounted: the folders that are not there are passed over.
static uint32_t groups_cores(const char *mount, const char *group,
                             uint32_t (*one)(const char *dir)) {
    char dir[PATH_BYTES];
    int n = snprintf(dir, sizeof dir, "%s%s", mount, group);
    if (n < 0 || (size_t)n >= sizeof dir) return UINT32_MAX;
    uint32_t least = UINT32_MAX;
    size_t end = (size_t)n, stop = strlen(mount);
    for (;;) {
        while (end > stop && dir[end - 1] == '/') end--;
        dir[end] = 0;
        least = MIN(least, one(dir));
        if (end <= stop) return least;
        while (end > stop && dir[end - 1] != '/') end--;
    }
}

// Whether `word` is one of the words between commas.
static bool has_word(const char *list, const char *word) {
    size_t size = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        if (*at == ',') at++;
        if (strncmp(at, word, size) == 0 && (at[size] == 0 || at[size] == ',')) return true;
    }
    return false;
}

uint32_t os_quota_cores(const char *groups_file, const char *mount_root) {
    char text[FILE_MAX], mount[PATH_BYTES];
    uint32_t least = UINT32_MAX;
    if (!read_text(groups_file, text, sizeof text)) return least;
    // Lines are ID:CONTROLLERS:PATH; version 2 is 0::PATH.
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        char *list = strchr(line, ':');
        if (list == NULL) continue;
        char *path = strchr(++list, ':');
        if (path == NULL) continue;
        *path++ = 0;
        static const char *const mounts_v1[] = {"cpu", "cpu,cpuacct", "cpuacct,cpu"};
        static const char *const mounts_v2[] = {"", "/unified"};
        if (list[0] == 0) {
            for (size_t i = 0; i < ARRAY_COUNT(mounts_v2); i++) {
                (void)snprintf(mount, sizeof mount, "%s%s", mount_root, mounts_v2[i]);
                least = MIN(least, groups_cores(mount, path, group_v2_cores));
            }
        } else if (has_word(list, "cpu")) {
            for (size_t i = 0; i < ARRAY_COUNT(mounts_v1); i++) {
                (void)snprintf(mount, sizeof mount, "%s/%s", mount_root, mounts_v1[i]);
                least = MIN(least, groups_cores(mount, path, group_v1_cores));
            }
        }
    }
    return least;
}

uint32_t real_cores(Os *os UNUSED) {
    uint32_t cores = 0;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) cores = (uint32_t)CPU_COUNT(&set);
    if (cores == 0) { // more cores than the set has room for
        long n = sysconf(_SC_NPROCESSORS_ONLN);
        cores = n > 0 ? (uint32_t)n : 1;
    }
    return MAX(MIN(cores, os_quota_cores("/proc/self/cgroup", "/sys/fs/cgroup")), 1u);
}
