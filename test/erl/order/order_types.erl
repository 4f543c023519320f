%% The order between terms of different types: number < atom < fun < tuple <
%% map < nil < list < bitstring, at the top level and nested.
-module(order_types).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
c(A, B) -> {A < B, A =< B, A == B, A =:= B, A >= B, A > B, A /= B, A =/= B}.
%% One representative a type, in ascending order.
ladder() -> [1, a, fun erlang:abs/1, {}, #{}, [], [0], <<>>].
wide() ->
    [-(1 bsl 64), -1.5, -1, 0, 0.5, 1, 1.0e10, 1 bsl 64, '', 'A', a, aa, b, fun erlang:abs/1, {}, {0}, {a}, {0, 0},
     #{}, #{a => 1}, [], [0], [0, 0], [a], [[]], <<>>, <<0>>, <<0:9>>, <<0, 0>>, <<1>>].

number_and_atom() -> [c(id(X), a) || X <- [1, 1.5, 1 bsl 64]].
atom_and_fun() -> c(id(zzz), fun erlang:abs/1).
fun_and_tuple() -> c(fun erlang:abs/1, id({})).
tuple_and_map() -> [c(id(T), M) || T <- [{}, {a, b, c}], M <- [#{}, #{a => 1}]].
map_and_nil() -> [c(id(M), []) || M <- [#{}, #{a => 1}]].
nil_and_cons() -> [c(id([]), L) || L <- [[0], [[]], [a | b]]].
list_and_binary() -> [c(id(L), <<>>) || L <- [[], [<<"zzz">>], "abc"]].
nil_and_binary() -> [c(id([]), id(<<>>)), c(id(<<>>), id([]))].
nil_and_atom() -> [c(id([]), nil), c(id([]), '[]'), c(id([]), {})].
number_and_everything() -> [c(id(1 bsl 200), X) || X <- tl(ladder())].
binary_above_everything() -> [c(id(<<>>), X) || X <- ladder()].
ladder_is_ascending() -> L = ladder(), [{A, B} || {A, B} <- lists:zip(lists:droplast(L), tl(L)), not (id(A) < id(B))].
ladder_all_pairs() ->
    L = lists:zip(lists:seq(1, 8), ladder()),
    [{I, J} || {I, A} <- L, {J, B} <- L, (A < B) =/= (I < J) orelse (A > B) =/= (I > J) orelse (A =:= B) =/= (I =:= J)].
ladder_inside_tuple() -> L = ladder(), [{A, B} || A <- L, B <- L, ({A} < {B}) =/= (A < B)].
ladder_inside_list() -> L = ladder(), [{A, B} || A <- L, B <- L, ([x, A] < [x, B]) =/= (A < B)].
ladder_inside_list_tail() -> L = ladder(), [{A, B} || A <- L, B <- L, ([x | A] < [x | B]) =/= (A < B)].
ladder_inside_map_value() -> L = ladder(), [{A, B} || A <- L, B <- L, (#{k => A} < #{k => B}) =/= (A < B)].
wide_sorted_reversed() -> lists:sort(lists:reverse(wide())) =:= wide().
wide_sorted_shuffled() -> lists:sort([X || {_, X} <- lists:sort([{erlang:phash2({I}), X} || {I, X} <- lists:zip(lists:seq(1, length(wide())), wide())])]) =:= wide().
wide_trichotomy() -> [{A, B} || A <- wide(), B <- wide(), length([x || true <- [A < B, A == B, A > B]]) =/= 1].
wide_antisymmetric() -> [{A, B} || A <- wide(), B <- wide(), (A < B) =/= (B > A) orelse (A =< B) =/= (B >= A)].
wide_transitive() -> L = wide(), length([x || A <- L, B <- L, A < B, C <- L, B < C, not (A < C)]).
wide_operators_agree() ->
    [{A, B} || A <- wide(), B <- wide(), (A =< B) =/= not (A > B) orelse (A >= B) =/= not (A < B)
                   orelse (A == B) =/= not (A /= B) orelse (A =:= B) =/= not (A =/= B)].
wide_min_max() -> L = wide(), [{A, B} || A <- L, B <- L, min(A, B) > max(A, B) orelse {min(A, B), max(A, B)} =/= {lists:min([A, B]), lists:max([A, B])}].
wide_min_max_of_all() -> {lists:min(wide()) =:= hd(wide()), lists:max(wide()) =:= lists:last(wide())}.
comparison_as_value_in_list() -> [id(a) < 1, 1 < id(a), [id([]) < [a]], {id({}) > a}].
comparison_through_apply() -> [apply(erlang, Op, [id(a), id([])]) || Op <- ['<', '=<', '==', '=:=', '>=', '>', '/=', '=/=']].
comparison_external_funs() -> [F({}, 1) || F <- [fun erlang:'<'/2, fun erlang:'>'/2, fun erlang:'=='/2, fun erlang:'=/='/2]].
sort_mixed_types() -> lists:sort([<<>>, [], #{}, {}, fun lists:map/2, a, 1, "b", {a}, 2.0, <<"a">>, [a], z, 0]).
usort_mixed_types() -> lists:usort([b, 1, b, {}, 1.0, {}, [], 1, [], "a", "a", #{}, #{}]).
sort_deep_terms() -> lists:sort([{a, [1, {b}]}, {a, [1, {a}]}, {a, [1]}, {a, []}, {a, [1, []]}, {a, [1, b]}, {a, <<>>}]).
external_fun_order() -> lists:sort([fun lists:map/2, fun lists:foldl/3, fun erlang:abs/1, fun lists:map/3, fun a:b/0]).
external_fun_equality() -> F = fun lists:map/2, [F == fun lists:map/2, F =:= fun lists:map/2, F == fun lists:map/3, F =:= fun lists:foldl/2, F =:= id(fun(A, B) -> lists:map(A, B) end)].
external_funs_same_name_differ() -> F = fun a:b/1, [c(F, fun a:b/2), c(F, fun a:c/1), c(F, fun b:b/1)].
external_fun_from_variables() -> M = id(lists), N = id(map), A = id(2), [fun M:N/A =:= fun lists:map/2, fun M:N/A == fun lists:map/2].
local_fun_equal_to_itself() -> X = id(5), F = fun() -> X end, G = F, [F =:= G, F == G, F < G, F =< G].
local_funs_same_env_equal() -> [mk(1) =:= mk(1), mk(1) == mk(1), mk(1) =:= mk(2), mk(a) < mk(b), mk(2) > mk(1), mk([]) < mk(<<>>)].
mk(X) -> fun(Y) -> {X, Y} end.
local_fun_against_other_types() -> F = mk(1), [F > atom, F < {}, F < #{}, F > 1, F < [], F < <<>>].
