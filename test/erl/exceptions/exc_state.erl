%% What an exception must leave alone: live values in registers and on the stack,
%% the process dictionary, large terms, floats, binaries being matched.
-module(exc_state).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() of V -> {value, V} catch C:R -> {C, R} end.
garbage() -> length(lists:map(fun(X) -> {X, [X]} end, lists:seq(1, 1000))).
fail(X) -> case X of 0 -> 0; _ -> throw({fail, X}) end.

stack_values_after_throw() -> A = id(1), B = id([2]), C = id({3}), D = id(<<4>>), R = (try fail(id(1)) catch X -> X end), {A, B, C, D, R}.
stack_values_after_error_and_garbage() -> A = id({a, [1, 2, 3]}), B = id(1 bsl 100), R = (try [garbage() | id(x)] + 1 catch error:E -> {garbage(), E} end), {A, B, R}.
stack_values_in_handler() -> A = id("a"), B = id(#{b => 2}), try fail(id({A, B})) catch {fail, X} -> {X, A, B} end.
twenty_live_values() -> live20(id(1), id(2), id(3), id(4), id(5), id(6), id(7), id(8), id(9), id(10)).
live20(A, B, C, D, E, F, G, H, I, J) ->
    K = id({A, B}), L = id([C | D]), M = id({E}), N = id([F, G]), O = id(H * I), P = id(J bsl 70), Q = id(A / B), R = id(<<C>>), S = id(#{D => E}), T = id([]),
    X = try garbage(), fail(id(boom)) catch throw:Y -> garbage(), Y end,
    [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, X].
float_values_survive() -> A = id(1.5), B = A * 2.0, R = (try A / id(0.0) catch error:E -> E end), {A, B, A + B, R}.
float_expression_interrupted() -> [fx(X) || X <- [1.0, 0.0, 1.0e300]].
fx(X) when is_float(X) -> A = X + 1.0, B = try (A * X) * 1.0e200 / X catch error:badarith -> -1.0 end, {A, B, A - B}.
binary_match_survives() -> bm(id(<<1, 2, 3, 0, 5, 6>>), []).
bm(<<X, R/binary>>, A) -> V = try 12 div X catch error:badarith -> none end, bm(R, [V | A]);
bm(<<>>, A) -> lists:reverse(A).
binary_match_context_in_handler() -> bh(id(<<7, 0, 9>>)).
bh(<<X, R/binary>> = B) -> try fail(X) of 0 -> {zero, R, bh(R)} catch throw:{fail, Y} -> [{Y, byte_size(B)} | bh(R)] end;
bh(<<>>) -> [].
accumulating_over_exceptions() -> lists:foldl(fun(X, A) -> try [100 div X | A] catch error:badarith -> [none | A] end end, [], [1, 0, 2, 0, 5]).
accumulating_in_dictionary() -> erase(es), [try put(es, [X | case get(es) of undefined -> []; L -> L end]), fail(X) catch throw:_ -> ok end || X <- [1, 0, 2]], erase(es).
dictionary_not_rolled_back() -> put(es2, before), R = t(fun() -> put(es2, during), error(x) end), {R, erase(es2)}.
tuple_update_not_seen_after_error() -> T = id({1, 2, 3}), R = t(fun() -> setelement(4, setelement(1, T, x), y) end), {T, R}.
map_update_not_seen_after_error() -> M = id(#{a => 1}), R = t(fun() -> M#{a => 2, b := 3} end), {M, R}.
deep_stack_values_on_unwind() -> ds(id(50)).
ds(0) -> fail(bottom);
ds(N) -> A = id({N, N * N}), try [ds(N - 1)] catch throw:{fail, bottom} when N rem 10 =:= 0 -> throw({fail, {A, N}}) end.
deep_stack_values_caught() -> t(fun() -> ds(id(50)) end).
deep_collecting_on_unwind() -> dcl(id(20)).
dcl(0) -> [bottom];
dcl(N) -> A = id([N]), try R = dcl(N - 1), throw({N, R}) catch throw:{N, L} -> A ++ L end.
big_term_thrown_far() -> T = {lists:seq(1, 2000), maps:from_list([{I, <<I:32>>} || I <- lists:seq(1, 100)])}, R = (catch far(1000, T)), R =:= T.
far(0, T) -> throw(T);
far(N, T) -> [far(N - 1, T)].
throw_from_loop_of_garbage() -> catch lists:foldl(fun(X, A) when X =:= 3000 -> throw({A, X}); (X, A) -> _ = id(lists:seq(1, 20)), A + X end, 0, lists:seq(1, 4000)).
exceptions_in_a_row() -> [t(fun() -> id(X) div id(Y) end) || X <- [10, a], Y <- [0, 2, b]].
hundred_thousand_exceptions() -> he(100000, 0).
he(0, A) -> A;
he(N, A) -> he(N - 1, try hd(id([])) catch error:badarg -> A + 1 end).
hundred_thousand_throws_from_depth() -> ht(20000, 0).
ht(0, A) -> A;
ht(N, A) -> ht(N - 1, try depth(5) catch throw:X -> A + X end).
depth(0) -> throw(1);
depth(N) -> depth(N - 1) + 1.
exception_inside_comprehension_keeps_outer() -> X = id(10), [{X, Y, try X div Y catch error:_ -> e end} || Y <- [1, 0, 3]].
exception_in_nested_funs() -> F = fun(A) -> fun(B) -> try A div B catch error:E -> {A, B, E} end end end, [(F(10))(2), (F(10))(0), (F(a))(1)].
state_machine_with_throws() -> lists:foldl(fun(E, S) -> try step(S, E) catch throw:{bad, S2} -> S2 end end, idle, [start, stop, stop, start, crash, start]).
step(idle, start) -> running;
step(running, stop) -> idle;
step(running, crash) -> throw({bad, broken});
step(S, _) -> throw({bad, {S}}).
parser_with_error_recovery() -> [t(fun() -> parse(S) end) || S <- ["1+2*3", "(1+2)*3", "1+", "(1", "1)2", "", "12*(3+4)*5", "x"]].
parse(S) -> case expr(S) of {V, []} -> V; {_, R} -> throw({trailing, R}) end.
expr(S) -> {A, R} = term(S), expr(A, R).
expr(A, [$+ | R]) -> {B, R2} = term(R), expr(A + B, R2);
expr(A, R) -> {A, R}.
term(S) -> {A, R} = factor(S), term(A, R).
term(A, [$* | R]) -> {B, R2} = factor(R), term(A * B, R2);
term(A, R) -> {A, R}.
factor([$( | R]) -> case expr(R) of {V, [$) | R2]} -> {V, R2}; {_, R2} -> throw({expected_close, R2}) end;
factor([C | _] = S) when C >= $0, C =< $9 -> {D, R} = lists:splitwith(fun(X) -> X >= $0 andalso X =< $9 end, S), {list_to_integer(D), R};
factor(S) -> error({unexpected, S}).
