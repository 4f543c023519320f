// SPDX-License-Identifier: Apache-2.0
// Making and freeing a machine. See vm.h.
#include "vm/vm.h"
#include "bif/bif_vm.h"
#include "bif/table.h"
#include "engine/engine.h"
#include "os/os.h"
#include "proc/clock.h"
#include "proc/clock_monitor.h"
#include "proc/erl_timer.h"
#include "proc/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void vm_error(Vm *vm, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(vm->error.text, sizeof vm->error.text, fmt, ap);
    va_end(ap);
}

void error_set(VmError *e, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
}

char *vm_strdup(Vm *vm, const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = mem_alloc(&vm->core.mem, size);
    if (copy != NULL) memcpy(copy, text, size);
    return copy;
}

void vm_strfree(Vm *vm, char *text) {
    if (text != NULL) mem_free(&vm->core.mem, text, strlen(text) + 1);
}

// --- hooks that lower rooms call -----------------------------------------------------------------
// A file that is there but cannot be used would only show as undef: says why.
static void say_why(VmCore *core, const VmError *why) {
    char line[VM_ERROR_BYTES + 16];
    int n = snprintf(line, sizeof line, "dialtone: %s\n", why->text);
    (void)os_write(core->os, OS_STDERR, line, (size_t)MIN(n, (int)sizeof line - 1));
}

static LoadResult hook_load(VmCore *core, Scheduler *s, Term module) {
    if (!code_write_begin(core->code)) return LOAD_BUSY;
    VmError why;
    bool found = false;
    bool loaded = code_module_find(core->code, module) != NULL || // by someone else meanwhile
                  path_load(CONTAINER_OF(core, Vm, core), module, &found, &why);
    code_write_end(core->code, s);
    if (!loaded && found) say_why(core, &why);
    return loaded ? LOAD_DONE : LOAD_FAILED;
}
static void hook_write(VmCore *core, const void *bytes, size_t count) {
    atomic_fetch_add_explicit(&core->bytes_out, count, memory_order_relaxed);
    // Nobody is left to tell when the output is gone.
    (void)os_write(core->os, OS_STDOUT, bytes, count);
}

_Static_assert((int)DT_NO_TIME_WARP == (int)CLOCK_NO_WARP &&
                   (int)DT_SINGLE_TIME_WARP == (int)CLOCK_SINGLE_WARP &&
                   (int)DT_MULTI_TIME_WARP == (int)CLOCK_MULTI_WARP,
               "the same in the same order");

// --- changing code from outside ------------------------------------------------------------------
Scheduler *vm_change_begin(Vm *vm) {
    VmCore *core = &vm->core;
    for (;;) {
        Scheduler *guest = vm->started ? sched_enter(core->sched) : NULL;
        if (code_write_begin(core->code)) return guest;
        // It comes back with thread progress, which a guest holds up.
        ASSERT(guest != NULL);
        sched_leave(guest);
        os_thread_yield(core->os);
    }
}

void vm_change_end(Vm *vm, Scheduler *guest) {
    code_write_end(vm->core.code, guest);
    if (guest != NULL) sched_leave(guest);
}

// --- making --------------------------------------------------------------------------------------
static bool make_bifs(VmCore *core) {
    size_t count;
    const Bif *table = bif_table_all(&count);
    core->bif_exports = mem_alloc(&core->mem, count * sizeof *core->bif_exports);
    if (core->bif_exports == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        const Bif *b = &table[i];
        Term m = atom_intern(core->env.atoms, (const uint8_t *)b->module, strlen(b->module));
        Term f = atom_intern(core->env.atoms, (const uint8_t *)b->name, strlen(b->name));
        if (m == TERM_NONE || f == TERM_NONE) return false;
        Export *ex = code_export_bif(core->code, m, f, b->arity, b);
        if (ex == NULL) return false;
        ex->bif_in_guards = (b->flags & BIF_GUARD) != 0;
        ex->bif_by_entry = (b->flags & (BIF_BY_ENTRY | BIF_DIRTY_CPU | BIF_DIRTY_IO)) != 0;
        core->bif_exports[i] = ex;
    }
    return true;
}

