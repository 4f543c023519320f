%% Random choices for the generator of programs. The state is in the process
%% dictionary: what a process makes after seed/1 depends on the seed alone.
-module(rnd_pick).
-export([seed/1, below/1, between/2, chance/1, one/1, some/2, weighted/1, shuffle/1]).

seed(Seed) ->
    rand:seed(exsss, Seed),
    ok.

%% 0..N-1.
below(N) ->
    rand:uniform(N) - 1.

between(Low, High) ->
    Low + rand:uniform(High - Low + 1) - 1.

chance(Percent) ->
    rand:uniform(100) =< Percent.

one(List) when is_list(List) ->
    lists:nth(rand:uniform(length(List)), List).

%% Min..Max results of Make.
some({Min, Max}, Make) ->
    [Make() || _ <- lists:seq(1, between(Min, Max))].

%% [{Weight, fun(() -> Result)}]: calls one of them.
weighted(Choices) ->
    Total = lists:sum([W || {W, _} <- Choices]),
    weighted(Choices, rand:uniform(Total)).

weighted([{W, Make} | _], N) when N =< W -> Make();
weighted([{W, _} | Choices], N) -> weighted(Choices, N - W).

shuffle(List) ->
    [X || {_, X} <- lists:sort([{rand:uniform(1 bsl 30), X} || X <- List])].
