%% A process that handles system messages with the fewest callbacks.
-module(case_plain).
-export([start/1, init/2, system_continue/3, system_terminate/4, system_code_change/4]).

start(State) -> proc_lib:start(?MODULE, init, [self(), State]).

init(Parent, State) ->
    proc_lib:init_ack(Parent, {ok, self()}),
    system_continue(Parent, [], State).

system_continue(Parent, Debug, State) ->
    receive
        {system, From, Request} ->
            sys:handle_system_msg(Request, From, Parent, ?MODULE, Debug, State, hibernate =:= State);
        {put, New} ->
            system_continue(Parent, Debug, New)
    end.

system_terminate(Reason, _, _, _) -> exit(Reason).

system_code_change(State, _, _, _) -> {ok, State}.
