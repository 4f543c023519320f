%% gen_fsm: deprecated, and still in OTP 25.
-module(otp_fsm).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-compile(nowarn_deprecated_function).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1, printed/1]).
-import(case_fsm, [start/3, get_handler/0]).

state(P) -> gen_fsm:sync_send_event(P, get).

args(Init) -> {Init, get_handler()}.

start_ways() ->
    run(fun() ->
                {ok, A} = gen_fsm:start(case_fsm, args({ok, s1, []}), []),
                {ok, B} = gen_fsm:start_link(case_fsm, args({ok, s1, []}), []),
                {ok, _} = gen_fsm:start({local, fsm_c}, case_fsm, args({ok, s1, []}), []),
                {ok, _} = gen_fsm:start_link({local, fsm_d}, case_fsm, args({ok, s2, []}), []),
                [state(P) || P <- [A, B, fsm_c, fsm_d, {fsm_c, node()}]]
                    ++ [clean(gen_fsm:start({local, fsm_c}, case_fsm, args({ok, s1, []}), []))]
        end).

init_results() ->
    run(fun() ->
                [clean(gen_fsm:start(case_fsm, args(I), []))
                 || I <- [{stop, why}, ignore, nonsense, fun() -> error(bad) end, fun() -> exit(bad) end,
                          fun() -> throw({stop, thrown}) end]]
        end).

events() ->
    run(fun() ->
                {ok, P} = start(s1, [], get_handler()),
                ok = gen_fsm:send_event(P, a),
                ok = gen_fsm:sync_send_event(P, b),
                ok = gen_fsm:send_all_state_event(P, c),
                ok = gen_fsm:sync_send_all_state_event(P, d),
                P ! e,
                {state(P), gen_fsm:sync_send_all_state_event(P, get, 50000), gen_fsm:sync_send_event(P, f, infinity)}
        end).

changing_state() ->
    run(fun() ->
                {ok, P} = start(s1, [], get_handler()),
                gen_fsm:send_event(P, {do, fun(S, D) -> {next_state, s2, [S | D]} end}),
                gen_fsm:send_event(P, x),
                R = gen_fsm:sync_send_event(P, {do, fun(_, S, D) -> {reply, r, s1, [S | D]} end}),
                gen_fsm:send_event(P, y),
                {R, state(P)}
        end).

replies() ->
    run(fun() ->
                {ok, P} = start(s1, [], get_handler()),
                [gen_fsm:sync_send_event(P, {do, fun(From, S, D) -> gen_fsm:reply(From, early), {next_state, S, D} end}),
                 gen_fsm:sync_send_event(P, {do, fun(From, S, D) -> spawn(fun() -> gen_fsm:reply(From, spawned) end), {next_state, S, D} end}),
                 gen_fsm:sync_send_all_state_event(P, {do, fun(_, S, D) -> {reply, all, S, D} end})]
        end).

timeouts_of_calls() ->
    run(fun() ->
                {ok, P} = start(s1, [], get_handler()),
                Never = {do, fun(_, S, D) -> {next_state, S, D} end},
                {class(fun() -> gen_fsm:sync_send_event(P, Never, 10) end),
                 class(fun() -> gen_fsm:sync_send_all_state_event(P, Never, 10) end), state(P), flush()}
        end).

calls_to_nobody() ->
    run(fun() ->
                [class(F) || F <- [fun() -> gen_fsm:sync_send_event(fsm_nobody, x) end,
                                   fun() -> gen_fsm:sync_send_all_state_event(fsm_nobody, x) end,
                                   fun() -> gen_fsm:send_event(fsm_nobody, x) end,
                                   fun() -> gen_fsm:send_all_state_event({fsm_nobody, node()}, x) end,
                                   fun() -> gen_fsm:stop(fsm_nobody) end]]
        end).

state_timeouts() ->
    run(fun() ->
                {ok, P} = start(s1, {tell, self()}, get_handler()),
                gen_fsm:send_event(P, {do, fun(S, D) -> {next_state, S, D, 0} end}),
                receive {P, timeout} -> ok end
        end).

init_timeout() ->
    run(fun() ->
                {ok, P} = gen_fsm:start_link(case_fsm, args({ok, s1, {tell, self()}, 0}), []),
                receive {P, timeout} -> ok end
        end).

