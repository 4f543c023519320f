%% What the machine itself says of processes: {log, Level, Format, Args, Metadata}
%% to the process that system_flag(system_logger, Pid) names.
-module(error_reports).
-own_process(each_case).
-compile([export_all, nowarn_export_all]).
-import(case_lib, [id/1, top/1]).

%% The reports that come while F runs in a process of its own, and one that ends after it.
reports(F) -> reports(F, []).
reports(F, Options) -> with_logger(self(), fun() -> run(F, Options), received(get(fence)) end).

with_logger(To, F) ->
    Was = erlang:system_flag(system_logger, To),
    try F() after erlang:system_flag(system_logger, Was) end.

run(F, Options) ->
    {Pid, Mon} = spawn_opt(F, [monitor | Options]),
    receive {'DOWN', Mon, _, Pid, _} -> ok end,
    put(pid, Pid),
    fence(fence).

%% Reports of earlier processes come before this one's.
fence(Reason) ->
    {Pid, Mon} = spawn_monitor(fun() -> error(Reason) end),
    receive {'DOWN', Mon, _, Pid, _} -> ok end,
    put(fence, Pid).

received(Fence) ->
    receive
        {log, _, _, [Fence | _], _} -> [];
        {log, _, _, _, _} = L -> [L | received(Fence)]
    after 10000 -> [nothing]
    end.

%% Of a report: what does not depend on the run.
plain({log, Level, Format, [Pid, Reason], Meta}) ->
    {Level, Format, Pid =:= get(pid), reason(Reason), meta(Meta)};
plain(Other) -> Other.
reason({R, [{M, F, A, _} | _]}) when is_list(A) -> {R, {M, F, length(A)}};
reason({R, [{_, _, _, _} | _]}) -> {R, trace};
reason(R) -> R.
meta(#{pid := Pid, gl := Gl, time := T, error_logger := E} = M) ->
    {map_size(M), Pid =:= get(pid), Gl =:= group_leader(), is_integer(T), E}.

crash(F) -> [plain(R) || R <- reports(F)].

error_atom() -> crash(fun() -> error(oops) end).
error_tuple() -> crash(fun() -> error({oops, 1, "two", <<3>>, #{4 => 5}}) end).
error_string() -> crash(fun() -> error("oops") end).
error_of_builtin() -> crash(fun() -> atom_to_list(id(1)) end).
error_of_operator() -> crash(fun() -> id(1) / id(0) end).
error_undefined() -> crash(fun() -> (id(no_such_module)):f(1) end).
error_clause() -> crash(fun() -> clause(id(2)) end).
clause(1) -> ok.
error_case() -> crash(fun() -> case id(2) of 1 -> ok end end).
error_match() -> crash(fun() -> 1 = id(2) end).
error_badfun() -> crash(fun() -> (id(x))() end).
throw_uncaught() -> crash(fun() -> throw({ball, 1}) end).
exit_says_nothing() -> crash(fun() -> exit(bad) end).
exit_with_trace_says_nothing() -> crash(fun() -> exit({badarith, [{a, b, 1, []}]}) end).
normal_says_nothing() -> crash(fun() -> ok end).
killed_says_nothing() -> crash(fun() -> exit(self(), kill) end).
exit_signal_says_nothing() -> crash(fun() -> exit(self(), {badarith, []}) end).
linked_says_one() ->
    crash(fun() -> spawn_link(fun() -> exit(x) end), receive after infinity -> ok end end).
caught_says_nothing() -> crash(fun() -> catch error(x) end).
raised_again() -> crash(fun() -> try error(first) catch error:R:S -> erlang:raise(error, R, S) end end).
raised_as_exit() -> crash(fun() -> try error(first) catch error:R:S -> erlang:raise(exit, R, S) end end).
named_process() -> crash(fun() -> register(error_reports_1, self()), error(x) end).
trapping_process() -> crash(fun() -> process_flag(trap_exit, true), error(x) end).
proc_lib_process_is_silent() ->
    with_logger(self(), fun() ->
        P = proc_lib:spawn(fun() -> exit(shutdown) end), M = monitor(process, P),
        receive {'DOWN', M, _, _, _} -> ok end, put(pid, P), fence(fence), [plain(R) || R <- received(get(fence))] end).
several() ->
    with_logger(self(), fun() ->
        Ps = [spawn_monitor(fun() -> error(N) end) || N <- lists:seq(1, 20)],
        [receive {'DOWN', M, _, P, _} -> ok end || {P, M} <- Ps], fence(fence),
        lists:sort([N || {log, error, _, [_, {N, _}], _} <- received(get(fence))]) end).
group_leader_in_report() ->
    Gl = spawn(fun() -> receive stop -> ok end end),
    [R] = reports(fun() -> group_leader(Gl, self()), error(x) end),
    {log, _, _, _, #{gl := G}} = R, Gl ! stop, G =:= Gl.
large_reason() ->
    L = lists:seq(1, 10000),
    [{log, _, _, [_, {R, _}], _}] = reports(fun() -> error(L) end), R =:= L.
time_is_now() ->
    A = erlang:system_time(microsecond),
    [{log, _, _, _, #{time := T}}] = reports(fun() -> error(x) end),
    T >= A - 1000000 andalso T =< erlang:system_time(microsecond) + 1000000.
undefined_drops() ->
    with_logger(undefined, fun() ->
        {P, M} = spawn_monitor(fun() -> error(x) end), receive {'DOWN', M, _, P, _} -> ok end,
        receive {log, _, _, _, _} = L -> L after 20 -> dropped end end).
flag_values() ->
    Was = erlang:system_flag(system_logger, self()),
    A = erlang:system_info(system_logger) =:= self(),
    B = erlang:system_flag(system_logger, undefined) =:= self(),
    C = erlang:system_flag(system_logger, Was),
    {A, B, C}.
flag_refused() ->
    [element(2, top(fun() -> erlang:system_flag(system_logger, id(V)) end)) || V <- [x, 1, "a", {}]].

%% --- max_heap_size -----------------------------------------------------------

grow(N) -> length(lists:seq(1, N)).
heap_report({log, Level, Format, [Pid, Max, Total, Kill, Log, Len, Info], Meta}) ->
    {Level, Format, Pid =:= get(pid), Max, Total > Max, Kill, Log, Len, [K || {K, V} <- Info, is_integer(V)], meta(Meta)}.
heap_killed() -> [heap_report(R) || R <- reports(fun() -> grow(1000000) end, [{max_heap_size, 10000}])].
heap_killed_in_silence() ->
    reports(fun() -> grow(1000000) end, [{max_heap_size, #{size => 10000, kill => true, error_logger => false}}]).
heap_not_killed() ->
    [R | More] = reports(fun() -> grow(1000000) end, [{max_heap_size, #{size => 10000, kill => false, error_logger => true}}]),
    {heap_report(R), More =/= []}.
heap_neither() -> reports(fun() -> grow(1000000) end, [{max_heap_size, #{size => 10000, kill => false, error_logger => false}}]).
heap_with_messages() ->
    [R] = reports(fun() -> [self() ! N || N <- [1, 2, 3]], grow(1000000) end, [{max_heap_size, 10000}]),
    lists:member(element(8, heap_report(R)), [0, 3]). % the reference may not have counted them yet
heap_set_later() ->
    [heap_report(R) || R <- reports(fun() -> process_flag(max_heap_size, 20000), grow(1000000) end)].
