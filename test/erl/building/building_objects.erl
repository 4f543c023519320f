%% Tuples, funs and records of every size, which several instructions build together: operands from
%% registers, the stack frame and literals, and a result that replaces one of its parts.
-module(building_objects).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

tuples_of_registers() -> [t(N, a, 1 bsl 70, [x], {y}, 2.5, <<"b">>, #{c => d}, []) || N <- lists:seq(0, 9)].
t(0, _, _, _, _, _, _, _, _) -> {};
t(1, A, _, _, _, _, _, _, _) -> {A};
t(2, A, B, _, _, _, _, _, _) -> {A, B};
t(3, A, B, C, _, _, _, _, _) -> {A, B, C};
t(4, A, B, C, D, _, _, _, _) -> {A, B, C, D};
t(5, A, B, C, D, E, _, _, _) -> {A, B, C, D, E};
t(6, A, B, C, D, E, F, _, _) -> {A, B, C, D, E, F};
t(7, A, B, C, D, E, F, G, _) -> {A, B, C, D, E, F, G};
t(8, A, B, C, D, E, F, G, H) -> {A, B, C, D, E, F, G, H};
t(9, A, B, C, D, E, F, G, H) -> {A, B, C, D, E, F, G, H, A}.
with_literals() ->
    X = id(x), [{X}, {X, a}, {1, X}, {a, X, "l"}, {X, 1.5, 0.0}, {[], X, {}, 1 bsl 80}, {tag, 1, 2, 3, X},
                {X, <<1>>, a, b, c, d}, {{1, 2}, #{a => 1}, X, X, X, X, X}].
from_the_frame() ->
    A = id(1), B = id("two"), C = id({3}), D = id(4.0), E = id(<<5>>),
    T3 = {A, B, C}, _ = id(T3), T4 = {D, C, B, A}, _ = id(T4), T5 = {E, A, D, B, C}, _ = id(T5),
    T7 = {A, E, x, D, C, B, A}, _ = id(T7),
    {T3, T4, T5, T7, A, B, C, D, E}.
replacing_a_part() ->
    lists:foldl(fun(N, T) -> wrap(N, T) end, start, [1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1]).
wrap(1, T) -> {T};
wrap(2, T) -> {T, T};
wrap(3, T) -> {1, 2, T};
wrap(4, T) -> {T, 2, 3, 4};
wrap(5, T) -> {1, 2, T, 4, 5};
wrap(6, T) -> {1, 2, 3, 4, T, 6};
wrap(7, T) -> {1, 2, 3, 4, 5, 6, T}.
swapped() -> [swap3({A, B, C}) || A <- [1, x], B <- [2, y], C <- [3, z]].
swap3({A, B, C}) -> {C, A, B}.
nested() -> X = id(0), {{X, {X, {X, {X}, X}, X, X}, X, X, X}, {X, X, {X, X, {X, X, X}, X}, X, X, X}}.
many() -> length([{N, N + 1, N + 2, {N}, [N], N} || N <- lists:seq(1, 20000)]).
sum_of_many() -> lists:sum([element(3, {N, x, N * 2, {N}, y}) || N <- lists:seq(1, 20000)]).

funs_of_every_size() ->
    A = id(1), B = id(b), C = id("c"), D = id({d}), E = id(5.5), F = id(<<6>>), G = id(7), H = id(#{}),
    [Fun() || Fun <- [fun() -> x end, fun() -> A end, fun() -> {A, B} end, fun() -> [A, B, C] end,
                      fun() -> {D, C, B, A} end, fun() -> [E, D, C, B, A] end, fun() -> {A, B, C, D, E, F} end,
                      fun() -> {G, F, E, D, C, B, A} end, fun() -> [H, G, F, E, D, C, B, A] end]].
funs_with_arguments() ->
    A = id(10), B = id(20), [(fun(X) -> X + A end)(1), (fun(X, Y) -> X + A - Y * B end)(1, 2), (fun(X, Y, Z) -> {X, Y, Z, A, B} end)(1, 2, 3)].
fun_that_replaces_a_variable() -> lists:foldl(fun(N, F) -> M = N * 2, fun() -> [M | F()] end end, fun() -> [] end, [1, 2, 3]).
fun_of_fun() -> (fun_that_replaces_a_variable())().
named_funs() -> A = id(3), F = fun L(0) -> A; L(N) -> [N | L(N - 1)] end, F(4).
many_funs() -> lists:sum([F() || F <- [fun() -> N + M end || N <- lists:seq(1, 100), M <- lists:seq(1, 100)]]).

-record(r1, {a = 1}).
-record(r5, {a = 1, b, c = "c", d = [], e = 2.5}).
-record(r12, {a, b, c, d, e, f, g, h, i, j, k, l}).
records() -> {#r1{}, #r1{a = id(2)}, #r5{}, #r5{b = id(7)}, #r12{l = id(12), a = id(1)}}.
updates() ->
    R = id(#r12{}), R1 = R#r12{a = id(1)}, R2 = R1#r12{l = id(12), f = 6}, R3 = R2#r12{a = R2, b = R1, c = R},
    S = id(#r5{}), [R1, R2, R3, S#r5{a = S}, S#r5{a = 1, b = 2, c = 3, d = 4, e = S}].
update_of_another_record() -> [case_lib:class(fun() -> (id(X))#r5{a = 1} end) || X <- [#r1{}, {}, {r5}, {r5, 1, 2, 3, 4}, r5, 5]].
update_again_and_again() -> up(5000, #r12{a = 0, b = []}).
up(0, R) -> {R#r12.a, length(R#r12.b)};
up(N, R) -> up(N - 1, R#r12{a = R#r12.a + N, b = [N | R#r12.b]}).

%% Registers of the frame that are cleared, and a collection after that.
cleared_registers() -> [clear(N) || N <- lists:seq(0, 5)].
clear(N) ->
    A = id(a), B = id(b),
    R = case N of
            0 -> none;
            1 -> C = id(1), D = id(2), gc(), {C, D};
            2 -> C = id(1), gc(), D = id(2), E = id(3), gc(), {C, D, E};
            3 -> try C = id(1), D = id(2), E = id(3), F = id(4), gc(), {C, D, E, F} catch _:_ -> x end;
            _ -> try throw(id(N)) catch T -> gc(), G = id(T), gc(), {T, G} end
        end,
    gc(), {A, B, R}.
gc() -> erlang:garbage_collect(), ok.
