%% bsl and bsr: arithmetic shifts of unlimited width, negative counts, counts
%% that are huge, and values that become or stop being small.
-module(arith_shift).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
l(A, N) -> A bsl N.
r(A, N) -> A bsr N.
t(F) -> try F() catch C:R -> {C, R} end.

left_small_counts() -> [l(1, N) || N <- [0, 1, 2, 31, 32, 57, 58]].
left_crosses_small_border() -> [l(1, N) || N <- [58, 59, 60]] ++ [l(-1, N) || N <- [58, 59, 60]].
left_crosses_word_border() -> [l(1, N) || N <- [62, 63, 64, 65]] ++ [l(-1, N) || N <- [62, 63, 64, 65]].
left_limb_multiples() -> [l(X, N) || X <- [1, 3, -3], N <- [64, 128, 192]].
left_by_zero() -> [l(X, 0) || X <- [0, 1, -1, (1 bsl 59) - 1, -(1 bsl 59), 1 bsl 64, -(1 bsl 64)]].
right_by_zero() -> [r(X, 0) || X <- [0, 1, -1, (1 bsl 59) - 1, -(1 bsl 59), 1 bsl 64, -(1 bsl 64)]].
shift_of_zero() -> [l(0, N) || N <- [0, 1, 64, 1000, 1 bsl 40, 1 bsl 59, 1 bsl 64, -1, -(1 bsl 70)]].
right_shift_of_zero() -> [r(0, N) || N <- [0, 1, 64, 1 bsl 59, 1 bsl 64, -1, -(1 bsl 40), -(1 bsl 70)]].
left_negative_count_is_right() -> [l(X, -N) =:= r(X, N) || X <- [12345, -12345, 1 bsl 70, -(1 bsl 70)], N <- [1, 5, 64, 100]].
right_negative_count_is_left() -> [r(X, -N) =:= l(X, N) || X <- [12345, -12345, 1 bsl 70, -(1 bsl 70)], N <- [1, 5, 64, 100]].
right_positive_small() -> [r(1000, N) || N <- lists:seq(0, 11)].
right_negative_floors() -> [r(-1000, N) || N <- lists:seq(0, 11)].
right_minus_one_stays() -> [r(-1, N) || N <- [1, 59, 60, 63, 64, 65, 1000, 1 bsl 64]].
right_one_becomes_zero() -> [r(1, N) || N <- [1, 59, 60, 63, 64, 65, 1000, 1 bsl 64]].
right_by_word_size_and_more() -> [{r(12345, N), r(-12345, N)} || N <- [58, 59, 60, 61, 62, 63, 64, 65, 127, 128]].
right_max_small() -> [r((1 bsl 59) - 1, N) || N <- [1, 30, 57, 58, 59, 60]].
right_min_small() -> [r(-(1 bsl 59), N) || N <- [1, 30, 57, 58, 59, 60]].
right_big_to_small() -> [r(1 bsl 100, N) || N <- [40, 41, 42, 99, 100, 101]].
right_negative_big_to_small() -> [r(-(1 bsl 100), N) || N <- [40, 41, 42, 99, 100, 101]].
right_negative_big_rounds_down() -> [r(-(1 bsl 100) - 1, N) || N <- [1, 41, 64, 99, 100, 101, 200]].
right_negative_big_with_zero_low_limb() -> [r(-(3 bsl 128), N) || N <- [1, 63, 64, 65, 127, 128, 129, 130]].
right_big_by_limb_multiples() -> N = id((16#abcdef bsl 256) + 1), [r(N, C) || C <- [64, 128, 192, 256, 320]].
right_big_by_huge_count() -> [r(X, C) || X <- [1 bsl 200, -(1 bsl 200)], C <- [1 bsl 31, 1 bsl 32, 1 bsl 40, 1 bsl 58, 1 bsl 59, 1 bsl 64, 1 bsl 100]].
right_small_by_big_count() -> [r(X, 1 bsl 64) || X <- [0, 5, -5]].
left_small_by_negative_big_count() -> [l(X, -(1 bsl 64)) || X <- [0, 5, -5, 1 bsl 70, -(1 bsl 70)]].
left_by_big_count_is_system_limit() -> [t(fun() -> l(X, 1 bsl 64) end) || X <- [1, -1, 1 bsl 64]].
right_by_negative_big_count_is_system_limit() -> [t(fun() -> r(X, -(1 bsl 64)) end) || X <- [1, -1, 1 bsl 64]].
left_by_max_small_count_is_system_limit() -> [t(fun() -> l(X, (1 bsl 59) - 1) end) || X <- [1, -1, 1 bsl 64]].
left_by_min_small_count() -> [l(X, -(1 bsl 59)) || X <- [0, 1, -1, 1 bsl 64, -(1 bsl 64)]].
round_trip() ->
    [{X, N} || X <- [1, -1, 5, -5, (1 bsl 59) - 1, -(1 bsl 59), 1 bsl 64, -(1 bsl 64) - 7],
               N <- [0, 1, 4, 5, 58, 59, 60, 63, 64, 65, 128, 1000], r(l(X, N), N) =/= X].
left_is_multiplication() ->
    [{X, N} || X <- [1, -1, 7, -(1 bsl 59), (1 bsl 64) - 1], N <- [1, 5, 60, 64, 100], l(X, N) =/= X * (1 bsl N)].
right_is_floor_division() ->
    [{X, N} || X <- [7, -7, 1 bsl 59, -(1 bsl 59) - 1, (1 bsl 70) - 1, -(1 bsl 70) + 1, -(1 bsl 128)], N <- [1, 2, 30, 59, 64, 69, 70, 127],
               r(X, N) =/= floordiv(X, 1 bsl N)].
floordiv(A, B) -> case A rem B of R when R < 0 -> A div B - 1; _ -> A div B end.
extract_nibbles() -> N = id(16#123456789abcdef0123456789abcdef), [(N bsr (4 * I)) band 15 || I <- lists:seq(0, 31)].
extract_nibbles_of_negative() -> N = id(-16#123456789abcdef0123456789abcdef), [(N bsr (4 * I)) band 15 || I <- lists:seq(0, 33)].
build_by_shift_or() -> lists:foldl(fun(B, A) -> (A bsl 8) bor B end, id(0), lists:seq(1, 30)).
constant_counts() -> [{X bsl 1, X bsl 8, X bsl 60, X bsl 64, X bsr 1, X bsr 8, X bsr 60, X bsr 64} || X <- [id(0), 1, -1, 1 bsl 58, -(1 bsl 59), 1 bsl 70]].
constant_value() -> [{1 bsl N, -1 bsl N, 255 bsr N, -255 bsr N} || N <- [id(0), 1, 7, 8, 9, 59, 64]].
shift_by_float_is_badarith() -> [t(fun() -> id(1) bsl id(1.0) end), t(fun() -> id(1.0) bsl id(1) end), t(fun() -> id(1) bsr id(1.0) end)].
shift_of_others_is_badarith() -> [t(fun() -> id(X) bsl id(Y) end) || {X, Y} <- [{a, 1}, {1, a}, {[], 0}, {0, []}, {<<1>>, 0}, {0, 0.0}]].
right_shift_of_others_is_badarith() -> [t(fun() -> id(X) bsr id(Y) end) || {X, Y} <- [{a, 1}, {1, a}, {[], 0}, {0, []}, {<<1>>, 0}, {0, 0.0}]].
through_apply() -> [apply(erlang, 'bsl', [id(-1), 64]), apply(erlang, 'bsr', [id(-(1 bsl 64)), 60])].
left_ten_thousand_bits_hash() -> N = l(12345678901234567890, 10000), [erlang:phash2(N), r(N, 10000), r(N, 10060)].
