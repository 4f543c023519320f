// SPDX-License-Identifier: Apache-2.0
// The machine code of modules, and which function an address of it belongs to: for profilers,
// debuggers, crash dumps and listings. Only where functions start is kept, 8 bytes each; where
// instructions start is found by walking the module again (jit.h).
//
// A module's code has two parts: hot, and behind it cold (what is seldom run); in both the
// functions come in their order. Behind them may be code that the functions share.
// Thread: who makes the code, until it is added to the table; then any thread may look.
#pragma once

#include "base/spin.h"
#include "code/module.h"
#include "engine/jit/memory.h"

typedef enum NativePart { NATIVE_HOT, NATIVE_COLD, NATIVE_PARTS } NativePart;

// Machine code of one module: Module.native. Lifetime: the module's.
typedef struct NativeCode {
    const Module *module;
    CodeBlock block;
    // For each part, by index of Module.functions: offset in the block of the code of the
    // function, which begins with its func_info; and one more, where the last one ends.
    uint32_t *starts[NATIVE_PARTS];
    uint32_t start_count; // functions, without the last
    // What profilers and debuggers keep of it; NULL: nothing.
    struct NativeDebug *debug;
} NativeCode;

// While code is made, for each instruction in order of units (or at least for the first of each
// function): where its hot and its cold code start. Then once the ends. The starts are memory of
// code in the books.
WARN_UNUSED bool native_places_begin(Mem *m, NativeCode *n, const Module *of);
void native_places_add(NativeCode *n, uint32_t unit, uint32_t hot, uint32_t cold);
void native_places_end(NativeCode *n, uint32_t hot_end, uint32_t cold_end);
void native_places_free(Mem *m, NativeCode *n);
static inline uint32_t native_places_start(const NativeCode *n, NativePart part,
                                           uint32_t function) {
    return n->starts[part][function];
}
static inline uint32_t native_places_size(const NativeCode *n, NativePart part, uint32_t function) {
    return n->starts[part][function + 1] - n->starts[part][function];
}

// All machine code of a VM by address.
typedef struct NativeTable {
    Spin lock;
    NativeCode **at; // sorted by block.exec
    size_t count, cap;
} NativeTable;
void native_table_init(NativeTable *t);
void native_table_deinit(NativeTable *t, Mem *m);
// Once the block is finished. false: no memory.
WARN_UNUSED bool native_table_add(NativeTable *t, Mem *m, NativeCode *n);
void native_table_remove(NativeTable *t, NativeCode *n); // or nothing

typedef struct NativePlace {
    const NativeCode *code;
    const FuncInfo *function; // NULL: in what the functions share
    uint32_t offset;          // from the start of the block
} NativePlace;
// The code is good as long as its module is: for a caller that keeps it from being purged. false:
// no machine code of this VM.
bool native_table_find(NativeTable *t, const void *address, NativePlace *place);
// In one module, by offset in its block.
const FuncInfo *native_function_at(const NativeCode *n, uint32_t offset);
