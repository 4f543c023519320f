%% Errors of the maps BIFs and of the maps module: class, reason, top frame.
-module(maps_errors).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

junk() -> [a, 1, [], {}, <<>>, [{a, 1}], 1.0].
top(F) -> case_lib:top(F).
text(F) -> case_lib:text(F).

get_missing() -> [top(fun() -> maps:get(id(K), id(#{a => 1})) end) || K <- [b, 1, {a}, "a", 1.0]].
get_not_map() -> [top(fun() -> maps:get(id(a), id(M)) end) || M <- junk()].
get_3_not_map() -> [top(fun() -> maps:get(id(a), id(M), d) end) || M <- [a, []]].
map_get_missing() -> top(fun() -> map_get(id(b), id(#{a => 1})) end).
map_get_not_map() -> [top(fun() -> map_get(id(b), id(M)) end) || M <- junk()].
map_size_not_map() -> [top(fun() -> map_size(id(M)) end) || M <- junk()].
maps_size_not_map() -> [top(fun() -> maps:size(id(M)) end) || M <- [a, []]].
is_map_key_not_map() -> [top(fun() -> is_map_key(id(b), id(M)) end) || M <- junk()].
maps_is_key_not_map() -> [top(fun() -> maps:is_key(id(b), id(M)) end) || M <- [a, []]].
find_not_map() -> [top(fun() -> maps:find(id(b), id(M)) end) || M <- junk()].
put_not_map() -> [top(fun() -> maps:put(id(a), id(b), id(M)) end) || M <- junk()].
update_not_map() -> [top(fun() -> maps:update(id(a), id(b), id(M)) end) || M <- [a, []]].
update_missing() -> top(fun() -> maps:update(id(x), id(b), id(#{a => 1})) end).
update_missing_large() ->
    case_lib:class(fun() -> maps:update(id(x), b,
                                        maps:from_list([{K, K} || K <- lists:seq(1, 33)])) end).
remove_not_map() -> [top(fun() -> maps:remove(id(a), id(M)) end) || M <- junk()].
take_not_map() -> [top(fun() -> maps:take(id(a), id(M)) end) || M <- [a, []]].
keys_not_map() -> [top(fun() -> maps:keys(id(M)) end) || M <- junk()].
values_not_map() -> [top(fun() -> maps:values(id(M)) end) || M <- [a, []]].
to_list_not_map() -> [top(fun() -> maps:to_list(id(M)) end) || M <- [a, []]].
merge_not_map() ->
    [top(fun() -> maps:merge(id(A), id(B)) end)
     || {A, B} <- [{a, #{}}, {#{}, b}, {a, b}, {[], #{}}]].
merge_with_not_map() ->
    [case_lib:class(fun() -> maps:merge_with(fun(_, _, _) -> 1 end, id(A), id(B)) end)
     || {A, B} <- [{a, #{}}, {#{}, b}]].
merge_with_bad_fun() -> top(fun() -> maps:merge_with(id(f), #{}, #{}) end).
from_list_errors() ->
    [top(fun() -> maps:from_list(id(L)) end)
     || L <- [a, [a], [{a}], [{a, b, c}], [{a, b} | c], [{a, 1}, b], #{}, {a, b}]].
from_keys_errors() -> [top(fun() -> maps:from_keys(id(L), v) end) || L <- [a, [a | b], #{}]].
fold_errors() ->
    [case_lib:class(fun() -> maps:fold(id(F), 0, id(M)) end)
     || {F, M} <- [{f, #{}}, {fun lists:append/2, #{}}, {fun lists:foldl/3, a}]].
map_errors() ->
    [case_lib:class(fun() -> maps:map(id(F), id(M)) end)
     || {F, M} <- [{f, #{}}, {fun lists:foldl/3, #{}}, {fun lists:append/2, a}]].
filter_errors() ->
    [case_lib:class(fun() -> maps:filter(id(F), id(M)) end)
     || {F, M} <- [{f, #{}}, {fun lists:append/2, a}]].
filter_fun_not_boolean() ->
    case_lib:class(fun() -> maps:filter(fun(_, _) -> id(maybe) end, #{a => 1}) end).
filtermap_fun_bad() ->
    case_lib:class(fun() -> maps:filtermap(fun(_, _) -> id(maybe) end, #{a => 1}) end).
foreach_errors() ->
    [case_lib:class(fun() -> maps:foreach(id(F), id(M)) end)
     || {F, M} <- [{f, #{}}, {fun lists:append/2, a}]].
iterator_errors() -> [top(fun() -> maps:iterator(id(M)) end) || M <- [a, []]].
next_errors() -> [case_lib:class(fun() -> maps:next(id(M)) end) || M <- [a, [], #{}, [1 | a]]].
update_with_errors() -> [case_lib:class(fun() -> maps:update_with(id(K), id(F), id(M)) end)
                         || {K, F, M} <- [{a, f, #{a => 1}}, {b, fun erlang:abs/1, #{a => 1}},
                                          {a, fun erlang:abs/1, a},
                                          {a, fun erlang:'+'/2, #{a => 1}}]].
update_with_fun_raises() ->
    case_lib:class(fun() -> maps:update_with(a, fun(X) -> throw({thrown, X}) end, #{a => 1}) end).
with_without_errors() ->
    [case_lib:class(fun() -> maps:F(id(K), id(M)) end) || F <- [with, without],
     {K, M} <- [{a, #{}}, {[a], b}, {[a | b], #{a => 1}}]].
intersect_errors() ->
    [case_lib:class(fun() -> maps:intersect(id(A), id(B)) end)
     || {A, B} <- [{a, #{}}, {#{}, b}, {a, b}]].
text_get_missing() -> text(fun() -> maps:get(id(b), id(#{a => 1})) end).
text_get_not_map() -> text(fun() -> maps:get(id(b), id(x)) end).
text_merge_both() -> text(fun() -> maps:merge(id(x), id(y)) end).
text_from_list() -> text(fun() -> maps:from_list(id([a])) end).
text_from_keys() -> text(fun() -> maps:from_keys(id([a | b]), 1) end).
text_map_size() -> text(fun() -> map_size(id(x)) end).
text_update() -> text(fun() -> maps:update(id(x), 1, id(#{})) end).
text_put() -> text(fun() -> maps:put(1, 2, id(x)) end).
text_take() -> text(fun() -> maps:take(1, id(x)) end).
text_remove() -> text(fun() -> maps:remove(1, id(x)) end).
text_iterator() -> text(fun() -> maps:iterator(id(x)) end).
text_fold() -> text(fun() -> maps:fold(id(f), 0, id(#{})) end).
badkey_is_the_key_itself() ->
    K = id({deep, [key, #{a => 1}]}),
    try maps:get(K, id(#{})) catch error:{badkey, K2} -> K =:= K2 end.
badmap_is_the_term_itself() ->
    T = id({not_, "a map"}), try T#{a => 1} catch error:{badmap, T2} -> T =:= T2 end.
