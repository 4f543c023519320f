%% Maps order by size, then keys in term order (integers before floats), then
%% values; equality of keys is exact, of values as the operator says.
-module(order_maps).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
c(A, B) -> {A < B, A == B, A =:= B, A > B}.
s(L) -> lists:sort(L).
m(N) -> maps:from_list([{I, I} || I <- lists:seq(1, N)]).

by_size_first() -> s([#{a => 1, b => 2}, #{}, #{z => 9}, #{1 => 1, 2 => 2, 3 => 3}]).
by_keys_then_values() -> s([#{b => 1}, #{a => 2}, #{a => 1}, #{c => 0}]).
keys_decide_before_values() -> [c(id(#{a => 9, b => 9}), #{a => 0, c => 0}), c(id(#{a => 1, c => 1}), #{b => 0, c => 0})].
smallest_differing_key_decides() -> [c(id(#{a => 1, z => 1}), #{b => 1, c => 1}), c(id(#{1 => x, 9 => x}), #{2 => x, 3 => x})].
values_in_key_order() -> [c(id(#{a => 1, b => 9}), #{a => 2, b => 0}), c(id(#{a => 1, b => 2}), #{a => 1, b => 1})].
int_key_less_than_float_key() -> [c(id(#{1 => x}), #{1.0 => x}), c(id(#{2 => x}), #{1.0 => x}), c(id(#{1.0 => x}), #{2 => x}), c(id(#{5 => x}), #{0.5 => x})].
float_keys_against_big_keys() -> [c(id(#{1 bsl 70 => x}), #{1.0 => x}), c(id(#{-1.0 => x}), #{-(1 bsl 70) => x})].
number_keys_sorted() -> s([#{1.0 => a}, #{1 => a}, #{2 => a}, #{1.5 => a}, #{0.5 => a}, #{1 bsl 64 => a}]).
key_types_order() -> s([#{K => x} || K <- [<<>>, [], {}, a, 1, 1.0, #{}, "s"]]).
equal_values_int_and_float() -> [c(id(#{a => 1}), #{a => 1.0}), c(id(#{a => [1]}), #{a => [1.0]}), c(id(#{a => 1, b => 2}), #{a => 1.0, b => 3})].
equal_keys_must_be_exact() -> [id(#{1 => a}) == #{1.0 => a}, id(#{{1} => a}) == #{{1.0} => a}, id(#{[1] => a}) =:= #{[1] => a}].
nested_key_int_float() -> [c(id(#{{1} => x}), #{{1.0} => x}), c(id(#{[1] => x}), #{[1.0] => x}), c(id(#{{1.0} => x}), #{{2} => x})].
empty_maps() -> [c(id(#{}), #{}), id(#{}) =:= maps:new(), id(#{}) =:= maps:remove(a, #{a => 1})].
build_order_does_not_matter() -> A = #{a => 1, b => 2, c => 3}, B = maps:put(a, 1, maps:put(c, 3, #{b => 2})), c(A, B).
build_order_large_maps() -> L = [{I * 7919 rem 1009, I} || I <- lists:seq(1, 500)], [maps:from_list(L) =:= maps:from_list(lists:reverse(L)), c(maps:from_list(L), lists:foldl(fun({K, V}, M) -> M#{K => V} end, #{}, L))].
large_map_by_size() -> [c(m(33), m(34)), c(m(32), m(33)), c(m(1000), m(999))].
large_map_values() -> M = m(100), [c(M, M#{100 => 101}), c(M, M#{1 => 0}), c(M, M#{50 => 50.0}), c(M#{1 => 2, 100 => 0}, M#{1 => 1})].
large_map_keys() -> M = m(100), A = maps:remove(50, M), B = maps:remove(51, M), [c(A, B), c(A#{a => 1}, M), c(B#{0 => 0}, M), c(maps:remove(1, M), maps:remove(100, M))].
large_map_float_key() -> M = m(100), A = (maps:remove(50, M))#{50.0 => 50}, [c(A, M), A == M, map_size(A) =:= map_size(M)].
shrunk_map_equals_small_one() -> M = lists:foldl(fun maps:remove/2, m(100), lists:seq(11, 100)), [c(M, m(10)), M =:= m(10), map_size(M)].
grown_map_equals_built_one() -> M = lists:foldl(fun(I, A) -> A#{I => I} end, m(5), lists:seq(6, 80)), [M =:= m(80), c(M, m(80))].
maps_in_lists_sorted() -> s([[#{a => 2}], [#{a => 1}], [#{}], [#{a => 1}, 0], []]).
map_against_other_types() -> [c(id(#{}), {}), c(id(#{a => 1}), []), c(id(#{}), zzz), c(id(#{}), <<>>), c(id(#{}), 1 bsl 100)].
nested_maps() -> s([#{a => #{b => 2}}, #{a => #{b => 1}}, #{a => #{}}, #{a => #{a => 9}}, #{a => []}]).
maps_as_keys() -> M = #{#{} => empty, #{a => 1} => one, #{a => 1.0} => float}, [maps:get(id(#{}), M), maps:get(id(#{a => 1}), M), maps:get(id(#{a => 1.0}), M), map_size(M)].
comparison_transitive() ->
    L = [#{}, #{a => 1}, #{a => 2}, #{b => 1}, #{1 => 1}, #{1.0 => 1}, #{2 => 0}, #{a => 1, b => 1}, #{a => 1, b => 2}, #{1 => 1, a => 1}, #{1.0 => 1, a => 0}],
    length([x || A <- L, B <- L, A < B, C <- L, B < C, not (A < C)]).
comparison_trichotomy() ->
    L = [#{}, #{a => 1}, #{a => 1.0}, #{b => 1}, #{1 => 1}, #{1.0 => 1}, #{2 => 0}, #{a => 1, b => 1}, m(33), m(40), (m(40))#{1 => 0}],
    [{map_size(A), map_size(B)} || A <- L, B <- L, length([x || true <- [A < B, A == B, A > B]]) =/= 1].
order_of_small_map_keys() -> [maps:keys(#{b => 1, a => 2, c => 3}), maps:to_list(#{2 => a, 1 => b, 1.0 => c, x => d, "s" => e, <<"b">> => f, {} => g})].
order_of_small_map_number_keys() -> maps:keys(#{3 => a, 1.5 => b, 2 => c, 0.5 => d, -1 => e, 1 bsl 64 => f, -(1 bsl 64) => g, 1.0e30 => h}).
printing_small_map() -> #{z => 1, a => 2, 10 => 3, 9.5 => 4, "k" => 5, {t} => 6, <<"b">> => 7, [] => 8, #{} => 9}.
min_max_of_maps() -> [min(#{a => 1}, #{b => 0}), max(#{a => 1}, #{b => 0}), min(#{}, #{a => 1}), lists:max([#{a => 1}, #{}, #{a => 2}])].
equality_after_update_same_value() -> M = #{a => 1, b => 2}, [M#{a := 1} =:= M, M#{a => 1} == M, M#{a := 1.0} == M, M#{a := 1.0} =:= M].
