%% gen_event: managers, handlers, events, calls, swaps, supervised handlers.
-module(otp_event_handlers).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1, printed/1]).

%% A manager with a handler of state [] for each id.
manager(Ids) ->
    {ok, M} = gen_event:start_link(),
    [ok = gen_event:add_handler(M, {case_event, Id}, []) || Id <- Ids],
    M.

get(M, Id) -> gen_event:call(M, {case_event, Id}, get).

do(M, Id, Fun) -> gen_event:call(M, {case_event, Id}, {do, Fun}).

start_ways() ->
    run(fun() ->
                {ok, A} = gen_event:start(),
                {ok, B} = gen_event:start_link(),
                {ok, {C, M}} = gen_event:start_monitor(),
                {ok, D} = gen_event:start({local, ev_d}),
                {ok, E} = gen_event:start_link({local, ev_e}),
                {ok, {F, _}} = gen_event:start_monitor({local, ev_f}),
                {ok, G} = gen_event:start([{spawn_opt, [{priority, high}]}]),
                {ok, H} = gen_event:start_link([]),
                {ok, {I, _}} = gen_event:start_monitor([]),
                {ok, _} = gen_event:start({local, ev_j}, []),
                {ok, _} = gen_event:start_link({local, ev_k}, [{hibernate_after, 1000}]),
                {ok, {_, _}} = gen_event:start_monitor({local, ev_l}, []),
                R = [gen_event:which_handlers(P) || P <- [A, B, C, ev_d, {ev_e, node()}, ev_f, G, H, I]],
                gen_event:stop(C),
                {R, reason(M), whereis(ev_d) =:= D, whereis(ev_e) =:= E, whereis(ev_f) =:= F,
                 process_info(G, priority), clean(gen_event:start({local, ev_d}), [{D, d}]),
                 process_info(A, trap_exit)}
        end).

via_name() ->
    run(fun() ->
                case_via:start_link(),
                N = {via, case_via, ev},
                {ok, _} = gen_event:start_link(N),
                ok = gen_event:add_handler(N, case_event, []),
                ok = gen_event:notify(N, e),
                ok = gen_event:sync_notify(N, f),
                {gen_event:call(N, case_event, get), gen_event:notify({via, case_via, none}, x),
                 gen_event:stop(N)}
        end).

initial_call() ->
    run(fun() ->
                {ok, A} = gen_event:start(),
                {proc_lib:translate_initial_call(A), proc_lib:initial_call(A)}
        end).

add_handler() ->
    run(fun() ->
                M = manager([]),
                R = [gen_event:add_handler(M, case_event, s), gen_event:add_handler(M, {case_event, 1}, t),
                     gen_event:add_handler(M, {case_event, {any, "term"}}, u)],
                {R, gen_event:which_handlers(M), gen_event:call(M, case_event, get), get(M, 1),
                 get(M, {any, "term"})}
        end).

add_handler_results() ->
    run(fun() ->
                M = manager([]),
                R = [clean(gen_event:add_handler(M, case_event, F))
                     || F <- [fun() -> {error, no} end, fun() -> nonsense end, fun() -> throw(ball) end,
                              fun() -> error(bad) end, fun() -> exit(bad) end]],
                {R, clean(gen_event:add_handler(M, no_such_module, x)), gen_event:which_handlers(M)}
        end).

add_handler_twice() ->
    run(fun() ->
                %% Nothing forbids it: both get events, calls go to the newer one.
                M = manager([]),
                R = [gen_event:add_handler(M, case_event, [S]) || S <- [a, b]],
                gen_event:sync_notify(M, e),
                {R, gen_event:which_handlers(M), gen_event:call(M, case_event, get),
                 gen_event:delete_handler(M, case_event, x), gen_event:call(M, case_event, get)}
        end).

handlers_are_called_newest_first() ->
    run(fun() ->
                Log = log(),
                M = manager([a, b, c]),
                [gen_event:call(M, {case_event, Id}, {set, Id}) || Id <- [a, b, c]],
                gen_event:sync_notify(M, {do, fun(S) -> note(Log, S), {ok, S} end}),
                {gen_event:which_handlers(M), notes(Log)}
        end).

