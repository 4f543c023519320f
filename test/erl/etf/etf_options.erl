%% Options of term_to_binary, binary_to_term, external_size and
%% term_to_iovec, and their errors.
-module(etf_options).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

hex(T, O) -> case_lib:hex(term_to_binary(id(T), id(O))).
sample() -> {a, 1.5, 'é', '€', "str", <<1:3>>, #{k => v}, fun lists:map/2, 1 bsl 70, [x | y]}.

minor_version_0() ->
    [hex(T, [{minor_version, 0}]) || T <- [1.5, -0.0, 1.0e300, a, 'é', '€', <<1:3>>, {1.0, [2.0]}]].
minor_version_1() ->
    [hex(T, [{minor_version, 1}])
     || T <- [1.5, a, 'é', '€', <<1:3>>, {1.0, [2.0]}, fun lists:map/2]].
minor_version_2() ->
    [hex(T, [{minor_version, 2}])
     || T <- [1.5, a, 'é', '€', '', <<1:3>>, {1.0, [2.0]}, fun lists:map/2]].
minor_version_2_long_atoms() ->
    [begin B = term_to_binary(list_to_atom(lists:duplicate(N, C)), [{minor_version, 2}]),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 6))} end
     || {N, C} <- [{255, $x}, {127, 233}, {128, 233}, {255, 233}, {63, 128512}, {64, 128512},
                   {255, 128512}]].
minor_version_default_is_1() ->
    term_to_binary(sample()) =:= term_to_binary(sample(), [{minor_version, 1}]).
minor_version_each_round_trip() ->
    [binary_to_term(term_to_binary(sample(), [{minor_version, V}])) =:= sample() || V <- [0, 1, 2]].
minor_version_0_float_digits() ->
    [begin <<131, 99, D:31/binary>> = term_to_binary(id(F), [{minor_version, 0}]),
     [C || <<C>> <= D, C =/= 0] end
     || F <- [0.0, 1.0, 0.1, -1.0e-10, 1.7976931348623157e308, 5.0e-324, 123456789.125]].
minor_version_bad() ->
    [case_lib:class(fun() -> term_to_binary(a, [{minor_version, id(V)}]) end)
     || V <- [3, -1, a, 1.0]].
