%% demonitor/1,2: what it gives, that no 'DOWN' comes after it, and its options.
-module(monitor_remove).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
monitors(P) -> {monitors, L} = process_info(P, monitors), L.
monitored_by(P) -> {monitored_by, L} = process_info(P, monitored_by), L.
%% A monitor whose message is in the queue.
fired_one(_) ->
    P = puppet(), M = monitor(process, P), exit(P, x),
    true = until(fun() -> process_info(self(), message_queue_len) =/= {message_queue_len, 0} end), M.
%% The value of F of a monitor of a living process, and whether a message comes when it ends.
living(F) -> P = puppet(), M = monitor(process, P), V = F(M), kill(P), {V, nothing()}.
fired(F) -> M = fired_one(x), V = F(M), {V, plain(all(), [{M, m}])}.
unknown(F) -> V = F(make_ref()), {V, nothing()}.

living_plain() -> living(fun(M) -> demonitor(M) end).
living_no_options() -> living(fun(M) -> demonitor(M, []) end).
living_flush() -> living(fun(M) -> demonitor(M, [flush]) end).
living_info() -> living(fun(M) -> demonitor(M, [info]) end).
living_flush_info() -> living(fun(M) -> [demonitor(M, O) || O <- [[flush, info]]] end).
living_twice() -> living(fun(M) -> [demonitor(M), demonitor(M)] end).
living_twice_info() -> living(fun(M) -> [demonitor(M, [info]), demonitor(M, [info])] end).
living_doubled_options() -> living(fun(M) -> [demonitor(M, [info, flush, info, flush])] end).
fired_plain() -> fired(fun(M) -> demonitor(M) end).
fired_no_options() -> fired(fun(M) -> demonitor(M, []) end).
fired_flush() -> fired(fun(M) -> demonitor(M, [flush]) end).
fired_info() -> fired(fun(M) -> demonitor(M, [info]) end).
fired_flush_info() -> fired(fun(M) -> demonitor(M, [flush, info]) end).
fired_info_flush() -> fired(fun(M) -> demonitor(M, [info, flush]) end).
fired_flush_twice() -> fired(fun(M) -> [demonitor(M, [flush, info]), demonitor(M, [flush, info])] end).
unknown_plain() -> unknown(fun(M) -> demonitor(M) end).
unknown_flush() -> unknown(fun(M) -> demonitor(M, [flush]) end).
unknown_info() -> unknown(fun(M) -> demonitor(M, [info]) end).
unknown_flush_info() -> unknown(fun(M) -> demonitor(M, [flush, info]) end).
received_then_demonitor() ->
    M = fired_one(x), {'DOWN', M, _, _, _} = got(), [demonitor(M), demonitor(M, [info]), demonitor(M, [flush]), demonitor(M, [flush, info])].
dead_then_demonitor_flush() -> [begin M = monitor(process, dead()), demonitor(M, [flush]), nothing() end || _ <- [1, 2, 3]].
dead_info_flush_is_false_or_flushes() -> M = monitor(process, dead()), D = demonitor(M, [flush, info]), {is_boolean(D), nothing()}.
other_process_cannot() ->
    %% A reference that is a monitor of another process.
    P = idle(), M = monitor(process, P), R = in(fun() -> case_lib:class(fun() -> demonitor(M) end) end),
    K = length(monitors(self())), kill(P), {R, K, plain(got(), [{M, m}, {P, p}])}.
other_process_info() -> P = idle(), M = monitor(process, P), R = in(fun() -> case_lib:class(fun() -> demonitor(M, [info]) end) end), kill(P), {R, plain(got(), [{M, m}, {P, p}])}.
flush_takes_one_message_only() ->
    P = puppet(), M = monitor(process, P), N = monitor(process, P), exit(P, x), down(P),
    until(fun() -> process_info(self(), message_queue_len) =:= {message_queue_len, 2} end), demonitor(M, [flush]), plain(all(), [{N, n}, {P, p}]).
flush_leaves_others() ->
    M = fired_one(x), [self() ! X || X <- [a, {'DOWN', make_ref(), process, self(), faked}, b]], demonitor(M, [flush]), [if is_tuple(X) -> element(5, X); true -> X end || X <- all()].
