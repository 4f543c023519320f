%% A gen_server with the older format_status/2.
-module(case_server_status2).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, format_status/2]).

init({Format, State}) ->
    put(format, Format),
    {ok, State}.

handle_call({do, Fun}, From, State) -> Fun(From, State).

handle_cast({do, Fun}, State) -> Fun(State).

format_status(Opt, [_Dictionary, State]) -> (get(format))(Opt, State).
