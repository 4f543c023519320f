%% Checksums and digests of I/O data, at once, in parts, combined, and of much data.
-module(iodata_sums).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
data() -> [<<>>, <<"abc">>, "abc", [<<"a">>, $b | <<"c">>], lists:seq(0, 255)].
bad() -> [[a], <<1:1>>, a, [1 | 2], [256]].
much(N) -> lists:duplicate(N, [binary:copy(<<"0123456789">>, 1000), "xyz"]).
unaligned(N) -> <<_:3, B:N/binary, _/bits>> = binary:copy(<<16#c5>>, N + 1), B.

crc32_of() -> [erlang:crc32(id(D)) || D <- data()].
crc32_bad() -> [case_lib:top(fun() -> erlang:crc32(id(D)) end) || D <- bad()].
crc32_from() ->
    case_lib:each(fun(C) -> erlang:crc32(C, "abc") end,
                  id([0, 5, -1, 1 bsl 32, (1 bsl 32) - 1, a, 1.0, 1 bsl 70])).
crc32_from_bad() -> case_lib:top(fun() -> erlang:crc32(id(5), id([a])) end).
crc32_in_parts() -> erlang:crc32(erlang:crc32("ab"), "c") =:= erlang:crc32("abc").
crc32_much() -> {erlang:crc32(much(300)), erlang:crc32(unaligned(3000000))}.
crc32_much_bad() -> case_lib:class(fun() -> erlang:crc32(id([much(300), x])), ok end).
crc32_combined() ->
    [erlang:crc32_combine(A, B, N) || {A, B, N} <- id([{1, 2, 3}, {1, 2, 0}, {5, 9, 1000000}])].
crc32_combined_is_the_crc() ->
    A = <<"some data">>, B = binary:copy(<<"more">>, 1000),
    erlang:crc32_combine(erlang:crc32(A), erlang:crc32(B), byte_size(B)) =:= erlang:crc32([A, B]).
crc32_combine_bad() ->
    [case_lib:top(fun() -> erlang:crc32_combine(A, B, N) end)
     || {A, B, N} <- id([{1, 2, 1 bsl 40}, {1, 2, -1}, {1 bsl 32, 2, 1}, {a, 1, 1}])].
adler32_of() -> [erlang:adler32(id(D)) || D <- data()].
adler32_bad() -> [case_lib:top(fun() -> erlang:adler32(id(D)) end) || D <- bad()].
adler32_from() ->
    case_lib:each(fun(C) -> erlang:adler32(C, "abc") end,
                  id([0, 1, 5, -1, 1 bsl 32, (1 bsl 32) - 1, a])).
adler32_much() -> {erlang:adler32(much(300)), erlang:adler32(unaligned(3000000))}.
adler32_combined() ->
    [erlang:adler32_combine(A, B, N) || {A, B, N} <- id([{1, 2, 3}, {1, 2, 0}, {5, 9, 1000000}])].
adler32_combine_bad() ->
    [case_lib:top(fun() -> erlang:adler32_combine(A, B, N) end)
     || {A, B, N} <- id([{1, 2, 1 bsl 40}, {a, 2, 1}])].
md5_of() -> [case_lib:hex(erlang:md5(id(D))) || D <- data()].
md5_bad() -> [case_lib:top(fun() -> erlang:md5(id(D)) end) || D <- bad()].
md5_much() -> [case_lib:hex(erlang:md5(D)) || D <- [much(3), unaligned(3000)]].
%% What a context has in the unused part of its block is not said.
md5_contexts() ->
    C0 = erlang:md5_init(), C1 = erlang:md5_update(C0, id("abc")),
    C2 = erlang:md5_update(C1, binary:copy(<<"x">>, 200)),
    {binary:part(C0, 0, 24), binary:part(C1, 0, 27), byte_size(C2), case_lib:hex(erlang:md5_final(C1)), case_lib:hex(erlang:md5_final(C2)),
     case_lib:hex(erlang:md5_final(C0))}.
md5_in_parts() ->
    C = lists:foldl(fun(D, C) -> erlang:md5_update(C, D) end, erlang:md5_init(), much(300)),
    erlang:md5_final(C) =:= erlang:md5(much(300)).
md5_context_bad() ->
    [case_lib:top(fun() -> erlang:md5_final(id(C)) end) || C <- [<<1>>, a, <<1:3>>]] ++
        [case_lib:top(fun() -> erlang:md5_update(id(C), "a") end) || C <- [<<1>>, a]] ++
        [case_lib:class(fun() -> erlang:md5_update(erlang:md5_init(), id([a])) end)].
