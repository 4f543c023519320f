%% Exit signals through links: what a linked process hears and when it dies
%% along, for each reason; how a death spreads.
-module(exit_linked).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, own/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, idle/0, in/1, trap/1, until/1, sleep/1]).

id(X) -> case_lib:id(X).
%% A puppet ends as F says; it was linked to another that traps or not. What
%% the other does: {ended, R}, or what it hears, or spared.
linked(Traps, F) ->
    P = puppet(), Q = puppet(),
    Traps =:= traps andalso do(P, fun() -> process_flag(trap_exit, true) end),
    true = do(P, fun() -> link(Q) end),
    M = monitor(process, P), N = monitor(process, Q),
    tell(Q, F),
    receive {'DOWN', N, _, _, _} -> ok end,
    case Traps of
        traps ->
            {'EXIT', Q, R} = do(P, fun() -> got() end), stop(P), {heard, own(R)};
        plain ->
            %% The signal has come when the link is gone.
            true = until(fun() -> process_info(P, links) =/= {links, [Q]} end),
            case process_info(P, links) of
                {links, []} -> kill(P), spared;
                undefined -> receive {'DOWN', M, _, _, R} -> {ended, own(R)} end
            end
    end.
both(F) -> {linked(plain, F), linked(traps, F)}.

ends_by_return() -> both(fun() -> case_proc:tell(self(), fun() -> exit(normal) end) end).
ends_normal() -> both(fun() -> exit(normal) end).
ends_shutdown() -> both(fun() -> exit(shutdown) end).
ends_kill() -> both(fun() -> exit(kill) end).
ends_killed() -> both(fun() -> exit(killed) end).
ends_term() -> both(fun() -> exit({a, [b, "c"]}) end).
ends_tuple_of_normal() -> both(fun() -> exit({normal, x}) end).
ends_noconnection() -> both(fun() -> exit(noconnection) end).
ends_large() ->
    L = lists:seq(1, 3000), {{ended, L}, {heard, L}} = both(fun() -> exit(lists:seq(1, 3000)) end), same.
is_killed() -> both(fun() -> exit(self(), kill) end).
is_exited_normal() -> both(fun() -> exit(self(), normal) end).
is_exited_other() -> both(fun() -> exit(self(), other) end).
errs() ->
    {{ended, {bad, [A | _]}}, {heard, {bad, [B | _]}}} = both(fun() -> error(id(bad)) end), {element(1, A), A =:= B}.
throws() ->
    {{ended, {R, _}}, {heard, {R, _}}} = both(fun() -> throw(id(ball)) end), R.
errs_normal() -> {{ended, {R, _}}, {heard, {R, _}}} = both(fun() -> error(id(normal)) end), R.

kill_becomes_killed_down_a_chain() ->
    %% a - b - c: a is killed, c hears killed from b.
    C = puppet(), B = puppet(), A = puppet(),
    do(C, fun() -> process_flag(trap_exit, true), link(B) end), do(B, fun() -> link(A) end),
    kill(A), R = do(C, fun() -> got() end), stop(C), plain(R, [{B, b}]).
exit_kill_down_a_chain_is_untrappable_only_when_sent() ->
    %% The link signal of exit(kill) has reason kill, and is trapped.
    trap(fun() -> P = spawn_link(fun() -> exit(kill) end), plain(got(), [{P, p}]) end).
chain_dies_with_one_reason() ->
    Ps = chain(20), Ms = [monitor(process, P) || P <- Ps], exit(hd(Ps), {all, down}),
    lists:usort([receive {'DOWN', M, _, _, R} -> R end || M <- Ms]).
chain(N) ->
    Ps = [puppet() || _ <- lists:seq(1, N)],
    [true = do(A, fun() -> link(B) end) || {A, B} <- lists:zip(lists:droplast(Ps), tl(Ps))], Ps.
chain_killed_at_one_end() ->
    Ps = chain(20), Ms = [monitor(process, P) || P <- Ps], exit(lists:last(Ps), kill),
    lists:usort([receive {'DOWN', M, _, _, R} -> R end || M <- Ms]).
chain_cut_in_the_middle() ->
    Ps = chain(10), {L, [P, Q | _] = R} = lists:split(4, Ps), do(P, fun() -> unlink(Q) end),
    Ms = [monitor(process, X) || X <- L ++ [P]], exit(hd(Ps), x),
    A = lists:usort([receive {'DOWN', M, _, _, Y} -> Y end || M <- Ms]),
    B = [is_process_alive(X) || X <- tl(R)], [kill(X) || X <- tl(R)], {A, lists:usort(B)}.
