// SPDX-License-Identifier: Apache-2.0
// Module ets: making, deleting, describing tables, and whose they are.
//
// A table that gets a new owner (by gift, or as an inheritance) is his at once; the message that
// tells him comes by the way of all messages. He may have ended meanwhile, without having seen the
// table among his: so a request goes to him behind the message, which is answered in any case, and
// if he is gone the table goes on to its heir, or is deleted.
#include "bif/ets_int.h"
#include "bif/ids.h"
#include "proc/signal.h"
#include "proc/table.h"
#include "term/ident.h"

enum { CLEAR_AT_ONCE = 2000, ENTRIES_PER_REDUCTION = 2 };

static Registry *registry(const VmCore *vm) {
    return &bif_vm(vm)->tables;
}

Table *ets_begin(Process *p, Term id, EtsUse use) {
    Registry *r = registry(p->vm);
    Table *t = term_is_atom(id) ? registry_by_name(r, id) : registry_by_ref(r, id);
    if (t == NULL) {
        bif_badarg_cause(p, ATOM_id);
        return NULL;
    }
    mutex_lock(p->vm->os, &t->lock);
    bool may = use == ETS_LOOK || t->owner == p->pid || t->access == TABLE_PUBLIC ||
               (t->access == TABLE_PROTECTED && use == ETS_READ);
    if (LIKELY(may) && LIKELY(!t->deleted)) return t;
    bif_badarg_cause(p, t->deleted ? ATOM_id : ATOM_access);
    ets_end(p, t);
    return NULL;
}

void ets_end(Process *p, Table *t) {
    mutex_unlock(p->vm->os, &t->lock);
    table_release(t);
}

// The reference that owns a count of the table. Words: MAGIC_REF_WORDS.
static Term hp_table_ref(Hp *hp, Table *t) {
    table_retain(t);
    return hp_magic_ref(hp, t->ids, &t->bin);
}
static Term table_ref_gc(Process *p, Table *t) {
    Hp hp;
    if (!process_reserve_gc(p, MAGIC_REF_WORDS, &hp)) return TERM_NONE;
    Term ref = hp_table_ref(&hp, t);
    process_commit(p, &hp);
    return ref;
}

// --- making --------------------------------------------------------------------------------------
typedef struct NewTable {
    Table like;
    Term heir, heir_data; // TERM_NONE: none
    Term decentralized;   // TERM_NONE: not said
} NewTable;

// {heir, none} and {heir, Pid, Data}. A process that is not there inherits nothing.
static bool read_heir(const VmCore *vm, Term option, Term *heir, Term *data) {
    const Term *e = term_tuple_elements(option);
    size_t arity = term_tuple_arity(option);
    *heir = TERM_NONE;
    *data = TERM_NIL;
    if (arity == 2 && e[1] == ATOM_none) return true;
    if (arity != 3 || !term_is_local_pid(e[1])) return false;
    if (process_lookup(vm, e[1]) == NULL) return true;
    *heir = e[1];
    *data = e[2];
    return true;
}

static bool is_bool(Term t) {
    return t == ATOM_true || t == ATOM_false;
}

static bool read_tuple_option(const VmCore *vm, NewTable *n, Term option) {
    Table *t = &n->like;
    if (term_tuple_arity(option) < 2) return false;
    Term key = term_tuple_elements(option)[0], value = term_tuple_elements(option)[1];
    if (key == ATOM_heir) return read_heir(vm, option, &n->heir, &n->heir_data);
    if (term_tuple_arity(option) != 2) return false;
    int64_t at;
    switch (key) {
    case ATOM_keypos:
        if (!bif_small_arg(value, 1, TUPLE_ARITY_MAX, &at)) return false;
        t->key_at = (size_t)at - 1;
        return true;
    case ATOM_write_concurrency:
        t->write_concurrency = value;
        return is_bool(value) || value == ATOM_auto;
    case ATOM_read_concurrency: t->read_concurrency = value == ATOM_true; return is_bool(value);
    case ATOM_decentralized_counters: n->decentralized = value; return is_bool(value);
    default: return false;
    }
}

