// SPDX-License-Identifier: Apache-2.0
// What processes have set about the schedulers: see sched_settings.h.
#include "bif/sched_settings.h"

void sched_settings_deinit(SchedSettings *ss, Mem *m) {
    mem_free(m, ss->claims, ss->claim_cap * sizeof *ss->claims);
    mem_free(m, ss->counted, ss->scheduler_count * sizeof *ss->counted);
    mem_free(m, ss->base, ss->scheduler_count * sizeof *ss->base);
}

// --- who claims what
// ------------------------------------------------------------------------------ All of it with the
// lock.

static SchedClaims *find_claims(SchedSettings *ss, Term pid) {
    for (size_t i = 0; i < ss->claim_count; i++)
        if (ss->claims[i].pid == pid) return &ss->claims[i];
    return NULL;
}

// NULL: no memory.
static SchedClaims *find_or_add_claims(SchedSettings *ss, Mem *m, Term pid) {
    SchedClaims *c = find_claims(ss, pid);
    if (c != NULL) return c;
    if (ss->claim_count == ss->claim_cap) {
        size_t cap = MAX(ss->claim_cap * 2, (size_t)4);
        SchedClaims *grown =
            mem_realloc(m, ss->claims, ss->claim_cap * sizeof *grown, cap * sizeof *grown);
        if (grown == NULL) return NULL;
        ss->claims = grown;
        ss->claim_cap = cap;
    }
    c = &ss->claims[ss->claim_count++];
    *c = (SchedClaims){.pid = pid};
    return c;
}

static void drop_if_none(SchedSettings *ss, SchedClaims *c) {
    if (c->blocks[SCHED_BLOCK_ALL] == 0 && c->blocks[SCHED_BLOCK_NORMAL] == 0 && c->wall_times == 0)
        *c = ss->claims[--ss->claim_count];
}

static bool wants_wall_time(const SchedSettings *ss) {
    for (size_t i = 0; i < ss->claim_count; i++)
        if (ss->claims[i].wall_times > 0) return true;
    return ss->wall_time_only;
}

static void set_wall_time(const SchedSettings *ss, Sched *sched, bool was) {
    bool on = wants_wall_time(ss);
    if (on != was) sched_wall_time(sched, on);
}

void sched_settings_process_exited(Process *p, SchedSettings *ss) {
    // What the process itself has written down it sees here.
    if (LIKELY(atomic_load_explicit(&ss->claim_count, memory_order_relaxed) == 0)) return;
    SchedClaims had = {.pid = p->pid};
    spin_lock(&ss->lock);
    SchedClaims *c = find_claims(ss, p->pid);
    if (c != NULL) {
        had = *c;
        *c = ss->claims[--ss->claim_count];
        if (had.wall_times > 0) set_wall_time(ss, p->vm->sched, true);
    }
    spin_unlock(&ss->lock);
    for (SchedBlock what = SCHED_BLOCK_ALL; what <= SCHED_BLOCK_NORMAL; what++)
        for (; had.blocks[what] > 0; had.blocks[what]--) sched_unblock(p->regs->scheduler, what);
}

// --- blocking ------------------------------------------------------------------------------------

BlockResult sched_settings_block(Process *p, SchedSettings *ss, SchedBlock what) {
    // It is written down first: from the moment of the block on the process may be killed.
    spin_lock(&ss->lock);
    SchedClaims *c = find_or_add_claims(ss, &p->vm->mem, p->pid);
    if (c != NULL) c->blocks[what]++;
    spin_unlock(&ss->lock);
    if (c == NULL) return BLOCK_NO_MEMORY;
    // Outside of the lock: it waits for the other schedulers, which may want the lock.
    if (sched_block(p->regs->scheduler, what)) return BLOCK_OK;
    spin_lock(&ss->lock);
    c = find_claims(ss, p->pid);
    ASSERT(c != NULL);
    c->blocks[what]--;
    drop_if_none(ss, c);
    spin_unlock(&ss->lock);
    return BLOCK_AGAIN;
}

void sched_settings_unblock(Process *p, SchedSettings *ss, SchedBlock what) {
    spin_lock(&ss->lock);
    SchedClaims *c = find_claims(ss, p->pid);
    bool has = c != NULL && c->blocks[what] > 0;
    if (has) {
        c->blocks[what]--;
        drop_if_none(ss, c);
    }
    spin_unlock(&ss->lock);
    if (has) sched_unblock(p->regs->scheduler, what);
}

size_t sched_settings_blockers(SchedSettings *ss, SchedBlock what, Term *pids, size_t max) {
    size_t count = 0;
    spin_lock(&ss->lock);
    for (size_t i = 0; i < ss->claim_count; i++) {
        if (ss->claims[i].blocks[what] == 0) continue;
        if (count < max) pids[count] = ss->claims[i].pid;
        count++;
    }
    spin_unlock(&ss->lock);
    return count;
}

// --- time ----------------------------------------------------------------------------------------

bool sched_settings_wall_time(Process *p, SchedSettings *ss, bool on, bool *was) {
    spin_lock(&ss->lock);
    *was = wants_wall_time(ss);
    SchedClaims *c = on ? find_or_add_claims(ss, &p->vm->mem, p->pid) : find_claims(ss, p->pid);
    if (c != NULL && on) {
        c->wall_times++;
    } else if (c != NULL && c->wall_times > 0) {
        c->wall_times--;
        drop_if_none(ss, c);
    }
    set_wall_time(ss, p->vm->sched, *was);
    spin_unlock(&ss->lock);
    return c != NULL || !on;
}

bool sched_settings_wall_time_only(SchedSettings *ss, Sched *sched, bool on) {
    spin_lock(&ss->lock);
    bool was = wants_wall_time(ss);
    ss->wall_time_only = on;
    set_wall_time(ss, sched, was);
    spin_unlock(&ss->lock);
    return was;
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
