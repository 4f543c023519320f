%% Exceptions: raising, catching, and what is seen of them.
-module(rnd_except).
-export([raise/2, try_of/3, raise_sometimes/3]).

-import(rnd_pick, [between/2, chance/1, one/1, some/2, weighted/1]).
-import(rnd_value, [type/1]).
-import(rnd_form, [v/1, i/1, a/1, nil/0, op/3, call/2, remote/3, tuple/1, cons/2, list/1, match/2, clause/3, clause/2,
                   'case'/2]).
-include("rnd.hrl").

raise(E, D) ->
    Term = fun() -> rnd_expr:expr(one([any, atom, int, {tuple, [atom, any]}]), E, D) end,
    weighted([{4, fun() -> call(error, [Term()]) end},
              {1, fun() -> call(error, [Term(), list(some({0, 3}, Term))]) end},
              {4, fun() -> call(throw, [Term()]) end},
              {3, fun() -> call(exit, [Term()]) end},
              {1, fun() -> remote(erlang, raise, [a(one([error, throw, exit])), Term(), nil()]) end},
              {1, fun() -> call(hd, [nil()]) end},
              {1, fun() -> op('div', rnd_expr:expr(int, E, D), i(0)) end},
              {1, fun() -> match(rnd_form:lit(rnd_value:value(any_but_maps())), Term()) end},
              {1, fun() -> 'case'(Term(), [clause([i(between(1000, 2000))], [nil()])]) end},
              {1, fun() -> call(call(hd, [cons(Term(), nil())]), [Term()]) end}]).

any_but_maps() -> one([int, atom, {list, int}, bin, {tuple, [int, atom]}]).

raise_sometimes(T, E, D) ->
    'case'(rnd_expr:expr(bool, E, D),
           [clause([a(true)], [raise(E, D)]),
            clause([{var, rnd_form:line(), '_'}], rnd_expr:body(T, E, D))]).

try_of(T, E, D) ->
    S = one([T, T, type(1)]),
    Of = case S =:= T andalso chance(60) of
             true -> [];
             false -> rnd_expr:clauses(S, between(1, 2), T, E, D)
         end,
    Body = case chance(50) of
               true -> rnd_expr:body(S, E, D);
               false -> [raise_sometimes(S, E, D)]
           end,
    After = case chance(25) of
                true -> [call(put, [a(one([a, b])), rnd_expr:expr(type(1), E, D - 1)])];
                false -> []
            end,
    Catch = case After =/= [] andalso chance(40) of
                true -> [];
                false -> some({1, 3}, fun() -> catch_clause(T, E, D) end)
            end,
    case {Catch, After} of
        {[], []} -> {'try', rnd_form:line(), Body, Of, [catch_clause(T, E, D)], []};
        _ -> {'try', rnd_form:line(), Body, Of, Catch, After}
    end.

catch_clause(T, E, D) ->
    rnd_form:next_line(),
    {Class, New1} = class(),
    {Reason, New2} = reason(E),
    {Stack, New3} = stack(),
    E1 = rnd_expr:bind(New1 ++ New2, E),
    Note = [note(N, New1 ++ New2) || N <- New3],
    clause([tuple([Class, Reason, Stack])], rnd_expr:guard(E1, 20), Note ++ catch_body(T, Class, Reason, New3, E1, D)).

class() ->
    N = rnd_form:fresh("V"),
    weighted([{4, fun() -> {v(N), [{N, atom}]} end},
              {2, fun() -> {{var, rnd_form:line(), '_'}, []} end},
              {6, fun() -> {a(one([error, error, throw, exit])), []} end}]).

reason(E) ->
    N = rnd_form:fresh("V"),
    weighted([{6, fun() -> {v(N), [{N, any}]} end},
              {2, fun() -> {{var, rnd_form:line(), '_'}, []} end},
              {1, fun() -> {a(one([badarg, badarith, function_clause])), []} end},
              {1, fun() -> {tuple([a(one([badmatch, case_clause, badmap, badkey, badfun])), v(N)]),
                            [{N, any}]} end},
              {1, fun() -> rnd_match:pattern(any, E, 2) end}]).

stack() ->
    case chance(40) of
        true -> N = rnd_form:fresh("V"), {v(N), [N]};
        false -> {{var, rnd_form:line(), '_'}, []}
    end.

%% What a stack trace has to say about functions of the program goes to the process dictionary, which the
%% driver shows.
note(Stack, New) ->
    Seen = [v(N) || {N, _} <- New],
    call(put, [a(one([s1, s2])), tuple([remote(rnd_driver, shape, [v(Stack)]) | Seen])]).

catch_body(T, Class, Reason, [Stack], E, D) ->
    case {is_var(Class), is_var(Reason), chance(50)} of
        {true, true, true} -> [remote(erlang, raise, [Class, Reason, v(Stack)])];
        _ -> rnd_expr:body(T, E, D - 1)
    end;
catch_body(T, _, _, [], E, D) ->
    rnd_expr:body(T, E, D - 1).

is_var({var, _, Name}) -> Name =/= '_';
is_var(_) -> false.
