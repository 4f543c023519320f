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

static bool string_ok(const Transform *t, const GenArg *s) {
    const GenArg *offset = &s[IN_VALUE], *bytes = &s[IN_SIZE];
    uint64_t size = t->file->strings.size;
    return offset->kind == GEN_U && bytes->kind == GEN_INT && bytes->value >= 0 &&
           (uint64_t)offset->value <= size &&
           (uint64_t)bytes->value <= size - (uint64_t)offset->value;
}

static bool segment_ok(const Transform *t, const GenArg *s, bool first, uint32_t live) {
    SegmentKind kind;
    if (!segment_kind(t, &s[IN_TYPE], &kind) || s[IN_NUMBER].kind != GEN_U ||
        s[IN_NUMBER].value > UINT32_MAX || s[IN_UNIT].kind != GEN_U ||
        s[IN_UNIT].value > UINT32_MAX)
        return false;
    if (kind == SEGMENT_STRING) return string_ok(t, s);
    if (!survives(&s[IN_VALUE], live) || !survives(&s[IN_SIZE], live)) return false;
    bool append = kind == SEGMENT_APPEND || kind == SEGMENT_PRIVATE_APPEND;
    if (append && !first) return false;
    bool is_char = kind == SEGMENT_UTF8 || kind == SEGMENT_UTF16 || kind == SEGMENT_UTF32;
    return is_char || s[IN_UNIT].value != 0;
}

static void put_segment(Transform *t, const GenArg *s, uint32_t *text_at) {
    SegmentKind kind = SEGMENT_INTEGER;
    (void)segment_kind(t, &s[IN_TYPE], &kind);
    uint32_t unit = (uint32_t)s[IN_UNIT].value;
    uint64_t bits = 0;
    SegmentSize how;
    if (kind == SEGMENT_STRING)
        how = SIZE_FIXED, bits = 8 * (uint64_t)s[IN_SIZE].value;
    else if (kind == SEGMENT_INTEGER || kind == SEGMENT_FLOAT)
        how = bits_fixed_size(&s[IN_SIZE], unit, &bits) ? SIZE_FIXED : SIZE_TERM;
    else if (kind == SEGMENT_BINARY && !bits_atom_is(t, &s[IN_SIZE], "all"))
        how = bits_fixed_size(&s[IN_SIZE], unit, &bits) ? SIZE_FIXED : SIZE_TERM;
    else
        how = SIZE_WHOLE;
    emit_unit(t, kind | (uint32_t)bits_flags_list(t, &s[IN_FLAGS]) << 8 | (uint32_t)how << 16);
    emit_unit(t, (uint32_t)s[IN_NUMBER].value);
    emit_unit(t, unit);
    emit_unit(t, kind == SEGMENT_STRING ? *text_at : 0);
    if (kind == SEGMENT_STRING)
        emit_word(t, 0);
    else
        emit_any(t, emit_source(t, &s[IN_VALUE]));
    if (how == SIZE_TERM)
        emit_any(t, emit_source(t, &s[IN_SIZE]));
    else
        emit_word(t, bits);
    if (kind == SEGMENT_STRING) *text_at += text_units((uint64_t)s[IN_SIZE].value);
}

// bs_create_bin Fail Heap Live Unit Dst Segments: Unit is that of the first segment, which says it,
// too.
static void create_bin(Transform *t, const GenArg *a) {
    const GenArg *heap = &a[1];
    const GenArg *b = heap + 1 + (heap->kind == GEN_ALLOC ? 2 * heap->value : 0);
    uint32_t live = (uint32_t)b[0].value;
    const GenArg *segments = &b[4];
    uint64_t count = (uint64_t)b[3].value / SEGMENT_ARGS;
    if ((uint64_t)b[3].value % SEGMENT_ARGS != 0) {
        emit_refuse(t, "segments are broken");
        return;
    }
    uint64_t units = count * SEGMENT_UNITS;
    for (uint64_t i = 0; i < count; i++) {
        const GenArg *s = segments + SEGMENT_ARGS * i;
        if (!segment_ok(t, s, i == 0, live)) {
            emit_refuse(t, "a segment is broken");
            return;
        }
        if (s[IN_VALUE].kind == GEN_U) units += text_units((uint64_t)s[IN_SIZE].value);
    }
    if (units > INT32_MAX) {
        emit_refuse(t, "too many segments");
        return;
    }
    EMIT(t, OP_bs_create_bin, bits_label(&a[0]), op_num(emit_alloc_words(heap)), op_num(live),
         emit_source(t, &b[2]), op_num(count), op_num(units));
    uint32_t text_at = (uint32_t)(t->count - t->start + count * SEGMENT_UNITS);
    for (uint64_t i = 0; i < count; i++) put_segment(t, segments + SEGMENT_ARGS * i, &text_at);
    for (uint64_t i = 0; i < count; i++) {
        const GenArg *s = segments + SEGMENT_ARGS * i;
        if (s[IN_VALUE].kind == GEN_U)
            emit_text(t, t->file->strings.bytes + s[IN_VALUE].value, (uint64_t)s[IN_SIZE].value);
    }
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
