%% Matching of float, utf, binary and bitstring segments.
-module(bits_match_other).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

float_64() ->
    [case <<V:64/float>> of <<X/float>> -> X end
     || V <- id([0.0, -0.0, 1.0, 1.5e300, 5.0e-324, -0.1])].
float_64_little() ->
    [case <<V/float-little>> of <<X/float-little>> -> X end || V <- id([0.0, 1.0, 1.5e300, -0.1])].
float_32() ->
    [case <<V:32/float>> of <<X:32/float>> -> X end
     || V <- id([0.0, -0.0, 1.0, 0.1, -3.0e38, 1.4e-45])].
float_32_little() ->
    [case <<V:32/float-little>> of <<X:32/float-little>> -> X end || V <- id([1.0, 0.1, -3.0e38])].
float_16_all_exponents() ->
    [case <<(N bsl 10 + 5):16>> of <<X:16/float>> -> X; _ -> none end || N <- lists:seq(0, 63)].
float_16_some() ->
    [case <<N:16>> of <<X:16/float>> -> X; _ -> none end
     || N <- id([0, 1, 2, 16#3FF, 16#400, 16#3C00, 16#3C01, 16#7BFF, 16#7C00, 16#7C01, 16#8000,
                 16#FBFF, 16#FC00, 16#FFFF])].
float_16_little() ->
    [case <<N:16>> of <<X:16/float-little>> -> X; _ -> none end
     || N <- id([16#003C, 16#FF7B, 16#007C])].
float_nan_64_refused() -> [case <<N:64>> of <<X/float>> -> X; <<X:64>> -> {raw, X} end
                           || N <- id([16#7FF0000000000000, 16#FFF0000000000000,
                                       16#7FF8000000000000, 16#FFFFFFFFFFFFFFFF,
                                       16#7FF0000000000001, 16#7FEFFFFFFFFFFFFF])].
float_nan_32_refused() -> [case <<N:32>> of <<X:32/float>> -> X; <<X:32>> -> {raw, X} end
                           || N <- id([16#7F800000, 16#FF800000, 16#7FC00000, 16#FFFFFFFF,
                                       16#7F7FFFFF])].
float_nan_little_refused() ->
    [case <<N:64/little>> of <<X/float-little>> -> X; _ -> no end
     || N <- id([16#7FF0000000000000, 16#7FEFFFFFFFFFFFFF])].
float_unaligned() ->
    [case <<0:O, 2.5/float, 1:3>> of <<_:O, X/float, R/bits>> -> {X, bit_size(R)} end
     || O <- lists:seq(0, 8)].
float_32_unaligned_little() ->
    [case <<0:O, 2.5:32/float-little, 1:3>> of <<_:O, X:32/float-little, _/bits>> -> X end
     || O <- lists:seq(0, 8)].
float_dynamic_size() ->
    [case id(<<0:128>>) of <<X:S/float, _/bits>> -> X; _ -> none end
     || S <- id([0, 8, 16, 24, 32, 63, 64, 65, 128])].
float_unit() ->
    [case <<1.5:64/float>> of <<X:S/float-unit:32, _/bits>> -> X; _ -> none end
     || S <- id([0, 1, 2, 3])].
float_too_short() ->
    [case id(<<0:S>>) of <<X/float, _/bits>> -> X; _ -> no end || S <- [0, 32, 63, 64, 65]].
float_literal_pattern() ->
    [case id(<<V/float>>) of <<1.0/float>> -> one; <<0.0/float>> -> zero; _ -> other end
     || V <- [1.0, 0.0, 2.0]].
float_integer_literal_pattern() ->
    [case id(<<V/float>>) of <<1/float>> -> one; _ -> other end || V <- [1.0, 2.0]].
float_bound() ->
    F = id(2.5), [case id(<<V/float>>) of <<F/float>> -> yes; _ -> no end || V <- [2.5, 2.0]].

utf8_each() -> [case id(B) of <<C/utf8, R/binary>> -> {C, R}; _ -> no end
                || B <- [<<>>, <<"a">>, <<"aé"/utf8>>, <<"é"/utf8>>, <<"€"/utf8>>,
                         <<16#1F600/utf8, 1>>, <<16#10FFFF/utf8>>]].
utf8_bad_bytes() -> [case id(B) of <<C/utf8, _/binary>> -> C; _ -> no end
                     || B <- [<<16#80>>, <<16#BF, 16#80>>, <<16#C0, 16#80>>, <<16#C1, 16#BF>>,
                              <<16#C2>>, <<16#C2, 16#20>>,
                              <<16#E0, 16#80, 16#80>>, <<16#E0, 16#9F, 16#BF>>,
                              <<16#E0, 16#A0, 16#80>>, <<16#E2, 16#82>>,
                              <<16#ED, 16#A0, 16#80>>, <<16#ED, 16#9F, 16#BF>>,
                              <<16#EF, 16#BF, 16#BF>>, <<16#EF, 16#BF, 16#BE>>,
                              <<16#F0, 16#80, 16#80, 16#80>>, <<16#F0, 16#8F, 16#BF, 16#BF>>,
                              <<16#F0, 16#90, 16#80, 16#80>>,
                              <<16#F4, 16#8F, 16#BF, 16#BF>>, <<16#F4, 16#90, 16#80, 16#80>>,
                              <<16#F5, 16#80, 16#80, 16#80>>,
                              <<16#FE>>, <<16#FF>>, <<16#F0, 16#9F, 16#98>>,
                              <<16#E2, 16#28, 16#A1>>, <<16#E2, 16#82, 16#28>>]].
utf8_all_first_bytes() ->
    [case id(<<B, 16#90, 16#90, 16#90, 16#90>>) of <<C/utf8, R/binary>> -> {C, byte_size(R)};
     _ -> no end || B <- lists:seq(0, 255)].
utf8_all_second_bytes_of_3() ->
    [case id(<<16#E1, B, 16#80>>) of <<C/utf8>> -> C; _ -> no end || B <- lists:seq(0, 255)].
utf8_skip() ->
    [case id(B) of <<_/utf8, R/binary>> -> R; _ -> no end
     || B <- [<<"éa"/utf8>>, <<16#C2>>, <<>>, <<16#F0, 16#9F, 16#98, 16#80, "x">>]].
utf8_unaligned() ->
    [case <<0:O, "a€😀"/utf8, 0:2>> of <<_:O, A/utf8, B/utf8, C/utf8,
                                        R/bits>> -> {A, B, C, bit_size(R)} end
     || O <- lists:seq(0, 8)].
utf8_literal_pattern() ->
    [case id(B) of <<"å"/utf8, R/binary>> -> R; <<$b/utf8, R/binary>> -> {b, R}; _ -> no end
     || B <- [<<"å!"/utf8>>, <<"b!">>, <<"c">>, <<16#C3>>]].
utf8_bound() ->
    C = id(16#20AC), [case id(B) of <<C/utf8, _/binary>> -> yes; _ -> no end
                      || B <- [<<"€"/utf8>>, <<"$">>]].
utf8_truncated_tail_bits() ->
    [case id(<<16#20AC/utf8, 1:1>>) of <<C/utf8, R/bits>> -> {C, R}; _ -> no end,
     case id(<<16#E2, 16#82, 16#5:4>>) of <<C/utf8, _/bits>> -> C; _ -> no end].
utf8_count() -> count8(id(<<"häl€😀"/utf8>>), 0).
count8(<<_/utf8, R/binary>>, N) -> count8(R, N + 1);
count8(<<>>, N) -> N.
utf16_each() -> [case id(B) of <<C/utf16, R/binary>> -> {C, R}; _ -> no end
                 || B <- [<<>>, <<0>>, <<0, 97>>, <<16#20AC:16, 1>>, <<16#D83D:16, 16#DE00:16, 2>>,
                          <<16#D83D:16>>, <<16#D83D:16, 97:16>>,
                          <<16#DE00:16, 16#D83D:16>>, <<16#DBFF:16, 16#DFFF:16>>, <<16#FFFF:16>>,
                          <<16#D800:16, 16#DC00:8>>]].
utf16_little_each() -> [case id(B) of <<C/utf16-little, R/binary>> -> {C, R}; _ -> no end
                        || B <- [<<97, 0>>, <<16#20AC:16/little>>,
                                 <<16#D83D:16/little, 16#DE00:16/little, 2>>,
                                 <<16#DE00:16/little>>]].
utf16_unaligned() ->
    [case <<0:O, 16#1F600/utf16, $z/utf16>> of <<_:O, A/utf16, B/utf16>> -> {A, B} end
     || O <- lists:seq(0, 8)].
utf16_skip() -> <<_/utf16, R/binary>> = id(<<16#D83D:16, 16#DE00:16, 2>>), R.
utf32_each() -> [case id(B) of <<C/utf32, R/binary>> -> {C, R}; _ -> no end
                 || B <- [<<97:32>>, <<16#10FFFF:32, 3>>, <<16#110000:32>>, <<16#D800:32>>,
                          <<16#DFFF:32>>, <<16#E000:32>>, <<16#FFFF:32>>, <<0:24>>, <<-1:32>>]].
utf32_little_each() ->
    [case id(B) of <<C/utf32-little, R/binary>> -> {C, R}; _ -> no end
     || B <- [<<97:32/little>>, <<97:32>>, <<16#10FFFF:32/little>>]].
utf32_skip_and_unaligned() ->
    <<_:3, _/utf32, C/utf32, R/bits>> = id(<<0:3, 97:32, 98:32, 1:2>>), {C, R}.

binary_sizes() ->
    [case id(<<"abcdef">>) of <<X:N/binary, R/binary>> -> {X, R}; _ -> no end
     || N <- lists:seq(0, 7)].
binary_literal_sizes() ->
    B = id(<<"abcdef">>),
    <<A:0/binary, C:1/binary, D:2/binary, E/binary>> = B,
    {A, C, D, E}.
binary_unit_sizes() ->
    [case id(<<"abcdef">>) of <<X:N/binary-unit:4, R/bits>> -> {X, bit_size(R)}; _ -> no end
     || N <- lists:seq(0, 13)].
bits_sizes() ->
    [case id(<<16#A5C3:16>>) of <<X:N/bits, R/bits>> -> {case_lib:bits(X), case_lib:bits(R)};
     _ -> no end || N <- lists:seq(0, 17)].
bits_at_odd_offset() -> <<_:5, A:7/bits, B:9/bits, C/bits>> = id(<<16#123456789:36>>), {A, B, C}.
binary_at_odd_offset() -> <<_:5, A:2/binary, B/bits>> = id(<<16#123456789:36>>), {A, B}.
tail_unit_8() ->
    [case id(<<0:N>>) of <<_:4, T/binary>> -> byte_size(T); _ -> no end || N <- lists:seq(0, 30)].
tail_unit_16() ->
    [case id(<<0:N>>) of <<T/binary-unit:16>> -> byte_size(T); _ -> no end
     || N <- [0, 8, 16, 24, 32]].
tail_unit_3() ->
    [case id(<<0:N>>) of <<_:2, T/binary-unit:3>> -> bit_size(T); _ -> no end
     || N <- lists:seq(0, 14)].
tail_unit_256() ->
    [case id(<<0:N>>) of <<T/binary-unit:256>> -> bit_size(T); _ -> no end
     || N <- [0, 255, 256, 257, 512]].
skip_tail_unit_8() ->
    [case id(<<0:N>>) of <<_:4, _/binary>> -> yes; _ -> no end || N <- lists:seq(0, 22)].
skip_tail_unit_7() ->
    [case id(<<0:N>>) of <<_/binary-unit:7>> -> yes; _ -> no end || N <- lists:seq(0, 22)].
skip_sized_binary() ->
    [case id(<<"abcdef">>) of <<_:N/binary, X, _/binary>> -> X; _ -> no end
     || N <- [0, 1, 5, 6, 7]].
size_negative() ->
    [case id(<<"ab">>) of <<X:N/binary, _/binary>> -> X; _ -> no end || N <- [-1, -(1 bsl 70)]].
size_huge() ->
    [case id(<<"ab">>) of <<X:N/binary, _/binary>> -> X; _ -> no end
     || N <- [3, 1 bsl 58, 1 bsl 61, 1 bsl 64, 1 bsl 80]].
size_not_integer() ->
    [case id(<<"ab">>) of <<X:N/binary, _/binary>> -> X; _ -> no end || N <- [a, 1.0, [], <<1>>]].
length_prefixed() ->
    [case id(B) of <<N:16, X:N/binary, R/binary>> -> {X, R}; _ -> no end
     || B <- [<<0, 3, "abcd">>, <<0, 5, "abcd">>, <<0, 0>>, <<0>>]].
all_pattern() -> <<B/bits>> = id(<<1, 2:3>>), B.
empty_pattern() ->
    [case id(B) of <<>> -> empty; _ -> no end || B <- [<<>>, <<0>>, <<0:1>>, [], ""]].
bound_binary_tail() ->
    X = id(<<"tail">>), [case id(B) of <<_, T/binary>> when T =:= X -> yes; _ -> no end
                         || B <- [<<"!tail">>, <<"!tai">>]].
guard_byte_size_of_tail() ->
    [case id(B) of <<_, T/binary>> when byte_size(T) > 1 -> T; <<_, _/bits>> -> short; _ -> no end
     || B <- [<<"abc">>, <<"ab">>, <<>>]].
guard_is_binary_of_tail() ->
    [case id(B) of <<_:4, T/bits>> when is_binary(T) -> bin; <<_:4, _/bits>> -> bits; _ -> no end
     || B <- [<<0:12>>, <<0:13>>, <<0:3>>]].
