// SPDX-License-Identifier: Apache-2.0
// The items of erlang:process_info, one by one: see process_info.h.
#include "bif/bif_int.h"
#include "bif/heap_settings.h"
#include "bif/process_info.h"
#include "proc/dict.h"
#include "proc/relations.h"
#include "proc/suspend.h"
#include "term/map.h"

typedef InfoQuestion Ask;

static Term number(size_t n) {
    return term_small((int64_t)n);
}
static size_t copy_words(const Ask *q, Term t) {
    return term_is_immediate(t)
               ? 0
               : heap_copy_words(&q->p->vm->mem, q->p->vm->heap_config.literals, t);
}
static Term copy(const Ask *q, Hp *hp, Term t) {
    if (term_is_immediate(t)) return t;
    return heap_copy(&q->p->vm->mem, q->p->vm->heap_config.literals, hp, t);
}
// Of a term on the heap of the process.
static size_t own_words(const Ask *q, Term t) {
    return q->other ? copy_words(q, t) : 0;
}
static Term own(const Ask *q, Hp *hp, Term t) {
    return q->other ? copy(q, hp, t) : t;
}

typedef struct Pair {
    Term key, value;
} Pair;
enum { PAIR_WORDS = CONS_WORDS + 3 };

// A list of {Key, Value}; the values are immediate.
static Term pair_list(Hp *hp, const Pair *pairs, size_t count, Term tail) {
    for (size_t i = count; i-- > 0;)
        tail = hp_cons(hp, hp_tuple2(hp, pairs[i].key, pairs[i].value), tail);
    return tail;
}

// --- what it does --------------------------------------------------------------------------------

static Term get_status(const Ask *q, Hp *hp UNUSED) {
    const Process *p = q->p;
    if (!q->other) return ATOM_running;
    if (p->exiting) return ATOM_exiting;
    if (p->suspended > 0) return ATOM_suspended;
    if (p->waiting) return ATOM_waiting;
    return (q->flags & INFO_IN_CONTEXT) != 0 ? ATOM_running : ATOM_runnable;
}

static Term get_current_function(const Ask *q, Hp *hp) {
    const EngineWhere *w = &q->where;
    if (w->module == TERM_NONE) return ATOM_undefined;
    return hp_tuple3(hp, w->module, w->function, term_small(w->arity));
}
static size_t where_words(const Ask *q) {
    return engine_where_words(&q->where);
}
static Term get_current_location(const Ask *q, Hp *hp) {
    return engine_where_location(q->p->vm, hp, &q->where);
}
static Term get_current_stacktrace(const Ask *q, Hp *hp) {
    return engine_where_stacktrace(q->p->vm, hp, &q->where);
}

static size_t text_words(const Ask *q) {
    return bits_words(q->text.size_bytes * 8);
}
static Term get_backtrace(const Ask *q, Hp *hp) {
    uint8_t *bytes;
    Term t = hp_bits(&q->p->vm->mem, hp, q->text.size_bytes * 8, &bytes);
    if (t == TERM_NONE) return hp_bits(&q->p->vm->mem, hp, 0, &bytes); // no memory for the text
    if (q->text.size_bytes > 0) memcpy(bytes, q->text.data, q->text.size_bytes);
    return t;
}

static Term get_initial_call(const Ask *q, Hp *hp) {
    const Export *ex = q->p->initial;
    if (ex == NULL) return hp_tuple3(hp, ATOM_erlang, ATOM_apply, term_small(2));
    return hp_tuple3(hp, ex->module, ex->function, term_small(ex->arity));
}
static Term get_catchlevel(const Ask *q, Hp *hp UNUSED) {
    return term_small(q->p->catches);
}
static Term get_reductions(const Ask *q, Hp *hp UNUSED) {
    const Process *p = q->p;
    return term_small((int64_t)p->reductions + p->regs->slice_reds - p->reds);
}

// --- its relations -------------------------------------------------------------------------------

static Term get_parent(const Ask *q, Hp *hp UNUSED) {
    return q->p->parent == TERM_NONE ? ATOM_undefined : q->p->parent;
}
static size_t leader_words(const Ask *q) {
    return own_words(q, q->p->group_leader);
}
static Term get_group_leader(const Ask *q, Hp *hp) {
    return own(q, hp, q->p->group_leader);
}
static Term get_registered_name(const Ask *q, Hp *hp UNUSED) {
    Term name = atomic_load_explicit(&q->p->name, memory_order_relaxed);
    return term_is_atom(name) ? name : TERM_NIL;
}

