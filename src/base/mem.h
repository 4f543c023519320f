// SPDX-License-Identifier: Apache-2.0
// The VM's allocator. Every allocation names the VM's Mem it is counted on, so that two VMs in one
// program keep separate books, and so that a stress run can make the n-th allocation fail.
// Release builds allocate with mimalloc, sanitizer builds with malloc.
// Thread: any. The counters are atomic.
#pragma once

#include "base/base.h"
#include <stdatomic.h>

typedef struct Mem {
    _Atomic uint64_t bytes; // allocated now, as requested by callers
    _Atomic uint64_t bytes_peak;
    uint64_t bytes_max;  // 0 = no limit; an allocation above it fails
    uint64_t fail_every; // stress: every n-th fallible allocation fails; 0 = never
    _Atomic uint64_t fail_count;
    // Called when mem_must_* cannot get memory. NULL: print one line and abort.
    void (*fatal)(void *ctx, const char *what);
    void *fatal_ctx;
} Mem;

void mem_init(Mem *m);

// Fallible: NULL when there is no memory (or the stress run says so). `size_bytes` > 0.
WARN_UNUSED void *mem_alloc(Mem *m, size_t size_bytes);
WARN_UNUSED void *mem_alloc_zero(Mem *m, size_t size_bytes);
// Grows or shrinks; on NULL the old block is untouched.
WARN_UNUSED void *mem_realloc(Mem *m, void *ptr, size_t old_bytes, size_t new_bytes);
void mem_free(Mem *m, void *ptr, size_t size_bytes);

// Counts memory that came from elsewhere (pages of the os room) as if it were allocated here.
// false: over the limit, or the stress run says so.
WARN_UNUSED bool mem_count_pages(Mem *m, size_t size_bytes);
void mem_uncount_pages(Mem *m, size_t size_bytes);

// For what cannot be given back as an error (worklists, tables at boot): never NULL, else m->fatal.
WARN_UNUSED void *mem_must_alloc(Mem *m, size_t size_bytes);
WARN_UNUSED void *mem_must_realloc(Mem *m, void *ptr, size_t old_bytes, size_t new_bytes);
