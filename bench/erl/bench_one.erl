%% Times one benchmark: Mod:run(Size) in the process that calls, so that only
%% what Mod does is measured, and not the start of the machine.
-module(bench_one).
-export([run/3, reference/3]).

%% {Milliseconds of each run, phash2 of the result}, or the same with figures behind that
%% the program gives beside its time, [{What, Value}]: they are taken first, while the
%% machine is fresh. Size is default, small or a number. The first run warms up and is left out. A result that varies is an error.
run(Mod, Size, Runs) when Runs > 0 ->
    N = if is_integer(Size) -> Size; true -> Mod:Size() end,
    Figures = figures(Mod, N),
    Hash = erlang:phash2(Mod:run(setup(Mod, N))),
    Times = [timed(Mod, N, Hash) || _ <- lists:seq(1, Runs)],
    case Figures of
        [] -> {Times, Hash};
        _ -> {Times, Hash, Figures}
    end.

figures(Mod, N) ->
    case lists:member({figures, 1}, Mod:module_info(exports)) of
        true -> Mod:figures(N);
        false -> []
    end.

%% What run/1 works on is the size, or what the program makes of it before each run.
setup(Mod, N) ->
    case erlang:function_exported(Mod, setup, 1) of
        true -> Mod:setup(N);
        false -> N
    end.

timed(Mod, N, Hash) ->
    Input = setup(Mod, N),
    Begin = erlang:monotonic_time(microsecond),
    Result = Mod:run(Input),
    End = erlang:monotonic_time(microsecond),
    Hash = erlang:phash2(Result),
    (End - Begin) / 1000.

%% The same on the reference: in a fresh process with the default flags, as
%% Dialtone's command does it.
reference(Mod, Size, Runs) ->
    {Pid, Ref} = spawn_monitor(fun() -> io:format("~p~n", [run(Mod, Size, Runs)]) end),
    receive
        {'DOWN', Ref, process, Pid, normal} -> ok;
        {'DOWN', Ref, process, Pid, Why} -> io:format("failed: ~p~n", [Why])
    end.
