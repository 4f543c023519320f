// SPDX-License-Identifier: Apache-2.0
// A process: heap, registers to resume with, exception state, mailbox, links, dictionary. And
// VmCore, the part of a VM that the rooms up to engine/ see; struct Vm (vm/) holds it as its first
// member.
// Thread: only the scheduler that runs the process, but for the fields that Process names as
// shared.
#pragma once

#include "code/module.h"
#include "heap/heap.h"
#include "proc/hooks.h"
#include "proc/signal.h"
#include "proc/system_monitor.h"
#include "sched/sched.h"

// How erlang:halt has ended the machine. The process that called it is dead; whoever runs the
// machine looks here and runs nothing more.
typedef enum HaltKind { HALT_NONE, HALT_STATUS, HALT_ABORT, HALT_SLOGAN } HaltKind;
typedef struct Halt {
    HaltKind kind;
    int status;
    char slogan[1024]; // HALT_SLOGAN
} Halt;

// Collections of all processes' heaps, each counted where its scheduler counts.
enum { GC_COUNTERS = 16 };
typedef struct GcCounter {
    _Atomic uint64_t collections, words_reclaimed;
    uint8_t others[48]; // a cache line each
} GcCounter;

// What came of looking for a module: it is loaded now; it is not found, or refused; someone is just
// changing code, try again in a later slice.
typedef enum LoadResult { LOAD_DONE, LOAD_FAILED, LOAD_BUSY } LoadResult;

typedef struct VmCore {
    Mem mem;
    TermEnv env; // env.mem == &mem
    Os *os;
    Literals *literals;
    CodeTables *code;
    bool interpret;             // no machine code is made
    bool code_one_view;         // machine code is never mapped twice (OsCodeViews)
    struct EngineState *engine; // stubs and operators' exports (engine/)
    Export **bif_exports;       // by BifId
    Sched *sched;
    struct ProcessTable *processes; // table.h
    struct Clock *clock;            // clock.h
    struct ClockMonitors *clock_monitors;
    struct ErlTimers *timers; // erl_timer.h
    ProcessHooks hooks;
    // Where a new process starts, with x0..x2 = module, function, arguments; and what its first
    // function returns to (engine/).
    const uint32_t *start_code, *exit_code;
    // What process_await goes on with: a builtin of one argument, the reference (bif/).
    Export *await_export;
    // Where a process goes on that is to raise p->regs->exc.
    const uint32_t *raise_code;
    BlockPool *pool;           // large blocks of heaps, between two uses
    HeapConfig heap_config;    // as at boot; process_heap_defaults says what new processes get
    uint32_t slice_reductions; // 4000; stress: 1
    _Atomic uint64_t next_ref; // numbers of references
    _Atomic uint64_t next_unique, next_monotonic; // unique integers
    _Atomic uint32_t backtrace_depth;             // frames that a stack trace keeps
    GcCounter gc_counters[GC_COUNTERS];
    SystemMonitor monitor;
    // What was allocated, and was of no kind that mem_note counts, when the schedulers had started
    // and there was no process yet: what is more than that is the processes'.
    uint64_t system_bytes;
    _Atomic uint64_t bytes_in, bytes_out; // through ports and files, for statistics(io)
    _Atomic uint64_t reductions, slices;  // done by all processes, but for slices under way
    Halt halt;                            // written by who sets `halted`, before
    _Atomic bool halted;
    _Atomic bool halting; // someone is about to
    // The rooms above hang their state here, each under its own type.
    void *bif_state;
    // Loads a module by name from the code path, when a call finds it missing. `s`: the calling
    // thread's, NULL: there are no threads.
    LoadResult (*load_module)(struct VmCore *vm, Scheduler *s, Term module);
    // Where erlang:display and friends write.
    void (*write_out)(struct VmCore *vm, const void *bytes, size_t count);
} VmCore;

