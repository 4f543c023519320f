// SPDX-License-Identifier: Apache-2.0
// The bit syntax, for the instructions: small inline parts, and the slow ones as functions, which
// are called with the registers saved.
#pragma once

#include "code/bits_ops.h"
#include "proc/bif.h"
#include "term/bits.h"

// --- matching ------------------------------------------------------------------------------------
static ALWAYS_INLINE bool is_match_context(Term t) {
    return term_is_kind(t, KIND_MATCH_CTX);
}
static ALWAYS_INLINE uint64_t context_left(const Term *context) {
    return context[MATCH_CTX_END] - context[MATCH_CTX_POSITION];
}
static ALWAYS_INLINE const uint8_t *context_bytes(const Term *context) {
    return bits_base_bytes(context[MATCH_CTX_BASE]);
}
static ALWAYS_INLINE Bits context_view(const Term *context, uint64_t size) {
    return (Bits){context_bytes(context), context[MATCH_CTX_POSITION], size};
}
// Words a context takes that also keeps its first position and `slots` more.
static inline size_t context_words(uint32_t slots) {
    return MATCH_CTX_WORDS + 1 + (size_t)slots;
}
// A new context of `words` at `at`, over a bit string.
static ALWAYS_INLINE Term context_make(Term *at, size_t words, Term bits) {
    Term *b = term_boxed_ptr(bits);
    at[0] = HEADER(KIND_MATCH_CTX, words - 1);
    at[MATCH_CTX_BASE] = bits;
    at[MATCH_CTX_POSITION] = 0;
    if (header_kind(b[0]) == KIND_SUB_BITS) {
        at[MATCH_CTX_BASE] = b[SUB_BITS_BASE];
        at[MATCH_CTX_POSITION] = b[SUB_BITS_START];
        at[MATCH_CTX_END] = b[SUB_BITS_START] + (b[SUB_BITS_SIZE] & ~SUB_BITS_WRITABLE);
    } else {
        at[MATCH_CTX_END] = b[1];
    }
    return term_boxed(at);
}
// A view of `size` bits from the context's position; takes SUB_BITS_WORDS at `at`.
static ALWAYS_INLINE Term context_view_term(Term *at, const Term *context, uint64_t size) {
    at[0] = HEADER(KIND_SUB_BITS, SUB_BITS_WORDS - 1);
    at[SUB_BITS_BASE] = context[MATCH_CTX_BASE];
    at[SUB_BITS_START] = context[MATCH_CTX_POSITION];
    at[SUB_BITS_SIZE] = size;
    return term_boxed(at);
}
// Size times unit in bits. false: no size at all, or more than any bit string has.
static ALWAYS_INLINE bool field_size(Term size, uint32_t unit, uint64_t *bits) {
    if (UNLIKELY(!term_is_small(size) || term_small_value(size) < 0)) return false;
    return !__builtin_mul_overflow((uint64_t)term_small_value(size), (uint64_t)unit, bits);
}
// Whether `size` bits from `at` can be had by one load of 8 bytes: the data ends at `end`.
static ALWAYS_INLINE bool field_is_near(uint64_t at, uint64_t end, unsigned size) {
    return LIKELY(end - (at & ~(uint64_t)7) >= 64) && LIKELY(size <= 57);
}
// `size` (1..57) bits from `at`, of which there are more up to `end`.
static ALWAYS_INLINE uint64_t field_load(const uint8_t *bytes, uint64_t at, uint64_t end,
                                         unsigned size) {
    if (!field_is_near(at, end, size)) return bits_load(bytes, at, size);
    return bits_load_bytes(bytes + (at >> 3), 8) << (at & 7) >> (64 - size);
}
// An integer of 1 to FIELD_BITS_MAX bits; the data that may be read ends at `end`.
static ALWAYS_INLINE Term field_small(const uint8_t *bytes, uint64_t at, uint64_t end,
                                      unsigned size, unsigned flags) {
    uint64_t v = field_load(bytes, at, end, size);
    if (UNLIKELY(flags != 0)) {
        if (flags & BITS_LITTLE) v = bits_swap_from_little(v, size);
        if (flags & BITS_SIGNED) v = (uint64_t)((int64_t)(v << (64 - size)) >> (64 - size));
    }
    return term_small((int64_t)v);
}
// 60 to 64 bits; signed: extended to 64.
static ALWAYS_INLINE uint64_t field_word(const uint8_t *bytes, uint64_t at, unsigned size,
                                         unsigned flags) {
    uint64_t v;
    if (LIKELY(((at | size) & 7) == 0))
        v = bits_load_bytes(bytes + (at >> 3), 8);
    else
        v = bits_load(bytes, at, size);
    if (flags & BITS_LITTLE) v = bits_swap_from_little(v, size);
    if (flags & BITS_SIGNED) v = (uint64_t)((int64_t)(v << (64 - size)) >> (64 - size));
    return v;
}
static ALWAYS_INLINE uint64_t field_byte(const uint8_t *bytes, uint64_t at) {
    const uint8_t *b = bytes + (at >> 3);
    unsigned shift = (unsigned)at & 7;
    if (LIKELY(shift == 0)) return b[0];
    return ((unsigned)b[0] << 8 | b[1]) >> (8 - shift) & 255;
}
static ALWAYS_INLINE uint64_t field_bytes2(const uint8_t *bytes, uint64_t at) {
    if (UNLIKELY((at & 7) != 0)) return bits_load(bytes, at, 16);
    uint16_t v;
    memcpy(&v, bytes + (at >> 3), sizeof v);
    return __builtin_bswap16(v);
}
static ALWAYS_INLINE uint64_t field_bytes4(const uint8_t *bytes, uint64_t at) {
    if (UNLIKELY((at & 7) != 0)) return bits_load(bytes, at, 32);
    uint32_t v;
    memcpy(&v, bytes + (at >> 3), sizeof v);
    return __builtin_bswap32(v);
}

