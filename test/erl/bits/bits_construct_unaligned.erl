%% Integer segments that start at each bit offset of a byte.
-module(bits_construct_unaligned).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

hex(B) -> case_lib:hex(B).

at_each_offset(F) -> [hex(F(O)) || O <- lists:seq(0, 8)].

int_1() -> at_each_offset(fun(O) -> <<0:O, (id(1)):1>> end).
int_4() -> at_each_offset(fun(O) -> <<0:O, (id(9)):4>> end).
int_8() -> at_each_offset(fun(O) -> <<0:O, (id(16#A5))>> end).
int_8_over_ones() -> at_each_offset(fun(O) -> <<-1:O, (id(16#5A))>> end).
int_12_big() -> at_each_offset(fun(O) -> <<-1:O, (id(16#ABC)):12>> end).
int_12_little() -> at_each_offset(fun(O) -> <<-1:O, (id(16#ABC)):12/little>> end).
int_12_bits_little_signed_unaligned() ->
    at_each_offset(fun(O) -> <<0:O, (id(-1348)):12/little-signed>> end).
int_16_big() -> at_each_offset(fun(O) -> <<0:O, (id(16#C35A)):16>> end).
int_16_little() -> at_each_offset(fun(O) -> <<0:O, (id(16#C35A)):16/little>> end).
int_32_big() -> at_each_offset(fun(O) -> <<-1:O, (id(16#01234567)):32>> end).
int_32_little() -> at_each_offset(fun(O) -> <<-1:O, (id(16#01234567)):32/little>> end).
int_33_little() -> at_each_offset(fun(O) -> <<-1:O, (id(16#101234567)):33/little>> end).
int_57_big() -> at_each_offset(fun(O) -> <<0:O, (id(16#123456789ABCDEF)):57>> end).
int_59_signed_big() -> at_each_offset(fun(O) -> <<0:O, (id(-16#123456789ABCDEF)):59>> end).
int_60_little() -> at_each_offset(fun(O) -> <<0:O, (id(16#123456789ABCDEF)):60/little>> end).
int_64_big() -> at_each_offset(fun(O) -> <<0:O, (id(16#FEDCBA9876543210)):64>> end).
int_64_little() -> at_each_offset(fun(O) -> <<0:O, (id(16#FEDCBA9876543210)):64/little>> end).
int_64_negative_small() -> at_each_offset(fun(O) -> <<0:O, (id(-2)):64, 0:3>> end).
int_65_big() -> at_each_offset(fun(O) -> <<0:O, (id(16#1FEDCBA9876543210)):65>> end).
int_65_little() -> at_each_offset(fun(O) -> <<0:O, (id(16#1FEDCBA9876543210)):65/little>> end).
int_100_negative_big() -> at_each_offset(fun(O) -> <<0:O, (id(-(1 bsl 98) - 7)):100>> end).
int_100_negative_little() ->
    at_each_offset(fun(O) -> <<0:O, (id(-(1 bsl 98) - 7)):100/little>> end).
int_128_big() ->
    at_each_offset(fun(O) -> <<-1:O, (id(16#00112233445566778899AABBCCDDEEFF)):128,
                               0:(8 - O)>> end).
int_128_little() ->
    at_each_offset(fun(O) -> <<-1:O, (id(16#00112233445566778899AABBCCDDEEFF)):128/little,
                               0:(8 - O)>> end).
int_130_small_value() -> at_each_offset(fun(O) -> <<-1:O, (id(77)):130, -1:2>> end).

literal_offset_1_big_16() -> hex(<<1:1, (id(16#8001)):16, 1:1>>).
literal_offset_3_little_16() -> hex(<<7:3, (id(16#8001)):16/little, 0:5>>).
literal_offset_5_little_20() -> hex(<<31:5, (id(16#8C0E1)):20/little, 0:7>>).
literal_offset_7_big_64() -> hex(<<0:7, (id(16#8123456789ABCDEF)):64, 1:1>>).
literal_offset_7_little_64() -> hex(<<0:7, (id(16#8123456789ABCDEF)):64/little, 1:1>>).
literal_offset_4_native_32() -> hex(<<0:4, (id(16#12345678)):32/native, 0:4>>).

string_at_each_offset() -> at_each_offset(fun(O) -> <<0:O, "The quick brown fox">> end).
binary_at_each_offset() ->
    at_each_offset(fun(O) -> <<-1:O, (id(<<"sphinx of quartz">>))/binary>> end).
bitstring_at_each_offset() ->
    at_each_offset(fun(O) -> <<0:O, (id(<<16#DEADBEEF:37>>))/bitstring, -1:(8 - O)>> end).
float_64_at_each_offset() -> at_each_offset(fun(O) -> <<0:O, (id(-1.5e300)):64/float>> end).
float_32_little_at_each_offset() ->
    at_each_offset(fun(O) -> <<0:O, (id(3.14)):32/float-little>> end).
utf8_at_each_offset() ->
    at_each_offset(fun(O) -> <<0:O, (id($a))/utf8, (id(16#E9))/utf8, (id(16#20AC))/utf8,
                               (id(16#1F600))/utf8>> end).
utf16_at_each_offset() ->
    at_each_offset(fun(O) -> <<0:O, (id(16#20AC))/utf16, (id(16#1F600))/utf16>> end).
utf32_little_at_each_offset() -> at_each_offset(fun(O) -> <<0:O, (id(16#1F600))/utf32-little>> end).

staircase() ->
    << <<(id(N)):N>> || N <- lists:seq(1, 40) >>.
staircase_little() ->
    << <<(id((1 bsl N) - 2)):N/little>> || N <- lists:seq(1, 40) >>.
unaligned_then_aligned_again() ->
    A = id(3), hex(<<A:3, A:5, A:8, A:11, A:5, A:16, A:1, A:7, A:64>>).
alternating_sizes() ->
    hex(lists:foldl(fun(S, Acc) -> <<Acc/bitstring, (id(-1)):S, 0:1>> end, <<>>, lists:seq(0, 70))).
bits_after_are_not_touched() ->
    B = id(<<16#FF, 16#FF>>),
    <<X:3/bitstring, _/bitstring>> = B,
    C = <<X/bitstring, (id(0)):7>>,
    {case_lib:bits(C), B}.
