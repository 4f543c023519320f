%% Builtins on arguments so long that they go on in several slices.
-module(bifs_long).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
class(F) -> case_lib:class(F).
seq(N) -> lists:seq(1, N).

append() -> [lists:sum(seq(N) ++ [N + 1]) || N <- id([510, 511, 512, 513, 1023, 1024, 1025, 32000, 33000, 64000])].
append_to_any() -> [lists:nthtail(N, seq(N) ++ id(tail)) || N <- [1, 512, 1024, 100000]].
append_improper() ->
    [class(fun() -> id(seq(N) ++ bad) ++ [x] end) || N <- [1, 100000]] ++
    [class(fun() -> erlang:append(id(seq(N) ++ bad), [x]) end) || N <- [1, 100000]].
append_improper_frame() ->
    try id(seq(100000) ++ bad) ++ [x] catch C:R:S -> {C, R, [{M, F, length(A)} || {M, F, A, _} <- [hd(S)]]} end.
subtract() ->
    [lists:sum(seq(100000) -- lists:seq(1, 100000, 3)), lists:sum(seq(100000) -- seq(100)),
     length(lists:duplicate(50000, a) -- lists:duplicate(20000, a)), lists:sublist(seq(60000) -- [5, 6, 7], 10),
     seq(100000) -- seq(100000)].
subtract_exact() ->
    L = [case I rem 2 of 0 -> I; 1 -> float(I) end || I <- seq(50000)], lists:sublist(L -- seq(50000), 4).
subtract_improper() ->
    [class(fun() -> id(L) -- id(R) end)
     || {L, R} <- [{seq(100000), seq(50000) ++ bad}, {seq(100000) ++ bad, seq(50000)}]].
reverse() -> [length(lists:reverse(seq(500000))), hd(lists:reverse(seq(500000), x))].
reverse_improper() -> class(fun() -> lists:reverse(id(seq(50000) ++ bad), x) end).
member() -> [lists:member(E, seq(500000)) || E <- id([500000, 0, 1, 1.0])].
member_improper() -> [class(fun() -> lists:member(E, id(seq(50000) ++ bad)) end) || E <- [x, 50000]].
keys() ->
    L = [{X, {X}} || X <- seq(100000)],
    [lists:keyfind(100000, 1, L), lists:keyfind(0, 1, L), lists:keymember({5}, 2, L), lists:keysearch({99999}, 2, L)].
keys_improper() -> class(fun() -> lists:keyfind(x, 1, id(seq(50000) ++ bad)) end).
tuples() ->
    [lists:sum(tuple_to_list(list_to_tuple(seq(500000)))), length(tuple_to_list(erlang:make_tuple(500000, a)))].
binary_copy() ->
    [binary:at(binary:copy(<<1, 2, 3, 4, 5, 6, 7>>, 100000), I) || I <- [0, 6, 7, 8, 262143, 262144, 262145, 699999]].
binary_copy_sizes() -> [byte_size(binary:copy(<<1, 2, 3, 4, 5, 6, 7>>, N)) || N <- [37448, 37449, 37450, 37451, 300000]].
binary_copy_unaligned() ->
    <<_:3, B/bits>> = id(<<0:3, (binary:copy(<<1, 2, 3, 4, 5, 6, 7>>, 10))/bits>>),
    C = binary:copy(B, 10000), {byte_size(C), binary:at(C, 699999), binary:at(C, 5)}.
matches() ->
    B = binary:copy(<<"ab">>, 300000),
    [length(binary:matches(B, <<"b">>)), length(binary:matches(B, [<<"b">>, <<"ba">>, <<"x">>])),
     lists:last(binary:matches(B, [<<"b">>, <<"ba">>, <<"x">>]))].
match_late() ->
    B = <<(binary:copy(<<"ab">>, 1000000))/binary, "needle">>,
    [binary:match(B, P) || P <- [<<"needle">>, [<<"needle">>, <<"noodle">>], <<"aa">>, <<"ban">>, [<<"aa">>, <<"bb">>]]].
split() ->
    B = binary:copy(<<"ab,">>, 100000),
    [length(binary:split(B, <<",">>, O)) || O <- [[global], [global, trim], [global, trim_all], []]].
split_several() ->
    B = binary:copy(<<",,ab,">>, 100000),
    [length(binary:split(B, [<<",">>, <<",a">>], [global, trim_all])),
     lists:sublist(binary:split(B, [<<",">>, <<",a">>], [global]), 10)].
search_unaligned() ->
    <<_:3, B/bits>> = id(<<0:3, (binary:copy(<<"ab,">>, 50000))/bits>>),
    [length(binary:split(B, <<",">>, [global])), lists:last(binary:matches(B, [<<"ab">>, <<"b,">>])),
     binary:match(B, <<"b,a">>), byte_size(lists:last(binary:split(B, <<"b">>)))].
search_compiled() ->
    B = binary:copy(<<"ab,">>, 50000),
    [{length(binary:matches(B, P)), binary:match(<<"xab">>, P)}
     || P <- [binary:compile_pattern([<<"ab">>, <<"b,">>]), binary:compile_pattern(<<"ab">>)]].
search_many_patterns() ->
    length(binary:matches(binary:copy(<<1, 2, 0, 5, 9>>, 20000), [<<X:16>> || X <- seq(3000)])).
unicode_to_list() ->
    B = binary:copy(<<"a", 228/utf8, 8364/utf8, 66376/utf8>>, 50000),
    [lists:sum(unicode:characters_to_list(B, utf8)), length(unicode:characters_to_list(B, latin1))].
unicode_to_binary() ->
    [byte_size(unicode:characters_to_binary(D, E))
     || {D, E} <- [{lists:duplicate(100000, 229), utf8}, {binary:copy(<<229, 65>>, 100000), latin1},
                   {binary:copy(<<65>>, 1000000), utf8}, {[[[binary:copy(<<65>>, 100000)], $b], "c"], utf8}]].
unicode_errors() ->
    [{A, iolist_size(B), C}
     || {A, B, C} <- [unicode:characters_to_binary(<<(binary:copy(<<65>>, 1000000))/binary, 255>>, utf8),
                      unicode:characters_to_binary([lists:duplicate(100000, 65), <<255>>, 66], utf8),
                      unicode:characters_to_list([[lists:duplicate(100000, 65)], [[[]]], <<226, 130>>,
                                                  [[<<172, 66>>]], <<255>>, 66], utf8),
                      unicode:characters_to_binary([lists:duplicate(100000, 65), <<226>>], utf8)]].
unicode_no_chardata() ->
    [class(fun() -> unicode:characters_to_binary(id(D), utf8) end)
     || D <- [[lists:duplicate(100000, 65), <<255>>, lists:duplicate(100000, 65), a], [lists:duplicate(100000, 65) | a]]].
unicode_deep() ->
    Right = lists:foldl(fun(_, A) -> [65, A] end, [65], seq(100000)),
    Bad = lists:foldl(fun(_, A) -> [65, A] end, [16#d800], seq(100000)),
    {error, B, Rest} = unicode:characters_to_binary(Bad, utf8),
    [byte_size(unicode:characters_to_binary(Right, utf8)), byte_size(B), erts_debug:flat_size(Rest)].
unicode_7bit() ->
    B = binary:copy(<<65>>, 1000000),
    [unicode:bin_is_7bit(X) || X <- [B, <<B/binary, 200>>, <<200, B/binary>>]].
