%% What must survive collections of any kind, and how much memory is left when
%% it does not have to.
-module(process_memory).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
collect() -> erlang:garbage_collect().
hash(T) -> erlang:phash2(T).
words(P) -> {_, N} = process_info(P, total_heap_size), N.

%% Terms of all kinds.
zoo(N) ->
    B = list_to_binary(lists:duplicate(100 + N rem 50, N band 255)),
    <<_:3, Sub/bitstring>> = B,
    [N, -N, N * 1.0, 1 bsl (N + 60), -(1 bsl (N + 200)), list_to_atom("a" ++ integer_to_list(N rem 7)),
     {}, {N, {N}}, [], [N | N], "text", B, Sub, binary:part(B, 5, 60), <<N:7>>,
     #{}, #{N => B, b => Sub}, maps:from_list([{I, {I, N}} || I <- lists:seq(1, 50)]),
     fun() -> {N, B} end, fun lists:map/2, self_, 1.0e300 * (N + 1), -0.0].
walk(Z) -> [if is_function(X, 0) -> hash(X()); is_function(X) -> f; true -> hash(X) end || X <- Z].

zoo_survives_major() -> Z = zoo(5), W = walk(Z), collect(), collect(), walk(Z) =:= W.
zoo_survives_minor() ->
    Z = [zoo(I) || I <- lists:seq(1, 20)], W = [walk(X) || X <- Z],
    _ = [begin erlang:garbage_collect(self(), [{type, minor}]), garbage(1000) end || _ <- lists:seq(1, 10)],
    [walk(X) || X <- Z] =:= W.
garbage(N) -> length([{I, [I]} || I <- lists:seq(1, N)]).

generations_of_data() ->
    %% Some of each round is kept, some of what was kept is dropped.
    L = lists:foldl(fun(I, Acc) ->
                            garbage(200),
                            Kept = [X || {J, _} = X <- Acc, (J * 7 + I) rem 11 =/= 0],
                            [{I, [I, integer_to_list(I), {I, 1.5 * I}]} | Kept]
                    end, [], lists:seq(1, 400)),
    {length(L), hash(L)}.
sharing_within_a_heap() ->
    A = lists:seq(1, 1000), T = list_to_tuple(lists:duplicate(100, A)), collect(), collect(),
    lists:all(fun(X) -> erts_debug:same(X, element(1, T)) end, tuple_to_list(T)).
deep_recursion() -> {sum(100000), collect(), sum(100000)}.
sum(0) -> 0;
sum(N) -> N + sum(N - 1).
deep_recursion_that_allocates() -> hash(build(100000)).
build(0) -> [];
build(N) -> [{N, [N]} | build(N - 1)].
deep_nesting_collected() ->
    T = lists:foldl(fun(I, A) -> {[A], I} end, nil, lists:seq(1, 100000)), collect(), collect(), depth(T, 0).
depth({[T], _}, N) -> depth(T, N + 1);
depth(nil, N) -> N.
catches_and_frames() ->
    try
        X = lists:seq(1, 500),
        try collect(), garbage(50000), error({X}) catch error:{Y} -> collect(), hash({X, Y}) end
    after
        collect()
    end.
many_small_binaries() ->
    L = [list_to_binary(lists:duplicate(70, I band 255)) || I <- lists:seq(1, 5000)],
    collect(), {hash(L), lists:sum([byte_size(B) || B <- L])}.
binaries_do_not_pile_up() ->
    %% 800 MB pass through; only one is needed at a time.
    lists:foldl(fun(I, _) -> byte_size(binary:copy(<<I>>, 4000000)) end, 0, lists:seq(1, 200)).
append_to_binary() ->
    B = lists:foldl(fun(I, A) -> <<A/binary, I:32>> end, <<>>, lists:seq(1, 50000)), collect(), hash(B).
views_after_collection() ->
    B = binary:copy(<<"0123456789">>, 1000),
    L = [binary:part(B, I * 7, 100) || I <- lists:seq(1, 100)], collect(), collect(), hash(L).
match_while_collecting() -> match(binary:copy(<<1, 2, 3>>, 5000), []).
match(<<A, R/binary>>, L) -> match(R, [{A, [A]} | L]);
match(<<>>, L) -> {length(L), hash(L)}.
dictionary_is_kept() ->
    put(process_memory, {[1], "x"}), collect(), collect(), garbage(100000), erase(process_memory).
heap_shrinks() ->
    L = lists:seq(1, 300000), N = words(self()), hash(L), collect(), collect(), {N > 500000, words(self()) < 50000}.
minor_collections_keep_it_small() ->
    lists:foldl(fun(I, A) -> max(garbage(100) - garbage(100) + words(self()), A * I div I) end, 0,
                lists:seq(1, 500)) < 1000000.
garbage_collect_options() ->
    [erlang:garbage_collect(self(), O) || O <- [[], [{type, major}], [{type, minor}]]].
maps_with_shared_keys() ->
    L = [#{a => I, b => [I], c => {I}} || I <- lists:seq(1, 2000)], collect(), collect(),
    {hash(L), lists:sum([A || #{a := A} <- L])}.
large_map_survives() ->
    M = maps:from_list([{{k, I}, [I]} || I <- lists:seq(1, 5000)]), collect(), garbage(10000), collect(),
    {map_size(M), lists:sum([V || {_, [V]} <- maps:to_list(M)])}.
