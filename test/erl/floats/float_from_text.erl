%% list_to_float and binary_to_float: correct rounding of hard cases, and the
%% texts that are not floats.
-module(float_from_text).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
l(S) -> t(fun() -> list_to_float(id(S)) end).
b(S) -> t(fun() -> binary_to_float(id(S)) end).
bits(S) -> case l(S) of F when is_float(F) -> <<N:64>> = <<F:64/float>>, N; E -> E end.

plain() -> [l(S) || S <- ["0.0", "1.0", "1.5", "123.456", "0.1", "00.50"]].
signs() -> [l(S) || S <- ["+1.0", "-1.0", "+0.0", "-0.0", "-123.5"]].
exponents() -> [l(S) || S <- ["1.0e5", "1.0E5", "1.0e+5", "1.0e-5", "1.5e0", "1.0e00005", "-2.5e-3"]].
binary_plain() -> [b(S) || S <- [<<"0.0">>, <<"1.5">>, <<"-1.0">>, <<"1.0e5">>, <<"+2.5E-3">>]].
missing_point() -> [l(S) || S <- ["1", "1e5", "10", "-1"]].
missing_digits() -> [l(S) || S <- [".5", "5.", "-.5", ".", "1.e5", "1.0e", "1.0e+", "1.0e-", "e5", "-", "+", ""]].
missing_digits_binary() -> [b(S) || S <- [<<".5">>, <<"5.">>, <<"1.0e">>, <<"1">>, <<>>, <<"-">>]].
spaces() -> [l(S) || S <- [" 1.0", "1.0 ", "1 .0", "1.0\n", "1.0 e5", "1.0e 5"]].
garbage() -> [l(S) || S <- ["1.0a", "a1.0", "1.0.0", "1,0", "1.0e5.0", "1_0.0", "0x1.0", "inf", "nan", "NaN", "Infinity"]].
garbage_binary() -> [b(S) || S <- [<<"1.0a">>, <<"1.0.0">>, <<"1,0">>, <<"inf">>, <<"nan">>]].
double_signs() -> [l(S) || S <- ["--1.0", "+-1.0", "-+1.0", "1.0e--5", "1.0e+-5"]].
wrong_types() -> [l(X) || X <- [a, 1, 1.0, <<"1.0">>, {}, [a], [$1, $., 0.5], [$1, $. | $0]]].
wrong_types_binary() -> [b(X) || X <- [a, 1, 1.0, "1.0", {}, <<"1.0", 1:1>>]].
overflow() -> [l(S) || S <- ["1.0e309", "-1.0e309", "1.0e400", "1.8e308", "1.0e99999"]].
overflow_binary() -> [b(S) || S <- [<<"1.0e309">>, <<"-1.0e309">>, <<"1.8e308">>]].
underflow() -> [l(S) || S <- ["1.0e-400", "-1.0e-400", "1.0e-99999", "0.0e999"]].
largest() -> [bits(S) || S <- ["1.7976931348623157e308", "1.7976931348623158e308", "-1.7976931348623157e308"]].
largest_rounding_border() -> [bits(S) || S <- ["1.7976931348623158079e308", "1.797693134862315807e308", "1.7976931348623159e308"]].
smallest_denormal() -> [bits(S) || S <- ["5.0e-324", "4.9e-324", "4.9406564584124654e-324", "3.0e-324", "2.5e-324", "2.4e-324", "2.47032822920623272e-324"]].
denormal_border() -> [bits(S) || S <- ["2.2250738585072014e-308", "2.2250738585072011e-308", "2.225073858507201e-308", "2.2250738585072012e-308"]].
half_way_2_53() -> [bits(S) || S <- ["9007199254740993.0", "9007199254740992.0", "9007199254740994.0", "9007199254740995.0", "9007199254740993.00000000000000000001"]].
half_way_1_plus_ulp() -> [bits(S) || S <- ["1.00000000000000011102230246251565404236316680908203125", "1.00000000000000011102230246251565404236316680908203124", "1.00000000000000011102230246251565404236316680908203126"]].
powers_of_ten_exact() -> [bits("1.0e" ++ integer_to_list(N)) || N <- lists:seq(0, 25)].
powers_of_ten_hard() -> [bits("1.0e" ++ integer_to_list(N)) || N <- [50, 100, 150, 200, 250, 300, 308, -50, -100, -200, -300, -308, -320]].
hard_decimal_cases() -> [bits(S) || S <- ["8.589973e9", "6.9294956446009195e15", "7.3177701707893310e15", "1.2345678901234567e-7", "8.41e21", "9.5e-3", "2.0e-44"]].
many_leading_zeros() -> [l(lists:duplicate(300, $0) ++ "1.5"), l("0." ++ lists:duplicate(300, $0) ++ "1"), l("0." ++ lists:duplicate(340, $0) ++ "1")].
many_digits() -> [l(lists:duplicate(300, $9) ++ ".0"), l("0." ++ lists:duplicate(400, $9)), l("3." ++ lists:duplicate(400, $1)), l(lists:duplicate(310, $9) ++ ".0")].
many_trailing_zeros() -> [l("1.5" ++ lists:duplicate(500, $0)), l("1" ++ lists:duplicate(308, $0) ++ ".0"), l("1" ++ lists:duplicate(309, $0) ++ ".0")].
zero_in_many_forms() -> [bits(S) || S <- ["0.0", "-0.0", "0.0e10", "-0.0e-10", "000.000", "+0.0"]].
round_trip_plain() -> [F || F <- sample(), list_to_float(float_to_list(F)) =/= F].
round_trip_short() -> [F || F <- sample(), list_to_float(float_to_list(F, [short])) =/= F].
round_trip_binary() -> [F || F <- sample(), binary_to_float(float_to_binary(F)) =/= F].
round_trip_scientific_17() -> [F || F <- sample(), list_to_float(float_to_list(F, [{scientific, 17}])) =/= F].
short_is_never_longer_than_17_digits() -> [F || F <- sample(), length(float_to_list(F, [short])) > 24].
sample_short_hash() -> erlang:phash2([float_to_list(F, [short]) || F <- sample()]).
sample_plain_hash() -> erlang:phash2([float_to_list(F) || F <- sample()]).
sample() -> sample(400, 16#9e3779b97f4a7c15, []).
sample(0, _, Acc) -> Acc;
sample(N, S0, Acc) ->
    S = (S0 * 6364136223846793005 + 1442695040888963407) band 16#ffffffffffffffff,
    case <<(S bxor (S bsr 29)):64>> of
        <<F/float>> -> sample(N - 1, S, [F | Acc]);
        _ -> sample(N - 1, S, Acc)
    end.
sample_text_in_output() -> [float_to_list(F, [short]) || F <- lists:sublist(sample(), 40)].
sub_binary_argument() -> <<_:2/binary, S:4/binary, _/binary>> = id(<<"xx1.25yy">>), b(S).
unaligned_binary_argument() -> <<_:5, S:24/bitstring, _/bitstring>> = id(<<0:5, "1.5", 0:3>>), b(S).
string_to_float_rest() -> [string:to_float(S) || S <- ["1.5abc", "1.5e3x", "-0.5", "1", "abc", "", "1.5e", <<"2.5;">>]].
