%% Calls what random programs have to be called with and prints a line a result, the same bytes on every
%% correct machine. It runs on the reference and on Dialtone.
%%
%%   rp_17 f3/2 #4: value {ok,[1,2]}
%%   rp_17 f3/2 #5: error badarith [{rp_17,f1,1},{rp_17,f3,2}] {dict,[]}
%%
%% The call is printed before it runs, so that a machine which dies shows where. Each runs in a process of its
%% own with a small heap.
-module(rnd_driver).
-export([run/4, run_modules/3, shape/1, id/1]).

-define(NODES_MAX, 1500).

%% Modules rp_From..rp_To, those that are there.
run(From, To, Ms, Words) ->
    run_modules([list_to_atom("rp_" ++ integer_to_list(N)) || N <- lists:seq(From, To)], Ms, Words).

run_modules(Modules, Ms, Words) ->
    lists:foreach(fun(M) -> run_module(M, Ms, Words) end, Modules),
    print("end\n").

run_module(M, Ms, Words) ->
    print([atom_to_list(M), "\n"]),
    case in_process(fun() -> calls(M) end, Ms, Words) of
        {ok, Calls} -> run_calls(M, Calls, 1, Ms, Words);
        Text -> print(["no calls: ", Text, "\n"])
    end.

calls(M) ->
    try [{F, [argument(A) || A <- Args]} || {F, Args} <- M:calls(), is_atom(F), is_list(Args)] of
        Calls -> {ok, Calls}
    catch
        _:Reason -> lists:flatten(text(Reason))
    end.

run_calls(_, [], _, _, _) ->
    ok;
run_calls(M, [{F, Args} | Calls], N, Ms, Words) ->
    print([atom_to_list(M), " ", atom_to_list(F), "/", integer_to_list(length(Args)), " #", integer_to_list(N), ": "]),
    print([in_process(fun() -> outcome(M, F, Args) end, Ms, Words), "\n"]),
    run_calls(M, Calls, N + 1, Ms, Words).

