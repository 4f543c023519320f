%% Sub-binaries: split_binary, binary_part, parts of parts, sizes, and that
%% comparison, hashing and conversion look only at the bits inside.
-module(bits_sub).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

split_each() -> [split_binary(id(<<"abcd">>), N) || N <- lists:seq(0, 4)].
split_errors() ->
    [case_lib:top(fun() -> split_binary(id(B), id(N)) end)
     || {B, N} <- [{<<"ab">>, 3}, {<<"ab">>, -1}, {<<"ab">>, a}, {"ab", 1}, {<<"ab">>, 1 bsl 70},
                   {<<"ab">>, 1.0}]].
split_bitstring() ->
    [case_lib:class(fun() -> split_binary(id(<<1, 2, 3:3>>), N) end) || N <- [0, 1, 2, 3]].
split_of_split() ->
    {_, B} = split_binary(id(<<"0123456789">>), 3), {C, D} = split_binary(B, 4),
    {E, F} = split_binary(D, 1), {C, E, F}.
part_3() ->
    [binary_part(id(<<"abcdef">>), S, L)
     || {S, L} <- [{0, 0}, {0, 6}, {2, 3}, {6, 0}, {6, -6}, {3, -2}, {1, -1}]].
part_2() ->
    [binary_part(id(<<"abcdef">>), P) || P <- [{0, 0}, {0, 6}, {2, 3}, {6, 0}, {6, -6}, {3, -2}]].
part_errors() -> [case_lib:top(fun() -> binary_part(id(B), S, L) end)
                  || {B, S, L} <- [{<<"ab">>, 0, 3}, {<<"ab">>, 3, 0}, {<<"ab">>, -1, 1},
                                   {<<"ab">>, 1, -2}, {"ab", 0, 1}, {<<"ab">>, a, 1},
                                   {<<"ab">>, 0, b}, {<<"ab">>, 1 bsl 70, 1},
                                   {<<"ab">>, 0, 1 bsl 70}, {<<1:9>>, 0, 1}]].
part_2_errors() ->
    [case_lib:top(fun() -> binary_part(id(<<"ab">>), P) end)
     || P <- [{0, 3}, a, {0}, {0, 1, 2}, [0, 1]]].
part_in_guard() ->
    [case id(B) of X when binary_part(X, 1, 2) =:= <<"bc">> -> yes; _ -> no end
     || B <- [<<"abcd">>, <<"ab">>, <<"xbc">>, abc]].
part_of_part_of_part() ->
    A = id(list_to_binary(lists:seq(0, 99))), B = binary_part(A, 10, 80),
    C = binary_part(B, 10, 60), D = binary_part(C, 10, 5), D.
