%% gen_server: requests whose replies are waited for later.
-module(otp_server_request).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, flush/0, until/1, kill/1]).
-import(case_server, [start/1]).

send(P, M) -> gen_server:send_request(P, M).

send_and_wait() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, get),
                {gen_server:wait_response(R, infinity), flush()}
        end).

send_and_receive() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, get),
                {gen_server:receive_response(R, infinity), flush()}
        end).

send_and_check() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, get),
                receive M -> {gen_server:check_response(M, R), gen_server:check_response(other, R)} end
        end).

replies_in_another_order() ->
    run(fun() ->
                {ok, P} = start(a),
                Rs = [send(P, {echo, N}) || N <- lists:seq(1, 5)],
                [gen_server:wait_response(R, infinity) || R <- lists:reverse(Rs)]
        end).

wait_timeout_keeps_the_request() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, {do, fun(From, _) -> {noreply, From} end}),
                T1 = gen_server:wait_response(R, 5),
                T2 = gen_server:wait_response(R, 0),
                gen_server:reply(gen_server:call(P, get), finally),
                {T1, T2, gen_server:wait_response(R, infinity)}
        end).

receive_timeout_abandons_the_request() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, {do, fun(From, _) -> {noreply, From} end}),
                T1 = gen_server:receive_response(R, 5),
                gen_server:reply(gen_server:call(P, get), finally),
                {T1, gen_server:call(P, {echo, b}), gen_server:receive_response(R, 5), flush()}
        end).

absolute_timeouts() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, never),
                Now = erlang:monotonic_time(millisecond),
                R2 = send(P, get),
                Answer = gen_server:wait_response(R2, {abs, Now + 100000}),
                {gen_server:wait_response(R, {abs, Now - 1000}), Answer,
                 gen_server:wait_response(R, {abs, Now + 5}),
                 gen_server:receive_response(R, {abs, Now})}
        end).

request_to_nobody() ->
    run(fun() ->
                {ok, P} = start(a),
                kill(P),
                [clean(gen_server:wait_response(send(D, get), infinity))
                 || D <- [P, sr_nobody, {sr_nobody, node()}]]
        end).

request_to_an_unknown_node() ->
    run(fun() -> gen_server:wait_response(send({name, 'other@nowhere'}, get), infinity) end).

request_to_oneself() ->
    run(fun() ->
                R = send(self(), get),
                receive {'$gen_call', From, get} -> gen_server:reply(From, me) end,
                %% A monitor of oneself has no alias that works: the reply is lost.
                {gen_server:wait_response(R, 20), flush()}
        end).

server_dies_before_the_reply() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, {do, fun(_, _) -> exit(gone) end}),
                {clean(gen_server:wait_response(R, infinity), [{P, server}]), flush()}
        end).

server_replies_and_dies() ->
    run(fun() ->
                {ok, P} = start(a),
                M = watch(P),
                R = send(P, {stop, shutdown}),
                {gen_server:wait_response(R, infinity), reason(M), flush()}
        end).

check_of_a_down_message() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, {do, fun(_, _) -> exit(gone) end}),
                receive M -> clean(gen_server:check_response(M, R)) end
        end).

via_name() ->
    run(fun() ->
                case_via:start_link(),
                {ok, _} = gen_server:start_link({via, case_via, n}, case_server, fun() -> {ok, v} end, []),
                [gen_server:wait_response(send({via, case_via, N}, get), infinity) || N <- [n, m]]
        end).

wrong_arguments() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, never),
                [class(F) || F <- [fun() -> gen_server:wait_response(x, 1) end,
                                   fun() -> gen_server:wait_response(R, -1) end,
                                   fun() -> gen_server:wait_response(R, soon) end,
                                   fun() -> gen_server:receive_response(R, {abs, x}) end,
                                   fun() -> gen_server:check_response(m, x) end,
                                   fun() -> gen_server:send_request("x", y) end,
                                   fun() -> gen_server:reqids_add(R, l, not_a_map) end,
                                   fun() -> gen_server:reqids_size(x) end,
                                   fun() -> gen_server:reqids_to_list(x) end,
                                   fun() -> gen_server:wait_response(x, 1, true) end,
                                   fun() -> gen_server:wait_response(gen_server:reqids_new(), 1, x) end]]
        end).

%% --- collections -------------------------------------------------------------------------------
collection_of(P, Messages) ->
    lists:foldl(fun({Label, M}, C) -> gen_server:send_request(P, M, Label, C) end,
                gen_server:reqids_new(), Messages).

