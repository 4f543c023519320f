%% Reductions, yield/0, bump_reductions/1 and preemption.
-module(yielding).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, got/1, all/0, nothing/0, plain/1, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, in/1, until/1, waiting/1, idle/0]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
class(F) -> case_lib:class(F).
reds(_) -> {reductions, N} = process_info(self(), reductions), N.
used(F) -> A = reds(x), F(), reds(x) - A.
loop(0) -> ok;
loop(N) -> loop(N - 1).

yield_value() -> erlang:yield().
yield_keeps_everything() -> X = {lists:seq(1, 100), self()}, put(k, v), [erlang:yield() || _ <- lists:seq(1, 50)], {length(element(1, X)), get(k)}.
yield_lets_others_run() -> S = self(), spawn(fun() -> S ! ran end), yield_until_message(100000).
yield_until_message(0) -> never;
yield_until_message(N) -> receive ran -> ran after 0 -> erlang:yield(), yield_until_message(N - 1) end.
yield_keeps_message_order() -> S = self(), spawn(fun() -> [begin S ! N, erlang:yield() end || N <- lists:seq(1, 50)] end), [got() || _ <- lists:seq(1, 50)] =:= lists:seq(1, 50).
yield_takes_signals() -> P = spawn(fun() -> yield_for_ever(x) end), kill(P).
yield_for_ever(X) -> erlang:yield(), yield_for_ever(X).
two_that_yield() -> S = self(), F = fun(T) -> spawn(fun() -> [erlang:yield() || _ <- lists:seq(1, 200)], S ! T end) end, F(a), F(b), lists:sort([got(), got()]).
yield_in_a_catch() -> {catch erlang:yield(), try erlang:yield() catch _:_ -> x after ok end}.
yield_in_deep_recursion() -> deep(200).
deep(0) -> erlang:yield(), 0;
deep(N) -> R = deep(N - 1), erlang:yield(), R + 1.
yield_by_apply() -> apply(erlang, id(yield), []).

bump_value() -> [erlang:bump_reductions(N) || N <- [1, 100, 4000, 1000000]].
bump_counts() -> used(fun() -> erlang:bump_reductions(1000) end) >= 1000.
bump_large_counts_something() -> used(fun() -> erlang:bump_reductions(1000000) end) >= 1000.
bump_lets_others_run() -> S = self(), spawn(fun() -> S ! ran end), bump_until_message(100000).
bump_until_message(0) -> never;
bump_until_message(N) -> receive ran -> ran after 0 -> erlang:bump_reductions(10000), bump_until_message(N - 1) end.
bump_big_number() -> class(fun() -> erlang:bump_reductions(id(1 bsl 70)) end).
bump_refused() -> [text(fun() -> erlang:bump_reductions(id(X)) end) || X <- [0, -1, a, 1.0, "1", -(1 bsl 70)]].

