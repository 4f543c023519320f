// SPDX-License-Identifier: Apache-2.0
// Who wants to know of machine code: profilers, debuggers, counters. One a VM. The JIT says of each
// module what it has made, once; a module that goes away is taken back.
// Thread: who makes machine code; native_watch_find: any.
#pragma once

#include "engine/engine.h"
#include "engine/jit/count.h"
#include "engine/jit/gdb.h"
#include "engine/jit/perf.h"
#include "engine/jit/stencil.h"

// What was made of one instruction.
typedef struct NativeStep {
    uint32_t unit; // where it begins
    uint16_t op, variant;
    CountForm form;
    // Offsets in the block of all that belongs to it, and of what was copied from the stencil.
    uint32_t start[NATIVE_PARTS], size_bytes[NATIVE_PARTS], copied[NATIVE_PARTS];
    uint32_t stencil_hot_bytes;
    const StencilFrame *frames; // of the stencil
    uint32_t frame_count;
} NativeStep;
// The i-th instruction of the module, in the order of its code.
typedef void NativeStepFn(void *ctx, size_t i, NativeStep *out);

typedef struct NativeWatch {
    Mem *mem;
    Os *os;
    const TermEnv *env;
    NativeTable table;
    JitPerf *perf;             // NULL: nobody
    InstructionCounts *counts; // NULL: nothing is counted
    bool debugger;
} NativeWatch;

void native_watch_init(NativeWatch *w, Mem *m, Os *os, const TermEnv *env);
// From now on these are told, too. false: no memory, or a file for profilers cannot be written;
// `why` says so.
WARN_UNUSED bool native_watch_tell(NativeWatch *w, const EngineWatch *who, char *why,
                                   size_t why_bytes);
void native_watch_deinit(NativeWatch *w); // all modules are gone
// The block is finished, the places are there. `step` is called for 0 to count - 1, several times
// over. When there is no memory, less is known.
void native_watch_add(NativeWatch *w, NativeCode *n, size_t count, NativeStepFn *step, void *ctx);
// Before the block is freed; or nothing.
void native_watch_remove(NativeWatch *w, NativeCode *n);
