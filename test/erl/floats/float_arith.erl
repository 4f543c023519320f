%% Float arithmetic: IEEE results, mixing with integers, signed zero, and no
%% infinities ever; typed code uses the float registers.
-module(float_arith).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
ops(A, B) -> [t(fun() -> A + B end), t(fun() -> A - B end), t(fun() -> A * B end), t(fun() -> A / B end)].

simple() -> [ops(id(A), id(B)) || {A, B} <- [{1.5, 0.5}, {-1.5, 0.5}, {0.1, 0.2}, {1.0, 3.0}]].
float_and_small() -> [ops(id(A), id(B)) || {A, B} <- [{1.5, 2}, {2, 1.5}, {0.1, 3}, {-7, 0.5}]].
float_and_big() -> [ops(id(A), id(B)) || {A, B} <- [{1.5, 1 bsl 64}, {1 bsl 64, 1.5}, {-0.5, -(1 bsl 100)}]].
ints_divided() -> [id(A) / id(B) || {A, B} <- [{1, 2}, {1, 3}, {-7, 2}, {0, 5}, {0, -5}, {1 bsl 64, 3}, {3, 1 bsl 64}, {(1 bsl 60) + 1, 1}]].
signed_zero_add() -> [A + B || A <- [id(0.0), -0.0], B <- [id(0.0), -0.0]].
signed_zero_sub() -> [A - B || A <- [id(0.0), -0.0], B <- [id(0.0), -0.0]].
signed_zero_mul() -> [A * B || A <- [id(0.0), -0.0, 1.0, -1.0], B <- [id(0.0), -0.0]].
signed_zero_div() -> [A / B || A <- [id(0.0), -0.0], B <- [id(1.0), -1.0]].
zero_int_with_negative_zero() -> [id(0) + id(-0.0), id(-0.0) + id(0), id(0) * id(-0.0), id(0) - id(0.0), id(-0.0) * 1, id(-0.0) - 0].
negate_zero() -> [-id(0.0), -id(-0.0), 0 - id(0.0), 0.0 - id(0.0), -1 * id(0.0)].
division_by_zero() -> [t(fun() -> id(A) / id(B) end) || A <- [1.0, 0.0, -1.0, 1], B <- [0.0, -0.0, 0]].
overflow_to_badarith() -> ops(id(1.7976931348623157e308), id(1.7976931348623157e308)) ++ ops(id(1.0e308), id(1.0e-10)).
overflow_negative() -> ops(id(-1.7976931348623157e308), id(1.7976931348623157e308)).
largest_plus_tiny_stays() -> M = id(1.7976931348623157e308), [M + 1.0 =:= M, M + 1.0e291 =:= M, t(fun() -> M + 1.0e292 end)].
underflow_to_denormal() -> [id(2.2250738585072014e-308) / 2, id(5.0e-324) / 2, id(-5.0e-324) / 2, id(5.0e-324) * 0.5, id(1.0e-160) * id(1.0e-160)].
rounding_to_even() -> [id(9007199254740992.0) + 1, id(9007199254740992.0) + 2, id(9007199254740992.0) + 3, id(9007199254740994.0) + 1].
absorption() -> [id(1.0e16) + 1.0 - 1.0e16, id(1.0e15) + 1.0 - 1.0e15, id(1.0e20) + 1 - 1.0e20].
not_associative() -> [(id(0.1) + 0.2) + 0.3, id(0.1) + (id(0.2) + 0.3), (id(1.0e20) + -1.0e20) + 1.0, id(1.0e20) + (id(-1.0e20) + 1.0)].
sum_of_ten_tenths() -> lists:sum(lists:duplicate(10, id(0.1))).
kahan_sum() -> kahan(lists:duplicate(1000, 0.1), 0.0, 0.0).
kahan([], S, _) -> S;
kahan([X | T], S, C) -> Y = X - C, T1 = S + Y, kahan(T, T1, (T1 - S) - Y).
harmonic_numbers() -> [harm(N, 0.0) || N <- [10, 100, 1000, 10000]].
harm(0, A) -> A;
harm(N, A) -> harm(N - 1, A + 1 / N).
newton_sqrt_of_two() -> newton(id(1.0), 8).
newton(X, 0) -> X;
newton(X, N) -> newton((X + 2 / X) / 2, N - 1).
machine_epsilon() -> eps(id(1.0)).
eps(E) when 1.0 + E / 2 =:= 1.0 -> E;
eps(E) -> eps(E / 2).
smallest_positive_by_halving() -> tiny(id(1.0)).
tiny(X) when X / 2 == 0.0 -> X;
tiny(X) -> tiny(X / 2).
largest_by_doubling() -> double(id(1.0)).
double(X) -> try double2(X * 2) catch error:badarith -> X end.
double2(X) -> double(X).
typed_polynomial() -> [poly(X) || X <- [0.0, 1.0, -1.5, 1.0e100, 2]].
poly(X) when is_float(X) -> try ((X * 2.0 - 3.0) * X + 4.0) * X - 5.0 catch error:badarith -> overflow end;
poly(X) -> {not_float, X}.
typed_mix_int_and_float() -> [mix(X, Y) || X <- [1.5, -2.5], Y <- [2, -3, 1 bsl 60]].
mix(X, Y) when is_float(X), is_integer(Y) -> {X + Y, X - Y, X * Y, X / Y, Y / X, Y - X}.
typed_negate() -> [neg(X) || X <- [1.5, 0.0, -0.0, -1.0e300]].
neg(X) when is_float(X) -> {-X, 0.0 - X, -(X * 1.0)}.
float_conversion_then_ops() -> [begin F = float(id(N)), (F + 1.0) * 2.0 - F / 4.0 end || N <- [0, 1, -1, 1 bsl 59, 1 bsl 64]].
long_float_expression() -> expr(id(1.25), id(2.5), id(-3.75), id(4)).
expr(A, B, C, D) -> (A + B) * (C - D) / (A * C + B * D) - (A - B) * (C + D) + A * B * C * D.
expression_failing_inside() -> [t(fun() -> expr(id(0.0), id(0.0), id(0.0), id(0)) end), t(fun() -> expr(id(1.0e200), id(1.0e200), id(1.0e200), 1) end), t(fun() -> expr(1.0, a, 1.0, 1.0) end)].
pi_by_leibniz() -> leib(0, 1000, 0.0).
leib(N, N, A) -> 4.0 * A;
leib(I, N, A) when I band 1 =:= 0 -> leib(I + 1, N, A + 1.0 / (2 * I + 1));
leib(I, N, A) -> leib(I + 1, N, A - 1.0 / (2 * I + 1)).
mandelbrot_escape_counts() -> [mandel(X, Y, 0.0, 0.0, 0) || {X, Y} <- [{0.0, 0.0}, {1.0, 1.0}, {-0.75, 0.1}, {0.3, 0.5}, {-2.0, 0.0}, {0.25, 0.0}]].
mandel(_, _, _, _, 200) -> 200;
mandel(_, _, X, Y, N) when X * X + Y * Y > 4.0 -> N;
mandel(CX, CY, X, Y, N) -> mandel(CX, CY, X * X - Y * Y + CX, 2.0 * X * Y + CY, N + 1).
logistic_map_chaos() -> logi(id(0.4), 100).
logi(X, 0) -> X;
logi(X, N) -> logi(3.9 * X * (1.0 - X), N - 1).
float_bits() -> [begin <<N:64>> = <<(id(F)):64/float>>, integer_to_list(N, 16) end || F <- [0.0, -0.0, 1.0, -2.0, 0.1, 5.0e-324, 1.7976931348623157e308]].
floats_in_containers() -> [{X, [X], #{X => X}, <<X/float>>} || X <- [id(1.5), -0.0]].
no_nan_from_bits() -> [t(fun() -> <<F/float>> = <<(id(B)):64>>, F end) || B <- [16#7ff0000000000000, 16#fff0000000000000, 16#7ff8000000000000, 16#7fefffffffffffff]].
