// SPDX-License-Identifier: Apache-2.0
// Making signals, sending them, and what a process does with those that have arrived. See signal.h;
// docs/internal/signals.md tells the whole.
#include "proc/inbox.h"
#include "proc/relations.h"
#include "proc/table.h"

#include "term/ident.h"

// --- making --------------------------------------------------------------------------------------

Signal *signal_new(VmCore *vm, SignalKind kind, size_t words) {
    Signal *sig = heap_fragment_new(&vm->mem, words);
    if (UNLIKELY(sig == NULL)) return NULL;
    sig->kind = kind;
    sig->from = sig->value = sig->ref = TERM_NONE;
    return sig;
}

void signal_free(VmCore *vm, Signal *sig) {
    DEBUG_ASSERT(sig->kind != SIGNAL_MARKER);
    heap_fragment_free(&vm->mem, sig);
}

static size_t copy_words(VmCore *vm, Term t) {
    return term_is_immediate(t) ? 0 : heap_copy_words(&vm->mem, vm->heap_config.literals, t);
}

static Term copy(VmCore *vm, Hp *hp, Term t) {
    return term_is_immediate(t) ? t : heap_copy(&vm->mem, vm->heap_config.literals, hp, t);
}

static void fill(VmCore *vm, Signal *sig, Term value, Term ref) {
    Hp hp = signal_hp(sig);
    sig->value = copy(vm, &hp, value);
    sig->ref = copy(vm, &hp, ref);
    signal_close(sig, &hp);
}

Signal *signal_copy_new(VmCore *vm, SignalKind kind, Term value, Term ref, size_t spare) {
    size_t words = copy_words(vm, value) + copy_words(vm, ref);
    Signal *sig = signal_new(vm, kind, words + spare);
    if (LIKELY(sig != NULL)) fill(vm, sig, value, ref);
    return sig;
}

Signal *signal_must_copy(VmCore *vm, SignalKind kind, Term value, Term ref, size_t spare) {
    size_t words = copy_words(vm, value) + copy_words(vm, ref) + spare;
    Signal *sig = mem_must_alloc(&vm->mem, sizeof *sig + words * sizeof(Term));
    *sig = (Signal){.words = words, .kind = kind, .from = TERM_NONE};
    fill(vm, sig, value, ref);
    return sig;
}

// --- sending -------------------------------------------------------------------------------------

void signal_push(Scheduler *s, Process *to, Signal *sig_take) {
    inbox_push(&to->inbox, sig_take);
    task_wake(s, &to->task);
}

// A message of a few words that point to nothing, as most are: what it takes without asking the
// copier. SIZE_MAX: it is not of that kind.
enum { FLAT_WORDS_MAX = 16 };
static ALWAYS_INLINE size_t flat_words(const VmCore *vm, Term t) {
    if (term_is_immediate(t)) return 0;
    const LiteralRange *lits = vm->heap_config.literals;
    if (!term_is_tuple(t) || (lits != NULL && term_is_literal(lits, t))) return SIZE_MAX;
    size_t arity = term_tuple_arity(t);
    if (arity >= FLAT_WORDS_MAX) return SIZE_MAX;
    const Term *e = term_tuple_elements(t);
    for (size_t i = 0; i < arity; i++)
        if (term_is_pointer(e[i])) return SIZE_MAX;
    return arity + 1;
}

static ALWAYS_INLINE Signal *message_new(VmCore *vm, Term message) {
    size_t words = flat_words(vm, message);
    if (UNLIKELY(words == SIZE_MAX))
        return signal_copy_new(vm, SIGNAL_MESSAGE, message, TERM_NONE, 0);
    Signal *sig = mem_alloc(&vm->mem, sizeof *sig + words * sizeof(Term));
    if (UNLIKELY(sig == NULL)) return NULL;
    *sig = (Signal){.words = words, .used = words, .value = message, .ref = TERM_NONE};
    if (words == 0) return sig;
    const Term *object = term_boxed_ptr(message);
    for (size_t i = 0; i < words; i++) sig->mem[i] = object[i];
    sig->value = term_boxed(sig->mem);
    return sig;
}
_Static_assert(SIGNAL_MESSAGE == 0, "what a fresh one is");

