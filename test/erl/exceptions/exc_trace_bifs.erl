%% The top frame and its error_info when builtins refuse their arguments: called
%% from the body, as the last call, through apply and as a fun.
-module(exc_trace_bifs).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
%% {Class, Reason, Trace}: the trace down to the last frame of this module, with
%% the directory taken off file names; where none is of this module, down to the
%% runner.
tr(F) -> try F() of V -> {value, V} catch C:R:St -> {C, R, own(St)} end.
own(St) ->
    case lists:dropwhile(fun(Fr) -> element(1, Fr) =/= ?MODULE end, lists:reverse(St)) of
        [] -> [frame(Fr) || Fr <- lists:takewhile(fun(Fr) -> element(1, Fr) =/= case_runner end, St)];
        Mine -> [frame(Fr) || Fr <- lists:reverse(Mine)]
    end.
frame({M, F, A, Loc}) when is_list(Loc) -> {M, F, A, [case I of {file, N} -> {file, filename:basename(N)}; _ -> I end || I <- Loc]};
frame(Fr) -> Fr.

%% A call of erlang:F, not the last one.
b(F, As) -> case tr(fun() -> [apply(erlang, F, As)] end) of {C, R, [Top | _]} -> {C, R, Top}; V -> V end.

hd_inline() -> tr(fun() -> [hd(id([]))] end).
tl_inline() -> tr(fun() -> [tl(id(a))] end).
length_inline() -> tr(fun() -> [length(id(a))] end).
length_improper_inline() -> tr(fun() -> [length(id([a | b]))] end).
element_inline() -> [tr(fun() -> [element(id(I), id(T))] end) || {I, T} <- [{3, {a}}, {0, {a}}, {a, {a}}, {1, b}]].
element_constant_index() -> [tr(fun() -> [element(2, id(T))] end) || T <- [{a}, b]].
tuple_size_inline() -> tr(fun() -> [tuple_size(id(a))] end).
byte_size_inline() -> tr(fun() -> [byte_size(id(a))] end).
bit_size_inline() -> tr(fun() -> [bit_size(id(a))] end).
size_inline() -> tr(fun() -> [size(id(a))] end).
float_inline() -> tr(fun() -> [float(id(a))] end).
round_inline() -> tr(fun() -> [round(id(a))] end).
trunc_inline() -> tr(fun() -> [trunc(id(a))] end).
binary_part_inline() -> tr(fun() -> [binary_part(id(<<1>>), id(2), id(3))] end).
is_function_inline() -> tr(fun() -> [is_function(id(a), id(-1))] end).
setelement_call() -> [tr(fun() -> [setelement(id(I), id(T), x)] end) || {I, T} <- [{3, {a}}, {0, {a}}, {a, {a}}, {1, b}]].
atom_to_list_body() -> tr(fun() -> [atom_to_list(id(1))] end).
atom_to_list_tail() -> tr(fun() -> atom_to_list(id(1)) end).
atom_to_list_apply() -> tr(fun() -> [apply(erlang, atom_to_list, [id(1)])] end).
atom_to_list_apply_tail() -> tr(fun() -> apply(erlang, atom_to_list, [id(1)]) end).
atom_to_list_fun() -> tr(fun() -> [(fun erlang:atom_to_list/1)(id(1))] end).
atom_to_list_fun_tail() -> tr(fun() -> (fun erlang:atom_to_list/1)(id(1)) end).
atom_to_list_variable_function() -> tr(fun() -> F = id(atom_to_list), [erlang:F(1)] end).
append_operator() -> [tr(fun() -> [id(A) ++ id(B)] end) || {A, B} <- [{a, []}, {[1 | 2], [3]}]].
subtract_operator() -> [tr(fun() -> [id(A) -- id(B)] end) || {A, B} <- [{a, []}, {[], a}]].
by_apply_hd_tl() -> [b(hd, [[]]), b(tl, [[]]), b(hd, [a])].
by_apply_length() -> [b(length, [a]), b(length, [[1 | 2]])].
by_apply_element() -> [b(element, [2, {a}]), b(element, [a, {a}]), b(element, [1, []])].
by_apply_setelement() -> [b(setelement, [2, {a}, x]), b(setelement, [a, b, c])].
by_apply_arithmetic() -> [b(Op, [a, 1]) || Op <- ['+', '-', '*', '/', 'div', 'rem']].
by_apply_div_zero() -> [b('div', [1, 0]), b('rem', [1, 0]), b('/', [1, 0]), b('/', [1.0, 0.0])].
by_apply_bitwise() -> [b(Op, [a, 1]) || Op <- ['band', 'bor', 'bxor', 'bsl', 'bsr']].
by_apply_boolean() -> [b(Op, [a, true]) || Op <- ['and', 'or', 'xor']] ++ [b('not', [1])].
integer_to_list_errors() -> [b(integer_to_list, As) || As <- [[a], [1, 37], [a, 10], [1.0, 40]]].
integer_to_binary_errors() -> [b(integer_to_binary, As) || As <- [[a], [1, 37], [a, 10]]].
list_to_integer_errors() -> [b(list_to_integer, As) || As <- [["x"], [a], [[a]], ["2", 2], ["1", 99], [[$1 | $2]]]].
binary_to_integer_errors() -> [b(binary_to_integer, As) || As <- [[<<"x">>], [a], [<<"2">>, 2], [<<"1">>, 99], [<<1:1>>]]].
float_text_errors() -> [b(float_to_list, [1]), b(float_to_list, [1.0, [x]]), b(float_to_list, [1.0, a]), b(list_to_float, ["1"]), b(list_to_float, [a]), b(binary_to_float, [<<"1">>]), b(float_to_binary, [a, []])].
float_options_errors() -> [b(float_to_list, [1.0, [{decimals, 1000}]]), b(float_to_list, [a, [x]]), b(float_to_binary, [1.0, [{scientific, x}]])].
list_to_atom_errors() -> [b(list_to_atom, As) || As <- [[a], [[a]], [[-1]], [[16#110000]], [["a" | b]]]].
list_to_atom_too_long() -> {C, R, {M, F, [A], L}} = b(list_to_atom, [lists:duplicate(256, $a)]), {C, R, M, F, length(A), L}.
list_to_existing_atom_errors() -> [b(list_to_existing_atom, As) || As <- [[a], ["never seen this one"], [[a]]]].
binary_to_atom_errors() -> [b(binary_to_atom, As) || As <- [[a], [<<255>>], [<<"a">>, x], [<<"a">>, 1], [<<1:1>>]]].
binary_to_existing_atom_errors() -> [b(binary_to_existing_atom, As) || As <- [[a], [<<"never seen that one">>], [<<"a">>, x]]].
atom_to_binary_errors() -> [b(atom_to_binary, As) || As <- [[1], ["a"], [1, utf8], [a, x]]].
atom_to_binary_latin1_impossible() -> b(atom_to_binary, ['λ', latin1]).
tuple_list_errors() -> [b(tuple_to_list, [[]]), b(list_to_tuple, [a]), b(list_to_tuple, [[1 | 2]])].
binary_list_errors() -> [b(list_to_binary, [a]), b(list_to_binary, [[256]]), b(list_to_binary, [[a]]), b(binary_to_list, [a]), b(binary_to_list, [<<1:1>>]), b(binary_to_list, [<<1>>, 0, 1])].
iolist_errors() -> [b(iolist_to_binary, [[a]]), b(iolist_size, [[a]]), b(list_to_bitstring, [[a]]), b(bitstring_to_list, [a])].
split_binary_errors() -> [b(split_binary, As) || As <- [[<<1>>, 2], [a, 1], [<<1>>, a], [<<1>>, -1]]].
binary_part_errors() -> [b(binary_part, As) || As <- [[<<1>>, 0, 2], [a, 0, 1], [<<1>>, a, 1], [<<1>>, {0, 2}], [<<1>>, x]]].
make_tuple_errors() -> [b(make_tuple, As) || As <- [[-1, a], [a, a], [2, x, [{3, y}]], [2, x, [a]], [2, x, a]]].
tuple_edit_errors() -> [b(append_element, [a, b]), b(delete_element, [2, {a}]), b(delete_element, [a, b]), b(insert_element, [3, {a}, x]), b(insert_element, [a, b, c])].
map_errors() -> [b(map_size, [a]), b(map_get, [a, #{}]), b(map_get, [a, b]), b(is_map_key, [a, b])].
maps_module_errors() -> [begin {C, R, [Top | _]} = tr(fun() -> [apply(maps, F, As)] end), {C, R, Top} end || {F, As} <- [{get, [k, #{}]}, {get, [k, a]}, {put, [a, b, c]}, {remove, [a, b]}, {keys, [a]}, {values, [a]}, {merge, [a, #{}]}, {merge, [#{}, b]}, {update, [k, v, #{}]}, {update, [k, v, a]}, {find, [a, b]}, {take, [a, b]}, {is_key, [a, b]}, {from_keys, [a, b]}]].
maps_from_list_errors() -> [begin {C, R, [Top | _]} = tr(fun() -> [maps:from_list(id(L))] end), {C, R, Top} end || L <- [a, [a], [{a}], [{a, 1} | b]]].
lists_module_errors() -> [begin {C, R, [Top | _]} = tr(fun() -> [apply(lists, F, As)] end), {C, R, Top} end || {F, As} <- [{reverse, [a, b]}, {reverse, [[1 | 2], []]}, {member, [a, b]}, {member, [a, [b | c]]}, {keyfind, [a, 0, []]}, {keyfind, [a, b, []]}, {keymember, [a, 1, b]}, {keysearch, [a, 1, b]}]].
math_errors() -> [begin {C, R, [Top | _]} = tr(fun() -> [apply(math, F, As)] end), {C, R, Top} end || {F, As} <- [{sqrt, [-1]}, {sqrt, [a]}, {log, [0]}, {pow, [a, 1]}, {pow, [0, -1]}, {exp, [1000]}, {fmod, [1, 0]}, {atan2, [a, b]}, {floor, [x]}]].
binary_module_errors() -> [begin {C, R, [Top | _]} = tr(fun() -> [apply(binary, F, As)] end), {C, R, Top} end || {F, As} <- [{at, [<<1>>, 1]}, {at, [a, 0]}, {part, [<<1>>, 0, 2]}, {first, [<<>>]}, {last, [<<>>]}, {copy, [<<1>>, -1]}, {copy, [a]}, {decode_unsigned, [a]}, {encode_unsigned, [-1]}, {longest_common_prefix, [[]]}, {bin_to_list, [a]}]].
binary_match_errors() -> [begin {C, R, [Top | _]} = tr(fun() -> [apply(binary, F, As)] end), {C, R, Top} end || {F, As} <- [{match, [a, <<1>>]}, {match, [<<1>>, <<>>]}, {match, [<<1>>, []]}, {matches, [<<1>>, a]}, {compile_pattern, [<<>>]}, {split, [<<1>>, <<>>]}, {match, [<<1>>, <<1>>, [{scope, {0, 9}}]]}]].
hash_errors() -> [b(phash2, [a, 0]), b(phash2, [a, -1]), b(phash2, [a, x]), b(phash2, [a, (1 bsl 32) + 1]), b(phash, [a, 0])].
checksum_errors() -> [b(crc32, [a]), b(crc32, [x, <<1>>]), b(adler32, [[a]]), b(md5, [a]), b(crc32_combine, [a, b, c])].
external_term_errors() -> [b(binary_to_term, [a]), b(binary_to_term, [<<>>]), b(binary_to_term, [<<131>>]), b(binary_to_term, [<<131, 255>>]), b(binary_to_term, [<<131, 97, 1>>, [x]]), b(term_to_binary, [a, [x]]), b(term_to_binary, [a, b])].
fun_bif_errors() -> [b(fun_info, [a, arity]), b(fun_info, [fun lists:map/2, x]), b(make_fun, [a, b, c]), b(make_fun, [a, b, -1]), b(make_fun, [1, b, 1]), b(function_exported, [1, a, 1]), b(function_exported, [a, b, -1]), b(is_function, [fun lists:map/2, -1])].
apply_errors() -> [b(apply, [lists, map, a]), b(apply, [1, map, []]), b(apply, [lists, 1, []]), b(apply, [fun lists:map/2, a])].
is_record_errors() -> [b(is_record, [a, 1]), b(is_record, [{a}, a, b]), b(is_record, [{a}, 1, 1])].
unicode_errors() -> [begin {C, R, [Top | _]} = tr(fun() -> [apply(unicode, F, As)] end), {C, R, Top} end || {F, As} <- [{characters_to_list, [a]}, {characters_to_binary, [a]}, {characters_to_binary, [<<1>>, x]}, {characters_to_list, [<<1>>, x]}]].
error_bif_arguments_top() -> [b(error, [x, [a]]), b(error, [x, [], []]), b(error, [x])].
raise_with_bad_class() -> tr(fun() -> [erlang:raise(id(foo), x, [])] end).
raise_with_bad_trace() -> tr(fun() -> [erlang:raise(error, x, id([bad]))] end).
abs_inline() -> tr(fun() -> [abs(id(a))] end).
min_max_never_fail() -> [tr(fun() -> min(id(a), 1) end), tr(fun() -> max(id([]), {}) end)].
process_dictionary_arity() -> [begin {C, R, [{M, F, A, _} | _]} = tr(fun() -> [apply(erlang, G, As)] end), {C, R, M, F, A} end || {G, As} <- [{get, [1, 2]}, {put, [1]}, {erase, [1, 2]}]].
inside_function_with_arguments() -> tr(fun() -> [outer(id(1), id(b))] end).
outer(A, B) -> [inner(A, B)].
inner(A, _) -> X = atom_to_list(A), [X].
bif_line_numbers_differ() -> [tr(fun() -> [bl(N)] end) || N <- [1, 2, 3]].
bl(N) ->
    A = atom_to_list(case N of 1 -> 1; _ -> a end),
    B = list_to_atom(case N of 2 -> 2; _ -> "b" end),
    C = tuple_size(case N of 3 -> 3; _ -> {c} end),
    {A, B, C}.
