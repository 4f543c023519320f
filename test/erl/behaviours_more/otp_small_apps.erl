%% Several behaviours at work together: a pool of workers, a rate limiter, topics to subscribe to,
%% a bank, a pipeline, a registry with leases.
-module(otp_small_apps).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, log/0, note/2, notes/1, until/1, kill/1]).

server(State) ->
    {ok, P} = gen_server:start_link(case_server, fun() -> {ok, State} end, []),
    P.

do(P, Fun) -> case_server:do(P, Fun).

%% --- a pool of workers -------------------------------------------------------------------------
%% The manager has idle workers and a queue of clients; workers are children of a supervisor.
pool_start(Size) ->
    S = case_sup:start(#{strategy => simple_one_for_one, intensity => 1000, period => 3600},
                       [#{id => worker, restart => temporary, start => {gen_server, start_link, [case_server, fun() -> {ok, idle} end, []]}}]),
    M = server(#{sup => S, idle => [], queue => queue:new(), busy => #{}}),
    [pool_grow(M) || _ <- lists:seq(1, Size)],
    {M, S}.

pool_grow(M) ->
    do(M, fun(_, State = #{sup := S}) ->
                  {ok, W} = supervisor:start_child(S, []),
                  {reply, ok, pool_give(W, State)}
          end).

pool_give(W, State = #{idle := Idle, queue := Q, busy := Busy}) ->
    case queue:out(Q) of
        {empty, _} -> State#{idle := [W | Idle]};
        {{value, From}, Q2} -> gen_server:reply(From, {ok, W}), State#{queue := Q2, busy := Busy#{W => erlang:monitor(process, W)}}
    end.

pool_take(M) ->
    {ok, W} = do(M, fun(_, State = #{idle := [W | Idle], busy := Busy}) ->
                            {reply, {ok, W}, State#{idle := Idle, busy := Busy#{W => erlang:monitor(process, W)}}};
                       (From, State = #{queue := Q}) ->
                            {noreply, State#{queue := queue:in(From, Q)}}
                    end),
    W.

pool_return(M, W) ->
    gen_server:cast(M, {do, fun(State = #{busy := Busy}) ->
                                    case maps:take(W, Busy) of
                                        {Ref, Busy2} -> erlang:demonitor(Ref, [flush]), {noreply, pool_give(W, State#{busy := Busy2})};
                                        error -> {noreply, State}
                                    end
                            end}).

%% A worker that died is replaced by who used it.
pool_work(M, Job) ->
    W = pool_take(M),
    try gen_server:call(W, {do, fun(_, S) -> {reply, Job(), S} end}, infinity) of
        R -> pool_return(M, W), {ok, R}
    catch
        exit:{Reason, _} ->
            gen_server:cast(M, {do, fun(State = #{busy := Busy}) -> {noreply, State#{busy := maps:remove(W, Busy)}} end}),
            pool_grow(M),
            {failed, Reason}
    end.

pool_runs_all_jobs() ->
    run(fun() ->
                {M, _} = pool_start(4),
                Self = self(),
                [spawn_link(fun() -> Self ! {job, N, pool_work(M, fun() -> N * N end)} end) || N <- lists:seq(1, 100)],
                Rs = [receive {job, N, R} -> R end || N <- lists:seq(1, 100)],
                Rs =:= [{ok, N * N} || N <- lists:seq(1, 100)]
        end).

pool_survives_workers_that_crash() ->
    run(fun() ->
                {M, S} = pool_start(3),
                Self = self(),
                Job = fun(N) when N rem 5 =:= 0 -> fun() -> exit(bad_job) end; (N) -> fun() -> N end end,
                [spawn_link(fun() -> Self ! {job, N, pool_work(M, Job(N))} end) || N <- lists:seq(1, 50)],
                Rs = [receive {job, N, R} -> {N, R} end || N <- lists:seq(1, 50)],
                Failed = [N || {N, {failed, bad_job}} <- Rs],
                until(fun() -> length(maps:get(idle, gen_server:call(M, get))) =:= 3 end),
                {Failed =:= lists:seq(5, 50, 5), length([x || {N, {ok, N}} <- Rs]), proplists:get_value(active, supervisor:count_children(S))}
        end).

pool_is_fair() ->
    run(fun() ->
                %% Those who wait are served in the order in which they asked.
                L = log(),
                {M, _} = pool_start(1),
                W = pool_take(M),
                Clients = [begin
                               C = spawn_link(fun() -> X = pool_take(M), note(L, N), pool_return(M, X) end),
                               until(fun() -> queue:len(maps:get(queue, gen_server:call(M, get))) =:= N end),
                               C
                           end || N <- lists:seq(1, 10)],
                pool_return(M, W),
                until(fun() -> not lists:any(fun is_process_alive/1, Clients) end),
                notes(L)
        end).

%% --- a rate limiter ----------------------------------------------------------------------------
%% A bucket of tokens that the case itself fills, so that no clock takes part.
limiter(Tokens) -> server({Tokens, queue:new()}).

limited(P) ->
    do(P, fun(_, {T, Q}) when T > 0 -> {reply, go, {T - 1, Q}};
             (From, {0, Q}) -> {noreply, {0, queue:in(From, Q)}}
          end).

fill(P, N) ->
    do(P, fun(_, State) -> {reply, ok, filled(N, State)} end).

filled(0, State) -> State;
filled(N, {T, Q}) ->
    case queue:out(Q) of
        {empty, _} -> {T + N, Q};
        {{value, From}, Q2} -> gen_server:reply(From, go), filled(N - 1, {T, Q2})
    end.

limiter_lets_through_what_it_has() ->
    run(fun() ->
                P = limiter(3),
                C = counters:new(1, [atomics]),
                [spawn_link(fun() -> go = limited(P), counters:add(C, 1, 1) end) || _ <- lists:seq(1, 10)],
                until(fun() -> counters:get(C, 1) =:= 3 end),
                until(fun() -> {0, Q} = gen_server:call(P, get), queue:len(Q) =:= 7 end),
                fill(P, 2),
                until(fun() -> counters:get(C, 1) =:= 5 end),
                fill(P, 10),
                until(fun() -> counters:get(C, 1) =:= 10 end),
                {T, Q} = gen_server:call(P, get),
                {T, queue:len(Q)}
        end).

limiter_forgets_clients_that_gave_up() ->
    run(fun() ->
                P = limiter(0),
                R = class(fun() -> gen_server:call(P, {do, fun(From, {0, Q}) -> {noreply, {0, queue:in(From, Q)}} end}, 10) end),
                fill(P, 1),
                {0, Q} = gen_server:call(P, get),
                {element(1, element(2, R)), queue:len(Q), case_otp:flush()}
        end).

%% --- topics ------------------------------------------------------------------------------------
topics(Subs) -> server(Subs).

subscribe(P, Topic) ->
    do(P, fun({Pid, _}, Subs) ->
                  Ref = erlang:monitor(process, Pid),
                  {reply, ok, maps:update_with(Topic, fun(L) -> [{Pid, Ref} | L] end, [{Pid, Ref}], Subs)}
          end).

publish(P, Topic, What) ->
    do(P, fun(_, Subs) ->
                  L = maps:get(Topic, Subs, []),
                  [Pid ! {published, Topic, What} || {Pid, _} <- L],
                  {reply, length(L), Subs}
          end).

subscribers_get_their_topics_in_order() ->
    run(fun() ->
                P = topics(#{}),
                Self = self(),
                Subs = [spawn_link(fun() ->
                                           [subscribe(P, T) || T <- Ts],
                                           Self ! {self(), ready},
                                           Got = [receive {published, T, W} -> {T, W} end || _ <- lists:seq(1, 50 * length(Ts))],
                                           Self ! {self(), [[W || {T2, W} <- Got, T2 =:= T] =:= lists:seq(1, 50) || T <- Ts]}
                                   end) || Ts <- [[a], [b], [a, b], [a, b, c], [c]]],
                [receive {S, ready} -> ok end || S <- Subs],
                Counts = [publish(P, T, N) || N <- lists:seq(1, 50), T <- [a, b, c]],
                {lists:usort(Counts), [receive {S, R} -> R end || S <- Subs]}
        end).

publishing_through_gen_event() ->
    run(fun() ->
                {ok, M} = gen_event:start_link(),
                Self = self(),
                [ok = gen_event:add_handler(M, {case_event, N}, fun() -> {ok, {to, Self, N}} end) || N <- [1, 2, 3]],
                [gen_event:notify(M, {do, fun({to, P, N} = S) -> P ! {got, N, E}, {ok, S} end}) || E <- lists:seq(1, 30)],
                [[receive {got, N, E} -> E end || E <- lists:seq(1, 30)] =:= lists:seq(1, 30) || N <- [1, 2, 3]]
        end).

%% --- a bank ------------------------------------------------------------------------------------
%% Accounts are servers; a transfer takes from one and gives to the other; the sum stays the same.
account(Balance) -> server(Balance).

withdraw(A, Sum) -> do(A, fun(_, B) when B >= Sum -> {reply, ok, B - Sum}; (_, B) -> {reply, too_little, B} end).

deposit(A, Sum) -> do(A, fun(_, B) -> {reply, ok, B + Sum} end).

transfer(From, To, Sum) ->
    case withdraw(From, Sum) of
        ok -> deposit(To, Sum);
        too_little -> too_little
    end.

bank_keeps_its_money() ->
    run(fun() ->
                Accounts = list_to_tuple([account(100) || _ <- lists:seq(1, 10)]),
                Self = self(),
                [spawn_link(fun() ->
                                    {_, Rs} = lists:foldl(fun(_, {Dice, Acc}) ->
                                                                  {A, D1} = rand:uniform_s(10, Dice),
                                                                  {B, D2} = rand:uniform_s(10, D1),
                                                                  {Sum, D3} = rand:uniform_s(50, D2),
                                                                  {D3, [transfer(element(A, Accounts), element(B, Accounts), Sum) | Acc]}
                                                          end, {rand:seed_s(exsss, N), []}, lists:seq(1, 50)),
                                    Self ! {done, length(Rs)}
                            end) || N <- lists:seq(1, 20)],
                Done = lists:sum([receive {done, N} -> N end || _ <- lists:seq(1, 20)]),
                Balances = [gen_server:call(A, get) || A <- tuple_to_list(Accounts)],
                {Done, lists:sum(Balances), lists:all(fun(B) -> B >= 0 end, Balances)}
        end).

bank_with_clerks_that_die_between() ->
    run(fun() ->
                %% A transfer is a process of its own that traps exits while it is between the two accounts.
                [A, B] = [account(1000), account(0)],
                Transfer = fun(Sum) ->
                                   spawn_monitor(fun() ->
                                                         process_flag(trap_exit, true),
                                                         ok = withdraw(A, Sum),
                                                         erlang:yield(),
                                                         ok = deposit(B, Sum)
                                                 end)
                           end,
                Ts = [begin {P, M} = Transfer(10), exit(P, please_die), M end || _ <- lists:seq(1, 50)],
                Rs = [reason(M) || M <- Ts],
                {X, Y} = {gen_server:call(A, get), gen_server:call(B, get)},
                %% A clerk that was asked to die before it trapped exits never began.
                {lists:usort(Rs) -- [normal, please_die], X + Y, Y =:= 10 * length([x || normal <- Rs])}
        end).

%% --- a pipeline --------------------------------------------------------------------------------
pipeline_of_machines() ->
    run(fun() ->
                Self = self(),
                Stage = fun(Next, F) ->
                                {ok, P} = case_statem:start(handle_event_function, {ok, working, none},
                                                            fun(cast, eof, working, _) -> gen_statem:cast(Next, eof), {next_state, done, none};
                                                               (cast, X, working, _) -> gen_statem:cast(Next, F(X)), keep_state_and_data
                                                            end, []),
                                P
                        end,
                {ok, Sink} = case_statem:start(handle_event_function, {ok, working, []},
                                               fun(cast, eof, working, L) -> Self ! {result, lists:reverse(L)}, {next_state, done, none};
                                                  (cast, X, working, L) -> {keep_state, [X | L]}
                                               end, []),
                First = lists:foldr(fun(N, Next) -> Stage(Next, fun(X) -> X + N end) end, Sink, lists:seq(1, 20)),
                [gen_statem:cast(First, X) || X <- lists:seq(1, 100) ++ [eof]],
                receive {result, R} -> R =:= [X + 210 || X <- lists:seq(1, 100)] end
        end).

%% --- leases ------------------------------------------------------------------------------------
%% A registry gives a name to one process at a time, by a machine whose generic timeouts are leases.
leases(Names) ->
    H = fun({call, {Pid, _} = From}, {lease, Name, Ms}, _, D) ->
                case D of
                    #{Name := Owner} when Owner =/= Pid -> {keep_state_and_data, {reply, From, {taken, Name}}};
                    _ -> {keep_state, D#{Name => Pid}, [{reply, From, ok}, {{timeout, Name}, Ms, expired}]}
                end;
           ({call, From}, {release, Name}, _, D) -> {keep_state, maps:remove(Name, D), [{reply, From, ok}, {{timeout, Name}, cancel}]};
           ({call, From}, names, _, D) -> {keep_state_and_data, {reply, From, lists:sort(maps:keys(D))}};
           ({timeout, Name}, expired, _, D) -> {keep_state, maps:remove(Name, D)}
        end,
    {ok, P} = case_statem:start(handle_event_function, {ok, s, Names}, H, []),
    P.

leases_expire_and_are_renewed() ->
    run(fun() ->
                P = leases(#{}),
                Self = self(),
                ok = gen_statem:call(P, {lease, short, 10}),
                ok = gen_statem:call(P, {lease, long, 1000000}),
                ok = gen_statem:call(P, {lease, renewed, 1000000}),
                ok = gen_statem:call(P, {lease, renewed, 15}),
                spawn_link(fun() -> Self ! {other, gen_statem:call(P, {lease, long, 5})} end),
                Taken = receive {other, R} -> R end,
                until(fun() -> gen_statem:call(P, names) =:= [long] end),
                {Taken, gen_statem:call(P, {release, long}), gen_statem:call(P, names)}
        end).

%% --- all of it under one supervisor ------------------------------------------------------------
shop_with_a_bank_and_topics() ->
    run(fun() ->
                Child = fun(Name, State) ->
                                #{id => Name, start => {gen_server, start_link, [{local, Name}, case_server, fun() -> {ok, State} end, []]}}
                        end,
                S = case_sup:start(#{strategy => rest_for_one, intensity => 10, period => 3600},
                                   [Child(sa_till, 0), Child(sa_stock, #{apple => 10}), Child(sa_desk, [])]),
                Buy = fun() ->
                              do(sa_desk, fun(_, L) ->
                                                  Ok = do(sa_stock, fun(_, #{apple := 0} = St) -> {reply, sold_out, St};
                                                                       (_, #{apple := N} = St) -> {reply, sold, St#{apple := N - 1}}
                                                                    end),
                                                  Ok =:= sold andalso do(sa_till, fun(_, T) -> {reply, ok, T + 3} end),
                                                  {reply, Ok, [Ok | L]}
                                          end)
                      end,
                Self = self(),
                [spawn_link(fun() -> Self ! {bought, Buy()} end) || _ <- lists:seq(1, 14)],
                Bought = lists:sort([receive {bought, X} -> X end || _ <- lists:seq(1, 14)]),
                Till = gen_server:call(sa_till, get),
                case_sup:crash(S, sa_stock),
                until(fun() -> is_pid(whereis(sa_desk)) andalso gen_server:call(sa_desk, get) =:= [] end),
                {length([x || sold <- Bought]), Till, gen_server:call(sa_stock, get), Buy(), gen_server:call(sa_till, get)}
        end).
