%% SPDX-License-Identifier: Apache-2.0
%% The supervision tree. A supervisor starts its children in order, starts anew those that die,
%% and gives up when they die too often: then it ends itself, and its own supervisor decides.
%%
%%     exchange_sup            one for one
%%      |-- vault              keeps what the others must not lose, and does nothing else
%%      |-- services_sup       one for one
%%      |    |-- log_sup       rest for one: when the log goes, so does its guard
%%      |    |    |-- event_log
%%      |    |    `-- event_guard
%%      |    |-- frequency
%%      |    `-- billing
%%      `-- phone_sup          simple one for one: any number of children of one kind
%%           |-- phone 1
%%           |   ...
-module(exchange_sup).
-behaviour(supervisor).
-export([start_link/2, start_sub/2]).
-export([init/1]).

%% The whole exchange, with its phones.
start_link(Phones, Frequencies) ->
    {ok, Top} = supervisor:start_link({local, ?MODULE}, ?MODULE, {?MODULE, Frequencies}),
    [{ok, _} = supervisor:start_child(phone_sup, [Number]) || Number <- lists:seq(1, Phones)],
    {ok, Top}.

start_sub(Name, Arg) ->
    supervisor:start_link({local, Name}, ?MODULE, {Name, Arg}).

%% The intensity is how many restarts in a period (in seconds) a supervisor puts up with. The
%% periods here are long, so that how often one gives up does not depend on the machine's speed.
init({exchange_sup, Frequencies}) ->
    {ok, {#{strategy => one_for_one, intensity => 20, period => 3600},
          [worker(vault, []), sub(services_sup, Frequencies), sub(phone_sup, none)]}};
init({services_sup, Frequencies}) ->
    vault:started(services_sup),
    {ok, {#{strategy => one_for_one, intensity => 5, period => 3600},
          [sub(log_sup, none), worker(frequency, [Frequencies]), worker(billing, [])]}};
init({log_sup, _}) ->
    {ok, {#{strategy => rest_for_one, intensity => 5, period => 3600},
          [worker(event_log, []), worker(event_guard, [])]}};
init({phone_sup, _}) ->
    {ok, {#{strategy => simple_one_for_one, intensity => 1000, period => 3600}, [worker(phone, [])]}}.

worker(Module, Args) ->
    #{id => Module, start => {Module, start_link, Args}}.

sub(Name, Arg) ->
    #{id => Name, type => supervisor, shutdown => infinity, start => {?MODULE, start_sub, [Name, Arg]}}.
