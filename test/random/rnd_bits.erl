%% Binaries and bitstrings: construction, matching, comprehensions. What both sides have in common is
%% a list of segments: {Kind, Size, Flags}, with kinds int, float, bytes, bits, utf8, utf16, utf32 and the
%% size an expression or `default`.
-module(rnd_bits).
-export([construct/3, append/3, pattern/2, step_pattern/1, extract/3, match_statement/2, comprehension/3]).

-import(rnd_pick, [between/2, chance/1, one/1, some/2, weighted/1]).
-import(rnd_value, [value/1]).
-import(rnd_form, [v/1, i/1, lit/1, op/3, match/2, clause/2, 'case'/2]).
-include("rnd.hrl").

%% --- segments ------------------------------------------------------------------------------------

%% `bin`: of whole bytes, all of it.
segment(Whole, E) ->
    weighted([{10, fun() -> {int, int_size(Whole, E), flags([endian(), sign()])} end},
              {3, fun() -> {int, i(between(0, 5)), flags([endian(), sign(), {unit, one([8, 16, 24])}])} end},
              {2, fun() -> {float, one([default, i(64), i(32), i(16)]), flags([endian()])} end},
              {4, fun() -> {bytes, bytes_size(E), []} end},
              {1, fun() -> {bytes, bytes_size(E), [{unit, one([8, 16, 24])}]} end},
              {2, fun() -> {one([utf8, utf8, utf16, utf32]), default, flags([endian()])} end}]
             ++ [{3, fun() -> {bits, bits_size(E), []} end} || Whole =:= bits]
             ++ [{1, fun() -> {bytes, i(between(0, 5)), [{unit, one([1, 3, 7, 11])}]} end} || Whole =:= bits]).

flags(Flags) -> [F || F <- Flags, F =/= none].
endian() -> one([none, none, big, little, little, native]).
sign() -> one([none, none, signed, unsigned]).

int_size(bin, _) -> one([default, default, i(8), i(16), i(24), i(32), i(40), i(48), i(56), i(64), i(128)]);
int_size(bits, E) ->
    weighted([{3, fun() -> default end},
              {10, fun() -> i(one([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 20, 24, 27, 28, 31, 32,
                                   33, 40, 48, 56, 57, 58, 59, 60, 61, 63, 64, 65, 72, 100, 128, 200])) end},
              {3, fun() -> size_from(E) end}]).

bytes_size(E) ->
    weighted([{4, fun() -> i(between(0, 5)) end}, {2, fun() -> size_from(E) end}]).

bits_size(E) ->
    weighted([{4, fun() -> i(one([0, 1, 3, 4, 7, 8, 9, 12, 16, 20, 33, 64])) end}, {2, fun() -> size_from(E) end}]).

size_from(E) ->
    case rnd_expr:vars(small, E) of
        [_ | _] = Names -> small_size(v(one(Names)));
        [] -> i(between(0, 20))
    end.

%% A size may be an expression; what is called small may be something else, so it gets no larger than this.
small_size(V) ->
    one([op('band', V, i(15)), op('band', V, i(63)), op('+', op('band', V, i(7)), i(1)),
         op('*', op('band', V, i(3)), i(8))]).

%% A literal string stands for its characters; it has no type but the default.
segment_form(_, {string, _, _} = Text) -> segment_form(Text, default, [integer]);
segment_form({int, Size, Flags}, Expr) -> segment_form(Expr, Size, [integer | Flags]);
segment_form({float, Size, Flags}, Expr) -> segment_form(Expr, Size, [float | Flags]);
segment_form({bytes, Size, Flags}, Expr) -> segment_form(Expr, Size, [binary | Flags]);
segment_form({bits, Size, Flags}, Expr) -> segment_form(Expr, Size, [bitstring | Flags]);
segment_form({Utf, default, Flags}, Expr) -> segment_form(Expr, default, [Utf | Flags]).

