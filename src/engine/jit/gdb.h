// SPDX-License-Identifier: Apache-2.0
// Telling a debugger about machine code: an ELF file in memory for each block, with names and
// unwinding tables, hung into the list that GDB's "JIT Compilation Interface" (its manual) asks
// for. Only on demand (+JDgdb true): debuggers take their time for each block.
//
// The list's head is one for the whole operating system process, and writable: the interface looks
// it up by its name. It is the exception from the rule that nothing is shared by two machines in
// one program; who changes it holds a lock, and each machine takes out what it has put in.
// Thread: any.
#pragma once

#include "engine/jit/debug_info.h"

// Sets n->debug, or does nothing when there is no memory. The block is finished.
void gdb_module(Mem *m, const TermEnv *env, NativeCode *n, const NativeInfo *info);
// When it has been told of; before the block is freed.
void gdb_forget(Mem *m, NativeCode *n);
