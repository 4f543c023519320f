// SPDX-License-Identifier: Apache-2.0
// Runs a process for a slice of reductions.
// Thread: a scheduler's; the process belongs to it while it runs.
#pragma once

#include "proc/process.h"

typedef enum EngineResult {
    ENGINE_YIELDED, // the slice is used up: call again to go on
    ENGINE_EXITED,  // p->regs->exc holds class, value and built stack trace (EXC_NONE: normal
                    // return)
} EngineResult;

// Prepares `p` (fresh) to call module:function(args...). false: no memory.
WARN_UNUSED bool engine_start(Process *p, Term module, Term function, Term args_list);
EngineResult engine_run(Process *p, int64_t reductions);
// A turn of a process that schedulers run: SchedHooks.run, with the VmCore as ctx.
TaskStep engine_turn(void *ctx, Scheduler *s, Task *t, int64_t reductions, int64_t *used);
// Between turns the live X registers lie on the stack: gives `p` registers and moves them there,
// and back. Detaching may collect, and the process may be dead afterwards for want of memory.
void engine_attach(Process *p, Registers *regs);
void engine_detach_gc(Process *p);
// When ENGINE_EXITED with EXC_NONE: what the function returned.
Term engine_result(const Process *p);

// --- looking at a process (where.c) --------------------------------------------------------------
// Thread: the one that runs it, in a builtin or acting on signals.
enum { ENGINE_WHERE_MAX = 8 };
typedef enum EngineCaller {
    ENGINE_IN_CALLER, // it runs a builtin that asks where it was called
    ENGINE_IN_CALLEE, // builtins and what waits count as where it is
} EngineCaller;
typedef struct EngineWhere {
    Term module, function; // of the current function; TERM_NONE: none known
    uint32_t arity;
    bool first_is_current;         // at[0] lies in it
    uint64_t at[ENGINE_WHERE_MAX]; // code addresses, innermost first
    size_t count;
} EngineWhere;
void engine_where(Process *p, EngineCaller who, EngineWhere *w);
// {Module, Function, Arity, Location} of the current function, or undefined; and the list of such
// for the stack. Words of either: at most engine_where_words.
size_t engine_where_words(const EngineWhere *w);
Term engine_where_location(const VmCore *vm, Hp *hp, const EngineWhere *w);
Term engine_where_stacktrace(const VmCore *vm, Hp *hp, const EngineWhere *w);
// Appends what lies on the stack, as text.
void engine_backtrace(Process *p, Buf *out);

// A stack trace that a program has given, for p->regs->exc.trace.
enum { ENGINE_GIVEN_TRACE_WORDS = 3 };
Term engine_given_trace(Hp *hp, ExcClass cls, Term list);

// Hooks into the code room: stubs for undefined functions, builtins, funs not loaded.
struct CodeStubs;
WARN_UNUSED bool engine_init(VmCore *vm);
// After the exports of the builtins were made. false: no memory.
WARN_UNUSED bool engine_ready(VmCore *vm);
void engine_deinit(VmCore *vm);
// Appends the internal instructions of a prepared module's functions as text; NULL filter: all.
void engine_list(VmCore *vm, const Module *m, Buf *out, const char *function_filter);

// --- machine code --------------------------------------------------------------------------------
// Who is told of machine code that is made from now on. docs/profiling.md.
typedef struct EngineWatch {
    bool perf_map, perf_dump; // files for perf(1)
    const char *perf_dir;     // where they go; NULL: /tmp
    bool debugger;            // gdb(1)
    bool count;               // engine_counts
} EngineWatch;
// Thread: who has the right to change code. false: `why` says why, when it is not this engine,
// which makes no machine code.
WARN_UNUSED bool engine_watch(VmCore *vm, const EngineWatch *who, char *why, size_t why_bytes);
// Appends how often instructions have run, tables of at most `rows` rows. Thread: as above.
void engine_counts(VmCore *vm, size_t rows, Buf *out);
// Appends the machine code of a module that was prepared, as text; NULL filter: all functions.
// Thread: who has the right to change code. false: none is made.
WARN_UNUSED bool engine_list_native(VmCore *vm, Module *m, Buf *out, const char *function_filter);
