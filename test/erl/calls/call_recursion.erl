%% Recursion: deep and not, tail calls of every kind, mutual recursion, classics.
-module(call_recursion).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

count_down_tail() -> down(id(1000000)).
down(0) -> done;
down(N) -> down(N - 1).
sum_not_tail() -> sum(id(2000)).
sum(0) -> 0;
sum(N) -> N + sum(N - 1).
build_list_not_tail() -> L = build(id(2000)), {length(L), hd(L), lists:last(L)}.
build(0) -> [];
build(N) -> [N | build(N - 1)].
build_list_accumulating() -> L = acc(id(3000), []), {length(L), hd(L), lists:last(L)}.
acc(0, A) -> A;
acc(N, A) -> acc(N - 1, [N | A]).
nested_tuple_not_tail() -> T = nest(id(2000)), unnest(T, 0).
nest(0) -> leaf;
nest(N) -> {nest(N - 1)}.
unnest(leaf, N) -> N;
unnest({T}, N) -> unnest(T, N + 1).
deep_with_live_values() -> live(id(2000), 1, 2.5, a).
live(0, A, B, C) -> {A, B, C};
live(N, A, B, C) -> {X, Y, Z} = live(N - 1, A, B, C), {X + N rem 2, Y, Z}.
deep_twice_in_a_row() -> [sum(id(3000)), sum(id(3000)), sum(id(10))].
mutual_tail() -> [even(id(1000000)), odd(id(1000000)), even(id(999999))].
even(0) -> true;
even(N) -> odd(N - 1).
odd(0) -> false;
odd(N) -> even(N - 1).
mutual_not_tail() -> ping(id(2000)).
ping(0) -> 0;
ping(N) -> 1 + pong(N - 1).
pong(0) -> 0;
pong(N) -> 2 + ping(N - 1).
three_way_tail() -> a3(id(300001), 0).
a3(0, S) -> {a, S};
a3(N, S) -> b3(N - 1, S + 1).
b3(0, S) -> {b, S};
b3(N, S) -> c3(N - 1, S + 2).
c3(0, S) -> {c, S};
c3(N, S) -> a3(N - 1, S + 3).
external_tail_call_loop() -> ?MODULE:ext(id(300000), 0).
ext(0, A) -> A;
ext(N, A) -> ?MODULE:ext(N - 1, A + 1).
apply_tail_call_loop() -> app(id(300000), 0).
app(0, A) -> A;
app(N, A) -> apply(?MODULE, app, [N - 1, A + 1]).
variable_module_tail_call_loop() -> vm(?MODULE, id(300000), 0).
vm(_, 0, A) -> A;
vm(M, N, A) -> M:vm(M, N - 1, A + 1).
fun_tail_call_loop() -> F = fun(_, 0, A) -> A; (G, N, A) -> G(G, N - 1, A + 1) end, F(F, id(300000), 0).
named_fun_loop() -> (fun L(0, A) -> A; L(N, A) -> L(N - 1, A + N) end)(id(300000), 0).
named_fun_not_tail() -> (fun L(0) -> 0; L(N) -> 1 + L(N - 1) end)(id(2000)).
apply_fun_loop() -> apl(id(100000), fun(X) -> X + 1 end, 0).
apl(0, _, A) -> A;
apl(N, F, A) -> apl(N - 1, F, apply(F, [A])).
tail_call_with_more_arguments() -> m1(id(5)).
m1(A) -> m2(A, A + 1).
m2(A, B) -> m3(A, B, A + B, A * B).
m3(A, B, C, D) -> m4(D, C, B, A, {A, B}, [C, D]).
m4(A, B, C, D, E, F) -> {A, B, C, D, E, F}.
tail_call_with_fewer_arguments() -> l4(1, 2, id(3), 4).
l4(A, B, C, D) -> l3(A + B, C, D).
l3(A, B, C) -> l2({A, B}, C).
l2(A, B) -> [A | B].
swap_arguments_loop() -> sw(id(100001), left, right).
sw(0, A, B) -> {A, B};
sw(N, A, B) -> sw(N - 1, B, A).
rotate_arguments_loop() -> ro(id(100000), 1, 2, 3, 4, 5).
ro(0, A, B, C, D, E) -> {A, B, C, D, E};
ro(N, A, B, C, D, E) -> ro(N - 1, E, A, B, C, D).
fibonacci_naive() -> fib(id(22)).
fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
ackermann() -> [ack(M, N) || {M, N} <- [{0, 0}, {1, 5}, {2, 6}, {2, 20}, {3, 4}]].
ack(0, N) -> N + 1;
ack(M, 0) -> ack(M - 1, 1);
ack(M, N) -> ack(M - 1, ack(M, N - 1)).
takeuchi() -> tak(id(14), 8, 3).
tak(X, Y, Z) when Y >= X -> Z;
tak(X, Y, Z) -> tak(tak(X - 1, Y, Z), tak(Y - 1, Z, X), tak(Z - 1, X, Y)).
hanoi() -> {length(hanoi(id(10), a, b, c)), hanoi(3, a, b, c)}.
hanoi(0, _, _, _) -> [];
hanoi(N, A, B, C) -> hanoi(N - 1, A, C, B) ++ [{A, B}] ++ hanoi(N - 1, C, B, A).
queens() -> [length(queens(N)) || N <- [1, 2, 3, 4, 5, 6]].
queens(N) -> place(N, N, [[]]).
place(0, _, Bs) -> Bs;
place(K, N, Bs) -> place(K - 1, N, [[Q | B] || B <- Bs, Q <- lists:seq(1, N), safe(Q, B, 1)]).
safe(_, [], _) -> true;
safe(Q, [H | T], D) -> Q =/= H andalso Q =/= H + D andalso Q =/= H - D andalso safe(Q, T, D + 1).
permutations() -> perms([a, b, c]).
perms([]) -> [[]];
perms(L) -> [[H | T] || H <- L, T <- perms(L -- [H])].
power_set() -> pset([1, 2, 3]).
pset([]) -> [[]];
pset([H | T]) -> P = pset(T), [[H | S] || S <- P] ++ P.
merge_sort() -> ms([5, 2, 9, 1, 5, 6, a, 3.0, []]).
ms([]) -> [];
ms([X]) -> [X];
ms(L) -> {A, B} = lists:split(length(L) div 2, L), mg(ms(A), ms(B)).
mg([], B) -> B;
mg(A, []) -> A;
mg([X | A], [Y | _] = B) when X =< Y -> [X | mg(A, B)];
mg(A, [Y | B]) -> [Y | mg(A, B)].
sieve() -> sieve(lists:seq(2, 60)).
sieve([]) -> [];
sieve([P | T]) -> [P | sieve([X || X <- T, X rem P =/= 0])].
binary_trees() -> [check(make(D)) || D <- [0, 1, 5, 12]].
make(0) -> {nil, nil};
make(D) -> {make(D - 1), make(D - 1)}.
check({nil, nil}) -> 1;
check({L, R}) -> 1 + check(L) + check(R).
tree_insert_and_walk() -> T = lists:foldl(fun ins/2, nil, [5, 2, 8, 1, 9, 3, 5, a, 2.5]), {walk(T), depth(T)}.
ins(X, nil) -> {nil, X, nil};
ins(X, {L, Y, R}) when X < Y -> {ins(X, L), Y, R};
ins(X, {L, Y, R}) when X > Y -> {L, Y, ins(X, R)};
ins(_, T) -> T.
walk(nil) -> [];
walk({L, X, R}) -> walk(L) ++ [X | walk(R)].
depth(nil) -> 0;
depth({L, _, R}) -> 1 + max(depth(L), depth(R)).
flatten_deep() -> fl([1, [2, [3, [4, []], [[[5]]]]], [], 6], []).
fl([], T) -> T;
fl([H | L], T) -> fl(H, fl(L, T));
fl(X, T) -> [X | T].
primes_until_10000_count() -> pr(2, 10000, 0).
pr(N, M, C) when N > M -> C;
pr(N, M, C) -> pr(N + 1, M, case isp(N, 2) of true -> C + 1; false -> C end).
isp(N, D) when D * D > N -> true;
isp(N, D) when N rem D =:= 0 -> false;
isp(N, D) -> isp(N, D + 1).
game_of_life_blinker() -> life([{0, 1}, {1, 1}, {2, 1}], 3).
life(C, 0) -> lists:sort(C);
life(C, N) ->
    Cand = lists:usort([{X + DX, Y + DY} || {X, Y} <- C, DX <- [-1, 0, 1], DY <- [-1, 0, 1]]),
    life([P || P <- Cand, alive(P, C)], N - 1).
alive({X, Y} = P, C) ->
    N = length([x || DX <- [-1, 0, 1], DY <- [-1, 0, 1], {DX, DY} =/= {0, 0}, lists:member({X + DX, Y + DY}, C)]),
    N =:= 3 orelse (N =:= 2 andalso lists:member(P, C)).
continuation_passing() -> facc(id(20), fun(X) -> X end).
facc(0, K) -> K(1);
facc(N, K) -> facc(N - 1, fun(X) -> K(N * X) end).
continuation_passing_deep() -> suc(id(2000), fun(X) -> X end).
suc(0, K) -> K(0);
suc(N, K) -> suc(N - 1, fun(X) -> K(X + 1) end).
