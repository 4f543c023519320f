// SPDX-License-Identifier: Apache-2.0
// Order and equality of terms; the expectations were checked with the reference.
#include "term/compare.h"
#include "term/fun.h"
#include "term_text.h"

#include <setjmp.h>
#include <stdarg.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Bench b;

static int setup(void **state) {
    bench_init(&b, 4000000);
    return 0;
}
static int teardown(void **state) {
    return bench_deinit(&b) == 0 ? 0 : -1;
}

static void check_resumable(Term x, Term y, int want) {
    CompareState *s = compare_new(&b.env, x, y, COMPARE_ORDER);
    assert_non_null(s);
    int c;
    do {
        int64_t budget = 1;
        c = compare_run(s, &budget);
    } while (c == COMPARE_MORE);
    compare_free(s);
    assert_int_equal(c, want);
}

// Each is less than the next.
static void assert_ascending(const char *const *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            Term x = term(&b, texts[i]), y = term(&b, texts[j]);
            int want = (i > j) - (i < j);
            if (term_compare(&b.env, x, y) != want) print_error("%s and %s\n", texts[i], texts[j]);
            assert_int_equal(term_compare(&b.env, x, y), want);
            assert_int_equal(term_equal(&b.env, x, y), want == 0);
            assert_int_equal(term_equal_exact(&b.env, x, y), want == 0);
            check_resumable(x, y, want);
        }
    }
}

static void all_types(void **state) {
    static const char *const texts[] = {
        "-1180591620717411303424",
        "-1000000000000000000",
        "-1",
        "0",
        "0.5",
        "1",
        "1.5",
        "9007199254740993",
        "576460752303423487",
        "576460752303423488",
        "1180591620717411303424",
        "''",
        "a",
        "b",
        "#Ref<1.3.2.1>",
        "#Ref<1.3.2.2>",
        "#Port<1.1>",
        "<1.1.0>",
        "<2.1.0>",
        "<1.2.0>",
        "<1.1.1>",
        "{}",
        "{b}",
        "{a,a}",
        "{a,b}",
        "#{}",
        "#{a=>2}",
        "#{b=>1}",
        "#{a=>1,b=>1}",
        "[]",
        "[1|{}]",
        "[1]",
        "[1,1]",
        "[2]",
        "[a|a]",
        "<<>>",
        "<<0:1>>",
        "<<0>>",
        "<<0,0:1>>",
        "<<1:1>>",
        "<<255>>",
    };
    assert_ascending(texts, ARRAY_COUNT(texts));
}

static void integers_against_floats(void **state) {
    static const struct {
        const char *x, *y;
        int want;
    } cases[] = {
        {"1", "1.0", 0},
        {"9007199254740992", "9007199254740992.0", 0},
        {"9007199254740993", "9007199254740992.0", 1},
        {"9007199254740991", "9007199254740992.0", -1},
        {"1152921504606846975", "1152921504606846976.0", -1},
        {"1152921504606846976", "1152921504606846976.0", 0},
        {"1152921504606846977", "1152921504606846976.0", 1},
        {"1180591620717411303425", "1180591620717411303424.0", 1},
        {"0", "-0.0", 0},
        {"0.0", "-0.0", 0},
        {"-1", "-1.5", 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Term x = term(&b, cases[i].x), y = term(&b, cases[i].y);
        assert_int_equal(term_compare(&b.env, x, y), cases[i].want);
        assert_int_equal(term_compare(&b.env, y, x), -cases[i].want);
        assert_int_equal(term_equal(&b.env, x, y), cases[i].want == 0);
        bool both_floats = cases[i].x[1] == '.';
        assert_int_equal(term_equal_exact(&b.env, x, y), both_floats && cases[i].want == 0);
        assert_int_equal(term_compare_exact(&b.env, x, y),
                         both_floats ? cases[i].want : -1); // integers before floats
    }
}

static void zeros_are_exactly_equal(void **state) {
    Term x = term(&b, "{0.0, #{0.0 => 1}}"), y = term(&b, "{-0.0, #{-0.0 => 1}}");
    assert_true(term_equal_exact(&b.env, x, y));
    assert_int_equal(map_hash(&b.env, x), map_hash(&b.env, y));
}

static void keys_order_integers_first(void **state) {
    static const char *const sorted[] = {
        "-1",    "0",       "1",         "0.5",     "1.0",       "a",  "{}",  "{1}",   "{2}",
        "{1.0}", "#{2=>a}", "#{1.0=>a}", "#{a=>2}", "#{a=>1.0}", "[]", "[2]", "[1.0]", "<<>>"};
    for (size_t i = 0; i < ARRAY_COUNT(sorted); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(sorted); j++)
            assert_int_equal(term_compare_exact(&b.env, term(&b, sorted[i]), term(&b, sorted[j])),
                             (i > j) - (i < j));
    }
}