typedef enum ExcClass { EXC_NONE, EXC_ERROR, EXC_EXIT, EXC_THROW, EXC_TRAP } ExcClass;

// Why a builtin gave TERM_NONE, or what is being raised. All terms are roots.
typedef struct Exception {
    ExcClass cls;
    Term value; // error: the reason (badarg, {badmap,M}, ...); exit, throw: the term
    Term trace; // raw stack trace, TERM_NONE: to be captured when raised
    Term args;  // error/2: list of arguments for the first frame; TERM_NONE: not given
    Term info;  // error_info map or its cause for the first frame; TERM_NONE: none
    // The builtin in whose name a later part of it fails, called with `args`; NULL: the one running
    const Export *function;
} Exception;

enum { X_REGISTERS = 1024, X_SCRATCH = 16, FLOAT_REGISTERS = 1024, BIF_ARGS_MAX = 6 };

// How the last turn in the engine ended.
typedef enum RunStatus {
    RUN_READY,
    RUN_YIELDED,   // the slice is used up; goes on at p->ip with x[0..live)
    RUN_RECEIVING, // in receive: the same, once a message has arrived or the time is over
    RUN_WAITING,   // for an answer or the like: the same, once it is woken
    RUN_DIRTY_CPU, // a builtin for a dirty thread is to be called: p->dirty_export, x[0..arity)
    RUN_DIRTY_IO,
    RUN_EXITED, // returned or raised to the end
} RunStatus;

// An instruction that goes on in its slow path: what that has to know.
typedef struct SlowPath {
    uint32_t op;          // IntegerOp
    uint32_t dst;         // register number << 1 | is Y
    bool bare;            // when it fails, the operator shows in no stack trace
    const uint32_t *fail; // NULL: raises
    const uint32_t *next;
} SlowPath;

// A bit string that is being filled by the instructions bs_put_*.
typedef struct BitsBuilder {
    Term base;        // heap or refc object; a root; TERM_NONE: none
    uint64_t at, end; // the bits of its data that are still to be written
} BitsBuilder;

// What a running process borrows from whoever runs it. One a scheduler (scheduler_local).
typedef struct Registers {
    Term x[X_REGISTERS + X_SCRATCH];
    double f[FLOAT_REGISTERS];
    Scheduler *scheduler;
    // What only matters in the middle of a turn. engine_attach makes it empty.
    Exception exc;
    const Export *exc_bif; // the builtin that raised exc, for the first frame of the trace; or NULL
    Term bif_args[BIF_ARGS_MAX]; // arguments of the guard builtin that runs; roots
    uint32_t bif_arg_count;
    bool no_gc;      // a builtin runs that must not collect: what it builds may go to a fragment
    bool trap_waits; // the process sleeps before it goes to trap_export
    uint32_t trap_arity;
    Export *trap_export; // where to go instead of returning: set by bif_trap
    SlowPath slow;
    BitsBuilder builder;
    uint32_t code_index; // of the export entries this slice uses
    RunStatus run_status;
    int64_t slice_reds; // what this slice started with
    // What the last process made here calls: the next one often calls the same.
    const Export *spawned;
    // Blocks of numbers taken from VmCore's counters: references and unique integers.
    uint64_t ref_next, ref_end;
    uint64_t unique_next, unique_end;
} Registers;

static inline void exception_clear(Exception *e) {
    *e = (Exception){EXC_NONE, TERM_NONE, TERM_NONE, TERM_NONE, TERM_NONE, NULL};
}
// For the next process: what the last one left behind means nothing to it.
static inline void registers_clear(Registers *r) {
    exception_clear(&r->exc);
    r->exc_bif = NULL;
    r->bif_arg_count = 0;
    r->no_gc = r->trap_waits = false;
    r->builder.base = TERM_NONE;
}

typedef struct Dict Dict; // process dictionary: dict.h

// The timeout of the receive that the process is in.
typedef enum TimeoutState {
    TIMEOUT_NONE,
    TIMEOUT_NEVER, // infinity
    TIMEOUT_RUNNING,
    TIMEOUT_FIRED,
} TimeoutState;

