// SPDX-License-Identifier: Apache-2.0
// Module ets, as far as sequential code leans on it (digraph, and through it the linter; the
// compiler's inliner): set, bag and duplicate_bag. What is not here is undefined, and ordered_set
// is refused.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "ets/match.h"
#include "term/ident.h"

static Tables *tables(const Process *p) {
    return &bif_vm(p->vm)->tables;
}

// NULL: no such table; badarg with cause `id` is set.
static Table *table_arg(Process *p, Term t) {
    Table *table = NULL;
    if (term_is_atom(t)) {
        table = table_by_name(tables(p), t);
    } else if (term_is_kind(t, KIND_REF)) {
        Ident id = ident_ref(t);
        table = table_by_ids(tables(p), id.ids);
    }
    if (table == NULL) bif_badarg_cause(p, ATOM_id);
    return table;
}

// --- tables --------------------------------------------------------------------------------------
static bool read_pair_option(Table *t, Term option) {
    Term key = term_tuple_elements(option)[0], value = term_tuple_elements(option)[1];
    int64_t n;
    switch (key) {
    case ATOM_keypos:
        if (!bif_small_arg(value, 1, TUPLE_ARITY_MAX, &n)) return false;
        t->key_at = (size_t)n - 1;
        return true;
    case ATOM_heir: return value == ATOM_none;
    case ATOM_write_concurrency:
        return value == ATOM_true || value == ATOM_false || value == ATOM_auto;
    case ATOM_read_concurrency:
    case ATOM_decentralized_counters: return value == ATOM_true || value == ATOM_false;
    default: return false;
    }
}

static bool read_option(Table *t, Term option) {
    if (term_is_tuple(option) && term_tuple_arity(option) == 2) return read_pair_option(t, option);
    switch (option) {
    case ATOM_set: t->type = TABLE_SET; return true;
    case ATOM_bag: t->type = TABLE_BAG; return true;
    case ATOM_duplicate_bag: t->type = TABLE_DUPLICATE_BAG; return true;
    case ATOM_public: t->access = TABLE_PUBLIC; return true;
    case ATOM_protected: t->access = TABLE_PROTECTED; return true;
    case ATOM_private: t->access = TABLE_PRIVATE; return true;
    case ATOM_named_table: t->named = true; return true;
    case ATOM_compressed: return true;
    default: return false;
    }
}

BIF(ets_new_2, "ets", "new", "Name, Options", 0,
    "A new table: set, bag or duplicate_bag (ordered_set is not there yet).") {
    Table t = {.name = a[0], .owner = p->pid, .type = TABLE_SET, .access = TABLE_PROTECTED};
    Term options = a[1];
    if (!term_is_atom(a[0])) return bif_badarg(p);
    for (; term_is_cons(options); options = term_tail(options)) {
        if (term_head(options) == ATOM_ordered_set) return bif_error(p, ATOM_notsup);
        if (!read_option(&t, term_head(options))) return bif_badarg(p);
    }
    if (options != TERM_NIL) return bif_badarg(p);
    if (t.named && table_by_name(tables(p), a[0]) != NULL) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Term ref = process_make_ref(p, &hp);
    process_commit(p, &hp);
    memcpy(t.ids, ident_ref(ref).ids, sizeof t.ids);
    if (table_new(tables(p), &t) == NULL) return bif_system_limit(p);
    return t.named ? a[0] : ref;
}

BIF(ets_delete_1, "ets", "delete", "Table", 0, "Deletes a table.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    bif_charge(p, t->count);
    table_delete(tables(p), t);
    return ATOM_true;
}

static Term info_item(const Table *t, Term item, Term id) {
    switch (item) {
    case ATOM_id: return id;
    case ATOM_name: return t->name;
    case ATOM_size: return term_small((int64_t)t->count);
    case ATOM_memory: return term_small((int64_t)(t->words + t->bucket_count));
    case ATOM_owner: return t->owner;
    case ATOM_heir: return ATOM_none;
    case ATOM_node: return ATOM_nonode_at_nohost;
    case ATOM_keypos: return term_small((int64_t)t->key_at + 1);
    case ATOM_named_table: return bif_bool(t->named);
    case ATOM_compressed: return ATOM_false;
    case ATOM_type:
        return t->type == TABLE_SET   ? ATOM_set
               : t->type == TABLE_BAG ? ATOM_bag
                                      : ATOM_duplicate_bag;
    case ATOM_protection:
        return t->access == TABLE_PUBLIC      ? ATOM_public
               : t->access == TABLE_PROTECTED ? ATOM_protected
                                              : ATOM_private;
    default: return TERM_NONE;
    }
}

