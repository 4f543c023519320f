// SPDX-License-Identifier: Apache-2.0
// Pushing on a process's inbox. See inbox.c for how it works.
#pragma once

#include "proc/signal.h"

// Thread: any. The caller wakes the process afterwards.
static ALWAYS_INLINE void inbox_push(Inbox *in, Signal *sig_take) {
    __atomic_store_n(&sig_take->next, NULL, __ATOMIC_RELAXED);
    Signal *before = atomic_exchange_explicit(&in->newest, sig_take, memory_order_acq_rel);
    __atomic_store_n(&before->next, sig_take, __ATOMIC_RELEASE);
}

// The receiver's: how many signals inbox_next would give now, at most `most`. For simulated runs.
size_t inbox_ready(Inbox *in, size_t most);
