%% Makes a program smaller while Dialtone and the reference still differ about it. An edit takes a form's node
%% away or puts something smaller in its place; whatever does not compile then is passed over. Many edits are
%% tried in one start of Dialtone, and the first that keeps the difference is kept.
-module(rnd_shrink).
-export([main/1]).

-define(AT_A_TIME, 24).
-define(MS, 2000).
-define(REFERENCE_WORDS, 4000000).

-record(job, {command, folder, options, ends, count = 0}).

%% Arguments: a seed, a folder to work in, seconds, the command that starts Dialtone.
main([Seed, Folder, Seconds | Command]) ->
    logger:set_primary_config(level, none),
    io:setopts([{encoding, unicode}]),
    N = list_to_integer(Seed),
    Options = rnd_module:options(N),
    Job = #job{command = lists:join(" ", Command), folder = Folder, options = Options,
               ends = erlang:monotonic_time(second) + list_to_integer(Seconds)},
    Forms = rnd_module:make(N),
    other_release:more_opcodes(),
    ok = filelib:ensure_dir(beam(x, reference_folder(Job))),
    case first_difference([Forms], Job) of
        {none, _} -> io:format("no difference~n");
        {{_, _, _}, Job1} ->
            {Small, Job2} = shrink(prune(one_call(Forms, Job1)), Job1),
            {{_, Wanted, Got}, _} = first_difference([Small], Job2),
            io:format("%% compiled with ~tp~n~ts~n%% reference: ~ts~n%% this:      ~ts~n",
                      [Options, rnd_module:source(Small), Wanted, Got])
    end,
    halt().

%% --- differences ---------------------------------------------------------------------------------

