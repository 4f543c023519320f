%% What the cases about processes share: puppets that do what they are told,
%% waits that end, and terms without pids and references.
%%
%% A wait that must end well may last long (an instrumented machine is slow, and
%% a simulated clock jumps); one that must not end is as short as can be.
-module(case_proc).
-export([puppet/0, puppet/1, do/2, tell/2, idle/0, dead/0, down/1, kill/1, stop/1]).
-export([got/0, got/1, all/0, nothing/0, until/1, until/2, waiting/1, sleep/1]).
-export([plain/1, plain/2, own/1, own/2, in/1, trap/1]).

-define(LONG, 60000).

%% --- puppets -----------------------------------------------------------------

%% A process that does what do/2 and tell/2 say, and leaves other messages alone.
puppet() -> puppet([]).
puppet(Options) -> spawn_opt(fun() -> puppet_loop() end, Options).

puppet_loop() ->
    receive
        {?MODULE, do, From, Ref, F} ->
            From ! {Ref, case_lib:class(F)},
            puppet_loop();
        {?MODULE, tell, F} ->
            F(),
            puppet_loop();
        {?MODULE, stop} ->
            ok
    end.

%% The value of the fun in the puppet, {Class, Reason} of what it raised, or
%% {ended, Reason} when the puppet did not live to answer.
do(Pid, F) ->
    Mon = monitor(process, Pid),
    Pid ! {?MODULE, do, self(), Mon, F},
    receive
        {Mon, {ok, V}} -> demonitor(Mon, [flush]), V;
        {Mon, Raised} -> demonitor(Mon, [flush]), Raised;
        {'DOWN', Mon, _, _, Reason} -> {ended, Reason}
    after ?LONG -> no_answer
    end.

%% The same without an answer; what the fun raises ends the puppet.
tell(Pid, F) -> Pid ! {?MODULE, tell, F}, ok.

stop(Pid) -> Pid ! {?MODULE, stop}, down(Pid).

%% A process that waits until it is killed.
idle() -> spawn(fun() -> receive after infinity -> ok end end).

%% A process that has ended.
dead() ->
    {Pid, Mon} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Mon, _, _, _} -> Pid end.

%% The reason for which a process ends.
down(Pid) ->
    Mon = monitor(process, Pid),
    receive {'DOWN', Mon, _, _, Reason} -> Reason after ?LONG -> still_there end.

kill(Pid) ->
    Mon = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Mon, _, _, Reason} -> Reason after ?LONG -> still_there end.

%% The value of a fun in a process of its own, or how that ended.
in(F) ->
    Self = self(), Tag = make_ref(),
    {Pid, Mon} = spawn_monitor(fun() -> Self ! {Tag, F()} end),
    receive
        {Tag, V} -> receive {'DOWN', Mon, _, _, _} -> V after ?LONG -> still_there end;
        {'DOWN', Mon, _, Pid, Reason} -> {ended, Reason}
    after ?LONG -> no_answer
    end.

%% The same in a process that traps exits.
trap(F) -> in(fun() -> process_flag(trap_exit, true), F() end).

%% --- waits -------------------------------------------------------------------

%% The next message.
got() -> got(?LONG).
got(Ms) -> receive M -> M after Ms -> nothing end.

%% The messages that are there.
all() -> receive M -> [M | all()] after 0 -> [] end.

%% Whether there is no message, nor comes one soon.
nothing() -> receive M -> {unexpected, M} after 20 -> true end.

%% Until the fun gives true: looks again and again.
until(F) -> until(F, ?LONG div 5).
until(_, 0) -> not_in_time;
until(F, N) ->
    case F() of
        true -> true;
        _ -> sleep(1 + (100 div N)), until(F, N - 1)
    end.

%% Until the process waits for a message.
waiting(Pid) -> until(fun() -> process_info(Pid, status) =:= {status, waiting} end).

sleep(Ms) -> receive after Ms -> ok end.

%% --- terms that are the same on every machine --------------------------------

%% Pids, references and ports by the names given for them, else by their kind.
plain(T) -> plain(T, []).
plain(T, Names) when is_pid(T); is_reference(T); is_port(T) ->
    case lists:keyfind(T, 1, Names) of
        {_, Name} -> Name;
        false when is_pid(T) -> a_pid;
        false when is_reference(T) -> a_reference;
        false -> a_port
    end;
plain([H | T], Names) -> [plain(H, Names) | plain(T, Names)];
plain(T, Names) when is_tuple(T) -> list_to_tuple(plain(tuple_to_list(T), Names));
plain(T, Names) when is_map(T) -> maps:from_list(plain(maps:to_list(T), Names));
plain(T, _) when is_function(T) -> a_fun;
plain(T, _) -> T.

%% A stack trace, or an exit reason with one, without what depends on the place
%% of the sources: frames as {M, F, Arity or arguments, Keys}.
own({Reason, [Frame | _] = Trace}) when tuple_size(Frame) =:= 4 -> {Reason, own(Trace)};
own([{_, _, _, L} | _] = Trace) when is_list(L) -> [own_frame(F) || F <- Trace];
own(X) -> X.
own(X, Names) -> plain(own(X), Names).

own_frame({M, F, A, L}) -> {M, F, A, [I || {K, _} = I <- L, K =/= file, K =/= line]}.
