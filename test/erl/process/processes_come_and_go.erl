%% processes/0, pids and names while processes come and go: each list is that
%% of one moment.
-module(processes_come_and_go).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [idle/0, kill/1, down/1, until/1]).

%% Runs the fun while two processes make and end others.
amid(F) ->
    Ps = [spawn(fun() -> churn(x) end) || _ <- [1, 2]],
    R = F(),
    [kill(P) || P <- Ps],
    R.
churn(X) ->
    P = spawn(fun() -> receive after infinity -> ok end end),
    Q = spawn(fun() -> ok end),
    _ = is_process_alive(Q),
    exit(P, kill),
    churn(X).

times(N, F) -> lists:usort([F() || _ <- lists:seq(1, N)]).
without_twins(L) -> length(L) =:= length(lists:usort(L)).

who_stays_is_listed() ->
    Steady = [idle() || _ <- lists:seq(1, 30)],
    R = amid(fun() -> times(50, fun() -> Steady -- processes() end) end),
    [kill(P) || P <- Steady],
    R.
nobody_is_listed_twice() -> amid(fun() -> times(50, fun() -> without_twins(processes()) end) end).
all_are_local_pids() -> amid(fun() -> times(20, fun() -> lists:all(fun(P) -> is_pid(P) andalso node(P) =:= node() end, processes()) end) end).
who_was_made_before_is_listed() -> amid(fun() -> times(50, fun() -> P = idle(), R = lists:member(P, processes()), kill(P), R end) end).
%% Whoever has ended so far that its monitors know may be listed no more.
who_is_gone_is_not_listed() -> amid(fun() -> times(50, fun() -> P = idle(), kill(P), until(fun() -> not lists:member(P, processes()) end) end) end).
%% A child is never listed without the parent that lived on.
parent_of_who_is_listed() ->
    Me = self(),
    Parent = spawn(fun() -> parent(Me) end),
    R = times(40, fun() ->
                          Parent ! go,
                          L = processes(),
                          Child = receive {child, C} -> C end,
                          kill(Child),
                          {lists:member(Parent, L), lists:member(Me, L)}
                  end),
    kill(Parent),
    R.
parent(To) -> receive go -> To ! {child, spawn(fun() -> receive after infinity -> ok end end)}, parent(To) end.
lists_at_once() ->
    Steady = [idle() || _ <- lists:seq(1, 20)],
    Me = self(),
    amid(fun() ->
                 Ps = [spawn(fun() -> Me ! {self(), times(20, fun() -> L = processes(), {Steady -- L, without_twins(L)} end)} end) || _ <- [1, 2, 3]],
                 R = [receive {P, A} -> A end || P <- Ps],
                 [kill(P) || P <- Steady],
                 lists:usort(R)
         end).
reader_is_killed_amid() ->
    amid(fun() ->
                 times(20, fun() ->
                                   P = spawn(fun() -> lists_for_ever(x) end),
                                   erlang:yield(),
                                   kill(P)
                           end)
         end).
lists_for_ever(X) -> _ = processes(), lists_for_ever(X).
count_and_list_agree_at_rest() -> until(fun() -> erlang:system_info(process_count) =:= length(processes()) end).
long_list() ->
    Ps = [idle() || _ <- lists:seq(1, 3000)],
    L = processes(),
    R = {length(L) > 3000, Ps -- L, without_twins(L)},
    [exit(P, kill) || P <- Ps],
    [down(P) || P <- Ps],
    R.
pids_differ() ->
    Pids = [element(1, spawn_monitor(fun() -> ok end)) || _ <- lists:seq(1, 3000)],
    [receive {'DOWN', _, _, P, _} -> ok end || P <- Pids],
    without_twins(Pids).
pid_is_not_given_again_soon() ->
    P = idle(),
    kill(P),
    lists:member(P, [element(1, spawn_monitor(fun() -> ok end)) || _ <- lists:seq(1, 2000)]).
%% One name, many who want it: at each time one has it, and at the end nobody.
name_goes_round() ->
    Me = self(),
    Ps = [spawn(fun() -> Me ! {self(), wants(20)} end) || _ <- lists:seq(1, 6)],
    R = [receive {P, A} -> A end || P <- Ps],
    [down(P) || P <- Ps],
    {R, until(fun() -> whereis(pcg_round) =:= undefined end)}.
wants(0) -> done;
wants(N) ->
    case catch register(pcg_round, self()) of
        true ->
            true = whereis(pcg_round) =:= self(),
            true = unregister(pcg_round),
            wants(N - 1);
        {'EXIT', {badarg, _}} ->
            erlang:yield(),
            wants(N)
    end.
%% Whoever takes a name from one that ends has it for good.
heirs_of_a_name() ->
    times(30, fun() ->
                      P = spawn(fun() -> register(pcg_heir, self()), receive after infinity -> ok end end),
                      until(fun() -> whereis(pcg_heir) =:= P end),
                      kill(P),
                      true = register(pcg_heir, self()),
                      R = whereis(pcg_heir) =:= self(),
                      unregister(pcg_heir),
                      R
              end).
register_races_with_the_end() ->
    times(50, fun() ->
                      P = spawn(fun() -> ok end),
                      case catch register(pcg_end, P) of
                          true -> ok;
                          {'EXIT', {badarg, _}} -> ok
                      end,
                      down(P),
                      until(fun() -> whereis(pcg_end) =:= undefined end)
              end).
names_that_come_and_go_are_listed_once() ->
    Me = self(),
    P = spawn(fun() -> renames(Me, 300) end),
    R = times(50, fun() -> length([x || pcg_again <- registered()]) =< 1 end),
    receive {P, done} -> R end.
renames(To, 0) -> To ! {self(), done};
renames(To, N) -> register(pcg_again, self()), unregister(pcg_again), renames(To, N - 1).
