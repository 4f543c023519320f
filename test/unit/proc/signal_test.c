// SPDX-License-Identifier: Apache-2.0
// Signals between processes that no engine runs, on a simulated scheduler: what they do to each
// other is called from outside, between two times of settling.
#include "world.h"

static World *sim(bool stress) {
    return world_new((WorldOptions){.seed = 7, .schedulers = 2, .stress = stress});
}
static Process *enter(World *w) {
    Process *p = world_process(w, NULL);
    world_start(w, p);
    return p;
}
static bool alive(const World *w, Term pid) {
    return process_lookup(w->vm, pid) != NULL;
}
static bool unrelated(const Process *p) {
    return relation_count(p, RELATION_LINK) + relation_count(p, RELATION_MONITOR) +
               relation_count(p, RELATION_WATCHER) ==
           0;
}
static bool has_mail(void *ctx) {
    return !inbox_is_empty(&((Process *)ctx)->inbox);
}
// As its own error would.
static void end(World *w, Process *p, Term reason) {
    process_begin_exit(p, reason);
    task_wake(w->guest, &p->task);
}

static void messages_come_in_order(void **state) {
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(process_send(p, q->pid, pair(p, term_small(i), TERM_NIL)), SENT);
    world_settle(w);
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
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w);
    q->reds = 1 << 20;
    for (int i = 0; i < 4; i++)
        assert_int_equal(process_send(p, q->pid, pair(p, term_small(i), TERM_NIL)), SENT);
    world_settle(w);
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
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w), *r = enter(w);
    Term pp = p->pid, qq = q->pid;
    assert_true(process_link(p, q->pid));
    assert_true(process_link(q, r->pid));
    r->flags.trap_exit = true;
    world_settle(w);
    assert_true(process_send_exit(r, pp, ATOM_badarg));
    world_settle(w);
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
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w);
    assert_true(process_link(p, q->pid));
    world_settle(w);
    // Both at once, before either has heard of it.
    assert_true(process_unlink(p, q->pid));
    assert_true(process_unlink(q, p->pid));
    world_settle(w);
    assert_true(unrelated(p));
    assert_true(unrelated(q));
    // Linked again while the acknowledgement is under way.
    assert_true(process_link(p, q->pid));
    world_settle(w);
    assert_true(process_unlink(p, q->pid));
    assert_true(process_link(p, q->pid));
    world_settle(w);
    assert_int_equal(relation_count(p, RELATION_LINK), 1);
    assert_int_equal(relation_count(q, RELATION_LINK), 1);
    // An exit that was under way when unlink was called is not heard of.
    q->flags.trap_exit = true;
    Term pp = p->pid;
    end(w, p, ATOM_badarg);
    world_until(w, has_mail, q);
    assert_true(process_unlink(q, pp));
    world_settle(w);
    assert_int_equal(receive(q), TERM_NONE);
    assert_true(unrelated(q));
    world_free(w);
}

static void monitors_tell_of_the_end(void **state) {
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w);
    Term qq = q->pid;
    Term refs[3] = {TERM_NIL, TERM_NIL, TERM_NIL};
    RootFrame frame;
    process_push_roots(p, &frame, refs, 3);
    for (int i = 0; i < 3; i++) {
        refs[i] = make_ref(p, i == 2);
        assert_true(process_monitor(p, &(MonitorRequest){MONITOR_PROCESS, qq,
                                                         i == 1 ? ATOM_info : TERM_NONE,
                                                         i == 1 ? refs[0] : TERM_NONE, refs[i],
                                                         i == 2 ? ALIAS_EXPLICIT : ALIAS_NONE}));
    }
    world_settle(w);
    assert_int_equal(relation_count(q, RELATION_WATCHER), 3);
    assert_true(process_demonitor(p, refs[0]));
    assert_false(process_demonitor(p, refs[0]));
    end(w, q, ATOM_killed);
    world_settle(w);
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
    world_settle(w);
    assert_int_equal(receive(p), ATOM_info);
    assert_true(process_unalias(p, refs[2]));
    assert_int_equal(process_send(p, refs[2], ATOM_info), SENT);
    world_settle(w);
    assert_int_equal(receive(p), TERM_NONE);
    assert_true(unrelated(p));
    process_pop_roots(p, &frame);
    world_free(w);
}

