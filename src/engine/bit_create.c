// SPDX-License-Identifier: Apache-2.0
// Building bit strings from segments. The order in which errors are found is the reference's:
// first, segment by segment, sizes that are terms, the types of whole binaries, and whether what
// UTF-32 is made of is a character; then what is appended to; then everything else while the
// segments are written.
#include "engine/bitsyntax.h"
#include "engine/engine_int.h"
#include "term/map.h"

// --- one segment ---------------------------------------------------------------------------------
BitsFault segment_size(Term size, uint32_t unit, uint64_t *bits) {
    if (LIKELY(term_is_small(size))) {
        if (term_small_value(size) < 0) return BITS_SIZE;
        if (!field_size(size, unit, bits) || *bits > INT64_MAX) return BITS_LIMIT;
        return BITS_OK;
    }
    return term_is_kind(size, KIND_BIG_POS) ? BITS_LIMIT : BITS_SIZE;
}

static uint64_t room(const BitsTarget *to) {
    return to->end - to->at;
}

static BitsFault put_float(BitsTarget *to, Term value, uint64_t bits, BitsFlags flags) {
    if (bits != 16 && bits != 32 && bits != 64) return BITS_INVALID;
    double d;
    if (term_is_float(value))
        d = term_float_value(value);
    else if (!term_is_integer(value))
        return BITS_TYPE;
    else if (!integer_to_double(value, &d))
        return BITS_NO_FLOAT;
    if (bits > room(to)) return BITS_TYPE;
    (void)bits_put_float(to->bytes, to->at, d, bits, flags);
    to->at += bits;
    return BITS_OK;
}

static BitsFault put_char(BitsTarget *to, SegmentKind kind, Term value, BitsFlags flags) {
    if (!term_is_small(value)) return BITS_TYPE;
    int64_t ch = term_small_value(value);
    unsigned bits = 8 * (kind == SEGMENT_UTF8    ? bits_utf8_size(ch)
                         : kind == SEGMENT_UTF16 ? bits_utf16_size(ch)
                                                 : bits_utf32_size(ch));
    if (bits == 0 || bits > room(to)) return BITS_TYPE;
    if (kind == SEGMENT_UTF8)
        bits_put_utf8(to->bytes, to->at, (int32_t)ch);
    else if (kind == SEGMENT_UTF16)
        bits_put_utf16(to->bytes, to->at, (int32_t)ch, flags);
    else
        bits_put_utf32(to->bytes, to->at, (int32_t)ch, flags);
    to->at += bits;
    return BITS_OK;
}

BitsFault segment_put_text(BitsTarget *to, const uint8_t *bytes, uint64_t bits) {
    if (bits > room(to)) return BITS_TYPE;
    bits_copy(to->bytes, to->at, bytes, 0, bits);
    to->at += bits;
    return BITS_OK;
}

BitsFault segment_put(BitsTarget *to, SegmentKind kind, Term value, uint64_t bits,
                      BitsFlags flags) {
    switch (kind) {
    case SEGMENT_INTEGER:
        if (!term_is_integer(value) || bits > room(to)) return BITS_TYPE;
        bits_put_integer(to->bytes, to->at, value, bits, flags);
        to->at += bits;
        return BITS_OK;
    case SEGMENT_FLOAT: return put_float(to, value, bits, flags);
    case SEGMENT_BINARY: {
        if (!term_is_bitstring(value)) return BITS_TYPE;
        Bits from = bits_of(value);
        if (bits > from.size) return BITS_SHORT;
        if (bits > room(to)) return BITS_TYPE;
        bits_copy(to->bytes, to->at, from.bytes, from.offset, bits);
        to->at += bits;
        return BITS_OK;
    }
    default: return put_char(to, kind, value, flags);
    }
}

