%% What all processes of a machine share, used by many at once: atoms, funs, patterns, variables of
%% the environment, persistent terms, counters, large binaries, modules that are not loaded yet.
-module(shared_structures).
-compile([export_all, nowarn_export_all]).
-own_process(each_case).

%% Runs F(1), ..., F(N) each in a process; how they ended.
many(N, F) ->
    Ms = [element(2, spawn_monitor(fun() -> F(I), exit(done) end)) || I <- lists:seq(1, N)],
    lists:usort([receive {'DOWN', M, _, _, R} -> R end || M <- Ms]).
%% The same; what they gave, in order.
gather(N, F) ->
    S = self(),
    Rs = [begin R = make_ref(), spawn(fun() -> S ! {R, F(I)} end), R end || I <- lists:seq(1, N)],
    [receive {R, X} -> X end || R <- Rs].

name(I, N) -> "shared_" ++ integer_to_list(I) ++ "_" ++ integer_to_list(N).

%% --- atoms, functions
new_atoms_of_many() ->
    many(6, fun(I) -> [begin A = list_to_atom(name(I, N)), L = name(I, N), L = atom_to_list(A) end || N <- lists:seq(1, 500)] end).
the_same_atoms_of_many() ->
    As = gather(6, fun(_) -> [list_to_atom(name(0, N)) || N <- lists:seq(1, 500)] end),
    length(lists:usort(As)).
existing_atoms_are_found() ->
    gather(6, fun(I) ->
        _ = list_to_atom(name(100 + I, 1)),
        A = list_to_existing_atom(name(100 + I, 1)),
        {atom_to_list(A) =:= name(100 + I, 1), try list_to_existing_atom(name(I, no_such)) catch error:R -> R end}
    end) =:= lists:duplicate(6, {true, badarg}).
atoms_in_binaries() ->
    B = term_to_binary([list_to_atom(name(50, N)) || N <- lists:seq(1, 200)]),
    length(lists:usort(gather(6, fun(_) -> binary_to_term(B) end))).
external_funs_of_many() ->
    Fs = gather(6, fun(_) -> [erlang:make_fun(some_module, list_to_atom(name(1, N)), N rem 5) || N <- lists:seq(1, 300)] end),
    length(lists:usort(Fs)).
undefined_functions_of_many() ->
    lists:usort(gather(6, fun(I) -> lists:usort([try apply(no_such_module, list_to_atom(name(I, N)), []) catch error:R -> R end || N <- lists:seq(1, 100)]) end)).
funs_are_sent_around() ->
    Fs = [fun(X) -> X + N end || N <- lists:seq(1, 50)],
    lists:usort(gather(6, fun(I) -> lists:sum([F(0) || F <- Fs]) + 0 * I end)).
local_funs_through_binaries() ->
    Bs = [term_to_binary(fun(X) -> X * N end) || N <- lists:seq(1, 50)],
    lists:usort(gather(6, fun(_) -> lists:sum([(binary_to_term(B))(2) || B <- Bs]) end)).
modules_loaded_by_many() ->
    Ms = [gb_trees, gb_sets, orddict, ordsets, dict, queue, array, proplists, sofs, digraph, base64, calendar, erl_pp, epp, erl_lint, zip, qlc],
    Rotate = fun(I) -> {A, B} = lists:split(I rem length(Ms), Ms), B ++ A end,
    length(lists:usort(gather(12, fun(I) -> lists:sort([{M, M:module_info(md5)} || M <- Rotate(I)]) end))).
modules_and_funs_of_theirs() ->
    lists:usort(gather(8, fun(I) -> F = fun lists:foldl/3, F(fun(X, A) -> X + A end, 0, lists:seq(1, 100)) + 0 * I end)).

%% --- patterns
one_pattern_of_many() ->
    {ok, P} = re:compile("(a|b)+([0-9]*)c"),
    many(6, fun(I) ->
        Text = "xx" ++ lists:duplicate(I, $a) ++ integer_to_list(I) ++ "cyy",
        [{match, [{2, _}, _, {_, _}]} = re:run(Text, P) || _ <- lists:seq(1, 500)]
    end).
