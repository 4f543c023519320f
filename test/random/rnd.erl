%% Commands of the random programs; test/harness/random_programs.py calls them.
-module(rnd).
-export([batch/5, show/1]).

%% Makes programs From..To, compiles them into Folder, and runs them here. What the reference is to load after
%% a restart, where that is something else, goes to Folder/reference.
batch(From, To, Folder, Ms, Words) ->
    logger:set_primary_config(level, none),
    true = code:add_patha(Folder),
    other_release:more_opcodes(),
    lists:foreach(fun(Seed) -> make(Seed, Folder) end, lists:seq(From, To)),
    rnd_driver:run(From, To, Ms, Words),
    halt().

make(Seed, Folder) ->
    Name = rnd_module:name(Seed),
    case rnd_module:compile(rnd_module:make(Seed), rnd_module:options(Seed)) of
        {ok, Reference, Beam} ->
            case code:load_binary(Name, "", Reference) of
                {module, _} ->
                    write(Name, Folder, Beam),
                    Reference =:= Beam orelse write(Name, filename:join(Folder, "reference"), Reference);
                %% Without its optimisations, the compiler writes a get_hd into y that its loader does not know.
                {error, badfile} ->
                    io:format("~ts not loaded~n", [Name])
            end;
        compiler_fails ->
            io:format("~ts not compiled~n", [Name]);
        {error, Text} ->
            io:format("~ts not valid: ~ts~n", [Name, Text])
    end.

write(Name, Folder, Beam) ->
    ok = file:write_file(filename:join(Folder, atom_to_list(Name) ++ ".beam"), Beam).

%% The source of a program.
show([Seed]) ->
    N = list_to_integer(Seed),
    io:setopts([{encoding, unicode}]),
    io:format("%% compiled with ~tp~n~ts", [rnd_module:options(N), rnd_module:source(rnd_module:make(N))]),
    halt().
