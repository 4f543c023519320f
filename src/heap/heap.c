// SPDX-License-Identifier: Apache-2.0
// A heap's life, its fragments, and what can be said of its size. The collector is in collect.c.
#include "heap/heap_int.h"

static void init_limits(Heap *h) {
    size_t limit = h->config->min_vheap_bytes;
    h->off_limit_bytes = heap_is_stressed(h) ? 0 : limit != 0 ? limit : SIZE_MAX;
}

static void take_first(Heap *h, const HeapConfig *config, Term *block, size_t words) {
    *h = (Heap){.start = block,
                .htop = block,
                .stack = block + words,
                .end = block + words,
                .config = config};
    init_limits(h);
}

bool heap_make_past(Heap *h) {
    if (h->past != NULL) return true;
    HeapPast *past = mem_alloc(h->config->mem, sizeof *past);
    if (past == NULL) return false;
    size_t limit = h->config->min_vheap_bytes;
    // Nothing is known yet: half of what is young lives on, and all of what is old.
    *past = (HeapPast){.high_water = h->start,
                       .embedded = h->start,
                       .embedded_words = (size_t)(h->end - h->start),
                       .old_off_limit_bytes = limit != 0 ? limit : SIZE_MAX,
                       .survival = 128,
                       .old_survival = 256};
    h->past = past;
    return true;
}

HeapStatus heap_init_sized(Heap *h, const HeapConfig *config, size_t least_words) {
    Block b;
    size_t words = block_size_class(config, MAX(config->min_words, least_words));
    if (!block_alloc(config, words, words, &b)) return HEAP_NO_MEMORY;
    take_first(h, config, b.start, b.words);
    if (!heap_make_past(h)) {
        block_free(config, b);
        return HEAP_NO_MEMORY;
    }
    h->past->block_words = b.words;
    h->past->embedded = NULL;
    h->past->embedded_words = 0;
    return HEAP_OK;
}

HeapStatus heap_init(Heap *h, const HeapConfig *config) {
    return heap_init_sized(h, config, config->min_words);
}

void heap_init_embedded(Heap *h, const HeapConfig *config, Term *block, size_t words) {
    take_first(h, config, block, words);
    ASSERT(!heap_is_stressed(h));
}

bool heap_set_config(Heap *h, const HeapConfig *config) {
    if (!heap_make_past(h)) return false;
    HeapConfig *own = h->past->own_config;
    if (own == NULL) {
        own = mem_alloc(config->mem, sizeof *own);
        if (own == NULL) return false;
        h->past->own_config = own;
    }
    *own = *config;
    h->config = own;
    return true;
}

void heap_share_config(Heap *h, const HeapConfig *config) {
    h->config = config;
    if (h->past == NULL) return;
    mem_free(config->mem, h->past->own_config, sizeof *h->past->own_config);
    h->past->own_config = NULL;
}

static void free_past(Heap *h) {
    HeapPast *past = h->past;
    Mem *m = h->config->mem;
    off_heap_drop(&past->old_off);
    heap_free_graves(h);
    if (past->block_words != 0) block_free(h->config, (Block){h->start, past->block_words});
    block_free(h->config, (Block){past->old_start, past->old_block_words});
    mem_free(m, past->own_config, sizeof *past->own_config);
    mem_free(m, past, sizeof *past);
}

void heap_deinit(Heap *h) {
    off_heap_drop(&h->off);
    for (HeapFragment *f = h->fragments; f != NULL;) {
        HeapFragment *next = f->next;
        heap_fragment_free(h->config->mem, f);
        f = next;
    }
    if (h->past != NULL) free_past(h);
    *h = (Heap){0};
}

HeapFragment *heap_fragment_new(Mem *m, size_t words) {
    if (words > HEAP_WORDS_LIMIT) return NULL;
    HeapFragment *f = mem_alloc(m, sizeof(HeapFragment) + words * sizeof(Term));
    if (f != NULL) *f = (HeapFragment){.words = words};
    return f;
}

