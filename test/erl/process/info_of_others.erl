%% process_info/1,2 of other processes: every item, lists of items, of the dead
%% and of processes in every state.
-module(info_of_others).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
%% An item of a puppet that did F and waits.
of_puppet(Item, F) -> P = puppet(), do(P, F), waiting(P), R = process_info(P, Item), kill(P), plain(R, [{P, it}, {self(), me}]).
of_idle(Item) -> P = idle(), waiting(P), R = process_info(P, Item), kill(P), plain(R, [{P, it}, {self(), me}]).
positive(Item) -> {Item, N} = of_idle(Item), is_integer(N) andalso N > 0.
spin(N) -> spin(N + 1).
busy(X) -> spawn(fun() -> spin(X) end).
all_items(_) ->
    [backtrace, binary, catchlevel, current_function, current_location, current_stacktrace, dictionary, error_handler,
     fullsweep_after, garbage_collection, garbage_collection_info, group_leader, heap_size, initial_call, last_calls, links, magic_ref,
     max_heap_size, memory, message_queue_data, message_queue_len, messages, min_bin_vheap_size, min_heap_size, monitored_by,
     monitors, parent, priority, reductions, registered_name, sequential_trace_token, stack_size, status, suspending, total_heap_size,
     trace, trap_exit].

status_waiting() -> of_idle(status).
status_waiting_with_timeout() -> P = spawn(fun() -> receive never -> ok after 10000000 -> ok end end), R = waiting(P), kill(P), R.
status_running_self() -> process_info(self(), status).
status_busy() -> P = busy(0), {status, S} = process_info(P, status), kill(P), lists:member(S, [running, runnable]).
status_suspended() -> P = puppet(), erlang:suspend_process(P), R = process_info(P, status), kill(P), R.
status_suspended_busy() -> P = busy(0), erlang:suspend_process(P), R = process_info(P, status), kill(P), R.
status_hibernated() -> P = spawn(erlang, hibernate, [?MODULE, id, [x]]), R = waiting(P), kill(P), R.
status_hibernated_function() -> P = spawn(erlang, hibernate, [?MODULE, id, [x]]), waiting(P), R = process_info(P, current_function), kill(P), R.
trap_exit() -> [of_puppet(trap_exit, fun() -> process_flag(trap_exit, B) end) || B <- [true, false]].
priority() -> [of_puppet(priority, fun() -> process_flag(priority, B) end) || B <- [low, normal, high, max]].
error_handler() -> of_puppet(error_handler, fun() -> process_flag(error_handler, my_handler) end).
message_queue_data() -> [of_puppet(message_queue_data, fun() -> process_flag(message_queue_data, D) end) || D <- [on_heap, off_heap]].
fullsweep_after() -> of_puppet(fullsweep_after, fun() -> process_flag(fullsweep_after, 7) end).
max_heap_size() -> of_puppet(max_heap_size, fun() -> process_flag(max_heap_size, #{size => 1000000, kill => false, error_logger => false}) end).
dictionary_empty() -> of_idle(dictionary).
dictionary() -> {dictionary, D} = of_puppet(dictionary, fun() -> put(a, 1), put({b, "c"}, [x, #{y => <<"z">>}]) end), lists:sort(D).
dictionary_large() -> {dictionary, D} = of_puppet(dictionary, fun() -> [put(N, {N}) || N <- lists:seq(1, 200)] end), lists:sum([N || {N, {N}} <- D]).
links_none() -> of_idle(links).
links_one() -> S = self(), P = puppet(), do(P, fun() -> link(S) end), R = process_info(P, links), unlink(P), kill(P), plain(R, [{S, me}]).
links_several() -> P = puppet(), Qs = do(P, fun() -> [spawn_link(fun() -> receive never -> ok end end) || _ <- lists:seq(1, 20)] end), {links, L} = process_info(P, links), kill(P), lists:sort(L) =:= lists:sort(Qs).
monitors_none() -> of_idle(monitors).
monitors_one() -> S = self(), of_puppet(monitors, fun() -> monitor(process, S) end).
monitors_name() -> of_puppet(monitors, fun() -> register(info_of_others_1, self()), monitor(process, info_of_others_1) end).
monitors_several() -> Q = idle(), S = self(), R = of_puppet(monitors, fun() -> monitor(process, S), monitor(process, S), monitor(process, Q) end), kill(Q), {monitors, L} = R, lists:sort(L).
monitored_by_none() -> of_idle(monitored_by).
monitored_by_me() -> P = idle(), monitor(process, P), monitor(process, P), R = process_info(P, monitored_by), kill(P), plain(R, [{self(), me}]).
monitored_by_others() -> P = idle(), Qs = [puppet() || _ <- lists:seq(1, 10)], [do(Q, fun() -> monitor(process, P) end) || Q <- Qs], {monitored_by, L} = process_info(P, monitored_by), [kill(X) || X <- [P | Qs]], lists:sort(L) =:= lists:sort(Qs).
messages_none() -> of_idle(messages).
messages_some() -> P = idle(), [P ! M || M <- [a, {b, [c]}, "text", 1 bsl 70, <<"bin">>, #{k => v}, 1.5]], R = process_info(P, messages), kill(P), R.
messages_large() -> P = idle(), L = lists:seq(1, 1000), B = list_to_binary(lists:duplicate(500, 1)), P ! L, P ! {B, B}, R = process_info(P, messages), kill(P), R =:= {messages, [L, {B, B}]}.
messages_many() -> P = idle(), [P ! N || N <- lists:seq(1, 300)], {messages, L} = process_info(P, messages), kill(P), L =:= lists:seq(1, 300).
messages_stay_where_they_are() -> P = puppet(), [P ! N || N <- [1, 2, 3]], A = process_info(P, messages), B = do(P, fun() -> all() end), stop(P), {A, B}.
messages_of_the_suspended() -> P = puppet(), erlang:suspend_process(P), [P ! N || N <- [1, 2, 3]], R = process_info(P, messages), kill(P), R.
messages_of_the_busy() -> P = busy(0), [P ! N || N <- [1, 2, 3]], R = process_info(P, messages), kill(P), R.
messages_off_heap() -> P = puppet([{message_queue_data, off_heap}]), [P ! {n, N, lists:seq(1, 5)} || N <- [1, 2, 3]], R = process_info(P, [messages, message_queue_len]), kill(P), R.
message_queue_len() -> P = idle(), A = process_info(P, message_queue_len), [P ! N || N <- lists:seq(1, 100)], B = process_info(P, message_queue_len), kill(P), {A, B}.
message_queue_len_of_the_busy() -> P = busy(0), [P ! N || N <- lists:seq(1, 100)], R = process_info(P, message_queue_len), kill(P), R.
message_queue_len_partly_read() -> P = puppet(), [P ! N || N <- lists:seq(1, 10)], do(P, fun() -> receive 5 -> ok end, receive 1 -> ok end end), R = process_info(P, [message_queue_len, messages]), kill(P), R.
registered_name_none() -> of_idle(registered_name).
registered_name() -> P = idle(), register(info_of_others_2, P), R = process_info(P, registered_name), kill(P), R.
registered_name_in_lists() -> P = idle(), A = process_info(P, [registered_name, priority]), register(info_of_others_3, P), B = process_info(P, [registered_name]), kill(P), {A, B}.
initial_call_fun() -> of_idle(initial_call).
initial_call_mfa() -> P = spawn(?MODULE, spin, [0]), R = process_info(P, initial_call), kill(P), R.
group_leader_item() -> P = idle(), R = process_info(P, group_leader) =:= {group_leader, group_leader()}, kill(P), R.
suspending_none() -> of_idle(suspending).
suspending_some() -> Q = puppet(), R = of_puppet(suspending, fun() -> erlang:suspend_process(Q), erlang:suspend_process(Q) end), kill(Q), R.
suspending_async() -> Q = puppet(), R = of_puppet(suspending, fun() -> erlang:suspend_process(Q, [asynchronous]) end), kill(Q), {suspending, [{a_pid, A, O}]} = R, A + O.
numbers_are_positive() -> [positive(I) || I <- [heap_size, total_heap_size, memory, reductions, min_heap_size, min_bin_vheap_size]].
stack_size_is_a_number() -> {stack_size, N} = of_idle(stack_size), is_integer(N).
catchlevel() -> {A, B} = {of_idle(catchlevel), of_puppet(catchlevel, fun() -> ok end)}, {element(1, A), element(1, B)}.
reductions_grow() -> P = puppet(), {_, A} = process_info(P, reductions), do(P, fun() -> lists:sum(lists:map(fun(X) -> X + 1 end, lists:seq(1, 5000))) end), {_, B} = process_info(P, reductions), kill(P), B - A > 3000.
memory_grows_with_the_heap() -> P = puppet(), {_, A} = process_info(P, memory), do(P, fun() -> put(k, lists:seq(1, 20000)), ok end), {_, B} = process_info(P, memory), kill(P), B - A > 100000.
binary_item() -> P = puppet(), do(P, fun() -> put(b, list_to_binary(lists:duplicate(1000, 1))), ok end), {binary, L} = process_info(P, binary), kill(P), [{is_integer(A), S} || {A, S, _} <- L, S =:= 1000].
garbage_collection_items() ->
    {_, L} = of_idle(garbage_collection), {_, M} = of_idle(garbage_collection_info),
    {lists:sort([K || {K, _} <- L]), lists:sort([K || {K, _} <- M])}.
last_calls_and_trace() -> [of_idle(I) || I <- [last_calls, trace, sequential_trace_token]].
all_of_another_keys() -> P = idle(), L = process_info(P), kill(P), [K || {K, _} <- L].
all_of_another_named_keys() -> P = idle(), register(info_of_others_4, P), L = process_info(P), kill(P), hd(L).
all_of_another_values() -> P = idle(), waiting(P), L = process_info(P), kill(P), [lists:keyfind(K, 1, L) || K <- [initial_call, status, message_queue_len, links, dictionary, trap_exit, error_handler, priority, suspending]].
item_list() -> of_idle([status, message_queue_len, priority, links, trap_exit]).
item_list_empty() -> of_idle([]).
item_list_repeated() -> of_idle([status, status, priority, status]).
item_list_in_asked_order() -> Is = [trap_exit, status, priority, initial_call, links, message_queue_len], [K || {K, _} <- of_idle(Is)] =:= Is.
item_list_of_many() -> length(of_idle(lists:append(lists:duplicate(50, [status, priority])))).
each_item_is_known_or_refused() -> P = idle(), waiting(P), R = [case catch process_info(P, I) of {I, _} -> I; [] -> {I, empty}; {'EXIT', {E, _}} -> {I, E} end || I <- all_items(x)], kill(P), R.
each_item_in_a_list() -> P = idle(), waiting(P), R = [case catch process_info(P, [I]) of [{I, _}] -> I; {'EXIT', {E, _}} -> {I, E} end || I <- all_items(x)], kill(P), R.
dead_process() -> D = dead(), {process_info(D), [I || I <- [status, messages, links, registered_name, memory], process_info(D, I) =/= undefined], process_info(D, [status, links]), process_info(D, [])}.
killed_process() -> P = idle(), exit(P, kill), {process_info(P, status), process_info(P)}.
dead_with_wrong_item() -> D = dead(), [text(fun() -> process_info(D, id(I)) end) || I <- [nosuch, [nosuch], 1]].
of_many_in_turn() -> Ps = [idle() || _ <- lists:seq(1, 50)], [waiting(P) || P <- Ps], R = lists:usort([process_info(P, status) || P <- Ps]), [kill(P) || P <- Ps], R.
of_one_by_many() -> P = idle(), S = self(), waiting(P), [spawn(fun() -> S ! {i, process_info(P, [trap_exit, links])} end) || _ <- lists:seq(1, 30)], R = lists:usort([got() || _ <- lists:seq(1, 30)]), kill(P), R.
each_other() ->
    %% Two ask each other at once, again and again.
    S = self(), P = puppet(), tell(P, fun() -> S ! {r, lists:usort([element(1, process_info(S, message_queue_len)) || _ <- lists:seq(1, 100)])} end),
    A = lists:usort([element(1, process_info(P, message_queue_len)) || _ <- lists:seq(1, 100)]), {r, B} = got(), stop(P), {A, B}.
while_it_ends() -> lists:usort([begin P = spawn(fun() -> ok end), case process_info(P, trap_exit) of undefined -> fine; {trap_exit, false} -> fine end end || _ <- lists:seq(1, 50)]).
refused_items() -> P = idle(), R = [text(fun() -> process_info(P, id(I)) end) || I <- [nosuch, 1, "status", {status}, [nosuch], [status | x], [status, nosuch], [[status]], [1], undefined]], kill(P), R.
refused_processes() -> [text(fun() -> process_info(id(X), status) end) || X <- [a, 1, "p", [], info_of_others_1]] ++ [text(fun() -> process_info(id(X)) end) || X <- [a, 1]].
refused_both() -> [text(fun() -> process_info(id(a), id(nosuch)) end)].
