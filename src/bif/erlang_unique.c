// SPDX-License-Identifier: Apache-2.0
// erlang:unique_integer/0,1. Plain ones come from blocks of numbers that each scheduler takes for
// itself from a counter of the VM, so that schedulers do not meet at each call. Monotonic ones come
// from a second counter, one by one: a number taken later, on whatever scheduler, is larger.
//
// The numbers count from 0 up; without `positive` they start at the least small integer, as the
// reference's do, so that they stay small for twice as long.
#include "bif/bif_int.h"

enum { UNIQUE_BLOCK = 4096 };

typedef struct UniqueKind {
    bool monotonic, positive;
} UniqueKind;

static uint64_t next_plain(Process *p) {
    Registers *r = p->regs;
    if (UNLIKELY(r->unique_next == r->unique_end)) {
        r->unique_next =
            atomic_fetch_add_explicit(&p->vm->next_unique, UNIQUE_BLOCK, memory_order_relaxed);
        r->unique_end = r->unique_next + UNIQUE_BLOCK;
    }
    return r->unique_next++;
}

static Term unique_integer_gc(Process *p, UniqueKind kind) {
    Hp hp;
    if (!process_reserve_gc(p, INT64_WORDS, &hp)) return TERM_NONE;
    // The order of two such calls, where there is one, is the order of the additions: one variable
    // has one order of changes, and calls that come after each other keep theirs.
    uint64_t n = kind.monotonic
                     ? atomic_fetch_add_explicit(&p->vm->next_monotonic, 1, memory_order_relaxed)
                     : next_plain(p);
    Term t = kind.positive ? hp_uint64(&hp, n + 1) : hp_int64(&hp, SMALL_MIN + (int64_t)n);
    process_commit(p, &hp);
    return t;
}

BIF(erlang_unique_integer_0, "erlang", "unique_integer", "", 0, "An integer given only once.") {
    return unique_integer_gc(p, (UniqueKind){0});
}
BIF(erlang_unique_integer_1, "erlang", "unique_integer", "Modifiers", 0,
    "An integer given only once; Modifiers: a list of monotonic, positive.") {
    UniqueKind kind = {0};
    Term l = a[0];
    for (; term_is_cons(l); l = term_tail(l)) {
        switch (term_head(l)) {
        case ATOM_monotonic: kind.monotonic = true; break;
        case ATOM_positive: kind.positive = true; break;
        default: return bif_badarg(p);
        }
    }
    return term_is_nil(l) ? unique_integer_gc(p, kind) : bif_badarg(p);
}
