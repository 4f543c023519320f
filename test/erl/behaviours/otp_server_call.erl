%% gen_server: calls, casts, replies, and what comes too late.
-module(otp_server_call).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1]).
-import(case_server, [start/1, do/2]).

call_returns_the_reply() ->
    run(fun() ->
                {ok, P} = start(a),
                {gen_server:call(P, get), gen_server:call(P, {set, b}), gen_server:call(P, get)}
        end).

call_with_deep_terms() ->
    run(fun() ->
                {ok, P} = start(a),
                T = #{deep => [[lists:seq(1, 50) || _ <- lists:seq(1, 20)], {<<0:8000>>, 1.5, -(1 bsl 90)}],
                      "key" => fun lists:reverse/1},
                gen_server:call(P, {echo, T}) =:= T
        end).

call_by_pid_name_and_node() ->
    run(fun() ->
                {ok, P} = start(a),
                register(sc_name, P),
                [gen_server:call(D, get) || D <- [P, sc_name, {sc_name, node()}]]
        end).

call_noproc() ->
    run(fun() ->
                {ok, P} = start(a),
                kill(P),
                [class(fun() -> gen_server:call(D, get) end)
                 || D <- [P, sc_no_such_name, {sc_no_such_name, node()}]]
        end).

call_noproc_with_timeout() ->
    run(fun() -> class(fun() -> gen_server:call(sc_no_such_name, get, 100) end) end).

call_on_an_unknown_node() ->
    run(fun() ->
                [class(fun() -> gen_server:call({name, 'other@nowhere'}, get) end),
                 class(fun() -> gen_server:cast({name, 'other@nowhere'}, get) end)]
        end).

call_to_oneself() ->
    run(fun() ->
                register(sc_self, self()),
                [class(fun() -> gen_server:call(self(), x) end),
                 class(fun() -> gen_server:call(sc_self, x) end),
                 class(fun() -> gen_server:call(self(), x, infinity) end)]
        end).

call_by_the_server_to_itself() ->
    run(fun() ->
                {ok, P} = start(a),
                do(P, fun(_, S) -> {reply, class(fun() -> gen_server:call(self(), get) end), S} end)
        end).

call_timeout_exits() ->
    run(fun() ->
                {ok, P} = start(a),
                {class(fun() -> gen_server:call(P, never, 10) end),
                 class(fun() -> gen_server:call(P, never, 0) end), flush()}
        end).

call_timeout_of_a_named_server() ->
    run(fun() ->
                {ok, P} = start(a),
                register(sc_slow, P),
                {class(fun() -> gen_server:call(sc_slow, never, 10) end),
                 class(fun() -> gen_server:call({sc_slow, node()}, never, 10) end)}
        end).

call_with_a_wrong_timeout() ->
    run(fun() ->
                {ok, P} = start(a),
                [class(fun() -> gen_server:call(P, get, T) end) || T <- [-1, soon, 1.0]]
        end).

call_infinity() ->
    run(fun() ->
                {ok, P} = start(a),
                gen_server:call(P, get, infinity)
        end).

late_reply_is_dropped() ->
    run(fun() ->
                {ok, P} = start(a),
                R = class(fun() ->
                                  gen_server:call(P, {do, fun(From, _) -> {noreply, From} end}, 10)
                          end),
                From = gen_server:call(P, get),
                gen_server:reply(From, too_late),
                %% The reply to this call is behind the late one.
                {R, gen_server:call(P, {echo, x}), flush()}
        end).

late_reply_by_the_server_is_dropped() ->
    run(fun() ->
                {ok, P} = start(a),
                R = class(fun() ->
                                  gen_server:call(P, {do, fun(_, S) ->
                                                                  receive reply_now -> ok end,
                                                                  {reply, too_late, S}
                                                          end}, 10)
                          end),
                P ! reply_now,
                {R, gen_server:call(P, get), flush()}
        end).

late_reply_with_a_monitor_tag_of_old_clients() ->
    run(fun() ->
                %% {Pid, Tag} with a plain reference: the reply goes to the pid.
                Tag = make_ref(),
                ok = gen_server:reply({self(), Tag}, hello),
                receive {Tag, X} -> X end
        end).

reply_to_a_dead_client() ->
    run(fun() ->
                {P, M} = spawn_monitor(fun() -> ok end),
                reason(M),
                gen_server:reply({P, make_ref()}, nobody)
        end).

