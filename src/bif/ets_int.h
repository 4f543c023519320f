// SPDX-License-Identifier: Apache-2.0
// What the files of module ets share. Thread: the scheduler that runs the process.
#pragma once

#include "bif/bif_int.h"
#include "bif/bif_vm.h"

// What for: others than the owner may read a protected table, and do all with a public one.
typedef enum EtsUse { ETS_LOOK, ETS_READ, ETS_WRITE } EtsUse; // look: whatever the protection

// The table of that name or reference, counted and locked. NULL: badarg with its cause is set.
Table *ets_begin(Process *p, Term id, EtsUse use);
void ets_end(Process *p, Table *t);

// ets_owner.c: at the end of a process: its tables go to their heirs, or are deleted.
bool ets_process_exited(Process *p); // ProcessHooks.exited
