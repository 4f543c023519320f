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
    for (size_t i = 0; i < ARRAY_COUNT(m->shards); i++)
        atomic_init(&m->shards[i].sample_at, (int64_t)MEM_SAMPLE_BYTES);
}

// --- whose counter -------------------------------------------------------------------------------

// A shard is for a piece of the address space. Multiplying by the golden ratio spreads stacks,
// whatever distance they have.
enum { PIECE_BITS = 18, SHARD_BITS = 6, COMMON_BITS = 3 };
_Static_assert(MEM_SHARDS == 1 << SHARD_BITS && MEM_COMMON == 1 << COMMON_BITS, "as many as fit");
// Frames rarely lie deeper than this.
enum { DEPTH_BYTES = 64 * 1024 };

// The owner's addresses are one word, so that it is never seen half changed: where they begin, and
// in the bits of an address within a page, how many pages they are.
enum { PAGE_BITS = 12 };
#define PAGES_MASK (((uintptr_t)1 << PAGE_BITS) - 1)
_Static_assert((1 << (PIECE_BITS - PAGE_BITS)) <= PAGES_MASK, "a piece fits");

static ALWAYS_INLINE bool owner_has(uintptr_t owner, uintptr_t address) {
    return address - (owner & ~PAGES_MASK) < (owner & PAGES_MASK) << PAGE_BITS;
}

static ALWAYS_INLINE uint64_t piece_hash(uintptr_t address) {
    return (uint64_t)(address >> PIECE_BITS) * 0x9e3779b97f4a7c15u;
}

static ALWAYS_INLINE MemShard *piece_shard(Mem *m, uintptr_t address) {
    return &m->shards[piece_hash(address) >> (64 - SHARD_BITS)];
}

// The owner words for a stack. Two pieces at most: that of the first frames, and the next one if
// that is soon reached.
enum { PIECES_MAX = 2 };
static size_t owner_words(uintptr_t low, uintptr_t high, uintptr_t words[PIECES_MAX]) {
    low = (low + PAGES_MASK) & ~PAGES_MASK;
    high &= ~PAGES_MASK;
    size_t count = 0;
    while (count < PIECES_MAX && low < high) {
        uintptr_t from = MAX(low, (high - 1) >> PIECE_BITS << PIECE_BITS);
        words[count++] = from | (high - from) >> PAGE_BITS;
        if (high - from >= DEPTH_BYTES) break;
        high = from;
    }
    return count;
}

// The release of a shard pairs with the acquire of its next owner, who goes on from its counts.
void mem_own(Mem *m, uintptr_t stack_low, uintptr_t stack_high) {
    uintptr_t words[PIECES_MAX];
    for (size_t i = owner_words(stack_low, stack_high, words); i-- > 0;) {
        uintptr_t nobody = 0;
        (void)atomic_compare_exchange_strong_explicit(&piece_shard(m, words[i])->owner, &nobody,
                                                      words[i], memory_order_acquire,
                                                      memory_order_relaxed);
    }
}

void mem_disown(Mem *m, uintptr_t stack_low, uintptr_t stack_high) {
    uintptr_t words[PIECES_MAX];
    for (size_t i = owner_words(stack_low, stack_high, words); i-- > 0;) {
        uintptr_t mine = words[i];
        (void)atomic_compare_exchange_strong_explicit(&piece_shard(m, mine)->owner, &mine, 0,
                                                      memory_order_release, memory_order_relaxed);
    }
}

// --- counting ------------------------------------------------------------------------------------

// The counter of whoever calls, and whether that one owns it.
typedef struct Counter {
    MemShard *shard;
    bool own;
} Counter;

static ALWAYS_INLINE Counter counter_of(Mem *m) {
    MemShard *common = &m->shards[MEM_SHARDS];
    if (UNLIKELY(m->bytes_max != 0)) return (Counter){common, false};
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    MemShard *s = piece_shard(m, frame);
    if (LIKELY(owner_has(atomic_load_explicit(&s->owner, memory_order_relaxed), frame)))
        return (Counter){s, true};
    return (Counter){&common[piece_hash(frame) >> (64 - COMMON_BITS)], false};
}

static ALWAYS_INLINE int64_t add(Counter c, _Atomic int64_t *n, int64_t more) {
    if (UNLIKELY(!c.own)) return atomic_fetch_add_explicit(n, more, memory_order_relaxed) + more;
    int64_t sum = atomic_load_explicit(n, memory_order_relaxed) + more;
    atomic_store_explicit(n, sum, memory_order_relaxed);
    return sum;
}

uint64_t mem_bytes(const Mem *m) {
    int64_t sum = 0;
    for (size_t i = 0; i < ARRAY_COUNT(m->shards); i++)
        sum += atomic_load_explicit(&m->shards[i].bytes, memory_order_relaxed);
    // Of a block that went from one shard to another while we looked, we may have seen the end
    // only.
    return sum < 0 ? 0 : (uint64_t)sum;
}

void mem_note(Mem *m, MemKind kind, int64_t bytes) {
    Counter c = counter_of(m);
    (void)add(c, &c.shard->noted[kind], bytes);
}

uint64_t mem_noted(const Mem *m, MemKind kind) {
    int64_t sum = 0;
    for (size_t i = 0; i < ARRAY_COUNT(m->shards); i++)
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
    Counter c = counter_of(m);
    MemShard *s = c.shard;
    int64_t now = add(c, &s->bytes, bytes);
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
    Counter c = counter_of(m);
    if (add(c, &c.shard->bytes, (int64_t)bytes) > (int64_t)m->bytes_max) {
        (void)add(c, &c.shard->bytes, -(int64_t)bytes);
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
