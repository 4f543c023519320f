// SPDX-License-Identifier: Apache-2.0
// External terms: bytes as OTP 25 writes them, all at once and in the smallest slices, and inputs
// that it refuses.
#include "base/stack.h"
#include "term/etf_job.h"
#include "term/fun.h"
#include "term/ident.h"
#include "term/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
// cmocka wants the above first
#include <cmocka.h>

enum { ENTRIES = 64 };
typedef struct World {
    Mem mem;
    TermEnv env;
    OffHeap off;
    Export exports[ENTRIES];
    FunEntry funs[ENTRIES];
    size_t export_count, fun_count;
    Term *words; // of the heap being built on
    size_t word_count;
} World;

static Export *export_get(void *ctx, Term module, Term function, uint32_t arity) {
    World *w = ctx;
    for (size_t i = 0; i < w->export_count; i++) {
        Export *ex = &w->exports[i];
        if (ex->module == module && ex->function == function && ex->arity == arity) return ex;
    }
    assert_true(w->export_count < ENTRIES);
    w->exports[w->export_count] = (Export){.module = module, .function = function, .arity = arity};
    return &w->exports[w->export_count++];
}
static Export *export_find(void *ctx, Term module, Term function, uint32_t arity) {
    return module == ATOM_lists ? export_get(ctx, module, function, arity) : NULL;
}
static FunEntry *fun_get(void *ctx, Term module, const uint8_t uniq[16], uint32_t index,
                         uint32_t old_uniq, uint32_t arity, uint32_t free_count) {
    World *w = ctx;
    assert_true(w->fun_count < ENTRIES);
    FunEntry *fe = &w->funs[w->fun_count++];
    *fe = (FunEntry){.module = module,
                     .index = index,
                     .old_uniq = old_uniq,
                     .arity = arity,
                     .free_count = free_count};
    memcpy(fe->uniq, uniq, 16);
    return fe;
}

static int world_up(void **state) {
    World *w = calloc(1, sizeof *w);
    mem_init(&w->mem);
    w->env = (TermEnv){.mem = &w->mem,
                       .node = ATOM_nonode_at_nohost,
                       .hook_ctx = w,
                       .export_get = export_get,
                       .export_find = export_find,
                       .fun_get = fun_get};
    w->env.atoms = atoms_new(&w->mem, ATOM_COUNT_MAX_DEFAULT);
    *state = w;
    return w->env.atoms == NULL;
}
// Drops what was built last.
static void heap_drop(World *w) {
    for (Term *p = w->off.first; p != NULL; p = (Term *)(uintptr_t)p[REFC_BITS_LINK])
        bits_data_release((BitsData *)(uintptr_t)p[REFC_BITS_DATA]);
    w->off = (OffHeap){0};
    free(w->words);
    w->words = NULL;
}
static int world_down(void **state) {
    World *w = *state;
    heap_drop(w);
    atoms_free(w->env.atoms);
    uint64_t left = mem_bytes(&w->mem);
    free(w);
    return left == 0 ? 0 : -1;
}
// A heap of exactly so many words.
static Hp heap_new(World *w, size_t count) {
    heap_drop(w);
    w->words = malloc(MAX(count, (size_t)1) * sizeof(Term));
    w->word_count = count;
    return (Hp){w->words, w->words + count, &w->off};
}

// --- bytes as text -------------------------------------------------------------------------------
typedef struct Bytes {
    uint8_t *p; // an allocation of its own: overreads are seen
    size_t count;
} Bytes;
static int hex_digit(char c) {
    return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}
// "83 61 01 'text' 00*31": hex, text in quotes, a byte so many times.
static Bytes bytes_of(const char *s) {
    uint8_t *out = malloc(200000);
    size_t n = 0;
    while (*s != 0) {
        if (*s == ' ') {
            s++;
        } else if (*s == '\'') {
            for (s++; *s != '\''; s++) out[n++] = (uint8_t)*s;
            s++;
        } else {
            uint8_t byte = (uint8_t)(hex_digit(s[0]) << 4 | hex_digit(s[1]));
            size_t times = 1;
            s += 2;
            if (*s == '*') times = strtoul(s + 1, (char **)(uintptr_t)&s, 10);
            while (times-- > 0) out[n++] = byte;
        }
    }
    Bytes b = {malloc(MAX(n, (size_t)1)), n};
    memcpy(b.p, out, n);
    free(out);
    return b;
}

