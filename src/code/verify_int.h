// SPDX-License-Identifier: Apache-2.0
// The verifier's own: what is known of a register, of the machine at a point of a function, and the
// verifier that walks over it. See verify.c for the idea. Room-internal.
#pragma once

#include "code/beam_int.h"

// What is known of one register.
typedef enum ValStatus {
    VAL_NONE,  // X: not defined; Y: not initialised. Nobody may look at it
    VAL_TERM,  // a term (or a match context: kinds has BEAM_TYPE_MATCH_CTX)
    VAL_CATCH, // Y only: a catch is active; `arity` is its label
    VAL_TRY,   // the same for a try
    VAL_MIXED, // Y only: a catch on one way here, something else on another
} ValStatus;

typedef struct Val {
    uint32_t id; // registers with the same id hold the same value
    uint32_t
        arity; // of a tuple, if it is one: at least this; a catch: its label, 0 = one of several
    uint16_t kinds; // set of BEAM_TYPE_*
    uint8_t status : 4;
    bool exact : 1; // the arity is exactly that
    bool fresh : 1; // a tuple that setelement has just made: nobody else knows it yet
    uint8_t origin; // it is what this source gave (Verifier.sources), from 1; 0 = something else
} Val;
_Static_assert(sizeof(Val) == 12, "states are many");

enum {
    FRAME_NONE = -1,    // no stack frame
    FRAME_UNKNOWN = -2, // frames of several sizes on the ways here: good for raising only
    // Any term, not a match context.
    KINDS_TERM = BEAM_TYPE_ANY & ~BEAM_TYPE_MATCH_CTX,
};

// The machine between two instructions. As long as the function's registers need.
typedef struct State {
    int32_t frame;    // Y registers, or FRAME_*
    uint32_t y_top;   // Y registers that can be named: all of the frame, of the smallest if unknown
    uint32_t made_by; // the instruction that allocated the frame; UINT32_MAX: one of several
    uint32_t heap;    // words that are reserved and not used yet
    uint32_t tags;    // Y registers that hold a catch
    uint32_t x_top;   // X registers from here on are not defined
    uint32_t changes; // how often this label's state has lost knowledge
    bool fresh;       // some register has Val.fresh
    bool builder;     // a bit string is being built by bs_put_*
    Val v[];          // X registers, Y registers, then a bit a float register: 1 = defined
} State;

typedef struct MergeSlot {
    uint32_t stamp, id_a, id_b, id; // registers with id_a here and id_b there get id
} MergeSlot;

typedef struct CodeBlock {
    uint32_t op, label;
    State *state; // in this walk; NULL: not reached yet
    bool dirty;
    bool is_try;      // the handler of a try: reached by exceptions only
    bool only_raises; // if_end and nothing else
    // Looking for loops: ways here from blocks that are not done; the next of those that have none.
    uint32_t ways, next_done;
} CodeBlock;

// What is known of an argument or a result of a function of this module. kinds 0: never seen.
typedef struct Known {
    uint32_t arity;
    uint16_t kinds;
    bool exact;
} Known;

// What flows into `to` also comes from `from`.
typedef struct KnownEdge {
    uint32_t from, to;
} KnownEdge;

// What functions hand to each other: the arguments of all functions, then their results.
typedef struct KnownGraph {
    Known *at;
    uint32_t arg_count, count;
    KnownEdge *edges;
    uint32_t edge_count, edge_cap;
} KnownGraph;

// What an instruction takes for granted of a value: that it is of these kinds; a tuple has at least
// or exactly that size.
typedef struct Need {
    uint16_t kinds;
    bool exact;
    uint32_t arity;
} Need;

// An instruction that could not be proven to get what it needs, and what is known of what it gets.
typedef struct OpenCheck {
    uint32_t op;
    uint32_t source; // of the value, in the graph; UINT32_MAX: none that is known
    Need need;
    Known val;
} OpenCheck;

// Imports that are told apart.
enum {
    IMPORT_OTHER,
    IMPORT_EXIT,       // erlang:error/1 and the like: never returns
    IMPORT_SETELEMENT, // erlang:setelement/3
    IMPORT_FLOAT,      // gives a float
    IMPORT_ARITHMETIC, // gives a float if it gets one
    IMPORT_LOAD_NIF,
};

// What has to be looked at of an instruction beside its operands' kinds.
enum {
    DUTY_LABEL = 1,   // the first operand is a label (or none) that it goes to
    DUTY_LABEL_2 = 2, // the second one is
    DUTY_LATER = 4,   // it does not go there in the same slice, or not at all
    DUTY_HEAP = 8,
    DUTY_IMPORT = 16,
    DUTY_LIST = 32,
    DUTY_OTHER = 64,
};

// What is known of a function beside BeamFunction.
typedef struct FunctionNotes {
    uint64_t ctx_args[4];            // bit set: arguments that may be match contexts
    uint32_t block_start, block_end; // in Verifier.blocks
    uint32_t arg_start;              // its first argument in the graph
    uint32_t source_walk;            // its result is a source of the walk of this number ...
    uint8_t source;                  // ... by this number
    bool queued;                     // is to be walked (again)
    bool no_return;                  // it never returns
    bool jumps_back;                 // it may have a loop
} FunctionNotes;

