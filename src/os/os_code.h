// SPDX-License-Identifier: Apache-2.0
// The real back end's operations on code pages, for os_real.c's table.
#pragma once

#include "os/os_int.h"

void *real_pages_reserve_near(Os *os, const void *near, size_t reach_bytes, size_t size_bytes);
int real_code_reserve(Os *os, OsCode *c);
int real_code_open(Os *os, const OsCode *c, size_t offset, size_t size_bytes, uint8_t **write);
int real_code_close(Os *os, const OsCode *c, size_t offset, size_t size_bytes, uint8_t *write);
int real_code_discard(Os *os, const OsCode *c, size_t offset, size_t size_bytes);
int real_code_release(Os *os, OsCode *c);
int real_code_sync(Os *os);
