// SPDX-License-Identifier: Apache-2.0
// What each instruction asks of the state before it and makes of it; the bit syntax is in
// verify_bits.c.
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

static bool need_frame(Verifier *v, int64_t size) {
    if (v->cur->frame == size) return true;
    return refuse(v, "the stack frame has %d registers, not %lld", v->cur->frame, (long long)size);
}

static bool need_no_catch(Verifier *v) {
    if (v->cur->tags == 0) {
        for (uint32_t y = 0; y < v->cur->y_top; y++)
            if (state_y(v, v->cur, y)->status == VAL_MIXED)
                return refuse(v, "y%u may hold an active catch", y);
        return true;
    }
    return refuse(v, "a catch is still active");
}

static void drop_frame(Verifier *v) {
    for (uint32_t y = 0; y < v->y_count; y++) *state_y(v, v->cur, y) = (Val){0};
    v->cur->frame = FRAME_NONE;
    v->cur->y_top = 0;
}

static bool ends(Verifier *v) {
    v->alive = false;
    return true;
}

// Raises: nothing follows.
static bool raises(Verifier *v) {
    return may_raise(v) && ends(v);
}

// --- calls ---------------------------------------------------------------------------------------
// Arguments of a function of this module; it is walked again if one may now be a match context.
static bool local_args(Verifier *v, uint32_t label, uint32_t arity) {
    const BeamFunction *to = beam_function_at(v->file, label);
    uint32_t index = (uint32_t)(to - v->file->functions);
    for (uint32_t x = 0; x < arity; x++) {
        Val val;
        if (!use_any(v, &(GenArg){GEN_X, 0, x}, &val)) return false;
        if (!known_arg(v, index, x, &val)) return false;
        if ((val.kinds & BEAM_TYPE_MATCH_CTX) == 0) continue;
        uint64_t *word = &v->ctx_args[index][x / 64], bit = 1ull << x % 64;
        if (*word & bit) continue;
        *word |= bit;
        v->queued[index] = true;
    }
    return true;
}

// After a call nothing is left but the stack frame and the result.
static bool returns(Verifier *v, Val result) {
    forget_x(v, 0);
    memset(state_fr(v, v->cur), 0, v->fr_words * sizeof(uint64_t));
    return define(v, &(GenArg){GEN_X, 0, 0}, result);
}

// A call with `live` arguments, checked by the caller, that goes on behind it.
static bool body_call(Verifier *v, uint32_t live) {
    if (v->cur->frame < 0) return refuse(v, "a call needs a stack frame");
    return may_collect(v, live) && returns(v, val_of_kinds(v, KINDS_TERM));
}

static bool last_call(Verifier *v, uint32_t live, int64_t frame) {
    return need_frame(v, frame) && need_no_catch(v) && may_collect(v, live) && ends(v);
}

// A last call of something whose result may be anything.
static bool tail_call(Verifier *v, uint32_t live, int64_t frame) {
    known_result(v, &(Val){.kinds = KINDS_TERM});
    return last_call(v, live, frame);
}

static bool tail_local(Verifier *v, uint32_t label, uint32_t arity, int64_t frame) {
    const BeamFunction *to = beam_function_at(v->file, label);
    return local_args(v, label, arity) && known_result_of(v, (uint32_t)(to - v->file->functions)) &&
           last_call(v, arity, frame);
}

static bool is_setelement(const Verifier *v, const GenArg *import) {
    const BeamImport *im = &v->file->imports[import->value];
    return im->arity == 3 && atom_is(v->file, &(GenArg){GEN_ATOM, 0, im->module}, "erlang") &&
           atom_is(v->file, &(GenArg){GEN_ATOM, 0, im->function}, "setelement");
}

// A call that never comes back; with the frame, if any, still there.
static bool last_word(Verifier *v, uint32_t live) {
    v->file->op_flags[v->op] |= BEAM_OP_NO_RETURN;
    return may_collect(v, live) && ends(v);
}

