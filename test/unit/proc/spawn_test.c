// SPDX-License-Identifier: Apache-2.0
// Making processes: what a new one starts with, what its maker gets, and that nothing is left when
// it cannot be made. Nobody runs code here: a new process is looked at before its first turn.
#include "world.h"

#include "proc/spawn.h"
#include "term/bits.h"

static const uint32_t stub[4];
static const uint32_t *export_stub(void *ctx, Export *ex) {
    return stub;
}
static const uint32_t *fun_stub(void *ctx, FunEntry *fe) {
    return stub;
}

// A world with tables of code, and a process in it that spawns.
typedef struct Nursery {
    World *w;
    VmCore *vm;
    Process *parent;
    RootFrame frame;
    Term args, ref; // roots of the parent
    Term child;
    size_t words;
    SpawnOptions o;
} Nursery;

static void nursery_init(Nursery *n, bool stress) {
    World *w = world_new((WorldOptions){.seed = 3, .schedulers = 1, .stress = stress});
    *n = (Nursery){.w = w, .vm = w->vm};
    n->vm->literals = literals_new(&n->vm->mem, n->vm->os, 1 << 20);
    n->vm->code = code_tables_new(&n->vm->env, n->vm->literals);
    code_set_stubs(n->vm->code, &(CodeStubs){.export_stub = export_stub, .fun_stub = fun_stub});
    n->vm->exit_code = &stub[1];
    n->vm->start_code = &stub[2];
    n->parent = world_process(w, NULL);
    n->args = n->ref = TERM_NIL;
    process_push_roots(n->parent, &n->frame, &n->args, 2);
    world_start(w, n->parent);
    // The export is there already, so that books can be compared.
    assert_non_null(code_export(n->vm->code, ATOM_lists, ATOM_apply, 2));
    spawn_options_init(&n->o, n->vm);
}

static void nursery_free(Nursery *n) {
    VmCore *vm = n->vm;
    process_pop_roots(n->parent, &n->frame);
    world_settle(n->w);
    // The tables of code go before the machine looks at its books.
    for (size_t i = 0; i < n->w->count; i++) {
        Process *p = process_lookup(vm, n->w->pids[i]);
        if (p != NULL) {
            process_begin_exit(p, ATOM_normal);
            task_wake(n->w->guest, &p->task);
        }
    }
    world_join(n->w);
    code_tables_free(vm->code);
    literals_free(vm->literals);
    world_free(n->w);
}

// A list of `count` pairs {I, Bytes}, two elements of it as arguments.
static Term make_args(Process *p, size_t count) {
    Hp hp;
    assert_true(process_reserve_gc(p, count * 5 + 2 * CONS_WORDS + REFC_BITS_WORDS, &hp));
    uint8_t *bytes;
    Term big = hp_bits(&p->vm->mem, &hp, 1000 * 8, &bytes);
    memset(bytes, 7, 1000);
    Term list = TERM_NIL;
    for (size_t i = 0; i < count; i++)
        list = hp_cons(&hp, hp_tuple2(&hp, term_small((int64_t)i), big), list);
    Term args = hp_cons(&hp, list, hp_cons(&hp, big, TERM_NIL));
    process_commit(p, &hp);
    return args;
}

static SpawnResult spawn(Nursery *n) {
    return process_spawn(n->parent, &n->o, ATOM_lists, ATOM_apply, n->args, &n->child, &n->words);
}
// Known to the world from now on, which runs no code with it.
static Process *spawned(Nursery *n) {
    assert_int_equal(spawn(n), SPAWNED);
    Process *p = process_lookup(n->vm, n->child);
    assert_non_null(p);
    n->w->pids[n->w->count++] = n->child;
    atomic_fetch_add(&n->w->open, 1);
    return p;
}
static void tame(Process *p) {
    p->initial = NULL;
}

