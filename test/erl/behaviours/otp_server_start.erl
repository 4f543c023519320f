%% gen_server: how a server starts, under which name, and what init/1 may return.
-module(otp_server_start).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1]).

ok(State) -> fun() -> {ok, State} end.

start_returns_ok_and_pid() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, ok(a), []),
                {is_pid(P), gen_server:call(P, get), element(2, process_info(P, links))}
        end).

start_link_links() ->
    run(fun() ->
                {ok, P} = gen_server:start_link(case_server, ok(a), []),
                {links, L} = process_info(P, links),
                {gen_server:call(P, get), L =:= [self()]}
        end).

start_monitor_monitors() ->
    run(fun() ->
                {ok, {P, M}} = gen_server:start_monitor(case_server, ok(a), []),
                {monitored_by, By} = process_info(P, monitored_by),
                gen_server:stop(P),
                {By =:= [self()], reason(M)}
        end).

start_monitor_with_name() ->
    run(fun() ->
                {ok, {P, M}} = gen_server:start_monitor({local, ss_monitor}, case_server, ok(a), []),
                W = whereis(ss_monitor) =:= P,
                gen_server:stop(ss_monitor),
                {W, reason(M), whereis(ss_monitor)}
        end).

local_name_registers() ->
    run(fun() ->
                {ok, P} = gen_server:start_link({local, ss_local}, case_server, ok(a), []),
                {whereis(ss_local) =:= P, gen_server:call(ss_local, get),
                 gen_server:call({ss_local, node()}, get)}
        end).

local_name_taken() ->
    run(fun() ->
                {ok, P} = gen_server:start_link({local, ss_taken}, case_server, ok(a), []),
                [clean(gen_server:F({local, ss_taken}, case_server, ok(b), []), [{P, first}])
                 || F <- [start, start_link, start_monitor]]
        end).

local_name_taken_while_starting() ->
    run(fun() ->
                %% The name goes to another between the look for it and the start: init/1 of
                %% the second registers itself the name that the third wants.
                {ok, P} = gen_server:start_link(case_server,
                                                fun() -> register(ss_self, self()), {ok, a} end, []),
                clean(gen_server:start({local, ss_self}, case_server, ok(b), []), [{P, first}])
        end).

local_name_undefined_is_refused() ->
    run(fun() -> class(fun() -> gen_server:start({local, undefined}, case_server, ok(b), []) end) end).

name_not_an_atom() ->
    run(fun() -> class(fun() -> gen_server:start({local, "name"}, case_server, ok(b), []) end) end).

name_is_no_name() ->
    run(fun() -> class(fun() -> gen_server:start(name, case_server, ok(b), []) end) end).

via_name() ->
    run(fun() ->
                case_via:start_link(),
                {ok, P} = gen_server:start({via, case_via, {my, name}}, case_server, ok(a), []),
                R = {case_via:whereis_name({my, name}) =:= P,
                     gen_server:call({via, case_via, {my, name}}, get),
                     gen_server:cast({via, case_via, {my, name}}, {set, b}),
                     gen_server:call(P, get),
                     clean(gen_server:start({via, case_via, {my, name}}, case_server, ok(b), []),
                           [{P, first}])},
                gen_server:stop({via, case_via, {my, name}}),
                until(fun() -> case_via:names() =:= [] end),
                R
        end).

via_name_not_there() ->
    run(fun() ->
                case_via:start_link(),
                [class(fun() -> gen_server:call({via, case_via, none}, get) end),
                 class(fun() -> gen_server:cast({via, case_via, none}, get) end),
                 class(fun() -> gen_server:stop({via, case_via, none}) end),
                 class(fun() -> gen_server:call({via, no_such_module, none}, get) end)]
        end).

via_name_is_given_back_when_init_stops() ->
    run(fun() ->
                case_via:start_link(),
                Name = {via, case_via, back},
                [{clean(gen_server:start(Name, case_server, Init, [])), case_via:names()}
                 || Init <- [fun() -> {stop, no} end, fun() -> ignore end, fun() -> exit(bad) end]]
        end).

init_stop_nolink() ->
    run(fun() -> {gen_server:start(case_server, fun() -> {stop, {why, 1}} end, []), flush()} end).

init_stop_link_not_trapping() ->
    run(fun() ->
                {P, M} = spawn_monitor(fun() ->
                                               gen_server:start_link(case_server,
                                                                     fun() -> {stop, why} end, []),
                                               receive nothing -> ok end
                                       end),
                {is_pid(P), reason(M)}
        end).

init_stop_link_trapping() ->
    run(fun() ->
                process_flag(trap_exit, true),
                R = gen_server:start_link(case_server, fun() -> {stop, why} end, []),
                receive {'EXIT', _, _} = E -> {R, clean(E), flush()} end
        end).

