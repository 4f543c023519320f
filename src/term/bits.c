// SPDX-License-Identifier: Apache-2.0
// Bit string objects: counted data, new strings, views, and appending in place. The rules of
// appending stand in bits.h.
#include "term/bits.h"

// Room that the first append beyond a heap object's size leaves for the next ones.
enum { APPEND_MIN_BYTES = 256 };

static uint64_t bytes_for(uint64_t bits) {
    return (bits + 7) / 8;
}

// --- counted data --------------------------------------------------------------------------------
BitsData *bits_data_new(Mem *m, uint64_t cap_bytes) {
    if (cap_bytes > BITS_SIZE_MAX / 8) return NULL;
    BitsData *d = mem_alloc(m, sizeof *d + cap_bytes);
    if (d == NULL) return NULL;
    mem_note(m, MEM_BINARIES, (int64_t)(sizeof *d + cap_bytes));
    atomic_init(&d->refs, 1);
    d->mem = m;
    d->cap_bytes = cap_bytes;
    d->used_bits = 8 * cap_bytes;
    return d;
}

void bits_data_release(BitsData *d) {
    // Release: what we read of the data is done before another thread frees it; acquire: that.
    uint64_t before = atomic_fetch_sub_explicit(&d->refs, 1, memory_order_acq_rel);
    ASSERT(before > 0);
    if (before != 1) return;
    mem_note(d->mem, MEM_BINARIES, -(int64_t)(sizeof *d + d->cap_bytes));
    mem_free(d->mem, d, sizeof *d + d->cap_bytes);
}

bool buf_start_bits_data(Buf *b, size_t room_bytes) {
    ASSERT(b->size_bytes == 0);
    if (!buf_reserve(b, sizeof(BitsData) + room_bytes)) return false;
    b->size_bytes = sizeof(BitsData);
    return true;
}

BitsData *buf_take_bits_data(Buf *b) {
    ASSERT(b->size_bytes >= sizeof(BitsData));
    BitsData *d = mem_realloc(b->mem, b->data, b->cap_bytes, b->size_bytes);
    if (d == NULL) return NULL;
    mem_note(b->mem, MEM_BINARIES, (int64_t)b->size_bytes);
    atomic_init(&d->refs, 1);
    d->mem = b->mem;
    d->cap_bytes = b->size_bytes - sizeof *d;
    d->used_bits = 8 * d->cap_bytes;
    buf_init(b, b->mem); // given away
    return d;
}

// --- new strings ---------------------------------------------------------------------------------
uint64_t bits_size(Term t) {
    Term *p = term_boxed_ptr(t);
    switch (header_kind(p[0])) {
    case KIND_HEAP_BITS:
    case KIND_REFC_BITS: return p[1];
    case KIND_SUB_BITS: return p[SUB_BITS_SIZE] & ~SUB_BITS_WRITABLE;
    default:
        ASSERT(header_kind(p[0]) == KIND_MATCH_CTX);
        return p[MATCH_CTX_END] - p[MATCH_CTX_POSITION];
    }
}

const uint8_t *bits_bytes(Bits b, Buf *scratch) {
    if ((b.offset & 7) == 0) return b.bytes + b.offset / 8;
    uint64_t bytes = bytes_for(b.size);
    scratch->size_bytes = 0;
    if (!buf_reserve(scratch, MAX(bytes, (uint64_t)1))) return NULL;
    if (bytes > 0) scratch->data[bytes - 1] = 0;
    bits_copy(scratch->data, 0, b.bytes, b.offset, b.size);
    scratch->size_bytes = bytes;
    return scratch->data;
}

Term hp_refc_bits(Hp *hp, BitsData *data_take, uint64_t size_bits) {
    ASSERT(size_bits <= 8 * data_take->cap_bytes);
    Term *p = hp_take(hp, REFC_BITS_WORDS);
    p[0] = HEADER(KIND_REFC_BITS, REFC_BITS_WORDS - 1);
    p[1] = size_bits;
    p[REFC_BITS_DATA] = (Term)(uintptr_t)data_take;
    p[REFC_BITS_LINK] = (Term)(uintptr_t)hp->off->first;
    hp->off->first = p;
    hp->off->size_bytes += data_take->cap_bytes;
    return term_boxed(p);
}

