%% The lists module: every function, on plain cases, sizes and errors.
-module(lists_module).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
each(F, L) -> case_lib:each(F, L).

all_any() ->
    [{lists:all(fun(X) -> X > 1 end, id(L)), lists:any(fun(X) -> X > 1 end, id(L))}
     || L <- [[], [1], [2], [1, 2], [2, 3]]].
all_not_boolean() ->
    each(fun(F) -> lists:F(fun(_) -> id(x) end, [1]) end,
         [all, any, filter, partition, takewhile, dropwhile, splitwith]).
append_1() -> [lists:append(id(L)) || L <- [[], [[]], [[1], [2, 3], []], [[1], tail]]].
append_2() -> lists:append(id([1]), id([2])).
concat() -> lists:concat(id(['atom', 1, 1.5, "str", a])).
delete() -> [lists:delete(id(X), id([a, b, a, 1])) || X <- [a, b, 1.0, z]].
droplast() -> each(fun lists:droplast/1, [[1], [1, 2, 3], []]).
duplicate() -> [lists:duplicate(id(N), x) || N <- [0, 1, 3]].
duplicate_errors() -> each(fun(N) -> lists:duplicate(N, x) end, [-1, a]).
enumerate() ->
    [lists:enumerate(id([a, b])), lists:enumerate(id(5), id([a, b])), lists:enumerate([])].
filter() -> lists:filter(fun(X) -> X rem 2 =:= 0 end, lists:seq(1, 9)).
filtermap() ->
    lists:filtermap(fun(1) -> true; (2) -> false; (X) -> {true, X * X} end, id([1, 2, 3, 4])).
flatlength() -> each(fun lists:flatlength/1, [[], [1, [2, [3]]], [[[]]], a]).
flatmap() -> lists:flatmap(fun(X) -> lists:duplicate(X, X) end, id([1, 2, 3])).
flatten() ->
    each(fun lists:flatten/1,
         [[], [[]], [1, [2, [3, [4]], [], 5]], ["ab", ["cd"]], [[[[[deep]]]]], [1 | 2], a]).
flatten_2() -> lists:flatten(id([1, [2]]), id([[3]])).
foldl_foldr() ->
    {lists:foldl(fun(X, A) -> [X | A] end, [], id([1, 2, 3])),
     lists:foldr(fun(X, A) -> [X | A] end, [], id([1, 2, 3]))}.
foldl_errors() -> each(fun(L) -> lists:foldl(fun(X, A) -> X + A end, 0, L) end, [a, [1 | 2], [x]]).
foreach() ->
    put(l, []), ok = lists:foreach(fun(X) -> put(l, [X | get(l)]) end, id([1, 2, 3])), erase(l).
join() -> [lists:join(id(x), id(L)) || L <- [[], [a], [a, b], [a, b, c]]].
keydelete() -> [lists:keydelete(id(K), 1, id([{a, 1}, {b, 2}, {a, 3}])) || K <- [a, b, c]].
keymap() -> lists:keymap(fun(X) -> -X end, 2, id([{a, 1}, {b, 2}])).
keymerge() -> lists:keymerge(1, id([{1, a}, {3, b}]), id([{1, x}, {2, y}, {4, z}])).
keyreplace_keystore() ->
    L = id([{a, 1}, {b, 2}]),
    {[lists:keyreplace(K, 1, L, {new}) || K <- [a, c]],
     [lists:keystore(K, 1, L, {new}) || K <- [b, c]]}.
keyreplace_error() -> each(fun(T) -> lists:keyreplace(a, 1, [{a, 1}], T) end, [{x}, x]).
keysort() ->
    [lists:keysort(id(N), id([{b, 2, x}, {a, 3, y}, {a, 1, z}, {1.0, 2, u}, {1, 2, v}]))
     || N <- [1, 2, 3]].