chain_stopped_by_one_that_traps() ->
    Ps = chain(9), T = lists:nth(5, Ps), do(T, fun() -> process_flag(trap_exit, true) end),
    N = monitor(process, lists:nth(4, Ps)), exit(hd(Ps), x), receive {'DOWN', N, _, _, x} -> ok end,
    {'EXIT', _, R} = do(T, fun() -> got() end),
    A = [is_process_alive(P) || P <- lists:nthtail(4, Ps)], kill(T), {R, lists:usort(A)}.
ring_dies() ->
    Ps = chain(15), F = hd(Ps), L = lists:last(Ps), do(L, fun() -> link(F) end),
    Ms = [monitor(process, P) || P <- Ps], exit(lists:nth(7, Ps), x),
    lists:usort([receive {'DOWN', M, _, _, R} -> R end || M <- Ms]).
star_dies_with_its_centre() ->
    C = puppet(), Ps = [puppet() || _ <- lists:seq(1, 30)], [do(C, fun() -> link(P) end) || P <- Ps],
    Ms = [monitor(process, P) || P <- Ps], kill(C), lists:usort([receive {'DOWN', M, _, _, R} -> R end || M <- Ms]).
star_centre_that_traps_hears_all() ->
    trap(fun() -> Ps = [spawn_link(fun() -> exit(N) end) || N <- lists:seq(1, 30)],
                  lists:sum([receive {'EXIT', P, N} -> N end || P <- Ps]) end).
full_mesh_dies() ->
    Ps = [puppet() || _ <- lists:seq(1, 8)], [do(P, fun() -> link(Q) end) || P <- Ps, Q <- Ps, P < Q],
    Ms = [monitor(process, P) || P <- Ps], exit(hd(Ps), x), lists:usort([receive {'DOWN', M, _, _, R} -> R end || M <- Ms]).
two_that_die_at_once() ->
    %% Each of two linked processes ends on its own: each has its own reason or the other's.
    [begin
         P = puppet(), Q = puppet(), do(P, fun() -> link(Q) end), M = monitor(process, P), N = monitor(process, Q),
         tell(P, fun() -> exit(p) end), tell(Q, fun() -> exit(q) end),
         A = receive {'DOWN', M, _, _, R1} -> R1 end, B = receive {'DOWN', N, _, _, R2} -> R2 end,
         lists:member({A, B}, [{p, q}, {p, p}, {q, q}])
     end || _ <- lists:seq(1, 10)].
normal_does_not_spread() ->
    Ps = chain(5), stop(hd(Ps)), sleep(5), A = [is_process_alive(P) || P <- tl(Ps)], kill(lists:last(Ps)), A.
normal_to_one_that_does_not_trap_removes_the_link() ->
    P = puppet(), Q = puppet(), do(P, fun() -> link(Q) end), stop(Q),
    R = until(fun() -> process_info(P, links) =:= {links, []} end), stop(P), R.
trapped_exit_removes_the_link() ->
    trap(fun() -> P = spawn_link(fun() -> exit(x) end), {'EXIT', P, x} = got(), process_info(self(), links) end).
trapping_set_after_the_death() ->
    %% The signal waits in nobody's queue: it kills, or it became a message.
    S = self(),
    R = in(fun() -> P = spawn_link(fun() -> exit(x) end), S ! {child, P}, process_flag(trap_exit, true), got() end),
    case R of {ended, x} -> ok; {'EXIT', _, x} -> ok end.
link_signal_is_no_message_for_others() -> P = idle(), Q = puppet(), do(Q, fun() -> link(P) end), kill(P), down(Q), nothing().
exit_message_from_the_process_that_died() ->
    trap(fun() -> P = spawn_link(fun() -> spawn_link(fun() -> exit(inner) end), receive never -> ok end end),
                  plain(got(), [{P, outer}]) end).
parent_dead_before_child_links() ->
    P = case_proc:dead(), trap(fun() -> link(P), plain(got(), [{P, dead}]) end).
ends_with_children_of_both_kinds() ->
    S = self(),
    P = spawn(fun() -> A = spawn_link(fun() -> receive never -> ok end end), B = spawn(fun() -> receive never -> ok end end),
                       S ! {A, B}, receive never -> ok end end),
    {A, B} = got(), M = monitor(process, A), kill(P), X = receive {'DOWN', M, _, _, R} -> R end,
    Y = is_process_alive(B), kill(B), {X, Y}.
late_exit_of_a_linked_process_with_queue() ->
    trap(fun() -> P = spawn_link(fun() -> receive stop -> exit(x) end end), [P ! {junk, N} || N <- lists:seq(1, 100)], P ! stop, plain(got(), [{P, p}]) end).
