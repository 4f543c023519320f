%% Recursion a million frames deep and terms of a million words: cases whose live
%% data is large. Builds that collect at every reserve skip modules named _large.
-module(call_large).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

sum_million_frames() -> sum(id(1000000)).
sum(0) -> 0;
sum(N) -> N + sum(N - 1).
sum_million_frames_three_times() -> [sum(id(1000000)), sum(id(5)), sum(id(1000000)), sum(id(500000))].
build_list_million_frames() -> L = build(id(1000000)), {length(L), hd(L), lists:last(L)}.
build(0) -> [];
build(N) -> [N | build(N - 1)].
build_list_accumulating_million() -> L = acc(id(1000000), []), {length(L), hd(L), lists:last(L)}.
acc(0, A) -> A;
acc(N, A) -> acc(N - 1, [N | A]).
nested_tuples_300000() -> unnest(nest(id(300000)), 0).
nest(0) -> leaf;
nest(N) -> {nest(N - 1)}.
unnest(leaf, N) -> N;
unnest({T}, N) -> unnest(T, N + 1).
nested_tuples_compare_equal() -> nest(id(300000)) =:= nest(id(300000)).
frames_with_live_values_100000() -> live(id(100000), 1, 2.5, a).
live(0, A, B, C) -> {A, B, C};
live(N, A, B, C) -> {X, Y, Z} = live(N - 1, A, B, C), {X + N rem 2, Y, Z}.
mutual_frames_200000() -> ping(id(200000)).
ping(0) -> 0;
ping(N) -> 1 + pong(N - 1).
pong(0) -> 0;
pong(N) -> 2 + ping(N - 1).
named_fun_frames_200000() -> (fun L(0) -> 0; L(N) -> 1 + L(N - 1) end)(id(200000)).
continuation_chain_100000() -> suc(id(100000), fun(X) -> X end).
suc(0, K) -> K(0);
suc(N, K) -> suc(N - 1, fun(X) -> K(X + 1) end).
comprehension_200000() -> L = [X || X <- lists:seq(1, 200000), X rem 2 =:= 0], {length(L), lists:last(L)}.
map_filter_fold_100000() -> lists:foldl(fun(X, A) -> X + A end, 0, lists:filter(fun(X) -> X rem 3 =:= 0 end, lists:map(fun(X) -> X * X end, lists:seq(1, 100000)))).
tuple_of_million() -> T = list_to_tuple(lists:seq(1, 1000000)), {tuple_size(T), element(1, T), element(500000, T), element(1000000, T)}.
tuple_of_million_to_list() -> L = tuple_to_list(erlang:make_tuple(id(1000000), x)), {length(L), lists:usort(L)}.
setelement_in_large_tuple() -> T = lists:foldl(fun(I, A) -> setelement(I, A, I) end, erlang:make_tuple(10000, 0), [1, 5000, 10000]), {element(1, T), element(2, T), element(5000, T), element(10000, T)}.
list_of_million_reversed_and_sorted() -> L = lists:reverse(lists:seq(1, 300000)), lists:sort(L) =:= lists:seq(1, 300000).
append_long_lists() -> L = lists:seq(1, 200000), {length(L ++ L), lists:last(L ++ [x])}.
subtract_long_lists() -> lists:seq(1, 50000) -- lists:seq(1, 49997).
large_map_100000() -> M = maps:from_list([{I, I * I} || I <- lists:seq(1, 100000)]), {map_size(M), maps:get(77777, M), lists:sum(maps:values(M)), maps:is_key(100001, M)}.
large_map_updated_and_emptied() -> M = lists:foldl(fun(I, A) -> A#{I => x} end, #{}, lists:seq(1, 20000)), N = lists:foldl(fun maps:remove/2, M, lists:seq(1, 19990)), {map_size(N), lists:sort(maps:keys(N))}.
binary_appended_100000_times() -> B = lists:foldl(fun(I, A) -> <<A/binary, I:16>> end, <<>>, lists:seq(1, 100000)), {byte_size(B), erlang:crc32(B)}.
binary_comprehension_megabyte() -> B = << <<X:32>> || X <- lists:seq(1, 250000) >>, {byte_size(B), erlang:crc32(B), lists:sum([X || <<X:32>> <= B])}.
iolist_deep_to_binary() -> D = lists:foldl(fun(I, A) -> [A, I band 255 | <<"x">>] end, [], lists:seq(1, 100000)), B = iolist_to_binary(D), {byte_size(B), erlang:crc32(B)}.
string_of_million_characters() -> S = lists:duplicate(1000000, $a), {length(S), byte_size(list_to_binary(S)), S =:= binary_to_list(list_to_binary(S))}.
length_of_long_list() -> [if length(L) > 99999 -> length(L); true -> short end || L <- [lists:seq(1, 100000), lists:seq(1, 99999)]].
deep_list_flattened() -> lists:flatten(lists:foldl(fun(I, A) -> [A, I] end, [], lists:seq(1, 50000))) =:= lists:seq(1, 50000).
captured_by_many_funs() -> L = lists:seq(1, 10000), Fs = [fun() -> {I, hd(L)} end || I <- lists:seq(1, 20000)], {length(Fs), (hd(Fs))(), (lists:last(Fs))()}.
dictionary_of_50000_keys() -> [put({large, I}, I) || I <- lists:seq(1, 50000)], S = lists:sum([erase({large, I}) || I <- lists:seq(1, 50000)]), {S, [K || {large, _} = K <- get_keys()]}.
