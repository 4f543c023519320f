%% group_leader/0,2: inherited, set for oneself and others, and what is refused.
-module(group_leaders).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
leader(P) -> {group_leader, G} = process_info(P, group_leader), G.

is_a_living_pid() -> G = group_leader(), {is_pid(G), is_process_alive(G)}.
info_agrees() -> leader(self()) =:= group_leader().
set_own() -> G = group_leader(), R = group_leader(self(), self()), A = group_leader() =:= self(), group_leader(G, self()), {R, A, group_leader() =:= G}.
set_of_another() -> P = puppet(), V = group_leader(self(), P), R = do(P, fun() -> group_leader() end) =:= self(), stop(P), {V, R}.
set_of_another_seen_by_info() -> P = puppet(), group_leader(self(), P), R = leader(P) =:= self(), stop(P), R.
set_of_a_waiting_one() -> P = idle(), case_proc:waiting(P), group_leader(self(), P), R = leader(P) =:= self(), kill(P), R.
set_of_a_busy_one() -> P = spawn(fun() -> spin(0) end), group_leader(self(), P), R = leader(P) =:= self(), kill(P), R.
spin(N) -> spin(N + 1).
set_of_a_suspended_one() -> P = puppet(), erlang:suspend_process(P), group_leader(self(), P), R = leader(P) =:= self(), kill(P), R.
set_many_times() ->
    P = puppet(), Ls = [idle() || _ <- lists:seq(1, 20)], R = [begin group_leader(L, P), leader(P) =:= L end || L <- Ls], [kill(L) || L <- Ls], stop(P), lists:usort(R).
inherited_by_children() ->
    G = idle(), group_leader(G, self()), S = self(), [spawn(F) || F <- [fun() -> S ! group_leader() end]], A = got() =:= G,
    spawn_link(fun() -> S ! group_leader() end), B = got() =:= G, spawn_opt(fun() -> S ! group_leader() end, [{priority, low}]), C = got() =:= G,
    spawn_monitor(fun() -> S ! group_leader() end), D = got() =:= G, kill(G), {A, B, C, D}.
inherited_by_request() ->
    G = idle(), group_leader(G, self()), S = self(), spawn_request(fun() -> S ! group_leader() end, [{reply, no}]), R = got() =:= G, kill(G), R.
inherited_by_grandchildren() ->
    G = idle(), group_leader(G, self()), S = self(), spawn(fun() -> spawn(fun() -> spawn(fun() -> S ! group_leader() end) end) end), R = got() =:= G, kill(G), R.
children_keep_theirs() ->
    G = group_leader(), P = puppet(), group_leader(self(), self()), R = do(P, fun() -> group_leader() end) =:= G, group_leader(G, self()), stop(P), R.
may_be_dead() -> G = group_leader(), D = dead(), V = case_lib:class(fun() -> group_leader(D, self()) end), R = group_leader() =:= D, group_leader(G, self()), {V, R}.
dies_later() -> G = idle(), P = puppet(), group_leader(G, P), kill(G), R = do(P, fun() -> group_leader() end) =:= G, stop(P), R.
of_a_dead_process() -> D = dead(), element(2, case_lib:class(fun() -> group_leader(self(), D) end)).
of_a_dead_process_text() -> D = dead(), text(fun() -> group_leader(self(), D) end).
survives_collection() -> G = idle(), P = puppet(), group_leader(G, P), R = do(P, fun() -> erlang:garbage_collect(), group_leader() end) =:= G, kill(G), stop(P), R.
message_order() ->
    S = self(), P = puppet(), G = do(P, fun() -> group_leader() end), tell(P, fun() -> S ! group_leader() end), group_leader(S, P), tell(P, fun() -> S ! group_leader() end),
    A = got(), R = {lists:member(A, [G, S]), got() =:= S}, stop(P), R.
set_by_several_is_one_of_them() ->
    P = puppet(), S = self(), Qs = [spawn(fun() -> group_leader(self(), P), S ! done, receive never -> ok end end) || _ <- lists:seq(1, 10)],
    [done = got() || _ <- Qs], R = lists:member(leader(P), Qs), [kill(Q) || Q <- Qs], stop(P), R.
in_info_all() -> lists:keyfind(group_leader, 1, process_info(self())) =:= {group_leader, group_leader()}.
refused_leader() -> [text(fun() -> group_leader(id(X), self()) end) || X <- [a, 1, "pid", []]].
refused_process() -> [text(fun() -> group_leader(self(), id(X)) end) || X <- [a, 1, "pid", []]].
refused_both() -> [text(fun() -> group_leader(id(a), id(1)) end)].
refused_reference() -> R = make_ref(), [element(1, text(fun() -> group_leader(id(R), self()) end)), element(1, text(fun() -> group_leader(self(), id(R)) end))].
refused_registered_name() -> register(group_leaders_name, self()), R = text(fun() -> group_leader(id(group_leaders_name), self()) end), unregister(group_leaders_name), R.
io_request_goes_to_the_leader() ->
    %% A group leader is only a process that answers the io protocol.
    S = self(), G = spawn(fun() -> answer_io(S) end), P = puppet(), group_leader(G, P), R = do(P, fun() -> io:put_chars("text") end),
    stop(P), kill(G), {R, [got()]}.
answer_io(To) ->
    receive {io_request, From, As, {put_chars, _, C}} -> To ! {chars, iolist_to_binary(C)}, From ! {io_reply, As, ok}, answer_io(To);
            {io_request, From, As, {put_chars, _, M, F, A}} -> To ! {chars, iolist_to_binary(apply(M, F, A))}, From ! {io_reply, As, ok}, answer_io(To) end.
io_format_to_a_leader() ->
    S = self(), G = spawn(fun() -> answer_io(S) end), P = puppet(), group_leader(G, P), R = do(P, fun() -> io:format("~p ~s~n", [{a, 1}, "x"]) end), stop(P), kill(G), {R, [got()]}.
io_to_a_dead_leader() -> P = puppet(), G = idle(), group_leader(G, P), kill(G), R = do(P, fun() -> io:put_chars("x") end), stop(P), R.
