%% Runs the cases of test modules and prints one block a case, the same bytes
%% on every correct VM:
%%
%%   == module:case
%%   RESULT as ~tp, or the class and reason of what it raised
%%
%% A case is an exported function of no arguments (module_info excepted).
%% run/1 takes module names; it prints as it goes, so that a crash shows how
%% far it came, and ends with "== end". run_after/2 goes on behind a case.
%%
%% A module with -own_process(each_case) has each case run in a new process, so
%% that what one leaves in a mailbox or linked does not reach the next. Its
%% blocks look different, since the machine may report a crash at any time:
%%
%%   == module:case |
%%   | RESULT, each line behind a bar
-module(case_runner).
-export([run/1, run_after/2]).

-define(CASE_MS, 100000).

run(Mods) when is_list(Mods) ->
    no_log(),
    lists:foreach(fun(Mod) -> run_cases(Mod, cases(Mod)) end, Mods),
    finish();
run(Mod) when is_atom(Mod) ->
    run([Mod]).

run_after(Mod, Case) ->
    no_log(),
    run_cases(Mod, [C || C <- cases(Mod), C > Case]),
    finish().

%% What processes that crash make the reference log is no part of a case.
no_log() ->
    whereis(logger) =/= undefined andalso logger:set_primary_config(level, none).

finish() ->
    erlang:display_string("== end\n"),
    ok.

cases(Mod) ->
    lists:sort([F || {F, 0} <- Mod:module_info(exports), F =/= module_info]).

run_cases(Mod, Cases) ->
    Own = lists:member({own_process, [each_case]}, Mod:module_info(attributes)),
    lists:foreach(fun(Case) when Own -> run_in_own_process(Mod, Case);
                     (Case) -> run_case(Mod, Case)
                  end, Cases).

run_case(Mod, Case) ->
    print("== ~ts:~ts~n", [Mod, Case]),
    print("~ts~n", [text(result(Mod, Case))]).

%% The result is the exit reason, so what is linked to the process ends as well.
run_in_own_process(Mod, Case) ->
    print("== ~ts:~ts |~n", [Mod, Case]),
    {Pid, Mon} = spawn_monitor(fun() -> exit({?MODULE, result(Mod, Case)}) end),
    Result = receive
                 {'DOWN', Mon, process, Pid, {?MODULE, R}} -> R;
                 {'DOWN', Mon, process, Pid, Reason} -> {ended, Reason}
             after ?CASE_MS ->
                 exit(Pid, kill),
                 {ended, no_answer}
             end,
    Lines = lists:join("\n| ", string:split(text(Result), "\n", all)),
    print("| ~ts~n", [Lines]).

result(Mod, Case) ->
    try
        {value, Mod:Case()}
    catch
        Class:Reason -> {Class, Reason}
    end.

text({value, V}) -> io_lib:format("~tp", [V]);
text({C, R}) -> io_lib:format("raised ~tp: ~tp", [C, R]).

print(Format, Args) ->
    erlang:display_string(unicode:characters_to_list(io_lib:format(Format, Args))).
