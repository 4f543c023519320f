// SPDX-License-Identifier: Apache-2.0
// Refuses code that would be unsafe to run.
//
// The idea: each function is walked with what is known of every register (verify_int.h) instead of
// values. Where ways meet, what is known on all of them is kept; a label whose knowledge has shrunk
// is walked again, until nothing changes. Whatever the operands are at run time, code that passes
//   - reads only registers that are defined, and Y registers of its own stack frame;
//   - shows the garbage collector only such registers;
//   - writes only where heap was reserved, only into tuples that nobody else knows;
//   - keeps its stack frame and its catches in order, returns with neither;
//   - jumps within its function, calls functions with their number of arguments, never runs on into
//     the next function, has no loop without a call;
//   - hands match contexts to matching instructions and to functions of its module only.
//
// What it does not prove, because compilers rely on knowledge that the file does not hold (types of
// arguments, of results, of elements), the engine checks when it runs, where BEAM_OP_CHECK is set,
// with an instruction in front (engine/ops/check.ops) that raises badarg:
//   - get_list, get_hd, get_tl: that the source is a cons;
//   - get_tuple_element, set_tuple_element: that it is a tuple with such an element;
//   - test_arity, select_tuple_arity: that it is a tuple;
//   - update_record: that it is a tuple of that size;
//   - get_map_elements, has_map_fields, put_map_assoc, put_map_exact: that it is a map;
//   - fmove to a float register: that it is a float;
//   - what takes from a match context: that it is one;
//   - bs_start_match4 no_fail: a bit string or context; resume: a context;
//   - allocate, allocate_heap: it has to set all Y registers to nil, as the zeroing forms do.
// Always, for nothing is known of them:
//   - bs_set_position: that the position is a small integer within the context's bits;
//   - bs_put_*: that they stay within the bit string that is being built;
//   - sizes of segments; bs_save2, bs_restore2: that there is such a slot;
//   - try_case: that an exception has led here (code behind a call that never returns may run into
//     it);
//   - raw_raise, raise, build_stacktrace: that the trace is one;
//   - wait_timeout, woken and executed again while its timer runs: it must not look at the time;
//   - call_fun, call_fun2, apply: that it is a fun, are atoms; recv_marker_*: anything may stand
//     there;
//   - a call with BEAM_OP_NO_RETURN is followed by code that stops the process;
//   - bif, gc_bif: that the builtin is one for guards (transform_arith.c);
//   - arguments of func_info may be match contexts: they are to be turned into bit strings;
//   - a catch is found by looking from y0 upwards, frame by frame.
// loop_rec may collect: no X register survives it.
#include "code/verify_int.h"

enum {
    // Walking a function again and again ends by itself; this bounds how long hostile code takes.
    STEPS_PER_INSTRUCTION = 64,
    STEPS_MIN = 100000,
};

bool make_room(Verifier *v, void **array, uint32_t *cap, uint32_t count, size_t each) {
    if (count <= *cap) return true;
    uint32_t grown = MAX(*cap * 2, count);
    void *p = mem_realloc(v->mem, *array, *cap * each, grown * each);
    if (p == NULL) return beam_fail(v->err, "out of memory");
    memset((char *)p + *cap * each, 0, (grown - *cap) * each);
    *array = p;
    *cap = grown;
    return true;
}

// --- one function --------------------------------------------------------------------------------
static void count_registers(Verifier *v) {
    const BeamRegisters *used = &v->fn->registers;
    uint32_t x = MAX(MAX(v->fn->arity, 4u), used->x), y = used->y;
    v->x_count = x;
    v->y_count = y;
    v->fr_words = (used->fr + 63) / 64;
    size_t vals = ALIGN_UP((size_t)x + y, 2);
    v->state_bytes =
        ALIGN_UP(sizeof(State) + vals * sizeof(Val) + v->fr_words * sizeof(uint64_t), 8);
}
_Static_assert(offsetof(State, v) % 8 == 0 && 2 * sizeof(Val) % 8 == 0, "state_fr is aligned");

// The table of ids: at most half full with all registers.
static bool make_merge_slots(Verifier *v) {
    uint32_t want = 64;
    while (want < 2 * (v->x_count + v->y_count)) want *= 2;
    uint32_t cap = v->merge_mask == 0 ? 0 : v->merge_mask + 1;
    if (!make_room(v, (void **)&v->merge_slots, &cap, want, sizeof(MergeSlot))) return false;
    if (cap != v->merge_mask + 1) {
        memset(v->merge_slots, 0, cap * sizeof(MergeSlot));
        v->merge_mask = cap - 1;
    }
    return true;
}

