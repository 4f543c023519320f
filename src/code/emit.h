// SPDX-License-Identifier: Apache-2.0
// Writing internal instructions. Room-internal: what the transform_*.c files share.
#pragma once

#include "code/generic.h"
#include "code/optable.h"
#include "code/transform.h"

// An operand of an internal instruction.
typedef struct Operand {
    char kind; // 'x' 'y' register, 'c' constant term, 'u' number, 'l' label number, 'w' 64-bit word
    uint64_t value;
} Operand;

// A label operand whose target is not known yet.
typedef struct Fixup {
    uint32_t at;    // unit that gets the offset
    uint32_t start; // of the instruction: offsets count from there
    uint32_t label;
} Fixup;

typedef struct Transform {
    CodeTables *ct;
    const BeamFile *file;
    const Term *atoms, *bigs;
    Module *m;
    BeamError *err;
    const uint64_t *handlers;
    uint32_t *code;
    size_t count, cap;       // units
    uint32_t *label_offsets; // by label; UINT32_MAX: not placed
    Fixup *fixups;
    size_t fixup_count, fixup_cap;
    size_t line_cap, function_cap, instruction_cap;
    const Export *builtin; // the function whose entry label comes next, if it is one of ours
    uint32_t start;        // of the instruction being written
    uint32_t op_at;        // index of the generic instruction being transformed
    FunBody *bodies;       // by lambda: where it enters, filled in at the end of its function
    uint32_t *lambdas;     // by function, then by lambda: 1 + the (next) lambda that runs it
    uint32_t function;     // number of the function that is being transformed
    LineEntry entry_line;  // of its entry
    bool stopped;          // nothing but what cannot be reached since the last instruction
    bool failed;
} Transform;

static inline Operand op_x(uint32_t n) {
    return (Operand){'x', n};
}
static inline Operand op_y(uint32_t n) {
    return (Operand){'y', n};
}
static inline Operand op_const(Term t) {
    return (Operand){'c', t};
}
static inline Operand op_num(uint64_t n) {
    return (Operand){'u', n};
}
static inline Operand op_label(uint64_t n) {
    return (Operand){'l', n};
}
static inline Operand op_word(uint64_t w) {
    return (Operand){'w', w};
}
static inline Operand op_ptr(const void *p) {
    return (Operand){'w', (uint64_t)(uintptr_t)p};
}

// The operand of a generic instruction that is a term: register or constant.
Operand emit_constant(Transform *t, const GenArg *a);
static inline Operand emit_source(Transform *t, const GenArg *a) {
    if (a->kind == GEN_X) return op_x((uint32_t)a->value);
    return a->kind == GEN_Y ? op_y((uint32_t)a->value) : emit_constant(t, a);
}
// Writes one instruction; the operands in the order in which it states them, without the variable
// part.
void emit(Transform *t, enum OpId op, const Operand *operands, size_t count);
#define EMIT(t, op, ...)                                                                           \
    emit(t, op, (const Operand[]){__VA_ARGS__},                                                    \
         sizeof((const Operand[]){__VA_ARGS__}) / sizeof(Operand))
#define EMIT0(t, op) emit(t, op, NULL, 0)
// Copies a term to a register that no instruction of the file names, for the instructions that
// follow.
Operand emit_scratch(Transform *t, Operand source);
// The variable part, after emit: words, "any" sources, labels (relative to the instruction).
void emit_unit(Transform *t, uint32_t unit);
void emit_word(Transform *t, uint64_t word);
void emit_any(Transform *t, Operand source);
void emit_label(Transform *t, uint32_t label);
// Code from here on is of this line.
void emit_line(Transform *t, uint32_t file, uint32_t line);
// Fails the transformation: one line, with function and instruction.
void emit_refuse(Transform *t, const char *why);

Export *emit_import(Transform *t, int64_t import);
uint32_t emit_alloc_words(const GenArg *a); // of a GEN_U or GEN_ALLOC operand
// Whether the instruction `op` has to check something that the verifier could not prove.
static inline bool gen_checked(const Transform *t, const GenOp *op) {
    return (t->file->op_flags[op - t->file->ops] & BEAM_OP_CHECK) != 0;
}
static inline const GenArg *gen_args(const Transform *t, const GenOp *op) {
    return t->file->args + op->arg_index;
}

// transform_funs.c: before the first function, behind each, behind the last. Begin fails for lack
// of memory.
WARN_UNUSED bool transform_funs_begin(Transform *t);
void transform_funs_of(Transform *t);
void transform_funs_end(Transform *t);

// The groups of instructions; each gives false for one that is not of its group.
bool transform_control(Transform *t, const GenOp *op, const GenArg *a);
bool transform_data(Transform *t, const GenOp *op, const GenArg *a);
bool transform_arith(Transform *t, const GenOp *op, const GenArg *a);
bool transform_bits(Transform *t, const GenOp *op, const GenArg *a);
bool transform_bits_old(Transform *t, const GenOp *op, const GenArg *a);
// A call of a builtin that has an instruction of its own; false: it has none. It neither runs on in
// parts nor calls, so that as a tail call it may be followed by a return.
bool transform_builtin(Transform *t, const Export *ex);
// The instruction that a builtin called by gc_bif1 has of its own; OP_COUNT: none.
enum OpId builtin_gc_bif1(const Export *ex);
