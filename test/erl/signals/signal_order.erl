%% Signals from one process to another arrive in the order in which they were
%% sent, of whatever kinds they are; several senders interleave freely.
-module(signal_order).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, trap/1, until/1]).

id(X) -> case_lib:id(X).
times(N, F) -> lists:usort([F() || _ <- lists:seq(1, N)]).
numbers(L) -> [N || {n, N} <- L].

messages() -> S = self(), P = spawn(fun() -> [S ! {n, N} || N <- lists:seq(1, 500)], S ! done end), R = until_done(x), _ = P, numbers(R) =:= lists:seq(1, 500).
until_done(X) -> receive done -> []; M -> [M | until_done(X)] end.
messages_by_name() ->
    register(signal_order_1, self()), S = self(),
    spawn(fun() -> [case N rem 3 of 0 -> S ! {n, N}; 1 -> signal_order_1 ! {n, N}; 2 -> {signal_order_1, node()} ! {n, N} end || N <- lists:seq(1, 300)], S ! done end),
    R = until_done(x), unregister(signal_order_1), numbers(R) =:= lists:seq(1, 300).
messages_of_all_sizes() ->
    S = self(), B = list_to_binary(lists:duplicate(500, 1)),
    spawn(fun() -> [S ! {N, case N rem 4 of 0 -> N; 1 -> lists:seq(1, N); 2 -> B; 3 -> #{N => [B]} end} || N <- lists:seq(1, 200)], S ! done end),
    [N || {N, _} <- until_done(x)] =:= lists:seq(1, 200).
messages_of_two_senders() ->
    S = self(), F = fun(T) -> fun() -> [S ! {T, N} || N <- lists:seq(1, 100)], S ! {done, T} end end,
    spawn(F(a)), spawn(F(b)), receive {done, a} -> ok end, receive {done, b} -> ok end, L = all(),
    {[N || {a, N} <- L] =:= lists:seq(1, 100), [N || {b, N} <- L] =:= lists:seq(1, 100), length(L)}.
message_then_exit() ->
    times(20, fun() -> trap(fun() -> S = self(), P = spawn_link(fun() -> S ! message, exit(x) end), plain([got(), got()], [{P, p}]) end) end).
message_then_down() ->
    times(20, fun() -> S = self(), {P, M} = spawn_monitor(fun() -> S ! message, exit(x) end), plain([got(), got()], [{P, p}, {M, m}]) end).
messages_then_down() ->
    times(10, fun() -> S = self(), {P, M} = spawn_monitor(fun() -> [S ! {n, N} || N <- lists:seq(1, 50)] end),
                       L = [got() || _ <- lists:seq(1, 51)], {numbers(L) =:= lists:seq(1, 50), plain(lists:last(L), [{P, p}, {M, m}])} end).
message_then_exit_sent() ->
    times(20, fun() -> P = puppet(), do(P, fun() -> process_flag(trap_exit, true) end), P ! one, exit(P, two), P ! three,
                       R = do(P, fun() -> all() end), stop(P), plain(R, [{self(), me}]) end).
exits_and_messages_alternating() ->
    P = puppet(), do(P, fun() -> process_flag(trap_exit, true) end), [begin P ! N, exit(P, N) end || N <- lists:seq(1, 30)],
    R = do(P, fun() -> all() end), stop(P), [case X of {'EXIT', _, N} -> N; N -> N end || X <- R] =:= lists:append([[N, N] || N <- lists:seq(1, 30)]).
message_before_exit_is_handled() ->
    %% The receiver sees the message before the signal that ends it.
    times(10, fun() -> S = self(), P = spawn(fun() -> receive work -> S ! worked, receive never -> ok end end end), M = monitor(process, P),
                       P ! work, worked = got(), exit(P, x), receive {'DOWN', M, _, _, R} -> R end end).
link_then_exit() ->
    times(20, fun() -> P = puppet(), do(P, fun() -> process_flag(trap_exit, true) end), Q = spawn(fun() -> link(P), exit(bye) end),
                       R = do(P, fun() -> got() end), stop(P), plain(R, [{Q, q}]) end).
link_then_message() ->
    times(20, fun() -> S = self(), P = puppet(), link(P), tell(P, fun() -> S ! process_info(self(), links) end), R = got() =:= {links, [S]}, unlink(P), stop(P), R end).
link_unlink_then_message() ->
    times(20, fun() -> S = self(), P = puppet(), link(P), unlink(P), tell(P, fun() -> S ! process_info(self(), links) end), R = got(), stop(P), R end).
link_message_unlink_message() ->
    S = self(), P = puppet(), F = fun() -> S ! length(element(2, process_info(self(), links))) end,
    link(P), tell(P, F), unlink(P), tell(P, F), [A, B] = [got(), got()], stop(P), {lists:member(A, [0, 1]), B}.
monitor_then_message() ->
    times(20, fun() -> S = self(), P = puppet(), M = monitor(process, P), tell(P, fun() -> S ! process_info(self(), monitored_by) end),
                       R = got() =:= {monitored_by, [S]}, demonitor(M), stop(P), R end).
demonitor_then_message() ->
    times(20, fun() -> S = self(), P = puppet(), M = monitor(process, P), demonitor(M), tell(P, fun() -> S ! process_info(self(), monitored_by) end),
                       R = got(), stop(P), R end).
message_then_kill() ->
    %% What was sent before the kill was delivered, though the receiver may not have run.
    times(10, fun() -> P = puppet(), Q = puppet(), do(P, fun() -> process_flag(trap_exit, true), link(Q) end), P ! hello, kill(Q), R = do(P, fun() -> [got(), got()] end), stop(P), plain(R, [{Q, q}]) end).
message_then_group_leader() ->
    S = self(), G = group_leader(), P = puppet(), F = fun() -> S ! {leader, group_leader()} end,
    tell(P, F), group_leader(S, P), tell(P, F), group_leader(G, P), tell(P, F), R = [got(), got(), got()], stop(P),
    %% A change may be seen before the message that was sent before it is handled.
    [{leader, A}, {leader, B}, {leader, C}] = R, {lists:member(A, [G, S]), lists:member(B, [G, S]), C =:= G}.
message_then_info() ->
    %% process_info of another comes behind the messages sent to it.
    times(20, fun() -> P = idle(), [P ! N || N <- lists:seq(1, 10)], R = process_info(P, message_queue_len), kill(P), R end).
message_then_info_messages() -> times(10, fun() -> P = idle(), [P ! N || N <- [1, 2, 3]], R = process_info(P, messages), kill(P), R end).
exit_then_alive() ->
    %% is_process_alive comes behind the signal sent by the same process.
    times(20, fun() -> P = idle(), exit(P, x), is_process_alive(P) end).
kill_then_alive() -> times(20, fun() -> P = idle(), exit(P, kill), is_process_alive(P) end).
kill_then_alive_while_running() -> times(10, fun() -> P = spawn(fun() -> spin(0) end), exit(P, kill), is_process_alive(P) end).
spin(N) -> spin(N + 1).
normal_then_alive() -> P = idle(), exit(P, normal), R = is_process_alive(P), kill(P), R.
exit_then_info() -> times(20, fun() -> P = idle(), exit(P, x), process_info(P, status) end).
kill_then_info_of_a_running_one() -> times(10, fun() -> P = spawn(fun() -> spin(0) end), exit(P, kill), process_info(P, message_queue_len) end).
exit_then_register() -> times(10, fun() -> P = idle(), exit(P, kill), false = is_process_alive(P), element(2, case_lib:class(fun() -> register(signal_order_2, P) end)) end).
exit_then_link() -> times(10, fun() -> trap(fun() -> P = idle(), exit(P, x), link(P), plain(got(), [{P, p}]) end) end).
exit_then_monitor() ->
    times(20, fun() -> P = idle(), exit(P, x), M = monitor(process, P), {'DOWN', M, _, _, R} = got(), R end).
monitor_then_exit() -> times(20, fun() -> P = idle(), M = monitor(process, P), exit(P, x), {'DOWN', M, _, _, R} = got(), R end).
monitor_exit_monitor() -> times(20, fun() -> P = idle(), M = monitor(process, P), exit(P, x), N = monitor(process, P), lists:sort(plain([got(), got()], [{P, p}, {M, m}, {N, n}])) end).
exit_then_send_is_lost() -> P = idle(), exit(P, x), P ! lost, down(P), nothing().
spawn_then_message() -> times(10, fun() -> S = self(), P = spawn(fun() -> S ! got() end), P ! hello, got() end).
first_message_of_child_before_down() -> times(20, fun() -> S = self(), {P, M} = spawn_monitor(fun() -> S ! first end), plain([got(), got()], [{P, p}, {M, m}]) end).
relayed_message_may_overtake() ->
    %% a -> b directly, and a -> c -> b: both orders are right, each arrives once.
    S = self(), C = spawn(fun() -> receive X -> S ! X end end), spawn(fun() -> C ! via_c, S ! direct end), lists:sort([got(), got()]).
reply_sees_all_before_the_call() ->
    P = puppet(), [P ! {n, N} || N <- lists:seq(1, 100)], R = do(P, fun() -> numbers(all()) end), stop(P), R =:= lists:seq(1, 100).
send_after_then_send() -> erlang:send_after(1, self(), timer), self() ! direct, [got(), got()].
trap_exit_off_between() ->
    %% The flag that counts is the receiver's when it handles the signal.
    P = puppet(), do(P, fun() -> process_flag(trap_exit, true) end), exit(P, a), do(P, fun() -> process_flag(trap_exit, false) end), exit(P, b),
    M = monitor(process, P), {'DOWN', M, _, _, R} = got(), lists:member(R, [b, noproc]).
signals_to_a_busy_process() ->
    %% They do not wait for it to receive.
    P = spawn(fun() -> spin(0) end), M = monitor(process, P), link(P), unlink(P), A = is_process_alive(P), I = process_info(P, trap_exit), exit(P, x),
    {'DOWN', M, _, _, R} = got(), {A, I, R}.
signals_to_a_suspended_process() ->
    P = puppet(), erlang:suspend_process(P), P ! one, M = monitor(process, P), I = process_info(P, message_queue_len), exit(P, x), {'DOWN', M, _, _, R} = got(), {I, R}.
many_senders_each_in_order() ->
    S = self(), [spawn(fun() -> [S ! {T, N} || N <- lists:seq(1, 50)], S ! {done, T} end) || T <- lists:seq(1, 20)],
    [receive {done, T} -> ok end || T <- lists:seq(1, 20)], L = all(),
    {length(L), lists:all(fun(T) -> [N || {X, N} <- L, X =:= T] =:= lists:seq(1, 50) end, lists:seq(1, 20))}.
many_senders_then_downs() ->
    S = self(), Ps = [spawn_monitor(fun() -> [S ! {self(), N} || N <- lists:seq(1, 20)] end) || _ <- lists:seq(1, 20)],
    lists:usort([begin receive {'DOWN', M, _, _, _} -> ok end, received(P) =:= lists:seq(1, 20) end || {P, M} <- Ps]).
received(P) -> receive {P, N} -> [N | received(P)] after 0 -> [] end.
