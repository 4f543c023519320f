// SPDX-License-Identifier: Apache-2.0
// Links, by the protocol that the distribution documents ("Link Protocol" there): an unlink carries
// an id, and the other side acknowledges it. Until then the one who unlinked keeps the link as one
// that is being taken down, so that what the other side has sent before it knew is not mistaken for
// something of a link made anew since.
//
//   the link is:   not there     active                  being taken down
//   link/1         LINK, active  -                       LINK, active
//   unlink/1       -             UNLINK id, taken down   -
//   LINK           active        -                       - (the UNLINK follows it)
//   UNLINK         ack           ack, gone               ack
//   UNLINK_ACK     -             -                       gone if it is that id's
//   exit signal    dropped       acts, gone              dropped, gone
//
// Thread: only the scheduler that runs the process.
#include "proc/relations.h"
#include "proc/table.h"
#include "term/ident.h"

static RefKey link_key(Term peer) {
    return (RefKey){peer, 0};
}

static Relation *link_find(const Process *p, Term peer) {
    return relation_find(p, RELATION_LINK, link_key(peer));
}

static void send(Scheduler *s, Term from, Process *to, Signal *sig_take) {
    sig_take->from = from;
    signal_push(s, to, sig_take);
}

// `reason` in a signal that must arrive. When there is no memory for a copy it says so.
static Signal *copy_reason(VmCore *vm, SignalKind kind, Term reason, Term ref, size_t spare) {
    Signal *sig = signal_copy_new(vm, kind, reason, ref, spare);
    return LIKELY(sig != NULL) ? sig : signal_must_copy(vm, kind, ATOM_system_limit, ref, spare);
}

// `from` has ended, or never was.
static void send_exit_link(Scheduler *s, VmCore *vm, Term from, Term to, Term reason) {
    Process *q = process_lookup(vm, to);
    if (q == NULL) return;
    send(s, from, q, copy_reason(vm, SIGNAL_EXIT_LINK, reason, TERM_NONE, EXIT_MESSAGE_WORDS));
}

// A link of `p` that is refused by one who is not there: it hears of it as of any other exit.
static void noproc(Process *p, Term peer) {
    send_exit_link(p->regs->scheduler, p->vm, peer, p->pid, ATOM_noproc);
    p->mailbox.own = true;
}

bool process_link(Process *p, Term pid) {
    ASSERT(term_is_local_pid(pid));
    if (pid == p->pid) return true;
    Relation *r = link_find(p, pid);
    if (r != NULL && r->unlink_id == 0) return true;
    Signal *sig = signal_new(p->vm, SIGNAL_LINK, 0);
    if (sig == NULL) return false;
    if (r == NULL) r = relation_add(p, RELATION_LINK, link_key(pid), pid);
    if (r == NULL) {
        signal_free(p->vm, sig);
        return false;
    }
    r->unlink_id = 0;
    Process *to = process_lookup(p->vm, pid);
    if (to != NULL) {
        send(p->regs->scheduler, p->pid, to, sig);
    } else {
        signal_free(p->vm, sig);
        noproc(p, pid);
    }
    return true;
}

bool process_unlink(Process *p, Term pid) {
    Relation *r = link_find(p, pid);
    if (r == NULL || r->unlink_id != 0) return true;
    Process *to = process_lookup(p->vm, pid);
    if (to == NULL) {
        // Nobody will acknowledge it. An exit signal of it that is still to come finds no link.
        relation_remove(p, r);
        return true;
    }
    Signal *sig = signal_new(p->vm, SIGNAL_UNLINK, 0);
    if (sig == NULL) return false;
    r->unlink_id = ++p->unlink_id;
    sig->value = r->unlink_id; // not a term: nobody looks at it as one
    send(p->regs->scheduler, p->pid, to, sig);
    return true;
}

bool process_link_new(Process *parent, Process *child) {
    Relation *r = relation_add(parent, RELATION_LINK, link_key(child->pid), child->pid);
    if (r == NULL) return false;
    if (relation_add(child, RELATION_LINK, link_key(parent->pid), parent->pid) != NULL) return true;
    relation_remove(parent, r);
    return false;
}

