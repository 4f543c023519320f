%% Construction of integer segments: sizes, signs, byte orders, units, and
%% what is cut off when the value is too big for its field.
-module(bits_construct_int).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

hex(B) -> case_lib:hex(B).

values() ->
    [[0, 1, -1, 2, -2, 127, 128, -128, -129, 255, 256, 65535, -65536],
     [(1 bsl 31) - 1, 1 bsl 31, -(1 bsl 31), (1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59),
      -(1 bsl 59) - 1],
     [(1 bsl 63) - 1, 1 bsl 63, -(1 bsl 63), (1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64), 1 bsl 127,
      16#0123456789ABCDEF0123456789ABCDEF, -16#0123456789ABCDEF0123456789ABCDEF]].

all_values() -> lists:append(values()).

int_default() -> [<<(id(V))>> || V <- all_values()].
int_8() -> [<<(id(V)):8>> || V <- all_values()].
int_16() -> [hex(<<(id(V)):16>>) || V <- all_values()].
int_16_little() -> [hex(<<(id(V)):16/little>>) || V <- all_values()].
int_16_native() -> [hex(<<(id(V)):16/native>>) || V <- all_values()].
int_24() -> [hex(<<(id(V)):24>>) || V <- all_values()].
int_24_little() -> [hex(<<(id(V)):24/little>>) || V <- all_values()].
int_32() -> [hex(<<(id(V)):32>>) || V <- all_values()].
int_32_little() -> [hex(<<(id(V)):32/little>>) || V <- all_values()].
int_40() -> [hex(<<(id(V)):40>>) || V <- all_values()].
int_40_little() -> [hex(<<(id(V)):40/little>>) || V <- all_values()].
int_48() -> [hex(<<(id(V)):48>>) || V <- all_values()].
int_56_little() -> [hex(<<(id(V)):56/little>>) || V <- all_values()].
int_60() -> [hex(<<(id(V)):60>>) || V <- all_values()].
int_63() -> [hex(<<(id(V)):63>>) || V <- all_values()].
int_63_little() -> [hex(<<(id(V)):63/little>>) || V <- all_values()].
int_64() -> [hex(<<(id(V)):64>>) || V <- all_values()].
int_64_little() -> [hex(<<(id(V)):64/little>>) || V <- all_values()].
int_64_native() -> [hex(<<(id(V)):64/native>>) || V <- all_values()].
int_65() -> [hex(<<(id(V)):65>>) || V <- all_values()].
int_65_little() -> [hex(<<(id(V)):65/little>>) || V <- all_values()].
int_72() -> [hex(<<(id(V)):72>>) || V <- all_values()].
int_72_little() -> [hex(<<(id(V)):72/little>>) || V <- all_values()].
int_127() -> [hex(<<(id(V)):127>>) || V <- all_values()].
int_128() -> [hex(<<(id(V)):128>>) || V <- all_values()].
int_128_little() -> [hex(<<(id(V)):128/little>>) || V <- all_values()].
int_130() -> [hex(<<(id(V)):130>>) || V <- all_values()].
int_130_little() -> [hex(<<(id(V)):130/little>>) || V <- all_values()].
int_256() -> [hex(<<(id(V)):256>>) || V <- all_values()].
int_256_little() -> [hex(<<(id(V)):256/little>>) || V <- all_values()].

int_1() -> [case_lib:bits(<<(id(V)):1>>) || V <- all_values()].
int_2() -> [case_lib:bits(<<(id(V)):2>>) || V <- all_values()].
int_3_little() -> [case_lib:bits(<<(id(V)):3/little>>) || V <- all_values()].
int_7() -> [case_lib:bits(<<(id(V)):7>>) || V <- all_values()].
int_9() -> [case_lib:bits(<<(id(V)):9>>) || V <- all_values()].
int_9_little() -> [case_lib:bits(<<(id(V)):9/little>>) || V <- all_values()].
int_12() -> [case_lib:bits(<<(id(V)):12>>) || V <- all_values()].
int_12_little() -> [case_lib:bits(<<(id(V)):12/little>>) || V <- all_values()].
int_13_little() -> [case_lib:bits(<<(id(V)):13/little>>) || V <- all_values()].
int_15() -> [case_lib:bits(<<(id(V)):15>>) || V <- all_values()].
int_17_little() -> [case_lib:bits(<<(id(V)):17/little>>) || V <- all_values()].

int_signed_is_same_as_unsigned() ->
    [<<(id(V)):20/signed>> =:= <<(id(V)):20/unsigned>> || V <- all_values()].

dynamic_size_zero() -> [<<(id(V)):(id(0))>> || V <- all_values()].
dynamic_size_0_to_20_of_minus_2() -> [case_lib:bits(<<(id(-2)):(id(S))>>) || S <- lists:seq(0, 20)].
dynamic_size_0_to_20_of_minus_2_little() ->
    [case_lib:bits(<<(id(-2)):(id(S))/little>>) || S <- lists:seq(0, 20)].
dynamic_size_0_to_64_of_pattern() ->
    [hex(<<(id(16#5A5AA5A5C3C33C3C)):(id(S))>>) || S <- lists:seq(0, 64)].
dynamic_size_0_to_64_of_pattern_little() ->
    [hex(<<(id(16#5A5AA5A5C3C33C3C)):(id(S))/little>>) || S <- lists:seq(0, 64)].
dynamic_size_57_to_130_of_small() ->
    [hex(<<(id(16#123456789ABCDEF)):(id(S))>>) || S <- lists:seq(57, 130)].
dynamic_size_57_to_130_of_negative_small() ->
    [hex(<<(id(-16#123456789ABCDEF)):(id(S))>>) || S <- lists:seq(57, 130)].
dynamic_size_57_to_130_of_negative_small_little() ->
    [hex(<<(id(-16#123456789ABCDEF)):(id(S))/little>>) || S <- lists:seq(57, 130)].
dynamic_size_1_to_130_of_big() ->
    [hex(<<(id(16#FEDCBA98765432100123456789ABCDEF)):(id(S))>>) || S <- lists:seq(1, 130)].
dynamic_size_1_to_130_of_big_little() ->
    [hex(<<(id(16#FEDCBA98765432100123456789ABCDEF)):(id(S))/little>>) || S <- lists:seq(1, 130)].
dynamic_size_1_to_130_of_negative_big() ->
    [hex(<<(id(-16#FEDCBA98765432100123456789ABCDEF)):(id(S))>>) || S <- lists:seq(1, 130)].
dynamic_size_1_to_130_of_negative_big_little() ->
    [hex(<<(id(-16#FEDCBA98765432100123456789ABCDEF)):(id(S))/little>>) || S <- lists:seq(1, 130)].

units() ->
    V = id(16#0123456789ABCDEF),
    S = id(3),
    [hex(<<V:S/unit:1>>), hex(<<V:S/unit:2>>), hex(<<V:S/unit:3>>), hex(<<V:S/unit:7>>),
     hex(<<V:S/unit:8>>), hex(<<V:S/unit:13>>), hex(<<V:S/unit:16>>), hex(<<V:S/unit:32>>),
     hex(<<V:S/unit:64>>), hex(<<V:S/unit:100>>), hex(<<V:S/unit:255>>), hex(<<V:S/unit:256>>)].
units_little() ->
    V = id(16#0123456789ABCDEF),
    S = id(2),
    [hex(<<V:S/little-unit:1>>), hex(<<V:S/little-unit:5>>), hex(<<V:S/little-unit:8>>),
     hex(<<V:S/little-unit:13>>), hex(<<V:S/little-unit:16>>), hex(<<V:S/little-unit:40>>),
     hex(<<V:S/little-unit:64>>), hex(<<V:S/little-unit:256>>)].
unit_literal_size() ->
    V = id(-3),
    [hex(<<V:2/unit:4>>), hex(<<V:4/unit:9>>), hex(<<V:1/unit:256>>), hex(<<V:0/unit:256>>)].

several_literal_segments() ->
    A = id(16#A), B = id(16#BC), C = id(16#DEF), D = id(1),
    hex(<<A:4, B:8, C:12, D:1, 0:7, A:4/little, 16#FF:4>>).
several_fields_in_one_word() ->
    [hex(<<(id(5)):3, (id(1)):1, (id(9)):4, (id(300)):9, (id(-1)):7>>),
     hex(<<(id(1)):1, (id(1)):31, (id(1)):32>>),
     hex(<<(id(-1)):1, (id(0)):62, (id(-1)):1>>)].
fields_around_word_border() ->
    [hex(<<(id(1)):S, (id(-1)):8, (id(0)):(128 - 8 - S)>>) || S <- lists:seq(50, 70)].
mixed_endian_fields() ->
    V = id(16#1234),
    [hex(<<V:16/big, V:16/little, V:16/big, V:16/little>>),
     hex(<<V:13/big, V:13/little, V:13/big, V:13/little>>)].
literal_only() ->
    [<<>>, <<0>>, <<1, 2, 3>>, <<256>>, <<-1>>, <<1:1>>, <<5:3>>, <<1:16/little>>, <<-1:70>>].
literal_string() ->
    [<<"abc">>, <<"abc", (id($d))>>, <<"abc":16>>, <<"ab":16/little>>, <<"ab":12>>, <<"">>].
literal_string_unaligned() -> [<<(id(1)):1, "abc":8, 0:7>>, <<(id(1)):4, "hello, world", 0:4>>].
literal_zero_fill() -> [<<0:0>>, <<0:1>>, <<0:64>>, <<0:100>>, byte_size(<<0:8000>>)].
value_expression_types_known() ->
    X = id(7),
    Y = X band 16#FF,
    Z = (X bsl 70) bor 1,
    [<<Y>>, <<Y:4>>, <<Y:16/little>>, <<Z:80>>, <<Z:8>>].
length_known_integer() ->
    T = id({1, 2, 3}),
    L = length(id([a, b])),
    <<(tuple_size(T)):8, L:8, (tuple_size(T) * 256):16>>.
order_of_evaluation() ->
    erase(log),
    P = fun(X) -> put(log, [X | case get(log) of undefined -> []; L -> L end]), X end,
    B = <<(P(1)):(P(8)), (P(2)):(P(16)), (P(3))>>,
    {B, lists:reverse(erase(log))}.
nested_construction() -> <<(<<(id(1)), (id(2))>>)/binary, (<<(id(3)):4>>)/bitstring, 0:4>>.
huge_field_of_small() ->
    B = <<(id(-5)):2000>>, {byte_size(B), erlang:crc32(B), binary:part(B, 240, 10)}.
huge_field_of_small_little() ->
    B = <<(id(-5)):2000/little>>, {byte_size(B), erlang:crc32(B), binary:part(B, 0, 10)}.
huge_field_of_big() ->
    B = <<(id(1 bsl 1000 - 3)):2001>>, {bit_size(B), hex(B)}.
cut_big_to_small_field() ->
    [<<(id(1 bsl 1000 + 5)):8>>, <<(id(-(1 bsl 1000) - 5)):8>>, <<(id(-(1 bsl 1000))):16/little>>,
     case_lib:bits(<<(id(-(1 bsl 200) - 1)):11>>)].
minus_one_all_sizes() -> [<<(id(-1)):(id(S))>> =:= <<((1 bsl S) - 1):S>> || S <- lists:seq(0, 130)].
power_of_two_all_sizes() -> [<<(id(1 bsl S)):S>> =:= <<0:S>> || S <- lists:seq(0, 130)].
