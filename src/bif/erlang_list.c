// SPDX-License-Identifier: Apache-2.0
// Lists: the functions of module erlang, but for `--` (erlang_subtract.c).
//
// Appending copies the left list onto the right one. A list that fits the slice is measured and
// copied in one go. A longer one is walked in slices, noting where every run of RUN_CELLS starts;
// the notes are a list with the last run first, which is the order in which runs are then copied
// onto the result. So nothing is ever written into a cell that a collection may have seen.
#include "bif/bif_int.h"

enum { RUN_CELLS = 512 };

BIF(erlang_hd_1, "erlang", "hd", "List", BIF_GUARD, "The first element of List.") {
    return term_is_cons(a[0]) ? term_head(a[0]) : bif_badarg(p);
}

BIF(erlang_tl_1, "erlang", "tl", "List", BIF_GUARD, "List without its first element.") {
    return term_is_cons(a[0]) ? term_tail(a[0]) : bif_badarg(p);
}

// A guard cannot go on later, so this one runs through, whatever the length.
BIF(erlang_length_1, "erlang", "length", "List", BIF_GUARD, "How many elements List has.") {
    int64_t length = bif_list_length(a[0]);
    if (length < 0) return bif_badarg(p);
    bif_charge_units(p, (uint64_t)length, BIF_CELLS_PER_REDUCTION);
    return term_small(length);
}

// --- appending ---------------------------------------------------------------------------------

// The first `count` elements of `list` onto `tail`. The words are reserved.
static Term copy_cells(Hp *hp, Term list, uint64_t count, Term tail) {
    if (count == 0) return tail;
    Term *cell = hp_take(hp, count * CONS_WORDS);
    Term result = term_cons(cell);
    for (uint64_t i = 0; i < count; i++, cell += CONS_WORDS, list = term_tail(list)) {
        cell[0] = term_head(list);
        cell[1] = term_cons(cell + CONS_WORDS);
    }
    cell[-1] = tail;
    return result;
}

// Second part: Runs = [start of a run | earlier runs], the last of them with LastCells elements
// when it is the first to be copied.
BIF(append_copy_continue, "erts_internal", "append_copy_continue", "Runs, Cells, Tail", 0,
    "The elements of all runs, then Tail.") {
    int64_t cells;
    if (!bif_small_arg(a[1], 0, RUN_CELLS, &cells)) return bif_badarg(p);
    while (term_is_cons(a[0])) {
        Term run = term_head(a[0]);
        int64_t have = 0;
        while (have < cells && term_is_cons(run)) run = term_tail(run), have++;
        if (have < cells) return bif_badarg(p);
        Hp hp;
        if (!process_reserve_gc(p, (size_t)cells * CONS_WORDS, &hp)) return TERM_NONE;
        a[2] = copy_cells(&hp, term_head(a[0]), (uint64_t)cells, a[2]);
        process_commit(p, &hp);
        a[0] = term_tail(a[0]);
        bif_charge_units(p, (uint64_t)cells, BIF_CELLS_PER_REDUCTION);
        cells = RUN_CELLS;
        if (bif_out_of_time(p) && term_is_cons(a[0])) {
            Term args[3] = {a[0], term_small(cells), a[2]};
            return bif_go_on(p, BIF_ID_append_copy_continue, 3, args);
        }
    }
    return a[2];
}

// First part: walks the list. Rest is what is left of it, Cells how much of the newest run has been
// seen. An improper list is an error of the function that was called: '++'/2 or append/2.
BIF(append_walk_continue, "erts_internal", "append_walk_continue",
    "List, Tail, Rest, Runs, Cells, IsPlusPlus", 0,
    "List ++ Tail, of which Rest is not seen yet.") {
    int64_t cells;
    if (!bif_small_arg(a[4], 0, RUN_CELLS, &cells)) return bif_badarg(p);
    uint64_t budget = bif_budget(p, BIF_CELLS_PER_REDUCTION), left = budget;
    while (left > 0 && term_is_cons(a[2])) {
        if (cells == RUN_CELLS || !term_is_cons(a[3])) {
            Hp hp;
            if (!process_reserve_gc(p, CONS_WORDS, &hp)) return TERM_NONE;
            a[3] = hp_cons(&hp, a[2], a[3]);
            process_commit(p, &hp);
            cells = 0;
        }
        Term rest = a[2];
        for (; cells < RUN_CELLS && left > 0 && term_is_cons(rest); cells++, left--)
            rest = term_tail(rest);
        a[2] = rest;
    }
    bif_charge_units(p, budget - left, BIF_CELLS_PER_REDUCTION);
    if (term_is_cons(a[2])) {
        Term args[6] = {a[0], a[1], a[2], a[3], term_small(cells), a[5]};
        return bif_go_on(p, BIF_ID_append_walk_continue, 6, args);
    }
    if (!term_is_nil(a[2]))
        return bif_badarg_as_gc(
            p, a[5] == ATOM_true ? BIF_ID_erlang_plus_plus_2 : BIF_ID_erlang_append_2, 2, a);
    Term args[3] = {a[3], term_small(cells), a[1]};
    return bif_goto(p, BIF_ID_append_copy_continue, 3, args);
}

static Term append(Process *p, Term *a, Term is_plus_plus) {
    uint64_t most = bif_at_once(p, BIF_CELLS_PER_REDUCTION), count = 0;
    Term list = a[0];
    for (; term_is_cons(list) && count < most; list = term_tail(list)) count++;
    if (term_is_cons(list)) {
        Term args[6] = {a[0], a[1], a[0], TERM_NIL, term_small(0), is_plus_plus};
        return bif_goto(p, BIF_ID_append_walk_continue, 6, args);
    }
    if (!term_is_nil(list)) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, count * CONS_WORDS, &hp)) return TERM_NONE;
    Term result = copy_cells(&hp, a[0], count, a[1]);
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    return result;
}

BIF(erlang_plus_plus_2, "erlang", "++", "List1, List2", 0,
    "The elements of List1, then List2, which may be any term.") {
    return append(p, a, ATOM_true);
}

BIF(erlang_append_2, "erlang", "append", "List1, List2", 0, "The same as List1 ++ List2.") {
    return append(p, a, ATOM_false);
}
