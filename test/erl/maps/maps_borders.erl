%% Maps that grow and shrink over the sizes where a small map becomes a tree
%% (32 to 33 pairs), in every order and with every operation that can do it.
-module(maps_borders).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

up_to(N) -> maps:from_list([{K, K * K} || K <- lists:seq(1, N)]).
sorted(M) -> lists:sort(maps:to_list(M)).
digest(M) -> {map_size(M), erlang:phash2(sorted(M))}.

sizes() -> [0, 1, 2, 30, 31, 32, 33, 34, 35, 63, 64, 65].

from_list_each_size() -> [digest(up_to(N)) || N <- sizes()].
size_each() -> [{map_size(up_to(N)), maps:size(up_to(N))} || N <- sizes()].
to_list_small_is_sorted() -> [maps:to_list(up_to(N)) || N <- [0, 1, 5, 32]].
to_list_small_inserted_backwards() ->
    maps:to_list(lists:foldl(fun(K, M) -> M#{K => K} end, #{}, lists:seq(32, 1, -1))).
to_list_large_sorted() -> sorted(up_to(34)).
put_up_from_31_to_34() ->
    lists:map(fun(K) -> digest((up_to(K - 1))#{id(K) => new}) end, [31, 32, 33, 34]).
put_existing_at_border() -> [digest((up_to(N))#{id(3) => changed}) || N <- [31, 32, 33, 34]].
put_existing_same_value_at_border() ->
    [begin M = up_to(N), M =:= M#{id(3) => id(9)} end || N <- [31, 32, 33, 34]].
update_exact_at_border() ->
    [begin M = (up_to(N))#{id(3) := changed}, {map_size(M), maps:get(3, M)} end
     || N <- [31, 32, 33, 34]].
remove_down_from_34() ->
    {L, M} = lists:mapfoldl(fun(K, M) -> M1 = maps:remove(K, M), {digest(M1), M1} end, up_to(34),
                            [34, 33, 32, 31, 30]),
    {L, maps:to_list(M)}.
remove_all_from_40() ->
    lists:foldl(fun(K, M) -> maps:remove(K, M) end, up_to(40), lists:seq(1, 40)).
remove_all_from_40_backwards() ->
    lists:foldl(fun(K, M) -> maps:remove(K, M) end, up_to(40), lists:seq(40, 1, -1)).
remove_missing_at_border() ->
    [begin M = up_to(N), M =:= maps:remove(id(1000), M) end || N <- sizes()].
down_and_up_again_is_equal() ->
    [begin M = up_to(N), M1 = maps:remove(1, M), M2 = M1#{1 => 1},
     {M =:= M2, M1 =:= M, erlang:phash2(M) =:= erlang:phash2(M2)} end
     || N <- tl(sizes())].
shrunk_equals_built() ->
    [lists:foldl(fun maps:remove/2, up_to(N + 5), lists:seq(N + 1, N + 5)) =:= up_to(N)
     || N <- sizes()].
grown_equals_built() ->
    [lists:foldl(fun(K, M) -> maps:put(K, K * K, M) end, #{}, lists:seq(N, 1, -1)) =:= up_to(N)
     || N <- sizes()].
shrunk_to_32_lists_in_order() -> maps:to_list(maps:remove(17, up_to(33))).
shrunk_to_32_prints() -> lists:flatten(io_lib:format("~w", [maps:remove(17, up_to(33))])).
take_at_border() -> [begin {V, M} = maps:take(1, up_to(N)), {V, digest(M)} end || N <- tl(sizes())].
take_missing_at_border() -> [maps:take(id(0), up_to(N)) || N <- sizes()].
merge_16_and_16() ->
    digest(maps:merge(up_to(16), maps:from_list([{K, b} || K <- lists:seq(17, 32)]))).
merge_16_and_17() ->
    digest(maps:merge(up_to(16), maps:from_list([{K, b} || K <- lists:seq(17, 33)]))).
merge_overlapping_at_border() ->
    [digest(maps:merge(up_to(20), maps:from_list([{K, b} || K <- lists:seq(N - 19, N)])))
     || N <- [20, 30, 32, 33, 34, 40]].
merge_small_with_large_both_ways() ->
    L = up_to(40), S = #{1 => x, 41 => y, a => z},
    {digest(maps:merge(L, S)), digest(maps:merge(S, L))}.
merge_large_with_large() ->
    digest(maps:merge(up_to(40), maps:from_list([{K, b} || K <- lists:seq(30, 90)]))).
merge_with_empty() ->
    [begin M = up_to(N), {maps:merge(M, #{}) =:= M, maps:merge(#{}, M) =:= M} end || N <- sizes()].
with_without_at_border() ->
    [{digest(maps:with(lists:seq(1, K), up_to(40))),
      digest(maps:without(lists:seq(1, 40 - K), up_to(40)))} || K <- [0, 1, 31, 32, 33, 34, 40]].
filter_at_border() -> [digest(maps:filter(fun(K, _) -> K =< N end, up_to(50))) || N <- sizes()].
map_at_border() -> [digest(maps:map(fun(K, V) -> K + V end, up_to(N))) || N <- sizes()].
keys_values_at_border() ->
    [{lists:sort(maps:keys(up_to(N))), lists:sort(maps:values(up_to(N)))} || N <- [31, 32, 33]].
find_each_key_at_border() ->
    [lists:all(fun(K) -> maps:find(K, up_to(N)) =:= {ok, K * K} end, lists:seq(1, N))
     || N <- sizes()].
find_missing_at_border() ->
    [{maps:find(id(0), up_to(N)), maps:find(id(N + 1), up_to(N)), maps:is_key(a, up_to(N))}
     || N <- sizes()].
literal_of_33_pairs() ->
    M = #{a1 => 1, a2 => 2, a3 => 3, a4 => 4, a5 => 5, a6 => 6, a7 => 7, a8 => 8, a9 => 9, b1 => 1,
          b2 => 2,
          b3 => 3, b4 => 4, b5 => 5, b6 => 6, b7 => 7, b8 => 8, b9 => 9, c1 => 1, c2 => 2, c3 => 3,
          c4 => 4,
          c5 => 5, c6 => 6, c7 => 7, c8 => 8, c9 => 9, d1 => 1, d2 => 2, d3 => 3, d4 => 4, d5 => 5,
          d6 => 6},
    {map_size(M), maps:get(id(b5), M), maps:get(id(d6), M), maps:find(id(d7), M),
     M =:= maps:from_list(maps:to_list(M))}.
constructed_of_33_pairs() ->
    V = id(v),
    M = #{a1 => V, a2 => V, a3 => 3, a4 => 4, a5 => 5, a6 => 6, a7 => 7, a8 => 8, a9 => 9, b1 => 1,
          b2 => 2,
          b3 => 3, b4 => 4, b5 => 5, b6 => 6, b7 => 7, b8 => 8, b9 => 9, c1 => 1, c2 => 2, c3 => 3,
          c4 => 4,
          c5 => 5, c6 => 6, c7 => 7, c8 => 8, c9 => 9, d1 => 1, d2 => 2, d3 => 3, d4 => 4, d5 => 5,
          d6 => V},
    {map_size(M), maps:get(id(a2), M), maps:get(id(d6), M), M#{d6 := x} =:= M}.
update_many_over_border() ->
    M = up_to(id(30)),
    N = M#{31 => a, 32 => b, 33 => c, 34 => d, 1 => e},
    {digest(N), maps:get(1, N), digest(M)}.
update_many_at_32_only_existing() ->
    M = up_to(id(32)), N = M#{1 => a, 32 => b, 5 := c}, {digest(N), digest(M)}.
update_many_at_33_mixed() ->
    M = up_to(id(33)), N = M#{1 := a, 33 => b, 34 => c}, {digest(N), digest(M)}.
from_list_duplicates_at_border() ->
    [digest(maps:from_list([{K rem N, K} || K <- lists:seq(1, 3 * N)])) || N <- tl(sizes())].
from_list_last_wins() -> maps:from_list(id([{a, 1}, {b, 2}, {a, 3}, {1, x}, {1.0, y}, {1, z}])).
from_list_last_wins_large() ->
    maps:get(7, maps:from_list([{K rem 50, K} || K <- lists:seq(1, 500)])).
from_keys_at_border() ->
    [digest(maps:from_keys(lists:seq(1, N) ++ lists:seq(1, N), v)) || N <- sizes()].
map_size_in_guard() ->
    [case up_to(N) of M when map_size(M) =:= 32 -> eq; M when map_size(M) > 32 -> more;
     _ -> less end || N <- sizes()].
etf_each_size() -> [binary_to_term(term_to_binary(up_to(N))) =:= up_to(N) || N <- sizes()].
compare_neighbours() ->
    [{up_to(N) < up_to(N + 1), up_to(N + 1) < up_to(N), up_to(N) == up_to(N)}
     || N <- [0, 1, 31, 32, 33, 34]].
old_versions_stay() ->
    Ms = lists:foldl(fun(K, [M | _] = Acc) -> [M#{K => K} | Acc] end, [#{}], lists:seq(1, 36)),
    [{map_size(M), lists:sum(maps:keys(M))} || M <- Ms].
old_versions_stay_shrinking() ->
    Ms = lists:foldl(fun(K, [M | _] = Acc) -> [maps:remove(K, M) | Acc] end, [up_to(36)],
                     lists:seq(1, 36)),
    [{map_size(M), lists:sum(maps:keys(M))} || M <- Ms].
