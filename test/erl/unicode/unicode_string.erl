%% The string module on code points and grapheme clusters.
-module(unicode_string).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
each(F, L) -> case_lib:each(F, L).

combining() -> [$e, 16#301, $x, 16#1F469, 16#200D, 16#1F4BB, $\r, $\n, $z].
flags() -> [16#1F1E9, 16#1F1EA, 16#1F1EB, 16#1F1F7].
hangul() -> [16#1100, 16#1161, 16#11A8, 16#AC00].

length() ->
    [string:length(id(S))
     || S <- ["", "abc", combining(), flags(), hangul(), <<"é€"/utf8>>, [<<"ab">>, "cd"]]].
to_graphemes() ->
    [string:to_graphemes(id(S))
     || S <- ["abc", combining(), flags(), hangul(), <<"e", 16#301/utf8>>]].
next_grapheme() ->
    [string:next_grapheme(id(S))
     || S <- ["", "abc", combining(), flags(), <<"e", 16#301/utf8, "x">>, <<>>]].
next_codepoint() ->
    [string:next_codepoint(id(S))
     || S <- ["", "abc", combining(), <<"é"/utf8>>, [<<"x">>, "y"], <<255>>]].
reverse() -> [string:reverse(id(S)) || S <- ["abc", combining(), <<"abc">>, flags()]].
slice() ->
    [string:slice(id(combining()), N)
     || N <- [0, 1, 2, 4, 9]] ++ [string:slice(id(<<"hej världen"/utf8>>), 4, 3)].
uppercase_lowercase() ->
    [{string:uppercase(id(S)), string:lowercase(S), string:titlecase(S), string:casefold(S)}
     || S <- ["aBc", [223, 228], "straße", [16#3A3, 16#3C2], [16#1C6], <<"Ünï"/utf8>>]].
casefold_special() -> [string:casefold(id(S)) || S <- [[16#130], [16#FB00], [16#1E9E], [16#13A0]]].
equal() ->
    [string:equal(id(A), id(B), I, N)
     || {A, B, I, N} <- [{"abc", <<"abc">>, false, none}, {"ABC", "abc", true, none},
                         {[233], [$e, 16#301], false, nfc}, {[233], [$e, 16#301], false, none},
                         {"a", "b", true, nfkd}]].
is_empty() -> [string:is_empty(id(S)) || S <- ["", <<>>, [[], <<>>], "a", [[], "a"]]].
trim() ->
    [string:trim(id("  hej \n"), D)
     || D <- [leading, trailing, both]] ++ [string:trim(id(<<" x ">>)),
                                            string:trim("..a..", both, ".")].
trim_graphemes() -> string:trim(id([$e, 16#301, $a, $e, 16#301]), both, [[$e, 16#301]]).
chomp() -> [string:chomp(id(S)) || S <- ["a\n", "a\r\n", "a\r\n\n", <<"a\n">>, "a"]].
pad() ->
    [string:pad(id("ab"), 5, D, $-) || D <- [leading, trailing, both]] ++ [string:pad(<<"ab">>, 4),
                                                            string:pad("abcdef", 3)].
take() -> [string:take(id("abcXdef"), "abc", C, D) || C <- [false, true], D <- [leading, trailing]].
prefix() ->
    [string:prefix(id(S), P)
     || {S, P} <- [{"prefix", "pre"}, {"prefix", "x"}, {<<"prefix">>, "pre"}, {"", ""},
                   {"abc", ""}]].
split() ->
    [string:split(id("a--b--c"), "--", W)
     || W <- [leading, trailing, all]] ++ [string:split(id(<<"abc">>), "x")].
replace() ->
    [string:replace(id("a-b-c"), "-", "+", W)
     || W <- [leading, trailing, all]] ++ [string:replace(<<"aXb">>, "X", <<"YY">>)].
find() -> [string:find(id("abcabc"), P, D) || P <- ["b", "bc", "x", ""], D <- [leading, trailing]].
lexemes() -> [string:lexemes(id(S), " ,") || S <- ["a b,,c", "", " ", <<"a b, c">>, "abc"]].
lexemes_multi_codepoint() -> string:lexemes(id("abéfge\r\nf"), [$é, [$\r, $\n]]).
nth_lexeme() -> [string:nth_lexeme(id("a.b.c"), N, ".") || N <- [1, 2, 3]].
to_integer() -> [string:to_integer(id(S)) || S <- ["42x", "-7", "x", "", "+1 2", <<"99 b">>, " 5"]].
to_float() ->
    [string:to_float(id(S)) || S <- ["1.5x", "-2.0e3", "1", "x", "1.e5", ".5", <<"3.25!">>]].
span_cspan() -> {string:span("aabc", "a"), string:cspan("bcaa", "a")}.
old_functions() ->
    {string:tokens("a b c", " "), string:words("a b  c"), string:strip("  x "),
     string:centre("x", 5), string:left("abc", 5, $.), string:right("abc", 2), string:chars($x, 3),
     string:copies("ab", 2), string:str("abcabc", "ca"), string:rstr("abcabc", "bc"),
     string:chr("abc", $b), string:rchr("abcb", $b), string:substr("abcdef", 2, 3),
     string:sub_string("abcdef", 2, 3), string:concat("a", "b"), string:join(["a", "b"], ", "),
     string:to_upper("aé"), string:to_lower("AÉ")}.
to_cps() -> string:to_graphemes(id(<<"日本"/utf8>>)).
jaro_or_undef() -> each(fun({A, B}) -> string:jaro_similarity(A, B) end, [{"abc", "abc"}]).
errors() ->
    each(fun(S) -> string:length(S) end,
         [a, [a], <<255>>, [$a | b]]) ++ each(fun(S) -> string:uppercase(S) end, [a, <<255>>]).
long_length() -> string:length(lists:append(lists:duplicate(5000, combining()))).
long_reverse_binary() ->
    B = binary:copy(<<"aé€"/utf8>>, 2000),
    erlang:phash2(unicode:characters_to_binary(string:reverse(B))).
