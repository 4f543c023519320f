%% Operands that are not numbers: every operator, each side, raises badarith,
%% and the operands are evaluated before the operator complains.
-module(arith_badarith).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
bad() -> [a, [], {}, "1", <<1>>, #{}, nil, [1], {1}].

add_left() -> [t(fun() -> id(X) + 1 end) || X <- bad()].
add_right() -> [t(fun() -> 1 + id(X) end) || X <- bad()].
add_big_and_bad() -> [t(fun() -> id(1 bsl 64) + id(X) end) || X <- bad()].
add_float_and_bad() -> [t(fun() -> id(1.5) + id(X) end) || X <- bad()].
sub_left() -> [t(fun() -> id(X) - 1 end) || X <- bad()].
sub_right() -> [t(fun() -> 1 - id(X) end) || X <- bad()].
sub_big_and_bad() -> [t(fun() -> id(1 bsl 64) - id(X) end) || X <- bad()].
mul_left() -> [t(fun() -> id(X) * 2 end) || X <- bad()].
mul_right() -> [t(fun() -> 2 * id(X) end) || X <- bad()].
mul_by_zero_still_checks() -> [t(fun() -> 0 * id(X) end) || X <- bad()].
divide_left() -> [t(fun() -> id(X) / 2 end) || X <- bad()].
divide_right() -> [t(fun() -> 2 / id(X) end) || X <- bad()].
divide_both_bad() -> [t(fun() -> id(X) / id(X) end) || X <- bad()].
negate_bad() -> [t(fun() -> -id(X) end) || X <- bad()].
plus_sign_on_bad() -> [t(fun() -> +id(X) end) || X <- bad()].
abs_bad() -> [t(fun() -> abs(id(X)) end) || X <- bad()].
div_left() -> [t(fun() -> id(X) div 2 end) || X <- bad()].
div_right() -> [t(fun() -> 2 div id(X) end) || X <- bad()].
rem_left() -> [t(fun() -> id(X) rem 2 end) || X <- bad()].
rem_right() -> [t(fun() -> 2 rem id(X) end) || X <- bad()].
div_integer_typed_by_bad() -> [t(fun() -> I = length(id([1, 2])), I div id(X) end) || X <- bad() ++ [0, 0.0]].
float_typed_add_bad() -> [t(fun() -> F = float(id(1)), F + id(X) end) || X <- bad()].
float_typed_mul_bad() -> [t(fun() -> F = float(id(2)), id(X) * F end) || X <- bad()].
float_typed_div_by_zero() -> [t(fun() -> F = float(id(2)), F / id(X) end) || X <- [0, 0.0, -0.0, a]].
guard_swallows_badarith() -> [case id(X) of Y when Y + 1 > 0 -> yes; _ -> no end || X <- [0, -5 | bad()]].
guard_division_by_zero_is_false() -> [if 10 div X > 1 -> yes; true -> no end || X <- [id(0), 1, 5, 100]].
guard_rem_by_zero_is_false() -> [if 10 rem X =:= 0 -> yes; true -> no end || X <- [id(0), 1, 3, 5]].
guard_float_overflow_is_false() -> [if X * 1.0e300 > 1.0 -> yes; true -> no end || X <- [id(1.0e300), 1.0, 0.0]].
guard_shift_too_large_is_false() -> [if 1 bsl X > 0 -> yes; true -> no end || X <- [id(1 bsl 64), 3, a]].
operands_evaluated_first() ->
    erase(trace_key),
    R = t(fun() -> note(1, a) + note(2, b) end), {R, erase(trace_key)}.
left_operand_raises_first() ->
    erase(trace_key),
    R = t(fun() -> error(left) + note(2, b) end), {R, erase(trace_key)}.
note(N, V) -> put(trace_key, [N | case get(trace_key) of undefined -> []; L -> L end]), V.
apply_with_bad() -> [t(fun() -> apply(erlang, Op, [id(a), id(1)]) end) || Op <- ['+', '-', '*', '/', 'div', 'rem', 'band', 'bor', 'bxor', 'bsl', 'bsr']].
apply_unary_with_bad() -> [t(fun() -> apply(erlang, Op, [id(a)]) end) || Op <- ['+', '-', 'bnot', abs, float, round, trunc, ceil, floor]].
int_too_large_for_float() -> B = id(1 bsl 1024), [t(fun() -> B + 1.0 end), t(fun() -> 1.0 * B end), t(fun() -> B - 0.5 end), t(fun() -> B / 2 end), t(fun() -> 1 / B end), t(fun() -> 0.0 + -B end)].
quotient_of_huge_ints() -> [t(fun() -> id(1 bsl 2000) / id(1 bsl 1999) end), t(fun() -> id(1 bsl 1023) / id(1 bsl 1022) end)].
float_of_huge_int() -> [t(fun() -> float(id(1 bsl 1023)) end), t(fun() -> float(id(1 bsl 1024)) end), t(fun() -> float(id(-(1 bsl 1024))) end)].
add_overflow_float() -> M = id(1.7976931348623157e308), [t(fun() -> M + M end), t(fun() -> -M - M end), t(fun() -> M - M end)].
mul_overflow_float() -> M = id(1.0e200), [t(fun() -> M * M end), t(fun() -> M * -M end), t(fun() -> M / 1.0e-200 end)].
underflow_float_is_zero() -> M = id(1.0e-200), [M * M, M * -M, M / 1.0e200].
