%% unicode_util and the normal forms over generated texts.
-module(generated_unicode_util).
-compile([export_all, nowarn_export_all]).

each(F) -> generated:each(F, generated:unicode_texts(24, 300), fun real_front:digest/1).

nfc() -> each(fun unicode:characters_to_nfc_list/1).
nfd() -> each(fun unicode:characters_to_nfd_list/1).
nfkc() -> each(fun unicode:characters_to_nfkc_list/1).
nfkd() -> each(fun unicode:characters_to_nfkd_list/1).
nfc_binary() -> each(fun(T) -> unicode:characters_to_nfc_binary(unicode:characters_to_binary(T)) end).
nfd_binary() -> each(fun(T) -> unicode:characters_to_nfd_binary(unicode:characters_to_binary(T)) end).
clusters() -> each(fun(T) -> all(fun unicode_util:gc/1, T) end).
code_points() -> each(fun(T) -> all(fun unicode_util:cp/1, unicode:characters_to_binary(T)) end).
upper() -> each(fun(T) -> all(fun unicode_util:uppercase/1, T) end).
fold() -> each(fun(T) -> all(fun unicode_util:casefold/1, T) end).
lookup_blocks() ->
    real_front:digest([unicode_util:lookup(C) || C <- lists:seq(0, 16#2fff, 7)]).
is_whitespace() ->
    [C || C <- lists:seq(0, 16#3100), unicode_util:is_whitespace(C)].

all(F, T) ->
    case F(T) of
        [] -> [];
        [C | Rest] -> [C | all(F, Rest)]
    end.
