// SPDX-License-Identifier: Apache-2.0
// The process table: docs/internal/process_table.md.
//
// A place holds NULL (free), TAKEN (reserved for a process that is being made), or the process. A
// pid's data says its place. Who looks up loads the place and compares the whole pid: the process
// may have ended and the place may be another's. The memory of a process that has left the table
// stays until every thread has passed a quiescent point, so the comparison is always allowed.
//
// The release in process_table_publish pairs with the acquire in process_lookup.
#include "proc/table.h"
#include "proc/inbox.h"
#include "proc/table_int.h"

#define TAKEN ((Process *)(uintptr_t)1)

enum { SCAN_CAPACITY_MIN = 256 };

_Static_assert(PROCESS_LIMIT_MIN % 512 == 0, "a table consists of pages");
_Static_assert(PROCESS_LIMIT_MAX < 1 << PID_DATA_BITS, "each place has a pid");

// --- pids ----------------------------------------------------------------------------------------

static Term pid_of(uint64_t data) {
    uint64_t number = data & ((1u << PID_NUMBER_BITS) - 1);
    uint64_t serial = data >> PID_NUMBER_BITS & ((1u << (PID_DATA_BITS - PID_NUMBER_BITS)) - 1);
    return term_local_pid(serial << PID_TERM_NUMBER_BITS | number);
}

// Pids of other makers (external terms, list_to_pid) may say numbers that we never give.
static uint32_t place_of_pid(const ProcessTable *t, Term pid) {
    uint64_t data = term_local_pid_data(pid);
    uint64_t number = data & ((1u << PID_NUMBER_BITS) - 1);
    return (uint32_t)(number | data >> PID_TERM_NUMBER_BITS << PID_NUMBER_BITS) & t->mask;
}

// Processes that are made one after the other, often by several schedulers at once, stand in
// different cache lines of one page: the six low bits choose the line.
enum { PLACES_A_PAGE = 512 };
static _Atomic(Process *) *slot_at(const ProcessTable *t, uint32_t place) {
    uint32_t page = place & ~(uint32_t)(PLACES_A_PAGE - 1);
    uint32_t slot = page | (place & 63) << 3 | (place >> 6 & 7);
    return &t->slots[slot];
}

// --- the table -----------------------------------------------------------------------------------

static size_t slots_bytes(uint32_t size) {
    return ALIGN_UP((size_t)size * sizeof(Process *), (size_t)OS_PAGE_BYTES);
}

ProcessTable *process_table_new(Mem *m, Os *os, uint32_t limit) {
    ASSERT(limit >= 1 && limit <= PROCESS_LIMIT_MAX + 1);
    uint32_t size = PROCESS_LIMIT_MIN;
    while (size < limit) size *= 2;
    ProcessTable *t = mem_alloc_zero(m, sizeof *t);
    if (t == NULL) return NULL;
    *t = (ProcessTable){.mem = m, .os = os, .mask = size - 1, .places = (int32_t)size};
    t->slots = os_pages_reserve(os, slots_bytes(size), OS_READ_WRITE);
    if (t->slots == NULL) {
        mem_free(m, t, sizeof *t);
        return NULL;
    }
    return t;
}

void process_table_free(ProcessTable *t) {
    if (t == NULL) return;
    ASSERT(t->scans == NULL);
    names_free(t);
    configs_free(t);
    os_pages_release(t->os, (void *)t->slots, slots_bytes(t->mask + 1));
    mem_free(t->mem, t, sizeof *t);
}

uint32_t process_table_limit(const ProcessTable *t) {
    return t->mask + 1;
}

// --- places and pids -----------------------------------------------------------------------------
// Who takes a place has first got the right to one, so he finds one; who gives a place back gives
// the right back after it. The acquire in take_places pairs with the release in give_right.

uint32_t process_table_count(const ProcessTable *t) {
    int64_t left = atomic_load_explicit(&t->places, memory_order_relaxed);
    for (size_t i = 0; i < TABLE_SHARDS; i++)
        left += atomic_load_explicit(&t->shards[i].places, memory_order_relaxed);
    // What moved from one to another while we looked may have been seen twice or not at all.
    int64_t size = (int64_t)t->mask + 1;
    return (uint32_t)(size - MIN(MAX(left, 0), size));
}

// Up to `most` of them, 0: there are none.
static int32_t take_places(_Atomic int32_t *from, int32_t most) {
    int32_t have = atomic_load_explicit(from, memory_order_relaxed);
    while (have > 0) {
        int32_t count = MIN(have, most);
        if (atomic_compare_exchange_weak_explicit(from, &have, have - count, memory_order_acquire,
                                                  memory_order_relaxed))
            return count;
    }
    return 0;
}

