%% Bit comprehensions with list and bit generators, filters and odd sizes.
-module(bits_comprehension).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

list_to_bin() -> << <<X>> || X <- id([1, 2, 3]) >>.
list_to_bin_empty() -> << <<X>> || X <- id([]) >>.
list_to_bits_3() -> << <<X:3>> || X <- id([1, 2, 3, 4, 5, 6, 7]) >>.
bin_to_list() -> [X || <<X>> <= id(<<1, 2, 3>>)].
bin_to_list_16() -> [X || <<X:16>> <= id(<<1, 2, 3, 4>>)].
bin_to_list_16_leftover() -> [X || <<X:16>> <= id(<<1, 2, 3, 4, 5>>)].
bin_to_list_16_little_signed() -> [X || <<X:16/little-signed>> <= id(<<1, 2, 3, 244>>)].
bits_to_list_1() -> [X || <<X:1>> <= id(<<16#A5, 1:3>>)].
bits_to_list_3() -> [X || <<X:3>> <= id(<<16#123456:24>>)].
bits_to_list_7_leftover() -> [X || <<X:7>> <= id(<<16#123456:24>>)].
bits_to_list_pairs() -> [{A, B} || <<A:5, B:11>> <= id(<<16#12345678:32>>)].
bits_to_list_size_from_field() ->
    [{N, X} || <<N:4, X:N>> <= id(<<3:4, 5:3, 0:4, 8:4, 200:8, 15:4>>)].
bits_to_list_binaries() -> [X || <<X:2/binary>> <= id(<<"abcdefg">>)].
bits_to_list_bitstrings() -> [X || <<X:5/bits>> <= id(<<"abc">>)].
bits_to_list_floats() -> [X || <<X:32/float>> <= id(<<1.0:32/float, 2.5:32/float>>)].
bits_to_list_floats_nan_skipped() ->
    [X || <<X:32/float>> <= id(<<1.0:32/float, -1:32, 2.5:32/float>>)].
bits_to_list_utf8() -> [X || <<X/utf8>> <= id(<<"aé€😀"/utf8>>)].
bits_to_list_utf8_bad_stops() -> [X || <<X/utf8>> <= id(<<"ab", 16#FF, "cd">>)].
bits_to_list_utf16() -> [X || <<X/utf16>> <= id(<<"a€😀"/utf16>>)].
literal_in_pattern_skips() -> [X || <<1, X>> <= id(<<1, 10, 2, 20, 1, 30>>)].
literal_in_pattern_bits() -> [X || <<0:1, X:7>> <= id(<<10, 200, 30, 255>>)].
bound_variable_shadowed() -> X = 1, {[X || <<X>> <= id(<<5, 6>>)], X}.
bin_to_bin() -> << <<(X + 1)>> || <<X>> <= id(<<1, 2, 255>>) >>.
bin_to_bin_widen() -> << <<X:16>> || <<X:8>> <= id(<<1, 2, 255>>) >>.
bin_to_bin_narrow() -> << <<X:4>> || <<X:8>> <= id(<<1, 2, 255>>) >>.
bin_to_bin_swap16() -> << <<X:16/little>> || <<X:16/big>> <= id(<<1, 2, 3, 4>>) >>.
bin_to_bin_unaligned_source() ->
    <<_:3, S/bits>> = id(<<16#123456789A:40>>), << <<X:5>> || <<X:6>> <= S >>.
filter() -> << <<X>> || <<X>> <= id(<<1, 2, 3, 4, 5, 6>>), X rem 2 =:= 0 >>.
filter_list() -> [X || <<X>> <= id(<<1, 2, 3, 4, 5, 6>>), X > 3, X =/= 5].
filter_boolean_call() -> [X || X <- id([1, a, 2, b]), is_integer(X)].
filter_not_boolean() -> case_lib:class(fun() -> << <<X>> || X <- id([1, 2]), id(X) >> end).
filter_guard_fails_quietly() -> << <<X>> || X <- id([1, a, 2]), X + 1 > 0, is_integer(X) >>.
nested_generators() -> << <<X:4, Y:4>> || X <- id([1, 2, 3]), <<Y:4>> <= id(<<16#AB>>) >>.
nested_dependent() -> << <<Y>> || X <- id([<<1, 2>>, <<3>>, <<>>]), <<Y>> <= X >>.
nested_bit_bit() -> << <<X:1, Y:1>> || <<X:1>> <= id(<<5:3>>), <<Y:1>> <= id(<<2:2>>) >>.
nested_list_list() -> << <<(X * Y)>> || X <- id([1, 2, 3]), Y <- id([4, 5]) >>.
concat_bitstrings() -> << <<X/bits>> || X <- id([<<1:3>>, <<2:7>>, <<>>, <<3:2>>]) >>.
concat_binaries() -> << <<X/binary>> || X <- id([<<"ab">>, <<>>, <<"cde">>]) >>.
concat_binaries_direct() -> << <<(id(X))/binary>> || X <- id([<<"ab">>, <<"c">>]) >>.
body_is_variable_binary() -> << X || X <- id([<<"ab">>, <<"c">>]) >>.
body_is_bitstring_call() -> << (id(<<X:N>>)) || {X, N} <- id([{1, 1}, {2, 2}, {3, 9}]) >>.
body_many_segments() -> << <<X, "-", X:16, (X + 1):4, 0:4>> || X <- id([65, 66]) >>.
body_size_dynamic() -> << <<X:N>> || {X, N} <- id([{1, 3}, {1, 5}, {1, 64}]) >>.
body_string() -> << <<"ab">> || _ <- id([1, 2, 3]) >>.
body_utf8() -> << <<X/utf8>> || <<X>> <= id(<<228, 65>>) >>.
to_bits_of_string() -> [$0 + B || <<B:1>> <= id(<<"Hi">>)].
from_bits_of_string() -> << <<(C - $0):1>> || C <- id("0100100001101001") >>.
generator_not_a_list() -> case_lib:class(fun() -> << <<X>> || X <- id(abc) >> end).
generator_improper_list() -> case_lib:class(fun() -> << <<X>> || X <- id([1, 2 | 3]) >> end).
generator_not_a_binary() -> case_lib:class(fun() -> [X || <<X>> <= id([1])] end).
generator_not_a_binary_in_bit() -> case_lib:class(fun() -> << <<X>> || <<X>> <= id(abc) >> end).
generator_is_atom_inner() -> case_lib:class(fun() -> [X || _ <- [1], <<X>> <= id(a)] end).
long_list() -> B = << <<X:16>> || X <- lists:seq(1, 50000) >>, {byte_size(B), erlang:crc32(B)}.
long_list_7_bits() ->
    B = << <<X:7>> || X <- lists:seq(1, 50000) >>, {bit_size(B), erlang:phash2(B)}.
long_binary() ->
    B = binary:copy(<<1, 2, 3>>, 50000), C = << <<(X * 3)>> || <<X>> <= B >>,
    {byte_size(C), erlang:crc32(C)}.
long_binary_filter() ->
    B = binary:copy(<<1, 2, 3>>, 50000), C = << <<X:4>> || <<X>> <= B, X =/= 2 >>,
    {bit_size(C), erlang:crc32(C)}.
long_unknown_size() -> B = << <<0:(X band 15)>> || X <- lists:seq(1, 3000) >>, bit_size(B).
reverse_bits_of_byte() ->
    [case_lib:bits(<< <<((N bsr S) band 1):1>> || S <- lists:seq(0, 7) >>)
     || N <- id([1, 2, 128, 16#A5])].
checksum_fold() -> lists:sum([X || <<X:12>> <= id(<<16#123456789ABC:48>>)]).
transpose() -> [[X || <<X:1>> <= R] || <<R:4/bits>> <= id(<<16#8421:16>>)].
result_can_be_appended() ->
    B = << <<X>> || X <- id([1, 2]) >>, C = <<B/binary, 3>>, D = <<B/binary, 4>>, {B, C, D}.
nested_comprehension_in_body() ->
    << <<(<< <<Y>> || Y <- L >>)/binary, 0>> || L <- id(["ab", "", "c"]) >>.
head_does_side_effects_in_order() ->
    put(n, 0), B = << <<(begin put(n, get(n) + X), get(n) end)>> || X <- id([1, 2, 3]) >>,
    {B, erase(n)}.
