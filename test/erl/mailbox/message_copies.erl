%% What is sent arrives as it was: terms of every kind and size, shared parts,
%% binaries, funs, from heaps that go away.
-module(message_copies).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
%% The term from a process that has ended meanwhile.
from_dead(F) -> {P, M} = spawn_monitor(fun() -> receive {to, S} -> S ! {it, F()} end end), P ! {to, self()}, {it, T} = got(), receive {'DOWN', M, _, _, normal} -> T end.
%% There and back, through a process that has it only as a message.
there_and_back(T) -> P = spawn(fun() -> receive {S, X} -> S ! {back, X} end end), P ! {self(), T}, {back, R} = got(), R.
same(T) -> there_and_back(T) =:= T.

small_integers() -> [same(N) || N <- [0, 1, -1, (1 bsl 59) - 1, -(1 bsl 59)]].
big_integers() -> [same(N) || N <- [1 bsl 59, 1 bsl 64, -(1 bsl 64), 1 bsl 1000, -(1 bsl 5000)]].
floats() -> [same(F) || F <- [0.0, -0.0, 1.5, 1.0e300, -1.0e-300]].
atoms() -> [same(A) || A <- [a, '', 'ätom', list_to_atom("made_at_run_time_" ++ "x")]].
tuples() -> [same(list_to_tuple(lists:seq(1, N))) || N <- [0, 1, 2, 10, 1000]].
lists_of_lengths() -> [same(lists:seq(1, N)) || N <- [0, 1, 2, 100, 5000]].
improper_lists() -> [same(T) || T <- [[a | b], [1, 2, 3 | x], [[] | {}]]].
deep_to_the_left() -> T = lists:foldl(fun(N, A) -> [A, N] end, [], lists:seq(1, 10000)), same(T).
deep_in_tuples() -> T = lists:foldl(fun(N, A) -> {N, A} end, x, lists:seq(1, 10000)), same(T).
deep_in_maps() -> T = lists:foldl(fun(N, A) -> #{N => A} end, x, lists:seq(1, 1000)), same(T).
small_maps() -> [same(maps:from_list([{I, {I}} || I <- lists:seq(1, N)])) || N <- [0, 1, 5, 31, 32]].
large_maps() -> [same(maps:from_list([{I, {I, [I]}} || I <- lists:seq(1, N)])) || N <- [33, 100, 2000]].
map_with_odd_keys() -> same(#{[1] => a, {2} => b, <<"c">> => c, 1.5 => d, #{} => e, 1 bsl 70 => f}).
small_binaries() -> [same(list_to_binary(lists:duplicate(N, N))) || N <- [0, 1, 8, 63, 64]].
large_binaries() -> [same(list_to_binary(lists:duplicate(N, 7))) || N <- [65, 100, 10000, 200000]].
bitstrings() -> [same(T) || T <- [<<1:1>>, <<5:3>>, <<1:7, 2:64>>, <<(1 bsl 700):1001>>]].
sub_binaries() -> B = list_to_binary(lists:seq(0, 255)), [same(binary:part(B, P, L)) || {P, L} <- [{0, 256}, {0, 10}, {100, 60}, {100, 100}, {255, 1}, {3, 0}]].
unaligned_sub_binaries() -> <<_:3, A:500/bitstring, _/bitstring>> = list_to_binary(lists:seq(0, 255)), same(A).
binary_that_grows_after_the_send() ->
    %% What was sent does not change when the sender appends to it.
    S = self(), B = list_to_binary(lists:duplicate(100, 1)), B1 = <<B/binary, 2>>, S ! B1, B2 = <<B1/binary, 3>>, S ! B2, B3 = <<B1/binary, 4>>, S ! B3,
    [{byte_size(X), binary:last(X)} || X <- all()].
binary_appended_by_receiver_and_sender() ->
    B = <<(list_to_binary(lists:duplicate(100, 1)))/binary, 2>>, P = puppet(), do(P, fun() -> receive {b, X} -> put(x, X) after 0 -> none end end), P ! {b, B},
    Q = do(P, fun() -> receive {b, X} -> Y = <<X/binary, 9, 9, 9>>, {byte_size(Y), binary:last(Y)} end end), C = <<B/binary, 8>>, stop(P), {Q, byte_size(C), binary:last(C), binary:last(B)}.
same_binary_to_many() -> B = list_to_binary(lists:duplicate(5000, 3)), Ps = [puppet() || _ <- lists:seq(1, 20)], [P ! {b, B} || P <- Ps], R = [do(P, fun() -> receive {b, X} -> erlang:md5(X) end end) || P <- Ps], [stop(P) || P <- Ps], lists:usort(R) =:= [erlang:md5(B)].
binary_outlives_its_maker() -> B = from_dead(fun() -> list_to_binary(lists:duplicate(3000, 9)) end), erlang:garbage_collect(), {byte_size(B), binary:last(B)}.
part_outlives_its_maker() -> B = from_dead(fun() -> binary:part(list_to_binary(lists:seq(0, 255)), 100, 100) end), erlang:garbage_collect(), {byte_size(B), binary:first(B)}.
match_context_part() -> B = from_dead(fun() -> <<_:40, R/binary>> = list_to_binary(lists:seq(0, 255)), <<_:8, S/binary>> = R, S end), {byte_size(B), binary:first(B)}.
term_outlives_its_maker() -> T = from_dead(fun() -> {lists:seq(1, 1000), #{a => [b]}, 1 bsl 100, "s"} end), erlang:garbage_collect(), erlang:phash2(T) =:= erlang:phash2({lists:seq(1, 1000), #{a => [b]}, 1 bsl 100, "s"}).
literal_outlives_nothing() -> T = from_dead(fun() -> {a_literal, [1, 2, 3], #{k => "v"}, <<"bin">>} end), T.
funs() -> N = id(5), F = there_and_back(fun(X) -> X + N end), {F(1), is_function(F, 1)}.
funs_with_large_environment() -> L = id(lists:seq(1, 500)), B = list_to_binary(lists:duplicate(500, 1)), F = there_and_back(fun() -> {length(L), byte_size(B)} end), F().
funs_in_funs() -> A = id(2), F = fun(X) -> X * A end, G = there_and_back(fun(X) -> F(F(X)) end), G(3).
fun_outlives_its_maker() -> F = from_dead(fun() -> N = id(7), fun(X) -> X * N end end), erlang:garbage_collect(), F(6).
external_funs() -> F = there_and_back(fun lists:reverse/1), {F([1, 2]), F =:= fun lists:reverse/1}.
fun_equality() -> N = id(1), F = fun() -> N end, G = there_and_back(F), {F =:= G, F == G}.
pids_references_ports() -> R = make_ref(), [same(self()), same(R), same([{self(), R}])].
reference_keeps_its_meaning() -> A = there_and_back(alias()), A ! hi, got().
monitor_reference_keeps_its_meaning() -> P = idle(), M = there_and_back(monitor(process, P)), D = demonitor(M, [info]), kill(P), {D, nothing()}.
shared_parts_are_equal() -> X = lists:seq(1, 100), T = {X, X, [X, X]}, {A, B, [C, D]} = there_and_back(T), lists:usort([A, B, C, D]) =:= [X].
shared_binaries() -> B = list_to_binary(lists:duplicate(1000, 1)), T = there_and_back([B, B, {B, binary:part(B, 0, 500)}]), [X, Y, {Z, W}] = T, {X =:= B, Y =:= B, Z =:= B, byte_size(W)}.
empty_terms() -> [same(T) || T <- [[], {}, #{}, <<>>, ""]].
strings_and_unicode() -> same({"text", "юникод", <<"ünï"/utf8>>}).
large_message() -> T = [{N, integer_to_list(N), #{N => N}} || N <- lists:seq(1, 3000)], same(T).
large_messages_in_a_row() -> P = puppet(), [P ! {N, lists:seq(1, N)} || N <- lists:seq(1, 200)], R = do(P, fun() -> lists:sum([length(L) || {_, L} <- all()]) end), stop(P), R.
message_larger_than_the_receivers_heap() -> P = puppet([{min_heap_size, 233}]), P ! lists:seq(1, 20000), R = do(P, fun() -> lists:sum(got()) end), stop(P), R.
sender_collects_while_in_flight() -> P = puppet(), X = lists:seq(1, 500), P ! {x, X}, erlang:garbage_collect(), P ! {x, X}, erlang:garbage_collect(), R = do(P, fun() -> [lists:sum(L) || {x, L} <- all()] end), stop(P), R.
receiver_collects_before_receiving() -> P = puppet(), [P ! {N, lists:seq(1, 20)} || N <- lists:seq(1, 50)], do(P, fun() -> erlang:garbage_collect() end), R = do(P, fun() -> [N || {N, L} <- all(), lists:sum(L) =:= 210] end), stop(P), R =:= lists:seq(1, 50).
update_after_the_send() -> T = #{a => 1}, self() ! T, U = T#{a := 2}, {got(), U}.
tuple_update_after_the_send() -> T = {1, 2, 3}, self() ! T, U = setelement(2, T, x), V = setelement(3, U, y), {got(), V}.
dictionary_value_is_a_copy() -> put(k, {v, [1]}), P = puppet(), K = get(k), do(P, fun() -> put(k, K) end), put(k, changed), R = do(P, fun() -> get(k) end), stop(P), R.
nested_messages() -> M = lists:foldl(fun(N, A) -> {wrapped, N, A} end, x, lists:seq(1, 100)), S = self(), unwrap_chain(100, M, S), got().
unwrap_chain(0, x, S) -> S ! unwrapped;
unwrap_chain(N, {wrapped, N, In}, S) -> spawn(fun() -> unwrap_chain(N - 1, In, S) end).
ring_of_processes() -> S = self(), L = lists:foldl(fun(_, Next) -> spawn(fun() -> receive {token, T} -> Next ! {token, [x | T]} end end) end, S, lists:seq(1, 100)), L ! {token, []}, {token, T} = got(), length(T).
exit_reason_is_a_copy() -> L = lists:seq(1, 1000), {_, M} = spawn_monitor(fun() -> exit({r, L, list_to_binary(lists:duplicate(100, 1))}) end), receive {'DOWN', M, _, _, {r, X, B}} -> erlang:garbage_collect(), {X =:= L, byte_size(B)} end.
spawn_arguments_are_copies() -> S = self(), L = lists:seq(1, 1000), B = list_to_binary(lists:duplicate(1000, 1)), spawn(?MODULE, report, [S, L, B]), got().
report(S, L, B) -> erlang:garbage_collect(), S ! {lists:sum(L), byte_size(B)}.