many_patterns_of_many() ->
    many(6, fun(I) ->
        [begin
             K = (N * I) rem 300 + 1,
             R = "^(x){" ++ integer_to_list(K) ++ "}$",
             {match, [[]]} = re:run(lists:duplicate(K, $x), R, [{capture, [7], list}]),
             nomatch = re:run(lists:duplicate(K + 1, $x), R)
         end || N <- lists:seq(1, 200)]
    end).
limits_are_each_ones_own() ->
    Long = lists:duplicate(25, $a) ++ "b",
    gather(6, fun(I) ->
        O = case I rem 2 of 0 -> [{match_limit, 100}, report_errors]; 1 -> [report_errors] end,
        lists:usort([re:run(Long, "(a+)+c", O) || _ <- lists:seq(1, 3)])
    end).
binary_patterns_of_many() ->
    P = binary:compile_pattern([<<"abc">>, <<"bcd">>, <<"x">>]),
    B = <<(binary:copy(<<"-">>, 1000))/binary, "abcd", (binary:copy(<<"+">>, 1000))/binary, "x">>,
    lists:usort(gather(6, fun(_) -> lists:usort([binary:matches(B, P) || _ <- lists:seq(1, 100)]) end)).

%% --- environment, persistent terms
variables_of_many() ->
    many(6, fun(I) ->
        [begin
             Name = name(I, N rem 20), Text = name(N, I),
             true = os:putenv(Name, Text), Text = os:getenv(Name),
             true = os:putenv("SHARED_VARIABLE", Text), "shared_" ++ _ = os:getenv("SHARED_VARIABLE"),
             N rem 3 =:= 0 andalso begin true = os:unsetenv(Name), false = os:getenv(Name), true end,
             N rem 50 =:= 0 andalso (true = lists:all(fun({K, V}) -> is_list(K) andalso is_list(V) end, os:env()))
         end || N <- lists:seq(1, 300)]
    end).
persistent_terms_of_many() ->
    R = many(6, fun(I) ->
        [begin
             K = {?MODULE, N rem 10},
             persistent_term:put(K, {I, N, lists:duplicate(I, N)}),
             {J, M, L} = persistent_term:get(K), L = lists:duplicate(J, M),
             N rem 40 =:= 0 andalso [{_, _} = P || P <- persistent_term:get()]
         end || N <- lists:seq(1, 200)]
    end),
    Left = [persistent_term:erase({?MODULE, N}) || N <- lists:seq(0, 9)],
    {R, lists:usort(Left), [K || {{?MODULE, _} = K, _} <- persistent_term:get()]}.
persistent_terms_are_held() ->
    R = many(6, fun(I) ->
        K = {?MODULE, held, I rem 2},
        [begin
             persistent_term:put(K, {N, [N]}),
             V = persistent_term:get(K, {0, [0]}), % another may have erased it
             _ = persistent_term:erase(K),
             {M, [M]} = V
         end || N <- lists:seq(1, 200)]
    end),
    R.

%% --- counters
atomics_of_many() ->
    A = atomics:new(3, []),
    R = many(6, fun(_) -> [begin atomics:add(A, 1, 1), atomics:add(A, 2, N), atomics:sub(A, 3, 2) end || N <- lists:seq(1, 2000)] end),
    {R, [atomics:get(A, I) || I <- [1, 2, 3]]}.
atomics_add_get_gives_each_once() ->
    A = atomics:new(1, []),
    Got = lists:append(gather(6, fun(_) -> [atomics:add_get(A, 1, 1) || _ <- lists:seq(1, 1000)] end)),
    lists:sort(Got) =:= lists:seq(1, 6000).
compare_exchange_loses_nothing() ->
    A = atomics:new(1, []),
    R = many(6, fun(_) -> [increment(A, atomics:get(A, 1)) || _ <- lists:seq(1, 500)] end),
    {R, atomics:get(A, 1)}.
