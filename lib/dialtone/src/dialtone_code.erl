%% SPDX-License-Identifier: Apache-2.0
%% Purging until OTP starts its own processes: starts erts_code_purger, which is
%% OTP's, when it is first needed, and asks it.
-module(dialtone_code).
-export([purge/1, soft_purge/1]).

purge(Module) -> request(purge, Module).

soft_purge(Module) -> request(soft_purge, Module).

request(What, Module) ->
    ensure_purger(),
    Ref = make_ref(),
    erts_code_purger ! {What, Module, self(), Ref},
    receive
        {reply, What, Result, Ref} -> Result
    end.

%% Of several that start at once, one gets the name; the others end.
ensure_purger() ->
    case whereis(erts_code_purger) of
        undefined ->
            {_, Mon} = spawn_monitor(fun() -> catch erts_code_purger:start() end),
            wait_for_purger(Mon);
        _ ->
            ok
    end.

wait_for_purger(Mon) ->
    receive
        {'DOWN', Mon, process, _, _} -> ensure_purger()
    after 1 ->
        case whereis(erts_code_purger) of
            undefined -> wait_for_purger(Mon);
            _ -> erlang:demonitor(Mon, [flush])
        end
    end.
