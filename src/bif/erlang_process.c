// SPDX-License-Identifier: Apache-2.0
// What a process knows and sets about itself: names of things, dictionary, flags, numbers that are
// unique, the end of the machine. process_info/1,2 is in process_info.c.
#include "bif/bif_int.h"
#include "bif/heap_settings.h"
#include "proc/dict.h"
#include "proc/table.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/integer.h"
#include "term/map.h"

// --- names ---------------------------------------------------------------------------------------

BIF(erlang_self_0, "erlang", "self", "", BIF_GUARD, "The pid of the process.") {
    return p->pid;
}

BIF(erlang_node_0, "erlang", "node", "", BIF_GUARD, "The name of this node.") {
    return p->vm->env.node;
}

BIF(erlang_nodes_0, "erlang", "nodes", "", 0,
    "The visible nodes that this one is connected with: none, without distribution.") {
    return TERM_NIL;
}

// Which nodes an argument of nodes/1 names: bit 0 for this one, bit 1 for others; -1: it is none.
static int node_kinds(Term kind) {
    switch (kind) {
    case ATOM_this: return 1;
    case ATOM_known: return 3;
    case ATOM_visible:
    case ATOM_hidden:
    case ATOM_connected: return 2;
    default: return -1;
    }
}

BIF(erlang_nodes_1, "erlang", "nodes", "KindOrKinds", 0,
    "The nodes of a kind or of any in a list: without distribution, this one or none.") {
    int kinds = 0;
    if (!term_is_list(a[0])) kinds = node_kinds(a[0]);
    for (Term l = a[0]; term_is_cons(l) && kinds >= 0; l = term_tail(l)) {
        int more = node_kinds(term_head(l));
        kinds = more < 0 || !term_is_list(term_tail(l)) ? -1 : kinds | more;
    }
    if (kinds < 0) return bif_badarg(p);
    if ((kinds & 1) == 0) return TERM_NIL;
    Hp hp;
    if (!process_reserve_gc(p, CONS_WORDS, &hp)) return TERM_NONE;
    Term list = hp_cons(&hp, p->vm->env.node, TERM_NIL);
    process_commit(p, &hp);
    return list;
}
BIF(erlang_node_1, "erlang", "node", "PidPortOrRef", BIF_GUARD,
    "The name of the node on which the argument was made.") {
    if (!term_is_pid(a[0]) && !term_is_port(a[0]) && !term_is_ref(a[0])) return bif_badarg(p);
    return term_is_kind(a[0], KIND_EXTERNAL) ? external_node(a[0]) : p->vm->env.node;
}

BIF(erlang_make_ref_0, "erlang", "make_ref", "", 0, "A new reference.") {
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Term ref = process_make_ref(p, &hp);
    process_commit(p, &hp);
    return ref;
}

BIF(erlang_group_leader_0, "erlang", "group_leader", "", 0, "The group leader of the process.") {
    return p->group_leader;
}

// --- dictionary ----------------------------------------------------------------------------------

static Term or_undefined(Term t) {
    return t == TERM_NONE ? ATOM_undefined : t;
}

BIF(erlang_put_2, "erlang", "put", "Key, Value", 0,
    "Keeps Value under Key in the process dictionary; what was there before, or undefined.") {
    bool failed;
    Term old = dict_put(p, a[0], a[1], &failed);
    return failed ? bif_system_limit(p) : or_undefined(old);
}
BIF(erlang_get_1, "erlang", "get", "Key", BIF_GUARD,
    "What the process dictionary has under Key, or undefined.") {
    return or_undefined(dict_get(p, a[0]));
}
BIF(erlang_erase_1, "erlang", "erase", "Key", 0,
    "Removes Key from the process dictionary; what was there, or undefined.") {
    return or_undefined(dict_erase(p, a[0]));
}

typedef struct DictList {
    Process *p;
    Hp hp;
    Term list;
    Term value; // get_keys/1: of which value; else TERM_NONE
} DictList;

static void add_pair(void *ctx, Term key, Term value) {
    DictList *l = ctx;
    l->list = hp_cons(&l->hp, hp_tuple2(&l->hp, key, value), l->list);
}
static void add_key(void *ctx, Term key, Term value) {
    DictList *l = ctx;
    if (l->value != TERM_NONE && !term_equal_exact(&l->p->vm->env, l->value, value)) return;
    l->list = hp_cons(&l->hp, key, l->list);
}