// A process that sends to itself needs not be woken: it looks into its inbox before it waits.
static void send_to_self(Process *p, Signal *sig_take) {
    if (LIKELY(inbox_is_empty(&p->inbox))) {
        mailbox_append(&p->mailbox, sig_take); // there is nothing that it could overtake
    } else {
        p->mailbox.own = true;
        inbox_push(&p->inbox, sig_take);
    }
}

static SendResult send_to(Process *p, Process *to, Term message) {
    if (to == NULL) return SENT;
    Signal *sig = message_new(p->vm, message);
    if (UNLIKELY(sig == NULL)) return SEND_NO_MEMORY;
    sig->from = p->pid;
    if (UNLIKELY(to == p))
        send_to_self(p, sig);
    else
        signal_push(p->regs->scheduler, to, sig);
    return SENT;
}

static SendResult send_to_alias(Process *p, Term alias, Term message) {
    Process *to = process_lookup(p->vm, ref_alias_pid(alias));
    if (to == NULL) return SENT;
    Signal *sig = signal_copy_new(p->vm, SIGNAL_ALIAS_MESSAGE, message, alias, 0);
    if (UNLIKELY(sig == NULL)) return SEND_NO_MEMORY;
    sig->from = p->pid;
    if (to == p) p->mailbox.own = true;
    signal_push(p->regs->scheduler, to, sig);
    return SENT;
}

static SendResult send_to_pid(Process *p, Term pid, Term message) {
    return send_to(p, process_lookup(p->vm, pid), message);
}

static NOINLINE SendResult send_elsewhere(Process *p, Term to, Term message) {
    VmCore *vm = p->vm;
    if (term_is_atom(to)) {
        Term pid = name_lookup(vm, to);
        if (pid == TERM_NONE) return SEND_BADARG;
        return term_is_local_pid(pid) ? send_to_pid(p, pid, message) : SENT;
    }
    // Ports come with i/o: those that there are have all been closed.
    if (term_is_local_port(to)) return SENT;
    if (ref_is_alias(to)) return send_to_alias(p, to, message);
    if (term_is_ref(to)) return term_is_kind(to, KIND_EXTERNAL) ? SEND_NOT_LOCAL : SENT;
    if (term_is_pid(to) || term_is_port(to)) return SEND_NOT_LOCAL;
    if (!term_is_tuple(to) || term_tuple_arity(to) != 2) return SEND_BADARG;
    Term name = term_tuple_elements(to)[0], node = term_tuple_elements(to)[1];
    if (!term_is_atom(name) || !term_is_atom(node)) return SEND_BADARG;
    if (node != vm->env.node) return SEND_NOT_LOCAL;
    Term pid = name_lookup(vm, name);
    return pid != TERM_NONE && term_is_local_pid(pid) ? send_to_pid(p, pid, message) : SENT;
}

SendResult process_send(Process *p, Term to, Term message) {
    return LIKELY(term_is_local_pid(to)) ? send_to_pid(p, to, message)
                                         : send_elsewhere(p, to, message);
}

bool process_post(Scheduler *s, Process *to, Term message) {
    Signal *sig = signal_copy_new(to->vm, SIGNAL_MESSAGE, message, TERM_NONE, 0);
    if (sig == NULL) return false;
    signal_push(s, to, sig);
    return true;
}

// --- exit signals --------------------------------------------------------------------------------

// {'EXIT', From, Reason} in the room that the signal has.
static void become_exit_message(Process *p, Signal *sig) {
    Hp hp = signal_hp(sig);
    sig->value = hp_tuple3(&hp, ATOM_EXIT, sig->from, sig->value);
    signal_close(sig, &hp);
    sig->kind = SIGNAL_MESSAGE;
    mailbox_append(&p->mailbox, sig);
}

static void end_by(Process *p, Signal *sig, Term reason) {
    if (term_is_immediate(reason)) {
        signal_free(p->vm, sig);
    } else {
        heap_adopt_fragment(&p->heap, sig); // the reason lives in it
    }
    process_begin_exit(p, reason);
}

// The table of the reference manual, "Receiving Exit Signals". exit/2 with kill ends it whatever it
// traps; the same reason through a link is one as any other.
static void exit_handle(Process *p, Signal *sig, bool linked) {
    Term reason = sig->value;
    if (!linked && sig->detail == SIGNAL_EXIT_KILL)
        end_by(p, sig, ATOM_killed);
    else if (p->flags.trap_exit)
        become_exit_message(p, sig);
    else if (reason == ATOM_normal && (linked || sig->from != p->pid))
        signal_free(p->vm, sig);
    else
        end_by(p, sig, reason);
}

