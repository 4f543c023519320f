// SPDX-License-Identifier: Apache-2.0
// The slow handlers: a head that makes of each instruction a function with native code's
// convention. It writes the X registers back, does what the interpreter would do, and goes on with
// the next instruction's handler word.
//
// Thread: that of the scheduler that runs the process.
#include "engine/jit/native.h"

#define OP_FUNCTION(name) static PRESERVE_NONE void slow_##name(NATIVE_PARAMS)
#define SPILL()                                                                                    \
    do {                                                                                           \
        x[0] = x0;                                                                                 \
        x[1] = x1;                                                                                 \
        x[2] = x2;                                                                                 \
        x[3] = x3;                                                                                 \
        x[4] = x4;                                                                                 \
    } while (0)
#define OP_PROLOGUE  SPILL();
#define GOTO(units)  NATIVE_GOTO(units)
#define UNWIND()     MUSTTAIL return slow_unwind(p, x, 0, 0, E, NULL, 0, I, 0, 0, 0)
#define ARITH_SLOW() MUSTTAIL return slow_arith(p, x, 0, 0, E, NULL, 0, I, 0, 0, 0)

#include "engine/units_head.h"

#include "engine/ops_head.h"

#define ARITH_SLOW_FUNCTION slow_arith
#define UNWIND_FUNCTION     slow_unwind
#define SLOW_PARAMS         NATIVE_PARAMS
#include "engine/common_slow.h"

PRESERVE_NONE void slow_yield(NATIVE_PARAMS) {
    SPILL();
    p->ip = I;
    SAVE(I[-1]);
    REGS->run_status = RUN_YIELDED;
}

#include "engine/interp_ops.inc"

#define HANDLER(name) slow_##name
static const NativeFn handlers[] = {
#include "engine/handlers.inc"
};
_Static_assert(ARRAY_COUNT(handlers) == OP_VARIANT_COUNT, "a handler for each variant");

const NativeFn *slow_handlers(void) {
    return handlers;
}

void native_run(Process *p, const Unit *from) {
    Term *x = p->regs->x;
    p->regs->run_status = RUN_READY;
    ((NativeFn)(uintptr_t)units_load64(from))(p, x, x[0], x[1], p->heap.stack, p->heap.htop,
                                              p->reds, from, x[2], x[3], x[4]);
}
