%% supervisor: strategies, restart types, intensity, restarts that fail.
-module(otp_sup_restart).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1]).
-import(case_sup, [start/2, spec/2, spec/3, pid/2, ids/1, crash/2, crash/3, restarted/3, stop/1]).

flags(Strategy) -> #{strategy => Strategy, intensity => 10, period => 3600}.

abc(Log) -> [spec(Log, Id) || Id <- [a, b, c]].

one_for_one() ->
    run(fun() ->
                L = log(),
                S = start(flags(one_for_one), abc(L)),
                Started = notes(L),
                crash(S, b),
                crash(S, a),
                {Started, notes(L), ids(S), stop(S), notes(L)}
        end).

one_for_all() ->
    run(fun() ->
                L = log(),
                S = start(flags(one_for_all), abc(L)),
                notes(L),
                crash(S, b),
                {notes(L), ids(S), stop(S), notes(L)}
        end).

rest_for_one() ->
    run(fun() ->
                L = log(),
                S = start(flags(rest_for_one), abc(L)),
                notes(L),
                crash(S, b),
                N1 = notes(L),
                crash(S, c),
                N2 = notes(L),
                crash(S, a),
                {N1, N2, notes(L), ids(S), stop(S), notes(L)}
        end).

children_keep_their_pids_when_others_crash() ->
    run(fun() ->
                L = log(),
                [begin
                     S = start(flags(Strategy), abc(L)),
                     Before = [pid(S, Id) || Id <- [a, b, c]],
                     crash(S, b),
                     After = [pid(S, Id) || Id <- [a, b, c]],
                     [X =:= Y || {X, Y} <- lists:zip(Before, After)]
                 end || Strategy <- [one_for_one, one_for_all, rest_for_one]]
        end).

