%% Terms so large that writing and reading them takes many slices.
-module(etf_slices).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
big(N) -> [{I, [I * 7, <<I:32>>, digits(I)], #{key => I, other => {I}}}
           || I <- lists:seq(1, N)].
bytes(N, I) -> binary_to_list(binary:copy(<<I>>, N)).
digits(I) -> [$0 + I rem 10, $a + I rem 26, 128 + I rem 128].
same(T) -> binary_to_term(term_to_binary(T)) =:= T.

round_trip_list() -> same(big(4000)).
round_trip_tuple() -> same(list_to_tuple(big(4000))).
round_trip_map() -> same(maps:from_list([{I, {I, digits(I)}} || I <- lists:seq(1, 6000)])).
round_trip_nested_maps() ->
    same(lists:foldl(fun(I, M) -> (maps:from_list([{X, X} || X <- lists:seq(1, 40)]))#{in => M, I => I}
                     end, #{}, lists:seq(1, 300))).
round_trip_compressed() ->
    T = big(3000), B = term_to_binary(T, [compressed]),
    {byte_size(B), erlang:crc32(B), binary_to_term(B) =:= T}.
compressed_each_level() ->
    T = big(2000),
    [{L, erlang:crc32(term_to_binary(T, [{compressed, L}]))} || L <- lists:seq(0, 9)].
bytes_of_large() -> B = term_to_binary(big(4000)), {byte_size(B), erlang:crc32(B)}.
size_of_large() -> {erlang:external_size(big(4000)), erlang:external_size(big(100), [{minor_version, 0}])}.
iovec_of_large() ->
    Bins = [binary:copy(<<I>>, I) || I <- lists:seq(1, 300)],
    T = {big(2500), Bins, big(10)},
    V = erlang:term_to_iovec(T),
    {[byte_size(X) || X <- V], iolist_to_binary(V) =:= term_to_binary(T)}.
used_of_large() ->
    B = term_to_binary(big(4000)),
    {T, N} = binary_to_term(<<B/binary, 1, 2, 3>>, [used]), {length(T), N =:= byte_size(B)}.
deterministic_large() ->
    M = maps:from_list([{K, 1} || I <- lists:seq(1, 1000), K <- [I, I * 1.0, {I}, [I], <<I>>]]),
    B = term_to_binary(M, [deterministic]), {byte_size(B), erlang:crc32(B)}.
cut_large() ->
    B = term_to_binary(big(4000)),
    [case_lib:class(fun() -> binary_to_term(binary:part(B, 0, byte_size(B) - N)) end)
     || N <- [1, 2, 1000]].
equal_keys_far_in() ->
    B = term_to_binary([binary_to_list(binary:copy(<<1, 7>>, 40000)), x]),
    case_lib:class(fun() -> binary_to_term(<<131, 104, 2, (tail(B))/binary, 116, 2:32, 97, 1, 97, 2,
                                           97, 1, 97, 3>>), ok end).
tail(<<_, T/binary>>) -> T.
unaligned_large() ->
    B = term_to_binary(big(4000)), N = byte_size(B),
    <<_:3, U:N/binary, _/bits>> = <<0:3, B/binary, 0:5>>,
    binary_to_term(id(U)) =:= big(4000).
garbage_in_between() ->
    T = big(4000),
    lists:foldl(fun(_, A) -> B = term_to_binary([T | A]), [byte_size(B) | A] end, [],
                lists:seq(1, 5)).
one_huge_binary() ->
    B = binary:copy(<<"abcdefgh">>, 1 bsl 19), X = term_to_binary({B, B}),
    {byte_size(X), erlang:crc32(X), binary_to_term(X) =:= {B, B}}.
strings() -> B = term_to_binary([bytes(65535, I) || I <- lists:seq(1, 20)]),
    {byte_size(B), erlang:crc32(B), same([bytes(65536, I) || I <- [1, 2]])}.
