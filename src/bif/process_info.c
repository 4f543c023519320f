// SPDX-License-Identifier: Apache-2.0
// erlang:process_info/1,2: what there is to know of a process. There is only one process so far:
// others do not exist, and this one has no links, monitors, messages nor names.
#include "bif/bif_int.h"
#include "bif/heap_settings.h"
#include "engine/engine.h"
#include "proc/dict.h"
#include "term/map.h"

static Term words_term(size_t words) {
    return term_small((int64_t)words);
}

typedef struct Pairs {
    Term key;
    Term value;
} Pairs;

// A list of {Key, Value}; the values are small integers or atoms.
static Term pair_list_gc(Process *p, const Pairs *pairs, size_t count) {
    Hp hp;
    if (!process_reserve_gc(p, count * (CONS_WORDS + 3), &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;)
        list = hp_cons(&hp, hp_tuple2(&hp, pairs[i].key, pairs[i].value), list);
    process_commit(p, &hp);
    return list;
}

// garbage_collection: its settings, and max_heap_size in front.
static Term settings_gc(Process *p) {
    const HeapConfig *c = p->heap.config;
    const Pairs pairs[] = {
        {ATOM_min_bin_vheap_size, words_term(c->min_vheap_bytes / sizeof(Term))},
        {ATOM_min_heap_size, words_term(c->min_words)},
        {ATOM_fullsweep_after, term_small(c->fullsweep_after)},
        {ATOM_minor_gcs, term_small(heap_sizes(&p->heap).minor_count)},
    };
    Term roots[2] = {pair_list_gc(p, pairs, ARRAY_COUNT(pairs)), TERM_NIL};
    RootFrame frame;
    process_push_roots(p, &frame, roots, 2);
    Hp hp;
    Term list = TERM_NONE;
    if (roots[0] != TERM_NONE &&
        (roots[1] = bif_heap_setting_gc(p, ATOM_max_heap_size, p->heap.config)) != TERM_NONE &&
        process_reserve_gc(p, CONS_WORDS + 3, &hp)) {
        list = hp_cons(&hp, hp_tuple2(&hp, ATOM_max_heap_size, roots[1]), roots[0]);
        process_commit(p, &hp);
    }
    process_pop_roots(p, &frame);
    return list;
}

static Term heap_numbers_gc(Process *p) {
    const HeapSizes h = heap_sizes(&p->heap);
    const size_t unit = sizeof(Term);
    const Pairs pairs[] = {
        {ATOM_old_heap_block_size, words_term(h.old_block)},
        {ATOM_heap_block_size, words_term(h.block)},
        {ATOM_mbuf_size, words_term(h.fragments)},
        {ATOM_recent_size, words_term(h.recent)},
        {ATOM_stack_size, words_term(h.stack)},
        {ATOM_old_heap_size, words_term(h.old_used)},
        {ATOM_heap_size, words_term(h.used)},
        {ATOM_bin_vheap_size, words_term(h.off_bytes / unit)},
        {ATOM_bin_vheap_block_size, words_term(MIN(h.off_limit_bytes, (size_t)SMALL_MAX) / unit)},
        {ATOM_bin_old_vheap_size, words_term(h.old_off_bytes / unit)},
        {ATOM_bin_old_vheap_block_size,
         words_term(MIN(h.old_off_limit_bytes, (size_t)SMALL_MAX) / unit)},
    };
    return pair_list_gc(p, pairs, ARRAY_COUNT(pairs));
}

static void add_pair(void *ctx, Term key, Term value) {
    Term *list = ((void **)ctx)[0];
    Hp *hp = ((void **)ctx)[1];
    *list = hp_cons(hp, hp_tuple2(hp, key, value), *list);
}
static Term dictionary_gc(Process *p) {
    Hp hp;
    Term list = TERM_NIL;
    if (!process_reserve_gc(p, dict_count(p) * (CONS_WORDS + 3), &hp)) return TERM_NONE;
    void *ctx[2] = {&list, &hp};
    dict_each(p, add_pair, ctx);
    process_commit(p, &hp);
    return list;
}

static Term initial_call_gc(Process *p) {
    Hp hp;
    if (!process_reserve_gc(p, 4, &hp)) return TERM_NONE;
    Term t = hp_tuple3(&hp, ATOM_erlang, ATOM_apply, term_small(2));
    process_commit(p, &hp);
    return t;
}

static int64_t memory_bytes(const Process *p) {
    return (int64_t)(sizeof *p + heap_total_words(&p->heap) * sizeof(Term) +
                     dict_count(p) * 2 * sizeof(Term));
}

static int64_t reductions(const Process *p) {
    return (int64_t)p->reductions + p->slice_reds - p->reds;
}

// {Module, Function, Arity, Location} of a stack trace's first frame.
static Term location(Term trace) {
    if (trace == TERM_NONE) return TERM_NONE;
    return term_is_cons(trace) ? term_head(trace) : ATOM_undefined;
}

static Term function_gc(Process *p) {
    Term frame = location(engine_current_stacktrace_gc(p));
    if (!term_is_tuple(frame)) return frame;
    RootFrame root;
    process_push_roots(p, &root, &frame, 1);
    Hp hp;
    Term t = TERM_NONE;
    if (process_reserve_gc(p, 4, &hp)) {
        Term *e = term_tuple_elements(frame);
        t = hp_tuple3(&hp, e[0], e[1], e[2]);
        process_commit(p, &hp);
    }
    process_pop_roots(p, &root);
    return t;
}

// The value of one item. TERM_NONE: an exception is set.
static Term value_gc(Process *p, Term item) {
    const Heap *h = &p->heap;
    const ProcessFlags *f = &p->flags;
    switch (item) {
    case ATOM_status: return ATOM_running;
    case ATOM_message_queue_len: return term_small(0);
    case ATOM_messages:
    case ATOM_links:
    case ATOM_monitors:
    case ATOM_monitored_by:
    case ATOM_suspending:
    case ATOM_sequential_trace_token: return TERM_NIL;
    case ATOM_dictionary: return dictionary_gc(p);
    case ATOM_trap_exit: return bif_bool(f->trap_exit);
    case ATOM_error_handler: return term_atom(f->error_handler);
    case ATOM_priority: return bif_priority_atom(p->task.priority);
    case ATOM_message_queue_data: return f->off_heap_queue ? ATOM_off_heap : ATOM_on_heap;
    case ATOM_group_leader: return p->group_leader;
    case ATOM_initial_call: return initial_call_gc(p);
    case ATOM_parent: return ATOM_undefined;
    case ATOM_heap_size: return words_term((size_t)(h->end - h->start));
    case ATOM_total_heap_size: return words_term(heap_total_words(h));
    case ATOM_stack_size: return words_term((size_t)(h->end - h->stack));
    case ATOM_memory: return term_small(memory_bytes(p));
    case ATOM_reductions: return term_small(reductions(p));
    case ATOM_catchlevel: return term_small(p->catches);
    case ATOM_trace: return term_small(0);
    case ATOM_last_calls:
        if (f->save_calls != 0) return bif_error(p, ATOM_notsup);
        return ATOM_false;
    case ATOM_min_heap_size:
    case ATOM_min_bin_vheap_size:
    case ATOM_max_heap_size:
    case ATOM_fullsweep_after: return bif_heap_setting_gc(p, item, h->config);
    case ATOM_current_stacktrace: return engine_current_stacktrace_gc(p);
    case ATOM_current_location: return location(engine_current_stacktrace_gc(p));
    case ATOM_current_function: return function_gc(p);
    case ATOM_garbage_collection: return settings_gc(p);
    case ATOM_garbage_collection_info: return heap_numbers_gc(p);
    // Items that exist, but that this machine cannot tell yet.
    case ATOM_backtrace:
    case ATOM_binary:
    case ATOM_magic_ref: return bif_error(p, ATOM_notsup);
    default: return bif_badarg(p);
    }
}

// {Item, Value}.
static Term item_gc(Process *p, Term item) {
    Term value = value_gc(p, item);
    if (value == TERM_NONE) return TERM_NONE;
    RootFrame frame;
    process_push_roots(p, &frame, &value, 1);
    Hp hp;
    Term t = TERM_NONE;
    if (process_reserve_gc(p, 3, &hp)) {
        t = hp_tuple2(&hp, item, value);
        process_commit(p, &hp);
    }
    process_pop_roots(p, &frame);
    return t;
}

// The elements of the list that `list` (a root) holds, last first.
static Term reversed_gc(Process *p, const Term *list) {
    int64_t count = bif_list_length(*list);
    Hp hp;
    if (count < 0) return bif_badarg(p);
    if (!process_reserve_gc(p, (size_t)count * CONS_WORDS, &hp)) return TERM_NONE;
    Term reversed = TERM_NIL;
    for (Term l = *list; term_is_cons(l); l = term_tail(l))
        reversed = hp_cons(&hp, term_head(l), reversed);
    process_commit(p, &hp);
    return reversed;
}

static Term no_name_gc(Process *p) {
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term t = hp_tuple2(&hp, ATOM_registered_name, TERM_NIL);
    process_commit(p, &hp);
    return t;
}

// [{Item, Value}] for the items of the list that `list` (a root) holds.
static Term items_gc(Process *p, const Term *list) {
    enum { TODO, DONE, PAIR, ROOTS };
    Term roots[ROOTS] = {reversed_gc(p, list), TERM_NIL, TERM_NIL};
    if (roots[TODO] == TERM_NONE) return TERM_NONE;
    RootFrame frame;
    process_push_roots(p, &frame, roots, ROOTS);
    bool ok = true;
    for (; ok && term_is_cons(roots[TODO]); roots[TODO] = term_tail(roots[TODO])) {
        Term item = term_head(roots[TODO]);
        Hp hp;
        roots[PAIR] = item == ATOM_registered_name ? no_name_gc(p) : item_gc(p, item);
        ok = roots[PAIR] != TERM_NONE && process_reserve_gc(p, CONS_WORDS, &hp);
        if (!ok) break;
        roots[DONE] = hp_cons(&hp, roots[PAIR], roots[DONE]);
        process_commit(p, &hp);
    }
    process_pop_roots(p, &frame);
    return ok ? roots[DONE] : TERM_NONE;
}

BIF(erlang_process_info_2, "erlang", "process_info", "Pid, ItemOrItems", 0,
    "What is known of the process: {Item, Value}, or a list of such for a list of items.") {
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    if (a[0] != p->pid) return ATOM_undefined;
    if (term_is_list(a[1])) return items_gc(p, &a[1]);
    return a[1] == ATOM_registered_name ? TERM_NIL : item_gc(p, a[1]);
}

BIF(erlang_process_info_1, "erlang", "process_info", "Pid", 0,
    "A list of {Item, Value} for the items that people want most.") {
    static const Term items[] = {
        ATOM_current_function,  ATOM_initial_call,    ATOM_status,
        ATOM_message_queue_len, ATOM_links,           ATOM_dictionary,
        ATOM_trap_exit,         ATOM_error_handler,   ATOM_priority,
        ATOM_group_leader,      ATOM_total_heap_size, ATOM_heap_size,
        ATOM_stack_size,        ATOM_reductions,      ATOM_garbage_collection,
        ATOM_suspending,
    };
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    if (a[0] != p->pid) return ATOM_undefined;
    Hp hp;
    if (!process_reserve_gc(p, CONS_WORDS * ARRAY_COUNT(items), &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = ARRAY_COUNT(items); i-- > 0;) list = hp_cons(&hp, items[i], list);
    process_commit(p, &hp);
    RootFrame frame;
    process_push_roots(p, &frame, &list, 1);
    Term result = items_gc(p, &list);
    process_pop_roots(p, &frame);
    return result;
}
