%% gen_server: continue, hibernation, ends, enter_loop and what is shown of the state.
-module(otp_server_life).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1, go/1, wait_go/0, printed/1]).
-import(case_server, [start/1, start_link/1, do/2]).

%% A server that notes how it ends; it traps exits if Trap.
noting(Log, Trap) ->
    fun() ->
            process_flag(trap_exit, Trap),
            put(terminate, fun(R, S) -> note(Log, {terminate, clean(R), S}) end),
            {ok, st}
    end.

%% Starts a noting server, ends it with Fun and says how it ended.
ended(Trap, Fun) ->
    Log = log(),
    {ok, P} = gen_server:start(case_server, noting(Log, Trap), []),
    M = watch(P),
    Fun(P),
    R = reason(M),
    {R, notes(Log)}.

%% --- ends --------------------------------------------------------------------------------------
stop_calls_terminate() ->
    run(fun() -> ended(false, fun(P) -> ok = gen_server:stop(P) end) end).

stop_with_reason() ->
    run(fun() ->
                [ended(false, fun(P) -> ok = gen_server:stop(P, R, infinity) end)
                 || R <- [normal, shutdown, {shutdown, x}, other]]
        end).

stop_by_name() ->
    run(fun() ->
                {ok, P} = start(a),
                register(sl_stop, P),
                {gen_server:stop(sl_stop), whereis(sl_stop),
                 class(fun() -> gen_server:stop(sl_stop) end),
                 class(fun() -> gen_server:stop({sl_stop, node()}, x, 100) end)}
        end).

stop_timeout() ->
    run(fun() ->
                Self = self(),
                {ok, P} = gen_server:start(case_server,
                                           fun() ->
                                                   put(terminate, fun(_, _) -> Self ! {self(), in}, wait_go() end),
                                                   {ok, a}
                                           end, []),
                R = class(fun() -> gen_server:stop(P, normal, 20) end),
                %% The stop goes on all the same.
                receive {P, in} -> ok end,
                M = watch(P),
                go(P),
                {R, reason(M)}
        end).

stop_of_a_dead_server() ->
    run(fun() ->
                {ok, P} = start(a),
                kill(P),
                class(fun() -> gen_server:stop(P) end)
        end).

stop_when_terminate_errs() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server,
                                           fun() -> put(terminate, fun(_, _) -> error(bad_end) end), {ok, a} end,
                                           []),
                M = watch(P),
                {class(fun() -> gen_server:stop(P) end), reason(M)}
        end).

stop_when_terminate_exits() ->
    run(fun() ->
                [begin
                     {ok, P} = gen_server:start(case_server,
                                                fun() -> put(terminate, F), {ok, a} end, []),
                     M = watch(P),
                     {class(fun() -> gen_server:stop(P) end), reason(M)}
                 end || F <- [fun(_, _) -> exit(other) end, fun(_, _) -> throw(ball) end,
                              fun(_, _) -> exit(normal) end]]
        end).

stop_from_callbacks() ->
    run(fun() ->
                Stop = fun(R) -> fun(S) -> {stop, R, [S]} end end,
                [ended(false, fun(P) -> gen_server:cast(P, {do, Stop(R)}) end)
                 || R <- [normal, shutdown, {shutdown, x}, other]]
                    ++ [ended(false, fun(P) -> P ! {do, Stop(info)} end),
                        ended(false, fun(P) -> P ! {do, fun(_) -> {noreply, c, {continue, Stop(cont)}} end} end)]
        end).

errors_call_terminate() ->
    run(fun() ->
                [ended(false, fun(P) -> P ! {do, F} end)
                 || F <- [fun(_) -> error(e) end, fun(_) -> exit(e) end, fun(_) -> throw(e) end,
                          fun(S) -> S + 1 end, fun(_) -> exit(normal) end]]
        end).

parent_exit_when_trapping() ->
    run(fun() ->
                Log = log(),
                Parent = spawn(fun() ->
                                       {ok, P} = gen_server:start_link(case_server, noting(Log, true), []),
                                       note(Log, started),
                                       wait_go(),
                                       exit({leaving, is_process_alive(P)})
                               end),
                M = watch(Parent),
                go(Parent),
                R = reason(M),
                put(n, []),
                until(fun() -> put(n, get(n) ++ notes(Log)), length(get(n)) =:= 2 end),
                {R, get(n)}
        end).

parent_exit_normal_when_trapping() ->
    run(fun() ->
                Log = log(),
                spawn(fun() -> gen_server:start_link(case_server, noting(Log, true), []) end),
                put(n, []),
                until(fun() -> put(n, get(n) ++ notes(Log)), length(get(n)) =:= 1 end),
                get(n)
        end).

