%% erlang:hibernate/3: the stack goes, messages wake, what the process owns stays.
-module(hibernation).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
sleep_in(F) -> P = spawn(F), true = until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end), P.
answer(To, X) -> To ! {answer, X, got()}.
answer_all(To) -> To ! {all, all()}.
state(To, Item) -> M = got(), To ! {M, process_info(self(), Item)}.
leave(R) -> got(), exit(R).

wakes_by_a_message() -> S = self(), P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, x]) end), P ! wake, got().
arguments_are_kept() ->
    S = self(), A = {lists:seq(1, 100), #{k => <<"v">>}, list_to_binary(lists:duplicate(200, 1)), 1 bsl 90, 1.5},
    P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, A]) end), erlang:garbage_collect(P), P ! wake, got() =:= {answer, A, wake}.
does_not_sleep_on_a_full_mailbox() -> S = self(), spawn(fun() -> self() ! already, erlang:hibernate(?MODULE, answer, [S, x]) end), got().
full_mailbox_keeps_order() -> S = self(), spawn(fun() -> [self() ! N || N <- [1, 2, 3]], erlang:hibernate(?MODULE, answer_all, [S]) end), got().
sleeps_when_mailbox_was_emptied() -> S = self(), P = sleep_in(fun() -> self() ! a, receive a -> ok end, erlang:hibernate(?MODULE, answer, [S, x]) end), P ! b, got().
skipped_messages_do_not_let_it_sleep() ->
    %% A message that an earlier receive passed over is in the mailbox.
    S = self(), spawn(fun() -> self() ! old, receive never -> ok after 0 -> ok end, erlang:hibernate(?MODULE, answer, [S, x]) end), got().
no_message_no_wake() -> S = self(), P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, x]) end), R = nothing(), kill(P), R.
catch_does_not_surround() ->
    %% hibernate drops the stack, and a catch with it.
    {P, M} = spawn_monitor(fun() -> catch erlang:hibernate(?MODULE, leave, [x]), exit(not_dropped) end), P ! wake, receive {'DOWN', M, _, _, R} -> R end.
try_does_not_surround() ->
    {P, M} = spawn_monitor(fun() -> try erlang:hibernate(?MODULE, leave, [x]) catch _:_ -> exit(caught) after exit(after_ran) end end), P ! wake, receive {'DOWN', M, _, _, R} -> R end.
error_is_uncaught() ->
    {P, M} = spawn_monitor(fun() -> catch erlang:hibernate(?MODULE, fail, [x]) end), P ! wake, receive {'DOWN', M, _, _, {R, [{Mo, F, A, _} | T]}} -> {R, Mo, F, A, length(T)} end.
fail(_) -> error(id(failed)).
never_returns() -> S = self(), P = spawn(fun() -> erlang:hibernate(erlang, self, []), S ! returned end), P ! wake, {lists:member(down(P), [normal, noproc]), nothing()}.
returning_function_ends_the_process() -> {P, M} = spawn_monitor(fun() -> erlang:hibernate(erlang, self, []), exit(not_here) end), P ! wake, receive {'DOWN', M, _, _, R} -> R end.
function_result_is_dropped() -> {P, M} = spawn_monitor(erlang, hibernate, [?MODULE, id, [value]]), P ! wake, receive {'DOWN', M, _, _, R} -> R end.
undefined_function() -> {P, M} = spawn_monitor(fun() -> erlang:hibernate(no_such_module_here, f, [1]) end), P ! wake, receive {'DOWN', M, _, _, R} -> R end.
undefined_fails_after_the_wake_only() -> P = sleep_in(fun() -> erlang:hibernate(no_such_module_here, f, [1]) end), R = is_process_alive(P), kill(P), R.
dictionary_stays() -> S = self(), P = sleep_in(fun() -> put(a, 1), put(b, [2]), erlang:hibernate(?MODULE, state, [S, dictionary]) end), P ! w, {w, {dictionary, L}} = got(), lists:sort(L).
flags_stay() -> S = self(), P = sleep_in(fun() -> process_flag(trap_exit, true), process_flag(priority, high), erlang:hibernate(?MODULE, state, [S, [trap_exit, priority]]) end), P ! w, got().
links_and_monitors_stay() ->
    S = self(), Q = idle(), P = sleep_in(fun() -> link(Q), monitor(process, Q), erlang:hibernate(?MODULE, state, [S, [links, monitors]]) end), P ! w, R = got(), unlink(P), kill(Q), plain(R, [{Q, q}]).
