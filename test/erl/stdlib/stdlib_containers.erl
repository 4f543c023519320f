%% Containers of stdlib: dict, orddict, gb_trees, gb_sets, sets, ordsets,
%% queue, array, proplists, sofs, digraph-free.
-module(stdlib_containers).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
each(F, L) -> case_lib:each(F, L).

dict_store_fetch() ->
    D = dict:from_list(id([{a, 1}, {b, 2}, {a, 3}])),
    {dict:fetch(a, D), dict:find(z, D), dict:size(D), lists:sort(dict:to_list(D)),
     dict:is_key(b, D)}.
dict_update_fold() ->
    D = lists:foldl(fun(X, A) -> dict:update_counter(X rem 7, X, A) end, dict:new(),
                    lists:seq(1, 100)),
    {lists:sort(dict:to_list(D)), dict:fold(fun(_, V, S) -> V + S end, 0, D)}.
dict_append_erase() ->
    D = dict:append(k, 2, dict:append(k, 1, dict:new())),
    {dict:fetch(k, D), dict:is_empty(dict:erase(k, D)),
     lists:sort(dict:to_list(dict:append_list(k, [3, 4], D)))}.
dict_grow_shrink() ->
    D = lists:foldl(fun(K, A) -> dict:store(K, K, A) end, dict:new(), lists:seq(1, 500)),
    E = lists:foldl(fun dict:erase/2, D, lists:seq(1, 490)),
    {dict:size(D), lists:sort(dict:to_list(E))}.
dict_merge_map_filter() ->
    A = dict:from_list([{a, 1}, {b, 2}]), B = dict:from_list([{b, 3}, {c, 4}]),
    M = dict:merge(fun(_, X, Y) -> X * Y end, A, B),
    {lists:sort(dict:to_list(M)), lists:sort(dict:to_list(dict:map(fun(_, V) -> -V end, A))),
     lists:sort(dict:to_list(dict:filter(fun(_, V) -> V > 1 end, A)))}.
dict_structure_small() -> dict:from_list(id([{1, a}, {2, b}])).
dict_errors() ->
    each(fun(K) -> dict:fetch(K, dict:new()) end, [a]) ++ each(fun(D) -> dict:store(a, 1, D) end,
                                                            [x]).
orddict_all() ->
    D = orddict:from_list(id([{b, 2}, {a, 1}, {b, 3}])),
    {D, orddict:fetch(a, D), orddict:find(z, D), orddict:store(c, 9, D), orddict:erase(a, D),
     orddict:update(b, fun(X) -> X * 2 end, D), orddict:append(l, x, [{l, [y]}]),
     orddict:fetch_keys(D), orddict:take(a, D)}.
orddict_int_float() -> orddict:store(1.0, f, orddict:store(1, i, orddict:new())).
gb_trees_insert_lookup() ->
    T = lists:foldl(fun(K, A) -> gb_trees:insert(K, K * K, A) end, gb_trees:empty(),
                    id([5, 3, 8, 1, 4, 7, 9])),
    {gb_trees:to_list(T), gb_trees:lookup(4, T), gb_trees:lookup(6, T), gb_trees:size(T), T}.
gb_trees_balance() ->
    T = gb_trees:from_orddict([{K, K} || K <- lists:seq(1, 15)]), {T, gb_trees:balance(T) =:= T}.
gb_trees_delete() ->
    T = gb_trees:from_orddict([{K, K} || K <- lists:seq(1, 10)]),
    {gb_trees:to_list(gb_trees:delete(5, T)), gb_trees:to_list(gb_trees:delete_any(50, T)),
     gb_trees:take_smallest(T), element(1, gb_trees:take_largest(T))}.
gb_trees_iterate() ->
    I = gb_trees:iterator_from(3, gb_trees:from_orddict([{K, K} || K <- lists:seq(1, 6)])),
    F = fun F(J) -> case gb_trees:next(J) of {K, _, N} -> [K | F(N)]; none -> [] end end, F(I).
gb_trees_errors() ->
    each(fun(K) -> gb_trees:insert(K, 1, gb_trees:from_orddict([{a, 1}])) end,
         [a]) ++ each(fun(K) -> gb_trees:get(K, gb_trees:empty()) end,
                      [a]) ++ each(fun(K) -> gb_trees:delete(K, gb_trees:empty()) end, [a]).
