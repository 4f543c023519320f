// SPDX-License-Identifier: Apache-2.0
// Functions of module erlang that take I/O data: to one binary, to a list of binaries, its size,
// checksums and digests. All of them walk it with term/iodata.h and differ in the sink.
//
// A walk that does not fit the slice goes on in a state object; what is still to be walked is a
// root of the process in between.
#include "bif/bif_int.h"

#include "base/md5.h"
#include "term/iodata.h"
#include <zlib.h>

typedef enum Use {
    USE_BINARY,
    USE_BITSTRING,
    USE_IOVEC,
    USE_SIZE,
    USE_CRC32,
    USE_ADLER32,
    USE_MD5,        // the digest
    USE_MD5_UPDATE, // the context
} Use;

// --- sums ----------------------------------------------------------------------------------------
enum { SUM_ROOM_BYTES = 1024 };
typedef struct Sum {
    IoSink sink;
    Use use;
    uint32_t sum;
    Md5 md5;
    Buf scratch;
} Sum;

static void sum_bytes(Sum *s, const uint8_t *bytes, size_t count) {
    if (s->use == USE_CRC32)
        s->sum = (uint32_t)crc32_z(s->sum, bytes, count);
    else if (s->use == USE_ADLER32)
        s->sum = (uint32_t)adler32_z(s->sum, bytes, count);
    else
        md5_update(&s->md5, bytes, count);
}

static uint8_t *sum_room(IoSink *sink, size_t count) {
    Sum *s = CONTAINER_OF(sink, Sum, sink);
    s->scratch.size_bytes = 0;
    sink->failed = !buf_reserve(&s->scratch, count);
    return sink->failed ? NULL : s->scratch.data;
}

static void sum_filled(IoSink *sink, uint8_t *bytes, size_t count) {
    sum_bytes(CONTAINER_OF(sink, Sum, sink), bytes, count);
}

static void sum_bits(IoSink *sink, Term of UNUSED, Bits part) {
    Sum *s = CONTAINER_OF(sink, Sum, sink);
    const uint8_t *bytes = bits_bytes(part, &s->scratch);
    sink->failed = bytes == NULL;
    if (bytes != NULL) sum_bytes(s, bytes, part.size / 8);
}

// --- jobs ----------------------------------------------------------------------------------------
typedef struct Job {
    Use use;
    BifId called;
    uint32_t arity;
    IoWalk walk;
    union {
        IoSink sink; // the head of each
        IoFlat flat;
        IoVector vector;
        IoCount count;
        Sum sum;
    };
} Job;
enum { JOB_ROOTS = 3 };

static void job_init(Job *job, Mem *mem, Use use, BifId called, uint32_t arity, Term data) {
    job->use = use;
    job->called = called;
    job->arity = arity;
    io_walk_init(&job->walk, mem, data);
    switch (use) {
    case USE_BINARY:
    case USE_BITSTRING: io_flat_init(&job->flat, mem, use == USE_BITSTRING); break;
    case USE_IOVEC: io_vector_init(&job->vector, mem); break;
    case USE_SIZE: io_count_init(&job->count); break;
    default:
        job->sum.sink = (IoSink){.room = sum_room, .filled = sum_filled, .bits = sum_bits};
        job->sum.use = use;
        job->sum.sum = use == USE_ADLER32 ? 1 : 0;
        md5_init(&job->sum.md5);
        buf_init(&job->sum.scratch, mem);
    }
}

static void job_deinit(Job *job) {
    io_walk_deinit(&job->walk);
    switch (job->use) {
    case USE_BINARY:
    case USE_BITSTRING: io_flat_deinit(&job->flat); break;
    case USE_IOVEC: io_vector_deinit(&job->vector); break;
    case USE_SIZE: break;
    default: buf_deinit(&job->sum.scratch);
    }
}

static void job_move(Job *to, Job *from) {
    to->use = from->use;
    to->called = from->called;
    to->arity = from->arity;
    io_walk_move(&to->walk, &from->walk);
    switch (from->use) {
    case USE_BINARY:
    case USE_BITSTRING: to->flat = from->flat; break;
    case USE_IOVEC: io_vector_move(&to->vector, &from->vector); break;
    case USE_SIZE: to->count = from->count; break;
    default: to->sum = from->sum;
    }
}