name_stays() -> S = self(), P = sleep_in(fun() -> register(hibernation_1, self()), erlang:hibernate(?MODULE, state, [S, registered_name]) end), A = whereis(hibernation_1) =:= P, hibernation_1 ! w, {A, got()}.
wakes_by_exit_when_trapping() -> S = self(), P = sleep_in(fun() -> process_flag(trap_exit, true), erlang:hibernate(?MODULE, answer, [S, x]) end), exit(P, y), plain(got(), [{S, me}]).
dies_by_exit() -> P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [x, y]) end), M = monitor(process, P), exit(P, y), receive {'DOWN', M, _, _, R} -> R end.
dies_by_kill() -> kill(sleep_in(fun() -> process_flag(trap_exit, true), erlang:hibernate(?MODULE, answer, [x, y]) end)).
wakes_by_down() -> S = self(), Q = puppet(), P = sleep_in(fun() -> monitor(process, Q), erlang:hibernate(?MODULE, answer, [S, x]) end), exit(Q, z), _ = P, plain(got(), [{Q, q}]).
wakes_by_timer() -> S = self(), spawn(fun() -> erlang:send_after(5, self(), tick), erlang:hibernate(?MODULE, answer, [S, x]) end), got().
normal_exit_signal_does_not_wake() -> S = self(), P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, x]) end), exit(P, normal), R = nothing(), P ! wake, {R, got()}.
info_does_not_wake() -> S = self(), P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, x]) end), I = process_info(P, [message_queue_len, current_function]), is_process_alive(P), P ! wake, {I, got()}.
link_does_not_wake() -> S = self(), P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, x]) end), link(P), unlink(P), M = monitor(process, P), demonitor(M), group_leader(S, P), R = nothing(), P ! wake, {R, got()}.
collection_does_not_wake() -> S = self(), P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, x]) end), C = erlang:garbage_collect(P), R = nothing(), P ! wake, {C, R, got()}.
suspended_while_asleep() -> S = self(), P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, x]) end), erlang:suspend_process(P), P ! wake, R = nothing(), erlang:resume_process(P), {R, got()}.
again_and_again() -> S = self(), P = spawn(fun() -> round(S, 0) end), [begin P ! {n, N}, {count, C} = got(), C =:= N end || N <- lists:seq(1, 50)] =:= lists:duplicate(50, true) andalso kill(P).
round(S, N) -> erlang:hibernate(?MODULE, count, [S, N]).
count(S, N) -> {n, _} = got(), S ! {count, N + 1}, round(S, N + 1).
many_asleep() -> S = self(), Ps = [sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, N]) end) || N <- lists:seq(1, 50)], [P ! w || P <- Ps], lists:sum([N || _ <- Ps, {answer, N, w} <- [got()]]).
heap_shrinks() ->
    S = self(), P = spawn(fun() -> L = lists:seq(1, 50000), S ! process_info(self(), total_heap_size), S ! {sum, lists:sum(L)}, erlang:hibernate(?MODULE, answer, [S, x]) end),
    {_, A} = got(), {sum, _} = got(), waiting(P), {_, B} = process_info(P, total_heap_size), kill(P), A > 10 * B.
sub_binary_argument() -> S = self(), B = list_to_binary(lists:seq(0, 255)), P = sleep_in(fun() -> erlang:hibernate(?MODULE, answer, [S, binary:part(B, 10, 100)]) end), P ! w, {answer, X, w} = got(), X =:= binary:part(B, 10, 100).
by_spawn() -> P = spawn(erlang, hibernate, [?MODULE, answer, [self(), direct]]), P ! w, got().
by_apply() -> S = self(), P = spawn(fun() -> apply(erlang, id(hibernate), [?MODULE, answer, [S, applied]]) end), P ! w, got().
by_proc_lib() -> S = self(), P = spawn(fun() -> proc_lib:hibernate(?MODULE, answer, [S, lib]) end), P ! w, got().
deep_stack_is_dropped() -> S = self(), P = spawn(fun() -> deep(5000, S) end), P ! w, got().
deep(0, S) -> erlang:hibernate(?MODULE, answer, [S, dropped]);
deep(N, S) -> [deep(N - 1, S)].
refused() ->
    [text(fun() -> erlang:hibernate(id(M), id(F), id(A)) end)
     || {M, F, A} <- [{1, f, []}, {m, 1, []}, {m, f, a}, {m, f, [a | b]}, {"m", f, []}, {1, 2, 3}]].