static void flat_maps(void **state) {
    static const struct {
        const char *x, *y;
        int want;
    } cases[] = {
        {"#{1=>1}", "#{1.0=>0}", -1},
        {"#{2=>a}", "#{1.0=>a}", -1},
        {"#{1=>1}", "#{1=>1.0}", 0},
        {"#{9007199254740993=>1}", "#{9007199254740992.0=>1}", -1},
        {"#{a=>1,b=>2.0,c=>3}", "#{a=>1,b=>2,c=>4}", -1},
        {"#{a=>1}", "#{1=>1}", 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(term_compare(&b.env, term(&b, cases[i].x), term(&b, cases[i].y)),
                         cases[i].want);
}

// A map of `count` pairs {first + i, i}, with one value changed.
static Term big_map(int64_t first, int64_t count, int64_t changed, Term value) {
    Term *kv = malloc((size_t)count * 2 * sizeof(Term));
    for (int64_t i = 0; i < count; i++) {
        kv[2 * i] = term_small(first + i);
        kv[2 * i + 1] = first + i == changed ? value : term_small(first + i);
    }
    Term m = map_build(&b.env, &b.hp, kv, (size_t)count);
    free(kv);
    return m;
}

static void tries(void **state) {
    Term m = big_map(0, 1000, -1, TERM_NIL);
    assert_int_equal(term_compare(&b.env, m, big_map(0, 1000, -1, TERM_NIL)), 0);
    assert_true(term_equal_exact(&b.env, m, big_map(0, 1000, -1, TERM_NIL)));
    // The size decides first, then the least key of its own, then values by key order.
    assert_int_equal(term_compare(&b.env, m, big_map(0, 999, -1, TERM_NIL)), 1);
    assert_int_equal(term_compare(&b.env, m, big_map(1, 1000, -1, TERM_NIL)), -1);
    assert_int_equal(term_compare(&b.env, big_map(1, 1000, -1, TERM_NIL), m), 1);
    assert_int_equal(term_compare(&b.env, m, big_map(0, 1000, 7, TERM_NIL)), -1);
    assert_int_equal(term_compare(&b.env, m, big_map(0, 1000, 7, term_small(3))), 1);
    Term f = big_map(0, 1000, 500, hp_float(&b.hp, 500.0));
    assert_int_equal(term_compare(&b.env, m, f), 0);
    assert_true(term_equal(&b.env, m, f));
    assert_false(term_equal_exact(&b.env, m, f));
    check_resumable(m, f, 0);
    check_resumable(m, big_map(1, 1000, 7, TERM_NIL), -1);
    // Two values differ: the lesser key decides.
    Term x = big_map(0, 1000, 10, term_small(0)); // less at 10
    Term y = big_map(0, 1000, 900, term_small(0));
    assert_int_equal(term_compare(&b.env, x, y), -1);
    assert_int_equal(term_compare(&b.env, y, x), 1);
    // Flat maps are smaller than any trie.
    assert_int_equal(
        term_compare(&b.env, big_map(0, 32, -1, TERM_NIL), big_map(0, 33, -1, TERM_NIL)), -1);
}

static void tries_as_keys_and_elements(void **state) {
    Term keys[3];
    for (int i = 0; i < 3; i++) {
        Term inner = big_map(0, 40, 7, term_small(i));
        Term m = big_map(100, 40, -1, TERM_NIL);
        Term kv[2] = {inner, term_small(1)};
        Term missing;
        keys[i] = map_update(&b.env, &b.hp, m, kv, 1, false, &missing);
    }
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            assert_int_equal(term_compare(&b.env, keys[i], keys[j]), (i > j) - (i < j));
            Term x = hp_tuple3(&b.hp, keys[i], keys[j], keys[i]);
            Term y = hp_tuple3(&b.hp, keys[j], keys[i], keys[j]);
            assert_int_equal(term_compare(&b.env, x, y), (i > j) - (i < j));
            check_resumable(x, y, (i > j) - (i < j));
        }
    }
}

