// SPDX-License-Identifier: Apache-2.0
// Making and freeing what the builtins keep for a whole VM.
#include "bif/bif_vm.h"

#include "bif/ets_int.h"
#include "bif/ids.h"
#include "bif/re_pattern.h"
#include "bif/report.h"
#include "proc/clock_monitor.h"
#include "proc/erl_timer.h"
#include "proc/suspend.h"

static bool settings_process_exited(Process *p) {
    sched_settings_process_exited(p, &bif_vm(p->vm)->sched_settings);
    return true;
}

// Until OTP's logger runs, nothing listens to reports: the level at which module logger_config
// looks is none, as after logger:set_primary_config(level, none). Without it, a server's crash
// report would look for the logger's tables, and the server end with badarg instead of its own
// reason.
static bool silence_logger(PersistentTerms *pt) {
    Term words[3];
    Hp hp = {words, words + 3, NULL};
    Term key = hp_tuple2(&hp, ATOM_logger_config, ATOM_primary_config);
    return persistent_put(pt, key, term_small(-1)); // LOG_NONE in OTP's logger_internal.hrl
}

bool bif_vm_init(VmCore *vm) {
    BifVm *b = mem_alloc_zero(&vm->mem, sizeof *b);
    if (!b) return false;
    b->persistent = persistent_new(&vm->env, vm->literals);
    registry_init(&b->tables);
    b->re = re_cache_new(&vm->mem);
    atomic_init(&b->system_requests_limit, 4);
    atomic_init(&b->system_logger, ATOM_logger);
    atomic_init(&b->sequential_tracer, ATOM_false);
    atomic_init(&b->bind_type, ATOM_unbound);
    vm->bif_state = b;
    ProcessHooks *h = &vm->hooks;
    ASSERT(h->exited_count + 6 <= EXIT_HOOKS_MAX);
    h->exited[h->exited_count++] = erl_timers_process_exited;
    h->exited[h->exited_count++] = clock_monitors_process_exited;
    h->exited[h->exited_count++] = settings_process_exited;
    h->exited[h->exited_count++] = bif_monitor_process_exited;
    atomic_init(&vm->monitor.pid, TERM_NONE);
    h->exited[h->exited_count++] = process_suspend_exited;
    h->exited[h->exited_count++] = ets_process_exited;
    h->report_error = report_error;
    h->report_max_heap = report_max_heap;
    h->report_limit = report_limit;
    vm->await_export = vm->bif_exports[BIF_ID_erts_internal_await_1];
    b->flush_monitor_messages =
        code_export(vm->code, ATOM_erts_internal, ATOM_flush_monitor_messages, 3);
    return b->flush_monitor_messages != NULL && b->persistent != NULL &&
           silence_logger(b->persistent) && b->re != NULL;
}

void bif_vm_deinit(VmCore *vm) {
    BifVm *b = bif_vm(vm);
    if (!b) return;
    for (size_t i = 0; i < b->on_load_count; i++)
        if (b->on_load[i].prepared) code_prepared_free(b->on_load[i].prepared);
    persistent_free(b->persistent);
    registry_deinit(&b->tables);
    re_cache_free(b->re);
    sched_settings_deinit(&b->sched_settings, &vm->mem);
    cpu_topology_free(&vm->mem, b->topology);
    mem_free(&vm->mem, b, sizeof *b);
    vm->bif_state = NULL;
}
