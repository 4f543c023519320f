// SPDX-License-Identifier: Apache-2.0
// Maps of all sizes: what is put is found, equal maps have equal shapes, and keys whose hashes
// collide keep apart.
#include "term/compare.h"
#include "term/map_int.h"
#include "term_text.h"

#include <setjmp.h>
#include <stdarg.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Bench b;

static int setup(void **state) {
    bench_init(&b, 30000000);
    return 0;
}
static int teardown(void **state) {
    return bench_deinit(&b) == 0 ? 0 : -1;
}
static Term put(Term m, Term key, Term value) {
    size_t words = map_put_words(m);
    Term *start = b.hp.top;
    m = map_put(&b.env, &b.hp, m, key, value);
    assert_true((size_t)(b.hp.top - start) <= words);
    return m;
}
static Term cut(Term m, Term key) {
    size_t words = map_put_words(m);
    Term *start = b.hp.top;
    m = map_remove(&b.env, &b.hp, m, key);
    assert_true((size_t)(b.hp.top - start) <= words);
    return m;
}
static Term get(Term m, Term key) {
    Term v = map_get(&b.env, m, key);
    assert_int_equal(map_get_hashed(&b.env, m, key, map_hash(&b.env, key)), v);
    return v;
}
static Term empty(void) {
    return map_build(&b.env, &b.hp, NULL, 0);
}

// Checks what every map must keep, and gives its depth.
static int check_node(Term node, int level) {
    MapNode n = map_node(node);
    int depth = level;
    if (level == MAP_TRIE_DEPTH) {
        assert_int_equal(n.bitmap, 0);
        assert_true(n.count >= 2);
        for (uint32_t i = 0; i + 1 < n.count; i++) {
            Term x = term_head(n.slots[i]), y = term_head(n.slots[i + 1]);
            assert_int_equal(map_hash(&b.env, x), map_hash(&b.env, y));
            assert_int_equal(term_compare_exact(&b.env, x, y), -1);
        }
        return level;
    }
    assert_int_equal(__builtin_popcount(n.bitmap), n.count);
    if (level > 0) assert_true(n.count > 1 || term_is_boxed(n.slots[0]));
    uint32_t left = n.bitmap;
    for (uint32_t i = 0; i < n.count; i++, left &= left - 1) {
        if (term_is_cons(n.slots[i])) {
            assert_int_equal(map_level_index(map_hash(&b.env, term_head(n.slots[i])), level),
                             __builtin_ctz(left));
        } else {
            int d = check_node(n.slots[i], level + 1);
            if (d > depth) depth = d;
        }
    }
    return depth;
}

static void check_map(Term m) {
    size_t count = 0;
    MapIter it;
    Term key, value, last = TERM_NONE;
    map_iter_init(&it, m);
    while (map_iter_next(&it, &key, &value)) {
        count++;
        assert_int_equal(get(m, key), value);
        if (map_is_flat(m) && last != TERM_NONE)
            assert_int_equal(term_compare_exact(&b.env, last, key), -1);
        last = key;
    }
    assert_int_equal(count, map_size(m));
    assert_int_equal(map_is_flat(m), count <= MAP_FLAT_MAX);
    if (!map_is_flat(m)) check_node(m, 0);
}

static void flat_get_put_remove(void **state) {
    Term m = term(&b, "#{b => 1, a => 2, 1 => 3, 1.0 => 4, <<>> => 5, {x} => 6}");
    check_map(m);
    assert_int_equal(get(m, term(&b, "1")), term_small(3));
    assert_int_equal(get(m, term(&b, "1.0")), term_small(4));
    assert_int_equal(get(m, term(&b, "{x}")), term_small(6));
    assert_int_equal(get(m, term(&b, "c")), TERM_NONE);
    Term n = put(m, term(&b, "a"), term_small(9));
    assert_int_equal(map_flat_keys(n), map_flat_keys(m)); // shared
    assert_int_equal(get(n, term(&b, "a")), term_small(9));
    assert_int_equal(get(m, term(&b, "a")), term_small(2));
    assert_int_equal(put(m, term(&b, "a"), term_small(2)), m);
    n = put(m, term(&b, "aa"), term_small(7));
    check_map(n);
    assert_int_equal(map_size(n), 7);
    n = cut(n, term(&b, "aa"));
    assert_true(term_equal_exact(&b.env, n, m));
    assert_int_equal(cut(m, term(&b, "zz")), m);
    n = cut(term(&b, "#{a => 1}"), term(&b, "a"));
    assert_int_equal(map_size(n), 0);
    assert_true(term_equal_exact(&b.env, n, empty()));
}

