// SPDX-License-Identifier: Apache-2.0
// Terms, type tests and maps: generic to internal. Neighbours that often come together become one
// instruction.
#include "code/emit.h"
#include "code/module_int.h"
#include "term/map.h"

// The next instruction if it is that one and safe as it is: a check would stand between.
static const GenOp *next_is(const Transform *t, unsigned op) {
    if (t->op_at + 1 >= t->file->op_count) return NULL;
    const GenOp *next = &t->file->ops[t->op_at + 1];
    return next->op == op && !gen_checked(t, next) ? next : NULL;
}

static bool same(const GenArg *a, const GenArg *b) {
    return a->kind == b->kind && a->value == b->value;
}
static bool is_register(const GenArg *a) {
    return a->kind == GEN_X || a->kind == GEN_Y;
}
static Operand label_of(const GenArg *a) {
    return op_label((uint64_t)a->value);
}

// --- moves ---------------------------------------------------------------------------------------
static void move(Transform *t, const GenArg *a) {
    const GenOp *next = next_is(t, GENOP_move);
    const GenArg *b = next != NULL ? gen_args(t, next) : NULL;
    if (b != NULL && is_register(&a[0]) && is_register(&b[0])) {
        // A value that is handed on comes from where it was at first.
        const GenArg *second = same(&b[0], &a[1]) ? &a[0] : &b[0];
        EMIT(t, OP_move2, emit_source(t, &a[0]), emit_source(t, &a[1]), emit_source(t, second),
             emit_source(t, &b[1]));
        t->op_at++;
        return;
    }
    EMIT(t, OP_move, emit_source(t, &a[0]), emit_source(t, &a[1]));
}

static void get_tuple_element(Transform *t, const GenArg *a) {
    Operand src = emit_source(t, &a[0]);
    const GenOp *next = next_is(t, GENOP_get_tuple_element);
    const GenArg *b = next != NULL ? gen_args(t, next) : NULL;
    if (b != NULL && same(&a[0], &b[0]) && !same(&a[0], &a[2]) && b[1].value == a[1].value + 1) {
        EMIT(t, OP_get_tuple_element2, src, op_num((uint64_t)a[1].value + 1), emit_source(t, &a[2]),
             emit_source(t, &b[2]));
        t->op_at++;
        return;
    }
    EMIT(t, OP_get_tuple_element, src, op_num((uint64_t)a[1].value + 1), emit_source(t, &a[2]));
}

// Terms that go into one object: of a list, of `put` instructions, or x0...
typedef struct Elements {
    const GenArg *list;
    const GenOp *puts;
    int64_t count;
} Elements;

static Operand element(Transform *t, const Elements *e, int64_t i) {
    if (e->list != NULL) return emit_source(t, &e->list[i]);
    return e->puts != NULL ? emit_source(t, gen_args(t, &e->puts[i])) : op_x((uint32_t)i);
}

// Elements from number `from` on go to the word `at` of the object and those behind it; the last
// ones complete it.
static void put_elements(Transform *t, const Elements *e, int64_t from, uint32_t at, Operand dst) {
    int64_t i = from;
    for (; i + 2 < e->count; i += 2, at += 2)
        EMIT(t, OP_put_words, element(t, e, i), element(t, e, i + 1), op_num(at));
    if (i + 2 == e->count)
        EMIT(t, OP_put_last_words, element(t, e, i), element(t, e, i + 1), op_num(at), dst);
    else
        EMIT(t, OP_put_last_word, element(t, e, i), op_num(at), dst);
}

static void put_tuple(Transform *t, Operand dst, const Elements *e) {
    switch (e->count) {
    case 0: EMIT(t, OP_put_tuple2_0, dst); return;
    case 1: EMIT(t, OP_put_tuple2_1, element(t, e, 0), dst); return;
    case 2: EMIT(t, OP_put_tuple2_2, element(t, e, 0), element(t, e, 1), dst); return;
    default: break;
    }
    EMIT(t, OP_put_tuple_begin, op_word(HEADER(KIND_TUPLE, (uint64_t)e->count)), element(t, e, 0),
         element(t, e, 1));
    put_elements(t, e, 2, 3, dst);
}

// put_tuple Arity Dst followed by `put`s (before OTP 22).
static void put_tuple_old(Transform *t, const GenOp *op, const GenArg *a) {
    Elements e = {NULL, op + 1, a[0].value};
    for (int64_t i = 0; i < e.count; i++) {
        if (next_is(t, GENOP_put) == NULL) {
            emit_refuse(t, "put_tuple without its elements");
            return;
        }
        t->op_at++;
    }
    put_tuple(t, emit_source(t, &a[1]), &e);
}

