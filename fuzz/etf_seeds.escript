#!/usr/bin/env escript
%% SPDX-License-Identifier: Apache-2.0
%% Seeds for etf_fuzz: the literals of .beam files and terms of the kinds that those have not.
%%   etf_seeds.escript OUTDIR BEAM...
main([Out | Beams]) ->
    Seeds = lists:usort(lists:append([own() | [literals(B) || B <- Beams]])),
    [file:write_file(filename:join(Out, integer_to_list(erlang:phash2(S, 1 bsl 32), 16)), S)
     || S <- Seeds, byte_size(S) < 2000].

literals(Beam) ->
    case beam_lib:chunks(Beam, ["LitT"]) of
        {ok, {_, [{_, <<_:32, Z/binary>>}]}} ->
            <<N:32, Rest/binary>> = zlib:uncompress(Z),
            split(N, Rest);
        _ -> []
    end.

split(0, _) -> [];
split(N, <<Size:32, 131, T:(Size - 1)/binary, Rest/binary>>) ->
    [<<(N rem 256), T/binary>> | split(N - 1, Rest)].

own() ->
    X = 7, Y = {x, [y]},
    Node = <<119, 3, "x@y">>,
    Terms = [self(), make_ref(), hd(erlang:ports()), fun(Z) -> {X, Y, Z} end, fun lists:map/2,
             1 bsl 70, -(1 bsl 2100), 1.5, -0.0, <<1:3>>, <<0:1000>>, [a | b], "text",
             list_to_tuple(lists:seq(1, 300)), #{1 => 1.0, 1.0 => 1},
             maps:from_list([{I, [I]} || I <- lists:seq(1, 50)]), 'é', 'ж',
             list_to_atom(lists:duplicate(200, 1078)), lists:duplicate(300, abc)],
    [without_version(term_to_binary(T, O))
     || T <- Terms, O <- [[], [{minor_version, 0}], [{minor_version, 2}], [compressed]]] ++
        [<<0, B/binary>>
         || B <- [<<101, Node/binary, 5:32, 1>>, <<114, 3:16, Node/binary, 1, 1:32, 2:32, 3:32>>,
                  <<102, Node/binary, 5:32, 1>>, <<103, Node/binary, 5:32, 6:32, 1>>,
                  <<120, Node/binary, 5:64, 6:32>>, <<115, 1, "a">>, <<118, 1:16, "a">>,
                  <<77, 2:32, 3, 1, 224>>, <<111, 3:32, 1, 1, 2, 3>>]].

without_version(<<131, T/binary>>) -> <<2, T/binary>>.
