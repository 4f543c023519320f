// SPDX-License-Identifier: Apache-2.0
// Arithmetic beyond small integers: floats, big integers, errors.
#include "engine/engine_int.h"

#include <math.h>

static bool to_double(Term t, double *d) {
    if (term_is_small(t)) {
        *d = (double)term_small_value(t);
        return true;
    }
    if (term_is_float(t)) {
        *d = term_float_value(t);
        return true;
    }
    return term_is_big(t) && integer_to_double(t, d);
}

static Term float_result_gc(Process *p, double d) {
    if (!isfinite(d)) return bif_badarith(p);
    if (float_is_immediate(float_bits(d))) return term_float_immediate(float_bits(d));
    Hp hp;
    if (!process_reserve_gc(p, FLOAT_WORDS, &hp)) return TERM_NONE;
    Term t = hp_float(&hp, d);
    process_commit(p, &hp);
    return t;
}

static Term float_arith_gc(Process *p, IntegerOp op, Term a, Term b) {
    double da, db;
    if (!to_double(a, &da) || !to_double(b, &db)) return bif_badarith(p);
    switch (op) {
    case INTEGER_ADD: return float_result_gc(p, da + db);
    case INTEGER_SUB: return float_result_gc(p, da - db);
    case INTEGER_MUL: return float_result_gc(p, da * db);
    default: return bif_badarith(p);
    }
}

static Term integer_arith_gc(Process *p, IntegerOp op, Term *args) {
    if ((op == INTEGER_DIV || op == INTEGER_REM) && args[1] == term_small(0))
        return bif_badarith(p);
    size_t words = integer_op_words(op, args[0], args[1]);
    if (words == SIZE_MAX) return bif_system_limit(p);
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term result = integer_op(&p->vm->mem, &hp, op, args[0], args[1]);
    process_commit(p, &hp);
    bif_charge(p, integer_op_cost(op, args[0], args[1]));
    return result;
}

Term engine_arith_gc(Process *p, IntegerOp op) {
    Term *args = p->regs->bif_args;
    Term a = args[0], b = args[1];
    p->regs->bif_arg_count = 2;
    Term result;
    if (term_is_integer(a) && term_is_integer(b))
        result = integer_arith_gc(p, op, args);
    else if (term_is_number(a) && term_is_number(b))
        result = float_arith_gc(p, op, a, b);
    else
        result = bif_badarith(p);
    if (LIKELY(result != TERM_NONE)) p->regs->bif_arg_count = 0;
    return result;
}

void engine_arith_failed(Process *p, IntegerOp op) {
    if (!p->regs->slow.bare)
        engine_bif_failed(p, p->vm->engine->arith_exports[op], p->regs->bif_args);
}