timers() ->
    run(fun() ->
                Self = self(),
                {ok, P} = start(s1, [], get_handler()),
                gen_fsm:send_event(P, {do, fun(S, D) ->
                                                   R1 = gen_fsm:start_timer(1, started),
                                                   _ = gen_fsm:send_event_after(2, after_a_while),
                                                   R3 = gen_fsm:start_timer(1000000, never),
                                                   R4 = gen_fsm:send_event_after(1000000, never),
                                                   Left = [is_integer(gen_fsm:cancel_timer(R)) || R <- [R3, R4]],
                                                   Self ! {Left, R1, gen_fsm:cancel_timer(make_ref())},
                                                   {next_state, S, D}
                                           end}),
                receive {Left, R1, None} -> ok end,
                until(fun() -> {s1, L} = state(P), length(L) =:= 2 end),
                {_, L} = state(P),
                {Left, None, clean(L, [{R1, timer}])}
        end).

cancel_of_a_timer_that_went_off() ->
    run(fun() ->
                Self = self(),
                {ok, P} = start(s1, [], get_handler()),
                gen_fsm:send_event(P, {do, fun(S, D) ->
                                                   R = gen_fsm:start_timer(1, x),
                                                   timer:sleep(20),
                                                   Self ! {left, gen_fsm:cancel_timer(R)},
                                                   {next_state, S, D}
                                           end}),
                receive {left, L} -> {L, state(P)} end
        end).

ends() ->
    run(fun() ->
                [begin
                     Log = log(),
                     {ok, P} = gen_fsm:start(case_fsm,
                                             args(fun() -> put(terminate, fun(R, S, D) -> note(Log, {clean(R), S, D}) end), {ok, s1, []} end),
                                             []),
                     M = watch(P),
                     A = End(P),
                     {A, reason(M), notes(Log)}
                 end || End <- [fun(P) -> gen_fsm:stop(P) end, fun(P) -> gen_fsm:stop(P, why, infinity) end,
                                fun(P) -> gen_fsm:send_event(P, {do, fun(_, D) -> {stop, normal, [x | D]} end}) end,
                                fun(P) -> gen_fsm:sync_send_event(P, {do, fun(_, _, D) -> {stop, why, bye, D} end}) end,
                                fun(P) -> gen_fsm:send_event(P, {do, fun(_, _) -> error(bad) end}) end,
                                fun(P) -> gen_fsm:send_event(P, {do, fun(_, _) -> exit(bad) end}) end,
                                fun(P) -> gen_fsm:send_event(P, {do, fun(_, _) -> nonsense end}) end,
                                fun(P) -> class(fun() -> gen_fsm:sync_send_event(P, {do, fun(_, _, D) -> {stop, no_reply, D} end}) end) end]]
        end).

throw_is_a_result() ->
    run(fun() ->
                {ok, P} = start(s1, [], get_handler()),
                gen_fsm:send_event(P, {do, fun(_, D) -> throw({next_state, s2, [thrown | D]}) end}),
                state(P)
        end).

hibernate() ->
    run(fun() ->
                {ok, P} = start(s1, [], get_handler()),
                gen_fsm:send_event(P, {do, fun(S, D) -> {next_state, S, [h | D], hibernate} end}),
                until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end),
                state(P)
        end).

enter_loop() ->
    run(fun() ->
                {ok, P} = proc_lib:start_link(?MODULE, looper, [{s1, [x]}]),
                {ok, Q} = proc_lib:start_link(?MODULE, looper, [{s1, {tell, self()}, 0}]),
                receive {Q, timeout} -> ok end,
                state(P)
        end).

looper(Args) ->
    put(handler, get_handler()),
    proc_lib:init_ack({ok, self()}),
    case Args of
        {S, D} -> gen_fsm:enter_loop(case_fsm, [], S, D);
        {S, D, T} -> gen_fsm:enter_loop(case_fsm, [], S, D, T)
    end.

system_messages() ->
    run(fun() ->
                {ok, P} = start(s1, [], get_handler()),
                G = sys:get_state(P),
                R = sys:replace_state(P, fun({s1, D}) -> {s2, [replaced | D]} end),
                ok = sys:suspend(P),
                gen_fsm:send_event(P, waits),
                C = sys:change_code(P, case_fsm, old, extra),
                S = sys:get_state(P),
                sys:replace_state(P, fun({N, {changed, _, D, _}}) -> {N, D} end),
                ok = sys:resume(P),
                {G, R, C, S, state(P)}
        end).

status() ->
    run(fun() ->
                {ok, P} = start(s1, [], get_handler()),
                {status, P, {module, gen_fsm}, [_, running, _, [], Misc]} = sys:get_status(P),
                clean(tl(Misc))
        end).

trace() ->
    run(fun() ->
                {_, Text} = printed(fun() ->
                                            {ok, P} = gen_fsm:start_link({local, fsm_trace}, case_fsm, args({ok, s1, []}),
                                                                         [{debug, [trace]}]),
                                            gen_fsm:send_event(P, x),
                                            gen_fsm:send_all_state_event(P, y),
                                            P ! z,
                                            gen_fsm:stop(P)
                                    end),
                Text
        end).
