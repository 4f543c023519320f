%% == against =:= on every type, in guards, in matches, and in the library
%% functions that use one or the other.
-module(order_equality).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
e(A, B) -> {A == B, A /= B, A =:= B, A =/= B}.
all(Ps) -> [e(id(A), id(B)) || {A, B} <- Ps].

numbers() -> all([{1, 1}, {1, 1.0}, {1.0, 1.0}, {0.0, -0.0}, {1, 2}]).
bigs() -> all([{1 bsl 64, 1 bsl 64}, {1 bsl 64, 18446744073709551616.0}, {(1 bsl 64) + 1, 18446744073709551616.0}]).
tuples() -> all([{{}, {}}, {{1}, {1.0}}, {{1}, {1}}, {{1, 2}, {1}}, {{a, {1}}, {a, {1.0}}}]).
lists() -> all([{[], []}, {[1], [1.0]}, {[1, 2], [1, 2]}, {[1 | 2], [1 | 2.0]}, {"a", [97]}]).
maps() -> all([{#{}, #{}}, {#{a => 1}, #{a => 1.0}}, {#{1 => a}, #{1.0 => a}}, {#{a => {1}}, #{a => {1.0}}}]).
binaries() -> all([{<<>>, <<>>}, {<<1>>, <<1>>}, {<<1>>, <<1:7>>}, {<<1.0/float>>, <<63, 240, 0, 0, 0, 0, 0, 0>>}]).
atoms() -> all([{a, a}, {a, b}, {true, 'true'}, {'', ''}, {[], nil}]).
across_types() -> all([{1, a}, {"a", a}, {<<"a">>, "a"}, {{}, []}, {#{}, []}, {[], <<>>}, {0, false}]).
in_guards() -> [{g1(A, B), g2(A, B)} || {A, B} <- [{1, 1}, {1, 1.0}, {{1}, {1.0}}, {a, a}, {[], {}}]].
g1(A, B) when A == B -> yes;
g1(_, _) -> no.
g2(A, B) when A =:= B -> yes;
g2(_, _) -> no.
negated_in_guards() -> [{n1(A, B), n2(A, B)} || {A, B} <- [{1, 1}, {1, 1.0}, {{1}, {1.0}}, {a, a}, {[], {}}]].
n1(A, B) when A /= B -> yes;
n1(_, _) -> no.
n2(A, B) when A =/= B -> yes;
n2(_, _) -> no.
matching_is_exact() -> [m1(1, 1.0), m1(1, 1), m1({1}, {1.0}), m1([a], [a]), m1(#{k => 1}, #{k => 1})].
m1(X, Y) -> case Y of X -> match; _ -> differ end.
repeated_variable_is_exact() -> [rep({1, 1}), rep({1, 1.0}), rep({[a], [a]}), rep({0.0, -0.0})].
rep({X, Y}) when X == Y, X =:= Y -> exact;
rep({X, Y}) when X == Y -> loose;
rep(_) -> differ.
against_literals() -> [{X == 1, X =:= 1, X == 1.0, X =:= 1.0} || X <- [id(1), 1.0, 2, a]].
against_empty_list() -> [{X == [], X =:= [], X /= [], X =/= []} || X <- [id([]), [a], {}, "", nil]].
against_empty_tuple() -> [{X == {}, X =:= {}} || X <- [id({}), {a}, [], #{}]].
against_literal_tuple() -> [{X == {a, 1}, X =:= {a, 1}} || X <- [id({a, 1}), {a, 1.0}, {a, 2}, {a}]].
against_literal_map() -> [{X == #{a => 1}, X =:= #{a => 1}} || X <- [id(#{a => 1}), #{a => 1.0}, #{}, #{a => 1, b => 2}]].
against_literal_binary() -> [{X == <<"ab">>, X =:= <<"ab">>} || X <- [id(<<"ab">>), <<"a">>, "ab", <<"abc">>]].
against_literal_string() -> [{X == "ab", X =:= "ab"} || X <- [id("ab"), "a", [97, 98.0], <<"ab">>]].
against_literal_big() -> [{X == 18446744073709551616, X =:= 18446744073709551616} || X <- [id(1 bsl 64), 18446744073709551616.0, 0, a]].
shared_subterms() -> T = id({big, [1, 2, 3]}), [e({T, T}, {T, T}), e([T | T], [T | T]), e({T, 1}, {T, 1.0})].
list_functions_exact() -> [lists:member(1.0, [1, 2]), lists:delete(1.0, [1, 1.0]), [1, 2, 3] -- [1.0, 2.0], lists:usort([1, 1.0])].
key_functions_loose() -> [lists:keyfind(1.0, 1, [{1, a}]), lists:keydelete(1.0, 1, [{1, a}, {1, b}]), lists:keyreplace(1, 1, [{1.0, a}], {z}), lists:keystore(2.0, 1, [{2, a}], {new}), lists:keytake(1.0, 1, [{1, x}])].
key_functions_more() -> [lists:keymember(1.0, 2, [{a, 1}]), lists:keysearch(1.0, 1, [{1, a}]), lists:keymember(x, 3, [{a}, b, {x, x}])].
ord_structures_loose() -> [orddict:find(1.0, [{1, a}]), ordsets:is_element(1.0, [1, 2]), orddict:store(1.0, b, [{1, a}]), ordsets:add_element(1.0, [1])].
phash2_of_equal_terms() -> [erlang:phash2(id(1)) =:= erlang:phash2(id(1.0)), erlang:phash2(0.0) =:= erlang:phash2(id(-0.0)), erlang:phash2({a, [1 bsl 64]}) =:= erlang:phash2({a, [id(1) bsl 64]})].
boolean_results_are_atoms() -> [is_boolean(id(1) == 1), (id(1) == 1) =:= true, atom_to_list(id(1) =:= 2)].
comparison_operators_nest() -> [(id(1) < 2) == true, (id(2) < 1) < (id(1) < 2), (id(a) == b) =:= (id(b) == a), id(true) > (id(1) < 0)].
andalso_with_equality() -> [id(1) == 1.0 andalso id(1) =:= 1, id(1) == 1.0 andalso id(1) =:= 1.0, id(1) /= 1.0 orelse id(1) =/= 1.0].
equality_of_funs() -> F = fun lists:sort/1, all([{F, fun lists:sort/1}, {F, fun lists:sort/2}, {F, lists}]).
long_strings_differ_late() -> A = lists:duplicate(5000, $a), all([{A ++ "b", A ++ "c"}, {A ++ "b", A ++ "b"}, {A ++ [1], A ++ [1.0]}]).
