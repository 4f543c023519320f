%% binary_to_term of every tag, from bytes written by hand.
-module(etf_decode).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

%% A zlib stream that holds its bytes as they are.
stored(B) ->
    N = byte_size(B),
    <<120, 1, 1, N:16/little, (bnot N):16/little, B/binary, (erlang:adler32(B)):32>>.

dec(B) -> case_lib:class(fun() -> binary_to_term(id(B)) end).

small_integer_97() -> [dec(<<131, 97, N>>) || N <- [0, 1, 127, 128, 255]].
integer_98() ->
    [dec(<<131, 98, N:32>>) || N <- [0, 1, 255, -1, 16#7FFFFFFF, -16#80000000, 16#08000000]].
small_big_110() ->
    [dec(<<131, 110, N, S, B/binary>>)
     || {N, S, B} <- [{0, 0, <<>>}, {0, 1, <<>>}, {1, 0, <<5>>}, {1, 1, <<5>>}, {2, 0, <<0, 1>>},
                      {4, 0, <<-1:32>>}, {8, 0, <<-1:64>>}, {8, 1, <<0, 0, 0, 0, 0, 0, 0, 128>>},
                      {9, 0, <<0:64, 1>>}]].
small_big_not_normal() ->
    [dec(<<131, 110, 12, S, 7, 0:88>>) || S <- [0, 1]] ++ [dec(<<131, 110, 8, 0, 0:64>>),
                                                           dec(<<131, 110, 8, 1, 0:64>>),
                                                           dec(<<131, 110, 16, 0, 1:64/little,
                                                            0:64>>)].
small_big_odd_sign() -> [dec(<<131, 110, 1, S, 5>>) || S <- [0, 1, 2, 255]].
small_big_at_small_border() ->
    [dec(<<131, 110, 8, S, V:64/little>>) || S <- [0, 1],
     V <- [(1 bsl 59) - 1, 1 bsl 59, (1 bsl 59) + 1, (1 bsl 63), (1 bsl 64) - 1]].
large_big_111() ->
    [dec(<<131, 111, N:32, S, B/binary>>)
     || {N, S, B} <- [{0, 0, <<>>}, {1, 0, <<5>>}, {3, 1, <<1, 2, 3>>}, {9, 0, <<0:64, 1>>}]].
large_big_300_bytes() -> {ok, V} = dec(<<131, 111, 300:32, 1, -1:2400>>), V =:= -((1 bsl 2400) - 1).
large_big_size_lies() ->
    [dec(<<131, 111, N:32, 0, 1>>) || N <- [2, 1000, 16#7FFFFFFF, 16#FFFFFFFF]].
new_float_70() ->
    [dec(<<131, 70, F/float>>)
     || F <- [0.0, 1.0, -2.5e-300]] ++ [dec(<<131, 70, 16#8000000000000000:64>>),
                                        dec(<<131, 70, 1:64>>)].
new_float_nan_inf() ->
    [dec(<<131, 70, N:64>>)
     || N <- [16#7FF0000000000000, 16#FFF0000000000000, 16#7FF8000000000000, -1]].
float_99() ->
    [dec(<<131, 99, (list_to_binary(string:pad(S, 31, trailing, 0)))/binary>>)
     || S <- ["1.50000000000000000000e+00", "-0.00000000000000000000e+00", "1.0e300", "3.25",
              "1.79769313486231570815e+308"]].
float_99_bad() ->
    [dec(<<131, 99, (list_to_binary(string:pad(S, 31, trailing, 0)))/binary>>)
     || S <- ["abc", "1", "", "1.0e999", "1.0x", " 1.0"]].
atom_100() ->
    [dec(<<131, 100, (byte_size(B)):16, B/binary>>)
     || B <- [<<>>, <<"abc">>, <<"hello world">>, <<233>>, <<255, 128>>]].
atom_100_too_long() ->
    [dec(<<131, 100, N:16, (binary:copy(<<"q">>, N))/binary>>) =:= {error, badarg}
     || N <- [255, 256, 1000]].
small_atom_115() ->
    [dec(<<131, 115, (byte_size(B)), B/binary>>) || B <- [<<>>, <<"abc">>, <<233>>]].
atom_utf8_118() ->
    [dec(<<131, 118, (byte_size(B)):16, B/binary>>)
     || B <- [<<>>, <<"abc">>, <<"é€"/utf8>>, <<"日本"/utf8>>]].
atom_utf8_118_bad() ->
    [dec(<<131, 118, (byte_size(B)):16, B/binary>>)
     || B <- [<<255>>, <<16#C3>>, <<16#ED, 16#A0, 16#80>>, <<16#C0, 16#80>>,
              <<16#F4, 16#90, 16#80, 16#80>>]].
atom_utf8_length_in_characters() ->
    [case dec(<<131, 118, (2 * N):16, (binary:copy(<<"é"/utf8>>, N))/binary>>) of {ok, A} ->
         {length(atom_to_list(A)), N}; E -> E end || N <- [127, 128, 255, 256]].
small_atom_utf8_119() ->
    [dec(<<131, 119, (byte_size(B)), B/binary>>) || B <- [<<>>, <<"abc">>, <<"é€"/utf8>>, <<255>>]].
small_tuple_104() ->
    [dec(<<131, 104, 0>>), dec(<<131, 104, 1, 97, 1>>), dec(<<131, 104, 2, 104, 0, 106>>),
     dec(<<131, 104, 3, 97, 1, 97, 2>>)].
large_tuple_105() ->
    [dec(<<131, 105, 0:32>>), dec(<<131, 105, 2:32, 97, 1, 106>>),
     dec(<<131, 105, 3:32, 97, 1, 106>>), dec(<<131, 105, 16#FFFFFFFF:32, 97, 1>>),
     dec(<<131, 105, 16#01000000:32>>)].
nil_106() -> dec(<<131, 106>>).
string_107() ->
    [dec(<<131, 107, 0:16>>), dec(<<131, 107, 3:16, "abc">>), dec(<<131, 107, 2:16, 0, 255>>),
     dec(<<131, 107, 3:16, "ab">>)].
list_108() ->
    [dec(<<131, 108, 0:32, 106>>), dec(<<131, 108, 1:32, 97, 1, 106>>),
     dec(<<131, 108, 2:32, 97, 1, 97, 2, 97, 3>>), dec(<<131, 108, 1:32, 106, 106>>),
     dec(<<131, 108, 0:32, 97, 5>>)].
list_108_string_shaped() -> dec(<<131, 108, 3:32, 97, 1, 97, 2, 97, 3, 106>>).
list_108_no_tail() ->
    [dec(<<131, 108, 1:32, 97, 1>>), dec(<<131, 108, 16#FFFFFFFF:32, 97, 1, 106>>)].
list_tail_is_list() -> dec(<<131, 108, 1:32, 97, 1, 108, 1:32, 97, 2, 106>>).
list_tail_is_string() -> dec(<<131, 108, 1:32, 97, 1, 107, 2:16, "xy">>).
binary_109() ->
    [dec(<<131, 109, 0:32>>), dec(<<131, 109, 3:32, 1, 2, 3>>), dec(<<131, 109, 4:32, 1, 2, 3>>),
     dec(<<131, 109, 16#FFFFFFFF:32, 1>>)].
binary_109_long() -> {ok, B} = dec(<<131, 109, 1000:32, 7:8000>>), {byte_size(B), binary:last(B)}.
bit_binary_77() -> [dec(<<131, 77, 1:32, N, 16#A5>>) || N <- lists:seq(1, 8)].
bit_binary_77_odd() ->
    [dec(<<131, 77, 0:32, 0>>), dec(<<131, 77, 0:32, 3>>), dec(<<131, 77, 1:32, 0, 7>>),
     dec(<<131, 77, 1:32, 9, 7>>), dec(<<131, 77, 3:32, 3, 1, 2, 255>>),
     dec(<<131, 77, 2:32, 1, 255>>)].
bit_binary_77_extra_bits_ignored() ->
    {ok, A} = dec(<<131, 77, 1:32, 3, 2#10111111>>), A =:= <<2#101:3>>.
map_116() ->
    [dec(<<131, 116, 0:32>>), dec(<<131, 116, 1:32, 97, 1, 97, 2>>),
     dec(<<131, 116, 2:32, 119, 1, "b", 97, 2, 119, 1, "a", 97, 1>>)].
map_116_duplicate_keys() ->
    [dec(<<131, 116, 2:32, 97, 1, 97, 2, 97, 1, 97, 3>>),
     dec(<<131, 116, 3:32, 97, 1, 97, 2, 97, 5, 97, 6, 97, 1, 97, 2>>)].
map_116_int_float_keys() -> dec(<<131, 116, 2:32, 97, 1, 97, 2, 70, 1.0/float, 97, 3>>).
map_116_large() ->
    B = << <<97, N, 97, N>> || N <- lists:seq(1, 50) >>,
    {ok, M} = dec(<<131, 116, 50:32, B/binary>>),
    {map_size(M), M =:= maps:from_list([{N, N} || N <- lists:seq(1, 50)])}.
map_116_large_duplicate() ->
    B = << <<97, N, 97, N>> || N <- lists:seq(1, 50) ++ [1] >>, dec(<<131, 116, 51:32, B/binary>>).
map_116_short() ->
    [dec(<<131, 116, 2:32, 97, 1, 97, 2>>), dec(<<131, 116, 1:32, 97, 1>>),
     dec(<<131, 116, 16#FFFFFFFF:32, 97, 1, 97, 2>>)].
map_in_map_key() -> dec(<<131, 116, 1:32, 116, 1:32, 97, 1, 97, 2, 116, 0:32>>).
export_113() ->
    [dec(<<131, 113, 119, 5, "lists", 119, 3, "map", 97, 2>>),
     dec(<<131, 113, 100, 0, 5, "lists", 100, 0, 3, "map", 97, 2>>),
     dec(<<131, 113, 119, 1, "x", 119, 1, "y", 97, 255>>)].
export_113_bad() ->
    [dec(<<131, 113, 119, 1, "x", 119, 1, "y">>), dec(<<131, 113, 119, 1, "x", 97, 1, 97, 1>>),
     dec(<<131, 113, 97, 1, 119, 1, "y", 97, 1>>),
     dec(<<131, 113, 119, 1, "x", 119, 1, "y", 119, 1, "z">>),
     dec(<<131, 113, 119, 1, "x", 119, 1, "y", 98, -1:32>>),
     dec(<<131, 113, 119, 1, "x", 119, 1, "y", 98, 1000:32>>)].
export_callable() ->
    {ok, F} = dec(<<131, 113, 119, 5, "lists", 119, 7, "reverse", 97, 1>>), F([1, 2, 3]).
compressed_80() -> P = stored(<<104, 2, 97, 1, 97, 2>>), dec(<<131, 80, 6:32, P/binary>>).
compressed_80_wrong_adler() ->
    P = stored(<<97, 1>>), <<Q:(byte_size(P) - 1)/binary, L>> = P,
    dec(<<131, 80, 2:32, Q/binary, (L bxor 1)>>).
compressed_80_wrong_size() ->
    P = stored(<<104, 2, 97, 1, 97, 2>>), [dec(<<131, 80, N:32, P/binary>>) || N <- [0, 5, 7, 100]].
compressed_80_bad_stream() ->
    [dec(<<131, 80, 6:32, B/binary>>)
     || B <- [<<>>, <<1, 2, 3>>, <<120, 156>>,
              binary:part(stored(<<104, 2, 97, 1, 97, 2>>), 0, 8)]].
compressed_80_inside_is_refused() ->
    P = stored(<<97, 1>>), dec(<<131, 104, 1, 80, 2:32, P/binary>>).
compressed_80_twice() ->
    P = stored(<<97, 1>>), Q = <<80, 2:32, P/binary>>,
    dec(<<131, 80, (byte_size(Q)):32, (stored(Q))/binary>>).
compressed_80_with_version_byte_inside() ->
    P = stored(<<131, 97, 1>>), dec(<<131, 80, 3:32, P/binary>>).
compressed_80_trailing_bytes() ->
    P = stored(<<97, 1>>),
    [dec(<<131, 80, 2:32, P/binary, 9, 9>>),
     {byte_size(P) + 6, case_lib:class(fun() -> binary_to_term(<<131, 80, 2:32, P/binary, 9, 9>>,
                                                            [used]) end)}].
%% The reference also takes 73 and 75, with which its ETS tables keep atoms: numbers of its own atom table.
every_unknown_tag() ->
    [T || T <- lists:seq(0, 255), T =/= 73, T =/= 75, dec(<<131, T, 0:200>>) =/= {error, badarg}].
version_bytes() -> [dec(<<V, 97, 1>>) || V <- [0, 130, 131, 132, 255]].
empty_and_version_only() -> [dec(<<>>), dec(<<131>>)].
nested_hand_written() ->
    dec(<<131, 104, 2, 108, 2:32, 119, 1, "a", 107, 2:16, "hi", 106, 116, 1:32, 109, 1:32, "k", 70,
          2.5/float>>).
deep_nesting_lists() ->
    {ok, T} = dec(<<131, (binary:copy(<<108, 1:32>>, 1000))/binary, 106,
                    (binary:copy(<<106>>, 1000))/binary>>), depth(T, 0).
depth([X], N) -> depth(X, N + 1);
depth([], N) -> N.
deep_nesting_100000() ->
    {ok, T} = dec(<<131, (binary:copy(<<104, 1>>, 100000))/binary, 106>>), tdepth(T, 0).
tdepth({X}, N) -> tdepth(X, N + 1);
tdepth([], N) -> N.
atom_cache_ref_refused() ->
    [dec(<<131, 82, 0>>), dec(<<131, 67, 0>>), dec(<<131, 68, 0>>), dec(<<131, 78, 0>>)].
unaligned_input() ->
    B = <<131, 104, 2, 97, 1, 109, 3:32, "abc">>,
    <<_:3, U:(byte_size(B))/binary, _/bits>> = <<5:3, B/binary, 0:5>>, binary_to_term(U).
binary_inside_is_kept_after_input_dies() ->
    {ok, {A, B}} = dec(<<131, 104, 2, 109, 100:32, 1:800, 109, 3:32, "abc">>), {binary:last(A), B}.
local_fun_round_trip() ->
    X = id(10), F = fun(Y) -> X + Y end, G = binary_to_term(term_to_binary(F)),
    {G(5), F =:= G, F == G}.
local_fun_info_round_trip() ->
    F = fun(Y) -> Y end, G = binary_to_term(term_to_binary(F)),
    [erlang:fun_info(G, K) =:= erlang:fun_info(F, K)
     || K <- [module, name, arity, index, new_index, uniq, new_uniq, env, type]].