// --- decoding and encoding -----------------------------------------------------------------------
// Where building fails, scan->error says so too.
static Term decode(World *w, Bytes in, EtfDecodeFlags flags, EtfScan *scan) {
    Term t = TERM_NONE;
    etf_scan(&w->env, in.p, in.count, flags, scan);
    if (scan->error == NULL && !scan->no_memory) {
        Hp hp = heap_new(w, scan->heap_words);
        t = etf_decode_why(&w->env, &hp, scan, &scan->error);
        assert_true(hp.top <= hp.end);
        if (t == TERM_NONE) assert_null(w->off.first);
    }
    etf_scan_deinit(&w->env, scan);
    return t;
}
// The same one step at a time.
static Term decode_slowly(World *w, Bytes in, const char **error) {
    EtfDecodeJob *job = etf_decode_job_new(&w->env, in.p, in.count, 0);
    assert_non_null(job);
    EtfStatus status;
    int64_t budget;
    do budget = 1;
    while ((status = etf_decode_job_scan(job, &budget)) == ETF_MORE);
    Term t = TERM_NONE;
    if (status == ETF_DONE) {
        Hp hp = heap_new(w, etf_decode_job_scanned(job)->heap_words);
        do budget = 1;
        while ((status = etf_decode_job_build(job, &hp, &budget, &t)) == ETF_MORE);
    }
    *error = etf_decode_job_error(job);
    assert_int_equal(status == ETF_DONE, t != TERM_NONE);
    etf_decode_job_free(job);
    return t;
}

static Bytes encode(World *w, Term t, EtfEncodeOpts opts) {
    Buf out;
    buf_init(&out, &w->mem);
    etf_encode(&w->env, &out, t, &opts);
    assert_false(out.failed);
    Bytes b = {malloc(out.size_bytes), out.size_bytes};
    memcpy(b.p, out.data, b.count);
    buf_deinit(&out);
    return b;
}
// One step at a time; in between, every root is a word that a collection can handle.
static Bytes encode_slowly(World *w, Term t, EtfEncodeOpts opts) {
    EtfEncodeJob *job = etf_encode_job_new(&w->env, t, &opts, ETF_ENCODE_BYTES);
    assert_non_null(job);
    EtfStatus status;
    int64_t budget;
    do {
        budget = 1;
        status = etf_encode_job_run(job, &budget);
        Term *starts[ETF_JOB_ROOTS];
        size_t counts[ETF_JOB_ROOTS];
        etf_encode_job_roots(job, starts, counts);
        for (int r = 0; r < ETF_JOB_ROOTS; r++) {
            for (size_t i = 0; i < counts[r]; i++) {
                Term root = starts[r][i];
                if (!term_is_pointer(root)) continue;
                Term *p = term_is_cons(root) ? term_cons_ptr(root) : term_boxed_ptr(root);
                assert_true(p >= w->words && p < w->words + w->word_count);
            }
        }
    } while (status == ETF_MORE);
    assert_int_equal(status, ETF_DONE);
    size_t size = etf_encode_job_size(job);
    Term words[REFC_BITS_WORDS + 16];
    OffHeap off = {0};
    Hp hp = {words, words + bits_words(8 * size), &off};
    Term bin = etf_encode_job_binary(job, &hp);
    Bits bits = bits_of(bin);
    assert_int_equal(bits.size, 8 * size);
    Bytes b = {malloc(size), size};
    memcpy(b.p, bits.bytes, size);
    if (off.first != NULL) bits_data_release(refc_bits_data(bin));
    etf_encode_job_free(job);
    return b;
}

static void same(Bytes got, Bytes want) {
    if (got.count != want.count || memcmp(got.p, want.p, got.count) != 0) {
        print_error("got ");
        for (size_t i = 0; i < MIN(got.count, (size_t)80); i++) print_error("%02x", got.p[i]);
        print_error("\n");
    }
    assert_int_equal(got.count, want.count);
    assert_memory_equal(got.p, want.p, got.count);
}

