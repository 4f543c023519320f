%% Multiplication: overflow out of small integers, limb borders, signs, long
%% products and the algebra that they have to obey.
-module(arith_multiply).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
mul(A, B) -> A * B.
pairs(As, Bs) -> [mul(A, B) || A <- As, B <- Bs].

times_zero() -> [mul(X, 0) || X <- [0, 1, -1, 1 bsl 59, -(1 bsl 64), 1 bsl 200]] ++ pairs([0], [1 bsl 64, -7]).
times_one() -> pairs([1 bsl 58, 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1, 1 bsl 64, 1 bsl 128], [1]).
times_minus_one() -> pairs([0, 1, 1 bsl 59, -(1 bsl 59), (1 bsl 59) - 1, 1 bsl 64, -(1 bsl 63)], [-1]).
minus_one_times() -> pairs([-1], [0, 1, 1 bsl 59, -(1 bsl 59), (1 bsl 59) - 1, 1 bsl 64, -(1 bsl 63)]).
small_signs() -> pairs([7, -7], [6, -6]).
square_of_2_29_and_2_30() -> [mul(X, X) || X <- [1 bsl 29, -(1 bsl 29), 1 bsl 30, -(1 bsl 30), (1 bsl 30) - 1]].
square_of_2_31_and_2_32() -> [mul(X, X) || X <- [1 bsl 31, (1 bsl 31) - 1, 1 bsl 32, (1 bsl 32) - 1, -(1 bsl 32)]].
product_lands_on_2_59() -> pairs([1 bsl 29, -(1 bsl 29)], [1 bsl 30, -(1 bsl 30)]).
product_just_below_2_59() -> [mul((1 bsl 59) div 3, 3), mul(-((1 bsl 59) div 3), 3), mul(768614336404564650, 0)].
product_factors_of_max_small() ->
    %% 2^59 - 1 = 179951 * 3203431780337
    [mul(179951, 3203431780337), mul(-179951, 3203431780337), mul(179951, 3203431780337) =:= (1 bsl 59) - 1].
product_fits_63_not_59_bits() -> pairs([3037000499, -3037000499], [3037000499, -3037000500]).
product_overflows_63_bits() -> pairs([3037000500, -3037000500], [3037000500]).
product_overflows_64_bits() -> pairs([4294967296, -4294967296, 4294967295], [4294967296, 4294967297]).
max_small_squared() -> M = id((1 bsl 59) - 1), [M * M, M * -M, -M * -M].
min_small_squared() -> M = id(-(1 bsl 59)), [M * M, M * -M].
min_small_times_two() -> M = id(-(1 bsl 59)), [M * 2, 2 * M, M * -2].
doubling_ladder() -> ladder(id(1), 140, []).
ladder(_, 0, Acc) -> lists:nth(1, Acc);
ladder(N, I, Acc) -> ladder(N * 2, I - 1, [N * 2 | Acc]).
doubling_matches_shift() -> [N || N <- lists:seq(0, 260), pow2(N, id(1)) =/= 1 bsl N].
pow2(0, A) -> A;
pow2(N, A) -> pow2(N - 1, A * 2).
halving_negative_ladder() -> [N || N <- lists:seq(0, 260), pow2(N, id(-1)) =/= -1 bsl N].
big_times_small() -> pairs([1 bsl 64, (1 bsl 64) - 1, -(1 bsl 64)], [3, -3, 1 bsl 59]).
small_times_big() -> pairs([3, -3, 1 bsl 58], [1 bsl 64, (1 bsl 64) - 1, -(1 bsl 64)]).
big_times_big_signs() ->
    A = 123456789012345678901234567890, B = 987654321098765432109876543210, pairs([A, -A], [B, -B]).
all_ones_squared() ->
    [begin M = id((1 bsl N) - 1), M * M =:= (1 bsl (2 * N)) - (1 bsl (N + 1)) + 1 end
     || N <- [1, 31, 32, 59, 60, 63, 64, 65, 127, 128, 191, 192, 1000, 4096]].
all_ones_product_different_lengths() ->
    [id((1 bsl A) - 1) * id((1 bsl B) - 1) =:= (1 bsl (A + B)) - (1 bsl A) - (1 bsl B) + 1
     || A <- [64, 128, 640], B <- [63, 65, 320, 6400]].
factorial_20_fits_word() -> fac(20).
factorial_21() -> fac(21).
factorial_30() -> fac(30).
factorial_100() -> fac(100).
factorial_1000_hash() -> F = fac(1000), {erlang:phash2(F), length(integer_to_list(F)), F rem 1000000007}.
fac(0) -> 1;
fac(N) -> N * fac(N - 1).
power_3_200() -> pow(3, 200).
power_minus_7_101() -> pow(-7, 101).
power_10_500_digits() -> P = pow(10, 500), [length(integer_to_list(P)), P rem 7, P rem 1000, P rem 998244353].
pow(_, 0) -> 1;
pow(B, E) when E band 1 =:= 0 -> H = pow(B, E bsr 1), H * H;
pow(B, E) -> B * pow(B, E - 1).
difference_of_squares_long() ->
    [begin A = pow(7, N), B = pow(3, N), (A + B) * (A - B) =:= A * A - B * B end || N <- [10, 50, 100, 500, 2000, 5000]].
distributive_long() ->
    A = pow(13, 700), B = -pow(17, 333), C = pow(19, 512),
    [A * (B + C) =:= A * B + A * C, (A - B) * C =:= A * C - B * C, A * B * C =:= C * (B * A)].
commutative_over_table() ->
    L = [0, 1, -1, 3, 1 bsl 30, -(1 bsl 31), 1 bsl 59, -(1 bsl 59), (1 bsl 64) - 1, -(1 bsl 64), pow(10, 40)],
    [{A, B} || A <- L, B <- L, mul(A, B) =/= mul(B, A) orelse mul(-A, B) =/= -mul(A, B)].
ten_thousand_digit_product() ->
    A = pow(10, 5000) - 1, P = A * A, {P =:= pow(10, 10000) - 2 * pow(10, 5000) + 1, erlang:phash2(P)}.
square_versus_product() ->
    A = pow(3, 3000), B = id(A + 0), [A * A =:= A * B, A * A =:= pow(9, 3000), A * A =:= pow(3, 6000)].
multiply_through_apply() -> [apply(erlang, '*', [id(1 bsl 59), 2]), (fun erlang:'*'/2)(id(-3), 1 bsl 62)].
multiply_then_add_small() -> [mul_add(A, B, C) || {A, B, C} <- [{1 bsl 29, 1 bsl 30, -1}, {1 bsl 29, 1 bsl 30, 0}, {-(1 bsl 29), 1 bsl 30, -1}, {3, 4, 5}]].
mul_add(A, B, C) -> A * B + C.
horner_base_256() -> lists:foldl(fun(D, A) -> A * 256 + D end, id(0), lists:seq(1, 40)).
horner_matches_binary_decode() ->
    L = [(I * 37 + 11) band 255 || I <- lists:seq(1, 200)],
    lists:foldl(fun(D, A) -> A * 256 + D end, id(0), L) =:= binary:decode_unsigned(list_to_binary(L)).