flags_as_a_tuple() ->
    run(fun() ->
                L = log(),
                S = start({one_for_all, 3, 3600}, [{a, {case_child, start_link, [L, a, #{}]}, permanent, 1000, worker, [case_child]},
                                                   spec(L, b)]),
                notes(L),
                crash(S, a),
                {notes(L), ids(S)}
        end).

default_flags() ->
    run(fun() ->
                %% One restart in five seconds, one_for_one.
                process_flag(trap_exit, true),
                L = log(),
                S = start(#{}, abc(L)),
                notes(L),
                crash(S, a),
                N = notes(L),
                W = watch(S),
                exit(pid(S, b), kill),
                {N, reason(W), notes(L)}
        end).

%% What becomes of a child that ends with each reason.
fates(Restart) ->
    [begin
         L = log(),
         S = start(flags(one_for_one), [spec(L, c, #{restart => Restart})]),
         Old = pid(S, c),
         W = watch(Old),
         case How of
             kill -> exit(Old, kill);
             R -> gen_server:cast(Old, {stop, R})
         end,
         reason(W),
         until(fun() -> supervisor:count_children(S), case lists:keyfind(c, 1, supervisor:which_children(S)) of {_, Old, _, _} -> false; _ -> true end end),
         {How, ids(S), lists:keyfind(specs, 1, supervisor:count_children(S))}
     end || How <- [normal, shutdown, {shutdown, x}, other, kill]].

permanent() -> run(fun() -> fates(permanent) end).
transient() -> run(fun() -> fates(transient) end).
temporary() -> run(fun() -> fates(temporary) end).

ended_transient_can_be_restarted() ->
    run(fun() ->
                L = log(),
                S = start(flags(one_for_one), [spec(L, c, #{restart => transient})]),
                gen_server:cast(pid(S, c), {stop, normal}),
                until(fun() -> ids(S) =:= [{c, undefined}] end),
                {ok, P} = supervisor:restart_child(S, c),
                {P =:= pid(S, c), notes(L)}
        end).

temporary_in_one_for_all() ->
    run(fun() ->
                %% A temporary child that ends does not restart the others; it goes with them.
                L = log(),
                S = start(flags(one_for_all), [spec(L, a), spec(L, t, #{restart => temporary}), spec(L, b)]),
                notes(L),
                kill(pid(S, t)),
                until(fun() -> length(ids(S)) =:= 2 end),
                N = notes(L),
                S2 = start(flags(one_for_all), [spec(L, a), spec(L, t, #{restart => temporary}), spec(L, b)]),
                notes(L),
                crash(S2, a),
                {N, notes(L), ids(S2)}
        end).

temporary_in_rest_for_one() ->
    run(fun() ->
                L = log(),
                S = start(flags(rest_for_one), [spec(L, a), spec(L, t, #{restart => temporary}), spec(L, b)]),
                notes(L),
                crash(S, a),
                {notes(L), ids(S)}
        end).

transient_in_one_for_all() ->
    run(fun() ->
                L = log(),
                S = start(flags(one_for_all), [spec(L, a), spec(L, t, #{restart => transient})]),
                notes(L),
                gen_server:cast(pid(S, t), {stop, normal}),
                until(fun() -> ids(S) =:= [{t, undefined}, {a, true}] end),
                N = notes(L),
                crash(S, a),
                {N, notes(L), ids(S)}
        end).

%% --- intensity ---------------------------------------------------------------------------------
intensity_zero() ->
    run(fun() ->
                process_flag(trap_exit, true),
                L = log(),
                S = start(#{intensity => 0}, abc(L)),
                notes(L),
                W = watch(S),
                exit(pid(S, b), kill),
                {reason(W), notes(L), receive {'EXIT', S, R} -> R end}
        end).

intensity_reached() ->
    run(fun() ->
                process_flag(trap_exit, true),
                L = log(),
                S = start(#{intensity => 3, period => 3600}, [spec(L, a), spec(L, b)]),
                [crash(S, a) || _ <- [1, 2, 3]],
                notes(L),
                W = watch(S),
                exit(pid(S, b), kill),
                {reason(W), notes(L)}
        end).

intensity_counts_once_for_all_children() ->
    run(fun() ->
                L = log(),
                S = start(#{strategy => one_for_all, intensity => 3, period => 3600}, abc(L)),
                [crash(S, Id) || Id <- [a, b, c]],
                ids(S)
        end).

intensity_is_forgotten_after_the_period() ->
    run(fun() ->
                L = log(),
                S = start(#{intensity => 1, period => 1}, [spec(L, a)]),
                crash(S, a),
                timer:sleep(2100),
                crash(S, a),
                {ids(S), notes(L)}
        end).

normal_ends_do_not_count() ->
    run(fun() ->
                L = log(),
                S = start(#{intensity => 0}, [spec(L, N, #{restart => temporary}) || N <- [1, 2, 3]]),
                [kill(pid(S, N)) || N <- [1, 2, 3]],
                until(fun() -> ids(S) =:= [] end)
        end).

simple_one_for_one_intensity() ->
    run(fun() ->
                process_flag(trap_exit, true),
                L = log(),
                S = start(#{strategy => simple_one_for_one, intensity => 2, period => 3600},
                          [#{id => x, start => {case_child, start_link, [L, #{}, extra]}, shutdown => brutal_kill}]),
                Ps = [begin {ok, P} = supervisor:start_child(S, [N]), P end || N <- [1, 2, 3]],
                W = watch(S),
                [exit(P, kill) || P <- Ps],
                %% Which two are started again is free: the kills come from one process, the exits from three.
                {reason(W), length([N || {start, N} <- notes(L)])}
        end).

%% --- restarts that fail ------------------------------------------------------------------------
%% An init that gives the results of a list, one a start, then goes on.
script(Results) ->
    Counter = counters:new(1, []),
    fun(GoOn) ->
            counters:add(Counter, 1, 1),
            case lists:nthtail(min(length(Results), counters:get(Counter, 1) - 1), Results) of
                [ok | _] -> GoOn();
                [{exit, R} | _] -> exit(R);
                [R | _] -> R;
                [] -> GoOn()
            end
    end.

restart_that_fails_is_tried_again() ->
    run(fun() ->
                L = log(),
                S = start(flags(one_for_one), [spec(L, a), spec(L, b, #{opts => #{init => script([ok, {error, x}, {exit, y}, {error, z}])}})]),
                Old = pid(S, b),
                exit(Old, kill),
                restarted(S, b, Old),
                {ids(S), notes(L)}
        end).

restart_that_fails_too_often() ->
    run(fun() ->
                process_flag(trap_exit, true),
                L = log(),
                S = start(#{intensity => 3, period => 3600},
                          [spec(L, a), spec(L, b, #{opts => #{init => script([ok | lists:duplicate(50, {error, x})])}})]),
                notes(L),
                W = watch(S),
                exit(pid(S, b), kill),
                {reason(W), notes(L)}
        end).

restart_that_fails_in_one_for_all() ->
    run(fun() ->
                L = log(),
                S = start(flags(one_for_all), [spec(L, a), spec(L, b, #{opts => #{init => script([ok, {error, x}])}}), spec(L, c)]),
                notes(L),
                crash(S, c),
                {ids(S), notes(L)}
        end).

restart_that_fails_in_rest_for_one() ->
    run(fun() ->
                L = log(),
                S = start(flags(rest_for_one), [spec(L, a), spec(L, b, #{opts => #{init => script([ok, {error, x}])}}), spec(L, c)]),
                notes(L),
                crash(S, b),
                until(fun() -> ids(S) =:= [{c, true}, {b, true}, {a, true}] end),
                notes(L)
        end).

restart_that_gives_ignore() ->
    run(fun() ->
                L = log(),
                S = start(flags(one_for_one), [spec(L, b, #{opts => #{init => script([ok, ignore])}})]),
                kill(pid(S, b)),
                until(fun() -> ids(S) =:= [{b, undefined}] end),
                {ids(S), notes(L)}
        end).

operations_on_a_restarting_child() ->
    run(fun() ->
                %% The start function waits inside the supervisor; calls queue behind it.
                L = log(),
                Results = [ok | lists:duplicate(8, {error, x})],
                S = start(flags(one_for_one), [spec(L, b, #{opts => #{init => script(Results)}})]),
                Old = pid(S, b),
                exit(Old, kill),
                Rs = [clean(supervisor:F(S, b)) || F <- [restart_child, delete_child]],
                Ok = [{error, running}, {error, restarting}],
                A = lists:all(fun(R) -> lists:member(R, Ok) end, Rs),
                restarted(S, b, Old),
                {A, ids(S)}
        end).

%% --- trees -------------------------------------------------------------------------------------
tree(L) ->
    Sub = fun(Id, Flags, Specs) ->
                  #{id => Id, type => supervisor, shutdown => infinity,
                    start => {supervisor, start_link, [case_sup, fun() -> {ok, {Flags, Specs}} end]}}
          end,
    start(flags(one_for_one),
          [Sub(left, #{intensity => 1, period => 3600}, [spec(L, l1), spec(L, l2)]),
           Sub(right, #{strategy => one_for_all, intensity => 1, period => 3600}, [spec(L, r1), spec(L, r2)])]).

tree_stops_from_the_leaves() ->
    run(fun() ->
                L = log(),
                S = tree(L),
                {notes(L), supervisor:count_children(S), stop(S), notes(L)}
        end).

crash_goes_up_the_tree() ->
    run(fun() ->
                L = log(),
                S = tree(L),
                Left = pid(S, left),
                notes(L),
                crash(Left, l1),
                N = notes(L),
                exit(pid(Left, l2), kill),
                restarted(S, left, Left),
                {N, notes(L), ids(pid(S, left)), ids(pid(S, right))}
        end).

killed_supervisor_takes_its_children() ->
    run(fun() ->
                L = log(),
                S = tree(L),
                Right = pid(S, right),
                [R1, R2] = [pid(Right, Id) || Id <- [r1, r2]],
                W = [watch(P) || P <- [R1, R2]],
                notes(L),
                exit(Right, kill),
                Rs = [reason(M) || M <- W],
                restarted(S, right, Right),
                {Rs, ids(pid(S, right)), lists:sort(notes(L))}
        end).

crash_up_to_the_top() ->
    run(fun() ->
                process_flag(trap_exit, true),
                L = log(),
                Mid = #{id => mid, type => supervisor,
                        start => {supervisor, start_link,
                                  [case_sup, fun() -> {ok, {#{intensity => 0}, [spec(L, leaf)]}} end]}},
                S = start(#{intensity => 0}, [spec(L, other), Mid]),
                notes(L),
                W = watch(S),
                exit(pid(pid(S, mid), leaf), kill),
                {reason(W), notes(L)}
        end).

parent_exit_stops_the_supervisor() ->
    run(fun() ->
                L = log(),
                Self = self(),
                P = spawn(fun() -> S = start(flags(one_for_one), abc(L)), Self ! {sup, S}, receive go -> exit(leaving) end end),
                S = receive {sup, S0} -> S0 end,
                notes(L),
                W = watch(S),
                P ! go,
                {reason(W), notes(L)}
        end).

hundred_children_crash() ->
    run(fun() ->
                L = log(),
                S = start(#{intensity => 1000, period => 3600}, [spec(L, N) || N <- lists:seq(1, 100)]),
                Old = [pid(S, N) || N <- lists:seq(1, 100)],
                [exit(P, kill) || P <- Old],
                until(fun() ->
                              New = [P || {_, P, _, _} <- supervisor:which_children(S), is_pid(P)],
                              length(New) =:= 100 andalso New -- Old =:= New
                      end),
                {length([x || {start, _} <- notes(L)]), supervisor:count_children(S), stop(S),
                 [N || {stop, N, shutdown} <- notes(L)] =:= lists:seq(100, 1, -1)}
        end).
