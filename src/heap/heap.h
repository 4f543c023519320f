// SPDX-License-Identifier: Apache-2.0
// The heap of one process: a block in which the heap grows up and the stack grows down, an old
// generation, and fragments that were built elsewhere. Copying, generational collection over a
// root set that the caller hands over; it never sees a Process.
// Thread: only the scheduler that runs the process (or a dirty thread that has it).
#pragma once

#include "base/mem.h"
#include "heap/literals.h"
#include "term/hp.h"

// Words that hold roots; a collection updates them in place.
typedef struct RootRange {
    Term *start;
    size_t count;
} RootRange;
enum { ROOT_RANGES_MAX = 16 };
// Terms of C code that must survive a collection: on a list while they are needed.
typedef struct RootFrame {
    struct RootFrame *next;
    Term *terms;
    size_t count;
} RootFrame;
typedef struct RootSet {
    RootRange ranges[ROOT_RANGES_MAX];
    size_t count;
    const RootFrame *frames; // all of the list
} RootSet;
static inline void roots_add(RootSet *r, Term *start, size_t count) {
    ASSERT(r->count < ROOT_RANGES_MAX);
    r->ranges[r->count++] = (RootRange){start, count};
}

// A piece of heap outside the block: terms copied for this process by someone else, or decoded
// before there was room. Emptied into the block by the next collection.
// A signal to a process is such a fragment as well (proc/signal.h): so a message that was received
// becomes part of the heap without a copy.
// What a receive looks at first stands last, beside the terms.
typedef struct HeapFragment {
    size_t words; // capacity
    size_t used;
    OffHeap off;
    Term from; // of a signal; see below
    Term ref;
    struct HeapFragment *next; // of the heap's, or in a queue of signals
    // What it says as a signal; nothing to the heap. `value` and `ref` point into `mem` or are
    // immediate or literal.
    uint32_t kind, detail;
    Term value;
    Term mem[];
} HeapFragment;

// Large blocks that were given up and wait to be used again, with their pages in place: fresh pages
// cost more than what is written to them. One a VM. Thread: any, but for new and free.
typedef struct BlockPool BlockPool;
WARN_UNUSED BlockPool *block_pool_new(Mem *m, Os *os); // NULL: no memory
void block_pool_free(BlockPool *pool);                 // after the last heap
void block_pool_clear(BlockPool *pool);                // gives back what waits

typedef enum HeapStatus { HEAP_OK, HEAP_NO_MEMORY, HEAP_MAX_SIZE } HeapStatus;

// Does not change while a heap uses it.
typedef struct HeapConfig {
    Mem *mem;
    Os *os; // large blocks are mapped; NULL: all blocks come from mem (and stress does not unmap)
    BlockPool *pool; // NULL: blocks are mapped and released each time
    const LiteralRange *literals;
    size_t min_words;         // least size of the block (reference: 233), but for an embedded one
    size_t min_vheap_bytes;   // off-heap bytes that start a collection; 0: never
    size_t max_words;         // max_heap_size; 0 = none
    bool max_kill, max_log;   // above it: the process is killed; it is reported
    uint32_t fullsweep_after; // minor collections before a major one (65535)
    bool stress;              // collect and move at every reserve; old blocks become unreadable
} HeapConfig;
// What only a heap has that has been collected, or has a block of its own: in memory of its own, so
// that a process that never needs it does not pay for it.
typedef struct HeapPast {
    size_t block_words; // of the block, as allocated; 0: it is the embedded one
    Term *embedded;     // the first block, if that belongs to the caller
    size_t embedded_words;
    Term *high_water;                    // what lies below survived a collection: to be promoted
    Term *old_start, *old_top, *old_end; // old generation
    size_t old_block_words;              // as allocated
    OffHeap old_off;                     // chain of old objects that own something
    size_t old_off_limit_bytes;          // above it a major collection is due
    uint32_t minor_count;                // since the last major one
    uint32_t survival, old_survival;     // which part of a nursery, of an old generation, lived on
                                         // lately; in 1/256
    uint32_t in_a_row;                   // collections since the process last waited
    bool force_major;
    HeapConfig *own_config; // freed with the heap; NULL: none
    struct Graves *graves;  // stress: blocks given up lately, unreadable
    // what process_info and statistics report
    uint64_t collections_minor, collections_major, words_reclaimed;
} HeapPast;

typedef struct Heap {
    // The block: [start, htop) heap, [htop, stack) free, [stack, end) stack. While the engine runs
    // it keeps htop and stack in registers and writes them back before calling anything that needs
    // them.
    Term *start, *htop, *stack, *end;
    OffHeap off;            // chain of young objects that own something
    size_t off_limit_bytes; // from there on a minor collection is due; 0: always (stress)
    HeapFragment *fragments;
    size_t fragment_words; // used words of the fragments
    const HeapConfig *config;
    HeapPast *past; // NULL: never collected, and the block is embedded
} Heap;

