%% spawn_opt/2,3,4,5: every option, what it does to the new process, and which
%% option lists are refused.
-module(spawn_options).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, nothing/0, own/1, in/1, plain/2, kill/1, down/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
leave(R) -> exit(R).
wait(To) -> To ! {here, self()}, receive never -> ok end.
down_of({P, M}) -> receive {'DOWN', M, process, P, R} -> own(R) after 60000 -> no_down end.
%% An item of process_info of a process spawned with the options.
info(Item, Opts) ->
    S = self(),
    case spawn_opt(fun() -> S ! {info, process_info(self(), Item)} end, Opts) of
        P when is_pid(P) -> {info, I} = got(), I;
        {P, _} when is_pid(P) -> {info, I} = got(), I
    end.
refused(Opts) -> [text(fun() -> spawn_opt(fun() -> ok end, id(O)) end) || O <- Opts].

no_options() -> S = self(), P = spawn_opt(fun() -> S ! {pid, self()} end, []), got() =:= {pid, P}.
arity_3() -> S = self(), P = spawn_opt(node(), fun() -> S ! {pid, self()} end, []), got() =:= {pid, P}.
arity_4() -> P = spawn_opt(?MODULE, wait, [self()], []), R = got() =:= {here, P}, kill(P), R.
arity_5() -> P = spawn_opt(node(), ?MODULE, wait, [self()], []), R = got() =:= {here, P}, kill(P), R.
link_option() -> process_flag(trap_exit, true), P = spawn_opt(fun() -> exit(x) end, [link]), got() =:= {'EXIT', P, x}.
link_option_all_arities() ->
    process_flag(trap_exit, true),
    [begin P = F(), receive {'EXIT', P, R} -> R end end
     || F <- [fun() -> spawn_opt(node(), fun() -> exit(x) end, [link]) end,
              fun() -> spawn_opt(?MODULE, leave, [y], [link]) end,
              fun() -> spawn_opt(node(), ?MODULE, leave, [z], [link]) end]].
monitor_option() -> T = spawn_opt(fun() -> exit(x) end, [monitor]), {tuple_size(T), down_of(T)}.
monitor_option_all_arities() ->
    [down_of(F()) || F <- [fun() -> spawn_opt(node(), fun() -> exit(x) end, [monitor]) end,
                           fun() -> spawn_opt(?MODULE, leave, [y], [monitor]) end,
                           fun() -> spawn_opt(node(), ?MODULE, leave, [z], [monitor]) end]].
link_and_monitor() ->
    process_flag(trap_exit, true),
    {P, M} = spawn_opt(fun() -> exit(x) end, [link, monitor]),
    lists:sort(plain([got(), got()], [{P, p}, {M, m}])).
monitor_and_link_other_order() ->
    process_flag(trap_exit, true),
    {P, M} = spawn_opt(fun() -> exit(x) end, [monitor, link]),
    lists:sort(plain([got(), got()], [{P, p}, {M, m}])).
link_twice_in_options() ->
    process_flag(trap_exit, true), P = spawn_opt(fun() -> exit(x) end, [link, link]), {got() =:= {'EXIT', P, x}, nothing()}.
monitor_twice_in_options() ->
    {P, M} = spawn_opt(fun() -> exit(x) end, [monitor, monitor]), {down_of({P, M}), nothing()}.
monitor_options_empty() -> down_of(spawn_opt(fun() -> exit(x) end, [{monitor, []}])).
monitor_tag() ->
    {P, M} = spawn_opt(fun() -> exit(x) end, [{monitor, [{tag, {my, tag}}]}]), plain(got(), [{P, p}, {M, m}]).
