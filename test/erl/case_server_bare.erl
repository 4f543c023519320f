%% A gen_server with the callbacks only that it must have.
-module(case_server_bare).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(Fun) -> Fun().

handle_call({do, Fun}, From, State) -> Fun(From, State);
handle_call(get, _From, State) -> {reply, State, State}.

handle_cast({do, Fun}, State) -> Fun(State).
