%% Calls to servers: a reference made just before the receive, which need not
%% look at the messages that were there before it.
-module(receive_references).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
class(F) -> case_lib:class(F).
send(L) -> [self() ! X || X <- L].
server(_) -> spawn(fun() -> serve(0) end).
serve(S) ->
    receive
        {add, From, Ref, N} -> From ! {Ref, S + N}, serve(S + N);
        {late, From, Ref, Ms} -> erlang:send_after(Ms, From, {Ref, late}), serve(S);
        {twice, From, Ref} -> From ! {Ref, one}, From ! {Ref, two}, serve(S);
        {die, R} -> exit(R);
        {silent, _, _} -> serve(S)
    end.
call(P, N) -> R = make_ref(), P ! {add, self(), R, N}, receive {R, V} -> V end.
call_monitored(P, N) ->
    M = monitor(process, P), P ! {add, self(), M, N},
    receive {M, V} -> demonitor(M, [flush]), V; {'DOWN', M, _, _, R} -> {down, R} end.
call_alias(P, N) ->
    M = monitor(process, P, [{alias, reply_demonitor}]), P ! {add, M, M, N},
    receive {M, V} -> V; {'DOWN', M, _, _, R} -> {down, R} end.

one_call() -> P = server(x), R = call(P, 5), kill(P), R.
calls_with_an_empty_queue() -> P = server(x), R = [call(P, 1) || _ <- lists:seq(1, 50)], kill(P), R =:= lists:seq(1, 50).
calls_with_a_long_queue() -> send(lists:seq(1, 3000)), P = server(x), R = [call(P, 1) || _ <- lists:seq(1, 50)], kill(P), {R =:= lists:seq(1, 50), all() =:= lists:seq(1, 3000)}.
monitored_calls_with_a_long_queue() -> send(lists:seq(1, 3000)), P = server(x), R = [call_monitored(P, 1) || _ <- lists:seq(1, 50)], kill(P), {R =:= lists:seq(1, 50), all() =:= lists:seq(1, 3000)}.
alias_calls_with_a_long_queue() -> send(lists:seq(1, 3000)), P = server(x), R = [call_alias(P, 1) || _ <- lists:seq(1, 50)], kill(P), {R =:= lists:seq(1, 50), all() =:= lists:seq(1, 3000)}.
queue_grows_during_calls() -> P = server(x), R = [begin self() ! {noise, N}, call(P, N) end || N <- lists:seq(1, 50)], kill(P), {lists:last(R), [N || {noise, N} <- all()] =:= lists:seq(1, 50)}.
noise_between_call_and_answer() -> P = server(x), R = make_ref(), P ! {add, self(), R, 3}, send([a, b, c]), V = receive {R, X} -> X end, kill(P), {V, all()}.
answer_there_before_the_receive() -> R = make_ref(), self() ! {R, early}, send([x, y]), V = receive {R, X} -> X end, {V, all()}.
messages_before_the_reference_stay() -> send([before1, before2]), R = make_ref(), self() ! {R, a}, receive {R, a} -> ok end, all().
skipped_ones_are_found_later() -> send([old]), R = make_ref(), self() ! {R, a}, receive {R, a} -> ok end, receive old -> found end.
reference_that_existed_before() ->
    %% The same receive with a reference from elsewhere has to look at all.
    R = id(make_ref()), self() ! {R, first}, send([noise]), F = fun(X) -> receive {X, V} -> V end end, {F(R), all()}.
reference_as_argument() -> P = server(x), R = make_ref(), P ! {add, self(), R, 3}, V = wait_for(R), kill(P), V.
wait_for(R) -> receive {R, V} -> V end.
wait_for_old_and_new() -> R1 = make_ref(), self() ! {R1, one}, R2 = make_ref(), self() ! {R2, two}, {wait_for(R2), wait_for(R1), all()}.
made_in_another_function() -> send([noise]), R = new(x), self() ! {R, a}, V = receive {R, X} -> X end, {V, all()}.
new(_) -> make_ref().
message_sent_before_the_reference_is_used() ->
    %% The reference is made, handed out, answered; only then others are made.
    R1 = make_ref(), self() ! {R1, one}, R2 = make_ref(), self() ! {R2, two}, A = receive {R1, X} -> X end, B = receive {R2, Y} -> Y end, {A, B}.
two_references_either_order() -> R1 = make_ref(), R2 = make_ref(), self() ! {R2, two}, self() ! {R1, one}, A = receive {R1, X} -> X end, B = receive {R2, Y} -> Y end, {A, B}.
clause_for_each_of_two() -> R1 = make_ref(), R2 = make_ref(), self() ! {R2, b}, self() ! {R1, a}, F = fun() -> receive {R1, X} -> {one, X}; {R2, X} -> {two, X} end end, {F(), F(), all()}.
clause_without_the_reference() ->
    %% One clause takes a message that may be older than the reference.
    send([stop]), R = make_ref(), self() ! {R, x}, V = receive {R, X} -> {answer, X}; stop -> stopped end, {V, length(all())}.
