// SPDX-License-Identifier: Apache-2.0
// How often each instruction of machine code has run, and in which company: for people who look for
// where the time goes (docs/profiling.md). When counting is asked for, the JIT puts code that
// counts in front of each instruction and of each way to a slow handler.
//
// Counters outlive their module, as the report comes at the end.
// Thread: who makes machine code; the counters are added to by any thread; report: any, while no
// machine code is made.
#pragma once

#include "code/module.h"
#include "code/optable.h"
#include <stdatomic.h>

typedef enum CountForm {
    COUNT_IN_REGISTERS,
    COUNT_IN_MEMORY,
    COUNT_ALWAYS_SLOW,
    COUNT_FORMS
} CountForm;

// What there is to count of one instruction. Machine code adds to `runs` and `slow`.
typedef struct Counted {
    _Atomic uint64_t runs;
    _Atomic uint64_t slow; // of these, how often it went to the slow handler
    uint32_t unit;         // where it begins, in the module's code
    uint32_t function;     // index of Module.functions
    uint16_t op, variant;
    uint16_t hot_bytes, cold_bytes;
    uint8_t form; // CountForm
} Counted;

typedef struct InstructionCounts InstructionCounts;

WARN_UNUSED InstructionCounts *counts_new(Mem *m); // NULL: no memory
void counts_free(InstructionCounts *c);
// Counters for the instructions of a module, in the order of its code, zero; the caller fills in
// unit, op, variant, bytes and form of each. They stay where they are. NULL: no memory: the module
// is not counted.
WARN_UNUSED Counted *counts_module(InstructionCounts *c, const Module *m, size_t count);
// Once they are filled in: finds the functions.
void counts_module_done(InstructionCounts *c, const Module *m);
// Appends tables, each of at most `rows` rows, most first. Check out->failed.
void counts_report(const InstructionCounts *c, const TermEnv *env, size_t rows, Buf *out);