BIF(ets_info_2, "ets", "info", "Table, Item", 0, "One fact of a table, or undefined.") {
    if (!term_is_atom(a[0]) && !term_is_ref(a[0])) return bif_badarg(p);
    Table *t = table_arg(p, a[0]);
    if (t == NULL) {
        p->regs->exc.cls = EXC_NONE;
        return ATOM_undefined;
    }
    Term value = info_item(t, a[1], a[0]);
    return value == TERM_NONE ? bif_badarg(p) : value;
}

BIF(ets_whereis_1, "ets", "whereis", "Name", 0, "The reference of a named table, or undefined.") {
    if (!term_is_atom(a[0])) return bif_badarg(p);
    Table *t = table_by_name(tables(p), a[0]);
    if (t == NULL) return ATOM_undefined;
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Ident id = {.node = TERM_NONE, .id_count = 3};
    memcpy(id.ids, t->ids, sizeof t->ids);
    Term ref = hp_ref(&hp, &id);
    process_commit(p, &hp);
    return ref;
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
    if (!term_is_list(objects))
        return table_insert(tables(p), t, objects) ? ATOM_true : bif_system_limit(p);
    for (; term_is_cons(objects); objects = term_tail(objects)) {
        if (!table_insert(tables(p), t, term_head(objects))) return bif_system_limit(p);
        bif_charge(p, 1);
    }
    return ATOM_true;
}

BIF(ets_insert_2, "ets", "insert", "Table, Objects", 0, "Inserts an object or a list of them.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    return objects_ok(t, a[1]) ? insert_all(p, t, a[1]) : bif_badarg(p);
}

BIF(ets_insert_new_2, "ets", "insert_new", "Table, Objects", 0,
    "Inserts the objects if none of their keys is there. Whether it did.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    if (!objects_ok(t, a[1])) return bif_badarg(p);
    if (!term_is_list(a[1])) {
        if (table_find(tables(p), t, table_key(t, a[1])) != NULL) return ATOM_false;
    } else {
        for (Term l = a[1]; term_is_cons(l); l = term_tail(l))
            if (table_find(tables(p), t, table_key(t, term_head(l))) != NULL) return ATOM_false;
    }
    return insert_all(p, t, a[1]);
}

static size_t copy_words(const Process *p, Term t) {
    return heap_copy_words(&p->vm->mem, p->heap.config->literals, t);
}
static Term copy(const Process *p, Hp *hp, Term t) {
    return heap_copy(&p->vm->mem, p->heap.config->literals, hp, t);
}

