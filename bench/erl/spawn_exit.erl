%% Spawns processes that say that they are there and end, a hundred at a time.
-module(spawn_exit).
-export([run/1, default/0, small/0, child/1]).

default() -> 600000.
small() -> 1000.

run(N) -> run(N, 0).

run(0, Sum) -> Sum;
run(N, Sum) ->
    Self = self(),
    K = min(N, 100),
    start(K, Self),
    run(N - K, gather(K, Sum)).

start(0, _) -> ok;
start(K, Self) -> spawn(?MODULE, child, [Self]), start(K - 1, Self).

gather(0, Sum) -> Sum;
gather(K, Sum) -> receive here -> gather(K - 1, Sum + 1) end.

child(Parent) -> Parent ! here.
