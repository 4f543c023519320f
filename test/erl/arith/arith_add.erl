%% Addition, subtraction and negation: where small integers become big ones and
%% big ones become small again, in every combination of signs.
-module(arith_add).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
add(A, B) -> A + B.
sub(A, B) -> A - B.
neg(A) -> -A.
pairs(F, As, Bs) -> [F(A, B) || A <- As, B <- Bs].

max_small() -> id((1 bsl 59) - 1).
min_small() -> id(-(1 bsl 59)).

add_zero_to_everything() ->
    [add(X, 0) || X <- [0, 1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64), 1 bsl 200]].
zero_plus_everything() ->
    [add(0, X) || X <- [0, 1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64), 1 bsl 200]].
max_small_plus_one() -> M = max_small(), [M + 1, 1 + M, M + 1 - 1, (M + 1 - 1) =:= M].
min_small_minus_one() -> M = min_small(), [M - 1, -1 + M, M - 1 + 1, (M - 1 + 1) =:= M].
max_small_plus_max_small() -> M = max_small(), [M + M, M + M - M =:= M].
min_small_plus_min_small() -> M = min_small(), [M + M, M + M - M =:= M].
max_small_plus_min_small() -> [max_small() + min_small(), min_small() + max_small()].
max_small_minus_min_small() -> [max_small() - min_small(), min_small() - max_small()].
negate_min_small() -> M = min_small(), [-M, - -M, - -M =:= M].
negate_max_small() -> M = max_small(), [-M, - -M, - -M =:= M].
negate_zero() -> [-id(0), -id(0) =:= id(0), -id(0.0), 0 - id(0.0)].
negate_around_small_border() ->
    [neg(X) || X <- [(1 bsl 59) - 1, 1 bsl 59, (1 bsl 59) + 1,
                     -(1 bsl 59) - 1, -(1 bsl 59), -(1 bsl 59) + 1]].
negate_around_word_border() ->
    [neg(X) || X <- [(1 bsl 63) - 1, 1 bsl 63, (1 bsl 63) + 1, (1 bsl 64) - 1, 1 bsl 64,
                     -(1 bsl 63) - 1, -(1 bsl 63), -(1 bsl 63) + 1, -(1 bsl 64)]].
negate_twice_is_identity() ->
    [N || N <- [0, 1, -1, 1 bsl 58, 1 bsl 59, 1 bsl 60, 1 bsl 63, 1 bsl 64, 1 bsl 128, -(1 bsl 59)],
          neg(neg(N)) =/= N].
