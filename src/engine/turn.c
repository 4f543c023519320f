// SPDX-License-Identifier: Apache-2.0
// A process's turn on a scheduler: act on the signals that have arrived, run code for the rest of
// the slice, and say what comes next.
//
// Between turns a process has no registers: those that live lie on top of its stack, x[0] lowest.
// That costs an idle process no memory, and a collection finds them there.
//
// Thread: the scheduler's, which owns the process until the turn is over.
#include "engine/engine_int.h"

// What it is to raise (from a dirty thread) or has raised (a held one) goes along, too.
static void take_pending(Process *p) {
    p->regs->exc = *p->pending;
    mem_free(&p->vm->mem, p->pending, sizeof *p->pending);
    p->pending = NULL;
}

static void leave_pending(Process *p) {
    p->pending = mem_must_alloc(&p->vm->mem, sizeof *p->pending);
    *p->pending = p->regs->exc;
}

void engine_attach(Process *p, Registers *regs) {
    ASSERT(p->regs == NULL);
    ASSERT(p->live <= X_REGISTERS && p->heap.stack + p->live <= p->heap.end);
    for (uint32_t i = 0; i < p->live; i++) regs->x[i] = p->heap.stack[i];
    p->heap.stack += p->live;
    p->regs = regs;
    registers_clear(regs);
    if (UNLIKELY(p->pending != NULL)) take_pending(p);
}

void engine_detach_gc(Process *p) {
    size_t room = (size_t)(p->heap.stack - p->heap.htop);
    if (room < p->live + HEAP_STACK_RESERVE && !process_reserve_slow_gc(p, p->live)) {
        p->live = 0; // it will run no code with them
        if (!p->dead) {
            p->dead = true;
            p->exit_reason = ATOM_system_limit;
        }
    }
    const Registers *regs = p->regs;
    p->heap.stack -= p->live;
    for (uint32_t i = 0; i < p->live; i++) p->heap.stack[i] = regs->x[i];
    if (UNLIKELY(regs->exc.cls != EXC_NONE) && !p->dead) leave_pending(p);
    p->regs = NULL;
}

// --- the end -------------------------------------------------------------------------------------

// p->exit_reason: what links and monitors hear after p->regs->exc.
static void set_exit_reason_gc(Process *p) {
    const Exception *e = &p->regs->exc;
    if (e->cls == EXC_NONE) {
        p->exit_reason = ATOM_normal;
        return;
    }
    Hp hp;
    if (e->cls != EXC_EXIT && !process_reserve_gc(p, 6, &hp)) {
        p->exit_reason = p->dead ? ATOM_killed : ATOM_system_limit;
        return;
    }
    p->exit_reason = e->value;
    if (e->cls == EXC_EXIT) return;
    Term value = e->cls == EXC_THROW ? hp_tuple2(&hp, ATOM_nocatch, e->value) : e->value;
    p->exit_reason = hp_tuple2(&hp, value, e->trace == TERM_NONE ? TERM_NIL : e->trace);
    process_commit(p, &hp);
}

static void end_gc(Process *p) {
    p->live = 0;
    if (!p->dead) {
        ExcClass cls = p->regs->exc.cls;
        set_exit_reason_gc(p);
        bool uncaught = cls == EXC_ERROR || cls == EXC_THROW;
        if (uncaught && p->vm->hooks.report_error != NULL) p->vm->hooks.report_error(p);
    }
    engine_clear_exception(p);
    process_begin_exit(p, p->exit_reason);
}

// A part of the way out. The one outside, if there is one, gets the reason.
static TaskStep exit_turn(Process *p) {
    HeldCall *held = p->held;
    VmCore *vm = p->vm;
    if (held != NULL && held->reason == NULL)
        held->reason = signal_copy_new(vm, SIGNAL_MESSAGE, p->exit_reason, TERM_NONE, 0);
    if (!process_exit_step(p)) return TASK_AGAIN;
    // The process may be freed from here on.
    if (held != NULL) {
        atomic_store_explicit(&held->state, HELD_ENDED, memory_order_release);
        sched_notify(vm->sched);
    }
    return TASK_GONE;
}

// --- dirty threads -------------------------------------------------------------------------------

