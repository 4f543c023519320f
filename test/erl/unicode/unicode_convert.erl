%% unicode:characters_to_binary and characters_to_list with every encoding,
%% and their error and incomplete returns.
-module(unicode_convert).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
each(F, L) -> case_lib:each(F, L).

text() -> [$a, 16#E9, 16#20AC, 16#1F600, $z].

to_binary_1() ->
    [unicode:characters_to_binary(id(X))
     || X <- [[], "abc", text(), <<"abc">>, <<"é€"/utf8>>, ["a", [16#E9], <<"é"/utf8>> | <<"z">>]]].
to_binary_latin1_in() ->
    [unicode:characters_to_binary(id(X), latin1)
     || X <- ["abc", [233], <<233, 255>>, [<<200>>, 201]]].
to_binary_latin1_in_errors() ->
    each(fun(X) -> unicode:characters_to_binary(X, latin1) end, [[256], [a], a, [<<1:1>>]]).
to_binary_each_out() ->
    [case_lib:hex(unicode:characters_to_binary(text(), unicode, E))
     || E <- [utf8, unicode, utf16, {utf16, big}, {utf16, little}, utf32, {utf32, big},
              {utf32, little}]].
to_binary_latin1_out() ->
    [unicode:characters_to_binary(id(X), unicode, latin1) || X <- ["abc", [233, 255]]].
to_binary_latin1_out_errors() ->
    [unicode:characters_to_binary(id(X), unicode, latin1)
     || X <- [[$a, 256, $b], [16#20AC], ["ab", [$c, 300], "d"], <<"ab€cd"/utf8>>]].
to_binary_each_in() ->
    [unicode:characters_to_binary(unicode:characters_to_binary(text(), unicode, E), E,
                                  utf8) =:= unicode:characters_to_binary(text())
     || E <- [utf8, utf16, {utf16, little}, utf32, {utf32, little}]].
to_binary_latin1_to_utf16() ->
    case_lib:hex(unicode:characters_to_binary(id(<<"aé", 255>>), latin1, utf16)).
to_binary_integers_ignore_encoding() ->
    [unicode:characters_to_binary(id([16#20AC, $a]), E, utf8) || E <- [utf8, utf16, utf32]].
to_binary_errors_utf8() ->
    [unicode:characters_to_binary(id(B))
     || B <- [<<"ab", 255, "cd">>, <<16#C0, 16#80>>, <<16#ED, 16#A0, 16#80>>,
              <<16#F4, 16#90, 16#80, 16#80>>, <<"ok", 16#80>>, [<<"ab">>, [<<"c", 255>>], "d"]]].
to_binary_incomplete_utf8() ->
    [unicode:characters_to_binary(id(B))
     || B <- [<<16#C3>>, <<"ab", 16#E2>>, <<"ab", 16#E2, 16#82>>, <<16#F0, 16#9F, 16#98>>]].
to_binary_incomplete_in_list() ->
    [unicode:characters_to_binary(id(B))
     || B <- [[<<"ab", 16#E2>>], [<<"ab", 16#E2>>, <<16#82, 16#AC>>], [<<"ab", 16#E2>>, $x],
              [<<16#E2>>, <<16#82>>, <<16#AC>>, "tail"], [[<<16#E2>>], [[<<16#82>>]]]]].
to_binary_bad_codepoints() ->
    [unicode:characters_to_binary(id(X))
     || X <- [[16#D800], [$a, 16#DFFF, $b], [16#110000], [-1], [$a, [$b, 16#D800 | "c"], "d"],
              [1 bsl 70]]].
to_binary_badarg() ->
    each(fun(X) -> unicode:characters_to_binary(X) end,
         [a, [a], [1.0], [$a | b], [<<1:1>>], <<1:1>>, {}, [[]|a]]).
to_binary_badarg_frame() ->
    [case_lib:top(fun() -> unicode:characters_to_binary(id(a)) end),
     case_lib:top(fun() -> unicode:characters_to_binary("a", id(x)) end),
     case_lib:top(fun() -> unicode:characters_to_binary("a", utf8, id(x)) end)].
to_binary_badarg_text() ->
    [case_lib:text(fun() -> unicode:characters_to_binary(id(a)) end),
     case_lib:text(fun() -> unicode:characters_to_binary("a", id(x), id(y)) end)].
to_binary_bad_encodings() ->
    each(fun({I, O}) -> unicode:characters_to_binary("a", I, O) end,
         [{x, utf8}, {utf8, x}, {{utf8, big}, utf8}, {utf8, {utf16, native}}, {utf8, "utf8"}]).
to_binary_utf16_errors() ->
    [unicode:characters_to_binary(id(B), utf16, utf8)
     || B <- [<<16#DC00:16>>, <<97:16, 16#DC00:16, 98:16>>, <<16#D83D:16, 97:16>>]].
to_binary_utf16_incomplete() ->
    [unicode:characters_to_binary(id(B), utf16, utf8)
     || B <- [<<0>>, <<97:16, 0>>, <<16#D83D:16>>, <<16#D83D:16, 16#DE>>]].
to_binary_utf16_little_errors() ->
    [unicode:characters_to_binary(id(B), {utf16, little}, utf8)
     || B <- [<<16#DC00:16/little>>, <<16#D83D:16/little>>, <<97>>]].
to_binary_utf32_errors() ->
    [unicode:characters_to_binary(id(B), utf32, utf8)
     || B <- [<<16#110000:32>>, <<16#D800:32>>, <<97:32, -1:32, 98:32>>, <<97:24>>,
              <<97:32, 0:16>>]].
to_binary_utf32_little() ->
    [unicode:characters_to_binary(id(B), {utf32, little}, utf8)
     || B <- [<<97:32/little>>, <<97:32>>, <<97:32/little, 1:8>>]].
to_binary_long() ->
    B = unicode:characters_to_binary(lists:append(lists:duplicate(20000, text()))),
    {byte_size(B), erlang:crc32(B)}.
to_binary_long_latin1() ->
    B = unicode:characters_to_binary(binary:copy(<<228>>, 100000), latin1),
    {byte_size(B), erlang:crc32(B)}.
to_binary_long_error_at_end() ->
    {error, A, R} = unicode:characters_to_binary([lists:duplicate(50000, 16#20AC), 16#D800,
                                                  "rest"]), {byte_size(A), R}.
to_binary_same_when_utf8() -> B = id(<<"déjà vu"/utf8>>), unicode:characters_to_binary(B) =:= B.
to_binary_unaligned() ->
    <<_:3, B:40/bits, _/bits>> = id(<<0:3, "aé€"/utf8, 0:5>>), unicode:characters_to_binary(B).

to_list_1() ->
    [unicode:characters_to_list(id(X))
     || X <- [[], <<>>, "abc", <<"é€😀"/utf8>>, [<<"é"/utf8>>, 8364, ["x"] | <<"z">>]]].
to_list_each_in() ->
    [unicode:characters_to_list(unicode:characters_to_binary(text(), unicode, E), E)
     || E <- [utf8, utf16, {utf16, little}, utf32, {utf32, big}, {utf32, little}]].
to_list_latin1() ->
    [unicode:characters_to_list(id(X), latin1) || X <- [<<233, 255>>, "abc", [<<1>>, 2]]].
to_list_errors() ->
    [unicode:characters_to_list(id(B))
     || B <- [<<"ab", 255, "cd">>, [$a, 16#D800, $b], [<<"ab", 255>>, "c"], [$a, [16#110000] | "z"],
              <<16#ED, 16#A0, 16#80, "x">>]].
to_list_incomplete() ->
    [unicode:characters_to_list(id(B))
     || B <- [<<16#C3>>, <<"ab", 16#E2, 16#82>>, [<<"ab", 16#E2>>], [<<"ab", 16#E2>>, $x],
              [<<"x", 16#E2>>, <<16#82, 16#AC>>]]].
to_list_badarg() ->
    each(fun(X) -> unicode:characters_to_list(X) end, [a, [a], [1.0], [$a | b], <<1:1>>]).
to_list_badarg_frame() ->
    [case_lib:top(fun() -> unicode:characters_to_list(id(a)) end),
     case_lib:top(fun() -> unicode:characters_to_list("a", id(x)) end)].
to_list_long() ->
    L = unicode:characters_to_list(binary:copy(<<"é€"/utf8>>, 30000)),
    {length(L), erlang:phash2(L)}.
to_list_utf16_errors() ->
    [unicode:characters_to_list(id(B), utf16)
     || B <- [<<16#DC00:16, 97:16>>, <<97:16, 0>>, <<16#D83D:16>>]].
bom_to_encoding() ->
    [unicode:bom_to_encoding(id(B))
     || B <- [<<16#EF, 16#BB, 16#BF, "x">>, <<16#FE, 16#FF>>, <<16#FF, 16#FE, 1>>,
              <<0, 0, 16#FE, 16#FF>>, <<16#FF, 16#FE, 0, 0>>, <<"abc">>, <<>>, <<16#FF>>]].
encoding_to_bom() ->
    [unicode:encoding_to_bom(id(E))
     || E <- [utf8, utf16, {utf16, big}, {utf16, little}, utf32, {utf32, little}, latin1, unicode]].
normalize_nfc_nfd() ->
    [{unicode:characters_to_nfc_list(id(S)), unicode:characters_to_nfd_list(S)}
     || S <- [[$e, 16#301], [16#E9], [16#1E9B, 16#323], [16#AC00], [16#1100, 16#1161], "plain"]].
normalize_nfkc_nfkd() ->
    [{unicode:characters_to_nfkc_list(id(S)), unicode:characters_to_nfkd_list(S)}
     || S <- [[16#FB01], [16#2460], [16#1E9B, 16#323], [16#FF21]]].
normalize_binaries() ->
    {unicode:characters_to_nfc_binary(id(<<"e", 16#301/utf8>>)),
     unicode:characters_to_nfd_binary(id(<<16#E9/utf8>>))}.