monitor_tag_any_term() ->
    [begin {P, M} = spawn_opt(fun() -> exit(x) end, [{monitor, [{tag, T}]}]), plain(got(), [{P, p}, {M, m}]) end
     || T <- [a, 1, "text", <<"b">>, #{k => v}, 1 bsl 70, 1.5, []]].
monitor_alias_explicit() ->
    {P, M} = spawn_opt(fun() -> receive {go, A} -> A ! one end, receive {go, B} -> B ! two end end,
                       [{monitor, [{alias, explicit_unalias}]}]),
    P ! {go, M}, one = got(), P ! {go, M}, [two, {'DOWN', M, process, P, normal}] = [got(), got()],
    M ! three, R = got(), {unalias(M), unalias(M), R}.
monitor_alias_demonitor() ->
    {P, M} = spawn_opt(fun() -> receive {go, A} -> A ! one end end, [{monitor, [{alias, demonitor}]}]),
    P ! {go, M}, one = got(), {'DOWN', M, process, P, normal} = got(), M ! lost, nothing().
monitor_alias_reply_demonitor() ->
    {P, M} = spawn_opt(fun() -> receive {go, A} -> A ! one, A ! two, exit(x) end end,
                       [{monitor, [{alias, reply_demonitor}]}]),
    P ! {go, M}, R = got(), down(P), {R, nothing()}.
monitor_tag_and_alias() ->
    {P, M} = spawn_opt(fun() -> exit(x) end, [{monitor, [{tag, t}, {alias, explicit_unalias}]}]),
    A = plain(got(), [{P, p}, {M, m}]), M ! via_alias, {A, got(), unalias(M)}.
priority_option() -> [info(priority, [{priority, P}]) || P <- [low, normal, high, max]].
fullsweep_after_option() -> [info(fullsweep_after, [{fullsweep_after, N}]) || N <- [0, 1, 10, 65535]].
min_heap_size_option() ->
    [begin {_, N} = info(min_heap_size, [{min_heap_size, W}]), N >= W end || W <- [0, 1, 233, 1000, 10000, 65536]].
min_heap_size_is_kept_small() ->
    {_, N} = info(min_heap_size, [{min_heap_size, 1000}]), N =< 4000.
min_bin_vheap_size_option() ->
    [begin {_, N} = info(min_bin_vheap_size, [{min_bin_vheap_size, W}]), N >= W end || W <- [0, 1, 1000, 10000]].
message_queue_data_option() -> [info(message_queue_data, [{message_queue_data, D}]) || D <- [on_heap, off_heap]].
off_heap_messages_arrive() ->
    S = self(),
    P = spawn_opt(fun() -> S ! [receive {n, N} -> N end || _ <- lists:seq(1, 50)] end, [{message_queue_data, off_heap}]),
    [P ! {n, N} || N <- lists:seq(1, 50)], lists:sum(got()).
max_heap_size_option_number() -> info(max_heap_size, [{max_heap_size, 100000}]).
max_heap_size_option_map() ->
    [info(max_heap_size, [{max_heap_size, M}])
     || M <- [#{size => 100000}, #{size => 100000, kill => false}, #{size => 100000, error_logger => false},
              #{size => 0}, #{size => 100000, kill => true, error_logger => true}]].
max_heap_size_option_zero() -> info(max_heap_size, [{max_heap_size, 0}]).
last_option_counts() ->
    [info(priority, [{priority, low}, {priority, high}]), info(fullsweep_after, [{fullsweep_after, 5}, {fullsweep_after, 6}]),
     info(message_queue_data, [{message_queue_data, off_heap}, {message_queue_data, on_heap}])].
many_options_together() ->
    info([priority, fullsweep_after, message_queue_data, max_heap_size],
         [monitor, {priority, high}, {fullsweep_after, 7}, {min_heap_size, 500}, {min_bin_vheap_size, 500},
          {message_queue_data, off_heap}, {max_heap_size, 0}]).
all_of_them_do_run() ->
    S = self(),
    [begin spawn_opt(fun() -> S ! lists:sum(lists:seq(1, 1000)) end, Os), got() end
     || Os <- [[{min_heap_size, 0}], [{min_heap_size, 100000}], [{fullsweep_after, 0}], [{min_bin_vheap_size, 1}],
               [{priority, low}], [{message_queue_data, off_heap}]]].
async_dist_option_is_newer() -> refused([[{async_dist, true}]]).
link_kills_parent() -> in(fun() -> spawn_opt(fun() -> exit(boom) end, [link]), receive never -> ok end end).
monitor_undef() -> down_of(spawn_opt(no_such_module_here, f, [1], [monitor])).
refused_unknown() -> refused([[nosuch], [{nosuch, 1}], [1], ["link"], [{link}], [[link]], [{link, true}], [{monitor}]]).
refused_improper() -> refused([link, {link}, [link | monitor], [link | x], a, 1, #{}, [{priority, low} | []] ++ x]).
refused_priority() -> refused([[{priority, P}] || P <- [x, 1, "low", normal_, undefined]]).
refused_sizes() ->
    refused([[{K, V}] || K <- [fullsweep_after, min_heap_size, min_bin_vheap_size], V <- [-1, x, 1.0, "1", 1 bsl 70]]).
refused_message_queue_data() -> refused([[{message_queue_data, V}] || V <- [x, 1, mixed, true]]).
refused_max_heap_size() ->
    refused([[{max_heap_size, V}] || V <- [-1, x, 1, 10, #{}, #{kill => true}, #{size => -1}, #{size => x}, #{size => 1},
                                           #{size => 100000, kill => 1}, #{size => 100000, error_logger => x}, {size, 1}]]).
refused_monitor_options() ->
    refused([[{monitor, O}] || O <- [x, [x], [{tag}], [{alias, x}], [{alias, explicit_unalias} | x], true, [tag], [{alias}]]]).
refused_arguments() ->
    [text(F) || F <- [fun() -> spawn_opt(id(a), []) end, fun() -> spawn_opt(node(), id(a), []) end,
                      fun() -> spawn_opt(id(1), fun() -> ok end, []) end,
                      fun() -> spawn_opt(id(1), f, [], []) end, fun() -> spawn_opt(m, id(1), [], []) end,
                      fun() -> spawn_opt(m, f, id(a), []) end, fun() -> spawn_opt(m, f, id([a | b]), []) end,
                      fun() -> spawn_opt(m, f, [], id(x)) end, fun() -> spawn_opt(node(), m, f, [], id([x])) end,
                      fun() -> spawn_opt(id("n"), m, f, [], []) end, fun() -> spawn_opt(node(), id(1), f, [], []) end]].
refused_leaves_nothing() ->
    catch spawn_opt(fun() -> ok end, id([link, monitor, nosuch])), process_info(self(), [links, monitors]).