// Calls the builtin for which the process came here. Then it goes back: to where the builtin was to
// return to, to where it trapped, or to raise.
static void dirty_call(Process *p) {
    const Export *ex = p->dirty_export;
    Term *x = p->regs->x;
    Term result = ex->bif->fn(p, x);
    if (result != TERM_NONE) {
        x[0] = result;
        p->live = 1;
        p->ip = term_return_address_ptr(*p->heap.stack++);
    } else if (p->regs->exc.cls == EXC_TRAP) {
        engine_clear_exception(p);
        // It may have been away (sched_away): the index of the turn's start may be out of use.
        p->regs->code_index = code_active_index(p->vm->code);
        p->ip = p->regs->trap_export->entry[p->regs->code_index];
    } else {
        engine_bif_failed(p, ex, x);
        // Now: which builtin it was is not kept between turns.
        if (p->regs->exc.trace == TERM_NONE) engine_capture_trace(p, p->ip);
        p->live = 0;
        p->ip = p->vm->raise_code;
    }
    p->dirty_export = NULL;
}

// --- a turn --------------------------------------------------------------------------------------

static TaskStep run_code(Process *p) {
    engine_enter(p, p->ip);
    if (p->exiting) return TASK_AGAIN;
    switch (p->regs->run_status) {
    case RUN_DIRTY_CPU: return TASK_DIRTY_CPU;
    case RUN_DIRTY_IO: return TASK_DIRTY_IO;
    case RUN_RECEIVING:
    case RUN_WAITING:
        p->waiting = true;
        heap_waits(&p->heap);
        p->receiving = p->regs->run_status == RUN_RECEIVING;
        return TASK_WAIT;
    case RUN_EXITED:
        if (p->held != NULL && !p->dead) {
            p->live = p->regs->exc.cls == EXC_NONE ? 1 : 0;
            return TASK_HELD;
        }
        end_gc(p);
        return TASK_AGAIN;
    default: return TASK_AGAIN;
    }
}

// A process in receive was woken by a signal that does not concern its code, such as a question: it
// waits on, and who asks where it is hears that.
static bool receives_on(const Process *p) {
    return p->receiving && *p->mailbox.save == NULL &&
           atomic_load_explicit(&p->timeout, memory_order_acquire) != TIMEOUT_FIRED;
}

static TaskStep turn(Process *p, Scheduler *s) {
    p->regs->code_index = code_active_index(p->vm->code);
    if (p->dirty_export != NULL) {
        SchedulerKind kind = scheduler_kind(s);
        if (kind == SCHEDULER_DIRTY_CPU || kind == SCHEDULER_DIRTY_IO) {
            dirty_call(p);
            return TASK_AGAIN;
        }
    }
    if (!inbox_is_empty(&p->inbox)) (void)process_handle_signals_gc(p);
    if (p->dead && !p->exiting) end_gc(p);
    if (p->exiting) return TASK_AGAIN;
    if (p->suspended > 0) return TASK_WAIT;
    if (receives_on(p)) return TASK_WAIT;
    if (p->reds <= 0) return TASK_AGAIN;
    p->waiting = p->receiving = false;
    return run_code(p);
}

// Where a process is, for who monitors long turns.
static SystemPlace place_of(Process *p) {
    EngineWhere w;
    engine_where(p, ENGINE_IN_CALLEE, &w);
    return (SystemPlace){w.module, w.function, w.arity};
}

// The same as turn(), timed.
static NOINLINE TaskStep watched_turn(Process *p, Scheduler *s) {
    int64_t start_ns = os_monotonic_ns(p->vm->os);
    SystemPlace in = place_of(p);
    TaskStep step = turn(p, s);
    SystemPlace out = p->exiting ? (SystemPlace){TERM_NONE, TERM_NONE, 0} : place_of(p);
    system_monitor_scheduled(p, os_monotonic_ns(p->vm->os) - start_ns, &in, &out);
    return step;
}

TaskStep engine_turn(void *ctx, Scheduler *s, Task *t, int64_t reductions, int64_t *used) {
    Process *p = CONTAINER_OF(t, Process, task);
    VmCore *vm = ctx;
    *used = 0;
    // Nothing runs any more on a machine that was halted.
    if (UNLIKELY(atomic_load_explicit(&vm->halted, memory_order_relaxed))) return TASK_WAIT;
    engine_attach(p, scheduler_local(s));
    p->reds = p->regs->slice_reds = reductions;
    TaskStep step = TASK_AGAIN;
    if (!p->exiting)
        step = system_monitor_wants(&vm->monitor, EVENT_LONG_SCHEDULE) ? watched_turn(p, s)
                                                                       : turn(p, s);
    if (p->exiting) {
        p->live = 0;
        step = exit_turn(p);
        if (step == TASK_GONE) return step;
    }
    engine_detach_gc(p);
    *used = reductions - p->reds;
    p->reductions += (uint64_t)*used;
    if (step == TASK_HELD) {
        atomic_store_explicit(&p->held->state, HELD_RETURNED, memory_order_release);
        sched_notify(vm->sched);
    }
    return step;
}
