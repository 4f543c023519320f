%% A program is a module: records, functions, and calls/0 with what the driver is to call. The seed decides
%% everything, and the options it is compiled with too.
-module(rnd_module).
-export([make/1, name/1, options/1, compile/2, source/1]).

-import(rnd_pick, [between/2, chance/1, one/1, some/2, weighted/1]).
-import(rnd_form, [a/1, lit/1, tuple/1, list/1, clause/2]).
-include("rnd.hrl").

name(Seed) -> list_to_atom("rp_" ++ integer_to_list(Seed)).

%% What most people have, and what makes the same source other instructions.
options(Seed) ->
    rnd_pick:seed(Seed + 1000000007),
    weighted([{50, fun() -> [] end},
              {8, fun() -> [no_type_opt] end},
              {8, fun() -> [no_ssa_opt] end},
              {6, fun() -> [inline] end},
              {4, fun() -> [inline, inline_list_funcs] end},
              {5, fun() -> [no_copt] end},
              {3, fun() -> [no_copt, no_ssa_opt] end},
              {3, fun() -> [no_bsm_opt] end},
              {3, fun() -> [no_stack_trimming, no_jopt] end},
              {2, fun() -> [no_bool_opt, no_share_opt] end},
              {2, fun() -> [no_postopt] end},
              {2, fun() -> [no_copt, no_bool_opt, no_share_opt, no_ssa_opt, no_postopt] end},
              {4, fun() -> [{release, "21"}] end},
              {5, fun() -> [{release, "26"}] end},
              {3, fun() -> [r22] end},
              {3, fun() -> [r23] end},
              {4, fun() -> [r24] end}]).

make(Seed) ->
    rnd_pick:seed(Seed),
    rnd_form:start(name(Seed)),
    Functions = lists:append(some({3, 6}, fun rnd_function:make/0)),
    Sigs = lists:reverse(rnd_form:sigs()),
    Exported = [S || S <- lists:droplast(Sigs), chance(60)] ++ [lists:last(Sigs)],
    rnd_form:budget(40),
    Calls = list(lists:append([calls(S) || S <- Exported])),
    Exports = [{calls, 0} | [{N, length(Ts)} || #sig{name = N, args = Ts} <- Exported]],
    rnd_form:next_line(),
    L = rnd_form:line(),
    [{attribute, 1, module, name(Seed)},
     {attribute, 1, export, Exports}]
        ++ [record(R) || R <- rnd_value:records()]
        ++ Functions
        ++ [{function, L, calls, 0, [clause([], [Calls])]}].

record(Name) ->
    {attribute, 1, record, {Name, [{record_field, 1, {atom, 1, F}} || {F, _} <- rnd_value:record_fields(Name)]}}.

calls(#sig{name = Name, args = []}) ->
    [tuple([a(Name), list([])])];
calls(#sig{name = Name, args = Ts}) ->
    some({3, 6}, fun() -> tuple([a(Name), list(arguments(Ts))]) end).

%% Sometimes one is of a type that the function does not reckon with.
arguments(Ts) ->
    Wild = case chance(20) of true -> between(1, length(Ts)); false -> 0 end,
    [argument(T, N =:= Wild) || {T, N} <- lists:zip(Ts, lists:seq(1, length(Ts)))].

argument({fuel, _} = T, _) -> lit(rnd_value:value(T));
argument({fn, Ts, R}, _) -> rnd_expr:fun_of(Ts, R, #env{}, 3);
argument(_, true) -> lit(rnd_value:value(any));
argument(T, false) when T =:= bin; T =:= bits ->
    case chance(30) of
        true -> lit({'$offset', between(0, 17), rnd_value:value(T)});
        false -> lit(rnd_value:value(T))
    end;
argument(atom, _) ->
    case chance(20) of
        true -> a(start);
        false -> lit(rnd_value:atom())
    end;
argument(T, false) ->
    case rnd_value:has_fun(T) of
        true -> rnd_expr:leaf(T, #env{});
        false -> lit(rnd_value:value(T))
    end.

%% {ok, Reference, Beam}: for the reference, and for Dialtone, which for {release, R} is what another release's
%% compiler would write of it. {error, Text}: it is no program; or compiler_fails, which some options make it do.
compile(Forms, [{release, Release}]) ->
    Options = other_release:options(Release),
    case compile(Forms, Options) of
        {ok, Reference, _} ->
            {ok, _, Asm} = compile:forms(Forms, [binary, to_asm, deterministic | Options]),
            {ok, Reference, other_release:assemble(Release, Asm)};
        Other -> Other
    end;
compile(Forms, Options) ->
    try compile:forms(Forms, [binary, return_errors, deterministic | Options]) of
        {ok, _, Beam} -> {ok, Beam, Beam};
        {error, [{_, [{none, _, _} | _]} | _], _} -> compiler_fails;
        {error, [{_, [{_, beam_validator, _} | _]} | _], _} -> compiler_fails;
        {error, Errors, _} -> {error, io_lib:format("~0tp", [Errors])}
    catch
        Class:Reason:Stack -> {error, io_lib:format("~0tp", [{Class, Reason, Stack}])}
    end.

source(Forms) ->
    unicode:characters_to_binary([erl_pp:form(F, [{encoding, utf8}]) || F <- Forms]).
