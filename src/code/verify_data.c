// SPDX-License-Identifier: Apache-2.0
// Building and taking apart terms, maps and floats, for the verifier.
#include "code/verify_int.h"
#include "term/fun.h"

// --- common parts --------------------------------------------------------------------------------
static bool take_heap(Verifier *v, uint64_t words) {
    if (words > v->cur->heap)
        return refuse(v, "it takes %llu words of heap, but %u are reserved",
                      (unsigned long long)words, v->cur->heap);
    v->cur->heap -= (uint32_t)words;
    return true;
}

// --- data ----------------------------------------------------------------------------------------
static bool move(Verifier *v, const GenArg *from, const GenArg *to) {
    Val val;
    return use_any(v, from, &val) && define(v, to, val);
}

static bool swap(Verifier *v, const GenArg *a, const GenArg *b) {
    Val va, vb;
    return use_any(v, a, &va) && use_any(v, b, &vb) && define(v, a, vb) && define(v, b, va);
}

static bool get_list(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val src;
    if (!use_term(v, o[0], &src) || !needs(v, &src, NEED(BEAM_TYPE_CONS))) return false;
    v->alive = narrow(v, v->cur, o[0], BEAM_TYPE_CONS);
    return define_kinds(v, o[1], KINDS_TERM) &&
           (op->op != GENOP_get_list || define_kinds(v, o[2], KINDS_TERM));
}

static bool get_element(Verifier *v, const GenArg *const o[]) {
    Val src;
    if (!use_term(v, o[0], &src)) return false;
    if (o[1]->value >= UINT32_MAX) return refuse(v, "there are no tuples that large");
    uint32_t least = (uint32_t)o[1]->value + 1;
    if (!needs(v, &src, NEED_TUPLE(least))) return false;
    v->alive = narrow_tuple(v, v->cur, o[0], least, false);
    return define_kinds(v, o[2], KINDS_TERM);
}

// Writes into a tuple: it must be one that nobody else has seen, or literals and messages would
// change, and the collector would miss what an old tuple points to.
static bool set_element(Verifier *v, const GenArg *const o[]) {
    Val src, tuple;
    if (!use_term(v, o[0], &src) || !use_term(v, o[1], &tuple)) return false;
    if (!tuple.fresh) return refuse(v, "the tuple does not come from setelement/3 just before");
    if (o[2]->value >= UINT32_MAX) return refuse(v, "there are no tuples that large");
    uint32_t least = (uint32_t)o[2]->value + 1;
    if (!needs(v, &tuple, NEED_TUPLE(least))) return false;
    v->alive = narrow_tuple(v, v->cur, o[1], least, false);
    return true;
}

static bool put_tuple(Verifier *v, const GenArg *const o[]) {
    if (!use_terms(v, o[1] + 1, (size_t)o[1]->value) || !take_heap(v, (uint64_t)o[1]->value + 1))
        return false;
    Val tuple = val_of_kinds(v, BEAM_TYPE_TUPLE);
    tuple.arity = (uint32_t)o[1]->value;
    tuple.exact = true;
    return define(v, o[0], tuple);
}

static bool update_record(Verifier *v, const GenArg *const o[]) {
    Val src;
    if (!use_term(v, o[2], &src)) return false;
    for (int64_t i = 2; i <= o[4]->value; i += 2)
        if (!use_terms(v, &o[4][i], 1)) return false;
    uint32_t size = (uint32_t)o[1]->value;
    if (!needs(v, &src, NEED_TUPLE_EXACTLY(size)) || !take_heap(v, (uint64_t)size + 1))
        return false;
    Val tuple = val_of_kinds(v, BEAM_TYPE_TUPLE);
    tuple.arity = size;
    tuple.exact = true;
    return define(v, o[3], tuple);
}

static bool make_fun(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    if (op->op == GENOP_make_fun2) { // makes room itself
        uint32_t free_count = v->file->lambdas[o[0]->value].free_count;
        return use_x_terms(v, free_count) && may_collect(v, free_count) &&
               define_kinds(v, &(GenArg){GEN_X, 0, 0}, BEAM_TYPE_FUN);
    }
    return use_terms(v, o[2] + 1, (size_t)o[2]->value) &&
           take_heap(v, FUN_FIXED_WORDS + (uint64_t)o[2]->value) &&
           define_kinds(v, o[1], BEAM_TYPE_FUN);
}

