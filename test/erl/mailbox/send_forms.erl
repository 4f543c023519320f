%% Sending: the operator, send/2,3, to pids and names, to the dead and to nobody.
-module(send_forms).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
class(F) -> case_lib:class(F).
spin(N) -> spin(N + 1).
terms(_) ->
    [a, 1, -1.5, 1 bsl 100, [], {}, "text", <<"bin">>, <<5:3>>, #{}, #{k => [v]}, {a, [b, {c}]}, [a | b], list_to_binary(lists:duplicate(200, 1)),
     lists:seq(1, 100), maps:from_list([{N, N} || N <- lists:seq(1, 50)])].

operator_value() -> [self() ! T || T <- terms(x)] =:= terms(x).
operator_delivers() -> [self() ! T || T <- terms(x)], all() =:= terms(x).
send_2_value() -> [erlang:send(self(), T) || T <- terms(x)] =:= terms(x).
send_2_delivers() -> [erlang:send(self(), T) || T <- terms(x)], all() =:= terms(x).
send_3_value() -> {[erlang:send(self(), T, O) || {T, O} <- [{a, []}, {b, [noconnect]}, {c, [nosuspend]}, {d, [nosuspend, noconnect]}, {e, [noconnect, noconnect]}]], all()}.
to_another() -> P = puppet(), [P ! T || T <- terms(x)], R = do(P, fun() -> all() end), stop(P), R =:= terms(x).
to_another_and_back() -> S = self(), P = spawn(fun() -> echo(S) end), R = [begin P ! T, got() =:= T end || T <- terms(x)], kill(P), lists:usort(R).
echo(S) -> receive X -> S ! X, echo(S) end.
nested_operators() -> S = self(), S ! S ! S ! x, all().
operator_evaluates_left_first() -> S = self(), put(o, []), (begin put(o, [l | get(o)]), S end) ! (begin put(o, [r | get(o)]), x end), {get(o), all()}.
operator_in_arguments() -> S = self(), {length([S ! a, S ! b]), all()}.
funs_arrive() -> N = 5, self() ! fun(X) -> X + N end, F = got(), F(1).
funs_of_another_arrive() -> S = self(), spawn(fun() -> B = list_to_binary(lists:duplicate(100, 1)), S ! fun() -> byte_size(B) end end), F = got(), F().
pids_and_references_arrive() -> R = make_ref(), self() ! {self(), R}, got() =:= {self(), R}.
many_to_oneself() -> [self() ! N || N <- lists:seq(1, 1000)], all() =:= lists:seq(1, 1000).
to_a_name() -> register(send_1, self()), R = send_1 ! hello, unregister(send_1), {R, all()}.
to_a_name_all_forms() -> register(send_2, self()), R = [send_2 ! a, erlang:send(send_2, b), erlang:send(send_2, c, []), erlang:send(send_2, d, [noconnect, nosuspend])], unregister(send_2), {R, all()}.
to_a_name_on_this_node() -> register(send_3, self()), N = node(), R = [{send_3, N} ! a, erlang:send({send_3, N}, b), erlang:send({send_3, N}, c, [])], unregister(send_3), {R, all()}.
to_an_unknown_name() -> [text(F) || F <- [fun() -> id(send_nobody) ! x end, fun() -> erlang:send(id(send_nobody), x) end, fun() -> erlang:send(id(send_nobody), x, []) end, fun() -> erlang:send(id(send_nobody), x, [noconnect]) end]].
to_an_unknown_name_on_this_node() -> N = node(), [{send_nobody, N} ! x, erlang:send({send_nobody, N}, y), erlang:send({send_nobody, N}, z, [])].
to_a_name_whose_process_died() -> P = idle(), register(send_4, P), kill(P), text(fun() -> id(send_4) ! x end).
to_undefined() -> text(fun() -> id(undefined) ! x end).
to_the_dead() -> D = dead(), [D ! x, erlang:send(D, y), erlang:send(D, z, []), erlang:send(D, z, [noconnect])].
to_the_dead_many_large() -> D = dead(), L = lists:seq(1, 100), lists:usort([length(D ! L) || _ <- lists:seq(1, 300)]).
to_the_killed() -> P = idle(), exit(P, kill), P ! x.
to_a_busy_one() -> P = spawn(fun() -> spin(0) end), [P ! N || N <- lists:seq(1, 50)], R = process_info(P, message_queue_len), kill(P), R.
to_a_suspended_one() -> P = puppet(), erlang:suspend_process(P), [P ! N || N <- [1, 2, 3]], erlang:resume_process(P), R = do(P, fun() -> all() end), stop(P), R.
to_a_plain_reference() -> R = make_ref(), (R ! x) =:= x.
to_bad_terms() -> [text(fun() -> id(T) ! x end) || T <- [1, "name", [], {}, {a}, {a, b, c}, 1.5, <<"b">>, #{}, {1, node()}, {a, 1}, {self_, "n"}]].
to_bad_terms_send_2() -> [text(fun() -> erlang:send(id(T), x) end) || T <- [1, "name", {}, {a}, {1, node()}]].
to_bad_terms_send_3() -> [text(fun() -> erlang:send(id(T), x, []) end) || T <- [1, "name", {}, {a}, {1, node()}]].
to_a_fun() -> element(1, text(fun() -> id(fun() -> ok end) ! x end)).
bad_options() -> S = self(), {[text(fun() -> erlang:send(S, x, id(O)) end) || O <- [a, [x], [noconnect | x], [{noconnect, true}], [1], #{}]], all()}.
bad_options_and_name() -> [text(fun() -> erlang:send(id(send_nobody), x, id([x])) end), text(fun() -> erlang:send(id(1), x, id(y)) end)].
bad_send_sends_nothing() -> catch erlang:send(self(), x, id([bad])), catch (id(1) ! x), nothing().
failing_message_expression_sends_nothing() -> class(fun() -> self() ! hd(id([])) end), nothing().
send_nosuspend() -> S = self(), R = [erlang:send_nosuspend(S, a), erlang:send_nosuspend(S, b, []), erlang:send_nosuspend(S, c, [noconnect])], {R, all()}.
send_nosuspend_name() -> register(send_5, self()), R = [erlang:send_nosuspend(send_5, a), erlang:send_nosuspend({send_5, node()}, b)], unregister(send_5), {R, all()}.
send_nosuspend_bad() -> [element(2, class(fun() -> erlang:send_nosuspend(id(T), x) end)) || T <- [send_nobody, 1, {}]].
by_apply() -> [apply(erlang, id('!'), [self(), a]), apply(erlang, id(send), [self(), b]), apply(fun erlang:send/2, [self(), c]), (fun erlang:'!'/2)(self(), d), all()].
in_a_comprehension() -> L = [self() ! N || N <- lists:seq(1, 5)], {L, all()}.
in_a_tail_call() -> tail(self(), x), all().
tail(P, X) -> P ! X.
in_a_try() -> try self() ! id(x), id(send_nobody) ! y catch error:badarg -> all() end.
while_the_receiver_ends() -> lists:usort([begin P = spawn(fun() -> ok end), P ! lists:seq(1, 20), down(P), ok end || _ <- lists:seq(1, 50)]).
name_moves_between_processes() ->
    P = puppet(), Q = puppet(), register(send_6, P), send_6 ! one, unregister(send_6), register(send_6, Q), send_6 ! two, R = {do(P, fun() -> all() end), do(Q, fun() -> all() end)}, kill(P), kill(Q), R.
to_itself_during_exit() -> S = self(), P = spawn(fun() -> try exit(x) after S ! {from, self()} end end), {from, P} = got(), ok.
