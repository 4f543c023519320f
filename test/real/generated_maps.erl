%% maps over generated keys, small and large. What depends on the order in which
%% a large map is walked is sorted first: that order is not documented.
-module(generated_maps).
-compile([export_all, nowarn_export_all]).
-import(real_front, [digest/1]).

pairs(Seed, N) -> lists:zip(generated:terms(Seed, N), generated:integers(Seed, N, 100)).
map(Seed, N) -> maps:from_list(pairs(Seed, N)).
sorted(M) -> lists:sort(maps:to_list(M)).

from_list_of_many_sizes() -> digest([map(N, N) || N <- lists:seq(0, 80)]).
large() -> digest(map(7, 5000)).
put_one_by_one() -> lists:foldl(fun({K, V}, M) -> M#{K => V} end, #{}, pairs(8, 2000)) =:= map(8, 2000).
remove_down_to_nothing() ->
    M = map(9, 500),
    {_, Sizes} = lists:foldl(fun(K, {A, S}) -> B = maps:remove(K, A), {B, [B | S]} end, {M, []},
                             lists:sort(maps:keys(M))),
    digest(Sizes).
merge() -> digest(maps:merge(map(10, 300), map(11, 300))).
merge_with() -> digest(maps:merge_with(fun(_, A, B) -> {A, B} end, map(12, 900), map(12, 900))).
intersect() -> digest(maps:intersect(map(13, 400), map(14, 900))).
without() -> digest(maps:without(generated:terms(15, 500), map(15, 900))).
with() -> digest(maps:with(generated:terms(15, 500), map(16, 900))).
fold() -> digest(lists:sort(maps:fold(fun(K, V, A) -> [{V, K} | A] end, [], map(17, 1500)))).
map_filter() ->
    digest(maps:map(fun(_, V) -> V * 2 end, maps:filter(fun(_, V) -> V rem 2 =:= 0 end, map(18, 999)))).
filtermap() ->
    digest(sorted(maps:filtermap(fun(_, V) -> V > 50 andalso {true, [V]} end, map(19, 999)))).
groups() ->
    digest(maps:groups_from_list(fun(X) -> X rem 100 end, generated:integers(20, 5000, 100000))).
iterate() -> digest(lists:sort(walk(maps:next(maps:iterator(map(21, 800)))))).
walk(none) -> [];
walk({K, V, I}) -> [{K, V} | walk(maps:next(I))].
compare() -> digest([{A < B, A == B} || N <- lists:seq(1, 60), {A, B} <- [{map(N, N), map(N + 1, N)}]]).
keys_that_are_maps() -> digest(maps:from_list([{map(N, N rem 50), N} || N <- lists:seq(1, 200)])).
