%% max_heap_size: what ends a process that grows too large, and what it may do.
-module(heap_limits).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, puppet/1, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
limit(N) -> #{size => N, kill => true, error_logger => false}.
%% The reason for which a process with the limit ends that runs F.
ends(Limit, F) -> {_, M} = spawn_opt(F, [monitor, {max_heap_size, Limit}]), receive {'DOWN', M, _, _, R} -> R after 60000 -> no_end end.
grow(L) -> grow([L | lists:seq(1, 100)]).
grow_to(N) -> length(lists:seq(1, N)).

killed_by_limit() -> ends(limit(12000), fun() -> grow([]) end).
killed_by_number() -> ends(12000, fun() -> process_flag(max_heap_size, limit(12000)), grow([]) end).
small_process_lives() -> ends(limit(200000), fun() -> exit({fine, grow_to(100)}) end).
killed_by_one_large_term() -> ends(limit(8000), fun() -> exit(grow_to(20000)) end).
killed_by_the_dictionary() -> ends(limit(10000), fun() -> fill(1) end).
fill(N) -> put(N, [N, N, N]), fill(N + 1).
killed_by_messages_read() -> P = spawn_opt(fun() -> collect([]) end, [{max_heap_size, limit(10000)}]), M = monitor(process, P), send_until_dead(P, M, 100000).
collect(L) -> receive X -> collect([X | L]) end.
send_until_dead(_, _, 0) -> not_killed;
send_until_dead(P, M, N) -> P ! lists:seq(1, 50), receive {'DOWN', M, _, _, R} -> R after 0 -> send_until_dead(P, M, N - 1) end.
kill_cannot_be_trapped() -> ends(limit(12000), fun() -> process_flag(trap_exit, true), grow([]) end).
kill_cannot_be_caught() -> ends(limit(12000), fun() -> try grow([]) catch _:_ -> exit(caught) after exit(after_ran) end end).
link_hears_killed() -> process_flag(trap_exit, true), P = spawn_opt(fun() -> grow([]) end, [link, {max_heap_size, limit(12000)}]), plain(got(), [{P, p}]).
link_dies_killed() -> in(fun() -> spawn_opt(fun() -> grow([]) end, [link, {max_heap_size, limit(12000)}]), receive never -> ok end end).
name_is_free_after() -> {_, M} = spawn_opt(fun() -> register(heap_limits_1, self()), grow([]) end, [monitor, {max_heap_size, limit(12000)}]), receive {'DOWN', M, _, _, R} -> {R, whereis(heap_limits_1)} end.
others_live_on() -> P = idle(), R = ends(limit(12000), fun() -> grow([]) end), A = is_process_alive(P), kill(P), {R, A}.
no_kill_lives_on() -> ends(#{size => 8000, kill => false, error_logger => false}, fun() -> exit({grown, grow_to(20000)}) end).
no_kill_set_later() -> ends(0, fun() -> process_flag(max_heap_size, #{size => 8000, kill => false, error_logger => false}), exit({grown, grow_to(20000)}) end).
zero_is_no_limit() -> ends(0, fun() -> exit({grown, grow_to(20000)}) end).
size_zero_is_no_limit() -> ends(#{size => 0, kill => true, error_logger => false}, fun() -> exit({grown, grow_to(20000)}) end).
set_by_flag() -> ends(0, fun() -> process_flag(max_heap_size, limit(12000)), grow([]) end).
removed_by_flag() -> ends(limit(12000), fun() -> process_flag(max_heap_size, 0), exit({grown, grow_to(20000)}) end).
raised_by_flag() -> ends(limit(12000), fun() -> process_flag(max_heap_size, limit(10000000)), exit({grown, grow_to(20000)}) end).
lowered_by_flag_below_the_heap() -> ends(0, fun() -> L = lists:seq(1, 10000), process_flag(max_heap_size, limit(1000)), erlang:garbage_collect(), exit({not_killed, length(L)}) end).
not_inherited() -> ends(limit(12000), fun() -> {_, M} = spawn_monitor(fun() -> exit(grow_to(20000)) end), receive {'DOWN', M, _, _, R} -> exit(R) end end).
shown_by_info() -> P = spawn_opt(fun() -> receive never -> ok end end, [{max_heap_size, limit(123456)}]), R = process_info(P, max_heap_size), kill(P), R.
shown_in_garbage_collection_info() -> P = spawn_opt(fun() -> receive never -> ok end end, [{max_heap_size, limit(123456)}]), {_, L} = process_info(P, garbage_collection), kill(P), lists:keyfind(max_heap_size, 1, L).
garbage_does_not_count() -> ends(limit(100000), fun() -> exit(garbage(1000, 0)) end).
garbage(0, S) -> S;
garbage(N, S) -> garbage(N - 1, S + length(lists:seq(1, 100))).
large_binaries_do_not_count() -> ends(limit(12000), fun() -> L = [list_to_binary(lists:duplicate(1000, N)) || N <- lists:seq(1, 100)], exit(iolist_size(L)) end).
min_heap_size_above_limit() -> case_lib:class(fun() -> spawn_opt(fun() -> ok end, id([{max_heap_size, 1000}, {min_heap_size, 100000}])) end).
limit_below_min_heap_size() -> case_lib:class(fun() -> process_flag(max_heap_size, id(10)) end).
system_default_is_shown() -> maps:get(size, erlang:system_info(max_heap_size)).
system_default_shape() -> case erlang:system_info(max_heap_size) of M when is_map(M) -> lists:sort(maps:keys(M)); N -> is_integer(N) end.
system_min_heap_size() -> {min_heap_size, N} = erlang:system_info(min_heap_size), N > 0.
system_flags_of_heaps_refused() -> [case_lib:class(fun() -> erlang:system_flag(id(F), id(V)) end) || {F, V} <- [{min_heap_size, -1}, {min_heap_size, x}, {fullsweep_after, -1}, {max_heap_size, x}, {max_heap_size, -1}, {min_bin_vheap_size, x}]].
system_flag_min_heap_size() -> {_, Old} = erlang:system_info(min_heap_size), R = erlang:system_flag(min_heap_size, 5000) =:= Old, A = in(fun() -> {_, N} = process_info(self(), min_heap_size), N >= 5000 end), erlang:system_flag(min_heap_size, Old), {R, A}.
system_flag_fullsweep_after() -> {fullsweep_after, Old} = erlang:system_info(fullsweep_after), R = erlang:system_flag(fullsweep_after, 12) =:= Old, A = in(fun() -> process_info(self(), fullsweep_after) end), erlang:system_flag(fullsweep_after, Old), {R, A}.
system_flag_max_heap_size() ->
    Old = erlang:system_flag(max_heap_size, #{size => 7000000, kill => true, error_logger => false}), R = in(fun() -> process_info(self(), max_heap_size) end), erlang:system_flag(max_heap_size, Old), {Old, R, in(fun() -> process_info(self(), max_heap_size) end)}.
