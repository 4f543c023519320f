%% sys: suspending, states, code change, logs, traces, statistics, installed functions.
-module(otp_sys).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1, printed/1]).

server(State) ->
    {ok, P} = case_server:start_link(State),
    P.

special(State) ->
    {ok, P} = case_special:start_link(State),
    P.

machine(S, D) ->
    {ok, P} = case_statem:start(S, D, case_statem:get_handler()),
    P.

%% --- suspend and resume ------------------------------------------------------------------------
suspend_holds_messages() ->
    run(fun() ->
                P = server([]),
                ok = sys:suspend(P),
                gen_server:cast(P, one),
                P ! two,
                R = class(fun() -> gen_server:call(P, get, 10) end),
                Q = process_info(P, message_queue_len),
                ok = sys:resume(P),
                {R, Q, gen_server:call(P, get)}
        end).

suspend_twice_resume_once() ->
    run(fun() ->
                P = server(a),
                {sys:suspend(P), sys:suspend(P, 5000), sys:resume(P, infinity), sys:resume(P), gen_server:call(P, get)}
        end).

suspended_process_answers_system_messages() ->
    run(fun() ->
                P = server(a),
                ok = sys:suspend(P),
                R = [sys:get_state(P), sys:replace_state(P, fun(a) -> b end), sys:trace(P, false), sys:log(P, get),
                     element(2, lists:split(1, tuple_to_list(sys:get_status(P)))) =/= []],
                ok = sys:resume(P),
                {R, gen_server:call(P, get)}
        end).

status_tells_whether_it_is_suspended() ->
    run(fun() ->
                P = special([]),
                S = fun() -> {status, P, {module, case_special}, [_, State, Parent, Debug, Misc]} = sys:get_status(P),
                             {State, Parent =:= self(), Debug, Misc} end,
                A = S(),
                sys:suspend(P),
                B = S(),
                sys:resume(P),
                {A, B, S()}
        end).

suspended_process_ends_with_its_parent() ->
    run(fun() ->
                Self = self(),
                {Parent, _} = spawn_monitor(fun() -> Self ! {p, special(s)}, receive go -> exit(leaving) end end),
                P = receive {p, P0} -> P0 end,
                sys:suspend(P),
                M = watch(P),
                Parent ! go,
                reason(M)
        end).

suspended_and_hibernating() ->
    run(fun() ->
                {ok, P} = gen_server:start_link(case_server, fun() -> {ok, [], hibernate} end, []),
                sys:suspend(P),
                until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end),
                P ! waits,
                until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end),
                A = sys:get_state(P),
                sys:resume(P),
                {A, gen_server:call(P, get)}
        end).

to_nobody() ->
    run(fun() ->
                [class(F) || F <- [fun() -> sys:suspend(sys_nobody) end, fun() -> sys:resume(sys_nobody, 10) end,
                                   fun() -> sys:get_state(sys_nobody) end, fun() -> sys:get_status({sys_nobody, node()}) end,
                                   fun() -> sys:replace_state(sys_nobody, fun(X) -> X end, 10) end,
                                   fun() -> sys:log(sys_nobody, get) end, fun() -> sys:trace(sys_nobody, true, 10) end,
                                   fun() -> sys:statistics(sys_nobody, get) end, fun() -> sys:no_debug(sys_nobody) end,
                                   fun() -> sys:terminate(sys_nobody, x) end, fun() -> sys:change_code(sys_nobody, m, v, e) end,
                                   fun() -> sys:install(sys_nobody, {fun(_, _, _) -> done end, x}) end,
                                   fun() -> sys:remove(sys_nobody, x, 10) end]]
        end).

timeouts() ->
    run(fun() ->
                P = spawn_link(fun() -> receive never -> ok end end),
                [class(F) || F <- [fun() -> sys:suspend(P, 5) end, fun() -> sys:get_state(P, 5) end,
                                   fun() -> sys:get_status(P, 0) end, fun() -> sys:statistics(P, get, 5) end,
                                   fun() -> sys:change_code(P, m, v, e, 5) end, fun() -> sys:terminate(P, r, 5) end,
                                   fun() -> sys:no_debug(P, 5) end, fun() -> sys:log(P, true, 5) end,
                                   fun() -> sys:log_to_file(P, false, 5) end, fun() -> sys:resume(P, 5) end,
                                   fun() -> sys:install(P, {x, fun(_, _, _) -> done end, x}, 5) end]]
        end).

