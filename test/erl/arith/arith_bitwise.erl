%% band, bor, bxor and bnot: two's complement of unlimited width, on small and
%% big operands of both signs.
-module(arith_bitwise).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
three(A, B) -> {A band B, A bor B, A bxor B}.
table(As, Bs) -> [three(A, B) || A <- As, B <- Bs].
t(F) -> try F() catch C:R -> {C, R} end.

small_positive() -> table([2#1100], [2#1010]).
small_signs() -> table([12, -12], [10, -10]).
with_zero() -> table([0, 1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64)], [0]).
with_minus_one() -> table([0, 1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64)], [-1]).
zero_with_each() -> table([0], [1, -1, 1 bsl 64, -(1 bsl 64)]).
with_itself() -> [three(X, X) || X <- [5, -5, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64), (1 bsl 128) - 1]].
with_its_complement() -> [three(X, bnot X) || X <- [5, -5, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64), (1 bsl 128) - 1]].
with_its_negation() -> [three(X, -X) || X <- [5, 6, 1 bsl 59, 1 bsl 64, 3 bsl 64, (1 bsl 128) - 1]].
border_2_59() -> table([(1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1], [(1 bsl 59) - 1, -(1 bsl 59), 1 bsl 59]).
border_2_63() -> table([(1 bsl 63) - 1, 1 bsl 63, -(1 bsl 63), -(1 bsl 63) - 1], [(1 bsl 63) - 1, -(1 bsl 63), 1 bsl 63]).
border_2_64() -> table([(1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64), -(1 bsl 64) - 1], [(1 bsl 64) - 1, -(1 bsl 64), 1 bsl 64]).
border_2_128() -> table([(1 bsl 128) - 1, -(1 bsl 128)], [(1 bsl 128) - 1, 1 bsl 128, -(1 bsl 128) + 1]).
big_band_small_mask() -> [X band 255 || X <- [id((1 bsl 100) + 16#abc), -(1 bsl 100) - 1, -(1 bsl 100) + 16#123, 1 bsl 64]].
big_band_negative_small() -> [X band -256 || X <- [id((1 bsl 100) + 16#abc), -(1 bsl 100) - 1, -(1 bsl 100) + 16#123, (1 bsl 64) - 1]].
band_result_shrinks_to_small() -> [id((1 bsl 100) + 7) band 15, id((1 bsl 100) + 7) band ((1 bsl 100) - 1), id(1 bsl 100) band (1 bsl 99)].
bor_of_negatives_shrinks() -> [id(-(1 bsl 100)) bor -2, id(-(1 bsl 100)) bor (-(1 bsl 100) + 1), id(-(1 bsl 70)) bor (bnot 3)].
bxor_shrinks_to_small() -> [id((1 bsl 100) + 5) bxor (1 bsl 100), id(-(1 bsl 100)) bxor (-(1 bsl 100) + 3), id(1 bsl 64) bxor (1 bsl 64)].
bxor_signs_with_bigs() -> A = (1 bsl 65) + 12345, B = (1 bsl 66) + 777, [X bxor Y || X <- [A, -A], Y <- [id(B), -B]].
low_limb_zero_negative() ->
    %% The complement of a number with zero low limbs carries upward.
    A = id(-(1 bsl 192)), table([A], [A + 1, 1 bsl 64, -(1 bsl 64), (1 bsl 192) - 1, 1 bsl 192]).
different_lengths() -> table([(1 bsl 200) - 1, -(1 bsl 200)], [16#f0f0f0f0f0f0f0f0f0f0, -16#f0f0f0f0f0f0f0f0f0f0]).
bnot_small() -> [bnot X || X <- [id(0), 1, -1, 2, -2, 255, -256]].
bnot_border_2_59() -> [bnot X || X <- [id((1 bsl 59) - 1), 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1]].
bnot_border_2_64() -> [bnot X || X <- [id((1 bsl 64) - 1), 1 bsl 64, -(1 bsl 64), -(1 bsl 64) - 1]].
bnot_is_minus_x_minus_one() ->
    [X || X <- [0, 1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 63, -(1 bsl 63), 1 bsl 64, 1 bsl 128, -(1 bsl 128)], bnot id(X) =/= -X - 1].
bnot_twice() -> [X || X <- [0, 1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 128), (1 bsl 192) - 1], bnot (bnot id(X)) =/= X].
de_morgan() ->
    L = [0, 1, -1, 170, -171, 1 bsl 59, -(1 bsl 59), (1 bsl 64) - 1, -(1 bsl 64), 1 bsl 127, -(1 bsl 129) + 5],
    [{A, B} || A <- L, B <- L, bnot (A band B) =/= (bnot A) bor (bnot B) orelse bnot (A bor B) =/= (bnot A) band (bnot B)].
xor_from_and_or() ->
    L = [0, 1, -1, 170, -171, 1 bsl 59, -(1 bsl 59), (1 bsl 64) - 1, -(1 bsl 64), 1 bsl 127, -(1 bsl 129) + 5],
    [{A, B} || A <- L, B <- L, A bxor B =/= (A bor B) - (A band B)].
sum_from_xor_and() ->
    L = [0, 1, -1, 170, -171, 1 bsl 59, -(1 bsl 59), (1 bsl 64) - 1, -(1 bsl 64), 1 bsl 127, -(1 bsl 129) + 5],
    [{A, B} || A <- L, B <- L, A + B =/= (A bxor B) + 2 * (A band B)].
commutative() ->
    L = [0, 5, -5, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64) - 1], [{A, B} || A <- L, B <- L, three(A, B) =/= three(B, A)].
long_patterns() ->
    A = id(binary:decode_unsigned(binary:copy(<<16#a5>>, 300))), B = id(binary:decode_unsigned(binary:copy(<<16#3c>>, 300))),
    {X, Y, Z} = three(A, -B), [erlang:phash2(X), erlang:phash2(Y), erlang:phash2(Z), X + Y =:= A - B, Y - X =:= Z].
clear_and_set_each_bit() ->
    lists:foldl(fun(I, N) -> N bxor (1 bsl I) end, id((1 bsl 130) - 1), lists:seq(0, 129, 2)).
popcount_by_clearing_lowest() -> [pop(N, 0) || N <- [id(0), 255, (1 bsl 59) - 1, (1 bsl 64) - 1, (1 bsl 200) - 1, 16#8000000000000001]].
pop(0, C) -> C;
pop(N, C) -> pop(N band (N - 1), C + 1).
lowest_set_bit() -> [N band -N || N <- [id(12), 1 bsl 58, 3 bsl 59, 5 bsl 64, 7 bsl 130, -(1 bsl 59)]].
constants_as_masks() -> [{X band 16#ff, X bor 1, X bxor -1, X band -1, X bor 0} || X <- [id(300), -300, 1 bsl 60, -(1 bsl 60)]].
band_of_float_is_badarith() -> [t(fun() -> id(1.0) band 1 end), t(fun() -> id(1) band id(1.0) end)].
bor_of_atom_is_badarith() -> [t(fun() -> id(a) bor 1 end), t(fun() -> id(1 bsl 64) bor id(a) end)].
bxor_of_others_is_badarith() -> [t(fun() -> id(X) bxor 1 end) || X <- [[], {}, <<>>, 2.5, "1", nil]].
bnot_of_others_is_badarith() -> [t(fun() -> bnot id(X) end) || X <- [[], {}, <<>>, 2.5, "1", nil]].
through_apply() -> [apply(erlang, Op, [id(-(1 bsl 64)), 255]) || Op <- ['band', 'bor', 'bxor']] ++ [apply(erlang, 'bnot', [id(1 bsl 64)])].
