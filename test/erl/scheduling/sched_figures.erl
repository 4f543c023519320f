%% statistics/1, memory/0,1, system_monitor and what counts reductions.
-module(sched_figures).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [idle/0, kill/1, plain/2, until/1]).

id(X) -> case_lib:id(X).
refused(F) -> {C, R, W} = case_lib:top(F), {C, R, plain(W, [{self(), self}])}.
st(I) -> statistics(I).
nat(N) -> is_integer(N) andalso N >= 0.
pair({A, B}) -> nat(A) andalso nat(B).

no_items() -> [case_lib:top(fun() -> st(id(I)) end) || I <- [foo, "x", 1, {a}, []]].
pairs() -> [{I, pair(st(I))} || I <- [reductions, exact_reductions, runtime, wall_clock, context_switches]].
second_is_since_the_last() ->
    [begin {A, _} = st(I), {B, D} = st(I), B - A =:= D end || I <- [reductions, runtime, wall_clock]].
reductions_grow() -> {A, _} = st(exact_reductions), lists:seq(1, 10000), spin(10000), {B, _} = st(exact_reductions), B - A >= 10000.
spin(0) -> ok;
spin(N) -> spin(N - 1).
wall_clock_runs() -> {A, _} = st(wall_clock), receive after 50 -> ok end, {B, _} = st(wall_clock), B - A >= 49.
context_switches_end_in_0() -> element(2, st(context_switches)).
context_switches_grow() ->
    {A, 0} = st(context_switches), [kill(idle()) || _ <- lists:seq(1, 20)], {B, 0} = st(context_switches), B > A.
garbage_collection_grows() ->
    {A, W, 0} = st(garbage_collection), spawn_work(), {B, X, 0} = st(garbage_collection), {B > A, X >= W}.
spawn_work() -> {P, M} = spawn_monitor(fun() -> _ = [lists:seq(1, 1000) || _ <- lists:seq(1, 100)], garbage_collect() end), receive {'DOWN', M, _, P, _} -> ok end.
io() -> {{input, A}, {output, B}} = st(io), {nat(A), nat(B)}.

lengths() ->
    N = erlang:system_info(schedulers),
    [length(st(I)) - N || I <- [run_queue_lengths, run_queue_lengths_all, active_tasks, active_tasks_all]].
lengths_are_numbers() ->
    [lists:all(fun nat/1, st(I)) || I <- [run_queue_lengths, run_queue_lengths_all, active_tasks, active_tasks_all]].
totals_are_numbers() ->
    [nat(st(I)) || I <- [run_queue, total_run_queue_lengths, total_run_queue_lengths_all, total_active_tasks, total_active_tasks_all]].
one_is_active_at_least() -> [st(I) >= 1 || I <- [total_active_tasks, total_active_tasks_all]].
busy_ones_are_seen() ->
    L = [spawn(fun() -> spin_for_ever(x) end) || _ <- lists:seq(1, 20)],
    R = until(fun() -> st(total_active_tasks) >= 20 end), [kill(P) || P <- L], R.
spin_for_ever(X) -> spin(1000), spin_for_ever(X).

wall_time_is_off() -> {st(scheduler_wall_time), st(scheduler_wall_time_all)}.
wall_time() ->
    erlang:system_flag(scheduler_wall_time, true), spin(1000000),
    L = lists:sort(st(scheduler_wall_time)), A = lists:sort(st(scheduler_wall_time_all)),
    erlang:system_flag(scheduler_wall_time, false),
    I = fun erlang:system_info/1, N = I(schedulers) + I(dirty_cpu_schedulers),
    {[Id || {Id, _, _} <- L] =:= lists:seq(1, N), [Id || {Id, _, _} <- A] =:= lists:seq(1, N + I(dirty_io_schedulers)),
     [T || {_, Active, Total} = T <- L ++ A, not (nat(Active) andalso Active =< Total)],
     lists:sum([Active || {_, Active, _} <- L]) >= 0, st(scheduler_wall_time)}.
wall_time_is_counted() ->
    F = fun(B) -> erlang:system_flag(scheduler_wall_time, B) end, [F(true), F(true), F(false), F(false), F(false)].
