// SPDX-License-Identifier: Apache-2.0
// Builtins whose answer another process gives. The one that asks names a fresh reference in its
// request and sleeps; signals are handled meanwhile, so that two processes may ask each other. The
// answer is kept in p->replies until the builtin's second part fetches it.
#include "proc/bif.h"
#include "proc/relations.h"
#include "proc/table.h"
#include "term/ident.h"

static Signal **find_reply(Process *p, Term ref) {
    ASSERT(ref_is_local(ref));
    RefKey key = ref_key(ref);
    for (Signal **at = &p->replies; *at != NULL; at = &(*at)->next) {
        RefKey k = ref_key((*at)->ref);
        if (k.low == key.low && k.high == key.high) return at;
    }
    return NULL;
}

Term process_await_more(Process *p, Term ref) {
    Signal **at = find_reply(p, ref);
    if (at == NULL) return bif_trap_wait(p, p->vm->await_export, 1, &ref);
    Signal *sig = *at;
    *at = sig->next;
    Term value = sig->value;
    bool failed = sig->detail == SIGNAL_REPLY_ERROR;
    if (term_is_immediate(value))
        signal_free(p->vm, sig);
    else
        heap_adopt_fragment(&p->heap, sig);
    return failed ? bif_error(p, value) : value;
}

Term process_await(Process *p, Term ref) {
    return process_await_more(p, ref);
}

static bool reply(Scheduler *s, VmCore *vm, Term to, Term ref, Term value, uint32_t detail) {
    Process *q = process_lookup(vm, to);
    if (q == NULL) return true;
    Signal *sig = signal_copy_new(vm, SIGNAL_REPLY, value, ref, 0);
    if (sig == NULL) return false;
    sig->detail = detail;
    signal_push(s, q, sig);
    return true;
}

bool signal_reply(Scheduler *s, VmCore *vm, Term to, Term ref, Term value) {
    return reply(s, vm, to, ref, value, 0);
}

bool signal_reply_error(Scheduler *s, VmCore *vm, Term to, Term ref, Term reason) {
    return reply(s, vm, to, ref, reason, SIGNAL_REPLY_ERROR);
}
