// SPDX-License-Identifier: Apache-2.0
// The external term format's machines put together: whole terms at once, and jobs in slices.
#include "term/etf_int.h"

// --- reading -------------------------------------------------------------------------------------
struct EtfDecodeJob {
    const TermEnv *env;
    EtfScan scan;
    EtfScanner scanner;
    bool building;
    EtfBuilder builder;
};

EtfDecodeJob *etf_decode_job_new(const TermEnv *env, const uint8_t *bytes, size_t count,
                                 EtfDecodeFlags flags) {
    EtfDecodeJob *job = mem_alloc(env->mem, sizeof *job);
    if (job == NULL) return NULL;
    job->env = env;
    job->building = false;
    etf_scanner_init(&job->scanner, env, bytes, count, flags, &job->scan);
    return job;
}

void etf_decode_job_free(EtfDecodeJob *job) {
    if (job == NULL) return;
    etf_scanner_deinit(&job->scanner);
    if (job->building) etf_builder_deinit(&job->builder);
    etf_scan_deinit(job->env, &job->scan);
    mem_free(job->env->mem, job, sizeof *job);
}

EtfStatus etf_decode_job_scan(EtfDecodeJob *job, int64_t *budget) {
    ASSERT(!job->building);
    return etf_scanner_run(&job->scanner, budget);
}

const EtfScan *etf_decode_job_scanned(const EtfDecodeJob *job) {
    return &job->scan;
}

const char *etf_decode_job_error(const EtfDecodeJob *job) {
    return job->building ? job->builder.error : job->scan.error;
}

EtfStatus etf_decode_job_build(EtfDecodeJob *job, Hp *hp, int64_t *budget, Term *result) {
    if (!job->building) {
        etf_builder_init(&job->builder, job->env, hp, &job->scan);
        job->building = true;
    }
    job->builder.hp = hp;
    EtfStatus status = etf_builder_run(&job->builder, budget);
    if (status == ETF_DONE) *result = job->builder.result;
    return status;
}

// --- writing -------------------------------------------------------------------------------------
// The buffer that is written to starts with room for a BitsData's head: a large result becomes
// the data of a binary without being copied.
struct EtfEncodeJob {
    EtfEncoder encoder;
    Buf out;
    bool written; // the encoder is done; what is left is to compress
    EtfZip *zip;
    Buf zipped;
};
enum {
    DATA_START = sizeof(BitsData),
    OUT_FIRST_BYTES = 256,
    ZIP_HEAD = 6, // version byte, tag, uncompressed size
};

EtfEncodeJob *etf_encode_job_new(const TermEnv *env, Term t, const EtfEncodeOpts *opts,
                                 EtfEncodeKind kind) {
    EtfEncodeJob *job = mem_alloc(env->mem, sizeof *job);
    if (job == NULL) return NULL;
    job->written = false;
    job->zip = NULL;
    buf_init(&job->out, env->mem);
    buf_init(&job->zipped, env->mem);
    etf_encoder_init(&job->encoder, env, &job->out, t, opts, kind);
    if (kind == ETF_ENCODE_COUNT) {
        job->encoder.counted = 1; // the version byte
    } else if (buf_start_bits_data(&job->out, OUT_FIRST_BYTES)) {
        buf_put_byte(&job->out, ETF_VERSION);
    } else {
        etf_encode_job_free(job);
        return NULL;
    }
    return job;
}

void etf_encode_job_free(EtfEncodeJob *job) {
    if (job == NULL) return;
    Mem *mem = job->encoder.env->mem;
    etf_encoder_deinit(&job->encoder);
    etf_zip_free(job->zip);
    buf_deinit(&job->out);
    buf_deinit(&job->zipped);
    mem_free(mem, job, sizeof *job);
}

void etf_encode_job_roots(EtfEncodeJob *job, Term *starts[ETF_JOB_ROOTS],
                          size_t counts[ETF_JOB_ROOTS]) {
    starts[0] = job->encoder.work.items;
    counts[0] = job->encoder.work.count;
    starts[1] = job->encoder.outside.items;
    counts[1] = job->encoder.outside.count;
}

// Starts compressing; false: there is nothing to gain, or no memory.
static bool zip_start(EtfEncodeJob *job) {
    size_t plain = job->out.size_bytes - DATA_START; // with the version byte
    if (plain <= ZIP_HEAD || plain - 1 > UINT32_MAX) return false;
    // Compressed if that takes no more bytes.
    size_t cap = plain - ZIP_HEAD;
    if (!buf_start_bits_data(&job->zipped, plain)) return false;
    uint8_t *p = job->zipped.data + DATA_START;
    *p++ = ETF_VERSION;
    *p++ = ETF_COMPRESSED;
    p = etf_set32(p, (uint32_t)(plain - 1));
    job->zip = etf_zip_new(job->encoder.env->mem, ETF_ZIP_DEFLATE, job->encoder.opts.compressed,
                           job->out.data + DATA_START + 1, plain - 1, p, cap);
    return job->zip != NULL;
}

static EtfStatus zip_run(EtfEncodeJob *job, int64_t *budget) {
    EtfStatus status = etf_zip_run(job->zip, budget);
    if (status == ETF_MORE) return ETF_MORE;
    if (status == ETF_DONE) {
        job->zipped.size_bytes = DATA_START + ZIP_HEAD + etf_zip_out_used(job->zip);
        Buf plain = job->out;
        job->out = job->zipped;
        job->zipped = plain;
    } // else: it grew, and the plain form is the result
    etf_zip_free(job->zip);
    job->zip = NULL;
    return ETF_DONE;
}

