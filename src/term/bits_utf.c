// SPDX-License-Identifier: Apache-2.0
// The utf8, utf16 and utf32 segments of the bit syntax (RFC 3629, RFC 2781): characters 0 to
// 16#10FFFF without the surrogates; overlong forms are malformed.
#include "term/bits.h"

static bool is_char(int64_t ch) {
    return ch >= 0 && ch <= 0x10ffff && (ch < 0xd800 || ch > 0xdfff);
}

unsigned bits_get_utf8(Bits b, int32_t *ch) {
    if (b.size < 8) return 0;
    // What there is of four bytes, at the top of 32 bits.
    unsigned there = (unsigned)MIN(b.size, (uint64_t)32) & ~7u;
    uint32_t v = (uint32_t)bits_load(b.bytes, b.offset, there) << (32 - there);
    if (v < 0x80000000u) {
        *ch = (int32_t)(v >> 24);
        return 8;
    }
    unsigned bytes;
    uint32_t c, least;
    if ((v & 0xe0000000u) == 0xc0000000u) {
        bytes = 2, least = 0x80;
        c = (v >> 24 & 0x1f) << 6 | (v >> 16 & 0x3f);
    } else if ((v & 0xf0000000u) == 0xe0000000u) {
        bytes = 3, least = 0x800;
        c = (v >> 24 & 0x0f) << 12 | (v >> 16 & 0x3f) << 6 | (v >> 8 & 0x3f);
    } else if ((v & 0xf8000000u) == 0xf0000000u) {
        bytes = 4, least = 0x10000;
        c = (v >> 24 & 0x07) << 18 | (v >> 16 & 0x3f) << 12 | (v >> 8 & 0x3f) << 6 | (v & 0x3f);
    } else {
        return 0;
    }
    if (there < 8 * bytes) return 0;
    uint32_t tops = 0x00c0c0c0u & ~(uint32_t)(0x00ffffffu >> (8 * (bytes - 1)));
    if ((v & tops) != (0x00808080u & tops) || c < least || !is_char(c)) return 0;
    *ch = (int32_t)c;
    return 8 * bytes;
}

static uint32_t get_unit(Bits b, uint64_t at, unsigned size, BitsFlags flags) {
    uint64_t v = bits_load(b.bytes, b.offset + at, size);
    return (uint32_t)(flags & BITS_LITTLE ? bits_swap_from_little(v, size) : v);
}

unsigned bits_get_utf16(Bits b, BitsFlags flags, int32_t *ch) {
    if (b.size < 16) return 0;
    uint32_t high = get_unit(b, 0, 16, flags);
    if (high < 0xd800 || high > 0xdfff) {
        *ch = (int32_t)high;
        return 16;
    }
    if (high > 0xdbff || b.size < 32) return 0;
    uint32_t low = get_unit(b, 16, 16, flags);
    if (low < 0xdc00 || low > 0xdfff) return 0;
    *ch = (int32_t)(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
    return 32;
}

unsigned bits_get_utf32(Bits b, BitsFlags flags, int32_t *ch) {
    if (b.size < 32) return 0;
    uint32_t c = get_unit(b, 0, 32, flags);
    if (!is_char(c)) return 0;
    *ch = (int32_t)c;
    return 32;
}

unsigned bits_utf8_size(int64_t ch) {
    if (!is_char(ch)) return 0;
    return ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
}

unsigned bits_utf16_size(int64_t ch) {
    if (!is_char(ch)) return 0;
    return ch < 0x10000 ? 2 : 4;
}

unsigned bits_utf32_size(int64_t ch) {
    return is_char(ch) ? 4 : 0;
}

void bits_put_utf8(uint8_t *to, uint64_t at, int32_t ch) {
    uint32_t c = (uint32_t)ch;
    switch (bits_utf8_size(ch)) {
    case 1: bits_store(to, at, 8, c); return;
    case 2: bits_store(to, at, 16, 0xc080 | c >> 6 << 8 | (c & 0x3f)); return;
    case 3:
        bits_store(to, at, 24, 0xe08080 | c >> 12 << 16 | (c >> 6 & 0x3f) << 8 | (c & 0x3f));
        return;
    default:
        DEBUG_ASSERT(bits_utf8_size(ch) == 4);
        bits_store(to, at, 32,
                   0xf0808080u | c >> 18 << 24 | (c >> 12 & 0x3f) << 16 | (c >> 6 & 0x3f) << 8 |
                       (c & 0x3f));
    }
}

static void put_unit(uint8_t *to, uint64_t at, uint32_t unit, unsigned size, BitsFlags flags) {
    bits_store(to, at, size, flags & BITS_LITTLE ? bits_swap_to_little(unit, size) : unit);
}

void bits_put_utf16(uint8_t *to, uint64_t at, int32_t ch, BitsFlags flags) {
    DEBUG_ASSERT(is_char(ch));
    if (ch < 0x10000) {
        put_unit(to, at, (uint32_t)ch, 16, flags);
        return;
    }
    uint32_t c = (uint32_t)ch - 0x10000;
    put_unit(to, at, 0xd800 | c >> 10, 16, flags);
    put_unit(to, at + 16, 0xdc00 | (c & 0x3ff), 16, flags);
}

void bits_put_utf32(uint8_t *to, uint64_t at, int32_t ch, BitsFlags flags) {
    DEBUG_ASSERT(is_char(ch));
    put_unit(to, at, (uint32_t)ch, 32, flags);
}
