// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a .beam file that passes the verifier is run, every exported function with a few
// arguments and a few reductions, as machine code and interpreted. Whatever the code does, nothing
// crashes and nothing is left behind.
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

static void load_and_run(Vm *vm, const uint8_t *bytes, size_t size) {
    BeamError err = {""};
    Term name = load_bytes(vm, bytes, size, &err);
    if (name != TERM_NONE) run_exports(vm, name, CALLS, 88172645463325252u + size);
    if (name != TERM_NONE && delete_alone(vm->core.code, name, &err))
        ASSERT(purge_alone(vm->core.code, name, &err));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    enum { ENGINES = 2 };
    static Vm *machines[ENGINES];
    static int runs;
    if (names_outside(bytes, size)) return 0;
    bool last = ++runs % RUNS_A_VM == 0;
    for (int i = 0; i < ENGINES; i++) {
        if (machines[i] == NULL) machines[i] = bare_machine_of(MEMORY_BYTES, i == 1);
        load_and_run(machines[i], bytes, size);
        if (!last) continue;
        dt_free(machines[i]);
        machines[i] = NULL;
    }
    return 0;
}
