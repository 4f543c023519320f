%% Module persistent_term.
-module(bifs_persistent_term).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
key(K) -> {?MODULE, K}.

put_get() ->
    V = {a, [1, 2.5, <<"b">>], #{c => "d"}},
    {persistent_term:put(key(1), V), persistent_term:get(key(1)), persistent_term:get(key(1), x)}.
not_there() ->
    {persistent_term:get(key(none), default), case_lib:top(fun() -> persistent_term:get(key(none)) end)}.
keys_match_exactly() ->
    ok = persistent_term:put(key(1), int), ok = persistent_term:put(key(1.0), float),
    {persistent_term:get(key(1)), persistent_term:get(key(1.0))}.
put_replaces() ->
    [ok, ok] = [persistent_term:put(key(replaced), V) || V <- id([first, {second}])],
    persistent_term:get(key(replaced)).
old_value_stays() ->
    ok = persistent_term:put(key(old), id([1, 2, 3])),
    Old = persistent_term:get(key(old)),
    ok = persistent_term:put(key(old), id([4])),
    true = erlang:garbage_collect(),
    {Old, persistent_term:get(key(old)), persistent_term:erase(key(old)), Old}.
erase() ->
    ok = persistent_term:put(key(gone), x),
    {persistent_term:erase(key(gone)), persistent_term:erase(key(gone)), persistent_term:get(key(gone), none)}.
many() ->
    [ok = persistent_term:put(key({many, I}), {I}) || I <- lists:seq(1, 300)],
    [true = persistent_term:erase(key({many, I})) || I <- lists:seq(1, 300, 2)],
    lists:sum([case persistent_term:get(key({many, I}), 0) of 0 -> 0; {J} -> J end || I <- lists:seq(1, 300)]).
get_all() ->
    ok = persistent_term:put(key(all), x),
    {lists:member({key(all), x}, persistent_term:get()), lists:member({key(other), x}, persistent_term:get())}.
info() ->
    ok = persistent_term:put(key(info), x),
    #{count := C, memory := M} = persistent_term:info(),
    {C =:= length(persistent_term:get()), M > 0}.
large_value() ->
    L = lists:seq(1, 50000), ok = persistent_term:put(key(large), L),
    lists:sum(persistent_term:get(key(large))).
binaries_and_funs() ->
    B = binary:copy(<<"abc">>, 100), F = fun(X) -> {X, B} end,
    ok = persistent_term:put(key(fb), {B, F, fun lists:map/2, make_ref()}),
    {B2, F2, M, R} = persistent_term:get(key(fb)),
    {B2 =:= B, F2(1) =:= {1, B}, M =:= fun lists:map/2, is_reference(R)}.
