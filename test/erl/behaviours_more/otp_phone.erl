%% Machines in use: a phone by gen_statem and by gen_fsm, a coffee machine, a code lock.
-module(otp_phone).
-own_process(each_case).
-compile([export_all, nowarn_export_all, nowarn_deprecated_function]).
-import(case_otp, [run/1, class/1, clean/1, clean/2, watch/1, reason/1, log/0, note/2, notes/1, until/1, kill/1]).

%% --- phones that ring each other ---------------------------------------------------------------
phone(Log, Name) ->
    H = fun(enter, _, S, D) -> note(Log, {Name, S}), {keep_state, D};
           ({call, From}, {dial, To}, idle, _) -> gen_statem:cast(To, {ring, self()}), {next_state, dialling, {To, From}};
           (cast, {ring, From}, idle, _) -> gen_statem:cast(From, ringing), {next_state, ringing, From};
           (cast, {ring, From}, _, _) -> gen_statem:cast(From, busy), keep_state_and_data;
           (cast, ringing, dialling, _) -> keep_state_and_data;
           (cast, busy, dialling, {_, From}) -> {next_state, idle, none, {reply, From, busy}};
           (cast, answered, dialling, {To, From}) -> {next_state, talking, To, {reply, From, talking}};
           ({call, From}, answer, ringing, Caller) -> gen_statem:cast(Caller, answered), {next_state, talking, Caller, {reply, From, ok}};
           ({call, From}, hang_up, talking, Other) -> gen_statem:cast(Other, hung_up), {next_state, idle, none, {reply, From, ok}};
           (cast, hung_up, talking, _) -> {next_state, idle, none};
           ({call, From}, state, S, _) -> {keep_state_and_data, {reply, From, S}};
           ({call, From}, _, S, _) -> {keep_state_and_data, {reply, From, {not_when, S}}}
        end,
    {ok, P} = case_statem:start([handle_event_function, state_enter], {ok, idle, none}, H, []),
    idle = gen_statem:call(P, state), % it enters its first state when it has been started
    P.

a_call_between_two_phones() ->
    run(fun() ->
                L = log(),
                [A, B] = [phone(L, N) || N <- [a, b]],
                notes(L),
                R = gen_statem:send_request(A, {dial, B}),
                until(fun() -> gen_statem:call(B, state) =:= ringing end),
                ok = gen_statem:call(B, answer),
                {reply, T} = gen_statem:receive_response(R),
                ok = gen_statem:call(B, hang_up),
                until(fun() -> gen_statem:call(A, state) =:= idle end),
                until(fun() -> gen_statem:call(B, state) =:= idle end),
                Notes = notes(L),
                {T, [S || {a, S} <- Notes], [S || {b, S} <- Notes]}
        end).

a_busy_phone() ->
    run(fun() ->
                L = log(),
                [A, B, C] = [phone(L, N) || N <- [a, b, c]],
                R = gen_statem:send_request(A, {dial, B}),
                until(fun() -> gen_statem:call(B, state) =:= ringing end),
                Busy = gen_statem:call(C, {dial, B}),
                ok = gen_statem:call(B, answer),
                {Busy, gen_statem:receive_response(R), gen_statem:call(C, {dial, A}), gen_statem:call(C, answer),
                 gen_statem:call(C, hang_up)}
        end).

two_phones_dial_each_other() ->
    run(fun() ->
                %% Each finds the other busy, or one of them is quicker, and the other rings.
                L = log(),
                [A, B] = [phone(L, N) || N <- [a, b]],
                Ra = gen_statem:send_request(A, {dial, B}),
                Rb = gen_statem:send_request(B, {dial, A}),
                until(fun() ->
                              Done = [get({done, R}) =/= undefined orelse
                                      case gen_statem:wait_response(R, 0) of
                                          timeout -> false;
                                          {reply, Reply} -> put({done, R}, Reply), true
                                      end || R <- [Ra, Rb]],
                              States = [gen_statem:call(P, state) || P <- [A, B]],
                              lists:member({Done, States}, [{[true, true], [idle, idle]}, {[false, true], [dialling, ringing]},
                                                            {[true, false], [ringing, dialling]}])
                      end),
                [] = [X || R <- [Ra, Rb], X <- [get({done, R})], not lists:member(X, [undefined, busy, {not_when, ringing}])]
        end).

