// SPDX-License-Identifier: Apache-2.0
// What the builtins that set and those that show a process's flags share.
#pragma once

#include "proc/process.h"

// The max_heap_size of the process as a map. TERM_NONE: no room.
Term bif_max_heap_map_gc(Process *p);
