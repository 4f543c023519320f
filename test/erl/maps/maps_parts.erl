%% Builtins over maps and lists that take longer than one slice: they go on in
%% parts, and nothing of that may show.
-module(maps_parts).
-compile([export_all, nowarn_export_all]).

pairs(From, To) -> [{K, K * 3} || K <- lists:seq(From, To)].
keys(N) -> [{K band 7, K} || K <- lists:seq(1, N)].

from_list_of_many_parts() ->
    M = maps:from_list(pairs(1, 50000)),
    {map_size(M), maps:get(1, M), maps:get(50000, M), lists:sort(maps:to_list(M)) =:= pairs(1, 50000)}.
from_list_last_wins_across_parts() ->
    L = [{K rem 10000, K} || K <- lists:seq(1, 60000)],
    M = maps:from_list(L),
    {map_size(M), lists:all(fun({K, V}) -> V rem 10000 =:= K andalso V > 50000 end, maps:to_list(M))}.
from_list_few_keys_many_pairs() ->
    maps:from_list([{K rem 5, K} || K <- lists:seq(1, 40000)]).
from_list_first_part_few_keys() ->
    M = maps:from_list([{a, K} || K <- lists:seq(1, 10000)] ++ pairs(1, 20000)),
    {map_size(M), maps:get(a, M)}.
from_list_last_part_few_keys() ->
    M = maps:from_list(pairs(1, 20000) ++ [{5, K} || K <- lists:seq(1, 10000)]),
    {map_size(M), maps:get(5, M), maps:get(6, M)}.
from_list_bad_element_late() ->
    L = pairs(1, 30000) ++ [x],
    {error, badarg, {M, F, [A], _}} = case_lib:top(fun() -> maps:from_list(L) end),
    {M, F, A =:= L}.
from_list_improper_late() ->
    L = pairs(1, 30000) ++ tail,
    {error, badarg, {M, F, [A], _}} = case_lib:top(fun() -> maps:from_list(L) end),
    {M, F, A =:= L}.
from_list_just_one_part() ->
    [map_size(maps:from_list(pairs(1, N))) || N <- [63, 64, 65, 8191, 8192, 8193, 16384, 16385]].
from_keys_of_many_parts() ->
    M = maps:from_keys(keys(40000), v),
    {map_size(M), maps:get({1, 1}, M), lists:usort(maps:values(M))}.
from_keys_improper_late() ->
    L = keys(20000) ++ tail,
    {error, badarg, {M, F, [A, v], _}} = case_lib:top(fun() -> maps:from_keys(L, v) end),
    {M, F, A =:= L}.
lists_of_large_maps_agree() ->
    M = maps:from_keys(keys(70000), v),
    {length(maps:keys(M)), lists:sort(maps:keys(M)) =:= lists:sort(keys(70000)),
     length(maps:values(M)), length(maps:to_list(M)), lists:usort(maps:values(M))}.
keys_and_values_have_one_order() ->
    M = maps:from_list(pairs(1, 70000)),
    lists:all(fun({K, V}) -> K * 3 =:= V end, lists:zip(maps:keys(M), maps:values(M))).
fold_over_large_map() ->
    maps:fold(fun(K, V, A) -> K + V + A end, 0, maps:from_list(pairs(1, 70000))).
merge_two_large() ->
    M = maps:merge(maps:from_list(pairs(1, 40000)), maps:from_list([{K, v} || K <- lists:seq(20001, 70000)])),
    {map_size(M), maps:get(20000, M), maps:get(20001, M), maps:get(70000, M)}.
merge_with_itself_changed() ->
    M = maps:from_list(pairs(1, 40000)),
    N = maps:remove(7, M#{new => 1, 3 => x}),
    {maps:merge(M, N) =:= N#{7 => 21}, maps:merge(N, M) =:= M#{new => 1}, maps:merge(M, M) =:= M}.
merge_large_and_few() ->
    M = maps:from_list(pairs(1, 40000)),
    F = #{a => 1, 5 => 2, 7 => 3},
    {maps:merge(M, F) =:= M#{a => 1, 5 => 2, 7 => 3}, maps:merge(F, M) =:= M#{a => 1}}.
merge_many_into_one() ->
    M = lists:foldl(fun(I, A) -> maps:merge(A, maps:from_list(pairs(I * 900, I * 900 + 1000))) end,
                    #{}, lists:seq(1, 40)),
    {map_size(M), lists:sort(maps:to_list(M)) =:= pairs(900, 37000)}.
hash_of_merged_is_hash_of_built() ->
    M = maps:merge(maps:from_list(pairs(1, 9000)), maps:from_list(pairs(5000, 20000))),
    erlang:phash2(M) =:= erlang:phash2(maps:from_list(pairs(1, 20000))).
