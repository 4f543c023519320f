%% Runs the cases of test modules and prints one block a case, the same bytes
%% on every correct VM:
%%
%%   == module:case
%%   RESULT as ~tp, or the class and reason of what it raised
%%
%% A case is an exported function of no arguments (module_info excepted).
%% run/1 takes module names; it prints as it goes, so that a crash shows how
%% far it came, and ends with "== end". run_after/2 goes on behind a case.
-module(case_runner).
-export([run/1, run_after/2]).

run(Mods) when is_list(Mods) ->
    lists:foreach(fun(Mod) -> run_cases(Mod, cases(Mod)) end, Mods),
    finish();
run(Mod) when is_atom(Mod) ->
    run([Mod]).

run_after(Mod, Case) ->
    run_cases(Mod, [C || C <- cases(Mod), C > Case]),
    finish().

finish() ->
    erlang:display_string("== end\n"),
    ok.

cases(Mod) ->
    lists:sort([F || {F, 0} <- Mod:module_info(exports), F =/= module_info]).

run_cases(Mod, Cases) ->
    lists:foreach(fun(Case) -> run_case(Mod, Case) end, Cases).

run_case(Mod, Case) ->
    print("== ~ts:~ts~n", [Mod, Case]),
    Result = try
                 {value, Mod:Case()}
             catch
                 Class:Reason -> {Class, Reason}
             end,
    case Result of
        {value, V} -> print("~tp~n", [V]);
        {C, R} -> print("raised ~tp: ~tp~n", [C, R])
    end.

print(Format, Args) ->
    erlang:display_string(unicode:characters_to_list(io_lib:format(Format, Args))).
