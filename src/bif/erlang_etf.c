// SPDX-License-Identifier: Apache-2.0
// The external term format: the functions of module erlang.
//
// Work that does not fit the slice goes on in a state object. A term being written stays where it
// is: what the writer still has to look at are roots of the process between two slices. A term
// being read over several slices is built in a heap fragment, which nothing moves.
#include "bif/bif_int.h"

#include "term/etf_job.h"

// Steps of the format's machines (etf_job.h) that one reduction pays for.
enum { ETF_STEPS_PER_REDUCTION = 8 };
// What is read or written in one go: so little that it fits any slice.
enum { ETF_AT_ONCE_BYTES = 4096, ETF_SHORT_BYTES = 256 };

static int64_t etf_budget(const Process *p) {
    return (int64_t)bif_budget(p, ETF_STEPS_PER_REDUCTION);
}
static void etf_charge(Process *p, int64_t budget, int64_t left) {
    bif_charge_units(p, (uint64_t)(budget - left), ETF_STEPS_PER_REDUCTION);
}

// --- options -------------------------------------------------------------------------------------
// {minor_version, 0..max}
static bool minor_version(Term t, int64_t max, int *version) {
    int64_t n;
    if (!term_is_tuple(t) || term_tuple_arity(t) != 2) return false;
    const Term *e = term_tuple_elements(t);
    if (e[0] != ATOM_minor_version || !bif_small_arg(e[1], 0, max, &n)) return false;
    *version = (int)n;
    return true;
}

static bool encode_option(Term t, EtfEncodeOpts *opts) {
    int64_t level;
    if (t == ATOM_compressed) {
        opts->compressed = 6;
    } else if (t == ATOM_deterministic) {
        opts->deterministic = true;
    } else if (term_is_tuple(t) && term_tuple_arity(t) == 2 &&
               term_tuple_elements(t)[0] == ATOM_compressed) {
        if (!bif_small_arg(term_tuple_elements(t)[1], 0, 9, &level)) return false;
        opts->compressed = (int)level;
    } else {
        return minor_version(t, 2, &opts->minor_version);
    }
    return true;
}

static EtfEncodeOpts encode_defaults(const Process *p) {
    return (EtfEncodeOpts){.minor_version = 1, .self = p->pid};
}

static bool encode_options(Term list, EtfEncodeOpts *opts) {
    for (; term_is_cons(list); list = term_tail(list))
        if (!encode_option(term_head(list), opts)) return false;
    return term_is_nil(list);
}

// --- writing -------------------------------------------------------------------------------------
typedef struct WriteState {
    MagicBin bin;
    Mem *mem;
    EtfEncodeJob *job;
    EtfEncodeKind kind;
    Process *waiting; // whose roots the frames are, between two slices
    RootFrame frames[ETF_JOB_ROOTS];
} WriteState;

static void write_destroy(MagicBin *bin) {
    WriteState *s = (WriteState *)bin;
    if (s->waiting != NULL) bif_roots_unlink(s->waiting, s->frames, ETF_JOB_ROOTS);
    etf_encode_job_free(s->job);
    mem_free(s->mem, s, sizeof *s);
}

static void push_job_roots(Process *p, EtfEncodeJob *job, RootFrame frames[ETF_JOB_ROOTS]) {
    Term *starts[ETF_JOB_ROOTS];
    size_t counts[ETF_JOB_ROOTS];
    etf_encode_job_roots(job, starts, counts);
    for (int i = 0; i < ETF_JOB_ROOTS; i++) process_push_roots(p, &frames[i], starts[i], counts[i]);
}
static void pop_job_roots(Process *p, RootFrame frames[ETF_JOB_ROOTS]) {
    for (int i = ETF_JOB_ROOTS; i-- > 0;) process_pop_roots(p, &frames[i]);
}

