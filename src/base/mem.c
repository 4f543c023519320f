// SPDX-License-Identifier: Apache-2.0
// Counting allocator over mimalloc or malloc; see mem.h.
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#ifdef DT_MIMALLOC
#include <mimalloc.h>
#define RAW_ALLOC   mi_malloc
#define RAW_REALLOC mi_realloc
#define RAW_FREE    mi_free
#else
#define RAW_ALLOC   malloc
#define RAW_REALLOC realloc
#define RAW_FREE    free
#endif

void mem_init(Mem *m) {
    memset(m, 0, sizeof *m);
}

static void count_in(Mem *m, size_t bytes) {
    uint64_t now = atomic_fetch_add_explicit(&m->bytes, bytes, memory_order_relaxed) + bytes;
    uint64_t peak = atomic_load_explicit(&m->bytes_peak, memory_order_relaxed);
    while (now > peak &&
           !atomic_compare_exchange_weak_explicit(&m->bytes_peak, &peak, now, memory_order_relaxed,
                                                  memory_order_relaxed));
}

static void count_out(Mem *m, size_t bytes) {
    atomic_fetch_sub_explicit(&m->bytes, bytes, memory_order_relaxed);
}

// Whether this fallible allocation is to fail: over the limit, or by the stress counter.
static bool refused(Mem *m, size_t bytes) {
    if (UNLIKELY(m->bytes_max != 0) &&
        atomic_load_explicit(&m->bytes, memory_order_relaxed) + bytes > m->bytes_max)
        return true;
    if (UNLIKELY(m->fail_every != 0)) {
        uint64_t n = atomic_fetch_add_explicit(&m->fail_count, 1, memory_order_relaxed) + 1;
        return n % m->fail_every == 0;
    }
    return false;
}

void *mem_alloc(Mem *m, size_t size_bytes) {
    ASSERT(size_bytes > 0);
    if (refused(m, size_bytes)) return NULL;
    void *p = RAW_ALLOC(size_bytes);
    if (LIKELY(p != NULL)) count_in(m, size_bytes);
    return p;
}

void *mem_alloc_zero(Mem *m, size_t size_bytes) {
    void *p = mem_alloc(m, size_bytes);
    if (p != NULL) memset(p, 0, size_bytes);
    return p;
}

void *mem_realloc(Mem *m, void *ptr, size_t old_bytes, size_t new_bytes) {
    ASSERT(new_bytes > 0);
    if (new_bytes > old_bytes && refused(m, new_bytes - old_bytes)) return NULL;
    void *p = RAW_REALLOC(ptr, new_bytes);
    if (p == NULL) return NULL;
    count_in(m, new_bytes);
    if (ptr != NULL) count_out(m, old_bytes);
    return p;
}

void mem_free(Mem *m, void *ptr, size_t size_bytes) {
    if (ptr == NULL) return;
    count_out(m, size_bytes);
    RAW_FREE(ptr);
}

bool mem_count_pages(Mem *m, size_t size_bytes) {
    if (refused(m, size_bytes)) return false;
    count_in(m, size_bytes);
    return true;
}

void mem_uncount_pages(Mem *m, size_t size_bytes) {
    count_out(m, size_bytes);
}

static _Noreturn void out_of_memory(Mem *m, size_t bytes) {
    char what[64];
    snprintf(what, sizeof what, "cannot allocate %zu bytes", bytes);
    if (m->fatal != NULL) m->fatal(m->fatal_ctx, what);
    fprintf(stderr, "dialtone: %s\n", what);
    abort();
}

void *mem_must_alloc(Mem *m, size_t size_bytes) {
    ASSERT(size_bytes > 0);
    void *p = RAW_ALLOC(size_bytes);
    if (UNLIKELY(p == NULL)) out_of_memory(m, size_bytes);
    count_in(m, size_bytes);
    return p;
}

void *mem_must_realloc(Mem *m, void *ptr, size_t old_bytes, size_t new_bytes) {
    ASSERT(new_bytes > 0);
    void *p = RAW_REALLOC(ptr, new_bytes);
    if (UNLIKELY(p == NULL)) out_of_memory(m, new_bytes);
    count_in(m, new_bytes);
    if (ptr != NULL) count_out(m, old_bytes);
    return p;
}