reply_before_the_callback_returns() ->
    run(fun() ->
                {ok, P} = start(a),
                R = do(P, fun(From, S) ->
                                  gen_server:reply(From, early),
                                  {noreply, [S]}
                          end),
                {R, gen_server:call(P, get)}
        end).

reply_by_another_process() ->
    run(fun() ->
                {ok, P} = start(a),
                do(P, fun(From, S) ->
                              spawn(fun() -> gen_server:reply(From, {from, another}) end),
                              {noreply, S}
                      end)
        end).

reply_twice_counts_once() ->
    run(fun() ->
                {ok, P} = start(a),
                R = do(P, fun(From, S) ->
                                  gen_server:reply(From, first),
                                  gen_server:reply(From, second),
                                  {reply, third, S}
                          end),
                {R, gen_server:call(P, get), flush()}
        end).

server_dies_in_a_call() ->
    run(fun() ->
                {ok, P} = start(a),
                class(fun() -> do(P, fun(_, _) -> exit(in_call) end) end)
        end).

server_errs_in_a_call() ->
    run(fun() ->
                {ok, P} = start(a),
                M = watch(P),
                {'EXIT', {{R1, _}, {gen_server, call, [_, _, _]}}} =
                    catch do(P, fun(_, _) -> error(in_call) end),
                {R2, _} = reason(M),
                {R1, R2}
        end).

server_killed_in_a_call() ->
    run(fun() ->
                {ok, P} = start(a),
                class(fun() ->
                              do(P, fun(_, S) -> spawn_killer(self()), {noreply, S} end)
                      end)
        end).

spawn_killer(P) ->
    spawn(fun() -> exit(P, kill) end).

server_stops_without_reply() ->
    run(fun() ->
                {ok, P} = start(a),
                class(fun() -> do(P, fun(_, S) -> {stop, normal, S} end) end)
        end).

server_stops_with_reply() ->
    run(fun() ->
                {ok, P} = start(a),
                M = watch(P),
                {gen_server:call(P, {stop, shutdown}), reason(M)}
        end).

callback_throws_a_return_value() ->
    run(fun() ->
                {ok, P} = start(a),
                {do(P, fun(_, S) -> throw({reply, thrown, [S]}) end), gen_server:call(P, get)}
        end).

callback_returns_nonsense() ->
    run(fun() ->
                [begin
                     {ok, P} = start(a),
                     M = watch(P),
                     P ! {do, fun(_) -> V end},
                     reason(M)
                 end || V <- [ok, {reply, x, y}, {noreply}, {noreply, s, -1}, {noreply, s, whenever},
                              {stop, x}, {noreply, s, {continue}}]]
        end).

call_returns_nonsense() ->
    run(fun() ->
                {ok, P} = start(a),
                class(fun() -> do(P, fun(_, _) -> nonsense end) end)
        end).

noreply_and_reply_timeouts() ->
    run(fun() ->
                Tell = {tell, self()},
                {ok, P} = start(a),
                Rs = [do(P, fun(_, S) -> {reply, S, Tell, 0} end),
                      receive {P, timeout} -> one end,
                      do(P, fun(From, S) -> gen_server:reply(From, now), {noreply, S, 1} end),
                      receive {P, timeout} -> two end],
                gen_server:cast(P, {do, fun(S) -> {noreply, S, 0} end}),
                [receive {P, timeout} -> three end | Rs]
        end).

timeout_is_set_anew_by_each_callback() ->
    run(fun() ->
                %% A callback that gives no timeout ends the earlier one.
                {ok, P} = start([]),
                do(P, fun(_, S) -> {reply, ok, S, 30} end),
                gen_server:call(P, get),
                timer:sleep(60),
                L = gen_server:call(P, get),
                lists:member(L, [[], [{info, timeout}]])
        end).

cast_is_asynchronous() ->
    run(fun() ->
                {ok, P} = start([]),
                R = [gen_server:cast(P, N) || N <- [1, 2, 3]],
                {R, gen_server:call(P, get)}
        end).

cast_keeps_order_with_calls() ->
    run(fun() ->
                {ok, P} = start([]),
                [begin gen_server:cast(P, N), length(gen_server:call(P, get)) end
                 || N <- lists:seq(1, 10)]
        end).

cast_to_nobody_is_ok() ->
    run(fun() ->
                {ok, P} = start(a),
                kill(P),
                [gen_server:cast(D, x) || D <- [P, sc_no_such_name, {sc_no_such_name, node()}]]
        end).

cast_to_nonsense() ->
    run(fun() ->
                [class(fun() -> gen_server:cast(D, x) end) || D <- ["name", 1, {a, b, c}]]
        end).

