// SPDX-License-Identifier: Apache-2.0
// The atom table: predefined atoms, texts, limits, and many threads that intern at once.
#include "term/atom.h"
#include "term/hash.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Term intern(Atoms *at, const char *text) {
    return atom_intern(at, (const uint8_t *)text, strlen(text));
}

static void predefined_have_their_index(void **state) {
    Mem m;
    mem_init(&m);
    Atoms *at = atoms_new(&m, ATOM_COUNT_MAX_DEFAULT);
    assert_non_null(at);
    assert_int_equal(atoms_count(at), ATOM_INDEX_COUNT);
    assert_int_equal(intern(at, "badarg"), ATOM_badarg);
    assert_int_equal(intern(at, ""), ATOM_empty);
    assert_int_equal(intern(at, "=:="), ATOM_eq_exact);
    assert_int_equal(atoms_count(at), ATOM_INDEX_COUNT);
    const Atom *a = atom_get(at, ATOM_true);
    assert_int_equal(a->size_bytes, 4);
    assert_memory_equal(a->text, "true", 4);
    assert_int_equal(a->ord0, 0x74727565);
    atoms_free(at);
    assert_int_equal(mem_bytes(&m), 0);
}

static void many_atoms_keep_their_text(void **state) {
    Mem m;
    mem_init(&m);
    Atoms *at = atoms_new(&m, ATOM_COUNT_MAX_DEFAULT);
    enum { N = 100000 };
    static const uint8_t nothing[1];
    assert_int_equal(atom_find(at, nothing, 0), ATOM_empty);
    Term first = TERM_NONE;
    const uint8_t *first_text = NULL;
    for (int i = 0; i < N; i++) {
        char text[32];
        snprintf(text, sizeof text, "many_atoms_%d", i);
        assert_int_equal(atom_find(at, (uint8_t *)text, strlen(text)), TERM_NONE);
        Term t = intern(at, text);
        assert_int_equal(term_atom_index(t), ATOM_INDEX_COUNT + i);
        if (i == 0) {
            first = t;
            first_text = atom_get(at, t)->text;
        }
    }
    assert_ptr_equal(atom_get(at, first)->text, first_text);
    for (int i = 0; i < N; i++) {
        char text[32];
        snprintf(text, sizeof text, "many_atoms_%d", i);
        Term t = atom_find(at, (uint8_t *)text, strlen(text));
        assert_int_equal(term_atom_index(t), ATOM_INDEX_COUNT + i);
        assert_memory_equal(atom_get(at, t)->text, text, strlen(text));
    }
    atoms_free(at);
    assert_int_equal(mem_bytes(&m), 0);
}

static void latin1_is_the_same_atom_as_utf8(void **state) {
    Mem m;
    mem_init(&m);
    Atoms *at = atoms_new(&m, ATOM_COUNT_MAX_DEFAULT);
    Term a = atom_intern_latin1(at, (const uint8_t *)"ab\xe5", 3);
    assert_int_equal(a, intern(at, "ab\xc3\xa5"));
    assert_int_equal(atom_get(at, a)->chars, 3);
    assert_int_equal(atom_get(at, a)->size_bytes, 4);
    uint8_t longest[255];
    memset(longest, 0xff, sizeof longest);
    Term b = atom_intern_latin1(at, longest, sizeof longest);
    assert_int_equal(atom_get(at, b)->chars, 255);
    assert_int_equal(atom_get(at, b)->size_bytes, 510);
    atoms_free(at);
}

static void full_table_gives_none(void **state) {
    Mem m;
    mem_init(&m);
    Atoms *at = atoms_new(&m, ATOM_INDEX_COUNT + 2);
    assert_int_not_equal(intern(at, "one_more"), TERM_NONE);
    assert_int_not_equal(intern(at, "two_more"), TERM_NONE);
    assert_int_equal(intern(at, "three_more"), TERM_NONE);
    assert_int_equal(atoms_count(at), atoms_count_max(at));
    assert_int_not_equal(intern(at, "one_more"), TERM_NONE);
    assert_int_equal(intern(at, "true"), ATOM_true);
    atoms_free(at);
}

static void no_memory_gives_none(void **state) {
    Mem m;
    mem_init(&m);
    Atoms *at = atoms_new(&m, ATOM_COUNT_MAX_DEFAULT);
    m.fail_every = 1;
    int failed = 0;
    for (int i = 0; i < 20000; i++) {
        char text[32];
        snprintf(text, sizeof text, "x%d", i);
        failed += intern(at, text) == TERM_NONE;
    }
    assert_true(failed > 10000);
    m.fail_every = 0;
    assert_int_not_equal(intern(at, "x19999"), TERM_NONE);
    atoms_free(at);
    assert_int_equal(mem_bytes(&m), 0);
}