// The config must live as long as the heap. Makes a first block of min_words.
WARN_UNUSED HeapStatus heap_init(Heap *h, const HeapConfig *config);
// The same with a first block of at least `words`.
WARN_UNUSED HeapStatus heap_init_sized(Heap *h, const HeapConfig *config, size_t words);
// The same in memory that belongs to the caller, until the heap's end. Not for stress.
void heap_init_embedded(Heap *h, const HeapConfig *config, Term *block, size_t words);
void heap_deinit(Heap *h); // drops everything, off-heap counts too
// From now on the heap has other limits; a copy of `config` is made. false: no memory.
WARN_UNUSED bool heap_set_config(Heap *h, const HeapConfig *config);
// The same; this one lives as long as the heap.
void heap_share_config(Heap *h, const HeapConfig *config);

// Makes room for `words` between htop and stack, collecting and growing as needed. May move every
// term of the heap: only roots and the stack are updated. HEAP_OK, or nothing has changed
// except that terms may have moved.
WARN_UNUSED HeapStatus heap_reserve_gc(Heap *h, size_t words, const RootSet *roots);
WARN_UNUSED HeapStatus heap_collect_gc(Heap *h, size_t words, const RootSet *roots, bool major);
// Collects everything and makes the heap as small as it can be, with room for `words`: for a
// process that is going to wait long. HEAP_NO_MEMORY: it may be larger than that.
HeapStatus heap_shrink_gc(Heap *h, size_t words, const RootSet *roots);
// Words below the stack pointer that stay free whatever is built on the heap, so that a call can
// push its return address without a check. heap_has_room and the reserve functions add it by
// themselves.
enum { HEAP_STACK_RESERVE = 4 };
// True when off-heap data or a stress run ask for a collection at the next chance.
static inline bool heap_wants_collection(const Heap *h) {
    return h->off.size_bytes >= h->off_limit_bytes;
}
static inline bool heap_has_room(const Heap *h, size_t words) {
    DEBUG_ASSERT(words <= SIZE_MAX / 2); // SIZE_MAX says "too big": check for it before
    return (size_t)(h->stack - h->htop) >= words + HEAP_STACK_RESERVE && !heap_wants_collection(h);
}

// The process waits: it is in no hurry any more.
static inline void heap_waits(Heap *h) {
    if (h->past != NULL) h->past->in_a_row = 0;
}

static inline Hp heap_hp(Heap *h, size_t words) {
    DEBUG_ASSERT((size_t)(h->stack - h->htop) >= words);
    return (Hp){h->htop, h->htop + words, &h->off};
}
// To be called after building, also by who gives up half way: a counted object that was built is
// chained already.
static inline void heap_commit(Heap *h, const Hp *hp) {
    DEBUG_ASSERT(hp->top >= h->htop && hp->top <= hp->end);
    h->htop = hp->top;
}

WARN_UNUSED HeapFragment *heap_fragment_new(Mem *m, size_t words); // NULL: no memory
void heap_fragment_free(Mem *m, HeapFragment *f);                  // drops off-heap counts
void heap_adopt_fragment(Heap *h, HeapFragment *f_take);
// A cursor into a new fragment that is the heap's already, where nothing may move. false: no
// memory. Closed by heap_fragment_commit; what is not used of it is lost until then.
WARN_UNUSED bool heap_fragment_open(Heap *h, size_t words, Hp *hp);
void heap_fragment_commit(Heap *h, const Hp *hp);
// Drops what the chain owns (process exit, literal area freed, fragment dropped).
void off_heap_drop(OffHeap *off);
// The first of the sizes that settings are rounded up to (system_info(heap_sizes)): 12, 38, then
// each is the sum of the two before and 1, from a million on 1.2 times the one before.
size_t heap_size_setting(size_t words);
// Both generations' blocks.
static inline size_t heap_block_words(const Heap *h) {
    size_t old = h->past == NULL ? 0 : (size_t)(h->past->old_end - h->past->old_start);
    return (size_t)(h->end - h->start) + old;
}
size_t heap_total_words(const Heap *h); // block, old generation and fragments
// For who asks how a heap is doing. In words, but for the off-heap bytes.
typedef struct HeapSizes {
    size_t block, used, stack; // the young generation
    size_t recent;             // of `used`, what survived a collection
    size_t old_block, old_used;
    size_t fragments; // their capacity
    size_t off_bytes, off_limit_bytes, old_off_bytes, old_off_limit_bytes;
    uint32_t minor_count; // collections since the last major one
    uint64_t collections, words_reclaimed;
} HeapSizes;
HeapSizes heap_sizes(const Heap *h);

// --- copying between heaps -----------------------------------------------------------------------
// Words a copy of `t` takes, literals not counted (they are shared). No C recursion.
size_t heap_copy_words(Mem *m, const LiteralRange *lits, Term t);
Term heap_copy(Mem *m, const LiteralRange *lits, Hp *hp, Term t);
// erts_debug:flat_size: with literals, sharing expanded; size_shared: each object once, without
// literals (lits NULL: with them).
size_t heap_flat_words(Mem *m, Term t);
// Whether a walk over the term, sharing expanded, sees more than `words`, the bytes of counted
// binaries included. Stops as soon as it knows.
bool heap_is_larger(Mem *m, Term t, size_t words);
size_t heap_shared_words(Mem *m, const LiteralRange *lits, Term t);