segment_form(Expr, Size, Types) ->
    {bin_element, rnd_form:line(), Expr, Size, case Types of
                                                   [integer] -> default;
                                                   _ -> Types
                                               end}.

bin(Elements) -> {bin, rnd_form:line(), Elements}.

tail(bin, Expr) -> segment_form(Expr, default, [binary]);
tail(bits, Expr) -> segment_form(Expr, default, [bitstring]).

%% --- construction --------------------------------------------------------------------------------

construct(Whole, E, D) ->
    Segments = some({1, 5}, fun() -> segment(Whole, E) end),
    Elements = [segment_form(S, source(S, E, D)) || S <- Segments],
    Tail = [tail(Whole, rnd_expr:expr(Whole, E, D)) || chance(35)],
    Head = [tail(Whole, rnd_expr:expr(Whole, E, D)) || chance(20)],
    bin(Head ++ Elements ++ Tail).

append(Base, E, D) ->
    Segments = some({1, 3}, fun() -> segment(bits, E) end),
    bin([tail(bits, Base) | [segment_form(S, source(S, E, D)) || S <- Segments]]).

%% A value for a segment; for what takes a part of a binary, one that is long enough, mostly.
source({int, _, _}, E, D) ->
    case chance(8) of
        true -> {string, rnd_form:line(), one(["a", "ab", "xyz"])};
        false -> rnd_expr:expr(int, E, D)
    end;
source({float, _, _}, E, D) -> rnd_expr:expr(one([float, float, num]), E, D);
source({bytes, _, _}, E, D) -> long(E, D);
source({bits, _, _}, E, D) -> long(E, D);
source(_, E, D) -> rnd_expr:expr(char, E, D).

long(E, D) ->
    case chance(60) of
        true -> lit(list_to_binary([between(0, 255) || _ <- lists:seq(1, one([3, 10, 130]))]));
        false -> rnd_expr:expr(bin, E, D)
    end.

%% --- matching ------------------------------------------------------------------------------------

pattern(Whole, E) ->
    {Elements, New} = elements(some({0, 4}, fun() -> segment(Whole, E) end), E, []),
    {Tail, More} = pattern_tail(Whole),
    {bin(Elements ++ Tail), New ++ More}.

%% What a later size may refer to is bound by an earlier segment.
elements([], _, New) ->
    {[], New};
elements([{Kind, Size, Flags} | Segments], E, New) ->
    Sized = case Size =/= default andalso chance(20) of
                true -> {Kind, later_size(Kind, Size, New), Flags};
                false -> {Kind, Size, Flags}
            end,
    {P, N} = target(Sized),
    {Es, All} = elements(Segments, E, N ++ New),
    {[segment_form(Sized, P) | Es], All}.

later_size(float, Size, _) -> Size;
later_size(_, Size, New) ->
    case [N || {N, small} <- New] of
        [_ | _] = Names -> V = v(one(Names)), one([V, small_size(V)]);
        [] -> Size
    end.

target({Kind, Size, _} = S) ->
    weighted([{12, fun() -> T = target_type(S), N = rnd_form:fresh("V"), {v(N), [{N, T}]} end},
              {2, fun() -> {{var, rnd_form:line(), '_'}, []} end},
              {2, fun() -> {literal(Kind, Size), []} end}]).

literal(int, default) -> one([i(between(0, 3)), i($a), {string, rnd_form:line(), "ab"}]);
literal(int, _) -> i(between(0, 2));
literal(float, _) -> lit(one([0.0, 1.0, 0.5]));
literal(Kind, _) when Kind =:= bytes; Kind =:= bits -> {var, rnd_form:line(), '_'};
literal(_, _) -> i(value(char)).

target_type({int, default, Flags}) -> signed_type(Flags);
target_type({int, {integer, _, N}, Flags}) when N =< 8 ->
    case lists:keymember(unit, 1, Flags) of
        true -> int;
        false -> signed_type(Flags)
    end;