notify_is_asynchronous_and_ordered() ->
    run(fun() ->
                M = manager([a, b]),
                R = [gen_event:notify(M, N) || N <- [1, 2, 3]],
                {R, get(M, a), get(M, b)}
        end).

sync_notify_waits() ->
    run(fun() ->
                Log = log(),
                M = manager([a, b]),
                gen_event:sync_notify(M, {do, fun(S) -> timer:sleep(5), note(Log, done), {ok, S} end}),
                note(Log, back),
                notes(Log)
        end).

notify_to_nobody() ->
    run(fun() ->
                [class(fun() -> gen_event:notify(D, x) end) || D <- [ev_nobody, {ev_nobody, node()}]]
                    ++ [class(fun() -> gen_event:F(ev_nobody, x) end) || F <- [sync_notify]]
                    ++ [class(fun() -> gen_event:which_handlers(ev_nobody) end),
                        class(fun() -> gen_event:call(ev_nobody, h, q) end),
                        class(fun() -> gen_event:call(ev_nobody, h, q, 10) end),
                        class(fun() -> gen_event:stop(ev_nobody) end),
                        class(fun() -> gen_event:add_handler(ev_nobody, case_event, x) end)]
        end).

messages_go_to_handle_info() ->
    run(fun() ->
                M = manager([a]),
                M ! hello,
                M ! {some, tuple},
                {get(M, a), gen_event:add_handler(M, case_event_bare, []), M ! hi,
                 gen_event:call(M, case_event_bare, get)}
        end).

call_results() ->
    run(fun() ->
                M = manager([a, b, c]),
                [do(M, a, fun(S) -> {ok, reply, [x | S]} end), get(M, a),
                 do(M, b, fun(_) -> {remove_handler, bye} end), gen_event:which_handlers(M),
                 gen_event:call(M, {case_event, none}, get), gen_event:call(M, case_event, get),
                 clean(do(M, c, fun(_) -> error(bad) end)), gen_event:which_handlers(M),
                 clean(do(M, a, fun(_) -> nonsense end)), gen_event:which_handlers(M)]
        end).

call_timeouts() ->
    run(fun() ->
                M = manager([a]),
                Wait = {do, fun(S) -> receive go_on -> {ok, late, S} end end},
                R = class(fun() -> gen_event:call(M, {case_event, a}, Wait, 10) end),
                M ! go_on,
                {R, get(M, a), gen_event:call(M, {case_event, a}, get, infinity), flush()}
        end).

requests() ->
    run(fun() ->
                M = manager([a, b]),
                Echo = fun(X) -> {do, fun(S) -> {ok, X, S} end} end,
                R1 = gen_event:send_request(M, {case_event, a}, Echo(1)),
                R2 = gen_event:send_request(M, {case_event, none}, Echo(2)),
                C0 = gen_event:send_request(M, {case_event, a}, Echo(3), three, gen_event:reqids_new()),
                C1 = gen_event:send_request(M, {case_event, b}, Echo(4), four, C0),
                {A, three, C2} = gen_event:wait_response(C1, infinity, true),
                {B, four, C3} = gen_event:receive_response(C2, 50000, true),
                One = gen_event:receive_response(R1, 50000),
                Two = gen_event:wait_response(R2, 50000),
                R5 = gen_event:send_request(M, {case_event, b}, Echo(5)),
                C4 = gen_event:reqids_add(R5, five, C3),
                Five = receive Msg -> gen_event:check_response(Msg, C4, true) end,
                [One, Two, A, B, Five,
                 gen_event:reqids_size(C3), length(gen_event:reqids_to_list(C1)),
                 gen_event:check_response(x, R1), gen_event:receive_response(gen_event:send_request(ev_nobody, a, b), 50000),
                 flush()]
        end).

