%% What the compiler writes without its optimisations: operators that are calls of builtins, one place
%% where all tries end that cannot; and stack traces of code without a file name.
-module(exc_unoptimised).
-compile([export_all, nowarn_export_all, no_copt, no_bool_opt, no_share_opt, no_ssa_opt, no_postopt]).

divide(X, Y) -> X / Y.

division_has_a_frame() ->
    [case_lib:top(fun() -> divide(X, Y) end) || {X, Y} <- [{1, 0}, {1.0, 0.0}, {a, 1}, {1, []}, {1.0e308, 1.0e-10}]].

negative_literal(X) -> X - -5.

subtracting_a_negative_literal_has_a_frame() ->
    [case_lib:top(fun() -> negative_literal(X) end) || X <- [a, []]].

%% Both stack traces are tested for what they cannot but be, with the same place to go to if not.
two(X) ->
    try
        try hd(X) of
            Y -> Y
        catch
            throw:_ -> caught
        end
    after
        put(seen, X)
    end.

try_in_a_try() ->
    [{case_lib:top(fun() -> two(X) end), get(seen)} || X <- [[1], [], a]].

-file("", 100).
no_file(X) -> hd(X).

without_a_file_the_module_counts() ->
    try no_file([]) catch error:badarg:Stack -> lists:nth(2, Stack) end.
