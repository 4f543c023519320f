%% Timers that send: what they send and to whom, cancelling and asking, and their
%% end with the process they are for.
-module(timer_life).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, puppet/0, do/2, idle/0, kill/1, dead/0, nothing/0, sleep/1, plain/2, until/1]).

between(Low, High, N) -> is_integer(N) andalso N >= Low andalso N =< High.

send_after_sends() -> R = erlang:send_after(1, self(), {hello, [1, 2]}), {is_reference(R), got()}.
start_timer_sends() -> R = erlang:start_timer(1, self(), {hello, [1, 2]}), plain(got(), [{R, R}]) =:= {timeout, R, {hello, [1, 2]}}.
zero_fires() -> erlang:send_after(0, self(), now_), got().
not_before_its_time() ->
    A = erlang:monotonic_time(millisecond), erlang:send_after(30, self(), x), got(),
    erlang:monotonic_time(millisecond) - A >= 30.
absolute_not_before_its_time() ->
    T = erlang:monotonic_time(millisecond) + 30, erlang:send_after(T, self(), x, [{abs, true}]), got(),
    erlang:monotonic_time(millisecond) >= T.
in_order_of_time() ->
    [erlang:send_after(T, self(), T) || T <- [90, 30, 60]], [got(), got(), got()].
large_message() ->
    M = {lists:seq(1, 2000), <<0:80000>>, #{a => binary:copy(<<"x">>, 100)}},
    erlang:send_after(1, self(), M), got() =:= M.
message_is_a_copy() -> L = [make_ref() || _ <- lists:seq(1, 100)], erlang:send_after(5, self(), L), erlang:garbage_collect(), got() =:= L.
fun_as_message() -> X = self(), erlang:send_after(1, self(), fun() -> X end), (got())() =:= X.

cancel_says_what_is_left() ->
    R = erlang:start_timer(50000, self(), x), A = erlang:read_timer(R), B = erlang:cancel_timer(R),
    {between(40000, 50000, A), between(40000, 50000, B), B =< A, erlang:cancel_timer(R), erlang:read_timer(R)}.
cancelled_does_not_fire() -> R = erlang:send_after(20, self(), x), erlang:cancel_timer(R), sleep(40), nothing().
cancel_after_firing() -> R = erlang:send_after(0, self(), x), got(), {erlang:cancel_timer(R), erlang:read_timer(R)}.
%% Who learns that there is no timer finds the message.
false_means_sent() -> lists:usort([one_race(T) || _ <- lists:seq(1, 100), T <- [0, 1]]) -- [cancelled, sent].
one_race(T) ->
    R = erlang:start_timer(T, self(), x), spin(T * 1000),
    case erlang:cancel_timer(R) of
        false -> receive {timeout, R, x} -> sent after 0 -> lost end;
        N when is_integer(N) -> receive {timeout, R, x} -> both after 0 -> cancelled end
    end.
spin(0) -> ok;
spin(N) -> spin(N - 1).
cancel_async() ->
    R = erlang:start_timer(50000, self(), x), ok = erlang:cancel_timer(R, [{async, true}]),
    {cancel_timer, R2, Left} = got(), {R =:= R2, between(40000, 50000, Left), erlang:read_timer(R)}.
read_async() ->
    R = erlang:start_timer(50000, self(), x), ok = erlang:read_timer(R, [{async, true}]),
    {read_timer, R2, Left} = got(), {R =:= R2, between(40000, 50000, Left), is_integer(erlang:cancel_timer(R))}.
cancel_without_info() ->
    R = erlang:start_timer(30, self(), x),
    {erlang:cancel_timer(R, [{info, false}]), erlang:read_timer(R), sleep(50), nothing()}.
cancel_async_without_info() ->
    R = erlang:start_timer(30, self(), x), ok = erlang:cancel_timer(R, [{async, true}, {info, false}]),
    sleep(50), nothing().

by_other_process() ->
    R = erlang:send_after(50000, self(), x), P = puppet(),
    {between(40000, 50000, do(P, fun() -> erlang:read_timer(R) end)),
     between(40000, 50000, do(P, fun() -> erlang:cancel_timer(R) end)), erlang:cancel_timer(R)}.
started_by_other_process() ->
    S = self(), P = puppet(), R = do(P, fun() -> erlang:send_after(50000, S, x) end),
    {between(40000, 50000, erlang:read_timer(R)), between(40000, 50000, erlang:cancel_timer(R)),
     do(P, fun() -> erlang:cancel_timer(R) end)}.
starter_ends() ->
    S = self(), P = puppet(), do(P, fun() -> erlang:send_after(30, S, still) end), case_proc:stop(P), got().
reference_survives_text_and_binary() ->
    R = erlang:start_timer(50000, self(), x),
    L = [list_to_ref(ref_to_list(R)), binary_to_term(term_to_binary(R))],
    {[X =:= R || X <- L], [between(40000, 50000, erlang:read_timer(X)) || X <- L],
     between(40000, 50000, erlang:cancel_timer(hd(L))), erlang:cancel_timer(R)}.
references_are_unique() ->
    L = [begin R = erlang:send_after(50000, self(), x), erlang:cancel_timer(R), R end || _ <- lists:seq(1, 2000)],
    length(lists:usort(L ++ [make_ref() || _ <- lists:seq(1, 100)])).
references_hash_apart() ->
    L = [erlang:send_after(50000, self(), x) || _ <- lists:seq(1, 2000)],
    M = maps:from_keys(L, x), [erlang:cancel_timer(R) || R <- L],
    {maps:size(M), length(lists:usort([erlang:phash2(R, 4096) || R <- L])) > 1000}.

ends_with_its_process() ->
    P = idle(), R = erlang:send_after(50000, P, x), A = erlang:read_timer(R), kill(P),
    {between(40000, 50000, A), erlang:read_timer(R), erlang:cancel_timer(R)}.
many_end_with_their_process() ->
    P = idle(), L = [erlang:send_after(50000 + N, P, x) || N <- lists:seq(1, 3000)], kill(P),
    lists:usort([erlang:read_timer(R) || R <- L]).
to_the_dead() ->
    R = erlang:send_after(1000, dead(), x), {is_reference(R), erlang:read_timer(R), erlang:cancel_timer(R)}.
to_nobodys_name() -> R = erlang:send_after(1, no_such_name, x), sleep(20), {is_reference(R), erlang:read_timer(R)}.
name_is_looked_up_when_it_fires() ->
    S = self(), R = erlang:send_after(40, timer_life_name, hello),
    L = erlang:read_timer(R), register(timer_life_name, S), M = got(), unregister(timer_life_name),
    {is_integer(L), M}.
name_moves_on() ->
    P = puppet(), register(timer_life_moves, P), erlang:send_after(60, timer_life_moves, hello),
    unregister(timer_life_moves), register(timer_life_moves, self()), M = got(),
    unregister(timer_life_moves), case_proc:stop(P), M.
named_timer_outlives_its_process() ->
    P = idle(), register(timer_life_gone, P), R = erlang:send_after(50000, timer_life_gone, x), kill(P),
    {is_integer(erlang:read_timer(R)), is_integer(erlang:cancel_timer(R))}.
undefined_is_a_name() -> R = erlang:send_after(1, undefined, x), sleep(10), erlang:read_timer(R).

many_fire() ->
    N = 5000, [erlang:send_after(I rem 20, self(), I) || I <- lists:seq(1, N)],
    lists:sort([got() || _ <- lists:seq(1, N)]) =:= lists:seq(1, N).
half_are_cancelled() ->
    L = [erlang:start_timer(30 + I rem 5, self(), I) || I <- lists:seq(1, 2000)],
    Gone = [I || {I, R} <- lists:zip(lists:seq(1, 2000), L), I rem 2 =:= 0, is_integer(erlang:cancel_timer(R))],
    Came = [receive {timeout, _, I} -> I after 60000 -> none end || _ <- lists:seq(1, 2000 - length(Gone))],
    {lists:sort(Gone ++ Came) =:= lists:seq(1, 2000), nothing()}.
chain_of_timers() -> chain(50, 0).
chain(0, N) -> N;
chain(K, N) -> erlang:send_after(1, self(), {next, N + 1}), receive {next, M} -> chain(K - 1, M) end.
many_processes_cancel_one() ->
    R = erlang:send_after(50000, self(), x), S = self(),
    [spawn(fun() -> S ! {left, erlang:cancel_timer(R)} end) || _ <- lists:seq(1, 50)],
    length([N || _ <- lists:seq(1, 50), N <- [receive {left, L} -> L end], is_integer(N)]).
timers_of_many_processes() ->
    S = self(),
    [spawn(fun() -> erlang:start_timer(I rem 7, self(), I), receive {timeout, _, I} -> S ! {done, I} end end)
     || I <- lists:seq(1, 500)],
    lists:sort([receive {done, I} -> I after 60000 -> none end || _ <- lists:seq(1, 500)]) =:= lists:seq(1, 500).