static void last_of_equal_keys_wins(void **state) {
    Term m = term(&b, "#{a => 1, b => 2, a => 3, 0.0 => x, -0.0 => y}");
    assert_int_equal(map_size(m), 3);
    assert_int_equal(get(m, term(&b, "a")), term_small(3));
    assert_int_equal(get(m, term(&b, "0.0")), term(&b, "y"));
}

static Term key_of(int64_t i, int shape) {
    switch (shape) {
    case 0: return term_small(i);
    case 1: return hp_tuple2(&b.hp, term_small(i & 1023), term_small(i));
    case 2: return hp_binary(&b.mem, &b.hp, &i, sizeof i);
    case 3: return hp_float(&b.hp, (double)i + 0.5);
    default: return hp_cons(&b.hp, term_small(i), term_small(-i));
    }
}

static void grow_and_shrink(void **state) {
    enum { N = 3000 };
    for (int shape = 0; shape < 5; shape++) {
        Term *start = b.hp.top;
        Term m = empty();
        for (int64_t i = 0; i < N; i++) {
            m = put(m, key_of(i, shape), term_small(i));
            assert_int_equal(map_size(m), i + 1);
            if (i % 97 == 0 || i < 40) check_map(m);
        }
        for (int64_t i = 0; i < N; i++) assert_int_equal(get(m, key_of(i, shape)), term_small(i));
        assert_int_equal(get(m, key_of(N, shape)), TERM_NONE);
        Term before = m;
        for (int64_t i = 0; i < N; i++) {
            int64_t k = i * 7 % N; // 7 and 3000 have no common divisor
            m = cut(m, key_of(k, shape));
            assert_int_equal(map_size(m), N - 1 - i);
            assert_int_equal(get(m, key_of(k, shape)), TERM_NONE);
            if (i % 97 == 0 || N - i < 40) check_map(m);
        }
        assert_int_equal(map_size(m), 0);
        check_map(before);
        b.hp.top = start;
        // Off-heap data of binaries: these are small, so there is none.
        assert_null(b.off.first);
    }
}

static void order_of_insertion_does_not_matter(void **state) {
    enum { N = 500 };
    Term kv[2 * N];
    Term up = empty(), down = empty();
    for (int64_t i = 0; i < N; i++) {
        up = put(up, key_of(i, 1), term_small(i));
        down = put(down, key_of(N - 1 - i, 1), term_small(N - 1 - i));
        kv[2 * i] = key_of(i * 3 % N, 1);
        kv[2 * i + 1] = term_small(i * 3 % N);
    }
    for (int64_t i = N; i < 2 * N; i++) down = put(down, key_of(i, 1), TERM_NIL);
    for (int64_t i = N; i < 2 * N; i++) down = cut(down, key_of(i, 1));
    Term built = map_build(&b.env, &b.hp, kv, N);
    check_map(built);
    assert_true(term_equal_exact(&b.env, up, down));
    assert_true(term_equal_exact(&b.env, up, built));
    assert_int_equal(map_hash(&b.env, up), map_hash(&b.env, down));
    assert_int_equal(map_hash(&b.env, up), map_hash(&b.env, built));
    MapIter x, y;
    map_iter_init(&x, up);
    map_iter_init(&y, down);
    Term k1, v1, k2, v2;
    while (map_iter_next(&x, &k1, &v1)) {
        assert_true(map_iter_next(&y, &k2, &v2));
        assert_true(term_equal_exact(&b.env, k1, k2));
    }
}

