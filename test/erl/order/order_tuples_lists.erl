%% Tuples order by size first, lists element by element; nested terms, improper
%% tails and very long lists.
-module(order_tuples_lists).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
c(A, B) -> {A < B, A == B, A =:= B, A > B}.
s(L) -> lists:sort(L).

tuples_by_size_first() -> s([{9, 9}, {1, 1, 1}, {z}, {}, {0, 0, 0, 0}, {a}]).
tuples_same_size_by_elements() -> s([{1, 2}, {1, 1}, {0, 9}, {1, a}, {a, 1}, {1, []}]).
tuple_later_elements_decide() -> [c(id({1, 2, 3, 4, A}), {1, 2, 3, 4, 5}) || A <- [4, 5, 6, 5.0]].
tuple_first_difference_decides() -> c(id({1, 2, 9}), {1, 3, 0}).
tuple_size_beats_content() -> [c(id({z, z}), {0, 0, 0}), c(id({<<>>}), {0, 0})].
tuple_numbers_mixed() -> [c(id({1}), {1.0}), c(id({1.0, 2}), {1, 2.0}), c(id({1, a}), {1.0, b})].
nested_tuples() -> s([{{2}, 1}, {{1}, 2}, {{1, 1}, 0}, {{}, 5}, {1, {}}]).
deep_tuples_equal() -> [deep(100, x) == deep(100, x), deep(100, x) =:= deep(100, x), deep(100, x) < deep(100, y), deep(100, 1) == deep(100, 1.0), deep(100, 1) =:= deep(100, 1.0)].
deep(0, X) -> X;
deep(N, X) -> deep(N - 1, {N, X}).
large_tuples() -> A = list_to_tuple(lists:seq(1, 2000)), B = setelement(2000, A, 2001), C = setelement(1, A, 2), [c(A, B), c(B, C), c(A, A), c(A, erlang:append_element(A, 0))].
lists_by_elements() -> s([[1, 2], [1], [2], [1, 1, 1], [], [0, 9, 9], [1, 2, 0]]).
list_prefix_is_less() -> [c(id("abc"), "abcd"), c(id("abd"), "abcd"), c(id([]), [a])].
list_length_does_not_matter() -> c(id([2]), [1, 9, 9, 9]).
improper_lists() -> s([[1 | 2], [1, 2], [1 | a], [1], [1 | {}], [1 | <<>>], [1 | #{}], [1 | 1.5]]).
improper_pairs() -> [c(id([1 | 2]), [1 | 2.0]), c(id([1 | 2]), [1, 2]), c(id([1 | <<>>]), [1, 2])].
nested_lists() -> s([[[1], 2], [[], 3], [[1, 1], 0], [[0]], [1, [2]], [[[]]], [[]]]).
strings() -> s(["hello", "help", "hell", "Hello", "", "zebra", "a"]).
unicode_strings() -> s([[955], [233], "z", [16#10000], [16#ffff]]).
long_lists_differ_at_end() -> L = lists:seq(1, 3000), [c(L ++ [1], L ++ [2]), c(L, L ++ [0]), c(L, lists:seq(1, 3000))].
long_lists_float_difference() -> L = lists:seq(1, 2000), M = [float(X) || X <- L], [L == M, L =:= M, L < M, L > M, hd(L) =:= hd(M)].
lists_with_numbers_mixed() -> [c(id([1, 2]), [1.0, 2.0]), c(id([1, a]), [1.0, b]), c(id([1.0]), [1, 1])].
deep_nested_lists() -> [nest(2000, []) == nest(2000, []), nest(1000, []) < nest(1001, []), nest(1000, a) < nest(1000, b)].
nest(0, X) -> X;
nest(N, X) -> nest(N - 1, [X]).
wide_and_deep_mixed() -> T = fun(X) -> [{a, [1, {b, [X | tail]}], #{k => [X]}}, <<"z">>] end, [c(T(1), T(2)), c(T(1), T(1)), c(T(1), T(1.0)), c(T(a), T([]))].
tuple_of_lists_and_list_of_tuples() -> s([{[2]}, {[1]}, [{2}], [{1}], {[]}, [{}], [{1, 1}]]).
equality_operators_on_tuples() -> [id({1, 2.0}) == {1.0, 2}, id({1, 2.0}) =:= {1.0, 2}, id({1, 2.0}) /= {1.0, 2}, id({1, 2.0}) =/= {1.0, 2}, id({1, 2}) =:= {1, 2}].
equality_operators_on_lists() -> [id([1, 2.0]) == [1.0, 2], id([1, 2.0]) =:= [1.0, 2], id([a | b]) =:= [a | b], id([a | b]) == [a, b], id("") == []].
equality_bigs_inside() -> A = id(1 bsl 70), [{A} =:= {(A + 1) - 1}, [A] == [float(A)], {A} =:= {float(A)}, [A | A] =:= [A * 2 div 2 | A]].
min_max_of_compounds() -> [min({1, 2}, {1}), max([1], [1, 0]), min([], {}), max({}, #{}), lists:max([{b, 1}, {a, 9}]), lists:min(["b", "ab"])].
sort_records_like() -> s([{user, "bob", 25}, {user, "alice", 30}, {admin, "zed", 1}, {user, "alice", 25}, {admin}]).
sort_large_pseudo_random() -> L = [{I * 7919 rem 10007, I} || I <- lists:seq(1, 1000)], S = s(L), {erlang:phash2(S), hd(S), lists:last(S), s(lists:reverse(L)) =:= S}.
sort_already_sorted_and_reversed() -> L = lists:seq(1, 1000), [s(L) =:= L, s(lists:reverse(L)) =:= L, lists:usort(L ++ L) =:= L].
keysort_stable() -> [lists:keysort(1, [{2, a}, {1, b}, {2, c}, {1, d}, {1.0, e}]), lists:keysort(2, [{x, 1.0}, {y, 1}, {z, 0}])].
merge_sorted() -> [lists:merge([1, 3, 5], [2, 4]), lists:merge([1, 2.0], [1.0, 2]), lists:umerge([1, 2], [2, 3]), lists:umerge([1], [1.0])].
sort_with_function() -> [lists:sort(fun(A, B) -> A >= B end, [3, 1, 2]), lists:sort(fun(A, B) -> abs(A) =< abs(B) end, [-3, 2, 3, -2, 1])].
