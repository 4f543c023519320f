%% How a process ends: exit/1 with every kind of reason, errors, throws, values
%% that functions give; what links and monitors hear of it.
-module(exit_reasons).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, nothing/0, own/1, plain/2, kill/1, down/1]).

id(X) -> case_lib:id(X).
%% What a monitor and what a trapping linked process hear of a process that does F.
both(F) ->
    process_flag(trap_exit, true),
    {P, M} = spawn_opt(F, [link, monitor]),
    A = receive {'DOWN', M, process, P, R1} -> R1 end,
    B = receive {'EXIT', P, R2} -> R2 end,
    case A =:= B of
        true -> own(A);
        false -> {different, own(A), own(B)}
    end.
frames({R, T}) -> {R, [{M, F, A} || {M, F, A, _} <- T]}.
%% The frames of this module only.
mine({R, T}) -> {R, [{F, A} || {?MODULE, F, A, _} <- T]}.

returns() -> [both(fun() -> V end) || V <- [ok, 1, {error, x}, [], killed, kill]].
exit_atoms() -> [both(fun() -> exit(R) end) || R <- [normal, shutdown, kill, killed, noproc, noconnection, undefined, true]].
exit_terms() ->
    [both(fun() -> exit(R) end)
     || R <- [{shutdown, why}, {normal, 1}, [], [a | b], "text", 1, -1.5, 1 bsl 100, <<"bin">>, <<5:3>>, #{k => [v]}, {}]].
exit_pid() -> S = self(), both(fun() -> exit(S) end) =:= S.
exit_reference() -> R = make_ref(), both(fun() -> exit({r, R}) end) =:= {r, R}.
exit_fun() -> F = fun(X) -> X + 1 end, G = both(fun() -> exit(F) end), G(1).
exit_large() -> L = lists:seq(1, 5000), both(fun() -> exit(L) end) =:= L.
exit_large_binary() -> B = list_to_binary(lists:duplicate(100000, $x)), both(fun() -> exit({B, B}) end) =:= {B, B}.
exit_deep() -> T = lists:foldl(fun(N, A) -> {N, [A]} end, [], lists:seq(1, 2000)), both(fun() -> exit(T) end) =:= T.
exit_looks_like_a_trace() -> both(fun() -> exit({badarg, [{m, f, 1, []}]}) end).
exit_in_tail_position() -> both(fun() -> id(exit(id(tail))) end).
exit_from_depth() -> both(fun() -> deep(1000) end).
deep(0) -> exit(bottom);
deep(N) -> [deep(N - 1)].
exit_by_apply() -> [both(fun() -> apply(erlang, id(exit), [x]) end), both(fun() -> erlang:apply(fun erlang:exit/1, [y]) end)].
exit_as_function() -> {P, M} = spawn_monitor(erlang, exit, [direct]), receive {'DOWN', M, _, P, R} -> R end.
error_atom() -> mine(both(fun() -> [error(id(bad))] end)).
error_term() -> mine(both(fun() -> [error(id({my, "error", [1]}))] end)).
error_with_arguments() ->
    {bad, [{?MODULE, _, [a, 1], _} | _]} = both(fun() -> [error(id(bad), [a, 1])] end), ok.
error_normal_is_not_normal() -> mine(both(fun() -> [error(id(normal))] end)).
error_kill_is_not_kill() -> mine(both(fun() -> [error(id(kill))] end)).
error_trace_of_depth() -> mine(both(fun() -> [e1(id(0))] end)).
e1(X) -> [e2(X)].
e2(X) -> [e3(X)].
e3(X) -> [1 / X].
error_of_builtin() -> frames(both(fun() -> atom_to_list(id(1)) end)).
error_badarith() -> frames(both(fun() -> id(1) + id(a) end)).
error_badmatch() -> mine(both(fun() -> {ok, X} = id({no, 1}), X end)).
error_case_clause() -> mine(both(fun() -> case id(1) of 2 -> ok end end)).
error_if_clause() -> mine(both(fun() -> A = id(1), if A > 5 -> ok end end)).
error_function_clause() -> {R, [{?MODULE, fc, [1], []} | _]} = both(fun() -> [fc(id(1))] end), R.
fc(2) -> ok.
error_undef() -> frames(both(fun() -> no_such_module_here:f(id(1)) end)).
error_badfun() -> mine(both(fun() -> (id(x))(1) end)).
error_badarity() -> {{badarity, {F, [1, 2]}}, _} = both(fun() -> (id(fun(X) -> X end))(1, 2) end), is_function(F, 1).
error_system_limit() -> {R, _} = both(fun() -> 1 bsl id(1 bsl 60) end), R.
error_try_clause() -> mine(both(fun() -> try id(1) of 2 -> ok catch throw:_ -> ok end end)).
error_badmap() -> mine(both(fun() -> (id(x))#{k => v} end)).
error_badkey() -> {R, _} = both(fun() -> maps:get(id(k), #{}) end), R.
throw_atom() -> mine(both(fun() -> [throw(id(ball))] end)).
throw_normal() -> mine(both(fun() -> [throw(id(normal))] end)).
throw_term() -> mine(both(fun() -> [throw(id({a, [b], "c"}))] end)).
throw_nocatch() -> mine(both(fun() -> [throw(id({nocatch, x}))] end)).
throw_as_function() ->
    {P, M} = spawn_monitor(erlang, throw, [x]), receive {'DOWN', M, _, P, R} -> R end.
raise_each_class() ->
    St = [{m, f, 1, [{file, "x"}, {line, 3}]}],
    [both(fun() -> erlang:raise(id(C), why, St) end) || C <- [exit, error, throw]].
raise_empty_trace() -> [both(fun() -> erlang:raise(id(C), why, []) end) || C <- [exit, error, throw]].
raise_normal() -> [both(fun() -> erlang:raise(id(C), normal, []) end) || C <- [exit, error, throw]].
rethrown() ->
    [mine(wrap(both(fun() -> try [r(C)] catch C:R:St -> erlang:raise(C, {again, R}, St) end end))) || C <- [exit, error, throw]].
wrap({R, T}) when is_list(T) -> {R, T};
wrap(R) -> {R, []}.
r(exit) -> [exit(id(x))];
r(error) -> [error(id(x))];
r(throw) -> [throw(id(x))].
caught_then_returns() -> both(fun() -> catch exit(x), catch error(y), catch throw(z), done end).
caught_in_try() -> both(fun() -> try exit(x) catch exit:x -> exit(y) end end).
after_part_runs() -> S = self(), [both(fun() -> try exit(x) after S ! after_ran end end), got()].
after_part_changes_reason() -> both(fun() -> try exit(x) after exit(y) end end).
after_part_on_return() -> S = self(), [both(fun() -> try ok after S ! after_ran end end), got()].
nested_after_parts() ->
    S = self(), R = both(fun() -> try try exit(x) after S ! 1 end after S ! 2 end end), [R, got(), got()].
after_part_does_not_run_when_killed() ->
    S = self(), process_flag(trap_exit, true),
    P = spawn_link(fun() -> try S ! ready, receive never -> ok end after S ! after_ran end end),
    ready = got(), exit(P, kill), {'EXIT', P, killed} = got(), nothing().
after_part_does_not_run_when_signalled() ->
    S = self(), P = spawn(fun() -> try S ! ready, receive never -> ok end catch _:_ -> S ! caught after S ! after_ran end end),
    ready = got(), exit(P, signal), down(P), nothing().
exit_in_receive_body() -> P = spawn(fun() -> receive {go, R} -> exit(R) end end), M = monitor(process, P), P ! {go, x}, receive {'DOWN', M, _, _, R} -> R end.
exit_in_guard_is_no_exit() -> both(fun() -> receive X when hd(X) -> ok after 0 -> none end end).
exit_in_timeout() -> both(fun() -> receive never -> ok after 1 -> exit(late) end end).
reason_outlives_the_process() ->
    {P, M} = spawn_monitor(fun() -> exit(lists:seq(1, 100)) end), case_proc:until(fun() -> not is_process_alive(P) end),
    erlang:garbage_collect(), receive {'DOWN', M, _, _, R} -> lists:sum(R) end.
