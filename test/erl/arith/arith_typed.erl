%% Arithmetic where the compiler knows types and ranges, so that it emits the
%% typed and unchecked forms of the instructions.
-module(arith_typed).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

add_after_is_integer_guard() -> [addi(A, B) || A <- [(1 bsl 59) - 1, -(1 bsl 59), 1 bsl 64], B <- [1, -1]] ++ [addi(a, 1)].
addi(A, B) when is_integer(A), is_integer(B) -> A + B;
addi(_, _) -> not_integers.
sub_after_is_integer_guard() -> [subi(A, B) || A <- [(1 bsl 59) - 1, -(1 bsl 59), 1 bsl 64], B <- [1, -1]] ++ [subi(1.5, 1)].
subi(A, B) when is_integer(A), is_integer(B) -> A - B;
subi(_, _) -> not_integers.
mul_after_is_integer_guard() -> [muli(A, B) || A <- [1 bsl 30, -(1 bsl 58), 1 bsl 64], B <- [2, -2, 1 bsl 30]].
muli(A, B) when is_integer(A), is_integer(B) -> A * B.
div_after_is_integer_guard() -> [divi(A, B) || A <- [17, -17, -(1 bsl 59), 1 bsl 64], B <- [5, -1, 0]].
divi(A, B) when is_integer(A), is_integer(B), B =/= 0 -> {A div B, A rem B};
divi(_, 0) -> zero.
byte_ranges() -> [bytes(A, B) || A <- [0, 1, 255], B <- [0, 1, 255]].
bytes(A, B) when is_integer(A), 0 =< A, A =< 255, is_integer(B), 0 =< B, B =< 255 ->
    {A + B, A - B, A * B, A band B, A bor B, A bxor B, (A bsl 8) bor B, A bsr 1}.
