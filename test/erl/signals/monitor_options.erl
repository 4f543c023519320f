%% monitor/3: tags, and references that are aliases as well.
-module(monitor_options).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
%% The 'DOWN' message of a puppet watched with the options.
down_with(Opts) -> P = puppet(), M = monitor(process, P, Opts), exit(P, x), plain(got(), [{P, p}, {M, m}]).
%% Has the puppet send to the alias; true when all before has arrived.
send(P, A, X) -> do(P, fun() -> A ! X end), true.

no_options() -> down_with([]).
tag_atom() -> down_with([{tag, gone}]).
tag_any_term() -> [down_with([{tag, T}]) || T <- [1, -1.5, 1 bsl 70, "text", [], {}, {a, [b]}, <<"bin">>, <<3:3>>, #{k => [v]}]].
tag_reference() -> T = make_ref(), P = puppet(), M = monitor(process, P, [{tag, T}]), exit(P, x), plain(got(), [{P, p}, {M, m}, {T, t}]).
tag_pid_and_fun() -> P = puppet(), M = monitor(process, P, [{tag, {self(), fun(X) -> X + 1 end}}]), exit(P, x), {{S, F}, M, process, P, x} = got(), {S =:= self(), F(1)}.
tag_large() -> L = lists:seq(1, 2000), P = puppet(), M = monitor(process, P, [{tag, L}]), exit(P, x), {L, M, process, P, x} = got(), same.
tag_large_binary() -> B = list_to_binary(lists:duplicate(10000, 1)), P = puppet(), M = monitor(process, P, [{tag, B}]), erlang:garbage_collect(), exit(P, x), {B, M, process, P, x} = got(), same.
tag_of_each_monitor() ->
    P = puppet(), Ms = [monitor(process, P, [{tag, {t, N}}]) || N <- lists:seq(1, 20)], exit(P, x),
    [receive {{t, N}, M, process, P, x} -> N end || {M, N} <- lists:zip(Ms, lists:seq(1, 20))] =:= lists:seq(1, 20).
tag_dead() -> P = dead(), M = monitor(process, P, [{tag, t}]), plain(got(), [{P, p}, {M, m}]).
tag_dead_large() -> L = lists:seq(1, 500), P = dead(), M = monitor(process, P, [{tag, L}]), {L, M, process, P, noproc} = got(), same.
tag_by_name() -> P = puppet(), register(monitor_options_1, P), M = monitor(process, monitor_options_1, [{tag, t}]), exit(P, x), plain(got(), [{M, m}]).
tag_by_name_and_node() -> P = puppet(), register(monitor_options_2, P), M = monitor(process, {monitor_options_2, node()}, [{tag, t}]), exit(P, x), plain(got(), [{M, m}]).
tag_name_nobody() -> M = monitor(process, monitor_options_nobody, [{tag, t}]), plain(got(), [{M, m}]).
tag_port_name_nobody() -> M = monitor(port, monitor_options_nobody, [{tag, t}]), plain(got(), [{M, m}]).
tag_last_counts() -> down_with([{tag, a}, {tag, b}]).
tag_demonitor() -> P = puppet(), M = monitor(process, P, [{tag, t}]), D = demonitor(M, [info]), kill(P), {D, nothing()}.
tag_demonitor_flush_finds_down_only() ->
    %% flush looks for the message of the monitor, whatever its tag.
    P = puppet(), M = monitor(process, P, [{tag, t}]), exit(P, x), down(P),
    until(fun() -> process_info(self(), message_queue_len) =:= {message_queue_len, 1} end), D = demonitor(M, [flush, info]), {D, plain(all(), [{P, p}, {M, m}])}.
tag_survives_collection() ->
    P = puppet(), M = monitor(process, P, [{tag, {tag, lists:seq(1, 50), #{a => b}}}]), [erlang:garbage_collect() || _ <- [1, 2, 3]], exit(P, x), plain(got(), [{P, p}, {M, m}]).
alias_explicit_works() -> P = puppet(), M = monitor(process, P, [{alias, explicit_unalias}]), send(P, M, one), send(P, M, two), R = [got(), got()], stop(P), R.
alias_explicit_stays_after_demonitor() ->
    P = puppet(), M = monitor(process, P, [{alias, explicit_unalias}]), D = demonitor(M, [info]), send(P, M, still), R = got(), U = unalias(M), send(P, M, no_more), {D, R, U, nothing(), kill(P)}.
alias_explicit_stays_after_down() ->
    P = puppet(), M = monitor(process, P, [{alias, explicit_unalias}]), exit(P, x), D = plain(got(), [{P, p}, {M, m}]), M ! still, {D, got(), unalias(M), unalias(M)}.
alias_explicit_unalias_keeps_monitor() ->
    P = puppet(), M = monitor(process, P, [{alias, explicit_unalias}]), U = unalias(M), send(P, M, no_more), N = nothing(), exit(P, x), {U, N, plain(got(), [{P, p}, {M, m}])}.
alias_demonitor_works() -> P = puppet(), M = monitor(process, P, [{alias, demonitor}]), send(P, M, one), send(P, M, two), R = [got(), got()], stop(P), R.
alias_demonitor_ends_with_demonitor() -> P = puppet(), M = monitor(process, P, [{alias, demonitor}]), demonitor(M), send(P, M, no_more), {nothing(), unalias(M), kill(P)}.
alias_demonitor_ends_with_down() -> P = puppet(), M = monitor(process, P, [{alias, demonitor}]), exit(P, x), D = plain(got(), [{P, p}, {M, m}]), M ! no_more, {D, nothing(), unalias(M)}.
alias_demonitor_unalias_keeps_monitor() ->
    P = puppet(), M = monitor(process, P, [{alias, demonitor}]), U = unalias(M), send(P, M, no_more), N = nothing(), exit(P, x), {U, N, plain(got(), [{P, p}, {M, m}])}.
alias_reply_works_once() -> P = puppet(), M = monitor(process, P, [{alias, reply_demonitor}]), send(P, M, one), send(P, M, two), R = [got(), nothing()], stop(P), R.
alias_reply_removes_monitor() -> P = puppet(), M = monitor(process, P, [{alias, reply_demonitor}]), send(P, M, one), R = got(), I = process_info(self(), monitors), exit(P, x), down(P), {R, I, nothing()}.
alias_reply_demonitor_after() -> P = puppet(), M = monitor(process, P, [{alias, reply_demonitor}]), send(P, M, one), got(), R = [demonitor(M, [info]), unalias(M)], kill(P), R.
alias_reply_ends_with_down() -> P = puppet(), M = monitor(process, P, [{alias, reply_demonitor}]), exit(P, x), D = plain(got(), [{P, p}, {M, m}]), M ! no_more, {D, nothing()}.
alias_reply_ends_with_demonitor() -> P = puppet(), M = monitor(process, P, [{alias, reply_demonitor}]), demonitor(M), send(P, M, no_more), {nothing(), kill(P)}.
alias_reply_then_exit_is_reply_only() ->
    [begin P = puppet(), M = monitor(process, P, [{alias, reply_demonitor}]), tell(P, fun() -> M ! reply, exit(x) end), reply = got(), down(P), all() end || _ <- lists:seq(1, 20)] =:= lists:duplicate(20, []).
alias_of_dead() -> P = dead(), M = monitor(process, P, [{alias, explicit_unalias}]), D = plain(got(), [{P, p}, {M, m}]), M ! still, {D, got(), unalias(M)}.
alias_of_dead_demonitor() -> P = dead(), M = monitor(process, P, [{alias, demonitor}]), D = plain(got(), [{P, p}, {M, m}]), M ! no_more, {D, nothing()}.
alias_and_tag() -> P = puppet(), M = monitor(process, P, [{alias, explicit_unalias}, {tag, t}]), send(P, M, one), A = got(), exit(P, x), {A, plain(got(), [{P, p}, {M, m}])}.
alias_by_name() -> P = puppet(), register(monitor_options_3, P), M = monitor(process, monitor_options_3, [{alias, reply_demonitor}]), send(P, M, one), A = got(), kill(P), {A, nothing()}.
alias_of_self() -> M = monitor(process, self(), [{alias, explicit_unalias}]), M ! hello, {all(), unalias(M)}.
alias_time_offset() -> M = monitor(time_offset, clock_service, [{alias, explicit_unalias}, {tag, t}]), M ! hello, {got(), unalias(M), demonitor(M, [info])}.
alias_last_counts() -> P = puppet(), M = monitor(process, P, [{alias, reply_demonitor}, {alias, explicit_unalias}]), send(P, M, one), send(P, M, two), R = [got(), got()], stop(P), R.
call_pattern() ->
    P = spawn(fun() -> serve(0) end), R = [call(P, N) || N <- lists:seq(1, 10)], kill(P), R.
serve(S) -> receive {call, A, N} -> A ! {A, S + N}, serve(S + N) end.
call(P, X) ->
    M = monitor(process, P, [{alias, reply_demonitor}]), P ! {call, M, X},
    receive {M, V} -> V; {'DOWN', M, _, _, R} -> {down, R} after 60000 -> no_answer end.
call_pattern_with_timeout() ->
    %% A late answer is dropped.
    P = spawn(fun() -> receive {call, A, _} -> receive go -> A ! {A, late} end end end),
    M = monitor(process, P, [{alias, reply_demonitor}]), P ! {call, M, 1},
    T = receive {M, V} -> V after 1 -> timeout end, demonitor(M, [flush]), P ! go, down(P), {T, nothing()}.
call_pattern_dead() -> call(dead(), 1).
call_pattern_dies() -> P = spawn(fun() -> receive {call, _, _} -> exit(oops) end end), call(P, 1).
refused_options() ->
    S = self(), [text(fun() -> monitor(process, S, id(O)) end)
     || O <- [a, [x], [tag], [{tag}], [{tag, a, b}], [{alias, x}], [{alias}], [alias], [{tag, a} | x], [{tag, a}, 1], #{}]].
refused_type_and_item() -> [text(fun() -> monitor(id(T), id(I), []) end) || {T, I} <- [{a, b}, {process, 1}, {process, "p"}, {port, 1}, {process, {a, b, c}}]].
refused_leaves_nothing() -> P = idle(), {error, badarg} = case_lib:class(fun() -> monitor(process, P, id([{tag, a}, x])) end), R = process_info(self(), monitors), kill(P), {R, nothing()}.
