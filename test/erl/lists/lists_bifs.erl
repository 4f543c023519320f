%% The list BIFs and operators: results on several sizes, errors and frames.
-module(lists_bifs).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
top(F) -> case_lib:top(F).
text(F) -> case_lib:text(F).

append_operator() ->
    [id(A) ++ id(B) || {A, B} <- [{[], []}, {[1], []}, {[], [1]}, {[1, 2], [3, 4]}, {[1], tail},
                                  {[], tail}, {[1, 2], #{}}]].
append_operator_errors() ->
    [top(fun() -> id(A) ++ id(B) end)
     || {A, B} <- [{a, [1]}, {[1 | 2], [3]}, {1, 2}, {{}, []}, {<<>>, []}, {[1, 2 | c], []}]].
append_operator_long() -> L = lists:seq(1, 100000), length(L ++ L).
append_does_not_copy_right_side() -> R = id([c]), [_ | T] = id([a]) ++ R, T =:= R.
subtract_operator() ->
    [id(A) -- id(B) || {A, B} <- [{[], []}, {[1], []}, {[], [1]}, {[1, 2, 1, 3], [1]},
                                  {[1, 2, 1, 3], [1, 1, 1]}, {[1, 2, 3], [3, 2, 1]},
                                  {[1.0, 1], [1]}, {[a, b, a, c, a], [a, c]}]].
subtract_operator_exact_equality() ->
    [id([1, 1.0, {1}, {1.0}]) -- id(X) || X <- [[1], [1.0], [{1.0}], [{1}, 1]]].
subtract_operator_errors() ->
    [top(fun() -> id(A) -- id(B) end)
     || {A, B} <- [{a, [1]}, {[1], b}, {[1 | 2], [1]}, {[1], [1 | 2]}, {[], a}, {a, []}]].
subtract_operator_long() -> A = lists:seq(1, 20000), B = lists:seq(20000, 2, -2), length(A -- B).
subtract_operator_long_few_left() -> lists:seq(1, 5000) -- (lists:seq(2, 5000) ++ [a, b]).
subtract_operator_mixed_types() ->
    id([a, 1, "s", <<"b">>, #{}, 1.5, {t}, [], 1 bsl 70]) -- id([<<"b">>, #{}, 1 bsl 70, {t}, []]).
subtract_right_associative() -> id([1, 2, 3]) -- id([1, 2]) -- id([1]).
length_bif() -> [length(id(L)) || L <- [[], [1], "abc", lists:seq(1, 1000)]].
length_errors() -> [top(fun() -> length(id(X)) end) || X <- [a, [1 | 2], {}, <<>>, [1, 2 | []]]].
length_in_guard() ->
    [case id(X) of L when length(L) > 1 -> many; L when length(L) >= 0 -> few; _ -> no end
     || X <- [[1, 2], [1], [], [1 | 2], a]].
hd_tl() -> [{hd(id(L)), tl(id(L))} || L <- [[1], [1, 2], [1 | 2], "ab"]].
hd_tl_errors() ->
    [top(fun() -> hd(id(X)) end) || X <- [[], a, {}]] ++ [top(fun() -> tl(id(X)) end)
                                                          || X <- [[], a]].
hd_tl_in_guard() ->
    [case id(X) of L when hd(L) =:= 1 -> one; L when tl(L) =:= [] -> single; _ -> no end
     || X <- [[1, 2], [5], [], a, [3 | 4]]].
reverse_2() ->
    [lists:reverse(id(A), id(B)) || {A, B} <- [{[], []}, {[1, 2], [3]}, {[1, 2], tail}, {[], x}]].
reverse_1() -> [lists:reverse(id(L)) || L <- [[], [1], [1, 2], [1, 2, 3], lists:seq(1, 20)]].
reverse_errors() ->
    [top(fun() -> lists:reverse(id(A), id([])) end) || A <- [a, [1 | 2], [1, 2 | 3]]].
reverse_1_errors() ->
    [case_lib:class(fun() -> lists:reverse(id(A)) end)
     || A <- [a, [1 | 2], [1, 2 | 3], [1, 2, 3 | 4]]].
reverse_long() -> L = lists:reverse(lists:seq(1, 200000)), {hd(L), length(L)}.
member() ->
    [lists:member(id(X), id(L))
     || {X, L} <- [{1, []}, {1, [1]}, {1, [1.0]}, {1.0, [1, 1.0]}, {a, [b, c, a]}, {[1], [[1]]},
                   {<<"a">>, [<<"a">>]}, {1 bsl 70, [1, 1 bsl 70]}, {#{}, [#{}]}]].
member_errors() ->
    [top(fun() -> lists:member(id(X), id(L)) end)
     || {X, L} <- [{1, a}, {1, [2 | 3]}, {1, [1 | a]}, {1, [2, 3 | 1]}]].
member_long() -> L = lists:seq(1, 100000), [lists:member(100000, L), lists:member(0, L)].
keyfind() ->
    [lists:keyfind(id(K), id(N), id([{a, 1}, {b, 2.0, x}, {1}, c, {d}, {1.0, y}]))
     || {K, N} <- [{a, 1}, {b, 1}, {2, 2}, {1.0, 1}, {x, 3}, {d, 1}, {c, 1}, {z, 1}, {1, 2}]].
keymember() ->
    [lists:keymember(id(K), id(N), id([{a, 1}, {b, 2.0, x}, c]))
     || {K, N} <- [{a, 1}, {2, 2}, {x, 3}, {c, 1}, {z, 9}]].
keysearch() ->
    [lists:keysearch(id(K), id(N), id([{a, 1}, {b, 2.0, x}, c]))
     || {K, N} <- [{a, 1}, {2, 2}, {x, 3}, {z, 1}]].
keyfind_first_of_several() -> lists:keyfind(k, 1, id([{j, 0}, {k, 1}, {k, 2}])).
keyfind_types_of_keys() ->
    L = id([{"s", 1}, {<<"b">>, 2}, {[], 3}, {{}, 4}, {#{}, 5}, {1 bsl 70, 6}, {1.5, 7}]),
    [lists:keyfind(K, 1, L) || K <- ["s", <<"b">>, [], {}, #{}, 1 bsl 70, 1.5, 1.4]].
keyfind_errors() ->
    [top(fun() -> lists:keyfind(k, id(N), id(L)) end)
     || {N, L} <- [{0, []}, {-1, []}, {a, []}, {1, a}, {1, [{x} | y]}, {1.0, []}, {1 bsl 70, []}]].
keymember_errors() ->
    [top(fun() -> lists:keymember(k, id(N), id(L)) end)
     || {N, L} <- [{0, []}, {1, a}, {1, [{x} | y]}]].
keysearch_errors() ->
    [top(fun() -> lists:keysearch(k, id(N), id(L)) end) || {N, L} <- [{0, []}, {1, a}]].
list_to_tuple_sizes() ->
    [list_to_tuple(id(L))
     || L <- [[], [1], [1, 2, 3]]] ++ [tuple_size(list_to_tuple(lists:seq(1, 5000)))].
list_to_tuple_errors() -> [top(fun() -> list_to_tuple(id(X)) end) || X <- [a, [1 | 2], {}]].
tuple_to_list_sizes() -> [tuple_to_list(id(T)) || T <- [{}, {1}, {1, {2}, 3}]].
tuple_to_list_errors() -> [top(fun() -> tuple_to_list(id(X)) end) || X <- [a, [], #{}]].
text_append() -> text(fun() -> id(a) ++ [1] end).
text_subtract() -> text(fun() -> [1] -- id(a) end).
text_length() -> text(fun() -> length(id([1 | 2])) end).
text_hd() -> text(fun() -> hd(id([])) end).
text_keyfind() -> text(fun() -> lists:keyfind(a, id(0), id(x)) end).
text_reverse() -> text(fun() -> lists:reverse(id(a), []) end).
text_member() -> text(fun() -> lists:member(a, id([b | c])) end).
text_list_to_tuple() -> text(fun() -> list_to_tuple(id(a)) end).
is_list_guard() -> [is_list(id(X)) || X <- [[], [1], [1 | 2], "", {}, a, <<>>]].
element_bif() -> [element(id(N), id({a, b, c})) || N <- [1, 2, 3]].
element_errors() ->
    [top(fun() -> element(id(N), id(T)) end)
     || {N, T} <- [{0, {a}}, {2, {a}}, {-1, {a}}, {a, {a}}, {1, []}, {1.0, {a}}, {1 bsl 70, {a}},
                   {1, {}}]].
setelement_bif() -> T = id({a, b, c}), {[setelement(id(N), T, x) || N <- [1, 2, 3]], T}.
setelement_errors() ->
    [top(fun() -> setelement(id(N), id(T), x) end)
     || {N, T} <- [{0, {a}}, {2, {a}}, {a, {a}}, {1, []}, {1 bsl 70, {a}}]].
setelement_chain() -> T = id({1, 2, 3, 4}), setelement(4, setelement(1, setelement(2, T, b), a), d).
append_element() -> [erlang:append_element(id(T), id(x)) || T <- [{}, {a}, {a, b}]].
append_element_errors() -> [top(fun() -> erlang:append_element(id(X), x) end) || X <- [a, []]].
delete_element() ->
    [erlang:delete_element(id(N), id({a, b, c}))
     || N <- [1, 2, 3]] ++ [erlang:delete_element(1, id({x}))].
delete_element_errors() ->
    [top(fun() -> erlang:delete_element(id(N), id(T)) end)
     || {N, T} <- [{0, {a}}, {2, {a}}, {a, {a}}, {1, []}, {1, {}}]].
insert_element() ->
    [erlang:insert_element(id(N), id({a, b}), x)
     || N <- [1, 2, 3]] ++ [erlang:insert_element(1, id({}), x)].
insert_element_errors() ->
    [top(fun() -> erlang:insert_element(id(N), id(T), x) end)
     || {N, T} <- [{0, {a}}, {3, {a}}, {a, {a}}, {1, []}]].
make_tuple_2() ->
    [erlang:make_tuple(id(N), id([x]))
     || N <- [0, 1, 3]] ++ [tuple_size(erlang:make_tuple(10000, 0))].
make_tuple_3() ->
    [erlang:make_tuple(id(4), id(d), id(L)) || L <- [[], [{1, a}], [{4, a}, {2, b}, {4, c}]]].
make_tuple_errors() ->
    [top(fun() -> erlang:make_tuple(id(N), x) end) || N <- [-1, a, 1.0, 1 bsl 70]].
make_tuple_3_errors() ->
    [top(fun() -> erlang:make_tuple(id(2), x, id(L)) end)
     || L <- [a, [a], [{0, a}], [{3, a}], [{a, 1}], [{1, a} | b], [{1}]]].
tuple_size_bif() -> [tuple_size(id(T)) || T <- [{}, {a}, erlang:make_tuple(300, a)]].
tuple_size_errors() -> [top(fun() -> tuple_size(id(X)) end) || X <- [a, [], <<>>, #{}]].
size_bif() -> [size(id(T)) || T <- [{}, {a, b}, <<>>, <<1, 2>>, <<1:1>>]].
size_errors() -> [top(fun() -> size(id(X)) end) || X <- [a, [], #{}, 1]].
min_max() ->
    [{min(id(A), id(B)), max(id(A), id(B))}
     || {A, B} <- [{1, 2}, {1, 1.0}, {1.0, 1}, {a, 1}, {[], {}}, {<<>>, []}, {"a", "b"}]].
flat_size() ->
    [erts_debug:flat_size(id(T))
     || T <- [[], a, 1, [1], [1, 2, 3], {}, {1}, {1, 2}, {{1}, [2]}, lists:seq(1, 100)]].
