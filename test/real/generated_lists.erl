%% lists, ordsets, orddict and sorting over generated terms.
-module(generated_lists).
-compile([export_all, nowarn_export_all]).
-import(real_front, [digest/1]).

terms(Seed) -> generated:terms(Seed, 3000).
numbers(Seed) -> generated:integers(Seed, 5000, 300).
pairs(Seed) -> lists:zip(numbers(Seed), generated:terms(Seed, 5000)).

sort() -> digest(lists:sort(terms(30))).
usort() -> digest(lists:usort(terms(30))).
sort_fun() -> digest(lists:sort(fun(A, B) -> A >= B end, terms(30))).
usort_fun() -> digest(lists:usort(fun(A, B) -> A rem 50 =< B rem 50 end, numbers(31))).
keysort() -> digest(lists:keysort(1, pairs(32))).
ukeysort() -> digest(lists:ukeysort(1, pairs(32))).
keysort_second() -> digest(lists:keysort(2, pairs(32))).
merge() -> digest(lists:merge(lists:sort(terms(30)), lists:sort(generated:terms(33, 2000)))).
merge_many() -> digest(lists:merge([lists:sort(generated:terms(N, 100)) || N <- lists:seq(1, 30)])).
umerge3() ->
    [A, B, C] = [lists:usort(generated:integers(N, 500, 700)) || N <- [1, 2, 3]],
    digest(lists:umerge3(A, B, C)).
subtract() -> digest(numbers(31) -- generated:integers(34, 2000, 300)).
subtract_terms() -> digest(terms(30) -- generated:terms(30, 1000)).
partition() -> digest(lists:partition(fun is_list/1, terms(30))).
uniq() -> digest({lists:uniq(numbers(31)), lists:uniq(fun({K, _}) -> K end, pairs(32))}).
keys() -> digest([{lists:keyfind(K, 1, pairs(32)), lists:keydelete(K, 1, lists:sublist(pairs(32), 50)),
                   lists:keymember(K, 1, pairs(32))} || K <- lists:seq(1, 40)]).
foldr() -> digest(lists:foldr(fun(X, A) -> [{X, erlang:phash2(X)} | A] end, [], terms(30))).
mapfoldl() -> digest(lists:mapfoldl(fun(X, S) -> {X + S, X - S} end, 0, numbers(31))).
flatten() -> digest(lists:flatten([if is_list(T) -> T; true -> [T] end || T <- terms(30)])).
splits() -> digest([{lists:split(N, numbers(31)), lists:sublist(numbers(31), N + 1, 7)} || N <- [0, 1, 99]]).
zips() -> digest(lists:unzip3(lists:zip3(numbers(31), numbers(31), lists:reverse(numbers(31))))).
min_max_sum() -> {lists:min(numbers(31)), lists:max(numbers(31)), lists:sum(numbers(31)),
                  digest({lists:min(terms(30)), lists:max(terms(30))})}.
ordsets() ->
    [A, B] = [ordsets:from_list(generated:terms(N, 500)) || N <- [35, 36]],
    digest([ordsets:union(A, B), ordsets:intersection(A, B), ordsets:subtract(A, B)]).
orddict() -> digest(lists:foldl(fun({K, V}, D) -> orddict:append(K, V, D) end, [], pairs(32))).
dict() -> digest(lists:sort(dict:to_list(lists:foldl(fun({K, V}, D) -> dict:append(K, V, D) end,
                                                     dict:new(), pairs(32))))).
sets() -> digest(lists:sort(sets:to_list(sets:from_list(terms(30))))).
