%% Bytes as lists, splitting, sizes: functions of module erlang.
-module(binary_lists).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
unaligned(N) -> <<_:5, B:N/binary, _/bits>> = binary:copy(<<16#a6>>, N + 1), B.

to_list() -> [binary_to_list(id(B)) || B <- [<<>>, <<1, 2>>, unaligned(9)]].
to_list_bad() -> [case_lib:top(fun() -> binary_to_list(id(B)) end) || B <- [<<1:1>>, a, <<1, 2:2>>]].
to_list_part() ->
    [case_lib:top(fun() -> binary_to_list(id(<<1, 2, 3>>), S, E) end)
     || {S, E} <- id([{1, 3}, {2, 1}, {2, 2}, {0, 1}, {1, 0}, {1, 4}, {4, 3}, {3, 2}, {a, 1},
                      {1 bsl 70, 1}, {3, 3}])].
to_list_part_of_bits() ->
    [case_lib:class(fun() -> binary_to_list(id(<<1, 2, 3:3>>), S, E) end)
     || {S, E} <- id([{1, 2}, {1, 3}, {2, 2}])].
to_list_long() ->
    L = binary_to_list(binary:copy(<<1, 2, 3>>, 100000)), {length(L), erlang:crc32(L)}.
to_list_long_unaligned() ->
    L = binary_to_list(unaligned(100000)), {length(L), erlang:phash2(L)}.
bits_to_list() -> [bitstring_to_list(id(B)) || B <- [<<>>, <<1:1>>, <<1, 2, 3:3>>, unaligned(3)]].
bits_to_list_bad() -> case_lib:top(fun() -> bitstring_to_list(id(a)) end).
bits_to_list_long() ->
    L = bitstring_to_list(<<(binary:copy(<<7>>, 100000))/binary, 5:4>>),
    {length(L), lists:last(L), hd(L)}.
splits() ->
    [case_lib:top(fun() -> split_binary(B, N) end)
     || {B, N} <- id([{<<1, 2>>, 0}, {<<1, 2>>, 1}, {<<1, 2>>, 2}, {<<1, 2>>, 3}, {<<1, 2>>, -1},
                      {<<1, 2, 3:3>>, 2}, {<<1, 2, 3:3>>, 3}, {<<1, 2>>, a}, {a, 1},
                      {<<1>>, 1 bsl 70}, {unaligned(10), 4}])].
sizes() ->
    [{case_lib:top(fun() -> byte_size(id(B)) end), case_lib:top(fun() -> bit_size(id(B)) end)}
     || B <- [<<>>, <<1:1>>, <<1, 2:3>>, unaligned(100), a, {a}, [1]]].
sizes_in_guards() ->
    F = fun(X) when byte_size(X) =:= 2, bit_size(X) < 16 -> bits;
           (X) when byte_size(X) =:= 2 -> bytes;
           (_) -> other
        end,
    [F(X) || X <- id([<<1, 2>>, <<1, 2:3>>, <<1>>, a, 5])].