// --- errors --------------------------------------------------------------------------------------
static Term type_atom(SegmentKind kind) {
    switch (kind) {
    case SEGMENT_INTEGER: return ATOM_integer;
    case SEGMENT_FLOAT: return ATOM_float;
    case SEGMENT_UTF8: return ATOM_utf8;
    case SEGMENT_UTF16: return ATOM_utf16;
    case SEGMENT_UTF32: return ATOM_utf32;
    default: return ATOM_binary;
    }
}

static Term fault_atom(BitsFault fault) {
    switch (fault) {
    case BITS_TYPE: return ATOM_type;
    case BITS_UNIT: return ATOM_unit;
    case BITS_SHORT: return ATOM_short;
    case BITS_INVALID: return ATOM_invalid;
    case BITS_NO_FLOAT: return ATOM_no_float;
    default: return ATOM_size;
    }
}

enum { ERROR_PAIRS = 3, CAUSE_WORDS = 5 };

// badarg or system_limit with what erl_erts_errors:format_bs_fail/2 explains:
// #{cause => {Segment, Type, Fault, Value}, ...}.
static Term create_failed(Process *p, const Unit *segment, BitsFault fault, Term value) {
    bif_error(p, fault == BITS_LIMIT ? ATOM_system_limit : ATOM_badarg);
    p->regs->exc.info = value; // keeps it alive
    Hp hp;
    if (!process_reserve_gc(p, CAUSE_WORDS + map_build_words(ERROR_PAIRS), &hp)) return TERM_NONE;
    Term cause = hp_tuple(&hp, 4);
    Term *e = term_tuple_elements(cause);
    e[0] = term_small(segment[SEGMENT_NUMBER]);
    e[1] = type_atom((SegmentKind)(segment[SEGMENT_WHAT] & 255));
    e[2] = fault_atom(fault);
    e[3] = p->regs->exc.info;
    Term kv[2 * ERROR_PAIRS] = {ATOM_cause,          cause,       ATOM_function,
                                ATOM_format_bs_fail, ATOM_module, ATOM_erl_erts_errors};
    p->regs->exc.info = map_build(&p->vm->env, &hp, kv, ERROR_PAIRS);
    process_commit(p, &hp);
    return TERM_NONE;
}

// --- all segments --------------------------------------------------------------------------------
static SegmentKind kind_of(const Unit *segment) {
    return (SegmentKind)(segment[SEGMENT_WHAT] & 255);
}
static SegmentSize size_of(const Unit *segment) {
    return (SegmentSize)(segment[SEGMENT_WHAT] >> 16);
}
static BitsFlags flags_of(const Unit *segment) {
    return (BitsFlags)(segment[SEGMENT_WHAT] >> 8 & 255);
}
static bool is_append(SegmentKind kind) {
    return kind == SEGMENT_APPEND || kind == SEGMENT_PRIVATE_APPEND;
}

// --- in one pass ---------------------------------------------------------------------------------
// The common case: a short string, or one that an append makes a little longer where it lies. The
// segments are written as they come, with no look at their sizes before: pieces of up to 64 bits
// are put together in a word, and words are written. What does not fit, or is not of a common
// kind, gives TERM_NONE; nothing has changed then that anyone can see, and bits_create_gc does it
// from the start.
typedef struct BitsWriter {
    uint8_t *bytes;
    uint64_t at, limit; // 8 bytes may be written anywhere before the limit
    uint64_t word;      // its low `bits` bits come next
    unsigned bits;
} BitsWriter;

// Longer binaries are left to those who charge reductions for them.
enum { PIECE_BITS_MAX = 8 * 4096 };

static ALWAYS_INLINE Term source(const Unit *at, const Term *x, const Term *E) {
    uint64_t word = units_load64(at);
    if (!op_any_is_register(word)) return word;
    return op_any_is_y(word) ? E[op_any_number(word)] : x[op_any_number(word)];
}

