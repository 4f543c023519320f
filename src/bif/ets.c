// SPDX-License-Identifier: Apache-2.0
// Module ets, as far as it is there: the objects of sets, bags and duplicate_bags. What is not here
// is undefined, and ordered_set is refused. Tables themselves: ets_owner.c.
// A builtin holds the table's lock while it works, and does not give up the slice in between.
#include "bif/ets_int.h"
#include "ets/match.h"

typedef Term (*TableFn)(Process *p, Table *t, Term *a);

// What `fn` gives with the table that a[0] names.
static Term with_table(Process *p, Term *a, EtsUse use, TableFn fn) {
    Table *t = ets_begin(p, a[0], use);
    if (t == NULL) return TERM_NONE;
    Term result = fn(p, t, a);
    ets_end(p, t);
    return result;
}

// --- objects -------------------------------------------------------------------------------------
static bool is_object(const Table *t, Term object) {
    return term_is_tuple(object) && term_tuple_arity(object) > t->key_at;
}

// An object or a list of them, all of the form that the table wants.
static bool objects_ok(const Table *t, Term objects) {
    if (!term_is_list(objects)) return is_object(t, objects);
    for (; term_is_cons(objects); objects = term_tail(objects))
        if (!is_object(t, term_head(objects))) return false;
    return objects == TERM_NIL;
}

static Term insert_all(Process *p, Table *t, Term objects) {
    if (!term_is_list(objects)) return table_insert(t, objects) ? ATOM_true : bif_system_limit(p);
    for (; term_is_cons(objects); objects = term_tail(objects)) {
        if (!table_insert(t, term_head(objects))) return bif_system_limit(p);
        bif_charge(p, 1);
    }
    return ATOM_true;
}

static Term insert(Process *p, Table *t, Term *a UNUSED) {
    return objects_ok(t, a[1]) ? insert_all(p, t, a[1]) : bif_badarg(p);
}
BIF(ets_insert_2, "ets", "insert", "Table, Objects", 0, "Inserts an object or a list of them.") {
    return with_table(p, a, ETS_WRITE, insert);
}

static Term insert_new(Process *p, Table *t, Term *a UNUSED) {
    if (!objects_ok(t, a[1])) return bif_badarg(p);
    if (!term_is_list(a[1])) {
        if (table_find(t, table_key(t, a[1])) != NULL) return ATOM_false;
    } else {
        for (Term l = a[1]; term_is_cons(l); l = term_tail(l))
            if (table_find(t, table_key(t, term_head(l))) != NULL) return ATOM_false;
    }
    return insert_all(p, t, a[1]);
}
BIF(ets_insert_new_2, "ets", "insert_new", "Table, Objects", 0,
    "Inserts the objects if none of their keys is there. Whether it did.") {
    return with_table(p, a, ETS_WRITE, insert_new);
}

static size_t copy_words(const Process *p, Term t) {
    return heap_copy_words(&p->vm->mem, p->heap.config->literals, t);
}
static Term copy(const Process *p, Hp *hp, Term t) {
    return heap_copy(&p->vm->mem, p->heap.config->literals, hp, t);
}

static Term lookup(Process *p, Table *t, Term *a UNUSED) {
    TableEntry *first = table_find(t, a[1]);
    size_t words = 0, count = 0;
    for (TableEntry *e = first; e != NULL && table_same_key(t, e, a[1]); e = e->next) {
        words += CONS_WORDS + copy_words(p, e->object);
        count++;
    }
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term list = TERM_NIL, *tail = &list;
    TableEntry *e = first;
    for (; count > 0; count--, e = e->next) {
        Term cell = hp_cons(&hp, TERM_NIL, TERM_NIL);
        *tail = cell;
        tail = &term_cons_ptr(cell)[1];
        term_cons_ptr(cell)[0] = copy(p, &hp, e->object);
    }
    process_commit(p, &hp);
    return list;
}
BIF(ets_lookup_2, "ets", "lookup", "Table, Key", 0, "The objects of a key, oldest first.") {
    return with_table(p, a, ETS_READ, lookup);
}

