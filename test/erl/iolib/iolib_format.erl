%% io_lib:format: every control, widths, precision, padding, modifiers.
-module(iolib_format).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
f(F, A) -> lists:flatten(io_lib:format(F, A)).
each(F, L) -> case_lib:each(fun(X) -> f(F, [X]) end, L).

terms() ->
    [a, 'A b', "str", "", [1, 2, 3], [1 | 2], {}, {a, "b"}, <<"bin">>, <<1, 2>>, <<1:3>>, #{},
     #{a => 1}, 1.5, -7, 1 bsl 70, [], [[]], fun lists:map/2, 'é', "é", [8364], <<"é"/utf8>>, '\n',
     [$a, 0], [{k, v}]].
controls_w() -> each("~w", terms()).
controls_tw() -> each("~tw", terms()).
controls_p() -> each("~p", terms()).
controls_tp() -> each("~tp", terms()).
controls_lp() -> each("~lp", terms()).
controls_s() ->
    each("~s", ["abc", <<"abc">>, abc, ["a", <<"b">>], "", [233], [8364], 1, 'é', <<"é"/utf8>>]).
controls_ts() ->
    each("~ts", ["abc", <<"é€"/utf8>>, 'é€', [8364], [233], <<255>>, ["a", [<<"é"/utf8>>]], 1]).
controls_c() -> each("~c", [$a, 233, 8364, a, -1]).
controls_tc() -> each("~tc", [$a, 233, 8364, 128512]).
controls_c_repeat() -> [f("~3c|~5.2c|~-5.2c|", [$x, $y, $z])].
many_in_one() ->
    f("~b ~.16b ~.16B ~.2b ~.36B ~.16x ~.16# ~.8+ ~w ~s~n",
      [id(255), 255, 255, 5, 35, 255, "p", 255, 8, a, "s"]).
controls_b() -> each("~b", [0, 1, -1, 255, 1 bsl 70, 1.0, a]).
controls_base() ->
    [f(id(F), [id(N)]) || F <- ["~.2B", "~.8b", "~.16B", "~.16b", "~.36B", "~.16#", "~.2#", "~.16+",
                                "~.10#"], N <- [0, 255, -255]].
controls_x_prefix() ->
    case_lib:each(fun({F, A}) -> f(F, A) end,
                  [{"~.16X", [255, "0x"]}, {"~.16x", [-255, "0x"]}, {"~.10X", [7, "dec:"]},
                   {"~.16x", [1, '16#']}, {"~x", [255, "p"]}, {"~.16x", [255, 1]},
                   {"~12.16x", [255, "0x"]}]).
controls_f() -> each("~f", [0.0, 1.5, -2.25, 1.0e10, 1.0e20, 123456.789, 1, a]).
controls_f_precision() ->
    [f(F, [3.14159265]) || F <- ["~.1f", "~.3f", "~.10f", "~10.2f", "~-10.2f|", "~.0f"],
     F =/= "~.0f"].
controls_f_rounding() ->
    [f("~.2f ~.2f ~.2f ~.1f ~.1f ~.3f", [1.005, 2.675, 1.995, 0.25, 0.35, 9.9999])].
controls_e() -> each("~e", [0.0, 1.5, -2.25, 1.0e10, 1.0e-10, 123456.789, 1]).
controls_e_precision() ->
    [f(F, [31415.9265]) || F <- ["~.2e", "~.3e", "~.10e", "~15.3e", "~-15.3e|"]].
controls_g() -> each("~g", [0.0, 0.05, 0.1, 1.5, 9999.9, 10000.0, 123456.789, 1.0e100, -0.001, 1]).
controls_g_precision() ->
    [f(F, [V]) || F <- ["~.2g", "~.4g", "~12.3g"], V <- [0.1, 1234.5, 1.0e-5]].
controls_i_n_tilde() -> f("a~ib~~~nc~2n", [ignored]).
widths_w() -> [f("[~5w][~-5w][~5..0w][~3w]", [ab, ab, 12, abcdef])].
widths_s() ->
    case_lib:each(fun({F, A}) -> f(F, [A]) end,
                  [{"[~5s]", "ab"}, {"[~-5s]", "ab"}, {"[~5.2s]", "abcdef"}, {"[~.3s]", "abcdef"},
                   {"[~5..*s]", "ab"}, {"[~-5..*s]", "ab"}, {"[~-5.2.*s]", "abc"},
                   {"[~2.5s]", "abc"}, {"[~5s]", <<"ab">>}, {"[~5s]", ab}]).
