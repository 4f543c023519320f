%% Compiles a module of OTP with OTP's own compiler, on whatever machine runs
%% this, and says what each step gave. examples/demo runs it.
-module(compile_otp).
-export([main/1]).

%% main(lists): the source was prepared by real_data.
main(Module) ->
    Data = real_data:name(Module),
    Text = unicode:characters_to_list(Data:text()),
    Lines = length([x || $\n <- Text]),
    {ok, Tokens, _} = erl_scan:string(Text),
    say("erl_scan    read ~s.erl: ~p lines, ~p tokens~n", [Module, Lines, length(Tokens)]),
    Forms = binary_to_term(Data:forms()),
    Functions = [{Name, Arity} || {function, _, Name, Arity, _} <- Forms],
    {ok, Warnings} = erl_lint:module(Forms),
    say("erl_lint    checked ~p functions: no errors, ~p warnings~n", [length(Functions), length(Warnings)]),
    Printed = [erl_pp:form(F) || F <- Forms, element(1, F) =:= function],
    say("erl_pp      printed them again, for instance:~n~n~ts~n",
        [lists:flatten(hd([P || P <- Printed, iolist_size(P) > 120, iolist_size(P) < 250]))]),
    {ok, Module, Asm} = compile:forms(Forms, [no_spawn_compiler_process, to_asm, binary]),
    {Module, _, _, Code, _} = Asm,
    say("compile     made ~p instructions for ~p functions~n",
        [lists:sum([length(Is) || {function, _, _, _, Is} <- Code]), length(Code)]),
    Bytes = term_to_binary(Asm),
    {byte_size(Bytes), hex(erlang:md5(Bytes))}.

hex(Bytes) ->
    string:lowercase(binary_to_list(binary:encode_hex(Bytes))).

say(Format, Args) ->
    erlang:display_string(unicode:characters_to_list(io_lib:format(Format, Args))).
