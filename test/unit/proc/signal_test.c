// SPDX-License-Identifier: Apache-2.0
// Signals between processes that no engine runs: a turn is to act on the inbox, or to end.
#include "machine.h"

#include "proc/inbox.h"
#include "proc/relations.h"
#include "proc/table.h"
#include "term/ident.h"

typedef struct World {
    VmCore *vm;
    FakeScheduler fake;
    Registers regs;
    Process *all[64];
    size_t count;
} World;

static World *world_new(bool stress) {
    World *w = calloc(1, sizeof *w);
    w->vm = machine_new(stress);
    w->vm->processes = process_table_new(&w->vm->mem, w->vm->os, 1024);
    w->regs.scheduler = (Scheduler *)&w->fake;
    w->fake.seed = 1;
    return w;
}

static Process *enter(World *w) {
    Process *p = process_new(w->vm);
    p->pid = process_table_reserve(w->vm->processes);
    p->group_leader = p->pid;
    p->regs = &w->regs;
    p->reds = 4000;
    process_table_publish(w->vm->processes, p);
    w->all[w->count++] = p;
    return p;
}

static void reclaim(World *w) {
    while (w->fake.retired != NULL) {
        Retired *r = w->fake.retired;
        w->fake.retired = r->next;
        r->fn(w->regs.scheduler, r);
    }
}

// One turn; true: there was something to do.
static bool turn(World *w, size_t i) {
    Process *p = w->all[i];
    if (p == NULL) return false;
    p->reds = 4000;
    bool busy = !inbox_is_empty(&p->inbox);
    if (busy && !p->exiting) (void)process_handle_signals_gc(p);
    if (!p->exiting) return busy;
    if (process_exit_step(p)) w->all[i] = NULL;
    return true;
}

// Until nothing happens any more.
static void settle(World *w) {
    bool busy = true;
    while (busy) {
        busy = false;
        for (size_t i = 0; i < w->count; i++) busy |= turn(w, i);
        busy |= w->fake.retired != NULL;
        reclaim(w);
    }
}

static bool alive(const World *w, Term pid) {
    return process_lookup(w->vm, pid) != NULL;
}

static void world_free(World *w) {
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i] != NULL) process_begin_exit(w->all[i], ATOM_normal);
    settle(w);
    process_table_free(w->vm->processes);
    machine_free(w->vm);
    free(w);
}

static Term receive(Process *p) {
    p->live = 0;
    Term t = mailbox_peek_gc(p);
    if (t != TERM_NONE) mailbox_remove(p);
    return t;
}

static Term element(Term tuple, size_t i) {
    assert_true(term_is_tuple(tuple) && i < term_tuple_arity(tuple));
    return term_tuple_elements(tuple)[i];
}

static Term make_ref(Process *p, bool alias) {
    Hp hp;
    assert_true(process_reserve_gc(p, LOCAL_REF_WORDS, &hp));
    Term ref = alias ? process_make_alias(p, &hp) : process_make_ref(p, &hp);
    process_commit(p, &hp);
    return ref;
}

static Term pair(Process *p, Term a, Term b) {
    Hp hp;
    assert_true(process_reserve_gc(p, 3, &hp));
    Term t = hp_tuple2(&hp, a, b);
    process_commit(p, &hp);
    return t;
}

static void messages_come_in_order(void **state) {
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(process_send(p, q->pid, pair(p, term_small(i), TERM_NIL)), SENT);
    q->reds = 1 << 20;
    for (int i = 0; i < 5000; i++) {
        Term m = receive(q);
        assert_int_equal(element(m, 0), term_small(i));
    }
    assert_int_equal(receive(q), TERM_NONE);
    assert_int_equal(q->mailbox.count, 0);
    world_free(w);
}

// A receive that passes over messages while collections happen.
static void skipped_messages_stay_in_place(void **state) {
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w);
    q->reds = 1 << 20;
    for (int i = 0; i < 4; i++)
        assert_int_equal(process_send(p, q->pid, pair(p, term_small(i), TERM_NIL)), SENT);
    for (int i = 0; i < 4; i++) {
        Term m = mailbox_peek_gc(q);
        q->regs->x[0] = m;
        q->live = 1;
        assert_int_equal(element(m, 0), term_small(i));
        if (i % 2 == 1) assert_true(process_collect_gc(q, true));
        assert_int_equal(element(q->regs->x[0], 0), term_small(i));
        if (i == 1)
            mailbox_remove(q);
        else
            mailbox_skip(q);
        q->live = 0;
        if (i == 1) {
            // From the first one again.
            assert_int_equal(element(mailbox_peek_gc(q), 0), term_small(0));
            mailbox_skip(q);
        }
    }
    assert_int_equal(mailbox_peek_gc(q), TERM_NONE);
    mailbox_rewind(q);
    static const int left[] = {0, 2, 3};
    for (size_t i = 0; i < ARRAY_COUNT(left); i++)
        assert_int_equal(element(receive(q), 0), term_small(left[i]));
    world_free(w);
}

