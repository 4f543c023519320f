// SPDX-License-Identifier: Apache-2.0
// Scheduler threads that run tasks: run queues by priority, stealing, sleeping, dirty pools, thread
// progress, timers. What a task is, it does not know: a process embeds a Task, and the rooms above
// say through SchedHooks how one runs.
//
// Two ways to run: real threads; or simulated, where one OS thread plays all schedulers and a
// seeded generator makes each decision (who runs next, for how long), on a clock that jumps.
//
// Thread: every call names the Scheduler of the calling thread, where not said otherwise. See
// docs/internal/scheduling.md and thread_progress.md.
#pragma once

#include "base/mem.h"
#include "os/os.h"
#include <stdatomic.h>

typedef struct Sched Sched;         // all of a VM's scheduling
typedef struct Scheduler Scheduler; // one thread of it: normal, dirty or a guest

// --- tasks ---------------------------------------------------------------------------------------
// max before high before normal and low; low gets one turn in eight of those that normal gets.
typedef enum TaskPriority {
    TASK_MAX,
    TASK_HIGH,
    TASK_NORMAL,
    TASK_LOW,
    TASK_PRIORITIES
} TaskPriority;

// What a task wants when its turn is over.
typedef enum TaskStep {
    TASK_AGAIN,     // the slice is used up: to the end of its queue
    TASK_WAIT,      // nothing until someone wakes it; a wake-up during the turn counts
    TASK_DIRTY_CPU, // its next turn on a dirty thread for work that computes
    TASK_DIRTY_IO,  // or for work that waits on the system
    TASK_HELD,      // taken out: whoever has it gives it back with task_resume
    TASK_GONE,      // ended; the scheduler has forgotten it, the memory is its owner's
} TaskStep;

// Embedded in what runs. Only `priority` is the owner's (written while it runs or before it
// starts).
typedef struct Task {
    struct Task *next;      // in a queue
    _Atomic uint32_t state; // sched/'s
    uint8_t priority;       // TaskPriority
} Task;

void task_init(Task *t, TaskPriority priority);
// Starts a new task, or one that was held: it becomes ready.
void task_resume(Scheduler *s, Task *t);
// Makes a waiting task ready; one that is running will run again. Any number of times, from any
// thread; the task must be known to live (thread progress). What the caller has written before,
// atomically, is seen by the turn that begins next.
void task_wake(Scheduler *s, Task *t);
// Whether someone has woken the running task since its turn began.
bool task_is_woken(const Task *t);
// For what the system tells about a process: is it in a queue, running?
typedef enum TaskPlace { TASK_IS_WAITING, TASK_IS_QUEUED, TASK_IS_RUNNING } TaskPlace;
TaskPlace task_place(const Task *t);

typedef struct SchedHooks {
    void *ctx;
    // Runs `t` for about `reductions`; *used: how many it took.
    TaskStep (*run)(void *ctx, Scheduler *s, Task *t, int64_t reductions, int64_t *used);
    // What the thread needs of its own (scheduler_local). NULL: no memory.
    void *(*local_new)(void *ctx, Scheduler *s);
    void (*local_free)(void *ctx, void *local);
    // Simulated runs: what identifies `t` in the trace (a number that a replay gives again).
    uint64_t (*task_id)(void *ctx, const Task *t);
} SchedHooks;

typedef enum SchedulerKind {
    SCHEDULER_NORMAL,
    SCHEDULER_DIRTY_CPU,
    SCHEDULER_DIRTY_IO,
    SCHEDULER_GUEST // a thread of the embedding program, while it is inside
} SchedulerKind;

typedef struct SchedConfig {
    Mem *mem;
    Os *os;
    SchedHooks hooks;
    uint32_t schedulers, online;  // 0: one a core that this program may use (cgroup-aware)
    uint32_t dirty_cpu, dirty_io; // 0: as many as schedulers, but no more than cores; 10
    uint32_t slice_reductions;
    bool simulated;
    uint64_t seed;
    // Simulated: a line for each decision, the same for the same seed. NULL: none.
    void (*trace)(void *ctx, const char *line, size_t size);
    void *trace_ctx;
} SchedConfig;

WARN_UNUSED Sched *sched_new(const SchedConfig *config); // NULL: no memory. Starts nothing.
// Starts the threads (simulated: nothing to start). 0 or -errno.
WARN_UNUSED int sched_start(Sched *sched);
// No task starts a new turn; waits until every thread has ended. Thread: a guest or outside.
void sched_stop(Sched *sched);
// After sched_stop: runs everything that was retired, and frees all. Tasks are their owners'.
void sched_free(Sched *sched);

