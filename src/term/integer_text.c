// SPDX-License-Identifier: Apache-2.0
// Integers to and from digits in any base; see integer.h. Up to one limb by hand, beyond by GMP,
// whose conversions take less than quadratic time.
// Thread: any; the functions touch only their operands, the cursor and scratch memory.
#include "term/integer_int.h"

static const char digit_chars[36 + 1] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// The digits of n, written so that they end at `end`; gives where they start.
static char *limb_digits(char *end, uint64_t n, unsigned base) {
    if (base == 10) {
        do *--end = (char)('0' + n % 10);
        while ((n /= 10) != 0);
        return end;
    }
    do *--end = digit_chars[n % base];
    while ((n /= base) != 0);
    return end;
}

const char *integer_print_word(char out[INTEGER_WORD_CHARS], Term a, int base, size_t *count) {
    ASSERT(base >= 2 && base <= 36);
    Num x;
    num_of(&x, a);
    if (x.count > 1) return NULL;
    char *end = out + INTEGER_WORD_CHARS;
    char *text = limb_digits(end, x.count == 0 ? 0 : x.limbs[0], (unsigned)base);
    if (x.negative) *--text = '-';
    *count = (size_t)(end - text);
    return text;
}

void integer_print(Mem *mem, Buf *out, Term a, int base) {
    char word[INTEGER_WORD_CHARS];
    size_t word_count;
    const char *word_text = integer_print_word(word, a, base, &word_count);
    if (word_text != NULL) {
        buf_put(out, word_text, word_count);
        return;
    }
    Num x;
    num_of(&x, a);
    if (x.negative) buf_put_byte(out, '-');
    size_t size = mpn_sizeinbase(x.limbs, (mp_size_t)x.count, base) + 1;
    if (!buf_reserve(out, size)) return;
    Scratch s; // mpn_get_str uses up its operand, and wants a limb to spare
    Limb *copy = scratch_init(&s, mem, x.count + 1);
    mpn_copyi(copy, x.limbs, (mp_size_t)x.count);
    uint8_t *text = out->data + out->size_bytes;
    size_t count = mpn_get_str(text, base, copy, (mp_size_t)x.count);
    ASSERT(count <= size);
    size_t zeros = 0;
    while (zeros + 1 < count && text[zeros] == 0) zeros++;
    for (size_t i = zeros; i < count; i++) text[i - zeros] = (uint8_t)digit_chars[text[i]];
    out->size_bytes += count - zeros;
    scratch_deinit(&s);
}

// --- parsing -------------------------------------------------------------------------------------
// 64 * log2(base), rounded up: how much of a limb a digit takes, in 64ths of a bit.
static const uint16_t digit_bits_64ths[37] = {
    0,   0,   64,  102, 128, 149, 166, 180, 192, 203, 213, 222, 230, 237, 244, 251, 256, 262, 267,
    272, 277, 282, 286, 290, 294, 298, 301, 305, 308, 311, 315, 318, 320, 323, 326, 329, 331};

size_t integer_parse_words(size_t digit_count, int base) {
    ASSERT(base >= 2 && base <= 36);
    // Beyond this not even base 2 fits.
    if (digit_count > (INTEGER_LIMBS_MAX + 1) * LIMB_BITS) return SIZE_MAX;
    size_t limbs = digit_count * digit_bits_64ths[base] / (64 * LIMB_BITS) + 1;
    // The bound is generous by up to one part in 64; the parse itself is exact.
    if (limbs > INTEGER_LIMBS_MAX + INTEGER_LIMBS_MAX / 32) return SIZE_MAX;
    return limbs + 2;
}

// The digit's value, 255 if it is none of the base.
static inline uint8_t digit_value(uint8_t c, int base) {
    int v = 255;
    if (c >= '0' && c <= '9')
        v = c - '0';
    else if ((c | 32) >= 'a' && (c | 32) <= 'z')
        v = (c | 32) - 'a' + 10;
    return v < base ? (uint8_t)v : 255;
}

// Up to as many digits as surely fit in a limb.
static bool parse_limb(const uint8_t *text, size_t count, int base, Limb *value) {
    Limb v = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t d = digit_value(text[i], base);
        if (d == 255) return false;
        v = v * (Limb)base + d;
    }
    *value = v;
    return true;
}

// Past the sign and leading zeros: the digits that count.
static const uint8_t *significant(const uint8_t *text, size_t *count, bool *negative) {
    size_t n = *count;
    *negative = n > 0 && text[0] == '-';
    if (n > 0 && (text[0] == '-' || text[0] == '+')) {
        text++;
        n--;
    }
    while (n > 1 && text[0] == '0') {
        text++;
        n--;
    }
    *count = n;
    return text;
}

size_t integer_parse_words_exact(const uint8_t *text, size_t count, int base) {
    bool negative;
    text = significant(text, &count, &negative);
    for (size_t i = 0; i < count; i++)
        if (digit_value(text[i], base) == 255) return 0;
    return count == 0 ? 0 : integer_parse_words(count, base);
}

enum { PARSE_LOCAL_DIGITS = 1024 };

static Term parse_long(Mem *mem, Hp *hp, const uint8_t *text, size_t count, int base,
                       bool negative) {
    uint8_t local[PARSE_LOCAL_DIGITS];
    uint8_t *digits = count <= sizeof local ? local : mem_must_alloc(mem, count);
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        digits[i] = digit_value(text[i], base);
        good = digits[i] != 255;
    }
    Term result = TERM_NONE;
    if (good) {
        size_t words = integer_parse_words(count, base);
        ASSERT(words != SIZE_MAX);
        Limb *r = num_open(hp, words - 1);
        mp_size_t n = mpn_set_str(r, digits, count, base);
        result = num_finish(hp, r, (size_t)n, negative);
    }
    if (digits != local) mem_free(mem, digits, count);
    return result;
}

Term integer_parse(Mem *mem, Hp *hp, const uint8_t *text, size_t count, int base) {
    ASSERT(base >= 2 && base <= 36);
    bool negative;
    text = significant(text, &count, &negative);
    if (count == 0) return TERM_NONE;
    if (count * digit_bits_64ths[base] > 64 * LIMB_BITS)
        return parse_long(mem, hp, text, count, base, negative);
    Limb v;
    if (!parse_limb(text, count, base, &v)) return TERM_NONE;
    Limb *r = num_open(hp, 1);
    r[0] = v;
    return num_finish(hp, r, 1, negative);
}
