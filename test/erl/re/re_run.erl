%% re:run: options, captures, errors.
-module(re_run).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
top(F) -> case_lib:top(F).
class(F) -> case_lib:class(F).
r(S, P) -> re:run(id(S), P).
r(S, P, O) -> re:run(id(S), P, O).

match_and_nomatch() -> [r("abc", "b"), r("abc", "x"), r("", ""), r("abc", ""), r("", "a")].
groups() ->
    [r("abc", "(x)?b(c)"), r("abc", "b(x)?"), r("abc", "(x)?b(y)?(c)(z)?"), r("abc", "(a)(b)(c)(d)?")].
capture_which() ->
    [r("abc", "(b)(x)?", [{capture, W}]) || W <- [all, all_but_first, first, none, [], [0, 1, 2]]].
capture_list() ->
    [r("abc", "(b)(x)?", [{capture, W, list}]) || W <- [all, all_but_first, first, none, [], [0, 1, 2]]].
capture_binary() ->
    [r("abc", "(b)(x)?", [{capture, W, binary}]) || W <- [all, all_but_first, first, [0, 1, 2, 9]]].
capture_index() -> [r("abc", "(b)", [{capture, all, index}]), r("abc", "b", [{capture, [100], index}])].
capture_names() ->
    [r("abc", "(?<n>b)(x)?", [{capture, [n, "n", <<"n">>, zz, "a name that is longer than any that there can be in a pattern"], list}]),
     r("abc", "(?<n>b)(?<a>c)", [{capture, all_names, list}]),
     r("abc", "(b)(c)", [{capture, all_names, list}]),
     r(<<"xbc">>, "(?<n>a)|(?<m>b)", [{capture, all_names, index}]),
     r(<<"xbc">>, "(?<n>a)|(?<m>b)", [{capture, all_names, binary}])].
capture_names_twice() ->
    [r(<<"abc">>, "(?<n>a)|(?<n>b)", [dupnames, {capture, [n], list}]),
     r(<<"xb">>, "(?<n>a)|(?<n>b)", [dupnames, {capture, all_names, list}]),
     r(<<"abc">>, "(?<n>x)|(?<n>y)|c", [dupnames, {capture, [n], list}])].
capture_last_option_counts() -> r("abc", "b", [{capture, none, index}, {capture, all, list}]).
capture_errors() ->
    [top(fun() -> r("abc", "(b)", [{capture, W, T}]) end)
     || {W, T} <- [{foo, list}, {[1.0], list}, {[-1], list}, {all, foo}, {[<<1:1>>], index},
                   {[0 | 1], index}, {["a" | 1], index}, {[[]], index}, {[[a]], index},
                   {[1 bsl 70], index}]].
offset() -> [r("abcb", "b", [{offset, N}]) || N <- [0, 1, 2, 3, 4]].
offset_and_anchors() ->
    [r("abc", "^b", [{offset, 1}]), r("abc", "\\Gb", [{offset, 1}]), r("abc", "(?<=a)b", [{offset, 1}])].
anchored() -> [r("abc", "b", [anchored]), r("abc", "a", [anchored]), r("abc", "b", [anchored, {offset, 1}])].
anchors_off() ->
    [r("abc", "^a", [notbol]), r("abc", "c$", [noteol]), r("abc", "", [notempty]),
     r("abc", "", [notempty_atstart]), r("abc", "a?", [notempty])].
caseless() -> [r("abc", "B", [caseless]), r([196], [228], [caseless]), r([196], [228], [caseless, unicode])].
multiline_dotall() ->
    [r("a\nb", "^b"), r("a\nb", "^b", [multiline]), r("a\nb", "a.b"), r("a\nb", "a.b", [dotall]),
     r("a\n", "a$"), r("a\n", "a$", [dollar_endonly]), r("a\nb", "b", [firstline])].
extended_ungreedy() ->
    [r("ab", "a b # c", [extended]), r("aaa", "a+", [ungreedy]), r("aaa", "a+?", [ungreedy])].
newline() ->
    [r("a\r\nb", "a$", [multiline, {newline, N}]) || N <- [cr, lf, crlf, any, anycrlf]].
newline_of_compiled() ->
    {ok, M} = re:compile("a$", [multiline]),
    [re:run("a\r\nb", M, [{newline, N}]) || N <- [cr, lf, crlf, any, anycrlf]].