delete_handler() ->
    run(fun() ->
                M = manager([a, b]),
                [gen_event:delete_handler(M, {case_event, a}, why),
                 gen_event:delete_handler(M, {case_event, a}, why),
                 gen_event:delete_handler(M, {case_event, b}, fun(S) -> {saw, S} end),
                 gen_event:which_handlers(M),
                 begin
                     gen_event:add_handler(M, case_event_bare, []),
                     gen_event:delete_handler(M, case_event_bare, x)
                 end,
                 begin
                     gen_event:add_handler(M, case_event, []),
                     clean(gen_event:delete_handler(M, case_event, fun(_) -> error(bad) end))
                 end]
        end).

remove_handler_result() ->
    run(fun() ->
                M = manager([a, b]),
                Log = log(),
                do(M, a, fun(S) -> put(terminate, fun(A, T) -> note(Log, {A, T}) end), {ok, ok, S} end),
                gen_event:sync_notify(M, {do, fun(_) -> remove_handler end}),
                {gen_event:which_handlers(M), notes(Log)}
        end).

event_results_that_fail() ->
    run(fun() ->
                [begin
                     M = manager([a, b]),
                     Log = log(),
                     do(M, a, fun(S) -> put(terminate, fun(A, T) -> note(Log, {clean(A), T}) end), {ok, ok, S} end),
                     gen_event:call(M, {case_event, b}, {set, b}),
                     gen_event:sync_notify(M, {do, fun(b) -> F(); (S) -> {ok, S} end}),
                     {gen_event:which_handlers(M), notes(Log)}
                 end || F <- [fun() -> nonsense end, fun() -> error(bad) end, fun() -> throw(ball) end,
                              fun() -> exit(bad) end]]
        end).

throw_is_a_result() ->
    run(fun() ->
                M = manager([a]),
                gen_event:sync_notify(M, {do, fun(S) -> throw({ok, [thrown | S]}) end}),
                get(M, a)
        end).

%% --- swapping ----------------------------------------------------------------------------------
swap_handler() ->
    run(fun() ->
                M = manager([a]),
                gen_event:sync_notify(M, e),
                R = gen_event:swap_handler(M, {{case_event, a}, leave},
                                           {{case_event, b}, fun(Old) -> {ok, {got, Old}} end}),
                {R, gen_event:which_handlers(M), get(M, b)}
        end).

swap_a_handler_that_is_not_there() ->
    run(fun() ->
                M = manager([]),
                {gen_event:swap_handler(M, {nobody, x}, {case_event, fun(Old) -> {ok, Old} end}),
                 gen_event:call(M, case_event, get)}
        end).

swap_to_a_handler_that_refuses() ->
    run(fun() ->
                [begin
                     M = manager([a]),
                     R = gen_event:swap_handler(M, {{case_event, a}, x}, {case_event, fun(_) -> F() end}),
                     {clean(R), gen_event:which_handlers(M)}
                 end || F <- [fun() -> {error, no} end, fun() -> error(bad) end, fun() -> nonsense end]]
        end).

swap_from_callbacks() ->
    run(fun() ->
                New = fun(Old) -> {ok, {got, Old}} end,
                [begin
                     M = manager([a]),
                     R = Send(M),
                     {R, gen_event:which_handlers(M), get(M, b)}
                 end || Send <- [fun(M) -> gen_event:sync_notify(M, {do, fun(S) -> {swap_handler, arg1, [ev | S], {case_event, b}, New} end}) end,
                                 fun(M) -> M ! {do, fun(S) -> {swap_handler, arg1, [info | S], {case_event, b}, New} end}, sent end,
                                 fun(M) -> do(M, a, fun(S) -> {swap_handler, reply, arg1, [call | S], {case_event, b}, New} end) end]]
        end).