unknown_system_messages() ->
    run(fun() ->
                P = server(a),
                [gen:call(P, system, M) || M <- [nonsense, {debug, nonsense}, {change_code, a, b, c}]]
        end).

%% --- states ------------------------------------------------------------------------------------
get_state_of_each_behaviour() ->
    run(fun() ->
                {ok, E} = gen_event:start_link(),
                gen_event:add_handler(E, case_event, es),
                gen_event:add_handler(E, {case_event, id}, et),
                {ok, F} = case_fsm:start(s1, fd, case_fsm:get_handler()),
                {ok, S} = supervisor:start_link(case_sup, fun() -> {ok, {#{}, []}} end),
                {ok, B} = case_plain:start(ps),
                [sys:get_state(server(gs)), sys:get_state(machine(st, da), 5000), sys:get_state(E), sys:get_state(F),
                 element(1, sys:get_state(S)), sys:get_state(special(sp)), sys:get_state(B)]
        end).

replace_state_of_each_behaviour() ->
    run(fun() ->
                {ok, F} = case_fsm:start(s1, fd, case_fsm:get_handler()),
                {ok, B} = case_plain:start(ps),
                Wrap = fun(X) -> {new, X} end,
                {[begin R = sys:replace_state(P, Wrap), {R, sys:get_state(P)} end || P <- [server(gs), special(sp), B]],
                 [begin R = sys:replace_state(P, fun({S, D}) -> {S, {new, D}} end, 5000), {R, sys:get_state(P)} end
                  || P <- [machine(st, da), F]]}
        end).

replace_state_that_fails() ->
    run(fun() ->
                {ok, F} = case_fsm:start(s1, fd, case_fsm:get_handler()),
                {ok, B} = case_plain:start(ps),
                [{class(fun() -> sys:replace_state(P, fun(_) -> Bad() end) end), sys:get_state(P)}
                 || P <- [server(gs), machine(st, da), F, special(sp), B],
                    Bad <- [fun() -> error(bad) end, fun() -> exit(bad) end, fun() -> throw(bad) end]]
        end).

replace_state_of_a_machine_with_nonsense() ->
    run(fun() -> P = machine(s, d), {class(fun() -> sys:replace_state(P, fun(_) -> nonsense end) end), sys:get_state(P)} end).

get_status_shape() ->
    run(fun() ->
                P = server(a),
                {status, P, {module, gen_server}, [PDict, running, Parent, [], [{header, H}, {data, D}, {data, S}]]} = sys:get_status(P),
                {lists:sort([K || {K, _} <- PDict]), Parent =:= self(), lists:prefix("Status for generic server <", H),
                 clean(D), S}
        end).

%% --- code change and terminate -----------------------------------------------------------------
change_code_of_a_special_process() ->
    run(fun() ->
                P = special([]),
                A = sys:change_code(P, m, v, e),
                sys:suspend(P),
                Rs = [clean(sys:change_code(P, m, v, E)) || E <- [ok, fail, refuse]],
                sys:resume(P),
                {A, Rs, sys:get_state(P)}
        end).

terminate() ->
    run(fun() ->
                process_flag(trap_exit, true),
                [begin
                     M = watch(P),
                     R = sys:terminate(P, why),
                     {R, reason(M)}
                 end || P <- [server(a), machine(s, d), special(x), element(2, gen_event:start()), element(2, case_plain:start(x))]]
        end).

terminate_a_suspended_server() ->
    run(fun() ->
                process_flag(trap_exit, true),
                L = log(),
                {ok, P} = gen_server:start_link(case_server, fun() -> put(terminate, fun(R, S) -> note(L, {R, S}) end), {ok, a} end, []),
                M = watch(P),
                sys:suspend(P),
                {sys:terminate(P, {shutdown, x}, 5000), reason(M), notes(L)}
        end).

%% --- log ---------------------------------------------------------------------------------------
log_keeps_the_last_ones() ->
    run(fun() ->
                P = server([]),
                A = sys:log(P, get),
                ok = sys:log(P, true),
                [gen_server:cast(P, {set, N}) || N <- lists:seq(1, 8)],
                B = sys:log(P, get),
                ok = sys:log(P, {true, 3}),
                C = sys:log(P, get),
                gen_server:cast(P, {set, 9}),
                D = sys:log(P, get, 5000),
                ok = sys:log(P, false),
                {A, B, C, D, sys:log(P, get), clean(gen:call(P, system, {debug, {log, {true, 0}}}))}
        end).

log_grows() ->
    run(fun() ->
                P = server([]),
                ok = sys:log(P, {true, 2}),
                [gen_server:cast(P, {set, N}) || N <- lists:seq(1, 3)],
                ok = sys:log(P, {true, 6}),
                [gen_server:cast(P, {set, N}) || N <- lists:seq(4, 6)],
                sys:log(P, get)
        end).

log_of_a_machine() ->
    run(fun() ->
                {ok, P} = case_statem:start(handle_event_function, {ok, s1, []}, case_statem:noter(), [{debug, [{log, 20}]}]),
                gen_statem:call(P, q),
                gen_statem:cast(P, {do, fun(_, D) -> {next_state, s2, D, [{state_timeout, 0, t}, {next_event, internal, i}]} end}),
                gen_statem:cast(P, {do, fun(_, _) -> {keep_state_and_data, postpone} end}),
                gen_statem:call(P, get),
                {ok, Events} = sys:log(P, get),
                clean(Events)
        end).

log_print() ->
    run(fun() ->
                P = special([]),
                ok = sys:log(P, true),
                {R, Text} = printed(fun() ->
                                            %% The process prints to the leader that it was started with.
                                            Q = special(start),
                                            ok = sys:log(Q, true),
                                            case_special:ask(Q, question),
                                            Q ! other,
                                            sys:log(Q, print)
                                    end),
                {R, Text}
        end).

%% --- trace -------------------------------------------------------------------------------------
traced(Fun) ->
    {_, Text} = printed(Fun),
    lists:flatten(re:replace(Text, "<[0-9.]+>", "PID", [global, {return, list}])).

trace_of_a_server() ->
    run(fun() ->
                traced(fun() ->
                               {ok, P} = gen_server:start_link({local, sys_traced}, case_server, fun() -> {ok, []} end, []),
                               ok = sys:trace(P, true),
                               gen_server:call(P, {echo, x}),
                               gen_server:cast(P, c),
                               P ! i,
                               gen_server:call(P, {do, fun(F, S) -> gen_server:reply(F, r), {noreply, S, {continue, k}} end}),
                               gen_server:call(P, {set, new}),
                               ok = sys:trace(P, false, 5000),
                               gen_server:call(P, {echo, unseen})
                       end)
        end).

trace_of_a_machine() ->
    run(fun() ->
                Text = traced(fun() ->
                                      {ok, P} = case_statem:start({local, sys_traced_sm}, handle_event_function, {ok, s1, 0},
                                                                  fun({call, F}, q, _, _) -> {keep_state_and_data, {reply, F, a}};
                                                                     (cast, go, s1, D) -> {next_state, s2, D, {next_event, internal, i}};
                                                                     (cast, later, s2, _) -> {keep_state_and_data, postpone};
                                                                     (cast, stop, _, _) -> {stop, normal};
                                                                     (_, _, _, _) -> keep_state_and_data
                                                                  end, [{debug, [trace]}]),
                                      gen_statem:call(P, q),
                                      [gen_statem:cast(P, E) || E <- [go, later]],
                                      P ! info,
                                      M = watch(P),
                                      gen_statem:cast(P, stop),
                                      reason(M)
                              end),
                string:split(re:replace(Text, "#Ref<[0-9.]+>", "REF", [global, {return, list}]), "\n", all)
        end).

%% --- statistics --------------------------------------------------------------------------------
statistics() ->
    run(fun() ->
                P = server([]),
                A = sys:statistics(P, get),
                ok = sys:statistics(P, true),
                [gen_server:call(P, get) || _ <- [1, 2, 3]],
                gen_server:cast(P, x),
                {ok, [{start_time, {{_, _, _}, {_, _, _}}}, {current_time, _}, {reductions, R}, In, Out]} = sys:statistics(P, get, 5000),
                ok = sys:statistics(P, false),
                {A, is_integer(R) andalso R > 0, In, Out, sys:statistics(P, get)}
        end).

%% --- install -----------------------------------------------------------------------------------
%% A server sends its reply before it notes that it did: so ask it one thing more, and then the log.
install_and_remove() ->
    run(fun() ->
                L = log(),
                P = server([]),
                Fun = fun(S, Event, _) -> note(L, {S, clean(Event)}), S + 1 end,
                ok = sys:install(P, {Fun, 0}),
                gen_server:call(P, get),
                ok = sys:remove(P, Fun),
                gen_server:call(P, get),
                sys:get_state(P),
                notes(L)
        end).

install_with_an_id() ->
    run(fun() ->
                L = log(),
                P = server([]),
                ok = sys:install(P, {my_id, fun(S, Event, _) -> note(L, {S, clean(Event)}), S + 1 end, 0}, 5000),
                ok = sys:install(P, {my_id, fun(S, _, _) -> note(L, second), S end, 0}),
                gen_server:cast(P, x),
                gen_server:call(P, get),
                ok = sys:remove(P, my_id, 5000),
                gen_server:call(P, get),
                sys:get_state(P),
                notes(L)
        end).

installed_function_is_done() ->
    run(fun() ->
                L = log(),
                P = server([]),
                ok = sys:install(P, {fun(N, E, _) -> note(L, {N, clean(E)}), case N of 2 -> done; _ -> N + 1 end end, 0}),
                [gen_server:cast(P, N) || N <- [1, 2, 3, 4]],
                gen_server:call(P, get),
                sys:get_state(P),
                notes(L)
        end).

installed_function_that_fails_goes() ->
    run(fun() ->
                L = log(),
                P = server([]),
                [begin
                     ok = sys:install(P, {{id, I}, fun(S, _, _) -> note(L, I), case I of error -> error(bad); throw -> throw({S}); _ -> exit(bad) end end, s})
                 end || I <- [error, throw, exit]],
                [gen_server:cast(P, N) || N <- [1, 2]],
                gen_server:call(P, get),
                sys:get_state(P),
                lists:sort(notes(L))
        end).

several_installed_at_once() ->
    run(fun() ->
                L = log(),
                P = server([]),
                [ok = sys:install(P, {N, fun(S, _, _) -> note(L, {N, S}), S + 1 end, 0}) || N <- [a, b, c]],
                gen_server:cast(P, x),
                gen_server:call(P, get),
                sys:get_state(P),
                notes(L)
        end).

no_debug() ->
    run(fun() ->
                L = log(),
                P = server([]),
                ok = sys:install(P, {a, fun(S, _, _) -> note(L, noted), S end, 0}),
                ok = sys:log(P, true),
                ok = sys:statistics(P, true),
                ok = sys:no_debug(P),
                gen_server:call(P, get),
                {notes(L), sys:log(P, get), sys:statistics(P, get)}
        end).

installed_function_waits_for_an_event() ->
    run(fun() ->
                %% The use that sys:install/2 was made for: to wait until a process gets something.
                Self = self(),
                P = server([]),
                ok = sys:install(P, {waiter, fun(S, {in, {'$gen_cast', wanted}}, _) -> Self ! seen, S; (S, _, _) -> S end, x}),
                spawn_link(fun() -> gen_server:cast(P, other), gen_server:cast(P, wanted) end),
                receive seen -> ok end,
                ok = sys:remove(P, waiter),
                gen_server:call(P, get)
        end).

%% --- helpers for special processes -------------------------------------------------------------
debug_options() ->
    run(fun() ->
                F = fun(_, _, _) -> done end,
                [clean(sys:debug_options(O)) || O <- [[], [trace], [log], [{log, 3}], [{install, {F, s}}], [{install, {id, F, s}}],
                                                      [trace, log, trace]]]
        end).

handle_debug_and_get_log() ->
    run(fun() ->
                D0 = sys:debug_options([{log, 2}]),
                Form = fun(Dev, E, X) -> io:format(Dev, "~p ~p~n", [E, X]) end,
                D = lists:foldl(fun(N, D) -> sys:handle_debug(D, Form, extra, {in, N}) end, D0, [1, 2, 3]),
                {sys:get_log(D), sys:get_log([]), sys:handle_debug([], Form, x, y),
                 printed(fun() -> sys:print_log(D) end)}
        end).

special_process_from_its_book() ->
    run(fun() ->
                {ok, P} = case_special:start_link([], [{log, 10}]),
                A = case_special:ask(P, q1),
                P ! hello,
                B = case_special:ask(P, q2),
                {ok, Events} = sys:log(P, get),
                {A, B, clean(Events), sys:get_state(P)}
        end).

many_system_messages_while_busy() ->
    run(fun() ->
                P = server(0),
                Self = self(),
                Inc = {do, fun(S) -> {noreply, S + 1} end},
                Ps = [spawn_link(fun() ->
                                         [begin gen_server:cast(P, Inc), sys:replace_state(P, fun(S) -> S + 1 end) end || _ <- lists:seq(1, 50)],
                                         Self ! done
                                 end) || _ <- lists:seq(1, 10)],
                [receive done -> ok end || _ <- Ps],
                gen_server:call(P, get)
        end).
