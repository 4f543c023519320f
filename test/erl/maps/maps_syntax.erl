%% Map expressions: construction, => and :=, patterns, guards, nesting, and
%% the errors they raise.
-module(maps_syntax).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

top(F) -> case_lib:top(F).

empty() -> [#{}, id(#{}), map_size(#{}), #{} =:= id(#{})].
construct_literal_keys() ->
    #{a => id(1), "b" => id(2), {c} => id(3), 4 => id(4), 5.0 => 5, <<"6">> => 6, [] => 7}.
construct_variable_keys() -> K = id(k), J = id({j}), #{K => 1, J => 2, [K, J] => 3}.
construct_duplicate_variable_keys() -> A = id(k), B = id(k), #{A => 1, B => 2, c => 3}.
construct_duplicate_mixed() -> A = id(k), #{k => 1, A => 2}.
construct_int_and_float_keys() -> A = id(1), B = id(1.0), #{A => int, B => float}.
construct_many_variable_keys() ->
    [A, B, C, D, E, F] = id([f, e, d, c, b, a]), #{A => 1, B => 2, C => 3, D => 4, E => 5, F => 6}.
construct_evaluation_order() ->
    put(log, []), P = fun(X) -> put(log, [X | get(log)]), X end,
    M = #{P(a) => P(1), P(b) => P(2)}, {M, lists:reverse(erase(log))}.
put_new() -> M = id(#{b => 2}), {M#{a => 1}, M#{c => 3}, M}.
put_existing() -> M = id(#{a => 1, b => 2}), {M#{a => x}, M}.
put_variable_key() -> K = id(k), M = id(#{}), M#{K => 1}.
put_several() -> M = id(#{m => 0}), M#{z => 1, a => 2, m => 3, n => 4}.
put_same_key_twice() -> M = id(#{}), K = id(a), M#{a => 1, K => 2}.
update_existing() -> M = id(#{a => 1, b => 2}), M#{a := x, b := y}.
update_variable_key() -> M = id(#{a => 1, b => 2}), K = id(b), M#{K := z}.
update_missing() -> top(fun() -> (id(#{a => 1}))#{b := 2} end).
update_missing_variable() -> K = id({x, 1}), top(fun() -> (id(#{a => 1}))#{K := 2} end).
update_missing_float_key() -> top(fun() -> (id(#{1 => a}))#{1.0 := 2} end).
update_missing_in_empty() -> top(fun() -> (id(#{}))#{a := 2} end).
update_second_missing() -> top(fun() -> (id(#{a => 1}))#{a := 2, b := 3} end).
update_missing_first_of_two() -> top(fun() -> (id(#{c => 1}))#{a := 2, b := 3} end).
mixed_update_and_put() -> M = id(#{a => 1}), M#{a := 2, b => 3}.
mixed_put_missing_update() -> top(fun() -> (id(#{a => 1}))#{b => 3, c := 2} end).
mixed_put_then_update_same() -> M = id(#{}), M#{a => 1, a := 2}.
put_on_non_map() -> [top(fun() -> (id(X))#{a => 1} end) || X <- [a, 1, [], {}, <<>>, [{a, 1}]]].
update_on_non_map() -> [top(fun() -> (id(X))#{a := 1} end) || X <- [a, 1, [], {}, <<>>]].
update_literal_key_evaluates_value_first() ->
    put(did, no), R = case_lib:class(fun() -> (id(#{}))#{a := begin put(did, yes), 1 end} end),
    {R, erase(did)}.
chained_updates() -> M = id(#{}), ((M#{a => 1})#{b => 2})#{a := 3}.
nested_maps() ->
    M = id(#{a => #{b => #{c => 1}}}), #{a := #{b := #{c := C}} = B} = M,
    {C, B, M#{a := B#{b := x}}}.

match_one() -> #{a := X} = id(#{a => 1, b => 2}), X.
match_several() -> #{a := X, c := Z} = id(#{a => 1, b => 2, c => 3}), {X, Z}.
match_empty_pattern() ->
    [case id(X) of #{} -> map; _ -> no end || X <- [#{}, #{a => 1}, [], {}, a]].
match_missing() -> top(fun() -> #{a := X} = id(#{b => 2}), X end).
match_non_map() ->
    [case id(X) of #{a := V} -> V; _ -> no end || X <- [#{a => 1}, [{a, 1}], {a, 1}, a, <<>>]].
match_literal_value() ->
    [case id(M) of #{a := 1} -> one; #{a := 1.0} -> onef; #{a := _} -> any; _ -> none end
     || M <- [#{a => 1}, #{a => 1.0}, #{a => 2}, #{}]].
match_bound_key() -> K = id(k), #{K := V} = id(#{k => 5, j => 6}), V.
match_bound_key_from_tuple() ->
    [begin #{K := V} = id(#{1 => a, 1.0 => b, {1} => c}), V end || K <- [1, 1.0, {1}]].
match_key_expression() ->
    X = id(3), #{{X, a} := V, (X + 1) := W} = id(#{{3, a} => v, 4 => w}), {V, W}.
match_key_expression_fails() -> X = id(a), case id(#{1 => 2}) of #{(X + 1) := V} -> V; _ -> no end.
match_binary_key() -> #{<<"key">> := V} = id(#{<<"key">> => 1}), V.
match_string_key() -> #{"key" := V} = id(#{"key" => 1}), V.
match_big_integer_key() -> #{16#FFFFFFFFFFFFFFFFFF := V} = id(#{16#FFFFFFFFFFFFFFFFFF => big}), V.
match_float_key() -> #{1.5 := V} = id(#{1.5 => f}), V.
match_map_key() -> #{#{a => 1} := V} = id(#{#{a => 1} => in}), V.
match_nil_and_tuple_keys() -> #{[] := A, {} := B} = id(#{[] => 1, {} => 2}), {A, B}.
match_same_value_twice() ->
    [case id(M) of #{a := X, b := X} -> {same, X}; #{a := X, b := Y} -> {X, Y} end
     || M <- [#{a => 1, b => 1}, #{a => 1, b => 1.0}]].
match_bound_value() ->
    V = id(2), [case id(M) of #{a := V} -> yes; _ -> no end || M <- [#{a => 2}, #{a => 3}, #{}]].
match_in_function_head() ->
    [head(id(M)) || M <- [#{type => circle, r => 2}, #{type => square, side => 3}, #{type => blob},
                          #{}, x]].
head(#{type := circle, r := R}) -> {circle, R * R};
head(#{type := square, side := S}) -> {square, S * S};
head(#{type := T}) -> {unknown, T};
head(#{}) -> untyped;
head(_) -> not_a_map.
match_and_whole() -> #{a := A} = M = id(#{a => 1, b => 2}), {A, map_size(M)}.
match_nested_list() -> #{l := [H | T], t := {_, X}} = id(#{l => [1, 2, 3], t => {a, b}}), {H, T, X}.
match_in_fun_head() ->
    F = fun(#{x := X}) -> X; (#{y := Y}) -> {y, Y} end,
    [F(id(#{x => 1})), F(id(#{y => 2})), case_lib:class(fun() -> F(id(#{})) end)].
match_in_comprehension_generator() ->
    [X || #{x := X} <- id([#{x => 1}, #{y => 2}, a, #{x => 3, y => 4}])].
match_many_keys() ->
    #{a := A, b := B, c := C, d := D, e := E,
      f := F} = id(#{a => 1, b => 2, c => 3, d => 4, e => 5, f => 6, g => 7}), {A, B, C, D, E, F}.
match_many_keys_one_missing() ->
    case id(#{a => 1, b => 2, d => 4, e => 5}) of #{a := A, b := B, c := C, d := D} -> {A, B, C, D};
    #{a := A, e := E} -> {A, E} end.
match_in_large() ->
    M = maps:from_list([{K, {v, K}} || K <- lists:seq(1, 100)]), #{1 := A, 50 := B, 100 := C} = M,
    {A, B, C, case M of #{101 := X} -> X; #{} -> none end}.
match_bound_key_in_large() ->
    M = maps:from_list([{{K}, K} || K <- lists:seq(1, 100)]),
    [case M of #{{K} := V} -> V; _ -> none end || K <- id([0, 1, 100, 101])].
match_fails_leaves_no_binding() ->
    case id(#{a => {1, 2}}) of #{a := {X, 3}} -> X; #{a := {X, Y}} -> {X, Y} end.
match_atom_keys_many_clauses() ->
    [kind(id(M)) || M <- [#{a => 1}, #{b => 1}, #{c => 1}, #{a => 1, b => 1}, #{a => 2, b => 1}]].
kind(#{a := 1, b := 1}) -> both;
kind(#{a := 1}) -> a;
kind(#{b := 1}) -> b;
kind(#{}) -> neither.

guard_is_map() ->
    [case id(X) of M when is_map(M) -> yes; _ -> no end || X <- [#{}, #{a => 1}, [], {}, a, 1]].
guard_map_size() ->
    [case id(X) of M when map_size(M) > 1 -> many; M when map_size(M) >= 0 -> few; _ -> no end
     || X <- [#{}, #{a => 1}, #{a => 1, b => 2}, {}, a]].
guard_is_map_key() ->
    [case id(X) of M when is_map_key(a, M) -> yes; _ -> no end
     || X <- [#{a => 1}, #{b => 1}, a, []]].
guard_map_get() ->
    [case id(X) of M when map_get(a, M) > 1 -> more; M when is_map(M) -> map; _ -> no end
     || X <- [#{a => 2}, #{a => 1}, #{}, a]].
guard_map_get_or() ->
    [case id(X) of M when map_get(a, M); is_map(M) -> yes; _ -> no end
     || X <- [#{a => true}, #{a => false}, #{}, a]].
guard_map_literal_equal() ->
    [case id(X) of M when M =:= #{a => 1} -> yes; _ -> no end
     || X <- [#{a => 1}, #{a => 1.0}, #{}]].
guard_map_construct() ->
    [case {id(X), id(K)} of {M, K1} when M =:= #{K1 => 1} -> yes; _ -> no end
     || {X, K} <- [{#{a => 1}, a}, {#{a => 1}, b}]].
guard_map_update() ->
    [case id(X) of M when M#{a => 2} =:= #{a => 2} -> yes; _ -> no end
     || X <- [#{a => 1}, #{}, #{b => 1}, x]].
guard_map_update_exact() ->
    [case id(X) of M when M#{a := 2} =:= #{a => 2} -> yes; _ -> no end
     || X <- [#{a => 1}, #{}, #{b => 1}, x]].
guard_is_map_key_literal_true() -> [is_map_key(id(1), #{1 => a}), is_map_key(id(1.0), #{1 => a})].
equality_in_case() -> M = id(#{a => 1}), case id(#{a => 1}) of M -> same; _ -> other end.
typed_update_in_loop() -> loop(id(#{n => 0, sum => 0}), 100).
loop(M, 0) -> M;
loop(#{n := N, sum := S} = M, K) -> loop(M#{n := N + 1, sum := S + N}, K - 1).
typed_grow_in_loop() -> grow(#{}, 20).
grow(M, 0) -> M;
grow(M, N) -> grow(M#{N => N, last => N}, N - 1).
shared_keys_after_update() ->
    M = id(#{a => 1, b => 2}), N = M#{a := 3}, O = M#{b := 4},
    {M, N, O, maps:keys(N) =:= maps:keys(O)}.
