%% A name service for {via, case_via, Name}: a registered process that keeps
%% names, with the functions that the behaviours ask of such a module.
-module(case_via).
-export([start_link/0, register_name/2, unregister_name/1, whereis_name/1, send/2, names/0]).

%% That of the case before may still be on its way out.
start_link() ->
    case_otp:until(fun() -> whereis(?MODULE) =:= undefined end),
    Self = self(),
    Pid = spawn_link(fun() ->
                             register(?MODULE, self()),
                             Self ! {self(), ready},
                             loop(#{})
                     end),
    receive {Pid, ready} -> {ok, Pid} end.

register_name(Name, Pid) -> ask({register, Name, Pid}).

unregister_name(Name) -> ask({unregister, Name}).

whereis_name(Name) -> ask({whereis, Name}).

send(Name, Message) ->
    case whereis_name(Name) of
        undefined -> exit({badarg, {Name, Message}});
        Pid -> Pid ! Message, Pid
    end.

names() -> ask(names).

ask(Question) ->
    Ref = make_ref(),
    ?MODULE ! {self(), Ref, Question},
    receive {Ref, Answer} -> Answer end.

loop(Names) ->
    receive
        {From, Ref, Question} ->
            {Answer, New} = answer(Question, Names),
            From ! {Ref, Answer},
            loop(New);
        {'DOWN', _, process, Pid, _} ->
            loop(maps:filter(fun(_, P) -> P =/= Pid end, Names))
    end.

answer({register, Name, _}, Names) when is_map_key(Name, Names) ->
    {no, Names};
answer({register, Name, Pid}, Names) ->
    erlang:monitor(process, Pid),
    {yes, Names#{Name => Pid}};
answer({unregister, Name}, Names) ->
    {ok, maps:remove(Name, Names)};
answer({whereis, Name}, Names) ->
    {maps:get(Name, Names, undefined), Names};
answer(names, Names) ->
    {lists:sort(maps:keys(Names)), Names}.