%% --- a coffee machine --------------------------------------------------------------------------
coffee(First) ->
    H = fun(cast, {select, Drink, Price}, selection, _) -> {next_state, payment, {Drink, Price, 0}};
           (cast, {pay, Coin}, payment, {Drink, Price, Paid}) when Paid + Coin >= Price -> {next_state, remove, {Drink, Paid + Coin - Price}};
           (cast, {pay, Coin}, payment, {Drink, Price, Paid}) -> {keep_state, {Drink, Price, Paid + Coin}};
           (cast, cancel, payment, {_, _, Paid}) -> {next_state, selection, {returned, Paid}};
           (cast, {pay, Coin}, _, _) -> {keep_state, {returned, Coin}};
           (cast, cup_removed, remove, _) -> {next_state, selection, none};
           ({call, From}, look, S, D) -> {keep_state_and_data, {reply, From, {S, D}}};
           (cast, _, _, _) -> keep_state_and_data
        end,
    {ok, P} = case_statem:start(handle_event_function, {ok, First, none}, H, []),
    P.

coffee_is_bought() ->
    run(fun() ->
                P = coffee(selection),
                [begin gen_statem:cast(P, E), gen_statem:call(P, look) end
                 || E <- [{pay, 50}, cup_removed, {select, espresso, 150}, {pay, 100}, {select, tea, 100}, {pay, 100}, cancel, cup_removed,
                          {select, tea, 100}, {pay, 20}, cancel]]
        end).

%% --- a lock with a code, as the design principles describe one ---------------------------------
lock(Code, OpenMs) ->
    H = fun(enter, _, locked, D) -> {keep_state, D#{buttons => []}};
           (enter, _, open, #{opened := N} = D) -> {keep_state, D#{opened := N + 1}, {state_timeout, OpenMs, lock}};
           (state_timeout, lock, open, D) -> {next_state, locked, D};
           (cast, {button, _}, open, _) -> {keep_state_and_data, postpone};
           (cast, {button, B}, locked, #{buttons := Bs, code := C} = D) ->
                case lists:sublist([B | Bs], length(C)) of
                    New when New =:= C -> {next_state, open, D};
                    New -> {keep_state, D#{buttons := New}, {{timeout, forget}, 100000, x}}
                end;
           ({timeout, forget}, x, _, D) -> {keep_state, D#{buttons := []}};
           ({call, From}, state, S, _) -> {keep_state_and_data, {reply, From, S}}
        end,
    {ok, P} = case_statem:start([handle_event_function, state_enter], {ok, locked, #{code => lists:reverse(Code), buttons => [], opened => 0}}, H, []),
    P.

press(P, Buttons) -> [gen_statem:cast(P, {button, B}) || B <- Buttons].

lock_opens_with_its_code() ->
    run(fun() ->
                P = lock([1, 2, 3, 4], 100000),
                press(P, [1, 2, 3, 5]),
                A = gen_statem:call(P, state),
                press(P, [9, 1, 2, 3, 4]),
                {A, gen_statem:call(P, state)}
        end).

lock_locks_again() ->
    run(fun() ->
                P = lock([7, 7], 10),
                press(P, [7, 7]),
                until(fun() -> gen_statem:call(P, state) =:= locked end),
                press(P, [7]),
                gen_statem:call(P, state)
        end).

buttons_pressed_while_open_count_afterwards() ->
    run(fun() ->
                P = lock([5, 6], 20),
                press(P, [5, 6, 5, 6]),
                %% It opens, locks, and opens with the postponed buttons.
                until(fun() -> {S, #{opened := N}} = sys:get_state(P), {S, N} =:= {locked, 2} end)
        end).

%% --- the phone by gen_fsm ----------------------------------------------------------------------
phone_by_gen_fsm() ->
    run(fun() ->
                H = fun({sync, _}, dial, s1, D) -> {reply, ringing, s2, [dial | D]};
                       (event, answer, s2, D) -> {next_state, s1, [answer | D]};
                       (event, _, S, D) -> {next_state, S, [ignored | D]};
                       ({all_sync, _}, log, S, D) -> {reply, lists:reverse(D), S, D}
                    end,
                {ok, P} = case_fsm:start(s1, [], H),
                gen_fsm:send_event(P, answer),
                R = gen_fsm:sync_send_event(P, dial),
                gen_fsm:send_event(P, answer),
                {R, gen_fsm:sync_send_all_state_event(P, log)}
        end).