%% --- supervised handlers -----------------------------------------------------------------------
sup_handler_tells_its_end() ->
    run(fun() ->
                M = manager([]),
                [begin
                     ok = gen_event:add_sup_handler(M, {case_event, s}, []),
                     End(M),
                     receive {gen_event_EXIT, H, R} -> {H, clean(R)} end
                 end || End <- [fun(_) -> gen_event:delete_handler(M, {case_event, s}, x) end,
                                fun(_) -> gen_event:notify(M, {do, fun(_) -> remove_handler end}) end,
                                fun(_) -> gen_event:notify(M, {do, fun(_) -> nonsense end}) end,
                                fun(_) -> gen_event:notify(M, {do, fun(_) -> error(bad) end}) end,
                                fun(_) -> gen_event:notify(M, {do, fun(_) -> exit(bad) end}) end,
                                fun(_) -> gen_event:swap_handler(M, {{case_event, s}, x}, {{case_event, t}, fun(_) -> {ok, []} end}),
                                          gen_event:delete_handler(M, {case_event, t}, x),
                                          receive {gen_event_EXIT, {case_event, t}, normal} -> ok end
                                end]]
        end).

sup_handler_links() ->
    run(fun() ->
                process_flag(trap_exit, true),
                {ok, M} = gen_event:start(),
                ok = gen_event:add_sup_handler(M, case_event, []),
                A = process_info(M, links) =:= {links, [self()]},
                gen_event:delete_handler(M, case_event, x),
                {A, process_info(M, links) =:= {links, [self()]}, flush()}
        end).

sup_handler_goes_with_its_process() ->
    run(fun() ->
                Log = log(),
                {ok, M} = gen_event:start(),
                gen_event:add_handler(M, {case_event, stays}, []),
                {P, R} = spawn_monitor(fun() ->
                                               ok = gen_event:add_sup_handler(M, {case_event, goes}, []),
                                               do(M, goes, fun(S) -> put(terminate, fun(A, T) -> note(Log, {A, T}) end), {ok, ok, S} end),
                                               exit(leaving)
                                       end),
                leaving = reason(R),
                until(fun() -> length(gen_event:which_handlers(M)) =:= 1 end),
                {gen_event:which_handlers(M), clean(get(M, stays), [{P, owner}]), notes(Log)}
        end).

swap_sup_handler() ->
    run(fun() ->
                M = manager([]),
                ok = gen_event:add_sup_handler(M, {case_event, a}, [x]),
                R = gen_event:swap_sup_handler(M, {{case_event, a}, why}, {{case_event, b}, fun(O) -> {ok, O} end}),
                G = get(M, b),
                gen_event:delete_handler(M, {case_event, b}, bye),
                {R, G, clean(flush())}
        end).

manager_dies_with_sup_handlers() ->
    run(fun() ->
                process_flag(trap_exit, true),
                {ok, M} = gen_event:start(),
                ok = gen_event:add_sup_handler(M, case_event, []),
                kill(M),
                receive {'EXIT', M, R} -> {R, flush()} end
        end).

stop_with_sup_handlers() ->
    run(fun() ->
                process_flag(trap_exit, true),
                {ok, M} = gen_event:start(),
                ok = gen_event:add_sup_handler(M, case_event, []),
                R = gen_event:stop(M, shutdown, infinity),
                receive {gen_event_EXIT, _, _} = E -> {R, E, flush()} end
        end).

%% --- ends --------------------------------------------------------------------------------------
stop_terminates_the_handlers() ->
    run(fun() ->
                Log = log(),
                M = manager([a, b, c]),
                do(M, a, fun(S) -> put(terminate, fun(A, T) -> note(Log, {A, T}) end), {ok, ok, S} end),
                [gen_event:call(M, {case_event, Id}, {set, Id}) || Id <- [a, b, c]],
                unlink(M),
                W = watch(M),
                {gen_event:stop(M), reason(W), notes(Log)}
        end).

stop_reasons() ->
    run(fun() ->
                [begin
                     {ok, {M, W}} = gen_event:start_monitor(),
                     {gen_event:stop(M, R, 50000), reason(W)}
                 end || R <- [normal, shutdown, {shutdown, x}, other]]
        end).

