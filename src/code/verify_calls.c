// SPDX-License-Identifier: Apache-2.0
// Calls, builtins, the stack, messages and exceptions, for the verifier: what changes the frame or
// leaves the function.
#include "code/verify_int.h"

// --- common parts --------------------------------------------------------------------------------
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
        uint64_t *word = &v->functions[index].ctx_args[x / 64], bit = 1ull << x % 64;
        if (*word & bit) continue;
        *word |= bit;
        v->functions[index].queued = true;
    }
    return true;
}

// After a call nothing is left but the stack frame and the result.
static bool returns(Verifier *v, Val result) {
    forget_x(v, 0);
    memset(state_fr(v, v->cur), 0, v->fr_words * sizeof(uint64_t));
    return define(v, &(GenArg){GEN_X, 0, 0}, result);
}

// A call with `live` arguments, checked by the caller, that goes on behind it. `origin`: of its
// result.
static bool call_from(Verifier *v, uint32_t live, uint8_t origin) {
    if (v->cur->frame < 0) return refuse(v, "a call needs a stack frame");
    Val result = val_of_kinds(v, KINDS_TERM);
    result.origin = origin;
    return may_collect(v, live) && returns(v, result);
}

static bool body_call(Verifier *v, uint32_t live) {
    return call_from(v, live, 0);
}

static bool last_call(Verifier *v, uint32_t live, int64_t frame) {
    return need_frame(v, frame) && need_no_catch(v) && may_collect(v, live) && ends(v);
}

// A last call of something whose result may be anything.
static bool tail_call(Verifier *v, uint32_t live, int64_t frame) {
    return known_result(v, &(Val){.kinds = KINDS_TERM}) && last_call(v, live, frame);
}

static bool tail_local(Verifier *v, uint32_t label, uint32_t arity, int64_t frame) {
    const BeamFunction *to = beam_function_at(v->file, label);
    return local_args(v, label, arity) && known_result_of(v, (uint32_t)(to - v->file->functions)) &&
           last_call(v, arity, frame);
}

// A call that never comes back; with the frame, if any, still there.
static bool last_word(Verifier *v, uint32_t live) {
    v->file->op_flags[v->op] |= BEAM_OP_NO_RETURN;
    return may_collect(v, live) && ends(v);
}

static bool call_local(Verifier *v, uint32_t label, uint32_t arity) {
    if (!local_args(v, label, arity)) return false;
    uint32_t index = (uint32_t)(beam_function_at(v->file, label) - v->file->functions);
    if (!v->functions[index].no_return) return call_from(v, arity, known_source(v, index));
    if (v->cur->frame < 0) return refuse(v, "a call needs a stack frame");
    return last_word(v, arity);
}

