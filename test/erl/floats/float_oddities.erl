%% Corners of float text and rounding where the reference is not what one would
%% guess: commas, NULs, negative zero, zeros that compacting takes off.
-module(float_oddities).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
l(S) -> t(fun() -> list_to_float(id(S)) end).
b(S) -> t(fun() -> binary_to_float(id(S)) end).

comma_for_point() -> [l(S) || S <- ["1,5", "-1,5e3", "1,5.0", "1.5,0", ",5", "1,"]].
nul_ends_list() -> [l(S) || S <- ["1.5\0", "1.5\0x", "1\0.5", "\0001.5"]].
nul_ends_binary() -> [b(S) || S <- [<<"1.5", 0>>, <<"1.5", 0, "x">>, <<0, "1.5">>]].
huge_exponents() -> [l(S) || S <- ["1.0e4294967297", "1.0e-4294967297", "0.0e18446744073709551617", "1.0e18446744073709551617"]].
many_digits_and_exponent() -> [l("0." ++ lists:duplicate(1000, $0) ++ "1e1001"), l("1" ++ lists:duplicate(1000, $0) ++ ".0e-1000")].
abs_of_negative_zero() -> [abs(id(-0.0)), abs(id(0.0)), abs(id(-1.5))].
negate_zeros() -> [-id(0.0), -id(-0.0), 0 - id(0.0), 0.0 - id(0.0), 0 - id(-0.0)].
negative_scientific_digits() -> [float_to_list(id(123.456), [{scientific, N}]) || N <- [-1, -2, -100]].
compact_whole_number_from_2_53() -> [float_to_list(id(F), [{decimals, 0}, compact]) || F <- [9007199254740990.0, 9007199254741000.0, 1.0e16, 1.0e22, -1.0e22]].
decimals_by_multiplication() -> [float_to_list(id(F), [{decimals, D}]) || {F, D} <- [{0.015, 2}, {9.95, 1}, {99.95, 1}, {0.35, 1}, {0.145, 2}, {2.7447610781893985, 16}]].
decimals_exact_from_19() -> [float_to_list(id(F), [{decimals, D}]) || F <- [0.1, 123.456, 1.0e-5], D <- [18, 19, 20]].
longest_texts() -> [t(fun() -> length(float_to_list(id(F), O)) end) || {F, O} <- [{1.5, [{decimals, 253}]}, {-1.5, [{decimals, 253}]}, {-1.5, [{decimals, 253}, compact]}, {1.0e250, [{decimals, 4}]}, {1.0e250, [{decimals, 5}]}, {-1.0, [{scientific, 249}]}, {1.0, [{scientific, 249}]}, {1.0e100, [{scientific, 249}]}]].
ties_of_long_integers() ->
    [float(id(N)) =:= float(id(1 bsl 128)) || N <- [(1 bsl 128) + (1 bsl 75), (1 bsl 128) + (1 bsl 75) + 1, (1 bsl 128) + (1 bsl 75) + (1 bsl 63), (1 bsl 128) + (1 bsl 75) + (1 bsl 64)]].
digits_by_low_byte() -> [t(fun() -> list_to_integer(id(S)) end) || S <- [[$1, 256 + $2], [256 + $1], [$1, -206], [256 + $-, $5], [$1, 300]]].