static void linked_processes_end_together(void **state) {
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w), *r = enter(w);
    Term pp = p->pid, qq = q->pid;
    assert_true(process_link(p, q->pid));
    assert_true(process_link(q, r->pid));
    r->flags.trap_exit = true;
    settle(w);
    assert_true(process_send_exit(r, pp, ATOM_badarg));
    settle(w);
    assert_false(alive(w, pp));
    assert_false(alive(w, qq));
    Term m = receive(r);
    assert_int_equal(element(m, 0), ATOM_EXIT);
    assert_int_equal(element(m, 1), qq);
    assert_int_equal(element(m, 2), ATOM_badarg);
    assert_int_equal(receive(r), TERM_NONE);
    world_free(w);
}

static void unlinked_processes_do_not(void **state) {
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w);
    assert_true(process_link(p, q->pid));
    settle(w);
    // Both at once, before either has heard of it.
    assert_true(process_unlink(p, q->pid));
    assert_true(process_unlink(q, p->pid));
    settle(w);
    assert_null(p->links);
    assert_null(q->links);
    // Linked again while the acknowledgement is under way.
    assert_true(process_link(p, q->pid));
    settle(w);
    assert_true(process_unlink(p, q->pid));
    assert_true(process_link(p, q->pid));
    settle(w);
    assert_int_equal(relation_count(p, RELATION_LINK), 1);
    assert_int_equal(relation_count(q, RELATION_LINK), 1);
    // An exit that was under way when unlink was called is not heard of.
    q->flags.trap_exit = true;
    process_begin_exit(p, ATOM_badarg);
    while (!process_exit_step(p)) continue;
    w->all[0] = NULL;
    assert_true(process_unlink(q, p->pid));
    settle(w);
    assert_int_equal(receive(q), TERM_NONE);
    assert_null(q->links);
    world_free(w);
}

static void monitors_tell_of_the_end(void **state) {
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w);
    Term qq = q->pid;
    Term refs[3];
    for (int i = 0; i < 3; i++) {
        refs[i] = make_ref(p, i == 2);
        assert_true(process_monitor(p, &(MonitorRequest){MONITOR_PROCESS, qq,
                                                         i == 1 ? ATOM_info : TERM_NONE,
                                                         i == 1 ? refs[0] : TERM_NONE, refs[i],
                                                         i == 2 ? ALIAS_EXPLICIT : ALIAS_NONE}));
    }
    settle(w);
    assert_int_equal(relation_count(q, RELATION_WATCHER), 3);
    assert_true(process_demonitor(p, refs[0]));
    assert_false(process_demonitor(p, refs[0]));
    process_begin_exit(q, ATOM_killed);
    settle(w);
    bool seen[3] = {false};
    for (int i = 0; i < 2; i++) {
        Term m = receive(p);
        int which = element(m, 0) == ATOM_DOWN ? 2 : 1;
        assert_false(seen[which]);
        seen[which] = true;
        assert_int_equal(element(m, 2), ATOM_process);
        assert_int_equal(element(m, 4), ATOM_killed);
        if (which == 1) {
            assert_true(ref_is_local(element(m, 0)));
            assert_int_equal(element(element(m, 3), 0), ATOM_info);
        } else {
            assert_int_equal(element(m, 3), qq);
        }
    }
    assert_int_equal(receive(p), TERM_NONE);
    // The alias lives on.
    assert_int_equal(process_send(p, refs[2], ATOM_info), SENT);
    assert_int_equal(receive(p), ATOM_info);
    assert_true(process_unalias(p, refs[2]));
    assert_int_equal(process_send(p, refs[2], ATOM_info), SENT);
    assert_int_equal(receive(p), TERM_NONE);
    assert_null(p->links);
    world_free(w);
}

static void dead_peers_answer(void **state) {
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w);
    Term qq = q->pid;
    p->flags.trap_exit = true;
    process_begin_exit(q, ATOM_normal);
    settle(w);
    assert_true(process_link(p, qq));
    Term ref = make_ref(p, false);
    assert_true(process_monitor(
        p, &(MonitorRequest){MONITOR_PROCESS, qq, TERM_NONE, TERM_NONE, ref, ALIAS_NONE}));
    settle(w);
    assert_int_equal(element(receive(p), 2), ATOM_noproc);
    assert_int_equal(element(receive(p), 4), ATOM_noproc);
    assert_null(p->links);
    world_free(w);
}

