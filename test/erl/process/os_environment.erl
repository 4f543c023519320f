%% The environment and other surroundings, module os.
-module(os_environment).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
top(F) -> case_lib:top(F).

set_get_unset() ->
    [os:getenv("DT_E1"), os:putenv("DT_E1", "one"), os:getenv("DT_E1"), os:putenv("DT_E1", "two"),
     os:getenv("DT_E1"), os:unsetenv("DT_E1"), os:getenv("DT_E1"), os:unsetenv("DT_E1")].
empty_text() -> [os:putenv("DT_E2", ""), os:getenv("DT_E2"), os:unsetenv("DT_E2")].
unicode() -> os:putenv("DT_E3", [16#e5, 1234, 16#1F600, $x]), R = os:getenv("DT_E3"), os:unsetenv("DT_E3"), R.
unicode_name() -> os:putenv([1234], "x"), R = os:getenv([1234]), os:unsetenv([1234]), {R, os:getenv([1234])}.
deep_name() -> os:putenv(["DT", ["_E", $4]], ["a", ["b"]]), R = os:getenv("DT_E4"), os:unsetenv("DT_E4"), R.
equals_in_text() -> os:putenv("DT_E5", "a=b=c"), R = os:getenv("DT_E5"), os:unsetenv("DT_E5"), R.
default() -> [os:getenv("DT_NOT_SET", x), os:getenv("DT_NOT_SET", "text")].
listed() ->
    os:putenv("DT_E6", "listed"), L = os:getenv(), E = os:env(), os:unsetenv("DT_E6"),
    {lists:member("DT_E6=listed", L), lists:keyfind("DT_E6", 1, E), length(L) =:= length(E)}.
no_name() -> [os:getenv(""), os:putenv("", "x"), os:getenv(""), os:unsetenv("")].
getenv_errors() ->
    [top(fun() -> os:getenv(id(X)) end)
     || X <- [foo, 1, <<"PATH">>, "A=B", [0], "a\0b", [-1], [16#d800], [16#110000], ["a" | b], [a], {"a"}]].
putenv_errors() ->
    [top(fun() -> os:putenv(id(N), id(T)) end)
     || {N, T} <- [{foo, "x"}, {"A=B", "x"}, {"DT_E7", foo}, {"DT_E7", <<"x">>}, {"DT_E7", [0]},
                   {"DT_E7", [16#d800]}, {[0], "x"}]].
unsetenv_errors() -> [top(fun() -> os:unsetenv(id(X)) end) || X <- [foo, "A=B", [0], <<"A">>]].
pid_is_a_number() -> list_to_integer(os:getpid()) > 0.
