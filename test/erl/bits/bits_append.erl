%% Appending to binaries: accumulation in loops, two appends to one binary,
%% and that older values stay as they were.
-module(bits_append).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

loop(0, A) -> A;
loop(N, A) -> loop(N - 1, <<A/binary, N>>).
loop_bits(0, _, A) -> A;
loop_bits(N, S, A) -> loop_bits(N - 1, S, <<A/bitstring, N:S>>).

accumulate_10() -> loop(10, <<>>).
accumulate_255() -> loop(255, <<>>).
accumulate_300() -> B = loop(300, <<>>), {byte_size(B), erlang:crc32(B)}.
accumulate_100000() ->
    B = loop(100000, <<>>), {byte_size(B), erlang:crc32(B), binary:part(B, 99990, 10)}.
accumulate_on_given_start() -> loop(5, id(<<"start">>)).
accumulate_bits_each_size() -> [{S, case_lib:hex(loop_bits(9, S, <<>>))} || S <- lists:seq(1, 17)].
accumulate_bits_long() ->
    [begin B = loop_bits(5000, S, <<>>), {bit_size(B), erlang:phash2(B)} end
     || S <- [1, 3, 7, 8, 9, 31, 33, 64, 65]].
accumulate_binaries() ->
    B = lists:foldl(fun(X, A) -> <<A/binary, X/binary>> end, <<>>,
                    id([<<"one,">>, <<>>, <<"two,">>, <<"three">>])), B.
accumulate_utf8() ->
    lists:foldl(fun(X, A) -> <<A/binary, X/utf8>> end, <<>>, id([97, 233, 8364, 128512])).
accumulate_floats() ->
    lists:foldl(fun(X, A) -> <<A/binary, X:32/float>> end, <<>>, id([1.0, 2.0, 3])).
two_appends_to_same() ->
    A = <<(id(<<>>))/binary, "abc">>, B = <<A/binary, "x">>, C = <<A/binary, "y">>, {A, B, C}.
three_appends_deep() ->
    A = loop(3, <<>>), B = <<A/binary, 10>>, C = <<B/binary, 11>>, D = <<A/binary, 12>>,
    E = <<B/binary, 13>>,
    F = <<C/binary, 14>>, {A, B, C, D, E, F}.
two_appends_bits() ->
    A = <<(id(<<>>))/bitstring, 5:3>>, B = <<A/bitstring, -1:5>>, C = <<A/bitstring, 0:5>>,
    D = <<A/bitstring, -1:9>>, {A, B, C, D}.
two_appends_to_big() ->
    A = loop(1000, <<>>), B = <<A/binary, "first">>, C = <<A/binary, "second">>,
    {byte_size(A), binary:part(B, 1000, 5), binary:part(C, 1000, 6), A =:= binary:part(B, 0, 1000)}.
tree_of_appends() ->
    Grow = fun G(0, B) -> [B];
    G(N, B) -> G(N - 1, <<B/binary, 0>>) ++ G(N - 1, <<B/binary, 1>>) end,
    Grow(4, id(<<>>)).
tree_of_bit_appends() ->
    Grow = fun G(0, B) -> [case_lib:bits(B)];
    G(N, B) -> G(N - 1, <<B/bits, 0:1>>) ++ G(N - 1, <<B/bits, 1:1>>) end,
    Grow(4, id(<<1:1>>)).
append_to_matched_tail() ->
    <<_, T/binary>> = id(<<1, 2, 3>>), A = <<T/binary, 4>>, B = <<T/binary, 5>>, {T, A, B}.
append_to_prefix_of_appended() ->
    A = loop(300, <<>>), <<P:100/binary, _/binary>> = A, B = <<P/binary, "new">>,
    {byte_size(B), binary:part(B, 98, 5), binary:part(A, 98, 5)}.
append_to_literal() ->
    A = <<"literal">>, B = <<A/binary, (id(1))>>, C = <<A/binary, (id(2))>>, {A, B, C}.
append_to_heap_binary() -> A = id(list_to_binary("heap")), B = <<A/binary, 1>>, {A, B}.
append_empty() -> A = loop(3, <<>>), B = <<A/binary, (id(<<>>))/binary>>, {A, B, A =:= B}.
append_itself() ->
    A = loop(3, <<>>), B = <<A/binary, A/binary>>, C = <<B/binary, B/binary>>, {A, B, C}.
append_after_match() ->
    A = loop(20, <<>>), <<X, R/binary>> = A, B = <<A/binary, X>>, {R, B}.
append_while_reading() -> dup(id(<<1, 2, 3>>), <<>>).
dup(<<X, R/binary>>, A) -> dup(R, <<A/binary, X, X>>);
dup(<<>>, A) -> A.
append_reverse() -> rev(id(<<"reversed">>), <<>>).
rev(<<X, R/binary>>, A) -> rev(R, <<X, A/binary>>);
rev(<<>>, A) -> A.
append_then_size_in_guard() -> fill(id(<<>>)).
fill(B) when byte_size(B) >= 70 -> B;
fill(B) -> fill(<<B/binary, (byte_size(B))>>).
append_sized_binary() ->
    A = id(<<"ab">>), B = id(<<"cdef">>), [<<A/binary, B:N/binary>> || N <- [0, 1, 4]].
append_dynamic_sizes() ->
    lists:foldl(fun(S, A) -> <<A/bitstring, S:S>> end, <<>>, lists:seq(0, 30)).
append_little() ->
    lists:foldl(fun(S, A) -> <<A/bitstring, S:13/little>> end, <<>>, lists:seq(0, 30)).
append_crossing_heap_border() ->
    [begin B = loop(N, <<>>), {byte_size(B), erlang:adler32(B)} end || N <- lists:seq(60, 70)].
append_big_chunks() ->
    C = binary:copy(<<"0123456789abcdef">>, 4096),
    B = lists:foldl(fun(_, A) -> <<A/binary, C/binary>> end, <<>>, lists:seq(1, 40)),
    {byte_size(B), erlang:crc32(B)}.
append_to_copy() ->
    A = loop(100, <<>>), B = binary:copy(A), C = <<B/binary, 1>>, D = <<A/binary, 2>>,
    {binary:last(C), binary:last(D), A =:= B}.
append_kept_in_list() ->
    {L, _} = lists:mapfoldl(fun(X, A) -> B = <<A/binary, X>>, {B, B} end, <<>>, lists:seq(1, 12)),
    L.
append_kept_in_dictionary() ->
    put(acc, <<>>), [put(acc, <<(get(acc))/binary, X>>) || X <- lists:seq(1, 12)], erase(acc).
append_same_binary_from_two_loops() ->
    S = loop(5, <<>>), {loop(3, S), loop_bits(3, 8, S), loop(2, S), S}.
append_result_hash_and_order() ->
    A = loop(10, <<>>), B = loop(10, <<>>),
    {A =:= B, erlang:phash2(A) =:= erlang:phash2(B), A < <<B/binary, 0>>}.
append_term_to_binary() -> A = loop(10, <<>>), binary_to_term(term_to_binary(A)) =:= A.
append_keeps_bits_after_end() ->
    A = <<(id(<<>>))/bitstring, -1:12>>, B = <<A/bitstring, 0:4>>, C = <<A/bitstring, -1:4>>,
    D = <<A/bitstring, 0:1>>, {A, B, C, D}.