gb_trees_1000_shape() ->
    T = lists:foldl(fun(K, A) -> gb_trees:enter((K * 37) rem 1009, K, A) end, gb_trees:empty(),
                    lists:seq(1, 1000)), {gb_trees:size(T), erlang:phash2(T)}.
gb_sets_all() ->
    A = gb_sets:from_list(id([3, 1, 2, 3])), B = gb_sets:from_list([2, 3, 4]),
    {gb_sets:to_list(gb_sets:union(A, B)), gb_sets:to_list(gb_sets:intersection(A, B)),
     gb_sets:to_list(gb_sets:subtract(A, B)), gb_sets:is_subset(A, B), gb_sets:is_member(2, A),
     gb_sets:smallest(A), gb_sets:largest(B), gb_sets:size(A)}.
sets_v1() ->
    A = sets:from_list(id([3, 1, 2, 3])), B = sets:from_list([2, 3, 4]),
    {lists:sort(sets:to_list(sets:union(A, B))), lists:sort(sets:to_list(sets:intersection(A, B))),
     lists:sort(sets:to_list(sets:subtract(A, B))), sets:is_subset(A, B), sets:size(A),
     sets:is_element(1.0, A)}.
sets_v2() ->
    A = sets:from_list(id([3, 1, 2, 3]), [{version, 2}]),
    B = sets:from_list([2, 3, 4], [{version, 2}]),
    {A, sets:to_list(sets:union(A, B)), sets:to_list(sets:intersection(A, B)),
     sets:to_list(sets:subtract(A, B)), sets:is_disjoint(A, B),
     sets:fold(fun(X, S) -> X + S end, 0, A)}.
sets_v1_v2_mixed() ->
    A = sets:from_list(id([1, 2])), B = sets:from_list([2, 3], [{version, 2}]),
    {lists:sort(sets:to_list(sets:union(A, B))),
     sets:is_subset(A, sets:from_list([2, 1, 0], [{version, 2}]))}.
sets_v1_large() ->
    S = sets:from_list(lists:seq(1, 2000)),
    {sets:size(S), lists:sort(sets:to_list(S)) =:= lists:seq(1, 2000)}.
ordsets_all() ->
    A = ordsets:from_list(id([3, 1, 2, 1.0])),
    {A, ordsets:add_element(0, A), ordsets:del_element(2, A), ordsets:union([[1], [2], [1]]),
     ordsets:intersection(A, [1, 2]), ordsets:is_subset([1], A)}.
queue_all() ->
    Q = queue:from_list(id([1, 2, 3])),
    {queue:to_list(queue:in(4, Q)), queue:out(Q), queue:out_r(Q), queue:len(Q), queue:peek(Q),
     queue:to_list(queue:reverse(Q)), queue:member(2, Q), queue:to_list(queue:join(Q, Q))}.
queue_shapes() ->
    {queue:new(), queue:in(a, queue:new()), queue:in(b, queue:in(a, queue:new())),
     queue:from_list([1, 2, 3, 4, 5]), queue:in_r(z, queue:from_list([1, 2]))}.
queue_errors() ->
    each(fun(Q) -> queue:head(Q) end, [queue:new(), a]) ++ each(fun(Q) -> queue:len(Q) end,
                                                            [x, []]).
queue_churn() ->
    Q = lists:foldl(fun(N, A) -> case N rem 3 of 0 -> element(2, queue:out(A));
                    _ -> queue:in(N, A) end end, queue:new(), lists:seq(1, 300)),
    {queue:len(Q), erlang:phash2(Q)}.
array_all() ->
    A = array:from_list(id([a, b, c])), B = array:set(10, x, A),
    {array:size(B), array:get(10, B), array:get(5, B), array:to_list(A), array:sparse_to_orddict(B),
     array:resize(2, A)}.
array_fixed_and_default() ->
    A = array:new(5, [{default, 0}]),
    {array:to_list(array:set(2, x, A)), array:is_fix(A),
     each(fun(I) -> array:get(I, A) end, [4, 5, -1, a])}.
array_large() ->
    A = lists:foldl(fun(I, Acc) -> array:set(I * 7, I, Acc) end, array:new(), lists:seq(0, 500)),
    {array:size(A), array:sparse_size(A),
     array:foldl(fun(_, undefined, S) -> S; (_, V, S) -> V + S end, 0, A)}.
