%% gen_statem: event, state and generic timeouts; setting, changing and cancelling them.
%% No case relies on being fast: what must not fire is cancelled or set to a time far away.
-module(otp_statem_timeouts).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, watch/1, reason/1, flush/0, until/1]).
-import(case_statem, [events/1]).

-define(FAR, 10000000).
-define(IDLE, {ok, s1, []}).

%% Notes timeouts as they come; {do, Result} in an event is what it returns.
start(Init) ->
    H = fun({call, From}, get, S, D) -> {keep_state_and_data, {reply, From, {S, lists:reverse(D)}}};
           ({call, From}, {acts, Actions}, _, _) -> {keep_state_and_data, Actions ++ [{reply, From, ok}]};
           (_, {acts, Actions}, _, _) -> {keep_state_and_data, Actions};
           (_, {sleep_then, Actions}, _, _) -> timer:sleep(20), {keep_state_and_data, Actions};
           (_, {to, S, Actions}, _, D) -> {next_state, S, D, Actions};
           (_, {note_and, Note, Actions}, _, D) -> {keep_state, [Note | D], Actions};
           (T, C, S, D) -> {keep_state, [{T, C, S} | D]}
        end,
    {ok, P} = case_statem:start(handle_event_function, Init, H, []),
    P.

acts(P, Actions) -> gen_statem:call(P, {acts, Actions}).

wait(P, N) ->
    until(fun() -> length(events(P)) >= N end),
    events(P).

%% The timeouts that run, with their contents, as the status shows them.
running(P) ->
    {status, P, _, [_, _, _, _, Misc]} = sys:get_status(P),
    [{data, Data} | _] = [X || {data, [{"Status", _} | _]} = X <- Misc],
    {Count, Timeouts} = proplists:get_value("Time-outs", Data),
    {Count, lists:sort(Timeouts)}.

state_timeout_fires() -> run(fun() -> P = start(?IDLE), acts(P, [{state_timeout, 5, x}]), wait(P, 1) end).
event_timeout_fires() -> run(fun() -> P = start({ok, s1, [], {timeout, 5, x}}), wait_quiet(P) end).
event_timeout_as_a_number() -> run(fun() -> P = start({ok, s1, [], 5}), wait_quiet(P) end).
generic_timeout_fires() -> run(fun() -> P = start(?IDLE), acts(P, [{{timeout, n}, 5, x}]), wait(P, 1) end).

%% An event timeout is ended by any event, so ask late, and again if it was ended.
wait_quiet(P) ->
    timer:sleep(30),
    case events(P) of
        [] -> acts(P, [{timeout, 5, x}]), wait_quiet_again(P);
        [{timeout, C, S}] -> [timeout, C, S] =:= [timeout, x, s1] orelse {C, S} =:= {5, s1}
    end.

wait_quiet_again(P) ->
    timer:sleep(50),
    case events(P) of
        [] -> acts(P, [{timeout, 5, x}]), wait_quiet_again(P);
        [{timeout, x, s1}] -> true
    end.

zero_timeouts_fire_in_order() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{{timeout, a}, 0, 1}, {state_timeout, 0, 2}, {{timeout, b}, 0, 3}]),
                wait(P, 3)
        end).

zero_event_timeout_comes_before_messages() ->
    run(fun() ->
                P = start(?IDLE),
                sys:suspend(P),
                gen_statem:cast(P, {acts, [{timeout, 0, zero}]}),
                gen_statem:cast(P, message),
                sys:resume(P),
                wait(P, 2)
        end).

event_timeout_zero_and_inserted_event() ->
    run(fun() ->
                P = start(?IDLE),
                %% An inserted event is an event too, and ends the event timeout.
                acts(P, [{timeout, 0, zero}, {next_event, internal, i}]),
                wait(P, 1)
        end).

state_timeout_zero_and_inserted_event() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, 0, zero}, {next_event, internal, i}]),
                wait(P, 2)
        end).

event_timeout_is_ended_by_an_event() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{timeout, ?FAR, x}]),
                gen_statem:cast(P, an_event),
                {events(P), running(P)}
        end).

state_timeout_is_ended_by_a_state_change() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, ?FAR, x}]),
                A = running(P),
                gen_statem:cast(P, {to, s2, []}),
                {A, running(P)}
        end).

state_timeout_stays_while_the_state_stays() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, ?FAR, x}]),
                gen_statem:cast(P, an_event),
                gen_statem:cast(P, {to, s1, []}),
                running(P)
        end).

state_timeout_is_ended_though_it_fired() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, 1, x}]),
                %% Both events are made in one go: the timeout is set and the state left.
                gen_statem:cast(P, {acts, [{state_timeout, 0, y}, {next_event, internal, {to, s2, []}}]}),
                timer:sleep(20),
                [E || {_, C, _} = E <- events(P), C =/= x]
        end).

generic_timeout_survives_a_state_change() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{{timeout, n}, 5, x}]),
                gen_statem:cast(P, {to, s2, []}),
                [{T, C, _}] = wait(P, 1),
                {T, C}
        end).

setting_anew_replaces() ->
    run(fun() ->
                P = start(?IDLE),
                [acts(P, [{K, ?FAR, old}, {K, 0, new}]) || K <- [state_timeout, {timeout, n}]],
                {wait(P, 2), running(P)}
        end).

the_last_of_a_list_wins() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{{timeout, n}, 0, a}, {{timeout, n}, ?FAR, b}]),
                {events(P), running(P)}
        end).

infinity_ends_a_timeout() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, ?FAR, x}, {{timeout, n}, ?FAR, y}]),
                acts(P, [{state_timeout, infinity, x}]),
                A = running(P),
                acts(P, [{{timeout, n}, infinity, y}]),
                {A, running(P)}
        end).

