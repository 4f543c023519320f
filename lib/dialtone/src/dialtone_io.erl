%% SPDX-License-Identifier: Apache-2.0
%% The group leader until OTP's own I/O servers run: answers the requests of
%% the I/O protocol that write, on standard output. There is nothing to read.
-module(dialtone_io).
-export([start/0, put/1]).

%% A builtin: writes bytes on standard output.
put(_Bytes) ->
    erlang:nif_error(undefined).

%% OTP's application controller keeps the applications' settings in a table, in
%% which libraries look from any process; its logger, the level from which on
%% something is logged. Until they run, there are no settings, and no logger that
%% anything could be given to.
start() ->
    process_flag(trap_exit, true),
    ac_tab = ets:new(ac_tab, [named_table, public]),
    persistent_term:put({logger_config, '$primary_config$'}, -1),
    loop().

loop() ->
    receive
        {io_request, From, ReplyAs, Request} ->
            From ! {io_reply, ReplyAs, request(Request)},
            loop();
        _ ->
            loop()
    end.

request({put_chars, Encoding, Chars}) ->
    put_chars(Encoding, Chars);
request({put_chars, Encoding, Module, Function, Args}) ->
    try apply(Module, Function, Args) of
        Chars -> put_chars(Encoding, Chars)
    catch
        _:_ -> {error, put_chars}
    end;
request({put_chars, Chars}) ->
    put_chars(latin1, Chars);
request({put_chars, Module, Function, Args}) ->
    request({put_chars, latin1, Module, Function, Args});
request({requests, Requests}) ->
    requests(Requests, ok);
request(getopts) ->
    [{binary, false}, {encoding, unicode}];
request({setopts, Options}) when is_list(Options) ->
    {error, enotsup};
request({get_geometry, _}) ->
    {error, enotsup};
request({get_chars, _, _, _}) ->
    eof;
request({get_line, _, _}) ->
    eof;
request({get_until, _, _, _, _, _}) ->
    eof;
request(_) ->
    {error, request}.

requests([Request | More], ok) ->
    requests(More, request(Request));
requests([_ | _], Error) ->
    Error;
requests([], Last) ->
    Last.

put_chars(Encoding, Chars) when Encoding =:= unicode; Encoding =:= latin1 ->
    try unicode:characters_to_binary(Chars, Encoding, unicode) of
        Bytes when is_binary(Bytes) ->
            put(Bytes),
            ok;
        _ ->
            {error, {no_translation, Encoding, unicode}}
    catch
        _:_ -> {error, put_chars}
    end;
put_chars(_, _) ->
    {error, put_chars}.
