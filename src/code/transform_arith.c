// SPDX-License-Identifier: Apache-2.0
// Arithmetic, builtins called by instruction, floats: generic to internal.
#include "code/emit.h"

static enum OpId operator_op(const Export *ex) {
    if (ex->module != ATOM_erlang || ex->arity != 2) return OP_COUNT;
    switch (ex->function) {
    case ATOM_plus: return OP_plus;
    case ATOM_minus: return OP_minus;
    case ATOM_times: return OP_times;
    case ATOM_div: return OP_int_div;
    case ATOM_rem: return OP_int_rem;
    case ATOM_band: return OP_int_band;
    case ATOM_bor: return OP_int_bor;
    case ATOM_bxor: return OP_int_bxor;
    case ATOM_bsl: return OP_int_bsl;
    case ATOM_bsr: return OP_int_bsr;
    default: return OP_COUNT;
    }
}

// A builtin that is not there yet, or not made for this, is found out when it is called. Those for
// guards neither run on in parts nor end the process.
static bool missing(Transform *t, const Export *ex) {
    if (ex->bif != NULL && ex->bif_in_guards) return false;
    EMIT(t, OP_unsupported, op_const(ex->function));
    return true;
}

// The results of these may take room on the heap, which is gc_bif's to make: bif leaves alone what
// is reserved for the instructions behind it.
static bool takes_heap(const Export *ex) {
    switch (ex->function) {
    case ATOM_plus:
    case ATOM_minus:
    case ATOM_divide:
    case ATOM_bnot:
    case ATOM_abs:
    case ATOM_float:
    case ATOM_round:
    case ATOM_trunc:
    case ATOM_ceil:
    case ATOM_floor:
    case ATOM_binary_part: return true;
    default: return operator_op(ex) != OP_COUNT;
    }
}

// A builtin that bif cannot call.
static bool not_bare(Transform *t, const Export *ex) {
    if (missing(t, ex)) return true;
    if (!takes_heap(ex)) return false;
    EMIT(t, OP_unsupported, op_const(ex->function));
    return true;
}

static bool is_small(Operand o) {
    return o.kind == 'c' && term_is_small(o.value);
}

// The operands that all forms of an operator have.
typedef struct Operation {
    Operand fail, live, a, dst;
} Operation;

// For D from 3 on, no power of two, 2^(c-1) < D < 2^c: with P = 62 + c and R = 2^P / D rounded
// down, plus 1, X * R / 2^P is beyond X / D, and by less than 1 / D, for X * D < 2^P: rounded down
// it is X div D, one less for a negative X. R has 63 bits. A term is 16 * X, and what is shifted
// the upper half of the product.
static void divide_small(Transform *t, enum OpId op, const Operation *o, int64_t divisor) {
    unsigned c = 64 - (unsigned)__builtin_clzll((uint64_t)divisor);
    uint64_t reciprocal = (uint64_t)(((unsigned __int128)1 << (62 + c)) / (uint64_t)divisor) + 1;
    EMIT(t, op, o->fail, o->live, o->a, op_word(term_small(divisor)), op_word(reciprocal),
         op_num(62 + c + 4 - 64), o->dst);
}

static void divide_power(Transform *t, enum OpId op, const Operation *o, int64_t divisor) {
    Operand b = op_word(term_small(divisor)), low = op_word(term_small(divisor - 1));
    if (op == OP_int_div)
        EMIT(t, OP_int_div_power, o->fail, o->live, o->a, b, low,
             op_num((unsigned)__builtin_ctzll((uint64_t)divisor)), o->dst);
    else
        EMIT(t, OP_int_rem_power, o->fail, o->live, o->a, b, low, o->dst);
}