// make_fun3 Lambda Dst List; make_fun2 Lambda has the result in x0 and takes x0.. as variables.
static void make_fun(Transform *t, const GenOp *op, const GenArg *a) {
    FunEntry *fe = t->m->funs[a[0].value];
    bool old = op->op == GENOP_make_fun2;
    Elements e = {old ? NULL : &a[3], NULL, old ? fe->free_count : a[2].value};
    Operand dst = old ? op_x(0) : emit_source(t, &a[1]);
    if (old)
        EMIT(t, OP_test_heap, op_num(FUN_FIXED_WORDS + (uint64_t)e.count),
             op_num((uint64_t)e.count));
    if (e.count == 0) {
        EMIT(t, OP_make_fun0, op_ptr(fe), dst);
        return;
    }
    EMIT(t, OP_make_fun_begin, op_word(HEADER(KIND_FUN, 1 + (uint64_t)e.count)), op_ptr(fe));
    put_elements(t, &e, 0, FUN_FIXED_WORDS, dst);
}

// update_record Hint Size Src Dst Updates: the hint is for machines that update in place.
static void update_record(Transform *t, const GenArg *a) {
    Operand words = op_num((uint64_t)a[1].value + 1);
    EMIT(t, OP_copy_tuple_begin, emit_source(t, &a[2]), words);
    for (int64_t i = 0; i < a[4].value; i += 2)
        EMIT(t, OP_put_word, emit_source(t, &a[6 + i]), op_num((uint64_t)a[5 + i].value));
    EMIT(t, OP_copy_tuple_end, words, emit_source(t, &a[3]));
}

// What a flagged instruction relies on.
static void check(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_get_list:
    case GENOP_get_hd:
    case GENOP_get_tl: EMIT(t, OP_check_cons, emit_source(t, &a[0])); return;
    case GENOP_get_tuple_element:
        EMIT(t, OP_check_tuple, emit_source(t, &a[0]), op_num((uint64_t)a[1].value + 1));
        return;
    case GENOP_set_tuple_element:
        EMIT(t, OP_check_tuple, emit_source(t, &a[1]), op_num((uint64_t)a[2].value + 1));
        return;
    case GENOP_test_arity: EMIT(t, OP_check_tuple, emit_source(t, &a[1]), op_num(0)); return;
    case GENOP_update_record:
        EMIT(t, OP_check_tuple_of_arity, emit_source(t, &a[2]), op_num((uint64_t)a[1].value));
        return;
    case GENOP_has_map_fields:
    case GENOP_get_map_elements: EMIT(t, OP_check_map, emit_source(t, &a[1])); return;
    default: return; // others look for themselves
    }
}

static bool transform_building(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_move:
    case GENOP_put_literal: move(t, a); return true;
    case GENOP_swap: {
        Operand x = emit_source(t, &a[0]), y = emit_source(t, &a[1]);
        EMIT(t, OP_swap, x, y, x, y);
        return true;
    }
    case GENOP_put_list:
        EMIT(t, OP_put_list, emit_source(t, &a[0]), emit_source(t, &a[1]), emit_source(t, &a[2]));
        return true;
    case GENOP_get_list:
        EMIT(t, OP_get_list, emit_source(t, &a[0]), emit_source(t, &a[1]), emit_source(t, &a[2]));
        return true;
    case GENOP_get_hd:
        EMIT(t, OP_get_hd, emit_source(t, &a[0]), emit_source(t, &a[1]));
        return true;
    case GENOP_get_tl:
        EMIT(t, OP_get_tl, emit_source(t, &a[0]), emit_source(t, &a[1]));
        return true;
    case GENOP_get_tuple_element: get_tuple_element(t, a); return true;
    case GENOP_set_tuple_element:
        EMIT(t, OP_set_tuple_element, emit_source(t, &a[0]), emit_source(t, &a[1]),
             op_num((uint64_t)a[2].value + 1));
        return true;
    case GENOP_put_tuple2:
        put_tuple(t, emit_source(t, &a[0]), &(Elements){&a[2], NULL, a[1].value});
        return true;
    case GENOP_put_tuple: put_tuple_old(t, op, a); return true;
    case GENOP_make_fun2:
    case GENOP_make_fun3: make_fun(t, op, a); return true;
    case GENOP_update_record: update_record(t, a); return true;
    default: return false;
    }
}

