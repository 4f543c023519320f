%% receive with after: 0, finite, infinity and what is no timeout; how time and
%% messages compete.
-module(receive_timeouts).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
class(F) -> case_lib:class(F).
send(L) -> [self() ! X || X <- L].
%% Whether waiting with F took at least the milliseconds; and what F gives.
lasts(Ms, F) -> T = erlang:monotonic_time(), V = F(), D = erlang:convert_time_unit(erlang:monotonic_time() - T, native, microsecond), {V, D >= Ms * 1000}.

zero_empty() -> receive _ -> message after 0 -> timeout end.
zero_full() -> send([a, b]), A = receive X -> X after 0 -> timeout end, {A, all()}.
zero_no_match() -> send([a, b]), A = receive c -> c after 0 -> timeout end, {A, all()}.
zero_match_behind_others() -> send(lists:seq(1, 100) ++ [right]), A = receive right -> ok after 0 -> timeout end, {A, length(all())}.
zero_without_clauses() -> send([a]), A = receive after 0 -> timeout end, {A, all()}.
zero_again_and_again() -> lists:usort([receive _ -> message after 0 -> timeout end || _ <- lists:seq(1, 200)]).
zero_at_run_time() -> T = id(0), receive _ -> message after T -> timeout end.
zero_sees_what_was_sent_by_one_that_answered() ->
    P = puppet(), S = self(), do(P, fun() -> S ! hello end), A = receive hello -> yes after 0 -> no end, stop(P), A.
zero_polls_until_it_comes() -> S = self(), spawn(fun() -> S ! come end), poll(0).
poll(N) -> receive come -> N >= 0 after 0 -> erlang:yield(), poll(N + 1) end.
finite_empty() -> lasts(5, fun() -> receive _ -> message after 5 -> timeout end end).
finite_without_clauses() -> lasts(5, fun() -> receive after 5 -> timeout end end).
finite_no_match() -> send([a, b]), R = lasts(5, fun() -> receive c -> c after 5 -> timeout end end), {R, all()}.
finite_match_is_at_once() -> send([a]), receive a -> taken after 100000000 -> timeout end.
finite_message_comes_first() -> erlang:send_after(2, self(), come), receive come -> message after 10000000 -> timeout end.
finite_timeout_comes_first() -> T = erlang:send_after(10000000, self(), come), A = receive come -> message after 2 -> timeout end, {A, is_integer(erlang:cancel_timer(T))}.
finite_wrong_messages_do_not_prolong() ->
    %% Messages that do not match arrive; the time goes on counting.
    P = spawn_link(fun() -> drip(whereis(receive_timeouts_1)) end), register(receive_timeouts_1, self()), P ! go,
    R = lasts(20, fun() -> receive never -> never after 20 -> timeout end end), unlink(P), kill(P), unregister(receive_timeouts_1), R.
