%% Integers to text: every base, both signs, the small and word borders, long
%% numbers, and the arguments that are refused.
-module(arith_integer_text).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
pow(_, 0) -> 1;
pow(B, E) -> B * pow(B, E - 1).

small_values() -> [integer_to_list(X) || X <- [id(0), 1, -1, 9, 10, -10, 99, 100, 1000000]].
border_values() -> [integer_to_list(id(S * ((1 bsl N) + D))) || N <- [31, 32, 59, 60, 63, 64], D <- [-1, 0], S <- [1, -1]].
long_values() -> [integer_to_list(id(X)) || X <- [1 bsl 200, -(1 bsl 200), pow(10, 50), pow(10, 50) - 1, -pow(10, 60)]].
binary_small_values() -> [integer_to_binary(X) || X <- [id(0), 1, -1, 9, 10, -10, 99, 100, 1000000]].
binary_border_values() -> [integer_to_binary(id(S * ((1 bsl N) + D))) || N <- [59, 60, 63, 64], D <- [-1, 0], S <- [1, -1]].
base_2_list() -> [integer_to_list(X, 2) || X <- [id(0), 1, -1, 5, -6, 255, 1 bsl 59, -(1 bsl 64)]].
base_2_binary() -> [integer_to_binary(X, 2) || X <- [id(0), 1, -1, 5, -6, 255, 1 bsl 59, -(1 bsl 64)]].
base_8() -> [integer_to_list(X, 8) || X <- [id(0), 7, 8, -8, 511, 512, (1 bsl 63) - 1]].
base_16_upper_case() -> [integer_to_list(X, 16) || X <- [id(0), 10, 255, -255, 16#deadbeef, (1 bsl 64) - 1, -(1 bsl 128)]].
base_36_upper_case() -> [integer_to_list(X, 36) || X <- [id(0), 35, 36, -35, 1295, (1 bsl 64) - 1, -(1 bsl 128)]].
every_base_of_one_number() -> [integer_to_list(id(123456789), B) || B <- lists:seq(2, 36)].
every_base_of_negative_big() -> [integer_to_binary(id(-123456789012345678901234567890), B) || B <- lists:seq(2, 36)].
base_itself_prints_10() -> lists:usort([integer_to_list(id(B), B) || B <- lists:seq(2, 36)]).
base_minus_one_prints_last_digit() -> [hd(integer_to_list(B - 1, B)) || B <- lists:seq(2, 36)].
powers_of_the_base() -> [B || B <- lists:seq(2, 36), N <- [1, 10, 20, 50, 100], integer_to_list(pow(B, N), B) =/= [$1 | lists:duplicate(N, $0)]].
powers_of_the_base_minus_one() ->
    [{B, N} || B <- lists:seq(2, 36), N <- [1, 10, 20, 50, 100],
               integer_to_list(pow(B, N) - 1, B) =/= lists:duplicate(N, hd(integer_to_list(B - 1, B)))].
ten_powers_have_right_length() -> [N || N <- lists:seq(0, 120), length(integer_to_list(pow(10, N))) =/= N + 1].
nines_all_lengths() -> [N || N <- lists:seq(1, 120), integer_to_list(pow(10, N) - 1) =/= lists:duplicate(N, $9)].
list_and_binary_agree() ->
    [{X, B} || X <- [0, -1, 1 bsl 59, -(1 bsl 63), 1 bsl 64, pow(7, 77)], B <- [2, 3, 7, 10, 16, 32, 36],
               list_to_binary(integer_to_list(X, B)) =/= integer_to_binary(X, B)].
thousand_digits_hash() -> [erlang:phash2(integer_to_list(pow(7, N))) || N <- [1000, 2000, 3000]].
thousand_digits_base_36_hash() -> [erlang:phash2(integer_to_binary(pow(7, N), 36)) || N <- [1000, 3000]].
zeros_inside_long_number() -> integer_to_list(id(pow(10, 80) + pow(10, 40) + 1)).
zeros_inside_at_chunk_borders() -> [integer_to_list(id(pow(10, N) * 5 + 3)) || N <- [17, 18, 19, 20, 36, 37, 38, 39]].
power_of_two_base_long() -> [length(integer_to_list(id(1 bsl 1000), B)) || B <- [2, 4, 8, 16, 32]].
bad_value_list() -> [t(fun() -> integer_to_list(id(X)) end) || X <- [a, 1.0, [], "1", <<"1">>, {}]].
bad_value_binary() -> [t(fun() -> integer_to_binary(id(X)) end) || X <- [a, 1.0, [], "1", <<"1">>, {}]].
bad_base_list() -> [t(fun() -> integer_to_list(5, id(B)) end) || B <- [0, 1, 37, -10, a, 10.0, 1 bsl 64]].
bad_base_binary() -> [t(fun() -> integer_to_binary(5, id(B)) end) || B <- [0, 1, 37, -10, a, 10.0, 1 bsl 64]].
bad_value_and_base() -> [t(fun() -> integer_to_list(id(X), id(16)) end) || X <- [a, 1.0, [], <<>>]].
io_lib_w_integers() -> [lists:flatten(io_lib:format("~w", [X])) || X <- [0, -1, 1 bsl 59, -(1 bsl 64)]].
io_lib_b_bases() -> lists:flatten([io_lib:format("~.16b ~.2b ~b ~.36b|", [X, X, X, X]) || X <- [0, 10, -255, 1 bsl 64]]).
io_lib_upper_b_bases() -> lists:flatten([io_lib:format("~.16B ~.2B ~B ~.36B|", [X, X, X, X]) || X <- [0, 10, -255, 1 bsl 64]]).
io_lib_hash_prefix() -> lists:flatten([io_lib:format("~.16# ~.16+ ~#|", [X, X, X]) || X <- [0, 10, -255, 1 bsl 64]]).
io_lib_x_prefix() -> lists:flatten([io_lib:format("~.16x ~.16X|", [X, "0x", X, "0X"]) || X <- [10, -255, 1 bsl 64]]).
io_lib_field_width() -> lists:flatten([io_lib:format("[~6b][~-6b][~6.10.0b][~3b]", [X, X, X, X]) || X <- [0, -42, 1234, 123456]]).
