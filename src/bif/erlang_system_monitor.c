// SPDX-License-Identifier: Apache-2.0
// erlang:system_monitor/0,1,2 and system_profile/0,2. What is monitored is in
// proc/system_monitor.c; profiling of schedulers is not there: asking for it is notsup.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "proc/system_monitor.h"
#include "proc/table.h"

// The least {large_heap, Size} that the reference has.
enum { LARGE_HEAP_MIN = 16384, EVENT_COUNT = 5 };

typedef struct Settings {
    uint32_t events;
    int64_t long_gc_ms, large_heap_words, long_schedule_ms;
} Settings;

static Settings read_settings(const SystemMonitor *m) {
    return (Settings){
        .events = atomic_load_explicit(&m->events, memory_order_relaxed),
        .long_gc_ms = atomic_load_explicit(&m->long_gc_ms, memory_order_relaxed),
        .large_heap_words = atomic_load_explicit(&m->large_heap_words, memory_order_relaxed),
        .long_schedule_ms = atomic_load_explicit(&m->long_schedule_ms, memory_order_relaxed),
    };
}

enum { SETTINGS_WORDS = 3 + EVENT_COUNT * (CONS_WORDS + 3 + INT64_WORDS) };

// {Pid, [Event]}, newest last, as the reference lists them; undefined: nobody monitors.
static Term hp_settings(Hp *hp, Term pid, const Settings *s) {
    if (pid == TERM_NONE) return ATOM_undefined;
    const struct {
        SystemEvent event;
        Term name;
        int64_t limit; // -1: none
    } rows[EVENT_COUNT] = {
        {EVENT_BUSY_DIST_PORT, ATOM_busy_dist_port, -1},
        {EVENT_BUSY_PORT, ATOM_busy_port, -1},
        {EVENT_LARGE_HEAP, ATOM_large_heap, s->large_heap_words},
        {EVENT_LONG_SCHEDULE, ATOM_long_schedule, s->long_schedule_ms},
        {EVENT_LONG_GC, ATOM_long_gc, s->long_gc_ms},
    };
    Term list = TERM_NIL;
    for (int i = EVENT_COUNT; i-- > 0;) {
        if ((s->events & rows[i].event) == 0) continue;
        Term row = rows[i].name;
        if (rows[i].limit >= 0) {
            Term limit = hp_int64(hp, rows[i].limit);
            row = hp_tuple2(hp, row, limit);
        }
        list = hp_cons(hp, row, list);
    }
    return hp_tuple2(hp, pid, list);
}

static bool read_limit(const Term *e, Settings *s) {
    int64_t n;
    switch (e[0]) {
    case ATOM_long_gc:
        if (!bif_small_arg(e[1], 0, SMALL_MAX, &n)) return false;
        s->events |= EVENT_LONG_GC;
        s->long_gc_ms = MAX(n, 1);
        return true;
    case ATOM_long_schedule:
        if (!bif_small_arg(e[1], 0, SMALL_MAX, &n)) return false;
        s->events |= EVENT_LONG_SCHEDULE;
        s->long_schedule_ms = MAX(n, 1);
        return true;
    case ATOM_large_heap:
        if (!bif_small_arg(e[1], 0, SMALL_MAX, &n)) return false;
        s->events |= EVENT_LARGE_HEAP;
        s->large_heap_words = MAX(n, LARGE_HEAP_MIN);
        return true;
    default: return false;
    }
}

static bool read_events(Term list, Settings *s) {
    *s = (Settings){0};
    for (; term_is_cons(list); list = term_tail(list)) {
        Term t = term_head(list);
        if (t == ATOM_busy_port)
            s->events |= EVENT_BUSY_PORT;
        else if (t == ATOM_busy_dist_port)
            s->events |= EVENT_BUSY_DIST_PORT;
        else if (!term_is_tuple(t) || term_tuple_arity(t) != 2 ||
                 !read_limit(term_tuple_elements(t), s))
            return false;
    }
    return term_is_nil(list);
}

