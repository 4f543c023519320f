%% garbage_collect/0,1,2 of oneself and of others, and what must be the same after.
-module(collections).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).
-import(case_proc, [got/0, all/0, nothing/0, plain/1, plain/2, puppet/0, do/2, tell/2, stop/1, kill/1, down/1, dead/0, idle/0, in/1, until/1, waiting/1]).

id(X) -> case_lib:id(X).
text(F) -> case_lib:text(F).
collect(P) -> erlang:garbage_collect(P).
collect(P, O) -> erlang:garbage_collect(P, O).
words(P) -> {_, N} = process_info(P, total_heap_size), N.
zoo(N) -> {lists:seq(1, N), list_to_binary(lists:duplicate(N, 1)), #{N => [N]}, 1 bsl N, N * 1.5, fun() -> N end, make_ref(), self()}.
spin(N) -> spin(N + 1).

of_oneself() -> Z = zoo(100), H = erlang:phash2(Z), R = erlang:garbage_collect(), {R, erlang:phash2(Z) =:= H}.
of_oneself_by_pid() -> Z = zoo(100), H = erlang:phash2(Z), R = collect(self()), {R, erlang:phash2(Z) =:= H}.
of_oneself_major_and_minor() -> Z = zoo(100), H = erlang:phash2(Z), R = [collect(self(), [{type, T}]) || T <- [minor, major, minor, major]], {R, erlang:phash2(Z) =:= H}.
of_another() -> P = puppet(), do(P, fun() -> put(z, zoo(100)) end), A = do(P, fun() -> erlang:phash2(get(z)) end), R = collect(P), B = do(P, fun() -> erlang:phash2(get(z)) end), stop(P), {R, A =:= B}.
of_another_major_and_minor() -> P = puppet(), do(P, fun() -> put(z, zoo(50)) end), A = do(P, fun() -> erlang:phash2(get(z)) end), R = [collect(P, [{type, T}]) || T <- [minor, major]], B = do(P, fun() -> erlang:phash2(get(z)) end), stop(P), {R, A =:= B}.
of_a_waiting_one() -> P = idle(), waiting(P), R = collect(P), S = process_info(P, status), kill(P), {R, S}.
of_a_busy_one() -> P = spawn(fun() -> spin(0) end), R = [collect(P) || _ <- lists:seq(1, 10)], kill(P), lists:usort(R).
of_a_suspended_one() -> P = puppet(), erlang:suspend_process(P), R = collect(P), kill(P), R.
of_a_hibernated_one() -> P = spawn(erlang, hibernate, [?MODULE, id, [x]]), waiting(P), R = collect(P), kill(P), R.
of_a_dead_one() -> D = dead(), [collect(D), collect(D, []), collect(D, [{type, major}])].
of_a_dying_one() -> lists:usort([begin P = spawn(fun() -> ok end), is_boolean(collect(P)) end || _ <- lists:seq(1, 30)]).
of_a_killed_one() -> P = idle(), exit(P, kill), collect(P).
async() -> P = idle(), R = make_ref(), V = collect(P, [{async, R}]), M = got(), kill(P), {V, plain(M, [{R, ref}])}.
async_any_term() -> P = idle(), R = [{collect(P, [{async, T}]), got()} || T <- [a, {b, 1}, "c", 17, #{k => v}]], kill(P), R.
async_self() -> V = collect(self(), [{async, tag}]), {V, got()}.
async_dead() -> D = dead(), V = collect(D, [{async, tag}]), {V, got()}.
async_types() -> P = idle(), R = [{collect(P, [{async, T}, {type, T}]), got()} || T <- [major, minor]], kill(P), R.
async_last_tag_counts() -> P = idle(), V = collect(P, [{async, a}, {async, b}]), M = got(), kill(P), {V, M, nothing()}.
async_many() -> Ps = [idle() || _ <- lists:seq(1, 20)], [collect(P, [{async, {done, P}}]) || P <- Ps], R = [receive {garbage_collect, {done, P}, B} -> B end || P <- Ps], [kill(P) || P <- Ps], lists:usort(R).
async_same_many_times() -> P = idle(), [collect(P, [{async, N}]) || N <- lists:seq(1, 20)], R = lists:sort([N || {garbage_collect, N, true} <- [got() || _ <- lists:seq(1, 20)]]), kill(P), R =:= lists:seq(1, 20).
by_many() -> P = puppet(), do(P, fun() -> put(z, zoo(200)) end), S = self(), [spawn(fun() -> S ! {r, collect(P)} end) || _ <- lists:seq(1, 20)], R = lists:usort([got() || _ <- lists:seq(1, 20)]), H = do(P, fun() -> {L, _, _, _, _, F, _, _} = get(z), {lists:sum(L), F()} end), stop(P), {R, H}.
each_other() -> S = self(), P = puppet(), tell(P, fun() -> S ! {r, lists:usort([collect(S) || _ <- lists:seq(1, 30)])} end), A = lists:usort([collect(P) || _ <- lists:seq(1, 30)]), {r, B} = got(), stop(P), {A, B}.
garbage_goes() -> P = puppet(), do(P, fun() -> put(k, lists:seq(1, 30000)), ok end), A = words(P), do(P, fun() -> erase(k), ok end), collect(P), B = words(P), stop(P), A > 2 * B.
own_garbage_goes() -> in(fun() -> L = lists:seq(1, 30000), A = words(self()), 30000 = length(L), erlang:garbage_collect(), erlang:garbage_collect(), B = words(self()), A > 2 * B end).
messages_are_kept() -> P = puppet(), Ms = [{N, lists:seq(1, N), list_to_binary(lists:duplicate(100, N))} || N <- lists:seq(1, 50)], [P ! M || M <- Ms], collect(P), R = do(P, fun() -> all() end), stop(P), R =:= Ms.
own_messages_are_kept() -> Ms = [{N, lists:seq(1, N), #{N => N}} || N <- lists:seq(1, 50)], [self() ! M || M <- Ms], [erlang:garbage_collect() || _ <- [1, 2, 3]], all() =:= Ms.
skipped_messages_are_kept() -> [self() ! {N, [N]} || N <- lists:seq(1, 50)], receive {25, _} -> ok end, erlang:garbage_collect(), [N || {N, [N]} <- all()] =:= lists:seq(1, 50) -- [25].
stack_is_kept() -> in(fun() -> deep(500) end).
deep(0) -> erlang:garbage_collect(), 0;
deep(N) -> X = {N, [N]}, R = deep(N - 1), {N, [N]} = X, R + 1.
stack_of_another_is_kept() -> P = spawn(fun() -> exit(deep_wait(100)) end), waiting(P), collect(P), M = monitor(process, P), P ! go, receive {'DOWN', M, _, _, R} -> R end.
deep_wait(0) -> receive go -> 0 end;
deep_wait(N) -> X = {N, [N]}, R = deep_wait(N - 1), {N, [N]} = X, R + 1.
try_handlers_are_kept() -> in(fun() -> try erlang:garbage_collect(), error(id(x)) catch error:x -> caught end end).
binaries_are_kept() -> P = puppet(), do(P, fun() -> B = list_to_binary(lists:seq(0, 255)), put(b, {B, binary:part(B, 10, 100), binary:part(B, 200, 3)}), ok end), collect(P), {B, C, D} = do(P, fun() -> get(b) end), stop(P), {byte_size(B), binary:first(C), D}.
shared_terms_after() -> P = puppet(), do(P, fun() -> X = lists:seq(1, 100), put(x, {X, X, [X | X]}), ok end), collect(P), {A, B, [C | D]} = do(P, fun() -> get(x) end), stop(P), lists:usort([A, B, C, D]) =:= [lists:seq(1, 100)].
order_with_messages() -> S = self(), P = puppet(), [begin tell(P, fun() -> S ! {n, N} end), collect(P, [{async, N}]) end || N <- lists:seq(1, 10)], L = [got() || _ <- lists:seq(1, 20)], stop(P), {[N || {n, N} <- L], lists:sort([N || {garbage_collect, N, true} <- L])}.
info_counts_minor_ones() -> P = puppet(), {_, L} = process_info(P, garbage_collection), kill(P), {_, N} = lists:keyfind(minor_gcs, 1, L), is_integer(N).
refused_pid() -> [text(fun() -> collect(id(X)) end) || X <- [a, 1, "p", []]] ++ [text(fun() -> collect(id(X), []) end) || X <- [a, 1]].
refused_options() -> [text(fun() -> collect(self(), id(O)) end) || O <- [a, [x], [{type, x}], [{type, major} | x], [{async}], [{type}], [{async, a, b}], [type], [1]]].
refused_options_of_another() -> P = idle(), R = [text(fun() -> collect(P, id(O)) end) || O <- [a, [x], [{type, x}], [{type, major} | x], [1]]], kill(P), {R, all()}.
refused_both() -> [text(fun() -> collect(id(a), id([x])) end)].
no_options() -> P = idle(), R = [collect(P, []), collect(self(), [])], kill(P), R.
