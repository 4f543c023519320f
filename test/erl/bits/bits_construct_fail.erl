%% Construction that fails: class, reason, and the error_info that names the
%% segment, its type and the cause.
-module(bits_construct_fail).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

top(F) -> case_lib:top(F).
text(F) -> case_lib:text(F).

junk() -> [a, 1.0, "s", [], {1}, <<1>>, #{}].

integer_of_junk() -> [top(fun() -> <<(id(X)):8>> end) || X <- junk()].
integer_of_junk_16_little() -> [top(fun() -> <<(id(X)):16/little>> end) || X <- junk()].
integer_of_junk_7() -> [top(fun() -> <<(id(X)):7>> end) || X <- junk()].
integer_of_junk_128() -> [top(fun() -> <<(id(X)):128>> end) || X <- junk()].
integer_of_junk_dynamic() -> [top(fun() -> <<(id(X)):(id(8))>> end) || X <- junk()].
integer_of_junk_size_zero() -> [top(fun() -> <<(id(X)):(id(0))>> end) || X <- junk()].
integer_junk_in_second_segment() -> top(fun() -> <<1, (id(a))>> end).
integer_junk_in_third_segment() -> top(fun() -> <<(id(1)), (id(2)):16, (id(b)):3>> end).
integer_junk_in_first_of_many() -> top(fun() -> <<(id(a)):4, (id(b)):4, (id(c)):8>> end).
size_negative() ->
    [top(fun() -> <<(id(1)):(id(S))>> end) || S <- [-1, -8, -(1 bsl 59), -(1 bsl 70)]].
size_negative_binary() ->
    [top(fun() -> <<(id(<<1>>)):(id(S))/binary>> end) || S <- [-1, -(1 bsl 70)]].
size_not_integer() -> [top(fun() -> <<(id(1)):(id(S))>> end) || S <- [a, 1.0, "1", <<1>>, {}]].
size_not_integer_binary() ->
    [top(fun() -> <<(id(<<1>>)):(id(S))/binary>> end) || S <- [a, 1.0, []]].
size_huge() -> [top(fun() -> <<(id(1)):(id(S))>> end) || S <- [1 bsl 64, 1 bsl 70, 1 bsl 100]].
size_huge_with_unit() ->
    [top(fun() -> <<(id(1)):(id(S))/unit:256>> end) || S <- [1 bsl 58, 1 bsl 62, 1 bsl 64]].
size_and_value_bad() -> top(fun() -> <<(id(a)):(id(b))>> end).
size_bad_in_later_segment_value_bad_in_earlier() ->
    top(fun() -> <<(id(a)):8, (id(1)):(id(-1))>> end).
binary_too_short() -> [top(fun() -> <<(id(<<1, 2>>)):(id(N))/binary>> end) || N <- [3, 4, 1000]].
binary_too_short_second() -> top(fun() -> <<(id(1)), (id(<<1, 2>>)):3/binary>> end).
binary_not_whole_bytes() -> top(fun() -> <<(id(<<1:3>>))/binary>> end).
binary_not_whole_unit() -> top(fun() -> <<(id(<<1>>))/binary-unit:16>> end).
float_no_fit_32() -> top(fun() -> <<(id(1.0e300)):32/float>> end).
float_no_fit_16() -> top(fun() -> <<(id(1.0e5)):16/float>> end).
float_bad_size() -> top(fun() -> <<(id(1.0)):(id(24))/float>> end).
float_of_atom() -> top(fun() -> <<(id(nan)):64/float>> end).
utf8_surrogate() -> top(fun() -> <<(id(16#D800))/utf8>> end).
utf16_too_big() -> top(fun() -> <<(id(16#110000))/utf16>> end).
utf32_of_atom() -> top(fun() -> <<(id(a))/utf32>> end).
append_to_non_binary() -> [top(fun() -> X = id(Y), <<X/binary, 1>> end) || Y <- junk()].
append_to_non_bitstring() -> [top(fun() -> X = id(Y), <<X/bitstring, 1>> end) || Y <- junk()].
append_junk_integer() -> top(fun() -> X = id(<<1>>), <<X/binary, (id(a))>> end).
append_junk_keeps_first() ->
    X = <<(id(<<>>))/binary, 1, 2>>,
    R = top(fun() -> <<X/binary, 3, (id(a))>> end),
    {R, X, <<X/binary, 4>>}.
append_unaligned_as_binary() -> top(fun() -> X = id(<<1:1>>), <<X/binary, 1>> end).
comprehension_junk() -> top(fun() -> << <<X>> || X <- id([1, a]) >> end).
comprehension_unaligned_piece() ->
    top(fun() -> << <<X/binary>> || X <- id([<<1>>, <<1:1>>]) >> end).
comprehension_bitstring_piece_junk() -> top(fun() -> << (id(X)) || X <- id([<<1>>, a]) >> end).
%% Of several mistakes the first one found decides: sizes, whole binaries and UTF-32 in the order of
%% the segments, then what is appended to, then the values.
order_size_after_integer() -> top(fun() -> <<(id(a)):8, (id(1)):(id(-1))>> end).
order_size_after_appended() -> top(fun() -> <<(id(x))/binary, (id(1)):(id(-1))>> end).
order_size_after_binary() -> top(fun() -> <<1, (id(x))/binary, (id(1)):(id(-1))>> end).
order_size_before_binary() -> top(fun() -> <<1:(id(1 bsl 60)), (id(x))/binary>> end).
order_size_after_utf8() -> top(fun() -> <<(id(x))/utf8, (id(1)):(id(-1))>> end).
order_size_after_utf16() -> top(fun() -> <<(id(x))/utf16, (id(1)):(id(1 bsl 70))>> end).
order_size_after_utf32() -> top(fun() -> <<(id(x))/utf32, (id(1)):(id(-1))>> end).
order_binary_after_integer() -> top(fun() -> <<(id(a)):8, (id(x))/binary>> end).
order_unit_after_integer() -> top(fun() -> <<(id(a)):8, (id(<<1:1>>))/binary>> end).
order_short_after_integer() -> top(fun() -> <<(id(a)):8, (id(<<1:1>>)):2/binary>> end).
order_binary_after_appended() -> top(fun() -> X = id(a), <<X/binary, (id(b))/binary>> end).
order_binary_after_unaligned() -> top(fun() -> X = id(<<1:1>>), <<X/binary, (id(b))/binary>> end).
order_integer_after_appended() -> top(fun() -> X = id(a), <<X/binary, (id(b))>> end).
order_utf8_after_unaligned() -> top(fun() -> X = id(<<1:1>>), <<X/binary, (id(b))/utf8>> end).
order_utf32_after_unaligned() -> top(fun() -> X = id(<<1:1>>), <<X/binary, (id(b))/utf32>> end).
order_utf32_after_float() -> top(fun() -> <<(id(x)):(id(7))/float, (id(y))/utf32>> end).
order_utf16_after_utf8() -> top(fun() -> <<(id(x))/utf8, (id(y))/utf16>> end).
order_float_size_before_type() -> top(fun() -> <<(id(a)):(id(0))/float>> end).
float_unit_in_size() -> top(fun() -> <<(id(1.0)):(id(7))/float-unit:2>> end).
literal_bad_integer() -> top(fun() -> <<(list_to_atom("a")):8>> end).
in_guard_is_false() -> in_guard(id(a)).
in_guard(X) when <<X>> =:= <<1>> -> yes;
in_guard(_) -> no.
in_guard_true() -> in_guard(id(1)).
in_guard_size_is_false() -> [in_guard_size(S) || S <- [8, -1, a, 16]].
in_guard_size(S) when <<1:S>> =:= <<1>> -> yes;
in_guard_size(_) -> no.
text_integer() -> text(fun() -> <<(id(a)):8>> end).
text_integer_segment_2() -> text(fun() -> <<0, (id(a)):8>> end).
text_size_negative() -> text(fun() -> <<1:(id(-1))>> end).
text_size_invalid() -> text(fun() -> <<1:(id(x))>> end).
text_size_too_big() -> text(fun() -> <<1:(id(1 bsl 70))>> end).
text_binary_short() -> text(fun() -> <<(id(<<1>>)):2/binary>> end).
text_binary_unit() -> text(fun() -> <<(id(<<1:7>>))/binary>> end).
text_binary_type() -> text(fun() -> <<(id(a))/binary>> end).
text_float_type() -> text(fun() -> <<(id(a))/float>> end).
text_float_no_fit() -> text(fun() -> <<(id(1.0e300)):32/float>> end).
text_float_size() -> text(fun() -> <<(id(1.0)):(id(7))/float>> end).
text_utf8() -> text(fun() -> <<(id(-1))/utf8>> end).
text_utf16() -> text(fun() -> <<(id(a))/utf16>> end).
text_utf32() -> text(fun() -> <<(id(16#DFFF))/utf32>> end).
