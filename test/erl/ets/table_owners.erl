%% Whose a table is, and who may do what with it: protection, gifts, heirs, the end of the owner.
-module(table_owners).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).

t(F) ->
    try {ok, F()}
    catch error:R:St -> [{_, _, _, I} | _] = St, {R, maps:get(cause, proplists:get_value(error_info, I, #{}), none)}
    end.
%% What another process gets from F.
other(F) ->
    {P, M} = spawn_monitor(fun() -> exit({got, F()}) end),
    receive {'DOWN', M, process, P, {got, X}} -> X end.
%% A process that does what it is told.
child(loop) -> spawn_link(fun() -> loop(child) end).
loop(child) ->
    receive
        {do, From, F} -> From ! {done, self(), F()}, loop(child);
        stop -> ok
    end.
do(P, F) -> P ! {do, self(), F}, receive {done, P, X} -> X end.
stop(P) ->
    unlink(P),
    M = monitor(process, P),
    P ! stop,
    receive {'DOWN', M, process, P, _} -> ok end.
kill(P) ->
    unlink(P),
    M = monitor(process, P),
    exit(P, kill),
    receive {'DOWN', M, process, P, _} -> ok end.
got(gift) -> receive {'ETS-TRANSFER', T, From, Gift} -> {T, From, Gift} after 5000 -> none end;
got(any) -> receive M -> M after 0 -> none end.

%% --- protection
private_table() -> protection(private).
protected_table() -> protection(protected).
public_table() -> protection(public).
protection(A) ->
    T = ets:new(t, [A]),
    true = ets:insert(T, {k, 1}),
    other(fun() ->
        [t(F) || F <- [fun() -> ets:lookup(T, k) end, fun() -> ets:lookup_element(T, k, 2) end, fun() -> ets:member(T, k) end,
                       fun() -> ets:first(T) end, fun() -> ets:next(T, k) end, fun() -> ets:select(T, [{'_', [], ['$_']}]) end,
                       fun() -> ets:match(T, {'$1', '_'}) end, fun() -> ets:match_object(T, '_') end, fun() -> ets:tab2list(T) end,
                       fun() -> ets:info(T, size) end, fun() -> ets:info(T, protection) end,
                       fun() -> ets:insert(T, {k, 2}) end, fun() -> ets:insert_new(T, {k, 3}) end, fun() -> ets:delete(T, nokey) end,
                       fun() -> ets:delete_object(T, {x}) end, fun() -> ets:select_delete(T, [{{x, '_'}, [], [true]}]) end,
                       fun() -> ets:rename(T, u) =:= T end, fun() -> ets:delete_all_objects(T) end, fun() -> ets:delete(T) end]]
    end).
access_comes_before_the_arguments() ->
    T = ets:new(t, []),
    other(fun() -> [t(fun() -> ets:insert(T, no_tuple) end), t(fun() -> ets:insert(T, [a | b]) end)] end).
protection_changes() ->
    T = ets:new(t, [private]),
    A = other(fun() -> t(fun() -> ets:lookup(T, x) end) end),
    true = ets:setopts(T, {protection, public}),
    B = other(fun() -> t(fun() -> ets:insert(T, {x, 1}) end) end),
    true = ets:setopts(T, [{protection, protected}]),
    C = other(fun() -> [t(fun() -> ets:insert(T, {x, 2}) end), t(fun() -> ets:lookup(T, x) end)] end),
    {A, B, C, ets:info(T, protection)}.
others_do_not_set_options() ->
    T = ets:new(t, [public]),
    other(fun() -> [t(fun() -> ets:setopts(T, O) end) || O <- [{protection, private}, {heir, none}, [], x]] end).

%% --- the end of the owner
table_goes_with_its_owner() ->
    C = child(loop),
    T = do(C, fun() -> ets:new(t, [public]) end),
    A = ets:insert(T, {a, 1}),
    stop(C),
    {A, ets:info(T), ets:info(T, size), t(fun() -> ets:insert(T, {b}) end), t(fun() -> ets:lookup(T, a) end)}.
table_goes_when_its_owner_is_killed() ->
    C = child(loop),
    do(C, fun() -> ets:new(killed_name, [named_table]) end),
    kill(C),
    {ets:info(killed_name), ets:whereis(killed_name), t(fun() -> ets:lookup(killed_name, a) end)}.
name_is_free_when_down_comes() ->
    [begin
         {_, M} = spawn_monitor(fun() -> ets:new(reused_name, [named_table, public]) end),
         receive {'DOWN', M, process, _, R} -> R end
     end || _ <- lists:seq(1, 50)] =:= lists:duplicate(50, normal).
large_table_goes_with_its_owner() ->
    C = child(loop),
    T = do(C, fun() -> U = ets:new(t, []), ets:insert(U, [{N, lists:duplicate(5, N)} || N <- lists:seq(1, 30000)]), U end),
    A = ets:info(T, size),
    stop(C),
    {A, ets:info(T)}.
many_tables_go_with_their_owner() ->
    C = child(loop),
    Ts = do(C, fun() -> [ets:new(t, []) || _ <- lists:seq(1, 500)] end),
    A = lists:usort([ets:info(T, size) || T <- Ts]),
    stop(C),
    {A, lists:usort([ets:info(T) || T <- Ts])}.
large_table_is_deleted() ->
    T = ets:new(t, []),
    ets:insert(T, [{N} || N <- lists:seq(1, 30000)]),
    {ets:delete(T), ets:info(T), t(fun() -> ets:delete(T) end)}.
public_table_is_deleted_by_another() ->
    T = ets:new(other_deletes, [named_table, public]),
    ets:insert(T, [{N} || N <- lists:seq(1, 20000)]),
    {other(fun() -> ets:delete(T) end), ets:info(T), ets:new(other_deletes, [named_table])}.
reference_outlives_the_table() ->
    T = ets:new(t, []),
    ets:delete(T),
    [is_reference(T), T =:= T, ets:info(T), t(fun() -> ets:info(T, size) end)].

%% --- gifts
gift() ->
    T = ets:new(t, []),
    ets:insert(T, {a, 1}),
    S = self(),
    C = child(loop),
    A = ets:give_away(T, C, {some, [gift]}),
    {U, F, G} = do(C, fun() -> got(gift) end),
    [A, U =:= T, F =:= S, G, ets:info(T, owner) =:= C, t(fun() -> ets:insert(T, {b}) end), do(C, fun() -> ets:lookup(T, a) end),
     do(C, fun() -> ets:insert(T, {b}) end), stop(C), ets:info(T)].
gift_of_a_named_table() ->
    ets:new(named_gift, [named_table]),
    C = child(loop),
    ets:give_away(named_gift, C, []),
    R = element(1, do(C, fun() -> got(gift) end)),
    stop(C),
    {R, ets:info(named_gift)}.
gift_comes_in_order() ->
    C = child(loop),
    T = ets:new(t, []),
    C ! first,
    ets:give_away(T, C, gift),
    C ! last,
    do(C, fun() -> [receive first -> 1; {'ETS-TRANSFER', _, _, G} -> G; last -> 3 end || _ <- [1, 2, 3]] end).
gift_goes_on() ->
    T = ets:new(t, []),
    S = self(),
    [A, B] = [child(loop), child(loop)],
    ets:give_away(T, A, 1),
    do(A, fun() -> got(gift), ets:give_away(T, B, 2) end),
    do(B, fun() -> got(gift), ets:give_away(T, S, 3) end),
    {_, From, G} = got(gift),
    {From =:= B, G, ets:info(T, owner) =:= S}.
gift_to_nobody() ->
    T = ets:new(t, []),
    C = child(loop),
    stop(C),
    {t(fun() -> ets:give_away(T, C, x) end), ets:info(T, owner) =:= self()}.
gift_to_oneself() -> T = ets:new(t, []), {t(fun() -> ets:give_away(T, self(), x) end), got(any)}.
gift_to_no_pid() -> T = ets:new(t, []), [t(fun() -> ets:give_away(T, P, x) end) || P <- [a, 1, [], make_ref()]].
gift_of_others() ->
    S = self(),
    [begin T = ets:new(t, [A]), other(fun() -> t(fun() -> ets:give_away(T, S, x) end) end) end || A <- [public, protected, private]].
%% Whoever ends just then: the table goes with him, or stays here.
gift_to_one_who_ends() ->
    [begin
         T = ets:new(t, [public]),
         {C, M} = spawn_monitor(fun() -> receive go -> ok end end),
         C ! go,
         R = t(fun() -> ets:give_away(T, C, x) end),
         receive {'DOWN', M, _, _, _} -> ok end,
         case R of
             {ok, true} -> gone(T, 100);
             {badarg, none} -> ets:info(T, owner) =:= self() andalso ets:delete(T)
         end
     end || _ <- lists:seq(1, 100)] =:= lists:duplicate(100, true).
gone(_, 0) -> false;
gone(T, N) ->
    case ets:info(T) of
        undefined -> true;
        _ -> receive after 10 -> ok end, gone(T, N - 1)
    end.

%% --- heirs
heir() ->
    S = self(),
    C = child(loop),
    T = do(C, fun() -> U = ets:new(t, [{heir, S, {my, "data"}}]), ets:insert(U, {a}), U end),
    A = ets:info(T, heir) =:= S,
    stop(C),
    {U, F, D} = got(gift),
    [A, U =:= T, F =:= C, D, ets:info(T, owner) =:= S, ets:info(T, heir) =:= S, ets:tab2list(T), got(any)].
heir_of_a_killed_one() ->
    S = self(),
    C = child(loop),
    do(C, fun() -> ets:new(inherited, [named_table, {heir, S, x}]) end),
    kill(C),
    {T, F, D} = got(gift),
    [T, F =:= C, D, ets:insert(inherited, {a}), ets:tab2list(inherited)].
heir_is_set_later() ->
    S = self(),
    C = child(loop),
    T = do(C, fun() -> U = ets:new(t, []), true = ets:setopts(U, {heir, S, 1}), true = ets:setopts(U, [{heir, S, 2}]), U end),
    stop(C),
    {U, _, D} = got(gift),
    {U =:= T, D}.
heir_is_taken_back() ->
    S = self(),
    C = child(loop),
    T = do(C, fun() -> U = ets:new(t, [{heir, S, 1}]), ets:setopts(U, {heir, none}), U end),
    A = ets:info(T, heir),
    stop(C),
    {A, ets:info(T), got(any)}.
heir_has_ended() ->
    [A, C] = [child(loop), child(loop)],
    T = do(C, fun() -> ets:new(t, [{heir, A, x}]) end),
    stop(A),
    stop(C),
    ets:info(T).
heir_has_ended_before() ->
    A = child(loop),
    stop(A),
    T = ets:new(t, [{heir, A, x}]),
    {ets:info(T, heir), ets:setopts(T, {heir, A, y}), ets:info(T, heir)}.
own_heir() ->
    C = child(loop),
    T = do(C, fun() -> ets:new(t, [{heir, self(), x}]) end),
    A = ets:info(T, heir) =:= C,
    stop(C),
    {A, ets:info(T)}.
heir_of_many() ->
    S = self(),
    C = child(loop),
    Ts = do(C, fun() -> [ets:new(t, [{heir, S, N}]) || N <- lists:seq(1, 100)] end),
    stop(C),
    Got = [got(gift) || _ <- Ts],
    {lists:sort([T || {T, _, _} <- Got]) =:= lists:sort(Ts), lists:sum([N || {_, _, N} <- Got]), lists:usort([ets:info(T, owner) =:= S || T <- Ts])}.
heir_is_not_told_of_deletion() ->
    S = self(),
    other(fun() -> T = ets:new(t, [{heir, S, x}]), ets:delete(T) end),
    got(any).
bad_options() ->
    T = ets:new(t, []),
    S = self(),
    [[t(fun() -> ets:new(t, [O]) end) || O <- [{heir, a, x}, {heir, none, x}, {heir, S}, heir, {heir}, {protection, public}]],
     [t(fun() -> ets:setopts(T, O) end) || O <- [{heir, a, x}, {heir, S}, [{heir, none}, {heir, none}], {protection, none}, {named_table, true}, [a | b], x]],
     t(fun() -> ets:setopts(no_such_table, x) end)].

%% --- names
rename() ->
    ets:new(old_name, [named_table]),
    T = ets:new(t, []),
    [ets:rename(old_name, new_name), ets:info(old_name), ets:info(new_name, name), ets:rename(T, new_name) =:= T, ets:info(T, name),
     t(fun() -> ets:rename(old_name, x) end), t(fun() -> ets:rename(T, 1) end)].
name_is_taken() ->
    ets:new(taken, [named_table]),
    ets:new(free, [named_table]),
    [t(fun() -> ets:new(taken, [named_table]) end), t(fun() -> ets:rename(free, taken) end), t(fun() -> ets:rename(taken, taken) end),
     other(fun() -> t(fun() -> ets:new(taken, [named_table]) end) end)].
name_and_reference() ->
    ets:new(both_ways, [named_table]),
    R = ets:whereis(both_ways),
    [is_reference(R), ets:insert(R, {a}), ets:lookup(both_ways, a), ets:info(R, id) =:= R, ets:info(both_ways, id) =:= R, ets:whereis(nothing),
     t(fun() -> ets:whereis(R) end)].
reference_through_a_binary() ->
    T = ets:new(t, []),
    U = binary_to_term(term_to_binary(T)),
    {U =:= T, ets:insert(U, {a}), ets:tab2list(T)}.
all_tables() ->
    A = ets:new(listed, [named_table]),
    B = ets:new(t, []),
    [lists:member(X, ets:all()) || X <- [A, B, t, ets:whereis(A), make_ref()]].
info_of_all() ->
    T = ets:new(t, [bag, public, {keypos, 2}]),
    [{K, V} || {K, V} <- ets:info(T), K =/= memory, K =/= id, K =/= owner].
info_of_what_is_none() -> [t(fun() -> ets:info(X, size) end) || X <- [1, "x", self(), make_ref(), no_table]].
