%% SPDX-License-Identifier: Apache-2.0
%% The frequency allocator: a server that gives each process that asks a frequency of its own.
%%
%% Whoever calls it may die, and so may it itself, at any time:
%% - It monitors who has a frequency, and takes the frequency back when that process dies.
%% - It keeps in the vault who has which, and reads that when it starts.
%% - Asking twice gives the same frequency, and giving back twice does nothing. So a caller that
%%   got no answer, because the allocator died, just asks again.
-module(frequency).
-behaviour(gen_server).
-export([start_link/1, allocate/0, release/0, allocated/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-record(state, {free, taken = #{}, monitors = #{}}). % taken: process to frequency

start_link(Frequencies) ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, Frequencies, []).

%% {ok, Frequency} or none_free.
allocate() -> patient:call(?MODULE, allocate).

release() -> patient:call(?MODULE, release).

%% [{Process, Frequency}], in order.
allocated() -> patient:call(?MODULE, allocated).

init(Frequencies) ->
    vault:started(?MODULE),
    Taken = vault:all(?MODULE),
    Free = lists:seq(1, Frequencies) -- maps:values(Taken),
    {ok, maps:fold(fun(Pid, _, State) -> watch(Pid, State) end, #state{free = Free, taken = Taken}, Taken)}.

handle_call(allocate, {Pid, _}, State = #state{free = Free, taken = Taken}) ->
    case {Taken, Free} of
        {#{Pid := Frequency}, _} ->
            {reply, {ok, Frequency}, State};
        {_, []} ->
            {reply, none_free, State};
        {_, [Frequency | Rest]} ->
            vault:put(?MODULE, Pid, Frequency),
            {reply, {ok, Frequency}, watch(Pid, State#state{free = Rest, taken = Taken#{Pid => Frequency}})}
    end;
handle_call(release, {Pid, _}, State) ->
    {reply, ok, take_back(Pid, State)};
handle_call(allocated, _, State) ->
    {reply, lists:sort(maps:to_list(State#state.taken)), State}.

handle_cast(_, State) ->
    {noreply, State}.

handle_info({'DOWN', _, process, Pid, _}, State) ->
    {noreply, take_back(Pid, State)}.

watch(Pid, State = #state{monitors = Monitors}) ->
    State#state{monitors = Monitors#{Pid => monitor(process, Pid)}}.

take_back(Pid, State = #state{free = Free, taken = Taken, monitors = Monitors}) ->
    case Taken of
        #{Pid := Frequency} ->
            vault:delete(?MODULE, Pid),
            demonitor(maps:get(Pid, Monitors), [flush]),
            State#state{free = Free ++ [Frequency], taken = maps:remove(Pid, Taken),
                        monitors = maps:remove(Pid, Monitors)};
        #{} ->
            State
    end.
