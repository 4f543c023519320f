// SPDX-License-Identifier: Apache-2.0
// Builtins on dirty threads: those that have too much to do at once and cannot be done in parts,
// and the ones by which OTP's tests try dirty threads out.
//
// A process that is there acts on no signals until it is back. It belongs to the dirty thread, so
// what waits long (erts_debug:dirty_cpu(wait, ...)) may act on them itself, now and then.
#include "bif/bif_int.h"
#include "term/ident.h"

// --- having oneself called there -----------------------------------------------------------------

typedef struct DirtyBif {
    BifId id;
    uint8_t arity;
} DirtyBif;
// A program can call the hidden builtins below as well, so they only call what is listed here.
static const DirtyBif dirty_bifs[] = {
    {BIF_ID_erlang_phash2_1, 1},
    {BIF_ID_erlang_phash2_2, 2},
    {BIF_ID_erlang_phash_2, 2},
    {BIF_ID_erts_debug_flat_size_1, 1},
    {BIF_ID_erts_debug_size_shared_1, 1},
    {BIF_ID_erlang_integer_to_list_1, 1},
    {BIF_ID_erlang_integer_to_list_2, 2},
    {BIF_ID_erlang_integer_to_binary_1, 1},
    {BIF_ID_erlang_integer_to_binary_2, 2},
    {BIF_ID_erlang_list_to_integer_1, 1},
    {BIF_ID_erlang_list_to_integer_2, 2},
    {BIF_ID_erlang_binary_to_integer_1, 1},
    {BIF_ID_erlang_binary_to_integer_2, 2},
    {BIF_ID_binary_longest_common_prefix_1, 1},
    {BIF_ID_binary_longest_common_suffix_1, 1},
    {BIF_ID_erts_internal_prepare_loading_2, 2},
    {BIF_ID_re_run_2, 2},
    {BIF_ID_re_run_3, 3},
    {BIF_ID_re_internal_run_4, 4},
};

bool bif_may_go_dirty(const Process *p) {
    const Scheduler *s = p->regs->scheduler;
    return s != NULL && scheduler_kind(s) == SCHEDULER_NORMAL;
}

static bool is_dirty(const Process *p) {
    const Scheduler *s = p->regs->scheduler;
    if (s == NULL) return false;
    SchedulerKind kind = scheduler_kind(s);
    return kind == SCHEDULER_DIRTY_CPU || kind == SCHEDULER_DIRTY_IO;
}
void bif_leave(const Process *p) {
    if (is_dirty(p)) sched_away(p->regs->scheduler);
}
void bif_return(const Process *p) {
    if (is_dirty(p)) sched_back(p->regs->scheduler);
}

// A walk over so many words, or 64 bytes each, takes about a millisecond.
enum { LARGE_WORDS = 32 * 1024 };

bool bif_is_large(const Process *p, Term t) {
    if (term_is_immediate(t)) return false;
    // What is built of little, and shares nothing many times over, is not large.
    bool small_heap = heap_block_words(&p->heap) < LARGE_WORDS / 16;
    if (small_heap && !term_is_bitstring(t) && !term_is_literal(p->vm->heap_config.literals, t))
        return false;
    return bif_may_go_dirty(p) && heap_is_larger(&p->vm->mem, t, LARGE_WORDS);
}

static Export *there(const Process *p, uint32_t arity) {
    static const BifId by_arity[] = {
        BIF_ID_erts_internal_dt_dirty_2,
        BIF_ID_erts_internal_dt_dirty_3,
        BIF_ID_erts_internal_dt_dirty_4,
        BIF_ID_erts_internal_dt_dirty_5,
    };
    ASSERT(arity >= 1 && arity <= ARRAY_COUNT(by_arity));
    return bif_export(p, by_arity[arity - 1]);
}

Term bif_dirty(Process *p, BifId id, uint32_t arity, const Term *args) {
    size_t i = 0;
    while (i < ARRAY_COUNT(dirty_bifs) && dirty_bifs[i].id != id) i++;
    ASSERT(i < ARRAY_COUNT(dirty_bifs) && dirty_bifs[i].arity == arity);
    Term all[BIF_ARGS_MAX];
    all[0] = term_small((int64_t)i);
    memcpy(&all[1], args, arity * sizeof(Term));
    return bif_trap(p, there(p, arity), arity + 1, all);
}

// Errors are those of the builtin itself.
static void blame_gc(Process *p, const Export *ex, const Term *args) {
    Registers *r = p->regs;
    if (p->dead || r->exc.cls == EXC_TRAP || r->exc.function != NULL) return;
    Hp hp;
    if (!process_reserve_gc(p, ex->arity * CONS_WORDS, &hp)) return;
    Term list = TERM_NIL;
    for (uint32_t i = ex->arity; i-- > 0;) list = hp_cons(&hp, args[i], list);
    process_commit(p, &hp);
    r->exc.args = list;
    r->exc.function = ex;
}

static Term call(Process *p, Term *a, uint32_t arity) {
    int64_t i;
    if (!bif_small_arg(a[0], 0, ARRAY_COUNT(dirty_bifs) - 1, &i) || dirty_bifs[i].arity != arity)
        return bif_badarg(p);
    const Export *ex = bif_export(p, dirty_bifs[i].id);
    Term result = ex->bif->fn(p, a + 1);
    if (result == TERM_NONE) blame_gc(p, ex, a + 1);
    return result;
}

