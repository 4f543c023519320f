%% Types of the generated programs, and values of them, near the borders where
%% representations change. A type is one of
%%
%%   int, small (0..100 or so: sizes, shifts), char, float, num, atom, bool, any,
%%   {list, T}, {tuple, [T]}, {rec, Name}, bin, bits,
%%   {map, [{Key, T}]} (those keys are there), {dict, KeyT, ValueT}, {fn, [T], T},
%%   {fuel, Max} (0..Max: bounds a recursion, so only fuel goes there)
-module(rnd_value).
-export([value/1, int/0, type/1, scalar_type/0, is_scalar/1, accepts/2, has_fun/1,
         record_fields/1, records/0, atom/0, key_type/0]).

-import(rnd_pick, [below/1, between/2, chance/1, one/1, some/2, weighted/1]).

records() -> [r1, r2, r3].

record_fields(r1) -> [{a, int}, {b, any}];
record_fields(r2) -> [{c, atom}, {d, {list, int}}, {e, float}];
record_fields(r3) -> [{f, bool}].

%% --- types ---------------------------------------------------------------------------------------

scalar_type() ->
    one([int, int, int, int, small, float, atom, bool, char, num]).

is_scalar(T) -> is_atom(T) andalso not lists:member(T, [any, bin, bits]).

key_type() -> one([int, small, atom, num, char]).

type(0) ->
    scalar_type();
type(D) ->
    weighted([{22, fun scalar_type/0},
              {3, fun() -> any end},
              {5, fun() -> bin end},
              {4, fun() -> bits end},
              {7, fun() -> {list, type(D - 1)} end},
              {7, fun() -> {tuple, some({0, 4}, fun() -> type(D - 1) end)} end},
              {3, fun() -> {rec, one(records())} end},
              {3, fun() -> {map, map_fields(D - 1)} end},
              {3, fun() -> {dict, key_type(), type(D - 1)} end}]).

map_fields(D) ->
    Keys = lists:usort(some({1, 4}, fun() -> one([a, b, c, 1, 2, <<"k">>, {x, 1}, 1.0, []]) end)),
    [{K, type(D)} || K <- Keys].

has_fun({fn, _, _}) -> true;
has_fun({list, T}) -> has_fun(T);
has_fun({tuple, Ts}) -> lists:any(fun has_fun/1, Ts);
has_fun({dict, _, T}) -> has_fun(T);
has_fun({map, Fields}) -> lists:any(fun({_, T}) -> has_fun(T) end, Fields);
has_fun(_) -> false.

%% Is a value of the second type good where one of the first is wanted? Funs are no `any`: their
%% order is not the same everywhere.
accepts(T, T) -> true;
accepts(int, T) -> lists:member(T, [small, char]) orelse is_fuel(T);
accepts(small, T) -> is_fuel(T);
accepts(num, T) -> T =:= float orelse accepts(int, T) orelse T =:= int;
accepts(atom, bool) -> true;
accepts(bits, bin) -> true;
accepts(any, T) -> not has_fun(T);
accepts({list, A}, {list, B}) -> accepts(A, B);
accepts({tuple, As}, {tuple, Bs}) when length(As) =:= length(Bs) ->
    lists:all(fun({A, B}) -> accepts(A, B) end, lists:zip(As, Bs));
accepts({dict, K, V}, {dict, K1, V1}) -> accepts(K, K1) andalso accepts(V, V1);
accepts(_, _) -> false.

is_fuel({fuel, _}) -> true;
is_fuel(_) -> false.

%% --- values --------------------------------------------------------------------------------------

value(int) -> int();
value({fuel, Max}) -> one([0, 1, 2, 3, Max div 2, Max]);
value(small) -> weighted([{6, fun() -> below(10) end}, {2, fun() -> below(40) end},
                          {1, fun() -> one([8, 16, 24, 31, 32, 33, 59, 60, 63, 64, 65, 100]) end}]);