// Arguments may be anything, and match contexts where a caller in this module passes one.
static bool enter(Verifier *v) {
    const FunctionNotes *notes = &v->functions[v->fn_index];
    State *s = state_new(v);
    v->cur = state_new(v);
    v->tmp = state_new(v);
    v->raised = state_new(v);
    if (s == NULL || v->cur == NULL || v->tmp == NULL || v->raised == NULL) return false;
    known_enter(v);
    for (uint32_t x = 0; x < v->fn->arity; x++) {
        bool ctx = notes->ctx_args[x / 64] >> x % 64 & 1;
        s->v[x] = val_of_kinds(v, ctx ? BEAM_TYPE_ANY : KINDS_TERM);
        if (!ctx && x < v->source_count) s->v[x].origin = (uint8_t)(x + 1);
    }
    s->x_top = v->fn->arity;
    return flow_to(v, v->fn->label, s);
}

// Instructions between which a tuple of setelement stays fresh.
static bool keeps_fresh(unsigned op) {
    return op == GENOP_move || op == GENOP_swap || op == GENOP_set_tuple_element ||
           op == GENOP_get_tuple_element;
}

static ALWAYS_INLINE bool verify_op(Verifier *v, const GenOp *op) {
    const GenArg *o[BEAM_OPERANDS_MAX];
    beam_operands(v->file, op, o);
    VerifyRule *rule = verify_rules[op->op];
    ASSERT(rule != NULL); // every instruction that has a shape has a rule
    State *s = v->cur;
    if (UNLIKELY(s->fresh) && !keeps_fresh(op->op)) end_fresh(v);
    if (UNLIKELY(s->builder) && rule != verify_put) s->builder = false;
    return rule(v, op, o);
}

// From a label to the next, or to where the way ends.
static bool walk_block(Verifier *v, CodeBlock *block) {
    const BeamFile *f = v->file;
    block->dirty = false;
    memcpy(v->cur, block->state, v->state_bytes);
    v->alive = v->y_news = true;
    f->op_flags[block->op] |= BEAM_OP_REACHED;
    for (v->op = block->op + 1;; v->op++) {
        const GenOp *op = &f->ops[v->op];
        if (v->op == v->fn->op_end) {
            v->op--;
            return refuse(v, "the function ends here without a return or jump");
        }
        if (op->op == GENOP_label)
            return flow_to(v, (uint32_t)f->args[op->arg_index].value, v->cur);
        if (v->steps_left-- == 0) return refuse(v, "the function is too complex");
        f->op_flags[v->op] |= BEAM_OP_REACHED;
        if (op->op == GENOP_line) continue;
        if (!verify_op(v, op)) return false;
        if (!v->alive) return true;
    }
}

// --- loops ---------------------------------------------------------------------------------------
// Only calls and waiting for messages give up the processor, so a loop within a function must have
// one. Compilers write no others.
static bool goes_on(const BeamFile *f, uint32_t op) {
    if (f->op_flags[op] & BEAM_OP_NO_RETURN) return false;
    switch (f->ops[op].op) {
    case GENOP_jump:
    case GENOP_select_val:
    case GENOP_select_tuple_arity:
    case GENOP_return:
    case GENOP_call_only:
    case GENOP_call_last:
    case GENOP_call_ext_only:
    case GENOP_call_ext_last:
    case GENOP_apply_last:
    case GENOP_func_info:
    case GENOP_badmatch:
    case GENOP_case_end:
    case GENOP_try_case_end:
    case GENOP_badrecord:
    case GENOP_if_end:
    case GENOP_raise:
    case GENOP_loop_rec_end:
    case GENOP_wait: return false;
    default: return true;
    }
}

// Whether a label it names is reached within the same slice.
static bool jumps(const Verifier *v, unsigned op) {
    return (v->duties[op] & (DUTY_LABEL | DUTY_LABEL_2)) != 0 && (v->duties[op] & DUTY_LATER) == 0;
}

enum { WAY_COUNTED = 1, WAY_DONE = -1 };

static void way(Verifier *v, CodeBlock *to, int change, uint32_t *done) {
    to->ways += (uint32_t)change;
    if (change != WAY_DONE || to->ways != 0) return;
    to->next_done = *done;
    *done = (uint32_t)(to - v->blocks);
}

// All ways out of a block. The handler of a catch counts as reached from where the catch starts,
// which every exception that leads there has passed.
static void ways_out(Verifier *v, const CodeBlock *b, int change, uint32_t *done) {
    const BeamFile *f = v->file;
    uint32_t i = b->op;
    if ((f->op_flags[i] & BEAM_OP_REACHED) == 0) return;
    while (++i < v->fn->op_end && f->ops[i].op != GENOP_label) {
        const GenOp *op = &f->ops[i];
        if ((f->op_flags[i] & BEAM_OP_REACHED) == 0) return;
        const GenArg *arg = &f->args[op->arg_index], *end = arg + op->arg_count;
        for (; arg < end && jumps(v, op->op); arg++)
            if (arg->kind == GEN_LABEL && arg->value != 0)
                way(v, &v->blocks[v->block_of_label[arg->value]], change, done);
    }
    if (i < v->fn->op_end && goes_on(f, i - 1))
        way(v, &v->blocks[v->block_of_label[f->args[f->ops[i].arg_index].value]], change, done);
}

