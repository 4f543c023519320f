%% Data for the generated_* tests: terms drawn from a seeded linear congruential
%% generator of our own, so that what is tested does not make its own input.
-module(generated).
-export([integers/3, texts/3, binaries/3, terms/2, pick/2, each/3, unicode_texts/2]).

%% Count integers in 0..Below-1.
integers(Seed, Count, Below) ->
    {List, _} = draw(fun(S) -> below(S, Below) end, Seed, Count),
    List.

%% Count strings of lower-case letters and spaces, shorter than Length.
texts(Seed, Count, Length) ->
    {List, _} = draw(fun(S) -> text(S, Length) end, Seed, Count),
    List.

%% Count strings over several scripts: accents composed and not, Greek, Hangul
%% jamo, emoji with joiners and flags, line ends, and lone combining marks.
unicode_texts(Seed, Count) ->
    Pieces = {"a", "B", " ", "\r\n", [16#e9], [$e, 16#301], [16#3a3], [16#3c2], [16#df],
              [16#1100, 16#1161, 16#11a8], [16#ac00], [16#1f468, 16#200d, 16#1f469],
              [16#1f1e8, 16#1f1ed], [16#301], [16#130], [16#fb01], [16#1e9e], "7", "_", [16#5d0]},
    {List, _} = draw(fun(S0) ->
                             {N, S1} = below(S0, 25),
                             {Is, S2} = draw(fun(S) -> below(S, tuple_size(Pieces)) end, S1, N),
                             {lists:append([element(I + 1, Pieces) || I <- Is]), S2}
                     end, Seed, Count),
    List.

%% Count binaries shorter than Length bytes.
binaries(Seed, Count, Length) ->
    {List, _} = draw(fun(S0) ->
                             {N, S1} = below(S0, Length),
                             {Bytes, S2} = draw(fun(S) -> below(S, 256) end, S1, N),
                             {list_to_binary(Bytes), S2}
                     end, Seed, Count),
    List.

%% Count terms of all ordered types, nested at most three deep.
terms(Seed, Count) ->
    {List, _} = draw(fun(S) -> term(S, 3) end, Seed, Count),
    List.

pick(N, List) ->
    lists:nth(N rem length(List) + 1, List).

%% The results of F for each element of what a generator gives.
each(F, List, Digest) ->
    Digest([try F(X) catch C:R -> {C, R} end || X <- List]).

term(S0, Depth) ->
    {Kind, S1} = below(S0, case Depth of 0 -> 5; _ -> 9 end),
    case Kind of
        0 -> below(S1, 1000);
        1 -> {N, S2} = below(S1, 1 bsl 40), {N * N - (1 bsl 79), S2};
        2 -> {N, S2} = below(S1, 100000), {N / 64, S2};
        3 -> {N, S2} = below(S1, 6), {element(N + 1, {a, b, true, '', 'an atom', ok}), S2};
        4 -> {T, S2} = text(S1, 6), {list_to_binary(T), S2};
        5 -> text(S1, 6);
        6 -> {N, S2} = below(S1, 4), draw(fun(S) -> term(S, Depth - 1) end, S2, N);
        7 -> {N, S2} = below(S1, 4),
             {L, S3} = draw(fun(S) -> term(S, Depth - 1) end, S2, N),
             {list_to_tuple(L), S3};
        8 -> {N, S2} = below(S1, 4),
             {L, S3} = draw(fun(S) -> term(S, Depth - 1) end, S2, N),
             {maps:from_list([{I, X} || {I, X} <- lists:zip(lists:seq(1, N), L)]), S3}
    end.

text(S0, Length) ->
    {N, S1} = below(S0, Length),
    draw(fun(S) ->
                 {C, Next} = below(S, 27),
                 {element(C + 1, list_to_tuple("abcdefghijklmnopqrstuvwxyz ")), Next}
         end, S1, N).

draw(_, S, 0) ->
    {[], S};
draw(F, S0, N) ->
    {X, S1} = F(S0),
    {Rest, S2} = draw(F, S1, N - 1),
    {[X | Rest], S2}.

%% Knuth's multiplier; the high bits are the good ones.
below(S, N) ->
    Next = (S * 6364136223846793005 + 1442695040888963407) band 16#ffffffffffffffff,
    {((Next bsr 20) * N) bsr 44, Next}.