static bool read_option(const VmCore *vm, NewTable *n, Term option) {
    Table *t = &n->like;
    if (term_is_tuple(option)) return read_tuple_option(vm, n, option);
    switch (option) {
    case ATOM_set: t->type = TABLE_SET; return true;
    case ATOM_bag: t->type = TABLE_BAG; return true;
    case ATOM_duplicate_bag: t->type = TABLE_DUPLICATE_BAG; return true;
    case ATOM_public: t->access = TABLE_PUBLIC; return true;
    case ATOM_protected: t->access = TABLE_PROTECTED; return true;
    case ATOM_private: t->access = TABLE_PRIVATE; return true;
    case ATOM_named_table: t->named = true; return true;
    case ATOM_compressed: t->compressed = true; return true;
    default: return false;
    }
}

// One count; NULL: an exception is set. a[1] are the options.
static Table *make_table(Process *p, const Term *a, NewTable *n) {
    process_next_ref(p, n->like.ids);
    Table *t = table_new(&p->vm->env, &n->like);
    if (t == NULL || (n->heir != TERM_NONE && !table_set_heir(t, n->heir, n->heir_data))) {
        if (t != NULL) table_release(t);
        bif_system_limit(p);
        return NULL;
    }
    if (registry_add(registry(p->vm), t)) return t;
    table_release(t);
    bif_badarg_cause(p, ATOM_already_exists);
    return NULL;
}

BIF(ets_new_2, "ets", "new", "Name, Options", 0,
    "A new table: set, bag or duplicate_bag (ordered_set is not there yet).") {
    NewTable n = {.like = {.name = a[0],
                           .owner = p->pid,
                           .type = TABLE_SET,
                           .access = TABLE_PROTECTED,
                           .write_concurrency = ATOM_false},
                  .heir = TERM_NONE,
                  .decentralized = TERM_NONE};
    Term options = a[1];
    if (!term_is_atom(a[0])) return bif_badarg(p);
    for (; term_is_cons(options); options = term_tail(options)) {
        if (term_head(options) == ATOM_ordered_set) return bif_error(p, ATOM_notsup);
        if (!read_option(p->vm, &n, term_head(options))) return bif_badarg(p);
    }
    if (options != TERM_NIL) return bif_badarg(p);
    if (n.like.access == TABLE_PRIVATE) n.like.write_concurrency = ATOM_false;
    n.like.decentralized_counters =
        n.decentralized == TERM_NONE
            ? n.like.write_concurrency == ATOM_auto
            : n.decentralized == ATOM_true && n.like.write_concurrency != ATOM_false;
    Table *t = make_table(p, a, &n);
    if (t == NULL) return TERM_NONE;
    Term id = t->named ? t->name : table_ref_gc(p, t);
    table_release(t);
    return id; // without room for the reference the table goes with its owner
}

// --- deleting ------------------------------------------------------------------------------------
// With the lock: nobody finds it any more. What it holds is freed by its owner from now on, who may
// be another than before.
static void begin_delete(VmCore *vm, Table *t, Term by) {
    t->deleted = true;
    t->heir = TERM_NONE;
    registry_hide(registry(vm), t);
    if (t->owner != by) registry_set_owner(registry(vm), t, by);
}

// Frees a part of a deleted table, and in the end the registry's count. true: it is done. Only the
// owner does this, and all others look at nothing but `deleted`.
static bool go_on_delete(Process *p, Table *t) {
    uint64_t units = MIN((uint64_t)CLEAR_AT_ONCE, bif_budget(p, ENTRIES_PER_REDUCTION));
    size_t before = t->count;
    bool done = table_clear(t, units);
    bif_charge(p, 1 + (before - t->count) / ENTRIES_PER_REDUCTION);
    if (done) registry_drop(registry(p->vm), t);
    return done;
}