static void text_check(void **state) {
    static const struct {
        const char *text;
        AtomText want;
    } cases[] = {
        {"", ATOM_TEXT_OK},
        {"plain", ATOM_TEXT_OK},
        {"\xc3\xa5", ATOM_TEXT_OK},
        {"\xf4\x8f\xbf\xbf", ATOM_TEXT_OK},
        {"\xef\xbf\xbf", ATOM_TEXT_OK},
        {"\xf4\x90\x80\x80", ATOM_TEXT_BAD_UTF8},
        {"\xc0\x80", ATOM_TEXT_BAD_UTF8},
        {"\xe0\x80\x80", ATOM_TEXT_BAD_UTF8},
        {"\xed\xa0\x80", ATOM_TEXT_BAD_UTF8},
        {"\xf0\x80\x80\x80", ATOM_TEXT_BAD_UTF8},
        {"a\xc3", ATOM_TEXT_BAD_UTF8},
        {"\x80", ATOM_TEXT_BAD_UTF8},
        {"\xff", ATOM_TEXT_BAD_UTF8},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(atom_text_check((const uint8_t *)cases[i].text, strlen(cases[i].text)),
                         cases[i].want);
    uint8_t text[ATOM_BYTES_MAX + 4];
    for (size_t i = 0; i < sizeof text; i++) text[i] = "\xf0\x9f\x98\x80"[i & 3];
    assert_int_equal(atom_text_check(text, ATOM_BYTES_MAX), ATOM_TEXT_OK);
    assert_int_equal(atom_text_check(text, ATOM_BYTES_MAX + 4), ATOM_TEXT_TOO_LONG);
}

// Values that erlang:phash2(Atom, 1 bsl 32) gives on the reference.
static void text_hash(void **state) {
    static const struct {
        const char *text;
        uint32_t want;
    } cases[] = {
        {"", 0},
        {"a", 97},
        {"foo", 27999},
        {"hello_world_long_atom", 149480285},
        {"\xc3\xa5", 229},
        {"ab\xc3\xbf\xc3\xa5"
         "cdefg",
         230278119},
        {"\xd0\xb6", 3510},
        {"\xc4\x80\xc3\xa5", 52453},
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 67592990},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(atom_text_hash((const uint8_t *)cases[i].text, strlen(cases[i].text)),
                         cases[i].want);
}

static void order_is_that_of_the_characters(void **state) {
    Mem m;
    mem_init(&m);
    Atoms *at = atoms_new(&m, ATOM_COUNT_MAX_DEFAULT);
    static const char *const sorted[] = {"",     "a",        "aaaa",     "aaaaa",           "aaab",
                                         "aaba", "\xc3\xa5", "\xd0\xb6", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < ARRAY_COUNT(sorted); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(sorted); j++)
            assert_int_equal(atom_compare(at, intern(at, sorted[i]), intern(at, sorted[j])),
                             (i > j) - (i < j));
    }
    static const uint8_t with_nul[] = {'a', 0};
    assert_int_equal(atom_compare(at, intern(at, "a"), atom_intern(at, with_nul, 2)), -1);
    atoms_free(at);
}

enum { THREADS = 4, THREAD_ATOMS = 30000 };
typedef struct Worker {
    Atoms *at;
    Term *terms; // by number
    int stride;
} Worker;

static void *intern_all(void *arg) {
    Worker *w = arg;
    for (int i = 0; i < THREAD_ATOMS; i++) {
        int n = (int)((int64_t)i * w->stride % THREAD_ATOMS);
        char text[32];
        snprintf(text, sizeof text, "shared_%d", n);
        Term t = intern(w->at, text);
        const Atom *a = atom_get(w->at, t);
        if (a->size_bytes != strlen(text) || memcmp(a->text, text, a->size_bytes) != 0)
            t = TERM_NONE;
        w->terms[n] = t;
    }
    return NULL;
}

static void threads_agree(void **state) {
    Mem m;
    mem_init(&m);
    Atoms *at = atoms_new(&m, ATOM_COUNT_MAX_DEFAULT);
    pthread_t threads[THREADS];
    Worker workers[THREADS];
    static const int strides[THREADS] = {1, 7, 11, 1}; // prime to THREAD_ATOMS
    for (int i = 0; i < THREADS; i++) {
        Term *terms = mem_must_alloc(&m, THREAD_ATOMS * sizeof(Term));
        workers[i] = (Worker){at, terms, strides[i]};
        assert_int_equal(pthread_create(&threads[i], NULL, intern_all, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(atoms_count(at), ATOM_INDEX_COUNT + THREAD_ATOMS);
    for (int n = 0; n < THREAD_ATOMS; n++) {
        assert_int_not_equal(workers[0].terms[n], TERM_NONE);
        for (int i = 1; i < THREADS; i++)
            assert_int_equal(workers[i].terms[n], workers[0].terms[n]);
    }
    for (int i = 0; i < THREADS; i++) mem_free(&m, workers[i].terms, THREAD_ATOMS * sizeof(Term));
    atoms_free(at);
    assert_int_equal(mem_bytes(&m), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predefined_have_their_index),
        cmocka_unit_test(many_atoms_keep_their_text),
        cmocka_unit_test(latin1_is_the_same_atom_as_utf8),
        cmocka_unit_test(full_table_gives_none),
        cmocka_unit_test(no_memory_gives_none),
        cmocka_unit_test(text_check),
        cmocka_unit_test(text_hash),
        cmocka_unit_test(order_is_that_of_the_characters),
        cmocka_unit_test(threads_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