static void identifiers(void **state) {
    static const char *const pids[] = {"<1.1.0>", "<2.1.0>", "<0.1.0>", "<1.2.0>",
                                       "<0.2.0>", "<1.1.1>", "<0.1.1>"};
    b.env.node = bench_atom(&b, "node_3"); // nodes order by name
    assert_ascending(pids, ARRAY_COUNT(pids));
    static const char *const refs[] = {"#Ref<1.1>",     "#Ref<1.2.0>",     "#Ref<1.1.0.0>",
                                       "#Ref<1.2.0.0>", "#Ref<1.1.0.0.0>", "#Ref<2.0>",
                                       "#Ref<0.1.2.2>", "#Ref<0.1.3.1>"};
    assert_ascending(refs, ARRAY_COUNT(refs));
    static const char *const ports[] = {"#Port<1.1>", "#Port<1.8589934592>", "#Port<2.1>",
                                        "#Port<0.1>", "#Port<0.2>"};
    assert_ascending(ports, ARRAY_COUNT(ports));
    b.env.node = ATOM_nonode_at_nohost;
    // Ids that are not there count as zeros.
    assert_true(term_equal_exact(&b.env, term(&b, "#Ref<1.5>"), term(&b, "#Ref<1.0.0.5>")));
    assert_int_equal(map_hash(&b.env, term(&b, "#Ref<1.5>")),
                     map_hash(&b.env, term(&b, "#Ref<1.0.0.5>")));
}

static Term fun(FunEntry *e, const char *free_text) {
    Term t = hp_fun(&b.hp, e, free_text == NULL ? 0 : 1);
    if (free_text != NULL) fun_free_vars(t)[0] = term(&b, free_text);
    return t;
}

static void funs(void **state) {
    Term zzz = bench_atom(&b, "zzz"), aaa = bench_atom(&b, "aaa");
    FunEntry entries[] = {{.module = aaa, .index = 0, .old_uniq = 1},
                          {.module = aaa, .index = 0, .old_uniq = 2},
                          {.module = aaa, .index = 1, .old_uniq = 1},
                          {.module = zzz, .index = 0, .old_uniq = 0}};
    Export exports[] = {{.module = aaa, .function = aaa, .arity = 2},
                        {.module = aaa, .function = zzz, .arity = 1},
                        {.module = zzz, .function = aaa, .arity = 0},
                        {.module = zzz, .function = aaa, .arity = 1}};
    Term sorted[12];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        sorted[n++] = fun(&entries[i], NULL);
        if (i == 1) sorted[n++] = fun(&entries[i], "1");
        if (i == 1) sorted[n++] = fun(&entries[i], "2.0");
    }
    for (size_t i = 0; i < 4; i++) sorted[n++] = hp_export_fun(&b.hp, &exports[i]);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            assert_int_equal(term_compare(&b.env, sorted[i], sorted[j]), (i > j) - (i < j));
    }
    Term one = fun(&entries[0], "1"), one_float = fun(&entries[0], "1.0");
    assert_true(term_equal(&b.env, one, one_float));
    assert_false(term_equal_exact(&b.env, one, one_float));
}

static void views_compare_by_content(void **state) {
    Term base = term(&b, "<<0:3, 1, 2, 3, 5:5>>");
    Term sub = hp_sub_bits(&b.hp, base, 3, 24);
    Term heap = term(&b, "<<1, 2, 3>>");
    assert_true(term_equal_exact(&b.env, sub, heap));
    assert_int_equal(term_compare(&b.env, sub, heap), 0);
    assert_int_equal(map_hash(&b.env, sub), map_hash(&b.env, heap));
    assert_int_equal(term_compare(&b.env, hp_sub_bits(&b.hp, base, 3, 23), heap), -1);
}

enum { DEPTH = 10000000 };

// Lists and tuples nested ten million deep, by head, by element and mixed.
static void deep_nesting(void **state) {
    Bench deep;
    bench_init(&deep, (size_t)DEPTH * 6 + 1000);
    for (int shape = 0; shape < 3; shape++) {
        Term t[2];
        deep.hp.top = deep.words;
        for (int i = 0; i < 2; i++) {
            t[i] = term_small(i);
            for (int d = 0; d < DEPTH; d++) {
                if (shape == 0)
                    t[i] = hp_cons(&deep.hp, t[i], TERM_NIL);
                else if (shape == 1)
                    t[i] = hp_cons(&deep.hp, t[i], ATOM_ok);
                else
                    t[i] = hp_tuple2(&deep.hp, t[i], TERM_NIL);
            }
        }
        assert_int_equal(term_compare(&deep.env, t[0], t[1]), -1);
        assert_false(term_equal_exact(&deep.env, t[0], t[1]));
        assert_int_not_equal(map_hash(&deep.env, t[0]), map_hash(&deep.env, t[1]));
    }
    assert_int_equal(bench_deinit(&deep), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_types),
        cmocka_unit_test(integers_against_floats),
        cmocka_unit_test(zeros_are_exactly_equal),
        cmocka_unit_test(keys_order_integers_first),
        cmocka_unit_test(flat_maps),
        cmocka_unit_test(tries),
        cmocka_unit_test(tries_as_keys_and_elements),
        cmocka_unit_test(identifiers),
        cmocka_unit_test(funs),
        cmocka_unit_test(views_compare_by_content),
        cmocka_unit_test(deep_nesting),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
