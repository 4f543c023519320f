%% erlang:phash2 over every type and size border: the numbers must be the
%% reference's own, since programs store them.
-module(hash_phash2).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

h(L) -> [erlang:phash2(X) || X <- id(L)].

smalls() ->
    h([0, 1, 2, 3, 10, 100, 255, 256, 65535, 65536, 1 bsl 24, 1 bsl 27 - 1, 1 bsl 27, 1 bsl 28 - 1,
       1 bsl 28, 1 bsl 31 - 1, 1 bsl 31, 1 bsl 32 - 1, 1 bsl 32]).
smalls_negative() ->
    h([-1, -2, -3, -10, -100, -255, -256, -65536, -(1 bsl 27), -(1 bsl 27) - 1, -(1 bsl 28),
       -(1 bsl 31), -(1 bsl 31) - 1, -(1 bsl 32)]).
smalls_beyond_32_bits() -> h([1 bsl N || N <- lists:seq(26, 58)]).
smalls_beyond_32_bits_negative() -> h([-(1 bsl N) || N <- lists:seq(26, 59)]).
small_big_border() ->
    h([(1 bsl 59) - 1, 1 bsl 59, (1 bsl 59) + 1, -(1 bsl 59), -(1 bsl 59) - 1, (1 bsl 60) - 1,
       1 bsl 60]).
bigs_one_word() -> h([(1 bsl 62), (1 bsl 63) - 1, 1 bsl 63, (1 bsl 63) + 1, (1 bsl 64) - 1]).
bigs_one_word_negative() ->
    h([-(1 bsl 62), -(1 bsl 63) + 1, -(1 bsl 63), -(1 bsl 63) - 1, -(1 bsl 64) + 1]).
bigs_two_words() ->
    h([1 bsl 64, (1 bsl 64) + 1, (1 bsl 96) - 1, 1 bsl 96, (1 bsl 127), (1 bsl 128) - 1]).
bigs_two_words_negative() ->
    h([-(1 bsl 64), -(1 bsl 64) - 1, -(1 bsl 96) + 1, -(1 bsl 96), -(1 bsl 127), -(1 bsl 128) + 1]).
bigs_odd_and_even_halves() -> h([1 bsl N || N <- lists:seq(60, 400, 16)]).
bigs_negative_halves() -> h([-(1 bsl N) - 1 || N <- lists:seq(60, 400, 16)]).
bigs_long() ->
    h([(1 bsl 1000) - 1, (1 bsl 5000) + 12345, -(1 bsl 5000),
       lists:foldl(fun(X, A) -> A * X end, 1, lists:seq(1, 100))]).
floats() ->
    h([0.0, 1.0, -1.0, 0.5, 1.5, 3.14, -2.71, 1.0e300, 1.0e-300, 5.0e-324, 1.7976931348623157e308]).
float_minus_zero() -> {erlang:phash2(id(0.0)) =:= erlang:phash2(id(-0.0)), erlang:phash2(id(-0.0))}.
float_is_not_its_integer() ->
    [erlang:phash2(id(1)) =:= erlang:phash2(id(1.0)),
     erlang:phash2(id(0)) =:= erlang:phash2(id(0.0))].
atoms() ->
    h([a, b, ab, abc, abcd, true, false, undefined, ok, error, '', ' ', 'Hello World',
       nonode@nohost]).
atoms_latin1() -> h(['é', 'å', 'åäö', 'ÿ', 'naïve', '\200']).
atoms_unicode() -> h(['€', '日本語', '😀', 'aé€', 'Ω', 'Ā']).
atoms_each_length() -> h([list_to_atom(lists:duplicate(N, $x)) || N <- lists:seq(0, 40)]).
atoms_15_16_17() ->
    h([aaaaaaaaaaaaaaa, aaaaaaaaaaaaaaaa, aaaaaaaaaaaaaaaaa, abcdefghijklmnop, 'ABCDEFGHIJKLMNOP']).
