%% What the cases of OTP's behaviours share: a process of its own for each
%% case, a log that several processes write in a known order, waiting for
%% what will happen, and terms without pids and references.
-module(case_otp).
-export([run/1, id/1, class/1]).
-export([log/0, note/2, notes/1]).
-export([until/1, watch/1, reason/1, kill/1, stop/1, flush/0, dead/1]).
-export([clean/1, clean/2, printed/1, go/1, wait_go/0]).

-define(LIMIT_MS, 60000).

%% The value of Fun, called in a process of its own. What that process left
%% behind, linked to it, dies with it.
run(Fun) ->
    quiet(),
    Self = self(),
    {Pid, Ref} =
        spawn_monitor(fun() ->
                              Self ! {self(), outcome(Fun)},
                              exit(case_is_over)
                      end),
    receive
        {Pid, Outcome} ->
            receive {'DOWN', Ref, process, Pid, _} -> ok end,
            case Outcome of
                {ok, V} -> V;
                {C, R, Top} -> erlang:C({R, Top})
            end;
        {'DOWN', Ref, process, Pid, Reason} ->
            {case_was_killed, clean(Reason)}
    after ?LIMIT_MS ->
            Where = erlang:process_info(Pid, [current_stacktrace, messages]),
            exit(Pid, kill),
            {case_hangs, clean(Where)}
    end.

outcome(Fun) ->
    try
        {ok, Fun()}
    catch
        C:R:Stack -> {C, clean(R), clean([{M, F, A} || {M, F, A, _} <- lists:sublist(Stack, 3)])}
    end.

%% On the reference crash reports would go between the results.
quiet() ->
    whereis(logger) =/= undefined andalso logger:set_primary_config(level, none).

id(X) -> X.

%% The value of a fun, or the class and the reason of what it raised, both
%% without pids.
class(Fun) ->
    try
        {ok, clean(Fun())}
    catch
        C:R -> {C, clean(R)}
    end.

%% --- a log -------------------------------------------------------------------------------------
%% note/2 returns when the log has the note: then what the caller does later
%% is noted later, whichever process notes it. A log goes with its case.
log() ->
    Owner = self(),
    spawn(fun() -> log_loop(erlang:monitor(process, Owner), []) end).

log_loop(Owner, Notes) ->
    receive
        {note, From, Ref, Note} ->
            From ! {Ref, noted},
            log_loop(Owner, [Note | Notes]);
        {notes, From, Ref} ->
            From ! {Ref, lists:reverse(Notes)},
            log_loop(Owner, []);
        {'DOWN', Owner, process, _, _} ->
            ok
    end.

note(Log, Note) ->
    Ref = erlang:monitor(process, Log),
    Log ! {note, self(), Ref, Note},
    receive
        {Ref, noted} -> erlang:demonitor(Ref, [flush]), ok;
        {'DOWN', Ref, process, _, _} -> ok
    end.

%% The notes so far, in order, and forgets them.
notes(Log) ->
    Ref = make_ref(),
    Log ! {notes, self(), Ref},
    receive {Ref, Notes} -> Notes end.

%% --- waiting -----------------------------------------------------------------------------------
%% Waits until Fun() is true; what never comes true is an error.
until(Fun) ->
    until(Fun, erlang:monotonic_time(millisecond) + ?LIMIT_MS div 2).

until(Fun, End) ->
    case Fun() of
        true ->
            ok;
        false ->
            erlang:monotonic_time(millisecond) < End orelse error(never_came_true),
            receive after 1 -> ok end,
            until(Fun, End)
    end.

%% watch/1 before something ends a process, reason/1 of its result behind.
watch(Name) ->
    erlang:monitor(process, Name).

reason(Ref) when is_reference(Ref) ->
    receive {'DOWN', Ref, process, _, Reason} -> clean(Reason) end;
reason(Process) ->
    reason(watch(Process)).

kill(Pid) ->
    Ref = watch(Pid),
    exit(Pid, kill),
    reason(Ref).

stop(Pid) ->
    unlink(Pid),
    Ref = watch(Pid),
    exit(Pid, shutdown),
    reason(Ref).

dead(Pid) ->
    until(fun() -> not is_process_alive(Pid) end).

%% The messages in the mailbox, without pids.
flush() ->
    receive M -> [clean(M) | flush()] after 0 -> [] end.

%% Two processes in step: wait_go/0 waits for go/1 of another.
go(Pid) ->
    Pid ! go,
    ok.

wait_go() ->
    receive go -> ok end.

%% --- terms that are the same everywhere --------------------------------------------------------
%% Pids, references, ports and funs become atoms; of a stack trace the first
%% frame is kept.
clean(Term) ->
    clean(Term, []).

%% The same, but with names for some of them: [{Pid, Name}].
clean(Term, Names) ->
    case lists:keyfind(Term, 1, Names) of
        {_, Name} -> Name;
        false -> clean_other(Term, Names)
    end.

clean_other(P, _) when is_pid(P) -> pid;
clean_other(R, _) when is_reference(R) -> reference;
clean_other(P, _) when is_port(P) -> port;
clean_other(F, _) when is_function(F) -> {'fun', element(2, erlang:fun_info(F, arity))};
clean_other([{M, F, A, L} | T] = List, Names) when is_atom(M), is_atom(F), is_list(L) ->
    case is_trace(List) of
        true -> [{M, F, clean(A, Names)}, stack];
        false -> [clean(hd(List), Names) | clean(T, Names)]
    end;
clean_other([H | T], Names) ->
    [clean(H, Names) | clean(T, Names)];
clean_other(T, Names) when is_tuple(T) ->
    list_to_tuple([clean(E, Names) || E <- tuple_to_list(T)]);
clean_other(M, Names) when is_map(M) ->
    maps:from_list([{clean(K, Names), clean(V, Names)} || {K, V} <- maps:to_list(M)]);
clean_other(T, _) ->
    T.

is_trace(List) ->
    is_list(List) andalso lists:all(fun is_frame/1, List).

is_frame({M, F, A, L}) ->
    is_atom(M) andalso is_atom(F) andalso (is_integer(A) orelse is_list(A)) andalso is_list(L)
        andalso lists:all(fun(E) -> is_tuple(E) andalso tuple_size(E) =:= 2 end, L);
is_frame(_) ->
    false.

%% What Fun() and the processes that it starts write to their group leader,
%% as {Value, Characters}.
printed(Fun) ->
    Old = group_leader(),
    Device = spawn_link(fun() -> device([]) end),
    group_leader(Device, self()),
    try
        V = Fun(),
        Ref = make_ref(),
        Device ! {text, self(), Ref},
        receive {Ref, Text} -> {V, Text} end
    after
        group_leader(Old, self()),
        unlink(Device),
        exit(Device, kill)
    end.

device(Written) ->
    receive
        {io_request, From, As, Request} ->
            {Reply, Characters} = put_characters(Request),
            From ! {io_reply, As, Reply},
            device([Characters | Written]);
        {text, From, Ref} ->
            From ! {Ref, unicode:characters_to_list(lists:reverse(Written))},
            device(Written)
    end.

put_characters({put_chars, unicode, Characters}) ->
    {ok, unicode:characters_to_list(Characters)};
put_characters({put_chars, unicode, M, F, A}) ->
    {ok, unicode:characters_to_list(apply(M, F, A))};
put_characters({requests, Requests}) ->
    {ok, [element(2, put_characters(R)) || R <- Requests]};
put_characters(getopts) ->
    {[{binary, false}, {encoding, unicode}], []};
put_characters(_) ->
    {{error, request}, []}.