keysort_stable() -> lists:keysort(1, id([{K rem 3, K} || K <- lists:seq(1, 20)])).
keytake() -> [lists:keytake(id(K), 1, id([{a, 1}, {b, 2}])) || K <- [a, b, c]].
last() -> each(fun lists:last/1, [[1], [1, 2, 3], [], a]).
map() -> lists:map(fun(X) -> X * 2 end, id([1, 2, 3])).
map_errors() -> each(fun(L) -> lists:map(fun(X) -> X end, L) end, [a, [1 | 2], {}]).
mapfoldl_mapfoldr() ->
    {lists:mapfoldl(fun(X, S) -> {X * S, S + X} end, 1, id([1, 2, 3])),
     lists:mapfoldr(fun(X, S) -> {X * S, S + X} end, 1, id([1, 2, 3]))}.
max_min() ->
    each(fun(L) -> {lists:max(L), lists:min(L)} end,
         [[1], [3, 1, 2], [1, 1.0], [1.0, 1], [a, "b", {}, 2], []]).
merge_1_2_3() ->
    {lists:merge(id([[1, 4], [2, 5], [3, 6]])), lists:merge(id([1, 3]), id([2, 4])),
     lists:merge(fun(A, B) -> A >= B end, id([3, 1]), id([4, 2]))}.
merge3() -> lists:merge3(id([1, 4]), id([2, 5]), id([3, 6])).
nth_nthtail() -> [{lists:nth(N, id([a, b, c])), lists:nthtail(N, id([a, b, c]))} || N <- [1, 2, 3]].
nth_errors() -> each(fun(N) -> lists:nth(N, [a, b]) end, [0, 3, -1, a]).
nthtail_errors() -> each(fun(N) -> lists:nthtail(N, [a, b]) end, [0, 2, 3, -1, a]).
partition() -> lists:partition(fun(X) -> X > 2 end, id([1, 5, 2, 4, 3])).
prefix_suffix() ->
    [{lists:prefix(id(A), id(B)), lists:suffix(id(A), id(B))}
     || {A, B} <- [{[], []}, {"a", "abc"}, {"c", "abc"}, {"abcd", "abc"}, {"abc", "abc"}]].
search() -> [lists:search(fun(X) -> X > N end, id([1, 3, 2, 5])) || N <- [0, 2, 4, 5]].
seq_2() -> [lists:seq(id(A), id(B)) || {A, B} <- [{1, 5}, {5, 5}, {6, 5}, {-2, 2}]].
seq_3() ->
    [lists:seq(id(A), id(B), id(S))
     || {A, B, S} <- [{1, 10, 3}, {10, 1, -3}, {1, 1, 0}, {1, 0, 5}, {0, 10, 10}]].
seq_errors() ->
    each(fun({A, B}) -> lists:seq(A, B) end,
         [{5, 1}, {a, 1}, {1, 1.0}, {0, -2}]) ++ each(fun({A, B, S}) -> lists:seq(A, B, S) end,
                                                      [{1, 5, 0}, {1, 5, -1}, {5, 1, 1},
                                                       {1, 5, a}]).
seq_error_text() -> case_lib:text(fun() -> lists:seq(id(5), id(1)) end).
seq_bigs() -> lists:seq(id(1 bsl 70), id((1 bsl 70) + 3)).
sort_sizes() -> [lists:sort([(N * 7) rem 11 || N <- lists:seq(1, K)]) || K <- lists:seq(0, 11)].
sort_permutations_of_4() ->
    lists:usort([lists:sort([A, B, C, D]) || A <- [1, 2, 3, 4], B <- [1, 2, 3, 4],
                 C <- [1, 2, 3, 4], D <- [1, 2, 3, 4], lists:sum([A, B, C, D]) =:= 10,
                 A * B * C * D =:= 24]).