// The result of a finished job. TERM_NONE: an exception is set.
static Term written_gc(Process *p, EtfEncodeJob *job, EtfEncodeKind kind) {
    uint64_t size = etf_encode_job_size(job);
    size_t words = kind == ETF_ENCODE_COUNT   ? INT64_WORDS
                   : kind == ETF_ENCODE_IOVEC ? etf_encode_job_iovec_words(job)
                                              : bits_words(8 * size);
    RootFrame frames[ETF_JOB_ROOTS];
    push_job_roots(p, job, frames);
    Hp hp;
    bool room = process_reserve_gc(p, words, &hp);
    pop_job_roots(p, frames);
    if (!room) return TERM_NONE;
    Term result = kind == ETF_ENCODE_COUNT   ? hp_uint64(&hp, size)
                  : kind == ETF_ENCODE_IOVEC ? etf_encode_job_iovec(job, &hp)
                                             : etf_encode_job_binary(job, &hp);
    if (result == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    return result;
}

// Ends the slice; the job's terms stay roots. Takes over the state.
static Term write_later_gc(Process *p, WriteState *s, Term ref) {
    push_job_roots(p, s->job, s->frames);
    s->waiting = p;
    if (ref == TERM_NONE) ref = bif_state_ref_gc(p, &s->bin);
    if (ref == TERM_NONE) return TERM_NONE; // and with it the state is gone
    return bif_go_on(p, BIF_ID_etf_write_continue, 1, &ref);
}

BIF(etf_write_continue, "erts_internal", "etf_write_continue", "Job", 0,
    "The external form that Job writes.") {
    WriteState *s = (WriteState *)bif_state(a[0], write_destroy);
    if (s == NULL || s->job == NULL) return bif_badarg(p);
    pop_job_roots(p, s->frames);
    s->waiting = NULL;
    int64_t budget = etf_budget(p), left = budget;
    EtfStatus status = etf_encode_job_run(s->job, &left);
    etf_charge(p, budget, left);
    if (status == ETF_MORE) return write_later_gc(p, s, a[0]);
    Term result = status == ETF_DONE ? written_gc(p, s->job, s->kind) : bif_system_limit(p);
    etf_encode_job_free(s->job); // the state itself goes with the next collection
    s->job = NULL;
    return result;
}

static Term write_term(Process *p, Term t, const EtfEncodeOpts *opts, EtfEncodeKind kind) {
    Mem *mem = &p->vm->mem;
    EtfEncodeJob *job = etf_encode_job_new(&p->vm->env, t, opts, kind);
    if (job == NULL) return bif_system_limit(p);
    int64_t budget = etf_budget(p), left = budget;
    EtfStatus status = etf_encode_job_run(job, &left);
    etf_charge(p, budget, left);
    WriteState *s = status == ETF_MORE ? mem_alloc(mem, sizeof *s) : NULL;
    if (s != NULL) {
        *s = (WriteState){{.refs = 1, .destroy = write_destroy}, mem, job, kind, NULL, {{0}}};
        return write_later_gc(p, s, TERM_NONE);
    }
    Term result = status == ETF_DONE ? written_gc(p, job, kind) : bif_system_limit(p);
    etf_encode_job_free(job);
    return result;
}

// The usual case is a short term: it takes no job.
static Term write_binary(Process *p, Term t, const EtfEncodeOpts *opts) {
    uint8_t bytes[ETF_SHORT_BYTES];
    size_t count = etf_encode_short(&p->vm->env, t, opts, bytes, sizeof bytes);
    if (count == 0) return write_term(p, t, opts, ETF_ENCODE_BYTES);
    bif_charge_units(p, count, ETF_STEPS_PER_REDUCTION);
    Hp hp;
    if (!process_reserve_gc(p, bits_words(8 * count), &hp)) return TERM_NONE;
    Term result = hp_binary(&p->vm->mem, &hp, bytes, count);
    if (result == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    return result;
}

BIF(erlang_term_to_binary_1, "erlang", "term_to_binary", "Term", 0,
    "Term in the external format.") {
    EtfEncodeOpts opts = encode_defaults(p);
    return write_binary(p, a[0], &opts);
}

BIF(erlang_term_to_binary_2, "erlang", "term_to_binary", "Term, Options", 0,
    "Term in the external format, as Options say.") {
    EtfEncodeOpts opts = encode_defaults(p);
    if (!encode_options(a[1], &opts)) return bif_badarg(p);
    return write_binary(p, a[0], &opts);
}

BIF(erlang_term_to_iovec_1, "erlang", "term_to_iovec", "Term", 0,
    "Term in the external format, as a list of binaries that shares Term's large ones.") {
    EtfEncodeOpts opts = encode_defaults(p);
    return write_term(p, a[0], &opts, ETF_ENCODE_IOVEC);
}

BIF(erlang_term_to_iovec_2, "erlang", "term_to_iovec", "Term, Options", 0,
    "Term in the external format as Options say, as a list of binaries.") {
    EtfEncodeOpts opts = encode_defaults(p);
    if (!encode_options(a[1], &opts)) return bif_badarg(p);
    // The reference gives the binary itself when it is to be compressed.
    return write_term(p, a[0], &opts, opts.compressed > 0 ? ETF_ENCODE_BYTES : ETF_ENCODE_IOVEC);
}

BIF(erlang_external_size_1, "erlang", "external_size", "Term", 0,
    "How many bytes Term takes in the external format.") {
    EtfEncodeOpts opts = encode_defaults(p);
    return write_term(p, a[0], &opts, ETF_ENCODE_COUNT);
}

BIF(erlang_external_size_2, "erlang", "external_size", "Term, Options", 0,
    "How many bytes Term takes in the external format, as Options say.") {
    EtfEncodeOpts opts = encode_defaults(p);
    // What has been read of the options is gone from the arguments that an error shows.
    for (; term_is_cons(a[1]); a[1] = term_tail(a[1]))
        if (!minor_version(term_head(a[1]), 1, &opts.minor_version)) return bif_badarg(p);
    if (!term_is_nil(a[1])) return bif_badarg(p);
    return write_term(p, a[0], &opts, ETF_ENCODE_COUNT);
}

// --- reading -------------------------------------------------------------------------------------
typedef struct ReadState {
    MagicBin bin;
    Mem *mem;
    EtfDecodeJob *job;
    BitsData *input; // counted
    Buf copy;        // of bytes that do not start at a byte
    HeapFragment *fragment;
    Hp hp;
    BifId called; // what to blame
    bool used;    // {Term, Used} is asked for
} ReadState;

static void read_clear(ReadState *s) {
    etf_decode_job_free(s->job);
    if (s->input != NULL) bits_data_release(s->input);
    if (s->fragment != NULL) heap_fragment_free(s->mem, s->fragment);
    buf_deinit(&s->copy);
    s->job = NULL;
    s->input = NULL;
    s->fragment = NULL;
}

static void read_destroy(MagicBin *bin) {
    ReadState *s = (ReadState *)bin;
    read_clear(s);
    mem_free(s->mem, s, sizeof *s);
}

enum { USED_WORDS = 3 }; // {Term, Used}; Used is a small integer

static Term with_used(Hp *hp, Term t, const EtfScan *scan) {
    return hp_tuple2(hp, t, term_small((int64_t)scan->used_bytes));
}

// In the name of the function that was called; a[] are the arguments of the part running.
static Term read_failed_gc(Process *p, ReadState *s, Term *a) {
    bool bad = etf_decode_job_error(s->job) != NULL;
    bif_badarg_as_gc(p, s->called, s->called == BIF_ID_erlang_binary_to_term_1 ? 1 : 2, a + 1);
    if (!bad && p->regs->exc.cls == EXC_ERROR) p->regs->exc.value = ATOM_system_limit;
    return TERM_NONE;
}

// Goes over to the fragment that the term is built in.
static bool read_open_fragment(ReadState *s, const EtfScan *scan) {
    size_t words = scan->heap_words + USED_WORDS;
    s->fragment = heap_fragment_new(s->mem, words);
    if (s->fragment == NULL) return false;
    s->hp = (Hp){s->fragment->mem, s->fragment->mem + words, &s->fragment->off};
    return true;
}

static Term read_done(Process *p, ReadState *s, Term result, const EtfScan *scan) {
    if (s->used) result = with_used(&s->hp, result, scan);
    HeapFragment *f = s->fragment;
    s->fragment = NULL;
    f->used = (size_t)(s->hp.top - f->mem);
    heap_adopt_fragment(&p->heap, f);
    return result;
}

BIF(etf_read_continue, "erts_internal", "etf_read_continue", "Job, Binary, Options", 0,
    "The term that Job reads.") {
    ReadState *s = (ReadState *)bif_state(a[0], read_destroy);
    if (s == NULL || s->job == NULL) return bif_badarg(p);
    const EtfScan *scan = etf_decode_job_scanned(s->job);
    int64_t budget = etf_budget(p), left = budget;
    EtfStatus status = ETF_DONE;
    Term result = TERM_NONE;
    if (s->fragment == NULL) {
        status = etf_decode_job_scan(s->job, &left);
        if (status == ETF_DONE && !read_open_fragment(s, scan)) status = ETF_FAILED;
    }
    if (status == ETF_DONE) status = etf_decode_job_build(s->job, &s->hp, &left, &result);
    etf_charge(p, budget, left);
    if (status == ETF_MORE) return bif_go_on(p, BIF_ID_etf_read_continue, 3, a);
    if (status == ETF_DONE)
        result = read_done(p, s, result, scan);
    else
        read_failed_gc(p, s, a);
    read_clear(s);
    return result;
}

// Sets up a job; the bytes are held wherever they are. false: no memory.
static bool read_start(ReadState *s, Process *p, Term bin, EtfDecodeFlags flags) {
    Bits b = bits_of(bin);
    Term *object = term_boxed_ptr(bin);
    if (header_kind(object[0]) == KIND_SUB_BITS) object = term_boxed_ptr(object[SUB_BITS_BASE]);
    const uint8_t *bytes;
    if ((b.offset & 7) == 0 && header_kind(object[0]) == KIND_REFC_BITS) {
        s->input = (BitsData *)(uintptr_t)object[REFC_BITS_DATA];
        bits_data_retain(s->input);
        bytes = b.bytes + b.offset / 8;
    } else {
        if (!buf_reserve(&s->copy, MAX(b.size / 8, (uint64_t)1))) return false;
        bits_copy(s->copy.data, 0, b.bytes, b.offset, b.size);
        bytes = s->copy.data;
    }
    s->job = etf_decode_job_new(&p->vm->env, bytes, b.size / 8, flags);
    return s->job != NULL;
}

static Term read_in_slices(Process *p, Term *a, EtfDecodeFlags flags, bool used, BifId called) {
    Mem *mem = &p->vm->mem;
    ReadState *s = mem_alloc_zero(mem, sizeof *s);
    if (s == NULL) return bif_system_limit(p);
    s->bin.refs = 1;
    s->bin.destroy = read_destroy;
    s->mem = mem;
    s->called = called;
    s->used = used;
    buf_init(&s->copy, mem);
    if (!read_start(s, p, a[0], flags)) {
        read_destroy(&s->bin);
        return bif_system_limit(p);
    }
    Term args[3] = {TERM_NIL, a[0], called == BIF_ID_erlang_binary_to_term_2 ? a[1] : TERM_NIL};
    RootFrame roots;
    process_push_roots(p, &roots, args, 3);
    args[0] = bif_state_ref_gc(p, &s->bin);
    process_pop_roots(p, &roots);
    if (args[0] == TERM_NONE) return TERM_NONE;
    return bif_goto(p, BIF_ID_etf_read_continue, 3, args);
}

// A short input, at once: `bytes` do not move.
static Term read_at_once(Process *p, const uint8_t *bytes, size_t count, EtfDecodeFlags flags,
                         bool used) {
    const TermEnv *env = &p->vm->env;
    EtfScan scan;
    etf_scan(env, bytes, count, flags, &scan);
    Term result = TERM_NONE;
    const char *error = scan.error;
    Hp hp;
    if (error == NULL) {
        if (!process_reserve_gc(p, scan.heap_words + USED_WORDS, &hp)) return TERM_NONE;
        result = etf_decode_why(env, &hp, &scan, &error);
    }
    bif_charge_units(p, scan.used_bytes, ETF_STEPS_PER_REDUCTION);
    if (result == TERM_NONE) return error != NULL ? bif_badarg(p) : bif_system_limit(p);
    if (used) result = with_used(&hp, result, &scan);
    process_commit(p, &hp);
    return result;
}

static Term read_term(Process *p, Term *a, EtfDecodeFlags flags, bool used, BifId called) {
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    Bits b = bits_of(a[0]);
    if (!bits_is_binary(b)) return bif_badarg(p);
    size_t count = b.size / 8;
    enum { COMPRESSED = 80 };
    if (count < 2 || bits_load(b.bytes, b.offset, 8) != 131) return bif_badarg(p);
    if (count > ETF_AT_ONCE_BYTES || bits_load(b.bytes, b.offset + 8, 8) == COMPRESSED)
        return read_in_slices(p, a, flags, used, called);
    uint8_t copy[ETF_AT_ONCE_BYTES];
    if (count <= HEAP_BITS_BYTES_MAX || (b.offset & 7) != 0) { // it may lie on the heap
        bits_copy(copy, 0, b.bytes, b.offset, b.size);
        return read_at_once(p, copy, count, flags, used);
    }
    return read_at_once(p, b.bytes + b.offset / 8, count, flags, used);
}

BIF(erlang_binary_to_term_1, "erlang", "binary_to_term", "Binary", 0,
    "The term that Binary holds in the external format.") {
    return read_term(p, a, 0, false, BIF_ID_erlang_binary_to_term_1);
}

BIF(erlang_binary_to_term_2, "erlang", "binary_to_term", "Binary, Options", 0,
    "The term that Binary holds; {Term, Used} with option used; with safe, nothing new is made.") {
    EtfDecodeFlags flags = 0;
    bool used = false;
    Term list = a[1];
    for (; term_is_cons(list); list = term_tail(list)) {
        if (term_head(list) == ATOM_safe)
            flags |= ETF_SAFE;
        else if (term_head(list) == ATOM_used)
            used = true;
        else
            return bif_badarg_cause(p, ATOM_badopt);
    }
    if (!term_is_nil(list)) return bif_badarg_cause(p, ATOM_badopt);
    return read_term(p, a, flags, used, BIF_ID_erlang_binary_to_term_2);
}