static bool call_ext(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    uint32_t arity = (uint32_t)o[0]->value;
    if (!use_x_terms(v, arity)) return false;
    if (calls_exit(v, op)) return last_word(v, arity);
    if (v->import_kinds[o[1]->value] != IMPORT_SETELEMENT) return body_call(v, arity);
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

bool verify_call(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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
               (calls_exit(v, op) ? last_word(v, arity) : tail_call(v, arity, FRAME_NONE));
    case GENOP_call_ext_last:
        return use_x_terms(v, arity) &&
               (calls_exit(v, op) ? last_word(v, arity) : tail_call(v, arity, o[2]->value));
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
// Only floats matter: an instruction that needs one would have to check otherwise.
static unsigned bif_kinds(const Verifier *v, const GenArg *import, const Val *args,
                          unsigned count) {
    unsigned kind = v->import_kinds[import->value];
    if (kind == IMPORT_FLOAT) return BEAM_TYPE_FLOAT;
    bool arithmetic = kind == IMPORT_ARITHMETIC;
    for (unsigned i = 0; arithmetic && i < count; i++)
        if (args[i].kinds == BEAM_TYPE_FLOAT) return BEAM_TYPE_FLOAT;
    return KINDS_TERM;
}

// bif: does not collect. gc_bif: may, before it looks at its arguments' values again.
static bool call_bif(Verifier *v, const GenArg *const o[], unsigned count, bool gc) {
    const GenArg *import = o[gc ? 2 : 1];
    Val args[3];
    for (unsigned i = 0; i < count; i++)
        if (!use_term(v, o[(gc ? 3 : 2) + i], &args[i])) return false;
    // Also a guard may end the process, when there is no memory.
    if (gc ? !may_collect(v, o[1]->value) : !may_raise(v)) return false;
    // A builtin that fails may have used up what was reserved, for the reason that nobody reads.
    State *s = v->cur;
    uint32_t heap = s->heap;
    s->heap = 0;
    bool ok = branch_fail(v, o[0]);
    s->heap = heap;
    return ok && define_kinds(v, o[(gc ? 3 : 2) + count], bif_kinds(v, import, args, count));
}

bool verify_bif(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    switch (op->op) {
    case GENOP_bif0: return may_raise(v) && define_kinds(v, o[1], KINDS_TERM);
    case GENOP_bif1: return call_bif(v, o, 1, false);
    case GENOP_bif2: return call_bif(v, o, 2, false);
    case GENOP_bif3: return call_bif(v, o, 3, false);
    case GENOP_gc_bif1: return call_bif(v, o, 1, true);
    case GENOP_gc_bif2: return call_bif(v, o, 2, true);
    case GENOP_gc_bif3: return call_bif(v, o, 3, true);
    default: UNREACHABLE();
    }
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

bool verify_stack(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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

bool verify_message(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_loop_rec: // may make room for the message
        return may_collect(v, 0) && jump_without_x(v, o[0]) && define_kinds(v, o[1], KINDS_TERM);
    case GENOP_loop_rec_end: // the slice may end here
    case GENOP_wait: return may_collect(v, 0) && jump_without_x(v, o[0]) && ends(v);
    case GENOP_wait_timeout: return wait_timeout(v, o);
    case GENOP_timeout: forget_x(v, 0); return may_raise(v);
    case GENOP_remove_message: return may_raise(v);
    case GENOP_recv_mark:
    case GENOP_recv_set: return true;
    case GENOP_recv_marker_reserve: return define_kinds(v, o[0], KINDS_TERM);
    case GENOP_recv_marker_bind: return use_term(v, o[0], &val) && use_term(v, o[1], &val);
    case GENOP_recv_marker_clear:
    case GENOP_recv_marker_use: return use_term(v, o[0], &val);
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
    v->y_news = true; // without an exception it raises, while the catch is still there
    if (!may_raise(v) || !end_catch(v, reg, VAL_TRY) || !may_collect(v, 0)) return false;
    memset(state_fr(v, v->cur), 0, v->fr_words * sizeof(uint64_t));
    return define_kinds(v, &(GenArg){GEN_X, 0, 0}, BEAM_TYPE_ATOM) &&
           define_kinds(v, &(GenArg){GEN_X, 0, 1}, KINDS_TERM) &&
           define_kinds(v, &(GenArg){GEN_X, 0, 2}, KINDS_TERM);
}

// With a class that is none it does not raise: x0 is `badarg` then, and where compilers have not
// seen that it is one, they let the function go on with that. Elsewhere nothing may follow.
static bool raw_raise(Verifier *v) {
    if (!use_x_terms(v, 3)) return false;
    if (v->op + 1 == v->fn->op_end || v->file->ops[v->op + 1].op == GENOP_label)
        return last_word(v, 3);
    return may_collect(v, 3) && returns(v, val_of_kinds(v, BEAM_TYPE_ATOM));
}

bool verify_exception(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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
    case GENOP_raw_raise: return raw_raise(v);
    case GENOP_build_stacktrace:
        return use_x_terms(v, 1) && may_collect(v, 1) && returns(v, val_of_kinds(v, KINDS_TERM));
    default: UNREACHABLE();
    }
}
