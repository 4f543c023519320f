// SPDX-License-Identifier: Apache-2.0
// The real back end's operations on threads, for os_real.c's table; and the reading of control
// groups, for the tests.
#pragma once

#include "os/os_int.h"

int real_thread_start(Os *os, OsThread *t, void (*run)(void *arg), void *arg, const char *name);
void real_thread_join(Os *os, OsThread *t);
void real_thread_yield(Os *os);
int real_wait(Os *os, _Atomic uint32_t *word, uint32_t expected, int64_t timeout_ns);
void real_wake(Os *os, _Atomic uint32_t *word, uint32_t count);
uint32_t real_cores(Os *os);

// Cores by the quotas of control groups, rounded up; UINT32_MAX: no quota. `groups_file` lists the
// groups that we are in as /proc/self/cgroup does; they are looked for under `mount_root`.
uint32_t os_quota_cores(const char *groups_file, const char *mount_root);