BIF(erts_internal_dt_dirty_2, "erts_internal", "dt_dirty", "Bif, A", BIF_DIRTY_CPU,
    "Calls a builtin that has much to do on a dirty thread.") {
    return call(p, a, 1);
}
BIF(erts_internal_dt_dirty_3, "erts_internal", "dt_dirty", "Bif, A, B", BIF_DIRTY_CPU,
    "Calls a builtin that has much to do on a dirty thread.") {
    return call(p, a, 2);
}
BIF(erts_internal_dt_dirty_4, "erts_internal", "dt_dirty", "Bif, A, B, C", BIF_DIRTY_CPU,
    "Calls a builtin that has much to do on a dirty thread.") {
    return call(p, a, 3);
}
BIF(erts_internal_dt_dirty_5, "erts_internal", "dt_dirty", "Bif, A, B, C, D", BIF_DIRTY_CPU,
    "Calls a builtin that has much to do on a dirty thread.") {
    return call(p, a, 4);
}

// --- trying them out -----------------------------------------------------------------------------

enum { COPIES = 1000, READY_WAIT_MS = 6000, POLL_NS = 2 * 1000 * 1000 };

// Sleeps for so long, or (ms < 0) until the process is to end; acts on signals meanwhile. false:
// the process ends. In a simulation no other thread is there to do anything meanwhile: it does not
// wait.
static bool wait_gc(Process *p, int64_t ms) {
    Scheduler *s = p->regs->scheduler;
    int64_t end = sched_now_ns(s) + ms * 1000000;
    bool simulated = sched_is_simulated(scheduler_sched(s));
    _Atomic uint32_t nothing;
    atomic_init(&nothing, 0);
    for (;;) {
        if (!inbox_is_empty(&p->inbox) && !process_handle_signals_gc(p)) return false;
        int64_t left = ms < 0 ? POLL_NS : end - sched_now_ns(s);
        if (left <= 0 || simulated) return true;
        bif_leave(p);
        (void)os_wait(p->vm->os, &nothing, 0, MIN(left, (int64_t)POLL_NS));
        bif_return(p);
    }
}

// {Tag, Self} to the process.
static bool tell_gc(Process *p, Term to, Term tag) {
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return false;
    Term message = hp_tuple2(&hp, tag, p->pid);
    process_commit(p, &hp);
    return process_send(p, to, message) == SENT;
}

static Term scheduler_type(const Process *p) {
    switch (scheduler_kind(p->regs->scheduler)) {
    case SCHEDULER_NORMAL: return ATOM_normal;
    case SCHEDULER_DIRTY_CPU: return ATOM_dirty_cpu;
    case SCHEDULER_DIRTY_IO: return ATOM_dirty_io;
    case SCHEDULER_GUEST: break;
    }
    return ATOM_error;
}

static Term copies_gc(Process *p, const Term *t) {
    Hp hp;
    if (!process_reserve_gc(p, COPIES * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (int i = 0; i < COPIES; i++) list = hp_cons(&hp, *t, list);
    process_commit(p, &hp);
    return list;
}

static Term try_out(Process *p, Term *a) {
    int64_t ms;
    switch (a[0]) {
    case ATOM_scheduler: return a[1] == ATOM_type ? scheduler_type(p) : bif_badarg(p);
    case ATOM_copy: return copies_gc(p, &a[1]);
    case ATOM_wait:
        if (!bif_small_arg(a[1], 0, INT32_MAX, &ms)) return bif_badarg(p);
        return wait_gc(p, ms) ? ATOM_ok : bif_ending(p);
    case ATOM_ready_wait6_done:
        if (!term_is_local_pid(a[1])) return bif_badarg(p);
        if (!tell_gc(p, a[1], ATOM_ready)) return TERM_NONE;
        if (!wait_gc(p, READY_WAIT_MS)) return bif_ending(p);
        return tell_gc(p, a[1], ATOM_done) ? ATOM_ok : TERM_NONE;
    case ATOM_alive_waitexiting:
        if (!term_is_local_pid(a[1])) return bif_badarg(p);
        if (!tell_gc(p, a[1], ATOM_alive)) return TERM_NONE;
        return wait_gc(p, -1) ? ATOM_ok : bif_ending(p);
    default: return bif_badarg(p);
    }
}

BIF(erts_debug_dirty_cpu_2, "erts_debug", "dirty_cpu", "What, Argument", BIF_DIRTY_CPU,
    "Does something on a dirty thread for work that computes: wait, copy, ...") {
    return try_out(p, a);
}
BIF(erts_debug_dirty_io_2, "erts_debug", "dirty_io", "What, Argument", BIF_DIRTY_IO,
    "The same on one for work that waits for the system.") {
    return try_out(p, a);
}
BIF(erts_debug_dirty_3, "erts_debug", "dirty", "Where, What, Argument", 0,
    "The same; Where: normal, dirty_cpu, dirty_io.") {
    switch (a[0]) {
    case ATOM_normal: return try_out(p, &a[1]);
    case ATOM_dirty_cpu: return bif_goto(p, BIF_ID_erts_debug_dirty_cpu_2, 2, &a[1]);
    case ATOM_dirty_io: return bif_goto(p, BIF_ID_erts_debug_dirty_io_2, 2, &a[1]);
    default: return bif_badarg(p);
    }
}
