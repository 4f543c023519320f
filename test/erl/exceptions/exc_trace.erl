%% Stack traces: which frames there are, in which order, with arity or arguments,
%% file and line, and error_info, for errors raised by code and by builtins.
-module(exc_trace).
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

error_1() -> tr(fun() -> [error(id(my))] end).
error_1_tail() -> tr(fun() -> error(id(my)) end).
error_2_arguments() -> tr(fun() -> [error(id(my), [a, 1, "s"])] end).
error_2_none() -> tr(fun() -> [error(id(my), none)] end).
error_2_empty_arguments() -> tr(fun() -> [error(id(my), [])] end).
error_3_error_info() -> tr(fun() -> [error(id(my), [a, 1], [{error_info, #{cause => c, module => m}}])] end).
error_3_no_options() -> tr(fun() -> [error(id(my), [a, 1], [])] end).
error_3_none_arguments() -> tr(fun() -> [error(id(my), none, [{error_info, #{}}])] end).
throw_has_trace() -> tr(fun() -> [throw(id(x))] end).
exit_has_trace() -> tr(fun() -> [exit(id(x))] end).
three_levels() -> tr(fun() -> [l1(id(x))] end).
l1(X) -> [l2(X)].
l2(X) -> {l3(X)}.
l3(X) -> [error(X)].
tail_calls_leave_no_frame() -> tr(fun() -> [t1(id(x))] end).
t1(X) -> t2(X).
t2(X) -> t3(X).
t3(X) -> [error(X)].
some_tail_calls() -> tr(fun() -> [m1(id(x))] end).
m1(X) -> [m2(X)].
m2(X) -> m3(X).
m3(X) -> m4(X) + 1.
m4(X) -> exit({X}).
recursion_is_cut_at_backtrace_depth() -> {error, x, St} = tr(fun() -> [rec(100, id(x))] end), {length(St), lists:usort([{F, A} || {_, F, A, _} <- St])}.
rec(0, X) -> error(X);
rec(N, X) -> [rec(N - 1, X)].
recursion_shallow() -> tr(fun() -> [rec(3, id(x))] end).
lines_of_several_calls_in_one_function() -> [tr(fun() -> [multi(N)] end) || N <- [1, 2, 3, 4]].
multi(N) ->
    A = at(N, 1),
    B = at(N, 2),
    C = {at(N, 3),
         at(N, 4)},
    {A, B, C}.
at(N, N) -> error(here);
at(_, X) -> X.
function_clause_has_arguments() -> tr(fun() -> [fc(id(3), [a])] end).
fc(1, _) -> one;
fc(2, _) -> two.
function_clause_guard() -> tr(fun() -> [fg(id(3))] end).
fg(X) when X < 0 -> neg.
function_clause_in_tail_call() -> tr(fun() -> fc(id(3), b) end).
function_clause_of_fun() -> F = fun(1) -> one end, {error, function_clause, [{M, _, A, L} | Rest]} = tr(fun() -> [F(id(2))] end), {M, A, L, length(Rest)}.
function_clause_in_library() -> tr(fun() -> [lists:nth(id(0), [a])] end).
function_clause_deep_in_library() -> tr(fun() -> [lists:nth(id(5), [a, b])] end).
case_clause_frame() -> tr(fun() -> [cc(id(3))] end).
cc(X) -> case X of 1 -> one; 2 -> two end.
if_clause_frame() -> tr(fun() -> [ic(id(3))] end).
ic(X) -> if X < 0 -> neg end.
try_clause_frame() -> tr(fun() -> [tc(id(3))] end).
tc(X) -> try id(X) of 1 -> one catch _:_ -> never end.
badmatch_frame() -> tr(fun() -> [bm(id(3))] end).
bm(X) -> {ok, Y} = X, Y.
badarith_float_typed() -> [tr(fun() -> [ft(id(1.0e300), id(1.0e300))] end), tr(fun() -> [ft(id(1.0), id(a))] end)].
ft(A, B) when is_float(A) -> A * B + 1.0.
badarith_by_apply() -> tr(fun() -> [apply(erlang, '+', [id(a), 1])] end).
badarg_boolean_operators() -> [tr(fun() -> [id(1) and true] end), tr(fun() -> [true or id(1)] end), tr(fun() -> [id(1) xor true] end)].
badarg_andalso() -> tr(fun() -> [id(1) andalso true] end).
undef_local_module() -> tr(fun() -> [?MODULE:no_such(id(1), b)] end).
undef_other_module() -> tr(fun() -> [no_such_module:f(id(1))] end).
undef_tail_call() -> tr(fun() -> no_such_module:f(id(1)) end).
undef_through_apply() -> tr(fun() -> [apply(id(no_such_module), g, [1, 2])] end).
undef_through_external_fun() -> tr(fun() -> [(fun no_such_module:g/0)()] end).
undef_known_module_wrong_arity() -> tr(fun() -> [lists:reverse()] end).
badfun_frame() -> tr(fun() -> [(id(a))(1)] end).
badfun_tail() -> tr(fun() -> (id(a))(1) end).
badfun_through_apply() -> tr(fun() -> [apply(id(a), [1])] end).
badarity_frame() -> tr(fun() -> [(id(fun lists:map/2))(1)] end).
badarity_tail() -> tr(fun() -> (id(fun lists:map/2))(1) end).
badmap_frames() -> [tr(fun() -> [up(id(a))] end), tr(fun() -> [ux(id([]))] end), tr(fun() -> [ux(id(#{}))] end)].
up(M) -> M#{a => 1}.
ux(M) -> M#{a := 1}.
badmap_bif_frames() -> [tr(fun() -> [map_size(id(a))] end), tr(fun() -> [map_get(k, id(a))] end), tr(fun() -> [map_get(id(k), id(#{}))] end), tr(fun() -> [is_map_key(k, id(a))] end)].
binary_construction_frame() -> [tr(fun() -> [bc(id(X))] end) || X <- [a, 1.0]].
bc(X) -> <<1, X, 3>>.
binary_construction_line_in_middle() ->
    tr(fun() -> [mid(id(a))] end).
mid(X) ->
    Y = id(1),
    Z = <<Y, X:8>>,
    {Y, Z}.
binary_construction_segments() -> [tr(fun() -> [<<(id(X))/binary>>] end) || X <- [a, <<1:1>>]] ++ [tr(fun() -> [<<(id(x))/float>>] end), tr(fun() -> [<<(id(x))/utf8>>] end), tr(fun() -> [<<1:(id(-1))>>] end)].
comprehension_frames() -> tr(fun() -> [[error({el, X}) || X <- id([1, 2])]] end).
comprehension_bad_generator() -> tr(fun() -> [[X || X <- id(a)]] end).
named_fun_frames() -> F = fun G(0) -> error(bottom); G(N) -> [G(N - 1)] end, tr(fun() -> [F(2)] end).
fun_in_function_name() -> {error, x, [{M, F, A, _} | _]} = tr(fun() -> (id(fun(X) -> [error(X)] end))(x) end), {M, lists:prefix("-fun_in_function_name/0-", atom_to_list(F)), A}.
lists_map_frames() -> tr(fun() -> [lists:map(fun(X) -> [error({el, X})] end, id([1, 2]))] end).
lists_foldl_frames() -> [{M, F, A} || {M, F, A, _} <- element(3, tr(fun() -> [lists:foldl(fun(X, _) -> [throw(X)] end, 0, id([1, 2]))] end))].
maps_fold_frames() -> [{M, A} || {M, _, A, _} <- element(3, tr(fun() -> [maps:fold(fun(K, _, _) -> [throw(K)] end, 0, id(#{a => 1}))] end))].
caught_then_raised_new() -> tr(fun() -> [again(id(x))] end).
again(X) -> try [error(X)] catch error:R -> [error({again, R})] end.
after_keeps_trace() -> tr(fun() -> [aft(id(x))] end).
aft(X) -> try [error(X)] after id(cleanup) end.
unmatched_catch_keeps_trace() -> tr(fun() -> [unm(id(x))] end).
unm(X) -> try [error(X)] catch throw:_ -> never end.
trace_in_old_catch() -> {'EXIT', {x, St}} = (catch [l1(id(x))]), own(St).
trace_after_handled_exception() -> tr(fun() -> [two_errors(id(a), id(b))] end).
two_errors(A, B) ->
    try error(A) catch error:A -> ok end,
    [error(B)].
