// SPDX-License-Identifier: Apache-2.0
// Monitors and aliases. A monitor has two ends: who made it keeps what the message is to say, who
// is watched only whom to tell. An alias is a monitor's first end without the second one, or with
// it.
//
// The message of a DOWN is made by its receiver, in the room that the signal has, as the receiver
// knows the tag and the name. A DOWN whose monitor is gone is dropped: so nothing arrives after
// demonitor/1 has returned.
//
// Thread: only the scheduler that runs the process.
#include "proc/clock_monitor.h"
#include "proc/relations.h"
#include "proc/table.h"
#include "term/ident.h"

static Relation *monitor_find(const Process *p, Term ref) {
    return ref_is_local(ref) ? relation_find(p, RELATION_MONITOR, ref_key(ref)) : NULL;
}

// --- making --------------------------------------------------------------------------------------

static bool keep_tag(VmCore *vm, Relation *r, Term tag) {
    if (tag == TERM_NONE) return true;
    r->tag = signal_copy_new(vm, SIGNAL_MESSAGE, tag, TERM_NONE, 0);
    return r->tag != NULL;
}

static Relation *monitor_add(Process *p, const MonitorRequest *request) {
    Relation *r = relation_add(p, RELATION_MONITOR, ref_key(request->ref), request->target);
    if (r == NULL) return NULL;
    r->name = request->name;
    r->type = (uint8_t)request->type;
    r->alias = (uint8_t)request->alias;
    if (keep_tag(p->vm, r, request->tag)) return r;
    relation_remove(p, r);
    return NULL;
}

bool process_monitor(Process *p, const MonitorRequest *request) {
    ASSERT((request->alias != ALIAS_NONE) == ref_is_alias(request->ref));
    VmCore *vm = p->vm;
    bool watched = request->type == MONITOR_PROCESS && request->target != TERM_NONE;
    Process *to = watched ? process_lookup(vm, request->target) : NULL;
    Signal *sig = NULL;
    if (to != NULL)
        sig = signal_copy_new(vm, SIGNAL_MONITOR, request->name, request->ref, 0);
    else if (request->type != MONITOR_TIME)
        sig = signal_copy_new(vm, SIGNAL_DOWN, ATOM_noproc, request->ref, DOWN_MESSAGE_WORDS);
    if (sig == NULL && request->type != MONITOR_TIME) return false;
    if (monitor_add(p, request) == NULL) {
        if (sig != NULL) signal_free(vm, sig);
        return false;
    }
    if (request->type == MONITOR_TIME) {
        if (clock_monitors_add(p)) return true;
        relation_remove(p, relation_find(p, RELATION_MONITOR, ref_key(request->ref)));
        return false;
    }
    sig->from = to != NULL ? p->pid : request->target;
    if (to == NULL) p->mailbox.own = true;
    signal_push(p->regs->scheduler, to != NULL ? to : p, sig);
    return true;
}

bool process_monitor_new(Process *parent, Process *child, const MonitorRequest *request) {
    Relation *r = monitor_add(parent, request);
    if (r == NULL) return false;
    if (relation_add(child, RELATION_WATCHER, ref_key(request->ref), parent->pid) != NULL)
        return true;
    relation_remove(parent, r);
    return false;
}

// --- taking down ---------------------------------------------------------------------------------

// The monitor ends; the relation stays as long as an alias needs it.
static void monitor_end(Process *p, Relation *r) {
    if (r->alias == ALIAS_EXPLICIT) {
        r->type = MONITOR_NONE;
        r->peer = TERM_NONE;
    } else {
        relation_remove(p, r);
    }
}

static void tell_target(Process *p, const Relation *r, Term ref) {
    Process *to =
        r->type == MONITOR_PROCESS && r->peer != TERM_NONE ? process_lookup(p->vm, r->peer) : NULL;
    if (to == NULL) return;
    Signal *sig = signal_must_copy(p->vm, SIGNAL_DEMONITOR, TERM_NONE, ref, 0);
    sig->from = p->pid;
    signal_push(p->regs->scheduler, to, sig);
}

