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
    {ok, Module, Beam} = compile:forms(Forms, [no_spawn_compiler_process, binary, deterministic]),
    say("compile     made a .beam file of ~p bytes~n", [byte_size(Beam)]),
    {byte_size(Beam), hex(erlang:md5(Beam))}.

hex(Bytes) ->
    string:lowercase(binary_to_list(binary:encode_hex(Bytes))).

say(Format, Args) ->
    erlang:display_string(unicode:characters_to_list(io_lib:format(Format, Args))).
