%% Construction of utf8, utf16 and utf32 segments.
-module(bits_construct_utf).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

hex(B) -> case_lib:hex(B).

borders() ->
    [0, 1, 16#7F, 16#80, 16#FF, 16#100, 16#7FF, 16#800, 16#FFF, 16#1000, 16#D7FF, 16#E000, 16#FFFD,
     16#FFFE, 16#FFFF, 16#10000, 16#10FFFF].

bad() -> [16#D800, 16#DBFF, 16#DC00, 16#DFFF, 16#110000, -1, 1 bsl 32, 1 bsl 70, -(1 bsl 70)].

utf8_borders() -> [hex(<<(id(C))/utf8>>) || C <- borders()].
utf16_borders() -> [hex(<<(id(C))/utf16>>) || C <- borders()].
utf16_little_borders() -> [hex(<<(id(C))/utf16-little>>) || C <- borders()].
utf16_native_borders() -> [hex(<<(id(C))/utf16-native>>) || C <- borders()].
utf32_borders() -> [hex(<<(id(C))/utf32>>) || C <- borders()].
utf32_little_borders() -> [hex(<<(id(C))/utf32-little>>) || C <- borders()].
utf32_native_borders() -> [hex(<<(id(C))/utf32-native>>) || C <- borders()].
utf8_bad() -> [case_lib:top(fun() -> <<(id(C))/utf8>> end) || C <- bad()].
utf16_bad() -> [case_lib:top(fun() -> <<(id(C))/utf16>> end) || C <- bad()].
utf32_bad() -> [case_lib:top(fun() -> <<(id(C))/utf32>> end) || C <- bad()].
utf8_not_an_integer() ->
    [case_lib:top(fun() -> <<(id(C))/utf8>> end) || C <- [a, 1.0, "a", <<"a">>, []]].
utf16_not_an_integer() -> [case_lib:top(fun() -> <<(id(C))/utf16>> end) || C <- [a, 1.0, {}]].
utf32_not_an_integer() -> [case_lib:top(fun() -> <<(id(C))/utf32>> end) || C <- [a, 1.0, {}]].
utf8_literals() -> [<<"abc"/utf8>>, <<"åäö"/utf8>>, <<"€"/utf8>>, <<16#1F600/utf8>>].
utf16_literals() -> [<<"abc"/utf16>>, <<"å€"/utf16>>, <<16#1F600/utf16>>, <<"ab"/utf16-little>>].
utf32_literals() -> [<<"abc"/utf32>>, <<"å€"/utf32>>, <<"ab"/utf32-little>>].
utf8_loop() -> << <<C/utf8>> || C <- id([$H, $e, 16#DF, 16#3B1, 16#4E2D, 16#1F4A9]) >>.
utf16_loop() -> << <<C/utf16>> || C <- id([$H, $e, 16#DF, 16#3B1, 16#4E2D, 16#1F4A9]) >>.
utf_mixed_in_one() ->
    C = id(16#1F4A9),
    hex(<<C/utf8, C/utf16, C/utf16-little, C/utf32, C/utf32-little>>).
utf8_all_of_a_block_size() ->
    B = << <<C/utf8>> || C <- lists:seq(0, 16#D7FF) >>,
    {byte_size(B), erlang:crc32(B)}.
utf16_all_of_planes() ->
    B = << <<C/utf16>> || C <- lists:seq(16#E000, 16#20000) >>,
    {byte_size(B), erlang:crc32(B)}.
utf8_same_as_unicode_module() ->
    [<<(id(C))/utf8>> =:= unicode:characters_to_binary([C]) || C <- borders()].
utf16_same_as_unicode_module() ->
    [<<(id(C))/utf16>> =:= unicode:characters_to_binary([C], utf8, utf16) || C <- borders()].
