%% What an expression is made for: the variables in scope with their types, whether it is a guard, and how
%% often it runs in a call of the function, about.
-record(env, {vars = [], guard = false, mult = 1}).

%% A function that may be called.
-record(sig, {name, args, ret, cost}).
