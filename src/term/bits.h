// SPDX-License-Identifier: Apache-2.0
// Bit strings; a binary is a bit string of whole bytes. Three forms:
//
//   heap   [header HEAP_BITS, size_bits, data...]: data padded to words; up to HEAP_BITS_BYTES_MAX
//   refc   [header REFC_BITS, size_bits, BitsData*, link]: counted data outside the heap, from bit
//   0 sub    [header SUB_BITS, base, start_bit, size_bits | flags]: view of a heap or refc object
//   match context (never seen by programs) [header MATCH_CTX, base, position_bit, end_bit]
//
// `base` is a boxed term, heap or refc, never a sub. Unused bits of the last byte of data that we
// made are 0. Sizes count bits; at most BITS_SIZE_MAX.
//
// A refc object holds one count of its data and stands on the off-heap chain of the heap it lies
// in, whose size_bytes counts the data's cap_bytes.
#pragma once

#include "base/buf.h"
#include "term/hp.h"
#include <stdatomic.h>

enum {
    HEAP_BITS_BYTES_MAX = 64,
    REFC_BITS_WORDS = 4,
    SUB_BITS_WORDS = 4,
    MATCH_CTX_WORDS = 4,
    REFC_BITS_DATA = 2, // word offsets from the header
    REFC_BITS_LINK = 3,
    SUB_BITS_BASE = 1,
    SUB_BITS_START = 2,
    SUB_BITS_SIZE = 3, // with the flag
    MATCH_CTX_BASE = 1,
    MATCH_CTX_POSITION = 2,
    MATCH_CTX_END = 3,
};
#define BITS_SIZE_MAX ((uint64_t)1 << 58)
#define SUB_BITS_WRITABLE                                                                          \
    ((uint64_t)1 << 63) // in the size word: the appender's own view, see hp_bits_append
#define HEAP_BITS_WORDS(bits) (2 + ((bits) + 63) / 64)

// Counted data. `used_bits` is the end of the newest appender's view; what lies beyond it, up to
// the capacity, is nobody's yet. Data not made by an append has used_bits == its size.
// Thread: any may hold a count and read; see appending below for who writes.
typedef struct BitsData {
    _Atomic uint64_t refs;
    Mem *mem;
    uint64_t cap_bytes;
    uint64_t used_bits;
    uint8_t bytes[];
} BitsData;

WARN_UNUSED BitsData *bits_data_new(Mem *m, uint64_t cap_bytes); // one count; NULL: no memory
void bits_data_release(BitsData *d);
static inline void bits_data_retain(BitsData *d) {
    atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
}
// Whether an append may write the byte in which the used bits end: others read it if they hold a
// view that ends in it. Acquire pairs with the release of whoever held the last other count.
static inline bool bits_data_boundary_is_ours(const BitsData *d) {
    return LIKELY((d->used_bits & 7) == 0) ||
           atomic_load_explicit(&d->refs, memory_order_acquire) == 1;
}
static inline BitsData *refc_bits_data(Term refc) {
    return (BitsData *)(uintptr_t)term_boxed_ptr(refc)[REFC_BITS_DATA];
}

// A Buf that starts with room for a BitsData's head can become data without being copied.
// false: no memory.
WARN_UNUSED bool buf_start_bits_data(Buf *b, size_t room_bytes);
// One count; all bytes after the head are its. NULL: no memory, and the Buf is as it was.
WARN_UNUSED BitsData *buf_take_bits_data(Buf *b);

// Uniform view: bit i of the string is bit (offset + i) of `bytes`, most significant bit first.
// A view is good until the next collection or append.
typedef struct Bits {
    const uint8_t *bytes;
    uint64_t offset;
    uint64_t size;
} Bits;

