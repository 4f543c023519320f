%% exit/2: the whole table. A signal with each reason, sent by another process or
%% by the receiver itself, to one that traps exits or not.
-module(exit_sent).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, trap/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
trapping(P) -> do(P, fun() -> process_flag(trap_exit, true) end), P.
%% What happens to a puppet that is sent the signal: {ended, Reason}, or the
%% messages that it then has. Both come from here, so in order.
sent(Traps, Reason) ->
    P = puppet(), Traps =:= traps andalso trapping(P),
    M = monitor(process, P),
    true = exit(P, Reason),
    A = do(P, fun() -> all() end),
    case A of
        {ended, _} -> receive {'DOWN', M, _, _, R} -> {ended, R} end;
        _ -> R = plain(A, [{self(), me}, {P, it}]), {ended, killed} = {ended, kill(P)}, R
    end.
%% The same where the puppet sends it to itself.
to_self(Traps, Reason) ->
    P = puppet(), Traps =:= traps andalso trapping(P),
    M = monitor(process, P),
    case do(P, fun() -> {exit(self(), Reason), all()} end) of
        {ended, _} -> receive {'DOWN', M, _, _, R} -> {ended, R} end;
        A -> R = plain(A, [{self(), me}, {P, it}]), kill(P), R
    end.
%% Where a third process sends it.
by_third(Traps, Reason) ->
    P = puppet(), Q = puppet(), Traps =:= traps andalso trapping(P),
    M = monitor(process, P),
    %% The third sends the question too, behind the signal.
    Self = self(),
    do(Q, fun() -> exit(P, Reason), case_proc:tell(P, fun() -> Self ! {alive, all()} end) end),
    receive
        {'DOWN', M, _, _, R} -> {ended, R};
        {alive, A} -> plain(A, [{Q, third}, {P, it}])
    end.