bool verify_data(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    switch (op->op) {
    case GENOP_move: return move(v, o[0], o[1]);
    case GENOP_swap: return swap(v, o[0], o[1]);
    case GENOP_get_list:
    case GENOP_get_hd:
    case GENOP_get_tl: return get_list(v, op, o);
    case GENOP_get_tuple_element: return get_element(v, o);
    case GENOP_set_tuple_element: return set_element(v, o);
    case GENOP_put_list:
        return use_terms(v, o[0], 1) && use_terms(v, o[1], 1) && take_heap(v, CONS_WORDS) &&
               define_kinds(v, o[2], BEAM_TYPE_CONS);
    case GENOP_put_tuple2: return put_tuple(v, o);
    case GENOP_update_record: return update_record(v, o);
    case GENOP_make_fun2:
    case GENOP_make_fun3: return make_fun(v, op, o);
    default: UNREACHABLE();
    }
}

// --- maps, records -------------------------------------------------------------------------------
static bool need_map(Verifier *v, const GenArg *arg) {
    Val val;
    return use_term(v, arg, &val) && needs(v, &val, NEED(BEAM_TYPE_MAP));
}

// When a key is missing, some destinations may have been written already. A register that was not
// defined before does not count as defined; all others hold some term.
static bool get_fields(Verifier *v, const GenArg *label, const GenArg *list) {
    State *failed = copy_state(v);
    for (int64_t i = 1; i <= list->value; i += 2) {
        if (!use_terms(v, &list[i], 1)) return false;
        clobber(v, failed, &list[i + 1]);
    }
    if (!flow_to(v, (uint32_t)label->value, failed)) return false;
    for (int64_t i = 2; i <= list->value; i += 2)
        if (!define_kinds(v, &list[i], KINDS_TERM)) return false;
    return true;
}

bool verify_map(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_put_map_assoc:
    case GENOP_put_map_exact:
        return need_map(v, o[1]) && use_terms(v, o[4] + 1, (size_t)o[4]->value) &&
               may_collect(v, o[3]->value) && branch_fail(v, o[0]) &&
               define_kinds(v, o[2], BEAM_TYPE_MAP);
    case GENOP_has_map_fields:
        return need_map(v, o[1]) && use_terms(v, o[2] + 1, (size_t)o[2]->value) &&
               flow_to(v, (uint32_t)o[0]->value, v->cur);
    case GENOP_get_map_elements: return need_map(v, o[1]) && get_fields(v, o[0], o[2]);
    case GENOP_get_record_elements: return use_term(v, o[1], &val) && get_fields(v, o[0], o[2]);
    case GENOP_get_record_field:
        return use_term(v, o[1], &val) && use_term(v, o[2], &val) && branch_fail(v, o[0]) &&
               define_kinds(v, o[4], KINDS_TERM);
    case GENOP_is_record_accessible:
        return use_term(v, o[1], &val) && flow_to(v, (uint32_t)o[0]->value, v->cur);
    case GENOP_put_record:
        if (!use_term(v, o[1], &val) || !use_term(v, o[2], &val)) return false;
        for (int64_t i = 2; i <= o[5]->value; i += 2)
            if (!use_terms(v, &o[5][i], 1)) return false;
        return may_collect(v, o[4]->value) && branch_fail(v, o[0]) &&
               define_kinds(v, o[3], BEAM_TYPE_RECORD);
    default: UNREACHABLE();
    }
}

// --- floats --------------------------------------------------------------------------------------
static bool need_fr(Verifier *v, const GenArg *fr) {
    if (state_fr(v, v->cur)[fr->value / 64] >> fr->value % 64 & 1) return true;
    return refuse(v, "fr%lld is not defined", (long long)fr->value);
}

static void define_fr(Verifier *v, const GenArg *fr) {
    state_fr(v, v->cur)[fr->value / 64] |= 1ull << fr->value % 64;
}

static bool fmove(Verifier *v, const GenArg *from, const GenArg *to) {
    Val val;
    if (from->kind == GEN_FR) {
        if (to->kind != GEN_X && to->kind != GEN_Y) return refuse(v, "that is no register");
        return need_fr(v, from) && take_heap(v, FLOAT_WORDS) &&
               define_kinds(v, to, BEAM_TYPE_FLOAT);
    }
    if (to->kind != GEN_FR) return refuse(v, "that is no float register");
    if (!use_term(v, from, &val) || !needs(v, &val, NEED(BEAM_TYPE_FLOAT))) return false;
    define_fr(v, to);
    return true;
}

bool verify_float(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_fclearerror: return true;
    case GENOP_fcheckerror: return branch_fail(v, o[0]);
    case GENOP_fmove: return fmove(v, o[0], o[1]);
    case GENOP_fconv:
        if (!use_term(v, o[0], &val) || !may_raise(v)) return false;
        define_fr(v, o[1]);
        return true;
    case GENOP_fnegate:
        if (!need_fr(v, o[1]) || !branch_fail(v, o[0])) return false;
        define_fr(v, o[2]);
        return true;
    default:
        if (!need_fr(v, o[1]) || !need_fr(v, o[2]) || !branch_fail(v, o[0])) return false;
        define_fr(v, o[3]);
        return true;
    }
}
