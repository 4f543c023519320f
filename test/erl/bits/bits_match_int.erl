%% Matching of integer segments: sizes, signs, byte orders, alignments, tails.
-module(bits_match_int).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

bytes() -> id(<<16#F1, 16#82, 16#A3, 16#04, 16#95, 16#66, 16#C7, 16#28, 16#99, 16#0A, 16#BB, 16#7C,
                16#ED, 16#3E, 16#5F, 16#80, 16#01>>).

u8() -> <<A, B:8, C/unsigned, _/binary>> = id(bytes()), {A, B, C}.
s8() -> <<A/signed, B:8/signed, C:8/signed, D:8/signed, _/binary>> = id(bytes()), {A, B, C, D}.
u16_big() -> <<A:16, B:16, _/binary>> = id(bytes()), {A, B}.
s16_big() -> <<A:16/signed, B:16/signed, _/binary>> = id(bytes()), {A, B}.
u16_little() -> <<A:16/little, B:16/little, _/binary>> = id(bytes()), {A, B}.
s16_little() -> <<A:16/little-signed, B:16/little-signed, _/binary>> = id(bytes()), {A, B}.
u24_both() -> <<A:24, B:24/little, _/binary>> = id(bytes()), {A, B}.
s24_both() -> <<A:24/signed, B:24/little-signed, _/binary>> = id(bytes()), {A, B}.
u32_both() -> <<A:32, B:32/little, C:32/native, _/binary>> = id(bytes()), {A, B, C}.
s32_both() -> <<A:32/signed, B:32/little-signed, _/binary>> = id(bytes()), {A, B}.
u40_u48_u56() -> <<A:40, B:48, C:48/little, _/bits>> = id(bytes()), {A, B, C}.
u64_both() -> <<A:64, B:64/little, _/binary>> = id(bytes()), {A, B}.
s64_both() -> <<A:64/signed, B:64/little-signed, _/binary>> = id(bytes()), {A, B}.
u60_s60() -> <<A:60, B:60/signed, _/bits>> = id(bytes()), {A, B}.
u60_s60_little() -> <<A:60/little, B:60/signed-little, _/bits>> = id(bytes()), {A, B}.
u59_s59_small_border() -> <<A:59, B:59/signed, _/bits>> = id(bytes()), {A, B}.
u128_both() ->
    <<A:128, _/binary>> = B = id(bytes()), <<_, C:128/little>> = B, {A, C}.
s128_both() ->
    <<A:128/signed, _/binary>> = B = id(bytes()), <<_, C:128/little-signed>> = B, {A, C}.
u136_whole() -> <<A:136>> = id(bytes()), A.
s136_whole_little() -> <<A:136/little-signed>> = id(bytes()), A.

bit_fields() ->
    <<A:1, B:2, C:3, D:4, E:5, F:6, G:7, H:4, _/binary>> = id(bytes()), {A, B, C, D, E, F, G, H}.
bit_fields_signed() ->
    <<A:1/signed, B:2/signed, C:3/signed, D:4/signed, E:5/signed, F:6/signed, G:7/signed,
      _/bits>> = id(bytes()),
    {A, B, C, D, E, F, G}.
bit_fields_little() ->
    <<A:9/little, B:10/little, C:11/little, D:12/little, E:13/little, F:14/little,
      _/bits>> = id(bytes()),
    {A, B, C, D, E, F}.
bit_fields_little_signed() ->
    <<A:9/little-signed, B:10/little-signed, C:11/little-signed, D:12/little-signed,
      E:13/little-signed,
      F:14/little-signed, _/bits>> = id(bytes()),
    {A, B, C, D, E, F}.
int_12_bits_little_signed_unaligned() ->
    [begin <<_:O, X:12/little-signed, _/bits>> = bytes(), X end || O <- lists:seq(0, 16)].

every_size_big() -> [begin <<X:S, _/bits>> = bytes(), X end || S <- lists:seq(0, 136)].
every_size_little() -> [begin <<X:S/little, _/bits>> = bytes(), X end || S <- lists:seq(0, 136)].
every_size_signed() -> [begin <<X:S/signed, _/bits>> = bytes(), X end || S <- lists:seq(0, 136)].
every_size_signed_little() ->
    [begin <<X:S/signed-little, _/bits>> = bytes(), X end || S <- lists:seq(0, 136)].
every_size_at_offset_1() -> [begin <<_:1, X:S, _/bits>> = bytes(), X end || S <- lists:seq(0, 130)].
every_size_at_offset_3_little() ->
    [begin <<_:3, X:S/little, _/bits>> = bytes(), X end || S <- lists:seq(0, 130)].
every_size_at_offset_5_signed() ->
    [begin <<_:5, X:S/signed, _/bits>> = bytes(), X end || S <- lists:seq(0, 130)].
every_size_at_offset_7_signed_little() ->
    [begin <<_:7, X:S/signed-little, _/bits>> = bytes(), X end || S <- lists:seq(0, 129)].
every_offset_8() -> [begin <<_:O, X:8, _/bits>> = bytes(), X end || O <- lists:seq(0, 128)].
every_offset_16_little() ->
    [begin <<_:O, X:16/little, _/bits>> = bytes(), X end || O <- lists:seq(0, 120)].
every_offset_32_signed() ->
    [begin <<_:O, X:32/signed, _/bits>> = bytes(), X end || O <- lists:seq(0, 104)].
every_offset_64() -> [begin <<_:O, X:64, _/bits>> = bytes(), X end || O <- lists:seq(0, 72)].
every_offset_64_little_signed() ->
    [begin <<_:O, X:64/little-signed, _/bits>> = bytes(), X end || O <- lists:seq(0, 72)].

size_zero() -> <<A:0, B:8, C:0/signed, _/binary>> = id(bytes()), {A, B, C}.
size_zero_of_empty() -> <<A:0>> = id(<<>>), A.
unit_3() -> [begin <<X:S/unit:3, _/bits>> = bytes(), X end || S <- lists:seq(0, 45)].
unit_8() -> [begin <<X:S/unit:8, _/bits>> = bytes(), X end || S <- lists:seq(0, 17)].
unit_16_little() -> [begin <<X:S/little-unit:16, _/bits>> = bytes(), X end || S <- lists:seq(0, 8)].
unit_100() -> case bytes() of <<X:1/unit:100, _/bits>> -> X end.
unit_256_no_room() -> case bytes() of <<X:1/unit:256, _/bits>> -> X; _ -> none end.
size_too_big() ->
    [case bytes() of <<_:S, _/bits>> -> fits; _ -> none end
     || S <- [136, 137, 1000, 1 bsl 40, 1 bsl 64, 1 bsl 80]].
size_too_big_value() ->
    [case bytes() of <<X:S>> -> X; _ -> none end || S <- [136, 137, 1 bsl 62, 1 bsl 64]].
size_negative() ->
    [case bytes() of <<X:S, _/bits>> -> X; _ -> none end || S <- [0, -1, -8, -(1 bsl 70)]].
size_not_integer() ->
    [case bytes() of <<X:S, _/bits>> -> X; _ -> none end || S <- [a, 1.0, <<1>>, [], {}]].
size_from_matched() ->
    <<N, X:N/signed, R/bits>> = id(<<5, 16#F8, 16#12>>), {N, X, case_lib:bits(R)}.
size_from_matched_twice() ->
    <<A:4, B:A, C:B, D/bits>> = id(<<16#4, 5, 16#F0, 9>>), {A, B, C, bit_size(D)}.
size_expression() -> <<N, X:(N * 2 + 1), _/bits>> = id(<<3, 16#FE, 0>>), X.
size_expression_negative() ->
    case id(<<3, 16#FE, 0>>) of <<N, X:(N - 4), _/bits>> -> X; _ -> none end.
size_expression_fails() ->
    case id(<<0, 16#FE, 0>>) of <<N, X:(8 div N), _/bits>> -> X; _ -> none end.
size_matched_too_big() ->
    [case id(B) of <<N, X:N, R/bits>> -> {X, bit_size(R)}; _ -> none end
     || B <- [<<8, 1>>, <<9, 1>>, <<255, 1>>, <<0>>, <<>>]].

literal_byte() ->
    [case id(B) of <<1, _/binary>> -> one; <<2, _/binary>> -> two; <<>> -> empty; _ -> other end
     || B <- [<<1>>, <<2, 3>>, <<>>, <<3>>, <<1:7>>]].
literal_16() ->
    [case id(B) of <<16#1234:16>> -> big; <<16#1234:16/little>> -> little; _ -> no end
     || B <- [<<16#12, 16#34>>, <<16#34, 16#12>>, <<0, 0>>]].
literal_negative() ->
    [case id(B) of <<-1/signed>> -> m1; <<-2:8/signed>> -> m2; <<255>> -> no; _ -> other end
     || B <- [<<255>>, <<254>>, <<1>>]].
literal_negative_unsigned_never_matches() -> case id(<<255>>) of <<-1>> -> yes; _ -> no end.
literal_too_big_never_matches() -> case id(<<0>>) of <<256>> -> yes; _ -> no end.
literal_64() ->
    [case id(B) of <<16#FFFFFFFFFFFFFFFF:64>> -> max; <<1:64>> -> one; <<_:64>> -> other;
     _ -> short end
                 || B <- [<<-1:64>>, <<1:64>>, <<2:64>>, <<1:63>>]].
literal_100_bits() -> [case id(B) of <<16#123456789ABCDEF0123456789:100>> -> yes; _ -> no end
                       || B <- [<<16#123456789ABCDEF0123456789:100>>,
                                <<16#123456789ABCDEF0123456788:100>>]].
literal_string() ->
    [case id(B) of <<"abc", R/binary>> -> R; _ -> no end
     || B <- [<<"abc">>, <<"abcd">>, <<"abd">>, <<"ab">>, <<>>]].
literal_string_long() ->
    B = id(<<"a string longer than one machine word, and then some">>),
    [case id(B) of <<"a string longer than one machine word", R/binary>> -> R; _ -> no end,
     case id(B) of <<"a string longer than one machine worD", R/binary>> -> R; _ -> no end].
literal_string_unaligned() ->
    [case <<0:O, "hello", 1:1>> of <<_:O, "hello", R/bits>> -> bit_size(R); _ -> no end
     || O <- lists:seq(0, 9)].
literal_chars_16() ->
    [case id(B) of <<$a:16, $b:16, R/binary>> -> R; _ -> no end
     || B <- [<<0, $a, 0, $b, 1>>, <<"ab">>]].
literal_bits() ->
    [case id(<<N>>) of <<2#101:3, X:5>> -> {a, X}; <<2#10:2, X:6>> -> {b, X};
     <<0:1, X:7>> -> {c, X}; <<_/bits>> -> d end
                   || N <- [2#10111111, 2#10011111, 2#01111111, 2#11111111]].
bound_variable() ->
    X = id(5), [case id(B) of <<X, Y>> -> Y; _ -> no end || B <- [<<5, 6>>, <<6, 5>>]].
bound_big_variable() ->
    X = id(1 bsl 79 + 3), [case id(B) of <<X:80>> -> yes; _ -> no end || B <- [<<X:80>>, <<0:80>>]].
bound_float_never_matches() -> X = id(5.0), case id(<<5>>) of <<X>> -> yes; _ -> no end.
same_variable_twice() ->
    [case id(B) of <<X, X, R/binary>> -> {X, R}; _ -> no end || B <- [<<1, 1, 2>>, <<1, 2, 2>>]].
same_variable_twice_sizes() ->
    [case id(B) of <<X:4, X:12>> -> X; _ -> no end || B <- [<<16#1001:16>>, <<16#1002:16>>]].

exact_size_needed() ->
    [case id(B) of <<_:16>> -> yes; _ -> no end
     || B <- [<<1>>, <<1, 2>>, <<1, 2, 3>>, <<1:15>>, <<1:17>>]].
not_a_binary() ->
    [case id(X) of <<_/binary>> -> bin; <<_/bits>> -> bits; _ -> no end
     || X <- [a, 1, "ab", [], {}, <<>>, <<1>>, <<1:1>>, 1.0, #{}]].
tail_binary_needs_whole_bytes() ->
    [case id(B) of <<_:3, T/binary>> -> T; _ -> no end
     || B <- [<<1:3>>, <<1:11>>, <<1:10>>, <<1:19>>, <<1:2>>]].
skip_then_int() -> <<_:13, A:3, _:16, B/signed, _/binary>> = id(bytes()), {A, B}.
skip_dynamic() ->
    [case bytes() of <<_:S, A:8, _/bits>> -> A; _ -> no end || S <- [0, 1, 100, 128, 129, 136]].
match_fails_badmatch() -> case_lib:top(fun() -> <<A:16>> = id(<<1>>), A end).
match_fails_function_clause() -> case_lib:top(fun() -> only_one_byte(id(<<1, 2>>)) end).
only_one_byte(<<X>>) -> X.
match_fails_case_clause() -> case_lib:class(fun() -> case id(<<1, 2:2>>) of <<X:3>> -> X end end).
match_of_non_binary_badmatch() -> case_lib:class(fun() -> <<A>> = id([1]), A end).
guard_on_matched() ->
    [case id(<<N>>) of <<X>> when X > 200 -> big; <<X>> when X band 1 =:= 1 -> odd;
     <<_>> -> even end || N <- [250, 33, 34]].
tail_of_tail() -> <<_, T1/binary>> = bytes(), <<_:12, T2/bits>> = T1, <<X:8, _/bits>> = T2, X.
