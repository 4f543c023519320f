%% Patterns of a type, and what consists of patterns and expressions: comprehensions.
-module(rnd_match).
-export([pattern/3, open_pattern/2, patterns/3, comprehension/3, generators/3]).

-import(rnd_pick, [between/2, chance/1, one/1, some/2, weighted/1]).
-import(rnd_value, [value/1, type/1, is_scalar/1]).
-import(rnd_form, [v/1, a/1, nil/0, lit/1, tuple/1, cons/2, match/2]).
-include("rnd.hrl").

%% {Pattern, [{Name, Type} that it binds]}.
pattern(T, E, D) ->
    weighted([{7, fun() -> variable(T) end},
              {2, fun() -> {{var, rnd_form:line(), '_'}, []} end},
              {5, fun() -> literal(T) end},
              {1, fun() -> bound(T, E) end},
              {1, fun() -> alias(T, E, D) end},
              {if D > 0 -> 10; true -> 1 end, fun() -> structure(T, E, D - 1) end}]).

patterns(Ts, E, D) ->
    lists:foldr(fun(T, {Ps, New}) ->
                        {P, N} = pattern(T, E, D),
                        {[P | Ps], N ++ New}
                end, {[], []}, Ts).

%% Mostly variables inside the shape of the type: a value of the type will match.
open_pattern({tuple, Ts}, _) ->
    {Ps, New} = variables(Ts),
    {tuple(Ps), New};
open_pattern({rec, Name}, _) ->
    Fields = rnd_value:record_fields(Name),
    {Ps, New} = variables([T || {_, T} <- Fields]),
    {record(Name, [{F, P} || {{F, _}, P} <- lists:zip(Fields, Ps)]), New};
open_pattern({map, Fields}, _) ->
    {Ps, New} = variables([T || {_, T} <- Fields]),
    {map([{lit(K), P} || {{K, _}, P} <- lists:zip(Fields, Ps)]), New};
open_pattern(T, E) ->
    pattern(T, E, 0).

variables(Ts) ->
    lists:foldr(fun(T, {Ps, New}) ->
                        {P, N} = case chance(85) of
                                     true -> variable(T);
                                     false -> {{var, rnd_form:line(), '_'}, []}
                                 end,
                        {[P | Ps], N ++ New}
                end, {[], []}, Ts).

variable(T) ->
    Name = rnd_form:fresh("V"),
    {v(Name), [{Name, T}]}.

literal({tuple, Ts}) -> in_tuple(Ts, fun literal/1);
literal({fn, _, _} = T) -> variable(T);
literal({dict, _, _}) -> {map([]), []};
literal({map, _}) -> {map([]), []};
literal({rec, Name}) -> {record(Name, []), []};
literal(T) ->
    case rnd_value:has_fun(T) of
        true -> variable(T);
        false -> literal_term(value(T), T)
    end.

%% Map literals are no patterns.
literal_term(X, T) ->
    case has_map(X) of
        true -> variable(T);
        false -> {lit(X), []}
    end.

has_map(X) when is_map(X) -> true;
has_map(X) when is_tuple(X) -> has_map(tuple_to_list(X));
has_map([H | T]) -> has_map(H) orelse has_map(T);
has_map(_) -> false.

bound(T, E) ->
    case rnd_expr:vars(T, E) of
        [_ | _] = Names -> {v(one(Names)), []};
        [] -> variable(T)
    end.

alias(T, E, D) ->
    {V, New} = variable(T),
    {P, More} = pattern(T, E, D),
    {match(P, V), New ++ More}.

structure({tuple, Ts}, E, D) ->
    case chance(10) of
        true -> same_twice(Ts);
        false -> in_tuple(Ts, fun(T) -> pattern(T, E, D) end)
    end;