reductions_grow_with_calls() -> used(fun() -> loop(5000) end) >= 4000.
reductions_grow_with_builtins() -> L = lists:seq(1, 20000), used(fun() -> lists:reverse(L), lists:member(x, L), length(L) end) > 0.
reductions_never_fall() -> L = [reds(x) || _ <- lists:seq(1, 100)], lists:sort(L) =:= L.
reductions_of_a_child_start_anew() -> loop(200000), in(fun() -> reds(x) end) < 100000.
statistics_reductions() -> {A, _} = statistics(reductions), loop(20000), {B, D} = statistics(reductions), {B - A > 10000, is_integer(D)}.
statistics_exact_reductions() -> {A, _} = statistics(exact_reductions), loop(20000), {B, D} = statistics(exact_reductions), {B - A > 10000, is_integer(D)}.
preempted_in_a_loop() -> S = self(), P = spawn(fun() -> loop(100000), S ! finished end), Q = spawn(fun() -> S ! second end), R = lists:sort([got(), got()]), _ = {P, Q}, R.
preempted_keeps_registers() -> in(fun() -> many(3000, 1, 2.5, {a, [b]}, "s", 1 bsl 70, #{k => v}, self()) end) =:= {3001, {1, 2.5, {a, [b]}, "s", 1 bsl 70, #{k => v}}}.
many(0, A, B, C, D, E, F, P) when is_pid(P) -> {3001, {A, B, C, D, E, F}};
many(N, A, B, C, D, E, F, P) -> many(N - 1, A, B, C, D, E, F, P).
preempted_keeps_floats() -> in(fun() -> floats(5000, 0.0) end).
floats(0, X) -> X;
floats(N, X) -> floats(N - 1, X + 0.5 * 2.0 - 0.25).
preempted_in_a_fun() -> F = fun G(0, A) -> A; G(N, A) -> G(N - 1, A + N) end, in(fun() -> F(20000, 0) end).
preempted_in_binary_matching() -> B = list_to_binary(lists:duplicate(10000, 1)), in(fun() -> sum(B, 0) end).
sum(<<X, R/binary>>, A) -> sum(R, A + X);
sum(<<>>, A) -> A.
preempted_in_binary_building() -> in(fun() -> byte_size(lists:foldl(fun(N, A) -> <<A/binary, N:16>> end, <<>>, lists:seq(1, 8000))) end).
preempted_in_a_comprehension() -> in(fun() -> length([X || X <- lists:seq(1, 20000), X rem 3 =:= 0]) end).
preempted_with_deep_stack() -> in(fun() -> deep2(10000) end).
deep2(0) -> 0;
deep2(N) -> 1 + deep2(N - 1).
preempted_in_a_try() -> in(fun() -> try loop(20000), throw(x) catch throw:x -> caught end end).
preempted_in_a_library_call() -> in(fun() -> lists:sum(lists:sort(fun(A, B) -> A >= B end, lists:seq(1, 3000))) end).
preempted_and_collected() -> {P, M} = spawn_monitor(fun() -> S = lists:seq(1, 100), exit(grow(3000, [], S)) end), [erlang:garbage_collect(P) || _ <- lists:seq(1, 20)], receive {'DOWN', M, _, _, R} -> R end.
grow(0, L, S) -> {length(L), lists:sum(S)};
grow(N, L, S) -> grow(N - 1, [{N, [N]} | L], S).
preempted_and_asked() -> P = spawn(fun() -> loop2(0) end), R = lists:usort([element(1, process_info(P, current_function)) || _ <- lists:seq(1, 30)]), kill(P), R.
loop2(N) -> loop2(N + 1).
mutual_recursion_is_preempted() -> P = spawn(fun() -> even(0) end), R = kill(P), R.
even(N) -> odd(N + 1).
odd(N) -> even(N + 1).
tail_calls_between_modules_are_preempted() -> P = spawn(fun() -> ?MODULE:far(0) end), kill(P).
far(N) -> ?MODULE:far2(N + 1).
far2(N) -> ?MODULE:far(N + 1).
send_loop_is_preempted() -> D = case_proc:dead(), P = spawn(fun() -> sends(D) end), kill(P).
sends(D) -> D ! x, sends(D).
empty_receive_loop_is_preempted() -> P = spawn(fun() -> polls(x) end), kill(P).
polls(X) -> receive never -> ok after 0 -> polls(X) end.
builtin_loop_is_preempted() -> P = spawn(fun() -> selfs(x) end), kill(P).
selfs(X) -> _ = self(), _ = process_info(self(), message_queue_len), selfs(X).
exception_loop_is_preempted() -> P = spawn(fun() -> raises(x) end), kill(P).
raises(X) -> catch throw(x), raises(X).
spawn_loop_is_preempted() -> P = spawn(fun() -> spawns(x) end), R = kill(P), R.
spawns(X) -> {_, M} = spawn_monitor(fun() -> ok end), receive {'DOWN', M, _, _, _} -> ok end, spawns(X).
dictionary_loop_is_preempted() -> P = spawn(fun() -> dicts(0) end), kill(P).
dicts(N) -> put(N rem 10, N), erase(N rem 7), dicts(N + 1).
