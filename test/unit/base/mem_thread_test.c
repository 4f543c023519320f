// SPDX-License-Identifier: Apache-2.0
// The counting allocator under several threads, with counters of their own and without: nothing is
// lost, the limit is kept, the peak is near to what it was.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // pthread_getattr_np
#endif
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

static void stack_bounds(uintptr_t *low, uintptr_t *high) {
    pthread_attr_t attr;
    void *start;
    size_t bytes;
    assert_int_equal(pthread_getattr_np(pthread_self(), &attr), 0);
    assert_int_equal(pthread_attr_getstack(&attr, &start, &bytes), 0);
    pthread_attr_destroy(&attr);
    *low = (uintptr_t)start;
    *high = (uintptr_t)start + bytes;
}

// The same by a thread that counts on its own. The stacks of threads that have ended are used
// again, so later owners go on from what earlier ones have counted.
static void *alloc_and_free_owning(void *arg) {
    Work *w = arg;
    uintptr_t low, high;
    stack_bounds(&low, &high);
    mem_own(w->mem, low, high);
    alloc_and_free(arg);
    mem_disown(w->mem, low, high);
    return NULL;
}
static void *alloc_and_free_maybe_owning(void *arg) {
    return ((Work *)arg)->number % 2 == 0 ? alloc_and_free(arg) : alloc_and_free_owning(arg);
}

static void books_balance(void *(*fn)(void *)) {
    Mem m;
    mem_init(&m);
    Work work[THREADS] = {0};
    for (int round = 0; round < 3; round++) {
        run(work, &m, fn);
        for (unsigned i = 0; i < THREADS; i++) mem_free(&m, work[i].handed, 1000 + i);
    }
    assert_int_equal(mem_bytes(&m), 0);
    run(work, &m, fn);
    uint64_t handed = 0;
    for (unsigned i = 0; i < THREADS; i++) handed += 1000 + i;
    assert_int_equal(mem_bytes(&m), handed);
    assert_true(mem_bytes_peak(&m) >= handed);
    for (unsigned i = 0; i < THREADS; i++) mem_free(&m, work[i].handed, 1000 + i);
    assert_int_equal(mem_bytes(&m), 0);
}

static void test_books_balance(void **state) {
    books_balance(alloc_and_free);
}
static void test_books_balance_with_owners(void **state) {
    books_balance(alloc_and_free_owning);
}
static void test_books_balance_with_some_owners(void **state) {
    books_balance(alloc_and_free_maybe_owning);
}

static int64_t owned_bytes(const Mem *m) {
    int64_t sum = 0;
    for (size_t i = 0; i < MEM_SHARDS; i++) sum += atomic_load(&m->shards[i].bytes);
    return sum;
}

// A frame below what mem_own can know of.
static NOINLINE void *alloc_deep(Mem *m, size_t bytes) {
    char frame[1 << 20];
    __asm__ volatile("" : : "r"(frame) : "memory"); // it is there
    void *p = mem_alloc(m, bytes);
    __asm__ volatile("" : : "r"(frame) : "memory");
    return p;
}

static void *own_counters(void *arg) {
    Work *w = arg;
    Mem *m = w->mem;
    uintptr_t low, high;
    stack_bounds(&low, &high);
    void *p = mem_alloc(m, 100);
    assert_int_equal(owned_bytes(m), 0);
    mem_own(m, low, high);
    mem_own(m, low, high); // has them already
    void *q = mem_alloc(m, 1000);
    assert_int_equal(owned_bytes(m), 1000);
    mem_note(m, MEM_CODE, 1000);
    void *r = alloc_deep(m, 10000);
    assert_int_equal(owned_bytes(m), 1000);
    mem_free(m, p, 100);
    assert_int_equal(owned_bytes(m), 900);
    mem_disown(m, low, high);
    mem_free(m, q, 1000);
    assert_int_equal(owned_bytes(m), 900);
    assert_int_equal(mem_bytes(m), 10000);
    mem_free(m, r, 10000);
    mem_note(m, MEM_CODE, -1000);
    return NULL;
}

static void test_owner_counts_alone(void **state) {
    Mem m;
    mem_init(&m);
    Work work[1] = {{.mem = &m}};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, own_counters, work), 0);
    pthread_join(thread, NULL);
    assert_int_equal(mem_bytes(&m), 0);
    assert_int_equal(mem_noted(&m, MEM_CODE), 0);
}

// Of two stacks in one piece of the address space only one is known, and nobody takes the other
// for it.
static void test_neighbours(void **state) {
    Mem m;
    mem_init(&m);
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0), page = frame & ~(uintptr_t)4095;
    // Deeper than mem_alloc's frame, with `m` between that and this one.
    mem_own(&m, page - 12 * 4096, page - 8 * 4096);
    void *p = mem_alloc(&m, 100);
    assert_int_equal(owned_bytes(&m), 0);
    mem_free(&m, p, 100);
    mem_disown(&m, page - 12 * 4096, page - 8 * 4096);
    mem_own(&m, page - 8 * 4096, page + 4096);
    p = mem_alloc(&m, 100);
    assert_int_equal(owned_bytes(&m), 100);
    mem_free(&m, p, 100);
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
        cmocka_unit_test(test_books_balance_with_owners),
        cmocka_unit_test(test_books_balance_with_some_owners),
        cmocka_unit_test(test_owner_counts_alone),
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_limit_is_kept),
        cmocka_unit_test(test_peak_sees_other_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
