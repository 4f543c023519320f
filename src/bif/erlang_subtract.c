// SPDX-License-Identifier: Apache-2.0
// List1 -- List2: for each element of List2 the first one of List1 that is =:= to it goes. Put the
// other way: of elements that are the same, as many of List1's first ones go as List2 has.
//
// When the lists are not too long, List2 is counted in a table outside the heap (or just searched,
// if it is short), and what stays of List1 is marked before anything is built, so that the table
// need not survive a collection. The tail after the last element that goes is shared. Longer lists
// are worked on in slices: the counts are then a map on the heap, #{Element => Count}.
#include "bif/bif_int.h"
#include "term/compare.h"
#include "term/map.h"

enum {
    SEARCHED_MAX = 16,           // of List2: up to this it is searched, not hashed
    MAP_STEPS_PER_REDUCTION = 2, // a step with a put into a large map
    ELEMENTS_PER_REDUCTION = 4,
    // The table is so much faster than the map that it may take several slices' time: some 4 ms.
    ELEMENTS_PER_REDUCTION_AT_ONCE = 32,
    SHORT_MAX = 512, // of List1: up to this the marks are on the C stack
};

// --- in one slice --------------------------------------------------------------------------------

typedef struct Counted {
    Term element; // TERM_NONE: free
    uint32_t hash, count;
} Counted;

// Scratch of one call.
typedef struct Subtract {
    const TermEnv *env;
    Counted *table;
    size_t mask; // slots - 1; 0: searched from the front, `used` slots
    size_t used;
    uint64_t *goes; // a bit for each element of List1
} Subtract;

static Counted *counted_find(const Subtract *s, Term element) {
    if (s->mask == 0) {
        for (size_t i = 0; i < s->used; i++)
            if (term_equal_exact(s->env, s->table[i].element, element)) return &s->table[i];
        return &s->table[s->used];
    }
    uint32_t hash = map_hash(s->env, element);
    for (size_t i = hash & s->mask;; i = (i + 1) & s->mask) {
        Counted *c = &s->table[i];
        if (c->element == TERM_NONE) {
            c->hash = hash;
            return c;
        }
        if (c->hash == hash && term_equal_exact(s->env, c->element, element)) return c;
    }
}

static void count_elements(Subtract *s, Term list) {
    for (; term_is_cons(list); list = term_tail(list)) {
        Counted *c = counted_find(s, term_head(list));
        if (c->element == TERM_NONE) {
            c->element = term_head(list);
            s->used++;
        }
        c->count++;
    }
}

// Marks what goes of `list`. How many elements there are up to and with the last that goes; how
// many of those stay: *stays.
static uint64_t mark(Subtract *s, Term list, uint64_t *stays) {
    uint64_t index = 0, end = 0, gone = 0;
    for (; term_is_cons(list); list = term_tail(list), index++) {
        Counted *c = counted_find(s, term_head(list));
        if (c->element == TERM_NONE || c->count == 0) continue;
        c->count--;
        s->goes[index / 64] |= (uint64_t)1 << (index % 64);
        end = index + 1;
        gone++;
    }
    *stays = end - gone;
    return end;
}

static Term copy_staying(Hp *hp, const Subtract *s, Term list, uint64_t end) {
    Term result = TERM_NIL, *hole = &result;
    for (uint64_t i = 0; i < end; i++, list = term_tail(list)) {
        if (s->goes[i / 64] >> (i % 64) & 1) continue;
        Term cell = hp_cons(hp, term_head(list), TERM_NIL);
        *hole = cell;
        hole = term_cons_ptr(cell) + 1;
    }
    *hole = list;
    return result;
}

static Term subtract_now(Process *p, Term *a, uint64_t count1, uint64_t count2) {
    Subtract s = {.env = &p->vm->env};
    size_t slots = count2 + 1;
    if (count2 > SEARCHED_MAX) {
        for (slots = 64; slots < 2 * count2;) slots *= 2;
        s.mask = slots - 1;
    }
    Counted few[SEARCHED_MAX + 1];
    uint64_t marks[SHORT_MAX / 64 + 1];
    size_t table_bytes = slots * sizeof(Counted), goes_bytes = (count1 / 64 + 1) * 8;
    bool is_short = count1 <= SHORT_MAX && s.mask == 0;
    s.table = is_short ? few : mem_alloc(p->vm->env.mem, table_bytes + goes_bytes);
    if (!s.table) return bif_system_limit(p);
    for (size_t i = 0; i < slots; i++) s.table[i] = (Counted){TERM_NONE, 0, 0};
    s.goes = is_short ? marks : (uint64_t *)(s.table + slots);
    memset(s.goes, 0, goes_bytes);

    count_elements(&s, a[1]);
    uint64_t stays, end = mark(&s, a[0], &stays);
    Hp hp;
    Term result = TERM_NONE;
    if (process_reserve_gc(p, stays * CONS_WORDS, &hp)) {
        result = copy_staying(&hp, &s, a[0], end);
        process_commit(p, &hp);
    }
    if (!is_short) mem_free(p->vm->env.mem, s.table, table_bytes + goes_bytes);
    return result;
}

