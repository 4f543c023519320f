%% Encodings cut at each byte, and with each byte changed: badarg or another
%% term, never anything else.
-module(etf_truncate).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

%% Every proper prefix must be refused.
cut(T) -> cut(T, []).
cut(T, Opts) ->
    B = term_to_binary(id(T), Opts),
    {byte_size(B), [N || N <- lists:seq(0, byte_size(B) - 1),
                    case_lib:class(fun() -> binary_to_term(binary:part(B, 0, N)) end) =/= {error, badarg}]}.

%% What becomes of it when one byte is replaced, as a hash over the results.
%% Creating atoms is avoided by looking at terms without them.
change(T, Byte) ->
    B = term_to_binary(id(T)),
    [case case_lib:class(fun() -> binary_to_term(<<P/binary, Byte, R/binary>>) end) of
         {error, badarg} -> bad;
         {ok, V} -> V
     end || N <- lists:seq(0, byte_size(B) - 1), <<P:N/binary, _, R/binary>> <- [B]].

cut_small_integer() -> cut(5).
cut_integer() -> cut(-5).
cut_big() -> cut(1 bsl 100).
cut_large_big() -> cut(1 bsl 2100).
cut_float() -> cut(1.5).
cut_float_minor_0() -> cut(1.5, [{minor_version, 0}]).
cut_atom() -> cut(an_atom).
cut_atom_utf8() -> cut(an_atom, [{minor_version, 2}]).
cut_atom_unicode() -> cut('日本語').
cut_tuple() -> cut({a, {b, "c"}, <<"d">>}).
cut_large_tuple() -> cut(erlang:make_tuple(300, 7)).
cut_list() -> cut([a, [b, c], d]).
cut_improper() -> cut([a, b | c]).
cut_string() -> cut("a string of bytes").
cut_binary() -> cut(<<"some bytes">>).
cut_bit_binary() -> cut(<<"some bits", 5:3>>).
cut_map() -> cut(#{a => 1, "b" => #{c => 2}}).
cut_map_large() -> {N, L} = cut(maps:from_list([{X, X} || X <- lists:seq(1, 40)])), {N, L}.
cut_export() -> cut(fun lists:map/2).
cut_mixed() -> cut({[#{x => [1.5 | y]}, <<1:1>>], 1 bsl 64, fun a:b/3, "text"}).
cut_compressed() ->
    B = term_to_binary(lists:duplicate(100, {a, b}), [compressed]),
    [N || N <- lists:seq(0, byte_size(B) - 1),
     case_lib:class(fun() -> binary_to_term(binary:part(B, 0, N)) end) =/= {error, badarg}].
cut_compressed_first_byte_is_131() ->
    {binary:first(term_to_binary(lists:duplicate(100, a), [compressed])),
     binary:at(term_to_binary(lists:duplicate(100, a), [compressed]), 1)}.
change_integer_to_0() -> change(300, 0).
change_integer_to_255() -> change(300, 255).
change_tuple_to_97() -> change({1, {2, 3}}, 97).
change_tuple_to_106() -> change({1, {2, 3}}, 106).
change_list_to_106() -> change([1000, 2000, 3000], 106).
change_list_to_1() -> change([1000, 2000 | 3000], 1).
change_string_to_2() -> change("abcdef", 2).
change_binary_to_3() -> change(<<"abcdef">>, 3).
change_bits_to_5() -> change(<<"abc", 5:3>>, 5).
change_map_to_1() -> change(#{1 => 2, 3 => 4}, 1).
change_map_to_106() -> change(#{1 => 2, 3 => 4}, 106).
change_map_to_0() -> change(#{1000 => 2, 3 => [4]}, 0).
change_big_to_9() -> change(1 bsl 72, 9).
change_float_to_127() -> change(1.5, 127).
huge_counts_need_no_memory() ->
    [case_lib:class(fun() -> binary_to_term(id(B)) end)
     || B <- [<<131, 108, -1:32>>, <<131, 105, -1:32>>, <<131, 109, -1:32>>, <<131, 111, -1:32, 0>>,
              <<131, 116, -1:32>>, <<131, 77, -1:32, 8>>, <<131, 107, -1:16>>, <<131, 118, -1:16>>,
              <<131, 100, -1:16>>, <<131, 108, 16#10000000:32, 106, 106>>]].
nested_huge_counts() ->
    [case_lib:class(fun() -> binary_to_term(<<131, (binary:copy(<<T, 16#00FFFFFF:32>>,
                                                            50))/binary>>) end)
     || T <- [108, 105, 116]].
