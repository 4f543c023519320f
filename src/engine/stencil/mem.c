// SPDX-License-Identifier: Apache-2.0
// Stencils in memory form, for instructions that call C on the way: the JIT writes X registers 0 to
// 4 back before such a stencil and reads them again after it, and at the labels that it jumps to.
// Operands are in x[], on the stack, or constants.
#include "engine/stencil/holes.h"

#define OP_FUNCTION(name)                                                                          \
    PRESERVE_NONE void mem_##name(NATIVE_PARAMS);                                                  \
    PRESERVE_NONE void mem_##name(NATIVE_PARAMS)
#define OP_PROLOGUE
#define PASS p, x, x0, x1, E, htop, reds, I, x2, x3, x4
// From here on these hold anything.
#define PASS_NONE __asm__("" : "=r"(x0), "=r"(x1), "=r"(x2), "=r"(x3), "=r"(x4), "=r"(I))

#define SRC_X(at)       (*(Term *)(void *)((char *)x + SMALL_HOLE(at)))
#define SRC_Y(at)       (*(Term *)(void *)((char *)E + SMALL_HOLE(at)))
#define SRC_C(at)       ((Term)WIDE_HOLE("w_" #at))
#define SRC_ANY(at)     any_source(x, E, WIDE_HOLE("w_" #at))
#define ANY(word)       any_source(x, E, word)
#define DST_X(at, v)    (*(Term *)(void *)((char *)x + SMALL_HOLE(at)) = (v))
#define DST_Y(at, v)    (*(Term *)(void *)((char *)E + SMALL_HOLE(at)) = (v))
#define DST_ANY(at, v)  (*any_destination(x, E, UNIT_HOLE(at)) = (v))
#define PLACE_X(at)     (UNIT_HOLE(at) << 1)
#define PLACE_Y(at)     (UNIT_HOLE(at) << 1 | 1)
#define WORD_IMM_AT(at) WORD_AT(at)
#define IS_SAME(a, b)   ((a) == (b))
#define IS_IMM(a, name) ((a) == IMM(name))

#define GOTO(units) NATIVE_GOTO(units)
#define NEXT                                                                                       \
    do {                                                                                           \
        PASS_NONE;                                                                                 \
        MUSTTAIL return j_next(PASS);                                                              \
    } while (0)
#define JUMP(label)                                                                                \
    do {                                                                                           \
        PASS_NONE;                                                                                 \
        MUSTTAIL return TARGET_##label(PASS);                                                      \
    } while (0)
#define RETURN()                                                                                   \
    do {                                                                                           \
        const Unit *back_ = term_return_address_ptr(*E++);                                         \
        PASS_NONE;                                                                                 \
        x0 = x[0];                                                                                 \
        I = back_;                                                                                 \
        MUSTTAIL return ((NativeFn)(uintptr_t)units_load64(I))(PASS);                              \
    } while (0)
#define ENTER(target)                                                                              \
    do {                                                                                           \
        const Unit *enter_ = (target);                                                             \
        if (UNLIKELY(--reds <= 0)) {                                                               \
            p->ip = enter_;                                                                        \
            SAVE(enter_[-1]);                                                                      \
            REGS->run_status = RUN_YIELDED;                                                        \
            return;                                                                                \
        }                                                                                          \
        GOTO(enter_);                                                                              \
    } while (0)
#define ENTER_LABEL(label) ENTER(LABEL(label))
#define UNWIND()           MUSTTAIL return slow_unwind(p, x, 0, 0, E, NULL, 0, SELF, 0, 0, 0)
#define AGAIN_OR_UNWIND()                                                                          \
    do {                                                                                           \
        if (REGS->run_status != RUN_READY) {                                                       \
            p->ip = SELF;                                                                          \
            return;                                                                                \
        }                                                                                          \
        UNWIND();                                                                                  \
    } while (0)
#define ARITH_SLOW() MUSTTAIL return slow_arith(p, x, 0, 0, E, NULL, 0, SELF, 0, 0, 0)

#include "engine/ops_head.h"

#include "engine/mem_ops.inc"
