// SPDX-License-Identifier: Apache-2.0
// What all back ends share: the dispatch to the back end's operations. See os.h.
#include "os/os_int.h"

#include <errno.h>

void os_free(Os *os) {
    if (os == NULL) return;
    os_env_free(os);
    os->ops->destroy(os);
}

// --- dispatch ------------------------------------------------------------------------------------

int64_t os_monotonic_ns(Os *os) {
    return os->ops->monotonic_ns(os);
}
int64_t os_system_ns(Os *os) {
    return os->ops->system_ns(os);
}
int64_t os_cpu_ns(Os *os) {
    return os->ops->cpu_ns(os);
}
int os_local_date(Os *os, int64_t seconds, OsDate *date) {
    return os->ops->local_date(os, seconds, date);
}
int os_local_seconds(Os *os, const OsDate *date, int64_t *seconds) {
    return os->ops->local_seconds(os, date, seconds);
}
int os_random(Os *os, void *bytes, size_t count) {
    return os->ops->random(os, bytes, count);
}
int64_t os_pid(Os *os) {
    return os->ops->pid(os);
}

int os_write(Os *os, OsStream stream, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    while (count > 0) {
        int64_t n = os->ops->write(os, stream, at, count);
        if (n < 0) return (int)n;
        ASSERT((size_t)n <= count);
        at += n;
        count -= (size_t)n;
    }
    return 0;
}

int os_file_read(Os *os, Mem *m, const char *path, uint8_t **bytes, size_t *count) {
    return os->ops->file_read(os, m, path, bytes, count);
}
void os_file_free(Mem *m, uint8_t *bytes, size_t count) {
    mem_free(m, bytes, MAX(count, (size_t)1));
}
int os_file_info(Os *os, const char *path, OsFileInfo *info) {
    return os->ops->file_info(os, path, true, info);
}
int os_link_info(Os *os, const char *path, OsFileInfo *info) {
    return os->ops->file_info(os, path, false, info);
}
int os_dir_list(Os *os, const char *path, void (*fn)(void *ctx, const char *name), void *ctx) {
    return os->ops->dir_list(os, path, fn, ctx);
}
int os_real_path(Os *os, const char *path, char *real, size_t cap) {
    return os->ops->real_path(os, path, real, cap);
}

int os_temp_dir(Os *os, char *path, size_t cap) {
    return os->ops->temp_dir(os, path, cap);
}

int os_temp_dir_remove(Os *os, const char *path) {
    return os->ops->temp_dir_remove(os, path);
}

int os_run(Os *os, const char *const *argv, int *status) {
    return os->ops->run(os, argv, status);
}

int os_working_dir(Os *os, char *path, size_t cap) {
    return os->ops->working_dir(os, path, cap);
}

int os_thread_start(Os *os, OsThread *t, void (*run)(void *arg), void *arg, const char *name) {
    ASSERT(strlen(name) < 16);
    return os->ops->thread_start(os, t, run, arg, name);
}
void os_thread_join(Os *os, OsThread *t) {
    os->ops->thread_join(os, t);
}
void os_thread_yield(Os *os) {
    os->ops->thread_yield(os);
}
int os_wait(Os *os, _Atomic uint32_t *word, uint32_t expected, int64_t timeout_ns) {
    return os->ops->wait(os, word, expected, timeout_ns);
}
void os_wake(Os *os, _Atomic uint32_t *word, uint32_t count) {
    os->ops->wake(os, word, count);
}
uint32_t os_cores(Os *os) {
    uint32_t cores = os->ops->cores(os);
    ASSERT(cores > 0);
    return cores;
}

static bool whole_pages(const void *pages, size_t size_bytes) {
    return size_bytes > 0 && size_bytes % OS_PAGE_BYTES == 0 &&
           (uintptr_t)pages % OS_PAGE_BYTES == 0;
}