clause_that_takes_all() -> send([old]), R = make_ref(), self() ! {R, x}, receive {R, X} -> {answer, X}; Other -> {other, Other} end.
loop_over_references() -> Rs = [begin R = make_ref(), self() ! {R, N}, R end || N <- lists:seq(1, 50)], [receive {R, N} -> N end || R <- Rs] =:= lists:seq(1, 50).
loop_over_references_backwards() -> Rs = [begin R = make_ref(), self() ! {R, N}, R end || N <- lists:seq(1, 50)], [receive {R, N} -> N end || R <- lists:reverse(Rs)] =:= lists:seq(50, 1, -1).
multicall() -> Ps = [server(x) || _ <- lists:seq(1, 20)], Rs = [begin R = make_ref(), P ! {add, self(), R, N}, R end || {P, N} <- lists:zip(Ps, lists:seq(1, 20))], V = [receive {R, X} -> X end || R <- Rs], [kill(P) || P <- Ps], V =:= lists:seq(1, 20).
multicall_with_long_queue() -> send(lists:seq(1, 1000)), {multicall(), all() =:= lists:seq(1, 1000)}.
call_in_a_call() ->
    %% While one answer is awaited, a message makes the process call another.
    A = server(x), B = server(x), R = make_ref(), self() ! ask_b, A ! {late, self(), R, 1},
    V = inner(R, B), kill(A), kill(B), V.
