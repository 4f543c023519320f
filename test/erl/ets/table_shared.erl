%% Tables that many processes use at once: no object is lost, none is seen half.
-module(table_shared).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).

%% Runs F(1), ..., F(N) each in a process, and waits for all.
many(N, F) ->
    Ms = [element(2, spawn_monitor(fun() -> F(I) end)) || I <- lists:seq(1, N)],
    lists:usort([receive {'DOWN', M, _, _, R} -> R end || M <- Ms]).

each_inserts_its_own() ->
    T = ets:new(t, [public]),
    R = many(8, fun(I) -> [ets:insert(T, {{I, K}, K * I}) || K <- lists:seq(1, 500)] end),
    {R, ets:info(T, size), lists:sum([V || {_, V} <- ets:tab2list(T)])}.
each_deletes_its_own() ->
    T = ets:new(t, [public]),
    ets:insert(T, [{{I, K}} || I <- lists:seq(1, 8), K <- lists:seq(1, 500)]),
    R = many(8, fun(I) -> [ets:delete(T, {I, K}) || K <- lists:seq(1, 500), K rem 5 =/= 0] end),
    {R, ets:info(T, size), lists:usort([K rem 5 || {{_, K}} <- ets:tab2list(T)])}.
objects_are_whole() ->
    T = ets:new(t, [public]),
    ets:insert(T, {k, [], 0, []}),
    Write = fun(I) -> [begin L = lists:duplicate(I, N), ets:insert(T, {k, L, N * I, L}) end || N <- lists:seq(1, 500)] end,
    Read = fun() -> [begin [{k, L, S, L}] = ets:lookup(T, k), S = lists:sum(L) end || _ <- lists:seq(1, 1000)] end,
    many(6, fun(I) when I =< 3 -> Write(I); (_) -> Read() end).
one_wins_insert_new() ->
    T = ets:new(t, [public]),
    many(8, fun(I) -> [ets:insert_new(T, {K, I}) andalso ets:insert(T, {{won, K, I}}) || K <- lists:seq(1, 200)] end),
    {ets:info(T, size), length([1 || {K, I} <- ets:tab2list(T), is_integer(K), ets:member(T, {won, K, I})])}.
several_at_once() ->
    T = ets:new(t, [public]),
    Write = fun(I) -> [ets:insert(T, [{a, I, N}, {b, I, N}]) || N <- lists:seq(1, 300)] end,
    Read = fun() -> [case lists:sort(ets:tab2list(T)) of [] -> ok; [{a, I, N}, {b, I, N}] -> ok end || _ <- lists:seq(1, 300)] end,
    many(6, fun(I) when I =< 3 -> Write(I); (_) -> Read() end).
bag_has_each_once() ->
    T = ets:new(t, [bag, public]),
    many(6, fun(_) -> [ets:insert(T, {N rem 10, N}) || N <- lists:seq(1, 200)] end),
    {ets:info(T, size), [length(ets:lookup(T, K)) || K <- lists:seq(0, 9)]}.
select_delete_takes_each_once() ->
    T = ets:new(t, [public]),
    ets:insert(T, [{N} || N <- lists:seq(1, 3000)]),
    S = self(),
    many(5, fun(_) -> S ! {n, lists:sum([ets:select_delete(T, [{{'$1'}, [{'=:=', {'rem', '$1', 30}, R}], [true]}]) || R <- lists:seq(0, 29)])} end),
    {lists:sum([receive {n, N} -> N end || _ <- lists:seq(1, 5)]), ets:info(T, size)}.
names_are_taken_by_one() ->
    many(8, fun(_) ->
        [try ets:new(wanted, [named_table]), ets:insert(wanted, {self()}), [{P}] = ets:tab2list(wanted), P = self(), ets:delete(wanted)
         catch error:badarg -> lost
         end || _ <- lists:seq(1, 200)]
    end).
tables_come_and_go() ->
    S = self(),
    many(8, fun(I) ->
        [begin
             T = ets:new(t, [public]),
             ets:insert(T, [{N, I} || N <- lists:seq(1, 20)]),
             20 = ets:info(T, size),
             case I rem 2 of 0 -> ets:delete(T); 1 -> S ! {table, T} end
         end || _ <- lists:seq(1, 50)]
    end),
    length([T || _ <- lists:seq(1, 200), receive {table, T} -> ets:info(T) =:= undefined end]).
others_read_while_it_goes() ->
    S = self(),
    [begin
         {O, M} = spawn_monitor(fun() -> T = ets:new(t, [public]), ets:insert(T, [{N} || N <- lists:seq(1, 100)]), S ! {table, T}, receive go -> ok end end),
         T = receive {table, U} -> U end,
         Rs = [spawn_monitor(fun() -> use(T) end) || _ <- [1, 2, 3]],
         O ! go,
         receive {'DOWN', M, _, _, _} -> ok end,
         undefined = ets:info(T),
         [receive {'DOWN', RM, _, _, R} -> normal = R end || {_, RM} <- Rs]
     end || _ <- lists:seq(1, 30)],
    ok.
use(T) ->
    try [ets:lookup(T, N) || N <- lists:seq(1, 100)], ets:tab2list(T), ets:insert(T, {x}) of
        _ -> use(T)
    catch error:badarg -> ok
    end.
large_binaries_are_shared() ->
    T = ets:new(t, [public]),
    B = binary:copy(<<"0123456789">>, 1000),
    ets:insert(T, {b, B}),
    many(6, fun(I) -> [begin [{b, C}] = ets:lookup(T, b), 10000 = byte_size(C), ets:insert(T, {{I, N}, <<C/binary, I>>}) end || N <- lists:seq(1, 50)] end),
    lists:usort([byte_size(C) || {_, C} <- ets:tab2list(T)]).
