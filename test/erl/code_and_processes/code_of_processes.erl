%% Code and the processes that run it: two versions of a module at once, who
%% runs which, checking, purging and deleting.
-module(code_of_processes).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_lib, [id/1, text/1, class/1]).
-import(case_proc, [got/0, got/1, puppet/0, puppet/1, do/2, stop/1, kill/1, down/1, until/1, waiting/1, idle/0, dead/0]).
-import(case_versions, [load/2, code/2, version/1, start/1, ask/1, newest/1, check/2, with/2]).

old_stays_new_starts() -> with(cp_a, fun(M) -> P = start(M), load(M, two), R = {ask(P), version(M)}, Q = start(M), S = {ask(Q), ask(P)}, kill(P), kill(Q), {R, S} end).
full_call_moves_on() -> with(cp_b, fun(M) -> P = start(M), load(M, two), A = ask(P), B = newest(P), kill(P), {A, B} end).
local_calls_stay() -> with(cp_c, fun(M) -> P = start(M), load(M, two), R = [ask(P) || _ <- lists:seq(1, 20)], kill(P), lists:usort(R) end).
many_processes_of_two_versions() ->
    with(cp_d, fun(M) -> Ps = [start(M) || _ <- lists:seq(1, 20)], load(M, two), Qs = [start(M) || _ <- lists:seq(1, 20)], A = {lists:usort([ask(P) || P <- Ps]), lists:usort([ask(P) || P <- Qs])},
                        B = lists:usort([newest(P) || P <- Ps]), [kill(P) || P <- Ps ++ Qs], {A, B} end).
check_of_a_user() -> with(cp_f, fun(M) -> P = start(M), A = check(P, M), load(M, two), B = check(P, M), newest(P), C = check(P, M), kill(P), {A, B, C} end).
check_of_others() -> with(cp_g, fun(M) -> P = idle(), load(M, two), R = [check(P, M), check(self(), M)], kill(P), R end).
check_of_the_dead() -> with(cp_h, fun(M) -> D = dead(), load(M, two), check(D, M) end).
check_of_unknown_module() -> [check(self(), cp_no_such_module), check(idle(), cp_no_such_module)].
check_return_address() ->
    %% Old code that waits for a call to return is used.
    with(cp_i, fun(M) -> S = self(), P = spawn(M, deep, [S]), {outside, P} = got(), load(M, two), A = check(P, M), P ! go, down(P), {A, check(P, M)} end).
check_catch_tag() -> with(cp_j, fun(M) -> S = self(), P = spawn(M, handle, [fun() -> case_versions:outside(S) end]), {outside, P} = got(), load(M, two), A = check(P, M), kill(P), A end).
check_fun() ->
    %% A fun of the old version is a use of it.
    with(cp_k, fun(M) -> P = puppet(), do(P, fun() -> put(f, M:maker()), ok end), load(M, two), A = check(P, M), do(P, fun() -> erase(f), erlang:garbage_collect(), ok end), B = check(P, M), stop(P), {A, B} end).
check_fun_in_mailbox() -> with(cp_l, fun(M) -> P = idle(), P ! {f, M:maker()}, load(M, two), A = check(P, M), kill(P), A end).
check_external_fun_is_no_use() -> with(cp_m, fun(M) -> P = puppet(), do(P, fun() -> put(f, fun M:version/0), ok end), load(M, two), A = check(P, M), B = do(P, fun() -> (get(f))() end), stop(P), {A, B} end).
check_literal_is_no_use() -> with(cp_n, fun(M) -> P = puppet(), do(P, fun() -> put(l, M:big()), ok end), load(M, two), A = check(P, M), B = do(P, fun() -> element(1, get(l)) end), stop(P), {A, B} end).
check_async() -> with(cp_o, fun(M) -> P = start(M), load(M, two), A = erlang:check_process_code(P, M, [{async, tag}]), B = got(), kill(P), {A, B} end).
check_async_any_tag() -> with(cp_p, fun(M) -> P = idle(), load(M, two), R = [begin async = erlang:check_process_code(P, M, [{async, T}]), got() end || T <- [a, {b, 1}, "c", 17]], kill(P), R end).
check_async_dead() -> with(cp_q, fun(M) -> D = dead(), load(M, two), A = erlang:check_process_code(D, M, [{async, tag}]), {A, got()} end).
check_allow_gc() -> with(cp_r, fun(M) -> P = start(M), load(M, two), R = [erlang:check_process_code(P, M, [{allow_gc, B}]) || B <- [true, false]], kill(P), R end).
check_all() -> with(cp_s, fun(M) -> Ps = [start(M) || _ <- lists:seq(1, 10)], load(M, two), L = [P || P <- processes(), check(P, M)], [kill(P) || P <- Ps], lists:sort(L) =:= lists:sort(Ps) end).
check_busy() -> with(cp_t, fun(M) -> P = spawn(fun() -> spin(M) end), until(fun() -> process_info(P, current_function) =/= undefined end), load(M, two), R = is_boolean(check(P, M)), kill(P), R end).
spin(M) -> M:version(), spin(M).
check_suspended() -> with(cp_u, fun(M) -> P = start(M), load(M, two), erlang:suspend_process(P), A = check(P, M), kill(P), A end).
check_hibernated() -> with(cp_v, fun(M) -> P = spawn(erlang, hibernate, [M, version, []]), waiting(P), load(M, two), A = check(P, M), kill(P), A end).
check_refused() ->
    [text(fun() -> erlang:check_process_code(id(P), id(M)) end) || {P, M} <- [{a, m}, {1, m}]] ++ [text(fun() -> erlang:check_process_code(self(), id(M)) end) || M <- [1, "m"]].
check_refused_options() -> [text(fun() -> erlang:check_process_code(self(), m, id(O)) end) || O <- [a, [x], [{allow_gc, x}], [{async}], [{allow_gc, true} | x]]].
delete_leaves_users() -> with(cp_h1, fun(M) -> P = start(M), A = erlang:delete_module(M), R = {A, ask(P), version(M), check(P, M)}, kill(P), R end).
delete_then_full_call() -> with(cp_i1, fun(M) -> P = start(M), erlang:delete_module(M), N = monitor(process, P), P ! newest, receive {'DOWN', N, _, _, {R, [{M, loop, _, _} | _]}} -> R end end).
delete_needs_purge() -> with(cp_k1, fun(M) -> load(M, two), class(fun() -> erlang:delete_module(M) end) end).
load_needs_purge() -> with(cp_l1, fun(M) -> load(M, two), R = erlang:load_module(M, code(M, three)), {R, version(M)} end).
fun_of_old_code_still_runs() -> with(cp_m1, fun(M) -> F = M:maker(), load(M, two), G = M:maker(), {F(1), G(2), F =:= G, erlang:fun_info(F, module)} end).
loaded_while_it_runs() -> with(cp_p1, fun(M) -> S = self(), P = spawn(fun() -> S ! {seen, lists:usort(versions(M, []))} end), load(M, two), P ! stop, {seen, L} = got(), {lists:last(lists:sort(L)), length(L) =< 2} end).
versions(M, L) -> V = M:version(), receive stop -> [M:version(), V | L] after 0 -> versions(M, lists:usort([V | L])) end.
exception_in_old_code() -> with(cp_q1, fun(M) -> F = fun() -> M:fail([]) end, load(M, two), {error, badarg} = class(F), try M:fail([]) catch error:E:St -> {E, [{X, Y} || {X, Y, _, _} <- St, X =:= M]} end end).
