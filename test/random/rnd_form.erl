%% Short names for the abstract format, fresh names, and what the maker of programs knows: how many nodes
%% a function may still have, what a call of it may cost, which functions may be called.
-module(rnd_form).
-export([start/1, module/0, line/0, next_line/0, fresh/1, put_sig/1, sigs/0, budget/1, tick/1, spent/0, cost/0,
         add_cost/1, may_multiply/0]).
-export([v/1, fresh_var/0, i/1, a/1, nil/0, lit/1, op/3, op/2, call/2, remote/3, tuple/1, cons/2, list/1,
         match/2, clause/3, clause/2, 'case'/2, block/1, fun_expr/1, guard/1]).

-include("rnd.hrl").

%% --- what is known -------------------------------------------------------------------------------

start(Module) ->
    [put(K, V) || {K, V} <- [{module, Module}, {line, 1}, {fresh, 0}, {sigs, []}, {nodes, 0}, {cost, 0}, {muls, 0}]],
    ok.

module() -> get(module).

line() -> get(line).

next_line() -> put(line, get(line) + 1).

fresh(Prefix) ->
    N = get(fresh),
    put(fresh, N + 1),
    list_to_atom(Prefix ++ integer_to_list(N)).

%% Functions are made callees first.
sigs() -> get(sigs).

put_sig(Sig) -> put(sigs, [Sig | get(sigs)]).

%% A new function: how many nodes it may have.
budget(Nodes) ->
    put(nodes, Nodes),
    put(cost, 0),
    put(muls, 3).

%% A node which runs Mult times a call, at most or about.
tick(Mult) ->
    put(nodes, get(nodes) - 1),
    put(cost, get(cost) + Mult).

spent() -> get(nodes) =< 0.

cost() -> get(cost).

add_cost(N) -> put(cost, get(cost) + N).

%% Products of two unknown integers double the size; a few of them in each function are enough.
may_multiply() ->
    put(muls, get(muls) - 1) > 0.

%% --- forms ---------------------------------------------------------------------------------------

v(Name) -> {var, line(), Name}.
fresh_var() -> v(fresh("V")).
i(N) -> lit(N).
a(Atom) -> {atom, line(), Atom}.
nil() -> {nil, line()}.
lit(Term) -> erl_parse:abstract(Term, line()).
op(Op, L, R) -> {op, line(), Op, L, R}.
op(Op, R) -> {op, line(), Op, R}.
call(F, As) when is_atom(F) -> {call, line(), a(F), As};
call(F, As) -> {call, line(), F, As}.
remote(M, F, As) -> {call, line(), {remote, line(), a(M), a(F)}, As}.
tuple(Es) -> {tuple, line(), Es}.
cons(H, T) -> {cons, line(), H, T}.
list(Es) -> lists:foldr(fun cons/2, nil(), Es).
match(P, E) -> {match, line(), P, E}.
clause(Ps, Body) -> clause(Ps, [], Body).
clause(Ps, Guard, Body) -> {clause, line(), Ps, Guard, Body}.
'case'(E, Cs) -> {'case', line(), E, Cs}.
block([E]) -> E;
block(Es) -> {block, line(), Es}.
fun_expr(Cs) -> {'fun', line(), {clauses, Cs}}.
guard(E) -> [[E]].
