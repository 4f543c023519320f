%% process_flag/2 in a new process and process_flag/3 of another: old values,
%% effects, and what is refused.
-module(flags_set).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
%% The old value, and what process_info then says.
set(Flag, V) -> [{process_flag(Flag, V), process_info(self(), Flag)}].
refused(Flag, Vs) -> [text(fun() -> process_flag(id(Flag), id(V)) end) || V <- Vs].

trap_exit() -> [set(trap_exit, true), set(trap_exit, true), set(trap_exit, false), set(trap_exit, false)].
priority() -> [set(priority, P) || P <- [low, low, high, max, normal]].
error_handler() -> [set(error_handler, H) || H <- [a, error_handler, 'no such module', error_handler]].
message_queue_data() -> [set(message_queue_data, D) || D <- [off_heap, off_heap, on_heap, on_heap]].
fullsweep_after() -> [element(2, hd(set(fullsweep_after, N))) || N <- [0, 1, 65535]].
fullsweep_after_old_value() -> process_flag(fullsweep_after, 5), [process_flag(fullsweep_after, N) || N <- [6, 7, 8]].
min_heap_size() -> [begin process_flag(min_heap_size, N), {_, M} = process_info(self(), min_heap_size), M >= N end || N <- [0, 500, 5000]].
min_heap_size_old_value() -> process_flag(min_heap_size, 233), {_, A} = process_info(self(), min_heap_size), process_flag(min_heap_size, 5000) =:= A.
min_bin_vheap_size() -> [begin process_flag(min_bin_vheap_size, N), {_, M} = process_info(self(), min_bin_vheap_size), M >= N end || N <- [0, 500, 5000]].
max_heap_size() -> [set(max_heap_size, S) || S <- [10000000, #{size => 20000000}, #{size => 20000000, kill => false}, #{size => 20000000, error_logger => false}, #{size => 0}, 0]].
max_heap_size_map_keeps_the_rest() ->
    process_flag(max_heap_size, #{size => 10000000, kill => false, error_logger => false}), process_flag(max_heap_size, #{size => 20000000}), process_info(self(), max_heap_size).
max_heap_size_number_keeps_the_rest() ->
    process_flag(max_heap_size, #{size => 10000000, kill => false, error_logger => false}), process_flag(max_heap_size, 20000000), process_info(self(), max_heap_size).
max_heap_size_more_keys() -> case_lib:class(fun() -> process_flag(max_heap_size, id(#{size => 10000000, other => 1})) end).
save_calls() -> [process_flag(save_calls, N) || N <- [10, 20, 0, 0]].
sensitive() -> [process_flag(sensitive, B) || B <- [true, true, false, false]].
sensitive_hides_messages() -> P = puppet(), do(P, fun() -> put(k, v), process_flag(sensitive, true) end), P ! secret, R = process_info(P, [messages, dictionary]), kill(P), R.
sensitive_hides_backtrace() -> P = puppet(), do(P, fun() -> process_flag(sensitive, true) end), waiting(P), R = process_info(P, [backtrace, status]), kill(P), R.
sensitive_own_info() -> process_flag(sensitive, true), put(k, v), self() ! m, R = process_info(self(), [messages, dictionary]), process_flag(sensitive, false), {R, process_info(self(), messages)}.
flags_do_not_spread() -> process_flag(trap_exit, true), process_flag(priority, low), process_flag(fullsweep_after, 3), process_flag(message_queue_data, off_heap), in(fun() -> process_info(self(), [trap_exit, priority, message_queue_data]) end).
off_heap_then_on_heap_with_messages() ->
    L = lists:seq(1, 50), [self() ! {N, L} || N <- L], process_flag(message_queue_data, off_heap), [self() ! {N, L} || N <- L], process_flag(message_queue_data, on_heap), erlang:garbage_collect(),
    [N || {N, X} <- all(), X =:= L] =:= L ++ L.
error_handler_is_used() ->
    M = id(no_such_module_here), process_flag(error_handler, ?MODULE), R = [M:f(1, 2), ?MODULE:no_such_function([x])], process_flag(error_handler, error_handler), R.
undefined_function(M, F, As) -> {handled, M, F, As}.
undefined_lambda(M, _, As) -> {lambda, M, As}.
error_handler_of_others_is_their_own() ->
    ok = in(fun() -> case_lib:id(ok) end), process_flag(error_handler, ?MODULE), R = in(fun() -> element(1, element(2, (catch no_such_module_here:f(1)))) end), process_flag(error_handler, error_handler), R.
priority_of_each_runs() -> S = self(), [begin spawn(fun() -> process_flag(priority, P), S ! {P, lists:sum(lists:seq(1, 1000))} end), got() end || P <- [low, normal, high, max]].
trap_exit_takes_effect_at_once() -> process_flag(trap_exit, true), exit(self(), x), plain(all(), [{self(), me}]).
refused_trap_exit() -> refused(trap_exit, [1, "true", undefined, []]).
refused_priority() -> refused(priority, [1, "low", realtime, []]).
refused_error_handler() -> refused(error_handler, [1, "m", []]).
refused_message_queue_data() -> refused(message_queue_data, [1, mixed, true, []]).
refused_sizes() -> [refused(F, [-1, x, 1.0, []]) || F <- [fullsweep_after, min_heap_size, min_bin_vheap_size]].
refused_max_heap_size() -> refused(max_heap_size, [-1, x, 1.0, [], 1, #{}, #{kill => true}, #{size => 1}, #{size => x}, #{size => 10000000, kill => 1}, #{size => 10000000, error_logger => 1}]).
refused_other_flags() -> [refused(save_calls, [-1, x, 10001]), refused(sensitive, [1, x]), refused(nosuch, [1]), refused(1, [1]), refused("trap_exit", [true])].
refused_keeps_the_old() -> catch process_flag(trap_exit, id(1)), catch process_flag(priority, id(1)), catch process_flag(max_heap_size, id(#{size => x})), process_info(self(), [trap_exit, priority, max_heap_size]).
of_another_save_calls() -> P = puppet(), R = [process_flag(P, save_calls, N) || N <- [10, 20, 0]], kill(P), R.
of_self_save_calls() -> [process_flag(self(), save_calls, N) || N <- [10, 0]].
of_another_refused() -> P = puppet(), R = [text(fun() -> process_flag(P, id(F), id(V)) end) || {F, V} <- [{trap_exit, true}, {priority, low}, {nosuch, 1}, {save_calls, -1}, {save_calls, x}, {1, 1}]], kill(P), R.
of_dead_refused() -> D = dead(), [text(fun() -> process_flag(D, id(F), id(V)) end) || {F, V} <- [{save_calls, 0}, {trap_exit, true}]].
of_no_pid_refused() -> [text(fun() -> process_flag(id(P), save_calls, 0) end) || P <- [a, 1, "p"]].
