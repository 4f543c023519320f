%% Comparing floats with floats and with integers, exactly, beyond 2^53 too.
-module(float_compare).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
c(A, B) -> {A < B, A =< B, A == B, A =:= B, A >= B, A > B, A /= B, A =/= B}.
all(Ps) -> [c(id(A), id(B)) || {A, B} <- Ps].

float_float() -> all([{1.0, 2.0}, {2.0, 1.0}, {1.5, 1.5}, {-1.0, 1.0}]).
zero_signs() -> all([{0.0, -0.0}, {-0.0, 0.0}, {0.0, 0.0}, {-0.0, -0.0}]).
zero_and_int_zero() -> all([{0.0, 0}, {0, -0.0}, {-0.0, 0}]).
int_float_equal() -> all([{1, 1.0}, {1.0, 1}, {-5, -5.0}]).
int_float_differ() -> all([{1, 1.5}, {1.5, 1}, {2, 1.5}, {-1, -1.5}]).
around_2_53() -> all([{(1 bsl 53) + 1, 9007199254740992.0}, {9007199254740992.0, (1 bsl 53) + 1}, {(1 bsl 53) - 1, 9007199254740992.0}, {1 bsl 53, 9007199254740992.0}]).
around_2_54() -> all([{(1 bsl 54) + D, 18014398509481984.0} || D <- [-1, 0, 1, 2, 3]]).
around_minus_2_53() -> all([{-(1 bsl 53) - 1, -9007199254740992.0}, {-9007199254740992.0, -(1 bsl 53) - 1}, {-(1 bsl 53), -9007199254740992.0}]).
around_2_59() -> all([{(1 bsl 59) + D, 576460752303423488.0} || D <- [-1, 0, 1]]).
around_2_63() -> all([{(1 bsl 63) + D, 9223372036854775808.0} || D <- [-1, 0, 1]]).
around_2_64() -> all([{(1 bsl 64) + D, 18446744073709551616.0} || D <- [-1, 0, 1]]).
around_2_100() -> all([{(1 bsl 100) + D, 1267650600228229401496703205376.0} || D <- [-1, 0, 1]]).
around_minus_2_100() -> all([{-(1 bsl 100) + D, -1267650600228229401496703205376.0} || D <- [-1, 0, 1]]).
integer_too_large_for_float() -> all([{1 bsl 1024, 1.7976931348623157e308}, {1.7976931348623157e308, 1 bsl 1024}, {-(1 bsl 1024), -1.7976931348623157e308}, {1 bsl 5000, 1.0}]).
largest_float_as_integer() -> N = (1 bsl 1024) - (1 bsl 971), all([{N, 1.7976931348623157e308}, {N + 1, 1.7976931348623157e308}, {N - 1, 1.7976931348623157e308}]).
big_with_tiny_float() -> all([{1 bsl 64, 5.0e-324}, {-(1 bsl 64), 5.0e-324}, {1 bsl 64, -1.0e300}]).
small_with_huge_float() -> all([{5, 1.0e300}, {-5, 1.0e300}, {5, -1.0e300}, {(1 bsl 59) - 1, 1.0e18}]).
small_with_fraction_near() -> all([{1 bsl 50, 1125899906842624.25}, {1 bsl 50, 1125899906842623.75}, {-(1 bsl 50), -1125899906842624.25}]).
neighbours() -> all([{1.0, 1.0000000000000002}, {0.1 + 0.2, 0.3}, {5.0e-324, 0.0}, {-5.0e-324, -0.0}]).
sort_mixed_numbers() -> lists:sort([3, 1.0, 2, 1, 2.5, -1, -1.0, 1.0e20, 1 bsl 64, 1 bsl 70, 1.0e22, 0, 0.5]).
sort_is_stable_for_equal() -> [lists:sort([1, 1.0, 1]), lists:sort([1.0, 1, 1.0]), lists:sort([2.0, 2, 1.0, 1])].
usort_keeps_one_of_equal() -> [lists:usort([1, 1.0]), lists:usort([1.0, 1]), lists:usort([2, 1.0, 1, 2.0])].
transitive_near_2_53() ->
    L = [(1 bsl 53) + D || D <- [-2, -1, 0, 1, 2, 3, 4]] ++ [9007199254740990.0, 9007199254740991.0, 9007199254740992.0, 9007199254740994.0, 9007199254740996.0],
    [{A, B, C} || A <- L, B <- L, C <- L, A =< B, B =< C, not (A =< C)].