static Term lookup_element(Process *p, Table *t, Term *a UNUSED) {
    int64_t at;
    TableEntry *first = table_find(t, a[1]);
    if (!bif_small_arg(a[2], 1, TUPLE_ARITY_MAX, &at)) return bif_badarg(p);
    if (first == NULL) return bif_badarg_cause(p, ATOM_badkey);
    size_t words = 0, count = 0;
    for (TableEntry *e = first; e != NULL && table_same_key(t, e, a[1]); e = e->next) {
        if (term_tuple_arity(e->object) < (size_t)at) return bif_badarg(p);
        words += CONS_WORDS + copy_words(p, term_tuple_elements(e->object)[at - 1]);
        count++;
    }
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term list = TERM_NIL, *tail = &list;
    TableEntry *e = first;
    for (; count > 0; count--, e = e->next) {
        Term cell = hp_cons(&hp, TERM_NIL, TERM_NIL);
        *tail = cell;
        tail = &term_cons_ptr(cell)[1];
        term_cons_ptr(cell)[0] = copy(p, &hp, term_tuple_elements(e->object)[at - 1]);
    }
    process_commit(p, &hp);
    return t->type == TABLE_SET ? term_head(list) : list;
}
BIF(ets_lookup_element_3, "ets", "lookup_element", "Table, Key, Position", 0,
    "The element at Position of a key's object; of a bag, the list of them.") {
    return with_table(p, a, ETS_READ, lookup_element);
}

static Term is_member(Process *p, Table *t, Term *a UNUSED) {
    return bif_bool(table_find(t, a[1]) != NULL);
}
BIF(ets_member_2, "ets", "member", "Table, Key", 0, "Whether there is an object of that key.") {
    return with_table(p, a, ETS_READ, is_member);
}

static Term delete_key(Process *p, Table *t, Term *a UNUSED) {
    bif_charge(p, table_delete_key(t, a[1]));
    return ATOM_true;
}
BIF(ets_delete_2, "ets", "delete", "Table, Key", 0, "Deletes the objects of a key.") {
    return with_table(p, a, ETS_WRITE, delete_key);
}

static Term delete_object(Process *p, Table *t, Term *a UNUSED) {
    if (!is_object(t, a[1])) return bif_badarg(p);
    bif_charge(p, table_delete_object(t, a[1]));
    return ATOM_true;
}
BIF(ets_delete_object_2, "ets", "delete_object", "Table, Object", 0,
    "Deletes exactly that object.") {
    return with_table(p, a, ETS_WRITE, delete_object);
}

static Term delete_all(Process *p, Table *t, Term *a UNUSED) {
    size_t count = t->count;
    bif_charge(p, count);
    (void)table_clear(t, SIZE_MAX);
    return term_small((int64_t)count);
}
BIF(ets_internal_delete_all_2, "ets", "internal_delete_all", "Table, undefined", 0,
    "Deletes all objects; how many there were. What delete_all_objects is made of.") {
    return with_table(p, a, ETS_WRITE, delete_all);
}

// Not done yet: a traversal by first and next while others delete fails where its key has gone.
static Term fix(Process *p, Table *t, Term *a UNUSED) {
    return a[1] == ATOM_true || a[1] == ATOM_false ? ATOM_true : bif_badarg(p);
}
BIF(ets_safe_fixtable_2, "ets", "safe_fixtable", "Table, Fix", 0, "true. Does nothing yet.") {
    return with_table(p, a, ETS_READ, fix);
}

static Term key_of(Process *p, const Table *t, const TableEntry *e) {
    if (e == NULL) return ATOM_end_of_table;
    Hp hp;
    if (!process_reserve_gc(p, copy_words(p, table_key(t, e->object)), &hp)) return TERM_NONE;
    Term key = copy(p, &hp, table_key(t, e->object));
    process_commit(p, &hp);
    return key;
}

static Term first_key(Process *p, Table *t, Term *a UNUSED) {
    return key_of(p, t, table_next(t, NULL));
}
BIF(ets_first_1, "ets", "first", "Table", 0, "The first key in table order, or '$end_of_table'.") {
    return with_table(p, a, ETS_READ, first_key);
}

static Term next_key(Process *p, Table *t, Term *a UNUSED) {
    TableEntry *e = table_find(t, a[1]);
    if (e == NULL) return bif_badarg(p);
    while (e != NULL && table_same_key(t, e, a[1])) e = table_next(t, e);
    return key_of(p, t, e);
}
BIF(ets_next_2, "ets", "next", "Table, Key", 0,
    "The key after Key in table order, or '$end_of_table'.") {
    return with_table(p, a, ETS_READ, next_key);
}

// --- matching ------------------------------------------------------------------------------------
// What is wanted of each object that matches.
typedef enum Want { WANT_SPEC, WANT_BINDINGS, WANT_OBJECT, WANT_DELETE, WANT_COUNT } Want;

typedef struct Walk {
    Process *p;
    Table *t;
    Term what; // match specification or pattern
    Want want;
    Match match;
    Term list;  // in the order of the table
    Term *tail; // where its next cell goes: nothing moves meanwhile
    int64_t count;
    bool failed;
} Walk;