// Writes the low `bits` (1..64) of `word`; at least 8 bytes from there are the writer's, and what
// he writes behind the bits does not matter.
static ALWAYS_INLINE void write_word(uint8_t *bytes, uint64_t at, uint64_t word, unsigned bits) {
    uint8_t *p = bytes + at / 8;
    unsigned shift = (unsigned)at & 7;
    if (UNLIKELY(shift + bits > 64)) {
        bits_store(bytes, at, bits, word);
        return;
    }
    uint64_t before = (uint64_t)(p[0] & ~(0xffu >> shift)) << 56;
    uint64_t out = __builtin_bswap64(before | word << (64 - bits) >> shift);
    memcpy(p, &out, sizeof out);
}

static ALWAYS_INLINE bool writer_flush(BitsWriter *w) {
    if (w->bits == 0) return true;
    if (UNLIKELY(w->at + w->bits > w->limit)) return false;
    write_word(w->bytes, w->at, w->word, w->bits);
    w->at += w->bits;
    w->bits = 0;
    return true;
}

// The low `bits` (1..64) of `value`; above them it may be anything.
static ALWAYS_INLINE bool writer_put(BitsWriter *w, uint64_t value, unsigned bits) {
    if (w->bits + bits > 64 && UNLIKELY(!writer_flush(w))) return false;
    if (bits == 64)
        w->word = value;
    else
        w->word = w->word << bits | (value & (((uint64_t)1 << bits) - 1));
    w->bits += bits;
    return true;
}

static bool writer_copy(BitsWriter *w, const uint8_t *from, uint64_t from_bit, uint64_t bits) {
    if (!writer_flush(w) || bits > PIECE_BITS_MAX || w->at + bits > w->limit) return false;
    if (((w->at | from_bit | bits) & 7) == 0)
        memcpy(w->bytes + w->at / 8, from + from_bit / 8, bits / 8);
    else
        bits_copy(w->bytes, w->at, from, from_bit, bits);
    w->at += bits;
    return true;
}

static bool writer_utf8(BitsWriter *w, Term value) {
    if (!term_is_small(value)) return false;
    int64_t ch = term_small_value(value);
    uint32_t c = (uint32_t)ch;
    switch (bits_utf8_size(ch)) {
    case 1: return writer_put(w, c, 8);
    case 2: return writer_put(w, 0xc080 | c >> 6 << 8 | (c & 0x3f), 16);
    case 3: return writer_put(w, 0xe08080 | c >> 12 << 16 | (c >> 6 & 0x3f) << 8 | (c & 0x3f), 24);
    default: return false;
    }
}

static ALWAYS_INLINE bool writer_integer(BitsWriter *w, const Unit *s, Term value, uint64_t bits) {
    if (UNLIKELY(!term_is_small(value)) || UNLIKELY(bits - 1 >= 64)) return false;
    uint64_t v = (uint64_t)term_small_value(value);
    if (UNLIKELY(flags_of(s) & BITS_LITTLE)) v = bits_swap_to_little(v, (unsigned)bits);
    return writer_put(w, v, (unsigned)bits);
}

// A segment; `I` is the start of the instruction. false: not this way.
static ALWAYS_INLINE bool writer_segment(BitsWriter *w, const Unit *I, const Unit *s, const Term *x,
                                         const Term *E) {
    Term value = source(s + SEGMENT_VALUE, x, E);
    uint64_t bits = units_load64(s + SEGMENT_SIZE);
    switch (kind_of(s)) {
    case SEGMENT_INTEGER:
        if (size_of(s) == SIZE_TERM &&
            !field_size(source(s + SEGMENT_SIZE, x, E), s[SEGMENT_UNIT], &bits))
            return false;
        return writer_integer(w, s, value, bits);
    case SEGMENT_BINARY: {
        uint32_t unit = s[SEGMENT_UNIT];
        if (size_of(s) != SIZE_WHOLE || !term_is_bitstring(value)) return false;
        Bits from = bits_of(value);
        if (unit != 1 && (unit != 8 || (from.size & 7) != 0)) return false;
        return writer_copy(w, from.bytes, from.offset, from.size);
    }
    case SEGMENT_UTF8: return writer_utf8(w, value);
    case SEGMENT_STRING: return writer_copy(w, (const uint8_t *)(I + s[SEGMENT_TEXT]), 0, bits);
    default: return false;
    }
}

