// SPDX-License-Identifier: Apache-2.0
// First pass over an external term: whether it is well formed, and how much heap it takes. Nothing
// is interned and nothing built. Sizes that the bytes claim are believed only as far as there are
// bytes: every term takes one at least, so that a count of terms above the bytes left is refused
// at once, and what a scan has accepted is at most a few words a byte.
#include "term/etf_int.h"

#include "term/fun.h"
#include "term/ident.h"
#include "term/integer.h"
#include "term/map.h"
#include "term/real.h"

// zlib's best case is 1032 bytes out of one: more than that is a lie (zlib's technical notes).
enum { INFLATE_RATIO_MAX = 1032 };

void etf_scanner_init(EtfScanner *s, const TermEnv *env, const uint8_t *bytes, size_t count,
                      EtfDecodeFlags flags, EtfScan *scan) {
    *scan = (EtfScan){.payload = bytes, .payload_bytes = count};
    *s = (EtfScanner){.env = env, .scan = scan, .flags = flags};
}

void etf_scanner_deinit(EtfScanner *s) {
    etf_zip_free(s->zip);
    s->zip = NULL;
}

static bool refuse(EtfScanner *s, const char *why) {
    s->scan->error = why;
    return false;
}

static inline size_t left(const EtfScanner *s) {
    return (size_t)(s->end - s->p);
}

// Steps over `count` bytes; NULL: there are not as many.
static const uint8_t *step(EtfScanner *s, size_t count) {
    if (UNLIKELY(left(s) < count)) {
        refuse(s, "cut short");
        return NULL;
    }
    const uint8_t *p = s->p;
    s->p += count;
    return p;
}

// `count` more terms belong to this one.
static bool expect(EtfScanner *s, uint64_t count, uint64_t words) {
    s->expected += count;
    s->words += words;
    return LIKELY(s->expected <= left(s)) || refuse(s, "more terms than bytes");
}

// --- atoms ---------------------------------------------------------------------------------------
static bool scan_atom_text(EtfScanner *s, size_t count, bool latin1) {
    const uint8_t *text = step(s, count);
    if (text == NULL) return false;
    if (latin1) {
        if (count > ATOM_CHARS_MAX) return refuse(s, "atom too long");
    } else if (atom_text_check(text, count) != ATOM_TEXT_OK) {
        return refuse(s, "bad atom text");
    }
    if ((s->flags & ETF_SAFE) == 0) return true;
    Term atom;
    if (latin1) {
        uint8_t utf8[2 * ATOM_CHARS_MAX];
        size_t n = 0;
        for (size_t i = 0; i < count; i++) {
            if (text[i] >= 0x80) utf8[n++] = 0xc0 | text[i] >> 6;
            utf8[n++] = text[i] < 0x80 ? text[i] : 0x80 | (text[i] & 0x3f);
        }
        atom = atom_find(s->env->atoms, utf8, n);
    } else {
        atom = atom_find(s->env->atoms, text, count);
    }
    return atom != TERM_NONE || refuse(s, "new atom");
}

// An atom whose tag has been read. false without an error: no atom's tag.
static bool scan_atom(EtfScanner *s, uint8_t tag) {
    const uint8_t *p;
    switch (tag) {
    case ETF_ATOM:
    case ETF_ATOM_UTF8:
        if ((p = step(s, 2)) == NULL) return false;
        return scan_atom_text(s, etf_get16(p), tag == ETF_ATOM);
    case ETF_SMALL_ATOM:
    case ETF_SMALL_ATOM_UTF8:
        if ((p = step(s, 1)) == NULL) return false;
        return scan_atom_text(s, p[0], tag == ETF_SMALL_ATOM);
    default: return refuse(s, "atom expected");
    }
}

static bool scan_inner_atom(EtfScanner *s) {
    const uint8_t *tag = step(s, 1);
    return tag != NULL && scan_atom(s, *tag);
}