// A process that runs functions for someone outside of it. That one owns the process while it is
// held: from HELD_IDLE until it gives it to the schedulers, and from HELD_RETURNED on.
typedef enum HeldState { HELD_IDLE, HELD_RUNNING, HELD_RETURNED, HELD_ENDED } HeldState;
typedef struct HeldCall {
    _Atomic uint32_t state; // HeldState
    Signal *reason;         // HELD_ENDED: value is why; the process is gone
} HeldCall;

typedef struct Links Links; // links, monitors in both directions, aliases: relations.h

// What process_flag/2 sets; priority is the task's, sizes are the heap's.
typedef struct ProcessFlags {
    uint32_t error_handler; // index of the atom
    uint16_t save_calls;
    bool trap_exit;
    bool sensitive;
    bool off_heap_queue; // message_queue_data
} ProcessFlags;

// What a process takes with its first heap: a size class of the allocator.
enum { PROCESS_BYTES = 896 };

typedef struct Process {
    // The hottest: what the engine and a turn touch.
    Registers *regs; // while it runs; NULL: x[0..live) lie on top of the stack
    Heap heap;
    const uint32_t *ip; // where to go on
    int64_t reds;       // left of this slice; the engine keeps it in a register while it runs
    uint32_t live;      // x[0..live) are roots
    uint32_t catches;
    VmCore *vm; // as pid, parent, initial: never changes
    Term pid;
    // Shared: others may use these, each in its own way.
    Task task;
    Inbox inbox;
    _Atomic Term name;        // its registered name, TERM_NONE: none, NAME_CLOSED (table.h)
    _Atomic uint32_t timeout; // TimeoutState: written by the timer when it fires
    union {
        Timer timer;     // of receive
        Retired retired; // when it has ended
    };
    struct ErlTimer *timers; // that will send to it: erl_timer.c's, which says who may
    Term parent;             // pid, TERM_NONE: the machine
    const Export *initial;   // module, function, arity it was started with
    uint64_t birth;          // table.c: how many scans of all processes had begun before
    // The running thread's.
    RootFrame *roots;
    Dict *dict;
    Mailbox mailbox;
    Links *links;        // NULL: none
    Signal *replies;     // that have come for process_await and were not fetched
    uint64_t unlink_id;  // given last
    uint64_t reductions; // done in the slices before this one
    Term group_leader;
    Term exit_reason; // when it has ended
    HeldCall *held;   // it runs for someone outside, who gets it back when its function ends
    const Export *dirty_export;      // RUN_DIRTY_*
    struct Suspensions *suspensions; // suspend.c
    Exception *pending;              // what it will raise, between two turns: NULL: nothing
    ProcessFlags flags;
    uint32_t suspended; // by how many
    bool embedded;      // its first heap block is in its own allocation
    // It runs nothing more: no memory, max_heap_size, killed by a signal. A builtin that finds it
    // set returns TERM_NONE.
    bool dead;
    bool exiting;       // process_begin_exit has been called: process_exit_step is what runs
    uint8_t exit_phase; // how far that is
    uint8_t exit_hook;  // which of VmCore.hooks.exited is next
    bool waiting;       // in receive, or for an answer
    bool receiving;     // it is in receive, and nothing but a message or its timer makes it run
    bool hibernating;   // in erlang:hibernate/3
} Process;

WARN_UNUSED Process *process_new(VmCore *vm); // NULL: no memory
// With settings of its own (which are copied), and room for `words` of heap and stack at least.
WARN_UNUSED Process *process_new_sized(VmCore *vm, const HeapConfig *config, size_t words);