// The last byte's unused bits become 0.
static ALWAYS_INLINE bool writer_finish(BitsWriter *w) {
    if (UNLIKELY(!writer_flush(w))) return false;
    unsigned used = (unsigned)w->at & 7;
    if (UNLIKELY(used != 0)) w->bytes[w->at / 8] &= (uint8_t)(0xff00u >> used);
    return true;
}

Term bits_append_short(const Unit *I, const Unit *s, uint32_t count, const Term *x, const Term *E,
                       Term *htop) {
    const Unit *end = s + SEGMENT_UNITS * (size_t)count;
    Term base = source(s + SEGMENT_VALUE, x, E);
    if (UNLIKELY(!term_is_kind(base, KIND_SUB_BITS))) return TERM_NONE;
    Term *b = term_boxed_ptr(base);
    uint64_t size = b[SUB_BITS_SIZE] & ~SUB_BITS_WRITABLE, unit = s[SEGMENT_UNIT];
    if (size == b[SUB_BITS_SIZE] || (unit != 1 && (unit != 8 || (size & 7) != 0))) return TERM_NONE;
    BitsData *d = refc_bits_data(b[SUB_BITS_BASE]);
    if (UNLIKELY(d->used_bits != size) || !bits_data_boundary_is_ours(d)) return TERM_NONE;
    // Data that appends have made has more than 8 bytes.
    BitsWriter w = {d->bytes, size, 8 * d->cap_bytes - 64, 0, 0};
    bool private = kind_of(s) == SEGMENT_PRIVATE_APPEND;
    for (s += SEGMENT_UNITS; s < end; s += SEGMENT_UNITS)
        if (UNLIKELY(!writer_segment(&w, I, s, x, E))) return TERM_NONE;
    if (UNLIKELY(!writer_finish(&w))) return TERM_NONE;
    d->used_bits = w.at;
    if (private) {
        b[SUB_BITS_SIZE] = w.at | SUB_BITS_WRITABLE;
        return base;
    }
    htop[0] = HEADER(KIND_SUB_BITS, SUB_BITS_WORDS - 1);
    htop[SUB_BITS_BASE] = b[SUB_BITS_BASE];
    htop[SUB_BITS_START] = 0;
    htop[SUB_BITS_SIZE] = w.at | SUB_BITS_WRITABLE;
    return term_boxed(htop);
}

Term bits_create_short(const Unit *I, const Unit *s, uint32_t count, const Term *x, const Term *E,
                       Term *htop) {
    const Unit *end = s + SEGMENT_UNITS * (size_t)count;
    BitsWriter w = {(uint8_t *)(htop + 2), 0, HEAP_BITS_BYTES_MAX * 8, 0, 0};
    for (; s < end; s += SEGMENT_UNITS)
        if (UNLIKELY(!writer_segment(&w, I, s, x, E))) return TERM_NONE;
    if (UNLIKELY(!writer_finish(&w))) return TERM_NONE;
    size_t words = HEAP_BITS_WORDS(w.at), bytes = (w.at + 7) / 8;
    if (bytes & 7) htop[words - 1] &= ~(uint64_t)0 >> (64 - 8 * (bytes & 7)); // the padding
    htop[0] = HEADER(KIND_HEAP_BITS, words - 1);
    htop[1] = w.at;
    return term_boxed(htop);
}

