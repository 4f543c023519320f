// SPDX-License-Identifier: Apache-2.0
// What builtins share. See bif.h.
#include "proc/bif.h"

#include "term/map.h"

Term bif_error_tuple_gc(Process *p, Term tag, Term value) {
    RootFrame frame;
    process_push_roots(p, &frame, &value, 1);
    Hp hp;
    bool ok = process_reserve_gc(p, 3, &hp);
    process_pop_roots(p, &frame);
    if (!ok) return TERM_NONE; // the reason is why there is no room
    Term reason = hp_tuple2(&hp, tag, value);
    process_commit(p, &hp);
    return bif_error(p, reason);
}

Term bif_badarg_cause(Process *p, Term cause) {
    ASSERT(term_is_atom(cause));
    p->regs->exc = (Exception){EXC_ERROR, ATOM_badarg, TERM_NONE, TERM_NONE, cause, NULL};
    return TERM_NONE;
}

Term bif_trap(Process *p, Export *to, uint32_t arity, const Term *args) {
    ASSERT(p->regs != NULL && to->arity == arity);
    memmove(p->regs->x, args, arity * sizeof(Term));
    p->live = arity;
    p->regs->trap_export = to;
    p->regs->trap_arity = arity;
    p->regs->exc.cls = EXC_TRAP;
    return TERM_NONE;
}

Term bif_trap_wait(Process *p, Export *to, uint32_t arity, const Term *args) {
    p->regs->trap_waits = true;
    return bif_trap(p, to, arity, args);
}

static Term magic_ref_gc(Process *p, MagicBin *bin_take) {
    Hp hp;
    if (!process_reserve_gc(p, MAGIC_REF_WORDS, &hp)) {
        magic_bin_release(bin_take);
        return TERM_NONE;
    }
    uint32_t ids[3];
    process_next_ref(p, ids);
    Term ref = hp_magic_ref(&hp, ids, bin_take);
    process_commit(p, &hp);
    return ref;
}

Term bif_state_ref_gc(Process *p, MagicBin *bin_take) {
    bin_take->private = true;
    return magic_ref_gc(p, bin_take);
}

Term bif_shared_ref_gc(Process *p, MagicBin *bin_take) {
    bin_take->private = false;
    return magic_ref_gc(p, bin_take);
}

MagicBin *bif_state(Term ref, void (*destroy)(MagicBin *)) {
    if (!term_is_kind(ref, KIND_MAGIC_REF)) return NULL;
    MagicBin *bin = magic_ref_bin(ref);
    return bin->destroy == destroy ? bin : NULL;
}

int64_t bif_list_length(Term list) {
    int64_t n = 0;
    for (; term_is_cons(list); list = term_tail(list)) n++;
    return term_is_nil(list) ? n : -1;
}
