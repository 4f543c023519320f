// SPDX-License-Identifier: Apache-2.0
// The seam to the operating system: nothing else in the project makes a system call. An Os is one
// back end; os_real.c is the real one, a simulated one takes the same table of operations. Each VM
// has its own, with its own copy of the environment, so that two VMs in one program do not notice
// each other.
// Errors are negative errno values; os_error_name gives POSIX's name of one in small letters. Paths
// are bytes ending in NUL. Thread: any, but for os_free.
#pragma once

#include "base/buf.h"
#include <stdatomic.h>

typedef struct Os Os;

typedef enum OsStream { OS_STDOUT = 1, OS_STDERR = 2 } OsStream;
typedef enum OsProtect { OS_NO_ACCESS, OS_READ, OS_READ_WRITE, OS_READ_EXECUTE } OsProtect;
typedef enum OsFileKind {
    OS_FILE_REGULAR,
    OS_FILE_DIRECTORY,
    OS_FILE_LINK,
    OS_FILE_DEVICE,
    OS_FILE_OTHER,
} OsFileKind;
typedef enum OsAccess { OS_ACCESS_READ = 1, OS_ACCESS_WRITE = 2 } OsAccess;

typedef struct OsFileInfo {
    OsFileKind kind;
    OsAccess access; // of this program
    uint64_t size_bytes;
    int64_t modified_ns, accessed_ns, changed_ns; // since 1970
    uint32_t mode, user, group;
    uint64_t links, device, special_device, number; // special: of a device file
} OsFileInfo;

// A broken-down time: month 1..12, day 1..31.
typedef struct OsDate {
    int64_t year;
    int month, day, hour, minute, second;
    int daylight; // 1: summer time, 0: not, -1: unknown
} OsDate;

typedef struct OsThread {
    uint64_t handle;
} OsThread;

// Where machine code is kept; see "code pages" below. Lifetime: from os_code_reserve to
// os_code_release.
typedef enum OsCodeViews { OS_CODE_ONE_VIEW = 1, OS_CODE_TWO_VIEWS } OsCodeViews;
typedef struct OsCode {
    uint8_t *exec;
    size_t size_bytes;
    OsCodeViews views;
} OsCode;

// A file that is only written; see "logs" below.
typedef struct OsLog {
    int file;
    void *shown; // by os_log_show; NULL: not
} OsLog;

typedef struct OsOps {
    void (*destroy)(Os *os); // frees the Os; its environment is gone by then
    int64_t (*monotonic_ns)(Os *os);
    int64_t (*system_ns)(Os *os);
    int64_t (*cpu_ns)(Os *os);
    int (*random)(Os *os, void *bytes, size_t count);
    int64_t (*pid)(Os *os);
    int (*local_date)(Os *os, int64_t seconds, OsDate *date);
    int (*local_seconds)(Os *os, const OsDate *date, int64_t *seconds);
    int64_t (*write)(Os *os, OsStream stream, const void *bytes, size_t count);
    int (*file_read)(Os *os, Mem *m, const char *path, uint8_t **bytes, size_t *count);
    int (*file_info)(Os *os, const char *path, bool follow, OsFileInfo *info);
    int (*dir_list)(Os *os, const char *path, void (*fn)(void *ctx, const char *name), void *ctx);
    int (*working_dir)(Os *os, char *path, size_t cap);
    int (*real_path)(Os *os, const char *path, char *real, size_t cap);
    int (*temp_dir)(Os *os, char *path, size_t cap);
    int (*temp_dir_remove)(Os *os, const char *path);
    int (*run)(Os *os, const char *const *argv, int *status);
    int (*thread_start)(Os *os, OsThread *t, void (*run)(void *arg), void *arg, const char *name);
    void (*thread_join)(Os *os, OsThread *t);
    void (*thread_yield)(Os *os);
    int (*wait)(Os *os, _Atomic uint32_t *word, uint32_t expected, int64_t timeout_ns);
    void (*wake)(Os *os, _Atomic uint32_t *word, uint32_t count);
    uint32_t (*cores)(Os *os);
    void *(*pages_reserve)(Os *os, size_t size_bytes, OsProtect protect);
    int (*pages_protect)(Os *os, void *pages, size_t size_bytes, OsProtect protect);
    int (*pages_discard)(Os *os, void *pages, size_t size_bytes);
    int (*pages_large)(Os *os, void *pages, size_t size_bytes);
    int (*pages_release)(Os *os, void *pages, size_t size_bytes);
    void *(*pages_reserve_near)(Os *os, const void *near, size_t reach_bytes, size_t size_bytes);
    int (*code_reserve)(Os *os, OsCode *c); // maps what pages_reserve_near gave
    int (*code_open)(Os *os, const OsCode *c, size_t offset, size_t size_bytes, uint8_t **write);
    int (*code_close)(Os *os, const OsCode *c, size_t offset, size_t size_bytes, uint8_t *write);
    int (*code_discard)(Os *os, const OsCode *c, size_t offset, size_t size_bytes);
    int (*code_release)(Os *os, OsCode *c);
    int (*code_sync)(Os *os);
    int (*log_open)(Os *os, const char *path, OsLog *out);
    int64_t (*log_write)(Os *os, const OsLog *log, const void *bytes, size_t count);
    int (*log_show)(Os *os, OsLog *log);
    void (*log_close)(Os *os, OsLog *log);
} OsOps;