init_stop_normal() ->
    run(fun() ->
                process_flag(trap_exit, true),
                R = gen_server:start_link(case_server, fun() -> {stop, normal} end, []),
                receive {'EXIT', _, _} = E -> {R, clean(E), flush()} end
        end).

init_stop_monitor() ->
    run(fun() ->
                {gen_server:start_monitor(case_server, fun() -> {stop, why} end, []), flush()}
        end).

init_ignore() ->
    run(fun() ->
                process_flag(trap_exit, true),
                R = [gen_server:start(case_server, fun() -> ignore end, []),
                     gen_server:start_monitor(case_server, fun() -> ignore end, []),
                     gen_server:start_link(case_server, fun() -> ignore end, [])],
                receive {'EXIT', _, _} = E -> {R, clean(E), flush()} end
        end).

init_ignore_gives_the_name_back() ->
    run(fun() ->
                R = gen_server:start({local, ss_ignore}, case_server, fun() -> ignore end, []),
                {R, whereis(ss_ignore)}
        end).

init_stop_gives_the_name_back() ->
    run(fun() ->
                [{gen_server:start({local, ss_stop}, case_server, fun() -> {stop, N} end, []),
                  whereis(ss_stop)} || N <- [1, 2, 3]]
        end).

init_raises_error() ->
    run(fun() -> clean(gen_server:start(case_server, fun() -> error(bad) end, [])) end).

init_raises_exit() ->
    run(fun() -> clean(gen_server:start(case_server, fun() -> exit(bad) end, [])) end).

init_raises_exit_normal() ->
    run(fun() -> clean(gen_server:start(case_server, fun() -> exit(normal) end, [])) end).

init_throws_a_return_value() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, fun() -> throw({ok, thrown}) end, []),
                {gen_server:call(P, get), gen_server:start(case_server, fun() -> throw(ignore) end, [])}
        end).

init_throws_nonsense() ->
    run(fun() -> gen_server:start(case_server, fun() -> throw(up) end, []) end).

init_returns_nonsense() ->
    run(fun() ->
                [gen_server:start(case_server, fun() -> V end, [])
                 || V <- [ok, {ok}, {ok, a, -1}, {ok, a, soon}, [], {ok, a, infinity, b}]]
        end).

init_raises_linked_and_trapping() ->
    run(fun() ->
                process_flag(trap_exit, true),
                R = gen_server:start_link(case_server, fun() -> error(bad) end, []),
                receive {'EXIT', _, _} = E -> {clean(R), clean(E), flush()} end
        end).

init_raises_monitored() ->
    run(fun() ->
                {clean(gen_server:start_monitor(case_server, fun() -> error(bad) end, [])), flush()}
        end).

init_timeout_zero() ->
    run(fun() ->
                Self = self(),
                {ok, P} = gen_server:start(case_server, fun() -> {ok, {tell, Self}, 0} end, []),
                receive {P, timeout} -> ok end
        end).

init_timeout_is_lost_by_a_message() ->
    run(fun() ->
                %% The message is there before the server waits.
                {ok, P} = gen_server:start(case_server,
                                           fun() -> self() ! first, {ok, [], 1} end, []),
                until(fun() -> gen_server:call(P, get) =/= [] end),
                timer:sleep(20),
                gen_server:call(P, get)
        end).

init_hibernate() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, fun() -> {ok, [], hibernate} end, []),
                until(fun() ->
                              process_info(P, current_function) =:=
                                  {current_function, {erlang, hibernate, 3}}
                      end),
                gen_server:call(P, get)
        end).

init_continue_comes_first() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server,
                                           fun() -> self() ! early, {ok, [], {continue, go}} end, []),
                until(fun() -> length(gen_server:call(P, get)) =:= 2 end),
                gen_server:call(P, get)
        end).

start_timeout() ->
    run(fun() ->
                Forever = fun() -> receive never -> {ok, a} end end,
                {gen_server:start(case_server, Forever, [{timeout, 10}]), flush()}
        end).

start_link_timeout_kills() ->
    run(fun() ->
                process_flag(trap_exit, true),
                Self = self(),
                Forever = fun() -> Self ! {here, self()}, receive never -> {ok, a} end end,
                R = gen_server:start_link(case_server, Forever, [{timeout, 100}]),
                Alive = receive {here, P} -> is_process_alive(P) after 0 -> false end,
                {R, Alive, flush()}
        end).

start_timeout_unregisters() ->
    run(fun() ->
                Forever = fun() -> receive never -> {ok, a} end end,
                R = gen_server:start({local, ss_slow}, case_server, Forever, [{timeout, 10}]),
                until(fun() -> whereis(ss_slow) =:= undefined end),
                R
        end).

