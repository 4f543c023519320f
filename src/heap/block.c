// SPDX-License-Identifier: Apache-2.0
// The memory of heaps: sizes, allocation, and the graves of stress runs. See heap_int.h.
// Thread: any; the pool locks itself, everything else is of the heap that is handed in.
#include "base/spin.h"
#include "heap/heap_int.h"

// From here on a block is mapped. Below, the allocator's own reuse is fast.
enum { MAPPED_BYTES_MIN = 256 * 1024 };
// Mapped blocks of these sizes are laid out for large pages, and ask for them: fewer faults. Not
// larger ones: then the system has to find memory that nobody used for a while, which on a virtual
// machine it may have given back to its host, and to get it back took longer than all the small
// faults (measured: 1.4 s against 0.3 s for 600 MB).
enum {
    LARGE_PAGE_BYTES = 2 * 1024 * 1024,
    LARGE_BLOCK_BYTES_MIN = 2 * LARGE_PAGE_BYTES,
    LARGE_BLOCK_BYTES_MAX = 16 * LARGE_PAGE_BYTES,
};

static size_t words_to_bytes(size_t words) {
    return words * sizeof(Term);
}

bool block_is_mapped(const HeapConfig *c, size_t words) {
    return c->os != NULL && (config_is_stressed(c) || words_to_bytes(words) >= MAPPED_BYTES_MIN);
}

// Grows by about 1.6 while small, so that a short-lived process is not charged for what it does
// not need, and by 1.25 when a block is so large that the rounding itself is a cost. The
// reference's 233 words are what programs see as the least size; only a larger one is a wish. A
// process that waits for most of its life, as servers do, is content with SMALL_WORDS; with less,
// those that build something collect too often (measured: 64 cost a third of the time of short
// processes).
enum { UNASKED_WORDS_MAX = 233, SMALL_WORDS = 128, LEAST_WORDS = 16 };

size_t block_size_class(const HeapConfig *c, size_t words) {
    size_t least = c->min_words > UNASKED_WORDS_MAX ? c->min_words : MIN(c->min_words, SMALL_WORDS);
    size_t size = MAX(least, (size_t)LEAST_WORDS);
    while (size < words) size += size < ((size_t)1 << 20) ? size * 5 / 8 : size / 4;
    return size;
}

// --- mappings ------------------------------------------------------------------------------------

static void unmap(Mem *m, Os *os, Block b) {
    os_pages_release(os, b.start, words_to_bytes(b.words));
    mem_uncount_pages(m, words_to_bytes(b.words));
}

// A mapping that starts where a large page may: reserves more and gives back what sticks out.
static Term *map_for_large_pages(Os *os, size_t bytes) {
    char *p = os_pages_reserve(os, bytes + LARGE_PAGE_BYTES, OS_READ_WRITE);
    if (p == NULL) return NULL;
    size_t before = (size_t)(-(uintptr_t)p & (LARGE_PAGE_BYTES - 1));
    if (before > 0) os_pages_release(os, p, before);
    if (before < LARGE_PAGE_BYTES)
        os_pages_release(os, p + before + bytes, LARGE_PAGE_BYTES - before);
    os_pages_large(os, p + before, bytes);
    return (Term *)(p + before);
}

static bool map(Mem *m, Os *os, size_t bytes, Block *b) {
    if (!mem_count_pages(m, bytes)) return false;
    bool large = bytes >= LARGE_BLOCK_BYTES_MIN && bytes <= LARGE_BLOCK_BYTES_MAX;
    Term *start =
        large ? map_for_large_pages(os, bytes) : os_pages_reserve(os, bytes, OS_READ_WRITE);
    if (start == NULL) {
        mem_uncount_pages(m, bytes);
        return false;
    }
    *b = (Block){start, bytes / sizeof(Term)};
    return true;
}

// --- the pool ------------------------------------------------------------------------------------
// Every heap of the VM takes from it and gives to it: what is in the struct is changed under its
// lock. What goes back to the system is taken out under the lock and unmapped after it.

enum { POOL_BLOCKS_MAX = 32, POOL_BYTES_MIN = 4 * 1024 * 1024 };

