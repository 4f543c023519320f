// SPDX-License-Identifier: Apache-2.0
// What the machine itself has to say about processes: ProcessHooks. See report.c.
#pragma once

#include "proc/process.h"

void report_error(Process *p);    // p->exit_reason: of an error that nothing caught
void report_max_heap(Process *p); // its heap is above the size that it may have
void report_limit(Process *p, const char *line);
