%% Messages that stay: after exceptions in a receive's body, failing guards and
%% timeouts, and the mailbox as other builtins show it.
-module(receive_kept).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
class(F) -> case_lib:class(F).
send(L) -> [self() ! X || X <- L].
queue(_) -> {messages, L} = process_info(self(), messages), L.

body_raises_each_class() -> [begin send([a, b]), R = class(fun() -> receive a -> erlang:raise(C, x, []) end end), {R, all()} end || C <- [throw, error, exit]].
body_raises_after_skipping() -> send([a, b, c]), R = class(fun() -> receive c -> throw(x) end end), {R, all()}.
body_raises_in_a_nested_receive() -> send([a, b, c, d]), R = class(fun() -> receive c -> receive d -> throw(x) end end end), {R, all()}.
body_fails_by_badmatch() -> send([{v, 1}, rest]), R = class(fun() -> receive {v, N} -> 2 = N end end), {R, all()}.
body_fails_in_a_builtin() -> send([{v, 1}, rest]), R = class(fun() -> receive {v, N} -> hd(N) end end), {R, all()}.
body_calls_what_fails() -> send([{v, 1}, rest]), R = class(fun() -> receive {v, N} -> fail(N) end end), {R, all()}.
fail(N) -> [error({failed, N})].
body_exits_in_a_catch() -> send([a, b]), R = (catch receive a -> exit(x) end), {R, all()}.
exception_while_skipping_then_full_scan() ->
    %% After an exception the next receive begins at the front again.
    send([1, 2, 3]), class(fun() -> receive 2 -> throw(x) end end), [receive X -> X end || _ <- [a, b]].
exception_in_after_body_then_full_scan() -> send([1, 2]), class(fun() -> receive never -> x after 0 -> throw(x) end end), [receive X -> X end || _ <- [a, b]].
exception_in_timeout_expression() -> send([1, 2]), R = class(fun() -> receive never -> x after hd(id([])) -> y end end), {R, all()}.
bad_timeout_then_full_scan() -> send([1, 2]), class(fun() -> receive never -> x after id(bad) -> y end end), [receive X -> X end || _ <- [a, b]].
guard_fails_for_all() -> send([a, b, {c}]), R = receive X when hd(X) =:= 1 -> X after 0 -> none end, {R, all()}.
guard_with_a_failing_and_a_true_part() -> send([a]), receive X when hd(X) =:= 1; is_atom(X) -> {X, all()} end.
pattern_fails_inside() -> send([{a, {b, 1}}, {a, {c, 2}}]), R = receive {a, {c, N}} -> N end, {R, all()}.
timeout_keeps_all() -> send([a, b]), R = receive never -> x after 1 -> t end, {R, all()}.
message_to_oneself_in_a_body() -> send([a]), receive a -> self() ! b, self() ! c end, all().
message_to_oneself_in_a_guardless_loop() -> send([3]), countdown(x), all().
countdown(_) -> receive 0 -> done; N -> self() ! N - 1, countdown(x) end.
resend_puts_it_last() -> send([a, b, c]), receive a -> self() ! a end, all().
return_in_the_middle_of_skipping() -> send([x, y, z]), F = fun() -> receive z -> 1; y -> 2 end end, {F(), F(), all()}.
two_functions_share_the_mailbox() -> send([{f, 1}, {g, 1}, {f, 2}, {g, 2}]), A = f(x), B = g(x), C = g(x), D = f(x), {A, B, C, D, all()}.
f(_) -> receive {f, N} -> N end.
g(_) -> receive {g, N} -> N end.
library_call_between() ->
    %% A call with its own receive does not take what is not for it.
    send([noise, {reply, 1}]), P = spawn(fun() -> receive {call, F, R} -> F ! {R, answer} end end), R = make_ref(), P ! {call, self(), R}, A = receive {R, X} -> X end, {A, all()}.
messages_shown() -> send([a, {b, "c"}, <<"d">>, #{e => f}]), {queue(x), all()}.
messages_shown_after_skipping() -> send([1, 2, 3, 4]), receive 3 -> ok end, receive never -> ok after 0 -> ok end, {queue(x), process_info(self(), message_queue_len)}.
messages_shown_in_a_body() -> send([1, 2, 3]), receive 2 -> {queue(x), process_info(self(), message_queue_len)} end.
messages_shown_then_received() -> send([1, 2]), queue(x), self() ! 3, all().
length_shown() -> L0 = process_info(self(), message_queue_len), send([a, b]), L2 = process_info(self(), message_queue_len), receive b -> ok end, {L0, L2, process_info(self(), message_queue_len)}.
length_many() -> send(lists:seq(1, 500)), process_info(self(), message_queue_len).
kept_over_collection() -> send([{N, lists:seq(1, N)} || N <- lists:seq(1, 30)]), receive {15, _} -> ok end, [erlang:garbage_collect() || _ <- [1, 2]], [length(L) || {_, L} <- all()] =:= lists:seq(1, 30) -- [15].
kept_over_heap_growth() -> send([{N, [N]} || N <- lists:seq(1, 50)]), X = lists:seq(1, 20000), receive {50, _} -> ok end, {length(X), [N || {N, [N]} <- all()] =:= lists:seq(1, 49)}.
kept_over_hibernation() -> S = self(), P = spawn(fun() -> self() ! a, self() ! b, receive b -> ok end, erlang:hibernate(?MODULE, report, [S]) end), _ = P, got().
report(S) -> S ! all().
kept_when_queue_data_changes() -> send([1, 2]), process_flag(message_queue_data, off_heap), send([3, 4]), receive 3 -> ok end, process_flag(message_queue_data, on_heap), send([5]), all().
lost_with_the_process() -> P = idle(), P ! x, kill(P), {process_info(P, messages), nothing()}.
large_binaries_in_kept_messages() -> B = list_to_binary(lists:duplicate(2000, 5)), send([{keep, B}, {take, B}]), receive {take, X} -> 2000 = byte_size(X) end, erlang:garbage_collect(), receive {keep, Y} -> {Y =:= B, all()} end.
sub_binaries_of_messages() -> self() ! {data, list_to_binary(lists:seq(0, 255))}, receive {data, <<_:10/binary, S:20/binary, _/binary>>} -> erlang:garbage_collect(), {byte_size(S), binary:first(S), binary:last(S)} end.
part_of_a_message_outlives_it() -> self() ! {lists:seq(1, 1000), #{k => lists:seq(1, 10)}}, receive {_, #{k := V}} -> erlang:garbage_collect(), lists:sum(V) end.
fun_from_a_message() -> N = 10, self() ! {f, fun(X) -> X * N end}, receive {f, F} -> erlang:garbage_collect(), F(4) end.
many_messages_one_taken_each_time() -> send(lists:seq(1, 300)), lists:foreach(fun(N) -> receive N -> ok end end, lists:seq(300, 1, -1)), all().
interleaved_with_sends() -> lists:foreach(fun(N) -> self() ! {new, N}, self() ! {old, N}, receive {old, N} -> ok end end, lists:seq(1, 100)), length(all()).
exit_signals_between() -> process_flag(trap_exit, true), self() ! a, exit(self(), x), self() ! b, R = receive b -> ok end, {R, plain(all(), [{self(), me}])}.