in_process(Do, Ms, Words) ->
    {Pid, Mon} = spawn_opt(fun() -> exit({?MODULE, Do()}) end,
                           [monitor, {min_heap_size, 233},
                            {max_heap_size, #{size => Words, kill => true, error_logger => false}}]),
    receive
        {'DOWN', Mon, process, Pid, {?MODULE, Result}} -> Result;
        {'DOWN', Mon, process, Pid, killed} -> "(too large)";
        {'DOWN', Mon, process, Pid, Reason} -> ["(died) ", text(Reason)]
    after Ms ->
        exit(Pid, kill),
        receive {'DOWN', Mon, process, Pid, _} -> ok end,
        "(too long)"
    end.

%% As text: what goes to another process is copied, which shows less of what is wrong with a term.
outcome(M, F, Args) ->
    Before = erlang:phash2(Args),
    Result = try
                 V = apply(M, F, Args),
                 ["value ", text(V)]
             catch
                 Class:Reason:Stack ->
                     [atom_to_list(Class), " ", text(Reason), " ", text(shape(Reason, Stack))]
             end,
    Dictionary = case lists:sort(get()) of
                     [] -> [];
                     Some -> [" ", text({dict, Some})]
                 end,
    Changed = case erlang:phash2(Args) of
                  Before -> [];
                  _ -> " (arguments changed)"
              end,
    lists:flatten([Result, Dictionary, Changed]).

%% The compiler gives these no line of their own where it shares their code. Then the reference shows the line
%% of something before, but not of a call whose first argument was moved right before it.
shape(if_clause, Stack) -> shape(Stack);
shape({Why, _}, Stack) when Why =:= case_clause; Why =:= try_clause -> shape(Stack);
shape(_, Stack) -> frames(Stack).

id(X) -> X.

%% What a program may see of a stack trace.
shape([{M, F, A, _} | Stack]) when M =/= ?MODULE -> [{M, F, A} | frames(Stack)];
shape(Stack) -> frames(Stack).

%% Down to this driver, and without what else there may be to know.
frames([{?MODULE, _, _, _} | _]) -> [];
frames([{M, F, A, Where} | Stack]) ->
    [{M, F, A, proplists:get_value(file, Where), proplists:get_value(line, Where)} | frames(Stack)];
frames([]) -> [];
frames(Other) -> Other.

%% Bits that are to begin within a byte cannot be a literal.
argument({'$offset', N, Bits}) ->
    Whole = <<0:N, Bits/bits>>,
    <<_:N, Part/bits>> = Whole,
    Part;
argument(A) -> A.

print(Text) ->
    erlang:display_string(lists:flatten(Text)).

%% --- terms as text -------------------------------------------------------------------------------

%% Maps in an order of their own, floats bit by bit, and no more than so many nodes.
text(T) ->
    {Text, _} = text(T, ?NODES_MAX),
    Text.

text(_, N) when N =< 0 -> {"...", 0};
text(T, N) when is_integer(T) ->
    case T bsr 4000 of
        0 -> {integer_to_list(T), N - 1};
        -1 -> {integer_to_list(T), N - 1};
        _ -> {["(integer ", integer_to_list(erlang:phash2(T)), ")"], N - 1}
    end;
text(T, N) when is_float(T) ->
    <<Bits:64>> = <<T/float>>,
    {[float_to_list(T, [{scientific, 17}]), "(", integer_to_list(Bits, 16), ")"], N - 1};
text(T, N) when is_atom(T) -> {[$', [char(C) || C <- atom_to_list(T)], $'], N - 1};
text(T, N) when is_tuple(T) ->
    {Text, Left} = elements(tuple_to_list(T), N - 1),
    {[${, Text, $}], Left};
text(T, N) when is_list(T) ->
    {Text, Left} = elements(T, N - 1),
    {[$[, Text, $]], Left};
text(T, N) when is_map(T) ->
    {Text, Left} = elements(lists:sort(fun before/2, maps:to_list(T)), N - 1),
    {["#{", Text, $}], Left};
text(T, N) when is_bitstring(T) -> bits(T, N);
text(T, N) when is_function(T) -> fun_text(T, N);
text(_, N) -> {"(other)", N - 1}.

%% 1 and 1.0 are two keys, but equal.
before({A, _}, {B, _}) -> A < B orelse A == B andalso is_integer(A).

elements([], N) -> {[], N};
elements([H], N) -> text(H, N);
elements([H | T], N) when is_list(T), N > 0 ->
    {Text, Left} = text(H, N),
    {Texts, Left1} = elements(T, Left),
    {[Text, $,, Texts], Left1};
elements([H | T], N) when N > 0 ->
    {Text, Left} = text(H, N),
    {Last, Left1} = text(T, Left),
    {[Text, $|, Last], Left1};
elements(_, N) -> {"...", N}.

bits(T, N) ->
    Bytes = byte_size(T),
    case Bytes > 300 of
        true -> {["<<", integer_to_list(bit_size(T)), " bits ", integer_to_list(erlang:phash2(T)), ">>"], N - 1};
        false ->
            Whole = bit_size(T) div 8,
            <<Start:Whole/binary, Rest/bits>> = T,
            Size = bit_size(Rest),
            <<Last:Size>> = Rest,
            End = case Size of
                      0 -> [];
                      _ -> [$,, integer_to_list(Last), $:, integer_to_list(Size)]
                  end,
            {["<<", lists:join($,, [integer_to_list(B) || <<B>> <= Start]), End, ">>"], N - 1 - Bytes div 4}
    end.

fun_text(T, N) ->
    case erlang:fun_info(T, type) of
        {type, external} ->
            {module, M} = erlang:fun_info(T, module),
            {name, F} = erlang:fun_info(T, name),
            {["fun ", atom_to_list(M), ":", atom_to_list(F)], N - 1};
        {type, local} ->
            {arity, A} = erlang:fun_info(T, arity),
            {["fun/", integer_to_list(A)], N - 1}
    end.

char(C) when C >= 32, C < 127 -> C;
char(C) -> ["\\x{", integer_to_list(C, 16), "}"].

