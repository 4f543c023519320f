%% erlang:suspend_process/1,2 and resume_process/1: counts, options, and what
%% reaches a process that is suspended.
-module(suspension).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
suspend(P) -> erlang:suspend_process(P).
suspend(P, O) -> erlang:suspend_process(P, O).
resume(P) -> erlang:resume_process(P).
status(P) -> {status, S} = process_info(P, status), S.
echo(S) -> spawn(fun() -> echo_loop(S) end).
echo_loop(S) -> receive X -> S ! {echo, X}, echo_loop(S) end.
%% A process that counts in a counter.
counting(C) -> spawn(fun() -> count(C) end).
count(C) -> counters:add(C, 1, 1), count(C).

values() -> P = puppet(), R = {suspend(P), resume(P)}, stop(P), R.
does_not_run() -> P = echo(self()), suspend(P), P ! hello, A = nothing(), resume(P), R = {A, got()}, kill(P), R.
busy_one_stops() ->
    C = counters:new(1, []), P = counting(C), until(fun() -> counters:get(C, 1) > 0 end), suspend(P), A = counters:get(C, 1), case_proc:sleep(5), B = counters:get(C, 1),
    resume(P), G = until(fun() -> counters:get(C, 1) > B end), kill(P), {A =:= B, G}.
status_changes() -> P = puppet(), waiting(P), suspend(P), A = status(P), resume(P), B = waiting(P), stop(P), {A, B}.
counts_nest() -> P = echo(self()), [suspend(P) || _ <- [1, 2, 3]], P ! x, [resume(P) || _ <- [1, 2]], A = nothing(), resume(P), R = {A, got()}, kill(P), R.
counts_nest_many() -> P = puppet(), [suspend(P) || _ <- lists:seq(1, 300)], A = plain(process_info(self(), suspending)), [resume(P) || _ <- lists:seq(1, 300)], B = process_info(self(), suspending), stop(P), {A, B}.
two_suspenders() -> P = echo(self()), Q = puppet(), suspend(P), do(Q, fun() -> suspend(P) end), P ! x, resume(P), A = nothing(), do(Q, fun() -> resume(P) end), R = {A, got()}, kill(P), stop(Q), R.
only_own_can_be_resumed() -> P = puppet(), suspend(P), R = in(fun() -> text(fun() -> resume(P) end) end), S = status(P), resume(P), stop(P), {R, S}.
resume_without_suspend() -> P = puppet(), R = text(fun() -> resume(P) end), stop(P), R.
resume_too_often() -> P = puppet(), suspend(P), resume(P), R = text(fun() -> resume(P) end), stop(P), R.
suspender_dies() -> P = echo(self()), Q = puppet(), do(Q, fun() -> suspend(P), suspend(P) end), P ! x, A = nothing(), kill(Q), R = {A, got()}, kill(P), R.
suspender_ends_normally() -> P = echo(self()), Q = puppet(), do(Q, fun() -> suspend(P) end), P ! x, stop(Q), R = got(), kill(P), R.
one_of_two_suspenders_dies() -> P = echo(self()), Q = puppet(), do(Q, fun() -> suspend(P) end), suspend(P), P ! x, kill(Q), A = nothing(), resume(P), R = {A, got()}, kill(P), R.
messages_wait() -> P = puppet(), suspend(P), [P ! N || N <- lists:seq(1, 50)], L = process_info(P, message_queue_len), resume(P), R = do(P, fun() -> all() end), stop(P), {L, R =:= lists:seq(1, 50)}.
exit_ends_it() -> P = puppet(), suspend(P), M = monitor(process, P), exit(P, x), receive {'DOWN', M, _, _, R} -> {R, process_info(self(), suspending)} end.
kill_ends_it() -> P = puppet(), suspend(P), suspend(P), R = kill(P), {R, process_info(self(), suspending)}.
exit_of_a_trapping_one_waits() -> P = puppet(), do(P, fun() -> process_flag(trap_exit, true) end), suspend(P), exit(P, x), A = status(P), resume(P), R = do(P, fun() -> got() end), stop(P), {A, plain(R, [{self(), me}])}.
link_death_ends_it() -> P = puppet(), Q = puppet(), do(P, fun() -> link(Q) end), suspend(P), M = monitor(process, P), exit(Q, x), receive {'DOWN', M, _, _, R} -> R end.
info_of_it() -> P = puppet(), suspend(P), P ! m, R = process_info(P, [status, message_queue_len, messages, trap_exit]), kill(P), R.
alive() -> P = puppet(), suspend(P), R = is_process_alive(P), kill(P), R.
group_leader_of_it() -> P = puppet(), suspend(P), group_leader(self(), P), R = process_info(P, group_leader) =:= {group_leader, self()}, kill(P), R.
collection_of_it() -> P = puppet(), suspend(P), R = erlang:garbage_collect(P), S = status(P), kill(P), {R, S}.
timer_of_it() ->
    S = self(), P = spawn(fun() -> receive never -> ok after 300 -> S ! timed_out end end), suspend(P), case_proc:sleep(320), A = all(), resume(P), {A, got()}.