sort_all_types() ->
    lists:sort(id([<<>>, [], #{}, {}, fun lists:map/2, a, 1.5, 1, "s", [a | b], {1}, 1 bsl 70, -5,
                   <<1:1>>, true, '', #{a => 1}, {0, 0}])).
sort_stable_1_and_1_0() ->
    [lists:sort(id(L)) || L <- [[1, 1.0], [1.0, 1], [2, 1.0, 1, 2.0], [1.0, 2, 1]]].
sort_errors() -> each(fun lists:sort/1, [a, [1 | 2], [2, 1 | x], {}]).
sort_long_random() ->
    L = [(N * 7919) rem 100003 || N <- lists:seq(1, 20000)], S = lists:sort(L),
    {length(S), hd(S), lists:last(S), erlang:phash2(S), S =:= lists:sort(lists:reverse(L))}.
sort_long_sorted_and_reversed() ->
    L = lists:seq(1, 50000), {lists:sort(L) =:= L, lists:sort(lists:reverse(L)) =:= L}.
sort_2() ->
    [lists:sort(F, id([3, 1, 2, 3, 1]))
     || F <- [fun(A, B) -> A =< B end, fun(A, B) -> A >= B end, fun(_, _) -> true end,
              fun(_, _) -> false end]].
sort_2_stable() ->
    lists:sort(fun({A, _}, {B, _}) -> A =< B end, id([{K rem 4, K} || K <- lists:seq(1, 20)])).
split() -> each(fun(N) -> lists:split(N, [a, b, c]) end, [0, 1, 3, 4, -1, a]).
splitwith() -> lists:splitwith(fun(X) -> X < 3 end, id([1, 2, 3, 1])).
sublist() ->
    each(fun(N) -> lists:sublist([a, b, c], N) end,
         [0, 2, 3, 9, -1]) ++ each(fun({S, N}) -> lists:sublist([a, b, c], S, N) end,
                                   [{1, 2}, {2, 9}, {3, 0}, {4, 1}, {5, 1}, {0, 1}]).
subtract() -> lists:subtract(id("123212"), id("212")).
sum() -> each(fun lists:sum/1, [[], [1, 2.5], [1 bsl 70, 1], [a]]).
takewhile_dropwhile() ->
    {lists:takewhile(fun(X) -> X < 3 end, id([1, 2, 3, 1])),
     lists:dropwhile(fun(X) -> X < 3 end, id([1, 2, 3, 1]))}.
ukeymerge_ukeysort() ->
    {lists:ukeymerge(1, id([{1, a}, {3, b}]), id([{1, x}, {2, y}])),
     lists:ukeysort(1, id([{b, 1}, {a, 1}, {b, 2}, {a, 3}]))}.
umerge_usort() ->
    {lists:umerge(id([1, 2]), id([2, 3])), lists:umerge(id([[1, 3], [2, 3], [3, 4]])),
     lists:usort(id([3, 1, 2, 1, 3, 1.0]))}.
usort_1_and_1_0() ->
    [lists:usort(id(L)) || L <- [[1, 1.0], [1.0, 1], [1, 1.0, 1], [2, 2.0, 1.0, 1]]].
usort_long() -> erlang:phash2(lists:usort([N rem 977 || N <- lists:seq(1, 30000)])).
uniq() ->
    [lists:uniq(id(L)) || L <- [[], [1, 2, 1], [1, 1.0],
                                [[], {}, []]]] ++ [lists:uniq(fun({X, _}) -> X end,
                                                            id([{a, 1}, {b, 2}, {a, 3}]))].
unzip_zip() ->
    {lists:zip(id([1, 2]), id([a, b])), lists:unzip(id([{1, a}, {2, b}])),
     lists:zip3([1], [2], [3]), lists:unzip3([{1, 2, 3}, {4, 5, 6}])}.
zip_errors() ->
    each(fun({A, B}) -> lists:zip(A, B) end, [{[1], []}, {[], [1]}, {a, b}, {[1], [2 | 3]}]).
zipwith() ->
    {lists:zipwith(fun(A, B) -> A + B end, [1, 2], [3, 4]),
     lists:zipwith3(fun(A, B, C) -> A + B + C end, [1], [2], [3])}.
rkeymerge_rmerge() -> {lists:rmerge(id([3, 1]), id([4, 2])), lists:rumerge(id([3, 1]), id([3, 2]))}.
