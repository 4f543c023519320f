// SPDX-License-Identifier: Apache-2.0
// Literal areas: pieces of one reserved range of addresses. A piece is whole pages, which become
// usable when an area takes them and are given back when it is freed. See literals.h.
// Free pieces are kept in order of address and are merged with their neighbours; the first that is
// large enough is taken.
#include "heap/literals.h"
#include "heap/heap.h"

typedef struct Piece {
    size_t start, size_bytes; // offset in the range
} Piece;

struct Literals {
    Mem *mem;
    Os *os;
    LiteralRange range;
    Piece *free;
    size_t free_count, free_cap;
    size_t area_count;
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
// made, so that freeing one cannot fail.
static bool reserve_pieces(Literals *l, size_t areas) {
    if (areas + 1 <= l->free_cap) return true;
    size_t cap = l->free_cap * 2;
    Piece *more = mem_realloc(l->mem, l->free, l->free_cap * sizeof(Piece), cap * sizeof(Piece));
    if (more == NULL) return false;
    l->free = more;
    l->free_cap = cap;
    return true;
}

LiteralArea *literal_area_new(Literals *l, size_t words) {
    if (words > l->range.size_bytes / sizeof(Term)) return NULL;
    size_t bytes = ALIGN_UP(MAX(words, (size_t)1) * sizeof(Term), (size_t)OS_PAGE_BYTES);
    size_t i = 0;
    while (i < l->free_count && l->free[i].size_bytes < bytes) i++;
    if (i == l->free_count || !reserve_pieces(l, l->area_count + 1)) return NULL;
    LiteralArea *area = mem_alloc(l->mem, sizeof *area);
    if (area == NULL) return NULL;
    Term *start = (Term *)(l->range.base + l->free[i].start);
    if (!mem_count_pages(l->mem, bytes)) {
        mem_free(l->mem, area, sizeof *area);
        return NULL;
    }
    if (os_pages_protect(l->os, start, bytes, OS_READ_WRITE) != 0) {
        mem_uncount_pages(l->mem, bytes);
        mem_free(l->mem, area, sizeof *area);
        return NULL;
    }
    l->free[i].start += bytes;
    l->free[i].size_bytes -= bytes;
    if (l->free[i].size_bytes == 0) {
        l->free_count--;
        memmove(&l->free[i], &l->free[i + 1], (l->free_count - i) * sizeof(Piece));
    }
    *area = (LiteralArea){.start = start, .top = start, .end = start + words};
    l->area_count++;
    return area;
}

static void give_back(Literals *l, Piece p) {
    size_t i = 0;
    while (i < l->free_count && l->free[i].start < p.start) i++;
    bool joins_left = i > 0 && l->free[i - 1].start + l->free[i - 1].size_bytes == p.start;
    bool joins_right = i < l->free_count && p.start + p.size_bytes == l->free[i].start;
    if (joins_left && joins_right) {
        l->free[i - 1].size_bytes += p.size_bytes + l->free[i].size_bytes;
        l->free_count--;
        memmove(&l->free[i], &l->free[i + 1], (l->free_count - i) * sizeof(Piece));
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
}

void literal_area_free(Literals *l, LiteralArea *area) {
    if (area == NULL) return;
    off_heap_drop(&area->off);
    size_t bytes = area_bytes(area);
    if (bytes == 0) bytes = OS_PAGE_BYTES;
    os_pages_discard(l->os, area->start, bytes);
    int err = os_pages_protect(l->os, area->start, bytes, OS_NO_ACCESS);
    ASSERT(err == 0);
    mem_uncount_pages(l->mem, bytes);
    give_back(l, (Piece){(uintptr_t)area->start - l->range.base, bytes});
    l->area_count--;
    mem_free(l->mem, area, sizeof *area);
}