// These take the field from the context and move its position behind it. TERM_NONE with
// p->regs->exc set: no room. They may collect.
Term bits_match_integer_gc(Process *p, Term context, uint64_t bits, BitsFlags flags);
// TERM_NONE without an exception: not a float, the position is as it was.
Term bits_match_float_gc(Process *p, Term context, uint64_t bits, BitsFlags flags);
// One character of SEGMENT_UTF8, ...: -1, it is not there.
int32_t bits_match_utf8(Term *context);
int32_t bits_match_char(Term *context, SegmentKind kind, BitsFlags flags);

// A context as compilers up to OTP 21 used them: with slots for positions, the first of them where
// the match started. TERM_NONE without an exception: `of` is nothing that can be matched.
Term bits_start_with_slots_gc(Process *p, Term of, uint32_t slots);
// `slot` counts from 0, the start. false: there is no such slot.
bool context_save(Term *context, uint32_t slot);
bool context_restore(Term *context, uint32_t slot);
// All that the match started with, as a bit string. TERM_NONE: no room.
Term bits_context_to_binary(Process *p, Term context);

// --- construction --------------------------------------------------------------------------------
// Why a segment cannot be built, in the words of error_info.
typedef enum BitsFault {
    BITS_OK,
    BITS_TYPE,     // the value is of the wrong type, or not a character
    BITS_SIZE,     // the size is negative or no integer
    BITS_LIMIT,    // the size is too large
    BITS_UNIT,     // the whole binary is not a multiple of the unit
    BITS_SHORT,    // the binary is shorter than the size
    BITS_INVALID,  // floats have no such size
    BITS_NO_FLOAT, // the integer is too large for a float
} BitsFault;

// Where the next segment goes.
typedef struct BitsTarget {
    uint8_t *bytes;
    uint64_t at, end;
} BitsTarget;

// Size times unit.
BitsFault segment_size(Term size, uint32_t unit, uint64_t *bits);
// Writes a segment of `bits` bits (characters: as many as they take; strings are not for this).
// What does not fit the target is BITS_TYPE: only broken code gets there.
BitsFault segment_put(BitsTarget *to, SegmentKind kind, Term value, uint64_t bits, BitsFlags flags);
BitsFault segment_put_text(BitsTarget *to, const uint8_t *bytes, uint64_t bits);
// Time for moving that many bits.
static inline void bits_charge(Process *p, uint64_t bits) {
    bif_charge(p, bits >> 14);
}

