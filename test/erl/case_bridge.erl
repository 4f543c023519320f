%% A supervisor_bridge whose init/1 calls its argument.
-module(case_bridge).
-behaviour(supervisor_bridge).
-export([init/1, terminate/2]).

init(Fun) -> Fun().

terminate(Reason, Fun) -> Fun(Reason).
