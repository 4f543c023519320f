%% A gen_fsm whose callbacks are funs: handler() is called with the kind of
%% event, the event, the state's name and the data.
-module(case_fsm).
-behaviour(gen_fsm).
-compile(nowarn_deprecated_function).
-export([start/3, get_handler/0]).
-export([init/1, handle_event/3, handle_sync_event/4, handle_info/3, terminate/3, code_change/4]).
-export([s1/2, s1/3, s2/2, s2/3]).

start(State, Data, Handler) ->
    gen_fsm:start_link(?MODULE, {{ok, State, Data}, Handler}, []).

%% Answers get, does what {do, Fun} asks for, notes the rest.
get_handler() ->
    fun({sync, _}, get, S, D) -> {reply, {S, lists:reverse(D)}, S, D};
       ({all_sync, _}, get, S, D) -> {reply, {S, lists:reverse(D)}, S, D};
       ({_, From}, {do, F}, S, D) -> F(From, S, D);
       (_, {do, F}, S, D) -> F(S, D);
       (event, timeout, S, {tell, Pid} = D) -> Pid ! {self(), timeout}, {next_state, S, D};
       ({Kind, _}, E, S, D) -> {reply, ok, S, [{Kind, E, S} | D]};
       (Kind, E, S, D) -> {next_state, S, [{Kind, E, S} | D]}
    end.

init({Init, Handler}) ->
    put(handler, Handler),
    case Init of
        F when is_function(F, 0) -> F();
        _ -> Init
    end.

call(Kind, Event, State, Data) -> (get(handler))(Kind, Event, State, Data).

s1(E, D) -> call(event, E, s1, D).
s1(E, From, D) -> call({sync, From}, E, s1, D).
s2(E, D) -> call(event, E, s2, D).
s2(E, From, D) -> call({sync, From}, E, s2, D).

handle_event(E, S, D) -> call(all, E, S, D).
handle_sync_event(E, From, S, D) -> call({all_sync, From}, E, S, D).
handle_info(E, S, D) -> call(info, E, S, D).

terminate(Reason, State, Data) ->
    case get(terminate) of
        undefined -> ok;
        F -> F(Reason, State, Data)
    end.

code_change(Old, State, Data, Extra) -> {ok, State, {changed, Old, Data, Extra}}.