static void many_relations(void **state) {
    enum { MANY = 20000 };
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w);
    Term qq = q->pid;
    RefKey *keys = calloc(MANY, sizeof *keys);
    for (int i = 0; i < MANY; i++) {
        Term ref = make_ref(p, false);
        keys[i] = ref_key(ref);
        assert_true(process_monitor(
            p, &(MonitorRequest){MONITOR_PROCESS, qq, TERM_NONE, TERM_NONE, ref, ALIAS_NONE}));
    }
    settle(w);
    assert_int_equal(relation_count(q, RELATION_WATCHER), MANY);
    for (int i = 0; i < MANY; i++) assert_non_null(relation_find(p, RELATION_MONITOR, keys[i]));
    for (int i = 0; i < MANY; i += 2) {
        Term words[LOCAL_REF_WORDS] = {HEADER(KIND_REF, 2), keys[i].low, keys[i].high};
        assert_true(process_demonitor(p, term_boxed(words)));
        assert_null(relation_find(p, RELATION_MONITOR, keys[i]));
    }
    settle(w);
    assert_int_equal(relation_count(q, RELATION_WATCHER), MANY / 2);
    process_begin_exit(q, ATOM_normal);
    settle(w);
    p->reds = 1 << 20;
    int downs = 0;
    while (receive(p) != TERM_NONE) downs++;
    assert_int_equal(downs, MANY / 2);
    assert_null(p->links);
    free(keys);
    world_free(w);
}

static void markers_skip_what_came_before(void **state) {
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w);
    q->reds = 1 << 20;
    for (int before = 0; before < 3; before++) {
        // 0: nothing in the inbox; 1: something that has not been looked at.
        for (int i = 0; i < 10; i++) assert_int_equal(process_send(p, q->pid, term_small(i)), SENT);
        if (before == 0) assert_int_equal(mailbox_peek_gc(q), term_small(0));
        mailbox_mark_reserve(q);
        Term ref = make_ref(q, false);
        mailbox_mark_bind(q, ref);
        assert_int_equal(process_send(p, q->pid, ATOM_info), SENT);
        if (before == 2) settle(w);
        mailbox_mark_use(q, ref);
        assert_int_equal(mailbox_peek_gc(q), ATOM_info);
        mailbox_remove(q);
        mailbox_mark_clear(q, ref);
        for (int i = 0; i < 10; i++) assert_int_equal(receive(q), term_small(i));
        assert_int_equal(receive(q), TERM_NONE);
    }
    // More than there is room for: the oldest are forgotten.
    Term refs[20];
    for (int i = 0; i < 20; i++) {
        mailbox_mark_reserve(q);
        refs[i] = make_ref(q, false);
        mailbox_mark_bind(q, refs[i]);
        assert_int_equal(process_send(p, q->pid, term_small(i)), SENT);
        settle(w);
    }
    mailbox_mark_use(q, refs[0]);
    assert_int_equal(mailbox_peek_gc(q), term_small(0));
    mailbox_rewind(q);
    mailbox_mark_use(q, refs[19]);
    assert_int_equal(mailbox_peek_gc(q), term_small(19));
    mailbox_rewind(q);
    for (int i = 0; i < 20; i++) assert_int_equal(receive(q), term_small(i));
    world_free(w);
}

static void kill_is_not_trapped(void **state) {
    World *w = world_new(false);
    Process *p = enter(w), *q = enter(w);
    Term qq = q->pid;
    p->flags.trap_exit = q->flags.trap_exit = true;
    assert_true(process_link(p, qq));
    settle(w);
    assert_true(process_send_exit(p, qq, ATOM_normal));
    settle(w);
    assert_true(alive(w, qq));
    assert_int_equal(element(receive(q), 2), ATOM_normal);
    assert_true(process_send_exit(p, qq, ATOM_kill));
    settle(w);
    assert_false(alive(w, qq));
    assert_int_equal(element(receive(p), 2), ATOM_killed);
    world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_in_order),
        cmocka_unit_test(skipped_messages_stay_in_place),
        cmocka_unit_test(linked_processes_end_together),
        cmocka_unit_test(unlinked_processes_do_not),
        cmocka_unit_test(monitors_tell_of_the_end),
        cmocka_unit_test(dead_peers_answer),
        cmocka_unit_test(many_relations),
        cmocka_unit_test(markers_skip_what_came_before),
        cmocka_unit_test(kill_is_not_trapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
