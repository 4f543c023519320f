%% A second gen_statem module, to change to: it notes events under its own name.
-module(case_statem_other).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, s1/3, s2/3]).

init(_) -> {stop, not_used}.

callback_mode() -> state_functions.

s1(T, C, D) -> event(T, C, s1, D).
s2(T, C, D) -> event(T, C, s2, D).

event(cast, {do, F}, S, D) -> F(S, D);
event({call, From}, {do, F}, S, D) -> F(From, S, D);
event({call, From}, get, S, D) -> {keep_state_and_data, {reply, From, {S, D}}};
event(T, C, S, D) -> {keep_state, [{other, T, C, S} | D]}.