// A list of what `fn` adds for each pair; arg: NULL or what becomes DictList.value.
static Term dict_list_gc(Process *p, size_t words_each, const Term *arg,
                         void (*fn)(void *ctx, Term key, Term value)) {
    DictList l = {.p = p, .list = TERM_NIL};
    if (!process_reserve_gc(p, dict_count(p) * words_each, &l.hp)) return TERM_NONE;
    l.value = arg == NULL ? TERM_NONE : *arg;
    dict_each(p, fn, &l);
    process_commit(p, &l.hp);
    bif_charge_units(p, dict_count(p), BIF_CELLS_PER_REDUCTION);
    return l.list;
}

BIF(erlang_get_0, "erlang", "get", "", 0, "The process dictionary: a list of {Key, Value}.") {
    return dict_list_gc(p, CONS_WORDS + 3, NULL, add_pair);
}
BIF(erlang_get_keys_0, "erlang", "get_keys", "", 0, "The keys of the process dictionary.") {
    return dict_list_gc(p, CONS_WORDS, NULL, add_key);
}
BIF(erlang_get_keys_1, "erlang", "get_keys", "Value", 0,
    "The keys under which the process dictionary has Value.") {
    return dict_list_gc(p, CONS_WORDS, a, add_key);
}
BIF(erlang_erase_0, "erlang", "erase", "", 0,
    "Empties the process dictionary; what it was: a list of {Key, Value}.") {
    Term list = dict_list_gc(p, CONS_WORDS + 3, NULL, add_pair);
    if (list != TERM_NONE) dict_clear(p);
    return list;
}

// --- flags ---------------------------------------------------------------------------------------

static Term flag_bool(Process *p, bool *flag, Term value) {
    if (value != ATOM_true && value != ATOM_false) return bif_badarg(p);
    Term old = bif_bool(*flag);
    *flag = value == ATOM_true;
    return old;
}

static Term flag_error_handler(Process *p, Term value) {
    if (!term_is_atom(value)) return bif_badarg(p);
    Term old = term_atom(p->flags.error_handler);
    p->flags.error_handler = term_atom_index(value);
    return old;
}

static Term flag_priority(Process *p, Term value) {
    TaskPriority priority;
    if (!bif_priority(value, &priority)) return bif_badarg(p);
    Term old = bif_priority_atom(p->task.priority);
    p->task.priority = (uint8_t)priority;
    return old;
}

static Term flag_queue_data(Process *p, Term value) {
    if (value != ATOM_on_heap && value != ATOM_off_heap) return bif_badarg(p);
    Term old = p->flags.off_heap_queue ? ATOM_off_heap : ATOM_on_heap;
    p->flags.off_heap_queue = value == ATOM_off_heap;
    return old;
}

static Term flag_heap_gc(Process *p, Term *a) {
    HeapConfig c = *p->heap.config;
    if (!bif_heap_setting_read(p, HEAP_SETTING_PROCESS, a[0], a[1], &c) ||
        !bif_heap_settings_fit(&c))
        return bif_badarg(p);
    Term old = bif_heap_setting_gc(p, a[0], p->heap.config);
    if (old == TERM_NONE) return TERM_NONE;
    return process_set_heap_config(p, &c) ? old : bif_system_limit(p);
}

// Calls are not saved: the flag only keeps its number, as long as nobody asks for the calls.
static bool save_calls_arg(Term value, int64_t *n) {
    return bif_small_arg(value, 0, 10000, n);
}
static Term flag_save_calls(Process *p, Term value) {
    int64_t n;
    if (!save_calls_arg(value, &n)) return bif_badarg_cause(p, ATOM_none);
    Term old = term_small(p->flags.save_calls);
    p->flags.save_calls = (uint16_t)n;
    return old;
}

BIF(erlang_process_flag_2, "erlang", "process_flag", "Flag, Value", 0,
    "Sets a flag of the process and gives its old value.") {
    ProcessFlags *f = &p->flags;
    switch (a[0]) {
    case ATOM_trap_exit: return flag_bool(p, &f->trap_exit, a[1]);
    case ATOM_sensitive: return flag_bool(p, &f->sensitive, a[1]);
    case ATOM_error_handler: return flag_error_handler(p, a[1]);
    case ATOM_priority: return flag_priority(p, a[1]);
    case ATOM_message_queue_data: return flag_queue_data(p, a[1]);
    case ATOM_min_heap_size:
    case ATOM_min_bin_vheap_size:
    case ATOM_max_heap_size:
    case ATOM_fullsweep_after: return flag_heap_gc(p, a);
    case ATOM_save_calls: return flag_save_calls(p, a[1]);
    default: return bif_badarg_cause(p, ATOM_badopt);
    }
}

