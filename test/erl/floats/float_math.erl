%% The math module at values where the result is exact or fixed by the standard,
%% and the errors outside of each function's domain.
-module(float_math).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
m(F, Vs) -> [t(fun() -> math:F(id(V)) end) || V <- Vs].
m2(F, Ps) -> [t(fun() -> math:F(id(A), id(B)) end) || {A, B} <- Ps].

sqrt_exact() -> m(sqrt, [0, 0.0, -0.0, 1, 4, 2.25, 1.0e100, 1 bsl 64, 1 bsl 100]).
sqrt_correctly_rounded() -> m(sqrt, [2, 3, 5, 0.5, 1.0e-300, 1.7976931348623157e308, 5.0e-324]).
sqrt_domain() -> m(sqrt, [-1, -1.0e-300, -5.0e-324, a, "4"]).
pow_exact() -> m2(pow, [{2, 10}, {2, -1}, {2, 0.5}, {10, 3}, {-2, 3}, {-2, 2}, {0, 0}, {0.0, 5}, {4, 0.5}, {1, 1.0e300}]).
pow_zero_base() -> m2(pow, [{0, 1}, {0, 0.5}, {0.0, -1}, {-0.0, 3}, {-0.0, 2}, {0, -2.5}]).
pow_negative_base() -> m2(pow, [{-8, 1 / 3}, {-1, 0.5}, {-1, 1.0e300}, {-2, -2}, {-2.0, -3.0}]).
pow_overflow() -> m2(pow, [{10, 308}, {10, 309}, {2, 1023}, {2, 1024}, {-2, 1025}, {10, -400}, {2, -1074}, {2, -1075}]).
pow_bad_arguments() -> m2(pow, [{a, 1}, {1, a}, {"2", 2}, {[], []}, {1 bsl 1024, 1}, {2, 1 bsl 1024}]).
log_exact() -> m(log, [1, 1.0]).
log_domain() -> m(log, [0, 0.0, -0.0, -1, -1.0, a, 1 bsl 1024]).
log2_exact() -> m(log2, [1, 2, 4, 1024, 0.5, 0.25, 1 bsl 60, 1 bsl 100, 5.0e-324]).
log2_domain() -> m(log2, [0, -1, 0.0, a]).
log10_exact() -> m(log10, [1, 10, 100, 1000, 1.0e10, 1.0e22]).
log10_domain() -> m(log10, [0, -1, 0.0, a]).
exp_exact() -> m(exp, [0, 0.0, -0.0]).
exp_overflow() -> m(exp, [710, 1000, 1.0e300, -1000, -1.0e300, a]).
sin_cos_tan_at_zero() -> [m(F, [0, 0.0, -0.0]) || F <- [sin, cos, tan, asin, atan, sinh, cosh, tanh, asinh, atanh]].
asin_acos_domain() -> [m(F, [1.5, -1.5, 2, a]) || F <- [asin, acos]].
acos_exact() -> m(acos, [1, 1.0]).
acosh_domain() -> m(acosh, [1, 0, 0.5, -1, a]).
atanh_domain() -> m(atanh, [0, 2, -2, a]).
atanh_at_one() -> m(atanh, [1, -1, 1.0]).
cosh_sinh_overflow() -> [m(F, [1000, -1000, 1.0e300]) || F <- [cosh, sinh]].
tanh_saturates() -> m(tanh, [100, -100, 1.0e300]).
atan_huge() -> m(atan, [1.0e300, -1.0e300, 1 bsl 100]).
atan2_axes() -> m2(atan2, [{0, 1}, {0.0, 1.0}, {-0.0, 1}, {0, -1}, {-0.0, -1.0}, {1, 0}, {-1, 0}, {0, 0}, {0.0, -0.0}, {-0.0, -0.0}]).
atan2_bad() -> m2(atan2, [{a, 1}, {1, a}, {[], 1}]).
erf_zero_and_large() -> [m(erf, [0, 0.0, 10, -10]), m(erfc, [0, 0.0, 10, -10, 100])].
floor_gives_float() -> m(floor, [0, 1, 1.5, -1.5, -0.5, 0.5, -0.0, 1.0e300, 1 bsl 64, a]).
ceil_gives_float() -> m(ceil, [0, 1, 1.5, -1.5, -0.5, 0.5, -0.0, 1.0e300, 1 bsl 64, a]).
fmod_signs() -> m2(fmod, [{7, 3}, {-7, 3}, {7, -3}, {-7, -3}, {7.5, 2}, {-7.5, 2.0}, {0, 5}, {-0.0, 5}]).
fmod_by_zero() -> m2(fmod, [{1, 0}, {1.0, 0.0}, {0, 0}, {1, a}]).
fmod_exact_huge() -> m2(fmod, [{1.0e300, 7}, {1.0e22, 10}, {5.0e-324, 1.0}, {1, 1.0e300}]).
pi_value() -> [math:pi(), math:pi() =:= 3.141592653589793].
huge_integer_is_badarith() -> [t(fun() -> math:F(id(1 bsl 1024)) end) || F <- [sin, cos, sqrt, log, exp, floor, ceil, log2, log10, atan]].
undefined_functions() -> [t(fun() -> math:F(1) end) || F <- [id(tau), id(cbrt)]].
wrong_arity() -> [t(fun() -> apply(math, sqrt, id(As)) end) || As <- [[], [1, 2]]].
through_apply() -> [apply(math, sqrt, [id(9)]), apply(math, pow, [id(2), 8]), (fun math:floor/1)(id(2.7))].
hypotenuses() -> [math:sqrt(id(A) * A + B * B) || {A, B} <- [{3, 4}, {5, 12}, {8, 15}, {20, 21}]].
