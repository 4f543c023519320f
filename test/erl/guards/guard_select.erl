%% Clause selection: jump tables on atoms, integers, bigs, floats, mixtures,
%% tuple sizes, and matches of literals of every kind.
-module(guard_select).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.

dense_integers() -> [d(X) || X <- [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 1.0, a, 1 bsl 64]].
d(0) -> zero; d(1) -> one; d(2) -> two; d(3) -> three; d(4) -> four; d(5) -> five; d(6) -> six; d(7) -> seven; d(_) -> other.
dense_with_hole() -> [h(X) || X <- lists:seq(0, 12)].
h(1) -> a; h(2) -> b; h(3) -> c; h(5) -> e; h(6) -> f; h(7) -> g; h(9) -> i; h(10) -> j; h(_) -> hole.
dense_from_negative() -> [n(X) || X <- lists:seq(-5, 5)].
n(-3) -> m3; n(-2) -> m2; n(-1) -> m1; n(0) -> z; n(1) -> p1; n(2) -> p2; n(3) -> p3; n(_) -> other.
sparse_integers() -> [s(X) || X <- [0, 1, 10, 100, 1000, 10000, 100000, -1, -1000, 99, 101]].
s(1) -> a; s(10) -> b; s(100) -> c; s(1000) -> d; s(10000) -> e; s(100000) -> f; s(-1) -> g; s(-1000) -> h; s(_) -> other.
two_integers() -> [two(X) || X <- [3, 8, 5, a, 3.0, [], 1 bsl 64]].
two(3) -> three; two(8) -> eight; two(_) -> other.
integers_same_result() -> [w(X) || X <- lists:seq(0, 8)].
w(1) -> low; w(2) -> low; w(3) -> low; w(4) -> high; w(5) -> high; w(6) -> high; w(_) -> none.
border_integers() -> [b(id(X)) || X <- [(1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1, 0, 5.764607523034235e17]].
b(576460752303423487) -> max_small; b(576460752303423488) -> min_big; b(-576460752303423488) -> min_small; b(-576460752303423489) -> max_neg_big; b(0) -> zero; b(_) -> other.
big_integers() -> [bg(id(X)) || X <- [1 bsl 64, (1 bsl 64) + 1, -(1 bsl 64), 1 bsl 100, 5, 1.0, a]].
bg(18446744073709551616) -> b64; bg(18446744073709551617) -> b64p; bg(-18446744073709551616) -> m64; bg(1267650600228229401496703205376) -> b100; bg(5) -> five; bg(_) -> other.
atoms() -> [at(X) || X <- [a, b, c, d, e, f, 'A', aa, "a", 1, []]].
at(a) -> 1; at(b) -> 2; at(c) -> 3; at(d) -> 4; at(e) -> 5; at(f) -> 6; at(_) -> 0.
two_atoms() -> [ta(X) || X <- [ok, error, other, true, [], 0]].
ta(ok) -> 1; ta(error) -> 2; ta(_) -> 3.
booleans() -> [tb(X) || X <- [true, false, undefined, 1]].
tb(true) -> yes; tb(false) -> no; tb(_) -> neither.
many_atoms() -> [ma(X) || X <- [mon, tue, wed, thu, fri, sat, sun, day, 'Mon']].
ma(mon) -> 1; ma(tue) -> 2; ma(wed) -> 3; ma(thu) -> 4; ma(fri) -> 5; ma(sat) -> weekend; ma(sun) -> weekend; ma(_) -> none.
floats() -> [fl(id(X)) || X <- [0.0, -0.0, 1.0, 1.5, -1.5, 1.0e22, 0, 1, 2.5]].
fl(0.0) -> zero; fl(1.0) -> one; fl(1.5) -> oh; fl(-1.5) -> moh; fl(1.0e22) -> big; fl(_) -> other.
mixed_kinds() -> [mx(X) || X <- [1, 1.0, a, [], {}, <<>>, "a", #{}, 1 bsl 64, b, 2]].
mx(1) -> int; mx(1.0) -> float; mx(a) -> atom; mx([]) -> nil; mx({}) -> tuple; mx(<<>>) -> bin; mx("a") -> str; mx(18446744073709551616) -> big; mx(b) -> atom2; mx(_) -> other.
mixed_integers_and_atoms() -> [ia(X) || X <- [1, 2, one, two, 3, three, 1.0]].
ia(1) -> i1; ia(one) -> a1; ia(2) -> i2; ia(two) -> a2; ia(_) -> none.
literal_clause_order_with_guards() -> [lg(X) || X <- [1, 2, 3, 4, a]].
lg(X) when X > 3 -> guard_first; lg(1) -> one; lg(X) when X =:= 2 -> two; lg(3) -> three; lg(_) -> other.
repeated_literal_first_wins() -> [rl(X, Y) || X <- [1, 2], Y <- [true, false]].
rl(1, true) -> first; rl(1, _) -> second; rl(2, true) -> third; rl(_, _) -> rest.
tuple_arities() -> [ar(X) || X <- [{}, {1}, {1, 2}, {1, 2, 3}, {1, 2, 3, 4}, list_to_tuple(lists:seq(1, 20)), [], a]].
ar({}) -> 0; ar({A}) -> {one, A}; ar({A, B}) -> {two, A, B}; ar({A, _, C}) -> {three, A, C}; ar(T) when is_tuple(T) -> {many, tuple_size(T)}; ar(_) -> none.
tagged_tuples() -> [tg(X) || X <- [{add, 1, 2}, {neg, 3}, {mul, 2, 5}, {num, 7}, {add, 1}, {other, 1, 2}, add, {}]].
tg({add, A, B}) -> A + B; tg({mul, A, B}) -> A * B; tg({neg, A}) -> -A; tg({num, A}) -> A; tg(_) -> bad.
tagged_expression_evaluator() -> ev({add, {mul, {num, 3}, {num, 4}}, {neg, {sub, {num, 10}, {num, 4}}}}).
ev({num, N}) -> N; ev({add, A, B}) -> ev(A) + ev(B); ev({sub, A, B}) -> ev(A) - ev(B); ev({mul, A, B}) -> ev(A) * ev(B); ev({neg, A}) -> -ev(A).
same_arity_many_tags() -> [st(X) || X <- [{a, 1}, {b, 1}, {c, 1}, {d, 1}, {e, 1}, {f, 1}, {1, 1}, {"a", 1}]].
st({a, X}) -> {ra, X}; st({b, X}) -> {rb, X}; st({c, X}) -> {rc, X}; st({d, X}) -> {rd, X}; st({e, X}) -> {re, X}; st(_) -> none.
integer_tagged_tuples() -> [it(X) || X <- [{1, a}, {2, a}, {3, a}, {1.0, a}, {4, a}]].
it({1, _}) -> one; it({2, _}) -> two; it({3, _}) -> three; it(_) -> none.
second_element_selects() -> [se(X) || X <- [{x, a}, {y, b}, {z, c}, {x, d}]].
se({_, a}) -> 1; se({_, b}) -> 2; se({_, c}) -> 3; se(_) -> 0.
lists_by_shape() -> [ls(X) || X <- [[], [1], [2], [1, 2], [1, 2, 3], [1 | 2], [[]], "ab", a]].
ls([]) -> nil; ls([1]) -> just_one; ls([X]) -> {one, X}; ls([A, B]) -> {two, A, B}; ls([H | T]) -> {cons, H, T}; ls(_) -> none.
strings() -> [str(X) || X <- ["get", "put", "post", "ge", "gett", "", get, <<"get">>]].
str("get") -> 1; str("put") -> 2; str("post") -> 3; str("") -> empty; str(_) -> none.
string_prefixes() -> [pre(X) || X <- ["http://x", "https://y", "ftp:", "ht", ""]].
pre("http://" ++ R) -> {http, R}; pre("https://" ++ R) -> {https, R}; pre("ft" ++ R) -> {ft, R}; pre(R) -> {none, R}.
binary_literals() -> [bl(X) || X <- [<<"get">>, <<"put">>, <<>>, <<"ge">>, <<"gett">>, "get", get]].
bl(<<"get">>) -> 1; bl(<<"put">>) -> 2; bl(<<>>) -> empty; bl(B) when is_binary(B) -> {bin, byte_size(B)}; bl(_) -> none.
binary_prefixes() -> [bp(X) || X <- [<<"GET /a">>, <<"POST /b">>, <<"GE">>, <<1, 2, 3>>, <<>>]].
bp(<<"GET ", R/binary>>) -> {get, R}; bp(<<"POST ", R/binary>>) -> {post, R}; bp(<<A, B, _/binary>>) -> {two, A, B}; bp(_) -> none.
binary_first_byte_selects() -> [bf(<<X, 9>>) || X <- [0, 1, 2, 3, 4, 255]].
bf(<<0, R/binary>>) -> {zero, R}; bf(<<1, R/binary>>) -> {one, R}; bf(<<2, _/binary>>) -> two; bf(<<3, _/binary>>) -> three; bf(<<X, _/binary>>) -> {other, X}.
map_patterns() -> [mp(X) || X <- [#{a => 1}, #{a => 2}, #{b => 1}, #{a => 1, b => 2}, #{}, []]].
mp(#{a := 1, b := B}) -> {both, B}; mp(#{a := 1}) -> a1; mp(#{a := A}) -> {a, A}; mp(#{b := _}) -> b; mp(#{}) -> map; mp(_) -> none.
map_literal_values_select() -> [mv(#{type => T, v => 5}) || T <- [x, y, z, w]].
mv(#{type := x, v := V}) -> {x, V}; mv(#{type := y, v := V}) -> {y, V}; mv(#{type := z}) -> z; mv(_) -> none.
map_key_from_variable() -> [mk(K, #{a => 1, 2 => b, "s" => c}) || K <- [a, 2, "s", x, 2.0]].
mk(K, M) -> case M of #{K := V} -> {found, V}; _ -> none end.
deep_pattern() -> [dp(X) || X <- [{a, [{b, {c, [1, 2 | T]}}]} || T <- [[], [3]]] ++ [{a, []}, {a, [{b, {c, [1]}}]}, {b, 1}]].
dp({a, [{b, {c, [1, 2]}}]}) -> exact; dp({a, [{b, {c, [1, 2 | T]}}]}) -> {tail, T}; dp({a, [{b, {c, L}}]}) -> {list, L}; dp({a, _}) -> a; dp(_) -> none.
deep_list_pattern() -> [dl(X) || X <- [[[1, [2, [3]]]], [[1, [2, [4]]]], [[1, [2]]], [[]]]].
dl([[1, [2, [3]]]]) -> exact; dl([[1, [2, [X]]]]) -> {x, X}; dl([[1 | R]]) -> {r, R}; dl(_) -> none.
same_variable_twice() -> [sv(X) || X <- [{1, 1}, {1, 2}, {1, 1.0}, {[a], [a]}, {{}, {}}]].
sv({X, X}) -> {same, X}; sv({X, Y}) -> {differ, X, Y}.
same_variable_deep() -> [sd(X) || X <- [{1, [1, {1}]}, {1, [1, {2}]}, {2, [1, {1}]}]].
sd({X, [X, {X}]}) -> all; sd({X, [X | _]}) -> two; sd(_) -> none.
alias_patterns() -> [al(X) || X <- [{ok, [1, 2]}, {error, x}, [a]]].
al({ok, [H | _] = L} = T) -> {H, L, T}; al({error, _} = E) -> E; al([_] = L) -> {list, L}.
bound_variable_in_case() -> X = id(5), [case Y of X -> same; _ when Y > X -> more; _ -> less end || Y <- [4, 5, 6, 5.0]].
char_ranges() -> [ch(X) || X <- "aZ5 _-\n"].
ch(C) when C >= $a, C =< $z -> lower; ch(C) when C >= $A, C =< $Z -> upper; ch(C) when C >= $0, C =< $9 -> digit; ch($\s) -> space; ch($_) -> under; ch(_) -> other.
tokenizer() -> tok("x1 = (foo + 42)*y_2;").
tok([]) -> [];
tok([C | T]) when C =:= $\s; C =:= $\n -> tok(T);
tok([C | _] = L) when C >= $0, C =< $9 -> {N, R} = span(L, fun(X) -> X >= $0 andalso X =< $9 end), [{int, list_to_integer(N)} | tok(R)];
tok([C | _] = L) when C >= $a, C =< $z; C =:= $_ -> {N, R} = span(L, fun(X) -> X >= $a andalso X =< $z orelse X =:= $_ orelse X >= $0 andalso X =< $9 end), [{id, N} | tok(R)];
tok([C | T]) -> [{op, C} | tok(T)].
span(L, F) -> lists:splitwith(F, L).
no_clause_matches() -> [t(fun() -> nc(id(X)) end) || X <- [1, 2, a, {x}]].
nc(1) -> one; nc(a) -> a.
case_no_clause_matches() -> [t(fun() -> case id(X) of 1 -> one; {_} -> tup end end) || X <- [1, 2, {x}, {x, y}]].
match_operator_failures() -> [t(fun() -> {ok, V} = id(X), V end) || X <- [{ok, 1}, {error, 1}, ok, {ok, 1, 2}, []]].
match_literal_failures() -> [t(fun() -> 1 = id(X) end) || X <- [1, 1.0, 2, a]].
big_case_of_integers() -> [big_case(X) || X <- lists:seq(0, 45, 3)].
big_case(X) ->
    case X of
        0 -> zero; 1 -> 1; 2 -> 4; 3 -> 9; 4 -> 16; 5 -> 25; 6 -> 36; 7 -> 49; 8 -> 64; 9 -> 81; 10 -> 100; 11 -> 121; 12 -> 144;
        13 -> 169; 14 -> 196; 15 -> 225; 16 -> 256; 17 -> 289; 18 -> 324; 19 -> 361; 20 -> 400; 21 -> 441; 22 -> 484; 23 -> 529; 24 -> 576;
        30 -> thirty; 33 -> thirty_three; 36 -> thirty_six; 42 -> answer; _ -> other
    end.
