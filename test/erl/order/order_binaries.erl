%% Binaries and bitstrings order by their bits, left to right; a prefix is less.
-module(order_binaries).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
c(A, B) -> {A < B, A == B, A =:= B, A > B}.
s(L) -> lists:sort(L).

bytes() -> s([<<2>>, <<1>>, <<>>, <<255>>, <<0>>, <<128>>]).
prefix_is_less() -> [c(id(<<"abc">>), <<"abcd">>), c(id(<<"abcd">>), <<"abc">>), c(id(<<>>), <<0>>)].
first_byte_decides() -> [c(id(<<2>>), <<1, 255, 255>>), c(id(<<"b">>), <<"aaaa">>)].
strings() -> s([<<"hello">>, <<"help">>, <<"hell">>, <<"Hello">>, <<>>, <<"zebra">>]).
bit_lengths() -> s([<<0:3>>, <<0:1>>, <<0:8>>, <<>>, <<0:9>>, <<0:2>>]).
bits_left_to_right() -> s([<<1:1>>, <<0:1, 1:1>>, <<1:2>>, <<3:2>>, <<2:2>>, <<0:2>>]).
bits_against_bytes() -> [c(id(<<1:1>>), <<127>>), c(id(<<1:1>>), <<128>>), c(id(<<0:1>>), <<255>>), c(id(<<1:1>>), <<255>>)].
bits_prefix() -> [c(id(<<5:3>>), <<5:3, 0:1>>), c(id(<<5:3, 0:5>>), <<5:3, 0:5>>), c(id(<<5:3>>), <<160>>)].
trailing_bits_only() -> [c(id(<<1, 1:4>>), <<1, 2:4>>), c(id(<<1, 1:4>>), <<1, 16>>), c(id(<<1, 15:4>>), <<1, 240>>)].
spare_bits_do_not_count() -> <<A:5/bitstring, _/bitstring>> = id(<<16#ff>>), <<B:5/bitstring, _/bitstring>> = id(<<16#f8>>), [A =:= B, A == B, c(A, B), c(A, <<31:5>>)].
sub_binary_equals_copy() -> <<_:2/binary, A:3/binary, _/binary>> = id(<<"xxabcyy">>), [A =:= <<"abc">>, c(A, <<"abc">>), c(A, <<"abd">>)].
unaligned_equals_aligned() -> <<_:3, A:24/bitstring, _/bitstring>> = id(<<0:3, "abc", 0:5>>), [A =:= <<"abc">>, c(A, <<"abc">>), c(A, <<"abb">>), c(<<"abcd">>, A)].
unaligned_both_sides() -> <<_:3, A:20/bitstring, _/bitstring>> = id(<<0:3, 16#abcde:20, 0:1>>), <<_:7, B:20/bitstring, _/bitstring>> = id(<<0:7, 16#abcde:20, 0:5>>), [A =:= B, c(A, B), A =:= <<16#abcde:20>>].
large_equal_differ_last() -> A = binary:copy(<<7>>, 100000), [c(<<A/binary, 1>>, <<A/binary, 2>>), c(A, <<A/binary, 0>>), c(A, binary:copy(<<7>>, 100000))].
large_unaligned_compare() -> A = binary:copy(<<1, 2, 3>>, 1000), <<_:1, B:24000/bitstring, _/bitstring>> = <<0:1, A/binary, 0:7>>, [A =:= B, c(A, B), c(<<B/bitstring, 1:1>>, A)].
sizes_around_heap_limit() -> [c(binary:copy(<<1>>, N), binary:copy(<<1>>, 64)) || N <- [63, 64, 65, 66]].
zero_bits_equal() -> [id(<<>>) =:= <<0:0>>, c(id(<<>>), <<0:0>>), <<(id(<<1>>))/binary, 0:0>> =:= <<1>>].
inside_compounds() -> s([{<<2>>}, {<<1>>}, [<<1>>, 2], [<<1>>], #{k => <<1>>}, #{k => <<0, 0>>}]).
as_map_keys() -> <<_, K/binary>> = id(<<"xkey">>), [maps:get(K, #{<<"key">> => v}), maps:is_key(<<"ke">>, #{K => 1})].
bitstring_keys() -> M = #{<<1:3>> => a, <<1:4>> => b, <<16>> => c}, [maps:get(id(<<1:3>>), M), maps:get(id(<<1:4>>), M), maps:get(id(<<16>>), M)].
sort_all_short_bitstrings() -> s([<<V:N>> || N <- [0, 1, 2, 3], V <- lists:seq(0, (1 bsl N) - 1)]).
all_pairs_agree_with_bit_lists() ->
    L = [<<V:N>> || N <- [0, 1, 2, 3, 8, 9, 11], V <- [0, 1, (1 bsl N) div 2, (1 bsl N) - 1], N > 0 orelse V =:= 0],
    bits_disagree(L).
bits_disagree(L) -> [{A, B} || A <- L, B <- L, (A < B) =/= (bits(A) < bits(B)) orelse (A =:= B) =/= (bits(A) =:= bits(B))].
bits(B) -> [X || <<X:1>> <= B].
unaligned_all_offsets() -> [O || O <- lists:seq(0, 7), begin <<_:O, A:13/bitstring, _/bitstring>> = id(<<0:O, 16#1abc:13, 0:3>>), A =/= <<16#1abc:13>> end].
min_max() -> [min(<<1>>, <<1, 0>>), max(<<1>>, <<1, 0>>), min(<<1:1>>, <<1:2>>), max(<<1:1>>, <<0:2>>), max(<<>>, "zzz"), min(<<>>, [])].
usort_views_of_one_binary() -> B = id(<<"abcabcabc">>), lists:usort([binary:part(B, P, 3) || P <- [0, 1, 2, 3, 4, 5, 6]]).
compare_appended_binary() -> A = lists:foldl(fun(I, Acc) -> <<Acc/binary, I>> end, <<>>, lists:seq(1, 200)), [A =:= list_to_binary(lists:seq(1, 200)), c(A, list_to_binary(lists:seq(1, 201)))].
