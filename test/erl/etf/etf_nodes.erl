%% Pids, ports and references of other nodes, decoded from bytes written by
%% hand, compared, and encoded again. (The first number they print with is a
%% VM's own affair, so only what follows it is shown.)
-module(etf_nodes).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

dec(B) -> binary_to_term(id(B)).
class(B) -> case case_lib:class(fun() -> dec(B) end) of {ok, _} -> ok; E -> E end.

node_atom(N) -> <<119, (byte_size(N)), N/binary>>.
node_atom_old(N) -> <<100, (byte_size(N)):16, N/binary>>.

pid_103(Id, Ser, Cr) -> <<131, 103, (node_atom(<<"far@away">>))/binary, Id:32, Ser:32, Cr>>.
pid_88(Id, Ser, Cr) -> <<131, 88, (node_atom(<<"far@away">>))/binary, Id:32, Ser:32, Cr:32>>.
port_102(Id, Cr) -> <<131, 102, (node_atom(<<"far@away">>))/binary, Id:32, Cr>>.
port_89(Id, Cr) -> <<131, 89, (node_atom(<<"far@away">>))/binary, Id:32, Cr:32>>.
port_120(Id, Cr) -> <<131, 120, (node_atom(<<"far@away">>))/binary, Id:64, Cr:32>>.
ref_101(Id, Cr) -> <<131, 101, (node_atom(<<"far@away">>))/binary, Id:32, Cr>>.
ref_114(Ids, Cr) ->
    <<131, 114, (length(Ids)):16, (node_atom(<<"far@away">>))/binary, Cr,
      << <<I:32>> || I <- Ids >>/binary>>.
ref_90(Ids, Cr) ->
    <<131, 90, (length(Ids)):16, (node_atom(<<"far@away">>))/binary, Cr:32,
      << <<I:32>> || I <- Ids >>/binary>>.

%% The text without the node's number.
text(T) -> [_ | Rest] = string:split(lists:flatten(io_lib:format("~w", [T])), "."), Rest.
again(B) -> case_lib:hex(term_to_binary(dec(B))).

pid_old_is_pid() ->
    P = dec(pid_103(77, 3, 1)), {is_pid(P), node(P), text(P), again(pid_103(77, 3, 1))}.
pid_new_is_pid() ->
    P = dec(pid_88(77, 3, 16#12345678)),
    {is_pid(P), node(P), text(P), again(pid_88(77, 3, 16#12345678))}.
pid_old_and_new_same() -> dec(pid_103(77, 3, 1)) =:= dec(pid_88(77, 3, 1)).
pid_old_atom_tag() ->
    P = dec(<<131, 103, (node_atom_old(<<"far@away">>))/binary, 5:32, 0:32, 2>>),
    {P =:= dec(pid_103(5, 0, 2)), node(P)}.
pid_creation_differs() ->
    [dec(pid_103(5, 0, A)) =:= dec(pid_103(5, 0, B)) || {A, B} <- [{0, 0}, {0, 1}, {1, 2}, {3, 3}]].
pid_creation_0_text() -> {again(pid_103(5, 0, 0)), again(pid_88(5, 0, 0))}.
pid_old_creation_above_3() -> [class(pid_103(5, 0, C)) || C <- [3, 4, 255]].
pid_max_numbers() ->
    [{class(pid_88(I, S, 1))}
     || {I, S} <- [{16#7FFF, 16#1FFF}, {16#8000, 0}, {16#FFFFFFF, 0}, {16#FFFFFFFF, 0},
                   {0, 16#2000}, {0, 16#FFFFFFFF}]].
pid_large_number_text() ->
    [begin B = pid_88(I, S, 1), {text(dec(B)), again(B)} end
     || {I, S} <- [{16#7FFF, 16#1FFF}, {16#8000, 1}, {16#FFFFFFF, 0}, {16#FFFFFFFF, 16#FFFFFFFF}]].
pid_minor_versions() ->
    P = dec(pid_88(77, 3, 4)),
    [case_lib:hex(term_to_binary(P, [{minor_version, V}])) || V <- [0, 1, 2]].
pid_order_by_number() ->
    P = [dec(pid_88(I, S, 1)) || {I, S} <- [{3, 0}, {1, 0}, {2, 0}, {1, 1}, {0, 2}]],
    [text(X) || X <- lists:sort(P)].
pid_order_by_node() ->
    P = [dec(<<131, 88, (node_atom(N))/binary, 5:32, 0:32, 1:32>>)
         || N <- [<<"c@h">>, <<"a@h">>, <<"b@h">>]], [node(X) || X <- lists:sort(P)].
pid_order_number_before_node() ->
    P = [dec(<<131, 88, (node_atom(N))/binary, I:32, 0:32, 1:32>>)
         || {N, I} <- [{<<"a@h">>, 9}, {<<"b@h">>, 1}, {<<"c@h">>, 5}]],
    [{node(X), text(X)} || X <- lists:sort(P)].
pid_order_creation() ->
    A = dec(pid_88(1, 0, 1)), B = dec(pid_88(1, 0, 2)), {A < B, A =:= B, A == B}.
pid_compares_with_other_types() ->
    P = dec(pid_88(1, 0, 1)), [P < X || X <- id([1, a, {}, [], <<>>, #{}, fun lists:map/2])].
pid_as_map_key() ->
    M = #{dec(pid_88(1, 0, 1)) => v},
    {maps:get(dec(pid_103(1, 0, 1)), M), maps:find(dec(pid_88(1, 0, 2)), M)}.
pid_of_nonode_is_local() ->
    P = dec(<<131, 88, (node_atom(<<"nonode@nohost">>))/binary, 7:32, 0:32, 0:32>>),
    {P, node(P), is_pid(P), pid_to_list(P), P =:= list_to_pid("<0.7.0>")}.
pid_bad_node() ->
    [class(B) || B <- [<<131, 88, 97, 1, 5:32, 0:32, 1:32>>, <<131, 103, 106, 5:32, 0:32, 1>>,
                       <<131, 88, (node_atom(<<>>))/binary, 1:32, 0:32, 1:32>>,
                       <<131, 88, (node_atom(<<"noat">>))/binary, 1:32, 0:32, 1:32>>]].
pid_truncated() ->
    B = pid_88(1, 2, 3),
    [N || N <- lists:seq(0, byte_size(B) - 1), class(binary:part(B, 0, N)) =/= {error, badarg}].
pid_in_tuple_and_back() ->
    P = dec(pid_88(1, 2, 3)), T = {P, [P], #{P => P}}, binary_to_term(term_to_binary(T)) =:= T.
list_to_pid_errors() ->
    [case_lib:top(fun() -> list_to_pid(id(S)) end)
     || S <- ["", "<", "<0>", "<0.1>", "<0.1.", "<0.1.2", "0.1.2", "<a.b.c>", "<0.1.2>x",
              "<-1.2.3>", a, <<"<0.1.2>">>, "<0.99999999999.0>", "<0.0.99999999999>"]].
list_to_pid_good() ->
    [pid_to_list(list_to_pid(id(S))) || S <- ["<0.1.2>", "<0.0.0>", "<0.32767.8191>"]].
list_to_pid_node_number_unknown() -> case_lib:class(fun() -> list_to_pid(id("<999999.1.0>")) end).
pid_to_list_of_unconnected_node_cannot_come_back() ->
    P = dec(pid_88(7, 3, 1)), case_lib:class(fun() -> list_to_pid(pid_to_list(P)) end).
pid_to_list_errors() -> [case_lib:top(fun() -> pid_to_list(id(X)) end) || X <- [a, "<0.1.2>", []]].

port_tags() ->
    [begin P = dec(B), {is_port(P), node(P), text(P), again(B)} end
     || B <- [port_102(9, 1), port_89(9, 77), port_120(9, 77), port_120(1 bsl 40, 77)]].
port_old_and_new_same() ->
    {dec(port_102(9, 1)) =:= dec(port_89(9, 1)), dec(port_89(9, 1)) =:= dec(port_120(9, 1)),
     dec(port_102(9, 1)) =:= dec(port_102(9, 2))}.
port_large_numbers() ->
    [begin B = port_89(N, 1), {class(B), again(B)} end
     || N <- [0, 16#FFFFFFF, 16#10000000, 16#FFFFFFFF]].
port_v4_large() ->
    [again(port_120(N, 1)) || N <- [0, 16#FFFFFFF, 16#10000000, 16#FFFFFFFF, 16#100000000, -1]].
port_order() -> [text(X) || X <- lists:sort([dec(port_89(N, 1)) || N <- [5, 3, 9, 1 bsl 27]])].
port_to_list_of_unconnected_node_cannot_come_back() ->
    P = dec(port_89(7, 1)), case_lib:class(fun() -> list_to_port(port_to_list(P)) end).
list_to_port_errors() ->
    [case_lib:class(fun() -> list_to_port(id(S)) end)
     || S <- ["", "#Port<", "#Port<0>", "#Port<0.1", "#Port<a.b>", a,
              "#Port<0.99999999999999999999999>"]].
list_to_port_good() ->
    [case_lib:class(fun() -> port_to_list(list_to_port(id(S))) end)
     || S <- ["#Port<0.1>", "#Port<0.0>", "#Port<0.4294967296>"]].

ref_tags() ->
    [begin R = dec(B), {is_reference(R), node(R), text(R), again(B)} end
     || B <- [ref_101(5, 1), ref_114([5], 1), ref_114([5, 6, 7], 2), ref_90([5, 6, 7], 77),
              ref_90([1], 77)]].
ref_five_words() ->
    [begin R = dec(ref_90(W, 77)), {text(R), again(ref_90(W, 77))} end
     || W <- [[1, 2], [1, 2, 3, 4], [1, 2, 3, 4, 5]]].
ref_too_many_words() -> [class(ref_90(lists:seq(1, N), 77)) || N <- [0, 5, 6, 10]].
ref_old_and_new_same() ->
    {dec(ref_101(5, 1)) =:= dec(ref_114([5], 1)),
     dec(ref_114([5, 6, 7], 1)) =:= dec(ref_90([5, 6, 7], 1)),
     dec(ref_90([5], 1)) =:= dec(ref_90([5, 0, 0], 1))}.
ref_first_word_18_bits() ->
    [begin R = dec(ref_90([W, 2, 3], 1)), text(R) end
     || W <- [16#3FFFF]] ++ [class(ref_90([16#40000, 2, 3], 1)),
                             class(ref_90([16#FFFFFFFF, 2, 3], 1))].
ref_order() ->
    [text(R) || R <- lists:sort([dec(ref_90(W, 1))
                                 || W <- [[1, 2, 3], [1, 2, 4], [1, 3, 0], [2, 0, 0], [9], [1, 2],
                                          [3, 2, 3]]])].
ref_compares_with_other_types() ->
    R = dec(ref_90([1, 2, 3], 1)), [R < X || X <- id([1, a, {}, [], <<>>, #{}, fun lists:map/2])].
ref_to_list_of_unconnected_node_cannot_come_back() ->
    R = dec(ref_90([7, 8, 9], 1)), case_lib:class(fun() -> list_to_ref(ref_to_list(R)) end).
list_to_ref_errors() ->
    [case_lib:class(fun() -> list_to_ref(id(S)) end)
     || S <- ["", "#Ref<", "#Ref<0>", "#Ref<0.1.2.3", "#Ref<a.1.2.3>", a, "#Ref<0.99999999999.2.3>",
              "#Ref<0.1.2.3.4.5.6>"]].
ref_truncated() ->
    B = ref_90([1, 2, 3], 4),
    [N || N <- lists:seq(0, byte_size(B) - 1), class(binary:part(B, 0, N)) =/= {error, badarg}].
ref_of_nonode_round_trip() ->
    B = <<131, 90, 3:16, (node_atom(<<"nonode@nohost">>))/binary, 0:32, 5:32, 6:32, 7:32>>,
    R = dec(B), {is_reference(R), node(R), binary_to_term(term_to_binary(R)) =:= R}.
order_of_ref_port_pid_fun() ->
    L = lists:sort([dec(pid_88(1, 0, 1)), dec(port_89(1, 1)), dec(ref_90([1], 1)), fun lists:map/2,
                    a, 1, {}]), [kind(X) || X <- L].
kind(X) when is_pid(X) -> pid;
kind(X) when is_port(X) -> port;
kind(X) when is_reference(X) -> reference;
kind(X) when is_function(X) -> function;
kind(X) -> X.
hash_stable_for_same() ->
    [erlang:phash2(dec(A)) =:= erlang:phash2(dec(B))
     || {A, B} <- [{pid_103(5, 0, 1), pid_88(5, 0, 1)}, {port_102(5, 1), port_89(5, 1)},
                   {ref_101(5, 1), ref_90([5], 1)}]].
hash_values() ->
    [erlang:phash2(dec(B))
     || B <- [pid_88(5, 0, 1), pid_88(5, 7, 1), pid_88(5, 0, 9), port_89(5, 1),
              port_120(1 bsl 40, 1), ref_90([5], 1), ref_90([5, 6, 7], 1)]].
node_bif_errors() -> [case_lib:top(fun() -> node(id(X)) end) || X <- [a, 1, "x"]].
node_in_guard() ->
    [case dec(B) of P when node(P) =:= 'far@away' -> far; _ -> near end
     || B <- [pid_88(1, 0, 1), port_89(1, 1), ref_90([1], 1), <<131, 97, 1>>]].
type_guards() ->
    [[is_pid(T), is_port(T), is_reference(T)]
     || T <- [dec(pid_88(1, 0, 1)), dec(port_89(1, 1)), dec(ref_90([1], 1))]].