line_break_escape() -> [r(<<"a", 16#85>>, "a\\R", [O]) || O <- [bsr_anycrlf, bsr_unicode]].
unicode_subject() ->
    [r([1229, $b], "b", [unicode]), r([1229, $b], [1229], [unicode, {capture, all, list}]),
     r([1229, $b], [1229], [unicode, {capture, all, binary}]),
     r(<<229/utf8>>, ".", [unicode]), r(<<229/utf8>>, "."), r(<<229/utf8>>, <<"\\x{e5}">>, [unicode])].
unicode_compiled() ->
    {ok, M} = re:compile("a", [unicode]),
    [re:run([1000, $a], M, []), re:run(<<1000/utf8, "a">>, M), re:run([300, $a], M, [global]),
     re:run([300, $a], M, [{capture, all, list}])].
unicode_errors() ->
    [class(fun() -> r(S, P, [unicode | O]) end)
     || {S, P, O} <- [{<<255>>, ".", []}, {<<255>>, ".", [report_errors]}, {<<195, 165>>, ".", [{offset, 1}]},
                      {[1, a], ".", []}, {"abc", <<255>>, []}]].
ucp() -> [r(<<228/utf8>>, "\\w", [unicode]), r(<<228/utf8>>, "\\w", [unicode, ucp])].
iodata() -> [r(["a", <<"b">>, $c], ["b"]), r(<<"abc">>, [<<"b">>, "c"]), r([], []), r([[], <<>>], "^$")].
global() ->
    [r("abcabc", "b", [global]), r("abcabc", "x", [global]), r("abcabc", "", [global]),
     r("abcabc", "b", [global, {capture, all, list}]), r("aaa", "a*?", [global, {capture, all, list}]),
     r("abc", "(?=b)", [global]), r(<<"ab\ncd">>, "^.", [global, multiline, {capture, all, binary}]),
     r(<<"abc">>, "b", [global, {offset, 4}]), r("a\r\nb", "", [global, {newline, crlf}])].
global_unicode() ->
    [r(<<"a", 228/utf8, "b">>, "", [global, unicode]), r([$a, 228, 1000], ".", [global, unicode, {capture, all, list}])].
compile_errors() ->
    [r("abc", "(", [report_errors]), r(<<"abc">>, <<"(">>, [unicode, report_errors]),
     r(<<"abc">>, "(", [unicode, report_errors]), r("abc", "(", [global, report_errors]),
     top(fun() -> r("abc", "(") end), top(fun() -> r("abc", "(", [global]) end)].
bad_options() ->
    [top(fun() -> re:run("abc", "b", id(O)) end)
     || O <- [[foo], foo, [global | foo], [global, foo], [{offset, -1}], [{match_limit, -1}],
              [{match_limit, 1 bsl 32}], [{newline, foo}]]].
bad_arguments() ->
    [top(fun() -> re:run(id(S), id(P)) end)
     || {S, P} <- [{a, "b"}, {"b", a}, {[1234], "b"}, {"b", [1234]}, {<<1:3>>, "b"},
                   {"b", {re_pattern, 0, 0, 0, <<"abc">>}}, {"b", {re_pattern, 0, 0, 0, a}}, {"b", {}}]].
compile_options_for_compiled() ->
    {ok, M} = re:compile("a"),
    [class(fun() -> re:run("abc", M, [O]) end)
     || O <- [caseless, unicode, anchored, multiline, bsr_anycrlf, {newline, crlf}, ungreedy]].
changed_pattern() ->
    {ok, M} = re:compile("a"),
    [class(fun() -> re:run("abc", setelement(I, M, V)) end)
     || {I, V} <- [{2, a}, {3, a}, {4, a}, {5, <<>>}, {5, <<1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13>>}, {1, x}]].
limits() ->
    As = lists:duplicate(100, $a),
    [r(As ++ "bd", "((a|a)*)*c|x", [{match_limit, 100}, no_start_optimize | O]) || O <- [[report_errors], []]] ++
    [r(As ++ "bd", "((a|a)*)*c|x", [{match_limit_recursion, 10}, no_start_optimize | O])
     || O <- [[report_errors], []]].
limit_by_itself() -> r(lists:duplicate(100, $a) ++ "c", "(a|a)*b|(a|a)*d", [report_errors, no_start_optimize]).
hyphen_behind_class() -> r("foo@bar-x.com!", "[\\w-.]+@[\\w-.]+", [{capture, first, list}]).
escapes_that_mean_nothing() -> [r("jx", "\\j"), r("8b", "\\8"), r("BX", "[\\B\\X]+")].
same_pattern_often() -> [r("aXbX" ++ [N], "x.?$", [caseless, {capture, first, list}]) || N <- lists:seq($a, $j)].
pattern_is_kept_in_terms() ->
    {ok, M} = re:compile("b+"),
    M2 = binary_to_term(term_to_binary(M)),
    {re:run("abbc", M2), M =:= M2}.
internal_run() ->
    {ok, M} = re:compile("a"),
    [class(fun() -> re:internal_run(<<"abc">>, id(P), O, F) end)
     || {P, O, F} <- [{M, [], true}, {M, [], false}, {M, [], foo}, {"(", [], true}, {M, [foo], true}]].
long_subject() ->
    B = binary:copy(<<"ab">>, 100000),
    [r(B, "ba$"), r(B, "b$"), r(B, "c"), r(<<B/binary, "c">>, "bc")].
split() ->
    [re:split("a,b,c", ","), re:split("a,b,c", ",", [{return, list}]), re:split("a,b,c", ",", [{parts, 2}]),
     re:split("a1b2c", "(\\d)", [{return, list}, group]), re:split("a,b,c,,", ",", [trim]), re:split("abc", "")].
replace() ->
    [re:replace("abcd", "c", "[&]", [{return, list}]), re:replace("abcabc", "b", "X", [global, {return, binary}]),
     re:replace("hello", "(l)(o)", "\\2\\1\\g1\\g{2}", [{return, list}]),
     re:replace(<<"a", 228/utf8, "b">>, [228], "x", [unicode, {return, list}]), re:replace("abc", "x", "y")].
characters_are_latin1() ->
    [{K, [C || C <- lists:seq(0, 255), re:run([C], P) =/= nomatch]}
     || K <- ["space", "xdigit", "digit", "upper", "lower", "alpha", "alnum", "word", "graph", "print",
              "punct", "cntrl"],
        P <- ["[[:" ++ K ++ ":]]"]].
latin1_case() ->
    [[C || C <- lists:seq(128, 255), re:run([C bxor 32], [C], [caseless]) =/= nomatch],
     [C || C <- lists:seq(128, 255), re:run([C bxor 32], [$[, C, $]], [caseless]) =/= nomatch]].
latin1_escapes() -> [{P, [C || C <- lists:seq(0, 255), re:run([C], P) =/= nomatch]}
                     || P <- ["\\w", "\\s", "\\d", "\\h", "\\v", "\\R"]].
