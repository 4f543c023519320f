%% erlang:phash, md5, crc32, adler32 and their combining forms.
-module(hash_other).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

hex(B) -> case_lib:hex(B).
p(L) -> [erlang:phash(X, 1 bsl 32) || X <- id(L)].

phash_smalls() ->
    p([0, 1, 2, 255, 256, 65536, 1 bsl 27, 1 bsl 28, 1 bsl 31, 1 bsl 32, -1, -2, -256,
       -(1 bsl 28)]).
phash_small_big_border() ->
    p([(1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1, (1 bsl 63), (1 bsl 64) - 1]).
phash_bigs() ->
    p([1 bsl 64, -(1 bsl 64), (1 bsl 96) + 7, 1 bsl 128, (1 bsl 1000) + 1, -(1 bsl 1000)]).
phash_floats() -> p([0.0, -0.0, 1.0, -1.0, 3.14, 1.0e300]).
phash_atoms() -> p([a, b, abc, '', 'Hello World', 'é', '€', '日本']).
phash_lists() ->
    p([[], [a], [a, b], [[a]], "abc", [1 | 2], lists:seq(1, 100), lists:seq(250, 300)]).
phash_tuples() -> p([{}, {a}, {a, b}, {{}}, {1, {2, {3}}}, list_to_tuple(lists:seq(1, 100))]).
phash_binaries() ->
    p([<<>>, <<1>>, <<"abc">>, binary:copy(<<"x">>, 15), binary:copy(<<"x">>, 16),
       binary:copy(<<"x">>, 1000)]).
phash_bitstrings() -> p([<<1:1>>, <<5:3>>, <<1, 1:1>>]).
phash_maps() -> p([#{}, #{a => 1}, #{a => 1, b => 2}]).
phash_external_funs() -> p([fun lists:map/2, fun m:f/0]).
phash_ranges() -> [erlang:phash(id({a, 1}), R) || R <- [1, 2, 10, 1000, 1 bsl 27, 1 bsl 32]].
phash_is_one_based() -> lists:usort([erlang:phash(N, 3) || N <- lists:seq(1, 50)]).
phash_bad() ->
    [case_lib:top(fun() -> erlang:phash(a, id(R)) end) || R <- [0, -1, (1 bsl 32) + 1, a]].
phash_sum() ->
    lists:foldl(fun(N, A) -> (A * 31 + erlang:phash({N, integer_to_list(N)},
                                                    1 bsl 32)) band 16#FFFFFFFF end, 0,
                lists:seq(1, 5000)).

md5_known() ->
    [hex(erlang:md5(X)) || X <- id(["", "a", "abc", <<"message digest">>, lists:seq($a, $z),
                                    <<"The quick brown fox jumps over the lazy dog">>])].
md5_each_length_near_block() ->
    [hex(erlang:md5(binary:copy(<<"m">>, N)))
     || N <- [54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129]].
md5_iolists() ->
    [hex(erlang:md5(X)) || X <- id([[<<"a">>, "b", [$c | <<"d">>]], "abcd", [[[[]]], <<>>]])].
md5_long() -> hex(erlang:md5(binary:copy(<<"0123456789">>, 100000))).
md5_of_unaligned() -> <<_:3, B:24/bits, _/bits>> = id(<<0:3, "abc", 0:5>>), hex(erlang:md5(B)).
md5_incremental() ->
    C0 = erlang:md5_init(), C1 = erlang:md5_update(C0, "ab"), C2 = erlang:md5_update(C1, [<<"c">>]),
    hex(erlang:md5_final(C2)).
md5_incremental_across_blocks() ->
    C = lists:foldl(fun(N, A) -> erlang:md5_update(A, binary:copy(<<"q">>, N)) end,
                    erlang:md5_init(), lists:seq(0, 70)),
    hex(erlang:md5_final(C)) =:= hex(erlang:md5(binary:copy(<<"q">>, lists:sum(lists:seq(0, 70))))).
md5_context_is_reusable() ->
    C = erlang:md5_update(erlang:md5_init(), "x"), A = erlang:md5_final(erlang:md5_update(C, "1")),
    B = erlang:md5_final(erlang:md5_update(C, "2")), {hex(A), hex(B)}.
md5_errors() ->
    [case_lib:top(fun() -> erlang:md5(id(X)) end) || X <- [a, 1, [a], [256], [1 | 2], <<1:1>>]].
md5_update_errors() ->
    [case_lib:class(fun() -> erlang:md5_update(id(C), id(X)) end)
     || {C, X} <- [{<<>>, "a"}, {a, "a"}, {erlang:md5_init(), a}, {<<1, 2, 3>>, <<>>}]].
md5_final_errors() -> [case_lib:class(fun() -> erlang:md5_final(id(C)) end) || C <- [<<>>, a, "x"]].

crc32_known() ->
    [erlang:crc32(X) || X <- id(["", "a", "abc", "123456789",
                                 <<"The quick brown fox jumps over the lazy dog">>, <<0>>,
                                 <<0, 0, 0, 0>>, <<255>>])].
crc32_each_length() -> [erlang:crc32(list_to_binary(lists:seq(1, N))) || N <- lists:seq(0, 40)].
crc32_iolist() -> [erlang:crc32(id(["ab", <<"cd">>, [[$e] | <<"f">>]])), erlang:crc32("abcdef")].
crc32_start_value() ->
    [erlang:crc32(id(S), "abc") || S <- [0, 1, 16#FFFFFFFF, erlang:crc32("xyz")]].
crc32_continued() -> erlang:crc32(erlang:crc32("abc"), id("def")) =:= erlang:crc32("abcdef").
crc32_combine() ->
    [erlang:crc32_combine(erlang:crc32(A), erlang:crc32(B), length(B)) =:= erlang:crc32(A ++ B)
     || {A, B} <- id([{"abc", "def"}, {"", "x"}, {"x", ""}, {"hello", lists:duplicate(1000, $z)}])].
crc32_combine_values() ->
    [erlang:crc32_combine(id(A), B, N)
     || {A, B, N} <- [{0, 0, 0}, {1, 2, 3}, {16#FFFFFFFF, 16#FFFFFFFF, 1000000}, {5, 0, 1}]].
crc32_long() -> erlang:crc32(binary:copy(<<"0123456789">>, 200000)).
crc32_unaligned() -> <<_:3, B:72/bits, _/bits>> = id(<<0:3, "123456789", 0:5>>), erlang:crc32(B).
crc32_errors() ->
    [case_lib:top(fun() -> erlang:crc32(id(X)) end) || X <- [a, 1, [a], [256], [1 | 2], <<1:1>>]].
crc32_2_errors() ->
    [case_lib:top(fun() -> erlang:crc32(id(S), id(X)) end)
     || {S, X} <- [{a, "a"}, {-1, "a"}, {1 bsl 32, "a"}, {0, a}]].
crc32_combine_errors() ->
    [case_lib:top(fun() -> erlang:crc32_combine(id(A), id(B), id(N)) end)
     || {A, B, N} <- [{a, 1, 1}, {1, a, 1}, {1, 1, a}, {-1, 1, 1}, {1, 1, -1}, {1 bsl 32, 1, 1}]].

adler32_known() ->
    [erlang:adler32(X) || X <- id(["", "a", "abc", "123456789", "Wikipedia", <<0>>, <<255>>,
                                   binary:copy(<<255>>, 5552), binary:copy(<<255>>, 5553),
                                   binary:copy(<<255>>, 100000)])].
adler32_each_length() -> [erlang:adler32(list_to_binary(lists:seq(1, N))) || N <- lists:seq(0, 20)].
adler32_start_value() ->
    [erlang:adler32(id(S), "abc") || S <- [0, 1, 16#FFF0FFF0, erlang:adler32("xyz")]].
adler32_continued() ->
    erlang:adler32(erlang:adler32("abc"), id("def")) =:= erlang:adler32("abcdef").
adler32_combine() ->
    [erlang:adler32_combine(erlang:adler32(A), erlang:adler32(B),
                            length(B)) =:= erlang:adler32(A ++ B)
     || {A, B} <- id([{"abc", "def"}, {"", "x"}, {"x", ""}, {"hello", lists:duplicate(1000, $z)}])].
adler32_combine_values() ->
    [erlang:adler32_combine(id(A), B, N)
     || {A, B, N} <- [{1, 1, 0}, {1, 2, 3}, {16#12345678, 16#00010002, 1000000}]].
adler32_errors() ->
    [case_lib:top(fun() -> erlang:adler32(id(X)) end) || X <- [a, [a], [1 | 2], <<1:1>>]].
adler32_2_errors() ->
    [case_lib:class(fun() -> erlang:adler32(id(S), id(X)) end)
     || {S, X} <- [{a, "a"}, {-1, "a"}, {1 bsl 32, "a"}, {0, a}]].
iolist_with_improper_binary_tail() ->
    [erlang:F(id([$a | <<"bc">>])) =:= erlang:F("abc") || F <- [crc32, adler32, md5]].
