// SPDX-License-Identifier: Apache-2.0
// Calls, frames, jumps, selection, exceptions: generic to internal.
#include "code/emit.h"
#include "code/module_int.h"

#include <stdlib.h>

static const GenOp *next_op(const Transform *t) {
    return t->op_at + 1 < t->file->op_count ? &t->file->ops[t->op_at + 1] : NULL;
}

// A call of an imported function: of a builtin, or through the export table.
static void call_import(Transform *t, const GenArg *import, enum OpId through, enum OpId builtin,
                        const GenArg *words) {
    Export *ex = emit_import(t, import->value);
    if (ex == NULL) return;
    if (transform_builtin(t, ex)) {
        if (builtin == OP_call_bif_only) EMIT0(t, OP_return);
        if (builtin == OP_call_bif_last)
            EMIT(t, OP_deallocate_return, op_num((uint64_t)words->value));
        return;
    }
    enum OpId op = ex->bif != NULL && !ex->bif_by_entry ? builtin : through;
    if (words != NULL)
        EMIT(t, op, op_ptr(ex), op_num((uint64_t)words->value));
    else
        EMIT(t, op, op_ptr(ex));
}

// A call of a fun; followed by deallocate and return it is a tail call.
static void call_fun(Transform *t, const GenArg *count, Operand fun) {
    Operand arity = op_num((uint64_t)count->value), env = op_x((uint32_t)count->value);
    const GenOp *next = next_op(t);
    if (next != NULL && next->op == GENOP_deallocate && t->op_at + 2 < t->file->op_count &&
        next[1].op == GENOP_return) {
        Operand words = op_num((uint64_t)gen_args(t, next)->value);
        EMIT(t, OP_call_fun_last, arity, fun, env, words);
        t->op_at += 2;
        return;
    }
    EMIT(t, OP_call_fun, arity, fun, env);
}

// The Y registers that `list` names, or the first `count`.
static void init_yregs(Transform *t, const GenArg *list, int64_t count) {
    for (int64_t i = 0; i < count; i += 2) {
        Operand first = op_y((uint32_t)(list != NULL ? list[i].value : i));
        if (i + 1 == count)
            EMIT(t, OP_init_yreg, first);
        else
            EMIT(t, OP_init_yreg2, first,
                 op_y((uint32_t)(list != NULL ? list[i + 1].value : i + 1)));
    }
}

// --- selection -----------------------------------------------------------------------------------
typedef struct Choice {
    Term value;
    uint32_t label;
} Choice;

enum { LINEAR_MAX = 5, JUMP_SPREAD = 3 };

static int by_value(const void *a, const void *b) {
    const Choice *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value;
}
static int by_small(const void *a, const void *b) {
    int64_t x = (int64_t)((const Choice *)a)->value, y = (int64_t)((const Choice *)b)->value;
    return x < y ? -1 : x > y;
}

// Most are few.
static ALWAYS_INLINE void sort(Choice *c, size_t count, int (*order)(const void *, const void *)) {
    enum { FEW = 16 };
    if (count > FEW) {
        qsort(c, count, sizeof *c, order);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        Choice moved = c[i];
        size_t at = i;
        for (; at > 0 && order(&moved, &c[at - 1]) < 0; at--) c[at] = c[at - 1];
        c[at] = moved;
    }
}

static void put_table(Transform *t, const Choice *c, size_t count) {
    for (size_t i = 0; i < count; i++) emit_word(t, c[i].value);
    for (size_t i = 0; i < count; i++) emit_label(t, c[i].label);
}

// A table with a label for each integer from the least to the greatest choice, if that is dense.
static bool select_jump(Transform *t, Operand src, Operand fail, Choice *c, size_t count) {
    sort(c, count, by_small);
    int64_t low = term_small_value(c[0].value), high = term_small_value(c[count - 1].value);
    uint64_t span = (uint64_t)(high - low) + 1;
    if (span > JUMP_SPREAD * count) return false;
    EMIT(t, OP_select_jump, src, fail, op_word(c[0].value), op_num(span));
    size_t next = 0;
    for (uint64_t i = 0; i < span; i++) {
        bool here = term_small_value(c[next].value) == low + (int64_t)i;
        emit_label(t, here ? c[next].label : 0);
        if (here) next++;
    }
    return true;
}

// Sorted immediates: few are compared one by one, many are halved before.
static void select_sorted(Transform *t, Operand src, Operand fail, const Choice *c, size_t count) {
    if (count <= LINEAR_MAX) {
        for (size_t i = 0; i < count; i++)
            EMIT(t, OP_select_is, src, op_word(c[i].value), op_label(c[i].label));
        EMIT(t, OP_jump, fail);
        return;
    }
    size_t half = count / 2;
    EMIT(t, OP_select_below, src, op_word(c[half].value), op_label(0));
    uint32_t start = t->start;
    size_t at = t->count - 1; // its label, which is the last operand
    select_sorted(t, src, fail, c + half, count - half);
    if (t->failed) return;
    t->code[at] = (uint32_t)t->count - start;
    select_sorted(t, src, fail, c, half);
}