flush_takes_a_faked_message() ->
    %% flush takes a message that looks like the monitor's.
    P = idle(), M = monitor(process, P), self() ! {M, faked}, self() ! {'DOWN', M, process, P, faked},
    A = demonitor(M, [flush, info]), kill(P), {A, plain(all(), [{M, m}, {P, p}])}.
flush_behind_a_long_queue() ->
    [self() ! N || N <- lists:seq(1, 300)], P = puppet(), M = monitor(process, P), exit(P, x), down(P), demonitor(M, [flush]), lists:sum(all()).
flush_self_monitor() -> M = monitor(process, self()), [demonitor(M, [flush, info]), demonitor(M, [info])].
no_down_after_demonitor() ->
    %% What has not come when demonitor returns does not come.
    [begin
         P = puppet(), M = monitor(process, P), tell(P, fun() -> exit(bye) end), demonitor(M),
         receive {'DOWN', M, _, _, _} -> was_there after 0 -> ok end,
         down(P), receive {'DOWN', M, _, _, _} -> {too_late, N} after 0 -> sure end
     end || N <- lists:seq(1, 30)] =:= lists:duplicate(30, sure).
info_tells_whether_it_fired() ->
    %% {false: a message came}, {true: none does}.
    [begin
         P = puppet(), M = monitor(process, P), tell(P, fun() -> exit(bye) end),
         case demonitor(M, [info]) of
             true -> down(P), receive {'DOWN', M, _, _, _} -> wrong after 0 -> right end;
             false -> receive {'DOWN', M, _, _, bye} -> right after 0 -> wrong end
         end
     end || _ <- lists:seq(1, 30)] =:= lists:duplicate(30, right).
both_sides_forget() ->
    P = puppet(), M = monitor(process, P), demonitor(M), R = {monitors(self()), until(fun() -> monitored_by(P) =:= [] end)}, stop(P), R.
one_of_several() ->
    P = puppet(), [A, B, C] = [monitor(process, P) || _ <- [1, 2, 3]], demonitor(B), L = {length(monitors(self())), length(monitored_by(P))},
    exit(P, x), {L, lists:sort(plain([got(), got()], [{A, a}, {C, c}, {P, p}])), nothing()}.
many_in_other_order() ->
    P = puppet(), L = [monitor(process, P) || _ <- lists:seq(1, 50)], [demonitor(M) || M <- lists:reverse(L)], R = {monitors(self()), monitored_by(P)}, kill(P), {R, nothing()}.
make_and_remove_many_times() ->
    P = puppet(), [demonitor(monitor(process, P)) || _ <- lists:seq(1, 300)], M = monitor(process, P), exit(P, x), {plain(got(), [{M, m}, {P, p}]), nothing()}.
by_name() -> P = puppet(), register(demonitor_name, P), M = monitor(process, demonitor_name), D = demonitor(M, [info]), kill(P), {D, nothing()}.
by_name_and_node() -> P = puppet(), register(demonitor_name, P), M = monitor(process, {demonitor_name, node()}), D = demonitor(M, [info]), kill(P), {D, nothing()}.
time_offset() -> M = monitor(time_offset, clock_service), [demonitor(M, [info]), demonitor(M, [info])].
unlink_is_no_demonitor() -> P = puppet(), M = monitor(process, P), unlink(P), exit(P, x), plain(got(), [{M, m}, {P, p}]).
refused() -> [text(fun() -> demonitor(id(X)) end) || X <- [a, 1, [], "ref", self_]].
refused_pid() -> S = self(), element(1, text(fun() -> demonitor(id(S)) end)).
refused_options() -> M = make_ref(), [text(fun() -> demonitor(M, id(O)) end) || O <- [a, flush, [x], [flush | x], [flush, 1], [{flush, true}], "f"]].
refused_both() -> [text(fun() -> demonitor(id(a), id(O)) end) || O <- [[flush], [x], y]].
refused_options_keep_the_monitor() -> P = puppet(), M = monitor(process, P), {error, badarg} = case_lib:class(fun() -> demonitor(M, id([flush, x])) end), exit(P, x), plain(got(), [{M, m}, {P, p}]).
