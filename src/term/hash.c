// SPDX-License-Identifier: Apache-2.0
// erlang:phash2: a walk over the term that mixes 32-bit words into a hash.
//
// The mixing is Bob Jenkins' lookup2 ("Hash functions", Dr. Dobb's Journal, 1997; public domain).
// What is mixed in, in which order and with which multiple of the golden ratio is not documented;
// it was found by experiments with OTP 25, one term after another, and the unit test holds values
// that the reference gave. `HASH_*` are those multiples.
//
//   atom        its text hash: taken as it is while the hash is 0
//   integer     28 bits: the absolute value if negative, then the value; beyond that its magnitude,
//               64 bits at a time
//   list        runs of bytes by four; other elements and the tail as themselves
//   map         the number of pairs, then the exclusive or of the hashes of all pairs
//   pid, reference: the lowest number only; a fun: its place, then its free variables
//
// Thread: any that may read the terms.
#include "term/hash.h"

#include "base/stack.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/ident.h"
#include "term/integer.h"
#include "term/map.h"

#define GOLDEN   0x9e3779b9u
#define SALT(n)  ((uint32_t)(GOLDEN * (uint64_t)(n)))
#define NIL_WORD 2

enum {
    HASH_SMALL = 1,
    HASH_FUN = 1,
    HASH_NIL = 2,
    HASH_ATOM = 3,
    HASH_BYTES = 4, // in a list
    HASH_PID = 5,
    HASH_PORT = 6,
    HASH_REF = 7,
    HASH_TUPLE = 9,
    HASH_BIG_NEG = 10,
    HASH_BIG_POS = 11,
    HASH_FLOAT = 12,
    HASH_BINARY = 13,
    HASH_EXPORT = 14,
    HASH_LAST_BITS = 15,
    HASH_MAP = 16,
    HASH_MAP_PAIRS = 19,
    SMALL_BITS_28 = 28, // integers up to here are mixed as one word
};

// The P. J. Weinberger hash of the "dragon book" (Aho, Sethi, Ullman: Compilers, 1986), 28 bits
// wide. What goes in is a byte a step, except that a character of Latin-1, which takes two bytes
// in UTF-8, counts as its one Latin-1 byte.
uint32_t atom_text_hash(const uint8_t *text, size_t size_bytes) {
    uint32_t h = 0;
    for (size_t i = 0; i < size_bytes; i++) {
        uint32_t c = text[i];
        if ((c & 0xfe) == 0xc2 && i + 1 < size_bytes) c = (c & 3) << 6 | (text[++i] & 0x3f);
        h = (h << 4) + c;
        uint32_t top = h & 0xf0000000u;
        h ^= top >> 24;
        h &= 0x0fffffffu;
    }
    return h;
}

// --- mixing --------------------------------------------------------------------------------------

typedef struct Mix {
    uint32_t a, b, c;
} Mix;

static inline Mix mix(Mix m) {
    uint32_t a = m.a, b = m.b, c = m.c;
    a = (a - b - c) ^ c >> 13;
    b = (b - c - a) ^ a << 8;
    c = (c - a - b) ^ b >> 13;
    a = (a - b - c) ^ c >> 12;
    b = (b - c - a) ^ a << 16;
    c = (c - a - b) ^ b >> 5;
    a = (a - b - c) ^ c >> 3;
    b = (b - c - a) ^ a << 10;
    c = (c - a - b) ^ b >> 15;
    return (Mix){a, b, c};
}

static inline uint32_t mix_two(uint32_t h, uint32_t x, uint32_t y, unsigned salt) {
    return mix((Mix){SALT(salt) + x, SALT(salt) + y, h}).c;
}
static inline uint32_t mix_one(uint32_t h, uint32_t x, unsigned salt) {
    return mix_two(h, x, 0, salt);
}

enum { BLOCK_BYTES = 12 };

