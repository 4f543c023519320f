// SPDX-License-Identifier: Apache-2.0
// Looking at .beam files without running them: check and list.
#include "engine/engine.h"
#include "os/os.h"
#include "vm/vm.h"

#include <stdio.h>

// The file read, verified and transformed, but not made current. NULL: vm->error.
static Prepared *prepare(Vm *vm, const char *path) {
    size_t size;
    uint8_t *bytes = path_read(vm, path, &size, &vm->error);
    if (bytes == NULL) return NULL;
    BeamError err;
    Prepared *pr = code_prepare(vm->core.code, bytes, size, &err);
    if (pr == NULL) vm_error(vm, "%s", err.text);
    os_file_free(&vm->core.mem, bytes, size);
    return pr;
}

static bool give(Vm *vm, Buf *out, char **text) {
    buf_put_byte(out, '\0');
    *text = out->failed ? NULL : vm_strdup(vm, (const char *)out->data);
    buf_deinit(out);
    if (*text == NULL) vm_error(vm, "out of memory");
    return *text != NULL;
}

bool dt_check_file(dt_vm *vm, const char *path, char **text) {
    *text = NULL;
    Prepared *pr = prepare(vm, path);
    if (pr == NULL) return false;
    const Module *m = code_prepared_module(pr);
    const Atom *name = atom_get(vm->core.env.atoms, m->name);
    Buf out;
    buf_init(&out, &vm->core.mem);
    buf_put(&out, name->text, name->size_bytes);
    buf_printf(&out, ", %u functions", m->function_count);
    code_prepared_free(pr);
    return give(vm, &out, text);
}

static bool list_generic(Vm *vm, const char *path, const char *function, Buf *out) {
    size_t size;
    uint8_t *bytes = path_read(vm, path, &size, &vm->error);
    if (bytes == NULL) return false;
    BeamFile file;
    BeamError err;
    bool ok = beam_read(&vm->core.env, bytes, size, &file, &err);
    if (ok) beam_list(&file, out, function);
    beam_free(&file);
    os_file_free(&vm->core.mem, bytes, size);
    if (!ok) vm_error(vm, "%s", err.text);
    return ok;
}

bool dt_list_file(dt_vm *vm, const char *path, const char *function, char **text) {
    *text = NULL;
    Buf out;
    buf_init(&out, &vm->core.mem);
    buf_put_str(&out, "generic instructions\n\n");
    Prepared *pr = NULL;
    bool ok = list_generic(vm, path, function, &out);
    if (ok) {
        pr = prepare(vm, path);
        ok = pr != NULL;
    }
    if (ok) {
        buf_put_str(&out, "\ninternal instructions\n\n");
        engine_list(&vm->core, code_prepared_module(pr), &out, function);
    }
    code_prepared_free(pr);
    if (ok) return give(vm, &out, text);
    buf_deinit(&out);
    return false;
}

bool dt_list_native(dt_vm *vm, const char *path, const char *function, char **text) {
    *text = NULL;
    Prepared *pr = prepare(vm, path);
    if (pr == NULL) return false;
    Buf out;
    buf_init(&out, &vm->core.mem);
    Scheduler *guest = vm_change_begin(vm);
    bool ok = engine_list_native(&vm->core, code_prepared_change(pr), &out, function);
    code_prepared_free(pr);
    vm_change_end(vm, guest);
    if (ok) return give(vm, &out, text);
    buf_deinit(&out);
    vm_error(vm, "there is no machine code of it");
    return false;
}

bool dt_set_profile(dt_vm *vm, const dt_profile *profile) {
    const EngineWatch who = {.perf_map = profile->perf_map,
                             .perf_dump = profile->perf_dump,
                             .perf_dir = profile->perf_dir,
                             .debugger = profile->debugger,
                             .count = profile->count_instructions};
    if ((who.perf_map || who.perf_dump) && vm->sched_config.simulated) {
        vm_error(vm, "simulated time cannot be profiled");
        return false;
    }
    Scheduler *guest = vm_change_begin(vm);
    bool ok = engine_watch(&vm->core, &who, vm->error.text, sizeof vm->error.text);
    vm_change_end(vm, guest);
    return ok;
}

bool dt_instruction_counts(dt_vm *vm, size_t rows, char **text) {
    Buf out;
    buf_init(&out, &vm->core.mem);
    // On a halted machine nothing runs: who had the right to change code would keep it forever.
    bool halted = atomic_load_explicit(&vm->core.halted, memory_order_acquire);
    Scheduler *guest = halted ? NULL : vm_change_begin(vm);
    engine_counts(&vm->core, rows, &out);
    if (!halted) vm_change_end(vm, guest);
    return give(vm, &out, text);
}
