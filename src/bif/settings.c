// SPDX-License-Identifier: Apache-2.0
// Settings of the machine that modules of kernel and stdlib ask for, one function each.
#include "bif/bif_int.h"
#include "term/ident.h"

BIF(error_logger_warning_map_0, "error_logger", "warning_map", "", 0,
    "What warning events are logged as (flag +W).") {
    return ATOM_warning;
}

BIF(file_native_name_encoding_0, "file", "native_name_encoding", "", 0,
    "The encoding of file names.") {
    return ATOM_utf8;
}

BIF(io_printable_range_0, "io", "printable_range", "", 0,
    "Which characters count as printable (flag +pc).") {
    return ATOM_latin1;
}

BIF(net_kernel_dflag_unicode_io_1, "net_kernel", "dflag_unicode_io", "Pid", 0,
    "Whether the node of Pid understands the Unicode I/O protocol.") {
    return term_is_pid(a[0]) ? ATOM_true : bif_badarg(p);
}

BIF(erts_internal_time_unit_0, "erts_internal", "time_unit", "", 0,
    "Native time units in a second.") {
    return term_small(1000000000);
}

BIF(erts_internal_perf_counter_unit_0, "erts_internal", "perf_counter_unit", "", 0,
    "Units of os:perf_counter/0 in a second.") {
    return term_small(1000000000);
}

BIF(erts_internal_no_aux_work_threads_0, "erts_internal", "no_aux_work_threads", "", 0,
    "How many threads do work on the side.") {
    return term_small(1);
}

BIF(erts_internal_system_check_1, "erts_internal", "system_check", "Check", 0,
    "Waits until all schedulers have answered: schedulers.") {
    return a[0] == ATOM_schedulers ? ATOM_ok : bif_badarg(p);
}

BIF(erts_internal_get_creation_0, "erts_internal", "get_creation", "", 0,
    "This node's incarnation; undefined while it is not distributed.") {
    return p->vm->env.node == ATOM_nonode_at_nohost ? ATOM_undefined
                                                    : term_small(p->vm->env.creation);
}

BIF(erts_internal_is_system_process_1, "erts_internal", "is_system_process", "Pid", 0,
    "Whether Pid is a process of the machine's own: it has none.") {
    return term_is_local_pid(a[0]) ? ATOM_false : bif_badarg(p);
}

// --- dynamic trace probes: there are none --------------------------------------------------------

BIF(erlang_dt_get_tag_0, "erlang", "dt_get_tag", "", 0, "The tag of the process for probes.") {
    return ATOM_undefined;
}
BIF(erlang_dt_get_tag_data_0, "erlang", "dt_get_tag_data", "", 0,
    "The tag of the process, or the one of the last message.") {
    return ATOM_undefined;
}
BIF(erlang_dt_put_tag_1, "erlang", "dt_put_tag", "Tag", 0, "Sets the tag and gives the old one.") {
    return ATOM_undefined;
}
BIF(erlang_dt_spread_tag_1, "erlang", "dt_spread_tag", "Bool", 0,
    "Whether messages carry the tag from now on.") {
    return a[0] == ATOM_true || a[0] == ATOM_false ? ATOM_true : bif_badarg(p);
}
BIF(erlang_dt_restore_tag_1, "erlang", "dt_restore_tag", "TagData", 0, "Sets the tag again.") {
    return ATOM_true;
}
BIF(erlang_dt_append_vm_tag_data_1, "erlang", "dt_append_vm_tag_data", "IOData", 0,
    "IOData with the tag at its end, if there is one.") {
    return a[0];
}
BIF(erlang_dt_prepend_vm_tag_data_1, "erlang", "dt_prepend_vm_tag_data", "IOData", 0,
    "IOData with the tag in front, if there is one.") {
    return a[0];
}
