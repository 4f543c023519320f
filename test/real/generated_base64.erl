%% base64 over generated binaries, whole, damaged and with white space.
-module(generated_base64).
-compile([export_all, nowarn_export_all]).
-import(real_front, [digest/1]).

data(Seed) -> generated:binaries(Seed, 400, 90).

encode() -> digest([base64:encode(B) || B <- data(1)]).
encode_lists() -> digest([base64:encode_to_string(binary_to_list(B)) || B <- data(1)]).
there_and_back() -> [B || B <- data(1), base64:decode(base64:encode(B)) =/= B].
decode_cut() ->
    generated:each(fun(B) ->
                           E = base64:encode(B),
                           base64:decode(binary:part(E, 0, max(0, byte_size(E) - 1)))
                   end, data(1), fun real_front:digest/1).
decode_noise() -> generated:each(fun base64:decode/1, data(1), fun real_front:digest/1).
mime_decode_noise() -> generated:each(fun base64:mime_decode/1, data(1), fun real_front:digest/1).
mime_decode_to_string() ->
    generated:each(fun base64:mime_decode_to_string/1, data(1), fun real_front:digest/1).
spaces_between() ->
    digest([base64:decode(lists:append([[C, $\n] || <<C>> <= base64:encode(B)])) || B <- data(1)]).
