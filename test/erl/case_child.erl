%% A child of the supervisors of the cases: it notes {start, Id} and
%% {stop, Id, Reason}, and ends as it is told. Options: trap (true),
%% init (a fun that gives what start_link returns), stop (a fun that
%% terminate/2 calls).
-module(case_child).
-behaviour(gen_server).
-export([start_link/3, start_link/4, started/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

start_link(Log, Id, Opts) ->
    case maps:get(init, Opts, go_on) of
        go_on -> gen_server:start_link(?MODULE, {Log, Id, Opts}, []);
        Fun -> Fun(fun() -> gen_server:start_link(?MODULE, {Log, Id, Opts}, []) end)
    end.

%% For children of simple_one_for_one: the id comes last.
start_link(Log, Opts, extra, Id) ->
    start_link(Log, Id, Opts).

%% A start function whose result the case makes.
started(Fun, Args) -> apply(Fun, Args).

init({Log, Id, Opts}) ->
    process_flag(trap_exit, maps:get(trap, Opts, true)),
    case_otp:note(Log, {start, Id}),
    {ok, {Log, Id, Opts}}.

handle_call(id, _From, {_, Id, _} = State) -> {reply, Id, State}.

handle_cast({stop, Reason}, State) -> {stop, Reason, State};
handle_cast({do, Fun}, State) -> Fun(), {noreply, State}.

handle_info(_, State) -> {noreply, State}.

terminate(Reason, {Log, Id, Opts}) ->
    case_otp:note(Log, {stop, Id, case_otp:clean(Reason)}),
    (maps:get(stop, Opts, fun() -> ok end))().
