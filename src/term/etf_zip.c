// SPDX-License-Identifier: Apache-2.0
// zlib streams in slices, with their memory counted on the VM's Mem. The output does not depend on
// how the work is cut.
#include "term/etf_int.h"

#include <zlib.h>

struct EtfZip {
    Mem *mem;
    EtfZipWay way;
    z_stream z;
    const uint8_t *in;
    size_t in_bytes, in_used; // zlib counts in 32 bits: it is handed pieces
    uint8_t *out;
    size_t out_cap, out_used;
    bool no_memory;
};

// zfree is not told the size: it stands before the block.
enum { ZIP_BLOCK_HEAD = 16 };

static void *zip_alloc(void *ctx, unsigned items, unsigned size) {
    size_t bytes = (size_t)items * size + ZIP_BLOCK_HEAD;
    uint8_t *p = mem_alloc(ctx, bytes);
    if (p == NULL) return NULL;
    memcpy(p, &bytes, sizeof bytes);
    return p + ZIP_BLOCK_HEAD;
}

static void zip_free(void *ctx, void *block) {
    uint8_t *p = (uint8_t *)block - ZIP_BLOCK_HEAD;
    size_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    mem_free(ctx, p, bytes);
}

EtfZip *etf_zip_new(Mem *mem, EtfZipWay way, int level, const uint8_t *in, size_t in_bytes,
                    uint8_t *out, size_t out_cap) {
    EtfZip *s = mem_alloc_zero(mem, sizeof *s);
    if (s == NULL) return NULL;
    s->mem = mem;
    s->way = way;
    s->in = in;
    s->in_bytes = in_bytes;
    s->out = out;
    s->out_cap = out_cap;
    s->z.zalloc = zip_alloc;
    s->z.zfree = zip_free;
    s->z.opaque = mem;
    int rc = way == ETF_ZIP_DEFLATE ? deflateInit(&s->z, level) : inflateInit(&s->z);
    if (rc != Z_OK) {
        mem_free(mem, s, sizeof *s);
        return NULL;
    }
    return s;
}

void etf_zip_free(EtfZip *s) {
    if (s == NULL) return;
    if (s->way == ETF_ZIP_DEFLATE)
        deflateEnd(&s->z);
    else
        inflateEnd(&s->z);
    mem_free(s->mem, s, sizeof *s);
}

size_t etf_zip_in_used(const EtfZip *s) {
    return s->in_used;
}

size_t etf_zip_out_used(const EtfZip *s) {
    return s->out_used;
}

bool etf_zip_no_memory(const EtfZip *s) {
    return s->no_memory;
}

EtfStatus etf_zip_run(EtfZip *s, int64_t *budget) {
    // What is uncompressed tells the work: the input of one way, the output of the other.
    bool deflating = s->way == ETF_ZIP_DEFLATE;
    const size_t piece = deflating ? 16 * 1024 : 64 * 1024;
    const size_t unit = deflating ? ETF_DEFLATE_BYTES : ETF_INFLATE_BYTES;
    const size_t large = (size_t)1 << 30;
    while (*budget > 0) {
        size_t in = MIN(s->in_bytes - s->in_used, deflating ? piece : large);
        size_t out = MIN(s->out_cap - s->out_used, deflating ? large : piece);
        s->z.next_in = (Bytef *)(uintptr_t)(s->in + s->in_used);
        s->z.avail_in = (uInt)in;
        s->z.next_out = s->out + s->out_used;
        s->z.avail_out = (uInt)out;
        bool last = s->in_used + in == s->in_bytes;
        int rc =
            deflating ? deflate(&s->z, last ? Z_FINISH : Z_NO_FLUSH) : inflate(&s->z, Z_NO_FLUSH);
        size_t read = in - s->z.avail_in, written = out - s->z.avail_out;
        s->in_used += read;
        s->out_used += written;
        *budget -= (int64_t)(1 + (deflating ? read : written) / unit);
        if (rc == Z_STREAM_END) return ETF_DONE;
        s->no_memory = rc == Z_MEM_ERROR;
        if (rc != Z_OK || (read == 0 && written == 0)) return ETF_FAILED;
    }
    return ETF_MORE;
}
