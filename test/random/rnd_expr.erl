%% Expressions of a type. Everything comes down to expr/3: type, environment, depth.
-module(rnd_expr).
-export([expr/3, leaf/2, strict/3, body/3, guard/2, vars/2, bind/2, cond_expr/2, clauses/5, exprs/3, fun_of/4]).

-import(rnd_pick, [between/2, chance/1, one/1, some/2, weighted/1, shuffle/1]).
-import(rnd_value, [accepts/2, value/1, type/1]).
-import(rnd_form, [tick/1, spent/0, next_line/0, v/1, fresh_var/0, i/1, a/1, nil/0, lit/1, op/3, op/2, call/2,
                   remote/3, tuple/1, cons/2, list/1, match/2, clause/3, clause/2, 'case'/2, block/1,
                   fun_expr/1]).
-include("rnd.hrl").

%% --- in general ----------------------------------------------------------------------------------

%% One in a hundred has another type than it should; what arrives as an argument, more often.
expr({fuel, _} = T, E, D) ->
    strict(T, E, D);
expr(T, #env{mult = Mult} = E, D) ->
    tick(Mult),
    case D =< 0 orelse spent() orelse chance(12) of
        true -> leaf(T, E);
        false ->
            case chance(1) andalso not rnd_value:has_fun(T) of
                true -> expr(rnd_value:scalar_type(), E, D - 1);
                false -> weighted(makers(T, E, D - 1))
            end
    end.

exprs(Ts, E, D) ->
    [expr(T, E, D) || T <- Ts].

%% Of the right type without fail, and small: what becomes a size, a shift or the end of a loop.
strict({fuel, Max}, E, _) ->
    case [N || {N, {fuel, M}} <- E#env.vars, M =< Max] of
        [_ | _] = Names -> case chance(70) of true -> v(one(Names)); false -> i(between(0, min(Max, 4))) end;
        [] -> case chance(50) of
                  true -> i(between(0, min(Max, 4)));
                  false -> op('band', leaf(int, E), i(one([M || M <- [0, 1, 3, 7, 15], M =< Max])))
              end
    end;
strict(small, E, D) ->
    case chance(60) of
        true -> lit(value(small));
        false -> op('band', expr(int, E, D - 1), i(one([3, 7, 15, 31, 63])))
    end.

leaf({fuel, _} = T, E) -> strict(T, E, 0);
leaf(T, E) ->
    case vars(T, E) of
        [_ | _] = Names -> case chance(80) of true -> v(one(Names)); false -> literal(T, E) end;
        [] -> literal(T, E)
    end.

literal({fn, Ts, R}, E) -> fun_of(Ts, R, E, 0);
literal({tuple, Ts}, E) -> tuple([leaf(T, E) || T <- Ts]);
literal({map, Fields}, E) ->
    map([{map_field_assoc, rnd_form:line(), lit(K), leaf(T, E)} || {K, T} <- Fields]);
literal({dict, K, V} = T, E) ->
    case rnd_value:has_fun(V) of
        true -> map([{map_field_assoc, rnd_form:line(), leaf(K, E), leaf(V, E)}]);
        false -> lit(value(T))
    end;
literal({list, T}, E) ->
    case rnd_value:has_fun(T) of
        true -> list([leaf(T, E)]);
        false -> lit(value({list, T}))
    end;
literal(T, _) -> lit(value(T)).

vars(T, #env{vars = Vars}) ->
    [N || {N, T1} <- Vars, accepts(T, T1)].

bind(New, #env{vars = Vars} = E) ->
    E#env{vars = New ++ Vars}.

%% --- what makes a value of a type ----------------------------------------------------------------

makers(T, #env{guard = true} = E, D) ->
    common(T, E, D);
makers(T, E, D) ->
    common(T, E, D) ++ only_body(T, E, D) ++ compound(T, E, D).

common(int, E, D) ->
    X = fun() -> expr(int, E, D) end,
    [{16, fun() -> op(one(['+', '-', '+', '-']), X(), X()) end},
     {6, fun() -> op(one(['+', '-', '*']), X(), lit(rnd_value:int())) end},
     {4, fun() -> times(X(), X(), E) end},
     {6, fun() -> op(one(['div', 'rem']), X(), divisor(E, D)) end},
     {8, fun() -> op(one(['band', 'bor', 'bxor']), X(), X()) end},
     {4, fun() -> op(one(['band', 'bor', 'bxor']), X(), lit(rnd_value:int())) end},
     {4, fun() -> op('band', X(), lit((1 bsl one([1, 3, 8, 16, 31, 32, 57, 58, 59, 60, 63, 64])) - 1)) end},
     {5, fun() -> op(one(['bsl', 'bsr', 'bsr']), X(), strict(small, E, D)) end},
     {3, fun() -> op(one(['-', 'bnot', '+']), X()) end},
     {2, fun() -> call(abs, [X()]) end},
     {2, fun() -> call(length, [expr({list, any}, E, D)]) end},
     {2, fun() -> call(one([byte_size, bit_size]), [expr(bits, E, D)]) end},
     {2, fun() -> call(one([tuple_size, size]), [expr(tuple_type(D), E, D)]) end},
     {1, fun() -> call(map_size, [expr({dict, rnd_value:key_type(), any}, E, D)]) end},
     {2, fun() -> call(one([trunc, round, floor, ceil]), [expr(one([float, num]), E, D)]) end}
     | parts(int, E, D)];
common(small, E, D) ->
    [{4, fun() -> op('band', expr(int, E, D), i(one([1, 7, 15, 63]))) end},
     {1, fun() -> op('rem', call(abs, [expr(int, E, D)]), i(between(1, 100))) end}
     | parts(small, E, D)];
common(char, E, D) ->
    [{4, fun() -> op('+', op('band', expr(int, E, D), i(15)), i($a)) end}
     | parts(char, E, D)];
common(float, E, D) ->
    X = fun() -> expr(one([float, float, num]), E, D) end,
    [{12, fun() -> sum(expr(float, E, D), expr(float, E, D), E) end},
     {3, fun() -> op('*', expr(float, E, D), lit(value(float))) end},
     {6, fun() -> op('/', X(), case chance(50) of true -> X(); false -> lit(one([2, 0.5, 3.0, 0, -7])) end) end},
     {4, fun() -> sum(expr(float, E, D), expr(int, E, D), E) end},
     {3, fun() -> call(float, [expr(int, E, D)]) end},
     {2, fun() -> op('-', X()) end},
     {2, fun() -> call(abs, [expr(float, E, D)]) end}
     | parts(float, E, D)];
common(num, E, D) ->
    [{4, fun() -> sum(expr(one([int, float]), E, D), expr(num, E, D), E) end},
     {2, fun() -> op('-', expr(num, E, D)) end},
     {2, fun() -> expr(one([int, float]), E, D) end}
     | parts(num, E, D)];
common(bool, E, D) ->
    B = fun() -> expr(bool, E, D) end,
    [{12, fun() -> compare(E, D) end},
     {4, fun() -> type_test(E, D) end},
     {4, fun() -> op(one(['andalso', 'orelse']), B(), B()) end},
     {3, fun() -> op(one(['and', 'or', 'xor']), B(), B()) end},
     {2, fun() -> op('not', B()) end},
     {1, fun() -> K = rnd_value:key_type(), call(is_map_key, [expr(K, E, D), expr({dict, K, any}, E, D)]) end}
     | parts(bool, E, D)];
common({list, T} = L, E, D) ->
    [{6, fun() -> cons(expr(T, E, D), expr(L, E, D)) end},
     {3, fun() -> list(some({0, 4}, fun() -> expr(T, E, D) end)) end},
     {1, fun() -> call(tl, [cons(expr(T, E, D), expr(L, E, D))]) end},
     {1, fun() -> call(tl, [expr(L, E, D)]) end}
     | parts(L, E, D)];
common({tuple, Ts} = T, E, D) ->
    [{8, fun() -> tuple(exprs(Ts, E, D)) end}
     | parts(T, E, D)];
common({rec, Name} = T, E, D) ->
    Fields = rnd_value:record_fields(Name),
    [{6, fun() -> record(Name, Fields, E, D) end}
     | parts(T, E, D)];
common({map, Fields} = T, E, D) ->
    [{6, fun() -> map([{map_field_assoc, rnd_form:line(), lit(K), expr(FT, E, D)} || {K, FT} <- Fields]) end},
     {4, fun() -> {map, rnd_form:line(), expr(T, E, D),
                   [{one([map_field_assoc, map_field_exact]), rnd_form:line(), lit(K), expr(FT, E, D)}
                    || {K, FT} <- some_of(Fields)]} end}
     | parts(T, E, D)];
common({dict, K, V} = T, E, D) ->
    Field = fun(Kind) -> {Kind, rnd_form:line(), expr(K, E, D), expr(V, E, D)} end,
    [{4, fun() -> map(some({0, 4}, fun() -> Field(map_field_assoc) end)) end},
     {5, fun() -> {map, rnd_form:line(), expr(T, E, D),
                   some({1, 4}, fun() -> Field(map_field_assoc) end)} end},
     {1, fun() -> {map, rnd_form:line(), expr(T, E, D), [Field(map_field_exact)]} end}
     | parts(T, E, D)];
common(bin, E, D) ->
    [{1, fun() -> call(binary_part, [expr(bin, E, D), strict(small, E, D), strict(small, E, D)]) end}
     | parts(bin, E, D)];
common(any, E, D) ->
    [{6, fun() -> expr(type(1), E, D) end}
     | parts(any, E, D)];
common(T, E, D) ->
    parts(T, E, D).

%% Out of something larger.
parts(T, E, D) ->
    [{2, fun() -> element(T, E, D) end},
     {1, fun() -> call(hd, [expr({list, T}, E, D)]) end},
     {1, fun() -> map_get(T, E, D) end},
     {6, fun() -> leaf(T, E) end}
     | [{1, fun() -> field(Name, F, E, D) end} || Name <- rnd_value:records(),
                                                 {F, FT} <- rnd_value:record_fields(Name), FT =:= T]].

only_body(int, E, D) ->
    [{2, fun() -> call(one([min, max]), exprs([int, int], E, D)) end},
     {2, fun() -> Bodies = exprs([int], E, D), call(list_to_integer, [call(integer_to_list, Bodies)]) end},
     {1, fun() -> call(binary_to_integer, [call(integer_to_binary, exprs([int], E, D))]) end},
     {1, fun() -> call(list_to_integer, [expr({list, char}, E, D)]) end},
     {1, fun() -> remote(erlang, phash2, exprs([any], E, D)) end},
     {1, fun() -> remote(lists, one([sum, max, min]), exprs([{list, int}], E, D)) end},
     {1, fun() -> remote(lists, nth, exprs([small, {list, int}], E, D)) end},
     {2, fun() -> remote(lists, one([foldl, foldr]),
                         [fold_fun(looped(E), D) | exprs([int, {list, int}], E, D)]) end},
     {5, fun() -> rnd_bits:extract(int, E, D) end},
     {1, fun() -> remote(binary, decode_unsigned, exprs([bin], E, D)) end},
     {1, fun() -> remote(erlang, crc32, exprs([bin], E, D)) end}];
only_body(float, E, D) ->
    [{1, fun() -> remote(math, one([sqrt, floor, ceil]), exprs([float], E, D)) end},
     {1, fun() -> call(one([min, max]), exprs([float, float], E, D)) end},
     {1, fun() -> call(list_to_float, [call(float_to_list, exprs([float], E, D))]) end},
     {2, fun() -> rnd_bits:extract(float, E, D) end}];
only_body(atom, E, D) ->
    [{1, fun() -> call(list_to_atom, [call(atom_to_list, exprs([atom], E, D))]) end}];
only_body(bool, E, D) ->
    T = type(1),
    [{1, fun() -> remote(lists, member, exprs([T, {list, T}], E, D)) end},
     {1, fun() -> remote(lists, one([all, any]), exprs([{fn, [T], bool}, {list, T}], looped(E), D)) end},
     {1, fun() -> call(one([is_function]), [expr(fn_type(), E, D), lit(between(0, 3))]) end}];
only_body({list, T} = L, E, D) ->
    S = type(1),
    [{2, fun() -> op(one(['++', '++', '--']), expr(L, E, D), expr(L, E, D)) end},
     {1, fun() -> remote(lists, reverse, exprs([L], E, D)) end},
     {1, fun() -> remote(lists, one([sort, usort, droplast]), exprs([L], E, D)) end},
     {1, fun() -> remote(lists, sublist, exprs([L, small], E, D)) end},
     {1, fun() -> remote(lists, duplicate, [strict({fuel, 15}, E, D), expr(T, E, D)]) end},
     {4, fun() -> rnd_match:comprehension(T, E, D) end},
     {2, fun() -> remote(lists, map, exprs([{fn, [S], T}, {list, S}], looped(E), D)) end},
     {1, fun() -> remote(lists, filter, exprs([{fn, [T], bool}, L], looped(E), D)) end},
     {1, fun() -> call(tuple_to_list, exprs([{tuple, lists:duplicate(between(0, 4), T)}], E, D)) end}]
        ++ list_of(T, E, D);
only_body({tuple, []}, _, _) ->
    [];
only_body({tuple, Ts} = T, E, D) ->
    N = between(1, length(Ts)),
    Same = lists:usort(Ts),
    [{3, fun() -> call(setelement, [i(N), expr(T, E, D), expr(lists:nth(N, Ts), E, D)]) end},
     {1, fun() -> call(list_to_tuple, [list(exprs(Ts, E, D))]) end},
     {1, fun() -> remote(erlang, append_element, exprs([{tuple, lists:droplast(Ts)}, lists:last(Ts)], E, D)) end}]
        ++ [{1, fun() -> call(setelement, exprs([small, T, hd(Same)], E, D)) end} || length(Same) =:= 1]
        ++ [{1, fun() -> remote(erlang, make_tuple, [i(length(Ts)), expr(hd(Ts), E, D)]) end}
            || length(Same) =:= 1];
only_body({rec, Name}, E, D) ->
    {F, T} = one(rnd_value:record_fields(Name)),
    [{4, fun() -> {record, rnd_form:line(), expr({rec, Name}, E, D), Name,
                   [{record_field, rnd_form:line(), a(F), expr(T, E, D)}]} end}];
only_body({dict, K, V} = T, E, D) ->
    [{2, fun() -> remote(maps, put, exprs([K, V, T], E, D)) end},
     {1, fun() -> remote(maps, remove, exprs([K, T], E, D)) end},
     {1, fun() -> remote(maps, merge, exprs([T, T], E, D)) end},
     {1, fun() -> remote(maps, update, exprs([K, V, T], E, D)) end},
     {1, fun() -> remote(maps, from_list, exprs([{list, {tuple, [K, V]}}], E, D)) end},
     {1, fun() -> remote(maps, map, exprs([{fn, [K, V], V}, T], looped(E), D)) end},
     {1, fun() -> remote(maps, filter, exprs([{fn, [K, V], bool}, T], looped(E), D)) end},
     {1, fun() -> large_map(K, V, E, D) end},
     {1, fun() -> remote(maps, with, exprs([{list, K}, T], E, D)) end}];
only_body(bin, E, D) ->
    [{5, fun() -> rnd_bits:construct(bin, E, D) end},
     {2, fun() -> rnd_bits:comprehension(bin, E, D) end},
     {2, fun() -> rnd_bits:extract(bin, E, D) end},
     {1, fun() -> call(integer_to_binary, exprs([int], E, D)) end},
     {1, fun() -> call(atom_to_binary, exprs([atom], E, D)) end},
     {1, fun() -> call(list_to_binary, [list(some({0, 4}, fun() -> expr(one([bin, char]), E, D) end))]) end},
     {1, fun() -> remote(unicode, characters_to_binary, exprs([{list, char}], E, D)) end},
     {1, fun() -> remote(binary, copy, [expr(bin, E, D), strict({fuel, 7}, E, D)]) end},
     {1, fun() -> remote(binary, encode_unsigned, [call(abs, exprs([int], E, D))]) end}];
only_body(bits, E, D) ->
    [{5, fun() -> rnd_bits:construct(bits, E, D) end},
     {2, fun() -> rnd_bits:comprehension(bits, E, D) end},
     {3, fun() -> rnd_bits:extract(bits, E, D) end},
     {1, fun() -> call(list_to_bitstring, [list(some({0, 3}, fun() -> expr(bits, E, D) end))]) end}];
only_body({fn, Ts, R}, E, D) ->
    [{8, fun() -> fun_of(Ts, R, E, D) end}];
only_body(any, E, D) ->
    [{1, fun() -> call(put, exprs([atom, any], E, D)) end},
     {1, fun() -> call(get, exprs([atom], E, D)) end},
     {1, fun() -> call(erase, exprs([atom], E, D)) end},
     {1, fun() -> call(binary_to_term, [call(term_to_binary, exprs([any], E, D))]) end},
     {1, fun() -> cons(expr(any, E, D), expr(any, E, D)) end},
     {2, fun() -> K = rnd_value:key_type(), remote(maps, find, exprs([K, {dict, K, type(1)}], E, D)) end},
     {2, fun() -> receive_of(any, E, D) end},
     {2, fun() -> rnd_except:raise(E, D) end},
     {1, fun() -> call(one([min, max]), exprs([any, any], E, D)) end}];
only_body(_, _, _) ->
    [].

%% More keys than fit in a flat one.
large_map(K, V, E, D) when K =:= int; K =:= num; K =:= small; K =:= char ->
    N = rnd_form:fresh("V"),
    E1 = bind([{N, small}], E#env{mult = E#env.mult * 40}),
    remote(maps, from_list, [{lc, rnd_form:line(), tuple([v(N), expr(V, E1, D)]),
                              [{generate, rnd_form:line(), v(N), remote(lists, seq, [i(1), i(between(30, 40))])}]}]);
large_map(K, V, E, D) ->
    expr({dict, K, V}, E, D).

list_of(char, E, D) ->
    [{1, fun() -> call(integer_to_list, exprs([int], E, D)) end},
     {1, fun() -> call(binary_to_list, exprs([bin], E, D)) end},
     {1, fun() -> call(atom_to_list, exprs([atom], E, D)) end}];
list_of(int, E, D) ->
    [{2, fun() -> remote(lists, seq, [i(between(-2, 3)), strict({fuel, 15}, E, D)]) end},
     {1, fun() -> call(binary_to_list, exprs([bin], E, D)) end},
     {1, fun() -> call(tuple_to_list, exprs([{tuple, [int, small, int]}], E, D)) end}];
list_of({tuple, [K, V]}, E, D) ->
    [{1, fun() -> remote(lists, zip, exprs([{list, K}, {list, V}], E, D)) end},
     {2, fun() -> remote(lists, sort, [remote(maps, to_list, exprs([{dict, K, V}], E, D))]) end}];
list_of(any, E, D) ->
    [{1, fun() -> remote(lists, sort, [remote(maps, one([keys, values]),
                                              exprs([{dict, rnd_value:key_type(), any}], E, D))]) end}];
list_of(_, _, _) ->
    [].

%% What runs for each element.
looped(#env{mult = Mult} = E) -> E#env{mult = Mult * 8}.

%% What runs again and again must not square what it has made before.
times(L, R, #env{mult = Mult}) ->
    case Mult =:= 1 andalso rnd_form:may_multiply() of
        true -> op('*', L, R);
        false -> op('*', L, lit(rnd_value:int()))
    end.

sum(L, R, E) ->
    case one(['+', '-', '*']) of
        '*' -> times(L, R, E);
        Op -> op(Op, L, R)
    end.

divisor(E, D) ->
    case chance(75) of
        true -> lit(one([1, 2, 3, 7, -1, -2, 10, 255, 256, 65536, 1 bsl 59, -(1 bsl 59), 1 bsl 64, 12345678901]));
        false -> expr(int, E, D)
    end.

compare(E, D) ->
    Op = one(['<', '>', '=<', '>=', '==', '/=', '=:=', '=/=', '=:=', '==']),
    T = case chance(60) of true -> one([int, int, num, float, atom, char]); false -> type(1) end,
    T2 = case chance(85) of true -> T; false -> one([any, num, int]) end,
    op(Op, expr(T, E, D), case chance(40) of true -> lit(value(T2)); false -> expr(T2, E, D) end).

type_test(E, D) ->
    weighted([{10, fun() -> call(one([is_integer, is_float, is_number, is_atom, is_list, is_tuple, is_binary,
                                      is_bitstring, is_map, is_boolean, is_function, is_pid, is_reference,
                                      is_port]),
                                 [expr(one([any, any, type(1)]), E, D)]) end},
              {1, fun() -> Name = one(rnd_value:records()),
                           call(is_record, [expr(one([any, {rec, Name}]), E, D), a(Name)]) end},
              {1, fun() -> op(one(['==', '=/=']), call(one([node, self]), []), expr(any, E, D)) end},
              {2, fun() -> is_a_function(E, D) end},
              {1, fun() -> Name = one(rnd_value:records()),
                           call(is_record, [expr({rec, Name}, E, D), a(Name), i(between(1, 4))]) end}]).

is_a_function(#env{vars = Vars} = E, D) ->
    case [N || {N, {fn, _, _}} <- Vars] of
        [_ | _] = Names -> call(is_function, [v(one(Names)) | [strict(small, E, D) || chance(60)]]);
        [] -> call(is_function, [expr(any, E, D), i(between(0, 3))])
    end.

tuple_type(D) -> {tuple, some({0, 4}, fun() -> type(min(D, 1)) end)}.

fn_type() ->
    {fn, some({0, 3}, fun() -> type(1) end), type(1)}.

element(T, E, D) ->
    case [{N, Ts} || {N, {tuple, Ts}} <- E#env.vars, lists:any(fun(X) -> accepts(T, X) end, Ts)] of
        [_ | _] = Vars ->
            {Name, Ts} = one(Vars),
            Places = [P || {P, X} <- lists:zip(lists:seq(1, length(Ts)), Ts), accepts(T, X)],
            call(element, [i(one(Places)), v(Name)]);
        [] ->
            Before = some({0, 2}, fun() -> type(1) end),
            After = some({0, 2}, fun() -> type(1) end),
            Place = case chance(80) of true -> i(length(Before) + 1); false -> expr(small, E, D) end,
            call(element, [Place, expr({tuple, Before ++ [T | After]}, E, D)])
    end.

map_get(T, E, D) ->
    case [{N, K} || {N, {map, Fields}} <- E#env.vars, {K, X} <- Fields, accepts(T, X)] of
        [_ | _] = Vars ->
            {Name, K} = one(Vars),
            map_get_call(E, [lit(K), v(Name)]);
        [] ->
            K = rnd_value:key_type(),
            map_get_call(E, exprs([K, {dict, K, T}], E, D))
    end.

map_get_call(#env{guard = true}, Args) -> call(map_get, Args);
map_get_call(_, Args) ->
    case chance(50) of
        true -> call(map_get, Args);
        false -> remote(maps, get, Args)
    end.

field(Name, F, E, D) ->
    {record_field, rnd_form:line(), expr({rec, Name}, E, D), Name, a(F)}.

record(Name, Fields, E, D) ->
    {record, rnd_form:line(), Name, [{record_field, rnd_form:line(), a(F), expr(T, E, D)} || {F, T} <- Fields]}.

map(Fields) -> {map, rnd_form:line(), Fields}.

some_of(List) ->
    lists:sublist(shuffle(List), between(1, length(List))).

%% --- control flow --------------------------------------------------------------------------------

compound(T, E, D) ->
    [{9, fun() -> case_of(T, E, D) end},
     {3, fun() -> dispatch(T, E, D) end},
     {3, fun() -> if_of(T, E, D) end},
     {4, fun() -> rnd_except:try_of(T, E, D) end},
     {1, fun() -> rnd_except:raise_sometimes(T, E, D) end},
     {3, fun() -> block(body(T, E, D)) end},
     {3, fun() -> fun_call(T, E, D) end}]
        ++ [{1, fun() -> {'catch', rnd_form:line(), expr(any, E, D)} end} || T =:= any]
        ++ [{3, fun() -> named_fun(T, E, D) end} || rnd_value:is_scalar(T)]
        ++ local_calls(T, E, D).

case_of(T, E, D) ->
    S = scrutinee_type(E),
    'case'(expr(S, E, min(D, 2)), clauses(S, between(1, 4), T, E, D)).

scrutinee_type(#env{vars = Vars}) ->
    Own = [T || {_, T} <- Vars],
    case Own =/= [] andalso chance(60) of
        true -> one(Own);
        false -> one([bool, int, atom, any, bits, {tuple, [int, atom]}, {list, int}, type(2)])
    end.

%% Clauses that match a value of type S and give one of type T; mostly, the last one takes all.
clauses(S, N, T, E, D) ->
    Some = [one_clause(S, T, E, D) || _ <- lists:seq(1, N)],
    case chance(90) of
        true -> Some ++ [clause([{var, rnd_form:line(), '_'}], body(T, E, D - 1))];
        false -> Some
    end.

one_clause(S, T, E, D) ->
    next_line(),
    {P, New} = rnd_match:pattern(S, E, 2),
    E1 = bind(New, E),
    clause([P], guard(E1, 40), body(T, E1, D - 1)).

guard(E, Percent) ->
    case chance(Percent) of
        true -> some({1, one([1, 1, 2])},
                     fun() -> some({1, one([1, 1, 2])}, fun() -> cond_expr(E, 3) end) end);
        false -> []
    end.

cond_expr(E, D) -> expr(bool, E#env{guard = true}, D).

%% Takes a message that the process has sent to itself, if there is one such.
receive_of(T, E, D) ->
    {'receive', rnd_form:line(), some({1, 3}, fun() -> one_clause(any, T, E, D) end), i(0), [leaf(T, E)]}.

%% Many literals: jump tables, binary searches, arities.
dispatch(T, E, D) ->
    {S, Literals} = one([{int, lists:seq(0, between(3, 14))},
                         {int, [X + between(0, 2) || X <- lists:seq(-4, 20, 3)]},
                         {int, some({3, 12}, fun rnd_value:int/0)},
                         {small, lists:seq(between(0, 3), between(4, 9))},
                         {char, lists:seq($a, between($b, $f))},
                         {atom, some({3, 12}, fun rnd_value:atom/0)},
                         {num, some({2, 8}, fun() -> value(num) end)},
                         {float, some({2, 5}, fun() -> value(float) end)},
                         {any, some({3, 10}, fun() -> value(rnd_value:scalar_type()) end)},
                         {any, [list_to_tuple(lists:seq(1, N)) || N <- lists:seq(0, between(2, 5))]},
                         {bin, some({2, 5}, fun() -> value(bin) end)}]),
    Scrutinee = case S of
                    int -> op('rem', expr(int, E, D), i(one([7, 20])));
                    _ -> expr(S, E, D)
                end,
    Clauses = [begin next_line(), clause([pattern_literal(X)], guard(E, 5), [leaf(T, E)]) end
               || X <- unique(shuffle(Literals))],
    'case'(Scrutinee, Clauses ++ [clause([{var, rnd_form:line(), '_'}], [expr(T, E, D - 1)])]).

%% A tuple stands for its arity.
pattern_literal(T) when is_tuple(T) ->
    tuple([{var, rnd_form:line(), '_'} || _ <- tuple_to_list(T)]);
pattern_literal(X) -> lit(X).

%% 1 and 1.0 are different here, but equal to lists:usort/1.
unique([]) -> [];
unique([X | Xs]) -> [X | unique([Y || Y <- Xs, Y =/= X])].

if_of(T, E, D) ->
    Some = some({1, 3}, fun() -> next_line(), clause([], [[cond_expr(E, 3)]], body(T, E, D - 1)) end),
    case chance(90) of
        true -> {'if', rnd_form:line(), Some ++ [clause([], [[a(true)]], [expr(T, E, D - 1)])]};
        false -> {'if', rnd_form:line(), Some}
    end.

%% Statements, and a last expression of type T.
body(T, E, D) when D =< 0 ->
    [expr(T, E, D)];
body(T, E, D) ->
    case chance(70) orelse spent() of
        true -> [expr(T, E, D)];
        false -> {Stmts, E1} = statements(between(1, 3), E, D), Stmts ++ [expr(T, E1, D)]
    end.

statements(0, E, _) ->
    {[], E};
statements(N, E, D) ->
    next_line(),
    {S, New} = statement(E, D),
    {Ss, E1} = statements(N - 1, bind(New, E), D),
    {[S | Ss], E1}.

statement(E, D) ->
    weighted([{10, fun() -> bind_var(E, D) end},
              {8, fun() -> bind_call(E, D) end},
              {2, fun() -> bind_many(E, D) end},
              {2, fun() -> bind_catch(E, D) end},
              {1, fun() -> append_twice(E, D) end},
              {3, fun() -> bind_pattern(E, D) end},
              {3, fun() -> exporting_case(E, D) end},
              {1, fun() -> {expr(type(1), E, D), []} end},
              {1, fun() -> {call(put, exprs([atom, any], E, D)), []} end},
              {1, fun() -> {op('!', call(self, []), expr(any, E, D)), []} end},
              {2, fun() -> rnd_bits:match_statement(E, D) end}]).

bind_var(E, D) ->
    T = case chance(8) of true -> fn_type(); false -> type(2) end,
    {var, _, Name} = V = fresh_var(),
    {match(V, expr(T, E, D)), [{Name, T}]}.

%% The result of any function, whatever it is.
bind_call(E, D) ->
    case callable(any_at_all, E) of
        [] -> bind_var(E, D);
        Sigs -> #sig{ret = R} = Sig = one(Sigs),
                bind_result(R, local_call(Sig, E, D))
    end.

bind_result(T, Expr) ->
    {var, _, Name} = V = fresh_var(),
    {match(V, Expr), [{Name, T}]}.

%% As many values that live at the same time, in X registers mostly.
bind_many(E, D) ->
    T = one([int, int, float, num, scalar]),
    Vars = [{rnd_form:fresh("V"), if T =:= scalar -> rnd_value:scalar_type(); true -> T end}
            || _ <- lists:seq(1, between(4, 14))],
    Sources = [case chance(70) of
                   true -> op(one(['+', '-', '*']), leaf(VT1, E), lit(value(VT1)));
                   false -> expr(VT, E, min(D, 2))
               end || {_, VT} <- Vars, VT1 <- [case VT of float -> float; _ -> int end]],
    {match(tuple([v(N) || {N, _} <- Vars]), tuple(Sources)), Vars}.

bind_catch(E, D) ->
    bind_result(any, {'catch', rnd_form:line(), rnd_except:raise_sometimes(type(1), E, D)}).

%% Two that begin with the same bits: appending to one must not be seen in the other.
append_twice(E, D) ->
    [A, B] = [rnd_form:fresh("V") || _ <- [a, b]],
    Base = case vars(bits, E) of
               [_ | _] = Names -> v(one(Names));
               [] -> lit(value(bits))
           end,
    {match(tuple([v(A), v(B)]), tuple([rnd_bits:append(Base, E, D), rnd_bits:append(Base, E, D)])),
     [{A, bits}, {B, bits}]}.

%% What is bound matches mostly, since pattern and expression have the same shape.
bind_pattern(E, D) ->
    T = one([{tuple, some({1, 4}, fun() -> type(1) end)}, {rec, one(rnd_value:records())},
             {map, [{a, type(1)}, {2, int}]}]),
    {P, New} = rnd_match:open_pattern(T, E),
    {match(P, expr(T, E, D)), New}.

%% A variable bound in every clause is in scope afterwards.
exporting_case(E, D) ->
    S = scrutinee_type(E),
    T = type(1),
    {var, _, Name} = V = fresh_var(),
    Bodies = clauses(S, between(1, 3), T, E, D),
    Clauses = [{clause, L, P, G, lists:droplast(B) ++ [match(V, lists:last(B))]} || {clause, L, P, G, B} <- Bodies],
    {'case'(expr(S, E, min(D, 2)), Clauses), [{Name, T}]}.

%% --- calls ---------------------------------------------------------------------------------------

%% What a call of the exported functions costs at most, in nodes.
-define(COST_MAX, 30000).

local_calls(T, E, D) ->
    case callable(T, E) of
        [] -> [];
        Sigs -> [{14, fun() -> local_call(one(Sigs), E, D) end}]
    end.

callable(T, #env{mult = Mult}) ->
    [S || #sig{ret = R, cost = C} = S <- rnd_form:sigs(), T =:= any_at_all orelse accepts(T, R),
          rnd_form:cost() + Mult * C < ?COST_MAX].

local_call(#sig{name = Name, args = Ts, cost = Cost}, #env{mult = Mult} = E, D) ->
    rnd_form:add_cost(Mult * Cost),
    %% Variables, where there are many arguments: they have to be brought into order.
    Args = case length(Ts) > 6 of
               true -> exprs(Ts, E, one([0, 0, 1]));
               false -> exprs(Ts, E, D)
           end,
    weighted([{12, fun() -> call(Name, Args) end},
              {2, fun() -> rnd_form:remote(rnd_form:module(), Name, Args) end},
              {1, fun() -> call({'fun', rnd_form:line(), {function, Name, length(Ts)}}, Args) end},
              {1, fun() -> call(apply, [{'fun', rnd_form:line(), {function, Name, length(Ts)}}, list(Args)]) end},
              {1, fun() -> call(apply, [hidden(rnd_form:module()), hidden(Name), list(Args)]) end},
              {1, fun() -> {call, rnd_form:line(),
                            {remote, rnd_form:line(), hidden(rnd_form:module()), one([a(Name), hidden(Name)])},
                            Args} end}]).

%% What the compiler cannot see through.
hidden(Atom) -> remote(rnd_driver, id, [a(Atom)]).

fun_of(Ts, R, E, D) ->
    case [S || #sig{args = As, ret = Ret, cost = C} = S <- rnd_form:sigs(), As =:= Ts, accepts(R, Ret),
               C * E#env.mult < 300] of
        [_ | _] = Sigs ->
            case chance(30) of
                true -> #sig{name = Name} = one(Sigs),
                        {'fun', rnd_form:line(), {function, Name, length(Ts)}};
                false -> closure(Ts, R, E, D)
            end;
        [] ->
            External = [{'fun', rnd_form:line(), {function, a(M), a(F), i(length(Ts))}}
                        || {M, F, As, Ret} <- external(), As =:= Ts, Ret =:= R],
            case External =/= [] andalso chance(30) of
                true -> one(External);
                false -> closure(Ts, R, E, D)
            end
    end.

external() ->
    [{erlang, abs, [int], int}, {erlang, '+', [int, int], int}, {erlang, max, [int, int], int},
     {erlang, '-', [int, int], int}, {erlang, is_integer, [any], bool}, {erlang, 'not', [bool], bool},
     {erlang, byte_size, [bin], int}, {lists, reverse, [{list, int}], {list, int}}].

closure(Ts, R, E0, D) ->
    E = E0#env{mult = E0#env.mult * 2},
    Clauses = some({1, one([1, 1, 2])}, fun() -> fun_clause(Ts, R, E, D - 1) end),
    fun_expr(Clauses ++ [fun_clause_all(Ts, R, E, D - 1) || chance(80)]).

fun_clause(Ts, R, E, D) ->
    {Ps, New} = rnd_match:patterns(Ts, E, 1),
    E1 = bind(New, E),
    clause(Ps, guard(E1, 20), body(R, E1, D)).

fun_clause_all(Ts, R, E, D) ->
    Vars = [{rnd_form:fresh("V"), T} || T <- Ts],
    clause([v(N) || {N, _} <- Vars], body(R, bind(Vars, E), D)).

fold_fun(E, D) ->
    [X, Acc] = [rnd_form:fresh("V") || _ <- [x, acc]],
    fun_expr([clause([v(X), v(Acc)], [settle(int, expr(int, bind([{X, int}, {Acc, int}], E), D - 1))])]).

%% Through a variable where there is one.
fun_call(T, E, D) ->
    case [{N, As} || {N, {fn, As, R}} <- E#env.vars, accepts(T, R)] of
        [_ | _] = Funs ->
            {Name, As} = one(Funs),
            fun_apply(v(Name), exprs(As, E, D));
        [] ->
            As = some({0, 3}, fun() -> type(1) end),
            fun_apply(fun_of(As, T, E, D), exprs(As, E, D))
    end.

fun_apply(F, Args) ->
    case chance(80) of
        true -> call(F, Args);
        false -> call(apply, [F, list(Args)])
    end.

%% fun F(0, Acc) -> Acc; F(N, Acc) -> F(N - 1, ...) end(3, ...)
named_fun(T, E, D) ->
    [F, N, Acc] = [rnd_form:fresh(X) || X <- ["F", "V", "V"]],
    Times = between(1, 5),
    Inner = bind([{N, small}, {Acc, T}], E#env{mult = E#env.mult * Times}),
    Fun = {named_fun, rnd_form:line(), F,
           [clause([i(0), v(Acc)], [v(Acc)]),
            clause([v(N), v(Acc)], [call(v(F), [op('-', v(N), i(1)), settle(T, expr(T, Inner, D - 1))])])]},
    call(Fun, [i(Times), expr(T, E, D)]).

%% So that integers do not grow from step to step.
settle(T, X) when T =:= int; T =:= num -> op('band', X, i(one([1 bsl 59 - 1, 1 bsl 60 - 1, 1 bsl 64 - 1, 1 bsl 100 - 1])));
settle(float, X) -> call(float, [X]);
settle(_, X) -> X.