proplists_all() ->
    L = id([a, {b, 1}, {c, false}, b, {d, 1, 2}, {a, x}]),
    {proplists:get_value(a, L), proplists:get_value(b, L), proplists:get_value(z, L, def),
     proplists:get_bool(a, L), proplists:get_bool(c, L), proplists:get_all_values(a, L),
     proplists:is_defined(d, L), proplists:delete(a, L), proplists:compact(L), proplists:unfold(L),
     proplists:lookup(d, L), proplists:get_keys([a, b])}.
proplists_expand_normalize() ->
    {proplists:expand([{foo, [bar, baz]}], id([fie, foo, fum])),
     proplists:normalize(id([a, {no_b, true}, c]),
                         [{negations, [{no_b, b}]}, {aliases, [{c, cc}]}]),
     proplists:to_map([a, {b, 2}, {a, 3}])}.
sofs_light() ->
    R = sofs:relation(id([{1, a}, {2, b}, {1, c}])),
    {sofs:to_external(sofs:domain(R)), sofs:to_external(sofs:range(R)),
     sofs:to_external(sofs:converse(R)), sofs:to_external(sofs:image(R, sofs:set([1]))),
     sofs:to_external(sofs:relation_to_family(R))}.
sofs_sets() ->
    A = sofs:set(id([1, 2, 3])), B = sofs:set([2, 3, 4]),
    [sofs:to_external(X)
     || X <- [sofs:union(A, B), sofs:intersection(A, B), sofs:difference(A, B), sofs:symdiff(A, B),
              sofs:product(sofs:set([1]), sofs:set([a, b]))]].
base64_encode() ->
    [base64:encode(id(B))
     || B <- [<<>>, <<"f">>, <<"fo">>, <<"foo">>, <<"foob">>, <<255, 254, 253>>, "list"]].
base64_decode() ->
    [base64:decode(id(B))
     || B <- [<<>>, <<"Zg==">>, <<"Zm8=">>, <<"Zm9v">>, "Zm9vYg==", <<"Z g = =">>, <<"Zm9v\n">>]].
base64_decode_errors() ->
    each(fun base64:decode/1, [<<"Z">>, <<"Zg">>, <<"Zg=">>, <<"Zg==x">>, <<"!!!!">>, a, <<"=">>]).
base64_mime() -> each(fun base64:mime_decode/1, [<<"Zm9v!!YmFy">>, <<"Zg==Zm8=">>, <<"Zm9vYg">>]).
base64_strings() ->
    {base64:encode_to_string(id(<<"hello">>)), base64:decode_to_string(id("aGVsbG8="))}.
base64_long() ->
    B = list_to_binary(lists:seq(0, 255)), L = binary:copy(B, 100), E = base64:encode(L),
    {byte_size(E), erlang:crc32(E), base64:decode(E) =:= L}.
calendar_light() ->
    {calendar:date_to_gregorian_days(id({2024, 2, 29})),
     calendar:gregorian_days_to_date(id(738000)), calendar:is_leap_year(1900),
     calendar:day_of_the_week(2023, 1, 1), calendar:last_day_of_the_month(2024, 2),
     calendar:datetime_to_gregorian_seconds({{1970, 1, 1}, {0, 0, 0}}),
     calendar:iso_week_number({2021, 1, 3}), calendar:seconds_to_daystime(100000)}.
calendar_rfc3339() ->
    {calendar:system_time_to_rfc3339(id(1500000000), [{offset, "Z"}]),
     calendar:rfc3339_to_system_time(id("2017-07-14T02:40:00Z"))}.
uri_string_light() ->
    {uri_string:parse(id("http://user@host.com:80/a/b?q=1#f")),
     uri_string:normalize("http://A.com/a/../b"), uri_string:percent_decode("a%20b"),
     uri_string:compose_query([{"a", "1 2"}, {"b", "é"}]), uri_string:dissect_query("a=1&b=2")}.
filename_light() ->
    {filename:join(id(["a", "b", "/c", "d"])), filename:split("/a/b//c"),
     filename:basename("/a/b.erl", ".erl"), filename:dirname("/a/b"),
     filename:extension("x.tar.gz"), filename:rootname("x.tar.gz"), filename:absname("x", "/y"),
     filename:pathtype("/a")}.
re_light() ->
    {re:run(id("abc123def"), "[0-9]+"), re:run("abc", "(b)(c)", [{capture, all, list}]),
     re:replace("aXbX", "X", "-", [global, {return, list}]),
     re:split("a,b;c", "[,;]", [{return, list}])}.
