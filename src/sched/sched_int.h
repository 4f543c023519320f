// SPDX-License-Identifier: Apache-2.0
// What the files of the room share: the structures of a scheduler and of all of them. The
// protocols between threads are in docs/internal/scheduling.md and thread_progress.md.
#pragma once

#include "base/prng.h"
#include "base/spin.h"
#include "sched/sched.h"
#include <stdalign.h>

enum {
    CACHE_LINE = 64,
    SCHEDULERS_MAX = 1024, // as the reference
    IDLE_WORDS = SCHEDULERS_MAX / 64,
    STEAL_MAX = 128, // tasks moved at once: how long a queue may be locked
};

// --- locks ---------------------------------------------------------------------------------------
// For sections of at most some microseconds. Who finds it taken spins a little and then lets others
// run, as its holder may have lost its core.
void lock_wait(Os *os, Spin *lock);
static inline void lock_take(Os *os, Spin *lock) {
    if (LIKELY(atomic_exchange_explicit(&lock->locked, 1, memory_order_acquire) == 0)) return;
    lock_wait(os, lock);
}
static inline void lock_drop(Spin *lock) {
    spin_unlock(lock);
}

// A fence after an atomic exchange, which is one already on some machines.
static inline void fence_after_exchange(void) {
#if defined(__x86_64__)
    atomic_signal_fence(memory_order_seq_cst);
#else
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

// --- tasks ---------------------------------------------------------------------------------------
// Task.state. Waiting: 0. In a queue: TASK_WOKEN alone.
enum {
    TASK_WOKEN = 1,
    TASK_RUNNING = 2,
    TASK_OUT = 4,     // held, or not started yet
    TASK_RESUMED = 8, // with TASK_RUNNING: task_resume came before the turn's TASK_HELD
};

typedef struct TaskList {
    Task *first, *last;
} TaskList;

static inline void task_list_push(TaskList *list, Task *t) {
    t->next = NULL;
    if (list->first == NULL)
        list->first = t;
    else
        list->last->next = t;
    list->last = t;
}
static inline Task *task_list_pop(TaskList *list) {
    Task *t = list->first;
    if (t != NULL) list->first = t->next;
    return t;
}

// --- run queues ----------------------------------------------------------------------------------
typedef struct RunQueue {
    // The oldest task, when the lists were empty and it has normal priority: two tasks that wake
    // each other need no lock. Only the owner puts one there.
    _Atomic(Task *) next;
    Spin lock;
    _Atomic uint32_t length; // of all lists; written with the lock, read by any
    _Atomic uint32_t counts[TASK_PRIORITIES];
    TaskList lists[TASK_PRIORITIES];
    uint64_t low_credit; // see queue_pop
} RunQueue;

// Pushing returns the length after it.
uint32_t queue_push(Os *os, RunQueue *q, Task *t);
uint32_t queue_push_list(Os *os, RunQueue *q, TaskList *list, uint32_t count);
Task *queue_pop_lists(Os *os, RunQueue *q);
// Moves up to STEAL_MAX tasks, of each priority `share` in 1/256ths of what is there but at least
// one in all, to *out, oldest first. How many.
uint32_t queue_take(Os *os, RunQueue *q, uint32_t share, TaskList *out);
static inline uint32_t queue_length(const RunQueue *q) {
    return atomic_load_explicit(&q->length, memory_order_relaxed) +
           (atomic_load_explicit(&q->next, memory_order_relaxed) != NULL);
}

// Only the owner may push this way, and pop.
static inline uint32_t queue_push_own(Os *os, RunQueue *q, Task *t) {
    if (LIKELY(t->priority == TASK_NORMAL) && queue_length(q) == 0) {
        // Release: pairs with the exchange in queue_take_next.
        atomic_store_explicit(&q->next, t, memory_order_release);
        return 1;
    }
    return queue_push(os, q, t);
}

// NULL: it is empty, or someone was faster.
static inline Task *queue_take_next(RunQueue *q) {
    if (atomic_load_explicit(&q->next, memory_order_relaxed) == NULL) return NULL;
    return atomic_exchange_explicit(&q->next, NULL, memory_order_acquire);
}

// NULL: empty.
static inline Task *queue_pop(Os *os, RunQueue *q) {
    Task *t = NULL;
    // What was the oldest still waits for those of higher priority.
    if (LIKELY((atomic_load_explicit(&q->counts[TASK_MAX], memory_order_relaxed) |
                atomic_load_explicit(&q->counts[TASK_HIGH], memory_order_relaxed)) == 0))
        t = queue_take_next(q);
    if (t != NULL || atomic_load_explicit(&q->length, memory_order_relaxed) == 0) return t;
    return queue_pop_lists(os, q);
}

// --- timers --------------------------------------------------------------------------------------
enum {
    WHEEL_BITS = 6,
    WHEEL_SLOTS = 1 << WHEEL_BITS,
    WHEEL_LEVELS = 8, // 2^48 ms: more than a clock in nanoseconds holds
    TICK_NS = 1000000,
};
#define NEVER_NS INT64_MAX

typedef struct TimerList {
    Timer *first, *last;
} TimerList;

typedef struct Wheel {
    Spin lock;
    uint32_t id;               // scheduler's index + 1, for Timer.where
    _Atomic int64_t next_ns;   // nothing to do before; written with the lock
    int64_t sleeping_until_ns; // what the owner last promised; with the lock
    int64_t now_tick;          // everything before has been done
    uint64_t occupied[WHEEL_LEVELS];
    TimerList slots[WHEEL_LEVELS][WHEEL_SLOTS];
} Wheel;

void wheel_init(Wheel *w, uint32_t id, int64_t now_ns);
// Fires what is due, at most so many that tasks need not wait long for them.
void wheel_poll_slow(Scheduler *s, Wheel *w, int64_t now_ns);
static inline void wheel_poll(Scheduler *s, Wheel *w, int64_t now_ns) {
    if (UNLIKELY(now_ns >= atomic_load_explicit(&w->next_ns, memory_order_relaxed)))
        wheel_poll_slow(s, w, now_ns);
}
// The owner is about to sleep and will look again at the time returned (NEVER_NS: never): whoever
// starts an earlier timer wakes it.
int64_t wheel_promise(Os *os, Wheel *w);

// --- thread progress -----------------------------------------------------------------------------
#define PROGRESS_OFFLINE UINT64_MAX

typedef struct RetiredList {
    Retired *first, *last;
} RetiredList;

// One of each thread.
typedef struct ProgressThread {
    alignas(CACHE_LINE) _Atomic uint64_t seen; // epoch at the last quiescent point, or OFFLINE
    alignas(CACHE_LINE) uint64_t seen_own;     // the same, for the thread itself
    RetiredList fresh;                         // retired, epoch not yet known
    RetiredList waiting;                       // by epoch
    uint32_t fresh_count;
    uint32_t passes;  // quiescent points since we last tried
    uint32_t laggard; // who held us up when we last looked
} ProgressThread;

typedef struct Progress {
    alignas(CACHE_LINE) _Atomic uint64_t epoch;
    _Atomic bool has_orphans; // read at every quiescent point, hardly ever written
    alignas(CACHE_LINE) Spin lock;
    RetiredList orphans; // of threads that have gone to sleep
} Progress;

void progress_online(Scheduler *s);
// A quiescent point of a thread that stays online.
void progress_work(Scheduler *s);
void progress_announce(Scheduler *s, uint64_t epoch);
// Runs what is ripe and leaves the rest to those who are online; if nobody is, runs all of it.
void progress_offline(Scheduler *s);
void progress_run_all(Scheduler *s); // nobody else is there any more

// --- dirty pools ---------------------------------------------------------------------------------
typedef struct DirtyPool {
    Sched *sched;
    Spin lock; // for all below
    SchedulerKind kind;
    uint32_t first, count; // its threads: sched->all[first..first + count)
    uint32_t started, idle, running, online;
    bool stopping, blocked;
    TaskList tasks;
    _Atomic uint32_t length;
    _Atomic uint32_t word; // sleepers wait on it; changes with each wake-up
} DirtyPool;

// Starts one thread, so that there is always one; more are started as they are needed.
WARN_UNUSED int dirty_start(DirtyPool *pool);
void dirty_push(Sched *sched, SchedulerKind kind, Task *t);
void dirty_stop(DirtyPool *pool);
void dirty_set_online(DirtyPool *pool, uint32_t online);
void dirty_block(Scheduler *s, DirtyPool *pool, bool on); // on: waits until no task runs

// --- simulation ----------------------------------------------------------------------------------
typedef struct TaskBag { // any order
    Task **tasks;
    size_t count, cap;
} TaskBag;

typedef struct Simulation {
    Prng prng;
    TaskBag ready[TASK_PRIORITIES];
    TaskBag dirty[2];
    uint64_t decisions;
} Simulation;

void sim_push(Sched *sched, Task *t);
void sim_push_dirty(Sched *sched, SchedulerKind kind, Task *t);
void sim_run_until(Sched *sched, bool (*done)(void *ctx), void *ctx, bool *stuck);
void sim_deinit(Sched *sched);

// --- schedulers ----------------------------------------------------------------------------------
// Why a scheduler takes no tasks (Scheduler.orders).
enum {
    ORDER_STOP = 1,
    ORDER_OFFLINE = 2,
    ORDER_BLOCKED = 4,
};

#define NOT_BUSY INT64_MIN

struct Scheduler {
    Sched *sched;
    Os *os;
    void *local;
    SchedulerKind kind;
    uint32_t index; // in sched->all; id - 1
    OsThread thread;
    bool started;
    bool searching;  // counted in sched->searching
    bool away;       // sched_away
    Prng prng;       // victims to steal from
    int64_t now_ns;  // the clock when it was last read
    uint32_t unread; // turns since
    int64_t unread_reductions;
    int64_t balanced_ns; // when queues were last compared
    int64_t tried_ns;    // since when it lives on what it took from others; 0: it does not

    // Written by the owner, read by any.
    _Atomic uint64_t turns, reductions;
    _Atomic uint64_t guarded;               // turns when the guard last looked
    _Atomic uint32_t turn_ns;               // how long turns have taken lately
    _Atomic uint32_t wall_version;          // odd: being written
    _Atomic int64_t busy_ns, busy_since_ns; // or NOT_BUSY
    int64_t wall_base_ns; // busy_ns when wall time was switched on; sched->control's

    ProgressThread progress;
    alignas(CACHE_LINE) RunQueue queue;
    alignas(CACHE_LINE) _Atomic uint32_t parked; // 1: sleeps, or is about to; who clears it wakes
    _Atomic uint32_t orders, obeyed;
    Wheel *wheel; // normal schedulers only
};

struct Sched {
    void *block; // where the memory begins: this is aligned in it
    SchedConfig config;
    Mem *mem;
    Os *os;
    uint32_t normal_count, all_count; // all: normal, dirty CPU, dirty I/O, the guest
    Scheduler *all;
    void *all_block;
    Wheel *wheels;
    Scheduler *guest;
    DirtyPool dirty_cpu, dirty_io;
    Simulation *sim; // NULL: real threads
    bool started, stopped;
    _Atomic uint32_t online;

    Progress progress;

    // Who sleeps for want of work.
    alignas(CACHE_LINE) _Atomic uint32_t idle_count;
    _Atomic uint32_t searching;
    _Atomic uint64_t idle[IDLE_WORDS];
    _Atomic uint32_t guard; // index + 1 of the sleeper that keeps an eye on the others
    _Atomic int64_t rest_ns, rest_until_ns; // from moving tasks on suspicion: steal.c

    alignas(CACHE_LINE) _Atomic uint32_t next_home; // where foreign threads' tasks go, in turn
    _Atomic uint32_t only;                          // blocked: index + 1 of who still runs
    _Atomic uint32_t obey_word;                     // changes when someone has obeyed
    Spin control;                                   // orders, counts of blocks, wall time
    uint32_t blocks, blocks_normal;
    bool blocking; // someone is waiting for the others to obey
    _Atomic uint32_t wall_count;
    int64_t wall_since_ns;

    _Atomic uint32_t guest_taken;
    alignas(CACHE_LINE) _Atomic uint32_t notified; // sched_run_until waits on it
};

// Runs one turn of `t`, which is in no queue, and puts it where it then belongs.
int64_t worker_turn(Scheduler *s, Task *t, int64_t slice, TaskStep *step);
void worker_main(void *scheduler);
// Wakes `s` if it sleeps, or keeps it from doing so.
void scheduler_poke(Scheduler *s);
// There is work that this thread will not get to at once: wakes one that sleeps, if there is one
// and nobody is searching already.
void sched_wake_one(Sched *sched);
// This thread has long work before it: someone who sleeps is to see to what it cannot.
void sched_want_guard(Sched *sched);
// Puts a ready task into a queue.
void sched_push(Scheduler *s, Task *t);
void worker_read_clock(Scheduler *s);
// --- who takes whose tasks: steal.c
// `s` has put a task into the queue of `owner`, which now has `length`: should others help?
void steal_offer(Scheduler *s, Scheduler *owner, uint32_t length);
Task *steal(Scheduler *s); // NULL: nothing
bool steal_is_possible(Scheduler *s);
void steal_learn(Scheduler *s); // it has run out of work
// A busy thread never steals. So that not one runs many tasks and another few, it now and then
// compares its queue with another's.
void steal_balance(Scheduler *s);
// One of those that sleep looks up every millisecond as long as someone is busy: whether a
// scheduler is in a turn so long that timers or a lone task wait for it. What it finds comes to its
// own queue.
void steal_guard(Scheduler *s);
void steal_note_turns(Scheduler *s, int64_t ns, uint32_t turns); // they took so long
// Begins and ends time that counts as busy.
void wall_begin(Scheduler *s, int64_t now_ns);
void wall_end(Scheduler *s, int64_t now_ns);
// ORDERs of all normal schedulers from `online` and blocks; wakes who has to know. With `control`.
void control_give_orders(Sched *sched);

// Between turns: nothing shared is held here.
static inline void progress_pass(Scheduler *s) {
    Progress *pr = &s->sched->progress;
    uint64_t epoch = atomic_load_explicit(&pr->epoch, memory_order_seq_cst);
    if (UNLIKELY(epoch != s->progress.seen_own)) progress_announce(s, epoch);
    if (UNLIKELY(s->progress.fresh.first != NULL || s->progress.waiting.first != NULL ||
                 atomic_load_explicit(&pr->has_orphans, memory_order_relaxed)))
        progress_work(s);
}
