// SPDX-License-Identifier: Apache-2.0
// The collector: copying, in two generations. docs/internal/heap.md tells the idea at length.
//
// What a collection finds in the block below the high water mark ("aged") has survived one already
// and moves to the old generation; what lies above it ("fresh"), and all fragments, move to a new
// block. A minor collection leaves the old generation where it is and does not even look at it:
// terms are immutable, so an object only points to older ones. A major one copies the old
// generation too.
//
// Moved objects leave their new address behind (term.h). The copies are scanned in the order in
// which they were made, until there is nothing left to scan: the destination is its own worklist,
// and nesting costs nothing.
//
// Thread: the heap's.
#include "heap/heap_int.h"
#include "term/bits.h"

// Which pointers lead to something that moves. The first two are what nearly all collections need.
typedef enum Mode {
    MOVE_BLOCK,     // the block only
    MOVE_BLOCK_OLD, // the block and the old generation
    MOVE_ANY,       // also fragments: everything but literals and what has moved already
} Mode;

typedef struct Gc {
    uintptr_t block; // [block, block + block_bytes) moves
    size_t block_bytes;
    size_t aged_bytes; // what lies below block + aged_bytes goes to the old generation
    uintptr_t old;     // the old generation that moves, too, when old_bytes > 0
    size_t old_bytes;
    uintptr_t literals;
    size_t literal_bytes;
    // Destinations. What lies in [young_start, young_end) and [to_old_start, to_old_end) stays.
    Term *young_start, *young, *young_end;
    Term *to_old_start, *to_old, *to_old_end;
    Term *old_scan;
} Gc;

// --- moving one object ---------------------------------------------------------------------------

typedef enum Goal { STAYS, TO_YOUNG, TO_OLD } Goal;

static ALWAYS_INLINE Goal goal_of(const Gc *gc, Mode mode, Term t) {
    uintptr_t at = t - gc->block;
    if (LIKELY(at < gc->block_bytes)) return at < gc->aged_bytes ? TO_OLD : TO_YOUNG;
    if (mode == MOVE_BLOCK) return STAYS;
    if (t - gc->old < gc->old_bytes) return TO_OLD;
    if (mode == MOVE_BLOCK_OLD) return STAYS;
    if (t - gc->literals < gc->literal_bytes) return STAYS;
    if (t - (uintptr_t)gc->young_start < (uintptr_t)gc->young_end - (uintptr_t)gc->young_start)
        return STAYS;
    if (t - (uintptr_t)gc->to_old_start < (uintptr_t)gc->to_old_end - (uintptr_t)gc->to_old_start)
        return STAYS;
    return TO_YOUNG; // in a fragment
}

// Moves a list cell and, while they go to the same place, the cells that follow it: the spine of
// the list ends up in one piece.
static ALWAYS_INLINE Term move_list(Gc *gc, Mode mode, Goal goal, Term **top, Term *cell) {
    if (cell[0] == TERM_NONE) return cell[1];
    Term *to = *top;
    Term moved = term_cons(to);
    for (;;) {
        Term tail = cell[1];
        to[0] = cell[0];
        cell[0] = TERM_NONE;
        cell[1] = term_cons(to);
        to += 2;
        if (!term_is_cons(tail) || goal_of(gc, mode, tail) != goal) {
            to[-1] = tail;
            break;
        }
        cell = term_cons_ptr(tail);
        if (cell[0] == TERM_NONE) {
            to[-1] = cell[1];
            break;
        }
        to[-1] = term_cons(to);
    }
    *top = to;
    return moved;
}

static ALWAYS_INLINE Term move_boxed(Term **top, Term *object) {
    Term header = object[0];
    if (header_is_forward(header)) return header;
    DEBUG_ASSERT(term_is_header(header));
    size_t words = header_words(header);
    Term *to = *top;
    to[0] = header;
    for (size_t i = 1; i <= words; i++) to[i] = object[i];
    object[0] = term_boxed(to);
    *top = to + 1 + words;
    return term_boxed(to);
}

// The word's low three bits say whether it is a pointer: 1 list, 2 boxed.
static ALWAYS_INLINE bool looks_like_pointer(Term t) {
    return (0x06u >> (t & 7)) & 1;
}

