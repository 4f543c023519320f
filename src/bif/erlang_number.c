// SPDX-License-Identifier: Apache-2.0
// Numbers: the operators of module erlang as functions, rounding, and what they have in common.
// The engine does the operators itself where it meets them as instructions; these are for apply,
// funs and guards that call them by name.
#include "bif/bif_int.h"
#include "term/integer.h"

#include <math.h>

// Any number as a double. false: no number, or an integer that is too large.
static bool to_double(Term t, double *d) {
    if (term_is_float(t)) {
        *d = term_float_value(t);
        return true;
    }
    return term_is_integer(t) && integer_to_double(t, d);
}

// A float, or badarith if the operation went beyond the finite ones.
static Term float_result_gc(Process *p, double d) {
    if (!isfinite(d)) return bif_badarith(p);
    Hp hp;
    if (!process_reserve_gc(p, FLOAT_WORDS, &hp)) return TERM_NONE;
    Term t = hp_float(&hp, d);
    process_commit(p, &hp);
    return t;
}

static Term integer_result_gc(Process *p, double d) {
    Hp hp;
    if (!process_reserve_gc(p, integer_from_double_words(d), &hp)) return TERM_NONE;
    Term t = integer_from_double(&hp, d);
    process_commit(p, &hp);
    return t;
}

// --- two operands --------------------------------------------------------------------------------
static Term integer_binary_gc(Process *p, IntegerOp op, Term *a) {
    if (!term_is_integer(a[0]) || !term_is_integer(a[1])) return bif_badarith(p);
    if ((op == INTEGER_DIV || op == INTEGER_REM) && a[1] == term_small(0)) return bif_badarith(p);
    size_t words = integer_op_words(op, a[0], a[1]);
    if (words == SIZE_MAX) return bif_system_limit(p);
    bif_charge(p, integer_op_cost(op, a[0], a[1]));
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term t = integer_op(&p->vm->mem, &hp, op, a[0], a[1]);
    process_commit(p, &hp);
    return t;
}

// + - *: of two integers an integer, else a float.
static Term number_binary_gc(Process *p, IntegerOp op, Term *a) {
    if (term_is_integer(a[0]) && term_is_integer(a[1])) return integer_binary_gc(p, op, a);
    double x, y;
    if (!to_double(a[0], &x) || !to_double(a[1], &y)) return bif_badarith(p);
    switch (op) {
    case INTEGER_ADD: return float_result_gc(p, x + y);
    case INTEGER_SUB: return float_result_gc(p, x - y);
    default: return float_result_gc(p, x * y);
    }
}

BIF(erlang_add_2, "erlang", "+", "A, B", BIF_GUARD, "A + B.") {
    return number_binary_gc(p, INTEGER_ADD, a);
}
BIF(erlang_sub_2, "erlang", "-", "A, B", BIF_GUARD, "A - B.") {
    return number_binary_gc(p, INTEGER_SUB, a);
}
BIF(erlang_mul_2, "erlang", "*", "A, B", BIF_GUARD, "A * B.") {
    return number_binary_gc(p, INTEGER_MUL, a);
}
BIF(erlang_divide_2, "erlang", "/", "A, B", BIF_GUARD, "A / B as a float.") {
    double x, y;
    if (!to_double(a[0], &x) || !to_double(a[1], &y) || y == 0) return bif_badarith(p);
    return float_result_gc(p, x / y);
}
BIF(erlang_div_2, "erlang", "div", "A, B", BIF_GUARD, "The whole part of A / B.") {
    return integer_binary_gc(p, INTEGER_DIV, a);
}
BIF(erlang_rem_2, "erlang", "rem", "A, B", BIF_GUARD, "What A div B leaves, with the sign of A.") {
    return integer_binary_gc(p, INTEGER_REM, a);
}
BIF(erlang_band_2, "erlang", "band", "A, B", BIF_GUARD, "The bits that A and B both have.") {
    return integer_binary_gc(p, INTEGER_BAND, a);
}
BIF(erlang_bor_2, "erlang", "bor", "A, B", BIF_GUARD, "The bits that A or B has.") {
    return integer_binary_gc(p, INTEGER_BOR, a);
}
BIF(erlang_bxor_2, "erlang", "bxor", "A, B", BIF_GUARD, "The bits that either A or B has.") {
    return integer_binary_gc(p, INTEGER_BXOR, a);
}
BIF(erlang_bsl_2, "erlang", "bsl", "A, Count", BIF_GUARD, "A shifted left by Count bits.") {
    return integer_binary_gc(p, INTEGER_BSL, a);
}
BIF(erlang_bsr_2, "erlang", "bsr", "A, Count", BIF_GUARD,
    "A shifted right by Count bits, rounding down.") {
    return integer_binary_gc(p, INTEGER_BSR, a);
}

