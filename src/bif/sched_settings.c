// SPDX-License-Identifier: Apache-2.0
// What processes have set about the schedulers: see sched_settings.h.
#include "bif/sched_settings.h"

void sched_settings_deinit(SchedSettings *ss, Mem *m) {
    mem_free(m, ss->blockers, ss->blocker_cap * sizeof *ss->blockers);
    mem_free(m, ss->counted, ss->scheduler_count * sizeof *ss->counted);
    mem_free(m, ss->base, ss->scheduler_count * sizeof *ss->base);
}

// --- blocking ------------------------------------------------------------------------------------

static Blocker *find_blocker(SchedSettings *ss, Term pid) {
    for (size_t i = 0; i < ss->blocker_count; i++)
        if (ss->blockers[i].pid == pid) return &ss->blockers[i];
    return NULL;
}

static Blocker *add_blocker(SchedSettings *ss, Mem *m, Term pid) {
    if (ss->blocker_count == ss->blocker_cap) {
        size_t cap = MAX(ss->blocker_cap * 2, (size_t)4);
        Blocker *grown =
            mem_realloc(m, ss->blockers, ss->blocker_cap * sizeof *grown, cap * sizeof *grown);
        if (grown == NULL) return NULL;
        ss->blockers = grown;
        ss->blocker_cap = cap;
    }
    Blocker *b = &ss->blockers[ss->blocker_count++];
    *b = (Blocker){.pid = pid};
    return b;
}

static void drop_if_none(SchedSettings *ss, Blocker *b) {
    if (b->counts[SCHED_BLOCK_ALL] == 0 && b->counts[SCHED_BLOCK_NORMAL] == 0)
        *b = ss->blockers[--ss->blocker_count];
}

BlockResult sched_settings_block(Process *p, SchedSettings *ss, SchedBlock what) {
    // It is written down first: from the moment of the block on the process may be killed.
    spin_lock(&ss->lock);
    Blocker *b = find_blocker(ss, p->pid);
    if (b == NULL) b = add_blocker(ss, &p->vm->mem, p->pid);
    if (b != NULL) b->counts[what]++;
    spin_unlock(&ss->lock);
    if (b == NULL) return BLOCK_NO_MEMORY;
    // Outside of the lock: it waits for the other schedulers, which may want the lock.
    if (sched_block(p->regs->scheduler, what)) return BLOCK_OK;
    spin_lock(&ss->lock);
    b = find_blocker(ss, p->pid);
    ASSERT(b != NULL);
    b->counts[what]--;
    drop_if_none(ss, b);
    spin_unlock(&ss->lock);
    return BLOCK_AGAIN;
}

void sched_settings_unblock(Process *p, SchedSettings *ss, SchedBlock what) {
    spin_lock(&ss->lock);
    Blocker *b = find_blocker(ss, p->pid);
    bool has = b != NULL && b->counts[what] > 0;
    if (has) {
        b->counts[what]--;
        drop_if_none(ss, b);
    }
    spin_unlock(&ss->lock);
    if (has) sched_unblock(p->regs->scheduler, what);
}

void sched_settings_process_exited(Process *p, SchedSettings *ss) {
    // What the process itself has written down it sees here.
    if (LIKELY(atomic_load_explicit(&ss->blocker_count, memory_order_relaxed) == 0)) return;
    Blocker was = {.pid = p->pid};
    spin_lock(&ss->lock);
    Blocker *b = find_blocker(ss, p->pid);
    if (b != NULL) {
        was = *b;
        *b = ss->blockers[--ss->blocker_count];
    }
    spin_unlock(&ss->lock);
    for (SchedBlock what = SCHED_BLOCK_ALL; what <= SCHED_BLOCK_NORMAL; what++)
        for (; was.counts[what] > 0; was.counts[what]--) sched_unblock(p->regs->scheduler, what);
}

size_t sched_settings_blockers(SchedSettings *ss, SchedBlock what, Term *pids, size_t max) {
    size_t count = 0;
    spin_lock(&ss->lock);
    for (size_t i = 0; i < ss->blocker_count; i++) {
        if (ss->blockers[i].counts[what] == 0) continue;
        if (count < max) pids[count] = ss->blockers[i].pid;
        count++;
    }
    spin_unlock(&ss->lock);
    return count;
}

