// SPDX-License-Identifier: Apache-2.0
// The inside of the external term format, for its own files: the tags, and the two machines that
// scan and build. Tag numbers are from "External Term Format" (erl_ext_dist).
#pragma once

#include "base/stack.h"
#include "term/etf_job.h"

enum {
    ETF_VERSION = 131,
    ETF_NEW_FLOAT = 70,
    ETF_BIT_BINARY = 77,
    ETF_COMPRESSED = 80,
    ETF_PID_NEW = 88,
    ETF_PORT_NEW = 89,
    ETF_REF_NEWER = 90,
    ETF_SMALL_INTEGER = 97,
    ETF_INTEGER = 98,
    ETF_FLOAT = 99,
    ETF_ATOM = 100,
    ETF_REF = 101,
    ETF_PORT = 102,
    ETF_PID = 103,
    ETF_SMALL_TUPLE = 104,
    ETF_LARGE_TUPLE = 105,
    ETF_NIL = 106,
    ETF_STRING = 107,
    ETF_LIST = 108,
    ETF_BINARY = 109,
    ETF_SMALL_BIG = 110,
    ETF_LARGE_BIG = 111,
    ETF_NEW_FUN = 112,
    ETF_EXPORT = 113,
    ETF_REF_NEW = 114,
    ETF_SMALL_ATOM = 115,
    ETF_MAP = 116,
    ETF_ATOM_UTF8 = 118,
    ETF_SMALL_ATOM_UTF8 = 119,
    ETF_PORT_V4 = 120,
};
// Not among them: 82 (ATOM_CACHE_REF) is for the distribution only; 121 (LOCAL_EXT) says that what
// follows can be read by the runtime that wrote it only, and we write none; 117 (FUN_EXT) is gone
// since OTP 23. All are refused, as OTP 25 does.

enum {
    ETF_FLOAT_TEXT = 31, // bytes of a FLOAT_EXT
    ETF_UNIQ_BYTES = 16,
    ETF_FUN_ARGS_MAX = 255,   // arguments and free variables of a fun: a function has no more
    ETF_PORT_MAX_BITS = 28,   // a number above that needs V4_PORT_EXT; a local one is no port
    ETF_REF_ID0_BITS = 18,    // of a local reference
    ETF_PID_NUMBER_BITS = 28, // of a local pid
    // Work: one unit a term, and one for so many bytes that are copied, inflated, deflated.
    ETF_COPY_BYTES = 128,
    ETF_INFLATE_BYTES = 8,
    ETF_DEFLATE_BYTES = 2,
};

static inline uint32_t etf_get16(const uint8_t *p) {
    return (uint32_t)p[0] << 8 | p[1];
}
static inline uint32_t etf_get32(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return __builtin_bswap32(v);
}
static inline uint64_t etf_get64(const uint8_t *p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return __builtin_bswap64(v);
}
static inline uint8_t *etf_set16(uint8_t *p, uint32_t v) {
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return p + 2;
}
static inline uint8_t *etf_set32(uint8_t *p, uint32_t v) {
    v = __builtin_bswap32(v);
    memcpy(p, &v, 4);
    return p + 4;
}
static inline uint8_t *etf_set64(uint8_t *p, uint64_t v) {
    v = __builtin_bswap64(v);
    memcpy(p, &v, 8);
    return p + 8;
}

// --- compression (etf_zip.c) ---------------------------------------------------------------------
// One zlib stream, its memory counted on `mem`.
typedef struct EtfZip EtfZip;
typedef enum EtfZipWay { ETF_ZIP_DEFLATE, ETF_ZIP_INFLATE } EtfZipWay;
// NULL: no memory. The ranges stay where they are until etf_zip_free.
EtfZip *etf_zip_new(Mem *mem, EtfZipWay way, int level, const uint8_t *in, size_t in_bytes,
                    uint8_t *out, size_t out_cap);
// ETF_FAILED: broken input, `out` is full, or no memory.
EtfStatus etf_zip_run(EtfZip *z, int64_t *budget);
bool etf_zip_no_memory(const EtfZip *z); // why it failed
size_t etf_zip_in_used(const EtfZip *z);
size_t etf_zip_out_used(const EtfZip *z);
void etf_zip_free(EtfZip *z); // NULL is fine