// --- segments of any kind ------------------------------------------------------------------------
// How many bits a segment takes that is not SIZE_FIXED; *culprit: what is wrong if something is.
static BitsFault segment_bits(const Unit *s, const Term *x, const Term *E, uint64_t *bits,
                              Term *culprit) {
    SegmentKind kind = kind_of(s);
    *bits = 0;
    if (size_of(s) == SIZE_TERM) {
        *culprit = source(s + SEGMENT_SIZE, x, E);
        return segment_size(*culprit, s[SEGMENT_UNIT], bits);
    }
    if (is_append(kind)) return BITS_OK;
    *culprit = source(s + SEGMENT_VALUE, x, E);
    if (kind == SEGMENT_BINARY) {
        if (!term_is_bitstring(*culprit)) return BITS_TYPE;
        *bits = bits_of(*culprit).size;
        return BITS_OK;
    }
    *bits = 8 * (uint64_t)term_small_value(bits_char_size(kind, *culprit));
    bool bad = kind == SEGMENT_UTF32 &&
               (!term_is_small(*culprit) || bits_utf32_size(term_small_value(*culprit)) == 0);
    return bad ? BITS_TYPE : BITS_OK;
}

// How many bits all segments take, but for the one appended to. false: it has failed.
static bool total_bits(Process *p, const BitsCreate *c, uint64_t *total) {
    const Unit *end = c->segments + SEGMENT_UNITS * (size_t)c->count;
    uint64_t sum = 0;
    for (const Unit *s = c->segments; s < end; s += SEGMENT_UNITS) {
        if (size_of(s) == SIZE_FIXED) {
            sum = MIN(sum + units_load64(s + SEGMENT_SIZE), BITS_SIZE_MAX + 1);
            continue;
        }
        uint64_t bits;
        Term culprit = TERM_NIL;
        BitsFault fault = segment_bits(s, p->regs->x, p->heap.stack, &bits, &culprit);
        if (UNLIKELY(fault != BITS_OK)) {
            (void)create_failed(p, s, fault, culprit);
            return false;
        }
        sum = MIN(sum + MIN(bits, BITS_SIZE_MAX + 1), BITS_SIZE_MAX + 1);
    }
    *total = sum;
    if (sum > BITS_SIZE_MAX) (void)bif_system_limit(p);
    return sum <= BITS_SIZE_MAX;
}

static bool is_multiple(uint64_t bits, uint32_t unit) {
    return (unit & (unit - 1)) == 0 ? (bits & (unit - 1)) == 0 : bits % unit == 0;
}

static BitsFault put_binary(BitsTarget *to, const Unit *s, Term value, bool whole, uint64_t bits) {
    if (!term_is_bitstring(value)) return BITS_TYPE;
    Bits from = bits_of(value);
    if (whole) {
        bits = from.size;
        if (!is_multiple(bits, s[SEGMENT_UNIT])) return BITS_UNIT;
    }
    if (bits > from.size) return BITS_SHORT;
    if (bits > room(to)) return BITS_TYPE;
    if (((to->at | from.offset | bits) & 7) == 0)
        memcpy(to->bytes + to->at / 8, from.bytes + from.offset / 8, bits / 8);
    else
        bits_copy(to->bytes, to->at, from.bytes, from.offset, bits);
    to->at += bits;
    return BITS_OK;
}

// Where a segment's operands are read from.
typedef struct Operands {
    const Unit *instruction;
    const Term *x, *E;
} Operands;

static BitsFault put(const Operands *o, const Unit *s, BitsTarget *to, Term *value) {
    SegmentKind kind = kind_of(s);
    SegmentSize how = size_of(s);
    uint64_t bits = units_load64(s + SEGMENT_SIZE);
    if (kind == SEGMENT_STRING)
        return segment_put_text(to, (const uint8_t *)(o->instruction + s[SEGMENT_TEXT]), bits);
    *value = source(s + SEGMENT_VALUE, o->x, o->E);
    if (how == SIZE_TERM &&
        segment_size(source(s + SEGMENT_SIZE, o->x, o->E), s[SEGMENT_UNIT], &bits) != BITS_OK)
        return BITS_TYPE;
    if (kind == SEGMENT_BINARY) return put_binary(to, s, *value, how == SIZE_WHOLE, bits);
    BitsFault fault = segment_put(to, kind, *value, bits, flags_of(s));
    if (fault == BITS_INVALID) *value = term_small((int64_t)bits);
    return fault;
}

