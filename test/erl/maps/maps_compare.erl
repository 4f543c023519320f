%% Equality and order of maps: by size, then keys in term order, then values;
%% integer keys come before float keys, values compare with ==.
-module(maps_compare).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

rel(A, B) -> {id(A) =:= id(B), id(A) == id(B), id(A) < id(B), id(A) > id(B), id(A) =< id(B)}.
seq(N) -> maps:from_list([{K, K} || K <- lists:seq(1, N)]).

empty() -> rel(#{}, #{}).
size_first() ->
    [rel(#{}, #{a => 1}), rel(#{a => 1, b => 2}, #{z => 100}), rel(#{z => 1}, #{a => 1, b => 2})].
keys_second() ->
    [rel(#{a => 2}, #{b => 1}), rel(#{a => 9, c => 0}, #{a => 0, d => 0}),
     rel(#{1 => z}, #{2 => a})].
values_third() ->
    [rel(#{a => 1, b => 2}, #{a => 1, b => 3}), rel(#{a => 2, b => 1}, #{a => 1, b => 2})].
int_float_values() -> [rel(#{a => 1}, #{a => 1.0}), rel(#{a => 1, b => 3}, #{a => 1.0, b => 2})].
int_float_keys() ->
    [rel(#{1 => a}, #{1.0 => a}), rel(#{1.0 => a}, #{1 => a}), rel(#{2 => a}, #{1.0 => a}),
     rel(#{1 => b}, #{1.0 => a}), rel(#{2 => a}, #{2.5 => a})].
int_before_float_keys() ->
    lists:sort(id([#{1.0 => a}, #{1 => b}, #{0.5 => c}, #{2 => d}, #{1 bsl 70 => e},
                   #{-1.0 => f}])).
nested_keys_int_float() ->
    [rel(#{{1} => a}, #{{1.0} => a}), rel(#{[1] => a}, #{[1.0] => a}),
     rel(#{#{1 => x} => a}, #{#{1.0 => x} => a})].
nested_values_int_float() ->
    [rel(#{a => {1}}, #{a => {1.0}}), rel(#{a => #{1 => 1}}, #{a => #{1 => 1.0}})].
other_types() ->
    [lists:sort(id([#{}, {}, [], <<>>, a, 1, #{a => 1}, {1, 2}, [1], fun lists:map/2])),
     rel(#{}, {}), rel(#{}, [])].
sort_many() ->
    lists:sort(id([#{b => 1}, #{a => 2}, #{a => 1}, #{a => 1, b => 1}, #{}, #{c => 0}, #{a => b},
                   #{1 => 1}])).
min_max() ->
    {min(id(#{a => 1}), id(#{b => 0})), max(id(#{a => 1}), id(#{b => 0})),
     lists:max(id([#{}, {}, a])), lists:min(id([#{}, <<>>, []]))}.
order_of_insertion_irrelevant() ->
    rel(maps:from_list([{a, 1}, {b, 2}]), maps:from_list([{b, 2}, {a, 1}])).
large_equal() ->
    [rel(seq(N), maps:from_list([{K, K} || K <- lists:seq(N, 1, -1)])) || N <- [32, 33, 100, 1000]].
large_differs_in_one_value() -> [rel((seq(N))#{N div 2 := a}, seq(N)) || N <- [32, 33, 100, 1000]].
large_differs_in_one_key() ->
    [rel(maps:remove(1, (seq(N))#{0 => 0}), seq(N)) || N <- [32, 33, 100, 1000]].
large_differs_in_last_key() ->
    [rel((maps:remove(N, seq(N)))#{N + 1 => N}, seq(N)) || N <- [32, 33, 100, 1000]].
large_key_beats_value() ->
    [rel((maps:remove(N, seq(N)))#{N + 1 => N, 1 => -5}, seq(N)) || N <- [32, 33, 100]].
large_two_values_first_key_decides() ->
    [rel((seq(N))#{2 := 0, N := 1 bsl 70}, seq(N)) || N <- [32, 33, 100]].
large_int_float_value() -> [rel((seq(N))#{2 := 2.0}, seq(N)) || N <- [32, 33, 100]].
large_int_float_key() -> [rel((maps:remove(2, seq(N)))#{2.0 => 2}, seq(N)) || N <- [32, 33, 100]].
large_float_key_against_bigger_int() ->
    [rel((maps:remove(N, seq(N)))#{0.5 => x}, seq(N)) || N <- [32, 33, 100]].
large_size_first() ->
    [rel(seq(N), maps:from_list([{-K, 0} || K <- lists:seq(1, N + 1)])) || N <- [31, 32, 33, 100]].
large_mixed_keys() ->
    A = maps:from_list([{{K}, K} || K <- lists:seq(1, 50)] ++ [{K, K} || K <- lists:seq(1, 50)]),
    B = maps:put({25}, 24, A), C = maps:put(50, 51, A), [rel(A, B), rel(A, C), rel(B, C)].
large_sorting() ->
    [map_size(M) || M <- lists:sort([seq(50), seq(40), seq(33), seq(34), #{}, seq(32)])].
large_in_tuple() -> rel({seq(40), 1}, {seq(40), 2}).
equal_after_different_history() ->
    A = lists:foldl(fun maps:remove/2, seq(200), lists:seq(51, 200)), rel(A, seq(50)).
usort_of_equal_maps() ->
    length(lists:usort([seq(40), maps:from_list([{K, K} || K <- lists:seq(40, 1, -1)]), seq(40)])).
exact_or_arithmetic_equality_in_match() ->
    A = id(#{a => 1}), [case id(B) of A -> same; _ -> differs end || B <- [#{a => 1}, #{a => 1.0}]].
lists_member_with_maps() ->
    [lists:member(id(X), [#{a => 1}, #{b => 2.0}]) || X <- [#{a => 1}, #{a => 1.0}, #{b => 2}]].
keyfind_with_map_keys() ->
    [lists:keyfind(id(X), 1, [{#{a => 1}, one}, {#{b => 2.0}, two}])
     || X <- [#{a => 1.0}, #{b => 2}, #{c => 1}]].
minus_minus_with_maps() -> id([#{a => 1}, #{a => 1.0}, #{b => 1}]) -- id([#{a => 1.0}]).
