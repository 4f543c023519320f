// SPDX-License-Identifier: Apache-2.0
// The counting allocator under several threads: nothing is lost, the limit is kept, the peak is
// near to what it was.
#include "base/mem.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { THREADS = 4, ROUNDS = 20000, KEEP = 64 };

typedef struct Work {
    Mem *mem;
    unsigned number;
    uint64_t held, most; // bytes held at the end, at most
    void *handed;        // a block that another thread frees
} Work;

static size_t size_of(uint64_t n) {
    return 16 + n * 0x9e3779b97f4a7c15u % 500;
}

static void *alloc_and_free(void *arg) {
    Work *w = arg;
    void *kept[KEEP] = {0};
    size_t sizes[KEEP] = {0};
    uint64_t n = w->number;
    for (int i = 0; i < ROUNDS; i++) {
        n = n * 6364136223846793005u + 1442695040888963407u;
        size_t at = n >> 40 & (KEEP - 1), size = size_of(n);
        if (kept[at] == NULL) {
            kept[at] = mem_alloc(w->mem, size);
            assert_non_null(kept[at]);
        } else if (n >> 63) {
            kept[at] = mem_realloc(w->mem, kept[at], sizes[at], size);
        } else {
            mem_free(w->mem, kept[at], sizes[at]);
            kept[at] = NULL;
            size = 0;
        }
        sizes[at] = size;
    }
    for (size_t i = 0; i < KEEP; i++) mem_free(w->mem, kept[i], sizes[i]);
    w->handed = mem_alloc(w->mem, 1000 + w->number);
    return NULL;
}

static void run(Work *work, Mem *m, void *(*fn)(void *)) {
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        work[i].mem = m;
        work[i].number = i;
        assert_int_equal(pthread_create(&threads[i], NULL, fn, &work[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

static void test_books_balance(void **state) {
    (void)state;
    Mem m;
    mem_init(&m);
    Work work[THREADS] = {0};
    run(work, &m, alloc_and_free);
    uint64_t handed = 0;
    for (unsigned i = 0; i < THREADS; i++) handed += 1000 + i;
    assert_int_equal(mem_bytes(&m), handed);
    assert_true(mem_bytes_peak(&m) >= handed);
    for (unsigned i = 0; i < THREADS; i++) mem_free(&m, work[i].handed, 1000 + i);
    assert_int_equal(mem_bytes(&m), 0);
}

enum { LIMIT = 1 << 20, PIECE = 4096 };

// Takes pieces until there are no more, then gives back.
static void *take_all(void *arg) {
    Work *w = arg;
    void *pieces[LIMIT / PIECE + 1];
    for (int round = 0; round < 50; round++) {
        size_t count = 0;
        void *p;
        while (count <= LIMIT / PIECE && (p = mem_alloc(w->mem, PIECE)) != NULL)
            pieces[count++] = p;
        w->most = MAX(w->most, count * PIECE);
        while (count > 0) mem_free(w->mem, pieces[--count], PIECE);
    }
    return NULL;
}

static void test_limit_is_kept(void **state) {
    (void)state;
    Mem m;
    mem_init(&m);
    m.bytes_max = LIMIT;
    Work work[THREADS] = {0};
    run(work, &m, take_all);
    for (unsigned i = 0; i < THREADS; i++) assert_true(work[i].most <= LIMIT);
    assert_int_equal(mem_bytes(&m), 0);
    assert_true(mem_bytes_peak(&m) <= LIMIT + (uint64_t)THREADS * PIECE);
    assert_true(mem_bytes_peak(&m) > 0);
    void *p = mem_alloc(&m, LIMIT);
    assert_non_null(p);
    assert_null(mem_alloc(&m, 1));
    mem_free(&m, p, LIMIT);
    assert_null(mem_alloc(&m, LIMIT + 1));
    assert_int_equal(mem_bytes(&m), 0);
}

// Grows and shrinks by turns on two stacks: the second growth must be seen in the peak too.
static void *grow(void *arg) {
    Work *w = arg;
    w->handed = mem_alloc(w->mem, 8 << 20);
    return NULL;
}
static void test_peak_sees_other_threads(void **state) {
    (void)state;
    Mem m;
    mem_init(&m);
    void *p = mem_alloc(&m, 16 << 20);
    mem_free(&m, p, 16 << 20);
    uint64_t slack = 2 * (uint64_t)MEM_SAMPLE_BYTES;
    assert_in_range(mem_bytes_peak(&m), (16 << 20) - slack, 16 << 20);
    Work work[THREADS] = {0};
    run(work, &m, grow);
    p = mem_alloc(&m, 8 << 20);
    uint64_t all = (uint64_t)(THREADS + 1) * (8 << 20);
    mem_free(&m, p, 8 << 20);
    assert_in_range(atomic_load(&m.bytes_peak), all - slack * (THREADS + 1), all);
    for (unsigned i = 0; i < THREADS; i++) mem_free(&m, work[i].handed, 8 << 20);
    assert_int_equal(mem_bytes(&m), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_books_balance),
        cmocka_unit_test(test_limit_is_kept),
        cmocka_unit_test(test_peak_sees_other_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
