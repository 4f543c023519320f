%% A gen_server whose callbacks are funs: init/1 calls its argument, and a
%% request {do, Fun} is answered by Fun. What it has no fun for, it notes in
%% its state or looks up in its dictionary.
-module(case_server).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2, terminate/2,
         code_change/3]).
-export([start/1, start_link/1, do/2]).

start(State) ->
    gen_server:start(?MODULE, fun() -> {ok, State} end, []).

start_link(State) ->
    gen_server:start_link(?MODULE, fun() -> {ok, State} end, []).

%% Calls with a fun of From and State.
do(Server, Fun) ->
    gen_server:call(Server, {do, Fun}, infinity).

init(Fun) ->
    Fun().

handle_call({do, Fun}, From, State) -> Fun(From, State);
handle_call(get, _From, State) -> {reply, State, State};
handle_call({set, State}, _From, Old) -> {reply, Old, State};
handle_call({echo, X}, _From, State) -> {reply, X, State};
handle_call(self, _From, State) -> {reply, self(), State};
handle_call({stop, Reason}, _From, State) -> {stop, Reason, stopping, State};
handle_call(never, _From, State) -> {noreply, State}.

handle_cast({do, Fun}, State) -> Fun(State);
handle_cast({set, State}, _) -> {noreply, State};
handle_cast({stop, Reason}, State) -> {stop, Reason, State};
handle_cast(M, State) when is_list(State) -> {noreply, [{cast, M} | State]}.

handle_info({do, Fun}, State) -> Fun(State);
handle_info(M, {tell, Pid} = State) -> Pid ! {self(), M}, {noreply, State};
handle_info(M, State) when is_list(State) -> {noreply, [{info, M} | State]};
handle_info(_, State) -> {noreply, State}.

handle_continue(Fun, State) when is_function(Fun) -> Fun(State);
handle_continue(M, State) -> {noreply, [{continue, M} | State]}.

terminate(Reason, State) ->
    case get(terminate) of
        undefined -> ok;
        Fun -> Fun(Reason, State)
    end.

code_change(Old, State, Extra) ->
    case get(code_change) of
        undefined -> {ok, {changed, Old, State, Extra}};
        Fun -> Fun(Old, State, Extra)
    end.