// An instruction bs_create_bin; its operands are read after the collection.
typedef struct BitsCreate {
    const uint32_t *instruction; // its start
    const uint32_t *segments;
    uint32_t count, heap_words; // words that must be free afterwards
} BitsCreate;
// TERM_NONE with p->regs->exc set: badarg or system_limit, with error_info.
Term bits_create_gc(Process *p, const BitsCreate *c);
// The same where the result is short, or becomes a little longer where it lies: the first segment
// is one to append to. Operands are read from the registers as they are; what is made stands at
// `htop`, where there is room for BITS_SHORT_WORDS, or SUB_BITS_WORDS for an append. `I` is the
// start of the instruction. TERM_NONE: not this way; bits_create_gc does it.
enum { BITS_SHORT_WORDS = HEAP_BITS_WORDS(HEAP_BITS_BYTES_MAX * 8) + 1 };
Term bits_append_short(const uint32_t *I, const uint32_t *segments, uint32_t count, const Term *x,
                       const Term *E, Term *htop);
Term bits_create_short(const uint32_t *I, const uint32_t *segments, uint32_t count, const Term *x,
                       const Term *E, Term *htop);
Term bits_init_writable_gc(Process *p, Term size);

// The instructions of compilers up to OTP 24: bs_init and bs_append say what is built from then on,
// bs_put_* add to it. It is kept in p->regs->builder. TERM_NONE, false: p->regs->exc says badarg or
// system_limit.
Term builder_init_gc(Process *p, Term size, uint32_t unit, uint32_t heap_words);
typedef struct BuilderAppend {
    Term size, base;
    uint32_t unit, heap_words;
} BuilderAppend;
Term builder_append_gc(Process *p, BuilderAppend a);
Term builder_private_append(Process *p, BuilderAppend a);
typedef struct BuilderPut {
    SegmentKind kind;
    Term value, size;
    uint32_t unit;
    BitsFlags flags;
} BuilderPut;
WARN_UNUSED bool builder_put(Process *p, BuilderPut put);
WARN_UNUSED bool builder_put_text(Process *p, const uint8_t *bytes, uint64_t size_bytes);
// old + size * unit
Term bits_add(Process *p, Term old, Term size, uint32_t unit);
// Bytes that the character takes; what is none fails when it is put.
Term bits_char_size(SegmentKind kind, Term ch);

// --- for the bodies of the instructions ----------------------------------------------------------
// Reads the context: `context` is the term, `c` its words. The verifier has made sure that it is
// one.
#define CONTEXT(name)                                                                              \
    Term context = GET(name);                                                                      \
    DEBUG_ASSERT(is_match_context(context));                                                       \
    Term *c = term_boxed_ptr(context)
// Makes room where the context need not be among the live registers.
#define RESERVE_KEEPING(words, live_, term)                                                        \
    do {                                                                                           \
        if (UNLIKELY(NO_ROOM((size_t)(words) * sizeof(Term)))) {                                   \
            x[live_] = (term);                                                                     \
            SAVE((live_) + 1);                                                                     \
            bool room_ = process_reserve_slow_gc(p, words);                                        \
            LOAD();                                                                                \
            if (UNLIKELY(!room_)) UNWIND();                                                        \
            (term) = x[live_];                                                                     \
        }                                                                                          \
    } while (0)
#define RESERVE_CONTEXT(words, live_)                                                              \
    do {                                                                                           \
        RESERVE_KEEPING(words, live_, context);                                                    \
        c = term_boxed_ptr(context);                                                               \
    } while (0)
// bs_create_bin, with the operands of that name.
#define CREATE_BITS()                                                                              \
    do {                                                                                           \
        SAVE(NUM(live));                                                                           \
        BitsCreate create_ = {SELF, UNITS(segments), NUM(count), NUM(heap)};                       \
        Term made_ = bits_create_gc(p, &create_);                                                  \
        BUILT(made_);                                                                              \
        SET(dst, made_);                                                                           \
        GOTO(UNITS(segments) + NUM(units));                                                        \
    } while (0)
// The end of an instruction that builds a bit string or its size with fail label `fail`.
#define BUILT(result_)                                                                             \
    do {                                                                                           \
        LOAD();                                                                                    \
        if (UNLIKELY((result_) == TERM_NONE)) {                                                    \
            if (HAS(fail) && !p->dead) {                                                           \
                engine_clear_exception(p);                                                         \
                JUMP(fail);                                                                        \
            }                                                                                      \
            UNWIND();                                                                              \
        }                                                                                          \
    } while (0)
