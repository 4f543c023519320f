%% Priorities and fairness: all processes come to an end, whatever the others
%% do, and what is runnable runs.
-module(priorities).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, got/1, all/0, nothing/0, plain/1, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, in/1, until/1, waiting/1, idle/0]).

id(X) -> case_lib:id(X).
spin(N) -> spin(N + 1).
levels(_) -> [low, normal, high, max].
work(N) -> lists:sum(lists:seq(1, N)).
with(Prio, F) -> spawn_opt(F, [{priority, Prio}]).

all_levels_finish() -> S = self(), [with(P, fun() -> S ! {done, P, work(2000)} end) || P <- levels(x), _ <- [1, 2, 3, 4, 5]], L = [got() || _ <- lists:seq(1, 20)], lists:sort(L) =:= lists:sort([{done, P, 2001000} || P <- levels(x), _ <- [1, 2, 3, 4, 5]]).
low_runs_beside_busy_normal() -> Bs = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 4)], S = self(), with(low, fun() -> S ! low_ran end), R = got(), [kill(B) || B <- Bs], R.
low_finishes_beside_busy_normal() -> Bs = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 3)], S = self(), with(low, fun() -> S ! {low, work(3000)} end), R = got(), [kill(B) || B <- Bs], R.
normal_runs_beside_busy_low() -> Bs = [with(low, fun() -> spin(0) end) || _ <- lists:seq(1, 4)], S = self(), spawn(fun() -> S ! {ran, work(2000)} end), R = got(), [kill(B) || B <- Bs], R.
high_runs_beside_busy_normal() -> Bs = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 8)], S = self(), with(high, fun() -> S ! {ran, work(2000)} end), R = got(), [kill(B) || B <- Bs], R.
normal_runs_between_high_slices() ->
    %% A high process that waits in between leaves time for the others.
    S = self(), H = with(high, fun() -> ticks(x) end), spawn(fun() -> S ! {ran, work(2000)} end), R = got(), kill(H), R.
ticks(_) -> receive after 1 -> ticks(x) end.
max_can_wait_for_low() -> S = self(), L = with(low, fun() -> receive {From, ask} -> From ! answer end end), with(max, fun() -> L ! {self(), ask}, receive answer -> S ! {max, answered} end end), got().
high_can_wait_for_low() -> S = self(), L = with(low, fun() -> receive {From, ask} -> From ! answer end end), with(high, fun() -> L ! {self(), ask}, receive answer -> S ! {high, answered} end end), got().
priority_changes_while_running() -> S = self(), P = with(low, fun() -> process_flag(priority, high), A = work(2000), process_flag(priority, normal), B = work(2000), S ! {done, A, B} end), _ = P, got().
children_are_normal() -> S = self(), with(low, fun() -> spawn(fun() -> S ! process_info(self(), priority) end) end), got().
old_value_is_given() -> in(fun() -> [process_flag(priority, P) || P <- levels(x)] end).
shown_by_info() -> [begin P = with(L, fun() -> receive never -> ok end end), R = process_info(P, priority), kill(P), R end || L <- levels(x)].
message_order_is_kept_between_levels() -> S = self(), P = with(low, fun() -> S ! [receive N -> N end || _ <- lists:seq(1, 50)] end), with(high, fun() -> [P ! N || N <- lists:seq(1, 50)] end), got() =:= lists:seq(1, 50).
exit_signals_reach_busy_low() -> P = with(low, fun() -> spin(0) end), B = spawn(fun() -> spin(0) end), R = kill(P), kill(B), R.
info_of_busy_low() -> P = with(low, fun() -> spin(0) end), Bs = [spawn(fun() -> spin(0) end) || _ <- [1, 2]], R = process_info(P, priority), [kill(B) || B <- [P | Bs]], R.
collection_of_busy_low() -> P = with(low, fun() -> spin(0) end), Bs = [spawn(fun() -> spin(0) end) || _ <- [1, 2]], R = erlang:garbage_collect(P), [kill(B) || B <- [P | Bs]], R.
max_processes_finish_all() -> S = self(), [with(max, fun() -> S ! {m, N} end) || N <- lists:seq(1, 50)], lists:sort([N || {m, N} <- [got() || _ <- lists:seq(1, 50)]]) =:= lists:seq(1, 50).

every_busy_process_advances() ->
    %% More busy processes than schedulers: each gets its turn.
    C = counters:new(20, []), Ps = [spawn(fun() -> count(C, N) end) || N <- lists:seq(1, 20)], R = until(fun() -> lists:all(fun(N) -> counters:get(C, N) > 100 end, lists:seq(1, 20)) end), [kill(P) || P <- Ps], R.
