// SPDX-License-Identifier: Apache-2.0
// The slow side of the worklist: leaving the inline words, and growing. See stack.h.
#include "base/stack.h"

void work_stack_grow(WorkStack *s) {
    size_t old_bytes = s->cap * sizeof(uint64_t);
    if (s->items == s->local) {
        s->items = mem_must_alloc(s->mem, 2 * old_bytes);
        memcpy(s->items, s->local, old_bytes);
    } else {
        s->items = mem_must_realloc(s->mem, s->items, old_bytes, 2 * old_bytes);
    }
    s->cap *= 2;
}

void work_stack_deinit(WorkStack *s) {
    if (s->items != s->local) mem_free(s->mem, s->items, s->cap * sizeof(uint64_t));
    work_stack_init(s, s->mem);
}

void work_stack_move(WorkStack *to, WorkStack *from) {
    *to = *from;
    if (from->items == from->local) to->items = to->local;
}