// Updates one word, moving what it points to if need be.
static ALWAYS_INLINE void visit(Gc *gc, Mode mode, Term *slot, Term t) {
    Goal goal = goal_of(gc, mode, t);
    if (goal == STAYS) return;
    if (term_is_cons(t)) {
        *slot = goal == TO_OLD ? move_list(gc, mode, TO_OLD, &gc->to_old, term_cons_ptr(t))
                               : move_list(gc, mode, TO_YOUNG, &gc->young, term_cons_ptr(t));
    } else {
        *slot = move_boxed(goal == TO_OLD ? &gc->to_old : &gc->young, term_boxed_ptr(t));
    }
}

// --- scanning ------------------------------------------------------------------------------------

// Visits what the copies in [scan, *top) hold; *top moves on meanwhile.
static ALWAYS_INLINE Term *scan_copies(Gc *gc, Mode mode, Term *scan, Term *const *top) {
    while (scan < *top) {
        Term t = *scan;
        if (looks_like_pointer(t)) {
            visit(gc, mode, scan, t);
            scan++;
        } else if (!term_is_header(t)) {
            scan++;
        } else if (header_kind(t) == KIND_TUPLE) {
            scan++; // its elements come as words of their own
        } else {
            TermRange r = object_term_range(t);
            // All but views end with their terms, which come as words of their own.
            if (r.count == 1 && header_words(t) > 1) {
                if (looks_like_pointer(scan[r.first]))
                    visit(gc, mode, &scan[r.first], scan[r.first]);
                scan += header_words(t) + 1;
            } else {
                scan += r.first;
            }
        }
    }
    return scan;
}

static ALWAYS_INLINE void scan_words(Gc *gc, Mode mode, Term *word, size_t count) {
    for (; count > 0; count--, word++)
        if (looks_like_pointer(*word)) visit(gc, mode, word, *word);
}

static ALWAYS_INLINE Gc trace(Gc given, Mode mode, const RootSet *roots, Term *stack,
                              size_t stack_words) {
    Gc gc = given;
    for (size_t i = 0; i < roots->count; i++)
        scan_words(&gc, mode, roots->ranges[i].start, roots->ranges[i].count);
    for (const RootFrame *f = roots->frames; f != NULL; f = f->next)
        scan_words(&gc, mode, f->terms, f->count);
    // Return addresses and catches on the stack do not look like pointers.
    scan_words(&gc, mode, stack, stack_words);
    Term *young_scan = gc.young_start;
    do {
        young_scan = scan_copies(&gc, mode, young_scan, &gc.young);
        gc.old_scan = scan_copies(&gc, mode, gc.old_scan, &gc.to_old);
    } while (young_scan < gc.young);
    return gc;
}

static NOINLINE Gc trace_block(Gc gc, const RootSet *roots, Term *stack, size_t stack_words) {
    return trace(gc, MOVE_BLOCK, roots, stack, stack_words);
}
static NOINLINE Gc trace_block_old(Gc gc, const RootSet *roots, Term *stack, size_t stack_words) {
    return trace(gc, MOVE_BLOCK_OLD, roots, stack, stack_words);
}
static NOINLINE Gc trace_any(Gc gc, const RootSet *roots, Term *stack, size_t stack_words) {
    return trace(gc, MOVE_ANY, roots, stack, stack_words);
}

// --- off-heap objects ----------------------------------------------------------------------------

static void chain(OffHeap *off, Term *object, Kind kind) {
    *off_heap_link(object, kind) = off->first;
    off->first = object;
    off->size_bytes += off_heap_object_bytes(object);
}

// Walks a chain of objects in memory that was evacuated: those that moved are chained anew where
// they are now, the others are dead.
static void sweep(const Gc *gc, OffHeap from, OffHeap *young, OffHeap *old) {
    for (Term *object = from.first; object != NULL;) {
        Term header = object[0];
        Term *next;
        if (header_is_forward(header)) {
            Term *copy = term_boxed_ptr(header);
            Kind kind = header_kind(copy[0]);
            next = *off_heap_link(object, kind);
            chain(copy >= gc->young_start && copy < gc->young ? young : old, copy, kind);
        } else {
            next = *off_heap_link(object, header_kind(header));
            off_heap_release(object);
        }
        object = next;
    }
}