static void init_config(Vm *vm, const dt_options *options) {
    VmCore *core = &vm->core;
    mem_init(&core->mem);
    core->mem.bytes_max = options->memory_bytes_max;
    core->slice_reductions = options->slice_reductions != 0 ? options->slice_reductions : 4000;
    core->load_module = hook_load;
    core->write_out = hook_write;
    core->interpret = options->interpret;
    core->code_one_view = options->code_one_view;
    atomic_init(&core->backtrace_depth, 8);
    core->env.mem = &core->mem;
    core->env.node = ATOM_nonode_at_nohost;
    vm->io_server = TERM_NONE;
    vm->processes_max =
        options->processes_max != 0 ? options->processes_max : PROCESS_LIMIT_DEFAULT;
    vm->sched_config = (SchedConfig){.schedulers = options->schedulers,
                                     .online = options->schedulers_online,
                                     .dirty_cpu = options->dirty_schedulers,
                                     .slice_reductions = core->slice_reductions,
                                     .simulated = options->simulate,
                                     .seed = options->sim_seed,
                                     .trace = options->sim_trace,
                                     .trace_ctx = options->sim_trace_ctx};
}

static bool make_rooms(Vm *vm, const dt_options *options) {
    VmCore *core = &vm->core;
    core->os =
        options->simulate ? os_sim_new(&core->mem, options->sim_seed) : os_real_new(&core->mem);
    if (core->os == NULL) return false;
    core->clock =
        clock_new(&core->mem, core->os,
                  &(ClockConfig){(ClockWarp)options->time_warp, options->no_time_correction});
    core->timers = erl_timers_new(&core->mem);
    core->clock_monitors = clock_monitors_new(&core->mem);
    if (core->clock == NULL || core->timers == NULL || core->clock_monitors == NULL) return false;
    uint32_t atoms_max = options->atoms_max != 0 ? options->atoms_max : ATOM_COUNT_MAX_DEFAULT;
    core->env.atoms = atoms_new(&core->mem, atoms_max);
    if (core->env.atoms == NULL) return false;
    core->literals = literals_new(&core->mem, core->os, LITERAL_RANGE_BYTES);
    if (core->literals == NULL) return false;
    core->pool = block_pool_new(&core->mem, core->os);
    if (core->pool == NULL) return false;
    core->heap_config = (HeapConfig){
        .mem = &core->mem,
        .os = core->os,
        .pool = core->pool,
        .literals = literals_range(core->literals),
        .min_words = 233,
        .min_vheap_bytes = 46422 * 8,
        .max_kill = true,
        .max_log = true,
        .fullsweep_after = 65535,
#ifdef DT_STRESS
        .stress = true,
#endif
    };
    core->code = code_tables_new(&core->env, core->literals);
    if (core->code == NULL || !engine_init(core) || !make_bifs(core) || !engine_ready(core))
        return false;
    core->processes = process_table_new(&core->mem, core->os, vm->processes_max);
    return core->processes != NULL && bif_vm_init(core);
}

dt_vm *dt_new(const dt_options *options, const char **why) {
    static const dt_options defaults = {0};
    if (options == NULL) options = &defaults;
    if (why != NULL) *why = "out of memory";
    Vm *vm = calloc(1, sizeof *vm);
    if (vm == NULL) return NULL;
    init_config(vm, options);
    if (!make_rooms(vm, options)) {
        dt_free(vm);
        return NULL;
    }
    vm->otp_root = path_find_otp(vm, options->otp_root);
    vm->core.mem.fail_every = options->alloc_fail_every;
    return vm;
}

void dt_free(dt_vm *vm) {
    if (vm == NULL) return;
    VmCore *core = &vm->core;
    Mem *m = &core->mem;
    vm_stop(vm);
    erl_timers_free(core->timers, core);
    bif_vm_deinit(core);
    process_table_free(core->processes);
    path_free(vm);
    vm_strfree(vm, vm->otp_root);
    size_t bif_count;
    bif_table_all(&bif_count);
    mem_free(m, core->bif_exports, bif_count * sizeof *core->bif_exports);
    if (core->code != NULL) code_tables_free(core->code);
    engine_deinit(core);
    block_pool_free(core->pool);
    if (core->literals != NULL) literals_free(core->literals);
    if (core->env.atoms != NULL) atoms_free(core->env.atoms);
    clock_monitors_free(core->clock_monitors);
    clock_free(core->clock);
    if (core->os != NULL) os_free(core->os);
    free(vm);
}

const char *dt_error(const dt_vm *vm) {
    return vm->error.text;
}
