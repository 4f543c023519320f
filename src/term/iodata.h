// SPDX-License-Identifier: Apache-2.0
// I/O data: binaries, and lists of bytes, binaries and such lists, the tails also binaries. A walk
// over it in slices hands the bytes to a sink; three sinks stand here: all in one binary, only
// the size, and a list of binaries that shares the large ones.
// No C recursion. Thread: one at a time, which may read the terms.
#pragma once

#include "base/stack.h"
#include "term/bits.h"

typedef struct IoSink IoSink;
struct IoSink {
    // Where `count` bytes of a list go, which then are handed to `filled` at once. NULL: they need
    // not be written (filled is not called), or *failed.
    uint8_t *(*room)(IoSink *s, size_t count);
    void (*filled)(IoSink *s, uint8_t *bytes, size_t count);
    // A bit string that is an element, or the whole: all of it, or as many parts as the walk likes.
    void (*bits)(IoSink *s, Term of, Bits part);
    bool whole_bits; // not in parts
    bool any_bits;   // bit strings that are no binaries are good
    bool failed;     // no memory
};

enum { IO_RUN_MAX = 65536, IO_PART_BITS = 1 << 22 };

typedef struct IoWalk {
    Mem *mem;
    WorkStack work; // what is to be walked, the next on top: roots between two runs
    Term part;      // a bit string of which a part has been handed out, or TERM_NIL: a root
    uint64_t part_at;
} IoWalk;

typedef enum IoStatus { IO_MORE, IO_DONE, IO_BAD, IO_NO_MEMORY } IoStatus;

void io_walk_init(IoWalk *w, Mem *mem, Term data);
void io_walk_deinit(IoWalk *w);
void io_walk_move(IoWalk *to, IoWalk *from); // `from` needs no deinit afterwards
// Budget: about one a cell and one for IO_BYTES_PER_UNIT bytes of binaries; may end below 0.
enum { IO_BYTES_PER_UNIT = 64 };
IoStatus io_walk_run(IoWalk *w, IoSink *s, int64_t *budget);

// --- all in one ----------------------------------------------------------------------------------
enum { IO_FLAT_LOCAL_BYTES = HEAP_BITS_BYTES_MAX };
typedef struct IoFlat {
    IoSink sink;
    Mem *mem;
    BitsData *data; // NULL: all is in `local` yet
    uint64_t size_bits;
    Buf scratch; // bytes that do not start at a byte of the result
    uint8_t local[IO_FLAT_LOCAL_BYTES];
} IoFlat;
void io_flat_init(IoFlat *f, Mem *mem, bool any_bits);
void io_flat_deinit(IoFlat *f);
// The bit string, once. TERM_NONE: no memory. Words: bits_words(f->size_bits).
Term io_flat_take(IoFlat *f, Hp *hp);

// --- the size ------------------------------------------------------------------------------------
typedef struct IoCount {
    IoSink sink;
    uint64_t bytes;
} IoCount;
void io_count_init(IoCount *c);

// --- a list of binaries --------------------------------------------------------------------------
// As the reference cuts it: binaries of IO_VECTOR_SHARE_BYTES or more are shared, but for what is
// needed to fill up a short piece before them; what is copied is cut into pieces of about
// IO_VECTOR_PIECE_BYTES.
enum { IO_VECTOR_SHARE_BYTES = 256, IO_VECTOR_PIECE_BYTES = 8192 };
typedef struct IoVector {
    IoSink sink;
    Mem *mem;
    Buf copied;       // starts with room for the head of a BitsData
    size_t piece;     // where in `copied` the last piece starts, which is not cut yet
    size_t piece_cap; // how long it may become
    WorkStack pieces; // in order: start and end in `copied`; or start and end in a shared one, the
                      // end with IO_VECTOR_SHARED
    WorkStack shared; // the shared ones: roots
} IoVector;
#define IO_VECTOR_SHARED ((uint64_t)1 << 63)
void io_vector_init(IoVector *v, Mem *mem);
void io_vector_deinit(IoVector *v);
void io_vector_move(IoVector *to, IoVector *from); // `from` needs no deinit afterwards
// Ends the last piece. false: no memory.
WARN_UNUSED bool io_vector_finish(IoVector *v);
// Afterwards: the list. TERM_NONE: no memory. Words: io_vector_words.
size_t io_vector_words(const IoVector *v);
Term io_vector_take(IoVector *v, Hp *hp);