// Reads `in`; what is written of it is `want` with that minor version.
static void check(World *w, const char *in_text, const char *want_text, int minor) {
    Bytes in = bytes_of(in_text), want = bytes_of(want_text);
    EtfEncodeOpts opts = {.minor_version = minor};
    EtfScan scan;
    Term t = decode(w, in, 0, &scan);
    if (t == TERM_NONE) fail_msg("%s: %s", in_text, scan.error);
    assert_int_equal(scan.used_bytes, in.count);
    Bytes got = encode(w, t, opts);
    same(got, want);
    Bytes slow = encode_slowly(w, t, opts);
    same(slow, want);
    uint64_t size = etf_external_size(&w->env, t, minor);
    if (term_is_kind(t, KIND_FUN))
        assert_true(size >= want.count);
    else
        assert_int_equal(size, want.count);
    // what was written, and what was read in slices, is the same term
    const char *error;
    Term again = decode_slowly(w, in, &error);
    assert_true(again != TERM_NONE);
    Bytes got2 = encode(w, again, opts);
    same(got2, want);
    // nothing shorter is well formed
    for (size_t n = 0; n < in.count; n += 1 + n / 16) {
        Bytes cut = {malloc(MAX(n, (size_t)1)), n};
        memcpy(cut.p, in.p, n);
        assert_true(decode(w, cut, 0, &scan) == TERM_NONE);
        assert_non_null(scan.error);
        free(cut.p);
    }
    free(in.p);
    free(want.p);
    free(got.p);
    free(slow.p);
    free(got2.p);
}

static void check_same(World *w, const char *text) {
    check(w, text, text, 1);
}

static void check_refused(World *w, const char *text) {
    Bytes in = bytes_of(text);
    EtfScan scan;
    if (decode(w, in, 0, &scan) != TERM_NONE) fail_msg("%s is taken", text);
    assert_non_null(scan.error);
    const char *error = NULL;
    assert_true(decode_slowly(w, in, &error) == TERM_NONE);
    assert_non_null(error);
    free(in.p);
}

// --- cases ---------------------------------------------------------------------------------------
#define NODE  "640003'x@y'"
#define LOCAL "64000d'nonode@nohost'"

static void integers(void **state) {
    World *w = *state;
    check_same(w, "83 6100");
    check_same(w, "83 61ff");
    check_same(w, "83 6200000100");
    check_same(w, "83 62ffffffff");
    check_same(w, "83 6280000000");
    check_same(w, "83 6e0400 00000080");
    check_same(w, "83 6e0401 01000080");
    check_same(w, "83 6e0800 0000000000000008"); // 1 bsl 59
    check_same(w, "83 6e0801 0100000000000008");
    check_same(w, "83 6e0800 ffffffffffffffff");
    check_same(w, "83 6e0900 000000000000000001");
    check_same(w, "83 6eff01 ff*255");
    check_same(w, "83 6f0000010000 00*255 01");
    // not as they would be written
    check(w, "83 6200000001", "83 6101", 1);
    check(w, "83 6e0000", "83 6100", 1);
    check(w, "83 6e0001", "83 6100", 1);
    check(w, "83 6e0100 05", "83 6105", 1);
    check(w, "83 6e0102 05", "83 62fffffffb", 1);
    check(w, "83 6e0901 01 02 00*7", "83 62fffffdff", 1);
    check(w, "83 6e0801 0000000000000008", "83 6e0801 0000000000000008", 1); // smallest small
    check(w, "83 6f00000000 00", "83 6100", 1);
    check(w, "83 6f00000003 00 010200", "83 6200000201", 1);
    check(w, "83 6f00011170 00 07 00*69999", "83 6107", 1);
    check_refused(w, "83 6f00000003 01 0102");
}

