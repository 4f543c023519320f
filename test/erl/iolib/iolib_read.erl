%% Reading: io_lib:fread, erl_scan, erl_parse, erl_pp, erl_eval on texts.
-module(iolib_read).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
each(F, L) -> case_lib:each(F, L).

fread_d() -> [io_lib:fread(id("~d"), S) || S <- ["12", " 12x", "-5", "+5", "x", "", "12 34"]].
fread_u_and_base() ->
    [io_lib:fread(F, S) || {F, S} <- id([{"~u", "12"}, {"~u", "-1"}, {"~16u", "ff"}, {"~2d", "101"},
                                         {"~#", "16#ff"}, {"~-", "-5"}])].
fread_f() -> [io_lib:fread("~f", S) || S <- id(["1.5", "1.5e3", "-2.0", "1", "x", ".5"])].
fread_s_a_c() ->
    [io_lib:fread(F, S) || {F, S} <- id([{"~s", " abc def"}, {"~a", "abc def"}, {"~c", "abc"},
                                         {"~3c", "abcd"}, {"~3s", "abcdef"}, {"~s ~d", "x 5 y"}])].
fread_literals() -> [io_lib:fread("a~d,b~d", S) || S <- id(["a1,b2", "a1b2", "a1,b", "x"])].
fread_skip() -> [io_lib:fread("~*d ~d", S) || S <- id(["1 2", "1"])].
fread_ts() ->
    [io_lib:fread(F, S) || {F, S} <- id([{"~ts", "é€ x"}, {"~tc", "€"}, {"~l", ""},
                                         {"~d~l", "12"}])].
fread_many() -> io_lib:fread(id("~d ~s ~f ~16u"), id("42 word 2.5 1f rest")).

scan(S) -> case erl_scan:string(S) of {ok, T, L} -> {ok, T, L}; E -> E end.
scan_atoms() -> scan("a 'B c' fooBar 'it\\'s' '' a@b _x X").
scan_integers() -> scan("0 123 16#FF 2#101 36#zZ 1_000_000 $a $\\n $\\x41 $\\x{20AC} 0012").
scan_floats() -> scan("1.0 2.5e10 1.0E-5 1_000.5").
scan_strings() -> scan("\"abc\" \"a\\nb\" \"\\x{e9}\" \"\" \"a\" \"b\" \"oct\\101\"").
scan_operators() -> scan("+ - * / ++ -- == =:= =/= /= < =< > >= ! := => -> <- <= | || ; , . ").
scan_keywords() ->
    scan("after begin case catch end fun if of receive try when andalso orelse not and or band bnot div rem xor bsl bsr maybe else").
scan_comments() -> {scan("a % comment\nb."), erl_scan:string("a % c\n", 1, [return])}.
scan_text_and_columns() -> erl_scan:string(id("foo(X) ->\n  X + 1."), {1, 1}, [text]).
scan_errors() ->
    [scan(S) || S <- id(["'abc", "\"abc", "$", "16#", "1.0e", "37#1", "\"\\x{110000}\"", "a\x{1}b",
                         "1__0", "16#G"])].
scan_continue() ->
    {more, C} = erl_scan:tokens([], "foo(X) ", 1),
    {done, R, Rest} = erl_scan:tokens(C, "-> ok. bar", 1), {R, Rest}.
scan_unicode() -> scan("'é€' \"日本\" é").
scan_reserved_word() ->
    [{W, erl_scan:reserved_word(W)} || W <- id(['if', 'maybe', foo, 'let', 'cond', 'else'])].

parse(S) -> {ok, T, _} = erl_scan:string(S), erl_parse:parse_exprs(T).
parse_exprs() ->
    [parse(S) || S <- id(["1 + 2 * 3.", "f(X, Y).", "[H | T].", "#{a => 1}.", "X#rec.f.",
                          "<<A:8, B/binary>>.", "fun(X) -> X end.", "[X || X <- L, X > 1]."])].
parse_precedence() ->
    [parse(S) || S <- id(["a = b = c.", "not a and b.", "1 - 2 - 3.", "- 1 + 2.", "a ++ b ++ c.",
                          "x ! y ! z.", "catch a + b.", "a orelse b andalso c."])].
parse_errors() ->
    [parse(S) || S <- id(["1 +.", "f(.", "].", "case x.", "a b.", "fun x.", "#{a}.", "if."])].
