// SPDX-License-Identifier: Apache-2.0
// The interpreter: one of the heads under which the instructions (ops/*.ops) are compiled. Each
// variant of an instruction is a function that ends in a tail call of the next one's; the
// machine's registers are the functions' parameters and stay in machine registers.
//
// Thread: that of the scheduler that runs the process.
#include "engine/engine_int.h"

#define OP_FUNCTION(name) static PRESERVE_NONE void op_##name(OP_PARAMS)

#define OP_PROLOGUE
#define GOTO(units)                                                                                \
    do {                                                                                           \
        I = (units);                                                                               \
        MUSTTAIL return ((OpFn)(uintptr_t)units_load64(I))(OP_ARGS);                               \
    } while (0)
// The registers are saved and REGS->exc is set: go to the handler. It reads the others again.
#define UNWIND()     MUSTTAIL return interp_unwind(p, I, x, E, NULL, 0)
#define ARITH_SLOW() MUSTTAIL return interp_arith_slow(p, I, x, E, NULL, 0)

static PRESERVE_NONE void interp_unwind(OP_PARAMS);
static PRESERVE_NONE void interp_arith_slow(OP_PARAMS);

#include "engine/units_head.h"

#include "engine/ops_head.h"

#define ARITH_SLOW_FUNCTION interp_arith_slow
#define UNWIND_FUNCTION     interp_unwind
#define SLOW_PARAMS         OP_PARAMS
#include "engine/common_slow.h"

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
