%% A gen_statem with format_status/1, and postponed events and timers to show.
-module(case_statem_status).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, handle_event/4, format_status/1]).

init({Format, State, Data}) ->
    put(format, Format),
    {ok, State, Data, [{state_timeout, 1000000, st}, {{timeout, named}, 1000000, nt}]}.

callback_mode() -> handle_event_function.

handle_event(cast, later, _, _) -> {keep_state_and_data, postpone};
handle_event({call, From}, get, S, D) -> {keep_state_and_data, {reply, From, {S, D}}};
handle_event(cast, {stop, Reason}, _, _) -> {stop, Reason}.

format_status(Status) -> (get(format))(Status).
