// SPDX-License-Identifier: Apache-2.0
// Searching, against the plainest search there is, in pieces of every size.
#include "bif/binary_search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT_MAX = 200, PARTS_MAX = 8, PART_MAX = 6, ROUNDS = 20000 };

typedef struct World {
    Mem mem;
    uint64_t seed;
} World;

static uint64_t random_below(World *w, uint64_t n) {
    w->seed ^= w->seed << 13; // xorshift64
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed % n;
}

// Few different bytes, so that patterns overlap and repeat.
static void random_bytes(World *w, uint8_t *to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = (uint8_t)('a' + random_below(w, 3));
}

// The first match at or behind `from`, of those that start there the longest.
static bool plain_search(const uint8_t *text, size_t size, size_t from, const PatternBytes *parts,
                         size_t count, Match *m) {
    for (size_t at = from; at < size; at++) {
        *m = (Match){at, 0};
        for (size_t i = 0; i < count; i++)
            if (parts[i].size <= size - at && parts[i].size > m->size &&
                memcmp(text + at, parts[i].bytes, parts[i].size) == 0)
                m->size = parts[i].size;
        if (m->size > 0) return true;
    }
    return false;
}

static SearchStatus next(Search *s, const Pattern *p, const uint8_t *text, uint64_t budget,
                         Match *m) {
    for (;;) {
        uint64_t left = budget;
        SearchStatus st = p->one.bytes ? search_one(s, p->one, text, &left, m)
                                       : search_several(s, p, text, &left, m);
        if (st != SEARCH_AGAIN) return st;
        assert_int_equal(left, 0);
    }
}

static void compare_all(World *w, size_t parts_max) {
    uint8_t text[TEXT_MAX], bytes[PARTS_MAX][PART_MAX];
    PatternBytes parts[PARTS_MAX], sorted[PARTS_MAX];
    size_t size = random_below(w, TEXT_MAX), count = 1 + random_below(w, parts_max);
    random_bytes(w, text, size);
    for (size_t i = 0; i < count; i++) {
        parts[i] = (PatternBytes){bytes[i], 1 + random_below(w, PART_MAX)};
        random_bytes(w, bytes[i], parts[i].size);
    }
    memcpy(sorted, parts, sizeof parts);
    Pattern *p;
    assert_int_equal(pattern_new(&w->mem, sorted, count, &p), PATTERN_OK);
    Search s = {.end = size};
    size_t from = 0;
    for (;;) {
        Match expected, got;
        uint64_t budget = 1 + random_below(w, 20);
        bool found = plain_search(text, size, from, parts, count, &expected);
        assert_int_equal(next(&s, p, text, budget, &got), found ? SEARCH_FOUND : SEARCH_END);
        if (!found) break;
        assert_int_equal(got.start, expected.start);
        assert_int_equal(got.size, expected.size);
        from = expected.start + expected.size;
        assert_int_equal(s.position, from);
    }
    magic_bin_release(&p->bin);
}

static void one_pattern(void **state) {
    for (int i = 0; i < ROUNDS; i++) compare_all(*state, 1);
}
static void several_patterns(void **state) {
    for (int i = 0; i < ROUNDS; i++) compare_all(*state, PARTS_MAX);
}

static void longest_of_those_that_start_first(void **state) {
    World *w = *state;
    PatternBytes parts[] = {{(const uint8_t *)"bc", 2},
                            {(const uint8_t *)"abcde", 5},
                            {(const uint8_t *)"b", 1},
                            {(const uint8_t *)"cd", 2}};
    Pattern *p;
    assert_int_equal(pattern_new(&w->mem, parts, 4, &p), PATTERN_OK);
    Search s = {.end = 5};
    Match m;
    assert_int_equal(next(&s, p, (const uint8_t *)"xabcd", 100, &m), SEARCH_FOUND);
    assert_int_equal(m.start, 2);
    assert_int_equal(m.size, 2);
    assert_int_equal(next(&s, p, (const uint8_t *)"xabcd", 100, &m), SEARCH_END);
    magic_bin_release(&p->bin);
}

static void every_byte_is_a_child(void **state) {
    World *w = *state;
    static uint8_t bytes[256][2];
    PatternBytes parts[256];
    for (int i = 0; i < 256; i++) {
        bytes[i][0] = 'x';
        bytes[i][1] = (uint8_t)i;
        parts[i] = (PatternBytes){bytes[i], 2};
    }
    Pattern *p;
    assert_int_equal(pattern_new(&w->mem, parts, 256, &p), PATTERN_OK);
    for (int i = 0; i < 256; i++) {
        uint8_t text[3] = {'a', 'x', (uint8_t)i};
        Search s = {.end = 3};
        Match m;
        assert_int_equal(next(&s, p, text, 100, &m), SEARCH_FOUND);
        assert_int_equal(m.start, 1);
    }
    magic_bin_release(&p->bin);
}

static void no_memory(void **state) {
    World *w = *state;
    PatternBytes parts[] = {{(const uint8_t *)"ab", 2}, {(const uint8_t *)"c", 1}};
    Pattern *p;
    w->mem.fail_every = 1;
    assert_int_equal(pattern_new(&w->mem, parts, 1, &p), PATTERN_NO_MEMORY);
    assert_int_equal(pattern_new(&w->mem, parts, 2, &p), PATTERN_NO_MEMORY);
    w->mem.fail_every = 0;
}

static int setup(void **state) {
    static World world;
    mem_init(&world.mem);
    world.seed = 42;
    *state = &world;
    return 0;
}
static int teardown(void **state) {
    World *w = *state;
    return mem_bytes(&w->mem) == 0 ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_pattern, setup, teardown),
        cmocka_unit_test_setup_teardown(several_patterns, setup, teardown),
        cmocka_unit_test_setup_teardown(longest_of_those_that_start_first, setup, teardown),
        cmocka_unit_test_setup_teardown(every_byte_is_a_child, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
