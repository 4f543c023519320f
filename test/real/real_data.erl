%% Makes the inputs of the tests on real programs; runs on the reference. For
%% each source file of the installed OTP, a module with its text and with the
%% forms that epp makes of it, as an external term: the machine under test has
%% no files yet, and loads modules well.
-module(real_data).
-export([make/2, name/1]).

%% make("build/test/real", [{stdlib, lists}, ...]).
make(Folder, Inputs) ->
    lists:foreach(fun(Input) -> make_one(Folder, Input) end, Inputs).

%% The module that holds the input of a module.
name(Module) ->
    list_to_atom("real_data_" ++ atom_to_list(Module)).

make_one(Folder, {App, Module}) ->
    Root = code:lib_dir(App),
    Source = filename:join([Root, "src", atom_to_list(Module) ++ ".erl"]),
    {ok, Text} = file:read_file(Source),
    Encoding = case epp:read_encoding(Source) of none -> utf8; E -> E end,
    Characters = unicode:characters_to_list(Text, Encoding),
    Includes = [filename:join(Root, "include"), filename:join(Root, "src"),
                filename:join(code:lib_dir(kernel), "include")],
    %% The name given here is the one that stands in the forms, on any machine.
    {ok, Forms} = epp:parse_file(Source, [{includes, Includes},
                                          {source_name, atom_to_list(Module) ++ ".erl"}]),
    Name = name(Module),
    {ok, Name, Beam} = compile:forms(
        [{attribute, 1, module, Name},
         {attribute, 1, export, [{text, 0}, {forms, 0}]},
         constant(text, unicode:characters_to_binary(Characters)),
         constant(forms, term_to_binary(Forms, [compressed]))], []),
    ok = file:write_file(filename:join(Folder, atom_to_list(Name) ++ ".beam"), Beam).

constant(Name, Binary) ->
    Text = {bin_element, 1, {string, 1, binary_to_list(Binary)}, default, default},
    {function, 1, Name, 0, [{clause, 1, [], [], [{bin, 1, [Text]}]}]}.
