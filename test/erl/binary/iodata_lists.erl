%% I/O data to binaries, bit strings, lists of binaries and sizes: what is taken and refused, how
%% lists of binaries are cut, and data that takes many slices.
-module(iodata_lists).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
bytes(N) -> binary_to_list(binary:copy(<<7>>, N)).
b(N) -> binary:copy(<<1>>, N).
unaligned(N) -> <<_:3, B:N/binary, _/bits>> = binary:copy(<<16#5a>>, N + 1), B.
sizes(L) -> [byte_size(B) || B <- erlang:iolist_to_iovec(id(L))].

to_binary_good() ->
    [list_to_binary(id(L)) || L <- [[], [<<1>>], [1 | <<2>>], [[]], [[[1], <<2, 3>>], 4 | <<5>>],
                                    ["abc", [<<>> | <<>>], [[["d"]]]]]].
to_binary_bad() ->
    [case_lib:top(fun() -> list_to_binary(id(L)) end)
     || L <- [<<1>>, [<<1:1>>], [1 | 2], [1 | <<2:2>>], [256], [-1], [a], [[1] | 3], [1.0],
              [1 bsl 70], a, [1, [2, [3, x]]]]].
iolist_to_binary_bad() ->
    [case_lib:top(fun() -> iolist_to_binary(id(L)) end)
     || L <- [<<1:1>>, [<<1:1>>, <<1:7>>], a, 5, [1 | 2], [b(1000), a]]].
iolist_to_binary_of_binary() -> [iolist_to_binary(id(B)) || B <- [<<>>, <<1>>, unaligned(3)]].
to_bitstring() ->
    case_lib:each(fun(L) -> list_to_bitstring(L) end,
                  id([[], <<1>>, <<1:1>>, [<<1:1>>, <<1:7>>], [1 | <<2:2>>],
                      [<<1:1>>, 5 | <<2:2>>], a, 5, [256], [<<5:3>>, "abcdef", <<1:1>>, 255],
                      [<<1:1>>, unaligned(100), <<7:3>>]])).
size_of() ->
    case_lib:each(fun(L) -> iolist_size(L) end,
                  id([[], <<1>>, <<1:1>>, [<<1:1>>, <<1:7>>], [1 | <<2>>], a, 5, [256],
                      [1, 2, [<<3, 4>>]], [b(100000) | b(3)]])).
nested_deep() ->
    L = lists:foldl(fun(X, A) -> [A, X rem 256] end, [], lists:seq(1, 10000)),
    {iolist_size(L), erlang:crc32(L), erlang:crc32(list_to_binary(L))}.
nested_deep_in_tails() ->
    L = lists:foldl(fun(X, A) -> [[X rem 256] | A] end, <<>>, lists:seq(1, 10000)),
    {iolist_size(L), erlang:crc32(iolist_to_binary(L))}.
long_bytes() -> B = list_to_binary(bytes(50000)), {byte_size(B), erlang:crc32(B)}.
long_binaries() ->
    B = iolist_to_binary(lists:duplicate(3000, [b(1500), 1, unaligned(77)])),
    {byte_size(B), erlang:crc32(B)}.
long_bad_at_its_end() ->
    case_lib:class(fun() -> list_to_binary(id([bytes(50000), a])) end).
long_bits() ->
    B = list_to_bitstring([<<1:3>>, [[X, <<1:1>>] || X <- bytes(20000)]]),
    {bit_size(B), erlang:phash2(B)}.

vector_small() ->
    [sizes(L) || L <- [[], <<>>, <<1>>, [1, 2, 3, <<4>>, <<5>>], [b(65), b(64), 1], [<<>>, b(100)]]].
vector_after_a_byte() ->
    [{N, sizes([1, b(N)])} || N <- [64, 255, 256, 257, 500, 510, 511, 512, 1000, 9000]].
vector_before_a_byte() -> [{N, sizes([b(N), 1])} || N <- [64, 255, 256, 257, 9000]].
vector_pairs() -> [{N, sizes([b(N), b(N)])} || N <- [64, 255, 256, 257, 9000]].
vector_many_small() ->
    [sizes(lists:duplicate(200, b(100))), sizes(lists:duplicate(1000, b(50))),
     sizes(lists:duplicate(20, [b(200), b(300)])), sizes(lists:duplicate(3000, [1, b(10)]))].
vector_bytes() ->
    [sizes(bytes(10000)), sizes([bytes(20000), b(100),
                                              bytes(20000)]),
     sizes([bytes(8193), b(300)])].
vector_mixed() ->
    [sizes([b(300), b(10), b(300), b(10), b(10), b(300)]),
     sizes([1, b(10000), 2, b(10000) | b(200)])].
vector_unaligned() ->
    [sizes([unaligned(N), 1, unaligned(N)]) || N <- [100, 300, 10000]].
vector_joined() ->
    L = [lists:duplicate(300, [X, b(X * 7), unaligned(X * 5)]) || X <- [1, 20, 100]],
    V = erlang:iolist_to_iovec(L),
    {lists:all(fun is_binary/1, V), iolist_to_binary(V) =:= iolist_to_binary(L)}.
vector_bad() ->
    [case_lib:top(fun() -> erlang:iolist_to_iovec(id(L)) end)
     || L <- [<<1:1>>, [<<1:1>>], a, [256], [1 | 2], [b(1000), [b(1000) | a]]]].