value(char) -> weighted([{9, fun() -> between($a, $f) end},
                         {1, fun() -> one([0, 10, 127, 128, 255, 256, 16#7ff, 16#800, 16#d7ff, 16#e000,
                                           16#ffff, 16#10000, 16#10ffff]) end}]);
value(float) -> float_value();
value(num) -> case chance(60) of true -> int(); false -> float_value() end;
value(atom) -> atom();
value(bool) -> chance(50);
value({list, T}) -> some({0, one([1, 3, 3, 6])}, fun() -> value(T) end);
value({tuple, Ts}) -> list_to_tuple([value(T) || T <- Ts]);
value({rec, Name}) -> list_to_tuple([Name | [value(T) || {_, T} <- record_fields(Name)]]);
value(bin) -> bytes(one([0, 1, 2, 3, 4, 8, 9, between(0, 30), between(0, 30), between(60, 70)]));
value(bits) ->
    N = one([0, 0, between(1, 7), between(1, 7)]),
    <<(value(bin))/binary, (below(1 bsl N)):N>>;
value({map, Fields}) ->
    maps:from_list([{K, value(T)} || {K, T} <- Fields]);
value({dict, K, V}) ->
    Size = weighted([{12, fun() -> {0, 6} end}, {1, fun() -> {30, 36} end}]),
    maps:from_list(some(Size, fun() -> {dict_key(K, Size), value(V)} end));
value(any) -> any_value(2).

%% A large map needs many keys, so they come from a wide range.
dict_key(atom, _) -> list_to_atom([$k | integer_to_list(below(60))]);
dict_key(char, {30, _}) -> between(0, 200);
dict_key(T, _) -> value(T).

any_value(0) -> value(scalar_type());
any_value(D) ->
    weighted([{8, fun() -> value(type(D)) end},
              {1, fun() -> any_value(0) end},
              {1, fun() -> [any_value(D - 1) | any_value(D - 1)] end},
              {1, fun() -> [] end}]).

int() ->
    weighted([{10, fun() -> between(-10, 10) end},
              {3, fun() -> between(-1000, 1000) end},
              {8, fun border/0},
              {2, fun() -> sign(below(1 bsl between(1, 64))) end},
              {1, fun() -> sign(below(1 bsl between(64, 260))) end}]).

%% Around the powers of two where smalls, words, digits and instructions' fields end.
border() ->
    Bits = one([7, 8, 11, 15, 16, 27, 28, 31, 32, 47, 52, 53, 58, 59, 59, 59, 60, 61, 62, 63, 63, 64, 65, 127,
                128]),
    sign((1 bsl Bits) + between(-2, 2)).

sign(N) -> case chance(60) of true -> N; false -> -N end.

float_value() ->
    weighted([{6, fun() -> between(-20, 20) / 4 end},
              {4, fun() -> one([0.0, -0.0, 1.0, -1.0, 0.1, 1.0e15, 1.0e16, 1.0e100, 1.7976931348623157e308,
                                -1.7976931348623157e308, 5.0e-324, 2.2250738585072014e-308, 1.0e-5,
                                4503599627370496.5, 9007199254740992.0, 9007199254740994.0,
                                576460752303423488.0, -576460752303423488.0, 9223372036854775808.0,
                                18446744073709551616.0, 0.5, 1.5, 2.5, -0.5, 123456.789]) end},
              {1, fun() -> float(border()) end}]).

atom() ->
    one([a, b, c, d, ok, error, undefined, none, true, false, foo, bar, baz, '', 'A b', nil, infinity, '+',
         'é', 'λ', atom_which_is_rather_longer_than_others, x1, x2, x3, x4]).

bytes(N) ->
    case below(4) of
        0 -> list_to_binary([between($a, $d) || _ <- lists:seq(1, N)]);
        1 -> list_to_binary([one([0, 1, 127, 128, 255]) || _ <- lists:seq(1, N)]);
        2 -> << <<(value(char))/utf8>> || _ <- lists:seq(1, N div 2)>>;
        3 -> list_to_binary([below(256) || _ <- lists:seq(1, N)])
    end.
