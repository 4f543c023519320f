// SPDX-License-Identifier: Apache-2.0
// Making and freeing what the builtins keep for a whole VM.
#include "bif/bif_vm.h"

#include "bif/re_pattern.h"

bool bif_vm_init(VmCore *vm) {
    BifVm *b = mem_alloc_zero(&vm->mem, sizeof *b);
    if (!b) return false;
    b->persistent = persistent_new(&vm->env, vm->literals);
    tables_init(&b->tables, &vm->env, vm->heap_config.literals);
    b->re = re_cache_new(&vm->mem);
    vm->bif_state = b;
    return b->persistent != NULL && b->re != NULL;
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
