%% SPDX-License-Identifier: Apache-2.0
%% Puts the handler into the event log, and is told by the manager when the handler crashes. Then
%% it ends: its supervisor starts it anew, and so the handler is put back.
-module(event_guard).
-behaviour(gen_server).
-export([start_link/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, none, []).

init(none) ->
    process_flag(trap_exit, true), % when the manager dies, it is for the supervisor to act
    ok = gen_event:add_sup_handler(event_log, event_log, none),
    {ok, none}.

handle_call(_, _, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.

handle_info({gen_event_EXIT, event_log, _Reason}, State) ->
    {stop, {shutdown, handler_is_gone}, State};
handle_info(_, State) ->
    {noreply, State}.
