%% SPDX-License-Identifier: Apache-2.0
%% Thousands of processes that do to each other whatever processes can: spawn, link, monitor,
%% kill, register, send deep terms and large binaries, set timers, suspend, collect, hibernate.
%% Meanwhile trusted processes check what is promised of signals; at the end everybody is killed,
%% and the books must balance.
%%
%%     torture:run(Seed, Seconds, Processes)
%%
%% It prints how it goes, and ends with `torture ok` or with what is wrong and the seed.
%%
%% Who is who:
%% - wild processes do random things to their friends, which are other wild processes, and harmless
%%   ones to trusted processes too;
%% - keepers replace wild processes that die, kill some themselves, and introduce them to friends;
%% - streams are pairs of trusted processes: what one sends arrives whole, once, in order;
%% - probers check links, monitors, aliases, timers and names on wild processes.
-module(torture).
-export([run/3]).
-export([wild/1, child/2]). % hibernated and spawned by name

-define(NAMES, [torture_a, torture_b, torture_c, torture_d, torture_e, torture_f, torture_g, torture_h]).
-define(STREAMS, 4).
-define(PROBERS, 4).
-define(WINDOW, 200).   % messages of a stream on their way
-define(FRIENDS, 24).   % that a wild process knows
-define(PATIENCE_MS, 120000).

run(Seed, Seconds, Processes) ->
    whereis(logger) =/= undefined andalso logger:set_primary_config(level, none),
    io:format("torture: seed ~w, ~w s, ~w processes, ~w schedulers~n",
              [Seed, Seconds, Processes, erlang:system_info(schedulers_online)]),
    [collect(P) || P <- processes()],
    Before = {processes(), memory(binary), memory(processes)},
    Start = now_ms(),
    Wrongs = torture(Seed, Seconds, Processes),
    Balance = balance(Before),
    case Wrongs ++ Balance of
        [] ->
            io:format("torture ok (seed ~w, ~w s)~n", [Seed, (now_ms() - Start) div 1000]),
            ok;
        All ->
            io:format("torture FAILED with seed ~w, ~w things are wrong:~n~s",
                      [Seed, length(All), [io_lib:format("  ~tp~n", [W]) || W <- lists:sublist(All, 20)]]),
            failed
    end.

%% Everything between the two balances; gives what was wrong.
torture(Seed, Seconds, Processes) ->
    Main = self(),
    Counter = counters:new(4, [write_concurrency]),
    Trusted = lists:append([stream(Main, {Seed, stream, N}, Counter) || N <- lists:seq(1, ?STREAMS)]),
    Keepers = keepers(Main, Seed, Processes, Counter, Trusted),
    Probers = [start(fun() -> prober(Main, rand({Seed, prober, N}), [], Counter) end) || N <- lists:seq(1, ?PROBERS)],
    [K ! {probers, Probers} || K <- Keepers],
    Wrongs = watch(Counter, now_ms(), now_ms() + Seconds * 1000, {0, now_ms()}, []),
    [P ! {stop, Main} || P <- Probers],
    Wrongs1 = wait_all(prober, Probers, Wrongs),
    [K ! {stop, Main} || K <- Keepers],
    Wrongs2 = wait_all(keeper, Keepers, Wrongs1),
    [P ! {stop, Main} || P <- Trusted],
    Wrongs3 = wait_all(stream, Trusted, Wrongs2),
    lists:reverse(rest(Wrongs3)).

%% A process that must not die before it is told to stop.
start(Fun) ->
    {Pid, _} = spawn_monitor(Fun),
    Pid.