static bool take_right(ProcessTable *t, TableShard *shard) {
    if (LIKELY(take_places(&shard->places, 1) == 1)) return true;
    int32_t count = take_places(&t->places, PLACES_A_BLOCK);
    // Twice: what another thread is moving at this moment is in neither.
    for (size_t i = 0; i < 2 * TABLE_SHARDS && count == 0; i++)
        count = take_places(&t->shards[i % TABLE_SHARDS].places, PLACES_A_BLOCK);
    if (count > 1) atomic_fetch_add_explicit(&shard->places, count - 1, memory_order_release);
    return count > 0;
}

static void give_right(TableShard *shard) {
    atomic_fetch_add_explicit(&shard->places, 1, memory_order_release);
}

// Ordinals are given in blocks. A shard that has not used up its own for so long that the others
// may soon come round to the same pids takes a new one. alone: only this thread uses the shard.
static uint64_t next_ordinal(ProcessTable *t, TableShard *shard, bool alone) {
    enum { STALE = 1 << (PID_DATA_BITS - 1) };
    uint64_t n = atomic_load_explicit(&shard->next, memory_order_relaxed);
    for (;;) {
        bool fresh = n % PIDS_A_BLOCK == 0 ||
                     atomic_load_explicit(&t->next, memory_order_relaxed) - n > STALE;
        uint64_t give =
            fresh ? atomic_fetch_add_explicit(&t->next, PIDS_A_BLOCK, memory_order_relaxed) : n;
        if (alone)
            atomic_store_explicit(&shard->next, give + 1, memory_order_relaxed);
        else if (!atomic_compare_exchange_strong_explicit(
                     &shard->next, &n, give + 1, memory_order_relaxed, memory_order_relaxed))
            continue;
        return give;
    }
}

// Shard 0 is for all who have none of their own.
static uint32_t shard_number(uint32_t scheduler) {
    return scheduler < TABLE_SHARDS ? scheduler : 0;
}
static TableShard *shard_of(ProcessTable *t, uint32_t scheduler) {
    return &t->shards[shard_number(scheduler)];
}

Term process_table_reserve(ProcessTable *t, uint32_t scheduler) {
    TableShard *shard = shard_of(t, scheduler);
    bool alone = shard_number(scheduler) != 0;
    if (!take_right(t, shard)) return TERM_NONE;
    for (;;) {
        uint64_t data = next_ordinal(t, shard, alone);
        _Atomic(Process *) *slot = slot_at(t, (uint32_t)data & t->mask);
        Process *free = NULL;
        if (atomic_load_explicit(slot, memory_order_relaxed) == NULL &&
            atomic_compare_exchange_strong_explicit(slot, &free, TAKEN, memory_order_acquire,
                                                    memory_order_relaxed))
            return pid_of(data);
    }
}

static void give_back(ProcessTable *t, Term pid) {
    atomic_store_explicit(slot_at(t, place_of_pid(t, pid)), NULL, memory_order_release);
}

void process_table_publish(ProcessTable *t, Process *p) {
    _Atomic(Process *) *slot = slot_at(t, place_of_pid(t, p->pid));
    DEBUG_ASSERT(atomic_load_explicit(slot, memory_order_relaxed) == TAKEN);
    p->birth = atomic_load_explicit(&t->births, memory_order_acquire);
    atomic_store_explicit(slot, p, memory_order_release);
}

void process_table_cancel(ProcessTable *t, Term pid, uint32_t scheduler) {
    give_back(t, pid);
    give_right(shard_of(t, scheduler));
}

static Process *process_at(const ProcessTable *t, uint32_t place) {
    Process *p = atomic_load_explicit(slot_at(t, place), memory_order_acquire);
    return p == TAKEN ? NULL : p;
}

Process *process_lookup(const VmCore *vm, Term pid) {
    DEBUG_ASSERT(term_is_local_pid(pid));
    Process *p = process_at(vm->processes, place_of_pid(vm->processes, pid));
    return p != NULL && p->pid == pid ? p : NULL;
}

void process_table_each(const ProcessTable *t, void (*fn)(void *ctx, Process *p), void *ctx) {
    for (uint32_t place = 0; place <= t->mask; place++) {
        Process *p = process_at(t, place);
        if (p != NULL) fn(ctx, p);
    }
}

static void free_one(void *ctx UNUSED, Process *p) {
    for (Signal *sig = inbox_next(&p->inbox); sig != NULL; sig = inbox_next(&p->inbox))
        if (sig->kind != SIGNAL_MARKER) signal_free(p->vm, sig); // a marker is the mailbox's
    while (p->replies != NULL) {
        Signal *next = p->replies->next;
        signal_free(p->vm, p->replies);
        p->replies = next;
    }
    name_drop(p);
    process_table_remove(p->vm->processes, p);
    process_free(p);
}

void process_table_free_all(VmCore *vm) {
    process_table_each(vm->processes, free_one, NULL);
}

// --- all pids at one moment ----------------------------------------------------------------------
// The moment is process_scan_begin. Who is born later has a later birth count and is left out. Who
// leaves the table later, from a place that the scan has not come to, is noted down by the thread
// that takes him out. Both happen under the lock that the scan moves on under, so that nobody is
// noted twice nor missed.

