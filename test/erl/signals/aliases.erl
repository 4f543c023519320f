%% alias/0,1 and unalias/1: references that messages can be sent to.
-module(aliases).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
%% The message sent from another process, after which nothing sent before is on its way.
from_other(A, X) -> P = puppet(), do(P, fun() -> A ! X end), stop(P), ok.

value_is_a_reference() -> A = alias(), {is_reference(A), node(A) =:= node(), unalias(A)}.
send_to_own() -> A = alias(), A ! hello, got().
send_from_other() -> A = alias(), from_other(A, hello), got().
send_many() -> A = alias(), [A ! N || N <- lists:seq(1, 50)], all() =:= lists:seq(1, 50).
send_forms() -> A = alias(), A ! one, erlang:send(A, two), V = erlang:send(A, three, []), W = erlang:send(A, four, [noconnect, nosuspend]), {all(), V, W}.
value_of_send() -> A = alias(), R = [A ! x, erlang:send(A, y)], unalias(A), {R, [A ! x, erlang:send(A, y), erlang:send(A, z, [])], all()}.
large_message() -> A = alias(), L = lists:seq(1, 2000), from_other(A, L), got() =:= L.
binary_message() -> A = alias(), B = list_to_binary(lists:duplicate(1000, 7)), from_other(A, {B, B}), got() =:= {B, B}.
unalias_once() -> A = alias(), [unalias(A), unalias(A)].
unalias_then_send() -> A = alias(), unalias(A), from_other(A, lost), A ! lost_too, nothing().
unalias_keeps_what_came() -> A = alias(), from_other(A, kept), unalias(A), got().
unalias_unknown() -> unalias(make_ref()).
unalias_of_another() -> A = alias(), U = in(fun() -> unalias(A) end), from_other(A, still), {U, got(), unalias(A)}.
explicit() -> A = alias([explicit_unalias]), from_other(A, a), from_other(A, b), {got(), got(), unalias(A)}.
no_options() -> A = alias([]), from_other(A, a), from_other(A, b), {got(), got(), unalias(A)}.
reply_once() -> A = alias([reply]), from_other(A, a), from_other(A, b), {got(), nothing(), unalias(A)}.
reply_unaliased() -> A = alias([reply]), U = unalias(A), from_other(A, a), {U, nothing()}.
reply_from_self() -> A = alias([reply]), A ! a, A ! b, R = got(), {R, nothing(), unalias(A)}.
both_options() -> [begin A = alias(O), from_other(A, a), from_other(A, b), R = all(), {R, unalias(A)} end || O <- [[reply, explicit_unalias], [explicit_unalias, reply]]].
many_aliases() ->
    As = [alias() || _ <- lists:seq(1, 50)], [from_other(A, {n, N}) || {A, N} <- lists:zip(As, lists:seq(1, 50))],
    {length(lists:usort(As)), lists:sum([N || {n, N} <- all()]), lists:usort([unalias(A) || A <- As])}.
many_senders() ->
    A = alias(), S = self(), [spawn(fun() -> A ! {n, N}, S ! done end) || N <- lists:seq(1, 50)],
    lists:sum([receive {n, N} -> N end || _ <- lists:seq(1, 50)]).
reply_takes_one_of_many() ->
    A = alias([reply]), Ps = [puppet() || _ <- lists:seq(1, 20)], [tell(P, fun() -> A ! {from, self()} end) || P <- Ps], [stop(P) || P <- Ps],
    [{from, P}] = all(), lists:member(P, Ps).
dead_owner() -> A = in(fun() -> alias() end), A ! lost, nothing().
dead_owner_unalias() -> A = in(fun() -> alias() end), unalias(A).
to_a_plain_reference() -> R = make_ref(), V = R ! lost, {V =:= lost, nothing()}.
to_a_monitor_reference() -> P = idle(), M = monitor(process, P), M ! lost, R = nothing(), kill(P), {R, plain(got(), [{P, p}, {M, m}])}.
to_a_timer_reference() -> T = erlang:start_timer(1000000, self(), x), T ! lost, R = nothing(), is_integer(erlang:cancel_timer(T)) andalso R.
in_external_format() -> A = alias(), B = binary_to_term(term_to_binary(A)), {A =:= B, begin B ! hello, got() end, begin from_other(B, other), got() end, unalias(B), unalias(A)}.
in_text_form() -> A = alias(), B = list_to_ref(ref_to_list(A)), {A =:= B, begin B ! hello, got() end, unalias(B)}.
through_a_message() -> A = alias(), P = spawn(fun() -> receive {use, X} -> X ! via end end), P ! {use, A}, got().
through_the_dictionary() -> A = alias(), put(a, A), erlang:garbage_collect(), get(a) ! hello, got().
through_persistent_term() -> A = alias(), persistent_term:put({?MODULE, a}, A), P = puppet(), do(P, fun() -> persistent_term:get({?MODULE, a}) ! hello end), persistent_term:erase({?MODULE, a}), stop(P), got().
compare_with_plain() -> A = alias(), B = make_ref(), {A =:= A, A =:= B, is_boolean(A < B), maps:get(A, #{A => found})}.
survives_collection() -> A = alias(), [erlang:garbage_collect() || _ <- [1, 2, 3]], from_other(A, hello), got().
survives_hibernation() ->
    S = self(), P = spawn(fun() -> S ! {alias, alias()}, erlang:hibernate(?MODULE, woken, [S]) end), {alias, A} = got(), case_proc:waiting(P), A ! hello, got().
woken(S) -> S ! {woken_by, got()}.
order_with_pid_sends() ->
    %% From one sender to one receiver, whatever it is called.
    A = alias(), S = self(), P = puppet(), do(P, fun() -> [begin S ! {n, N}, A ! {a, N} end || N <- lists:seq(1, 20)] end), stop(P),
    all() =:= lists:append([[{n, N}, {a, N}] || N <- lists:seq(1, 20)]).
order_with_exit_signals() ->
    P = puppet(), A = do(P, fun() -> process_flag(trap_exit, true), alias() end), A ! one, exit(P, two), A ! three, R = do(P, fun() -> all() end), stop(P), plain(R, [{self(), me}]).
timer_to_alias_refused() -> A = alias(), element(1, text(fun() -> erlang:send_after(0, id(A), x) end)).
not_a_name() -> A = alias(), element(1, text(fun() -> register(aliases_name, id(A)) end)).
group_of_sends_after_unalias() -> A = alias(), from_other(A, 1), from_other(A, 2), unalias(A), from_other(A, 3), all().
refused_options() -> [text(fun() -> alias(id(O)) end) || O <- [a, [x], [reply | x], [{reply, true}], [1], #{}]].
refused_unalias() -> [text(fun() -> unalias(id(X)) end) || X <- [a, 1, [], "ref", {self_}]].
refused_unalias_pid() -> S = self(), element(1, text(fun() -> unalias(id(S)) end)).
