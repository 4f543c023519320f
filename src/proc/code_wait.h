// SPDX-License-Identifier: Apache-2.0
// Waiting for the right to change code: a process that did not get it (code_write_begin) ends its
// turn and sleeps until it is back, then tries again.
// Thread: the scheduler that runs the process.
#pragma once

#include "proc/bif.h"

// The process will be woken when the right is back: its turn is to end now as one that waits.
// false: it is back already, or there is no memory: to end as one whose slice is used up.
bool process_wait_for_code(Process *p);
// For a builtin that did not get it: calls `again` with these arguments when it is back.
Term bif_wait_for_code(Process *p, Export *again, uint32_t arity, const Term *args);
