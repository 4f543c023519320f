%% Clocks and calendar: units, relations between the clocks, conversions, and
%% what is no date.
-module(process_time).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
top(F) -> case_lib:top(F).

units() ->
    [second, millisecond, microsecond, nanosecond, native, perf_counter,
     seconds, milli_seconds, micro_seconds, nano_seconds, 1, 10, 1000].

monotonic_does_not_go_back() ->
    L = [erlang:monotonic_time() || _ <- lists:seq(1, 1000)],
    lists:sort(L) =:= L.
clocks_give_integers() ->
    [[is_integer(F(U)) || U <- units()]
     || F <- [fun erlang:monotonic_time/1, fun erlang:system_time/1, fun erlang:time_offset/1,
              fun os:system_time/1]].
clocks_bad_unit() ->
    [top(fun() -> M:F(id(U)) end)
     || {M, F} <- [{erlang, monotonic_time}, {erlang, system_time}, {erlang, time_offset},
                   {os, system_time}],
        U <- [foo, 0, -1, 1.0, "second", []]].
unit_of_any_size() ->
    Big = 1 bsl 100,
    A = erlang:system_time(id(Big)), B = erlang:system_time(),
    %% Within a second of each other.
    abs(A - B * Big div 1000000000) < Big.
unit_bsl_64() ->
    [abs(erlang:system_time(id(1 bsl N)) - erlang:system_time(second) * (1 bsl N)) =< (2 bsl N)
     || N <- [30, 59, 60, 62, 63, 64, 65]].
system_is_monotonic_and_offset() ->
    A = erlang:monotonic_time() + erlang:time_offset(), B = erlang:system_time(),
    C = erlang:monotonic_time() + erlang:time_offset(),
    A =< B andalso B =< C.
offset_does_not_change() ->
    A = erlang:time_offset(), B = erlang:time_offset(), A =:= B.
units_agree() ->
    S = erlang:system_time(second), Ms = erlang:system_time(millisecond),
    abs(Ms div 1000 - S) =< 1.
os_and_erlang_time_agree() ->
    abs(os:system_time(second) - erlang:system_time(second)) =< 1.
convert_time_unit() ->
    [erlang:convert_time_unit(N, A, B)
     || N <- [0, 1, -1, 999, -999, 1000000], {A, B} <- [{second, native}, {millisecond, second},
                                                      {nanosecond, microsecond}, {7, 3}]].
timestamp_shape() ->
    [begin {A, B, C} = F(), {A > 1000, B < 1000000, C < 1000000} end
     || F <- [fun erlang:timestamp/0, fun os:timestamp/0, fun erlang:now/0]].
now_is_unique() ->
    L = [erlang:now() || _ <- lists:seq(1, 2000)],
    length(lists:usort(L)) =:= 2000 andalso lists:sort(L) =:= L.
perf_counter_counts() -> A = os:perf_counter(), B = os:perf_counter(), B >= A.

unique_integers_differ() ->
    L = [erlang:unique_integer(M) || M <- [[], [monotonic], [positive], [monotonic, positive]],
                                     _ <- lists:seq(1, 100)],
    {lists:all(fun is_integer/1, L),
     [length(lists:usort([erlang:unique_integer(M) || _ <- lists:seq(1, 500)]))
      || M <- [[], [monotonic], [positive], [positive, monotonic]]]}.
unique_integer_grows() ->
    L = [erlang:unique_integer([monotonic]) || _ <- lists:seq(1, 500)], lists:sort(L) =:= L.
unique_integer_positive() ->
    lists:all(fun(N) -> N > 0 end, [erlang:unique_integer([positive]) || _ <- lists:seq(1, 100)]).
unique_integer_errors() ->
    [top(fun() -> erlang:unique_integer(id(X)) end)
     || X <- [foo, [foo], [monotonic | positive], [[monotonic]], 1]].
references_differ() ->
    L = [make_ref() || _ <- lists:seq(1, 1000)],
    {length(lists:usort(L)), lists:all(fun is_reference/1, L)}.

