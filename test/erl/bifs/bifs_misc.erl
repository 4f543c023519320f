%% Small facts of the erlang module that fit nowhere else: limits and names
%% of the machine, funs of exported functions, apply, the process dictionary,
%% sizes of terms.
-module(bifs_misc).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
top(F) -> case_lib:top(F).

system_info_words() ->
    [erlang:system_info(K) || K <- [wordsize, {wordsize, internal}, {wordsize, external}, machine]].
system_info_limits() ->
    [erlang:system_info(K) > 0
     || K <- [atom_limit, process_limit, port_limit, ets_limit, schedulers, atom_count]].
system_info_limits_known() -> [erlang:system_info(K) || K <- [atom_limit]].
system_info_endian() -> erlang:system_info(id(endian)).
system_info_errors() ->
    [top(fun() -> erlang:system_info(id(K)) end) || K <- [nosuch, 1, {wordsize}, {wordsize, x}]].
fun_info_external() ->
    [erlang:fun_info(id(fun lists:map/2), K) || K <- [module, name, arity, env, type]].
fun_info_external_all() -> lists:sort(erlang:fun_info(id(fun lists:map/2))).
fun_info_local() ->
    X = id(7), F = fun(Y) -> X + Y end, [erlang:fun_info(F, K) || K <- [module, arity, env, type]].
fun_info_errors() ->
    [top(fun() -> erlang:fun_info(id(F), id(K)) end)
     || {F, K} <- [{a, module}, {fun lists:map/2, nosuch}]].
make_fun() ->
    F = erlang:make_fun(id(lists), id(reverse), id(1)),
    {F, F([1, 2]), is_function(F, 1), is_function(F, 2)}.
make_fun_errors() ->
    [top(fun() -> erlang:make_fun(id(M), id(F), id(A)) end)
     || {M, F, A} <- [{1, f, 1}, {m, 1, 1}, {m, f, a}, {m, f, -1}, {m, f, 256}]].
fun_equality() ->
    {fun lists:map/2 =:= id(fun lists:map/2), fun lists:map/2 =:= id(fun lists:map/3),
     lists:sort(id([fun m:g/1, fun m:f/2, fun m:f/1, fun l:z/9]))}.
function_exported() ->
    [erlang:function_exported(M, F, A)
     || {M, F, A} <- id([{lists, map, 2}, {lists, map, 9}, {nosuch, f, 0}, {erlang, self, 0}])].
function_exported_errors() ->
    [top(fun() -> erlang:function_exported(id(M), id(F), id(A)) end)
     || {M, F, A} <- [{1, f, 0}, {m, 1, 0}, {m, f, a}]].
is_builtin() ->
    [erlang:is_builtin(M, F, A)
     || {M, F, A} <- id([{erlang, self, 0}, {lists, reverse, 2}, {lists, map, 2}, {m, f, 1}])].
apply_3() ->
    [case_lib:class(fun() -> apply(id(M), id(F), id(A)) end)
     || {M, F, A} <- [{lists, reverse, [[1, 2]]}, {erlang, '+', [1, 2]}, {lists, nosuch, []},
                      {nosuch, f, [1]}, {1, f, []}, {lists, reverse, a},
                      {lists, reverse, [1 | 2]}]].
apply_2() ->
    [case_lib:class(fun() -> apply(id(F), id(A)) end)
     || {F, A} <- [{fun lists:reverse/1, [[1, 2]]}, {fun(X) -> X end, [5]}, {fun lists:map/2, []},
                   {a, []}, {fun nosuch:f/1, [1]}, {fun(X) -> X end, x}]].
undef_frame() -> top(fun() -> (id(nosuch_module)):nosuch_function(id(1), 2) end).
badfun_badarity() ->
    [case_lib:class(fun() -> (id(a))() end),
     try (id(fun lists:map/2))(1) catch error:{badarity, {F, A}} -> {F, A} end].
process_dictionary() ->
    erase(), [put(k, 1), put(k, 2), get(k), get(nosuch), put({a, b}, 3), lists:sort(get()),
              lists:sort(get_keys()), get_keys(2), erase(k), erase(k), erase({a, b}), get()].
