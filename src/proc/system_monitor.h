// SPDX-License-Identifier: Apache-2.0
// erlang:system_monitor: one process of the VM is told when another one's collection or turn takes
// long, or its heap has become large.
// Thread: any; reports come from the thread that runs the process they are about.
#pragma once

#include "base/base.h"
#include "term/term.h"
#include <stdatomic.h>

typedef struct Process Process;
typedef struct VmCore VmCore;

typedef enum SystemEvent {
    EVENT_LONG_GC = 1,
    EVENT_LARGE_HEAP = 2,
    EVENT_LONG_SCHEDULE = 4,
    // Are accepted; there is nothing yet that could be busy.
    EVENT_BUSY_PORT = 8,
    EVENT_BUSY_DIST_PORT = 16,
} SystemEvent;

// Who changes it takes the lock of the settings (bif/); readers may see parts of two settings, of
// which each is good.
typedef struct SystemMonitor {
    _Atomic uint32_t events; // SystemEvents; 0: nobody wants to know
    _Atomic Term pid;
    _Atomic int64_t long_gc_ms, large_heap_words, long_schedule_ms;
} SystemMonitor;

static inline bool system_monitor_wants(const SystemMonitor *m, uint32_t events) {
    return UNLIKELY((atomic_load_explicit(&m->events, memory_order_relaxed) & events) != 0);
}

// A collection of p's has ended that took so long. The heap's words: after it.
void system_monitor_collected(Process *p, int64_t took_ns);

// {Module, Function, Arity}; module TERM_NONE: nowhere.
typedef struct SystemPlace {
    Term module, function;
    uint32_t arity;
} SystemPlace;
// A turn of p's took so long, from one place to another.
void system_monitor_scheduled(Process *p, int64_t took_ns, const SystemPlace *in,
                              const SystemPlace *out);
