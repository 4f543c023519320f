// SPDX-License-Identifier: Apache-2.0
// The internal instructions as the loader and the listing see them: tables made from
// engine/ops/*.ops. An instruction in memory is a row of 32-bit units:
//
//     handler address (2 units), operands...
//
// with these operands: X and Y register numbers, plain numbers, label offsets (signed, in units,
// from the instruction's start; 0 = none) take 1 unit; constants, pointers, 64-bit numbers 2; "any"
// sources 2 (see op_any_*); "any" destinations 1 (number << 1 | is Y).
#pragma once

#include "code/ops.h"
#include "term/term.h"

enum { OP_OPERANDS_MAX = 10, OP_HEAD_UNITS = 2 };

typedef struct OpOperand {
    const char *name;
    char kind;    // S D specialised source, destination; s d any; u l f t p n v: tools/ops.py
    uint8_t mask; // S, D: 1 = X, 2 = Y, 4 = constant; 8: stencils tell wide constants apart
} OpOperand;

typedef struct OpInfo {
    const char *name;
    uint16_t first_variant;
    uint8_t operand_count;
    OpOperand operands[OP_OPERANDS_MAX];
} OpInfo;

extern const OpInfo op_table[OP_COUNT];

// An "any" source: a register word looks like no term that code can hold (tag SPECIAL, not 0
// above).
static inline uint64_t op_any_register(bool is_y, uint32_t number) {
    return ((uint64_t)number << 8) | (is_y ? 0x80 : 0x40) | TAG_SPECIAL;
}
static inline bool op_any_is_register(uint64_t word) {
    return (word & 63) == TAG_SPECIAL;
}
static inline bool op_any_is_y(uint64_t word) {
    return (word & 0x80) != 0;
}
static inline uint32_t op_any_number(uint64_t word) {
    return (uint32_t)(word >> 8);
}

static inline uint64_t units_load64(const uint32_t *units) {
    uint64_t word;
    memcpy(&word, units, sizeof word);
    return word;
}
static inline void units_store64(uint32_t *units, uint64_t word) {
    memcpy(units, &word, sizeof word);
}
