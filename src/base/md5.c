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
static ALWAYS_INLINE uint32_t rotate(uint32_t x, unsigned by) {
    return x << by | x >> (32 - by);
}

static uint32_t load_le(const uint8_t *p) {
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void store_le(uint8_t *p, uint32_t x) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(x >> (8 * i));
}

// A step adds to `a` what F, G, H or I mixes of the others, a word and a sine, and turns it. What
// depends on the step before comes in as late as possible: each waits for the one before it.
#define STEP(mix, a, b, c, d, word, i, by)                                                         \
    do {                                                                                           \
        uint32_t known = (a) + (word) + sines[i];                                                  \
        (a) = rotate(mix(known, b, c, d), by) + (b);                                               \
    } while (0)
#define MIX_F(k, b, c, d) ((k) + ((d) ^ ((b) & ((c) ^ (d)))))
#define MIX_G(k, b, c, d) ((k) + ((c) & ~(d)) + ((b) & (d))) // no bit is in both: + is |
#define MIX_H(k, b, c, d) ((k) + ((c) ^ (d) ^ (b)))
#define MIX_I(k, b, c, d) ((k) + ((c) ^ ((b) | ~(d))))

// Sixteen steps; the words come in the order first, first + stride, ...
#define STEPS_4(mix, first, stride, i, s0, s1, s2, s3)                                             \
    STEP(mix, a, b, c, d, words[(first) % 16], i, s0);                                             \
    STEP(mix, d, a, b, c, words[((first) + (stride)) % 16], (i) + 1, s1);                          \
    STEP(mix, c, d, a, b, words[((first) + 2 * (stride)) % 16], (i) + 2, s2);                      \
    STEP(mix, b, c, d, a, words[((first) + 3 * (stride)) % 16], (i) + 3, s3)
#define ROUND(mix, first, stride, i, s0, s1, s2, s3)                                               \
    STEPS_4(mix, first, stride, i, s0, s1, s2, s3);                                                \
    STEPS_4(mix, (first) + 4 * (stride), stride, (i) + 4, s0, s1, s2, s3);                         \
    STEPS_4(mix, (first) + 8 * (stride), stride, (i) + 8, s0, s1, s2, s3);                         \
    STEPS_4(mix, (first) + 12 * (stride), stride, (i) + 12, s0, s1, s2, s3)

static void digest_block(uint32_t state[4], const uint8_t *block) {
    uint32_t words[16];
    for (unsigned i = 0; i < 16; i++) words[i] = load_le(block + 4 * i);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    ROUND(MIX_F, 0, 1, 0, 7, 12, 17, 22);
    ROUND(MIX_G, 1, 5, 16, 5, 9, 14, 20);
    ROUND(MIX_H, 5, 3, 32, 4, 11, 16, 23);
    ROUND(MIX_I, 0, 7, 48, 6, 10, 15, 21);
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
