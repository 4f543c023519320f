%% Versions of a module, for cases about code and the processes that run it.
%% code(M, V) is the .beam of this module under the name M, with V for
%% the_version. Compiling it each time would take long, so what erlc made of it
%% stands at the end, and its tables are changed:
%%
%%   -module(cp_template).
%%   -export([version/0, loop/1, wait/1, deep/1, maker/0, big/0, fail/1, handle/1]).
%%   version() -> the_version.
%%   big() -> {a_literal, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "literal", <<"binary literal">>}.
%%   maker() -> fun(X) -> {the_version, X} end.
%%   wait(P) -> P ! {waiting, self(), the_version}, receive go -> the_version end.
%%   deep(P) -> R = case_versions:outside(P), {the_version, R}.
%%   fail(X) -> {the_version, hd(X)}.
%%   handle(F) -> catch F(), receive go -> the_version end.
%%   loop(P) ->
%%       receive
%%           ask -> P ! {version, self(), the_version}, loop(P);
%%           newest -> P ! {newest, self(), the_version}, cp_template:loop(P);
%%           stop -> the_version
%%       end.
-module(case_versions).
-export([code/2, load/2, outside/1]).
-export([version/1, start/1, ask/1, newest/1, check/2, with/2]).

load(M, V) -> {module, M} = erlang:load_module(M, code(M, V)), ok.

code(M, V) ->
    <<"FOR1", _:32, "BEAM", Chunks/binary>> = base64:decode(compiled()),
    New = chunks(Chunks, M, V),
    <<"FOR1", (4 + byte_size(New)):32, "BEAM", New/binary>>.

%% The version that a call reaches.
version(M) -> case_lib:class(fun() -> (case_lib:id(M)):version() end).

%% A process in the module's loop; the version that it runs; that after it has called itself anew.
start(M) -> S = self(), P = spawn(M, loop, [S]), ask(P), P.
ask(P) -> P ! ask, receive {version, P, V} -> V after 60000 -> no_answer end.
newest(P) -> P ! newest, receive {newest, P, _} -> ask(P) after 60000 -> no_answer end.

check(P, M) -> erlang:check_process_code(P, M).

%% What F gives for the module M in its first version; then ends all that was loaded.
with(M, F) -> load(M, one), try F(M) after forget(M) end.

forget(M) ->
    catch erlang:purge_module(M),
    catch erlang:delete_module(M),
    catch erlang:purge_module(M),
    ok.

%% Tells that it was called from a version, and waits.
outside(P) -> P ! {outside, self()}, receive go -> returned end.

chunks(<<>>, _, _) -> <<>>;
chunks(<<Id:4/binary, Size:32, B/binary>>, M, V) ->
    Padding = -Size band 3,
    <<Body:Size/binary, _:Padding/binary, More/binary>> = B,
    New = chunk(Id, Body, M, V),
    N = byte_size(New),
    [Pad, Rest] = [<<0:((-N band 3) * 8)>>, chunks(More, M, V)],
    <<Id/binary, N:32, New/binary, Pad/binary, Rest/binary>>.

chunk(<<"AtU8">>, <<N:32, Atoms/binary>>, M, V) ->
    New = << <<(atom(A, M, V))/binary>> || <<S, A:S/binary>> <= Atoms >>,
    <<N:32, New/binary>>;
chunk(<<"FunT">>, <<N:32, Funs/binary>>, _, V) ->
    %% Funs of two versions are told apart by the last word.
    Uniq = erlang:phash2(V),
    <<N:32, << <<F/binary, Uniq:32>> || <<F:20/binary, _:32>> <= Funs >>/binary>>;
chunk(_, Body, _, _) -> Body.

atom(A, M, V) ->
    B = case A of
            <<"cp_template">> -> atom_to_binary(M);
            <<"the_version">> -> atom_to_binary(V);
            _ -> A
        end,
    <<(byte_size(B)), B/binary>>.

compiled() ->
    <<"Rk9SMQAABEBCRUFNTGluZQAAAB4AAAAAAAAAAAAAAA0AAAAKAAAAADFBUWFxgZGh0cEAAFR5cGUAAAAaAAAAAQAAAAEf/wAAAAAA"
      "AAAA//////////8AAEF0VTgAAAC1AAAAFwtjcF90ZW1wbGF0ZQd2ZXJzaW9uC3RoZV92ZXJzaW9uA2JpZwVtYWtlcgR3YWl0BmVy"
      "bGFuZwRzZWxmB3dhaXRpbmcCZ28EZGVlcA1jYXNlX3ZlcnNpb25zB291dHNpZGUEZmFpbAJoZAZoYW5kbGUEbG9vcANhc2sGbmV3"
      "ZXN0BHN0b3ALbW9kdWxlX2luZm8PZ2V0X21vZHVsZV9pbmZvDy1tYWtlci8wLWZ1bi0wLQAAAENvZGUAAAGxAAAAEAAAAAAAAACr"
      "AAAAJAAAAAsBEJkQAhIiAAEgQDIDEwEwmSACEkIAAUBARwADEwFQmTACElIAAWAQNzAAABAAIBAAqwADFwATAXCZQAISYhABgA0A"
      "QBAJABOkExcwkhMyFAGQF7UDK6UDohVAMgMSABMBoBiVAbAZlQHAmVACErIQAdAMABAHEBAQMBCkAxcgMgMSABMB4JlgAhLiEAHw"
      "CgUgAwMQMBCkAxcgMgMTAQgQmXACEgoQEAEIEQwQEGgEDRJLAGkEPQ0TAQgSagQBCBMXDRUDKw0UA6IVQDIDEhATAQgUGA0TAQgV"
      "GQ0TAQgWmYACEgoREAEIFwwQEEADBAEIGBcNHQM7Aw0cF2AKEg0bChMNGgoUDRkBCBkVQDIDEhATAQgaEEAAFQkAA6QTFzAKEwMy"
      "QAQDmZAUQAQDCBAwEAEIGxBAABUJAAOkExcwIgMyQAQDmaAUQAQDBRANFxABCBwYDRgBCB0ZDRgBCB6ZAAISChUAAQgfQBIDThBA"
      "AQggmQACEgoVEAEIIUADE0ASA04gUAEIIpkwAhIKFxABCCMQMBCkAxcgMgMTAwAAAFN0clQAAAAASW1wVAAAAEwAAAAGAAAABwAA"
      "AAgAAAAAAAAADAAAAA0AAAABAAAABwAAAA8AAAABAAAAAQAAABEAAAABAAAABwAAABYAAAABAAAABwAAABYAAAACRXhwVAAAAHwA"
      "AAAKAAAAFQAAAAEAAAAhAAAAFQAAAAAAAAAfAAAAEQAAAAEAAAAXAAAAEAAAAAEAAAARAAAADgAAAAEAAAAPAAAACwAAAAEAAAAN"
      "AAAABgAAAAEAAAAIAAAABQAAAAAAAAAGAAAABAAAAAAAAAAEAAAAAgAAAAAAAAACRnVuVAAAABwAAAABAAAAFwAAAAEAAAAjAAAA"
      "AAAAAAAGfqqyTGl0VAAAAEAAAABAeJxjYGBgZGBgsGjOYCnnTIzPySxJLUrMyWbgYmRiZmFlY+fg5MpmYIcK5wJV8iVl5iUWVSpA"
      "hQCksg9uTWV0YQAAAB2DbAAAAAFoAmQAEGVuYWJsZWRfZmVhdHVyZXNqagAAAA==">>.
