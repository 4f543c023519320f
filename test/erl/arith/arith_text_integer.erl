%% Text to integers: every base, signs, leading zeros, long numbers, and all the
%% texts that are not integers.
-module(arith_text_integer).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
l(X) -> t(fun() -> list_to_integer(X) end).
l(X, B) -> t(fun() -> list_to_integer(X, B) end).
b(X) -> t(fun() -> binary_to_integer(X) end).
b(X, B) -> t(fun() -> binary_to_integer(X, B) end).

plain() -> [l(S) || S <- ["0", "1", "9", "10", "123456789"]].
signs() -> [l(S) || S <- ["+0", "-0", "+1", "-1", "+123", "-123"]].
binary_plain_and_signs() -> [b(S) || S <- [<<"0">>, <<"7">>, <<"-0">>, <<"+5">>, <<"-123">>]].
leading_zeros() -> [l(S) || S <- ["00", "007", "-000", "+0001", lists:duplicate(100, $0) ++ "5"]].
leading_zeros_binary() -> [b(S) || S <- [<<"00">>, <<"007">>, <<"-000">>, <<0:0, "+0001">>]].
border_2_59() -> [l(S) || S <- ["576460752303423487", "576460752303423488", "-576460752303423488", "-576460752303423489"]].
border_2_63() -> [l(S) || S <- ["9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"]].
border_2_64() -> [b(S) || S <- [<<"18446744073709551615">>, <<"18446744073709551616">>, <<"-18446744073709551615">>, <<"-18446744073709551616">>]].
small_result_is_small() -> [list_to_integer(id("576460752303423487")) =:= (1 bsl 59) - 1, list_to_integer("-576460752303423488") =:= -(1 bsl 59)].
no_digits() -> [l(S) || S <- ["", "+", "-", "+-1", "-+1", "--1", "++1"]].
no_digits_binary() -> [b(S) || S <- [<<>>, <<"+">>, <<"-">>, <<"+-1">>, <<"--1">>]].
spaces_are_refused() -> [l(S) || S <- [" 1", "1 ", "1 2", "\n1", "- 1", "1\t"]].
spaces_are_refused_binary() -> [b(S) || S <- [<<" 1">>, <<"1 ">>, <<"1 2">>, <<"1\n">>]].
other_characters() -> [l(S) || S <- ["a", "1a", "a1", "1.0", "1e3", "0x10", "16#f", "1_000", "1,000"]].
other_characters_binary() -> [b(S) || S <- [<<"a">>, <<"1a">>, <<"1.0">>, <<"1e3">>, <<"1_000">>, <<"1", 0>>]].
characters_next_to_digits() -> [l([C]) || C <- [$/, $0, $9, $:]].
non_ascii_digits() -> [l(S) || S <- [[16#661], [$1, 16#ff11], [$1, 256 + $2]]].
underscore_in_base_16() -> [l("f_f", 16), b(<<"f_f">>, 16)].
not_a_list() -> [l(id(X)) || X <- [a, 1, 1.0, <<"1">>, {}, #{}]].
not_a_binary() -> [b(id(X)) || X <- [a, 1, 1.0, "1", {}, #{}]].
bitstring_refused() -> [b(id(<<"1", 1:1>>)), b(id(<<1:1>>))].
improper_list() -> [l(id([$1 | $2])), l(id([$1, $2 | a])), l(id([$1, [$2]]))].
list_with_bad_elements() -> [l(id([a])), l(id([$1, a])), l(id([1.0])), l(id([$1, -1])), l(id([1 bsl 64]))].
base_2() -> [l(S, 2) || S <- ["0", "1", "-1", "101", "2", "12", "-11111111", "1" ++ lists:duplicate(64, $0)]].
base_8() -> [l(S, 8) || S <- ["7", "8", "17", "-777", "777777777777777777777"]].
base_16_both_cases() -> [l(S, 16) || S <- ["ff", "FF", "fF", "-Ff", "g", "deadBEEF", "ffffffffffffffff", "-10000000000000000"]].
base_36_both_cases() -> [l(S, 36) || S <- ["z", "Z", "zz", "-zZ", "10", "hello", "{", "@", "[", "`"]].
base_16_binary() -> [b(S, 16) || S <- [<<"ff">>, <<"FF">>, <<"-fF">>, <<"fg">>, <<>>, <<"-">>, <<"ffffffffffffffff">>]].
base_n_highest_digit() -> [l([highest(B)], B) || B <- lists:seq(2, 36)].
base_n_digit_too_large() -> lists:usort([l([highest(B + 1)], B) || B <- lists:seq(2, 35)]).
highest(B) when B =< 10 -> $0 + B - 1;
highest(B) -> $a + B - 11.
one_text_every_base() -> [l("1010", B) || B <- lists:seq(2, 36)].
bad_bases() -> [l("1", B) || B <- [0, 1, 37, -2, a, 10.0, 1 bsl 64]].
bad_bases_binary() -> [b(<<"1">>, B) || B <- [0, 1, 37, -2, a, 10.0, 1 bsl 64]].
round_trip_every_base() ->
    [{X, B} || X <- [0, 1, -1, 1 bsl 59, -(1 bsl 59), 1 bsl 64, -(1 bsl 64) - 1, 123456789012345678901234567890],
               B <- lists:seq(2, 36), l(integer_to_list(X, B), B) =/= X orelse b(integer_to_binary(X, B), B) =/= X].
round_trip_lower_case() ->
    [{X, B} || X <- [1 bsl 100, -(1 bsl 333) + 7], B <- [11, 16, 20, 36], l(string:lowercase(integer_to_list(X, B)), B) =/= X].
round_trip_every_length() ->
    [N || N <- lists:seq(1, 150), begin S = lists:sublist(digits(), N), integer_to_list(l(S)) =/= S end].
round_trip_every_length_binary() ->
    [N || N <- lists:seq(1, 150), begin S = list_to_binary([$- | lists:sublist(digits(), N)]), integer_to_binary(b(S)) =/= S end].
digits() -> lists:flatten(lists:duplicate(15, "9081726354")).
thousand_digits() -> S = lists:flatten(lists:duplicate(150, "1234567890")), N = l(S), [erlang:phash2(N), N rem 9, N rem 1000003, integer_to_list(N) =:= S].
ten_thousand_digits() -> S = binary:copy(<<"9">>, 10000), N = b(S), [erlang:phash2(N), N + 1 =:= l([$1 | lists:duplicate(10000, $0)]), integer_to_binary(N) =:= S].
long_with_bad_last_digit() -> [l(lists:duplicate(500, $7) ++ "x"), b(<<(binary:copy(<<"7">>, 500))/binary, "x">>)].
sub_binary_argument() -> <<_:3/binary, S:5/binary, _/binary>> = id(<<"abc12345def">>), b(S).
unaligned_binary_argument() -> <<_:3, S:32/bitstring, _/bitstring>> = id(<<0:3, "1234", 0:5>>), b(S).
string_to_integer_rest() -> [string:to_integer(S) || S <- ["12ab", "-5", "+7 x", "x", "", "99999999999999999999z", <<"12ab">>]].
list_prefix_of_bif_string_list() -> [list_to_integer(id([$- | "1"])), list_to_integer(integer_to_list(id(-0)))].
