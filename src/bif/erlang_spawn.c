// SPDX-License-Identifier: Apache-2.0
// Making processes: spawn and its kin. The mechanism is proc/spawn.c's; here arguments are read.
#include "bif/bif_int.h"
#include "bif/spawn_options.h"
#include "proc/relations.h"

// Reductions that a spawn costs the parent, and how many copied words one more pays for.
enum { SPAWN_REDUCTIONS = 10, WORDS_PER_REDUCTION = 32 };

// Module, function, a proper list.
static bool is_call(const Term *mfa) {
    return term_is_atom(mfa[0]) && term_is_atom(mfa[1]) && bif_list_length(mfa[2]) >= 0;
}

static SpawnResult start(Process *p, const SpawnOptions *o, const Term *mfa, Term *child) {
    size_t copied_words = 0;
    SpawnResult result = process_spawn(p, o, mfa[0], mfa[1], mfa[2], child, &copied_words);
    bif_charge(p, SPAWN_REDUCTIONS + copied_words / WORDS_PER_REDUCTION);
    return result;
}

static Term spawn_plain(Process *p, const Term *a, bool link) {
    if (!is_call(a)) return bif_badarg(p);
    SpawnOptions o;
    spawn_options_init(&o, p->vm);
    o.link = link;
    Term child;
    return start(p, &o, a, &child) == SPAWNED ? child : bif_system_limit(p);
}

BIF(erlang_spawn_3, "erlang", "spawn", "Module, Function, Args", 0,
    "The pid of a new process that calls Module:Function with Args.") {
    return spawn_plain(p, a, false);
}

BIF(erlang_spawn_link_3, "erlang", "spawn_link", "Module, Function, Args", 0,
    "The same, linked to the caller from the start.") {
    return spawn_plain(p, a, true);
}

BIF(erts_internal_spawn_system_process_3, "erts_internal", "spawn_system_process",
    "Module, Function, Args", 0, "A process that belongs to the system.") {
    return spawn_plain(p, a, false);
}

// A reference for the monitor, or that just identifies the request. Room must be there.
static Term make_ref(Process *p, const SpawnOptions *o, Hp *hp) {
    return o->monitor && o->alias != ALIAS_NONE ? process_make_alias(p, hp)
                                                : process_make_ref(p, hp);
}

BIF(erlang_spawn_opt_4, "erlang", "spawn_opt", "Module, Function, Args, Options", 0,
    "The pid of a new process, or {Pid, MonitorRef}.") {
    if (!is_call(a)) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS + 3, &hp)) return TERM_NONE;
    SpawnRequest r;
    if (bif_spawn_options(p, SPAWN_OPT, a[3], &r) != SPAWN_OPTIONS_OK)
        return bif_badarg_cause(p, ATOM_badopt);
    SpawnOptions *o = &r.options;
    if (o->monitor) o->monitor_ref = make_ref(p, o, &hp);
    Term child;
    if (start(p, o, a, &child) != SPAWNED) {
        process_commit(p, &hp);
        return bif_system_limit(p);
    }
    Term result = o->monitor ? hp_tuple2(&hp, child, o->monitor_ref) : child;
    process_commit(p, &hp);
    return result;
}

// --- requests ------------------------------------------------------------------------------------

// Sends the caller {Tag, Ref, error, Reason}, if it wants to know.
static bool reply_error(Process *p, const SpawnRequest *r, Term ref, Term reason) {
    if (r->reply == SPAWN_REPLY_NO || r->reply == SPAWN_REPLY_SUCCESS_ONLY) return true;
    return spawn_reply(p, r->reply_tag, ref, ATOM_error, reason);
}

BIF(erts_internal_spawn_request_4, "erts_internal", "spawn_request",
    "Module, Function, Args, Options", 0,
    "A reference of the request, which a message answers; badarg or badopt when it makes no "
    "sense.") {
    if (!is_call(a)) return ATOM_badarg;
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    SpawnRequest r;
    SpawnOptionsResult read = bif_spawn_options(p, SPAWN_REQUEST, a[3], &r);
    if (read == SPAWN_OPTIONS_NO_LIST) return ATOM_badopt;
    SpawnOptions *o = &r.options;
    Term ref = make_ref(p, o, &hp);
    process_commit(p, &hp);
    bool told;
    if (read == SPAWN_OPTIONS_BAD) {
        told = reply_error(p, &r, ref, ATOM_badopt);
    } else {
        o->monitor_ref = ref;
        o->reply = r.reply == SPAWN_REPLY_YES || r.reply == SPAWN_REPLY_SUCCESS_ONLY;
        o->reply_tag = r.reply_tag;
        Term child;
        told = start(p, o, a, &child) == SPAWNED || reply_error(p, &r, ref, ATOM_system_limit);
    }
    return told ? ref : bif_system_limit(p);
}

// By the time a request on this node has returned, it has been carried out.
BIF(erlang_spawn_request_abandon_1, "erlang", "spawn_request_abandon", "RequestId", 0,
    "Whether the request was still under way and is forgotten now.") {
    return term_is_ref(a[0]) ? ATOM_false : bif_badarg(p);
}

BIF(erts_internal_dist_spawn_request_4, "erts_internal", "dist_spawn_request",
    "Node, MFA, Options, Type", 0,
    "A request to another node: a reference, which a message answers; for Type spawn_opt with "
    "whether it is a monitor's; or badarg. No other node can be reached yet.") {
    if (!term_is_atom(a[0]) || a[0] == p->vm->env.node || !term_is_tuple(a[1]) ||
        term_tuple_arity(a[1]) != 3 || !is_call(term_tuple_elements(a[1])))
        return ATOM_badarg;
    bool request = a[3] == ATOM_spawn_request;
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS + 3, &hp)) return TERM_NONE;
    SpawnRequest r;
    SpawnOptionsResult read =
        bif_spawn_options(p, request ? SPAWN_DIST_REQUEST : SPAWN_DIST_OPT, a[2], &r);
    if (read == SPAWN_OPTIONS_NO_LIST || (read == SPAWN_OPTIONS_BAD && !request))
        return ATOM_badarg;
    Term ref = make_ref(p, &r.options, &hp);
    Term result = request ? ref : hp_tuple2(&hp, ref, bif_bool(r.options.monitor));
    process_commit(p, &hp);
    Term reason = read == SPAWN_OPTIONS_BAD ? ATOM_badopt : ATOM_noconnection;
    return reply_error(p, &r, ref, reason) ? result : bif_system_limit(p);
}