drip(_) -> receive go -> ok after 0 -> ok end, catch receive_timeouts_1 ! drop, receive after 1 -> drip(x) end.
finite_each_receive_starts_anew() -> lasts(10, fun() -> [receive never -> x after 2 -> t end || _ <- [1, 2, 3, 4, 5]] end).
finite_at_run_time() -> [lasts(id(T), fun() -> receive _ -> message after T -> timeout end end) || T <- [0, 1, 3]].
finite_expression() -> T = id(2), lasts(4, fun() -> receive _ -> message after T * 2 -> timeout end end).
expression_is_evaluated_once() -> put(n, 0), receive _ -> message after begin put(n, get(n) + 1), 2 end -> get(n) end.
expression_is_evaluated_with_a_message_there() -> send([a]), R = receive a -> get(n) after begin put(n, 1), 0 end -> none end, R.
infinity_with_a_message() -> send([a]), receive a -> taken after infinity -> never end.
infinity_at_run_time() -> erlang:send_after(2, self(), a), T = id(infinity), receive a -> taken after T -> never end.
infinity_without_clauses() -> P = spawn(fun() -> receive after infinity -> ok end end), A = waiting(P), P ! x, B = process_info(P, message_queue_len), {A, B, kill(P)}.
infinity_from_a_variable_waits() -> T = id(infinity), P = spawn(fun() -> receive never -> ok after T -> timed_out end end), A = waiting(P), {A, kill(P)}.
largest() -> T = id(16#ffffffff), send([a]), A = receive a -> taken after T -> timeout end, P = spawn(fun() -> receive never -> ok after T -> exit(too_soon) end end), B = waiting(P), {A, B, kill(P)}.
too_large() -> [class(fun() -> T = id(N), receive never -> ok after T -> timeout end end) || N <- [16#100000000, 1 bsl 40, 1 bsl 59, 1 bsl 64, 1 bsl 100]].
negative() -> [class(fun() -> T = id(N), receive never -> ok after T -> timeout end end) || N <- [-1, -(1 bsl 40), -(1 bsl 100)]].
no_integer() -> [class(fun() -> T = id(N), receive never -> ok after T -> timeout end end) || N <- [a, 1.0, 5.5, "1", [], {}, undefined, infinite, <<1>>]].
no_timeout_value_trace() -> try receive never -> ok after id(bad) -> ok end catch error:R:St -> {M, F, A, _} = hd(St), {R, M, F, A} end.
no_timeout_value_with_a_message() ->
    %% A message that matches is taken though the timeout is none.
    [begin send([a]), R = class(fun() -> T = id(N), receive a -> taken after T -> timeout end end), {R, all()} end || N <- [bad, -1, 1 bsl 64]].
no_timeout_value_keeps_messages() -> send([a, b]), R = class(fun() -> receive never -> ok after id(bad) -> ok end end), {R, all()}.
no_timeout_value_in_a_process() -> {_, M} = spawn_monitor(fun() -> receive never -> ok after id(bad) -> ok end end), receive {'DOWN', M, _, _, {R, [_ | _]}} -> R end.
body_value() -> receive never -> x after 1 -> {y, 1} end.
body_receives_again() -> send([a]), receive never -> x after 1 -> receive A -> {late, A} end end.
body_raises() -> send([a]), R = class(fun() -> receive never -> x after 1 -> throw(late) end end), {R, all()}.
nested_timeouts() -> send([a]), receive never -> x after 1 -> receive never -> y after 1 -> receive A -> {A, all()} after 0 -> none end end end.
timeout_in_a_receive_body() -> send([a]), receive a -> receive b -> b after 1 -> {a, timeout} end after 1 -> none end.
timer_does_not_outlive_its_receive() ->
    %% A message ends the receive; the time that was left does not disturb the next one.
    erlang:send_after(1, self(), a), A = receive a -> ok after 10 -> timeout end, B = lasts(30, fun() -> receive never -> x after 30 -> timeout end end), {A =:= ok orelse A =:= timeout, B}.
timer_does_not_outlive_an_exception() -> class(fun() -> erlang:send_after(1, self(), a), receive a -> throw(x) after 20 -> timeout end end), lasts(30, fun() -> receive never -> x after 30 -> timeout end end).
many_short_ones() -> lists:usort([receive never -> x after 1 -> t end || _ <- lists:seq(1, 20)]).
many_processes_with_different_times() ->
    S = self(), [spawn(fun() -> receive after T -> S ! {done, T} end end) || T <- lists:seq(20, 1, -1)], lists:sort([T || {done, T} <- [got() || _ <- lists:seq(1, 20)]]) =:= lists:seq(1, 20).
shorter_wakes_first() ->
    %% Far apart, the shorter one comes first.
    S = self(), spawn(fun() -> receive after 400 -> S ! long end end), spawn(fun() -> receive after 1 -> S ! short end end), [got(), got()].
two_processes_ping_with_timeouts() -> S = self(), P = spawn(fun() -> pong(S) end), R = [begin P ! {ping, N}, receive {pong, N} -> N after 100000 -> lost end end || N <- lists:seq(1, 50)], kill(P), R =:= lists:seq(1, 50).
pong(S) -> receive {ping, N} -> S ! {pong, N}, pong(S) after 100000 -> lost end.
killed_while_waiting() -> P = spawn(fun() -> receive never -> ok after 1000000 -> ok end end), waiting(P), kill(P).
suspended_over_its_time() -> S = self(), P = spawn(fun() -> receive never -> ok after 100 -> S ! late end end), waiting(P), erlang:suspend_process(P), case_proc:sleep(120), A = all(), erlang:resume_process(P), B = A ++ [got() || A =:= []], B.
collected_while_waiting() -> S = self(), L = lists:seq(1, 100), P = spawn(fun() -> X = {S, L}, receive never -> ok after 1000 -> S ! {X =:= {S, L}, lists:sum(L)} end end), waiting(P), erlang:garbage_collect(P), got().
info_while_waiting() -> P = spawn(fun() -> receive never -> ok after 10000000 -> ok end end), waiting(P), R = process_info(P, [status, message_queue_len]), kill(P), R.
exit_signal_trapped_while_waiting() -> P = spawn(fun() -> process_flag(trap_exit, true), receive never -> ok after 1000000 -> ok end end), until(fun() -> process_info(P, trap_exit) =:= {trap_exit, true} end), waiting(P), exit(P, x), R = process_info(P, message_queue_len), {R, kill(P)}.
time_goes_on_in_wall_clock() -> lasts(30, fun() -> receive after 10 -> ok end, receive after 10 -> ok end, receive after 10 -> ok end end).
not_before_its_time() -> lists:usort([element(2, lasts(T, fun() -> receive after T -> ok end end)) || T <- [1, 2, 3, 4, 5, 7, 9]]).
