// SPDX-License-Identifier: Apache-2.0
// A spinlock of one word, for sections of a few hundred instructions that hardly ever meet. It
// knows no operating system: a waiter burns its core, so nothing under it may block.
// Thread: any. The release in spin_unlock pairs with the acquire in spin_lock.
#pragma once

#include "base/base.h"
#include <stdatomic.h>

typedef struct Spin {
    _Atomic uint32_t locked;
} Spin;

static inline void spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static inline void spin_lock(Spin *s) {
    while (atomic_exchange_explicit(&s->locked, 1, memory_order_acquire) != 0) {
        while (atomic_load_explicit(&s->locked, memory_order_relaxed) != 0) spin_pause();
    }
}
static inline void spin_unlock(Spin *s) {
    DEBUG_ASSERT(atomic_load_explicit(&s->locked, memory_order_relaxed) == 1);
    atomic_store_explicit(&s->locked, 0, memory_order_release);
}
