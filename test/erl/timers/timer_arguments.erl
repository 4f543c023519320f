%% send_after, start_timer, cancel_timer, read_timer: what they take, and what
%% they refuse and why.
-module(timer_arguments).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [dead/0, plain/1, plain/2]).

id(X) -> case_lib:id(X).
%% Refused how, without pids and references.
refused(F) -> {error, R, Where} = case_lib:top(F), {R, plain(Where, [{self(), self}])}.
starts() -> [fun erlang:send_after/3, fun erlang:start_timer/3].
starts_4() -> [fun erlang:send_after/4, fun erlang:start_timer/4].
all_starts(Time, Dest) ->
    [refused(fun() -> F(id(Time), id(Dest), x) end) || F <- starts()] ++
    [refused(fun() -> F(id(Time), id(Dest), x, []) end) || F <- starts_4()].
on(R) -> Left = erlang:cancel_timer(R), {is_reference(R), is_integer(Left)}.

negative() -> all_starts(-1, self()).
negative_big() -> all_starts(-(1 bsl 70), self()).
big() -> all_starts(1 bsl 70, self()).
small_but_too_long() -> [all_starts(1 bsl N, self()) || N <- [45, 50, 58]].
no_integer() -> [all_starts(T, self()) || T <- [1.0, a, "1", [], {}, infinity]].
no_destination() ->
    [all_starts(1, D) || D <- ["name", 1, {name, node()}, {name, 'x@y'}, [], #{}, <<"n">>]].
reference_as_destination() -> all_starts(1, make_ref()).
pid_of_other_node() -> 
    P = binary_to_term(<<131, 88, 119, 3, "a@b", 1:32, 0:32, 1:32>>),
    [{R, element(1, W), element(2, W)}
     || F <- starts(), {R, W} <- [refused(fun() -> F(1, P, x) end)]].
bad_options() ->
    [[refused(fun() -> F(1, self(), x, id(O)) end) || F <- starts_4()]
     || O <- [foo, [foo], [{abs, maybe}], [{abs, true} | x], [{abs}], [{abs, true, 1}], [abs],
              [{async, true}], [{info, true}], #{abs => true}, {abs, true}, [[{abs, true}]]]].
options_are_looked_at_first() -> [refused(fun() -> F(-1, 1, x, [foo]) end) || F <- starts_4()].
time_is_looked_at_second() -> [refused(fun() -> F(-1, 1, x, []) end) || F <- starts_4()].
time_to_a_dead_process() -> 
    D = dead(), [element(1, refused(fun() -> F(-1, D, x, []) end)) || F <- starts_4()].
abs_false_is_relative() -> R = erlang:send_after(50000, self(), x, [{abs, false}]), L = erlang:cancel_timer(R), {L > 40000, L =< 50000}.
last_option_counts() ->
    [on(F(50000, self(), x, [{abs, true}, {abs, false}])) || F <- starts_4()].
longest_times() -> [on(F(1 bsl N, self(), x)) || N <- [31, 32, 33, 40, 42], F <- starts()].
read_of_longest_times() ->
    [begin R = erlang:send_after(1 bsl N, self(), x), L = erlang:read_timer(R), erlang:cancel_timer(R),
           (1 bsl N) - L < 10000 end || N <- [31, 32, 40, 42]].

start_ms() -> erlang:convert_time_unit(erlang:system_info(start_time), native, millisecond).
end_ms() -> erlang:convert_time_unit(erlang:system_info(end_time), native, millisecond).
absolute_before_the_start() ->
    [{R, Time - start_ms(), Info}
     || D <- [-1, -2, -1000], F <- starts_4(),
        {R, {_, _, [Time | _], Info}} <- [refused(fun() -> F(start_ms() + D, self(), x, [{abs, true}]) end)]].
absolute_after_the_end() ->
    [{R, Time - end_ms(), Info}
     || D <- [1, 2, 1000], F <- starts_4(),
        {R, {_, _, [Time | _], Info}} <- [refused(fun() -> F(end_ms() + D, self(), x, [{abs, true}]) end)]].
absolute_at_the_end() -> [on(F(end_ms(), self(), x, [{abs, true}])) || F <- starts_4()].
absolute_long_ago_fires() ->
    L = [F(T, self(), x, [{abs, true}]) || F <- starts_4(), T <- [start_ms(), start_ms() + 1]],
    got(length(L), []).
got(0, L) -> lists:sort(L);
got(N, L) -> receive x -> got(N - 1, [x | L]); {timeout, _, x} -> got(N - 1, [timeout | L]) after 60000 -> none end.

asks() -> [fun erlang:cancel_timer/1, fun erlang:read_timer/1].
asks_2() -> [fun erlang:cancel_timer/2, fun erlang:read_timer/2].
no_reference() ->
    [[refused(fun() -> F(id(X)) end) || F <- asks()] ++
     [refused(fun() -> F(id(X), []) end) || F <- asks_2()] || X <- [a, 1, [], self(), {}, "#Ref<0.0.0.0>"]].
no_timer() -> R = make_ref(), [F(R) || F <- asks()] ++ [F(R, []) || F <- asks_2()].
reference_of_other_node() ->
    R = binary_to_term(<<131, 90, 3:16, 119, 3, "a@b", 1:32, 1:32, 2:32, 3:32>>),
    {[F(R) || F <- asks()], [F(R, []) || F <- asks_2()]}.
bad_ask_options() ->
    [[refused(fun() -> F(make_ref(), id(O)) end) || F <- asks_2()]
     || O <- [foo, [foo], [{abs, true}], [{async, 1}], [{async, true} | x], [{async}], [async],
              {async, true}, #{}]].
info_is_for_cancelling_only() -> [catch_class(fun() -> F(make_ref(), [{info, true}]) end) || F <- asks_2()].
catch_class(F) -> case_lib:class(F).
bad_reference_with_options() ->
    [refused(fun() -> F(id(x), O) end) || F <- asks_2(), O <- [[{async, true}], [{async, false}]]] ++
    [refused(fun() -> erlang:cancel_timer(id(x), [{info, false}]) end)].
info_false() ->
    R = make_ref(),
    {erlang:cancel_timer(R, [{info, false}]), erlang:cancel_timer(R, [{async, false}, {info, false}]),
     erlang:cancel_timer(R, [{async, true}, {info, false}]), case_proc:nothing()}.
async_of_no_timer() ->
    R = make_ref(), A = [F(R, [{async, true}]) || F <- asks_2()],
    {A, plain([case_proc:got() || _ <- A], [{R, ref}])}.
async_of_other_node() ->
    R = binary_to_term(<<131, 90, 3:16, 119, 3, "a@b", 1:32, 1:32, 2:32, 3:32>>),
    A = [F(R, [{async, true}]) || F <- asks_2()],
    {A, plain([case_proc:got() || _ <- A], [{R, ref}])}.
async_last_one_counts() -> erlang:cancel_timer(make_ref(), [{async, true}, {async, false}]).
