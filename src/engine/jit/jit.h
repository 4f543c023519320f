// SPDX-License-Identifier: Apache-2.0
// Machine code by copying and patching: for each instruction of a module a stencil, made when the
// build was made from the same body (engine/ops) that the interpreter runs, is copied, and its
// holes are filled. The units stay: code addresses are theirs, and the handler word of each
// instruction leads to its machine code. docs/internal/jit.md.
//
// Thread: who has the right to change code.
#pragma once

#include "engine/jit/watch.h"

typedef struct Jit Jit; // one a VM

// NULL: no memory, or no stencils for this machine.
Jit *jit_new(Mem *m, Os *os, const TermEnv *env, OsCodeViews views);
void jit_free(Jit *jit);
// Before anyone runs it; the handler words are those of slow_handlers. A module for which there is
// no memory keeps them.
void jit_module(Jit *jit, Module *m);
// The module goes away, and nobody runs it.
void jit_free_native(Jit *jit, NativeCode *n);
// Who is told of what is made.
NativeWatch *jit_watch(Jit *jit);
// Appends a listing of the machine code of a module that is not current and never will be. false:
// there is none.
WARN_UNUSED bool jit_list(Jit *jit, VmCore *vm, Module *m, Buf *out, const char *function);