trichotomy_near_2_60() ->
    L = [(1 bsl 60) + D || D <- [-129, -128, -64, -1, 0, 1, 128, 255, 256, 257]] ++ [1152921504606846976.0, 1152921504606846848.0, 1152921504606847232.0],
    [{A, B} || A <- L, B <- L, length([x || true <- [A < B, A == B, A > B]]) =/= 1].
compare_agrees_with_trunc() ->
    [{I, F} || I <- [(1 bsl N) + D || N <- [53, 54, 59, 60, 63, 64, 80], D <- [-1, 0, 1]], F <- [math:pow(2, N) || N <- [53, 54, 59, 60, 63, 64, 80]],
               (I < F) =/= (I < trunc(F)) orelse (I == F) =/= (I =:= trunc(F))].
typed_float_compare() -> [tf(A, B) || A <- [1.0, -0.0, 2.5], B <- [1.0, 0.0, 3.5]].
tf(A, B) when is_float(A), is_float(B), A < B -> less;
tf(A, B) when is_float(A), is_float(B), A == B -> same;
tf(_, _) -> more.
typed_int_float_compare() -> [ti(A, B) || A <- [1, 0, (1 bsl 53) + 1], B <- [1.0, 0.0, 9007199254740992.0]].
ti(A, B) when is_integer(A), is_float(B), A < B -> less;
ti(A, B) when is_integer(A), is_float(B), A == B -> same;
ti(_, _) -> more.
compare_with_float_literal() -> [{X < 1.0, X == 1.0, X =:= 1.0, X > 1.0, X == 0.0, X =:= 0.0} || X <- [id(1), 1.0, 0, 0.0, -0.0, 2, a, 1 bsl 64]].
match_float_literals() -> [mf(X) || X <- [0.0, -0.0, 1.0, 1, 1.5, 0, 1.0e22]].
mf(0.0) -> zero;
mf(1.0) -> one;
mf(1.5) -> one_and_half;
mf(1.0e22) -> large;
mf(X) when is_float(X) -> float;
mf(_) -> other.
min_max_mixed() -> [{min(A, B), max(A, B)} || {A, B} <- [{1, 1.0}, {1.0, 1}, {0.0, -0.0}, {-0.0, 0.0}, {2, 1.5}, {1 bsl 64, 1.0e19}, {1.0e20, 1 bsl 64}]].
list_member_by_exact_equality() -> [lists:member(1, [1.0]), lists:member(1.0, [1]), lists:member(1.0, [1.0]), lists:member(0.0, [-0.0])].
keyfind_by_loose_equality() -> [lists:keyfind(1, 1, [{1.0, a}]), lists:keyfind(1.0, 1, [{1, b}]), lists:keymember(2.0, 1, [{2}]), lists:keyfind(0.0, 1, [{-0.0, z}])].
float_map_keys() -> M = #{1 => int, 1.0 => float}, [maps:get(id(1), M), maps:get(id(1.0), M), map_size(M), maps:is_key(2.0, M)].
zero_map_keys() -> M = maps:put(id(-0.0), neg, #{0.0 => pos}), [map_size(M), maps:get(0.0, M), maps:get(id(-0.0), M)].
float_subtraction_list() -> [[1, 2.0, 3] -- [2], [1, 2.0, 3] -- [2.0], [1.0, 1] -- [1]].
