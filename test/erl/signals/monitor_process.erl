%% monitor/2 of processes by pid and by name, and what 'DOWN' says.
-module(monitor_process).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, own/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, trap/1, until/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
monitors(P) -> {monitors, L} = process_info(P, monitors), lists:sort(L).
monitored_by(P) -> {monitored_by, L} = process_info(P, monitored_by), lists:sort(L).
named(Name, F) -> P = puppet(), register(Name, P), try F(P) after catch kill(P) end.

value_is_a_reference() -> P = idle(), M = monitor(process, P), kill(P), {is_reference(M), node(M) =:= node()}.
down_message() -> P = puppet(), M = monitor(process, P), exit(P, x), plain(got(), [{P, p}, {M, m}]).
down_each_reason() ->
    [begin P = puppet(), M = monitor(process, P), tell(P, fun() -> exit(R) end), plain(got(), [{P, p}, {M, m}]) end
     || R <- [normal, kill, killed, shutdown, {a, [b]}, "text", 1 bsl 70, #{k => v}, [], noproc, noconnection]].
down_by_return() -> P = puppet(), M = monitor(process, P), stop(P), {'DOWN', M, process, P, R} = got(), R.
down_by_kill() -> P = puppet(), M = monitor(process, P), exit(P, kill), plain(got(), [{P, p}, {M, m}]).
down_by_error() -> P = puppet(), M = monitor(process, P), tell(P, fun() -> error(id(bad)) end), {'DOWN', M, process, P, {R, [_ | _]}} = got(), R.
down_by_throw() -> P = puppet(), M = monitor(process, P), tell(P, fun() -> throw(id(ball)) end), {'DOWN', M, process, P, {R, [_ | _]}} = got(), R.
down_by_link() -> P = puppet(), Q = puppet(), do(P, fun() -> link(Q) end), M = monitor(process, P), exit(Q, along), plain(got(), [{P, p}, {M, m}]).
down_is_a_plain_message() ->
    P = puppet(), M = monitor(process, P), self() ! a, exit(P, x), receive {'DOWN', M, _, _, _} = D -> {plain(D, [{P, p}, {M, m}]), got()} end.
no_trapping_needed() -> in(fun() -> P = puppet(), M = monitor(process, P), exit(P, x), plain(got(), [{P, p}, {M, m}]) end).
dead_process() -> P = dead(), M = monitor(process, P), plain(got(), [{P, p}, {M, m}]).
dead_process_many_times() -> P = dead(), L = [monitor(process, P) || _ <- lists:seq(1, 20)], [R || M <- L, {'DOWN', _, _, _, R} <- [receive {'DOWN', M, _, _, _} = D -> D end]] =:= lists:duplicate(20, noproc).
monitor_self() -> B = monitored_by(self()), M = monitor(process, self()), {is_reference(M), monitors(self()), monitored_by(self()) =:= B, nothing()}.
each_call_makes_one() ->
    P = puppet(), L = [monitor(process, P) || _ <- lists:seq(1, 10)], N = length(lists:usort(L)), exit(P, x),
    {N, lists:sort([M || {'DOWN', M, process, Q, x} <- [got() || _ <- L], Q =:= P]) =:= lists:sort(L), nothing()}.
both_sides_know() ->
    P = puppet(), M = monitor(process, P), A = {monitors(self()) =:= [{process, P}], monitored_by(P) =:= [self()]}, demonitor(M), stop(P), A.
known_as_often_as_made() ->
    P = puppet(), [monitor(process, P) || _ <- [1, 2, 3]], R = {length(monitors(self())), length(monitored_by(P))}, kill(P), R.
gone_after_down() -> P = puppet(), M = monitor(process, P), exit(P, x), {'DOWN', M, _, _, _} = got(), monitors(self()).
watcher_dies_first() ->
    P = puppet(), Q = puppet(), do(Q, fun() -> monitor(process, P) end), A = monitored_by(P) =:= [Q], stop(Q),
    B = until(fun() -> monitored_by(P) =:= [] end), stop(P), {A, B}.
monitor_is_one_way() -> P = puppet(), do(P, fun() -> monitor(process, self()) end), Q = puppet(), do(P, fun() -> monitor(process, Q) end), kill(P), R = is_process_alive(Q), stop(Q), R.
many_watchers() ->
    P = puppet(), S = self(),
    Qs = [spawn(fun() -> M = monitor(process, P), S ! ready, {'DOWN', M, process, P, R} = got(), S ! {self(), R} end) || _ <- lists:seq(1, 50)],
    [ready = got() || _ <- Qs], exit(P, gone), lists:usort([receive {Q, R} -> R end || Q <- Qs]).
many_watched() ->
    Ps = [{puppet(), N} || N <- lists:seq(1, 50)], Ms = [{monitor(process, P), N} || {P, N} <- Ps], [exit(P, N) || {P, N} <- Ps],
    [N || {M, N} <- Ms, receive {'DOWN', M, _, _, R} -> R =/= N end].
watch_each_other() ->
    P = puppet(), Q = puppet(), do(P, fun() -> monitor(process, Q) end), do(Q, fun() -> monitor(process, P) end),
    exit(P, x), {'DOWN', _, process, P, R} = do(Q, fun() -> got() end), stop(Q), R.
monitor_while_dying() ->
    %% Monitoring a process that ends just now gives its reason or noproc, and one message.
    [begin P = spawn(fun() -> exit(soon) end), M = monitor(process, P), {'DOWN', M, process, P, R} = got(), lists:member(R, [soon, noproc]) end
     || _ <- lists:seq(1, 30)] =:= lists:duplicate(30, true).
monitors_survive_collection() ->
    Ps = [puppet() || _ <- lists:seq(1, 20)], Ms = [monitor(process, P) || P <- Ps], erlang:garbage_collect(), [exit(P, x) || P <- Ps],
    [receive {'DOWN', M, process, _, R} -> R end || M <- Ms] =:= lists:duplicate(20, x).
down_of_large_reason() -> L = lists:seq(1, 3000), P = puppet(), M = monitor(process, P), tell(P, fun() -> exit(L) end), {'DOWN', M, _, _, R} = got(), R =:= L.
down_in_long_queue() -> [self() ! N || N <- lists:seq(1, 300)], P = puppet(), M = monitor(process, P), exit(P, x), receive {'DOWN', M, _, _, R} -> {R, process_info(self(), message_queue_len)} end.

by_name() -> named(monitor_name_1, fun(P) -> M = monitor(process, monitor_name_1), exit(P, x), plain(got(), [{M, m}, {P, p}]) end).
by_name_and_node() ->
    named(monitor_name_2, fun(P) -> M = monitor(process, {monitor_name_2, node()}), exit(P, x), plain(got(), [{M, m}, {P, p}]) end).
by_name_nobody() -> M = monitor(process, monitor_nobody), plain(got(), [{M, m}]).
by_name_and_node_nobody() -> M = monitor(process, {monitor_nobody, node()}), plain(got(), [{M, m}]).
by_name_item() -> named(monitor_name_3, fun(_) -> M = monitor(process, monitor_name_3), R = process_info(self(), monitors), demonitor(M), R end).
by_name_and_node_item() -> named(monitor_name_4, fun(_) -> M = monitor(process, {monitor_name_4, node()}), R = process_info(self(), monitors), demonitor(M), R end).
by_name_watched_knows() -> named(monitor_name_5, fun(P) -> M = monitor(process, monitor_name_5), R = monitored_by(P) =:= [self()], demonitor(M), R end).
by_name_stays_with_the_process() ->
    %% The monitor is of the process that had the name, not of the name.
    named(monitor_name_6, fun(P) ->
        M = monitor(process, monitor_name_6), unregister(monitor_name_6), Q = puppet(), register(monitor_name_6, Q),
        kill(Q), A = nothing(), exit(P, x), {A, plain(got(), [{M, m}])} end).
by_name_unregister_is_no_end() -> named(monitor_name_7, fun(P) -> monitor(process, monitor_name_7), unregister(monitor_name_7), {nothing(), is_process_alive(P)} end).
by_own_name() -> register(monitor_name_8, self()), M = monitor(process, monitor_name_8), R = {is_reference(M), monitors(self()), nothing()}, unregister(monitor_name_8), R.
by_name_after_its_end() -> named(monitor_name_9, fun(P) -> kill(P), M = monitor(process, monitor_name_9), plain(got(), [{M, m}]) end).
refused_type() -> [text(fun() -> monitor(id(T), self()) end) || T <- [a, 1, "process", processes, node, time]].
refused_item() -> [text(fun() -> monitor(process, id(X)) end) || X <- [1, "name", {}, {a}, {a, b, c}, {1, node()}, {a, 1}, [self_], 1.5]].
refused_reference() -> R = make_ref(), element(1, text(fun() -> monitor(process, id(R)) end)).
refused_port() -> [text(fun() -> monitor(port, id(X)) end) || X <- [1, "name", {}, {1, node()}, {a, 1}, [x]]].
refused_port_pid() -> S = self(), element(1, text(fun() -> monitor(port, id(S)) end)).
port_name_nobody() -> M = monitor(port, monitor_nobody), plain(got(), [{M, m}]).
port_name_and_node_nobody() -> M = monitor(port, {monitor_nobody, node()}), plain(got(), [{M, m}]).
time_offset() -> M = monitor(time_offset, clock_service), R = {is_reference(M), process_info(self(), monitors)}, {R, demonitor(M)}.
time_offset_refused() -> [case_lib:class(fun() -> monitor(time_offset, id(X)) end) || X <- [a, 1, clock, undefined]].
by_apply() -> P = puppet(), M = apply(erlang, id(monitor), [process, P]), exit(P, x), plain(got(), [{P, p}, {M, m}]).
