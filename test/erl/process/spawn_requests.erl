%% spawn_request/1..5 and spawn_request_abandon/1: replies, their tags, when
%% there is none, and ties made by the request.
-module(spawn_requests).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, nothing/0, own/1, plain/2, kill/1, down/1, all/0]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
leave(R) -> exit(R).
wait(To) -> To ! {here, self()}, receive never -> ok end.
%% The reply of a request made by F, with its names put in.
reply(F) -> R = F(), {_, R, _, P} = M = got(), plain(M, [{R, r}, {P, p}]).
pid_of(R) -> receive {spawn_reply, R, ok, P} -> P after 60000 -> no_reply end.

arity_1() -> reply(fun() -> spawn_request(fun() -> ok end) end).
arity_2_options() -> reply(fun() -> spawn_request(fun() -> ok end, []) end).
arity_2_node() -> reply(fun() -> spawn_request(node(), fun() -> ok end) end).
arity_3_mfa() -> reply(fun() -> spawn_request(?MODULE, leave, [x]) end).
arity_3_node() -> reply(fun() -> spawn_request(node(), fun() -> ok end, []) end).
arity_4_options() -> reply(fun() -> spawn_request(?MODULE, leave, [x], []) end).
arity_4_node() -> reply(fun() -> spawn_request(node(), ?MODULE, leave, [x]) end).
arity_5() -> reply(fun() -> spawn_request(node(), ?MODULE, leave, [x], []) end).
value_is_a_reference() -> R = spawn_request(fun() -> ok end), P = pid_of(R), {is_reference(R), is_pid(P)}.
reply_pid_is_the_process() ->
    S = self(), R = spawn_request(fun() -> receive go -> S ! {me, self()} end end),
    P = pid_of(R), P ! go, got() =:= {me, P}.
