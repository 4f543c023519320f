// SPDX-License-Identifier: Apache-2.0
// What the transformations of the bit syntax share. Room-internal.
#pragma once

#include "code/bits_ops.h"
#include "code/emit.h"
#include "term/bits.h"

// Flags in files: 1 aligned, 2 little, 4 signed, 8 exact, 16 native, which is little here.
BitsFlags bits_flags(const GenArg *a);
// The same as a list of atoms, or nothing.
BitsFlags bits_flags_list(Transform *t, const GenArg *a);
// A unit, 1 or more; refused: 1.
uint32_t bits_unit(Transform *t, const GenArg *a);
bool bits_atom_is(const Transform *t, const GenArg *a, const char *text);
// A size that is known now. *bits = size * unit.
bool bits_fixed_size(const GenArg *size, uint64_t unit, uint64_t *bits);
// Bytes as units, padded with 0.
static inline uint32_t text_units(uint64_t bytes) {
    return (uint32_t)((bytes + 3) / 4);
}
void emit_text(Transform *t, const uint8_t *bytes, uint64_t size_bytes);
static inline Operand bits_label(const GenArg *a) {
    return op_label((uint64_t)a->value);
}
static inline Operand bits_number(const GenArg *a) {
    return op_num((uint64_t)a->value);
}

// transform_bits_create.c
bool transform_create(Transform *t, const GenOp *op, const GenArg *a);
