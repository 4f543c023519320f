// SPDX-License-Identifier: Apache-2.0
// Reads a .beam file: the container (IFF form "BEAM", chunks padded to four bytes; the whole may be
// compressed with gzip), and which chunks there are. What is in them: reader_chunks.c, decode.c.
// Everything that comes out points into the caller's bytes or into blocks that the file owns.
// Thread: any; touches nothing but its arguments.
#include "base/md5.h"
#include "code/beam_int.h"

#include <stdarg.h>
#include <stdio.h>

// --- errors and memory ---------------------------------------------------------------------------
bool beam_fail(BeamError *err, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    return false;
}

// Blocks are chained both ways, so that one may be moved by growing. Lifetime: the BeamFile's.
typedef struct Block {
    struct Block *next, *prev;
    size_t size; // header included
    size_t unused;
} Block;
_Static_assert(sizeof(Block) == 32, "what follows is aligned for everything");

void *beam_realloc(BeamFile *file, BeamError *err, void *old, size_t count, size_t each_bytes) {
    size_t bytes;
    if (__builtin_mul_overflow(count, each_bytes, &bytes) ||
        __builtin_add_overflow(bytes, sizeof(Block), &bytes)) {
        beam_fail(err, "out of memory");
        return NULL;
    }
    Block *block = old == NULL ? NULL : (Block *)old - 1;
    Block *moved = mem_realloc(file->mem, block, block == NULL ? 0 : block->size, bytes);
    if (moved == NULL) {
        beam_fail(err, "out of memory");
        return NULL;
    }
    if (block == NULL) {
        moved->prev = NULL;
        moved->next = file->owned;
    }
    moved->size = bytes;
    if (moved->next != NULL) moved->next->prev = moved;
    if (moved->prev != NULL)
        moved->prev->next = moved;
    else
        file->owned = moved;
    return moved + 1;
}

void *beam_alloc(BeamFile *file, BeamError *err, size_t count, size_t each_bytes) {
    void *p = beam_realloc(file, err, NULL, count, each_bytes);
    if (p != NULL) memset(p, 0, count * each_bytes);
    return p;
}

void beam_free(BeamFile *file) {
    TermEnv env = {.mem = file->mem}; // all that giving scans back needs
    for (uint32_t i = 0; i < file->literal_count; i++) etf_scan_deinit(&env, &file->literals[i]);
    etf_scan_deinit(&env, &file->attributes_scan);
    etf_scan_deinit(&env, &file->compile_info_scan);
    Block *next;
    for (Block *b = file->owned; b != NULL; b = next) {
        next = b->next;
        mem_free(file->mem, b, b->size);
    }
    memset(file, 0, sizeof *file);
}

// --- the container -------------------------------------------------------------------------------
static const char chunk_names[CHUNK_COUNT][5] = {
    [CHUNK_ATOM] = "Atom", [CHUNK_ATU8] = "AtU8", [CHUNK_CODE] = "Code", [CHUNK_STRT] = "StrT",
    [CHUNK_IMPT] = "ImpT", [CHUNK_EXPT] = "ExpT", [CHUNK_FUNT] = "FunT", [CHUNK_LITT] = "LitT",
    [CHUNK_META] = "Meta", [CHUNK_LOCT] = "LocT", [CHUNK_ATTR] = "Attr", [CHUNK_CINF] = "CInf",
    [CHUNK_LINE] = "Line", [CHUNK_TYPE] = "Type",
};

static bool find_chunks(Slice form, Chunks *chunks, BeamError *err) {
    Cursor c = cursor_of(form);
    while (cursor_left(&c) != 0) {
        Slice name, data;
        uint32_t size;
        if (!cursor_slice(&c, 4, &name) || !cursor_u32(&c, &size) || !cursor_slice(&c, size, &data))
            return beam_fail(err, "the file is cut off: a chunk does not fit in it");
        for (int id = 0; id < CHUNK_COUNT; id++) {
            if (memcmp(name.bytes, chunk_names[id], 4) != 0) continue;
            if (chunks->at[id].bytes != NULL)
                return beam_fail(err, "there are two chunks %s", chunk_names[id]);
            chunks->at[id] = data;
        }
        // Writers pad to four bytes; the padding of the last chunk may be missing.
        size_t pad = (4 - size % 4) % 4;
        c.pos += MIN(pad, cursor_left(&c));
    }
    static const ChunkId needed[] = {CHUNK_CODE, CHUNK_STRT, CHUNK_IMPT, CHUNK_EXPT};
    for (size_t i = 0; i < ARRAY_COUNT(needed); i++)
        if (chunks->at[needed[i]].bytes == NULL)
            return beam_fail(err, "chunk %s is missing", chunk_names[needed[i]]);
    if (chunks->at[CHUNK_ATU8].bytes == NULL && chunks->at[CHUNK_ATOM].bytes == NULL)
        return beam_fail(err, "chunk AtU8 is missing");
    return true;
}

// "FOR1", size of what follows, "BEAM", chunks. What comes after the form is not looked at.
static bool open_form(Slice in, Slice *form, BeamError *err) {
    Cursor c = cursor_of(in);
    Slice magic, kind;
    uint32_t size;
    if (!cursor_slice(&c, 4, &magic) || memcmp(magic.bytes, "FOR1", 4) != 0)
        return beam_fail(err, "this is no .beam file: it does not start with FOR1");
    if (!cursor_u32(&c, &size) || size < 4 || !cursor_slice(&c, size, form))
        return beam_fail(err, "the file is cut off: %zu bytes", in.size);
    kind = (Slice){form->bytes, 4};
    if (memcmp(kind.bytes, "BEAM", 4) != 0)
        return beam_fail(err, "this is no .beam file: the form is not called BEAM");
    form->bytes += 4;
    form->size -= 4;
    return true;
}

// What Module:module_info(md5) gives: the chunks that matter, in this order, without their names
// and sizes. The table of funs goes in with its old identifiers zero, for they come from this sum.
static void compute_md5(const Chunks *chunks, uint8_t md5[16]) {
    Md5 m;
    md5_init(&m);
    for (int id = CHUNK_ATOM; id <= CHUNK_META; id++) {
        Slice s = chunks->at[id];
        if (id == CHUNK_FUNT && s.size >= 4 && (s.size - 4) % 24 == 0) {
            static const uint8_t zero[4];
            md5_update(&m, s.bytes, 4);
            for (size_t at = 4; at < s.size; at += 24) {
                md5_update(&m, s.bytes + at, 20);
                md5_update(&m, zero, 4);
            }
        } else {
            md5_update(&m, s.bytes, s.size);
        }
    }
    md5_final(&m, md5);
}
_Static_assert(CHUNK_ATOM == 0 && CHUNK_META == 8, "compute_md5 goes from Atom to Meta");

static bool is_gzip(Slice in) {
    return in.size > 2 && in.bytes[0] == 0x1f && in.bytes[1] == 0x8b;
}

bool beam_read(const TermEnv *env, const uint8_t *bytes, size_t size, BeamFile *file,
               BeamError *err) {
    memset(file, 0, sizeof *file);
    file->mem = env->mem;
    Slice in = {bytes, size}, form = {0};
    Chunks chunks = {0};
    bool ok = (!is_gzip(in) || beam_inflate(file, INFLATE_GZIP, in, 0, &in, err)) &&
              open_form(in, &form, err) && find_chunks(form, &chunks, err) &&
              beam_read_chunks(env, &chunks, file, err) && beam_decode(&chunks, file, err);
    if (ok)
        compute_md5(&chunks, file->md5);
    else
        beam_free(file);
    return ok;
}
