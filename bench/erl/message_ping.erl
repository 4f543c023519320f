%% Round trips of a message with a term between two processes.
-module(message_ping).
-export([run/1, default/0, small/0]).

default() -> 700000.
small() -> 1000.

run(N) ->
    Pong = spawn_link(fun pong/0),
    Sum = ping(N, Pong, 0),
    Pong ! stop,
    Sum.

ping(0, _, Sum) -> Sum;
ping(N, Pong, Sum) ->
    Pong ! {ping, self(), N},
    receive {pong, N, [X]} -> ping(N - 1, Pong, Sum + X) end.

pong() ->
    receive
        {ping, From, N} -> From ! {pong, N, [N rem 7]}, pong();
        stop -> ok
    end.