static void push_job_roots(Process *p, Job *job, RootFrame f[JOB_ROOTS]) {
    process_push_roots(p, &f[0], job->walk.work.items, job->walk.work.count);
    process_push_roots(p, &f[1], &job->walk.part, 1);
    bool shared = job->use == USE_IOVEC;
    process_push_roots(p, &f[2], shared ? job->vector.shared.items : NULL,
                       shared ? job->vector.shared.count : 0);
}
static void pop_job_roots(Process *p, RootFrame f[JOB_ROOTS]) {
    for (int i = JOB_ROOTS; i-- > 0;) process_pop_roots(p, &f[i]);
}

// A context: state, count of bits, bytes of an unfinished block; little-endian as the machine.
enum { MD5_CONTEXT_BYTES = 88 };
_Static_assert(sizeof(((Md5 *)0)->state) + 8 + MD5_BLOCK_BYTES == MD5_CONTEXT_BYTES, "as it is");

static void md5_to_context(const Md5 *m, uint8_t context[MD5_CONTEXT_BYTES]) {
    uint64_t bits = 8 * m->size_bytes;
    memcpy(context, m->state, 16);
    memcpy(context + 16, &bits, 8);
    memcpy(context + 24, m->block, MD5_BLOCK_BYTES);
}
// false: not the size of a context.
static bool md5_from_context(Term t, Md5 *m) {
    uint8_t context[MD5_CONTEXT_BYTES];
    if (!term_is_bitstring(t) || bits_size(t) != 8 * MD5_CONTEXT_BYTES) return false;
    Bits b = bits_of(t);
    bits_copy(context, 0, b.bytes, b.offset, b.size);
    uint64_t bits;
    memcpy(m->state, context, 16);
    memcpy(&bits, context + 16, 8);
    m->size_bytes = bits / 8;
    memcpy(m->block, context + 24, MD5_BLOCK_BYTES);
    return true;
}

static size_t result_words(const Job *job) {
    switch (job->use) {
    case USE_BINARY:
    case USE_BITSTRING: return bits_words(job->flat.size_bits);
    case USE_IOVEC: return io_vector_words(&job->vector);
    case USE_SIZE: return INT64_WORDS;
    case USE_MD5: return bits_words(8 * MD5_BYTES);
    case USE_MD5_UPDATE: return bits_words(8 * MD5_CONTEXT_BYTES);
    default: return 0;
    }
}

static Term build_result(Job *job, Mem *mem, Hp *hp) {
    uint8_t bytes[MD5_CONTEXT_BYTES];
    switch (job->use) {
    case USE_BINARY:
    case USE_BITSTRING: return io_flat_take(&job->flat, hp);
    case USE_IOVEC: return io_vector_take(&job->vector, hp);
    case USE_SIZE: return hp_uint64(hp, job->count.bytes);
    case USE_MD5: md5_final(&job->sum.md5, bytes); return hp_binary(mem, hp, bytes, MD5_BYTES);
    case USE_MD5_UPDATE:
        md5_to_context(&job->sum.md5, bytes);
        return hp_binary(mem, hp, bytes, MD5_CONTEXT_BYTES);
    default: return term_small(job->sum.sum);
    }
}

