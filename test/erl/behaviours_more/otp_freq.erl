%% The frequency server of "Designing for Scalability with Erlang/OTP" in three forms: a plain
%% process, the same with links, and a gen_server under a supervisor. Written here from the idea.
-module(otp_freq).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, log/0, note/2,
                   notes/1, until/1, kill/1, go/1, wait_go/0]).

-define(FREQUENCIES, [10, 11, 12]).

%% --- a plain process ---------------------------------------------------------------------------
plain_start(Frequencies) -> spawn(fun() -> plain({Frequencies, []}) end).

plain_ask(P, Request) ->
    Ref = erlang:monitor(process, P),
    P ! {request, {self(), Ref}, Request},
    receive
        {reply, Ref, Reply} -> erlang:demonitor(Ref, [flush]), Reply;
        {'DOWN', Ref, process, _, Reason} -> {error, Reason}
    end.

plain(State) ->
    receive
        {request, {From, Ref}, stop} ->
            From ! {reply, Ref, ok};
        {request, {From, Ref}, Request} ->
            {Reply, New} = handle(Request, From, State),
            From ! {reply, Ref, Reply},
            plain(New)
    end.

handle(allocate, _, {[], Allocated}) -> {{error, no_frequency}, {[], Allocated}};
handle(allocate, Pid, {[F | Free], Allocated}) -> {{ok, F}, {Free, [{F, Pid} | Allocated]}};
handle({deallocate, F}, Pid, {Free, Allocated}) ->
    case lists:member({F, Pid}, Allocated) of
        true -> {ok, {[F | Free], lists:delete({F, Pid}, Allocated)}};
        false -> {{error, not_allocated}, {Free, Allocated}}
    end;
handle(state, _, State = {Free, Allocated}) -> {{lists:sort(Free), lists:sort([F || {F, _} <- Allocated])}, State}.

plain_allocation() ->
    run(fun() ->
                P = plain_start(?FREQUENCIES),
                A = [plain_ask(P, allocate) || _ <- [1, 2, 3, 4]],
                B = [plain_ask(P, {deallocate, F}) || F <- [11, 11, 99]],
                {A, B, plain_ask(P, allocate), plain_ask(P, state), plain_ask(P, stop), plain_ask(P, state)}
        end).

plain_deallocation_by_another() ->
    run(fun() ->
                P = plain_start(?FREQUENCIES),
                {ok, F} = plain_ask(P, allocate),
                Self = self(),
                spawn_link(fun() -> Self ! {answer, plain_ask(P, {deallocate, F})} end),
                receive {answer, A} -> {A, plain_ask(P, state)} end
        end).

plain_client_that_dies_leaks() ->
    run(fun() ->
                P = plain_start(?FREQUENCIES),
                {_, M} = spawn_monitor(fun() -> {ok, _} = plain_ask(P, allocate) end),
                reason(M),
                plain_ask(P, state)
        end).

%% --- with links --------------------------------------------------------------------------------
linked_start(Frequencies) ->
    spawn(fun() -> process_flag(trap_exit, true), linked({Frequencies, []}) end).

linked(State = {Free, Allocated}) ->
    receive
        {request, {From, Ref}, Request} ->
            {Reply, New} = handle(Request, From, State),
            case {Request, Reply} of
                {allocate, {ok, _}} -> link(From);
                {{deallocate, _}, ok} -> unlink(From);
                _ -> ok
            end,
            From ! {reply, Ref, Reply},
            linked(New);
        {'EXIT', Pid, _} ->
            {Of, Others} = lists:partition(fun({_, P}) -> P =:= Pid end, Allocated),
            linked({[F || {F, _} <- Of] ++ Free, Others})
    end.

linked_client_that_dies_gives_back() ->
    run(fun() ->
                P = linked_start(?FREQUENCIES),
                [begin
                     {_, M} = spawn_monitor(fun() -> {ok, _} = plain_ask(P, allocate), {ok, _} = plain_ask(P, allocate), exit(R) end),
                     reason(M),
                     until(fun() -> plain_ask(P, state) =:= {[10, 11, 12], []} end)
                 end || R <- [normal, crash, kill]]
        end).

linked_server_that_dies_takes_its_clients() ->
    run(fun() ->
                P = linked_start(?FREQUENCIES),
                Self = self(),
                Clients = [spawn_monitor(fun() -> {ok, F} = plain_ask(P, allocate), Self ! {has, F}, wait_go() end) || _ <- [1, 2]],
                Has = lists:sort([receive {has, F} -> F end || _ <- Clients]),
                exit(P, kill),
                {Has, [reason(M) || {_, M} <- Clients]}
        end).

linked_client_that_gave_back_lives_on() ->
    run(fun() ->
                P = linked_start(?FREQUENCIES),
                Self = self(),
                {C, M} = spawn_monitor(fun() ->
                                               {ok, F} = plain_ask(P, allocate),
                                               ok = plain_ask(P, {deallocate, F}),
                                               go(Self),
                                               wait_go()
                                       end),
                wait_go(),
                kill(P),
                go(C),
                reason(M)
        end).

%% --- a gen_server under a supervisor -----------------------------------------------------------
%% The state is with the case: the server starts anew with what it is given.
gen_start(Name) ->
    Init = fun() -> process_flag(trap_exit, true), {ok, {?FREQUENCIES, []}} end,
    #{id => Name, start => {gen_server, start_link, [{local, Name}, case_server, Init, []]}}.

gen_ask(Name, Request) ->
    gen_server:call(Name, {do, fun({From, _}, State) ->
                                       {Reply, New} = handle(Request, From, State),
                                       {reply, Reply, New}
                               end}).

supervised_server() ->
    run(fun() ->
                S = case_sup:start(#{intensity => 3, period => 3600}, [gen_start(of_freq)]),
                A = [gen_ask(of_freq, allocate) || _ <- [1, 2, 3, 4]],
                case_sup:crash(S, of_freq),
                B = gen_ask(of_freq, state),
                {A, B, gen_ask(of_freq, allocate), case_sup:stop(S), whereis(of_freq)}
        end).

supervised_server_with_clients() ->
    run(fun() ->
                S = case_sup:start(#{intensity => 100, period => 3600}, [gen_start(of_clients)]),
                Self = self(),
                [spawn_link(fun() -> Self ! {done, client(of_clients, 20, 0)} end) || _ <- lists:seq(1, 10)],
                [case_sup:crash(S, of_clients) || _ <- lists:seq(1, 5)],
                Done = [receive {done, N} -> N end || _ <- lists:seq(1, 10)],
                {Done, gen_ask(of_clients, state)}
        end).

%% Gets and gives back a frequency N times, whatever happens to the server.
client(_, 0, Done) -> Done;
client(Name, N, Done) ->
    try gen_ask(Name, allocate) of
        {ok, F} -> (catch gen_ask(Name, {deallocate, F})), client(Name, N - 1, Done + 1);
        {error, no_frequency} -> erlang:yield(), client(Name, N, Done)
    catch
        exit:_ -> timer:sleep(1), client(Name, N, Done)
    end.
