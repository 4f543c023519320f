%% List, binary and map comprehension-like constructs: generators, filters,
%% patterns that skip, nesting, order of evaluation.
-module(call_comprehensions).
-compile([export_all, nowarn_export_all, nowarn_shadow_vars]).

id(X) -> X.
note(X) -> put(call_compr, [X | case get(call_compr) of undefined -> []; L -> L end]), X.
noted(F) -> erase(call_compr), R = F(), {R, lists:reverse(erase(call_compr))}.

map_only() -> [X * X || X <- id([1, 2, 3])].
empty_generator() -> [X || X <- id([])].
filter_only() -> [X || X <- id([1, 2, 3, 4]), X rem 2 =:= 0].
two_filters() -> [X || X <- lists:seq(1, 30), X rem 2 =:= 0, X rem 3 =:= 0].
filter_by_call() -> [X || X <- id([1, a, 2]), ok(X)].
ok(X) -> is_integer(X).
two_generators() -> [{X, Y} || X <- id([1, 2]), Y <- id([a, b, c])].
dependent_generators() -> [{X, Y} || X <- id([1, 2, 3]), Y <- lists:seq(1, X)].
three_generators_with_filter() -> [{A, B, C} || C <- lists:seq(1, 20), B <- lists:seq(1, C), A <- lists:seq(1, B), A * A + B * B =:= C * C].
filter_between_generators() -> [{X, Y} || X <- id([1, 2, 3]), X =/= 2, Y <- id([a, b])].
pattern_skips() -> [X || {ok, X} <- id([{ok, 1}, error, {ok, 2}, {ok}, {no, 3}, {ok, 4}])].
pattern_with_literal() -> [B || {1, B} <- id([{1, a}, {2, b}, {1.0, c}, {1, d}])].
pattern_nested() -> [{H, T} || [{x, H} | T] <- id([[{x, 1}, 2], [], [{y, 1}], [{x, 3}]])].
pattern_repeated_variable() -> [X || {X, X} <- id([{1, 1}, {1, 2}, {a, a}, {1, 1.0}])].
variable_shadows_outer() -> X = id(5), {[X || X <- [1, 2]], X}.
generator_over_string() -> [C - 32 || C <- "hello", C >= $a].
constructing_tuples_and_maps() -> [#{k => X, v => {X, [X]}} || X <- id([a, b])].
inside_arguments() -> lists:sum([X || X <- id([1, 2, 3])]) + length([x || _ <- id([1, 2])]).
nested_comprehension() -> [[X * Y || Y <- [1, 2, 3]] || X <- id([1, 2, 3])].
nested_in_generator() -> [X || X <- [Y + 1 || Y <- [Z * 2 || Z <- id([1, 2, 3])]]].
nested_in_filter() -> [X || X <- id([1, 2, 3, 4]), [] =:= [Y || Y <- [2, 3], Y =:= X]].
flatten_list_of_lists() -> [X || L <- id([[1, 2], [], [3], [[4]]]), X <- L].
evaluation_order() -> noted(fun() -> [note({e, X, Y}) || X <- note([1, 2]), note(X > 0), Y <- note([a])] end).
filter_order() -> noted(fun() -> [X || X <- [1, 2, 3], note(X > 1), note(X < 3)] end).
result_unused_still_runs() -> noted(fun() -> _ = [note(X) || X <- [1, 2, 3]], done end).
long_list() -> L = [X || X <- lists:seq(1, 3000), X rem 2 =:= 0], {length(L), lists:last(L)}.
guard_filter_fails_silently() -> [X || X <- id([1, a, [], 2]), X + 1 > 2].
andalso_filter() -> [X || X <- id([1, a, 5, 10]), is_integer(X) andalso X > 3].
binary_to_list_bytes() -> [X || <<X>> <= id(<<1, 2, 3>>)].
binary_generator_bits() -> [X || <<X:1>> <= id(<<16#a5>>)].
binary_generator_rest_ignored() -> [X || <<X:3>> <= id(<<16#ff, 16#01>>)].
binary_generator_16_little() -> [X || <<X:16/little>> <= id(<<1, 0, 2, 0, 3>>)].
binary_generator_signed() -> [X || <<X:8/signed>> <= id(<<255, 128, 127>>)].
binary_generator_float() -> [X || <<X:64/float>> <= id(<<1.5/float, -2.0/float>>)].
binary_generator_utf8() -> [X || <<X/utf8>> <= id(<<"aéλ𝄞"/utf8>>)].
binary_generator_literal_skips() -> [X || <<1, X>> <= id(<<1, 10, 2, 20, 1, 30>>)].
binary_generator_size_from_pattern() -> [D || <<N, D:N/binary>> <= id(<<1, $a, 2, $b, $c, 0, 3, $d>>)].
binary_generator_pairs() -> [{A, B} || <<A:4, B:4>> <= id(<<16#12, 16#34>>)].
list_to_binary_bytes() -> << <<X>> || X <- id([1, 2, 300]) >>.
list_to_bits() -> << <<X:1>> || X <- id([1, 0, 1, 1, 0]) >>.
list_to_floats() -> << <<X:32/float>> || X <- id([1, 2.5]) >>.
binary_to_binary() -> << <<(X + 1)>> || <<X>> <= id(<<1, 2, 255>>) >>.
binary_filter() -> << <<X>> || <<X>> <= id(<<1, 2, 3, 4>>), X rem 2 =:= 0 >>.
binary_swap_bytes() -> << <<B, A>> || <<A, B>> <= id(<<1, 2, 3, 4, 5>>) >>.
binary_concat_binaries() -> << <<B/binary, ",">> || B <- id([<<"a">>, <<"bc">>, <<>>]) >>.
binary_nested_generators() -> << <<X:4, Y:4>> || X <- id([1, 2]), <<Y:4>> <= id(<<16#34>>) >>.
binary_to_hex() -> << <<(hex(N))>> || <<N:4>> <= id(<<222, 173, 190, 239>>) >>.
hex(N) when N < 10 -> $0 + N;
hex(N) -> $a + N - 10.
binary_large_result() -> B = << <<X:16>> || X <- lists:seq(1, 5000) >>, {byte_size(B), erlang:crc32(B)}.
binary_reverse_bits() -> << <<X:1>> || X <- lists:reverse([Y || <<Y:1>> <= id(<<16#0f, 16#01>>)]) >>.
mixed_list_and_binary_generators() -> [{X, Y} || X <- id([a, b]), <<Y>> <= id(<<1, 2>>)].
zip_like_by_index() -> T = id({a, b, c}), [{I, element(I, T)} || I <- lists:seq(1, tuple_size(T))].
map_to_list_comprehension() -> [{V, K} || {K, V} <- maps:to_list(id(#{a => 1, b => 2, c => 3})), V > 1].
map_from_comprehension() -> maps:from_list([{X, X * X} || X <- id([3, 1, 2])]).
maps_functions_like_comprehensions() -> M = id(#{a => 1, b => 2, c => 3}), [maps:map(fun(_, V) -> V * 2 end, M), maps:filter(fun(_, V) -> V > 1 end, M), maps:fold(fun(K, V, A) -> [{K, V} | A] end, [], M), maps:filtermap(fun(_, V) -> V > 2 end, M)].
comprehension_in_recursive_function() -> qs(id([3, 1, 2, 3, 0])).
qs([]) -> [];
qs([H | T]) -> qs([X || X <- T, X < H]) ++ [H] ++ qs([X || X <- T, X >= H]).
matrix_multiplication() -> A = id([[1, 2], [3, 4]]), B = id([[5, 6], [7, 8]]), Cols = tr(B), [[lists:sum([X * Y || {X, Y} <- lists:zip(R, C)]) || C <- Cols] || R <- A].
tr([[] | _]) -> [];
tr(M) -> [[hd(R) || R <- M] | tr([tl(R) || R <- M])].
funs_made_in_comprehension() -> [F(10) || F <- [fun(Y) -> X * Y end || X <- id([1, 2, 3])]].
generator_evaluated_once_per_outer() -> noted(fun() -> [{X, Y} || X <- [1, 2], Y <- note([p, q])] end).
