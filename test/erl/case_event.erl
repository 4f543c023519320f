%% A gen_event handler whose callbacks are funs: init/1 calls its argument or
%% takes it as the state; {do, Fun} is answered by Fun; other events and
%% messages are gathered in the state.
-module(case_event).
-behaviour(gen_event).
-export([init/1, handle_event/2, handle_call/2, handle_info/2, terminate/2, code_change/3]).

init(Fun) when is_function(Fun, 0) -> Fun();
init({Fun, FromOther}) when is_function(Fun, 1) -> Fun(FromOther);
init(State) -> {ok, State}.

handle_event({do, Fun}, State) -> Fun(State);
handle_event(Event, State) when is_list(State) -> {ok, [Event | State]};
handle_event(_, State) -> {ok, State}.

handle_call({do, Fun}, State) -> Fun(State);
handle_call(get, State) -> {ok, State, State};
handle_call({set, New}, State) -> {ok, State, New}.

handle_info({do, Fun}, State) -> Fun(State);
handle_info(Message, State) when is_list(State) -> {ok, [{info, Message} | State]};
handle_info(_, State) -> {ok, State}.

%% What terminate/2 gives back, delete_handler/3 returns and a new handler gets.
terminate(Fun, State) when is_function(Fun, 1) ->
    Fun(State);
terminate(Arg, State) ->
    case get(terminate) of
        undefined -> {terminated, Arg, State};
        Fun -> Fun(Arg, State)
    end.

code_change(Old, State, Extra) ->
    {ok, {changed, Old, State, Extra}}.
