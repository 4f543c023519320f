%% Keys of every type: which are the same key and which are not, and large
%% maps of mixed keys.
-module(maps_keys).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

all_keys() ->
    [0, 1, -1, 1.0, -1.0, 0.0, 1 bsl 59, 1 bsl 60, 1 bsl 64, -(1 bsl 64), 1 bsl 200, 2.5, 1.0e300,
     a, 'A', 'a b', '', "", "a", "ab",
     [a], [a | b], [[]], {}, {a}, {a, b}, {a, {b}}, <<>>, <<"a">>, <<"ab">>, <<1:1>>, <<1:7>>, #{},
     #{a => 1}, #{a => #{}},
     fun lists:map/2, fun maps:get/2, true, false, undefined, 'ünï', [1, 2, 3], [1.0, 2.0], {1},
     {1.0}].

int_and_float() ->
    M = id(#{1 => int, 1.0 => float}),
    {maps:get(1, M), maps:get(1.0, M), map_size(M), maps:find(id(2), M)}.
int_and_float_nested() ->
    M = #{id({1}) => a, id({1.0}) => b, id([1]) => c, id([1.0]) => d},
    {maps:get({1.0}, M), maps:get([1], M), map_size(M)}.
int_and_float_big() ->
    A = id(1 bsl 60), B = float(A), M = #{A => int, B => float},
    {map_size(M), maps:get(1 bsl 60, M), maps:get(float(1 bsl 60), M)}.
zero_keys() ->
    M = #{id(0) => int, id(0.0) => float}, {map_size(M), maps:get(0, M), maps:get(0.0, M)}.
minus_zero_key() ->
    M = #{id(0.0) => plus},
    [maps:find(id(0.0), M), maps:find(id(-0.0), M), map_size(M#{id(-0.0) => minus})].
big_keys_built_differently() -> M = #{id(1 bsl 100) => v}, maps:get(id(1 bsl 50) * id(1 bsl 50), M).
big_keys_neighbours() ->
    M = maps:from_list([{(1 bsl 64) + D, D} || D <- lists:seq(-40, 40)]),
    [maps:get((1 bsl 64) + D, M) || D <- [-40, -1, 0, 1, 40]].
negative_and_positive_big() ->
    M = #{id(1 bsl 70) => p, id(-(1 bsl 70)) => n},
    {maps:get(1 bsl 70, M), maps:get(-(1 bsl 70), M)}.
binary_key_sub_binary() -> <<_, K/binary>> = id(<<"xkey">>), M = #{<<"key">> => v}, maps:get(K, M).
binary_key_unaligned() ->
    <<_:5, K:24/bits, _/bits>> = id(<<0:5, "key", 0:3>>), M = #{<<"key">> => v}, maps:get(K, M).
binary_key_large() ->
    K = binary:copy(<<"k">>, 1000), M = #{K => v}, maps:get(binary:copy(<<"kk">>, 500), M).
bitstring_keys() ->
    M = maps:from_list([{<<0:N>>, N} || N <- lists:seq(0, 40)]),
    [maps:get(<<0:N>>, M) || N <- lists:seq(0, 40)].
string_and_list_keys() -> M = #{"abc" => s}, maps:get([$a, $b, id($c)], M).
tuple_keys() ->
    M = maps:from_list([{{X, Y}, X * Y} || X <- lists:seq(1, 8), Y <- lists:seq(1, 8)]),
    [maps:get({X, 9 - X}, M) || X <- lists:seq(1, 8)].
map_keys() -> M = #{id(#{a => 1, b => 2}) => v}, maps:get(maps:from_list([{b, 2}, {a, 1}]), M).
map_keys_large() ->
    K = maps:from_list([{N, N} || N <- lists:seq(1, 50)]), M = #{K => v},
    maps:get(maps:from_list([{N, N} || N <- lists:seq(50, 1, -1)]), M).
external_fun_keys() ->
    M = #{fun lists:map/2 => 1, fun lists:map/3 => 2},
    {maps:get(fun lists:map/2, M), maps:get(id(fun lists:map/3), M)}.
deep_keys() ->
    D = lists:foldl(fun(N, A) -> {N, [A]} end, nil, lists:seq(1, 100)),
    E = lists:foldl(fun(N, A) -> {N, [A]} end, nil, lists:seq(1, 100)), maps:get(E, #{D => v}).
atom_and_string_of_it() ->
    M = #{a => 1, "a" => 2, <<"a">> => 3, $a => 4},
    {maps:get(a, M), maps:get("a", M), maps:get(<<"a">>, M), maps:get($a, M)}.
empty_keys() -> M = #{[] => 1, {} => 2, <<>> => 3, #{} => 4, '' => 5}, {maps:to_list(M)}.
mixed_all_found() ->
    M = maps:from_list([{K, {v, K}} || K <- all_keys()]),
    {map_size(M), [K || K <- all_keys(), maps:get(K, M) =/= {v, K}]}.
mixed_remove_each() ->
    M = maps:from_list([{K, K} || K <- all_keys()]),
    [{map_size(maps:remove(K, M)), maps:is_key(K, maps:remove(K, M))} || K <- all_keys()].
mixed_keys_are_all_keys() ->
    Ks = maps:keys(maps:from_list([{K, 1} || K <- all_keys()])),
    {length(Ks), Ks -- all_keys(), all_keys() -- Ks}.
mixed_small_in_term_order() ->
    maps:keys(maps:from_list([{K, 1} || K <- lists:sublist(all_keys(), 32)])).
mixed_small_in_term_order_second_half() ->
    maps:keys(maps:from_list([{K, 1} || K <- lists:nthtail(14, all_keys())])).
one_and_one_point_zero_order() ->
    [maps:keys(maps:from_list([{K, 1} || K <- id(L)]))
     || L <- [[1.0, 1], [1, 1.0], [2, 1.0, 1, 2.0, 1.5], [-1.0, -1]]].
atom_keys_order_by_text() ->
    maps:keys(id(#{zeta => 1, alpha => 2, 'Beta' => 3, gamma => 4, '' => 5, 'éa' => 6,
                   'alpha ' => 7, alph => 8})).
float_int_mixed_large() ->
    M = maps:from_list([{N, i} || N <- lists:seq(1, 40)] ++ [{float(N), f}
                                                            || N <- lists:seq(1, 40)]),
    {map_size(M), [{maps:get(N, M), maps:get(float(N), M)} || N <- [1, 20, 40]]}.