count(C, N) -> counters:add(C, N, 1), count(C, N).
every_busy_process_of_each_level_advances() ->
    C = counters:new(6, []), Ps = [with(lists:nth(1 + N rem 2, [low, normal]), fun() -> count(C, N) end) || N <- lists:seq(1, 6)], R = until(fun() -> lists:all(fun(N) -> counters:get(C, N) > 10 end, lists:seq(1, 6)) end), [kill(P) || P <- Ps], R.
timers_fire_beside_busy_ones() -> Bs = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 8)], erlang:send_after(2, self(), tick), R = got(), [kill(B) || B <- Bs], R.
receive_after_beside_busy_ones() -> Bs = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 8)], R = receive never -> x after 2 -> timeout end, [kill(B) || B <- Bs], R.
messages_beside_busy_ones() -> Bs = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 4)], P = puppet(), R = [do(P, fun() -> N * 2 end) || N <- lists:seq(1, 20)], [kill(B) || B <- Bs], stop(P), R =:= [N * 2 || N <- lists:seq(1, 20)].
spawning_beside_busy_ones() -> Bs = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 4)], R = [in(fun() -> N end) || N <- lists:seq(1, 20)], [kill(B) || B <- Bs], R =:= lists:seq(1, 20).
long_builtins_let_others_run() ->
    B = spawn(fun() -> builtins(lists:seq(1, 600)) end), P = puppet(), R = [do(P, fun() -> N end) || N <- lists:seq(1, 20)], kill(B), stop(P), R =:= lists:seq(1, 20).
builtins(L) -> _ = lists:reverse(L ++ L), _ = erlang:phash2(L), _ = term_to_binary(L), _ = lists:member(x, L), _ = length(L), builtins(L).
deep_recursion_lets_others_run() -> B = spawn(fun() -> deep_for_ever(x) end), P = puppet(), R = [do(P, fun() -> N end) || N <- lists:seq(1, 20)], kill(B), stop(P), R =:= lists:seq(1, 20).
deep_for_ever(_) -> deep(200), deep_for_ever(x).
deep(0) -> 0;
deep(N) -> 1 + deep(N - 1).
ping_pong() -> S = self(), P = spawn(fun() -> pong(S) end), R = lists:foldl(fun(_, N) -> P ! {ping, N}, receive {pong, M} -> M end end, 0, lists:seq(1, 500)), kill(P), R.
pong(S) -> receive {ping, N} -> S ! {pong, N + 1}, pong(S) end.
ping_pong_pairs() -> S = self(), [spawn(fun() -> P = spawn_link(fun() -> pong_any(x) end), V = lists:foldl(fun(_, N) -> P ! {self(), N}, receive {pong, M} -> M end end, 0, lists:seq(1, 50)), S ! {pair, V}, exit(P, kill) end) || _ <- lists:seq(1, 10)], lists:usort([got() || _ <- lists:seq(1, 10)]).
pong_any(_) -> receive {From, N} -> From ! {pong, N + 1}, pong_any(x) end.
ring() -> ring(30, 10).
ring(N, Rounds) -> S = self(), First = spawn(fun() -> ring_node(S, build(N - 1, self()), Rounds) end), First ! token, got().
build(0, First) -> First;
build(N, First) -> Next = build(N - 1, First), spawn(fun() -> forward(Next) end).
forward(Next) -> receive token -> Next ! token, forward(Next); stop -> Next ! stop end.
ring_node(S, Next, 0) -> Next ! stop, S ! ring_done;
ring_node(S, Next, R) -> receive token -> Next ! token, ring_node(S, Next, R - 1) end.
fan_out_fan_in() -> S = self(), [spawn(fun() -> S ! {part, work(N * 10)} end) || N <- lists:seq(1, 50)], lists:sum([V || {part, V} <- [got() || _ <- lists:seq(1, 50)]]) =:= lists:sum([work(N * 10) || N <- lists:seq(1, 50)]).
pipeline() -> S = self(), Last = lists:foldl(fun(_, Next) -> spawn(fun() -> stage(Next) end) end, S, lists:seq(1, 10)), [Last ! {item, N} || N <- lists:seq(1, 30)], [got() || _ <- lists:seq(1, 30)] =:= [{item, N + 10} || N <- lists:seq(1, 30)].
stage(Next) -> receive {item, N} -> Next ! {item, N + 1}, stage(Next) after 60000 -> ok end.
