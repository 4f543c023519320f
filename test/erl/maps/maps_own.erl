%% Updates of maps and tuples, and calls of maps and setelement, that have instructions of their own:
%% present and missing keys, registers that are source and destination, too little room, errors.
-module(maps_own).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
%% Large maps are walked in another order than on the reference.
t(F) -> plain(case_lib:top(F)).
plain(M) when map_size(M) > 32 -> {large, [{K, plain(V)} || {K, V} <- lists:sort(maps:to_list(M))]};
plain(M) when is_map(M) -> maps:map(fun(_, V) -> plain(V) end, M);
plain([H | T]) -> [plain(H) | plain(T)];
plain(T) when is_tuple(T) -> list_to_tuple(plain(tuple_to_list(T)));
plain(T) -> T.
small(_) -> id(#{a => 1, b => 2, c => [3], 7 => seven, [] => nil, 2.5 => float}).
large(_) -> maps:merge(small(x), maps:from_list([{N, -N} || N <- lists:seq(10, 80)])).
maps(_) -> [#{}, #{a => x}, small(x), large(x)].
non_maps(_) -> [a, [], {}, 1, <<>>, "map", fun id/1].

exact() -> [t(fun() -> M#{a := new} end) || M <- id(maps(x) ++ non_maps(x))].
exact_two() -> [t(fun() -> M#{a := new, b := 1 bsl 80} end) || M <- id(maps(x) ++ non_maps(x))].
exact_of_odd_keys() -> [t(fun() -> M#{7 := x, [] := y, c := M} end) || M <- id(maps(x))].
assoc() -> [t(fun() -> M#{a => new} end) || M <- id(maps(x) ++ non_maps(x))].
assoc_two() -> [t(fun() -> M#{a => "literal", z => M} end) || M <- id(maps(x))].
the_same_key_twice() -> M = small(x), [M#{a := 1, a := 2}, M#{a => 3, b => 4, a => 5}].
many_pairs() ->
    M = maps:from_list([{K, 0} || K <- [a, b, c, d, e, f, g, h, i, j]]),
    [M#{a := 1, b := 2, c := 3, d := 4, e := 5, f := 6, g := 7, h := 8},
     M#{a := 1, b := 2, c := 3, d := 4, e := 5, f := 6, g := 7, h := 8, i := 9, j := 10}].
value_is_what_was_there() -> M = small(x), [M#{a := 1}, M#{a => 1, b := 2}].
old_one_stays() -> M = small(x), N = M#{a := 10, c := 30}, O = N#{a := 100}, {M, N, O}.
in_registers() -> regs(small(x), 1, 2, 3, 4, 5, 6).
regs(M, A, B, C, D, E, F) ->
    M1 = M#{a := F, b := E}, M2 = M1#{c := M, 7 := D}, id(x), M3 = M2#{a := M1, b := C, c := B},
    {M1, M2, M3, A, B, C, D, E, F}.
in_guards() -> [guard(M) || M <- maps(x) ++ non_maps(x)].
guard(M) when M#{a := 1} =:= M -> same;
guard(M) when map_size(M#{b => 1}) > 2 -> put;
guard(_) -> none.
updates_compare() -> M = small(x), N = M#{a := 5}, [maps:keys(N) =:= maps:keys(M), N < M, N == M#{a => 5.0}].
wide_constants() -> M = small(x), M#{a := 16#7ffffffffff, b := -16#7ffffffffff, c := 1.0e300}.
counts() -> count(20000, #{n => 0, list => [], tuple => {}}).
count(0, M) -> {maps:get(n, M), length(maps:get(list, M)), maps:get(tuple, M)};
count(N, #{n := K, list := L} = M) when N rem 100 =:= 0 -> count(N - 1, M#{n := K + 1, list := [N | L], tuple := {N, K}});
count(N, #{n := K} = M) -> count(N - 1, M#{n => K + 1}).

put() -> [t(fun() -> maps:put(K, V, M) end) || M <- maps(x) ++ [a, []], K <- [a, q, "list", 10, 10.0], V <- [id(1), id({x})]].
put_maps() -> [t(fun() -> maps:put(K, V, M) end) || M <- maps(x) ++ [a], K <- [a, q], V <- [#{}, #{a => 1}, #{q => 1, z => 2}]].
put_in_tail() -> [plain(tail_put(a, M, id(5))) || M <- maps(x)].
tail_put(K, M, V) -> maps:put(K, M, V) , maps:put(K, V, M).
put_bad_tail() -> [t(fun() -> tail_put_only(K, M, id(5)) end) || K <- [a, "s"], M <- maps(x) ++ [x]].
tail_put_only(K, M, V) -> maps:put(K, V, M).
find() -> [t(fun() -> maps:find(K, M) end) || M <- maps(x) ++ [a, []], K <- [a, q, "list", 10, 10.0, 2.5, []]].
find_in_tail() -> [tail_find(K, M) || M <- maps(x), K <- [a, b, 7.0]].
tail_find(K, M) -> maps:find(K, M).
get() -> [t(fun() -> maps:get(K, M) end) || M <- maps(x) ++ [a, []], K <- [a, q, "list", 10, 10.0, 2.5, []]].
get_constant() -> [t(fun() -> maps:get(b, M) end) || M <- maps(x) ++ [a, []]].
guard_get() -> [[case M of _ when map_get(K, M) =:= 1 -> one; _ when map_get(b, M) =:= 2 -> two; _ -> none end || K <- [a, b, "list"]] || M <- maps(x) ++ [a]].
is_key() -> [t(fun() -> is_map_key(K, M) end) || M <- maps(x) ++ [a, []], K <- [a, q, "list", 10, 10.0, 2.5, []]].
guard_key() -> [[if is_map_key(K, M) -> yes; not is_map_key(b, M) -> no_b; true -> no end || K <- [a, q, "list"]] || M <- maps(x) ++ [a]].
size() -> [t(fun() -> map_size(M) + 1 end) || M <- maps(x) ++ [a, []]].
guard_size() -> [if map_size(M) > 5 -> many; map_size(M) > 0 -> few; true -> none end || M <- maps(x) ++ [a, []]].

tuples() -> [{}, {a}, {a, b}, {a, b, c}, list_to_tuple(lists:seq(1, 300))].
set() -> [t(fun() -> setelement(N, T, new) end) || T <- tuples() ++ [a, [], #{}], N <- [0, 1, 2, 3, -1, 300, 301, 1 bsl 70, -(1 bsl 59), a, 1.0]].
set_one() -> [t(fun() -> setelement(1, T, id({x})) end) || T <- tuples() ++ [a]].
set_in_tail() -> [t(fun() -> tail_set(2, T, id({x})) end) || T <- tuples() ++ [a]].
tail_set(N, T, V) -> setelement(N, T, V).
set_often() -> often(30000, {0, 0, 0, [], 0}).
often(0, T) -> T;
often(N, T) when N rem 500 =:= 0 -> often(N - 1, setelement(4, T, [N | element(4, T)]));
often(N, T) -> A = N rem 3 + 1, often(N - 1, setelement(A, T, element(A, T) + 1)).

numbers() -> [0, 1, -1, 7, -(1 bsl 59), (1 bsl 59) - 1, 1 bsl 59, 1 bsl 70, 1.0, 0.5, -2.5, a, [], {}, "list"].
max_and_min() -> [{max(A, B), min(A, B)} || A <- numbers(), B <- numbers()].
max_in_tail() -> [[tail_max(A, B), tail_min(A, B)] || A <- [1, 1.0, x], B <- [1, 2, a]].
tail_max(A, B) -> max(A, B).
tail_min(A, B) -> min(A, B).
lists_() -> [[], [a], "abc", [a | b], lists:seq(1, 63), lists:seq(1, 64), lists:seq(1, 65), lists:seq(1, 300), lists:seq(1, 64) ++ x, x, {}, 1, <<"a">>].
lengths() -> [t(fun() -> length(L) end) || L <- lists_()].
guard_lengths() -> [if length(L) > 63 -> long; length(L) >= 0 -> short; true -> none end || L <- lists_()].
bits() -> <<_:3, Sub/bits>> = B = id(<<"abcdefgh">>), <<_:16, Bytes/binary>> = B, Big = binary:copy(<<"x">>, 100), <<_, OfBig/binary>> = Big,
          [<<>>, <<1:1>>, <<1:9>>, B, Sub, Bytes, Big, OfBig, <<Big/binary, 3:3>>, append(<<>>, 100), [], a, 1].
append(B, 0) -> B;
append(B, N) -> append(<<B/binary, N>>, N - 1).
byte_sizes() -> [t(fun() -> byte_size(B) end) || B <- bits()].
binaries() -> [{is_binary(B), if is_binary(B) -> yes; true -> no end, if byte_size(B) > 5 -> long; true -> short end} || B <- bits()].
absolute() -> [t(fun() -> abs(N) end) || N <- numbers()].
guard_absolute() -> [if abs(N) > 5 -> far; true -> near end || N <- numbers()].
