%% cancel_timer/1,2 and read_timer/1,2: of running, fired and unknown timers, own
%% and others', with all options.
-module(timer_cancels).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
class(F) -> case_lib:class(F).
far(_) -> erlang:send_after(1000000, self(), x).
far_timer(_) -> erlang:start_timer(1000000, self(), x).
fired(_) -> T = erlang:send_after(0, self(), x), x = got(), T.
%% A time left, as it should be for a timer of 1,000,000 ms that was just made.
left(N) when is_integer(N), N =< 1000000, N > 800000 -> left;
left(X) -> X.

cancel_running() -> left(erlang:cancel_timer(far(x))).
cancel_running_start_timer() -> left(erlang:cancel_timer(far_timer(x))).
cancel_sends_nothing() -> T = erlang:send_after(30, self(), x), C = erlang:cancel_timer(T), {is_integer(C), nothing(), begin case_proc:sleep(40), all() end}.
cancel_twice() -> T = far(x), [left(erlang:cancel_timer(T)), erlang:cancel_timer(T)].
cancel_fired() -> erlang:cancel_timer(fired(x)).
cancel_fired_message_stays() -> T = erlang:send_after(0, self(), x), until(fun() -> process_info(self(), message_queue_len) =:= {message_queue_len, 1} end), {erlang:cancel_timer(T), got()}.
cancel_unknown() -> erlang:cancel_timer(make_ref()).
cancel_old_reference() -> R = make_ref(), [erlang:cancel_timer(R) || _ <- [1, 2]].
cancel_monitor_reference() -> P = idle(), M = monitor(process, P), R = erlang:cancel_timer(M), kill(P), {R, plain(got(), [{M, m}, {P, p}])}.
cancel_alias() -> erlang:cancel_timer(alias()).
cancel_by_text() -> T = far(x), left(erlang:cancel_timer(list_to_ref(ref_to_list(T)))).
cancel_by_external_format() -> T = far(x), left(erlang:cancel_timer(binary_to_term(term_to_binary(T)))).
cancel_is_exact() ->
    %% Either it was cancelled and no message comes, or it was not and the message is there.
    [begin T = erlang:send_after(N rem 3, self(), {m, N}), erlang:yield(),
           case erlang:cancel_timer(T) of
               false -> receive {m, N} -> right after 0 -> missing end;
               I when is_integer(I) -> receive {m, N} -> doubled after 0 -> right end
           end end || N <- lists:seq(1, 60)] =:= lists:duplicate(60, right).