reply_tag_any_term() ->
    [reply(fun() -> spawn_request(fun() -> ok end, [{reply_tag, T}]) end)
     || T <- [a, {my, tag}, "text", 17, #{k => [v]}, <<"bin">>, 1 bsl 80, []]].
reply_tag_reference() ->
    T = make_ref(), R = spawn_request(fun() -> ok end, [{reply_tag, T}]), {T, R, ok, P} = got(), is_pid(P).
reply_yes() -> reply(fun() -> spawn_request(fun() -> ok end, [{reply, yes}]) end).
reply_success_only() -> reply(fun() -> spawn_request(fun() -> ok end, [{reply, success_only}]) end).
reply_no() -> R = spawn_request(fun() -> ok end, [{reply, no}]), {is_reference(R), nothing()}.
reply_error_only() -> R = spawn_request(fun() -> ok end, [{reply, error_only}]), {is_reference(R), nothing()}.
reply_no_still_spawns() ->
    S = self(), spawn_request(fun() -> S ! ran end, [{reply, no}]), got().
no_reply_still_monitors() ->
    R = spawn_request(fun() -> exit(why) end, [{reply, error_only}, monitor]), {'DOWN', R, process, P, why} = got(), is_pid(P).
bad_option_is_a_reply() ->
    [begin R = spawn_request(fun() -> ok end, id(O)), plain(got(), [{R, r}]) end
     || O <- [[nosuch], [{priority, x}], [{min_heap_size, -1}], [1], [{link, true}]]].
bad_option_reply_tag() ->
    R = spawn_request(fun() -> ok end, [{reply_tag, t}, id(nosuch)]), plain(got(), [{R, r}]).
bad_option_error_only() -> R = spawn_request(fun() -> ok end, [{reply, error_only}, id(nosuch)]), plain(got(), [{R, r}]).
bad_option_success_only() -> spawn_request(fun() -> ok end, [{reply, success_only}, id(nosuch)]), nothing().
bad_option_no_reply() -> spawn_request(fun() -> ok end, [{reply, no}, id(nosuch)]), nothing().
bad_option_leaves_no_ties() ->
    R = spawn_request(fun() -> ok end, [link, monitor, id(nosuch)]),
    {plain(got(), [{R, r}]), process_info(self(), [links, monitors])}.
refused() ->
    [text(F) || F <- [fun() -> spawn_request(id(a)) end, fun() -> spawn_request(id(a), []) end,
                      fun() -> spawn_request(id(1), fun() -> ok end) end,
                      fun() -> spawn_request(fun() -> ok end, id(x)) end, fun() -> spawn_request(fun() -> ok end, id([link | x])) end,
                      fun() -> spawn_request(id(1), f, []) end, fun() -> spawn_request(m, id(1), []) end,
                      fun() -> spawn_request(m, f, id([a | b])) end,
                      fun() -> spawn_request(m, f, [], id(x)) end, fun() -> spawn_request(node(), id(1), f, [], []) end,
                      fun() -> spawn_request(id("n"), m, f, [], []) end, fun() -> spawn_request(node(), m, f, [], id(x)) end]].
link_option() ->
    process_flag(trap_exit, true), R = spawn_request(fun() -> exit(x) end, [link]), P = pid_of(R), got() =:= {'EXIT', P, x}.
reply_before_exit_signal() ->
    process_flag(trap_exit, true),
    [begin R = spawn_request(fun() -> exit(x) end, [link]), {spawn_reply, R, ok, P} = got(), {'EXIT', P, x} = got(), N end
     || N <- [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]].
reply_before_down() ->
    [begin R = spawn_request(fun() -> exit(x) end, [monitor]), {spawn_reply, R, ok, P} = got(),
           {'DOWN', R, process, P, x} = got(), N end || N <- [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]].
reply_before_messages_of_child() ->
    S = self(),
    [begin R = spawn_request(fun() -> S ! {first, self()} end), {spawn_reply, R, ok, P} = got(), {first, P} = got(), N end
     || N <- [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]].
monitor_reference_is_the_request() ->
    R = spawn_request(fun() -> receive never -> ok end end, [monitor]), P = pid_of(R), D = demonitor(R, [info]), kill(P), {D, nothing()}.
monitor_options() ->
    R = spawn_request(fun() -> exit(x) end, [{monitor, [{tag, t}]}]), P = pid_of(R), plain(got(), [{R, r}, {P, p}]).
monitor_alias() ->
    R = spawn_request(fun() -> receive {go, A} -> A ! via_alias end end, [{monitor, [{alias, explicit_unalias}]}]),
    P = pid_of(R), P ! {go, R}, [via_alias, {'DOWN', R, process, P, normal}] = [got(), got()], unalias(R).
all_ties() ->
    process_flag(trap_exit, true),
    R = spawn_request(?MODULE, leave, [x], [link, monitor, {reply_tag, t}]), {t, R, ok, P} = got(),
    lists:sort(plain([got(), got()], [{R, r}, {P, p}])).
spawn_options_hold() ->
    S = self(),
    spawn_request(fun() -> S ! process_info(self(), [priority, fullsweep_after, message_queue_data]) end,
                  [{reply, no}, {priority, low}, {fullsweep_after, 3}, {message_queue_data, off_heap}]), got().
several_requests_in_flight() ->
    Rs = [{spawn_request(fun() -> exit({n, N}) end, [monitor, {reply_tag, {tag, N}}]), N} || N <- lists:seq(1, 30)],
    lists:sum([receive {{tag, N}, R, ok, P} -> receive {'DOWN', R, process, P, {n, N}} -> N end end || {R, N} <- Rs]).
unknown_reply_mode() ->
    R = spawn_request(fun() -> ok end, id([{reply, maybe_}])), plain(got(), [{R, r}]).
each_request_has_one_reply() ->
    Rs = [spawn_request(fun() -> ok end) || _ <- lists:seq(1, 30)],
    lists:sort([R || {spawn_reply, R, ok, _} <- [got() || _ <- Rs]]) =:= lists:sort(Rs).
undef_is_no_spawn_error() -> R = spawn_request(no_such_module_here, f, [1], [monitor]), P = pid_of(R), {'DOWN', R, process, P, E} = got(), own(E).
%% The reply may be there already or not: then it does not come.
abandon() ->
    R = spawn_request(fun() -> ok end),
    case spawn_request_abandon(R) of
        true -> nothing();
        false -> {spawn_reply, R, ok, _} = got(), nothing()
    end.
abandon_answered() -> R = spawn_request(fun() -> ok end), pid_of(R), spawn_request_abandon(R).
abandon_twice() ->
    R = spawn_request(fun() -> ok end), pid_of(R), [spawn_request_abandon(R), spawn_request_abandon(R)].
abandon_unknown() -> [spawn_request_abandon(make_ref()), spawn_request_abandon(monitor(process, self()))].
abandon_of_another() ->
    R = spawn_request(fun() -> ok end), A = case_proc:in(fun() -> spawn_request_abandon(R) end), {A, is_pid(pid_of(R))}.
abandon_refused() -> [text(fun() -> spawn_request_abandon(id(X)) end) || X <- [a, 1, self_, "r"]].