static bool call_local(Verifier *v, uint32_t label, uint32_t arity) {
    if (!local_args(v, label, arity)) return false;
    uint32_t index = (uint32_t)(beam_function_at(v->file, label) - v->file->functions);
    if (!v->no_return[index])
        return body_call(v, arity) &&
               (!v->second_walk ||
                define(v, &(GenArg){GEN_X, 0, 0}, val_of_known(v, &v->results.at[index])));
    if (v->cur->frame < 0) return refuse(v, "a call needs a stack frame");
    return last_word(v, arity);
}

static bool call_ext(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    uint32_t arity = (uint32_t)o[0]->value;
    if (!use_x_terms(v, arity)) return false;
    if (calls_exit(v->file, op)) return last_word(v, arity);
    if (!is_setelement(v, o[1])) return body_call(v, arity);
    // The result is a new tuple, as large as the old one. Until the next instruction that could
    // let somebody else see it, set_tuple_element may write into it.
    Val tuple = v->cur->v[1], result;
    if (!body_call(v, arity)) return false;
    result = val_of_kinds(v, BEAM_TYPE_TUPLE);
    if (tuple.kinds == BEAM_TYPE_TUPLE) {
        result.arity = tuple.arity;
        result.exact = tuple.exact;
    }
    result.fresh = true;
    v->cur->fresh = true;
    return define(v, &(GenArg){GEN_X, 0, 0}, result);
}

static bool verify_call(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    uint32_t arity = o[0]->kind == GEN_U ? (uint32_t)o[0]->value : 0;
    uint32_t to = op->arg_count > 1 ? (uint32_t)o[1]->value : 0;
    switch (op->op) {
    case GENOP_call: return call_local(v, to, arity);
    case GENOP_call_only: return tail_local(v, to, arity, FRAME_NONE);
    case GENOP_call_last: return tail_local(v, to, arity, o[2]->value);
    case GENOP_call_ext: return call_ext(v, op, o);
    case GENOP_call_ext_only:
        return use_x_terms(v, arity) &&
               (calls_exit(v->file, op) ? last_word(v, arity) : tail_call(v, arity, FRAME_NONE));
    case GENOP_call_ext_last:
        return use_x_terms(v, arity) &&
               (calls_exit(v->file, op) ? last_word(v, arity) : tail_call(v, arity, o[2]->value));
    case GENOP_call_fun: return use_x_terms(v, arity + 1) && body_call(v, arity + 1);
    case GENOP_call_fun2:
        arity = (uint32_t)o[1]->value;
        return use_x_terms(v, arity) && use_term(v, o[2], &val) && body_call(v, arity);
    case GENOP_apply: return use_x_terms(v, arity + 2) && body_call(v, arity + 2);
    case GENOP_apply_last: return use_x_terms(v, arity + 2) && tail_call(v, arity + 2, o[1]->value);
    case GENOP_send: return use_x_terms(v, 2) && body_call(v, 2);
    default: UNREACHABLE();
    }
}

// --- builtins ------------------------------------------------------------------------------------
static bool has_name(const Verifier *v, const GenArg *import, const char *name) {
    return atom_is(v->file, &(GenArg){GEN_ATOM, 0, v->file->imports[import->value].function}, name);
}

// Only floats matter: an instruction that needs one would have to check otherwise.
static unsigned bif_kinds(const Verifier *v, const GenArg *import, const Val *args,
                          unsigned count) {
    if (has_name(v, import, "/") || has_name(v, import, "float")) return BEAM_TYPE_FLOAT;
    bool arithmetic =
        has_name(v, import, "+") || has_name(v, import, "-") || has_name(v, import, "*");
    for (unsigned i = 0; arithmetic && i < count; i++)
        if (args[i].kinds == BEAM_TYPE_FLOAT) return BEAM_TYPE_FLOAT;
    return KINDS_TERM;
}

