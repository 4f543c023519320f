%% SPDX-License-Identifier: Apache-2.0
%% Keeps what must survive the crash of others: tables of keys and values, and how often each kind
%% of process was started. It does nothing else, and so has no reason to crash.
-module(vault).
-behaviour(gen_server).
-export([start_link/0, put/3, delete/2, all/1, started/1, starts/0]).
-export([init/1, handle_call/3, handle_cast/2]).

start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, none, []).

put(Table, Key, Value) -> gen_server:call(?MODULE, {put, Table, Key, Value}).

delete(Table, Key) -> gen_server:call(?MODULE, {delete, Table, Key}).

%% A table, as a map.
all(Table) -> gen_server:call(?MODULE, {all, Table}).

%% Counts a start of Kind.
started(Kind) -> gen_server:call(?MODULE, {started, Kind}).

%% #{Kind => Count}
starts() -> all(starts).

init(none) ->
    {ok, #{}}.

handle_call({put, Table, Key, Value}, _, Tables) ->
    {reply, ok, with(Table, (table(Table, Tables))#{Key => Value}, Tables)};
handle_call({delete, Table, Key}, _, Tables) ->
    {reply, ok, with(Table, maps:remove(Key, table(Table, Tables)), Tables)};
handle_call({all, Table}, _, Tables) ->
    {reply, table(Table, Tables), Tables};
handle_call({started, Kind}, _, Tables) ->
    Starts = table(starts, Tables),
    {reply, ok, with(starts, Starts#{Kind => maps:get(Kind, Starts, 0) + 1}, Tables)}.

handle_cast(_, Tables) ->
    {noreply, Tables}.

table(Table, Tables) -> maps:get(Table, Tables, #{}).

with(Table, Rows, Tables) -> Tables#{Table => Rows}.
