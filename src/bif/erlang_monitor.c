// SPDX-License-Identifier: Apache-2.0
// monitor/2,3 and demonitor/1,2.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "bif/monitor_options.h"
#include "proc/table.h"

// --- making --------------------------------------------------------------------------------------

static bool read_mode(Term t, AliasMode *mode) {
    switch (t) {
    case ATOM_explicit_unalias: *mode = ALIAS_EXPLICIT; return true;
    case ATOM_demonitor: *mode = ALIAS_DEMONITOR; return true;
    case ATOM_reply_demonitor: *mode = ALIAS_REPLY_DEMONITOR; return true;
    default: return false;
    }
}

bool bif_monitor_options(Term list, AliasMode *alias, Term *tag) {
    *alias = ALIAS_NONE;
    *tag = TERM_NONE;
    for (; term_is_cons(list); list = term_tail(list)) {
        Term o = term_head(list);
        if (!term_is_tuple(o) || term_tuple_arity(o) != 2) return false;
        Term value = term_tuple_elements(o)[1];
        if (term_tuple_elements(o)[0] == ATOM_tag)
            *tag = value;
        else if (term_tuple_elements(o)[0] != ATOM_alias || !read_mode(value, alias))
            return false;
    }
    return term_is_nil(list);
}

static Term new_ref_gc(Process *p, bool alias) {
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Term ref = alias ? process_make_alias(p, &hp) : process_make_ref(p, &hp);
    process_commit(p, &hp);
    return ref;
}

// A process of another node: there is no connection, and the message says so.
static Term monitor_remote(Process *p, Term item, Term ref, AliasMode alias, Term tag) {
    VmCore *vm = p->vm;
    if (alias == ALIAS_EXPLICIT && !process_alias_add(p, ref, alias)) return bif_system_limit(p);
    if (tag == TERM_NONE) tag = ATOM_DOWN;
    Signal *sig = signal_copy_new(vm, SIGNAL_MESSAGE, ref, item,
                                  6 + heap_copy_words(&vm->mem, vm->heap_config.literals, tag));
    if (sig == NULL) return bif_system_limit(p);
    Hp hp = signal_hp(sig);
    tag = heap_copy(&vm->mem, vm->heap_config.literals, &hp, tag);
    Term message = hp_tuple(&hp, 5);
    Term *e = term_tuple_elements(message);
    e[0] = tag;
    e[1] = sig->value;
    e[2] = ATOM_process;
    e[3] = sig->ref;
    e[4] = ATOM_noconnection;
    signal_close(sig, &hp);
    sig->value = message;
    p->mailbox.own = true;
    signal_push(p->regs->scheduler, p, sig);
    return ref;
}

// What is monitored: by its pid, or by a name here. false: nothing that can be.
static bool read_item(const VmCore *vm, Term item, MonitorRequest *request) {
    bool port = request->type == MONITOR_PORT;
    request->name = TERM_NONE;
    if (port ? term_is_local_port(item) : term_is_local_pid(item)) {
        request->target = item;
        return true;
    }
    if (term_is_tuple(item) && term_tuple_arity(item) == 2) {
        const Term *e = term_tuple_elements(item);
        if (e[1] != vm->env.node) return false;
        item = e[0];
    }
    if (!term_is_atom(item)) return false;
    request->name = item;
    request->target = name_lookup(vm, item);
    return true;
}

static Term monitor_gc(Process *p, Term *a, Term options) {
    MonitorRequest r;
    switch (a[0]) {
    case ATOM_process: r.type = MONITOR_PROCESS; break;
    case ATOM_port: r.type = MONITOR_PORT; break;
    case ATOM_time_offset: r.type = MONITOR_TIME; break;
    default: return bif_badarg_cause(p, ATOM_badtype);
    }
    if (!bif_monitor_options(options, &r.alias, &r.tag)) return bif_badarg_cause(p, ATOM_badopt);
    bool remote =
        r.type == MONITOR_PROCESS && term_is_kind(a[1], KIND_EXTERNAL) && term_is_pid(a[1]);
    if (r.type == MONITOR_TIME) {
        if (a[1] != ATOM_clock_service) return bif_badarg(p);
        r.name = r.target = TERM_NONE;
    } else if (!remote && !read_item(p->vm, a[1], &r)) {
        return bif_badarg(p);
    }
    r.ref = new_ref_gc(p, r.alias != ALIAS_NONE);
    if (r.ref == TERM_NONE) return TERM_NONE;
    if (options != TERM_NIL)
        (void)bif_monitor_options(a[2], &r.alias, &r.tag); // they may have moved
    if (remote) return monitor_remote(p, a[1], r.ref, r.alias, r.tag);
    // Who watches itself hears nothing, and gets no alias either, as on the reference.
    if (r.type == MONITOR_PROCESS && r.target == p->pid) return r.ref;
    return process_monitor(p, &r) ? r.ref : bif_system_limit(p);
}

BIF(erlang_monitor_2, "erlang", "monitor", "Type, Item", 0,
    "Watches a process or port: a reference, under which its end is told in a 'DOWN' message.") {
    return monitor_gc(p, a, TERM_NIL);
}
BIF(erlang_monitor_3, "erlang", "monitor", "Type, Item, Options", 0,
    "The same; Options: a list of {alias, Mode}, {tag, Tag}.") {
    return monitor_gc(p, a, a[2]);
}

// --- taking down ---------------------------------------------------------------------------------

BIF(erlang_demonitor_1, "erlang", "demonitor", "Ref", 0,
    "Ends a monitor, if there is one: true. Its message does not arrive afterwards.") {
    if (!term_is_ref(a[0])) return bif_badarg(p);
    (void)process_demonitor(p, a[0]);
    return ATOM_true;
}

BIF(erlang_demonitor_2, "erlang", "demonitor", "Ref, Options", 0,
    "The same. flush: removes its message, too; info: whether there was a monitor.") {
    bool flush = false, info = false;
    Term o = a[1];
    for (; term_is_cons(o); o = term_tail(o)) {
        if (term_head(o) == ATOM_flush)
            flush = true;
        else if (term_head(o) == ATOM_info)
            info = true;
        else
            break;
    }
    if (!term_is_nil(o) || !term_is_ref(a[0])) return bif_badarg(p);
    bool found = process_demonitor(p, a[0]);
    Term result = bif_bool(found || !info);
    if (found || !flush) return result;
    const Term args[] = {a[0], ATOM_false, result};
    return bif_trap(p, bif_vm(p->vm)->flush_monitor_messages, 3, args);
}
