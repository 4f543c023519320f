// SPDX-License-Identifier: Apache-2.0
// Thread progress: quiescent-state reclamation by epochs. docs/internal/thread_progress.md says why
// this is right, and which fence pairs with which.
// Invariant: the epoch moves from e to e + 1 only when every online thread has announced e. A
// thread that announced e at its last quiescent point so keeps the epoch at or below e + 1, and
// what was retired with epoch e, read after it was made unreachable, is free of readers at e + 2.
#include "sched/sched_int.h"

enum {
    RUN_MAX = 64,      // callbacks a quiescent point runs, so that tasks need not wait for more
    PATIENCE = 16,     // quiescent points between two tries to free something
    FRESH_ENOUGH = 32, // unless so much has come together
};

static void list_append(RetiredList *to, RetiredList *from) {
    if (from->first == NULL) return;
    if (to->first == NULL)
        to->first = from->first;
    else
        to->last->next = from->first;
    to->last = from->last;
    from->first = NULL;
}

void sched_retire(Scheduler *s, Retired *r, void (*fn)(Scheduler *s, Retired *r)) {
    *r = (Retired){.fn = fn};
    RetiredList one = {r, r};
    list_append(&s->progress.fresh, &one);
    s->progress.fresh_count++;
}

void progress_announce(Scheduler *s, uint64_t epoch) {
    // Release: what this thread has read before is read before anyone frees it (try_advance's
    // acquire).
    atomic_store_explicit(&s->progress.seen, epoch, memory_order_seq_cst);
    // And what it reads from now on is not older than the epoch: pairs with the fence in
    // give_epochs.
    atomic_thread_fence(memory_order_seq_cst);
    s->progress.seen_own = epoch;
}

void progress_online(Scheduler *s) {
    uint64_t epoch = atomic_load_explicit(&s->sched->progress.epoch, memory_order_seq_cst);
    ASSERT(epoch != PROGRESS_OFFLINE && s->progress.seen_own == PROGRESS_OFFLINE);
    progress_announce(s, epoch);
}

// Moves the epoch on if everyone online has seen it. true: it has moved (by us or another).
static bool try_advance(Scheduler *s) {
    Sched *sched = s->sched;
    uint64_t epoch = atomic_load_explicit(&sched->progress.epoch, memory_order_seq_cst);
    uint32_t count = sched->all_count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = s->progress.laggard + i;
        if (at >= count) at -= count;
        // Acquire: pairs with the release in progress_announce and go_offline.
        uint64_t seen = atomic_load_explicit(&sched->all[at].progress.seen, memory_order_seq_cst);
        if (seen != epoch && seen != PROGRESS_OFFLINE) {
            s->progress.laggard = at;
            return atomic_load_explicit(&sched->progress.epoch, memory_order_seq_cst) != epoch;
        }
    }
    // Acquire and release: the reads of all threads come before whatever follows in whoever sees
    // the new epoch.
    (void)atomic_compare_exchange_strong_explicit(&sched->progress.epoch, &epoch, epoch + 1,
                                                  memory_order_seq_cst, memory_order_seq_cst);
    return true;
}

// What was retired since the last time gets the epoch it may be freed by.
static void give_epochs(Scheduler *s) {
    s->progress.fresh_count = 0;
    if (s->progress.fresh.first == NULL) return;
    // Whoever does not yet see that these are unreachable is at this epoch or an earlier one.
    atomic_thread_fence(memory_order_seq_cst);
    uint64_t epoch = atomic_load_explicit(&s->sched->progress.epoch, memory_order_seq_cst);
    for (Retired *r = s->progress.fresh.first; r != NULL; r = r->next) r->epoch = epoch;
    list_append(&s->progress.waiting, &s->progress.fresh);
}

static void adopt_orphans(Scheduler *s) {
    Progress *pr = &s->sched->progress;
    if (!atomic_load_explicit(&pr->has_orphans, memory_order_relaxed)) return;
    lock_take(s->os, &pr->lock);
    list_append(&s->progress.fresh, &pr->orphans);
    atomic_store_explicit(&pr->has_orphans, false, memory_order_seq_cst);
    lock_drop(&pr->lock);
}

