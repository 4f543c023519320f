%% Clocks while processes run: monotonic time across processes, units, offset,
%% timestamps, and what timers and clocks say of each other.
-module(clock_relations).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, in/1, until/1, sleep/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
class(F) -> case_lib:class(F).
mono(_) -> erlang:monotonic_time().

monotonic_across_processes() ->
    %% A later message carries a time that is not earlier.
    S = self(), L = lists:foldl(fun(_, Acc) -> spawn(fun() -> S ! {t, mono(x)} end), {t, T} = got(), [mono(x), T | Acc] end, [mono(x)], lists:seq(1, 50)), lists:sort(L) =:= lists:reverse(L).
monotonic_there_and_back() -> P = puppet(), R = [begin A = mono(x), B = do(P, fun() -> mono(x) end), C = mono(x), A =< B andalso B =< C end || _ <- lists:seq(1, 50)], stop(P), lists:usort(R).
monotonic_never_back_in_a_busy_loop() -> lists:foldl(fun(_, A) -> B = mono(x), true = B >= A, B end, mono(x), lists:seq(1, 3000)) =< mono(x).
sleep_moves_every_clock() -> Cs = [fun() -> erlang:monotonic_time(millisecond) end, fun() -> erlang:system_time(millisecond) end], A = [F() || F <- Cs], sleep(10), B = [F() || F <- Cs], [Y - X >= 9 || {X, Y} <- lists:zip(A, B)].
sleep_is_not_short_in_native() -> [begin A = mono(x), sleep(N), erlang:convert_time_unit(mono(x) - A, native, microsecond) >= N * 1000 end || N <- [1, 2, 3, 5]].
units_of_monotonic() -> [begin A = erlang:monotonic_time(U), B = erlang:monotonic_time(), C = erlang:monotonic_time(U), N = erlang:convert_time_unit(B, native, U), A =< N + 1 andalso N =< C + 1 end || U <- [second, millisecond, microsecond, nanosecond, 1, 60, 1000, 44100]].
system_is_monotonic_plus_offset() -> A = mono(x) + erlang:time_offset(), B = erlang:system_time(), C = mono(x) + erlang:time_offset(), A =< B andalso B =< C.
offset_in_units() -> O = erlang:time_offset(), [erlang:time_offset(U) =:= erlang:convert_time_unit(O, native, U) || U <- [second, millisecond, microsecond, nanosecond, native, 1000]].
offset_is_the_same_for_all() -> O = erlang:time_offset(), {in(fun() -> erlang:time_offset() end) =:= O, erlang:time_offset() =:= O}.
start_time_is_past() -> erlang:system_info(start_time) =< mono(x).
start_time_is_fixed() -> A = erlang:system_info(start_time), sleep(2), A =:= erlang:system_info(start_time).
end_time_is_future() -> erlang:system_info(end_time) > mono(x).
time_infos_of_the_same_shape() ->
    [{K, is_list(erlang:system_info(K))} || K <- [os_monotonic_time_source, os_system_time_source]].
