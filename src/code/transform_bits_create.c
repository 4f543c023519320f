// SPDX-License-Identifier: Apache-2.0
// bs_create_bin, which compilers since OTP 25 write: generic to internal.
#include "code/transform_bits.h"

// Type Number Unit Flags Value Size
enum { IN_TYPE, IN_NUMBER, IN_UNIT, IN_FLAGS, IN_VALUE, IN_SIZE, SEGMENT_ARGS };

static const struct {
    const char *name;
    SegmentKind kind;
} segment_kinds[] = {
    {"integer", SEGMENT_INTEGER},
    {"float", SEGMENT_FLOAT},
    {"binary", SEGMENT_BINARY},
    {"utf8", SEGMENT_UTF8},
    {"utf16", SEGMENT_UTF16},
    {"utf32", SEGMENT_UTF32},
    {"string", SEGMENT_STRING},
    {"append", SEGMENT_APPEND},
    {"private_append", SEGMENT_PRIVATE_APPEND},
};

static bool segment_kind(const Transform *t, const GenArg *a, SegmentKind *kind) {
    for (size_t i = 0; i < ARRAY_COUNT(segment_kinds); i++) {
        if (!bits_atom_is(t, a, segment_kinds[i].name)) continue;
        *kind = segment_kinds[i].kind;
        return true;
    }
    return false;
}

static bool is_source(const GenArg *a) {
    switch ((GenKind)a->kind) {
    case GEN_X:
    case GEN_Y:
    case GEN_INT:
    case GEN_BIG:
    case GEN_ATOM:
    case GEN_NIL:
    case GEN_CHAR:
    case GEN_LITERAL: return true;
    default: return false;
    }
}

// A register must survive the collection that makes room.
static bool survives(const GenArg *a, uint32_t live) {
    return is_source(a) && (a->kind != GEN_X || a->value < (int64_t)live);
}

// A segment, understood.
typedef struct Segment {
    SegmentKind kind;
    SegmentSize how;
    BitsFlags flags;
    uint32_t number, unit;
    uint64_t bits;       // SIZE_FIXED
    Operand value, size; // size: SIZE_TERM
    const uint8_t *text; // SEGMENT_STRING
} Segment;

// Strings of up to 7 bytes are integers: they need no copying.
enum { SHORT_STRING_BITS = 56 };

static bool read_string(const Transform *t, const GenArg *in, Segment *s) {
    const GenArg *offset = &in[IN_VALUE], *bytes = &in[IN_SIZE];
    uint64_t size = t->file->strings.size;
    if (offset->kind != GEN_U || bytes->kind != GEN_INT || bytes->value < 0 ||
        (uint64_t)offset->value > size || (uint64_t)bytes->value > size - (uint64_t)offset->value)
        return false;
    s->how = SIZE_FIXED;
    s->bits = 8 * (uint64_t)bytes->value;
    s->text = t->file->strings.bytes + offset->value;
    s->value = op_const(TERM_NIL);
    if (s->bits >= 1 && s->bits <= SHORT_STRING_BITS) {
        s->kind = SEGMENT_INTEGER;
        s->value = op_const(term_small((int64_t)bits_load(s->text, 0, (unsigned)s->bits)));
    }
    return true;
}

static bool is_append(SegmentKind kind) {
    return kind == SEGMENT_APPEND || kind == SEGMENT_PRIVATE_APPEND;
}

// false: it is broken.
static bool read_segment(Transform *t, const GenArg *in, uint32_t live, Segment *s) {
    *s = (Segment){.how = SIZE_WHOLE};
    if (!segment_kind(t, &in[IN_TYPE], &s->kind) || in[IN_NUMBER].kind != GEN_U ||
        in[IN_NUMBER].value > UINT32_MAX || in[IN_UNIT].kind != GEN_U ||
        in[IN_UNIT].value > UINT32_MAX)
        return false;
    s->number = (uint32_t)in[IN_NUMBER].value;
    s->unit = (uint32_t)in[IN_UNIT].value;
    s->flags = bits_flags_list(t, &in[IN_FLAGS]);
    if (s->kind == SEGMENT_STRING) return read_string(t, in, s);
    if (!survives(&in[IN_VALUE], live) || !survives(&in[IN_SIZE], live)) return false;
    s->value = emit_source(t, &in[IN_VALUE]);
    bool sized = s->kind == SEGMENT_INTEGER || s->kind == SEGMENT_FLOAT ||
                 (s->kind == SEGMENT_BINARY && !bits_atom_is(t, &in[IN_SIZE], "all"));
    if (sized) {
        s->how = bits_fixed_size(&in[IN_SIZE], s->unit, &s->bits) ? SIZE_FIXED : SIZE_TERM;
        s->size = emit_source(t, &in[IN_SIZE]);
    }
    bool has_unit = sized || s->kind == SEGMENT_BINARY || is_append(s->kind);
    return s->unit != 0 || !has_unit;
}

