// SPDX-License-Identifier: Apache-2.0
// Making and freeing what the builtins keep for a whole VM.
#include "bif/bif_vm.h"

#include "bif/ids.h"
#include "bif/re_pattern.h"

bool bif_vm_init(VmCore *vm) {
    BifVm *b = mem_alloc_zero(&vm->mem, sizeof *b);
    if (!b) return false;
    b->persistent = persistent_new(&vm->env, vm->literals);
    tables_init(&b->tables, &vm->env, vm->heap_config.literals);
    b->re = re_cache_new(&vm->mem);
    vm->bif_state = b;
    vm->await_export = vm->bif_exports[BIF_ID_erts_internal_await_1];
    b->flush_monitor_messages =
        code_export(vm->code, ATOM_erts_internal, ATOM_flush_monitor_messages, 3);
    return b->flush_monitor_messages != NULL && b->persistent != NULL && b->re != NULL;
}

void bif_vm_deinit(VmCore *vm) {
    BifVm *b = bif_vm(vm);
    if (!b) return;
    for (size_t i = 0; i < b->on_load_count; i++)
        if (b->on_load[i].prepared) code_prepared_free(b->on_load[i].prepared);
    persistent_free(b->persistent);
    tables_deinit(&b->tables);
    re_cache_free(b->re);
    mem_free(&vm->mem, b, sizeof *b);
    vm->bif_state = NULL;
}