// --- scanning (etf_scan.c) -----------------------------------------------------------------------
// Terms stand in the bytes in the order of a walk, parents first, each saying how many terms belong
// to it: so it is enough to count the terms that are still to come.
typedef struct EtfScanner {
    const TermEnv *env;
    EtfScan *scan;
    EtfDecodeFlags flags;
    EtfZip *zip; // while inflating
    const uint8_t *p, *end;
    uint64_t expected; // terms still to come
    size_t words;
    int64_t *budget; // of this run
} EtfScanner;
void etf_scanner_init(EtfScanner *s, const TermEnv *env, const uint8_t *bytes, size_t count,
                      EtfDecodeFlags flags, EtfScan *scan);
EtfStatus etf_scanner_run(EtfScanner *s, int64_t *budget);
void etf_scanner_deinit(EtfScanner *s); // leaves the EtfScan

// --- leaves (etf_decode_leaf.c)
// -------------------------------------------------------------------- All of them read bytes that
// a scan has accepted, at *p, and step over them. TERM_NONE: the atom table is full.
Term etf_read_atom(const TermEnv *env, const uint8_t **p);
int32_t etf_read_int(const uint8_t **p);
void etf_skip_pid(const uint8_t **p); // tag and all
// Text of ETF_FLOAT_TEXT bytes. false: no float.
bool etf_float_text(const uint8_t *text, double *d);
// Whether what an EXPORT_EXT says (after its tag) is defined by anything loaded.
bool etf_export_known(const TermEnv *env, const uint8_t *p);
typedef struct EtfBuilder EtfBuilder;
// The term without terms in it whose tag has been read. TERM_NONE: b->error, or a limit.
Term etf_build_leaf(EtfBuilder *b, uint8_t tag);

// --- building (etf_decode.c) ---------------------------------------------------------------------
struct EtfBuilder {
    const TermEnv *env;
    Hp *hp;
    const uint8_t *p;
    Term *dest; // where the next term goes; NULL: ask the frames
    WorkStack frames;
    struct PairsChunk *pairs; // keys and values of maps under way
    Term result;
    const char *error;
    OffHeap off_before; // of hp, when nothing was built yet
    int64_t *budget;
};
void etf_builder_init(EtfBuilder *b, const TermEnv *env, Hp *hp, const EtfScan *scan);
// ETF_FAILED: b->error says why the input is bad; NULL there: a limit.
EtfStatus etf_builder_run(EtfBuilder *b, int64_t *budget);
void etf_builder_deinit(EtfBuilder *b);

// --- writing (etf_encode.c, etf_encode_leaf.c) ---------------------------------------------------
typedef struct EtfEncoder {
    const TermEnv *env;
    Buf *out;          // not used when counting
    WorkStack work;    // terms and small integers only: roots between two runs
    WorkStack cuts;    // byte counts of `out` before which the binaries below belong
    WorkStack outside; // binaries that are not copied: roots too
    EtfEncodeOpts opts;
    EtfEncodeKind kind;
    uint64_t counted; // bytes, when counting; else bytes of the binaries outside
    int64_t *budget;
    uint8_t sink[64]; // where small writes go that nobody will read
} EtfEncoder;
void etf_encoder_init(EtfEncoder *e, const TermEnv *env, Buf *out, Term t,
                      const EtfEncodeOpts *opts, EtfEncodeKind kind);
// ETF_FAILED: no memory.
EtfStatus etf_encoder_run(EtfEncoder *e, int64_t *budget);
void etf_encoder_deinit(EtfEncoder *e);

// Room for a small write of `count` bytes (at most sizeof e->sink).
uint8_t *etf_encoder_take_slow(EtfEncoder *e, size_t count);
static inline uint8_t *etf_encoder_take(EtfEncoder *e, size_t count) {
    DEBUG_ASSERT(count <= sizeof e->sink);
    Buf *b = e->out;
    if (UNLIKELY(b == NULL || b->cap_bytes - b->size_bytes < count))
        return etf_encoder_take_slow(e, count);
    uint8_t *p = b->data + b->size_bytes;
    b->size_bytes += count;
    return p;
}
// Writes a term that has no terms in it (an empty tuple, map or list also).
void etf_encode_leaf(EtfEncoder *e, Term t);
// What stands before the free variables of a fun; gives where its size field is in `out`.
size_t etf_encode_fun_head(EtfEncoder *e, Term fun);
void etf_encode_bytes(EtfEncoder *e, const uint8_t *bytes, size_t count);
