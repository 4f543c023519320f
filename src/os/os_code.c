// SPDX-License-Identifier: Apache-2.0
// The real back end: pages of machine code. See os.h.
//
// Two views are two mappings of one file that has no name (memfd_create). The one at `exec` is read
// and execute for as long as it lives; a writable one comes and goes elsewhere. Where the machine
// refuses that, the pages are our own and change their protection.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // memfd_create, fallocate
#endif
#include "os/os_code.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
// Commands of membarrier(2), by their numbers: older headers lack them.
enum { BARRIER_SYNC_CORE = 1 << 5, BARRIER_REGISTER_SYNC_CORE = 1 << 6 };

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

// So that large pages can be used, and that there are not too many places to try.
enum { NEAR_STEP_BYTES = 16 * 1024 * 1024 };

static void *reserve_at(uintptr_t place, size_t size_bytes) {
    void *at = (void *)place; // NOLINT(performance-no-int-to-ptr): the place is what is wanted
    void *p = mmap(at, size_bytes, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (p == MAP_FAILED) return NULL;
    if (p == at) return p;
    (void)munmap(p, size_bytes); // an old kernel took the address for a hint
    return NULL;
}

// First below, as the program's break grows above it.
void *real_pages_reserve_near(Os *os UNUSED, const void *near, size_t reach_bytes,
                              size_t size_bytes) {
    uintptr_t middle = (uintptr_t)near;
    uintptr_t lowest = middle > reach_bytes ? middle - reach_bytes : NEAR_STEP_BYTES;
    uintptr_t highest = middle + reach_bytes;
    uintptr_t below = middle / NEAR_STEP_BYTES * NEAR_STEP_BYTES, above = below + NEAR_STEP_BYTES;
    for (; below >= lowest + size_bytes; below -= NEAR_STEP_BYTES) {
        void *p = reserve_at(below - size_bytes, size_bytes);
        if (p != NULL) return p;
    }
    for (; above + size_bytes <= highest; above += NEAR_STEP_BYTES) {
        void *p = reserve_at(above, size_bytes);
        if (p != NULL) return p;
    }
    return NULL;
}

// A file of so many bytes, none of them in memory yet. Negative: -errno.
static int nameless_file(size_t size_bytes) {
    struct rlimit limit;
    // To go beyond it would be a signal, not an error.
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size_bytes) return -EFBIG;
    // The seal says that nobody will start it as a program: some systems ask for that. Pages of it
    // may be run all the same.
    int fd = memfd_create("dialtone code", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    if (fd < 0) fd = memfd_create("dialtone code", MFD_CLOEXEC);
    if (fd < 0) return -errno;
    if (ftruncate(fd, (off_t)size_bytes) == 0) return fd;
    int err = -errno;
    (void)close(fd);
    return err;
}

int real_code_reserve(Os *os UNUSED, OsCode *c) {
    if (c->views == OS_CODE_TWO_VIEWS) {
        c->file = nameless_file(c->size_bytes);
        if (c->file >= 0) {
            void *p = mmap(c->exec, c->size_bytes, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED,
                           c->file, 0);
            if (p == c->exec) return 0;
            (void)close(c->file);
        }
        c->file = -1;
        c->views = OS_CODE_ONE_VIEW;
    }
    return mprotect(c->exec, c->size_bytes, PROT_READ | PROT_EXEC) != 0 ? -errno : 0;
}

int real_code_open(Os *os UNUSED, const OsCode *c, size_t offset, size_t size_bytes,
                   uint8_t **write) {
    if (c->views == OS_CODE_ONE_VIEW) {
        *write = c->exec + offset;
        return mprotect(*write, size_bytes, PROT_READ | PROT_WRITE) != 0 ? -errno : 0;
    }
    // All of it will be written: one call is cheaper than a fault a page.
    void *p = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, c->file,
                   (off_t)offset);
    if (p == MAP_FAILED) return -errno;
    *write = p;
    return 0;
}

int real_code_close(Os *os UNUSED, const OsCode *c, size_t offset, size_t size_bytes,
                    uint8_t *write) {
    if (c->views == OS_CODE_TWO_VIEWS) return munmap(write, size_bytes) != 0 ? -errno : 0;
    ASSERT(write == c->exec + offset);
    return mprotect(write, size_bytes, PROT_READ | PROT_EXEC) != 0 ? -errno : 0;
}

int real_code_discard(Os *os UNUSED, const OsCode *c, size_t offset, size_t size_bytes) {
    int failed = c->views == OS_CODE_TWO_VIEWS
                     ? fallocate(c->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
                                 (off_t)size_bytes)
                     : madvise(c->exec + offset, size_bytes, MADV_DONTNEED);
    return failed != 0 ? -errno : 0;
}

int real_code_release(Os *os UNUSED, OsCode *c) {
    if (c->file >= 0) (void)close(c->file);
    return munmap(c->exec, c->size_bytes) != 0 ? -errno : 0;
}

// Registering twice is allowed.
int real_code_sync(Os *os UNUSED) {
    if (syscall(SYS_membarrier, BARRIER_REGISTER_SYNC_CORE, 0, 0) != 0 ||
        syscall(SYS_membarrier, BARRIER_SYNC_CORE, 0, 0) != 0)
        return -errno;
    return 0;
}
