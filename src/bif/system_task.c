// SPDX-License-Identifier: Apache-2.0
// What one process has another do to itself: collect its garbage, say whether it runs old code.
// The request goes as a signal; the answer comes as a message {Request, Id, Result}, which the
// Erlang side of these functions waits for.
//
// Builtins on dirty threads are no code that can be purged, and a process that runs one answers
// when it is back. So there is nothing that another would have to do in its place.
#include "bif/bif_int.h"
#include "proc/table.h"

// --- what is asked -------------------------------------------------------------------------------

// Whether an address lies in one of the old versions of a module.
static bool in_old(const Module *old, const uint32_t *pc) {
    for (; old != NULL; old = old->next_old)
        if (pc >= old->code && pc < old->code + old->code_units) return true;
    return false;
}

// Only code addresses count: funs find out by themselves when their code is gone.
static bool runs_old_code(Process *p, Term module) {
    const Module *old = code_module_old(p->vm->code, module);
    if (old == NULL) return false;
    if (in_old(old, p->ip)) return true;
    for (const Term *at = p->heap.stack; at < p->heap.end; at++) {
        if (term_is_return_address(*at) && in_old(old, term_return_address_ptr(*at))) return true;
        if (term_is_catch(*at) && in_old(old, term_catch_ptr(*at))) return true;
    }
    bif_charge_units(p, (uint64_t)(p->heap.end - p->heap.stack), BIF_CELLS_PER_REDUCTION);
    return false;
}

BIF(erts_internal_check_process_code_1, "erts_internal", "check_process_code", "Module", 0,
    "Whether the process runs an old version of Module.") {
    return term_is_atom(a[0]) ? bif_bool(runs_old_code(p, a[0])) : bif_badarg(p);
}

// --- asking another ------------------------------------------------------------------------------

// As it travels: {Requester, Request, Id, Argument}.
enum { TASK_REQUESTER, TASK_REQUEST, TASK_ID, TASK_ARGUMENT, TASK_ARITY };

static Term perform_gc(Process *p, Term request, Term argument) {
    if (request == ATOM_check_process_code) return bif_bool(runs_old_code(p, argument));
    ASSERT(request == ATOM_garbage_collect);
    // Above its maximal size the process ends when it comes to itself.
    (void)process_collect_gc(p, argument == ATOM_major);
    return ATOM_true;
}

static void serve(Scheduler *s, VmCore *vm, Process *p, Signal *sig) {
    const Term *task = term_tuple_elements(sig->value);
    Process *to = process_lookup(vm, task[TASK_REQUESTER]);
    Term result = p == NULL ? ATOM_false : perform_gc(p, task[TASK_REQUEST], task[TASK_ARGUMENT]);
    if (to == NULL) return;
    const LiteralRange *lits = vm->heap_config.literals;
    size_t words = 4 + heap_copy_words(&vm->mem, lits, task[TASK_ID]);
    Signal *reply = signal_new(vm, SIGNAL_MESSAGE, words);
    if (reply == NULL) return; // the requester may wait for ever, as for any lost message
    Hp hp = signal_hp(reply);
    Term id = heap_copy(&vm->mem, lits, &hp, task[TASK_ID]);
    reply->value = hp_tuple3(&hp, task[TASK_REQUEST], id, result);
    signal_close(reply, &hp);
    signal_push(s, to, reply);
}

static bool is_priority(Term t) {
    return t == ATOM_inherit || t == ATOM_max || t == ATOM_high || t == ATOM_normal ||
           t == ATOM_low;
}

static bool is_request(Term t) {
    if (!term_is_tuple(t) || term_tuple_arity(t) != 3) return false;
    const Term *e = term_tuple_elements(t);
    if (e[0] == ATOM_garbage_collect) return e[2] == ATOM_major || e[2] == ATOM_minor;
    return e[0] == ATOM_check_process_code && term_is_atom(e[2]);
}

static Term request_gc(Process *p, Term requester, Term target, Term priority, Term *request) {
    if (!term_is_local_pid(requester) || !term_is_local_pid(target) || !is_priority(priority) ||
        !is_request(*request))
        return bif_badarg(p);
    RootFrame roots;
    process_push_roots(p, &roots, request, 1);
    Hp hp;
    bool room = process_reserve_gc(p, 1 + TASK_ARITY, &hp);
    process_pop_roots(p, &roots);
    if (!room) return TERM_NONE;
    const Term *r = term_tuple_elements(*request);
    Term task = hp_tuple(&hp, TASK_ARITY);
    Term *e = term_tuple_elements(task);
    e[TASK_REQUESTER] = requester;
    e[TASK_REQUEST] = r[0];
    e[TASK_ID] = r[1];
    e[TASK_ARGUMENT] = r[2];
    process_commit(p, &hp);
    Signal *sig = signal_copy_new(p->vm, SIGNAL_CALL, task, TERM_NONE, 0);
    if (sig == NULL) return bif_system_limit(p);
    signal_set_call(sig, serve);
    Process *q = process_lookup(p->vm, target);
    if (q != NULL) {
        signal_push(p->regs->scheduler, q, sig);
    } else {
        serve(p->regs->scheduler, p->vm, NULL, sig);
        signal_free(p->vm, sig);
    }
    return ATOM_ok;
}

BIF(erts_internal_request_system_task_3, "erts_internal", "request_system_task",
    "Pid, Priority, Request", 0, "Has Pid collect or check itself; it sends {Kind, Id, Result}.") {
    return request_gc(p, p->pid, a[0], a[1], &a[2]);
}
BIF(erts_internal_request_system_task_4, "erts_internal", "request_system_task",
    "Requester, Pid, Priority, Request", 0, "The same in the name of Requester, who is answered.") {
    return request_gc(p, a[0], a[1], a[2], &a[3]);
}

// --- processes on dirty threads ------------------------------------------------------------------

BIF(erts_internal_is_process_executing_dirty_1, "erts_internal", "is_process_executing_dirty",
    "Pid", 0,
    "Whether the process is on a dirty thread in a way that others must act for it: no.") {
    return term_is_local_pid(a[0]) ? ATOM_false : bif_badarg(p);
}
BIF(erts_internal_check_dirty_process_code_2, "erts_internal", "check_dirty_process_code",
    "Pid, Module", 0, "Only for a process that this machine does not have: notsup.") {
    return bif_error(p, ATOM_notsup);
}
BIF(erts_internal_dirty_process_handle_signals_1, "erts_internal", "dirty_process_handle_signals",
    "Pid", 0, "Only for a process that this machine does not have: notsup.") {
    return bif_error(p, ATOM_notsup);
}
