// SPDX-License-Identifier: Apache-2.0
// Machine code as text: for each internal instruction what the JIT has made of it
// (dialtone disasm --native). objdump disassembles it; where that is not installed, bytes are
// shown. Thread: the one that has made the code.
#pragma once

#include "engine/jit/watch.h"
#include "proc/process.h"

// An address outside of the block that has a name.
typedef struct NativeName {
    const void *address;
    const char *text;
} NativeName;

typedef struct NativeListing {
    VmCore *vm;
    const char *function; // only those of this name; NULL: all
    // C functions that machine code calls; the slow handlers are known.
    const NativeName *names;
    size_t name_count;
    Buf *out;
} NativeListing;

// Appends the listing of a module whose code is finished.
void native_list(const NativeListing *l, const NativeCode *n, size_t count, NativeStepFn *step,
                 void *ctx);
