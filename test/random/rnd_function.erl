%% Functions: templates, each of which ends. What repeats counts down a {fuel, Max}, walks a list, or takes a
%% bit or more off a bitstring; it calls only functions made before it, and no more than its cost allows.
-module(rnd_function).
-export([make/0]).

-import(rnd_pick, [between/2, chance/1, one/1, some/2, weighted/1, shuffle/1]).
-import(rnd_value, [value/1, type/1, scalar_type/0]).
-import(rnd_form, [next_line/0, v/1, i/1, a/1, nil/0, lit/1, op/3, op/2, call/2, tuple/1, cons/2, match/2, clause/3,
                   clause/2, 'case'/2]).
-include("rnd.hrl").

%% The forms of one function, or of several that belong together; rnd_form:sigs/0 then has it.
make() ->
    next_line(),
    rnd_form:budget(one([20, 40, 60, 80, 120])),
    weighted([{10, fun plain/0},
              {3, fun many_values/0},
              {7, fun loop/0},
              {4, fun deep/0},
              {3, fun list_walk/0},
              {4, fun bits_walk/0},
              {3, fun mutual/0},
              {3, fun states/0}]).

%% --- parts ---------------------------------------------------------------------------------------

-define(DEPTH, 4).

function(Name, Ts, Ret, Clauses) ->
    rnd_form:put_sig(#sig{name = Name, args = Ts, ret = Ret, cost = rnd_form:cost() + 1}),
    {function, rnd_form:line(), Name, length(Ts), Clauses}.

new_vars(Ts) ->
    [{rnd_form:fresh("V"), T} || T <- Ts].

names(Vars) ->
    [v(N) || {N, _} <- Vars].

arity() ->
    weighted([{1, fun() -> 0 end}, {20, fun() -> between(1, 4) end}, {5, fun() -> between(5, 9) end}, {2, fun() -> between(10, 20) end}]).

arg_type() ->
    case chance(6) of
        true -> {fn, some({0, 2}, fun() -> type(1) end), scalar_type()};
        false -> type(one([0, 1, 1, 2]))
    end.

arg_types(N) ->
    %% Of few types when there are many, so that they can be permuted.
    case N > 4 of
        true -> Few = some({1, 4}, fun arg_type/0), [one(Few) || _ <- lists:seq(1, N)];
        false -> [arg_type() || _ <- lists:seq(1, N)]
    end.

%% What an iteration may add to: it grows by no more than a bit each time.
acc_type() ->
    one([int, int, int, num, float, atom, bool, {list, scalar_type()}, {list, int}, bin, bits,
         {tuple, some({1, 3}, fun rnd_value:scalar_type/0)}, {dict, rnd_value:key_type(), scalar_type()}]).

step(int, V, E, D) ->
    weighted([{3, fun() -> op('+', V, leaf(int, E)) end},
              {2, fun() -> op(one(['+', '-']), V, i(between(1, 3))) end},
              {1, fun() -> op(one(['+', '-', '*', 'bxor']), V, lit(rnd_value:int())) end},
              {4, fun() -> settle(op(one(['+', '-', 'bxor', 'bor']), V, expr(int, E, D))) end},
              {2, fun() -> op('rem', op('*', V, expr(small, E, D)), lit(one([1000003, (1 bsl 61) - 1]))) end}]);
step(num, V, E, D) ->
    weighted([{1, fun() -> op('+', V, leaf(num, E)) end},
              {1, fun() -> op('*', V, lit(one([0.5, 1.0, 3, 2.0]))) end},
              {1, fun() -> op('-', V, settled(float, E, D)) end}]);
step(float, V, E, D) ->
    op(one(['+', '-', '*', '/']), V, settled(float, E, D));
step({list, T}, V, E, D) ->
    cons(settled(T, E, D), V);
step(bin, V, E, D) ->
    {bin, rnd_form:line(), [part(V, [binary]), {bin_element, rnd_form:line(), expr(int, E, D), i(one([8, 16, 24])),
                                                default}]};
step(bits, V, E, D) ->
    {bin, rnd_form:line(), [part(V, [bitstring]), {bin_element, rnd_form:line(), expr(int, E, D),
                                                   i(one([1, 3, 7, 8, 12])), default}]};
step({tuple, Ts}, V, E, D) ->
    N = between(1, length(Ts)),
    case chance(50) of
        true -> call(setelement, [i(N), V, settled(lists:nth(N, Ts), E, D)]);
        false -> tuple([settled(T, E, D) || T <- Ts])
    end;
step({dict, K, T}, V, E, D) ->
    {map, rnd_form:line(), V, [{map_field_assoc, rnd_form:line(), settled(K, E, D), settled(T, E, D)}]};
step(T, _, E, D) ->
    expr(T, E, D).

settled(T, E, D) when T =:= int; T =:= num -> settle(expr(int, E, D));
settled(float, E, D) -> call(float, [expr(float, E, D)]);
settled(T, E, D) -> expr(T, E, D).

settle(X) -> op('band', X, lit(one([(1 bsl 59) - 1, (1 bsl 60) - 1, (1 bsl 64) - 1, -256, (1 bsl 100) - 1]))).

part(V, Types) -> {bin_element, rnd_form:line(), V, default, Types}.

expr(T, E, D) -> rnd_expr:expr(T, E, D).
leaf(T, E) -> rnd_expr:leaf(T, E).

%% Parameters that an iteration hands on: as they are, permuted, or made anew.
hand_on(Vars, E) ->
    case chance(40) of
        true -> names(Vars);
        false -> [case chance(80) of true -> leaf(T, E); false -> v(N) end || {N, T} <- Vars]
    end.

%% Several of one type in circles.
rotated(Vars) ->
    Types = lists:usort([T || {_, T} <- Vars]),
    Turned = lists:append([turn([X || {_, T1} = X <- Vars, T1 =:= T]) || T <- Types]),
    [v(proplists:get_value(N, Turned)) || {N, _} <- Vars].

turn([]) -> [];
turn(Vars) ->
    Names = [N || {N, _} <- Vars],
    Other = case chance(50) of
                true -> tl(Names) ++ [hd(Names)];
                false -> shuffle(Names)
            end,
    lists:zip(Names, Other).

%% --- templates -----------------------------------------------------------------------------------

plain() ->
    Ts = arg_types(arity()),
    R = case chance(40) of true -> scalar_type(); false -> type(2) end,
    E = #env{},
    Name = rnd_form:fresh("f"),
    Some = case Ts of
               [] -> [];
               _ -> some({0, one([0, 1, 3])}, fun() -> plain_clause(Ts, R, E) end)
           end,
    All = case Some =:= [] orelse chance(85) of
              true -> [all_clause(Ts, R, E)];
              false -> []
          end,
    [function(Name, Ts, R, Some ++ All)].

plain_clause(Ts, R, E) ->
    next_line(),
    {Ps, New} = rnd_match:patterns(Ts, E, 2),
    E1 = rnd_expr:bind(New, E),
    clause(Ps, rnd_expr:guard(E1, 50), rnd_expr:body(R, E1, ?DEPTH)).

all_clause(Ts, R, E) ->
    next_line(),
    Vars = new_vars(Ts),
    clause(names(Vars), rnd_expr:body(R, rnd_expr:bind(Vars, E), ?DEPTH)).

%% Many variables that live across calls, all of them wanted at the end.
many_values() ->
    Ts = arg_types(arity()),
    Args = new_vars(Ts),
    Made = between(3, 12),
    {Stmts, Vars} = lists:foldl(fun(_, {Ss, Vs}) -> value_statement(Ss, Vs) end, {[], Args}, lists:seq(1, Made)),
    Last = shuffle([X || {_, T} = X <- Vars, not rnd_value:has_fun(T)]),
    Body = lists:reverse(Stmts) ++ [tuple(names(Last))],
    [function(rnd_form:fresh("f"), Ts, {tuple, [T || {_, T} <- Last]}, [clause(names(Args), Body)])].

value_statement(Stmts, Vars) ->
    next_line(),
    Name = rnd_form:fresh("V"),
    T = type(1),
    {[match(v(Name), expr(T, #env{vars = Vars}, 2)) | Stmts], [{Name, T} | Vars]}.

%% f(0, ...) -> Accs; f(N, Kept, Accs) -> f(N - 1, Kept', Accs')
loop() ->
    Max = one([5, 20, 20, 100, 1000]),
    Kept = new_vars(arg_types(one([0, 1, 2, 2, arity()]))),
    Accs = new_vars(some({1, 4}, fun acc_type/0)),
    Fuel = {rnd_form:fresh("V"), {fuel, Max}},
    Params = shuffle([Fuel | Kept ++ Accs]),
    Name = rnd_form:fresh("f"),
    {R, Last} = result(Accs),
    E = #env{vars = [{N, T} || {N, T} <- Params, {N, T} =/= Fuel], mult = Max},
    {N, _} = Fuel,
    Base = clause([case V of Fuel -> i(0); {X, _} -> v(X) end || V <- Params], [Last]),
    Step = clause(names(Params), [[op('>', v(N), i(0))]], loop_body(Name, Fuel, Params, Kept, Accs, E)),
    Clauses = case chance(50) of
                  true -> [Base, Step];
                  false -> [Step, Base]
              end,
    [function(Name, [T || {_, T} <- Params], R, Clauses)].

result([{N, T}]) -> {T, v(N)};
result(Accs) ->
    case chance(60) of
        true -> {{tuple, [T || {_, T} <- Accs]}, tuple(names(Accs))};
        false -> {N, T} = one(Accs), {T, v(N)}
    end.

loop_body(Name, Fuel, Params, Kept, Accs, E) ->
    case chance(40) of
        true ->
            next_line(),
            ['case'(rnd_expr:expr(bool, E, 2),
                    [clause([a(true)], [again(Name, Fuel, Params, Kept, Accs, E)]),
                     clause([{var, rnd_form:line(), '_'}], [again(Name, Fuel, Params, Kept, Accs, E)])])];
        false ->
            {Stmts, E1} = loop_statements(between(0, 2), E),
            Stmts ++ [again(Name, Fuel, Params, Kept, Accs, E1)]
    end.

%% Of scalar types: what grows would double with each iteration.
loop_statements(0, E) ->
    {[], E};
loop_statements(N, E) ->
    next_line(),
    Name = rnd_form:fresh("V"),
    T = scalar_type(),
    S = match(v(Name), settled(T, E, 3)),
    {Ss, E1} = loop_statements(N - 1, rnd_expr:bind([{Name, T}], E)),
    {[S | Ss], E1}.

again(Name, {FuelName, _}, Params, Kept, Accs, E) ->
    next_line(),
    New = lists:zip(Kept, case chance(40) of true -> rotated(Kept); false -> hand_on(Kept, E) end)
        ++ lists:zip(Accs, case chance(15) of
                               true -> rotated(Accs);
                               false -> [step(T, v(N), E, 2) || {N, T} <- Accs]
                           end),
    call(Name, [case V of
                    {FuelName, _} -> op('-', v(FuelName), i(1));
                    _ -> proplists:get_value(V, New)
                end || V <- Params]).

%% Not in the tail: f(N, ...) -> X = ..., R = f(N - 1, ...), ... R ... X
deep() ->
    Max = one([5, 30, 100, 1000, 3000]),
    N = rnd_form:fresh("V"),
    Kept = new_vars(arg_types(between(0, 3))),
    T = one([int, int, {list, scalar_type()}, {tuple, [any, any]}, num, bits]),
    Name = rnd_form:fresh("f"),
    E = #env{vars = Kept, mult = Max},
    {Stmts, E1} = loop_statements(between(0, 4), E),
    Args = case chance(50) of true -> rotated(Kept); false -> hand_on(Kept, E1) end,
    R = rnd_form:fresh("V"),
    Call = call(Name, [op('-', v(N), i(1)) | Args]),
    {Ret, Last} = deep_result(T, R, E1),
    Step = Stmts ++ [match(v(R), Call), Last],
    Base = case T of {tuple, _} -> expr(any, E, 1); _ -> expr(T, E, 1) end,
    [function(Name, [{fuel, Max} | [KT || {_, KT} <- Kept]], Ret,
              [clause([i(0) | names(Kept)], [Base]),
               clause([v(N) | names(Kept)], [[op('>', v(N), i(0))]], Step)])].

deep_result({tuple, _}, R, E) ->
    T = scalar_type(),
    {any, tuple(shuffle([v(R), settled(T, E, 1)]))};
deep_result(T, R, E) ->
    {T, step(T, v(R), E, 2)}.

%% f([], Acc) -> Acc; f([Pattern | T], Acc) -> f(T, Acc')
list_walk() ->
    T = type(1),
    Accs = new_vars(some({1, 3}, fun acc_type/0)),
    Name = rnd_form:fresh("f"),
    E = #env{mult = 8},
    {R, Last} = result(Accs),
    Tail = rnd_form:fresh("V"),
    Clauses = some({1, 2}, fun() -> list_clause(Name, T, Tail, Accs, E) end),
    All = cons({var, rnd_form:line(), '_'}, v(Tail)),
    [function(Name, [{list, T} | [AT || {_, AT} <- Accs]], R,
              [clause([nil() | names(Accs)], [Last])]
              ++ Clauses
              ++ [clause([All | names(Accs)], [call(Name, [v(Tail) | names(Accs)])])])].

list_clause(Name, T, Tail, Accs, E) ->
    next_line(),
    {P, New} = rnd_match:pattern(T, E, 1),
    E1 = rnd_expr:bind(New ++ Accs, E),
    clause([cons(P, v(Tail)) | names(Accs)], rnd_expr:guard(E1, 30),
           [call(Name, [v(Tail) | [step(AT, v(N), E1, 2) || {N, AT} <- Accs]])]).

bits_walk() ->
    Accs = new_vars(some({1, 3}, fun acc_type/0)),
    Name = rnd_form:fresh("f"),
    E = #env{mult = 40},
    {R, Last} = result(Accs),
    Rest = rnd_form:fresh("V"),
    Clauses = some({1, 3}, fun() -> bits_clause(Name, Rest, Accs, E) end),
    End = clause([one([{bin, rnd_form:line(), []}, {var, rnd_form:line(), '_'}]) | names(Accs)], [Last]),
    First = chance(50),
    [function(Name, [one([bits, bin]) | [AT || {_, AT} <- Accs]], R,
              case End of
                  {clause, _, [{bin, _, _} | _], _, _} when First -> [End | Clauses];
                  _ -> Clauses ++ [End]
              end)].

bits_clause(Name, Rest, Accs, E) ->
    next_line(),
    {{bin, L, Elements}, New} = rnd_bits:step_pattern(E),
    E1 = rnd_expr:bind(New ++ Accs, E),
    clause([{bin, L, Elements ++ [part(v(Rest), [one([bitstring, bitstring, binary])])]} | names(Accs)],
           rnd_expr:guard(E1, 30),
           [call(Name, [v(Rest) | [step(AT, v(N), E1, 2) || {N, AT} <- Accs]])]).

%% Two that call each other, with their arguments in different orders.
mutual() ->
    Max = one([5, 20, 200]),
    Kept = new_vars(arg_types(between(0, 5))),
    Accs = new_vars(some({1, 3}, fun acc_type/0)),
    [F, G] = [rnd_form:fresh("f"), rnd_form:fresh("f")],
    Fuel = {rnd_form:fresh("V"), {fuel, Max}},
    ParamsF = shuffle([Fuel | Kept ++ Accs]),
    ParamsG = shuffle(ParamsF),
    {R, Last} = result(Accs),
    E = #env{vars = Kept ++ Accs, mult = Max},
    Forms = [{F, ParamsF, mutual_clauses(G, ParamsF, ParamsG, Fuel, Kept, Accs, Last, E)},
             {G, ParamsG, mutual_clauses(F, ParamsG, ParamsF, Fuel, Kept, Accs, Last, E)}],
    [function(Name, [T || {_, T} <- Params], R, Clauses) || {Name, Params, Clauses} <- Forms].

mutual_clauses(Other, Mine, Others, {N, _} = Fuel, Kept, Accs, Last, E) ->
    next_line(),
    [clause(names(Mine), [[op('>', v(N), i(0))]], [again(Other, Fuel, Others, Kept, Accs, E)]),
     clause([case V of Fuel -> {var, rnd_form:line(), '_'}; {X, _} -> v(X) end || V <- Mine], [Last])].

%% A machine of states, each a clause.
states() ->
    Max = one([5, 20, 100]),
    Count = between(2, 9),
    State = fun(N) -> a(list_to_atom([$s | integer_to_list(N)])) end,
    Accs = new_vars(some({1, 3}, fun acc_type/0)),
    N = rnd_form:fresh("V"),
    Name = rnd_form:fresh("f"),
    {R, Last} = result(Accs),
    E = #env{vars = Accs, mult = Max},
    Next = fun() -> case chance(60) of
                        true -> State(between(0, Count));
                        false -> 'case'(expr(bool, E, 2), [clause([a(true)], [State(between(0, Count))]),
                                                           clause([a(false)], [State(between(0, Count))])])
                    end
           end,
    Clauses = [begin
                   next_line(),
                   clause([State(S), v(N) | names(Accs)], [[op('>', v(N), i(0))]],
                          [call(Name, [Next(), op('-', v(N), i(1)) | [step(T, v(X), E, 2) || {X, T} <- Accs]])])
               end || S <- lists:seq(0, Count - 1)],
    Start = clause([a(start), v(N) | names(Accs)], [call(Name, [State(0), v(N) | names(Accs)])]),
    All = clause([{var, rnd_form:line(), '_'}, {var, rnd_form:line(), '_'} | names(Accs)], [Last]),
    [function(Name, [atom, {fuel, Max} | [T || {_, T} <- Accs]], R, [Start | Clauses] ++ [All])].
