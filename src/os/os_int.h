// SPDX-License-Identifier: Apache-2.0
// What the back ends of the os room share.
#pragma once

#include "base/prng.h"
#include "base/spin.h"
#include "os/os.h"

// Lifetime: the VM.
struct Os {
    const OsOps *ops;
    Mem *mem;
    Spin env_lock; // guards what follows
    char **env;    // NAME=TEXT, each in its own block; in no order
    size_t env_count, env_cap;
};

// Gives `os` a copy of a list NAME=TEXT ending in NULL. false: no memory.
WARN_UNUSED bool os_env_copy(Os *os, char *const *list);
// The same with the program's environment.
WARN_UNUSED bool os_env_inherit(Os *os);
void os_env_free(Os *os);
const OsOps *os_real_ops(void);