// bif: does not collect. gc_bif: may, before it looks at its arguments' values again.
static bool verify_bif(Verifier *v, const GenArg *const o[], unsigned count, bool gc) {
    const GenArg *import = o[gc ? 2 : 1];
    Val args[3];
    for (unsigned i = 0; i < count; i++)
        if (!use_term(v, o[(gc ? 3 : 2) + i], &args[i])) return false;
    if (gc && !may_collect(v, o[1]->value)) return false;
    return branch_fail(v, o[0]) &&
           define_kinds(v, o[(gc ? 3 : 2) + count], bif_kinds(v, import, args, count));
}

// --- stack and heap ------------------------------------------------------------------------------
static bool allocate(Verifier *v, int64_t size, uint64_t heap, int64_t live, bool zero) {
    if (!need_frame(v, FRAME_NONE) || !may_collect(v, live)) return false;
    State *s = v->cur;
    s->frame = (int32_t)size;
    s->y_top = (uint32_t)size;
    s->made_by = v->op;
    for (uint32_t y = 0; y < size; y++)
        *state_y(v, s, y) = zero ? val_of_kinds(v, BEAM_TYPE_NIL) : (Val){0};
    s->heap = (uint32_t)heap;
    v->y_news = true;
    return true;
}

static bool trim(Verifier *v, int64_t count, int64_t rest) {
    State *s = v->cur;
    if (!need_frame(v, count + rest)) return false;
    for (uint32_t y = 0; y < count; y++)
        if (state_y(v, s, y)->status > VAL_TERM) return refuse(v, "y%u holds a catch", y);
    memmove(state_y(v, s, 0), state_y(v, s, (uint32_t)count), (size_t)rest * sizeof(Val));
    for (int64_t y = rest; y < rest + count; y++) *state_y(v, s, (uint32_t)y) = (Val){0};
    s->frame = (int32_t)rest;
    s->y_top = (uint32_t)rest;
    v->y_news = true;
    return true;
}

static bool init_y(Verifier *v, const GenArg *y) {
    return define_kinds(v, y, BEAM_TYPE_NIL);
}

static bool verify_stack(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    switch (op->op) {
    case GENOP_allocate:
    case GENOP_allocate_zero:
        return allocate(v, o[0]->value, 0, o[1]->value, op->op == GENOP_allocate_zero);
    case GENOP_allocate_heap:
    case GENOP_allocate_heap_zero:
        return allocate(v, o[0]->value, beam_heap_words(o[1]), o[2]->value,
                        op->op == GENOP_allocate_heap_zero);
    case GENOP_test_heap:
        if (!may_collect(v, o[1]->value)) return false;
        v->cur->heap = (uint32_t)beam_heap_words(o[0]);
        return true;
    case GENOP_init: return init_y(v, o[0]);
    case GENOP_init_yregs:
        for (int64_t i = 1; i <= o[0]->value; i++)
            if (!init_y(v, o[0] + i)) return false;
        return true;
    case GENOP_deallocate:
        if (!need_frame(v, o[0]->value) || !need_no_catch(v)) return false;
        drop_frame(v);
        return true;
    case GENOP_trim: return trim(v, o[0]->value, o[1]->value);
    default: UNREACHABLE();
    }
}

// --- messages ------------------------------------------------------------------------------------
static void forget_fr(Verifier *v) {
    memset(state_fr(v, v->cur), 0, v->fr_words * sizeof(uint64_t));
}

static bool jump_without_x(Verifier *v, const GenArg *label) {
    forget_fr(v);
    return flow_to(v, (uint32_t)label->value, v->cur);
}

// With a timer set already it does not look at the time any more: when it is woken by a message and
// comes back here, the register may hold anything.
static bool wait_timeout(Verifier *v, const GenArg *const o[]) {
    Val val;
    if (!use_term(v, o[1], &val) || !may_collect(v, 0)) return false;
    bool to_itself = v->file->label_ops[o[0]->value] + 1 == v->op;
    if (!to_itself) return jump_without_x(v, o[0]);
    forget_fr(v);
    return true;
}

