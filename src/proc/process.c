// SPDX-License-Identifier: Apache-2.0
// A process's memory: making and freeing one, its roots, and making room. See process.h.
#include "proc/process.h"
#include "proc/table_int.h"

#include "proc/dict.h"
#include "proc/relations.h"
#include "term/ident.h"

// The terms of an exception are one range of roots.
_Static_assert(offsetof(Exception, info) - offsetof(Exception, value) == 3 * sizeof(Term),
               "value, trace, args, info follow each other");
enum { EXCEPTION_TERMS = 4 };

// --- memory --------------------------------------------------------------------------------------
// A process and its first, small heap are one allocation: [Process][words]. What most processes
// ever need fits there. When a collection gives the heap a block of its own, the words stay unused
// until the process ends. A process of which more is known (large arguments, min_heap_size) gets a
// separate block at once.

// Chosen so that a whole process fills a size class of the allocator.
enum { EMBEDDED_WORDS = (PROCESS_BYTES - (int)sizeof(Process)) / (int)sizeof(Term) };
_Static_assert(sizeof(Process) + EMBEDDED_WORDS * sizeof(Term) == PROCESS_BYTES,
               "a process fills its allocation");

static bool embeds(const VmCore *vm, const HeapConfig *config, size_t words) {
#ifdef DT_STRESS
    return false; // what moves must become unreadable, and with it the process would
#else
    return words <= EMBEDDED_WORDS && config->min_words <= vm->heap_config.min_words &&
           !config->stress;
#endif
}

static Process *alloc_with_heap(VmCore *vm, const HeapConfig *config, size_t words) {
    const HeapConfig *shared = process_heap_config_shared(vm, config);
    const HeapConfig *first = shared != NULL ? shared : process_heap_defaults(vm);
    bool embedded = embeds(vm, config, words);
    size_t bytes = embedded ? PROCESS_BYTES : sizeof(Process);
    Process *p = mem_alloc(&vm->mem, bytes);
    if (p == NULL) return NULL;
    memset(p, 0, sizeof *p);
    p->embedded = embedded;
    if (embedded) {
        heap_init_embedded(&p->heap, first, (Term *)(p + 1), EMBEDDED_WORDS);
    } else if (heap_init_sized(&p->heap, first, MAX(words, config->min_words)) != HEAP_OK) {
        mem_free(&vm->mem, p, bytes);
        return NULL;
    }
    if (shared != NULL || heap_set_config(&p->heap, config)) return p;
    heap_deinit(&p->heap);
    mem_free(&vm->mem, p, bytes);
    return NULL;
}

Process *process_new_sized(VmCore *vm, const HeapConfig *config, size_t words) {
    Process *p = alloc_with_heap(vm, config, words);
    if (p == NULL) return NULL;
    p->vm = vm;
    inbox_init(&p->inbox);
    mailbox_init(&p->mailbox);
    p->pid = term_local_pid(0);
    p->parent = TERM_NONE;
    atomic_init(&p->name, TERM_NONE);
    p->group_leader = p->pid;
    p->exit_reason = TERM_NONE;
    p->flags.error_handler = ATOM_INDEX_error_handler;
    p->task.priority = TASK_NORMAL;
    return p;
}

Process *process_new(VmCore *vm) {
    const HeapConfig *config = process_heap_defaults(vm);
    return process_new_sized(vm, config, 0);
}

void process_free(Process *p) {
    if (p == NULL) return;
    Mem *m = &p->vm->mem;
    mailbox_deinit(p);
    relations_free(p);
    dict_free(p);
    if (p->pending != NULL) mem_free(m, p->pending, sizeof *p->pending);
    heap_deinit(&p->heap);
    mem_free(m, p, p->embedded ? PROCESS_BYTES : sizeof *p);
}

void process_roots(Process *p, RootSet *roots) {
    *roots = (RootSet){.frames = p->roots};
    Registers *r = p->regs;
    if (r != NULL) {
        ASSERT(p->live <= X_REGISTERS && r->bif_arg_count <= BIF_ARGS_MAX);
        roots_add(roots, r->x, p->live);
        roots_add(roots, r->bif_args, r->bif_arg_count);
        roots_add(roots, &r->exc.value, EXCEPTION_TERMS);
        roots_add(roots, &r->builder.base, 1);
    }
    roots_add(roots, &p->group_leader, 1);
    roots_add(roots, &p->exit_reason, 1);
    roots_add(roots, &p->mailbox.held, 1);
    dict_roots(p, roots);
}

// --- collections, counted for statistics(garbage_collection) -------------------------------------

typedef struct HeapWork {
    uint64_t collections, words_reclaimed;
    int64_t start_ns; // 0: nobody wants to know how long it takes
} HeapWork;

static HeapWork heap_work(const Heap *h) {
    const HeapPast *past = h->past;
    if (past == NULL) return (HeapWork){0};
    return (HeapWork){past->collections_minor + past->collections_major, past->words_reclaimed, 0};
}

