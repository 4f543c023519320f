// SPDX-License-Identifier: Apache-2.0
// Signals: all that reaches a process from outside, in the order in which each sender sent it. A
// sender copies what it says into a fragment and pushes that on the receiver's inbox; the receiver
// takes the inbox over, puts messages into its mailbox and acts on the others in between.
// docs/internal/signals.md tells the whole.
//
// Thread: the sender's functions: any scheduler's or a guest, holding the Process found by
// process_lookup until its next quiescent point. The receiver's: who runs the process.
#pragma once

#include "heap/heap.h"
#include "sched/sched.h"

typedef struct Process Process;
typedef struct VmCore VmCore;
typedef HeapFragment Signal; // kind, detail, from, value, ref are what is listed below

typedef enum SignalKind {
    SIGNAL_MESSAGE,       // value. from: the sender's pid, TERM_NONE: the machine
    SIGNAL_ALIAS_MESSAGE, // the same sent to the alias `ref`: a message if it is active on arrival
    SIGNAL_MARKER,        // never sent: a place in the mailbox
    SIGNAL_EXIT,          // exit/2: from, value: reason; detail: SIGNAL_EXIT_KILL for kill
    SIGNAL_EXIT_LINK,     // the linked process `from` has ended: value: reason
    SIGNAL_LINK,          // from
    SIGNAL_UNLINK,        // from; detail: id
    SIGNAL_UNLINK_ACK,    // from; detail: id
    SIGNAL_MONITOR,       // from, ref; value: name by which it is monitored, or TERM_NONE
    SIGNAL_DEMONITOR,     // from, ref
    SIGNAL_DOWN,          // from: who ended, ref; value: reason
    SIGNAL_CALL,          // runs a C function on the receiver: see SignalCall
    SIGNAL_REPLY,         // ref, value: the answer that a builtin waits for (process_await)
} SignalKind;

enum { SIGNAL_EXIT_KILL = 1, SIGNAL_REPLY_ERROR = 1 };
// Room that is left in signals which the receiver may turn into a message: {'EXIT', From, Reason},
// {'DOWN', Ref, process, {Name, Node}, Reason}.
enum { EXIT_MESSAGE_WORDS = 4, DOWN_MESSAGE_WORDS = 6 + 3 };

// A fresh signal with room for `words` of terms, to be written through signal_hp and closed by
// signal_close. NULL: no memory.
WARN_UNUSED Signal *signal_new(VmCore *vm, SignalKind kind, size_t words);
static inline Hp signal_hp(Signal *sig) {
    return (Hp){sig->mem + sig->used, sig->mem + sig->words, &sig->off};
}
static inline void signal_close(Signal *sig, const Hp *hp) {
    DEBUG_ASSERT(hp->top <= sig->mem + sig->words);
    sig->used = (size_t)(hp->top - sig->mem);
}
// The same with copies of `value` and `ref` (TERM_NONE: none) and `spare` words of room left.
WARN_UNUSED Signal *signal_copy_new(VmCore *vm, SignalKind kind, Term value, Term ref,
                                    size_t spare);
void signal_free(VmCore *vm, Signal *sig);
// For what must not be lost, as the answers of the protocols: never NULL.
WARN_UNUSED Signal *signal_must_copy(VmCore *vm, SignalKind kind, Term value, Term ref,
                                     size_t spare);

// Pushes and wakes. Who sends to itself may do so as well.
void signal_push(Scheduler *s, Process *to, Signal *sig_take);

// A request that a C function serves in the receiver's context: process_info, is_process_alive,
// check_process_code, ... Embedded data behind `fn` is in sig->mem (terms) or in what `fn` knows.
// `receiver` is NULL when the process has ended: the function answers for it. It must not keep
// `sig`, which is freed after it.
typedef void (*SignalFn)(Scheduler *s, VmCore *vm, Process *receiver, Signal *sig);
static inline void signal_set_call(Signal *sig, SignalFn fn) {
    sig->from = (Term)(uintptr_t)fn;
}

// --- receiving -----------------------------------------------------------------------------------
// The queue that senders push to. Any number of senders, one receiver: inbox.c.
typedef struct Inbox {
    _Atomic(Signal *) newest; // or the stub, which is what `oldest` makes with its own address
    _Atomic(Signal *) oldest; // the stub's link
    _Atomic(Signal *) taken;  // the receiver's: what is left of what it has taken over, to ...
    Signal *taken_last;       // ... this one
} Inbox;
void inbox_init(Inbox *in);
static inline Signal *inbox_stub(const Inbox *in) {
    return (Signal *)((uintptr_t)&in->oldest - offsetof(Signal, next));
}
// Any thread; a hint.
static inline bool inbox_is_empty(const Inbox *in) {
    return atomic_load_explicit(&in->newest, memory_order_acquire) == inbox_stub(in) &&
           atomic_load_explicit(&in->taken, memory_order_relaxed) == NULL;
}
// The receiver's: the oldest signal, which is its own now. NULL: none, or the one that comes next
// is being pushed at this moment; who pushes it wakes the process.
Signal *inbox_next(Inbox *in);

