%% SPDX-License-Identifier: Apache-2.0
%% A telephone exchange that breaks parts of itself while it runs, and says what happened.
%%
%% Some hundred phones call each other. A call needs a radio frequency, and there are fewer of
%% those than callers. While the calls go on, we kill the frequency allocator, the event log, the
%% billing, whole supervisors, and phones in the middle of a call. Supervisors start anew what
%% died, callers dial again, and at the end the books must balance: every call was completed and
%% billed once, and no frequency was lost.
%%
%%     exchange            this module: what happens, in seven acts, and the report
%%     exchange_sup        the supervision tree: who starts whom anew
%%     phone               a phone, as a state machine (gen_statem)
%%     frequency           the frequency allocator, as a server (gen_server)
%%     billing             what calls cost, as a server
%%     event_log           counts what happened, as an event handler (gen_event)
%%     event_guard         puts the handler back when it crashed
%%     vault               keeps what must survive a crash
%%     patient             calls of servers that may be restarting
%%
%% Everything that is printed is the same in every run, on every number of cores, although no two
%% runs take the same course: it depends on what the program promises, not on who was faster.
-module(exchange).
-export([main/0, main/1]).

-define(CALLS_EACH, 10). % calls that each caller makes in the busy hour

main() ->
    main(200).

%% Phones: how many there are; an even number from 20 on.
main(Phones) when is_integer(Phones), Phones >= 20, Phones rem 2 =:= 0 ->
    silence_reports(),
    Before = processes(),
    Frequencies = Phones * 2 div 5,
    io:format("A telephone exchange of ~w phones and ~w frequencies~n", [Phones, Frequencies]),
    {ok, Top} = exchange_sup:start_link(Phones, Frequencies),
    Callers = lists:seq(1, Phones, 2), % the odd numbers call, the even ones answer
    Billed1 = rush(Callers, Frequencies),
    Billed2 = crossed_lines(lists:sublist(Callers, Frequencies)),
    Billed3 = busy_hour(Callers, Phones),
    Ok = balance(Phones, [Billed1, Billed2, Billed3]),
    stop(Top, Before, Ok).

%% --- Acts 1 to 5: everybody calls the neighbour ------------------------------------------------
rush(Callers, Frequencies) ->
    act(1, "Everybody calls the neighbour"),
    Calls = [dial(From, From + 1, {rush, From}, until_hung_up) || From <- Callers],
    Waiting = length(Calls) - Frequencies,
    until(fun() -> in_state(talking, Callers) =:= Frequencies end),
    Logged = #{dialled => length(Calls), connected => Frequencies, waiting => Waiting},
    until(fun() -> event_log:counts() =:= Logged end),
    line("calls attempted", length(Calls)),
    line("connected, each with a frequency of its own", length(frequency:allocated())),
    line("waiting until a frequency is free", in_state(waiting, Callers)),

    act(2, "The frequency allocator is killed"),
    Allocated = frequency:allocated(),
    kill(frequency),
    line("calls that go on", in_state(talking, Callers)),
    check("the new allocator knows who has which frequency", frequency:allocated() =:= Allocated),

    act(3, "The event log breaks: a bad event, and then it is killed"),
    Guard = whereis(event_guard),
    event_log:note(an_event_that_nobody_expects),
    until(fun() -> is_new(event_guard, Guard) andalso mended() end),
    check("the handler was put back, and has its counts", event_log:counts() =:= Logged),
    kill(event_log),
    check("the log was started anew, and has its counts", event_log:counts() =:= Logged),
    line("calls that go on", in_state(talking, Callers)),

    act(4, "The allocator is killed until its supervisor gives up"),
    Supervisor = whereis(services_sup),
    line("times it was killed", kill_until_supervisor_gives_up(frequency, Supervisor, 0)),
    check("the next supervisor above built the branch anew", is_new(services_sup, Supervisor)),
    line("calls that go on", in_state(talking, Callers)),
    check("no frequency was lost", frequency:allocated() =:= Allocated),

    act(5, "They hang up, and those who wait get their turn"),
    hang_up_all(Callers, length(Calls)),
    Outcomes = outcomes(Calls),
    line("calls completed", length([done || {completed, _} <- Outcomes])),
    line("calls dropped", length([Drops || {completed, Drops} <- Outcomes, Drops > 0])),
    line("frequencies still taken", length(frequency:allocated())),
    {length(Calls), length(Calls)}.