sent_normal() -> sent(plain, normal).
sent_normal_trapping() -> sent(traps, normal).
sent_kill() -> sent(plain, kill).
sent_kill_trapping() -> sent(traps, kill).
sent_killed() -> sent(plain, killed).
sent_killed_trapping() -> sent(traps, killed).
sent_shutdown() -> sent(plain, shutdown).
sent_shutdown_trapping() -> sent(traps, shutdown).
sent_noproc() -> sent(plain, noproc).
sent_noproc_trapping() -> sent(traps, noproc).
sent_term() -> sent(plain, {why, ["x", 1 bsl 70, #{k => v}]}).
sent_term_trapping() -> sent(traps, {why, ["x", 1 bsl 70, #{k => v}]}).
sent_tuple_of_kill() -> sent(plain, {kill}).
sent_tuple_of_normal() -> sent(plain, {normal}).
sent_empty_list() -> [sent(plain, []), sent(traps, [])].
sent_false() -> [sent(plain, false), sent(traps, false)].
sent_large() ->
    L = lists:seq(1, 3000), {ended, L} = sent(plain, L), [{'EXIT', me, L}] = sent(traps, L), same.
sent_binary() ->
    B = list_to_binary(lists:duplicate(5000, 1)), {ended, B} = sent(plain, B), [{'EXIT', me, B}] = sent(traps, B), same.
to_self_normal() -> to_self(plain, normal).
to_self_normal_trapping() -> to_self(traps, normal).
to_self_kill() -> to_self(plain, kill).
to_self_kill_trapping() -> to_self(traps, kill).
to_self_killed() -> to_self(plain, killed).
to_self_killed_trapping() -> to_self(traps, killed).
to_self_shutdown() -> to_self(plain, shutdown).
to_self_shutdown_trapping() -> to_self(traps, shutdown).
to_self_term() -> to_self(plain, {why, [1]}).
to_self_term_trapping() -> to_self(traps, {why, [1]}).
third_normal() -> [by_third(plain, normal), by_third(traps, normal)].
third_kill() -> [by_third(plain, kill), by_third(traps, kill)].
third_killed() -> [by_third(plain, killed), by_third(traps, killed)].
third_other() -> [by_third(plain, other), by_third(traps, other)].

value_is_true() -> [exit(dead(), R) || R <- [normal, kill, x]] ++ [begin P = idle(), V = exit(P, kill), down(P), V end].
to_dead_is_ignored() -> P = dead(), [exit(P, R) || R <- [normal, kill, x]] ++ [nothing()].
several_signals_first_wins() ->
    P = idle(), M = monitor(process, P), [exit(P, R) || R <- [one, two, kill]], receive {'DOWN', M, _, _, R} -> R end.
normal_then_other() ->
    P = idle(), M = monitor(process, P), [exit(P, R) || R <- [normal, normal, two]], receive {'DOWN', M, _, _, R} -> R end.
several_signals_trapped_in_order() ->
    P = trapping(puppet()), [exit(P, N) || N <- lists:seq(1, 20)], R = do(P, fun() -> [N || {'EXIT', _, N} <- all()] end), stop(P), R.
trapped_then_killed() ->
    P = trapping(puppet()), M = monitor(process, P), exit(P, a), exit(P, kill), receive {'DOWN', M, _, _, R} -> R end.
trap_turned_on_and_off() ->
    P = trapping(puppet()), exit(P, a), A = do(P, fun() -> all() end), do(P, fun() -> process_flag(trap_exit, false) end),
    M = monitor(process, P), exit(P, b), B = receive {'DOWN', M, _, _, R} -> R end, {plain(A, [{self(), me}]), B}.
trapped_is_a_plain_message() ->
    P = trapping(puppet()), P ! before, exit(P, x), P ! {'EXIT', self(), faked}, R = do(P, fun() -> all() end), stop(P), plain(R, [{self(), me}]).
exit_in_own_mailbox_is_removed_selectively() ->
    trap(fun() -> exit(self(), a), self() ! b, exit(self(), c), B = receive b -> b end, {B, plain(all(), [{self(), me}])} end).
self_kill_stops_at_once() ->
    S = self(), in(fun() -> exit(self(), kill), S ! after_kill end), nothing().
self_exit_stops_at_once() ->
    S = self(), in(fun() -> exit(self(), x), S ! after_exit end), nothing().
self_exit_is_not_caught() ->
    in(fun() -> try exit(self(), x) catch _:_ -> caught after ok end end).
self_normal_stops_at_once() ->
    S = self(), [in(fun() -> exit(self(), normal), S ! after_normal end), all()].
kill_in_receive() -> P = idle(), waiting(P), kill(P).
kill_in_receive_with_timeout() -> P = spawn(fun() -> receive never -> ok after 1000000 -> ok end end), waiting(P), kill(P).
kill_while_running() -> P = spawn(fun() -> spin(0) end), kill(P).
exit_while_running() -> P = spawn(fun() -> spin(0) end), M = monitor(process, P), exit(P, x), receive {'DOWN', M, _, _, R} -> R end.
spin(N) -> spin(N + 1).
kill_in_list_builtin() ->
    L = lists:seq(1, 3000), P = spawn(fun() -> sort_for_ever(L) end), kill(P).
sort_for_ever(L) -> lists:sort(L), lists:reverse(L, L), sort_for_ever(L).
kill_while_it_sends() -> S = self(), P = spawn(fun() -> send_for_ever(S) end), first = got(), R = kill(P), R.
send_for_ever(S) -> S ! first, receive after 1 -> ok end, send_for_ever(S).
kill_in_hibernation() -> P = spawn(fun() -> erlang:hibernate(?MODULE, id, [x]) end), waiting(P), kill(P).
kill_while_suspended() -> P = puppet(), erlang:suspend_process(P), kill(P).
exit_while_suspended() -> P = puppet(), erlang:suspend_process(P), M = monitor(process, P), exit(P, x), receive {'DOWN', M, _, _, R} -> R end.
kill_before_it_ran() -> [begin P = spawn(fun() -> receive never -> ok end end), kill(P) end || _ <- lists:seq(1, 20)].
kill_twice() -> P = idle(), M = monitor(process, P), exit(P, kill), exit(P, kill), receive {'DOWN', M, _, _, R} -> {R, nothing()} end.
refused() -> [text(fun() -> exit(id(X), reason) end) || X <- [a, 1, "pid", {self_}, undefined]].
refused_name() -> register(exit_sent_name, self()), R = text(fun() -> exit(id(exit_sent_name), x) end), unregister(exit_sent_name), R.
