%% current_function, current_location and current_stacktrace, of oneself and of
%% others, where they run and where they wait.
-module(info_places).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, kill/1, down/1, waiting/1, idle/0, do/2, puppet/0, until/1]).

id(X) -> case_lib:id(X).
here(Item) -> process_info(self(), Item).
trace(P) -> {current_stacktrace, L} = process_info(P, current_stacktrace), [{M, F, A} || {M, F, A, _} <- L].
mine(L) -> [{F, A} || {?MODULE, F, A} <- L].
%% Where a process waits that runs F.
waits(F, Item) -> P = spawn(F), waiting(P), R = process_info(P, Item), kill(P), R.
wait_in(_) -> receive never -> ok end.
wait_in_timeout(_) -> receive never -> ok after 10000000 -> ok end.
wait_deep(0) -> receive never -> ok end;
wait_deep(N) -> [wait_deep(N - 1)].
f1(X) -> [f2(X)].
f2(X) -> {f3(X)}.
f3(X) -> [wait_in(X)].
t1(X) -> t2(X).
t2(X) -> wait_in(X).
spin(N) -> spin(N + 1).

own_function() -> here(current_function).
own_function_from_a_fun() -> F = fun() -> [here(current_function)] end, {_, {M, N, A}} = hd(F()), {M, N, A}.
own_location() -> {current_location, {M, F, A, L}} = process_info(self(), current_location), {M, F, A, [K || {K, _} <- L]}.
own_location_line() ->
    {_, {_, _, _, A}} = process_info(self(), current_location),
    {_, {_, _, _, B}} = process_info(self(), current_location),
    {lists:keyfind(line, 1, B), element(2, lists:keyfind(line, 1, B)) - element(2, lists:keyfind(line, 1, A))}.
own_trace() -> mine(trace(self())).
own_trace_nested() -> [T] = nest(1), T.
nest(X) -> [nest2(X)].
nest2(_) -> R = mine(trace(self())), id(R).
own_trace_through_funs() -> F = fun(G) -> [G()] end, [T] = F(fun() -> R = trace(self()), id(R) end), length(mine(T)).
own_trace_in_lists_map() -> [T] = lists:map(fun(_) -> R = trace(self()), id(R) end, [x]), [X || {lists, _, _} = X <- T].
waiting_function() -> waits(fun() -> wait_in(x) end, current_function).
waiting_function_in_timeout() -> waits(fun() -> wait_in_timeout(x) end, current_function).
waiting_function_tail_called() -> waits(fun() -> t1(x) end, current_function).
waiting_function_not_tail_called() -> waits(fun() -> [f1(x)] end, current_function).
waiting_location() -> {_, {M, F, A, L}} = waits(fun() -> wait_in(x) end, current_location), {M, F, A, [K || {K, _} <- L]}.
waiting_location_line() -> {_, {_, _, _, L}} = waits(fun() -> wait_in(x) end, current_location), lists:keyfind(line, 1, L).
waiting_trace() -> {_, L} = waits(fun() -> f1(x) end, current_stacktrace), [{F, A} || {?MODULE, F, A, _} <- L].
waiting_trace_with_lines() -> {_, L} = waits(fun() -> f1(x) end, current_stacktrace), [{F, A, proplists:get_value(line, I)} || {?MODULE, F, A, I} <- L].
waiting_trace_file() -> {_, [{_, _, _, I} | _]} = waits(fun() -> wait_in(x) end, current_stacktrace), filename:basename(proplists:get_value(file, I)).
waiting_trace_deep_is_cut() -> {_, L} = waits(fun() -> wait_deep(50) end, current_stacktrace), {length(L), lists:usort([F || {?MODULE, F, _, _} <- L])}.
waiting_trace_in_library() -> {_, L} = waits(fun() -> [lists:foreach(fun wait_in/1, [x])] end, current_stacktrace), [{M, F} || {M, F, _, _} <- L, M =:= lists orelse F =:= wait_in].
waiting_in_gen_call() ->
    %% The library's receive is where it waits.
    Q = idle(), {_, {M, F, _}} = waits(fun() -> gen:call(Q, '$x', req, infinity) end, current_function), kill(Q), {M, F}.
waiting_in_catch() -> waits(fun() -> catch wait_in(x), ok end, current_function).
waiting_in_try() -> waits(fun() -> try wait_in(x) of _ -> ok catch _:_ -> ok end end, current_function).
hibernated_function() -> P = spawn(fun() -> erlang:hibernate(?MODULE, id, [x]) end), until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end), R = {process_info(P, current_function), trace(P)}, kill(P), R.
hibernated_location() -> P = spawn(fun() -> erlang:hibernate(?MODULE, id, [x]) end), until(fun() -> process_info(P, current_function) =:= {current_function, {erlang, hibernate, 3}} end), R = process_info(P, current_location), kill(P), R.
busy_function() -> P = spawn(fun() -> spin(0) end), until(fun() -> process_info(P, current_function) =:= {current_function, {?MODULE, spin, 1}} end), R = process_info(P, [current_function, initial_call]), kill(P), R.
busy_location() -> P = spawn(fun() -> spin(0) end), until(fun() -> process_info(P, current_function) =:= {current_function, {?MODULE, spin, 1}} end), {_, {M, F, A, _}} = process_info(P, current_location), kill(P), {M, F, A}.
busy_trace() -> P = spawn(fun() -> [spin(0)] end), until(fun() -> process_info(P, current_function) =:= {current_function, {?MODULE, spin, 1}} end), R = hd(trace(P)), kill(P), R.
suspended_function() -> P = spawn(fun() -> wait_in(x) end), waiting(P), erlang:suspend_process(P), R = process_info(P, current_function), kill(P), R.
not_started_suspended() ->
    P = spawn(?MODULE, wait_in, [x]), erlang:suspend_process(P), {_, {M, F, A}} = process_info(P, current_function), kill(P), {M, F, A}.
dead_has_none() -> D = case_proc:dead(), [process_info(D, I) || I <- [current_function, current_location, current_stacktrace]].
moves_on() ->
    P = spawn(fun() -> receive go -> f1(x) end end), waiting(P), {_, {_, A, _}} = process_info(P, current_function), P ! go,
    G = until(fun() -> process_info(P, current_function) =:= {current_function, {?MODULE, wait_in, 1}} end), kill(P), {A, G}.
backtrace_is_a_binary() -> {backtrace, B} = waits(fun() -> f1(x) end, backtrace), {is_binary(B), binary:match(B, <<"f1">>) =/= nomatch}.
own_backtrace() -> {backtrace, B} = process_info(self(), backtrace), is_binary(B).
trace_in_lists_of_items() -> P = spawn(fun() -> f1(x) end), waiting(P), [{A, _}, {B, _}, {C, _}] = process_info(P, [current_function, current_location, current_stacktrace]), kill(P), [A, B, C].
after_collection_the_same() -> P = spawn(fun() -> f1(x) end), waiting(P), A = trace(P), erlang:garbage_collect(P), B = trace(P), kill(P), {A =:= B, length(mine(B))}.