// An operator with the small constant `n` behind it; false: there is no such form.
static bool operator_small(Transform *t, enum OpId op, const Operation *o, int64_t n) {
    switch (op) {
    case OP_minus:
        if (n < 0) return false; // nor of these
        EMIT(t, OP_plus_small, o->fail, o->live, o->a, op_word(term_small(-n)), o->dst);
        return true;
    case OP_plus:
        EMIT(t, OP_plus_small, o->fail, o->live, o->a, op_word(term_small(n)), o->dst);
        return true;
    case OP_times:
        EMIT(t, OP_times_small, o->fail, o->live, o->a, op_word((uint64_t)n), o->dst);
        return true;
    case OP_int_div:
    case OP_int_rem:
        if (n < 2) return false;
        if ((n & (n - 1)) == 0)
            divide_power(t, op, o, n);
        else
            divide_small(t, op == OP_int_div ? OP_int_div_small : OP_int_rem_small, o, n);
        return true;
    case OP_int_band:
        EMIT(t, OP_int_band_small, o->fail, o->live, o->a, op_word(term_small(n)), o->dst);
        return true;
    case OP_int_bsl:
    case OP_int_bsr:
        if (n < 0 || n >= SMALL_BITS) return false;
        EMIT(t, op == OP_int_bsl ? OP_int_bsl_small : OP_int_bsr_small, o->fail, o->live, o->a,
             op_num((uint64_t)n), o->dst);
        return true;
    default: return false;
    }
}

static void operator(Transform *t, enum OpId op, const Operation *o, Operand b) {
    // Of two constants the reference makes no such form, which shows in stack traces.
    if (is_small(b) && o->a.kind != 'c' && operator_small(t, op, o, term_small_value(b.value)))
        return;
    if (op == OP_plus && is_small(o->a) && b.kind != 'c') {
        EMIT(t, OP_plus_small, o->fail, o->live, b, op_word(o->a.value), o->dst);
        return;
    }
    EMIT(t, op, o->fail, o->live, o->a, b, o->dst);
}

// gc_bifN Fail Live Import Args... Dst
static void gc_bif(Transform *t, const GenArg *a, unsigned arity) {
    const Export *ex = emit_import(t, a[2].value);
    if (ex == NULL) return;
    Operand fail = op_label((uint64_t)a[0].value), live = op_num((uint64_t)a[1].value);
    Operand dst = emit_source(t, &a[3 + arity]);
    enum OpId op = operator_op(ex);
    Operation o = {fail, live, emit_source(t, &a[3]), dst};
    if (op != OP_COUNT) {
        operator(t, op, &o, emit_source(t, &a[4]));
        return;
    }
    if (arity == 1 && ex->module == ATOM_erlang && ex->function == ATOM_plus) { // +X is X + 0
        operator(t, OP_plus, &o, op_const(term_small(0)));
        return;
    }
    if (missing(t, ex)) return;
    enum OpId own = arity == 1 ? builtin_gc_bif1(ex) : OP_COUNT;
    if (own != OP_COUNT)
        EMIT(t, own, fail, op_ptr(ex), live, emit_source(t, &a[3]), dst);
    else if (arity == 1)
        EMIT(t, OP_gc_bif1, fail, op_ptr(ex), live, emit_source(t, &a[3]), dst);
    else if (arity == 2)
        EMIT(t, OP_gc_bif2, fail, op_ptr(ex), live, emit_source(t, &a[3]), emit_source(t, &a[4]),
             dst);
    else
        EMIT(t, OP_gc_bif3, fail, op_ptr(ex), live, emit_source(t, &a[3]), emit_source(t, &a[4]),
             emit_source(t, &a[5]), dst);
}

