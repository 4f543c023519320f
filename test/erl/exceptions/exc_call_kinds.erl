%% throw, error and exit raised through every kind of call, caught by the caller.
-module(exc_call_kinds).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() of V -> {value, V} catch C:R -> {C, R} end.
do(throw, X) -> throw(X);
do(error, X) -> error(X);
do(exit, X) -> exit(X);
do(value, X) -> X.
tail(C, X) -> do(C, X).
body(C, X) -> {got, do(C, X)}.
kinds() -> [throw, error, exit, value].

local_call() -> [t(fun() -> body(K, 1) end) || K <- kinds()].
local_tail_call() -> [t(fun() -> tail(K, 1) end) || K <- kinds()].
external_call() -> [t(fun() -> [?MODULE:do(K, 1)] end) || K <- kinds()].
external_tail_call() -> [t(fun() -> ?MODULE:do(K, 1) end) || K <- kinds()].
variable_module_call() -> M = id(?MODULE), [t(fun() -> [M:do(K, 1)] end) || K <- kinds()].
variable_module_and_function() -> M = id(?MODULE), F = id(do), [t(fun() -> [M:F(K, 1)] end) || K <- kinds()].
variable_module_tail_call() -> M = id(?MODULE), F = id(do), [t(fun() -> M:F(K, 1) end) || K <- kinds()].
fun_call() -> F = fun(K) -> do(K, 1) end, [t(fun() -> [F(K)] end) || K <- kinds()].
fun_tail_call() -> F = fun(K) -> do(K, 1) end, [t(fun() -> F(K) end) || K <- kinds()].
local_function_fun() -> F = fun do/2, [t(fun() -> [F(K, 1)] end) || K <- kinds()].
external_fun() -> F = fun ?MODULE:do/2, [t(fun() -> [F(K, 1)] end) || K <- kinds()].
apply_fun_list() -> F = fun do/2, [t(fun() -> [apply(F, [K, 1])] end) || K <- kinds()].
apply_external_fun_list() -> F = fun ?MODULE:do/2, [t(fun() -> [apply(F, [K, 1])] end) || K <- kinds()].
apply_mfa() -> [t(fun() -> [apply(?MODULE, do, id([K, 1]))] end) || K <- kinds()].
apply_mfa_tail() -> [t(fun() -> apply(id(?MODULE), id(do), id([K, 1])) end) || K <- kinds()].
apply_through_apply() -> [t(fun() -> apply(erlang, apply, [?MODULE, do, [K, 1]]) end) || K <- kinds()].
erlang_bif_by_apply() -> [t(fun() -> apply(erlang, K, [1]) end) || K <- [throw, error, exit]].
erlang_bif_as_fun() -> [t(fun() -> F(1) end) || F <- [fun erlang:throw/1, fun erlang:error/1, fun erlang:exit/1]].
erlang_bif_variable_name() -> [t(fun() -> [erlang:K(id(1))] end) || K <- [throw, error, exit]].
in_list_comprehension() -> [t(fun() -> [do(K, X) || X <- [1, 2]] end) || K <- kinds()].
in_comprehension_generator() -> [t(fun() -> [X || X <- do(K, [1, 2])] end) || K <- kinds()].
in_comprehension_filter() -> [t(fun() -> [X || X <- [1, 2], do(K, true)] end) || K <- kinds()].
in_binary_comprehension() -> [t(fun() -> << <<(do(K, X))>> || X <- [1, 2] >> end) || K <- kinds()].
in_lists_map() -> [t(fun() -> lists:map(fun(X) -> do(K, X) end, [1, 2]) end) || K <- kinds()].
in_lists_foldl() -> [t(fun() -> lists:foldl(fun(X, A) -> [do(K, X) | A] end, [], [1, 2]) end) || K <- kinds()].
in_lists_sort_fun() -> [t(fun() -> lists:sort(fun(_, _) -> do(K, true) end, [2, 1]) end) || K <- kinds()].
in_maps_map() -> [t(fun() -> maps:map(fun(_, V) -> do(K, V) end, #{a => 1}) end) || K <- kinds()].
in_tuple_construction() -> [t(fun() -> {a, do(K, 1), b} end) || K <- kinds()].
in_list_construction() -> [t(fun() -> [a, do(K, 1) | b] end) || K <- kinds()].
in_map_construction() -> [t(fun() -> #{k => do(K, 1), do(K, x) => 2} end) || K <- kinds()].
in_binary_construction() -> [t(fun() -> <<1, (do(K, 2)), 3>> end) || K <- kinds()].
in_call_argument() -> [t(fun() -> id(do(K, 1)) end) || K <- kinds()].
in_function_position() -> [t(fun() -> (do(K, fun ?MODULE:id/1))(7) end) || K <- kinds()].
in_operator() -> [t(fun() -> 1 + do(K, 1) end) || K <- kinds()].
in_case_subject() -> [t(fun() -> case do(K, 1) of 1 -> one end end) || K <- kinds()].
in_case_clause_body() -> [t(fun() -> case id(1) of 1 -> do(K, 1); 2 -> two end end) || K <- kinds()].
in_if_body() -> [t(fun() -> if is_atom(K) -> do(K, 1); true -> x end end) || K <- kinds()].
in_match() -> [t(fun() -> X = do(K, 1), {X} end) || K <- kinds()].
in_begin_block() -> [t(fun() -> begin id(1), do(K, 2), id(3) end end) || K <- kinds()].
in_record_like_update() -> [t(fun() -> setelement(1, {a}, do(K, 1)) end) || K <- kinds()].
from_deep_recursion() -> [t(fun() -> deep(2000, K) end) || K <- kinds()].
deep(0, K) -> do(K, bottom);
deep(N, K) -> 1 + length([deep(N - 1, K)]) - 1 + 0 * N.
from_deep_fun_recursion() -> F = fun G(0, K) -> do(K, bottom); G(N, K) -> [G(N - 1, K)] end, [t(fun() -> F(1000, K) end) || K <- [throw, error, exit]].
from_mutual_recursion() -> [t(fun() -> even(1001, K) end) || K <- [throw, error, exit]].
even(0, K) -> do(K, even);
even(N, K) -> [odd(N - 1, K)].
odd(0, K) -> do(K, odd);
odd(N, K) -> {even(N - 1, K)}.
reasons_of_every_type() -> [t(fun() -> do(K, R) end) || K <- [throw, error, exit], R <- [1, 1.5, 1 bsl 70, a, "s", [], {}, {a, b}, #{k => v}, <<1, 2>>, <<1:3>>, fun lists:map/2]].
big_reason_survives() -> R = lists:seq(1, 10000), [t(fun() -> do(K, R) end) =:= {K, R} || K <- [throw, error, exit]].
big_binary_reason_survives() -> R = binary:copy(<<"x">>, 100000), [t(fun() -> do(K, {R, R}) end) =:= {K, {R, R}} || K <- [throw, error, exit]].
