// SPDX-License-Identifier: Apache-2.0
// The real back end's operations on logs, for os_real.c's table.
#pragma once

#include "os/os_int.h"

int real_log_open(Os *os, const char *path, OsLog *out);
int64_t real_log_write(Os *os, const OsLog *log, const void *bytes, size_t count);
int real_log_show(Os *os, OsLog *log);
void real_log_close(Os *os, OsLog *log);