// Takes away blocks that no other leads to, until none is left but those in loops and behind them.
static bool has_no_loop(Verifier *v) {
    const FunctionNotes *notes = &v->functions[v->fn_index];
    if (!notes->jumps_back) return true;
    uint32_t done = UINT32_MAX, start = notes->block_start, left = v->block_end - start;
    for (uint32_t i = start; i < v->block_end; i++) v->blocks[i].ways = 0;
    for (uint32_t i = start; i < v->block_end; i++) ways_out(v, &v->blocks[i], WAY_COUNTED, &done);
    for (uint32_t i = v->block_end; i-- > start;) {
        if (v->blocks[i].ways != 0) continue;
        v->blocks[i].next_done = done;
        done = i;
    }
    for (; done != UINT32_MAX; left--) {
        const CodeBlock *b = &v->blocks[done];
        done = b->next_done;
        ways_out(v, b, WAY_DONE, &done);
    }
    v->op = v->fn->op_entry;
    return left == 0 || refuse(v, "it may loop without a call");
}

static bool walk_function(Verifier *v) {
    const FunctionNotes *notes = &v->functions[v->fn_index];
    v->fn = &v->file->functions[v->fn_index];
    v->op = v->fn->op_entry;
    v->next_id = 0;
    v->block_end = notes->block_end;
    count_registers(v);
    states_free(v);
    for (uint32_t i = notes->block_start; i < v->block_end; i++) v->blocks[i].state = NULL;
    if (!make_merge_slots(v)) return false;
    v->first_again = v->block_end;
    if (!enter(v)) return false;
    while (v->first_again < v->block_end) {
        uint32_t first = v->first_again;
        v->first_again = v->block_end;
        for (uint32_t i = first; i < v->block_end; i++) {
            if (v->blocks[i].dirty && !walk_block(v, &v->blocks[i])) return false;
            // Blocks that are behind this one come anyway.
            if (v->first_again > i && v->first_again < v->block_end) v->first_again = v->block_end;
        }
    }
    return has_no_loop(v);
}

// --- the file ------------------------------------------------------------------------------------
static bool walk_functions(Verifier *v) {
    uint32_t count = v->file->function_count;
    find_no_return(v);
    for (uint32_t i = 0; i < count; i++) v->functions[i].queued = true;
    for (bool again = true; again;) {
        again = false;
        for (v->fn_index = 0; v->fn_index < count; v->fn_index++) {
            if (!v->functions[v->fn_index].queued) continue;
            v->functions[v->fn_index].queued = false;
            again = true;
            if (!walk_function(v)) return false;
        }
    }
    return true;
}

static bool make_tables(Verifier *v) {
    const BeamFile *f = v->file;
    v->block_of_label = mem_alloc(v->mem, ((size_t)f->label_count + 1) * sizeof(uint32_t));
    v->blocks = mem_alloc(v->mem, ((size_t)f->label_count + 1) * sizeof(CodeBlock));
    v->functions = mem_alloc_zero(v->mem, ((size_t)f->function_count + 1) * sizeof(FunctionNotes));
    v->import_kinds = mem_alloc(v->mem, (size_t)f->import_count + 1);
    bool ok = v->block_of_label != NULL && v->blocks != NULL && v->functions != NULL &&
              v->import_kinds != NULL && known_init(v);
    return ok || beam_fail(v->err, "out of memory");
}

static void free_tables(Verifier *v) {
    const BeamFile *f = v->file;
    known_deinit(v);
    mem_free(v->mem, v->block_of_label, ((size_t)f->label_count + 1) * sizeof(uint32_t));
    mem_free(v->mem, v->blocks, ((size_t)f->label_count + 1) * sizeof(CodeBlock));
    mem_free(v->mem, v->functions, ((size_t)f->function_count + 1) * sizeof(FunctionNotes));
    mem_free(v->mem, v->import_kinds, (size_t)f->import_count + 1);
    if (v->merge_slots != NULL)
        mem_free(v->mem, v->merge_slots, ((size_t)v->merge_mask + 1) * sizeof(MergeSlot));
}

bool beam_verify(BeamFile *file, BeamError *err) {
    Verifier v = {.file = file, .err = err, .mem = file->mem};
    v.steps_left = (uint64_t)file->op_count * STEPS_PER_INSTRUCTION + STEPS_MIN;
    file->op_flags = beam_alloc(file, err, file->op_count, 1);
    if (file->op_flags == NULL) return false;
    bool ok = make_tables(&v);
    if (ok) {
        set_duties(&v);
        find_imports(&v);
        ok = verify_shapes(&v) && walk_functions(&v);
        if (ok) known_settle(&v);
    }
    states_free(&v); // all but one
    states_end(&v);
    free_tables(&v);
    return ok;
}
