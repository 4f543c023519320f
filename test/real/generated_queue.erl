%% queue driven by generated commands; the representation is compared after each.
-module(generated_queue).
-compile([export_all, nowarn_export_all]).
-import(real_front, [digest/1]).

commands(Seed) -> lists:zip(generated:integers(Seed, 3000, 14), generated:integers(Seed + 1, 3000, 1000)).

driven() -> digest(drive(commands(50), queue:new(), [])).
drive([], Q, Seen) -> [Q | Seen];
drive([{C, X} | Rest], Q0, Seen) ->
    Q = case C of
            0 -> queue:in(X, Q0);
            1 -> queue:in(X, Q0);
            2 -> queue:in_r(X, Q0);
            3 -> element(2, queue:out(Q0));
            4 -> element(2, queue:out_r(Q0));
            5 -> queue:reverse(Q0);
            6 -> queue:filter(fun(Y) -> Y rem 5 =/= 0 end, Q0);
            7 -> queue:join(Q0, queue:from_list([X, X + 1]));
            8 -> element(1, queue:split(queue:len(Q0) div 2 + queue:len(Q0) rem 2, Q0));
            9 -> queue:delete(X, Q0);
            10 -> queue:filtermap(fun(Y) -> Y rem 7 =/= 0 andalso {true, Y + 1} end, Q0);
            11 -> try queue:tail(Q0) catch error:empty -> Q0 end;
            12 -> queue:delete_with(fun(Y) -> Y > X end, Q0);
            13 -> queue:cons(X, queue:snoc(Q0, X))
        end,
    drive(Rest, Q, [{Q, queue:len(Q), queue:peek(Q), queue:peek_r(Q), queue:member(X, Q)} | Seen]).
folds() ->
    Q = queue:from_list(generated:integers(52, 1000, 1000)),
    digest({queue:fold(fun(X, A) -> [X | A] end, [], Q), queue:to_list(Q),
            queue:any(fun(X) -> X > 998 end, Q), queue:all(fun is_integer/1, Q)}).
