// SPDX-License-Identifier: Apache-2.0
// The real back end: pages of machine code. See os.h.
//
// Two views are two mappings of the same shared memory. The one at `exec` is read and execute for
// as long as it lives; a writable one comes and goes elsewhere. The memory is "shared anonymous"
// memory, and not a file of memfd_create's, which would do as well: profilers look names up in the
// map that we write for them only where no file is mapped. Where the machine refuses two views, the
// pages change their protection.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // mremap
#endif
#include "os/os_code.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
// Commands of membarrier(2), by their numbers: older headers lack them.
enum { BARRIER_SYNC_CORE = 1 << 5, BARRIER_REGISTER_SYNC_CORE = 1 << 6 };

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
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

// A second view of pages of the first. NULL: errno.
static uint8_t *second_view(const OsCode *c, size_t offset, size_t size_bytes) {
    // With an old size of 0 it leaves the old mapping as it is (mremap(2)).
    void *p = mremap(c->exec + offset, 0, size_bytes, MREMAP_MAYMOVE);
    if (p == MAP_FAILED) return NULL;
    if (mprotect(p, size_bytes, PROT_READ | PROT_WRITE) == 0) return p;
    int err = errno;
    (void)munmap(p, size_bytes);
    errno = err;
    return NULL;
}

int real_code_reserve(Os *os UNUSED, OsCode *c) {
    if (c->views == OS_CODE_TWO_VIEWS) {
        void *p = mmap(c->exec, c->size_bytes, PROT_READ | PROT_EXEC,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        uint8_t *write = p == c->exec ? second_view(c, 0, OS_PAGE_BYTES) : NULL;
        if (write != NULL) return munmap(write, OS_PAGE_BYTES) != 0 ? -errno : 0;
        c->views = OS_CODE_ONE_VIEW;
    }
    void *p = mmap(c->exec, c->size_bytes, PROT_READ | PROT_EXEC,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    return p != c->exec ? -errno : 0;
}

int real_code_open(Os *os UNUSED, const OsCode *c, size_t offset, size_t size_bytes,
                   uint8_t **write) {
    if (c->views == OS_CODE_ONE_VIEW) {
        *write = c->exec + offset;
        return mprotect(*write, size_bytes, PROT_READ | PROT_WRITE) != 0 ? -errno : 0;
    }
    *write = second_view(c, offset, size_bytes);
    if (*write == NULL) return -errno;
    // All of it will be written: one call is cheaper than a fault a page. Older systems lack it.
    (void)madvise(*write, size_bytes, MADV_POPULATE_WRITE);
    return 0;
}

int real_code_close(Os *os UNUSED, const OsCode *c, size_t offset, size_t size_bytes,
                    uint8_t *write) {
    if (c->views == OS_CODE_TWO_VIEWS) return munmap(write, size_bytes) != 0 ? -errno : 0;
    ASSERT(write == c->exec + offset);
    return mprotect(write, size_bytes, PROT_READ | PROT_EXEC) != 0 ? -errno : 0;
}

int real_code_discard(Os *os UNUSED, const OsCode *c, size_t offset, size_t size_bytes) {
    if (c->views == OS_CODE_ONE_VIEW)
        return madvise(c->exec + offset, size_bytes, MADV_DONTNEED) != 0 ? -errno : 0;
    uint8_t *write = second_view(c, offset, size_bytes); // only who may write may do this
    if (write == NULL) return -errno;
    int err = madvise(write, size_bytes, MADV_REMOVE) != 0 ? -errno : 0;
    (void)munmap(write, size_bytes);
    return err;
}

int real_code_release(Os *os UNUSED, OsCode *c) {
    return munmap(c->exec, c->size_bytes) != 0 ? -errno : 0;
}

// Registering twice is allowed.
int real_code_sync(Os *os UNUSED) {
    if (syscall(SYS_membarrier, BARRIER_REGISTER_SYNC_CORE, 0, 0) != 0 ||
        syscall(SYS_membarrier, BARRIER_SYNC_CORE, 0, 0) != 0)
        return -errno;
    return 0;
}
