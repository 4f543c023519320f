%% div and rem: truncation toward zero, sign of the remainder, small and big
%% operands in every mix, and the identity A = (A div B) * B + A rem B.
-module(arith_division).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
dr(A, B) -> {A div B, A rem B}.
table(As, Bs) -> [dr(A, B) || A <- As, B <- Bs].
broken(As, Bs) ->
    [{A, B} || A <- As, B <- Bs,
               begin {Q, R} = dr(A, B), Q * B + R =/= A orelse abs(R) >= abs(B)
                   orelse (R =/= 0 andalso (R < 0) =/= (A < 0)) end].
t(F) -> try F() catch C:R -> {C, R} end.
pow(_, 0) -> 1;
pow(B, E) when E band 1 =:= 0 -> H = pow(B, E bsr 1), H * H;
pow(B, E) -> B * pow(B, E - 1).

signs_small() -> table([7, -7], [2, -2]).
signs_exact() -> table([6, -6], [3, -3]).
signs_divisor_larger() -> table([3, -3, 0], [7, -7]).
zero_dividend() -> table([0], [1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64)]).
by_one() -> table([0, 1, -1, (1 bsl 59) - 1, -(1 bsl 59), 1 bsl 64, -(1 bsl 100)], [1]).
by_minus_one() -> table([0, 1, -1, (1 bsl 59) - 1, 1 bsl 64, -(1 bsl 100)], [-1]).
div_min_small_by_minus_one() -> dr(id(-(1 bsl 59)), id(-1)).
div_minus_2_63_by_minus_one() -> dr(id(-(1 bsl 63)), id(-1)).
div_minus_2_64_by_minus_one() -> dr(id(-(1 bsl 64)), id(-1)).
min_small_by_itself() -> M = id(-(1 bsl 59)), [dr(M, M), dr(M, -M), dr(-M, M), dr(M + 1, M), dr(M, M + 1)].
max_small_by_itself() -> M = id((1 bsl 59) - 1), [dr(M, M), dr(M, -M), dr(M - 1, M), dr(M, M - 1)].
div_by_zero_small() -> [t(fun() -> id(N) div id(0) end) || N <- [0, 1, -1]].
div_by_zero_big() -> [t(fun() -> id(N) div id(0) end) || N <- [1 bsl 64, -(1 bsl 64)]].
rem_by_zero_small() -> [t(fun() -> id(N) rem id(0) end) || N <- [0, 1, -1]].
rem_by_zero_big() -> [t(fun() -> id(N) rem id(0) end) || N <- [1 bsl 64, -(1 bsl 64)]].
div_by_float_is_badarith() -> [t(fun() -> id(4) div id(2.0) end), t(fun() -> id(4.0) div id(2) end), t(fun() -> id(1 bsl 64) rem id(1.0) end)].
div_of_non_numbers() -> [t(fun() -> id(X) div id(Y) end) || {X, Y} <- [{a, 1}, {1, a}, {[], []}, {<<>>, 2}, {{1}, 1}]].
rem_of_non_numbers() -> [t(fun() -> id(X) rem id(Y) end) || {X, Y} <- [{a, 1}, {1, a}, {[], []}, {<<>>, 2}, {1, 0.0}]].
small_by_big_is_zero() -> table([5, -5, (1 bsl 59) - 1, -(1 bsl 59)], [1 bsl 64, -(1 bsl 64)]).
min_small_by_its_positive_big() -> dr(id(-(1 bsl 59)), id(1 bsl 59)).
min_small_by_its_negative_big() -> dr(id(-(1 bsl 59)), id(-(1 bsl 59) - 1)).
big_by_small_signs() -> table([1 bsl 64, -(1 bsl 64)], [10, -10]).
big_by_small_quotient_small() -> table([1 bsl 64, -(1 bsl 64), (1 bsl 64) - 1], [1 bsl 58, -(1 bsl 58), (1 bsl 59) - 1]).
big_by_big_equal() -> table([1 bsl 64, -(1 bsl 64)], [1 bsl 64, -(1 bsl 64)]).
big_by_big_off_by_one() -> table([1 bsl 64], [(1 bsl 64) - 1, (1 bsl 64) + 1]).
big_by_big_same_length() -> table([(1 bsl 127) + 12345], [(1 bsl 126) + 777, (1 bsl 127) + 12344, (1 bsl 127) + 12346]).
two_limbs_by_one_limb() -> table([(1 bsl 128) - 1, -((1 bsl 128) - 1)], [(1 bsl 64) - 1, (1 bsl 63) + 1]).
three_limbs_by_two_limbs() -> table([(1 bsl 192) - 1], [(1 bsl 128) - 1, (1 bsl 127) + 1, (1 bsl 65) + 3]).
quotient_digit_estimate_too_large() ->
    %% Dividends whose trial quotient needs correcting downward.
    table([(16#7fffffffffffffff bsl 128) + (1 bsl 127), (16#8000000000000000 bsl 128)], [(16#8000000000000000 bsl 64) + 1, (16#8000000000000000 bsl 64) + 16#ffffffffffffffff]).
quotient_with_zero_limb_inside() -> B = id((1 bsl 64) + 1), dr(B * ((1 bsl 128) + 5) + 9, B).
power_of_two_divisors() -> [dr(pow(3, 80), 1 bsl N) || N <- [1, 31, 32, 59, 60, 63, 64, 65, 126]].
negative_by_power_of_two_truncates() -> [{id(-7) div 2, id(-7) bsr 1, id(-1) div 2, id(-1) bsr 1, id(-8) div 4}].
identity_small_table() -> L = lists:seq(-17, 17), broken(L, L -- [0]).
identity_border_table() ->
    L = [S * ((1 bsl N) + D) || N <- [31, 32, 59, 60, 63, 64, 128], D <- [-1, 0, 1], S <- [1, -1]],
    broken(L, L).
identity_long_dividends() ->
    broken([pow(7, 500), -pow(7, 500), pow(10, 300) - 1], [3, -10, pow(3, 100), -pow(3, 101), pow(7, 499), pow(2, 640)]).
identity_random_walk() ->
    walk(300, 12345, []).
walk(0, _, Acc) -> Acc;
walk(N, S, Acc) ->
    A0 = (S * 6364136223846793005 + 1442695040888963407) band ((1 bsl 64) - 1),
    A = pow(A0, 1 + N rem 7) - S, B = (pow(S + 1, 1 + N rem 5) + N) * (1 - 2 * (N band 1)),
    walk(N - 1, A0, broken([A, -A], [B]) ++ Acc).
long_division_hash() -> {Q, R} = dr(pow(10, 3000), pow(7, 1500) + 1), {erlang:phash2(Q), erlang:phash2(R)}.
long_division_exact() -> A = pow(11, 900), B = pow(13, 700), [dr(A * B, B) =:= {A, 0}, dr(-A * B, B) =:= {-A, 0}, dr(A * B + B - 1, B) =:= {A, B - 1}].
digits_by_repeated_division() -> N = pow(2, 400), digits(N, []) =:= integer_to_list(N).
digits(0, Acc) -> Acc;
digits(N, Acc) -> digits(N div 10, [$0 + N rem 10 | Acc]).
gcd_of_bigs() -> [gcd(pow(6, 100), pow(15, 90)) =:= pow(3, 90), gcd(fib(300), fib(210)), gcd(-(1 bsl 70), 12)].
gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).
fib(N) -> fib(N, 0, 1).
fib(0, A, _) -> A;
fib(N, A, B) -> fib(N - 1, B, A + B).
modular_power() -> [modpow(3, pow(2, 100) + 7, 1000000007), modpow(2, pow(10, 30), pow(10, 25) + 13)].
modpow(_, 0, M) -> 1 rem M;
modpow(B, E, M) when E rem 2 =:= 0 -> modpow(B * B rem M, E div 2, M);
modpow(B, E, M) -> B * modpow(B, E - 1, M) rem M.
rem_by_constants() -> [{X rem 2, X rem 3, X rem 10, X rem 16, X rem 1024} || X <- [id(0), 5, -5, 1 bsl 59, -(1 bsl 59), (1 bsl 64) - 1, -(1 bsl 64) - 1]].
div_by_constants() -> [{X div 2, X div 3, X div 10, X div 16, X div 1024} || X <- [id(0), 5, -5, 1 bsl 59, -(1 bsl 59), (1 bsl 64) - 1, -(1 bsl 64) - 1]].
div_by_negative_constants() -> [{X div -1, X div -2, X div -3, X rem -2, X rem -7} || X <- [id(0), 5, -5, -(1 bsl 59), (1 bsl 59) - 1, 1 bsl 64]].
div_through_apply() -> [apply(erlang, 'div', [id(-17), 5]), apply(erlang, 'rem', [id(-17), 5]), t(fun() -> apply(erlang, 'div', [id(1), 0]) end)].
slash_always_gives_float() -> [id(4) / 2, id(-4) / 2, id(1) / 3, id(1 bsl 64) / (1 bsl 63), id(0) / 5].
slash_by_zero() -> [t(fun() -> id(1) / id(Z) end) || Z <- [0, 0.0, -0.0]].
