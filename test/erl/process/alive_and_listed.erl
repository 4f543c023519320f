%% is_process_alive/1, processes/0, pids as text and in order, process_display/2,
%% and what other builtins say of the living and the dead.
-module(alive_and_listed).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
spin(N) -> spin(N + 1).

alive_self() -> is_process_alive(self()).
alive_idle() -> P = idle(), R = is_process_alive(P), kill(P), {R, is_process_alive(P)}.
alive_fresh() -> lists:usort([begin P = idle(), R = is_process_alive(P), kill(P), R end || _ <- lists:seq(1, 30)]).
alive_busy() -> P = spawn(fun() -> spin(0) end), R = is_process_alive(P), kill(P), {R, is_process_alive(P)}.
alive_hibernated() -> P = spawn(erlang, hibernate, [m, f, []]), waiting(P), R = is_process_alive(P), kill(P), R.
dead_after_down() -> lists:usort([begin {P, M} = spawn_monitor(fun() -> ok end), receive {'DOWN', M, _, _, _} -> is_process_alive(P) end end || _ <- lists:seq(1, 30)]).
dead_after_exit_message() -> case_proc:trap(fun() -> lists:usort([begin P = spawn_link(fun() -> ok end), receive {'EXIT', P, _} -> is_process_alive(P) end end || _ <- lists:seq(1, 30)]) end).
dead_after_own_exit_signal() -> lists:usort([begin P = idle(), exit(P, R), is_process_alive(P) end || R <- [kill, x, shutdown], _ <- lists:seq(1, 10)]).
dead_after_its_last_message() ->
    %% The message is sent before the end: both answers are right, then it is dead.
    S = self(), P = spawn(fun() -> S ! last end), last = got(), A = is_process_alive(P), down(P), {is_boolean(A), is_process_alive(P)}.
alive_by_many() -> P = idle(), S = self(), [spawn(fun() -> S ! is_process_alive(P) end) || _ <- lists:seq(1, 30)], R = lists:usort([got() || _ <- lists:seq(1, 30)]), kill(P), R.
alive_of_each_other() -> S = self(), P = puppet(), tell(P, fun() -> S ! {r, lists:usort([is_process_alive(S) || _ <- lists:seq(1, 50)])} end), A = lists:usort([is_process_alive(P) || _ <- lists:seq(1, 50)]), {r, B} = got(), stop(P), {A, B}.
alive_refused() -> [text(fun() -> is_process_alive(id(X)) end) || X <- [a, 1, "p", [], {self_}]].
alive_refused_reference() -> R = make_ref(), element(1, text(fun() -> is_process_alive(id(R)) end)).
alive_refused_name() -> register(alive_1, self()), R = text(fun() -> is_process_alive(id(alive_1)) end), unregister(alive_1), R.
alive_by_text() -> P = idle(), Q = list_to_pid(pid_to_list(P)), A = {P =:= Q, is_process_alive(Q)}, kill(P), {A, is_process_alive(Q)}.

listed_self() -> lists:member(self(), processes()).
listed_idle() -> P = idle(), A = lists:member(P, processes()), kill(P), {A, lists:member(P, processes())}.
listed_busy() -> P = spawn(fun() -> spin(0) end), A = lists:member(P, processes()), kill(P), A.
listed_suspended() -> P = puppet(), erlang:suspend_process(P), A = lists:member(P, processes()), kill(P), A.
listed_once() -> L = processes(), length(L) =:= length(lists:usort(L)).
listed_are_pids() -> lists:all(fun is_pid/1, processes()).
listed_all_of_many() -> Ps = [idle() || _ <- lists:seq(1, 200)], A = Ps -- processes(), [kill(P) || P <- Ps], L = processes(), {A, [P || P <- Ps, lists:member(P, L)]}.
listed_while_others_come_and_go() ->
    %% Who lives through the whole call is in the list; who died before it is not.
    Ps = [idle() || _ <- lists:seq(1, 50)], Ds = [dead() || _ <- lists:seq(1, 20)],
    C = [spawn_link(fun() -> churn(x) end) || _ <- [1, 2, 3]],
    R = lists:usort([begin L = processes(), {Ps -- L, [D || D <- Ds, lists:member(D, L)]} end || _ <- lists:seq(1, 20)]),
    [begin unlink(P), kill(P) end || P <- C], [kill(P) || P <- Ps], R.