// Lifetime: the VM's.
struct BlockPool {
    Mem *mem;
    Os *os;
    Spin lock;                    // guards what follows
    Block block[POOL_BLOCKS_MAX]; // oldest first
    size_t count;
    size_t bytes;     // of those
    size_t out_bytes; // of mapped blocks that heaps have
};

// Blocks that were taken out of the pool: all of them, and the one that came in meanwhile.
typedef struct Evicted {
    Block block[POOL_BLOCKS_MAX + 1];
    size_t count;
} Evicted;

BlockPool *block_pool_new(Mem *m, Os *os) {
    BlockPool *pool = mem_alloc(m, sizeof *pool);
    if (pool != NULL) *pool = (BlockPool){.mem = m, .os = os};
    return pool;
}

static Block pool_remove(BlockPool *pool, size_t i) {
    Block b = pool->block[i];
    pool->count--;
    pool->bytes -= words_to_bytes(b.words);
    memmove(&pool->block[i], &pool->block[i + 1], (pool->count - i) * sizeof(Block));
    return b;
}

static void evict(BlockPool *pool, Evicted *gone) {
    gone->block[gone->count++] = pool_remove(pool, 0);
}

static void unmap_evicted(const BlockPool *pool, const Evicted *gone) {
    for (size_t i = 0; i < gone->count; i++) unmap(pool->mem, pool->os, gone->block[i]);
}

// false: there was nothing.
static bool pool_clear(BlockPool *pool) {
    Evicted gone;
    gone.count = 0;
    spin_lock(&pool->lock);
    while (pool->count > 0) evict(pool, &gone);
    spin_unlock(&pool->lock);
    unmap_evicted(pool, &gone);
    return gone.count > 0;
}

void block_pool_clear(BlockPool *pool) {
    (void)pool_clear(pool);
}

void block_pool_free(BlockPool *pool) {
    if (pool == NULL) return;
    ASSERT(pool->out_bytes == 0);
    block_pool_clear(pool);
    mem_free(pool->mem, pool, sizeof *pool);
}

// The smallest block that will do, unless it is more than twice what is wanted. It is out then.
static bool pool_take(BlockPool *pool, size_t least, size_t wanted, Block *b) {
    spin_lock(&pool->lock);
    size_t best = pool->count;
    for (size_t i = 0; i < pool->count; i++) {
        size_t have = pool->block[i].words;
        if (have < least || have / 2 > wanted) continue;
        if (best == pool->count || have < pool->block[best].words) best = i;
    }
    bool found = best < pool->count;
    if (found) {
        *b = pool_remove(pool, best);
        pool->out_bytes += words_to_bytes(b->words);
    }
    spin_unlock(&pool->lock);
    return found;
}

// What waits is at most as much as what is in use: the next collection will want that much.
static void pool_give(BlockPool *pool, Block b) {
    Evicted gone;
    gone.count = 0;
    spin_lock(&pool->lock);
    pool->out_bytes -= words_to_bytes(b.words);
    if (pool->count == POOL_BLOCKS_MAX) evict(pool, &gone);
    pool->block[pool->count++] = b;
    pool->bytes += words_to_bytes(b.words);
    size_t limit = MAX(pool->out_bytes, (size_t)POOL_BYTES_MIN);
    while (pool->bytes > limit) evict(pool, &gone);
    spin_unlock(&pool->lock);
    unmap_evicted(pool, &gone);
}

// Mapped memory that heaps have has become more or less.
typedef enum OutChange { OUT_MORE, OUT_LESS } OutChange;
static void pool_count_out(BlockPool *pool, OutChange change, size_t bytes) {
    if (pool == NULL) return;
    spin_lock(&pool->lock);
    pool->out_bytes = change == OUT_MORE ? pool->out_bytes + bytes : pool->out_bytes - bytes;
    spin_unlock(&pool->lock);
}

// --- blocks --------------------------------------------------------------------------------------

