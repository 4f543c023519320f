%% erlang:raise/3, rethrowing with the old trace, error/1,2,3, and what raise and
%% error do with bad arguments.
-module(exc_raise).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
%% {Class, Reason, Trace}: the trace down to the last frame of this module, with
%% the directory taken off file names; where none is of this module, down to the
%% runner.
tr(F) -> try F() of V -> {value, V} catch C:R:St -> {C, R, own(St)} end.
own(St) ->
    case lists:dropwhile(fun(Fr) -> element(1, Fr) =/= ?MODULE end, lists:reverse(St)) of
        [] -> [frame(Fr) || Fr <- lists:takewhile(fun(Fr) -> element(1, Fr) =/= case_runner end, St)];
        Mine -> [frame(Fr) || Fr <- lists:reverse(Mine)]
    end.
frame({M, F, A, Loc}) when is_list(Loc) -> {M, F, A, [case I of {file, N} -> {file, filename:basename(N)}; _ -> I end || I <- Loc]};
frame(Fr) -> Fr.

raise_each_class() -> [tr(fun() -> [erlang:raise(C, x, [])] end) || C <- [error, throw, exit]].
raise_given_trace() -> tr(fun() -> [erlang:raise(error, x, [{m, f, 1, []}, {?MODULE, g, [a, b], [{file, "f.erl"}, {line, 7}]}])] end).
raise_trace_without_location() -> try erlang:raise(id(error), x, [{m, f, 1}, {m, g, [a]}]) catch error:x:St -> St end.
raise_trace_fun_entries() -> F = fun lists:map/2, try erlang:raise(id(error), x, [{F, [a]}, {F, [a, b], []}]) catch error:x:St -> St end.
raise_trace_head_kept() -> try erlang:raise(id(throw), v, [{a, b, 0, []}]) catch throw:v:St -> St end.
raise_longer_than_depth() -> L = [{m, f, N, []} || N <- lists:seq(1, 20)], try erlang:raise(id(error), x, L) catch error:x:St -> {length(St), hd(St), lists:last(St)} end.
raise_bad_class() -> [tr(fun() -> {returned, erlang:raise(id(C), x, [])} end) || C <- [foo, 1, "error", 'EXIT']].
raise_bad_trace() -> [tr(fun() -> {returned, erlang:raise(error, x, id(T))} end) || T <- [a, [a], [{}], [{m, f}], [{m, f, a}], [{m, f, 1} | x], [{1, f, 1}], [{m, 1, 1}], {m, f, 1}]].
raise_bad_location() -> [tr(fun() -> {returned, erlang:raise(error, x, id([{m, f, 1, L}]))} end) || L <- [[], [{line, 1}], [foo], foo]].
raise_any_reason() -> [try erlang:raise(id(error), R, []) catch error:X -> X end || R <- [1, a, {b, [c]}, "d", #{}, 1.5, <<1>>]].
raise_in_guardless_function() -> tr(fun() -> [rs(throw, id(v))] end).
rs(C, V) -> erlang:raise(C, V, [{here, it, 0, []}]).
raise_through_apply() -> tr(fun() -> [apply(erlang, raise, [exit, x, [{m, f, 2, []}]])] end).
rethrow_keeps_class_and_trace() -> tr(fun() -> [re(fun() -> [bottom(id(x))] end)] end).
re(F) -> try F() catch C:R:St -> erlang:raise(C, R, St) end.
bottom(X) -> [error(X)].
rethrow_each_class() -> [element(1, tr(fun() -> [re(fun() -> erlang:C(x) end)] end)) || C <- [error, throw, exit]].
rethrow_twice() -> tr(fun() -> [re(fun() -> [re(fun() -> [bottom(id(y))] end)] end)] end).
rethrow_other_reason() -> tr(fun() -> try bottom(id(x)) catch error:R:St -> erlang:raise(exit, {wrapped, R}, St) end end).
rethrow_after_other_exception() -> tr(fun() -> try bottom(id(x)) catch C:R:St -> (catch error(other)), erlang:raise(C, R, St) end end).
rethrow_after_garbage() -> tr(fun() -> try bottom(id({x, [1, 2]})) catch C:R:St -> id(lists:seq(1, 3000)), erlang:raise(C, R, St) end end).
rethrow_keeps_bif_arguments() -> tr(fun() -> [re(fun() -> [atom_to_list(id(1))] end)] end).
rethrow_keeps_function_clause_arguments() -> tr(fun() -> [re(fun() -> [fc(id(2))] end)] end).
fc(1) -> one.
trace_used_as_term() -> try bottom(id(x)) catch _:_:St -> [{M, F, A} || {M, F, A, _} <- own(St)] end.
trace_stored_and_reused() -> St = try bottom(id(x)) catch _:_:S -> S end, try erlang:raise(throw, later, St) catch throw:later:S2 -> own(St) =:= own(S2) end.
trace_modified_before_raise() -> try try bottom(id(x)) catch C:R:St -> [{M, F, A, _} | T] = St, erlang:raise(C, R, [{M, F, A, [{line, 99999}]} | T]) end catch _:_:S -> hd(S) end.
partial_trace() -> try try bottom(id(x)) catch C:R:St -> H = hd(St), erlang:raise(C, R, [H]) end catch _:_:S -> own(S) end.
error_2_argument_shapes() -> [tr(fun() -> [error(x, id(As))] end) || As <- [[], [1], [a, b, c], none]].
error_2_bad_arguments() -> [tr(fun() -> [error(x, id(As))] end) || As <- [a, 1, {1}, [a | b]]].
error_3_options() -> [tr(fun() -> [error(x, [1], id(O))] end) || O <- [[], [{error_info, #{a => 1}}], [{error_info, #{cause => #{1 => bad}}}]]].
error_3_bad_options() -> [tr(fun() -> [error(x, [1], id(O))] end) || O <- [a, [a], [{error_info}], [{error_info, 1}], [{other, #{}}], [{error_info, #{}} | x]]].
exit_with_reasons() -> [tr(fun() -> [exit(id(R))] end) || R <- [normal, shutdown, {shutdown, x}]].
nested_raise_in_after() -> tr(fun() -> try error(first) after erlang:raise(id(throw), second, []) end end).
class_of_raise_seen_by_catch() -> [catch erlang:raise(throw, v, []), catch erlang:raise(exit, v, []), catch erlang:raise(error, v, [{m, f, 0, []}])].
nif_error_like_error() -> [tr(fun() -> [erlang:nif_error(id(x))] end), tr(fun() -> [erlang:nif_error(id(x), [a])] end)].
raise_through_after() -> [tr(fun() -> try erlang:raise(C, x, [{m, f, 1, []}]) after id(behind) end end) || C <- [error, throw, exit]].
raise_through_two_afters() -> tr(fun() -> try try erlang:raise(exit, x, [{m, f, 1, []}]) after catch error(other) end after id(behind) end end).
raise_through_clauses_that_do_not_match() -> [tr(fun() -> try erlang:raise(C, x, [{m, f, 1, []}]) catch _:no -> no end end) || C <- [error, throw, exit]].
raise_through_catch_behind_after() -> [catch (try erlang:raise(C, x, [{m, f, 1, []}]) after id(behind) end) || C <- [error, throw, exit]].
raise_again_a_made_trace_with_another_class() -> tr(fun() -> try erlang:raise(exit, x, [{m, f, 1, []}]) catch exit:x:St -> erlang:raise(throw, y, St) end end).
