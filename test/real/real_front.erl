%% OTP's scanner, parser, linter and pretty printer over real sources. One
%% block a source and step, in the form of case_runner:
%%
%%   == real_front:scan_lists
%%   {bytes of the result as an external term, their MD5, phash2}
-module(real_front).
-export([run/1, digest/1, block/3]).

run(Modules) ->
    lists:foreach(fun run_one/1, Modules),
    erlang:display_string("== end\n"),
    ok.

run_one(Module) ->
    Data = real_data:name(Module),
    Text = unicode:characters_to_list(Data:text()),
    Forms = binary_to_term(Data:forms()),
    {ok, Tokens, _} = block(?MODULE, {scan, Module}, fun() -> erl_scan:string(Text) end),
    %% As the text stands: forms with macros are refused, at the same place everywhere.
    block(?MODULE, {parse, Module}, fun() -> parse(Tokens, [], []) end),
    block(?MODULE, {lint, Module}, fun() -> erl_lint:module(Forms) end),
    Printed = block(?MODULE, {print, Module}, fun() -> print(Forms) end),
    block(?MODULE, {again, Module}, fun() -> again(Printed) end).

parse([{dot, _} = Dot | Tokens], Form, Done) ->
    parse(Tokens, [], [erl_parse:parse_form(lists:reverse(Form, [Dot])) | Done]);
parse([Token | Tokens], Form, Done) ->
    parse(Tokens, [Token | Form], Done);
parse([], _, Done) ->
    lists:reverse(Done).

print(Forms) ->
    [lists:flatten(erl_pp:form(F)) || F <- Forms, element(1, F) =/= eof].

%% What was printed is read and printed again, and is the same text.
again(Printed) ->
    [case lists:flatten(erl_pp:form(reread(Text))) of
         Text -> same;
         Other -> {Text, Other}
     end || Text <- Printed, hd(Text) =/= $\n, hd(Text) =/= $-].

reread(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Form} = erl_parse:parse_form(Tokens),
    Form.

%% Runs F, prints the digest of its result under a name, and gives the result.
block(Test, {Step, Module}, F) ->
    say("== ~s:~s_~s~n", [Test, Step, Module]),
    Result = try F() catch Class:Reason -> {Class, Reason} end,
    say("~p~n", [digest(Result)]),
    Result.

digest(Term) ->
    Bytes = term_to_binary(Term, [deterministic]),
    {byte_size(Bytes), binary:encode_hex(erlang:md5(Bytes)), erlang:phash2(Term)}.

say(Format, Args) ->
    erlang:display_string(lists:flatten(io_lib:format(Format, Args))).
