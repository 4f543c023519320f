%% The process dictionary: put, get, erase, get_keys, many keys, keys of every
%% type, garbage collection. Each case uses its own keys and removes them.
-module(call_dictionary).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
t(F) -> try F() of V -> {value, V} catch C:R -> {C, R} end.

put_returns_old() -> R = [put(d1, a), put(d1, b), put(d1, c)], {R, erase(d1)}.
get_missing() -> [get(id(no_such_key_here)), erase(id(no_such_key_here))].
erase_returns_value() -> put(d2, v), [erase(d2), erase(d2), get(d2)].
undefined_stored_like_missing() -> put(d3, undefined), R = [get(d3), lists:member(d3, get_keys()), put(d3, x)], erase(d3), R.
keys_of_every_type() ->
    Ks = [1, 1.0, 1 bsl 64, a, "s", [], {}, {t, 1}, #{m => 1}, <<"b">>, <<1:3>>, fun lists:map/2],
    [put({wrap, K}, K) || K <- Ks], [put(K, {plain, K}) || K <- Ks],
    R = [{get(K), get({wrap, K})} || K <- Ks], [erase(K) || K <- Ks], [erase({wrap, K}) || K <- Ks], R.
integer_and_float_keys_differ() -> put(1, int), put(1.0, flt), R = [get(1), get(1.0), get(id(2) - 1)], erase(1), erase(1.0), R.
big_integer_keys() -> put(1 bsl 70, x), R = [get(id(1) bsl 70), get((1 bsl 70) + 1)], erase(1 bsl 70), R.
deep_keys() -> K = {a, [b, {c, #{d => <<"e">>}}]}, put(K, v), R = [get({a, [b, {c, #{d => id(<<"e">>)}}]}), get({a, [b]})], erase(K), R.
get_keys_by_value() -> put(dk1, same_val), put(dk2, same_val), put(dk3, other), R = [lists:sort(get_keys(same_val)), get_keys(other), get_keys(never)], [erase(K) || K <- [dk1, dk2, dk3]], R.
get_keys_by_value_exact() -> put(dv1, 1), put(dv2, 1.0), R = [lists:sort(get_keys(1)), get_keys(1.0)], erase(dv1), erase(dv2), [[K || K <- L, K =:= dv1 orelse K =:= dv2] || L <- R].
get_all_contains() -> put(da, 1), put(db, 2), L = get(), R = [lists:member({da, 1}, L), lists:member({db, 2}, L), lists:member({dc, 3}, L)], erase(da), erase(db), R.
get_keys_contains() -> put(da, 1), K = get_keys(), R = [lists:member(da, K), lists:member(db, K)], erase(da), R.
many_keys() ->
    [put({many, I}, I * I) || I <- lists:seq(1, 2000)],
    A = lists:sum([get({many, I}) || I <- lists:seq(1, 2000)]),
    B = [erase({many, I}) || I <- [1, 1000, 2000]],
    C = length([x || {many, _} <- get_keys()]),
    [erase({many, I}) || I <- lists:seq(1, 2000)],
    {A, B, C, length([x || {many, _} <- get_keys()])}.
many_keys_grow_and_shrink() -> [begin [put({gs, I}, R) || I <- lists:seq(1, 300)], S = length([x || {gs, _} <- get_keys()]), [erase({gs, I}) || I <- lists:seq(1, 300)], {S, length([x || {gs, _} <- get_keys()])} end || R <- [1, 2, 3]].
atom_keys_many() -> Ks = [list_to_atom("dict_key_" ++ integer_to_list(I)) || I <- lists:seq(1, 300)], [put(K, K) || K <- Ks], R = [K || K <- Ks, get(K) =/= K], [erase(K) || K <- Ks], R.
values_survive_garbage() -> put(dg, {big, lists:seq(1, 100), <<"bin">>, 1.5}), _ = [lists:seq(1, 100) || _ <- lists:seq(1, 1000)], erase(dg).
value_replaced_in_loop() -> put(dl, 0), [put(dl, get(dl) + I) || I <- lists:seq(1, 10000)], erase(dl).
list_accumulated() -> put(dacc, []), [put(dacc, [I | get(dacc)]) || I <- lists:seq(1, 5000)], L = erase(dacc), {length(L), hd(L), lists:last(L)}.
stored_fun_called() -> A = id(5), put(df, fun(X) -> X + A end), R = (get(df))(10), erase(df), R.
stored_term_is_not_changed() -> T = id({1, 2}), put(ds, T), _ = setelement(1, T, x), R = get(ds), erase(ds), {R, R =:= T}.
apply_on_dictionary_bifs() -> [apply(erlang, put, [dap, 1]), apply(erlang, get, [dap]), apply(erlang, erase, [dap]), (fun erlang:get/1)(dap)].
counters_by_key() -> [put({cnt, W}, case get({cnt, W}) of undefined -> 1; N -> N + 1 end) || W <- [a, b, a, c, a, b]], R = lists:sort([{K, get({cnt, K})} || {cnt, K} <- get_keys()]), [erase({cnt, K}) || {K, _} <- R], R.
put_inside_exception() -> R = t(fun() -> put(dex, 1), error(x) end), {R, erase(dex)}.
key_equal_after_rebuild() -> put([1, 2, 3], seq), R = get(lists:seq(1, 3)), erase([1, 2, 3]), R.
erase_all_and_restore() -> Old = erase(), put(tmp, 1), New = get(), erase(), [put(K, V) || {K, V} <- Old], {New, lists:sort(Old) =:= lists:sort(get())}.