// The thread of the embedding program joins: it may look up, wake, send, and set timers, but holds
// up thread progress until it leaves. One guest at a time.
Scheduler *sched_enter(Sched *sched);
void sched_leave(Scheduler *guest);
// Outside (not entered): lets the tasks run until done(ctx) is true. Real: sleeps, and asks after
// each sched_notify. Simulated: this is what runs the schedulers; *stuck when nothing can ever
// happen any more (no task ready, no timer): real runs never say so.
void sched_run_until(Sched *sched, bool (*done)(void *ctx), void *ctx, bool *stuck);
void sched_notify(Sched *sched); // any thread

// --- who and how many ----------------------------------------------------------------------------
Sched *scheduler_sched(const Scheduler *s);
void *scheduler_local(const Scheduler *s);
SchedulerKind scheduler_kind(const Scheduler *s);
uint32_t scheduler_id(const Scheduler *s); // 1.. for normal ones, then dirty CPU, dirty I/O
bool sched_is_simulated(const Sched *sched);
// Simulated: a number in [0, count) by the seed. Real: 0.
uint64_t sched_choose(Scheduler *s, uint64_t count);
// Nanoseconds, never going back: what timers run by. Simulated: the virtual clock.
int64_t sched_now_ns(Scheduler *s);

typedef struct SchedInfo {
    uint32_t schedulers, online, active;
    uint32_t dirty_cpu, dirty_cpu_online, dirty_io;
    bool blocked, blocked_normal; // multi-scheduling is: by which of SchedBlock
} SchedInfo;
SchedInfo sched_info(Sched *sched);
// How many of the schedulers take tasks. false: not 1..schedulers.
bool sched_set_online(Scheduler *s, uint32_t online);
bool sched_set_dirty_cpu_online(Scheduler *s, uint32_t online);
// Multi-scheduling off: when it returns true, only the caller's scheduler runs tasks; counted. The
// others finish their turns first. false: another scheduler is just doing the same; end the turn
// (TASK_AGAIN) and ask again. Thread: a normal scheduler's.
typedef enum SchedBlock {
    SCHED_BLOCK_ALL,   // dirty threads too
    SCHED_BLOCK_NORMAL // they go on
} SchedBlock;
WARN_UNUSED bool sched_block(Scheduler *s, SchedBlock what);
void sched_unblock(Scheduler *s, SchedBlock what);

typedef struct SchedulerStats {
    SchedulerKind kind;
    uint64_t turns, reductions;
    int64_t busy_ns, total_ns;                    // since wall time was switched on
    uint32_t queue_max, queue_high, queue_normal; // normal and low share one
    // A dirty pool's one queue counts as that of its first thread.
    bool running; // it is awake and has, or looks for, a task
} SchedulerStats;
// Of scheduler `id`; any thread; figures may be a turn old. false: no such scheduler.
bool sched_stats(Sched *sched, uint32_t id, SchedulerStats *stats);
void sched_wall_time(Sched *sched, bool on); // counted: on as often as off
bool sched_wall_time_is_on(const Sched *sched);

// --- thread progress -----------------------------------------------------------------------------
// Between two turns a scheduler holds no pointer to anything shared. What was made unreachable is
// retired; when every thread has passed such a point since, nobody can still be looking at it.
typedef struct Retired {
    struct Retired *next;
    uint64_t epoch;
    void (*fn)(Scheduler *s, struct Retired *r); // runs on some scheduler, soon after
} Retired;
void sched_retire(Scheduler *s, Retired *r, void (*fn)(Scheduler *s, Retired *r));
// What follows may take long (a native function on a dirty thread, the collection of a large heap)
// and looks at nothing that others could retire: it does not hold up thread progress until
// sched_back. Pairs; they do not nest. Pointers to shared things from before are not good after.
void sched_away(Scheduler *s);
void sched_back(Scheduler *s);

// --- timers --------------------------------------------------------------------------------------
// Embedded in what waits. `fire` runs on a scheduler's thread with the timer's wheel locked: it
// must be short, may wake tasks, push signals and free memory (also the timer's), and must not
// start or cancel timers. Zeroed memory is a timer that was never started.
typedef struct Timer {
    struct Timer *next, *prev;
    int64_t at_ns; // sched_now_ns; when it is to fire, not before
    void (*fire)(Scheduler *s, struct Timer *t);
    _Atomic uint32_t where; // sched/'s: 0 when never started
} Timer;
#define TIMER_FIRED 0x80000000u // in `where`, beside the wheel: it has fired, or just does
// Thread: any but from `fire`; one thread at a time for one timer.
void timer_start(Scheduler *s, Timer *t, int64_t at_ns, void (*fire)(Scheduler *s, Timer *t));
// true: it was running and will not fire. false: it has fired or was never started; `fire` has
// returned.
bool timer_cancel(Scheduler *s, Timer *t);
static inline bool timer_is_running(const Timer *t) {
    uint32_t where = atomic_load_explicit(&t->where, memory_order_acquire);
    return where != 0 && (where & TIMER_FIRED) == 0;
}