// --- in slices -----------------------------------------------------------------------------------

static Term subtract_badarg_gc(Process *p, Term *a, Term is_minus_minus) {
    BifId id = is_minus_minus == ATOM_true ? BIF_ID_erlang_minus_minus_2 : BIF_ID_erlang_subtract_2;
    return bif_badarg_as_gc(p, id, 2, a);
}

// counts[element] += by; a count of 0 goes. a[where] is the map.
static bool counts_add_gc(Process *p, Term *a, int where, Term element, int64_t by) {
    Hp hp;
    RootFrame roots;
    process_push_roots(p, &roots, &element, 1);
    bool room = process_reserve_gc(p, map_put_words(a[where]), &hp);
    process_pop_roots(p, &roots);
    if (!room) return false;
    const TermEnv *env = &p->vm->env;
    Term old = map_get(env, a[where], element);
    int64_t count = (old == TERM_NONE ? 0 : term_small_value(old)) + by;
    a[where] = count == 0 ? map_remove(env, &hp, a[where], element)
                          : map_put(env, &hp, a[where], element, term_small(count));
    process_commit(p, &hp);
    return true;
}

// Second part: Rest is what is left of List1, Kept what stays of the rest, in reverse.
BIF(subtract_walk_continue, "erts_internal", "subtract_walk_continue",
    "List1, List2, Rest, Counts, Kept, IsMinusMinus", 0, "What stays of List1 in the end.") {
    if (!term_is_map(a[3])) return bif_badarg(p);
    for (uint64_t left = bif_budget(p, MAP_STEPS_PER_REDUCTION); term_is_cons(a[2]); left--) {
        if (left == 0) return bif_go_on(p, BIF_ID_subtract_walk_continue, 6, a);
        Term counted = map_get(&p->vm->env, a[3], term_head(a[2]));
        if (counted == TERM_NONE) {
            Hp hp;
            if (!process_reserve_gc(p, CONS_WORDS, &hp)) return TERM_NONE;
            a[4] = hp_cons(&hp, term_head(a[2]), a[4]);
            process_commit(p, &hp);
        } else if (!term_is_small(counted)) {
            return bif_badarg(p);
        } else if (!counts_add_gc(p, a, 3, term_head(a[2]), -1)) {
            return TERM_NONE;
        }
        a[2] = term_tail(a[2]);
    }
    if (!term_is_nil(a[2])) return subtract_badarg_gc(p, a, a[5]);
    Term args[2] = {a[4], TERM_NIL};
    return bif_goto(p, BIF_ID_lists_reverse_2, 2, args);
}

// First part: Rest is what is left of List2 to count.
BIF(subtract_count_continue, "erts_internal", "subtract_count_continue",
    "List1, List2, Rest, Counts, IsMinusMinus", 0, "List1 -- List2.") {
    if (!term_is_map(a[3])) return bif_badarg(p);
    for (uint64_t left = bif_budget(p, MAP_STEPS_PER_REDUCTION); term_is_cons(a[2]); left--) {
        if (left == 0) return bif_go_on(p, BIF_ID_subtract_count_continue, 5, a);
        Term counted = map_get(&p->vm->env, a[3], term_head(a[2]));
        if (counted != TERM_NONE && !term_is_small(counted)) return bif_badarg(p);
        if (!counts_add_gc(p, a, 3, term_head(a[2]), 1)) return TERM_NONE;
        a[2] = term_tail(a[2]);
    }
    if (!term_is_nil(a[2])) return subtract_badarg_gc(p, a, a[4]);
    Term args[6] = {a[0], a[1], a[0], a[3], TERM_NIL, a[4]};
    return bif_goto(p, BIF_ID_subtract_walk_continue, 6, args);
}

static Term subtract(Process *p, Term *a, Term is_minus_minus) {
    uint64_t most = p->vm->slice_reductions * ELEMENTS_PER_REDUCTION_AT_ONCE, counts[2];
    for (int i = 0; i < 2; i++) {
        Term list = a[i];
        for (counts[i] = 0; term_is_cons(list) && counts[i] < most; counts[i]++)
            list = term_tail(list);
        if (!term_is_list(list)) return bif_badarg(p);
    }
    if (counts[0] + counts[1] < most) {
        bif_charge_units(p, counts[0] + counts[1], ELEMENTS_PER_REDUCTION);
        return subtract_now(p, a, counts[0], counts[1]);
    }
    Hp hp;
    if (!process_reserve_gc(p, map_build_words(0), &hp)) return TERM_NONE;
    Term counts_map = map_build(&p->vm->env, &hp, NULL, 0);
    process_commit(p, &hp);
    Term args[5] = {a[0], a[1], a[1], counts_map, is_minus_minus};
    return bif_goto(p, BIF_ID_subtract_count_continue, 5, args);
}

BIF(erlang_minus_minus_2, "erlang", "--", "List1, List2", 0,
    "List1 without the first of its elements that match, for each element of List2.") {
    return subtract(p, a, ATOM_true);
}

BIF(erlang_subtract_2, "erlang", "subtract", "List1, List2", 0, "The same as List1 -- List2.") {
    return subtract(p, a, ATOM_false);
}