parent_exit() ->
    run(fun() ->
                Log = log(),
                spawn(fun() ->
                              M = manager([a]),
                              do(M, a, fun(S) -> put(terminate, fun(A, T) -> note(Log, {A, T}) end), {ok, ok, S} end),
                              exit(leaving)
                      end),
                put(n, []),
                until(fun() -> put(n, erlang:get(n) ++ notes(Log)), erlang:get(n) =/= [] end),
                erlang:get(n)
        end).

exit_of_another_link_is_info() ->
    run(fun() ->
                M = manager([a]),
                spawn(fun() -> exit(M, other_reason) end),
                until(fun() -> get(M, a) =/= [] end),
                %% From the parent it ends the manager, from others it is a message.
                clean(get(M, a))
        end).

%% --- hibernation, system messages --------------------------------------------------------------
hibernating(P) ->
    until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end).

hibernate() ->
    run(fun() ->
                M = manager([a, b]),
                gen_event:notify(M, {do, fun(S) -> {ok, [h | S], hibernate} end}),
                hibernating(M),
                gen_event:call(M, {case_event, a}, {do, fun(S) -> {ok, r, S, hibernate} end}),
                hibernating(M),
                gen_event:add_handler(M, {case_event, c}, fun() -> {ok, [], hibernate} end),
                hibernating(M),
                M ! {do, fun(S) -> {ok, [i | S], hibernate} end},
                hibernating(M),
                {get(M, a), get(M, b), get(M, c)}
        end).

hibernate_after() ->
    run(fun() ->
                {ok, M} = gen_event:start_link([{hibernate_after, 3}]),
                hibernating(M),
                ok = gen_event:add_handler(M, case_event, x),
                hibernating(M),
                gen_event:call(M, case_event, get)
        end).

system_messages() ->
    run(fun() ->
                M = manager([a, b]),
                G = sys:get_state(M),
                R = sys:replace_state(M, fun({H, a, _}) -> {H, a, replaced}; ({_, b, _}) -> error(no) end),
                ok = sys:suspend(M),
                gen_event:notify(M, while_suspended),
                C = sys:change_code(M, case_event, old, extra),
                Q = element(2, process_info(M, message_queue_len)),
                ok = sys:resume(M),
                {G, R, C, Q, get(M, a), get(M, b)}
        end).

status() ->
    run(fun() ->
                M = manager([a]),
                gen_event:add_handler(M, case_event_bare, [b]),
                {status, M, {module, gen_event}, [_, running, _, [], Misc]} = sys:get_status(M),
                clean(tl(Misc))
        end).

trace() ->
    run(fun() ->
                {_, Text} = printed(fun() ->
                                            {ok, M} = gen_event:start_link({local, ev_trace}),
                                            gen_event:add_handler(M, case_event, []),
                                            sys:trace(M, true),
                                            gen_event:notify(M, event),
                                            gen_event:call(M, case_event, get),
                                            gen_event:stop(M)
                                    end),
                Text
        end).

log_to_debug() ->
    run(fun() ->
                {ok, M} = gen_event:start_link([{debug, [{log, 3}]}]),
                gen_event:add_handler(M, case_event, []),
                [gen_event:notify(M, N) || N <- [1, 2, 3, 4]],
                sys:log(M, get)
        end).

many_events_many_handlers() ->
    run(fun() ->
                M = manager(lists:seq(1, 30)),
                [gen_event:call(M, {case_event, Id}, {set, 0}) || Id <- lists:seq(1, 30)],
                Self = self(),
                Ps = [spawn_link(fun() ->
                                         [gen_event:notify(M, {do, fun(N) -> {ok, N + 1} end}) || _ <- lists:seq(1, 100)],
                                         gen_event:sync_notify(M, {do, fun(N) -> {ok, N + 1} end}),
                                         Self ! done
                                 end) || _ <- lists:seq(1, 10)],
                [receive done -> ok end || _ <- Ps],
                lists:usort([get(M, Id) || Id <- lists:seq(1, 30)])
        end).