start_monitor_timeout() ->
    run(fun() ->
                Forever = fun() -> receive never -> {ok, a} end end,
                {gen_server:start_monitor(case_server, Forever, [{timeout, 10}]), flush()}
        end).

start_timeout_infinity() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, ok(a), [{timeout, infinity}]),
                gen_server:call(P, get)
        end).

spawn_options_are_passed() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, ok(a),
                                           [{spawn_opt, [{priority, high}, {min_heap_size, 5000},
                                                         {fullsweep_after, 7},
                                                         {message_queue_data, off_heap}]}]),
                {garbage_collection, G} = process_info(P, garbage_collection),
                {process_info(P, priority), lists:keyfind(fullsweep_after, 1, G),
                 element(2, lists:keyfind(min_heap_size, 1, G)) >= 5000,
                 process_info(P, message_queue_data)}
        end).

spawn_option_link() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, ok(a), [{spawn_opt, [link]}]),
                {process_info(P, links) =:= {links, [self()]}}
        end).

spawn_option_monitor_is_refused() ->
    run(fun() ->
                [class(fun() -> gen_server:F(case_server, ok(a), [{spawn_opt, [monitor]}]) end)
                 || F <- [start, start_link, start_monitor]]
        end).

spawn_option_unknown_is_refused() ->
    run(fun() ->
                class(fun() -> gen_server:start(case_server, ok(a), [{spawn_opt, [nonsense]}]) end)
        end).

module_that_is_not_there() ->
    run(fun() -> clean(gen_server:start(no_such_module_here, x, [])) end).

dictionary_has_ancestors_and_initial_call() ->
    run(fun() ->
                register(ss_parent, self()),
                {ok, P} = gen_server:start_link(case_server, ok(a), []),
                {dictionary, D} = process_info(P, dictionary),
                [First | _] = proplists:get_value('$ancestors', D),
                {First, proplists:get_value('$initial_call', D), proc_lib:initial_call(P),
                 proc_lib:translate_initial_call(P)}
        end).

initial_call_of_the_runtime() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, ok(a), []),
                until(fun() -> process_info(P, status) =:= {status, waiting} end),
                process_info(P, [initial_call, current_function, status])
        end).

parent_is_the_starter() ->
    run(fun() ->
                {ok, P} = gen_server:start(case_server, ok(a), []),
                {ok, Q} = gen_server:start_link(case_server, ok(a), []),
                Parent = fun(S) ->
                                 {status, _, _, [_, _, Pa, _, _]} = sys:get_status(S),
                                 Pa
                         end,
                %% Without a link a server is its own parent.
                {Parent(P) =:= P, Parent(Q) =:= self()}
        end).

wrong_arguments() ->
    run(fun() ->
                process_flag(trap_exit, true),
                [class(fun() -> gen_server:start("module", x, []) end),
                 class(fun() -> gen_server:start(case_server, ok(a), not_a_list) end),
                 class(fun() -> gen_server:start_link({local, x}, "module", x, []) end),
                 class(fun() -> gen_server:start_monitor({global}, case_server, x, []) end)]
        end).

started_by_a_dying_process() ->
    run(fun() ->
                Log = log(),
                Stop = fun(R, S) -> note(Log, {terminate, R, S}) end,
                {_, M} =
                    spawn_monitor(
                      fun() ->
                              {ok, P} = gen_server:start_link(
                                          case_server,
                                          fun() ->
                                                  process_flag(trap_exit, true),
                                                  put(terminate, Stop),
                                                  {ok, st}
                                          end, []),
                              note(Log, {started, is_process_alive(P)}),
                              exit(parent_dies)
                      end),
                R = reason(M),
                Seen = fun() ->
                               case get(seen) of
                                   undefined -> put(seen, notes(Log));
                                   S -> put(seen, S ++ notes(Log))
                               end,
                               length(get(seen)) =:= 2
                       end,
                until(Seen),
                {R, get(seen)}
        end).

many_servers_of_one_name_race() ->
    run(fun() ->
                Self = self(),
                [spawn(fun() ->
                               Self ! {result,
                                       gen_server:start({local, ss_race}, case_server, ok(N), [])}
                       end) || N <- lists:seq(1, 20)],
                Results = [receive {result, R} -> R end || _ <- lists:seq(1, 20)],
                [W] = [P || {ok, P} <- Results],
                Lost = [P || {error, {already_started, P}} <- Results],
                {length(Lost), lists:usort(Lost) =:= [W], whereis(ss_race) =:= W,
                 gen_server:stop(ss_race)}
        end).
