// SPDX-License-Identifier: Apache-2.0
// Fuzz target: external terms. The first byte says how, the rest is what binary_to_term gets after
// its version byte. All at once and in slices give the same verdict and the same term; what was
// read can be written, and reads back as the same term; nothing is left behind.
//   make fuzz-etf        runs it for a minute; SECONDS=600 for longer
#include "base/stack.h"
#include "term/compare.h"
#include "term/etf_job.h"
#include "term/fun.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { ATOMS_MAX = 100000, RUNS_A_WORLD = 2000, ENTRIES_MAX = 1000, WORDS_MAX = 1 << 24 };

typedef struct World {
    Mem mem;
    TermEnv env;
    Export exports[ENTRIES_MAX];
    FunEntry funs[ENTRIES_MAX];
    size_t export_count, fun_count;
} World;

static Export *export_find(void *ctx, Term module, Term function, uint32_t arity) {
    World *w = ctx;
    for (size_t i = 0; i < w->export_count; i++) {
        Export *ex = &w->exports[i];
        if (ex->module == module && ex->function == function && ex->arity == arity) return ex;
    }
    return NULL;
}

static Export *export_get(void *ctx, Term module, Term function, uint32_t arity) {
    World *w = ctx;
    Export *ex = export_find(ctx, module, function, arity);
    if (ex != NULL || w->export_count == ENTRIES_MAX) return ex;
    ex = &w->exports[w->export_count++];
    *ex = (Export){.module = module, .function = function, .arity = arity};
    return ex;
}

static FunEntry *fun_get(void *ctx, Term module, const uint8_t uniq[16], uint32_t index,
                         uint32_t old_uniq, uint32_t arity, uint32_t free_count) {
    World *w = ctx;
    FunEntry fe = {.module = module,
                   .index = index,
                   .old_uniq = old_uniq,
                   .arity = arity,
                   .free_count = free_count};
    memcpy(fe.uniq, uniq, 16);
    for (size_t i = 0; i < w->fun_count; i++) {
        FunEntry *f = &w->funs[i];
        if (f->module == module && f->index == index && f->old_uniq == old_uniq &&
            f->arity == arity && f->free_count == free_count && memcmp(f->uniq, uniq, 16) == 0)
            return f;
    }
    if (w->fun_count == ENTRIES_MAX) return NULL;
    w->funs[w->fun_count] = fe;
    return &w->funs[w->fun_count++];
}

static World *world_new(void) {
    World *w = calloc(1, sizeof *w);
    ASSERT(w != NULL);
    mem_init(&w->mem);
    w->mem.bytes_max = (uint64_t)1 << 28;
    w->env = (TermEnv){.mem = &w->mem,
                       .node = ATOM_nonode_at_nohost,
                       .hook_ctx = w,
                       .export_get = export_get,
                       .export_find = export_find,
                       .fun_get = fun_get};
    w->env.atoms = atoms_new(&w->mem, ATOMS_MAX);
    ASSERT(w->env.atoms != NULL);
    return w;
}

static void world_free(World *w) {
    atoms_free(w->env.atoms);
    ASSERT(mem_bytes(&w->mem) == 0);
    free(w);
}

// --- a heap of exactly the words that were asked for ---------------------------------------------
typedef struct Heap {
    Term *words;
    OffHeap off;
    Hp hp;
} Heap;

static void heap_open(Heap *h, size_t words) {
    h->words = malloc(MAX(words, (size_t)1) * sizeof(Term));
    ASSERT(h->words != NULL);
    h->off = (OffHeap){0};
    h->hp = (Hp){h->words, h->words + words, &h->off};
}

static void heap_close(Heap *h) {
    for (Term *p = h->off.first; p != NULL; p = (Term *)(uintptr_t)p[REFC_BITS_LINK])
        bits_data_release((BitsData *)(uintptr_t)p[REFC_BITS_DATA]);
    free(h->words);
}

// --- one input -----------------------------------------------------------------------------------
typedef enum Verdict { TAKEN, REFUSED, LIMITED } Verdict;

