// SPDX-License-Identifier: Apache-2.0
// Signals on real threads: order, and a storm of all kinds at the end of which nothing is left.
// The same storm runs on simulated schedulers, with many seeds.
#include "world.h"

enum { SENDERS = 8, MESSAGES = 20000 };

// --- order ---------------------------------------------------------------------------------------

typedef struct Line {
    Actor actor;
    Process *to;
    uint64_t number;
} Line;

static TaskStep send_numbers(Process *p, Actor *a) {
    Line *l = a->arg;
    for (int i = 0; i < 64 && a->count < MESSAGES; i++, a->count++) {
        Term m = pair(p, term_small((int64_t)l->number), term_small((int64_t)a->count));
        assert_int_equal(process_send(p, l->to->pid, m), SENT);
    }
    if (a->count < MESSAGES) return TASK_AGAIN;
    process_begin_exit(p, ATOM_normal);
    return TASK_AGAIN;
}

typedef struct Counter {
    Actor actor;
    int64_t next[SENDERS];
    uint64_t total;
} Counter;

static TaskStep count_numbers(Process *p, Actor *a) {
    Counter *c = a->arg;
    for (Term m = receive(p); m != TERM_NONE; m = receive(p)) {
        int64_t who = term_small_value(element(m, 0));
        assert_int_equal(term_small_value(element(m, 1)), c->next[who]);
        c->next[who]++;
        if (++c->total == (uint64_t)SENDERS * MESSAGES) process_begin_exit(p, ATOM_normal);
        if (p->reds <= 0) return TASK_AGAIN;
    }
    return p->mailbox.more ? TASK_AGAIN : TASK_WAIT;
}

static void many_to_one(WorldOptions o) {
    World *w = world_new(o);
    Counter counter = {.actor = {.fn = count_numbers, .arg = &counter}};
    Process *to = world_process(w, &counter.actor);
    world_start(w, to);
    Line lines[SENDERS];
    for (uint64_t i = 0; i < SENDERS; i++) {
        lines[i] = (Line){.actor = {.fn = send_numbers, .arg = &lines[i]}, .to = to, .number = i};
        world_start(w, world_process(w, &lines[i].actor));
    }
    world_join(w);
    assert_int_equal(counter.total, (uint64_t)SENDERS * MESSAGES);
    world_free(w);
}

static void order_of_each_sender_is_kept(void **state) {
    many_to_one((WorldOptions){.schedulers = 4});
}
static void order_is_kept_in_simulation(void **state) {
    for (uint64_t seed = 1; seed <= 5; seed++)
        many_to_one((WorldOptions){.seed = seed, .schedulers = 3});
}

// --- storm ---------------------------------------------------------------------------------------

enum { CROWD = 60, KEPT = 16 };

typedef struct Wild {
    Actor actor;
    World *world;
    uint64_t seed;
    uint64_t steps;
    Term refs[KEPT]; // monitors and aliases; roots
    RootFrame frame;
} Wild;

static Term anyone(Wild *x) {
    return x->world->pids[next_random(&x->seed) % CROWD];
}

static void make_monitor(Process *p, Wild *x) {
    static const AliasMode modes[] = {ALIAS_NONE, ALIAS_EXPLICIT, ALIAS_DEMONITOR,
                                      ALIAS_REPLY_DEMONITOR};
    size_t at = next_random(&x->seed) % KEPT;
    if (x->refs[at] != TERM_NIL) {
        if (next_random(&x->seed) % 2) (void)process_unalias(p, x->refs[at]);
        if (process_demonitor(p, x->refs[at])) assert_false(process_demonitor(p, x->refs[at]));
        (void)process_unalias(p, x->refs[at]);
    }
    AliasMode mode = modes[next_random(&x->seed) % 4];
    x->refs[at] = make_ref(p, mode != ALIAS_NONE);
    Term to = anyone(x);
    if (to == p->pid) {
        x->refs[at] = TERM_NIL;
        return;
    }
    Term tag = next_random(&x->seed) % 2 ? TERM_NONE : x->refs[at];
    assert_true(process_monitor(
        p, &(MonitorRequest){MONITOR_PROCESS, to, TERM_NONE, tag, x->refs[at], mode}));
}