static void floats(void **state) {
    World *w = *state;
    check_same(w, "83 463ff8000000000000");
    check_same(w, "83 468000000000000000");
    check_same(w, "83 467e37e43c8800759c");
    check(w, "83 463ff8000000000000", "83 63 '1.50000000000000000000e+00' 00*5", 0);
    check(w, "83 467e37e43c8800759c", "83 63 '1.00000000000000005250e+300' 00*4", 0);
    check(w, "83 468000000000000000", "83 63 '-0.00000000000000000000e+00' 00*4", 0);
    check(w, "83 63 '1.5' 00*28", "83 463ff8000000000000", 1);
    check(w, "83 63 '+1.5' 00*27", "83 463ff8000000000000", 1);
    check(w, "83 63 '1,5' 00*28", "83 463ff8000000000000", 1);
    check(w, "83 63 '1.5000000000000000000000000000' 30", "83 463ff8000000000000", 1);
    static const char *bad[] = {"1.5 abc", " 1.5",    "1",   "1e5", "1.e5",    ".5",
                                "1.5e",    "1.5e400", "inf", "nan", "0x1.8p1", ""};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        char text[100];
        snprintf(text, sizeof text, "83 63 '%s' 00*%zu", bad[i], 31 - strlen(bad[i]));
        check_refused(w, text);
    }
    check_refused(w, "83 467ff0000000000000");
    check_refused(w, "83 46fff0000000000001");
}

static void atoms(void **state) {
    World *w = *state;
    check_same(w, "83 640001 'a'");
    check_same(w, "83 640001 e9");
    check_same(w, "83 640000");
    check_same(w, "83 7702 d0b6");
    check_same(w, "83 6400ff 61*255");
    check(w, "83 640001 'a'", "83 7701 'a'", 2);
    check(w, "83 640001 e9", "83 7702 c3a9", 2);
    check(w, "83 7702 c3a9", "83 640001 e9", 1);
    check(w, "83 7302 c3a9", "83 640002 c3a9", 1);
    check(w, "83 760002 c3a9", "83 640001 e9", 0);
    check(w, "83 7700", "83 640000", 1);
    // 200 times U+1F4A9 takes the long form
    char text[3000] = "83 760320";
    for (int i = 0; i < 200; i++) strcat(text, "f09f92a9");
    check_same(w, text);
    check_refused(w, "83 640100 61*256");
    check_refused(w, "83 7702 c301");
    check_refused(w, "83 7703 eda080");
    check_refused(w, "83 7704 f4908080");
    check_refused(w, "83 7702 c080");
    check_refused(w, "83 760100 61*256");
    check_refused(w, "83 5200"); // ATOM_CACHE_REF
}

static void identifiers(void **state) {
    World *w = *state;
    check_same(w, "83 58" LOCAL "00000009 00000000 00000000");
    check_same(w, "83 58" NODE "ffffffff ffffffff ffffffff");
    check_same(w, "83 58" LOCAL "00000009 00000000 00000001");
    check(w, "83 58" LOCAL "00000009 00000002 00000000",
          "83 58770d'nonode@nohost' 00000009 00000002 00000000", 2);
    check(w, "83 67" NODE "00000005 00000006 01", "83 58" NODE "00000005 00000006 00000001", 1);
    check_same(w, "83 59" LOCAL "00000005 00000000");
    check_same(w, "83 59" NODE "0fffffff ffffffff");
    check(w, "83 59" NODE "ffffffff 00000000", "83 78" NODE "00000000ffffffff 00000000", 1);
    check(w, "83 66" NODE "00000005 01", "83 59" NODE "00000005 00000001", 1);
    check_same(w, "83 78" NODE "ffffffffffffffff 00000007");
    check_same(w, "83 5a0003" LOCAL "00000000 00032361 1f3c0001 b6bce1fb");
    check_same(w, "83 5a0005" NODE "000000ff 00000001 00000002 00000003 00000004 00000005");
    check_same(w, "83 5a0001" NODE "000000ff 00000001");
    check_same(w, "83 5a0000" NODE "00000009");
    check_refused(w, "83 5a0000" LOCAL "00000000");
    check_refused(w, "83 720000" NODE "00");
    check(w, "83 65" NODE "00000005 01", "83 5a0001" NODE "00000001 00000005", 1);
    check(w, "83 720003" NODE "03 00000005 00000006 00000007",
          "83 5a0003" NODE "00000003 00000005 00000006 00000007", 1);
    check_refused(w, "83 67" NODE "00000005 00000006 07");
    check_refused(w, "83 66" NODE "00000005 ff");
    check_refused(w, "83 58" LOCAL "10000000 00000000 00000000");
    check_refused(w, "83 59" LOCAL "10000000 00000000");
    check_refused(w, "83 720003" NODE "07 00000005 00000006 00000007");
    check_refused(w, "83 720006" NODE "00 00*24");
    check_refused(w, "83 5a0004" LOCAL "00000000 00*16");
    check_refused(w, "83 5a0003" LOCAL "00000000 00040000 00000000 00000000");
    check_refused(w, "83 5a0003 6101 00000000 00*12");
}

