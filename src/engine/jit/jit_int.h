// SPDX-License-Identifier: Apache-2.0
// What the parts of the JIT share while they make one module's code: operands.c reads instructions,
// live.c knows which registers matter, jit.c chooses stencils and writes the code.
#pragma once

#include "engine/jit/count.h"
#include "engine/jit/jit.h"
#include "engine/jit/native.h"
#include "engine/jit/stencil.h"

// An operand's place among the units of a variant.
typedef struct Field {
    uint8_t unit;
    char kind;   // as in OpOperand
    char choice; // of S and D: 'x', 'y', 'c'
} Field;
typedef struct Variant {
    uint8_t field_count, units; // without the variable part
    uint8_t live_field;         // the operand that says how many X registers are live, plus 1; or 0
    Field fields[OP_OPERANDS_MAX];
} Variant;
void jit_describe(Variant *out, const OpInfo *info, uint32_t variant); // counted from its first

// An operand as a stencil sees it.
typedef struct Value {
    char choice; // 'r' 'x' 'y' register, 'c' constant, 'w' wide one, 'n' number, 'l' label; 0: none
    uint64_t bits; // register number, word, or number of units to the label
} Value;

typedef struct Plan Plan;    // jit.c
typedef uint8_t RegisterSet; // of X0 to X4: bit n is Xn
enum { ALL_REGISTERS = (1 << NATIVE_X_COUNT) - 1 };

// What live.c finds of an instruction.
typedef struct Live {
    RegisterSet in, out; // live before it; live behind it, where it goes on
    bool entered;        // from elsewhere, too, than from the instruction before
    bool on;             // goes on to the next
} Live;

// Lifetime: while one module is made.
typedef struct Work {
    struct Jit *jit;
    const Variant *variants;
    const Module *m;
    Plan *plans;       // by instruction
    Live *live;        // by instruction
    uint32_t *at_unit; // by unit: the instruction there
    Counted *counted;  // by instruction; NULL: they are not counted
    CodeBlock block;
    // Of the instruction being looked at:
    const CodeInstruction *in;
    const Variant *variant;
    const Unit *code;
    Value values[OP_OPERANDS_MAX];
    uint64_t wide[4]; // constants that are moved before it
} Work;

// Looks at instruction i: sets what belongs to one.
void jit_look_at(Work *w, size_t i);
// The X registers among the first that an operand is; NATIVE_X_COUNT and above: it is none.
static inline uint64_t value_register(const Value *v) {
    return v->choice == 'x' || v->choice == 'r' ? v->bits : NATIVE_X_COUNT;
}
static inline RegisterSet registers_below(uint64_t count) {
    return count >= NATIVE_X_COUNT ? ALL_REGISTERS : (RegisterSet)((1u << count) - 1);
}
// The instruction that a label operand leads to.
static inline uint32_t label_instruction(const Work *w, uint64_t distance) {
    return w->at_unit[w->code + (int32_t)(uint32_t)distance - w->m->code];
}

// Whether the body of an instruction looks at X registers that are no operands of it.
bool jit_looks_at_x(unsigned op);
// Fills w->live.
void jit_find_live(Work *w);
