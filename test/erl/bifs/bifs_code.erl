%% Loading, replacing and deleting modules; what is in a module.
-module(bifs_code).
-compile([export_all, nowarn_export_all]).

id(X) -> case_lib:id(X).
top(F) -> case_lib:top(F).
class(F) -> case_lib:class(F).

%% A module with v/0, which gives V, an atom or a small integer.
code(M, V) -> code(M, V, []).
code(M, V, on_load) ->
    code(M, V, [{on_load, [{l, 0}]}],
         [{function, l, 0, 8, [{label, 7}, {func_info, {atom, M}, {atom, l}, 0}, {label, 8},
                               {move, constant(V), {x, 0}}, return]}], 9);
code(M, V, []) -> code(M, V, [], [], 7).
code(M, V, Attributes, More, Labels) ->
    Fs = [{function, v, 0, 2, [{label, 1}, {func_info, {atom, M}, {atom, v}, 0}, {label, 2},
                               {move, constant(V), {x, 0}}, return]},
          {function, module_info, 0, 4,
           [{label, 3}, {func_info, {atom, M}, {atom, module_info}, 0}, {label, 4}, {move, {atom, M}, {x, 0}},
            {call_ext_only, 1, {extfunc, erlang, get_module_info, 1}}]},
          {function, module_info, 1, 6,
           [{label, 5}, {func_info, {atom, M}, {atom, module_info}, 1}, {label, 6}, {move, {x, 0}, {x, 1}},
            {move, {atom, M}, {x, 0}}, {call_ext_only, 2, {extfunc, erlang, get_module_info, 2}}]}],
    Asm = {M, [{v, 0}, {module_info, 0}, {module_info, 1}], [{colour, [blue]} | Attributes], Fs ++ More, Labels},
    {ok, B} = beam_asm:module(Asm, [], [], [deterministic]),
    B.
constant(V) when is_atom(V) -> {atom, V};
constant(V) -> {integer, V}.
v(M) -> class(fun() -> (id(M)):v() end).
prepare(M, V) -> erlang:prepare_loading(M, code(M, V)).

load() -> {module, m1} = erlang:load_module(m1, code(m1, 1)), {v(m1), erlang:module_loaded(m1), erlang:check_old_code(m1)}.
load_again_makes_old() ->
    R = [erlang:load_module(m2, code(m2, V)) || V <- [1, 2]],
    {R, v(m2), erlang:check_old_code(m2)}.
load_needs_purge() ->
    R = [erlang:load_module(m3, code(m3, V)) || V <- [1, 2, 3]], {R, v(m3)}.
load_two_at_once() ->
    {erlang:finish_loading([prepare(m4, a), prepare(m5, b)]), v(m4), v(m5)}.
load_duplicated() -> {erlang:finish_loading([prepare(m6, a), prepare(m6, b)]), v(m6)}.
load_not_purged() ->
    [erlang:load_module(m7, code(m7, V)) || V <- [1, 2]],
    {erlang:finish_loading([prepare(m8, 1), prepare(m7, 3)]), v(m7), v(m8)}.
finish_nothing() -> erlang:finish_loading([]).
finish_twice() ->
    P = prepare(m9, 1),
    {is_reference(P), erlang:finish_loading([P]), class(fun() -> erlang:finish_loading([P]) end)}.
finish_errors() -> [class(fun() -> erlang:finish_loading(id(L)) end) || L <- [a, [a], [make_ref()], [prepare(m10, 1) | x]]].
old_code_runs_on() ->
    F = fun() -> {module, m11} = erlang:load_module(m11, code(m11, 1)), G = fun m11:v/0, A = G(),
                 {module, m11} = erlang:load_module(m11, code(m11, 2)), {A, G()} end,
    F().
delete() ->
    {module, m12} = erlang:load_module(m12, code(m12, 1)),
    {erlang:delete_module(m12), erlang:module_loaded(m12), erlang:check_old_code(m12), v(m12)}.
delete_errors() -> [top(fun() -> erlang:delete_module(id(M)) end) || M <- [m_not_loaded, 1]].
delete_then_load() ->
    {module, m13} = erlang:load_module(m13, code(m13, 1)), true = erlang:delete_module(m13),
    {erlang:load_module(m13, code(m13, 2)), v(m13)}.
on_load_prepared() ->
    [erlang:has_prepared_code_on_load(P) || P <- [prepare(m14, 1), erlang:prepare_loading(m15, code(m15, ok, on_load))]].
on_load_finish() ->
    {erlang:load_module(m16, code(m16, good, on_load)), erlang:module_loaded(m16),
     erlang:call_on_load_function(m16), erlang:finish_after_on_load(m16, true), v(m16)}.
on_load_errors() ->
    [class(fun() -> erlang:call_on_load_function(id(M)) end) || M <- [m_not_loaded, lists, 1]] ++
    [class(fun() -> erlang:finish_after_on_load(id(M), true) end) || M <- [m_not_loaded, lists, 1]].
module_loaded_errors() -> [top(fun() -> erlang:module_loaded(id(M)) end) || M <- [1, "a"]].
check_old_code_none() -> {erlang:check_old_code(m_not_loaded), class(fun() -> erlang:check_old_code(id(1)) end)}.
exports() -> {module, m17} = erlang:load_module(m17, code(m17, 1)), m17:module_info(exports).
functions() -> {module, m18} = erlang:load_module(m18, code(m18, 1)), m18:module_info(functions).
attributes() ->
    {module, m19} = erlang:load_module(m19, code(m19, 1)), lists:keydelete(vsn, 1, m19:module_info(attributes)).
module_info_keys() ->
    {module, m20} = erlang:load_module(m20, code(m20, 1)),
    {[K || {K, _} <- m20:module_info()], m20:module_info(module), m20:module_info(native), m20:module_info(nifs)}.
md5() ->
    B = code(m21, 1), {module, m21} = erlang:load_module(m21, B),
    {m21:module_info(md5) =:= erlang:md5("x"), m21:module_info(md5) =:= erts_internal:beamfile_module_md5(B),
     m21:module_info(md5) =:= code:module_md5(B), byte_size(m21:module_info(md5))}.
get_module_info_errors() ->
    [class(fun() -> erlang:get_module_info(id(M), id(K)) end)
     || {M, K} <- [{lists, foo}, {lists, imports}, {m_not_loaded, exports}, {1, exports}]].
beamfile_chunk() ->
    B = code(m22, 1),
    {byte_size(erts_internal:beamfile_chunk(B, "Attr")) > 0, erts_internal:beamfile_chunk(B, "None"),
     erts_internal:beamfile_chunk(<<1, 2, 3>>, "Code"), erts_internal:beamfile_chunk(<<"FOR1", 0, 0, 0, 4, "BEAM">>, "Code")}.
beamfile_chunk_errors() ->
    [class(fun() -> erts_internal:beamfile_chunk(id(B), id(C)) end)
     || {B, C} <- [{<<"FOR1", 0, 0, 0, 4, "BEAM">>, "Cod"}, {<<>>, a}, {a, "Code"}, {<<>>, "Codes"}, {<<1:3>>, "Code"}]].
beamfile_md5_none() -> [class(fun() -> erts_internal:beamfile_module_md5(id(B)) end) || B <- [<<1, 2, 3>>, <<>>, a]].
%% A file that is refused makes the reference write a report, at some later time.
prepare_errors() ->
    [class(fun() -> erts_internal:prepare_loading(id(M), id(B)) end) || {M, B} <- [{a, b}, {1, <<>>}, {a, <<1:3>>}]].