static void tuples_and_lists(void **state) {
    World *w = *state;
    check_same(w, "83 6800");
    check_same(w, "83 6802 6801 6101 6800");
    check_same(w, "83 6900000100 6a*256");
    check(w, "83 6900000001 6101", "83 6801 6101", 1);
    check_same(w, "83 6a");
    check_same(w, "83 6b0003 'abc'");
    check_same(w, "83 6c00000002 6101 640001'a' 6a");
    check_same(w, "83 6c00000001 640001'a' 640001'b'");
    check_same(w, "83 6c00000001 6101 6102");
    check_same(w, "83 6c00000003 6a 6b000101 6c00000001 6a 6a 6a");
    check_same(w, "83 6bffff 'x' 00*65534");
    check(w, "83 6b0000", "83 6a", 1);
    check(w, "83 6c00000000 6a", "83 6a", 1);
    check(w, "83 6c00000000 6101", "83 6101", 1);
    check(w, "83 6c00000002 6101 6102 6a", "83 6b0002 0102", 1);
    check(w, "83 6c00000001 6101 6c00000001 6102 6a", "83 6b0002 0102", 1);
    check_refused(w, "83 6802 6101");
    check_refused(w, "83 69ffffffff 6101");
    check_refused(w, "83 6cffffffff 6101 6a");
    check_refused(w, "83 6b0002 41");
}

static void bit_strings(void **state) {
    World *w = *state;
    check_same(w, "83 6d00000000");
    check_same(w, "83 6d00000003 010203");
    check_same(w, "83 6d00000041 07*65");
    check_same(w, "83 4d00000001 01 80");
    check_same(w, "83 4d00000002 03 0160");
    check_same(w, "83 4d00000100 07 11*255 fe");
    check(w, "83 4d00000001 01 ff", "83 4d00000001 01 80", 1);
    check(w, "83 4d00000001 08 ff", "83 6d00000001 ff", 1);
    check(w, "83 4d00000000 00", "83 6d00000000", 1);
    check_refused(w, "83 4d00000001 00 05");
    check_refused(w, "83 4d00000001 09 05");
    check_refused(w, "83 4d00000000 01");
}

static void maps(void **state) {
    World *w = *state;
    check_same(w, "83 7400000000");
    check_same(w, "83 7400000002 640001'a' 6101 640001'b' 6102");
    check_same(w, "83 7400000002 6101 640001'a' 463ff0000000000000 640001'b'");
    check_same(w, "83 7400000001 7400000001 6101 6102 7400000001 6103 7400000000");
    check(w, "83 7400000002 640001'b' 6102 640001'a' 6101",
          "83 7400000002 640001'a' 6101 640001'b' 6102", 1);
    check_refused(w, "83 7400000002 6101 6102 6101 6103");
    check_refused(w, "83 6802 6d000000ff 00*255 7400000002 6101 6102 6101 6103");
    check_refused(w, "83 74ffffffff 6101 6102");
}