static void select_choices(Transform *t, Operand src, Operand fail, Choice *c, size_t count) {
    bool small = true, immediate = true;
    for (size_t i = 0; i < count; i++) {
        small = small && term_is_small(c[i].value);
        immediate = immediate && term_is_immediate(c[i].value);
    }
    if (count == 0) {
        EMIT(t, OP_jump, fail);
        return;
    }
    if (!immediate) {
        EMIT(t, OP_select_exact, src, fail, op_num(count));
        put_table(t, c, count);
        return;
    }
    if (count > LINEAR_MAX && small && select_jump(t, src, fail, c, count)) return;
    sort(c, count, by_value);
    select_sorted(t, src, fail, c, count);
}

static void select_op(Transform *t, const GenOp *op, const GenArg *a) {
    size_t count = (size_t)a[2].value / 2;
    Choice few[16], *many = NULL;
    if (count > ARRAY_COUNT(few)) many = mem_alloc(t->file->mem, count * sizeof *many);
    Choice *c = count > ARRAY_COUNT(few) ? many : few;
    if (c == NULL) {
        emit_refuse(t, "no memory");
        return;
    }
    bool arity = op->op == GENOP_select_tuple_arity;
    for (size_t i = 0; i < count; i++) {
        const GenArg *value = &a[3 + 2 * i];
        c[i].value = arity ? (Term)value->value : emit_source(t, value).value;
        c[i].label = (uint32_t)a[4 + 2 * i].value;
    }
    Operand src = emit_source(t, &a[0]), fail = op_label((uint64_t)a[1].value);
    if (arity) {
        if (gen_checked(t, op)) EMIT(t, OP_check_tuple, src, op_num(0));
        EMIT(t, OP_is_tuple, fail, src);
        for (size_t i = 0; i < count; i++)
            EMIT(t, OP_select_arity, src, op_word(HEADER(KIND_TUPLE, c[i].value)),
                 op_label(c[i].label));
        EMIT(t, OP_jump, fail);
    } else {
        select_choices(t, src, fail, c, count);
    }
    mem_free(t->file->mem, many, count * sizeof *many);
}

// x0 ! x1 is the builtin send/2, also in the stack trace of an error.
static void send(Transform *t) {
    Export *ex = code_export(t->ct, ATOM_erlang, ATOM_send, 2);
    if (ex != NULL)
        EMIT(t, OP_send, op_ptr(ex));
    else
        t->failed = true;
}

static bool transform_messages(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_send: send(t); return true;
    case GENOP_remove_message: EMIT0(t, OP_remove_message); return true;
    case GENOP_timeout: EMIT0(t, OP_timeout); return true;
    case GENOP_loop_rec:
        EMIT(t, OP_loop_rec, op_label((uint64_t)a[0].value), emit_source(t, &a[1]));
        return true;
    case GENOP_loop_rec_end: EMIT(t, OP_loop_rec_end, op_label((uint64_t)a[0].value)); return true;
    case GENOP_wait: EMIT(t, OP_wait, op_label((uint64_t)a[0].value)); return true;
    case GENOP_wait_timeout:
        EMIT(t, OP_wait_timeout, op_label((uint64_t)a[0].value), emit_source(t, &a[1]));
        return true;
    case GENOP_recv_marker_reserve:
        EMIT(t, OP_recv_marker_reserve, emit_source(t, &a[0]));
        return true;
    case GENOP_recv_marker_bind: EMIT(t, OP_recv_marker_bind, emit_source(t, &a[1])); return true;
    case GENOP_recv_marker_clear: EMIT(t, OP_recv_marker_clear, emit_source(t, &a[0])); return true;
    case GENOP_recv_marker_use: EMIT(t, OP_recv_marker_use, emit_source(t, &a[0])); return true;
    default: return false;
    }
}

static bool transform_calls(Transform *t, const GenOp *op, const GenArg *a) {
    if (op->op != GENOP_call && op->op != GENOP_raw_raise &&
        (t->file->op_flags[t->op_at] & BEAM_OP_NO_RETURN) != 0) {
        // Of erlang:error/1 and the like: the frame stays, it may be said wrongly.
        call_import(t, &a[1], OP_call_ext, OP_call_bif, NULL);
        return true;
    }
    switch (op->op) {
    case GENOP_call: EMIT(t, OP_call, op_label((uint64_t)a[1].value)); return true;
    case GENOP_call_only: EMIT(t, OP_call_only, op_label((uint64_t)a[1].value)); return true;
    case GENOP_call_last:
        EMIT(t, OP_call_last, op_label((uint64_t)a[1].value), op_num((uint64_t)a[2].value));
        return true;
    case GENOP_call_ext: call_import(t, &a[1], OP_call_ext, OP_call_bif, NULL); return true;
    case GENOP_call_ext_only:
        call_import(t, &a[1], OP_call_ext_only, OP_call_bif_only, NULL);
        return true;
    case GENOP_call_ext_last:
        call_import(t, &a[1], OP_call_ext_last, OP_call_bif_last, &a[2]);
        return true;
    case GENOP_call_fun: call_fun(t, &a[0], op_x((uint32_t)a[0].value)); return true;
    case GENOP_call_fun2: call_fun(t, &a[1], emit_source(t, &a[2])); return true;
    case GENOP_apply: EMIT(t, OP_apply, op_num((uint64_t)a[0].value)); return true;
    case GENOP_apply_last:
        EMIT(t, OP_apply_last, op_num((uint64_t)a[0].value), op_num((uint64_t)a[1].value));
        return true;
    default: return false;
    }
}

