%% link/1 and unlink/1: to whom, how often, what stays and what is sure after.
-module(link_unlink).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, trap/1, until/1, sleep/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
links(P) -> {links, L} = process_info(P, links), lists:sort(L).

values() -> P = idle(), R = [link(P), link(P), unlink(P), unlink(P)], kill(P), R.
both_sides_know() ->
    P = puppet(), link(P), R = {links(self()) =:= [P], links(P) =:= [self()]}, unlink(P), stop(P), R.
unlink_both_sides_know() ->
    P = puppet(), link(P), unlink(P), R = {links(self()), until(fun() -> links(P) =:= [] end)}, stop(P), R.
link_twice_is_one_link() ->
    trap(fun() -> P = puppet(), link(P), link(P), L = length(links(self())), exit(P, x), {L, plain(got(), [{P, p}]), nothing()} end).
link_twice_unlink_once() ->
    in(fun() -> P = puppet(), link(P), link(P), unlink(P), L = links(self()), exit(P, x), down(P), {L, nothing()} end).
link_from_both_sides_is_one_link() ->
    trap(fun() -> S = self(), P = puppet(), link(P), do(P, fun() -> link(S) end), L = {length(links(S)), length(links(P))},
                  exit(P, x), {L, plain(got(), [{P, p}]), nothing()} end).
unlink_from_the_other_side() ->
    in(fun() -> S = self(), P = puppet(), link(P), do(P, fun() -> unlink(S) end),
                G = until(fun() -> links(S) =:= [] end), kill(P), {G, nothing()} end).
unlink_from_both_sides() ->
    in(fun() -> S = self(), P = puppet(), link(P), unlink(P), do(P, fun() -> unlink(S) end), kill(P), {links(S), nothing()} end).
link_self() -> {link(self()), links(self())}.
unlink_self() -> unlink(self()).
unlink_never_linked() -> P = idle(), R = unlink(P), kill(P), {R, nothing()}.
unlink_dead() -> [unlink(dead()), nothing()].
link_dead_trapping() -> trap(fun() -> P = dead(), {link(P), plain(got(), [{P, dead}]), links(self())} end).
link_dead_not_trapping() ->
    {ended, R} = in(fun() -> link(dead()), receive never -> ok end end), {noproc, [{erlang, link, [_], _} | _]} = R, element(1, R).
link_dead_not_trapping_is_an_error() -> P = dead(), {error, noproc, {M, F, [P], I}} = case_lib:top(fun() -> link(P) end), {M, F, I}.
link_dead_twice_trapping() -> trap(fun() -> P = dead(), link(P), A = got(), link(P), B = got(), plain([A, B], [{P, dead}]) end).
link_dead_then_unlink() ->
    %% As no link was made, unlink takes nothing back; the signal may have come or not.
    trap(fun() -> P = dead(), link(P), unlink(P), case all() of [] -> ok; [{'EXIT', P, noproc}] -> ok end end).
link_many() ->
    Ps = [puppet() || _ <- lists:seq(1, 50)], [link(P) || P <- Ps], A = links(self()) =:= lists:sort(Ps),
    [unlink(P) || P <- Ps], B = links(self()), [kill(P) || P <- Ps], {A, B}.
link_in_other_order() ->
    Ps = [puppet() || _ <- lists:seq(1, 20)], [link(P) || P <- lists:reverse(Ps)], [unlink(P) || P <- Ps, _ <- [1, 2]],
    R = links(self()), [kill(P) || P <- Ps], R.
links_survive_collection() ->
    trap(fun() -> Ps = [puppet() || _ <- lists:seq(1, 20)], [link(P) || P <- Ps], erlang:garbage_collect(),
                  [exit(P, {n, N}) || {P, N} <- lists:zip(Ps, lists:seq(1, 20))], lists:sum([receive {'EXIT', P, {n, N}} -> N end || P <- Ps]) end).
no_exit_after_unlink() ->
    %% What has not come when unlink returns does not come.
    trap(fun() ->
        [begin
             P = puppet(), link(P), tell(P, fun() -> exit(bye) end),
             unlink(P), receive {'EXIT', P, _} -> was_there after 0 -> ok end,
             down(P), receive {'EXIT', P, _} -> {too_late, N} after 0 -> sure end
         end || N <- lists:seq(1, 20)]
    end).
no_exit_after_unlink_when_killed() ->
    trap(fun() ->
        [begin
             P = puppet(), link(P), exit(P, kill),
             unlink(P), receive {'EXIT', P, _} -> was_there after 0 -> ok end,
             down(P), receive {'EXIT', P, _} -> {too_late, N} after 0 -> sure end
         end || N <- lists:seq(1, 20)]
    end).
not_killed_after_unlink() ->
    S = self(),
    [in(fun() -> P = puppet(), link(P), unlink(P), tell(P, fun() -> exit(bye) end), down(P), S ! alive, receive alive -> no after 0 -> yes end end)
     || _ <- lists:seq(1, 10)].
relink_after_unlink() ->
    trap(fun() -> P = puppet(), link(P), unlink(P), link(P), L = length(links(self())), exit(P, x), {L, plain(got(), [{P, p}]), nothing()} end).