// The integers of funs are of the two short forms only.
static bool scan_inner_int(EtfScanner *s, int32_t *n) {
    const uint8_t *p = step(s, 2);
    if (p == NULL) return false;
    if (p[0] == ETF_SMALL_INTEGER) {
        *n = p[1];
        return true;
    }
    if (p[0] != ETF_INTEGER) return refuse(s, "integer expected");
    const uint8_t *rest = step(s, 3);
    if (rest == NULL) return false;
    *n = (int32_t)etf_get32(p + 1);
    return true;
}

// --- pids, ports, references ---------------------------------------------------------------------
static bool scan_pid(EtfScanner *s, uint8_t tag) {
    if (!scan_inner_atom(s)) return false;
    const uint8_t *p = step(s, tag == ETF_PID_NEW ? 12 : 9);
    if (p == NULL) return false;
    s->words += EXTERNAL_PID_WORDS;
    return tag == ETF_PID_NEW || p[8] <= 3 || refuse(s, "bad creation");
}

static bool scan_port(EtfScanner *s, uint8_t tag) {
    if (!scan_inner_atom(s)) return false;
    const uint8_t *p = step(s, tag == ETF_PORT ? 5 : tag == ETF_PORT_NEW ? 8 : 12);
    if (p == NULL) return false;
    s->words += EXTERNAL_PORT_WORDS;
    return tag != ETF_PORT || p[4] <= 3 || refuse(s, "bad creation");
}

static bool scan_ref(EtfScanner *s, uint8_t tag) {
    uint32_t ids = 1;
    const uint8_t *p;
    if (tag != ETF_REF) {
        if ((p = step(s, 2)) == NULL) return false;
        ids = etf_get16(p);
        if (ids > REF_IDS_MAX || (ids == 0 && tag == ETF_REF_NEW))
            return refuse(s, "bad reference");
    }
    if (!scan_inner_atom(s)) return false;
    s->words += EXTERNAL_REF_WORDS;
    if (tag == ETF_REF_NEWER) return step(s, 4 + 4 * (size_t)ids) != NULL;
    if ((p = step(s, 1 + 4 * (size_t)ids)) == NULL) return false;
    uint8_t creation = tag == ETF_REF ? p[4] : p[0];
    return creation <= 3 || refuse(s, "bad creation");
}

// --- the rest ------------------------------------------------------------------------------------
static bool scan_float(EtfScanner *s, uint8_t tag) {
    s->words += FLOAT_WORDS;
    if (tag == ETF_NEW_FLOAT) {
        const uint8_t *p = step(s, 8);
        if (p == NULL) return false;
        return __builtin_isfinite(float_from_bits(etf_get64(p))) || refuse(s, "not finite");
    }
    const uint8_t *text = step(s, ETF_FLOAT_TEXT);
    double d;
    return text != NULL && (etf_float_text(text, &d) || refuse(s, "bad float"));
}

static bool scan_bits(EtfScanner *s, uint8_t tag) {
    const uint8_t *p = step(s, tag == ETF_BIT_BINARY ? 5 : 4);
    if (p == NULL) return false;
    uint64_t bytes = etf_get32(p), bits = 8 * bytes;
    if (tag == ETF_BIT_BINARY) {
        unsigned last = p[4];
        if (last > 8 || (last == 0) != (bytes == 0)) return refuse(s, "bad bit string");
        if (bytes > 0) bits -= 8 - last;
    }
    s->words += bits_words(bits);
    *s->budget -= (int64_t)(bytes / ETF_COPY_BYTES);
    return step(s, bytes) != NULL;
}

static bool scan_big(EtfScanner *s, uint8_t tag) {
    const uint8_t *p = step(s, tag == ETF_SMALL_BIG ? 2 : 5);
    if (p == NULL) return false;
    size_t count = tag == ETF_SMALL_BIG ? p[0] : etf_get32(p);
    const uint8_t *bytes = step(s, count);
    if (bytes == NULL) return false;
    while (count > 0 && bytes[count - 1] == 0) count--;
    if (count > INTEGER_LIMBS_MAX * 8) return refuse(s, "integer too large");
    s->words += integer_from_bytes_words(count);
    *s->budget -= (int64_t)(count / ETF_COPY_BYTES);
    return true;
}