%% Hangs up whoever talks, until N callers have had their call.
hang_up_all(_, 0) ->
    ok;
hang_up_all(Callers, N) ->
    Hung = [From || From <- Callers, phone:state(From) =:= talking, phone:hang_up(From) =:= ok],
    timer:sleep(1),
    hang_up_all(Callers, N - length(Hung)).

kill_until_supervisor_gives_up(Name, Supervisor, Kills) ->
    kill(Name),
    case is_new(services_sup, Supervisor) of
        true -> Kills + 1;
        false -> kill_until_supervisor_gives_up(Name, Supervisor, Kills + 1)
    end.

%% --- Act 6: phones die in the middle of a call -------------------------------------------------
crossed_lines(Callers) ->
    act(6, "Phones are killed in the middle of their call"),
    Calls = [dial(From, From + 1, {crossed, From}, until_hung_up) || From <- Callers],
    until(fun() -> in_state(talking, Callers) =:= length(Callers) end),
    line("calls connected", length(Calls)),
    Victims = every_tenth(Callers, 5) ++ [From + 1 || From <- every_tenth(Callers, 10)],
    [kill(phone:name(Number)) || Number <- Victims],
    line("phones killed, half of them callers", length(Victims)),
    until(fun() -> in_state(talking, Callers) =:= length(Callers) end),
    line("connected again, when the dropped had redialled", in_state(talking, Callers)),
    hang_up_all(Callers, length(Calls)),
    Outcomes = outcomes(Calls),
    line("calls completed", length([done || {completed, _} <- Outcomes])),
    line("of those, dropped before", length([Drops || {completed, Drops} <- Outcomes, Drops > 0])),
    line("frequencies still taken", length(frequency:allocated())),
    {length(Calls), length(Calls)}.

every_tenth(List, First) when First > length(List) -> [];
every_tenth(List, First) -> [lists:nth(First, List) | every_tenth(List, First + 10)].

%% --- Act 7: the busy hour ----------------------------------------------------------------------
%% Each caller has a list of calls to make, to anyone, and redials until each is done. A gremlin
%% kills processes all the while.
busy_hour(Callers, Phones) ->
    act(7, "The busy hour, and a gremlin that kills what it finds"),
    Plans = [plan(From, Phones) || From <- Callers],
    Self = self(),
    Subscribers = [spawn_link(fun() -> Self ! {self(), done, make_calls(Plan)} end) || Plan <- Plans],
    Gremlin = spawn_link(fun() -> Self ! {self(), killed, gremlin(Phones)} end),
    Done = lists:sum([receive {Subscriber, done, N} -> N end || Subscriber <- Subscribers]),
    Killed = receive {Gremlin, killed, K} -> K end,
    Wanted = lists:append(Plans),
    line("calls that people wanted to make", length(Wanted)),
    [line("times it killed " ++ What, N) || {What, N} <- Killed],
    line("calls completed", Done),
    {length(Wanted), lists:sum([Length || {_, _, _, Length} <- Wanted])}.

%% The calls of one caller: whom, and for how long. The dice are thrown with a known seed.
plan(From, Phones) ->
    {Plan, _} =
        lists:mapfoldl(fun(N, Dice0) ->
                               {To, Dice1} = rand:uniform_s(Phones div 2, Dice0),
                               {Length, Dice} = rand:uniform_s(3, Dice1),
                               {{From, 2 * To, {busy_hour, From, N}, Length}, Dice}
                       end,
                       rand:seed_s(exsss, From), lists:seq(1, ?CALLS_EACH)),
    Plan.

make_calls(Plan) ->
    length([completed = element(1, call(From, To, Id, Length, 0)) || {From, To, Id, Length} <- Plan]).