// The result with `more` bits to be written, after the base's if the first segment says one.
// TERM_NONE: it has failed.
static Term result_start(Process *p, const BitsCreate *c, uint64_t more, Hp *hp, BitsTarget *to) {
    Mem *mem = &p->vm->mem;
    const Unit *first = c->segments;
    Term result;
    to->at = 0;
    if (c->count == 0 || !is_append(kind_of(first))) {
        result = hp_bits(mem, hp, more, &to->bytes);
    } else {
        Term base = engine_any(p, first + SEGMENT_VALUE);
        if (!term_is_bitstring(base)) return create_failed(p, first, BITS_TYPE, base);
        if (!is_multiple(bits_size(base), first[SEGMENT_UNIT]))
            return create_failed(p, first, BITS_UNIT, base);
        const uint8_t *before = bits_of(base).bytes;
        result = kind_of(first) == SEGMENT_APPEND
                     ? hp_bits_append(mem, hp, base, more, &to->bytes, &to->at)
                     : hp_bits_append_private(mem, hp, base, more, &to->bytes, &to->at);
        if (result != TERM_NONE && to->bytes != before) bits_charge(p, to->at); // it was copied
    }
    if (result == TERM_NONE) return bif_system_limit(p);
    to->end = to->at + more;
    return result;
}

Term bits_create_gc(Process *p, const BitsCreate *c) {
    uint64_t total;
    if (!total_bits(p, c, &total)) return TERM_NONE;
    bool append = c->count > 0 && is_append(kind_of(c->segments));
    size_t words = append ? BITS_APPEND_WORDS : bits_words(total);
    Hp hp;
    if (!process_reserve_gc(p, words + c->heap_words, &hp)) return TERM_NONE;
    BitsTarget to;
    Term result = result_start(p, c, total, &hp, &to);
    if (result == TERM_NONE) return TERM_NONE;
    process_commit(p, &hp); // before anything can fail: it may hold counted data
    const Unit *s = c->segments + (append ? SEGMENT_UNITS : 0);
    const Unit *end = c->segments + SEGMENT_UNITS * (size_t)c->count;
    const Operands operands = {c->instruction, p->regs->x, p->heap.stack};
    for (; s < end; s += SEGMENT_UNITS) {
        Term value = TERM_NIL;
        BitsFault fault = put(&operands, s, &to, &value);
        if (UNLIKELY(fault != BITS_OK)) return create_failed(p, s, fault, value);
    }
    bits_charge(p, total);
    return result;
}

Term bits_char_size(SegmentKind kind, Term ch) {
    int64_t c = term_is_small(ch) ? term_small_value(ch) : -1;
    unsigned bytes = kind == SEGMENT_UTF8    ? bits_utf8_size(c)
                     : kind == SEGMENT_UTF16 ? bits_utf16_size(c)
                                             : 4;
    return term_small(bytes != 0 ? bytes : 4);
}

enum { WRITABLE_BYTES_DEFAULT = 256, WRITABLE_BYTES_MAX = 1 << 20 };

Term bits_init_writable_gc(Process *p, Term size) {
    uint64_t bytes = WRITABLE_BYTES_DEFAULT;
    if (term_is_small(size) && term_small_value(size) >= 0)
        bytes = MIN((uint64_t)term_small_value(size), (uint64_t)WRITABLE_BYTES_MAX);
    Hp hp;
    if (!process_reserve_gc(p, BITS_APPEND_WORDS, &hp)) return TERM_NONE;
    Term result = hp_bits_writable(&p->vm->mem, &hp, bytes);
    if (result == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    return result;
}
