// SPDX-License-Identifier: Apache-2.0
// Telling perf(1) about machine code: a map of names (/tmp/perf-PID.map, which perf report reads by
// itself) and a dump (/tmp/jit-PID.dump, which perf inject --jit makes files of, with code, lines
// and unwinding tables). docs/profiling.md says how to use them.
//
// Formats: jit-interface.txt and jitdump-specification.txt of the Linux kernel's tools/perf.
// Thread: any; one module at a time is written.
#pragma once

#include "engine/jit/debug_info.h"

typedef struct JitPerf JitPerf;

typedef struct PerfConfig {
    bool map, dump;
    const char *dir; // NULL: /tmp
} PerfConfig;

// NULL: no memory, or a file cannot be written: `why`, of at least 1 byte, says which and why.
WARN_UNUSED JitPerf *perf_new(Mem *m, Os *os, const PerfConfig *config, char *why,
                              size_t why_bytes);
void perf_free(JitPerf *perf);
// A block that was finished. When a file cannot be written any more, nothing happens.
void perf_module(JitPerf *perf, const TermEnv *env, const NativeCode *n, const NativeInfo *info);