last_minor_version_wins() -> hex(a, [{minor_version, 2}, {minor_version, 1}]).
deterministic_small() ->
    [hex(M, [deterministic]) || M <- [#{b => 1, a => 2}, #{1 => x, 1.0 => y, a => z}]].
deterministic_large_is_stable() ->
    A = maps:from_list([{N, N} || N <- lists:seq(1, 100)]),
    B = maps:from_list([{N, N} || N <- lists:seq(100, 1, -1)]),
    term_to_binary(A, [deterministic]) =:= term_to_binary(B, [deterministic]).
deterministic_large_round_trip() ->
    A = maps:from_list([{{N}, N} || N <- lists:seq(1, 100)]),
    binary_to_term(term_to_binary(A, [deterministic])) =:= A.
deterministic_with_minor_version() -> hex({a, #{}}, [deterministic, {minor_version, 2}]).
compressed_header() ->
    <<131, 80, S:32, _/binary>> = term_to_binary(lists:duplicate(1000, a), [compressed]), S.
compressed_is_smaller() ->
    T = lists:duplicate(10000, abc),
    byte_size(term_to_binary(T, [compressed])) < byte_size(term_to_binary(T)) div 10.
compressed_round_trip() ->
    [begin T = id(X), binary_to_term(term_to_binary(T, [compressed])) =:= T end
     || X <- [a, lists:seq(1, 1000), lists:duplicate(500, {x, "y"}), binary:copy(<<"z">>, 100000),
              #{a => lists:duplicate(100, b)}]].
compressed_levels_round_trip() ->
    T = lists:duplicate(300, {a, "compress me", 1.5}),
    [begin B = term_to_binary(T, [{compressed, L}]),
     {binary:part(B, 0, 1), binary_to_term(B) =:= T} end || L <- lists:seq(0, 9)].
compressed_level_0_is_plain() ->
    T = lists:duplicate(300, a), term_to_binary(T, [{compressed, 0}]) =:= term_to_binary(T).
compressed_not_worth_it_is_plain() -> [hex(T, [compressed]) || T <- [a, {}, 1, "abc", <<1, 2, 3>>]].
compressed_incompressible_is_plain() ->
    T = << <<((N * N * 7919 + N) band 255)>> || N <- lists:seq(1, 20) >>,
    term_to_binary(T, [compressed]) =:= term_to_binary(T).
compressed_bad_level() ->
    [case_lib:class(fun() -> term_to_binary(a, [{compressed, id(L)}]) end)
     || L <- [10, -1, a, 1.0]].
compressed_with_minor_version() ->
    T = lists:duplicate(200, 'é'),
    binary_to_term(term_to_binary(T, [compressed, {minor_version, 2}])) =:= T.
compressed_says_the_size_of_the_rest() ->
    T = lists:duplicate(1000, a), <<131, 80, S:32, _/binary>> = term_to_binary(T, [compressed]),
    S =:= byte_size(term_to_binary(T)) - 1.
options_bad() ->
    [case_lib:top(fun() -> term_to_binary(a, id(O)) end)
     || O <- [a, [a], [compressed | x], [{minor_version}], [{compressed, 1, 2}], [safe], #{}]].
options_empty() -> hex(a, []).
local_option() ->
    [case_lib:class(fun() -> term_to_binary(a, id(O)) end) || O <- [[local], [{local, 1}]]].
term_to_binary_1_never_fails() -> case_lib:hex(term_to_binary(id([]))).

used() ->
    [binary_to_term(<<(term_to_binary(T))/binary, "trailing">>, [used])
     || T <- id([a, {1, 2}, "abc", <<"bin">>, [1.5]])].
used_exact() -> binary_to_term(term_to_binary(id({x, y})), [used]).
used_compressed() ->
    T = lists:duplicate(1000, a), B = term_to_binary(T, [compressed]),
    {T2, N} = binary_to_term(<<B/binary, "more bytes here">>, [used]),
    {T2 =:= T, N =:= byte_size(B)}.
trailing_bytes_ignored_without_used() ->
    binary_to_term(<<(term_to_binary(id(a)))/binary, 1, 2, 3>>).
safe_known_atoms() ->
    [binary_to_term(term_to_binary(T), [safe]) || T <- id([a, {a, [b]}, #{a => b}])].
safe_unknown_atom() -> [case_lib:top(fun() -> binary_to_term(id(B), [safe]) end)
                        || B <- [<<131, 119, 22, "etf_unknown_atom_safe1">>,
                                 <<131, 100, 0, 22, "etf_unknown_atom_safe2">>,
                                 <<131, 104, 1, 118, 0, 22, "etf_unknown_atom_safe3">>,
                                 <<131, 115, 22, "etf_unknown_atom_safe4">>]].
safe_unknown_export() ->
    case_lib:class(fun() -> binary_to_term(<<131, 113, 119, 5, "lists", 119, 9, "nosuchfun", 97,
                                             77>>, [safe]) end).
safe_known_export() ->
    [] = lists:map(fun case_lib:id/1, id([])), % now it is loaded
    binary_to_term(term_to_binary(fun lists:map/2), [safe]).
safe_after_creation() ->
    A = binary_to_atom(id(<<"etf_atom_made_before">>)),
    binary_to_term(<<131, 119, 20, "etf_atom_made_before">>, [safe]) =:= A.
safe_and_used() -> binary_to_term(<<(term_to_binary(id({a, b})))/binary, 0>>, [used, safe]).
binary_to_term_options_bad() ->
    [case_lib:top(fun() -> binary_to_term(<<131, 97, 1>>, id(O)) end)
     || O <- [a, [a], [safe | x], [{used, true}]]].
binary_to_term_not_binary() ->
    [case_lib:top(fun() -> binary_to_term(id(B)) end) || B <- [a, "abc", <<1:1>>, [], 131]].
binary_to_term_2_not_binary() ->
    [case_lib:top(fun() -> binary_to_term(id(B), [safe]) end) || B <- [a, <<131, 97, 1, 0:1>>]].

external_size() ->
    [{erlang:external_size(T), byte_size(term_to_binary(T))}
     || T <- id([a, 1, 1000, 1 bsl 70, 1.5, "abc", [a], {}, <<"bin">>, <<1:3>>, #{a => 1},
                 fun lists:map/2, 'é', '€'])].
external_size_2() ->
    [{case_lib:class(fun() -> erlang:external_size(T, [{minor_version, V}]) end),
      byte_size(term_to_binary(T, [{minor_version, V}]))} || V <- [0, 1, 2],
     T <- id([a, 1.5, 'é', {1.0, b}])].
external_size_long_strings() ->
    [erlang:external_size(lists:duplicate(N, $a)) || N <- [0, 1, 65535, 65536]].
external_size_bad_options() ->
    [case_lib:class(fun() -> erlang:external_size(a, id(O)) end)
     || O <- [a, [a], [{minor_version, 9}]]].
iovec_joined_is_binary() ->
    [iolist_to_binary(erlang:term_to_iovec(T)) =:= term_to_binary(T)
     || T <- id([a, lists:seq(1, 100),
                 {binary:copy(<<"b">>, 10000), x, binary:copy(<<"c">>, 10000)}, #{}])].
iovec_options() ->
    iolist_to_binary(erlang:term_to_iovec(id({a, 'é'}),
                                          [{minor_version, 2}])) =:= term_to_binary({a, 'é'},
                                                            [{minor_version, 2}]).
iovec_all_binaries() ->
    lists:all(fun is_binary/1, erlang:term_to_iovec({binary:copy(<<"b">>, 10000), x})).
iolist_to_iovec() ->
    [iolist_to_binary(erlang:iolist_to_iovec(L))
     || L <- id([[], <<>>, [1, 2, <<"ab">>, [[<<"c">>] | <<"d">>]], <<"x">>, "string"])].
iolist_to_iovec_large() ->
    B = binary:copy(<<"b">>, 10000), V = erlang:iolist_to_iovec([B, 1, 2, [B], "tail"]),
    {lists:all(fun is_binary/1, V), erlang:crc32(V), iolist_size(V)}.
iolist_to_iovec_errors() ->
    [case_lib:top(fun() -> erlang:iolist_to_iovec(id(L)) end)
     || L <- [a, [a], [256], [1 | 2], [<<1:1>>], <<1:1>>]].
