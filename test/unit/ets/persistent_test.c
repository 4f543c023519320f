// SPDX-License-Identifier: Apache-2.0
// Persistent terms: keys of all sorts, replacing and erasing while others hold what was there.
#include "ets/persistent.h"

#include "term/map.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LITERAL_BYTES = 256 << 20, MANY = 2000 };

typedef struct World {
    Mem mem;
    TermEnv env;
    Os *os;
    Literals *literals;
    PersistentTerms *terms;
    Term words[256];
} World;

// One at a time: the next one takes its place.
static Term tuple(World *w, Term a, Term b) {
    OffHeap off = {0};
    Hp hp = {w->words, w->words + 256, &off};
    return hp_tuple2(&hp, a, b);
}

static void get_what_was_put(void **state) {
    World *w = *state;
    assert_true(persistent_get(w->terms, term_small(1)) == TERM_NONE);
    assert_true(persistent_put(w->terms, term_small(1), ATOM_ok));
    assert_true(persistent_put(w->terms, tuple(w, ATOM_key, term_small(2)), term_small(7)));
    assert_true(persistent_get(w->terms, term_small(1)) == ATOM_ok);
    assert_true(persistent_get(w->terms, tuple(w, ATOM_key, term_small(2))) == term_small(7));
    assert_true(persistent_get(w->terms, tuple(w, ATOM_key, term_small(3))) == TERM_NONE);
    assert_int_equal(persistent_count(w->terms), 2);
}

static void values_are_literals(void **state) {
    World *w = *state;
    assert_true(persistent_put(w->terms, ATOM_key, tuple(w, ATOM_ok, term_small(2))));
    Term value = persistent_get(w->terms, ATOM_key);
    assert_true(term_is_literal(literals_range(w->literals), value));
    memset(w->words, 0, sizeof w->words);
    assert_true(term_tuple_elements(value)[1] == term_small(2));
}

static void integer_and_float_are_two_keys(void **state) {
    World *w = *state;
    assert_true(persistent_put(w->terms, term_small(1), ATOM_ok));
    assert_true(persistent_put(w->terms, term_float_immediate(float_bits(1.0)), ATOM_error));
    assert_true(persistent_get(w->terms, term_small(1)) == ATOM_ok);
    assert_int_equal(persistent_count(w->terms), 2);
}

static void what_is_replaced_stays_readable(void **state) {
    World *w = *state;
    assert_true(persistent_put(w->terms, ATOM_key, tuple(w, ATOM_ok, term_small(1))));
    Term old = persistent_get(w->terms, ATOM_key);
    assert_true(persistent_put(w->terms, ATOM_key, tuple(w, ATOM_ok, term_small(2))));
    assert_true(term_tuple_elements(old)[1] == term_small(1));
    assert_true(term_tuple_elements(persistent_get(w->terms, ATOM_key))[1] == term_small(2));
    assert_true(persistent_erase(w->terms, ATOM_key));
    assert_false(persistent_erase(w->terms, ATOM_key));
    assert_true(term_tuple_elements(old)[1] == term_small(1));
    assert_int_equal(persistent_count(w->terms), 0);
}

static void the_same_value_again_changes_nothing(void **state) {
    World *w = *state;
    assert_true(persistent_put(w->terms, ATOM_key, tuple(w, ATOM_ok, term_small(1))));
    Term first = persistent_get(w->terms, ATOM_key);
    assert_true(persistent_put(w->terms, ATOM_key, tuple(w, ATOM_ok, term_small(1))));
    assert_true(persistent_get(w->terms, ATOM_key) == first);
}

static void many_keys(void **state) {
    World *w = *state;
    for (int i = 0; i < MANY; i++)
        assert_true(persistent_put(w->terms, tuple(w, ATOM_key, term_small(i)), term_small(i)));
    for (int i = 0; i < MANY; i += 3)
        assert_true(persistent_erase(w->terms, tuple(w, ATOM_key, term_small(i))));
    for (int i = 0; i < MANY; i++) {
        Term got = persistent_get(w->terms, tuple(w, ATOM_key, term_small(i)));
        assert_true(got == (i % 3 == 0 ? TERM_NONE : term_small(i)));
    }
    persistent_erase_all(w->terms);
    assert_int_equal(persistent_count(w->terms), 0);
    assert_true(persistent_get(w->terms, tuple(w, ATOM_key, term_small(1))) == TERM_NONE);
}

