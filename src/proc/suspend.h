// SPDX-License-Identifier: Apache-2.0
// Processes that suspend others. A suspended process acts on signals but runs no code until all who
// have suspended it have resumed it, or ended.
//
// Who suspends counts how often, for itself; the other only hears of the first time and of the
// last, and keeps a list of who. All goes through the signal queue, so it happens in order with
// whatever else the one sends to the other.
// Thread: only the scheduler that runs the process.
#pragma once

#include "proc/process.h"

typedef struct Suspensions Suspensions; // Process.suspensions; NULL: there were none so far

typedef struct SuspendOptions {
    bool unless_suspending; // not when the caller has suspended it already
    bool asynchronous;      // does not wait until it is so
    Term tag; // asynchronous: {tag, State} comes when it is so; TERM_NONE: it does not
} SuspendOptions;

typedef enum SuspendResult {
    SUSPEND_DONE,
    SUSPEND_NOT,  // unless_suspending
    SUSPEND_WAIT, // *await is a new reference on the heap of p, to be given to process_await
    SUSPEND_NO_PROCESS,
    SUSPEND_LIMIT, // of memory, or of the count
} SuspendResult;

// May collect: the tag must be a root, or nobody's who needs it afterwards.
SuspendResult process_suspend_gc(Process *p, Term pid, const SuspendOptions *o, Term *await);
bool process_resume(Process *p, Term pid); // false: p has not suspended it

// Of one that p has suspended: how often it is so, and how often it will be when it hears of it.
typedef struct SuspendInfo {
    Term pid;
    uint32_t active, outstanding;
} SuspendInfo;
size_t process_suspending_count(const Process *p);
void process_suspending_each(const Process *p, void (*fn)(void *ctx, const SuspendInfo *info),
                             void *ctx);

bool process_suspend_exited(Process *p); // ProcessHooks.exited
