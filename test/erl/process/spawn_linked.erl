%% spawn_link/1,2,3,4 and spawn_monitor/1,2,3,4: the tie is there from the first
%% moment, and tells the reason of the end.
-module(spawn_linked).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, nothing/0, own/1, in/1, trap/1, puppet/0, do/2, tell/2, stop/1, down/1, idle/0, kill/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
leave(R) -> exit(R).
wait(To) -> To ! {here, self()}, receive never -> ok end.
trapping(_) -> process_flag(trap_exit, true), ok.
links(P) -> {links, L} = process_info(P, links), L.
exit_of(P) -> receive {'EXIT', P, R} -> own(R) after 60000 -> no_exit end.
down_of({P, M}) -> receive {'DOWN', M, process, P, R} -> own(R) after 60000 -> no_down end.
%% One {'EXIT', _, _} for each way to spawn and link.
linked_each(R) ->
    trapping(yes),
    [exit_of(F()) || F <- [fun() -> spawn_link(fun() -> exit(R) end) end,
                           fun() -> spawn_link(node(), fun() -> exit(R) end) end,
                           fun() -> spawn_link(?MODULE, leave, [R]) end,
                           fun() -> spawn_link(node(), ?MODULE, leave, [R]) end]].
monitored_each(R) ->
    [down_of(F()) || F <- [fun() -> spawn_monitor(fun() -> exit(R) end) end,
                           fun() -> spawn_monitor(node(), fun() -> exit(R) end) end,
                           fun() -> spawn_monitor(?MODULE, leave, [R]) end,
                           fun() -> spawn_monitor(node(), ?MODULE, leave, [R]) end]].

