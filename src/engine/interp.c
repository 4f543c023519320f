// SPDX-License-Identifier: Apache-2.0
// The interpreter: one of the heads under which the instructions (ops/*.ops) are compiled. Each
// variant of an instruction is a function that ends in a tail call of the next one's; the
// machine's registers are the functions' parameters and stay in machine registers.
//
// Thread: that of the scheduler that runs the process.
#include "engine/engine_int.h"

#define OP_FUNCTION(name) static PRESERVE_NONE void op_##name(OP_PARAMS)

// --- operands ------------------------------------------------------------------------------------
#define SRC_X(at)      x[I[at]]
#define SRC_Y(at)      E[I[at]]
#define SRC_C(at)      units_load64(I + (at))
#define SRC_ANY(at)    any_source(x, E, units_load64(I + (at)))
#define ANY(word)      any_source(x, E, word)
#define DST_X(at, v)   (x[I[at]] = (v))
#define DST_Y(at, v)   (E[I[at]] = (v))
#define DST_ANY(at, v) (*any_destination(x, E, I[at]) = (v))
// The same as a number, for whoever stores there later: register number << 1 | is Y.
#define PLACE_X(at)  (I[at] << 1)
#define PLACE_Y(at)  (I[at] << 1 | 1)
#define LABEL_AT(at) (I + (int32_t)I[at])
#define HAS_AT(at)   (I[at] != 0)
#define NUM_AT(at)   I[at]
#define WORD_AT(at)  units_load64(I + (at))
#define UNITS_AT(at) (I + (at))

// --- flow ----------------------------------------------------------------------------------------
#define GOTO(units)                                                                                \
    do {                                                                                           \
        I = (units);                                                                               \
        MUSTTAIL return ((OpFn)(uintptr_t)units_load64(I))(OP_ARGS);                               \
    } while (0)
#define NEXT        GOTO(I + OP_UNITS)
#define JUMP(label) GOTO(LABEL(label))
#define RETURN()                                                                                   \
    do {                                                                                           \
        const Unit *back_ = term_return_address_ptr(*E++);                                         \
        GOTO(back_);                                                                               \
    } while (0)
#define PUSH_RETURN() (*--E = term_return_address(I + OP_UNITS))

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
// The registers are saved and REGS->exc is set: go to the handler.
#define UNWIND() MUSTTAIL return unwind(p, I, x, E, NULL, 0) // it reads the others again
static NOINLINE PRESERVE_NONE void unwind(OP_PARAMS);

// The registers are saved, and this instruction is to be done again in another slice if the helper
// has said so; else p->exc is set.
#define AGAIN_OR_UNWIND()                                                                          \
    do {                                                                                           \
        if (REGS->run_status != RUN_READY) {                                                       \
            p->ip = I;                                                                             \
            return;                                                                                \
        }                                                                                          \
        UNWIND();                                                                                  \
    } while (0)

#define CODE_OF(label) LABEL(label)
#define CODE_NEXT      (I + OP_UNITS)
#define ARITH_SLOW()   MUSTTAIL return arith_slow(p, I, x, E, NULL, 0)
static NOINLINE PRESERVE_NONE void arith_slow(OP_PARAMS);

#include "engine/ops_head.h"

// The rest of ARITH: the operands are in REGS->bif_args.
static NOINLINE PRESERVE_NONE void arith_slow(OP_PARAMS) {
    Term result = engine_arith_gc(p, (IntegerOp)REGS->slow.op);
    const Unit *to = REGS->slow.next;
    if (UNLIKELY(result == TERM_NONE)) {
        to = REGS->slow.fail;
        if (to == NULL || p->dead) {
            engine_arith_failed(p, (IntegerOp)REGS->slow.op);
            UNWIND();
        }
        engine_clear_exception(p);
        LOAD();
    } else {
        LOAD();
        *any_destination(x, E, REGS->slow.dst) = result;
    }
    REGS->bif_arg_count = 0;
    GOTO(to);
}

static NOINLINE PRESERVE_NONE void unwind(OP_PARAMS) {
    const Unit *to = engine_unwind(p, I);
    if (to == NULL) {
        REGS->run_status = RUN_EXITED;
        return;
    }
    LOAD();
    GOTO(to);
}

#include "engine/interp_ops.inc"

#define HANDLER(name) op_##name
static const OpFn handlers[] = {
#include "engine/handlers.inc"
};
_Static_assert(ARRAY_COUNT(handlers) == OP_VARIANT_COUNT, "a handler for each variant");

const OpFn *interp_handlers(void) {
    return handlers;
}

void interp_run(Process *p, const Unit *from) {
    p->regs->run_status = RUN_READY;
    ((OpFn)(uintptr_t)units_load64(from))(p, from, p->regs->x, p->heap.stack, p->heap.htop,
                                          p->reds);
}
