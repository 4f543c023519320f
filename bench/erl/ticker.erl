%% A process that wants to run every millisecond, among eight that never stop: how late it comes.
-module(ticker).
-export([run/1, default/0, small/0, figures/1]).

-define(TICK_US, 1000).

default() -> 4000. % ticks
small() -> 50.

run(N) ->
    length(delays(N)).

figures(N) ->
    Sorted = lists:sort(delays(N)),
    At = fun(Part) -> lists:nth(max(1, ceil(Part * length(Sorted))), Sorted) end,
    [{"microseconds late, half of the time at most", At(0.5)},
     {"microseconds late, 99.9 % of the time at most", At(0.999)},
     {"microseconds late, at the worst", lists:last(Sorted)}].

delays(N) ->
    Busy = [spawn_link(fun() -> busy(Kind, data(Kind)) end)
            || Kind <- [lists, binaries, builtins, maps, lists, binaries, builtins, maps]],
    timer:sleep(50),
    Delays = ticks(N, erlang:monotonic_time(microsecond), []),
    [begin unlink(P), exit(P, kill) end || P <- Busy],
    Delays.

ticks(0, _, Delays) -> Delays;
ticks(N, Last, Delays) ->
    receive after 1 -> ok end,
    Now = erlang:monotonic_time(microsecond),
    ticks(N - 1, Now, [max(0, Now - Last - ?TICK_US) | Delays]).

data(lists) -> 20000;
data(binaries) -> binary:copy(<<"some text, and numbers: 1234567890; ">>, 3000);
data(builtins) -> lists:seq(1, 30000);
data(maps) -> lists:seq(1, 2000).

busy(Kind, Data) ->
    work(Kind, Data),
    busy(Kind, Data).

work(lists, N) -> lists:sum(lists:reverse([X * 2 || X <- lists:seq(1, N)]));
work(binaries, B) -> spaces(B, 0);
work(builtins, L) ->
    L = binary_to_term(term_to_binary(L)),
    erlang:phash2({list_to_binary([X rem 256 || X <- L]), lists:reverse(lists:sort(L))});
work(maps, L) -> maps:size(lists:foldl(fun(X, M) -> M#{{X} => X} end, #{}, L)).

spaces(<<" ", Rest/binary>>, N) -> spaces(Rest, N + 1);
spaces(<<_, Rest/binary>>, N) -> spaces(Rest, N);
spaces(<<>>, N) -> N.
