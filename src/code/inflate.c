// SPDX-License-Identifier: Apache-2.0
// Inflates zlib and gzip streams (RFC 1950, RFC 1952) into memory of the file that is being read.
// A small input cannot ask for much memory: deflate grows data by less than 1,032 times, and the
// output buffer never gets larger than that.
#include "code/beam_int.h"

#include <zlib.h>

enum { DEFLATE_RATIO_MAX = 1032, OUTPUT_MIN_BYTES = 4096, ZLIB_HEADER_BYTES = 16 };

// zlib frees without saying how much, so each block starts with its size.
static void *zlib_alloc(void *mem, unsigned count, unsigned each) {
    size_t size = (size_t)count * each + ZLIB_HEADER_BYTES;
    uint8_t *p = mem_alloc(mem, size);
    if (p == NULL) return NULL;
    memcpy(p, &size, sizeof size);
    return p + ZLIB_HEADER_BYTES;
}

static void zlib_free(void *mem, void *block) {
    uint8_t *p = (uint8_t *)block - ZLIB_HEADER_BYTES;
    size_t size;
    memcpy(&size, p, sizeof size);
    mem_free(mem, p, size);
}

bool beam_inflate(BeamFile *file, InflateKind kind, Slice in, size_t size_bytes, Slice *out,
                  BeamError *err) {
    size_t limit = in.size * DEFLATE_RATIO_MAX + OUTPUT_MIN_BYTES;
    if (size_bytes > limit) return beam_fail(err, "compressed data cannot be that long");
    if (size_bytes != 0) limit = size_bytes;
    z_stream z = {.zalloc = zlib_alloc, .zfree = zlib_free, .opaque = file->mem};
    if (inflateInit2(&z, kind == INFLATE_GZIP ? 16 + MAX_WBITS : MAX_WBITS) != Z_OK)
        return beam_fail(err, "out of memory");
    size_t cap = size_bytes, done = 0, taken = 0;
    uint8_t *buf = cap == 0 ? NULL : beam_realloc(file, err, NULL, cap, 1);
    bool ok = cap == 0 || buf != NULL;
    int status = Z_OK;
    while (ok && status == Z_OK) {
        if (done == cap && cap < limit) {
            cap = MIN(MAX(cap * 2, (size_t)OUTPUT_MIN_BYTES), limit);
            uint8_t *more = beam_realloc(file, err, buf, cap, 1);
            ok = more != NULL;
            if (!ok) break;
            buf = more;
        }
        // zlib counts in 32 bits: hand over at most that much at a time.
        uInt give = (uInt)MIN(in.size - taken, (size_t)1 << 30);
        uInt room = (uInt)MIN(cap - done, (size_t)1 << 30);
        z.next_in = (Bytef *)in.bytes + taken;
        z.avail_in = give;
        z.next_out = buf + done;
        z.avail_out = room;
        status = inflate(&z, Z_NO_FLUSH);
        taken += give - z.avail_in;
        done += room - z.avail_out;
    }
    inflateEnd(&z);
    if (!ok) return false;
    if (status != Z_STREAM_END || (size_bytes != 0 && done != size_bytes))
        return beam_fail(err, "compressed data is broken");
    *out = (Slice){buf, done};
    return true;
}
