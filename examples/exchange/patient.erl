%% SPDX-License-Identifier: Apache-2.0
%% Calls of servers that may be dead for the moment, because their supervisor is starting them
%% anew: tries again until there is an answer. The request must be one that may be made twice.
-module(patient).
-export([call/2]).

call(Server, Request) ->
    try
        gen_server:call(Server, Request, infinity)
    catch
        exit:_Reason ->
            timer:sleep(1),
            call(Server, Request)
    end.
