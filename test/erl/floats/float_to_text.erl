%% float_to_list and float_to_binary: the plain form, scientific, fixed and
%% compact forms, the shortest form, and the options that are refused.
-module(float_to_text).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() catch C:R -> {C, R} end.
values() -> [0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 123.456, -123.456, 1.0e10, 1.0e-10, 1.0e22, 1.0e23, 1.0e100,
             5.0e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0, 3.141592653589793].
f(Opts) -> [t(fun() -> float_to_list(id(V), Opts) end) || V <- values()].

plain() -> [float_to_list(id(V)) || V <- values()].
plain_binary() -> [float_to_binary(id(V)) || V <- values()].
empty_options() -> f([]).
scientific_0() -> f([{scientific, 0}]).
scientific_1() -> f([{scientific, 1}]).
scientific_2() -> f([{scientific, 2}]).
scientific_6() -> f([{scientific, 6}]).
scientific_16() -> f([{scientific, 16}]).
scientific_20() -> f([{scientific, 20}]).
scientific_30() -> f([{scientific, 30}]).
scientific_249() -> [erlang:phash2(S) || S <- f([{scientific, 249}])].
scientific_limits() -> [t(fun() -> length(float_to_list(id(1.5), [{scientific, N}])) end) || N <- [-1, 0, 248, 249, 250, 253, 254, 1000, a, 1.0, 1 bsl 64]].
decimals_0() -> f([{decimals, 0}]).
decimals_1() -> f([{decimals, 1}]).
decimals_2() -> f([{decimals, 2}]).
decimals_4() -> f([{decimals, 4}]).
decimals_10() -> f([{decimals, 10}]).
decimals_20() -> f([{decimals, 20}]).
decimals_limits() -> [t(fun() -> length(float_to_list(id(1.5), [{decimals, N}])) end) || N <- [-1, 0, 248, 249, 250, 251, 252, 253, 254, 1000, a, 1.0, 1 bsl 64]].
decimals_of_huge_values() -> [t(fun() -> erlang:phash2(float_to_list(id(V), [{decimals, D}])) end) || V <- [1.0e100, 1.0e200, 1.0e240, 1.0e250], D <- [0, 2, 10]].
decimals_of_largest() -> [t(fun() -> float_to_list(id(1.7976931348623157e308), [{decimals, D}]) end) || D <- [0, 2]].
compact_0() -> f([{decimals, 0}, compact]).
compact_2() -> f([{decimals, 2}, compact]).
compact_6() -> f([{decimals, 6}, compact]).
compact_15() -> f([{decimals, 15}, compact]).
compact_before_decimals() -> f([compact, {decimals, 3}]).
compact_alone() -> f([compact]).
compact_with_scientific() -> f([compact, {scientific, 3}]).
compact_keeps_one_decimal() -> [float_to_list(id(V), [{decimals, 8}, compact]) || V <- [1.0, 10.0, 100.0, 0.5, 1.25, -0.0, 0.00000001, 0.000000001]].
short_form() -> f([short]).
short_form_binary() -> [float_to_binary(id(V), [short]) || V <- values()].
short_and_other_options() -> [t(fun() -> float_to_list(id(0.1), O) end) || O <- [[short, {decimals, 2}], [{decimals, 2}, short], [short, compact], [{scientific, 2}, short], [short, {scientific, 2}]]].
later_option_wins() -> [float_to_list(id(12.3456), O) || O <- [[{decimals, 2}, {decimals, 3}], [{scientific, 2}, {decimals, 3}], [{decimals, 3}, {scientific, 2}]]].
rounding_half_2_decimals() -> [float_to_list(id(V), [{decimals, 2}]) || V <- [0.005, 0.015, 0.025, 0.035, 0.045, 1.005, 2.675, -0.005, -1.005]].
rounding_half_0_decimals() -> [float_to_list(id(V), [{decimals, 0}]) || V <- [0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, 0.49999999999999994]].
rounding_half_1_decimal() -> [float_to_list(id(V), [{decimals, 1}]) || V <- [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.95, 9.95, 99.95]].
rounding_carries_over() -> [float_to_list(id(V), [{decimals, D}]) || V <- [0.999, 9.999, 99.999, 999.9999], D <- [0, 1, 2, 3]].
rounding_scientific_carries_over() -> [float_to_list(id(V), [{scientific, D}]) || V <- [9.995, 99.995, 9.5, 0.00099999], D <- [0, 1, 2]].
exact_halves_large() -> [float_to_list(id(V), [{decimals, 0}]) || V <- [4503599627370495.5, 4503599627370496.5, 2251799813685248.5]].
fixed_beyond_2_53() -> [float_to_list(id(V), [{decimals, 3}]) || V <- [9007199254740992.0, 9007199254740994.0, 1.0e17, 1.0e18, 1.8446744073709552e19, 1.0e20, 1.0e21]].
negative_rounds_to_zero() -> [float_to_list(id(V), [{decimals, D}]) || V <- [-0.001, -0.0, -1.0e-300], D <- [0, 1, 2]].
binary_same_as_list() -> [{V, O} || V <- values(), O <- [[], [short], [{decimals, 3}], [{decimals, 3}, compact], [{scientific, 5}]], t(fun() -> float_to_binary(V, O) end) =/= t(fun() -> list_to_binary(float_to_list(V, O)) end)].
bad_values() -> [t(fun() -> float_to_list(id(V)) end) || V <- [1, a, "1.0", [], 1 bsl 64]].
bad_values_with_options() -> [t(fun() -> float_to_list(id(V), [{decimals, 1}]) end) || V <- [1, a, "1.0", []]].
bad_values_binary() -> [t(fun() -> float_to_binary(id(V)) end) || V <- [1, a, <<"1.0">>]].
bad_options() -> [t(fun() -> float_to_list(1.0, id(O)) end) || O <- [a, [a], [{decimals}], [{decimals, -1}], [{digits, 2}], [compact | short], [{decimals, 2, 3}], {decimals, 2}]].
bad_options_binary() -> [t(fun() -> float_to_binary(1.0, id(O)) end) || O <- [a, [a], [{decimals}], [{decimals, -1}], [compact | short]]].