static void build_drops_duplicates(void **state) {
    enum { N = 4000 };
    static const size_t different[] = {1, 32, 33, 1000};
    for (size_t d = 0; d < ARRAY_COUNT(different); d++) {
        Term *kv = malloc(2 * N * sizeof(Term));
        for (size_t i = 0; i < N; i++) {
            kv[2 * i] = key_of((int64_t)(i % different[d]), 1);
            kv[2 * i + 1] = term_small((int64_t)i);
        }
        MapBuild mb;
        assert_true(map_build_start(&mb, &b.env, kv, N));
        assert_int_equal(mb.count, different[d]);
        Term *start = b.hp.top;
        Term m = map_build_finish(&mb, &b.hp, kv);
        assert_int_equal(b.hp.top - start, mb.words);
        assert_true(mb.words <= map_build_words(different[d]));
        map_build_deinit(&mb, &b.env);
        check_map(m);
        assert_int_equal(map_size(m), different[d]);
        for (size_t i = N - different[d]; i < N; i++)
            assert_int_equal(get(m, kv[2 * i]), term_small((int64_t)i));
        free(kv);
    }
}

// Integers whose hashes are equal, found by trying.
static size_t colliding_keys(Term *keys, size_t want, uint32_t prefix_bits) {
    size_t found = 0;
    uint32_t target = map_hash(&b.env, term_small(0)) >> (32 - prefix_bits);
    for (int64_t i = 0; found < want; i++) {
        if (map_hash(&b.env, term_small(i)) >> (32 - prefix_bits) == target)
            keys[found++] = term_small(i);
    }
    return found;
}

static void long_common_prefixes(void **state) {
    enum { N = 200 };
    Term keys[N];
    colliding_keys(keys, N, 14);
    Term m = empty();
    for (size_t i = 0; i < N; i++) {
        m = put(m, keys[i], term_small((int64_t)i));
        check_map(m);
    }
    for (size_t i = 0; i < N; i++) {
        m = cut(m, keys[N - 1 - i]);
        check_map(m);
    }
}

// Terms that cannot be told apart by the hash: pids of many nodes.
static void equal_hashes(void **state) {
    enum { N = 2000 };
    Term *keys = malloc(N * sizeof(Term)), *kv = malloc(2 * N * sizeof(Term));
    for (size_t i = 0; i < N; i++) {
        char text[32];
        snprintf(text, sizeof text, "<%zu.5.6>", i + 1);
        keys[i] = term(&b, text);
        assert_int_equal(map_hash(&b.env, keys[i]), map_hash(&b.env, keys[0]));
    }
    Term m = empty();
    for (size_t i = 0; i < N; i++) {
        size_t k = i * 7 % N;
        m = put(m, keys[k], term_small((int64_t)k));
        if (i < 50 || i % 100 == 0) check_map(m);
        kv[2 * i] = keys[i];
        kv[2 * i + 1] = term_small((int64_t)i);
    }
    assert_int_equal(map_size(m), N);
    Term built = map_build(&b.env, &b.hp, kv, N);
    check_map(built);
    assert_true(term_equal_exact(&b.env, m, built));
    assert_int_equal(term_compare(&b.env, m, built), 0);
    Term other = put(m, keys[17], TERM_NIL);
    assert_int_equal(term_compare(&b.env, m, other), -1);
    for (size_t i = 0; i < N; i++) {
        m = cut(m, keys[i]);
        if (i < 50 || N - i < 50) check_map(m);
        assert_int_equal(get(m, keys[i]), TERM_NONE);
    }
    assert_int_equal(map_size(m), 0);
    free(keys);
    free(kv);
}

static Term update(Term m, const char *pairs, bool exact, Term *missing) {
    Term list = term(&b, pairs), kv[128];
    size_t count = 0;
    for (; term_is_cons(list); list = term_tail(list)) kv[count++] = term_head(list);
    size_t words = map_update_words(m, count / 2);
    Term *start = b.hp.top;
    *missing = TERM_NONE;
    m = map_update(&b.env, &b.hp, m, kv, count / 2, exact, missing);
    assert_true((size_t)(b.hp.top - start) <= words);
    return m;
}