BIF(ets_lookup_2, "ets", "lookup", "Table, Key", 0, "The objects of a key, oldest first.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    TableEntry *first = table_find(tables(p), t, a[1]);
    size_t words = 0, count = 0;
    for (TableEntry *e = first; e != NULL && table_same_key(tables(p), t, e, a[1]); e = e->next) {
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

BIF(ets_lookup_element_3, "ets", "lookup_element", "Table, Key, Position", 0,
    "The element at Position of a key's object; of a bag, the list of them.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    int64_t at;
    TableEntry *first = table_find(tables(p), t, a[1]);
    if (!bif_small_arg(a[2], 1, TUPLE_ARITY_MAX, &at)) return bif_badarg(p);
    if (first == NULL) return bif_badarg_cause(p, ATOM_badkey);
    size_t words = 0, count = 0;
    for (TableEntry *e = first; e != NULL && table_same_key(tables(p), t, e, a[1]); e = e->next) {
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

BIF(ets_member_2, "ets", "member", "Table, Key", 0, "Whether there is an object of that key.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    return bif_bool(table_find(tables(p), t, a[1]) != NULL);
}

BIF(ets_delete_2, "ets", "delete", "Table, Key", 0, "Deletes the objects of a key.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    bif_charge(p, table_delete_key(tables(p), t, a[1]));
    return ATOM_true;
}

BIF(ets_delete_object_2, "ets", "delete_object", "Table, Object", 0,
    "Deletes exactly that object.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    if (!is_object(t, a[1])) return bif_badarg(p);
    bif_charge(p, table_delete_object(tables(p), t, a[1]));
    return ATOM_true;
}

BIF(ets_internal_delete_all_2, "ets", "internal_delete_all", "Table, undefined", 0,
    "Deletes all objects; how many there were. What delete_all_objects is made of.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    size_t count = t->count;
    bif_charge(p, count);
    table_clear(tables(p), t);
    return term_small((int64_t)count);
}

// Nobody else changes a table during a traversal yet, so there is nothing to fix.
BIF(ets_safe_fixtable_2, "ets", "safe_fixtable", "Table, Fix", 0,
    "true: tables are used by one process so far.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    return a[1] == ATOM_true || a[1] == ATOM_false ? ATOM_true : bif_badarg(p);
}

static Term key_of(Process *p, const Table *t, const TableEntry *e) {
    if (e == NULL) return ATOM_end_of_table;
    Hp hp;
    if (!process_reserve_gc(p, copy_words(p, table_key(t, e->object)), &hp)) return TERM_NONE;
    Term key = copy(p, &hp, table_key(t, e->object));
    process_commit(p, &hp);
    return key;
}

BIF(ets_first_1, "ets", "first", "Table", 0, "The first key in table order, or '$end_of_table'.") {
    Table *t = table_arg(p, a[0]);
    return t == NULL ? TERM_NONE : key_of(p, t, table_next(t, NULL));
}

BIF(ets_next_2, "ets", "next", "Table, Key", 0,
    "The key after Key in table order, or '$end_of_table'.") {
    Table *t = table_arg(p, a[0]);
    if (t == NULL) return TERM_NONE;
    TableEntry *e = table_find(tables(p), t, a[1]);
    if (e == NULL) return bif_badarg(p);
    while (e != NULL && table_same_key(tables(p), t, e, a[1])) e = table_next(t, e);
    return key_of(p, t, e);
}

// --- matching
// -------------------------------------------------------------------------------------- What is
// wanted of each object that matches.
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
        if (w->want == WANT_DELETE) table_remove(tables(w->p), w->t, e);
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

static Term walk(Process *p, Term table, Term what, Want want) {
    Walk w = {.p = p, .what = what, .want = want, .list = TERM_NIL};
    w.tail = &w.list;
    w.t = table_arg(p, table);
    if (w.t == NULL) return TERM_NONE;
    bool pattern = want == WANT_BINDINGS || want == WANT_OBJECT;
    if (pattern ? !term_is_tuple(what) && !term_is_atom(what) : !match_spec_check(what))
        return bif_badarg(p);
    Term key = key_wanted(&w);
    bool no_gc = p->regs->no_gc;
    p->regs->no_gc = true;
    TableEntry *e = key != TERM_NONE ? table_find(tables(p), w.t, key) : table_next(w.t, NULL);
    while (e != NULL && !w.failed) {
        TableEntry *next = table_next(w.t, e);
        if (key != TERM_NONE && !table_same_key(tables(p), w.t, e, key)) break;
        visit(&w, e);
        e = next;
    }
    p->regs->no_gc = no_gc;
    if (w.failed) return TERM_NONE;
    p->regs->exc.cls = EXC_NONE; // guards that failed have left theirs
    return want == WANT_DELETE || want == WANT_COUNT ? term_small(w.count) : w.list;
}

BIF(ets_select_2, "ets", "select", "Table, MatchSpec", 0,
    "What the specification gives of each object.") {
    return walk(p, a[0], a[1], WANT_SPEC);
}
BIF(ets_select_count_2, "ets", "select_count", "Table, MatchSpec", 0,
    "How many objects the specification gives true of.") {
    return walk(p, a[0], a[1], WANT_COUNT);
}
BIF(ets_internal_select_delete_2, "ets", "internal_select_delete", "Table, MatchSpec", 0,
    "Deletes the objects that the specification gives true of; what select_delete is made of.") {
    return walk(p, a[0], a[1], WANT_DELETE);
}
BIF(ets_match_2, "ets", "match", "Table, Pattern", 0, "The bindings of each object that matches.") {
    return walk(p, a[0], a[1], WANT_BINDINGS);
}
BIF(ets_match_object_2, "ets", "match_object", "Table, Pattern", 0, "The objects that match.") {
    return walk(p, a[0], a[1], WANT_OBJECT);
}
