// SPDX-License-Identifier: Apache-2.0
// Literal areas: terms that never move and are not copied in messages. All areas of a VM lie in one
// reserved range of addresses, so that "is this a literal?" is one subtraction and one comparison.
#pragma once

#include "base/mem.h"
#include "os/os.h"
#include "term/hp.h"

typedef struct LiteralRange {
    uintptr_t base;
    size_t size_bytes;
} LiteralRange;

static inline bool term_is_literal(const LiteralRange *r, Term pointer) {
    return (uintptr_t)pointer - r->base < r->size_bytes;
}

typedef struct LiteralArea {
    Term *start, *top, *end;
    OffHeap off;
} LiteralArea;

// The range and its free list; one a VM. Thread: any, but for new and free. An area is written by
// who made it until others get to know of it, and by nobody after that.
typedef struct Literals Literals;
// NULL: no memory or no address space.
WARN_UNUSED Literals *literals_new(Mem *m, Os *os, size_t reserve_bytes);
void literals_free(Literals *l);
const LiteralRange *literals_range(const Literals *l);
// NULL: the range is full (system_limit).
WARN_UNUSED LiteralArea *literal_area_new(Literals *l, size_t words);
void literal_area_free(Literals *l, LiteralArea *area);