target_type({int, _, _}) -> int;
target_type({float, _, _}) -> float;
target_type({bytes, _, [{unit, U}]}) when U rem 8 =/= 0 -> bits;
target_type({bytes, _, _}) -> bin;
target_type({bits, _, _}) -> bits;
target_type(_) -> char.

signed_type(Flags) ->
    case lists:member(signed, Flags) of
        true -> int;
        false -> small
    end.

pattern_tail(Whole) ->
    N = rnd_form:fresh("V"),
    weighted([{8, fun() -> {[tail(Whole, v(N))], [{N, Whole}]} end},
              {5, fun() -> {[tail(bits, {var, rnd_form:line(), '_'})], []} end},
              {2, fun() -> {[tail(bin, v(N))], [{N, bin}]} end},
              {1, fun() -> {[segment_form(v(N), default, [binary, {unit, one([2, 4, 16, 24, 7])}])], [{N, bits}]} end},
              {1, fun() -> {[segment_form({var, rnd_form:line(), '_'}, default, [binary, {unit, one([8, 16, 3])}])],
                            []} end},
              {3, fun() -> {[], []} end}]).

%% A pattern for one step of a generator: takes at least a bit, or everything would go on forever.
step_pattern(E) ->
    First = {int, i(one([1, 2, 3, 5, 7, 8, 8, 8, 9, 12, 16, 32, 64])), flags([endian(), sign()])},
    More = some({0, 1}, fun() -> segment(bits, E) end),
    {Elements, New} = elements([First | More], E, []),
    {bin(Elements), New}.

%% Something of type T out of a binary, which often was made with the same segments.
extract(T, E, D) ->
    Segments0 = some({0, 2}, fun() -> segment(bits, E) end),
    Segments1 = some({0, 2}, fun() -> segment(bits, E) end),
    Wanted = wanted(T, E),
    Name = rnd_form:fresh("V"),
    {Before, New} = elements(Segments0, E, []),
    {After, _} = elements(Segments1, E, New),
    Tail = case chance(60) of true -> [tail(bits, {var, rnd_form:line(), '_'})]; false -> [] end,
    Pattern = bin(Before ++ [segment_form(Wanted, v(Name)) | After] ++ Tail),
    Subject = case chance(65) of
                  true -> bin([segment_form(S, source(S, E, D)) || S <- Segments0 ++ [Wanted | Segments1]]);
                  false -> rnd_expr:expr(bits, E, D)
              end,
    'case'(Subject, [clause([Pattern], [v(Name)]),
                     clause([{var, rnd_form:line(), '_'}], [rnd_expr:leaf(T, E)])]).

wanted(int, E) -> {int, int_size(bits, E), flags([endian(), sign()])};
wanted(float, _) -> {float, one([default, i(32), i(16)]), flags([endian()])};
wanted(bin, E) -> {bytes, bytes_size(E), []};
wanted(bits, E) -> {bits, bits_size(E), []}.

%% <<A:4, B:N/binary, ...>> = <<...>>
match_statement(E, D) ->
    Segments = some({1, 4}, fun() -> segment(bits, E) end),
    Source = bin([segment_form(S, source(S, E, D)) || S <- Segments]),
    {Elements, New} = elements(Segments, E, []),
    Tail = case chance(70) of true -> [tail(bits, {var, rnd_form:line(), '_'})]; false -> [] end,
    {match(bin(Elements ++ Tail), Source), New}.

%% --- comprehensions ------------------------------------------------------------------------------

comprehension(Whole, E, D) ->
    {Quals, E1} = rnd_match:generators(one([1, 1, 2]), E, D),
    Segments = some({1, 2}, fun() -> segment(Whole, E1) end),
    Elements = [segment_form(S, source(S, E1, D)) || S <- Segments],
    {bc, rnd_form:line(), bin(Elements), Quals}.