collection_new_is_empty() ->
    run(fun() ->
                C = gen_server:reqids_new(),
                {gen_server:reqids_size(C), gen_server:reqids_to_list(C),
                 gen_server:wait_response(C, infinity, true),
                 gen_server:receive_response(C, infinity, true),
                 gen_server:check_response(m, C, true)}
        end).

collection_add() ->
    run(fun() ->
                {ok, P} = start(a),
                R = send(P, get),
                C = gen_server:reqids_add(R, label, gen_server:reqids_new()),
                {gen_server:reqids_size(C), gen_server:reqids_to_list(C) =:= [{R, label}],
                 class(fun() -> gen_server:reqids_add(R, again, C) end),
                 gen_server:wait_response(R, infinity)}
        end).

collect(F, C, Timeout) ->
    case F(C, Timeout, true) of
        {Response, Label, New} -> [{Label, Response} | collect(F, New, Timeout)];
        Other -> [Other]
    end.

collection_all_replies() ->
    run(fun() ->
                {ok, P} = start(a),
                C = collection_of(P, [{N, {echo, N * N}} || N <- lists:seq(1, 10)]),
                {collect(fun gen_server:receive_response/3, C, infinity), flush()}
        end).

collection_all_replies_waited_for() ->
    run(fun() ->
                {ok, P} = start(a),
                C = collection_of(P, [{N, {echo, N * N}} || N <- lists:seq(1, 10)]),
                {collect(fun gen_server:wait_response/3, C, infinity), flush()}
        end).

collection_without_deleting() ->
    run(fun() ->
                {ok, P} = start(a),
                C = collection_of(P, [{one, {echo, 1}}]),
                {R, L, C2} = gen_server:receive_response(C, infinity, false),
                {R, L, C2 =:= C, gen_server:wait_response(C, 1, false)}
        end).

collection_timeout_abandons_all() ->
    run(fun() ->
                {ok, P} = start([]),
                Keep = {do, fun(From, S) -> {noreply, [From | S]} end},
                C = collection_of(P, [{a, Keep}, {b, {echo, now}}, {c, Keep}]),
                R = collect(fun gen_server:receive_response/3, C, 50),
                [gen_server:reply(From, late) || From <- gen_server:call(P, get)],
                {R, gen_server:call(P, {echo, x}), flush()}
        end).

collection_wait_timeout_keeps_all() ->
    run(fun() ->
                {ok, P} = start([]),
                Keep = {do, fun(From, S) -> {noreply, [From | S]} end},
                C = collection_of(P, [{a, Keep}, {c, Keep}]),
                T = gen_server:wait_response(C, 5, true),
                [gen_server:reply(From, late) || From <- lists:reverse(gen_server:call(P, get))],
                {T, collect(fun gen_server:wait_response/3, C, infinity), flush()}
        end).

collection_of_several_servers() ->
    run(fun() ->
                Servers = [begin {ok, P} = start({state, N}), P end || N <- lists:seq(1, 8)],
                C = lists:foldl(fun(P, C) -> gen_server:send_request(P, get, P, C) end,
                                gen_server:reqids_new(), Servers),
                Rs = collect(fun gen_server:receive_response/3, C, infinity),
                [proplists:get_value(P, Rs) || P <- Servers] ++ [lists:last(Rs)]
        end).

collection_with_deaths() ->
    run(fun() ->
                {ok, P} = start(a),
                {ok, Q} = start(b),
                C0 = gen_server:send_request(P, {do, fun(_, _) -> exit(p_gone) end}, p,
                                             gen_server:reqids_new()),
                C = gen_server:send_request(Q, get, q, C0),
                lists:sort(clean(collect(fun gen_server:receive_response/3, C, infinity)))
        end).

collection_check_response() ->
    run(fun() ->
                {ok, P} = start(a),
                C = collection_of(P, [{one, {echo, 1}}]),
                receive
                    M ->
                        {R, L, New} = gen_server:check_response(M, C, true),
                        {R, L, gen_server:reqids_size(New), gen_server:check_response(M, New, true),
                         gen_server:check_response(other, C, true)}
                end
        end).

collection_labels_may_repeat() ->
    run(fun() ->
                {ok, P} = start(a),
                C = collection_of(P, [{same, {echo, 1}}, {same, {echo, 2}}]),
                collect(fun gen_server:receive_response/3, C, infinity)
        end).

collection_of_a_thousand() ->
    run(fun() ->
                {ok, P} = start(a),
                C = collection_of(P, [{N, {echo, N}} || N <- lists:seq(1, 1000)]),
                L = collect(fun gen_server:receive_response/3, C, infinity),
                {length(L), lists:all(fun({N, {reply, N}}) -> true; (no_request) -> true end, L)}
        end).
