%% register/2, unregister/1, whereis/1, registered/0: names of processes.
-module(registered_names).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
name(P) -> process_info(P, registered_name).
free(Name) -> until(fun() -> whereis(Name) =:= undefined end).

values() -> {register(rn_a, self()), whereis(rn_a) =:= self(), unregister(rn_a), whereis(rn_a)}.
of_another() -> P = idle(), register(rn_b, P), R = whereis(rn_b) =:= P, kill(P), {R, free(rn_b)}.
by_itself() -> P = puppet(), do(P, fun() -> register(rn_c, self()) end), R = whereis(rn_c) =:= P, stop(P), {R, free(rn_c)}.
listed() -> register(rn_d, self()), A = lists:member(rn_d, registered()), unregister(rn_d), {A, lists:member(rn_d, registered())}.
listed_once() -> register(rn_d2, self()), R = length([x || rn_d2 <- registered()]), unregister(rn_d2), R.
shown_by_info() -> P = idle(), A = name(P), register(rn_e, P), B = name(P), unregister(rn_e), C = name(P), kill(P), {A, B, C}.
info_of_all_leaves_out_no_name() -> {lists:keyfind(registered_name, 1, process_info(self())), begin register(rn_f, self()), R = lists:keyfind(registered_name, 1, process_info(self())), unregister(rn_f), R end}.
info_first_when_named() -> register(rn_f2, self()), [R | _] = process_info(self()), unregister(rn_f2), R.
send_by_name() -> register(rn_g, self()), rn_g ! hello, unregister(rn_g), got().
free_when_the_process_ends() -> P = idle(), register(rn_h, P), kill(P), {whereis(rn_h), register(rn_h, self()), unregister(rn_h)}.
free_before_down() ->
    %% Who has 'DOWN' can take the name.
    lists:usort([begin P = idle(), register(rn_i, P), kill(P), register(rn_i, self()), unregister(rn_i) end || _ <- lists:seq(1, 30)]).
free_before_exit_signal() ->
    case_proc:trap(fun() -> lists:usort([begin P = spawn_link(fun() -> receive die -> ok end end), register(rn_j, P), P ! die, {'EXIT', P, normal} = got(), register(rn_j, self()), unregister(rn_j) end || _ <- lists:seq(1, 30)]) end).