#define FUN_TAIL  LOCAL "00000000 00000000 00000000"
#define FUN_START "01 01*16 00000006"
static void funs(void **state) {
    World *w = *state;
    check_same(w, "83 71 640005'lists' 640003'map' 6102");
    check_same(w, "83 71 640001'a' 640001'b' 6200000100");
    check_same(w, "83 70 00000046" FUN_START "00000000 640002't2' 6106 62052bd032 58" FUN_TAIL);
    check_same(w, "83 70 0000004c" FUN_START "00000002 640002't2' 6106 62052bd032 58" FUN_TAIL
                  "6b000107 6800");
    check_refused(w, "83 70 00000046" FUN_START "00000002 640002't2' 6106 62052bd032 58" FUN_TAIL
                     "6107");
    check_refused(w, "83 70 00000046" FUN_START "00000000 640002't2' 6106 6a 58" FUN_TAIL);
    check_refused(w, "83 70 00000046" FUN_START "00000000 640002't2' 6106 6107 6a");
    check_refused(w, "83 71 6101 640001'b' 6101");
    check_refused(w, "83 71 640001'a' 640001'b' 62ffffffff");
    check_refused(w, "83 75 00000000"); // FUN_EXT of old
}

static void what_is_no_term(void **state) {
    World *w = *state;
    check_refused(w, "");
    check_refused(w, "83");
    check_refused(w, "82 6101");
    check_refused(w, "83 83 6101");
    check_refused(w, "83 79 6101"); // LOCAL_EXT: nobody here wrote it
    check_refused(w, "83 44 00 6101");
    check_refused(w, "83 6801 50 00000002 789c4b64050000c90067");
}

static void used_bytes_and_safe(void **state) {
    World *w = *state;
    EtfScan scan;
    Bytes in = bytes_of("83 6101 02 03");
    assert_true(decode(w, in, 0, &scan) == term_small(1));
    assert_int_equal(scan.used_bytes, 3);
    free(in.p);
    static const struct {
        const char *text;
        bool safe;
    } cases[] = {
        {"83 640005'lists'", true},
        {"83 7705'lists'", true},
        {"83 640006'newone'", false},
        {"83 7706'newone'", false},
        {"83 6801 640001 e9", false},
        {"83 58 640005'lists' 00000005 00000006 00000007", true},
        {"83 58 640006'newone' 00000005 00000006 00000007", false},
        {"83 71 640005'lists' 640003'map' 6102", true},
        {"83 71 640005'timer' 640003'map' 6102", false},
    };
    // known, but defined by nothing
    assert_true(atom_intern(w->env.atoms, (const uint8_t *)"timer", 5) != TERM_NONE);
    assert_true(atom_intern(w->env.atoms, (const uint8_t *)"map", 3) != TERM_NONE);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        in = bytes_of(cases[i].text);
        uint32_t before = atoms_count(w->env.atoms);
        assert_int_equal(decode(w, in, ETF_SAFE, &scan) != TERM_NONE, cases[i].safe);
        assert_int_equal(atoms_count(w->env.atoms), before);
        free(in.p);
    }
}

// --- larger ones ---------------------------------------------------------------------------------
static Bytes repeated(const char *head, const char *unit, size_t times, const char *tail) {
    Bytes h = bytes_of(head), u = bytes_of(unit), t = bytes_of(tail);
    size_t n = h.count + u.count * times + t.count;
    Bytes b = {malloc(n), n};
    memcpy(b.p, h.p, h.count);
    for (size_t i = 0; i < times; i++) memcpy(b.p + h.count + i * u.count, u.p, u.count);
    memcpy(b.p + n - t.count, t.p, t.count);
    free(h.p);
    free(u.p);
    free(t.p);
    return b;
}

static void round_trip(World *w, Bytes in) {
    EtfScan scan;
    Term t = decode(w, in, 0, &scan);
    assert_true(t != TERM_NONE);
    EtfEncodeOpts opts = {.minor_version = 1};
    Bytes got = encode(w, t, opts);
    same(got, in);
    free(got.p);
    free(in.p);
}

