// SPDX-License-Identifier: Apache-2.0
// Compiling regular expressions and keeping them: see re_pattern.h.
//
// The cache is a table of fixed size; a source has WAYS places, of which the one that was not used
// for longest is given up. A pattern gets machine code when it has been used a few times: making it
// takes longer than most single matches.
//
// Patterns are compiled outside of any lock. The places of a source have one lock, under which a
// pattern is found and counted, or put there; another thread may have been faster, then its pattern
// is the one that stays. As nothing may change in a pattern that others match with, machine code is
// made for a copy, which takes its place.
#include "bif/re_pattern.h"
#include "base/spin.h"

enum {
    CACHE_SETS = 64,
    CACHE_WAYS = 4,
    JIT_AFTER_USES = 3,
    MENDS_MAX = 1000,
    HEADER_BYTES = 12,
};
static const uint8_t header_magic[4] = {'D', 'T', 'R', 'E'};
enum { HEADER_VERSION = 1 };
// How much memory one match may take, in KiB.
enum { MATCH_HEAP_KIB = 256 * 1024 };

typedef struct Slot {
    RePattern *pattern; // NULL: free
    uint64_t used_at;
    uint32_t uses;
} Slot;

typedef struct Set {
    Spin lock; // guards what follows
    uint64_t clock;
    Slot slots[CACHE_WAYS];
} Set;

struct ReCache {
    Mem *mem;
    // Constant once the cache is made.
    pcre2_general_context *general;
    pcre2_compile_context *compile;
    pcre2_match_context *match, *short_match;
    const uint8_t *tables; // what characters below 256 are
    Set sets[CACHE_SETS];
};

// --- memory: PCRE2 does not say how large what it frees is ---------------------------------------

typedef union Block {
    size_t size_bytes;
    uint64_t align[2];
} Block;

static void *re_alloc(size_t size, void *mem) {
    Block *b = mem_alloc(mem, size + sizeof *b);
    if (!b) return NULL;
    b->size_bytes = size + sizeof *b;
    return b + 1;
}

static void re_free(void *ptr, void *mem) {
    if (!ptr) return;
    Block *b = (Block *)ptr - 1;
    mem_free(mem, b, b->size_bytes);
}

// --- characters ----------------------------------------------------------------------------------

// The layout of PCRE2's character tables: lower case, other case, ten classes as bit sets, types.
enum { OTHER_CASE = 256, CLASSES = 512, CLASS_COUNT = 10, TYPES = CLASSES + CLASS_COUNT * 32 };
enum { TABLES_BYTES = TYPES + 256 };

// The ASCII character that one of the upper half of Latin-1 is like.
static uint8_t latin1_like(unsigned c) {
    if (c < 0xa0) return 0x01;
    if (c == 0xaa || c == 0xb5 || c == 0xba) return 'z';
    if (c < 0xc0 || c == 0xd7 || c == 0xf7) return '!';
    return c < 0xdf ? 'Z' : 'z';
}

// Characters are Latin-1, as the reference takes them: PCRE2's own tables know ASCII only.
static const uint8_t *latin1_tables(pcre2_general_context *general) {
    uint32_t size = 0;
    pcre2_config(PCRE2_CONFIG_TABLES_LENGTH, &size);
    ASSERT(size == TABLES_BYTES);
    uint8_t *t = (uint8_t *)(uintptr_t)pcre2_maketables(general);
    for (unsigned c = 0x80; t && c < 0x100; c++) {
        uint8_t like = latin1_like(c);
        for (unsigned k = 0; k < CLASS_COUNT; k++) {
            uint8_t *set = t + CLASSES + k * 32;
            if (set[like / 8] >> (like % 8) & 1) set[c / 8] |= (uint8_t)(1 << (c % 8));
        }
        t[TYPES + c] = t[TYPES + like];
        bool upper = like == 'Z', lower = c >= 0xe0 && c != 0xf7 && c != 0xff;
        if (upper) t[c] = (uint8_t)(c + 0x20);
        if (upper || lower) t[OTHER_CASE + c] = (uint8_t)(c ^ 0x20);
    }
    return t;
}

