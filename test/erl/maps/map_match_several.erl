%% Several keys taken out of a map at once: small and large maps, keys of every kind, a key that is
%% missing, and a value that replaces the map.
-module(map_match_several).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
small(_) -> id(#{a => 1, b => 2.0, c => "c", 1 => one, 2.0 => two, "s" => string, [] => nil, {t} => tuple, (1 bsl 70) => big}).
large(_) -> maps:merge(small(x), maps:from_list([{N, -N} || N <- lists:seq(10, 80)])).
maps(_) -> [#{}, #{a => 1}, #{b => 1}, small(x), large(x)].
non_maps(_) -> [a, [], {}, 1, <<>>, fun id/1].

atoms() -> [case M of #{a := A, b := B, c := C} -> {A, B, C}; #{a := A} -> A; _ -> none end || M <- maps(x) ++ non_maps(x)].
one_atom() -> [case M of #{c := C} -> C; _ -> none end || M <- maps(x) ++ non_maps(x)].
integers() -> [case M of #{1 := A} -> A; #{10 := B} -> B; _ -> none end || M <- maps(x) ++ non_maps(x)].
integer_is_no_float() -> [case M of #{2 := A} -> A; #{1.0 := B} -> B; _ -> none end || M <- maps(x)].
float_keys() -> [case M of #{2.0 := A} -> A; _ -> none end || M <- maps(x)].
zero_keys() -> [case M of #{0.0 := A} -> A; _ -> none end || M <- [#{0.0 => x}, #{0 => x}, #{1 => x}]].
nil_key() -> [case M of #{[] := A} -> A; _ -> none end || M <- maps(x) ++ non_maps(x)].
literal_keys() -> [case M of #{"s" := A, {t} := B, (1 bsl 70) := C} -> {A, B, C}; _ -> none end || M <- maps(x)].
variable_keys() -> [case M of #{K := A, L := B} -> {A, B}; #{K := A} -> A; _ -> none end || M <- maps(x), K <- [a, 10, {t}], L <- [b, 80, "s"]].
replaces_the_map() -> [first(M) || M <- maps(x)].
first(#{a := A, b := B, c := C}) -> {A, B, C};
first(#{a := A}) -> A;
first(_) -> none.
value_is_the_map() -> M = id(#{a => #{a => 1, b => 2}, b => 3}), #{a := #{a := A, b := B}, b := C} = M, {A, B, C}.
missing_after_found() -> [case M of #{a := A, missing := B} -> {A, B}; #{a := A, b := B} -> {B, A}; _ -> none end || M <- maps(x)].
in_the_frame() -> M = large(x), #{a := A, 10 := B, 80 := C} = M, _ = id(A), #{c := D, 45 := E} = M, {A, B, C, D, E, map_size(M)}.
has_keys() -> [case M of #{a := _, 1 := _} -> both; #{a := _} -> a; #{20 := _} -> 20; #{"s" := _} -> s; _ -> none end || M <- maps(x) ++ [#{20 => x}, #{"s" => x}]].
has_variable_key() -> [case M of #{K := _} -> true; _ -> false end || M <- maps(x), K <- [a, 1, 1.0, 80, 81, "s", {t}]].
badmatch() -> [case_lib:class(fun() -> #{a := A, c := C} = id(M), {A, C} end) || M <- maps(x) ++ non_maps(x)].
arguments() -> [args(M, 1, 2) || M <- maps(x)].
args(#{a := A, b := B}, X, Y) -> [A, B, X, Y];
args(M, X, Y) -> [X, Y, map_size(M)].