// Where the data of a heap or refc object starts.
static inline uint8_t *bits_base_bytes(Term base) {
    Term *p = term_boxed_ptr(base);
    if (header_kind(p[0]) == KIND_HEAP_BITS) return (uint8_t *)(p + 2);
    DEBUG_ASSERT(header_kind(p[0]) == KIND_REFC_BITS);
    return ((BitsData *)(uintptr_t)p[REFC_BITS_DATA])->bytes;
}
// Of any bit string or match context (what is left of it).
static inline Bits bits_of(Term t) {
    Term *p = term_boxed_ptr(t);
    switch (header_kind(p[0])) {
    case KIND_HEAP_BITS: return (Bits){(uint8_t *)(p + 2), 0, p[1]};
    case KIND_REFC_BITS: return (Bits){((BitsData *)(uintptr_t)p[REFC_BITS_DATA])->bytes, 0, p[1]};
    case KIND_SUB_BITS:
        return (Bits){bits_base_bytes(p[SUB_BITS_BASE]), p[SUB_BITS_START],
                      p[SUB_BITS_SIZE] & ~SUB_BITS_WRITABLE};
    default:
        DEBUG_ASSERT(header_kind(p[0]) == KIND_MATCH_CTX);
        return (Bits){bits_base_bytes(p[MATCH_CTX_BASE]), p[MATCH_CTX_POSITION],
                      p[MATCH_CTX_END] - p[MATCH_CTX_POSITION]};
    }
}
static inline bool bits_is_binary(Bits b) {
    return (b.size & 7) == 0;
}
// `size` bits from `start` of a view that has them.
static inline Bits bits_part(Bits b, uint64_t start, uint64_t size) {
    DEBUG_ASSERT(start <= b.size && size <= b.size - start);
    return (Bits){b.bytes, b.offset + start, size};
}
// The bytes in one piece: straight from the view if it starts at a byte, else copied into `scratch`
// (emptied first; the caller deinits it). A last partial byte keeps its bits on top; those below it
// are not said. NULL: no memory.
WARN_UNUSED const uint8_t *bits_bytes(Bits b, Buf *scratch);
uint64_t bits_size(Term t); // in bits, of any bit string
// The same of what programs see: no match context.
static inline uint64_t term_bits_size(Term t) {
    const Term *p = term_boxed_ptr(t);
    if (header_kind(p[0]) == KIND_SUB_BITS) return p[SUB_BITS_SIZE] & ~SUB_BITS_WRITABLE;
    return p[1];
}

// --- building ----------------------------------------------------------------------------------
// How many words a new bit string of that size takes on the heap (data beyond 64 bytes is
// off-heap).
static inline size_t bits_words(uint64_t size_bits) {
    return size_bits <= HEAP_BITS_BYTES_MAX * 8 ? HEAP_BITS_WORDS(size_bits) : REFC_BITS_WORDS;
}
// A new bit string whose data the caller writes through *bytes (bits past the end of the last byte
// must be left 0). TERM_NONE: no memory for off-heap data. Words: bits_words.
Term hp_bits(Mem *m, Hp *hp, uint64_t size_bits, uint8_t **bytes);
Term hp_bits_copy(Mem *m, Hp *hp, Bits from);
Term hp_binary(Mem *m, Hp *hp, const void *bytes, size_t size_bytes);
Term hp_refc_bits(Hp *hp, BitsData *data_take, uint64_t size_bits);
// View of `size` bits from `start` of any bit string `of`, or of what is left of a match context.
// Words: SUB_BITS_WORDS.
Term hp_sub_bits(Hp *hp, Term of, uint64_t start, uint64_t size);

// --- appending ---------------------------------------------------------------------------------
// An append gives a new bit string of base's bits and `more` further ones, and where to write those
// (*to, from bit *to_bit; they must all be written). It costs only the new bits when `base` is the
// newest result of appends: a sub object marked WRITABLE, starting at bit 0, whose end is
// used_bits of its data. Such a view extends in place. Rules:
//
//  - WRITABLE is a right of the process in whose heap the view and its refc object were made. A
//    collection keeps the flag; a copy for anyone else (message, ETS, literal) must clear it.
//  - The base's WRITABLE view stays as it is, but is no longer the newest: its end is now below
//    used_bits, so that a second append to it copies. Nobody's bits are ever written over.
//  - Data is reallocated only where its refc object holds the only count; else the bits are copied
//    to new data of twice the size. Either way every Bits view taken before is void.
//  - So other processes may read the data meanwhile: each reads bytes that were complete before it
//    got its view, and `used_bits` and `cap_bytes` change only in the hands of the one process that
//    has the right. A byte that others read is not written to, not even its unused bits: with other
//    counts about, data whose used bits end within a byte is copied too.
//  - Small results (up to HEAP_BITS_BYTES_MAX bytes) of unwritable bases are plain heap objects.
//
// TERM_NONE: no memory, or more than BITS_SIZE_MAX. Words: BITS_APPEND_WORDS.
enum { BITS_APPEND_WORDS = HEAP_BITS_WORDS(HEAP_BITS_BYTES_MAX * 8) };
Term hp_bits_append(Mem *m, Hp *hp, Term base, uint64_t more, uint8_t **to, uint64_t *to_bit);
// The same where the compiler knows that nothing else refers to `base` (bs_private_append): the
// view itself may change its size and be the result. Words: hp_bits_append_private_words.
size_t hp_bits_append_private_words(Term base, uint64_t more);
Term hp_bits_append_private(Mem *m, Hp *hp, Term base, uint64_t more, uint8_t **to,
                            uint64_t *to_bit);
// An empty writable bit string with room for about `hint_bytes` (bs_init_writable).
// Words: BITS_APPEND_WORDS.
Term hp_bits_writable(Mem *m, Hp *hp, uint64_t hint_bytes);
_Static_assert(BITS_APPEND_WORDS >= REFC_BITS_WORDS + SUB_BITS_WORDS, "either form fits");