// --- the binary form -----------------------------------------------------------------------------

void re_source_put(Buf *out, const ReSource *source) {
    uint8_t h[HEADER_BYTES] = {0};
    memcpy(h, header_magic, sizeof header_magic);
    h[4] = HEADER_VERSION;
    h[5] = source->newline;
    h[6] = source->bsr;
    for (int i = 0; i < 4; i++) h[8 + i] = (uint8_t)(source->flags >> (8 * i));
    buf_put(out, h, sizeof h);
    buf_put(out, source->text, source->size);
}

bool re_source_get(const uint8_t *bytes, size_t size, ReSource *source) {
    if (size < HEADER_BYTES || memcmp(bytes, header_magic, sizeof header_magic) != 0) return false;
    if (bytes[4] != HEADER_VERSION || bytes[5] > RE_NEWLINE_ANYCRLF) return false;
    if (bytes[6] > PCRE2_BSR_ANYCRLF) return false;
    uint32_t flags = 0;
    for (int i = 0; i < 4; i++) flags |= (uint32_t)bytes[8 + i] << (8 * i);
    *source =
        (ReSource){flags & RE_FLAGS, bytes[5], bytes[6], bytes + HEADER_BYTES, size - HEADER_BYTES};
    return true;
}

// --- compiling -----------------------------------------------------------------------------------

// (*UTF8) at the start is (*UTF) now.
static void rename_verbs(Buf *text) {
    static const char old[] = "(*UTF8)";
    if (text->size_bytes < sizeof old - 1 || memcmp(text->data, old, sizeof old - 1) != 0) return;
    memmove(text->data + 5, text->data + 6, text->size_bytes - 6);
    text->size_bytes--;
}

// What PCRE2 notes of how a match with \w may start leaves out the upper half of Latin-1 when
// the text is UTF-8.
static bool starts_are_wrong(const ReSource *source) {
    const uint8_t *s = source->text;
    size_t size = source->size;
    bool utf = (source->flags & PCRE2_UTF) || (size > 2 && memcmp(s, "(*", 2) == 0);
    if (!utf || (source->flags & PCRE2_UCP)) return false;
    for (size_t i = 0; i + 1 < size; i++)
        if (s[i] == '\\' && s[++i] == 'w') return true;
    return false;
}

static pcre2_code *compile_mended(ReCache *c, pcre2_compile_context *context,
                                  const ReSource *source, ReError *err) {
    Buf text;
    buf_init(&text, c->mem);
    buf_put(&text, source->text, source->size);
    pcre2_code *code = NULL;
    bool literal_escapes = false;
    uint32_t flags = source->flags;
    if (starts_are_wrong(source)) flags |= PCRE2_NO_START_OPTIMIZE;
    if (!text.failed) rename_verbs(&text);
    for (int i = 0; i < MENDS_MAX && !text.failed; i++) {
        int number;
        PCRE2_SIZE offset;
        uint32_t extra = PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK;
        if (literal_escapes) extra |= PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL;
        pcre2_set_compile_extra_options(context, extra);
        static const uint8_t nothing[1];
        code = pcre2_compile(text.data ? text.data : nothing, text.size_bytes, flags, &number,
                             &offset, context);
        if (code || number == PCRE2_ERROR_HEAP_FAILED) break;
        if (re_mend(number, &text, offset, &literal_escapes)) continue;
        *err = re_error(number, text.data, text.size_bytes, offset);
        break;
    }
    buf_deinit(&text);
    return code;
}

static pcre2_code *compile(ReCache *c, const ReSource *source, ReError *err) {
    *err = (ReError){NULL, 0};
    if (source->bsr == RE_BSR_BOTH) {
        *err = (ReError){"inconsistent NEWLINE options", 0};
        return NULL;
    }
    pcre2_compile_context *context = pcre2_compile_context_copy(c->compile);
    if (!context) return NULL;
    pcre2_set_newline(context, source->newline ? source->newline : RE_NEWLINE_LF);
    pcre2_set_bsr(context, source->bsr ? source->bsr : PCRE2_BSR_UNICODE);
    pcre2_code *code = compile_mended(c, context, source, err);
    pcre2_compile_context_free(context);
    return code;
}

