%% round, trunc, floor and ceil, float/1, and what becomes of values too large
%% for a small integer.
-module(float_round).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
all(X) -> {round(X), trunc(X), floor(X), ceil(X)}.

halves() -> [all(id(X)) || X <- [0.5, 1.5, 2.5, -0.5, -1.5, -2.5]].
below_and_above_half() -> [all(id(X)) || X <- [0.49999999999999994, 0.5000000000000001, -0.49999999999999994, -0.5000000000000001]].
whole_numbers() -> [all(id(X)) || X <- [0.0, -0.0, 1.0, -1.0, 100.0, -100.0]].
fractions() -> [all(id(X)) || X <- [0.1, 0.9, -0.1, -0.9, 3.7, -3.7, 3.2, -3.2]].
tiny() -> [all(id(X)) || X <- [5.0e-324, -5.0e-324, 1.0e-300, -1.0e-300]].
around_2_52() -> [all(id(X)) || X <- [4503599627370495.5, 4503599627370496.0, 4503599627370497.0, -4503599627370495.5, 2251799813685249.5, 2251799813685248.5]].
around_2_53() -> [all(id(X)) || X <- [9007199254740991.0, 9007199254740992.0, 9007199254740994.0, -9007199254740991.0]].
around_2_59() -> [all(id(X)) || X <- [576460752303423424.0, 576460752303423488.0, 576460752303423616.0, -576460752303423488.0, -576460752303423616.0]].
around_2_63() -> [all(id(X)) || X <- [9223372036854774784.0, 9223372036854775808.0, 9223372036854777856.0, -9223372036854775808.0, -9223372036854777856.0]].
around_2_64() -> [all(id(X)) || X <- [18446744073709549568.0, 18446744073709551616.0, 18446744073709555712.0, -18446744073709551616.0]].
huge() -> [all(id(X)) || X <- [1.0e22, 1.0e30, -1.0e30]].
largest_float() -> [X =:= (1 bsl 1024) - (1 bsl 971) || X <- tuple_to_list(all(id(1.7976931348623157e308)))].
largest_negative_float() -> [X =:= (1 bsl 971) - (1 bsl 1024) || X <- tuple_to_list(all(id(-1.7976931348623157e308)))].
%% Not 2^59: there the reference gives a big integer that should be a small one.
power_of_two_floats_exact() -> [N || N <- lists:seq(0, 1023), N =/= 59, trunc(math:pow(2, N)) =/= 1 bsl N orelse round(-math:pow(2, N)) =/= -(1 bsl N)].
result_small_is_small() -> [trunc(id(5.7)) =:= 5, round(id(576460752303423424.0)) =:= 576460752303423424].
integers_pass_through() -> [all(id(X)) || X <- [0, -5, 1 bsl 59, 1 bsl 64, -(1 bsl 100)]].
bad_arguments() -> [[t(fun() -> erlang:F(id(X)) end) || F <- [round, trunc, floor, ceil, float]] || X <- [a, "1", [], {}, <<1.0/float>>]].
in_guards() -> [g(X) || X <- [1.5, -1.5, 0.4, 2, a, 1 bsl 64]].
g(X) when trunc(X) =:= 1 -> trunc1;
g(X) when round(X) =:= -2 -> roundm2;
g(X) when ceil(X) =:= 1 -> ceil1;
g(X) when floor(X) =:= 2 -> floor2;
g(_) -> none.
float_of_integers() -> [float(id(X)) || X <- [0, 1, -1, (1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59), 1 bsl 64]].
float_rounds_to_even_2_53() -> [float(id((1 bsl 53) + D)) || D <- [-1, 0, 1, 2, 3, 4, 5, 6, 7]].
float_rounds_small_above_2_53() -> [trunc(float(id((1 bsl 58) + D))) - (1 bsl 58) || D <- [0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49]].
float_rounds_big() -> [trunc(float(id((1 bsl 70) + D))) - (1 bsl 70) || D <- [0, 1, 1 bsl 16, 1 bsl 17, (1 bsl 17) + 1, (1 bsl 18) - 1, 1 bsl 18, 3 bsl 17]].
float_rounds_long_big() -> [erlang:phash2(trunc(float(id((1 bsl 200) + D)))) || D <- [0, 1, 1 bsl 147, (1 bsl 147) + 1, (1 bsl 148) - 1, 3 bsl 147, (1 bsl 147) - 1]].
float_of_long_big_sticky_bits() -> [trunc(float(id((1 bsl 200) + D))) =:= 1 bsl 200 || D <- [0, 1, 1 bsl 147, (1 bsl 147) + 1]].
float_largest_integer() -> [float(id((1 bsl 1024) - (1 bsl 971))), float(id((1 bsl 971) - (1 bsl 1024)))].
float_integer_at_overflow() -> [t(fun() -> float(id((1 bsl 1024) - (1 bsl D))) end) || D <- [970, 969, 971]].
float_of_float() -> [float(id(X)) || X <- [0.0, -0.0, 1.5, -1.0e300]].
trunc_float_round_trip() -> [X || X <- [0, 1, -1, 1 bsl 52, 1 bsl 53, -(1 bsl 53), 3 bsl 57, 5 bsl 61, -(7 bsl 90)], trunc(float(X)) =/= X].
floor_ceil_identity() -> [X || X <- [0.1, -0.1, 1.0e15 + 0.3, -2.5, 123456.789, -4503599627370494.5], floor(X) =/= -ceil(-X)].
trunc_then_arithmetic() -> [begin I = trunc(id(X)), {I + 1, I * 2, I - 1, -I, I band 255} end || X <- [5.9, -5.9, 576460752303423360.0, 1.0e19]].
typed_float_round() -> [tr(X) || X <- [1.5, 2.5, -1.5, 1.0e20]] ++ [tr(1)].
tr(X) when is_float(X) -> {round(X), trunc(X), X + 0.5};
tr(_) -> not_float.
floats_equal_their_integers() -> [{trunc(X) == X, trunc(X) =:= X, round(X) == X} || X <- [id(0.0), 1.0, 1.5, 1.0e22, -1.0e15]].
round_big_odd_halves() -> [round(id(N + 0.5)) || N <- [0, 1, 2, 3, 1 bsl 40, (1 bsl 40) + 1, 1 bsl 51]].
