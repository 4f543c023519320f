// SPDX-License-Identifier: Apache-2.0
// What stops processes for a while: suspend and resume others, hibernate.
#include "bif/bif_int.h"
#include "proc/suspend.h"

// --- suspending others ---------------------------------------------------------------------------

static bool read_options(Term list, SuspendOptions *o) {
    *o = (SuspendOptions){.tag = TERM_NONE};
    for (; term_is_cons(list); list = term_tail(list)) {
        Term t = term_head(list);
        if (t == ATOM_unless_suspending) {
            o->unless_suspending = true;
        } else if (t == ATOM_asynchronous) {
            o->asynchronous = true;
        } else if (term_is_tuple(t) && term_tuple_arity(t) == 2 &&
                   term_tuple_elements(t)[0] == ATOM_asynchronous) {
            o->asynchronous = true;
            o->tag = term_tuple_elements(t)[1];
        } else {
            return false;
        }
    }
    return term_is_nil(list);
}

// {Tag, badarg} to the caller: how it hears of a process that is not there.
static bool post_badarg_gc(Process *p, Term tag) {
    RootFrame roots;
    process_push_roots(p, &roots, &tag, 1);
    Hp hp;
    bool ok = process_reserve_gc(p, 3, &hp);
    process_pop_roots(p, &roots);
    if (!ok) return false;
    Term message = hp_tuple2(&hp, tag, ATOM_badarg);
    process_commit(p, &hp);
    return process_send(p, p->pid, message) == SENT;
}

BIF(erts_internal_suspend_process_2, "erts_internal", "suspend_process", "Pid, Options", 0,
    "Suspends the process: whether it did, or the reason of the error.") {
    SuspendOptions o;
    if (!term_is_local_pid(a[0]) || a[0] == p->pid) return ATOM_badarg;
    if (!read_options(a[1], &o)) return ATOM_badopt;
    Term ref;
    switch (process_suspend_gc(p, a[0], &o, &ref)) {
    case SUSPEND_DONE: return ATOM_true;
    case SUSPEND_NOT: return ATOM_false;
    case SUSPEND_WAIT: return process_await(p, ref);
    case SUSPEND_LIMIT: return p->dead ? TERM_NONE : ATOM_system_limit;
    case SUSPEND_NO_PROCESS: break;
    }
    if (!o.asynchronous) return ATOM_badarg;
    if (o.tag != TERM_NONE && !post_badarg_gc(p, o.tag)) return TERM_NONE;
    return ATOM_true;
}

BIF(erlang_resume_process_1, "erlang", "resume_process", "Pid", 0,
    "Takes back one suspension of the process by the caller.") {
    if (!term_is_local_pid(a[0]) || !process_resume(p, a[0])) return bif_badarg(p);
    return ATOM_true;
}

// --- hibernating ---------------------------------------------------------------------------------

// Whether there is a message, after acting on what has arrived. false with p->exiting: the process
// ends.
static bool has_message_gc(Process *p) {
    if (p->mailbox.count == 0 && !inbox_is_empty(&p->inbox) && !process_handle_signals_gc(p))
        return false;
    return p->mailbox.count > 0;
}

// Called again for each signal that arrives meanwhile; once there is a message, M:F(Args) is called
// from an empty stack.
BIF(erlang_hibernate_3, "erlang", "hibernate", "Module, Function, Args", BIF_BY_ENTRY,
    "Empties the stack, shrinks the heap, and calls the function when a message is there.") {
    int64_t count = p->hibernating ? 0 : bif_list_length(a[2]);
    if (!term_is_atom(a[0]) || !term_is_atom(a[1]) || count < 0) return bif_badarg(p);
    bif_charge_units(p, (uint64_t)count, BIF_CELLS_PER_REDUCTION);
    if (!p->hibernating) {
        p->heap.stack = p->heap.end - 1;
        *p->heap.stack = term_return_address(p->vm->exit_code);
        p->catches = 0;
    }
    bool awake = has_message_gc(p);
    if (p->exiting) return bif_ending(p);
    if (!awake) {
        if (!p->hibernating) process_shrink_gc(p, 3);
        p->hibernating = true;
        return bif_trap_wait(p, bif_export(p, BIF_ID_erlang_hibernate_3), 3, a);
    }
    p->hibernating = false;
    return bif_trap(p, code_export_find(p->vm->code, ATOM_erlang, ATOM_apply, 3), 3, a);
}
