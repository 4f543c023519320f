%% What test/embed/two_vms.c calls.
-module(embedded).
-export([factorial/1, churn/2, fail/1, grow/1]).

factorial(0) -> 1;
factorial(N) -> N * factorial(N - 1).

%% Builds and drops N lists of Length, and gives a hash over all of them.
churn(N, Length) -> churn(N, Length, 0).

churn(0, _, Hash) -> Hash;
churn(N, Length, Hash) ->
    churn(N - 1, Length, erlang:phash2({Hash, [{I, N, integer_to_binary(I * N)} || I <- lists:seq(1, Length)]})).

fail(X) -> erlang:error({asked_for, X}).

%% Keeps everything: ends only where memory does.
grow(List) -> grow([lists:seq(1, 1000) | List]).
