// SPDX-License-Identifier: Apache-2.0
// The real back end: POSIX and Linux calls. Keeps nothing between calls. See os.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // environ, MADV_HUGEPAGE
#endif
#include "os/os_code.h"
#include "os/os_log.h"
#include "os/os_thread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// --- clocks --------------------------------------------------------------------------------------

static int64_t clock_ns(clockid_t clock) {
    struct timespec ts;
    int failed = clock_gettime(clock, &ts);
    ASSERT(failed == 0);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int64_t real_monotonic_ns(Os *os UNUSED) {
    return clock_ns(CLOCK_MONOTONIC);
}
static int64_t real_system_ns(Os *os UNUSED) {
    return clock_ns(CLOCK_REALTIME);
}
static int64_t real_cpu_ns(Os *os UNUSED) {
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static int real_local_date(Os *os UNUSED, int64_t seconds, OsDate *date) {
    time_t t = (time_t)seconds;
    struct tm tm;
    if (localtime_r(&t, &tm) == NULL) return -EOVERFLOW;
    *date = (OsDate){.year = (int64_t)tm.tm_year + 1900,
                     .month = tm.tm_mon + 1,
                     .day = tm.tm_mday,
                     .hour = tm.tm_hour,
                     .minute = tm.tm_min,
                     .second = tm.tm_sec,
                     .daylight = tm.tm_isdst};
    return 0;
}

static int real_local_seconds(Os *os UNUSED, const OsDate *date, int64_t *seconds) {
    if (date->year < INT32_MIN + 1900 || date->year > INT32_MAX) return -EOVERFLOW;
    struct tm tm = {.tm_year = (int)(date->year - 1900),
                    .tm_mon = date->month - 1,
                    .tm_mday = date->day,
                    .tm_hour = date->hour,
                    .tm_min = date->minute,
                    .tm_sec = date->second,
                    .tm_isdst = date->daylight};
    // mktime gives -1 both for an error and for one second before 1970; tm_wday tells them apart.
    tm.tm_wday = -1;
    time_t t = mktime(&tm);
    if (t == (time_t)-1 && tm.tm_wday == -1) return -EOVERFLOW;
    *seconds = (int64_t)t;
    return 0;
}

// --- surroundings --------------------------------------------------------------------------------

static int real_random(Os *os UNUSED, void *bytes, size_t count) {
    uint8_t *at = bytes;
    while (count > 0) {
        ssize_t n = getrandom(at, count, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -errno;
        at += n;
        count -= (size_t)n;
    }
    return 0;
}

static int64_t real_pid(Os *os UNUSED) {
    return getpid();
}

static int64_t real_write(Os *os UNUSED, OsStream stream, const void *bytes, size_t count) {
    for (;;) {
        ssize_t n = write((int)stream, bytes, count);
        if (n >= 0) return n;
        if (errno == EAGAIN) { // someone made the stream non-blocking
            struct pollfd p = {.fd = (int)stream, .events = POLLOUT};
            (void)poll(&p, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
}

// --- files ---------------------------------------------------------------------------------------

// Reads until the end: the size that stat gives is only where to start (files of /proc say 0).
static int read_to_end(Mem *m, int fd, size_t guess, uint8_t **bytes, size_t *count) {
    size_t cap = guess + 1, used = 0;
    uint8_t *data = mem_alloc(m, cap);
    if (data == NULL) return -ENOMEM;
    for (;;) {
        if (used == cap) {
            uint8_t *more = mem_realloc(m, data, cap, cap * 2);
            if (more == NULL) {
                mem_free(m, data, cap);
                return -ENOMEM;
            }
            data = more;
            cap *= 2;
        }
        ssize_t n = read(fd, data + used, cap - used);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            int err = -errno;
            mem_free(m, data, cap);
            return err;
        }
        if (n == 0) break;
        used += (size_t)n;
    }
    size_t keep = MAX(used, (size_t)1);
    if (keep < cap) {
        uint8_t *less = mem_realloc(m, data, cap, keep);
        if (less == NULL) {
            mem_free(m, data, cap);
            return -ENOMEM;
        }
        data = less;
    }
    *bytes = data;
    *count = used;
    return 0;
}

static int real_file_read(Os *os UNUSED, Mem *m, const char *path, uint8_t **bytes, size_t *count) {
    int fd;
    do {
        fd = open(path, O_RDONLY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) return -errno;
    struct stat st;
    int err = fstat(fd, &st) != 0 ? -errno : 0;
    if (err == 0 && S_ISDIR(st.st_mode)) err = -EISDIR;
    if (err == 0) err = read_to_end(m, fd, (size_t)st.st_size, bytes, count);
    (void)close(fd);
    return err;
}

static int64_t time_ns(struct timespec ts) {
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static OsFileKind file_kind(mode_t mode) {
    if (S_ISREG(mode)) return OS_FILE_REGULAR;
    if (S_ISDIR(mode)) return OS_FILE_DIRECTORY;
    if (S_ISLNK(mode)) return OS_FILE_LINK;
    return S_ISCHR(mode) || S_ISBLK(mode) ? OS_FILE_DEVICE : OS_FILE_OTHER;
}

static int real_file_info(Os *os UNUSED, const char *path, bool follow, OsFileInfo *info) {
    struct stat st;
    if ((follow ? stat(path, &st) : lstat(path, &st)) != 0) return -errno;
    OsAccess access_bits = 0;
    if (access(path, R_OK) == 0) access_bits |= OS_ACCESS_READ;
    if (access(path, W_OK) == 0) access_bits |= OS_ACCESS_WRITE;
    *info = (OsFileInfo){.kind = file_kind(st.st_mode),
                         .access = access_bits,
                         .size_bytes = (uint64_t)st.st_size,
                         .modified_ns = time_ns(st.st_mtim),
                         .accessed_ns = time_ns(st.st_atim),
                         .changed_ns = time_ns(st.st_ctim),
                         .mode = st.st_mode,
                         .user = st.st_uid,
                         .group = st.st_gid,
                         .links = st.st_nlink,
                         .device = st.st_dev,
                         .special_device = st.st_rdev,
                         .number = st.st_ino};
    return 0;
}

static int real_dir_list(Os *os UNUSED, const char *path, void (*fn)(void *ctx, const char *name),
                         void *ctx) {
    DIR *dir = opendir(path);
    if (dir == NULL) return -errno;
    int err = 0;
    for (;;) {
        errno = 0;
        struct dirent *e = readdir(dir);
        if (e == NULL) {
            err = -errno;
            break;
        }
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) fn(ctx, e->d_name);
    }
    (void)closedir(dir);
    return err;
}

static int real_real_path(Os *os UNUSED, const char *path, char *real, size_t cap) {
    char *text = realpath(path, NULL);
    if (text == NULL) return -errno;
    size_t size = strlen(text) + 1;
    bool fits = size <= cap;
    if (fits) memcpy(real, text, size);
    free(text);
    return fits ? 0 : -ENAMETOOLONG;
}

enum { TEMP_DIR_BYTES = 4096 }; // of TMPDIR

static int real_temp_dir(Os *os, char *path, size_t cap) {
    char text[TEMP_DIR_BYTES];
    Buf base;
    buf_init_fixed(&base, text, sizeof text);
    bool set = os_env_get(os, "TMPDIR", &base);
    if (base.failed) return -ENAMETOOLONG;
    int n = snprintf(path, cap, "%s/dialtone.XXXXXX", set ? text : "/tmp");
    if (n < 0 || (size_t)n >= cap) return -ENAMETOOLONG;
    return mkdtemp(path) != NULL ? 0 : -errno;
}

static int real_temp_dir_remove(Os *os UNUSED, const char *path) {
    DIR *dir = opendir(path);
    if (dir == NULL) return -errno;
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        if (e->d_type == DT_REG) (void)unlinkat(dirfd(dir), e->d_name, 0);
    (void)closedir(dir);
    return rmdir(path) == 0 ? 0 : -errno;
}

static int real_run(Os *os UNUSED, const char *const *argv, int *status) {
    pid_t pid;
    // The argument vector is not written to, whatever its type says.
    int err = posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)(uintptr_t)argv, environ);
    if (err != 0) return -err;
    int how;
    while (waitpid(pid, &how, 0) < 0)
        if (errno != EINTR) return -errno;
    *status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
    return 0;
}

static int real_working_dir(Os *os UNUSED, char *path, size_t cap) {
    return getcwd(path, cap) == NULL ? -errno : 0;
}

// --- pages ---------------------------------------------------------------------------------------

static int protect_flags(OsProtect protect) {
    switch (protect) {
    case OS_NO_ACCESS: return PROT_NONE;
    case OS_READ: return PROT_READ;
    case OS_READ_WRITE: return PROT_READ | PROT_WRITE;
    case OS_READ_EXECUTE: return PROT_READ | PROT_EXEC;
    }
    UNREACHABLE();
}

static void *real_pages_reserve(Os *os UNUSED, size_t size_bytes, OsProtect protect) {
    // Address space that is only reserved must not count as memory promised to us.
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | (protect == OS_NO_ACCESS ? MAP_NORESERVE : 0);
    void *p = mmap(NULL, size_bytes, protect_flags(protect), flags, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static int real_pages_protect(Os *os UNUSED, void *pages, size_t size_bytes, OsProtect protect) {
    return mprotect(pages, size_bytes, protect_flags(protect)) != 0 ? -errno : 0;
}
static int real_pages_discard(Os *os UNUSED, void *pages, size_t size_bytes) {
    return madvise(pages, size_bytes, MADV_DONTNEED) != 0 ? -errno : 0;
}
static int real_pages_large(Os *os UNUSED, void *pages, size_t size_bytes) {
    return madvise(pages, size_bytes, MADV_HUGEPAGE) != 0 ? -errno : 0;
}
static int real_pages_release(Os *os UNUSED, void *pages, size_t size_bytes) {
    return munmap(pages, size_bytes) != 0 ? -errno : 0;
}

static void real_destroy(Os *os) {
    mem_free(os->mem, os, sizeof *os);
}

static const OsOps real_ops = {
    .destroy = real_destroy,
    .monotonic_ns = real_monotonic_ns,
    .system_ns = real_system_ns,
    .cpu_ns = real_cpu_ns,
    .random = real_random,
    .pid = real_pid,
    .local_date = real_local_date,
    .local_seconds = real_local_seconds,
    .write = real_write,
    .file_read = real_file_read,
    .file_info = real_file_info,
    .dir_list = real_dir_list,
    .working_dir = real_working_dir,
    .real_path = real_real_path,
    .temp_dir = real_temp_dir,
    .temp_dir_remove = real_temp_dir_remove,
    .run = real_run,
    .thread_start = real_thread_start,
    .thread_join = real_thread_join,
    .thread_yield = real_thread_yield,
    .wait = real_wait,
    .wake = real_wake,
    .cores = real_cores,
    .pages_reserve = real_pages_reserve,
    .pages_protect = real_pages_protect,
    .pages_discard = real_pages_discard,
    .pages_large = real_pages_large,
    .pages_release = real_pages_release,
    .pages_reserve_near = real_pages_reserve_near,
    .code_reserve = real_code_reserve,
    .code_open = real_code_open,
    .code_close = real_code_close,
    .code_discard = real_code_discard,
    .code_release = real_code_release,
    .code_sync = real_code_sync,
    .log_open = real_log_open,
    .log_write = real_log_write,
    .log_show = real_log_show,
    .log_close = real_log_close,
};

const OsOps *os_real_ops(void) {
    return &real_ops;
}

bool os_env_inherit(Os *os) {
    return os_env_copy(os, environ);
}

Os *os_real_new(Mem *m) {
    Os *os = mem_alloc_zero(m, sizeof *os);
    if (os == NULL) return NULL;
    os->ops = &real_ops;
    os->mem = m;
    if (!os_env_inherit(os)) {
        os_free(os);
        return NULL;
    }
    return os;
}
