%% unique_integer/0,1 and make_ref/0 across processes: all different, ordered
%% where that is promised.
-module(unique_values).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, in/1, until/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
%% What N processes make with F, each Each of them, together.
from_many(N, Each, F) -> S = self(), [spawn(fun() -> S ! {made, [F() || _ <- lists:seq(1, Each)]} end) || _ <- lists:seq(1, N)], [L || {made, L} <- [got() || _ <- lists:seq(1, N)]].
distinct(Ls) -> length(lists:usort(lists:append(Ls))).

integers_of_many() -> distinct(from_many(20, 100, fun() -> erlang:unique_integer() end)).
integers_of_many_positive() -> L = from_many(20, 100, fun() -> erlang:unique_integer([positive]) end), {distinct(L), lists:all(fun(X) -> X > 0 end, lists:append(L))}.
integers_of_many_monotonic() -> L = from_many(20, 100, fun() -> erlang:unique_integer([monotonic]) end), {distinct(L), lists:all(fun(X) -> lists:sort(X) =:= X end, L)}.
integers_of_many_both() -> L = from_many(20, 100, fun() -> erlang:unique_integer([monotonic, positive]) end), {distinct(L), lists:all(fun(X) -> lists:sort(X) =:= X end, L), lists:min(lists:append(L)) > 0}.
monotonic_from_message_to_message() -> P = puppet(), R = [begin A = erlang:unique_integer([monotonic]), B = do(P, fun() -> erlang:unique_integer([monotonic]) end), C = erlang:unique_integer([monotonic]), A < B andalso B < C end || _ <- lists:seq(1, 50)], stop(P), lists:usort(R).
monotonic_positive_from_message_to_message() -> P = puppet(), R = [begin A = erlang:unique_integer([monotonic, positive]), B = do(P, fun() -> erlang:unique_integer([monotonic, positive]) end), A < B end || _ <- lists:seq(1, 50)], stop(P), lists:usort(R).
monotonic_orders_events() ->
    %% Who is told later has the larger number.
    S = self(), lists:foldl(fun(_, A) -> spawn(fun() -> S ! {n, erlang:unique_integer([monotonic])} end), {n, B} = got(), true = B > A, B end, erlang:unique_integer([monotonic]), lists:seq(1, 50)) > 0 orelse true.
monotonic_values_differ_by_little() -> A = erlang:unique_integer([monotonic]), B = erlang:unique_integer([monotonic]), B > A.
options_repeated() -> [is_integer(erlang:unique_integer(O)) || O <- [[], [positive, positive], [monotonic, monotonic], [monotonic, positive, monotonic]]].
kinds_are_apart() -> [is_integer(erlang:unique_integer(O)) || O <- [[monotonic], [positive], [monotonic, positive], []]].
refused_options() -> [text(fun() -> erlang:unique_integer(id(O)) end) || O <- [a, [x], [positive | x], [{positive, true}], 1, #{}]].
survives_process_death() -> A = in(fun() -> [erlang:unique_integer() || _ <- lists:seq(1, 100)] end), B = [erlang:unique_integer() || _ <- lists:seq(1, 100)], length(lists:usort(A ++ B)).
references_of_many() -> distinct(from_many(20, 100, fun() -> make_ref() end)).
references_of_all_kinds_differ() -> P = idle_(x), L = lists:append([[make_ref(), monitor(process, P), alias(), erlang:start_timer(1000000, P, x), spawn_request(fun() -> ok end, [{reply, no}])] || _ <- lists:seq(1, 50)]), kill(P), length(lists:usort(L)).
idle_(_) -> case_proc:idle().
references_compare_and_hash() -> R = make_ref(), S = binary_to_term(term_to_binary(R)), {R =:= S, erlang:phash2(R) =:= erlang:phash2(S), maps:get(S, #{R => found})}.
references_as_keys() -> L = [make_ref() || _ <- lists:seq(1, 200)], M = maps:from_list([{R, N} || {R, N} <- lists:zip(L, lists:seq(1, 200))]), {map_size(M), lists:sum([maps:get(R, M) || R <- L])}.
references_as_text() -> L = [make_ref() || _ <- lists:seq(1, 50)], {[R || R <- L, list_to_ref(ref_to_list(R)) =/= R], length(lists:usort([ref_to_list(R) || R <- L]))}.
references_text_form() -> "#Ref<" ++ _ = ref_to_list(make_ref()), ok.
references_refused_text() -> [text(fun() -> list_to_ref(id(X)) end) || X <- ["", "#Ref<>", "#Ref<0.1.2", "Ref<0.1.2.3>", "#Ref<a.b.c.d>", a, 1, <<"#Ref<0.1.2.3>">>]].
references_types() -> R = make_ref(), [is_reference(R), is_pid(R), is_port(R), is_integer(R), is_function(R)].
references_survive_messages() -> P = spawn(fun() -> receive {S, X} -> S ! {back, X} end end), R = make_ref(), P ! {self(), R}, got() =:= {back, R}.
references_survive_collection() -> L = [make_ref() || _ <- lists:seq(1, 50)], H = erlang:phash2(L), erlang:garbage_collect(), {erlang:phash2(L) =:= H, length(lists:usort(L))}.
references_in_guards() -> R = make_ref(), F = fun(X) when X =:= R -> same; (X) when is_reference(X) -> other; (_) -> no end, [F(R), F(make_ref()), F(1)].
references_between_terms() -> R = make_ref(), [1 < R, a < R, R < fun() -> ok end, R < self(), R < {}, R < #{}, R < [], R < "x", R < <<"b">>].
pids_are_never_equal_to_references() -> R = make_ref(), {R == self(), R =:= self(), lists:sort([self(), R]) =:= [R, self()]}.
funs_of_processes_differ_by_environment() -> F = from_many(3, 1, fun() -> R = make_ref(), fun() -> R end end), length(lists:usort([G() || [G] <- F])).
