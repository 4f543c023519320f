%% Comparisons in guards: chains, mixed types, literals on either side, typed
%% operands, and ranges.
-module(guard_compare).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
mixed() -> [-1, 0, 1, 5, 10, 10.5, 1 bsl 64, -(1 bsl 64), a, [], {}, #{}, <<>>, "s"].

less_than_literal() -> [if X < 5 -> y; true -> n end || X <- mixed()].
less_equal_literal() -> [if X =< 5 -> y; true -> n end || X <- mixed()].
greater_literal() -> [if X > 5 -> y; true -> n end || X <- mixed()].
greater_equal_literal() -> [if X >= 5 -> y; true -> n end || X <- mixed()].
literal_on_left() -> [if 5 < X -> y; true -> n end || X <- mixed()].
literal_on_left_greater() -> [if 5 >= X -> y; true -> n end || X <- mixed()].
equal_literal() -> [{if X == 10 -> y; true -> n end, if X =:= 10 -> y; true -> n end} || X <- [10.0 | mixed()]].
not_equal_literal() -> [{if X /= 10 -> y; true -> n end, if X =/= 10 -> y; true -> n end} || X <- [10.0 | mixed()]].
float_literal() -> [{if X < 10.5 -> y; true -> n end, if X == 1.0 -> y; true -> n end} || X <- mixed()].
big_literal() -> [{if X < 18446744073709551616 -> y; true -> n end, if X >= 18446744073709551616 -> y; true -> n end} || X <- mixed()].
atom_literal() -> [{if X < a -> y; true -> n end, if X >= a -> y; true -> n end, if X =:= a -> y; true -> n end} || X <- [b, 'A' | mixed()]].
nil_literal() -> [{if X < [] -> y; true -> n end, if X =:= [] -> y; true -> n end, if X > [] -> y; true -> n end} || X <- mixed()].
tuple_literal() -> [{if X < {a, 1} -> y; true -> n end, if X == {a, 1} -> y; true -> n end} || X <- [{a, 1.0}, {a, 1}, {b}, {a, 0} | mixed()]].
binary_literal() -> [{if X < <<"m">> -> y; true -> n end, if X =:= <<"m">> -> y; true -> n end} || X <- [<<"m">>, <<"a">>, <<"z">> | mixed()]].
range_closed() -> [if X >= 1, X =< 10 -> in; true -> out end || X <- mixed()].
range_typed() -> [if is_integer(X), 1 =< X, X =< 10 -> in; true -> out end || X <- mixed()].
range_typed_float() -> [if is_float(X), X > 1.0, X < 100.0 -> in; true -> out end || X <- mixed()].
range_negative() -> [if is_integer(X), -5 =< X, X < 0 -> in; true -> out end || X <- mixed()].
range_outside() -> [if X < 0; X > 7 -> out; true -> in end || X <- mixed()].
range_empty() -> [if X > 7, X < 3 -> in; true -> out end || X <- mixed()].
range_at_small_border() -> [if is_integer(X), X >= -576460752303423488, X =< 576460752303423487 -> small; is_integer(X) -> big; true -> other end || X <- [(1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1 | mixed()]].
two_variables() -> [{A, B, if A < B -> lt; A == B -> eq; A > B -> gt end} || A <- [1, 1.0, a], B <- [1, 2.0, a, []]].
three_variables_sorted() -> [if A =< B, B =< C -> asc; A >= B, B >= C -> desc; true -> none end || {A, B, C} <- [{1, 2, 3}, {3, 2, 1}, {1, 3, 2}, {1, 1.0, 1}, {1, a, []}, {<<>>, [], {}}]].
middle_of_three() -> [mid(A, B, C) || {A, B, C} <- [{1, 2, 3}, {3, 2, 1}, {2, 3, 1}, {a, 1, {}}, {1, 1, 1}]].
mid(A, B, C) when A =< B, B =< C; C =< B, B =< A -> B;
mid(A, B, C) when B =< A, A =< C; C =< A, A =< B -> A;
mid(_, _, C) -> C.
compare_results_of_calls() -> [if length(L) > tuple_size(T) -> list; length(L) =:= tuple_size(T) -> same; true -> tuple end || {L, T} <- [{[1], {}}, {[], {1}}, {[a], {b}}]].
compare_with_arithmetic() -> [if X * X < X + 6 -> y; true -> n end || X <- [-3, -2, 0, 2, 3, 2.5, a]].
compare_element_with_variable() -> [if element(1, T) < X -> lt; element(1, T) =:= X -> eq; true -> ge end || {T, X} <- [{{1}, 2}, {{2}, 2}, {{3}, 2}, {{}, 2}, {{a}, 2}]].
fizzbuzz() -> [fb(N) || N <- lists:seq(1, 20)].
fb(N) when N rem 15 =:= 0 -> fizzbuzz;
fb(N) when N rem 5 =:= 0 -> buzz;
fb(N) when N rem 3 =:= 0 -> fizz;
fb(N) -> N.
binary_search() -> T = list_to_tuple([X * 3 || X <- lists:seq(1, 50)]), [bs(K, T, 1, tuple_size(T)) || K <- [3, 150, 75, 76, 0, 200, 9.0]].
bs(_, _, L, H) when L > H -> none;
bs(K, T, L, H) ->
    M = (L + H) div 2,
    case element(M, T) of
        E when K < E -> bs(K, T, L, M - 1);
        E when K > E -> bs(K, T, M + 1, H);
        _ -> M
    end.
insertion_sort() -> lists:foldl(fun ins/2, [], [5, 3, a, 1.0, 1, {}, [], 2, b, <<>>]).
ins(X, [Y | T]) when X > Y -> [Y | ins(X, T)];
ins(X, L) -> [X | L].
quick_sort() -> qs([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, a, 2.0, [], 8]).
qs([]) -> [];
qs([P | T]) -> qs([X || X <- T, X < P]) ++ [P] ++ qs([X || X <- T, X >= P]).
leap_years() -> [Y || Y <- [1900, 1996, 2000, 2001, 2004, 2100], (Y rem 4 =:= 0 andalso Y rem 100 =/= 0) orelse Y rem 400 =:= 0].
compare_booleans() -> [if A < B -> lt; A =:= B -> eq; true -> gt end || A <- [true, false], B <- [true, false]].
sign_function() -> [sg(X) || X <- [5, -5, 0, 0.0, -0.0, -1.5, 1 bsl 64, -(1 bsl 64), a]].
sg(X) when is_number(X), X > 0 -> 1;
sg(X) when is_number(X), X < 0 -> -1;
sg(X) when is_number(X), X == 0 -> 0;
sg(_) -> nan.