relink_many_times() ->
    trap(fun() -> P = puppet(), [begin link(P), unlink(P) end || _ <- lists:seq(1, 200)], link(P),
                  exit(P, x), {plain(got(), [{P, p}]), nothing(), links(self())} end).
relink_many_times_ends_unlinked() ->
    in(fun() -> P = puppet(), [begin link(P), unlink(P) end || _ <- lists:seq(1, 200)], kill(P), {nothing(), links(self())} end).
both_sides_relink_at_once() ->
    %% Two processes link and unlink each other, each as fast as it can; then one links and is linked.
    S = self(), P = puppet(),
    tell(P, fun() -> [begin link(S), unlink(S) end || _ <- lists:seq(1, 300)], S ! done end),
    [begin link(P), unlink(P) end || _ <- lists:seq(1, 300)], done = got(),
    do(P, fun() -> ok end),
    A = {until(fun() -> links(S) =:= [] end), until(fun() -> links(P) =:= [] end)},
    link(P), B = {links(S) =:= [P], links(P) =:= [S]}, unlink(P), kill(P), {A, B}.
both_sides_link_at_once() ->
    S = self(),
    [begin P = puppet(), tell(P, fun() -> link(S), S ! done end), link(P), done = got(), R = {links(S) =:= [P], links(P) =:= [S]},
           unlink(P), kill(P), R end || _ <- lists:seq(1, 10)] =:= lists:duplicate(10, {true, true}).
unlink_flush_pattern() ->
    trap(fun() -> P = puppet(), link(P), exit(P, x), down(P), unlink(P), A = receive {'EXIT', P, R} -> R after 0 -> none end,
                  lists:member(A, [x, none]) end).
exit_message_is_not_taken_back() ->
    trap(fun() -> P = puppet(), link(P), exit(P, x), until(fun() -> process_info(self(), message_queue_len) =:= {message_queue_len, 1} end),
                  unlink(P), plain(got(), [{P, p}]) end).
link_then_exit_of_linker() ->
    P = puppet(), do(P, fun() -> process_flag(trap_exit, true) end),
    Q = spawn(fun() -> link(P), exit(at_once) end), R = do(P, fun() -> got() end), stop(P), plain(R, [{Q, q}]).
link_to_a_process_that_dies_soon() ->
    trap(fun() -> [begin P = spawn(fun() -> exit(soon) end), link(P), {'EXIT', P, R} = got(), lists:member(R, [soon, noproc]) end
                   || _ <- lists:seq(1, 20)] end) =:= lists:duplicate(20, true).
link_while_trapping_with_full_queue() ->
    trap(fun() -> [self() ! N || N <- lists:seq(1, 200)], P = spawn_link(fun() -> exit(x) end),
                  R = receive {'EXIT', P, X} -> X end, {R, process_info(self(), message_queue_len)} end).
link_by_many() ->
    P = puppet(), S = self(),
    Qs = [spawn(fun() -> process_flag(trap_exit, true), link(P), S ! linked, {'EXIT', P, R} = got(), S ! {R, self()} end) || _ <- lists:seq(1, 50)],
    [linked = got() || _ <- Qs], N = length(links(P)), exit(P, gone), {N, [R || Q <- Qs, R <- [receive {X, Q} -> X end]] =:= lists:duplicate(50, gone)}.
link_by_apply() -> P = idle(), R = apply(erlang, id(link), [P]), L = links(self()) =:= [P], apply(erlang, id(unlink), [P]), kill(P), {R, L}.
link_in_spawned_arguments() -> trap(fun() -> S = self(), P = spawn(erlang, link, [S]), plain(got(), [{P, p}]) end).
link_of_dead_kills_with_noproc() -> P = dead(), {_, M} = spawn_monitor(erlang, link, [P]), receive {'DOWN', M, _, _, {R, [{erlang, link, [P], _}]}} -> R end.
refused_link() -> [text(fun() -> link(id(X)) end) || X <- [a, 1, [], "pid", {self_}, undefined]].
refused_unlink() -> [text(fun() -> unlink(id(X)) end) || X <- [a, 1, [], "pid", {self_}, undefined]].
refused_reference() -> R = make_ref(), [element(1, text(fun() -> F(id(R)) end)) || F <- [fun link/1, fun unlink/1]].
refused_registered_name() ->
    register(link_unlink_name, self()), R = [text(fun() -> link(id(link_unlink_name)) end), text(fun() -> unlink(id(link_unlink_name)) end)],
    unregister(link_unlink_name), R.
unlink_does_not_remove_monitor() ->
    P = puppet(), link(P), M = monitor(process, P), unlink(P), exit(P, x), plain(got(), [{P, p}, {M, m}]).
unlink_order_to_the_peer() ->
    %% The peer sees the link go before a message that was sent after it.
    S = self(), P = puppet(), link(P), unlink(P), P ! {case_proc, tell, fun() -> S ! links(self()) end}, R = got(), stop(P), R.
link_order_to_the_peer() ->
    S = self(), P = puppet(), link(P), P ! {case_proc, tell, fun() -> S ! links(self()) end}, R = got() =:= [S], unlink(P), stop(P), R.
