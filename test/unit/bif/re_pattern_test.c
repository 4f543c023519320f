// SPDX-License-Identifier: Apache-2.0
// Regular expressions: errors as the reference words them, what PCRE 8 took, the cache.
#include "bif/re_pattern.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct World {
    Mem mem;
    ReCache *cache;
} World;

static ReSource source(const char *text) {
    return (ReSource){.text = (const uint8_t *)text, .size = strlen(text)};
}

static void expect_error(void **state, const char *text, const char *message, size_t offset) {
    World *w = *state;
    ReSource s = source(text);
    ReError err;
    assert_null(re_pattern(w->cache, &s, &err));
    assert_string_equal(err.text, message);
    assert_int_equal(err.offset, offset);
}

static int match_size(void **state, const char *text, const char *subject) {
    World *w = *state;
    ReSource s = source(text);
    ReError err;
    RePattern *pt = re_pattern(w->cache, &s, &err);
    assert_non_null(pt);
    pcre2_match_data *data = re_match_data_take(w->cache, pt);
    assert_non_null(data);
    int size = -1;
    if (pcre2_match(pt->code, (PCRE2_SPTR)subject, strlen(subject), 0, 0, data,
                    re_match_context(w->cache, RE_LONG)) >= 0) {
        PCRE2_SIZE *o = pcre2_get_ovector_pointer(data);
        size = (int)(o[1] - o[0]);
    }
    re_match_data_give(pt, data);
    re_pattern_release(pt);
    return size;
}

static void errors_are_worded_as_pcre_8_does(void **state) {
    expect_error(state, "a(", "missing )", 2);
    expect_error(state, "a)", "unmatched parentheses", 1);
    expect_error(state, "*a", "nothing to repeat", 0);
    expect_error(state, "(?<n>a)(?<n>b)", "two named subpatterns have the same name", 11);
    expect_error(state, "\\1", "reference to non-existent subpattern", 2);
    expect_error(state, "(?(1)a|b)", "reference to non-existent subpattern", 5);
    expect_error(state, "(?<=a*)b", "lookbehind assertion is not fixed length", 6);
    expect_error(state, "\\g{0}", "a numbered reference must not be zero", 4);
    expect_error(state, "[a-\\d]", "invalid range in character class", 4);
    expect_error(state, "(?", "unrecognized character after (? or (?-", 2);
}

static void hyphen_behind_a_class_is_itself(void **state) {
    assert_int_equal(match_size(state, "[\\w-.]+", "a-b.c d"), 5);
    assert_int_equal(match_size(state, "[\\d-z]+[\\s-x]", "1-z-"), 4);
}
static void unknown_escape_is_itself(void **state) {
    assert_int_equal(match_size(state, "\\j\\y", "jy"), 2);
}
static void digits_that_are_no_reference(void **state) {
    assert_int_equal(match_size(state, "a\\81", "a81"), 3);
    assert_int_equal(match_size(state, "(a)\\1", "aa"), 2);
}
static void letters_escaped_in_a_class(void **state) {
    assert_int_equal(match_size(state, "[\\B\\R\\X]+", "BRXa"), 3);
}
static void old_verb(void **state) {
    assert_int_equal(match_size(state, "(*UTF8).", "\xc3\xa5"), 2);
}

static void characters_are_latin1(void **state) {
    assert_int_equal(match_size(state, "\\w+", "\xe4\xc4\xdf\xf7"), 3);
    assert_int_equal(match_size(state, "(?i)\xe4", "\xc4"), 1);
    assert_int_equal(match_size(state, "(?i)\xff", "\xdf"), -1);
}

static void binary_form(void **state) {
    World *w = *state;
    ReSource s = source("a.b"), back;
    s.flags = PCRE2_CASELESS | PCRE2_UTF;
    s.newline = RE_NEWLINE_CRLF;
    s.bsr = PCRE2_BSR_ANYCRLF;
    Buf b;
    buf_init(&b, &w->mem);
    re_source_put(&b, &s);
    assert_true(re_source_get(b.data, b.size_bytes, &back));
    assert_int_equal(back.flags, s.flags);
    assert_int_equal(back.newline, s.newline);
    assert_int_equal(back.bsr, s.bsr);
    assert_int_equal(back.size, s.size);
    assert_memory_equal(back.text, s.text, s.size);
    for (size_t i = 0; i < 7; i++) { // magic, version, newline, bsr
        b.data[i] ^= 0x55;
        assert_false(re_source_get(b.data, b.size_bytes, &back));
        b.data[i] ^= 0x55;
    }
    assert_false(re_source_get(b.data, 11, &back));
    buf_deinit(&b);
}

static void more_patterns_than_the_cache_holds(void **state) {
    char text[32];
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 1000; i++) {
            snprintf(text, sizeof text, "^x{%d}", i);
            assert_int_equal(match_size(state, text, i == 3 ? "xxxx" : ""), i == 3   ? 3
                                                                            : i == 0 ? 0
                                                                                     : -1);
        }
}

static void used_often_it_still_matches(void **state) {
    for (int i = 0; i < 20; i++) assert_int_equal(match_size(state, "(a|b)+c", "xabac"), 4);
}

static void no_memory(void **state) {
    World *w = *state;
    ReSource s = source("(a|b)+c");
    for (uint64_t n = 1; n < 20; n++) {
        w->mem.fail_every = n;
        ReError err = {"", 0};
        RePattern *pt = re_pattern(w->cache, &s, &err);
        if (!pt) assert_null(err.text);
        re_pattern_release(pt);
    }
    w->mem.fail_every = 0;
    assert_int_equal(match_size(state, "(a|b)+c", "xabac"), 4);
}

// More patterns than there are places, each used often, by several threads: found, put there, given
// up and made anew while others match with them.
static void *match_many(void *arg) {
    char text[32];
    for (int i = 0; i < 4000; i++) {
        int n = i * 7 % 40;
        snprintf(text, sizeof text, "^(x|y){%d}", n + 1);
        const char *subject = "xyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxy";
        assert_int_equal(match_size(arg, text, subject), n + 1);
        assert_int_equal(match_size(arg, "(a|b)+c", "xabac"), 4);
    }
    return NULL;
}
static void several_threads(void **state) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, match_many, state), 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}

static int setup(void **state) {
    static World world;
    mem_init(&world.mem);
    world.cache = re_cache_new(&world.mem);
    *state = &world;
    return world.cache ? 0 : -1;
}
static int teardown(void **state) {
    World *w = *state;
    re_cache_free(w->cache);
    return mem_bytes(&w->mem) == 0 ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(errors_are_worded_as_pcre_8_does, setup, teardown),
        cmocka_unit_test_setup_teardown(hyphen_behind_a_class_is_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_escape_is_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(digits_that_are_no_reference, setup, teardown),
        cmocka_unit_test_setup_teardown(letters_escaped_in_a_class, setup, teardown),
        cmocka_unit_test_setup_teardown(old_verb, setup, teardown),
        cmocka_unit_test_setup_teardown(characters_are_latin1, setup, teardown),
        cmocka_unit_test_setup_teardown(binary_form, setup, teardown),
        cmocka_unit_test_setup_teardown(more_patterns_than_the_cache_holds, setup, teardown),
        cmocka_unit_test_setup_teardown(used_often_it_still_matches, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(several_threads, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