EtfStatus etf_encode_job_run(EtfEncodeJob *job, int64_t *budget) {
    if (!job->written) {
        EtfStatus status = etf_encoder_run(&job->encoder, budget);
        if (status != ETF_DONE) return status;
        job->written = true;
        bool zip = job->encoder.opts.compressed > 0 && job->encoder.kind == ETF_ENCODE_BYTES;
        if (!zip || !zip_start(job)) return ETF_DONE;
    }
    return job->zip == NULL ? ETF_DONE : zip_run(job, budget);
}

uint64_t etf_encode_job_size(const EtfEncodeJob *job) {
    const EtfEncoder *e = &job->encoder;
    if (e->kind == ETF_ENCODE_COUNT) return e->counted;
    return job->out.size_bytes - DATA_START + e->counted;
}

Term etf_encode_job_binary(EtfEncodeJob *job, Hp *hp) {
    ASSERT(job->written && job->encoder.outside.count == 0);
    size_t bytes = job->out.size_bytes - DATA_START;
    if (bytes <= HEAP_BITS_BYTES_MAX)
        return hp_binary(job->out.mem, hp, job->out.data + DATA_START, bytes);
    BitsData *d = buf_take_bits_data(&job->out);
    return d == NULL ? TERM_NONE : hp_refc_bits(hp, d, 8 * (uint64_t)bytes);
}

size_t etf_encode_job_iovec_words(const EtfEncodeJob *job) {
    size_t outside = job->encoder.outside.count;
    // Each binary outside, and a view of what is written before it; after the last, the rest.
    return REFC_BITS_WORDS + bits_words(8 * HEAP_BITS_BYTES_MAX) +
           (2 * outside + 1) * (CONS_WORDS + SUB_BITS_WORDS);
}

Term etf_encode_job_iovec(EtfEncodeJob *job, Hp *hp) {
    EtfEncoder *e = &job->encoder;
    ASSERT(job->written && e->kind == ETF_ENCODE_IOVEC);
    uint64_t end = job->out.size_bytes;
    size_t n = e->outside.count;
    Term inside;
    if (n == 0) {
        inside = etf_encode_job_binary(job, hp);
        return inside == TERM_NONE ? TERM_NONE : hp_cons(hp, inside, TERM_NIL);
    }
    BitsData *d = buf_take_bits_data(&job->out);
    if (d == NULL) return TERM_NONE;
    inside = hp_refc_bits(hp, d, 8 * d->cap_bytes);
    Term list = TERM_NIL;
    for (size_t i = n + 1; i-- > 0;) {
        // What is written between the binary before and the next one.
        uint64_t start = i == 0 ? DATA_START : e->cuts.items[i - 1];
        if (end > start) {
            Term part = hp_sub_bits(hp, inside, 8 * (start - DATA_START), 8 * (end - start));
            list = hp_cons(hp, part, list);
        }
        if (i == 0) break;
        Term t = e->outside.items[i - 1];
        uint64_t size = bits_size(t);
        if (size & 7) t = hp_sub_bits(hp, t, 0, size & ~(uint64_t)7);
        list = hp_cons(hp, t, list);
        end = start;
    }
    return list;
}

// --- at once -------------------------------------------------------------------------------------
void etf_encode(const TermEnv *env, Buf *out, Term t, const EtfEncodeOpts *opts) {
    int64_t budget = INT64_MAX;
    if (opts->compressed == 0) {
        EtfEncoder e;
        buf_put_byte(out, ETF_VERSION);
        etf_encoder_init(&e, env, out, t, opts, ETF_ENCODE_BYTES);
        EtfStatus status = etf_encoder_run(&e, &budget);
        ASSERT(status != ETF_MORE);
        etf_encoder_deinit(&e);
        return;
    }
    EtfEncodeJob *job = etf_encode_job_new(env, t, opts, ETF_ENCODE_BYTES);
    if (job != NULL && etf_encode_job_run(job, &budget) == ETF_DONE)
        buf_put(out, job->out.data + DATA_START, job->out.size_bytes - DATA_START);
    else
        out->failed = true;
    etf_encode_job_free(job);
}

size_t etf_encode_short(const TermEnv *env, Term t, const EtfEncodeOpts *opts, uint8_t *out,
                        size_t cap) {
    enum { STEPS = 64 };
    if (opts->compressed > 0) return 0;
    Buf buf;
    buf_init_fixed(&buf, out, cap);
    buf_put_byte(&buf, ETF_VERSION);
    EtfEncoder e;
    int64_t budget = STEPS;
    etf_encoder_init(&e, env, &buf, t, opts, ETF_ENCODE_BYTES);
    bool done = etf_encoder_run(&e, &budget) == ETF_DONE && !buf.failed;
    etf_encoder_deinit(&e);
    return done ? buf.size_bytes : 0;
}

uint64_t etf_external_size(const TermEnv *env, Term t, int minor_version) {
    EtfEncodeOpts opts = {.minor_version = minor_version};
    EtfEncoder e;
    int64_t budget = INT64_MAX;
    etf_encoder_init(&e, env, NULL, t, &opts, ETF_ENCODE_COUNT);
    e.counted = 1; // the version byte
    EtfStatus status = etf_encoder_run(&e, &budget);
    ASSERT(status == ETF_DONE);
    etf_encoder_deinit(&e);
    return e.counted;
}
