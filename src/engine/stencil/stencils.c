// SPDX-License-Identifier: Apache-2.0
// The second head: the same bodies, compiled into stencils. Operands are addresses of symbols that
// exist nowhere (holes); whoever copies a stencil writes the operand's value where the object file
// asks for the symbol's address. The jump to the next instruction is one more hole.
// tools/stencils.py takes the machine code and the holes out of the object file.
//
// So far a handful of instructions (STENCILS in the Makefile), assembled and run by
// test/unit/engine/stencil_test.c: the proof that the form of the bodies carries both heads.
#include "engine/engine_int.h"

// A hole for each unit that an operand may start at.
// Weak: the value may be 0.
#define HOLE(at) extern __attribute__((weak)) PRESERVE_NONE void hole_##at(OP_PARAMS)
HOLE(2);
HOLE(3);
HOLE(4);
HOLE(5);
HOLE(6);
HOLE(7);
HOLE(8);
HOLE(9);
HOLE(10);
extern PRESERVE_NONE void hole_next(OP_PARAMS);
extern PRESERVE_NONE void hole_unwind(OP_PARAMS);
extern PRESERVE_NONE void hole_arith(OP_PARAMS);
#define HOLE_VALUE(at) ((uintptr_t)&hole_##at)

#define OP_FUNCTION(name) PRESERVE_NONE void stencil_##name(OP_PARAMS)

// Register operands are byte offsets: one addition, no scaling.
#define SRC_X(at)      (*(Term *)((char *)x + HOLE_VALUE(at)))
#define SRC_Y(at)      (*(Term *)((char *)E + HOLE_VALUE(at)))
#define SRC_C(at)      ((Term)HOLE_VALUE(at))
#define SRC_ANY(at)    any_source(x, E, HOLE_VALUE(at))
#define ANY(word)      any_source(x, E, word)
#define DST_X(at, v)   (*(Term *)((char *)x + HOLE_VALUE(at)) = (v))
#define DST_Y(at, v)   (*(Term *)((char *)E + HOLE_VALUE(at)) = (v))
#define DST_ANY(at, v) (*any_destination(x, E, (uint32_t)HOLE_VALUE(at)) = (v))
#define PLACE_X(at)    ((uint32_t)HOLE_VALUE(at) / sizeof(Term) << 1)
#define PLACE_Y(at)    ((uint32_t)HOLE_VALUE(at) / sizeof(Term) << 1 | 1)
#define LABEL_AT(at)   hole_##at
#define HAS_AT(at)     (HOLE_VALUE(at) != 0)
#define NUM_AT(at)     ((uint32_t)HOLE_VALUE(at))
#define WORD_AT(at)    ((uint64_t)HOLE_VALUE(at))

#define NEXT        MUSTTAIL return hole_next(OP_ARGS)
#define JUMP(label) MUSTTAIL return LABEL(label)(OP_ARGS)
#define UNWIND()    MUSTTAIL return hole_unwind(p, I, x, E, NULL, 0)

#define CODE_OF(label) ((const Unit *)(uintptr_t)LABEL(label))
#define CODE_NEXT      ((const Unit *)(uintptr_t)hole_next)
#define ARITH_SLOW()   MUSTTAIL return hole_arith(p, I, x, E, NULL, 0)

#include "engine/ops_head.h"

#include "engine/stencil_ops.inc"
