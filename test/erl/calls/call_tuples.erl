%% Tuple builtins and records: making, reading, changing and refusing.
-module(call_tuples).
-compile([export_all, nowarn_export_all]).
-record(p, {x = 0, y = 0, tags = []}).
-record(big, {f1 = 1, f2 = 2, f3 = 3, f4 = 4, f5 = 5, f6 = 6, f7 = 7, f8 = 8, f9 = 9, f10 = 10}).
-record(empty, {}).
-record(nested, {p = #p{}, n}).

id(X) -> X.
t(F) -> try F() of V -> {value, V} catch C:R -> {C, R} end.

setelement_each_position() -> T = id({a, b, c}), [setelement(I, T, x) || I <- [1, 2, 3]] ++ [T].
setelement_constant_chain() -> T = id({1, 2, 3, 4}), setelement(1, setelement(2, setelement(4, T, d), b), a).
setelement_chain_aliases_original() -> T = id({1, 2, 3}), U = setelement(3, T, c), V = setelement(2, U, b), W = setelement(1, V, a), [T, U, V, W].
setelement_errors() -> [t(fun() -> setelement(id(I), id(T), v) end) || {I, T} <- [{0, {a}}, {2, {a}}, {-1, {a}}, {1.0, {a}}, {1, {}}, {a, {a}}, {1, [a]}, {1 bsl 64, {a}}]].
element_errors() -> [t(fun() -> element(id(I), id(T)) end) || {I, T} <- [{0, {a}}, {2, {a}}, {1, {}}, {a, {b}}, {1, [a]}, {1 bsl 64, {a}}, {-(1 bsl 64), {a}}]].
element_every_position() -> T = list_to_tuple(lists:seq(1, 40)), [element(I, T) || I <- lists:seq(1, 40)].
make_tuple_2() -> [erlang:make_tuple(id(N), x) || N <- [0, 1, 3]].
make_tuple_2_large() -> T = erlang:make_tuple(id(50000), {a}), {tuple_size(T), element(50000, T)}.
make_tuple_2_errors() -> [t(fun() -> erlang:make_tuple(id(N), x) end) || N <- [-1, a, 1.0, 1 bsl 64, 1 bsl 24]].
make_tuple_3() -> [erlang:make_tuple(4, d, id(L)) || L <- [[], [{1, a}], [{4, z}, {2, b}], [{2, first}, {2, second}]]].
make_tuple_3_errors() -> [t(fun() -> erlang:make_tuple(2, d, id(L)) end) || L <- [[{3, x}], [{0, x}], [a], a, [{1, x} | y], [{1}], [{a, b}]]].
append_element_grows() -> lists:foldl(fun(X, T) -> erlang:append_element(T, X) end, {}, [a, 1, {b}, []]).
append_element_errors() -> [t(fun() -> erlang:append_element(id(X), a) end) || X <- [{}, [], a, #{}]].
delete_element_each() -> [erlang:delete_element(I, id({a, b, c})) || I <- [1, 2, 3]] ++ [erlang:delete_element(1, id({z}))].
delete_element_errors() -> [t(fun() -> erlang:delete_element(id(I), id(T)) end) || {I, T} <- [{0, {a}}, {2, {a}}, {1, {}}, {a, {a}}, {1, []}]].
insert_element_each() -> [erlang:insert_element(I, id({a, b}), new) || I <- [1, 2, 3]] ++ [erlang:insert_element(1, id({}), only)].
insert_element_errors() -> [t(fun() -> erlang:insert_element(id(I), id(T), x) end) || {I, T} <- [{0, {a}}, {3, {a}}, {a, {a}}, {1, []}, {-1, {}}]].
list_to_tuple_sizes() -> [list_to_tuple(id(L)) || L <- [[], [a], [1, [2], {3}]]] ++ [tuple_size(list_to_tuple(lists:seq(1, 5000)))].
list_to_tuple_errors() -> [t(fun() -> list_to_tuple(id(L)) end) || L <- [a, {}, [a | b], <<1>>, 1]].
tuple_to_list_sizes() -> [tuple_to_list(id(T)) || T <- [{}, {a}, {1, [2], {3}}]].
tuple_to_list_errors() -> [t(fun() -> tuple_to_list(id(T)) end) || T <- [a, [], #{}, 1]].
round_trip() -> [N || N <- [0, 1, 2, 10, 255, 256, 1000], tuple_to_list(list_to_tuple(lists:seq(1, N))) =/= lists:seq(1, N)].
tuple_size_table() -> [t(fun() -> tuple_size(id(T)) end) || T <- [{}, {a}, {a, b, c}, [], a]].
tuple_with_equal_parts() -> A = id([1, 2]), T = {A, A, {A}}, [T, setelement(1, T, x), element(1, element(3, T)) =:= A].
empty_tuple() -> [id({}), tuple_size({}), {} =:= list_to_tuple([]), is_tuple(id({}))].
deep_update() -> T = id({1, {2, {3, {4}}}}), {A, {B, {C, {_}}}} = T, {T, {A, {B, {C, {four}}}}}.
array_in_tuple_loop() -> T = lists:foldl(fun(I, A) -> setelement(I, A, element(I, A) + I) end, erlang:make_tuple(100, 0), lists:seq(1, 100)), {element(1, T), element(50, T), element(100, T)}.
record_defaults() -> [#p{}, #empty{}, #big{}, #nested{}].
record_construction() -> [#p{x = id(1)}, #p{y = id(2), x = id(3)}, #p{tags = [a]}, #p{_ = id(d)}, #p{x = 1, _ = rest}].
record_access() -> P = id(#p{x = 1, y = 2}), [P#p.x, P#p.y, P#p.tags].
record_field_index() -> [#p.x, #p.y, #p.tags, #big.f10].
record_update_one() -> P = id(#p{}), [P#p{x = 5}, P#p{y = a}, P].
record_update_several() -> B = id(#big{}), B#big{f1 = a, f5 = b, f10 = c}.
record_update_most() -> B = id(#big{}), B#big{f1 = 1, f2 = b, f3 = c, f4 = d, f5 = e, f6 = f, f7 = g, f8 = h, f9 = i}.
record_update_chain() -> P = id(#p{}), ((P#p{x = 1})#p{y = 2})#p{tags = [t]}.
record_update_old_value() -> P = id(#p{x = 1}), P#p{x = P#p.x + 1, y = P#p.x}.
record_nested() -> N = id(#nested{p = #p{x = 1}}), [(N#nested.p)#p.x, N#nested{p = (N#nested.p)#p{x = 2}}].
record_errors() -> [t(fun() -> (id(X))#p.x end) || X <- [#p{}, {p, 1}, {q, 1, 2, 3}, a, []]] ++ [t(fun() -> (id(X))#p{x = 1} end) || X <- [{p, 1}, {q, 1, 2, 3}, a]].
record_patterns() -> [rp(X) || X <- [#p{x = 1}, #p{y = 5}, #p{x = 2, y = 2}, #empty{}, #big{}, {p}, a]].
rp(#p{x = 1}) -> x_is_1;
rp(#p{x = A, y = A}) -> {same, A};
rp(#p{y = Y}) -> {y, Y};
rp(#empty{}) -> empty;
rp(#big{f10 = F}) -> {big, F};
rp(_) -> none.
record_in_guard() -> [rg(X) || X <- [#p{x = 5}, #p{x = -5}, #p{x = a}, {p, 9}]].
rg(P) when is_record(P, p), P#p.x > 0 -> positive;
rg(P) when P#p.x < 0 -> negative;
rg(_) -> none.
record_info_values() -> [record_info(fields, p), record_info(size, p), record_info(size, empty), record_info(fields, big)].
record_as_tuple() -> [element(1, id(#p{})), tuple_size(id(#p{})), setelement(#p.x, id(#p{}), z), tuple_to_list(#p{x = q})].
tuple_in_loop_as_state() -> loop(id(1000), {0, [], #{}}).
loop(0, {A, B, C}) -> {A, length(B), map_size(C)};
loop(N, {A, B, C}) -> loop(N - 1, {A + N, [N | B], C#{N rem 7 => N}}).
swap_elements() -> T = id({1, 2, 3}), {A, B, C} = T, [{C, B, A}, {B, A, C}, {{A, B}, C}].
tuples_shared_in_list() -> T = id({a, {b, [c]}}), L = lists:duplicate(3, T), {L, length(lists:usort(L)), erlang:phash2(L)}.