bool link_is_known(const Process *p, Term peer) {
    return link_find(p, peer) != NULL;
}

// --- what arrives --------------------------------------------------------------------------------

void link_handle(Process *p, Signal *sig) {
    if (link_find(p, sig->from) != NULL) return;
    if (relation_add(p, RELATION_LINK, link_key(sig->from), sig->from) != NULL) return;
    // There is no memory for it: both end.
    send_exit_link(p->regs->scheduler, p->vm, p->pid, sig->from, ATOM_system_limit);
    process_begin_exit(p, ATOM_system_limit);
}

static void acknowledge(Scheduler *s, VmCore *vm, Term from, const Signal *unlink) {
    Process *to = process_lookup(vm, unlink->from);
    if (to == NULL) return;
    Signal *ack = signal_must_copy(vm, SIGNAL_UNLINK_ACK, TERM_NONE, TERM_NONE, 0);
    ack->value = unlink->value;
    send(s, from, to, ack);
}

void unlink_handle(Process *p, const Signal *sig) {
    Relation *r = link_find(p, sig->from);
    if (sig->kind == SIGNAL_UNLINK) {
        if (r != NULL && r->unlink_id == 0) relation_remove(p, r);
        acknowledge(p->regs->scheduler, p->vm, p->pid, sig);
    } else if (r != NULL && r->unlink_id == sig->value) {
        relation_remove(p, r);
    }
}

bool link_exit_handle(Process *p, const Signal *sig) {
    Relation *r = link_find(p, sig->from);
    if (r == NULL) return false;
    bool active = r->unlink_id == 0;
    relation_remove(p, r);
    return active;
}

// --- the end -------------------------------------------------------------------------------------

static void tell_link(Process *p, const Relation *r) {
    if (r->unlink_id == 0)
        send_exit_link(p->regs->scheduler, p->vm, p->pid, r->peer, p->exit_reason);
}

static void tell_down(Scheduler *s, VmCore *vm, Term from, Term to, Term ref, Term reason) {
    Process *q = process_lookup(vm, to);
    if (q == NULL) return;
    send(s, from, q, copy_reason(vm, SIGNAL_DOWN, reason, ref, DOWN_MESSAGE_WORDS));
}

// The reference that a monitor's key stands for, in `words`.
static Term key_ref(Term words[LOCAL_REF_WORDS], RefKey key) {
    words[0] = HEADER(KIND_REF, LOCAL_REF_WORDS - 1);
    words[1] = key.low;
    words[2] = key.high;
    return term_boxed(words);
}

static void tell_demonitor(Process *p, const Relation *r) {
    Process *to = process_lookup(p->vm, r->peer);
    if (to == NULL) return;
    Term words[LOCAL_REF_WORDS];
    send(p->regs->scheduler, p->pid, to,
         signal_must_copy(p->vm, SIGNAL_DEMONITOR, TERM_NONE, key_ref(words, r->key), 0));
}

void relation_tell_exit(Process *p, const Relation *r) {
    Term words[LOCAL_REF_WORDS];
    switch ((RelationKind)r->kind) {
    case RELATION_LINK: tell_link(p, r); return;
    case RELATION_MONITOR:
        if (r->type == MONITOR_PROCESS && r->peer != TERM_NONE) tell_demonitor(p, r);
        return;
    case RELATION_WATCHER:
        tell_down(p->regs->scheduler, p->vm, p->pid, r->peer, key_ref(words, r->key),
                  p->exit_reason);
        return;
    }
}

void signal_answer_dead(Scheduler *s, VmCore *vm, Term dead, Signal *sig) {
    switch ((SignalKind)sig->kind) {
    case SIGNAL_LINK: send_exit_link(s, vm, dead, sig->from, ATOM_noproc); return;
    case SIGNAL_UNLINK: acknowledge(s, vm, dead, sig); return;
    case SIGNAL_MONITOR: tell_down(s, vm, dead, sig->from, sig->ref, ATOM_noproc); return;
    case SIGNAL_CALL: ((SignalFn)(uintptr_t)sig->from)(s, vm, NULL, sig); return;
    default: return;
    }
}
