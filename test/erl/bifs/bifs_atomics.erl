%% Modules atomics and counters: limits of both ranges, wrapping, errors.
-module(bifs_atomics).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
top(F) -> case_lib:top(F).
class(F) -> case_lib:class(F).
new(signed) -> new([]);
new(unsigned) -> new([{signed, false}]);
new(O) -> atomics:new(3, O).

new_is_zero() -> A = new(signed), [atomics:get(A, I) || I <- [1, 2, 3]].
put_get() -> A = new(signed), [begin ok = atomics:put(A, 2, V), atomics:get(A, 2) end
                            || V <- id([0, 1, -1, 1 bsl 59, -(1 bsl 59) - 1, (1 bsl 63) - 1, -(1 bsl 63)])].
put_get_new(unsigned) -> A = new(unsigned), [begin ok = atomics:put(A, 3, V), atomics:get(A, 3) end
                                       || V <- id([0, 1 bsl 59, 1 bsl 63, (1 bsl 64) - 1])].
put_out_of_range() ->
    [class(fun() -> atomics:put(new(signed), 1, id(V)) end) || V <- [1 bsl 63, -(1 bsl 63) - 1, a, 1.0]] ++
    [class(fun() -> atomics:put(new(unsigned), 1, id(V)) end) || V <- [-1, 1 bsl 64]].
index_out_of_range() ->
    [class(fun() -> atomics:get(new(signed), id(I)) end) || I <- [0, 4, -1, a, 1 bsl 70]].
add_wraps() ->
    A = new(signed), U = new(unsigned),
    ok = atomics:put(A, 1, (1 bsl 63) - 1), ok = atomics:put(U, 1, (1 bsl 64) - 1),
    [atomics:add_get(A, 1, 1), atomics:add_get(U, 1, 1), atomics:sub_get(A, 2, 1), atomics:sub_get(U, 2, 1)].
add_takes_both_ranges() ->
    A = new(signed), U = new(unsigned),
    ok = atomics:add(A, 1, id(1 bsl 63)), ok = atomics:add(U, 1, id(-1)),
    {atomics:get(A, 1), atomics:get(U, 1)}.
add_errors() -> [class(fun() -> atomics:add(new(signed), 1, id(V)) end) || V <- [1 bsl 64, -(1 bsl 63) - 1, a]].
exchange() -> A = new(signed), {atomics:exchange(A, 1, 5), atomics:exchange(A, 1, -7), atomics:get(A, 1)}.
compare_exchange() ->
    A = new(signed),
    {atomics:compare_exchange(A, 1, 0, 7), atomics:compare_exchange(A, 1, 0, 8), atomics:get(A, 1)}.
compare_exchange_errors() ->
    [class(fun() -> atomics:compare_exchange(new(signed), 1, id(E), id(D)) end) || {E, D} <- [{a, 1}, {1, a}, {1 bsl 63, 1}]].
info() ->
    [begin #{size := S, min := Min, max := Max, memory := M} = atomics:info(A), {S, Min, Max, M > 0} end
     || A <- [new(signed), new(unsigned)]].
bad_references() ->
    [top(fun() -> atomics:get(id(R), 1) end) || R <- [a, 1, {}, []]] ++ [top(fun() -> atomics:info(a) end)].
new_errors() ->
    [class(fun() -> atomics:new(id(N), id(O)) end)
     || {N, O} <- [{0, []}, {-1, []}, {a, []}, {1, [{signed, foo}]}, {1, foo}, {1 bsl 70, []}]].
other_kinds_of_reference() ->
    [class(fun() -> atomics:get(erts_internal:counters_new(1), 1) end),
     class(fun() -> erts_internal:counters_get(new(signed), 1) end),
     class(fun() -> atomics:get(element(2, binary:compile_pattern(<<"a">>)), 1) end)].
counters() ->
    [begin C = counters:new(3, O), ok = counters:add(C, 1, 5), ok = counters:sub(C, 1, 7), ok = counters:put(C, 2, 9),
           [counters:get(C, I) || I <- [1, 2, 3]] end || O <- [[], [atomics], [write_concurrency]]].
counters_wrap() ->
    [begin C = counters:new(1, O), counters:put(C, 1, 1 bsl 62), counters:add(C, 1, 1 bsl 62), counters:get(C, 1) end
     || O <- [[atomics], [write_concurrency]]].
counters_errors() ->
    [class(fun() -> F(counters:new(2, O)) end)
     || O <- [[atomics], [write_concurrency]],
        F <- [fun(C) -> counters:get(C, 0) end, fun(C) -> counters:get(C, 3) end,
              fun(C) -> counters:add(C, 1, a) end, fun(C) -> counters:put(C, 1, 1 bsl 63) end,
              fun(_) -> counters:get(a, 1) end]].
counters_info_size() -> [maps:get(size, counters:info(counters:new(3, O))) || O <- [[], [write_concurrency]]].