increment(A, V) ->
    case atomics:compare_exchange(A, 1, V, V + 1) of
        ok -> ok;
        W -> increment(A, W)
    end.
counters_of_many() ->
    C = counters:new(2, [write_concurrency]),
    R = many(6, fun(I) -> [begin counters:add(C, 1, 1), counters:sub(C, 2, I) end || _ <- lists:seq(1, 1000)] end),
    {R, counters:get(C, 1), counters:get(C, 2)}.
unique_integers_of_many() ->
    All = lists:append(gather(6, fun(_) -> [erlang:unique_integer([positive]) || _ <- lists:seq(1, 1000)] end)),
    length(lists:usort(All)).
monotonic_integers_of_many() ->
    Each = gather(6, fun(_) -> [erlang:unique_integer([monotonic]) || _ <- lists:seq(1, 1000)] end),
    {lists:all(fun(L) -> L =:= lists:sort(L) end, Each), length(lists:usort(lists:append(Each)))}.
references_of_many() -> length(lists:usort(lists:append(gather(6, fun(_) -> [make_ref() || _ <- lists:seq(1, 1000)] end)))).

%% --- binaries
large_binaries_are_read_by_many() ->
    B = list_to_binary([N rem 256 || N <- lists:seq(1, 50000)]),
    lists:usort(gather(8, fun(_) -> {byte_size(B), erlang:md5(B), binary:last(B)} end)).
binary_grows_while_others_read() -> grows(8).
bit_string_grows_while_others_read() -> grows(1).
grows(Unit) ->
    Readers = [spawn_monitor(fun() -> reader(Unit, 0) end) || _ <- [1, 2, 3]],
    B = grow(<<>>, 1, 400, Unit, [P || {P, _} <- Readers]),
    [P ! stop || {P, _} <- Readers],
    {bit_size(B), check(B, 1, Unit), [receive {'DOWN', M, _, _, R} -> R end || {_, M} <- Readers]}.
grow(B, N, N, _, _) -> B;
grow(B, I, N, Unit, Ps) ->
    C = <<B/bitstring, (I * 7):(Unit * 3)>>,
    I rem 5 =:= 0 andalso [P ! {bits, I, C} || P <- Ps],
    grow(C, I + 1, N, Unit, Ps).
check(<<>>, _, _) -> true;
check(B, I, Unit) ->
    S = Unit * 3,
    <<X:S, R/bitstring>> = B,
    <<Y:S>> = <<(I * 7):S>>,
    X =:= Y andalso check(R, I + 1, Unit).
reader(Unit, Count) ->
    receive
        {bits, I, B} ->
            true = check(B, 1, Unit),
            More = <<B/bitstring, 5:3>>,
            true = bit_size(More) =:= I * Unit * 3 + 3,
            reader(Unit, Count + 1);
        stop -> exit({read, Count})
    end.
sub_binaries_are_sent_on() ->
    B = binary:copy(<<"0123456789">>, 2000),
    S = self(),
    Ps = [spawn(fun() -> pass_on(S) end) || _ <- lists:seq(1, 6)],
    [P ! {part, binary:part(B, I * 100, 1000)} || {P, I} <- lists:zip(Ps, lists:seq(1, 6))],
    lists:usort([receive {sum, X} -> X end || _ <- Ps]).
pass_on(S) -> receive {part, B} -> C = <<B/binary, B/binary>>, S ! {sum, {byte_size(C), lists:sum(binary_to_list(C))}} end.

%% --- what a long builtin keeps
long_builtins_of_many() ->
    L = lists:seq(1, 20000),
    B = iolist_to_binary([integer_to_list(N) || N <- L]),
    lists:usort(gather(6, fun(_) ->
        T = term_to_binary(L),
        {byte_size(T), length(binary_to_term(T)), length(binary:matches(B, <<"99">>)), byte_size(unicode:characters_to_binary(lists:duplicate(20000, 8364)))}
    end)).
