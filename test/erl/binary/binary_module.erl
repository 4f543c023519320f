%% The binary module: searching, splitting, replacing, parts, integers, hex.
-module(binary_module).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
each(F, L) -> case_lib:each(F, L).
top(F) -> case_lib:top(F).

match_one() ->
    [binary:match(id(<<"hello world">>), id(P))
     || P <- [<<"h">>, <<"world">>, <<"d">>, <<"x">>, <<"o w">>, <<"hello world!">>]].
match_several_patterns() ->
    [binary:match(id(<<"abcdefgh">>), id(P))
     || P <- [[<<"c">>, <<"b">>], [<<"bcd">>, <<"bc">>], [<<"bc">>, <<"bcd">>], [<<"x">>, <<"y">>],
              [<<"h">>]]].
match_scope() ->
    [binary:match(id(<<"abcabc">>), id(<<"b">>), [{scope, id(S)}])
     || S <- [{0, 6}, {2, 4}, {0, 1}, {6, 0}, {6, -6}, {2, 2}]].
match_errors() ->
    each(fun({S, P, O}) -> binary:match(S, P, O) end,
         [{a, <<"a">>, []}, {<<"a">>, <<>>, []}, {<<"a">>, [], []}, {<<"a">>, a, []},
          {<<"a">>, <<"a">>, [x]}, {<<"a">>, <<"a">>, [{scope, {0, 2}}]},
          {<<"a">>, <<"a">>, [{scope, {-1, 1}}]}, {<<1:9>>, <<"a">>, []}, {<<"a">>, [<<>>], []},
          {<<"a">>, [a], []}]).
match_error_frames() ->
    [top(fun() -> binary:match(id(a), id(<<"a">>)) end),
     top(fun() -> binary:match(id(<<"a">>), id(<<>>)) end),
     top(fun() -> binary:match(<<"a">>, <<"a">>, id([x])) end)].
match_error_text() ->
    [case_lib:text(fun() -> binary:match(id(a), id(<<>>)) end),
     case_lib:text(fun() -> binary:match(<<"a">>, <<"a">>, id(x)) end)].
matches() ->
    [binary:matches(id(<<"banana">>), id(P))
     || P <- [<<"a">>, <<"an">>, <<"ana">>, <<"x">>, [<<"b">>, <<"n">>], [<<"an">>, <<"ana">>]]].
matches_overlap_longest() ->
    binary:matches(id(<<"abcde">>), id([<<"bcde">>, <<"cd">>, <<"abcd">>, <<"a">>])).
matches_scope() -> binary:matches(id(<<"aXbXcX">>), <<"X">>, [{scope, {2, 3}}]).
matches_long() ->
    B = binary:copy(<<"abcdefghij">>, 10000),
    {length(binary:matches(B, <<"ja">>)), length(binary:matches(B, [<<"ab">>, <<"ef">>, <<"x">>])),
     binary:match(B, <<"jb">>)}.
compiled_pattern() ->
    P = binary:compile_pattern(id([<<"a">>, <<"bc">>])),
    {binary:matches(<<"xabcabc">>, P), binary:split(<<"1a2bc3">>, P, [global])}.
compiled_pattern_single() ->
    P = binary:compile_pattern(id(<<"needle">>)), binary:match(<<"hay needle hay">>, P).
compile_pattern_errors() ->
    each(fun binary:compile_pattern/1, [<<>>, [], [<<>>], a, [<<"a">> | b], <<1:1>>]).
split() ->
    [binary:split(id(<<"a,b,,c,">>), id(<<",">>), O)
     || O <- [[], [global], [trim], [global, trim], [global, trim_all], [trim_all]]].
split_edge() ->
    [binary:split(id(B), <<",">>, [global]) || B <- [<<>>, <<",">>, <<",,">>, <<"a">>, <<",a">>]].
split_edge_trim() ->
    [binary:split(id(B), <<",">>, [global, O])
     || B <- [<<>>, <<",">>, <<",,">>, <<",a,">>, <<"a">>], O <- [trim, trim_all]].
split_many_patterns() -> binary:split(id(<<"k=v;k2=v2">>), [<<"=">>, <<";">>], [global]).
split_scope() -> binary:split(id(<<"a-b-c-d">>), <<"-">>, [global, {scope, {2, 4}}]).
split_long() -> length(binary:split(binary:copy(<<"word ">>, 20000), <<" ">>, [global])).
split_errors() ->
    each(fun({B, P, O}) -> binary:split(B, P, O) end,
         [{a, <<",">>, []}, {<<"a">>, <<>>, []}, {<<"a">>, <<",">>, [x]}, {<<"a">>, <<",">>, x}]).
replace() ->
    [binary:replace(id(<<"abcabc">>), <<"b">>, <<"XX">>, O)
     || O <- [[], [global], [global, {insert_replaced, 1}], [{insert_replaced, [1, 1]}],
              [global, {insert_replaced, [0, 2]}]]].
replace_insert_out_of_range() ->
    each(fun(N) -> binary:replace(<<"abc">>, <<"b">>, <<"XX">>, [{insert_replaced, N}]) end,
         [0, 2, 3, -1, [0, 3]]).
replace_by_fun_is_refused() ->
    binary:replace(id(<<"a1b2">>), [<<"1">>, <<"2">>], fun(M) -> <<"<", M/binary, ">">> end,
                   [global]).
replace_errors() ->
    each(fun({B, P, R, O}) -> binary:replace(B, P, R, O) end,
         [{a, <<"a">>, <<>>, []}, {<<"a">>, <<>>, <<>>, []}, {<<"a">>, <<"a">>, r, []},
          {<<"a">>, <<"a">>, <<>>, [{insert_replaced, 5}]}, {<<"a">>, <<"a">>, <<>>, [bad]}]).
