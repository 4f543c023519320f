%% term_to_binary of terms of every type, as hex digits.
-module(etf_encode).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

hex(T) -> case_lib:hex(term_to_binary(id(T))).

small_integers() -> [hex(N) || N <- [0, 1, 2, 127, 128, 254, 255]].
integers_4_bytes() ->
    [hex(N) || N <- [256, -1, -128, -256, 65535, 65536, 16#7FFFFFF, 16#8000000, 16#7FFFFFFF,
                     -16#80000000]].
integers_beyond_4_bytes() ->
    [hex(N) || N <- [16#80000000, -16#80000001, 16#FFFFFFFF, 16#100000000, (1 bsl 59) - 1,
                     -(1 bsl 59)]].
integers_at_small_border() ->
    [hex(N) || N <- [1 bsl 59, -(1 bsl 59) - 1, (1 bsl 63) - 1, 1 bsl 63, -(1 bsl 63),
                     (1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64)]].
powers_of_256() -> [hex(1 bsl (8 * N)) || N <- lists:seq(0, 20)].
powers_of_256_minus_1_negative() -> [hex(-((1 bsl (8 * N)) - 1)) || N <- lists:seq(1, 20)].
big_254_to_257_bytes() ->
    [begin B = term_to_binary(id((1 bsl (8 * N)) - 1)),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 8)), erlang:crc32(B)} end
     || N <- [254, 255, 256, 257, 300, 1000]].
big_negative_255_256_bytes() ->
    [begin B = term_to_binary(id(-((1 bsl (8 * N)) - 1))),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 8)), erlang:crc32(B)} end
     || N <- [255, 256, 1000]].
floats() ->
    [hex(F) || F <- [0.0, -0.0, 1.0, -1.0, 1.5, 3.141592653589793, 1.0e300, -1.0e-300, 5.0e-324,
                     1.7976931348623157e308]].
atoms_ascii() -> [hex(A) || A <- [a, abc, '', true, 'Hello World', '\n', []]].
atoms_latin1() -> [hex(A) || A <- ['é', 'åäö', 'ÿ']].
atoms_unicode() -> [hex(A) || A <- ['Ā', '€', '日本', '😀', 'aé€']].
atoms_long_ascii() ->
    [begin B = term_to_binary(list_to_atom(lists:duplicate(N, $x))),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 5))} end || N <- [254, 255]].
atoms_long_unicode() ->
    [begin B = term_to_binary(list_to_atom(lists:duplicate(N, 16#20AC))),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 6))} end || N <- [85, 86, 255]].
atoms_long_latin1() ->
    [begin B = term_to_binary(list_to_atom(lists:duplicate(N, 16#E9))),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 6))} end || N <- [127, 128, 255]].
tuples() -> [hex(T) || T <- [{}, {a}, {1, 2}, {{}}, {{1}, {2, {3}}}]].
tuple_255_256() ->
    [begin B = term_to_binary(id(erlang:make_tuple(N, 0))),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 9))} end || N <- [254, 255, 256, 257, 1000]].
lists() ->
    [hex(L) || L <- [[], [a], [[]], [[], []], [a, b, c], [a | b], [a, b | c], [[a | b] | c],
                     [{1}]]].
strings() -> [hex(L) || L <- ["", "a", "abc", [0], [255], [0, 255]]].
almost_strings() ->
    [hex(L) || L <- [[256], [-1], [1, 256], [1, a], [1.0], [1 | 2], [1, 2 | a], [$a, [$b]]]].
string_65535_65536() ->
    [begin B = term_to_binary(id(lists:duplicate(N, $z))),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 7)),
      case_lib:hex(binary:part(B, byte_size(B) - 3, 3))} end || N <- [65534, 65535, 65536, 65537]].
string_then_not() ->
    [begin B = term_to_binary(id(lists:duplicate(N, $z) ++ [T])),
     {byte_size(B), case_lib:hex(binary:part(B, 0, 9))} end
     || {N, T} <- [{3, a}, {3, 300}, {65535, a}, {65535, 1}]].
string_inside_list() -> hex(["ab", "cd", x]).
list_tail_is_string_shaped() -> hex([a, $b, $c]).
binaries() -> [hex(B) || B <- [<<>>, <<0>>, <<1, 2, 3>>, <<"abc">>]].
binary_long() ->
    B = term_to_binary(id(binary:copy(<<"ab">>, 500))),
    {byte_size(B), case_lib:hex(binary:part(B, 0, 8)), erlang:crc32(B)}.
bit_binaries() ->
    [hex(B) || B <- [<<1:1>>, <<0:1>>, <<1:7>>, <<255, 1:1>>, <<1, 2, 5:3>>, <<-1:15>>]].
bit_binary_unaligned() -> <<_:3, B:13/bits, _/bits>> = id(<<16#ABCDEF:24>>), hex(B).
binary_sub() -> <<_:2/binary, B:3/binary, _/binary>> = id(<<"abcdefgh">>), hex(B).
maps_small() ->
    [hex(M) || M <- [#{}, #{a => 1}, #{b => 2, a => 1}, #{1 => a, 1.0 => b}, #{#{} => #{}}]].
maps_small_key_order() -> hex(#{z => 1, "b" => 2, {} => 3, 5 => 4, 2.5 => 5, <<>> => 6, [] => 7}).
map_32() ->
    B = term_to_binary(maps:from_list([{N, N} || N <- lists:seq(1, 32)])),
    {byte_size(B), case_lib:hex(binary:part(B, 0, 12)), erlang:crc32(B)}.
map_33_size_only() ->
    B = term_to_binary(maps:from_list([{N, N} || N <- lists:seq(1, 33)])),
    {byte_size(B), case_lib:hex(binary:part(B, 0, 6))}.
external_funs() ->
    [hex(F) || F <- [fun lists:map/2, fun 'Mod':'Fun'/255, fun erlang:'+'/2, fun m:f/0,
                     fun 'é':'€'/3]].
external_fun_arity_limit() ->
    [case_lib:class(fun() -> erlang:make_fun(m, f, id(A)) end) || A <- [0, 255, 256, 300, -1, a]].
nested() -> hex({[{a, "str"}, #{k => [1.5, <<"b">>]}], [[[]]], {{{}}}}).
shared_terms_are_repeated() -> T = id({a, b}), hex([T, T, T]).
deep_list_1000() ->
    B = term_to_binary(lists:foldl(fun(_, A) -> [A] end, [], lists:seq(1, 1000))),
    {byte_size(B), erlang:crc32(B)}.
deep_tuple_1000() ->
    B = term_to_binary(lists:foldl(fun(_, A) -> {A} end, x, lists:seq(1, 1000))),
    {byte_size(B), erlang:crc32(B)}.
deep_tail_improper_1000() ->
    B = term_to_binary(lists:foldl(fun(N, A) -> [N | A] end, x, lists:seq(1, 1000))),
    {byte_size(B), erlang:crc32(B)}.
long_list_100000() -> B = term_to_binary(lists:seq(1, 100000)), {byte_size(B), erlang:crc32(B)}.
wide_mix() ->
    B = term_to_binary([{N, float(N), integer_to_list(N), integer_to_binary(N), N bsl N}
                        || N <- lists:seq(1, 500)]), {byte_size(B), erlang:crc32(B)}.
