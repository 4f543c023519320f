// SPDX-License-Identifier: Apache-2.0
// Module math: libm, with badarg for what is no number and badarith for what is not finite.
#include "bif/bif_int.h"
#include "term/integer.h"

#include <math.h>

// false: an exception is set. An integer that no float can hold is badarith.
static bool math_arg(Process *p, Term t, double *d) {
    if (term_is_float(t)) {
        *d = term_float_value(t);
        return true;
    }
    if (!term_is_integer(t)) {
        bif_badarg(p);
        return false;
    }
    if (integer_to_double(t, d)) return true;
    bif_badarith(p);
    return false;
}

static Term math_result_gc(Process *p, double d) {
    if (!isfinite(d)) return bif_badarith(p);
    Hp hp;
    if (!process_reserve_gc(p, FLOAT_WORDS, &hp)) return TERM_NONE;
    Term t = hp_float(&hp, d);
    process_commit(p, &hp);
    return t;
}

static Term math_1_gc(Process *p, Term *a, double (*f)(double)) {
    double x;
    if (!math_arg(p, a[0], &x)) return TERM_NONE;
    return math_result_gc(p, f(x));
}

static Term math_2_gc(Process *p, Term *a, double (*f)(double, double)) {
    double x, y;
    if (!math_arg(p, a[0], &x) || !math_arg(p, a[1], &y)) return TERM_NONE;
    return math_result_gc(p, f(x, y));
}

BIF(math_acos_1, "math", "acos", "X", 0, "The arc cosine of X, in radians.") {
    return math_1_gc(p, a, acos);
}
BIF(math_acosh_1, "math", "acosh", "X", 0, "The inverse hyperbolic cosine of X.") {
    return math_1_gc(p, a, acosh);
}
BIF(math_asin_1, "math", "asin", "X", 0, "The arc sine of X, in radians.") {
    return math_1_gc(p, a, asin);
}
BIF(math_asinh_1, "math", "asinh", "X", 0, "The inverse hyperbolic sine of X.") {
    return math_1_gc(p, a, asinh);
}
BIF(math_atan_1, "math", "atan", "X", 0, "The arc tangent of X, in radians.") {
    return math_1_gc(p, a, atan);
}
BIF(math_atan2_2, "math", "atan2", "Y, X", 0, "The angle of the point (X, Y), in radians.") {
    return math_2_gc(p, a, atan2);
}
BIF(math_atanh_1, "math", "atanh", "X", 0, "The inverse hyperbolic tangent of X.") {
    return math_1_gc(p, a, atanh);
}
BIF(math_ceil_1, "math", "ceil", "X", 0, "The smallest whole float not below X.") {
    return math_1_gc(p, a, ceil);
}
BIF(math_cos_1, "math", "cos", "X", 0, "The cosine of X radians.") {
    return math_1_gc(p, a, cos);
}
BIF(math_cosh_1, "math", "cosh", "X", 0, "The hyperbolic cosine of X.") {
    return math_1_gc(p, a, cosh);
}
BIF(math_erf_1, "math", "erf", "X", 0, "The error function of X.") {
    return math_1_gc(p, a, erf);
}
BIF(math_erfc_1, "math", "erfc", "X", 0, "1 - erf(X), precise where erf(X) is near 1.") {
    return math_1_gc(p, a, erfc);
}
BIF(math_exp_1, "math", "exp", "X", 0, "e to the power of X.") {
    return math_1_gc(p, a, exp);
}
BIF(math_floor_1, "math", "floor", "X", 0, "The largest whole float not above X.") {
    return math_1_gc(p, a, floor);
}
BIF(math_fmod_2, "math", "fmod", "X, Y", 0, "What X / Y leaves, with the sign of X.") {
    return math_2_gc(p, a, fmod);
}
BIF(math_log_1, "math", "log", "X", 0, "The natural logarithm of X.") {
    return math_1_gc(p, a, log);
}
BIF(math_log10_1, "math", "log10", "X", 0, "The logarithm of X to base 10.") {
    return math_1_gc(p, a, log10);
}
BIF(math_log2_1, "math", "log2", "X", 0, "The logarithm of X to base 2.") {
    return math_1_gc(p, a, log2);
}
BIF(math_pow_2, "math", "pow", "X, N", 0, "X to the power of N.") {
    return math_2_gc(p, a, pow);
}
BIF(math_sin_1, "math", "sin", "X", 0, "The sine of X radians.") {
    return math_1_gc(p, a, sin);
}
BIF(math_sinh_1, "math", "sinh", "X", 0, "The hyperbolic sine of X.") {
    return math_1_gc(p, a, sinh);
}
BIF(math_sqrt_1, "math", "sqrt", "X", 0, "The square root of X.") {
    return math_1_gc(p, a, sqrt);
}
BIF(math_tan_1, "math", "tan", "X", 0, "The tangent of X radians.") {
    return math_1_gc(p, a, tan);
}
BIF(math_tanh_1, "math", "tanh", "X", 0, "The hyperbolic tangent of X.") {
    return math_1_gc(p, a, tanh);
}