%% Prints a line every few seconds, gathers what is wrong.
watch(Counter, Start, End, {Ops0, At0} = Last, Wrongs) ->
    receive
        {wrong, What} ->
            length(Wrongs) < 5 andalso io:format("  wrong: ~tp~n", [What]),
            watch(Counter, Start, End, Last, [What | lists:sublist(Wrongs, 50)]);
        {'DOWN', _, process, P, Reason} ->
            self() ! {wrong, {died, P, Reason}},
            watch(Counter, Start, End, Last, Wrongs)
    after max(0, min(End, At0 + 5000) - now_ms()) ->
            Now = now_ms(),
            Ops = counters:get(Counter, 1),
            Rate = (Ops - Ops0) div max(1, Now - At0),
            io:format("~5w s ~7w born ~9w thousand actions ~5w a ms ~8w streamed ~8w probed ~5w MB~n",
                      [(Now - Start) div 1000, counters:get(Counter, 2), Ops div 1000, Rate,
                       counters:get(Counter, 3), counters:get(Counter, 4), memory(total) div 1048576]),
            case Now >= End of
                true -> Wrongs;
                false -> watch(Counter, Start, End, {Ops, Now}, Wrongs)
            end
    end.

rest(Wrongs) ->
    receive
        {wrong, What} -> rest([What | Wrongs]);
        {'DOWN', _, process, _, normal} -> rest(Wrongs);
        {'DOWN', _, process, P, Reason} -> rest([{died, P, Reason} | Wrongs])
    after 0 -> Wrongs
    end.

%% Each process of a list says {done, Pid} when it has come to its end.
wait_all(_, [], Wrongs) ->
    Wrongs;
wait_all(Kind, [P | Ps], Wrongs) ->
    receive
        {done, P} -> wait_all(Kind, Ps, Wrongs)
    after ?PATIENCE_MS ->
            [{does_not_end, Kind, P, catch process_info(P, [status, current_stacktrace, message_queue_len])} | Wrongs]
    end.

%% --- the books ---------------------------------------------------------------------------------
balance({Processes, Binary, Heaps}) ->
    Left = until_or(fun() -> case processes() -- Processes of [] -> done; L -> L end end, ?PATIENCE_MS),
    Names = [N || N <- registered(), lists:member(N, ?NAMES)],
    [collect(P) || P <- processes()],
    [{processes_left, length(Left), [{P, catch process_info(P, [status, current_stacktrace, message_queue_len])} || P <- lists:sublist(Left, 5)]}
     || Left =/= done]
        ++ [{names_left, Names} || Names =/= []]
        ++ near(binary, Binary, 2000000)
        ++ near(processes, Heaps, 8000000).

%% What the memory of a kind is above what it was, once what is on its way has been freed.
near(Kind, Before, Slack) ->
    Over = fun() -> case memory(Kind) of M when M =< Before + Slack -> done; M -> M - Before end end,
    case until_or(Over, 10000) of
        done -> [];
        Bytes -> [{memory_left, Kind, Bytes}]
    end.

until_or(Fun, Ms) when Ms > 0 ->
    case Fun() of
        done -> done;
        _ -> timer:sleep(20), until_or(Fun, Ms - 20)
    end;
until_or(Fun, _) ->
    Fun().

memory(Kind) ->
    erlang:memory(Kind).

collect(P) -> catch erlang:garbage_collect(P).

now_ms() -> erlang:monotonic_time(millisecond).

%% --- dice --------------------------------------------------------------------------------------
%% The state of the dice is in the process dictionary: it is a part of what is collected.
rand(Seed) -> erlang:phash2(Seed) + 1.

dice(Seed) -> put(dice, Seed bor 1).

%% 1..N
roll(N) ->
    X0 = get(dice),
    X1 = (X0 bxor (X0 bsl 13)) band 16#ffffffffffffff,
    X2 = X1 bxor (X1 bsr 7),
    X3 = (X2 bxor (X2 bsl 17)) band 16#ffffffffffffff,
    put(dice, X3),
    (X3 bsr 8) rem N + 1.

pick([]) -> none;
pick(List) -> lists:nth(roll(length(List)), List).

