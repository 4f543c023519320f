// SPDX-License-Identifier: Apache-2.0
// Walking I/O data. The stack holds the tails that are to be walked later; what is on top may also
// be an element. See iodata.h.
#include "term/iodata.h"

void io_walk_init(IoWalk *w, Mem *mem, Term data) {
    w->mem = mem;
    w->part = TERM_NIL;
    w->part_at = 0;
    work_stack_init(&w->work, mem);
    work_stack_push(&w->work, data);
}

void io_walk_deinit(IoWalk *w) {
    work_stack_deinit(&w->work);
}

void io_walk_move(IoWalk *to, IoWalk *from) {
    to->mem = from->mem;
    to->part = from->part;
    to->part_at = from->part_at;
    work_stack_move(&to->work, &from->work);
}

static inline bool is_byte(Term t) {
    return term_is_small(t) && t <= term_small(255);
}

// The bytes that `list` starts with; gives what comes after them.
static Term walk_bytes(IoSink *s, Term list, int64_t *budget) {
    size_t count = 0;
    Term rest = list;
    while (term_is_cons(rest) && is_byte(term_head(rest)) && count < IO_RUN_MAX) {
        rest = term_tail(rest);
        count++;
    }
    *budget -= (int64_t)count;
    uint8_t *room = s->room(s, count);
    if (room == NULL) return rest;
    for (size_t i = 0; i < count; i++, list = term_tail(list))
        room[i] = (uint8_t)term_small_value(term_head(list));
    s->filled(s, room, count);
    return rest;
}

// Another part of w->part.
static void walk_part(IoWalk *w, IoSink *s, int64_t *budget) {
    Bits b = bits_of(w->part);
    uint64_t left = b.size - w->part_at;
    uint64_t count = s->whole_bits ? left : MIN(left, (uint64_t)IO_PART_BITS);
    s->bits(s, w->part, bits_part(b, w->part_at, count));
    *budget -= (int64_t)(count / 8 / IO_BYTES_PER_UNIT);
    w->part_at += count;
    if (count == left) w->part = TERM_NIL;
}

// A bit string; false: one that is not good here.
static bool walk_bits(IoWalk *w, IoSink *s, Term t, int64_t *budget) {
    if (!s->any_bits && (bits_size(t) & 7) != 0) return false;
    w->part = t;
    w->part_at = 0;
    walk_part(w, s, budget);
    return true;
}

// One step of a list, whose rest is given. TERM_NONE: an element is not good.
static Term walk_cell(IoWalk *w, IoSink *s, Term list, int64_t *budget) {
    Term head = term_head(list);
    if (is_byte(head)) return walk_bytes(s, list, budget);
    --*budget;
    if (term_is_cons(head)) {
        if (!term_is_nil(term_tail(list))) work_stack_push(&w->work, term_tail(list));
        return head;
    }
    if (term_is_nil(head)) return term_tail(list);
    if (!term_is_bitstring(head) || !walk_bits(w, s, head, budget)) return TERM_NONE;
    return term_tail(list);
}

IoStatus io_walk_run(IoWalk *w, IoSink *s, int64_t *budget) {
    for (;;) {
        if (UNLIKELY(s->failed)) return IO_NO_MEMORY;
        if (w->part != TERM_NIL) {
            if (*budget <= 0) return IO_MORE;
            walk_part(w, s, budget);
            continue;
        }
        if (work_stack_empty(&w->work)) return IO_DONE;
        if (UNLIKELY(*budget <= 0)) return IO_MORE;
        Term t = work_stack_pop(&w->work);
        while (term_is_cons(t) && *budget > 0 && w->part == TERM_NIL && !s->failed)
            t = walk_cell(w, s, t, budget);
        if (term_is_cons(t)) {
            work_stack_push(&w->work, t);
        } else if (t == TERM_NONE) {
            return IO_BAD;
        } else if (!term_is_nil(t)) {
            // A tail or the whole; but first what is left of the element before it.
            if (w->part != TERM_NIL)
                work_stack_push(&w->work, t);
            else if (!term_is_bitstring(t) || !walk_bits(w, s, t, budget))
                return IO_BAD;
        }
    }
}