static Term delete_slices(Process *p, Table *t, Term *ref) {
    while (!go_on_delete(p, t))
        if (bif_out_of_time(p)) return bif_go_on(p, BIF_ID_ets_delete_continue, 1, ref);
    return ATOM_true;
}

BIF(ets_delete_continue, "erts_internal", "ets_delete_continue", "Table", 0,
    "true, once the deleted table is freed.") {
    Table *t = (Table *)bif_state(a[0], table_destroy);
    if (t == NULL) return bif_badarg(p);
    mutex_lock(p->vm->os, &t->lock);
    bool ours = t->deleted && t->owner == p->pid;
    mutex_unlock(p->vm->os, &t->lock);
    return ours ? delete_slices(p, t, a) : bif_badarg(p);
}

BIF(ets_delete_1, "ets", "delete", "Table", 0, "Deletes a table.") {
    Table *t = ets_begin(p, a[0], ETS_WRITE);
    if (t == NULL) return TERM_NONE;
    Term ref = table_ref_gc(p, t); // by which the rest of a large one is found
    if (ref != TERM_NONE) begin_delete(p->vm, t, p->pid);
    mutex_unlock(p->vm->os, &t->lock);
    Term result = ref == TERM_NONE ? TERM_NONE : delete_slices(p, t, &ref);
    table_release(t);
    return result;
}

// --- another owner -------------------------------------------------------------------------------
// {'ETS-TRANSFER', Table, From, Gift} to its new owner.
static void tell_owner(Scheduler *s, Process *to, Table *t, Term from, Term gift) {
    VmCore *vm = to->vm;
    const LiteralRange *lits = vm->heap_config.literals;
    size_t words = 5 + MAGIC_REF_WORDS + heap_copy_words(&vm->mem, lits, gift);
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, words);
    if (sig == NULL) return; // the table is his all the same
    Hp hp = signal_hp(sig);
    Term tuple = hp_tuple(&hp, 4);
    Term *e = term_tuple_elements(tuple);
    e[0] = ATOM_ETS_TRANSFER;
    e[1] = t->named ? t->name : hp_table_ref(&hp, t);
    e[2] = from;
    e[3] = heap_copy(&vm->mem, lits, &hp, gift);
    signal_close(sig, &hp);
    sig->from = from;
    sig->value = tuple;
    signal_push(s, to, sig);
}

static void owner_gone(Scheduler *s, VmCore *vm, Table *t, Term owner);

// What the new owner answers, or somebody else when he is gone: SignalFn.
static void owner_is_there(Scheduler *s, VmCore *vm, Process *receiver, Signal *sig) {
    const Term *e = term_tuple_elements(sig->value);
    if (receiver == NULL) owner_gone(s, vm, (Table *)magic_ref_bin(e[0]), e[1]);
}

static void ask_owner(Scheduler *s, Process *to, Table *t) {
    Signal *sig = signal_new(to->vm, SIGNAL_CALL, 3 + MAGIC_REF_WORDS);
    if (sig == NULL) return; // it may stay without an owner until the machine ends
    Hp hp = signal_hp(sig);
    Term ref = hp_table_ref(&hp, t);
    sig->value = hp_tuple2(&hp, ref, to->pid);
    signal_close(sig, &hp);
    signal_set_call(sig, owner_is_there);
    signal_push(s, to, sig);
}

// With the table's lock.
static void transfer(Scheduler *s, Process *to, Table *t, Term gift) {
    Term from = t->owner;
    registry_set_owner(registry(to->vm), t, to->pid);
    tell_owner(s, to, t, from, gift);
    ask_owner(s, to, t);
}

// With the table's lock: to its heir, if there is one. false: it is to be deleted.
static bool inherit(Scheduler *s, VmCore *vm, Table *t) {
    Process *heir =
        t->heir == TERM_NONE || t->heir == t->owner ? NULL : process_lookup(vm, t->heir);
    if (heir == NULL) return false;
    transfer(s, heir, t, t->heir_data);
    return true;
}

