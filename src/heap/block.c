// SPDX-License-Identifier: Apache-2.0
// The memory of heaps: sizes, allocation, and the graves of stress runs. See heap_int.h.
#include "heap/heap_int.h"

// From here on a block is mapped. Below, the allocator's own reuse is faster than any mapping.
enum { MAPPED_BYTES_MIN = 256 * 1024 };
// Mapped blocks from this size on ask for large pages.
enum { LARGE_PAGES_BYTES_MIN = 4 * 1024 * 1024 };

static size_t words_to_bytes(size_t words) {
    return words * sizeof(Term);
}

bool block_is_mapped(const HeapConfig *c, size_t words) {
    return c->os != NULL && (c->stress || words_to_bytes(words) >= MAPPED_BYTES_MIN);
}

// Grows by about 1.6 while small, so that a short-lived process is not charged for what it does
// not need, and by 1.25 when a block is so large that the rounding itself is a cost.
size_t block_size_class(const HeapConfig *c, size_t words) {
    size_t size = MAX(c->min_words, (size_t)16);
    while (size < words) size += size < ((size_t)1 << 20) ? size * 5 / 8 : size / 4;
    return size;
}

bool block_alloc(const HeapConfig *c, size_t words, Block *b) {
    ASSERT(words > 0);
    if (words > HEAP_WORDS_LIMIT) return false;
    size_t bytes = words_to_bytes(words);
    if (!block_is_mapped(c, words)) {
        *b = (Block){mem_alloc(c->mem, bytes), words};
        return b->start != NULL;
    }
    bytes = ALIGN_UP(bytes, (size_t)OS_PAGE_BYTES);
    if (!mem_count_pages(c->mem, bytes)) return false;
    Term *start = os_pages_reserve(c->os, bytes, OS_READ_WRITE);
    if (start == NULL) {
        mem_uncount_pages(c->mem, bytes);
        return false;
    }
    if (bytes >= LARGE_PAGES_BYTES_MIN) os_pages_large(c->os, start, bytes);
    *b = (Block){start, bytes / sizeof(Term)};
    return true;
}

void block_free(const HeapConfig *c, Block b) {
    if (b.start == NULL) return;
    size_t bytes = words_to_bytes(b.words);
    if (!block_is_mapped(c, b.words)) {
        mem_free(c->mem, b.start, bytes);
        return;
    }
    os_pages_release(c->os, b.start, bytes);
    mem_uncount_pages(c->mem, bytes);
}

Block block_trim(const HeapConfig *c, Block b, size_t words) {
    if (!block_is_mapped(c, b.words)) return b;
    size_t keep = ALIGN_UP(words_to_bytes(words), (size_t)OS_PAGE_BYTES);
    // A mapped block stays so large that it is known as one.
    keep = MAX(keep, c->stress ? (size_t)OS_PAGE_BYTES : (size_t)MAPPED_BYTES_MIN);
    size_t bytes = words_to_bytes(b.words);
    if (keep >= bytes) return b;
    os_pages_release(c->os, (char *)b.start + keep, bytes - keep);
    mem_uncount_pages(c->mem, bytes - keep);
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

void heap_give_up_block(Heap *h, Block b) {
    const HeapConfig *c = &h->config;
    if (b.start == NULL) return;
    if (!c->stress || c->os == NULL) {
        block_free(c, b);
        return;
    }
    if (h->graves == NULL) {
        h->graves = mem_must_alloc(c->mem, sizeof(Graves));
        memset(h->graves, 0, sizeof(Graves));
    }
    Graves *g = h->graves;
    block_free(c, g->block[g->next]);
    int err = os_pages_protect(c->os, b.start, words_to_bytes(b.words), OS_NO_ACCESS);
    ASSERT(err == 0);
    g->block[g->next] = b;
    g->next = (g->next + 1) % GRAVES_MAX;
}

void heap_free_graves(Heap *h) {
    if (h->graves == NULL) return;
    for (size_t i = 0; i < GRAVES_MAX; i++) block_free(&h->config, h->graves->block[i]);
    mem_free(h->config.mem, h->graves, sizeof(Graves));
    h->graves = NULL;
}
