// SPDX-License-Identifier: Apache-2.0
// Tests and jumps, for the verifier: what is learned on either way.
#include "code/verify_int.h"

// --- tests ---------------------------------------------------------------------------------------
typedef struct TypeTest {
    uint16_t kinds;     // what passes
    uint16_t not_kinds; // what cannot be left when it fails
} TypeTest;

static TypeTest type_test(unsigned op) {
    switch (op) {
    case GENOP_is_integer: return (TypeTest){BEAM_TYPE_INTEGER, BEAM_TYPE_INTEGER};
    case GENOP_is_float: return (TypeTest){BEAM_TYPE_FLOAT, BEAM_TYPE_FLOAT};
    case GENOP_is_number:
        return (TypeTest){BEAM_TYPE_INTEGER | BEAM_TYPE_FLOAT, BEAM_TYPE_INTEGER | BEAM_TYPE_FLOAT};
    case GENOP_is_atom: return (TypeTest){BEAM_TYPE_ATOM, BEAM_TYPE_ATOM};
    case GENOP_is_boolean: return (TypeTest){BEAM_TYPE_ATOM, 0};
    case GENOP_is_pid: return (TypeTest){BEAM_TYPE_PID, BEAM_TYPE_PID};
    case GENOP_is_port: return (TypeTest){BEAM_TYPE_PORT, BEAM_TYPE_PORT};
    case GENOP_is_reference: return (TypeTest){BEAM_TYPE_REF, BEAM_TYPE_REF};
    case GENOP_is_nil: return (TypeTest){BEAM_TYPE_NIL, BEAM_TYPE_NIL};
    case GENOP_is_binary: return (TypeTest){BEAM_TYPE_BITSTRING, 0};
    case GENOP_is_bitstr: return (TypeTest){BEAM_TYPE_BITSTRING, BEAM_TYPE_BITSTRING};
    case GENOP_is_list:
        return (TypeTest){BEAM_TYPE_CONS | BEAM_TYPE_NIL, BEAM_TYPE_CONS | BEAM_TYPE_NIL};
    case GENOP_is_nonempty_list: return (TypeTest){BEAM_TYPE_CONS, BEAM_TYPE_CONS};
    case GENOP_is_tuple: return (TypeTest){BEAM_TYPE_TUPLE, BEAM_TYPE_TUPLE};
    case GENOP_is_map: return (TypeTest){BEAM_TYPE_MAP, BEAM_TYPE_MAP};
    case GENOP_is_function: return (TypeTest){BEAM_TYPE_FUN, BEAM_TYPE_FUN};
    case GENOP_is_function2: return (TypeTest){BEAM_TYPE_FUN, 0};
    case GENOP_is_any_native_record: return (TypeTest){BEAM_TYPE_RECORD, BEAM_TYPE_RECORD};
    case GENOP_is_native_record: return (TypeTest){BEAM_TYPE_RECORD, 0};
    default: UNREACHABLE();
    }
}

bool verify_type_test(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    if (!use_term(v, o[1], &val)) return false;
    if (op->op == GENOP_is_function2 && !use_term(v, o[2], &val)) return false;
    TypeTest t = type_test(op->op);
    State *failed = copy_state(v);
    if (narrow(v, failed, o[1], ~(unsigned)t.not_kinds) &&
        !flow_to(v, (uint32_t)o[0]->value, failed))
        return false;
    v->alive = narrow(v, v->cur, o[1], t.kinds);
    return true;
}

// test_arity, is_tagged_tuple. The former takes it for known that it is a tuple.
bool verify_tuple_test(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    if (!use_term(v, o[1], &val)) return false;
    bool tagged = op->op == GENOP_is_tagged_tuple;
    if (!tagged && !needs(v, &val, NEED(BEAM_TYPE_TUPLE))) return false;
    uint64_t arity = (uint64_t)o[2]->value;
    if (arity > UINT32_MAX) return refuse(v, "there are no tuples that large");
    if (tagged && arity == 0) return refuse(v, "the empty tuple has no tag");
    if (!flow_to(v, (uint32_t)o[0]->value, v->cur)) return false;
    v->alive = narrow_tuple(v, v->cur, o[1], (uint32_t)arity, true);
    return true;
}

