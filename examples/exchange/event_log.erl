%% SPDX-License-Identifier: Apache-2.0
%% The event log: an event manager, and the handler in it that counts events by their kind.
%% Those who note an event do not wait for it, and do not care whether anyone listens.
-module(event_log).
-behaviour(gen_event).
-export([start_link/0, note/1, counts/0, is_installed/0]).
-export([init/1, handle_event/2, handle_call/2]).

start_link() ->
    vault:started(?MODULE),
    gen_event:start_link({local, ?MODULE}).

%% Event is {Kind, Number}.
note(Event) ->
    case whereis(?MODULE) of
        undefined -> ok;
        Manager -> gen_event:notify(Manager, Event)
    end.

%% #{Kind => Count}
counts() ->
    gen_event:call(?MODULE, ?MODULE, counts).

is_installed() ->
    try
        gen_event:which_handlers(?MODULE) =:= [?MODULE]
    catch
        exit:_ -> false
    end.

%% --- The handler -------------------------------------------------------------------------------
init(_) ->
    {ok, vault:all(?MODULE)}.

%% Any other event crashes the handler: the manager goes on without it, and tells event_guard.
handle_event({Kind, _Number}, Counts) ->
    Count = maps:get(Kind, Counts, 0) + 1,
    vault:put(?MODULE, Kind, Count),
    {ok, Counts#{Kind => Count}}.

handle_call(counts, Counts) ->
    {ok, Counts, Counts}.
