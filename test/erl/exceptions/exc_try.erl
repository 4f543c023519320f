%% try: the of part, catch clauses with classes, patterns and guards, after, and
%% the order in which all of it runs (recorded in the process dictionary).
-module(exc_try).
-compile(nowarn_nomatch).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
note(X) -> put(exc_try, [X | case get(exc_try) of undefined -> []; L -> L end]), X.
noted(F) ->
    erase(exc_try),
    R = try F() of V -> {value, V} catch C:E -> {C, E} end,
    {R, lists:reverse(case erase(exc_try) of undefined -> []; L -> L end)}.
do(throw, X) -> throw(X);
do(error, X) -> error(X);
do(exit, X) -> exit(X);
do(value, X) -> X.
kinds() -> [throw, error, exit, value].

value_passes_through() -> try id(1) catch _:_ -> caught end.
of_clause_gets_value() -> [try id(X) of 1 -> one; {a, Y} -> Y; _ -> other catch _:_ -> caught end || X <- [1, {a, 5}, z]].
of_clause_guard() -> [try id(X) of Y when Y > 5 -> big; Y when is_integer(Y) -> small; _ -> none catch _:_ -> caught end || X <- [9, 1, a]].
default_class_is_throw() -> [try do(K, 1) catch X -> {caught, X} end || K <- [throw, value]].
default_class_lets_errors_pass() -> [noted(fun() -> try do(K, 1) catch X -> {caught, X} end end) || K <- kinds()].
class_selects_clause() -> [try do(K, 1) catch throw:X -> {t, X}; error:X -> {e, X}; exit:X -> {x, X} end || K <- kinds()].
class_variable() -> [try do(K, 1) catch C:X -> {C, X} end || K <- kinds()].
class_bound_variable() -> Want = id(exit), [noted(fun() -> try do(K, 1) catch Want:X -> {wanted, X} end end) || K <- kinds()].
class_underscore() -> [try do(K, 1) catch _:X -> X + 1 end || K <- kinds()].
class_in_guard() -> [noted(fun() -> try do(K, 1) catch C:X when C =:= throw; C =:= exit -> {C, X} end end) || K <- kinds()].
reason_patterns() -> [try error(id(R)) catch error:{badmatch, V} -> {bm, V}; error:badarg -> ba; error:[H | _] -> {list, H}; error:X when is_integer(X) -> {int, X}; _:_ -> rest end || R <- [{badmatch, 1}, badarg, "abc", 5, other]].
no_clause_matches_passes_on() -> [noted(fun() -> try do(K, 1) catch throw:2 -> two; error:2 -> two; exit:2 -> two end end) || K <- kinds()].
clause_guard_fails_passes_on() -> noted(fun() -> try throw(id(1)) catch throw:X when hd(X) =:= 1 -> bad end end).
first_matching_clause_wins() -> try throw(id({a, 1})) catch throw:{a, _} -> first; throw:{a, 1} -> second; throw:_ -> third end.
after_runs_last() -> [noted(fun() -> try note(body), do(K, 1) catch _:_ -> note(handler) after note(cleanup) end end) || K <- kinds()].
after_without_catch() -> [noted(fun() -> try note(body), do(K, 1) after note(cleanup) end end) || K <- kinds()].
after_with_of() -> [noted(fun() -> try note(body), do(K, 1) of 1 -> note(of_part) catch throw:_ -> note(handler) after note(cleanup) end end) || K <- kinds()].
after_value_is_dropped() -> [noted(fun() -> try id(K) after id(dropped) end end) || K <- [a, b]].
after_runs_when_handler_raises() -> noted(fun() -> try throw(note(one)) catch throw:_ -> note(handler), error(two) after note(cleanup) end end).
after_runs_when_of_raises() -> noted(fun() -> try id(1) of _ -> note(of_part), error(two) catch error:two -> not_caught_here after note(cleanup) end end).
after_raises_instead() -> [noted(fun() -> try do(K, 1) after error(from_after) end end) || K <- kinds()].
after_raises_over_handler() -> noted(fun() -> try throw(1) catch throw:1 -> note(handler) after throw(from_after) end end).
of_part_is_not_protected() -> noted(fun() -> try id(1) of X -> error(X) catch error:_ -> wrongly_caught end end).
try_clause_when_no_of_matches() -> noted(fun() -> try id({x, 1}) of a -> 1 catch _:_ -> wrongly_caught after note(cleanup) end end).
nested_inner_handles() -> noted(fun() -> try try throw(note(a)) catch throw:a -> note(inner) after note(ia) end catch _:_ -> note(outer) after note(oa) end end).
nested_outer_handles() -> noted(fun() -> try try error(note(a)) catch throw:_ -> note(inner) after note(ia) end catch error:_ -> note(outer) after note(oa) end end).
nested_inner_handler_raises() -> noted(fun() -> try try throw(a) catch throw:a -> throw(b) after note(ia) end catch throw:b -> note(outer_b) after note(oa) end end).
nested_inner_after_raises() -> noted(fun() -> try try throw(a) after throw(b) end catch throw:X -> note(X) end end).
nested_in_handler() -> try throw(1) catch throw:X -> try error({X}) catch error:Y -> {X, Y} end end.
nested_in_of() -> try id(1) of X -> try error(X + 1) catch error:Y -> {X, Y} end catch _:_ -> bad end.
nested_in_after() -> noted(fun() -> try note(body) after try throw(x) catch throw:X -> note({after_, X}) end end end).
five_levels_rethrown() -> noted(fun() -> level(5) end).
level(0) -> throw(bottom);
level(N) -> try level(N - 1) catch throw:X -> note({N, X}), throw({N, X}) end.
five_levels_of_after() -> noted(fun() -> alevel(5) end).
alevel(0) -> exit(bottom);
alevel(N) -> try alevel(N - 1) after note(N) end.
two_thousand_levels_of_after() -> erase(exc_count), R = try clevel(2000) catch throw:X -> X end, {R, erase(exc_count)}.
clevel(0) -> throw(bottom);
clevel(N) -> try clevel(N - 1) after put(exc_count, case get(exc_count) of undefined -> 1; C -> C + 1 end) end.
loop_with_try_is_not_deep() -> lt(100000, 0).
lt(0, A) -> A;
lt(N, A) -> B = try throw(N) catch throw:X -> A + X rem 2 end, lt(N - 1, B).
loop_with_error_caught() -> le(20000, 0).
le(0, A) -> A;
le(N, A) -> B = try N div (N rem 2) catch error:badarith -> 0 end, le(N - 1, A + B).
variables_survive_exception() -> A = id({a, 1}), B = id([b, 2]), C = id(<<"c">>), D = id(1 bsl 70), try throw(id({A, B})) catch throw:X -> {X, A, B, C, D} end.
many_variables_survive() -> vars(id(1), id(2.5), id(a), id("s"), id({t}), id(#{m => 1}), id(<<1, 2>>), id(1 bsl 65)).
vars(A, B, C, D, E, F, G, H) ->
    I = id({A, B}), J = id([C | D]),
    R = try id(big_garbage(1000)), error({E, F}) catch error:Z -> id(Z) end,
    {A, B, C, D, E, F, G, H, I, J, R}.
big_garbage(N) -> lists:map(fun(X) -> {X, X} end, lists:seq(1, N)).
value_kept_over_after_garbage() -> try id({keep, [1, 2, 3]}) after id(big_garbage(2000)) end.
reason_kept_over_after_garbage() -> noted(fun() -> try throw({keep, [1, 2, 3]}) after id(big_garbage(2000)) end end).
try_as_argument() -> {id(try throw(1) catch X -> X end), [try error(e) catch error:E -> E end], #{k => try exit(z) catch exit:Z -> Z end}}.
try_in_comprehension() -> [try 10 div X catch error:E -> {E, X} end || X <- [1, 0, 5, a]].
try_in_fun() -> F = fun(G) -> try G() catch C:R -> {C, R} end end, [F(fun() -> throw(1) end), F(fun() -> 2 end), F(fun() -> F(fun() -> error(3) end) end)].
try_returns_fun() -> (try throw(id(5)) catch X -> fun(Y) -> X + Y end end)(10).
try_with_multiple_expressions() -> noted(fun() -> try note(1), note(2), throw(x), note(3) catch _ -> note(4) end end).
after_with_multiple_expressions() -> noted(fun() -> try id(v) after note(1), note(2), note(3) end end).
stacktrace_variable_is_list() -> try error(x) catch _:_:St -> {is_list(St), length(St) > 0, tuple_size(hd(St))} end.
unmatched_reason_keeps_class() -> [noted(fun() -> try do(K, {r, K}) catch throw:other -> 1; error:other -> 2; exit:other -> 3 after note(K) end end) || K <- kinds()].
handler_tail_calls() -> [try do(K, 5) catch _:X -> countdown(X) end || K <- kinds()].
countdown(0) -> done;
countdown(N) -> countdown(N - 1).
