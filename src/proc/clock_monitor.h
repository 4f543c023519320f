// SPDX-License-Identifier: Apache-2.0
// Who is told when the time offset changes: erlang:monitor(time_offset, clock_service). The
// monitors are relations of their processes like others; here is only which processes have any, so
// that a change can be sent to them. docs/internal/timers.md. Thread: any scheduler's or a guest.
#pragma once

#include "proc/process.h"

typedef struct ClockMonitors ClockMonitors;

WARN_UNUSED ClockMonitors *clock_monitors_new(Mem *m); // NULL: no memory
void clock_monitors_free(ClockMonitors *cm);           // when no scheduler runs any more

// p has made a monitor. false: no memory.
WARN_UNUSED bool clock_monitors_add(Process *p);
// ProcessHooks.exited.
bool clock_monitors_process_exited(Process *p);
// Sends {'CHANGE', Ref, time_offset, clock_service, Offset} for each monitor if the offset has
// changed since this was done the last time.
void clock_monitors_tell(Scheduler *s, VmCore *vm);