// Not by the owner himself: nothing of his is at hand any more.
static void owner_gone(Scheduler *s, VmCore *vm, Table *t, Term owner) {
    mutex_lock(vm->os, &t->lock);
    bool gone = !t->deleted && t->owner == owner && !inherit(s, vm, t);
    if (gone) begin_delete(vm, t, owner);
    mutex_unlock(vm->os, &t->lock);
    if (!gone) return;
    (void)table_clear(t, SIZE_MAX);
    registry_drop(registry(vm), t);
}

bool ets_process_exited(Process *p) {
    Table *t;
    while ((t = registry_owned_by(registry(p->vm), p->pid)) != NULL) {
        mutex_lock(p->vm->os, &t->lock);
        bool ours = t->owner == p->pid; // or somebody else has begun to delete it
        if (ours && !t->deleted) {
            ours = !inherit(p->regs->scheduler, p->vm, t);
            if (ours) begin_delete(p->vm, t, p->pid);
        }
        mutex_unlock(p->vm->os, &t->lock);
        if (ours) (void)go_on_delete(p, t);
        table_release(t);
        bif_charge(p, 1);
        if (bif_out_of_time(p)) return false;
    }
    return true;
}

static Term give_away(Process *p, Table *t, Term pid, Term gift) {
    if (t->owner != p->pid) return bif_badarg_cause(p, ATOM_not_owner);
    if (!term_is_local_pid(pid)) return bif_badarg(p);
    if (pid == p->pid) return bif_badarg_cause(p, ATOM_owner);
    Process *to = process_lookup(p->vm, pid);
    if (to == NULL) return bif_badarg(p);
    transfer(p->regs->scheduler, to, t, gift);
    return ATOM_true;
}

BIF(ets_give_away_3, "ets", "give_away", "Table, Pid, Gift", 0,
    "Makes Pid the table's owner, who is told by {'ETS-TRANSFER', Table, From, Gift}.") {
    Table *t = ets_begin(p, a[0], ETS_WRITE);
    if (t == NULL) return TERM_NONE;
    Term result = give_away(p, t, a[1], a[2]);
    ets_end(p, t);
    return result;
}

// --- options that change -------------------------------------------------------------------------
typedef struct NewOptions {
    bool has_heir, has_access;
    Term heir, heir_data;
    TableAccess access;
} NewOptions;

static bool read_new_option(const VmCore *vm, NewOptions *o, Term option) {
    if (!term_is_tuple(option) || term_tuple_arity(option) < 2) return false;
    const Term *e = term_tuple_elements(option);
    if (e[0] == ATOM_heir && !o->has_heir) {
        o->has_heir = true;
        return read_heir(vm, option, &o->heir, &o->heir_data);
    }
    if (e[0] != ATOM_protection || o->has_access || term_tuple_arity(option) != 2) return false;
    o->has_access = true;
    o->access = e[1] == ATOM_public      ? TABLE_PUBLIC
                : e[1] == ATOM_protected ? TABLE_PROTECTED
                                         : TABLE_PRIVATE;
    return o->access != TABLE_PRIVATE || e[1] == ATOM_private;
}

static Term set_options(Process *p, Table *t, Term options) {
    NewOptions o = {0};
    bool ok = true;
    if (term_is_tuple(options)) {
        ok = read_new_option(p->vm, &o, options);
        options = TERM_NIL;
    }
    for (; ok && term_is_cons(options); options = term_tail(options))
        ok = read_new_option(p->vm, &o, term_head(options));
    if (!ok || options != TERM_NIL || t->owner != p->pid) return bif_badarg(p);
    if (o.has_heir && !table_set_heir(t, o.heir, o.heir_data)) return bif_system_limit(p);
    if (o.has_access) t->access = o.access;
    return ATOM_true;
}