// The machine's own clock, files and memory. NULL: no memory.
WARN_UNUSED Os *os_real_new(Mem *m);
void os_free(Os *os);
// Simulated: clocks stand still until os_sim_advance moves them, random bytes come from the seed,
// there are no threads. Files, memory and output are the machine's own. NULL: no memory.
WARN_UNUSED Os *os_sim_new(Mem *m, uint64_t seed);
void os_sim_advance(Os *os, int64_t ns);
// Simulated: someone sets the system's clock by so much, forward or back.
void os_sim_step(Os *os, int64_t ns);

const char *os_error_name(int error); // "enoent"; "unknown" for what has no name

// --- time ----------------------------------------------------------------------------------------
int64_t os_monotonic_ns(Os *os); // never goes back; arbitrary start
int64_t os_system_ns(Os *os);    // since 1970, UTC
int64_t os_cpu_ns(Os *os);       // that all threads of the program have used
// Local time of the machine's time zone (the VM's TZ where the VM has changed it: not followed
// yet).
WARN_UNUSED int os_local_date(Os *os, int64_t seconds, OsDate *date);
WARN_UNUSED int os_local_seconds(Os *os, const OsDate *date, int64_t *seconds);

// --- the program's surroundings ------------------------------------------------------------------
WARN_UNUSED int os_random(Os *os, void *bytes, size_t count);
int64_t os_pid(Os *os);
// Appends the text of a variable, with its NUL. false: not set; check out->failed too.
bool os_env_get(Os *os, const char *name, Buf *out);
// Appends all variables, each as NAME=TEXT with its NUL.
void os_env_list(Os *os, Buf *out);
// The name may be empty, but has no '=' in it.
WARN_UNUSED int os_env_set(Os *os, const char *name, const char *text);
void os_env_unset(Os *os, const char *name);
// Writes all of it, waiting as needed.
int os_write(Os *os, OsStream stream, const void *bytes, size_t count);

// --- files ---------------------------------------------------------------------------------------
// The whole file in one block of `m` of *count bytes (at least 1 is allocated: free it with
// os_file_free).
WARN_UNUSED int os_file_read(Os *os, Mem *m, const char *path, uint8_t **bytes, size_t *count);
void os_file_free(Mem *m, uint8_t *bytes, size_t count);
WARN_UNUSED int os_file_info(Os *os, const char *path, OsFileInfo *info);
// The same of a symbolic link itself.
WARN_UNUSED int os_link_info(Os *os, const char *path, OsFileInfo *info);
// Calls fn for each name but . and .. in no order.
WARN_UNUSED int os_dir_list(Os *os, const char *path, void (*fn)(void *ctx, const char *name),
                            void *ctx);
WARN_UNUSED int os_working_dir(Os *os, char *path, size_t cap);
// The path without links and dots.
WARN_UNUSED int os_real_path(Os *os, const char *path, char *real, size_t cap);
// A new, empty folder that only this user may enter; removed with the files in it by the second.
WARN_UNUSED int os_temp_dir(Os *os, char *path, size_t cap);
int os_temp_dir_remove(Os *os, const char *path);
// Runs a program found on the PATH and waits for it; *status: its exit status, 128 + N when signal
// N ended it. Blocks the thread: for the command line, not for schedulers.
WARN_UNUSED int os_run(Os *os, const char *const *argv, int *status);

