// SPDX-License-Identifier: Apache-2.0
// The convention of native code: what is in which machine register between two instructions.
//
//     p r12 | x r13 | X0 r14 | X1 r15 | E rdi | htop rsi | reds rdx | I rcx | X2 r8 | X3 r9 | X4
//     r11
//
// The first five X registers live in machine registers, and their slots in x[] are stale; the
// others are in x[]. A register that is not live may hold anything. I is set where code is entered
// through the handler word of its units, and means nothing otherwise.
#pragma once

#include "engine/engine_int.h"

enum { NATIVE_X_COUNT = 5 };
#define NATIVE_PARAMS                                                                              \
    Process *p, Term *x, Term x0, Term x1, Term *E, Term *htop, int64_t reds, const Unit *I,       \
        Term x2, Term x3, Term x4
typedef void(PRESERVE_NONE *NativeFn)(NATIVE_PARAMS);

// Goes on at `units`, with the registers in x[].
#define NATIVE_GOTO(units)                                                                         \
    do {                                                                                           \
        const Unit *to_ = (units);                                                                 \
        MUSTTAIL return ((NativeFn)(uintptr_t)units_load64(to_))(p, x, x[0], x[1], E, htop, reds,  \
                                                                 to_, x[2], x[3], x[4]);           \
    } while (0)

// slow.c: the instructions' bodies as native code that reads its operands from units. Each is what
// the handler word of an instruction holds that has no machine code of its own, and where machine
// code goes, before any effect, when a case is not common (with I set).
const NativeFn *slow_handlers(void);
void native_run(Process *p, const Unit *from);
// These take the registers from x[] and p.
PRESERVE_NONE void slow_unwind(NATIVE_PARAMS); // of the exception raised at I
PRESERVE_NONE void slow_arith(NATIVE_PARAMS);
// The slice is over before the function at I.
PRESERVE_NONE void slow_yield(NATIVE_PARAMS);