typedef struct ListBuild {
    const Ask *q;
    Hp *hp;
    Term list;
} ListBuild;

static void add_peer(void *ctx, const Relation *r) {
    ListBuild *l = ctx;
    l->list = hp_cons(l->hp, r->peer, l->list);
}
static Term peers(const Ask *q, Hp *hp, RelationKind kind) {
    ListBuild l = {q, hp, TERM_NIL};
    relation_each(q->p, kind, add_peer, &l);
    return l.list;
}
static size_t links_words(const Ask *q) {
    return relation_count(q->p, RELATION_LINK) * CONS_WORDS;
}
static Term get_links(const Ask *q, Hp *hp) {
    return peers(q, hp, RELATION_LINK);
}
static size_t monitored_by_words(const Ask *q) {
    return relation_count(q->p, RELATION_WATCHER) * CONS_WORDS;
}
static Term get_monitored_by(const Ask *q, Hp *hp) {
    return peers(q, hp, RELATION_WATCHER);
}

static void add_monitor(void *ctx, const Relation *r) {
    ListBuild *l = ctx;
    Term type = ATOM_process, what = r->peer;
    switch ((MonitorType)r->type) {
    case MONITOR_NONE: return;
    case MONITOR_PROCESS: break;
    case MONITOR_PORT: type = ATOM_port; break;
    case MONITOR_TIME:
        type = ATOM_time_offset;
        what = ATOM_clock_service;
        break;
    }
    if (r->type != MONITOR_TIME && r->name != TERM_NONE)
        what = hp_tuple2(l->hp, r->name, l->q->p->vm->env.node);
    l->list = hp_cons(l->hp, hp_tuple2(l->hp, type, what), l->list);
}
static size_t monitors_words(const Ask *q) {
    return relation_count(q->p, RELATION_MONITOR) * (CONS_WORDS + 3 + 3);
}
static Term get_monitors(const Ask *q, Hp *hp) {
    ListBuild l = {q, hp, TERM_NIL};
    relation_each(q->p, RELATION_MONITOR, add_monitor, &l);
    return l.list;
}

static void add_suspending(void *ctx, const SuspendInfo *info) {
    ListBuild *l = ctx;
    Term t = hp_tuple3(l->hp, info->pid, term_small(info->active), term_small(info->outstanding));
    l->list = hp_cons(l->hp, t, l->list);
}
static size_t suspending_words(const Ask *q) {
    return process_suspending_count(q->p) * (CONS_WORDS + 4);
}
static Term get_suspending(const Ask *q, Hp *hp) {
    ListBuild l = {q, hp, TERM_NIL};
    process_suspending_each(q->p, add_suspending, &l);
    return l.list;
}

// --- its messages and dictionary -----------------------------------------------------------------
// A process that is sensitive shows neither.

static Term get_message_queue_len(const Ask *q, Hp *hp UNUSED) {
    return number(q->p->mailbox.count);
}

// Messages are copied also for the process itself: they are not part of its heap yet.
static size_t messages_words(const Ask *q) {
    size_t words = 0;
    if (q->p->flags.sensitive) return 0;
    for (const Signal *sig = q->p->mailbox.first; sig != NULL; sig = sig->next)
        if (sig->kind == SIGNAL_MESSAGE) words += CONS_WORDS + copy_words(q, sig->value);
    return words;
}
static Term get_messages(const Ask *q, Hp *hp) {
    ASSERT(!q->p->mailbox.holding);
    Term first = TERM_NIL, *tail = &first;
    if (q->p->flags.sensitive) return TERM_NIL;
    for (const Signal *sig = q->p->mailbox.first; sig != NULL; sig = sig->next) {
        if (sig->kind != SIGNAL_MESSAGE) continue;
        Term message = copy(q, hp, sig->value);
        *tail = hp_cons(hp, message, TERM_NIL);
        tail = &term_cons_ptr(*tail)[1];
    }
    return first;
}

typedef struct DictBuild {
    ListBuild list;
    size_t words;
} DictBuild;