static void nesting_a_million_deep(void **state) {
    World *w = *state;
    size_t n = 1000000;
    round_trip(w, repeated("83", "6801", n, "6a"));
    round_trip(w, repeated("83", "6802 6a", n, "6a"));
    round_trip(w, repeated("83", "7400000001 6a", n, "6a"));
    // [[[...]]]
    Bytes open = repeated("83", "6c00000001", n, "6a"), close = repeated("", "6a", n, "");
    Bytes both = {malloc(open.count + close.count), open.count + close.count};
    memcpy(both.p, open.p, open.count);
    memcpy(both.p + open.count, close.p, close.count);
    free(open.p);
    free(close.p);
    round_trip(w, both);
}

// Lists that go on as their own tails are one list when they are written.
static void a_list_in_pieces_becomes_one(void **state) {
    World *w = *state;
    Bytes in = repeated("83", "6c00000001 6a", 1000, "6a");
    Bytes want = repeated("83 6c000003e8", "6a", 1000, "6a");
    EtfScan scan;
    Bytes got = encode(w, decode(w, in, 0, &scan), (EtfEncodeOpts){.minor_version = 1});
    same(got, want);
    free(in.p);
    free(want.p);
    free(got.p);
}

static void maps_with_many_keys(void **state) {
    World *w = *state;
    enum { KEYS = 5000 };
    Buf in;
    buf_init(&in, &w->mem);
    buf_put(&in, "\x83\x74\0\0\x13\x88", 6);
    for (int i = 0; i < KEYS; i++) {
        uint8_t pair[] = {98, 0, 0, (uint8_t)(i >> 8), (uint8_t)i, 104, 1, 97, (uint8_t)i};
        if (i < 256)
            buf_put(&in, (uint8_t[]){97, (uint8_t)i, 104, 1, 97, (uint8_t)i}, 6);
        else
            buf_put(&in, pair, sizeof pair);
    }
    Bytes bytes = {in.data, in.size_bytes};
    EtfScan scan;
    Term t = decode(w, bytes, 0, &scan);
    assert_true(t != TERM_NONE);
    assert_int_equal(map_size(t), KEYS);
    // by key: as it came in
    EtfEncodeOpts opts = {.minor_version = 1, .deterministic = true};
    Bytes got = encode(w, t, opts), slow = encode_slowly(w, t, opts);
    same(got, bytes);
    same(slow, bytes);
    free(got.p);
    free(slow.p);
    // in the map's own order: the same pairs
    opts.deterministic = false;
    got = encode(w, t, opts);
    assert_int_equal(got.count, bytes.count);
    slow = encode_slowly(w, t, opts);
    same(slow, got);
    Bytes again = encode(w, decode(w, got, 0, &scan), (EtfEncodeOpts){1, 0, true, 0});
    same(again, bytes);
    free(got.p);
    free(slow.p);
    free(again.p);
    buf_deinit(&in);
}

static void compressed_as_the_reference(void **state) {
    World *w = *state;
    // a hundred times 'a'
    Bytes plain = repeated("83 6c00000064", "64000161", 100, "6a");
    Bytes want = bytes_of("83 50 00000196 789ccb616060484961604c1cc583076701003046 4e93");
    EtfScan scan;
    Term t = decode(w, plain, 0, &scan);
    Bytes got = encode(w, t, (EtfEncodeOpts){.minor_version = 1, .compressed = 6});
    Bytes slow = encode_slowly(w, t, (EtfEncodeOpts){.minor_version = 1, .compressed = 6});
    same(slow, got);
    same(got, want);
    assert_true(decode(w, got, 0, &scan) != TERM_NONE);
    assert_int_equal(scan.used_bytes, got.count);
    const char *error;
    t = decode_slowly(w, got, &error);
    Bytes back = encode(w, t, (EtfEncodeOpts){.minor_version = 1});
    same(back, plain);
    // a wrong size, either way, and a broken stream
    for (int d = -1; d <= 1; d += 2) {
        got.p[5] = (uint8_t)(0x96 + d);
        assert_true(decode(w, got, 0, &scan) == TERM_NONE);
        assert_non_null(scan.error);
    }
    got.p[5] = 0x96;
    got.p[12] ^= 0x55;
    assert_true(decode(w, got, 0, &scan) == TERM_NONE);
    got.p[2] = 0xff; // four gigabytes out of thirty bytes
    assert_true(decode(w, got, 0, &scan) == TERM_NONE);
    // what does not shrink stays as it is
    Bytes small = encode(w, term_small(5), (EtfEncodeOpts){.minor_version = 1, .compressed = 9});
    assert_int_equal(small.count, 3);
    free(plain.p);
    free(want.p);
    free(got.p);
    free(slow.p);
    free(back.p);
    free(small.p);
}