BIF(ets_setopts_2, "ets", "setopts", "Table, Options", 0,
    "Sets {heir, none}, {heir, Pid, Data} and {protection, Access}: one or a list of them.") {
    Table *t = ets_begin(p, a[0], ETS_WRITE);
    if (t == NULL) return TERM_NONE;
    Term result = set_options(p, t, a[1]);
    ets_end(p, t);
    return result;
}

BIF(ets_rename_2, "ets", "rename", "Table, Name", 0, "Gives a table another name.") {
    if (!term_is_atom(a[1])) return bif_badarg(p);
    Table *t = ets_begin(p, a[0], ETS_WRITE);
    if (t == NULL) return TERM_NONE;
    Term result = t->named ? a[1] : a[0];
    if (!registry_rename(registry(p->vm), t, a[1])) result = bif_badarg(p);
    ets_end(p, t);
    return result;
}

// --- what there is to know -----------------------------------------------------------------------
// In the order in which info/1 lists them.
static const Term info_items[] = {
    ATOM_id,
    ATOM_decentralized_counters,
    ATOM_read_concurrency,
    ATOM_write_concurrency,
    ATOM_compressed,
    ATOM_memory,
    ATOM_owner,
    ATOM_heir,
    ATOM_name,
    ATOM_size,
    ATOM_node,
    ATOM_named_table,
    ATOM_type,
    ATOM_keypos,
    ATOM_protection,
};

// `ref`: its reference. TERM_NONE: no such item.
static Term info_item(const Process *p, const Table *t, Term item, Term ref) {
    switch (item) {
    case ATOM_id: return ref;
    case ATOM_decentralized_counters: return bif_bool(t->decentralized_counters);
    case ATOM_read_concurrency: return bif_bool(t->read_concurrency);
    case ATOM_write_concurrency: return t->write_concurrency;
    case ATOM_compressed: return bif_bool(t->compressed);
    case ATOM_memory: return term_small((int64_t)(t->words + t->bucket_count));
    case ATOM_owner: return t->owner;
    case ATOM_heir: return t->heir == TERM_NONE ? ATOM_none : t->heir;
    case ATOM_name: return t->name;
    case ATOM_size: return term_small((int64_t)t->count);
    case ATOM_node: return p->vm->env.node;
    case ATOM_named_table: return bif_bool(t->named);
    case ATOM_type:
        return t->type == TABLE_SET   ? ATOM_set
               : t->type == TABLE_BAG ? ATOM_bag
                                      : ATOM_duplicate_bag;
    case ATOM_keypos: return term_small((int64_t)t->key_at + 1);
    case ATOM_protection:
        return t->access == TABLE_PUBLIC      ? ATOM_public
               : t->access == TABLE_PROTECTED ? ATOM_protected
                                              : ATOM_private;
    case ATOM_fixed:
    case ATOM_safe_fixed: return ATOM_false;
    case ATOM_binary: return TERM_NIL;
    default: return TERM_NONE;
    }
}

static Term info_list_gc(Process *p, Table *t) {
    enum { COUNT = ARRAY_COUNT(info_items) };
    Hp hp;
    if (!process_reserve_gc(p, MAGIC_REF_WORDS + COUNT * (3 + CONS_WORDS), &hp)) return TERM_NONE;
    Term ref = hp_table_ref(&hp, t), list = TERM_NIL;
    for (size_t i = COUNT; i-- > 0;) {
        Term value = info_item(p, t, info_items[i], ref);
        list = hp_cons(&hp, hp_tuple2(&hp, info_items[i], value), list);
    }
    process_commit(p, &hp);
    return list;
}

