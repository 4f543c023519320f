%% The callbacks of a small behaviour of our own, in otp_proc_lib.
-module(case_own).
-export([good/0, bad/0]).

good() -> {ok, own_state}.

bad() -> {error, no_such_luck}.
