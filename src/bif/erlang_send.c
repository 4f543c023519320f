// SPDX-License-Identifier: Apache-2.0
// Sending: erlang:'!'/2, send/2,3.
#include "bif/bif_int.h"

// Copying a message of so many words costs a reduction; a send costs at least one.
static Term send_result(Process *p, SendResult r, Term good) {
    switch (r) {
    case SENT: return good;
    case SEND_NOT_LOCAL: return good; // there is no connection, nor does the caller hear of it
    case SEND_BADARG: return bif_badarg(p);
    case SEND_NO_MEMORY: return bif_system_limit(p);
    }
    UNREACHABLE();
}

static Term send(Process *p, const Term *a) {
    return send_result(p, process_send(p, a[0], a[1]), a[1]);
}

BIF(erlang_send_op_2, "erlang", "!", "To, Message", 0,
    "Sends Message to a pid, a name, {Name, Node} or an alias; Message.") {
    return send(p, a);
}

BIF(erlang_send_2, "erlang", "send", "To, Message", 0, "The same as To ! Message.") {
    return send(p, a);
}

BIF(erlang_send_3, "erlang", "send", "To, Message, Options", 0,
    "Sends Message: ok; or nosuspend, noconnect when an option of that name forbids it.") {
    bool noconnect = false;
    Term o = a[2];
    for (; term_is_cons(o); o = term_tail(o)) {
        if (term_head(o) == ATOM_noconnect)
            noconnect = true;
        else if (term_head(o) != ATOM_nosuspend)
            break;
    }
    if (!term_is_nil(o)) return bif_badarg_cause(p, ATOM_badopt);
    SendResult r = process_send(p, a[0], a[1]);
    return send_result(p, r, r == SEND_NOT_LOCAL && noconnect ? ATOM_noconnect : ATOM_ok);
}
