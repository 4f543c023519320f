// SPDX-License-Identifier: Apache-2.0
// The bit syntax as older compilers wrote it: construction step by step (up to OTP 24), match
// contexts with slots (up to OTP 21).
#include "code/transform_bits.h"

// bs_init2 Fail Bytes Words Live Flags Dst; bs_init_bits has bits.
static void init(Transform *t, const GenArg *a, uint32_t unit) {
    const GenArg *b = &a[3] + (a[2].kind == GEN_ALLOC ? 2 * a[2].value : 0);
    Operand size;
    if (a[1].kind != GEN_U)
        size = emit_source(t, &a[1]);
    else
        size = op_const(term_small(MIN(a[1].value, SMALL_MAX)));
    EMIT(t, OP_bs_init, bits_label(&a[0]), size, op_num(unit), op_num(emit_alloc_words(&a[2])),
         bits_number(&b[0]), emit_source(t, &b[2]));
}

// bs_append Fail Bits Words Live Unit Base Flags Dst
static void append(Transform *t, const GenArg *a) {
    const GenArg *b = &a[3] + (a[2].kind == GEN_ALLOC ? 2 * a[2].value : 0);
    EMIT(t, OP_bs_append, bits_label(&a[0]), emit_source(t, &a[1]), op_num(emit_alloc_words(&a[2])),
         bits_number(&b[0]), op_num(bits_unit(t, &b[1])), emit_source(t, &b[2]),
         emit_source(t, &b[4]));
}

// bs_put_* Fail Size Unit Flags Value
static void put(Transform *t, const GenArg *a, SegmentKind kind) {
    EMIT(t, OP_bs_put, bits_label(&a[0]), op_num(kind), emit_source(t, &a[1]),
         op_num(bits_unit(t, &a[2])), op_num(bits_flags(&a[3])), emit_source(t, &a[4]));
}

// bs_put_utf* Fail Flags Value
static void put_char(Transform *t, const GenArg *a, SegmentKind kind) {
    EMIT(t, OP_bs_put, bits_label(&a[0]), op_num(kind), op_const(TERM_NIL), op_num(1),
         op_num(bits_flags(&a[1])), emit_source(t, &a[2]));
}

// bs_put_string Bytes Offset
static void put_string(Transform *t, const GenArg *a) {
    uint64_t bytes = (uint64_t)a[0].value;
    if (bytes > UINT32_MAX) {
        emit_refuse(t, "a string is too long");
        return;
    }
    EMIT(t, OP_bs_put_string, op_num(bytes));
    emit_text(t, t->file->strings.bytes + a[1].value, bytes);
}

static bool transform_building(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_bs_init2: init(t, a, 8); return true;
    case GENOP_bs_init_bits: init(t, a, 1); return true;
    case GENOP_bs_append: append(t, a); return true;
    case GENOP_bs_private_append:
        EMIT(t, OP_bs_private_append, bits_label(&a[0]), emit_source(t, &a[1]),
             op_num(bits_unit(t, &a[2])), emit_source(t, &a[3]), emit_source(t, &a[5]));
        return true;
    case GENOP_bs_put_integer: put(t, a, SEGMENT_INTEGER); return true;
    case GENOP_bs_put_float: put(t, a, SEGMENT_FLOAT); return true;
    case GENOP_bs_put_binary: put(t, a, SEGMENT_BINARY); return true;
    case GENOP_bs_put_utf8: put_char(t, a, SEGMENT_UTF8); return true;
    case GENOP_bs_put_utf16: put_char(t, a, SEGMENT_UTF16); return true;
    case GENOP_bs_put_utf32: put_char(t, a, SEGMENT_UTF32); return true;
    case GENOP_bs_put_string: put_string(t, a); return true;
    case GENOP_bs_add:
        EMIT(t, OP_bs_add, bits_label(&a[0]), emit_source(t, &a[1]), emit_source(t, &a[2]),
             op_num(bits_unit(t, &a[3])), emit_source(t, &a[4]));
        return true;
    case GENOP_bs_utf8_size:
    case GENOP_bs_utf16_size:
        EMIT(t, OP_bs_char_size,
             op_num(op->op == GENOP_bs_utf8_size ? SEGMENT_UTF8 : SEGMENT_UTF16),
             emit_source(t, &a[1]), emit_source(t, &a[2]));
        return true;
    default: return false;
    }
}

// A slot of bs_save2 and bs_restore2: `start` or a number.
static Operand slot(Transform *t, const GenArg *a) {
    if (bits_atom_is(t, a, "start")) return op_num(0);
    if ((a->kind == GEN_U || a->kind == GEN_INT) && a->value >= 0 && a->value < CONTEXT_SLOTS_MAX)
        return op_num((uint64_t)a->value + 1);
    emit_refuse(t, "a slot is broken");
    return op_num(0);
}

bool transform_bits_old(Transform *t, const GenOp *op, const GenArg *a) {
    if (transform_building(t, op, a)) return true;
    switch (op->op) {
    case GENOP_bs_start_match2: // Fail Src Live Slots Dst
        if (a[3].value > CONTEXT_SLOTS_MAX) emit_refuse(t, "too many slots");
        EMIT(t, OP_bs_start_match_slots, bits_label(&a[0]), emit_source(t, &a[1]),
             bits_number(&a[2]), op_num(MIN((uint64_t)a[3].value, CONTEXT_SLOTS_MAX)),
             emit_source(t, &a[4]));
        return true;
    case GENOP_bs_save2: EMIT(t, OP_bs_save, emit_source(t, &a[0]), slot(t, &a[1])); return true;
    case GENOP_bs_restore2:
        EMIT(t, OP_bs_restore, emit_source(t, &a[0]), slot(t, &a[1]));
        return true;
    case GENOP_bs_context_to_binary:
        EMIT(t, OP_bs_context_to_binary, emit_source(t, &a[0]), emit_source(t, &a[0]));
        return true;
    default: return false;
    }
}