// --- type tests ----------------------------------------------------------------------------------
static enum OpId simple_test(unsigned op) {
    switch (op) {
    case GENOP_is_integer: return OP_is_integer;
    case GENOP_is_float: return OP_is_float;
    case GENOP_is_number: return OP_is_number;
    case GENOP_is_atom: return OP_is_atom;
    case GENOP_is_pid: return OP_is_pid;
    case GENOP_is_reference: return OP_is_reference;
    case GENOP_is_port: return OP_is_port;
    case GENOP_is_nil: return OP_is_nil;
    case GENOP_is_binary: return OP_is_binary;
    case GENOP_is_bitstr: return OP_is_bitstr;
    case GENOP_is_list: return OP_is_list;
    case GENOP_is_nonempty_list: return OP_is_nonempty_list;
    case GENOP_is_tuple: return OP_is_tuple;
    case GENOP_is_function: return OP_is_function;
    case GENOP_is_boolean: return OP_is_boolean;
    case GENOP_is_map: return OP_is_map;
    default: return OP_COUNT;
    }
}

static enum OpId comparison(unsigned op) {
    switch (op) {
    case GENOP_is_lt: return OP_is_lt;
    case GENOP_is_ge: return OP_is_ge;
    case GENOP_is_eq: return OP_is_eq;
    case GENOP_is_ne: return OP_is_ne;
    case GENOP_is_eq_exact: return OP_is_eq_exact;
    case GENOP_is_ne_exact: return OP_is_ne_exact;
    default: return OP_COUNT;
    }
}

// is_nonempty_list and get_list of the same register; is_tuple and test_arity.
static bool fused_test(Transform *t, const GenOp *op, const GenArg *a) {
    if (!is_register(&a[1])) return false;
    if (op->op == GENOP_is_nonempty_list) {
        const GenOp *next = next_is(t, GENOP_get_list);
        if (next == NULL || !same(&a[1], gen_args(t, next))) return false;
        const GenArg *b = gen_args(t, next);
        EMIT(t, OP_is_cons_get_list, label_of(&a[0]), emit_source(t, &a[1]), emit_source(t, &b[1]),
             emit_source(t, &b[2]));
        t->op_at++;
        return true;
    }
    if (op->op == GENOP_is_tuple) {
        const GenOp *next = next_is(t, GENOP_test_arity);
        if (next == NULL) return false;
        const GenArg *b = gen_args(t, next);
        if (!same(&a[1], &b[1]) || a[0].value != b[0].value) return false;
        EMIT(t, OP_is_tuple_of_arity, label_of(&a[0]), emit_source(t, &a[1]),
             op_word(HEADER(KIND_TUPLE, (uint64_t)b[2].value)));
        t->op_at++;
        return true;
    }
    return false;
}

static bool is_small(Operand o) {
    return o.kind == 'c' && term_is_small(o.value);
}

// is_lt and is_ge with a small constant on one side.
static bool compare_small(Transform *t, enum OpId op, const GenArg *fail, Operand x, Operand y) {
    if (op != OP_is_lt && op != OP_is_ge) return false;
    if (x.kind != 'c' && is_small(y)) {
        EMIT(t, op == OP_is_lt ? OP_is_lt_small : OP_is_ge_small, label_of(fail), x,
             op_word(y.value));
        return true;
    }
    if (y.kind != 'c' && is_small(x)) {
        EMIT(t, op == OP_is_lt ? OP_is_gt_small : OP_is_le_small, label_of(fail), y,
             op_word(x.value));
        return true;
    }
    return false;
}

static void compare(Transform *t, enum OpId op, const GenArg *a) {
    Operand x = emit_source(t, &a[1]), y = emit_source(t, &a[2]);
    if (compare_small(t, op, &a[0], x, y)) return;
    bool exact = op == OP_is_eq_exact || op == OP_is_ne_exact;
    if (exact && x.kind == 'c' && y.kind != 'c') {
        Operand swap = x;
        x = y;
        y = swap;
    }
    if (exact && x.kind != 'c' && y.kind == 'c' && term_is_immediate(y.value))
        EMIT(t, op == OP_is_eq_exact ? OP_is_eq_exact_immediate : OP_is_ne_exact_immediate,
             label_of(&a[0]), x, y);
    else
        EMIT(t, op, label_of(&a[0]), x, y);
}

static bool transform_tests(Transform *t, const GenOp *op, const GenArg *a) {
    enum OpId test = simple_test(op->op);
    if (test != OP_COUNT) {
        if (!fused_test(t, op, a)) EMIT(t, test, label_of(&a[0]), emit_source(t, &a[1]));
        return true;
    }
    test = comparison(op->op);
    if (test != OP_COUNT) {
        compare(t, test, a);
        return true;
    }
    switch (op->op) {
    case GENOP_test_arity:
        EMIT(t, OP_test_arity, label_of(&a[0]), emit_source(t, &a[1]),
             op_word(HEADER(KIND_TUPLE, (uint64_t)a[2].value)));
        return true;
    case GENOP_is_tagged_tuple:
        EMIT(t, OP_is_tagged_tuple, label_of(&a[0]), emit_source(t, &a[1]),
             op_word(HEADER(KIND_TUPLE, (uint64_t)a[2].value)), emit_source(t, &a[3]));
        return true;
    case GENOP_is_function2:
        EMIT(t, OP_is_function2, label_of(&a[0]), emit_source(t, &a[1]), emit_source(t, &a[2]));
        return true;
    default: return false;
    }
}

