// SPDX-License-Identifier: Apache-2.0
// Raw stack traces: what is captured when something is raised. A raw trace is the tuple
// {Class, First, Args, Info, Code}: First = {Module, Function, Args} of the builtin or undefined
// function that failed, or []; Args = argument list for the first frame of code, or none; Info =
// error_info map of the first frame, or none; Code = a bit string that holds code addresses,
// innermost first. A list is a trace that a program made.
#pragma once

#include "proc/process.h"

ExcClass trace_class(Term trace);
// The trace for raising again under a class that may be another. A list stays what it is.
Term trace_raise_again(Process *p, Term trace, ExcClass cls);
