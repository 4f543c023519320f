%% Loads every module of stdlib and compiler, from memory: erlang:prepare_loading/2 of each, then
%% erlang:finish_loading/1 of each alone, as a code server does it. Machine code is made meanwhile.
%%
%% What is timed loads them under names of their own ("load3_lists"), so that it can be done again
%% in one machine without touching what runs there: the name is the first atom of a file's table of
%% atoms. The figures are of the first time, in the fresh machine, under their true names: nothing is
%% warm, most atoms are new to Dialtone, and the pages are not there yet.
-module(load).
-export([default/0, small/0, figures/1, setup/1, run/1]).

default() -> 1000.
small() -> 20.

%% {Name, Bytes} of at most N modules. bench/run says where they are.
modules(N) ->
    Folders = string:tokens(os:getenv("BENCH_LOAD"), ":"),
    lists:sublist([read(Folder, File) || Folder <- Folders, File <- beams(Folder)], N).

beams(Folder) ->
    {ok, Files} = prim_file:list_dir(Folder),
    [File || File <- lists:sort(Files), lists:suffix(".beam", File)].

read(Folder, File) ->
    {ok, Bytes} = prim_file:read_file(Folder ++ "/" ++ File),
    {list_to_atom(lists:sublist(File, length(File) - length(".beam"))), Bytes}.

figures(N) ->
    Modules = modules(N),
    Memory = erlang:memory(code),
    Begin = erlang:monotonic_time(microsecond),
    Prepared = prepare(Modules),
    Middle = erlang:monotonic_time(microsecond),
    ok = finish(Prepared),
    End = erlang:monotonic_time(microsecond),
    [{"modules", length(Modules)},
     {"bytes of the files", lists:sum([byte_size(Bytes) || {_, Bytes} <- Modules])},
     {"us to load them in the fresh machine", End - Begin},
     {"us of that to prepare them", Middle - Begin},
     {"bytes that erlang:memory(code) has grown by", erlang:memory(code) - Memory}].

%% Not timed.
setup(N) ->
    Turn = case get(turn) of undefined -> 1; Before -> Before + 1 end,
    put(turn, Turn),
    Prefix = "load" ++ integer_to_list(Turn) ++ "_",
    [rename(Prefix ++ atom_to_list(Name), Bytes) || {Name, Bytes} <- modules(N)].

run(Modules) ->
    ok = finish(prepare(Modules)),
    length([Name || {Name, _} <- Modules, Name:module_info(module) =:= Name]).

prepare(Modules) ->
    [prepared(erlang:prepare_loading(Name, Bytes)) || {Name, Bytes} <- Modules].

prepared(Code) when is_reference(Code) -> Code.

finish(Prepared) ->
    lists:foreach(fun(Code) -> ok = erlang:finish_loading([Code]) end, Prepared).

rename(Name, <<"FOR1", _:32, "BEAM", Chunks/binary>>) ->
    Rest = iolist_to_binary(rename_chunks(list_to_binary(Name), Chunks)),
    {list_to_atom(Name), <<"FOR1", (byte_size(Rest) + 4):32, "BEAM", Rest/binary>>}.

rename_chunks(_, <<>>) ->
    [];
rename_chunks(Name, <<"AtU8", Size:32, Atoms:Size/binary, Rest/binary>>) ->
    <<Count:32, Length, _:Length/binary, Others/binary>> = Atoms,
    New = <<Count:32, (byte_size(Name)), Name/binary, Others/binary>>,
    [chunk(<<"AtU8">>, New), skip_padding(Size, Rest)];
rename_chunks(Name, <<Id:4/binary, Size:32, Chunk:Size/binary, Rest/binary>>) ->
    [chunk(Id, Chunk) | rename_chunks(Name, skip_padding(Size, Rest))].

chunk(Id, Chunk) ->
    Padding = (4 - byte_size(Chunk) rem 4) rem 4,
    [Id, <<(byte_size(Chunk)):32>>, Chunk, binary:copy(<<0>>, Padding)].

skip_padding(Size, Rest) ->
    Padding = (4 - Size rem 4) rem 4,
    <<_:Padding/binary, Chunks/binary>> = Rest,
    Chunks.
