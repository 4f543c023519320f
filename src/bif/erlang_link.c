// SPDX-License-Identifier: Apache-2.0
// link/1 and unlink/1.
#include "bif/bif_int.h"
#include "proc/relations.h"
#include "proc/table.h"

// The exit signal that a link to one who cannot be reached brings, from that one.
static Term unreachable(Process *p, Term peer, Term reason) {
    Signal *sig = signal_copy_new(p->vm, SIGNAL_EXIT, reason, peer, EXIT_MESSAGE_WORDS);
    if (sig == NULL) return bif_system_limit(p);
    sig->from = sig->ref; // the copy
    p->mailbox.own = true;
    signal_push(p->regs->scheduler, p, sig);
    return ATOM_true;
}

BIF(erlang_link_1, "erlang", "link", "PidOrPort", 0,
    "Links the process with another, or with a port: true.") {
    if (term_is_local_pid(a[0])) {
        // Who does not trap exits gets an error, as the exit signal would end it anyway.
        if (!p->flags.trap_exit && a[0] != p->pid && process_lookup(p->vm, a[0]) == NULL)
            return bif_error(p, ATOM_noproc);
        return process_link(p, a[0]) ? ATOM_true : bif_system_limit(p);
    }
    if (term_is_local_port(a[0])) {
        if (!p->flags.trap_exit) return bif_error(p, ATOM_noproc);
        return unreachable(p, a[0], ATOM_noproc);
    }
    if (term_is_pid(a[0])) return unreachable(p, a[0], ATOM_noconnection);
    return bif_badarg(p);
}

BIF(erlang_unlink_1, "erlang", "unlink", "PidOrPort", 0,
    "Removes a link, if there is one: true. No exit signal through it arrives afterwards.") {
    if (term_is_local_pid(a[0])) return process_unlink(p, a[0]) ? ATOM_true : bif_system_limit(p);
    return term_is_pid(a[0]) || term_is_port(a[0]) ? ATOM_true : bif_badarg(p);
}