static void dead_peers_answer(void **state) {
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w);
    Term qq = q->pid;
    p->flags.trap_exit = true;
    end(w, q, ATOM_normal);
    world_settle(w);
    assert_true(process_link(p, qq));
    Term ref = make_ref(p, false);
    assert_true(process_monitor(
        p, &(MonitorRequest){MONITOR_PROCESS, qq, TERM_NONE, TERM_NONE, ref, ALIAS_NONE}));
    world_settle(w);
    assert_int_equal(element(receive(p), 2), ATOM_noproc);
    assert_int_equal(element(receive(p), 4), ATOM_noproc);
    assert_true(unrelated(p));
    world_free(w);
}

static void many_relations(void **state) {
    enum { MANY = 20000 };
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w);
    Term qq = q->pid;
    RefKey *keys = calloc(MANY, sizeof *keys);
    for (int i = 0; i < MANY; i++) {
        Term ref = make_ref(p, false);
        keys[i] = ref_key(ref);
        assert_true(process_monitor(
            p, &(MonitorRequest){MONITOR_PROCESS, qq, TERM_NONE, TERM_NONE, ref, ALIAS_NONE}));
    }
    world_settle(w);
    assert_int_equal(relation_count(q, RELATION_WATCHER), MANY);
    for (int i = 0; i < MANY; i++) assert_non_null(relation_find(p, RELATION_MONITOR, keys[i]));
    for (int i = 0; i < MANY; i += 2) {
        Term words[LOCAL_REF_WORDS] = {HEADER(KIND_REF, 2), keys[i].low, keys[i].high};
        assert_true(process_demonitor(p, term_boxed(words)));
        assert_null(relation_find(p, RELATION_MONITOR, keys[i]));
    }
    world_settle(w);
    assert_int_equal(relation_count(q, RELATION_WATCHER), MANY / 2);
    end(w, q, ATOM_normal);
    world_settle(w);
    p->reds = 1 << 20;
    int downs = 0;
    while (receive(p) != TERM_NONE) downs++;
    assert_int_equal(downs, MANY / 2);
    assert_true(unrelated(p));
    free(keys);
    world_free(w);
}

static void markers_skip_what_came_before(void **state) {
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w);
    Term refs[20];
    for (int i = 0; i < 20; i++) refs[i] = TERM_NIL;
    RootFrame frame;
    process_push_roots(q, &frame, refs, 20);
    q->reds = 1 << 20;
    for (int before = 0; before < 3; before++) {
        // 0: nothing in the inbox; 1: something that has not been looked at.
        for (int i = 0; i < 10; i++) assert_int_equal(process_send(p, q->pid, term_small(i)), SENT);
        if (before == 0) assert_int_equal(mailbox_peek_gc(q), term_small(0));
        mailbox_mark_reserve(q);
        refs[0] = make_ref(q, false);
        mailbox_mark_bind(q, refs[0]);
        assert_int_equal(process_send(p, q->pid, ATOM_info), SENT);
        if (before == 2) world_settle(w);
        mailbox_mark_use(q, refs[0]);
        assert_int_equal(mailbox_peek_gc(q), ATOM_info);
        mailbox_remove(q);
        mailbox_mark_clear(q, refs[0]);
        for (int i = 0; i < 10; i++) assert_int_equal(receive(q), term_small(i));
        assert_int_equal(receive(q), TERM_NONE);
    }
    // More than there is room for: the oldest are forgotten.
    for (int i = 0; i < 20; i++) {
        mailbox_mark_reserve(q);
        refs[i] = make_ref(q, false);
        mailbox_mark_bind(q, refs[i]);
        assert_int_equal(process_send(p, q->pid, term_small(i)), SENT);
        world_settle(w);
    }
    mailbox_mark_use(q, refs[0]);
    assert_int_equal(mailbox_peek_gc(q), term_small(0));
    mailbox_rewind(q);
    mailbox_mark_use(q, refs[19]);
    assert_int_equal(mailbox_peek_gc(q), term_small(19));
    mailbox_rewind(q);
    for (int i = 0; i < 20; i++) assert_int_equal(receive(q), term_small(i));
    process_pop_roots(q, &frame);
    world_free(w);
}

static void kill_is_not_trapped(void **state) {
    World *w = sim(false);
    Process *p = enter(w), *q = enter(w);
    Term qq = q->pid;
    p->flags.trap_exit = q->flags.trap_exit = true;
    assert_true(process_link(p, qq));
    world_settle(w);
    assert_true(process_send_exit(p, qq, ATOM_normal));
    world_settle(w);
    assert_true(alive(w, qq));
    assert_int_equal(element(receive(q), 2), ATOM_normal);
    assert_true(process_send_exit(p, qq, ATOM_kill));
    world_settle(w);
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