static Term new_heap_bits(Hp *hp, uint64_t size_bits, uint8_t **bytes) {
    size_t words = HEAP_BITS_WORDS(size_bits);
    Term *p = hp_take(hp, words);
    p[0] = HEADER(KIND_HEAP_BITS, words - 1);
    p[1] = size_bits;
    if (words > 2) p[words - 1] = 0; // the padding
    *bytes = (uint8_t *)(p + 2);
    return term_boxed(p);
}

Term hp_bits(Mem *m, Hp *hp, uint64_t size_bits, uint8_t **bytes) {
    if (size_bits <= HEAP_BITS_BYTES_MAX * 8) return new_heap_bits(hp, size_bits, bytes);
    if (size_bits > BITS_SIZE_MAX) return TERM_NONE;
    BitsData *d = bits_data_new(m, bytes_for(size_bits));
    if (d == NULL) return TERM_NONE;
    d->used_bits = size_bits;
    d->bytes[d->cap_bytes - 1] = 0;
    *bytes = d->bytes;
    return hp_refc_bits(hp, d, size_bits);
}

Term hp_bits_copy(Mem *m, Hp *hp, Bits from) {
    uint8_t *to;
    Term t = hp_bits(m, hp, from.size, &to);
    if (t != TERM_NONE) bits_copy(to, 0, from.bytes, from.offset, from.size);
    return t;
}

Term hp_binary(Mem *m, Hp *hp, const void *bytes, size_t size_bytes) {
    return hp_bits_copy(m, hp, (Bits){bytes, 0, 8 * (uint64_t)size_bytes});
}

// --- views ---------------------------------------------------------------------------------------
static Term new_sub(Hp *hp, Term base, uint64_t start, uint64_t size_and_flags) {
    Term *p = hp_take(hp, SUB_BITS_WORDS);
    p[0] = HEADER(KIND_SUB_BITS, SUB_BITS_WORDS - 1);
    p[SUB_BITS_BASE] = base;
    p[SUB_BITS_START] = start;
    p[SUB_BITS_SIZE] = size_and_flags;
    return term_boxed(p);
}

Term hp_sub_bits(Hp *hp, Term of, uint64_t start, uint64_t size) {
    DEBUG_ASSERT(start + size <= bits_size(of));
    Term *p = term_boxed_ptr(of);
    switch (header_kind(p[0])) {
    case KIND_SUB_BITS: return new_sub(hp, p[SUB_BITS_BASE], p[SUB_BITS_START] + start, size);
    case KIND_MATCH_CTX: return new_sub(hp, p[MATCH_CTX_BASE], p[MATCH_CTX_POSITION] + start, size);
    default: return new_sub(hp, of, start, size);
    }
}

// --- appending -----------------------------------------------------------------------------------
// The data that `base` may extend, or NULL.
static BitsData *extensible(Term base) {
    Term *p = term_boxed_ptr(base);
    if (header_kind(p[0]) != KIND_SUB_BITS || (p[SUB_BITS_SIZE] & SUB_BITS_WRITABLE) == 0)
        return NULL;
    BitsData *d = refc_bits_data(p[SUB_BITS_BASE]);
    DEBUG_ASSERT(p[SUB_BITS_START] == 0);
    if (d->used_bits != (p[SUB_BITS_SIZE] & ~SUB_BITS_WRITABLE)) return NULL;
    return bits_data_boundary_is_ours(d) ? d : NULL;
}

// Whether `size` bits have room in the data, or could have by reallocating it.
static bool can_hold(const BitsData *d, uint64_t size) {
    return size <= 8 * d->cap_bytes || atomic_load_explicit(&d->refs, memory_order_acquire) == 1;
}

size_t hp_bits_append_private_words(Term base, uint64_t more) {
    const BitsData *d = extensible(base);
    bool in_place =
        d != NULL && more <= BITS_SIZE_MAX - d->used_bits && can_hold(d, d->used_bits + more);
    return in_place ? 0 : BITS_APPEND_WORDS;
}

// Room for `size` bits and as much again.
static uint64_t roomy_bytes(uint64_t size) {
    uint64_t bytes = bytes_for(size);
    return MAX(MIN(2 * bytes, BITS_SIZE_MAX / 8), (uint64_t)APPEND_MIN_BYTES);
}