static void first_turn_finds_call_on_the_stack(void **state) {
    for (size_t count = 0; count < 3000; count = count * 7 + 1) {
        Nursery n;
        nursery_init(&n, false);
        n.args = make_args(n.parent, count);
        Process *p = spawned(&n);
        assert_int_equal(n.words, heap_copy_words(&n.vm->mem, NULL, n.args));
        assert_null(p->regs);
        assert_int_equal(p->live, 3);
        const Term *x = p->heap.stack;
        assert_int_equal(x[0], ATOM_lists);
        assert_int_equal(x[1], ATOM_apply);
        assert_int_equal(x[3], term_return_address(n.vm->exit_code));
        assert_ptr_equal(x + 4, p->heap.end);
        assert_ptr_equal(p->ip, n.vm->start_code);
        // A copy of its own.
        Term list = term_head(x[2]);
        assert_int_not_equal(x[2], n.args);
        for (size_t i = count; i-- > 0; list = term_tail(list)) {
            assert_int_equal(element(term_head(list), 0), term_small((int64_t)i));
            assert_int_equal(bits_of(element(term_head(list), 1)).bytes[999], 7);
        }
        assert_int_equal(list, TERM_NIL);
        assert_true(p->heap.htop + HEAP_STACK_RESERVE <= p->heap.stack);
        // What is small stands in the process itself.
        bool inside = (char *)p->heap.start == (char *)(p + 1);
        assert_int_equal(inside, p->embedded);
#ifndef DT_STRESS
        assert_int_equal(inside, count < 8);
#endif
        assert_int_equal(p->parent, n.parent->pid);
        assert_int_equal(p->group_leader, n.parent->group_leader);
        assert_int_equal(p->task.priority, TASK_NORMAL);
        assert_int_equal(p->initial->function, ATOM_apply);
        assert_int_equal(p->initial->arity, 2);
        tame(p);
        nursery_free(&n);
    }
}

static void small_heap_moves_out_of_the_process(void **state) {
    Nursery n;
    nursery_init(&n, false);
    n.args = make_args(n.parent, 3);
    Process *p = spawned(&n);
    p->regs = n.w->regs;
    registers_clear(p->regs);
    memcpy(p->regs->x, p->heap.stack, 3 * sizeof(Term));
    p->heap.stack += 3;
    for (int round = 0; round < 3; round++) {
        Hp hp;
        assert_true(process_reserve_gc(p, 100, &hp));
        process_commit(p, &hp);
        assert_true((char *)p->heap.start < (char *)p || p->heap.start > (Term *)(p + 1) + 64);
        assert_int_equal(element(term_head(term_head(p->regs->x[2])), 0), term_small(2));
        assert_true(process_collect_gc(p, round % 2));
    }
    assert_non_null(p->heap.past);
#ifndef DT_STRESS
    // When it is going to wait long, back to the process.
    for (int round = 0; round < 3; round++) {
        process_shrink_gc(p, 3);
        assert_ptr_equal(p->heap.start, p + 1);
        assert_int_equal(element(term_head(term_head(p->regs->x[2])), 0), term_small(2));
        if (round == 0) assert_true(process_collect_gc(p, true));
        if (round == 0) assert_ptr_not_equal(p->heap.start, p + 1);
    }
#endif
    p->live = 0;
    p->regs = NULL;
    tame(p);
    nursery_free(&n);
}

static void settings_are_taken(void **state) {
    Nursery n;
    nursery_init(&n, false);
    n.args = make_args(n.parent, 0);
    HeapConfig c = *n.o.heap;
    c.min_words = 5000;
    c.fullsweep_after = 3;
    n.o.heap = &c;
    n.o.priority = TASK_HIGH;
    n.o.off_heap = true;
    Process *p = spawned(&n);
    tame(p);
    assert_true((size_t)(p->heap.end - p->heap.start) >= 5000);
    assert_int_equal(p->heap.config->fullsweep_after, 3);
    assert_ptr_not_equal(p->heap.config, &c);
    assert_int_equal(p->task.priority, TASK_HIGH);
    assert_true(p->flags.off_heap_queue);
    // Equal settings are shared; too many different ones are not.
    Process *q = spawned(&n);
    tame(q);
    assert_ptr_equal(q->heap.config, p->heap.config);
    for (uint32_t i = 0; i < 200; i++) {
        c.fullsweep_after = 100 + i;
        q = spawned(&n);
        tame(q);
        assert_int_equal(q->heap.config->fullsweep_after, 100 + i);
    }
    assert_int_equal(p->heap.config->fullsweep_after, 3);
    nursery_free(&n);
}

