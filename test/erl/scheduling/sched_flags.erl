%% system_flag/2 and what system_info/1 says of it: schedulers, blocking, heaps of
%% new processes, clocks, measuring. Each case leaves the machine as it found it.
-module(sched_flags).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [puppet/0, do/2, kill/1, idle/0, plain/2]).

id(X) -> case_lib:id(X).
refused(Flag, Value) -> case_lib:top(fun() -> erlang:system_flag(id(Flag), id(Value)) end).
flag(F, V) -> erlang:system_flag(F, V).
info(I) -> erlang:system_info(I).

unknown_flags() -> [refused(F, 1) || F <- [foo, 1, "x", {a}, process_limit, wordsize, eager_check_io, flush]].
fullsweep_after() ->
    Old = flag(fullsweep_after, 10), Now = info(fullsweep_after), Was = flag(fullsweep_after, 1 bsl 40),
    Most = flag(fullsweep_after, Old), {Old, Now, Was, Most, info(fullsweep_after)}.
min_heap_size() ->
    Old = flag(min_heap_size, 300), Now = info(min_heap_size), Was = flag(min_heap_size, 0),
    Least = flag(min_heap_size, Old), {Old, Now, Was, Least, info(min_heap_size)}.
min_bin_vheap_size() ->
    Old = flag(min_bin_vheap_size, 100), Now = info(min_bin_vheap_size),
    {Old, Now, flag(min_bin_vheap_size, Old)}.
