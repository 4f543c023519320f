%% The functions of the maps module on small maps.
-module(maps_module).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

m() -> id(#{a => 1, b => 2, c => 3}).

find() -> [maps:find(K, m()) || K <- [a, b, d, 1]].
get_2() -> [maps:get(K, m()) || K <- [a, b, c]].
get_3() -> [maps:get(K, m(), none) || K <- [a, d, []]].
is_key() -> [maps:is_key(K, m()) || K <- [a, d, "a"]].
is_map_key_bif() -> [is_map_key(K, m()) || K <- [a, d, "a"]].
keys() -> maps:keys(m()).
values() -> maps:values(m()).
keys_values_empty() -> {maps:keys(id(#{})), maps:values(id(#{})), maps:to_list(id(#{}))}.
keys_order_of_types() ->
    maps:keys(id(#{[] => 1, {} => 2, a => 3, 1 => 4, 2.5 => 5, <<>> => 6, #{} => 7, "x" => 8,
                   1.0 => 9, -1 => 10, z => 11, {1} => 12})).
put() -> [maps:put(K, new, m()) || K <- [a, d, 0]].
put_same_value() -> M = m(), maps:put(a, 1, M) =:= M.
update() -> maps:update(b, new, m()).
remove() -> [maps:remove(K, m()) || K <- [a, b, c, d]].
remove_to_empty() -> maps:remove(a, id(#{a => 1})).
take() -> [maps:take(K, m()) || K <- [a, c, d]].
merge() -> maps:merge(m(), id(#{b => x, d => y})).
merge_empty() -> {maps:merge(m(), #{}), maps:merge(#{}, m()), maps:merge(id(#{}), id(#{}))}.
merge_same_keys() -> maps:merge(m(), id(#{a => x, b => y, c => z})).
merge_disjoint() -> maps:merge(id(#{a => 1, c => 3, e => 5}), id(#{b => 2, d => 4, f => 6})).
merge_with() -> maps:merge_with(fun(K, A, B) -> {K, A, B} end, m(), id(#{b => x, d => y})).
merge_with_larger_second() -> maps:merge_with(fun(K, A, B) -> {K, A, B} end, id(#{b => x}), m()).
intersect() -> maps:intersect(m(), id(#{b => x, c => y, d => z})).
intersect_with() ->
    maps:intersect_with(fun(K, A, B) -> {K, A, B} end, m(), id(#{b => x, c => y, d => z, e => w})).
intersect_with_smaller_second() ->
    maps:intersect_with(fun(K, A, B) -> {K, A, B} end, m(), id(#{c => y})).
fold() -> maps:fold(fun(K, V, A) -> [{K, V} | A] end, [], m()).
fold_empty() -> maps:fold(fun(_, _, _) -> x end, acc, id(#{})).
map() -> maps:map(fun(K, V) -> {K, V} end, m()).
filter() -> maps:filter(fun(_, V) -> V > 1 end, m()).
filter_all_none() ->
    {maps:filter(fun(_, _) -> true end, m()), maps:filter(fun(_, _) -> false end, m())}.
filtermap() ->
    maps:filtermap(fun(_, 1) -> true; (_, 2) -> false; (_, V) -> {true, {new, V}} end, m()).
foreach() ->
    erlang:put(seen, []),
    ok = maps:foreach(fun(K, V) -> erlang:put(seen, [{K, V} | erlang:get(seen)]) end, m()),
    erase(seen).
with() -> maps:with([c, a, x, a], m()).
without() -> maps:without([c, x], m()).
with_none() -> {maps:with([], m()), maps:without([], m())}.
update_with() -> maps:update_with(b, fun(V) -> V * 100 end, m()).
update_with_default() -> [maps:update_with(K, fun(V) -> V * 100 end, init, m()) || K <- [b, z]].
from_list() -> [maps:from_list(id(L)) || L <- [[], [{a, 1}], [{b, 2}, {a, 1}], [{a, 1}, {a, 2}]]].
from_keys() -> [maps:from_keys(id(L), v) || L <- [[], [a], [c, b, a, b]]].
new() -> maps:new() =:= id(#{}).
to_list_from_list_roundtrip() -> M = m(), maps:from_list(maps:to_list(M)) =:= M.
size() -> [maps:size(m()), map_size(m()), maps:size(id(#{}))].
iterator_next() ->
    I = maps:iterator(m()), {K1, V1, I1} = maps:next(I), {K2, V2, I2} = maps:next(I1),
    {K3, V3, I3} = maps:next(I2), {K1, V1, K2, V2, K3, V3, I3, maps:next(I3)}.
iterator_empty() -> maps:next(maps:iterator(id(#{}))).
iterator_none() -> maps:next(none).
iterator_is_no_map() ->
    [case_lib:class(fun() -> maps:F(maps:iterator(m())) end) || F <- [to_list, keys, size]].
steps(I) -> case maps:next(I) of {K, V, J} -> [{K, V} | steps(J)]; none -> [] end.
iterator_after_one_step() -> {_, _, I} = maps:next(maps:iterator(m())), steps(I).
iterator_map_filter_fold() ->
    I = maps:iterator(m()),
    {maps:map(fun(_, V) -> -V end, I), maps:filter(fun(K, _) -> K =/= b end, I),
     maps:fold(fun(_, V, S) -> V + S end, 0, I)}.
iterator_does_not_see_changes() ->
    M = m(), I = maps:iterator(M), _ = M#{a := changed, z => 1}, steps(I).
groups_from_list_idiom() -> maps:groups_from_list(fun(X) -> X rem 3 end, id([1, 2, 3, 4, 5, 6, 7])).
groups_from_list_3() ->
    maps:groups_from_list(fun(X) -> X rem 2 end, fun(X) -> X * 10 end, id([1, 2, 3, 4, 5])).
count_words_idiom() ->
    lists:foldl(fun(W, M) -> maps:update_with(W, fun(N) -> N + 1 end, 1, M) end, #{},
                string:lexemes(id("a b a c b a"), " ")).
group_idiom() ->
    lists:foldr(fun(X, M) -> K = X rem 3, M#{K => [X | maps:get(K, M, [])]} end, #{},
                lists:seq(1, 12)).
invert_idiom() -> maps:fold(fun(K, V, M) -> M#{V => K} end, #{}, m()).
comprehension_from_list() -> maps:from_list([{K, V * V} || {K, V} <- maps:to_list(m()), V =/= 2]).
comprehension_over_map() -> [{V, K} || {K, V} <- maps:to_list(m())].
sort_by_value() -> lists:keysort(2, maps:to_list(id(#{a => 3, b => 1, c => 2}))).
as_set() -> S = lists:foldl(fun(X, M) -> M#{X => []} end, #{}, id([3, 1, 3, 2, 1])), maps:keys(S).
printing() ->
    [lists:flatten(io_lib:format(F, [m()])) || F <- ["~p", "~w", "~tp", "~P"], F =/= "~P"].
printing_nested() ->
    lists:flatten(io_lib:format("~p", [id(#{k => #{a => [1, 2], "s" => <<"b">>}, {t} => []})])).
printing_wide() ->
    lists:flatten(io_lib:format("~p", [maps:from_list([{list_to_atom("key_number_" ++ integer_to_list(N)), lists:seq(1, 5)} || N <- lists:seq(10, 16)])])).
hash_order_independent() ->
    erlang:phash2(id(#{a => 1, b => 2})) =:= erlang:phash2(maps:from_list([{b, 2}, {a, 1}])).