structure({list, T}, E, D) ->
    weighted([{6, fun() -> {H, N1} = pattern(T, E, D), {R, N2} = pattern({list, T}, E, D),
                           {cons(H, R), N1 ++ N2} end},
              {2, fun() -> {nil(), []} end},
              {2, fun() -> {Ps, New} = patterns(lists:duplicate(between(1, 3), T), E, D),
                           {rnd_form:list(Ps), New} end},
              {1, fun() -> prefix(T) end}]);
structure({rec, Name}, E, D) ->
    Fields = [X || X <- rnd_value:record_fields(Name), chance(60)],
    {Ps, New} = patterns([T || {_, T} <- Fields], E, D),
    {record(Name, [{F, P} || {{F, _}, P} <- lists:zip(Fields, Ps)]), New};
structure({map, Fields}, E, D) ->
    Some = [X || X <- Fields, chance(60)],
    {Ps, New} = patterns([T || {_, T} <- Some], E, D),
    {map([{lit(K), P} || {{K, _}, P} <- lists:zip(Some, Ps)]), New};
structure({dict, K, T}, E, D) ->
    Keys = some({1, 3}, fun() -> key(K, E) end),
    {Ps, New} = patterns([T || _ <- Keys], E, D),
    {map(lists:zip(Keys, Ps)), New};
structure(T, E, _) when T =:= bin; T =:= bits ->
    rnd_bits:pattern(T, E);
structure(any, E, D) ->
    pattern(type(1), E, D);
structure(T, _, _) ->
    literal(T).

in_tuple(Ts, Make) ->
    {Ps, News} = lists:unzip([Make(T) || T <- Ts]),
    {tuple(Ps), lists:append(News)}.

%% A variable that is twice in the pattern.
same_twice([T, _ | Ts]) ->
    {V, New} = variable(T),
    {Ps, More} = variables(Ts),
    {tuple([V, V | Ps]), New ++ More};
same_twice(Ts) ->
    in_tuple(Ts, fun variable/1).

prefix(char) ->
    {V, New} = variable({list, char}),
    {{op, rnd_form:line(), '++', {string, rnd_form:line(), one(["a", "ab", "b"])}, V}, New};
prefix(T) ->
    literal({list, T}).

%% Keys that a pattern looks up: what is bound, or a literal.
key(K, E) ->
    case rnd_expr:vars(K, E) of
        [_ | _] = Names -> case chance(40) of true -> v(one(Names)); false -> lit(value(K)) end;
        [] -> lit(value(K))
    end.

record(Name, Fields) ->
    {record, rnd_form:line(), Name, [{record_field, rnd_form:line(), a(F), P} || {F, P} <- Fields]}.

map(Fields) ->
    {map, rnd_form:line(), [{map_field_exact, rnd_form:line(), K, P} || {K, P} <- Fields]}.

%% --- comprehensions ------------------------------------------------------------------------------

comprehension(T, E, D) ->
    {Quals, E1} = generators(one([1, 1, 1, 2]), E, D),
    {lc, rnd_form:line(), rnd_expr:expr(T, E1, D), Quals}.

generators(0, E, _) ->
    {[], E};
generators(N, E, D) ->
    {G, New} = generator(E, D),
    E1 = rnd_expr:bind(New, E#env{mult = E#env.mult * 6}),
    Filters = [rnd_expr:cond_expr(E1, 3) || chance(30)] ++ [rnd_expr:expr(bool, E1, D - 1) || chance(10)],
    {Quals, E2} = generators(N - 1, E1, D),
    {[G | Filters] ++ Quals, E2}.

generator(E, D) ->
    case chance(70) of
        true ->
            T = type(1),
            {P, New} = case is_scalar(T) orelse chance(50) of
                           true -> variable(T);
                           false -> pattern(T, E, 1)
                       end,
            {{generate, rnd_form:line(), P, rnd_expr:expr({list, T}, E, D)}, New};
        false ->
            {P, New} = rnd_bits:step_pattern(E),
            {{b_generate, rnd_form:line(), P, rnd_expr:expr(bits, E, D)}, New}
    end.
