// SPDX-License-Identifier: Apache-2.0
// Literal areas: pieces of one reserved range of addresses. A piece is whole pages, which become
// usable when an area takes them and are given back when it is freed. See literals.h.
// Free pieces are kept in order of address and are merged with their neighbours; the first that is
// large enough is taken.
//
// The lock guards the list of free pieces and nothing else: a piece that was taken off it is one
// thread's, so its pages are made usable, and unusable again, outside the lock. Memory for a longer
// list is had outside of it too.
#include "heap/literals.h"
#include "base/spin.h"
#include "heap/heap.h"

typedef struct Piece {
    size_t start, size_bytes; // offset in the range
} Piece;

struct Literals {
    Mem *mem;
    Os *os;
    LiteralRange range;
    Spin lock; // guards what follows
    Piece *free;
    size_t free_count, free_cap;
    size_t area_count; // with those that are being made and freed
};

Literals *literals_new(Mem *m, Os *os, size_t reserve_bytes) {
    Literals *l = mem_alloc_zero(m, sizeof *l);
    if (l == NULL) return NULL;
    size_t size_bytes = ALIGN_UP(MAX(reserve_bytes, (size_t)1), (size_t)OS_PAGE_BYTES);
    *l = (Literals){.mem = m, .os = os, .free_cap = 16};
    l->free = mem_alloc(m, l->free_cap * sizeof(Piece));
    void *base = os_pages_reserve(os, size_bytes, OS_NO_ACCESS);
    if (l->free == NULL || base == NULL) {
        if (base != NULL) os_pages_release(os, base, size_bytes);
        mem_free(m, l->free, l->free_cap * sizeof(Piece));
        mem_free(m, l, sizeof *l);
        return NULL;
    }
    l->range = (LiteralRange){(uintptr_t)base, size_bytes};
    l->free[l->free_count++] = (Piece){0, size_bytes};
    return l;
}

void literals_free(Literals *l) {
    if (l == NULL) return;
    ASSERT(l->area_count == 0);
    os_pages_release(l->os, (void *)l->range.base, l->range.size_bytes);
    mem_free(l->mem, l->free, l->free_cap * sizeof(Piece));
    mem_free(l->mem, l, sizeof *l);
}

const LiteralRange *literals_range(const Literals *l) {
    return &l->range;
}

static size_t area_bytes(const LiteralArea *area) {
    return ALIGN_UP((size_t)((char *)area->end - (char *)area->start), (size_t)OS_PAGE_BYTES);
}

// Between `areas` areas lie at most areas + 1 free pieces: room for them is made when an area is
// made, so that freeing one cannot fail. Takes the lock, and has it when it gives true.
static bool lock_with_room(Literals *l) {
    spin_lock(&l->lock);
    while (l->area_count + 2 > l->free_cap) {
        size_t cap = l->free_cap * 2;
        spin_unlock(&l->lock);
        Piece *more = mem_alloc(l->mem, cap * sizeof(Piece));
        if (more == NULL) return false;
        spin_lock(&l->lock);
        Piece *old = more;
        size_t old_cap = cap;
        if (l->free_cap < cap) { // nobody was faster
            memcpy(more, l->free, l->free_count * sizeof(Piece));
            old = l->free;
            old_cap = l->free_cap;
            l->free = more;
            l->free_cap = cap;
        }
        spin_unlock(&l->lock);
        mem_free(l->mem, old, old_cap * sizeof(Piece));
        spin_lock(&l->lock);
    }
    return true;
}

static void remove_free(Literals *l, size_t i) {
    l->free_count--;
    memmove(&l->free[i], &l->free[i + 1], (l->free_count - i) * sizeof(Piece));
}

// A piece of the range, counted as an area. false: there is none.
static bool take_piece(Literals *l, size_t bytes, Piece *taken) {
    if (!lock_with_room(l)) return false;
    size_t i = 0;
    while (i < l->free_count && l->free[i].size_bytes < bytes) i++;
    bool found = i < l->free_count;
    if (found) {
        *taken = (Piece){l->free[i].start, bytes};
        l->free[i].start += bytes;
        l->free[i].size_bytes -= bytes;
        if (l->free[i].size_bytes == 0) remove_free(l, i);
        l->area_count++;
    }
    spin_unlock(&l->lock);
    return found;
}

static void give_back(Literals *l, Piece p) {
    spin_lock(&l->lock);
    size_t i = 0;
    while (i < l->free_count && l->free[i].start < p.start) i++;
    bool joins_left = i > 0 && l->free[i - 1].start + l->free[i - 1].size_bytes == p.start;
    bool joins_right = i < l->free_count && p.start + p.size_bytes == l->free[i].start;
    if (joins_left && joins_right) {
        l->free[i - 1].size_bytes += p.size_bytes + l->free[i].size_bytes;
        remove_free(l, i);
    } else if (joins_left) {
        l->free[i - 1].size_bytes += p.size_bytes;
    } else if (joins_right) {
        l->free[i].start = p.start;
        l->free[i].size_bytes += p.size_bytes;
    } else {
        ASSERT(l->free_count < l->free_cap);
        memmove(&l->free[i + 1], &l->free[i], (l->free_count - i) * sizeof(Piece));
        l->free[i] = p;
        l->free_count++;
    }
    l->area_count--;
    spin_unlock(&l->lock);
}

LiteralArea *literal_area_new(Literals *l, size_t words) {
    if (words > l->range.size_bytes / sizeof(Term)) return NULL;
    size_t bytes = ALIGN_UP(MAX(words, (size_t)1) * sizeof(Term), (size_t)OS_PAGE_BYTES);
    Piece piece;
    if (!take_piece(l, bytes, &piece)) return NULL;
    LiteralArea *area = mem_alloc(l->mem, sizeof *area);
    bool counted = area != NULL && mem_count_pages(l->mem, bytes);
    Term *start = (Term *)(l->range.base + piece.start);
    if (counted && os_pages_protect(l->os, start, bytes, OS_READ_WRITE) == 0) {
        mem_note(l->mem, MEM_CODE, (int64_t)bytes);
        *area = (LiteralArea){.start = start, .top = start, .end = start + words};
        return area;
    }
    if (counted) mem_uncount_pages(l->mem, bytes);
    mem_free(l->mem, area, sizeof(LiteralArea));
    give_back(l, piece);
    return NULL;
}

void literal_area_free(Literals *l, LiteralArea *area) {
    if (area == NULL) return;
    off_heap_drop(&area->off);
    size_t bytes = area_bytes(area);
    if (bytes == 0) bytes = OS_PAGE_BYTES;
    os_pages_discard(l->os, area->start, bytes);
    int err = os_pages_protect(l->os, area->start, bytes, OS_NO_ACCESS);
    ASSERT(err == 0);
    mem_note(l->mem, MEM_CODE, -(int64_t)bytes);
    mem_uncount_pages(l->mem, bytes);
    give_back(l, (Piece){(uintptr_t)area->start - l->range.base, bytes});
    mem_free(l->mem, area, sizeof *area);
}