// Sets what is monitored and gives what was. pid TERM_NONE: nothing is.
static Term exchange_gc(Process *p, Term pid, const Settings *s) {
    BifVm *b = bif_vm(p->vm);
    SystemMonitor *m = &p->vm->monitor;
    Hp hp;
    if (!process_reserve_gc(p, SETTINGS_WORDS, &hp)) return TERM_NONE;
    spin_lock(&b->monitor_lock);
    Settings was = read_settings(m);
    Term was_pid = atomic_load_explicit(&m->pid, memory_order_relaxed);
    atomic_store_explicit(&m->long_gc_ms, s->long_gc_ms, memory_order_relaxed);
    atomic_store_explicit(&m->large_heap_words, s->large_heap_words, memory_order_relaxed);
    atomic_store_explicit(&m->long_schedule_ms, s->long_schedule_ms, memory_order_relaxed);
    atomic_store_explicit(&m->pid, pid, memory_order_relaxed);
    atomic_store_explicit(&m->events, s->events, memory_order_relaxed);
    spin_unlock(&b->monitor_lock);
    Term old = hp_settings(&hp, was_pid, &was);
    process_commit(p, &hp);
    return old;
}

static Term set_gc(Process *p, Term pid, Term events) {
    Settings s = {0};
    if (pid == ATOM_undefined) return exchange_gc(p, TERM_NONE, &s);
    if (events == TERM_NIL) return exchange_gc(p, TERM_NONE, &s); // whoever it is
    if (!term_is_local_pid(pid) || !read_events(events, &s)) return bif_badarg(p);
    if (pid != p->pid && process_lookup(p->vm, pid) == NULL) return bif_badarg(p);
    return exchange_gc(p, pid, &s);
}

bool bif_monitor_process_exited(Process *p) {
    SystemMonitor *m = &p->vm->monitor;
    if (atomic_load_explicit(&m->pid, memory_order_relaxed) != p->pid) return true;
    BifVm *b = bif_vm(p->vm);
    spin_lock(&b->monitor_lock);
    if (atomic_load_explicit(&m->pid, memory_order_relaxed) == p->pid) {
        atomic_store_explicit(&m->events, 0, memory_order_relaxed);
        atomic_store_explicit(&m->pid, TERM_NONE, memory_order_relaxed);
    }
    spin_unlock(&b->monitor_lock);
    return true;
}

BIF(erlang_system_monitor_0, "erlang", "system_monitor", "", 0,
    "Who is told of long collections and the like, and of which: {Pid, Options} or undefined.") {
    const SystemMonitor *m = &p->vm->monitor;
    Hp hp;
    if (!process_reserve_gc(p, SETTINGS_WORDS, &hp)) return TERM_NONE;
    Settings s = read_settings(m);
    Term t = hp_settings(&hp, atomic_load_explicit(&m->pid, memory_order_relaxed), &s);
    process_commit(p, &hp);
    return t;
}
BIF(erlang_system_monitor_1, "erlang", "system_monitor", "PidAndOptions", 0,
    "Sets {Pid, Options} or undefined; what was set before.") {
    if (a[0] == ATOM_undefined) return set_gc(p, a[0], TERM_NIL);
    if (!term_is_tuple(a[0]) || term_tuple_arity(a[0]) != 2) return bif_badarg(p);
    const Term *e = term_tuple_elements(a[0]);
    return set_gc(p, e[0], e[1]);
}
BIF(erlang_system_monitor_2, "erlang", "system_monitor", "Pid, Options", 0,
    "The same with two arguments.") {
    return set_gc(p, a[0], a[1]);
}

// --- profiling -----------------------------------------------------------------------------------

static bool is_profile_option(Term t) {
    switch (t) {
    case ATOM_exclusive:
    case ATOM_runnable_procs:
    case ATOM_runnable_ports:
    case ATOM_scheduler:
    case ATOM_timestamp:
    case ATOM_monotonic_timestamp:
    case ATOM_strict_monotonic_timestamp: return true;
    default: return false;
    }
}

BIF(erlang_system_profile_0, "erlang", "system_profile", "", 0,
    "Who is told of what runs: nobody, as that is not supported.") {
    return ATOM_undefined;
}
BIF(erlang_system_profile_2, "erlang", "system_profile", "Pid, Options", 0,
    "undefined ends what is not there; everything else is notsup.") {
    if (a[0] == ATOM_undefined) return ATOM_undefined;
    Term l = a[1];
    while (term_is_cons(l) && is_profile_option(term_head(l))) l = term_tail(l);
    if (!term_is_nil(l) || (!term_is_local_pid(a[0]) && !term_is_local_port(a[0])))
        return bif_badarg(p);
    return bif_error(p, ATOM_notsup);
}