static void iovec_refers_to_large_binaries(void **state) {
    World *w = *state;
    // {64 bytes, 65 bytes, 1000 bytes and 3 bits, a}
    Bytes in = bytes_of("83 6804 6d00000040 01*64 6d00000041 02*65 4d000003e9 03 03*1000 a0 "
                        "640001'a'");
    EtfScan scan;
    Term t = decode(w, in, 0, &scan);
    EtfEncodeOpts opts = {.minor_version = 1};
    EtfEncodeJob *job = etf_encode_job_new(&w->env, t, &opts, ETF_ENCODE_IOVEC);
    int64_t budget;
    do budget = 1;
    while (etf_encode_job_run(job, &budget) == ETF_MORE);
    assert_int_equal(etf_encode_job_size(job), in.count);
    size_t words = etf_encode_job_iovec_words(job);
    Term *heap = malloc(words * sizeof(Term));
    OffHeap off = {0};
    Hp hp = {heap, heap + words, &off};
    Term list = etf_encode_job_iovec(job, &hp);
    static const size_t want[] = {3 + 5 + 64 + 5, 65, 6, 1000, 5};
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_COUNT(want); i++, list = term_tail(list)) {
        Bits part = bits_of(term_head(list));
        assert_int_equal(part.size, 8 * want[i]);
        assert_true(bits_equal(part, (Bits){in.p + at, 0, part.size}));
        at += want[i];
    }
    assert_true(term_is_nil(list));
    etf_encode_job_free(job);
    bits_data_release((BitsData *)(uintptr_t)off.first[REFC_BITS_DATA]);
    free(heap);
    free(in.p);
}

// Every allocation that may fail does, in turn: the answer is "no memory", and nothing is lost.
static void no_memory_anywhere(void **state) {
    World *w = *state;
    Bytes plain = repeated("83 6c00001000", "7400000001 640001'a' 6d00000050 01*80", 4096, "6a");
    EtfScan scan;
    Term t = decode(w, plain, 0, &scan);
    Bytes zipped = encode(w, t, (EtfEncodeOpts){.minor_version = 1, .compressed = 1});
    assert_int_equal(zipped.p[1], 80);
    uint64_t held = mem_bytes(&w->mem);
    for (uint64_t every = 1; every < 6; every++) {
        w->mem.fail_count = 0;
        w->mem.fail_every = every;
        Buf out;
        buf_init(&out, &w->mem);
        etf_encode(&w->env, &out, t, &(EtfEncodeOpts){.minor_version = 1, .compressed = 6});
        buf_deinit(&out);
        assert_int_equal(mem_bytes(&w->mem), held);
    }
    w->mem.fail_every = 0;
    heap_drop(w);
    held = mem_bytes(&w->mem);
    for (uint64_t every = 1; every < 200; every += 1 + every / 8) {
        w->mem.fail_count = 0;
        w->mem.fail_every = every;
        assert_true(decode(w, zipped, 0, &scan) == TERM_NONE);
        assert_null(scan.error);
        w->mem.fail_every = 0;
        heap_drop(w);
        assert_int_equal(mem_bytes(&w->mem), held);
    }
    free(plain.p);
    free(zipped.p);
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
    const struct CMUnitTest tests[] = {
        CASE(integers),
        CASE(floats),
        CASE(atoms),
        CASE(identifiers),
        CASE(tuples_and_lists),
        CASE(bit_strings),
        CASE(maps),
        CASE(funs),
        CASE(what_is_no_term),
        CASE(used_bytes_and_safe),
        CASE(nesting_a_million_deep),
        CASE(a_list_in_pieces_becomes_one),
        CASE(maps_with_many_keys),
        CASE(compressed_as_the_reference),
        CASE(iovec_refers_to_large_binaries),
        CASE(no_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