widths_p() ->
    case_lib:each(fun({F, A}) -> f(F, [A]) end,
                  [{"[~10p]", ab}, {"[~-10p]", ab}, {"[~20p]", {a, b}}, {"[~2p]", {a, b}},
                   {"[~10..*p]", ab}]).
widths_overflow_stars() -> [f("[~2w][~2b][~3s][~2..xf]", [abc, 12345, "abcdef", 1.0])].
width_from_argument() -> f("[~*w][~-*w][~*.*s][~*..0w]", [5, a, 5, b, 6, 2, "abcd", 4, 7]).
padding_character() ->
    case_lib:each(fun({F, A}) -> f(F, A) end,
                  [{"[~8..*w]", [a]}, {"[~-8..-w]", [b]}, {"[~8.. w]", [c]}, {"[~8..0b]", [-5]},
                   {"[~8.2.0f]", [1.5]}, {"[~*..*s]", [5, "a"]}, {"[~*..*w]", [5, $x, a]}]).
padding_unicode() -> f("[~5..€w][~5..€ts]", [a, "é"]).
controls_W() ->
    [f("~W", [id(T), D])
     || T <- [[1, 2, 3, 4, 5], {a, b, c, d}, #{a => 1, b => 2, c => 3}, [[[[x]]]], "string",
              {a, {b, {c, {d}}}}], D <- [0, 1, 2, 3, 5]].
controls_P() ->
    [f("~P", [id(T), D])
     || T <- [[1, 2, 3, 4, 5], {a, b, c, d}, #{a => 1, b => 2, c => 3}, [[[[x]]]], "string",
              {a, {b, {c, {d}}}}, <<"a binary of some length">>], D <- [1, 2, 3, 5, 8]].
controls_W_binary() -> [f("~W", [<<1, 2, 3, 4, 5, 6, 7>>, D]) || D <- [1, 2, 3, 5, 20]].
controls_tP_unicode() -> [f("~tP", [[8364, 8364, $a, $b], D]) || D <- [1, 2, 3, 10]].
p_line_breaks_list() -> f("~p", [lists:seq(1000, 1040)]).
p_line_breaks_tuple() ->
    f("~p", [list_to_tuple([list_to_atom("element_" ++ integer_to_list(N))
                            || N <- lists:seq(1, 12)])]).