static void no_memory(void **state) {
    World *w = *state;
    for (uint64_t n = 1; n < 10; n++)
        for (int i = 0; i < 40; i++) {
            w->mem.fail_every = n;
            bool put =
                persistent_put(w->terms, tuple(w, term_small((int64_t)n), term_small(i)), ATOM_ok);
            w->mem.fail_every = 0;
            Term got = persistent_get(w->terms, tuple(w, term_small((int64_t)n), term_small(i)));
            assert_true((got != TERM_NONE) == put);
        }
}

// --- several threads -----------------------------------------------------------------------------
// Values are {Key, N, N}: whoever reads one sees it whole. Some keys are only ever put, with rising
// N: a reader never sees one go back.
enum { THREADS = 3, KEYS = 200, RISING = 20, ROUNDS = 6000 };

typedef struct Racer {
    World *world;
    int number;
} Racer;

static Term key_term(Term *words, int i) {
    Hp hp = {words, words + 3, NULL};
    return hp_tuple2(&hp, ATOM_key, term_small(i));
}

static void check_value(Term value, int i, int64_t *n) {
    const Term *e = term_tuple_elements(value);
    assert_true(e[0] == term_small(i));
    assert_true(e[1] == e[2]);
    *n = term_small_value(e[1]);
}

static void *put_and_erase(void *arg) {
    const Racer *r = arg;
    PersistentTerms *pt = r->world->terms;
    Term words[8];
    for (int round = 0; round < ROUNDS; round++) {
        int i = (round * 7 + r->number) % KEYS;
        if (i < RISING && i % THREADS != r->number) continue;
        Term key = key_term(words, i);
        if (i >= RISING && round % 3 == 0) {
            (void)persistent_erase(pt, key);
            continue;
        }
        Hp hp = {words + 3, words + 8, NULL};
        Term value = hp_tuple3(&hp, term_small(i), term_small(round), term_small(round));
        assert_true(persistent_put(pt, key, value));
    }
    return NULL;
}

static void *get_all(void *arg) {
    const Racer *r = arg;
    int64_t seen[RISING] = {0}, n;
    Term words[3];
    for (int round = 0; round < ROUNDS; round++) {
        int i = round % KEYS;
        Term value = persistent_get(r->world->terms, key_term(words, i));
        if (value == TERM_NONE) {
            assert_true(i >= RISING || seen[i] == 0);
            continue;
        }
        check_value(value, i, &n);
        if (i >= RISING) continue;
        assert_true(n >= seen[i]);
        seen[i] = n;
    }
    return NULL;
}

static void several_threads(void **state) {
    pthread_t threads[2 * THREADS];
    Racer racers[2 * THREADS];
    for (int i = 0; i < 2 * THREADS; i++) {
        racers[i] = (Racer){*state, i};
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < THREADS ? put_and_erase : get_all, &racers[i]),
            0);
    }
    for (int i = 0; i < 2 * THREADS; i++) pthread_join(threads[i], NULL);
    World *w = *state;
    Term pairs[2 * KEYS], words[3];
    size_t count = persistent_list(w->terms, pairs, KEYS), there = 0;
    assert_int_equal(count, persistent_count(w->terms));
    for (int i = 0; i < KEYS; i++)
        there += persistent_get(w->terms, key_term(words, i)) != TERM_NONE;
    assert_int_equal(count, there);
}

static int setup(void **state) {
    static World world;
    World *w = &world;
    *w = (World){0};
    mem_init(&w->mem);
    w->env.mem = &w->mem;
    w->env.atoms = atoms_new(&w->mem, 4096);
    w->os = os_real_new(&w->mem);
    w->literals = literals_new(&w->mem, w->os, LITERAL_BYTES);
    w->terms = persistent_new(&w->env, w->literals);
    *state = w;
    return w->env.atoms && w->literals && w->terms ? 0 : -1;
}
static int teardown(void **state) {
    World *w = *state;
    persistent_free(w->terms);
    literals_free(w->literals);
    os_free(w->os);
    atoms_free(w->env.atoms);
    return mem_bytes(&w->mem) == 0 ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(get_what_was_put, setup, teardown),
        cmocka_unit_test_setup_teardown(values_are_literals, setup, teardown),
        cmocka_unit_test_setup_teardown(integer_and_float_are_two_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_replaced_stays_readable, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_value_again_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(many_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(several_threads, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
