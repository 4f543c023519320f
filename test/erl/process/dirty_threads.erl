%% Builtins on dirty threads: those that OTP's tests try them out with, and those
%% that go there by themselves because they have much to do.
-module(dirty_threads).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_lib, [id/1, top/1]).
-import(case_proc, [got/0]).

where() -> [erts_debug:dirty_cpu(scheduler, type), erts_debug:dirty_io(scheduler, type)].
where_by_name() -> [erts_debug:dirty(W, scheduler, type) || W <- [normal, dirty_cpu, dirty_io]].
where_unknown() -> top(fun() -> erts_debug:dirty(id(dirty_cpu_bound), scheduler, type) end).
what_unknown() -> [top(fun() -> erts_debug:dirty_cpu(id(W), 1) end) || W <- [self, yield, x, 1]].
what_unknown_io() -> top(fun() -> erts_debug:dirty_io(id(x), 1) end).
wait() -> [erts_debug:dirty_cpu(wait, 1), erts_debug:dirty_io(wait, 0), erts_debug:dirty(normal, wait, 1)].
wait_bad() -> [top(fun() -> erts_debug:dirty_cpu(wait, id(W)) end) || W <- [x, "1", {}]].
copies() -> L = erts_debug:dirty_cpu(copy, [a, {b}]), {length(L), lists:usort(L)}.
copies_of_binary() -> B = binary:copy(<<"x">>, 100), L = erts_debug:dirty_io(copy, B), {length(L), lists:usort(L) =:= [B]}.

caught() -> try erts_debug:dirty_cpu(x, 1) catch error:badarg -> caught end.
caught_old() -> {'EXIT', {badarg, [{erts_debug, dirty_cpu, [x, 1], []} | _]}} = (catch erts_debug:dirty_cpu(id(x), 1)), ok.
uncaught() ->
    {Pid, Mon} = spawn_monitor(fun() -> erts_debug:dirty_cpu(x, 1) end),
    receive {'DOWN', Mon, _, Pid, {badarg, [{M, F, A, _} | _]}} -> {M, F, A} end.
frames() ->
    try frame(1), ok
    catch error:badarg:S -> [{F, case A of [_ | _] -> args; _ -> A end} || {_, F, A, _} <- lists:sublist(S, 2)]
    end.
frame(X) -> {erts_debug:dirty_io(nothing, X)}.
registers_survive() ->
    {A, B, C} = {id(1), id("two"), id({3})}, R = erts_debug:dirty_cpu(wait, 1), {A, B, C, R}.
in_tail_position() -> tail().
tail() -> erts_debug:dirty_cpu(wait, 1).
by_apply() -> apply(id(erts_debug), id(dirty_cpu), [wait, 1]).
by_fun() -> F = fun erts_debug:dirty_cpu/2, F(wait, 1).
by_spawn() -> {P, M} = spawn_monitor(erts_debug, dirty_io, [wait, 1]), receive {'DOWN', M, _, P, R} -> R end.
many_at_once() ->
    Self = self(),
    Pids = [spawn(fun() -> Self ! {self(), erts_debug:dirty_cpu(wait, 1)} end) || _ <- lists:seq(1, 40)],
    lists:usort([receive {P, R} -> R end || P <- Pids]).
back_and_forth() -> lists:usort([{erts_debug:dirty_cpu(wait, 0), erts_debug:dirty_io(wait, 0)} || _ <- lists:seq(1, 200)]).
messages_arrive_meanwhile() ->
    Self = self(), spawn(fun() -> [Self ! N || N <- lists:seq(1, 100)] end),
    ok = erts_debug:dirty_cpu(wait, 20), [got() || _ <- lists:seq(1, 100)] =:= lists:seq(1, 100).
ready_and_killed() ->
    Self = self(), {P, M} = spawn_monitor(fun() -> erts_debug:dirty_cpu(ready_wait6_done, Self) end),
    receive {ready, P} -> ok end, exit(P, kill), receive {'DOWN', M, _, _, R} -> ended(R, killed) end.
%% A simulated machine does not wait there.
ended(R, Reason) -> R =:= Reason orelse R =:= normal orelse {unexpected, R}.
killed_while_there() -> ended(sent_while_there(kill), killed).
exit_while_there() -> ended(sent_while_there(stop), stop).
sent_while_there(Reason) ->
    {P, M} = spawn_monitor(fun() -> erts_debug:dirty_io(wait, 60000) end),
    exit(P, Reason), receive {'DOWN', M, _, P, R} -> R end.
