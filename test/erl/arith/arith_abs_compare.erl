%% abs, min, max and comparisons of integers of all sizes with one another.
-module(arith_abs_compare).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
border(N) -> [S * ((1 bsl N) + D) || S <- [1, -1], D <- [-1, 0, 1]].
cmp(A, B) -> {A < B, A =< B, A == B, A =:= B, A >= B, A > B, A /= B, A =/= B}.

abs_small() -> [abs(X) || X <- [id(0), 1, -1, 255, -255]].
abs_border_2_59() -> [abs(X) || X <- border(59)].
abs_border_2_63() -> [abs(X) || X <- border(63)].
abs_border_2_64() -> [abs(X) || X <- border(64)].
abs_long() -> [abs(-(id(1) bsl 300)) =:= 1 bsl 300, abs(id(1) bsl 300) =:= 1 bsl 300].
abs_float() -> [abs(X) || X <- [id(0.0), -0.0, 1.5, -1.5, -1.0e300, -5.0e-324]].
abs_in_guard() -> [if abs(X) > 10 -> far; true -> near end || X <- [id(5), -5, 11, -11, -11.5, a, -(1 bsl 64)]].
compare_small_pairs() -> [cmp(A, B) || A <- [-1, 0, 1], B <- [id(-1), 0, 1]].
compare_border_2_59() -> [cmp(A, B) || A <- [(1 bsl 59) - 1, 1 bsl 59], B <- [id((1 bsl 59) - 1), 1 bsl 59]].
compare_border_minus_2_59() -> [cmp(A, B) || A <- [-(1 bsl 59), -(1 bsl 59) - 1], B <- [id(-(1 bsl 59)), -(1 bsl 59) - 1]].
compare_small_with_big() -> [cmp(A, B) || A <- [0, (1 bsl 59) - 1, -(1 bsl 59)], B <- [id(1 bsl 64), -(1 bsl 64)]].
compare_big_signs() -> [cmp(A, B) || A <- [1 bsl 64, -(1 bsl 64)], B <- [id(1 bsl 64), -(1 bsl 64)]].
compare_big_lengths() -> [cmp(A, B) || A <- [(1 bsl 64) - 1, -(1 bsl 64) + 1], B <- [id(1 bsl 128), -(1 bsl 128)]].
compare_equal_length_differ_low_limb() -> A = (1 bsl 190) + 1, [cmp(id(A), A + 1), cmp(id(-A), -A - 1), cmp(id(A), A)].
compare_equal_length_differ_high_limb() -> A = 1 bsl 190, [cmp(id(A), A + (1 bsl 189)), cmp(id(-A), -A - (1 bsl 189))].
equal_bigs_built_differently() ->
    A = id(1 bsl 100), B = list_to_integer("1267650600228229401496703205376"), C = (A + 1) - 1, D = (A * 3) div 3,
    [A =:= B, A == C, A =:= D, A =/= B, A < B, B =< C].
min_max_integers() -> [{min(A, B), max(A, B)} || {A, B} <- [{1, 2}, {-1, -2}, {1 bsl 64, 3}, {-(1 bsl 64), 3}, {1 bsl 64, 1 bsl 65}, {7, 7}]].
min_max_typed_integers() -> [mm(A, B) || {A, B} <- [{1, 2}, {-1, -2}, {1 bsl 64, 3}, {-(1 bsl 64), -(1 bsl 63)}]].
mm(A, B) when is_integer(A), is_integer(B) -> {min(A, B), max(A, B)}.
sort_borders() -> lists:sort(lists:flatmap(fun border/1, [64, 59, 63, 60, 128])).
sort_is_strictly_increasing() -> L = lists:usort(lists:flatmap(fun border/1, [64, 59, 63, 60, 128, 62, 256])), [{A, B} || {A, B} <- lists:zip(lists:droplast(L), tl(L)), not (A < B) orelse A >= B].
compare_through_apply() -> [apply(erlang, Op, [id(1 bsl 64), 1 bsl 59]) || Op <- ['<', '=<', '==', '=:=', '>', '>=', '/=', '=/=']].
compare_with_constant_small() -> [{X < 0, X > 0, X =:= 0, X == 1, X >= 10, X =< -10} || X <- [id(0), 1, -10, 10, 1 bsl 64, -(1 bsl 64)]].
compare_with_constant_big() -> [{X < 576460752303423488, X =:= 576460752303423488, X > -576460752303423489} || X <- [id(0), 1 bsl 59, (1 bsl 59) - 1, -(1 bsl 59) - 1, -(1 bsl 59)]].
typed_compare() -> [tc(A, B) || {A, B} <- [{1, 2}, {2, 1}, {1 bsl 64, 1}, {1, 1 bsl 64}, {-(1 bsl 64), 1}, {3, 3}]].
tc(A, B) when is_integer(A), is_integer(B), A < B -> less;
tc(A, B) when is_integer(A), is_integer(B), A =:= B -> same;
tc(A, B) when is_integer(A), is_integer(B) -> more.
range_check_guard() -> [rc(X) || X <- [-1, 0, 9, 10, 99, 100, 5.5, a, 1 bsl 64, -(1 bsl 64)]].
rc(X) when X >= 0, X < 10 -> digit;
rc(X) when is_integer(X), X >= 10, X =< 99 -> two;
rc(_) -> other.
trichotomy() ->
    L = lists:flatmap(fun border/1, [1, 30, 59, 63, 64, 128]),
    [{A, B} || A <- L, B <- L, length([x || true <- [A < B, A =:= B, A > B]]) =/= 1].
compare_agrees_with_difference() ->
    L = lists:flatmap(fun border/1, [1, 30, 59, 63, 64, 128]),
    [{A, B} || A <- L, B <- L, (A < B) =/= (A - B < 0)].