inner(R, B) -> receive ask_b -> X = call(B, 7), {Y, Z} = inner(R, B), {Y, [X | Z]}; {R, V} -> {V, []} end.
call_in_a_fold() -> P = server(x), send([keep]), R = lists:foldl(fun(N, _) -> call(P, N) end, 0, lists:seq(1, 20)), kill(P), {R, all()}.
recursive_wait() -> R = make_ref(), S = self(), spawn(fun() -> [S ! {R, N} || N <- lists:seq(1, 30)], S ! {R, done} end), rec(R, 0).
rec(R, S) -> receive {R, done} -> S; {R, N} -> rec(R, S + N) end.
same_reference_twice() -> P = server(x), R = make_ref(), P ! {twice, self(), R}, A = receive {R, X} -> X end, B = receive {R, Y} -> Y end, kill(P), {A, B}.
timeout_while_waiting() -> P = server(x), send([noise]), R = make_ref(), P ! {silent, self(), R}, V = receive {R, X} -> X after 2 -> timeout end, kill(P), {V, all()}.
timeout_zero() -> send([noise]), R = make_ref(), V = receive {R, X} -> X after 0 -> timeout end, {V, all()}.
timeout_zero_answer_there() -> send([noise]), R = make_ref(), self() ! {R, here}, V = receive {R, X} -> X after 0 -> timeout end, {V, all()}.
late_answer_is_in_the_mailbox() -> P = server(x), R = make_ref(), P ! {late, self(), R, 20}, V = receive {R, X} -> X after 1 -> timeout end, W = receive {R, Y} -> Y end, kill(P), {V, W}.
after_timeout_a_new_call() -> P = server(x), R = make_ref(), P ! {silent, self(), R}, receive {R, _} -> x after 1 -> t end, V = call(P, 4), kill(P), V.
exception_while_waiting() -> send([noise]), R = make_ref(), self() ! {R, bad}, V = class(fun() -> receive {R, X} -> hd(X) end end), {V, all()}.
exception_then_older_message() -> send([old]), R = make_ref(), self() ! {R, bad}, class(fun() -> receive {R, X} -> hd(X) end end), receive old -> found end.
exception_between_reference_and_receive() -> send([old, {k, 1}]), class(fun() -> R = make_ref(), self() ! {R, 1}, _ = hd(id([])), receive {R, _} -> x end end), [receive old -> a end, receive {k, 1} -> b end, length(all())].
reference_never_used() -> send([old]), _ = make_ref(), receive old -> found end.
reference_made_receive_not_reached() -> send([old]), R = make_ref(), case id(false) of true -> receive {R, X} -> X end; false -> receive old -> found end end.
branch_decides() -> send([old]), F = fun(B) -> R = make_ref(), self() ! {R, new}, case B of true -> receive {R, X} -> X end; false -> receive old -> old end end end, {F(true), F(false), length(all())}.
call_between_reference_and_receive() -> P = server(x), send([noise]), R = make_ref(), P ! {add, self(), R, 1}, X = lists:sum(lists:seq(1, 100)), erlang:garbage_collect(), V = receive {R, Y} -> Y end, kill(P), {X, V, all()}.
receive_between_reference_and_receive() -> P = server(x), send([mid]), R = make_ref(), P ! {add, self(), R, 1}, M = receive mid -> mid end, V = receive {R, Y} -> Y end, kill(P), {M, V}.
call_between_reference_and_its_receive() -> P = server(x), send([noise]), R = make_ref(), P ! {late, self(), R, 5}, V = call(P, 3), W = receive {R, Y} -> Y end, kill(P), {V, W, all()}.
monitor_of_a_dead_server() -> D = dead(), send(lists:seq(1, 100)), {call_monitored(D, 1), call_alias(D, 1), length(all())}.
server_dies_in_the_call() -> P = server(x), send([noise]), M = monitor(process, P), P ! {die, oops}, R = receive {M, V} -> V; {'DOWN', M, _, _, E} -> {down, E} end, {R, all()}.
down_before_the_receive() -> P = server(x), M = monitor(process, P), kill(P), send([noise]), R = receive {'DOWN', M, _, _, E} -> E end, {R, all()}.
monitor_named_server() -> P = server(x), register(receive_references_1, P), send([noise]), M = monitor(process, receive_references_1), P ! {die, x}, R = receive {'DOWN', M, process, I, E} -> {I, E} end, {R, all()}.
alias_reference() -> send([noise]), A = alias([reply]), spawn(fun() -> A ! {A, hi} end), R = receive {A, X} -> X end, {R, all()}.
alias_of_older_use() -> A = alias(), A ! {A, one}, send([noise]), B = alias(), B ! {B, two}, X = receive {A, V} -> V end, Y = receive {B, W} -> W end, {X, Y, all()}.
spawn_monitor_reference() -> send([noise]), {_, M} = spawn_monitor(fun() -> exit(x) end), R = receive {'DOWN', M, _, _, E} -> E end, {R, all()}.
spawn_request_reference() -> send([noise]), Q = spawn_request(fun() -> ok end), R = receive {spawn_reply, Q, T, P} -> {T, is_pid(P)} end, {R, all()}.
timer_reference() -> send([noise]), T = erlang:start_timer(1, self(), tick), R = receive {timeout, T, M} -> M end, {R, all()}.
timer_reference_cancelled() -> send([noise]), T = erlang:start_timer(1000000, self(), tick), C = erlang:cancel_timer(T), R = receive {timeout, T, M} -> M after 0 -> none end, {is_integer(C), R, all()}.
reference_through_the_dictionary() -> R = make_ref(), put(r, R), self() ! {R, x}, send([noise]), Q = get(r), V = receive {Q, X} -> X end, {V, all()}.
reference_from_the_message() -> self() ! {use, make_ref()}, receive {use, R} -> self() ! {R, x}, receive {R, V} -> V end end.
gen_call_with_long_queue() ->
    send(lists:seq(1, 1000)), P = spawn(fun() -> receive {'$gen_call', From, {add, N}} -> gen:reply(From, N + 1) end end), {ok, R} = gen:call(P, '$gen_call', {add, 1}, 60000), {R, all() =:= lists:seq(1, 1000)}.
gen_call_timeout() -> send([noise]), P = idle(), R = class(fun() -> gen:call(P, '$gen_call', x, 1) end), kill(P), {R, all()}.
queue_data_off_heap() -> process_flag(message_queue_data, off_heap), send(lists:seq(1, 500)), P = server(x), R = [call(P, 1) || _ <- lists:seq(1, 20)], kill(P), {R =:= lists:seq(1, 20), all() =:= lists:seq(1, 500)}.
collected_between() -> send(lists:seq(1, 100)), P = server(x), R = [begin M = make_ref(), P ! {add, self(), M, N}, erlang:garbage_collect(), receive {M, V} -> V end end || N <- [1, 2, 3]], kill(P), {R, length(all())}.
many_callers_one_server() -> P = server(x), S = self(), [spawn(fun() -> self() ! noise, V = [call(P, 1) || _ <- lists:seq(1, 10)], S ! {r, V =:= lists:sort(V), length(V)} end) || _ <- lists:seq(1, 20)], R = lists:usort([got() || _ <- lists:seq(1, 20)]), T = call(P, 0), kill(P), {R, T}.
process_info_between() -> send([noise]), R = make_ref(), self() ! {R, x}, I = process_info(self(), message_queue_len), V = receive {R, X} -> X end, {I, V, all()}.
suspended_between() -> P = server(x), S = self(), Q = spawn(fun() -> R = make_ref(), S ! {ref, R}, V = receive {R, X} -> X end, S ! {value, V} end), {ref, R} = got(), erlang:suspend_process(Q), Q ! noise, Q ! {R, x}, erlang:resume_process(Q), kill(P), got().