static inline uint32_t load32(const uint8_t *p) {
    uint32_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

static inline Mix mix_block(Mix m, const uint8_t *p) {
    return mix((Mix){m.a + load32(p), m.b + load32(p + 4), m.c + load32(p + 8)});
}

// The last, partial block and the length; the lowest byte of c is the length's alone.
static uint32_t mix_end(Mix m, const uint8_t *rest, size_t count, uint64_t size_bytes) {
    uint8_t block[BLOCK_BYTES + 1] = {0};
    memcpy(block, rest, count);
    m.a += load32(block);
    m.b += load32(block + 4);
    m.c += (uint32_t)size_bytes + (load32(block + 8) << 8);
    return mix(m).c;
}

static uint32_t mix_bytes(uint32_t h, Bits b, uint64_t size_bytes) {
    enum { PIECE_BYTES = 64 * BLOCK_BYTES };
    Mix m = {GOLDEN, GOLDEN, h};
    uint64_t at = 0;
    if ((b.offset & 7) == 0) {
        const uint8_t *bytes = b.bytes + b.offset / 8;
        for (; size_bytes - at >= BLOCK_BYTES; at += BLOCK_BYTES) m = mix_block(m, bytes + at);
        return mix_end(m, bytes + at, size_bytes - at, size_bytes);
    }
    uint8_t piece[PIECE_BYTES];
    for (;;) {
        uint64_t count = MIN(size_bytes - at, (uint64_t)PIECE_BYTES), i = 0;
        bits_copy(piece, 0, b.bytes, b.offset + 8 * at, 8 * count);
        for (; count - i >= BLOCK_BYTES; i += BLOCK_BYTES) m = mix_block(m, piece + i);
        at += i;
        if (count < PIECE_BYTES) return mix_end(m, piece + i, count - i, size_bytes);
    }
}

static uint32_t mix_bits(uint32_t h, Term t) {
    Bits b = bits_of(t);
    uint64_t whole = b.size / 8;
    unsigned rest = b.size & 7;
    uint32_t start = SALT(HASH_BINARY) + h;
    if (b.size == 0) return start;
    h = mix_bytes(start, b, whole);
    if (rest == 0) return h;
    uint8_t last = 0;
    bits_copy(&last, 8 - rest, b.bytes, b.offset + 8 * whole, rest);
    return mix_two(h, rest, last, HASH_LAST_BITS);
}

static uint32_t mix_small(uint32_t h, int64_t n) {
    int64_t limit = (int64_t)1 << (SMALL_BITS_28 - 1);
    uint64_t magnitude = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    if (n >= limit || n < -limit)
        return mix_two(h, (uint32_t)magnitude, (uint32_t)(magnitude >> 32),
                       n < 0 ? HASH_BIG_NEG : HASH_BIG_POS);
    if (n < 0) h = mix_one(h, (uint32_t)magnitude, HASH_SMALL);
    return mix_one(h, (uint32_t)n, HASH_SMALL);
}

static uint32_t mix_big(uint32_t h, Term t) {
    const Term *p = term_boxed_ptr(t);
    unsigned salt = header_kind(p[0]) == KIND_BIG_NEG ? HASH_BIG_NEG : HASH_BIG_POS;
    for (size_t i = 1; i <= header_words(p[0]); i++)
        h = mix_two(h, (uint32_t)p[i], (uint32_t)(p[i] >> 32), salt);
    return h;
}

static uint32_t mix_float(uint32_t h, double d) {
    uint64_t bits = float_bits(d == 0 ? 0.0 : d); // both zeros are one number
    return mix_two(h, (uint32_t)(bits >> 32), (uint32_t)bits, HASH_FLOAT);
}

static uint32_t mix_port(uint32_t h, Term t) {
    uint64_t number = ident_port(t).port;
    return mix_two(h, (uint32_t)number, (uint32_t)(number >> 32), HASH_PORT);
}

static uint32_t mix_immediate(const TermEnv *env, uint32_t h, Term t) {
    if (term_is_small(t)) return mix_small(h, term_small_value(t));
    if (term_is_atom(t)) {
        uint32_t text_hash = atom_get(env->atoms, t)->hash;
        return h == 0 ? text_hash : mix_one(h, text_hash, HASH_ATOM);
    }
    if (term_is_nil(t)) return mix_one(h, NIL_WORD, HASH_NIL);
    if (term_is_immediate_float(t)) return mix_float(h, term_float_value(t));
    if (term_is_local_pid(t)) return mix_one(h, ident_pid(t).number, HASH_PID);
    ASSERT(term_is_local_port(t));
    return mix_port(h, t);
}

static uint32_t mix_external(uint32_t h, Term t) {
    switch (external_what(t)) {
    case EXTERNAL_PID: return mix_one(h, ident_pid(t).number, HASH_PID);
    case EXTERNAL_PORT: return mix_port(h, t);
    case EXTERNAL_REF: break;
    }
    return mix_one(h, ident_ref(t).ids[0], HASH_REF);
}

// --- the walk ------------------------------------------------------------------------------------

// Frames, topmost word last:
//   FRAME_TERM    term, tag
//   FRAME_VECTOR  address, count left, tag
//   FRAME_MAP     MapIter, hash before the map, exclusive or so far, tag: a pair has been hashed
enum { FRAME_TERM, FRAME_VECTOR, FRAME_MAP };

typedef struct Walk {
    const TermEnv *env;
    WorkStack stack;
    uint32_t h;
} Walk;

static void push_term(Walk *w, Term t) {
    work_stack_push(&w->stack, t);
    work_stack_push(&w->stack, FRAME_TERM);
}

static void push_vector(Walk *w, const Term *first, size_t count) {
    if (count == 0) return;
    work_stack_push(&w->stack, (uintptr_t)first);
    work_stack_push(&w->stack, count);
    work_stack_push(&w->stack, FRAME_VECTOR);
}

static void map_start(Walk *w, Term map) {
    size_t size = map_size(map);
    w->h = mix_one(w->h, (uint32_t)size, HASH_MAP);
    if (size == 0) return;
    MapIter *it = mem_must_alloc(w->env->mem, sizeof *it);
    map_iter_init(it, map);
    work_stack_push(&w->stack, (uintptr_t)it);
    work_stack_push(&w->stack, w->h);
    work_stack_push(&w->stack, 0);
    work_stack_push(&w->stack, FRAME_MAP);
    w->h = 0;
}

// The topmost frame is a map's; the hash is that of a pair, or 0 at first. Gives the next key and
// pushes its value; TERM_NONE: that was the last pair.
static Term map_next(Walk *w) {
    uint64_t *frame = &w->stack.items[w->stack.count - 4];
    MapIter *it = (MapIter *)frame[0];
    frame[2] ^= w->h;
    Term key, value;
    if (map_iter_next(it, &key, &value)) {
        w->h = 0;
        push_term(w, value);
        return key;
    }
    w->h = mix_one((uint32_t)frame[1], (uint32_t)frame[2], HASH_MAP_PAIRS);
    mem_free(w->env->mem, it, sizeof *it);
    w->stack.count -= 4;
    return TERM_NONE;
}

static void fun_start(Walk *w, Term t) {
    const FunEntry *e = fun_entry(t);
    size_t count = fun_free_count(t);
    uint32_t module_hash = atom_get(w->env->atoms, e->module)->hash;
    w->h = mix_two(w->h, (uint32_t)count, module_hash, HASH_FUN);
    w->h = mix_two(w->h, e->index, e->old_uniq, HASH_FUN);
    push_vector(w, fun_free_vars(t), count);
}

static uint32_t mix_export(Walk *w, Term t) {
    const Export *e = fun_export(t);
    uint32_t h = mix_two(w->h, e->arity, atom_get(w->env->atoms, e->module)->hash, HASH_FUN);
    return mix_one(h, atom_get(w->env->atoms, e->function)->hash, HASH_EXPORT);
}

static void boxed_start(Walk *w, Term t) {
    Term header = term_header(t);
    switch (header_kind(header)) {
    case KIND_TUPLE:
        w->h = mix_one(w->h, (uint32_t)header_words(header), HASH_TUPLE);
        push_vector(w, term_tuple_elements(t), header_words(header));
        return;
    case KIND_BIG_POS:
    case KIND_BIG_NEG: w->h = mix_big(w->h, t); return;
    case KIND_FLOAT: w->h = mix_float(w->h, term_float_value(t)); return;
    case KIND_FUN: fun_start(w, t); return;
    case KIND_EXPORT: w->h = mix_export(w, t); return;
    case KIND_REF:
    case KIND_MAGIC_REF: w->h = mix_one(w->h, ident_ref(t).ids[0], HASH_REF); return;
    case KIND_EXTERNAL: w->h = mix_external(w->h, t); return;
    case KIND_HEAP_BITS:
    case KIND_REFC_BITS:
    case KIND_SUB_BITS: w->h = mix_bits(w->h, t); return;
    case KIND_MAP_FLAT:
    case KIND_MAP_TRIE: map_start(w, t); return;
    case KIND_MATCH_CTX:
    case KIND_MAP_NODE: break;
    }
    UNREACHABLE();
}

static bool is_byte(Term t) {
    return (t & ~(Term)0xff0) == TAG_SMALL;
}

// Bytes at the head of a list, four to a word. Gives what follows them.
static Term list_bytes(Walk *w, Term list) {
    uint32_t word = 0, count = 0;
    while (term_is_cons(list) && is_byte(term_head(list))) {
        word = word << 8 | (uint32_t)term_small_value(term_head(list));
        if (++count == 4) {
            w->h = mix_one(w->h, word, HASH_BYTES);
            word = count = 0;
        }
        list = term_tail(list);
    }
    if (count > 0) w->h = mix_one(w->h, word, HASH_BYTES);
    return list;
}

// The next term that the frames ask for; TERM_NONE: none, or go on with the frames.
static Term frame_next(Walk *w) {
    WorkStack *s = &w->stack;
    switch (s->items[s->count - 1]) {
    case FRAME_TERM: s->count -= 2; return s->items[s->count];
    case FRAME_VECTOR: {
        uint64_t *frame = &s->items[s->count - 3];
        Term t = *(const Term *)frame[0];
        frame[0] += sizeof(Term);
        if (--frame[1] == 0) s->count -= 3;
        return t;
    }
    default: return map_next(w);
    }
}

uint32_t term_phash2(const TermEnv *env, Term t) {
    if (term_is_immediate(t)) return mix_immediate(env, 0, t);
    Walk w;
    w.env = env;
    w.h = 0;
    work_stack_init(&w.stack, env->mem);
    for (;;) {
        if (term_is_cons(t)) {
            t = list_bytes(&w, t);
            if (term_is_cons(t)) {
                push_term(&w, term_tail(t));
                t = term_head(t);
            }
            continue;
        }
        if (term_is_boxed(t))
            boxed_start(&w, t);
        else
            w.h = mix_immediate(env, w.h, t);
        do {
            if (work_stack_empty(&w.stack)) {
                work_stack_deinit(&w.stack);
                return w.h;
            }
            t = frame_next(&w);
        } while (t == TERM_NONE);
    }
}
