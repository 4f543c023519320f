// SPDX-License-Identifier: Apache-2.0
// How a process ends, in slices.
//
// It gives up its name and what the rooms above keep for it before anyone hears of its end: who has
// got a 'DOWN' finds neither name nor tables. Then it leaves the table of processes, so that nobody
// can send to it any more who does not have it in hand already, and takes over what has arrived:
// what undoes links and monitors counts, those who ask for a new one hear noproc, as the reference
// has it. What others still push while it drops its mailbox is answered when no thread can hold it
// any more, as by one who is not there.
//
// Thread: the scheduler that runs the process; process_gone: the one that frees it.
#include "proc/inbox.h"
#include "proc/relations.h"
#include "proc/table.h"

typedef enum ExitPhase {
    EXIT_NAME,
    EXIT_HOOKS,
    EXIT_LEAVE,
    EXIT_INBOX,
    EXIT_TELL,
    EXIT_MAILBOX,
    EXIT_OVER,
} ExitPhase;

enum { SIGNALS_A_STEP = 1000, MESSAGES_A_STEP = 4000, MESSAGES_PER_REDUCTION = 8 };

void process_begin_exit(Process *p, Term reason) {
    p->dead = true;
    if (p->exiting) return;
    p->exiting = true;
    p->exit_reason = reason;
    p->exit_phase = EXIT_NAME;
    p->exit_hook = 0;
}

static bool call_hooks(Process *p) {
    const ProcessHooks *hooks = &p->vm->hooks;
    while (p->exit_hook < hooks->exited_count) {
        if (!hooks->exited[p->exit_hook](p)) return false;
        p->exit_hook++;
    }
    return true;
}

// --- what is still in the inbox ------------------------------------------------------------------

static void handle_leaving(Process *p, Signal *sig) {
    switch ((SignalKind)sig->kind) {
    case SIGNAL_MARKER: mailbox_marker_arrived(&p->mailbox, sig); return;
    case SIGNAL_LINK:
        // One that crossed its own changes nothing: that one is told of.
        if (!link_is_known(p, sig->from))
            signal_answer_dead(p->regs->scheduler, p->vm, p->pid, sig);
        break;
    case SIGNAL_UNLINK:
    case SIGNAL_UNLINK_ACK: unlink_handle(p, sig); break;
    case SIGNAL_EXIT_LINK: (void)link_exit_handle(p, sig); break;
    case SIGNAL_DEMONITOR: monitor_handle(p, sig); break;
    default: signal_answer_dead(p->regs->scheduler, p->vm, p->pid, sig); break;
    }
    signal_free(p->vm, sig);
}

// true: it is empty, but for pushes that are half done.
static bool empty_inbox(Process *p) {
    for (int i = 0; i < SIGNALS_A_STEP; i++) {
        Signal *sig = inbox_next(&p->inbox);
        if (sig == NULL) return true;
        p->reds--;
        handle_leaving(p, sig);
    }
    return false;
}

// --- telling -------------------------------------------------------------------------------------

// A reason may be large: each copy is charged. One is made even in a slice that is used up, or the
// smallest slices would never come to an end.
static bool tell_all(Process *p) {
    VmCore *vm = p->vm;
    size_t words = term_is_immediate(p->exit_reason)
                       ? 0
                       : heap_copy_words(&vm->mem, vm->heap_config.literals, p->exit_reason);
    do {
        Relation *r = relation_take_any(p);
        if (r == NULL) return true;
        relation_tell_exit(p, r);
        relation_free(vm, r);
        p->reds -= (int64_t)(1 + words / 16);
    } while (p->reds > 0);
    return false;
}

static bool drop_mailbox(Process *p) {
    size_t count = MIN(p->mailbox.count + 1, MESSAGES_A_STEP);
    p->reds -= (int64_t)(count / MESSAGES_PER_REDUCTION);
    if (!mailbox_drop(p, count)) return false;
    while (p->replies != NULL) {
        Signal *sig = p->replies;
        p->replies = sig->next;
        signal_free(p->vm, sig);
    }
    return true;
}

// --- gone ----------------------------------------------------------------------------------------

static void process_gone(Scheduler *s, Retired *r) {
    Process *p = CONTAINER_OF(r, Process, retired);
    VmCore *vm = p->vm;
    for (Signal *sig = inbox_next(&p->inbox); sig != NULL; sig = inbox_next(&p->inbox)) {
        if (sig->kind == SIGNAL_MARKER) continue; // the mailbox's block
        signal_answer_dead(s, vm, p->pid, sig);
        signal_free(vm, sig);
    }
    ASSERT(inbox_is_empty(&p->inbox));
    process_free(p);
}

// One phase, or a part of it. true: done with it.
static bool step(Process *p) {
    switch ((ExitPhase)p->exit_phase) {
    case EXIT_NAME:
        name_drop(p);
        timer_cancel(p->regs->scheduler, &p->timer);
        return true;
    case EXIT_HOOKS: return call_hooks(p);
    case EXIT_LEAVE: process_table_remove(p->vm->processes, p); return true;
    case EXIT_INBOX: return empty_inbox(p);
    case EXIT_TELL: return tell_all(p);
    case EXIT_MAILBOX: return drop_mailbox(p);
    case EXIT_OVER: break;
    }
    UNREACHABLE();
}

bool process_exit_step(Process *p) {
    ASSERT(p->exiting && p->regs != NULL);
    while (p->exit_phase != EXIT_OVER) {
        if (p->reds <= 0) return false;
        p->reds--;
        if (!step(p)) return false;
        p->exit_phase++;
    }
    p->live = 0;
    heap_deinit(&p->heap); // the process itself waits for thread progress; this may be large
    sched_retire(p->regs->scheduler, &p->retired, process_gone);
    return true;
}
