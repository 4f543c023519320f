// SPDX-License-Identifier: Apache-2.0
// Stencils: pieces of machine code with holes, made when the build is made
// (tools/make_stencils.py).
//
// A stencil has a hot part and a cold part. The JIT puts hot parts one behind the other, in the
// order of the instructions: a hot part that does not jump elsewhere runs off its own end, so that
// whatever comes behind it is "next". Cold parts go wherever there is room (behind all hot ones).
//
// To copy a stencil: copy hot and cold bytes, fill all holes, apply all patches (register forms).
#pragma once
#include <stdbool.h>
#include <stdint.h>

// What goes into a hole: value + addend, in 4 or 8 bytes. Values marked "relative" are addresses,
// and value + addend - (address of the hole) goes into 4 bytes; their addend is -4 unless said.
typedef enum StencilHoleKind {
    STENCIL_SMALL_U,   // 4 bytes: operand `number` as offset or number; sum is in [0, 2^32)
    STENCIL_SMALL_S,   // 4 bytes: the same; sum is an int32
    STENCIL_WORDS_U,   // 4 bytes: operand `number` times 8 as for SMALL_U
    STENCIL_WORDS_S,   // 4 bytes: the same as for SMALL_S
    STENCIL_UNIT,      // 4 bytes: the operand's unit as it is
    STENCIL_WIDE,      // 8 bytes: the operand's two units
    STENCIL_LABEL,     // 8 bytes: address of the unit that the label at `number` leads to
    STENCIL_SELF,      // 8 bytes: address of this instruction's first unit
    STENCIL_NEXT_UNIT, // 8 bytes: address of the next instruction's first unit
    STENCIL_RETURN,    // 8 bytes: a return address (a term) to the next instruction
    STENCIL_JUMP,      // relative: native code of the label at `number`
    STENCIL_JUMP_NEXT, // relative: the end of this stencil's hot part (only in cold parts)
    STENCIL_JUMP_SLOW, // relative: code that runs the whole instruction the slow way
    STENCIL_FUNCTION,  // relative: stencil_functions[number]
    STENCIL_HOT,       // relative: begin of this stencil's hot part (addend: where in it, less 4)
    STENCIL_COLD,      // relative: begin of its cold part
} StencilHoleKind;

// Where: counted from the begin of the hot part, as if the cold part came right behind it. So
// offset >= hot_bytes is in the cold part, at offset - hot_bytes.
typedef struct StencilHole {
    uint16_t offset;
    uint16_t kind : 5;    // StencilHoleKind
    uint16_t number : 11; // of the operand as its symbol has it, or of a function
    int32_t addend;
} StencilHole;

// Three bits at `shift` of the byte at `offset` (counted as in holes) are the low bits of the
// machine register that holds operand `unit` (its number in META); the fourth bit is set already,
// wherever it is.
typedef struct StencilPatch {
    uint16_t offset;
    uint8_t shift;
    uint8_t unit;
} StencilPatch;

// From this offset (counted as in holes) on, the stack pointer is so far down from where it was
// when the stencil was entered, which is where it has to be wherever it is left. Sorted; neither
// the first byte of the hot part nor that of the cold part has an entry when it is 0 there.
typedef struct StencilFrame {
    uint16_t offset, bytes;
} StencilFrame;

// In stencil_bytes: hot_bytes, then cold_bytes. Holes are sorted by offset.
typedef struct Stencil {
    uint32_t first_byte, first_hole, first_patch, first_frame;
    uint16_t hot_bytes, cold_bytes, hole_count, patch_count, frame_count;
    bool there; // false: none of this name, or one that cannot be copied
    bool on;    // the end of the hot part is reached: by running off it, or by a jump to it
} Stencil;
