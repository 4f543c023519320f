// SPDX-License-Identifier: Apache-2.0
// Memory for machine code; see memory.h and docs/internal/code_memory.md.
//
// Regions of address space, got one by one as they are needed. What is free in them is a list of
// pieces, sorted by address, kept outside of the regions. A block is taken from the smallest piece
// that holds it; what comes back is merged with its neighbours. Pieces never reach from one region
// into the next.
//
// Thread: any. The lock guards the lists; opening and closing pages needs none, as a block is its
// owner's alone.
#include "engine/jit/memory.h"
#include "os/mutex.h"

// Two regions, each at most this far from `near`, are less than 2 GB apart, with a hundred
// megabytes left over for the program itself.
enum { REACH_BYTES = 960 * 1024 * 1024, REGION_BYTES = 32 * 1024 * 1024, REGIONS_MAX = 64 };

typedef struct Region {
    OsCode code;
    size_t fresh; // from this offset on nothing has ever run
} Region;

typedef struct Piece {
    uint8_t *start;
    size_t size_bytes;
} Piece;

struct CodeMemory {
    Mem *mem;
    Os *os;
    const void *near;
    OsCodeViews views;
    // Regions are only ever added. The release in region_new pairs with the acquire in region_of.
    Region regions[REGIONS_MAX];
    _Atomic size_t region_count;
    Mutex lock;    // guards what follows, and Region.fresh
    Piece *pieces; // sorted; room for one more than could be needed when a block comes back
    size_t piece_count, piece_cap;
    size_t blocks, block_bytes;
    bool full; // the machine gives no more regions
};

CodeMemory *code_memory_new(Mem *m, Os *os, const void *near, OsCodeViews views) {
    CodeMemory *cm = mem_alloc_zero(m, sizeof *cm);
    if (cm == NULL) return NULL;
    cm->mem = m;
    cm->os = os;
    cm->near = near;
    cm->views = views;
    return cm;
}

static void uncount(CodeMemory *cm, size_t bytes) {
    mem_note(cm->mem, MEM_CODE, -(int64_t)bytes);
    mem_uncount_pages(cm->mem, bytes);
}

static size_t regions(const CodeMemory *cm) {
    return atomic_load_explicit(&cm->region_count, memory_order_acquire);
}

void code_memory_free(CodeMemory *cm) {
    if (cm == NULL) return;
    uncount(cm, cm->block_bytes);
    for (size_t i = 0; i < regions(cm); i++) os_code_release(cm->os, &cm->regions[i].code);
    mem_free(cm->mem, cm->pieces, cm->piece_cap * sizeof *cm->pieces);
    mem_free(cm->mem, cm, sizeof *cm);
}

// --- regions and pages ---------------------------------------------------------------------------

static Region *region_of(CodeMemory *cm, const uint8_t *address) {
    for (size_t i = 0, count = regions(cm); i < count; i++) {
        const OsCode *c = &cm->regions[i].code;
        if (address >= c->exec && address < c->exec + c->size_bytes) return &cm->regions[i];
    }
    UNREACHABLE();
}

// With one view nobody else may have code on the pages of a block that is being written.
static size_t unit_of(const Region *r) {
    return r->code.views == OS_CODE_TWO_VIEWS ? CODE_BLOCK_ALIGN : OS_PAGE_BYTES;
}

// The pages that bytes lie on, as offsets in the region.
typedef struct Pages {
    size_t start, end;
} Pages;
static Pages pages_of(const Region *r, const uint8_t *start, size_t size_bytes) {
    size_t offset = (size_t)(start - r->code.exec);
    return (Pages){offset / OS_PAGE_BYTES * OS_PAGE_BYTES,
                   ALIGN_UP(offset + size_bytes, (size_t)OS_PAGE_BYTES)};
}

static bool open_pages(CodeMemory *cm, Region *r, CodeBlock *b) {
    Pages p = pages_of(r, b->exec, b->size_bytes);
    uint8_t *write;
    if (os_code_open(cm->os, &r->code, p.start, p.end - p.start, &write) != 0) return false;
    b->write = write + ((size_t)(b->exec - r->code.exec) - p.start);
    return true;
}

// Closes the pages of an open block from the offset `from` on.
static bool close_pages(CodeMemory *cm, Region *r, const CodeBlock *b, size_t from) {
    Pages p = pages_of(r, b->exec, b->size_bytes);
    size_t offset = (size_t)(b->exec - r->code.exec);
    uint8_t *write = b->write - (offset - p.start);
    if (from > 0) {
        size_t start = ALIGN_UP(offset + from, (size_t)OS_PAGE_BYTES);
        if (start >= p.end) return true;
        write += start - p.start;
        p.start = start;
    }
    return os_code_close(cm->os, &r->code, p.start, p.end - p.start, write) == 0;
}

