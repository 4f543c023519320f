%% gen_statem: how a machine starts and ends.
-module(otp_statem_start).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_statem, [get_handler/0]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1, go/1, wait_go/0, dead/1]).

args(Init) -> {handle_event_function, Init, get_handler()}.

-define(OK, args({ok, s, d})).

start_ways() ->
    run(fun() ->
                {ok, A} = gen_statem:start(case_statem, ?OK, []),
                {ok, B} = gen_statem:start_link(case_statem, ?OK, []),
                {ok, {C, M}} = gen_statem:start_monitor(case_statem, ?OK, []),
                R = [gen_statem:call(P, get) || P <- [A, B, C]],
                gen_statem:stop(C),
                {R, reason(M), [process_info(P, links) =:= {links, [self()]} || P <- [A, B]]}
        end).

start_ways_with_names() ->
    run(fun() ->
                {ok, A} = gen_statem:start({local, st_a}, case_statem, ?OK, []),
                {ok, B} = gen_statem:start_link({local, st_b}, case_statem, ?OK, []),
                {ok, {C, _}} = gen_statem:start_monitor({local, st_c}, case_statem, ?OK, []),
                {[gen_statem:call(N, get) || N <- [st_a, st_b, st_c, {st_a, node()}]],
                 [whereis(N) =:= P || {N, P} <- [{st_a, A}, {st_b, B}, {st_c, C}]],
                 [clean(gen_statem:F({local, st_a}, case_statem, ?OK, []), [{A, a}])
                  || F <- [start, start_link, start_monitor]]}
        end).

via_name() ->
    run(fun() ->
                case_via:start_link(),
                N = {via, case_via, machine},
                {ok, P} = gen_statem:start_link(N, case_statem, ?OK, []),
                {gen_statem:call(N, get), gen_statem:call(N, get, 5000),
                 gen_statem:call(N, get, {dirty_timeout, 5000}), gen_statem:cast(N, x),
                 clean(gen_statem:start(N, case_statem, ?OK, []), [{P, first}]),
                 gen_statem:stop(N), class(fun() -> gen_statem:call(N, get) end)}
        end).

init_results() ->
    run(fun() ->
                [clean(gen_statem:start(case_statem, args(I), []))
                 || I <- [{stop, why}, {stop, normal}, ignore, nonsense, {ok, s}, {ok}, {stop},
                          fun() -> error(bad) end, fun() -> exit(bad) end, fun() -> throw(bad) end,
                          fun() -> throw({stop, thrown}) end, fun() -> throw(ignore) end]]
        end).

init_results_linked() ->
    run(fun() ->
                process_flag(trap_exit, true),
                [begin
                     R = clean(gen_statem:start_link({local, st_init}, case_statem, args(I), [])),
                     receive {'EXIT', _, E} -> {R, clean(E), whereis(st_init)} end
                 end || I <- [{stop, why}, ignore, nonsense, fun() -> exit(bad) end]]
        end).

init_results_monitored() ->
    run(fun() ->
                {[clean(gen_statem:start_monitor(case_statem, args(I), []))
                  || I <- [{stop, why}, ignore, fun() -> error(bad) end]], flush()}
        end).

init_with_actions() ->
    run(fun() ->
                {ok, P} = gen_statem:start_link(
                            case_statem,
                            args({ok, s, [], [{next_event, internal, one}, {next_event, cast, two},
                                              {next_event, info, three}, {timeout, 0, zero}]}), []),
                until(fun() -> length(case_statem:events(P)) >= 3 end),
                lists:sublist(case_statem:events(P), 3)
        end).

init_with_one_action() ->
    run(fun() ->
                {ok, P} = gen_statem:start_link(case_statem, args({ok, s, [], {state_timeout, 0, now}}), []),
                until(fun() -> case_statem:events(P) =:= [{state_timeout, now}] end)
        end).

