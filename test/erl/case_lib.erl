%% What several test modules share: an opaque identity, the top of a stack
%% trace without what depends on the place of the source, and hex digits.
-module(case_lib).
-export([id/1, top/1, class/1, hex/1, bits/1, each/2, text/1]).

%% The compiler cannot see through a call to another module.
id(X) -> X.

%% The value of a fun, or the class, the reason and the first stack frame of
%% what it raised. Of the frame's location only error_info is kept.
top(F) ->
    try F() of
        V -> {ok, V}
    catch
        C:R:St ->
            [{M, Fn, A, Info} | _] = St,
            {C, R, {M, Fn, A, [E || {error_info, _} = E <- Info]}}
    end.

%% The value of a fun, or the class and the reason of what it raised.
class(F) ->
    try F() of
        V -> {ok, V}
    catch
        C:R -> {C, R}
    end.

%% class/1 of F applied to each element.
each(F, List) ->
    [class(fun() -> F(X) end) || X <- List].

%% What error_info says about the first frame, as characters.
text(F) ->
    try F() of
        V -> {ok, V}
    catch
        error:R:St ->
            [{M, Fn, A, Info} | _] = St,
            case lists:keyfind(error_info, 1, Info) of
                {_, #{module := Mod} = I} ->
                    Fun = maps:get(function, I, format_error),
                    Texts = maps:to_list(Mod:Fun(R, St)),
                    {R, [{K, lists:flatten(io_lib:format("~ts", [V]))}
                         || {K, V} <- lists:sort(Texts)]};
                false ->
                    {R, no_info, {M, Fn, A}}
            end
    end.

%% Lower-case hex digits of a binary, with the odd bits behind a slash.
hex(B) when is_bitstring(B) ->
    Odd = bit_size(B) rem 8,
    Whole = bit_size(B) - Odd,
    <<Bytes:Whole/bitstring, Tail:Odd/bitstring>> = B,
    Hex = string:lowercase(binary_to_list(binary:encode_hex(Bytes))),
    case Odd of
        0 -> Hex;
        _ -> Hex ++ "/" ++ bits(Tail)
    end.

%% The bits of a bitstring as characters.
bits(B) -> [$0 + X || <<X:1>> <= B].