// --- pieces (all under the lock) -----------------------------------------------------------------

static bool room_for_pieces(CodeMemory *cm, size_t count) {
    if (count <= cm->piece_cap) return true;
    size_t cap = MAX(cm->piece_cap * 2, (size_t)64);
    cap = MAX(cap, count);
    Piece *more =
        mem_realloc(cm->mem, cm->pieces, cm->piece_cap * sizeof *more, cap * sizeof *more);
    if (more == NULL) return false;
    cm->pieces = more;
    cm->piece_cap = cap;
    return true;
}

// Index of the first piece behind `address`.
static size_t piece_after(const CodeMemory *cm, const uint8_t *address) {
    size_t low = 0, high = cm->piece_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cm->pieces[middle].start < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void piece_remove(CodeMemory *cm, size_t i) {
    cm->piece_count--;
    memmove(cm->pieces + i, cm->pieces + i + 1, (cm->piece_count - i) * sizeof *cm->pieces);
}

// Gives bytes back; the piece that they are part of now.
static Piece piece_add(CodeMemory *cm, uint8_t *start, size_t size_bytes) {
    const Region *r = region_of(cm, start);
    size_t i = piece_after(cm, start);
    if (i > 0) {
        Piece *before = &cm->pieces[i - 1];
        ASSERT(before->start + before->size_bytes <= start);
        if (before->start + before->size_bytes == start && region_of(cm, before->start) == r) {
            start = before->start;
            size_bytes += before->size_bytes;
            piece_remove(cm, --i);
        }
    }
    if (i < cm->piece_count) {
        const Piece *after = &cm->pieces[i];
        ASSERT(start + size_bytes <= after->start);
        if (start + size_bytes == after->start && region_of(cm, after->start) == r) {
            size_bytes += after->size_bytes;
            piece_remove(cm, i);
        }
    }
    ASSERT(cm->piece_count < cm->piece_cap);
    memmove(cm->pieces + i + 1, cm->pieces + i, (cm->piece_count - i) * sizeof *cm->pieces);
    cm->piece_count++;
    cm->pieces[i] = (Piece){start, size_bytes};
    return cm->pieces[i];
}

static bool region_new(CodeMemory *cm, size_t size_bytes) {
    size_t count = regions(cm);
    if (cm->full || count == REGIONS_MAX) return false;
    Region *r = &cm->regions[count];
    size_t bytes =
        MAX((size_t)REGION_BYTES, ALIGN_UP(size_bytes, (size_t)OS_PAGE_BYTES) + OS_PAGE_BYTES);
    if (os_code_reserve(cm->os, cm->near, REACH_BYTES, bytes, cm->views, &r->code) != 0) {
        cm->full = bytes == REGION_BYTES;
        return false;
    }
    r->fresh = 0;
    atomic_store_explicit(&cm->region_count, count + 1, memory_order_release);
    // Sanitizers look at what stands before a function that is called by its address.
    size_t gap = unit_of(r);
    (void)piece_add(cm, r->code.exec + gap, bytes - gap);
    return true;
}

// The smallest piece that holds so many bytes. false: there is none.
static bool take(CodeMemory *cm, size_t size_bytes, CodeBlock *b) {
    const Piece *best = NULL;
    for (size_t i = 0; i < cm->piece_count; i++) {
        const Piece *p = &cm->pieces[i];
        if (p->size_bytes >= size_bytes && (best == NULL || p->size_bytes < best->size_bytes))
            best = p;
    }
    if (best == NULL) return false;
    Region *r = region_of(cm, best->start);
    size_t taken = ALIGN_UP(size_bytes, unit_of(r)), i = (size_t)(best - cm->pieces);
    ASSERT(taken <= best->size_bytes); // pieces are whole units
    *b = (CodeBlock){.exec = best->start, .size_bytes = size_bytes};
    size_t offset = (size_t)(b->exec - r->code.exec);
    b->reused = offset < r->fresh;
    r->fresh = MAX(r->fresh, offset + taken);
    if (taken == best->size_bytes) {
        piece_remove(cm, i);
    } else {
        cm->pieces[i].start += taken;
        cm->pieces[i].size_bytes -= taken;
    }
    cm->blocks++;
    cm->block_bytes += taken;
    return true;
}

// The bytes of a block from the offset `from` on go back; how many of the books' these were.
static size_t give_back(CodeMemory *cm, const CodeBlock *b, size_t from) {
    const Region *r = region_of(cm, b->exec);
    size_t unit = unit_of(r), start = ALIGN_UP(from, unit), end = ALIGN_UP(b->size_bytes, unit);
    ASSERT(start <= end);
    mutex_lock(cm->os, &cm->lock);
    cm->blocks -= from == 0;
    cm->block_bytes -= end - start;
    if (start < end) {
        Piece p = piece_add(cm, b->exec + start, end - start);
        // Pages that nothing lies on any more, as far as they are not known to be empty already.
        Pages touched = pages_of(r, b->exec + start, end - start);
        Pages empty = pages_of(r, p.start, p.size_bytes);
        if (r->code.exec + empty.start < p.start) empty.start += OS_PAGE_BYTES;
        if (r->code.exec + empty.end > p.start + p.size_bytes) empty.end -= OS_PAGE_BYTES;
        Pages gone = {MAX(touched.start, empty.start), MIN(touched.end, empty.end)};
        if (gone.start < gone.end)
            os_code_discard(cm->os, &r->code, gone.start, gone.end - gone.start);
    }
    mutex_unlock(cm->os, &cm->lock);
    return end - start;
}

// --- blocks --------------------------------------------------------------------------------------

bool code_block_new(CodeMemory *cm, size_t size_bytes, CodeBlock *out) {
    ASSERT(size_bytes > 0);
    *out = (CodeBlock){0};
    mutex_lock(cm->os, &cm->lock);
    // Each block that is in use can leave one piece more behind when it comes back.
    bool ok =
        room_for_pieces(cm, cm->blocks + regions(cm) + 3) &&
        (take(cm, size_bytes, out) || (region_new(cm, size_bytes) && take(cm, size_bytes, out)));
    mutex_unlock(cm->os, &cm->lock);
    if (!ok) return false;
    Region *r = region_of(cm, out->exec);
    size_t bytes = ALIGN_UP(size_bytes, unit_of(r));
    if (mem_count_pages(cm->mem, bytes)) {
        mem_note(cm->mem, MEM_CODE, (int64_t)bytes);
        if (open_pages(cm, r, out)) return true;
        uncount(cm, bytes);
    }
    (void)give_back(cm, out, 0);
    *out = (CodeBlock){0};
    return false;
}

void code_block_shrink(CodeMemory *cm, CodeBlock *b, size_t size_bytes) {
    ASSERT(b->write != NULL && size_bytes > 0 && size_bytes <= b->size_bytes);
    // Pages that cannot be closed stay writable, and nothing that is run will lie on them before
    // they are opened again: only with one view, where blocks are whole pages.
    (void)close_pages(cm, region_of(cm, b->exec), b, size_bytes);
    uncount(cm, give_back(cm, b, size_bytes));
    b->size_bytes = size_bytes;
}

bool code_block_finish(CodeMemory *cm, CodeBlock *b) {
    ASSERT(b->write != NULL);
    bool closed = close_pages(cm, region_of(cm, b->exec), b, 0);
    b->write = NULL;
    if (!closed) {
        code_block_free(cm, b);
        return false;
    }
    __builtin___clear_cache((char *)b->exec, (char *)b->exec + b->size_bytes);
    if (b->reused) os_code_sync(cm->os);
    return true;
}

bool code_block_open(CodeMemory *cm, CodeBlock *b) {
    ASSERT(b->exec != NULL && b->write == NULL);
    Region *r = region_of(cm, b->exec);
    // With one view, who runs it would fault.
    return r->code.views == OS_CODE_TWO_VIEWS && open_pages(cm, r, b);
}

// So that who runs code that is gone is found out where he does it.
static void overwrite(CodeMemory *cm, Region *r, CodeBlock *b) {
#ifdef DT_DEBUG
    enum { BREAKPOINT = 0xcc }; // int3; on other machines just not what it was
    if (b->write == NULL && !open_pages(cm, r, b)) return;
    memset(b->write, BREAKPOINT, b->size_bytes);
#else
    (void)cm, (void)r, (void)b;
#endif
}

void code_block_free(CodeMemory *cm, CodeBlock *b) {
    if (b->exec == NULL) return;
    Region *r = region_of(cm, b->exec);
    overwrite(cm, r, b);
    if (b->write != NULL) (void)close_pages(cm, r, b, 0);
    uncount(cm, give_back(cm, b, 0));
    *b = (CodeBlock){0};
}

CodeMemoryStats code_memory_stats(CodeMemory *cm) {
    mutex_lock(cm->os, &cm->lock);
    CodeMemoryStats s = {
        .blocks = cm->blocks, .block_bytes = cm->block_bytes, .free_pieces = cm->piece_count};
    for (size_t i = 0; i < regions(cm); i++) s.reserved_bytes += cm->regions[i].code.size_bytes;
    mutex_unlock(cm->os, &cm->lock);
    return s;
}
