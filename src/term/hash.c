// SPDX-License-Identifier: Apache-2.0
// The documented hashes; see hash.h.
#include "term/hash.h"

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
