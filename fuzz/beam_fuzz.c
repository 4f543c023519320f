// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a .beam file goes all the way to a prepared module (read, decoded, verified,
// transformed) and is listed. Whatever comes in, nothing crashes and nothing is left behind.
//   make fuzz-beam        runs it for a minute; SECONDS=600 for longer
#include "code/module.h"
#include "code/optable.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { LITERAL_BYTES = 256 << 20, ATOMS_MAX = 200000, RUNS_A_VM = 2000 };

typedef struct FuzzVm {
    Mem mem;
    Os *os;
    TermEnv env;
    Literals *literals;
    CodeTables *code;
    uint32_t stub;
    uint64_t handlers[OP_VARIANT_COUNT];
} FuzzVm;

static const uint32_t *export_stub(void *ctx, Export *ex) {
    (void)ex;
    return &((FuzzVm *)ctx)->stub;
}

static const uint32_t *fun_stub(void *ctx, FunEntry *fe) {
    (void)fe;
    return &((FuzzVm *)ctx)->stub;
}

static FuzzVm *vm_new(void) {
    FuzzVm *vm = calloc(1, sizeof *vm);
    ASSERT(vm != NULL);
    mem_init(&vm->mem);
    vm->mem.bytes_max = (uint64_t)1 << 30;
    vm->os = os_real_new(&vm->mem);
    ASSERT(vm->os != NULL);
    vm->env = (TermEnv){.mem = &vm->mem, .atoms = atoms_new(&vm->mem, ATOMS_MAX)};
    ASSERT(vm->env.atoms != NULL);
    vm->literals = literals_new(&vm->mem, vm->os, LITERAL_BYTES);
    ASSERT(vm->literals != NULL);
    vm->code = code_tables_new(&vm->env, vm->literals);
    ASSERT(vm->code != NULL);
    CodeStubs stubs = {
        .ctx = vm, .export_stub = export_stub, .fun_stub = fun_stub, .handlers = vm->handlers};
    code_set_stubs(vm->code, &stubs);
    return vm;
}

static void vm_free(FuzzVm *vm) {
    code_tables_free(vm->code);
    literals_free(vm->literals);
    atoms_free(vm->env.atoms);
    os_free(vm->os);
    ASSERT(mem_bytes(&vm->mem) == 0);
    free(vm);
}

static void list(FuzzVm *vm, const uint8_t *bytes, size_t size) {
    BeamFile file;
    BeamError err;
    if (!beam_read(&vm->env, bytes, size, &file, &err)) return;
    Buf out;
    buf_init(&out, &vm->mem);
    beam_list(&file, &out, NULL);
    buf_deinit(&out);
    beam_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    // Atoms and exports stay: a machine is used for some inputs and then given back, which also
    // shows that nothing leaks.
    static FuzzVm *vm;
    static int runs;
    if (vm == NULL) vm = vm_new();
    list(vm, bytes, size);
    BeamError err = {""};
    Prepared *pr = code_prepare(vm->code, bytes, size, &err);
    if (pr == NULL)
        ASSERT(err.text[0] != 0 && strchr(err.text, '\n') == NULL);
    else
        code_prepared_free(pr);
    if (++runs % RUNS_A_VM == 0) {
        vm_free(vm);
        vm = NULL;
    }
    return 0;
}
