%% Event managers in use: an alarm handler, loggers beside it, a handler that counts and swaps.
-module(otp_alarms).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_otp, [run/1, class/1, clean/1, watch/1, reason/1, log/0, note/2, notes/1, until/1, kill/1, flush/0]).

%% A handler that keeps alarms, as the one of SASL does: state [{Id, Description}].
alarms(Log) ->
    fun() -> put({alarms, self()}, Log), {ok, []} end.

raise_alarm(M, Alarm) ->
    gen_event:sync_notify(M, {do, fun(S) when is_list(S) -> {ok, [Alarm | S]}; (S) -> {ok, S} end}).

clear_alarm(M, Id) ->
    gen_event:sync_notify(M, {do, fun(S) when is_list(S) -> {ok, lists:keydelete(Id, 1, S)}; (S) -> {ok, S} end}).

manager(Log) ->
    {ok, M} = gen_event:start_link(),
    ok = gen_event:add_handler(M, {case_event, alarms}, alarms(Log)),
    M.

alarms_of(M) -> gen_event:call(M, {case_event, alarms}, get).

alarms_are_raised_and_cleared() ->
    run(fun() ->
                M = manager(none),
                raise_alarm(M, {cabinet, open}),
                raise_alarm(M, {fan, broken}),
                A = alarms_of(M),
                clear_alarm(M, cabinet),
                clear_alarm(M, nothing),
                {A, alarms_of(M)}
        end).

a_second_handler_sees_all() ->
    run(fun() ->
                M = manager(none),
                L = log(),
                ok = gen_event:add_handler(M, {case_event, logger}, fun() -> {ok, {counter, 0}} end),
                raise_alarm(M, {a, 1}),
                [gen_event:notify(M, {do, fun({counter, N}) -> note(L, N), {ok, {counter, N + 1}}; (S) -> {ok, S} end}) || _ <- [1, 2, 3]],
                R = {gen_event:call(M, {case_event, logger}, get), alarms_of(M)},
                {R, notes(L)}
        end).

a_handler_that_crashes_leaves_the_others() ->
    run(fun() ->
                M = manager(none),
                ok = gen_event:add_handler(M, {case_event, weak}, weak),
                raise_alarm(M, {a, 1}),
                gen_event:sync_notify(M, {do, fun(weak) -> error(too_weak); (S) -> {ok, S} end}),
                {gen_event:which_handlers(M), alarms_of(M)}
        end).

swap_hands_the_alarms_over() ->
    run(fun() ->
                M = manager(none),
                raise_alarm(M, {a, 1}),
                ok = gen_event:swap_handler(M, {{case_event, alarms}, fun(S) -> S end}, {{case_event, new}, fun(S) -> {ok, {kept, S}} end}),
                gen_event:call(M, {case_event, new}, get)
        end).

many_processes_raise_alarms() ->
    run(fun() ->
                M = manager(none),
                Self = self(),
                [spawn_link(fun() -> [raise_alarm(M, {{P, N}, x}) || N <- lists:seq(1, 20)], [clear_alarm(M, {P, N}) || N <- lists:seq(1, 19)], Self ! done end)
                 || P <- lists:seq(1, 20)],
                [receive done -> ok end || _ <- lists:seq(1, 20)],
                lists:sort([Id || {Id, _} <- alarms_of(M)]) =:= [{P, 20} || P <- lists:seq(1, 20)]
        end).

guarded_handler_is_put_back() ->
    run(fun() ->
                M = manager(none),
                Self = self(),
                Guard = spawn_link(fun() -> guard(M, Self) end),
                receive {guard, added} -> ok end,
                [begin
                     gen_event:notify(M, {do, fun(guarded) -> exit(again); (S) -> {ok, S} end}),
                     receive {guard, {case_event, guarded}, R} -> R end,
                     receive {guard, added} -> ok end
                 end || _ <- [1, 2, 3]],
                unlink(Guard),
                kill(Guard),
                until(fun() -> length(gen_event:which_handlers(M)) =:= 1 end),
                gen_event:which_handlers(M)
        end).

guard(M, To) ->
    ok = gen_event:add_sup_handler(M, {case_event, guarded}, guarded),
    To ! {guard, added},
    receive {gen_event_EXIT, Handler, Reason} -> To ! {guard, Handler, Reason}, guard(M, To) end.