// Reallocates data whose one count the refc object holds.
static BitsData *grow_alone(Hp *hp, Term refc, uint64_t size) {
    BitsData *d = refc_bits_data(refc);
    uint64_t old_cap = d->cap_bytes, cap = roomy_bytes(size);
    BitsData *grown = mem_realloc(d->mem, d, sizeof *d + old_cap, sizeof *d + cap);
    if (grown == NULL) return NULL;
    mem_note(grown->mem, MEM_BINARIES, (int64_t)(cap - old_cap));
    grown->cap_bytes = cap;
    term_boxed_ptr(refc)[REFC_BITS_DATA] = (Term)(uintptr_t)grown;
    hp->off->size_bytes += cap - old_cap;
    return grown;
}

static Term copy_to_writable(Mem *m, Hp *hp, Bits from, uint64_t size, uint8_t **to) {
    BitsData *d = bits_data_new(m, roomy_bytes(size));
    if (d == NULL) return TERM_NONE;
    if (from.size & 7) d->bytes[from.size / 8] = 0;
    bits_copy(d->bytes, 0, from.bytes, from.offset, from.size);
    d->used_bits = size;
    *to = d->bytes;
    Term refc = hp_refc_bits(hp, d, size);
    return new_sub(hp, refc, 0, size | SUB_BITS_WRITABLE);
}

// Bits past the end of the last byte are 0; the ones before it are the caller's to write.
static void clear_last_byte(uint8_t *bytes, uint64_t old_size, uint64_t size) {
    if (size == old_size || (size & 7) == 0) return;
    if (size / 8 != old_size / 8 || (old_size & 7) == 0) bytes[size / 8] = 0;
}

static Term append(Mem *m, Hp *hp, Term base, uint64_t more, uint8_t **to, uint64_t *to_bit,
                   bool private) {
    uint64_t old_size = bits_size(base);
    if (more > BITS_SIZE_MAX - old_size) return TERM_NONE;
    uint64_t size = old_size + more;
    *to_bit = old_size;
    Term result;
    BitsData *d = extensible(base);
    if (d == NULL && size <= HEAP_BITS_BYTES_MAX * 8) {
        Bits from = bits_of(base);
        result = new_heap_bits(hp, size, to);
        bits_copy(*to, 0, from.bytes, from.offset, from.size);
        return result;
    }
    if (d != NULL && UNLIKELY(size > 8 * d->cap_bytes) && can_hold(d, size)) {
        d = grow_alone(hp, term_boxed_ptr(base)[SUB_BITS_BASE], size);
        if (d == NULL) return TERM_NONE;
    }
    if (d != NULL && LIKELY(size <= 8 * d->cap_bytes)) {
        d->used_bits = size;
        *to = d->bytes;
        if (private) {
            term_boxed_ptr(base)[SUB_BITS_SIZE] = size | SUB_BITS_WRITABLE;
            result = base;
        } else {
            Term refc = term_boxed_ptr(base)[SUB_BITS_BASE];
            result = new_sub(hp, refc, 0, size | SUB_BITS_WRITABLE);
        }
    } else {
        result = copy_to_writable(m, hp, bits_of(base), size, to);
        if (result == TERM_NONE) return TERM_NONE;
    }
    clear_last_byte(*to, old_size, size);
    return result;
}

Term hp_bits_append(Mem *m, Hp *hp, Term base, uint64_t more, uint8_t **to, uint64_t *to_bit) {
    return append(m, hp, base, more, to, to_bit, false);
}

Term hp_bits_append_private(Mem *m, Hp *hp, Term base, uint64_t more, uint8_t **to,
                            uint64_t *to_bit) {
    return append(m, hp, base, more, to, to_bit, true);
}

Term hp_bits_writable(Mem *m, Hp *hp, uint64_t hint_bytes) {
    BitsData *d = bits_data_new(m, MAX(hint_bytes, (uint64_t)APPEND_MIN_BYTES));
    if (d == NULL) return TERM_NONE;
    d->used_bits = 0;
    return new_sub(hp, hp_refc_bits(hp, d, 0), 0, SUB_BITS_WRITABLE);
}
