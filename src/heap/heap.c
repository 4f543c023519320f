// SPDX-License-Identifier: Apache-2.0
// A heap's life, its fragments, and what can be said of its size. The collector is in collect.c.
#include "heap/heap_int.h"

HeapStatus heap_init_sized(Heap *h, const HeapConfig *config, size_t least_words) {
    *h = (Heap){.config = *config};
#ifdef DT_STRESS
    h->config.stress = true;
#endif
    config = &h->config;
    Block b;
    size_t words = block_size_class(config, MAX(config->min_words, least_words));
    if (!block_alloc(config, words, words, &b)) return HEAP_NO_MEMORY;
    h->start = h->htop = h->high_water = b.start;
    h->end = h->stack = b.start + b.words;
    h->block_words = b.words;
    size_t off_limit = config->min_vheap_bytes != 0 ? config->min_vheap_bytes : SIZE_MAX;
    h->off_limit_bytes = h->old_off_limit_bytes = off_limit;
    // Nothing is known yet: half of what is young lives on, and all of what is old.
    h->survival = 128;
    h->old_survival = 256;
    return HEAP_OK;
}

HeapStatus heap_init(Heap *h, const HeapConfig *config) {
    return heap_init_sized(h, config, config->min_words);
}

void heap_deinit(Heap *h) {
    off_heap_drop(&h->off);
    off_heap_drop(&h->old_off);
    for (HeapFragment *f = h->fragments; f != NULL;) {
        HeapFragment *next = f->next;
        heap_fragment_free(h->config.mem, f);
        f = next;
    }
    heap_free_graves(h);
    block_free(&h->config, (Block){h->start, h->block_words});
    block_free(&h->config, (Block){h->old_start, h->old_block_words});
    *h = (Heap){.config = h->config};
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

void heap_adopt_fragment(Heap *h, HeapFragment *f_take) {
    ASSERT(f_take->used <= f_take->words);
    f_take->next = h->fragments;
    h->fragments = f_take;
    h->fragment_words += f_take->used;
}

bool heap_fragment_open(Heap *h, size_t words, Hp *hp) {
    HeapFragment *f = heap_fragment_new(h->config.mem, words);
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

size_t heap_used_words(const Heap *h) {
    return (size_t)(h->htop - h->start) + (size_t)(h->old_top - h->old_start) + h->fragment_words;
}

size_t heap_total_words(const Heap *h) {
    size_t words = (size_t)(h->end - h->start) + (size_t)(h->old_end - h->old_start);
    for (const HeapFragment *f = h->fragments; f != NULL; f = f->next) words += f->words;
    return words;
}
