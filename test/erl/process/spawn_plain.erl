%% spawn/1,2,3,4: what runs in the new process, with what, and what is refused.
-module(spawn_plain).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, down/1, own/1, in/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
answer(To, X) -> To ! {answer, X}.
answer(To) -> To ! {answer, none}.
send_pid(To) -> To ! {pid, self()}.
ended(F) -> {P, M} = spawn_monitor(F), receive {'DOWN', M, process, P, R} -> own(R) end.
%% Of a process that waits before it calls M:F(A...), the reason of its end.
ended(M, F, A) ->
    {P, Mon} = spawn_monitor(M, F, A), receive {'DOWN', Mon, process, P, R} -> own(R) end.

spawn_1() -> S = self(), P = spawn(fun() -> S ! {pid, self()} end), got() =:= {pid, P}.
spawn_2_this_node() -> S = self(), P = spawn(node(), fun() -> S ! {pid, self()} end), got() =:= {pid, P}.
spawn_3() -> P = spawn(?MODULE, send_pid, [self()]), got() =:= {pid, P}.
spawn_4_this_node() -> P = spawn(node(), ?MODULE, send_pid, [self()]), got() =:= {pid, P}.
spawn_3_two_arguments() -> spawn(?MODULE, answer, [self(), {a, "list", 1.5}]), got().
spawn_3_module_at_run_time() -> spawn(id(?MODULE), id(answer), id([self()])), got().
spawn_by_apply() -> P = apply(erlang, id(spawn), [?MODULE, send_pid, [self()]]), got() =:= {pid, P}.
spawn_of_external_fun() -> S = self(), F = fun ?MODULE:answer/1, spawn(fun() -> F(S) end), got().
spawn_external_fun_itself() -> ended(fun erlang:self/0).
spawn_of_builtin() -> [ended(erlang, exit, [why]), ended(erlang, self, []), ended(erlang, throw, [x])].
spawn_of_failing_builtin() -> ended(erlang, '+', [1, a]).
spawn_of_apply_2() -> S = self(), spawn(erlang, apply, [fun() -> S ! ok_2 end, []]), got().
spawn_of_apply_3() -> spawn(erlang, apply, [?MODULE, answer, [self(), three]]), got().
spawn_of_spawn() -> spawn(erlang, spawn, [?MODULE, answer, [self()]]), got().
spawn_of_send() -> spawn(erlang, send, [self(), sent]), got().
spawn_of_hibernate() -> spawn(erlang, hibernate, [?MODULE, answer, [self()]]) ! wake, got().
undefined_module() -> ended(no_such_module_here, f, [1, 2]).
undefined_function() -> ended(?MODULE, no_such_function_here, [1]).
undefined_arity() -> ended(?MODULE, answer, []).
fun_of_wrong_arity() ->
    process_flag(trap_exit, true),
    P = spawn_link(id(fun(X) -> X end)), {'EXIT', P, R} = got(),
    {{badarity, {F, []}}, [{M, _, A, _} | _]} = own(R), {erlang:fun_info(F, arity), M, A}.
wrong_arity_with_monitor() -> [text(fun() -> spawn_monitor(id(fun(X) -> X end)) end)].
refused_2() -> [text(fun() -> spawn(id(X)) end) || X <- [a, 1, []]].
refused_3() ->
    [text(fun() -> spawn(id(M), id(F), id(A)) end)
     || {M, F, A} <- [{1, f, []}, {"m", f, []}, {m, 1, []}, {m, f, a}, {m, f, [a | b]}, {1, 2, 3}]].
refused_node() ->
    [text(fun() -> spawn(id(N), fun() -> ok end) end) || N <- [1, "node", {}]] ++
    [text(fun() -> spawn(id(N), m, f, []) end) || N <- [1, "node", {}]].
refused_fun_on_node() -> [text(fun() -> spawn(node(), id(F)) end) || F <- [a, 1]].

