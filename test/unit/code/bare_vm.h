// SPDX-License-Identifier: Apache-2.0
// Code tables without an engine: stubs and handlers are addresses that nobody runs.
#pragma once

#include "beam_build.h"
#include "code/module.h"
#include "code/optable.h"
#include "term/atom.h"

#include <setjmp.h>
#include <stdarg.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

enum { LITERAL_BYTES = 64 << 20 };

typedef struct Vm {
    Mem mem;
    Os *os;
    TermEnv env;
    Literals *literals;
    CodeTables *code;
    uint32_t stubs[4]; // an export's is stubs[0], a fun's stubs[1]
    uint64_t handlers[OP_VARIANT_COUNT];
    _Atomic size_t export_stubs, fun_stubs; // made
} Vm;

static const uint32_t *export_stub(void *ctx, Export *ex) {
    Vm *vm = ctx;
    vm->export_stubs++;
    return &vm->stubs[0];
}

static const uint32_t *fun_stub(void *ctx, FunEntry *fe) {
    Vm *vm = ctx;
    vm->fun_stubs++;
    return &vm->stubs[1];
}

static Vm *vm_new(void) {
    Vm *vm = calloc(1, sizeof *vm);
    mem_init(&vm->mem);
    vm->os = os_real_new(&vm->mem);
    vm->env = (TermEnv){.mem = &vm->mem, .atoms = atoms_new(&vm->mem, 100000)};
    vm->literals = literals_new(&vm->mem, vm->os, LITERAL_BYTES);
    vm->code = code_tables_new(&vm->env, vm->literals);
    assert_non_null(vm->code);
    for (size_t i = 0; i < OP_VARIANT_COUNT; i++) vm->handlers[i] = 0x1000 + i;
    CodeStubs stubs = {
        .ctx = vm, .export_stub = export_stub, .fun_stub = fun_stub, .handlers = vm->handlers};
    code_set_stubs(vm->code, &stubs);
    return vm;
}

static void vm_free(Vm *vm) {
    code_tables_free(vm->code);
    literals_free(vm->literals);
    atoms_free(vm->env.atoms);
    os_free(vm->os);
    assert_int_equal(mem_bytes(&vm->mem), 0);
    free(vm);
}

static Term atom(Vm *vm, const char *text) {
    return atom_intern(vm->env.atoms, (const uint8_t *)text, strlen(text));
}

static UNUSED Prepared *prepare(Vm *vm, const char *text) {
    Bytes b = build_module(text);
    BeamError err;
    Prepared *pr = code_prepare(vm->code, b.at, b.size, &err);
    if (pr == NULL) print_error("%s\n", err.text);
    assert_non_null(pr);
    free(b.at);
    return pr;
}

// Changes of code while nothing else runs.
static UNUSED bool commit_alone(Vm *vm, Prepared **pr, size_t count, BeamError *err) {
    assert_true(code_write_begin(vm->code));
    assert_false(code_write_begin(vm->code));
    bool ok = code_commit(vm->code, pr, count, err);
    code_write_end(vm->code, NULL);
    return ok;
}
static UNUSED bool delete_alone(Vm *vm, Term name, BeamError *err) {
    assert_true(code_write_begin(vm->code));
    bool ok = code_delete(vm->code, name, err);
    code_write_end(vm->code, NULL);
    return ok;
}
static UNUSED bool purge_alone(Vm *vm, Term name, BeamError *err) {
    assert_true(code_write_begin(vm->code));
    bool ok = code_purge(vm->code, name, err);
    code_write_end(vm->code, NULL);
    return ok;
}

static bool in_module(const Module *m, const uint32_t *pc) {
    return m != NULL && pc >= m->code && pc < m->code + m->code_units;
}
