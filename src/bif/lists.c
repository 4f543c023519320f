// SPDX-License-Identifier: Apache-2.0
// Module lists: what is built in of it. A long list is worked on in slices; between two of them the
// function calls itself with what is left of the list, as an error later in the list shows.
#include "bif/bif_int.h"
#include "term/compare.h"

BIF(lists_reverse_2, "lists", "reverse", "List1, Tail", 0,
    "The elements of List1 in reverse order, then Tail.") {
    uint64_t most = bif_at_once(p, BIF_CELLS_PER_REDUCTION), count = 0;
    Term list = a[0];
    for (; term_is_cons(list) && count < most; list = term_tail(list)) count++;
    if (!term_is_list(list)) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, count * CONS_WORDS, &hp)) return TERM_NONE;
    Term result = a[1];
    list = a[0];
    for (uint64_t i = 0; i < count; i++, list = term_tail(list))
        result = hp_cons(&hp, term_head(list), result);
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    if (term_is_nil(list)) return result;
    Term args[2] = {list, result};
    return bif_go_on(p, BIF_ID_lists_reverse_2, 2, args);
}

BIF(lists_member_2, "lists", "member", "Elem, List", 0, "Whether an element of List is =:= Elem.") {
    uint64_t budget = bif_budget(p, BIF_CELLS_PER_REDUCTION), count = 0;
    const TermEnv *env = &p->vm->env;
    Term elem = a[0], list = a[1];
    bool immediate = term_is_immediate(elem);
    for (; term_is_cons(list) && count < budget; list = term_tail(list), count++) {
        Term head = term_head(list);
        if (head == elem || (!immediate && term_equal_exact(env, head, elem))) {
            bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
            return ATOM_true;
        }
    }
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    if (term_is_nil(list)) return ATOM_false;
    if (!term_is_cons(list)) return bif_badarg(p);
    Term args[2] = {elem, list};
    return bif_go_on(p, BIF_ID_lists_member_2, 2, args);
}

// --- lists of tuples ---------------------------------------------------------------------------

// The first tuple of a[2] whose element a[1] is == a[0]; TERM_NONE: *outcome says how it ended.
static Term key_search(Process *p, Term *a, BifId id, Term *outcome) {
    int64_t n;
    *outcome = TERM_NONE;
    if (!bif_small_arg(a[1], 1, SMALL_MAX, &n)) return bif_badarg(p);
    uint64_t budget = bif_budget(p, BIF_CELLS_PER_REDUCTION), count = 0;
    const TermEnv *env = &p->vm->env;
    Term key = a[0], list = a[2];
    for (; term_is_cons(list) && count < budget; list = term_tail(list), count++) {
        Term tuple = term_head(list);
        if (!term_is_tuple(tuple) || term_tuple_arity(tuple) < (size_t)n) continue;
        if (term_equal(env, key, term_tuple_elements(tuple)[n - 1])) {
            bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
            return tuple;
        }
    }
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    if (term_is_nil(list)) {
        *outcome = ATOM_false;
        return TERM_NONE;
    }
    if (!term_is_cons(list)) return bif_badarg(p);
    Term args[3] = {key, a[1], list};
    return bif_go_on(p, id, 3, args);
}

BIF(lists_keyfind_3, "lists", "keyfind", "Key, N, TupleList", 0,
    "The first tuple whose element N is == Key, or false.") {
    Term outcome, tuple = key_search(p, a, BIF_ID_lists_keyfind_3, &outcome);
    return tuple != TERM_NONE ? tuple : outcome;
}

BIF(lists_keymember_3, "lists", "keymember", "Key, N, TupleList", 0,
    "Whether there is a tuple whose element N is == Key.") {
    Term outcome, tuple = key_search(p, a, BIF_ID_lists_keymember_3, &outcome);
    return tuple != TERM_NONE ? ATOM_true : outcome;
}

BIF(lists_keysearch_3, "lists", "keysearch", "Key, N, TupleList", 0,
    "{value, Tuple} with the first tuple whose element N is == Key, or false.") {
    Term outcome, tuple = key_search(p, a, BIF_ID_lists_keysearch_3, &outcome);
    if (tuple == TERM_NONE) return outcome;
    Hp hp;
    a[0] = tuple;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term result = hp_tuple2(&hp, ATOM_value, a[0]);
    process_commit(p, &hp);
    return result;
}
