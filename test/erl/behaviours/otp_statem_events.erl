%% gen_statem: events of every type, both callback modes, postponing, state enter calls.
-module(otp_statem_events).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1, go/1, wait_go/0]).
-import(case_statem, [start/3, start/4, events/1, noter/0, postponer/0]).

both(Init, Handler, Fun) ->
    [begin {ok, P} = start(Mode, Init, Handler, []), Fun(P) end
     || Mode <- [handle_event_function, state_functions]].

event_types() ->
    run(fun() ->
                Self = self(),
                both({ok, s1, []}, noter(),
                     fun(P) ->
                             ok = gen_statem:cast(P, a_cast),
                             ok = gen_statem:call(P, a_call),
                             P ! an_info,
                             gen_statem:cast(P, {do, fun(_, _) ->
                                                             {keep_state_and_data,
                                                              [{next_event, internal, an_internal},
                                                               {next_event, cast, an_inserted_cast},
                                                               {next_event, timeout, a_timeout},
                                                               {next_event, state_timeout, a_state_timeout},
                                                               {next_event, {timeout, n}, a_generic_timeout},
                                                               {next_event, {call, {Self, tag}}, an_inserted_call}]}
                                                     end}),
                             receive {tag, ok} -> ok end,
                             gen_statem:call(P, get)
                     end)
        end).

next_state_changes_state() ->
    run(fun() ->
                both({ok, s1, []}, noter(),
                     fun(P) ->
                             gen_statem:cast(P, x),
                             gen_statem:cast(P, {do, fun(S, D) -> {next_state, s2, [{from, S} | D]} end}),
                             gen_statem:cast(P, y),
                             gen_statem:cast(P, {do, fun(_, D) -> {next_state, s3, D, []} end}),
                             P ! z,
                             gen_statem:call(P, get)
                     end)
        end).

complex_states() ->
    run(fun() ->
                {ok, P} = start({any, "term", 1}, [], noter()),
                gen_statem:cast(P, x),
                gen_statem:cast(P, {do, fun({any, T, N}, D) -> {next_state, {any, T, N + 1}, D} end}),
                gen_statem:cast(P, y),
                gen_statem:call(P, get)
        end).

results_that_keep_the_state() ->
    run(fun() ->
                both({ok, s1, []}, noter(),
                     fun(P) ->
                             [gen_statem:cast(P, {do, F})
                              || F <- [fun(_, _) -> keep_state_and_data end,
                                       fun(_, _) -> {keep_state_and_data, []} end,
                                       fun(_, D) -> {keep_state, [a | D]} end,
                                       fun(_, D) -> {keep_state, [b | D], []} end,
                                       fun(_, _) -> repeat_state_and_data end,
                                       fun(_, D) -> {repeat_state, [c | D]} end,
                                       fun(_, D) -> {repeat_state, [d | D], {next_event, internal, e}} end,
                                       fun(_, _) -> {repeat_state_and_data, {next_event, internal, f}} end,
                                       fun(_, D) -> throw({keep_state, [thrown | D]}) end]],
                             gen_statem:call(P, get)
                     end)
        end).

replies() ->
    run(fun() ->
                both({ok, s1, []}, noter(),
                     fun(P) ->
                             [gen_statem:call(P, {do, fun(From, _, _) -> {keep_state_and_data, {reply, From, 1}} end}),
                              gen_statem:call(P, {do, fun(From, _, _) -> {keep_state_and_data, [{reply, From, 2}]} end}),
                              gen_statem:call(P, {do, fun(From, _, _) -> gen_statem:reply(From, 3), keep_state_and_data end}),
                              gen_statem:call(P, {do, fun(From, _, _) -> gen_statem:reply({reply, From, 4}), keep_state_and_data end}),
                              gen_statem:call(P, {do, fun(From, _, _) -> gen_statem:reply([{reply, From, 5}]), keep_state_and_data end}),
                              gen_statem:call(P, {do, fun(From, _, D) -> {next_state, s2, D, {reply, From, 6}} end}),
                              gen_statem:call(P, get)]
                     end)
        end).

