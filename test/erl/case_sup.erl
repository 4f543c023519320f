%% A supervisor whose init/1 calls its argument, and what its cases share.
-module(case_sup).
-behaviour(supervisor).
-export([init/1]).
-export([start/2, spec/2, spec/3, pid/2, ids/1, crash/2, crash/3, restarted/3, stop/1]).

init(Fun) -> Fun().

%% A supervisor linked to the caller.
start(Flags, Specs) ->
    {ok, S} = supervisor:start_link(?MODULE, fun() -> {ok, {Flags, Specs}} end),
    S.

%% A child that notes its starts and stops in Log.
spec(Log, Id) ->
    spec(Log, Id, #{}).

spec(Log, Id, More) ->
    Opts = maps:get(opts, More, #{}),
    maps:merge(#{id => Id, start => {case_child, start_link, [Log, Id, Opts]}}, maps:remove(opts, More)).

pid(S, Id) ->
    {_, Pid, _, _} = lists:keyfind(Id, 1, supervisor:which_children(S)),
    Pid.

%% The ids in the order that which_children/1 gives, and whether each runs.
ids(S) ->
    [{Id, case P of undefined -> undefined; restarting -> restarting; _ -> is_process_alive(P) end}
     || {Id, P, _, _} <- supervisor:which_children(S)].

%% Kills a child and waits until it has been started again.
crash(S, Id) ->
    crash(S, Id, kill).

%% kill, or a reason that the child stops itself with.
crash(S, Id, How) ->
    Old = pid(S, Id),
    Ref = erlang:monitor(process, Old),
    case How of
        kill -> exit(Old, kill);
        Reason -> gen_server:cast(Old, {stop, Reason})
    end,
    receive {'DOWN', Ref, process, _, _} -> ok end,
    restarted(S, Id, Old).

restarted(S, Id, Old) ->
    case_otp:until(fun() ->
                           case pid(S, Id) of
                               New when is_pid(New), New =/= Old -> true;
                               _ -> false
                           end
                   end).

%% Ends a supervisor as its parent would, and says how it ended.
stop(S) ->
    unlink(S),
    Ref = erlang:monitor(process, S),
    exit(S, shutdown),
    receive {'DOWN', Ref, process, _, R} -> R end.
