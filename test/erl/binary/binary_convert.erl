%% Conversions between binaries, lists, iolists, atoms and bitstrings.
-module(binary_convert).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
each(F, L) -> case_lib:each(F, L).
top(F) -> case_lib:top(F).
text(F) -> case_lib:text(F).

iolists() ->
    [[], "", <<>>, "abc", <<"abc">>, [1, 2 | <<3>>], [[], [[]], [<<>>]], [[[1], 2], [[[3]]]],
     ["ab", <<"cd">>, [$e, ["f" | <<"g">>]]], [<<"a">> | <<"b">>]].
bad_iolists() -> [[a], [256], [-1], [1 | 2], [1.0], [{}], [<<1:1>>], ["a" | b], [[1], [a]], [#{}]].

list_to_binary_good() -> [list_to_binary(id(L)) || L <- iolists(), is_list(L)].
list_to_binary_bad() ->
    [top(fun() -> list_to_binary(id(L)) end) || L <- bad_iolists() ++ [a, <<"x">>, 1]].
iolist_to_binary_good() -> [iolist_to_binary(id(L)) || L <- iolists()].
iolist_to_binary_bad() ->
    [top(fun() -> iolist_to_binary(id(L)) end) || L <- bad_iolists() ++ [a, 1]].
iolist_size_good() -> [iolist_size(id(L)) || L <- iolists()].
iolist_size_bad() -> [top(fun() -> iolist_size(id(L)) end) || L <- bad_iolists() ++ [a, <<1:1>>]].
iolist_same_binary_back() -> B = id(<<"same">>), iolist_to_binary(B) =:= B.
iolist_deep() ->
    L = lists:foldl(fun(N, A) -> [A, N rem 256] end, [], lists:seq(1, 10000)),
    B = iolist_to_binary(L), {byte_size(B), erlang:crc32(B), iolist_size(L)}.
iolist_deep_right() ->
    L = lists:foldl(fun(N, A) -> [N rem 256 | [A]] end, [], lists:seq(1, 10000)),
    B = iolist_to_binary(L), {byte_size(B), erlang:crc32(B)}.
iolist_large_binaries() ->
    B = binary:copy(<<"z">>, 100000), R = iolist_to_binary([B, $-, B, [B | B]]),
    {byte_size(R), erlang:crc32(R)}.
list_to_bitstring_good() ->
    [list_to_bitstring(id(L)) || L <- [[], [1], [<<1:1>>, 2], [[<<5:3>>] | <<1:5>>]]].
list_to_bitstring_bad() ->
    [top(fun() -> list_to_bitstring(id(L)) end) || L <- [[a], a, [256], [1 | 2]]].
bitstring_to_list() -> [bitstring_to_list(id(B)) || B <- [<<>>, <<1>>, <<1:1>>, <<1, 2, 3:3>>]].
bitstring_to_list_bad() -> [top(fun() -> bitstring_to_list(id(X)) end) || X <- [a, [1]]].
binary_to_list_1() ->
    [binary_to_list(id(B))
     || B <- [<<>>, <<"abc">>,
              <<0, 255>>]] ++ [length(binary_to_list(binary:copy(<<"x">>, 100000)))].
binary_to_list_3() ->
    each(fun({S, E}) -> binary_to_list(<<"abcdef">>, S, E) end,
         [{1, 6}, {1, 1}, {6, 6}, {2, 4}, {0, 1}, {4, 2}, {1, 7}, {7, 7}, {a, 1}]).
binary_to_list_3_frames() ->
    [top(fun() -> binary_to_list(<<"ab">>, id(0), id(1)) end),
     top(fun() -> binary_to_list(id(a), 1, 1) end)].

atom_to_binary_1() -> [atom_to_binary(id(A)) || A <- ['', abc, 'é', '€', '😀']].
atom_to_binary_2() -> [atom_to_binary(id('é'), E) || E <- [latin1, utf8, unicode]].
atom_to_binary_latin1_too_wide() ->
    [top(fun() -> atom_to_binary(id(A), latin1) end) || A <- ['€', '日本']].
atom_to_binary_errors() ->
    each(fun({A, E}) -> atom_to_binary(A, E) end, [{1, utf8}, {"a", utf8}, {a, utf16}, {a, x}]).
atom_to_list() -> [atom_to_list(id(A)) || A <- ['', abc, 'é', '€', '😀', 'a b']].
atom_to_list_errors() -> [top(fun() -> atom_to_list(id(X)) end) || X <- [1, "a", <<"a">>, []]].
list_to_atom() ->
    [list_to_atom(id(L)) || L <- ["", "abc", "a b", [233], [8364], [128512], "123", "Upper"]].
list_to_atom_errors() ->
    [top(fun() -> list_to_atom(id(L)) end)
     || L <- [a, [a], [-1], [16#110000], [16#D800], [$a | b], <<"a">>, 1, [1.0]]].
list_to_atom_255_256() ->
    each(fun({N, C}) -> length(atom_to_list(list_to_atom(lists:duplicate(N, C)))) end,
         [{255, $l}, {256, $l}, {255, 8364}, {256, 8364}, {10000, $l}]).
list_to_atom_too_long_frame() ->
    {error, R, {M, F, [_], I}} = top(fun() -> list_to_atom(lists:duplicate(256, $a)) end),
    {R, M, F, I}.
binary_to_atom_1() -> [binary_to_atom(id(B)) || B <- [<<>>, <<"abc">>, <<"é"/utf8>>, <<"€"/utf8>>]].
binary_to_atom_2() ->
    each(fun({B, E}) -> binary_to_atom(B, E) end,
         [{<<233>>, latin1}, {<<233>>, utf8}, {<<"é"/utf8>>, latin1}, {<<"é"/utf8>>, unicode},
          {<<"a">>, x}]).
binary_to_atom_errors() ->
    [top(fun() -> binary_to_atom(id(B)) end)
     || B <- [a, "a", <<255>>, <<16#ED, 16#A0, 16#80>>, <<1:1>>]].
binary_to_atom_too_long() ->
    each(fun({B, N}) -> length(atom_to_list(binary_to_atom(binary:copy(B, N)))) end,
         [{<<"m">>, 255}, {<<"m">>, 256}, {<<"€"/utf8>>, 255}, {<<"€"/utf8>>, 256}]).
existing_atom_known() ->
    [list_to_existing_atom(id("lists")), binary_to_existing_atom(id(<<"lists">>)),
     binary_to_existing_atom(id(<<"lists">>), latin1)].
existing_atom_unknown() ->
    [top(fun() -> list_to_existing_atom(id("no_such_atom_" ++ "q1")) end),
     top(fun() -> binary_to_existing_atom(id(<<"no_such_atom_q2">>)) end),
     top(fun() -> binary_to_existing_atom(id(<<"no_such_atom_q3">>), utf8) end)].
existing_atom_unknown_text() ->
    text(fun() -> binary_to_existing_atom(id(<<"no_such_atom_q4">>), utf8) end).
existing_atom_errors() ->
    each(fun(X) -> list_to_existing_atom(X) end,
         [a, [a], [256 bsl 20]]) ++ each(fun(X) -> binary_to_existing_atom(X) end, [a, <<255>>]).
existing_atom_too_long() ->
    each(fun(N) -> list_to_existing_atom(lists:duplicate(N, $j)) end,
         [256]) ++ each(fun(N) -> binary_to_existing_atom(binary:copy(<<"j">>, N)) end, [256]).

integer_to_binary_bases() ->
    [integer_to_binary(id(N), B) || N <- [0, 255, -255, 1 bsl 70], B <- [2, 8, 16, 36]].
binary_to_integer_good() ->
    [binary_to_integer(id(B))
     || B <- [<<"0">>, <<"-1">>, <<"+7">>, <<"0012">>, <<"123456789012345678901234567890">>]].
binary_to_integer_bad() ->
    [top(fun() -> binary_to_integer(id(B)) end)
     || B <- [<<>>, <<"-">>, <<"+">>, <<"1a">>, <<" 1">>, <<"1 ">>, <<"1.0">>, a, "1", <<"--1">>]].
binary_to_integer_base() ->
    each(fun({B, N}) -> binary_to_integer(B, N) end,
         [{<<"ff">>, 16}, {<<"FF">>, 16}, {<<"zz">>, 36}, {<<"12">>, 2}, {<<"1">>, 1},
          {<<"1">>, 37}, {<<"-8000000000000000">>, 16}]).
list_to_integer_bad() ->
    [top(fun() -> list_to_integer(id(B)) end)
     || B <- ["", "-", "1a", a, <<"1">>, [1 | 2], "1.0", [256]]].
binary_to_float_good() ->
    [binary_to_float(id(B))
     || B <- [<<"0.0">>, <<"-1.5">>, <<"1.0e10">>, <<"+2.5E-3">>, <<"1.7976931348623157e308">>]].
binary_to_float_bad() ->
    [top(fun() -> binary_to_float(id(B)) end)
     || B <- [<<>>, <<"1">>, <<"1.">>, <<".5">>, <<"1e5">>, <<"1.0e999">>, <<"1.0x">>, a, "1.0"]].
fun_to_list_externals() ->
    [erlang:fun_to_list(id(F)) || F <- [fun lists:map/2, fun 'Big Mod':'f-x'/0, fun erlang:'+'/2]].
fun_to_list_errors() -> [top(fun() -> erlang:fun_to_list(id(X)) end) || X <- [a, {lists, map}]].
text_list_to_binary() -> text(fun() -> list_to_binary(id([a])) end).
text_list_to_atom() -> text(fun() -> list_to_atom(id([a])) end).
text_list_to_atom_long() -> text(fun() -> list_to_atom(lists:duplicate(256, $k)) end).
text_binary_to_atom() -> text(fun() -> binary_to_atom(id(<<255>>), utf8) end).
text_atom_to_binary() -> text(fun() -> atom_to_binary(id('€'), latin1) end).
text_binary_to_list() -> text(fun() -> binary_to_list(id(<<"ab">>), id(0), id(3)) end).
text_binary_part() -> text(fun() -> binary_part(id(<<"ab">>), id(0), id(3)) end).
text_split_binary() -> text(fun() -> split_binary(id(<<"ab">>), id(3)) end).
text_binary_to_integer() -> text(fun() -> binary_to_integer(id(<<"x">>), id(99)) end).
text_binary_to_float() -> text(fun() -> binary_to_float(id(<<"1">>)) end).
text_binary_to_term() -> text(fun() -> binary_to_term(id(<<1, 2, 3>>), id([bad])) end).
text_iolist_size() -> text(fun() -> iolist_size(id([a])) end).
text_byte_size() -> text(fun() -> byte_size(id(a)) end).
text_element() -> text(fun() -> element(id(3), id({a, b})) end).
text_setelement() -> text(fun() -> setelement(id(x), id([]), 1) end).
text_make_tuple() -> text(fun() -> erlang:make_tuple(id(-1), x) end).
text_phash2() -> text(fun() -> erlang:phash2(a, id(0)) end).
text_crc32() -> text(fun() -> erlang:crc32(id(-1), id(a)) end).
text_md5() -> text(fun() -> erlang:md5(id(a)) end).
text_integer_to_binary() -> text(fun() -> integer_to_binary(id(a), id(99)) end).
