// SPDX-License-Identifier: Apache-2.0
// A lock of one word for sections too long to spin for. A waiter spins a little and then sleeps.
// Thread: any. The release in mutex_unlock pairs with the acquires in mutex_lock.
#pragma once

#include "base/spin.h"
#include "os/os.h"

typedef struct Mutex {
    _Atomic uint32_t state; // MutexState
} Mutex;
// Taken by one for whom somebody sleeps, or may: he has to wake one.
typedef enum MutexState { MUTEX_FREE, MUTEX_TAKEN, MUTEX_WAITED_FOR } MutexState;

void mutex_lock_slow(Os *os, Mutex *m);
void mutex_unlock_slow(Os *os, Mutex *m);

static inline void mutex_lock(Os *os, Mutex *m) {
    uint32_t was = MUTEX_FREE;
    if (UNLIKELY(!atomic_compare_exchange_strong_explicit(
            &m->state, &was, MUTEX_TAKEN, memory_order_acquire, memory_order_relaxed)))
        mutex_lock_slow(os, m);
}
static inline void mutex_unlock(Os *os, Mutex *m) {
    if (UNLIKELY(atomic_exchange_explicit(&m->state, MUTEX_FREE, memory_order_release) ==
                 MUTEX_WAITED_FOR))
        mutex_unlock_slow(os, m);
}