timer_message_to_it() -> P = echo(self()), suspend(P), erlang:send_after(1, P, tick), until(fun() -> process_info(P, message_queue_len) =:= {message_queue_len, 1} end), resume(P), R = got(), kill(P), R.
before_its_first_slice() -> S = self(), P = spawn(fun() -> S ! started, receive never -> ok end end), suspend(P), A = all(), resume(P), B = if A =:= [] -> [got()]; true -> A end, kill(P), {length(A) =< 1, B}.
itself() -> S = self(), text(fun() -> suspend(S) end).
itself_with_options() -> S = self(), [text(fun() -> suspend(S, O) end) || O <- [[], [asynchronous], [unless_suspending]]].
dead_one() -> D = dead(), {text(fun() -> suspend(D) end), text(fun() -> resume(D) end)}.
dead_one_with_options() -> D = dead(), [text(fun() -> suspend(D, O) end) || O <- [[], [unless_suspending], [asynchronous, unless_suspending]]].
unless_suspending() -> P = puppet(), R = [suspend(P, [unless_suspending]), suspend(P, [unless_suspending]), plain(process_info(self(), suspending)), resume(P), text(fun() -> resume(P) end)], stop(P), R.
unless_suspending_after_plain() -> P = puppet(), R = [suspend(P), suspend(P, [unless_suspending]), suspend(P, []), plain(process_info(self(), suspending))], kill(P), R.
unless_suspending_counts_own_only() -> P = puppet(), Q = puppet(), do(Q, fun() -> suspend(P) end), R = suspend(P, [unless_suspending]), kill(P), stop(Q), R.
asynchronous() -> P = echo(self()), A = suspend(P, [asynchronous]), until(fun() -> status(P) =:= suspended end), P ! x, B = nothing(), resume(P), R = {A, B, got()}, kill(P), R.
asynchronous_resumed_at_once() -> P = echo(self()), [begin suspend(P, [asynchronous]), resume(P) end || _ <- lists:seq(1, 50)], P ! x, R = got(), kill(P), R.
asynchronous_tag() -> P = puppet(), T = make_ref(), V = suspend(P, [{asynchronous, T}]), R = got(), kill(P), {V, plain(R, [{T, tag}])}.
asynchronous_tag_any_term() -> P = puppet(), R = [begin suspend(P, [{asynchronous, T}]), M = got(), resume(P), M end || T <- [a, {b, 1}, "c", 17]], stop(P), R.
asynchronous_tag_of_a_dead_one() -> D = dead(), V = case_lib:class(fun() -> suspend(D, [{asynchronous, tag}]) end), {V, all()}.
asynchronous_then_plain() -> P = puppet(), suspend(P, [asynchronous]), suspend(P), R = {status(P), plain(process_info(self(), suspending))}, resume(P), resume(P), stop(P), R.
both_options() -> P = puppet(), R = [suspend(P, [asynchronous, unless_suspending]), suspend(P, [unless_suspending, asynchronous])], until(fun() -> status(P) =:= suspended end), resume(P), stop(P), R.
refused_pid() -> [text(fun() -> suspend(id(X)) end) || X <- [a, 1, "p", []]] ++ [text(fun() -> resume(id(X)) end) || X <- [a, 1, "p", []]].
refused_name() -> P = puppet(), register(suspension_1, P), R = text(fun() -> suspend(id(suspension_1)) end), kill(P), R.
refused_options() -> P = puppet(), R = [text(fun() -> suspend(P, id(O)) end) || O <- [a, [x], [asynchronous | x], [{unless_suspending, true}], [1]]], S = status(P), kill(P), {R, lists:member(S, [waiting, runnable, running])}.
ends_while_suspended_frees_the_name() -> P = puppet(), register(suspension_2, P), suspend(P), kill(P), whereis(suspension_2).
survives_many_rounds() -> C = counters:new(1, []), P = counting(C), [begin suspend(P), resume(P) end || _ <- lists:seq(1, 100)], A = counters:get(C, 1), G = until(fun() -> counters:get(C, 1) > A end), kill(P), G.
