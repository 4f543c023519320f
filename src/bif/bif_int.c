// SPDX-License-Identifier: Apache-2.0
// What the files of this room share: see bif_int.h.
#include "bif/bif_int.h"

Term bif_badarg_as_gc(Process *p, BifId id, uint32_t arity, Term *args) {
    Hp hp;
    RootFrame roots;
    process_push_roots(p, &roots, args, arity);
    bool room = process_reserve_gc(p, (size_t)arity * CONS_WORDS, &hp);
    process_pop_roots(p, &roots);
    if (!room) return TERM_NONE;
    Term list = TERM_NIL;
    for (uint32_t i = arity; i-- > 0;) list = hp_cons(&hp, args[i], list);
    process_commit(p, &hp);
    bif_badarg(p);
    p->exc.args = list;
    p->exc.function = bif_export(p, id);
    return TERM_NONE;
}