parent_exit_when_not_trapping() ->
    run(fun() ->
                Log = log(),
                Self = self(),
                spawn(fun() ->
                              {ok, P} = gen_server:start_link(case_server, noting(Log, false), []),
                              Self ! {server, P},
                              wait_go(),
                              exit(leaving)
                      end) ! wait,
                receive {server, P} -> ok end,
                M = watch(P),
                [Parent] = element(2, process_info(P, links)),
                go(Parent),
                {reason(M), notes(Log)}
        end).

exit_of_another_link_is_info() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server,
                                           fun() -> process_flag(trap_exit, true), {ok, []} end, []),
                do(P, fun(_, S) -> spawn_link(fun() -> exit(child) end), {reply, ok, S} end),
                until(fun() -> gen_server:call(P, get) =/= [] end),
                clean(gen_server:call(P, get))
        end).

exit_signal_to_a_server() ->
    run(fun() ->
                [{ended(false, fun(P) -> exit(P, R) end)} || R <- [kill, shutdown, x]]
        end).

exit_signal_to_a_trapping_server_is_info() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server,
                                           fun() -> process_flag(trap_exit, true), {ok, []} end, []),
                exit(P, shutdown),
                exit(P, normal),
                Self = self(),
                until(fun() -> length(gen_server:call(P, get)) =:= 2 end),
                clean(gen_server:call(P, get), [{Self, me}])
        end).

terminate_is_optional() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server_bare, fun() -> {ok, a} end, []),
                M = watch(P),
                {gen_server:stop(P, shutdown, 5000), reason(M)}
        end).

%% --- continue ----------------------------------------------------------------------------------
continue_before_any_message() ->
    run(fun() ->
                {ok, P} = start([]),
                P ! one,
                do(P, fun(_, S) -> {reply, ok, S, {continue, first}} end),
                gen_server:call(P, get)
        end).

continue_may_continue() ->
    run(fun() ->
                {ok, P} = start([]),
                Count = fun F(S) when length(S) < 5 ->
                                {noreply, [length(S) | S], {continue, fun(T) -> F(T) end}};
                            F(S) -> {noreply, S}
                        end,
                gen_server:cast(P, {do, fun(S) -> {noreply, S, {continue, Count}} end}),
                gen_server:call(P, get)
        end).

continue_with_timeout() ->
    run(fun() ->
                Tell = {tell, self()},
                {ok, P} = gen_server:start(case_server,
                                           fun() -> {ok, Tell, {continue, fun(S) -> {noreply, S, 0} end}} end,
                                           []),
                receive {P, timeout} -> ok end
        end).

continue_may_stop() ->
    run(fun() ->
                {_, M} = spawn_monitor(
                           fun() ->
                                   process_flag(trap_exit, true),
                                   {ok, P} = gen_server:start_link(
                                               case_server,
                                               fun() -> {ok, s, {continue, fun(_) -> {stop, enough, t} end}} end,
                                               []),
                                   receive {'EXIT', P, R} -> exit({server, R}) end
                           end),
                reason(M)
        end).

continue_without_the_callback() ->
    run(fun() ->
                {ok, {_, M}} = gen_server:start_monitor(case_server_bare,
                                                        fun() -> {ok, a, {continue, x}} end, []),
                reason(M)
        end).

continue_in_call_reply_comes_first() ->
    run(fun() ->
                {ok, P} = start(a),
                Self = self(),
                R = do(P, fun(_, S) ->
                                  {reply, replied, S,
                                   {continue, fun(S2) -> wait_go(), Self ! went_on, {noreply, [S2]} end}}
                          end),
                go(P),
                receive went_on -> ok end,
                {R, gen_server:call(P, get)}
        end).

%% --- hibernate ---------------------------------------------------------------------------------
hibernating(P) ->
    until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end).

hibernate_from_every_callback() ->
    run(fun() ->
                {ok, P} = start([]),
                [begin Send(), hibernating(P), length(gen_server:call(P, get)) end
                 || Send <- [fun() -> do(P, fun(_, S) -> {reply, ok, [call | S], hibernate} end) end,
                             fun() -> gen_server:cast(P, {do, fun(S) -> {noreply, [cast | S], hibernate} end}) end,
                             fun() -> P ! {do, fun(S) -> {noreply, [info | S], hibernate} end} end,
                             fun() -> P ! {do, fun(S) -> {noreply, S, {continue, fun(S2) -> {noreply, [continue | S2], hibernate} end}} end} end]]
        end).

hibernate_after_option() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, fun() -> {ok, a} end, [{hibernate_after, 5}]),
                hibernating(P),
                R = gen_server:call(P, get),
                hibernating(P),
                {R, gen_server:call(P, get)}
        end).

