// SPDX-License-Identifier: Apache-2.0
// Moving and comparing bits at any alignment: whole bytes with memcpy and memcmp where both sides
// stand at the same bit of a byte, words of 64 bits otherwise.
#include "term/bits.h"

// The top `count` bytes (1..8) of a word, most significant first.
static inline void store_bytes(uint8_t *p, unsigned count, uint64_t v) {
    if (count == 8) {
        v = __builtin_bswap64(v);
        memcpy(p, &v, 8);
    } else if (count >= 4) { // overlapping
        uint32_t high = __builtin_bswap32((uint32_t)(v >> 32));
        uint32_t low = __builtin_bswap32((uint32_t)(v >> (64 - 8 * count)));
        memcpy(p, &high, 4);
        memcpy(p + count - 4, &low, 4);
    } else {
        p[0] = (uint8_t)(v >> 56);
        if (count > 1) p[1] = (uint8_t)(v >> 48);
        if (count > 2) p[2] = (uint8_t)(v >> 40);
    }
}

void bits_store(uint8_t *bytes, uint64_t bit, unsigned count, uint64_t v) {
    DEBUG_ASSERT(count >= 1 && count <= 64);
    uint8_t *p = bytes + (bit >> 3);
    v <<= 64 - count; // the field, at the top of a word
    if (LIKELY(((bit | count) & 7) == 0)) {
        store_bytes(p, count >> 3, v);
        return;
    }
    unsigned shift = (unsigned)bit & 7, size = (shift + count + 7) >> 3;
    uint64_t mask = ~(uint64_t)0 << (64 - count) >> shift;
    if (size == 9) {
        unsigned left = 8 - (shift + count - 64); // bits of the ninth byte that are not ours
        p[8] = (uint8_t)((p[8] & ((1u << left) - 1)) | (uint8_t)(v << (8 - shift)));
        size = 8;
    }
    store_bytes(p, size, (bits_load_bytes(p, size) & ~mask) | v >> shift);
}

static void copy_unaligned(uint8_t *to, const uint8_t *from, uint64_t from_bit, uint64_t count) {
    const uint8_t *p = from + (from_bit >> 3);
    unsigned shift = (unsigned)from_bit & 7;
    // Nine bytes hold the 64 bits wanted, as shift is not 0.
    while (count >= 64) {
        uint64_t v = bits_load_bytes(p, 8) << shift | (uint64_t)p[8] >> (8 - shift);
        v = __builtin_bswap64(v);
        memcpy(to, &v, 8);
        to += 8;
        p += 8;
        count -= 64;
    }
    if (count > 0) bits_store(to, 0, (unsigned)count, bits_load(p, shift, (unsigned)count));
}

void bits_copy(uint8_t *to, uint64_t to_bit, const uint8_t *from, uint64_t from_bit,
               uint64_t count) {
    if (count <= 64) {
        if (count > 0)
            bits_store(to, to_bit, (unsigned)count, bits_load(from, from_bit, (unsigned)count));
        return;
    }
    unsigned head = (unsigned)(0 - to_bit) & 7; // up to a whole byte of the target
    if (head > 0) {
        bits_store(to, to_bit, head, bits_load(from, from_bit, head));
        to_bit += head;
        from_bit += head;
        count -= head;
    }
    to += to_bit >> 3;
    if ((from_bit & 7) != 0) {
        copy_unaligned(to, from, from_bit, count);
        return;
    }
    from += from_bit >> 3;
    memcpy(to, from, count >> 3);
    unsigned tail = (unsigned)count & 7;
    if (tail > 0) {
        uint8_t mask = (uint8_t)(0xff00u >> tail);
        to += count >> 3;
        *to = (uint8_t)((*to & ~mask) | (from[count >> 3] & mask));
    }
}

static int order(uint64_t a, uint64_t b) {
    return a < b ? -1 : a > b;
}

// The first `count` bits of two views.
static int compare_prefix(Bits a, Bits b, uint64_t count) {
    uint64_t done = 0;
    if (((a.offset | b.offset) & 7) == 0) {
        int c = memcmp(a.bytes + a.offset / 8, b.bytes + b.offset / 8, count / 8);
        if (c != 0) return c < 0 ? -1 : 1;
        done = count & ~(uint64_t)7;
    }
    while (done < count) {
        unsigned n = (unsigned)MIN(count - done, (uint64_t)64);
        uint64_t x = bits_load(a.bytes, a.offset + done, n);
        uint64_t y = bits_load(b.bytes, b.offset + done, n);
        if (x != y) return order(x, y);
        done += n;
    }
    return 0;
}

int bits_compare(Bits a, Bits b) {
    int c = compare_prefix(a, b, MIN(a.size, b.size));
    return c != 0 ? c : order(a.size, b.size);
}

bool bits_equal(Bits a, Bits b) {
    return a.size == b.size && compare_prefix(a, b, a.size) == 0;
}
