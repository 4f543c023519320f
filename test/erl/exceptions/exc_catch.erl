%% The old catch operator: values, throws, {'EXIT', ...} terms, nesting, and
%% precedence.
-module(exc_catch).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
do(throw, X) -> throw(X);
do(error, X) -> error(X);
do(exit, X) -> exit(X);
do(value, X) -> X.
%% Replaces the stack trace of an error by the function it starts in.
s({'EXIT', {R, [{M, F, _, _} | _]}}) -> {'EXIT', {R, {M, F}}};
s(X) -> X.

value() -> catch id(5).
throw_gives_value() -> catch throw(id(5)).
exit_gives_exit_tuple() -> catch exit(id(5)).
error_gives_reason_and_trace() -> s(catch error(id(5))).
every_class() -> [s(catch do(K, {r})) || K <- [throw, error, exit, value]].
badarith() -> s(catch id(1) + a).
badmatch() -> s(catch {ok, _} = id(error)).
case_clause() -> s(catch case id(1) of 2 -> two end).
function_clause() -> s(catch fc(id(2))).
fc(1) -> one.
undef() -> s(catch no_such_module_at_all:f(id(1))).
badarg_bif() -> s(catch atom_to_list(id(1))).
badarg_guard_bif() -> s(catch hd(id([]))).
badfun() -> s(catch (id(a))(1)).
thrown_exit_tuple_is_plain() -> [catch throw(id({'EXIT', normal})), catch throw({'EXIT', {badarg, []}})].
value_exit_tuple_is_plain() -> catch id({'EXIT', x}).
nested_catch() -> {catch {inner, catch throw(id(a))}, catch [catch exit(b) | catch throw(c)]}.
catch_in_catch_raises() -> catch begin (catch throw(a)), throw(b) end.
catch_then_continue() -> X = (catch throw(id(1))), Y = (catch id(2)), Z = (catch exit(3)), {X, Y, Z}.
catch_in_arguments() -> {catch throw(id(1)), [catch throw(2), catch exit(3)], catch id(4)}.
catch_operand_of_comparison() -> [(catch throw(id(1))) =:= 1, (catch exit(a)) == {'EXIT', a}].
catch_in_list_comprehension() -> [catch do(K, X) || K <- [throw, exit, value], X <- [1, 2]].
catch_lists_map() -> catch lists:map(fun(X) -> throw({got, X}) end, [1, 2]).
catch_early_exit_from_fold() -> catch lists:foldl(fun(X, A) when X > 5 -> throw({stopped, X, A}); (X, A) -> A + X end, 0, lists:seq(1, 10)).
catch_in_fun() -> F = fun(X) -> catch throw({X}) end, [F(1), F(a)].
catch_around_try() -> [s(catch try do(K, 1) catch throw:X -> {handled, X} end) || K <- [throw, exit, value]].
try_around_catch() -> [try (catch do(K, 1)) of V -> {of_, s(V)} catch C:R -> {never, C, R} end || K <- [throw, error, exit, value]].
variables_survive() -> A = id([1]), B = id({b}), C = id(2.5), R = (catch throw(id({A}))), {A, B, C, R}.
deep_recursion_unwound() -> catch deep(id(100000)).
deep(0) -> throw(bottom);
deep(N) -> [deep(N - 1)].
deep_stack_of_catches() -> dc(id(1000)).
dc(0) -> throw(bottom);
dc(N) -> case catch dc(N - 1) of bottom -> throw({N, bottom}); {_, bottom} -> throw({N, bottom}) end.
deep_stack_of_catches_caught() -> catch dc(id(1000)).
catch_loop() -> cl(10000, 0).
cl(0, A) -> A;
cl(N, A) -> X = (catch throw(N)), cl(N - 1, A + X).
catch_tail_position_is_not_tail_call() -> cn(1000).
cn(0) -> zero;
cn(N) -> catch cn(N - 1).
exit_reasons() -> [catch exit(id(R)) || R <- [normal, kill, {a, b}, [], 1.5, "text"]].
error_with_args_gives_reason() -> s(catch error(id(my), [a, b])).
raised_exit_by_apply() -> [catch apply(erlang, exit, [id(x)]), catch apply(erlang, throw, [id(x)]), s(catch apply(erlang, error, [id(x)]))].
trace_of_error_is_list() -> {'EXIT', {x, St}} = (catch error(id(x))), [is_list(St), element(1, hd(St)), element(2, hd(St))].
throw_caught_by_nearest() -> catch {first, (catch throw(inner)), throw(outer)}.
catch_as_last_in_block() -> begin id(1), catch throw(id(2)) end.
match_on_catch_result() -> case catch throw(id({found, 7})) of {found, N} -> N; {'EXIT', _} -> exit_; _ -> none end.
