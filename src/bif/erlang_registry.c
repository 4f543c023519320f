// SPDX-License-Identifier: Apache-2.0
// Registered names: proc/names.c keeps them.
#include "bif/bif_int.h"
#include "proc/table.h"

BIF(erlang_register_2, "erlang", "register", "Name, PidOrPort", 0,
    "Lets Name stand for a process of this node.") {
    if (!term_is_atom(a[0]) || a[0] == ATOM_undefined || !term_is_local_pid(a[1]))
        return bif_badarg_cause(p, ATOM_none);
    switch (name_register(p->vm, a[0], a[1])) {
    case NAME_OK: return ATOM_true;
    case NAME_NO_PROCESS: return bif_badarg_cause(p, ATOM_notalive);
    case NAME_HAS_ONE: return bif_badarg_cause(p, ATOM_registered_name);
    case NAME_TAKEN: return bif_badarg_cause(p, ATOM_none);
    case NAME_NO_MEMORY: return bif_system_limit(p);
    }
    UNREACHABLE();
}

BIF(erlang_unregister_1, "erlang", "unregister", "Name", 0,
    "Name stands for nobody any more; badarg if it did not before.") {
    if (!term_is_atom(a[0]) || !name_unregister(p->vm, a[0])) return bif_badarg(p);
    return ATOM_true;
}

BIF(erlang_whereis_1, "erlang", "whereis", "Name", 0,
    "The process or port registered as Name, or undefined.") {
    if (!term_is_atom(a[0])) return bif_badarg(p);
    Term holder = name_lookup(p->vm, a[0]);
    return holder == TERM_NONE ? ATOM_undefined : holder;
}

// What there may be more of when the names are copied than when they were counted.
enum { NAMES_SLACK = 32 };

BIF(erlang_registered_0, "erlang", "registered", "", 0, "All registered names.") {
    Mem *m = &p->vm->mem;
    size_t capacity = NAMES_SLACK, count;
    Term *names;
    for (;;) {
        names = mem_alloc(m, capacity * sizeof(Term));
        if (names == NULL) return bif_system_limit(p);
        count = name_list(p->vm, names, capacity);
        if (count <= capacity) break;
        mem_free(m, names, capacity * sizeof(Term));
        capacity = count + NAMES_SLACK;
    }
    Hp hp;
    Term list = TERM_NONE;
    if (process_reserve_gc(p, count * CONS_WORDS, &hp)) {
        list = TERM_NIL;
        for (size_t i = 0; i < count; i++) list = hp_cons(&hp, names[i], list);
        process_commit(p, &hp);
        bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    }
    mem_free(m, names, capacity * sizeof(Term));
    return list;
}
