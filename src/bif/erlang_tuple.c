// SPDX-License-Identifier: Apache-2.0
// Tuples: the functions of module erlang that read, change and make them.
#include "bif/bif_int.h"
#include "term/bits.h"

// A position in the tuple, 1..arity + extra.
static bool tuple_position(Term position, Term tuple, int64_t extra, int64_t *n) {
    return term_is_tuple(tuple) &&
           bif_small_arg(position, 1, (int64_t)term_tuple_arity(tuple) + extra, n);
}

static bool tuple_reserve_gc(Process *p, size_t arity, Hp *hp) {
    bif_charge_units(p, arity, BIF_CELLS_PER_REDUCTION);
    return process_reserve_gc(p, arity + 1, hp);
}

BIF(erlang_element_2, "erlang", "element", "Index, Tuple", BIF_GUARD,
    "The element of Tuple at Index, counted from 1.") {
    int64_t n;
    if (!tuple_position(a[0], a[1], 0, &n)) return bif_badarg(p);
    return term_tuple_elements(a[1])[n - 1];
}

BIF(erlang_setelement_3, "erlang", "setelement", "Index, Tuple, Value", 0,
    "Tuple with its element at Index replaced by Value.") {
    int64_t n;
    if (!tuple_position(a[0], a[1], 0, &n)) return bif_badarg(p);
    size_t arity = term_tuple_arity(a[1]);
    Hp hp;
    if (!tuple_reserve_gc(p, arity, &hp)) return TERM_NONE;
    Term tuple = hp_tuple(&hp, arity);
    Term *to = term_tuple_elements(tuple);
    memcpy(to, term_tuple_elements(a[1]), arity * sizeof(Term));
    to[n - 1] = a[2];
    process_commit(p, &hp);
    return tuple;
}

BIF(erlang_tuple_size_1, "erlang", "tuple_size", "Tuple", BIF_GUARD, "How many elements it has.") {
    return term_is_tuple(a[0]) ? term_small((int64_t)term_tuple_arity(a[0])) : bif_badarg(p);
}

BIF(erlang_size_1, "erlang", "size", "Item", BIF_GUARD,
    "How many elements a tuple, or whole bytes a bit string, has.") {
    if (term_is_tuple(a[0])) return term_small((int64_t)term_tuple_arity(a[0]));
    if (term_is_bitstring(a[0])) return term_small((int64_t)(bits_size(a[0]) / 8));
    return bif_badarg(p);
}

// --- making ------------------------------------------------------------------------------------

static Term filled_tuple(Hp *hp, size_t arity, Term value) {
    Term tuple = hp_tuple(hp, arity);
    Term *to = term_tuple_elements(tuple);
    for (size_t i = 0; i < arity; i++) to[i] = value;
    return tuple;
}

BIF(erlang_make_tuple_2, "erlang", "make_tuple", "Arity, InitialValue", 0,
    "A tuple of Arity elements that are all InitialValue.") {
    int64_t arity;
    if (!bif_small_arg(a[0], 0, TUPLE_ARITY_MAX, &arity)) return bif_badarg(p);
    Hp hp;
    if (!tuple_reserve_gc(p, (size_t)arity, &hp)) return TERM_NONE;
    Term tuple = filled_tuple(&hp, (size_t)arity, a[1]);
    process_commit(p, &hp);
    return tuple;
}

BIF(erlang_make_tuple_3, "erlang", "make_tuple", "Arity, DefaultValue, InitList", 0,
    "A tuple of Arity elements, those that InitList = [{Index, Value}] names as it says.") {
    int64_t arity;
    if (!bif_small_arg(a[0], 0, TUPLE_ARITY_MAX, &arity)) return bif_badarg(p);
    Hp hp;
    if (!tuple_reserve_gc(p, (size_t)arity, &hp)) return TERM_NONE;
    Term tuple = filled_tuple(&hp, (size_t)arity, a[1]);
    uint64_t pairs = 0;
    Term list = a[2];
    for (; term_is_cons(list); list = term_tail(list), pairs++) {
        Term pair = term_head(list);
        int64_t n;
        if (!term_is_tuple(pair) || term_tuple_arity(pair) != 2) return bif_badarg(p);
        const Term *e = term_tuple_elements(pair);
        if (!tuple_position(e[0], tuple, 0, &n)) return bif_badarg(p);
        term_tuple_elements(tuple)[n - 1] = e[1];
    }
    if (!term_is_nil(list)) return bif_badarg(p);
    bif_charge_units(p, pairs, BIF_CELLS_PER_REDUCTION);
    process_commit(p, &hp);
    return tuple;
}

BIF(erlang_append_element_2, "erlang", "append_element", "Tuple, Term", 0,
    "Tuple with Term as one more element at its end.") {
    if (!term_is_tuple(a[0]) || term_tuple_arity(a[0]) >= TUPLE_ARITY_MAX) return bif_badarg(p);
    size_t arity = term_tuple_arity(a[0]);
    Hp hp;
    if (!tuple_reserve_gc(p, arity + 1, &hp)) return TERM_NONE;
    Term tuple = hp_tuple(&hp, arity + 1);
    Term *to = term_tuple_elements(tuple);
    memcpy(to, term_tuple_elements(a[0]), arity * sizeof(Term));
    to[arity] = a[1];
    process_commit(p, &hp);
    return tuple;
}

