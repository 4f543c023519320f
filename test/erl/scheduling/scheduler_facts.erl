%% system_info/1, statistics/1 and system_flag/2 about schedulers: types,
%% relations between the figures, and what is refused.
-module(scheduler_facts).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, got/1, all/0, nothing/0, plain/1, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, in/1, until/1, waiting/1, idle/0, sleep/1]).

id(X) -> case_lib:id(X).
class(F) -> case_lib:class(F).
info(K) -> erlang:system_info(K).
count_or_unknown(X) -> X =:= unknown orelse (is_integer(X) andalso X > 0).

schedulers() -> N = info(schedulers), is_integer(N) andalso N >= 1 andalso N =< 1024.
schedulers_online() -> info(schedulers_online) =< info(schedulers) andalso info(schedulers_online) >= 1.
dirty_cpu_schedulers() -> A = info(dirty_cpu_schedulers), is_integer(A) andalso A >= 1.
dirty_cpu_schedulers_online() -> A = info(dirty_cpu_schedulers_online), A >= 1 andalso A =< info(dirty_cpu_schedulers).
dirty_io_schedulers() -> A = info(dirty_io_schedulers), is_integer(A) andalso A >= 1.
scheduler_id() -> N = info(scheduler_id), is_integer(N) andalso N >= 1 andalso N =< info(schedulers).
scheduler_ids_of_many() -> S = self(), [spawn(fun() -> S ! {id, info(scheduler_id)} end) || _ <- lists:seq(1, 50)], Max = info(schedulers), lists:usort([N >= 1 andalso N =< Max || {id, N} <- [got() || _ <- lists:seq(1, 50)]]).
scheduler_id_of_bound_processes() -> lists:usort([begin {_, M} = spawn_monitor(fun() -> exit(info(scheduler_id)) end), receive {'DOWN', M, _, _, N} -> is_integer(N) end end || _ <- lists:seq(1, 20)]).
smp_and_threads() -> {info(smp_support), info(threads)}.
thread_pool_size() -> N = info(thread_pool_size), is_integer(N) andalso N >= 0.
multi_scheduling() -> lists:member(info(multi_scheduling), [enabled, disabled]).
multi_scheduling_blockers() -> {info(multi_scheduling_blockers), info(normal_multi_scheduling_blockers)}.
scheduler_bind_type() -> lists:member(info(scheduler_bind_type), [unbound, no_spread, thread_spread, processor_spread, spread, default_bind, no_node_thread_spread, no_node_processor_spread, thread_no_node_processor_spread]).
scheduler_bindings() -> T = info(scheduler_bindings), {is_tuple(T), tuple_size(T) =:= info(schedulers), lists:all(fun(X) -> X =:= unbound orelse is_integer(X) end, tuple_to_list(T))}.
logical_processors() -> [count_or_unknown(info(K)) || K <- [logical_processors, logical_processors_available, logical_processors_online]].
cpu_topology() -> T = info(cpu_topology), T =:= undefined orelse is_list(T).
process_limit_and_count() -> {info(process_limit) > info(process_count), info(process_count) > 0}.
wordsize() -> [info(wordsize), info({wordsize, internal}), info({wordsize, external})].
otp_release() -> info(otp_release).
machine_and_version() -> {info(machine), is_list(info(version)), is_list(info(system_version))}.
refused_items() -> [class(fun() -> erlang:system_info(id(K)) end) || K <- [nosuch, 1, "schedulers", {wordsize, x}, {wordsize}, []]].
scheduler_wall_time_off() -> erlang:system_flag(scheduler_wall_time, false), statistics(scheduler_wall_time).
scheduler_wall_time_on() ->
    Old = erlang:system_flag(scheduler_wall_time, true), L = statistics(scheduler_wall_time), erlang:system_flag(scheduler_wall_time, false),
    Ids = [I || {I, _, _} <- L], N = info(schedulers) + info(dirty_cpu_schedulers), {Old, length(L) =:= N, lists:sort(Ids) =:= lists:seq(1, N), [1 || {_, A, T} <- L, not (A =< T andalso A >= 0)]}.
scheduler_wall_time_grows() ->
    erlang:system_flag(scheduler_wall_time, true), A = lists:sort(statistics(scheduler_wall_time)), sleep(3), B = lists:sort(statistics(scheduler_wall_time)), erlang:system_flag(scheduler_wall_time, false),
    lists:all(fun({{I, A1, T1}, {I, A2, T2}}) -> A2 >= A1 andalso T2 > T1 end, lists:zip(A, B)).
scheduler_wall_time_all() ->
    erlang:system_flag(scheduler_wall_time, true), L = statistics(scheduler_wall_time_all), erlang:system_flag(scheduler_wall_time, false),
    length(L) =:= info(schedulers) + info(dirty_cpu_schedulers) + info(dirty_io_schedulers).
scheduler_wall_time_counts_who_asked() ->
    %% It is on as long as one who wants it lives.
    P = puppet(), false = do(P, fun() -> erlang:system_flag(scheduler_wall_time, true) end), A = is_list(statistics(scheduler_wall_time)), kill(P), {A, until(fun() -> statistics(scheduler_wall_time) =:= undefined end)}.