// --- one operand ---------------------------------------------------------------------------------
static Term negate_gc(Process *p, Term *a) {
    Hp hp;
    if (!process_reserve_gc(p, integer_words(a[0]) + INT64_WORDS, &hp)) return TERM_NONE;
    Term t = integer_neg(&hp, a[0]);
    process_commit(p, &hp);
    return t;
}

BIF(erlang_plus_1, "erlang", "+", "A", BIF_GUARD, "A, which must be a number.") {
    return term_is_number(a[0]) ? a[0] : bif_badarith(p);
}
BIF(erlang_minus_1, "erlang", "-", "A", BIF_GUARD, "A with the other sign.") {
    if (term_is_float(a[0])) return float_result_gc(p, -term_float_value(a[0]));
    return term_is_integer(a[0]) ? negate_gc(p, a) : bif_badarith(p);
}
BIF(erlang_bnot_1, "erlang", "bnot", "A", BIF_GUARD, "All bits of A turned.") {
    if (!term_is_integer(a[0])) return bif_badarith(p);
    size_t words = integer_bnot_words(a[0]);
    if (words == SIZE_MAX) return bif_system_limit(p);
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term t = integer_bnot(&hp, a[0]);
    process_commit(p, &hp);
    return t;
}

// As on the reference, -0.0 is its own absolute value.
BIF(erlang_abs_1, "erlang", "abs", "Number", BIF_GUARD, "The number without its sign.") {
    if (term_is_float(a[0])) {
        double d = term_float_value(a[0]);
        return d < 0 ? float_result_gc(p, -d) : a[0];
    }
    if (!term_is_integer(a[0])) return bif_badarg(p);
    return integer_is_negative(a[0]) ? negate_gc(p, a) : a[0];
}

BIF(erlang_float_1, "erlang", "float", "Number", BIF_GUARD, "The number as a float.") {
    if (term_is_float(a[0])) return a[0];
    double d;
    return to_double(a[0], &d) ? float_result_gc(p, d) : bif_badarg(p);
}

static Term rounded_gc(Process *p, Term *a, double (*way)(double)) {
    if (term_is_integer(a[0])) return a[0];
    if (!term_is_float(a[0])) return bif_badarg(p);
    return integer_result_gc(p, way(term_float_value(a[0])));
}

BIF(erlang_round_1, "erlang", "round", "Number", BIF_GUARD,
    "The nearest integer, halves away from zero.") {
    return rounded_gc(p, a, round);
}
BIF(erlang_trunc_1, "erlang", "trunc", "Number", BIF_GUARD, "The integer part of the number.") {
    return rounded_gc(p, a, trunc);
}
BIF(erlang_ceil_1, "erlang", "ceil", "Number", BIF_GUARD,
    "The smallest integer not below the number.") {
    return rounded_gc(p, a, ceil);
}
BIF(erlang_floor_1, "erlang", "floor", "Number", BIF_GUARD,
    "The largest integer not above the number.") {
    return rounded_gc(p, a, floor);
}