link_all_arities() -> linked_each(why).
link_all_arities_normal() -> linked_each(normal).
link_all_arities_kill() -> linked_each(kill).
link_all_arities_term() -> linked_each({deep, [1, #{k => <<"v">>}]}).
monitor_all_arities() -> monitored_each(why).
monitor_all_arities_normal() -> monitored_each(normal).
monitor_all_arities_kill() -> monitored_each(kill).
monitor_all_arities_term() -> monitored_each({deep, [1, #{k => <<"v">>}]}).
link_is_there_at_once() ->
    S = self(), P = spawn_link(fun() -> S ! {links, links(self())}, receive never -> ok end end),
    {links, L} = got(), R = {L =:= [S], lists:member(P, links(S))}, unlink(P), kill(P), R.
monitor_is_there_at_once() ->
    S = self(),
    {P, _} = spawn_monitor(fun() -> S ! process_info(self(), monitored_by), receive never -> ok end end),
    R = {got() =:= {monitored_by, [S]}, process_info(S, monitors) =:= {monitors, [{process, P}]}}, kill(P), R.
link_many_at_once() ->
    trapping(yes), L = [spawn_link(fun() -> exit({n, N}) end) || N <- lists:seq(1, 200)],
    lists:sum([N || P <- L, {n, N} <- [exit_of(P)]]).
monitor_many_at_once() ->
    L = [spawn_monitor(fun() -> exit({n, N}) end) || N <- lists:seq(1, 200)],
    lists:sum([N || T <- L, {n, N} <- [down_of(T)]]).
link_kills_parent() ->
    in(fun() -> spawn_link(fun() -> exit(boom) end), receive never -> ok end end).
link_normal_spares_parent() ->
    in(fun() -> P = spawn_link(fun() -> ok end), down(P), spared end).
link_kill_reason_spares_nobody() ->
    in(fun() -> spawn_link(fun() -> exit(kill) end), receive never -> ok end end).
parent_takes_child_along() ->
    S = self(), P = spawn(fun() -> C = spawn_link(?MODULE, wait, [S]), S ! {child, C}, receive never -> ok end end),
    {C, C} = two(got(), got()), M = monitor(process, C), exit(P, gone), down_of({C, M}).
two({here, A}, {child, B}) -> {A, B};
two({child, A}, {here, B}) -> {A, B}.
parent_that_ends_normally_leaves_child() ->
    S = self(), P = spawn(fun() -> S ! {child, spawn_link(?MODULE, wait, [S])} end),
    {C, C} = two(got(), got()), down(P), R = is_process_alive(C), kill(C), R.
child_traps() ->
    S = self(),
    P = spawn(fun() -> S ! {child, spawn_link(fun() -> trapping(yes), S ! {here, self()},
                                                       receive {'EXIT', From, R} -> S ! {exit, From, R} end end)},
                       receive never -> ok end end),
    {C, C} = two(got(), got()), exit(P, {shut, down}), got() =:= {exit, P, {shut, down}}.
link_error_has_trace() -> trapping(yes), exit_of(spawn_link(fun() -> error(id(bad)) end)).
link_throw_has_trace() ->
    trapping(yes), {R, [{M, _, 0, _}]} = exit_of(spawn_link(fun() -> throw(id(ball)) end)), {R, M}.
link_exit_has_no_trace() -> trapping(yes), exit_of(spawn_link(fun() -> exit(id(plain)) end)).
monitor_error_has_trace() ->
    {R, [{erlang, hd, [[]], _} | _]} = down_of(spawn_monitor(fun() -> [hd(id([]))] end)), R.
monitor_throw() -> {R, [_ | _]} = down_of(spawn_monitor(fun() -> throw(id(ball)) end)), R.
monitor_undef() -> down_of(spawn_monitor(no_such_module_here, f, [1])).
link_undef() -> trapping(yes), exit_of(spawn_link(no_such_module_here, f, [1])).
refused_link() ->
    [text(F) || F <- [fun() -> spawn_link(id(a)) end, fun() -> spawn_link(id(node()), id(a)) end,
                      fun() -> spawn_link(id(1), fun() -> ok end) end,
                      fun() -> spawn_link(id(1), f, []) end, fun() -> spawn_link(m, id(1), []) end,
                      fun() -> spawn_link(m, f, id(x)) end, fun() -> spawn_link(m, f, id([a | b])) end,
                      fun() -> spawn_link(node(), m, f, id(x)) end, fun() -> spawn_link(id("n"), m, f, []) end]].
refused_monitor() ->
    [text(F) || F <- [fun() -> spawn_monitor(id(a)) end, fun() -> spawn_monitor(id(node()), id(a)) end,
                      fun() -> spawn_monitor(id(1), fun() -> ok end) end,
                      fun() -> spawn_monitor(id(1), f, []) end, fun() -> spawn_monitor(m, id(1), []) end,
                      fun() -> spawn_monitor(m, f, id(x)) end, fun() -> spawn_monitor(m, f, id([a | b])) end,
                      fun() -> spawn_monitor(id("n"), m, f, []) end]].
refused_leaves_no_link() ->
    catch spawn_link(m, f, id(x)), catch spawn_monitor(m, f, id(x)), process_info(self(), [links, monitors]).
shape_of_pair() -> {P, R} = spawn_monitor(fun() -> ok end), {is_pid(P), is_reference(R), down_of({P, R})}.
demonitor_of_spawned() ->
    {P, M} = spawn_monitor(?MODULE, wait, [self()]), got(), D = demonitor(M), kill(P), {D, nothing()}.
unlink_of_spawned() ->
    in(fun() -> P = spawn_link(?MODULE, wait, [self()]), {here, P} = got(), unlink(P), kill(P), nothing() end).
one_exit_for_a_child() -> trapping(yes), P = spawn_link(fun() -> exit(a) end), link(P), {exit_of(P), all_exits(P)}.
all_exits(P) -> receive {'EXIT', P, R} -> [R | all_exits(P)] after 20 -> [] end.
monitor_twice_counts_twice() ->
    {P, M} = spawn_monitor(?MODULE, wait, [self()]), got(), N = monitor(process, P), exit(P, x),
    {M =/= N, down_of({P, M}), down_of({P, N})}.
monitor_and_link() ->
    trapping(yes), {P, M} = spawn_monitor(?MODULE, wait, [self()]), got(), link(P), exit(P, x), {down_of({P, M}), exit_of(P)}.
chain_of_links_falls() ->
    S = self(),
    in(fun() -> P = spawn(fun() -> chain(50, S) end), M = monitor(process, P), receive {'DOWN', M, _, _, R} -> R end end).
chain(0, _) -> exit(bottom);
chain(N, S) -> spawn_link(fun() -> chain(N - 1, S) end), receive never -> ok end.
child_of_killed_parent_hears_killed() ->
    S = self(),
    P = spawn(fun() -> S ! {child, spawn_link(fun() -> trapping(yes), S ! {here, self()}, S ! got() end)}, receive never -> ok end end),
    {C, C} = two(got(), got()), exit(P, kill), got() =:= {'EXIT', P, killed}.