at() -> [binary:at(id(<<"abc">>), N) || N <- [0, 1, 2]].
at_errors() ->
    [top(fun() -> binary:at(id(B), id(N)) end)
     || {B, N} <- [{<<"abc">>, 3}, {<<"abc">>, -1}, {<<>>, 0}, {a, 0}, {<<"abc">>, a}, {<<1:9>>, 0},
                   {<<"a">>, 1 bsl 70}]].
first_last() -> [{binary:first(id(B)), binary:last(id(B))} || B <- [<<1>>, <<1, 2, 3>>]].
first_last_errors() ->
    [top(fun() -> binary:first(id(B)) end)
     || B <- [<<>>, a, <<1:1>>]] ++ [top(fun() -> binary:last(id(B)) end)
                                     || B <- [<<>>, a, <<1, 1:1>>]].
part() ->
    [binary:part(id(<<"abcdef">>), S, L)
     || {S, L} <- [{0, 6}, {1, 2}, {6, 0}, {6, -3}]] ++ [binary:part(id(<<"abc">>), {1, 1})].
part_errors() ->
    each(fun({B, S, L}) -> binary:part(B, S, L) end,
         [{<<"a">>, 0, 2}, {<<"a">>, 2, 0}, {<<"a">>, -1, 1}, {a, 0, 0}, {<<"a">>, 0, -1}]).
copy() ->
    [binary:copy(id(<<"ab">>), N) || N <- [0, 1, 3]] ++ [binary:copy(id(<<>>), 100),
                                                         byte_size(binary:copy(<<"x">>, 1000000))].
copy_errors() ->
    [top(fun() -> binary:copy(id(B), id(N)) end)
     || {B, N} <- [{<<"a">>, -1}, {<<"a">>, a}, {a, 1}, {<<1:1>>, 1}]].
longest_common_prefix() ->
    [binary:longest_common_prefix(id(L))
     || L <- [[<<"abc">>], [<<"abc">>, <<"abd">>], [<<"a">>, <<"b">>], [<<"same">>, <<"same">>],
              [<<>>, <<"a">>], [<<"erlang">>, <<"ergonomy">>, <<"err">>]]].
longest_common_suffix() ->
    [binary:longest_common_suffix(id(L))
     || L <- [[<<"abc">>], [<<"xbc">>, <<"abc">>], [<<"a">>, <<"b">>], [<<>>, <<"a">>],
              [<<"erlang">>, <<"fang">>]]].
longest_common_errors() ->
    each(fun binary:longest_common_prefix/1,
         [[], a, [a], [<<"a">>, b], [<<1:1>>]]) ++ each(fun binary:longest_common_suffix/1,
                                                        [[], [<<"a">> | <<"b">>]]).
longest_common_prefix_long() ->
    A = binary:copy(<<"q">>, 10000),
    binary:longest_common_prefix([<<A/binary, 1>>, <<A/binary, 2>>]).
decode_unsigned() ->
    [{binary:decode_unsigned(id(B)), binary:decode_unsigned(id(B), little)}
     || B <- [<<>>, <<0>>, <<1, 2, 3>>, <<255, 255>>, <<1, 0, 0, 0, 0, 0, 0, 0, 0>>, <<0, 0, 1>>]].
decode_unsigned_errors() ->
    each(fun binary:decode_unsigned/1,
         [a, <<1:1>>]) ++ each(fun(E) -> binary:decode_unsigned(<<1>>, E) end, [native, big, x]).
encode_unsigned() ->
    [{binary:encode_unsigned(id(N)), binary:encode_unsigned(id(N), little)}
     || N <- [0, 1, 255, 256, 65536, 16#010203040506070809, 1 bsl 59, (1 bsl 64) - 1]].
encode_unsigned_errors() ->
    [top(fun() -> binary:encode_unsigned(id(N)) end) || N <- [-1, a, 1.0, -(1 bsl 70)]].
encode_decode_hex() ->
    [{binary:encode_hex(id(B)), binary:decode_hex(binary:encode_hex(B)) =:= B}
     || B <- [<<>>, <<0, 255, 16#1A>>, <<"hello">>]].
decode_hex_mixed_case() -> binary:decode_hex(id(<<"aAbBfF09">>)).
hex_errors() ->
    each(fun binary:decode_hex/1, [<<"a">>, <<"zz">>, a, <<1:1>>]) ++ each(fun binary:encode_hex/1,
                                                            [a, <<1:1>>]).
encode_hex_case_option() ->
    each(fun(O) -> binary:encode_hex(<<171>>, O) end, [lowercase, uppercase]).
bin_to_list() ->
    [binary:bin_to_list(id(<<"abcd">>)), binary:bin_to_list(id(<<"abcd">>), {1, 2}),
     binary:bin_to_list(id(<<"abcd">>), 4, -2)].
bin_to_list_errors() ->
    each(fun binary:bin_to_list/1,
         [a, <<1:1>>]) ++ each(fun({S, L}) -> binary:bin_to_list(<<"ab">>, S, L) end,
                               [{0, 3}, {3, 0}, {-1, 1}, {a, 1}]).
list_to_bin() -> each(fun binary:list_to_bin/1, [[], [1, [2 | <<3>>]], a, [256], [1 | 2]]).
referenced_byte_size() ->
    A = binary:copy(<<"r">>, 500), <<_:10/binary, B:80/binary, _/binary>> = id(A),
    {binary:referenced_byte_size(B), binary:referenced_byte_size(binary:copy(B)),
     binary:referenced_byte_size(id(<<"abc">>))}.
referenced_byte_size_errors() -> each(fun binary:referenced_byte_size/1, [a, "x"]).
