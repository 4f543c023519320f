// SPDX-License-Identifier: Apache-2.0
// What the files of the heap room share.
#pragma once

#include "heap/heap.h"
#include "heap/object.h"

// --- blocks (block.c)
// ------------------------------------------------------------------------------ Small blocks come
// from the Mem, large ones are mapped: the part of a mapping that is never written costs no memory,
// so a collection may map for the worst case and give back the rest.
typedef struct Block {
    Term *start;
    size_t words;
} Block;

// `wanted` words, or another size that is at hand, or at least `least`; false: no memory.
WARN_UNUSED bool block_alloc(const HeapConfig *c, size_t least, size_t wanted, Block *b);
void block_free(const HeapConfig *c, Block b);
// Gives back what lies beyond the first `words`, as far as that is possible.
Block block_trim(const HeapConfig *c, Block b, size_t words);
bool block_is_mapped(const HeapConfig *c, size_t words);
// Gives up a block of `h`; under stress it becomes unreadable first.
void heap_give_up_block(Heap *h, Block b);
void heap_free_graves(Heap *h);

// The first size, at least `words`, of the sequence in which blocks grow.
size_t block_size_class(const HeapConfig *c, size_t words);

// No block is larger: 2^44 words are more than the address space holds.
#define HEAP_WORDS_LIMIT ((size_t)1 << 44)

// --- off-heap objects (off_heap.c)
// ----------------------------------------------------------------- Where the chain goes on: the
// link word of an object of that kind.
Term **off_heap_link(Term *object, Kind kind);
size_t off_heap_object_bytes(const Term *object);
void off_heap_release(Term *object);

// Whether each reserve collects and moves everything.
static inline bool config_is_stressed(const HeapConfig *c) {
#ifdef DT_STRESS
    return true;
#else
    return c->stress;
#endif
}
static inline bool heap_is_stressed(const Heap *h) {
    return config_is_stressed(h->config);
}

WARN_UNUSED bool heap_make_past(Heap *h); // false: no memory
size_t heap_used_words(const Heap *h);    // heap words in use, of all parts; without the stack