calls_with_timeouts() ->
    run(fun() ->
                {ok, P} = start(s1, [], noter()),
                register(se_calls, P),
                Never = {do, fun(_, _, _) -> keep_state_and_data end},
                {[class(fun() -> gen_statem:call(D, Never, T) end)
                  || D <- [P, se_calls], T <- [5, {clean_timeout, 5}, {dirty_timeout, 5}]],
                 [gen_statem:call(D, x, T) || D <- [P, se_calls, {se_calls, node()}],
                                              T <- [infinity, 50000, {clean_timeout, infinity}, {dirty_timeout, 50000}]],
                 [class(fun() -> gen_statem:call(P, x, T) end) || T <- [{nonsense, 5}, nonsense, -1]],
                 flush()}
        end).

late_replies() ->
    run(fun() ->
                H = fun({call, From}, keep, _, D) -> {keep_state, [From | D]};
                       ({call, From}, release, _, D) ->
                            {keep_state, [], [{reply, F, late} || F <- D] ++ [{reply, From, ok}]}
                    end,
                {ok, P} = start(s1, [], H),
                R = [class(fun() -> gen_statem:call(P, keep, T) end) || T <- [5, {clean_timeout, 5}, {dirty_timeout, 5}]],
                {R, gen_statem:call(P, release), flush()}
        end).

casts_to_nobody() ->
    run(fun() ->
                [class(fun() -> gen_statem:cast(D, x) end)
                 || D <- [se_nobody, {se_nobody, node()}, {via, no_such_module, x}, {a, 'b@c'}, "x"]]
        end).

calls_to_nobody() ->
    run(fun() ->
                [class(fun() -> gen_statem:call(D, x, T) end)
                 || D <- [se_nobody, {se_nobody, node()}, {a, 'b@c'}], T <- [infinity, 100]]
        end).

send_requests() ->
    run(fun() ->
                {ok, P} = start(s1, [], noter()),
                Echo = fun(X) -> {do, fun(From, _, _) -> {keep_state_and_data, {reply, From, X}} end} end,
                Never = {do, fun(_, _, _) -> keep_state_and_data end},
                R1 = gen_statem:send_request(P, Echo(1)),
                R2 = gen_statem:send_request(P, Echo(2)),
                R3 = gen_statem:send_request(P, Never),
                R4 = gen_statem:send_request(P, Echo(4)),
                R5 = gen_statem:send_request(se_nobody, x),
                A = receive {[alias | R4], _} = M -> gen_statem:check_response(M, R4) end,
                [gen_statem:wait_response(R2), gen_statem:receive_response(R1, 50000), A,
                 gen_statem:wait_response(R3, 5), gen_statem:receive_response(R3, 5),
                 gen_statem:receive_response(R5), gen_statem:check_response(x, R1),
                 class(fun() -> gen_statem:wait_response(x, 0) end), flush()]
        end).

request_collections() ->
    run(fun() ->
                {ok, P} = start(s1, [], noter()),
                Echo = fun(X) -> {do, fun(From, _, _) -> {keep_state_and_data, {reply, From, X}} end} end,
                C = lists:foldl(fun(N, C) -> gen_statem:send_request(P, Echo(N * N), N, C) end,
                                gen_statem:reqids_new(), [1, 2, 3]),
                {A, 1, C2} = gen_statem:receive_response(C, infinity, true),
                {B, 2, C3} = gen_statem:wait_response(C2, 50000, true),
                {D, 3, C4} = receive M -> gen_statem:check_response(M, C3, true) end,
                R = gen_statem:send_request(P, Echo(x)),
                C5 = gen_statem:reqids_add(R, label, C4),
                {A, B, D, gen_statem:reqids_size(C4), gen_statem:receive_response(C4, 0, true),
                 gen_statem:receive_response(C5, 50000, false) =:= {{reply, x}, label, C5},
                 length(gen_statem:reqids_to_list(C5))}
        end).

