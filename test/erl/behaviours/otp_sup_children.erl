%% supervisor: starting, asking, ending and checking children; shutdown; simple_one_for_one;
%% significant children.
-module(otp_sup_children).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1]).
-import(case_sup, [start/2, spec/2, spec/3, pid/2, ids/1, crash/2, crash/3, restarted/3, stop/1]).

flags(Strategy) -> #{strategy => Strategy, intensity => 10, period => 3600}.

sup(Specs) -> start(flags(one_for_one), Specs).

try_start(Flags, Specs) ->
    try_init(fun() -> {ok, {Flags, Specs}} end).

%% How a supervisor that does not start answers, and what its parent gets.
try_init(Init) ->
    process_flag(trap_exit, true),
    R = supervisor:start_link(case_sup, Init),
    case R of
        {ok, _} -> {clean(R), []};
        _ -> receive {'EXIT', _, _} = E -> {clean(R), [clean(E)]} end
    end.

%% --- starting ----------------------------------------------------------------------------------
init_results() ->
    run(fun() ->
                [try_init(I) || I <- [fun() -> ignore end, fun() -> nonsense end, fun() -> {ok, nonsense} end,
                                      fun() -> {error, x} end, fun() -> error(bad) end, fun() -> exit(bad) end]]
        end).

wrong_flags() ->
    run(fun() ->
                [try_start(F, []) || F <- [#{strategy => nonsense}, #{intensity => -1}, #{intensity => many},
                                           #{period => 0}, #{period => 1.5}, {one_for_one, 1}, {nonsense, 1, 1},
                                           {one_for_one, -1, 1}, {one_for_one, 1, 0}, [], nonsense,
                                           #{auto_shutdown => maybe}, #{unknown => x}]]
        end).

names() ->
    run(fun() ->
                case_via:start_link(),
                Init = fun() -> {ok, {#{}, []}} end,
                {ok, A} = supervisor:start_link({local, su_name}, case_sup, Init),
                {ok, B} = supervisor:start_link({via, case_via, su}, case_sup, Init),
                {whereis(su_name) =:= A, supervisor:count_children(su_name),
                 supervisor:which_children({via, case_via, su}), supervisor:count_children({su_name, node()}),
                 clean(supervisor:start_link({local, su_name}, case_sup, Init), [{A, a}]),
                 clean(supervisor:start_link({via, case_via, su}, case_sup, Init), [{B, b}]),
                 class(fun() -> supervisor:which_children(su_nobody) end)}
        end).

start_order_and_a_child_that_fails() ->
    run(fun() ->
                L = log(),
                Fails = fun(R) -> spec(L, bad, #{opts => #{init => fun(_) -> R() end}}) end,
                [begin
                     R = try_start(#{}, [spec(L, a), spec(L, b), Fails(F), spec(L, never)]),
                     {norm(R), notes(L)}
                 end || F <- [fun() -> {error, why} end, fun() -> exit(why) end, fun() -> nonsense end,
                              fun() -> throw(ball) end, fun() -> {error, {already_started, x}} end]]
        end).

%% The arguments of start functions hold funs and logs: leave them out.
norm({{error, {shutdown, {failed_to_start_child, Id, R}}}, M}) ->
    {failed, Id, R, [case E of {'EXIT', P, {shutdown, {failed_to_start_child, I, _}}} -> {'EXIT', P, I}; O -> O end || E <- M]};
norm(Other) ->
    Other.

start_function_that_is_not_there() ->
    run(fun() -> norm(try_start(#{}, [#{id => x, start => {no_such_module, start, []}}])) end).

children_that_ignore() ->
    run(fun() ->
                L = log(),
                Ignore = #{opts => #{init => fun(_) -> ignore end}},
                S = sup([spec(L, a), spec(L, i, Ignore), spec(L, t, Ignore#{restart => temporary}), spec(L, b)]),
                {ids(S), supervisor:count_children(S)}
        end).

children_with_info() ->
    run(fun() ->
                L = log(),
                S = sup([]),
                Info = fun(GoOn) -> {ok, P} = GoOn(), {ok, P, some_info} end,
                R1 = supervisor:start_child(S, spec(L, a, #{opts => #{init => Info}})),
                supervisor:terminate_child(S, a),
                R2 = supervisor:restart_child(S, a),
                Nobody = fun(_) -> {ok, undefined} end,
                R3 = supervisor:start_child(S, spec(L, b, #{opts => #{init => Nobody}})),
                {clean(R1), clean(R2), element(1, element(2, R3)), ids(S)}
        end).

%% --- start_child and friends -------------------------------------------------------------------
start_child() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a)]),
                {ok, B} = supervisor:start_child(S, spec(L, b)),
                [B =:= pid(S, b),
                 clean(supervisor:start_child(S, spec(L, b)), [{B, b}]),
                 supervisor:terminate_child(S, b),
                 supervisor:start_child(S, spec(L, b)),
                 supervisor:delete_child(S, b),
                 clean(supervisor:start_child(S, spec(L, b))),
                 ids(S)]
        end).

start_child_failures() ->
    run(fun() ->
                L = log(),
                S = sup([]),
                Fails = fun(R) -> spec(L, bad, #{opts => #{init => fun(_) -> R() end}}) end,
                Rs = [clean(supervisor:start_child(S, Fails(F)))
                      || F <- [fun() -> {error, why} end, fun() -> exit(why) end, fun() -> nonsense end,
                               fun() -> ignore end]],
                {[case R of {error, {R1, {child, _, Id, _, _, _, _, _, _}}} -> {error, R1, Id}; _ -> R end || R <- Rs], ids(S),
                 [class(fun() -> supervisor:start_child(S, X) end) || X <- [nonsense, #{}, [], {a, b}, #{id => x}]]}
        end).

temporary_child_that_ignores_is_not_kept() ->
    run(fun() ->
                L = log(),
                S = sup([]),
                {supervisor:start_child(S, spec(L, t, #{restart => temporary, opts => #{init => fun(_) -> ignore end}})), ids(S)}
        end).

terminate_child() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a), spec(L, t, #{restart => temporary})]),
                notes(L),
                [supervisor:terminate_child(S, a), supervisor:terminate_child(S, a), supervisor:terminate_child(S, t),
                 supervisor:terminate_child(S, t), supervisor:terminate_child(S, nobody), ids(S), notes(L)]
        end).

restart_child() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a)]),
                [supervisor:restart_child(S, a), supervisor:restart_child(S, nobody), supervisor:terminate_child(S, a),
                 clean(supervisor:restart_child(S, a)), ids(S)]
        end).

restart_child_that_fails() ->
    run(fun() ->
                L = log(),
                C = counters:new(1, []),
                Init = fun(GoOn) ->
                               counters:add(C, 1, 1),
                               case counters:get(C, 1) of 1 -> GoOn(); 2 -> {error, two}; 3 -> ignore; _ -> GoOn() end
                       end,
                S = sup([spec(L, a, #{opts => #{init => Init}})]),
                supervisor:terminate_child(S, a),
                Rs = [clean(supervisor:restart_child(S, a)) || _ <- [1, 2, 3]],
                {Rs, ids(S)}
        end).

delete_child() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a), spec(L, b)]),
                [supervisor:delete_child(S, a), supervisor:terminate_child(S, a), supervisor:delete_child(S, a),
                 supervisor:delete_child(S, a), supervisor:restart_child(S, a), ids(S)]
        end).

which_children_is_in_reverse_order() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a), spec(L, {b, 1}, #{type => supervisor, modules => dynamic}), spec(L, "c")]),
                supervisor:start_child(S, spec(L, d, #{modules => [x, y]})),
                clean(supervisor:which_children(S))
        end).

count_children() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a), spec(L, b, #{type => supervisor}), spec(L, c), spec(L, d)]),
                supervisor:terminate_child(S, a),
                A = supervisor:count_children(S),
                supervisor:terminate_child(S, b),
                supervisor:delete_child(S, c),
                {A, supervisor:count_children(S)}
        end).

get_childspec() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a), #{id => t, start => {case_child, start_link, [L, t, #{}]}, restart => temporary,
                                       significant => false, shutdown => 7, type => worker, modules => [m]},
                         {tuple, {case_child, start_link, [L, tuple, #{}]}, transient, brutal_kill, supervisor, dynamic}]),
                [clean(supervisor:get_childspec(S, Id)) || Id <- [a, t, tuple, nobody, pid(S, a)]]
        end).

check_childspecs() ->
    run(fun() ->
                Ok = #{id => a, start => {m, f, []}},
                [supervisor:check_childspecs(Specs)
                 || Specs <- [[], [Ok], [Ok, Ok], nonsense, [nonsense], [#{}], [#{id => a}], [#{start => {m, f, []}}],
                              [Ok#{start => {m, f}}], [Ok#{start => {m, f, x}}], [Ok#{start => {"m", f, []}}],
                              [Ok#{restart => x}], [Ok#{shutdown => x}], [Ok#{shutdown => -1}], [Ok#{shutdown => 0}],
                              [Ok#{shutdown => infinity}], [Ok#{type => x}], [Ok#{type => supervisor}],
                              [Ok#{modules => x}], [Ok#{modules => dynamic}], [Ok#{modules => [1]}], [Ok#{unknown => x}],
                              [{a, {m, f, []}, permanent, 1, worker, []}], [{a, {m, f, []}, x, 1, worker, []}],
                              [{a, {m, f, []}, permanent, 1, worker}], [Ok#{significant => true}],
                              [Ok#{significant => true, restart => temporary}], [Ok#{significant => x}]]]
        end).

check_childspecs_with_auto_shutdown() ->
    run(fun() ->
                Ok = #{id => a, start => {m, f, []}},
                [supervisor:check_childspecs([Spec], Auto)
                 || Spec <- [Ok, Ok#{significant => true, restart => temporary}, Ok#{significant => true, restart => transient},
                             Ok#{significant => true}],
                    Auto <- [undefined, never, any_significant, all_significant, nonsense]]
        end).

duplicate_ids() ->
    run(fun() -> L = log(), try_start(#{}, [spec(L, a), spec(L, a)]) end).

%% --- shutdown ----------------------------------------------------------------------------------
shutdown_variants() ->
    run(fun() ->
                L = log(),
                Stubborn = #{stop => fun() -> receive never -> ok end end},
                Specs = [spec(L, killed, #{shutdown => brutal_kill}), spec(L, waited_for, #{shutdown => infinity}),
                         spec(L, in_time, #{shutdown => 60000}), spec(L, too_slow, #{shutdown => 20, opts => Stubborn}),
                         spec(L, at_once, #{shutdown => 0, opts => Stubborn})],
                S = sup(Specs),
                notes(L),
                Ws = [{Id, watch(pid(S, Id))} || {Id, _} <- ids(S)],
                Rs = [{Id, supervisor:terminate_child(S, Id), reason(W)} || {Id, W} <- Ws],
                {Rs, [N || N <- notes(L), N =/= {stop, at_once, shutdown}]}
        end).

shutdown_of_a_child_that_does_not_trap() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a, #{opts => #{trap => false}})]),
                W = watch(pid(S, a)),
                {supervisor:terminate_child(S, a), reason(W), notes(L)}
        end).

shutdown_of_a_child_that_ends_otherwise() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a, #{opts => #{stop => fun() -> exit(other_end) end}})]),
                W = watch(pid(S, a)),
                {supervisor:terminate_child(S, a), reason(W), ids(S)}
        end).

shutdown_of_a_child_that_unlinked() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a, #{shutdown => 50})]),
                P = pid(S, a),
                Self = self(),
                gen_server:cast(P, {do, fun() -> unlink(S), Self ! unlinked end}),
                receive unlinked -> ok end,
                W = watch(P),
                {supervisor:terminate_child(S, a), reason(W), ids(S)}
        end).

shutdown_of_a_child_that_is_dead() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a, #{restart => temporary})]),
                sys:suspend(S),
                kill_unseen(S),
                sys:resume(S),
                until(fun() -> ids(S) =:= [] end),
                supervisor:terminate_child(S, a)
        end).

kill_unseen(S) ->
    {links, Links} = process_info(S, links),
    [kill(P) || P <- Links, P =/= self()].

supervisors_end_their_children_last_first() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, N) || N <- lists:seq(1, 10)]),
                notes(L),
                {stop(S), [N || {stop, N, shutdown} <- notes(L)]}
        end).

exits_of_strangers_are_ignored() ->
    run(fun() ->
                L = log(),
                S = sup([spec(L, a)]),
                spawn(fun() -> link(S), exit(stranger) end),
                S ! {'EXIT', L, forged},
                S ! some_message,
                gen_server:cast(S, {try_again_restart, nobody}),
                ids(S)
        end).

%% --- simple_one_for_one ------------------------------------------------------------------------
simple(L, More) ->
    start(flags(simple_one_for_one),
          [maps:merge(#{id => any, start => {case_child, start_link, [L, #{}, extra]}}, More)]).

simple_start_and_ask() ->
    run(fun() ->
                L = log(),
                S = simple(L, #{}),
                Before = {supervisor:which_children(S), supervisor:count_children(S)},
                Ps = [begin {ok, P} = supervisor:start_child(S, [N]), P end || N <- [1, 2, 3]],
                {Before, lists:sort([P || {undefined, P, worker, [case_child]} <- supervisor:which_children(S)]) =:= lists:sort(Ps),
                 supervisor:count_children(S), [gen_server:call(P, id) || P <- Ps], notes(L)}
        end).

simple_refuses() ->
    run(fun() ->
                L = log(),
                S = simple(L, #{}),
                {ok, P} = supervisor:start_child(S, [1]),
                [supervisor:restart_child(S, any), supervisor:delete_child(S, any), supervisor:terminate_child(S, any),
                 supervisor:terminate_child(S, P), supervisor:terminate_child(S, P), supervisor:terminate_child(S, self()),
                 clean(supervisor:get_childspec(S, any)), clean(supervisor:get_childspec(S, P)),
                 clean(supervisor:start_child(S, [1, 2, 3])), clean(supervisor:start_child(S, nonsense)),
                 supervisor:count_children(S)]
        end).

simple_wants_one_spec() ->
    run(fun() ->
                L = log(),
                [case try_start(#{strategy => simple_one_for_one}, Specs) of
                     {{error, {E, _}}, _} -> E;
                     Other -> Other
                 end || Specs <- [[], [spec(L, a), spec(L, b)], nonsense]]
        end).

simple_restarts_by_type() ->
    run(fun() ->
                [begin
                     L = log(),
                     S = simple(L, #{restart => Restart}),
                     {ok, P} = supervisor:start_child(S, [one]),
                     Fun = fun() -> [Q || {_, Q, _, _} <- supervisor:which_children(S)] =/= [P] end,
                     case How of kill -> exit(P, kill); _ -> gen_server:cast(P, {stop, How}) end,
                     until(Fun),
                     {Restart, How, supervisor:count_children(S), notes(L)}
                 end || Restart <- [permanent, transient, temporary], How <- [normal, kill]]
        end).

simple_restart_that_fails() ->
    run(fun() ->
                L = log(),
                C = counters:new(1, []),
                Init = fun(GoOn) -> counters:add(C, 1, 1), case counters:get(C, 1) of N when N =:= 2; N =:= 3 -> {error, N}; _ -> GoOn() end end,
                S = start(flags(simple_one_for_one), [#{id => any, start => {case_child, start_link, [L, #{init => Init}, extra]}}]),
                {ok, P} = supervisor:start_child(S, [one]),
                exit(P, kill),
                until(fun() -> case supervisor:which_children(S) of [{_, Q, _, _}] when is_pid(Q), Q =/= P -> true; _ -> false end end),
                {notes(L), supervisor:count_children(S)}
        end).

simple_shutdown_of_many() ->
    run(fun() ->
                [begin
                     L = log(),
                     S = simple(L, #{shutdown => Shutdown, restart => Restart}),
                     [{ok, _} = supervisor:start_child(S, [N]) || N <- lists:seq(1, 50)],
                     notes(L),
                     R = stop(S),
                     {R, length([x || {stop, _, shutdown} <- notes(L)])}
                 end || {Shutdown, Restart} <- [{5000, permanent}, {infinity, temporary}, {brutal_kill, transient}]]
        end).

simple_shutdown_timeout_kills() ->
    run(fun() ->
                L = log(),
                S = start(flags(simple_one_for_one),
                          [#{id => any, shutdown => 30,
                             start => {case_child, start_link, [L, #{stop => fun() -> receive never -> ok end end}, extra]}}]),
                Ws = [begin {ok, P} = supervisor:start_child(S, [N]), watch(P) end || N <- [1, 2, 3]],
                {stop(S), [reason(W) || W <- Ws]}
        end).

simple_terminate_child_by_pid() ->
    run(fun() ->
                L = log(),
                S = simple(L, #{}),
                [{ok, A}, {ok, B}] = [supervisor:start_child(S, [N]) || N <- [a, b]],
                R = supervisor:terminate_child(S, A),
                {R, is_process_alive(A), is_process_alive(B), supervisor:count_children(S), notes(L)}
        end).

simple_thousand() ->
    run(fun() ->
                L = log(),
                S = simple(L, #{restart => temporary, shutdown => brutal_kill}),
                Ps = [begin {ok, P} = supervisor:start_child(S, [N]), P end || N <- lists:seq(1, 1000)],
                [exit(P, kill) || P <- Ps],
                until(fun() -> supervisor:count_children(S) =:= [{specs, 1}, {active, 0}, {supervisors, 0}, {workers, 0}] end)
        end).

%% --- significant children ----------------------------------------------------------------------
significant(L, Id, Restart) -> spec(L, Id, #{significant => true, restart => Restart}).

any_significant() ->
    run(fun() ->
                [begin
                     process_flag(trap_exit, true),
                     L = log(),
                     S = start(#{auto_shutdown => any_significant},
                               [spec(L, a), significant(L, s, Restart), significant(L, t, Restart)]),
                     W = watch(S),
                     notes(L),
                     gen_server:cast(pid(S, s), {stop, How}),
                     {reason(W), notes(L)}
                 end || {Restart, How} <- [{transient, normal}, {transient, shutdown}, {temporary, other}, {temporary, normal}]]
        end).

any_significant_that_crashes_is_restarted() ->
    run(fun() ->
                L = log(),
                S = start(#{auto_shutdown => any_significant, intensity => 3, period => 3600}, [significant(L, s, transient)]),
                crash(S, s),
                ids(S)
        end).

all_significant() ->
    run(fun() ->
                process_flag(trap_exit, true),
                L = log(),
                S = start(#{auto_shutdown => all_significant}, [spec(L, a), significant(L, s, transient), significant(L, t, temporary)]),
                W = watch(S),
                notes(L),
                gen_server:cast(pid(S, s), {stop, normal}),
                until(fun() -> lists:member({s, undefined}, ids(S)) end),
                N = notes(L),
                gen_server:cast(pid(S, t), {stop, other}),
                {N, reason(W), notes(L)}
        end).

terminate_child_of_a_significant_child() ->
    run(fun() ->
                %% Ended by hand, it does not end the supervisor.
                L = log(),
                S = start(#{auto_shutdown => any_significant}, [significant(L, s, transient)]),
                {supervisor:terminate_child(S, s), ids(S)}
        end).

never_and_significant_is_refused() ->
    run(fun() ->
                L = log(),
                [case try_start(F, [significant(L, s, R)]) of
                     {{error, {E, {W, _}}}, _} -> {E, W};
                     {{error, {E, W}}, _} -> {E, W};
                     {{ok, _}, _} -> ok
                 end || {F, R} <- [{#{}, transient}, {#{auto_shutdown => any_significant}, permanent},
                                   {#{auto_shutdown => all_significant}, temporary}]]
        end).

auto_shutdown_of_a_sub_supervisor() ->
    run(fun() ->
                L = log(),
                [begin
                     S = sup([#{id => sub, type => supervisor, restart => Restart,
                                start => {supervisor, start_link,
                                          [case_sup, fun() -> {ok, {#{auto_shutdown => any_significant}, [significant(L, s, transient)]}} end]}}]),
                     Sub = pid(S, sub),
                     notes(L),
                     gen_server:cast(pid(Sub, s), {stop, normal}),
                     case Restart of
                         permanent -> restarted(S, sub, Sub);
                         _ -> until(fun() -> ids(S) =:= [{sub, undefined}] end)
                     end,
                     {ids(S), notes(L)}
                 end || Restart <- [permanent, transient]]
        end).

%% --- system messages ---------------------------------------------------------------------------
change_code_takes_the_new_specs() ->
    run(fun() ->
                L = log(),
                T = ets:new(flags, [public]),
                ets:insert(T, {init, {#{intensity => 1, period => 3600}, [spec(L, a), spec(L, b)]}}),
                {ok, S} = supervisor:start_link(case_sup, fun() -> [{init, I}] = ets:lookup(T, init), {ok, I} end),
                ets:insert(T, {init, {{one_for_all, 7, 3600}, [spec(L, a), spec(L, c)]}}),
                ok = sys:suspend(S),
                R = sys:change_code(S, case_sup, old, extra),
                ok = sys:resume(S),
                {R, ids(S), clean(supervisor:restart_child(S, c)), ids(S)}
        end).

change_code_with_nonsense() ->
    run(fun() ->
                L = log(),
                T = ets:new(flags, [public]),
                ets:insert(T, {init, {#{}, [spec(L, a)]}}),
                {ok, S} = supervisor:start_link(case_sup, fun() -> [{init, I}] = ets:lookup(T, init), {ok, I} end),
                [begin
                     ets:insert(T, {init, I}),
                     ok = sys:suspend(S),
                     R = sys:change_code(S, case_sup, old, extra),
                     ok = sys:resume(S),
                     {clean(R), ids(S)}
                 end || I <- [{#{strategy => nonsense}, []}, {#{}, [nonsense]}]]
        end).

callback_module() ->
    run(fun() ->
                S = sup([]),
                {supervisor:get_callback_module(S), proc_lib:translate_initial_call(S),
                 element(3, sys:get_status(S))}
        end).

%% --- supervisor_bridge -------------------------------------------------------------------------
bridge(Init) -> supervisor_bridge:start_link(case_bridge, Init).

bridge_to(L) ->
    fun() ->
            P = spawn(fun() -> receive {exit, R} -> exit(R) end end),
            put(child, P),
            {ok, P, fun(R) -> note(L, {terminate, R}), exit(P, kill) end}
    end.

bridge_starts_and_stops() ->
    run(fun() ->
                process_flag(trap_exit, true),
                L = log(),
                {ok, B} = bridge(bridge_to(L)),
                W = watch(B),
                R = {supervisor:which_children(B), gen_server:call(B, nonsense), proc_lib:translate_initial_call(B)},
                exit(B, shutdown),
                {R, reason(W), notes(L)}
        end).

bridge_ends_with_its_child() ->
    run(fun() ->
                process_flag(trap_exit, true),
                [begin
                     L = log(),
                     {ok, B} = bridge(bridge_to(L)),
                     W = watch(B),
                     {dictionary, D} = process_info(B, dictionary),
                     proplists:get_value(child, D) ! {exit, R},
                     {reason(W), notes(L)}
                 end || R <- [normal, shutdown, {shutdown, x}, other]]
        end).

bridge_init_results() ->
    run(fun() ->
                process_flag(trap_exit, true),
                [clean(bridge(I)) || I <- [fun() -> ignore end, fun() -> {error, why} end, fun() -> error(bad) end,
                                           fun() -> nonsense end]]
        end).

bridge_names() ->
    run(fun() ->
                L = log(),
                {ok, B} = supervisor_bridge:start_link({local, su_bridge}, case_bridge, bridge_to(L)),
                B ! some_message,
                gen_server:cast(B, some_cast),
                {whereis(su_bridge) =:= B, clean(supervisor_bridge:start_link({local, su_bridge}, case_bridge, bridge_to(L)), [{B, b}]),
                 supervisor:which_children(su_bridge)}
        end).

bridge_under_a_supervisor() ->
    run(fun() ->
                L = log(),
                S = sup([#{id => bridge, type => supervisor, shutdown => infinity, start => {supervisor_bridge, start_link, [case_bridge, bridge_to(L)]}}]),
                B = pid(S, bridge),
                {dictionary, D} = process_info(B, dictionary),
                proplists:get_value(child, D) ! {exit, crash},
                restarted(S, bridge, B),
                {ids(S), supervisor:count_children(S), stop(S), notes(L)}
        end).

bridge_code_change() ->
    run(fun() ->
                L = log(),
                {ok, B} = bridge(bridge_to(L)),
                sys:suspend(B),
                R = sys:change_code(B, supervisor_bridge, old, x),
                sys:resume(B),
                {R, supervisor:which_children(B)}
        end).
