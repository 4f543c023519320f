%% A gen_event handler with the callbacks only that it must have, and a status.
-module(case_event_bare).
-behaviour(gen_event).
-export([init/1, handle_event/2, handle_call/2, format_status/1]).

init(State) -> {ok, State}.

handle_event(crash, _) -> error(crash);
handle_event(Event, State) -> {ok, [Event | State]}.

handle_call(get, State) -> {ok, State, State}.

format_status(Status) -> maps:map(fun(state, S) -> {shown, S}; (_, V) -> V end, Status).