%% The first of several programs about which the two differ: {{Forms, Wanted, Got} | none, Job}.
first_difference(Candidates, #job{count = Count} = Job) ->
    Named = [{list_to_atom("rs_" ++ integer_to_list(Count + N)), Forms}
             || {N, Forms} <- lists:zip(lists:seq(1, length(Candidates)), Candidates)],
    Valid = [X || {Name, Forms} = X <- Named, compile(Name, Forms, Job)],
    Names = [Name || {Name, _} <- Valid],
    Found = case Names of
                [] -> none;
                _ -> compare(Valid, blocks(reference(Names, Job)), blocks(dialtone(Names, Job)))
            end,
    lists:foreach(fun(Name) -> remove(Name, Job) end, Names),
    {Found, Job#job{count = Count + length(Candidates)}}.

compile(Name, Forms, Job) ->
    case quietly(fun() -> rnd_module:compile(rename(Forms, module_of(Forms), Name), Job#job.options) end) of
        {ok, Reference, Beam} ->
            ok = file:write_file(beam(Name, reference_folder(Job)), Reference),
            ok =:= file:write_file(beam(Name, Job#job.folder), Beam);
        _ -> false
    end.

%% What the compiler says of its own mistakes is nobody's business here.
quietly(Do) ->
    Leader = group_leader(),
    Deaf = spawn_link(fun deaf/0),
    group_leader(Deaf, self()),
    try Do() after
        group_leader(Leader, self()),
        unlink(Deaf),
        exit(Deaf, kill)
    end.

deaf() ->
    receive
        {io_request, From, Ref, _} -> From ! {io_reply, Ref, ok}, deaf();
        _ -> deaf()
    end.

module_of(Forms) ->
    {attribute, _, module, Name} = lists:keyfind(module, 3, Forms),
    Name.

rename(Old, Old, New) -> New;
rename(T, Old, New) when is_tuple(T) -> list_to_tuple(rename(tuple_to_list(T), Old, New));
rename([H | T], Old, New) -> [rename(H, Old, New) | rename(T, Old, New)];
rename(T, _, _) -> T.

beam(Name, Folder) -> filename:join(Folder, atom_to_list(Name) ++ ".beam").

reference_folder(#job{folder = Folder}) -> filename:join(Folder, "reference").

remove(Name, Job) ->
    file:delete(beam(Name, Job#job.folder)),
    file:delete(beam(Name, reference_folder(Job))).

%% Both in machines of their own: an edit may make something that does not end, or takes all memory.
reference(Names, #job{folder = Folder} = Job) ->
    Eval = io_lib:format("logger:set_primary_config(level,none),rnd_driver:run_modules(~w,~w,~w),halt().",
                         [Names, ?MS, ?REFERENCE_WORDS]),
    shell(["erl -noshell -noinput +S 1 -pa ", Folder, " -pa ", reference_folder(Job), " -eval '", Eval, "'"]).

dialtone(Names, #job{folder = Folder, command = Command}) ->
    List = io_lib:format("~w", [Names]),
    %% What starts this Erlang has put other directories first in PATH, where OTP is not to be seen.
    shell([Command, " --otp ", code:root_dir(), " -pa ", Folder, " ", Folder, "/rnd_driver.beam run_modules '", List, "' ",
           integer_to_list(5 * ?MS), " ", integer_to_list(4 * ?REFERENCE_WORDS)]).

shell(Command) ->
    Text = os:cmd(lists:flatten(["ERL_CRASH_DUMP=/dev/null ASAN_OPTIONS=detect_leaks=0 timeout 120 ",
                                 Command, " 2>&1"])),
    [C || C <- Text, C =/= $\r].

%% [{"rs_1", Text}]
blocks(Text) ->
    blocks(string:split(Text, "\n", all), []).

blocks([], Blocks) -> Blocks;
blocks(["end" | _], Blocks) -> Blocks;
blocks(["rs_" ++ _ = Line | Lines], Blocks) ->
    case lists:member($\s, Line) of
        false -> blocks(Lines, [{Line, []} | Blocks]);
        true -> add(Line, Lines, Blocks)
    end;
blocks([_ | Lines], []) -> blocks(Lines, []);
blocks([Line | Lines], Blocks) -> add(Line, Lines, Blocks).

add(Line, Lines, [{Name, Seen} | Blocks]) ->
    blocks(Lines, [{Name, Seen ++ [Line]} | Blocks]).

compare([], _, _) ->
    none;
compare([{Name, Forms} | Valid], Wanted, Got) ->
    Key = atom_to_list(Name),
    W = proplists:get_value(Key, Wanted, []),
    G = proplists:get_value(Key, Got, []),
    case lists:any(fun says_nothing/1, W) orelse W =:= [] orelse G =:= W of
        true -> compare(Valid, Wanted, Got);
        false -> {Forms, text_without(W, G), text_without(G, W)}
    end.

says_nothing(Line) ->
    lists:any(fun(Part) -> string:find(Line, Part) =/= nomatch end, ["(too l", "no calls: ", "terminating"]).

text_without(Lines, Others) ->
    lists:join("\n%            ", lists:sublist(Lines -- Others, 3)).

%% --- edits ---------------------------------------------------------------------------------------

%% Of calls/0, one element that is enough.
one_call(Forms, Job) ->
    {function, L, calls, 0, [{clause, L1, [], [], [List]}]} = lists:keyfind(calls, 3, Forms),
    Alone = [lists:keyreplace(calls, 3, Forms,
                              {function, L, calls, 0, [{clause, L1, [], [], [{cons, L, Call, {nil, L}}]}]})
             || Call <- elements(List)],
    case first_difference(Alone, Job) of
        {{Found, _, _}, _} -> Found;
        {none, _} -> Forms
    end.

elements({cons, _, H, T}) -> [H | elements(T)];
elements({nil, _}) -> [].

shrink(Forms, Job) ->
    case pass(Forms, edits(Forms), false, Job) of
        {Smaller, true, Job1} -> shrink(Smaller, Job1);
        {Same, false, Job1} -> {Same, Job1}
    end.

%% Paths are tried from large nodes to small; after a change the rest of them may lead nowhere, then they
%% are passed over, and the next pass sees to what is new.
pass(Forms, [], Changed, Job) ->
    {Forms, Changed, Job};
pass(Forms, Edits, Changed, Job) ->
    case erlang:monotonic_time(second) > Job#job.ends of
        true -> {Forms, false, Job};
        false ->
            {Now, Later} = lists:split(min(?AT_A_TIME, length(Edits)), Edits),
            Candidates = [C || E <- Now, C <- [apply_edit(E, Forms)], C =/= none, C =/= Forms],
            case first_difference(Candidates, Job) of
                {none, Job1} -> pass(Forms, Later, Changed, Job1);
                {{Found, _, _}, Job1} ->
                    Pruned = prune(Found),
                    pass(Pruned, edits_like(Pruned, Later), true, Job1)
            end
    end.

%% After a change, go on from about the place reached.
edits_like(Forms, Later) ->
    New = edits(Forms),
    lists:nthtail(max(0, length(New) - length(Later)), New).

%% Functions that nothing refers to.
prune(Forms) ->
    Used = names(lists:keyfind(calls, 3, Forms), []),
    Functions = [{N, F} || {function, _, N, _, _} = F <- Forms, N =/= calls],
    Live = [calls | reach([N || {N, _} <- Functions, lists:member(N, Used)], Functions, [])],
    [case Form of
         {attribute, L, export, Es} -> {attribute, L, export, [E || {N, _} = E <- Es, lists:member(N, Live)]};
         _ -> Form
     end || Form <- Forms, not is_dead(Form, Live)].

is_dead({function, _, N, _, _}, Live) -> not lists:member(N, Live);
is_dead(_, _) -> false.

reach([], _, Live) -> Live;
reach([N | Ns], Functions, Live) ->
    case lists:member(N, Live) of
        true -> reach(Ns, Functions, Live);
        false ->
            Named = names(proplists:get_value(N, Functions), []),
            reach([M || {M, _} <- Functions, lists:member(M, Named)] ++ Ns, Functions, [N | Live])
    end.

names(T, Acc) when is_atom(T) -> [T | Acc];
names(T, Acc) when is_tuple(T) -> names(tuple_to_list(T), Acc);
names([H | T], Acc) -> names(T, names(H, Acc));
names(_, Acc) -> Acc.

%% [{Path, New}], those of large nodes first. A path leads through tuples and lists by position.
edits(Forms) ->
    All = lists:append([edits(Form, [N]) || {N, {function, _, _, _, _} = Form} <- numbered(Forms)]),
    [{Path, New} || {_, Path, New} <- lists:reverse(lists:keysort(1, All))].

edits(T, Path) when is_list(T), T =/= [] ->
    case is_text(T) of
        true -> [];
        false ->
            Size = size_of(T),
            [{Size - 1, Path, without(N, T)} || {N, _} <- numbered(T)]
                ++ lists:append([edits(X, Path ++ [N]) || {N, X} <- numbered(T)])
    end;
edits(T, Path) when is_tuple(T), tuple_size(T) >= 2 ->
    Size = size_of(T),
    [{Size, Path, New} || New <- smaller(T)]
        ++ lists:append([edits(X, Path ++ [N]) || {N, X} <- numbered(tuple_to_list(T))]);
edits(_, _) ->
    [].

is_text([C | T]) -> is_integer(C) andalso is_text(T);
is_text([]) -> true;
is_text(_) -> false.

numbered(List) when is_list(List) ->
    lists:zip(lists:seq(1, length(List)), List).

without(N, List) ->
    {Before, [_ | After]} = lists:split(N - 1, List),
    Before ++ After.

%% A node's children in its place, then the least of each kind.
smaller({Tag, L, _} = T) when Tag =:= integer; Tag =:= atom; Tag =:= float; Tag =:= var ->
    [New || New <- [{integer, L, 0}, {atom, L, a}, {var, L, '_'}], New =/= T, Tag =/= var orelse element(1, New) =/= var];
smaller({nil, L}) -> [{atom, L, a}];
smaller({clause, _, _, _, _}) -> [];
smaller({function, _, _, _, _}) -> [];
smaller(T) when is_integer(element(2, T)) ->
    L = element(2, T),
    children(tuple_to_list(T)) ++ [{nil, L}, {integer, L, 0}, {atom, L, a}, {atom, L, true}];
smaller(_) -> [].

children([]) -> [];
children([T | Ts]) when is_tuple(T), tuple_size(T) >= 2, element(1, T) =/= clause -> [T | children(Ts)];
children([{clause, _, _, _, Body} | Ts]) -> children(Body) ++ children(Ts);
children([T | Ts]) when is_list(T) -> children(T) ++ children(Ts);
children([_ | Ts]) -> children(Ts).

size_of(T) when is_tuple(T) -> size_of(tuple_to_list(T));
size_of([H | T]) -> size_of(H) + size_of(T);
size_of(_) -> 1.

apply_edit({Path, New}, T) ->
    try put_at(Path, T, New) catch error:_ -> none end.

put_at([], _, New) -> New;
put_at([N | Path], T, New) when is_tuple(T) ->
    setelement(N, T, put_at(Path, element(N, T), New));
put_at([N | Path], T, New) when is_list(T) ->
    {Before, [X | After]} = lists:split(N - 1, T),
    Before ++ [put_at(Path, X, New) | After].