// bif1 Fail Import Arg Dst
static void bif1(Transform *t, const GenArg *a) {
    const Export *ex = emit_import(t, a[1].value);
    if (ex == NULL || not_bare(t, ex)) return;
    Operand fail = op_label((uint64_t)a[0].value), x = emit_source(t, &a[2]),
            dst = emit_source(t, &a[3]);
    enum OpId op = OP_bif1;
    if (ex->module == ATOM_erlang && x.kind != 'c') {
        if (ex->function == ATOM_hd) op = OP_bif_hd;
        if (ex->function == ATOM_tl) op = OP_bif_tl;
        if (ex->function == ATOM_tuple_size) op = OP_bif_tuple_size;
    }
    EMIT(t, op, fail, op_ptr(ex), x, dst);
}

// bif2 Fail Import Arg1 Arg2 Dst
static void bif2(Transform *t, const GenArg *a) {
    const Export *ex = emit_import(t, a[1].value);
    if (ex == NULL || not_bare(t, ex)) return;
    Operand fail = op_label((uint64_t)a[0].value), x = emit_source(t, &a[2]),
            y = emit_source(t, &a[3]), dst = emit_source(t, &a[4]);
    if (ex->module == ATOM_erlang) {
        if (ex->function == ATOM_eq_exact || ex->function == ATOM_ne_exact) {
            EMIT(t, ex->function == ATOM_eq_exact ? OP_bif_eq_exact : OP_bif_ne_exact, x, y, dst);
            return;
        }
        enum OpId op = ex->function == ATOM_element      ? OP_bif_element
                       : ex->function == ATOM_map_get    ? OP_bif_map_get
                       : ex->function == ATOM_is_map_key ? OP_bif_is_map_key
                                                         : OP_COUNT;
        if (op != OP_COUNT) {
            EMIT(t, op, fail, op_ptr(ex), x, y, dst);
            return;
        }
    }
    EMIT(t, OP_bif2, fail, op_ptr(ex), x, y, dst);
}

static bool transform_floats(Transform *t, const GenOp *op, const GenArg *a) {
    Operand fail = op_label((uint64_t)a[0].value);
    switch (op->op) {
    case GENOP_fmove:
        if (a[0].kind == GEN_FR) {
            EMIT(t, OP_fmove_out, op_num((uint64_t)a[0].value), emit_source(t, &a[1]));
            return true;
        }
        if (gen_checked(t, op)) EMIT(t, OP_check_float, emit_source(t, &a[0]));
        EMIT(t, OP_fmove_in, emit_source(t, &a[0]), op_num((uint64_t)a[1].value));
        return true;
    case GENOP_fconv:
        EMIT(t, OP_fconv, emit_source(t, &a[0]), op_num((uint64_t)a[1].value));
        return true;
    case GENOP_fadd:
    case GENOP_fsub:
    case GENOP_fmul:
    case GENOP_fdiv:
        EMIT(t,
             op->op == GENOP_fadd   ? OP_fadd
             : op->op == GENOP_fsub ? OP_fsub
             : op->op == GENOP_fmul ? OP_fmul
                                    : OP_fdiv,
             fail, op_num((uint64_t)a[1].value), op_num((uint64_t)a[2].value),
             op_num((uint64_t)a[3].value));
        return true;
    case GENOP_fnegate:
        EMIT(t, OP_fnegate, fail, op_num((uint64_t)a[1].value), op_num((uint64_t)a[2].value));
        return true;
    case GENOP_fclearerror:
    case GENOP_fcheckerror: return true; // every float instruction checks its own result
    default: return false;
    }
}

bool transform_arith(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_gc_bif1: gc_bif(t, a, 1); return true;
    case GENOP_gc_bif2: gc_bif(t, a, 2); return true;
    case GENOP_gc_bif3: gc_bif(t, a, 3); return true;
    case GENOP_bif0: {
        const Export *ex = emit_import(t, a[0].value);
        if (ex != NULL && !not_bare(t, ex)) EMIT(t, OP_bif0, op_ptr(ex), emit_source(t, &a[1]));
        return true;
    }
    case GENOP_bif1: bif1(t, a); return true;
    case GENOP_bif2: bif2(t, a); return true;
    default: return transform_floats(t, op, a);
    }
}