static Term matched(Walk *w, const TableEntry *e) {
    if (w->want == WANT_SPEC || w->want == WANT_DELETE || w->want == WANT_COUNT)
        return match_spec_run(&w->match, w->p, w->what, e->object);
    if (!match_pattern(&w->match, w->p, w->what, e->object)) return TERM_NONE;
    if (w->want == WANT_BINDINGS) return match_bindings(&w->match);
    Hp hp;
    if (!process_reserve_gc(w->p, copy_words(w->p, e->object), &hp)) return TERM_NONE;
    Term object = copy(w->p, &hp, e->object);
    process_commit(w->p, &hp);
    return object;
}

static void visit(Walk *w, TableEntry *e) {
    Term value = matched(w, e);
    bif_charge(w->p, 1);
    if (value == TERM_NONE) return;
    if (w->want == WANT_DELETE || w->want == WANT_COUNT) {
        if (value != ATOM_true) return;
        w->count++;
        if (w->want == WANT_DELETE) table_remove(w->t, e);
        return;
    }
    Hp hp;
    if (!process_reserve_gc(w->p, CONS_WORDS, &hp)) {
        w->failed = true;
        return;
    }
    Term cell = hp_cons(&hp, value, TERM_NIL);
    process_commit(w->p, &hp);
    *w->tail = cell;
    w->tail = &term_cons_ptr(cell)[1];
}

// The key that all matches must have; TERM_NONE: any.
static Term key_wanted(const Walk *w) {
    Term head = w->what;
    if (w->want != WANT_BINDINGS && w->want != WANT_OBJECT) {
        if (!term_is_cons(w->what) || term_tail(w->what) != TERM_NIL) return TERM_NONE;
        head = term_tuple_elements(term_head(w->what))[0];
    }
    if (!term_is_tuple(head) || term_tuple_arity(head) <= w->t->key_at) return TERM_NONE;
    Term key = term_tuple_elements(head)[w->t->key_at];
    return match_is_ground(&w->p->vm->env, key) ? key : TERM_NONE;
}

static Term walk(Process *p, Table *t, Term what, Want want) {
    Walk w = {.p = p, .t = t, .what = what, .want = want, .list = TERM_NIL};
    w.tail = &w.list;
    bool pattern = want == WANT_BINDINGS || want == WANT_OBJECT;
    if (pattern ? !term_is_tuple(what) && !term_is_atom(what) : !match_spec_check(what))
        return bif_badarg(p);
    Term key = key_wanted(&w);
    bool no_gc = p->regs->no_gc;
    p->regs->no_gc = true;
    TableEntry *e = key != TERM_NONE ? table_find(t, key) : table_next(t, NULL);
    while (e != NULL && !w.failed) {
        TableEntry *next = table_next(t, e);
        if (key != TERM_NONE && !table_same_key(t, e, key)) break;
        visit(&w, e);
        e = next;
    }
    p->regs->no_gc = no_gc;
    if (w.failed) return TERM_NONE;
    p->regs->exc.cls = EXC_NONE; // guards that failed have left theirs
    return want == WANT_DELETE || want == WANT_COUNT ? term_small(w.count) : w.list;
}

static Term walk_table(Process *p, Term *a, Want want) {
    Table *t = ets_begin(p, a[0], want == WANT_DELETE ? ETS_WRITE : ETS_READ);
    if (t == NULL) return TERM_NONE;
    Term result = walk(p, t, a[1], want);
    ets_end(p, t);
    return result;
}

BIF(ets_select_2, "ets", "select", "Table, MatchSpec", 0,
    "What the specification gives of each object.") {
    return walk_table(p, a, WANT_SPEC);
}
BIF(ets_select_count_2, "ets", "select_count", "Table, MatchSpec", 0,
    "How many objects the specification gives true of.") {
    return walk_table(p, a, WANT_COUNT);
}
BIF(ets_internal_select_delete_2, "ets", "internal_select_delete", "Table, MatchSpec", 0,
    "Deletes the objects that the specification gives true of; what select_delete is made of.") {
    return walk_table(p, a, WANT_DELETE);
}
BIF(ets_match_2, "ets", "match", "Table, Pattern", 0, "The bindings of each object that matches.") {
    return walk_table(p, a, WANT_BINDINGS);
}
BIF(ets_match_object_2, "ets", "match_object", "Table, Pattern", 0, "The objects that match.") {
    return walk_table(p, a, WANT_OBJECT);
}
