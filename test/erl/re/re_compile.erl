%% re:compile: what the pattern says of itself, and errors with their texts
%% and positions.
-module(re_compile).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
top(F) -> case_lib:top(F).

c(P) -> c(P, []).
c(P, O) ->
    case re:compile(id(P), O) of
        {ok, {re_pattern, Groups, Unicode, CrLf, B}} when is_binary(B) ->
            {ok, Groups, Unicode, CrLf};
        E -> E
    end.

groups() -> [c(P) || P <- ["a", "a(b)c", "(a)(?:b)(c(d))", "(?<n>a)", "(?|(a)|(b))", ""]].
groups_without_auto_capture() -> [c(P, [no_auto_capture]) || P <- ["(a)(b)", "(?<n>a)(b)"]].
newlines() -> [{N, c("a", [{newline, N}])} || N <- [cr, lf, crlf, any, anycrlf]].
newlines_in_pattern() -> [c(P) || P <- ["(*CRLF)a", "(*ANY)a", "(*CR)a", "(*ANYCRLF)a"]].
unicode_flag() -> [c("a", [unicode]), c([1234], [unicode]), c("(*UTF8)a"), c("(*UCP)a")].
all_options() ->
    c("a", [unicode, anchored, caseless, dollar_endonly, dotall, extended, firstline, multiline,
            no_auto_capture, dupnames, ungreedy, {newline, any}, bsr_anycrlf, bsr_unicode,
            no_start_optimize, ucp]).
iodata() -> [c(["a(", <<"b">>, [$), "c" | <<"(d)">>]]), c(<<"a", 0, "b">>), c([])].
parentheses() ->
    [c(P) || P <- ["a(", "(?:a", "(?=a", "(?!a", "(?<=a", "(?>a", "(?|a", "(?i:", "((((a)", "a)",
                   "())", "(a))", "a|b)", ")"]].
quantifiers() ->
    [c(P) || P <- ["*a", "+", "?", "a**", "a++*", "a?+*", "{1}", "a{1}{2}", "^*", "$*", "\\b+",
                   "a|*", "(*)", "a{2,1}", "a{70000}", "a{1,70000}", "a{65535}", "a{,2}", "a{",
                   "a{1,", "()*", "\\Q\\E*"]].
classes() ->
    [c(P) || P <- ["[a", "[", "[]", "[]a", "[^]", "[a-", "[a\\", "[z-a]", "[[:foo:]]", "[:alpha:]",
                   "[[:alpha:]", "[[.a.]]", "[[=a=]]", "[a-\\d]", "[\\N]", "[[:^alpha:]]"]].
hyphen_behind_class() ->
    [c(P) || P <- ["[\\d-z]", "[\\w-.]", "[[:alpha:]-z]", "[\\d-\\w]", "[a-c-e]"]].
names() ->
    [c(P) || P <- ["(?<n>a)(?<n>b)", "(?P<n>a)(?P<n>b)", "(?<1a>b)", "(?P<1a>b)", "(?<a", "(?'a",
                   "(?<a-b>c)", "(?<aaaaaaaaaabbbbbbbbbbccccccccccddd>x)",
                   "(?<aaaaaaaaaabbbbbbbbbbccccccccccdd>x)"]].
names_twice_allowed() -> [c("(?<n>a)(?<n>b)", [dupnames]), c("(?J)(?<n>a)(?<n>b)")].
references() ->
    [c(P) || P <- ["\\1", "\\2(a)", "(a)\\1", "\\k<a>", "\\k{a}", "\\g{1}", "\\g1", "\\g{a}", "(?1)",
                   "(?P=a)", "(?P>a)", "(?&a)", "(?(1)a|b)", "(?(x)a)", "(?(<x>)a)", "(?+1)",
                   "(?-1)", "\\g{0}", "(?+0)"]].
escapes() ->
    [c(P) || P <- ["\\", "\\c", "\\p", "\\p{", "\\pX", "\\p{Foo}", "\\P{^Lu", "\\x{100}",
                   "\\x{zz}", "\\x{", "\\o{777}", "\\o{8}", "\\o{}", "\\400", "\\N{U+41}", "\\La",
                   "\\u0041", "\\k", "\\g"]].
escapes_unicode() ->
    [c(P, [unicode])
     || P <- ["\\x{100}", "\\x{110000}", "\\x{d800}", "\\400", "\\p{Foo}", "\\p{Greek}"]].
escapes_that_mean_nothing() -> [c(P) || P <- ["\\j", "\\y", "\\_", "\\8", "\\9", "[\\B]", "[\\X]"]].
lookbehind() -> [c(P) || P <- ["(?<=a*)b", "(?<!a|bc)d", "(?<=a|bc*)d", "(?<=a+b)", "(?<=\\X)a"]].
conditions() ->
    [c(P) || P <- ["(a)(?(1)a|b|c)", "(?(?=a)b|c|d)", "(?(?a)b)", "(?(DEFINE)a|b)", "(?(R)b)"]].
verbs() ->
    [c(P) || P <- ["(*FOO)a", "(*MARK)", "(*MARK:a)b", "(*ACCEPT)", "(*FAIL)", "(*COMMIT)a",
                   "(*PRUNE:"]].
others() ->
    [c(P) || P <- ["(?z)", "(?-z)", "(?", "(?-", "(?Pa)", "(?#abc", "(?C256)", "(?C1", "(?R", "(?Ra)"]].
invalid_utf8() -> [c(<<255>>, [unicode]), c(<<"a", 195>>, [unicode])].
never_utf() -> [c("a", [never_utf]), c("(*UTF8)a", [never_utf])].
bad_arguments() ->
    [top(fun() -> re:compile(id(P)) end) || P <- [a, [1234], <<1:3>>, [a], {}, 1]].
bad_options() ->
    [top(fun() -> re:compile("a", id(O)) end)
     || O <- [[foo], foo, [{newline, foo}], [unicode | b], [global], [{offset, 1}]]].
bad_characters() ->
    [case_lib:class(fun() -> re:compile(id(P), [unicode]) end) || P <- [[16#110000], [a], [16#d800]]].
namelist() ->
    [begin {ok, M} = re:compile(P, O), re:inspect(M, namelist) end
     || {P, O} <- [{"(?<x>a)(b)", []}, {"(?<x>a)(?<b>b)", []}, {"ab", []},
                   {"(?<n>a)(?<n>b)(?<a>c)", [dupnames]}]].
inspect_errors() ->
    {ok, M} = re:compile("(?<x>a)"),
    [case_lib:class(fun() -> re:inspect(id(P), id(I)) end)
     || {P, I} <- [{M, foo}, {a, namelist}, {setelement(5, M, <<"abc">>), namelist},
                   {setelement(5, M, abc), namelist}]].
