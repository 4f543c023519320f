// SPDX-License-Identifier: Apache-2.0
// Operands read from the units of the instruction at I: for the heads that decode at run time, the
// interpreter and the slow handlers of native code. Not a header for others.
#pragma once

// The instruction's own units.
#define SELF I

#define SRC_X(at)      x[I[at]]
#define SRC_Y(at)      E[I[at]]
#define SRC_C(at)      units_load64(I + (at))
#define SRC_ANY(at)    any_source(x, E, units_load64(I + (at)))
#define ANY(word)      any_source(x, E, word)
#define DST_X(at, v)   (x[I[at]] = (v))
#define DST_Y(at, v)   (E[I[at]] = (v))
#define DST_ANY(at, v) (*any_destination(x, E, I[at]) = (v))
// The same as a number, for whoever stores there later: register number << 1 | is Y.
#define PLACE_X(at)     (I[at] << 1)
#define PLACE_Y(at)     (I[at] << 1 | 1)
#define LABEL_AT(at)    (I + (int32_t)I[at])
#define HAS_AT(at)      (I[at] != 0)
#define NUM_AT(at)      I[at]
#define BYTES_AT(at)    ((size_t)I[at] * sizeof(Term))
#define WORD_AT(at)     units_load64(I + (at))
#define UNITS_AT(at)    (I + (at))
#define NUM_IMM_AT(at)  NUM_AT(at)
#define WORD_IMM_AT(at) WORD_AT(at)

#define NEXT          GOTO(I + OP_UNITS)
#define JUMP(label)   GOTO(LABEL(label))
#define PUSH_RETURN() (*--E = term_return_address(I + OP_UNITS))
#define RETURN()                                                                                   \
    do {                                                                                           \
        const Unit *back_ = term_return_address_ptr(*E++);                                         \
        GOTO(back_);                                                                               \
    } while (0)

// Enters a function: one reduction. At the end of the slice the process stops right there.
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

// The registers are saved, and this instruction is to be done again in another slice if the helper
// has said so; else REGS->exc is set.
#define AGAIN_OR_UNWIND()                                                                          \
    do {                                                                                           \
        if (REGS->run_status != RUN_READY) {                                                       \
            p->ip = I;                                                                             \
            return;                                                                                \
        }                                                                                          \
        UNWIND();                                                                                  \
    } while (0)

#define CODE_OF(label)  LABEL(label)
#define CODE_NEXT       (I + OP_UNITS)
#define IS_SAME(a, b)   ((a) == (b))
#define IS_IMM(a, name) ((a) == IMM(name))
