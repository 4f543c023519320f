%% string over generated texts of several scripts, as lists and as binaries.
-module(generated_string).
-compile([export_all, nowarn_export_all]).

texts(Seed) -> generated:unicode_texts(Seed, 250).
each(F) ->
    Both = texts(22) ++ [unicode:characters_to_binary(T) || T <- texts(22)],
    generated:each(F, Both, fun real_front:digest/1).

length() -> each(fun string:length/1).
to_graphemes() -> each(fun string:to_graphemes/1).
uppercase() -> each(fun string:uppercase/1).
lowercase() -> each(fun string:lowercase/1).
titlecase() -> each(fun string:titlecase/1).
casefold() -> each(fun string:casefold/1).
reverse() -> each(fun string:reverse/1).
trim() -> each(fun string:trim/1).
trim_some() -> each(fun(T) -> string:trim(T, both, "aB ") end).
slice() -> each(fun(T) -> string:slice(T, 3, 4) end).
pad() -> each(fun(T) -> string:pad(T, 20, both, $*) end).
split() -> each(fun(T) -> string:split(T, "a", all) end).
split_trailing() -> each(fun(T) -> string:split(T, " ", trailing) end).
lexemes() -> each(fun(T) -> string:lexemes(T, " a") end).
nth_lexeme() -> each(fun(T) -> string:nth_lexeme(T, 2, " ") end).
replace() -> each(fun(T) -> string:replace(T, "B", "--", all) end).
find() -> each(fun(T) -> string:find(T, [16#3a3]) end).
equal_ignoring_case() -> each(fun(T) -> string:equal(T, string:uppercase(T), true, nfkc) end).
take() -> each(fun(T) -> string:take(T, lists:seq($a, $z)) end).
next_grapheme() -> each(fun string:next_grapheme/1).
to_integer() -> each(fun string:to_integer/1).
chomp() -> each(fun string:chomp/1).
is_empty() -> each(fun string:is_empty/1).
old_tokens() -> generated:each(fun(T) -> string:tokens(T, "ab ") end, generated:texts(23, 300, 60),
                               fun real_front:digest/1).
