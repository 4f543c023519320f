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
#pragma once

#include "base/mem.h"
#include "term/hp.h"
#include <stdatomic.h>

enum {
    HEAP_BITS_BYTES_MAX = 64,
    REFC_BITS_WORDS = 4,
    SUB_BITS_WORDS = 4,
    MATCH_CTX_WORDS = 4,
    REFC_BITS_DATA = 2, // word offsets from the header
    REFC_BITS_LINK = 3,
};
#define BITS_SIZE_MAX ((uint64_t)1 << 58)
#define SUB_BITS_WRITABLE                                                                          \
    ((uint64_t)1 << 63) // in the size word: the appender's own view, see below
#define HEAP_BITS_WORDS(bits) (2 + ((bits) + 63) / 64)

// Counted data. `size_bits` of the newest writer's view and the capacity let an append extend in
// place: the view marked WRITABLE whose end equals `used_bits` may write beyond it.
typedef struct BitsData {
    _Atomic uint64_t refs;
    Mem *mem;
    uint64_t cap_bytes;
    uint64_t used_bits;
    uint8_t bytes[];
} BitsData;

WARN_UNUSED BitsData *bits_data_new(Mem *m, uint64_t cap_bytes); // one count; NULL: no memory
void bits_data_release(BitsData *d);

// Uniform view: bit i of the string is bit (offset + i) of `bytes`, most significant bit first.
typedef struct Bits {
    const uint8_t *bytes;
    uint64_t offset;
    uint64_t size;
} Bits;
// Of any bit string or match context (what is left of it).
Bits bits_of(Term t);
static inline bool bits_is_binary(Bits b) {
    return (b.size & 7) == 0;
}
// Bytes in one piece: NULL-free pointer if the view starts at a byte, else copies into `scratch`
// (a Buf the caller deinits). Size must be whole bytes.
uint64_t bits_size(Term t); // in bits, of any bit string

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
// View of `size` bits from `start` of any bit string `of`. Words: SUB_BITS_WORDS.
Term hp_sub_bits(Hp *hp, Term of, uint64_t start, uint64_t size);

// --- moving bits -------------------------------------------------------------------------------
// Copies `count` bits; ranges do not overlap. Bits outside the target range keep their value.
void bits_copy(uint8_t *to, uint64_t to_bit, const uint8_t *from, uint64_t from_bit,
               uint64_t count);
int bits_compare(Bits a, Bits b); // term order of bit strings: -1, 0, 1
bool bits_equal(Bits a, Bits b);

// --- fields, as the bit syntax has them --------------------------------------------------------
typedef enum BitsFlags { BITS_SIGNED = 1, BITS_LITTLE = 2 } BitsFlags;
// An integer field of `size` bits at `b` (b.size >= size). Words needed: bits_integer_words(size).
static inline size_t bits_integer_words(uint64_t size) {
    return size < 60 ? 0 : 2 + size / 64;
}
Term bits_get_integer(Hp *hp, Bits b, uint64_t size, BitsFlags flags);
// A float field of 16, 32 or 64 bits. false: not a finite number.
bool bits_get_float(Bits b, uint64_t size, BitsFlags flags, double *d);
// UTF-8/16/32 decoding of one character: returns bits consumed, 0 = malformed or out of data.
unsigned bits_get_utf8(Bits b, int32_t *ch);
unsigned bits_get_utf16(Bits b, BitsFlags flags, int32_t *ch);
unsigned bits_get_utf32(Bits b, BitsFlags flags, int32_t *ch);
// Writers, at bit `at` of `to`. Integer may be small or big: two's complement, cut to size.
void bits_put_integer(uint8_t *to, uint64_t at, Term integer, uint64_t size, BitsFlags flags);
// false: `size` not 16/32/64, or the value does not fit the format.
bool bits_put_float(uint8_t *to, uint64_t at, double d, uint64_t size, BitsFlags flags);
// Bytes that UTF encodings of `ch` take; 0 = not a valid character.
unsigned bits_utf8_size(int64_t ch);
unsigned bits_utf16_size(int64_t ch);
void bits_put_utf8(uint8_t *to, uint64_t at, int32_t ch);
void bits_put_utf16(uint8_t *to, uint64_t at, int32_t ch, BitsFlags flags);