static HeapWork work_begin(const Process *p) {
    HeapWork w = heap_work(&p->heap);
    if (system_monitor_wants(&p->vm->monitor, EVENT_LONG_GC | EVENT_LARGE_HEAP))
        w.start_ns = os_monotonic_ns(p->vm->os);
    return w;
}

static void work_end(Process *p, HeapWork before) {
    HeapWork now = heap_work(&p->heap);
    if (now.collections == before.collections) return;
    const Scheduler *s = p->regs == NULL ? NULL : p->regs->scheduler;
    GcCounter *c = &p->vm->gc_counters[s == NULL ? 0 : scheduler_id(s) % GC_COUNTERS];
    atomic_fetch_add_explicit(&c->collections, now.collections - before.collections,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&c->words_reclaimed, now.words_reclaimed - before.words_reclaimed,
                              memory_order_relaxed);
    if (UNLIKELY(before.start_ns != 0) && s != NULL)
        system_monitor_collected(p, os_monotonic_ns(p->vm->os) - before.start_ns);
}

void process_collections(const VmCore *vm, uint64_t *count, uint64_t *words_reclaimed) {
    *count = *words_reclaimed = 0;
    for (int i = 0; i < GC_COUNTERS; i++) {
        const GcCounter *c = &vm->gc_counters[i];
        *count += atomic_load_explicit(&c->collections, memory_order_relaxed);
        *words_reclaimed += atomic_load_explicit(&c->words_reclaimed, memory_order_relaxed);
    }
}

// After a collection that left the heap above its maximal size.
static void over_max_heap(Process *p) {
    const VmCore *vm = p->vm;
    if (p->heap.config->max_log && vm->hooks.report_max_heap != NULL) vm->hooks.report_max_heap(p);
    if (!p->heap.config->max_kill) return;
    p->dead = true;
    p->exit_reason = ATOM_killed;
    p->regs->exc = (Exception){EXC_EXIT, ATOM_killed, TERM_NONE, TERM_NONE, TERM_NONE, NULL};
}

// A process that is not killed by its size is looked at here; the others by the heap.
static void check_max_heap(Process *p, HeapWork before) {
    const HeapConfig *c = p->heap.config;
    if (UNLIKELY(c->max_words != 0) && !c->max_kill &&
        heap_work(&p->heap).collections != before.collections &&
        heap_total_words(&p->heap) > c->max_words)
        over_max_heap(p);
}

bool process_reserve_slow_gc(Process *p, size_t words) {
    ASSERT(!p->regs->no_gc);
    mailbox_before_collection(p);
    RootSet roots;
    process_roots(p, &roots);
    HeapWork before = work_begin(p);
    HeapStatus status = heap_reserve_gc(&p->heap, words, &roots);
    work_end(p, before);
    switch (status) {
    case HEAP_OK: check_max_heap(p, before); return true;
    case HEAP_NO_MEMORY:
        p->regs->exc =
            (Exception){EXC_ERROR, ATOM_system_limit, TERM_NONE, TERM_NONE, TERM_NONE, NULL};
        return false;
    case HEAP_MAX_SIZE: over_max_heap(p); return false;
    }
    UNREACHABLE();
}

bool process_open_slow_gc(Process *p, size_t words, Hp *hp) {
    if (!p->regs->no_gc) {
        if (!process_reserve_slow_gc(p, words)) return false;
        *hp = heap_hp(&p->heap, words);
        return true;
    }
    if (heap_fragment_open(&p->heap, words, hp)) return true;
    p->regs->exc = (Exception){EXC_ERROR, ATOM_system_limit, TERM_NONE, TERM_NONE, TERM_NONE, NULL};
    return false;
}

void process_shrink_gc(Process *p, size_t words) {
    mailbox_before_collection(p);
    RootSet roots;
    process_roots(p, &roots);
    HeapWork before = work_begin(p);
    // When there is no memory for it, it stays as it is.
    (void)heap_shrink_gc(&p->heap, words, &roots);
    work_end(p, before);
}

bool process_collect_gc(Process *p, bool major) {
    mailbox_before_collection(p);
    RootSet roots;
    process_roots(p, &roots);
    HeapWork before = work_begin(p);
    HeapStatus status = heap_collect_gc(&p->heap, 0, &roots, major);
    work_end(p, before);
    if (status == HEAP_OK) check_max_heap(p, before);
    if (status == HEAP_MAX_SIZE) over_max_heap(p);
    return status == HEAP_OK;
}

void process_halt(Process *p, const Halt *halt) {
    VmCore *vm = p->vm;
    if (!atomic_exchange_explicit(&vm->halting, true, memory_order_relaxed)) {
        vm->halt = *halt;
        // Pairs with the acquire of who waits for the end.
        atomic_store_explicit(&vm->halted, true, memory_order_release);
        if (vm->sched != NULL) sched_notify(vm->sched);
    }
    p->dead = true;
    p->exit_reason = ATOM_killed;
}