// Size of all, arity, unique identifier, index, free variables; module, two integers, creator.
static bool scan_fun(EtfScanner *s) {
    const uint8_t *p = step(s, 4 + 1 + ETF_UNIQ_BYTES + 4 + 4);
    if (p == NULL) return false;
    uint32_t free_count = etf_get32(p + 4 + 1 + ETF_UNIQ_BYTES + 4);
    int32_t n;
    // No function takes more; calls rely on it.
    if (free_count > ETF_FUN_ARGS_MAX || p[4] + free_count > ETF_FUN_ARGS_MAX)
        return refuse(s, "too many arguments and variables of a fun");
    if (!scan_inner_atom(s) || !scan_inner_int(s, &n) || !scan_inner_int(s, &n)) return false;
    const uint8_t *tag = step(s, 1);
    if (tag == NULL) return false;
    if (*tag != ETF_PID && *tag != ETF_PID_NEW) return refuse(s, "pid expected");
    if (!scan_pid(s, *tag)) return false;
    return expect(s, free_count, FUN_FIXED_WORDS + (uint64_t)free_count);
}

static bool scan_export(EtfScanner *s) {
    const uint8_t *start = s->p;
    int32_t arity;
    if (!scan_inner_atom(s) || !scan_inner_atom(s) || !scan_inner_int(s, &arity)) return false;
    if (arity < 0) return refuse(s, "bad arity");
    s->words += EXPORT_FUN_WORDS;
    if ((s->flags & ETF_SAFE) == 0) return true;
    return etf_export_known(s->env, start) || refuse(s, "new export");
}

static bool scan_map(EtfScanner *s) {
    const uint8_t *p = step(s, 4);
    if (p == NULL) return false;
    uint64_t count = etf_get32(p);
    return expect(s, 2 * count, 0) && expect(s, 0, map_build_words(count));
}

// The term at s->p; it is no longer expected.
static bool scan_term(EtfScanner *s) {
    DEBUG_ASSERT(s->p < s->end); // by `expect`
    uint8_t tag = *s->p++;
    const uint8_t *p;
    switch (tag) {
    case ETF_SMALL_INTEGER: return step(s, 1) != NULL;
    case ETF_INTEGER: return step(s, 4) != NULL;
    case ETF_ATOM:
    case ETF_ATOM_UTF8:
    case ETF_SMALL_ATOM:
    case ETF_SMALL_ATOM_UTF8: return scan_atom(s, tag);
    case ETF_NIL: return true;
    case ETF_SMALL_TUPLE: p = step(s, 1); return p != NULL && expect(s, p[0], 1 + (uint64_t)p[0]);
    case ETF_LARGE_TUPLE:
        p = step(s, 4);
        return p != NULL && expect(s, etf_get32(p), 1 + (uint64_t)etf_get32(p));
    case ETF_LIST:
        p = step(s, 4);
        return p != NULL && expect(s, (uint64_t)etf_get32(p) + 1, 2 * (uint64_t)etf_get32(p));
    case ETF_STRING:
        if ((p = step(s, 2)) == NULL) return false;
        s->words += CONS_WORDS * etf_get16(p);
        *s->budget -= etf_get16(p) / 16;
        return step(s, etf_get16(p)) != NULL;
    case ETF_MAP: return scan_map(s);
    case ETF_BINARY:
    case ETF_BIT_BINARY: return scan_bits(s, tag);
    case ETF_NEW_FLOAT:
    case ETF_FLOAT: return scan_float(s, tag);
    case ETF_SMALL_BIG:
    case ETF_LARGE_BIG: return scan_big(s, tag);
    case ETF_PID:
    case ETF_PID_NEW: return scan_pid(s, tag);
    case ETF_PORT:
    case ETF_PORT_NEW:
    case ETF_PORT_V4: return scan_port(s, tag);
    case ETF_REF:
    case ETF_REF_NEW:
    case ETF_REF_NEWER: return scan_ref(s, tag);
    case ETF_NEW_FUN: return scan_fun(s);
    case ETF_EXPORT: return scan_export(s);
    default: return refuse(s, "unknown tag");
    }
}

