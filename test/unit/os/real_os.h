// SPDX-License-Identifier: Apache-2.0
// The machine's own operating system, for the tests of this room: open_os and close_os go around a
// group of tests, and what they have allocated must be freed at its end.
#pragma once

#include "os/os.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Mem mem;
static Os *os;

static int open_os(void **state) {
    mem_init(&mem);
    os = os_real_new(&mem);
    return os == NULL;
}
static int close_os(void **state) {
    os_free(os);
    return mem_bytes(&mem) != 0;
}