static void add_dict_words(void *ctx, Term key, Term value) {
    DictBuild *d = ctx;
    d->words += PAIR_WORDS + own_words(d->list.q, key) + own_words(d->list.q, value);
}
static void add_dict_pair(void *ctx, Term key, Term value) {
    ListBuild *l = &((DictBuild *)ctx)->list;
    Term k = own(l->q, l->hp, key), v = own(l->q, l->hp, value);
    l->list = hp_cons(l->hp, hp_tuple2(l->hp, k, v), l->list);
}
static size_t dictionary_words(const Ask *q) {
    DictBuild d = {.list = {.q = q}};
    if (!q->p->flags.sensitive) dict_each(q->p, add_dict_words, &d);
    return d.words;
}
static Term get_dictionary(const Ask *q, Hp *hp) {
    DictBuild d = {.list = {q, hp, TERM_NIL}};
    if (!q->p->flags.sensitive) dict_each(q->p, add_dict_pair, &d);
    return d.list.list;
}

// --- its memory ----------------------------------------------------------------------------------

static size_t mailbox_words(const Process *p) {
    size_t words = 0;
    for (const Signal *sig = p->mailbox.first; sig != NULL; sig = sig->next)
        if (sig->kind == SIGNAL_MESSAGE) words += sig->words;
    return words;
}
static Term get_memory(const Ask *q, Hp *hp UNUSED) {
    const Process *p = q->p;
    size_t words = heap_total_words(&p->heap) + dict_count(p) * 2 + mailbox_words(p);
    size_t relations = relation_count(p, RELATION_LINK) + relation_count(p, RELATION_MONITOR) +
                       relation_count(p, RELATION_WATCHER);
    return number(sizeof *p + words * sizeof(Term) + p->mailbox.count * sizeof(Signal) +
                  relations * sizeof(Relation));
}
static Term get_total_heap_size(const Ask *q, Hp *hp UNUSED) {
    return number(heap_total_words(&q->p->heap) + mailbox_words(q->p));
}
static Term get_heap_size(const Ask *q, Hp *hp UNUSED) {
    return number((size_t)(q->p->heap.end - q->p->heap.start));
}
static Term get_stack_size(const Ask *q, Hp *hp UNUSED) {
    return number((size_t)(q->p->heap.end - q->p->heap.stack));
}
static Term get_min_heap_size(const Ask *q, Hp *hp UNUSED) {
    return number(q->p->heap.config->min_words);
}
static Term get_min_bin_vheap_size(const Ask *q, Hp *hp UNUSED) {
    return number(q->p->heap.config->min_vheap_bytes / sizeof(Term));
}
static Term get_fullsweep_after(const Ask *q, Hp *hp UNUSED) {
    return term_small(q->p->heap.config->fullsweep_after);
}
static size_t max_heap_words(const Ask *q UNUSED) {
    return bif_max_heap_words();
}
static Term get_max_heap_size(const Ask *q, Hp *hp) {
    return bif_max_heap_map(q->p, hp, q->p->heap.config);
}

static Term get_garbage_collection(const Ask *q, Hp *hp) {
    const HeapConfig *c = q->p->heap.config;
    const Pair pairs[] = {
        {ATOM_min_bin_vheap_size, number(c->min_vheap_bytes / sizeof(Term))},
        {ATOM_min_heap_size, number(c->min_words)},
        {ATOM_fullsweep_after, term_small(c->fullsweep_after)},
        {ATOM_minor_gcs, term_small(heap_sizes(&q->p->heap).minor_count)},
    };
    Term list = pair_list(hp, pairs, ARRAY_COUNT(pairs), TERM_NIL);
    Term max = bif_max_heap_map(q->p, hp, c);
    return hp_cons(hp, hp_tuple2(hp, ATOM_max_heap_size, max), list);
}