BIF(erlang_insert_element_3, "erlang", "insert_element", "Index, Tuple, Term", 0,
    "Tuple with Term put in at Index; what stood there and after moves up.") {
    int64_t n;
    if (!tuple_position(a[0], a[1], 1, &n)) return bif_badarg(p);
    size_t arity = term_tuple_arity(a[1]), before = (size_t)n - 1;
    Hp hp;
    if (!tuple_reserve_gc(p, arity + 1, &hp)) return TERM_NONE;
    Term tuple = hp_tuple(&hp, arity + 1);
    Term *to = term_tuple_elements(tuple);
    const Term *from = term_tuple_elements(a[1]);
    memcpy(to, from, before * sizeof(Term));
    to[before] = a[2];
    memcpy(to + before + 1, from + before, (arity - before) * sizeof(Term));
    process_commit(p, &hp);
    return tuple;
}

BIF(erlang_delete_element_2, "erlang", "delete_element", "Index, Tuple", 0,
    "Tuple without its element at Index.") {
    int64_t n;
    if (!tuple_position(a[0], a[1], 0, &n)) return bif_badarg(p);
    size_t arity = term_tuple_arity(a[1]), before = (size_t)n - 1;
    Hp hp;
    if (!tuple_reserve_gc(p, arity - 1, &hp)) return TERM_NONE;
    Term tuple = hp_tuple(&hp, arity - 1);
    Term *to = term_tuple_elements(tuple);
    const Term *from = term_tuple_elements(a[1]);
    memcpy(to, from, before * sizeof(Term));
    memcpy(to + before, from + before + 1, (arity - before - 1) * sizeof(Term));
    process_commit(p, &hp);
    return tuple;
}

// --- to and from lists -------------------------------------------------------------------------

BIF(erlang_list_to_tuple_1, "erlang", "list_to_tuple", "List", 0,
    "A tuple of the elements of List.") {
    int64_t arity = bif_list_length(a[0]);
    if (arity < 0 || arity > TUPLE_ARITY_MAX) return bif_badarg(p);
    Hp hp;
    if (!tuple_reserve_gc(p, (size_t)arity, &hp)) return TERM_NONE;
    Term tuple = hp_tuple(&hp, (size_t)arity);
    Term *to = term_tuple_elements(tuple);
    for (Term list = a[0]; term_is_cons(list); list = term_tail(list)) *to++ = term_head(list);
    process_commit(p, &hp);
    return tuple;
}

// Puts elements 0..left-1 before the list made so far, as many as the slice allows.
BIF(tuple_to_list_continue, "erts_internal", "tuple_to_list_continue", "Tuple, Left, List", 0,
    "The first Left elements of Tuple, then List.") {
    int64_t left;
    if (!term_is_tuple(a[0]) || !bif_small_arg(a[1], 0, (int64_t)term_tuple_arity(a[0]), &left))
        return bif_badarg(p);
    int64_t count = MIN(left, (int64_t)bif_budget(p, BIF_CELLS_PER_REDUCTION));
    Hp hp;
    if (!process_reserve_gc(p, (size_t)count * CONS_WORDS, &hp)) return TERM_NONE;
    const Term *from = term_tuple_elements(a[0]);
    Term list = a[2];
    for (int64_t i = left; i-- > left - count;) list = hp_cons(&hp, from[i], list);
    process_commit(p, &hp);
    bif_charge_units(p, (uint64_t)count, BIF_CELLS_PER_REDUCTION);
    if (count == left) return list;
    Term args[3] = {a[0], term_small(left - count), list};
    return bif_go_on(p, BIF_ID_tuple_to_list_continue, 3, args);
}

BIF(erlang_tuple_to_list_1, "erlang", "tuple_to_list", "Tuple", 0,
    "A list of the elements of Tuple.") {
    if (!term_is_tuple(a[0])) return bif_badarg(p);
    size_t arity = term_tuple_arity(a[0]);
    if (arity > bif_at_once(p, BIF_CELLS_PER_REDUCTION)) {
        Term args[3] = {a[0], term_small((int64_t)arity), TERM_NIL};
        return bif_goto(p, BIF_ID_tuple_to_list_continue, 3, args);
    }
    Hp hp;
    if (!process_reserve_gc(p, arity * CONS_WORDS, &hp)) return TERM_NONE;
    const Term *from = term_tuple_elements(a[0]);
    Term list = TERM_NIL;
    for (size_t i = arity; i-- > 0;) list = hp_cons(&hp, from[i], list);
    process_commit(p, &hp);
    bif_charge_units(p, arity, BIF_CELLS_PER_REDUCTION);
    return list;
}