init_with_wrong_actions() ->
    run(fun() ->
                [begin
                     {ok, {_, M}} = gen_statem:start_monitor(case_statem, args({ok, s, [], A}), []),
                     clean(reason(M))
                 end || A <- [nonsense, [{next_event, nonsense, x}], {timeout, -1, x},
                              {reply, not_from, x}, [postpone | improper]]]
        end).

init_cannot_postpone() ->
    run(fun() ->
                {ok, P} = gen_statem:start_link(case_statem, args({ok, s, [], [postpone, {postpone, true}]}), []),
                case_statem:events(P)
        end).

wrong_callback_modes() ->
    run(fun() ->
                [begin
                     {ok, {_, M}} = gen_statem:start_monitor(case_statem,
                                                             {Mode, {ok, s, d}, get_handler()}, []),
                     reason(M)
                 end || Mode <- [nonsense, [], [state_enter], [state_functions, nonsense],
                                 [state_functions | x], fun() -> error(bad) end, fun() -> throw(bad) end]]
        end).

callback_mode_thrown() ->
    run(fun() ->
                {ok, P} = gen_statem:start_link(case_statem,
                                                {fun() -> throw(handle_event_function) end,
                                                 {ok, s, d}, get_handler()}, []),
                gen_statem:call(P, get)
        end).

state_functions_need_atoms() ->
    run(fun() ->
                {ok, {P, M}} = gen_statem:start_monitor(case_statem,
                                                        {state_functions, {ok, {s, 1}, d}, get_handler()}, []),
                P ! x,
                reason(M)
        end).

state_function_that_is_not_there() ->
    run(fun() ->
                {ok, {P, M}} = gen_statem:start_monitor(case_statem,
                                                        {state_functions, {ok, no_state, d}, get_handler()}, []),
                P ! x,
                reason(M)
        end).

module_that_is_not_there() ->
    run(fun() -> clean(gen_statem:start(no_such_module_here, x, [])) end).

start_timeout() ->
    run(fun() ->
                {gen_statem:start(case_statem, args(fun() -> receive never -> ok end end), [{timeout, 10}]),
                 flush()}
        end).

spawn_options() ->
    run(fun() ->
                {ok, P} = gen_statem:start(case_statem, ?OK, [{spawn_opt, [{priority, low}]}]),
                process_info(P, priority)
        end).

initial_call() ->
    run(fun() ->
                {ok, P} = gen_statem:start(case_statem, ?OK, []),
                {proc_lib:translate_initial_call(P), proc_lib:initial_call(P)}
        end).

%% --- ends --------------------------------------------------------------------------------------
noting(Log, Trap) ->
    args(fun() ->
                 process_flag(trap_exit, Trap),
                 put(terminate, fun(R, S, D) -> note(Log, {terminate, clean(R), S, D}) end),
                 {ok, s, d}
         end).

ended(Trap, Fun) ->
    Log = log(),
    {ok, P} = gen_statem:start(case_statem, noting(Log, Trap), []),
    M = watch(P),
    Fun(P),
    {reason(M), notes(Log)}.

stop_1_and_3() ->
    run(fun() ->
                [ended(false, fun(P) -> ok = gen_statem:stop(P) end)
                 | [ended(false, fun(P) -> ok = gen_statem:stop(P, R, infinity) end)
                    || R <- [shutdown, {shutdown, x}, other]]]
        end).

stop_of_nobody() ->
    run(fun() ->
                [class(fun() -> gen_statem:stop(D) end) || D <- [st_nobody, {st_nobody, node()}, {a, 'b@c'}]]
        end).

stop_results() ->
    run(fun() ->
                [ended(false, fun(P) -> gen_statem:cast(P, {do, F}) end)
                 || F <- [fun(_, _) -> stop end, fun(_, _) -> {stop, why} end,
                          fun(_, _) -> {stop, why, new} end, fun(_, _) -> {stop, normal, new} end,
                          fun(_, _) -> {stop, {shutdown, x}} end,
                          fun(_, _) -> {stop_and_reply, why, []} end,
                          fun(_, _) -> {stop_and_reply, why, [], new} end,
                          fun(_, _) -> throw(stop) end, fun(_, _) -> throw({stop, thrown}) end]]
        end).

