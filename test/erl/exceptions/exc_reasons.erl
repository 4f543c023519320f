%% Every reason that the machine itself raises: what causes it and the exact term.
-module(exc_reasons).
-compile([export_all, nowarn_export_all]).
-record(r, {a, b}).

id(X) -> X.
t(F) -> try F() of V -> {value, V} catch C:R -> {C, R} end.

badmatch_values() -> [t(fun() -> {ok} = id(X) end) || X <- [1, a, [], {ok, 1}, "str", #{}, <<1>>, 1.5, 1 bsl 64]].
badmatch_literal() -> [t(fun() -> [1, 2] = id(X) end) || X <- [[1, 2], [1], [1, 2, 3], []]].
badmatch_bound_variable() -> X = id(1), [t(fun() -> X = id(Y) end) || Y <- [1, 2, 1.0]].
badmatch_map() -> [t(fun() -> #{k := V} = id(X), V end) || X <- [#{k => 1}, #{}, #{j => 1}, a, []]].
badmatch_binary() -> [t(fun() -> <<A, B>> = id(X), {A, B} end) || X <- [<<1, 2>>, <<1>>, <<1, 2, 3>>, a, <<1:15>>]].
badmatch_record() -> [t(fun() -> #r{a = A} = id(X), A end) || X <- [#r{a = 1}, {r, 1}, {s, 1, 2}, []]].
badmatch_in_comprehension_body() -> t(fun() -> [begin {ok, V} = X, V end || X <- [{ok, 1}, error]] end).
badmatch_string_prefix() -> [t(fun() -> "ab" ++ R = id(X), R end) || X <- ["abc", "ab", "a", "xbc"]].
case_clause() -> [t(fun() -> case id(X) of a -> 1; {b, _} -> 2 end end) || X <- [a, {b, 1}, b, {b}, 1, []]].
case_clause_guard() -> [t(fun() -> case id(X) of Y when Y > 10 -> big end end) || X <- [11, 5, a]].
if_clause() -> [t(fun() -> if X > 10 -> big; X < 0 -> neg end end) || X <- [id(11), -1, 5]].
try_clause() -> [t(fun() -> try id(X) of a -> 1; {b, _} -> 2 catch _:_ -> caught end end) || X <- [a, {b, 1}, b, 1, {x, y}]].
function_clause_local() -> [t(fun() -> fc(id(X)) end) || X <- [1, a, 2, []]].
fc(1) -> one;
fc(a) -> a.
function_clause_fun() -> F = fun(1) -> one; ({x, Y}) -> Y end, [t(fun() -> F(id(X)) end) || X <- [1, {x, 2}, 2, {y}]].
function_clause_named_fun() -> F = fun N(0) -> 0; N(X) when X > 0 -> N(X - 1) end, [t(fun() -> F(id(X)) end) || X <- [3, -1, a]].
function_clause_library() -> [t(fun() -> lists:nth(id(0), [1]) end), t(fun() -> lists:last(id([])) end), t(fun() -> lists:map(id(a), b) end)].
badarg_bifs() -> [t(F) || F <- [fun() -> hd(id([])) end, fun() -> tl(id(a)) end, fun() -> atom_to_list(id(1)) end, fun() -> list_to_atom(id(a)) end, fun() -> element(id(0), {a}) end, fun() -> length(id({})) end]].
badarg_bifs_more() -> [t(F) || F <- [fun() -> list_to_tuple(id([a | b])) end, fun() -> tuple_to_list(id([])) end, fun() -> list_to_binary(id([256])) end, fun() -> binary_to_list(id(a)) end, fun() -> setelement(id(3), {a}, b) end, fun() -> binary_to_atom(id(1)) end]].
badarg_list_operators() -> [t(fun() -> id(A) ++ id(B) end) || {A, B} <- [{[1], [2]}, {a, [1]}, {[1], a}, {[], a}, {[1 | 2], [3]}]].
badarg_list_subtract() -> [t(fun() -> id(A) -- id(B) end) || {A, B} <- [{[1, 2], [2]}, {a, [1]}, {[1], a}, {[1 | 2], [3]}, {[1], [1 | 2]}]].
badarg_binary_construction() -> [t(fun() -> <<(id(X))>> end) || X <- [1, a, 1.5, "s", <<1>>]].
badarg_binary_segment_types() -> [t(fun() -> <<(id(X))/binary>> end) || X <- [<<1>>, 1, a, <<1:1>>]] ++ [t(fun() -> <<(id(X))/float>> end) || X <- [1, 1.5, a, 1 bsl 2000]].
badarg_binary_segment_sizes() -> [t(fun() -> <<1:(id(N))>> end) || N <- [0, 8, -1, a, 1.0, 1 bsl 64]].
badarg_utf_segments() -> [t(fun() -> <<(id(X))/utf8>> end) || X <- [16#10ffff, 16#110000, 16#d800, 16#dfff, -1, a]].
badarith() -> [t(F) || F <- [fun() -> id(a) + 1 end, fun() -> id(1) / 0 end, fun() -> id(1) div 0 end, fun() -> -id([]) end, fun() -> id(1) bsl a end, fun() -> bnot id(1.0) end]].
undef_function() -> [t(fun() -> ?MODULE:no_such_function() end), t(fun() -> ?MODULE:id() end), t(fun() -> ?MODULE:id(1, 2) end)].
undef_module() -> [t(fun() -> no_such_module:f() end), t(fun() -> (id(no_such_module)):f(1, 2) end), t(fun() -> apply(no_such_module, f, [a]) end)].
undef_through_funs() -> [t(fun() -> (fun no_such_module:f/1)(x) end), t(fun() -> (fun ?MODULE:no_such/0)() end), t(fun() -> apply(fun lists:no_such/1, [a]) end)].
undef_bif() -> [t(fun() -> erlang:no_such_bif(1) end), t(fun() -> apply(erlang, '+', []) end), t(fun() -> apply(erlang, hd, [1, 2]) end)].
badfun_values() -> [t(fun() -> (id(X))(1) end) || X <- [a, 1, [], {lists, reverse}, "f", #{}, <<>>, 1.5]].
badfun_no_arguments() -> [t(fun() -> (id(X))() end) || X <- [a, {a, b}, []]].
badfun_apply() -> [t(fun() -> apply(id(X), id([1, 2])) end) || X <- [a, {m, f}, 1]].
badarity_external_fun() -> F = fun lists:reverse/1, [t(fun() -> apply(F, id(As)) end) || As <- [[], [[1]], [1, 2]]].
badarity_direct() -> F = id(fun lists:reverse/1), [t(fun() -> F() end), t(fun() -> F([1, 2]) end), t(fun() -> F(1, 2) end)].
badarity_local_fun_args() -> F = fun(X) -> X end, [case t(fun() -> apply(F, As) end) of {error, {badarity, {F, A}}} -> {badarity, A}; V -> V end || As <- [[], [1], [1, 2]]].
badarity_direct_local_fun() -> F = id(fun(X, Y) -> {X, Y} end), [case t(G) of {error, {badarity, {F, A}}} -> {badarity, A}; V -> V end || G <- [fun() -> F() end, fun() -> F(1) end, fun() -> F(1, 2) end, fun() -> F(1, 2, 3) end]].
apply_bad_argument_list() -> [t(fun() -> apply(fun lists:reverse/1, id(As)) end) || As <- [a, [a | b], {}, 1]].
apply_mfa_bad_types() -> [t(fun() -> apply(id(M), id(F), id(A)) end) || {M, F, A} <- [{1, f, []}, {lists, "reverse", [[]]}, {lists, reverse, a}, {lists, reverse, [a | b]}, {{lists}, reverse, [[]]}]].
call_bad_module_type() -> [t(fun() -> (id(M)):f() end) || M <- [1, "lists", [], {a, b}, <<"lists">>]].
call_bad_function_type() -> [t(fun() -> lists:(id(F))([]) end) || F <- [1, "reverse", [], {}]].
badmap_update() -> [t(fun() -> (id(X))#{a => 1} end) || X <- [#{}, a, [], {}, 1]].
badmap_exact_update() -> [t(fun() -> (id(X))#{a := 1} end) || X <- [#{a => 0}, a, [], <<>>]].
badkey_exact_update() -> [t(fun() -> (id(X))#{a := 1} end) || X <- [#{}, #{b => 1}, #{"a" => 1}]].
badkey_several() -> [t(fun() -> (id(X))#{a := 1, b := 2} end) || X <- [#{a => 0, b => 0}, #{a => 0}, #{b => 0}, #{}]].
badkey_mixed_update() -> t(fun() -> (id(#{}))#{a => 1, b := 2} end).
badkey_maps_functions() -> [t(F) || F <- [fun() -> maps:get(k, id(#{})) end, fun() -> maps:update(k, 1, id(#{})) end, fun() -> map_get(id(k), #{j => 1}) end, fun() -> maps:take(k, id(#{})) end]].
badmap_maps_functions() -> [t(F) || F <- [fun() -> maps:get(k, id(a)) end, fun() -> maps:put(k, 1, id([])) end, fun() -> maps:keys(id({})) end, fun() -> maps:merge(#{}, id(x)) end, fun() -> maps:size(id(1)) end, fun() -> maps:to_list(id(q)) end]].
badmap_map_size() -> [t(fun() -> map_size(id(X)) end) || X <- [#{}, a, []]].
badrecord_update() -> [t(fun() -> (id(X))#r{a = 1} end) || X <- [#r{}, {r, 1}, {s, 1, 2}, a, []]].
badrecord_access() -> [t(fun() -> (id(X))#r.b end) || X <- [#r{b = 7}, {r, 1}, {s, 1, 2}, a, #{}]].
system_limit_shift() -> [t(fun() -> id(1) bsl id(N) end) || N <- [1 bsl 64, 1 bsl 58]].
system_limit_atom_length() -> [t(fun() -> list_to_atom(lists:duplicate(id(N), $a)) =:= x end) || N <- [255, 256, 1000]].
system_limit_atom_unicode() -> [t(fun() -> list_to_atom(lists:duplicate(id(N), 955)) =:= x end) || N <- [255, 256]].
system_limit_binary_to_atom() -> [t(fun() -> binary_to_atom(binary:copy(<<"a">>, id(N))) =:= x end) || N <- [255, 256]].
system_limit_apply_arity() -> [t(fun() -> apply(?MODULE, id, id(lists:duplicate(N, a))) end) || N <- [2, 255, 256, 1000]].
system_limit_fun_arity() -> [t(fun() -> apply(fun ?MODULE:id/1, id(lists:duplicate(N, a))) end) =:= {error, {badarity, {fun ?MODULE:id/1, lists:duplicate(N, a)}}} || N <- [2, 255]].
user_error_keeps_term() -> [t(fun() -> error(id(X)) end) || X <- [badarg, {badmatch, 1}, my_own, "text", {a, [b]}, 1, undef, badarith]].
comprehension_bad_generator() -> [t(fun() -> [X || X <- id(G)] end) || G <- [a, {}, 1, [1 | 2], <<1>>, #{}]].
binary_comprehension_bad_generator() -> [t(fun() -> [X || <<X>> <= id(G)] end) || G <- [a, [1], 1, <<1:4>>, <<1, 2>>]].
binary_comprehension_bad_segment() -> [t(fun() -> << <<X>> || X <- id(L) >> end) || L <- [[1], [a], [1.0], [1 | 2]]].
bad_filter_value() -> [t(fun() -> [X || X <- [1], id(F)] end) || F <- [true, false, a, 1, []]].
bad_boolean_operands() -> [t(F) || F <- [fun() -> id(1) and true end, fun() -> id(1) andalso true end, fun() -> not id(1) end, fun() -> id(1) orelse true end]].
conversions_badarg() -> [t(F) || F <- [fun() -> list_to_integer(id("x")) end, fun() -> list_to_float(id("1")) end, fun() -> binary_to_integer(id(<<>>)) end, fun() -> integer_to_list(id(a)) end, fun() -> float_to_list(id(1)) end, fun() -> list_to_existing_atom(id("no such atom at all")) end]].
bitstring_conversions_badarg() -> [t(F) || F <- [fun() -> bitstring_to_list(id(a)) end, fun() -> list_to_bitstring(id([a])) end, fun() -> iolist_to_binary(id([1, a])) end, fun() -> iolist_size(id([1 | 2])) end, fun() -> split_binary(id(<<1>>), 2) end]].