// --- time ----------------------------------------------------------------------------------------

static bool change_wall_time(SchedSettings *ss, Sched *sched, bool on, bool counted) {
    spin_lock(&ss->lock);
    uint32_t before = ss->wall_time_users;
    if (on)
        ss->wall_time_users = counted ? before + 1 : MAX(before, 1);
    else
        ss->wall_time_users = counted && before > 0 ? before - 1 : 0;
    uint32_t after = ss->wall_time_users;
    if ((before > 0) != (after > 0)) sched_wall_time(sched, after > 0);
    spin_unlock(&ss->lock);
    return before > 0;
}
bool sched_settings_wall_time(SchedSettings *ss, Sched *sched, bool on) {
    return change_wall_time(ss, sched, on, true);
}
bool sched_settings_wall_time_only(SchedSettings *ss, Sched *sched, bool on) {
    return change_wall_time(ss, sched, on, false);
}

static MicrostateTimes times_now(Sched *sched, uint32_t id, SchedulerKind *kind) {
    SchedulerStats st = {0};
    (void)sched_stats(sched, id, &st);
    *kind = st.kind;
    return (MicrostateTimes){st.busy_ns, st.total_ns - st.busy_ns};
}

// With the lock, while they are on.
static void take_times(SchedSettings *ss, Sched *sched) {
    for (uint32_t i = 0; i < ss->scheduler_count; i++) {
        SchedulerKind kind;
        MicrostateTimes now = times_now(sched, i + 1, &kind);
        ss->counted[i].busy_ns += now.busy_ns - ss->base[i].busy_ns;
        ss->counted[i].sleep_ns += now.sleep_ns - ss->base[i].sleep_ns;
        ss->base[i] = now;
    }
}

static bool make_arrays(SchedSettings *ss, Sched *sched, Mem *m) {
    if (ss->counted != NULL) return true;
    SchedInfo info = sched_info(sched);
    size_t count = (size_t)info.schedulers + info.dirty_cpu + info.dirty_io;
    MicrostateTimes *counted = mem_alloc_zero(m, count * sizeof *counted);
    MicrostateTimes *base = mem_alloc_zero(m, count * sizeof *base);
    if (counted == NULL || base == NULL) {
        mem_free(m, counted, count * sizeof *counted);
        mem_free(m, base, count * sizeof *base);
        return false;
    }
    ss->counted = counted;
    ss->base = base;
    ss->scheduler_count = count;
    return true;
}

bool sched_settings_microstates(SchedSettings *ss, Sched *sched, Mem *m, MicrostateAction action,
                                bool *was) {
    spin_lock(&ss->lock);
    bool ok = make_arrays(ss, sched, m);
    *was = ss->microstates_on;
    bool on = action == MICROSTATES_ON || (action == MICROSTATES_RESET && *was);
    if (ok && *was) take_times(ss, sched);
    if (ok && action == MICROSTATES_RESET)
        memset(ss->counted, 0, ss->scheduler_count * sizeof *ss->counted);
    if (ok && on != *was) {
        if (!on) sched_wall_time(sched, false);
        if (on) {
            sched_wall_time(sched, true);
            SchedulerKind kind;
            for (uint32_t i = 0; i < ss->scheduler_count; i++)
                ss->base[i] = times_now(sched, i + 1, &kind);
        }
        ss->microstates_on = on;
    }
    spin_unlock(&ss->lock);
    return ok;
}

bool sched_settings_times(SchedSettings *ss, Sched *sched, uint32_t id, SchedulerKind *kind,
                          MicrostateTimes *times) {
    SchedulerStats st;
    if (!sched_stats(sched, id, &st)) return false;
    spin_lock(&ss->lock);
    if (ss->microstates_on) take_times(ss, sched);
    *times = id <= ss->scheduler_count ? ss->counted[id - 1] : (MicrostateTimes){0};
    spin_unlock(&ss->lock);
    *kind = st.kind;
    return true;
}