// --- threads -------------------------------------------------------------------------------------
// `name`: at most 15 bytes, for people. 0 or -errno.
WARN_UNUSED int os_thread_start(Os *os, OsThread *t, void (*run)(void *arg), void *arg,
                                const char *name);
void os_thread_join(Os *os, OsThread *t); // waits until it has returned
void os_thread_yield(Os *os);
// Sleeps while *word == expected, for timeout_ns at most (negative: without end). 0: woken, or for
// no reason; -ETIMEDOUT; -EAGAIN: *word is something else.
int os_wait(Os *os, _Atomic uint32_t *word, uint32_t expected, int64_t timeout_ns);
void os_wake(Os *os, _Atomic uint32_t *word, uint32_t count);
// Cores that this program may use: affinity mask and cgroup's quota (rounded up), at least 1.
uint32_t os_cores(Os *os);

// --- pages: sizes and addresses are multiples of OS_PAGE_BYTES -----------------------------------
enum { OS_PAGE_BYTES = 4096 };
// Zeroed when first touched; memory is used only for pages that were touched. NULL: no room.
WARN_UNUSED void *os_pages_reserve(Os *os, size_t size_bytes, OsProtect protect);
WARN_UNUSED int os_pages_protect(Os *os, void *pages, size_t size_bytes, OsProtect protect);
// Gives the memory back; the addresses stay and read as zero.
void os_pages_discard(Os *os, void *pages, size_t size_bytes);
// Hint: will be used densely, large pages are welcome.
void os_pages_large(Os *os, void *pages, size_t size_bytes);
// Part of a reservation may be released.
void os_pages_release(Os *os, void *pages, size_t size_bytes);
// Without access, and so that its first and last byte are at most reach_bytes away from `near`.
// NULL: no room there.
WARN_UNUSED void *os_pages_reserve_near(Os *os, const void *near, size_t reach_bytes,
                                        size_t size_bytes);

// --- code pages: offsets and sizes are multiples of OS_PAGE_BYTES --------------------------------
// Address space for machine code near `near` (as above). No byte can be written and executed
// through the same address. With two views, the pages at `exec` can always be run and never be
// written; who writes opens a second view of some of them elsewhere, for as long as he writes. With
// one view, opened pages cannot be run: nobody else may have code on them. OS_CODE_TWO_VIEWS: as
// many as the machine allows; c->views says how many. -ENOMEM: no room; -EACCES: this machine lets
// nobody make code.
WARN_UNUSED int os_code_reserve(Os *os, const void *near, size_t reach_bytes, size_t size_bytes,
                                OsCodeViews views, OsCode *out);
// Before the first one is opened they read as zero. *write: where to write them.
WARN_UNUSED int os_code_open(Os *os, const OsCode *c, size_t offset, size_t size_bytes,
                             uint8_t **write);
// Some or all of the pages opened last, with the address of the first one of these. They can be run
// now. Fails only with one view.
WARN_UNUSED int os_code_close(Os *os, const OsCode *c, size_t offset, size_t size_bytes,
                              uint8_t *write);
// Gives memory back that is not open; it reads as zero.
void os_code_discard(Os *os, const OsCode *c, size_t offset, size_t size_bytes);
void os_code_release(Os *os, OsCode *c);
// All threads of this program forget the instructions they may have fetched ahead: needed before
// new code is run at addresses where other code has run. Where the machine has no such call,
// nothing.
void os_code_sync(Os *os);

// --- logs: files that are only written, for tools beside us --------------------------------------
// Empty: a new one, or an old one of this user's emptied, which others cannot read. -EWOULDBLOCK:
// somebody has it open as a log already, here or elsewhere; -EPERM, -ELOOP: it is someone else's.
WARN_UNUSED int os_log_open(Os *os, const char *path, OsLog *out);
// Appends all of it.
WARN_UNUSED int os_log_write(Os *os, const OsLog *log, const void *bytes, size_t count);
// Maps the begin of the file as code, until it is closed: profilers watch what is mapped so, and
// learn of the file.
WARN_UNUSED int os_log_show(Os *os, OsLog *log);
void os_log_close(Os *os, OsLog *log);
