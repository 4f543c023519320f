%% and, or, not, xor, andalso, orelse, commas and semicolons; what happens to a
%% failure inside each of them in a guard, and to a non-boolean in a body.
-module(guard_logic).
-compile(nowarn_nomatch).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
bools() -> [{A, B} || A <- [true, false], B <- [true, false]].
note(N, V) -> put(guard_logic, [N | case get(guard_logic) of undefined -> []; L -> L end]), V.
noted(F) -> erase(guard_logic), R = t(F), {R, erase(guard_logic)}.

and_table() -> [id(A) and id(B) || {A, B} <- bools()].
or_table() -> [id(A) or id(B) || {A, B} <- bools()].
xor_table() -> [id(A) xor id(B) || {A, B} <- bools()].
not_table() -> [not id(A) || A <- [true, false]].
andalso_table() -> [id(A) andalso id(B) || {A, B} <- bools()].
orelse_table() -> [id(A) orelse id(B) || {A, B} <- bools()].
and_bad_left() -> [t(fun() -> id(X) and true end) || X <- [a, 1, [], undefined, {}]].
and_bad_right() -> [t(fun() -> false and id(X) end) || X <- [a, 1, [], undefined, {}]].
or_bad_left() -> [t(fun() -> id(X) or true end) || X <- [a, 1, [], undefined]].
or_bad_right() -> [t(fun() -> true or id(X) end) || X <- [a, 1, [], undefined]].
xor_bad() -> [t(fun() -> id(X) xor true end) || X <- [a, 1, true]] ++ [t(fun() -> true xor id(1) end)].
not_bad() -> [t(fun() -> not id(X) end) || X <- [a, 0, 1, [], undefined]].
andalso_bad_left() -> [t(fun() -> id(X) andalso true end) || X <- [a, 1, [], {x, y}]].
orelse_bad_left() -> [t(fun() -> id(X) orelse true end) || X <- [a, 1, [], {x, y}]].
andalso_any_right() -> [t(fun() -> true andalso id(X) end) || X <- [a, 1, [], false]].
orelse_any_right() -> [t(fun() -> false orelse id(X) end) || X <- [a, 1, [], true]].
andalso_skips_right() -> noted(fun() -> note(1, false) andalso note(2, true) end).
andalso_runs_right() -> noted(fun() -> note(1, true) andalso note(2, done) end).
orelse_skips_right() -> noted(fun() -> note(1, true) orelse note(2, true) end).
orelse_runs_right() -> noted(fun() -> note(1, false) orelse note(2, done) end).
and_runs_both() -> noted(fun() -> note(1, false) and note(2, true) end).
or_runs_both() -> noted(fun() -> note(1, true) or note(2, false) end).
andalso_chain_order() -> noted(fun() -> note(1, true) andalso note(2, true) andalso note(3, false) andalso note(4, true) end).
orelse_chain_order() -> noted(fun() -> note(1, false) orelse note(2, false) orelse note(3, true) orelse note(4, true) end).
mixed_chain_order() -> noted(fun() -> (note(1, true) andalso note(2, false)) orelse note(3, true) end).
andalso_tail_call_is_deep() -> deep_and(id(100000)).
deep_and(0) -> true;
deep_and(N) -> is_integer(N) andalso deep_and(N - 1).
orelse_tail_call_is_deep() -> deep_or(id(100000)).
deep_or(0) -> true;
deep_or(N) -> is_atom(N) orelse deep_or(N - 1).
andalso_right_raises() -> [t(fun() -> id(X) andalso error(boom) end) || X <- [true, false]].
guard_variable_true() -> [if X -> yes; true -> no end || X <- [true, false, a, 1, [], "true"]].
guard_not_variable() -> [if not X -> yes; true -> no end || X <- [true, false, a, 1]].
guard_and() -> [if A and B -> yes; true -> no end || {A, B} <- bools() ++ [{true, a}, {a, true}, {false, a}]].
guard_or() -> [if A or B -> yes; true -> no end || {A, B} <- bools() ++ [{true, a}, {a, true}, {false, a}]].
guard_xor() -> [if A xor B -> yes; true -> no end || {A, B} <- bools() ++ [{true, a}, {a, true}]].
guard_andalso() -> [if A andalso B -> yes; true -> no end || {A, B} <- bools() ++ [{true, a}, {a, true}, {false, a}]].
guard_orelse() -> [if A orelse B -> yes; true -> no end || {A, B} <- bools() ++ [{true, a}, {a, true}, {false, a}, {false, true}]].
failure_kills_comma() -> [if is_list(X), hd(X) =:= 1 -> yes; true -> no end || X <- [[1], [2], [], a]].
failure_kills_one_alternative() -> [if hd(X) =:= 1; is_atom(X) -> yes; true -> no end || X <- [[1], [2], a, []]].
failure_kills_or() -> [if hd(X) =:= 1 or is_atom(X) -> yes; true -> no end || X <- [[1], [2], a, []]].
failure_kills_orelse() -> [if (hd(X) =:= 1) orelse is_atom(X) -> yes; true -> no end || X <- [[1], [2], a, []]].
orelse_avoids_failure() -> [if is_atom(X) orelse hd(X) =:= 1 -> yes; true -> no end || X <- [[1], [2], a, []]].
andalso_avoids_failure() -> [if is_list(X) andalso X =/= [] andalso hd(X) =:= 1 -> yes; true -> no end || X <- [[1], [2], a, []]].
not_of_failure_is_failure() -> [if not (hd(X) =:= 1) -> yes; true -> no end || X <- [[1], [2], a, []]].
double_negation() -> [if not (not is_atom(X)) -> yes; true -> no end || X <- [a, 1]].
comma_and_semicolon_mix() -> [cs(A, B) || A <- [1, 2, a], B <- [1, 2, a]].
cs(A, B) when A =:= 1, B =:= 1; A =:= a, B =:= a; A =:= 2 -> yes;
cs(_, _) -> no.
semicolon_failing_alternatives() -> [sf(X) || X <- [{1}, [1], #{1 => 1}, <<1>>, 1, a]].
sf(X) when element(1, X) =:= 1; hd(X) =:= 1; map_get(1, X) =:= 1; byte_size(X) =:= 1; X + 0 =:= 1 -> one;
sf(_) -> none.
nested_logic() -> [nl(A, B, C) || A <- [true, false], B <- [true, false], C <- [true, false]].
nl(A, B, C) when (A andalso B) orelse (not B andalso C) -> first;
nl(A, B, C) when A or B and C -> second;
nl(_, _, _) -> none.
comparison_as_operand() -> [co(A, B) || A <- [1, 2], B <- [1, 2]].
co(A, B) when (A < B) =:= true -> less;
co(A, B) when (A > B) == (A =/= B), A =/= B -> more;
co(_, _) -> same.
boolean_from_comparison_stored() -> [begin X = id(A) < B, Y = not X, {X, Y, X and Y, X or Y, X xor Y} end || {A, B} <- [{1, 2}, {2, 1}, {a, 1}]].
case_on_boolean_expression() -> [case is_list(id(X)) andalso length(X) > 1 of true -> long; false -> short end || X <- [[], [1], [1, 2], a]].
if_without_true_clause() -> [t(fun() -> if X > 5 -> big; X < 0 -> neg end end) || X <- [id(10), -1, 3, a]].
boolean_in_arguments() -> {id(1) < 2, not (id(1) < 2), is_atom(id(a)) and is_atom(b), id([]) =:= [] orelse bad}.
guards_in_list_comprehension() -> [X || X <- [1, a, [], 2, {}, 3.5, true], is_integer(X) orelse X =:= true].
failing_filter_in_comprehension() -> [X || X <- [[1], [], [2], a, [1, 2]], hd(X) =:= 1].
non_guard_filter_bad() -> [t(fun() -> [X || X <- [1], id(F)] end) || F <- [true, false, a, 1]].
when_true_and_false() -> [wtf(X) || X <- [1, 2, 3]].
wtf(1) when true -> one;
wtf(2) when false -> never;
wtf(_) -> rest.
xor_chain() -> lists:foldl(fun(B, A) -> A xor B end, id(false), [true, true, true, false, true]).
