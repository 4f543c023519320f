%% SPDX-License-Identifier: Apache-2.0
%% A phone: a state machine, with one function for each state.
%%
%%              call                 frequency            answered
%%     idle -----------> waiting ---------------> calling ----------> talking
%%      ^ `----------------------> ringing ------------------------->   |
%%      |        ring                          picked up                |
%%      `---------------------------------------------------------------'
%%                 hung up, time is over, or the other phone died
%%
%% The two phones of a call monitor each other: when one dies, the other gets a 'DOWN' message,
%% and the call is dropped. The caller has the frequency, and pays.
-module(phone).
-behaviour(gen_statem).
-export([start_link/1, call/4, hang_up/1, state/1, name/1]).
-export([init/1, callback_mode/0, idle/3, waiting/3, calling/3, ringing/3, talking/3]).

-record(phone, {number,
                from,            % whom to tell the outcome; undefined in a phone that was called
                to, id, length,  % the call that the caller asked for
                waited = false,  % whether it found no frequency free
                other, monitor}).

%% --- For subscribers ---------------------------------------------------------------------------
start_link(Number) ->
    gen_statem:start_link({local, name(Number)}, ?MODULE, Number, []).

name(Number) ->
    list_to_atom("phone_" ++ integer_to_list(Number)).

%% Makes a call, and returns when it is over: completed or {failed, Why}. Id is the same when the
%% same call is tried again. Length is in milliseconds, or until_hung_up.
call(From, To, Id, Length) ->
    try
        gen_statem:call(name(From), {call, To, Id, Length})
    catch
        exit:_ -> {failed, phone_is_dead}
    end.

%% ok when it was talking.
hang_up(Number) ->
    ask(Number, hang_up).

state(Number) ->
    ask(Number, state).

ask(Number, Question) ->
    try
        gen_statem:call(name(Number), Question)
    catch
        exit:_ -> dead
    end.

%% --- The machine -------------------------------------------------------------------------------
init(Number) ->
    vault:started(phone),
    {ok, idle, #phone{number = Number}}.

%% With state_enter, each state function is called with the event `enter` first.
callback_mode() ->
    [state_functions, state_enter].

idle(enter, _, _) ->
    keep_state_and_data;
idle({call, From}, {call, To, Id, Length}, Phone) ->
    event_log:note({dialled, Phone#phone.number}),
    {next_state, waiting, Phone#phone{from = From, to = To, id = Id, length = Length}};
idle(cast, {ring, Other}, Phone) ->
    {next_state, ringing, Phone#phone{other = Other, monitor = monitor(process, Other)}};
idle(Type, Event, Phone) ->
    in_any_state(Type, Event, idle, Phone).

%% Waits for a frequency: asks at once, and then every other millisecond.
waiting(enter, _, _) ->
    {keep_state_and_data, {state_timeout, 0, ask}};
waiting(state_timeout, ask, Phone) ->
    case frequency:allocate() of
        {ok, _} ->
            {next_state, calling, Phone};
        none_free ->
            Phone#phone.waited orelse event_log:note({waiting, Phone#phone.number}),
            {keep_state, Phone#phone{waited = true}, {state_timeout, 2, ask}}
    end;
waiting(Type, Event, Phone) ->
    in_any_state(Type, Event, waiting, Phone).

calling(enter, _, Phone) ->
    case whereis(name(Phone#phone.to)) of
        undefined ->
            {keep_state_and_data, {state_timeout, 0, unreachable}};
        Other ->
            gen_statem:cast(Other, {ring, self()}),
            {keep_state, Phone#phone{other = Other, monitor = monitor(process, Other)}}
    end;
calling(state_timeout, unreachable, Phone) ->
    over({failed, unreachable}, Phone);
calling(cast, {answered, Other}, Phone = #phone{other = Other}) ->
    event_log:note({connected, Phone#phone.number}),
    {next_state, talking, Phone};
calling(cast, {busy, Other}, Phone = #phone{other = Other}) ->
    over({failed, busy}, Phone);
calling(Type, Event, Phone) ->
    in_any_state(Type, Event, calling, Phone).

%% Somebody picks the phone up after a millisecond.
ringing(enter, _, _) ->
    {keep_state_and_data, {state_timeout, 1, pick_up}};
ringing(state_timeout, pick_up, Phone) ->
    gen_statem:cast(Phone#phone.other, {answered, self()}),
    {next_state, talking, Phone};
ringing(Type, Event, Phone) ->
    in_any_state(Type, Event, ringing, Phone).

talking(enter, calling, #phone{length = Length}) when is_integer(Length) ->
    {keep_state_and_data, {state_timeout, Length, time_is_over}};
talking(enter, _, _) ->
    keep_state_and_data;
talking(state_timeout, time_is_over, Phone) ->
    completed(Phone, []);
talking({call, From}, hang_up, Phone) ->
    completed(Phone, [{reply, From, ok}]);
talking(Type, Event, Phone) ->
    in_any_state(Type, Event, talking, Phone).

in_any_state({call, From}, state, State, _) ->
    {keep_state_and_data, {reply, From, State}};
in_any_state({call, From}, hang_up, State, _) ->
    {keep_state_and_data, {reply, From, State}};
in_any_state({call, From}, {call, _, _, _}, _, _) ->
    {keep_state_and_data, {reply, From, {failed, caller_is_busy}}};
in_any_state(cast, {ring, Other}, _, _) ->
    gen_statem:cast(Other, {busy, self()}),
    keep_state_and_data;
in_any_state(cast, {hung_up, Other}, _, Phone = #phone{other = Other}) ->
    bill(Phone),
    over(completed, Phone);
in_any_state(info, {'DOWN', Monitor, process, _, _}, _, Phone = #phone{monitor = Monitor}) ->
    over({failed, dropped}, Phone);
in_any_state(cast, _, _, _) ->
    keep_state_and_data.

%% --- Ends of calls -----------------------------------------------------------------------------
%% Who hangs up tells the other.
completed(Phone, Replies) ->
    bill(Phone),
    gen_statem:cast(Phone#phone.other, {hung_up, self()}),
    event_log:note({completed, Phone#phone.number}),
    over(completed, Phone, Replies).

%% The caller is billed before it says that the call is over: when it dies in between, and the call
%% is made again, billing knows the call by its id.
bill(#phone{from = undefined}) -> ok;
bill(#phone{id = Id, length = until_hung_up}) -> billing:record(Id, 1);
bill(#phone{id = Id, length = Length}) -> billing:record(Id, Length).

over(Outcome, Phone) ->
    over(Outcome, Phone, []).

over(Outcome, #phone{number = Number, from = From, monitor = Monitor}, Replies) ->
    Monitor =/= undefined andalso demonitor(Monitor, [flush]),
    Tell = case From of
               undefined -> [];
               _ -> frequency:release(), [{reply, From, Outcome}]
           end,
    {next_state, idle, #phone{number = Number}, Tell ++ Replies}.
