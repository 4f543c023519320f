// SPDX-License-Identifier: Apache-2.0
// A module that is complete but not current. Room-internal: load.c makes it, commit.c takes it.
#pragma once

#include "code/module_int.h"

typedef struct FunBody {
    uint32_t offset; // of the code that Module.funs[i] enters
    Term name;       // of the function that it runs
} FunBody;

struct Prepared {
    CodeTables *ct;
    Module *module;
    FunBody *bodies; // by lambda index
    uint32_t body_count;
};
