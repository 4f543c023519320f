// SPDX-License-Identifier: Apache-2.0
// Map construction and update for the instructions.
#pragma once

#include "proc/process.h"

typedef struct MapUpdate {
    const uint32_t *src;   // an "any" source
    const uint32_t *pairs; // keys and values, "any" sources
    uint32_t count;        // of pairs
    bool exact;            // each key must be there
} MapUpdate;

// The registers are saved. May collect; the operands are read afterwards. TERM_NONE: p->regs->exc
// says {badmap, M}, {badkey, K} or system_limit.
Term engine_put_map_gc(Process *p, MapUpdate u);
