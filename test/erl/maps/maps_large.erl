%% Maps of a thousand to a hundred thousand pairs: everything that can be
%% said of them without their order.
-module(maps_large).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

seq(N) -> maps:from_list([{K, K * 2} || K <- lists:seq(1, N)]).
digest(M) -> {map_size(M), erlang:phash2(lists:sort(maps:to_list(M)))}.

build_1000_from_list() -> digest(seq(1000)).
build_1000_by_put() ->
    M = lists:foldl(fun(K, M) -> M#{K => K * 2} end, #{}, lists:seq(1, 1000)),
    {digest(M), M =:= seq(1000)}.
build_100000_from_list() -> digest(seq(100000)).
build_100000_by_put_backwards() ->
    M = lists:foldl(fun(K, M) -> maps:put(K, K * 2, M) end, #{}, lists:seq(100000, 1, -1)),
    M =:= seq(100000).
build_atoms_2000() ->
    M = maps:from_list([{list_to_atom("large_map_key_" ++ integer_to_list(N)), N}
                        || N <- lists:seq(1, 2000)]),
    {map_size(M), maps:get(large_map_key_77, M), lists:sum(maps:values(M))}.
build_binaries_10000() ->
    M = maps:from_list([{integer_to_binary(N), N} || N <- lists:seq(1, 10000)]),
    {digest(M), maps:get(<<"9999">>, M)}.
build_strings_5000() ->
    M = maps:from_list([{integer_to_list(N), N} || N <- lists:seq(1, 5000)]),
    {digest(M), maps:get("4321", M)}.
build_floats_5000() ->
    M = maps:from_list([{N / 7, N} || N <- lists:seq(1, 5000)]), {digest(M), maps:get(1.0, M)}.
build_bigs_3000() ->
    M = maps:from_list([{N * (1 bsl 64), N} || N <- lists:seq(1, 3000)]),
    {digest(M), maps:get(7 * (1 bsl 64), M)}.
build_tuples_10000() ->
    M = maps:from_list([{{X, Y}, X + Y} || X <- lists:seq(1, 100), Y <- lists:seq(1, 100)]),
    {digest(M), maps:get({100, 1}, M)}.
build_maps_as_keys_1000() ->
    M = maps:from_list([{#{k => N}, N} || N <- lists:seq(1, 1000)]),
    {digest(M), maps:get(#{k => 500}, M)}.
build_powers_of_two() ->
    M = maps:from_list([{1 bsl N, N} || N <- lists:seq(0, 600)]),
    {digest(M), [maps:get(1 bsl N, M) || N <- [0, 58, 59, 60, 63, 64, 600]]}.
build_multiples_of_65536() ->
    M = maps:from_list([{N bsl 16, N} || N <- lists:seq(1, 5000)]),
    {map_size(M), lists:all(fun(N) -> maps:get(N bsl 16, M) =:= N end, lists:seq(1, 5000))}.
build_multiples_of_2_to_32() ->
    M = maps:from_list([{N bsl 32, N} || N <- lists:seq(1, 5000)]),
    {map_size(M), lists:all(fun(N) -> maps:get(N bsl 32, M) =:= N end, lists:seq(1, 5000))}.
build_negative_and_positive() ->
    M = maps:from_list([{N, N} || N <- lists:seq(-5000, 5000)]),
    {digest(M), lists:sum(maps:keys(M))}.
build_long_lists_as_keys() ->
    M = maps:from_list([{lists:seq(1, N), N} || N <- lists:seq(0, 200)]),
    {map_size(M), maps:get(lists:seq(1, 150), M)}.
build_lists_differing_at_end() ->
    M = maps:from_list([{lists:duplicate(100, a) ++ [N], N} || N <- lists:seq(1, 500)]),
    {map_size(M), maps:get(lists:duplicate(100, a) ++ [499], M)}.
lookup_every_key() ->
    M = seq(20000), lists:all(fun(K) -> maps:get(K, M) =:= K * 2 end, lists:seq(1, 20000)).
lookup_missing_keys() ->
    M = seq(20000), lists:any(fun(K) -> maps:is_key(K, M) end,
                              lists:seq(20001, 40000) ++ [0, -1, a, 1.0, {1}, <<"1">>]).
update_every_key() ->
    M = lists:foldl(fun(K, M) -> M#{K := {K}} end, seq(5000), lists:seq(1, 5000)), {digest(M)}.
update_keeps_old() ->
    M = seq(5000), N = M#{2500 := x},
    {maps:get(2500, M), maps:get(2500, N), M =:= N#{2500 := 5000}}.
remove_half() ->
    M = lists:foldl(fun(K, M) -> maps:remove(K * 2, M) end, seq(10000), lists:seq(1, 5000)),
    {digest(M), maps:is_key(2, M), maps:is_key(3, M)}.
remove_all() -> lists:foldl(fun(K, M) -> maps:remove(K, M) end, seq(5000), lists:seq(5000, 1, -1)).
remove_all_but_32() ->
    M = lists:foldl(fun(K, M) -> maps:remove(K, M) end, seq(5000), lists:seq(33, 5000)),
    maps:to_list(M).
remove_random_order() ->
    Ks = [((K * 7919) rem 10007) || K <- lists:seq(1, 10006)],
    M = maps:from_list([{K, K} || K <- Ks]),
    M1 = lists:foldl(fun maps:remove/2, M, lists:sublist(Ks, 9900)),
    {map_size(M), map_size(M1), lists:sum(maps:keys(M1))}.
take_until_empty() ->
    F = fun F(M, [K | Ks], S) -> {V, M1} = maps:take(K, M), F(M1, Ks, S + V);
    F(M, [], S) -> {M, S} end, F(seq(1000), lists:seq(1, 1000), 0).
merge_disjoint() ->
    M = maps:merge(seq(3000), maps:from_list([{K, x} || K <- lists:seq(3001, 6000)])), digest(M).
merge_overlapping_second_wins() ->
    M = maps:merge(seq(3000), maps:from_list([{K, x} || K <- lists:seq(2001, 4000)])),
    {digest(M), maps:get(2000, M), maps:get(2001, M)}.
merge_same() -> M = seq(3000), maps:merge(M, M) =:= M.
merge_big_into_small_and_back() ->
    S = #{a => 1, 5 => five}, L = seq(1000),
    {maps:get(5, maps:merge(S, L)), maps:get(5, maps:merge(L, S)), map_size(maps:merge(S, L))}.
merge_with_sum() ->
    M = maps:merge_with(fun(_, A, B) -> A + B end, seq(2000), seq(3000)),
    {digest(M), maps:get(1, M), maps:get(2500, M)}.
intersect() ->
    M = maps:intersect(seq(2000), maps:from_list([{K, y} || K <- lists:seq(1500, 2500)])),
    {digest(M), maps:get(1500, M)}.
fold_sum() -> maps:fold(fun(K, V, {A, B}) -> {A + K, B + V} end, {0, 0}, seq(10000)).
map_values() -> digest(maps:map(fun(K, V) -> V - K end, seq(3000))).
filter_multiples() -> M = maps:filter(fun(K, _) -> K rem 7 =:= 0 end, seq(3000)), digest(M).
filter_to_small() -> maps:filter(fun(K, _) -> K rem 500 =:= 0 end, seq(3000)).
keys_values_same_order() ->
    M = seq(3000), lists:all(fun({K, V}) -> V =:= K * 2 end,
                             lists:zip(maps:keys(M), maps:values(M))).
to_list_same_order_as_keys() -> M = seq(3000), [K || {K, _} <- maps:to_list(M)] =:= maps:keys(M).
iterator_visits_all_once() ->
    F = fun F(I, A) -> case maps:next(I) of {K, V, J} -> F(J, [{K, V} | A]); none -> A end end,
    lists:sort(F(maps:iterator(seq(3000)), [])) =:= [{K, K * 2} || K <- lists:seq(1, 3000)].
small_iterator_same_order_as_to_list() ->
    F = fun F(I, A) -> case maps:next(I) of {K, V, J} -> F(J, [{K, V} | A]);
    none -> lists:reverse(A) end end, M = seq(32), F(maps:iterator(M), []) =:= maps:to_list(M).
with_few_keys() -> maps:with([1, 1000, 2000, 5000], seq(3000)).
without_most_keys() -> maps:without(lists:seq(4, 3000), seq(3000)).
etf_round_trip() -> M = seq(3000), binary_to_term(term_to_binary(M)) =:= M.
etf_compressed_round_trip() -> M = seq(3000), binary_to_term(term_to_binary(M, [compressed])) =:= M.
hash_is_order_free() ->
    erlang:phash2(seq(1000)) =:= erlang:phash2(maps:from_list([{K, K * 2}
                                                            || K <- lists:seq(1000, 1, -1)])).
nested_large() ->
    M = maps:from_list([{K, seq(40)} || K <- lists:seq(1, 40)]),
    {map_size(M), maps:get(40, maps:get(40, M)), M =:= maps:map(fun(_, V) -> V end, M)}.
as_array_counter() ->
    M = lists:foldl(fun(N, M) -> maps:update_with(N rem 97, fun(C) -> C + 1 end, 1, M) end, #{},
                    lists:seq(1, 10000)), lists:sort(maps:to_list(M)).
survives_garbage() -> M = seq(2000), _ = [lists:seq(1, 100) || _ <- lists:seq(1, 2000)], digest(M).
from_keys_large() ->
    M = maps:from_keys(lists:seq(1, 2000), v),
    {map_size(M), lists:usort(maps:values(M)),
     M =:= maps:from_list([{K, v} || K <- lists:seq(1, 2000)])}.
values_are_shared_terms() ->
    V = lists:seq(1, 10), M = maps:from_keys(lists:seq(1, 100), V),
    lists:all(fun(X) -> X =:= V end, maps:values(M)).
grow_and_shrink_waves() ->
    M = lists:foldl(fun(W, M0) -> M1 = lists:foldl(fun(K, M) -> M#{{W, K} => K} end, M0,
                                                   lists:seq(1, 200)),
                    lists:foldl(fun(K, M) -> maps:remove({W, K}, M) end, M1, lists:seq(1, 190)) end,
                    #{}, lists:seq(1, 10)),
    digest(M).
same_low_hash_bits_candidates() ->
    Ks = [K || K <- lists:seq(1, 200000), erlang:phash2(K) band 16#FFF =:= 0],
    M = maps:from_list([{K, K} || K <- Ks]),
    {length(Ks), map_size(M), lists:all(fun(K) -> maps:get(K, M) =:= K end, Ks),
     lists:sort(maps:keys(M)) =:= Ks}.