atom_255() ->
    h([list_to_atom(lists:duplicate(255, $y)), list_to_atom(lists:duplicate(255, 16#20AC))]).
nil_and_empties() -> h([[], {}, <<>>, #{}, '', "", [[]], {[]}, {{}}, [{}], <<0:1>>]).
strings_each_length() -> h([lists:duplicate(N, $a) || N <- lists:seq(0, 20)]).
strings() ->
    h(["hello", "hello world", "The quick brown fox jumps over the lazy dog", [0], [0, 0], [255],
       [255, 255, 255, 255, 255]]).
string_or_list_border() ->
    h([[1, 2, 3, 256], [256, 1, 2, 3], [1, 2, 3, -1], [1, 2, 3 | 4], [1, 2, a], [a, 1, 2],
       [1, 2, 3, 4, 5, 6, 7, a], [1, 2, 3, 4, 5, 6, 7, 8, a]]).
string_long() ->
    h([lists:duplicate(1000, $q), lists:seq(0, 255),
       lists:append(lists:duplicate(10, lists:seq(0, 255)))]).
lists_of_words() ->
    h([[a], [a, b], [a, b, c], [b, a], [[a]], [[a], b], [a, [b]], [300, 301], [300 | 301], [a | b],
       [[] | []]]).
lists_each_length() -> h([lists:duplicate(N, a) || N <- lists:seq(0, 12)]).
lists_of_integers_above_byte() -> h([lists:seq(1000, 1000 + N) || N <- lists:seq(0, 8)]).
list_long() -> h([lists:seq(1, 1000), lists:seq(1, 100000)]).
tuples_each_size() -> h([erlang:make_tuple(N, a) || N <- lists:seq(0, 16)]).
tuples() ->
    h([{1}, {1, 2}, {2, 1}, {a, {b, {c}}}, {{a, b}, c}, {"abc"}, {1.0}, {1 bsl 70}, {[], []}]).
tuple_large() ->
    h([list_to_tuple(lists:seq(1, 255)), list_to_tuple(lists:seq(1, 256)),
       list_to_tuple(lists:seq(1, 1000))]).
binaries_each_length_0_to_40() -> h([binary:copy(<<"x">>, N) || N <- lists:seq(0, 40)]).
binaries_counting_bytes() -> h([list_to_binary(lists:seq(1, N)) || N <- lists:seq(1, 26)]).
binaries_high_bytes() ->
    h([<<255>>, <<255, 255>>, <<255, 255, 255>>, <<-1:32>>, <<-1:96>>, <<-1:104>>]).
binary_long() -> h([binary:copy(<<"0123456789abcdef">>, N) || N <- [4, 16, 100, 10000, 100000]]).
binary_vs_string_differs() -> h([<<"abc">>, "abc", abc]).
bitstrings_each_length() -> h([<<0:N>> || N <- lists:seq(0, 33)]).
bitstrings_all_ones() -> h([<<-1:N>> || N <- lists:seq(1, 33)]).
bitstring_and_padded_binary() ->
    h([<<5:3>>, <<5:3, 0:5>>, <<5:8>>, <<1:1>>, <<128>>, <<1, 1:1>>, <<1, 128>>]).
bitstring_long() ->
    h([<<(binary:copy(<<"ab">>, 50))/binary, 5:3>>, <<(binary:copy(<<"ab">>, 5000))/binary, 1:1>>]).
binary_sub_and_whole() ->
    B = id(<<"xxhello worldyy">>),
    [erlang:phash2(binary:part(B, 2, 11)), erlang:phash2(<<"hello world">>)].
maps_small() ->
    h([#{}, #{a => 1}, #{a => 1, b => 2}, #{b => 1, a => 2}, #{1 => a}, #{1.0 => a}, #{#{} => #{}},
       #{a => #{b => c}}]).
maps_each_size() -> h([maps:from_list([{K, K} || K <- lists:seq(1, N)]) || N <- lists:seq(0, 40)]).
map_large() ->
    h([maps:from_list([{K, K * K} || K <- lists:seq(1, N)]) || N <- [64, 100, 1000, 10000]]).
map_in_terms() ->
    h([{#{a => 1}}, [#{a => 1}], [#{a => 1}, #{a => 1}], {#{a => 1}, b}, [#{} | #{}],
       #{[#{}] => {#{}}}]).
map_mixed_keys() -> h([#{1 => 2, a => b, "s" => <<"b">>, {t} => [], 1.5 => 2.5}]).
external_funs() ->
    h([fun lists:map/2, fun lists:map/3, fun erlang:phash2/1, fun m:f/0, fun 'é':'€'/3]).
nested_all_types() ->
    h([{a, 1, 1.5, "str", <<"bin">>, [x | y], #{k => v}, 1 bsl 100, fun lists:map/2, <<1:3>>}]).
deep_lists() ->
    h([lists:foldl(fun(_, A) -> [A] end, [], lists:seq(1, N)) || N <- [1, 10, 100, 10000]]).
deep_tuples() ->
    h([lists:foldl(fun(_, A) -> {A} end, [], lists:seq(1, N)) || N <- [1, 10, 100, 10000]]).
deep_left_lists() -> h([lists:foldl(fun(N, A) -> [A | N] end, [], lists:seq(1, 100))]).
deep_mixed() -> h([lists:foldl(fun(N, A) -> #{N => {A, [N]}} end, x, lists:seq(1, 50))]).
list_of_strings() -> h([["abc", "def"], [["abc"], ["d", "ef"]], ["", "", ""], [<<>>, ""]]).
range_default_is_2_to_27() ->
    [erlang:phash2(T) =:= erlang:phash2(T, 1 bsl 27) || T <- id([a, "abc", 1 bsl 70])].
range_small() ->
    [[erlang:phash2(T, R) || R <- [1, 2, 3, 7, 10, 256, 1000]]
     || T <- id([a, "abc", 1 bsl 70, {1, 2}])].
range_large() ->
    [[erlang:phash2(T, R) || R <- [(1 bsl 27) - 1, 1 bsl 28, 1 bsl 31, (1 bsl 32) - 1, 1 bsl 32]]
     || T <- id([a, "abc", 1 bsl 70, {1, 2}])].
range_bad() ->
    [case_lib:top(fun() -> erlang:phash2(a, id(R)) end)
     || R <- [0, -1, (1 bsl 32) + 1, 1 bsl 64, a, 1.0]].
spread_over_16() ->
    lists:foldl(fun(N, M) -> maps:update_with(erlang:phash2({N}, 16), fun(C) -> C + 1 end, 1,
                                              M) end, #{}, lists:seq(1, 1600)).
sum_over_many_integers() ->
    lists:foldl(fun(N, A) -> (A * 31 + erlang:phash2(N)) band 16#FFFFFFFF end, 0,
                lists:seq(-20000, 20000)).
sum_over_many_tuples() ->
    lists:foldl(fun(N, A) -> (A * 31 + erlang:phash2({N, N * N, [N]})) band 16#FFFFFFFF end, 0,
                lists:seq(1, 20000)).
sum_over_many_binaries() ->
    lists:foldl(fun(N, A) -> (A * 31 + erlang:phash2(integer_to_binary(N * 977))) band 16#FFFFFFFF end, 0, lists:seq(1, 20000)).
sum_over_many_floats() ->
    lists:foldl(fun(N, A) -> (A * 31 + erlang:phash2(N / 3)) band 16#FFFFFFFF end, 0,
                lists:seq(1, 20000)).
sum_over_many_bigs() ->
    lists:foldl(fun(N, A) -> (A * 31 + erlang:phash2((N * N) bsl (N rem 200))) band 16#FFFFFFFF end,
                0, lists:seq(1, 20000)).
equal_terms_equal_hashes() ->
    A = id([{a, "b", <<"c">>, #{d => 1.5}}]), B = binary_to_term(term_to_binary(A)),
    erlang:phash2(A) =:= erlang:phash2(B).