bool process_send_exit(Process *p, Term pid, Term reason) {
    Process *to = process_lookup(p->vm, pid);
    if (to == NULL) return true;
    Signal *sig = signal_copy_new(p->vm, SIGNAL_EXIT, reason, TERM_NONE, EXIT_MESSAGE_WORDS);
    if (sig == NULL) return false;
    sig->from = p->pid;
    sig->detail = reason == ATOM_kill ? SIGNAL_EXIT_KILL : 0;
    if (to != p) {
        signal_push(p->regs->scheduler, to, sig);
    } else if (p->flags.trap_exit && reason != ATOM_kill) {
        p->mailbox.own = true; // a message: behind those that the process has sent to itself
        signal_push(p->regs->scheduler, p, sig);
    } else {
        exit_handle(p, sig, false);
    }
    return true;
}

// --- receiving -----------------------------------------------------------------------------------

// At most so many a call, so that other processes get their turn; a message costs a fourth of a
// reduction, all else one or more.
enum { SIGNALS_A_CALL = 1000, MESSAGES_PER_REDUCTION = 4 };

static void call_handle(Process *p, Signal *sig) {
    SignalFn fn = (SignalFn)(uintptr_t)sig->from;
    fn(p->regs->scheduler, p->vm, p, sig);
    signal_free(p->vm, sig);
}

static void alias_message_handle(Process *p, Signal *sig) {
    if (!alias_handle(p, sig->ref)) {
        signal_free(p->vm, sig);
        return;
    }
    sig->kind = SIGNAL_MESSAGE;
    mailbox_append(&p->mailbox, sig);
}

// All but messages.
static NOINLINE void handle(Process *p, Signal *sig) {
    p->reds--;
    switch ((SignalKind)sig->kind) {
    case SIGNAL_MESSAGE: mailbox_append(&p->mailbox, sig); return;
    case SIGNAL_MARKER: mailbox_marker_arrived(&p->mailbox, sig); return;
    case SIGNAL_ALIAS_MESSAGE: alias_message_handle(p, sig); return;
    case SIGNAL_EXIT: exit_handle(p, sig, false); return;
    case SIGNAL_EXIT_LINK:
        if (link_exit_handle(p, sig))
            exit_handle(p, sig, true);
        else
            signal_free(p->vm, sig);
        return;
    case SIGNAL_DOWN: down_handle(p, sig); return;
    case SIGNAL_CALL: call_handle(p, sig); return;
    case SIGNAL_REPLY:
        sig->next = p->replies;
        p->replies = sig;
        return;
    case SIGNAL_LINK: link_handle(p, sig); break;
    case SIGNAL_UNLINK:
    case SIGNAL_UNLINK_ACK: unlink_handle(p, sig); break;
    case SIGNAL_MONITOR:
    case SIGNAL_DEMONITOR: monitor_handle(p, sig); break;
    }
    signal_free(p->vm, sig);
}

// How many of those that have arrived are looked at now. A simulated run delays the others, but
// none that the process has sent to itself.
static size_t how_many(Process *p) {
    Scheduler *s = p->regs->scheduler;
    if (LIKELY(!sched_is_simulated(scheduler_sched(s))) || p->mailbox.own) return SIGNALS_A_CALL;
    return (size_t)sched_choose(s, inbox_ready(&p->inbox, SIGNALS_A_CALL) + 1);
}

bool process_handle_signals_gc(Process *p) {
    ASSERT(p->regs != NULL);
    size_t left = how_many(p), messages = 0;
    Signal *sig = NULL;
    while (left > 0 && !p->exiting && (sig = inbox_next(&p->inbox)) != NULL) {
        left--;
        if (LIKELY(sig->kind == SIGNAL_MESSAGE)) {
            mailbox_append(&p->mailbox, sig);
            messages++;
        } else {
            handle(p, sig);
        }
    }
    p->reds -= (int64_t)((messages + MESSAGES_PER_REDUCTION - 1) / MESSAGES_PER_REDUCTION);
    if (inbox_is_empty(&p->inbox))
        p->mailbox.own = false;
    else if (left == 0)
        task_wake(p->regs->scheduler, &p->task);
    return !p->exiting;
}