// The result of a finished walk, or the error it ended with: in the name of the function called,
// with its arguments `args` if this is a later part.
static Term job_result_gc(Process *p, Job *job, IoStatus status, Term *args) {
    if (status == IO_DONE && job->use == USE_IOVEC && !io_vector_finish(&job->vector))
        status = IO_NO_MEMORY;
    if (status == IO_BAD)
        return args == NULL ? bif_badarg(p) : bif_badarg_as_gc(p, job->called, job->arity, args);
    if (status == IO_NO_MEMORY) return bif_system_limit(p);
    RootFrame frames[JOB_ROOTS];
    push_job_roots(p, job, frames);
    Hp hp;
    bool room = process_reserve_gc(p, result_words(job), &hp);
    pop_job_roots(p, frames);
    if (!room) return TERM_NONE;
    Term result = build_result(job, &p->vm->mem, &hp);
    if (result == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    return result;
}

// --- going on later ------------------------------------------------------------------------------
enum { CELLS = BIF_CELLS_PER_REDUCTION };

typedef struct IoState {
    MagicBin bin;
    Mem *mem;
    bool live;        // the job is not finished
    Process *waiting; // whose roots the frames are, between two slices
    Job job;
    RootFrame frames[JOB_ROOTS];
} IoState;

static void io_destroy(MagicBin *bin) {
    IoState *s = (IoState *)bin;
    if (s->waiting != NULL) bif_roots_unlink(s->waiting, s->frames, JOB_ROOTS);
    if (s->live) job_deinit(&s->job);
    mem_free(s->mem, s, sizeof *s);
}

static IoStatus job_run(Process *p, Job *job) {
    int64_t budget = (int64_t)bif_budget(p, CELLS), left = budget;
    IoStatus status = io_walk_run(&job->walk, &job->sink, &left);
    bif_charge_units(p, (uint64_t)(budget - left), CELLS);
    return status;
}

BIF(iodata_continue, "erts_internal", "iodata_continue", "Job, Arg1, Arg2", 0,
    "What Job makes of its I/O data.") {
    IoState *s = (IoState *)bif_state(a[0], io_destroy);
    if (s == NULL || !s->live) return bif_badarg(p);
    pop_job_roots(p, s->frames);
    s->waiting = NULL;
    IoStatus status = job_run(p, &s->job);
    if (status == IO_MORE) {
        push_job_roots(p, &s->job, s->frames);
        s->waiting = p;
        return bif_go_on(p, BIF_ID_iodata_continue, 3, a);
    }
    Term result = job_result_gc(p, &s->job, status, a + 1);
    s->live = false;
    job_deinit(&s->job);
    return result;
}

static Term io_later_gc(Process *p, Term *a, Job *job) {
    Mem *mem = &p->vm->mem;
    IoState *s = mem_alloc(mem, sizeof *s);
    if (s == NULL) {
        job_deinit(job);
        return bif_system_limit(p);
    }
    s->bin.refs = 1;
    s->bin.destroy = io_destroy;
    s->mem = mem;
    s->live = true;
    s->waiting = NULL;
    job_move(&s->job, job);
    Term args[3] = {TERM_NIL, a[0], s->job.arity == 2 ? a[1] : TERM_NIL};
    RootFrame roots;
    push_job_roots(p, &s->job, s->frames);
    s->waiting = p;
    process_push_roots(p, &roots, args, 3);
    args[0] = bif_state_ref_gc(p, &s->bin);
    process_pop_roots(p, &roots);
    if (args[0] == TERM_NONE) return TERM_NONE; // and with it the state is gone
    return bif_go_on(p, BIF_ID_iodata_continue, 3, args);
}

// Runs a job that has been set up, and ends it.
static Term io_start(Process *p, Term *a, Job *job) {
    IoStatus status = job_run(p, job);
    if (status == IO_MORE) return io_later_gc(p, a, job);
    Term result = job_result_gc(p, job, status, NULL);
    job_deinit(job);
    return result;
}

static Term io_call(Process *p, Term *a, Use use, BifId called) {
    Job job;
    job_init(&job, &p->vm->mem, use, called, 1, a[0]);
    return io_start(p, a, &job);
}

static bool is_binary(Term t) {
    return term_is_bitstring(t) && (bits_size(t) & 7) == 0;
}

// --- builtins ------------------------------------------------------------------------------------
BIF(erlang_list_to_binary_1, "erlang", "list_to_binary", "IoList", 0,
    "The bytes of IoList as one binary.") {
    if (!term_is_list(a[0])) return bif_badarg(p);
    return io_call(p, a, USE_BINARY, BIF_ID_erlang_list_to_binary_1);
}

BIF(binary_list_to_bin_1, "binary", "list_to_bin", "ByteList", 0, "The same as list_to_binary/1.") {
    if (!term_is_list(a[0])) return bif_badarg(p);
    return io_call(p, a, USE_BINARY, BIF_ID_binary_list_to_bin_1);
}

BIF(erlang_iolist_to_binary_1, "erlang", "iolist_to_binary", "IoListOrBinary", 0,
    "The bytes of IoListOrBinary as one binary.") {
    if (is_binary(a[0])) return a[0];
    return io_call(p, a, USE_BINARY, BIF_ID_erlang_iolist_to_binary_1);
}

BIF(erlang_list_to_bitstring_1, "erlang", "list_to_bitstring", "BitstringList", 0,
    "The bytes and bit strings of BitstringList as one bit string.") {
    if (!term_is_list(a[0])) return bif_badarg(p);
    return io_call(p, a, USE_BITSTRING, BIF_ID_erlang_list_to_bitstring_1);
}

BIF(erlang_iolist_size_1, "erlang", "iolist_size", "IoListOrBinary", 0,
    "How many bytes IoListOrBinary has.") {
    return io_call(p, a, USE_SIZE, BIF_ID_erlang_iolist_size_1);
}

BIF(erlang_iolist_to_iovec_1, "erlang", "iolist_to_iovec", "IoListOrBinary", 0,
    "The bytes of IoListOrBinary as a list of binaries that shares the large ones.") {
    return io_call(p, a, USE_IOVEC, BIF_ID_erlang_iolist_to_iovec_1);
}

// An unsigned number of 32 bits.
static bool uint32_arg(Term t, uint32_t *n) {
    int64_t value;
    if (!bif_small_arg(t, 0, UINT32_MAX, &value)) return false;
    *n = (uint32_t)value;
    return true;
}

// Goes on from a[0] with the data a[1].
static Term sum_from(Process *p, Term *a, Use use, BifId called) {
    uint32_t from;
    if (!uint32_arg(a[0], &from)) return bif_badarg(p);
    Job job;
    job_init(&job, &p->vm->mem, use, called, 2, a[1]);
    job.sum.sum = from;
    return io_start(p, a, &job);
}

BIF(erlang_crc32_1, "erlang", "crc32", "Data", 0, "The CRC-32 of Data (IEEE 802.3).") {
    return io_call(p, a, USE_CRC32, BIF_ID_erlang_crc32_1);
}
BIF(erlang_crc32_2, "erlang", "crc32", "OldCrc, Data", 0,
    "The CRC-32 of what OldCrc stands for and then Data.") {
    return sum_from(p, a, USE_CRC32, BIF_ID_erlang_crc32_2);
}
BIF(erlang_adler32_1, "erlang", "adler32", "Data", 0, "The Adler-32 sum of Data.") {
    return io_call(p, a, USE_ADLER32, BIF_ID_erlang_adler32_1);
}
BIF(erlang_adler32_2, "erlang", "adler32", "OldAdler, Data", 0,
    "The Adler-32 sum of what OldAdler stands for and then Data.") {
    return sum_from(p, a, USE_ADLER32, BIF_ID_erlang_adler32_2);
}

BIF(erlang_crc32_combine_3, "erlang", "crc32_combine", "FirstCrc, SecondCrc, SecondSize", 0,
    "The CRC-32 of two pieces of data, the second of SecondSize bytes.") {
    uint32_t n[3];
    for (int i = 0; i < 3; i++)
        if (!uint32_arg(a[i], &n[i])) return bif_badarg(p);
    return term_small((int64_t)(uint32_t)crc32_combine(n[0], n[1], n[2]));
}

BIF(erlang_adler32_combine_3, "erlang", "adler32_combine", "FirstAdler, SecondAdler, SecondSize", 0,
    "The Adler-32 sum of two pieces of data, the second of SecondSize bytes.") {
    uint32_t n[3];
    for (int i = 0; i < 3; i++)
        if (!uint32_arg(a[i], &n[i])) return bif_badarg(p);
    // Nothing added is nothing changed, whatever SecondAdler is: as the reference, not as zlib.
    if (n[2] == 0) return a[0];
    return term_small((int64_t)(uint32_t)adler32_combine(n[0], n[1], n[2]));
}

BIF(erlang_md5_1, "erlang", "md5", "Data", 0, "The MD5 digest of Data: a binary of 16 bytes.") {
    return io_call(p, a, USE_MD5, BIF_ID_erlang_md5_1);
}

BIF(erlang_md5_init_0, "erlang", "md5_init", "", 0, "A context for md5_update/2.") {
    Hp hp;
    if (!process_reserve_gc(p, bits_words(8 * MD5_CONTEXT_BYTES), &hp)) return TERM_NONE;
    Md5 m;
    uint8_t context[MD5_CONTEXT_BYTES];
    memset(&m, 0, sizeof m);
    md5_init(&m);
    md5_to_context(&m, context);
    Term result = hp_binary(&p->vm->mem, &hp, context, sizeof context);
    if (result == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    return result;
}

BIF(erlang_md5_update_2, "erlang", "md5_update", "Context, Data", 0,
    "The context after Data has been added to it.") {
    Job job;
    job_init(&job, &p->vm->mem, USE_MD5_UPDATE, BIF_ID_erlang_md5_update_2, 2, a[1]);
    if (!md5_from_context(a[0], &job.sum.md5)) {
        job_deinit(&job);
        return bif_badarg(p);
    }
    return io_start(p, a, &job);
}

BIF(erlang_md5_final_1, "erlang", "md5_final", "Context", 0,
    "The MD5 digest of all that was added to Context.") {
    Md5 m;
    uint8_t digest[MD5_BYTES];
    if (!md5_from_context(a[0], &m)) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, bits_words(8 * MD5_BYTES), &hp)) return TERM_NONE;
    md5_final(&m, digest);
    Term result = hp_binary(&p->vm->mem, &hp, digest, MD5_BYTES);
    process_commit(p, &hp);
    return result;
}
