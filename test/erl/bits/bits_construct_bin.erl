%% Construction of binary and bitstring segments: whole, sized, by unit.
-module(bits_construct_bin).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

hex(B) -> case_lib:hex(B).

whole_binary() -> <<(id(<<1, 2, 3>>))/binary>>.
whole_binary_empty() -> <<(id(<<>>))/binary>>.
whole_bytes_is_binary() -> <<(id(<<1, 2, 3>>))/bytes>>.
whole_bitstring() -> [<<(id(<<5:3>>))/bitstring>>, <<(id(<<5:3>>))/bits>>, <<(id(<<>>))/bits>>].
two_binaries() -> <<(id(<<"ab">>))/binary, (id(<<"cd">>))/binary>>.
binary_between_bytes() -> <<1, (id(<<"ab">>))/binary, 2>>.
binary_between_bits() -> hex(<<1:1, (id(<<"ab">>))/binary, 0:7>>).
sized_binary() -> [<<(id(<<"abcdef">>)):N/binary>> || N <- lists:seq(0, 6)].
sized_binary_literal() ->
    [<<(id(<<"abcdef">>)):0/binary>>, <<(id(<<"abcdef">>)):3/binary>>,
     <<(id(<<"abcdef">>)):6/binary>>].
sized_bitstring() -> [hex(<<(id(<<16#A5C3:16>>)):N/bitstring>>) || N <- lists:seq(0, 16)].
unit_4_size_n() -> [hex(<<(id(<<"abc">>)):N/binary-unit:4>>) || N <- lists:seq(0, 6)].
unit_16_size_n() -> [hex(<<(id(<<"abcdefgh">>)):N/binary-unit:16>>) || N <- lists:seq(0, 4)].
unit_1_whole() -> hex(<<(id(<<7:3>>))/binary-unit:1>>).
unit_4_whole() ->
    [case_lib:top(fun() -> hex(<<(id(B))/binary-unit:4>>) end)
     || B <- [<<>>, <<1:4>>, <<1:12>>, <<1:5>>]].
unit_16_whole() ->
    [case_lib:top(fun() -> hex(<<(id(B))/binary-unit:16>>) end) || B <- [<<>>, <<1, 2>>, <<1>>]].
unit_256_whole() ->
    [case_lib:top(fun() -> byte_size(<<(id(B))/binary-unit:256>>) end)
     || B <- [<<>>, <<0:256>>, <<0:255>>, <<0:512>>]].
unit_3_whole() ->
    [case_lib:class(fun() -> hex(<<(id(B))/binary-unit:3>>) end)
     || B <- [<<1:3>>, <<1:9>>, <<1:8>>]].
sized_too_big() ->
    [case_lib:top(fun() -> <<(id(<<"abc">>)):(id(N))/binary>> end) || N <- [3, 4, 100, 1000]].
sized_bits_too_big() ->
    [case_lib:top(fun() -> <<(id(<<"a">>)):(id(N))/bits>> end) || N <- [8, 9, 64]].
whole_not_aligned() ->
    [case_lib:top(fun() -> <<(id(B))/binary>> end) || B <- [<<1:1>>, <<1:9>>, <<0:15>>]].
not_a_binary() ->
    [case_lib:top(fun() -> <<(id(X))/binary>> end) || X <- [a, 1, "ab", [], {}, 1.5, #{}]].
not_a_binary_sized() -> [case_lib:top(fun() -> <<(id(X)):2/binary>> end) || X <- [a, 1, "ab", []]].
not_a_bitstring() -> [case_lib:top(fun() -> <<(id(X))/bitstring>> end) || X <- [a, 1, "ab", []]].
source_is_unaligned_sub_binary() ->
    <<_:3, B/bitstring>> = id(<<16#123456789A:40>>),
    [hex(<<B/bitstring>>), hex(<<0:3, B/bitstring>>), hex(<<1:1, B/bitstring, 1:1>>)].
source_offset_times_target_offset() ->
    Src = id(<<16#FEDCBA98:32>>),
    [begin
         <<_:S, X:13/bitstring, _/bitstring>> = Src,
         case_lib:bits(<<0:T, X/bitstring>>)
     end || S <- lists:seq(0, 8), T <- lists:seq(0, 8)].
source_offset_long() ->
    Src = list_to_binary(lists:seq(0, 255)),
    [begin
         <<_:S, X:1000/bitstring, _/bitstring>> = Src,
         erlang:phash2(<<0:T, X/bitstring>>)
     end || S <- lists:seq(0, 7), T <- lists:seq(0, 7)].
same_binary_twice() -> B = id(<<"xyz">>), <<B/binary, B/binary, B/binary>>.
result_is_fresh_copy() -> B = id(<<1, 2, 3>>), C = <<B/binary>>, {B =:= C, B == C, C}.
heap_binary_border() ->
    [begin B = id(binary:copy(<<"q">>, N)), C = <<B/binary, 0>>, {byte_size(C), binary:last(C)} end
     || N <- [61, 62, 63, 64, 65, 66, 127, 128, 255, 256, 257]].
size_from_earlier_variable() ->
    B = id(<<"length prefixed">>), N = byte_size(B), <<N:16, B:N/binary>>.
size_expression() ->
    B = id(<<"abcdef">>), <<B:(byte_size(B) div 2)/binary, B:(byte_size(B) - 1)/binary>>.
nested_four_deep() ->
    <<1, (<<2, (<<3, (<<(id(4))>>)/binary>>)/binary>>)/binary, 5>>.
big_parts() ->
    A = binary:copy(<<"a">>, 100000), B = binary:copy(<<"b">>, 200000),
    C = <<A/binary, 0:4, B/binary, 1:4>>,
    {byte_size(C), erlang:crc32(C)}.
bitstring_concat_all_residues() ->
    [bit_size(<<(<<0:A>>)/bitstring, (<<0:B>>)/bitstring>>) || A <- lists:seq(0, 9),
     B <- lists:seq(0, 9)].