// What two values that are equal have in common.
static bool narrow_equal(Verifier *v, State *s, const GenArg *a, const GenArg *b, const Val *va,
                         const Val *vb) {
    if (!narrow(v, s, a, vb->kinds) || !narrow(v, s, b, va->kinds)) return false;
    bool tuples = (va->kinds & vb->kinds) == BEAM_TYPE_TUPLE;
    if (tuples && vb->kinds == BEAM_TYPE_TUPLE && !narrow_tuple(v, s, a, vb->arity, vb->exact))
        return false;
    return !(tuples && va->kinds == BEAM_TYPE_TUPLE) || narrow_tuple(v, s, b, va->arity, va->exact);
}

static bool narrow_unequal(Verifier *v, State *s, const GenArg *a, const GenArg *b) {
    if (b->kind == GEN_NIL) return narrow(v, s, a, ~(unsigned)BEAM_TYPE_NIL);
    if (a->kind == GEN_NIL) return narrow(v, s, b, ~(unsigned)BEAM_TYPE_NIL);
    return true;
}

bool verify_exact(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val a, b;
    if (!use_term(v, o[1], &a) || !use_term(v, o[2], &b)) return false;
    bool eq = op->op == GENOP_is_eq_exact;
    State *s = copy_state(v), *equal = eq ? v->cur : s, *unequal = eq ? s : v->cur;
    bool can_equal = narrow_equal(v, equal, o[1], o[2], &a, &b);
    bool can_unequal = narrow_unequal(v, unequal, o[1], o[2]);
    v->alive = eq ? can_equal : can_unequal;
    return !(eq ? can_unequal : can_equal) || flow_to(v, (uint32_t)o[0]->value, s);
}

static bool select_val(Verifier *v, const GenArg *const o[]) {
    Val src, val;
    if (!use_term(v, o[0], &src)) return false;
    for (int64_t i = 1; i <= o[2]->value; i += 2) {
        if (!use_term(v, &o[2][i], &val)) return false;
        State *s = copy_state(v);
        if (narrow(v, s, o[0], val.kinds) && !flow_to(v, (uint32_t)o[2][i + 1].value, s))
            return false;
    }
    return flow_to(v, (uint32_t)o[1]->value, v->cur) && ends(v);
}

static bool select_arity(Verifier *v, const GenArg *const o[]) {
    Val src;
    if (!use_term(v, o[0], &src) || !needs(v, &src, NEED(BEAM_TYPE_TUPLE))) return false;
    for (int64_t i = 1; i <= o[2]->value; i += 2) {
        State *s = copy_state(v);
        if (narrow_tuple(v, s, o[0], (uint32_t)o[2][i].value, true) &&
            !flow_to(v, (uint32_t)o[2][i + 1].value, s))
            return false;
    }
    return flow_to(v, (uint32_t)o[1]->value, v->cur) && ends(v);
}

// --- flow ----------------------------------------------------------------------------------------
bool verify_flow(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_jump: return flow_to(v, (uint32_t)o[0]->value, v->cur) && ends(v);
    case GENOP_return:
        if (!use_term(v, &(GenArg){GEN_X, 0, 0}, &val)) return false;
        return known_result(v, &val) && need_frame(v, FRAME_NONE) && ends(v);
    case GENOP_is_lt:
    case GENOP_is_ge:
    case GENOP_is_eq:
    case GENOP_is_ne:
        return use_term(v, o[1], &val) && use_term(v, o[2], &val) &&
               flow_to(v, (uint32_t)o[0]->value, v->cur);
    case GENOP_select_val: return select_val(v, o);
    case GENOP_select_tuple_arity: return select_arity(v, o);
    default: UNREACHABLE();
    }
}
