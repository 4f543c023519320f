// SPDX-License-Identifier: Apache-2.0
// The waiting side of mutex.h. After U. Drepper, "Futexes Are Tricky" (2011): who has slept takes
// the lock as one that is waited for, as he cannot know whether he was the last to sleep.
#include "os/mutex.h"

enum { SPINS = 100 };

void mutex_lock_slow(Os *os, Mutex *m) {
    for (int i = 0; i < SPINS; i++) {
        uint32_t was = MUTEX_FREE;
        if (atomic_load_explicit(&m->state, memory_order_relaxed) == MUTEX_FREE &&
            atomic_compare_exchange_strong_explicit(&m->state, &was, MUTEX_TAKEN,
                                                    memory_order_acquire, memory_order_relaxed))
            return;
        spin_pause();
    }
    while (atomic_exchange_explicit(&m->state, MUTEX_WAITED_FOR, memory_order_acquire) !=
           MUTEX_FREE)
        (void)os_wait(os, &m->state, MUTEX_WAITED_FOR, -1);
}

void mutex_unlock_slow(Os *os, Mutex *m) {
    os_wake(os, &m->state, 1);
}
