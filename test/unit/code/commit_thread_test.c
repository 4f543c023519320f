// SPDX-License-Identifier: Apache-2.0
// Code that changes while others look at it, on real schedulers: each look within a turn sees one
// version whole, and nothing that it sees is freed before the turn ends.
#include "../sched/world.h"
#include "bare_vm.h"

enum { SCHEDULERS = 4, READERS = 5, WRITERS = 2, CHANGES = 100, LOOKS = 30 };

// Version A has f/1, g/0 and k/2, which is the body of a fun, version B f/1 and h/0.
static const char version_a[] = "lambda k/2 1; fun f/1; return; fun g/0; move lit1 x0; return; "
                                "fun k/2; return";
static const char version_b[] = "fun h/0; move [] x0; return; fun f/1; move lit0 x0; return";

typedef struct Race {
    World *world;
    Vm *vm;
    Term m;
    Export *f, *g, *h;
    _Atomic int64_t changes;  // commits and deletions
    _Atomic int64_t refusals; // of the right to change code
    _Atomic int64_t inside;   // who has that right
    _Atomic int64_t seen[2];  // versions
} Race;

// Other threads ASSERT: what cmocka does to fail a test works only on its own.
// --- readers -------------------------------------------------------------------------------------
// Where the entry leads: into the module, which must be one that is there, or to the stub.
static bool is_defined(const Race *r, const Export *ex, unsigned index, const Module *m) {
    const uint32_t *code = ex->entry[index];
    if (code == code_export_stub(ex)) return false;
    ASSERT(in_module(m, code));
    CodePlace place;
    ASSERT(code_place(r->vm->code, code, &place));
    ASSERT(place.module == m);
    ASSERT(place.function->name == ex->function);
    return true;
}

// All of the current version's code, as a sum: a read of freed memory shows.
static uint32_t read_code(const Module *m) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < m->code_units; i++) sum += m->code[i];
    for (uint32_t i = 0; i < m->literal_count; i++) sum += (uint32_t)m->literal_terms[i];
    return sum;
}

static void look(Race *r, unsigned index) {
    const CodeTables *ct = r->vm->code;
    // A commit may flip while we look: then it counts for nothing.
    const Module *m = code_module_find(ct, r->m);
    if (m == NULL) {
        if (code_active_index(ct) != index) return;
        ASSERT(r->f->entry[index] == code_export_stub(r->f));
        return;
    }
    size_t count;
    Module *const *all = code_modules(ct, &count);
    if (code_active_index(ct) != index) {
        (void)read_code(m); // it is still there, whatever it is
        return;
    }
    ASSERT(m->name == r->m);
    ASSERT(count == 1);
    ASSERT(all[0] == m);
    ASSERT(is_defined(r, r->f, index, m));
    bool g = is_defined(r, r->g, index, m), h = is_defined(r, r->h, index, m);
    ASSERT(g != h);
    ASSERT(m->export_count == (g ? 3 : 2));
    ASSERT(m->fun_count == (g ? 1 : 0));
    (void)read_code(m);
    atomic_fetch_add(&r->seen[g], 1);
}

static void make_entries(Race *r, uint64_t n) {
    Export *ex = code_export(r->vm->code, r->m, term_atom((uint32_t)(n % 300)), 7);
    ASSERT(code_export_find(r->vm->code, r->m, ex->function, 7) == ex);
    ASSERT(ex->entry[0] == code_export_stub(ex) && ex->entry[1] == ex->entry[0]);
    uint8_t uniq[16] = {(uint8_t)n};
    FunEntry *fe = code_fun_entry(r->vm->code, r->m, uniq, (uint32_t)(n % 50), 0, 1, 0);
    ASSERT(fe != NULL);
    ASSERT(fun_entry_name(fe) == TERM_NONE);
}

static TaskStep read_turn(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Race *r = j->arg;
    unsigned index = code_active_index(r->vm->code);
    for (int i = 0; i < LOOKS; i++) {
        // As a slice does that has met an undefined function.
        if (i == LOOKS / 2) index = code_active_index(r->vm->code);
        look(r, index);
        make_entries(r, (uint64_t)atomic_fetch_add(&j->count, 1) * 7);
    }
    if (atomic_load(&r->changes) >= CHANGES) return job_end(r->world);
    return TASK_AGAIN;
}