bool process_demonitor(Process *p, Term ref) {
    Relation *r = monitor_find(p, ref);
    if (r == NULL || r->type == MONITOR_NONE) return false;
    tell_target(p, r, ref);
    monitor_end(p, r);
    return true;
}

// --- aliases -------------------------------------------------------------------------------------

bool process_alias_add(Process *p, Term ref, AliasMode mode) {
    ASSERT(ref_is_alias(ref));
    Relation *r = relation_add(p, RELATION_MONITOR, ref_key(ref), TERM_NONE);
    if (r == NULL) return false;
    r->alias = (uint8_t)mode;
    return true;
}

bool process_unalias(Process *p, Term ref) {
    Relation *r = monitor_find(p, ref);
    if (r == NULL || r->alias == ALIAS_NONE) return false;
    r->alias = ALIAS_NONE;
    if (r->type == MONITOR_NONE) relation_remove(p, r);
    return true;
}

bool alias_handle(Process *p, Term ref) {
    Relation *r = monitor_find(p, ref);
    if (r == NULL || r->alias == ALIAS_NONE) return false;
    if (r->alias == ALIAS_REPLY_DEMONITOR) {
        tell_target(p, r, ref);
        relation_remove(p, r);
    } else if (r->alias == ALIAS_REPLY) {
        (void)process_unalias(p, ref);
    }
    return true;
}

// --- what arrives --------------------------------------------------------------------------------

void monitor_handle(Process *p, const Signal *sig) {
    RefKey key = ref_key(sig->ref);
    Relation *r = relation_find(p, RELATION_WATCHER, key);
    if (sig->kind == SIGNAL_DEMONITOR) {
        if (r != NULL) relation_remove(p, r);
        return;
    }
    ASSERT(r == NULL);
    if (relation_add(p, RELATION_WATCHER, key, sig->from) != NULL) return;
    // There is no memory for it: who watches is told that it has ended, and so it does.
    Process *to = process_lookup(p->vm, sig->from);
    if (to != NULL) {
        Signal *down =
            signal_must_copy(p->vm, SIGNAL_DOWN, ATOM_system_limit, sig->ref, DOWN_MESSAGE_WORDS);
        down->from = p->pid;
        signal_push(p->regs->scheduler, to, down);
    }
    process_begin_exit(p, ATOM_system_limit);
}

// A tag that is no immediate needs more room than there is: the message is copied.
static Signal *down_with_tag(VmCore *vm, Signal *sig_take, const Signal *tag) {
    Signal *sig = signal_must_copy(vm, SIGNAL_DOWN, sig_take->value, sig_take->ref,
                                   tag->used + DOWN_MESSAGE_WORDS);
    sig->from = sig_take->from;
    signal_free(vm, sig_take);
    return sig;
}

void down_handle(Process *p, Signal *sig) {
    VmCore *vm = p->vm;
    Relation *r = monitor_find(p, sig->ref);
    if (r == NULL || r->type == MONITOR_NONE) {
        signal_free(vm, sig);
        return;
    }
    Term tag = ATOM_DOWN;
    if (r->tag != NULL) {
        tag = r->tag->value;
        if (!term_is_immediate(tag)) sig = down_with_tag(vm, sig, r->tag);
    }
    Hp hp = signal_hp(sig);
    tag = heap_copy(&vm->mem, vm->heap_config.literals, &hp, tag);
    Term object = r->peer;
    if (r->name != TERM_NONE) object = hp_tuple2(&hp, r->name, vm->env.node);
    Term message = hp_tuple(&hp, 5);
    Term *e = term_tuple_elements(message);
    e[0] = tag;
    e[1] = sig->ref;
    e[2] = r->type == MONITOR_PORT ? ATOM_port : ATOM_process;
    e[3] = object;
    e[4] = sig->value;
    signal_close(sig, &hp);
    monitor_end(p, r);
    sig->kind = SIGNAL_MESSAGE;
    sig->value = message;
    mailbox_append(&p->mailbox, sig);
}
