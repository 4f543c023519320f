// SPDX-License-Identifier: Apache-2.0
// A VmCore with just enough in it for a process to have a heap.
#pragma once

#include "proc/dict.h"
#include "proc/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static VmCore *machine_new(bool stress) {
    VmCore *vm = calloc(1, sizeof *vm);
    assert_non_null(vm);
    mem_init(&vm->mem);
    vm->os = os_real_new(&vm->mem);
    vm->env = (TermEnv){.mem = &vm->mem, .atoms = atoms_new(&vm->mem, 1 << 12)};
    vm->env.node = ATOM_nonode_at_nohost;
    vm->heap_config = (HeapConfig){.mem = &vm->mem,
                                   .os = vm->os,
                                   .min_words = 233,
                                   .min_vheap_bytes = 1 << 18,
                                   .max_kill = true,
                                   .max_log = true,
                                   .fullsweep_after = 65535,
                                   .stress = stress};
    return vm;
}

static void machine_free(VmCore *vm) {
    atoms_free(vm->env.atoms);
    os_free(vm->os);
    assert_int_equal(mem_bytes(&vm->mem), 0);
    free(vm);
}

// A process that has registers, as one that runs.
static inline Process *running_new(VmCore *vm) {
    Process *p = process_new(vm);
    assert_non_null(p);
    p->regs = calloc(1, sizeof *p->regs);
    assert_non_null(p->regs);
    registers_clear(p->regs);
    return p;
}
static inline void running_free(Process *p) {
    free(p->regs);
    p->regs = NULL;
    process_free(p);
}

static inline uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}