static bool transform_frames(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_allocate:
    case GENOP_allocate_zero:
        EMIT(t, OP_allocate, op_num((uint64_t)a[0].value), op_num((uint64_t)a[1].value));
        if (op->op == GENOP_allocate_zero || gen_checked(t, op)) init_yregs(t, NULL, a[0].value);
        return true;
    case GENOP_allocate_heap:
    case GENOP_allocate_heap_zero: {
        // The live count is the last operand, behind an allocation list if there is one.
        const GenArg *live = t->file->args + op->arg_index + op->arg_count - 1;
        EMIT(t, OP_allocate_heap, op_num((uint64_t)a[0].value), op_num(emit_alloc_words(&a[1])),
             op_num((uint64_t)live->value));
        if (op->op == GENOP_allocate_heap_zero || gen_checked(t, op))
            init_yregs(t, NULL, a[0].value);
        return true;
    }
    case GENOP_test_heap: {
        const GenArg *live = t->file->args + op->arg_index + op->arg_count - 1;
        EMIT(t, OP_test_heap, op_num(emit_alloc_words(&a[0])), op_num((uint64_t)live->value));
        return true;
    }
    case GENOP_deallocate: {
        const GenOp *next = next_op(t);
        if (next != NULL && next->op == GENOP_return) {
            EMIT(t, OP_deallocate_return, op_num((uint64_t)a[0].value));
            t->op_at++;
        } else {
            EMIT(t, OP_deallocate, op_num((uint64_t)a[0].value));
        }
        return true;
    }
    case GENOP_return: EMIT0(t, OP_return); return true;
    case GENOP_trim: EMIT(t, OP_trim, op_num((uint64_t)a[0].value)); return true;
    case GENOP_init: init_yregs(t, &a[0], 1); return true;
    case GENOP_init_yregs: init_yregs(t, &a[1], a[0].value); return true;
    default: return false;
    }
}

static bool transform_exceptions(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_catch:
    case GENOP_try:
        EMIT(t, OP_try, emit_source(t, &a[0]), op_label((uint64_t)a[1].value));
        return true;
    case GENOP_try_end: EMIT(t, OP_try_end, emit_source(t, &a[0])); return true;
    case GENOP_try_case:
        EMIT(t, OP_try_case, emit_source(t, &a[0]), op_x(0), op_x(1), op_x(2));
        return true;
    case GENOP_catch_end: EMIT(t, OP_catch_end, emit_source(t, &a[0])); return true;
    case GENOP_try_case_end: EMIT(t, OP_try_case_end, emit_source(t, &a[0])); return true;
    case GENOP_case_end: EMIT(t, OP_case_end, emit_source(t, &a[0])); return true;
    case GENOP_badmatch: EMIT(t, OP_badmatch, emit_source(t, &a[0])); return true;
    case GENOP_badrecord: EMIT(t, OP_badrecord, emit_source(t, &a[0])); return true;
    case GENOP_if_end: EMIT0(t, OP_if_end); return true;
    case GENOP_raise: EMIT(t, OP_raise, emit_source(t, &a[0]), emit_source(t, &a[1])); return true;
    case GENOP_raw_raise: EMIT0(t, OP_raw_raise); return true;
    case GENOP_build_stacktrace: EMIT0(t, OP_build_stacktrace); return true;
    default: return false;
    }
}

bool transform_control(Transform *t, const GenOp *op, const GenArg *a) {
    if (transform_calls(t, op, a) || transform_frames(t, op, a) || transform_exceptions(t, op, a) ||
        transform_messages(t, op, a))
        return true;
    switch (op->op) {
    case GENOP_jump: EMIT(t, OP_jump, op_label((uint64_t)a[0].value)); return true;
    case GENOP_select_val:
    case GENOP_select_tuple_arity: select_op(t, op, a); return true;
    // Hints of old compilers for the mailbox, and marks for tools: nothing to do.
    case GENOP_recv_mark:
    case GENOP_recv_set:
    case GENOP_on_load:
    case GENOP_nif_start:
    case GENOP_executable_line:
    case GENOP_debug_line:
    case GENOP_int_code_end: return true;
    default: return false;
    }
}
