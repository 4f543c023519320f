// SPDX-License-Identifier: Apache-2.0
// Telling changes of the time offset: see clock_monitor.h.
//
// While the offset may change by itself (multi time warp) and somebody wants to know, a timer looks
// at the clocks every CHECK_NS, so that a machine that does nothing else tells as well. A timer's
// function may not start timers: it sends one of the monitoring processes a signal, whose handler
// compares the clocks, tells all, and starts the timer again.
#include "proc/clock_monitor.h"

#include "base/spin.h"
#include "proc/clock.h"
#include "proc/relations.h"
#include "proc/table.h"
#include "term/ident.h"

#define CHECK_NS INT64_C(15000000000)

struct ClockMonitors {
    Mem *mem;
    VmCore *vm; // known once there is a monitor
    Spin lock;
    Term *pids; // of processes that have made a monitor and live; each once
    size_t count, cap;
    bool timed; // the timer runs, or its signal is under way
    Timer timer;
    _Atomic uint32_t told; // clock_offset_changes when it was told last
};

ClockMonitors *clock_monitors_new(Mem *m) {
    ClockMonitors *cm = mem_alloc_zero(m, sizeof *cm);
    if (cm != NULL) cm->mem = m;
    return cm;
}

void clock_monitors_free(ClockMonitors *cm) {
    if (cm == NULL) return;
    mem_free(cm->mem, cm->pids, cm->cap * sizeof *cm->pids);
    mem_free(cm->mem, cm, sizeof *cm);
}

// --- a process is told ---------------------------------------------------------------------------

typedef struct Telling {
    Process *p;
    Term offset;
} Telling;

static void tell_monitor(void *ctx, const Relation *r) {
    const Telling *t = ctx;
    if (r->type != MONITOR_TIME) return;
    VmCore *vm = t->p->vm;
    Term tag = r->tag == NULL ? ATOM_CHANGE : r->tag->value;
    enum { ARITY = 5 };
    Signal *sig = signal_must_copy(vm, SIGNAL_MESSAGE, tag, t->offset, 1 + ARITY + LOCAL_REF_WORDS);
    Hp hp = signal_hp(sig);
    Ident id = {.node = TERM_NONE,
                .id_count = 3,
                .ids = {(uint32_t)r->key.low, (uint32_t)(r->key.low >> 32), (uint32_t)r->key.high}};
    Term elements[ARITY] = {sig->value, hp_ref(&hp, &id), ATOM_time_offset, ATOM_clock_service,
                            sig->ref};
    sig->value = hp_tuple(&hp, ARITY);
    memcpy(term_tuple_elements(sig->value), elements, sizeof elements);
    sig->ref = TERM_NONE;
    signal_close(sig, &hp);
    signal_push(t->p->regs->scheduler, t->p, sig);
}

static void tell_process(Scheduler *s UNUSED, VmCore *vm UNUSED, Process *receiver, Signal *sig) {
    Telling t = {receiver, sig->value};
    if (receiver != NULL) relation_each(receiver, RELATION_MONITOR, tell_monitor, &t);
}

void clock_monitors_tell(Scheduler *s, VmCore *vm) {
    ClockMonitors *cm = vm->clock_monitors;
    uint32_t changes = clock_offset_changes(vm->clock);
    if (atomic_exchange_explicit(&cm->told, changes, memory_order_relaxed) == changes) return;
    Term room[INT64_WORDS];
    Hp hp = {room, room + INT64_WORDS, NULL};
    Term offset = hp_int64(&hp, clock_offset_ns(vm->clock));
    spin_lock(&cm->lock);
    for (size_t i = 0; i < cm->count; i++) {
        Process *p = process_lookup(vm, cm->pids[i]);
        if (p == NULL) continue;
        Signal *sig = signal_must_copy(vm, SIGNAL_CALL, offset, TERM_NONE, 0);
        signal_set_call(sig, tell_process);
        signal_push(s, p, sig);
    }
    spin_unlock(&cm->lock);
}

// --- the timer -----------------------------------------------------------------------------------

static void start_timer(Scheduler *s, ClockMonitors *cm);

// In some process, or on behalf of one that has ended.
static void check_and_tell(Scheduler *s, VmCore *vm, Process *receiver UNUSED, Signal *sig UNUSED) {
    ClockMonitors *cm = vm->clock_monitors;
    clock_check(vm->clock);
    clock_monitors_tell(s, vm);
    spin_lock(&cm->lock);
    cm->timed = false;
    spin_unlock(&cm->lock);
    start_timer(s, cm);
}

static void timer_fired(Scheduler *s, Timer *timer) {
    ClockMonitors *cm = CONTAINER_OF(timer, ClockMonitors, timer);
    spin_lock(&cm->lock);
    Process *p = NULL;
    for (size_t i = 0; i < cm->count && p == NULL; i++) p = process_lookup(cm->vm, cm->pids[i]);
    if (p == NULL) cm->timed = false;
    spin_unlock(&cm->lock);
    if (p == NULL) return;
    Signal *sig = signal_must_copy(cm->vm, SIGNAL_CALL, TERM_NIL, TERM_NONE, 0);
    signal_set_call(sig, check_and_tell);
    signal_push(s, p, sig);
}

static void start_timer(Scheduler *s, ClockMonitors *cm) {
    spin_lock(&cm->lock);
    bool starts = !cm->timed && cm->count > 0;
    if (starts) cm->timed = true;
    spin_unlock(&cm->lock);
    // Only who has set `timed` gets here, until the timer has fired.
    if (starts) timer_start(s, &cm->timer, sched_now_ns(s) + CHECK_NS, timer_fired);
}

// --- who -----------------------------------------------------------------------------------------

static bool add_pid(ClockMonitors *cm, Term pid) {
    for (size_t i = 0; i < cm->count; i++)
        if (cm->pids[i] == pid) return true;
    if (cm->count == cm->cap) {
        size_t cap = MAX(cm->cap * 2, (size_t)4);
        Term *pids = mem_realloc(cm->mem, cm->pids, cm->cap * sizeof *pids, cap * sizeof *pids);
        if (pids == NULL) return false;
        cm->pids = pids;
        cm->cap = cap;
    }
    cm->pids[cm->count++] = pid;
    return true;
}

bool clock_monitors_add(Process *p) {
    VmCore *vm = p->vm;
    ClockWarp warp = clock_config(vm->clock).warp;
    // It never changes, or never by itself.
    if (warp == CLOCK_NO_WARP) return true;
    ClockMonitors *cm = vm->clock_monitors;
    spin_lock(&cm->lock);
    cm->vm = vm;
    bool ok = add_pid(cm, p->pid);
    spin_unlock(&cm->lock);
    if (ok && warp == CLOCK_MULTI_WARP) start_timer(p->regs->scheduler, cm);
    return ok;
}

bool clock_monitors_process_exited(Process *p) {
    ClockMonitors *cm = p->vm->clock_monitors;
    if (clock_config(p->vm->clock).warp == CLOCK_NO_WARP) return true;
    spin_lock(&cm->lock);
    for (size_t i = 0; i < cm->count; i++) {
        if (cm->pids[i] != p->pid) continue;
        cm->pids[i] = cm->pids[--cm->count];
        break;
    }
    spin_unlock(&cm->lock);
    return true;
}
