%% Funs: what they capture, calling them in every way, equality, fun_info, named
%% funs, external funs, wrong arities.
-module(call_funs).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() of V -> {value, V} catch C:R -> {C, R} end.
info(F, Is) -> [erlang:fun_info(F, I) || I <- Is].

no_free_variables() -> F = fun(X) -> X * 2 end, [F(1), F(2.5), F(1 bsl 64)].
one_free_variable() -> A = id(10), F = fun(X) -> X + A end, [F(1), F(-10)].
many_free_variables() -> A = id(1), B = id(b), C = id([c]), D = id({d}), E = id(5.5), G = id(<<"g">>), H = id(#{h => 1}), I = id(1 bsl 70), F = fun(X) -> {X, A, B, C, D, E, G, H, I} end, F(x).
thirty_free_variables() ->
    [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U, V, W, X, Y] = id(lists:seq(1, 25)),
    Fun = fun(Z) -> [Z, Y, X, W, V, U, T, S, R, Q, P, O, N, M, L, K, J, I, H, G, F, E, D, C, B, A] end,
    {Fun(0), erlang:fun_info(Fun, arity), length(element(2, erlang:fun_info(Fun, env)))}.
capture_is_by_value() -> Fs = [fun() -> X * X end || X <- [1, 2, 3]], [F() || F <- Fs].
captured_large_terms() -> L = lists:seq(1, 1000), F = fun() -> length(L) + hd(L) end, garbage(), F().
garbage() -> length([{X, X} || X <- lists:seq(1, 2000)]).
fun_survives_garbage() -> A = id({keep, [1, 2]}), F = fun(X) -> {A, X} end, garbage(), [F(1), F(2)].
arities_and_captures() ->
    [A, B, C, D, E, F, G] = id([a, b, c, d, e, f, g]),
    Fs = [
        fun() -> {} end,
        fun() -> {A} end,
        fun() -> {B, A} end,
        fun() -> {C, B, A} end,
        fun() -> {D, C, B, A} end,
        fun() -> {G, F, E, D, C, B, A} end,
        fun(P1) -> {P1} end,
        fun(P1) -> {A, P1} end,
        fun(P1) -> {B, A, P1} end,
        fun(P1) -> {C, B, A, P1} end,
        fun(P1) -> {D, C, B, A, P1} end,
        fun(P1) -> {G, F, E, D, C, B, A, P1} end,
        fun(P1, P2) -> {P1, P2} end,
        fun(P1, P2) -> {A, P1, P2} end,
        fun(P1, P2) -> {B, A, P1, P2} end,
        fun(P1, P2) -> {C, B, A, P1, P2} end,
        fun(P1, P2) -> {D, C, B, A, P1, P2} end,
        fun(P1, P2) -> {G, F, E, D, C, B, A, P1, P2} end,
        fun(P1, P2, P3) -> {P1, P2, P3} end,
        fun(P1, P2, P3) -> {A, P1, P2, P3} end,
        fun(P1, P2, P3) -> {B, A, P1, P2, P3} end,
        fun(P1, P2, P3) -> {C, B, A, P1, P2, P3} end,
        fun(P1, P2, P3) -> {D, C, B, A, P1, P2, P3} end,
        fun(P1, P2, P3) -> {G, F, E, D, C, B, A, P1, P2, P3} end,
        fun(P1, P2, P3, P4) -> {P1, P2, P3, P4} end,
        fun(P1, P2, P3, P4) -> {A, P1, P2, P3, P4} end,
        fun(P1, P2, P3, P4) -> {B, A, P1, P2, P3, P4} end,
        fun(P1, P2, P3, P4) -> {C, B, A, P1, P2, P3, P4} end,
        fun(P1, P2, P3, P4) -> {D, C, B, A, P1, P2, P3, P4} end,
        fun(P1, P2, P3, P4) -> {G, F, E, D, C, B, A, P1, P2, P3, P4} end,
        fun(P1, P2, P3, P4, P5) -> {P1, P2, P3, P4, P5} end,
        fun(P1, P2, P3, P4, P5) -> {A, P1, P2, P3, P4, P5} end,
        fun(P1, P2, P3, P4, P5) -> {B, A, P1, P2, P3, P4, P5} end,
        fun(P1, P2, P3, P4, P5) -> {C, B, A, P1, P2, P3, P4, P5} end,
        fun(P1, P2, P3, P4, P5) -> {D, C, B, A, P1, P2, P3, P4, P5} end,
        fun(P1, P2, P3, P4, P5) -> {G, F, E, D, C, B, A, P1, P2, P3, P4, P5} end,
        fun(P1, P2, P3, P4, P5, P6) -> {P1, P2, P3, P4, P5, P6} end,
        fun(P1, P2, P3, P4, P5, P6) -> {A, P1, P2, P3, P4, P5, P6} end,
        fun(P1, P2, P3, P4, P5, P6) -> {B, A, P1, P2, P3, P4, P5, P6} end,
        fun(P1, P2, P3, P4, P5, P6) -> {C, B, A, P1, P2, P3, P4, P5, P6} end,
        fun(P1, P2, P3, P4, P5, P6) -> {D, C, B, A, P1, P2, P3, P4, P5, P6} end,
        fun(P1, P2, P3, P4, P5, P6) -> {G, F, E, D, C, B, A, P1, P2, P3, P4, P5, P6} end],
    [{apply(Fun, lists:seq(1, N)), call_with(Fun, N), tail_call_with(Fun, N)} || Fun <- id(Fs), {arity, N} <- [erlang:fun_info(Fun, arity)]].
call_with(F, 0) -> {F()};
call_with(F, 1) -> {F(1)};
call_with(F, 2) -> {F(1, 2)};
call_with(F, 3) -> {F(1, 2, 3)};
call_with(F, 4) -> {F(1, 2, 3, 4)};
call_with(F, 5) -> {F(1, 2, 3, 4, 5)};
call_with(F, 6) -> {F(1, 2, 3, 4, 5, 6)}.
tail_call_with(F, 0) -> F();
tail_call_with(F, 1) -> F(1);
tail_call_with(F, 2) -> F(1, 2);
tail_call_with(F, 3) -> F(1, 2, 3);
tail_call_with(F, 4) -> F(1, 2, 3, 4);
tail_call_with(F, 5) -> F(1, 2, 3, 4, 5);
tail_call_with(F, 6) -> F(1, 2, 3, 4, 5, 6).
fun_with_captures_in_process() ->
    Me = self(), A = id({a}), B = id([b]),
    Fun = fun() -> Me ! {self(), A, B} end,
    Ps = [spawn(Fun), spawn_link(Fun), element(1, spawn_monitor(Fun)), spawn(erlang, apply, [Fun, []])],
    [receive {P, X, Y} -> {X, Y} after 5000 -> timeout end || P <- Ps].
fun_with_captures_fails() ->
    A = id(0), B = id(x),
    F = fun(X) -> {X div A, B} end,
    try F(1) catch C:R:St -> [{M, N, Ar, _}, {M2, N2, Ar2, _} | _] = St, {C, R, M, atom_to_list(N), Ar, M2, N2, Ar2} end.
fun_with_captures_has_no_clause() ->
    A = id(1), B = id(2),
    F = id(fun({C, X}) when X > B -> {A, C, X} end),
    try F(id(z)) catch C:R:St -> [{M, N, Args, _} | _] = St, {C, R, M, atom_to_list(N), Args} end.
fun_with_captures_called_directly() ->
    A = id(3), B = id(4),
    Sum = fun Sum([], S) -> S * A; Sum([H | T], S) -> Sum(T, S + H * B) end,
    [Sum([1, 2, 3], 0), (id(Sum))([1, 2, 3], 0)].
fun_returning_fun() -> Add = fun(A) -> fun(B) -> A + B end end, [(Add(1))(2), ((id(Add))(10))(20)].
three_levels_of_capture() -> F = fun(A) -> fun(B) -> fun(C) -> {A, B, C} end end end, ((F(1))(2))(3).
shadowed_variable() -> X = id(1), F = fun(Y) -> (fun(Z) -> {X, Y, Z} end)(Y + 1) end, F(2).
compose() -> C = fun(F, G) -> fun(X) -> F(G(X)) end end, (C(fun(X) -> X + 1 end, fun(X) -> X * 2 end))(5).
compose_many() -> F = lists:foldl(fun(_, G) -> fun(X) -> G(X) + 1 end end, fun(X) -> X end, lists:seq(1, 1000)), F(0).
curry_and_partial() -> P = fun(F, A) -> fun(B) -> F(A, B) end end, [(P(fun lists:map/2, fun(X) -> X + 1 end))([1, 2]), (P(fun erlang:'-'/2, 10))(3)].
church_numerals() -> Z = fun(_) -> fun(X) -> X end end, S = fun(N) -> fun(F) -> fun(X) -> F((N(F))(X)) end end end, Five = S(S(S(S(S(Z))))), (Five(fun(X) -> X * 2 end))(1).
y_combinator() -> Y = fun(M) -> G = fun(F) -> M(fun(A) -> (F(F))(A) end) end, G(G) end, (Y(fun(F) -> fun(0) -> 1; (N) -> N * F(N - 1) end end))(10).
multiple_clauses() -> F = fun(0) -> zero; (N) when is_integer(N), N > 0 -> pos; ({A, _}) -> A; ([H | _]) -> H; (_) -> other end, [F(X) || X <- [0, 5, -5, {t, 1}, [h], a]].
named_fun_factorial() -> F = fun Fac(0) -> 1; Fac(N) -> N * Fac(N - 1) end, [F(0), F(5), F(25)].
named_fun_with_captures() -> K = id(3), F = fun L(0) -> []; L(N) -> [N * K | L(N - 1)] end, F(5).
named_fun_used_as_value() -> F = fun S(0) -> S; S(_) -> done end, G = F(0), [G(1), G =:= F].
named_fun_two_levels() -> F = fun A(0) -> 0; A(N) -> (fun B(0) -> A(N - 1); B(M) -> 1 + B(M - 1) end)(N) end, F(10).
local_function_as_fun() -> F = fun id/1, [F(x), lists:map(fun id/1, [1, 2]), is_function(F, 1)].
local_function_fun_equality() -> [fun id/1 =:= fun id/1, fun id/1 == fun t/1, fun id/1 =:= fun ?MODULE:id/1].
external_fun_calls() -> F = fun lists:reverse/1, G = fun erlang:'+'/2, H = fun ?MODULE:id/1, [F([1, 2]), G(1, 2), H(x)].
external_fun_to_undefined() -> F = fun no_such_module:f/2, [is_function(F), is_function(F, 2), t(fun() -> F(1, 2) end)].
external_fun_variables() -> M = id(lists), F = id(seq), A = id(2), G = fun M:F/A, [G(1, 3), G =:= fun lists:seq/2].
external_fun_bad_parts() -> [t(fun() -> fun M:F/A end) || {M, F, A} <- id([{1, f, 1}, {m, "f", 1}, {m, f, a}, {m, f, -1}, {m, f, 1.0}])].
external_fun_arity_256() -> [t(fun() -> is_function(fun m:f/A) end) || A <- id([254, 255, 256, 1000])].
make_fun_same_as_syntax() -> [erlang:make_fun(id(lists), map, 2) =:= fun lists:map/2, (erlang:make_fun(lists, id(sum), 1))([1, 2, 3])].
make_fun_errors() -> [t(fun() -> erlang:make_fun(M, F, A) end) || {M, F, A} <- id([{1, f, 1}, {m, 1, 1}, {m, f, a}, {m, f, -1}, {m, f, 256}])].
apply_with_list() -> F = fun(A, B, C) -> {A, B, C} end, [apply(F, [1, 2, 3]), apply(F, id([a, b, c])), apply(fun() -> none end, [])].
apply_mfa() -> [apply(lists, reverse, [id([1, 2])]), apply(id(erlang), id('+'), id([1, 2])), apply(?MODULE, id, [x])].
apply_operators() -> [apply(erlang, Op, As) || {Op, As} <- [{'not', [true]}, {'++', [[1], [2]]}, {'--', [[1, 2], [1]]}, {'=:=', [1, 1.0]}, {'==', [1, 1.0]}, {'and', [true, false]}, {'bnot', [5]}, {'-', [5]}]].
apply_guard_bifs() -> [apply(erlang, F, As) || {F, As} <- [{hd, [[1]]}, {tl, [[1]]}, {length, [[1, 2]]}, {element, [1, {a}]}, {tuple_size, [{a, b}]}, {map_size, [#{}]}, {is_atom, [a]}, {abs, [-1]}, {round, [1.5]}, {size, [<<1>>]}]].
apply_apply() -> [apply(erlang, apply, [lists, sum, [[1, 2]]]), apply(erlang, apply, [fun(X) -> X end, [y]])].
wrong_arity_local_fun() -> F = fun(X) -> X end, [case t(G) of {error, {badarity, {F, A}}} -> {badarity, A} end || G <- [fun() -> (id(F))() end, fun() -> (id(F))(1, 2) end, fun() -> apply(F, [1, 2, 3]) end]].
wrong_arity_with_captures() -> A = id(1), F = id(fun(X) -> X + A end), case t(fun() -> F(1, 2) end) of {error, {badarity, {G, As}}} -> {G =:= F, As} end.
not_a_fun() -> [t(fun() -> (id(X))(1) end) || X <- [lists, {lists, sum}, [], "f", 5, <<>>, #{}]].
fun_info_local_stable_items() -> A = id(7), info(fun(X, Y) -> {X, Y, A} end, [module, arity, env, type]).
fun_info_local_name() -> {name, N} = erlang:fun_info(fun(X) -> X end, name), lists:prefix("-fun_info_local_name/0-fun-", atom_to_list(N)).
fun_info_external() -> info(fun lists:map/2, [module, name, arity, env, type]).
fun_info_external_all() -> lists:sort(erlang:fun_info(fun lists:map/2)).
fun_info_local_keys() -> lists:sort([K || {K, _} <- erlang:fun_info(fun() -> ok end)]).
fun_info_env_values() -> A = id(a), B = id([b]), {env, E} = erlang:fun_info(fun() -> {A, B} end, env), lists:sort(E).
fun_info_local_function() -> info(fun id/1, [module, arity, env, type]).
fun_info_index_and_uniq_types() -> F = fun() -> ok end, [is_integer(element(2, erlang:fun_info(F, index))), is_integer(element(2, erlang:fun_info(F, new_index))), is_binary(element(2, erlang:fun_info(F, new_uniq))), is_integer(element(2, erlang:fun_info(F, uniq)))].
fun_info_mfa() -> [erlang:fun_info_mfa(fun lists:map/2) || _ <- [1]] ++ [element(1, erlang:fun_info_mfa(fun() -> ok end)), element(3, erlang:fun_info_mfa(fun(_, _) -> ok end))].
fun_info_errors() -> [t(fun() -> erlang:fun_info(id(X), arity) end) || X <- [a, 1, {m, f}]] ++ [t(fun() -> erlang:fun_info(fun lists:map/2, id(nope)) end)].
same_code_same_env_equal() -> M = fun(X) -> fun() -> X end end, [M(1) =:= M(1), M(1) == M(2), M([1]) =:= M([1]), M(1) == M(1.0), M(1) =:= M(1.0)].
different_code_not_equal() -> A = fun(X) -> X end, B = fun(X) -> X end, [A =:= B, A =:= A, A == B].
funs_in_collections() -> F = fun(X) -> X + 1 end, L = [F, {F}, #{f => F}], [(hd(L))(1), (element(1, lists:nth(2, L)))(2), (maps:get(f, lists:nth(3, L)))(3)].
funs_as_map_keys() -> F = fun lists:map/2, G = fun(X) -> X end, M = #{F => ext, G => loc}, [maps:get(F, M), maps:get(fun lists:map/2, M), maps:get(G, M), map_size(M)].
fun_to_list_external() -> [erlang:fun_to_list(fun lists:map/2), erlang:fun_to_list(fun 'A b':'c d'/0)].
printing_external_funs() -> [lists:flatten(io_lib:format("~p ~w", [F, F])) || F <- [fun lists:map/2, fun 'Mod x':'f-g'/3]].
fun_call_in_guard_position() -> F = fun(X) -> X > 5 end, [case F(X) of true -> big; false -> small end || X <- [1, 10]].
fun_with_binary_pattern() -> F = fun(<<A:16, R/binary>>) -> {A, R}; (_) -> none end, [F(<<1, 2, 3>>), F(<<1>>), F(a)].
fun_with_map_pattern() -> F = fun(#{k := V}) -> V; (#{}) -> nokey; (_) -> nomap end, [F(#{k => 1}), F(#{}), F([])].
fun_closing_over_binary_match() -> <<A, R/binary>> = id(<<1, 2, 3>>), F = fun() -> {A, R} end, garbage(), F().
fun_modifying_dictionary() -> put(call_funs, 0), F = fun(N) -> put(call_funs, get(call_funs) + N) end, R = [F(N) || N <- [1, 2, 3]], {R, erase(call_funs)}.
comprehension_appended_to_call_runs_call_first() -> put(call_funs, 0), R = [put(call_funs, {X, get(call_funs)}) || X <- [1, 2]] ++ [put(call_funs, later)], {R, erase(call_funs)}.
memoized_fibonacci() -> R = memo(60), [erase({fib, N}) || N <- lists:seq(0, 60)], R.
memo(N) when N < 2 -> N;
memo(N) -> case get({fib, N}) of undefined -> V = memo(N - 1) + memo(N - 2), put({fib, N}, V), V; V -> V end.
lazy_streams() -> From = fun F(N) -> fun() -> [N | F(N + 1)] end end, take(8, filter(fun(X) -> X rem 3 =:= 0 end, From(1))).
take(0, _) -> [];
take(N, S) -> [H | T] = S(), [H | take(N - 1, T)].
filter(P, S) -> fun() -> [H | T] = S(), case P(H) of true -> [H | filter(P, T)]; false -> (filter(P, T))() end end.
function_exported_table() -> [erlang:function_exported(M, F, A) || {M, F, A} <- id([{?MODULE, id, 1}, {?MODULE, id, 2}, {?MODULE, nope, 0}, {no_such_module, f, 0}, {lists, map, 2}, {lists, map, 9}])].
function_exported_bifs() -> [erlang:function_exported(M, F, A) || {M, F, A} <- id([{erlang, '+', 2}, {erlang, hd, 1}, {erlang, atom_to_list, 1}, {erlang, nope, 1}, {erlang, apply, 3}])].
is_builtin_table() -> [erlang:is_builtin(M, F, A) || {M, F, A} <- id([{erlang, hd, 1}, {erlang, '+', 2}, {erlang, atom_to_list, 1}, {lists, map, 2}, {lists, member, 2}, {erlang, nope, 1}, {no_such_module, f, 0}])].
module_info_exports_has() -> E = ?MODULE:module_info(exports), [lists:member(X, E) || X <- [{id, 1}, {module_info, 0}, {module_info, 1}, {nope, 0}]].