p_line_breaks_nested() ->
    f("~p", [[{key, N, "a string value", [{inner, N * 100}, #{map => N}]}
              || N <- lists:seq(1, 6)]]).
p_line_breaks_strings() ->
    f("~p", [["a rather long string number " ++ integer_to_list(N) || N <- lists:seq(1, 6)]]).
p_long_string() -> f("~p", [lists:append(lists:duplicate(20, "0123456789"))]).
p_long_binary_text() -> f("~p", [binary:copy(<<"0123456789">>, 20)]).
p_long_binary_bytes() -> f("~p", [list_to_binary(lists:seq(0, 60))]).
p_long_atom() -> f("~p", [{list_to_atom(lists:duplicate(100, $z)), b}]).
p_map_nested() -> f("~p", [#{a => #{b => #{c => lists:seq(1, 40)}}, d => "text"}]).
p_tagged_tuples() ->
    f("~p", [{record_like, {sub, [1, 2, 3]}, "some text that is long enough to break",
              {sub, lists:seq(1, 30)}}]).
p_column_start() -> f("prefix: ~p", [[{some, atom}, {other, "string"}, lists:seq(1, 40)]]).
p_widths_line_length() -> [f(F, [lists:seq(1, 20)]) || F <- ["~20p", "~40p", "~120p", "~1p"]].
p_width_and_precision() -> f("~40.4p", [{a, lists:seq(1, 30)}]).
p_improper_and_deep() ->
    [f("~p", [X]) || X <- [[a | b], [1, 2 | {c}],
                           lists:foldl(fun(_, A) -> [A] end, x, lists:seq(1, 20)),
                           lists:foldl(fun(_, A) -> {A} end, x, lists:seq(1, 20))]].
p_escapes() ->
    each("~p", ["a\nb", "tab\t", "quote\"", "back\\slash", "\e[0m", "\0", "\d", "a\x{7f}", 'it\'s',
                'a\\b', 'q"q', "\b\f\v\r", <<"a\nb">>, <<"\"">>]).
p_atoms_quoting() ->
    each("~p", ['', 'A', aB, 'a-b', a@b, '1a', 'a b', 'end', 'if', 'maybe', 'else', '_x', [], 'á',
                'Á', 'é€', 'div', 'Ω', '\x{7f}', 'ÿ']).
tp_atoms_quoting() -> each("~tp", ['', 'é', 'É', '€', 'ω', 'Ω', 'a€', '日本', 'ß', 'aÿ']).
p_printable_or_not() ->
    each("~p", [[7], [8], [9], [27], [31], [32], [126], [127], [160], [255], [256], [$a, 127],
                [$a, 160]]).
tp_printable_or_not() ->
    each("~tp", [[7], [127], [160], [255], [256], [8364], [16#D800 - 1], [16#E000], [16#10FFFF],
                 [128512], [16#FFFE]]).
tp_binaries() ->
    each("~tp", [<<"é"/utf8>>, <<233>>, <<"€"/utf8>>, <<255>>, <<"aé", 0>>, <<"日本"/utf8>>]).
p_floats() ->
    each("~p", [0.1, 1.0, 1.0e22, 1.0e21, 123456789.0, 1.0e-5, 0.0001, 1.0e15, 1.0e16, 5.0e-324,
                -0.0, 1.7976931348623157e308, 0.30000000000000004]).
w_floats() -> each("~w", [1.0e23, 9007199254740993.0, 1.0e17, 4.35, 2.5e-7, 100000.0, 1234567.125]).
p_records_never_guess() -> f("~p", [{rec, 1, 2}]).
s_of_deep_iolist() -> f("~s", [[$a, ["b", [<<"c">>]], [[[]]]]]).
s_error() -> [case_lib:top(fun() -> f("~s", id([[256]])) end)].
errors_arguments() ->
    case_lib:each(fun({F, A}) -> f(F, A) end,
                  [{"~p", []}, {"~p", [1, 2]}, {"~", []}, {"~z", [1]}, {"~p", a}, {a, []},
                   {"~s", [1]}, {"~c", [a]}, {"~b", [1.0]}, {"~f", [a]}, {"~.99B", [1]}, {"~5", []},
                   {"~*w", [a, 1]}]).
errors_top() -> case_lib:top(fun() -> io_lib:format(id("~p ~p"), id([1])) end).
errors_text() -> case_lib:text(fun() -> io_lib:format(id("~p ~p"), id([1])) end).
format_binary_and_atom_formats() -> {f(<<"~p">>, [a]), f('~p', [a])}.
format_unicode_in_format() -> f("é€~ts", ["x"]).
k_modifiers() -> case_lib:each(fun(F) -> f(F, [#{b => 1, a => 2}]) end, ["~kp", "~kw", "~Kp"]).
write_functions() ->
    {io_lib:write(id({a, "b"})), io_lib:write_atom('A b'), io_lib:write_string("a\"b"),
     io_lib:write_char($a), io_lib:write_char($\n), lists:flatten(io_lib:print(id([a, {b}])))}.
write_depth() -> [lists:flatten(io_lib:write(id({a, [b, c, {d}]}), D)) || D <- [0, 1, 2, 3, 4, -1]].
print_4() -> lists:flatten(io_lib:print(id(lists:seq(1, 30)), 5, 30, 4)).
predicates() ->
    [{io_lib:char_list(X), io_lib:latin1_char_list(X), io_lib:printable_list(X),
      io_lib:printable_latin1_list(X), io_lib:printable_unicode_list(X), io_lib:deep_char_list(X)}
     || X <- id(["abc", [233], [8364], [0], a, ["a", "b"], []])].
chars_limit() ->
    [lists:flatten(io_lib:format("~p", [lists:seq(1, 100)], [{chars_limit, N}]))
     || N <- [0, 10, 50, 200]].
chars_limit_nested() ->
    [lists:flatten(io_lib:format("~w ~p", [{a, lists:seq(1, 50)}, #{k => lists:seq(1, 50)}],
                                 [{chars_limit, N}])) || N <- [20, 60]].
nl_indentation() -> {io_lib:nl(), io_lib:indentation("ab\ncd", 3), io_lib:quote_atom('a b', [])}.
scan_format_build() ->
    S = io_lib:scan_format("a~5.2.0fb~p", [1.5, x]),
    {S, lists:flatten(io_lib:build_text(S)), io_lib:unscan_format(S)}.