// How much counted data may come before the next collection. At least the configured size, and in
// proportion to what is held, so that a process that keeps a lot does not collect all the time.
static void set_off_limits(Heap *h, bool major) {
    HeapPast *past = h->past;
    size_t least = h->config->min_vheap_bytes;
    if (least == 0) {
        past->old_off_limit_bytes = SIZE_MAX;
        return;
    }
    size_t held = h->off.size_bytes + past->old_off.size_bytes;
    h->off_limit_bytes = heap_is_stressed(h) ? 0 : h->off.size_bytes + MAX(least, held / 2);
    if (major) past->old_off_limit_bytes = past->old_off.size_bytes + MAX(least, held);
}

// --- sizes ---------------------------------------------------------------------------------------

// How much of a block should be free after a collection, in words. A process that holds much is
// given NURSERY_MIN at least: each small collection has to look at the roots again. Beyond
// NURSERY_MAX a larger nursery wins nothing: what survives is copied twice in any case, and it
// falls out of the caches.
enum { NURSERY_MIN = 32 * 1024, NURSERY_MAX = 1024 * 1024 };
// A process that holds little and makes much, without waiting, is given BUSY_STEP words more with
// each collection: it would spend its time on collecting hardly anything. Up to BUSY_MIN, or three
// times what it uses and BUSY_MAX, so that what it has stays within the first cache; and up to a
// part of the most that it may have.
enum { BUSY_STEP = 64, BUSY_MIN = 1024, BUSY_MAX = 4096, BUSY_PART = 8 };

// Under stress the next reserve collects again. Where much is held, collecting each time would take
// the square of the data: there, so many words may be built in between that the work stays a
// multiple of what is built.
static size_t stress_slack(size_t held) {
    return held < 4096 ? 0 : held / 16;
}

// The size of block that suits `survivors` words of young data, the stack and the words asked for.
static size_t suitable_words(const Heap *h, size_t survivors, size_t stack, size_t asked,
                             bool major) {
    const HeapPast *past = h->past;
    size_t used = survivors + stack + asked;
    size_t held = (size_t)(past->old_top - past->old_start);
    if (heap_is_stressed(h)) return used + stress_slack(used + held);
    size_t now = (size_t)(h->end - h->start);
    // As much as is in use. A deep stack is looked at by every collection: the more of it there is,
    // the fewer there should be.
    size_t room = MIN(used, MAX((size_t)NURSERY_MAX, stack));
    // So much that most of what is young has died by the next time, if that does not add much to
    // what the process holds.
    room = MAX(room, MIN(MIN(survivors * 3, held), (size_t)NURSERY_MAX));
    room = MAX(room, MIN(held / 8, (size_t)NURSERY_MIN));
    size_t busy = MAX((size_t)BUSY_MIN, MIN(used * 3, (size_t)BUSY_MAX));
    if (h->config->max_words != 0) busy = MIN(busy, h->config->max_words / BUSY_PART);
    room = MAX(room, MIN((size_t)past->in_a_row * BUSY_STEP, busy));
    if (now >= used && now - used >= room && !(major && used < now / 4)) return now;
    size_t words = block_size_class(h->config, used + room);
    // What was right a while ago may be so again.
    return words < now && held >= now / 2 ? MAX(words, now / 2) : words;
}

// How many words the old generation may grow to after a major collection left `live` of `before`.
// To twice as many, so that the next one has something to find; to more while hardly anything dies:
// then the process is building something up, and collecting its data would be in vain.
static size_t old_limit_words(size_t live, size_t before) {
    return live >= before / 4 * 3 ? live * 3 : live * 2;
}

// With less, a small process has a major collection every second time.
enum { OLD_WORDS_MIN = 233 };

// A new old generation for at most `worst` words, of the size that it should have later on.
static bool old_alloc(Heap *h, size_t worst, Block *b) {
    HeapPast *past = h->past;
    const HeapConfig *c = h->config;
    if (config_is_stressed(c)) return block_alloc(c, worst, worst, b);
    size_t live = worst * past->old_survival / 256;
    size_t wanted = MAX(worst, old_limit_words(live, worst));
    // A mapping costs only what is used of it.
    if (!block_is_mapped(c, wanted))
        wanted = block_size_class(c, MAX(worst + worst / 2, (size_t)OLD_WORDS_MIN));
    return block_alloc(c, worst, wanted, b);
}

// --- one collection ------------------------------------------------------------------------------

typedef struct Plan {
    bool major;
    size_t words;      // to be free afterwards
    Block young;       // new block
    Block old;         // new old generation, if major
    size_t aged_words; // to be promoted
} Plan;