// --- the whole -----------------------------------------------------------------------------------
static bool start_payload(EtfScanner *s, const uint8_t *payload, size_t count) {
    s->scan->payload = payload;
    s->scan->payload_bytes = count;
    s->p = payload;
    s->end = payload + count;
    return expect(s, 1, 0);
}

// Reads the version byte and what may follow it: (80) uncompressed size, zlib data.
static bool start(EtfScanner *s) {
    const uint8_t *bytes = s->scan->payload;
    size_t count = s->scan->payload_bytes;
    if (count == 0 || bytes[0] != ETF_VERSION) return refuse(s, "no version");
    if (count < 2 || bytes[1] != ETF_COMPRESSED) return start_payload(s, bytes + 1, count - 1);
    if (count < 6) return refuse(s, "cut short");
    const uint8_t *in = bytes + 6;
    size_t in_bytes = count - 6, size = etf_get32(bytes + 2);
    if (size == 0 || size / INFLATE_RATIO_MAX > in_bytes) return refuse(s, "bad size");
    // One byte more, to see that there is no more than was said.
    uint8_t *out = mem_alloc(s->env->mem, size + 1);
    s->scan->no_memory = out == NULL;
    if (out == NULL) return false;
    s->scan->inflated = out;
    s->scan->inflated_bytes = size + 1;
    s->scan->payload_bytes = size;
    s->zip = etf_zip_new(s->env->mem, ETF_ZIP_INFLATE, 0, in, in_bytes, out, size + 1);
    s->scan->no_memory = s->zip == NULL;
    return s->zip != NULL;
}

static EtfStatus finish_inflate(EtfScanner *s, EtfStatus status) {
    if (status == ETF_MORE) return ETF_MORE;
    size_t size = s->scan->payload_bytes;
    bool good = status == ETF_DONE && etf_zip_out_used(s->zip) == size;
    s->scan->used_bytes = 6 + etf_zip_in_used(s->zip);
    s->scan->no_memory = etf_zip_no_memory(s->zip);
    etf_zip_free(s->zip);
    s->zip = NULL;
    if (!good) {
        if (!s->scan->no_memory) refuse(s, "bad compressed data");
        return ETF_FAILED;
    }
    return start_payload(s, s->scan->inflated, size) ? ETF_DONE : ETF_FAILED;
}

EtfStatus etf_scanner_run(EtfScanner *s, int64_t *budget) {
    s->budget = budget;
    if (s->p == NULL && s->zip == NULL && !start(s)) return ETF_FAILED;
    if (s->zip != NULL) {
        EtfStatus status = finish_inflate(s, etf_zip_run(s->zip, budget));
        if (status != ETF_DONE) return status;
    }
    while (s->expected > 0) {
        if (UNLIKELY(--*budget < 0)) return ETF_MORE;
        s->expected--;
        if (UNLIKELY(!scan_term(s))) return ETF_FAILED;
        if (UNLIKELY(s->expected > left(s))) {
            refuse(s, "cut short");
            return ETF_FAILED;
        }
    }
    s->scan->heap_words = s->words;
    if (s->scan->inflated == NULL) s->scan->used_bytes = 1 + (size_t)(s->p - s->scan->payload);
    return ETF_DONE;
}

void etf_scan(const TermEnv *env, const uint8_t *bytes, size_t count, EtfDecodeFlags flags,
              EtfScan *scan) {
    EtfScanner s;
    int64_t budget = INT64_MAX;
    etf_scanner_init(&s, env, bytes, count, flags, scan);
    EtfStatus status = etf_scanner_run(&s, &budget);
    ASSERT(status != ETF_MORE);
    etf_scanner_deinit(&s);
}

void etf_scan_deinit(const TermEnv *env, EtfScan *scan) {
    if (scan->inflated != NULL) mem_free(env->mem, scan->inflated, scan->inflated_bytes);
    scan->inflated = NULL;
}
