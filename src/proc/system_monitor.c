// SPDX-License-Identifier: Apache-2.0
// The messages of erlang:system_monitor. See system_monitor.h.
#include "proc/system_monitor.h"

#include "proc/table.h"

enum { NS_PER_MS = 1000000, ITEMS_MAX = 7, ITEM_WORDS = CONS_WORDS + 3, PLACE_WORDS = 4 };

typedef struct Item {
    Term key;
    Term value;
} Item;

// {monitor, Pid, Event, [Item]} to whom it is for. That one may have ended, and memory may be
// short: then nobody is told.
static void report(Process *p, Term event, const Item *items, size_t count,
                   const SystemPlace *places) {
    VmCore *vm = p->vm;
    Term pid = atomic_load_explicit(&vm->monitor.pid, memory_order_relaxed);
    Process *to = term_is_local_pid(pid) ? process_lookup(vm, pid) : NULL;
    if (to == NULL) return;
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, 5 + ITEMS_MAX * (ITEM_WORDS + PLACE_WORDS));
    if (sig == NULL) return;
    Hp hp = signal_hp(sig);
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;) {
        Term value = items[i].value;
        if (value == TERM_NONE) {
            const SystemPlace *at = places++;
            value = at->module == TERM_NONE
                        ? ATOM_undefined
                        : hp_tuple3(&hp, at->module, at->function, term_small(at->arity));
        }
        list = hp_cons(&hp, hp_tuple2(&hp, items[i].key, value), list);
    }
    sig->value = hp_tuple(&hp, 4);
    Term elements[4] = {ATOM_monitor, p->pid, event, list};
    memcpy(term_tuple_elements(sig->value), elements, sizeof elements);
    signal_close(sig, &hp);
    signal_push(p->regs->scheduler, to, sig);
}

static Term words(size_t count) {
    return term_small((int64_t)count);
}

void system_monitor_collected(Process *p, int64_t took_ns) {
    const SystemMonitor *m = &p->vm->monitor;
    HeapSizes s = heap_sizes(&p->heap);
    int64_t ms = took_ns / NS_PER_MS;
    const Item items[ITEMS_MAX] = {
        {ATOM_timeout, term_small(ms)},         {ATOM_old_heap_block_size, words(s.old_block)},
        {ATOM_heap_block_size, words(s.block)}, {ATOM_mbuf_size, words(s.fragments)},
        {ATOM_stack_size, words(s.stack)},      {ATOM_old_heap_size, words(s.old_used)},
        {ATOM_heap_size, words(s.used)},
    };
    if (system_monitor_wants(m, EVENT_LONG_GC) &&
        ms >= atomic_load_explicit(&m->long_gc_ms, memory_order_relaxed))
        report(p, ATOM_long_gc, items, ITEMS_MAX, NULL);
    int64_t total = (int64_t)heap_total_words(&p->heap);
    if (system_monitor_wants(m, EVENT_LARGE_HEAP) &&
        total >= atomic_load_explicit(&m->large_heap_words, memory_order_relaxed))
        report(p, ATOM_large_heap, items + 1, ITEMS_MAX - 1, NULL);
}

void system_monitor_scheduled(Process *p, int64_t took_ns, const SystemPlace *in,
                              const SystemPlace *out) {
    const SystemMonitor *m = &p->vm->monitor;
    int64_t ms = took_ns / NS_PER_MS;
    if (ms < atomic_load_explicit(&m->long_schedule_ms, memory_order_relaxed)) return;
    const Item items[] = {
        {ATOM_timeout, term_small(ms)}, {ATOM_in, TERM_NONE}, {ATOM_out, TERM_NONE}};
    // In the order in which the list is built: from its end.
    const SystemPlace places[] = {*out, *in};
    report(p, ATOM_long_schedule, items, ARRAY_COUNT(items), places);
}