// Gets the memory that the collection needs at worst.
static bool plan_memory(Heap *h, Plan *plan) {
    HeapPast *past = h->past;
    const HeapConfig *c = h->config;
    size_t fresh = (size_t)(h->htop - h->start) - plan->aged_words + h->fragment_words;
    size_t stack = (size_t)(h->end - h->stack);
    size_t worst = fresh + stack;
    // The block must take the worst case. Whether it will also be of the right size is a guess.
    size_t survivors = fresh * past->survival / 256;
    size_t words = MAX(worst, suitable_words(h, survivors, stack, plan->words, plan->major));
    if (!block_alloc(c, worst + 1, MAX(words, worst + 1), &plan->young)) return false;
    if (plan->major) {
        size_t old_worst = (size_t)(past->old_top - past->old_start) + plan->aged_words;
        if (old_worst > 0 && !old_alloc(h, old_worst, &plan->old)) {
            block_free(c, plan->young);
            return false;
        }
    } else if (plan->aged_words > 0 && past->old_start == NULL) {
        Block b;
        if (!old_alloc(h, plan->aged_words, &b)) {
            block_free(c, plan->young);
            return false;
        }
        past->old_start = past->old_top = b.start;
        past->old_end = b.start + b.words;
        past->old_block_words = b.words;
    }
    return true;
}

static Gc run(const Heap *h, const Plan *plan, const RootSet *roots) {
    const HeapPast *past = h->past;
    Gc gc = {
        .block = (uintptr_t)h->start,
        .block_bytes = (size_t)((char *)h->htop - (char *)h->start),
        .aged_bytes = plan->aged_words * sizeof(Term),
        .young_start = plan->young.start,
        .young = plan->young.start,
        .young_end = plan->young.start + plan->young.words,
        .to_old_start = past->old_start,
        .to_old = past->old_top,
        .to_old_end = past->old_end,
        .old_scan = past->old_top,
    };
    if (h->config->literals != NULL) {
        gc.literals = h->config->literals->base;
        gc.literal_bytes = h->config->literals->size_bytes;
    }
    if (plan->major) {
        gc.old = (uintptr_t)past->old_start;
        gc.old_bytes = (size_t)((char *)past->old_top - (char *)past->old_start);
        gc.to_old_start = gc.to_old = gc.old_scan = plan->old.start;
        gc.to_old_end = plan->old.words == 0 ? NULL : plan->old.start + plan->old.words;
    }
    size_t stack_words = (size_t)(h->end - h->stack);
    if (h->fragments != NULL)
        gc = trace_any(gc, roots, h->stack, stack_words);
    else if (plan->major)
        gc = trace_block_old(gc, roots, h->stack, stack_words);
    else
        gc = trace_block(gc, roots, h->stack, stack_words);
    ASSERT(gc.young <= gc.young_end && gc.to_old <= gc.to_old_end);
    return gc;
}

static void sweep_all(Heap *h, const Gc *gc, bool major) {
    HeapPast *past = h->past;
    OffHeap from = h->off, from_old = past->old_off;
    h->off = (OffHeap){0};
    if (major) past->old_off = (OffHeap){0};
    sweep(gc, from, &h->off, &past->old_off);
    if (major) sweep(gc, from_old, &h->off, &past->old_off);
    for (HeapFragment *f = h->fragments; f != NULL;) {
        HeapFragment *next = f->next;
        OffHeap off = f->off;
        f->off = (OffHeap){0};
        sweep(gc, off, &h->off, &past->old_off);
        heap_fragment_free(h->config->mem, f);
        f = next;
    }
    h->fragments = NULL;
    h->fragment_words = 0;
}

// Makes `b`, whose first words up to `top` are in use, the block; the stack moves to its end. Of a
// block that is much larger than `words` (it was at hand) the rest stays unused. Under stress the
// block ends exactly there, so that even code that looks for room in its own way has to come back
// for the next term.
static void take_block(Heap *h, Block b, Term *top, size_t words) {
    HeapPast *past = h->past;
    size_t stack_words = (size_t)(h->end - h->stack);
    bool cut = heap_is_stressed(h) || b.words > words + words / 4;
    Term *end = b.start + (cut ? MIN(b.words, words) : b.words);
    ASSERT((size_t)(end - top) >= stack_words);
    memcpy(end - stack_words, h->stack, stack_words * sizeof(Term));
    // An embedded block stays where it is.
    Block was = {past->block_words != 0 ? h->start : NULL, past->block_words};
    h->start = b.start;
    h->htop = top;
    h->stack = end - stack_words;
    h->end = end;
    past->block_words = b.words;
    heap_give_up_block(h, was);
}