time_warp_mode() -> erlang:system_info(time_warp_mode).
time_offset_state() -> erlang:system_info(time_offset).
time_correction() -> lists:member(erlang:system_info(time_correction), [true, false]).
finalize_offset() -> class(fun() -> erlang:system_flag(time_offset, id(finalize)) end).
finalize_offset_refused() -> [class(fun() -> erlang:system_flag(time_offset, id(X)) end) || X <- [x, 1, true]].
tolerant_timeofday() -> lists:member(erlang:system_info(tolerant_timeofday), [enabled, disabled]).
timestamp_is_system_time() -> A = erlang:system_time(microsecond), {M, S, U} = erlang:timestamp(), B = erlang:system_time(microsecond), T = (M * 1000000 + S) * 1000000 + U, A =< T andalso T =< B.
os_timestamp_is_os_time() -> A = os:system_time(microsecond), {M, S, U} = os:timestamp(), B = os:system_time(microsecond), T = (M * 1000000 + S) * 1000000 + U, A =< T andalso T =< B.
now_grows_across_processes() -> S = self(), [spawn(fun() -> S ! {l, [erlang:now() || _ <- lists:seq(1, 50)]} end) || _ <- lists:seq(1, 10)], L = lists:append([X || {l, X} <- [got() || _ <- lists:seq(1, 10)]]), length(lists:usort(L)).
now_grows_from_message_to_message() -> S = self(), P = puppet(), R = [begin A = erlang:now(), do(P, fun() -> S ! {n, erlang:now()} end), {n, B} = got(), A < B end || _ <- lists:seq(1, 20)], stop(P), lists:usort(R).
timer_and_clock_agree() -> [begin A = erlang:monotonic_time(millisecond), T = erlang:send_after(N, self(), x), x = got(), false = erlang:read_timer(T), erlang:monotonic_time(millisecond) - A >= N end || N <- [1, 3, 5]].
read_timer_and_clock_agree() -> End = erlang:monotonic_time(millisecond) + 1000000, T = erlang:send_after(End, self(), x, [{abs, true}]), A = erlang:monotonic_time(millisecond), L = erlang:read_timer(T), B = erlang:monotonic_time(millisecond), erlang:cancel_timer(T), A - 1 =< End - L andalso End - L =< B + 1.
receive_after_and_clock_agree() -> [begin A = mono(x), receive after N -> ok end, erlang:convert_time_unit(mono(x) - A, native, millisecond) >= N end || N <- [0, 1, 2, 4]].
convert_zero() -> [erlang:convert_time_unit(0, A, B) || A <- [second, native, 7], B <- [millisecond, native, 3]].
convert_rounds_down() -> [erlang:convert_time_unit(N, millisecond, second) || N <- [0, 1, 999, 1000, 1001, -1, -999, -1000, -1001]].
convert_up_and_down() -> [erlang:convert_time_unit(erlang:convert_time_unit(N, second, U), U, second) || N <- [0, 1, -1, 12345, 1 bsl 40], U <- [millisecond, microsecond, nanosecond, native, 90000]].
convert_between_all() -> Us = [second, millisecond, microsecond, nanosecond, 1, 2, 60, 1 bsl 40], [erlang:convert_time_unit(1000000007, A, B) || A <- Us, B <- Us].
convert_large() -> [erlang:convert_time_unit(1 bsl 100, second, nanosecond), erlang:convert_time_unit(-(1 bsl 100), nanosecond, second)].
convert_old_names() -> [erlang:convert_time_unit(5, seconds, milli_seconds), erlang:convert_time_unit(5, milli_seconds, micro_seconds), erlang:convert_time_unit(5, micro_seconds, nano_seconds)].
convert_refused() -> [class(fun() -> erlang:convert_time_unit(id(N), id(A), id(B)) end) || {N, A, B} <- [{a, second, second}, {1.0, second, second}, {1, x, second}, {1, second, x}, {1, 0, second}, {1, second, 0}, {1, -1, second}, {1, 1.5, second}, {1, "second", second}]].
native_is_at_least_milliseconds() -> erlang:convert_time_unit(1, second, native) >= 1000.
perf_counter_unit() -> erlang:convert_time_unit(1, second, perf_counter) > 0.
perf_counter_runs() -> A = os:perf_counter(), sleep(2), B = os:perf_counter(), erlang:convert_time_unit(B - A, perf_counter, microsecond) >= 1000.
perf_counter_units() -> [is_integer(os:perf_counter(U)) || U <- [second, millisecond, microsecond, nanosecond, native, perf_counter, 1000]].
os_and_erlang_system_time() -> abs(os:system_time(millisecond) - erlang:system_time(millisecond)) < 60000.
statistics_wall_clock() -> {A, B} = statistics(wall_clock), sleep(5), {C, D} = statistics(wall_clock), {is_integer(B), C - A >= 4, D >= 4}.
statistics_runtime() -> {A, B} = statistics(runtime), {C, D} = statistics(runtime), {C >= A, is_integer(B), D >= 0}.
time_of_day_types() -> {H, M, S} = time(), {Y, Mo, D} = date(), [is_integer(X) || X <- [H, M, S, Y, Mo, D]].
localtime_is_near_universaltime() -> A = calendar:datetime_to_gregorian_seconds(erlang:localtime()), B = calendar:datetime_to_gregorian_seconds(erlang:universaltime()), abs(A - B) =< 15 * 3600.
universaltime_is_system_time() -> A = erlang:system_time(second), U = calendar:datetime_to_gregorian_seconds(erlang:universaltime()) - 62167219200, B = erlang:system_time(second), A - 2 =< U andalso U =< B + 2.