static void leave_orphans(Scheduler *s) {
    list_append(&s->progress.waiting, &s->progress.fresh);
    if (s->progress.waiting.first == NULL) return;
    Progress *pr = &s->sched->progress;
    lock_take(s->os, &pr->lock);
    list_append(&pr->orphans, &s->progress.waiting);
    atomic_store_explicit(&pr->has_orphans, true, memory_order_seq_cst);
    lock_drop(&pr->lock);
}

// Runs what is ripe, at most `max`.
static void run_ripe(Scheduler *s, uint32_t max) {
    // Acquire: pairs with the exchange in try_advance.
    uint64_t epoch = atomic_load_explicit(&s->sched->progress.epoch, memory_order_seq_cst);
    for (uint32_t n = 0; n < max; n++) {
        Retired *r = s->progress.waiting.first;
        if (r == NULL || r->epoch + 2 > epoch) return;
        s->progress.waiting.first = r->next;
        r->fn(s, r);
    }
}

void progress_work(Scheduler *s) {
    // Each try reads what all threads write, and makes them write: not at every short turn.
    if (++s->progress.passes < PATIENCE && s->progress.fresh_count < FRESH_ENOUGH) return;
    s->progress.passes = 0;
    adopt_orphans(s);
    give_epochs(s);
    if (s->progress.waiting.first == NULL) return;
    (void)try_advance(s);
    run_ripe(s, RUN_MAX);
}

// As far as it goes now.
static void work_until_stuck(Scheduler *s) {
    for (;;) {
        uint64_t epoch = atomic_load_explicit(&s->sched->progress.epoch, memory_order_seq_cst);
        if (epoch != s->progress.seen_own) progress_announce(s, epoch);
        adopt_orphans(s);
        give_epochs(s);
        run_ripe(s, UINT32_MAX);
        if (s->progress.waiting.first == NULL && s->progress.fresh.first == NULL) return;
        if (!try_advance(s)) return;
    }
}

static bool anyone_online(Sched *sched) {
    for (uint32_t i = 0; i < sched->all_count; i++)
        if (atomic_load_explicit(&sched->all[i].progress.seen, memory_order_seq_cst) !=
            PROGRESS_OFFLINE)
            return true;
    return false;
}

// true: orphans are left and nobody is online to see to them.
static bool go_offline(Scheduler *s) {
    Progress *pr = &s->sched->progress;
    atomic_store_explicit(&s->progress.seen, PROGRESS_OFFLINE, memory_order_seq_cst);
    s->progress.seen_own = PROGRESS_OFFLINE;
    // Of two threads that go offline at once, the later one sees the other's orphans and that it
    // is gone.
    atomic_thread_fence(memory_order_seq_cst);
    return atomic_load_explicit(&pr->has_orphans, memory_order_seq_cst) && !anyone_online(s->sched);
}

void progress_offline(Scheduler *s) {
    for (;;) {
        work_until_stuck(s);
        leave_orphans(s);
        if (!go_offline(s)) return;
        progress_online(s);
    }
}

void sched_away(Scheduler *s) {
    ASSERT(!s->away);
    s->away = true;
    if (s->sched->sim != NULL) return;
    if (s->kind == SCHEDULER_NORMAL) sched_want_guard(s->sched);
    leave_orphans(s);
    if (!go_offline(s)) return;
    // This is the middle of a turn, no place for callbacks: one that sleeps runs them. When none
    // does, all normal schedulers are in a turn or just about to be at a quiescent point, which
    // finds the orphans.
    for (uint32_t i = 0; i < s->sched->normal_count; i++) {
        Scheduler *other = &s->sched->all[i];
        if (atomic_load_explicit(&other->parked, memory_order_seq_cst) != 0) {
            scheduler_poke(other);
            return;
        }
    }
}

void sched_back(Scheduler *s) {
    ASSERT(s->away);
    s->away = false;
    if (s->sched->sim == NULL) progress_online(s);
}

void progress_run_all(Scheduler *s) {
    Sched *sched = s->sched;
    for (bool more = true; more;) {
        more = false;
        adopt_orphans(s);
        for (uint32_t i = 0; i < sched->all_count; i++) {
            ProgressThread *p = &sched->all[i].progress;
            list_append(&p->waiting, &p->fresh);
            for (Retired *r; (r = p->waiting.first) != NULL; more = true) {
                p->waiting.first = r->next;
                r->fn(s, r);
            }
        }
    }
}
