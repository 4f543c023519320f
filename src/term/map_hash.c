// SPDX-License-Identifier: Apache-2.0
// The hash that maps place their keys by. It need not be the same in another VM (atoms count by
// their index), but must be equal for terms that are =:=, whatever their form: bit strings by
// their bits, both zeros alike, identifiers without their node's name. Multiply, xor, shift over
// the words in the order of a walk; the constants are odd numbers without a pattern.
#include "base/stack.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/ident.h"
#include "term/map_int.h"

#define MIX_1 0x9fb21c651e98df25u
#define MIX_2 0xd6e8feb86659fd93u

// Markers for what is not one word; no term has these values.
enum { MARK_LIST = 0x14, MARK_BITS = 0x24, MARK_ZERO = 0x34, MARK_FLOAT = 0x44, MARK_FUN = 0x54 };

static inline uint64_t mix(uint64_t h, uint64_t w) {
    h = (h ^ w) * MIX_1;
    return h ^ h >> 32;
}
static inline uint32_t finish(uint64_t h) {
    return (uint32_t)(h * MIX_2 >> 32);
}

static uint64_t mix_bytes(uint64_t h, const uint8_t *bytes, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t w;
        memcpy(&w, bytes + i, sizeof w);
        h = mix(h, w);
    }
    if (i < count) {
        uint64_t w = 0;
        memcpy(&w, bytes + i, count - i);
        h = mix(h, w);
    }
    return h;
}

static uint64_t mix_bits(uint64_t h, Term t) {
    enum { PIECE_BYTES = 512 }; // a multiple of 8
    Bits b = bits_of(t);
    h = mix(mix(h, MARK_BITS), b.size);
    uint64_t whole = b.size / 8;
    if ((b.offset & 7) == 0 && (b.size & 7) == 0)
        return mix_bytes(h, b.bytes + b.offset / 8, whole);
    uint8_t piece[PIECE_BYTES];
    for (uint64_t at = 0; at < b.size; at += 8 * PIECE_BYTES) {
        uint64_t count = MIN(b.size - at, (uint64_t)8 * PIECE_BYTES);
        piece[(count - 1) / 8] = 0;
        bits_copy(piece, 0, b.bytes, b.offset + at, count);
        h = mix_bytes(h, piece, (count + 7) / 8);
    }
    return h;
}

// What local and external identifiers have in common.
static uint64_t mix_ident(uint64_t h, Term t) {
    if (term_is_pid(t)) {
        Ident id = ident_pid(t);
        return mix(h, term_local_pid((uint64_t)id.serial << 28 | id.number));
    }
    if (term_is_port(t)) return mix(h, term_local_port(ident_port(t).port));
    Ident id = ident_ref(t);
    uint32_t count = id.id_count;
    while (count > 0 && id.ids[count - 1] == 0) count--; // absent ids and zeros are the same
    h = mix(h, HEADER(KIND_REF, count));
    for (uint32_t i = 0; i < count; i++) h = mix(h, id.ids[i]);
    return h;
}

static void push_vector(WorkStack *s, const Term *first, size_t count) {
    if (count == 0) return;
    work_stack_push(s, (uintptr_t)first);
    work_stack_push(s, count);
}

static uint64_t mix_fun(uint64_t h, WorkStack *s, Term t) {
    if (term_is_kind(t, KIND_EXPORT)) {
        const Export *e = fun_export(t);
        return mix(mix(mix(h, e->module), e->function), e->arity);
    }
    const FunEntry *e = fun_entry(t);
    push_vector(s, fun_free_vars(t), fun_free_count(t));
    return mix(mix(mix(mix(h, MARK_FUN), e->module), e->index), e->old_uniq);
}

// Mixes in a boxed term, or the start of it and pushes the rest.
static uint64_t mix_boxed(uint64_t h, WorkStack *s, Term t) {
    const Term *p = term_boxed_ptr(t);
    Term header = p[0];
    size_t words = header_words(header);
    switch (header_kind(header)) {
    case KIND_TUPLE: push_vector(s, p + 1, words); return mix(h, header);
    case KIND_BIG_POS:
    case KIND_BIG_NEG:
        h = mix(h, header);
        for (size_t i = 1; i <= words; i++) h = mix(h, p[i]);
        return h;
    case KIND_FLOAT: return p[1] << 1 == 0 ? mix(h, MARK_ZERO) : mix(mix(h, MARK_FLOAT), p[1]);
    case KIND_FUN:
    case KIND_EXPORT: return mix_fun(h, s, t);
    case KIND_REF:
    case KIND_MAGIC_REF:
    case KIND_EXTERNAL: return mix_ident(h, t);
    case KIND_HEAP_BITS:
    case KIND_REFC_BITS:
    case KIND_SUB_BITS: return mix_bits(h, t);
    case KIND_MAP_FLAT:
        push_vector(s, map_flat_values(t), words - 1);
        push_vector(s, term_tuple_elements(map_flat_keys(t)), words - 1);
        return mix(h, header);
    case KIND_MAP_TRIE: // equal maps have the same shape
    case KIND_MAP_NODE: {
        MapNode n = map_node(t);
        push_vector(s, n.slots, n.count);
        return mix(h, header_kind(header) == KIND_MAP_TRIE ? map_trie_size(t) : n.bitmap);
    }
    case KIND_MATCH_CTX: break;
    }
    UNREACHABLE();
}

// The next term of the topmost vector.
static Term pop_term(WorkStack *s) {
    uint64_t *frame = &s->items[s->count - 2];
    Term t = *(const Term *)frame[0];
    frame[0] += sizeof(Term);
    if (--frame[1] == 0) s->count -= 2;
    return t;
}

static NOINLINE uint32_t hash_deep(const TermEnv *env, uint64_t h, Term t) {
    // A list's tail is kept as a vector of one, the cell's second word.
    WorkStack s;
    work_stack_init(&s, env->mem);
    for (;;) {
        if (term_is_cons(t)) {
            Term *cell = term_cons_ptr(t);
            h ^= MARK_LIST;
            while (term_is_immediate(cell[0]) && term_is_cons(cell[1])) {
                h = mix(h, cell[0]) ^ MARK_LIST;
                cell = term_cons_ptr(cell[1]);
            }
            push_vector(&s, &cell[1], 1);
            t = cell[0];
            continue;
        }
        h = term_is_boxed(t) ? mix_boxed(h, &s, t) : mix(h, t);
        if (work_stack_empty(&s)) break;
        t = pop_term(&s);
    }
    work_stack_deinit(&s);
    return finish(h);
}

uint32_t map_hash(const TermEnv *env, Term key) {
    if (LIKELY(term_is_immediate(key))) return finish(mix(0, key));
    if (term_is_boxed(key)) {
        const Term *p = term_boxed_ptr(key);
        Term header = p[0];
        switch (header_kind(header)) {
        case KIND_TUPLE: { // of immediates, a common key
            uint64_t h = mix(0, header);
            size_t i = 1;
            while (i <= header_words(header) && term_is_immediate(p[i])) h = mix(h, p[i++]);
            if (i > header_words(header)) return finish(h);
            break;
        }
        case KIND_HEAP_BITS:
        case KIND_REFC_BITS:
        case KIND_SUB_BITS: return finish(mix_bits(0, key));
        default: break;
        }
    }
    return hash_deep(env, 0, key);
}
