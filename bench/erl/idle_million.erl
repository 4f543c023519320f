%% A million processes that wait: how many bytes each takes, all included. Each is woken once.
-module(idle_million).
-export([run/1, default/0, small/0, figures/1]).

default() -> 1000000.
small() -> 2000.

run(N) ->
    Ps = start(N, []),
    Sum = wake(Ps, 0),
    [P ! stop || P <- Ps],
    Sum.

start(0, Ps) -> Ps;
start(N, Ps) -> start(N - 1, [spawn(fun() -> idle(N rem 5) end) | Ps]).

wake([], Sum) -> Sum;
wake([P | Ps], Sum) ->
    P ! {wake, self()},
    receive {awake, K} -> wake(Ps, Sum + K) end.

idle(K) ->
    receive
        {wake, From} -> From ! {awake, K}, idle(K);
        stop -> ok
    end.

figures(N) ->
    erlang:garbage_collect(),
    timer:sleep(200),
    {Own0, Os0} = {erlang:memory(total), resident()},
    Ps = start(N, []),
    timer:sleep(500),
    {Own1, Os1} = {erlang:memory(total), resident()},
    List = N * 16, % of the pids, and not of the processes
    [P ! stop || P <- Ps],
    [{"bytes of a process, as the VM counts", (Own1 - Own0 - List) div N}]
        ++ [{"bytes of a process, as the kernel counts", (Os1 - Os0 - List) div N} || Os0 =/= unknown].

%% Pages that the kernel has given to this OS process, in bytes.
resident() ->
    case prim_file:read_file("/proc/self/statm") of
        {ok, Text} ->
            [_, Pages | _] = binary:split(Text, <<" ">>, [global]),
            binary_to_integer(Pages) * 4096;
        _ ->
            unknown
    end.