max_heap_size() ->
    Old = flag(max_heap_size, 1000), A = flag(max_heap_size, #{size => 0}),
    B = flag(max_heap_size, #{size => 2000, kill => false}), C = info(max_heap_size),
    D = flag(max_heap_size, Old), {Old, A, B, C, D, info(max_heap_size)}.
heap_flags_refused() ->
    [[refused(F, V) || V <- [-1, a, 1.0, 1 bsl 70, []]]
     || F <- [fullsweep_after, min_heap_size, min_bin_vheap_size]].
max_heap_size_refused() ->
    [refused(max_heap_size, V) || V <- [10, -1, foo, #{}, #{size => -1}, #{size => 10},
                                        #{size => 0, kill => a}, #{size => 0, error_logger => 1}]].
garbage_collection_defaults() -> info(garbage_collection).
heap_sizes() -> L = info(heap_sizes), {length(L), lists:sublist(L, 40), lists:last(L)}.

with_online(F) -> 
    N = flag(schedulers_online, 1),
    try F(N) after flag(schedulers_online, N) end.
schedulers_online() ->
    with_online(fun(N) -> {info(schedulers_online), element(2, info(schedulers_state)), N =< info(schedulers)} end).
processes_run_with_one_online() ->
    with_online(fun(_) -> S = self(),
                    [spawn(fun() -> S ! {I, erlang:system_info(scheduler_id)} end) || I <- lists:seq(1, 50)],
                    lists:usort([receive {I, Id} -> Id end || I <- lists:seq(1, 50)]) end).
schedulers_online_refused() -> 
    [refused(schedulers_online, V) || V <- [0, -1, a, 1.0, 1 bsl 20]].
dirty_online_goes_with_online() ->
    with_online(fun(_) -> flag(dirty_cpu_schedulers_online, 1) end).
dirty_online_above_online() -> 
    with_online(fun(_) -> case_lib:class(fun() -> flag(dirty_cpu_schedulers_online, 2) end) end).
dirty_online_refused() -> [refused(dirty_cpu_schedulers_online, V) || V <- [0, -1, a, 1 bsl 20]].
states() ->
    %% Those that were blocked by another case take a while to come back.
    case_proc:until(fun() -> [ok || {_, _, N, M} <- info(all_schedulers_state), N =/= M] =:= [] end),
    {S, O, A} = info(schedulers_state), [{normal, S, O, A}, {dirty_cpu, D, DO, DA}, {dirty_io, I, I, I}] = info(all_schedulers_state),
    {S =:= info(schedulers), S =:= info(schedulers_total), O =:= info(schedulers_online), A =:= O,
     D =:= info(dirty_cpu_schedulers), DO =:= info(dirty_cpu_schedulers_online), DA =:= DO, I =:= info(dirty_io_schedulers)}.
scheduler_id() -> Id = info(scheduler_id), Id >= 1 andalso Id =< info(schedulers).

block_and_unblock() ->
    S = self(), F = fun(W) -> flag(multi_scheduling, W) end,
    I = fun() -> {info(multi_scheduling), plain(info(multi_scheduling_blockers), [{S, self}]),
                  plain(info(normal_multi_scheduling_blockers), [{S, self}])} end,
    [I(), F(block), F(block), I(), F(unblock), I(), F(unblock), I(), F(unblock), I()].
block_normal() ->
    S = self(), F = fun(W) -> flag(multi_scheduling, W) end,
    I = fun() -> {info(multi_scheduling), plain(info(multi_scheduling_blockers), [{S, self}]),
                  plain(info(normal_multi_scheduling_blockers), [{S, self}])} end,
    [F(block_normal), I(), F(block), I(), F(unblock), I(), F(unblock_normal), I()].
block_refused() -> [refused(multi_scheduling, V) || V <- [foo, 1, true, blocked, enabled]].
blocked_state() ->
    flag(multi_scheduling, block),
    {S, O, A} = info(schedulers_state), [_, {_, _, _, D}, {_, _, _, I}] = info(all_schedulers_state),
    flag(multi_scheduling, unblock), {S =:= info(schedulers), O =:= info(schedulers_online), A, D, I}.
others_run_while_blocked() ->
    flag(multi_scheduling, block), S = self(),
    [spawn(fun() -> S ! {I, info(scheduler_id)} end) || I <- lists:seq(1, 50)],
    L = lists:usort([receive {I, Id} -> Id end || I <- lists:seq(1, 50)]),
    flag(multi_scheduling, unblock), length(L).
block_ends_with_process() ->
    P = puppet(), A = do(P, fun() -> flag(multi_scheduling, block_normal) end), B = info(multi_scheduling),
    C = flag(multi_scheduling, unblock_normal), kill(P),
    {A, B, C, case_proc:until(fun() -> info(multi_scheduling) =:= enabled end), info(normal_multi_scheduling_blockers)}.
many_block_at_once() ->
    S = self(),
    [spawn(fun() -> flag(multi_scheduling, block), flag(multi_scheduling, unblock), S ! done end) || _ <- lists:seq(1, 20)],
    [receive done -> ok end || _ <- lists:seq(1, 20)],
    case_proc:until(fun() -> info(multi_scheduling) =:= enabled end).

bind_types() ->
    Old = info(scheduler_bind_type),
    L = [{flag(scheduler_bind_type, T), info(scheduler_bind_type)}
         || T <- [no_spread, thread_spread, processor_spread, spread, thread_no_node_processor_spread,
                  no_node_processor_spread, no_node_thread_spread, default_bind, unbound]],
    flag(scheduler_bind_type, Old), {Old, L}.
bind_refused() -> [refused(scheduler_bind_type, V) || V <- [foo, db, u, 1]].
cpu_topology() ->
    D = info({cpu_topology, detected}), U = info({cpu_topology, used}), T = info(cpu_topology),
    {info({cpu_topology, defined}), D =:= U, U =:= T}.
cpu_topology_defined() ->
    New = [{processor, [{core, [{thread, {logical, 3}}, {thread, {logical, 1}}]}, {core, {logical, 0}}]}],
    Old = flag(cpu_topology, New), A = info({cpu_topology, defined}), B = info(cpu_topology),
    C = flag(cpu_topology, undefined), {Old =:= info({cpu_topology, detected}), A, B, C, info({cpu_topology, defined})}.
cpu_topology_refused() ->
    [element(2, case_lib:class(fun() -> flag(cpu_topology, V) end))
     || V <- [foo, [], [{processor, []}], [{processor, {logical, -1}}], [{core, {processor, {logical, 0}}}], [{logical, a}]]].
cpu_topology_of_nothing() -> case_lib:top(fun() -> info({cpu_topology, foo}) end).
processors() ->
    L = [info(I) || I <- [logical_processors, logical_processors_online, logical_processors_available]],
    [is_integer(N) andalso N >= 1 || N <- L].

time_offset() -> {flag(time_offset, finalize), info(time_offset), info(time_warp_mode), info(time_correction)}.
time_offset_refused() -> [refused(time_offset, V) || V <- [foo, 1, []]].
backtrace_depth() ->
    Old = flag(backtrace_depth, 3), A = flag(backtrace_depth, 1 bsl 40), B = flag(backtrace_depth, Old), {Old, A, B}.
backtrace_depth_refused() -> [refused(backtrace_depth, V) || V <- [-1, a, 1.0]].
trace_control_word() ->
    Old = flag(trace_control_word, 7), A = info(trace_control_word), {Old, A, flag(trace_control_word, Old)}.
trace_control_word_refused() -> [refused(trace_control_word, V) || V <- [-1, 1 bsl 32, a]].
system_requests_limit() ->
    Old = flag(outstanding_system_requests_limit, 10), A = info(outstanding_system_requests_limit),
    {Old, A, flag(outstanding_system_requests_limit, Old)}.
system_requests_limit_refused() -> [refused(outstanding_system_requests_limit, V) || V <- [0, -1, 1 bsl 27, a]].
microstates() ->
    A = flag(microstate_accounting, true), B = flag(microstate_accounting, reset), C = flag(microstate_accounting, false),
    {A, B, C, flag(microstate_accounting, false)}.
microstates_refused() -> [refused(microstate_accounting, V) || V <- [foo, 1]].
wall_time_refused() -> [refused(scheduler_wall_time, V) || V <- [foo, 1, "true"]].
items_of_one_value() ->
    [info(I) || I <- [smp_support, threads, thread_pool_size, heap_type, message_queue_data, tolerant_timeofday,
                      eager_check_io, update_cpu_info, context_reductions, cpu_quota]].
unknown_items() -> [case_lib:top(fun() -> info(id(I)) end) || I <- [foo, 1, "x", {a, b}, {a}, [], scheduler]].

%% How many frames a trace keeps; those of the runner above are not counted.
deep(0, F) -> F();
deep(N, F) -> 1 + deeper(N - 1, F).
deeper(N, F) -> 2 + deep(N, F).
depth(D, F) ->
    Old = flag(backtrace_depth, D),
    try deep(40, F) catch _:_:St -> {D, length(St), [{Fn, A} || {_, Fn, A, _} <- lists:sublist(St, 40)]}
    after flag(backtrace_depth, Old) end.
trace_has_so_many_frames() -> [depth(D, fun() -> error(x) end) || D <- [0, 1, 2, 3, 8, 9, 20, 40]].
trace_of_builtin_has_so_many_frames() -> [depth(D, fun() -> atom_to_list(id(1)) end) || D <- [0, 1, 2, 3, 8, 9, 20, 40]].
trace_raised_again_has_so_many_frames() ->
    [depth(D, fun() -> try deep(3, fun() -> deep(id(a), b) end) catch C:R:St -> erlang:raise(C, R, St) end end) || D <- [1, 8, 9, 20]].