// --- patterns ------------------------------------------------------------------------------------

static uint64_t source_hash(const ReSource *s) {
    uint64_t h = 0xcbf29ce484222325u ^ s->flags ^ (uint64_t)s->newline << 40 ^
                 (uint64_t)s->bsr << 48; // FNV-1a
    for (size_t i = 0; i < s->size; i++) h = (h ^ s->text[i]) * 0x100000001b3u;
    return h ^ h >> 29;
}

static bool source_equal(const ReSource *a, const ReSource *b) {
    return a->flags == b->flags && a->newline == b->newline && a->bsr == b->bsr &&
           a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

// One count. NULL: no memory, and the code is freed.
static RePattern *pattern_new(ReCache *c, pcre2_code *code_take, const ReSource *source,
                              uint64_t hash) {
    RePattern *pt = mem_alloc_zero(c->mem, sizeof *pt);
    uint8_t *text = mem_alloc(c->mem, source->size + 1);
    if (!pt || !text) {
        mem_free(c->mem, pt, sizeof *pt);
        mem_free(c->mem, text, source->size + 1);
        pcre2_code_free(code_take);
        return NULL;
    }
    memcpy(text, source->text, source->size);
    pt->mem = c->mem;
    atomic_init(&pt->refs, 1);
    pt->code = code_take;
    pt->source = *source;
    pt->source.text = text;
    pt->hash = hash;
    uint32_t newline = 0;
    pcre2_pattern_info(pt->code, PCRE2_INFO_CAPTURECOUNT, &pt->capture_count);
    pcre2_pattern_info(pt->code, PCRE2_INFO_NEWLINE, &newline);
    pt->crlf = newline == PCRE2_NEWLINE_CRLF || newline == PCRE2_NEWLINE_ANY ||
               newline == PCRE2_NEWLINE_ANYCRLF;
    return pt;
}

// The releases of the other counts pair with the acquire of the last one.
void re_pattern_release(RePattern *pt) {
    if (!pt || atomic_fetch_sub_explicit(&pt->refs, 1, memory_order_acq_rel) > 1) return;
    pcre2_match_data_free(atomic_load_explicit(&pt->spare, memory_order_relaxed));
    pcre2_code_free(pt->code);
    mem_free(pt->mem, (void *)(uintptr_t)pt->source.text, pt->source.size + 1);
    mem_free(pt->mem, pt, sizeof *pt);
}

static RePattern *retain(RePattern *pt) {
    atomic_fetch_add_explicit(&pt->refs, 1, memory_order_relaxed);
    return pt;
}

// Acquire and release: what the match before wrote to the data is done before this one writes.
pcre2_match_data *re_match_data_take(ReCache *c, RePattern *pt) {
    pcre2_match_data *data = atomic_exchange_explicit(&pt->spare, NULL, memory_order_acquire);
    return data ? data : pcre2_match_data_create_from_pattern(pt->code, c->general);
}

void re_match_data_give(RePattern *pt, pcre2_match_data *data) {
    if (data)
        pcre2_match_data_free(atomic_exchange_explicit(&pt->spare, data, memory_order_acq_rel));
}

// --- the cache -----------------------------------------------------------------------------------

// The limits of a match: c->match is there.
static bool set_limits(ReCache *c) {
    pcre2_set_heap_limit(c->match, MATCH_HEAP_KIB);
    pcre2_set_match_limit(c->match, RE_MATCH_LIMIT_DEFAULT);
    pcre2_set_depth_limit(c->match, UINT32_MAX);
    c->short_match = pcre2_match_context_copy(c->match);
    if (c->short_match) pcre2_set_match_limit(c->short_match, RE_MATCH_LIMIT_SHORT);
    return c->short_match != NULL;
}

ReCache *re_cache_new(Mem *m) {
    ReCache *c = mem_alloc_zero(m, sizeof *c);
    if (!c) return NULL;
    c->mem = m;
    c->general = pcre2_general_context_create(re_alloc, re_free, m);
    c->compile = c->general ? pcre2_compile_context_create(c->general) : NULL;
    c->match = c->general ? pcre2_match_context_create(c->general) : NULL;
    c->tables = c->general ? latin1_tables(c->general) : NULL;
    if (!c->compile || !c->match || !c->tables || !set_limits(c)) {
        re_cache_free(c);
        return NULL;
    }
    pcre2_set_character_tables(c->compile, c->tables);
    return c;
}

void re_cache_free(ReCache *c) {
    if (!c) return;
    for (size_t i = 0; i < CACHE_SETS * CACHE_WAYS; i++)
        re_pattern_release(c->sets[i / CACHE_WAYS].slots[i % CACHE_WAYS].pattern);
    if (c->tables) pcre2_maketables_free(c->general, c->tables);
    pcre2_match_context_free(c->match);
    pcre2_match_context_free(c->short_match);
    pcre2_compile_context_free(c->compile);
    pcre2_general_context_free(c->general);
    mem_free(c->mem, c, sizeof *c);
}

pcre2_match_context *re_match_context(ReCache *c, ReLimits limits) {
    return limits == RE_SHORT ? c->short_match : c->match;
}

// The place that has the source; NULL: none. Under the lock.
static Slot *find(Set *set, const ReSource *source, uint64_t hash) {
    for (Slot *s = set->slots; s < set->slots + CACHE_WAYS; s++)
        if (s->pattern && s->pattern->hash == hash && source_equal(&s->pattern->source, source))
            return s;
    return NULL;
}

// A count of the pattern in the place. Under the lock. *due: it has come to be used so often that
// it is to get machine code, by who is told so.
static RePattern *use(Set *set, Slot *s, bool *due) {
    s->used_at = ++set->clock;
    *due = ++s->uses == JIT_AFTER_USES;
    return retain(s->pattern);
}

// Puts the pattern into the cache, whose count comes on top, unless somebody has put one of the
// same source there: then that one is given, and ours goes. *due: as above.
static RePattern *put(Set *set, RePattern *made_take, bool *due) {
    RePattern *gone = made_take;
    spin_lock(&set->lock);
    Slot *s = find(set, &made_take->source, made_take->hash);
    if (!s) {
        s = set->slots;
        for (Slot *other = s + 1; other < set->slots + CACHE_WAYS; other++)
            if (other->used_at < s->used_at) s = other;
        gone = s->pattern;
        *s = (Slot){made_take, 0, 0};
    }
    RePattern *pt = use(set, s, due);
    spin_unlock(&set->lock);
    re_pattern_release(gone);
    return pt;
}

// Machine code for a copy of the pattern, which takes its place; the caller's count goes over to
// it. Without memory for that, all stays as it is.
static RePattern *make_fast(ReCache *c, Set *set, RePattern *pt) {
    pcre2_code *code = pcre2_code_copy(pt->code);
    if (!code) return pt;
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    RePattern *fast = pattern_new(c, code, &pt->source, pt->hash);
    if (!fast) return pt;
    RePattern *replaced = NULL;
    spin_lock(&set->lock);
    Slot *s = find(set, &pt->source, pt->hash);
    if (s && s->pattern == pt) {
        replaced = pt; // the cache's count
        s->pattern = retain(fast);
    }
    spin_unlock(&set->lock);
    re_pattern_release(replaced);
    re_pattern_release(pt);
    return fast;
}

RePattern *re_pattern(ReCache *c, const ReSource *source, ReError *err) {
    uint64_t hash = source_hash(source);
    Set *set = &c->sets[hash % CACHE_SETS];
    bool due = false;
    spin_lock(&set->lock);
    Slot *s = find(set, source, hash);
    RePattern *pt = s ? use(set, s, &due) : NULL;
    spin_unlock(&set->lock);
    if (!pt) {
        pcre2_code *code = compile(c, source, err);
        pt = code ? pattern_new(c, code, source, hash) : NULL;
        if (!pt) return NULL;
        pt = put(set, pt, &due);
    }
    return UNLIKELY(due) ? make_fast(c, set, pt) : pt;
}
