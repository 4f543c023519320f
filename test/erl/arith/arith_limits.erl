%% The largest integers: 33,554,368 bits. One more is system_limit, and which
%% operation gets there makes no difference.
-module(arith_limits).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() of N -> size_of(N) catch C:R -> {C, R} end.
%% Bits of the magnitude, found without making anything larger.
size_of(0) -> 0;
size_of(N) when N < 0 -> size_of(-N);
size_of(N) -> bits(N, 0, 1 bsl 25).
bits(_, Lo, Hi) when Hi - Lo =< 1 -> Hi;
bits(N, Lo, Hi) -> M = (Lo + Hi) div 2, case N bsr M of 0 -> bits(N, Lo, M); _ -> bits(N, M, Hi) end.

top(One) -> id(One) bsl 33554367.
all(One) -> T = top(One), T - 1 + T.

shift_to_the_limit() -> [t(fun() -> id(1) bsl N end) || N <- [33554366, 33554367, 33554368, 1 bsl 40]].
shift_negative_to_the_limit() -> [t(fun() -> id(-1) bsl N end) || N <- [33554366, 33554367, 33554368, 1 bsl 58]].
shift_big_to_the_limit() -> [t(fun() -> id(1 bsl 64) bsl N end) || N <- [33554303, 33554304]].
shift_right_by_negative() -> [t(fun() -> id(1) bsr -N end) || N <- [33554367, 33554368]].
shift_of_zero_has_no_limit() -> [id(0) bsl N || N <- [33554368, 1 bsl 58, 1 bsl 70]].
add_at_the_limit() -> A = all(1), [t(fun() -> A + 0 end), t(fun() -> A + 1 end), t(fun() -> A + A end), t(fun() -> A + -1 end)].
subtract_at_the_limit() -> A = all(1), [t(fun() -> A - 1 end), t(fun() -> A - A end), t(fun() -> -A - 1 end), t(fun() -> -A + 1 end)].
bnot_at_the_limit() -> A = all(1), [t(fun() -> bnot A end), t(fun() -> bnot (A - 1) end), t(fun() -> bnot -A end)].
negate_at_the_limit() -> A = all(1), [t(fun() -> -A end), t(fun() -> abs(-A) end)].
multiply_by_one_at_the_limit() -> A = all(1), [t(fun() -> A * id(1) end), t(fun() -> A * id(-1) end), t(fun() -> A * id(2) end)].
multiply_to_the_limit() ->
    [t(fun() -> id(1 bsl A) * id(1 bsl B) end) || {A, B} <- [{33554303, 63}, {33554303, 64}, {33554303, 65}, {33554239, 128}, {33554239, 192}, {33554240, 128}]].
multiply_by_three_to_the_limit() -> [t(fun() -> id(1 bsl N) * id(3) end) || N <- [33554302, 33554365, 33554366, 33554367]].
divide_at_the_limit() -> A = all(1), [t(fun() -> A div 3 end), t(fun() -> A rem 1000000007 end), t(fun() -> A div A end), t(fun() -> top(1) div (1 bsl 33554300) end)].
bits_at_the_limit() -> A = all(1), [t(fun() -> A band 255 end), t(fun() -> A bor 1 end), t(fun() -> A bxor A end), t(fun() -> -A bor 1 end)].
compare_at_the_limit() -> A = all(1), [A > top(1), A =:= A + 0, -A < A, A > 1.0e308, A == 1.0e308].