dictionary_is_empty() -> put(k, v), in(fun() -> {get(), get(k), put(k, w), get()} end).
flags_are_defaults() ->
    process_flag(trap_exit, true), process_flag(priority, high),
    in(fun() -> process_info(self(), [trap_exit, priority, message_queue_len, links, error_handler,
                                      message_queue_data, registered_name, suspending]) end).
group_leader_is_inherited() -> G = group_leader(), in(fun() -> group_leader() =:= G end).
initial_calls() ->
    Of = fun(P) -> R = process_info(P, initial_call), exit(P, kill), R end,
    [Of(spawn(fun() -> receive x -> x end end)), Of(spawn(erlang, hibernate, [m, f, []])),
     Of(spawn(?MODULE, wait, [1, 2]))].
wait(_, _) -> receive never -> ok end.
fun_with_environment() ->
    S = self(), A = lists:seq(1, 50), B = #{k => A}, C = list_to_binary(lists:duplicate(200, 7)), D = 1 bsl 200,
    spawn(fun() -> S ! {erlang:phash2({A, B, C, D}), length(A)} end),
    got() =:= {erlang:phash2({A, B, C, D}), 50}.
fun_that_holds_funs() ->
    S = self(), F = fun(X) -> X + 1 end, G = fun(X) -> F(F(X)) end,
    spawn(fun() -> S ! G(G(10)) end), got().
long_argument_list() ->
    L = lists:seq(1, 200), ended(no_such_module_here, f, L) =:= {undef, [{no_such_module_here, f, L, []}]}.
literal_arguments() -> spawn(?MODULE, answer, [self(), {literal, [1, 2, {3}], #{a => "b"}, <<"bin">>}]), got().
improper_argument_inside() -> spawn(?MODULE, answer, [self(), [a | b]]), got().
pids_differ() ->
    L = [spawn(fun() -> ok end) || _ <- lists:seq(1, 300)], length(lists:usort(L)).
pid_is_not_reused_soon() ->
    L = lists:foldl(fun(_, Acc) -> P = spawn(fun() -> ok end), normal_or_gone(down(P)), [P | Acc] end, [], lists:seq(1, 300)),
    length(lists:usort(L)).
normal_or_gone(normal) -> ok;
normal_or_gone(noproc) -> ok.
many_at_once() ->
    S = self(),
    L = [spawn(fun() -> receive {S, X} -> S ! {self(), X * N} end end) || N <- lists:seq(1, 200)],
    [P ! {S, 3} || P <- L],
    lists:sum([receive {P, V} -> V end || P <- L]).
chain_of_spawns() -> chain(300, self()), got().
chain(0, To) -> To ! end_of_chain;
chain(N, To) -> spawn(?MODULE, chain, [N - 1, To]).
tree_of_spawns() -> tree(7, self()), got().
tree(0, To) -> To ! {leaves, 1};
tree(N, To) ->
    S = self(),
    [spawn(fun() -> tree(N - 1, S) end) || _ <- [l, r]],
    {leaves, A} = got(), {leaves, B} = got(), To ! {leaves, A + B}.
spawner_may_be_dead() ->
    S2 = self(),
    Q = spawn(fun() -> C = spawn(fun() -> receive go -> S2 ! still_here end end), S2 ! {child, C} end),
    {child, C} = got(), down(Q), C ! go, got().
value_is_the_pid() -> P = spawn(fun() -> receive x -> ok end end), R = {is_pid(P), node(P) =:= node(), P =/= self()}, P ! x, R.
message_before_first_slice() ->
    S = self(), P = spawn(fun() -> S ! lists:sum([receive N -> N end || _ <- lists:seq(1, 50)]) end),
    [P ! N || N <- lists:seq(1, 50)], got().
exit_before_first_slice() -> P = spawn(fun() -> receive never -> ok end end), M = monitor(process, P), exit(P, early), receive {'DOWN', M, _, _, R} -> R end.
