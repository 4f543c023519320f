// SPDX-License-Identifier: Apache-2.0
// What an instruction goes on with when it leaves its fast path, for the heads that decode at run
// time. They name the functions and their parameters (SLOW_PARAMS...). Not
// a header for others.
#pragma once

#ifdef SLOW_PARAMS
// The rest of ARITH: the operands are in REGS->bif_args.
NOINLINE PRESERVE_NONE void ARITH_SLOW_FUNCTION(SLOW_PARAMS) {
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

NOINLINE PRESERVE_NONE void UNWIND_FUNCTION(SLOW_PARAMS) {
    const Unit *to = engine_unwind(p, I);
    if (to == NULL) {
        REGS->run_status = RUN_EXITED;
        return;
    }
    LOAD();
    GOTO(to);
}
#endif