typedef struct Verifier {
    BeamFile *file;
    BeamError *err;
    Mem *mem;
    // Whole file
    uint8_t duties[GENERIC_MAX + 1]; // by instruction: DUTY_*
    uint8_t *import_kinds;           // by import: IMPORT_*
    FunctionNotes *functions;
    CodeBlock *blocks;        // by place of their labels in the code
    uint32_t *block_of_label; // index in `blocks`
    bool all_native;          // every function may be replaced by native code
    uint64_t steps_left;      // instructions that may still be walked
    KnownGraph known;
    OpenCheck *checks; // in the order in which they were met; the last one of an instruction counts
    uint32_t check_count, check_cap;
    uint32_t walks;              // of functions
    uint32_t sources[UINT8_MAX]; // of the function that is walked, by Val.origin - 1: in the graph
    uint32_t source_count;
    // The function that is walked
    const BeamFunction *fn;
    uint32_t fn_index;
    uint32_t block_end;                // of its blocks
    bool jumps_back, has_try, returns; // found by verify_shapes
    uint32_t x_count, y_count, fr_words;
    size_t state_bytes;
    void *chunks; // memory of states
    size_t chunk_used;
    size_t states_bytes_total;
    State *cur; // the state before the instruction at `op`, then after it
    State *tmp;
    State *raised;        // what a handler sees
    bool alive;           // the next instruction can be reached
    bool y_news;          // Y registers have changed since the last possible exception
    uint32_t op;          // being walked
    uint32_t first_again; // first block that has to be walked again
    uint32_t next_id;
    MergeSlot *merge_slots;
    uint32_t merge_mask, merge_stamp;
} Verifier;

