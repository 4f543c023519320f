// SPDX-License-Identifier: Apache-2.0
// The VM's allocator. Every allocation names the VM's Mem it is counted on, so that two VMs in one
// program keep separate books, and so that a stress run can make the n-th allocation fail.
// Release builds allocate with mimalloc, sanitizer builds with malloc.
//
// Counting. Every thread of the VM counts, so one counter's cache line would travel between the
// cores at each allocation, and an addition that is safe among threads waits for all that the core
// has yet to write. So there are many counters, each on a line of its own, and what is allocated
// is the sum of all: one alone may well be negative, as memory is often freed by another thread
// than the one that got it.
// Threads of the VM own counters (mem_own), which they alone write, by plain loads and stores. Who
// counts is told by where its stack is: the frame's address hashes to a shard, and that says which
// addresses are its owner's. Everybody else (threads from outside, frames far down a stack) uses
// the common shards, with atomic additions.
// The peak is sampled: when a shard has grown by MEM_SAMPLE_BYTES since it was last looked at, all
// are summed. So it may be short by twice that for each thread that allocates.
// With a limit (bytes_max) all count on one common shard, and the limit is kept exactly.
// Thread: any, but for mem_init and setting the fields above the counters, which come first.
#pragma once

#include "base/base.h"
#include <stdatomic.h>

enum {
    MEM_SHARDS = 64, // that can be owned
    MEM_COMMON = 8,
    MEM_SAMPLE_BYTES = 256 * 1024,
    MEM_LINE_BYTES = 64,
};

// What some of the memory is for (mem_note).
typedef enum MemKind { MEM_BINARIES, MEM_CODE, MEM_ATOMS, MEM_TABLES, MEM_KINDS } MemKind;

// A counter with a cache line of its own, wherever the struct around it lies.
typedef struct MemShard {
    _Atomic int64_t bytes;
    _Atomic int64_t sample_at; // at so many bytes the peak is due to be looked at
    _Atomic int64_t noted[MEM_KINDS];
    _Atomic uintptr_t owner; // the addresses of the owner's frames; 0: nobody's
    uint8_t others[MEM_LINE_BYTES - (3 + MEM_KINDS) * sizeof(int64_t)];
} MemShard;
_Static_assert(sizeof(MemShard) == MEM_LINE_BYTES, "a line each");

typedef struct Mem {
    uint64_t bytes_max;  // 0 = no limit; an allocation above it fails. Set before the first one
    uint64_t fail_every; // stress: every n-th fallible allocation fails; 0 = never
    // Called when mem_must_* cannot get memory. NULL: print one line and abort.
    void (*fatal)(void *ctx, const char *what);
    void *fatal_ctx;
    uint8_t apart[MEM_LINE_BYTES]; // what is above is read all the time
    MemShard shards[MEM_SHARDS + MEM_COMMON];
    _Atomic uint64_t bytes_peak; // as sampled: see mem_bytes_peak
    _Atomic uint64_t fail_count;
} Mem;

void mem_init(Mem *m);
// The calling thread, whose stack is [low, high), counts on shards of its own from now on, until it
// gives them up by the same call with mem_disown, at its end. Without, or when others have taken
// them, it only counts slower.
void mem_own(Mem *m, uintptr_t stack_low, uintptr_t stack_high);
void mem_disown(Mem *m, uintptr_t stack_low, uintptr_t stack_high);
// Allocated now, as requested by callers. While others allocate and free, it is near to what was so
// at some time.
uint64_t mem_bytes(const Mem *m);
// The most that was allocated at once, sampled as said above.
uint64_t mem_bytes_peak(Mem *m);

// Fallible: NULL when there is no memory (or the stress run says so). `size_bytes` > 0.
WARN_UNUSED void *mem_alloc(Mem *m, size_t size_bytes);
WARN_UNUSED void *mem_alloc_zero(Mem *m, size_t size_bytes);
// Grows or shrinks; on NULL the old block is untouched.
WARN_UNUSED void *mem_realloc(Mem *m, void *ptr, size_t old_bytes, size_t new_bytes);
void mem_free(Mem *m, void *ptr, size_t size_bytes);

// Counts memory that came from elsewhere (pages of the os room) as if it were allocated here.
// false: over the limit, or the stress run says so.
WARN_UNUSED bool mem_count_pages(Mem *m, size_t size_bytes);
void mem_uncount_pages(Mem *m, size_t size_bytes);

// Says that of what is allocated so many bytes more (less, when negative) are of this kind. Kinds
// that come and go all the time are not noted: they are the rest.
void mem_note(Mem *m, MemKind kind, int64_t bytes);
uint64_t mem_noted(const Mem *m, MemKind kind); // as exact as mem_bytes

// For what cannot be given back as an error (worklists, tables at boot): never NULL, else m->fatal.
WARN_UNUSED void *mem_must_alloc(Mem *m, size_t size_bytes);
WARN_UNUSED void *mem_must_realloc(Mem *m, void *ptr, size_t old_bytes, size_t new_bytes);