// After a major collection of `before` old words.
static void take_old(Heap *h, Block b, Term *top, size_t before) {
    HeapPast *past = h->past;
    Block was = {past->old_start, past->old_block_words};
    size_t live = (size_t)(top - b.start);
    if (before > 0) past->old_survival = (past->old_survival + (uint32_t)(live * 256 / before)) / 2;
    if (live == 0) {
        heap_give_up_block(h, b);
        past->old_start = past->old_top = past->old_end = NULL;
        past->old_block_words = 0;
    } else {
        size_t limit = old_limit_words(live, before);
        // A little too large is right for the next time.
        if (b.words > limit + limit / 4) b = block_trim(h->config, b, limit);
        past->old_start = b.start;
        past->old_top = top;
        past->old_end = b.start + MIN(b.words, limit);
        past->old_block_words = b.words;
    }
    heap_give_up_block(h, was);
}

// Moves the whole young generation into a block of another size.
static bool resize(Heap *h, size_t words, const RootSet *roots) {
    HeapPast *past = h->past;
    ASSERT(h->fragments == NULL);
    Plan plan = {.words = 0};
    if (!block_alloc(h->config, words, words, &plan.young)) return false;
    Gc gc = run(h, &plan, roots);
    sweep_all(h, &gc, false);
    take_block(h, plan.young, gc.young, words);
    past->high_water = h->htop;
    return true;
}

static HeapStatus collect(Heap *h, size_t words, const RootSet *roots, bool major) {
    HeapPast *past = h->past;
    Plan plan = {.major = major, .words = words};
    plan.aged_words = (size_t)(past->high_water - h->start);
    if (!plan_memory(h, &plan)) return HEAP_NO_MEMORY;
    size_t before = heap_used_words(h);
    size_t old_before = (size_t)(past->old_top - past->old_start) + plan.aged_words;
    size_t fresh = (size_t)(h->htop - past->high_water) + h->fragment_words;

    Gc gc = run(h, &plan, roots);
    sweep_all(h, &gc, major);
    size_t survivors = (size_t)(gc.young - plan.young.start);
    size_t stack_words = (size_t)(h->end - h->stack);
    size_t used = survivors + stack_words + words;
    size_t suitable = suitable_words(h, survivors, stack_words, words, major);
    take_block(h, plan.young, gc.young, MAX(suitable, survivors + stack_words));
    past->high_water = h->htop;
    if (major) {
        take_old(h, plan.old, gc.to_old, old_before);
        past->minor_count = 0;
        past->force_major = false;
        past->collections_major++;
    } else {
        past->old_top = gc.to_old;
        past->minor_count++;
        past->collections_minor++;
    }
    past->in_a_row++;
    set_off_limits(h, major);
    if (fresh > 0) past->survival = (past->survival + (uint32_t)(survivors * 256 / fresh)) / 2;
    past->words_reclaimed += before - heap_used_words(h);

    // Too little room, or far too much: once more, with what we know now.
    size_t have = (size_t)(h->end - h->start);
    bool too_small = used > have;
    bool too_large = have > suitable * 2;
    if ((too_small || too_large) && !resize(h, suitable, roots) && too_small &&
        !resize(h, used, roots))
        return HEAP_NO_MEMORY;
    return HEAP_OK;
}

HeapStatus heap_collect_gc(Heap *h, size_t words, const RootSet *roots, bool major) {
    size_t max_words = h->config->max_kill ? h->config->max_words : 0;
    size_t stack_words = (size_t)(h->end - h->stack);
    if (words > HEAP_WORDS_LIMIT / 4) return max_words != 0 ? HEAP_MAX_SIZE : HEAP_NO_MEMORY;
    words += HEAP_STACK_RESERVE;
    if (max_words != 0 && words + stack_words > max_words) return HEAP_MAX_SIZE;
    if (!heap_make_past(h)) return HEAP_NO_MEMORY;
    const HeapPast *past = h->past;
    size_t aged = (size_t)(past->high_water - h->start);
    bool no_room_to_promote =
        past->old_start != NULL && aged > (size_t)(past->old_end - past->old_top);
    major = major || past->force_major || past->minor_count >= h->config->fullsweep_after ||
            no_room_to_promote || past->old_off.size_bytes > past->old_off_limit_bytes;
    HeapStatus status = collect(h, words, roots, major);
    if (status == HEAP_OK && max_words != 0 && heap_total_words(h) > max_words) {
        if (!major) status = collect(h, words, roots, true);
        if (status == HEAP_OK && heap_total_words(h) > max_words) status = HEAP_MAX_SIZE;
    }
    return status;
}