static void link_monitor_and_reply(void **state) {
    Nursery n;
    nursery_init(&n, false);
    n.args = make_args(n.parent, 0);
    n.o.link = n.o.monitor = n.o.reply = true;
    n.ref = make_ref(n.parent, false);
    n.o.monitor_ref = n.ref;
    n.o.reply_tag = ATOM_ok;
    n.o.monitor_tag = ATOM_error;
    Process *p = spawned(&n);
    tame(p);
    Process *parent = n.parent;
    parent->flags.trap_exit = true;
    assert_int_equal(relation_count(parent, RELATION_LINK), 1);
    assert_int_equal(relation_count(p, RELATION_LINK), 1);
    assert_int_equal(relation_count(parent, RELATION_MONITOR), 1);
    assert_int_equal(relation_count(p, RELATION_WATCHER), 1);
    process_begin_exit(p, ATOM_killed);
    task_wake(n.w->guest, &p->task);
    world_settle(n.w);
    parent->reds = 4000;
    Term m = receive(parent);
    assert_int_equal(element(m, 0), ATOM_ok);
    assert_int_equal(element(m, 2), ATOM_ok);
    assert_int_equal(element(m, 3), n.child);
    bool exit = false, down = false;
    for (int i = 0; i < 2; i++) {
        m = receive(parent);
        exit |= element(m, 0) == ATOM_EXIT && element(m, 2) == ATOM_killed;
        down |= element(m, 0) == ATOM_error && element(m, 4) == ATOM_killed;
    }
    assert_true(exit && down);
    assert_int_equal(relation_count(parent, RELATION_LINK), 0);
    assert_int_equal(relation_count(parent, RELATION_MONITOR), 0);
    nursery_free(&n);
}

// Whichever allocation fails, nothing is left behind.
static void without_memory_nothing_is_left(void **state) {
    Nursery n;
    nursery_init(&n, false);
    n.args = make_args(n.parent, 1000);
    Mem *m = &n.vm->mem;
    n.o.link = n.o.monitor = n.o.reply = true;
    n.ref = make_ref(n.parent, true);
    n.o.monitor_ref = n.ref;
    n.o.alias = ALIAS_DEMONITOR;
    n.o.reply_tag = ATOM_ok;
    size_t failed = 0;
    for (uint64_t nth = 1;; nth++) {
        uint64_t before = mem_bytes(m);
        uint32_t count = process_table_count(n.vm->processes);
        m->fail_count = 0;
        m->fail_every = nth;
        SpawnResult result = spawn(&n);
        bool hit = m->fail_count >= nth;
        m->fail_every = 0;
        if (result == SPAWNED) {
            assert_false(hit);
            break;
        }
        failed++;
        assert_int_equal(process_table_count(n.vm->processes), count);
        assert_int_equal(relation_count(n.parent, RELATION_LINK), 0);
        assert_int_equal(relation_count(n.parent, RELATION_MONITOR), 0);
        relations_free(n.parent); // the empty table
        assert_int_equal(mem_bytes(m), before);
    }
    assert_true(failed >= 4);
    Process *p = process_lookup(n.vm, n.child);
    tame(p);
    n.w->pids[n.w->count++] = n.child;
    atomic_fetch_add(&n.w->open, 1);
    nursery_free(&n);
}

static void full_table_is_a_limit(void **state) {
    Nursery n;
    nursery_init(&n, false);
    n.args = make_args(n.parent, 0);
    ProcessTable *t = n.vm->processes;
    uint32_t left = process_table_limit(t) - process_table_count(t);
    Term *pids = calloc(left, sizeof *pids);
    for (uint32_t i = 0; i < left; i++) pids[i] = process_table_reserve(t, i);
    assert_int_equal(spawn(&n), SPAWN_SYSTEM_LIMIT);
    HeldCall held = {0};
    assert_null(process_new_held(n.vm, &held, TERM_NONE));
    for (uint32_t i = 0; i < left; i++) process_table_cancel(t, pids[i], i);
    free(pids);
    tame(spawned(&n));
    nursery_free(&n);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_turn_finds_call_on_the_stack),
        cmocka_unit_test(small_heap_moves_out_of_the_process),
        cmocka_unit_test(settings_are_taken),
        cmocka_unit_test(link_monitor_and_reply),
        cmocka_unit_test(without_memory_nothing_is_left),
        cmocka_unit_test(full_table_is_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
