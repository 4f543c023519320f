%% Construction of float segments of 16, 32 and 64 bits.
-module(bits_construct_float).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

hex(B) -> case_lib:hex(B).

values() ->
    [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 3.141592653589793, -2.718281828459045, 1.0e10, -1.0e-10,
     65504.0, 0.1, 5.960464477539063e-8, 1.0e-30, 2.2250738585072014e-308, 5.0e-324, 65000.0].

float_64_big() -> [hex(<<(id(V)):64/float>>) || V <- values()].
float_64_default_size() -> [hex(<<(id(V))/float>>) || V <- values()].
float_64_little() -> [hex(<<(id(V)):64/float-little>>) || V <- values()].
float_64_native() -> [hex(<<(id(V)):64/float-native>>) || V <- values()].
float_64_extremes() ->
    [hex(<<(id(V))/float>>) || V <- [1.7976931348623157e308, -1.7976931348623157e308, 4.9e-324]].
float_32_big() -> [hex(<<(id(V)):32/float>>) || V <- values()].
float_32_little() -> [hex(<<(id(V)):32/float-little>>) || V <- values()].
float_32_extremes() ->
    [hex(<<(id(V)):32/float>>)
     || V <- [3.4028234663852886e38, -3.4028234663852886e38, 1.401298464324817e-45,
                                        1.1754943508222875e-38, 16777217.0]].
float_16_big() -> [hex(<<(id(V)):16/float>>) || V <- values()].
float_16_little() -> [hex(<<(id(V)):16/float-little>>) || V <- values()].
float_16_rounding() ->
    [hex(<<(id(V)):16/float>>)
     || V <- [2048.0, 2049.0, 2050.0, 2051.0, 1.0009765625, 1.00048828125, 1.0004,
                                        6.097555160522461e-5, 6.103515625e-5, 2.9802322387695312e-8,
                                        3.0e-8]].
float_of_integer_64() ->
    [hex(<<(id(V)):64/float>>) || V <- [0, 1, -1, 42, 1 bsl 53 + 1, -(1 bsl 62)]].
float_of_integer_32() ->
    [hex(<<(id(V)):32/float>>) || V <- [0, 1, -1, 42, 1 bsl 24 + 1, -(1 bsl 62)]].
float_of_integer_16() -> [hex(<<(id(V)):16/float>>) || V <- [0, 1, -1, 42, 2049, -65504]].
float_of_bignum() -> [hex(<<(id(V))/float>>) || V <- [1 bsl 64, -(1 bsl 100), 1 bsl 1000]].
float_literal_values() -> [<<1.0/float>>, <<1:64/float>>, <<-0.0:32/float>>, <<1.5:16/float>>].
float_unit_size() ->
    S = id(2),
    [hex(<<(id(1.25)):S/float-unit:32>>), hex(<<(id(1.25)):S/float-unit:16>>),
     hex(<<(id(1.25)):S/float-unit:8>>)].
float_dynamic_size() -> [hex(<<(id(1.25)):(id(S))/float>>) || S <- [16, 32, 64]].
float_dynamic_size_wrong() ->
    [case_lib:top(fun() -> <<(id(1.25)):(id(S))/float>> end)
     || S <- [0, 1, 8, 15, 17, 24, 33, 63, 65, 128]].
float_16_too_big() ->
    [case_lib:top(fun() -> <<(id(V)):16/float>> end) || V <- [65520.0, -65520.0, 1.0e6, 65519.0]].
float_32_too_big() ->
    [case_lib:top(fun() -> <<(id(V)):32/float>> end) || V <- [1.0e39, -1.0e39, 3.5e38, 1 bsl 128]].
float_64_too_big_integer() ->
    [case_lib:top(fun() -> <<(id(V)):64/float>> end) || V <- [1 bsl 1024, -(1 bsl 1024)]].
float_not_a_number() ->
    [case_lib:top(fun() -> <<(id(V)):64/float>> end) || V <- [a, "1", <<"1.0">>, {1.0}, []]].
float_typed_by_guard() -> float_typed_by_guard(id(2.5)).
float_typed_by_guard(X) when is_float(X) -> [<<X/float>>, <<X:32/float>>, <<(X * 2)/float>>].
float_between_other_segments() ->
    hex(<<1:1, (id(1.0))/float, 2:7, (id(-1.0)):32/float-little, "x", (id(0.5)):16/float>>).
