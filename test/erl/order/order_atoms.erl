%% Atoms compare by their text: prefixes, case, digits, empty, Latin-1 and
%% characters beyond it, long names.
-module(order_atoms).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
c(A, B) -> {A < B, A == B, A > B}.
s(L) -> lists:sort(L).
u(S) -> list_to_atom(S).

letters() -> s([c, a, b, 'C', 'A', 'B']).
prefixes() -> s([abc, ab, a, '', abcd, abb]).
empty_atom_first() -> [c(id(''), A) || A <- ['', a, ' ', '\0', 'A']].
zero_bytes() -> s([u([0]), u([0, 0]), '', u([0, 1]), u([1]), u([1, 0])]).
digits_and_signs() -> s(['10', '9', '1', '-1', '+', '_', '@', 'a1', a_, 'a@']).
first_four_equal() -> s([abcde, abcd, abcdf, abcda, abc, abcdefg]).
first_eight_equal() -> s([abcdefgh, abcdefghi, abcdefgha, abcdefgz, abcdefg]).
long_common_prefix() -> P = lists:duplicate(200, $x), L = [u(P ++ T) || T <- ["", "a", "b", "aa", "A"]], [lists:nthtail(200, atom_to_list(A)) || A <- s(L)].
prefix_against_longer() -> [c(id(ab), abc), c(id(abc), ab), c(id(a), b), c(id(b), aa)].
case_and_underscore() -> s(['Z', z, '_', '[', 'a', '{', '~', ' ']).
booleans_and_specials() -> s([true, false, undefined, nil, ok, error, '', infinity]).
latin1() -> s(['é', 'e', 'z', 'à', 'ÿ', 'f']).
latin1_high_bytes() -> s([u([255]), u([254]), u([128]), u([127]), u([192]), u("a")]).
beyond_latin1() -> s(['λ', 'a', 'é', 'ж', '中', 'z', '𝄞']).
beyond_latin1_pairs() -> [c(u([255]), u([256])), c(u([16#7ff]), u([16#800])), c(u([16#ffff]), u([16#10000])), c(u([16#10ffff]), u([16#e000]))].
private_use_against_supplementary() -> s([u([16#fffd]), u([16#10000]), u([16#e000]), u([16#ffff])]).
mixed_width_prefixes() -> s([u([$a, 233]), u([$a, 955]), u([$a, $z]), u([$a]), u([$a, 233, $b]), u([$a, 233, 955])]).
equal_only_when_same() -> [id(a) =:= u("a"), id(a) == 'A', 'λ' =:= u([955]), '' =:= u("")].
atom_made_at_run_time() -> A = u("order_atoms_" ++ "made"), [A =:= order_atoms_made, c(A, order_atoms_mad), c(A, order_atoms_madf)].
compare_follows_list_order() ->
    L = ["", "a", "ab", "b", "B", "zz", [233], [955], [955, $a], [16#10ffff], "0", "aaaa", "aaaaa", "aaab", "aaaaaaaaab", "aaaaaaaaac"],
    [{A, B} || A <- L, B <- L, (u(A) < u(B)) =/= (A < B) orelse (u(A) =:= u(B)) =/= (A =:= B)].
sort_many() -> s([u([C1, C2]) || C1 <- "zaM0", C2 <- "Zb_9"]).
sort_agrees_with_text_sort() ->
    L = [integer_to_list(N * 7919 rem 1009) || N <- lists:seq(1, 200)],
    [atom_to_list(A) || A <- s([u(X) || X <- L])] =:= lists:sort(L).
min_and_max() -> [min(id(abc), abd), max(id(abc), abd), min('', a), max('B', a), min(true, false), max(true, false)].
atoms_as_map_keys_equal_text() -> maps:get(u("key"), #{key => found}).
atom_to_list_kinds() -> [atom_to_list(A) || A <- ['', a, 'hello world', 'é', 'λ', '𝄞', 'a\nb']].
atom_to_binary_kinds() -> [atom_to_binary(A) || A <- ['', a, 'hello world', 'é', 'λ', '𝄞']].
printing_quotes() -> ['', a, 'A', 'a b', 'a@b', '1a', '_a', 'é', 'É', 'λ', 'div', 'end', 'a\nb', 'a\'b', '\\', 'a.b'].