border_2_59_plus_each() ->
    pairs(fun add/2, [(1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1], [-2, -1, 0, 1, 2]).
border_2_59_minus_each() ->
    pairs(fun sub/2, [(1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1], [-2, -1, 0, 1, 2]).
border_2_60_plus_each() ->
    pairs(fun add/2, [(1 bsl 60) - 1, 1 bsl 60, -(1 bsl 60), -(1 bsl 60) - 1], [-2, -1, 0, 1, 2]).
border_2_60_minus_each() ->
    pairs(fun sub/2, [(1 bsl 60) - 1, 1 bsl 60, -(1 bsl 60), -(1 bsl 60) - 1], [-2, -1, 0, 1, 2]).
border_2_62_plus_each() ->
    pairs(fun add/2, [(1 bsl 62) - 1, 1 bsl 62, -(1 bsl 62)], [-1, 1, 1 bsl 62, -(1 bsl 62)]).
border_2_63_plus_each() ->
    pairs(fun add/2, [(1 bsl 63) - 1, 1 bsl 63, -(1 bsl 63)], [-1, 1, 1 bsl 63, -(1 bsl 63)]).
border_2_63_minus_each() ->
    pairs(fun sub/2, [(1 bsl 63) - 1, 1 bsl 63, -(1 bsl 63)], [-1, 1, 1 bsl 63, -(1 bsl 63)]).
border_2_64_plus_each() ->
    pairs(fun add/2, [(1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64)], [-1, 1, (1 bsl 64) - 1, -(1 bsl 64)]).
border_2_64_minus_each() ->
    pairs(fun sub/2, [(1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64)], [-1, 1, (1 bsl 64) - 1, -(1 bsl 64)]).
border_2_128_plus_each() ->
    pairs(fun add/2, [(1 bsl 128) - 1, 1 bsl 128, -(1 bsl 128)], [-1, 1, 1 bsl 127, -(1 bsl 127)]).
border_2_128_minus_each() ->
    pairs(fun sub/2, [(1 bsl 128) - 1, 1 bsl 128, -(1 bsl 128)], [-1, 1, 1 bsl 127, -(1 bsl 127)]).
carry_ripples_through_all_limbs() ->
    N = id((1 bsl 640) - 1), [N + 1 =:= 1 bsl 640, (N + 1) bsr 639, N + 1 - 1 =:= N].
borrow_ripples_through_all_limbs() ->
    N = id(1 bsl 640), [N - 1 =:= (1 bsl 640) - 1, (N - 1) band 16#ffffffff, (N - 1) bsr 636].
big_minus_itself_is_small_zero() ->
    [begin B = id(N), D = B - B, {D, D =:= 0, is_integer(D)} end
     || N <- [1 bsl 59, 1 bsl 64, -(1 bsl 64), 1 bsl 500]].
big_minus_neighbour_is_one() ->
    [(id(N) + 1) - id(N) || N <- [1 bsl 59, 1 bsl 63, 1 bsl 64, 1 bsl 128, -(1 bsl 128)]].
bigs_of_different_length() ->
    A = id(1 bsl 300), B = id((1 bsl 65) - 1), [A + B, A - B, B - A, -A - B, -A + B].
mixed_sign_bigs() ->
    A = id(123456789012345678901234567890), B = id(-98765432109876543210),
    [A + B, A - B, B - A, B + A, -A - B].
sum_shrinks_to_small() ->
    A = id(1 bsl 70), [A + (-(1 bsl 70) + 5), A - ((1 bsl 70) - 7), -A + ((1 bsl 70) + 9)].
sum_shrinks_to_exact_border() ->
    A = id(1 bsl 70),
    [X =:= Y || {X, Y} <- [{A + ((1 bsl 59) - 1 - (1 bsl 70)), max_small()},
                           {A - ((1 bsl 59) + (1 bsl 70)), min_small()}]].
add_through_apply() ->
    [apply(erlang, '+', [id(1 bsl 59), -1]), apply(erlang, '-', [id(-(1 bsl 59)), 1]),
     apply(erlang, '-', [id(-(1 bsl 59))]), apply(erlang, '+', [id(1 bsl 64)])].
unary_plus_keeps_number() -> [+id(5), +id(-5), +id(1.5), +id(1 bsl 64), +id(-0.0)].
add_through_external_fun() ->
    F = fun erlang:'+'/2, G = fun erlang:'-'/2,
    [F(id(1), 2), G(id(1), 2), F(1 bsl 63, 1 bsl 63), G(1 bsl 63, -(1 bsl 63))].
fold_sum_crosses_border_up() ->
    lists:foldl(fun(X, A) -> X + A end, id((1 bsl 59) - 5050), lists:seq(1, 100)).
fold_sum_crosses_border_down() ->
    lists:foldl(fun(X, A) -> A - X end, id(-(1 bsl 59) + 5049), lists:seq(1, 100)).
fibonacci_300() -> fib(300, 0, 1).
fib(0, A, _) -> A;
fib(N, A, B) -> fib(N - 1, B, A + B).
sum_of_powers_telescopes() ->
    lists:sum([1 bsl N || N <- lists:seq(0, 199)]) =:= (1 bsl 200) - 1.
add_is_commutative_and_sub_inverts() ->
    L = [0, 1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 63, 1 bsl 64, -(1 bsl 64), 1 bsl 129, -(1 bsl 191)],
    [{A, B} || A <- L, B <- L,
               add(A, B) =/= add(B, A) orelse sub(add(A, B), B) =/= A orelse sub(A, B) =/= neg(sub(B, A))].
