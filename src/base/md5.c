// SPDX-License-Identifier: Apache-2.0
// MD5 after RFC 1321: four rounds of sixteen steps over blocks of 64 bytes, little-endian words.
#include "base/md5.h"

// floor(2^32 * |sin(i + 1)|), i from 0.
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
static const uint8_t shifts[4][4] = {
    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t rotate(uint32_t x, unsigned by) {
    return x << by | x >> (32 - by);
}

static uint32_t load_le(const uint8_t *p) {
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void store_le(uint8_t *p, uint32_t x) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(x >> (8 * i));
}

// One block; round r picks the mixing function and the order of words.
static void digest_block(uint32_t state[4], const uint8_t *block) {
    uint32_t words[16];
    for (unsigned i = 0; i < 16; i++) words[i] = load_le(block + 4 * i);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned i = 0; i < 64; i++) {
        uint32_t mix;
        unsigned word;
        switch (i / 16) {
        case 0:
            mix = (b & c) | (~b & d);
            word = i;
            break;
        case 1:
            mix = (b & d) | (c & ~d);
            word = 5 * i + 1;
            break;
        case 2:
            mix = b ^ c ^ d;
            word = 3 * i + 5;
            break;
        default:
            mix = c ^ (b | ~d);
            word = 7 * i;
            break;
        }
        uint32_t sum = a + mix + words[word % 16] + sines[i];
        a = d;
        d = c;
        c = b;
        b += rotate(sum, shifts[i / 16][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void md5_init(Md5 *m) {
    memset(m, 0, sizeof *m);
    static const uint32_t start[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    memcpy(m->state, start, sizeof start);
}

void md5_update(Md5 *m, const void *bytes, size_t count) {
    if (count == 0) return;
    const uint8_t *p = bytes;
    size_t held = m->size_bytes % MD5_BLOCK_BYTES;
    m->size_bytes += count;
    if (held != 0) {
        size_t take = MIN(count, MD5_BLOCK_BYTES - held);
        memcpy(m->block + held, p, take);
        if (held + take < MD5_BLOCK_BYTES) return;
        digest_block(m->state, m->block);
        p += take;
        count -= take;
    }
    for (; count >= MD5_BLOCK_BYTES; p += MD5_BLOCK_BYTES, count -= MD5_BLOCK_BYTES)
        digest_block(m->state, p);
    memcpy(m->block, p, count);
}

void md5_final(Md5 *m, uint8_t digest[MD5_BYTES]) {
    uint64_t bits = m->size_bytes * 8;
    uint8_t tail[8];
    store_le(tail, (uint32_t)bits);
    store_le(tail + 4, (uint32_t)(bits >> 32));
    static const uint8_t padding[MD5_BLOCK_BYTES] = {0x80};
    size_t held = m->size_bytes % MD5_BLOCK_BYTES;
    md5_update(m, padding, (held < 56 ? 56 : 120) - held);
    md5_update(m, tail, sizeof tail);
    for (int i = 0; i < 4; i++) store_le(digest + 4 * i, m->state[i]);
}
