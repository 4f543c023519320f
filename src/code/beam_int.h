// SPDX-License-Identifier: Apache-2.0
// Shared by the files that read a .beam file: a checked byte cursor, memory that goes away with the
// file, error texts, and what each generic instruction expects of its operands. Room-internal.
#pragma once

#include "code/beam.h"
#include "code/generic.h"

// Limits of the machine that operands are checked against: the register files of a scheduler
// (proc/process.h) have that many places.
enum {
    BEAM_X_MAX = 1024,
    BEAM_Y_MAX = 1024,
    BEAM_FR_MAX = 1024,
    BEAM_ARITY_MAX = 255,
};

typedef struct Cursor {
    const uint8_t *pos, *end;
} Cursor;

static inline Cursor cursor_of(Slice s) {
    return (Cursor){s.bytes, s.bytes + s.size};
}
static inline size_t cursor_left(const Cursor *c) {
    return (size_t)(c->end - c->pos);
}
static inline uint32_t load_u32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
WARN_UNUSED static inline bool cursor_u8(Cursor *c, uint8_t *out) {
    if (c->pos == c->end) return false;
    *out = *c->pos++;
    return true;
}
WARN_UNUSED static inline bool cursor_u32(Cursor *c, uint32_t *out) {
    if (cursor_left(c) < 4) return false;
    *out = load_u32(c->pos);
    c->pos += 4;
    return true;
}
WARN_UNUSED static inline bool cursor_slice(Cursor *c, size_t size, Slice *out) {
    if (cursor_left(c) < size) return false;
    *out = (Slice){c->pos, size};
    c->pos += size;
    return true;
}

// Writes the reason; always false, so that `return beam_fail(...)` reads well.
bool beam_fail(BeamError *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// Memory of the file, freed by beam_free; all zero. NULL: none, and *err says so. count may be 0.
WARN_UNUSED void *beam_alloc(BeamFile *file, BeamError *err, size_t count, size_t each_bytes);
// Grows a block of beam_alloc or, with old NULL, makes one. What is new is not zeroed.
WARN_UNUSED void *beam_realloc(BeamFile *file, BeamError *err, void *old, size_t count,
                               size_t each_bytes);

// inflate.c: zlib and gzip streams, memory counted on the file's Mem. The result belongs to the
// file. `size_bytes`: exact size of what comes out, 0 = not known. false: *err says why.
typedef enum InflateKind { INFLATE_ZLIB, INFLATE_GZIP } InflateKind;
WARN_UNUSED bool beam_inflate(BeamFile *file, InflateKind kind, Slice in, size_t size_bytes,
                              Slice *out, BeamError *err);

// A number in the compact encoding that operands and line items use. Values beyond 64 bits
// (signed) leave `fits` false and stand in `bytes`, two's complement, big-endian.
typedef enum CompactTag {
    COMPACT_U,
    COMPACT_I,
    COMPACT_A,
    COMPACT_X,
    COMPACT_Y,
    COMPACT_F,
    COMPACT_H,
    COMPACT_Z,
} CompactTag;
typedef struct Compact {
    CompactTag tag;
    bool fits;
    int64_t value;
    Slice bytes;
} Compact;
WARN_UNUSED bool compact_read(Cursor *c, Compact *out);

// The chunks of a file; size 0 and bytes NULL: not there.
typedef enum ChunkId {
    CHUNK_ATOM, // Latin-1 atoms, of old files
    CHUNK_ATU8,
    CHUNK_CODE,
    CHUNK_STRT,
    CHUNK_IMPT,
    CHUNK_EXPT,
    CHUNK_FUNT,
    CHUNK_LITT,
    CHUNK_META,
    CHUNK_LOCT,
    CHUNK_ATTR,
    CHUNK_CINF,
    CHUNK_LINE,
    CHUNK_TYPE,
    CHUNK_COUNT,
} ChunkId;
typedef struct Chunks {
    Slice at[CHUNK_COUNT];
} Chunks;

// reader_chunks.c: everything but the code. decode.c: the code.
WARN_UNUSED bool beam_read_chunks(const TermEnv *env, const Chunks *chunks, BeamFile *file,
                                  BeamError *err);
WARN_UNUSED bool beam_decode(const Chunks *chunks, BeamFile *file, BeamError *err);

// shape.c: one letter an operand, see there; NULL: an instruction that no compiler of OTP 22 or
// later writes.
extern const char *const generic_shapes[GENERIC_MAX + 1];
static inline const char *generic_shape(unsigned op) {
    return op <= GENERIC_MAX ? generic_shapes[op] : NULL;
}
