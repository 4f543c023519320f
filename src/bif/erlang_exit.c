// SPDX-License-Identifier: Apache-2.0
// Exit signals, and questions to other processes: is it alive, who is its group leader to be.
#include "bif/bif_int.h"
#include "proc/relations.h"
#include "proc/table.h"

// --- exit/2 --------------------------------------------------------------------------------------

static Term exit_signal(Process *p, Term to, Term reason) {
    if (!term_is_pid(to) && !term_is_port(to)) return bif_badarg(p);
    if (!term_is_local_pid(to)) return ATOM_true; // nobody whom it could reach
    if (!process_send_exit(p, to, reason)) return bif_system_limit(p);
    // To itself: it ends here.
    return p->exiting ? bif_raise(p, EXC_EXIT, p->exit_reason) : ATOM_true;
}

BIF(erlang_exit_2, "erlang", "exit", "PidOrPort, Reason", 0,
    "Sends an exit signal: true. kill cannot be trapped.") {
    return exit_signal(p, a[0], a[1]);
}
BIF(erlang_exit_signal_2, "erlang", "exit_signal", "PidOrPort, Reason", 0, "The same as exit/2.") {
    return exit_signal(p, a[0], a[1]);
}

// --- the answer of another process ---------------------------------------------------------------

// The second part of builtins that wait for one: see process_await.
BIF(erts_internal_await_1, "erts_internal", "dt_await", "Ref", 0,
    "Waits for the answer to a request of that reference.") {
    if (!ref_is_local(a[0])) return bif_badarg(p);
    return process_await_more(p, a[0]);
}

static Signal *request_new(Process *p, SignalFn fn, Term ref, Term value) {
    Signal *sig = signal_copy_new(p->vm, SIGNAL_CALL, value, ref, 0);
    if (sig != NULL) signal_set_call(sig, fn);
    return sig;
}

// --- is_process_alive ----------------------------------------------------------------------------

// value: the pid of who asks.
static void alive_answer(Scheduler *s, VmCore *vm, Process *receiver, Signal *sig) {
    (void)signal_reply(s, vm, sig->value, sig->ref, bif_bool(receiver != NULL));
}

BIF(erlang_is_process_alive_1, "erlang", "is_process_alive", "Pid", 0,
    "Whether the process exists, after all signals sent to it so far have been received.") {
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    if (a[0] == p->pid) return ATOM_true;
    Process *to = process_lookup(p->vm, a[0]);
    if (to == NULL) return ATOM_false;
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Term ref = process_make_ref(p, &hp);
    process_commit(p, &hp);
    Signal *sig = request_new(p, alive_answer, ref, p->pid);
    if (sig == NULL) return bif_system_limit(p);
    signal_push(p->regs->scheduler, to, sig);
    return process_await(p, ref);
}

// {Ref, Alive} as a message to `to`.
static void post_answer(Scheduler *s, VmCore *vm, Term to, Term ref, Term answer) {
    Process *q = process_lookup(vm, to);
    if (q == NULL) return;
    Signal *sig = signal_must_copy(vm, SIGNAL_MESSAGE, answer, ref, 3);
    Hp hp = signal_hp(sig);
    sig->value = hp_tuple2(&hp, sig->ref, sig->value);
    signal_close(sig, &hp);
    signal_push(s, q, sig);
}

static void alive_message(Scheduler *s, VmCore *vm, Process *receiver, Signal *sig) {
    post_answer(s, vm, sig->value, sig->ref, bif_bool(receiver != NULL));
}

BIF(erts_internal_is_process_alive_2, "erts_internal", "is_process_alive", "Pid, Ref", 0,
    "Asks whether the process exists; a message {Ref, Answer} follows.") {
    if (!term_is_local_pid(a[0]) || !term_is_ref(a[1])) return bif_badarg(p);
    Process *to = process_lookup(p->vm, a[0]);
    if (to == NULL || to == p) {
        p->mailbox.own = true;
        post_answer(p->regs->scheduler, p->vm, p->pid, a[1], bif_bool(to != NULL));
        return ATOM_ok;
    }
    Signal *sig = request_new(p, alive_message, a[1], p->pid);
    if (sig == NULL) return bif_system_limit(p);
    signal_push(p->regs->scheduler, to, sig);
    return ATOM_ok;
}

// --- group leader --------------------------------------------------------------------------------

// value: {GroupLeader, Asker}; from another node, a group leader would live in the signal.
static void group_leader_set(Scheduler *s, VmCore *vm, Process *receiver, Signal *sig) {
    const Term *e = term_tuple_elements(sig->value);
    ASSERT(term_is_immediate(e[0]));
    if (receiver != NULL) receiver->group_leader = e[0];
    post_answer(s, vm, e[1], sig->ref, receiver != NULL ? ATOM_true : ATOM_badarg);
}

// false: group_leader/3 is to ask the process.
BIF(erts_internal_group_leader_2, "erts_internal", "group_leader", "GroupLeader, Pid", 0,
    "Sets the caller's group leader: true; false if Pid is another; or the reason of the error.") {
    if (!term_is_local_pid(a[0]) || !term_is_local_pid(a[1])) return ATOM_badarg;
    if (a[1] != p->pid) return process_lookup(p->vm, a[1]) == NULL ? ATOM_badarg : ATOM_false;
    p->group_leader = a[0];
    return ATOM_true;
}

BIF(erts_internal_group_leader_3, "erts_internal", "group_leader", "GroupLeader, Pid, Ref", 0,
    "Sets the group leader of another process; a message {Ref, Result} follows.") {
    if (!term_is_local_pid(a[0]) || !term_is_local_pid(a[1]) || !term_is_ref(a[2]))
        return bif_badarg(p);
    Process *to = process_lookup(p->vm, a[1]);
    if (to == NULL) {
        p->mailbox.own = true;
        post_answer(p->regs->scheduler, p->vm, p->pid, a[2], ATOM_badarg);
        return ATOM_ok;
    }
    Signal *sig = signal_copy_new(p->vm, SIGNAL_CALL, TERM_NONE, a[2], 3);
    if (sig == NULL) return bif_system_limit(p);
    Hp hp = signal_hp(sig);
    sig->value = hp_tuple2(&hp, a[0], p->pid);
    signal_close(sig, &hp);
    signal_set_call(sig, group_leader_set);
    if (to == p) p->mailbox.own = true;
    signal_push(p->regs->scheduler, to, sig);
    return ATOM_ok;
}