// --- verify_state.c ------------------------------------------------------------------------------
// Writes "function/arity, instruction at byte N: what"; always false.
bool refuse(Verifier *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline Val *state_x(State *s, uint32_t x) {
    return &s->v[x];
}
static inline Val *state_y(const Verifier *v, State *s, uint32_t y) {
    return &s->v[v->x_count + y];
}
static inline uint64_t *state_fr(const Verifier *v, State *s) {
    return (uint64_t *)&s->v[ALIGN_UP((size_t)v->x_count + v->y_count, 2)];
}
WARN_UNUSED State *state_new(Verifier *v); // everything undefined; NULL: refused
void states_free(Verifier *v);             // those of a function
void states_end(Verifier *v);              // the rest, after states_free
// Goes on at `label` with `s` too. false: refused.
WARN_UNUSED bool flow_to(Verifier *v, uint32_t label, State *s);
// The instruction may raise an exception: the handler of this function, if any, sees the Y
// registers as they are now.
WARN_UNUSED bool state_may_raise(Verifier *v, State *cur);
WARN_UNUSED static inline bool may_raise(Verifier *v) {
    if (v->y_news && !state_may_raise(v, v->cur)) return false;
    v->y_news = false;
    return true;
}
// May collect garbage: x0..live-1 are roots and the only X registers that survive.
WARN_UNUSED bool may_collect(Verifier *v, int64_t live);
// A branch taken when a guard or test fails; label 0: raises.
WARN_UNUSED bool branch_fail(Verifier *v, const GenArg *label);
void forget_x(Verifier *v, uint32_t from); // registers from here on are not defined any more
void end_fresh(Verifier *v);
void forget_fr(Verifier *v);
WARN_UNUSED bool need_frame(Verifier *v, int64_t size);
// The next instruction is not reached from here.
static inline bool ends(Verifier *v) {
    v->alive = false;
    return true;
}

// Where a register's value is; NULL: there is no such register now.
static inline Val *register_at(const Verifier *v, State *s, const GenArg *reg) {
    if (reg->kind == GEN_X) return &s->v[reg->value];
    return reg->value < s->y_top ? state_y(v, s, (uint32_t)reg->value) : NULL;
}
// Reads. False: refused.
WARN_UNUSED bool use_other(Verifier *v, const GenArg *arg, Val *out); // constant or refused
// Match contexts too.
WARN_UNUSED static inline bool use_any(Verifier *v, const GenArg *arg, Val *out) {
    if (arg->kind != GEN_X && arg->kind != GEN_Y) return use_other(v, arg, out);
    const Val *val = register_at(v, v->cur, arg);
    if (UNLIKELY(val == NULL || val->status != VAL_TERM)) return use_other(v, arg, out);
    *out = *val;
    return true;
}
bool refuse_context(Verifier *v, const GenArg *arg);
// Terms only.
WARN_UNUSED static inline bool use_term(Verifier *v, const GenArg *arg, Val *out) {
    if (!use_any(v, arg, out)) return false;
    return LIKELY((out->kinds & BEAM_TYPE_MATCH_CTX) == 0) || refuse_context(v, arg);
}
WARN_UNUSED bool use_terms(Verifier *v, const GenArg *args, size_t count);
WARN_UNUSED bool use_x_terms(Verifier *v, uint32_t count); // x0..count-1
WARN_UNUSED bool use_context(Verifier *v, const GenArg *arg);
// Writes.
WARN_UNUSED bool define_y(Verifier *v, const GenArg *reg, Val val);
WARN_UNUSED static inline bool define(Verifier *v, const GenArg *reg, Val val) {
    if (reg->kind != GEN_X) return define_y(v, reg, val);
    State *s = v->cur;
    s->x_top = MAX(s->x_top, (uint32_t)reg->value + 1);
    s->v[reg->value] = val;
    return true;
}
static inline Val val_of_kinds(Verifier *v, unsigned kinds) {
    return (Val){.id = ++v->next_id, .kinds = (uint16_t)kinds, .status = VAL_TERM};
}
WARN_UNUSED static inline bool define_kinds(Verifier *v, const GenArg *reg, unsigned kinds) {
    return define(v, reg, val_of_kinds(v, kinds));
}
// All registers of `s` that hold what `reg` holds now hold something of `kinds` only. False: that
// cannot be, so this way is never taken.
bool narrow(Verifier *v, State *s, const GenArg *reg, unsigned kinds);
// The same for a tuple of (exactly) that arity.
bool narrow_tuple(Verifier *v, State *s, const GenArg *reg, uint32_t arity, bool exact);
// Room for `count` entries; what is new is zero.
WARN_UNUSED bool make_room(Verifier *v, void **array, uint32_t *cap, uint32_t count, size_t each);
State *copy_state(Verifier *v); // of v->cur, in v->tmp
// A register that may or may not have been written: some term, if it was defined before.
void clobber(Verifier *v, State *s, const GenArg *reg);
// Notes that the instruction has to check it.
WARN_UNUSED bool unproven(Verifier *v, const Val *val, Need need);
static inline bool fits(unsigned kinds, uint32_t arity, bool exact, Need need) {
    if (kinds == 0 || (kinds & ~(unsigned)need.kinds) != 0) return false;
    return need.exact ? exact && arity == need.arity : arity >= need.arity;
}
// If it is not known that the value is what the instruction needs, that has to check it itself (and
// raises if it does not hold).
WARN_UNUSED static inline bool needs(Verifier *v, const Val *val, Need need) {
    return fits(val->kinds, val->arity, val->exact, need) || unproven(v, val, need);
}
#define NEED(kinds_)                                                                               \
    (Need) {                                                                                       \
        .kinds = (kinds_)                                                                          \
    }
#define NEED_TUPLE(arity_)                                                                         \
    (Need) {                                                                                       \
        .kinds = BEAM_TYPE_TUPLE, .arity = (arity_)                                                \
    }
#define NEED_TUPLE_EXACTLY(arity_)                                                                 \
    (Need) {                                                                                       \
        .kinds = BEAM_TYPE_TUPLE, .arity = (arity_), .exact = true                                 \
    }

// --- the instructions ----------------------------------------------------------------------------
// verify_ops.c: the rule of each instruction. o[i]: operand i. v->alive tells whether the next
// instruction is reached.
typedef bool VerifyRule(Verifier *v, const GenOp *op, const GenArg *const o[]);
extern VerifyRule *const verify_rules[GENERIC_MAX + 1];
// The rules, by group of instructions.
// verify_calls.c
VerifyRule verify_call, verify_bif, verify_stack, verify_message, verify_exception;
// verify_tests.c
VerifyRule verify_type_test, verify_tuple_test, verify_exact, verify_flow;
// verify_data.c
VerifyRule verify_data, verify_map, verify_float;
// verify_bits.c
VerifyRule verify_match, verify_build, verify_put;

// --- verify_known.c ------------------------------------------------------------------------------
WARN_UNUSED bool known_init(Verifier *v);
void known_deinit(Verifier *v);
// Sources of the function that is walked: its arguments come first.
void known_enter(Verifier *v);
uint8_t known_source(Verifier *v, uint32_t function); // of the result; 0: there are too many
// What is handed on.
WARN_UNUSED bool known_arg(Verifier *v, uint32_t function, uint32_t arg, const Val *val);
WARN_UNUSED bool known_result(Verifier *v, const Val *val);       // of the function that is walked
WARN_UNUSED bool known_result_of(Verifier *v, uint32_t function); // a last call of it
// When all functions have been walked: which checks are not necessary.
void known_settle(Verifier *v);

// --- verify_shape.c ------------------------------------------------------------------------------
// What lists hold, where labels lead, who is called: of every instruction, also of those that
// cannot be reached. Finds the blocks, and what else FunctionNotes say of the code.
WARN_UNUSED bool verify_shapes(Verifier *v);
void set_duties(Verifier *v);   // fills in v->duties
void find_imports(Verifier *v); // fills in v->import_kinds
// Whether the call is one of erlang:error/1 and the like.
bool calls_exit(const Verifier *v, const GenOp *op);
void find_no_return(Verifier *v); // completes FunctionNotes.no_return
// The function may be replaced by native code, and what its body does means nothing.
bool may_be_native(const Verifier *v, const BeamFunction *fn);
bool atom_is(const BeamFile *file, const GenArg *arg, const char *text);