void heap_fragment_free(Mem *m, HeapFragment *f) {
    if (f == NULL) return;
    off_heap_drop(&f->off);
    mem_free(m, f, sizeof(HeapFragment) + f->words * sizeof(Term));
}

// What the fragment's objects own counts as the heap's at once: a collection is due when there is a
// lot of it.
static void adopt_off_heap(Heap *h, OffHeap *off) {
    Term *last = off->first, *next;
    while ((next = *off_heap_link(last, header_kind(last[0]))) != NULL) last = next;
    *off_heap_link(last, header_kind(last[0])) = h->off.first;
    h->off.first = off->first;
    h->off.size_bytes += off->size_bytes;
    *off = (OffHeap){0};
}

void heap_adopt_fragment(Heap *h, HeapFragment *f_take) {
    ASSERT(f_take->used <= f_take->words);
    if (f_take->off.first != NULL) adopt_off_heap(h, &f_take->off);
    f_take->next = h->fragments;
    h->fragments = f_take;
    h->fragment_words += f_take->used;
}

bool heap_fragment_open(Heap *h, size_t words, Hp *hp) {
    HeapFragment *f = heap_fragment_new(h->config->mem, words);
    if (f == NULL) return false;
    heap_adopt_fragment(h, f);
    *hp = (Hp){f->mem, f->mem + words, &f->off};
    return true;
}

void heap_fragment_commit(Heap *h, const Hp *hp) {
    HeapFragment *f = CONTAINER_OF(hp->off, HeapFragment, off);
    ASSERT(hp->top >= f->mem && hp->top <= f->mem + f->words && f->used == 0);
    f->used = (size_t)(hp->top - f->mem);
    h->fragment_words += f->used;
}

size_t heap_size_setting(size_t words) {
    enum { SUM_BELOW = 833026 }; // from here on the sizes grow by a fifth
    size_t before = 12, size = 38;
    if (words <= before) return before;
    while (size < words) {
        size_t next = size < SUM_BELOW ? before + size + 1 : size + size / 5;
        before = size;
        size = next;
    }
    return size;
}

static size_t old_used(const Heap *h) {
    return h->past == NULL ? 0 : (size_t)(h->past->old_top - h->past->old_start);
}
static size_t old_block(const Heap *h) {
    return h->past == NULL ? 0 : (size_t)(h->past->old_end - h->past->old_start);
}

size_t heap_used_words(const Heap *h) {
    return (size_t)(h->htop - h->start) + old_used(h) + h->fragment_words;
}

static size_t fragments_capacity(const Heap *h) {
    size_t words = 0;
    for (const HeapFragment *f = h->fragments; f != NULL; f = f->next) words += f->words;
    return words;
}

size_t heap_total_words(const Heap *h) {
    return heap_block_words(h) + fragments_capacity(h);
}

HeapSizes heap_sizes(const Heap *h) {
    const HeapPast *past = h->past;
    size_t limit = h->config->min_vheap_bytes;
    HeapSizes s = {.block = (size_t)(h->end - h->start),
                   .used = (size_t)(h->htop - h->start),
                   .stack = (size_t)(h->end - h->stack),
                   .old_block = old_block(h),
                   .old_used = old_used(h),
                   .fragments = fragments_capacity(h),
                   .off_bytes = h->off.size_bytes,
                   .off_limit_bytes = h->off_limit_bytes,
                   .old_off_limit_bytes = limit != 0 ? limit : SIZE_MAX};
    if (past == NULL) return s;
    s.recent = (size_t)(past->high_water - h->start);
    s.old_off_bytes = past->old_off.size_bytes;
    s.old_off_limit_bytes = past->old_off_limit_bytes;
    s.minor_count = past->minor_count;
    s.collections = past->collections_minor + past->collections_major;
    s.words_reclaimed = past->words_reclaimed;
    return s;
}
