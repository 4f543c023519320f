%% A handler that needs the whole bit string again, while the compiler has taken its context away
%% before a last call that cannot fail.
-module(bits_context_in_handler).
-export([raised/0, not_raised/0, another/0]).

f(<<N, B:2/binary, _/bits>> = All, X) ->
    try
        min(N - 9, g(X, N))
    catch
        error:All -> {all, N};
        error:R -> {R, B, N}
    end;
f(_, _) ->
    none.

g({raise, R}, _) -> error(R);
g(X, N) -> X + N.

raised() -> [f(case_lib:id(<<20, 2, 3, 4>>), {raise, R}) || R <- [<<20, 2, 3, 4>>, <<20, 2>>, x]].
not_raised() -> [f(case_lib:id(<<20, 2, 3, 4>>), N) || N <- [-100, 100, a]].
another() -> [f(case_lib:id(B), {raise, B}) || B <- [<<>>, <<1, 2, 3:7>>, <<1, 2, 3, 4:7>>]].
