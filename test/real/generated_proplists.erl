%% proplists over generated property lists: atoms, pairs and longer tuples.
-module(generated_proplists).
-compile([export_all, nowarn_export_all]).
-import(real_front, [digest/1]).

props(Seed) ->
    [case K rem 4 of
         0 -> pick(K);
         1 -> {pick(K), V};
         2 -> {pick(K), V, extra};
         3 -> {pick(K), K rem 8 =:= 3}
     end || {K, V} <- lists:zip(generated:integers(Seed, 300, 1000), generated:terms(Seed, 300))].
pick(K) -> generated:pick(K div 7, [a, b, c, d, e, no_a, yes, f]).
keys(_) -> [a, b, c, d, e, no_a, yes, f, missing].

get_value() -> digest([proplists:get_value(K, props(40)) || K <- keys(all)]).
get_all_values() -> digest([proplists:get_all_values(K, props(40)) || K <- keys(all)]).
append_values() -> digest([proplists:append_values(K, props(40)) || K <- keys(all)]).
lookup() -> digest([proplists:lookup(K, props(40)) || K <- keys(all)]).
lookup_all() -> digest([proplists:lookup_all(K, props(40)) || K <- keys(all)]).
get_bool() -> [proplists:get_bool(K, props(40)) || K <- keys(all)].
get_keys() -> proplists:get_keys(props(40)).
delete() -> digest([proplists:delete(K, props(40)) || K <- keys(all)]).
is_defined() -> [proplists:is_defined(K, props(40)) || K <- keys(all)].
compact_and_unfold() -> digest({proplists:compact(props(40)), proplists:unfold(props(40))}).
expand() -> digest(proplists:expand([{a, [x, {y, 1}]}, {{b, true}, [z]}], props(40))).
negate_aliases() ->
    digest({proplists:substitute_aliases([{a, b}], props(40)),
            proplists:substitute_negations([{no_a, a}], props(40)),
            proplists:normalize(props(40), [{aliases, [{c, d}]}, {expand, [{e, [f]}]}])}).
split() -> digest(proplists:split(props(40), [a, d, f])).
to_map() -> digest(proplists:to_map(props(40))).