%% --- postpone ----------------------------------------------------------------------------------
postponed_events_come_back_in_order() ->
    run(fun() ->
                both({ok, s1, []}, postponer(),
                     fun(P) ->
                             [gen_statem:cast(P, N) || N <- [1, 2, 3]],
                             P ! four,
                             A = gen_statem:call(P, get),
                             gen_statem:cast(P, {to, s2}),
                             gen_statem:cast(P, five),
                             {A, gen_statem:call(P, get)}
                     end)
        end).

postponed_events_stay_while_the_state_stays() ->
    run(fun() ->
                {ok, P} = start(s1, [], postponer()),
                gen_statem:cast(P, 1),
                gen_statem:cast(P, {keep, [kept]}),
                gen_statem:cast(P, {to, s1}),
                A = gen_statem:call(P, get),
                gen_statem:cast(P, again),
                B = gen_statem:call(P, get),
                gen_statem:cast(P, {to, s3}),
                {A, B, gen_statem:call(P, get)}
        end).

postponed_events_may_be_postponed_again() ->
    run(fun() ->
                H = fun(cast, next, s1, D) -> {next_state, s2, D};
                       (cast, next, s2, D) -> {next_state, s3, D};
                       ({call, From}, get, _, D) -> {keep_state_and_data, {reply, From, lists:reverse(D)}};
                       (cast, {only, S}, S, D) -> {keep_state, [S | D]};
                       (cast, {only, _}, S, D) -> {keep_state, [{postponed, S} | D], {postpone, true}}
                    end,
                {ok, P} = start(s1, [], H),
                [gen_statem:cast(P, {only, S}) || S <- [s3, s2, s1]],
                gen_statem:cast(P, next),
                gen_statem:cast(P, next),
                gen_statem:call(P, get)
        end).

postponed_calls() ->
    run(fun() ->
                H = fun({call, _}, ask, s1, _) -> {keep_state_and_data, postpone};
                       ({call, From}, ask, s2, _) -> {keep_state_and_data, {reply, From, answered_in_s2}};
                       (cast, open, s1, D) -> {next_state, s2, D}
                    end,
                {ok, P} = start(s1, [], H),
                R = gen_statem:send_request(P, ask),
                T = gen_statem:wait_response(R, 5),
                gen_statem:cast(P, open),
                {T, gen_statem:receive_response(R)}
        end).

postpone_true_then_false() ->
    run(fun() ->
                H = fun(cast, go, s1, D) -> {next_state, s2, D};
                       (cast, x, s1, D) -> {keep_state, [x | D], [postpone, {postpone, false}]};
                       (cast, y, s1, D) -> {keep_state, [y | D], [{postpone, false}, {postpone, true}]};
                       (cast, C, s2, D) -> {keep_state, [{s2, C} | D]}
                    end,
                {ok, P} = start(s1, [], H),
                [gen_statem:cast(P, M) || M <- [x, y, go]],
                until(fun() -> length(events(P)) =:= 3 end),
                events(P)
        end).

next_events_come_before_postponed_ones() ->
    run(fun() ->
                H = fun(cast, wait, s1, _) -> {keep_state_and_data, postpone};
                       (cast, go, s1, D) -> {next_state, s2, [go | D], [{next_event, internal, i1}, {next_event, internal, i2}]};
                       (T, C, s2, D) -> {keep_state, [{T, C} | D]}
                    end,
                {ok, P} = start(s1, [], H),
                [gen_statem:cast(P, M) || M <- [wait, go, last]],
                until(fun() -> length(events(P)) =:= 5 end),
                events(P)
        end).

a_thousand_postponed() ->
    run(fun() ->
                {ok, P} = start(s1, [], postponer()),
                [gen_statem:cast(P, N) || N <- lists:seq(1, 1000)],
                gen_statem:cast(P, {to, s2}),
                {s2, L} = gen_statem:call(P, get),
                L =:= [{cast, N, s2} || N <- lists:seq(1, 1000)]
        end).