cancel() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, ?FAR, x}, {{timeout, n}, ?FAR, y}, {{timeout, m}, ?FAR, z}]),
                acts(P, [{state_timeout, cancel}]),
                A = running(P),
                acts(P, [{{timeout, n}, cancel}, {{timeout, not_there}, cancel}]),
                {A, running(P), events(P)}
        end).

cancel_a_timeout_that_is_due() ->
    run(fun() ->
                P = start(?IDLE),
                gen_statem:cast(P, {acts, [{state_timeout, 0, x}, {{timeout, n}, 0, y},
                                           {next_event, internal, {acts, [{state_timeout, cancel}, {{timeout, n}, cancel}]}}]}),
                {events(P), running(P)}
        end).

cancel_a_timer_that_went_off() ->
    run(fun() ->
                P = start(?IDLE),
                %% Its message waits in the mailbox when the timeout is cancelled.
                gen_statem:cast(P, {acts, [{state_timeout, 1, x}, {{timeout, n}, 1, y},
                                           {next_event, internal,
                                            {sleep_then, [{state_timeout, cancel}, {{timeout, n}, cancel}]}}]}),
                {events(P), running(P), process_info(P, message_queue_len)}
        end).

update_changes_the_content_only() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, ?FAR, old}, {{timeout, n}, ?FAR, old}]),
                acts(P, [{state_timeout, update, new}, {{timeout, n}, update, newer}]),
                running(P)
        end).

update_of_no_timeout_fires_at_once() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, update, a}, {{timeout, n}, update, b}]),
                wait(P, 2)
        end).

update_of_a_due_timeout() ->
    run(fun() ->
                P = start(?IDLE),
                gen_statem:cast(P, {acts, [{state_timeout, 0, old},
                                           {next_event, internal, {acts, [{state_timeout, update, new}]}}]}),
                wait(P, 1)
        end).

update_of_a_running_timer() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{{timeout, n}, 20, old}, {{timeout, n}, update, new}]),
                wait(P, 1)
        end).

absolute_times() ->
    run(fun() ->
                P = start(?IDLE),
                Now = erlang:monotonic_time(millisecond),
                acts(P, [{state_timeout, Now, past, [{abs, true}]},
                         {{timeout, n}, Now + 5, soon, {abs, true}},
                         {{timeout, m}, Now + ?FAR, far, [{abs, true}]},
                         {{timeout, r}, 0, relative, [{abs, false}]}]),
                {lists:sort(wait(P, 3)), running(P)}
        end).

negative_times_are_refused() ->
    run(fun() ->
                process_flag(trap_exit, true),
                [begin
                     P = start(?IDLE),
                     catch acts(P, [A]),
                     receive {'EXIT', P, R} -> clean(R) end
                 end || A <- [{state_timeout, -1, x}, {{timeout, n}, -1, x}, {timeout, -1, x}, -1,
                              {state_timeout, soon, x}, {state_timeout, 1, x, [{abs, maybe}]},
                              {state_timeout, cancel, x}]]
        end).

timeouts_far_beyond_32_bits() ->
    run(fun() ->
                P = start(?IDLE),
                R = acts(P, [{state_timeout, 1 bsl 32, x}]),
                {R, running(P), acts(P, [{state_timeout, cancel}])}
        end).

names_are_any_terms() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{{timeout, N}, 0, N} || N <- [a, 1, 1.0, "s", {t}, #{m => 1}, <<"b">>]]),
                wait(P, 7)
        end).

many_timers() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{{timeout, N}, N rem 20, N} || N <- lists:seq(1, 500)]),
                L = wait(P, 500),
                {lists:sort([N || {{timeout, N}, N, s1} <- L]) =:= lists:seq(1, 500), running(P)}
        end).

timers_fire_in_the_order_of_their_times() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{{timeout, c}, 60, c}, {{timeout, a}, 1, a}, {{timeout, b}, 30, b}]),
                wait(P, 3)
        end).

enter_call_sets_a_timeout() ->
    run(fun() ->
                H = fun(enter, _, s2, _) -> {keep_state_and_data, {state_timeout, 0, expired}};
                       (enter, _, _, _) -> keep_state_and_data;
                       (state_timeout, expired, s2, D) -> {next_state, s1, [expired | D]};
                       (cast, go, s1, D) -> {next_state, s2, [go | D]}
                    end,
                {ok, P} = case_statem:start([state_functions, state_enter], {ok, s1, []}, H, []),
                [begin
                     gen_statem:cast(P, go),
                     until(fun() -> {S, D} = sys:get_state(P), S =:= s1 andalso length(D) =:= 2 * N end)
                 end || N <- [1, 2, 3]],
                events(P)
        end).

a_ticker_of_generic_timeouts() ->
    run(fun() ->
                H = fun({timeout, tick}, N, _, D) when N < 10 -> {keep_state, [N | D], {{timeout, tick}, 1, N + 1}};
                       ({timeout, tick}, N, S, D) -> {next_state, {done, S}, [N | D]}
                    end,
                {ok, P} = case_statem:start(handle_event_function, {ok, s, [], {{timeout, tick}, 0, 1}}, H, []),
                until(fun() -> element(1, sys:get_state(P)) =:= {done, s} end),
                events(P)
        end).

suspended_machine_keeps_its_timeouts() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{state_timeout, 5, x}]),
                sys:suspend(P),
                timer:sleep(20),
                sys:resume(P),
                wait(P, 1)
        end).

push_cancels_no_timeout() ->
    run(fun() ->
                P = start(?IDLE),
                acts(P, [{{timeout, n}, 5, x}, {push_callback_module, case_statem_other}]),
                until(fun() -> element(2, sys:get_state(P)) =/= [] end),
                events(P)
        end).
