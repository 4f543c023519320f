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
    for (size_t i = 0; i < MEM_SHARDS; i++)
        atomic_init(&m->shards[i].sample_at, (int64_t)MEM_SAMPLE_BYTES);
}

// --- counting ------------------------------------------------------------------------------------

// Stacks lie megabytes apart, or at least as far as STACK_SHIFT says; multiplying by the golden
// ratio spreads whatever distance they have over the shards.
enum { STACK_SHIFT = 17, SHARD_BITS = 5 };
_Static_assert(MEM_SHARDS == 1 << SHARD_BITS, "as many as the bits can say");

static ALWAYS_INLINE MemShard *shard_of(Mem *m) {
    if (UNLIKELY(m->bytes_max != 0)) return &m->shards[0];
    uint64_t stack = (uint64_t)(uintptr_t)__builtin_frame_address(0) >> STACK_SHIFT;
    return &m->shards[stack * 0x9e3779b97f4a7c15u >> (64 - SHARD_BITS)];
}

uint64_t mem_bytes(const Mem *m) {
    int64_t sum = 0;
    for (size_t i = 0; i < MEM_SHARDS; i++)
        sum += atomic_load_explicit(&m->shards[i].bytes, memory_order_relaxed);
    // Of a block that went from one shard to another while we looked, we may have seen the end
    // only.
    return sum < 0 ? 0 : (uint64_t)sum;
}

void mem_note(Mem *m, MemKind kind, int64_t bytes) {
    atomic_fetch_add_explicit(&shard_of(m)->noted[kind], bytes, memory_order_relaxed);
}

uint64_t mem_noted(const Mem *m, MemKind kind) {
    int64_t sum = 0;
    for (size_t i = 0; i < MEM_SHARDS; i++)
        sum += atomic_load_explicit(&m->shards[i].noted[kind], memory_order_relaxed);
    return sum < 0 ? 0 : (uint64_t)sum;
}

static NOINLINE void sample_peak(Mem *m) {
    uint64_t now = mem_bytes(m);
    uint64_t peak = atomic_load_explicit(&m->bytes_peak, memory_order_relaxed);
    while (now > peak &&
           !atomic_compare_exchange_weak_explicit(&m->bytes_peak, &peak, now, memory_order_relaxed,
                                                  memory_order_relaxed));
}

uint64_t mem_bytes_peak(Mem *m) {
    sample_peak(m);
    return atomic_load_explicit(&m->bytes_peak, memory_order_relaxed);
}

static NOINLINE void grown(Mem *m, MemShard *s, int64_t now) {
    atomic_store_explicit(&s->sample_at, now + MEM_SAMPLE_BYTES, memory_order_relaxed);
    sample_peak(m);
}

// Whoever shares the shard may store an older mark: then the peak is looked at sooner or later than
// it might, and no later than at the next allocation.
static ALWAYS_INLINE void count(Mem *m, int64_t bytes) {
    MemShard *s = shard_of(m);
    int64_t now = atomic_fetch_add_explicit(&s->bytes, bytes, memory_order_relaxed) + bytes;
    int64_t mark = atomic_load_explicit(&s->sample_at, memory_order_relaxed);
    if (UNLIKELY(now >= mark)) grown(m, s, now);
    // Much was freed: it counts again when it is allocated again.
    else if (UNLIKELY(now < mark - 2 * (int64_t)MEM_SAMPLE_BYTES))
        atomic_store_explicit(&s->sample_at, now + MEM_SAMPLE_BYTES, memory_order_relaxed);
}

// Counts in `bytes`, or only says no: over the limit, or by the stress counter. With a limit it is
// counted before it is checked, so that two threads cannot both find room for what only one has.
static bool count_or_refuse(Mem *m, size_t bytes) {
    if (UNLIKELY(m->fail_every != 0)) {
        uint64_t n = atomic_fetch_add_explicit(&m->fail_count, 1, memory_order_relaxed) + 1;
        if (n % m->fail_every == 0) return false;
    }
    if (LIKELY(m->bytes_max == 0)) {
        count(m, (int64_t)bytes);
        return true;
    }
    if (bytes > m->bytes_max) return false;
    int64_t now =
        atomic_fetch_add_explicit(&m->shards[0].bytes, (int64_t)bytes, memory_order_relaxed) +
        (int64_t)bytes;
    if (now > (int64_t)m->bytes_max) {
        atomic_fetch_sub_explicit(&m->shards[0].bytes, (int64_t)bytes, memory_order_relaxed);
        return false;
    }
    count(m, 0); // the peak
    return true;
}

// --- allocating ----------------------------------------------------------------------------------

void *mem_alloc(Mem *m, size_t size_bytes) {
    ASSERT(size_bytes > 0);
    if (!count_or_refuse(m, size_bytes)) return NULL;
    void *p = RAW_ALLOC(size_bytes);
    if (UNLIKELY(p == NULL)) count(m, -(int64_t)size_bytes);
    return p;
}

void *mem_alloc_zero(Mem *m, size_t size_bytes) {
    void *p = mem_alloc(m, size_bytes);
    if (p != NULL) memset(p, 0, size_bytes);
    return p;
}

void *mem_realloc(Mem *m, void *ptr, size_t old_bytes, size_t new_bytes) {
    ASSERT(new_bytes > 0);
    if (ptr == NULL) old_bytes = 0;
    int64_t more = (int64_t)new_bytes - (int64_t)old_bytes;
    if (more > 0 && !count_or_refuse(m, (size_t)more)) return NULL;
    void *p = RAW_REALLOC(ptr, new_bytes);
    if (more > 0 && UNLIKELY(p == NULL)) count(m, -more);
    if (more < 0 && LIKELY(p != NULL)) count(m, more);
    return p;
}

void mem_free(Mem *m, void *ptr, size_t size_bytes) {
    if (ptr == NULL) return;
    count(m, -(int64_t)size_bytes);
    RAW_FREE(ptr);
}

bool mem_count_pages(Mem *m, size_t size_bytes) {
    return count_or_refuse(m, size_bytes);
}

void mem_uncount_pages(Mem *m, size_t size_bytes) {
    count(m, -(int64_t)size_bytes);
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
    count(m, (int64_t)size_bytes);
    return p;
}

void *mem_must_realloc(Mem *m, void *ptr, size_t old_bytes, size_t new_bytes) {
    ASSERT(new_bytes > 0);
    void *p = RAW_REALLOC(ptr, new_bytes);
    if (UNLIKELY(p == NULL)) out_of_memory(m, new_bytes);
    count(m, (int64_t)new_bytes - (ptr == NULL ? 0 : (int64_t)old_bytes));
    return p;
}
