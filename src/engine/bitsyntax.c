// SPDX-License-Identifier: Apache-2.0
// Matching bit strings, beyond what the instructions do themselves: big integers, floats,
// characters, and contexts with slots.
#include "engine/bitsyntax.h"

#include "term/integer.h"

// Words of a context with slots, behind those of every context.
enum { CONTEXT_START = MATCH_CTX_WORDS };

// Room for `words`; *context stays good.
static bool reserve_gc(Process *p, size_t words, Hp *hp, Term *context) {
    RootFrame frame;
    process_push_roots(p, &frame, context, 1);
    bool room = process_reserve_gc(p, words, hp);
    process_pop_roots(p, &frame);
    return room;
}

Term bits_match_integer_gc(Process *p, Term context, uint64_t bits, BitsFlags flags) {
    Hp hp;
    if (!reserve_gc(p, bits_integer_words(bits), &hp, &context)) return TERM_NONE;
    Term *c = term_boxed_ptr(context);
    Term integer = bits_get_integer(&hp, context_view(c, bits), bits, flags);
    process_commit(p, &hp);
    c[MATCH_CTX_POSITION] += bits;
    bits_charge(p, bits);
    return integer;
}

Term bits_match_float_gc(Process *p, Term context, uint64_t bits, BitsFlags flags) {
    double d = 0.0; // what a field of size 0 is
    if (bits != 0 && !bits_get_float(context_view(term_boxed_ptr(context), bits), bits, flags, &d))
        return TERM_NONE;
    Hp hp;
    if (!reserve_gc(p, FLOAT_WORDS, &hp, &context)) return TERM_NONE;
    Term value = hp_float(&hp, d);
    process_commit(p, &hp);
    term_boxed_ptr(context)[MATCH_CTX_POSITION] += bits;
    return value;
}

// The four bytes at the top of `v` as one character, its bytes in *bytes. -1: look closer.
static ALWAYS_INLINE int32_t utf8_char(uint32_t v, unsigned *bytes) {
    uint32_t low = v >> 8 & 0x3f, mid = v >> 16 & 0x3f;
    if ((v & 0xf0c0c000) == 0xe0808000) {
        uint32_t ch = (v >> 24 & 0x0f) << 12 | mid << 6 | low;
        *bytes = 3;
        return ch >= 0x800 && (ch & 0xf800) != 0xd800 ? (int32_t)ch : -1;
    }
    if ((v & 0xe0c00000) == 0xc0800000) {
        uint32_t ch = (v >> 24 & 0x1f) << 6 | mid;
        *bytes = 2;
        return ch >= 0x80 ? (int32_t)ch : -1;
    }
    return -1;
}

int32_t bits_match_utf8(Term *context) {
    uint64_t at = context[MATCH_CTX_POSITION];
    if (LIKELY((at & 7) == 0) && LIKELY(context_left(context) >= 32)) {
        uint32_t v;
        unsigned bytes;
        memcpy(&v, context_bytes(context) + at / 8, sizeof v);
        int32_t ch = utf8_char(__builtin_bswap32(v), &bytes);
        if (LIKELY(ch >= 0)) {
            context[MATCH_CTX_POSITION] = at + 8 * bytes;
            return ch;
        }
    }
    return bits_match_char(context, SEGMENT_UTF8, 0);
}

int32_t bits_match_char(Term *context, SegmentKind kind, BitsFlags flags) {
    Bits view = context_view(context, context_left(context));
    int32_t ch;
    unsigned bits = kind == SEGMENT_UTF8    ? bits_get_utf8(view, &ch)
                    : kind == SEGMENT_UTF16 ? bits_get_utf16(view, flags, &ch)
                                            : bits_get_utf32(view, flags, &ch);
    if (bits == 0) return -1;
    context[MATCH_CTX_POSITION] += bits;
    return ch;
}

// --- contexts with slots -------------------------------------------------------------------------
static size_t slots_of(const Term *context) {
    return header_words(context[0]) + 1 - CONTEXT_START;
}

Term bits_start_with_slots_gc(Process *p, Term of, uint32_t slots) {
    bool again = is_match_context(of);
    if (!again && !term_is_bitstring(of)) return TERM_NONE;
    size_t words = context_words(slots);
    if (!again || slots_of(term_boxed_ptr(of)) < 1 + (size_t)slots) {
        Hp hp;
        if (!reserve_gc(p, words, &hp, &of)) return TERM_NONE;
        Term *to = hp_take(&hp, words);
        if (again) {
            memcpy(to, term_boxed_ptr(of), MATCH_CTX_WORDS * sizeof(Term));
            to[0] = HEADER(KIND_MATCH_CTX, words - 1);
            of = term_boxed(to);
        } else {
            of = context_make(to, words, of);
        }
        process_commit(p, &hp);
    }
    Term *c = term_boxed_ptr(of);
    for (size_t i = 0; i < 1 + (size_t)slots; i++) c[CONTEXT_START + i] = c[MATCH_CTX_POSITION];
    return of;
}

bool context_save(Term *context, uint32_t slot) {
    if (slot >= slots_of(context)) return false;
    context[CONTEXT_START + slot] = context[MATCH_CTX_POSITION];
    return true;
}

bool context_restore(Term *context, uint32_t slot) {
    if (slot >= slots_of(context)) return false;
    context[MATCH_CTX_POSITION] = context[CONTEXT_START + slot];
    return true;
}

Term bits_context_to_binary(Process *p, Term context) {
    Term *c = term_boxed_ptr(context);
    Hp hp;
    p->regs->no_gc = true; // the instruction does not say which registers are live
    bool room = process_reserve_gc(p, SUB_BITS_WORDS, &hp);
    p->regs->no_gc = false;
    if (!room) return TERM_NONE;
    (void)context_restore(c, 0);
    Term whole = context_view_term(hp_take(&hp, SUB_BITS_WORDS), c, context_left(c));
    process_commit(p, &hp);
    return whole;
}
