%% Match contexts that live across clauses, calls and backtracking, and
%% become binaries again where they are used as terms.
-module(bits_match_context).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

sum_bytes() -> sum(id(<<1, 2, 3, 250>>), 0).
sum(<<B, R/binary>>, A) -> sum(R, A + B);
sum(<<>>, A) -> A.

sum_nibbles_odd() -> nibbles(id(<<16#12345:20>>), []).
nibbles(<<N:4, R/bits>>, A) -> nibbles(R, [N | A]);
nibbles(<<>>, A) -> lists:reverse(A).

leftover_bits() -> [nib_left(id(<<16#ABC:S>>), []) || S <- lists:seq(0, 12)].
nib_left(<<N:4, R/bits>>, A) -> nib_left(R, [N | A]);
nib_left(R, A) -> {lists:reverse(A), R}.

parse_decimal() ->
    [dec(id(B), 0) || B <- [<<"123 rest">>, <<"0">>, <<"x">>, <<>>, <<"99999999999999999999999">>]].
dec(<<D, R/binary>>, N) when D >= $0, D =< $9 -> dec(R, N * 10 + D - $0);
dec(R, N) -> {N, R}.

tokens() -> tok(id(<<"ab = 12+c;  foo">>), []).
tok(<<C, R/binary>>, A) when C =:= $\s -> tok(R, A);
tok(<<C, _/binary>> = B, A) when C >= $a, C =< $z -> {W, R} = word(B, <<>>), tok(R, [{w, W} | A]);
tok(<<C, _/binary>> = B, A) when C >= $0, C =< $9 -> {N, R} = dec(B, 0), tok(R, [{n, N} | A]);
tok(<<C, R/binary>>, A) -> tok(R, [C | A]);
tok(<<>>, A) -> lists:reverse(A).
word(<<C, R/binary>>, W) when C >= $a, C =< $z -> word(R, <<W/binary, C>>);
word(R, W) -> {W, R}.

backtrack_to_saved_position() ->
    [back(id(B)) || B <- [<<1, 2, 3>>, <<1, 2, 4>>, <<1, 5>>, <<9>>, <<>>]].
back(<<1, 2, 3, R/binary>>) -> {a, R};
back(<<1, 2, R/binary>>) -> {b, R};
back(<<1, R/binary>>) -> {c, R};
back(<<R/binary>>) -> {d, R}.

backtrack_bits() -> [backb(id(<<N:6>>)) || N <- lists:seq(0, 63)].
backb(<<2#111:3, R/bits>>) -> {a, R};
backb(<<2#11:2, X:2, R/bits>>) -> {b, X, R};
backb(<<_:1, 1:1, R/bits>>) -> {c, R};
backb(<<R/bits>>) -> {d, R}.

context_as_term_again() -> ctx_term(id(<<1, 2, 3>>), []).
ctx_term(<<_, R/binary>> = B, A) -> ctx_term(R, [B | A]);
ctx_term(B, A) -> {B, A}.

context_to_bif() -> ctx_bif(id(<<"hello">>), []).
ctx_bif(<<_, R/binary>>, A) -> ctx_bif(R, [{byte_size(R), size(R), is_binary(R), bit_size(R)} | A]);
ctx_bif(<<>>, A) -> A.

context_kept_in_tuple() ->
    <<_:4, R/bits>> = id(<<16#12, 16#34>>), T = id({R, R}), element(1, T) =:= element(2, T).

two_contexts() -> zip(id(<<1, 2, 3>>), id(<<4, 5, 6, 7>>), []).
zip(<<A, R/binary>>, <<B, S/binary>>, L) -> zip(R, S, [{A, B} | L]);
zip(R, S, L) -> {lists:reverse(L), R, S}.

common_prefix() ->
    [prefix(id(A), id(B), 0)
     || {A, B} <- [{<<"abc">>, <<"abd">>}, {<<"">>, <<"x">>}, {<<"same">>, <<"same">>}]].
prefix(<<C, R/binary>>, <<C, S/binary>>, N) -> prefix(R, S, N + 1);
prefix(R, S, N) -> {N, R, S}.

context_across_body_call() ->
    <<N, R/binary>> = id(<<3, 1, 2, 3, 4>>),
    {L, Rest} = take(N, R, []),
    {L, Rest, N}.
take(0, R, A) -> {lists:reverse(A), R};
take(N, <<B, R/binary>>, A) -> take(N - 1, R, [B | A]).

not_tail_recursive() -> to_list(id(<<"non tail recursive">>)).
to_list(<<B, R/binary>>) -> [B | to_list(R)];
to_list(<<>>) -> [].

in_fun() ->
    F = fun Loop(<<A:16, R/binary>>, Acc) -> Loop(R, Acc bxor A); Loop(R, Acc) -> {R, Acc} end,
    F(id(<<1, 2, 3, 4, 5>>), 0).
closure_keeps_tail() ->
    <<_, R/binary>> = id(<<1, 2, 3>>),
    F = fun() -> R end,
    <<X, _/binary>> = R,
    {X, F()}.
process_dictionary_keeps_tail() ->
    <<_:9, R/bits>> = id(<<16#123456:24>>), put(tail, R), <<A:7, _/bits>> = R, {A, erase(tail)}.

nested_case() -> [nested(id(B)) || B <- [<<1, 10, 20>>, <<2, 10, 20>>, <<3, 10>>, <<1, 200>>]].
nested(<<T, R/binary>>) ->
    case T of
        1 -> case R of <<X, _/binary>> when X < 100 -> {small, X, R};
        <<X, _/binary>> -> {large, X, R} end;
        2 -> <<_, S/binary>> = R, {two, S};
        _ -> {other, R}
    end.

exception_while_matching() ->
    B = id(<<1, 2, 3>>),
    try <<_, R/binary>> = B, <<_:24, _/binary>> = R,
    R of V -> V catch error:{badmatch, M} -> {M, B} end.
guard_fails_restarts_match() ->
    [case id(<<N, 7>>) of <<X, Y>> when X > Y -> gt; <<X:4, Y:4, Z>> when X + Y > Z -> sum;
     <<X:16>> -> X end || N <- [9, 16#5F, 1]].
mutual_recursion() -> even(id(<<1, 2, 3, 4, 5>>), [], []).
even(<<B, R/binary>>, E, O) -> odd(R, [B | E], O);
even(<<>>, E, O) -> {E, O}.
odd(<<B, R/binary>>, E, O) -> even(R, E, [B | O]);
odd(<<>>, E, O) -> {E, O}.
long_loop() -> sum(binary:copy(<<1, 2, 3, 4>>, 100000), 0).
long_bit_loop() -> ones(binary:copy(<<16#5B>>, 20000), 0).
ones(<<1:1, R/bits>>, N) -> ones(R, N + 1);
ones(<<0:1, R/bits>>, N) -> ones(R, N);
ones(<<>>, N) -> N.
three_bit_loop() -> three(binary:copy(<<16#5B, 16#91, 16#E4>>, 30), 0).
three(<<A:3, R/bits>>, N) -> three(R, (N * 31 + A) rem 1000003);
three(<<>>, N) -> N.
select_on_value() -> [opcode(id(<<N:16, "x">>)) || N <- [0, 1, 255, 256, 65535, 77]].
opcode(<<0:16, R/binary>>) -> {zero, R};
opcode(<<1:16, R/binary>>) -> {one, R};
opcode(<<255:16, R/binary>>) -> {ff, R};
opcode(<<256:16, R/binary>>) -> {hundred, R};
opcode(<<65535:16, R/binary>>) -> {max, R};
opcode(<<N:16, R/binary>>) -> {N, R}.
select_on_string() ->
    [method(id(B)) || B <- [<<"GET /">>, <<"POST /x">>, <<"PUT ">>, <<"PATCH">>, <<"G">>]].
method(<<"GET ", P/binary>>) -> {get, P};
method(<<"POST ", P/binary>>) -> {post, P};
method(<<"PUT ", P/binary>>) -> {put, P};
method(<<"P", P/binary>>) -> {p, P};
method(P) -> {none, P}.
variable_sizes_in_loop() -> var(id(<<3:4, 5:3, 8:4, 255:8, 1:4, 1:1, 0:4, 2:4, 3:2>>), []).
var(<<N:4, X:N, R/bits>>, A) -> var(R, [{N, X} | A]);
var(R, A) -> {lists:reverse(A), R}.
tlv() -> tlv(id(<<1, 0, 2, "ab", 2, 0, 0, 3, 0, 5, "short">>), []).
tlv(<<T, L:16, V:L/binary, R/binary>>, A) -> tlv(R, [{T, V} | A]);
tlv(R, A) -> {lists:reverse(A), R}.
equality_of_context_with_binary() -> eq(id(<<0, "abc">>), id(<<"abc">>)).
eq(<<0, R/binary>>, B) -> {R =:= B, R == B, R < <<"abd">>, B >= R}.
map_value_of_context() -> <<_, R/binary>> = id(<<1, "k">>), M = #{R => 1}, maps:get(<<"k">>, M).
list_of_all_tails() -> tails(id(<<1, 2, 3:3>>)).
tails(<<_:1, R/bits>> = B) -> [bit_size(B) | tails(R)];
tails(<<>>) -> [].