bit_sub_of_bit_sub() ->
    <<_:1, A/bits>> = id(<<16#123456789ABCDEF0:64>>), <<_:2, B/bits>> = A,
    <<_:3, C:40/bits, _/bits>> = B, <<_:5, D/bits>> = C,
    {A, B, C, D}.
sub_sizes() ->
    <<_:3, A/bits>> = id(<<1, 2, 3>>),
    {byte_size(A), bit_size(A), case_lib:class(fun() -> size(A) end), is_binary(A),
     is_bitstring(A)}.
size_bifs() ->
    [{byte_size(B), bit_size(B), size(B)}
     || B <- [id(<<>>), <<1>>, <<1:1>>, <<1:9>>, <<0:64>>, <<0:65>>]].
size_bif_errors() ->
    [case_lib:top(fun() -> byte_size(id(X)) end)
     || X <- [a, "ab", 1, {}]] ++ [case_lib:top(fun() -> bit_size(id(X)) end) || X <- [a, "ab"]].
size_in_guards() ->
    [case id(X) of B when byte_size(B) =:= 2 -> two; B when bit_size(B) < 8 -> less; _ -> other end
     || X <- [<<1, 2>>, <<1:9>>, <<1:3>>, a]].
unaligned_to_list() ->
    <<_:3, A:24/bits, _/bits>> = id(<<16#123456789A:40>>),
    {binary_to_list(A), bitstring_to_list(A)}.
bitstring_to_list_odd() ->
    [bitstring_to_list(id(B)) || B <- [<<>>, <<1:1>>, <<1, 2, 3:3>>, <<255:7>>]].
binary_to_list_odd() ->
    [case_lib:top(fun() -> binary_to_list(id(B)) end) || B <- [<<1:1>>, <<1, 2:7>>, a]].
binary_to_list_range() ->
    [case_lib:class(fun() -> binary_to_list(id(<<"abcdef">>), S, E) end)
     || {S, E} <- [{1, 6}, {2, 3}, {6, 6}, {0, 1}, {3, 2}, {1, 7}, {a, 1}]].
binary_to_list_of_sub() ->
    <<_, A:3/binary, _/binary>> = id(<<"abcdef">>), {binary_to_list(A), binary_to_list(A, 2, 3)}.
iolist_with_unaligned() ->
    <<_:3, A:16/bits, _/bits>> = id(<<16#123456789A:40>>),
    {iolist_to_binary([A, 1, [A]]), iolist_size([A, "x"])}.
equal_at_each_offset() ->
    W = id(<<16#DEADBEEFCAFE:48>>),
    [begin <<_:O, X:48/bits, _/bits>> = <<0:O, W/bits, -1:3>>, {X =:= W, X == W, W =:= X} end
     || O <- lists:seq(0, 9)].
not_equal_last_bit_at_each_offset() ->
    W = id(<<16#DEADBEEFCAF:43>>),
    [begin <<_:O, X:43/bits, _/bits>> = <<0:O, 16#DEADBEEFCAE:43, -1:3>>,
     {X =:= W, X < W, X > W} end || O <- lists:seq(0, 9)].
hash_at_each_offset() ->
    lists:usort([begin <<_:O, X:83/bits, _/bits>> = <<0:O, 16#123456789ABCDEF012345:83, -1:3>>,
                 erlang:phash2(X) end || O <- lists:seq(0, 16)]).
crc_at_each_offset() ->
    lists:usort([begin <<_:O, X:80/bits, _/bits>> = <<0:O, 16#123456789ABCDEF01234:80, -1:3>>,
                 {erlang:crc32(X), erlang:adler32(X), erlang:md5(X)} end || O <- lists:seq(0, 9)]).
to_integer_at_offset() ->
    [begin <<_:O, X:24/bits, _/bits>> = <<0:O, "123", 0:3>>,
     {binary_to_integer(X), binary_to_atom(X)} end || O <- lists:seq(0, 9)].
ext_format_at_offset() ->
    [begin <<_:O, X:27/bits, _/bits>> = <<0:O, 16#5A5A5A5:27, 0:3>>,
     case_lib:hex(term_to_binary(X)) end || O <- lists:seq(0, 9)].
binary_to_term_at_offset() ->
    T = term_to_binary({id(a), [1, 2]}), N = bit_size(T),
    [begin <<_:O, X:N/bits, _/bits>> = <<0:O, T/bits, 0:3>>, binary_to_term(X) end
     || O <- lists:seq(0, 9)].
print_at_offset() ->
    [begin <<_:O, X:27/bits, _/bits>> = <<0:O, 16#5A5A5A5:27, 0:3>>, X end || O <- lists:seq(0, 9)].
copy_of_sub() -> <<_:4, X:16/bits, _/bits>> = id(<<16#12345678:32>>), binary:copy(X, 3).
referenced_size() ->
    A = binary:copy(<<1>>, 1000), B = binary_part(A, 10, 100), C = binary:copy(B),
    {binary:referenced_byte_size(A), binary:referenced_byte_size(B),
     binary:referenced_byte_size(C)}.
order_by_content_then_length() ->
    lists:sort(id([<<2>>, <<1, 1>>, <<>>, <<1>>, <<1:1>>, <<0:1>>, <<1:7>>, <<0:9>>, <<255>>,
                   <<1, 0>>, <<1:3>>])).
order_bitstrings_all_pairs() ->
    L = [<<0:1>>, <<1:1>>, <<0:2>>, <<1:2>>, <<2:2>>, <<0>>, <<128>>, <<128, 0:1>>, <<>>],
    [[{A < B, A == B} || B <- L] || A <- id(L)].
order_with_other_types() -> lists:sort(id([<<1>>, [1], a, 1, {1}, #{}, <<1:1>>, [], 1.0])).
order_of_long_binaries() ->
    A = binary:copy(<<7>>, 100000), B = <<A/binary, 1>>, C = <<A/binary, 2>>,
    {A < B, B < C, C > A, B =:= C}.
order_unaligned_both() ->
    [begin <<_:O, X:30/bits, _/bits>> = <<0:O, 16#2AAAAAAA:30, 0:7>>,
     <<_:P, Y:30/bits, _/bits>> = <<0:P, 16#2AAAAAAB:30, 0:7>>, {X < Y, X == Y, Y < X} end
     || O <- [0, 1, 5, 8], P <- [0, 3, 8]].
map_key_unaligned() ->
    <<_:3, K:16/bits, _/bits>> = id(<<0:3, "kv", 0:5>>), M = #{<<"kv">> => found}, maps:get(K, M).
match_literal_unaligned() ->
    <<_:3, K:16/bits, _/bits>> = id(<<0:3, "kv", 0:5>>), case K of <<"kv">> -> yes; _ -> no end.
big_sub_of_big() ->
    A = binary:copy(<<"0123456789">>, 200000), <<_:1000003/binary, B:20/binary, _/binary>> = A,
    <<_:7, C:16/bits, _/bits>> = B, {B, C}.
big_unaligned_copy() ->
    A = binary:copy(<<"0123456789">>, 150000), <<_:3, B:8000000/bits, _/bits>> = A,
    C = <<0:1, B/bits, 0:7>>, {erlang:crc32(B), erlang:crc32(C)}.
big_list_to_binary() ->
    B = list_to_binary(lists:duplicate(300, lists:seq(0, 255))),
    {byte_size(B), erlang:crc32(B), B =:= binary:copy(list_to_binary(lists:seq(0, 255)), 300)}.
list_to_bitstring_odd() ->
    [list_to_bitstring(id(L))
     || L <- [[], [1], [<<1:3>>], [1, <<1:3>>, 2, <<5:5>>], [[<<1:1>>], [[<<1:1>>]] | <<0:6>>],
              [255 | <<1:1>>]]].
list_to_bitstring_errors() ->
    [case_lib:top(fun() -> list_to_bitstring(id(L)) end)
     || L <- [a, [a], [256], [-1], [1 | 2], [1.0], <<1:1>>]].
split_then_append() ->
    {A, B} = split_binary(id(<<"headtail">>), 4), C = <<A/binary, "er">>, D = <<B/binary, "or">>,
    {A, B, C, D}.