// What lies in the old generation becomes the block, together with the stack and `words` of room;
// the young generation is empty. If it fits, it goes back to where the process began. false: no
// memory, nothing has changed.
static bool merge(Heap *h, size_t words, const RootSet *roots) {
    ASSERT(h->htop == h->start && h->fragments == NULL);
    HeapPast *past = h->past;
    size_t live = (size_t)(past->old_top - past->old_start);
    size_t stack_words = (size_t)(h->end - h->stack);
    size_t wanted = live + stack_words + words;
    bool embedded = wanted <= past->embedded_words;
    ASSERT(!embedded || h->start != past->embedded);
    Block b = {past->embedded, past->embedded_words};
    if (!embedded && !block_alloc(h->config, wanted, wanted, &b)) return false;
    Gc gc = {
        .block = (uintptr_t)past->old_start,
        .block_bytes = live * sizeof(Term),
        .young_start = b.start,
        .young = b.start,
        .young_end = b.start + b.words,
    };
    if (h->config->literals != NULL) {
        gc.literals = h->config->literals->base;
        gc.literal_bytes = h->config->literals->size_bytes;
    }
    gc = trace_block(gc, roots, h->stack, stack_words);
    ASSERT((size_t)(gc.young - b.start) <= live);
    OffHeap from = past->old_off;
    past->old_off = (OffHeap){0};
    sweep(&gc, from, &h->off, &past->old_off);
    take_block(h, b, gc.young, embedded ? b.words : wanted);
    if (embedded) past->block_words = 0;
    heap_give_up_block(h, (Block){past->old_start, past->old_block_words});
    past->old_start = past->old_top = past->old_end = NULL;
    past->old_block_words = 0;
    past->high_water = h->htop;
    set_off_limits(h, true);
    return true;
}

// Beyond this, a last copy into a block of exactly the right size costs more than it saves.
enum { MERGE_WORDS_MAX = 16 * 1024 };

HeapStatus heap_shrink_gc(Heap *h, size_t words, const RootSet *roots) {
    words += HEAP_STACK_RESERVE;
    size_t free_words = (size_t)(h->stack - h->htop);
    // The block that a process starts with is part of it: nothing is won by leaving it.
    if (h->past == NULL && h->off.first == NULL && h->fragments == NULL && free_words >= words)
        return HEAP_OK;
    if (!heap_make_past(h)) return HEAP_NO_MEMORY;
    HeapPast *past = h->past;
    if (h->fragments != NULL) {
        HeapStatus status = collect(h, words, roots, true);
        if (status != HEAP_OK) return status;
    }
    // Now nothing that is young points to what is younger still: all of it may move to the old
    // generation.
    past->high_water = h->htop;
    HeapStatus status = collect(h, words, roots, true);
    if (status != HEAP_OK) {
        past->high_water = h->start; // safe wherever it has come to
        return status;
    }
    size_t live = (size_t)(past->old_top - past->old_start);
    size_t stack_words = (size_t)(h->end - h->stack);
    bool ok = h->htop == h->start && live <= MERGE_WORDS_MAX
                  ? merge(h, words, roots)
                  : resize(h, (size_t)(h->htop - h->start) + stack_words + words, roots);
    return ok ? HEAP_OK : HEAP_NO_MEMORY;
}

HeapStatus heap_reserve_gc(Heap *h, size_t words, const RootSet *roots) {
    if (words < HEAP_WORDS_LIMIT) {
        if (heap_has_room(h, words)) return HEAP_OK;
        bool room = (size_t)(h->stack - h->htop) >= words + HEAP_STACK_RESERVE;
        size_t held = heap_used_words(h) + (size_t)(h->end - h->stack);
        if (room && heap_is_stressed(h) && stress_slack(held) > 0) return HEAP_OK;
    }
    // Stress: every second collection moves everything, the others what a minor one moves.
    bool major = heap_is_stressed(h) && h->past != NULL && h->past->minor_count > 0;
    return heap_collect_gc(h, words, roots, major);
}