// Memory that waits in the pool must not be what is missing.
static bool map_or_clear_pool(const HeapConfig *c, size_t words, Block *b) {
    size_t bytes = ALIGN_UP(words_to_bytes(words), (size_t)OS_PAGE_BYTES);
    if (map(c->mem, c->os, bytes, b)) return true;
    if (c->pool == NULL || !pool_clear(c->pool)) return false;
    return map(c->mem, c->os, bytes, b);
}

static bool alloc_words(const HeapConfig *c, size_t words, Block *b) {
    if (block_is_mapped(c, words)) {
        if (!map_or_clear_pool(c, words, b)) return false;
        pool_count_out(c->pool, OUT_MORE, words_to_bytes(b->words));
        return true;
    }
    *b = (Block){mem_alloc(c->mem, words_to_bytes(words)), words};
    return b->start != NULL;
}

bool block_alloc(const HeapConfig *c, size_t least, size_t wanted, Block *b) {
    ASSERT(least > 0 && wanted >= least);
    if (wanted > HEAP_WORDS_LIMIT) return false;
    if (c->pool != NULL && block_is_mapped(c, wanted) && pool_take(c->pool, least, wanted, b))
        return true;
    return alloc_words(c, wanted, b) || (wanted != least && alloc_words(c, least, b));
}

void block_free(const HeapConfig *c, Block b) {
    if (b.start == NULL) return;
    if (!block_is_mapped(c, b.words))
        mem_free(c->mem, b.start, words_to_bytes(b.words));
    else if (c->pool == NULL)
        unmap(c->mem, c->os, b);
    else
        pool_give(c->pool, b);
}

Block block_trim(const HeapConfig *c, Block b, size_t words) {
    if (!block_is_mapped(c, b.words)) return b;
    size_t keep = ALIGN_UP(words_to_bytes(words), (size_t)OS_PAGE_BYTES);
    // A mapped block stays so large that it is known as one.
    keep = MAX(keep, config_is_stressed(c) ? (size_t)OS_PAGE_BYTES : (size_t)MAPPED_BYTES_MIN);
    size_t bytes = words_to_bytes(b.words);
    if (keep >= bytes) return b;
    Block rest = {b.start + keep / sizeof(Term), (bytes - keep) / sizeof(Term)};
    unmap(c->mem, c->os, rest);
    pool_count_out(c->pool, OUT_LESS, bytes - keep);
    return (Block){b.start, keep / sizeof(Term)};
}

// --- stress: the graves
// ---------------------------------------------------------------------------- Who still looks into
// a block after a collection gets a fault, at least for this many collections; then the addresses
// are given back.
enum { GRAVES_MAX = 16 };
typedef struct Graves {
    Block block[GRAVES_MAX];
    size_t next;
} Graves;

// Not back to the pool: its blocks are readable.
static void bury(const HeapConfig *c, Block b) {
    pool_count_out(c->pool, OUT_LESS, words_to_bytes(b.words));
    unmap(c->mem, c->os, b);
}

void heap_give_up_block(Heap *h, Block b) {
    const HeapConfig *c = h->config;
    HeapPast *past = h->past;
    if (b.start == NULL) return;
    if (!config_is_stressed(c) || c->os == NULL) {
        block_free(c, b);
        return;
    }
    if (past->graves == NULL) {
        past->graves = mem_must_alloc(c->mem, sizeof(Graves));
        memset(past->graves, 0, sizeof(Graves));
    }
    Graves *g = past->graves;
    if (g->block[g->next].start != NULL) bury(c, g->block[g->next]);
    int err = os_pages_protect(c->os, b.start, words_to_bytes(b.words), OS_NO_ACCESS);
    ASSERT(err == 0);
    g->block[g->next] = b;
    g->next = (g->next + 1) % GRAVES_MAX;
}

void heap_free_graves(Heap *h) {
    HeapPast *past = h->past;
    if (past->graves == NULL) return;
    for (size_t i = 0; i < GRAVES_MAX; i++)
        if (past->graves->block[i].start != NULL) bury(h->config, past->graves->block[i]);
    mem_free(h->config->mem, past->graves, sizeof(Graves));
    past->graves = NULL;
}
