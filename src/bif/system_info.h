// SPDX-License-Identifier: Apache-2.0
// Between the files that answer erlang:system_info/1 and those that set what it tells.
// Thread: the scheduler that runs the process.
#pragma once

#include "proc/process.h"

// An item that asks for nothing more: an atom, and the function that gives its value.
typedef struct InfoItem {
    Term item;
    Term (*fn)(Process *p);
} InfoItem;

// system_sched.c: items on schedulers, processors and heaps.
extern const InfoItem system_sched_items[];
extern const size_t system_sched_item_count;

// enabled, blocked or blocked_normal.
Term system_multi_scheduling(Process *p);

// cpu_topology.c. Which: ATOM_defined, ATOM_detected, ATOM_used.
Term system_cpu_topology_gc(Process *p, Term which);
// The flag internal_cpu_topology: undefined or a list of {cpu, Node, Processor, ProcessorNode,
// Core, Thread, Logical}; gives the old one in that form.
Term system_set_cpu_topology_gc(Process *p, const Term *value);