enum { HEAP_NUMBERS = 11 };
size_t info_heap_numbers_words(void) {
    return HEAP_NUMBERS * PAIR_WORDS;
}
Term info_heap_numbers(const Process *p, Hp *hp) {
    const HeapSizes h = heap_sizes(&p->heap);
    const size_t unit = sizeof(Term), most = (size_t)SMALL_MAX;
    const Pair pairs[HEAP_NUMBERS] = {
        {ATOM_old_heap_block_size, number(h.old_block)},
        {ATOM_heap_block_size, number(h.block)},
        {ATOM_mbuf_size, number(h.fragments)},
        {ATOM_recent_size, number(h.recent)},
        {ATOM_stack_size, number(h.stack)},
        {ATOM_old_heap_size, number(h.old_used)},
        {ATOM_heap_size, number(h.used)},
        {ATOM_bin_vheap_size, number(h.off_bytes / unit)},
        {ATOM_bin_vheap_block_size, number(MIN(h.off_limit_bytes, most) / unit)},
        {ATOM_bin_old_vheap_size, number(h.old_off_bytes / unit)},
        {ATOM_bin_old_vheap_block_size, number(MIN(h.old_off_limit_bytes, most) / unit)},
    };
    return pair_list(hp, pairs, HEAP_NUMBERS, TERM_NIL);
}
static Term get_garbage_collection_info(const Ask *q, Hp *hp) {
    return info_heap_numbers(q->p, hp);
}

// --- what it owns outside of its heap ------------------------------------------------------------

typedef void (*OffHeapFn)(void *ctx, const Term *object);

static void each_in(const OffHeap *off, Kind kind, OffHeapFn fn, void *ctx) {
    for (Term *object = off->first; object != NULL;) {
        Kind k = header_kind(object[0]);
        if (k == kind) fn(ctx, object);
        object = (Term *)object[k == KIND_REFC_BITS ? REFC_BITS_LINK : MAGIC_REF_LINK];
    }
}
static void each_off_heap(const Process *p, Kind kind, OffHeapFn fn, void *ctx) {
    each_in(&p->heap.off, kind, fn, ctx);
    if (p->heap.past != NULL) each_in(&p->heap.past->old_off, kind, fn, ctx);
    for (const HeapFragment *f = p->heap.fragments; f != NULL; f = f->next)
        each_in(&f->off, kind, fn, ctx);
    for (const Signal *sig = p->mailbox.first; sig != NULL; sig = sig->next)
        if (sig->kind == SIGNAL_MESSAGE) each_in(&sig->off, kind, fn, ctx);
}

static void count_object(void *ctx, const Term *object UNUSED) {
    ++*(size_t *)ctx;
}
static size_t objects_words(const Ask *q, Kind kind) {
    size_t count = 0;
    each_off_heap(q->p, kind, count_object, &count);
    return count * (CONS_WORDS + 4);
}
// {Address, Bytes, References}.
static void add_object(ListBuild *l, const void *address, size_t bytes, uint64_t refs) {
    Term t = hp_tuple3(l->hp, number((uintptr_t)address), number(bytes), number(refs));
    l->list = hp_cons(l->hp, t, l->list);
}
static void add_binary(void *ctx, const Term *object) {
    const BitsData *d = (const BitsData *)object[REFC_BITS_DATA];
    add_object(ctx, d, d->cap_bytes, atomic_load_explicit(&d->refs, memory_order_relaxed));
}
static void add_magic(void *ctx, const Term *object) {
    const MagicBin *bin = (const MagicBin *)object[MAGIC_REF_BIN];
    add_object(ctx, bin, 0, atomic_load_explicit(&bin->refs, memory_order_relaxed));
}
static size_t binary_words(const Ask *q) {
    return objects_words(q, KIND_REFC_BITS);
}
static Term get_binary(const Ask *q, Hp *hp) {
    ListBuild l = {q, hp, TERM_NIL};
    each_off_heap(q->p, KIND_REFC_BITS, add_binary, &l);
    return l.list;
}
static size_t magic_words(const Ask *q) {
    return objects_words(q, KIND_MAGIC_REF);
}
// How large the object is only its owner knows: 0 stands for that.
static Term get_magic_ref(const Ask *q, Hp *hp) {
    ListBuild l = {q, hp, TERM_NIL};
    each_off_heap(q->p, KIND_MAGIC_REF, add_magic, &l);
    return l.list;
}

// --- its flags -----------------------------------------------------------------------------------

