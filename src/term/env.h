// SPDX-License-Identifier: Apache-2.0
// What the term room needs to know of the VM it works for. One a VM, filled in at boot; read by any
// thread. The code room fills in the hooks through which decoding finds exports and fun entries.
#pragma once

#include "term/atom.h"

typedef struct Export Export;     // fun.h
typedef struct FunEntry FunEntry; // fun.h

typedef struct TermEnv {
    Mem *mem;
    Atoms *atoms;
    Term node;         // this node's name, nonode@nohost at first
    uint32_t creation; // this node's incarnation
    void *hook_ctx;
    // Find or make (export_get, fun_get). NULL: no memory.
    Export *(*export_get)(void *ctx, Term module, Term function, uint32_t arity);
    // NULL: nothing loaded defines it (what `safe` decoding refuses).
    Export *(*export_find)(void *ctx, Term module, Term function, uint32_t arity);
    FunEntry *(*fun_get)(void *ctx, Term module, const uint8_t uniq[16], uint32_t index,
                         uint32_t old_uniq, uint32_t arity, uint32_t free_count);
} TermEnv;
