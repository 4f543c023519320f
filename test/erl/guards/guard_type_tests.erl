%% The is_* tests on one value of every type: as guards, as expressions, through
%% apply, and negated.
-module(guard_type_tests).
-compile([export_all, nowarn_export_all]).
-record(r, {a, b}).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
values() ->
    [0, -1, (1 bsl 59) - 1, 1 bsl 59, 1 bsl 64, -(1 bsl 64), 0.0, 1.5, a, true, false, '', [], nil, "str", [a | b],
     {}, {a}, {r, 1, 2}, {r, 1}, #{}, #{a => 1}, <<>>, <<1>>, <<1:1>>, <<1, 1:4>>, fun erlang:abs/1, fun lists:map/2].
yes(F) -> [X || X <- values(), F(id(X))].
count(F) -> [case F(id(X)) of true -> 1; false -> 0 end || X <- values()].

integer_guard() -> yes(fun(X) when is_integer(X) -> true; (_) -> false end).
integer_body() -> count(fun(X) -> is_integer(X) end).
float_guard() -> yes(fun(X) when is_float(X) -> true; (_) -> false end).
float_body() -> count(fun(X) -> is_float(X) end).
number_guard() -> yes(fun(X) when is_number(X) -> true; (_) -> false end).
number_body() -> count(fun(X) -> is_number(X) end).
atom_guard() -> yes(fun(X) when is_atom(X) -> true; (_) -> false end).
atom_body() -> count(fun(X) -> is_atom(X) end).
boolean_guard() -> yes(fun(X) when is_boolean(X) -> true; (_) -> false end).
boolean_body() -> count(fun(X) -> is_boolean(X) end).
list_guard() -> yes(fun(X) when is_list(X) -> true; (_) -> false end).
list_body() -> count(fun(X) -> is_list(X) end).
tuple_guard() -> yes(fun(X) when is_tuple(X) -> true; (_) -> false end).
tuple_body() -> count(fun(X) -> is_tuple(X) end).
map_guard() -> yes(fun(X) when is_map(X) -> true; (_) -> false end).
map_body() -> count(fun(X) -> is_map(X) end).
binary_guard() -> yes(fun(X) when is_binary(X) -> true; (_) -> false end).
binary_body() -> count(fun(X) -> is_binary(X) end).
bitstring_guard() -> yes(fun(X) when is_bitstring(X) -> true; (_) -> false end).
bitstring_body() -> count(fun(X) -> is_bitstring(X) end).
function_guard() -> length(yes(fun(X) when is_function(X) -> true; (_) -> false end)).
function_body() -> count(fun(X) -> is_function(X) end).
function_arity_guard() -> [length(yes(fun(X) when is_function(X, N) -> true; (_) -> false end)) || N <- [0, 1, 2, 3, 1 bsl 64]].
function_arity_body() -> [t(fun() -> is_function(fun lists:map/2, id(N)) end) || N <- [0, 1, 2, 3, -1, a, 2.0, 1 bsl 64, -(1 bsl 64), []]].
function_arity_guard_bad() -> [fab(fun lists:map/2, N) || N <- [2, -1, a, 2.0, 1 bsl 64]].
fab(F, N) when is_function(F, N) -> yes;
fab(F, N) when not is_function(F, N) -> no;
fab(_, _) -> failed.
function_arity_local_funs() -> X = id(1), [is_function(F, N) || F <- [fun() -> X end, fun(A) -> A + X end, fun(A, B) -> {A, B, X} end], N <- [0, 1, 2]].
function_arity_not_a_fun() -> [t(fun() -> is_function(id(V), id(N)) end) || V <- [a, {lists, map}], N <- [2, -1, a]].
pid_port_reference_guards() -> [length(yes(fun(X) when is_pid(X) -> true; (_) -> false end)), length(yes(fun(X) when is_port(X) -> true; (_) -> false end)), length(yes(fun(X) when is_reference(X) -> true; (_) -> false end))].
pid_and_reference_true() -> [is_pid(self()), is_reference(make_ref()), is_port(self()), is_pid(make_ref()), is_reference(self())].
pid_and_reference_other_tests() -> [[is_atom(X), is_number(X), is_tuple(X), is_list(X), is_map(X), is_binary(X), is_function(X)] || X <- [self(), make_ref()]].
record_guard_macro() -> yes(fun(X) when is_record(X, r) -> true; (_) -> false end).
record_guard_size() -> yes(fun(X) when is_record(X, r, 3) -> true; (_) -> false end).
record_guard_other_size() -> yes(fun(X) when is_record(X, r, 2) -> true; (_) -> false end).
record_guard_literal_tag() -> yes(fun(X) when is_record(X, a, 1) -> true; (_) -> false end).
record_body() -> count(fun(X) -> is_record(X, r) end).
record_body_variable_tag() -> T = id(r), count(fun(X) -> is_record(X, T) end).
record_body_variable_size() -> [count(fun(X) -> is_record(X, id(r), id(N)) end) || N <- [1, 2, 3]].
record_bad_tag() -> [t(fun() -> erlang:is_record({r, 1}, id(T)) end) || T <- [r, 1, "r", {}]].
record_bad_size() -> [t(fun() -> erlang:is_record({r, 1}, r, id(N)) end) || N <- [2, 0, -1, a, 2.0, 1 bsl 64]].
record_through_apply() -> [apply(erlang, is_record, [id({r, 1, 2}), r]), apply(erlang, is_record, [id({r, 1, 2}), r, 3]), apply(erlang, is_record, [a, r, 3])].
record_first_element_not_atom() -> [is_record(id({1, 2}), r), is_record(id({}), r), is_record(id({"r", 1, 2}), r), is_record(id([r, 1, 2]), r)].
all_through_apply() -> [[apply(erlang, T, [id(V)]) || V <- [1, 1.5, a, true, [], [1], {}, #{}, <<>>, <<1:1>>]] || T <- [is_integer, is_float, is_number, is_atom, is_boolean, is_list, is_tuple, is_map, is_binary, is_bitstring, is_function, is_pid]].
negated_guards() -> [length(yes(fun(X) when not is_list(X) -> true; (_) -> false end)), length(yes(fun(X) when not is_atom(X), not is_number(X) -> true; (_) -> false end)), length(yes(fun(X) when not is_tuple(X) andalso not is_map(X) -> true; (_) -> false end))].
exactly_one_class() -> [X || X <- values(), length([x || true <- [is_number(X), is_atom(X), is_list(X), is_tuple(X), is_map(X), is_bitstring(X), is_function(X)]]) =/= 1].
classify() -> [cl(X) || X <- values()].
cl(X) when is_boolean(X) -> boolean;
cl(X) when is_atom(X) -> atom;
cl(X) when is_integer(X) -> integer;
cl(X) when is_float(X) -> float;
cl([]) -> nil;
cl(X) when is_list(X) -> list;
cl({}) -> empty_tuple;
cl(X) when is_record(X, r) -> r;
cl(X) when is_tuple(X) -> tuple;
cl(X) when is_map(X) -> map;
cl(X) when is_binary(X) -> binary;
cl(X) when is_bitstring(X) -> bitstring;
cl(X) when is_function(X, 1) -> fun1;
cl(X) when is_function(X) -> function.
old_style_overlap() -> [case X of _ when is_atom(X); is_list(X) -> atom_or_list; _ when is_number(X), X > 0 -> positive; _ -> rest end || X <- values()].
typed_tests_fold_right() -> [ty(X) || X <- [1, 1.5, a, {x}, [y]]].
ty(X) when is_integer(X) -> {is_integer(X), is_number(X), is_float(X), is_atom(X)};
ty(X) when is_tuple(X) -> {is_tuple(X), is_list(X), is_map(X)};
ty([_ | _] = X) -> {is_list(X), is_tuple(X), X =:= []};
ty(X) -> {is_number(X), is_atom(X)}.