// --- maps ----------------------------------------------------------------------------------------
// The label in the first operand of the instruction at `start` is here.
static void here(Transform *t, size_t start) {
    if (!t->failed) t->code[start + OP_HEAD_UNITS] = (uint32_t)(t->count - start);
}

enum { UPDATE_PAIRS_MAX = 8 };

// Before put_map_*: the way that needs no new keys and no C, if it may do. Fills in `jumps`, where
// instructions start that jump to put_map_* or, the last one, behind it, and gives their number.
static size_t update_map(Transform *t, const GenArg *a, int64_t count,
                         size_t jumps[UPDATE_PAIRS_MAX + 2]) {
    if (!is_register(&a[1]) || count == 0 || count > UPDATE_PAIRS_MAX) return 0;
    for (int64_t i = 0; i < count; i++) {
        Operand key = emit_source(t, &a[5 + 2 * i]);
        if (key.kind != 'c' || !term_is_immediate(key.value)) return 0;
    }
    size_t n = 0;
    Operand later = op_label(0);
    EMIT(t, OP_update_map_begin, later, emit_source(t, &a[1]));
    jumps[n++] = t->start;
    for (int64_t i = 0; i < count; i++) {
        EMIT(t, OP_update_map_value, later, op_const(emit_source(t, &a[5 + 2 * i]).value),
             emit_source(t, &a[6 + 2 * i]));
        jumps[n++] = t->start;
    }
    EMIT(t, OP_update_map_end, later, emit_source(t, &a[2]));
    jumps[n++] = t->start;
    return n;
}

// put_map_* Fail Src Dst Live List
static void put_map(Transform *t, enum OpId op, const GenArg *a) {
    int64_t count = a[4].value / 2;
    size_t jumps[UPDATE_PAIRS_MAX + 2], n = update_map(t, a, count, jumps);
    for (size_t i = 0; i + 1 < n; i++) here(t, jumps[i]);
    EMIT(t, op, label_of(&a[0]), emit_source(t, &a[1]), emit_source(t, &a[2]),
         op_num((uint64_t)a[3].value), op_num((uint64_t)count));
    for (int64_t i = 0; i < 2 * count; i++) emit_any(t, emit_source(t, &a[5 + i]));
    if (n > 0) here(t, jumps[n - 1]);
}

// get_map_elements Fail Src List: one after the other, unless one overwrites what a later one
// reads.
static void get_map_elements(Transform *t, const GenArg *a) {
    const GenArg *list = &a[3];
    int64_t count = a[2].value;
    Operand src = emit_source(t, &a[1]);
    bool kept = true;
    for (int64_t i = 1; i + 2 < count; i += 2) kept = kept && !same(&a[1], &list[i]);
    if (!kept) src = emit_scratch(t, src);
    for (int64_t i = 0; i < count; i += 2) {
        Operand key = emit_source(t, &list[i]), dst = emit_source(t, &list[i + 1]);
        if (key.kind == 'c' && term_is_immediate(key.value))
            EMIT(t, OP_get_map_element_immediate, label_of(&a[0]), src, op_const(key.value),
                 op_num(map_hash(t->ct->env, key.value)), dst);
        else
            EMIT(t, OP_get_map_element, label_of(&a[0]), src, key, dst);
    }
}

static bool transform_maps(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_put_map_assoc: put_map(t, OP_put_map_assoc, a); return true;
    case GENOP_put_map_exact: put_map(t, OP_put_map_exact, a); return true;
    case GENOP_has_map_fields:
        for (int64_t i = 0; i < a[2].value; i++)
            EMIT(t, OP_has_map_field, label_of(&a[0]), emit_source(t, &a[1]),
                 emit_source(t, &a[3 + i]));
        return true;
    case GENOP_get_map_elements: get_map_elements(t, a); return true;
    default: return false;
    }
}

bool transform_data(Transform *t, const GenOp *op, const GenArg *a) {
    if (gen_checked(t, op)) check(t, op, a);
    return transform_building(t, op, a) || transform_tests(t, op, a) || transform_maps(t, op, a);
}