void *os_pages_reserve(Os *os, size_t size_bytes, OsProtect protect) {
    ASSERT(whole_pages(NULL, size_bytes));
    return os->ops->pages_reserve(os, size_bytes, protect);
}
int os_pages_protect(Os *os, void *pages, size_t size_bytes, OsProtect protect) {
    ASSERT(whole_pages(pages, size_bytes));
    return os->ops->pages_protect(os, pages, size_bytes, protect);
}
void os_pages_discard(Os *os, void *pages, size_t size_bytes) {
    ASSERT(whole_pages(pages, size_bytes));
    int err = os->ops->pages_discard(os, pages, size_bytes);
    ASSERT(err == 0);
}
void os_pages_large(Os *os, void *pages, size_t size_bytes) {
    ASSERT(whole_pages(pages, size_bytes));
    // A hint: where the machine has no large pages, the call says so, and nothing is lost.
    (void)os->ops->pages_large(os, pages, size_bytes);
}
void os_pages_release(Os *os, void *pages, size_t size_bytes) {
    ASSERT(whole_pages(pages, size_bytes));
    int err = os->ops->pages_release(os, pages, size_bytes);
    ASSERT(err == 0);
}

void *os_pages_reserve_near(Os *os, const void *near, size_t reach_bytes, size_t size_bytes) {
    ASSERT(whole_pages(NULL, size_bytes));
    return os->ops->pages_reserve_near(os, near, reach_bytes, size_bytes);
}

// --- code pages ----------------------------------------------------------------------------------

static bool within(const OsCode *c, size_t offset, size_t size_bytes) {
    return whole_pages(c->exec + offset, size_bytes) && offset <= c->size_bytes &&
           size_bytes <= c->size_bytes - offset;
}

int os_code_reserve(Os *os, const void *near, size_t reach_bytes, size_t size_bytes,
                    OsCodeViews views, OsCode *out) {
    *out = (OsCode){.views = views, .size_bytes = size_bytes};
    out->exec = os_pages_reserve_near(os, near, reach_bytes, size_bytes);
    if (out->exec == NULL) return -ENOMEM;
    int err = os->ops->code_reserve(os, out);
    if (err != 0) os_pages_release(os, out->exec, size_bytes);
    return err;
}
int os_code_open(Os *os, const OsCode *c, size_t offset, size_t size_bytes, uint8_t **write) {
    ASSERT(within(c, offset, size_bytes));
    return os->ops->code_open(os, c, offset, size_bytes, write);
}
int os_code_close(Os *os, const OsCode *c, size_t offset, size_t size_bytes, uint8_t *write) {
    ASSERT(within(c, offset, size_bytes) && whole_pages(write, size_bytes));
    return os->ops->code_close(os, c, offset, size_bytes, write);
}
void os_code_discard(Os *os, const OsCode *c, size_t offset, size_t size_bytes) {
    ASSERT(within(c, offset, size_bytes));
    // What cannot be given back stays in use.
    (void)os->ops->code_discard(os, c, offset, size_bytes);
}
void os_code_release(Os *os, OsCode *c) {
    int err = os->ops->code_release(os, c);
    ASSERT(err == 0);
    *c = (OsCode){0};
}
void os_code_sync(Os *os) {
    (void)os->ops->code_sync(os);
}

// --- logs ----------------------------------------------------------------------------------------

int os_log_open(Os *os, const char *path, OsLog *out) {
    *out = (OsLog){.file = -1};
    return os->ops->log_open(os, path, out);
}
int os_log_write(Os *os, const OsLog *log, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    while (count > 0) {
        int64_t n = os->ops->log_write(os, log, at, count);
        if (n < 0) return (int)n;
        ASSERT((size_t)n <= count);
        at += n;
        count -= (size_t)n;
    }
    return 0;
}
int os_log_show(Os *os, OsLog *log) {
    ASSERT(log->shown == NULL);
    return os->ops->log_show(os, log);
}
void os_log_close(Os *os, OsLog *log) {
    os->ops->log_close(os, log);
    *log = (OsLog){.file = -1};
}