%% --- state enter calls -------------------------------------------------------------------------
-define(ENTER_MODES, [[handle_event_function, state_enter], [state_functions, state_enter]]).

state_enter_calls() ->
    run(fun() ->
                [begin
                     {ok, P} = start(Mode, {ok, s1, []}, noter(), []),
                     gen_statem:cast(P, {do, fun(_, D) -> {next_state, s2, D} end}),
                     gen_statem:cast(P, {do, fun(_, D) -> {next_state, s2, D} end}),
                     gen_statem:cast(P, {do, fun(_, _) -> repeat_state_and_data end}),
                     gen_statem:cast(P, {do, fun(_, _) -> keep_state_and_data end}),
                     gen_statem:cast(P, {do, fun(_, D) -> {next_state, s1, D} end}),
                     gen_statem:call(P, get)
                 end || Mode <- ?ENTER_MODES]
        end).

state_enter_before_inserted_and_postponed_events() ->
    run(fun() ->
                H = fun(enter, Old, S, D) -> {keep_state, [{enter, Old, S} | D]};
                       (cast, wait, s1, _) -> {keep_state_and_data, postpone};
                       (cast, go, s1, D) -> {next_state, s2, D, {next_event, internal, i}};
                       (T, C, S, D) -> {keep_state, [{T, C, S} | D]}
                    end,
                {ok, P} = start([handle_event_function, state_enter], {ok, s1, []}, H, []),
                gen_statem:cast(P, wait),
                gen_statem:cast(P, go),
                until(fun() -> length(events(P)) =:= 4 end),
                events(P)
        end).

state_enter_with_actions() ->
    run(fun() ->
                H = fun(enter, _, s2, D) -> {keep_state, [enter | D], [{state_timeout, 0, t}]};
                       (enter, _, _, _) -> keep_state_and_data;
                       ({call, From}, go, s1, D) -> {next_state, s2, [{from, From} | D]};
                       (state_timeout, t, s2, [enter, {from, From}]) ->
                            {keep_state, timed_out, {reply, From, {s2, replied}}}
                    end,
                {ok, P} = start([state_functions, state_enter], {ok, s1, []}, H, []),
                {gen_statem:call(P, go), sys:get_state(P)}
        end).

state_enter_may_not_change_state_or_postpone() ->
    run(fun() ->
                process_flag(trap_exit, true),
                [begin
                     H = fun(enter, s1, s1, _) -> keep_state_and_data;
                            (enter, s1, s2, D) -> F(D);
                            (cast, go, _, D) -> {next_state, s2, D}
                         end,
                     {ok, P} = start([handle_event_function, state_enter], {ok, s1, d}, H, []),
                     gen_statem:cast(P, go),
                     receive {'EXIT', P, R} -> clean(R) end
                 end || F <- [fun(D) -> {next_state, s3, D} end,
                              fun(_) -> {keep_state_and_data, postpone} end,
                              fun(_) -> {keep_state_and_data, {next_event, internal, x}} end,
                              fun(_) -> {keep_state_and_data, {push_callback_module, case_statem_other}} end,
                              fun(_) -> {stop, in_enter} end]]
        end).

state_enter_may_stay_by_next_state() ->
    run(fun() ->
                H = fun(enter, s1, s1, _) -> keep_state_and_data;
                       (enter, s1, s2, D) -> {next_state, s2, [entered | D]};
                       (cast, go, _, D) -> {next_state, s2, D}
                    end,
                {ok, P} = start([handle_event_function, state_enter], {ok, s1, []}, H, []),
                gen_statem:cast(P, go),
                until(fun() -> sys:get_state(P) =:= {s2, [entered]} end)
        end).

