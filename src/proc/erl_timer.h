// SPDX-License-Identifier: Apache-2.0
// The timers of erlang:start_timer/3,4 and send_after/3,4. A timer is one piece of memory: the
// signal that it will send, with what the timer needs behind the message. It is found by the
// numbers in its reference, which name a place in a table of the VM, so that any process can cancel
// it from any scheduler. docs/internal/timers.md tells the whole.
//
// Thread: any scheduler's or a guest.
#pragma once

#include "proc/process.h"

typedef struct ErlTimer ErlTimer;
typedef struct ErlTimers ErlTimers;

enum {
    // What a timer takes at the end of its signal's memory: room to be left by who makes that.
    ERL_TIMER_WORDS = 7,
    ERL_TIMER_REF_IDS = 3,
};

WARN_UNUSED ErlTimers *erl_timers_new(Mem *m); // NULL: no memory
// With the timers that have not fired. When no scheduler runs any more.
void erl_timers_free(ErlTimers *t, VmCore *vm);
size_t erl_timers_count(const ErlTimers *t); // running; a hint

typedef enum ErlTimerStart {
    ERL_TIMER_STARTED,
    ERL_TIMER_IS_DEAD,  // the process has ended; there is no timer
    ERL_TIMER_NO_MEMORY // or too many timers
} ErlTimerStart;

// Starts a timer that sends `sig_take` at `at_ns` (sched_now_ns) to `to`: a local pid, or the name
// of whoever has it then. ids: those of its reference, when it was started; they are also written
// to the reference `ref`, if not TERM_NONE, which lies in the signal's message.
WARN_UNUSED ErlTimerStart erl_timer_start(Scheduler *s, VmCore *vm, Term to, Signal *sig_take,
                                          int64_t at_ns, Term ref, uint32_t ids[3]);
// Nanoseconds that were left, 0 at least. After it the timer will not send. -1: there is no such
// timer: it was cancelled, or has sent and what it sent is in the receiver's inbox.
int64_t erl_timer_cancel(Scheduler *s, VmCore *vm, const uint32_t ids[3]);
// The same without cancelling.
int64_t erl_timer_read(Scheduler *s, VmCore *vm, const uint32_t ids[3]);

// ProcessHooks.exited: ends the timers that would send to p.
bool erl_timers_process_exited(Process *p);
