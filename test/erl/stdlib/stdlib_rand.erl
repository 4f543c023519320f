%% rand with fixed seeds: the exact sequence of every algorithm.
-module(stdlib_rand).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

algs() -> [exsss, exro928ss, exrop, exs1024s, exsp].
old_algs() -> [exs64, exsplus, exs1024].

many(F, S) -> {L, _} = lists:mapfoldl(fun(_, St) -> F(St) end, S, lists:seq(1, 10)), L.
seed(A) -> rand:seed_s(A, id({1, 2, 3})).

uniform_floats() -> [{A, many(fun rand:uniform_s/1, seed(A))} || A <- algs()].
uniform_integers() -> [{A, many(fun(S) -> rand:uniform_s(1000, S) end, seed(A))} || A <- algs()].
uniform_old_algs() ->
    [{A, many(fun(S) -> rand:uniform_s(1000, S) end, seed(A))} || A <- old_algs()].
uniform_floats_old_algs() -> [{A, many(fun rand:uniform_s/1, seed(A))} || A <- old_algs()].
uniform_large_range() ->
    [{A, many(fun(S) -> rand:uniform_s(1 bsl 100, S) end, seed(A))} || A <- algs()].
uniform_range_58_bits() ->
    [{A, many(fun(S) -> rand:uniform_s(1 bsl 58, S) end, seed(A))} || A <- algs()].
uniform_real() -> [{A, many(fun rand:uniform_real_s/1, seed(A))} || A <- algs()].
normal() -> [{A, many(fun rand:normal_s/1, seed(A))} || A <- algs()].
normal_3() -> many(fun(S) -> rand:normal_s(10, 4, S) end, seed(exsss)).
bytes() -> [{A, element(1, rand:bytes_s(23, seed(A)))} || A <- algs()].
jump() ->
    [{A, many(fun(S) -> rand:uniform_s(1000, S) end, rand:jump(seed(A)))}
     || A <- [exsss, exro928ss, exrop, exs1024s, exsp]].
seed_integer() ->
    [many(fun(S) -> rand:uniform_s(100, S) end, rand:seed_s(exsss, id(N)))
     || N <- [0, 1, 42, -1, 1 bsl 70]].
seed_list() ->
    many(fun(S) -> rand:uniform_s(100, S) end, rand:seed_s(exs1024s, id(lists:seq(1, 16)))).
seed_export_round_trip() ->
    S = seed(exsss), {A, S1} = rand:uniform_s(1000, S), E = rand:export_seed_s(S1),
    S2 = rand:seed_s(E),
    {A, E, element(1, rand:uniform_s(1000, S1)) =:= element(1, rand:uniform_s(1000, S2))}.
process_dictionary_state() ->
    rand:seed(exsss, {7, 8, 9}), L = [rand:uniform(6) || _ <- lists:seq(1, 20)],
    _ = erase(rand_seed), L.
mwc59() ->
    {L, _} = lists:mapfoldl(fun(_, S) -> S1 = rand:mwc59(S), {rand:mwc59_value32(S1), S1} end,
                            rand:mwc59_seed(id(11)), lists:seq(1, 10)), L.
mwc59_value_and_float() -> S = rand:mwc59(id(12345)), {S, rand:mwc59_value(S), rand:mwc59_float(S)}.
splitmix64() ->
    {L, _} = lists:mapfoldl(fun(_, S) -> rand:splitmix64_next(S) end, id(1), lists:seq(1, 5)), L.
exsp_next() ->
    {L, _} = lists:mapfoldl(fun(_, S) -> rand:exsp_next(S) end, id([1 | 2]), lists:seq(1, 5)), L.
dummy() -> many(fun(S) -> rand:uniform_s(1000, S) end, rand:seed_s(dummy, id(1))).
errors() ->
    case_lib:each(fun({A, S}) -> rand:seed_s(A, S) end,
                  [{nosuch, 1}, {exsss, a},
                   {exsss, {1, 2}}]) ++ case_lib:each(fun(N) -> rand:uniform_s(N, rand:seed_s(exsss, 1)) end, [0, -1, 1.0]).
old_random_module() ->
    S = random:seed0(), {L, _} = lists:mapfoldl(fun(_, St) -> random:uniform_s(1000, St) end, S,
                                                lists:seq(1, 10)), L.
shuffle_by_keys() ->
    S = seed(exsss), {L, _} = lists:mapfoldl(fun(X, St) -> {K, St1} = rand:uniform_s(St),
                                             {{K, X}, St1} end, S, lists:seq(1, 15)),
    [X || {_, X} <- lists:sort(L)].
long_run_checksum() ->
    [{A, element(1, lists:foldl(fun(_, {C, S}) -> {V, S1} = rand:uniform_s(1 bsl 32, S),
                                {(C * 31 + V) band 16#FFFFFFFF, S1} end, {0, seed(A)},
                                lists:seq(1, 5000)))} || A <- algs()].
