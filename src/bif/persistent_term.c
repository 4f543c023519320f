// SPDX-License-Identifier: Apache-2.0
// Module persistent_term.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "term/map.h"

static PersistentTerms *terms(const Process *p) {
    return bif_vm(p->vm)->persistent;
}

BIF(persistent_term_put_2, "persistent_term", "put", "Key, Value", 0, "Stores Value under Key.") {
    return persistent_put(terms(p), a[0], a[1]) ? ATOM_ok : bif_system_limit(p);
}

BIF(persistent_term_get_1, "persistent_term", "get", "Key", 0, "The value stored under Key.") {
    Term value = persistent_get(terms(p), a[0]);
    return value != TERM_NONE ? value : bif_badarg(p);
}

BIF(persistent_term_get_2, "persistent_term", "get", "Key, Default", 0,
    "The value stored under Key, or Default.") {
    Term value = persistent_get(terms(p), a[0]);
    return value != TERM_NONE ? value : a[1];
}

static Term pair_list_gc(Process *p, const Term *pairs, size_t count) {
    Hp hp;
    if (!process_reserve_gc(p, count * (3 + CONS_WORDS), &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = 0; i < count; i++)
        list = hp_cons(&hp, hp_tuple2(&hp, pairs[2 * i], pairs[2 * i + 1]), list);
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    return list;
}

BIF(persistent_term_get_0, "persistent_term", "get", "", 0, "All pairs {Key, Value}.") {
    PersistentTerms *pt = terms(p);
    Mem *m = p->vm->env.mem;
    for (;;) {
        size_t capacity = persistent_count(pt), bytes = (capacity + 1) * 2 * sizeof(Term);
        Term *pairs = mem_alloc(m, bytes); // literals: nothing moves them
        if (!pairs) return bif_system_limit(p);
        size_t count = persistent_list(pt, pairs, capacity);
        Term list = count <= capacity ? pair_list_gc(p, pairs, count) : TERM_NIL;
        mem_free(m, pairs, bytes);
        if (count <= capacity) return list; // else there have come more meanwhile
    }
}

BIF(persistent_term_erase_1, "persistent_term", "erase", "Key", 0,
    "Removes Key. Whether it was there.") {
    return bif_bool(persistent_erase(terms(p), a[0]));
}

BIF(persistent_term_info_0, "persistent_term", "info", "", 0,
    "#{count, memory}: how many there are and the bytes they take.") {
    PersistentTerms *pt = terms(p);
    Term kv[4] = {ATOM_count, term_small((int64_t)persistent_count(pt)), ATOM_memory,
                  term_small((int64_t)persistent_bytes(pt))};
    Hp hp;
    if (!process_reserve_gc(p, map_build_words(2), &hp)) return TERM_NONE;
    Term map = map_build(&p->vm->env, &hp, kv, 2);
    process_commit(p, &hp);
    return map;
}

BIF(erts_internal_erase_persistent_terms_0, "erts_internal", "erase_persistent_terms", "", 0,
    "Removes all persistent terms.") {
    persistent_erase_all(terms(p));
    return ATOM_ok;
}
