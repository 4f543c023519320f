%% OTP's compiler over the parsed forms of OTP's own modules: the assembly
%% code is the same term everywhere. Blocks as real_front has them.
-module(real_compile).
-export([run/1]).

run(Modules) ->
    lists:foreach(fun run_one/1, Modules),
    erlang:display_string("== end\n"),
    ok.

run_one(Module) ->
    Forms = binary_to_term((real_data:name(Module)):forms()),
    Options = [no_spawn_compiler_process, to_asm, binary, return],
    real_front:block(?MODULE, {asm, Module},
                     fun() ->
                             {ok, Module, Asm, Warnings} = compile:forms(Forms, Options),
                             {Asm, Warnings}
                     end).
