%% Reading whole files, folders and facts about files: prim_file, which code
%% loading and the file server stand on.
-module(prim_file_reading).
-compile([export_all, nowarn_export_all]).

here() -> filename:dirname(code_file()).
code_file() -> proplists:get_value(source, ?MODULE:module_info(compile)).
class(F) -> case_lib:class(F).

whole_file() ->
    {ok, B} = prim_file:read_file(code_file()),
    {binary:part(B, 0, 20), binary:match(B, <<"whole_file">>) =/= nomatch}.
name_as_binary() -> {ok, B} = prim_file:read_file(list_to_binary(code_file())), is_binary(B).
size_unknown() -> {ok, B} = prim_file:read_file("/proc/self/status"), byte_size(B) > 100.
read_errors() ->
    [prim_file:read_file(N)
     || N <- ["/nonexistent/file", "/", "/etc/passwd/x", "", "a\0b", <<"a", 0, "b">>, 1, foo, [foo],
              lists:duplicate(5000, $x)]].
list_folder() ->
    {ok, L} = prim_file:list_dir(here()), lists:member(filename:basename(code_file()), L).
list_errors() -> [prim_file:list_dir(N) || N <- ["/nonexistent", "/etc/passwd", 1, "a\0b"]].
list_all() -> {ok, L} = prim_file:list_dir_all(here()), lists:all(fun is_list/1, L).
current_folder() -> {ok, D} = prim_file:get_cwd(), hd(D).
info_of_file() ->
    {ok, I} = prim_file:read_file_info(code_file(), [{time, posix}]),
    {ok, B} = prim_file:read_file(code_file()),
    {element(1, I), element(2, I) =:= byte_size(B), element(3, I), element(4, I), element(9, I)}.
info_of_folder() -> {ok, I} = prim_file:read_file_info(here()), {element(3, I), tuple_size(I)}.
info_of_device() -> {ok, I} = prim_file:read_file_info("/dev/null"), {element(3, I), element(4, I)}.
info_of_link() ->
    {ok, A} = prim_file:read_link_info("/proc/self"), {ok, B} = prim_file:read_file_info("/proc/self"),
    {element(3, A), element(3, B)}.
info_errors() -> [prim_file:read_file_info(N) || N <- ["/nonexistent", 1, "a\0b"]].
times_are_dates() ->
    {ok, I} = prim_file:read_file_info(code_file()), {{Y, _, _}, {_, _, _}} = element(6, I), Y > 2000.
