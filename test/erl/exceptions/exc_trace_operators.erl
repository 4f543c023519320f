%% Which arithmetic errors show the operator as the top frame, {erlang,'+',Args,_},
%% and which only the function: it depends on the operator and on what the
%% compiler knew of its operands.
-module(exc_trace_operators).
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

%% Top two frames of what F raises.
top(F) -> {C, R, St} = tr(F), {C, R, lists:sublist([{M, N, A, [I || {T, _} = I <- L, T =/= file]} || {M, N, A, L} <- St], 2)}.

plus_two_variables() -> [top(fun() -> [plus_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
plus_vv(A, B) -> A + B.
plus_two_variables_not_last() -> [top(fun() -> [plus_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
plus_vb(A, B) -> X = A + B, {X}.
plus_small_constant() -> [top(fun() -> [plus_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [plus_cv(id(B))] end) || B <- [a, []]].
plus_vc(A) -> A + 2.
plus_cv(B) -> 2 + B.
plus_float_constant() -> [top(fun() -> [plus_fc(id(a))] end), top(fun() -> [plus_cf(id(a))] end)].
plus_fc(A) -> A + 2.5.
plus_cf(B) -> 2.5 + B.
plus_float_typed() -> [top(fun() -> [plus_ft(id(1.5), id(B))] end) || B <- [a, []]].
plus_ft(A, B) when is_float(A) -> A + B.
plus_overflow() -> [top(fun() -> [plus_vv(id(1.0e308), id(X))] end) || X <- [1.7e308]].
plus_int_too_large() -> [top(fun() -> [plus_vv(id(1 bsl 2000), id(1.5))] end)].
minus_two_variables() -> [top(fun() -> [minus_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
minus_vv(A, B) -> A - B.
minus_two_variables_not_last() -> [top(fun() -> [minus_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
minus_vb(A, B) -> X = A - B, {X}.
minus_small_constant() -> [top(fun() -> [minus_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [minus_cv(id(B))] end) || B <- [a, []]].
minus_vc(A) -> A - 2.
minus_cv(B) -> 2 - B.
minus_float_constant() -> [top(fun() -> [minus_fc(id(a))] end), top(fun() -> [minus_cf(id(a))] end)].
minus_fc(A) -> A - 2.5.
minus_cf(B) -> 2.5 - B.
minus_float_typed() -> [top(fun() -> [minus_ft(id(1.5), id(B))] end) || B <- [a, []]].
minus_ft(A, B) when is_float(A) -> A - B.
minus_overflow() -> [top(fun() -> [minus_vv(id(1.0e308), id(X))] end) || X <- [-1.7e308]].
minus_int_too_large() -> [top(fun() -> [minus_vv(id(1 bsl 2000), id(1.5))] end)].
times_two_variables() -> [top(fun() -> [times_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
times_vv(A, B) -> A * B.
times_two_variables_not_last() -> [top(fun() -> [times_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
times_vb(A, B) -> X = A * B, {X}.
times_small_constant() -> [top(fun() -> [times_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [times_cv(id(B))] end) || B <- [a, []]].
times_vc(A) -> A * 2.
times_cv(B) -> 2 * B.
times_float_constant() -> [top(fun() -> [times_fc(id(a))] end), top(fun() -> [times_cf(id(a))] end)].
times_fc(A) -> A * 2.5.
times_cf(B) -> 2.5 * B.
times_float_typed() -> [top(fun() -> [times_ft(id(1.5), id(B))] end) || B <- [a, []]].
times_ft(A, B) when is_float(A) -> A * B.
times_overflow() -> [top(fun() -> [times_vv(id(1.0e308), id(X))] end) || X <- [1.0e10]].
times_int_too_large() -> [top(fun() -> [times_vv(id(1 bsl 2000), id(1.5))] end)].
slash_two_variables() -> [top(fun() -> [slash_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
slash_vv(A, B) -> A / B.
slash_two_variables_not_last() -> [top(fun() -> [slash_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
slash_vb(A, B) -> X = A / B, {X}.
slash_small_constant() -> [top(fun() -> [slash_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [slash_cv(id(B))] end) || B <- [a, []]].
slash_vc(A) -> A / 2.
slash_cv(B) -> 2 / B.
slash_float_constant() -> [top(fun() -> [slash_fc(id(a))] end), top(fun() -> [slash_cf(id(a))] end)].
slash_fc(A) -> A / 2.5.
slash_cf(B) -> 2.5 / B.
slash_float_typed() -> [top(fun() -> [slash_ft(id(1.5), id(B))] end) || B <- [a, []]].
slash_ft(A, B) when is_float(A) -> A / B.
slash_overflow() -> [top(fun() -> [slash_vv(id(1.0e308), id(X))] end) || X <- [1.0e-10, 0, 0.0]].
slash_int_too_large() -> [top(fun() -> [slash_vv(id(1 bsl 2000), id(1.5))] end)].
intdiv_two_variables() -> [top(fun() -> [intdiv_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
intdiv_vv(A, B) -> A div B.
intdiv_two_variables_not_last() -> [top(fun() -> [intdiv_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
intdiv_vb(A, B) -> X = A div B, {X}.
intdiv_small_constant() -> [top(fun() -> [intdiv_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [intdiv_cv(id(B))] end) || B <- [a, []]].
intdiv_vc(A) -> A div 2.
intdiv_cv(B) -> 2 div B.
intdiv_by_zero() -> [top(fun() -> [intdiv_vv(id(A), id(0))] end) || A <- [1, 0, 1 bsl 64]].
intdiv_by_float() -> [top(fun() -> [intdiv_vv(id(4), id(2.0))] end), top(fun() -> [intdiv_vv(id(4.0), id(2))] end)].
intdiv_typed_by_zero() -> [top(fun() -> [intdiv_ti(id(5), id(0))] end)].
intdiv_ti(A, B) when is_integer(A), is_integer(B) -> A div B.
rem_two_variables() -> [top(fun() -> [rem_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
rem_vv(A, B) -> A rem B.
rem_two_variables_not_last() -> [top(fun() -> [rem_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
rem_vb(A, B) -> X = A rem B, {X}.
rem_small_constant() -> [top(fun() -> [rem_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [rem_cv(id(B))] end) || B <- [a, []]].
rem_vc(A) -> A rem 2.
rem_cv(B) -> 2 rem B.
rem_by_zero() -> [top(fun() -> [rem_vv(id(A), id(0))] end) || A <- [1, 0, 1 bsl 64]].
rem_by_float() -> [top(fun() -> [rem_vv(id(4), id(2.0))] end), top(fun() -> [rem_vv(id(4.0), id(2))] end)].
rem_typed_by_zero() -> [top(fun() -> [rem_ti(id(5), id(0))] end)].
rem_ti(A, B) when is_integer(A), is_integer(B) -> A rem B.
band_two_variables() -> [top(fun() -> [band_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
band_vv(A, B) -> A band B.
band_two_variables_not_last() -> [top(fun() -> [band_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
band_vb(A, B) -> X = A band B, {X}.
band_small_constant() -> [top(fun() -> [band_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [band_cv(id(B))] end) || B <- [a, []]].
band_vc(A) -> A band 2.
band_cv(B) -> 2 band B.
band_float_operand() -> [top(fun() -> [band_vv(id(A), id(B))] end) || {A, B} <- [{1.5, 1}, {1, 1.5}, {1 bsl 64, 1.5}]].
band_typed() -> [top(fun() -> [band_ti(id(5), id(B))] end) || B <- [a, 1.0]].
band_ti(A, B) when is_integer(A) -> A band B.
bor_two_variables() -> [top(fun() -> [bor_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
bor_vv(A, B) -> A bor B.
bor_two_variables_not_last() -> [top(fun() -> [bor_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
bor_vb(A, B) -> X = A bor B, {X}.
bor_small_constant() -> [top(fun() -> [bor_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [bor_cv(id(B))] end) || B <- [a, []]].
bor_vc(A) -> A bor 2.
bor_cv(B) -> 2 bor B.
bor_float_operand() -> [top(fun() -> [bor_vv(id(A), id(B))] end) || {A, B} <- [{1.5, 1}, {1, 1.5}, {1 bsl 64, 1.5}]].
bor_typed() -> [top(fun() -> [bor_ti(id(5), id(B))] end) || B <- [a, 1.0]].
bor_ti(A, B) when is_integer(A) -> A bor B.
bxor_two_variables() -> [top(fun() -> [bxor_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
bxor_vv(A, B) -> A bxor B.
bxor_two_variables_not_last() -> [top(fun() -> [bxor_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
bxor_vb(A, B) -> X = A bxor B, {X}.
bxor_small_constant() -> [top(fun() -> [bxor_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [bxor_cv(id(B))] end) || B <- [a, []]].
bxor_vc(A) -> A bxor 2.
bxor_cv(B) -> 2 bxor B.
bxor_float_operand() -> [top(fun() -> [bxor_vv(id(A), id(B))] end) || {A, B} <- [{1.5, 1}, {1, 1.5}, {1 bsl 64, 1.5}]].
bxor_typed() -> [top(fun() -> [bxor_ti(id(5), id(B))] end) || B <- [a, 1.0]].
bxor_ti(A, B) when is_integer(A) -> A bxor B.
bsl_two_variables() -> [top(fun() -> [bsl_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
bsl_vv(A, B) -> A bsl B.
bsl_two_variables_not_last() -> [top(fun() -> [bsl_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
bsl_vb(A, B) -> X = A bsl B, {X}.
bsl_small_constant() -> [top(fun() -> [bsl_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [bsl_cv(id(B))] end) || B <- [a, []]].
bsl_vc(A) -> A bsl 2.
bsl_cv(B) -> 2 bsl B.
bsl_float_operand() -> [top(fun() -> [bsl_vv(id(A), id(B))] end) || {A, B} <- [{1.5, 1}, {1, 1.5}, {1 bsl 64, 1.5}]].
bsl_typed() -> [top(fun() -> [bsl_ti(id(5), id(B))] end) || B <- [a, 1.0]].
bsl_ti(A, B) when is_integer(A) -> A bsl B.
bsr_two_variables() -> [top(fun() -> [bsr_vv(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}, {a, b}, {1.5, a}, {1 bsl 64, a}]].
bsr_vv(A, B) -> A bsr B.
bsr_two_variables_not_last() -> [top(fun() -> [bsr_vb(id(A), id(B))] end) || {A, B} <- [{a, 1}, {1, a}]].
bsr_vb(A, B) -> X = A bsr B, {X}.
bsr_small_constant() -> [top(fun() -> [bsr_vc(id(A))] end) || A <- [a, []]] ++ [top(fun() -> [bsr_cv(id(B))] end) || B <- [a, []]].
bsr_vc(A) -> A bsr 2.
bsr_cv(B) -> 2 bsr B.
bsr_float_operand() -> [top(fun() -> [bsr_vv(id(A), id(B))] end) || {A, B} <- [{1.5, 1}, {1, 1.5}, {1 bsl 64, 1.5}]].
bsr_typed() -> [top(fun() -> [bsr_ti(id(5), id(B))] end) || B <- [a, 1.0]].
bsr_ti(A, B) when is_integer(A) -> A bsr B.
bsl_system_limit() -> [top(fun() -> [bsl_vv(id(1), id(1 bsl 64))] end), top(fun() -> [bsr_vv(id(1), id(-(1 bsl 64)))] end)].
unary() -> [top(fun() -> [un(O, id(a))] end) || O <- [minus, plus, 'bnot', 'abs', 'not']].
unary_last_call() -> [top(fun() -> un(O, id([])) end) || O <- [minus, plus, 'bnot', 'abs', 'not']].
un(minus, A) -> -A;
un(plus, A) -> +A;
un('bnot', A) -> bnot A;
un(abs, A) -> abs(A);
un('not', A) -> not A.
fused_div_rem() -> [top(fun() -> [fdr(id(A), id(B))] end) || {A, B} <- [{1, 0}, {a, 1}, {1, a}]].
fdr(A, B) -> {A div B, A rem B}.
boolean_operators() -> [top(fun() -> [bo(O, id(1), id(true))] end) || O <- ['and', 'or', 'xor']].
bo('and', A, B) -> A and B;
bo('or', A, B) -> A or B;
bo('xor', A, B) -> A xor B.
plus_by_apply() -> [top(fun() -> [apply(erlang, id('+'), [id(A), B])] end) || {A, B} <- [{a, 1}, {1, a}]].
plus_as_fun() -> [top(fun() -> [(id(fun erlang:'+'/2))(A, B)] end) || {A, B} <- [{a, 1}, {1, a}]].
plus_in_comprehension() -> top(fun() -> [[X + 1 || X <- id([1, a])]] end).
plus_in_map_fun() -> top(fun() -> [lists:map(fun(X) -> X * 2 end, id([1, a]))] end).