stop_and_reply() ->
    run(fun() ->
                H = fun({call, From}, first, _, _) -> {keep_state, From};
                       ({call, From}, stop, _, First) ->
                            {stop_and_reply, done, [{reply, First, one}, {reply, From, two}], new}
                    end,
                {ok, P} = gen_statem:start(case_statem, {handle_event_function, {ok, s, none}, H}, []),
                M = watch(P),
                R = gen_statem:send_request(P, first),
                {gen_statem:call(P, stop), gen_statem:receive_response(R), reason(M)}
        end).

errors_in_callbacks() ->
    run(fun() ->
                [ended(false, fun(P) -> gen_statem:cast(P, {do, F}) end)
                 || F <- [fun(_, _) -> error(e) end, fun(_, _) -> exit(e) end, fun(_, _) -> throw(e) end,
                          fun(_, _) -> nonsense end, fun(_, _) -> {next_state} end,
                          fun(_, _) -> {keep_state, d, nonsense} end,
                          fun(_, _) -> {keep_state, d, [{reply, x, y}]} end,
                          fun(_, _) -> {keep_state_and_data, {timeout, x, y}} end,
                          fun(_, _) -> {keep_state_and_data, {next_event, x, y}} end,
                          fun(_, _) -> {keep_state_and_data, [{hibernate, maybe}]} end,
                          fun(_, _) -> {keep_state_and_data, [{postpone, maybe}]} end,
                          fun(_, _) -> {keep_state_and_data, [{state_timeout, update}]} end,
                          fun(_, _) -> {keep_state_and_data, [{timeout, 1, x, [{abs, y}]}]} end,
                          fun(_, _) -> {keep_state_and_data, [pop_callback_module]} end,
                          fun(_, _) -> {keep_state_and_data, [{change_callback_module, "x"}]} end,
                          fun(_, _) -> {keep_state_and_data, [{push_callback_module, no_such_module}]} end]]
        end).

call_fails_with_the_machine() ->
    run(fun() ->
                {ok, P} = gen_statem:start(case_statem, ?OK, []),
                {ok, Q} = gen_statem:start(case_statem, args({ok, s, not_a_list}), []),
                M = watch(Q),
                gen_statem:cast(Q, {do, fun(_, _) -> {stop, while_waiting} end}),
                R = reason(M),
                {class(fun() -> A = gen_statem:call(P, {stop, x}), _ = reason(P), A end),
                 class(fun() -> gen_statem:call(P, get) end),
                 class(fun() -> gen_statem:call(P, get, 100) end), R}
        end).

parent_exit() ->
    run(fun() ->
                [begin
                     Log = log(),
                     spawn(fun() ->
                                   {ok, P} = gen_statem:start_link(case_statem, noting(Log, Trap), []),
                                   note(Log, gen_statem:call(P, get)),
                                   exit(leaving)
                           end),
                     put(n, []),
                     Want = case Trap of true -> 2; false -> 1 end,
                     until(fun() -> put(n, get(n) ++ notes(Log)), length(get(n)) =:= Want end),
                     get(n)
                 end || Trap <- [true, false]]
        end).

exit_signals() ->
    run(fun() ->
                {[ended(false, fun(P) -> exit(P, R) end) || R <- [kill, shutdown]],
                 begin
                     {ok, P} = gen_statem:start(case_statem,
                                                args(fun() -> process_flag(trap_exit, true), {ok, s, []} end), []),
                     exit(P, shutdown),
                     until(fun() -> case_statem:events(P) =/= [] end),
                     clean(case_statem:events(P))
                 end}
        end).

