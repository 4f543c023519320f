%% Eight senders and one receiver: nothing but a mailbox that all want at once.
-module(many_to_one).
-export([run/1, default/0, small/0]).

-define(SENDERS, 8).

default() -> 250000. % messages of each sender
small() -> 300.

run(N) ->
    Self = self(),
    Senders = [spawn_link(fun() -> receive go -> send(N, Self) end end) || _ <- lists:seq(1, ?SENDERS)],
    [S ! go || S <- Senders],
    gather(N * ?SENDERS, 0).

send(0, _) -> ok;
send(N, To) -> To ! {item, N, self()}, send(N - 1, To).

gather(0, Sum) -> Sum;
gather(Left, Sum) -> receive {item, N, _} -> gather(Left - 1, Sum + N) end.