run_queue() -> N = statistics(run_queue), is_integer(N) andalso N >= 0.
run_queue_lengths() -> [begin L = statistics(K), {is_list(L), lists:all(fun(X) -> is_integer(X) andalso X >= 0 end, L)} end || K <- [run_queue_lengths, active_tasks]].
run_queue_lengths_of_normal_ones() -> {length(statistics(run_queue_lengths)) =:= info(schedulers) + 1, length(statistics(active_tasks)) =:= info(schedulers) + 1}.
run_queue_lengths_all() -> {length(statistics(run_queue_lengths_all)) =:= info(schedulers) + 2, length(statistics(active_tasks_all)) =:= info(schedulers) + 2}.
totals() -> [begin N = statistics(K), is_integer(N) andalso N >= 0 end || K <- [total_run_queue_lengths, total_run_queue_lengths_all, total_active_tasks, total_active_tasks_all]].
active_tasks_count_busy_ones() -> Ps = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 10)], R = until(fun() -> statistics(total_active_tasks) >= 5 end), [kill(P) || P <- Ps], R.
spin(N) -> spin(N + 1).
context_switches() -> {A, 0} = statistics(context_switches), P = puppet(), [do(P, fun() -> ok end) || _ <- lists:seq(1, 50)], {B, 0} = statistics(context_switches), stop(P), B > A.
garbage_collection_figures() -> {A, _, 0} = statistics(garbage_collection), erlang:garbage_collect(), {B, _, 0} = statistics(garbage_collection), B > A.
io_figures() -> {{input, A}, {output, B}} = statistics(io), is_integer(A) andalso is_integer(B).
refused_statistics() -> [class(fun() -> statistics(id(K)) end) || K <- [nosuch, 1, "run_queue", [], {x}]].
flag_schedulers_online() ->
    Old = info(schedulers_online), R = erlang:system_flag(schedulers_online, 1) =:= Old, A = info(schedulers_online), B = in(fun() -> lists:sum(lists:seq(1, 100)) end),
    erlang:system_flag(schedulers_online, Old), {R, A, B, info(schedulers_online) =:= Old}.
flag_schedulers_online_up_and_down() ->
    Max = info(schedulers), Old = info(schedulers_online), [erlang:system_flag(schedulers_online, N) || _ <- [1, 2, 3], N <- [1, Max]],
    R = [in(fun() -> N end) || N <- lists:seq(1, 20)], erlang:system_flag(schedulers_online, Old), R =:= lists:seq(1, 20).
flag_schedulers_online_while_busy() ->
    Old = info(schedulers_online), S = self(), [spawn(fun() -> S ! {part, lists:sum(lists:seq(1, 3000))} end) || _ <- lists:seq(1, 20)],
    erlang:system_flag(schedulers_online, 1), erlang:system_flag(schedulers_online, Old), lists:usort([got() || _ <- lists:seq(1, 20)]).
flag_schedulers_online_refused() -> Max = info(schedulers), [class(fun() -> erlang:system_flag(schedulers_online, id(N)) end) || N <- [0, -1, a, Max + 1, 1.0, 1 bsl 70]].
flag_dirty_cpu_schedulers_online() -> Old = info(dirty_cpu_schedulers_online), R = erlang:system_flag(dirty_cpu_schedulers_online, 1) =:= Old, A = info(dirty_cpu_schedulers_online), erlang:system_flag(dirty_cpu_schedulers_online, Old), {R, A >= 1 andalso A =< Old}.
flag_multi_scheduling_block() -> A = erlang:system_flag(multi_scheduling, block), B = info(multi_scheduling), C = info(multi_scheduling_blockers) =:= [self()], D = in(fun() -> 1 end), E = erlang:system_flag(multi_scheduling, unblock), lists:member(A, [blocked, disabled]) andalso lists:member(B, [blocked, disabled]) andalso {C orelse info(schedulers) =:= 1, D, lists:member(E, [enabled, disabled])}.
flag_multi_scheduling_nests() ->
    [erlang:system_flag(multi_scheduling, block) || _ <- [1, 2]], erlang:system_flag(multi_scheduling, unblock), A = info(multi_scheduling), erlang:system_flag(multi_scheduling, unblock), B = info(multi_scheduling), {lists:member(A, [blocked, disabled]), lists:member(B, [enabled, disabled])}.
flag_multi_scheduling_ends_with_the_blocker() -> P = puppet(), do(P, fun() -> erlang:system_flag(multi_scheduling, block) end), kill(P), until(fun() -> lists:member(info(multi_scheduling), [enabled, disabled]) end).
flag_multi_scheduling_block_normal() -> A = erlang:system_flag(multi_scheduling, block_normal), B = in(fun() -> 1 end), C = erlang:system_flag(multi_scheduling, unblock_normal), {lists:member(A, [blocked_normal, disabled]), B, lists:member(C, [enabled, disabled])}.
flag_multi_scheduling_refused() -> [class(fun() -> erlang:system_flag(multi_scheduling, id(X)) end) || X <- [x, true, 1]].
flag_scheduler_bind_type_refused() -> [class(fun() -> erlang:system_flag(scheduler_bind_type, id(X)) end) || X <- [x, 1]].
flag_unknown() -> [class(fun() -> erlang:system_flag(id(K), id(V)) end) || {K, V} <- [{nosuch, 1}, {1, 1}, {"x", 1}]].
flag_scheduler_wall_time_refused() -> [class(fun() -> erlang:system_flag(scheduler_wall_time, id(V)) end) || V <- [1, x]].
flag_backtrace_depth() -> Old = erlang:system_flag(backtrace_depth, 3), N = try deep(20) catch error:_:St -> length(St) end, R = erlang:system_flag(backtrace_depth, Old), {Old, R, N =< 3}.
deep(0) -> error(x);
deep(N) -> [deep(N - 1)].