%% --- calendar ----------------------------------------------------------------

universal_to_posix() ->
    [erlang:universaltime_to_posixtime(D)
     || D <- [{{1970, 1, 1}, {0, 0, 0}}, {{2000, 2, 29}, {23, 59, 59}}, {{1969, 12, 31}, {23, 59, 59}},
              {{1600, 1, 1}, {0, 0, 0}}, {{1900, 3, 1}, {0, 0, 0}}, {{2024, 2, 29}, {12, 0, 1}},
              {{9999, 12, 31}, {0, 0, 0}}, {{2147483646, 6, 1}, {0, 0, 0}}]].
posix_to_universal() ->
    [erlang:posixtime_to_universaltime(S)
     || S <- [0, 1, -1, 86399, 86400, -86400, -86401, 951782399, 951782400, 4107542399, 4107542400,
              253402300799, 1 bsl 40, 1 bsl 58, 1 bsl 62, (1 bsl 63) - 1, -62135596800]].
posix_both_ways() ->
    [S || I <- lists:seq(-300, 3000),
          S <- [I * 37000001],
          erlang:universaltime_to_posixtime(erlang:posixtime_to_universaltime(S)) =/= S].
posix_errors() ->
    [top(fun() -> erlang:posixtime_to_universaltime(id(X)) end)
     || X <- [a, 1.0, 1 bsl 63, -(1 bsl 63) - 1, {{1970, 1, 1}, {0, 0, 0}}]].
not_a_date() ->
    [{1970, 1, 1}, {{1970, 13, 1}, {0, 0, 0}}, {{1970, 0, 1}, {0, 0, 0}}, {{1970, 1, 0}, {0, 0, 0}},
     {{1970, 1, 32}, {0, 0, 0}}, {{1970, 4, 31}, {0, 0, 0}}, {{1900, 2, 29}, {0, 0, 0}},
     {{2023, 2, 29}, {0, 0, 0}}, {{1970, 1, 1}, {24, 0, 0}}, {{1970, 1, 1}, {-1, 0, 0}},
     {{1970, 1, 1}, {0, 60, 0}}, {{1970, 1, 1}, {0, 0, 60}}, {{a, 1, 1}, {0, 0, 0}},
     {{1970, 1, 1}, {0, 0}}, {{1970.0, 1, 1}, {0, 0, 0}}, [{1970, 1, 1}, {0, 0, 0}], foo,
     {{1599, 12, 31}, {0, 0, 0}}, {{2147483647, 1, 1}, {0, 0, 0}}, {{1 bsl 70, 1, 1}, {0, 0, 0}}].
universal_errors() -> [top(fun() -> erlang:universaltime_to_posixtime(id(D)) end) || D <- not_a_date()].
to_local_errors() -> [top(fun() -> erlang:universaltime_to_localtime(id(D)) end) || D <- not_a_date()].
from_local_errors() ->
    [top(fun() -> erlang:localtime_to_universaltime(id(D), undefined) end) || D <- not_a_date()].
from_local_bad_dst() ->
    [top(fun() -> erlang:localtime_to_universaltime({{2000, 1, 1}, {0, 0, 0}}, id(X)) end)
     || X <- [foo, 1, []]].
local_both_ways() ->
    [D || I <- lists:seq(-2000, 3000),
          D <- [erlang:posixtime_to_universaltime(I * 1000003)],
          erlang:localtime_to_universaltime(erlang:universaltime_to_localtime(D)) =/= D].
local_before_1902() ->
    [top(fun() -> erlang:universaltime_to_localtime({{Y, 12, 31}, {0, 0, 0}}) end) || Y <- [1900, 1901]].
now_in_all_forms() ->
    {D1, _} = erlang:localtime(), D2 = erlang:date(), {H, M, S} = erlang:time(),
    {{Y, _, _}, {_, _, _}} = erlang:universaltime(),
    {D1 =:= D2, H < 24, M < 60, S < 60, Y > 2000}.