call_to_nonsense() ->
    run(fun() ->
                [class(fun() -> gen_server:call(D, x) end) || D <- ["name", 1, {a, b, c}, {1, 2}]]
        end).

cast_that_errs() ->
    run(fun() ->
                {ok, P} = start(a),
                M = watch(P),
                gen_server:cast(P, {do, fun(_) -> error(in_cast) end}),
                reason(M)
        end).

info_messages() ->
    run(fun() ->
                {ok, P} = start([]),
                P ! hello, P ! {tuple, 1}, P ! [],
                gen_server:call(P, get)
        end).

info_without_handle_info_is_ignored() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server_bare, fun() -> {ok, a} end, []),
                P ! hello,
                {gen_server:call(P, get), is_process_alive(P)}
        end).

messages_like_replies_are_info() ->
    run(fun() ->
                {ok, P} = start([]),
                P ! {make_ref(), x},
                P ! {'DOWN', x},
                clean(gen_server:call(P, get))
        end).

forged_call_message() ->
    run(fun() ->
                {ok, P} = start(a),
                Tag = make_ref(),
                P ! {'$gen_call', {self(), Tag}, get},
                receive {Tag, X} -> X end
        end).

clients_do_not_mix_replies() ->
    run(fun() ->
                {ok, P} = start(a),
                Self = self(),
                Clients = [spawn_link(fun() ->
                                              Rs = [gen_server:call(P, {echo, {N, K}})
                                                    || K <- lists:seq(1, 50)],
                                              Self ! {N, Rs =:= [{N, K} || K <- lists:seq(1, 50)]}
                                      end) || N <- lists:seq(1, 40)],
                {length(Clients), lists:usort([receive {N, R} -> R end || N <- lists:seq(1, 40)])}
        end).

call_with_a_long_mailbox() ->
    run(fun() ->
                {ok, P} = start(a),
                [self() ! {noise, N} || N <- lists:seq(1, 20000)],
                R = lists:sum([gen_server:call(P, {echo, N}) || N <- lists:seq(1, 200)]),
                {message_queue_len, Len} = process_info(self(), message_queue_len),
                {R, Len}
        end).

call_while_the_caller_traps_exits() ->
    run(fun() ->
                process_flag(trap_exit, true),
                {ok, P} = case_server:start_link(a),
                R = class(fun() -> gen_server:call(P, {do, fun(_, _) -> exit(oops) end}) end),
                receive {'EXIT', P, Reason} -> {R, Reason, flush()} end
        end).

call_leaves_no_monitor() ->
    run(fun() ->
                {ok, P} = start(a),
                gen_server:call(P, get),
                catch gen_server:call(P, never, 1),
                {process_info(self(), monitors), process_info(P, monitored_by)}
        end).

abcast_on_this_node() ->
    run(fun() ->
                {ok, P} = start([]),
                register(sc_abcast, P),
                R = [gen_server:abcast(sc_abcast, 1), gen_server:abcast([node()], sc_abcast, 2),
                     gen_server:abcast([], sc_abcast, 3), gen_server:abcast([node()], sc_nobody, 4)],
                {R, gen_server:call(P, get)}
        end).

multi_call_on_this_node() ->
    run(fun() ->
                {ok, P} = start(a),
                register(sc_multi, P),
                Here = node(),
                [clean(R, [{Here, here}])
                 || R <- [gen_server:multi_call([Here], sc_multi, get),
                          gen_server:multi_call([Here], sc_multi, get, 5000),
                          gen_server:multi_call([Here], sc_multi, get, infinity),
                          gen_server:multi_call([], sc_multi, get),
                          gen_server:multi_call([Here, Here], sc_multi, get, 5000),
                          gen_server:multi_call([Here], sc_nobody, get),
                          gen_server:multi_call([Here], sc_nobody, get, 5000)]]
        end).

multi_call_timeout() ->
    run(fun() ->
                {ok, P} = start(a),
                register(sc_multi_slow, P),
                {gen_server:multi_call([node()], sc_multi_slow, never, 20), flush()}
        end).

multi_call_when_the_server_dies() ->
    run(fun() ->
                {ok, P} = start(a),
                register(sc_multi_dies, P),
                {gen_server:multi_call([node()], sc_multi_dies, {do, fun(_, _) -> exit(no) end}),
                 flush()}
        end).

multi_call_to_an_unknown_node() ->
    run(fun() -> gen_server:multi_call(['other@nowhere'], sc_nobody, get, 1000) end).
