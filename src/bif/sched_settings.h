// SPDX-License-Identifier: Apache-2.0
// What processes have set about the schedulers, and who it was: blocks of multi-scheduling and the
// wish that time be measured, which end with the process, and microstates. One a VM.
// Thread: any scheduler's.
#pragma once

#include "base/spin.h"
#include "proc/process.h"

typedef struct SchedClaims {
    Term pid;
    uint32_t blocks[2];  // by SchedBlock
    uint32_t wall_times; // of scheduler_wall_time
} SchedClaims;

// Nanoseconds since microstates were switched on or reset, without the time that they were off.
typedef struct MicrostateTimes {
    int64_t busy_ns, sleep_ns;
} MicrostateTimes;

typedef struct SchedSettings {
    Spin lock;
    SchedClaims *claims;
    _Atomic size_t claim_count; // written under the lock
    size_t claim_cap;
    bool wall_time_only; // measured, whether or not a process claims it
    bool microstates_on;
    MicrostateTimes *counted; // of each scheduler, until it was switched off the last time
    MicrostateTimes *base;    // where the schedulers' own figures were when it was switched on
    size_t scheduler_count;   // of both arrays
} SchedSettings;

void sched_settings_deinit(SchedSettings *ss, Mem *m);

typedef enum BlockResult {
    BLOCK_OK,
    BLOCK_AGAIN, // another process is at it: end the turn and call again
    BLOCK_NO_MEMORY
} BlockResult;
WARN_UNUSED BlockResult sched_settings_block(Process *p, SchedSettings *ss, SchedBlock what);
// Takes back one of p's blocks; nothing if it has none.
void sched_settings_unblock(Process *p, SchedSettings *ss, SchedBlock what);
// At p's end: takes back all of them.
void sched_settings_process_exited(Process *p, SchedSettings *ss);
// Up to `max` pids of processes that block; how many there are.
size_t sched_settings_blockers(SchedSettings *ss, SchedBlock what, Term *pids, size_t max);

// p wants it once more, or once less; nothing if it did not want it. *was: whether it was on
// before. false: no memory.
WARN_UNUSED bool sched_settings_wall_time(Process *p, SchedSettings *ss, bool on, bool *was);
// For who counts claims itself. Whether it was on before.
bool sched_settings_wall_time_only(SchedSettings *ss, Sched *sched, bool on);

typedef enum MicrostateAction {
    MICROSTATES_ON,
    MICROSTATES_OFF,
    MICROSTATES_RESET
} MicrostateAction;
// *was: whether it was on. false: no memory.
WARN_UNUSED bool sched_settings_microstates(SchedSettings *ss, Sched *sched, Mem *m,
                                            MicrostateAction action, bool *was);
// false: no such scheduler.
bool sched_settings_times(SchedSettings *ss, Sched *sched, uint32_t id, SchedulerKind *kind,
                          MicrostateTimes *times);