state_enter_repeats() ->
    run(fun() ->
                %% repeat_state of an enter call enters again.
                H = fun(enter, Old, S, D) when length(D) < 3 -> {repeat_state, [{Old, S} | D]};
                       (enter, Old, S, D) -> {keep_state, [{Old, S} | D]}
                    end,
                {ok, P} = start([handle_event_function, state_enter], {ok, s1, []}, H, []),
                events(P)
        end).

%% --- hibernate and callback modules ------------------------------------------------------------
hibernating(P) ->
    until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end).

hibernate_action() ->
    run(fun() ->
                both({ok, s1, []}, noter(),
                     fun(P) ->
                             gen_statem:cast(P, {do, fun(_, D) -> {keep_state, [h | D], hibernate} end}),
                             hibernating(P),
                             P ! wake,
                             gen_statem:call(P, {do, fun(From, _, _) -> {keep_state_and_data, [{hibernate, true}, {reply, From, x}]} end}),
                             hibernating(P),
                             gen_statem:call(P, get)
                     end)
        end).

hibernate_false_wins() ->
    run(fun() ->
                {ok, P} = start(s1, [], noter()),
                gen_statem:cast(P, {do, fun(_, _) -> {keep_state_and_data, [hibernate, {hibernate, false}]} end}),
                until(fun() -> process_info(P, status) =:= {status, waiting} end),
                process_info(P, current_function) =/= {current_function, {erlang, hibernate, 3}}
        end).

hibernate_with_events_left_goes_on() ->
    run(fun() ->
                {ok, P} = start(s1, [], noter()),
                gen_statem:cast(P, {do, fun(_, _) -> {keep_state_and_data, [hibernate, {next_event, internal, i}]} end}),
                gen_statem:call(P, get)
        end).

hibernate_after() ->
    run(fun() ->
                {ok, P} = start(handle_event_function, {ok, s1, []}, noter(), [{hibernate_after, 3}]),
                hibernating(P),
                gen_statem:cast(P, x),
                hibernating(P),
                gen_statem:call(P, get)
        end).

change_callback_module() ->
    run(fun() ->
                {ok, P} = start(s1, [], noter()),
                gen_statem:cast(P, before),
                gen_statem:cast(P, {do, fun(_, _) -> {keep_state_and_data, {change_callback_module, case_statem_other}} end}),
                gen_statem:cast(P, behind),
                gen_statem:call(P, get)
        end).

push_and_pop_callback_modules() ->
    run(fun() ->
                {ok, P} = start(s1, [], noter()),
                Push = {do, fun(_, _) -> {keep_state_and_data, {push_callback_module, case_statem_other}} end},
                Pop = {do, fun(_, _) -> {keep_state_and_data, pop_callback_module} end},
                [gen_statem:cast(P, M) || M <- [one, Push, two, Push, three, Pop, four, Pop, five]],
                gen_statem:call(P, get)
        end).

pop_of_the_last_module_fails() ->
    run(fun() ->
                process_flag(trap_exit, true),
                {ok, P} = start(s1, [], noter()),
                gen_statem:cast(P, {do, fun(_, _) -> {keep_state_and_data, pop_callback_module} end}),
                receive {'EXIT', P, R} -> clean(R) end
        end).

pushed_module_handles_inserted_events() ->
    run(fun() ->
                {ok, P} = start(s1, [], noter()),
                gen_statem:cast(P, {do, fun(_, _) -> {keep_state_and_data, [{next_event, internal, i}, {push_callback_module, case_statem_other}]} end}),
                gen_statem:call(P, get)
        end).

selective_receive_of_a_busy_machine() ->
    run(fun() ->
                {ok, P} = start(s1, 0, fun(cast, N, S, Sum) -> {next_state, S, Sum + N};
                                          ({call, From}, sum, _, Sum) -> {keep_state_and_data, {reply, From, Sum}}
                                       end),
                [gen_statem:cast(P, N) || N <- lists:seq(1, 5000)],
                gen_statem:call(P, sum)
        end).
