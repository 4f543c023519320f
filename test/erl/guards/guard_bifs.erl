%% The functions allowed in guards, with right arguments and wrong ones: in a
%% guard a wrong one fails, in a body it raises.
-module(guard_bifs).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
odd() -> [1, 1.5, a, [], [1, 2], [1 | 2], {}, {a, b}, #{}, #{a => 1}, <<>>, <<1, 2>>, <<1:5>>, 1 bsl 64].

length_guard() -> [if length(X) >= 0 -> ok; true -> failed end || X <- odd()].
length_body() -> [t(fun() -> length(id(X)) end) || X <- odd()].
length_improper() -> [t(fun() -> length(id(L)) end) || L <- [[a | b], [1, 2, 3 | 4], [[] | {}], [[a | b]]]].
length_long() -> length(id(lists:seq(1, 5000))).
hd_guard() -> [if hd(X) =:= 1 -> one; hd(X) =/= 1 -> other; true -> failed end || X <- odd()].
hd_body() -> [t(fun() -> hd(id(X)) end) || X <- odd()].
tl_guard() -> [if tl(X) =:= [2] -> two; is_integer(tl(X)) -> integer; true -> failed end || X <- odd()].
tl_body() -> [t(fun() -> tl(id(X)) end) || X <- odd()].
tuple_size_guard() -> [if tuple_size(X) > 0 -> some; tuple_size(X) =:= 0 -> none; true -> failed end || X <- odd()].
tuple_size_body() -> [t(fun() -> tuple_size(id(X)) end) || X <- odd()].
size_guard() -> [if size(X) >= 0 -> size(X); true -> failed end || X <- odd()].
size_body() -> [t(fun() -> size(id(X)) end) || X <- odd()].
byte_size_guard() -> [if byte_size(X) >= 0 -> byte_size(X); true -> failed end || X <- odd()].
byte_size_body() -> [t(fun() -> byte_size(id(X)) end) || X <- odd()].
bit_size_guard() -> [if bit_size(X) >= 0 -> bit_size(X); true -> failed end || X <- odd()].
bit_size_body() -> [t(fun() -> bit_size(id(X)) end) || X <- odd()].
map_size_guard() -> [if map_size(X) >= 0 -> map_size(X); true -> failed end || X <- odd()].
map_size_body() -> [t(fun() -> map_size(id(X)) end) || X <- odd()].
abs_guard() -> [if abs(X) >= 0 -> abs(X); true -> failed end || X <- [-5, -1.5, -(1 bsl 64) | odd()]].
abs_body() -> [t(fun() -> abs(id(X)) end) || X <- [-5, -1.5, -(1 bsl 64) | odd()]].
float_guard() -> [if float(X) > 0 -> float(X); true -> failed end || X <- [1 bsl 1024 | odd()]].
float_body() -> [t(fun() -> float(id(X)) end) || X <- [1 bsl 1024 | odd()]].
round_trunc_guard() -> [if round(X) =:= 2, trunc(X) =:= 1 -> yes; true -> no end || X <- [1.5, 2.5, 2 | odd()]].
ceil_floor_guard() -> [if ceil(X) =:= floor(X) -> whole; ceil(X) =/= floor(X) -> fraction; true -> failed end || X <- odd()].
element_guard() -> [if element(N, T) =:= a -> yes; element(N, T) =/= a -> other; true -> failed end || {N, T} <- [{1, {a}}, {2, {a}}, {0, {a}}, {-1, {a}}, {1.0, {a}}, {a, {a}}, {1, []}, {1, a}, {2, {b, a}}, {1, {}}, {1 bsl 64, {a}}]].
element_body() -> [t(fun() -> element(id(N), id(T)) end) || {N, T} <- [{1, {a}}, {2, {a}}, {0, {a}}, {-1, {a}}, {1.0, {a}}, {a, {a}}, {1, []}, {1, a}, {2, {b, a}}, {1, {}}, {1 bsl 64, {a}}]].
element_constant_index_guard() -> [if element(2, T) =:= x -> yes; element(2, T) =/= x -> other; true -> failed end || T <- [{1, x}, {1, y}, {x}, {}, [], a, {a, x, z}]].
element_constant_index_body() -> [t(fun() -> element(2, id(T)) end) || T <- [{1, x}, {x}, {}, [], a, {a, x, z}]].
map_get_guard() -> [if map_get(k, M) =:= 1 -> one; map_get(k, M) =/= 1 -> other; true -> failed end || M <- [#{k => 1}, #{k => 2}, #{}, #{j => 1}, [], a, {k, 1}]].
map_get_body() -> [t(fun() -> map_get(id(k), id(M)) end) || M <- [#{k => 1}, #{}, [], a]].
map_get_key_kinds() -> M = #{1 => int, 1.0 => float, "s" => str, {t} => tup, #{} => map}, [t(fun() -> map_get(id(K), M) end) || K <- [1, 1.0, 2, "s", {t}, #{}, 2.0]].
is_map_key_guard() -> [if is_map_key(k, M) -> has; not is_map_key(k, M) -> lacks; true -> failed end || M <- [#{k => 1}, #{}, [], a, {k}]].
is_map_key_body() -> [t(fun() -> is_map_key(id(k), id(M)) end) || M <- [#{k => 1}, #{}, [], a, {k}]].
large_map_guards() -> M = maps:from_list([{I, I * I} || I <- lists:seq(1, 100)]), [if map_get(I, M) =:= 2500 -> yes; is_map_key(I, M) -> key; true -> none end || I <- [1, 50, 100, 101, 50.0, a]].
binary_part_guard() -> [if binary_part(B, 1, 2) =:= <<"bc">> -> yes; binary_part(B, 1, 2) =/= <<"bc">> -> other; true -> failed end || B <- [<<"abc">>, <<"abcd">>, <<"xyz">>, <<"ab">>, <<>>, "abc", <<"abc", 1:1>>]].
binary_part_tuple_guard() -> [if binary_part(<<"hello">>, P) =:= <<"ell">> -> yes; byte_size(binary_part(<<"hello">>, P)) >= 0 -> other; true -> failed end || P <- [{1, 3}, {4, -3}, {0, 5}, {0, 6}, {5, 0}, {6, 0}, {-1, 1}, {1}, a, {1, a}]].
binary_part_body() -> [t(fun() -> binary_part(id(<<"hello">>), id(S), id(L)) end) || {S, L} <- [{0, 5}, {5, -5}, {2, 2}, {2, 4}, {-1, 1}, {6, 0}, {5, 0}, {a, 1}, {1, 1.0}, {1 bsl 64, 1}]].
self_node_guard() -> [if is_pid(self()), self() =:= self() -> yes; true -> no end, if node() =:= node() -> yes; true -> no end].
node_of_non_pid_guard() -> [if node(X) =:= X -> yes; true -> failed end || X <- odd()].
arithmetic_guard() -> [if X + 1 > 2, X * 2 < 100 -> in; X - 1 < 0 -> low; true -> none end || X <- [0, 2, 60, 1.5, a, 1 bsl 64, -(1 bsl 64)]].
bitwise_guard() -> [if X band 1 =:= 1 -> odd; X band 1 =:= 0 -> even; true -> failed end || X <- [1, 2, -1, 1 bsl 64, (1 bsl 64) + 1, 1.0, a]].
shift_guard() -> [if X bsl 2 =:= 20 -> five; X bsr 1 =:= 5 -> ten; true -> none end || X <- [5, 10, 11, 5.0, a]].
div_rem_guard() -> [if X rem 3 =:= 0, X div 3 > 1 -> yes; true -> no end || X <- [0, 3, 6, 9, 10, -6, 6.0, a, 3 bsl 64]].
division_guard() -> [if 12 / X =:= 4.0 -> three; 12 / X > 0 -> pos; true -> none end || X <- [3, 3.0, 0, 0.0, -1, a, 100]].
nested_guard_calls() -> [if length(tl(tl(L))) =:= 1 -> three; hd(hd(L)) =:= x -> nested; element(1, hd(L)) =:= t -> tup; true -> none end || L <- [[1, 2, 3], [[x]], [{t}], [], [[]], a, [1]]].
guard_min_max() -> [t(fun() -> {min(id(A), B), max(id(A), B)} end) || {A, B} <- [{1, a}, {[], {}}, {1, 1.0}]].
body_error_is_not_guard_failure() -> [t(fun() -> case id(X) of Y when length(Y) > 0 -> hd(Y) + 1; Y -> {none, Y} end end) || X <- [[1], [a], [], 5]].
