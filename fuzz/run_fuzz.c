// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a .beam file that passes the verifier is run, every exported function with a few
// arguments and a few reductions. Whatever the code does, nothing crashes and nothing is left
// behind.
//   make fuzz-run         runs it for a minute; SECONDS=600 for longer
#define _GNU_SOURCE // memmem
#include "../test/unit/vm/run_module.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MEMORY_BYTES = 256 << 20, RUNS_A_VM = 2000, CALLS = 3 };

// What reaches outside the machine is left out by its name.
static bool names_outside(const uint8_t *bytes, size_t size) {
    static const char *const names[] = {"prim_file", "halt"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (memmem(bytes, size, names[i], strlen(names[i])) != NULL) return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static Vm *vm;
    static int runs;
    if (names_outside(bytes, size)) return 0;
    if (vm == NULL) vm = bare_machine(MEMORY_BYTES);
    BeamError err = {""};
    Term name = load_bytes(vm, bytes, size, &err);
    if (name != TERM_NONE) run_exports(vm, name, CALLS, 88172645463325252u + size);
    if (name != TERM_NONE && delete_alone(vm->core.code, name, &err))
        ASSERT(purge_alone(vm->core.code, name, &err));
    if (++runs % RUNS_A_VM == 0) {
        dt_free(vm);
        vm = NULL;
    }
    return 0;
}
