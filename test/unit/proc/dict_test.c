// SPDX-License-Identifier: Apache-2.0
// The process dictionary against a model, while the collector moves keys and values.
#include "machine.h"

enum { KEYS = 300 };

// Key number k: of several kinds, built anew each time, so that keys are found by what they are.
static Term make_key(Process *p, int k) {
    Hp hp;
    assert_true(process_reserve_gc(p, 16, &hp));
    Term t;
    switch (k % 5) {
    case 0: t = term_small(k); break;
    case 1: t = MAKE_ATOM(k); break;
    case 2: t = hp_tuple2(&hp, term_small(k), hp_cons(&hp, term_small(1), TERM_NIL)); break;
    case 3: t = hp_uint64(&hp, UINT64_MAX - (uint64_t)k); break;
    default: t = hp_float(&hp, (double)k); break;
    }
    process_commit(p, &hp);
    return t;
}

// A value that says which it is, on the heap.
static Term make_value(Process *p, int64_t v) {
    Hp hp;
    assert_true(process_reserve_gc(p, 3, &hp));
    Term t = hp_tuple2(&hp, term_small(v), TERM_NIL);
    process_commit(p, &hp);
    return t;
}
static int64_t value_of(Term t) {
    return t == TERM_NONE ? -1 : term_small_value(term_tuple_elements(t)[0]);
}

typedef struct Seen {
    size_t count;
    int64_t sum;
} Seen;
static void see(void *ctx, Term key, Term value) {
    Seen *s = ctx;
    s->count++;
    s->sum += value_of(value);
    assert_true(key != TERM_NONE);
}

static void run(bool stress, int steps, uint64_t fail_every) {
    VmCore *vm = machine_new(stress);
    Process *p = running_new(vm);
    assert_non_null(p);
    int64_t model[KEYS];
    for (int i = 0; i < KEYS; i++) model[i] = -1;
    uint64_t seed = 88172645463325252u;
    size_t count = 0;
    for (int i = 0; i < steps; i++) {
        int k = (int)(next_random(&seed) % KEYS);
        Term kv[2] = {TERM_NIL, TERM_NIL};
        RootFrame frame;
        process_push_roots(p, &frame, kv, 2);
        kv[0] = make_key(p, k);
        kv[1] = make_value(p, i);
        process_pop_roots(p, &frame);
        bool failed = false;
        // Phases that fill and phases that empty.
        bool filling = i / 2000 % 2 == 0;
        unsigned what = (unsigned)(next_random(&seed) % 8);
        if (what == 0) {
            assert_int_equal(value_of(dict_get(p, kv[0])), model[k]);
        } else if (what < (filling ? 7 : 2)) {
            vm->mem.fail_every = fail_every;
            Term old = dict_put(p, kv[0], kv[1], &failed);
            vm->mem.fail_every = 0;
            if (failed) {
                assert_int_equal(old, TERM_NONE);
                assert_int_equal(model[k], -1);
                continue;
            }
            assert_int_equal(value_of(old), model[k]);
            count += model[k] < 0;
            model[k] = i;
        } else {
            assert_int_equal(value_of(dict_erase(p, kv[0])), model[k]);
            count -= model[k] >= 0;
            model[k] = -1;
        }
        assert_int_equal(dict_count(p), count);
    }
    Seen seen = {0}, expected = {0};
    dict_each(p, see, &seen);
    for (int i = 0; i < KEYS; i++) {
        if (model[i] < 0) continue;
        expected.count++;
        expected.sum += model[i];
    }
    assert_int_equal(seen.count, expected.count);
    assert_int_equal(seen.sum, expected.sum);
    dict_clear(p);
    assert_int_equal(dict_count(p), 0);
    assert_int_equal(dict_get(p, term_small(5)), TERM_NONE);
    assert_int_equal(dict_erase(p, term_small(5)), TERM_NONE);
    running_free(p);
    machine_free(vm);
}

static void against_a_model(void **state) {
    run(false, 30000, 0);
}
static void while_everything_moves(void **state) {
    run(true, 6000, 0);
}
static void without_memory(void **state) {
    run(false, 20000, 1);
    run(false, 20000, 2);
}

static void integers_are_not_floats(void **state) {
    VmCore *vm = machine_new(false);
    Process *p = running_new(vm);
    bool failed;
    assert_int_equal(dict_put(p, term_small(1), term_small(10), &failed), TERM_NONE);
    assert_int_equal(dict_get(p, term_float_immediate(float_bits(1.0))), TERM_NONE);
    running_free(p);
    machine_free(vm);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_a_model),
        cmocka_unit_test(while_everything_moves),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(integers_are_not_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
