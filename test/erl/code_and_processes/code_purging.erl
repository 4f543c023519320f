%% Purging old code: who is ended, what funs and literals of it become.
-module(code_purging).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_lib, [id/1, class/1]).
-import(case_proc, [got/0, got/1, puppet/0, puppet/1, do/2, stop/1, kill/1, down/1, until/1, idle/0]).
-import(case_versions, [load/2, version/1, start/1, ask/1, newest/1, check/2, with/2]).

check_old_code() -> with(cp_e, fun(M) -> A = erlang:check_old_code(M), load(M, two), B = erlang:check_old_code(M), erlang:purge_module(M), {A, B, erlang:check_old_code(M)} end).
purge_kills_users() -> with(cp_w, fun(M) -> P = start(M), N = monitor(process, P), load(M, two), A = erlang:purge_module(M), receive {'DOWN', N, _, _, R} -> {A, R, version(M)} end end).
purge_spares_others() -> with(cp_x, fun(M) -> P = start(M), load(M, two), Q = start(M), I = idle(), erlang:purge_module(M), down(P), R = [is_process_alive(X) || X <- [P, Q, I]], kill(Q), kill(I), R end).
purge_spares_who_moved_on() -> with(cp_y, fun(M) -> P = start(M), load(M, two), newest(P), erlang:purge_module(M), R = {is_process_alive(P), ask(P)}, kill(P), R end).
purge_spares_holders_of_funs() ->
    with(cp_z, fun(M) -> P = puppet(), do(P, fun() -> put(f, M:maker()), ok end), load(M, two), erlang:purge_module(M), R = do(P, fun() -> fun_result(get(f)) end), stop(P), R end).
fun_result(F) -> case class(fun() -> F(1) end) of {ok, V} -> V; {error, {E, _}} -> E; {error, E} -> E end.
purge_kills_those_who_will_return() -> with(cp_a1, fun(M) -> S = self(), P = spawn(M, deep, [S]), {outside, P} = got(), N = monitor(process, P), load(M, two), erlang:purge_module(M), receive {'DOWN', N, _, _, R} -> R end end).
purge_keeps_literals() -> with(cp_b1, fun(M) -> P = puppet(), do(P, fun() -> put(l, M:big()), ok end), load(M, two), erlang:purge_module(M), R = do(P, fun() -> {a_literal, L, S, B} = get(l), {lists:sum(L), S, B} end), stop(P), R end).
purge_keeps_literals_in_messages() -> with(cp_c1, fun(M) -> P = puppet(), P ! {l, M:big()}, load(M, two), erlang:purge_module(M), R = do(P, fun() -> {l, {a_literal, L, S, B}} = got(), {lists:sum(L), S, B} end), stop(P), R end).
purge_keeps_literals_in_flight() ->
    %% Sent on while the module goes away.
    with(cp_d1, fun(M) -> A = spawn(fun() -> fwd(x) end), B = spawn(fun() -> fwd(x) end), A ! {to, [B, self()], M:big()}, load(M, two), erlang:purge_module(M), {a_literal, L, S, T} = got(), {lists:sum(L), S, T} end).
fwd(_) -> receive {to, [P], X} -> P ! X; {to, [P | Ps], X} -> P ! {to, Ps, X} end.
purge_keeps_own_literals() -> with(cp_e1, fun(M) -> X = M:big(), load(M, two), erlang:purge_module(M), erlang:garbage_collect(), {a_literal, L, S, B} = X, {lists:sum(L), S, B} end).
purge_without_old() -> with(cp_f1, fun(M) -> class(fun() -> erlang:purge_module(M) end) end).
purge_unknown() -> class(fun() -> erlang:purge_module(id(cp_no_such_module)) end).
purge_refused() -> [class(fun() -> erlang:purge_module(id(X)) end) || X <- [1, "m"]].
purge_many_times() -> with(cp_g1, fun(M) -> R = [begin load(M, list_to_atom("v" ++ integer_to_list(N))), V = version(M), erlang:purge_module(M), V end || N <- lists:seq(1, 5)], R end).
delete_then_purge_kills() -> with(cp_j1, fun(M) -> P = start(M), N = monitor(process, P), erlang:delete_module(M), erlang:purge_module(M), receive {'DOWN', N, _, _, R} -> R end end).
fun_of_purged_code_is_undef() ->
    with(cp_n1, fun(M) -> P = puppet(), do(P, fun() -> put(b, term_to_binary(M:maker())), ok end), load(M, two), erlang:purge_module(M),
                         R = do(P, fun() -> F = binary_to_term(get(b)), case_lib:class(fun() -> F(1) end) end), stop(P), case R of {ok, V} -> V; {error, {E, _}} -> E; {error, E} -> E end end).
external_fun_follows() -> with(cp_o1, fun(M) -> F = fun M:version/0, A = F(), load(M, two), B = F(), erlang:purge_module(M), {A, B, F()} end).
versions(M, L) -> V = M:version(), receive stop -> [M:version(), V | L] after 0 -> versions(M, lists:usort([V | L])) end.
module_loaded_seen_by_all() -> with(cp_r1, fun(M) -> P = puppet(), R = [begin load(M, V), A = do(P, fun() -> M:version() end), erlang:purge_module(M), A end || V <- [two, three, four]], stop(P), R end).
many_callers_while_loading() ->
    with(cp_s1, fun(M) -> S = self(), Ps = [spawn(fun() -> S ! {v, versions(M, [])} end) || _ <- lists:seq(1, 4)], [begin load(M, V), [purge_soft(M) || _ <- [1]] end || V <- [two, three]], [P ! stop || P <- Ps],
                        Vs = lists:usort(lists:append([L || {v, L} <- [got() || _ <- Ps]])), Vs -- [one, two, three] end).
%% Waits until nobody runs the old code, then purges.
purge_soft(M) -> until(fun() -> not lists:any(fun(P) -> check(P, M) end, processes()) end), erlang:purge_module(M).
