%% SPDX-License-Identifier: Apache-2.0
%% What calls cost. A record is known by the id of its call, so that a call which is reported
%% twice, because somebody died between the report and the answer, is billed once.
-module(billing).
-behaviour(gen_server).
-export([start_link/0, record/2, total/0]).
-export([init/1, handle_call/3, handle_cast/2]).

start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, none, []).

record(Id, Units) -> patient:call(?MODULE, {record, Id, Units}).

%% {Calls, Units}
total() -> patient:call(?MODULE, total).

%% Its state is in the vault: it has none that it could lose.
init(none) ->
    vault:started(?MODULE),
    {ok, none}.

handle_call({record, Id, Units}, _, State) ->
    vault:put(?MODULE, Id, Units),
    {reply, ok, State};
handle_call(total, _, State) ->
    Records = vault:all(?MODULE),
    {reply, {maps:size(Records), lists:sum(maps:values(Records))}, State}.

handle_cast(_, State) ->
    {noreply, State}.
