// SPDX-License-Identifier: Apache-2.0
// Raw stack traces: what is captured when something is raised. A raw trace is the tuple
// {Class, First, Args, Info, Code}: First = {Module, Function, Args} of the builtin or undefined
// function that failed, or []; Args = argument list for the first frame of code, or none; Info =
// error_info map of the first frame, or none; Code = a bit string that holds code addresses,
// innermost first, of as many frames as VmCore.backtrace_depth said. What a program has given to
// erlang:raise/3 is {Class, List}.
#pragma once

#include "proc/process.h"
#include "term/hp.h"

ExcClass trace_class(Term trace);
// The trace for raising again under a class that may be another. A list stays what it is.
Term trace_raise_again(Process *p, Term trace, ExcClass cls);

// The code addresses of a process that is at `pc`, innermost first, at most `max`; one that returns
// to the same place many times shows it once.
size_t trace_addresses(Process *p, const uint32_t *pc, size_t max, uint64_t *addresses);

// Words of one frame of a stack trace as programs see it: the cell, the tuple, and its location
// list of up to three pairs.
enum { TRACE_FRAME_WORDS = CONS_WORDS + 5 + 3 * (CONS_WORDS + 3) };
Term trace_location(Hp *hp, const Module *m, const uint32_t *pc, Term info); // info: none or a map
Term trace_frame(Hp *hp, Term module, Term function, Term args, Term where);