hibernation_keeps_large_state() ->
    run(fun() ->
                Big = {lists:seq(1, 20000), binary:copy(<<"x">>, 100000), #{a => "b"}},
                {ok, P} = start(Big),
                [begin
                     R = do(P, fun(_, S) -> {reply, erlang:phash2(S), S, hibernate} end),
                     hibernating(P),
                     R =:= erlang:phash2(Big)
                 end || _ <- lists:seq(1, 5)]
        end).

hibernating_server_answers_system_messages() ->
    run(fun() ->
                {ok, P} = start(a),
                do(P, fun(_, S) -> {reply, ok, S, hibernate} end),
                hibernating(P),
                R = [sys:get_state(P), sys:suspend(P), sys:get_state(P), sys:resume(P)],
                hibernating(P),
                {R, gen_server:call(P, get)}
        end).

hibernating_server_ends_with_its_parent() ->
    run(fun() ->
                Log = log(),
                spawn(fun() ->
                              {ok, P} = gen_server:start_link(case_server, noting(Log, true), []),
                              do(P, fun(_, S) -> {reply, ok, S, hibernate} end),
                              hibernating(P),
                              exit(leaving)
                      end),
                put(n, []),
                until(fun() -> put(n, get(n) ++ notes(Log)), get(n) =/= [] end),
                get(n)
        end).

%% --- enter_loop --------------------------------------------------------------------------------
looping(Enter) ->
    proc_lib:start_link(?MODULE, looper, [Enter]).

looper(Enter) ->
    proc_lib:init_ack({ok, self()}),
    Enter().

enter_loop_3() ->
    run(fun() ->
                {ok, P} = looping(fun() -> gen_server:enter_loop(case_server, [], entered) end),
                {gen_server:call(P, get), proc_lib:translate_initial_call(P)}
        end).

enter_loop_with_a_timeout() ->
    run(fun() ->
                Tell = {tell, self()},
                {ok, P} = looping(fun() -> gen_server:enter_loop(case_server, [], Tell, 0) end),
                receive {P, timeout} -> ok end
        end).

enter_loop_with_hibernation() ->
    run(fun() ->
                {ok, P} = looping(fun() -> gen_server:enter_loop(case_server, [], a, hibernate) end),
                hibernating(P),
                gen_server:call(P, get)
        end).

enter_loop_with_continue() ->
    run(fun() ->
                {ok, P} = looping(fun() -> gen_server:enter_loop(case_server, [], [], {continue, c}) end),
                gen_server:call(P, get)
        end).

enter_loop_with_a_name() ->
    run(fun() ->
                {ok, P} = looping(fun() ->
                                          register(sl_loop, self()),
                                          gen_server:enter_loop(case_server, [], a, {local, sl_loop})
                                  end),
                until(fun() -> whereis(sl_loop) =:= P end),
                gen_server:call(sl_loop, get)
        end).

enter_loop_with_name_and_timeout() ->
    run(fun() ->
                Tell = {tell, self()},
                {ok, P} = looping(fun() ->
                                          register(sl_loop5, self()),
                                          gen_server:enter_loop(case_server, [], Tell, {local, sl_loop5}, 0)
                                  end),
                receive {P, timeout} -> ok end
        end).

enter_loop_with_a_name_it_does_not_have() ->
    run(fun() ->
                process_flag(trap_exit, true),
                {ok, P} = looping(fun() -> gen_server:enter_loop(case_server, [], a, {local, sl_other}) end),
                receive {'EXIT', P, R} -> R end
        end).

enter_loop_via() ->
    run(fun() ->
                process_flag(trap_exit, true),
                case_via:start_link(),
                {ok, P} = looping(fun() ->
                                          case_via:register_name(loop, self()),
                                          gen_server:enter_loop(case_server, [], a, {via, case_via, loop})
                                  end),
                until(fun() -> case_via:names() =/= [] end),
                R = gen_server:call({via, case_via, loop}, get),
                {ok, Q} = looping(fun() -> gen_server:enter_loop(case_server, [], a, {via, case_via, none}) end),
                receive {'EXIT', Q, Why} -> {R, is_pid(P), Why} end
        end).

enter_loop_without_proc_lib() ->
    run(fun() ->
                {_, M} = spawn_monitor(fun() -> gen_server:enter_loop(case_server, [], a) end),
                reason(M)
        end).

enter_loop_with_hibernate_after() ->
    run(fun() ->
                {ok, P} = looping(fun() -> gen_server:enter_loop(case_server, [{hibernate_after, 3}], a) end),
                hibernating(P),
                gen_server:call(P, get)
        end).

%% --- what is shown -----------------------------------------------------------------------------
misc(P) ->
    {status, P, {module, gen_server}, [_, _, _, _, Misc]} = sys:get_status(P),
    clean(Misc, [{lists:concat(["Status for generic server ", pid_to_list(P)]), header}]).

status_without_callback() ->
    run(fun() ->
                {ok, P} = start(a),
                lists:nthtail(1, misc(P))
        end).

status_of_a_named_server() ->
    run(fun() ->
                {ok, P} = gen_server:start_link({local, sl_status}, case_server, fun() -> {ok, a} end, []),
                hd(misc(P))
        end).

status_format_1() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server_status,
                                           {fun(S) -> S#{state => hidden} end, secret}, []),
                lists:nthtail(1, misc(P))
        end).

status_format_1_gets() ->
    run(fun() ->
                Self = self(),
                {ok, P} = gen_server:start(case_server_status,
                                           {fun(S) -> Self ! {status, S}, S end, secret}, []),
                sys:get_status(P),
                receive {status, S} -> lists:sort(maps:to_list(S)) end
        end).

status_format_1_wrong() ->
    run(fun() ->
                [begin
                     {ok, P} = gen_server:start(case_server_status, {F, secret}, []),
                     lists:nthtail(1, misc(P))
                 end || F <- [fun(_) -> not_a_map end, fun(S) -> S#{more => 1} end,
                              fun(_) -> error(bad) end, fun(S) -> maps:remove(state, S) end]]
        end).

status_format_2() ->
    run(fun() ->
                [begin
                     {ok, P} = gen_server:start(case_server_status2, {F, secret}, []),
                     lists:nthtail(1, misc(P))
                 end || F <- [fun(normal, S) -> {shown, S} end, fun(_, _) -> throw(thrown) end,
                              fun(_, _) -> error(bad) end, fun(_, S) -> [{data, [{"State", S}]}] end]]
        end).

status_format_at_the_end() ->
    run(fun() ->
                %% A formatter that errs does not change the reason.
                {ok, {P, M}} = gen_server:start_monitor(case_server_status,
                                                        {fun(_) -> error(bad_format) end, secret}, []),
                gen_server:cast(P, {do, fun(_) -> {stop, bad, s} end}),
                reason(M)
        end).

%% --- change of code ----------------------------------------------------------------------------
change(P, Extra) ->
    ok = sys:suspend(P),
    R = class(fun() -> sys:change_code(P, case_server, old, Extra) end),
    ok = sys:resume(P),
    R.

change_code() ->
    run(fun() ->
                {ok, P} = start(a),
                {change(P, extra), gen_server:call(P, get)}
        end).

change_code_that_fails() ->
    run(fun() ->
                [begin
                     {ok, P} = gen_server:start(case_server, fun() -> put(code_change, F), {ok, a} end, []),
                     {change(P, extra), gen_server:call(P, get)}
                 end || F <- [fun(_, _, _) -> {error, no} end, fun(_, _, _) -> error(no) end,
                              fun(_, _, _) -> nonsense end, fun(_, _, _) -> exit(no) end]]
        end).

change_code_of_a_running_server_is_refused() ->
    run(fun() ->
                {ok, P} = start(a),
                {class(fun() -> sys:change_code(P, case_server, old, x) end), gen_server:call(P, get)}
        end).

change_code_without_the_callback() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server_bare, fun() -> {ok, a} end, []),
                {change(P, x), gen_server:call(P, get)}
        end).

%% --- debug options -----------------------------------------------------------------------------
debug_option_log() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, fun() -> {ok, a} end, [{debug, [log]}]),
                gen_server:call(P, get),
                gen_server:cast(P, {set, b}),
                P ! info,
                {ok, Events} = sys:log(P, get),
                clean(Events)
        end).

debug_option_trace() ->
    run(fun() ->
                {V, Text} = printed(fun() ->
                                            {ok, P} = gen_server:start({local, sl_trace}, case_server,
                                                                       fun() -> {ok, a} end, [{debug, [trace]}]),
                                            R = gen_server:call(P, {echo, x}),
                                            gen_server:cast(P, {set, b}),
                                            P ! info,
                                            gen_server:stop(P),
                                            R
                                    end),
                {V, re:replace(Text, "<[0-9.]*>", "PID", [global, {return, list}])}
        end).

debug_option_wrong() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, fun() -> {ok, a} end, [{debug, [nonsense]}]),
                {ok, Q} = gen_server:start(case_server, fun() -> {ok, b} end, [{debug, nonsense}]),
                {gen_server:call(P, get), gen_server:call(Q, get)}
        end).