gremlin(Phones) ->
    Services = [{"the allocator", frequency}, {"the billing", billing}, {"the event log", event_log}],
    {Kills, _} =
        lists:mapfoldl(fun(Round, Dice0) ->
                               {What, Name} = lists:nth(1 + Round rem 3, Services),
                               kill(Name),
                               {Number1, Dice1} = rand:uniform_s(Phones, Dice0),
                               {Number2, Dice} = rand:uniform_s(Phones, Dice1),
                               [kill(phone:name(Number)) || Number <- [Number1, Number2]],
                               {[What, "phones", "phones"], Dice}
                       end,
                       rand:seed_s(exsss, 1), lists:seq(1, 12)),
    count(lists:append(Kills)).

count(List) ->
    [{What, length([X || X <- List, X =:= What])} || What <- lists:usort(List)].

%% --- The end: do the books balance? ------------------------------------------------------------
balance(Phones, Billed) ->
    io:format("~nThe books~n"),
    Starts = vault:starts(),
    [line("restarts: " ++ What, maps:get(Name, Starts) - N)
     || {What, Name, N} <- [{"frequency allocator", frequency, 1}, {"billing", billing, 1}, {"event log", event_log, 1},
                            {"supervisor of those", services_sup, 1}, {"phones", phone, Phones}]],
    {Calls, Units} = lists:foldl(fun({C, U}, {Cs, Us}) -> {C + Cs, U + Us} end, {0, 0}, Billed),
    line("calls completed in all", Calls),
    line("units billed for them", Units),
    until(fun() -> in_state(idle, lists:seq(1, Phones)) =:= Phones end),
    [check("every call was billed, and none twice", billing:total() =:= {Calls, Units}),
     check("every phone is on the hook", in_state(idle, lists:seq(1, Phones)) =:= Phones),
     check("every frequency is free", frequency:allocated() =:= [])].

stop(Top, Before, Checks) ->
    unlink(Top),
    Monitor = monitor(process, Top),
    exit(Top, shutdown),
    receive {'DOWN', Monitor, process, Top, Reason} -> check("the exchange shut down in order", Reason =:= shutdown) end,
    Ok = check("no process is left", processes() -- Before =:= []),
    case lists:all(fun(Check) -> Check end, [Ok | Checks]) of
        true -> io:format("~nEverything adds up.~n"), ok;
        false -> io:format("~nSomething does NOT add up.~n"), error
    end.

%% --- Calls -------------------------------------------------------------------------------------
%% A subscriber who wants one call, as a process of its own; outcomes/1 waits for it.
dial(From, To, Id, Length) ->
    Self = self(),
    spawn_link(fun() -> Self ! {self(), outcome, call(From, To, Id, Length, 0)} end).

outcomes(Calls) ->
    [receive {Call, outcome, Outcome} -> Outcome end || Call <- Calls].

%% Dials until the call has been completed; gives how many times it was not.
call(From, To, Id, Length, Failures) ->
    case phone:call(From, To, Id, Length) of
        completed ->
            {completed, Failures};
        {failed, _Why} ->
            timer:sleep(1),
            call(From, To, Id, Length, Failures + 1)
    end.

in_state(State, Numbers) ->
    length([Number || Number <- Numbers, phone:state(Number) =:= State]).

%% --- Crashes -----------------------------------------------------------------------------------
%% Kills the process that has a name, and waits until all is mended.
kill(Name) ->
    Old = whereis(Name),
    exit(Old, kill),
    until(fun() -> is_new(Name, Old) andalso mended() end).

%% Whether the name belongs to another process than Old by now.
is_new(Name, Old) ->
    New = whereis(Name),
    is_pid(New) andalso New =/= Old.

mended() ->
    lists:all(fun(Name) -> whereis(Name) =/= undefined end, [event_log, frequency, billing])
        andalso event_log:is_installed().

until(Condition) ->
    case Condition() of
        true -> ok;
        false -> timer:sleep(1), until(Condition)
    end.

%% OTP reports each crash through its logger. The report of this program says it in fewer words.
silence_reports() ->
    whereis(logger) =/= undefined andalso logger:set_primary_config(level, none).

%% --- The report --------------------------------------------------------------------------------
act(Number, Title) -> io:format("~n~w. ~s~n", [Number, Title]).

line(What, Value) -> io:format("   ~s ~5w~n", [string:pad(What ++ " ", 54, trailing, $.), Value]).

check(What, true) -> line(What, yes), true;
check(What, false) -> line(What, 'NO'), false.
