// SPDX-License-Identifier: Apache-2.0
// What the rooms above want to hear of processes. Set at boot, before anything runs.
// Thread: they are called on the thread that runs the process.
#pragma once

#include "base/base.h"

typedef struct Process Process;

enum { EXIT_HOOKS_MAX = 8 };
typedef struct ProcessHooks {
    // A process is ending (its heap is still there): gives up what it holds elsewhere. true: done;
    // false: more to do, called again in the next slice.
    bool (*exited[EXIT_HOOKS_MAX])(Process *p);
    unsigned exited_count;
    // It ends by an error that nothing caught: p->exit_reason says which.
    void (*report_error)(Process *p);
    // Its heap has become larger than it may, and it wants that to be told.
    void (*report_max_heap)(Process *p);
    // What it wanted is more than the machine can have: a line of text.
    void (*report_limit)(Process *p, const char *line);
} ProcessHooks;
