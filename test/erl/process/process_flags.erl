%% process_flag and process_info of the process itself, and who it is.
-module(process_flags).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
top(F) -> case_lib:top(F).
flag(F, V) -> top(fun() -> erlang:process_flag(id(F), id(V)) end).
%% A stack frame that names the process differs from machine to machine.
no_args({C, R, {M, F, A, I}}) when is_list(A) -> {C, R, {M, F, length(A), I}};
no_args(X) -> X.
info(Item) -> no_args(top(fun() -> erlang:process_info(self(), id(Item)) end)).

trap_exit_both_ways() ->
    process_flag(trap_exit, false),
    [process_flag(trap_exit, true), process_info(self(), trap_exit), process_flag(trap_exit, false),
     process_info(self(), trap_exit)].
priority_all() ->
    [process_flag(priority, P) || P <- [low, high, max, normal, normal]].
priority_shown() ->
    process_flag(priority, low), R = process_info(self(), priority), process_flag(priority, normal), R.
error_handler_kept() ->
    A = process_flag(error_handler, my_handler), B = process_info(self(), error_handler),
    C = process_flag(error_handler, A), {A, B, C}.
message_queue_data_kept() ->
    A = process_flag(message_queue_data, off_heap), B = process_info(self(), message_queue_data),
    C = process_flag(message_queue_data, on_heap), {A, B, C}.
fullsweep_after_kept() ->
    A = process_flag(fullsweep_after, 3), B = process_info(self(), fullsweep_after),
    C = process_flag(fullsweep_after, A), {A, B, C}.
sensitive_kept() -> [process_flag(sensitive, true), process_flag(sensitive, false)].
save_calls_kept() -> [process_flag(save_calls, 7), process_flag(save_calls, 0)].
max_heap_size_kept() ->
    A = process_flag(max_heap_size, #{size => 100000000, kill => false, error_logger => false}),
    B = process_info(self(), max_heap_size),
    C = process_flag(max_heap_size, 0),
    {A, B, C, process_info(self(), max_heap_size)}.
wrong_values() ->
    [flag(F, V) || {F, V} <- [{trap_exit, 1}, {priority, x}, {priority, 1}, {error_handler, "x"},
                              {message_queue_data, x}, {fullsweep_after, -1}, {fullsweep_after, x},
                              {sensitive, 0}, {save_calls, -1}, {save_calls, 10001}, {save_calls, x},
                              {min_heap_size, -1}, {min_heap_size, x}, {max_heap_size, -1},
                              {max_heap_size, 10}, {max_heap_size, x}, {max_heap_size, #{}},
                              {max_heap_size, #{size => x}}, {max_heap_size, #{size => 1000, kill => 1}},
                              {max_heap_size, #{size => 1000, error_logger => 1}}]].
unknown_flags() -> [flag(F, true) || F <- [nosuch, 1, "trap_exit", {trap_exit}]].

info_of_items() ->
    process_flag(trap_exit, false),
    [process_info(self(), I)
     || I <- [status, message_queue_len, messages, trap_exit, error_handler, priority, registered_name,
              monitors, monitored_by, suspending, sequential_trace_token, trace, last_calls,
              min_heap_size, min_bin_vheap_size, fullsweep_after, message_queue_data]].
info_list() ->
    process_flag(trap_exit, false),
    process_info(self(), [priority, registered_name, trap_exit, status, priority]).
info_empty_list() -> process_info(self(), id([])).
info_errors() ->
    [info(I) || I <- [nosuch, 1, "priority", [nosuch], [priority | trap_exit], [priority, [trap_exit]],
                      [priority | x]]].
info_no_pid() -> [top(fun() -> erlang:process_info(id(X), status) end) || X <- [a, 1, make_tuple]].
info_numbers() ->
    [begin {I, N} = process_info(self(), I), is_integer(N) andalso N > 0 end
     || I <- [heap_size, total_heap_size, stack_size, memory, reductions]].
current_function() -> process_info(self(), current_function).
current_location() ->
    {_, {M, F, A, L}} = process_info(self(), current_location), {M, F, A, [K || {K, _} <- L]}.
current_stacktrace() ->
    {_, [{M, F, A, _} | _]} = process_info(self(), current_stacktrace), {M, F, A}.
info_all_keys() ->
    lists:sort([K || {K, _} <- process_info(self())]) -- [links, initial_call, dictionary].
info_dictionary() ->
    put(process_flags_key, 17),
    {dictionary, D} = process_info(self(), dictionary),
    erase(process_flags_key),
    lists:keyfind(process_flags_key, 1, D).
info_garbage_collection_keys() ->
    {_, L} = process_info(self(), garbage_collection), lists:sort([K || {K, _} <- L]).
info_garbage_collection_info_keys() ->
    {_, L} = process_info(self(), garbage_collection_info), lists:sort([K || {K, _} <- L]).
reductions_grow() ->
    {_, A} = process_info(self(), reductions),
    _ = lists:sum(lists:map(fun(X) -> X + 1 end, lists:seq(1, 10000))),
    {_, B} = process_info(self(), reductions),
    B - A > 5000.

self_is_alive() -> {is_pid(self()), is_process_alive(self()), lists:member(self(), processes())}.
no_such_process() -> is_process_alive(list_to_pid("<0.9999.7>")).
alive_errors() -> [top(fun() -> is_process_alive(id(X)) end) || X <- [a, 1, make_tuple]].
whereis_nobody() -> [whereis(process_flags_nobody), is_list(registered())].
whereis_errors() -> [top(fun() -> whereis(id(X)) end) || X <- ["x", 1, self_, {}], X =/= self_].
nodes_of() -> [node(), node(self()), node(make_ref()), node(group_leader())].
node_errors() -> [top(fun() -> node(id(X)) end) || X <- [a, 1, "x", {self_}]].
node_guards() ->
    F = fun(X) when node(X) =:= node() -> here; (_) -> no end, [F(id(self())), F(id(a)), F(id(1))].
self_in_guard() -> F = fun(X) when X =:= self() -> me; (_) -> other end, [F(id(self())), F(id(1))].
group_leader_is_pid() -> is_pid(group_leader()).
group_leader_set() ->
    Old = group_leader(), R = group_leader(self(), self()), New = group_leader(), group_leader(Old, self()),
    {R, New =:= self(), group_leader() =:= Old}.
halt_errors() ->
    [top(fun() -> erlang:halt(id(S), id(O)) end)
     || {S, O} <- [{-1, []}, {x, []}, {1.0, []}, {[x], []}, {["a"], []}, {<<"a">>, []}, {0, x}, {0, [x]},
                   {0, [{flush, 1}]}, {0, [{x, true}]}, {0, [{flush, true} | x]}, {-(1 bsl 70), []}]].