churn(X) -> {P, M} = spawn_monitor(fun() -> ok end), receive {'DOWN', M, process, P, _} -> churn(X) end.
counts_agree() -> A = erlang:system_info(process_count), Ps = [idle() || _ <- lists:seq(1, 50)], B = erlang:system_info(process_count), [kill(P) || P <- Ps], B - A >= 50 - 30.
count_below_limit() -> erlang:system_info(process_count) < erlang:system_info(process_limit).
limit_is_at_least_1024() -> erlang:system_info(process_limit) >= 1024.
count_is_of_the_list() -> abs(length(processes()) - erlang:system_info(process_count)) < 20.

pid_text_form() -> "<0." ++ T = pid_to_list(self()), {re(T), lists:last(T)}.
re(T) -> lists:all(fun(C) -> (C >= $0 andalso C =< $9) orelse C =:= $. orelse C =:= $> end, T).
pid_text_both_ways() -> Ps = [idle() || _ <- lists:seq(1, 50)], R = [P || P <- Ps, list_to_pid(pid_to_list(P)) =/= P], [kill(P) || P <- Ps], R.
pid_text_differs() -> Ps = [idle() || _ <- lists:seq(1, 50)], R = length(lists:usort([pid_to_list(P) || P <- Ps])), [kill(P) || P <- Ps], R.
pid_text_refused() -> [text(fun() -> list_to_pid(id(X)) end) || X <- ["", "<", "<0>", "<0.1>", "<0.1.2", "0.1.2", "<0.1.2>x", "<a.1.2>", "<0.1.x>", "<0.-1.0>", a, 1, <<"<0.1.0>">>]].
pid_to_list_refused() -> [text(fun() -> pid_to_list(id(X)) end) || X <- [a, 1, "p", []]].
made_up_pid_is_dead() -> P = list_to_pid("<0.12345.7>"), {is_pid(P), is_process_alive(P), process_info(P), exit(P, kill), P ! x}.
made_up_pid_monitor() -> P = list_to_pid("<0.12345.7>"), M = monitor(process, P), plain(got(), [{M, m}, {P, p}]).
pid_order_is_total() -> Ps = [idle() || _ <- lists:seq(1, 30)], L = lists:sort(Ps), R = {L =:= lists:sort(lists:reverse(Ps)), [1 || {A, B} <- lists:zip(lists:droplast(L), tl(L)), not (A < B)]}, [kill(P) || P <- Ps], R.
pid_in_external_format() -> P = idle(), Q = binary_to_term(term_to_binary(P)), R = {P =:= Q, is_process_alive(Q)}, kill(P), R.
pid_as_key() -> Ps = [idle() || _ <- lists:seq(1, 50)], M = maps:from_list([{P, N} || {P, N} <- lists:zip(Ps, lists:seq(1, 50))]), R = lists:sum([maps:get(P, M) || P <- Ps]), [kill(P) || P <- Ps], {R, map_size(M)}.
pid_hash_is_stable() -> P = idle(), H = erlang:phash2(P), erlang:garbage_collect(), R = erlang:phash2(P) =:= H, kill(P), R.
pid_guards() -> P = self(), F = fun(X) when is_pid(X), node(X) =:= node() -> local_pid; (X) when is_reference(X) -> ref; (_) -> other end, [F(P), F(make_ref()), F(a)].
node_of() -> P = idle(), R = {node(P) =:= node(), node(make_ref()) =:= node(), node(dead()) =:= node()}, kill(P), R.
display_refused() -> [text(fun() -> erlang:process_display(id(P), id(T)) end) || {P, T} <- [{a, backtrace}, {self_, x}, {1, backtrace}]].
display_refused_item() -> [text(fun() -> erlang:process_display(self(), id(T)) end) || T <- [x, status, 1]].
display_dead() -> D = dead(), element(1, text(fun() -> erlang:process_display(D, backtrace) end)).