static void update_of_several(void **state) {
    Term missing, m = term(&b, "#{a => 1, c => 3}");
    Term n = update(m, "[c, 4, a, 5]", true, &missing);
    assert_true(term_equal_exact(&b.env, n, term(&b, "#{a => 5, c => 4}")));
    assert_int_equal(map_flat_keys(n), map_flat_keys(m));
    assert_int_equal(update(m, "[c, 3, a, 1]", true, &missing), m);
    Term *top = b.hp.top;
    assert_int_equal(update(m, "[c, 3, b, 1]", true, &missing), TERM_NONE);
    assert_int_equal(missing, term(&b, "b"));
    assert_ptr_equal(b.hp.top - top, 2 * 4); // only the list that the test wrote
    n = update(m, "[d, 1, b, 2, d, 3, a, 7]", false, &missing);
    assert_true(term_equal_exact(&b.env, n, term(&b, "#{a => 7, b => 2, c => 3, d => 3}")));
    for (int64_t i = 0; i < 30; i++) m = put(m, term_small(i), term_small(i));
    assert_int_equal(map_size(m), 32);
    n = update(m, "[a, 9, x, 1, x, 2]", false, &missing);
    check_map(n);
    assert_int_equal(map_size(n), 33);
    assert_int_equal(get(n, term(&b, "x")), term_small(2));
    n = update(n, "[y, 3, x, 4, z, 5]", false, &missing);
    check_map(n);
    assert_int_equal(map_size(n), 35);
    n = update(n, "[y, 6, 0, 7]", true, &missing);
    assert_int_equal(get(n, term_small(0)), term_small(7));
    assert_int_equal(update(n, "[y, 6, q, 7]", true, &missing), TERM_NONE);
    assert_int_equal(missing, term(&b, "q"));
}

static void maps_as_keys(void **state) {
    Term inner = empty();
    for (int64_t i = 0; i < 50; i++) inner = put(inner, term_small(i), TERM_NIL);
    Term m = empty();
    for (int64_t i = 0; i < 50; i++)
        m = put(m, put(inner, term_small(i), term_small(1)), term_small(i));
    check_map(m);
    for (int64_t i = 0; i < 50; i++) {
        Term key = empty();
        for (int64_t k = 49; k >= 0; k--)
            key = put(key, term_small(k), k == i ? term_small(1) : TERM_NIL);
        assert_int_equal(get(m, key), term_small(i));
    }
}

// All sizes and shapes, by parts: every way the same pairs in the same order.
static void iteration_goes_on_from_places(void **state) {
    for (int64_t size = 0; size < 400; size += size < 40 ? 1 : 60) {
        Term m = empty();
        for (int64_t i = 0; i < size; i++) m = put(m, key_of(i, 1), term_small(i));
        for (int64_t i = 0; i < (size > 100 ? 50 : 0); i++) { // collisions
            char text[32];
            snprintf(text, sizeof text, "<%lld.5.6>", (long long)i + 1);
            m = put(m, term(&b, text), TERM_NIL);
        }
        MapIter whole, part;
        Term key, value, k, v, keys[1000];
        size_t count = 0;
        map_iter_init(&whole, m);
        map_iter_init(&part, m);
        while (map_iter_next(&whole, &key, &value)) {
            assert_true(map_iter_more(&part));
            map_iter_init_at(&part, m, map_iter_place(&part));
            assert_true(map_iter_next(&part, &k, &v));
            assert_int_equal(k, key);
            assert_int_equal(v, value);
            keys[count++] = key;
        }
        assert_int_equal(count, map_size(m));
        assert_false(map_iter_more(&part));
        map_iter_init_back(&whole, m);
        map_iter_init_back_at(&part, m, SMALL_MAX);
        while (map_iter_previous(&whole, &key, &value)) {
            assert_int_equal(key, keys[--count]);
            assert_true(map_iter_previous(&part, &k, &v));
            assert_int_equal(k, key);
            if (count > 0) map_iter_init_back_at(&part, m, map_iter_place_back(&part));
        }
        assert_int_equal(count, 0);
        assert_false(map_iter_previous(&part, &k, &v));
    }
}