masked_add_wraps() -> [wrap32(A, B) || A <- [16#ffffffff, 16#80000000, 0], B <- [1, 16#80000000, 16#ffffffff]].
wrap32(A, B) -> (A + B) band 16#ffffffff.
masked_multiply_wraps() -> [(id(A) * id(B)) band 16#ffffffff || A <- [16#ffffffff, 16#deadbeef], B <- [16#ffffffff, 16#cafebabe]].
masked_operands_add() -> [madd(A, B) || A <- [-1, 1 bsl 64, 12345], B <- [-1, 16#123456789]].
madd(A, B) -> (A band 16#ffff) + (B band 16#ffff).
masked_operands_multiply() -> [mmul(A, B) || A <- [-1, 1 bsl 64, 12345], B <- [-1, 16#123456789]].
mmul(A, B) -> (A band 16#ffffffff) * (B band 16#ffffffff).
masked_operands_overflow_small() -> [mmul2(A, B) || A <- [-1, 1 bsl 39], B <- [-1, 1 bsl 25]].
mmul2(A, B) -> (A band 16#ffffffffff) * (B band 16#fffffff).
masked_sum_just_inside_small() -> [msum(A, B) || A <- [-1, 1 bsl 57], B <- [-1, 1]].
msum(A, B) -> (A band ((1 bsl 58) - 1)) + (B band ((1 bsl 58) - 1)).
masked_sum_just_outside_small() -> [msum2(A, B) || A <- [-1, 1 bsl 58], B <- [-1, 1]].
msum2(A, B) -> (A band ((1 bsl 59) - 1)) + (B band ((1 bsl 59) - 1)).
masked_difference() -> [mdiff(A, B) || A <- [-1, 0, 1 bsl 58], B <- [-1, 0, 1]].
mdiff(A, B) -> (A band ((1 bsl 59) - 1)) - (B band ((1 bsl 59) - 1)).
rem_gives_range() -> [r7(A) || A <- [0, 6, 7, -6, -7, -8, 1 bsl 64]].
r7(A) -> X = A rem 7, {X + 1, X * X, X - 7, -X}.
size_is_non_negative() -> [sz(B) || B <- [<<>>, <<1>>, <<1, 2, 3>>]].
sz(B) -> S = byte_size(B), {S - 1, S + 1, S * 8, S div 2, S rem 2, S bsl 3, S bsr 1, S band 1}.
tuple_size_arithmetic() -> [ts(T) || T <- [{}, {a}, {a, b, c}]].
ts(T) -> S = tuple_size(T), {S - 1, S * S, -S, S bor 8}.
length_arithmetic() -> [ln(L) || L <- [[], [a], [a, b, c]]].
ln(L) -> N = length(L), {N - 1, N + N, N * 1000, N div 2, N rem 2}.
binary_field_ranges() -> [fields(B) || B <- [<<255, 255, 255, 255, 255, 255, 255, 255>>, <<128, 0, 0, 1, 0, 0, 0, 2>>]].
fields(<<A:32, B:32/signed>>) -> {A + B, A - B, A * B, A band B, A bor B, A bxor B, B bsr 4, A bsr 4, -B}.
field_64_bits_unsigned() -> [f64(B) || B <- [<<-1:64>>, <<1:64>>, <<(1 bsl 59):64>>, <<(1 bsl 63):64>>]].
f64(<<A:64>>) -> {A + 1, A - 1, A bsr 1, A band 255, bnot A}.
field_59_and_60_bits() -> [f60(B) || B <- [<<-1:64>>, <<0:64>>, <<16#8000000000000000:64>>]].
f60(<<A:60, _:4>>) -> <<C:59, _:1>> = <<A:60>>, {A, A + 1, C, C + 1, -A, -C}.
field_signed_60_bits() -> [s60(B) || B <- [<<-1:64>>, <<0:64>>, <<16#8000000000000000:64>>, <<16#7fffffffffffffff:64>>]].
s60(<<A:60/signed, _:4>>) -> {A, -A, A - 1, A + 1, A * 2, A bsr 1}.
countdown_to_zero() -> count(id(1000), 0).
count(0, A) -> A;
count(N, A) when N > 0 -> count(N - 1, A + N).
count_up_to_border() -> up((1 bsl 59) - 3, []).
up(N, Acc) when N > (1 bsl 59) + 2 -> lists:reverse(Acc);
up(N, Acc) -> up(N + 1, [N | Acc]).
count_down_past_border() -> down(-(1 bsl 59) + 3, []).
down(N, Acc) when N < -(1 bsl 59) - 2 -> lists:reverse(Acc);
down(N, Acc) -> down(N - 1, [N | Acc]).
collatz_27() -> collatz(27, 0).
collatz(1, S) -> S;
collatz(N, S) when N band 1 =:= 0 -> collatz(N bsr 1, S + 1);
collatz(N, S) -> collatz(3 * N + 1, S + 1).
isqrt_of_bigs() -> [isqrt(N) || N <- [0, 1, 15, 16, 1 bsl 60, (1 bsl 64) - 1, 1 bsl 64, (1 bsl 200) + 12345]].
isqrt(0) -> 0;
isqrt(N) -> isqrt(N, N).
isqrt(N, X) -> case (X + N div X) div 2 of Y when Y >= X -> X; Y -> isqrt(N, Y) end.
xorshift_sequence() -> xs(10, 88172645463325252, []).
xs(0, _, Acc) -> lists:reverse(Acc);
xs(N, X0, Acc) ->
    X1 = (X0 bxor (X0 bsl 13)) band 16#ffffffffffffffff, X2 = X1 bxor (X1 bsr 7),
    X3 = (X2 bxor (X2 bsl 17)) band 16#ffffffffffffffff, xs(N - 1, X3, [X3 | Acc]).
fnv1a_hash() -> [fnv(S, 16#cbf29ce484222325) || S <- ["", "a", "dialtone", lists:duplicate(100, $z)]].
fnv([], H) -> H;
fnv([C | T], H) -> fnv(T, ((H bxor C) * 16#100000001b3) band 16#ffffffffffffffff).
adler_checksum() -> adler(lists:seq(0, 255) ++ lists:seq(0, 255), 1, 0).
adler([], A, B) -> (B bsl 16) bor A;
adler([C | T], A0, B) -> A = (A0 + C) rem 65521, adler(T, A, (B + A) rem 65521).
crc_bit_by_bit() -> crc("123456789", 16#ffffffff).
crc([], C) -> C bxor 16#ffffffff;
crc([B | T], C) -> crc(T, crc8(8, C bxor B)).
crc8(0, C) -> C;
crc8(N, C) -> crc8(N - 1, (C bsr 1) bxor (16#edb88320 band -(C band 1))).
crc_matches_bif() -> crc("123456789", 16#ffffffff) =:= erlang:crc32("123456789").
knuth_lcg() -> lcg(8, 1, []).
lcg(0, _, A) -> lists:reverse(A);
lcg(N, X, A) -> Y = (X * 6364136223846793005 + 1442695040888963407) rem (1 bsl 64), lcg(N - 1, Y, [Y | A]).
literal_operands_left() -> [{1 + X, 1 - X, 3 * X, 100 div X, 100 rem X, 6 band X, 1 bor X} || X <- [id(7), -7, 1 bsl 59, -(1 bsl 59) - 1]].
big_literal_operands() -> [{X + 576460752303423488, X - 18446744073709551616, X * 1208925819614629174706176, X band 18446744073709551615} || X <- [id(1), -1, 1 bsl 64]].
same_operand_twice() -> [{X + X, X - X, X * X, X band X, X bxor X, X bor X} || X <- [id(0), 9, -(1 bsl 59), (1 bsl 59) - 1, 1 bsl 64]].
comparison_then_subtract() -> [clamp_sub(A, B) || A <- [0, 5, 1 bsl 60], B <- [0, 6, 1 bsl 60]].
clamp_sub(A, B) when A > B -> A - B;
clamp_sub(_, _) -> 0.
operand_known_small_constant() -> [case id(X) of 3 -> 3 + X; 4 -> X * X; N when is_integer(N) -> N - X end || X <- [3, 4, 5, 1 bsl 64]].
increment_of_list_elements() -> [X + 1 || X <- [0, -1, (1 bsl 59) - 1, -(1 bsl 59) - 1, 1.5, 1 bsl 64]].
