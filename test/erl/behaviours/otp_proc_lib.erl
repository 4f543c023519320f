%% proc_lib and gen: starting, acknowledging, initial calls, hibernation, stopping, crashes.
-module(otp_proc_lib).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1, go/1, wait_go/0]).

%% --- spawn -------------------------------------------------------------------------------------
say(To, What) -> To ! {What, get('$ancestors'), get('$initial_call')}.

wait_for(What) -> receive {What, A, I} -> {A, I} end.

spawns() ->
    run(fun() ->
                register(pl_spawner, self()),
                Self = self(),
                _ = proc_lib:spawn(fun() -> say(Self, a) end),
                _ = proc_lib:spawn(?MODULE, say, [Self, b]),
                _ = proc_lib:spawn_link(fun() -> say(Self, c) end),
                _ = proc_lib:spawn_link(?MODULE, say, [Self, d]),
                _ = proc_lib:spawn(node(), fun() -> say(Self, e) end),
                _ = proc_lib:spawn(node(), ?MODULE, say, [Self, f]),
                _ = proc_lib:spawn_link(node(), fun() -> say(Self, g) end),
                _ = proc_lib:spawn_link(node(), ?MODULE, say, [Self, h]),
                _ = proc_lib:spawn_opt(fun() -> say(Self, i) end, [{priority, high}]),
                _ = proc_lib:spawn_opt(?MODULE, say, [Self, j], [link]),
                _ = proc_lib:spawn_opt(node(), fun() -> say(Self, k) end, []),
                _ = proc_lib:spawn_opt(node(), ?MODULE, say, [Self, l], [link]),
                {_, M} = proc_lib:spawn_opt(fun() -> say(Self, m) end, [monitor]),
                R = reason(M),
                {[begin {[A | _], I} = wait_for(W), {A, I} end || W <- [a, b, c, d, e, f, g, h, i, j, k, l, m]], R}
        end).

ancestors_grow() ->
    run(fun() ->
                register(pl_root, self()),
                Self = self(),
                proc_lib:spawn_link(fun() ->
                                            register(pl_child, self()),
                                            proc_lib:spawn_link(fun() -> Self ! {ancestors, get('$ancestors')} end),
                                            wait_go()
                                    end),
                receive {ancestors, [A, B | _]} -> {A, B} end
        end).