static Term get_trap_exit(const Ask *q, Hp *hp UNUSED) {
    return bif_bool(q->p->flags.trap_exit);
}
static Term get_error_handler(const Ask *q, Hp *hp UNUSED) {
    return term_atom(q->p->flags.error_handler);
}
static Term get_priority(const Ask *q, Hp *hp UNUSED) {
    return bif_priority_atom(q->p->task.priority);
}
static Term get_message_queue_data(const Ask *q, Hp *hp UNUSED) {
    return q->p->flags.off_heap_queue ? ATOM_off_heap : ATOM_on_heap;
}
// Calls are not recorded: a process that has asked for that cannot be told (InfoQuestion).
static Term get_last_calls(const Ask *q, Hp *hp UNUSED) {
    ASSERT(q->p->flags.save_calls == 0);
    return ATOM_false;
}
static Term get_zero(const Ask *q UNUSED, Hp *hp UNUSED) {
    return term_small(0);
}
static Term get_nil(const Ask *q UNUSED, Hp *hp UNUSED) {
    return TERM_NIL;
}

// --- the table -----------------------------------------------------------------------------------

enum { C = INFO_IN_CONTEXT, W = INFO_WHERE, GC_WORDS = 5 * PAIR_WORDS };
static const InfoItem items[] = {
    {ATOM_backtrace, C | INFO_TEXT, 0, text_words, get_backtrace},
    {ATOM_binary, C, 0, binary_words, get_binary},
    {ATOM_catchlevel, 0, 0, NULL, get_catchlevel},
    {ATOM_current_function, C | W, 4, NULL, get_current_function},
    {ATOM_current_location, C | W, 0, where_words, get_current_location},
    {ATOM_current_stacktrace, C | W, 0, where_words, get_current_stacktrace},
    {ATOM_dictionary, C, 0, dictionary_words, get_dictionary},
    {ATOM_error_handler, 0, 0, NULL, get_error_handler},
    {ATOM_fullsweep_after, 0, 0, NULL, get_fullsweep_after},
    {ATOM_garbage_collection, 0, GC_WORDS, max_heap_words, get_garbage_collection},
    {ATOM_garbage_collection_info, 0, HEAP_NUMBERS *PAIR_WORDS, NULL, get_garbage_collection_info},
    {ATOM_group_leader, 0, 0, leader_words, get_group_leader},
    {ATOM_heap_size, 0, 0, NULL, get_heap_size},
    {ATOM_initial_call, 0, 4, NULL, get_initial_call},
    {ATOM_last_calls, 0, 0, NULL, get_last_calls},
    {ATOM_links, C, 0, links_words, get_links},
    {ATOM_magic_ref, C, 0, magic_words, get_magic_ref},
    {ATOM_max_heap_size, 0, 0, max_heap_words, get_max_heap_size},
    {ATOM_memory, C, 0, NULL, get_memory},
    {ATOM_message_queue_data, 0, 0, NULL, get_message_queue_data},
    {ATOM_message_queue_len, INFO_MESSAGES, 0, NULL, get_message_queue_len},
    {ATOM_messages, C | INFO_MESSAGES, 0, messages_words, get_messages},
    {ATOM_min_bin_vheap_size, 0, 0, NULL, get_min_bin_vheap_size},
    {ATOM_min_heap_size, 0, 0, NULL, get_min_heap_size},
    {ATOM_monitored_by, C, 0, monitored_by_words, get_monitored_by},
    {ATOM_monitors, C, 0, monitors_words, get_monitors},
    {ATOM_parent, 0, 0, NULL, get_parent},
    {ATOM_priority, 0, 0, NULL, get_priority},
    {ATOM_reductions, 0, 0, NULL, get_reductions},
    {ATOM_registered_name, 0, 0, NULL, get_registered_name},
    {ATOM_sequential_trace_token, 0, 0, NULL, get_nil},
    {ATOM_stack_size, 0, 0, NULL, get_stack_size},
    {ATOM_status, 0, 0, NULL, get_status},
    {ATOM_suspending, C, 0, suspending_words, get_suspending},
    {ATOM_total_heap_size, C | INFO_MESSAGES, 0, NULL, get_total_heap_size},
    {ATOM_trace, 0, 0, NULL, get_zero},
    {ATOM_trap_exit, 0, 0, NULL, get_trap_exit},
};

const InfoItem *info_items(size_t *count) {
    *count = ARRAY_COUNT(items);
    return items;
}
const InfoItem *info_item(Term name) {
    for (size_t i = 0; i < ARRAY_COUNT(items); i++)
        if (items[i].name == name) return &items[i];
    return NULL;
}