taken_name() -> P = idle(), register(rn_k, P), R = text(fun() -> register(rn_k, self()) end), A = whereis(rn_k) =:= P, kill(P), {R, A}.
taken_by_itself() -> register(rn_l, self()), R = text(fun() -> register(rn_l, self()) end), unregister(rn_l), R.
second_name() -> register(rn_m, self()), R = text(fun() -> register(rn_m2, self()) end), A = {name(self()), whereis(rn_m2)}, unregister(rn_m), {R, A}.
renamed() -> register(rn_n, self()), unregister(rn_n), register(rn_n2, self()), R = {name(self()), whereis(rn_n), whereis(rn_n2) =:= self()}, unregister(rn_n2), R.
dead_process() -> D = dead(), R = text(fun() -> register(rn_o, D) end), {R, whereis(rn_o)}.
killed_process() -> P = idle(), exit(P, kill), false = is_process_alive(P), R = element(1, text(fun() -> register(rn_o2, P) end)), {R, whereis(rn_o2)}.
refused_name() -> [text(fun() -> register(id(N), self()) end) || N <- [1, "name", [], {}, <<"n">>, 1.5]].
refused_undefined() -> [text(fun() -> register(id(undefined), self()) end), text(fun() -> unregister(id(undefined)) end), whereis(undefined)].
refused_process() -> [text(fun() -> register(rn_p, id(P)) end) || P <- [1, a, "pid", [], {}, rn_p]] ++ [whereis(rn_p)].
refused_reference() -> R = make_ref(), element(1, text(fun() -> register(rn_p, id(R)) end)).
refused_both() -> [text(fun() -> register(id(N), id(P)) end) || {N, P} <- [{1, 1}, {"a", b}, {undefined, 1}]].
refused_unregister() -> [text(fun() -> unregister(id(N)) end) || N <- [1, "name", [], {}, rn_nobody]].
refused_whereis() -> [text(fun() -> whereis(id(N)) end) || N <- [1, "name", [], {}, <<"n">>]] ++ [whereis(rn_nobody)].
unregister_twice() -> register(rn_q, self()), A = unregister(rn_q), {A, text(fun() -> unregister(rn_q) end)}.
unregister_of_another() -> P = idle(), register(rn_r, P), R = {unregister(rn_r), whereis(rn_r), name(P)}, kill(P), R.
unregister_by_another() -> register(rn_s, self()), R = in(fun() -> unregister(rn_s) end), {R, whereis(rn_s), name(self())}.
unregister_after_the_end() -> P = idle(), register(rn_t, P), kill(P), element(1, text(fun() -> unregister(rn_t) end)).
odd_names() ->
    Ns = ['', ' ', 'a b', true, false, [], 'ätom', 'Up', list_to_atom([16#5d0]), nonode@nohost, ok, self],
    [begin R = case_lib:class(fun() -> register(id(N), self()) end), W = catch whereis(N) =:= self(), catch unregister(N), {N, R, case W of {'EXIT', _} -> error; B -> B end} end || N <- Ns].
many_names() ->
    Ns = [list_to_atom("rn_many_" ++ integer_to_list(N)) || N <- lists:seq(1, 200)], Ps = [{N, idle()} || N <- Ns], [register(N, P) || {N, P} <- Ps],
    A = lists:all(fun({N, P}) -> whereis(N) =:= P end, Ps), B = Ns -- registered(), [kill(P) || {_, P} <- Ps], {A, B, [N || N <- Ns, whereis(N) =/= undefined]}.
register_and_unregister_often() -> lists:usort([begin register(rn_u, self()), unregister(rn_u) end || _ <- lists:seq(1, 500)]).
race_for_a_name() ->
    %% Of many who try, one gets it.
    S = self(), Ps = [spawn(fun() -> receive go -> ok end, R = (catch register(rn_v, self())), S ! {self(), R =:= true}, receive stop -> ok end end) || _ <- lists:seq(1, 20)],
    [P ! go || P <- Ps], L = [receive {P, R} -> {P, R} end || P <- Ps], [W] = [P || {P, true} <- L], R = whereis(rn_v) =:= W, [case_proc:kill(P) || P <- Ps], {R, free(rn_v)}.
race_for_a_process() ->
    %% Many give one process a name each: it has one.
    P = idle(), S = self(), Ns = [list_to_atom("rn_race_" ++ integer_to_list(N)) || N <- lists:seq(1, 20)],
    [spawn(fun() -> S ! {N, (catch register(N, P)) =:= true} end) || N <- Ns], [W] = [N || N <- Ns, receive {N, B} -> B end],
    R = {name(P) =:= {registered_name, W}, whereis(W) =:= P}, kill(P), R.
race_with_the_end() ->
    %% The name goes to a process that ends: refused, or free again afterwards.
    lists:usort([begin P = spawn(fun() -> ok end), catch register(rn_w, P), down(P), {whereis(rn_w), name(P)} end || _ <- lists:seq(1, 50)]).
race_of_send_and_end() ->
    %% A send by name while the holder ends: it is sent, or badarg.
    lists:usort([begin P = spawn(fun() -> receive die -> ok end end), register(rn_x, P), P ! die,
                       case catch rn_x ! hello of hello -> fine; {'EXIT', {badarg, _}} -> fine end, _ = down(P), ok end || _ <- lists:seq(1, 30)]).
whereis_while_dying() -> lists:usort([begin P = idle(), register(rn_y, P), exit(P, kill), W = whereis(rn_y), down(P), {W =:= P orelse W =:= undefined, whereis(rn_y)} end || _ <- lists:seq(1, 30)]).
restart_pattern() ->
    %% A named server is killed and started again; clients find the new one.
    Start = fun() -> spawn(fun() -> register(rn_z, self()), serve(x) end) end,
    R = [begin Start(), until(fun() -> whereis(rn_z) =/= undefined end), rn_z ! {self(), N}, V = got(), kill(whereis(rn_z)), V end || N <- lists:seq(1, 10)], R.
serve(X) -> receive {P, N} -> P ! {n, N}, serve(X) end.
name_in_exit_of_spawned() -> {P, M} = spawn_monitor(fun() -> register(rn_dup, self()), exit(name(self())) end), receive {'DOWN', M, _, P, R} -> R end.
registered_is_a_list_of_atoms() -> L = registered(), {is_list(L), lists:all(fun is_atom/1, L), length(L) =:= length(lists:usort(L))}.
