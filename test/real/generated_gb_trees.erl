%% gb_trees and gb_sets over generated keys; the trees' shapes are compared too.
-module(generated_gb_trees).
-compile([export_all, nowarn_export_all]).
-import(real_front, [digest/1]).

keys(Seed) -> generated:integers(Seed, 3000, 2000).
tree(Seed) -> lists:foldl(fun(K, T) -> gb_trees:enter(K, K * K, T) end, gb_trees:empty(), keys(Seed)).

enter() -> digest(tree(2)).
enter_terms() ->
    digest(lists:foldl(fun(K, T) -> gb_trees:enter(K, x, T) end, gb_trees:empty(),
                       generated:terms(3, 600))).
delete_any() ->
    digest(lists:foldl(fun gb_trees:delete_any/2, tree(2), generated:integers(4, 1500, 2000))).
balance() -> digest(gb_trees:balance(tree(2))).
take_smallest() -> digest(take(tree(2), 300, [])).
take(T, 0, Done) -> {T, Done};
take(T0, N, Done) -> {K, V, T1} = gb_trees:take_smallest(T0), take(T1, N - 1, [{K, V} | Done]).
lookups() -> T = tree(2), digest([gb_trees:lookup(K, T) || K <- lists:seq(-5, 2005)]).
iterate_from() -> digest(walk(gb_trees:next(gb_trees:iterator_from(777, tree(2))))).
walk(none) -> [];
walk({K, V, I}) -> [{K, V} | walk(gb_trees:next(I))].
map() -> digest(gb_trees:map(fun(K, V) -> {K, V} end, tree(2))).
from_orddict() -> digest(gb_trees:from_orddict(orddict:from_list([{K, v} || K <- keys(2)]))).
sets() ->
    A = gb_sets:from_list(generated:integers(5, 500, 1000)),
    B = gb_sets:from_list(generated:integers(6, 500, 1000)),
    digest([gb_sets:union(A, B), gb_sets:intersection(A, B), gb_sets:subtract(A, B),
            gb_sets:is_subset(A, B), gb_sets:filter(fun(X) -> X rem 3 =:= 0 end, A)]).
