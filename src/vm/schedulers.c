// SPDX-License-Identifier: Apache-2.0
// The machine's schedulers: made with the machine's first call, stopped with the machine. What a
// task is, they learn here: a process, whose turn is the engine's.
// Thread: the one that uses the machine.
#include "engine/engine.h"
#include "proc/spawn.h"
#include "vm/vm.h"

#include <stdio.h>

static void *registers_new(void *ctx, Scheduler *s) {
    VmCore *core = ctx;
    Registers *regs = mem_alloc_zero(&core->mem, sizeof *regs);
    if (regs != NULL) regs->scheduler = s;
    return regs;
}

static void registers_free(void *ctx, void *local) {
    VmCore *core = ctx;
    mem_free(&core->mem, local, sizeof(Registers));
}

static uint64_t process_number(void *ctx UNUSED, const Task *t) {
    return term_local_pid_data(CONTAINER_OF(t, Process, task)->pid);
}

static bool start_io_server(Vm *vm) {
    if (!path_load_own(vm)) return false;
    Scheduler *s = sched_enter(vm->core.sched);
    Process *p = process_spawn_first(s, &vm->core, ATOM_dialtone_io, ATOM_start, TERM_NIL);
    if (p != NULL) vm->io_server = p->pid;
    sched_leave(s);
    if (p == NULL) vm_error(vm, "out of memory");
    return p != NULL;
}

bool vm_start(Vm *vm) {
    if (vm->started) return true;
    VmCore *core = &vm->core;
    SchedConfig config = vm->sched_config;
    config.mem = &core->mem;
    config.os = core->os;
    config.hooks = (SchedHooks){.ctx = core,
                                .run = engine_turn,
                                .local_new = registers_new,
                                .local_free = registers_free,
                                .task_id = process_number};
    core->sched = sched_new(&config);
    int err = core->sched == NULL ? -1 : sched_start(core->sched);
    if (err < 0) {
        vm_error(vm, core->sched == NULL ? "out of memory" : "threads cannot be started: %s",
                 strerror(-err));
        return false;
    }
    vm->started = true;
    core->system_bytes = mem_bytes(&core->mem);
    for (MemKind k = 0; k < MEM_KINDS; k++) core->system_bytes -= mem_noted(&core->mem, k);
    return start_io_server(vm);
}

void vm_stop(Vm *vm) {
    VmCore *core = &vm->core;
    if (core->sched == NULL) return;
    if (vm->started) sched_stop(core->sched);
    process_table_free_all(core);
    sched_free(core->sched);
    core->sched = NULL;
}