terminate_that_fails() ->
    run(fun() ->
                [begin
                     {ok, P} = gen_statem:start(case_statem,
                                                args(fun() -> put(terminate, F), {ok, s, d} end), []),
                     M = watch(P),
                     {class(fun() -> gen_statem:stop(P) end), reason(M)}
                 end || F <- [fun(_, _, _) -> error(bad) end, fun(_, _, _) -> exit(bad) end,
                              fun(_, _, _) -> throw(bad) end]]
        end).

%% --- enter_loop --------------------------------------------------------------------------------
loop(Fun) ->
    proc_lib:start_link(?MODULE, looper, [Fun]).

looper(Fun) ->
    put(mode, handle_event_function),
    put(handler, get_handler()),
    proc_lib:init_ack({ok, self()}),
    Fun().

enter_loop() ->
    run(fun() ->
                {ok, A} = loop(fun() -> gen_statem:enter_loop(case_statem, [], s, d) end),
                {ok, B} = loop(fun() -> gen_statem:enter_loop(case_statem, [], s, [], [{next_event, internal, i}]) end),
                {ok, C} = loop(fun() ->
                                       register(st_loop, self()),
                                       gen_statem:enter_loop(case_statem, [], s, [], {local, st_loop},
                                                             {next_event, internal, i})
                               end),
                {ok, D} = loop(fun() -> gen_statem:enter_loop(case_statem, [], s, d, self()) end),
                [gen_statem:call(P, get) || P <- [A, B, C, D]]
        end).

enter_loop_errors() ->
    run(fun() ->
                process_flag(trap_exit, true),
                {ok, A} = loop(fun() -> gen_statem:enter_loop(case_statem, [], s, d, {local, st_other}) end),
                RA = receive {'EXIT', A, R} -> R end,
                {_, M} = spawn_monitor(fun() -> gen_statem:enter_loop(case_statem, [], s, d) end),
                {clean(RA), reason(M)}
        end).

%% --- code change and status --------------------------------------------------------------------
change_code() ->
    run(fun() ->
                [begin
                     {ok, P} = gen_statem:start(case_statem,
                                                args(fun() -> put(code_change, F), {ok, s, d} end), []),
                     ok = sys:suspend(P),
                     R = class(fun() -> sys:change_code(P, case_statem, old, x) end),
                     ok = sys:resume(P),
                     {R, gen_statem:call(P, get)}
                 end || F <- [undefined, fun(_, _, _, _) -> {ok, new_state, new_data} end,
                              fun(_, _, _, _) -> {error, no} end, fun(_, _, _, _) -> error(no) end,
                              fun(_, _, _, _) -> throw({ok, thrown, d}) end,
                              fun(_, S, D, _) -> put(mode, state_functions), put(handler, get_handler()), {ok, s1, {S, D}} end]]
        end).

misc(P) ->
    {status, P, {module, gen_statem}, [_, _, _, _, Misc]} = sys:get_status(P),
    clean(tl(Misc)).

status() ->
    run(fun() ->
                {ok, P} = gen_statem:start(case_statem, ?OK, []),
                misc(P)
        end).

status_format_1() ->
    run(fun() ->
                [begin
                     {ok, P} = gen_statem:start(case_statem_status, {F, s, secret}, []),
                     gen_statem:cast(P, later),
                     [hd(misc(P)), lists:last(misc(P))]
                 end || F <- [fun(S) -> S end, fun(S) -> S#{data => hidden} end, fun(_) -> x end,
                              fun(_) -> error(bad) end]]
        end).

status_format_1_gets() ->
    run(fun() ->
                Self = self(),
                {ok, P} = gen_statem:start(case_statem_status,
                                           {fun(S) -> Self ! {status, S}, S end, s, secret}, []),
                gen_statem:cast(P, later),
                sys:get_status(P),
                receive {status, S} -> lists:sort(maps:to_list(S)) end
        end).

status_of_a_machine_that_ends() ->
    run(fun() ->
                {ok, {P, M}} = gen_statem:start_monitor(case_statem_status,
                                                        {fun(_) -> error(bad_format) end, s, secret}, []),
                gen_statem:cast(P, {stop, why}),
                reason(M)
        end).
