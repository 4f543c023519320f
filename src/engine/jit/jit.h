// SPDX-License-Identifier: Apache-2.0
// Machine code by copying and patching: for each instruction of a module a stencil, made when the
// build was made from the same body (engine/ops) that the interpreter runs, is copied, and its
// holes are filled. The units stay: code addresses are theirs, and the handler word of each
// instruction leads to its machine code. docs/internal/jit.md.
//
// Thread: who has the right to change code.
#pragma once

#include "engine/jit/places.h"

typedef struct Jit Jit; // one a VM

// NULL: no memory, or no stencils for this machine.
Jit *jit_new(Mem *m, Os *os);
void jit_free(Jit *jit);
// Before anyone runs it; the handler words are those of slow_handlers. A module for which there is
// no memory keeps them.
void jit_module(Jit *jit, Module *m);
// The module goes away, and nobody runs it.
void jit_free_native(Jit *jit, NativeCode *n);
