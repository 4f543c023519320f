%% array driven by generated sets, resets and resizes; its representation is compared.
-module(generated_array).
-compile([export_all, nowarn_export_all]).
-import(real_front, [digest/1]).

commands(Seed, N, Span) ->
    lists:zip(generated:integers(Seed, N, 10), generated:integers(Seed + 1, N, Span)).

driven() -> digest(drive(commands(60, 3000, 5000), array:new())).
driven_fixed() -> digest(drive(commands(62, 2000, 900), array:new([{size, 800}, {fixed, true}]))).
driven_with_default() -> digest(drive(commands(64, 2000, 100), array:new({default, none}))).
drive([], A) -> A;
drive([{C, I} | Rest], A0) ->
    A = try case C of
                0 -> array:reset(I, A0);
                1 when I rem 50 =:= 0 -> array:resize(I, A0);
                2 when I rem 70 =:= 0 -> array:relax(A0);
                3 when I rem 70 =:= 0 -> array:fix(A0);
                _ -> array:set(I, {I, C}, A0)
            end
        catch error:badarg -> A0
        end,
    drive(Rest, A).
from_list() -> digest(array:from_list(generated:terms(66, 1234))).
from_orddict() -> digest(array:from_orddict([{I, I} || I <- lists:usort(generated:integers(67, 500, 9000))])).
folds() ->
    A = drive(commands(68, 1000, 3000), array:new()),
    digest({array:to_list(A), array:sparse_to_orddict(A), array:size(A), array:sparse_size(A),
            array:foldl(fun(I, X, S) -> [{I, X} | S] end, [], A),
            array:sparse_foldr(fun(I, X, S) -> [{I, X} | S] end, [], A),
            array:map(fun(I, X) -> {X, I} end, A), array:resize(A)}).
