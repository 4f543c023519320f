%% A gen_server with format_status/1: init/1's fun says what that does.
-module(case_server_status).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, format_status/1]).

init({Format, State}) ->
    put(format, Format),
    {ok, State}.

handle_call({do, Fun}, From, State) -> Fun(From, State).

handle_cast({do, Fun}, State) -> Fun(State).

format_status(Status) -> (get(format))(Status).