info_while_there() ->
    Self = self(), {P, M} = spawn_monitor(fun() -> erts_debug:dirty_cpu(ready_wait6_done, Self) end),
    receive {ready, P} -> ok end,
    I = process_info(P, [message_queue_len, links, trap_exit, current_function]), exit(P, kill),
    %% It may be there, be back and about to end, where it is in no function, or have ended.
    In = fun(F) -> [{message_queue_len, 0}, {links, []}, {trap_exit, false}, {current_function, F}] end,
    {lists:member(I, [undefined, In(undefined), In({erts_debug, dirty_cpu, 2})]),
     receive {'DOWN', M, _, _, R} -> ended(R, killed) end}.

%% --- much to do --------------------------------------------------------------

list(N) -> lists:seq(1, N).
hash() -> erlang:phash2(list(200000)).
hash_range() -> {erlang:phash2(list(200000), 1000), element(1, raised(fun() -> erlang:phash2(list(200000), id(0)) end))}.
hash_binary() -> erlang:phash2(binary:copy(<<"abc">>, 1000000)).
hash_old() -> erlang:phash(list(200000), 1 bsl 32).
hash_from_many() ->
    Self = self(), L = list(200000),
    Pids = [spawn(fun() -> Self ! {self(), erlang:phash2(L)} end) || _ <- lists:seq(1, 8)],
    lists:usort([receive {P, R} -> R end || P <- Pids]).
sizes() -> L = lists:seq(1, 40000), {erts_debug:flat_size(list(200000)), erts_debug:size_shared([L | L])}.
digits() -> N = 7 bsl 200000, {erlang:phash2(integer_to_list(N)), erlang:phash2(integer_to_binary(N, 7))}.
digits_back() ->
    N = 7 bsl 200000,
    [binary_to_integer(integer_to_binary(N)) =:= N, list_to_integer(integer_to_list(N)) =:= N,
     binary_to_integer(integer_to_binary(-N, 36), 36) =:= -N, list_to_integer(integer_to_list(N, 3), 3) =:= N].
digits_bad() ->
    B = <<(binary:copy(<<"7">>, 80000))/binary, "x">>,
    {C, R, {M, F, _, _}} = raised(fun() -> binary_to_integer(B) end),
    {C1, R1, {M1, F1, _, _}} = raised(fun() -> list_to_integer(binary_to_list(B)) end),
    [{C, R, M, F}, {C1, R1, M1, F1}].
raised(F) -> try F() catch C:R:S -> {C, R, hd(S)} end.
digits_bad_arguments() ->
    {error, badarg, {_, _, [B], _}} = raised(fun() -> binary_to_integer(binary:copy(<<"x">>, 80000)) end), byte_size(B).
common() ->
    B = binary:copy(<<"0123456789">>, 200000),
    {binary:longest_common_prefix([B, <<B/binary, 1>>, B]), binary:longest_common_suffix([<<1, B/binary>>, B])}.
common_bad() -> B = binary:copy(<<"0123456789">>, 200000), element(2, raised(fun() -> binary:longest_common_prefix([B, id(x)]) end)).
match_large() -> B = binary:copy(<<"0123456789">>, 200000), [re:run(B, "9x"), re:run(<<B/binary, "x">>, "9x"), re:run(B, "89", [{capture, first, list}])].
match_large_list() -> re:run(lists:duplicate(100000, $a) ++ "b", "ab").
match_large_bad() -> B = binary:copy(<<"0123456789">>, 200000), element(2, raised(fun() -> re:run(B, id("(")) end)).
match_long() -> re:run(binary:copy(<<"a">>, 24), "^(a|aa)+$b").
match_long_global() -> re:run(binary:copy(<<"a">>, 20), "(a|aa)+b|a", [global, {capture, first, list}]).
match_limit_given() -> re:run(binary:copy(<<"a">>, 40), "^(a|aa)+$b", [report_errors, {match_limit, 1000}]).
load_large() ->
    B = module(dirty_m1), P = erlang:prepare_loading(dirty_m1, B),
    {byte_size(B) > 16384, erlang:has_prepared_code_on_load(P), erlang:finish_loading([P]), (id(dirty_m1)):v()}.
load_large_bad() ->
    B = module(dirty_m2), [erlang:prepare_loading(dirty_m3, B), erlang:prepare_loading(dirty_m2, <<0, B/binary>>)].
module(M) -> bifs_code:code(M, there, [{A, [rand:bytes(200)]} || A <- [a, b, c], _ <- lists:seq(1, 60)], [], 7).
