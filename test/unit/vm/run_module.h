// SPDX-License-Identifier: Apache-2.0
// Running code that no compiler has written: a machine without a library, modules from bytes, calls
// that end after some reductions whatever the code does.
#pragma once

#include "code/load_int.h"
#include "engine/engine.h"
#include "term/print.h"
#include "vm/vm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Vm *bare_machine(uint64_t memory_bytes_max) {
    const dt_options options = {.otp_root = "/nowhere", .memory_bytes_max = memory_bytes_max};
    Vm *vm = dt_new(&options, NULL);
    assert_non_null(vm);
    vm->core.load_module = NULL;
    return vm;
}

// The module's name; TERM_NONE: refused, *err says why.
static Term load_bytes(Vm *vm, const uint8_t *bytes, size_t size, BeamError *err) {
    Prepared *pr = code_prepare(vm->core.code, bytes, size, err);
    if (pr == NULL) return TERM_NONE;
    Term name = code_prepared_name(pr);
    return code_commit(vm->core.code, &pr, 1, err) ? name : TERM_NONE;
}

// Calls until it ends or has used up its slices. p->exc and the X registers say what became of it.
static bool run_bounded(Process *p, Term module, Term function, Term args, int slices,
                        int64_t reductions) {
    if (!engine_start(p, module, function, args)) return false;
    while (slices-- > 0)
        if (engine_run(p, reductions) == ENGINE_EXITED) return true;
    return false;
}
