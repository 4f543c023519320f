%% rand with seeds: every algorithm, jumps, floats of all kinds, bytes, shuffles by sorting.
-module(generated_rand).
-compile([export_all, nowarn_export_all]).
-import(real_front, [digest/1]).

algorithms(_) -> [exsss, exro928ss, exrop, exs1024s, exsp, dummy].

uniform_s() -> per(fun(S) -> draw(fun rand:uniform_s/1, 300, S) end).
uniform_n_s() -> per(fun(S) -> draw(fun(T) -> rand:uniform_s(1000000, T) end, 300, S) end).
uniform_big_s() -> per(fun(S) -> draw(fun(T) -> rand:uniform_s(1 bsl 100, T) end, 200, S) end).
uniform_real_s() -> per(fun(S) -> draw(fun rand:uniform_real_s/1, 300, S) end).
normal_s() -> per(fun(S) -> draw(fun rand:normal_s/1, 300, S) end).
normal_mean_variance() -> per(fun(S) -> draw(fun(T) -> rand:normal_s(-3, 2.5, T) end, 100, S) end).
bytes_s() -> per(fun(S) -> draw(fun(T) -> rand:bytes_s(37, T) end, 50, S) end).
jump() -> [try draw(fun rand:uniform_s/1, 20, rand:jump(seed(A))) of R -> digest(R)
           catch C:R -> {C, R} end || A <- algorithms(all)].
seed_of_integer() -> [digest(rand:export_seed_s(rand:seed_s(A, 20250101))) || A <- algorithms(all)].
in_the_dictionary() ->
    rand:seed(exsss, {1, 2, 3}),
    digest([rand:uniform(N) || N <- lists:seq(1, 500)]).
mwc59() -> digest(mwc59(rand:mwc59_seed(17), 500)).
mwc59(_, 0) -> [];
mwc59(S, N) -> [{rand:mwc59_value32(S), rand:mwc59_float(S)} | mwc59(rand:mwc59(S), N - 1)].
splitmix() -> digest(draw(fun rand:splitmix64_next/1, 200, 12345)).
shuffle() ->
    rand:seed(exro928ss, 42),
    digest([X || {_, X} <- lists:sort([{rand:uniform(), X} || X <- lists:seq(1, 2000)])]).

seed(A) -> rand:seed_s(A, {123, 456, 789}).
per(F) -> [{A, digest(F(seed(A)))} || A <- algorithms(all)].
%% The states hold funs, whose digests differ: only the values count.
draw(_, 0, _) -> [];
draw(F, N, S0) -> {V, S1} = F(S0), [V | draw(F, N - 1, S1)].