microstates() ->
    erlang:system_flag(microstate_accounting, true), spin(1000000), L = st(microstate_accounting),
    erlang:system_flag(microstate_accounting, false), Later = st(microstate_accounting),
    Of = fun(Ms) -> lists:sum([maps:get(emulator, C) || #{type := scheduler, counters := C} <- Ms]) end,
    {lists:usort([lists:sort(maps:keys(M)) || M <- L]), lists:usort([lists:sort(maps:keys(C)) || #{counters := C} <- L]),
     length([1 || #{type := scheduler} <- L]) =:= erlang:system_info(schedulers), Of(Later) >= Of(L)}.

bump_reductions() -> [case_lib:class(fun() -> erlang:bump_reductions(id(N)) end) || N <- [0, 1, 4000, 1 bsl 40]].
bump_refused() -> [refused(fun() -> erlang:bump_reductions(id(N)) end) || N <- [-1, a, 1.0, 1 bsl 70]].
bump_counts() ->
    {reductions, A} = process_info(self(), reductions), erlang:bump_reductions(1000),
    {reductions, B} = process_info(self(), reductions), B - A >= 1000.
yield() -> {erlang:yield(), erlang:yield()}.

memory_types() -> [T || {T, N} <- erlang:memory(), nat(N)].
memory_of_each() -> [nat(erlang:memory(T)) || {T, _} <- erlang:memory()].
memory_of_some() -> [T || {T, N} <- erlang:memory([system, total, processes, total]), nat(N)].
memory_of_none() -> erlang:memory([]).
memory_refused() -> [refused(fun() -> erlang:memory(id(T)) end) || T <- [foo, 1, "a", [processes, foo], {total}]].
memory_adds_up() ->
    M = maps:from_list(erlang:memory()), #{total := T, processes := P, system := S, binary := B, code := C, ets := E, atom := A} = M,
    {T =:= P + S, S >= B + C + E + A}.
memory_of_binaries() ->
    A = erlang:memory(binary), B = binary:copy(<<1>>, 5000000), C = erlang:memory(binary),
    {byte_size(id(B)), C - A >= 4900000}.
memory_of_processes() ->
    A = erlang:memory(processes), P = spawn(fun() -> L = lists:seq(1, 1000000), receive x -> id(L) end end),
    R = until(fun() -> erlang:memory(processes) - A > 4000000 end), kill(P), R.
memory_of_messages() ->
    P = idle(), A = erlang:memory(processes), [P ! lists:seq(1, 1000) || _ <- lists:seq(1, 300)],
    B = erlang:memory(processes), kill(P), B - A > 3000000.
memory_of_atoms_grows() ->
    A = erlang:memory(atom_used), _ = [list_to_atom("sched_figures_" ++ integer_to_list(I) ++ lists:duplicate(150, $x)) || I <- lists:seq(1, 2000)],
    erlang:memory(atom_used) > A.

monitor_settings() ->
    S = self(), F = fun(E) -> plain(erlang:system_monitor(S, E), [{S, self}]) end,
    L = [F([{long_gc, 5}]), F([{long_gc, 0}]), F([{large_heap, 1}]), F([{large_heap, 1000000}, busy_port]),
         F([{long_schedule, 2}, busy_dist_port]), F([{long_gc, 5}, {long_gc, 6}, {large_heap, 20000}, {long_schedule, 2}, busy_port, busy_dist_port]), F([])],
    {L, erlang:system_monitor()}.
monitor_forms() ->
    S = self(), A = erlang:system_monitor({S, [busy_port]}), B = plain(erlang:system_monitor(), [{S, self}]),
    C = plain(erlang:system_monitor(undefined), [{S, self}]), {A, B, C, erlang:system_monitor(undefined, []), erlang:system_monitor({undefined, []})}.
monitor_refused() ->
    S = self(),
    [refused(fun() -> erlang:system_monitor(S, id(E)) end)
     || E <- [foo, [foo], [busy_port | x], [{long_gc, -1}], [{long_gc, a}], [{large_heap, -1}], [{long_schedule, 1.0}], [{long_gc}]]] ++
    [refused(fun() -> erlang:system_monitor(id(X)) end) || X <- [foo, {a, b, c}, {foo, [busy_port]}, 1]] ++
    [refused(fun() -> erlang:system_monitor(id(X), [busy_port]) end) || X <- [foo, 1]].
monitor_of_nothing_by_anybody() -> [erlang:system_monitor(id(X), []) || X <- [foo, 1, self(), undefined]] ++ [erlang:system_monitor(id({foo, []}))].
monitor_by_the_dead() -> D = case_proc:dead(), {error, R} = case_lib:class(fun() -> erlang:system_monitor(D, [busy_port]) end), R.
monitor_ends_with_process() ->
    P = idle(), erlang:system_monitor(P, [busy_port]), A = plain(erlang:system_monitor(), [{P, p}]), kill(P),
    {A, until(fun() -> erlang:system_monitor() =:= undefined end)}.
large_heap_is_told() ->
    erlang:system_monitor(self(), [{large_heap, 50000}]),
    P = spawn(fun() -> L = lists:seq(1, 200000), receive x -> id(L) end end),
    receive {monitor, P, large_heap, I} -> erlang:system_monitor(undefined), kill(P), [K || {K, V} <- I, nat(V)] after 60000 -> none end.
small_heap_is_not_told() ->
    erlang:system_monitor(self(), [{large_heap, 50000}]), spawn_work(), erlang:system_monitor(undefined), case_proc:nothing().
no_profile() -> erlang:system_profile().
profile_undefined() -> erlang:system_profile(undefined, []).
profile_refused() ->
    S = self(), [refused(fun() -> erlang:system_profile(S, id(O)) end) || O <- [foo, [foo], [{scheduler, true}], [scheduler | x]]].
