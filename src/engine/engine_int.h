// SPDX-License-Identifier: Apache-2.0
// What the files of engine/ share. The slow paths below are plain C functions: the instruction has
// written its registers back to the process (SAVE) and reads them again afterwards (LOAD).
#pragma once

#include "code/optable.h"
#include "engine/engine.h"
#include "proc/bif.h"
#include "term/integer.h"

typedef uint32_t Unit;

// The interpreter's registers, in the order in which preserve_none keeps them in machine registers:
// the first four survive calls of plain C functions.
#define OP_PARAMS Process *p, const Unit *I, Term *x, Term *E, Term *htop, int64_t reds
#define OP_ARGS   p, I, x, E, htop, reds
// The process's registers, without a look at p.
#define REGS          ((Registers *)(void *)x)
#define PRESERVE_NONE __attribute__((preserve_none))
#define MUSTTAIL      __attribute__((musttail))
typedef void(PRESERVE_NONE *OpFn)(OP_PARAMS);
_Static_assert(offsetof(Registers, x) == 0, "x is where its Registers is");

enum { ARITH_OPS = 10, MAX_CALL_ARITY = 255, BACKTRACE_DEPTH_MAX = 64, STUB_CHUNK_UNITS = 16384 };

// Code that the engine makes itself: entries of builtins and undefined functions, the bottom of the
// stack.
typedef struct StubChunk {
    struct StubChunk *next;
    uint32_t used;
    Unit units[STUB_CHUNK_UNITS];
} StubChunk;

// Lifetime: the VM's. Written at boot and when an export is made.
typedef struct EngineState {
    VmCore *vm;
    StubChunk *stubs;
    struct Jit *jit;                        // NULL: all is interpreted
    const Export *arith_exports[ARITH_OPS]; // by IntegerOp: erlang:'+'/2, ...
    Export *divide_export;                  // erlang:'/'/2
} EngineState;

// "name x,y": of an instruction, and what its specialised operands are; list.c.
void engine_variant_name(uint32_t variant, Buf *out);
// Appends a line without its end: unit, name, operands.
void engine_list_instruction(VmCore *vm, const Module *m, uint32_t unit, uint32_t variant,
                             Buf *out);
// The handlers by variant; interp.c.
const OpFn *interp_handlers(void);
void interp_run(Process *p, const Unit *from);
// By the engine that this VM runs.
void engine_enter(Process *p, const Unit *at);
// Raises what REGS->exc says, and the rest of arithmetic; the registers are saved.

// --- calls (call.c): code to go on at, or NULL with p->regs->exc set
// --------------------------------------
const Unit *engine_call_fun(Process *p, Term fun, uint32_t arity);
const Unit *engine_call_mfa(Process *p, uint32_t arity); // x[arity]:x[arity+1]
const Unit *engine_apply_entry(Process *p, uint32_t arity);
// These may also say NULL with another run status than RUN_READY: once more in a later slice.
const Unit *engine_undefined(Process *p, Export *ex);
const Unit *engine_undefined_fun(Process *p, FunEntry *fe);
bool engine_is_function_of(Term fun, Term arity);

// --- receive (receive.c) -------------------------------------------------------------------------
typedef enum ReceiveWait { RECEIVE_WAIT, RECEIVE_EXPIRED, RECEIVE_BAD_TIME } ReceiveWait;
// Starts the time of a receive, unless it runs already: then `time` is not looked at.
ReceiveWait engine_wait_timeout(Process *p, Term time);
void engine_timeout_end(Process *p);

// The term an "any" source says; the registers are saved.
Term engine_any(const Process *p, const Unit *at);

// --- arithmetic (arith.c) ------------------------------------------------------------------------
// Of p->regs->bif_args[0] and [1]. TERM_NONE with p->regs->exc set; a caller that is not a guard
// then calls engine_arith_failed, which puts the operator into the trace.
Term engine_arith_gc(Process *p, IntegerOp op);
void engine_arith_failed(Process *p, IntegerOp op);

// --- exceptions (exception.c, trace.c)
// ---------------------------------------------------------------
void engine_function_clause(Process *p, const Unit *pc);
void engine_error_tuple(Process *p, Term tag, Term value);
// p->regs->exc was set by the builtin `ex`, called with args[0..arity), which are roots.
void engine_bif_failed(Process *p, const Export *ex, Term *args);
void engine_clear_exception(Process *p);
// Finds the handler of p->regs->exc, raised at `pc`, and puts the stack where it expects it. NULL:
// none; the process has ended and p->regs->exc.trace is the built stack trace.
const Unit *engine_unwind(Process *p, const Unit *pc);
Term engine_catch_value(Process *p);
void engine_reraise(Process *p, Term trace, Term value);
bool engine_raw_raise(Process *p, Term cls, Term value, Term trace);
Term engine_build_stacktrace_gc(Process *p, Term raw);
// Captures where the process is, at `pc`, into p->regs->exc.trace.
void engine_capture_trace(Process *p, const Unit *pc);