typedef struct MarkerBlock MarkerBlock; // mailbox.c
typedef struct Mailbox {
    Signal *first;        // oldest message or marker
    Signal **last;        // where the next one is linked
    Signal **save;        // what receive looks at next
    size_t count;         // messages, without markers
    MarkerBlock *markers; // NULL: none so far
    Term held;            // a root: the message that was peeked, moved to the heap by a collection
    bool peeked;          // *save has been shown and neither passed nor taken
    bool holding;         // ... and is `held`, no longer in the list
    bool awaits;          // a marker that is still in the inbox
    bool own;             // the process has sent to itself: a simulated run delays nothing then
    // The last mailbox_peek_gc stopped before it had seen all that has arrived: the slice is used
    // up. The receive is neither to wait nor to time out, but to go on here in the next slice.
    bool more;
} Mailbox;
void mailbox_init(Mailbox *m);
// At the process's end, in slices: frees what is in it, at most `count` messages. true: all.
bool mailbox_drop(Process *p, size_t count);
void mailbox_deinit(Process *p); // after the inbox is empty for good
// One message after the other, oldest first, as process_info shows them: TERM_NONE after the last.
// Thread: the receiver's, which handles no signals and receives nothing meanwhile.
typedef struct MailboxCursor {
    const Mailbox *m;
    Signal *const *at;
    bool held_shown;
} MailboxCursor;
MailboxCursor mailbox_cursor(const Mailbox *m);
Term mailbox_next(MailboxCursor *c);
// Called before each collection: the message being looked at becomes the heap's.
void mailbox_before_collection(Process *p);
// The receiver's: a message has arrived, or a marker.
void mailbox_append(Mailbox *m, Signal *sig_take);
void mailbox_marker_arrived(Mailbox *m, Signal *marker);

// Takes over what has arrived, up to a bound: messages into the mailbox, the others are acted upon.
// May collect. Charges reductions. What is left is seen to: the process is woken for it. p->regs is
// set. false: the process is to end (p->exiting).
WARN_UNUSED bool process_handle_signals_gc(Process *p);

// For the instructions. The next message that receive has not looked at, or TERM_NONE: none, and
// none in the inbox either (or the process is to end: p->exiting; or p->mailbox.more). No X
// register is live.
Term mailbox_peek_gc(Process *p);
void mailbox_skip(Process *p);   // on to the next
void mailbox_rewind(Process *p); // from the first again
// Takes the message that was peeked out: its terms are the heap's now.
void mailbox_remove(Process *p);
// Receive markers: a place in the mailbox that belongs to a reference, so that a receive which
// can only match messages sent after its making starts there.
void mailbox_mark_reserve(Process *p);         // here, for a reference yet to come
void mailbox_mark_bind(Process *p, Term ref);  // the place reserved last is for `ref`
void mailbox_mark_clear(Process *p, Term ref); // no longer needed
void mailbox_mark_use(Process *p, Term ref);   // receive starts there, if there is such a place

// --- waiting for an answer -----------------------------------------------------------------------
// For a builtin whose answer another process gives: `return process_await(p, ref)` after having
// sent a request that names `ref` (a root). The process sleeps, handling signals, until a
// SIGNAL_REPLY with that ref comes, whose value the builtin's caller then gets.
// A reply by signal_reply_error raises instead.
Term process_await(Process *p, Term ref);
// The second part of that builtin: the answer, or waits again. What VmCore.await_export calls.
Term process_await_more(Process *p, Term ref);
// Answers who waits, from any context. `to`: its pid. false: no memory.
bool signal_reply(Scheduler *s, VmCore *vm, Term to, Term ref, Term value);
// The same with an error of that reason.
bool signal_reply_error(Scheduler *s, VmCore *vm, Term to, Term ref, Term reason);

// --- what processes do to each other -------------------------------------------------------------
typedef enum SendResult { SENT, SEND_BADARG, SEND_NO_MEMORY, SEND_NOT_LOCAL } SendResult;
// To a pid, a registered name, {Name, Node} or an alias. SEND_BADARG: no such name or no address.
WARN_UNUSED SendResult process_send(Process *p, Term to, Term message);
// From the machine: a copy of `message`. false: no memory.
bool process_post(Scheduler *s, Process *to, Term message);

// Both ends are processes of this node. Dead peers answer with noproc. More of it: relations.h.
WARN_UNUSED bool process_link(Process *p, Term pid);   // false: no memory
WARN_UNUSED bool process_unlink(Process *p, Term pid); // false: no memory
// exit/2 to another process or itself. false: no memory. Acts at once on the process itself, which
// may be exiting when this returns.
WARN_UNUSED bool process_send_exit(Process *p, Term pid, Term reason);

// --- ending --------------------------------------------------------------------------------------
// The process is to end with p->exit_reason = reason (a root of p): sets p->exiting. What is left
// to do is process_exit_step's.
void process_begin_exit(Process *p, Term reason);
// Gives up name and timer, calls the hooks, leaves the table, tells links and monitors, drops the
// mailbox; charges reductions, p->regs is set. true: done,
// the process is gone from the table and retired: its memory is freed after thread progress.
WARN_UNUSED bool process_exit_step(Process *p);
