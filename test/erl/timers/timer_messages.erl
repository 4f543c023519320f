%% send_after/3,4 and start_timer/3,4: what arrives, when at the earliest, at whom.
-module(timer_messages).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
class(F) -> case_lib:class(F).
%% The value of F, and that it took at least the milliseconds.
lasts(Ms, F) -> T = erlang:monotonic_time(), V = F(), D = erlang:convert_time_unit(erlang:monotonic_time() - T, native, microsecond), {V, D >= Ms * 1000}.

send_after_value() -> T = erlang:send_after(1, self(), x), {is_reference(T), got()}.
start_timer_value() -> T = erlang:start_timer(1, self(), x), {is_reference(T), got() =:= {timeout, T, x}}.
send_after_not_early() -> [lasts(Ms, fun() -> erlang:send_after(Ms, self(), {x, Ms}), got() end) || Ms <- [0, 1, 2, 5, 10]].
start_timer_not_early() -> [element(2, lasts(Ms, fun() -> T = erlang:start_timer(Ms, self(), x), {timeout, T, x} = got() end)) || Ms <- [0, 1, 2, 5, 10]].
zero() -> erlang:send_after(0, self(), x), T = erlang:start_timer(0, self(), y), L = [got(), got()], lists:sort(plain(L, [{T, t}])).
zero_is_a_message_not_a_call() -> P = puppet(), S = self(), do(P, fun() -> erlang:send_after(0, S, x) end), R = got(), stop(P), R.
any_term() -> Ts = [a, 1, "s", <<"b">>, #{k => [v]}, {t, [u]}, 1 bsl 80, 1.5, lists:seq(1, 100), list_to_binary(lists:duplicate(200, 1))], [begin erlang:send_after(1, self(), T), got() =:= T end || T <- Ts].
any_term_start_timer() -> Ts = [a, "s", #{k => [v]}, 1 bsl 80, lists:seq(1, 100), list_to_binary(lists:duplicate(200, 1))], [begin R = erlang:start_timer(1, self(), T), got() =:= {timeout, R, T} end || T <- Ts].
fun_as_message() -> N = 3, erlang:send_after(1, self(), fun(X) -> X + N end), F = got(), F(4).
message_is_a_copy() -> erlang:send_after(20, self(), {m, lists:seq(1, 1000)}), erlang:garbage_collect(), erlang:garbage_collect(), {m, L} = got(), lists:sum(L).
message_survives_the_senders_heap() -> P = puppet(), S = self(), do(P, fun() -> erlang:send_after(20, S, {m, list_to_binary(lists:duplicate(1000, 2)), [x]}) end), {m, B, L} = got(), stop(P), {byte_size(B), L}.
to_another() -> P = spawn_fwd(self()), erlang:send_after(1, P, hello), got().
spawn_fwd(S) -> spawn(fun() -> receive X -> S ! {fwd, X} end end).
start_timer_to_another() -> P = spawn_fwd(self()), T = erlang:start_timer(1, P, hello), got() =:= {fwd, {timeout, T, hello}}.
set_by_one_that_ended() ->
    %% A timer lives on when its maker dies.
    S = self(), {_, M} = spawn_monitor(fun() -> erlang:send_after(20, S, from_the_dead) end), receive {'DOWN', M, _, _, _} -> ok end, got().
start_timer_set_by_one_that_ended() -> S = self(), {_, M} = spawn_monitor(fun() -> erlang:start_timer(20, S, x) end), receive {'DOWN', M, _, _, _} -> ok end, plain(got()).
to_the_dead() -> D = dead(), T = erlang:send_after(1, D, x), {is_reference(T), nothing()}.
to_one_that_dies_meanwhile() -> P = idle(), T = erlang:send_after(1, P, x), kill(P), {is_reference(T), nothing()}.
to_one_that_dies_cancels_it() -> P = idle(), T = erlang:send_after(1000000, P, x), kill(P), {until(fun() -> erlang:read_timer(T) =:= false end), erlang:cancel_timer(T)}.
to_a_name() -> register(timer_messages_1, self()), erlang:send_after(1, timer_messages_1, x), R = got(), unregister(timer_messages_1), R.
start_timer_to_a_name() -> register(timer_messages_2, self()), T = erlang:start_timer(1, timer_messages_2, x), R = got(), unregister(timer_messages_2), R =:= {timeout, T, x}.
to_a_name_registered_later() -> erlang:send_after(30, timer_messages_3, x), register(timer_messages_3, self()), R = got(), unregister(timer_messages_3), R.
to_a_name_nobody_has() -> T = erlang:send_after(1, timer_messages_nobody, x), {is_reference(T), nothing(), erlang:read_timer(T)}.
to_a_name_that_moved() -> P = puppet(), register(timer_messages_4, P), erlang:send_after(30, timer_messages_4, x), unregister(timer_messages_4), register(timer_messages_4, self()), R = got(), unregister(timer_messages_4), stop(P), R.
to_a_name_whose_process_died() -> P = idle(), register(timer_messages_5, P), T = erlang:send_after(1000000, timer_messages_5, x), kill(P), N = erlang:read_timer(T), is_integer(N) andalso is_integer(erlang:cancel_timer(T)).
same_time_all_arrive() -> [erlang:send_after(5, self(), N) || N <- lists:seq(1, 50)], lists:sort([got() || _ <- lists:seq(1, 50)]) =:= lists:seq(1, 50).
many_times_all_arrive() -> [erlang:send_after(N rem 10, self(), N) || N <- lists:seq(1, 300)], lists:sort([got() || _ <- lists:seq(1, 300)]) =:= lists:seq(1, 300).
far_apart_in_order() -> erlang:send_after(150, self(), late), erlang:send_after(1, self(), soon), [got(), got()].
three_far_apart_in_order() -> [erlang:send_after(T, self(), T) || T <- [200, 1, 100]], [got(), got(), got()].
set_in_reverse_in_order() -> [erlang:send_after(T * 60, self(), T) || T <- [4, 3, 2, 1]], [got() || _ <- [1, 2, 3, 4]].
from_many_processes() -> S = self(), [spawn(fun() -> erlang:send_after(N rem 5, S, {n, N}) end) || N <- lists:seq(1, 50)], lists:sort([N || {n, N} <- [got() || _ <- lists:seq(1, 50)]]) =:= lists:seq(1, 50).
many_timers_many_receivers() -> S = self(), Ps = [spawn(fun() -> receive X -> S ! {self(), X} end end) || _ <- lists:seq(1, 30)], [erlang:send_after(2, P, tick) || P <- Ps], lists:usort([receive {P, X} -> X end || P <- Ps]).
each_fires_once() -> erlang:send_after(1, self(), x), {got(), nothing()}.
chain_of_timers() -> chain(20).
chain(0) -> done;
chain(N) -> erlang:send_after(1, self(), {next, N}), receive {next, N} -> chain(N - 1) end.
ticker() -> S = self(), P = spawn(fun() -> tick(S, 10) end), R = lasts(10, fun() -> [got() || _ <- lists:seq(1, 10)] end), _ = P, R.
tick(_, 0) -> ok;
tick(S, N) -> receive after 1 -> S ! {tick, N}, tick(S, N - 1) end.
wakes_one_that_waits() -> P = spawn_fwd(self()), waiting(P), erlang:send_after(1, P, wake), got().
comes_behind_earlier_sends() -> self() ! first, erlang:send_after(0, self(), second), [got(), got()].
empty_options() -> erlang:send_after(1, self(), a, []), A = got(), T = erlang:start_timer(1, self(), b, []), {A, got() =:= {timeout, T, b}}.
abs_false() -> erlang:send_after(1, self(), a, [{abs, false}]), A = got(), T = erlang:start_timer(1, self(), b, [{abs, false}]), {A, got() =:= {timeout, T, b}}.
abs_true() -> T = erlang:monotonic_time(millisecond) + 5, erlang:send_after(T, self(), a, [{abs, true}]), A = got(), {A, erlang:monotonic_time(millisecond) >= T}.
abs_true_start_timer() -> T = erlang:monotonic_time(millisecond) + 5, R = erlang:start_timer(T, self(), a, [{abs, true}]), {timeout, R, a} = got(), erlang:monotonic_time(millisecond) >= T.
abs_in_the_past() -> T = erlang:monotonic_time(millisecond), [begin erlang:send_after(T - D, self(), {past, D}, [{abs, true}]), got() end || D <- [0, 1]].
abs_before_the_start() -> S = erlang:convert_time_unit(erlang:system_info(start_time), native, millisecond), [text(fun() -> erlang:send_after(S - 1000, self(), x, [{abs, true}]) end), nothing()].
abs_negative_times_are_times() -> T = erlang:monotonic_time(millisecond), case T < 0 of true -> erlang:send_after(T + 2, self(), x, [{abs, true}]); false -> erlang:send_after(2, self(), x) end, got().
abs_same_moment() -> T = erlang:monotonic_time(millisecond) + 10, [erlang:send_after(T, self(), N, [{abs, true}]) || N <- lists:seq(1, 20)], L = [got() || _ <- lists:seq(1, 20)], {lists:sort(L) =:= lists:seq(1, 20), erlang:monotonic_time(millisecond) >= T}.
abs_far_away_is_read() -> T = erlang:monotonic_time(millisecond) + 1000000, R = erlang:send_after(T, self(), x, [{abs, true}]), N = erlang:cancel_timer(R), N =< 1000000 andalso N > 0.
last_option_counts() -> T = erlang:monotonic_time(millisecond) + 2, erlang:send_after(T, self(), x, [{abs, false}, {abs, true}]), got().
refused_time() -> [text(fun() -> F(id(T), self(), x) end) || F <- [fun erlang:send_after/3, fun erlang:start_timer/3], T <- [-1, -(1 bsl 70), a, 1.0, "1", [], infinity]].
refused_large_time() -> [text(fun() -> erlang:send_after(id(T), self(), x) end) || T <- [1 bsl 64, 1 bsl 100]].
refused_destination() -> [text(fun() -> F(1, id(D), x) end) || F <- [fun erlang:send_after/3, fun erlang:start_timer/3], D <- [1, "name", {}, [], 1.5, <<"p">>]].
refused_name_and_node() -> N = node(), [element(1, text(fun() -> erlang:send_after(1, id(D), x) end)) || D <- [{a, N}, {timer_messages_1, N}]].
refused_reference() -> R = make_ref(), element(1, text(fun() -> erlang:send_after(1, id(R), x) end)).
refused_options() -> [text(fun() -> erlang:send_after(1, self(), x, id(O)) end) || O <- [a, [a], [{abs, x}], [{abs, 1}], [{abs}], [abs], [{abs, true} | x], [{x, true}], #{}]].
refused_options_start_timer() -> [text(fun() -> erlang:start_timer(1, self(), x, id(O)) end) || O <- [a, [a], [{abs, x}], [{abs, true} | x]]].
refused_abs_time() -> [text(fun() -> erlang:send_after(id(T), self(), x, [{abs, true}]) end) || T <- [a, 1.0, 1 bsl 80, -(1 bsl 80)]].
refused_sends_nothing() -> [class(fun() -> erlang:send_after(0, self(), x, id(O)) end) || O <- [a, [a]]], class(fun() -> erlang:send_after(id(-1), self(), x) end), nothing().
long_times_are_taken() -> [begin R = erlang:send_after(T, self(), x), N = erlang:cancel_timer(R), N > T - 100000 andalso N =< T end || T <- [16#ffffffff, 16#100000000, 1 bsl 40]].