process_dictionary_many() ->
    erase(), [put({k, N}, N) || N <- lists:seq(1, 1000)],
    S = lists:sum([V || {{k, _}, V} <- get()]), [erase({k, N}) || N <- lists:seq(1, 990)],
    R = lists:sort(get()), erase(), {S, R, get()}.
process_dictionary_keys_exact() ->
    erase(), put(1, int), put(1.0, float), R = {get(1), get(1.0), length(get())}, erase(), R.
get_keys_of_value() ->
    erase(), put(a, v), put(b, v), put(c, w), R = {lists:sort(get_keys(v)), get_keys(x)}, erase(),
    R.
erts_debug_size() ->
    [{erts_debug:size(T), erts_debug:flat_size(T)} || T <- id([[], [1, 2], {1, 2, 3}, {{}, {}}])].
erts_debug_size_shared() ->
    T = id({a, [b]}), L = [T, T, T], {erts_debug:size(L), erts_debug:flat_size(L)}.
erts_debug_same() -> T = id({a}), {erts_debug:same(T, id(T)), erts_debug:same(T, {id(a)})}.
split_binary_frame() -> top(fun() -> split_binary(id(<<>>), id(1)) end).
term_order_of_types() ->
    lists:sort(id([<<1:1>>, <<>>, "a", [], #{}, {}, fun lists:map/2, b, a, 1.0e300, 1 bsl 2000, -1,
                   0.5])).
compare_int_float_large() ->
    [{A < B, A == B, A > B}
     || {A, B} <- id([{1 bsl 53, 9007199254740992.0}, {(1 bsl 53) + 1, 9007199254740992.0},
                      {1 bsl 1023, 1.0e300}, {-(1 bsl 2000), -1.0e308},
                      {1 bsl 64, 18446744073709551616.0}])].
is_type_guards() ->
    [[G || {G, F} <- guards(x), F(T)]
     || T <- id([1, 1.0, a, true, [], [1 | 2], {}, <<>>, <<1:1>>, #{}, fun lists:map/2, 1 bsl 70])].
guards(_) ->
    [{atom, fun is_atom/1}, {binary, fun is_binary/1}, {bitstring, fun is_bitstring/1},
     {boolean, fun is_boolean/1}, {float, fun is_float/1}, {function, fun is_function/1},
     {integer, fun is_integer/1}, {list, fun is_list/1}, {map, fun is_map/1},
     {number, fun is_number/1}, {tuple, fun is_tuple/1}, {pid, fun is_pid/1}, {port, fun is_port/1},
     {reference, fun is_reference/1}].
is_function_2() ->
    [case_lib:class(fun() -> is_function(id(F), id(A)) end)
     || {F, A} <- [{fun lists:map/2, 2}, {fun lists:map/2, 1}, {a, 1}, {fun lists:map/2, -1},
                   {fun lists:map/2, a}, {a, a}]].
is_record() ->
    [is_record(id(T), id(r)) || T <- [{r}, {r, 1}, {s}, {}, r]] ++ [is_record(id(T), id(r), id(2))
                                                            || T <- [{r}, {r, 1}, {r, 1, 2}]].
is_record_errors() ->
    [case_lib:class(fun() -> is_record(id({r, 1}), id(T), id(S)) end)
     || {T, S} <- [{r, a}, {1, 2}, {r, -1}]].
list_to_ref_pid_frames() ->
    [top(fun() -> list_to_ref(id("x")) end), top(fun() -> list_to_port(id("x")) end)].
atom_existing_after_use() ->
    A = list_to_atom(id("bifs_misc_" ++ "fresh")),
    B = list_to_existing_atom("bifs_misc_" ++ "fresh"), A =:= B.

nodes_of_a_node_alone() ->
    [case_lib:class(fun() -> nodes(X) end)
     || X <- [this, visible, hidden, known, connected, [this, visible], [known, known], [], x, [x], [visible | y], 1]]
        ++ [nodes()].
