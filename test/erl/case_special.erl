%% A special process: written with proc_lib and sys by hand, as the design
%% principles describe, without gen_server. It answers {ask, From, Question}
%% and keeps a list; with debug it tells sys of what it gets and sends.
-module(case_special).
-export([start_link/1, start_link/2, ask/2]).
-export([init/3, system_continue/3, system_terminate/4, system_code_change/4, system_get_state/1,
         system_replace_state/2]).

start_link(State) -> start_link(State, []).

start_link(State, Debug) -> proc_lib:start_link(?MODULE, init, [self(), State, Debug]).

ask(P, Question) ->
    Ref = erlang:monitor(process, P),
    P ! {ask, {self(), Ref}, Question},
    receive
        {Ref, Answer} -> erlang:demonitor(Ref, [flush]), Answer;
        {'DOWN', Ref, process, _, Reason} -> exit(Reason)
    end.

init(Parent, State, DebugOptions) ->
    process_flag(trap_exit, true),
    Debug = sys:debug_options(DebugOptions),
    proc_lib:init_ack(Parent, {ok, self()}),
    loop(Parent, Debug, State).

loop(Parent, Debug, State) ->
    receive
        {system, From, Request} ->
            sys:handle_system_msg(Request, From, Parent, ?MODULE, Debug, State);
        {'EXIT', Parent, Reason} ->
            exit({parent, Reason});
        {ask, {Pid, Ref} = From, Question} = Message ->
            Debug1 = sys:handle_debug(Debug, fun print/3, State, {in, Message}),
            Answer = {State, Question},
            Pid ! {Ref, Answer},
            Debug2 = sys:handle_debug(Debug1, fun print/3, State, {out, Answer, From}),
            loop(Parent, Debug2, State);
        Other ->
            Debug1 = sys:handle_debug(Debug, fun print/3, State, {in, Other}),
            loop(Parent, Debug1, [Other | State])
    end.

print(Device, {in, {ask, _, Question}}, State) ->
    io:format(Device, "asked ~tp in ~tp~n", [Question, State]);
print(Device, {out, Answer, _}, _) ->
    io:format(Device, "answered ~tp~n", [Answer]);
print(Device, {in, Other}, _) ->
    io:format(Device, "got ~tp~n", [Other]).

system_continue(Parent, Debug, State) -> loop(Parent, Debug, State).

system_terminate(Reason, _Parent, _Debug, State) -> exit({system_terminate, Reason, State}).

system_get_state(State) -> {ok, {shown, State}}.

system_replace_state(Fun, State) ->
    New = Fun(State),
    {ok, New, New}.

system_code_change(State, Module, Old, Extra) ->
    case Extra of
        fail -> error(bad_change);
        refuse -> {error, refused};
        _ -> {ok, [{changed, Module, Old, Extra} | State]}
    end.