parse_form() ->
    {ok, T, _} = erl_scan:string(id("f(0) -> zero; f(N) when N > 0, is_integer(N); N == a -> pos.")), erl_parse:parse_form(T).
parse_attributes() ->
    [begin {ok, T, _} = erl_scan:string(S), erl_parse:parse_form(T) end
     || S <- id(["-module(m).", "-export([f/1]).", "-record(r, {a = 1, b :: integer()}).",
                 "-type t() :: a | {b, [c]}.",
                 "-spec f(A) -> B when A :: integer(), B :: atom()."])].
parse_term() ->
    [begin {ok, T, _} = erl_scan:string(S), erl_parse:parse_term(T) end
     || S <- id(["{a, [1, 2.5], \"s\"}.", "#{k => v}.", "<<\"b\">>.", "-5.", "f(x).", "[a | b].",
                 "fun lists:map/2."])].
abstract_normalise() ->
    [begin A = erl_parse:abstract(T), {A, erl_parse:normalise(A) =:= T} end
     || T <- id([a, 1, 1.5, "str", [a, 1], {x, []}, <<"b">>, #{a => 1}, [1 | 2], <<1:3>>])].

pp(S) ->
    {ok, T, _} = erl_scan:string(S), {ok, F} = erl_parse:parse_form(T),
    lists:flatten(erl_pp:form(F)).
pp_functions() ->
    [pp(S) || S <- id(["f(0)->zero;f(N)when N>0->N*f(N-1).",
                       "g(X)->case X of{ok,V}->V;_->error end.",
                       "h()->try a() catch E:R:S->{E,R,S} after b() end."])].
pp_long() ->
    pp("f(Argument1, Argument2, Argument3) -> some_module:some_function(Argument1, Argument2, [Argument3, Argument1, {tuple, Argument2}], #{key => Argument3, other => \"a string literal\"}).").
pp_exprs() ->
    [begin {ok, E} = parse(S), lists:flatten(erl_pp:exprs(E)) end
     || S <- id(["1+2*3.", "(1+2)*3.", "a=b.", "[1,2|T].", "#{a=>1,b:=2}.", "<<X:8/little,\"s\">>.",
                 "fun m:f/1.", "begin a,b end.", "-(-1).", "not (a and b).", "X#r{a=1}.",
                 "if X>1->a;true->b end.", "receive X->X after 5->t end."])].
pp_attributes() ->
    [pp(S) || S <- id(["-module(m).", "-record(r,{a=1,b::integer()}).",
                       "-type t()::a|{b,[c]}|#{k=>v}.", "-spec f(integer())->atom()|string().",
                       "-export([f/1,g/2])."])].

eval(S) -> {ok, E} = parse(S), {value, V, _} = erl_eval:exprs(E, [{'X', 5}]), V.
eval_exprs() ->
    each(fun eval/1, id(["X + 1.", "[Y * Y || Y <- [1, 2, 3], Y > 1].",
                         "case X of 5 -> five; _ -> other end.",
                         "F = fun(0) -> 1; (N) -> N end, F(X).", "<<A:4, _:4>> = <<X>>, A.",
                         "#{a := V} = #{a => X}, V.", "try error(oops) catch C:R -> {C, R} end.",
                         "lists:sum([X, 1]).", "begin Z = 1, Z + X end.",
                         "if X > 3 -> big; true -> small end."])).
eval_errors() ->
    each(fun eval/1, id(["1 + a.", "undefined_var_free:f().", "Y.", "{a, b} = X.",
                         "case X of 1 -> 2 end.", "if X > 9 -> 1 end.",
                         "F = fun(1) -> 1 end, F(2).", "throw(t).", "exit(e).", "hd([])."])).
eval_named_fun_and_closure() ->
    eval("F = fun Fact(0) -> 1; Fact(N) -> N * Fact(N - 1) end, F(20).").
consult_like_round_trip() ->
    [begin S = lists:flatten(io_lib:format("~p.", [T])), {ok, Ts, _} = erl_scan:string(S),
     {ok, V} = erl_parse:parse_term(Ts), V =:= T end
     || T <- id([a, 'A b', "str\n", {1, 2.5, <<"b">>}, [a | b], #{a => [1]}, [$a, 300], 1.0e100,
                 <<1:3>>, ['']])].