// --- moving bits -------------------------------------------------------------------------------
// Copies `count` bits; ranges do not overlap. Bits outside the target range keep their value.
void bits_copy(uint8_t *to, uint64_t to_bit, const uint8_t *from, uint64_t from_bit,
               uint64_t count);
int bits_compare(Bits a, Bits b); // term order of bit strings: -1, 0, 1
bool bits_equal(Bits a, Bits b);

// --- words of bits -----------------------------------------------------------------------------
// `count` bytes (1..8) as the top of a word, most significant first; reads no byte beyond.
static inline uint64_t bits_load_bytes(const uint8_t *p, unsigned count) {
    if (LIKELY(count == 8)) {
        uint64_t v;
        memcpy(&v, p, 8);
        return __builtin_bswap64(v);
    }
    if (count >= 4) {
        uint32_t hi, lo; // overlapping where count < 8
        memcpy(&hi, p, 4);
        memcpy(&lo, p + count - 4, 4);
        return (uint64_t)__builtin_bswap32(hi) << 32 | (uint64_t)__builtin_bswap32(lo)
                                                           << (64 - 8 * count);
    }
    unsigned mid = count >> 1, last = count - 1;
    return (uint64_t)p[0] << 56 | (uint64_t)p[mid] << (56 - 8 * mid) |
           (uint64_t)p[last] << (56 - 8 * last);
}
// `count` bits (1..64) from bit `bit`, as an unsigned number.
static inline uint64_t bits_load(const uint8_t *bytes, uint64_t bit, unsigned count) {
    const uint8_t *p = bytes + (bit >> 3);
    unsigned shift = (unsigned)bit & 7, size = (shift + count + 7) >> 3;
    if (LIKELY(size <= 8)) return bits_load_bytes(p, size) << shift >> (64 - count);
    uint64_t v = bits_load_bytes(p, 8) << shift | (uint64_t)p[8] >> (8 - shift);
    return v >> (64 - count);
}
// Writes the low `count` bits (1..64) of `v`; the bits around keep their value.
void bits_store(uint8_t *bytes, uint64_t bit, unsigned count, uint64_t v);
// A field of `count` bits (1..64) read as big-endian, turned into what it says as little-endian,
// and back: whole bytes first, a partial byte last and most significant.
static inline uint64_t bits_swap_from_little(uint64_t v, unsigned count) {
    unsigned odd = count & 7, whole = count - odd;
    if (whole == 0) return v;
    return __builtin_bswap64(v >> odd << (64 - whole)) |
           (odd == 0 ? 0 : (v & ((1u << odd) - 1)) << whole);
}
uint64_t bits_swap_to_little(uint64_t v, unsigned count);

// --- fields, as the bit syntax has them --------------------------------------------------------
typedef enum BitsFlags { BITS_SIGNED = 1, BITS_LITTLE = 2 } BitsFlags;
// An integer field of `size` bits at `b` (b.size >= size). Words needed: bits_integer_words(size).
static inline size_t bits_integer_words(uint64_t size) {
    return size < 60 ? 0 : 2 + size / 64;
}
Term bits_get_integer(Hp *hp, Bits b, uint64_t size, BitsFlags flags);
// A float field of 16, 32 or 64 bits. false: another size, or not a finite number.
bool bits_get_float(Bits b, uint64_t size, BitsFlags flags, double *d);
// UTF-8/16/32 decoding of one character: returns bits consumed, 0 = malformed or out of data.
unsigned bits_get_utf8(Bits b, int32_t *ch);
unsigned bits_get_utf16(Bits b, BitsFlags flags, int32_t *ch);
unsigned bits_get_utf32(Bits b, BitsFlags flags, int32_t *ch);
// Writers, at bit `at` of `to`. Integer may be small or big: two's complement, cut to size.
void bits_put_integer(uint8_t *to, uint64_t at, Term integer, uint64_t size, BitsFlags flags);
// false: `size` not 16/32/64. A value too large for the format is written as its infinity, as the
// reference does.
bool bits_put_float(uint8_t *to, uint64_t at, double d, uint64_t size, BitsFlags flags);
// Bytes that UTF encodings of `ch` take; 0 = not a valid character.
unsigned bits_utf8_size(int64_t ch);
unsigned bits_utf16_size(int64_t ch);
unsigned bits_utf32_size(int64_t ch);
void bits_put_utf8(uint8_t *to, uint64_t at, int32_t ch);
void bits_put_utf16(uint8_t *to, uint64_t at, int32_t ch, BitsFlags flags);
void bits_put_utf32(uint8_t *to, uint64_t at, int32_t ch, BitsFlags flags);