// The receiver's part of process_flag/3: SignalFn. value: {Asker, Number}.
static void flag_serve(Scheduler *s, VmCore *vm, Process *p, Signal *sig) {
    const Term *e = term_tuple_elements(sig->value);
    Term result = ATOM_badtype; // what the caller hears of a process that is not there
    if (p != NULL) {
        result = term_small(p->flags.save_calls);
        p->flags.save_calls = (uint16_t)term_small_value(e[1]);
    }
    (void)signal_reply(s, vm, e[0], sig->ref, result);
}

BIF(erts_internal_process_flag_3, "erts_internal", "process_flag", "Pid, Flag, Value", 0,
    "Sets save_calls of a process: its old value, or the reason of the error.") {
    int64_t n;
    if (!term_is_local_pid(a[0])) return ATOM_badtype;
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS + 3, &hp)) return TERM_NONE;
    Process *q = process_lookup(p->vm, a[0]);
    if (q == NULL) return ATOM_badtype;
    if (a[1] != ATOM_save_calls || !save_calls_arg(a[2], &n)) return ATOM_badarg;
    if (q == p) return flag_save_calls(p, a[2]);
    Term ref = process_make_ref(p, &hp);
    Term what = hp_tuple2(&hp, p->pid, a[2]);
    process_commit(p, &hp);
    Signal *sig = signal_copy_new(p->vm, SIGNAL_CALL, what, ref, 0);
    if (sig == NULL) return bif_system_limit(p);
    signal_set_call(sig, flag_serve);
    signal_push(p->regs->scheduler, q, sig);
    return process_await(p, ref);
}

// --- the end -------------------------------------------------------------------------------------

// What a program says at the end: at most this many bytes of it are kept.
static bool read_slogan(Term list, Halt *h) {
    size_t used = 0;
    for (; term_is_cons(list); list = term_tail(list)) {
        int64_t ch;
        uint8_t utf8[4] = {0};
        if (!bif_small_arg(term_head(list), 0, 0x10ffff, &ch)) return false;
        unsigned size = bits_utf8_size(ch);
        if (size == 0) return false;
        bits_put_utf8(utf8, 0, (int32_t)ch);
        if (used + size < sizeof h->slogan) memcpy(h->slogan + used, utf8, size);
        used += size;
    }
    h->slogan[MIN(used, sizeof h->slogan - 1)] = '\0';
    return term_is_nil(list);
}

static bool read_flush(Term options, bool *flush) {
    *flush = true;
    for (; term_is_cons(options); options = term_tail(options)) {
        Term o = term_head(options);
        if (!term_is_tuple(o) || term_tuple_arity(o) != 2 ||
            term_tuple_elements(o)[0] != ATOM_flush)
            return false;
        Term value = term_tuple_elements(o)[1];
        if (value != ATOM_true && value != ATOM_false) return false;
        *flush = value == ATOM_true;
    }
    return term_is_nil(options);
}

BIF(erlang_halt_2, "erlang", "halt", "Status, Options", 0,
    "Ends the machine. Status: an exit status, abort, or what to say before a crash dump.") {
    Halt h = {.kind = HALT_STATUS};
    bool flush;
    if (!read_flush(a[1], &flush)) return bif_badarg_cause(p, ATOM_badopt);
    if (term_is_list(a[0])) {
        h.kind = HALT_SLOGAN;
        h.status = 1;
        if (!read_slogan(a[0], &h)) return bif_badarg(p);
    } else if (a[0] == ATOM_abort) {
        h.kind = HALT_ABORT;
    } else if (term_is_integer(a[0]) && !integer_is_negative(a[0])) {
        // What the operating system keeps of it.
        h.status = (int)((term_is_small(a[0]) ? (uint64_t)term_small_value(a[0])
                                              : term_boxed_ptr(a[0])[1]) &
                         INT32_MAX);
    } else {
        return bif_badarg(p);
    }
    // Nothing of the program runs any more.
    process_halt(p, &h);
    return bif_raise(p, EXC_EXIT, ATOM_killed);
}