static void any_place_leads_somewhere(void **state) {
    Term m = empty();
    for (int64_t i = 0; i < 300; i++) m = put(m, key_of(i, 0), term_small(i));
    uint64_t place = 1;
    for (int i = 0; i < 10000; i++) {
        place = (place * 6364136223846793005u + 1442695040888963407u) & SMALL_MAX;
        MapIter it;
        Term key, value;
        size_t count = 0;
        map_iter_init_at(&it, m, place >> (i % 60));
        while (map_iter_next(&it, &key, &value)) count++;
        map_iter_init_back_at(&it, m, place >> (i % 60));
        while (map_iter_previous(&it, &key, &value)) count++;
        assert_true(count <= 601);
    }
}

// Keys first, first + step, ... with values `value`; every tenth a pid, all of whose hashes
// collide.
static Term merge_operand(int64_t first, int64_t step, int64_t count, int64_t value) {
    Term *kv = malloc(2 * (size_t)count * sizeof(Term));
    for (int64_t i = 0; i < count; i++) {
        int64_t n = first + i * step;
        char text[32];
        snprintf(text, sizeof text, "<%lld.5.6>", (long long)n + 1);
        kv[2 * i] = n % 10 == 0 ? term(&b, text) : key_of(n, (int)(n % 2));
        kv[2 * i + 1] = term_small(value);
    }
    Term m = map_build(&b.env, &b.hp, kv, (size_t)count);
    free(kv);
    return m;
}

static void assert_merges(Term x, Term y) {
    size_t words = map_merge_words(&b.env, x, y);
    Term *start = b.hp.top;
    Term merged = map_merge(&b.env, &b.hp, x, y);
    size_t used = (size_t)(b.hp.top - start);
    assert_true(used <= words && words <= used + MAP_MERGE_ROOT_WORDS);
    check_map(merged);
    Term want = x, key, value;
    MapIter it;
    map_iter_init(&it, y);
    while (map_iter_next(&it, &key, &value)) want = put(want, key, value);
    assert_int_equal(map_size(merged), map_size(want));
    assert_true(term_equal_exact(&b.env, merged, want));
    b.hp.top = start;
}

static void merging_is_putting_all(void **state) {
    Term m[] = {
        merge_operand(0, 1, 40, 1),   merge_operand(0, 1, 1000, 2), merge_operand(500, 1, 1000, 3),
        merge_operand(0, 2, 1000, 4), merge_operand(1, 2, 1000, 5), merge_operand(5000, 7, 300, 6),
        merge_operand(0, 10, 200, 7), merge_operand(5, 10, 200, 8),
    };
    for (size_t i = 0; i < ARRAY_COUNT(m); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(m); j++) assert_merges(m[i], m[j]);
        // Maps that share most of their nodes.
        Term other =
            put(cut(put(m[i], term_small(-1), TERM_NIL), key_of(1, 1)), TERM_NIL, TERM_NIL);
        assert_merges(m[i], other);
        assert_merges(other, m[i]);
        assert_int_equal(map_merge(&b.env, &b.hp, m[i], m[i]), m[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat_get_put_remove),
        cmocka_unit_test(last_of_equal_keys_wins),
        cmocka_unit_test(grow_and_shrink),
        cmocka_unit_test(order_of_insertion_does_not_matter),
        cmocka_unit_test(build_drops_duplicates),
        cmocka_unit_test(long_common_prefixes),
        cmocka_unit_test(equal_hashes),
        cmocka_unit_test(update_of_several),
        cmocka_unit_test(maps_as_keys),
        cmocka_unit_test(iteration_goes_on_from_places),
        cmocka_unit_test(any_place_leads_somewhere),
        cmocka_unit_test(merging_is_putting_all),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