initial_calls() ->
    run(fun() ->
                P1 = proc_lib:spawn_link(fun case_otp:wait_go/0),
                P2 = proc_lib:spawn_link(?MODULE, waiter, [1, 2]),
                P3 = spawn_link(fun case_otp:wait_go/0),
                {ok, P4} = gen_server:start_link(case_server, fun() -> {ok, a} end, []),
                {ok, P5} = gen_event:start_link(),
                {ok, P6} = supervisor:start_link(case_sup, fun() -> {ok, {#{}, []}} end),
                Ps = [P1, P2, P3, P4, P5, P6],
                until(fun() -> lists:all(fun(P) -> process_info(P, status) =:= {status, waiting} end, Ps) end),
                [{proc_lib:initial_call(P), proc_lib:translate_initial_call(P), process_info(P, initial_call)} || P <- Ps]
        end).

waiter(_, _) -> wait_go().

initial_calls_of_info_lists() ->
    run(fun() ->
                P = proc_lib:spawn_link(?MODULE, waiter, [1, 2]),
                until(fun() -> process_info(P, status) =:= {status, waiting} end),
                Info = process_info(P),
                {proc_lib:initial_call(Info), proc_lib:translate_initial_call(Info), proc_lib:initial_call([]),
                 proc_lib:translate_initial_call([])}
        end).

initial_call_of_a_dead_process() ->
    run(fun() ->
                {P, M} = proc_lib:spawn_opt(fun() -> ok end, [monitor]),
                reason(M),
                {proc_lib:initial_call(P), proc_lib:translate_initial_call(P)}
        end).

dictionary_of_a_process() ->
    run(fun() ->
                Self = self(),
                P = proc_lib:spawn_link(fun() -> put(mine, 1), go(Self), wait_go() end),
                wait_go(),
                {dictionary, D} = process_info(P, dictionary),
                clean(lists:sort(D))
        end).

%% --- crashes -----------------------------------------------------------------------------------
crash_reasons() ->
    run(fun() ->
                [begin
                     {_, M} = proc_lib:spawn_opt(F, [monitor]),
                     reason(M)
                 end || F <- [fun() -> ok end, fun() -> error(e) end, fun() -> exit(e) end, fun() -> throw(e) end,
                              fun() -> exit(normal) end, fun() -> exit({shutdown, x}) end, fun() -> case_otp:id(1) + a end,
                              fun() -> no_such_module:f(1) end, fun() -> error({a, b}, [args]) end]]
        end).

crash_reasons_of_plain_processes() ->
    run(fun() ->
                [begin
                     {_, M} = spawn_monitor(F),
                     reason(M)
                 end || F <- [fun() -> ok end, fun() -> exit(e) end, fun() -> exit(normal) end]]
        end).

crash_with_a_changed_dictionary() ->
    run(fun() ->
                [begin
                     {_, M} = proc_lib:spawn_opt(fun() -> Change(), error(e) end, [monitor]),
                     reason(M)
                 end || Change <- [fun() -> erase() end, fun() -> put('$initial_call', nonsense) end,
                                   fun() -> put('$ancestors', nonsense) end]]
        end).

crash_with_messages_and_links() ->
    run(fun() ->
                process_flag(trap_exit, true),
                P = proc_lib:spawn_link(fun() ->
                                                proc_lib:spawn_link(fun case_otp:wait_go/0),
                                                [self() ! N || N <- lists:seq(1, 100)],
                                                wait_go(),
                                                put(key, lists:seq(1, 1000)),
                                                exit(crash)
                                        end),
                go(P),
                receive {'EXIT', P, R} -> R end
        end).

%% --- start -------------------------------------------------------------------------------------
starts() ->
    run(fun() ->
                [begin
                     {ok, P} = S,
                     R = process_info(P, links),
                     go(P),
                     R =:= {links, []} orelse R =:= {links, [self()]} andalso linked
                 end || S <- [proc_lib:start(?MODULE, started, [self()]), proc_lib:start(?MODULE, started, [self()], 50000),
                              proc_lib:start(?MODULE, started, [self()], infinity, [{priority, low}]),
                              proc_lib:start_link(?MODULE, started, [self()]), proc_lib:start_link(?MODULE, started, [self()], 50000),
                              proc_lib:start_link(?MODULE, started, [self()], 50000, [{priority, low}])]]
        end).

started(Parent) ->
    proc_lib:init_ack(Parent, {ok, self()}),
    wait_go().

start_monitors() ->
    run(fun() ->
                [begin
                     {{ok, P}, M} = S,
                     go(P),
                     reason(M)
                 end || S <- [proc_lib:start_monitor(?MODULE, started, [self()]), proc_lib:start_monitor(?MODULE, started, [self()], 50000),
                              proc_lib:start_monitor(?MODULE, started, [self()], 50000, [{priority, low}])]]
        end).

init_ack_gives_any_term() ->
    run(fun() ->
                [begin
                     R = proc_lib:start(?MODULE, acks, [T]),
                     clean(R)
                 end || T <- [ok, {error, x}, ignore, 7, "string"]]
        end).

%% init_ack/1 finds the parent in the dictionary.
acks(Term) ->
    proc_lib:init_ack(Term).

start_that_dies_first() ->
    run(fun() ->
                process_flag(trap_exit, true),
                A = [clean(proc_lib:start(?MODULE, dies, [F])) || F <- [fun() -> exit(why) end, fun() -> ok end, fun() -> error(e) end]],
                B = [clean(proc_lib:start_link(?MODULE, dies, [F])) || F <- [fun() -> exit(why) end, fun() -> ok end]],
                {R, M} = proc_lib:start_monitor(?MODULE, dies, [fun() -> exit(why) end]),
                {A, B, R, reason(M), flush()}
        end).

dies(F) -> F().

start_timeouts() ->
    run(fun() ->
                process_flag(trap_exit, true),
                A = proc_lib:start(?MODULE, dies, [fun case_otp:wait_go/0], 5),
                B = proc_lib:start_link(?MODULE, dies, [fun case_otp:wait_go/0], 5),
                {C, M} = proc_lib:start_monitor(?MODULE, dies, [fun case_otp:wait_go/0], 5),
                {A, B, C, reason(M), flush()}
        end).

start_with_a_monitor_option() ->
    run(fun() ->
                [class(fun() -> proc_lib:F(?MODULE, started, [self()], infinity, [Opt]) end)
                 || F <- [start, start_link, start_monitor], Opt <- [monitor, {monitor, [{tag, x}]}]]
        end).

start_with_wrong_arguments() ->
    run(fun() ->
                [class(F) || F <- [fun() -> proc_lib:start(a, b, c) end, fun() -> proc_lib:start("a", b, []) end,
                                   fun() -> proc_lib:spawn(x) end, fun() -> proc_lib:spawn_link(a, b, c) end,
                                   fun() -> proc_lib:start_link(?MODULE, started, [self()], infinity, [nonsense]) end,
                                   fun() -> proc_lib:hibernate(a, b, c) end]]
        end).

start_of_a_process_that_answers_another() ->
    run(fun() ->
                %% The acknowledgement goes to the pid given, with the pid of the started one.
                Self = self(),
                P = proc_lib:spawn_link(fun() -> proc_lib:init_ack(Self, my_term) end),
                receive {ack, P, T} -> T end
        end).

%% --- hibernate ---------------------------------------------------------------------------------
hibernate() ->
    run(fun() ->
                Self = self(),
                P = proc_lib:spawn_link(?MODULE, sleeper, [Self, {state, lists:seq(1, 1000)}]),
                [begin
                     until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end),
                     P ! {wake, N},
                     receive {woken, N, Sum} -> Sum end
                 end || N <- [1, 2, 3]]
        end).

sleeper(To, {state, L}) ->
    proc_lib:hibernate(?MODULE, awake, [To, {state, L}]).

awake(To, {state, L}) ->
    receive {wake, N} -> To ! {woken, N, lists:sum(L) + N} end,
    sleeper(To, {state, L}).

crash_behind_hibernation() ->
    run(fun() ->
                [begin
                     {P, M} = proc_lib:spawn_opt(fun() -> proc_lib:hibernate(?MODULE, crashes, [How]) end, [monitor]),
                     P ! wake,
                     reason(M)
                 end || How <- [error, exit, throw, return]]
        end).

crashes(error) -> error(awake);
crashes(exit) -> exit(awake);
crashes(throw) -> throw(awake);
crashes(return) -> receive wake -> ok end.

%% --- stop --------------------------------------------------------------------------------------
stop() ->
    run(fun() ->
                [begin
                     {ok, P} = case_server:start(a),
                     M = watch(P),
                     {F(P), reason(M)}
                 end || F <- [fun(P) -> proc_lib:stop(P) end, fun(P) -> proc_lib:stop(P, shutdown, infinity) end,
                              fun(P) -> proc_lib:stop(P, other, 50000) end,
                              fun(P) -> register(pl_stop, P), proc_lib:stop(pl_stop) end,
                              fun(P) -> register(pl_stop, P), proc_lib:stop({pl_stop, node()}, normal, 50000) end]]
        end).

stop_of_nobody() ->
    run(fun() ->
                {ok, P} = case_server:start(a),
                kill(P),
                [class(fun() -> proc_lib:stop(X) end) || X <- [P, pl_nobody, {pl_nobody, node()}, {a, 'b@c'}]]
        end).

stop_of_a_process_that_does_not_listen() ->
    run(fun() ->
                P = proc_lib:spawn_link(fun case_otp:wait_go/0),
                {class(fun() -> proc_lib:stop(P, normal, 10) end), is_process_alive(P), flush()}
        end).

stop_of_a_special_process() ->
    run(fun() ->
                process_flag(trap_exit, true),
                {ok, P} = case_special:start_link(s),
                M = watch(P),
                {class(fun() -> proc_lib:stop(P, why, infinity) end), reason(M)}
        end).

%% --- gen ---------------------------------------------------------------------------------------
%% A behaviour of our own, made with gen as those of OTP are.
init_it(Starter, self, Name, Mod, Args, Options) ->
    init_it(Starter, self(), Name, Mod, Args, Options);
init_it(Starter, _Parent, Name, Mod, Args, Options) ->
    case Mod:Args() of
        {ok, State} ->
            proc_lib:init_ack(Starter, {ok, self()}),
            own_loop(gen:name(Name), State, Options);
        Error ->
            gen:unregister_name(Name),
            proc_lib:init_ack(Starter, Error)
    end.

own_loop(Name, State, Options) ->
    receive
        {question, From, name} -> gen:reply(From, Name), own_loop(Name, State, Options);
        {question, From, options} -> gen:reply(From, Options), own_loop(Name, State, Options);
        {question, From, Q} -> gen:reply(From, {State, Q}), own_loop(Name, State, Options);
        {system, From, {terminate, Reason}} -> gen:reply(From, ok), exit(Reason)
    end.



own_behaviour() ->
    run(fun() ->
                {ok, P} = gen:start(?MODULE, nolink, case_own, good, [{timeout, 50000}]),
                {ok, Q} = gen:start(?MODULE, link, {local, pl_own}, case_own, good, []),
                {ok, {R, M}} = gen:start(?MODULE, monitor, case_own, good, []),
                A = [clean(gen:call(X, question, Y)) || X <- [P, Q, pl_own, {pl_own, node()}, R], Y <- [what, name, options]],
                B = gen:call(P, question, what, 50000),
                C = gen:call(P, question, what, infinity),
                gen:stop(R),
                unlink(Q),
                gen:stop(pl_own, shutdown, infinity),
                {A, B, C, reason(M), whereis(pl_own)}
        end).

own_behaviour_that_fails() ->
    run(fun() ->
                {gen:start(?MODULE, nolink, {local, pl_own_bad}, case_own, bad, []), whereis(pl_own_bad),
                 gen:start(?MODULE, monitor, case_own, bad, []), flush()}
        end).

own_requests() ->
    run(fun() ->
                {ok, P} = gen:start(?MODULE, link, case_own, good, []),
                R1 = gen:send_request(P, question, one),
                C = gen:send_request(P, question, two, label, gen:reqids_new()),
                A = gen:wait_response(R1, 50000),
                B = gen:receive_response(C, 50000, true),
                R3 = gen:send_request(P, question, three),
                D = receive Msg -> gen:check_response(Msg, R3) end,
                R4 = gen:send_request(P, unknown_tag, four),
                {A, B, D, gen:receive_response(R4, 5), gen:wait_response(gen:send_request(pl_nobody, a, b), 5)}
        end).

gen_helpers() ->
    run(fun() ->
                Self = self(),
                register(pl_helpers, Self),
                [gen:name({local, a}), gen:name({via, m, {b}}), gen:name({global, c}), gen:name(Self) =:= Self,
                 gen:get_proc_name({local, pl_helpers}), gen:get_proc_name(Self) =:= Self,
                 class(fun() -> gen:get_proc_name({local, pl_other}) end), class(fun() -> gen:get_parent() end),
                 gen:debug_options(n, []), gen:debug_options(n, [{debug, [trace]}]), gen:debug_options(n, [{debug, nonsense}]),
                 gen:hibernate_after([]), gen:hibernate_after([{hibernate_after, 7}]),
                 gen:format_status_header("Status of", a_name), gen:format_status_header("Status of", {b}),
                 gen:unregister_name({local, pl_helpers}), gen:unregister_name({local, pl_helpers}),
                 gen:unregister_name(Self), whereis(pl_helpers)]
        end).

get_parent_of_a_started_process() ->
    run(fun() ->
                Self = self(),
                proc_lib:spawn_link(fun() -> Self ! {parent, gen:get_parent()} end),
                A = receive {parent, P} -> P =:= Self end,
                register(pl_named_parent, self()),
                proc_lib:spawn_link(fun() -> Self ! {parent, gen:get_parent()} end),
                B = receive {parent, Q} -> Q =:= Self end,
                {A, B}
        end).

call_of_a_process_that_dies() ->
    run(fun() ->
                [begin
                     P = spawn(fun() -> receive {'$x', _, _} -> exit(gone) end end),
                     class(fun() -> gen:call(P, '$x', q, T) end)
                 end || T <- [infinity, 50000]]
        end).

hundred_starts_at_once() ->
    run(fun() ->
                Self = self(),
                [spawn_link(fun() ->
                                    {ok, P} = proc_lib:start_link(?MODULE, started, [self()]),
                                    M = watch(P),
                                    go(P),
                                    Self ! {n, N, reason(M)}
                            end) || N <- lists:seq(1, 100)],
                lists:usort([receive {n, N, R} -> R end || N <- lists:seq(1, 100)])
        end).
