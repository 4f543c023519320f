// SPDX-License-Identifier: Apache-2.0
// erlang:processes/0: the pids of all processes at one moment, in as many slices as it takes. The
// moment is the call's; see proc/table.h.
#include "bif/bif_int.h"
#include "proc/table.h"

enum { PLACES_PER_REDUCTION = 32 };

// A list under way. First all pids are noted, then the list is built from its end.
typedef struct PidsJob {
    MagicBin bin;
    VmCore *vm;
    size_t built;
    ProcessScan scan;
} PidsJob;

static void job_free(PidsJob *job) {
    process_scan_end(job->vm->processes, &job->scan);
    mem_free(&job->vm->mem, job, sizeof *job);
}
static void job_destroy(MagicBin *bin) {
    job_free((PidsJob *)bin);
}

static PidsJob *job_new(VmCore *vm) {
    PidsJob *job = mem_alloc(&vm->mem, sizeof *job);
    if (job == NULL) return NULL;
    *job = (PidsJob){.bin = {.refs = 1, .destroy = job_destroy}, .vm = vm};
    process_scan_begin(vm->processes, &job->scan);
    return job;
}

// Puts up to `max` more pids in front of *list, which is a root.
static bool build_gc(Process *p, PidsJob *job, Term *list, size_t max) {
    size_t left = job->scan.count - job->built, more = MIN(max, left);
    Hp hp;
    if (!process_reserve_gc(p, more * CONS_WORDS, &hp)) return false;
    for (size_t i = 0; i < more; i++) *list = hp_cons(&hp, job->scan.pids[left - 1 - i], *list);
    process_commit(p, &hp);
    job->built += more;
    bif_charge_units(p, more, BIF_CELLS_PER_REDUCTION);
    return true;
}

// A slice of the job. TERM_NONE with *again: there is more to do.
static Term run_gc(Process *p, PidsJob *job, Term *list, bool *again) {
    ProcessTable *t = job->vm->processes;
    uint32_t before = job->scan.place;
    uint64_t budget = bif_at_once(p, PLACES_PER_REDUCTION);
    bool all = process_scan_step(t, &job->scan, (uint32_t)MIN(budget, (uint64_t)UINT32_MAX));
    bif_charge_units(p, job->scan.place - before, PLACES_PER_REDUCTION);
    if (all) {
        if (job->scan.failed) return bif_system_limit(p);
        if (!build_gc(p, job, list, bif_at_once(p, BIF_CELLS_PER_REDUCTION))) return TERM_NONE;
        if (job->built == job->scan.count) {
            process_scan_end(t, &job->scan); // the job may live on as garbage
            return *list;
        }
    }
    *again = true;
    return TERM_NONE;
}

BIF(erts_internal_processes_continue, "erts_internal", "processes_continue", "List, Job", 0,
    "The list of all pids, when it is complete.") {
    PidsJob *job = (PidsJob *)bif_state(a[1], job_destroy);
    if (job == NULL || job->scan.pids == NULL || !term_is_list(a[0])) return bif_badarg(p);
    bool again = false;
    Term result = run_gc(p, job, &a[0], &again);
    return again ? bif_go_on(p, BIF_ID_erts_internal_processes_continue, 2, a) : result;
}

BIF(erlang_processes_0, "erlang", "processes", "", 0, "The pids of all processes.") {
    PidsJob *job = job_new(p->vm);
    if (job == NULL) return bif_system_limit(p);
    Term args[2] = {TERM_NIL, TERM_NIL};
    RootFrame roots;
    process_push_roots(p, &roots, args, 2);
    bool again = false;
    Term result = run_gc(p, job, &args[0], &again);
    if (again)
        args[1] = bif_state_ref_gc(p, &job->bin);
    else
        job_free(job);
    process_pop_roots(p, &roots);
    if (!again || args[1] == TERM_NONE) return result;
    return bif_go_on(p, BIF_ID_erts_internal_processes_continue, 2, args);
}