// --- settings of heaps: config.c
// -----------------------------------------------------------------
// What new processes get when they say nothing. Any thread.
const HeapConfig *process_heap_defaults(const VmCore *vm);
// Changes it, from now on, if it is still what it `was`. Any thread.
typedef enum DefaultsResult { DEFAULTS_SET, DEFAULTS_CHANGED, DEFAULTS_NO_MEMORY } DefaultsResult;
WARN_UNUSED DefaultsResult process_set_heap_defaults(VmCore *vm, const HeapConfig *was,
                                                     const HeapConfig *config);
// Gives p other settings. false: no memory.
WARN_UNUSED bool process_set_heap_config(Process *p, const HeapConfig *config);
void process_free(Process *p);

// The root set of a process between two instructions (or in a builtin).
void process_roots(Process *p, RootSet *roots);
// Makes room for `words`; may move every term of the process that is not a root.
// false: no room (an exception is set: system_limit; or the process is to die).
WARN_UNUSED bool process_reserve_slow_gc(Process *p, size_t words);
// The same, and opens the cursor. While p->regs->no_gc nothing moves: the cursor may lie in a
// fragment.
WARN_UNUSED bool process_open_slow_gc(Process *p, size_t words, Hp *hp);
// Collects now. false: no memory, or over the maximal size and p->dead.
bool process_collect_gc(Process *p, bool major);
// Of all processes, also those that have ended.
void process_collections(const VmCore *vm, uint64_t *count, uint64_t *words_reclaimed);
// Collects everything and makes the heap as small as it can be, with room for `words`.
void process_shrink_gc(Process *p, size_t words);
// Makes room and opens the cursor. After it: write, then process_commit.
WARN_UNUSED static inline bool process_reserve_gc(Process *p, size_t words, Hp *hp) {
    if (UNLIKELY(!heap_has_room(&p->heap, words))) return process_open_slow_gc(p, words, hp);
    *hp = heap_hp(&p->heap, words);
    return true;
}
static inline void process_commit(Process *p, const Hp *hp) {
    if (LIKELY(hp->off == &p->heap.off))
        heap_commit(&p->heap, hp);
    else
        heap_fragment_commit(&p->heap, hp);
}

static inline void process_push_roots(Process *p, RootFrame *f, Term *terms, size_t count) {
    *f = (RootFrame){p->roots, terms, count};
    p->roots = f;
}
static inline void process_pop_roots(Process *p, RootFrame *f) {
    DEBUG_ASSERT(p->roots == f);
    p->roots = f->next;
}
// Ends the machine: the first to ask is heard. The process is dead afterwards.
void process_halt(Process *p, const Halt *halt);
// The short ways of mailbox_peek_gc and mailbox_skip: for messages that lie ready, when there is
// nothing else to see to. NULL, false: take the long one.
static inline Signal *mailbox_peek_ready(Process *p) {
    Mailbox *m = &p->mailbox;
    Signal *sig = *m->save;
    if (UNLIKELY(sig == NULL) || UNLIKELY(sig->kind != SIGNAL_MESSAGE)) return NULL;
    if (UNLIKELY(p->heap.fragment_words > (size_t)(p->heap.end - p->heap.start)) ||
        UNLIKELY(heap_wants_collection(&p->heap)) || UNLIKELY(m->awaits))
        return NULL;
    m->peeked = true;
    m->more = false;
    if (LIKELY(sig->next != NULL)) __builtin_prefetch(&sig->next->value);
    return sig;
}
static inline bool mailbox_skip_ready(Process *p) {
    Mailbox *m = &p->mailbox;
    if (UNLIKELY(m->holding)) return false;
    DEBUG_ASSERT(m->peeked);
    m->peeked = false;
    m->save = &(*m->save)->next;
    return true;
}
// The ids of a new reference, unique in this VM: see relations.h. References of timers
// (erl_timer.c) are numbered apart: they have the highest bit of ids[2] and are no aliases.
void process_next_ref(Process *p, uint32_t ids[3]);
// A new reference. Words: LOCAL_REF_WORDS.
Term process_make_ref(Process *p, Hp *hp);