%% --- keepers -----------------------------------------------------------------------------------
-record(keeper, {main, counter, trusted, probers = [], slots = #{}, want, others = [], timers = [], stopping = false}).

keepers(Main, Seed, Processes, Counter, Trusted) ->
    Count = max(2, erlang:system_info(schedulers_online)),
    Keepers = [start(fun() ->
                             dice(rand({Seed, keeper, N})),
                             receive
                                 {others, Others} ->
                                     self() ! tick,
                                     keeper(#keeper{main = Main, counter = Counter, trusted = Trusted,
                                                    want = Processes div Count, others = Others})
                             end
                     end) || N <- lists:seq(1, Count)],
    [K ! {others, Keepers -- [K]} || K <- Keepers],
    Keepers.

keeper(K = #keeper{slots = Slots}) ->
    receive
        {'DOWN', Ref, process, Pid, Reason} ->
            maps:get(Ref, Slots, none) =:= Pid orelse tell(K#keeper.main, {down_twice_or_of_nobody, Pid, Reason}),
            expected(Reason) orelse tell(K#keeper.main, {died_of, Reason}),
            keeper(K#keeper{slots = maps:remove(Ref, Slots)});
        tick when K#keeper.stopping ->
            keeper_stop(K);
        tick ->
            K1 = births(K),
            introduce(K1),
            executions(K1),
            erlang:send_after(20, self(), tick),
            keeper(K1);
        {meet, Pids} ->
            %% Friends of another keeper: some of ours hear of them.
            [P ! {friends, Pids} || P <- some(maps:values(Slots), 3)],
            keeper(K);
        {timer, Timer} ->
            keeper(K#keeper{timers = lists:sublist([Timer | K#keeper.timers], 2000)});
        {probers, Probers} ->
            keeper(K#keeper{probers = Probers});
        {stop, _} ->
            keeper(K#keeper{stopping = true})
    end.

births(K = #keeper{slots = Slots, want = Want, counter = Counter}) ->
    New = min(Want - maps:size(Slots), 1000),
    Keeper = self(),
    Born = [birth(Keeper, roll(1 bsl 40), K#keeper.trusted, K#keeper.main, Counter) || _ <- lists:seq(1, New)],
    counters:add(Counter, 2, max(0, New)),
    K#keeper{slots = lists:foldl(fun({P, Ref}, S) -> S#{Ref => P} end, Slots, Born)}.

birth(Keeper, Seed, Trusted, Main, Counter) ->
    Opts = [monitor | options()],
    spawn_opt(fun() ->
                      dice(Seed),
                      wild({[], Trusted, Keeper, Main, Counter, []})
              end, Opts).

%% Random options of spawn_opt/2, without link and monitor.
options() ->
    [O || O <- [{priority, pick([low, normal, normal, normal, high])}, {fullsweep_after, pick([0, 1, 10, 65535])},
                {min_heap_size, pick([10, 233, 3000])}, {min_bin_vheap_size, pick([10, 50000])},
                {message_queue_data, pick([on_heap, off_heap])},
                {max_heap_size, #{size => pick([200000, 2000000]), kill => true, error_logger => false}}],
          roll(3) =:= 1].

introduce(K = #keeper{slots = Slots, others = Others}) ->
    All = maps:values(Slots),
    case some(All, ?FRIENDS) of
        [] ->
            ok;
        Friends ->
            [P ! {friends, Friends} || P <- some(All, 1 + length(All) div 20)],
            [P ! {wild, Friends} || P <- some(K#keeper.probers, 1)],
            [O ! {meet, Friends} || O <- Others, roll(2) =:= 1]
    end.

executions(#keeper{slots = Slots}) ->
    All = maps:values(Slots),
    [exit(P, pick([kill, kill, {torture, executed}])) || P <- some(All, 1 + length(All) div 40)].

some([], _) -> [];
some(List, N) ->
    T = list_to_tuple(List),
    [element(roll(tuple_size(T)), T) || _ <- lists:seq(1, N)].

keeper_stop(#keeper{slots = Slots, main = Main, timers = Timers}) ->
    [exit(P, kill) || P <- maps:values(Slots)],
    Left = deaths(Main, Slots),
    Left =:= [] orelse tell(Main, {would_not_die, length(Left), [{P, catch process_info(P)} || P <- lists:sublist(Left, 3)]}),
    %% A timer ends with the process that it is for.
    Running = [T || {T, P} <- Timers, not is_process_alive(P), erlang:read_timer(T) =/= false],
    Running =:= [] orelse tell(Main, {timers_of_the_dead, length(Running)}),
    Main ! {done, self()}.

deaths(_, Slots) when map_size(Slots) =:= 0 ->
    [];
deaths(Main, Slots) ->
    receive
        {'DOWN', Ref, process, Pid, _} ->
            maps:get(Ref, Slots, none) =:= Pid orelse tell(Main, {down_twice_or_of_nobody, Pid}),
            deaths(Main, maps:remove(Ref, Slots));
        _ ->
            deaths(Main, Slots)
    after ?PATIENCE_MS ->
            maps:values(Slots)
    end.

%% What a wild process may die of; an error with a stack trace is none of it.
expected(normal) -> true;
expected(killed) -> true;
expected(noproc) -> true;
expected({torture, _}) -> true;
expected(_) -> false.

tell(Main, What) -> Main ! {wrong, What}.

%% --- wild processes ----------------------------------------------------------------------------
%% {Friends, Trusted, Keeper, Main, Counter, Kept}: Kept are terms with their hashes, to be looked
%% at again after collections.
wild({Friends, Trusted, Keeper, Main, Counter, Kept}) ->
    receive
        {friends, New} ->
            wild_acts({lists:sublist(New ++ Friends, ?FRIENDS), Trusted, Keeper, Main, Counter, Kept});
        {data, Hash, Term} ->
            check(Main, Hash, Term),
            Keep = case roll(4) of 1 -> lists:sublist([{Hash, Term} | Kept], 8); _ -> Kept end,
            wild_on({Friends, Trusted, Keeper, Main, Counter, Keep});
        _ ->
            wild_on({Friends, Trusted, Keeper, Main, Counter, Kept})
    after roll(50) ->
            wild_acts({Friends, Trusted, Keeper, Main, Counter, Kept})
    end.

%% A message answers itself with more than one act now and then: the traffic feeds itself, within
%% bounds, since each act sends a message about every third time.
wild_on(State) ->
    case roll(5) of
        1 -> wild_acts(State);
        _ -> wild(State)
    end.

check(Main, Hash, Term) ->
    erlang:phash2(Term) =:= Hash orelse tell(Main, {term_has_changed, self()}).

wild_acts(State = {_, _, _, Main, Counter, Kept}) ->
    [check(Main, H, T) || {H, T} <- Kept, roll(8) =:= 1],
    N = roll(12),
    acts(N, State),
    counters:add(Counter, 1, N),
    case roll(60) of
        1 -> erlang:hibernate(?MODULE, wild, [State]);
        2 -> exit(pick([normal, {torture, tired}]));
        3 -> exit(self(), kill);
        _ -> wild(State)
    end.

acts(0, _) -> ok;
acts(N, State = {Friends, Trusted, Keeper, _, _, Kept}) ->
    Friend = pick(Friends),
    try
        act(roll(44), Friend, State)
    catch
        error:badarg -> ok; % dead, or a name that is taken
        error:noproc -> ok; % dead, when linked
        error:system_limit -> ok
    end,
    _ = {Trusted, Keeper, Kept},
    acts(N - 1, State).

act(_, none, _) -> ok;
act(N, P, _) when N =< 8 -> send_data(P, deep(roll(4)));
act(N, P, {_, _, _, _, _, Kept}) when N =< 10 -> [P ! {data, H, T} || {H, T} <- Kept];
act(11, P, _) -> send_data(P, large());
act(12, P, _) -> link(P);
act(13, P, _) -> unlink(P);
act(14, P, _) -> monitor(process, P, monitor_options());
act(15, P, _) -> R = monitor(process, P), demonitor(R, pick([[], [flush], [flush, info], [info]]));
act(16, P, _) -> [monitor(process, P) || _ <- lists:seq(1, 5)];
act(17, P, _) -> exit(P, pick([normal, normal, {torture, exit}, kill]));
act(18, _, _) -> process_flag(trap_exit, roll(3) =/= 1);
act(19, _, State) -> spawn_link(?MODULE, child, [roll(1 bsl 40), State]);
act(20, _, State) -> spawn_opt(?MODULE, child, [roll(1 bsl 40), State], pick([[], [link], [monitor], [monitor, link]]) ++ options());
act(21, _, State) -> spawn_request(?MODULE, child, [roll(1 bsl 40), State], pick([[], [{reply, error_only}], [link, {reply, no}], [monitor]]));
act(22, _, _) -> register(pick(?NAMES), self());
act(23, _, _) -> unregister(pick(?NAMES));
act(24, _, _) -> case whereis(pick(?NAMES)) of undefined -> ok; P -> send_data(P, [named]) end;
act(25, _, _) -> pick(?NAMES) ! {data, erlang:phash2(x), x};
act(26, P, _) -> erlang:send_after(roll(30), P, {data, erlang:phash2(timer), timer});
act(27, P, {_, _, Keeper, _, _, _}) -> Keeper ! {timer, {erlang:start_timer(1000000, P, far), P}};
act(28, P, _) -> T = erlang:start_timer(roll(20), P, soon), erlang:cancel_timer(T, pick([[], [{async, true}], [{async, true}, {info, false}]]));
act(29, P, _) -> erlang:suspend_process(P, pick([[], [unless_suspending], [asynchronous]])), roll(25) =:= 1 orelse erlang:resume_process(P);
act(30, _, {_, Trusted, _, _, _, _}) -> T = pick(Trusted), erlang:suspend_process(T), erlang:yield(), erlang:resume_process(T);
act(31, P, _) -> erlang:garbage_collect(P, pick([[], [{type, minor}], [{async, x}]]));
act(32, _, {_, Trusted, _, _, _, _}) -> erlang:garbage_collect(pick(Trusted));
act(33, P, _) -> process_info(P, pick([links, monitors, messages, dictionary, memory, [status, heap_size], current_stacktrace, message_queue_len]));
act(34, _, {_, Trusted, _, _, _, _}) -> process_info(pick(Trusted), [links, monitored_by, message_queue_len, memory]);
act(35, P, _) -> group_leader(pick([group_leader(), P]), P);
act(36, _, _) -> process_flag(priority, pick([low, normal, normal, high, max])), process_flag(priority, normal);
act(37, _, _) -> process_flag(message_queue_data, pick([on_heap, off_heap]));
act(38, _, _) -> A = alias(pick([[], [reply], [explicit_unalias]])), self() ! {data, erlang:phash2(a), a}, A ! {data, erlang:phash2(a), a}, unalias(A);
act(39, P, _) -> is_process_alive(P);
act(40, _, _) -> lists:member(self(), processes()) orelse error(not_among_processes);
act(41, _, _) -> put(roll(20), deep(3)), erase(roll(20));
act(42, _, _) -> erlang:garbage_collect(), erlang:bump_reductions(roll(4000));
act(43, P, _) -> erlang:check_process_code(P, ?MODULE, [{allow_gc, roll(2) =:= 1}]);
act(44, P, _) -> R = monitor(process, P, [{alias, reply_demonitor}]), P ! {data, erlang:phash2(R), R}, demonitor(R, [flush]).

monitor_options() ->
    pick([[], [{tag, {torture, tag}}], [{alias, demonitor}], [{alias, reply_demonitor}, {tag, t}], [{alias, explicit_unalias}]]).

send_data(To, Term) -> To ! {data, erlang:phash2(Term), Term}.

%% A short life: a few acts.
child(Seed, State) ->
    dice(Seed),
    {_, _, _, _, Counter, _} = State,
    acts(3, State),
    counters:add(Counter, 1, 3),
    roll(2) =:= 1 orelse exit({torture, child}).

%% --- terms -------------------------------------------------------------------------------------
deep(0) ->
    leaf(roll(12));
deep(D) ->
    case roll(6) of
        1 -> [deep(D - 1) || _ <- lists:seq(1, roll(4))];
        2 -> list_to_tuple([deep(D - 1) || _ <- lists:seq(1, roll(4))]);
        3 -> maps:from_list([{N, leaf(roll(12))} || N <- lists:seq(1, roll(40))]);
        4 -> X = deep(D - 1), {X, [X | X]};
        5 -> nested(roll(300), leaf(roll(4)));
        6 -> leaf(roll(12))
    end.

nested(0, X) -> X;
nested(N, X) -> nested(N - 1, [X]).

leaf(1) -> roll(1000);
leaf(2) -> -(1 bsl roll(300));
leaf(3) -> roll(1000) / 7;
leaf(4) -> an_atom;
leaf(5) -> "characters";
leaf(6) -> <<"small">>;
leaf(7) -> binary:copy(<<"large">>, 20 + roll(100));
leaf(8) -> <<_:3, Sub:100/bits, _/bits>> = binary:copy(<<"sub">>, 50), Sub;
leaf(9) -> B = binary:copy(<<"part">>, 500), binary:part(B, roll(100), 1000);
leaf(10) -> X = roll(9), fun(Y) -> X + Y end;
leaf(11) -> make_ref();
leaf(12) -> self().

%% A long list, or a large binary and parts of it.
large() ->
    case roll(3) of
        1 -> lists:seq(1, roll(5000));
        2 -> B = binary:copy(<<"0123456789">>, 1000 + roll(20000)), {B, binary:part(B, 5, roll(9000))};
        3 -> iolist_to_binary([<<N>> || N <- lists:seq(1, roll(3000))])
    end.

%% --- streams -----------------------------------------------------------------------------------
%% Both ends, which are trusted: nobody kills or links them.
stream(Main, Seed, Counter) ->
    Receiver = start(fun() -> receive {sender, S} -> receiver(Main, S, 1, Counter) end end),
    Sender = start(fun() -> dice(rand(Seed)), sender(Main, Receiver, 1, 0) end),
    Receiver ! {sender, Sender},
    [Sender, Receiver].

%% Acked: up to where the receiver has got.
sender(Main, Receiver, N, Acked) when N > Acked + ?WINDOW ->
    receive
        {ack, A} -> sender(Main, Receiver, N, A);
        {stop, Main} -> sender_stop(Main, Receiver, N)
    end;
sender(Main, Receiver, N, Acked) ->
    receive
        {ack, A} -> sender(Main, Receiver, N, A);
        {stop, Main} -> sender_stop(Main, Receiver, N)
    after 0 ->
            Term = case roll(100) of 1 -> large(); _ -> deep(roll(3)) end,
            Receiver ! {item, N, erlang:phash2(Term), Term},
            sender(Main, Receiver, N + 1, Acked)
    end.

sender_stop(Main, Receiver, N) ->
    Receiver ! {last, N},
    Main ! {done, self()}.

receiver(Main, Sender, N, Counter) ->
    receive
        {item, N, Hash, Term} ->
            check(Main, Hash, Term),
            N rem (?WINDOW div 4) =:= 0 andalso begin Sender ! {ack, N}, counters:add(Counter, 3, ?WINDOW div 4) end,
            receiver(Main, Sender, N + 1, Counter);
        {item, Other, _, _} ->
            tell(Main, {stream, expected, N, got, Other}),
            receiver(Main, Sender, Other + 1, Counter);
        {last, N} ->
            Main ! {done, self()};
        {last, Other} ->
            tell(Main, {stream, ended_at, Other, but_got_until, N}),
            Main ! {done, self()};
        {stop, Main} ->
            receiver(Main, Sender, N, Counter) % the sender says when it is over
    end.

%% --- probers -----------------------------------------------------------------------------------
%% Dead: references and pids that nothing may come from any more.
prober(Main, Seed, Wild, Counter) ->
    dice(Seed),
    process_flag(trap_exit, true),
    prober_loop(Main, Wild, Counter, 0).

prober_loop(Main, Wild, Counter, N) ->
    receive
        {wild, New} -> prober_loop(Main, New, Counter, N);
        {stop, Main} -> strays(Main), Main ! {done, self()}
    after 0 ->
            case pick(Wild) of
                none ->
                    receive {wild, New} -> prober_loop(Main, New, Counter, N) after 50 -> prober_loop(Main, [], Counter, N) end;
                P ->
                    Wrong = probe(roll(8), P),
                    Wrong =:= ok orelse tell(Main, {probe, Wrong}),
                    counters:add(Counter, 4, 1),
                    N rem 100 =:= 99 andalso strays(Main),
                    prober_loop(Main, Wild, Counter, N + 1)
            end
    end.

%% Between probes nothing may be in the mailbox but news of wild processes.
strays(Main) ->
    receive
        {'EXIT', _, _} = M -> tell(Main, {stray, M}), strays(Main);
        {'DOWN', _, _, _, _} = M -> tell(Main, {stray, M}), strays(Main);
        {probe, _} = M -> tell(Main, {stray, M}), strays(Main);
        {timeout, _, _} = M -> tell(Main, {stray, M}), strays(Main)
    after 0 -> ok
    end.

%% ok, or what is wrong. Each probe leaves nothing behind.
probe(1, P) -> % a link is seen from both ends, and gone from both when it is taken away
    link(P),
    Mine = linked(self(), P),
    Theirs = linked(P, self()),
    unlink(P),
    Died = receive {'EXIT', P, _} -> true after 0 -> false end,
    After = linked(P, self()),
    case {Mine, Theirs, Died, After} of
        {_, _, true, _} -> ok;
        {true, true, false, A} when A =/= true -> ok;
        {_, undefined, false, _} -> ok; % it died, and unlink/1 came before the signal
        Other -> {link, Other}
    end;
probe(2, P) -> % the exit of a linked process comes once
    link(P),
    exit(P, kill),
    receive {'EXIT', P, _} -> ok after ?PATIENCE_MS -> {no_exit_of_a_linked_process, P} end;
probe(3, P) -> % a monitor tells once
    R = monitor(process, P),
    exit(P, kill),
    receive {'DOWN', R, process, P, _} -> ok after ?PATIENCE_MS -> {no_down, P} end;
probe(4, P) -> % a monitor that was taken down tells nothing
    Rs = [monitor(process, P) || _ <- lists:seq(1, 5)],
    exit(P, pick([kill, normal])),
    [true = demonitor(R, [flush]) || R <- Rs],
    ok;
probe(5, P) -> % a timer fires or is cancelled, not both and not neither
    T = erlang:start_timer(roll(3), self(), x),
    is_process_alive(P),
    roll(2) =:= 1 andalso timer:sleep(roll(3)),
    case erlang:cancel_timer(T) of
        %% It has fired, but its message may still be on its way.
        false -> receive {timeout, T, x} -> ok after ?PATIENCE_MS -> timer_neither_fired_nor_cancelled end;
        Left when is_integer(Left) -> receive {timeout, T, x} -> timer_fired_and_cancelled after 0 -> ok end
    end;
probe(6, P) -> % what is sent to an alias arrives until it is one no more
    A = alias(),
    Self = self(),
    _ = P,
    A ! {probe, A},
    B = receive {probe, A} -> ok after ?PATIENCE_MS -> alias_lost_a_message end,
    unalias(A),
    A ! {probe, A},
    Self ! {probe, end_of_probe},
    receive
        {probe, A} -> {alias_that_is_none, B};
        {probe, end_of_probe} -> B
    end;
probe(7, P) -> % signals to one process arrive in order: a monitor, then a kill, then a question
    R = monitor(process, P),
    exit(P, kill),
    Alive = is_process_alive(P),
    receive {'DOWN', R, process, P, _} -> ok after ?PATIENCE_MS -> no_down end,
    case Alive of
        false -> ok;
        true -> {alive_behind_a_kill, P}
    end;
probe(8, _) -> % a process of one's own, with all that a spawn can give
    {C, R} = spawn_opt(fun() -> receive {go, From} -> From ! {went, self()} end end, [link, monitor | options()]),
    C ! {go, self()},
    receive {went, C} -> ok after ?PATIENCE_MS -> exit(no_answer_of_a_child) end,
    Reason = receive {'DOWN', R, process, C, X} -> X after ?PATIENCE_MS -> no_down end,
    receive {'EXIT', C, Y} -> case {Reason, Y} of {normal, normal} -> ok; {killed, killed} -> ok; O -> {reasons, O} end after ?PATIENCE_MS -> no_exit end.

linked(P, Q) ->
    case process_info(P, links) of
        undefined -> undefined;
        {links, Links} -> lists:member(Q, Links)
    end.
