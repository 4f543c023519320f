%% A gen_statem whose callbacks are funs. A case starts it with the callback
%% mode, what init/1 returns, and a handler: a fun of the event's type and
%% content, the state and the data, for both callback modes.
-module(case_statem).
-behaviour(gen_statem).
-export([start/3, start/4, start/5, events/1]).
-export([get_handler/0, noter/0, postponer/0]).
-export([init/1, callback_mode/0, handle_event/4, terminate/3, code_change/4]).
-export([s1/3, s2/3, s3/3]).

%% In mode handle_event_function, started in State with Data.
start(State, Data, Handler) ->
    start(handle_event_function, {ok, State, Data}, Handler, []).

start(Mode, Init, Handler, Options) ->
    gen_statem:start_link(?MODULE, {Mode, Init, Handler}, Options).

start(Name, Mode, Init, Handler, Options) ->
    gen_statem:start_link(Name, ?MODULE, {Mode, Init, Handler}, Options).

%% The data of a machine that gathers events as its data, oldest first.
events(P) ->
    {_, Data} = sys:get_state(P),
    lists:reverse(Data).

init({Mode, Init, Handler}) ->
    put(mode, Mode),
    put(handler, Handler),
    case Init of
        F when is_function(F, 0) -> F();
        _ -> Init
    end.

callback_mode() ->
    case get(mode) of
        F when is_function(F, 0) -> F();
        Mode -> Mode
    end.

handle_event(Type, Content, State, Data) ->
    (get(handler))(Type, Content, State, Data).

s1(Type, Content, Data) -> (get(handler))(Type, Content, s1, Data).
s2(Type, Content, Data) -> (get(handler))(Type, Content, s2, Data).
s3(Type, Content, Data) -> (get(handler))(Type, Content, s3, Data).

terminate(Reason, State, Data) ->
    case get(terminate) of
        undefined -> ok;
        F -> F(Reason, State, Data)
    end.

code_change(Old, State, Data, Extra) ->
    case get(code_change) of
        undefined -> {ok, State, {changed, Old, Data, Extra}};
        F -> F(Old, State, Data, Extra)
    end.

%% --- handlers ----------------------------------------------------------------------------------
%% Answers get and {stop, Reason}, does what {do, Fun} asks for.
get_handler() ->
    fun({call, From}, get, S, D) -> {keep_state_and_data, {reply, From, {S, D}}};
       ({call, From}, {stop, R}, _, _) -> {stop_and_reply, R, {reply, From, stopping}};
       (cast, {do, F}, S, D) -> F(S, D);
       (T, C, _, D) when is_list(D) -> {keep_state, [{T, C} | D]};
       (_, _, _, _) -> keep_state_and_data
    end.

%% Notes each event with its state; what {do, F} asks for is done.
noter() ->
    fun({call, From}, get, S, D) -> {keep_state_and_data, {reply, From, {S, lists:reverse(D)}}};
       ({call, From}, {do, F}, S, D) -> F(From, S, D);
       (_, {do, F}, S, D) -> F(S, D);
       (enter, Old, S, D) -> {keep_state, [{enter, Old, S} | D]};
       ({call, From}, C, S, D) -> {keep_state, [{call, C, S} | D], {reply, From, ok}};
       (T, C, S, D) -> {keep_state, [{T, C, S} | D]}
    end.

%% Postpones in s1, notes elsewhere.
postponer() ->
    fun({call, From}, get, S, D) -> {keep_state_and_data, {reply, From, {S, lists:reverse(D)}}};
       (cast, {to, S}, _, D) -> {next_state, S, D};
       (cast, {keep, D}, _, _) -> {keep_state, D};
       (cast, again, _, _) -> repeat_state_and_data;
       (T, C, s1, _) when T =/= enter, not is_tuple(T) -> _ = C, {keep_state_and_data, postpone};
       (T, C, S, D) -> {keep_state, [{T, C, S} | D]}
    end.