cancel_one_of_many() -> Ts = [erlang:send_after(20, self(), N) || N <- lists:seq(1, 20)], [erlang:cancel_timer(T) || {T, N} <- lists:zip(Ts, lists:seq(1, 20)), N rem 2 =:= 0], lists:sort([got() || _ <- lists:seq(1, 10)]) ++ [nothing()].
cancel_many() -> Ts = [far(x) || _ <- lists:seq(1, 500)], lists:usort([left(erlang:cancel_timer(T)) || T <- Ts]).
cancel_many_in_reverse() -> Ts = [far(x) || _ <- lists:seq(1, 500)], lists:usort([left(erlang:cancel_timer(T)) || T <- lists:reverse(Ts)]).
cancel_of_another_process() -> P = puppet(), T = do(P, fun() -> far(x) end), R = left(erlang:cancel_timer(T)), A = do(P, fun() -> erlang:read_timer(T) end), stop(P), {R, A}.
cancel_set_for_me_by_another() -> P = puppet(), S = self(), T = do(P, fun() -> erlang:send_after(1000000, S, x) end), R = left(erlang:cancel_timer(T)), stop(P), R.
cancel_of_one_that_ended() -> S = self(), {P, M} = spawn_monitor(fun() -> S ! {t, erlang:send_after(1000000, S, x)} end), {t, T} = got(), receive {'DOWN', M, _, P, _} -> ok end, left(erlang:cancel_timer(T)).
cancel_by_many_succeeds_once() -> T = far(x), S = self(), [spawn(fun() -> S ! {r, erlang:cancel_timer(T)} end) || _ <- lists:seq(1, 20)], L = [R || {r, R} <- [got() || _ <- lists:seq(1, 20)]], {length([N || N <- L, is_integer(N)]), length([F || F <- L, F =:= false])}.
cancel_by_another_before_death() -> P = puppet(), T = do(P, fun() -> erlang:send_after(1000000, self(), x) end), kill(P), {until(fun() -> erlang:read_timer(T) =:= false end), erlang:cancel_timer(T)}.
cancel_info_true() -> left(erlang:cancel_timer(far(x), [{info, true}])).
cancel_info_false() -> T = far(x), [erlang:cancel_timer(T, [{info, false}]), erlang:read_timer(T), erlang:cancel_timer(T, [{info, false}])].
cancel_no_options() -> T = far(x), [left(erlang:cancel_timer(T, [])), erlang:cancel_timer(T, [])].
cancel_async() -> T = far(x), A = erlang:cancel_timer(T, [{async, true}]), {cancel_timer, T, N} = got(), {A, left(N)}.
cancel_async_fired() -> T = fired(x), A = erlang:cancel_timer(T, [{async, true}]), {cancel_timer, T, N} = got(), {A, N}.
cancel_async_unknown() -> R = make_ref(), A = erlang:cancel_timer(R, [{async, true}]), {cancel_timer, R, N} = got(), {A, N}.
cancel_async_no_info() -> T = far(x), A = erlang:cancel_timer(T, [{async, true}, {info, false}]), {A, nothing(), until(fun() -> erlang:read_timer(T) =:= false end)}.
cancel_async_false() -> left(erlang:cancel_timer(far(x), [{async, false}])).
cancel_async_of_another() -> P = puppet(), T = do(P, fun() -> far(x) end), A = erlang:cancel_timer(T, [{async, true}]), {cancel_timer, T, N} = got(), stop(P), {A, left(N)}.
cancel_async_many() -> Ts = [far(x) || _ <- lists:seq(1, 50)], [erlang:cancel_timer(T, [{async, true}]) || T <- Ts], lists:usort([receive {cancel_timer, T, N} -> left(N) end || T <- Ts]).
cancel_last_option_counts() -> T = far(x), [erlang:cancel_timer(T, [{info, true}, {info, false}]), nothing()].
cancel_refused() -> [text(fun() -> erlang:cancel_timer(id(X)) end) || X <- [a, 1, "t", [], {}]] ++ [text(fun() -> erlang:cancel_timer(id(X), []) end) || X <- [a, 1]].
cancel_refused_pid() -> S = self(), element(1, text(fun() -> erlang:cancel_timer(id(S)) end)).
cancel_refused_options() -> T = far(x), R = [text(fun() -> erlang:cancel_timer(T, id(O)) end) || O <- [a, [x], [{async, x}], [{info, 1}], [{async, true} | x], [async], [{abs, true}], #{}]], {R, left(erlang:cancel_timer(T))}.
cancel_refused_both() -> [text(fun() -> erlang:cancel_timer(id(a), id(O)) end) || O <- [x, [x]]].

read_running() -> T = far(x), R = left(erlang:read_timer(T)), erlang:cancel_timer(T), R.
read_running_start_timer() -> T = far_timer(x), R = left(erlang:read_timer(T)), erlang:cancel_timer(T), R.
read_does_not_stop_it() -> T = erlang:send_after(10, self(), x), [erlang:read_timer(T) || _ <- [1, 2, 3]], got().
read_fired() -> erlang:read_timer(fired(x)).
read_cancelled() -> T = far(x), erlang:cancel_timer(T), erlang:read_timer(T).
read_unknown() -> erlang:read_timer(make_ref()).
read_never_grows() -> T = far(x), L = [erlang:read_timer(T) || _ <- lists:seq(1, 50)], erlang:cancel_timer(T), lists:sort(fun(A, B) -> A >= B end, L) =:= L.
read_gets_less() -> T = far(x), A = erlang:read_timer(T), case_proc:sleep(5), B = erlang:read_timer(T), erlang:cancel_timer(T), A - B >= 4.
read_of_another() -> P = puppet(), T = do(P, fun() -> far(x) end), R = left(erlang:read_timer(T)), stop(P), R.
read_async() -> T = far(x), A = erlang:read_timer(T, [{async, true}]), {read_timer, T, N} = got(), erlang:cancel_timer(T), {A, left(N)}.
read_async_fired() -> T = fired(x), A = erlang:read_timer(T, [{async, true}]), {read_timer, T, N} = got(), {A, N}.
read_async_of_another() -> P = puppet(), T = do(P, fun() -> far(x) end), A = erlang:read_timer(T, [{async, true}]), {read_timer, T, N} = got(), stop(P), {A, left(N)}.
read_async_false() -> T = far(x), R = left(erlang:read_timer(T, [{async, false}])), erlang:cancel_timer(T), R.
read_no_options() -> T = far(x), R = left(erlang:read_timer(T, [])), erlang:cancel_timer(T), R.
read_refused() -> [text(fun() -> erlang:read_timer(id(X)) end) || X <- [a, 1, "t", []]] ++ [text(fun() -> erlang:read_timer(id(X), []) end) || X <- [a, 1]].
read_refused_options() -> T = far(x), R = [text(fun() -> erlang:read_timer(T, id(O)) end) || O <- [a, [x], [{async, x}], [{info, true}], [{async, true} | x]]], erlang:cancel_timer(T), R.
death_frees_timers_to_itself() -> P = puppet(), Ts = do(P, fun() -> [far(x) || _ <- lists:seq(1, 50)] end), kill(P), until(fun() -> lists:all(fun(T) -> erlang:read_timer(T) =:= false end, Ts) end).
death_keeps_timers_to_others() -> P = puppet(), S = self(), Ts = do(P, fun() -> [erlang:send_after(1000000, S, x) || _ <- lists:seq(1, 20)] end), kill(P), lists:usort([left(erlang:cancel_timer(T)) || T <- Ts]).
cancel_and_set_again() -> lists:foldl(fun(N, T) -> erlang:cancel_timer(T), erlang:send_after(1000000, self(), N) end, far(x), lists:seq(1, 300)), nothing().
debounce() -> T = lists:foldl(fun(N, T) -> is_reference(T) andalso erlang:cancel_timer(T), erlang:send_after(50, self(), {last, N}) end, none, lists:seq(1, 20)), _ = T, {got(), nothing()}.
timer_module_free_functions() -> [timer:seconds(3), timer:minutes(2), timer:hours(1), timer:hms(1, 1, 1)].
timer_sleep() -> T = erlang:monotonic_time(millisecond), R = timer:sleep(5), {R, erlang:monotonic_time(millisecond) - T >= 5}.
timer_tc() -> {N, V} = timer:tc(fun() -> timer:sleep(3), x end), {N >= 3000, V}.
