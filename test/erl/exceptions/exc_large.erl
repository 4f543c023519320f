%% Exceptions through very deep stacks and with very large terms. Builds that
%% collect at every reserve skip modules named _large.
-module(exc_large).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() of V -> {value, V} catch C:R -> {C, R} end.

throw_from_million_frames() -> catch deep(id(1000000)).
deep(0) -> throw(bottom);
deep(N) -> [deep(N - 1)].
error_from_million_frames() -> try sum(id(1000000)) catch error:R:St -> {R, hd(St)} end.
sum(0) -> error(bottom);
sum(N) -> N + sum(N - 1).
each_class_from_100000_frames() -> [t(fun() -> raise(100000, C) end) || C <- [throw, error, exit]].
raise(0, C) -> erlang:C(bottom);
raise(N, C) -> {raise(N - 1, C)}.
after_at_each_of_100000_frames() -> erase(exc_count), R = try level(id(100000)) catch throw:X -> X end, {R, erase(exc_count)}.
level(0) -> throw(bottom);
level(N) -> try level(N - 1) after put(exc_count, case get(exc_count) of undefined -> 1; C -> C + 1 end) end.
catch_at_each_of_100000_frames() -> up(id(100000)).
up(0) -> throw(0);
up(N) -> V = try up(N - 1) catch throw:X -> X + 1 end, case N of 100000 -> V; _ -> throw(V) end.
old_catch_at_each_of_50000_frames() -> oc(id(50000)).
oc(0) -> 0;
oc(N) -> (catch oc(N - 1)) + 1.
recursion_with_handler_on_top() -> try count(id(1000000)) catch throw:X -> X end.
count(0) -> 0;
count(N) -> 1 + count(N - 1).
large_reason_through_deep_stack() -> R = lists:seq(1, 100000), try far(id(100000), R) catch throw:X -> X =:= R end.
far(0, R) -> throw(R);
far(N, R) -> [far(N - 1, R)].
large_reason_in_error_tuple() -> T = list_to_tuple(lists:seq(1, 100000)), {error, {badmatch, X}} = t(fun() -> {a} = id(T) end), {tuple_size(X), X =:= T}.
hundred_thousand_library_errors() -> loop(100000, 0).
loop(0, A) -> A;
loop(N, A) -> loop(N - 1, try lists:nth(5, [N]) catch error:function_clause -> A + 1 end).
trace_arguments_of_large_terms() -> try atom_to_list(id(lists:seq(1, 100000))) catch error:badarg:St -> {M, F, [A], _} = hd(St), {M, F, length(A)} end.
rethrow_from_deep_stack() -> try deep_rethrow(id(10000)) catch error:bottom:St -> hd(St) end.
deep_rethrow(0) -> error(bottom);
deep_rethrow(N) -> try [deep_rethrow(N - 1)] catch C:R:St -> erlang:raise(C, R, St) end.