static void put_segment(Transform *t, const Segment *s, uint32_t *text_at) {
    emit_unit(t, s->kind | (uint32_t)s->flags << 8 | (uint32_t)s->how << 16);
    emit_unit(t, s->number);
    emit_unit(t, s->unit);
    emit_unit(t, s->kind == SEGMENT_STRING ? *text_at : 0);
    emit_any(t, s->value);
    if (s->how == SIZE_TERM)
        emit_any(t, s->size);
    else
        emit_word(t, s->bits);
    if (s->kind == SEGMENT_STRING) *text_at += text_units(s->bits / 8);
}

static void put_segments(Transform *t, const Segment *s, size_t count) {
    uint32_t text_at = (uint32_t)(t->count - t->start + count * SEGMENT_UNITS);
    for (size_t i = 0; i < count; i++) put_segment(t, &s[i], &text_at);
    for (size_t i = 0; i < count; i++)
        if (s[i].kind == SEGMENT_STRING) emit_text(t, s[i].text, s[i].bits / 8);
}

// bs_create_bin Fail Heap Live Unit Dst Segments: Unit is that of the first segment, which says it,
// too.
typedef struct CreateBin {
    Operand fail, heap, live, dst;
    Segment *segments;
    size_t count;
    uint64_t units; // of the variable part
} CreateBin;

static void emit_create(Transform *t, const CreateBin *c) {
    bool append = c->count > 0 && is_append(c->segments[0].kind);
    EMIT(t, append ? OP_bs_append_bin : OP_bs_create_bin, c->fail, c->heap, c->live, c->dst,
         op_num(c->count), op_num(c->units));
    put_segments(t, c->segments, c->count);
}

// Reads the segments of the list. false: refused.
static bool read_segments(Transform *t, const GenArg *list, uint32_t live, CreateBin *c) {
    c->units = c->count * SEGMENT_UNITS;
    for (size_t i = 0; i < c->count; i++) {
        Segment *s = &c->segments[i];
        if (!read_segment(t, list + 1 + SEGMENT_ARGS * i, live, s) ||
            (i > 0 && is_append(s->kind))) {
            emit_refuse(t, "a segment is broken");
            return false;
        }
        if (s->kind == SEGMENT_STRING) c->units += text_units(s->bits / 8);
    }
    if (c->units > INT32_MAX) emit_refuse(t, "too many segments");
    return !t->failed;
}

static void create_bin(Transform *t, const GenArg *a) {
    const GenArg *heap = &a[1];
    const GenArg *b = heap + 1 + (heap->kind == GEN_ALLOC ? 2 * heap->value : 0);
    const GenArg *list = &b[3];
    CreateBin c = {bits_label(&a[0]), op_num(emit_alloc_words(heap)), bits_number(&b[0]),
                   emit_source(t, &b[2]), .count = (size_t)list->value / SEGMENT_ARGS};
    if ((size_t)list->value % SEGMENT_ARGS != 0) {
        emit_refuse(t, "segments are broken");
        return;
    }
    size_t bytes = MAX(c.count, (size_t)1) * sizeof *c.segments;
    c.segments = mem_alloc(t->file->mem, bytes);
    if (c.segments == NULL) {
        emit_refuse(t, "no memory");
        return;
    }
    if (read_segments(t, list, (uint32_t)b[0].value, &c)) emit_create(t, &c);
    mem_free(t->file->mem, c.segments, bytes);
}

bool transform_create(Transform *t, const GenOp *op, const GenArg *a) {
    if (op->op == GENOP_bs_create_bin)
        create_bin(t, a);
    else if (op->op == GENOP_bs_init_writable)
        EMIT0(t, OP_bs_init_writable);
    else
        return false;
    return true;
}
