%% Operators and comparisons with a constant on one side, which are instructions of their own:
%% operands around every border, of every other type, and the stack traces of what fails.
-module(arith_constants).
-compile([export_all, nowarn_export_all, nowarn_illegal_guard]).

id(X) -> X.
e(N) -> id(1) bsl N.

integers() ->
    [0, 1, -1, 2, -2, 3, -3, 7, -7, 8, -8, 9, -9, 10, -10, 99, 100, -100, 255, 256, -255, -256, 1000003, -1000003]
        ++ [S * ((1 bsl N) + D) || N <- [31, 32, 40, 57, 58, 59, 60, 63, 64, 128], D <- [-1, 0, 1], S <- [1, -1]].
others() -> [0.0, -0.0, 1.5, -2.0, 3.0, 1.0e300, a, [], [1], {}, <<>>, <<1>>, #{}, self].
all() -> integers() ++ others().

%% Values of a fun, or what it raised with the first frame.
on(F) -> [case_lib:top(fun() -> F(X) end) || X <- [id(Y) || Y <- all()]].
on_integers(F) -> [case_lib:top(fun() -> F(X) end) || X <- integers()].
guarded(F) -> [F(X) || X <- all()].

add_one() -> on(fun(X) -> X + 1 end).
add_to_one() -> on(fun(X) -> 1 + X end).
add_zero() -> on(fun(X) -> X + 0 end).
add_minus_one() -> on(fun(X) -> X + -1 end).
add_max_small() -> on(fun(X) -> X + ((1 bsl 59) - 1) end).
add_min_small() -> on(fun(X) -> X + -(1 bsl 59) end).
add_least_big() -> on(fun(X) -> X + (1 bsl 59) end).
add_big() -> on(fun(X) -> X + (1 bsl 70) end).
add_to_big() -> on(fun(X) -> (1 bsl 70) + X end).
add_float() -> on(fun(X) -> X + 1.5 end).
unary_plus() -> on(fun(X) -> +X end).
unary_minus() -> on(fun(X) -> -X end).
subtract_one() -> on(fun(X) -> X - 1 end).
subtract_zero() -> on(fun(X) -> X - 0 end).
subtract_minus_one() -> on(fun(X) -> X - -1 end).
subtract_max_small() -> on(fun(X) -> X - ((1 bsl 59) - 1) end).
subtract_min_small() -> on(fun(X) -> X - -(1 bsl 59) end).
subtract_least_big() -> on(fun(X) -> X - (1 bsl 59) end).
subtract_from_one() -> on(fun(X) -> 1 - X end).
subtract_from_min_small() -> on(fun(X) -> -(1 bsl 59) - X end).
times_two() -> on(fun(X) -> X * 2 end).
times_zero() -> on(fun(X) -> X * 0 end).
times_minus_one() -> on(fun(X) -> X * -1 end).
times_max_small() -> on(fun(X) -> X * ((1 bsl 59) - 1) end).
times_min_small() -> on(fun(X) -> X * -(1 bsl 59) end).
three_times() -> on(fun(X) -> 3 * X end).
times_big() -> on(fun(X) -> X * (1 bsl 65) end).
div_one() -> on(fun(X) -> X div 1 end).
div_minus_one() -> on(fun(X) -> X div -1 end).
div_zero() -> on(fun(X) -> X div id(0) end).
div_two() -> on(fun(X) -> X div 2 end).
div_eight() -> on(fun(X) -> X div 8 end).
div_2_58() -> on(fun(X) -> X div (1 bsl 58) end).
div_2_59() -> on(fun(X) -> X div (1 bsl 59) end).
div_minus_two() -> on(fun(X) -> X div -2 end).
div_ten() -> on(fun(X) -> X div 10 end).
rem_one() -> on(fun(X) -> X rem 1 end).
rem_two() -> on(fun(X) -> X rem 2 end).
rem_eight() -> on(fun(X) -> X rem 8 end).
rem_2_58() -> on(fun(X) -> X rem (1 bsl 58) end).
rem_2_59() -> on(fun(X) -> X rem (1 bsl 59) end).
rem_minus_two() -> on(fun(X) -> X rem -2 end).
rem_ten() -> on(fun(X) -> X rem 10 end).

%% By constants of every size: quotient and remainder belong together.
-define(BY(D), {D, fun(X) -> X div D end, fun(X) -> X rem D end}).
divisors() ->
    [?BY(3), ?BY(5), ?BY(6), ?BY(7), ?BY(9), ?BY(10), ?BY(11), ?BY(12), ?BY(13), ?BY(60), ?BY(100), ?BY(641),
     ?BY(1000), ?BY(3600), ?BY(65535), ?BY(65537), ?BY(86400), ?BY(1000000), ?BY(1000003), ?BY(1000000000),
     ?BY(16#ffffffff), ?BY(16#100000001), ?BY(6700417), ?BY(1000000000000), ?BY(144115188075855871),
     ?BY(288230376151711743), ?BY(288230376151711745), ?BY(576460752303423487), ?BY(576460752303423486),
     ?BY(384307168202282325), ?BY(576460752303423488)].
quotients_by_constants() -> [{D, on_integers(Q)} || {D, Q, _} <- divisors()].
remainders_by_constants() -> [{D, on_integers(R)} || {D, _, R} <- divisors()].
%% Multiples of the divisor and their neighbours, where rounding goes wrong first.
around_multiples() ->
    [{D, X} || {D, Q, R} <- divisors(),
               M <- [1, 2, 3, 1000, ((1 bsl 59) - 1) div D, ((1 bsl 59) - 1) div D - 1, ((1 bsl 58) - 1) div D],
               O <- [-1, 0, 1], S <- [1, -1],
               X <- [S * (M * D + O)],
               Q(X) =/= X div id(D) orelse R(X) =/= X rem id(D) orelse Q(X) * D + R(X) =/= X].
random_dividends() -> random(1500, 88172645463325252, divisors(), 0).
random(0, _, _, Wrong) -> Wrong;
random(N, Seed0, Divisors, Wrong) ->
    S1 = Seed0 bxor (Seed0 bsl 13) band 16#ffffffffffffffff,
    S2 = S1 bxor (S1 bsr 7),
    Seed = S2 bxor (S2 bsl 17) band 16#ffffffffffffffff,
    X = ((Seed band ((1 bsl 60) - 1)) - (1 bsl 59)) bsr (Seed bsr 60 * 3),
    Bad = length([D || {D, Q, R} <- Divisors, Q(X) =/= X div id(D) orelse R(X) =/= X rem id(D)]),
    random(N - 1, Seed, tl(Divisors) ++ [hd(Divisors)], Wrong + Bad).

band_zero() -> on(fun(X) -> X band 0 end).
band_255() -> on(fun(X) -> X band 255 end).
band_minus_256() -> on(fun(X) -> X band -256 end).
band_max_small() -> on(fun(X) -> X band ((1 bsl 59) - 1) end).
band_min_small() -> on(fun(X) -> X band -(1 bsl 59) end).
band_64_bits() -> on(fun(X) -> X band 16#ffffffffffffffff end).
constant_band() -> on(fun(X) -> 255 band X end).
bor_one() -> on(fun(X) -> X bor 1 end).
bxor_one() -> on(fun(X) -> X bxor 1 end).
bnot_it() -> on(fun(X) -> bnot X end).
bsl_zero() -> on(fun(X) -> X bsl 0 end).
bsl_one() -> on(fun(X) -> X bsl 1 end).
bsl_27() -> on(fun(X) -> X bsl 27 end).
bsl_59() -> on(fun(X) -> X bsl 59 end).
bsl_60() -> on(fun(X) -> X bsl 60 end).
bsl_64() -> on(fun(X) -> X bsl 64 end).
bsl_minus_one() -> on(fun(X) -> X bsl -1 end).
one_bsl() -> on(fun(X) -> 1 bsl X end, [0, 1, 58, 59, 60, 64, -1, -60, a, 1.0]).
bsr_zero() -> on(fun(X) -> X bsr 0 end).
bsr_one() -> on(fun(X) -> X bsr 1 end).
bsr_58() -> on(fun(X) -> X bsr 58 end).
bsr_59() -> on(fun(X) -> X bsr 59 end).
bsr_60() -> on(fun(X) -> X bsr 60 end).
bsr_64() -> on(fun(X) -> X bsr 64 end).
bsr_minus_one() -> on(fun(X) -> X bsr -1 end).
on(F, Values) -> [case_lib:top(fun() -> F(X) end) || X <- Values].

less_than_constant() -> guarded(fun(X) when X < 2 -> true; (_) -> false end).
less_than_zero() -> guarded(fun(X) when X < 0 -> true; (_) -> false end).
constant_less_than() -> guarded(fun(X) when 2 < X -> true; (_) -> false end).
at_least_constant() -> guarded(fun(X) when X >= 2 -> true; (_) -> false end).
at_most_constant() -> guarded(fun(X) when X =< 2 -> true; (_) -> false end).
less_than_max_small() -> guarded(fun(X) when X < (1 bsl 59) - 1 -> true; (_) -> false end).
more_than_min_small() -> guarded(fun(X) when X > -(1 bsl 59) -> true; (_) -> false end).
at_least_min_small() -> guarded(fun(X) when X >= -(1 bsl 59) -> true; (_) -> false end).
at_most_max_small() -> guarded(fun(X) when X =< (1 bsl 59) - 1 -> true; (_) -> false end).
less_than_big() -> guarded(fun(X) when X < 1 bsl 59 -> true; (_) -> false end).
less_than_float() -> guarded(fun(X) when X < 1.5 -> true; (_) -> false end).
equals_constant() -> guarded(fun(X) when X == 3 -> true; (_) -> false end).
differs_from_constant() -> guarded(fun(X) when X /= 3 -> true; (_) -> false end).
is_constant() -> guarded(fun(X) when X =:= 3 -> true; (_) -> false end).
compared_in_bodies() -> [{X < 2, X >= 2, 2 < X, 2 >= X, X == 2, X =/= 2} || X <- all()].
between() -> guarded(fun(X) when 10 =< X, X =< 100 -> inside; (X) when X > 100 -> above; (_) -> below end).

%% In guards what is no number fails, with no exception.
guards_fail() ->
    [[case X of
          _ when X + 1 > 5 -> add;
          _ when X - 1 < -5 -> subtract;
          _ when X rem 8 =:= 3 -> rem_power;
          _ when X div 10 =:= 0, X band 1 =:= 1 -> div_constant;
          _ when X bsl 1 =:= 4 -> bsl_constant;
          _ when X bsr 1 =:= 0 -> bsr_constant;
          _ -> none
      end] || X <- all()].
constants_on_both_sides() ->
    [case_lib:top(F) || F <- [fun() -> a + 1 end, fun() -> 1 + a end, fun() -> a - 1 end, fun() -> 1 - a end,
                              fun() -> a * 2 end, fun() -> 2 * a end, fun() -> a div 8 end, fun() -> a band 7 end,
                              fun() -> a bsl 2 end, fun() -> 1 div 0 end, fun() -> 8 rem 0 end, fun() -> a + b end]].
%% Y registers on both sides of the instruction.
registers_of_the_frame() ->
    X = id(1000), Y = id(58), Z = X + 24, _ = id(Z),
    A = X * 3, B = Y - 60, C = X div 7, D = X rem 16, E = X bsr 3, F = X bsl 4, G = X band 24,
    _ = id(A), {A, B, C, D, E, F, G, X, Y, Z, id(A + 5) > 3000}.