static void take_mail(Process *p, Wild *x) {
    for (int i = 0; i < 20; i++) {
        p->live = 0;
        Term m = mailbox_peek_gc(p);
        if (m == TERM_NONE) return;
        bool down = term_is_tuple(m) && term_tuple_arity(m) == 5;
        if (!down && next_random(&x->seed) % 4 == 0) {
            if (next_random(&x->seed) % 4 == 0) (void)process_collect_gc(p, false);
            mailbox_skip(p);
            continue;
        }
        // What has been told once is not there any more.
        if (down) assert_false(process_demonitor(p, element(m, 1)));
        mailbox_remove(p);
    }
    mailbox_rewind(p);
}

static TaskStep go_wild(Process *p, Actor *a) {
    Wild *x = a->arg;
    if (a->count == 0) {
        for (int i = 0; i < KEPT; i++) x->refs[i] = TERM_NIL;
        process_push_roots(p, &x->frame, x->refs, KEPT);
    }
    if (++a->count > x->steps) {
        process_begin_exit(p, pair(p, ATOM_error, term_small((int64_t)a->count)));
        return TASK_AGAIN;
    }
    switch (next_random(&x->seed) % 16) {
    case 0:
    case 1:
    case 2: assert_true(process_link(p, anyone(x))); break;
    case 3:
    case 4: assert_true(process_unlink(p, anyone(x))); break;
    case 5:
    case 6:
    case 7: make_monitor(p, x); break;
    case 8:
        if (next_random(&x->seed) % 8 == 0)
            assert_true(process_send_exit(p, anyone(x), ATOM_kill));
        else
            assert_true(process_send_exit(p, anyone(x), pair(p, ATOM_badarg, TERM_NIL)));
        break;
    case 9: p->flags.trap_exit = next_random(&x->seed) % 8 != 0; break;
    case 10: mailbox_mark_reserve(p); break;
    case 11: {
        Term ref = x->refs[next_random(&x->seed) % KEPT];
        if (ref != TERM_NIL) mailbox_mark_bind(p, ref);
        break;
    }
    case 12: {
        Term ref = x->refs[next_random(&x->seed) % KEPT];
        if (ref != TERM_NIL) mailbox_mark_use(p, ref);
        take_mail(p, x);
        break;
    }
    case 13: {
        Term m = pair(p, p->pid, TERM_NIL);
        Term ref = x->refs[next_random(&x->seed) % KEPT];
        assert_int_equal(process_send(p, ref == TERM_NIL ? p->pid : ref, m), SENT);
        break;
    }
    default:
        assert_int_equal(process_send(p, anyone(x), pair(p, p->pid, term_small(1))), SENT);
        take_mail(p, x);
        break;
    }
    return TASK_AGAIN;
}

static void storm(WorldOptions o, uint64_t seed, uint64_t steps) {
    World *w = world_new(o);
    Wild *crowd = calloc(CROWD, sizeof *crowd);
    Process *all[CROWD];
    for (uint64_t i = 0; i < CROWD; i++) {
        Wild *x = &crowd[i];
        *x = (Wild){.actor = {.fn = go_wild, .arg = x}, .world = w, .steps = steps};
        x->seed = seed * 1000 + i + 1;
        all[i] = world_process(w, &x->actor);
        all[i]->flags.trap_exit = i % 4 != 0;
    }
    for (uint64_t i = 0; i < CROWD; i++) world_start(w, all[i]);
    world_join(w);
    world_free(w); // where the books must balance
    free(crowd);
}

static void storm_on_threads(void **state) {
    for (uint64_t seed = 1; seed <= 10; seed++) storm((WorldOptions){.schedulers = 4}, seed, 2000);
}
static void storm_in_simulation(void **state) {
    for (uint64_t seed = 1; seed <= 100; seed++)
        storm((WorldOptions){.seed = seed, .schedulers = 3}, seed, 200);
}
static void storm_while_everything_moves(void **state) {
    for (uint64_t seed = 1; seed <= 5; seed++)
        storm((WorldOptions){.seed = seed, .schedulers = 3, .stress = true}, seed, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_each_sender_is_kept),
        cmocka_unit_test(order_is_kept_in_simulation),
        cmocka_unit_test(storm_on_threads),
        cmocka_unit_test(storm_in_simulation),
        cmocka_unit_test(storm_while_everything_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