static bool verify_message(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_loop_rec: // may make room for the message
        return may_collect(v, 0) && jump_without_x(v, o[0]) && define_kinds(v, o[1], KINDS_TERM);
    case GENOP_loop_rec_end: // the slice may end here
    case GENOP_wait: return may_collect(v, 0) && jump_without_x(v, o[0]) && ends(v);
    case GENOP_wait_timeout: return wait_timeout(v, o);
    case GENOP_timeout: forget_x(v, 0); return true;
    case GENOP_remove_message: return true;
    case GENOP_recv_mark:
    case GENOP_recv_set: return true;
    case GENOP_recv_marker_reserve: return define_kinds(v, o[0], KINDS_TERM);
    case GENOP_recv_marker_bind: return use_term(v, o[0], &val) && use_term(v, o[1], &val);
    case GENOP_recv_marker_clear:
    case GENOP_recv_marker_use: return use_term(v, o[0], &val);
    default: UNREACHABLE();
    }
}

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

static bool verify_type_test(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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
static bool verify_tuple_test(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    if (!use_term(v, o[1], &val)) return false;
    if (op->op == GENOP_test_arity) needs(v, val.kinds == BEAM_TYPE_TUPLE);
    uint64_t arity = (uint64_t)o[2]->value;
    if (arity > UINT32_MAX) return refuse(v, "there are no tuples that large");
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

static bool verify_exact(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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
    if (!use_term(v, o[0], &src)) return false;
    needs(v, src.kinds == BEAM_TYPE_TUPLE);
    for (int64_t i = 1; i <= o[2]->value; i += 2) {
        State *s = copy_state(v);
        if (narrow_tuple(v, s, o[0], (uint32_t)o[2][i].value, true) &&
            !flow_to(v, (uint32_t)o[2][i + 1].value, s))
            return false;
    }
    return flow_to(v, (uint32_t)o[1]->value, v->cur) && ends(v);
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
    if (!use_term(v, o[0], &src)) return false;
    needs(v, src.kinds == BEAM_TYPE_CONS);
    v->alive = narrow(v, v->cur, o[0], BEAM_TYPE_CONS);
    return define_kinds(v, o[1], KINDS_TERM) &&
           (op->op != GENOP_get_list || define_kinds(v, o[2], KINDS_TERM));
}

static bool get_element(Verifier *v, const GenArg *const o[]) {
    Val src;
    if (!use_term(v, o[0], &src)) return false;
    if (o[1]->value >= UINT32_MAX) return refuse(v, "there are no tuples that large");
    uint32_t least = (uint32_t)o[1]->value + 1;
    needs(v, src.kinds == BEAM_TYPE_TUPLE && src.arity >= least);
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
    needs(v, tuple.kinds == BEAM_TYPE_TUPLE && tuple.arity >= least);
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
    needs(v, src.kinds == BEAM_TYPE_TUPLE && src.exact && src.arity == size);
    if (!take_heap(v, (uint64_t)size + 1)) return false;
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

static bool verify_data(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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
    if (!use_term(v, arg, &val)) return false;
    needs(v, val.kinds == BEAM_TYPE_MAP);
    return true;
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

static bool verify_map(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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

// --- exceptions ----------------------------------------------------------------------------------
static bool start_catch(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    State *s = v->cur;
    uint32_t y = (uint32_t)o[0]->value;
    if (s->frame < 0 || y >= s->y_top) return refuse(v, "y%u is not in the stack frame", y);
    for (uint32_t i = 0; i <= y; i++)
        if (state_y(v, s, i)->status > VAL_TERM)
            return refuse(v, "the catch in y%u would hide the one in y%u", i, y);
    *state_y(v, s, y) =
        (Val){.status = op->op == GENOP_try ? VAL_TRY : VAL_CATCH, .arity = (uint32_t)o[1]->value};
    s->tags++;
    v->y_news = true;
    return true;
}

// The catch in `y` ends; the register holds nil.
static bool end_catch(Verifier *v, const GenArg *reg, ValStatus status) {
    State *s = v->cur;
    uint32_t y = (uint32_t)reg->value;
    if (y >= s->y_top || state_y(v, s, y)->status != status)
        return refuse(v, "y%u holds no such catch", y);
    for (uint32_t i = 0; i < y; i++)
        if (state_y(v, s, i)->status > VAL_TERM)
            return refuse(v, "the catch in y%u is still active", i);
    *state_y(v, s, y) = val_of_kinds(v, BEAM_TYPE_NIL);
    s->tags--;
    v->y_news = true;
    return true;
}

static bool try_case(Verifier *v, const GenArg *reg) {
    if (!end_catch(v, reg, VAL_TRY) || !may_collect(v, 0)) return false;
    memset(state_fr(v, v->cur), 0, v->fr_words * sizeof(uint64_t));
    return define_kinds(v, &(GenArg){GEN_X, 0, 0}, BEAM_TYPE_ATOM) &&
           define_kinds(v, &(GenArg){GEN_X, 0, 1}, KINDS_TERM) &&
           define_kinds(v, &(GenArg){GEN_X, 0, 2}, KINDS_TERM);
}

static bool verify_exception(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_badmatch:
    case GENOP_case_end:
    case GENOP_badrecord:
    case GENOP_try_case_end: return use_term(v, o[0], &val) && raises(v);
    case GENOP_if_end: return raises(v);
    case GENOP_func_info: // arguments may be match contexts: they become what is left to match
        for (int64_t x = 0; x < o[2]->value; x++)
            if (!use_any(v, &(GenArg){GEN_X, 0, x}, &val)) return false;
        return need_frame(v, FRAME_NONE) && ends(v);
    case GENOP_catch:
    case GENOP_try: return start_catch(v, op, o);
    case GENOP_catch_end:
        return end_catch(v, o[0], VAL_CATCH) && use_any(v, &(GenArg){GEN_X, 0, 0}, &val) &&
               may_collect(v, 0) && returns(v, val_of_kinds(v, KINDS_TERM));
    case GENOP_try_end: return end_catch(v, o[0], VAL_TRY);
    case GENOP_try_case: return try_case(v, o[0]);
    case GENOP_raise: return use_term(v, o[0], &val) && use_term(v, o[1], &val) && raises(v);
    case GENOP_raw_raise: return use_x_terms(v, 3) && raises(v);
    case GENOP_build_stacktrace:
        return use_x_terms(v, 1) && may_collect(v, 1) && returns(v, val_of_kinds(v, KINDS_TERM));
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
    if (!use_term(v, from, &val)) return false;
    needs(v, val.kinds == BEAM_TYPE_FLOAT);
    define_fr(v, to);
    return true;
}

static bool verify_float(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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

// --- all -----------------------------------------------------------------------------------------
static bool verify_flow(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_jump: return flow_to(v, (uint32_t)o[0]->value, v->cur) && ends(v);
    case GENOP_return:
        if (!use_term(v, &(GenArg){GEN_X, 0, 0}, &val)) return false;
        known_result(v, &val);
        return need_frame(v, FRAME_NONE) && ends(v);
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

// Instructions between which a tuple of setelement stays fresh.
static bool keeps_fresh(unsigned op) {
    return op == GENOP_move || op == GENOP_swap || op == GENOP_set_tuple_element ||
           op == GENOP_get_tuple_element || op == GENOP_line;
}

bool verify_op(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    if (v->cur->fresh && !keeps_fresh(op->op)) end_fresh(v);
    bool built = v->cur->builder;
    if (op->op != GENOP_line) v->cur->builder = false;
    switch (op->op) {
    case GENOP_label:
    case GENOP_line:
    case GENOP_executable_line:
    case GENOP_debug_line:
    case GENOP_on_load:
    case GENOP_nif_start: return true;
#define ONE(name) case GENOP_##name
        ONE(call)
            : ONE(call_last)
            : ONE(call_only)
            : ONE(call_ext)
            : ONE(call_ext_last)
            : ONE(call_ext_only)
            : ONE(call_fun)
            : ONE(call_fun2)
            : ONE(apply) : ONE(apply_last) : ONE(send) : return verify_call(v, op, o);
        ONE(bif0) : return define_kinds(v, o[1], KINDS_TERM);
        ONE(bif1) : return verify_bif(v, o, 1, false);
        ONE(bif2) : return verify_bif(v, o, 2, false);
        ONE(bif3) : return verify_bif(v, o, 3, false);
        ONE(gc_bif1) : return verify_bif(v, o, 1, true);
        ONE(gc_bif2) : return verify_bif(v, o, 2, true);
        ONE(gc_bif3) : return verify_bif(v, o, 3, true);
        ONE(allocate)
            : ONE(allocate_heap)
            : ONE(allocate_zero)
            : ONE(allocate_heap_zero)
            : ONE(test_heap)
            : ONE(init)
            : ONE(init_yregs) : ONE(deallocate) : ONE(trim) : return verify_stack(v, op, o);
        ONE(loop_rec)
            : ONE(loop_rec_end)
            : ONE(wait)
            : ONE(wait_timeout)
            : ONE(timeout)
            : ONE(remove_message)
            : ONE(recv_mark)
            : ONE(recv_set)
            : ONE(recv_marker_reserve)
            : ONE(recv_marker_bind)
            : ONE(recv_marker_clear) : ONE(recv_marker_use) : return verify_message(v, op, o);
        ONE(is_integer)
            : ONE(is_float)
            : ONE(is_number)
            : ONE(is_atom)
            : ONE(is_boolean)
            : ONE(is_pid)
            : ONE(is_port)
            : ONE(is_reference)
            : ONE(is_nil)
            : ONE(is_binary)
            : ONE(is_bitstr)
            : ONE(is_list)
            : ONE(is_nonempty_list)
            : ONE(is_tuple)
            : ONE(is_map)
            : ONE(is_function)
            : ONE(is_function2)
            : ONE(is_any_native_record) : ONE(is_native_record) : return verify_type_test(v, op, o);
        ONE(test_arity) : ONE(is_tagged_tuple) : return verify_tuple_test(v, op, o);
        ONE(is_eq_exact) : ONE(is_ne_exact) : return verify_exact(v, op, o);
        ONE(jump)
            : ONE(return)
            : ONE(is_lt)
            : ONE(is_ge)
            : ONE(is_eq)
            : ONE(is_ne) : ONE(select_val) : ONE(select_tuple_arity) : return verify_flow(v, op, o);
        ONE(move)
            : ONE(swap)
            : ONE(get_list)
            : ONE(get_hd)
            : ONE(get_tl)
            : ONE(get_tuple_element)
            : ONE(set_tuple_element)
            : ONE(put_list)
            : ONE(put_tuple2)
            : ONE(update_record) : ONE(make_fun2) : ONE(make_fun3) : return verify_data(v, op, o);
        ONE(put_map_assoc)
            : ONE(put_map_exact)
            : ONE(has_map_fields)
            : ONE(get_map_elements)
            : ONE(get_record_elements)
            : ONE(get_record_field)
            : ONE(is_record_accessible) : ONE(put_record) : return verify_map(v, op, o);
        ONE(badmatch)
            : ONE(case_end)
            : ONE(badrecord)
            : ONE(try_case_end)
            : ONE(if_end)
            : ONE(func_info)
            : ONE(catch)
            : ONE(try)
            : ONE(catch_end)
            : ONE(try_end)
            : ONE(try_case)
            : ONE(raise)
            : ONE(raw_raise) : ONE(build_stacktrace) : return verify_exception(v, op, o);
        ONE(fclearerror)
            : ONE(fcheckerror)
            : ONE(fmove)
            : ONE(fconv)
            : ONE(fadd)
            : ONE(fsub) : ONE(fmul) : ONE(fdiv) : ONE(fnegate) : return verify_float(v, op, o);
#undef ONE
    default: v->cur->builder = built; return verify_bits_op(v, op, o);
    }
}
