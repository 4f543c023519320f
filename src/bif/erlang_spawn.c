// SPDX-License-Identifier: Apache-2.0
// Making processes: spawn and its kin. The mechanism is proc/spawn.c's; here arguments and options
// are read.
#include "bif/bif_int.h"
#include "proc/spawn.h"

// Reductions that a spawn costs the parent besides copying its arguments.
enum { SPAWN_REDUCTIONS = 10 };

static bool is_call(const Term *mfa) {
    return term_is_atom(mfa[0]) && term_is_atom(mfa[1]) && bif_list_length(mfa[2]) >= 0;
}

static Term spawn_plain_gc(Process *p, Term *a, bool link) {
    if (!is_call(a)) return bif_badarg(p);
    SpawnOptions o;
    spawn_options_init(&o, p->vm);
    o.link = link;
    Term child;
    bif_charge(p, SPAWN_REDUCTIONS);
    if (process_spawn(p, &o, a[0], a[1], a[2], &child) != SPAWNED) return bif_system_limit(p);
    return child;
}

BIF(erlang_spawn_3, "erlang", "spawn", "Module, Function, Args", 0,
    "The pid of a new process that calls Module:Function with Args.") {
    return spawn_plain_gc(p, a, false);
}

BIF(erlang_spawn_link_3, "erlang", "spawn_link", "Module, Function, Args", 0,
    "The same, linked to the caller from the start.") {
    return spawn_plain_gc(p, a, true);
}
