%% SPDX-License-Identifier: Apache-2.0
%% Compiles modules so that they match bit strings with the instructions of another release's
%% compiler: the installed one does everything but the last step, and its matching instructions are
%% rewritten here.
%%
%%   erl -noshell -run other_release main 21|26 FOLDER FILE.erl... -s init stop
%%
%% 26: bs_match with its commands. 21 (and before): contexts with slots for positions, and building
%% step by step.
-module(other_release).
-export([main/1, more_opcodes/0, options/1, assemble/2]).

main([Release, Folder | Files]) ->
    more_opcodes(),
    lists:foreach(fun(File) -> module(Release, Folder, File) end, Files).

module(Release, Folder, File) ->
    Options = [to_asm, binary, nowarn_unused_vars, {i, filename:dirname(File)} | options(Release)],
    {ok, Name, Asm} = compile:file(File, Options),
    ok = file:write_file(filename:join(Folder, atom_to_list(Name) ++ ".beam"), assemble(Release, Asm)).

%% What the installed compiler needs to be told.
options("21") -> [r23];
options("26") -> [].

assemble(Release, {Name, Exports, Attributes, Functions, Labels}) ->
    Rewritten = [{function, F, A, Entry, rewrite(Release, Is)}
                 || {function, F, A, Entry, Is} <- Functions],
    {ok, Beam} = beam_asm:module({Name, Exports, Attributes, Rewritten, Labels}, [], [], []),
    Beam.

%% To be called before assemble/2. The assembler asks beam_opcodes for numbers, which knows only what this release writes.
more_opcodes() ->
    Known = lists:append([known(N) || N <- lists:seq(1, 255)]),
    Others = [{{bs_start_match2, 5}, 116}, {{bs_save2, 2}, 122}, {{bs_restore2, 2}, 123},
              {{bs_match, 3}, 182}],
    Table = maps:from_list(Others ++ Known),
    Source = lists:flatten(io_lib:format(
        "-module(beam_opcodes).~n-export([format_number/0, opcode/2, opname/1]).~n"
        "format_number() -> ~w.~nopcode(Name, Arity) -> maps:get({Name, Arity}, ~w).~n"
        "opname(Number) -> hd([Op || {Op, N} <- maps:to_list(~w), N =:= Number]).~n",
        [beam_opcodes:format_number(), Table, Table])),
    {ok, Tokens, _} = erl_scan:string(Source),
    {ok, beam_opcodes, Code} = compile:forms(forms(Tokens)),
    true = code:unstick_mod(beam_opcodes),
    {module, beam_opcodes} = code:load_binary(beam_opcodes, "beam_opcodes", Code).

known(N) ->
    try [{beam_opcodes:opname(N), N}] catch _:_ -> [] end.

forms([]) -> [];
forms(Tokens) ->
    {Form, [Dot | Rest]} = lists:splitwith(fun(T) -> element(1, T) =/= dot end, Tokens),
    {ok, Parsed} = erl_parse:parse_form(Form ++ [Dot]),
    [Parsed | forms(Rest)].

rewrite("26", Is) -> merge(lists:map(fun command/1, Is));
rewrite("21", Is) -> lists:flatmap(fun with_slots/1, Is).

%% --- OTP 26: {match, Fail, Ctx, Bits, Ensure, Commands} until neighbours are one ----------------
command({test, bs_get_integer2, Fail, Live, [Ctx, {integer, Size}, Unit, Flags], Dst}) ->
    Bits = Size * Unit,
    {match, Fail, Ctx, Bits, {at_least, 1}, [{integer, Live, flags(Flags), Size, Unit, Dst}]};
command({test, bs_get_binary2, Fail, Live, [Ctx, {integer, Size}, Unit, _], Dst}) ->
    Bits = Size * Unit,
    {match, Fail, Ctx, Bits, {at_least, 1}, [{binary, Live, {literal, []}, Size, Unit, Dst}]};
command({test, bs_get_binary2, Fail, Live, [Ctx, {atom, all}, Unit, _], Dst}) ->
    {match, Fail, Ctx, 0, {at_least, Unit}, [{get_tail, Live, Unit, Dst}]};
command({test, bs_skip_bits2, Fail, [Ctx, {integer, Size}, Unit, _]}) ->
    {match, Fail, Ctx, Size * Unit, {at_least, 1}, [{skip, Size * Unit}]};
command({test, bs_test_tail2, Fail, [Ctx, Bits]}) ->
    {match, Fail, Ctx, 0, {exactly, Bits}, []};
command({test, bs_test_unit, Fail, [Ctx, Unit]}) ->
    {match, Fail, Ctx, 0, {at_least, Unit}, []};
command({test, bs_match_string, Fail, [Ctx, Bits, {string, String}]}) when Bits =< 64 ->
    <<Value:Bits/bits, _/bits>> = String,
    {match, Fail, Ctx, Bits, {at_least, 1}, constants(Value)};
command(I) ->
    I.

flags({field_flags, Flags}) ->
    {literal, [F || F <- Flags, lists:member(F, [little, native, signed])]}.

%% At most 31 bits each.
constants(<<Value:31, Rest/bits>>) when Rest =/= <<>> ->
    [{'=:=', nil, 31, Value} | constants(Rest)];
constants(Last) ->
    Bits = bit_size(Last),
    <<Value:Bits>> = Last,
    [{'=:=', nil, Bits, Value}].

merge([{match, Fail, Ctx, N1, {at_least, 1}, Commands1} = First,
       {match, Fail, Ctx, N2, Ensure, Commands2} = Second | Is]) ->
    case lists:any(fun(C) -> element(tuple_size(C), C) =:= Ctx end, Commands1) of
        false -> merge([{match, Fail, Ctx, N1 + N2, Ensure, Commands1 ++ Commands2} | Is]);
        true -> [bs_match(First) | merge([Second | Is])]
    end;
merge([I | Is]) ->
    [bs_match(I) | merge(Is)];
merge([]) ->
    [].

bs_match({match, Fail, Ctx, Bits, Ensure, Commands}) ->
    First = case Ensure of
                {at_least, Unit} -> {ensure_at_least, Bits, Unit};
                {exactly, More} -> {ensure_exactly, Bits + More}
            end,
    Operands = [[{atom, element(1, C)} | tl(tuple_to_list(C))] || C <- [First | Commands]],
    {bs_match, Fail, Ctx, {list, lists:append(Operands)}};
bs_match(I) ->
    I.

%% --- OTP 21: the slot of a position is named by the register that holds it in OTP 22 ------------
-define(SLOTS, 64).

with_slots({test, bs_start_match3, Fail, Live, [Src], Dst}) ->
    [{bs_start_match2, Fail, Src, Live, ?SLOTS, Dst}];
with_slots({bs_start_match4, {f, _} = Fail, Live, Src, Dst}) ->
    [{bs_start_match2, Fail, Src, Live, ?SLOTS, Dst}];
with_slots({bs_start_match4, {atom, _}, Live, Src, Dst}) ->
    [{bs_start_match2, {f, 1}, Src, Live, ?SLOTS, Dst}]; % does not fail
with_slots({bs_get_position, Ctx, Dst, _}) ->
    [{bs_save2, Ctx, slot(Dst)}, {move, nil, Dst}];
with_slots({bs_set_position, Ctx, Position}) ->
    [{bs_restore2, Ctx, slot(Position)}];
with_slots(I) ->
    [I].

slot({x, N}) when N < ?SLOTS div 2 -> N;
slot({y, N}) when N < ?SLOTS div 2 -> ?SLOTS div 2 + N.
