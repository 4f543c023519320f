// SPDX-License-Identifier: Apache-2.0
// The lock: what it guards is seen by one thread at a time, and nobody sleeps for ever.
#include "os/mutex.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { THREADS = 4, ROUNDS = 30000 };

typedef struct Guarded {
    Os *os;
    Mutex lock;
    uint64_t count, copy;
} Guarded;

static void *count(void *arg) {
    Guarded *g = arg;
    for (int i = 0; i < ROUNDS; i++) {
        mutex_lock(g->os, &g->lock);
        ASSERT(g->count == g->copy);
        g->count++;
        for (int k = 0; k < i % 50; k++) spin_pause(); // some sleep for it
        g->copy++;
        mutex_unlock(g->os, &g->lock);
    }
    return NULL;
}

static void several_threads(void **state) {
    (void)state;
    Mem m;
    mem_init(&m);
    Guarded g = {.os = os_real_new(&m)};
    assert_non_null(g.os);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count, &g), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(g.count, (uint64_t)THREADS * ROUNDS);
    assert_int_equal(g.lock.state, MUTEX_FREE);
    os_free(g.os);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(several_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