static bool scan_grow(ProcessTable *t, ProcessScan *scan, size_t room) {
    if (scan->capacity - scan->count >= room) return true;
    size_t capacity = MAX(scan->capacity * 2, scan->count + room);
    Term *pids =
        mem_realloc(t->mem, scan->pids, scan->capacity * sizeof(Term), capacity * sizeof(Term));
    if (pids == NULL) return false;
    scan->pids = pids;
    scan->capacity = capacity;
    return true;
}

void process_scan_begin(ProcessTable *t, ProcessScan *scan) {
    *scan = (ProcessScan){0};
    scan->pids = mem_alloc(t->mem, SCAN_CAPACITY_MIN * sizeof(Term));
    if (scan->pids != NULL)
        scan->capacity = SCAN_CAPACITY_MIN;
    else
        scan->failed = true;
    spin_lock(&t->scan_lock);
    scan->next = t->scans;
    t->scans = scan;
    scan->births = atomic_fetch_add_explicit(&t->births, 1, memory_order_seq_cst) + 1;
    atomic_fetch_add_explicit(&t->scan_count, 1, memory_order_seq_cst);
    // In the first round through the pids, nobody is beyond the newest.
    scan->end =
        (uint32_t)MIN(atomic_load_explicit(&t->next, memory_order_relaxed), (uint64_t)t->mask + 1);
    spin_unlock(&t->scan_lock);
}

// With the lock held.
static void scan_over(ProcessTable *t, ProcessScan *scan) {
    ProcessScan **at = &t->scans;
    while (*at != scan) at = &(*at)->next;
    *at = scan->next;
    atomic_fetch_sub_explicit(&t->scan_count, 1, memory_order_relaxed);
    scan->over = true;
}

// Most pages of a table are empty: looked at in the order of memory.
static bool page_is_empty(const ProcessTable *t, uint32_t page) {
    uintptr_t any = 0;
    for (uint32_t i = 0; i < PLACES_A_PAGE; i++)
        any |= (uintptr_t)atomic_load_explicit(&t->slots[page + i], memory_order_relaxed);
    return any == 0;
}

static void note_page(const ProcessTable *t, ProcessScan *scan, uint32_t stop) {
    for (uint32_t place = scan->place; place < stop; place++) {
        const Process *p = process_at(t, place);
        if (p != NULL && p->birth < scan->births) scan->pids[scan->count++] = p->pid;
    }
}

// Looks at a page. Under the lock, because those who leave write to the scan, too.
static void scan_page(ProcessTable *t, ProcessScan *scan) {
    spin_lock(&t->scan_lock);
    uint32_t stop = MIN(scan->place + PLACES_A_PAGE, scan->end);
    bool empty = page_is_empty(t, scan->place);
    scan->failed |= !empty && !scan_grow(t, scan, PLACES_A_PAGE);
    if (!empty && !scan->failed) note_page(t, scan, stop);
    scan->place = stop;
    if (stop == scan->end || scan->failed) scan_over(t, scan);
    spin_unlock(&t->scan_lock);
}

bool process_scan_step(ProcessTable *t, ProcessScan *scan, uint32_t places) {
    for (uint32_t done = 0; done < places && !scan->over; done += PLACES_A_PAGE) scan_page(t, scan);
    return scan->over;
}

void process_scan_end(ProcessTable *t, ProcessScan *scan) {
    if (!scan->over) {
        spin_lock(&t->scan_lock);
        scan_over(t, scan);
        spin_unlock(&t->scan_lock);
    }
    mem_free(t->mem, scan->pids, scan->capacity * sizeof(Term));
    *scan = (ProcessScan){.over = true};
}

static void remove_noted(ProcessTable *t, const Process *p) {
    uint32_t place = place_of_pid(t, p->pid);
    spin_lock(&t->scan_lock);
    for (ProcessScan *scan = t->scans; scan != NULL; scan = scan->next) {
        if (p->birth >= scan->births || place < scan->place || scan->failed) continue;
        scan->failed = !scan_grow(t, scan, 1);
        if (!scan->failed) scan->pids[scan->count++] = p->pid;
    }
    give_back(t, p->pid);
    spin_unlock(&t->scan_lock);
}

void process_table_remove(ProcessTable *t, Process *p) {
    DEBUG_ASSERT(process_at(t, place_of_pid(t, p->pid)) == p);
    // Who began to scan before something that this process knows of is seen here. Other scans may
    // put their moment before or after this.
    if (UNLIKELY(atomic_load_explicit(&t->scan_count, memory_order_seq_cst) != 0))
        remove_noted(t, p);
    else
        give_back(t, p->pid);
    const Scheduler *s = p->regs == NULL ? NULL : p->regs->scheduler;
    give_right(shard_of(t, s == NULL ? 0 : scheduler_id(s)));
}
