// SPDX-License-Identifier: Apache-2.0
// A growable stack of words: the worklist that replaces C recursion over terms. The first words
// live in the struct itself, so that small terms never allocate.
#pragma once

#include "base/mem.h"

enum { WORK_STACK_INLINE = 64 };

typedef struct WorkStack {
    Mem *mem;
    uint64_t *items;
    size_t count;
    size_t cap;
    uint64_t local[WORK_STACK_INLINE];
} WorkStack;

static inline void work_stack_init(WorkStack *s, Mem *m) {
    s->mem = m;
    s->items = s->local;
    s->count = 0;
    s->cap = WORK_STACK_INLINE;
}
void work_stack_deinit(WorkStack *s);
// `from` needs no deinit afterwards.
void work_stack_move(WorkStack *to, WorkStack *from);
// Grows the stack; out of memory goes to the Mem's fatal hook.
void work_stack_grow(WorkStack *s);

static inline void work_stack_push(WorkStack *s, uint64_t item) {
    if (UNLIKELY(s->count == s->cap)) work_stack_grow(s);
    s->items[s->count++] = item;
}
static inline uint64_t work_stack_pop(WorkStack *s) {
    DEBUG_ASSERT(s->count > 0);
    return s->items[--s->count];
}
static inline bool work_stack_empty(const WorkStack *s) {
    return s->count == 0;
}