// --- writers -------------------------------------------------------------------------------------
static void change(Race *r, Prepared **pr) {
    CodeTables *ct = r->vm->code;
    BeamError err;
    bool ok;
    if (code_module_old(ct, r->m) != NULL) {
        ok = code_purge(ct, r->m, &err);
    } else if (code_module_find(ct, r->m) != NULL && atomic_load(&r->changes) % 7 == 3) {
        ok = code_delete(ct, r->m, &err);
        atomic_fetch_add(&r->changes, 1);
    } else {
        ok = code_commit(ct, pr, 1, &err);
        *pr = NULL;
        atomic_fetch_add(&r->changes, 1);
    }
    ASSERT(ok);
}

// A writer that sleeps until the right comes back.
typedef struct Writer {
    Job job; // first: a Job * is a Writer *
    CodeWaiter waiter;
} Writer;

static void wake_writer(Scheduler *s, CodeWaiter *w) {
    task_wake(s, &CONTAINER_OF(w, Writer, waiter)->job.task);
}

static TaskStep write_turn(Scheduler *s, Job *j, int64_t reductions, int64_t *used) {
    Race *r = j->arg;
    if (atomic_load(&r->changes) >= CHANGES) return job_end(r->world);
    // Aside, and maybe in vain.
    Prepared *pr = prepare(r->vm, atomic_load(&r->changes) % 2 == 0 ? version_a : version_b);
    if (code_write_begin(r->vm->code)) {
        ASSERT(atomic_fetch_add(&r->inside, 1) == 0);
        change(r, &pr);
        ASSERT(atomic_fetch_sub(&r->inside, 1) == 1);
        code_write_end(r->vm->code, s);
        code_prepared_free(pr);
        return TASK_AGAIN;
    }
    code_prepared_free(pr);
    atomic_fetch_add(&r->refusals, 1);
    Writer *w = (Writer *)j;
    w->waiter.wake = wake_writer;
    return code_write_wait(r->vm->code, &w->waiter) ? TASK_WAIT : TASK_AGAIN;
}

static Race *race(WorldOptions options) {
    Race *r = calloc(1, sizeof *r);
    r->world = world_new(options);
    r->vm = vm_new();
    r->m = atom(r->vm, "m");
    r->f = code_export(r->vm->code, r->m, atom(r->vm, "f"), 1);
    r->g = code_export(r->vm->code, r->m, atom(r->vm, "g"), 0);
    r->h = code_export(r->vm->code, r->m, atom(r->vm, "h"), 0);
    static Writer jobs[READERS + WRITERS];
    for (int i = 0; i < READERS + WRITERS; i++)
        job_init(r->world, &jobs[i].job, (uint64_t)i, i < READERS ? read_turn : write_turn, r);
    Scheduler *guest = sched_enter(r->world->sched);
    for (int i = 0; i < READERS + WRITERS; i++) task_resume(guest, &jobs[i].job.task);
    sched_leave(guest);
    world_wait(r->world);
    assert_true(atomic_load(&r->seen[0]) > 0 && atomic_load(&r->seen[1]) > 0);
    return r;
}

// A guest changes code, too: it waits for the right outside.
static void guest_loads(Race *r) {
    for (int i = 0; i < 3; i++) {
        Scheduler *guest;
        for (;;) {
            guest = sched_enter(r->world->sched);
            if (code_write_begin(r->vm->code)) break;
            sched_leave(guest);
            os_thread_yield(r->world->os);
        }
        BeamError err;
        Prepared *pr = prepare(r->vm, version_a);
        assert_true(code_commit(r->vm->code, &pr, 1, &err));
        code_write_end(r->vm->code, guest);
        sched_leave(guest);
    }
}

static void race_end(Race *r) {
    guest_loads(r);
    world_free(r->world);
    vm_free(r->vm);
    free(r);
}

static void real_threads(void **state) {
    (void)state;
    race_end(race((WorldOptions){.schedulers = SCHEDULERS, .dirty_cpu = 1, .dirty_io = 1}));
}

static void simulated(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++)
        race_end(race((WorldOptions){.schedulers = SCHEDULERS,
                                     .dirty_cpu = 1,
                                     .dirty_io = 1,
                                     .simulated = true,
                                     .seed = seed}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_threads),
        cmocka_unit_test(simulated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