static Verdict read_at_once(World *w, const uint8_t *bytes, size_t count, EtfDecodeFlags flags,
                            Heap *h, Term *t) {
    EtfScan scan;
    const char *error = NULL;
    *t = TERM_NONE;
    etf_scan(&w->env, bytes, count, flags, &scan);
    error = scan.error;
    bool limited = scan.no_memory || scan.heap_words > WORDS_MAX;
    ASSERT(error != NULL || limited || scan.used_bytes <= count);
    heap_open(h, error == NULL && !limited ? scan.heap_words : 0);
    if (error == NULL && !limited) *t = etf_decode_why(&w->env, &h->hp, &scan, &error);
    etf_scan_deinit(&w->env, &scan);
    return *t != TERM_NONE ? TAKEN : error != NULL ? REFUSED : LIMITED;
}

static Verdict read_in_slices(World *w, const uint8_t *bytes, size_t count, EtfDecodeFlags flags,
                              int64_t slice, Heap *h, Term *t) {
    EtfDecodeJob *job = etf_decode_job_new(&w->env, bytes, count, flags);
    *t = TERM_NONE;
    heap_open(h, 0);
    if (job == NULL) return LIMITED;
    int64_t budget;
    EtfStatus status;
    do budget = slice;
    while ((status = etf_decode_job_scan(job, &budget)) == ETF_MORE);
    size_t words = etf_decode_job_scanned(job)->heap_words;
    if (status == ETF_DONE && words <= WORDS_MAX) {
        heap_close(h);
        heap_open(h, words);
        do budget = slice;
        while ((status = etf_decode_job_build(job, &h->hp, &budget, t)) == ETF_MORE);
    }
    const char *error = etf_decode_job_error(job);
    etf_decode_job_free(job);
    return *t != TERM_NONE ? TAKEN : error != NULL ? REFUSED : LIMITED;
}

static void write_and_read_back(World *w, Term t, const EtfEncodeOpts *opts) {
    Buf out;
    buf_init(&out, &w->mem);
    etf_encode(&w->env, &out, t, opts);
    if (!out.failed) {
        if (opts->compressed == 0)
            ASSERT(etf_external_size(&w->env, t, opts->minor_version) >= out.size_bytes);
        Heap h;
        Term again;
        Verdict verdict = read_at_once(w, out.data, out.size_bytes, 0, &h, &again);
        ASSERT(verdict != REFUSED);
        if (verdict == TAKEN) ASSERT(term_equal_exact(&w->env, t, again));
        heap_close(&h);
    }
    buf_deinit(&out);
}

static void try_input(World *w, uint8_t how, const uint8_t *bytes, size_t count) {
    EtfDecodeFlags flags = how & 1 ? ETF_SAFE : 0;
    uint32_t atoms = atoms_count(w->env.atoms);
    size_t exports = w->export_count;
    Heap h, h2;
    Term t, t2;
    Verdict verdict = read_at_once(w, bytes, count, flags, &h, &t);
    if (flags & ETF_SAFE) ASSERT(atoms == atoms_count(w->env.atoms) && exports == w->export_count);
    Verdict verdict2 = read_in_slices(w, bytes, count, flags, 1 + (how >> 5) * 10, &h2, &t2);
    ASSERT(verdict == verdict2);
    if (verdict == TAKEN) {
        ASSERT(term_equal_exact(&w->env, t, t2));
        EtfEncodeOpts opts = {.minor_version = how >> 1 & 3,
                              .compressed = how & 8 ? 1 : 0,
                              .deterministic = how & 16};
        opts.minor_version = MIN(opts.minor_version, 2);
        write_and_read_back(w, t, &opts);
    }
    heap_close(&h);
    heap_close(&h2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static World *w; // of this tool only
    static unsigned runs;
    if (size < 1) return 0;
    if (w != NULL && ++runs % RUNS_A_WORLD == 0) {
        world_free(w);
        w = NULL;
    }
    if (w == NULL) w = world_new();
    uint8_t *input = malloc(size);
    ASSERT(input != NULL);
    memcpy(input, bytes, size);
    input[0] = 131;
    try_input(w, bytes[0], input, size);
    free(input);
    return 0;
}