// Item TERM_NONE: all.
static Term info(Process *p, Term id, Term item) {
    bool known = term_is_atom(id) || bif_state(id, table_destroy) != NULL;
    Table *t = known || term_is_kind(id, KIND_REF) ? ets_begin(p, id, ETS_LOOK) : NULL;
    if (t == NULL && !known) return bif_badarg_cause(p, ATOM_type);
    if (t == NULL) {
        p->regs->exc.cls = EXC_NONE;
        return ATOM_undefined;
    }
    Term value;
    if (item == TERM_NONE) {
        value = info_list_gc(p, t);
    } else if (item == ATOM_id) {
        value = table_ref_gc(p, t);
    } else {
        value = info_item(p, t, item, TERM_NONE);
        if (value == TERM_NONE) bif_badarg(p);
    }
    ets_end(p, t);
    return value;
}

BIF(ets_info_1, "ets", "info", "Table", 0, "All facts of a table, or undefined.") {
    return info(p, a[0], TERM_NONE);
}
BIF(ets_info_2, "ets", "info", "Table, Item", 0, "One fact of a table, or undefined.") {
    return info(p, a[0], a[1]);
}

BIF(ets_whereis_1, "ets", "whereis", "Name", 0, "The reference of a named table, or undefined.") {
    if (!term_is_atom(a[0])) return bif_badarg(p);
    Table *t = registry_by_name(registry(p->vm), a[0]);
    if (t == NULL) return ATOM_undefined;
    Term ref = table_ref_gc(p, t);
    table_release(t);
    return ref;
}

// --- all tables ----------------------------------------------------------------------------------
// Names and references; the counts go over to the references, or go.
static Term table_list_gc(Process *p, Table **tables, size_t count) {
    Hp hp;
    bool room = process_reserve_gc(p, count * (CONS_WORDS + MAGIC_REF_WORDS), &hp);
    Term list = TERM_NIL;
    for (size_t i = 0; i < count; i++) {
        Table *t = tables[i];
        mutex_lock(p->vm->os, &t->lock); // for its name
        if (room)
            list = hp_cons(&hp, t->named ? t->name : hp_magic_ref(&hp, t->ids, &t->bin), list);
        bool kept = room && !t->named;
        mutex_unlock(p->vm->os, &t->lock);
        if (!kept) table_release(t);
    }
    if (room) process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    return room ? list : TERM_NONE;
}

static Term all_tables_gc(Process *p) {
    Mem *m = p->vm->env.mem;
    for (size_t capacity = 64;;) {
        Table **tables = mem_alloc(m, capacity * sizeof *tables);
        if (tables == NULL) return bif_system_limit(p);
        size_t count = registry_all(registry(p->vm), tables, capacity);
        Term list = table_list_gc(p, tables, MIN(count, capacity));
        mem_free(m, tables, capacity * sizeof *tables);
        if (count <= capacity || list == TERM_NONE) return list;
        capacity = 2 * count;
    }
}

// ets:all/0 then waits for a message {Ref, Tables} of each scheduler. Here the first has all.
BIF(ets_internal_request_all_0, "ets", "internal_request_all", "", 0,
    "What ets:all/0 is made of: a reference, by which messages will come that list the tables.") {
    Term roots[2] = {TERM_NIL, TERM_NIL}; // list, reference
    RootFrame frame;
    process_push_roots(p, &frame, roots, 2);
    Term list = all_tables_gc(p);
    if (list != TERM_NONE) roots[0] = list;
    Hp hp;
    bool ok = list != TERM_NONE && process_reserve_gc(p, LOCAL_REF_WORDS + 2 * 3, &hp);
    process_pop_roots(p, &frame);
    if (!ok) return TERM_NONE;
    Term ref = process_make_ref(p, &hp);
    Term first = hp_tuple2(&hp, ref, roots[0]), others = hp_tuple2(&hp, ref, TERM_NIL);
    process_commit(p, &hp);
    uint32_t schedulers = sched_info(p->vm->sched).schedulers;
    for (uint32_t i = 0; ok && i < schedulers; i++)
        ok = process_post(p->regs->scheduler, p, i == 0 ? first : others);
    return ok ? ref : bif_system_limit(p);
}
