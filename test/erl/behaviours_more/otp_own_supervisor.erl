%% A supervisor made by hand, as textbooks make one: it traps exits, starts children with their
%% arguments, and starts anew those that end.
-module(otp_own_supervisor).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, watch/1, reason/1, log/0, note/2, notes/1, until/1, kill/1]).

start_sup(Children) ->
    Self = self(),
    P = spawn_link(fun() ->
                           process_flag(trap_exit, true),
                           Started = [{start_one(C), C} || C <- Children],
                           Self ! {self(), ready},
                           supervise(Self, Started, 0)
                   end),
    receive {P, ready} -> P end.

start_one({F, _Kind}) -> spawn_link(F).

supervise(Parent, Children, Restarts) ->
    receive
        {'EXIT', Parent, _} ->
            ok;
        {'EXIT', Pid, Reason} ->
            case lists:keytake(Pid, 1, Children) of
                {value, {_, Child = {_, Kind}}, Others} when Kind =:= permanent; Kind =:= transient, Reason =/= normal ->
                    supervise(Parent, [{start_one(Child), Child} | Others], Restarts + 1);
                {value, _, Others} ->
                    supervise(Parent, Others, Restarts);
                false ->
                    supervise(Parent, Children, Restarts)
            end;
        {children, From} ->
            From ! {self(), [P || {P, _} <- Children], Restarts},
            supervise(Parent, Children, Restarts);
        {stop, From} ->
            [exit(P, shutdown) || {P, _} <- Children],
            Left = [receive {'EXIT', P, R} -> R end || {P, _} <- Children],
            From ! {self(), Left}
    end.

children(S) ->
    S ! {children, self()},
    receive {S, Children, Restarts} -> {Children, Restarts} end.

-define(WAITER, fun() -> receive {die, R} -> exit(R) end end).

permanent_children_come_back() ->
    run(fun() ->
                S = start_sup([{?WAITER, permanent} || _ <- [1, 2, 3]]),
                [begin
                     {[P | _], N} = children(S),
                     P ! {die, R},
                     until(fun() -> element(2, children(S)) =:= N + 1 end)
                 end || R <- [normal, crash, shutdown]],
                {Cs, N} = children(S),
                {length(Cs), N, [is_process_alive(C) || C <- Cs]}
        end).

transient_children_come_back_from_crashes() ->
    run(fun() ->
                S = start_sup([{?WAITER, transient} || _ <- [1, 2]]),
                {[A, B], 0} = children(S),
                A ! {die, normal},
                until(fun() -> length(element(1, children(S))) =:= 1 end),
                B ! {die, crash},
                until(fun() -> element(2, children(S)) =:= 1 end),
                length(element(1, children(S)))
        end).

stop_ends_the_children() ->
    run(fun() ->
                S = start_sup([{?WAITER, permanent} || _ <- lists:seq(1, 5)]),
                {Cs, 0} = children(S),
                unlink(S),
                S ! {stop, self()},
                R = receive {S, Left} -> Left end,
                until(fun() -> not lists:any(fun is_process_alive/1, [S | Cs]) end),
                R
        end).

children_that_crash_at_once_are_many() ->
    run(fun() ->
                C = counters:new(1, []),
                Crash = fun() ->
                                counters:add(C, 1, 1),
                                case counters:get(C, 1) of N when N < 200 -> exit(again); _ -> ?WAITER() end
                        end,
                S = start_sup([{Crash, permanent}]),
                until(fun() -> counters:get(C, 1) =:= 200 end),
                until(fun() -> element(2, children(S)) =:= 199 end)
        end).
