%% receive: which message is taken, in which order, and which stay.
-module(receive_selective).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
class(F) -> case_lib:class(F).
send(L) -> [self() ! X || X <- L].

first_in_first_out() -> send([1, 2, 3]), [receive X -> X end || _ <- [1, 2, 3]].
by_pattern() -> send([a, b, c]), A = receive b -> 1 end, {A, all()}.
by_pattern_from_the_end() -> send([a, b, c, d]), [receive X -> X end || X <- [d, c, b, a]].
each_permutation() -> lists:usort([begin send([1, 2, 3, 4]), [receive X -> X end || X <- P] =:= P end || P <- perms([1, 2, 3, 4])]).
perms([]) -> [[]];
perms(L) -> [[X | P] || X <- L, P <- perms(L -- [X])].
permutations_leave_nothing() -> [begin send(lists:seq(1, 4)), [receive X -> X end || X <- P] end || P <- perms([1, 2, 3, 4])], all().
first_clause_is_not_first_message() ->
    %% The first message that any clause takes, not the first clause that any message fits.
    send([b, a]), receive a -> {a, all()}; b -> {b, all()} end.
clause_order_for_one_message() -> send([{k, 1}]), receive {k, _} -> first; {_, 1} -> second end.
guards() -> send([1, 20, 3]), A = receive X when X > 10 -> X end, {A, all()}.
guard_with_several_parts() -> send([1, a, 2.5, {x}]), A = receive X when is_float(X); is_tuple(X), tuple_size(X) =:= 1 -> X end, B = receive Y when is_tuple(Y), element(1, Y) =:= x; Y =:= zzz -> Y end, {A, B, all()}.
guard_that_fails_is_no_match() -> send([a, [1], []]), A = receive X when hd(X) =:= 1 -> X end, {A, all()}.
guard_that_divides_by_zero() -> send([0, 4]), A = receive X when 8 div X =:= 2 -> X end, {A, all()}.
bound_variable() -> V = id(2), send([1, 2, 3]), A = receive V -> taken end, {A, all()}.
bound_variable_inside() -> R = make_ref(), send([{make_ref(), a}, {R, b}]), A = receive {R, X} -> X end, {A, length(all())}.
structures() -> send([{a, [1, 2]}, #{k => v}, <<1, 2, 3>>, [x | y]]), D = receive [H | T] -> {H, T} end, C = receive <<A, B/binary>> -> {A, B} end, E = receive #{k := V} -> V end, {D, C, E, all()}.
map_pattern_with_key() -> K = id(k2), send([#{k1 => 1}, #{k2 => 2}]), A = receive #{K := V} -> V end, {A, all()}.
binary_pattern() -> send([<<1>>, <<2, 5:16>>, <<3:4>>]), A = receive <<2, N:16>> -> N end, {A, all()}.
string_prefix() -> send(["abc", "xyz"]), A = receive "xy" ++ T -> T end, {A, all()}.
large_integers() -> send([1 bsl 70, 1 bsl 71]), N = id(1 bsl 71), A = receive N -> found end, {A, length(all())}.
floats_and_integers_differ() -> send([1, 1.0]), A = receive X when X =:= 1.0 -> X end, {A, all()}.
alias_pattern() -> send([{a, 1}]), receive {a, N} = T -> {N, T} end.
nested_in_body() -> send([outer, inner]), receive outer -> receive inner -> both end end.
nested_takes_an_earlier_one() -> send([early, outer]), receive outer -> receive early -> both end end.
nested_three_deep() -> send([c, b, a]), receive a -> receive b -> receive c -> {abc, all()} end end end.
sequence_restarts_at_the_front() -> send([x, 1, y, 2]), A = receive N when is_integer(N) -> N end, B = receive M -> M end, {A, B, all()}.
alternating() -> send(lists:append([[{a, N}, {b, N}] || N <- lists:seq(1, 20)])), A = [receive {b, N} -> N end || N <- lists:seq(1, 20)], B = [N || {a, N} <- all()], {A =:= B, length(A)}.
newest_first() -> send(lists:seq(1, 100)), [receive N -> N end || N <- lists:seq(100, 1, -1)] =:= lists:seq(100, 1, -1).
every_other() -> send(lists:seq(1, 100)), A = [receive N when N rem 2 =:= 0 -> N end || _ <- lists:seq(1, 50)], {A =:= lists:seq(2, 100, 2), all() =:= lists:seq(1, 99, 2)}.
from_the_middle() -> send(lists:seq(1, 9)), A = [receive N -> N end || N <- [5, 4, 6, 3, 7]], {A, all()}.
equal_messages() -> send([a, a, b, a]), receive b -> ok end, A = [receive a -> 1 end || _ <- [1, 2, 3]], {A, all()}.
by_sender() ->
    Ps = [puppet() || _ <- [1, 2, 3]], S = self(), [do(P, fun() -> S ! {self(), N} end) || N <- [1, 2], P <- Ps],
    R = [[receive {P, N} -> N end || _ <- [1, 2]] || P <- lists:reverse(Ps)], [stop(P) || P <- Ps], R.
waits_for_the_right_one() -> S = self(), spawn(fun() -> S ! wrong, S ! wrong, S ! right end), A = receive right -> ok end, {A, all()}.
wakes_for_each_wrong_one() ->
    S = self(), P = spawn(fun() -> receive right -> S ! {got_right, process_info(self(), message_queue_len)} end end),
    [begin P ! {wrong, N}, waiting(P) end || N <- lists:seq(1, 10)], P ! right, got().
without_clauses_but_after() -> receive after 1 -> done end.
any_clause_last() -> send([b]), receive a -> 1; X -> {other, X} end.
value_of_body() -> send([x]), X = receive x -> {y, 1} end, X.
exports_variables() -> send([{v, 7}]), receive {v, N} -> ok end, N.
exports_from_all_clauses() -> send([{w, 8}]), receive {v, N} -> A = 1; {w, N} -> A = 2 end, {A, N}.
in_a_function_argument() -> send([1, 2]), {receive A -> A end, receive B -> B end}.
in_a_list_comprehension() -> send([3, 1, 2]), [receive N -> N * 10 end || N <- [1, 2, 3]].
in_a_fun() -> send([a, b]), F = fun(X) -> receive X -> {found, X} end end, {F(b), F(a)}.
in_a_fun_with_environment() -> K = id(key), send([{other, 1}, {key, 2}]), F = fun() -> receive {K, V} -> V end end, {F(), all()}.
in_a_try_with_result() -> send([a]), try receive a -> throw(thrown) end catch throw:T -> {T, all()} end.
in_a_recursive_loop() -> send(lists:seq(1, 50) ++ [stop]), loop(0).
loop(S) -> receive stop -> S; N -> loop(S + N) end.
accumulating_loop_with_guard() -> send([1, big, 2, big, 3, stop]), {ints(0), all()}.
ints(S) -> receive N when is_integer(N) -> ints(S + N); stop -> S end.
flush_loop() -> send(lists:seq(1, 30)), flush(0).
flush(N) -> receive _ -> flush(N + 1) after 0 -> N end.
priority_receive() ->
    %% First those that are urgent, then the rest in order.
    send([{low, 1}, {high, 1}, {low, 2}, {high, 2}]), [pick(x) || _ <- [1, 2, 3, 4]].
pick(_) -> receive {high, N} -> {high, N} after 0 -> receive X -> X end end.
exit_messages_selected() -> process_flag(trap_exit, true), P = spawn_link(fun() -> exit(x) end), send([noise]), A = receive {'EXIT', P, R} -> R end, {A, all()}.
large_terms_selected() -> L = lists:seq(1, 500), send([{L, 1}, {L, 2}, {L, 3}]), A = receive {L, 2} -> two end, {A, [N || {_, N} <- all()]}.
message_matched_across_collection() -> send([{N, lists:seq(1, N)} || N <- lists:seq(1, 50)]), [begin erlang:garbage_collect(), receive {N, L} -> length(L) end end || N <- lists:seq(50, 1, -1)] =:= lists:seq(50, 1, -1).
many_wrong_before_the_right() -> send(lists:seq(1, 2000)), send([right]), A = receive right -> ok end, {A, length(all())}.
